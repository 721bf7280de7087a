//! zstd frames, block by block.

mod carried;
mod literals;

use std::io::Read;

use miniz_oxide::inflate::core::BlockBoundaryState;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use ruzstd::decoding::errors::{DecodeBlockContentError, DecompressBlockError, DecompressLiteralsError, FrameDecoderError};
use ruzstd::decoding::{BlockDecodingStrategy, Dictionary, FrameDecoder};

use carried::{Carried, DICTIONARY_ID};

use super::restart::{Point, RestartPoints};
use super::{Frames, Inflated, Place, Step, damage};
use crate::damage::{Damage, DamageKind};

const NAME: &str = "zstd frame";
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Frames of other contents, to be left out: sixteen magic numbers from here.
const SKIPPABLE: u32 = 0x184d_2a50;
/// Output given at a time.
const PIECE: usize = 128 << 10;
/// An empty last block and room for a checksum: makes the decoder give what it holds back for later blocks.
const END: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// Longest dictionary: a window and some tables.
const LONGEST: usize = (128 << 20) + (64 << 10);
const CHECKSUM: u8 = 4;
const SINGLE: u8 = 0x20;
/// Tells a restart point inside a frame from one before it.
const INSIDE: u8 = 1;

#[derive(Default)]
pub(super) struct Zstd {
    stage: Stage,
    decoder: FrameDecoder,
    buffer: Vec<u8>,
    has_checksum: bool,
    /// The byte of the frame header that holds the size of the window; `None` when the whole frame is one.
    window: Option<u8>,
    carried: Carried,
    /// Something of this frame has been given: all that is held back is one window.
    full: bool,
    /// The decoder has been told that the frame ends, to learn what it holds back: it no longer holds back by itself.
    ended: bool,
    noted: Option<Noted>,
}

/// A restart point whose window has not been given yet.
struct Noted {
    place: Place,
    carried: Carried,
    window: Vec<u8>,
    len: usize,
}

impl std::fmt::Debug for Zstd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Zstd").field("stage", &self.stage).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    /// Before a frame.
    #[default]
    Between,
    Blocks,
    /// Leaving out the rest of a frame of other contents.
    Skip(u64),
    /// The frame is damaged: looking for the next one.
    Lost,
}

impl Frames for Zstd {
    fn step(&mut self, bytes: &[u8], place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) -> Step {
        match self.stage {
            Stage::Between => self.header(bytes, place, points, out),
            Stage::Blocks => self.block(bytes, place, points, out),
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
            Stage::Blocks | Stage::Skip(_) => false,
            Stage::Lost => true,
        };
        if matches!(self.stage, Stage::Blocks) {
            self.noted = None;
            self.unchecked(rest);
            self.give_all(place, &mut RestartPoints::default(), out);
        }
        if !is_clean {
            let found = format!("end of file at byte {}", place.packed + rest.len() as u64);
            out.damage(damage(DamageKind::Truncated, place.inflated, NAME, "block", found));
        }
    }
}

/// Bytes of a window by the byte of the frame header.
fn window_len(byte: u8) -> u64 {
    let base = 1_u64 << (10 + (byte >> 3));
    base + base / 8 * u64::from(byte & 7)
}

/// Bytes behind the header of a block.
fn content_len(header: u32) -> usize {
    // A block that repeats one byte holds only that.
    if header >> 1 & 3 == 1 { 1 } else { header as usize >> 3 }
}

impl Zstd {
    /// Goes on inside a frame, where a restart point was noted.
    pub(super) fn resume([window, flags]: [u8; 2], dictionary: &[u8]) -> Self {
        let mut zstd = Self { has_checksum: flags & CHECKSUM != 0, stage: Stage::Lost, ..Self::default() };
        let [a, b, c, d] = MAGIC;
        // A frame of its own, without the checksum, which would be of the whole one.
        let header = [a, b, c, d, 0, window];
        let dictionary = decompress_to_vec_with_limit(dictionary, LONGEST).unwrap_or_default();
        zstd.window = Some(window);
        zstd.carried = Carried::of(&dictionary);
        if let Ok(dictionary) = Dictionary::decode_dict(&dictionary)
            && zstd.decoder.reset(&mut header.as_slice()).is_ok()
            && zstd.decoder.add_dict(dictionary).is_ok()
            && zstd.decoder.force_dict(DICTIONARY_ID).is_ok()
        {
            zstd.stage = Stage::Blocks;
        }
        zstd
    }

