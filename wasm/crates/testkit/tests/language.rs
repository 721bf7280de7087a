//! What the drawing language says is what stands in the capture.

use std::fmt::Write as _;

use model::table::{self, EventTable, Release};
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Limits, Reader, Sink};
use testkit::{START, capture_from_text, parse};

/// One line for each thing found.
#[derive(Default)]
struct Lines(Vec<String>);

impl Sink for Lines {
    fn section(&mut self, section: &Section) {
        self.0.push(format!("section {} {}", section.minor, section.big_endian));
    }
    fn machine(&mut self, machine: &Machine) {
        self.0.push(format!("machine {} {}", machine.cpus, machine.host.escape_ascii()));
    }
    fn process(&mut self, process: &Process<'_>) {
        let Process { tid, pid, ptid, uid, vtid, .. } = process;
        let (comm, exe, args) = (process.comm.escape_ascii(), process.exe.escape_ascii(), process.args.escape_ascii());
        self.0.push(format!("process {tid} {pid} {ptid} {comm} {exe} {args} {uid} {vtid:?}"));
    }
    fn fd(&mut self, tid: i64, fd: &Fd<'_>) {
        self.0.push(format!("fd {tid} {} {} {:?}", fd.fd, fd.ino, fd.target));
    }
    fn interface(&mut self, interface: &Interface) {
        self.0.push(format!("interface {} {:?}", interface.name.escape_ascii(), interface.addr));
    }
    fn user(&mut self, user: &User<'_>) {
        self.0.push(format!("user {} {} {}", user.uid, user.name.escape_ascii(), user.shell.escape_ascii()));
    }
    fn group(&mut self, group: &Group<'_>) {
        self.0.push(format!("group {} {}", group.gid, group.name.escape_ascii()));
    }
    fn event(&mut self, event: &Event<'_>) {
        let info = table::event(event.kind);
        let name = info.map_or("?", |info| info.name);
        let mut line = format!("{} {} {} {}#{name}", event.ts.wrapping_sub(START), event.cpu, event.tid, event.kind);
        if event.state_only {
            line += " hidden";
        }
        let layout = table::params(event.kind, Release::Libs0_25_4);
        for (index, bytes) in event.params.iter().enumerate() {
            let name = layout.get(index).map_or("?", |param| param.name);
            write!(line, " {name}={}", bytes.escape_ascii()).unwrap();
        }
        self.0.push(line);
    }
    fn damage(&mut self, damage: Damage) {
        self.0.push(format!("{damage:?}"));
    }
}

fn lines(text: &str) -> Vec<String> {
    let bytes = capture_from_text(text);
    let mut reader = Reader::<EventTable>::new(Limits::default());
    let mut lines = Lines::default();
    reader.push(&bytes, &mut lines);
    reader.finish(&mut lines);
    lines.0
}

/// Only the events.
fn events(text: &str) -> Vec<String> {
    lines(text).into_iter().skip(2).collect()
}

/// The parameters of one event, printed byte by byte.
fn args(line: &str) -> String {
    let event = events(&format!("ns tid dir type args\n0 1 {line}")).remove(0);
    event.split_once(' ').unwrap().1.split_once('#').unwrap().1.to_owned()
}

const LISTS: &str = r"
    machine   cpus=4 host=capbox
    interface eth0 10.0.0.1/255.255.255.0 broadcast=10.0.0.255
    interface lo ::1/ffff::
    user      uid=33 gid=33 name=www shell='/bin/my sh'
    group     gid=33 name=www
    process   tid=10 comm=httpd exe=/usr/sbin/httpd args='-k\0start\0' uid=33
    process   tid=11 pid=10 vtid=-1
    fd        tid=10 fd=3 file '/etc/pass wd' flags=1 dev=259 ino=7
    fd        tid=10 fd=4 ipv4 10.0.0.1:4000->10.0.0.2:80 l4=udp
    fd        tid=10 fd=5 ipv6 [::1]:4000->[::2]:80
    fd        tid=10 fd=6 server 0.0.0.0:80
    fd        tid=10 fd=7 unix ffff01->0 /run/x.sock
    fd        tid=10 fd=8 pipe 'pipe:[1234]'
    fd        tid=11 fd=0 pidfd
";

#[test]
fn lists_stand_before_the_events() {
    let expected = [
        "section 2 false",
        "machine 4 capbox",
        "interface eth0 [10, 0, 0, 1]",
        "interface lo [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]",
        "user 33 www /bin/my sh",
        "group 33 www",
        r"process 10 10 1 httpd /usr/sbin/httpd -k\x00start\x00 33 Some(10)",
        "process 11 10 1    0 Some(-1)",
        "fd 10 3 7 File { flags: 1, name: [47, 101, 116, 99, 47, 112, 97, 115, 115, 32, 119, 100], dev: Some(259) }",
        "fd 10 4 0 Ipv4 { local: [10, 0, 0, 1], remote: [10, 0, 0, 2], lport: 4000, rport: 80, l4: 3 }",
        "fd 10 5 0 Ipv6 { local: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], \
         remote: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], lport: 4000, rport: 80, l4: 2 }",
        "fd 10 6 0 Ipv4Server { ip: [0, 0, 0, 0], port: 80, l4: 2 }",
        "fd 10 7 0 Unix { source: 16776961, dest: 0, path: [47, 114, 117, 110, 47, 120, 46, 115, 111, 99, 107] }",
        "fd 10 8 0 Named { kind: 7, name: [112, 105, 112, 101, 58, 91, 49, 50, 51, 52, 93] }",
        "fd 11 0 0 Named { kind: 21, name: [] }",
    ];
    assert_eq!(lines(LISTS), expected);
    // The order of bytes is of no concern to who reads.
    let big: Vec<_> = lines(&format!("section order=big\n{LISTS}")).into_iter().skip(1).collect();
    assert_eq!(big, expected[1..]);
}

