//! Conversations of captures drawn as text: each awkward case, a sentence as its name.

use engine::conversations::{ConversationLine, Finding, GroupBy, ListQuery, SortBy, Wanted};
use engine::{Options, Session};
use testkit::capture_from_text;

struct Opened {
    session: Session,
    files: Vec<Vec<u8>>,
}

fn opened(text: &str) -> Opened {
    let bytes = capture_from_text(text);
    let mut session = Session::new(Options::default());
    session.next_file("drawn.scap");
    session.push(&bytes);
    session.finish();
    Opened { session, files: vec![bytes] }
}

impl Opened {
    fn lines(&mut self) -> Vec<ConversationLine> {
        let mut lines = Vec::new();
        self.session.conversation_lines(&mut self.files.as_slice(), &mut |line| lines.push(line)).expect("bytes are in memory");
        lines
    }

    fn findings(&mut self) -> Vec<Finding> {
        self.session.findings(&mut self.files.as_slice()).expect("bytes are in memory")
    }

    fn sentences(&mut self) -> Vec<String> {
        self.findings().into_iter().map(|finding| finding.sentence).collect()
    }

    fn labels(&mut self, key: &str) -> Vec<String> {
        let calls = self.session.conversation_calls(&Wanted::parse(key), 0, 100, None, 0, &mut self.files.as_slice()).expect("bytes are in memory").expect("it is there");
        (0..calls.row.len()).map(|at| format!("{} {} {} {}{}", calls.side[at], calls.syscall[at], calls.returned[at], calls.label[at], if calls.flags[at] & 16 != 0 { " (inferred)" } else { "" }).trim_end().to_owned()).collect()
    }
}

/// The listing that the engineer had; exits that do not stand in it were not printed there.
const FOUNDING: &str = r"
    release 0.29.3
    process tid=22000 comm=httpd
    process tid=22014 pid=22000 comm=httpd
    process tid=20882 comm=uwsgi
    ns tid dir type args
    244000000 22014 > socket  domain=1 type=1 proto=0
    244001000 22014 < socket  fd=26
    244170000 22014 > connect fd=26 addr=/tmp/helloFastCGI.s
    244173691 22014 < connect res=0 tuple=ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s
    244180563 22014 > writev  fd=26 size=16
    244190563 22014 < writev  res=16 data='\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00'
    259280000 20882 > accept
    259281618 20882 < accept  fd=10 tuple=ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s queuepct=0
    259287565 20882 > read    fd=10 size=4096
    259291681 20882 < read    res=16 data='\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00'
    259721201 22014 > writev  fd=26 size=699
    259731201 22014 < writev  res=699 data='\x01\x04\x00\x01\x02\xb3\x00\x00\x09\x09HTTP_HOST127.0.0.1'
    259740048 20882 > read    fd=10 size=4096
    259748834 20882 < read    res=699 data='\x01\x04\x00\x01'
    259786716 22014 > writev  fd=26 size=8
    259790716 22014 < writev  res=8 data='\x01\x04\x00\x01\x00\x00\x00\x00'
    259802288 20882 > read    fd=10 size=4096
    259806481 20882 < read    res=8 data='\x01\x04\x00\x01\x00\x00\x00\x00'
    259862936 20882 > write   fd=10 size=8
    259863936 20882 < write   res=8 data='\x01\x06\x00\x01\x00\x2b\x00\x00'
    259872030 20882 > write   fd=10 size=43
    259873030 20882 < write   res=43 data='Status: 200 OK'
    259874552 20882 > write   fd=10 size=8
    259875552 20882 < write   res=8 data=fill:8
    259877021 20882 > write   fd=10 size=11
    259878021 20882 < write   res=11 data=fill:11
    259892476 20882 > write   fd=10 size=24
    259893476 20882 < write   res=24 data=fill:24
    259895312 20882 > close   fd=10
    259895312 20882 < close   res=0
    259984241 22014 > writev  fd=26 size=8
    260023713 22014 < writev  res=-32 data='\x01\x05\x00\x01\x00\x00\x00\x00'
    260054390 22014 > close   fd=26
    260055390 22014 < close   res=0
";

#[test]
fn the_original_listing_says_what_the_engineer_had_to_find_by_hand() {
    let mut capture = opened(FOUNDING);
    let lines = capture.lines();
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!((line.key.as_str(), line.life), ("unix:ffff880108bcba80-ffff880108bcc440", Some(1)));
    assert_eq!(line.accept_wait_ns, Some(15_107_927));
    assert_eq!((line.dir[0].written, line.dir[0].read, line.dir[0].failed_writes, line.dir[0].unread), (Some(723), Some(723), Some(1), Some(0)));
    assert_eq!((line.dir[1].written, line.dir[1].read, line.dir[1].unread), (Some(94), Some(0), Some(94)));
    assert_eq!(line.failures[0].close_exit_to_enter_ns, Some(88_929));
    assert_eq!(line.failures[0].requested, Some(8));
    let sentences = capture.sentences();
    assert_eq!(sentences[0], "httpd (22014) wrote 8 bytes to uwsgi (20882) 88.9 µs after uwsgi closed; 723 of 731 bytes were read; reply of 94 bytes never read");
    assert!(sentences.iter().any(|sentence| sentence.contains("waited 15.11 ms in the accept queue of /tmp/helloFastCGI.s")), "{sentences:?}");
}

#[test]
fn clipped_reads_are_labelled_from_the_bytes_that_were_written() {
    let labels = opened(FOUNDING).labels("unix:ffff880108bcba80-ffff880108bcc440");
    assert!(labels.contains(&"0 writev 16 BEGIN_REQUEST 1 responder".to_owned()), "{labels:?}");
    assert!(labels.contains(&"0 writev -32 STDIN 1 end".to_owned()), "{labels:?}");
    assert!(labels.iter().any(|label| label.starts_with("1 read 699 PARAMS 1") && label.ends_with("(inferred)")), "{labels:?}");
}

#[test]
fn a_write_that_began_before_the_close_is_refused_while_it_closes() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=client
        process tid=20 comm=server
        ns tid dir type args
        0   10 > socket  domain=1 type=1 proto=0
        1   10 < socket  fd=3
        10  10 > connect fd=3 addr=/s
        20  10 < connect res=0 tuple=ffff01000->ffff02000 /s
        30  20 > accept
        40  20 < accept  fd=5 tuple=ffff01000->ffff02000 /s queuepct=0
        50  10 > writev  fd=3 size=699
        60  20 > close   fd=5
        70  20 < close   res=0
        90  10 < writev  res=-32 data=abc
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!(line.failures[0].close_exit_to_enter_ns, Some(-20));
    assert_eq!(line.failures[0].cause_evts, [8, 9]);
    assert!(capture.sentences()[0].contains("while server was closing"));
}

