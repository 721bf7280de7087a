//! Descriptors: what opens them, what copies them, and what closes them.

mod harness;

use harness::{lines, state};
use model::quirk::Quirks;

fn right(drawn: &str) -> Vec<String> {
    lines(drawn, Quirks::NONE)
}

fn sysdig(drawn: &str) -> Vec<String> {
    lines(drawn, Quirks::ALL)
}

/// What the descriptors print as at the end, by the newest release: one `fstat` each, without what is the same for all.
fn fds(drawn: &str, fds: &[i64]) -> Vec<String> {
    let asked: String = fds.iter().map(|fd| format!("999 10 < fstat res=0 fd={fd}\n")).collect();
    let lines = right(&format!("process tid=10 comm=cat cwd=/home/u\n{drawn}\n{asked}"));
    lines[lines.len() - fds.len()..].iter().map(|line| line.split("fd=").nth(1).expect("it has an fd").to_owned()).collect()
}

const COLUMNS: &str = "ns tid dir type args";

/// The same for exit events of one thread.
fn after(lists: &str, calls: &[&str], numbers: &[i64]) -> Vec<String> {
    let calls: String = calls.iter().map(|call| format!("0 10 < {call}\n")).collect();
    fds(&format!("{lists}\n{COLUMNS}\n{calls}"), numbers)
}

// --- open --------------------------------------------------------------------------------------------------------------

#[test]
fn a_relative_path_is_below_the_working_directory_or_the_directory_descriptor() {
    let lists = "fd tid=10 fd=7 directory /data";
    let open = |call: &str| after(lists, &[call], &[3]).remove(0);
    assert_eq!(open("open fd=3 name=./a//b/../c flags=O_RDONLY mode=0"), "3(<f>/home/u/a/c)");
    assert_eq!(open("creat fd=3 name=x mode=0"), "3(<f>/home/u/x)");
    assert_eq!(open("openat fd=3 dirfd=-100 name=x flags=O_RDONLY mode=0"), "3(<f>/home/u/x)");
    assert_eq!(open("openat fd=3 dirfd=7 name=x flags=O_RDONLY mode=0"), "3(<f>/data/x)");
    assert_eq!(open("openat fd=3 dirfd=7 name=/x flags=O_RDONLY mode=0"), "3(<f>/x)");
    assert_eq!(open("openat2 fd=3 dirfd=7 name=../x flags=O_RDONLY mode=0 resolve=0"), "3(<f>/x)");
    assert_eq!(open("open_by_handle_at fd=3 mountfd=7 flags=O_RDONLY path=/mnt/x"), "3(<f>/mnt/x)");
}

#[test]
fn a_path_below_an_unknown_descriptor_says_so_in_the_name_but_not_in_the_argument() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat cwd=/home/u
        ns tid dir type args
        0  10  >   openat dirfd=8 name=rel flags=O_RDONLY mode=0
        10 10  <   openat fd=3 dirfd=8 name=rel flags=O_RDONLY mode=0
        ";
    let expected = "cat (10) < openat fd=3(<f><UNKNOWN>rel) dirfd=8 name=rel(rel) flags=1(O_RDONLY) mode=0";
    assert_eq!(right(drawn)[1], expected);
    assert_eq!(sysdig(drawn)[1], expected);
}

#[test]
fn the_first_openat_had_everything_in_its_enter_event() {
    let drawn = "
        release 0.29.3
        section processes=4 events=v1
        process tid=10 comm=cat cwd=/home/u
        fd tid=10 fd=7 oldfile /data
        ns tid dir type args
        0  10  >   openat#102 dirfd=7 name=x flags=O_RDONLY mode=0
        10 10  <   openat#103 fd=3
        ";
    assert_eq!(right(drawn)[1], "cat (10) < openat fd=3(<f>/data/x)");
}

#[test]
fn a_directory_is_one_by_the_flag_it_was_opened_with() {
    assert_eq!(after("", &["open fd=3 name=/etc flags=O_DIRECTORY mode=0"], &[3]), ["3(<d>/etc)"]);
}

