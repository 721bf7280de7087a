//! Each type of parameter as it stands in a line, in each release that prints it in a way of its own.

mod harness;

use harness::lines;
use model::quirk::Quirks;

/// What stands behind the event type, as sysdig prints it; the recorder is that of the `release`.
fn printed(release: &str, lists: &str, event: &str) -> String {
    let drawn = format!("release {release}\nprocess tid=10 comm=cat cwd=/home/u\n{lists}\nns tid dir type args\n0 10 {event}\n");
    let line = lines(&drawn, Quirks::ALL).pop().expect("there is a line");
    let (_, info) = line.split_once(") ").expect("a thread stands before");
    info.splitn(3, ' ').nth(2).unwrap_or("").to_owned()
}

fn classic(event: &str) -> String {
    printed("0.29.3", "", event)
}

fn in_all(event: &str) -> [String; 3] {
    ["0.29.3", "0.36.0", "libs"].map(|release| printed(release, "", event))
}

#[test]
fn numbers_of_8_and_16_bits_have_no_sign_unless_their_type_has_one() {
    assert_eq!(classic("< accept fd=-1 tuple=NULL queuepct=255 queuelen=0 queuemax=0"), "fd=-1(EPERM) tuple=NULL queuepct=255 queuelen=0 queuemax=0");
    assert_eq!(
        classic("< semop res=0 nsops=1 sem_num_0=65535 sem_op_0=-1 sem_flg_0=0 sem_num_1=0 sem_op_1=0 sem_flg_1=0"),
        "res=0 nsops=1 sem_num_0=65535 sem_op_0=-1 sem_flg_0=0 sem_num_1=0 sem_op_1=0 sem_flg_1=0"
    );
}

#[test]
fn decimal_numbers_of_32_and_64_bits_have_a_sign_whatever_their_type() {
    assert_eq!(classic("< getrlimit res=0 cur=1024 max=-1"), "res=0 cur=1024 max=-1");
    assert_eq!(classic("> read fd=3 size=4294967295"), "fd=3 size=-1");
    assert_eq!(classic("> semop semid=-1"), "semid=-1");
    assert_eq!(classic("> bpf cmd=-5"), "cmd=-5");
}

#[test]
fn hexadecimal_is_upper_case_without_prefix_and_octal_has_a_zero() {
    assert_eq!(classic("< brk res=0x55db0de73000 vm_size=1 vm_rss=2 vm_swap=0"), "res=55DB0DE73000 vm_size=1 vm_rss=2 vm_swap=0");
    assert_eq!(classic("> open name=/x flags=O_RDONLY mode=420"), "name=/x flags=1(O_RDONLY) mode=0644");
    assert_eq!(classic("> open name=/x flags=O_RDONLY mode=0"), "name=/x flags=1(O_RDONLY) mode=0");
}

#[test]
fn results_name_their_errno() {
    assert_eq!(classic("< close res=0"), "res=0");
    assert_eq!(classic("< close res=-32"), "res=-32(EPIPE)");
    assert_eq!(classic("< close res=-512"), "res=-512(ERESTARTSYS)");
    assert_eq!(classic("< close res=-9999"), "res=-9999");
}

#[test]
fn descriptors_show_type_protocol_and_name() {
    let lists = "fd tid=10 fd=3 file /etc/passwd\nfd tid=10 fd=4 ipv4 10.0.0.1:4000->10.0.0.2:80\nfd tid=10 fd=5 unsupported";
    assert_eq!(printed("0.29.3", lists, "> close fd=3"), "fd=3(<f>/etc/passwd)");
    assert_eq!(printed("0.29.3", lists, "> close fd=4"), "fd=4(<4t>10.0.0.1:4000->10.0.0.2:80)");
    assert_eq!(printed("0.29.3", lists, "> close fd=5"), "fd=5(<X>)");
    assert_eq!(printed("0.36.0", lists, "> close fd=5"), "fd=5(<?>)");
    assert_eq!(printed("0.29.3", lists, "> close fd=9"), "fd=9");
    assert_eq!(printed("0.29.3", lists, "> openat dirfd=AT_FDCWD name=/x flags=O_RDONLY mode=0"), "dirfd=-100(AT_FDCWD) name=/x flags=1(O_RDONLY) mode=0");
    assert_eq!(printed("0.29.3", lists, "< open fd=-2 name=/x flags=O_RDONLY mode=0"), "fd=-2(ENOENT) name=/x flags=1(O_RDONLY) mode=0");
}