/// A roll: the close is the last call of one file, the refused write the first of the next, which counts from 1 again.
const ACROSS_FILES: [&str; 2] = [
    r"
    release 0.29.3
    process tid=10 comm=client
    process tid=20 comm=server
    ns tid dir type args
    0   10 > socket  domain=1 type=1 proto=0
    1   10 < socket  fd=3
    10  10 > connect fd=3 addr=/s
    20  10 < connect res=0 tuple=ffff01000->ffff02000 /s
    30  20 > accept
    40  20 < accept  fd=5 tuple=ffff01000->ffff02000 /s queuepct=0
    60  20 > close   fd=5
    70  20 < close   res=0
    ",
    r"
    release 0.29.3
    process tid=10 comm=client
    process tid=20 comm=server
    fd tid=10 fd=3 unix ffff01000->ffff02000 /s
    ns tid dir type args
    80  10 > writev  fd=3 size=699
    90  10 < writev  res=-32 data=abc
    ",
];

#[test]
fn events_of_a_conversation_across_files_are_named_by_file_and_number() {
    let files: Vec<Vec<u8>> = ACROSS_FILES.iter().map(|text| capture_from_text(text)).collect();
    let mut session = Session::new(Options::default());
    for (file, name) in files.iter().zip(["roll.scap0", "roll.scap1"]) {
        session.next_file(name);
        session.push(file);
    }
    session.finish();
    let mut capture = Opened { session, files };
    let line = &capture.lines()[0];
    assert_eq!((line.start, line.start_section), (Some(3), Some(1)), "{line:?}");
    let failure = &line.failures[0];
    assert_eq!((failure.enter, failure.enter_section, failure.exit, failure.exit_section), (Some(1), Some(2), Some(2), Some(2)));
    assert_eq!((failure.cause_evts.as_slice(), failure.cause_sections.as_slice()), (&[7, 8][..], &[1, 1][..]));
    let close = line.close[1].as_ref().expect("the server closed");
    assert_eq!((close.exit, close.exit_section), (Some(8), Some(1)));
    let accept = line.accept.as_ref().expect("it was accepted");
    assert_eq!((accept.exit, accept.exit_section), (Some(6), Some(1)));
    let findings = capture.findings();
    // In the order of the recording, though the numbers of the second file are the lesser ones.
    assert_eq!((findings[0].evts.as_slice(), findings[0].sections.as_slice()), (&[7, 8, 1, 2][..], &[1, 1, 2, 2][..]));
    let key = Wanted::parse(&findings[0].key);
    let calls = capture.session.conversation_calls(&key, 0, 100, None, 0, &mut capture.files.as_slice()).expect("bytes are in memory").expect("it is there");
    assert_eq!((calls.section.first(), calls.section.last(), calls.exit_section.last()), (Some(&1), Some(&2), Some(&2)));
}

#[test]
fn in_a_single_file_numbers_are_names_enough() {
    let mut capture = opened(FOUNDING);
    let line = &capture.lines()[0];
    assert_eq!((line.start_section, line.failures[0].exit_section), (None, None));
    assert!(line.failures[0].cause_sections.is_empty() && capture.findings()[0].sections.is_empty());
}

#[test]
fn a_peer_that_dies_has_closed_without_a_close() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=docker
        process tid=20 comm=dockerd
        ns tid dir type args
        0   10 > socket   domain=1 type=1 proto=0
        1   10 < socket   fd=3
        10  10 > connect  fd=3 addr=/s
        20  10 < connect  res=0 tuple=ffff01000->ffff02000 /s
        30  20 > accept
        40  20 < accept   fd=5 tuple=ffff01000->ffff02000 /s queuepct=0
        50  10 > procexit status=0
        60  20 > write    fd=5 size=68
        70  20 < write    res=-32 data=abc
        ",
    );
    let line = &capture.lines()[0];
    let close = line.close[0].as_ref().expect("its holder is gone");
    assert_eq!((close.how, close.enter, close.exit), ("exit", None, Some(7)));
    assert_eq!(line.failures[0].cause_evts, [7]);
    assert!(capture.sentences()[0].starts_with("dockerd (20) wrote 68 bytes to docker (10) 10 ns after docker exited"), "{:?}", capture.sentences());
}

#[test]
fn tcp_takes_bytes_after_the_close_that_are_never_delivered() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=client
        process tid=20 comm=server
        ns tid dir type args
        0   10 > socket  domain=2 type=1 proto=0
        1   10 < socket  fd=3
        10  10 > connect fd=3 addr=127.0.0.1:9701
        20  10 < connect res=EINPROGRESS tuple=127.0.0.1:4000->127.0.0.1:9701
        30  20 > accept
        40  20 < accept  fd=5 tuple=127.0.0.1:4000->127.0.0.1:9701 queuepct=0
        50  10 > write   fd=3 size=16
        55  10 < write   res=16 data=fill:16
        56  20 > read    fd=5 size=16
        57  20 < read    res=16 data=fill:16
        60  20 > close   fd=5
        70  20 < close   res=0
        80  10 > write   fd=3 size=704
        85  10 < write   res=704 data=fill:80
        90  10 > write   fd=3 size=8
        95  10 < write   res=-32 data=fill:8
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.dir[0].written, line.dir[0].read, line.dir[0].never_delivered, line.dir[0].unread), (Some(720), Some(16), 704, Some(0)));
    assert!(capture.sentences()[0].contains("704 bytes that the kernel took after the close were never delivered"));
}

#[test]
fn an_address_used_again_starts_another_life_and_a_refused_connect_starts_none() {
    let life = |ns: u32| {
        format!(
            "{} 10 > socket domain=1 type=1 proto=0\n{} 10 < socket fd=3\n{} 10 > connect fd=3 addr=/s\n{} 10 < connect res=0 tuple=ffff01000->ffff02000 /s\n{} 20 > accept\n{} 20 < accept fd=5 tuple=ffff01000->ffff02000 /s queuepct=0\n{} 10 > close fd=3\n{} 10 < close res=0\n{} 20 > close fd=5\n{} 20 < close res=0\n",
            ns, ns + 1, ns + 2, ns + 3, ns + 4, ns + 5, ns + 6, ns + 7, ns + 8, ns + 9
        )
    };
    let text = format!(
        "release 0.29.3\nprocess tid=10 comm=a\nprocess tid=20 comm=b\nns tid dir type args\n{}{}500 10 > socket domain=1 type=1 proto=0\n501 10 < socket fd=3\n502 10 > connect fd=3 addr=/gone\n503 10 < connect res=ENOENT tuple=0->ffff01000 /gone\n",
        life(0),
        life(100)
    );
    let mut capture = opened(&text);
    let lives: Vec<_> = capture.lines().into_iter().map(|line| (line.key, line.life, line.path)).collect();
    let key = "unix:ffff01000-ffff02000".to_owned();
    assert_eq!(lives, [(key.clone(), Some(1), "/s".to_owned()), (key, Some(2), "/s".to_owned()), ("unix:0-ffff01000".to_owned(), None, "/gone".to_owned())]);
}

