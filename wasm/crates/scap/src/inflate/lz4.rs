//! lz4 frames, block by block.

use std::hash::Hasher as _;

use lz4_flex::block::decompress_into_with_dict;
use twox_hash::XxHash32;

use super::restart::{Point, RestartPoints};
use super::{Frames, Inflated, Place, Step, damage};
use crate::damage::DamageKind;

const NAME: &str = "lz4 frame";
const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// Frames of other contents, to be left out: sixteen magic numbers from here.
const SKIPPABLE: u32 = 0x184d_2a50;
/// Blocks refer this far back.
const WINDOW: usize = 64 << 10;
const STORED: u32 = 1 << 31;

const INDEPENDENT: u8 = 1 << 5;
const BLOCK_CHECKSUM: u8 = 1 << 4;
const CONTENT_SIZE: u8 = 1 << 3;
const CONTENT_CHECKSUM: u8 = 1 << 2;
const DICTIONARY: u8 = 1;

#[derive(Debug, Default)]
pub(super) struct Lz4 {
    stage: Stage,
    flags: u8,
    /// Byte of the frame header that holds the largest block's size.
    size: u8,
    /// The last bytes of the output and room for one block.
    window: Vec<u8>,
    checksum: Option<XxHash32>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    /// Before a frame.
    #[default]
    Between,
    Blocks,
    /// Behind the last block.
    Checksum,
    /// Leaving out the rest of a frame of other contents.
    Skip(u64),
    /// The frame is damaged: looking for the next one.
    Lost,
}

impl Frames for Lz4 {
    fn step(&mut self, bytes: &[u8], place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) -> Step {
        match self.stage {
            Stage::Between => self.header(bytes, place, out),
            Stage::Blocks => self.block(bytes, place, points, out),
            Stage::Checksum => self.checksum(bytes, place, out),
            Stage::Skip(left) => {
                let used = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                let left = left - used as u64;
                self.stage = if left == 0 { Stage::Between } else { Stage::Skip(left) };
                Step::Used(used)
            }
            Stage::Lost => {
                let found = bytes.windows(MAGIC.len()).position(|it| it == MAGIC);
                if found.is_some() {
                    self.stage = Stage::Between;
                }
                match found.unwrap_or(bytes.len().saturating_sub(MAGIC.len() - 1)) {
                    0 if found.is_none() => Step::Need(MAGIC.len()),
                    used => Step::Used(used),
                }
            }
        }
    }

    fn finish(&mut self, rest: &[u8], place: &mut Place, out: &mut impl Inflated) {
        let is_clean = match self.stage {
            Stage::Between => rest.is_empty(),
            Stage::Blocks | Stage::Checksum | Stage::Skip(_) => false,
            Stage::Lost => true,
        };
        if matches!(self.stage, Stage::Blocks)
            && let Some((word, piece)) = rest.split_first_chunk()
        {
            let word = u32::from_le_bytes(*word);
            let piece = piece.get(..(word & !STORED) as usize).unwrap_or(piece);
            let (there, _) = self.salvage(word, piece);
            self.give(&there, place, out);
        }
        if !is_clean {
            let found = format!("end of file at byte {}", place.packed + rest.len() as u64);
            out.damage(damage(DamageKind::Truncated, place.inflated, NAME, "block", found));
        }
    }
}

impl Lz4 {
    /// Goes on inside a frame, where a restart point was noted.
    pub(super) fn resume([flags, size]: [u8; 2], window: &[u8]) -> Self {
        Self { stage: Stage::Blocks, flags, size, window: window.into(), checksum: None }
    }

    fn header(&mut self, bytes: &[u8], place: &mut Place, out: &mut impl Inflated) -> Step {
        let Some((magic, rest)) = bytes.split_first_chunk::<4>() else { return Step::Need(4) };
        if u32::from_le_bytes(*magic) & !0xf == SKIPPABLE {
            let Some(len) = rest.first_chunk() else { return Step::Need(8) };
            self.stage = Stage::Skip(u32::from_le_bytes(*len).into());
            return Step::Used(8);
        }
        if *magic != MAGIC {
            return self.lose(place, "frame header", "other bytes", out);
        }
        let Some(&[flags, size]) = rest.first_chunk() else { return Step::Need(6) };
        let has = |flag: u8| flags & flag != 0;
        let len = 2 + if has(CONTENT_SIZE) { 8 } else { 0 } + if has(DICTIONARY) { 4 } else { 0 };
        let (Some(descriptor), Some(check)) = (rest.get(..len), rest.get(len)) else { return Step::Need(4 + len + 1) };
        let computed = XxHash32::oneshot(0, descriptor).to_le_bytes();
        if computed.get(1) != Some(check) {
            return self.lose(place, "frame header", "a wrong checksum", out);
        }
        if flags >> 6 != 1 || has(DICTIONARY) {
            return self.lose(place, "frame header", "another version, or a dictionary", out);
        }
        (self.flags, self.size) = (flags, size);
        self.window.clear();
        self.checksum = has(CONTENT_CHECKSUM).then(|| XxHash32::with_seed(0));
        self.stage = Stage::Blocks;
        Step::Used(4 + len + 1)
    }

    /// Bytes that the largest block of the frame unpacks to.
    fn largest(&self) -> usize {
        64 << 10 << (2 * usize::from((self.size >> 4 & 7).saturating_sub(4)))
    }

