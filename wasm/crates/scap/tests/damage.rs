//! Damage never ends reading and costs no more than the blocks it touches.

mod common;

use std::ops::Range;

use common::{Brief, Log, Random, SmallTable, blocks, read, read_briefly, small};
use scap::{DamageKind, Limits, Reader};
use testkit::writer::{EventBlock, EventSpec, ProcessSpec, Writer};

#[test]
fn a_capture_cut_anywhere_gives_all_events_before_the_cut_and_says_where() {
    let bytes = small();
    let whole = read_briefly(&bytes);
    let ends: Vec<usize> = blocks(&bytes).into_iter().map(|block| block.end).collect();
    let mut reader = Reader::<SmallTable>::new(Limits::default());
    let mut log = Brief::default();
    let mut ended = ends.iter().peekable();
    let mut start = 0;
    for cut in 0..=bytes.len() {
        // What a reader says that has had these bytes and hears that there are no more.
        let before = log.damages.len();
        let mut last = Brief::default();
        reader.clone().finish(&mut last);
        assert_eq!((before, last.events.len()), (0, 0), "cut at {cut}");
        let is_clean = cut == start && cut > 0;
        assert_eq!(last.damages.len(), usize::from(!is_clean), "cut at {cut}: {:?}", last.damages);
        if let Some(damage) = last.damages.first() {
            let kind = if cut == 0 { DamageKind::NotACapture } else { DamageKind::Truncated };
            assert_eq!(
                (damage.kind, damage.offset, damage.skipped),
                (kind, start as u64, (cut - start) as u64),
                "cut at {cut}"
            );
        }
        if let Some(byte) = bytes.get(cut..cut + 1) {
            reader.push(byte, &mut log);
        }
        while ended.next_if(|end| **end <= cut + 1).is_some() {
            start = cut + 1;
        }
    }
    assert_eq!(log.events, whole.events);
}

#[test]
fn the_processes_that_stand_wholly_before_a_cut_are_there() {
    let mut writer = Writer::new();
    writer.section(2).processes(9, &vec![ProcessSpec::default(); 10]);
    let bytes = writer.into_bytes();
    let log = read(&bytes[..bytes.len() - 100]);
    assert_eq!(log.calls.iter().filter(|call| call.starts_with("process")).count(), 9);
    let damage = &log.damages[0];
    let expected = format!("{} bytes", bytes.len() - 28);
    let found = format!("{} bytes", bytes.len() - 28 - 100);
    assert_eq!((damage.kind, damage.block), (DamageKind::Truncated, "process list"));
    assert_eq!((&damage.found, &damage.expected), (&found, &expected));
}

/// The capture under test with what an undamaged read gives.
struct Subject {
    bytes: Vec<u8>,
    blocks: Vec<Range<usize>>,
    whole: Brief,
}

impl Subject {
    fn new() -> Self {
        let bytes = small();
        let blocks = blocks(&bytes);
        let whole = read_briefly(&bytes);
        assert_eq!((whole.events.len(), whole.damages.len()), (2_000, 0));
        Self { bytes, blocks, whole }
    }

    /// The events whose blocks do not meet `touched`.
    fn untouched(&self, touched: &Range<usize>) -> Vec<&u64> {
        let meets = |start: usize, end: usize| start < touched.end && touched.start < end;
        let events = self.whole.offsets.iter().zip(&self.whole.events);
        let mut ends = self.whole.offsets.iter().skip(1).copied().chain([self.bytes.len() as u64]);
        events
            .filter(|(offset, _)| !meets(**offset as usize, ends.next().unwrap() as usize))
            .map(|(_, event)| event)
            .collect()
    }
}

/// Whether `part` is what is left of `all` after leaving some out.
fn is_within(part: &[&u64], all: &[u64]) -> bool {
    let mut all = all.iter();
    part.iter().all(|event| all.any(|other| other == *event))
}

/// Most memory that this process has ever had, in bytes; 0 where the system does not tell.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")).map_or(0, |kilobytes| kilobytes.parse::<usize>().expect("a number") << 10)
}

/// What damage may make of a capture of half a megabyte, all tests of this file at once: a lying length may ask for 4 GiB.
const MOST_MEMORY: usize = 256 << 20;