#[test]
fn a_shell_pipeline_joins_the_programs_and_not_the_shell() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=1 comm=sh
        ns tid dir type args
        0   1 > pipe
        1   1 < pipe  res=0 fd1=3 fd2=4 ino=77
        2   1 > clone
        3   1 < clone res=11 exe=sh args= tid=1 pid=1 ptid=0 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=sh cgroups= flags=0 uid=0 gid=0 vtid=1 vpid=1
        4   1 > clone
        5   1 < clone res=12 exe=sh args= tid=1 pid=1 ptid=0 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=sh cgroups= flags=0 uid=0 gid=0 vtid=1 vpid=1
        6   1 > close fd=3
        7   1 < close res=0
        8   1 > close fd=4
        9   1 < close res=0
        10 11 < clone res=0 exe=sh args= tid=11 pid=11 ptid=1 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=sh cgroups= flags=0 uid=0 gid=0 vtid=11 vpid=11
        11 12 < clone res=0 exe=sh args= tid=12 pid=12 ptid=1 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=sh cgroups= flags=0 uid=0 gid=0 vtid=12 vpid=12
        20 11 > dup   fd=4
        21 11 < dup   res=1
        22 12 > dup   fd=3
        23 12 < dup   res=0
        24 11 > close fd=3
        25 11 < close res=0
        26 11 > close fd=4
        27 11 < close res=0
        28 12 > close fd=3
        29 12 < close res=0
        29 12 > close fd=4
        29 12 < close res=0
        30 11 > write fd=1 size=5
        31 11 < write res=5 data=hello
        32 11 > procexit status=0
        40 12 > read  fd=0 size=100
        41 12 < read  res=5 data=hello
        42 12 > procexit status=0
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.key.as_str(), line.family), ("pipe:77", "pipe"));
    assert_eq!((line.dir[1].written, line.dir[1].read, line.dir[1].unread), (Some(5), Some(5), Some(0)));
    let io: Vec<_> = line.ends.iter().flatten().filter(|holder| holder.io).map(|holder| holder.pid).collect();
    assert_eq!(io, [12, 11]);
    assert_eq!(line.close[1].as_ref().map(|close| (close.pid, close.how)), Some((11, "exit")));
}

#[test]
fn a_second_writer_of_a_pipe_may_open_it_by_its_number() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=1 comm=sh cwd=/
        ns tid dir type args
        0   1 > pipe
        1   1 < pipe   res=0 fd1=3 fd2=4 ino=77
        2   1 > dup    fd=4
        3   1 < dup    res=2
        4   1 > openat dirfd=AT_FDCWD name=/proc/self/fd/2 flags=O_WRONLY mode=0
        5   1 < openat fd=7 dirfd=AT_FDCWD name=/proc/self/fd/2 flags=O_WRONLY mode=0
        6   1 > write  fd=7 size=3
        7   1 < write  res=3 data=abc
        8   1 > close  fd=7
        9   1 < close  res=0
        10  1 > write  fd=4 size=4
        11  1 < write  res=4 data=defg
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.dir[1].write_calls, line.dir[1].written), (Some(2), Some(7)));
    assert_eq!(line.ends[1][0].fds, [4, 2, 7]);
    assert!(line.close[1].is_none(), "two numbers of it are still open");
}

#[test]
fn sendfile_is_credited_to_both_of_its_descriptors() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=1 comm=a
        ns tid dir type args
        0  1 > pipe
        1  1 < pipe       res=0 fd1=3 fd2=4 ino=77
        2  1 > socketpair domain=1 type=1 proto=0
        3  1 < socketpair res=0 fd1=5 fd2=6 source=0xffff01000 peer=0xffff02000
        4  1 > write      fd=4 size=10
        5  1 < write      res=10 data=fill:10
        6  1 > splice     fd_in=3 fd_out=5 size=10 flags=0
        7  1 < splice     res=10
        8  1 > read       fd=6 size=10
        9  1 < read       res=10 data=fill:10
        ",
    );
    let lines = capture.lines();
    let pipe = lines.iter().find(|line| line.family == "pipe").expect("a pipe");
    let pair = lines.iter().find(|line| line.family == "socketpair").expect("a socketpair");
    assert_eq!((pipe.dir[1].written, pipe.dir[1].read), (Some(10), Some(10)));
    assert_eq!((pair.dir[0].written, pair.dir[0].read), (Some(10), Some(10)));
}

#[test]
fn one_udp_server_has_a_conversation_with_each_client() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=1 comm=dns
        process tid=2 comm=a
        ns tid dir type args
        0  1 > socket   domain=2 type=2 proto=0
        1  1 < socket   fd=3
        2  1 > bind     fd=3
        3  1 < bind     res=0 addr=127.0.0.1:53
        4  1 > recvfrom fd=3 size=512
        5  1 < recvfrom res=20 data=fill:20 tuple=127.0.0.1:4001->127.0.0.1:53
        6  1 > sendto   fd=3 size=40 tuple=127.0.0.1:53->127.0.0.1:4001
        7  1 < sendto   res=40 data=fill:40
        8  1 > recvfrom fd=3 size=512
        9  1 < recvfrom res=21 data=fill:21 tuple=127.0.0.1:4002->127.0.0.1:53
        10 1 > sendto   fd=3 size=41 tuple=127.0.0.1:53->127.0.0.1:4002
        11 1 < sendto   res=41 data=fill:41
        12 1 > recvfrom fd=3 size=512
        13 1 < recvfrom res=22 data=fill:22 tuple=127.0.0.1:4001->127.0.0.1:53
        ",
    );
    let found: Vec<_> = capture.lines().into_iter().map(|line| (line.key, line.dir[0].read, line.dir[1].written)).collect();
    assert_eq!(found, [("udp:127.0.0.1:4001-127.0.0.1:53".to_owned(), Some(42), Some(40)), ("udp:127.0.0.1:4002-127.0.0.1:53".to_owned(), Some(21), Some(41))]);
}

#[test]
fn nothing_is_found_where_all_went_well() {
    let mut capture = opened("process tid=1 comm=a\nns tid dir type args\n0 1 > brk addr=0\n1 1 < brk res=0\n");
    assert!(capture.lines().is_empty());
    assert!(capture.findings().is_empty());
}

/// A client (10, fd 3) and a server (20, fd 5) that are connected by unix addresses.
const CONNECTED: &str = r"
    release 0.29.3
    process tid=10 comm=client
    process tid=20 comm=server
    ns tid dir type args
    0   10 > socket  domain=1 type=1 proto=0
    1   10 < socket  fd=3
    10  10 > connect fd=3 addr=/s
    20  10 < connect res=0 tuple=ffff02000->ffff01000 /s
    30  20 > accept
    40  20 < accept  fd=5 tuple=ffff02000->ffff01000 /s queuepct=0
";

fn connected(more: &str) -> Opened {
    opened(&format!("{CONNECTED}{more}"))
}

#[test]
fn a_unix_socket_that_is_closed_with_bytes_unread_resets_the_reader_at_the_other_end() {
    let mut capture = connected(
        r"
        50  10 > write fd=3 size=100
        55  10 < write res=100 data=fill:80
        60  20 > read  fd=5 size=40
        65  20 < read  res=40 data=fill:40
        70  20 > close fd=5
        75  20 < close res=0
        80  10 > read  fd=3 size=64
        85  10 < read  res=-104 data=NULL
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.dir[0].written, line.dir[0].read, line.dir[0].unread), (Some(100), Some(40), Some(60)));
    assert_eq!((line.failures[0].call, line.failures[0].errno.as_str(), line.failures[0].cause_evts.as_slice()), ("read", "ECONNRESET", &[11, 12][..]));
    assert_eq!(line.failures[0].close_exit_to_enter_ns, Some(5));
    assert_eq!(line.dir[1].failed_reads, Some(1));
    assert_eq!(capture.sentences()[0], "client (10) asked server (20) for 64 bytes 5 ns after server closed, and got ECONNRESET; 40 of 100 bytes were read");
}

