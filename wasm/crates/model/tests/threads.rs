//! Threads and processes: who is whose child, what they take along, and when they are gone.

mod harness;

use harness::{Ask, NOTHING, lines, shown, state};
use model::quirk::Quirks;
use model::state::NONE;
use model::state::threads::{Birth, ThreadVersion};
use model::text::TimeMode;
use model::{State, View};

/// Lines of the right face, those of clone and execve up to their result.
fn right(drawn: &str) -> Vec<String> {
    short(lines(drawn, Quirks::NONE))
}

/// Lines as sysdig prints them.
fn sysdig(drawn: &str) -> Vec<String> {
    short(lines(drawn, Quirks::ALL))
}

fn short(lines: Vec<String>) -> Vec<String> {
    lines.iter().map(|line| line.split(" exe=").next().unwrap_or(line).to_owned()).collect()
}

/// The last line of the right face.
fn last(drawn: &str) -> String {
    right(drawn).pop().expect("the capture has lines")
}

/// What the thread with this tid is at the end.
fn now(state: &State, tid: i64) -> ThreadVersion {
    *state.threads().now(state.threads().find(tid).expect("the thread lives"))
}

// --- order -------------------------------------------------------------------------------------------------------------

#[test]
fn what_close_closes_shows_at_its_own_exit_and_at_no_later_event() {
    let drawn = "
        process tid=10 comm=cat
        process tid=11 pid=10 comm=cat
        fd tid=10 fd=3 file /x
        ns tid dir type  args
        0  10  <   close res=0 fd=3
        10 11  <   fstat res=0 fd=3
        ";
    assert_eq!(right(drawn), ["cat (10) < close res=0 fd=3(<f>/x)", "cat (11) < fstat res=0 fd=3"]);
}

#[test]
fn a_failed_close_closes_nothing() {
    let drawn = "
        process tid=10 comm=cat
        fd tid=10 fd=3 file /x
        ns tid dir type  args
        0  10  <   close res=-5 fd=3
        10 10  <   fstat res=0 fd=3
        ";
    assert_eq!(last(drawn), "cat (10) < fstat res=0 fd=3(<f>/x)");
}

#[test]
fn a_thread_that_exits_has_its_name_at_procexit_and_at_no_later_event() {
    let drawn = "
        process tid=10 comm=cat
        process tid=20 comm=sh
        ns tid dir type args
        0  10  >   procexit status=0
        10 20  >   signaldeliver spid=10 dpid=20 sig=17
        ";
    assert_eq!(right(drawn)[0], "cat (10) > procexit status=0");
    assert_eq!(last(drawn), "sh (20) > signaldeliver spid=10 dpid=20(sh) sig=17(SIGCHLD)");
}

#[test]
fn a_switch_does_not_come_between_enter_and_exit() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   open   name=/x flags=O_RDONLY mode=0
        10 10  >   switch next=0 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0
        20 10  <   open   fd=3 name=/x flags=O_RDONLY mode=0
        ";
    let expected = "cat (10) < open fd=3(<f>/x) name=/x flags=1(O_RDONLY) mode=0";
    assert_eq!(last(drawn), expected);
    assert_eq!(sysdig(drawn).pop().as_deref(), Some(expected));
}

// --- lost events -------------------------------------------------------------------------------------------------------

#[test]
fn an_exit_without_its_enter_counts_for_what_it_carries() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  <   open fd=3 name=/x flags=O_RDONLY mode=0
        10 10  >   read fd=3 size=1
        ";
    let expected = "cat (10) > read fd=3(<f>/x) size=1";
    assert_eq!(last(drawn), expected);
    assert_eq!(sysdig(drawn).pop().as_deref(), Some(expected));
}

#[test]
fn a_second_exit_takes_nothing_from_an_enter_that_has_been_answered() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   open name=/a flags=O_RDONLY mode=0
        10 10  <   open fd=3 name=/b flags=O_RDONLY mode=0
        20 10  <   open fd=4 name=/c flags=O_RDONLY mode=0
        30 10  >   read fd=3 size=1
        40 10  >   read fd=4 size=1
        ";
    for face in [right(drawn), sysdig(drawn)] {
        assert_eq!(face[3..], ["cat (10) > read fd=3(<f>/a) size=1", "cat (10) > read fd=4(<f>/c) size=1"]);
    }
}

#[test]
fn exits_that_carry_everything_count_without_their_enter_in_sysdig_too() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=srv
        ns tid dir type args
        0  10  <   accept fd=5 tuple=10.0.0.2:4000->10.0.0.1:80 queuepct=0
        10 10  <   pipe   res=0 fd1=6 fd2=7 ino=99
        20 10  <   eventfd res=8
        30 10  >   read fd=5 size=1
        40 10  >   read fd=6 size=1
        50 10  >   read fd=8 size=1
        ";
    let expected =
        ["srv (10) > read fd=5(<4t>10.0.0.2:4000->10.0.0.1:80) size=1", "srv (10) > read fd=6(<p>) size=1", "srv (10) > read fd=8(<e>) size=1"];
    assert_eq!(right(drawn)[3..], expected);
    assert_eq!(sysdig(drawn)[3..], expected);
}

