//! Every kind and version of block, written by the testkit, comes back as it went in.

mod common;

use common::{Log, SmallTable, read};
use scap::{DamageKind, Event, Limits, Reader, Sink, decode_event_block};
use testkit::writer::{
    EventBlock, EventSpec, FdSpec, FdTarget, InterfaceSpec, MachineSpec, NEWEST_TAIL, ProcessSpec, UserSpec, Writer,
};

fn writers() -> [Writer; 2] {
    [Writer::new(), Writer::big_endian()]
}

fn process() -> ProcessSpec {
    ProcessSpec {
        tid: 101,
        pid: 100,
        ptid: 1,
        sid: 90,
        vpgid: 91,
        comm: b"php-fpm8.2".into(),
        exe: b"php-fpm: pool www".into(),
        exepath: b"/usr/sbin/php-fpm8.2".into(),
        args: b"--nodaemonize\0".into(),
        cwd: b"/var/www".into(),
        fdlimit: 65_536,
        flags: 0x0010_0000,
        uid: 33,
        gid: 34,
        vmsize: 200_000,
        vmrss: 20_000,
        vmswap: 7,
        pfmajor: 3,
        pfminor: 4_000_000_000,
        env: b"A=1\0B=2\0".into(),
        vtid: 8,
        vpid: 7,
        cgroups: b"cpu=/docker/d7bb71f7610b\0".into(),
        root: b"/chroot".into(),
        pidns_init_start_ts: 1_000,
        tty: 34_816,
        loginuid: 1_000,
        exe_flags: 1 | 4,
        caps: [1, 2, 3],
        exe_ino: 9,
        exe_times: [10, 11],
        pgid: 88,
    }
}

/// The fields of a process that a list of `version` holds, printed as the reader prints what it found.
fn expected(p: &ProcessSpec, version: u8, tail: usize) -> String {
    let bytes = |from: u8, bytes: &Vec<u8>| if version >= from { bytes.clone() } else { Vec::new() };
    let number = |from: u8, number: u64| if version >= from { number } else { 0 };
    let is_there = |end: usize| version >= 9 && tail >= end;
    // Where the fields of the tail end, with and without the two that were put in front.
    let front = if tail > 29 { 12 } else { 0 };
    let flag = |end: usize, bit: u8| if is_there(front + end) { p.exe_flags & bit } else { 0 };
    let process = scap::metadata::Process {
        tid: p.tid,
        pid: p.pid,
        ptid: p.ptid,
        sid: (version >= 6).then_some(p.sid),
        vpgid: (version >= 8).then_some(p.vpgid),
        comm: &p.comm,
        exe: &p.exe,
        exepath: (version >= 7).then_some(&p.exepath),
        args: &p.args,
        cwd: &p.cwd,
        fdlimit: p.fdlimit,
        flags: p.flags,
        uid: p.uid,
        gid: p.gid,
        vmsize: number(2, p.vmsize.into()) as u32,
        vmrss: number(2, p.vmrss.into()) as u32,
        vmswap: number(2, p.vmswap.into()) as u32,
        pfmajor: number(2, p.pfmajor),
        pfminor: number(2, p.pfminor),
        env: &bytes(3, &p.env),
        vtid: (version >= 4).then_some(p.vtid),
        vpid: (version >= 4).then_some(p.vpid),
        cgroups: &bytes(4, &p.cgroups),
        root: &bytes(5, &p.root),
        pidns_init_start_ts: (front > 0).then_some(p.pidns_init_start_ts).filter(|_| is_there(8)),
        tty: (front > 0).then_some(p.tty).filter(|_| is_there(12)),
        loginuid: is_there(front + 4).then_some(p.loginuid),
        caps: is_there(front + 29).then_some(p.caps),
        exe_ino: is_there(front + 38).then_some(p.exe_ino),
        exe_times: is_there(front + 54).then_some(p.exe_times),
        exe_flags: flag(5, 1) | flag(30, 2) | flag(55, 4) | flag(56, 8),
        pgid: is_there(front + 64).then_some(p.pgid),
        tail: (version >= 9).then_some(tail as u32),
    };
    format!("process {process:?}")
}