#[test]
fn a_datagram_to_nobody_fails_without_a_peer_that_closed() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=journal
        process tid=20 comm=rsyslogd
        fd tid=10 fd=6 unix 0->0
        fd tid=20 fd=3 unix 0->0 /run/syslog
        ns tid dir type args
        0   10 > sendmsg fd=6 size=88 tuple=0->ffff03000 /run/syslog
        5   10 < sendmsg res=-3 data=fill:80
        10  10 > sendmsg fd=6 size=84 tuple=0->ffff03000 /run/syslog
        15  10 < sendmsg res=84 data=abc
        20  20 > recvmsg fd=3
        25  20 < recvmsg res=84 size=84 data=abc tuple=NULL
        ",
    );
    let lines = capture.lines();
    assert_eq!(lines.len(), 1, "{:?}", lines.iter().map(|line| &line.key).collect::<Vec<_>>());
    let line = &lines[0];
    assert_eq!((line.family, line.key.as_str(), line.start), ("unix-dgram", "unixdgram:ffff03000->/run/syslog", None));
    assert_eq!((line.dir[0].write_calls, line.dir[0].written, line.dir[0].failed_writes, line.dir[0].read), (Some(2), Some(84), Some(1), Some(84)));
    assert_eq!((line.failures[0].call, line.failures[0].errno.as_str(), line.failures[0].cause_evts.len()), ("sendmsg", "ESRCH", 0));
    assert!(line.inferred.contains(&"older than the capture".to_owned()));
    let sentences = capture.sentences();
    assert!(sentences.iter().any(|sentence| sentence == "journal (10) could not send to /run/syslog by sendmsg: ESRCH"), "{sentences:?}");
}

#[test]
fn datagrams_reach_a_receiver_that_is_bound_under_another_name_by_their_bytes() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=logger
        process tid=20 comm=journal
        fd tid=20 fd=6 unix 0->0 /run/journal/dev-log
        ns tid dir type args
        0   10 > socket  domain=1 type=2 proto=0
        1   10 < socket  fd=3
        2   10 > connect fd=3 addr=/dev/log
        3   10 < connect res=0 tuple=ffff02000->ffff01000 /dev/log
        4   10 > sendto  fd=3 size=5 tuple=NULL
        5   10 < sendto  res=5 data=hello
        6   20 > recvmsg fd=6
        7   20 < recvmsg res=5 size=5 data=hello tuple=NULL
        8   10 > sendto  fd=3 size=6 tuple=NULL
        9   10 < sendto  res=6 data=hello2
        10  20 > recvmsg fd=6
        11  20 < recvmsg res=7 size=7 data=strange tuple=NULL
        12  20 > recvmsg fd=6
        13  20 < recvmsg res=6 size=6 data=hello2 tuple=NULL
        14  10 > close   fd=3
        15  10 < close   res=0
        ",
    );
    let lines = capture.lines();
    let ours = lines.iter().find(|line| line.key == "unixdgram:ffff01000->/dev/log").expect("it is told");
    assert_eq!((ours.dir[0].written, ours.dir[0].read, ours.dir[0].read_calls, ours.end), (Some(11), Some(11), Some(2), Some(16)));
    assert_eq!(ours.ends[1][0].comm, "journal");
    assert!(ours.inferred.iter().any(|word| word.contains("equal bytes")));
    let strange = lines.iter().find(|line| line.key == "unixdgram:unknown->/run/journal/dev-log").expect("what nobody sent is told as well");
    assert_eq!((strange.dir[0].write_calls, strange.dir[0].read, strange.start), (None, Some(7), None));
    let calls = capture.labels("unixdgram:ffff01000->/dev/log");
    assert_eq!(calls.iter().filter(|call| call.starts_with("1 recvmsg")).collect::<Vec<_>>(), ["1 recvmsg 5", "1 recvmsg 6"]);
}

#[test]
fn a_receive_that_began_before_the_capture_is_of_the_socket_that_its_addresses_fit() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=php-fpm
        process tid=20 comm=statsd
        fd tid=20 fd=3 server 0.0.0.0:8125 l4=udp
        ns tid dir type args
        0   10 > socket   domain=2 type=2 proto=0
        1   10 < socket   fd=7
        2   10 > sendto   fd=7 size=6 tuple=0.0.0.0:0->127.0.0.1:8125
        3   10 < sendto   res=6 data='a:1|gx'
        4   20 < recvfrom res=6 data='a:1|gx' tuple=127.0.0.1:44012->127.0.0.1:8125
        5   10 > close    fd=7
        6   10 < close    res=0
        7   10 > socket   domain=2 type=2 proto=0
        8   10 < socket   fd=7
        9   20 > recvfrom fd=3 size=512
        10  10 > sendto   fd=7 size=6 tuple=0.0.0.0:0->127.0.0.1:8125
        11  10 < sendto   res=6 data='a:2|gx'
        12  20 < recvfrom res=6 data='a:2|gx' tuple=127.0.0.1:60726->127.0.0.1:8125
        13  10 > close    fd=7
        14  10 < close    res=0
        ",
    );
    let found: Vec<_> = capture.lines().into_iter().map(|line| (line.key, line.start, line.dir[0].written, line.dir[0].read)).collect();
    assert_eq!(found, [("udp:127.0.0.1:44012-127.0.0.1:8125".to_owned(), Some(3), Some(6), Some(6)), ("udp:127.0.0.1:60726-127.0.0.1:8125".to_owned(), Some(11), Some(6), Some(6))]);
}

#[test]
fn a_process_between_fork_and_exec_holds_a_socket_and_does_nothing_with_it() {
    let clone = |tid: u32, res: u32, ptid: u32| format!("res={res} exe=d args= tid={tid} pid={tid} ptid={ptid} cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=d cgroups= flags=0 uid=0 gid=0 vtid={tid} vpid={tid}");
    let text = format!(
        r"
        release 0.29.3
        process tid=10 comm=dockerd
        ns tid dir type args
        0   10 > socketpair domain=1 type=0x80001 proto=0
        1   10 < socketpair res=0 fd1=3 fd2=4 source=0xffff01000 peer=0xffff02000
        2   10 > clone
        3   10 < clone {}
        4   11 < clone {}
        5   11 > execve filename=/bin/true
        6   11 < execve res=0 exe=true args= tid=11 pid=11 ptid=10 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=true cgroups=
        7   10 > write  fd=3 size=2
        8   10 < write  res=2 data=hi
        ",
        clone(10, 11, 1),
        clone(11, 0, 10)
    );
    let mut capture = opened(&text);
    let line = &capture.lines()[0];
    let holders: Vec<_> = line.ends[0].iter().map(|holder| (holder.pid, holder.io, holder.how)).collect();
    assert_eq!(holders, [(10, true, ""), (11, false, "exec")]);
    assert!(line.close[0].is_none(), "dockerd has it still");
}

