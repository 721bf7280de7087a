//! Each fault of sysdig on a capture of its own: what is printed with it, and what is right.

mod harness;

use std::fs;
use std::path::Path;

use harness::{Ask, NOTHING, shown};
use model::{Row, State};
use model::quirk::{Home, Quirk, Quirks};
use model::state::{NONE, UNSIGNED};

/// Prints a capture with one fault and with none, and compares the lines that differ. Lines of clone and execve, which
/// are long, end behind the result.
fn assert_faces(quirk: Quirk, drawn: &str, ask: Ask, expected: &[(&str, &str)]) {
    let time = quirk.facts().time;
    let with = shown(drawn, Quirks::only(quirk), time, ask);
    let right = shown(drawn, Quirks::NONE, time, ask);
    fn short(line: &str) -> &str {
        line.split(" exe=").next().unwrap_or(line)
    }
    // A line that sysdig does not print is empty.
    let mut rest = with.iter().peekable();
    let mut missing = right.len() - with.len();
    let differing: Vec<(&str, &str)> = right
        .iter()
        .map(|right| {
            let skips = missing > 0 && rest.peek() != Some(&right);
            missing -= usize::from(skips);
            (if skips { "" } else { rest.next().map_or("", |with| short(with)) }, short(right))
        })
        .filter(|(with, right)| with != right)
        .collect();
    assert_eq!(differing, expected, "all lines with {quirk:?}: {with:#?}");
}

macro_rules! faces {
    ($($name:ident: $quirk:ident, $ask:expr, $drawn:expr, [$(($with:expr, $right:expr)),+ $(,)?])*) => {
        $(#[test]
        fn $name() {
            assert_faces(Quirk::$quirk, $drawn, $ask, &[$(($with, $right)),+]);
        })*

        const SHOWN: &[Quirk] = &[$(Quirk::$quirk),*];
    };
}

/// The thread of the event, as ` field=value`.
fn version(state: &State, applied: &model::Applied, text: impl Fn(&model::state::threads::ThreadVersion) -> String) -> String {
    if applied.version == NONE { String::new() } else { text(state.version(applied.version)) }
}

const PARENT: Ask = |state, _, applied| version(state, applied, |version| format!(" ptid={}", version.ptid));
const EXEPATH: Ask = |state, _, applied| version(state, applied, |version| format!(" exepath={}", String::from_utf8_lossy(state.text(version.exepath))));
const CONNECTED: Ask = |state, _, applied| {
    if applied.description == NONE { String::new() } else { format!(" connected={}", state.descriptions().get(applied.description).now.connected) }
};
const OWN_ID: Ask = |state, _, applied| version(state, applied, |version| format!(" vtid={}", version.vtid));
const MEMORY: Ask = |state, _, applied| version(state, applied, |version| format!(" vmsize={}", state.figures().memory_at(version.thread, Row::MAX).vmsize));
const LIMIT: Ask = |state, _, applied| version(state, applied, |version| format!(" fdlimit={}", version.fdlimit));
const GROUP: Ask = |state, _, applied| version(state, applied, |version| format!(" pgid={}", version.vpgid));
const ROLE: Ask = |state, _, applied| format!(" role={:?}", state.descriptions().get(applied.description).now.role);
/// The descriptor as it was recorded: without its sign, where that is copied.
const FD: Ask = |_, _, applied| format!(" fd.num={}", if applied.fd == UNSIGNED { i64::from(u32::MAX) } else { applied.fd.into() });
const ADDRESSES: Ask = |state, _, applied| {
    if applied.description == NONE {
        return String::new();
    }
    let (source, dest) = state.descriptions().sock(state.descriptions().get(applied.description).now.sock).unix();
    format!(" fd={source:x}->{dest:x}")
};

