//! Packed captures: whole, cut, damaged, in slices, and read from the middle.

mod common;

use common::{Random, Unpacked, blocks, read_briefly, small, small_packed, unpack};
use scap::inflate::Cursor;
use scap::{Damage, DamageKind, Format, Inflate, Inflated, RestartPoints};
use testkit::{gzip, gzip_flushed};

/// Bytes that pack well and never repeat for long.
fn long(len: usize) -> Vec<u8> {
    let mut random = Random::new(5);
    let mut bytes = Vec::with_capacity(len + 64);
    while bytes.len() < len {
        let back = random.below(30_000).min(bytes.len());
        let start = bytes.len() - back;
        for at in start..start + random.below(200).min(back) {
            bytes.push(bytes[at]);
        }
        bytes.extend(random.next().to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

fn unpack_slices(packed: &[u8], mut size: impl FnMut() -> usize) -> (Unpacked, Inflate) {
    let mut inflate = Inflate::new();
    let mut out = Unpacked::default();
    let mut rest = packed;
    while !rest.is_empty() {
        let (slice, behind) = rest.split_at(size().clamp(1, rest.len()));
        inflate.push(slice, &mut out);
        rest = behind;
    }
    inflate.finish(&mut out);
    (out, inflate)
}

#[test]
fn a_raw_file_passes_through() {
    let bytes = small();
    let (out, inflate) = unpack_slices(&bytes, || 1_000);
    assert_eq!(inflate.format(), Some(Format::Raw));
    assert_eq!(out.bytes, bytes);
    for few in [&[][..], &[0x1f], &[0x1f, 0x8b], &[0x1f, 0x8b, 7], &[0x0a]] {
        assert_eq!(unpack(few).bytes, few, "too few bytes to tell, or not gzip");
    }
}

#[test]
fn members_follow_each_other_and_slices_change_nothing() {
    let parts = [long(300_000), Vec::new(), long(10)];
    // The last member has every optional header field.
    let mut fancy = gzip(&parts[2]);
    fancy[3] = 2 | 4 | 8 | 16;
    fancy.splice(10..10, *b"\x03\0xyzname.scap\0a comment\0cc");
    let packed = [gzip(&parts[0]), gzip_flushed(&parts[1], 1), fancy, vec![0; 512]].concat();
    let mut random = Random::new(9);
    for longest in [1, 2, 9, 1_000, usize::MAX] {
        let (out, inflate) = unpack_slices(&packed, || 1 + random.below(longest));
        assert_eq!(out.damages, [], "slices up to {longest}");
        assert!(out.bytes == parts.concat(), "slices up to {longest}");
        assert_eq!(inflate.format(), Some(Format::Gzip));
        assert_eq!(inflate.inflated(), 300_010);
    }
}

/// A file of a real ring of 250 events, packed by its recorder, and by the `zstd` and `lz4` programs in blocks of 4 KiB.
fn ring() -> [(Format, Vec<u8>); 3] {
    let read = |path: &str| {
        std::fs::read(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).expect("the capture is part of the project")
    };
    [
        (Format::Gzip, read("../../captures/variant-kmod-0.29.3-ringe.scap.gz1")),
        (Format::Zstd, read("tests/data/ringe1.scap.zst")),
        (Format::Lz4, read("tests/data/ringe1.scap.lz4")),
    ]
}

/// Where the blocks of a frame end: walked by their lengths alone.
fn frame_blocks(format: Format, packed: &[u8]) -> Vec<usize> {
    let word = |at: usize, width| packed[at..at + width].iter().rev().fold(0, |word, byte| word << 8 | usize::from(*byte));
    let is_zstd = format == Format::Zstd;
    // No dictionary; a window, and the length of the contents in two bytes. lz4: flags, block size and their checksum.
    assert!(!is_zstd || packed[4] & 0xe3 == 0x40, "{:#x}", packed[4]);
    let mut at = if is_zstd { 4 + 1 + 1 + 2 } else { 7 };
    let mut ends = Vec::new();
    loop {
        let (header, len, is_last) = match is_zstd {
            true => (3, word(at, 3) >> 3, word(at, 3) & 1 == 1),
            false => (4, word(at, 4) & 0x7fff_ffff, word(at, 4) == 0),
        };
        if is_zstd || !is_last {
            ends.push(at + header + len);
        }
        if is_last {
            return ends;
        }
        at += header + len;
    }
}

#[test]
fn a_packed_capture_cut_at_any_byte_gives_all_events_before_the_cut_and_says_where() {
    for (format, packed) in ring() {
        let all = unpack(&packed);
        assert_eq!((all.bytes.len(), all.damages.len()), (54_372, 0));
        let whole = read_briefly(&all.bytes);
        assert_eq!((whole.events.len(), whole.damages.len()), (253, 0));
        let blocks = blocks(&all.bytes);
        let frame_blocks = if format == Format::Gzip { Vec::new() } else { frame_blocks(format, &packed) };
        let (mut before, mut grown) = (usize::MAX, 0);
        for cut in 0..packed.len() {
            let out = unpack(&packed[..cut]);
            if cut < if format == Format::Gzip { 3 } else { 4 } {
                // Nothing tells yet how it is packed.
                assert_eq!(read_briefly(&out.bytes).damages[0].kind, DamageKind::NotACapture);
                continue;
            }
            assert!(all.bytes.starts_with(&out.bytes), "{format:?} cut at {cut}");
            let len = out.bytes.len();
            assert_eq!(out.damages.len(), 1, "{format:?} cut at {cut}");
            assert_eq!((out.damages[0].kind, out.damages[0].offset), (DamageKind::Truncated, len as u64));
            if format != Format::Gzip {
                let there = frame_blocks.iter().filter(|end| **end <= cut).count();
                let whole_blocks = (there * 4_096).min(all.bytes.len());
                // Of the block that is cut, lz4 tells what stands before the cut.
                let longest = if format == Format::Lz4 { whole_blocks + 4_096 } else { whole_blocks };
                assert!((whole_blocks..=longest).contains(&len), "{format:?} cut at {cut}: {len} bytes");
            }
            if len == before {
                continue;
            }
            assert!(before == usize::MAX || len > before, "{format:?} cut at {cut}: a longer file gives no less");
            grown += 1;
            before = len;
            let log = read_briefly(&out.bytes);
            let start = blocks.iter().map(|block| block.end).take_while(|end| *end <= len).last().unwrap_or(0);
            let there = whole.offsets.iter().filter(|offset| **offset < start as u64).count();
            assert!(log.events == whole.events[..there], "{format:?} cut at {cut}");
            assert_eq!(log.damages.len(), usize::from(len == 0 || start < len), "{format:?} cut at {cut}");
            if let Some(damage) = log.damages.first().filter(|_| len > 0) {
                let found = (damage.kind, damage.offset, damage.skipped);
                assert_eq!(found, (DamageKind::Truncated, start as u64, (len - start) as u64), "{format:?} cut at {cut}");
            }
        }
        assert_eq!(before, all.bytes.len(), "all of it is there before the checksum is");
        // Codes are shorter than a byte or a little longer.
        assert!(format == Format::Zstd || grown > packed.len() / 4, "{format:?}: {grown} steps in {} bytes", packed.len());
    }
}

#[test]
fn a_longer_packed_capture_cut_in_many_places_gives_what_stands_before_the_cut() {
    let packed = small_packed();
    let whole = small();
    let mut before = 0;
    for cut in (3..packed.len()).step_by(61) {
        let out = unpack(&packed[..cut]);
        assert!(whole.starts_with(&out.bytes), "cut at {cut}");
        assert_eq!(out.damages.len(), 1, "cut at {cut}");
        let damage = &out.damages[0];
        assert_eq!((damage.kind, damage.offset), (DamageKind::Truncated, out.bytes.len() as u64), "cut at {cut}");
        assert!(out.bytes.len() >= before, "cut at {cut}: a longer file gives no less");
        before = out.bytes.len();
    }
}

#[test]
fn a_wrong_checksum_or_length_is_said() {
    let mut packed = gzip(b"hello");
    let len = packed.len();
    packed[len - 1] ^= 1;
    let out = unpack(&packed);
    assert_eq!(out.bytes, b"hello");
    assert_eq!((out.damages.len(), out.damages[0].kind, out.damages[0].field), (1, DamageKind::Malformed, "checksum"));
    packed[len - 1] ^= 1;
    packed[len - 6] ^= 1;
    assert_eq!(unpack(&packed).damages[0].field, "checksum");
}

#[test]
fn behind_damage_reading_goes_on_at_the_next_flush_or_member() {
    let bytes = long(400_000);
    let piece = 20_000;
    let packed = [gzip_flushed(&bytes, piece), gzip(b"next member")].concat();
    let mut random = Random::new(3);
    let mut recovered = 0;
    for round in 0..60 {
        let mut packed = packed.clone();
        let at = 10 + random.below(packed.len() - 60);
        packed[at] ^= 1 << random.below(8);
        let out = unpack(&packed);
        assert_ne!(out.damages, [], "round {round}: the checksum would tell at least");
        assert!(out.bytes.ends_with(b"next member"), "round {round}: {:?}", out.damages);
        // Of twenty pieces between flushes one is damaged; a second one goes where the damage swallows the flush.
        // Each stands where it stood, or as much earlier as the damaged one lost.
        let is_intact = |(number, bytes): &(usize, &[u8])| {
            let middle = &bytes[piece / 2..][..40];
            let near = (number * piece).saturating_sub(piece)..out.bytes.len().min((number + 2) * piece);
            out.bytes.get(near).is_some_and(|near| near.windows(40).any(|it| it == middle))
        };
        recovered += bytes.chunks(piece).enumerate().filter(is_intact).count();
    }
    assert!(recovered > 60 * 18, "{recovered} pieces of {}", 60 * 20);
}

#[test]
fn bytes_behind_the_last_member_are_said() {
    let packed = [gzip(b"hello").as_slice(), b"\0\0trailing"].concat();
    let out = unpack(&packed);
    assert_eq!(out.bytes, b"hello");
    assert_eq!((out.damages.len(), out.damages[0].field), (1, "member header"));
}

/// Counts without keeping.
#[derive(Default)]
struct Sizes {
    total: u64,
    largest: usize,
}

impl Inflated for Sizes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        self.largest = self.largest.max(bytes.len());
    }
    fn damage(&mut self, damage: Damage) {
        panic!("{damage:?}");
    }
}

#[test]
fn a_bomb_comes_in_small_pieces_and_costs_no_memory() {
    let packed = gzip(&vec![0; 40 << 20]);
    assert!(packed.len() < 100_000);
    let mut inflate = Inflate::new();
    let mut sizes = Sizes::default();
    inflate.push(&packed, &mut sizes);
    inflate.finish(&mut sizes);
    assert_eq!(sizes.total, 40 << 20);
    assert!(sizes.largest <= 288 << 10);
    assert!(inflate.points().memory() < (40 << 20) * 3 / 100, "{}", inflate.points().memory());
}

#[test]
fn bombs_of_zstd_and_lz4_come_in_blocks_and_cost_no_memory() {
    // A frame with a window of 2 MiB: 320 blocks of 128 KiB, each one byte repeated, the last of them marked.
    let mut zstd = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 11 << 3];
    for block in 1..=320_u32 {
        let header = (128 << 10) << 3 | 1 << 1 | u32::from(block == 320);
        zstd.extend([header.to_le_bytes()[0], header.to_le_bytes()[1], header.to_le_bytes()[2], 0]);
    }
    let mut blocks = lz4_flex::frame::FrameInfo::new();
    blocks.block_size = lz4_flex::frame::BlockSize::Max4MB;
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(blocks, Vec::new());
    std::io::Write::write_all(&mut encoder, &vec![0; 40 << 20]).unwrap();
    let lz4 = encoder.finish().unwrap();
    for (packed, longest, format) in [(zstd, 128 << 10, Format::Zstd), (lz4, 4 << 20, Format::Lz4)] {
        assert!(packed.len() < 200_000, "{format:?}: {}", packed.len());
        let mut inflate = Inflate::new();
        let mut sizes = Sizes::default();
        inflate.push(&packed, &mut sizes);
        inflate.finish(&mut sizes);
        assert_eq!((sizes.total, inflate.format()), (40 << 20, Some(format)));
        assert!(sizes.largest <= longest, "{format:?}: {}", sizes.largest);
        assert!(inflate.points().memory() < (40 << 20) * 3 / 100, "{}", inflate.points().memory());
    }
}