#[test]
fn an_exit_that_was_kept_for_state_alone_ends_no_call() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=sh
        fd tid=10 fd=4 file /old
        ns tid dir type args
        1 10 hidden > close  fd=4
        2 10        > openat dirfd=-100 name=/asked flags=O_RDONLY mode=0
        3 10 hidden < close  res=0
        4 10        < openat fd=5 dirfd=-100 name=/later flags=O_RDONLY mode=0
        5 10        > read   fd=5 size=1
        ";
    assert!(sysdig(drawn).pop().is_some_and(|line| line.contains("(<f>/asked)")));
}

#[test]
fn a_placeholder_that_learns_its_name_has_no_latency_in_0_29_3() {
    let drawn = "
        release 0.29.3
        ns tid dir type args
        0  10  >   clone
        50 10  <   clone res=11 exe=sh tid=10 pid=10 ptid=1 cwd=/ comm=sh flags=0 uid=0 gid=0 vtid=10 vpid=10
        70 10  <   close res=0
        ";
    let times = |quirks| shown(drawn, quirks, TimeMode::Latency, NOTHING).iter().map(|line| line[..11].to_owned()).collect::<Vec<_>>();
    assert_eq!(times(Quirks::ALL), ["0.000000000"; 3]);
    assert_eq!(times(Quirks::NONE), ["0.000000000", "0.000000050", "0.000000000"]);
}

#[test]
fn release_0_36_0_takes_some_calls_from_their_exit_and_others_not() {
    let drawn = "
        release 0.36.0
        process tid=10 comm=cat
        fd tid=10 fd=3 file /old
        ns tid dir type args
        0  10  <   openat fd=4 dirfd=-100 name=/x flags=O_RDONLY mode=0
        10 10  <   socket fd=3
        20 10  >   read fd=4 size=1
        30 10  >   read fd=3 size=1
        ";
    assert_eq!(sysdig(drawn)[2..], ["cat (10) > read fd=4(<f>/x) size=1", "cat (10) > read fd=3(<f>/old) size=1"]);
}

#[test]
fn an_exit_of_another_call_does_not_use_the_enter_that_is_open() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   open  name=/x flags=O_RDONLY mode=0
        10 10  <   read  res=0
        20 10  <   creat fd=3 name=/y mode=0
        30 10  >   read  fd=3 size=1
        ";
    assert_eq!(last(drawn), "cat (10) > read fd=3(<f>/y) size=1");
}

#[test]
fn a_thread_that_nothing_is_known_of_is_not_available_but_in_the_table() {
    let drawn = "
        release 0.29.3
        process tid=20 comm=sh
        ns tid dir type args
        0  20  >   switch next=10 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0
        10 10  >   switch next=20 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0
        20 20  >   switch next=10 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0
        30 10  >   close  fd=3
        40 20  >   switch next=10 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0
        ";
    let tail = "pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0";
    let expected = [
        format!("sh (20) > switch next=10 {tail}"),
        // A switch alone makes no thread.
        format!("<NA> (10) > switch next=20(sh) {tail}"),
        format!("sh (20) > switch next=10 {tail}"),
        "<NA> (10) > close fd=3".to_owned(),
        format!("sh (20) > switch next=10(<NA>) {tail}"),
    ];
    assert_eq!(right(drawn), expected);
    assert_eq!(sysdig(drawn), expected);
}

#[test]
fn what_the_program_asked_for_wins_over_what_stood_in_its_memory_later() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   open name=/asked flags=O_RDONLY mode=0
        10 10  <   open fd=3 name=/later flags=O_RDONLY mode=0
        20 10  >   open name=(NULL) flags=O_RDONLY mode=0
        30 10  <   open fd=4 name=/first flags=O_RDONLY mode=0
        40 10  >   open name=<NA> flags=O_RDONLY mode=0
        50 10  <   open fd=5 name=/second flags=O_RDONLY mode=0
        70 10  >   close fd=3
        80 10  >   close fd=4
        90 10  >   close fd=5
        ";
    assert_eq!(right(drawn)[6..], ["cat (10) > close fd=3(<f>/asked)", "cat (10) > close fd=4(<f>/first)", "cat (10) > close fd=5(<f>/second)"]);
    assert_eq!(sysdig(drawn)[6..], ["cat (10) > close fd=3(<f>/asked)", "cat (10) > close fd=4(<f>/first)", "cat (10) > close fd=5(<f>/<NA>)"]);
}

// --- clone -------------------------------------------------------------------------------------------------------------

const PARENT: &str = "
        process tid=10 comm=sh cwd=/home/u uid=7
        fd tid=10 fd=3 file /x
        ns tid dir type args
        ";
const CALLER: &str = "clone res=11 exe=sh tid=10 pid=10 ptid=1 cwd=/home/u comm=sh flags=0 uid=7 gid=0 vtid=10 vpid=10";
const CHILD: &str = "clone res=0 exe=sh tid=11 pid=11 ptid=10 cwd=/home/u comm=sh flags=0 uid=7 gid=0 vtid=11 vpid=11";

