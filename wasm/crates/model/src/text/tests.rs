//! One behaviour of the text face per test: what sysdig prints, and what is right where it is wrong.

use std::collections::BTreeMap;

use scap::{Event, Params};

use super::*;
use crate::view::FdView;

const OPEN_EXIT: u16 = 3;
const CLOSE_ENTER: u16 = 4;
const READ_EXIT: u16 = 7;
const SOCKET_ENTER: u16 = 18;
const SOCKET_EXIT: u16 = 19;
const BIND_EXIT: u16 = 21;
const CONNECT_EXIT: u16 = 23;
const RECVFROM_EXIT: u16 = 35;
const SETSOCKOPT_EXIT: u16 = 45;
const FUTEX_ENTER: u16 = 64;
const POLL_ENTER: u16 = 80;
const GETCWD_EXIT: u16 = 93;
const KILL_ENTER: u16 = 128;
const NANOSLEEP_ENTER: u16 = 134;
const FCNTL_ENTER: u16 = 150;
const SWITCH: u16 = 152;
const MMAP_ENTER: u16 = 160;
const MMAP_EXIT: u16 = 161;
const PTRACE_EXIT: u16 = 169;
const GETUID_EXIT: u16 = 203;
const PPOLL_ENTER: u16 = 254;
const SEMGET_ENTER: u16 = 262;
const MKDIR_ENTER: u16 = 276;
const EXECVE_EXIT: u16 = 293;
const UNLINKAT_EXIT: u16 = 303;
const OPENAT_EXIT: u16 = 307;
const CHMOD_EXIT: u16 = 315;
const OPENAT2_ENTER: u16 = 326;
const CLONE_EXIT: u16 = 223;
const SENDTO_EXIT: u16 = 31;
const KEYCTL_EXIT: u16 = 453;
const TASK_SOCKET_INET6: u16 = 442;

/// State drawn by hand.
#[derive(Default)]
struct Scene {
    comms: BTreeMap<i64, &'static str>,
    fds: BTreeMap<i64, FdView<'static>>,
    cwd: &'static str,
    users: BTreeMap<u32, &'static str>,
}

impl View for Scene {
    fn comm(&self, tid: i64) -> Option<&[u8]> {
        self.comms.get(&tid).map(|comm| comm.as_bytes())
    }
    fn fd(&self, fd: i64) -> Option<FdView<'_>> {
        self.fds.get(&fd).copied()
    }
    fn cwd(&self) -> &[u8] {
        self.cwd.as_bytes()
    }
    fn user(&self, uid: u32) -> Option<&[u8]> {
        self.users.get(&uid).map(|name| name.as_bytes())
    }
    fn group(&self, gid: u32) -> Option<&[u8]> {
        self.users.get(&gid).map(|name| name.as_bytes())
    }
}

impl Scene {
    fn at(cwd: &'static str) -> Self {
        Self { cwd, ..Self::default() }
    }

    fn fd(mut self, fd: i64, kind: &str, name: &'static [u8]) -> Self {
        let mut chars = kind.bytes();
        let typechar = chars.next().expect("a kind");
        self.fds.insert(fd, FdView { typechar, l4char: chars.next(), name });
        self
    }
}

fn printed(printer: Printer, kind: u16, params: &[&[u8]], scene: &Scene) -> String {
    let lengths: Vec<u8> = params.iter().flat_map(|param| (param.len() as u16).to_le_bytes()).collect();
    let data = params.concat();
    let event = Event {
        offset: 0,
        block_len: 0,
        cpu: 0,
        state_only: false,
        unreadable: false,
        ts: 0,
        tid: 1,
        kind,
        params: Params::new(&lengths, &data, false).expect("lengths add up"),
    };
    let mut out = Vec::new();
    printer.args(&mut out, &event, scene);
    String::from_utf8(out).expect("this test prints UTF-8")
}

const SYSDIG: Printer = printer(Release::V0_29_3, Quirks::ALL);
const RIGHT: Printer = printer(Release::V0_29_3, Quirks::NONE);
const NEWER: Printer = printer(Release::V0_36_0, Quirks::ALL);
const NEWEST: Printer = printer(Release::Libs0_25_4, Quirks::ALL);

const fn printer(release: Release, quirks: Quirks) -> Printer {
    Printer {
        release,
        quirks,
        buffers: BufferFormat::Dots,
        verbose: false,
        time: TimeMode::TimeOfDay,
        zone: Zone::Utc,
        room: Room(1024),
    }
}

/// What sysdig prints when nothing is known of the machine.
fn bare(kind: u16, params: &[&[u8]]) -> String {
    printed(SYSDIG, kind, params, &Scene::default())
}

fn i64s(value: i64) -> [u8; 8] {
    value.to_le_bytes()
}

fn u32s(value: u32) -> [u8; 4] {
    value.to_le_bytes()
}

// The list.

#[test]
fn a_space_follows_every_argument_except_the_last_one_of_the_newest_release() {
    let close = [&i64s(0)[..], &i64s(3)];
    assert_eq!(bare(5, &close[..1]), "res=0 ");
    assert_eq!(printed(NEWER, 5, &close[..1], &Scene::default()), "res=0 ");
    assert_eq!(printed(NEWEST, 5, &close, &Scene::default()), "res=0 fd=3");
}