#[test]
fn one_wrong_byte_costs_at_most_the_block_it_stands_in() {
    let subject = Subject::new();
    let mut random = Random::new(1);
    for round in 0..10_000 {
        let mut bytes = subject.bytes.clone();
        let at = random.below(bytes.len());
        // Lengths and types deserve more than their share.
        let block = &subject.blocks[random.below(subject.blocks.len())];
        let at = if round % 2 == 0 { at } else { block.start + random.below(40.min(block.len())) };
        let value = random.next() as u8;
        let changed = bytes[at] != value;
        bytes[at] = value;
        let log = read_briefly(&bytes);
        let untouched = subject.untouched(&(at..at + 1));
        assert!(is_within(&untouched, &log.events), "byte {at} set to {value}: {:?}", log.damages);
        assert!(log.events.len() <= 2_000, "byte {at} set to {value} invents events: {:?}", log.damages);
        if log.events.len() < 2_000 {
            assert!(changed && !log.damages.is_empty(), "byte {at} set to {value} loses an event without a word");
        }
        for damage in &log.damages {
            assert!(damage.offset + damage.skipped <= bytes.len() as u64, "{damage:?}");
            assert!(
                (at as u64) < damage.offset + damage.skipped + 70_000 && damage.offset <= at as u64 + 70_000,
                "byte {at}: {damage:?}"
            );
        }
    }
    assert!(peak_memory() < MOST_MEMORY, "{} bytes", peak_memory());
}

#[test]
fn blocks_removed_doubled_swapped_or_blanked_cost_nothing_else() {
    let subject = Subject::new();
    let blocks = &subject.blocks;
    let mut random = Random::new(2);
    for round in 0..1_000 {
        let block = if round < 60 { round } else { random.below(blocks.len()) };
        let (one, other) = (blocks[block].clone(), blocks[random.below(blocks.len())].clone());
        let mut bytes = subject.bytes.clone();
        let untouched = match round % 4 {
            0 => {
                bytes.drain(one.clone());
                subject.untouched(&one)
            }
            1 => {
                let copy = bytes[one.clone()].to_vec();
                bytes.splice(one.start..one.start, copy);
                subject.untouched(&(0..0))
            }
            2 => {
                bytes[one.clone()].fill(0);
                subject.untouched(&one)
            }
            _ => {
                let (first, last) = if one.start < other.start { (one, other) } else { (other, one) };
                let swapped = [
                    &bytes[..first.start],
                    &bytes[last.clone()],
                    &bytes[first.end.min(last.start)..last.start],
                    &bytes[first.clone()],
                    &bytes[last.end..],
                ];
                let is_same = first == last;
                bytes = if is_same { bytes } else { swapped.concat() };
                // Those between stay in order; both that moved are still there, somewhere.
                let log = read_briefly(&bytes);
                assert_eq!(log.events.len(), 2_000, "round {round}");
                let others = subject.untouched(&last);
                subject.untouched(&first).into_iter().filter(|event| others.contains(event)).collect()
            }
        };
        let log = read_briefly(&bytes);
        assert!(is_within(&untouched, &log.events), "round {round}: {:?}", log.damages);
        assert!(log.events.len() <= 2_001, "round {round}");
    }
    assert!(peak_memory() < MOST_MEMORY, "{} bytes", peak_memory());
}

#[test]
fn bytes_lost_inserted_or_blanked_anywhere_cost_at_most_the_blocks_they_touch() {
    let subject = Subject::new();
    let mut random = Random::new(3);
    for round in 0..1_000 {
        let start = random.below(subject.bytes.len());
        let end = (start + 1 + random.below([4, 60, 600, 6_000][round / 3 % 4])).min(subject.bytes.len());
        let mut bytes = subject.bytes.clone();
        let touched = match round % 3 {
            0 => {
                bytes.drain(start..end);
                start..end
            }
            1 => {
                bytes[start..end].fill(0);
                start..end
            }
            _ => {
                let noise: Vec<u8> = (start..end).map(|_| random.next() as u8).collect();
                bytes.splice(start..start, noise);
                start..start + 1
            }
        };
        let log = read_briefly(&bytes);
        let untouched = subject.untouched(&touched);
        assert!(is_within(&untouched, &log.events), "round {round}, {start}..{end}: {:?}", log.damages);
        assert!(log.events.len() <= 2_000, "round {round} invents events");
    }
}

fn event(kind: u16) -> EventSpec {
    EventSpec { ts: 1, tid: 7, kind, params: vec![b"abcd".into(), b"efgh".into()], ..EventSpec::default() }
}