fn born(events: &[(&str, &str)]) -> String {
    let events: String = events.iter().zip(0..).map(|((tid, event), at)| format!("{} {tid} < {event}\n", at * 10)).collect();
    format!("{PARENT}{events}")
}

#[test]
fn caller_first_or_child_first_or_one_alone_make_the_same_child() {
    let read = "fstat res=0 fd=3";
    for events in [
        &[("10", CALLER), ("11", CHILD), ("11", read)][..],
        &[("11", CHILD), ("10", CALLER), ("11", read)],
        &[("10", CALLER), ("11", read)],
        &[("11", CHILD), ("11", read)],
    ] {
        let drawn = born(events);
        assert_eq!(last(&drawn), "sh (11) < fstat res=0 fd=3(<f>/x)", "{events:?}");
        let state = state(&drawn, Quirks::NONE);
        let child = now(&state, 11);
        assert_eq!((child.pid, child.ptid, child.vtid, child.vpid, child.uid), (11, 10, 11, 11, 7), "{events:?}");
        assert_eq!(state.text(child.cwd), b"/home/u/");
        // One life, whichever events tell of it.
        assert_eq!(state.threads().iter().filter(|thread| thread.tid == 11).count(), 1, "{events:?}");
    }
}

#[test]
fn a_child_has_its_own_table_from_its_birth_on() {
    let drawn = born(&[
        ("10", CALLER),
        ("10", "close res=0 fd=3"),
        ("11", CHILD),
        ("11", "fstat res=0 fd=3"),
        ("11", "openat fd=4 dirfd=-100 name=/y flags=O_RDONLY mode=0"),
        ("10", "fstat res=0 fd=4"),
    ]);
    let lines = right(&drawn);
    // The parent of a pipeline closes its ends before the child's first event.
    assert_eq!(lines[3], "sh (11) < fstat res=0 fd=3(<f>/x)");
    assert_eq!(lines[5], "sh (10) < fstat res=0 fd=4");
}

#[test]
fn the_caller_of_a_clone_in_a_pid_namespace_names_no_thread_of_the_host() {
    let drawn = "
        process tid=10 comm=init vtid=1 vpid=1
        process tid=4 comm=other
        fd tid=10 fd=3 file /x
        ns tid dir type args
        0  10  <   clone res=4 exe=init tid=10 pid=10 ptid=9 comm=init flags=CLONE_CHILD_IN_PIDNS vtid=1 vpid=1
        10 4   <   fstat res=0 fd=3
        20 11  <   clone res=0 exe=init tid=11 pid=11 ptid=10 comm=init flags=CLONE_CHILD_IN_PIDNS vtid=4 vpid=4
        30 11  <   fstat res=0 fd=3
        ";
    let lines = right(drawn);
    assert_eq!(lines[1], "other (4) < fstat res=0 fd=3");
    assert_eq!(lines[3], "init (11) < fstat res=0 fd=3(<f>/x)");
    let child = now(&state(drawn, Quirks::NONE), 11);
    assert_eq!((child.vtid, child.vpid), (4, 4));
}

#[test]
fn the_first_process_of_a_pid_namespace_is_found_by_its_number_on_the_host() {
    // The caller stands on the host: what it got is the child's tid there, and 1 is its number inside.
    let drawn = "
        process tid=10 comm=unshare
        fd tid=10 fd=3 pipe 'pipe:[7]'
        ns tid dir type args
        0  10  <   clone res=11 exe=unshare tid=10 pid=10 ptid=1 comm=unshare flags=CLONE_NEWPID|CLONE_CHILD_IN_PIDNS vtid=10 vpid=10
        10 10  <   close res=0 fd=3
        20 11  <   clone res=0 exe=unshare tid=11 pid=11 ptid=10 comm=unshare flags=CLONE_NEWPID|CLONE_CHILD_IN_PIDNS vtid=1 vpid=1
        30 11  <   fstat res=0 fd=3
        ";
    assert_eq!(last(drawn), "unshare (11) < fstat res=0 fd=3(<p>pipe:[7])");
}

#[test]
fn a_child_in_a_pid_namespace_that_tells_of_itself_first_leaves_nothing_behind() {
    let drawn = "
        process tid=10 comm=sh vtid=3 vpid=3
        fd tid=10 fd=3 pipe 'pipe:[7]'
        ns tid dir type args
        0  11  <   clone res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh flags=CLONE_CHILD_IN_PIDNS vtid=4 vpid=4
        10 10  <   clone res=4 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=CLONE_CHILD_IN_PIDNS vtid=3 vpid=3
        20 10  <   close res=0 fd=3
        30 11  <   close res=0 fd=3
        40 10  <   getcwd res=0
        ";
    let state = state(drawn, Quirks::NONE);
    // Row 3 closes the last number that points at it; from row 4 on it is gone.
    assert_eq!(state.descriptions().get(0).closed, 4);
}