#[test]
fn the_two_ends_of_a_socketpair_stay_apart_when_a_child_keeps_one_and_its_parent_the_other() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=parent
        ns tid dir type args
        0   10 > socketpair domain=1 type=1 proto=0
        1   10 < socketpair res=0 fd1=3 fd2=4 source=0xffff01000 peer=0xffff02000
        2   10 > fork
        3   10 < fork res=11 exe=p args= tid=10 pid=10 ptid=1 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=p cgroups= flags=0 uid=0 gid=0 vtid=10 vpid=10
        4   10 > close fd=4
        5   10 < close res=0
        6   11 < fork res=0 exe=p args= tid=11 pid=11 ptid=10 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=child cgroups= flags=0 uid=0 gid=0 vtid=11 vpid=11
        7   11 > close fd=3
        8   11 < close res=0
        9   11 > write fd=4 size=4
        10  11 < write res=4 data=ping
        11  10 > read  fd=3 size=9
        12  10 < read  res=4 data=ping
        13  11 > procexit status=0
        14  10 > read  fd=3 size=9
        15  10 < read  res=0 data=NULL
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.family, line.dir[1].written, line.dir[1].read, line.dir[1].read_calls), ("socketpair", Some(4), Some(4), Some(2)));
    assert_eq!(line.close[1].as_ref().map(|close| (close.pid, close.fd, close.how)), Some((11, 4, "exit")));
    assert_eq!(line.end, None);
}

#[test]
fn a_socket_closes_with_the_last_of_its_numbers() {
    let mut capture = connected(
        r"
        50 20 > dup   fd=5
        51 20 < dup   res=9
        52 20 > close fd=5
        53 20 < close res=0
        54 10 > write fd=3 size=4
        55 10 < write res=4 data=late
        56 20 > read  fd=9 size=4
        57 20 < read  res=4 data=late
        58 20 > close fd=9
        59 20 < close res=0
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!(line.ends[1][0].fds, [5, 9]);
    assert_eq!(line.close[1].as_ref().map(|close| (close.fd, close.exit)), Some((9, Some(16))));
    assert_eq!((line.dir[0].read, line.dir[0].unread), (Some(4), Some(0)));
}

#[test]
fn an_accept_may_stand_before_its_connect() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=client
        process tid=20 comm=server
        ns tid dir type args
        0   10 > socket  domain=1 type=1 proto=0
        1   10 < socket  fd=3
        10  10 > connect fd=3 addr=@/tmp/.X11-unix/X0
        30  20 > accept
        40  20 < accept  fd=5 tuple=ffff02000->ffff01000 @/tmp/.X11-unix/X0 queuepct=0
        50  10 < connect res=0 tuple=ffff02000->ffff01000 @/tmp/.X11-unix/X0
        ",
    );
    let lines = capture.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].path.as_str(), lines[0].accept_wait_ns, lines[0].start), ("@/tmp/.X11-unix/X0", Some(-10), Some(3)));
    assert_eq!((lines[0].ends[0][0].pid, lines[0].ends[1][0].pid), (10, 20));
}

#[test]
fn an_address_that_is_mapped_into_ipv6_is_the_same_address() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=client
        process tid=20 comm=server
        ns tid dir type args
        0   10 > socket  domain=10 type=1 proto=0
        1   10 < socket  fd=3
        10  10 > connect fd=3 addr=[::ffff:127.0.0.1]:80
        20  10 < connect res=0 tuple=[::ffff:127.0.0.1]:4000->[::ffff:127.0.0.1]:80
        30  20 > accept
        40  20 < accept  fd=5 tuple=127.0.0.1:4000->127.0.0.1:80 queuepct=0
        50  10 > sendmsg fd=3 size=3 tuple=NULL
        51  10 < sendmsg res=3 data=abc
        52  20 > recvmsg fd=5
        53  20 < recvmsg res=3 size=3 data=abc tuple=NULL
        ",
    );
    let lines = capture.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].key.as_str(), lines[0].dir[0].written, lines[0].dir[0].read), ("tcp:127.0.0.1:4000->127.0.0.1:80", Some(3), Some(3)));
}

#[test]
fn a_port_that_is_used_again_starts_another_life() {
    let life = |ns: u32, server: bool| {
        let mut text = format!("{ns} 10 > socket domain=2 type=1 proto=0\n{ns} 10 < socket fd=3\n{ns} 10 > connect fd=3 addr=172.17.0.2:80\n{ns} 10 < connect res=0 tuple=172.17.0.1:4000->172.17.0.2:80\n");
        if server {
            text.push_str(&format!("{ns} 20 > accept\n{ns} 20 < accept fd=5 tuple=172.17.0.1:4000->172.17.0.2:80 queuepct=0\n{ns} 20 > close fd=5\n{ns} 20 < close res=0\n"));
        }
        text.push_str(&format!("{ns} 10 > close fd=3\n{ns} 10 < close res=0\n"));
        text
    };
    let mut capture = opened(&format!("release 0.29.3\nprocess tid=10 comm=a\nprocess tid=20 comm=b\nns tid dir type args\n{}{}{}", life(0, true), life(10, false), life(20, true)));
    let lives: Vec<_> = capture.lines().into_iter().map(|line| (line.life, line.ends[1].len(), line.accept.is_some())).collect();
    assert_eq!(lives, [(Some(1), 1, true), (Some(2), 0, false), (Some(3), 1, true)]);
}

#[test]
fn a_connect_that_turns_out_refused_by_its_pending_error_is_no_life() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=curl
        ns tid dir type args
        0  10 > socket     domain=2 type=0x801 proto=0
        1  10 < socket     fd=3
        2  10 > connect    fd=3 addr=127.0.0.1:81
        3  10 < connect    res=EINPROGRESS tuple=127.0.0.1:4000->127.0.0.1:81
        4  10 > getsockopt
        5  10 < getsockopt res=0 fd=3 level=SOL_SOCKET optname=SO_ERROR val=1:-111 optlen=4
        6  10 > close      fd=3
        7  10 < close      res=0
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.life, line.connect.as_ref().map(|connect| connect.res)), (None, Some(-111)));
    assert_eq!(capture.sentences(), ["curl (10) could not connect to 127.0.0.1:81: ECONNREFUSED, nobody listens there"]);
}

#[test]
fn bytes_that_were_looked_at_first_count_once() {
    let mut capture = connected(
        r"
        50 10 > write    fd=3 size=12
        51 10 < write    res=12 data='hello, world'
        52 20 > recvfrom fd=5 size=4
        53 20 < recvfrom res=4 data=hell tuple=NULL
        54 20 > recvfrom fd=5 size=64
        55 20 < recvfrom res=12 data='hello, world' tuple=NULL
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.dir[0].read_calls, line.dir[0].read, line.dir[0].in_flight), (Some(2), Some(12), Some(0)));
    assert!(line.inferred.iter().any(|word| word.contains("MSG_PEEK")), "{:?}", line.inferred);
}