#[test]
fn a_window_or_block_larger_than_any_is_refused_in_words() {
    // A window of 2 TiB; content of 2^64 - 1 bytes as a single window; a block longer than blocks can be.
    let window = [&[0x28, 0xb5, 0x2f, 0xfd, 0, 31 << 3][..], &[3, 0, 8, 0]].concat();
    let single = [&[0x28, 0xb5, 0x2f, 0xfd, 0xe0][..], &[0xff; 8], &[3, 0, 8, 0]].concat();
    let block = [&[0x28, 0xb5, 0x2f, 0xfd, 0, 11 << 3][..], &[0xfb, 0xff, 0xff, 0]].concat();
    for packed in [window, single, block] {
        let out = unpack(&packed);
        assert!(out.bytes.is_empty());
        assert_eq!((out.damages.len(), out.damages[0].kind), (1, DamageKind::Malformed), "{:?}", out.damages);
        let words = ["a window of ", "bytes that do not unpack at byte "];
        assert!(words.iter().any(|words| out.damages[0].found.starts_with(words)), "{:?}", out.damages);
    }
}

/// Reads pieces everywhere, forwards, backwards and across points, and compares.
fn assert_reads_anywhere(packed: &[u8], bytes: &[u8], points: &RestartPoints) {
    let mut random = Random::new(4);
    let mut cursor = Cursor::default();
    let mut at = 0;
    for round in 0..150 {
        at = match round % 3 {
            0 => random.below(bytes.len() + 10),
            1 => at + random.below(100_000),
            _ => at.saturating_sub(random.below(1_000)),
        };
        let mut buf = vec![0; 1 + random.below(10_000)];
        let expected = bytes.get(at..(at + buf.len()).min(bytes.len())).unwrap_or_default();
        let mut file = packed;
        let len = cursor.read_at(points, &mut file, at as u64, &mut buf).unwrap();
        assert!(buf[..len] == *expected, "round {round}: {len} bytes at {at}");
        if round % 10 == 0 {
            let len = points.read_at(&mut file, at as u64, &mut buf).unwrap();
            assert!(buf[..len] == *expected, "round {round}: {len} bytes at {at} afresh");
        }
    }
}