#[test]
fn with_clone_parent_descriptors_come_from_the_caller_and_the_parent_is_its_parent() {
    for order in [[0, 1], [1, 0]] {
        let events = [
            "10 < clone res=11 exe=runc tid=10 pid=10 ptid=9 comm=runc flags=CLONE_PARENT vtid=10 vpid=10",
            "11 < clone res=0 exe=runc tid=11 pid=11 ptid=9 comm=runc flags=CLONE_PARENT vtid=11 vpid=11",
        ];
        let drawn = format!(
            "
            process tid=9 comm=containerd
            process tid=10 ptid=9 comm=runc
            fd tid=10 fd=3 file /x
            ns tid dir type args
            0  10  >   clone
            10 {}
            20 {}
            30 11  <   fstat res=0 fd=3
            ",
            events[order[0]], events[order[1]]
        );
        assert_eq!(last(&drawn), "runc (11) < fstat res=0 fd=3(<f>/x)", "{order:?}");
        assert_eq!(now(&state(&drawn, Quirks::NONE), 11).ptid, 9, "{order:?}");
    }
}

#[test]
fn a_container_starts_with_what_runc_had_open() {
    // runc unshares its pid namespace and clones with CLONE_PARENT: number and parent are those of somebody else.
    let drawn = "
        process tid=9 comm=containerd
        process tid=10 ptid=9 comm=runc
        fd tid=10 fd=5 pipe 'pipe:[5]'
        fd tid=9  fd=5 file /wrong
        ns tid dir type args
        0  10  <   clone res=11 exe=runc tid=10 pid=10 ptid=9 comm=runc flags=CLONE_PARENT|CLONE_CHILD_IN_PIDNS vtid=10 vpid=10
        10 11  <   clone res=0 exe=runc tid=11 pid=11 ptid=9 comm=runc flags=CLONE_PARENT|CLONE_CHILD_IN_PIDNS vtid=1 vpid=1
        20 11  <   fstat res=0 fd=5
        ";
    assert_eq!(last(drawn), "runc (11) < fstat res=0 fd=5(<p>pipe:[5])");
}

#[test]
fn a_thread_shares_table_directory_and_parent_with_its_process() {
    let drawn = "
        process tid=10 ptid=5 comm=srv cwd=/srv
        ns tid dir type args
        0  10  <   clone res=11 exe=srv tid=10 pid=10 ptid=5 comm=srv flags=CLONE_THREAD|CLONE_FILES|CLONE_VM vtid=10 vpid=10
        10 11  <   chdir res=0 path=/data
        20 11  <   openat fd=3 dirfd=-100 name=x flags=O_RDONLY mode=0
        30 10  <   fstat res=0 fd=3
        ";
    assert_eq!(last(drawn), "srv (10) < fstat res=0 fd=3(<f>/data/x)");
    let state = state(drawn, Quirks::NONE);
    let thread = now(&state, 11);
    assert_eq!((thread.pid, thread.ptid), (10, 5));
}

#[test]
fn a_thread_of_clone3_is_one_whichever_event_comes_first() {
    let caller = "10 < clone3 res=11 exe=srv tid=10 pid=10 ptid=1 comm=srv flags=0 vtid=10 vpid=10";
    let child = "11 < clone3 res=0 exe=srv tid=11 pid=10 ptid=1 comm=srv flags=0 vtid=11 vpid=10";
    for (one, other) in [(caller, child), (child, caller)] {
        let drawn = format!(
            "
            release 0.29.3
            process tid=10 comm=srv
            ns tid dir type args
            0  {one}
            10 {other}
            20 11 < open fd=3 name=/x flags=O_RDONLY mode=0
            30 10 > read fd=3 size=1
            40 11 > procexit status=0
            50 10 > read fd=3 size=1
            "
        );
        assert_eq!(last(&drawn), "srv (10) > read fd=3(<f>/x) size=1", "{one}");
        assert_eq!(right(&drawn)[3], last(&drawn));
    }
}

#[test]
fn clone_files_shares_until_unshare_or_execve() {
    for (event, is_shared) in
        [("fstat res=0 fd=9", true), ("unshare res=0 flags=CLONE_FILES", false), ("execve res=0 exe=b tid=11 pid=11 ptid=10 comm=b", false)]
    {
        let drawn = format!(
            "
            process tid=10 comm=io
            ns tid dir type args
            0  10 < clone res=11 exe=io tid=10 pid=10 ptid=1 comm=io flags=CLONE_FILES vtid=10 vpid=10
            10 11 < openat fd=3 dirfd=-100 name=/x flags=O_RDONLY mode=0
            20 11 < {event}
            30 11 < openat fd=4 dirfd=-100 name=/y flags=O_RDONLY mode=0
            40 10 < fstat res=0 fd=3
            50 10 < fstat res=0 fd=4
            "
        );
        let lines = right(&drawn);
        assert_eq!(lines[4], "io (10) < fstat res=0 fd=3(<f>/x)", "{event}");
        assert_eq!(lines[5], if is_shared { "io (10) < fstat res=0 fd=4(<f>/y)" } else { "io (10) < fstat res=0 fd=4" }, "{event}");
    }
}