    fn header(&mut self, bytes: &[u8], place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) -> Step {
        let Some((magic, rest)) = bytes.split_first_chunk::<4>() else { return Step::Need(4) };
        if u32::from_le_bytes(*magic) & !0xf == SKIPPABLE {
            let Some(len) = rest.first_chunk() else { return Step::Need(8) };
            self.stage = Stage::Skip(u32::from_le_bytes(*len).into());
            return Step::Used(8);
        }
        if *magic != MAGIC {
            return self.lose(place, "frame header", "other bytes", out);
        }
        let Some(descriptor) = rest.first() else { return Step::Need(5) };
        let is_single = descriptor & SINGLE != 0;
        let content_size = match descriptor >> 6 {
            0 => usize::from(is_single),
            size => 1 << size,
        };
        let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or(0);
        let len = 5 + usize::from(!is_single) + dictionary + content_size;
        let Some(mut header) = bytes.get(..len) else { return Step::Need(len) };
        self.has_checksum = descriptor & CHECKSUM != 0;
        self.window = if is_single { None } else { bytes.get(5).copied() };
        self.carried = Carried::default();
        self.full = false;
        self.ended = false;
        self.noted = None;
        if let Err(error) = self.decoder.reset(&mut header) {
            let found = match error {
                FrameDecoderError::WindowSizeTooBig { requested, .. } => format!("a window of {requested} bytes"),
                _ => "other bytes".to_owned(),
            };
            return self.lose(place, "frame header", &found, out);
        }
        if points.is_due(place.inflated) {
            points.add(Point::new(*place, &BlockBoundaryState::default(), &[]));
        }
        self.stage = Stage::Blocks;
        Step::Used(len)
    }

    fn block(&mut self, bytes: &[u8], place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) -> Step {
        let Some([a, b, c]) = bytes.first_chunk::<3>() else { return Step::Need(3) };
        let header = u32::from_le_bytes([*a, *b, *c, 0]);
        let is_last = header & 1 != 0;
        let content = content_len(header);
        let len = 3 + content + if is_last && self.has_checksum { 4 } else { 0 };
        let Some(mut block) = bytes.get(..len) else { return Step::Need(len) };
        let held = self.window.map_or(0, window_len);
        let is_due = self.noted.is_none() && self.full && points.is_due(place.inflated + held);
        let content = bytes.get(3..3 + content).unwrap_or_default();
        if header >> 1 & 3 == 2 {
            self.carried.block(content, is_due);
        }
        if let Err(error) = self.decoder.decode_blocks(&mut block, BlockDecodingStrategy::UptoBlocks(1)) {
            self.end();
            let start = Place { inflated: place.inflated + self.decoder.can_collect() as u64, ..*place };
            let checksum = if is_last && self.has_checksum { bytes.get(len - 4..len) } else { None };
            if !self.repair(&error, content, is_last, checksum.unwrap_or_default()) {
                self.give(0, place, points, out);
                return self.lose(place, "block", "bytes that do not unpack", out);
            }
            out.damage(unreadable(&start, "literals", "another number than announced"));
        }
        let holds = self.ended && !is_last;
        // Of one whole window nothing is given before its end.
        let window = self.window.and_then(|window| usize::try_from(window_len(window)).ok()).unwrap_or(usize::MAX);
        self.give(if holds { window } else { 0 }, place, points, out);
        if is_due && !is_last {
            self.note(Place { packed: place.packed + len as u64, ..*place });
        }
        if is_last {
            self.stage = Stage::Between;
            if let (Some(stored), Some(computed)) =
                (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum())
                && stored != computed
            {
                let mut damage =
                    damage(DamageKind::Malformed, place.inflated, NAME, "checksum", format!("{stored:#010x}"));
                damage.expected = format!("{computed:#010x}");
                out.damage(damage);
            }
        }
        Step::Used(len)
    }

    /// Notes that unpacking can start again here, if that can be said. The window is what is held back now.
    fn note(&mut self, place: Place) {
        if let Some(window) = self.window
            && self.carried.is_known()
            && let Ok(len) = usize::try_from(window_len(window))
        {
            let place = Place { inflated: place.inflated + len as u64, ..place };
            self.noted = Some(Noted { place, carried: self.carried.clone(), window: Vec::new(), len });
        }
    }