faces! {
    a_child_in_a_pid_namespace_has_what_its_parent_had_when_clone_returned: ForkCopiesLate, NOTHING, "
        release 0.29.3
        process tid=10 vtid=3 vpid=3 comm=sh
        fd tid=10 fd=4 pipe 'pipe:[77]'
        ns tid dir type args
        0  10  >   clone
        10 10  <   clone res=4 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=CLONE_CHILD_IN_PIDNS vtid=3 vpid=3
        20 10  >   close fd=4
        30 10  <   close res=0
        40 11  <   clone res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh flags=CLONE_CHILD_IN_PIDNS vtid=4 vpid=4
        50 11  >   read  fd=4 size=1
        ",
        [("sh (11) > read fd=4 size=1", "sh (11) > read fd=4(<p>pipe:[77]) size=1")]

    a_child_made_with_clone_parent_is_a_child_of_the_callers_parent: CloneParentIsTheCaller, PARENT, "
        release 0.29.3
        process tid=9 comm=runc
        process tid=10 ptid=9 comm=runc
        ns tid dir type args
        0  10  >   clone
        10 10  <   clone res=11 exe=runc tid=10 pid=10 ptid=9 comm=runc flags=CLONE_PARENT
        20 11  >   close fd=4
        ",
        [("runc (11) > close fd=4 ptid=10", "runc (11) > close fd=4 ptid=9")]

    a_child_that_exited_before_its_parents_vfork_returned_stays_dead: DeadChildrenComeBack, NOTHING, "
        release 0.29.3
        process tid=10 comm=sh
        ns tid dir type args
        0  10  >   vfork
        10 11  <   vfork res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh vtid=11 vpid=11
        20 11  >   procexit status=0
        30 10  <   vfork res=11 exe=sh tid=10 pid=10 ptid=1 comm=sh vtid=10 vpid=10
        40 10  >   kill  pid=11 sig=9
        ",
        [
            ("sh (10) < vfork res=11(sh)", "sh (10) < vfork res=11"),
            ("sh (10) > kill pid=11(sh) sig=9(SIGKILL)", "sh (10) > kill pid=11 sig=9(SIGKILL)"),
        ]

    a_process_made_with_clone_files_shares_the_table_of_its_parent: CloneFilesIsACopy, NOTHING, "
        release 0.29.3
        process tid=10 comm=io
        ns tid dir type args
        0  10  >   clone
        10 10  <   clone res=11 exe=io tid=10 pid=10 ptid=1 comm=io flags=CLONE_FILES|CLONE_VM
        20 11  >   open  name=/x flags=O_RDONLY mode=0
        30 11  <   open  fd=3 name=/x flags=O_RDONLY mode=0
        40 10  >   read  fd=3 size=1
        ",
        [("io (10) > read fd=3 size=1", "io (10) > read fd=3(<f>/x) size=1")]

    a_child_of_clone3_with_another_pid_than_tid_is_a_thread: Clone3ThreadsAreProcesses, NOTHING, "
        release 0.29.3
        process tid=10 comm=srv
        ns tid dir type args
        0  10  >   clone3
        10 11  <   clone3 res=0 exe=srv tid=11 pid=10 ptid=1 comm=srv flags=0 vtid=11 vpid=10
        20 10  <   clone3 res=11 exe=srv tid=10 pid=10 ptid=1 comm=srv flags=0 vtid=10 vpid=10
        30 11  >   open  name=/x flags=O_RDONLY mode=0
        40 11  <   open  fd=3 name=/x flags=O_RDONLY mode=0
        50 10  >   read  fd=3 size=1
        ",
        [("srv (10) > read fd=3 size=1", "srv (10) > read fd=3(<f>/x) size=1")]

    an_unknown_caller_is_named_by_any_clone: PlaceholderLearnsOnce, NOTHING, "
        release 0.36.0
        process tid=1 comm=init
        ns tid dir type args
        0  10  <   clone res=5 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=CLONE_CHILD_IN_PIDNS
        10 10  <   clone res=12 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=0
        20 10  >   close fd=3
        ",
        [
            ("<NA> (10) < clone res=5", "sh (10) < clone res=5"),
            ("<NA> (10) < clone res=12(sh)", "sh (10) < clone res=12(sh)"),
            ("<NA> (10) > close fd=3", "sh (10) > close fd=3"),
        ]

    a_clone_says_who_its_caller_is: CallersStayAsTheyWere, NOTHING, "
        release 0.29.3
        process tid=10 comm=stress-ng
        ns tid dir type args
        0  10  >   clone
        10 10  <   clone res=11 exe='stress-ng [run]' tid=10 pid=10 ptid=1 comm=stress-ng-acces flags=0 vtid=10 vpid=10
        20 10  >   close fd=3
        ",
        [
            ("stress-ng (10) < clone res=11(stress-ng-acces)", "stress-ng-acces (10) < clone res=11(stress-ng-acces)"),
            ("stress-ng (10) > close fd=3", "stress-ng-acces (10) > close fd=3"),
        ]

    a_limit_that_was_only_asked_for_is_not_set: AskedLimitsMisread, LIMIT, "
        release libs
        process tid=10 comm=sh fdlimit=512
        ns tid dir type args
        0  10  <   prlimit res=0 newcur=0 newmax=0 oldcur=1024 oldmax=4096 pid=0 resource=7
        10 10  <   prlimit res=0 newcur=2048 newmax=4096 oldcur=1024 oldmax=4096 pid=0 resource=7
        ",
        [(
            "sh (10) < prlimit res=0 newcur=0 newmax=0 oldcur=1024 oldmax=4096 pid=0 resource=7(RLIMIT_NOFILE) fdlimit=0",
            "sh (10) < prlimit res=0 newcur=0 newmax=0 oldcur=1024 oldmax=4096 pid=0 resource=7(RLIMIT_NOFILE) fdlimit=1024"
        )]

    a_thread_first_seen_at_its_execve_has_the_working_directory_of_that_event: ExecveLeavesCwdUnknown, NOTHING, "
        release 0.29.3
        process tid=1 comm=init
        ns tid dir type args
        0  10  >   execve filename=/bin/cat
        10 10  <   execve res=0 exe=cat tid=10 pid=10 ptid=1 cwd=/home/u comm=cat
        20 10  >   open   name=x flags=O_RDONLY mode=0
        30 10  <   open   fd=3 name=x flags=O_RDONLY mode=0
        ",
        [
            ("cat (10) > open name=x(x) flags=1(O_RDONLY) mode=0", "cat (10) > open name=x(/home/u/x) flags=1(O_RDONLY) mode=0"),
            ("cat (10) < open fd=3(<f>x) name=x(x) flags=1(O_RDONLY) mode=0", "cat (10) < open fd=3(<f>/home/u/x) name=x(/home/u/x) flags=1(O_RDONLY) mode=0"),
        ]

    execveat_runs_the_program_that_it_names: ExecveatKeepsExepath, EXEPATH, "
        release 0.29.3
        process tid=10 exepath=/bin/sh comm=sh
        ns tid dir type args
        0  10  >   execveat dirfd=AT_FDCWD pathname=/bin/true flags=0
        10 10  <   execve res=0 exe=true tid=10 pid=10 ptid=1 comm=true
        20 10  >   close fd=4
        ",
        [("true (10) > close fd=4 exepath=/bin/sh", "true (10) > close fd=4 exepath=/bin/true")]

    a_switch_tells_of_the_memory_of_whoever_leaves: UnknownThreadsHaveNoMemory, MEMORY, "
        release 0.36.0
        process tid=1 comm=init
        ns tid dir type args
        0  10  >   close  fd=3
        10 10  >   switch next=1 pgft_maj=0 pgft_min=3 vm_size=7000 vm_rss=600 vm_swap=4
        ",
        [(
            "<NA> (10) > switch next=1(init) pgft_maj=0 pgft_min=3 vm_size=7000 vm_rss=600 vm_swap=4 vmsize=0",
            "<NA> (10) > switch next=1(init) pgft_maj=0 pgft_min=3 vm_size=7000 vm_rss=600 vm_swap=4 vmsize=7000"
        )]

    the_record_of_a_container_is_no_thread: ContainersAreThreads, OWN_ID, "
        release 0.29.3
        process tid=1 comm=init
        ns tid dir type args
        0  1   >   close fd=3
        10 -1  >   container json='{\"container\":{\"id\":\"29b85fa50839\",\"type\":0}}'
        ",
        [("container:29b85fa50839 (-1) > container json={\"container\":{\"id\":\"29b85fa50839\",\"type\":0}} vtid=-2", "container:29b85fa50839 (-1) > container json={\"container\":{\"id\":\"29b85fa50839\",\"type\":0}} vtid=-1")]

    a_datagram_connects_no_socket: DatagramsConnect, CONNECTED, "
        release 0.29.3
        process tid=10 comm=php
        ns tid dir type args
        0  10  >   socket domain=AF_INET type=2 proto=17
        10 10  <   socket fd=3
        20 10  >   sendto fd=3 size=1 tuple=127.0.0.1:40000->127.0.0.1:8125
        30 10  <   sendto res=1 data='x'
        ",
        [("php (10) < sendto res=1 data=x connected=true", "php (10) < sendto res=1 data=x connected=false")]

    execve_closes_what_is_marked_close_on_exec: ExecveKeepsFds, NOTHING, "
        release 0.29.3
        process tid=10 comm=sh
        fd tid=10 fd=3 file /log
        ns tid dir type args
        0  10  >   open   name=/x flags=O_RDONLY|O_CLOEXEC mode=0
        10 10  <   open   fd=4 name=/x flags=O_RDONLY|O_CLOEXEC mode=0
        20 10  >   execve filename=/bin/cat
        30 10  <   execve res=0 exe=cat tid=10 pid=10 ptid=1 comm=cat
        40 10  >   read   fd=3 size=1
        50 10  >   read   fd=4 size=1
        ",
        [("cat (10) > read fd=4(<f>/x) size=1", "cat (10) > read fd=4 size=1")]

    execve_closes_what_may_be_close_on_exec_until_it_is_used: UncertainFdsSurviveExecve, NOTHING, "
        release 0.36.0
        process tid=10 comm=daemon
        fd tid=10 fd=0 pipe 'pipe:[1]'
        fd tid=10 fd=3 file /x
        fd tid=10 fd=4 unix ffff01->ffff02
        fd tid=10 fd=5 server 0.0.0.0:80
        ns tid dir type args
        0  10  >   execve filename=/bin/b
        10 10  <   execve res=0 exe=b tid=10 pid=10 ptid=1 comm=b
        20 10  >   fstat  fd=0
        30 10  <   fstat  res=0
        40 10  >   fstat  fd=3
        50 10  <   fstat  res=0
        60 10  >   fstat  fd=4
        70 10  <   fstat  res=-9
        80 10  >   read   fd=5 size=1
        90 10  <   read   res=1 data=x
        99 10  >   fstat  fd=4
        99 10  >   fstat  fd=5
        ",
        [
            ("b (10) > fstat fd=4(<u>)", "b (10) > fstat fd=4"),
            ("b (10) > read fd=5(<4t>0.0.0.0:80) size=1", "b (10) > read fd=5 size=1"),
            ("b (10) > fstat fd=4(<u>)", "b (10) > fstat fd=4"),
        ]

    execve_ends_the_other_threads_of_its_process: ThreadsSurviveExecve, NOTHING, "
        release 0.29.3
        process tid=10 comm=srv
        process tid=11 pid=10 comm=worker
        ns tid dir type args
        0  10  >   execve filename=/bin/new
        10 10  <   execve res=0 exe=new tid=10 pid=10 ptid=1 comm=new
        20 10  >   kill pid=11 sig=9
        ",
        [("new (10) > kill pid=11(worker) sig=9(SIGKILL)", "new (10) > kill pid=11 sig=9(SIGKILL)")]

    a_main_thread_goes_with_the_last_thread_of_its_process: DeadLeaderStays, NOTHING, "
        release 0.29.3
        process tid=10 comm=srv
        process tid=11 pid=10 comm=srv
        process tid=20 comm=sh
        ns tid dir type args
        0  10  >   procexit status=0
        10 11  >   procexit status=0
        20 20  >   signaldeliver spid=10 dpid=20 sig=9
        ",
        [("sh (20) > signaldeliver spid=10(srv) dpid=20(sh) sig=9(SIGKILL)", "sh (20) > signaldeliver spid=10 dpid=20(sh) sig=9(SIGKILL)")]

    an_orphan_has_another_parent: OrphansKeepTheirParent, PARENT, "
        release 0.29.3
        process tid=1 comm=init
        process tid=10 ptid=1 comm=sh
        process tid=11 ptid=10 comm=cat
        ns tid dir type args
        0  10  >   procexit status=0
        10 11  >   close fd=3
        ",
        [("cat (11) > close fd=3 ptid=10", "cat (11) > close fd=3 ptid=1")]

    setsid_and_setpgid_set_the_process_group: SetsidLeavesGroup, GROUP, "
        release 0.29.3
        process tid=10 vpgid=5 comm=sh
        process tid=11 ptid=10 vpgid=5 comm=cat
        ns tid dir type args
        0  10  >   setsid
        10 10  <   setsid  res=10
        20 10  >   setpgid pid=11 pgid=0
        30 10  <   setpgid res=0
        40 11  >   close   fd=3
        ",
        [
            ("sh (10) < setsid res=10(sh) pgid=5", "sh (10) < setsid res=10(sh) pgid=10"),
            ("sh (10) > setpgid pid=11(cat) pgid=0 pgid=5", "sh (10) > setpgid pid=11(cat) pgid=0 pgid=10"),
            ("sh (10) < setpgid res=0 pgid=5", "sh (10) < setpgid res=0 pgid=10"),
            ("cat (11) > close fd=3 pgid=5", "cat (11) > close fd=3 pgid=11"),
        ]

    a_thread_that_names_itself_has_the_name_at_once: PrctlNameUnseen, NOTHING, "
        release libs
        process tid=10 comm=srv
        ns tid dir type args
        0  10  <   prctl res=0 option=PR_SET_NAME arg2_str=worker arg2_int=0
        10 10  <   close res=0 fd=3
        ",
        [
            ("srv (10) < prctl res=0 option=15(PR_SET_NAME) arg2_str=worker arg2_int=0", "worker (10) < prctl res=0 option=15(PR_SET_NAME) arg2_str=worker arg2_int=0"),
            ("srv (10) < close res=0 fd=3", "worker (10) < close res=0 fd=3"),
        ]

    what_was_learnt_before_another_section_of_the_same_recording_stays: SectionsForget, NOTHING, "
        release 0.29.3
        process tid=10 comm=curl
        fd tid=10 fd=3 unix 0->0
        ns tid dir type args
        0  10  >   connect fd=3 addr=/run/nscd
        10 10  <   connect res=0 tuple=ffff01->ffff02 /run/nscd
        section
        process tid=10 comm=curl
        fd tid=10 fd=3 unix 0->0 /run/nscd
        20 10  >   read fd=3 size=1
        ",
        [("curl (10) > read fd=3(<u>/run/nscd) size=1", "curl (10) > read fd=3(<u>ffff01->ffff02 /run/nscd) size=1")]

    a_signal_between_enter_and_exit_does_not_part_them: EnterMustBeLast, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat
        fd tid=10 fd=4 file /x
        ns tid dir type args
        0  10  >   socket domain=1 type=1 proto=0
        10 10  >   signaldeliver spid=10 dpid=10 sig=14
        20 10  <   socket fd=3
        30 10  >   close fd=4
        40 10  >   signaldeliver spid=10 dpid=10 sig=14
        50 10  <   close res=0
        60 10  >   read fd=4 size=1
        ",
        [
            ("cat (10) < socket fd=3", "cat (10) < socket fd=3(<u>)"),
            ("cat (10) > read fd=4(<f>/x) size=1", "cat (10) > read fd=4 size=1"),
        ]

    a_placeholder_keeps_what_it_opened_when_its_name_is_learnt: PlaceholderLosesAll, NOTHING, "
        release 0.29.3
        process tid=1 comm=init
        ns tid dir type args
        0  10  >   chdir
        10 10  <   chdir res=0 path=/srv
        20 10  >   open name=log flags=O_RDONLY mode=0
        30 10  <   open fd=3 name=log flags=O_RDONLY mode=0
        40 10  >   fork
        50 10  <   fork res=11 exe=sh tid=10 pid=10 ptid=1 comm=sh flags=0 uid=0 gid=0 vtid=10 vpid=10
        60 11  >   read fd=3 size=1
        70 10  >   open name=log flags=O_RDONLY mode=0
        ",
        [
            ("sh (11) > read fd=3 size=1", "sh (11) > read fd=3(<f>/srv/log) size=1"),
            ("sh (10) > open name=log(log) flags=1(O_RDONLY) mode=0", "sh (10) > open name=log(/srv/log) flags=1(O_RDONLY) mode=0"),
        ]

    a_new_process_with_the_tid_of_a_listed_one_is_another: NewLifeUnseen, NOTHING, "
        release 0.29.3
        process tid=10 comm=sh
        process tid=11 comm=gone
        fd tid=10 fd=3 file /3
        fd tid=11 fd=3 file /gone
        ns tid dir type args
        0  11  <   fork res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh flags=0 uid=0 gid=0 vtid=11 vpid=11
        10 11  >   read fd=3 size=1
        ",
        [
            ("gone (11) < fork res=0", "sh (11) < fork res=0"),
            ("gone (11) > read fd=3(<f>/gone) size=1", "sh (11) > read fd=3(<f>/3) size=1"),
        ]

    threads_whose_main_thread_is_in_no_list_have_what_was_listed_for_them: ListedThreadsLoseAll, NOTHING, "
        release 0.29.3
        process tid=11 pid=10 comm=java flags=8193
        process tid=12 pid=10 comm=java flags=8193
        fd tid=11 fd=3 file /3
        ns tid dir type args
        0  12  >   read fd=3 size=1
        ",
        [("java (12) > read fd=3 size=1", "java (12) > read fd=3(<f>/3) size=1")]

    any_call_that_sends_to_an_address_shows_a_socket: SendersStayUnknown, NOTHING, "
        release 0.29.3
        process tid=10 comm=dns
        ns tid dir type args
        0  10  >   sendmsg fd=5 size=1 tuple=1.2.3.4:5->3.4.5.6:53
        10 10  <   sendmsg res=1 data=a
        20 10  >   sendto fd=6 size=1 tuple=ff01->ff02 /run/x.sock
        ",
        [
            ("dns (10) > sendmsg fd=5 size=1 tuple=1.2.3.4:5->3.4.5.6:53", "dns (10) > sendmsg fd=5(<4>) size=1 tuple=1.2.3.4:5->3.4.5.6:53"),
            ("dns (10) > sendto fd=6 size=1 tuple=ff01->ff02 /run/x.sock", "dns (10) > sendto fd=6(<u>) size=1 tuple=ff01->ff02 /run/x.sock"),
        ]

    a_bound_ipv6_socket_is_the_server_of_what_comes_in: Ipv6LeavesTheKind, NOTHING, "
        release 0.29.3
        process tid=10 comm=dns
        ns tid dir type args
        0  10  >   socket domain=10 type=2 proto=17
        10 10  <   socket fd=4
        20 10  >   bind fd=4
        30 10  <   bind res=0 addr=[2001::1]:53
        40 10  >   recvmsg fd=4
        50 10  <   recvmsg res=1 size=1 data=a tuple=[2001::2]:4000->[2001::1]:53
        60 10  >   sendmsg fd=4 size=1 tuple=[2001::1]:53->[2001::2]:4000
        70 10  <   sendmsg res=1 data=a
        80 10  >   close fd=4
        ",
        [("dns (10) > close fd=4(<6u>2001::1:53->2001::2:4000)", "dns (10) > close fd=4(<6u>2001::2:4000->2001::1:53)")]

    an_ipv6_socket_that_receives_first_is_a_server: ReceiversAreClients, NOTHING, "
        release 0.29.3
        process tid=10 comm=dns
        ns tid dir type args
        0  10  >   socket domain=10 type=2 proto=17
        10 10  <   socket fd=4
        20 10  >   recvmsg fd=4
        30 10  <   recvmsg res=1 size=1 data=a tuple=[2001::2]:4000->[2001::1]:53
        40 10  >   close fd=4
        ",
        [("dns (10) > close fd=4(<6u>2001::1:53->2001::2:4000)", "dns (10) > close fd=4(<6u>2001::2:4000->2001::1:53)")]

    a_call_ends_on_the_socket_it_began_on_though_its_number_was_reused: NumberLookedUpTwice, NOTHING, "
        release 0.29.3
        process tid=10 comm=dns
        process tid=11 pid=10 comm=dns
        ns  tid dir type args
        0   10  >   socket   domain=2 type=2 proto=17
        10  10  <   socket   fd=3
        20  10  >   recvfrom fd=3 size=512
        30  11  >   close    fd=3
        40  11  <   close    res=0
        50  11  >   socket   domain=2 type=2 proto=17
        60  11  <   socket   fd=3
        70  10  <   recvfrom res=4 data=abcd tuple=10.0.0.2:53->10.0.0.1:4000
        80  11  >   close    fd=3
        ",
        [("dns (11) > close fd=3(<4u>10.0.0.2:53->10.0.0.1:4000)", "dns (11) > close fd=3(<4>)")]

    latency_is_the_time_between_the_two_events_of_one_call: LatencyOfLastEnter, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat
        ns  tid dir type args
        0   10  >   nanosleep interval=100
        40  10  >   switch next=0
        50  10  >   signaldeliver spid=10 dpid=10 sig=14
        100 10  <   nanosleep res=-4
        110 10  >   switch next=0
        120 10  <   read res=0
        ",
        [
            ("0.000000050 cat (10) < nanosleep res=-4(EINTR)", "0.000000100 cat (10) < nanosleep res=-4(EINTR)"),
            ("0.000000050 cat (10) > switch next=0", "0.000000000 cat (10) > switch next=0"),
            ("0.000000070 cat (10) < read res=0", "0.000000000 cat (10) < read res=0"),
        ]

    a_table_holds_as_many_descriptors_as_there_are: TableOf4096, NOTHING, &crowded(), 
        [
            ("many (10) < open fd=4096 name=/x flags=1(O_RDONLY) mode=0", "many (10) < open fd=4096(<f>/x) name=/x flags=1(O_RDONLY) mode=0"),
            ("many (10) > close fd=4096", "many (10) > close fd=4096(<f>/x)"),
        ]

    mmap_is_about_the_file_that_is_mapped: MmapWithoutFd, FD, "
        release 0.29.3
        process tid=10 comm=cat
        fd tid=10 fd=3 file /lib/libc.so
        ns tid dir type args
        0  10  >   mmap addr=0 length=4096 prot=1 flags=2 fd=3 offset=0
        10 10  <   mmap res=0x7f00 vm_size=1 vm_rss=1 vm_swap=0
        ",
        [("cat (10) < mmap res=7F00 vm_size=1 vm_rss=1 vm_swap=0 fd.num=-1", "cat (10) < mmap res=7F00 vm_size=1 vm_rss=1 vm_swap=0 fd.num=3")]

    descriptors_of_newer_calls_have_a_kind: NewerFdsUnseen, NOTHING, "
        release 0.29.3
        process tid=10 comm=qemu
        ns tid dir type args
        0  10  >   userfaultfd
        10 10  <   userfaultfd res=4 flags=0
        20 10  >   bpf cmd=0
        30 10  <   bpf res_or_fd=0:5
        40 10  >   close fd=4
        50 10  >   close fd=5
        ",
        [
            ("qemu (10) < bpf res_or_fd=5", "qemu (10) < bpf res_or_fd=5(<b>)"),
            ("qemu (10) > close fd=4", "qemu (10) > close fd=4(<u>)"),
            ("qemu (10) > close fd=5", "qemu (10) > close fd=5(<b>)"),
        ]

    descriptors_that_come_in_a_message_are_of_unknown_kind: ReceivedFdsUnseen, NOTHING, "
        release libs
        process tid=10 comm=dbus
        fd tid=10 fd=3 unix ffff01->ffff02
        fd tid=10 fd=8 file /old
        ns tid dir type args
        0  10  <   recvmsg res=1 size=1 data=x tuple=NULL msgcontrol=hex:180000000000000001000000010000000700000008000000 fd=3
        10 10  <   close res=0 fd=7
        20 10  <   close res=0 fd=8
        ",
        [
            ("dbus (10) < close res=0 fd=7", "dbus (10) < close res=0 fd=7(<o>)"),
            ("dbus (10) < close res=0 fd=8(<f>/old)", "dbus (10) < close res=0 fd=8(<o>)"),
        ]

    a_number_that_becomes_a_copy_of_something_unknown_is_that: CopiesOfUnknownFdsUnseen, NOTHING, "
        release libs
        process tid=10 comm=sh
        fd tid=10 fd=1 file /log
        ns tid dir type args
        0  10  <   dup2  res=1 oldfd=7 newfd=1
        10 10  <   write res=1 data=x fd=1
        ",
        [
            ("sh (10) < dup2 res=1(<f>/log) oldfd=7 newfd=1(<f>/log)", "sh (10) < dup2 res=1(<o>) oldfd=7(<o>) newfd=1(<o>)"),
            ("sh (10) < write res=1 data=x fd=1(<f>/log)", "sh (10) < write res=1 data=x fd=1(<o>)"),
        ]

    all_numbers_that_dup_made_see_a_socket_connected: EachNumberHasItsOwnCopy, NOTHING, "
        release 0.29.3
        process tid=10 comm=nc
        ns tid dir type args
        0  10  >   socket  domain=2 type=1 proto=6
        10 10  <   socket  fd=3
        20 10  >   dup     fd=3
        30 10  <   dup     res=4
        40 10  >   connect fd=3 addr=10.0.0.2:80
        50 10  <   connect res=0 tuple=10.0.0.1:4000->10.0.0.2:80
        60 10  >   write   fd=4 size=1
        ",
        [("nc (10) > write fd=4(<4>) size=1", "nc (10) > write fd=4(<4t>10.0.0.1:4000->10.0.0.2:80) size=1")]

    a_socket_keeps_its_protocol_when_it_goes_from_ipv6_to_ipv4: FamiliesShareMemory, NOTHING, "
        release 0.29.3
        process tid=10 comm=ssh
        ns tid dir type args
        0  10  >   socket  domain=10 type=2 proto=0
        10 10  <   socket  fd=4
        20 10  >   connect fd=4 addr=[::ffff:10.0.0.2]:22
        30 10  <   connect res=0 tuple=[::ffff:10.0.0.1]:4000->[::ffff:10.0.0.2]:22
        40 10  >   close   fd=4
        ",
        [("ssh (10) > close fd=4(<4>10.0.0.1:4000->10.0.0.2:22)", "ssh (10) > close fd=4(<4u>10.0.0.1:4000->10.0.0.2:22)")]

    a_datagram_socket_shows_the_peer_of_its_last_datagram: DestinationStays, NOTHING, "
        release 0.29.3
        process tid=10 comm=dig
        ns tid dir type args
        0  10  >   socket domain=2 type=2 proto=0
        10 10  <   socket fd=3
        20 10  >   sendto fd=3 size=1 tuple=10.0.0.1:5000->10.0.0.2:53
        30 10  <   sendto res=1 data=x
        40 10  >   sendto fd=3 size=1 tuple=10.0.0.1:5000->10.0.0.3:53
        50 10  <   sendto res=1 data=x
        60 10  >   close  fd=3
        ",
        [("dig (10) > close fd=3(<4u>10.0.0.1:5000->10.0.0.2:53)", "dig (10) > close fd=3(<4u>10.0.0.1:5000->10.0.0.3:53)")]

    a_socket_bound_to_any_ipv6_address_is_of_ipv6: AnyAddressIsMapped, NOTHING, "
        release 0.29.3
        process tid=10 comm=php
        ns tid dir type args
        0  10  >   socket domain=10 type=1 proto=0
        10 10  <   socket fd=8
        20 10  >   bind   fd=8
        30 10  <   bind   res=0 addr=[::]:9000
        40 10  >   listen fd=8 backlog=5
        ",
        [("php (10) > listen fd=8(<4t>:::9000) backlog=5", "php (10) > listen fd=8(<6t>:::9000) backlog=5")]

    an_accepted_socket_without_addresses_has_an_entry: AcceptWithoutTupleUnseen, NOTHING, "
        release 0.29.3
        process tid=10 comm=srv
        ns tid dir type args
        0  10  >   accept flags=0
        10 10  <   accept fd=5 tuple=NULL queuepct=0
        20 10  >   read   fd=5 size=1
        ",
        [
            ("srv (10) < accept fd=5 tuple=NULL queuepct=0", "srv (10) < accept fd=5(<o>) tuple=NULL queuepct=0"),
            ("srv (10) > read fd=5 size=1", "srv (10) > read fd=5(<o>) size=1"),
        ]

    a_socket_first_seen_sending_is_of_no_known_protocol: UnknownSenderIsUdp, NOTHING, "
        release 0.29.3
        process tid=10 comm=app
        ns tid dir type args
        0  10  >   sendto fd=6 size=1 tuple=10.0.0.1:5000->10.0.0.2:8125
        10 10  <   sendto res=1 data=x
        20 10  >   close  fd=6
        ",
        [("app (10) > close fd=6(<4u>10.0.0.1:5000->10.0.0.2:8125)", "app (10) > close fd=6(<4>10.0.0.1:5000->10.0.0.2:8125)")]

    a_connection_of_an_unknown_protocol_shows_its_addresses: UnknownProtocolHasNoName, NOTHING, "
        release 0.29.3
        process tid=10 comm=sctp
        ns tid dir type args
        0  10  >   socket  domain=2 type=1 proto=132
        10 10  <   socket  fd=3
        20 10  >   connect fd=3 addr=10.0.0.2:80
        30 10  <   connect res=0 tuple=10.0.0.1:4000->10.0.0.2:80
        40 10  >   close   fd=3
        ",
        [("sctp (10) > close fd=3(<4><unknown>)", "sctp (10) > close fd=3(<4>10.0.0.1:4000->10.0.0.2:80)")]

    mptcp_is_tcp: MptcpIsUnknown, NOTHING, "
        release 0.29.3
        process tid=10 comm=mptcp
        ns tid dir type args
        0  10  >   socket  domain=2 type=1 proto=262
        10 10  <   socket  fd=3
        20 10  >   connect fd=3 addr=10.0.0.2:80
        30 10  <   connect res=0 tuple=10.0.0.1:4000->10.0.0.2:80
        40 10  >   close   fd=3
        ",
        [("mptcp (10) > close fd=3(<4>10.0.0.1:4000->10.0.0.2:80)", "mptcp (10) > close fd=3(<4t>10.0.0.1:4000->10.0.0.2:80)")]

    initial_ipv6_connections_have_the_client_first: InitialIpv6HasNoRole, NOTHING, "
        release 0.29.3
        process tid=10 comm=sshd
        fd tid=10 fd=3 server [::]:22
        fd tid=10 fd=4 ipv6 [2001:db8::1]:22->[2001:db8::2]:4000
        ns tid dir type args
        0  10  >   read fd=4 size=1
        ",
        [("sshd (10) > read fd=4(<6>2001:db8::1:22->2001:db8::2:4000) size=1", "sshd (10) > read fd=4(<6t>2001:db8::2:4000->2001:db8::1:22) size=1")]

    an_initial_connection_has_the_address_of_an_interface_and_only_ports_of_its_protocol: InitialAddressesAsListed, NOTHING, "
        release 0.29.3
        process tid=10 comm=ping
        interface eth0 10.0.0.1/255.255.255.0 broadcast=10.0.0.255 speed=0
        fd tid=10 fd=3 ipv4 0.0.0.0:7->10.0.0.9:80 l4=udp
        fd tid=10 fd=4 ipv4 10.0.0.1:7->10.0.0.9:0 l4=icmp
        ns tid dir type args
        0  10  >   close fd=3
        10 10  >   close fd=4
        ",
        [
            ("ping (10) > close fd=3(<4u>0.0.0.0:7->10.0.0.9:80)", "ping (10) > close fd=3(<4u>10.0.0.1:7->10.0.0.9:80)"),
            ("ping (10) > close fd=4(<4i>10.0.0.1:7->10.0.0.9:0)", "ping (10) > close fd=4(<4i>10.0.0.1->10.0.0.9)"),
        ]

    initial_bound_sockets_are_servers: InitialServersHaveNoRole, ROLE, "
        release 0.29.3
        process tid=10 comm=syslogd
        fd tid=10 fd=3 server 0.0.0.0:514 l4=udp
        ns tid dir type args
        0  10  >   recvfrom fd=3 size=1
        ",
        [("syslogd (10) > recvfrom fd=3(<4u>0.0.0.0:514) size=1 role=None", "syslogd (10) > recvfrom fd=3(<4u>0.0.0.0:514) size=1 role=Server")]

    a_datagram_to_the_loopback_comes_from_the_loopback: LoopbackPeerGetsOuterAddress, NOTHING, "
        release 0.29.3
        interface eth0 10.0.0.1/255.255.255.0
        process tid=10 comm=log
        ns tid dir type args
        0  10  >   socket domain=2 type=2 proto=17
        10 10  <   socket fd=3
        20 10  >   sendto fd=3 size=1 tuple=0.0.0.0:5000->127.0.0.1:514
        30 10  <   sendto res=1 data=x
        40 10  >   close  fd=3
        ",
        [("log (10) > close fd=3(<4u>10.0.0.1:5000->127.0.0.1:514)", "log (10) > close fd=3(<4u>127.0.0.1:5000->127.0.0.1:514)")]

    the_ends_of_a_socketpair_mirror_each_other: SocketpairEndsAlike, ADDRESSES, "
        release 0.29.3
        process tid=10 comm=sh
        ns tid dir type args
        0  10  >   socketpair domain=1 type=1 proto=0
        10 10  <   socketpair res=0 fd1=3 fd2=4 source=0xffff01 peer=0xffff02
        20 10  >   read fd=3 size=1
        30 10  >   read fd=4 size=1
        ",
        [
            ("sh (10) < socketpair res=0 fd1=3(<u>) fd2=4(<u>) source=FFFF01 peer=FFFF02 fd=ffff01->ffff02", "sh (10) < socketpair res=0 fd1=3(<u>) fd2=4(<u>) source=FFFF01 peer=FFFF02 fd=ffff02->ffff01"),
            ("sh (10) > read fd=4(<u>) size=1 fd=ffff01->ffff02", "sh (10) > read fd=4(<u>) size=1 fd=ffff02->ffff01"),
        ]

    descriptors_of_32_bits_have_their_sign: FdWithoutSign, FD, "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   mmap   addr=0 length=4096 prot=1 flags=MAP_PRIVATE|MAP_ANONYMOUS fd=4294967295 offset=0
        10 10  >   openat dirfd=4294967291 name=x flags=O_RDONLY mode=0
        20 10  >   poll   fds=-1:1 timeout=0
        ",
        [
            ("cat (10) > mmap addr=0 length=4096 prot=1(PROT_READ) flags=10(MAP_PRIVATE|MAP_ANONYMOUS) fd=4294967295 offset=0 fd.num=4294967295", "cat (10) > mmap addr=0 length=4096 prot=1(PROT_READ) flags=10(MAP_PRIVATE|MAP_ANONYMOUS) fd=-1 offset=0 fd.num=-1"),
            ("cat (10) > openat dirfd=4294967291 name=x(x) flags=1(O_RDONLY) mode=0 fd.num=-1", "cat (10) > openat dirfd=-5 name=x(x) flags=1(O_RDONLY) mode=0 fd.num=-1"),
            ("cat (10) > poll fds=18446744073709551615:?1 timeout=0 fd.num=-1", "cat (10) > poll fds=-1:?1 timeout=0 fd.num=-1"),
        ]

    one_slash_stands_between_the_root_and_what_is_below: BaseStaysAsItIs, NOTHING, "
        release 0.29.3
        process tid=10 comm=udev
        fd tid=10 fd=12 directory /
        ns tid dir type args
        0  10  >   openat dirfd=12 name=sys flags=O_RDONLY mode=0
        10 10  <   openat fd=22 dirfd=12 name=sys flags=O_RDONLY mode=0
        ",
        [
            ("udev (10) > openat dirfd=12(<d>/) name=sys(//sys) flags=1(O_RDONLY) mode=0", "udev (10) > openat dirfd=12(<d>/) name=sys(/sys) flags=1(O_RDONLY) mode=0"),
            ("udev (10) < openat fd=22(<f>//sys) dirfd=12(<d>/) name=sys(//sys) flags=1(O_RDONLY) mode=0", "udev (10) < openat fd=22(<f>/sys) dirfd=12(<d>/) name=sys(/sys) flags=1(O_RDONLY) mode=0"),
        ]

    only_results_are_errnos: FdArgumentsHaveErrnoNames, NOTHING, "
        release 0.36.0
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   mmap addr=0 length=4096 prot=1 flags=MAP_PRIVATE|MAP_ANONYMOUS fd=-1 offset=0
        10 10  <   open fd=-2 name=/x flags=O_RDONLY mode=0
        ",
        [(
            "cat (10) > mmap addr=0 length=4096 prot=1(PROT_READ) flags=10(MAP_PRIVATE|MAP_ANONYMOUS) fd=-1(EPERM) offset=0",
            "cat (10) > mmap addr=0 length=4096 prot=1(PROT_READ) flags=10(MAP_PRIVATE|MAP_ANONYMOUS) fd=-1 offset=0"
        )]

    the_path_of_openat2_is_below_its_directory_at_the_enter_too: Openat2EnterJoinsCwd, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat cwd=/home
        fd tid=10 fd=3 directory /data
        ns tid dir type args
        0  10  >   openat2 dirfd=3 name=x flags=O_RDONLY mode=0 resolve=0
        10 10  <   openat2 fd=4 dirfd=3 name=x flags=O_RDONLY mode=0 resolve=0
        ",
        [(
            "cat (10) > openat2 dirfd=3(<d>/data) name=x(/home/x) flags=1(O_RDONLY) mode=0 resolve=0",
            "cat (10) > openat2 dirfd=3(<d>/data) name=x(/data/x) flags=1(O_RDONLY) mode=0 resolve=0"
        )]

    a_path_that_could_not_be_read_is_not_available: NullPathsAreResolved, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat cwd=/tmp
        ns tid dir type args
        0  10  >   open name=(NULL) flags=O_RDONLY mode=0
        10 10  <   open fd=3 name=/x flags=O_RDONLY mode=0
        ",
        [("cat (10) > open name=(NULL)(/tmp/(NULL)) flags=1(O_RDONLY) mode=0", "cat (10) > open name=<NA> flags=1(O_RDONLY) mode=0")]

    a_long_path_is_printed_whole: LongPathArgumentsAreCut, NOTHING, &format!(
        "release 0.36.0
        process tid=10 comm=cat cwd=/tmp
        ns tid dir type args
        0  10  >   open name={} flags=O_RDONLY mode=0
        ", long_path()),
        [(
            &long_line(&format!("{}(/PATH_TOO_LONG)", &long_path()[..1023])),
            &long_line(&format!("{}(/tmp/{})", long_path(), long_path().trim_end_matches('/')))
        )]

    a_message_to_the_system_log_begins_with_its_priority: AnyPrefixIsAPriority, NOTHING, "
        release 0.29.3
        process tid=10 comm=logger
        fd tid=10 fd=3 unix ffff01->ffff02 /dev/log
        ns tid dir type args
        0  10  >   write fd=3 size=5
        10 10  <   write res=5 data='x5>up'
        20 10  >   write fd=3 size=5
        30 10  <   write res=5 data='<5>up'
        ",
        [("logger (10) < write syslog sev=notice msg=up", "logger (10) < write res=5 data=x5>up")]

    a_path_that_the_enter_event_lacks_stands_in_the_exit_event: EnterPathTakenUnread, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat cwd=/home
        ns tid dir type args
        0  10  >   open name=<NA> flags=O_RDONLY mode=0
        10 10  <   open fd=3 name=/x flags=O_RDONLY mode=0
        20 10  >   open name='' flags=O_RDONLY mode=0
        30 10  <   open fd=4 name=/y flags=O_RDONLY mode=0
        40 10  >   open name=NULL flags=O_RDONLY mode=0
        50 10  <   open fd=5 name=/z flags=O_RDONLY mode=0
        ",
        [
            ("cat (10) < open fd=3(<f>/home/<NA>) name=/x flags=1(O_RDONLY) mode=0", "cat (10) < open fd=3(<f>/x) name=/x flags=1(O_RDONLY) mode=0"),
            ("cat (10) < open fd=4(<f>/home) name=/y flags=1(O_RDONLY) mode=0", "cat (10) < open fd=4(<f>/y) name=/y flags=1(O_RDONLY) mode=0"),
        ]

    a_message_to_the_system_log_is_what_is_written_under_its_name: LogIsMarkedOnce, NOTHING, "
        release 0.29.3
        process tid=10 comm=log
        fd tid=10 fd=3 unix 0->0
        fd tid=10 fd=4 unix 0->0 /dev/log
        ns tid dir type args
        0  10  >   connect fd=3 addr=/dev/log
        10 10  >   sendto fd=3 size=5 tuple=NULL
        20 10  <   sendto res=5 data='<5>up'
        30 10  >   connect fd=3 addr=/dev/log
        40 10  <   connect res=0 tuple=ffff01->ffff02 /dev/log
        50 10  >   sendto fd=3 size=5 tuple=NULL
        60 10  <   sendto res=5 data='<5>up'
        70 10  >   connect fd=4 addr=/run/x
        80 10  <   connect res=0 tuple=ffff03->ffff02 /run/x
        90 10  >   sendto fd=4 size=5 tuple=NULL
        91 10  <   sendto res=5 data='<5>up'
        92 10  >   sendto fd=4 size=5 tuple=0->ffff02 /run/y
        93 10  <   sendto res=5 data='<5>up'
        ",
        [
            ("log (10) < sendto res=5 data=<5>up", "log (10) < sendto syslog sev=notice msg=up"),
            ("log (10) < sendto syslog sev=notice msg=up", "log (10) < sendto res=5 data=<5>up"),
        ]

    an_event_of_a_newer_type_is_read: NewerTypesUnseen, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  >   setreuid#426
        10 11  <   setreuid#427 res=0
        20 11  >   getuid
        ",
        [("", "cat (10) > setreuid"), ("", "<NA> (11) < setreuid res=0")]

    bytes_that_cannot_be_printed_are_escaped_and_letters_stay: UnprintableBytesVanish, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat cwd=/tmp
        ns tid dir type args
        0  10  >   open name='x\\xc3\\xa9\\x01abcd' flags=O_RDONLY mode=0
        10 10  <   open fd=3 name='x\\xc3\\xa9\\x01abcd' flags=O_RDONLY mode=0
        20 10  >   close fd=3
        ",
        [
            ("cat (10) > open name=xabcd(/tmp/x...abcd) flags=1(O_RDONLY) mode=0", "cat (10) > open name=xé\\x01abcd(/tmp/xé\\x01abcd) flags=1(O_RDONLY) mode=0"),
            ("cat (10) < open fd=3(<f>/tmp/x...abcd) name=xabcd(/tmp/x...abcd) flags=1(O_RDONLY) mode=0", "cat (10) < open fd=3(<f>/tmp/xé\\x01abcd) name=xé\\x01abcd(/tmp/xé\\x01abcd) flags=1(O_RDONLY) mode=0"),
            ("cat (10) > close fd=3(<f>/tmp/x...abcd)", "cat (10) > close fd=3(<f>/tmp/xé\\x01abcd)"),
        ]

    mmap_returns_an_address_or_an_errno: MmapResultsHaveOneFormat, NOTHING, "
        release 0.29.3
        process tid=10 comm=cat
        ns tid dir type args
        0  10  <   mmap res=0x7f00 vm_size=1 vm_rss=1 vm_swap=0
        10 10  <   mmap res=-12 vm_size=1 vm_rss=1 vm_swap=0
        ",
        [("cat (10) < mmap res=FFFFFFFFFFFFFFF4 vm_size=1 vm_rss=1 vm_swap=0", "cat (10) < mmap res=-12(ENOMEM) vm_size=1 vm_rss=1 vm_swap=0")]

    the_fraction_of_a_second_has_nine_digits: EpochFractionsAreNotPadded, NOTHING, "
        process tid=10 comm=cat
        ns           tid dir type args
        @5000000007  10  >   close fd=3
        ",
        [("5.7 cat (10) > close fd=3", "5.000000007 cat (10) > close fd=3")]

    an_event_older_than_the_one_before_comes_after_a_negative_time: NegativeTimesWrap, NOTHING, "
        process tid=10 comm=cat
        ns       tid dir type args
        2000000  10  >   close fd=3
        191486   10  >   close fd=3
        ",
        [("18446744073.707743102 cat (10) > close fd=3", "-0.001808514 cat (10) > close fd=3")]

    a_newest_capture_with_enter_events_has_latencies: LatenciesAreZero, NOTHING, "
        release libs
        process tid=10 comm=cat
        ns  tid dir type args
        0   10  >   nanosleep interval=100
        100 10  <   nanosleep res=0
        ",
        [("0.000000000 cat (10) < nanosleep res=0", "0.000000100 cat (10) < nanosleep res=0")]
}

/// Longer than sysdig prints.
fn long_path() -> String {
    "long/".repeat(300)
}

/// An open of such a path, with this name.
fn long_line(name: &str) -> String {
    format!("cat (10) > open name={name} flags=1(O_RDONLY) mode=0")
}

/// A process with as many descriptors as sysdig keeps, and one more.
fn crowded() -> String {
    let full: String = (0..4096).map(|fd| format!("fd tid=10 fd={fd} file /f\n")).collect();
    format!(
        "release 0.29.3
        process tid=10 comm=many
        {full}
        ns tid dir type args
        0  10  >   open  name=/x flags=O_RDONLY mode=0
        10 10  <   open  fd=4096 name=/x flags=O_RDONLY mode=0
        20 10  >   close fd=4096
        "
    )
}

#[test]
fn every_fault_has_a_capture_that_shows_it() {
    let missing: Vec<_> = Quirk::ALL_MEMBERS
        .iter()
        .filter(|quirk| !matches!(quirk.facts().home, Home::Filter | Home::Reader) && !SHOWN.contains(quirk))
        .collect();
    assert!(missing.is_empty(), "without a capture: {missing:?}");
}

#[test]
fn every_fault_is_copied_where_its_facts_say() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let text_of = |names: &[&str]| -> String {
        names
            .iter()
            .flat_map(|name| {
                let path = source.join(name);
                if path.is_dir() {
                    fs::read_dir(path).expect("it can be read").map(|entry| entry.expect("it can be read").path()).collect()
                } else {
                    vec![path]
                }
            })
            .filter(|path| path.file_name().is_none_or(|name| name != "tests.rs"))
            .map(|path| fs::read_to_string(path).expect("it can be read"))
            .collect()
    };
    let (state, text) = (text_of(&["state.rs", "state"]), text_of(&["text.rs", "text"]));
    for &quirk in Quirk::ALL_MEMBERS {
        let member = format!("Quirk::{}", quirk.facts().name);
        let found = (state.contains(&member), text.contains(&member));
        let wanted = match quirk.facts().home {
            Home::State => (true, false),
            Home::Text => (false, true),
            Home::Both => (true, true),
            // The filter crate has a test of its own, and so has the reader.
            Home::Filter | Home::Reader => (false, false),
        };
        assert_eq!(found, wanted, "{member} (in the state, in the text)");
    }
}
