//! How the stream is cut into slices changes nothing, with and without damage.

mod common;

use common::{Random, blocks, read, read_slices, small};
use testkit::writer::{EventBlock, EventSpec, FdSpec, FdTarget, MachineSpec, ProcessSpec, UserSpec, Writer};

/// A little of everything.
fn mixed() -> Vec<u8> {
    let event = |kind: u16, data: &[u8]| EventSpec {
        ts: 1_000,
        tid: 7,
        kind,
        params: vec![vec![1, 0, 0, 0], data.to_vec()],
        ..EventSpec::default()
    };
    let fd = FdSpec { fd: 3, ino: 4, target: FdTarget::Named { kind: 1, name: b"/tmp/f".into() } };
    let user = UserSpec::User { uid: 0, gid: 0, name: b"root".into(), home: b"/root".into(), shell: b"/bin/sh".into() };
    let mut little = Writer::new();
    little.section(2).machine(&MachineSpec::default()).users(2, &[user]).processes(9, &[ProcessSpec::default()]);
    little.fds(2, 1, std::slice::from_ref(&fd)).event(EventBlock::V2, &event(5, b"hello"));
    little
        .block(0xbad, b"unknown")
        .event(EventBlock::V2Flags, &event(5, b""))
        .event(EventBlock::Large, &event(5, b"x"));
    let mut big = Writer::big_endian();
    big.section(0).processes(3, &[ProcessSpec::default(), ProcessSpec::default()]).fds(1, 1, &[fd]);
    big.event(EventBlock::V1, &event(5, b"abc")).event(EventBlock::V1Flags, &event(280, b"abc"));
    [little.into_bytes(), big.into_bytes()].concat()
}

/// The capture as it is, and with every kind of damage.
fn cases() -> Vec<Vec<u8>> {
    let whole = mixed();
    let mut cases = vec![whole.clone(), Vec::new(), b"just text\n".to_vec(), vec![0; 700]];
    let mut random = Random::new(7);
    for _ in 0..60 {
        let mut case = whole.clone();
        for _ in 0..1 + random.below(3) {
            let at = random.below(case.len());
            case[at] ^= 1 << random.below(8);
        }
        let (a, b) = (random.below(case.len()), random.below(200));
        match random.below(4) {
            0 => case.truncate(a),
            1 => drop(case.drain(a..(a + b).min(whole.len()))),
            2 => drop(case.splice(a..a, vec![0; b])),
            _ => {}
        }
        cases.push(case);
    }
    cases
}

#[test]
fn two_slices_cut_anywhere_read_like_one() {
    for (number, case) in cases().into_iter().enumerate() {
        let whole = read(&case);
        for at in 0..case.len() {
            assert_eq!(read_slices(&case, [at].into_iter()), whole, "case {number} cut at {at}");
        }
    }
}

#[test]
fn single_bytes_read_like_one_slice() {
    for (number, case) in cases().into_iter().enumerate() {
        let whole = read(&case);
        for size in [1, 2, 3, 7, 13] {
            assert_eq!(read_slices(&case, std::iter::repeat_n(size, case.len())), whole, "case {number} by {size}");
        }
    }
}

#[test]
fn a_real_capture_in_random_slices_reads_like_one_slice_damaged_or_not() {
    let bytes = small();
    let mut random = Random::new(11);
    for round in 0..60 {
        let mut case = bytes.clone();
        for _ in 0..round {
            let at = random.below(case.len());
            case[at] = random.next() as u8;
        }
        let whole = read(&case);
        let longest = [5, 100, 5_000, 100_000][round % 4];
        let sizes: Vec<usize> = (0..case.len()).map(|_| 1 + random.below(longest)).collect();
        assert_eq!(read_slices(&case, sizes.into_iter()), whole, "round {round}");
    }
}

#[test]
fn a_lie_about_a_length_far_beyond_the_slice_is_found_out_alike() {
    let bytes = small();
    for range in blocks(&bytes).into_iter().filter(|block| block.len() > 1_000) {
        let mut case = bytes.clone();
        for lie in [0_u32, 8, 12, 13, 100, 1 << 20, 5 << 20, 1 << 28, u32::MAX] {
            case[range.start + 4..range.start + 8].copy_from_slice(&lie.to_le_bytes());
            let whole = read(&case);
            assert_eq!(read_slices(&case, std::iter::repeat_n(4_099, case.len() / 4_099)), whole, "{lie} at {range:?}");
            assert_eq!(whole.events.len(), 2_000, "{lie} at {range:?}");
        }
    }
}