#[test]
fn processes_show_what_they_run() {
    let lists = "process tid=20 comm=sh";
    assert_eq!(printed("0.29.3", lists, "> kill pid=20 sig=9"), "pid=20(sh) sig=9(SIGKILL)");
    assert_eq!(printed("0.29.3", lists, "> kill pid=77 sig=9"), "pid=77 sig=9(SIGKILL)");
    assert_eq!(printed("0.29.3", lists, "> kill pid=-1 sig=9"), "pid=-1 sig=9(SIGKILL)");
}

#[test]
fn a_call_without_an_event_of_its_own_is_printed_by_name_without_arguments() {
    let name = |release, event: &str| {
        let drawn = format!("release {release}\nprocess tid=10 comm=cat\nns tid dir type args\n0 10 {event}\n");
        lines(&drawn, Quirks::ALL).remove(0)
    };
    assert_eq!(name("0.29.3", "> syscall ID=5 nativeID=2"), "cat (10) > open");
    assert_eq!(name("0.29.3", "> syscall ID=0 nativeID=334"), "cat (10) > <unknown>");
    assert_eq!(name("0.36.0", "> syscall ID=0 nativeID=334"), "cat (10) > rseq");
    assert_eq!(name("0.36.0", "< syscall ID=0"), "cat (10) < unknown");
    assert_eq!(name("libs", "< syscall ID=0 nativeID=334"), "cat (10) < rseq");
}

#[test]
fn signals_have_names_and_sets_of_them_are_lists() {
    assert_eq!(classic("> kill pid=1 sig=0"), "pid=1 sig=0");
    assert_eq!(classic("> kill pid=1 sig=40"), "pid=1 sig=40");
    // Bit 0 is signal 1.
    assert_eq!(classic("> ppoll fds=3:1 timeout=0 sigmask=0x101"), "fds=3:?1 timeout=0(0s) sigmask=SIGHUP SIGKILL");
}

#[test]
fn durations_are_nanoseconds_and_seconds() {
    assert_eq!(classic("> nanosleep interval=0"), "interval=0(0s)");
    assert_eq!(classic("> nanosleep interval=1500000000"), "interval=1500000000(1.5s)");
    assert_eq!(classic("> nanosleep interval=-1"), "interval=none");
}

#[test]
fn points_in_time_are_dates() {
    let line = printed("libs", "", "< execve res=0 exe=x tid=10 pid=10 ptid=1 comm=x exe_ino_ctime=1795292859000000000");
    assert!(line.ends_with(" exe_ino_ctime=2026-11-21 20:27:39.000000000"), "{line}");
}

#[test]
fn users_and_groups_have_the_names_of_their_list() {
    let lists = "user uid=33 gid=33 name=www\ngroup gid=44 name=video";
    assert_eq!(printed("0.29.3", lists, "< getuid uid=33"), "uid=33(www)");
    assert_eq!(printed("0.29.3", lists, "< getuid uid=1003"), "uid=1003(<NA>)");
    assert_eq!(printed("0.29.3", lists, "< getgid gid=44"), "gid=44(video)");
    assert_eq!(printed("0.29.3", lists, "> setresuid ruid=-1 euid=33 suid=-1"), "ruid=-1(<NONE>) euid=33(www) suid=-1(<NONE>)");
}

#[test]
fn flags_are_named_from_the_most_significant_on() {
    assert_eq!(classic("> open name=/x flags=4097 mode=0"), "name=/x flags=4097(O_RDONLY|O_CLOEXEC) mode=0");
    assert_eq!(classic("> fcntl fd=3 cmd=31"), "fd=3 cmd=31(F_GETPIPE_SZ|F_GETFD|F_OFD_SETLK)");
    assert_eq!(classic("> access mode=0"), "mode=0(F_OK)");
    // A bit that a release has no name for is not named.
    assert!(classic("< clone res=0 exe=x tid=10 pid=10 ptid=1 comm=x flags=CLONE_CHILD_IN_PIDNS uid=0").contains(" flags=536870912 "));
}