#[test]
fn every_version_of_the_process_list_comes_back() {
    for mut writer in writers() {
        for version in 1..=9 {
            writer.section(2).processes(version, &[process(), ProcessSpec::default()]);
        }
        let log = read(&writer.into_bytes());
        assert_eq!(log.damages, []);
        let found: Vec<_> = log.calls.iter().filter(|call| call.starts_with("process")).collect();
        assert_eq!(found.len(), 18);
        for version in 1..=9 {
            let index = usize::from(version - 1) * 2;
            assert_eq!(*found[index], expected(&process(), version, NEWEST_TAIL), "version {version}");
            assert_eq!(*found[index + 1], expected(&ProcessSpec::default(), version, NEWEST_TAIL), "version {version}");
        }
    }
}

#[test]
fn process_entries_end_where_their_recorder_stopped_writing() {
    // 29 bytes and fewer are the old order of fields, more the new one.
    for tail in 0..100 {
        let mut writer = Writer::new();
        writer.section(2).processes_with_tail(9, tail, &[process(), ProcessSpec::default()]);
        let log = read(&writer.into_bytes());
        assert_eq!(log.damages, [], "tail {tail}");
        assert_eq!(log.calls[1], expected(&process(), 9, tail), "tail {tail}");
        assert_eq!(log.calls[2], expected(&ProcessSpec::default(), 9, tail), "tail {tail}");
    }
}

fn fds() -> Vec<FdSpec> {
    let ip6 = *b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01";
    let targets = [
        FdTarget::Ipv4 { local: [10, 0, 0, 1], remote: [10, 0, 0, 2], lport: 4_000, rport: 80, l4: 2 },
        FdTarget::Ipv6 { local: ip6, remote: [0; 16], lport: 4_000, rport: 80, l4: 3 },
        FdTarget::Ipv4Server { ip: [0; 4], port: 80, l4: 2 },
        FdTarget::Ipv6Server { ip: ip6, port: 80, l4: 2 },
        FdTarget::Unix { source: 0xffff_8801_08bc_c440, dest: 0, path: b"/run/x.sock".into() },
        FdTarget::File { flags: 4_097, name: b"/etc/passwd".into(), dev: 259 },
        FdTarget::Named { kind: 0, name: Vec::new() },
        FdTarget::Named { kind: 7, name: b"pipe:[1234]".into() },
        FdTarget::Named { kind: 12, name: b"anon_inode:[eventpoll]".into() },
        FdTarget::Named { kind: 21, name: b"pidfd".into() },
    ];
    targets.into_iter().zip(0..).map(|(target, fd)| FdSpec { fd, ino: 77, target }).collect()
}

#[test]
fn both_versions_of_the_fd_list_come_back() {
    for mut writer in writers() {
        writer.section(2).fds(1, 42, &fds()).fds(2, 43, &fds()).fds(2, 44, &[]);
        let log = read(&writer.into_bytes());
        assert_eq!(log.damages, []);
        // A device is only in the entries of version 2; all else is the same in both and in our spec.
        let print = |tid: i64, fd: &FdSpec| {
            let text = format!("fd ({tid}, Fd {{ fd: {}, ino: 77, target: {:?} }})", fd.fd, fd.target);
            let device = if tid == 42 { "dev: None" } else { "dev: Some(259)" };
            text.replace("dev: 259", device)
        };
        let expected: Vec<String> =
            [42, 43].into_iter().flat_map(|tid| fds().into_iter().map(move |fd| print(tid, &fd))).collect();
        assert_eq!(log.calls[1..], expected);
    }
}

#[test]
fn an_fd_type_of_the_future_is_named_when_its_length_is_known_and_ends_the_list_when_not() {
    let future = FdSpec { fd: 9, ino: 1, target: FdTarget::Named { kind: 99, name: b"?".into() } };
    let after = FdSpec { fd: 10, ino: 1, target: FdTarget::Named { kind: 1, name: b"/x".into() } };
    let mut writer = Writer::new();
    writer.section(2).fds(2, 42, &[future.clone(), after.clone()]).fds(1, 43, &[future, after]);
    let log = read(&writer.into_bytes());
    let fds: Vec<_> = log.calls.iter().filter(|call| call.starts_with("fd")).collect();
    assert_eq!(fds.len(), 2);
    assert!(fds[0].contains("kind: 99"), "{}", fds[0]);
    assert!(fds[1].contains("fd: 10"), "{}", fds[1]);
    assert_eq!(log.damages.len(), 1);
    assert_eq!((log.damages[0].block, log.damages[0].field), ("fd list", "fd type"));
}

