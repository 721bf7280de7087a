//! Damages captures at random: what disks, networks and programs do to files, and what a liar would.

use std::ops::Range;

use testkit::{Random, gzip, gzip_flushed};

use crate::unpack;

/// Events that are kept of a capture that is cut down.
const EVENTS: usize = 1_500;

/// One damaged file made of these; `which` of them is the random generator's choice.
pub fn any(files: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut file: Vec<u8> = random.pick(files).clone();
    // Sometimes what is damaged is the packing.
    if random.below(4) == 0 {
        bytes(&mut file, random);
        return file;
    }
    let mut stream = unpack(&file, usize::MAX).0.bytes;
    if random.below(3) > 0 {
        stream = cut_down(&stream, random);
    }
    match random.below(4) {
        0 => bytes(&mut stream, random),
        1 => fields(&mut stream, random),
        2 => {
            let other = unpack(&files[random.below(files.len())], usize::MAX).0.bytes;
            shuffle(&mut stream, &other, random);
        }
        _ => {
            fields(&mut stream, random);
            bytes(&mut stream, random);
        }
    }
    match random.below(8) {
        0 => gzip(&stream),
        1 => gzip_flushed(&stream, 1 + random.below(60_000)),
        2 => {
            let mut packed = gzip_flushed(&stream, 20_000);
            bytes(&mut packed, random);
            packed
        }
        _ => stream,
    }
}

/// Changes a few bytes anywhere: bits, lengths, holes, copies, a cut.
pub fn bytes(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len());
        let longest = *random.pick(&[2, 40, 400, 20_000]);
        let end = (at + random.below(longest)).min(bytes.len());
        match random.below(7) {
            0 | 1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            2 => {
                // Numbers at the edges of what lengths can be.
                let number = *random.pick(&[0, 4, 12, 28, 65_536, 131_140, 1 << 20, 1 << 28, u32::MAX]);
                if let Some(word) = bytes.get_mut(at & !3..).and_then(<[u8]>::first_chunk_mut) {
                    *word = number.to_le_bytes();
                }
            }
            3 => bytes.truncate(end),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            _ => bytes[at..end].fill(0),
        }
    }
}

/// Start and end of the blocks of a little-endian stream, as far as their lengths lead.
pub fn blocks(stream: &[u8]) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(total) = word(stream, at + 4).map(|total| total as usize)
        && total >= 12
        && stream.len() - at >= total
    {
        blocks.push(at..at + total);
        at += total;
    }
    blocks
}

fn word(stream: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*stream.get(at..)?.first_chunk()?))
}

fn is_event(stream: &[u8], block: &Range<usize>) -> bool {
    word(stream, block.start).is_some_and(|kind| matches!(kind, 0x216 | 0x217 | 0x221 | 0x222))
}

/// The lists of a capture and a stretch of its events.
fn cut_down(stream: &[u8], random: &mut Random) -> Vec<u8> {
    let blocks = blocks(stream);
    let lists = blocks.iter().take_while(|block| !is_event(stream, block)).count();
    let events = &blocks[lists..];
    let first = random.below(events.len().saturating_sub(EVENTS));
    let kept = events.iter().skip(first).take(EVENTS);
    blocks[..lists].iter().chain(kept).flat_map(|block| stream[block.clone()].iter().copied()).collect()
}

/// Changes values where they stand in blocks: framing stays right, contents lie.
fn fields(stream: &mut [u8], random: &mut Random) {
    let blocks = blocks(stream);
    if blocks.is_empty() {
        return;
    }
    for _ in 0..1 + random.below(40) {
        // Lists come first, and are few.
        let block = if random.below(4) == 0 { &blocks[random.below(blocks.len().min(24))] } else { random.pick(&blocks) };
        let body = &mut stream[block.start + 8..block.end - 4];
        if word(body, 0).is_none() {
            continue;
        }
        match random.below(6) {
            // Time, thread, length, type and number of parameters of an event; anything of a list.
            0 => {
                let at = 2 + random.below(26.min(body.len() - 2));
                body[at] = random.next() as u8;
            }
            // Another type, with parameters that are not meant for it.
            1 if body.len() > 24 => body[22..24].copy_from_slice(&((random.next() % 460) as u16).to_le_bytes()),
            // Lengths of parameters, moved from one to another.
            2 if body.len() > 36 => {
                let (one, other) = (28 + 2 * random.below(3), 28 + 2 * random.below(3));
                let by = random.below(9) as u8;
                body[one] = body[one].wrapping_add(by);
                body[other] = body[other].wrapping_sub(by);
            }
            // A number at the edge of what it can be.
            3 => {
                let at = random.below(body.len());
                let number = *random.pick(&[0, 1, 4_095, 4_096, i64::MAX, i64::MIN, -1, -2, -11, -100, 1 << 31]);
                let end = body.len().min(at + 8);
                body[at..end].copy_from_slice(&number.to_le_bytes()[..end - at]);
            }
            // A time before the one before, or none.
            4 if body.len() > 10 => {
                let time = *random.pick(&[0, u64::MAX, 1, random.clone().next()]);
                body[2..10].copy_from_slice(&time.to_le_bytes());
            }
            _ => {
                let at = random.below(body.len());
                body[at] = random.next() as u8;
            }
        }
    }
}

/// Removes, doubles, swaps and blanks blocks, and takes some from another capture.
fn shuffle(stream: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..1 + random.below(8) {
        let own = blocks(stream);
        let others = blocks(other);
        if own.is_empty() || others.is_empty() {
            return;
        }
        let block = random.pick(&own).clone();
        match random.below(6) {
            0 => drop(stream.drain(block)),
            1 => {
                let copy = stream[block.clone()].to_vec();
                stream.splice(block.start..block.start, copy);
            }
            2 => stream[block].fill(0),
            3 => {
                let to = random.pick(&own).start;
                let moved: Vec<u8> = stream[block.clone()].to_vec();
                stream.splice(to..to, moved);
            }
            4 => {
                let taken = other[random.pick(&others).clone()].to_vec();
                stream.splice(block.start..block.start, taken);
            }
            // A whole capture behind this one: a further section, in which time runs anew.
            _ if stream.len() < 4 << 20 => {
                let copy = stream.clone();
                stream.extend(cut_down(&copy, random));
            }
            _ => {}
        }
    }
}