#[test]
fn what_was_moved_is_what_the_calls_returned() {
    let mut capture = connected(
        r"
        50 10 > write fd=3 size=4096
        51 10 < write res=100 data=fill:80
        52 10 > write fd=3 size=3996
        53 10 < write res=EAGAIN data=fill:80
        54 20 > read  fd=5 size=4096
        55 20 < read  res=100 data=fill:80
        56 20 > read  fd=5 size=4096
        57 20 < read  res=EAGAIN data=NULL
        58 10 > shutdown fd=3 how=1
        59 10 < shutdown res=0
        60 20 > read  fd=5 size=4096
        61 20 < read  res=0 data=NULL
        ",
    );
    let line = &capture.lines()[0];
    let there = &line.dir[0];
    assert_eq!((there.write_calls, there.written, there.failed_writes, there.retried_writes), (Some(2), Some(100), Some(0), Some(1)));
    assert_eq!((there.read_calls, there.read, there.failed_reads, there.retried_reads), (Some(3), Some(100), Some(0), Some(1)));
    assert!(line.failures.is_empty() && capture.findings().is_empty());
}

#[test]
fn a_write_after_ones_own_shutdown_blames_nobody_else() {
    let mut capture = connected(
        r"
        50 10 > shutdown fd=3 how=1
        51 10 < shutdown res=0
        52 20 > close    fd=5
        53 20 < close    res=0
        54 10 > write    fd=3 size=4
        55 10 < write    res=EPIPE data=late
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!(line.failures[0].cause_evts, [7, 8]);
    assert_eq!(capture.findings()[0].kind, "write-after-shutdown");
}

#[test]
fn a_write_to_an_end_that_stopped_reading_is_refused_by_its_shutdown() {
    let mut capture = connected(
        r"
        50 20 > shutdown fd=5 how=0
        51 20 < shutdown res=0
        54 10 > write    fd=3 size=4
        55 10 < write    res=EPIPE data=late
        ",
    );
    assert_eq!(capture.lines()[0].failures[0].cause_evts, [7, 8]);
    assert_eq!(capture.sentences()[0], "client (10) wrote 4 bytes to server (20) 3 ns after server shut the connection down; 0 of 4 bytes were read");
}

#[test]
fn vectors_and_positions_count_as_reads_and_writes_do() {
    let mut capture = connected(
        r"
        50 10 > writev  fd=3 size=30
        51 10 < writev  res=30 data=fill:30
        52 10 > pwritev fd=3 size=20 pos=0
        53 10 < pwritev res=20 data=fill:20
        54 20 > readv   fd=5
        55 20 < readv   res=25 size=25 data=fill:25
        56 20 > preadv  fd=5 pos=0
        57 20 < preadv  res=25 size=25 data=fill:25
        ",
    );
    let there = &capture.lines()[0].dir[0];
    assert_eq!((there.write_calls, there.written, there.read_calls, there.read), (Some(2), Some(50), Some(2), Some(50)));
}

#[test]
fn messages_sent_many_at_once_count_one_by_one_where_they_are_recorded() {
    let mut capture = opened(
        r"
        release libs
        process tid=10 comm=curl
        process tid=20 comm=dns
        ns tid dir type args
        0 10 < socket   fd=3 domain=2 type=2 proto=0
        1 10 < connect  res=0 tuple=127.0.0.1:4000->127.0.0.1:53 fd=3 addr=127.0.0.1:53
        2 10 < sendmmsg res=30 fd=3 size=30 data=fill:30 tuple=NULL
        3 10 < sendmmsg res=30 fd=3 size=30 data=fill:30 tuple=NULL
        4 10 < recvmmsg res=50 fd=3 size=50 data=fill:50 tuple=NULL msgcontrol=NULL
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.dir[0].write_calls, line.dir[0].written, line.dir[1].read_calls, line.dir[1].read), (Some(2), Some(60), Some(1), Some(50)));
    assert!(!line.dir[0].at_least);
}

#[test]
fn sums_are_at_least_what_is_recorded_where_a_call_tells_no_descriptor() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=curl
        process tid=20 comm=dns
        fd tid=20 fd=4 server 127.0.0.1:53 l4=udp
        ns tid dir type args
        0 10 > socket   domain=2 type=2 proto=0
        1 10 < socket   fd=7
        2 10 > connect  fd=7 addr=127.0.0.1:53
        3 10 < connect  res=0 tuple=127.0.0.1:4000->127.0.0.1:53
        4 10 > sendmmsg
        5 10 < sendmmsg
        6 20 > recvfrom fd=4 size=512
        7 20 < recvfrom res=30 data=fill:30 tuple=127.0.0.1:4000->127.0.0.1:53
        8 20 > sendto   fd=4 size=50 tuple=127.0.0.1:53->127.0.0.1:4000
        9 20 < sendto   res=50 data=fill:50
        10 10 > recvfrom fd=7 size=512
        11 10 < recvfrom res=50 data=fill:50 tuple=127.0.0.1:53->127.0.0.1:4000
        ",
    );
    let line = &capture.lines()[0];
    assert!(line.dir[0].at_least);
    assert!(line.inferred.iter().any(|word| word.contains("at least") && word.contains("sendmmsg")), "{:?}", line.inferred);
    assert_eq!((line.dir[0].written, line.dir[0].read, line.dir[1].written, line.dir[1].read), (Some(0), Some(30), Some(50), Some(50)));
}

#[test]
fn a_remote_peer_is_said_to_be_outside_the_capture() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=20 comm=sshd
        ns tid dir type args
        0 20 > accept
        1 20 < accept fd=5 tuple=10.0.2.2:4000->10.0.2.15:22 queuepct=0
        2 20 > read   fd=5 size=64
        3 20 < read   res=10 data=fill:10
        4 20 > procexit status=0
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.ends[0].len(), line.dir[0].write_calls, line.dir[0].written, line.dir[0].read, line.dir[0].unread), (0, None, None, Some(10), None));
    assert_eq!((line.close[0].is_none(), line.close[1].as_ref().map(|close| close.how)), (true, Some("exit")));
    assert!(line.inferred.contains(&"one end alone is in the capture".to_owned()), "{:?}", line.inferred);
}

#[test]
fn old_sockets_are_paired_by_equal_bytes_and_that_is_said() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=httpd
        process tid=20 comm=uwsgi
        process tid=30 comm=other
        fd tid=10 fd=3 unix 0->11
        fd tid=20 fd=5 unix 0->12 /run/app.sock
        fd tid=30 fd=7 unix 0->13
        ns tid dir type args
        0 10 > write fd=3 size=600
        1 10 < write res=600 data=fill:80
        2 20 > read  fd=5 size=4096
        3 20 < read  res=600 data=fill:80
        4 20 > write fd=5 size=99
        5 20 < write res=99 data=fill:80
        6 10 > read  fd=3 size=4096
        7 10 < read  res=99 data=fill:80
        8 30 > read  fd=7 size=4096
        9 30 < read  res=99 data=fill:80
        ",
    );
    let lines = capture.lines();
    let pair = lines.iter().find(|line| line.path == "/run/app.sock").expect("a pair");
    assert_eq!((pair.ends[0][0].pid, pair.ends[1][0].pid, pair.start), (10, 20, None));
    assert!(pair.inferred.iter().any(|word| word.contains("inferred from 699 equal bytes")), "{:?}", pair.inferred);
    let alone = lines.iter().find(|line| line.ends[0].first().is_some_and(|holder| holder.pid == 30)).expect("the other one");
    assert!(alone.inferred.contains(&"peer unknown: predates the capture".to_owned()));
}