#[test]
fn any_part_of_the_stream_is_read_again_from_the_nearest_point() {
    let bytes = long(15 << 20);
    let (first, second) = bytes.split_at(6 << 20);
    let packed = [gzip(first), gzip_flushed(second, 3 << 20)].concat();
    let (out, mut inflate) = unpack_slices(&packed, || 70_000);
    assert_eq!(out.damages, []);
    assert!(inflate.points().memory() * 100 < bytes.len() * 3, "{}", inflate.points().memory());
    assert_reads_anywhere(&packed, &bytes, inflate.points());

    let sent = inflate.points().to_bytes();
    assert_eq!(RestartPoints::from_bytes(&sent).unwrap().to_bytes(), sent);
    for cut in [0, 5, 30, sent.len() - 1] {
        assert_eq!(
            RestartPoints::from_bytes(&sent[..cut]).map(|it| it.to_bytes().len() == sent.len()),
            None,
            "cut at {cut}"
        );
    }
    let received = RestartPoints::from_bytes(&inflate.take_points().to_bytes()).unwrap();
    assert_reads_anywhere(&packed, &bytes, &received);
}

#[test]
fn points_sent_while_reading_add_up() {
    let bytes = long(10 << 20);
    let packed = gzip(&bytes);
    let mut inflate = Inflate::new();
    let mut points = RestartPoints::default();
    for slice in packed.chunks(1 << 20) {
        inflate.push(slice, &mut Sizes::default());
        points.append(RestartPoints::from_bytes(&inflate.take_points().to_bytes()).unwrap());
    }
    inflate.finish(&mut Sizes::default());
    assert!(points.memory() > 2 * 32_768);
    assert_reads_anywhere(&packed, &bytes, &points);
}