#[test]
fn a_vfork_child_that_came_and_went_is_not_made_again() {
    let drawn = "
        process tid=10 comm=sh
        ns tid dir type args
        0  10  >   vfork
        10 11  <   vfork res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh flags=CLONE_VFORK vtid=11 vpid=11
        20 11  >   procexit status=0
        30 10  <   vfork res=11 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=CLONE_VFORK vtid=10 vpid=10
        40 10  <   close res=0 fd=3
        ";
    let state = state(drawn, Quirks::NONE);
    assert_eq!(state.threads().find(11), None);
    assert_eq!(state.threads().iter().filter(|thread| thread.tid == 11).count(), 1);
}

#[test]
fn a_tid_that_is_used_again_is_another_process() {
    let again = "clone res=11 exe=sh tid=10 pid=10 ptid=1 comm=again flags=0 vtid=10 vpid=10";
    let late = "clone res=0 exe=sh tid=11 pid=11 ptid=10 comm=again flags=0 vtid=11 vpid=11";
    for (tid, event) in [(10, again), (11, late)] {
        // No procexit was recorded.
        let drawn = format!(
            "
            process tid=10 comm=sh
            process tid=11 comm=old
            fd tid=11 fd=3 file /old
            ns tid dir type args
            3000000000 {tid} < {event}
            3000000010 11 < fstat res=0 fd=3
            "
        );
        assert_eq!(last(&drawn), "again (11) < fstat res=0 fd=3", "{event}");
        assert_eq!(state(&drawn, Quirks::NONE).threads().iter().filter(|thread| thread.tid == 11).count(), 2);
    }
}

#[test]
fn an_unknown_caller_learns_its_name_from_its_clone() {
    for flags in ["0", "CLONE_CHILD_IN_PIDNS", "CLONE_VFORK"] {
        let drawn = format!(
            "
            release 0.29.3
            process tid=1 comm=init
            ns tid dir type args
            0  10 < clone res=11 exe=/bin/sh tid=10 pid=10 ptid=1 comm=sh flags={flags} vtid=10 vpid=10
            10 10 > close fd=3
            "
        );
        assert_eq!(last(&drawn), "sh (10) > close fd=3", "{flags}");
    }
}

#[test]
fn a_birth_says_what_told_of_it() {
    let drawn = born(&[("10", CALLER), ("12", "close res=0 fd=3")]);
    let state = state(&drawn, Quirks::NONE);
    let birth = |tid| state.threads().get(state.threads().find(tid).expect("it lives")).birth;
    assert_eq!(birth(10), Birth::Listed);
    assert_eq!(birth(11), Birth::Cloned { row: 0, parent: 10 });
    assert_eq!(birth(12), Birth::Placeholder);
}

// --- execve ------------------------------------------------------------------------------------------------------------

#[test]
fn execve_by_another_thread_goes_on_under_the_number_of_the_main_thread() {
    let drawn = "
        release 0.29.3
        process tid=10 comm=srv cwd=/srv
        process tid=11 pid=10 comm=worker
        process tid=12 pid=10 comm=worker
        fd tid=10 fd=3 file /x
        ns tid dir type args
        0  11  >   execve filename=bin/new
        10 10  <   execve res=0 exe=new tid=10 pid=10 ptid=1 comm=new
        20 10  >   read fd=3 size=1
        30 10  >   kill pid=11 sig=9
        ";
    let lines = right(drawn);
    assert_eq!(lines[2], "new (10) > read fd=3(<f>/x) size=1");
    assert_eq!(lines[3], "new (10) > kill pid=11 sig=9(SIGKILL)");
    let state = state(drawn, Quirks::NONE);
    // The path stood in the enter event of the thread that is gone.
    assert_eq!(state.text(now(&state, 10).exepath), b"/srv/bin/new");
    assert_eq!(state.threads().find(12), None);
}

#[test]
fn a_successful_execveat_ends_as_execve() {
    let exepath = |enter: &str| {
        let drawn = format!(
            "
            release 0.29.3
            process tid=10 comm=sh cwd=/home/u
            fd tid=10 fd=7 directory /opt
            fd tid=10 fd=8 file /opt/tool
            ns tid dir type args
            0  10 > execveat {enter}
            10 10 < execve res=0 exe=tool tid=10 pid=10 ptid=1 comm=tool
            "
        );
        let state = state(&drawn, Quirks::NONE);
        String::from_utf8_lossy(state.text(now(&state, 10).exepath)).into_owned()
    };
    assert_eq!(exepath("dirfd=-100 pathname=tool flags=0"), "/home/u/tool");
    assert_eq!(exepath("dirfd=7 pathname=tool flags=0"), "/opt/tool");
    assert_eq!(exepath("dirfd=8 pathname='' flags=0"), "/opt/tool");
}

#[test]
fn a_failed_execve_changes_nothing() {
    let drawn = "
        process tid=10 comm=sh
        fd tid=10 fd=3 file /x flags=4096
        ns tid dir type args
        0  10  <   execve res=-2 exe=new tid=10 pid=10 ptid=1 comm=new
        10 10  <   fstat res=0 fd=3
        ";
    assert_eq!(last(drawn), "sh (10) < fstat res=0 fd=3(<f>/x)");
}