#[test]
fn a_failed_open_leaves_what_was_there() {
    let lists = "fd tid=10 fd=3 file /old";
    assert_eq!(after(lists, &["open fd=-2 name=/x flags=O_RDONLY mode=0"], &[3]), ["3(<f>/old)"]);
}

#[test]
fn a_number_used_again_without_a_close_is_the_new_file() {
    let lists = "fd tid=10 fd=3 file /old";
    assert_eq!(after(lists, &["open fd=3 name=/new flags=O_RDONLY mode=0"], &[3]), ["3(<f>/new)"]);
}

#[test]
fn a_very_long_path_is_kept_whole_and_sysdig_says_that_it_is_too_long() {
    let path = "/long".repeat(300);
    let drawn = format!(
        "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   open name={path} flags=O_RDONLY mode=0
        10 10  <   open fd=3 name={path} flags=O_RDONLY mode=0
        20 10  >   close fd=3
        "
    );
    assert_eq!(right(&drawn)[2], format!("cat (10) > close fd=3(<f>{path})"));
    assert_eq!(sysdig(&drawn)[2], "cat (10) > close fd=3(<f>/PATH_TOO_LONG)");
}

// --- close -------------------------------------------------------------------------------------------------------------

#[test]
fn a_number_that_another_thread_got_before_close_returned_stays_open() {
    for drawn in [
        "
        release 0.29.3
        process tid=10 comm=srv
        process tid=11 pid=10 comm=srv
        fd tid=10 fd=3 file /old
        ns tid dir type args
        0  10  >   close  fd=3
        10 11  >   openat dirfd=-100 name=/new flags=O_RDONLY mode=0
        20 11  <   openat fd=3 dirfd=-100 name=/new flags=O_RDONLY mode=0
        30 10  <   close  res=0
        40 11  >   read   fd=3 size=1
        ",
        "
        release 0.36.0
        process tid=10 comm=srv
        process tid=11 pid=10 comm=srv
        fd tid=10 fd=3 file /old
        ns tid dir type args
        0  10  >   close  fd=3
        10 11  >   openat dirfd=-100 name=/new flags=O_RDONLY mode=0
        20 11  <   openat fd=3 dirfd=-100 name=/new flags=O_RDONLY mode=0
        30 10  <   close  res=0
        40 11  >   read   fd=3 size=1
        ",
    ] {
        assert_eq!(right(drawn)[4], "srv (11) > read fd=3(<f>/new) size=1");
        // 0.29.3 closes whatever has the number by then.
        let copied = if drawn.contains("0.29.3") { "srv (11) > read fd=3 size=1" } else { "srv (11) > read fd=3(<f>/new) size=1" };
        assert_eq!(sysdig(drawn)[4], copied);
    }
}

#[test]
fn close_range_closes_or_marks_what_lies_in_it() {
    let lists = "fd tid=10 fd=3 file /a\nfd tid=10 fd=4 file /b\nfd tid=10 fd=5 file /c";
    assert_eq!(after(lists, &["close_range res=0 first=4 last=4294967295 flags=0"], &[3, 4, 5]), ["3(<f>/a)", "4", "5"]);
    let marked = ["close_range res=0 first=3 last=4 flags=4", "execve res=0 exe=b tid=10 pid=10 ptid=1 comm=b"];
    assert_eq!(after(lists, &marked[..1], &[3, 4]), ["3(<f>/a)", "4(<f>/b)"]);
    assert_eq!(after(lists, &marked, &[3, 4, 5]), ["3", "4", "5(<f>/c)"]);
}

// --- copies ------------------------------------------------------------------------------------------------------------