#[test]
fn a_stream_with_a_gap_is_read_again_as_it_was_read_first() {
    let bytes = long(9 << 20);
    let mut packed = gzip_flushed(&bytes, 500_000);
    for at in [packed.len() / 3, packed.len() / 2] {
        packed[at..at + 40].fill(0xff);
    }
    let (out, inflate) = unpack_slices(&packed, || 70_000);
    assert!(!out.damages.is_empty());
    assert_reads_anywhere(&packed, &out.bytes, inflate.points());
}

#[test]
fn a_frame_that_is_cut_short_is_read_again_as_it_was_read_first() {
    for (format, packed) in other_packings() {
        for lost in [9, 2] {
            let packed = &packed[..packed.len() - lost];
            let (out, inflate) = unpack_slices(packed, || 70_000);
            // The small capture is one block of the lz4 program.
            assert!(format == Format::Lz4 || out.bytes.len() > 100_000, "{format:?}");
            assert_reads_anywhere(packed, &out.bytes, inflate.points());
        }
    }
}

#[test]
fn raw_files_are_read_where_they_stand() {
    let bytes = small();
    let (_, inflate) = unpack_slices(&bytes, || 5_000);
    assert_eq!(inflate.points().memory(), 0);
    assert_reads_anywhere(&bytes, &bytes, inflate.points());
}