#[test]
fn enumerations_name_all_that_fits_exactly() {
    assert_eq!(in_all("> socket domain=1 type=1 proto=0"), ["domain=1(AF_LOCAL) type=1 proto=0", "domain=1(AF_LOCAL|AF_UNIX) type=1 proto=0", "domain=1(AF_LOCAL|AF_UNIX) type=1 proto=0"]);
    let futex = |op: &str| in_all(&format!("> futex addr=0 op={op} val=1"));
    assert_eq!(futex("129"), ["addr=0 op=129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE) val=1", "addr=0 op=129 val=1", "addr=0 op=129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE) val=1"]);
}

#[test]
fn a_file_mode_is_octal_with_its_bits() {
    assert_eq!(classic("< chmod res=0 filename=/x mode=420"), "res=0 filename=/x mode=0644(S_IROTH|S_IRGRP|S_IWUSR|S_IRUSR)");
}

#[test]
fn addresses_of_sockets_are_endpoints_paths_or_families() {
    for (addr, expected) in [
        ("10.0.0.1:80", "10.0.0.1:80"),
        ("[2001:db8::1]:80", "2001:db8::1:80"),
        ("[::ffff:10.0.0.1]:80", "::ffff:10.0.0.1:80"),
        ("/run/x.sock", "/run/x.sock"),
        ("family:16", "family 16"),
        ("hex:020a00", "INVALID IPv4"),
        ("hex:0a0a00", "INVALID IPv6"),
        ("NULL", "NULL"),
    ] {
        assert_eq!(classic(&format!("< bind res=0 addr={addr}")), format!("res=0 addr={expected}"));
    }
    assert_eq!(printed("libs", "", "< bind res=0 addr=NULL"), "res=0 addr=<NA>");
}

#[test]
fn tuples_of_sockets_are_two_ends() {
    for (tuple, expected) in [
        ("192.168.0.3:54716->192.168.0.2:80", "192.168.0.3:54716->192.168.0.2:80"),
        ("[2001:db8::1]:40251->[2001:4860:4860::8888]:53", "2001:db8::1:40251->2001:4860:4860::8888:53"),
        ("[::ffff:127.0.0.1]:48036->[::]:22", "127.0.0.1:48036->0.0.0.0:22"),
        ("ffff8edcfda06800->0 /var/run/nscd/socket", "ffff8edcfda06800->0 /var/run/nscd/socket"),
        ("hex:020a00", "INVALID IPv4"),
        ("hex:0a0a00", "INVALID IPv6"),
        ("hex:010a00", "INVALID PATH"),
        ("NULL", "NULL"),
    ] {
        assert_eq!(classic(&format!("< connect res=0 tuple={tuple}")), format!("res=0 tuple={expected}"));
    }
}

#[test]
fn texts_are_printed_as_they_are_and_what_is_not_there_by_release() {
    let release = |text: &str| in_all(&format!("< getcwd res=0 path={text}"));
    assert_eq!(release("/home/u"), ["res=0 path=/home/u"; 3]);
    assert_eq!(release("NULL"), ["res=0 path=", "res=0 path=<NA>", "res=0 path=<NA>"]);
    assert_eq!(release("(NULL)"), ["res=0 path=(NULL)", "res=0 path=<NA>", "res=0 path=<NA>"]);
}

