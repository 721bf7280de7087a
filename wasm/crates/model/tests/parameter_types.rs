//! Every type of parameter that an event can have, in a capture of its own. `parameters.rs` has what is awkward in each.

mod harness;

use std::collections::{BTreeSet, HashSet};

use harness::lines;
use model::quirk::Quirks;
use model::table::{self, Alternatives, ParamInfo, ParamType, Release, TABLE_SIZE};
use testkit::capture_from_text;

/// Prints the last event of a capture, without number, time and thread, and makes sure that it has a parameter of this
/// type where it is said to have one.
fn assert_drawn(ty: ParamType, name: &str, drawn: &str, expected: &str) {
    let line = lines(drawn, Quirks::ALL).pop().expect("there is a line");
    assert_eq!(line.split_once(") ").map(|(_, event)| event), Some(expected), "{line}");
    let mut params: Vec<ParamInfo> = Vec::new();
    harness::walk(&capture_from_text(drawn), Quirks::ALL, |state, _, event, _| {
        params = table::params(event.kind, state.release()).iter().take(event.params.len()).copied().collect();
    });
    let drawn = params.iter().find(|param| param.name == name).map(|param| param.ty);
    assert_eq!(drawn, Some(ty), "{params:?}");
}

macro_rules! drawn {
    ($($sentence:ident: $ty:ident, $param:literal, $drawn:literal, $expected:literal)*) => {
        $(#[test]
        fn $sentence() {
            assert_drawn(ParamType::$ty, $param, $drawn, $expected);
        })*

        const DRAWN: &[ParamType] = &[$(ParamType::$ty),*];
    };
}