    fn block(&mut self, bytes: &[u8], place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) -> Step {
        let Some(word) = bytes.first_chunk() else { return Step::Need(4) };
        let word = u32::from_le_bytes(*word);
        if word == 0 {
            self.stage = if self.flags & CONTENT_CHECKSUM != 0 { Stage::Checksum } else { Stage::Between };
            return Step::Used(4);
        }
        let packed_len = (word & !STORED) as usize;
        if packed_len > self.largest() {
            return self.lose(place, "block size", &packed_len.to_string(), out);
        }
        let has_checksum = self.flags & BLOCK_CHECKSUM != 0;
        let len = 4 + packed_len + if has_checksum { 4 } else { 0 };
        let (Some(block), Some(piece)) = (bytes.get(..len), bytes.get(4..4 + packed_len)) else {
            return Step::Need(len);
        };
        if points.is_due(place.inflated) {
            let window = if self.flags & INDEPENDENT != 0 { &[] } else { self.window.as_slice() };
            points.add(Point::in_frame(*place, [self.flags, self.size], window));
        }
        let stored = block.last_chunk().map(|it| u32::from_le_bytes(*it));
        let is_intact = !has_checksum || stored == Some(XxHash32::oneshot(0, piece));
        let unpacked = match word & STORED {
            _ if !is_intact => None,
            0 => self.unpack(piece),
            _ => Some(piece.to_vec()),
        };
        if let Some(unpacked) = unpacked {
            self.give(&unpacked, place, out);
            return Step::Used(len);
        }
        let found = format!("bytes that do not unpack at byte {}", place.packed);
        out.damage(damage(DamageKind::Malformed, place.inflated, NAME, "block", found));
        let (there, is_whole) = self.salvage(word, piece);
        self.checksum = None;
        self.give(&there, place, out);
        // Blocks that refer to each other are lost together.
        self.stage = if is_whole || self.flags & INDEPENDENT != 0 { Stage::Blocks } else { Stage::Lost };
        Step::Used(len)
    }

    fn give(&mut self, unpacked: &[u8], place: &mut Place, out: &mut impl Inflated) {
        if let Some(checksum) = &mut self.checksum {
            checksum.write(unpacked);
        }
        place.inflated += unpacked.len() as u64;
        out.bytes(unpacked);
        if self.flags & INDEPENDENT == 0 {
            self.window.extend_from_slice(unpacked);
            let surplus = self.window.len().saturating_sub(WINDOW);
            self.window.drain(..surplus);
        }
    }

    /// What a cut or damaged block still tells, and whether it could be followed to its end.
    fn salvage(&self, word: u32, piece: &[u8]) -> (Vec<u8>, bool) {
        if word & STORED != 0 {
            return (piece.to_vec(), true);
        }
        let mut unpacked = self.window.clone();
        let is_whole = follow(piece, &mut unpacked, self.window.len() + self.largest()).is_some();
        unpacked.drain(..self.window.len());
        (unpacked, is_whole)
    }

    fn unpack(&self, piece: &[u8]) -> Option<Vec<u8>> {
        let mut unpacked = vec![0; self.largest()];
        let len = decompress_into_with_dict(piece, &mut unpacked, &self.window).ok()?;
        unpacked.truncate(len);
        Some(unpacked)
    }

    fn checksum(&mut self, bytes: &[u8], place: &Place, out: &mut impl Inflated) -> Step {
        let Some(stored) = bytes.first_chunk() else { return Step::Need(4) };
        let stored = u32::from_le_bytes(*stored);
        // Unknown when the frame was entered in its middle.
        if let Some(computed) = self.checksum.take().map(|checksum| checksum.finish_32())
            && stored != computed
        {
            let mut damage = damage(DamageKind::Malformed, place.inflated, NAME, "checksum", format!("{stored:#010x}"));
            damage.expected = format!("{computed:#010x}");
            out.damage(damage);
        }
        self.stage = Stage::Between;
        Step::Used(4)
    }

    fn lose(&mut self, place: &Place, field: &'static str, found: &str, out: &mut impl Inflated) -> Step {
        let found = format!("{found} at byte {}", place.packed);
        out.damage(damage(DamageKind::Malformed, place.inflated, NAME, field, found));
        self.stage = Stage::Lost;
        Step::Used(1)
    }
}

/// Unpacks a block behind its window up to `longest` bytes, as far as it can be followed; `None` when that is not to its end.
fn follow(mut piece: &[u8], unpacked: &mut Vec<u8>, longest: usize) -> Option<()> {
    loop {
        let token = take(&mut piece)?;
        let len = length(token >> 4, &mut piece)?;
        let (literals, behind) = piece.split_at_checked(len).unwrap_or((piece, &[]));
        let room = longest.checked_sub(unpacked.len())?;
        unpacked.extend_from_slice(literals.get(..room).unwrap_or(literals));
        if behind.is_empty() {
            // Literals end a block.
            return (literals.len() == len && len <= room).then_some(());
        }
        piece = behind;
        let distance = usize::from(u16::from_le_bytes([take(&mut piece)?, take(&mut piece)?]));
        let len = 4 + length(token & 15, &mut piece)?;
        let start = unpacked.len();
        let room = longest.checked_sub(start)?;
        for at in (start..start + len.min(room)).map(|at| at.checked_sub(distance)) {
            // A distance of nothing tells only how much there was.
            let byte = if distance == 0 { 0 } else { *unpacked.get(at?)? };
            unpacked.push(byte);
        }
        if len > room {
            return None;
        }
    }
}

fn take(piece: &mut &[u8]) -> Option<u8> {
    let (byte, rest) = piece.split_first()?;
    *piece = rest;
    Some(*byte)
}

/// A length of four bits, and the bytes that go on with it.
fn length(bits: u8, piece: &mut &[u8]) -> Option<usize> {
    let mut len = usize::from(bits);
    if bits == 15 {
        loop {
            let more = take(piece)?;
            len = len.checked_add(more.into())?;
            if more < 255 {
                break;
            }
        }
    }
    Some(len)
}