#[test]
fn without_enters_times_are_from_end_to_end() {
    let mut capture = opened(
        r"
        release libs
        process tid=10 comm=client
        process tid=20 comm=server
        ns tid dir type args
        1  10 < socket  fd=3 domain=1 type=1 proto=0
        20 10 < connect res=0 tuple=ffff02000->ffff01000 /s fd=3 addr=/s
        40 20 < accept  fd=5 tuple=ffff02000->ffff01000 /s queuepct=0
        70 20 < close   res=0 fd=5
        90 10 < write   res=-32 data=abc fd=3 size=3
        ",
    );
    let line = &capture.lines()[0];
    assert_eq!((line.failures[0].enter, line.failures[0].close_exit_to_enter_ns, line.failures[0].requested), (None, Some(20), Some(3)));
    assert_eq!(capture.sentences()[0], "client (10) wrote 3 bytes to server (20) 20 ns after server closed, from end to end; 0 of 3 bytes were read");
}

#[test]
fn who_sends_to_address_zero_sends_to_this_machine() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=sender
        process tid=20 comm=receiver
        ns tid dir type args
        0 20 > socket   domain=2 type=2 proto=0
        1 20 < socket   fd=4
        2 20 > bind     fd=4
        3 20 < bind     res=0 addr=0.0.0.0:7000
        4 20 > recvfrom fd=4 size=512
        5 10 > socket   domain=2 type=2 proto=0
        6 10 < socket   fd=4
        7 10 > sendto   fd=4 size=16 tuple=0.0.0.0:40832->0.0.0.0:7000
        8 10 < sendto   res=16 data=fill:16
        9 20 < recvfrom res=16 data=fill:16 tuple=127.0.0.1:40832->127.0.0.1:7000
        ",
    );
    let lines = capture.lines();
    assert_eq!(lines.len(), 1, "{:?}", lines.iter().map(|line| &line.key).collect::<Vec<_>>());
    assert_eq!((lines[0].key.as_str(), lines[0].dir[0].written, lines[0].dir[0].read), ("udp:127.0.0.1:40832-127.0.0.1:7000", Some(16), Some(16)));
}

#[test]
fn a_read_that_never_returned_is_told_with_the_time_it_had_waited() {
    let mut capture = connected(
        r"
        50      10 > read fd=3 size=64
        2000050 20 > brk addr=0
        2000050 20 < brk res=0
        ",
    );
    let findings = capture.findings();
    assert_eq!((findings[0].kind, findings[0].sentence.as_str()), ("never-returned", "client (10) had been in read for 2.00 ms when the capture ended, on unix:ffff01000-ffff02000"));
}

#[test]
fn the_cause_says_what_the_closer_did_between_its_last_read_and_its_close() {
    let mut capture = connected(
        r"
        50 20 > read   fd=5 size=64
        51 20 < read   res=EAGAIN data=NULL
        52 20 > openat dirfd=AT_FDCWD name=/tmp/log flags=O_WRONLY mode=0
        53 20 < openat fd=6 dirfd=AT_FDCWD name=/tmp/log flags=O_WRONLY mode=0
        54 20 > write  fd=6 size=9
        55 20 < write  res=9 data='no luck\n'
        60 20 > close  fd=5
        61 20 < close  res=0
        70 10 > write  fd=3 size=4
        75 10 < write  res=EPIPE data=late
        ",
    );
    let wanted = Wanted::parse("unix:ffff01000-ffff02000~1");
    let detail = capture.session.conversation_detail(&wanted, &mut capture.files.as_slice()).expect("bytes are in memory").expect("it is there");
    let cause = &detail.causes[0];
    assert_eq!((cause.who.as_str(), cause.by.as_str(), cause.how, cause.delta_ns), ("client (10)", "server (20)", "closed", Some(9)));
    assert_eq!((cause.offered, cause.read, cause.reply_unread, cause.last_read), (Some(4), Some(0), None, Some(8)));
    let between: Vec<_> = cause.between.iter().map(|act| (act.syscall, act.num, act.before_close_ns, act.text.as_str())).collect();
    assert_eq!(between, [("openat", Some(9), Some(8), ""), ("write", Some(11), Some(6), "no luck")]);
    assert!(capture.sentences()[0].ends_with("6 ns before closing, server wrote 9 bytes to /tmp/log: “no luck” (#11)"), "{:?}", capture.sentences());
}