drawn! {
    a_number_of_16_bits_with_sign_prints_with_its_sign: Int16, "sem_op_0", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < semop res=0 nsops=1 sem_num_0=0 sem_op_0=-1
        ",
        "< semop res=0 nsops=1 sem_num_0=0 sem_op_0=-1"

    a_number_of_32_bits_with_sign_prints_with_its_sign: Int32, "semid", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > semop semid=-2147483648
        ",
        "> semop semid=-2147483648"

    a_number_of_64_bits_with_sign_prints_with_its_sign: Int64, "cur", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < getrlimit res=0 cur=-9223372036854775808 max=1024
        ",
        "< getrlimit res=0 cur=-9223372036854775808 max=1024"

    a_number_of_8_bits_has_no_sign: Uint8, "queuepct", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < accept fd=-1 tuple=NULL queuepct=255
        ",
        "< accept fd=-1(EPERM) tuple=NULL queuepct=255"

    a_number_of_16_bits_has_no_sign: Uint16, "sem_num_0", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < semop res=0 nsops=1 sem_num_0=65535
        ",
        "< semop res=0 nsops=1 sem_num_0=65535"

    a_decimal_number_of_32_bits_prints_as_if_it_had_a_sign: Uint32, "size", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > read fd=3 size=4294967295
        ",
        "> read fd=3 size=-1"

    a_number_of_64_bits_may_be_hexadecimal: Uint64, "addr", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > munmap addr=0xffff7f1a227cea64 length=4096
        ",
        "> munmap addr=FFFF7F1A227CEA64 length=4096"

    a_text_ends_at_its_nul_and_keeps_every_byte_before: Charbuf, "path", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < getcwd res=0 path='/a b\\x01\\0c'
        ",
        "< getcwd res=0 path=/a b\u{1}"

    a_buffer_has_dots_for_what_is_no_ascii: Bytebuf, "data", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < read res=6 data='GET\\0\\n\\xe9'
        ",
        "< read res=6 data=GET..."

    a_negative_result_has_the_name_of_its_errno: Errno, "res", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < close res=-32
        ",
        "< close res=-32(EPIPE)"

    an_address_is_an_endpoint: Sockaddr, "addr", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < bind res=0 addr=[2001:db8::1]:80
        ",
        "< bind res=0 addr=2001:db8::1:80"

    a_tuple_is_both_ends: Socktuple, "tuple", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < connect res=0 tuple=192.168.0.3:54716->192.168.0.2:80
        ",
        "< connect res=0 tuple=192.168.0.3:54716->192.168.0.2:80"

    a_descriptor_has_the_kind_and_name_of_what_is_open: Fd, "fd", "
        release 0.29.3
        process tid=10 comm=cat
        fd tid=10 fd=3 unix ffff01->ffff02 /run/x.sock
        0 0 10 > close fd=3
        ",
        "> close fd=3(<u>/run/x.sock)"

    a_process_has_the_name_of_what_it_runs: Pid, "pid", "
        release 0.29.3
        process tid=10 comm=cat
        process tid=843 comm=curl
        0 0 10 > kill pid=843 sig=0
        ",
        "> kill pid=843(curl) sig=0"

    a_list_of_descriptors_has_kind_and_flags_of_each: Fdlist, "fds", "
        release 0.29.3
        process tid=10 comm=cat
        fd tid=10 fd=4 ipv6 [2001:db8::1]:1->[2001:db8::2]:2
        0 0 10 > poll fds=4:4 9:1 timeout=-1
        ",
        "> poll fds=4:64 9:?1 timeout=-1"

    a_path_is_joined_to_the_working_directory: Fspath, "path", "
        release 0.29.3
        process tid=10 comm=cat cwd=/home/u
        0 0 10 < stat res=0 path=../x
        ",
        "< stat res=0 path=../x(/home/x)"

    a_path_may_be_joined_to_a_directory_that_is_open: Fsrelpath, "name", "
        release 0.29.3
        process tid=10 comm=cat cwd=/home/u
        fd tid=10 fd=7 directory /data
        0 0 10 < unlinkat res=0 dirfd=7 name=x flags=0
        ",
        "< unlinkat res=0 dirfd=7(<d>/data) name=x(/data/x) flags=0"

    the_number_of_a_call_is_the_name_of_the_event: Syscallid, "ID", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > syscall ID=5 nativeID=2
        ",
        "> open"

    a_signal_has_its_name: Sigtype, "sig", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > tkill tid=7 sig=9
        ",
        "> tkill tid=7 sig=9(SIGKILL)"

    a_set_of_signals_is_a_list_of_names: Sigset, "sigmask", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > ppoll fds=hex:0000 timeout=0 sigmask=0x101
        ",
        "> ppoll fds= timeout=0(0s) sigmask=SIGHUP SIGKILL"

    a_duration_is_in_nanoseconds_and_seconds: Reltime, "interval", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > nanosleep interval=1500000000
        ",
        "> nanosleep interval=1500000000(1.5s)"

    a_point_in_time_is_a_date: Abstime, "exe_ino_ctime", "
        release libs
        process tid=10 comm=cat
        0 0 10 < execve res=-2 exe=x args=NULL tid=10 pid=10 ptid=1 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=x cgroups=NULL env=NULL tty=0 vpgid=1 loginuid=-1 flags=0 cap_inheritable=0 cap_permitted=0 cap_effective=0 exe_ino=7 exe_ino_ctime=1795292859000000000
        ",
        "< execve res=-2(ENOENT) exe=x args=NULL tid=10(cat) pid=10(cat) ptid=1 cwd=/ fdlimit=1 pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 comm=x cgroups=NULL env=NULL tty=0 vpgid=1 loginuid=-1(<NONE>) flags=0 cap_inheritable=0 cap_permitted=0 cap_effective=0 exe_ino=7 exe_ino_ctime=2026-11-21 20:27:39.000000000"

    a_dynamic_parameter_prints_as_what_its_first_byte_chooses: Dyn, "val", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < getsockopt res=0 fd=3 level=1 optname=4 val=1:-111 optlen=4
        ",
        "< getsockopt res=0 fd=3 level=1(SOL_SOCKET) optname=4(SO_ERROR) val=-111(ECONNREFUSED) optlen=4"

    flags_of_8_bits_have_names: Flags8, "type", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > quotactl cmd=0 type=1
        ",
        "> quotactl cmd=0 type=1(USRQUOTA)"

    flags_of_16_bits_have_names: Flags16, "op", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > futex addr=0 op=129 val=1
        ",
        "> futex addr=0 op=129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE) val=1"

    flags_of_32_bits_have_names: Flags32, "flags", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > open name=/x flags=4097
        ",
        "> open name=/x flags=4097(O_RDONLY|O_CLOEXEC)"

    a_value_of_8_bits_has_the_names_that_fit_exactly: Enumflags8, "how", "
        release libs
        process tid=10 comm=cat
        0 0 10 > shutdown fd=3 how=1
        ",
        "> shutdown fd=3 how=1(SHUT_WR)"

    a_value_of_16_bits_has_the_names_that_fit_exactly: Enumflags16, "request", "
        release libs
        process tid=10 comm=cat
        0 0 10 > ptrace request=16 pid=7
        ",
        "> ptrace request=16(PTRACE_GETSIGINFO) pid=7"

    a_value_of_32_bits_has_the_names_that_fit_exactly: Enumflags32, "domain", "
        release libs
        process tid=10 comm=cat
        0 0 10 > socket domain=1 type=1 proto=0
        ",
        "> socket domain=1(AF_LOCAL|AF_UNIX) type=1 proto=0"

    a_user_has_the_name_of_the_list: Uid, "uid", "
        release 0.29.3
        process tid=10 comm=cat
        user uid=33 gid=44 name=www
        0 0 10 > setuid uid=33
        ",
        "> setuid uid=33(www)"

    a_group_has_the_name_of_the_list: Gid, "gid", "
        release 0.29.3
        process tid=10 comm=cat
        group gid=44 name=video
        0 0 10 > setgid gid=44
        ",
        "> setgid gid=44(video)"

    the_mode_of_a_file_is_octal_with_its_bits: Mode, "mode", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 < chmod res=0 filename=/x mode=420
        ",
        "< chmod res=0 filename=/x mode=0644(S_IROTH|S_IRGRP|S_IWUSR|S_IRUSR)"

    the_tags_of_a_tracer_are_one_text: Charbufarray, "tags", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > tracer id=7 tags=hex:7765622e676574
        ",
        "> tracer id=7 tags=web.get"

    the_arguments_of_a_tracer_are_one_text: CharbufPairArray, "args", "
        release 0.29.3
        process tid=10 comm=cat
        0 0 10 > tracer id=7 tags=hex:776562 args=hex:613d31
        ",
        "> tracer id=7 tags=web args=a=1"

    a_process_of_32_bits_has_the_name_of_what_it_runs: Pid32, "ppid", "
        release libs
        process tid=10 comm=cat
        process tid=843 comm=curl
        0 0 10 > task ppid=843
        ",
        "> task ppid=843(curl)"

    a_descriptor_of_32_bits_has_the_kind_and_name_of_what_is_open: Fd32, "fd", "
        release libs
        process tid=10 comm=cat
        fd tid=10 fd=3 file /etc/passwd
        0 0 10 > task_file_pipe fd=3 path=/x
        ",
        "> task_file_pipe fd=3(<f>/etc/passwd) path=/x"

    a_port_is_a_number: Port, "local_port", "
        release libs
        process tid=10 comm=cat
        0 0 10 > task_file_socket_inet fd=3 sk_type=1 sk_proto=6 local_ip=hex:0a000001 local_port=8080
        ",
        "> task_file_socket_inet fd=3 sk_type=1 sk_proto=6 local_ip=10.0.0.1 local_port=8080"

    an_ipv4_address_has_dots: Ipv4addr, "local_ip", "
        release libs
        process tid=10 comm=cat
        0 0 10 > task_file_socket_inet fd=3 sk_type=1 sk_proto=6 local_ip=hex:0a000001
        ",
        "> task_file_socket_inet fd=3 sk_type=1 sk_proto=6 local_ip=10.0.0.1"

    an_ipv6_address_is_short: Ipv6addr, "local_ip", "
        release libs
        process tid=10 comm=cat
        0 0 10 > task_file_socket_inet6 fd=3 sk_type=1 sk_proto=6 local_ip=hex:20010db8000000000000000000000001
        ",
        "> task_file_socket_inet6 fd=3 sk_type=1 sk_proto=6 local_ip=2001:db8::1"
}