#[test]
fn parameters_that_the_release_does_not_know_are_not_printed() {
    let openat: [&[u8]; 7] = [&i64s(-2), &i64s(-100), b"/x\0", &u32s(1), &u32s(0), &u32s(0), &i64s(77)];
    assert_eq!(
        bare(OPENAT_EXIT, &openat),
        "fd=-2(ENOENT) dirfd=-100(AT_FDCWD) name=/x flags=1(O_RDONLY) mode=0 dev=0 "
    );
    assert!(printed(NEWEST, OPENAT_EXIT, &openat, &Scene::default()).ends_with(" dev=0 ino=77"));
}

#[test]
fn parameters_that_an_old_recorder_did_not_write_are_not_printed() {
    assert_eq!(bare(OPEN_EXIT, &[&i64s(-2), b"/x\0"]), "fd=-2(ENOENT) name=/x ");
}

#[test]
fn events_without_parameters_print_nothing() {
    assert_eq!(bare(GETUID_EXIT - 1, &[]), "");
    assert_eq!(printed(NEWEST, GETUID_EXIT - 1, &[], &Scene::default()), "");
}

#[test]
fn a_fixed_width_value_of_another_length_says_so() {
    assert_eq!(bare(READ_EXIT, &[&[1, 2, 3], b"x"]), "res=<bad length 3> data=x ");
}

#[test]
fn the_fault_counters_of_the_first_context_switches_were_narrow() {
    let narrow: [&[u8]; 5] = [&i64s(0), &u32s(1), &u32s(2), &u32s(3), &u32s(4)];
    assert_eq!(bare(SWITCH, &narrow), "next=0 pgft_maj=1 pgft_min=2 vm_size=3 vm_rss=4 ");
}

#[test]
fn what_is_empty_prints_by_type_and_release() {
    let print = |printer, kind, params: &[&[u8]]| printed(printer, kind, params, &Scene::default());
    let read: [&[u8]; 2] = [&i64s(0), b""];
    assert_eq!([SYSDIG, NEWER].map(|by| print(by, READ_EXIT, &read)), ["res=0 data= ", "res=0 data=NULL "]);
    assert_eq!(print(NEWEST, READ_EXIT, &[&i64s(0), b"", &i64s(3), b""]), "res=0 data=NULL fd=3 size=<NA>");
    let getcwd: [&[u8]; 2] = [&i64s(0), b""];
    assert_eq!([SYSDIG, NEWER].map(|by| print(by, GETCWD_EXIT, &getcwd)), ["res=0 path= ", "res=0 path=<NA> "]);
    let open: [&[u8]; 2] = [&i64s(-1), b""];
    assert_eq!(
        [SYSDIG, NEWER].map(|by| print(by, OPEN_EXIT, &open)),
        ["fd=-1(EPERM) name= ", "fd=-1(EPERM) name=<NA> "]
    );
    assert_eq!(print(SYSDIG, RECVFROM_EXIT, &[&i64s(0), b"", b""]), "res=0 data= tuple=NULL ");
    let bind: [&[u8]; 2] = [&i64s(0), b""];
    assert_eq!([NEWER, NEWEST].map(|by| print(by, BIND_EXIT, &bind)), ["res=0 addr=NULL ", "res=0 addr=<NA>"]);
    assert_eq!(print(NEWER, POLL_ENTER, &[b"", &i64s(0)]), "fds=NULL timeout=0 ");
}

#[test]
fn one_nul_is_the_empty_text() {
    assert_eq!(printed(NEWER, GETCWD_EXIT, &[&i64s(0), b"\0"], &Scene::default()), "res=0 path= ");
}