#[test]
fn older_lists_hold_what_their_version_has() {
    for version in 1..9 {
        let found = lines(&format!("section processes={version} fds=1 interfaces=1 users=1 minor=1\n{LISTS}"));
        assert_eq!(found[0], "section 1 false");
        assert_eq!(found.len(), 15);
        let vtid = if version >= 4 { "Some(10)" } else { "None" };
        assert_eq!(found[6], format!(r"process 10 10 1 httpd /usr/sbin/httpd -k\x00start\x00 33 {vtid}"));
    }
}

#[test]
fn a_container_is_an_event_before_all_others() {
    let mut found = lines("container id=29b85fa50839 name=web1 image=lab/php-app:1.0\nns tid dir type\n5 1 > close");
    found[2] = found[2].replace('\\', "");
    assert!(
        found[2].starts_with(r#"0 0 -1 324#container json={"container":{"full_id":"","id":"29b85fa50839","#),
        "{}",
        found[2]
    );
    assert!(found[2].ends_with(r#","lookup_state":1,"privileged":false,"type":0}}nx00"#), "{}", found[2]);
    assert_eq!(found[3], "5 0 1 4#close");
}

#[test]
fn columns_are_named_by_their_header() {
    let found = events(
        "
        10   1  7  >  close  fd=3
        ns   tid  dir  call   args
        20   7    <    close  res=0
        ns  dir  type  tid  cpu
        -   >    close  7   2
        @5  <    close  7   2
        start 0
        30  <    close  7   2
        ",
    );
    let unknown = u64::MAX.wrapping_sub(START);
    assert_eq!(
        found,
        [
            r"10 1 7 4#close fd=\x03\x00\x00\x00\x00\x00\x00\x00".to_owned(),
            r"20 0 7 5#close res=\x00\x00\x00\x00\x00\x00\x00\x00".to_owned(),
            format!("{unknown} 2 7 4#close"),
            format!("{} 2 7 5#close", 5_u64.wrapping_sub(START)),
            format!("{} 2 7 5#close", 30_u64.wrapping_sub(START)),
        ]
    );
}

#[test]
fn numbers_are_written_in_many_ways_and_have_the_width_of_their_type() {
    assert_eq!(args("< close res=-32"), r"close res=\xe0\xff\xff\xff\xff\xff\xff\xff");
    assert_eq!(args("< close res=-32(EPIPE)"), args("< close res=EPIPE"));
    assert_eq!(args("< close res=-EPIPE"), args("< close res=-32"));
    assert_eq!(args("> close fd=26(<u>/run/x y)"), r"close fd=\x1a\x00\x00\x00\x00\x00\x00\x00");
    assert_eq!(args("> close fd=0x1a"), args("> close fd=26"));
    assert_eq!(args("> openat dirfd=AT_FDCWD"), r"openat dirfd=\x9c\xff\xff\xff\xff\xff\xff\xff");
    assert_eq!(args("> shutdown fd=1 how=SHUT_RDWR"), args("> shutdown fd=1 how=2"));
    assert_eq!(
        args("> openat flags=O_RDONLY|O_CLOEXEC mode=7"),
        r"openat dirfd= name= flags=\x01\x10\x00\x00 mode=\x07\x00\x00\x00"
    );
    assert_eq!(args("> kill sig=9"), r"kill pid= sig=\t");
}

#[test]
fn texts_bytes_and_lists_are_written_as_they_print() {
    assert_eq!(args("< open fd=3 name=/tmp/x flags=1"), args("< open fd=3 name='/tmp/x' flags=1(O_RDONLY)"));
    assert_eq!(args(r"> open name='a\0b\'\x7f\n'"), r"open name=a\x00b\'\x7f\n\x00");
    assert_eq!(
        args("< read res=9 data=GET / HTTP/1.1 fd=4 size=80"),
        args("< read res=9 data='GET / HTTP/1.1' fd=4 size=80")
    );
    assert_eq!(args("< read res=1 data=hex:00ff"), r"read res=\x01\x00\x00\x00\x00\x00\x00\x00 data=\x00\xff");
    assert_eq!(args("< read res=0 data=NULL"), r"read res=\x00\x00\x00\x00\x00\x00\x00\x00 data=");
    assert_eq!(args("< read res=3 data=fill:3"), r"read res=\x03\x00\x00\x00\x00\x00\x00\x00 data=xxx");
    assert_eq!(
        args("< poll res=1 fds=3:1 -1:4"),
        r"poll res=\x01\x00\x00\x00\x00\x00\x00\x00 fds=\x02\x00\x03\x00\x00\x00\x00\x00\x00\x00\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\x04\x00"
    );
    assert_eq!(args("> setsockopt"), "setsockopt");
    assert_eq!(args("< setsockopt val=2:7"), r"setsockopt res= fd= level= optname= val=\x02\x07\x00\x00\x00");
}

#[test]
fn addresses_and_tuples_are_written_as_they_print() {
    assert_eq!(args("< bind addr=10.0.0.2:80"), r"bind res= addr=\x02\n\x00\x00\x02P\x00");
    assert_eq!(args("< bind addr=/run/x.sock"), r"bind res= addr=\x01/run/x.sock\x00");
    assert_eq!(args("< bind addr=family:16"), r"bind res= addr=\x10");
    let zeros = r"\x00".repeat(15);
    assert_eq!(args("< bind addr=[::1]:80"), format!(r"bind res= addr=\n{zeros}\x01P\x00"));
    assert_eq!(
        args("< connect tuple=10.0.0.1:4000->10.0.0.2:80"),
        r"connect res= tuple=\x02\n\x00\x00\x01\xa0\x0f\n\x00\x00\x02P\x00"
    );
    assert_eq!(
        args("< connect tuple=0->ffff8edcfda06800 /var/run/nscd/socket fd=3").split(" fd").next().unwrap(),
        r"connect res= tuple=\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00h\xa0\xfd\xdc\x8e\xff\xff/var/run/nscd/socket\x00"
    );
}

#[test]
fn big_endian_parameters_come_back_as_they_were_drawn() {
    let drawn = "
        ns  tid  dir  type      args
        0   1    <    connect   res=-32 tuple=10.0.0.1:4000->[::]:80
        0   1    <    accept    fd=3 tuple=ffff01->2 /run/x queuepct=5
        0   1    <    poll      res=1 fds=3:1 -1:4
        0   1    <    setsockopt  val=2:7
        0   1    >    bind      fd=3
        0   1    <    bind      res=0 addr=[::1]:80
    "
    .replace("10.0.0.1:4000->[::]:80", "10.0.0.1:4000->10.0.0.2:80");
    assert_eq!(events(&drawn), events(&format!("section order=big\n{drawn}")));
}

#[test]
fn the_usual_version_of_a_type_is_meant_unless_said() {
    let kind = |line: &str| events(line).remove(0).split(' ').nth(3).unwrap().to_owned();
    assert_eq!(kind("0 0 1 > accept"), "246#accept");
    assert_eq!(kind("0 0 1 > accept4"), "248#accept");
    assert_eq!(kind("0 0 1 > accept flags=0"), "248#accept");
    assert_eq!(kind("0 0 1 > dup"), "366#dup");
    assert_eq!(kind("release 0.29.3\n0 0 1 > dup"), "124#dup");
    assert_eq!(kind("0 0 1 > dup#124"), "124#dup");
    assert_eq!(kind("0 0 1 < #999 hex:0102 NULL"), "999#?");
}

#[test]
fn blocks_are_of_the_version_that_the_section_says_and_hidden_events_have_flags() {
    for events_are in ["v1", "v1flags", "v2", "v2flags", "large", "largeflags"] {
        let found = events(&format!("section events={events_are}\n0 0 1 > close fd=1\n0 0 1 hidden < close res=0\n"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(!found[0].contains("hidden") && found[1].contains("hidden"), "{events_are}: {found:?}");
    }
    let found = lines("0 0 1 > close\nsection minor=1\n0 0 1 > close\nblock 0xbad hex:01\nbytes hex:ff");
    assert_eq!(found.iter().filter(|line| line.starts_with("section")).count(), 2);
    assert!(found[6..].iter().any(|line| line.contains("0x00000bad, 1 block")), "{found:?}");
    assert!(found[6..].iter().any(|line| line.contains("Truncated")), "{found:?}");
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, message) in [
        ("0 0 1 > nonsense", "line 1: there is no event type nonsense in that direction\n  0 0 1 > nonsense"),
        ("\n0 0 1 > close fx=3", "line 2: \"fx=3\" starts with none of fd\n  0 0 1 > close fx=3"),
        ("0 0 1 > close fd=x", "line 1: fd: x is no number\n  0 0 1 > close fd=x"),
        ("0 0 1 > kill sig=300", "line 1: sig: 300 does not fit into 1 bytes\n  0 0 1 > kill sig=300"),
        ("process tid=1 tidd=2", "line 1: tidd means nothing here\n  process tid=1 tidd=2"),
        ("0 0 1 > close\nprocess tid=1", "line 2: lists stand before the events of their section\n  process tid=1"),
        ("ns what", "line 1: there is no column what\n  ns what"),
    ] {
        assert_eq!(parse(text).unwrap_err(), message);
    }
}