fn interface(width: usize, speed: Option<u64>) -> InterfaceSpec {
    InterfaceSpec { addr: vec![10; width], mask: vec![255; width], broadcast: vec![11; width], speed, name: b"eth0".into() }
}

#[test]
fn machine_interfaces_users_and_groups_come_back() {
    let interfaces = [interface(4, Some(1_000)), interface(16, Some(0)), interface(4, None), interface(16, None)];
    let users = [
        UserSpec::User { uid: 33, gid: 34, name: b"www".into(), home: b"/var/www".into(), shell: b"/bin/sh".into() },
        UserSpec::Group { gid: 34, name: b"www-data".into() },
    ];
    for mut writer in writers() {
        let machine = MachineSpec { cpus: 4, memory: 8 << 30, host: b"capbox".into(), boot_ts: 12 };
        writer.section(2).machine(&machine).interfaces(1, &interfaces).interfaces(2, &interfaces);
        writer.users(1, &users).users(2, &users);
        let log = read(&writer.into_bytes());
        assert_eq!(log.damages, []);
        assert_eq!(
            log.calls[1],
            format!("machine Machine {{ cpus: 4, memory: {}, host: {:?}, boot_ts: 12 }}", 8_u64 << 30, b"capbox")
        );
        let twice = |specs: Vec<String>| specs.clone().into_iter().chain(specs);
        let expected: Vec<String> = twice(interfaces.iter().map(|it| format!("interface {it:?}")).collect())
            .chain(twice(users.iter().map(|it| format!("{it:?}")).collect()))
            .map(|line| line.replace("InterfaceSpec", "Interface"))
            .collect();
        let found: Vec<String> = log.calls[2..]
            .iter()
            .map(|call| call.replace("user User", "User").replace("group Group", "Group"))
            .collect();
        assert_eq!(found, expected);
    }
}

fn event(kind: u16, params: &[&[u8]]) -> EventSpec {
    let params = params.iter().map(|param| param.to_vec()).collect();
    EventSpec { cpu: 3, flags: 1, ts: 1_534_527_348_514_648_551, tid: -5, kind, params, options: Vec::new() }
}

#[test]
fn every_event_block_comes_back() {
    for block in EventBlock::ALL {
        let mut writer = Writer::new();
        let specs = [
            event(5, &[b"\x01\0\0\0\0\0\0\0", b"abc", b"", b"/tmp/x\0"]),
            event(5, &[b"\x01\0\0\0\0\0\0\0", b"abc"]),
            event(6, &[]),
            event(280, &[b"notified\0"]),
            event(1_000, &[b"unknown", b"type"]),
        ];
        writer.section(2);
        for spec in &specs {
            writer.event(block, spec);
        }
        let log = read(&writer.into_bytes());
        assert_eq!(log.damages, [], "{block:?}");
        let expected: Vec<String> = specs
            .iter()
            .map(|spec| {
                let EventSpec { cpu, ts, tid, kind, params, .. } = spec;
                format!("{ts} {cpu} {tid} {kind} {} false {params:?}", block.has_flags())
            })
            .collect();
        assert_eq!(log.events, expected, "{block:?}");
    }
}