#[test]
fn noise_and_damaged_archives_end_quickly_and_quietly() {
    let packed = small_packed();
    let mut random = Random::new(6);
    for _ in 0..300 {
        let mut packed = packed.clone();
        for _ in 0..1 + random.below(20) {
            let at = 3 + random.below(packed.len() - 3);
            packed[at] = random.next() as u8;
        }
        let (whole, _) = unpack_slices(&packed, || usize::MAX);
        let (sliced, _) = unpack_slices(&packed, || 1 + random.below(40));
        assert!(whole.bytes == sliced.bytes);
        assert_eq!(whole.damages.len(), sliced.damages.len());
    }
}

/// What the `zstd` and `lz4` programs make of the small capture.
fn other_packings() -> [(Format, Vec<u8>); 3] {
    let read = |ending: &str| {
        let path = format!("{}/tests/data/n2000.scap.{ending}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).expect("the capture is part of the project")
    };
    let mut linked = lz4_flex::frame::FrameInfo::new();
    linked.block_mode = lz4_flex::frame::BlockMode::Linked;
    linked.block_checksums = true;
    linked.content_checksum = true;
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(linked, Vec::new());
    std::io::Write::write_all(&mut encoder, &small()).unwrap();
    [(Format::Zstd, read("zst")), (Format::Lz4, read("lz4")), (Format::Lz4, encoder.finish().unwrap())]
}

#[test]
fn zstd_and_lz4_frames_unpack_in_any_slices() {
    let whole = small();
    let mut random = Random::new(8);
    for (format, packed) in other_packings() {
        for longest in [1, 100, usize::MAX] {
            let (out, inflate) = unpack_slices(&packed, || 1 + random.below(longest));
            assert_eq!((inflate.format(), out.damages), (Some(format), Vec::new()));
            assert!(out.bytes == whole, "{format:?} in slices up to {longest}");
        }
        // Frames of other contents between two frames.
        let other = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        let out = unpack(&[packed.as_slice(), &other, &packed].concat());
        assert_eq!(out.damages, []);
        assert!(out.bytes == [whole.as_slice(), &whole].concat());
    }
}

#[test]
fn zstd_and_lz4_frames_cut_or_damaged_give_what_they_can_and_say_so() {
    let whole = small();
    let mut random = Random::new(10);
    for (format, packed) in other_packings() {
        for _ in 0..150 {
            let cut = 4 + random.below(packed.len() - 4);
            let out = unpack(&packed[..cut]);
            assert!(whole.starts_with(&out.bytes), "{format:?} cut at {cut}");
            assert_eq!((out.damages.len(), out.damages[0].kind), (1, DamageKind::Truncated), "{format:?} cut at {cut}");
        }
        for _ in 0..150 {
            let mut damaged = packed.clone();
            let at = 4 + random.below(packed.len() - 4);
            damaged[at] ^= 1 << random.below(8);
            let out = unpack(&[damaged, packed.clone()].concat());
            assert!(!out.damages.is_empty() || out.bytes.starts_with(&whole), "{format:?} wrong at {at}");
            assert!(out.bytes.ends_with(&whole), "{format:?} wrong at {at}: {:?}", out.damages);
        }
    }
}

#[test]
fn a_wrong_bit_among_the_literals_of_a_zstd_block_costs_neither_that_block_nor_those_behind() {
    let whole = small();
    let mut random = Random::new(12);
    for name in ["n2000.scap.zst", "n2000-level1.scap.zst"] {
        let packed = std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).expect("it is part of the project");
        let (mut literals, mut kept) = (0, 0);
        for _ in 0..300 {
            let mut packed = packed.clone();
            let at = 12 + random.below(packed.len() - 16);
            packed[at] ^= 1 << random.below(8);
            let (out, inflate) = unpack_slices(&packed, || usize::MAX);
            let Some(damage) = out.damages.first().filter(|damage| damage.field == "literals") else { continue };
            literals += 1;
            let start = damage.offset as usize;
            assert!(out.bytes[..start] == whole[..start], "{name} wrong at {at}: {damage:?}");
            if out.bytes.len() == whole.len() {
                kept += 1;
                if kept < 4 {
                    assert_reads_anywhere(&packed, &out.bytes, inflate.points());
                }
            }
        }
        assert!(literals > 10 && kept == literals, "{name}: {kept} of {literals}");
    }
}