#[test]
fn a_group_of_the_list_says_what_its_conversations_come_to() {
    let mut capture = connected("50 10 > write fd=3 size=4\n51 10 < write res=4 data=abcd\n60 10 > pipe\n61 10 < pipe res=0 fd1=8 fd2=9 ino=77\n62 10 > pipe\n63 10 < pipe res=0 fd1=18 fd2=19 ino=78\n64 10 > write fd=9 size=70\n65 10 < write res=70 data=fill:70\n66 10 > write fd=19 size=8\n67 10 < write res=8 data=fill:8\n68 10 > read fd=18 size=5\n69 10 < read res=5 data=fill:5\n");
    let sums = |window: &engine::conversations::ConversationWindow| -> Vec<String> {
        (0..window.id.len()).map(|at| format!("{:?} {} {} {} {} {}", window.group[at], window.group_size[at], window.group_calls[at], window.group_there[at], window.group_back[at], window.group_refused[at])).collect()
    };
    let query = ListQuery { group: GroupBy::Path, ..ListQuery::default() };
    let all = capture.session.conversation_window(&query, 0, 10);
    assert_eq!(sums(&all), [r#""" 2 3 0 78 0"#, r#""" NaN NaN NaN NaN NaN"#, r#""/s" 1 1 4 0 0"#]);
    // A window that begins within a group knows no sum of it, and one that begins with it knows it whole.
    assert_eq!(sums(&capture.session.conversation_window(&query, 1, 1)), [r#""" NaN NaN NaN NaN NaN"#]);
    assert_eq!(sums(&capture.session.conversation_window(&query, 2, 1)), [r#""/s" 1 1 4 0 0"#]);
    let narrowed = ListQuery { narrow: "pipe:78".to_owned(), ..query };
    assert_eq!(sums(&capture.session.conversation_window(&narrowed, 0, 10)), [r#""" 1 2 0 8 0"#]);
    let by_processes = ListQuery { group: GroupBy::Processes, narrow: "unix".to_owned(), ..ListQuery::default() };
    assert_eq!(capture.session.conversation_window(&by_processes, 0, 10).group, ["client ⇄ server"]);
    assert!(capture.session.conversation_window(&ListQuery::default(), 0, 10).group_size.iter().all(|size| size.is_nan()));
}

#[test]
fn a_group_whose_other_end_is_not_in_the_capture_leads_outside() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=10 comm=client
        ns tid dir type args
        0   10 > socket  domain=1 type=1 proto=0
        1   10 < socket  fd=3
        10  10 > connect fd=3 addr=/s
        20  10 < connect res=-2 tuple=0->ffff02000 /s
        ",
    );
    let by_processes = ListQuery { group: GroupBy::Processes, ..ListQuery::default() };
    assert_eq!(capture.session.conversation_window(&by_processes, 0, 10).group, ["client ⇄ outside"]);
}

#[test]
fn the_list_sorts_narrows_and_groups() {
    let mut capture = connected("50 10 > write fd=3 size=4\n51 10 < write res=4 data='a:1|c'\n60 10 > pipe\n61 10 < pipe res=0 fd1=8 fd2=9 ino=77\n62 10 > write fd=9 size=70\n63 10 < write res=70 data=fill:70\n");
    let mut keys = |query: ListQuery| {
        let window = capture.session.conversation_window(&query, 0, 10);
        (window.key.clone(), window.group.clone(), window.protocol.clone())
    };
    let unix = "unix:ffff01000-ffff02000".to_owned();
    let pipe = "pipe:77".to_owned();
    assert_eq!(keys(ListQuery::default()).0, [unix.clone(), pipe.clone()]);
    assert_eq!(keys(ListQuery { sort: SortBy::Back, descending: true, ..ListQuery::default() }).0, [pipe.clone(), unix.clone()]);
    assert_eq!(keys(ListQuery { narrow: "PIPE".to_owned(), ..ListQuery::default() }).0, std::slice::from_ref(&pipe));
    assert_eq!(keys(ListQuery { group: GroupBy::Path, ..ListQuery::default() }).1, ["", "/s"]);
    assert_eq!(keys(ListQuery { sort: SortBy::Protocol, descending: true, ..ListQuery::default() }).2, ["statsd", ""]);
}

/// Damage may turn any result into any number.
#[test]
fn results_beyond_all_sums_are_counted_up_to_the_greatest_number() {
    let mut drawn = opened(
        r"
    release 0.29.3
    process tid=100 comm=left
    process tid=200 comm=right
    ns tid dir type args
    1000 100 > socket  domain=1 type=1 proto=0
    1100 100 < socket  fd=5
    1200 100 > connect fd=5 addr=/run/s
    1300 100 < connect res=0 tuple=ffff880108bcc440->ffff880108bcba80 /run/s
    1400 200 > accept
    1500 200 < accept  fd=6 tuple=ffff880108bcc440->ffff880108bcba80 /run/s queuepct=0
    1600 100 > write fd=5 size=9
    1700 100 < write res=9223372036854775807 data='abc'
    1800 100 > write fd=5 size=9
    1900 100 < write res=9223372036854775807 data='abc'
    2000 100 > write fd=5 size=9
    2100 100 < write res=9223372036854775807 data='abc'
    2200 200 > read fd=6 size=9
    2300 200 < read res=9223372036854775807 data='abc'
    2400 200 > close fd=6
    2500 200 < close res=0
    2600 100 > write fd=5 size=4294967295
    2700 100 < write res=-32 data='abc'
    ",
    );
    let lines = drawn.lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let key = line.key.clone();
    let sentence = "left (100) wrote 4294967295 bytes to right (200) 100 ns after right closed; 9223372036854775807 of 18446744073709551615 bytes were read";
    assert_eq!(drawn.sentences(), [sentence]);
    assert!(drawn.labels(&key).len() > 5);
    for direction in 0..2 {
        drawn.session.conversation_stream(&Wanted::parse(&key), direction, &mut drawn.files.as_slice()).expect("bytes are in memory");
    }
}

/// As `sysdig -F` writes it: what keeps the state right stands in the file and is not shown.
const FAT: &str = r"
    release 0.29.3
    process tid=1 comm=client
    process tid=2 comm=server
    process tid=3 comm=silent
    ns tid dir type args
    10 1 hidden > socket  domain=1 type=1 proto=0
    11 1 hidden < socket  fd=3
    20 1 hidden > connect fd=3 addr=/run/a
    30 1 hidden < connect res=0 tuple=ffff880108bcc440->ffff880108bcba80 /run/a
    40 2 hidden > accept
    50 2 hidden < accept  fd=4 tuple=ffff880108bcc440->ffff880108bcba80 /run/a queuepct=0
    60 1 > write fd=3 size=5
    70 1 < write res=5 data=hello
    80 2 hidden > read fd=4 size=100
    90 2 hidden < read res=5 data=hello
    100 3 hidden > pipe
    110 3 hidden < pipe res=0 fd1=5 fd2=6 ino=77
    120 3 hidden > write fd=6 size=4
    130 3 hidden < write res=4 data=abcd
    140 3 hidden > socket  domain=1 type=1 proto=0
    150 3 hidden < socket  fd=7
    160 3 hidden > connect fd=7 addr=/run/none
    170 3 hidden < connect res=-2 tuple=0->ffff880108bcc000 /run/none
    180 1 hidden > close fd=3
    190 1 hidden < close res=0
";

#[test]
fn conversations_without_a_shown_event_are_not_listed_and_calls_that_are_not_shown_are_not_counted() {
    let mut capture = opened(FAT);
    let lines = capture.lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((line.key.as_str(), line.path.as_str(), line.life), ("unix:ffff880108bcba80-ffff880108bcc440", "/run/a", Some(1)));
    assert_eq!((line.dir[0].write_calls, line.dir[0].written, line.dir[0].read_calls, line.dir[0].read), (Some(1), Some(5), Some(0), Some(0)));
    // Who took part, since when and until when is known all the same; events that are not shown have no number to go to.
    assert_eq!((line.ends[0][0].comm.as_str(), line.ends[1][0].comm.as_str()), ("client", "server"));
    assert_eq!((line.start, line.start_ns, line.end), (None, Some(-40), None));
    let closing = line.close[0].as_ref().expect("closed");
    assert_eq!((closing.how, closing.enter, closing.exit), ("close", None, None));
    let key = line.key.clone();
    assert_eq!(capture.labels(&key), ["0 write 5"]);
    assert_eq!(capture.findings().len(), 0);

    let mut shown = opened(&FAT.replace(" hidden", ""));
    let keys: Vec<String> = shown.lines().into_iter().map(|line| line.key).collect();
    assert_eq!(keys, ["unix:ffff880108bcba80-ffff880108bcc440", "pipe:77", "unix:0-ffff880108bcc000"]);
}

#[test]
fn a_client_whose_socket_call_was_filtered_away_leaves_the_accepted_end() {
    let mut capture = opened(
        r"
        release 0.29.3
        process tid=1 comm=nginx
        process tid=2 comm=uwsgi
        ns tid dir type args
        20 1 < socket  fd=10
        30 1 > connect fd=10 addr=/run/a
        40 1 < connect res=0 tuple=ffff880108bcc440->ffff880108bcba80 /run/a
        50 2 > accept
        60 2 < accept  fd=4 tuple=ffff880108bcc440->ffff880108bcba80 /run/a queuepct=0
        70 2 > read fd=4 size=100
        80 2 < read res=5 data=hello
        90 2 > close fd=4
        91 2 < close res=0
        ",
    );
    let lines = capture.lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((line.key.as_str(), line.start, line.end), ("unix:ffff880108bcba80-ffff880108bcc440", Some(5), Some(9)));
    assert_eq!((line.dir[0].read, line.ends[1][0].comm.as_str(), line.ends[0].len()), (Some(5), "uwsgi", 0));
}