#[test]
fn execve_keeps_the_parent_and_takes_user_group_and_cgroups_where_recorded() {
    let drawn = "
        process tid=9 comm=init
        process tid=10 ptid=9 comm=sh uid=1000 gid=1000
        ns tid dir type args
        0  10  <   execve res=0 exe=passwd tid=10 pid=10 ptid=77 comm=passwd uid=0
        ";
    let state = state(drawn, Quirks::NONE);
    let version = now(&state, 10);
    assert_eq!((version.ptid, version.uid, version.gid, version.identity_since), (9, 0, 1000, 0));
}

#[test]
fn close_on_exec_is_known_from_every_call_that_sets_it() {
    for (what, opened) in [
        ("open", "openat fd=5 dirfd=-100 name=/x flags=O_RDONLY|O_CLOEXEC mode=0"),
        ("socket", "socket fd=5 domain=2 type=0x80001 proto=0"),
        ("socketpair", "socketpair res=0 fd1=5 fd2=6 source=0x1 peer=0x2 domain=1 type=0x80001 proto=0"),
        ("accept4", "accept4#389 fd=5 tuple=10.0.0.2:1->10.0.0.1:2 queuepct=0 queuelen=0 queuemax=0 flags=0x1000"),
        ("pipe2", "pipe2 res=0 fd1=5 fd2=6 ino=7 flags=O_CLOEXEC"),
        ("dup3", "dup3 res=5 oldfd=0 newfd=5 flags=O_CLOEXEC"),
        ("fcntl F_DUPFD_CLOEXEC", "fcntl res=5 fd=0 cmd=F_DUPFD_CLOEXEC"),
        ("memfd_create", "memfd_create fd=5 name=m flags=MFD_CLOEXEC"),
        ("epoll_create1", "epoll_create1 res=5 flags=EPOLL_CLOEXEC"),
        ("eventfd2", "eventfd2 res=5 flags=O_CLOEXEC initval=0"),
        ("inotify_init1", "inotify_init1 res=5 flags=O_CLOEXEC"),
        ("signalfd4", "signalfd4 res=5 flags=O_CLOEXEC fd=-1 mask=0"),
        ("pidfd_open", "pidfd_open fd=5 pid=1 flags=0"),
        ("io_uring_setup", "io_uring_setup res=5 entries=1"),
        ("userfaultfd", "userfaultfd res=5 flags=O_CLOEXEC"),
        ("open_by_handle_at", "open_by_handle_at fd=5 mountfd=3 flags=O_RDONLY|O_CLOEXEC path=/x"),
    ] {
        let drawn = format!(
            "
            process tid=10 comm=sh
            fd tid=10 fd=0 file /dev/null
            ns tid dir type args
            0  10 < {opened}
            10 10 < fstat res=0 fd=5
            20 10 < execve res=0 exe=b tid=10 pid=10 ptid=1 comm=b
            30 10 < fstat res=0 fd=5
            40 10 < fstat res=0 fd=0
            "
        );
        let lines = right(&drawn);
        assert!(lines[1].contains("fd=5(<"), "{what}: {}", lines[1]);
        assert_eq!(lines[3], "b (10) < fstat res=0 fd=5", "{what}");
        assert_eq!(lines[4], "b (10) < fstat res=0 fd=0(<f>/dev/null)", "{what}");
    }
}

#[test]
fn what_execve_may_have_closed_is_open_when_the_next_number_lies_above_it() {
    let drawn = "
        process tid=10 comm=sh
        fd tid=10 fd=0 file /dev/null
        fd tid=10 fd=1 file /dev/null
        fd tid=10 fd=2 file /dev/null
        fd tid=10 fd=3 pipe 'pipe:[3]'
        fd tid=10 fd=4 pipe 'pipe:[4]'
        ns tid dir type args
        0  10  <   execve res=0 exe=b tid=10 pid=10 ptid=1 comm=b
        10 10  <   fstat  res=0 fd=9
        20 10  <   openat fd=4 dirfd=-100 name=/etc/ld.so.cache flags=O_RDONLY mode=0
        30 11  <   fstat  res=0 fd=9
        40 10  <   fstat  res=-9 fd=3
        ";
    let lines = right(drawn);
    assert_eq!(lines[2], "b (10) < openat fd=4(<f>/etc/ld.so.cache) dirfd=-100(AT_FDCWD) name=/etc/ld.so.cache flags=1(O_RDONLY) mode=0");
    // A call on it need not succeed to show that.
    assert_eq!(lines[4], "b (10) < fstat res=-9(EBADF) fd=3(<p>pipe:[3])");
    let state = state(drawn, Quirks::NONE);
    let closed: Vec<u32> = (3..5).map(|index| state.descriptions().get(index).closed).collect();
    assert_eq!(closed, [NONE, 0]);
}

#[test]
fn a_copy_by_dup_is_not_closed_by_execve() {
    let drawn = "
        process tid=10 comm=sh
        fd tid=10 fd=3 file /x flags=4096
        ns tid dir type args
        0  10  <   dup2 res=1 oldfd=3 newfd=1
        10 10  <   execve res=0 exe=b tid=10 pid=10 ptid=1 comm=b
        20 10  <   fstat res=0 fd=1
        30 10  <   fstat res=0 fd=3
        ";
    assert_eq!(right(drawn)[2..], ["b (10) < fstat res=0 fd=1(<f>/x)", "b (10) < fstat res=0 fd=3"]);
}

