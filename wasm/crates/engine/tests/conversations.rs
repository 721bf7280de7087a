//! Conversations of captures drawn as text: each awkward case, a sentence as its name.

use engine::conversations::{ConversationLine, Finding, Wanted};
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
    assert!(sentences.iter().any(|sentence| sentence.contains("waited 15.1 ms in the accept queue of /tmp/helloFastCGI.s")), "{sentences:?}");
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