#[test]
fn lists_come_back_by_the_block_numbers_of_pre_releases() {
    // Alias of each block, and the list as it is written with its final number.
    let write = |list: usize| {
        let mut writer = Writer::new();
        writer.section(2);
        match list {
            0 => writer.machine(&MachineSpec::default()),
            1..=3 => writer.processes(list as u8, &[process()]),
            4 => writer.fds(1, 10, &fds()),
            5 => writer.interfaces(1, &[interface(4, Some(7))]),
            _ => writer.users(1, &[UserSpec::Group { gid: 34, name: b"www-data".into() }]),
        };
        writer.event(EventBlock::V2, &event(6, &[]));
        writer.into_bytes()
    };
    let aliases = [0x8002_abcd_u32, 0x8000_abcd, 0x8013_abcd, 0x8014_abcd, 0x8001_abcd, 0x8011_abcd, 0x8012_abcd];
    for (list, alias) in aliases.into_iter().enumerate() {
        let bytes = write(list);
        let mut aliased = bytes.clone();
        aliased[28..32].copy_from_slice(&alias.to_le_bytes());
        let (plain, aliased) = (read(&bytes), read(&aliased));
        assert_eq!(aliased.damages, [], "{alias:#x}");
        assert_eq!(plain.calls, aliased.calls, "{alias:#x}");
        assert!(plain.calls.len() > 1, "{alias:#x}: {:?}", plain.calls);
    }
}

#[test]
fn big_endian_events_come_in_our_byte_order() {
    for block in EventBlock::ALL {
        let mut writer = Writer::big_endian();
        writer.section(2).event(block, &event(5, &[&7_u64.to_be_bytes(), &[1, 2]]));
        let log = read(&writer.into_bytes());
        assert_eq!(log.damages, [], "{block:?}");
        assert!(log.calls[0].contains("big_endian: true"));
        let param = 7_u64.to_le_bytes();
        let flag = block.has_flags();
        assert_eq!(log.events, [format!("1534527348514648551 3 -5 5 {flag} false [{param:?}, [2, 1]]")]);
    }
}

#[test]
fn events_without_a_count_have_the_one_that_fills_them() {
    // Empty parameters at the end, and data that read like further lengths.
    let many: Vec<&[u8]> = vec![b"\0\0"; 30];
    let cases: [&[&[u8]]; 5] = [&[], &[b""], &[b"", b""], &[b"\0\0\0\0", b"", b"\0\0"], &many];
    let mut writer = Writer::new();
    writer.section(1);
    for params in cases {
        writer.event(EventBlock::V1, &event(152, params));
    }
    let log = read(&writer.into_bytes());
    assert_eq!(log.damages, []);
    for (event, params) in log.events.iter().zip(cases) {
        assert!(event.ends_with(&format!("{params:?}")), "{event}");
    }
}

#[test]
fn an_event_whose_type_and_block_disagree_about_the_width_of_lengths_is_read_by_what_adds_up() {
    let mut writer = Writer::new();
    writer.section(2).event(EventBlock::Large, &event(5, &[b"abc", b"d"]));
    let mut bytes = writer.into_bytes();
    bytes[28] = 0x16;
    bytes[29] = 0x02;
    let log = read(&bytes);
    assert_eq!(log.damages, []);
    assert!(log.events[0].ends_with(&format!("[{:?}, {:?}]", b"abc", b"d")), "{}", log.events[0]);
}

#[test]
fn pcapng_options_change_nothing() {
    let mut plain = Writer::new();
    plain.section(2).event(EventBlock::V2, &event(5, &[b"a", b"b"])).event(EventBlock::V2, &event(5, &[b"c", b"d"]));
    let mut commented = Writer::new();
    let options = commented.comment(b"seen on the mail host");
    commented.section_with(1, 2, &options);
    commented.event(EventBlock::V2, &EventSpec { options, ..event(5, &[b"a", b"b"]) });
    commented.event(EventBlock::V2, &event(5, &[b"c", b"d"]));
    let (plain, commented) = (read(&plain.into_bytes()), read(&commented.into_bytes()));
    assert_eq!(commented.damages, []);
    assert_eq!(plain.events, commented.events);
}

#[test]
fn sections_follow_each_other_each_in_its_own_byte_order() {
    let mut little = Writer::new();
    little.section(2).event(EventBlock::V2, &event(5, &[b"a", b"b"]));
    let mut big = Writer::big_endian();
    big.section(2).machine(&MachineSpec::default()).event(EventBlock::V2, &event(5, &[b"a", b"b"]));
    let bytes = [little.clone().into_bytes(), big.into_bytes(), little.into_bytes()].concat();
    let log = read(&bytes);
    assert_eq!(log.damages, []);
    let sections: Vec<bool> = log
        .calls
        .iter()
        .filter(|call| call.starts_with("section"))
        .map(|call| call.contains("big_endian: true"))
        .collect();
    assert_eq!(sections, [false, true, false]);
    assert_eq!(log.events.len(), 3);
    assert_eq!(log.events[0], log.events[1]);
}