#[test]
fn a_damaged_block_of_an_lz4_frame_gives_what_it_still_tells() {
    // One block: "events " and its repetition for twelve bytes, then four of which the distance is asked for, and the end.
    let frame = |distance: u8, with: u8| {
        let block = [&[0x78], &b"events "[..], &[7, 0, 0x10, b'!', distance, 0, 0x50 + with], b"done."].concat();
        let len = u8::try_from(block.len()).unwrap();
        [&[0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, len, 0, 0, 0], block.as_slice(), &[0; 4]].concat()
    };
    let text = |out: &Unpacked| String::from_utf8_lossy(&out.bytes).into_owned();
    let whole = unpack(&frame(1, 0));
    assert_eq!((text(&whole).as_str(), whole.damages.len()), ("events events event!!!!!done.", 0));
    // No distance: how much is missing is known. One to before the start: what stands before it is.
    for (distance, expected) in [(0, "events events event!\0\0\0\0done."), (99, "events events event!")] {
        let out = unpack(&[frame(distance, 0), frame(1, 0)].concat());
        assert_eq!(text(&out), [expected, &text(&whole)].concat());
        assert_eq!((out.damages.len(), out.damages[0].field, out.damages[0].offset), (1, "block", 0));
    }
    // Literals that the block has no more room for, and a cut among them.
    let longer = unpack(&frame(1, 0x20));
    assert_eq!((text(&longer).as_str(), longer.damages.len()), ("events events event!!!!!done.", 1));
    let packed = frame(1, 0);
    let cut = unpack(&packed[..packed.len() - 7]);
    assert_eq!((text(&cut).as_str(), cut.damages[0].kind), ("events events event!!!!!do", DamageKind::Truncated));
}

#[test]
fn the_middle_of_zstd_frames_is_found_again() {
    let whole = small();
    // One frame that does not say how long it is, as a live recorder writes it, with a window of 2 KiB. Tables, trees and
    // offsets of earlier blocks are used again, more so in the second.
    for level in [1, 19] {
        let path = format!("{}/tests/data/n2000-level{level}.scap.zst", env!("CARGO_MANIFEST_DIR"));
        let packed = std::fs::read(path).expect("it is part of the project");
        let mut inflate = Inflate::with_points_every(Some(1));
        let mut out = Unpacked::default();
        packed.chunks(700).for_each(|slice| inflate.push(slice, &mut out));
        inflate.finish(&mut out);
        assert!(out.bytes == whole);
        let points = RestartPoints::from_bytes(&inflate.points().to_bytes()).unwrap();
        assert!(points.len() >= 5, "level {level}: {}", points.len());
        assert_reads_anywhere(&packed, &whole, &points);
    }
}

#[test]
fn the_middle_of_lz4_frames_and_the_starts_of_zstd_frames_are_found_again() {
    let bytes = long(9 << 20);
    let mut linked = lz4_flex::frame::FrameInfo::new();
    linked.block_mode = lz4_flex::frame::BlockMode::Linked;
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(linked, Vec::new());
    std::io::Write::write_all(&mut encoder, &bytes).unwrap();
    let packed = encoder.finish().unwrap();
    let (_, inflate) = unpack_slices(&packed, || 70_000);
    assert!(inflate.points().memory() > 64 << 10);
    assert!(inflate.points().memory() * 100 < bytes.len() * 3);
    assert_reads_anywhere(&packed, &bytes, inflate.points());

    let [(_, frame), _, _] = other_packings();
    let (packed, bytes) = (frame.repeat(30), small().repeat(30));
    let (_, inflate) = unpack_slices(&packed, || 70_000);
    let points = RestartPoints::from_bytes(&inflate.points().to_bytes()).unwrap();
    assert!(points.memory() > 0);
    assert_reads_anywhere(&packed, &bytes, &points);
}