// --- exit --------------------------------------------------------------------------------------------------------------

#[test]
fn a_process_whose_main_thread_has_exited_keeps_directory_and_descriptors() {
    let drawn = "
        process tid=10 comm=srv cwd=/srv
        process tid=11 pid=10 comm=worker
        fd tid=10 fd=3 file /x
        ns tid dir type args
        0  10  >   procexit status=0
        10 11  <   openat fd=4 dirfd=-100 name=y flags=O_RDONLY mode=0
        20 11  <   fstat res=0 fd=3
        30 11  >   procexit status=0
        40 1   <   close res=0 fd=9
        ";
    let lines = right(drawn);
    assert!(lines[1].starts_with("worker (11) < openat fd=4(<f>/srv/y)"), "{}", lines[1]);
    assert_eq!(lines[2], "worker (11) < fstat res=0 fd=3(<f>/x)");
    let state = state(drawn, Quirks::NONE);
    assert_eq!((state.threads().find(10), state.threads().find(11)), (None, None));
    assert_eq!(state.descriptions().get(0).closed, 4);
}

#[test]
fn an_orphan_belongs_to_whom_the_kernel_gave_it() {
    let ptid = |exit: &str, others: &str| {
        let drawn = format!(
            "
            process tid=1 comm=init
            process tid=5 comm=reaper
            process tid=10 ptid=5 comm=sh
            process tid=11 ptid=10 comm=cat
            {others}
            ns tid dir type args
            0  10 > procexit {exit}
            10 11 < close res=0 fd=3
            "
        );
        now(&state(&drawn, Quirks::NONE), 11).ptid
    };
    assert_eq!(ptid("status=0 ret=0 sig=0 core=0 reaper_tid=5", ""), 5);
    // Older events do not say; then it is another thread of the process, or the first process of its namespace.
    assert_eq!(ptid("status=0", "process tid=12 pid=10 ptid=5 comm=sh"), 12);
    assert_eq!(ptid("status=0", ""), 1);
}

#[test]
fn the_first_process_of_a_container_goes_to_who_manages_it_and_others_to_who_asked_for_them() {
    let drawn = "
        process tid=1 comm=systemd
        process tid=5 comm=containerd-shim
        process tid=10 ptid=5 comm=runc
        process tid=11 ptid=10 comm=init vtid=1 vpid=1
        process tid=20 comm=user-manager
        process tid=21 ptid=20 comm=sh
        process tid=22 ptid=21 comm=daemon
        ns tid dir type args
        0  20  <   prctl res=0 option=PR_SET_CHILD_SUBREAPER arg2_str=<NA> arg2_int=1
        10 10  >   procexit status=0
        20 21  >   procexit status=0
        30 22  <   close res=0 fd=3
        ";
    let state = state(drawn, Quirks::NONE);
    assert_eq!((now(&state, 11).ptid, now(&state, 22).ptid), (5, 20));
}

// --- small calls -------------------------------------------------------------------------------------------------------

#[test]
fn user_and_group_follow_each_call_that_sets_them_and_minus_one_keeps_them() {
    for (calls, uid, gid) in [
        (&["> setuid uid=33", "< setuid res=0"][..], 33, 0),
        (&["> setgid gid=33", "< setgid res=0"], 0, 33),
        (&["> setresuid ruid=1 euid=2 suid=3", "< setresuid res=0"], 2, 0),
        (&["> setresgid rgid=1 egid=2 sgid=3", "< setresgid res=0"], 0, 2),
        (&["> setresuid ruid=1 euid=-1 suid=3", "< setresuid res=0"], 0, 0),
        (&["> setuid uid=33", "< setuid res=-1"], 0, 0),
    ] {
        let events: String = calls.iter().map(|call| format!("0 10 {call}\n")).collect();
        let drawn = format!("release 0.29.3\nprocess tid=10 comm=su\nns tid dir type args\n{events}");
        for quirks in [Quirks::NONE, Quirks::ALL] {
            let version = now(&state(&drawn, quirks), 10);
            assert_eq!((version.uid, version.gid), (uid, gid), "{calls:?}");
            let since = if (uid, gid) == (0, 0) { NONE } else { 1 };
            assert_eq!(version.identity_since, since, "{calls:?}");
        }
    }
    for (call, uid, gid) in [
        ("setuid res=0 uid=33", 33, 0),
        ("setresuid res=0 ruid=1 euid=2 suid=3", 2, 0),
        ("setreuid res=0 ruid=1 euid=2", 2, 0),
        ("setregid res=0 rgid=1 egid=2", 0, 2),
    ] {
        let drawn = format!("process tid=10 comm=su\nns tid dir type args\n0 10 < {call}\n");
        let version = now(&state(&drawn, Quirks::NONE), 10);
        assert_eq!((version.uid, version.gid), (uid, gid), "{call}");
    }
}