#[test]
fn unknown_blocks_are_skipped_with_one_warning_for_each_type() {
    let mut writer = Writer::new();
    writer
        .section(2)
        .block(0xbad, b"one")
        .event(EventBlock::V2, &event(6, &[]))
        .block(0xbad, b"two...")
        .block(0xbae, b"");
    let log = read(&writer.into_bytes());
    assert_eq!(log.events.len(), 1);
    let found: Vec<_> = log.damages.iter().map(|it| (it.kind, it.offset, it.found.as_str(), it.skipped)).collect();
    assert_eq!(
        found,
        [
            (DamageKind::UnknownBlock, 28, "0x00000bad, 2 blocks", 16 + 20),
            (DamageKind::UnknownBlock, 28 + 16 + 40 + 20, "0x00000bae, 1 block", 12)
        ]
    );
}

#[test]
fn the_bytes_of_one_block_give_its_event_again() {
    struct Blocks<'b>(&'b [u8], bool, u32);
    impl Sink for Blocks<'_> {
        fn section(&mut self, section: &scap::metadata::Section) {
            self.1 = section.big_endian;
        }
        fn machine(&mut self, _: &scap::metadata::Machine) {}
        fn process(&mut self, _: &scap::metadata::Process<'_>) {}
        fn fd(&mut self, _: i64, _: &scap::metadata::Fd<'_>) {}
        fn interface(&mut self, _: &scap::metadata::Interface) {}
        fn user(&mut self, _: &scap::metadata::User<'_>) {}
        fn group(&mut self, _: &scap::metadata::Group<'_>) {}
        fn event(&mut self, event: &Event<'_>) {
            let start = event.offset as usize;
            let mut scratch = Vec::new();
            let block = &self.0[start..start + event.block_len as usize];
            let again = decode_event_block::<SmallTable>(block, event.offset, self.1, &mut scratch);
            assert_eq!(format!("{:?}", again.unwrap()), format!("{event:?}"));
            self.2 += 1;
        }
        fn damage(&mut self, damage: scap::Damage) {
            panic!("{damage:?}");
        }
    }
    for mut writer in writers() {
        writer.section(2);
        for block in EventBlock::ALL {
            writer.event(block, &event(5, &[b"abc", b"def"]));
        }
        let bytes = writer.into_bytes();
        let mut sink = Blocks(&bytes, false, 0);
        let mut reader = Reader::<SmallTable>::new(Limits::default());
        reader.push(&bytes, &mut sink);
        reader.finish(&mut sink);
        assert_eq!(sink.2, 7);
    }
    assert!(decode_event_block::<SmallTable>(b"\x16\x02\0\0\x0c\0\0\0\x0c\0\0\0", 0, false, &mut Vec::new()).is_none());
    assert!(decode_event_block::<SmallTable>(b"no event", 0, false, &mut Vec::new()).is_none());
}

#[test]
fn a_list_longer_than_the_limit_is_skipped_and_said_so() {
    let process = ProcessSpec { env: vec![b'e'; 4_000], ..process() };
    let mut writer = Writer::new();
    writer.section(2).processes(9, &vec![process; 20]).event(EventBlock::V2, &event(6, &[]));
    let bytes = writer.into_bytes();
    let mut reader = Reader::<SmallTable>::new(Limits { block: 4_096 });
    let mut log = Log::default();
    for slice in bytes.chunks(1_000) {
        reader.push(slice, &mut log);
    }
    reader.finish(&mut log);
    assert_eq!(log.events.len(), 1);
    assert_eq!(log.damages.len(), 1, "{:?}", log.damages);
    let damage = &log.damages[0];
    assert_eq!((damage.kind, damage.block, damage.field), (DamageKind::Limit, "process list", "block length"));
    assert_eq!((damage.offset, damage.skipped), (28 + 4, bytes.len() as u64 - 28 - 40));
}