#[test]
fn dup_and_fcntl_copy_and_drop_what_stood_under_the_new_number() {
    let lists = "fd tid=10 fd=3 file /x\nfd tid=10 fd=1 file /out";
    for (call, number) in [
        ("dup res=4 oldfd=3", 4),
        ("dup2 res=1 oldfd=3 newfd=1", 1),
        ("dup3 res=1 oldfd=3 newfd=1 flags=0", 1),
        ("fcntl res=9 fd=3 cmd=F_DUPFD", 9),
        ("fcntl res=9 fd=3 cmd=F_DUPFD_CLOEXEC", 9),
    ] {
        assert_eq!(after(lists, &[call, "close res=0 fd=3", "getcwd res=0"], &[number, 3]), [format!("{number}(<f>/x)"), "3".to_owned()], "{call}");
    }
    assert_eq!(after(lists, &["dup2 res=-9 oldfd=3 newfd=1"], &[1]), ["1(<f>/out)"]);
    assert_eq!(after(lists, &["dup2 res=3 oldfd=3 newfd=3"], &[3]), ["3(<f>/x)"]);
}

#[test]
fn a_copy_is_the_same_file_and_lives_until_the_last_number_is_closed() {
    let drawn = "
        process tid=10 comm=cat
        fd tid=10 fd=3 file /x
        ns tid dir type args
        0  10  <   dup   res=4 oldfd=3
        10 10  <   close res=0 fd=3
        20 10  <   close res=0 fd=4
        30 10  <   getcwd res=0
        ";
    let state = state(drawn, Quirks::NONE);
    assert_eq!(state.descriptions().len(), 1);
    assert_eq!(state.descriptions().get(0).closed, 3);
}

#[test]
fn a_classic_copy_without_its_enter_is_one_of_what_sysdig_saw_last() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat
        fd tid=10 fd=3 file /x
        ns tid dir type args
        0  10  >   dup fd=3
        10 10  <   dup res=4
        20 10  <   dup res=5
        30 10  >   read fd=4 size=1
        40 10  >   read fd=5 size=1
        ";
    assert_eq!(right(drawn)[3..], ["cat (10) > read fd=4(<f>/x) size=1", "cat (10) > read fd=5 size=1"]);
    assert_eq!(sysdig(drawn)[3..], ["cat (10) > read fd=4(<f>/x) size=1", "cat (10) > read fd=5(<f>/x) size=1"]);
}

// --- other kinds -------------------------------------------------------------------------------------------------------

#[test]
fn each_call_that_makes_a_descriptor_makes_one_of_its_kind() {
    for (call, expected) in [
        ("pipe res=0 fd1=5 fd2=6 ino=99", ["5(<p>)", "6(<p>)"]),
        ("pipe2 res=0 fd1=5 fd2=6 ino=99 flags=0", ["5(<p>)", "6(<p>)"]),
        ("socketpair res=0 fd1=5 fd2=6 source=0x1 peer=0x2", ["5(<u>)", "6(<u>)"]),
        ("eventfd res=5", ["5(<e>)", "6"]),
        ("eventfd2 res=5 flags=0 initval=0", ["5(<e>)", "6"]),
        ("signalfd res=5", ["5(<s>)", "6"]),
        ("signalfd4 res=5 flags=0 fd=-1 mask=0", ["5(<s>)", "6"]),
        ("timerfd_create res=5", ["5(<t>)", "6"]),
        ("inotify_init res=5", ["5(<i>)", "6"]),
        ("inotify_init1 res=5 flags=0", ["5(<i>)", "6"]),
        ("epoll_create res=5 size=1", ["5(<l>)", "6"]),
        ("epoll_create1 res=5 flags=0", ["5(<l>)", "6"]),
        ("bpf fd=5 cmd=0", ["5(<b>)", "6"]),
        ("userfaultfd res=5 flags=0", ["5(<u>)", "6"]),
        ("io_uring_setup res=5 entries=1", ["5(<r>)", "6"]),
        ("memfd_create fd=5 name=scratch flags=0", ["5(<m>scratch)", "6"]),
        ("pidfd_open fd=5 pid=77 flags=0", ["5(<P>/proc/77)", "6"]),
    ] {
        assert_eq!(after("", &[call], &[5, 6]), expected, "{call}");
    }
}

#[test]
fn a_call_that_failed_makes_no_descriptor() {
    for call in ["memfd_create fd=-1 name=m flags=0", "eventfd res=-24", "pipe res=-24 fd1=5 fd2=6 ino=0", "epoll_create1 res=-24 flags=0"] {
        assert_eq!(after("", &[call], &[5, 6, -1]), ["5", "6", "-1"], "{call}");
    }
}