#[test]
fn a_user_is_who_it_is_as_of_each_event() {
    let drawn = "
        user uid=0 name=root
        user uid=33 name=www
        process tid=10 comm=su
        ns tid dir type args
        0  10  <   close  res=0 fd=3
        10 10  <   setuid res=0 uid=33
        20 10  <   close  res=0 fd=4
        ";
    let mut versions = Vec::new();
    let state = harness::walk(&testkit::capture_from_text(drawn), Quirks::NONE, |_, row, _, applied| versions.push((row, applied.version)));
    let users: Vec<_> = versions
        .iter()
        .map(|(row, version)| {
            let uid = state.version(*version).uid;
            let view = state.as_of(*version, *row);
            (uid, view.user(uid).map(|name| String::from_utf8_lossy(name).into_owned()))
        })
        .collect();
    assert_eq!(users, [(0, Some("root".to_owned())), (33, Some("www".to_owned())), (33, Some("www".to_owned()))]);
}

#[test]
fn the_working_directory_follows_chdir_fchdir_and_getcwd() {
    let drawn = "
        process tid=10 comm=sh cwd=/home
        fd tid=10 fd=7 directory /data
        ns tid dir type args
        0  10  <   chdir  res=0 path=u/./v
        10 10  <   openat fd=3 dirfd=-100 name=../x flags=O_RDONLY mode=0
        20 10  <   fchdir res=0 fd=7
        30 10  <   openat fd=4 dirfd=-100 name=x flags=O_RDONLY mode=0
        40 10  <   getcwd res=6 path=/moved
        50 10  <   openat fd=5 dirfd=-100 name=x flags=O_RDONLY mode=0
        60 10  <   chdir  res=-2 path=/nowhere
        70 10  <   openat fd=6 dirfd=-100 name=y flags=O_RDONLY mode=0
        ";
    let opened: Vec<String> =
        right(drawn).iter().filter(|line| line.contains("openat")).map(|line| line.split([')', '(']).nth(3).expect("a name").to_owned()).collect();
    assert_eq!(opened, ["<f>/home/u/x", "<f>/data/x", "<f>/moved/x", "<f>/moved/y"]);
}

#[test]
fn chroot_and_limits_and_capabilities_are_kept() {
    let drawn = "
        process tid=10 comm=sh cwd=/ fdlimit=1024
        ns tid dir type args
        0  10  <   chroot res=0 path=/jail
        10 10  <   setrlimit res=0 cur=99 max=99 resource=7
        20 10  <   capset res=0 cap_inheritable=1 cap_permitted=2 cap_effective=3
        ";
    let state = state(drawn, Quirks::NONE);
    let version = now(&state, 10);
    assert_eq!((state.text(version.root), version.fdlimit, version.caps), (&b"/jail"[..], 99, [1, 2, 3]));
}

#[test]
fn setsid_makes_a_session_in_sysdig_too() {
    const SESSION: Ask = |state, _, applied| format!(" sid={}", state.version(applied.version).sid);
    let drawn = "
        release 0.29.3
        process tid=10 sid=5 comm=sh
        ns tid dir type args
        0  10  >   setsid
        10 10  <   setsid res=10
        ";
    for quirks in [Quirks::NONE, Quirks::ALL] {
        assert_eq!(shown(drawn, quirks, TimeMode::TimeOfDay, SESSION)[1], "sh (10) < setsid res=10(sh) sid=10");
    }
}

#[test]
fn a_name_by_prctl_is_the_threads_own() {
    let drawn = "
        process tid=10 comm=srv
        process tid=11 pid=10 comm=srv
        ns tid dir type args
        0  11  <   prctl res=0 option=PR_SET_NAME arg2_str=worker arg2_int=0
        10 10  <   close res=0 fd=3
        20 11  <   close res=0 fd=3
        30 11  <   prctl res=0 option=PR_SET_DUMPABLE arg2_str=no arg2_int=0
        40 10  <   prctl res=0 option=PR_SET_NAME arg2_str=longer-than-the-kernel-keeps arg2_int=0
        50 11  <   close res=0 fd=3
        ";
    assert!(right(drawn)[4].starts_with("longer-than-the (10)"));
    assert_eq!(right(drawn)[1..3], ["srv (10) < close res=0 fd=3", "worker (11) < close res=0 fd=3"]);
    assert!(last(drawn).starts_with("worker (11)"));
}

#[test]
fn threads_of_the_list_use_directory_and_table_of_their_process_wherever_they_stand() {
    let drawn = "
        process tid=11 pid=10 comm=worker cwd=/wrong
        process tid=10 comm=srv cwd=/srv
        fd tid=10 fd=3 file /x
        fd tid=11 fd=3 file /wrong
        ns tid dir type args
        0  11  <   openat fd=4 dirfd=-100 name=y flags=O_RDONLY mode=0
        10 11  <   fstat res=0 fd=3
        20 10  <   fstat res=0 fd=4
        ";
    let lines = right(drawn);
    assert_eq!(lines[1..], ["worker (11) < fstat res=0 fd=3(<f>/x)", "srv (10) < fstat res=0 fd=4(<f>/srv/y)"]);
}