#[test]
fn the_recorders_null_is_a_path_for_the_classic_release_only() {
    let open: [&[u8]; 2] = [&i64s(-2), b"(NULL)\0"];
    let scene = Scene::at("/cap/v/");
    assert_eq!(printed(SYSDIG, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name=(NULL)(/cap/v/(NULL)) ");
    assert_eq!(printed(RIGHT, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name=<NA> ");
    assert_eq!(printed(NEWER, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name=<NA> ");
    assert_eq!(printed(NEWER, GETCWD_EXIT, &[&i64s(0), b"(NULL)\0"], &scene), "res=0 path=<NA> ");
}

// Numbers.

#[test]
fn wide_unsigned_decimals_print_as_signed_ones() {
    let futex: [&[u8]; 3] = [&0x7f1a_227c_ea64_u64.to_le_bytes(), &[129, 0], &u64::MAX.to_le_bytes()];
    assert_eq!(bare(FUTEX_ENTER, &futex), "addr=7F1A227CEA64 op=129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE) val=-1 ");
    assert_eq!(bare(SOCKET_ENTER, &[&u32s(2), &u32s(u32::MAX), &u32s(0)]), "domain=2(AF_INET) type=-1 proto=0 ");
}

#[test]
fn hexadecimal_is_upper_case_and_as_wide_as_the_type() {
    assert_eq!(bare(SEMGET_ENTER, &[&u32s(u32::MAX), &u32s(1), &u32s(0)]), "key=FFFFFFFF nsems=1 semflg=0 ");
    assert_eq!(bare(MKDIR_ENTER, &[&u32s(0o700)]), "mode=1C0 ");
}

#[test]
fn octal_has_a_leading_zero() {
    let open = |mode: u32| bare(OPEN_EXIT, &[&i64s(-1), b"/x\0", &u32s(0), &u32s(mode)]);
    assert!(open(0o644).ends_with(" mode=0644 "));
    assert!(open(0).ends_with(" mode=0 "));
}

#[test]
fn a_negative_result_names_its_errno() {
    assert_eq!(bare(READ_EXIT, &[&i64s(-32)]), "res=-32(EPIPE) ");
    assert_eq!(bare(READ_EXIT, &[&i64s(-115)]), "res=-115(EINPROGRESS) ");
    assert_eq!(bare(READ_EXIT, &[&i64s(-512)]), "res=-512(ERESTARTSYS) ");
    assert_eq!(bare(READ_EXIT, &[&i64s(-4000)]), "res=-4000 ");
    assert_eq!(bare(READ_EXIT, &[&i64s(8)]), "res=8 ");
}

#[test]
fn mmap_returns_an_address_or_an_errno() {
    let mmap = |printer, result: i64| printed(printer, MMAP_EXIT, &[&i64s(result)], &Scene::default());
    assert_eq!(mmap(SYSDIG, 0x7fa6_9774_e000), "res=7FA69774E000 ");
    assert_eq!(mmap(SYSDIG, -12), "res=FFFFFFFFFFFFFFF4 ");
    assert_eq!(mmap(NEWER, 0x1000), "res=4096 ");
    assert_eq!(mmap(NEWER, -12), "res=-12(ENOMEM) ");
    for release in [Release::V0_29_3, Release::V0_36_0] {
        assert_eq!(mmap(printer(release, Quirks::NONE), 0x1000), "res=1000 ");
        assert_eq!(mmap(printer(release, Quirks::NONE), -12), "res=-12(ENOMEM) ");
    }
}

#[test]
fn a_process_is_its_number_and_the_command_it_runs_now() {
    let mut scene = Scene::default();
    scene.comms.extend([(843, "curl"), (8885, "<NA>"), (7, "")]);
    let next = |tid: i64| printed(SYSDIG, SWITCH, &[&i64s(tid)], &scene);
    assert_eq!(next(843), "next=843(curl) ");
    assert_eq!(next(8885), "next=8885(<NA>) ");
    assert_eq!(next(0), "next=0 ");
    assert_eq!(next(7), "next=7 ");
    assert_eq!(next(-1), "next=-1 ");
}

#[test]
fn a_signal_is_its_number_and_name() {
    let kill = |signal: u8| bare(KILL_ENTER, &[&i64s(1), &[signal]]);
    assert_eq!(kill(9), "pid=1 sig=9(SIGKILL) ");
    assert_eq!(kill(0), "pid=1 sig=0 ");
    assert_eq!(kill(34), "pid=1 sig=34 ");
}

#[test]
fn a_set_of_signals_is_a_list_of_names() {
    let ppoll = |mask: u32| bare(PPOLL_ENTER, &[&[0, 0], &u64::MAX.to_le_bytes(), &u32s(mask)]);
    assert_eq!(ppoll(0b1_0000_0011), "fds= timeout=none sigmask=SIGHUP SIGINT SIGKILL ");
    assert_eq!(ppoll(0), "fds= timeout=none sigmask= ");
}

#[test]
fn a_duration_is_nanoseconds_and_seconds() {
    let sleep = |nanoseconds: u64| bare(NANOSLEEP_ENTER, &[&nanoseconds.to_le_bytes()]);
    assert_eq!(sleep(0), "interval=0(0s) ");
    assert_eq!(sleep(1_500_000_000), "interval=1500000000(1.5s) ");
    assert_eq!(sleep(u64::MAX), "interval=none ");
}

#[test]
fn users_have_names_and_nobody_has_all_ones() {
    let mut scene = Scene::default();
    scene.users.extend([(0, "root"), (1000, "bob")]);
    let getuid = |uid: u32| printed(SYSDIG, GETUID_EXIT, &[&u32s(uid)], &scene);
    assert_eq!(getuid(0), "uid=0(root) ");
    assert_eq!(getuid(1000), "uid=1000(bob) ");
    assert_eq!(getuid(1003), "uid=1003(<NA>) ");
    assert_eq!(getuid(u32::MAX), "uid=-1(<NONE>) ");
}

#[test]
fn clone_prints_users_as_numbers() {
    let mut clone: Vec<&[u8]> = vec![b""; 18];
    let root = u32s(0);
    clone[16] = &root;
    clone[17] = &root;
    assert!(bare(CLONE_EXIT, &clone).contains(" uid=0 gid=0 "));
}

#[test]
fn points_in_time_are_local_dates() {
    let mut execve: Vec<&[u8]> = vec![b""; 26];
    let changed = 1_795_291_659_000_000_000_u64.to_le_bytes();
    execve[24] = &changed;
    let in_zone = Printer { zone: Zone::Fixed(1200), ..NEWER };
    assert!(
        printed(in_zone, EXECVE_EXIT, &execve, &Scene::default())
            .contains(" exe_ino_ctime=2026-11-21 20:27:39.000000000 ")
    );
}

#[test]
fn addresses_and_ports_of_walked_sockets_are_numbers_and_addresses() {
    let address = "2001:db8::1".parse::<std::net::Ipv6Addr>().expect("an address").octets();
    let socket: [&[u8]; 7] = [&u32s(3), &[1, 0], &[6, 0], &address, &[80, 0], &address, &[0, 0]];
    let printed = printed(NEWEST, TASK_SOCKET_INET6, &socket, &Scene::default());
    assert_eq!(
        printed,
        "fd=3 sk_type=1 sk_proto=6 local_ip=2001:db8::1 local_port=80 remote_ip=2001:db8::1 remote_port=0"
    );
}

// Flags.

#[test]
fn flags_are_named_in_the_order_of_the_table_and_taken_away_once_named() {
    let flags = |bits: u32| bare(OPEN_EXIT, &[&i64s(-1), b"/x\0", &u32s(bits)]);
    assert!(flags(4097).ends_with(" flags=4097(O_RDONLY|O_CLOEXEC) "));
    assert!(flags(3).ends_with(" flags=3(O_RDWR) "));
    assert!(flags(0).ends_with(" flags=0(O_NONE) "));
    assert!(flags(1 << 31).ends_with(" flags=2147483648 "));
}

#[test]
fn an_entry_equal_to_the_whole_value_ends_the_list() {
    assert_eq!(bare(FCNTL_ENTER, &[&i64s(3), &[31]]), "fd=3 cmd=31(F_GETPIPE_SZ|F_GETFD|F_OFD_SETLK) ");
    assert_eq!(printed(NEWER, FCNTL_ENTER, &[&i64s(3), &[31]], &Scene::default()), "fd=3 cmd=31(F_OFD_SETLK) ");
}

#[test]
fn an_enumeration_names_all_equal_entries_and_nothing_else() {
    let socket: [&[u8]; 3] = [&u32s(1), &u32s(526_337), &u32s(0)];
    assert_eq!(bare(SOCKET_ENTER, &socket), "domain=1(AF_LOCAL) type=526337 proto=0 ");
    assert_eq!(
        printed(NEWER, SOCKET_ENTER, &socket, &Scene::default()),
        "domain=1(AF_LOCAL|AF_UNIX) type=526337 proto=0 "
    );
    let futex: [&[u8]; 3] = [&i64s(0), &[129, 0], &i64s(1)];
    assert_eq!(printed(NEWER, FUTEX_ENTER, &futex, &Scene::default()), "addr=0 op=129 val=1 ");
}

#[test]
fn names_that_a_release_did_not_have_are_not_printed() {
    let mut clone: Vec<&[u8]> = vec![b""; 16];
    let flags = u32s(1 << 29);
    clone[15] = &flags;
    assert!(bare(CLONE_EXIT, &clone).ends_with(" flags=536870912 "));
    assert!(printed(NEWER, CLONE_EXIT, &clone, &Scene::default()).ends_with(" flags=536870912(CLONE_CHILD_IN_PIDNS) "));
}

#[test]
fn a_file_mode_is_octal_with_its_bits() {
    let chmod: [&[u8]; 3] = [&i64s(0), b"/x\0", &u32s(0o644)];
    assert_eq!(bare(CHMOD_EXIT, &chmod), "res=0 filename=/x mode=0644(S_IROTH|S_IRGRP|S_IWUSR|S_IRUSR) ");
}

// Descriptors.

#[test]
fn a_descriptor_is_its_number_type_and_name() {
    let scene = Scene::default().fd(3, "f", b"/etc/passwd").fd(4, "4t", b"10.0.0.1:4000->10.0.0.2:80").fd(5, "u", b"");
    let close = |fd: i64| printed(SYSDIG, CLOSE_ENTER, &[&i64s(fd)], &scene);
    assert_eq!(close(3), "fd=3(<f>/etc/passwd) ");
    assert_eq!(close(4), "fd=4(<4t>10.0.0.1:4000->10.0.0.2:80) ");
    assert_eq!(close(5), "fd=5(<u>) ");
    assert_eq!(close(6), "fd=6 ");
}

#[test]
fn a_descriptor_of_an_unsupported_kind_changed_its_letter() {
    let scene = Scene::default().fd(12, "X", b"");
    assert_eq!(printed(SYSDIG, CLOSE_ENTER, &[&i64s(12)], &scene), "fd=12(<X>) ");
    assert_eq!(printed(NEWER, CLOSE_ENTER, &[&i64s(12)], &scene), "fd=12(<?>) ");
}

#[test]
fn a_negative_descriptor_is_an_errno_only_where_it_is_a_result() {
    assert_eq!(bare(SOCKET_EXIT, &[&i64s(-97)]), "fd=-97(EAFNOSUPPORT) ");
    assert_eq!(printed(RIGHT, SOCKET_EXIT, &[&i64s(-97)], &Scene::default()), "fd=-97(EAFNOSUPPORT) ");
    assert_eq!(bare(CLOSE_ENTER, &[&i64s(-1)]), "fd=-1(EPERM) ");
    assert_eq!(printed(RIGHT, CLOSE_ENTER, &[&i64s(-1)], &Scene::default()), "fd=-1 ");
}

#[test]
fn a_descriptor_argument_that_was_filled_with_zeros_is_negative() {
    let mmap: [&[u8]; 5] = [&i64s(0), &i64s(4096), &u32s(0), &u32s(0), &i64s(4_294_967_295)];
    assert!(bare(MMAP_ENTER, &mmap).ends_with(" fd=4294967295 "));
    assert!(printed(RIGHT, MMAP_ENTER, &mmap, &Scene::default()).ends_with(" fd=-1 "));
}

#[test]
fn bytes_that_cannot_be_printed_vanish_from_names_or_are_escaped() {
    let scene = Scene::default().fd(3, "u", "/run/é\x01x\n".as_bytes());
    let close: [&[u8]; 1] = [&i64s(3)];
    assert_eq!(printed(SYSDIG, CLOSE_ENTER, &close, &scene), "fd=3(<u>/run/x) ");
    assert_eq!(printed(RIGHT, CLOSE_ENTER, &close, &scene), "fd=3(<u>/run/é\\x01x) ");
    assert_eq!(printed(NEWEST, 5, &[&i64s(0), &i64s(3)], &scene), "res=0 fd=3(<u>/run/é\u{fffd}x\u{fffd})");
}

#[test]
fn a_list_of_descriptors_has_the_type_before_the_flags() {
    let scene = Scene::default().fd(4, "6t", b"").fd(10, "f", b"");
    let mut fds = vec![3, 0];
    for (fd, events) in [(4i64, 4u16), (10, 0x41), (-1, 1)] {
        fds.extend(fd.to_le_bytes());
        fds.extend(events.to_le_bytes());
    }
    let poll: [&[u8]; 2] = [&fds, &i64s(-1)];
    assert_eq!(printed(SYSDIG, POLL_ENTER, &poll, &scene), "fds=4:64 10:f41 18446744073709551615:?1 timeout=-1 ");
    let lies: [&[u8]; 2] = [&fds[..12], &i64s(0)];
    assert_eq!(printed(SYSDIG, POLL_ENTER, &lies, &scene), "fds=4:64 timeout=0 ");
}

// Addresses.

#[test]
fn a_socket_address_is_a_path_an_endpoint_or_a_family() {
    let bind = |address: &[u8]| bare(BIND_EXIT, &[&i64s(0), address]);
    assert_eq!(bind(&[2, 1, 2, 3, 4, 80, 0]), "res=0 addr=1.2.3.4:80 ");
    assert_eq!(bind(b"\x01/run/\xc3\xa9.sock\0"), "res=0 addr=/run/.sock ");
    assert_eq!(bind(&[16, 0]), "res=0 addr=family 16 ");
    assert_eq!(bind(&[2, 1, 2]), "res=0 addr=INVALID IPv4 ");
    let mut mapped = vec![10];
    mapped.extend("::ffff:1.2.3.4".parse::<std::net::Ipv6Addr>().expect("an address").octets());
    mapped.extend([80, 0]);
    assert_eq!(bind(&mapped), "res=0 addr=::ffff:1.2.3.4:80 ");
}

#[test]
fn a_unix_tuple_shows_both_kernel_addresses_and_the_path() {
    let mut tuple = vec![1];
    tuple.extend(0xffff_8801_08bc_c440_u64.to_le_bytes());
    tuple.extend(0xffff_8801_08bc_ba80_u64.to_le_bytes());
    tuple.extend(b"/tmp/x.s\0");
    assert_eq!(bare(CONNECT_EXIT, &[&i64s(0), &tuple]), "res=0 tuple=ffff880108bcc440->ffff880108bcba80 /tmp/x.s ");
}

// Texts, paths, buffers.

#[test]
fn texts_end_at_the_nul_and_are_not_filtered() {
    assert_eq!(bare(GETCWD_EXIT, &[&i64s(0), b"/a\n\xc3\xa9\0junk"]), "res=0 path=/a\né ");
}

#[test]
fn absolute_paths_print_once_and_relative_ones_with_what_they_are() {
    let open = |name: &[u8], cwd| printed(SYSDIG, OPEN_EXIT, &[&i64s(-2), name], &Scene::at(cwd));
    assert_eq!(open(b"/etc//ld.so.cache\0", "/home/u/"), "fd=-2(ENOENT) name=/etc//ld.so.cache ");
    assert_eq!(open(b"bar\0", "/home/u/"), "fd=-2(ENOENT) name=bar(/home/u/bar) ");
    assert_eq!(open(b"../d/./x\0", ""), "fd=-2(ENOENT) name=../d/./x(d/x) ");
    assert_eq!(open(b"<NA>\0", "/home/u/"), "fd=-2(ENOENT) name=<NA> ");
}

#[test]
fn a_path_below_a_directory_descriptor_is_joined_to_its_name() {
    let scene = Scene::at("/home/u/").fd(4, "d", b"/tmp/zoo");
    let unlinkat = |printer, dirfd: i64| printed(printer, UNLINKAT_EXIT, &[&i64s(0), &i64s(dirfd), b"rel\0"], &scene);
    assert_eq!(unlinkat(SYSDIG, 4), "res=0 dirfd=4(<d>/tmp/zoo) name=rel(/tmp/zoo/rel) ");
    assert_eq!(unlinkat(SYSDIG, -100), "res=0 dirfd=-100(AT_FDCWD) name=rel(/home/u/rel) ");
    assert_eq!(unlinkat(SYSDIG, 4_294_967_291), "res=0 dirfd=4294967291 name=rel(rel) ");
    assert_eq!(unlinkat(RIGHT, 4_294_967_291), "res=0 dirfd=-5 name=rel(rel) ");
}

#[test]
fn the_empty_path_is_the_directory_for_the_classic_release_only() {
    let scene = Scene::at("/tmp/zoo/");
    let open: [&[u8]; 2] = [&i64s(-2), b"\0"];
    assert_eq!(printed(SYSDIG, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name=(/tmp/zoo) ");
    assert_eq!(printed(NEWER, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name= ");
}

#[test]
fn a_dot_below_an_unknown_directory_is_nothing_or_itself() {
    let open: [&[u8]; 2] = [&i64s(-2), b".\0"];
    assert_eq!(bare(OPEN_EXIT, &open), "fd=-2(ENOENT) name=. ");
    assert_eq!(printed(NEWER, OPEN_EXIT, &open, &Scene::default()), "fd=-2(ENOENT) name=.(.) ");
    let mut known = Scene::default();
    known.comms.insert(1, "bash");
    assert_eq!(printed(NEWER, OPEN_EXIT, &open, &known), "fd=-2(ENOENT) name=. ");
}

#[test]
fn the_root_as_a_directory_descriptor_doubles_the_slash_of_older_releases() {
    let scene = Scene::at("/").fd(12, "d", b"/");
    let openat: [&[u8]; 3] = [&i64s(-2), &i64s(12), b"sys\0"];
    let print = |printer| printed(printer, OPENAT_EXIT, &openat, &scene);
    assert_eq!(print(SYSDIG), "fd=-2(ENOENT) dirfd=12(<d>/) name=sys(//sys) ");
    assert_eq!(print(NEWER), "fd=-2(ENOENT) dirfd=12(<d>/) name=sys(//sys) ");
    assert_eq!(print(NEWEST), "fd=-2(ENOENT) dirfd=12(<d>/) name=sys(/sys)");
    assert_eq!(print(RIGHT), "fd=-2(ENOENT) dirfd=12(<d>/) name=sys(/sys) ");
}

#[test]
fn the_enter_event_of_openat2_is_relative_to_its_directory_descriptor() {
    let scene = Scene::at("/home/u/").fd(4, "d", b"/tmp");
    let openat2: [&[u8]; 2] = [&i64s(4), b"x\0"];
    assert_eq!(printed(SYSDIG, OPENAT2_ENTER, &openat2, &scene), "dirfd=4(<d>/tmp) name=x(/home/u/x) ");
    assert_eq!(printed(RIGHT, OPENAT2_ENTER, &openat2, &scene), "dirfd=4(<d>/tmp) name=x(/tmp/x) ");
}

#[test]
fn bytes_of_a_path_that_cannot_be_printed_vanish_or_become_dots_or_are_escaped() {
    let open: [&[u8]; 2] = [&i64s(-2), b"x\xc3\xa9\x01abcd\0"];
    let scene = Scene::at("/t/");
    assert_eq!(printed(SYSDIG, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name=xabcd(/t/x...abcd) ");
    assert_eq!(printed(NEWER, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name=xé\u{1}abcd(/t/xé\u{1}abcd) ");
    assert_eq!(printed(RIGHT, OPEN_EXIT, &open, &scene), "fd=-2(ENOENT) name=xé\\x01abcd(/t/xé\\x01abcd) ");
}

#[test]
fn long_paths_are_cut_by_older_releases() {
    let path = [&[b'n'; 5000][..], b"\0"].concat();
    let open: [&[u8]; 2] = [&i64s(-36), &path];
    let name = |printer, cut: usize, resolved: &str| {
        let expected = format!("fd=-36(ENAMETOOLONG) name={}({resolved})", "n".repeat(cut));
        let trailing = if printer == Release::Libs0_25_4 { "" } else { " " };
        (expected + trailing, printed(Printer { release: printer, ..SYSDIG }, OPEN_EXIT, &open, &Scene::at("/t/")))
    };
    let whole = format!("/t/{}", "n".repeat(5000));
    for (expected, got) in [
        name(Release::V0_29_3, 1023, &whole),
        name(Release::V0_36_0, 1023, "/PATH_TOO_LONG"),
        name(Release::Libs0_25_4, 5000, "/DIR_TOO_LONG/FILENAME_TOO_LONG"),
    ] {
        assert_eq!(got, expected);
    }
    let right = printed(RIGHT, OPEN_EXIT, &open, &Scene::at("/t/"));
    assert_eq!(right, format!("fd=-36(ENAMETOOLONG) name={}({whole}) ", "n".repeat(5000)));
}

#[test]
fn a_buffer_that_was_printed_makes_room_for_longer_paths() {
    let path = [&[b'n'; 5000][..], b"\0"].concat();
    let after = |printer: Printer, printed_before: usize| {
        let bytes = [&i64s(0)[..], &vec![b'x'; printed_before]].concat();
        let lengths = [&8u16.to_le_bytes()[..], &(printed_before as u16).to_le_bytes()].concat();
        let params = Params::new(&lengths, &bytes, false).expect("lengths add up");
        let read = Event { block_len: 60 + printed_before as u32, ..event(READ_EXIT, params) };
        let grown = Printer { room: printer.room_after(&read), ..printer };
        let open = printed(grown, OPEN_EXIT, &[&i64s(-36), &path], &Scene::at("/"));
        open.split("name=").nth(1).and_then(|rest| rest.split('(').next()).map_or(0, str::len)
    };
    assert_eq!(after(SYSDIG, 1022), 1023);
    assert_eq!(after(SYSDIG, 1023), 2047);
    assert_eq!(after(SYSDIG, 4096), 5000);
    assert_eq!(after(Printer { buffers: BufferFormat::HexAscii, ..SYSDIG }, 240), 1023);
    assert_eq!(after(Printer { buffers: BufferFormat::HexAscii, ..SYSDIG }, 256), 2047);
    assert_eq!(after(RIGHT, 0), 5000);
}

#[test]
fn buffers_are_cut_unless_asked_not_to_be() {
    let read: [&[u8]; 2] = [&i64s(100), &[b'x'; 100]];
    let cut = format!("res=100 data={}... ", "x".repeat(77));
    let whole = format!("res=100 data={} ", "x".repeat(100));
    assert_eq!(bare(READ_EXIT, &read), cut);
    assert_eq!(printed(Printer { verbose: true, ..SYSDIG }, READ_EXIT, &read, &Scene::default()), whole);
    assert_eq!(printed(NEWER, READ_EXIT, &read, &Scene::default()), cut);
    assert_eq!(printed(NEWEST, READ_EXIT, &read, &Scene::default()), whole.trim_end());
}

#[test]
fn a_dynamic_parameter_prints_as_what_it_chose() {
    let setsockopt = |value: &[u8]| bare(SETSOCKOPT_EXIT, &[&i64s(0), &i64s(3), &[1], &[4], value, &u32s(4)]);
    let with = |value: &str| format!("res=0 fd=3 level=1(SOL_SOCKET) optname=4(SO_ERROR) val={value} optlen=4 ");
    assert_eq!(setsockopt(&[&[1u8][..], &i64s(-111)].concat()), with("-111(ECONNREFUSED)"));
    assert_eq!(setsockopt(&[2, 1, 0, 0, 0]), with("1"));
    assert_eq!(setsockopt(&[&[4u8][..], &i64s(1_000_000)].concat()), with("1000000(0.001s)"));
    assert_eq!(setsockopt(b"\0ab\x01"), with("ab."));
    assert_eq!(setsockopt(&[0]), with(""));
    assert_eq!(setsockopt(&[9, 1]), with("INVALID DYNAMIC PARAMETER"));
    let ptrace: [&[u8]; 3] = [&i64s(0), &[&[0u8][..], &i64s(0x58)].concat(), &[1, 9]];
    assert_eq!(bare(PTRACE_EXIT, &ptrace), "res=0 addr=58 data=9(SIGKILL) ");
    let keyctl: [&[u8]; 3] = [&i64s(0), &u32s(0), &[1]];
    assert!(printed(NEWEST, KEYCTL_EXIT, &keyctl, &Scene::default()).ends_with(" arg2=(null)"));
}

// Info, lines, parts.

fn event<'a>(kind: u16, params: Params<'a>) -> Event<'a> {
    Event {
        offset: 0,
        block_len: 0,
        cpu: 1,
        state_only: false,
        unreadable: false,
        ts: 86_399_000_000_042,
        tid: 42,
        kind,
        params,
    }
}

#[test]
fn calls_known_by_number_only_have_the_name_of_the_call_and_no_arguments() {
    let name = |printer: Printer, kind, code: u16, native: Option<u16>| {
        let lengths = [2u8, 0, 2, 0];
        let data = [code.to_le_bytes(), native.unwrap_or(0).to_le_bytes()].concat();
        let count = if native.is_some() { 4 } else { 2 };
        let params = Params::new(&lengths[..count], &data[..count], false).expect("lengths add up");
        let event = event(kind, params);
        let mut out = Vec::new();
        printer.args(&mut out, &event, &Scene::default());
        assert!(out.is_empty());
        printer.type_name(&event)
    };
    assert_eq!(name(SYSDIG, 0, 5, None), "open");
    assert_eq!(name(SYSDIG, 1, 298, None), "sigreturn");
    assert_eq!(name(SYSDIG, 0, 0, Some(334)), "<unknown>");
    assert_eq!(name(NEWER, 0, 0, Some(334)), "rseq");
    assert_eq!(name(NEWER, 1, 0, None), "unknown");
}

#[test]
fn a_line_has_eight_columns() {
    let data = i64s(3);
    let event = event(CLOSE_ENTER, Params::new(&[8, 0], &data, false).expect("lengths add up"));
    let clock = Clock { ts: event.ts, ..Clock::default() };
    let line = |comm, printer: Printer| {
        let mut out = Vec::new();
        printer.line(&mut out, &event, &Heading { number: 7, clock, comm, tid: 42, fd_name: b"" }, &Scene::default());
        String::from_utf8(out).expect("ASCII")
    };
    assert_eq!(line(Some(b"zoo"), SYSDIG), "7 23:59:59.000000042 1 zoo (42) > close fd=3 ");
    assert_eq!(line(None, Printer { time: TimeMode::Absolute, ..SYSDIG }), "7 86399.42 1 <NA> (42) > close fd=3 ");
    assert_eq!(
        line(None, Printer { time: TimeMode::Absolute, ..RIGHT }),
        "7 86399.000000042 1 <NA> (42) > close fd=3 "
    );
}

#[test]
fn times_are_measured_against_the_first_event_the_enter_event_or_the_one_before() {
    let time = |printer: Printer, mode, clock| {
        let mut out = Vec::new();
        Printer { time: mode, ..printer }.time(&mut out, clock);
        String::from_utf8(out).expect("ASCII")
    };
    let clock = Clock { ts: 10_000_000_007, first: 4_000_000_000, before: Some(10_000_000_000), latency: 835 };
    assert_eq!(time(SYSDIG, TimeMode::Relative, clock), "6.000000007");
    assert_eq!(time(SYSDIG, TimeMode::Latency, clock), "0.000000835");
    assert_eq!(time(NEWER, TimeMode::Latency, clock), "0.000000835");
    assert_eq!(time(NEWEST, TimeMode::Latency, clock), "0.000000000");
    assert_eq!(time(printer(Release::Libs0_25_4, Quirks::NONE), TimeMode::Latency, clock), "0.000000835");
    assert_eq!(time(SYSDIG, TimeMode::Delta, clock), "0.000000007");
    assert_eq!(time(SYSDIG, TimeMode::Delta, Clock { before: None, ..clock }), "0.000000000");
    let older = Clock { before: Some(10_001_808_521), ..clock };
    assert_eq!(time(SYSDIG, TimeMode::Delta, older), "18446744073.707743102");
    assert_eq!(time(RIGHT, TimeMode::Delta, older), "-0.001808514");
}

#[test]
fn a_message_to_the_system_log_prints_its_severity_and_text() {
    let info = |printer: Printer, result: i64, data: &[u8], fd_name: &[u8]| {
        let lengths = [8, 0, data.len() as u8, 0];
        let bytes = [&i64s(result)[..], data].concat();
        let mut out = Vec::new();
        let params = Params::new(&lengths, &bytes, false).expect("lengths add up");
        printer.info(&mut out, &event(SENDTO_EXIT, params), &Scene::default(), fd_name);
        String::from_utf8(out).expect("ASCII")
    };
    let name = b"ffff8edcfda06800->ffff8edcfda06c00 /dev/log";
    assert_eq!(info(SYSDIG, 8, b"<30>up\0and", name), "syslog sev=info msg=up");
    assert_eq!(info(SYSDIG, 8, b"<187>x", name), "syslog sev=err msg=x");
    assert_eq!(info(SYSDIG, 8, b"<30>up", b"/dev/null"), "res=8 data=<30>up ");
    assert_eq!(info(SYSDIG, 8, b"30>up", name), "syslog sev=emerg msg=up");
    assert_eq!(info(RIGHT, 8, b"30>up", name), "res=8 data=30>up ");
    assert_eq!(info(SYSDIG, -11, b"<30>up", name), "res=-11(EAGAIN) data=<30>up ");
    assert_eq!(info(NEWER, 8, b"<30>up", name), "syslog sev=info msg=up");
    assert_eq!(info(NEWEST, 8, b"<30>up", name), "res=8 data=<30>up");
}

#[test]
fn a_parameter_taken_apart_says_what_its_errno_means() {
    let data = i64s(-32);
    let read = event(READ_EXIT, Params::new(&[8, 0], &data, false).expect("lengths add up"));
    let param = SYSDIG.param(&read, 0, &Scene::default()).expect("read has a result");
    assert_eq!((param.name, &param.raw[..], &param.resolved[..]), ("res", &b"-32"[..], &b"EPIPE"[..]));
    assert_eq!(param.meaning, Some("Broken pipe"));
    assert_eq!(SYSDIG.param(&read, 1, &Scene::default()), None);
}

#[test]
fn parameters_of_newer_recorders_can_be_taken_apart_by_an_older_printer() {
    let data = [&i64s(5)[..], b"hello", &i64s(3), &u32s(16)].concat();
    let read = event(READ_EXIT, Params::new(&[8, 0, 5, 0, 8, 0, 4, 0], &data, false).expect("lengths add up"));
    let scene = Scene::default().fd(3, "f", b"/x");
    let param = SYSDIG.param(&read, 2, &scene).expect("the newest table names it");
    assert_eq!((param.name, &param.raw[..], &param.resolved[..]), ("fd", &b"3"[..], &b"<f>/x"[..]));
    assert_eq!(SYSDIG.append_param(&mut Vec::new(), &read, 2, &scene), None);
}

#[test]
fn no_bytes_make_the_printer_panic() {
    // Every type of every event with lengths it never had, printed by every release in every format.
    let data: Vec<u8> = (0..64u8).map(|byte| byte.wrapping_mul(37)).collect();
    let scene = Scene::at("/").fd(0, "d", b"/");
    for kind in 0..=table::TABLE_SIZE {
        for length in 0..40usize {
            let lengths = [(length as u8), 0, 1, 0, (length as u8) / 2, 0, 0, 0, 2, 0];
            let Some(params) = Params::new(&lengths, &data, false) else { continue };
            let event = event(kind, params);
            for release in [Release::V0_29_3, Release::V0_36_0, Release::Libs0_25_4] {
                let mut out = Vec::new();
                for quirks in [Quirks::ALL, Quirks::NONE] {
                    printer(release, quirks).info(&mut out, &event, &scene, b"/dev/log");
                    printer(release, quirks).type_name(&event);
                    let _ = printer(release, quirks).param(&event, 0, &scene);
                }
            }
        }
    }
}