#[test]
fn signalfd_on_one_that_is_open_changes_it() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   signalfd fd=-1 mask=0 flags=0
        10 10  <   signalfd res=5
        20 10  >   signalfd fd=5 mask=0 flags=0
        30 10  <   signalfd res=5
        ";
    assert_eq!(state(drawn, Quirks::NONE).descriptions().len(), 1);
}

#[test]
fn pidfd_getfd_points_at_what_the_other_process_has() {
    let drawn = "
        process tid=20 comm=srv
        fd tid=20 fd=8 file /theirs
        ";
    let calls = ["pidfd_open fd=5 pid=20 flags=0", "pidfd_getfd fd=6 pid_fd=5 target_fd=8 flags=0"];
    assert_eq!(after(drawn, &calls, &[6]), ["6(<f>/theirs)"]);
}

#[test]
fn both_ends_of_a_pipe_and_of_a_socketpair_know_each_other() {
    for call in ["pipe res=0 fd1=5 fd2=6 ino=99", "socketpair res=0 fd1=5 fd2=6 source=0x1 peer=0x2"] {
        let drawn = format!("process tid=10 comm=sh\n{COLUMNS}\n0 10 < {call}\n");
        let state = state(&drawn, Quirks::NONE);
        assert_eq!((state.descriptions().peer(0), state.descriptions().peer(1)), (1, 0), "{call}");
    }
}

#[test]
fn a_pipeline_of_a_shell_joins_two_children() {
    // The shell closes both ends before its children have had their first event.
    let drawn = "
        process tid=10 comm=sh
        ns tid dir type args
        0  10  <   pipe  res=0 fd1=3 fd2=4 ino=99
        10 10  <   clone res=11 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=0 vtid=10 vpid=10
        20 10  <   clone res=12 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=0 vtid=10 vpid=10
        30 10  <   close res=0 fd=3
        40 10  <   close res=0 fd=4
        50 11  <   clone res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh flags=0 vtid=11 vpid=11
        60 11  <   dup2  res=1 oldfd=4 newfd=1
        70 11  <   close res=0 fd=3
        80 11  <   close res=0 fd=4
        90 12  <   clone res=0 exe=sh tid=12 pid=12 ptid=10 comm=sh flags=0 vtid=12 vpid=12
        91 12  <   dup2  res=0 oldfd=3 newfd=0
        92 12  <   close res=0 fd=3
        93 12  <   close res=0 fd=4
        94 11  <   write res=5 data=hello fd=1
        95 12  <   read  res=5 data=hello fd=0
        96 11  >   procexit status=0
        97 12  <   read  res=0 data=NULL fd=0
        ";
    let lines = right(drawn);
    assert_eq!(lines[13..15], ["sh (11) < write res=5 data=hello fd=1(<p>)", "sh (12) < read res=5 data=hello fd=0(<p>)"]);
    let state = state(drawn, Quirks::NONE);
    let descriptions = state.descriptions();
    // Reader first, then writer: the writer ends with the process that held it last.
    assert_eq!((descriptions.peer(0), descriptions.get(1).closed), (1, 16));
}

#[test]
fn an_exit_without_its_enter_writes_to_what_the_last_enter_of_its_type_wrote_to() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=logger
        fd tid=10 fd=3 unix ffff01->ffff02 /dev/log
        ns tid dir type args
        0  10  >   write fd=3 size=5
        10 10  <   write res=5 data='<5>up'
        20 10  <   write res=5 data='<5>up'
        30 10  >   brk   addr=0
        40 10  <   write res=5 data='<5>up'
        ";
    let (message, data) = ("logger (10) < write syslog sev=notice msg=up", "logger (10) < write res=5 data=<5>up");
    let face = |quirks| [1, 2, 4].map(|at| lines(drawn, quirks)[at].clone());
    assert_eq!(face(Quirks::ALL), [message, message, data]);
    // Nothing says where to.
    assert_eq!(face(Quirks::NONE), [message, data, data]);
}