#[test]
fn every_type_that_an_event_can_have_is_drawn() {
    let types = every_param().flat_map(|param| [param.ty].into_iter().chain(param.dynamic.map_or(&[][..], Alternatives::types).iter().copied()));
    let missing: BTreeSet<String> = types.filter(|ty| !DRAWN.contains(ty)).map(|ty| format!("{ty:?}")).collect();
    assert!(missing.is_empty(), "not drawn: {missing:?}");
}

#[test]
fn every_alternative_of_every_dynamic_parameter_is_drawn() {
    let mut drawn: HashSet<Alternatives> = HashSet::new();
    for (release, event, name, alternatives) in [
        (
            "libs",
            "getsockopt res=0 fd=9 level=1 optname=4 val=",
            "val",
            &[("0:'ab'", "ab"), ("1:-111", "-111(ECONNREFUSED)"), ("2:4096", "4096"), ("3:-1", "-1"), ("4:1500000000", "1500000000(1.5s)")][..],
        ),
        ("libs", "ptrace res=0 addr=", "addr", &[("0:31", "1F"), ("1:9", "9(SIGKILL)")]),
        ("0.29.3", "bpf res_or_fd=", "res_or_fd", &[("0:3", "3(<f>/x)"), ("1:-1", "-1(EPERM)")]),
        ("libs", "keyctl res=0 operation=0 arg2=", "arg2", &[("0:-3", "-3"), ("1:user", "user")]),
    ] {
        for (written, expected) in alternatives {
            let text = format!("release {release}\nprocess tid=10 comm=cat\nfd tid=10 fd=3 file /x\n0 0 10 < {event}{written}\n");
            let line = lines(&text, Quirks::ALL).pop().expect("there is a line");
            assert!(line.ends_with(&format!(" {name}={expected}")), "{written}: {line}");
            harness::walk(&capture_from_text(&text), Quirks::ALL, |state, _, event, _| {
                let chosen = table::params(event.kind, state.release()).iter().filter(|param| param.name == name).filter_map(|param| param.dynamic);
                for table in chosen {
                    assert_eq!(table.types().len(), alternatives.len(), "{name}");
                    drawn.insert(table);
                }
            });
        }
    }
    let missing = every_param().filter(|param| param.dynamic.is_some_and(|table| !drawn.contains(&table)));
    assert_eq!(missing.collect::<Vec<_>>(), []);
}

/// The parameters of every event type as each release has them.
fn every_param() -> impl Iterator<Item = ParamInfo> {
    let releases = [Release::V0_29_3, Release::V0_36_0, Release::Libs0_25_4];
    (0..TABLE_SIZE).flat_map(move |kind| releases.into_iter().flat_map(move |release| table::params(kind, release).iter().copied()))
}