fn three_events() -> (Vec<u8>, Range<usize>) {
    let mut writer = Writer::new();
    writer.section(2).event(EventBlock::V2, &event(1));
    let start = writer.len();
    writer.event(EventBlock::V2, &event(2));
    let end = writer.len();
    writer.event(EventBlock::V2, &event(3));
    (writer.into_bytes(), start..end)
}

/// Reads the three events with one u32 of the second changed.
fn with_word(at: usize, value: u32) -> (Log, usize) {
    let (mut bytes, second) = three_events();
    bytes[second.start + at..second.start + at + 4].copy_from_slice(&value.to_le_bytes());
    (read(&bytes), second.start)
}

#[test]
fn a_wrong_length_in_front_or_behind_costs_nothing() {
    let (bytes, second) = three_events();
    let whole = read(&bytes);
    for (at, value, field) in [
        (4, 0, "block length"),
        (4, 48, "block length"),
        (4, 1 << 31, "block length"),
        (second.len() - 4, 7, "trailing block length"),
    ] {
        let (log, start) = with_word(at, value);
        assert_eq!(log.events, whole.events, "{field} {value}");
        assert_eq!(log.damages.len(), 1);
        let damage = &log.damages[0];
        assert_eq!((damage.kind, damage.block, damage.field), (DamageKind::Malformed, "event", field));
        assert_eq!((damage.offset, damage.skipped), ((start + at) as u64, 0));
        assert_eq!((&damage.found, &damage.expected), (&value.to_string(), &second.len().to_string()));
    }
}

#[test]
fn a_wrong_event_length_or_parameter_count_costs_nothing() {
    let (bytes, _) = three_events();
    let whole = read(&bytes);
    for (at, value, field, expected) in
        [(26, 1_000, "event length", "38"), (26, 3, "event length", "38"), (32, 9, "parameter count", "2")]
    {
        let (log, start) = with_word(at, value);
        assert_eq!(log.events, whole.events, "{field} {value}");
        let damage = &log.damages[0];
        assert_eq!((damage.field, damage.offset), (field, (start + at) as u64));
        assert_eq!((&damage.found, damage.expected.as_str()), (&value.to_string(), expected));
    }
}

#[test]
fn an_event_whose_parameter_lengths_lie_keeps_its_row() {
    let (log, start) = with_word(36, 0x0004_0005);
    assert_eq!(log.events.len(), 3);
    assert_eq!(log.events[1], "1 0 7 2 false true []");
    let damage = &log.damages[0];
    assert_eq!((damage.field, damage.offset, damage.skipped), ("parameter lengths", start as u64 + 36, 0));
}

#[test]
fn noise_between_blocks_is_reported_once_with_its_length() {
    let (bytes, second) = three_events();
    let noise = [[0xee; 50].as_slice(), b"\x16\x02\0\0\x30\0\0\0 no event".as_slice(), &[0xee; 40]].concat();
    let log = read(&[&bytes[..second.start], &noise, &bytes[second.start..]].concat());
    assert_eq!(log.events.len(), 3);
    assert_eq!(log.damages.len(), 1, "{:?}", log.damages);
    assert_eq!((log.damages[0].offset, log.damages[0].skipped), (second.start as u64, noise.len() as u64));
}

#[test]
fn a_capture_without_its_header_is_still_one() {
    let (bytes, _) = three_events();
    for lost in [28, 20, 3] {
        let log = read(&bytes[lost..]);
        assert_eq!(log.events.len(), 3, "{lost} bytes lost");
        assert!(log.calls.iter().any(|call| call.starts_with("section")));
        assert_eq!(log.damages[0].block, "section header");
    }
    let mut big = Writer::big_endian();
    big.section(2).event(EventBlock::V2, &event(1)).event(EventBlock::V2, &event(2));
    let log = read(&big.into_bytes()[28..]);
    assert_eq!(log.events.len(), 2);
    assert!(log.calls.iter().any(|call| call.starts_with("section") && call.contains("big_endian: true")));
}

#[test]
fn what_is_no_capture_is_named() {
    let pcapng = {
        let mut writer = Writer::new();
        writer.section_with(1, 0, &[]).block(1, &[0; 8]).block(6, &[0; 40]);
        writer.into_bytes()
    };
    for (bytes, found) in [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "PNG image"),
        (b"10 12:00:00 0 cat (7) > open\n".repeat(100), "text"),
        (Vec::new(), "empty file"),
        (vec![0; 3 << 20], "binary data"),
        (pcapng, "pcapng"),
    ] {
        let log = read(&bytes);
        assert_eq!(log.damages.len(), 1, "{found}: {:?}", log.damages);
        assert_eq!((log.damages[0].kind, log.damages[0].found.as_str()), (DamageKind::NotACapture, found));
        assert_eq!(log.events.len(), 0);
    }
}