#[test]
fn paths_are_resolved_where_they_are_relative() {
    let release = |path: &str| in_all(&format!("< stat res=0 path={path}"));
    assert_eq!(release("/etc/x"), ["res=0 path=/etc/x"; 3]);
    assert_eq!(release("bar"), ["res=0 path=bar(/home/u/bar)"; 3]);
    assert_eq!(release("../x"), ["res=0 path=../x(/home/x)"; 3]);
    assert_eq!(release("''"), ["res=0 path=(/home/u)", "res=0 path=", "res=0 path="]);
    assert_eq!(release("NULL"), ["res=0 path=", "res=0 path=<NA>", "res=0 path=<NA>"]);
    assert_eq!(release("(NULL)"), ["res=0 path=(NULL)(/home/u/(NULL))", "res=0 path=<NA>", "res=0 path=<NA>"]);
    let lists = "fd tid=10 fd=7 directory /data";
    assert_eq!(printed("0.29.3", lists, "< unlinkat res=0 dirfd=7 name=x flags=0"), "res=0 dirfd=7(<d>/data) name=x(/data/x) flags=0");
}

#[test]
fn buffers_show_dots_and_are_cut_at_80_characters() {
    assert_eq!(classic("< read res=5 data='a\\0\\n\\xff.'"), "res=5 data=a....");
    assert_eq!(classic("< read res=80 data=fill:80"), format!("res=80 data={}", "x".repeat(80)));
    assert_eq!(classic("< read res=81 data=fill:81"), format!("res=81 data={}...", "x".repeat(77)));
    assert_eq!(printed("libs", "", "< read res=81 data=fill:81"), format!("res=81 data={}", "x".repeat(81)));
    assert_eq!(in_all("< read res=0 data=NULL"), ["res=0 data=", "res=0 data=NULL", "res=0 data=NULL"]);
}

#[test]
fn lists_of_descriptors_show_type_and_flags() {
    let lists = "fd tid=10 fd=4 ipv6 [2001:db8::1]:1->[2001:db8::2]:2\nfd tid=10 fd=5 pipe 'pipe:[1]'";
    assert_eq!(printed("0.29.3", lists, "> poll fds=4:4 5:1 9:0x21 timeout=-1"), "fds=4:64 5:p1 9:?21 timeout=-1");
    assert_eq!(printed("0.29.3", lists, "< poll res=0 fds=hex:0000"), "res=0 fds=");
    // More are announced than there are.
    assert_eq!(printed("0.29.3", lists, "< poll res=0 fds=hex:020004000000000000000100"), "res=0 fds=4:61");
}

#[test]
fn dynamic_parameters_print_as_what_they_chose() {
    for (value, expected) in [("2:4096", "4096"), ("1:-111", "-111(ECONNREFUSED)"), ("4:1500000000", "1500000000(1.5s)"), ("0:'ab'", "ab"), ("hex:0901", "INVALID DYNAMIC PARAMETER"), ("NULL", "NULL")] {
        let line = classic(&format!("< getsockopt res=0 fd=3 level=1 optname=4 val={value} optlen=4"));
        assert!(line.contains(&format!(" val={expected} ")), "{value}: {line}");
    }
    assert_eq!(printed("libs", "", "< keyctl res=0 operation=0 arg2=hex:01"), "res=0 operation=0(KEYCTL_GET_KEYRING_ID) arg2=(null)");
}

#[test]
fn a_parameter_of_a_wrong_length_says_so() {
    assert_eq!(classic("< close res=hex:010203"), "res=<bad length 3>");
}

#[test]
fn a_parameter_that_the_release_does_not_know_is_not_printed() {
    // 0.29.3 prints no more of a newer event than it has names for.
    let drawn = "section processes=8\nrelease libs\nprocess tid=10 comm=cat\nns tid dir type args\n0 10 < close res=0 fd=3\n";
    assert_eq!(lines(drawn, Quirks::ALL), ["cat (10) < close res=0"]);
}

#[test]
fn messages_to_the_system_log_are_put_into_words() {
    let drawn = |release: &str| {
        format!(
            "release {release}
            process tid=10 comm=log
            fd tid=10 fd=3 unix ffff01->ffff02 /dev/log
            ns tid dir type args
            0  10  >   sendto fd=3 size=9 tuple=NULL
            10 10  <   sendto res=9 data='<30>up at'
            "
        )
    };
    assert_eq!(lines(&drawn("0.29.3"), Quirks::ALL)[1], "log (10) < sendto syslog sev=info msg=up at");
}