    /// Gathers the window of the point that was noted.
    fn gather(&mut self, piece: &[u8], points: &mut RestartPoints) {
        let Some(noted) = &mut self.noted else { return };
        let missing = noted.len - noted.window.len();
        noted.window.extend_from_slice(piece.get(..missing).unwrap_or(piece));
        if noted.window.len() == noted.len
            && let (Some(noted), Some(window)) = (self.noted.take(), self.window)
        {
            let flags = if self.has_checksum { CHECKSUM } else { 0 };
            points.add(Point::in_frame(noted.place, [window, flags | INSIDE], &noted.carried.dictionary(&noted.window)));
        }
    }

    /// Decodes a block again of which the decoder says that its literals are wrong, with literals as far as they go.
    fn repair(&mut self, error: &FrameDecoderError, content: &[u8], is_last: bool, checksum: &[u8]) -> bool {
        use DecodeBlockContentError::DecompressBlockError as InBlock;
        use DecompressBlockError::DecompressLiteralsError as InLiterals;
        use DecompressLiteralsError::{BitstreamReadMismatch, DecodedLiteralCountMismatch, ExtraPadding};
        // Of these the decoder has taken over the tree, which later blocks may refer to, and has given nothing.
        let FrameDecoderError::FailedToReadBlockBody(InBlock(InLiterals(
            BitstreamReadMismatch { .. } | DecodedLiteralCountMismatch { .. } | ExtraPadding { .. },
        ))) = error
        else {
            return false;
        };
        let Some(content) = literals::unpacked(content, self.carried.tree()) else { return false };
        let Ok(len) = u32::try_from(content.len()) else { return false };
        let [a, b, c, _] = (len << 3 | 2 << 1 | u32::from(is_last)).to_le_bytes();
        let block = [&[a, b, c], content.as_slice(), checksum].concat();
        self.decoder.decode_blocks(&mut block.as_slice(), BlockDecodingStrategy::UptoBlocks(1)).is_ok()
    }

    /// Gives what later blocks can no longer refer to: all that the decoder does not hold back but `held` bytes.
    fn give(&mut self, held: usize, place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) {
        while let Some(left) = self.decoder.can_collect().checked_sub(held)
            && left > 0
        {
            self.buffer.resize(left.min(PIECE), 0);
            let Ok(len) = self.decoder.read(&mut self.buffer) else { break };
            let piece = self.buffer.get(..len).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            let len = piece.len();
            place.inflated += len as u64;
            self.full = true;
            out.bytes(piece);
            if self.noted.is_some() {
                let buffer = std::mem::take(&mut self.buffer);
                self.gather(buffer.get(..len).unwrap_or_default(), points);
                self.buffer = buffer;
            }
        }
    }

    /// Decodes the last block of a file that ends before its checksum does, as if more blocks were to come.
    fn unchecked(&mut self, rest: &[u8]) {
        let Some(([a, b, c], content)) = rest.split_first_chunk() else { return };
        let header = u32::from_le_bytes([*a, *b, *c, 0]) & !1;
        if let Some(content) = content.get(..content_len(header)) {
            let [a, b, c, _] = header.to_le_bytes();
            let block = [&[a, b, c], content].concat();
            let _ = self.decoder.decode_blocks(&mut block.as_slice(), BlockDecodingStrategy::UptoBlocks(1));
        }
    }

    /// Gives also what is held back, when no later block will come.
    fn give_all(&mut self, place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) {
        self.end();
        self.give(0, place, points, out);
    }

    fn end(&mut self) {
        let _ = self.decoder.decode_blocks(&mut END.as_slice(), BlockDecodingStrategy::UptoBlocks(1));
        self.ended = true;
    }

    fn lose(&mut self, place: &Place, field: &'static str, found: &str, out: &mut impl Inflated) -> Step {
        out.damage(unreadable(place, field, found));
        self.stage = Stage::Lost;
        Step::Used(1)
    }
}

fn unreadable(place: &Place, field: &'static str, found: &str) -> Damage {
    damage(DamageKind::Malformed, place.inflated, NAME, field, format!("{found} at byte {}", place.packed))
}