#[test]
fn a_newer_format_is_said_and_read() {
    let mut writer = Writer::new();
    writer.section_with(2, 0, &[]).event(EventBlock::V2, &event(1));
    let log = read(&writer.into_bytes());
    assert_eq!(log.events.len(), 1);
    assert_eq!(log.damages.len(), 1);
    assert_eq!((log.damages[0].kind, log.damages[0].found.as_str()), (DamageKind::Unsupported, "2"));
}

#[test]
fn a_bad_entry_of_a_list_costs_itself() {
    let mut writer = Writer::new();
    let process = |tid| ProcessSpec { tid, comm: b"comm".into(), ..ProcessSpec::default() };
    writer.section(2).processes(9, &[process(1), process(2), process(3)]);
    let mut bytes = writer.into_bytes();
    let second = bytes.windows(6).enumerate().filter(|(_, it)| it.ends_with(b"comm")).nth(1).unwrap().0;
    bytes[second..second + 2].copy_from_slice(&u16::MAX.to_le_bytes());
    let log = read(&bytes);
    assert_eq!(log.calls.iter().filter(|call| call.starts_with("process")).count(), 2);
    assert_eq!((log.damages.len(), log.damages[0].block, log.damages[0].field), (1, "process list", "process entry"));
}

#[test]
fn an_event_that_adds_up_is_given_though_all_behind_it_is_gone() {
    let subject = Subject::new();
    let block = &subject.blocks[1_000];
    let mut bytes = subject.bytes.clone();
    bytes[block.end - 4..].fill(0);
    let log = read_briefly(&bytes);
    let given = subject.untouched(&(block.end..bytes.len()));
    assert_eq!(log.events.iter().collect::<Vec<_>>(), given, "{:?}", log.damages);
    assert!(!log.damages.is_empty());
}

/// Reads headers as sysdig does, in slices of at most so many bytes.
fn read_trusting(bytes: &[u8], longest: usize) -> Log {
    let mut reader = Reader::<SmallTable>::new(Limits::default()).trusting_headers(true);
    let mut log = Log::default();
    for slice in bytes.chunks(longest) {
        reader.push(slice, &mut log);
    }
    reader.finish(&mut log);
    log
}

#[test]
fn trusted_headers_give_the_events_that_nothing_else_speaks_for() {
    let (bytes, second) = three_events();
    // Nothing of the second and third event is left but their headers, and noise follows.
    let mut bare = bytes.clone();
    for start in [second.start, second.end] {
        bare[start + 26..start + 30].fill(0xee);
        bare[start + 32..start + second.len()].fill(0xee);
    }
    let noisy = [&bare, [0xee; 60].as_slice()].concat();
    assert_eq!(read(&noisy).events, read(&bytes).events[..1]);
    let seen = ["1 0 7 1 false false [[97, 98, 99, 100], [101, 102, 103, 104]]", "1 0 7 2 false true []", "1 0 7 3 false true []"];
    for longest in [1, 7, 50, usize::MAX] {
        assert_eq!(read_trusting(&noisy, longest).events, seen, "{longest} bytes at a time");
    }
    // Block lengths agree, and the event's own has no room in it: one event for sysdig, none for us.
    let mut framed = bare.clone();
    for start in [second.start, second.end] {
        let len = second.len() as u32;
        framed[start + second.len() - 4..start + second.len()].copy_from_slice(&len.to_le_bytes());
    }
    assert_eq!((read(&framed).events.len(), read_trusting(&framed, 9).events), (1, seen.map(str::to_owned).to_vec()));
    // What is found without trust is found with it, too.
    let behind = [noisy.as_slice(), &bytes[second.clone()]].concat();
    assert_eq!((read(&behind).events.len(), read_trusting(&behind, 9).events.len()), (2, 4));
    // A header that has no room for an event is not one for sysdig either.
    let mut short = noisy.clone();
    short[second.start + 4..second.start + 8].copy_from_slice(&37_u32.to_le_bytes());
    assert_eq!(read_trusting(&short, 9).events.len(), 1);
}
