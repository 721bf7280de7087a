//! gzip members: header, deflate stream, checksum.

#[cfg(not(target_arch = "wasm32"))]
use crc32fast::Hasher;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_STOP_ON_BLOCK_BOUNDARY, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{BlockBoundaryState, DecompressorOxide, decompress};

#[cfg(target_arch = "wasm32")]
use super::checksum::Hasher;
use super::restart::{Point, RestartPoints};
use super::{Inflated, Place, damage};
use crate::damage::DamageKind;

const NAME: &str = "gzip member";
/// Deflate looks back this far.
const WINDOW: usize = 32 << 10;
/// Output given at a time; with the window it stays in the second-level cache.
const PIECE: usize = 256 << 10;
/// The end of a full flush: an empty stored block, after which nothing looks back.
const FLUSHED: [u8; 4] = [0, 0, 0xff, 0xff];
const MEMBER: [u8; 3] = [0x1f, 0x8b, 8];

/// Unpacks one member after the other.
#[derive(Clone)]
pub(super) struct Gzip {
    stage: Stage,
    core: Box<DecompressorOxide>,
    window: Window,
    /// Checksum of the member so far; `None` when its start was not seen.
    checksum: Option<Hasher>,
    member_len: u32,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Header(Header),
    Deflate,
    /// Checksum and length: eight bytes, so many of them seen.
    Trailer {
        seen: usize,
        bytes: [u8; 8],
    },
    /// Between members. Zero bytes there are padding.
    Between {
        magic_seen: usize,
    },
    /// The stream is damaged: looking for a place from which it makes sense again. The last bytes seen.
    Lost {
        last: [u8; 4],
    },
}

/// What of a member header comes next.
#[derive(Clone, Copy, Debug)]
enum Header {
    Fixed { seen: usize, flags: u8 },
    ExtraLen { seen: usize, len: u16, flags: u8 },
    Extra { left: u16, flags: u8 },
    Text { flags: u8 },
    Checksum { left: u8 },
}

const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

impl Default for Gzip {
    fn default() -> Self {
        Self {
            stage: Stage::Header(Header::Fixed { seen: 0, flags: 0 }),
            core: Box::default(),
            window: Window::new(&[]),
            checksum: Some(Hasher::new()),
            member_len: 0,
        }
    }
}

impl std::fmt::Debug for Gzip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gzip").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Gzip {
    /// Goes on inside a member, where a restart point was noted.
    pub(super) fn resume(state: &BlockBoundaryState, window: &[u8]) -> Self {
        Self {
            stage: Stage::Deflate,
            core: Box::new(DecompressorOxide::from_block_boundary_state(state)),
            window: Window::new(window),
            checksum: None,
            member_len: 0,
        }
    }

    pub(super) fn push(
        &mut self,
        mut data: &[u8],
        place: &mut Place,
        points: &mut RestartPoints,
        out: &mut impl Inflated,
    ) {
        while !data.is_empty() {
            let used = match self.stage {
                Stage::Header(header) => self.header(header, data, place, points),
                Stage::Deflate => self.deflate(data, place, points, out),
                Stage::Trailer { seen, bytes } => self.trailer(seen, bytes, data, place, out),
                Stage::Between { magic_seen } => self.between(magic_seen, data, place, out),
                Stage::Lost { last } => self.search(last, data, place, points),
            };
            place.packed += used as u64;
            data = data.get(used..).unwrap_or_default();
        }
    }

    pub(super) fn finish(&mut self, place: &Place, out: &mut impl Inflated) {
        let field = match self.stage {
            Stage::Between { magic_seen: 0 } | Stage::Lost { .. } => return,
            Stage::Between { .. } | Stage::Header(_) => "member header",
            Stage::Deflate => "deflate stream",
            Stage::Trailer { .. } => "checksum",
        };
        let found = format!("end of file at byte {}", place.packed);
        out.damage(damage(DamageKind::Truncated, place.inflated, NAME, field, found));
    }

    fn header(&mut self, header: Header, data: &[u8], place: &Place, points: &mut RestartPoints) -> usize {
        let mut next = Some(header);
        for (at, byte) in data.iter().enumerate() {
            next = match next {
                Some(header) => header.take(*byte),
                None => {
                    self.begin_member(place.packed + at as u64, place, points);
                    return at;
                }
            };
        }
        match next {
            Some(header) => self.stage = Stage::Header(header),
            None => self.begin_member(place.packed + data.len() as u64, place, points),
        }
        data.len()
    }

    fn begin_member(&mut self, packed: u64, place: &Place, points: &mut RestartPoints) {
        self.begin_stream();
        self.checksum = Some(Hasher::new());
        if points.is_due(place.inflated) {
            let place = Place { packed, ..*place };
            points.add(Point::new(place, &BlockBoundaryState::default(), &[]));
        }
    }

    fn begin_stream(&mut self) {
        *self.core = DecompressorOxide::default();
        self.window.end = 0;
        self.checksum = None;
        self.member_len = 0;
        self.stage = Stage::Deflate;
    }

    fn deflate(
        &mut self,
        data: &[u8],
        place: &mut Place,
        points: &mut RestartPoints,
        out: &mut impl Inflated,
    ) -> usize {
        let is_due = points.is_due(place.inflated);
        let (status, used, piece) = self.window.decompress(&mut self.core, data, is_due);
        if let Some(checksum) = &mut self.checksum {
            checksum.update(piece);
        }
        // The stored length is modulo 2^32 too.
        self.member_len = self.member_len.wrapping_add(u32::try_from(piece.len()).unwrap_or(0));
        place.inflated += piece.len() as u64;
        if !piece.is_empty() {
            out.bytes(piece);
        }
        match status {
            TINFLStatus::NeedsMoreInput | TINFLStatus::HasMoreOutput => {}
            TINFLStatus::Done => self.stage = Stage::Trailer { seen: 0, bytes: [0; 8] },
            // Bits of an earlier slice could not be given back; the next block will do.
            TINFLStatus::BlockBoundary if used < 8 => {}
            TINFLStatus::BlockBoundary => {
                if let Some(state) = self.core.block_boundary_state() {
                    let place = Place { packed: place.packed + used as u64, ..*place };
                    points.add(Point::new(place, &state, self.window.past()));
                }
            }
            _ => {
                let found = format!("no valid code near byte {}", place.packed + used as u64);
                out.damage(damage(DamageKind::Malformed, place.inflated, NAME, "deflate stream", found));
                self.stage = Stage::Lost { last: [0xff; 4] };
            }
        }
        used
    }

    fn trailer(
        &mut self,
        mut seen: usize,
        mut bytes: [u8; 8],
        data: &[u8],
        place: &Place,
        out: &mut impl Inflated,
    ) -> usize {
        let mut used = 0;
        for (to, from) in bytes.iter_mut().skip(seen).zip(data) {
            *to = *from;
            used += 1;
        }
        seen += used;
        if seen < bytes.len() {
            self.stage = Stage::Trailer { seen, bytes };
            return used;
        }
        let [a, b, c, d, e, f, g, h] = bytes;
        let (stored, len) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        if let Some(checksum) = self.checksum.take() {
            let computed = checksum.finalize();
            if (stored, len) != (computed, self.member_len) {
                let found = format!("{stored:#010x} for {len} bytes");
                let mut damage = damage(DamageKind::Malformed, place.inflated, NAME, "checksum", found);
                damage.expected = format!("{computed:#010x} for {} bytes", self.member_len);
                out.damage(damage);
            }
        }
        self.stage = Stage::Between { magic_seen: 0 };
        used
    }

    fn between(&mut self, mut magic_seen: usize, data: &[u8], place: &Place, out: &mut impl Inflated) -> usize {
        for (at, byte) in data.iter().enumerate() {
            if magic_seen == 0 && *byte == 0 {
                continue;
            }
            if MEMBER.get(magic_seen) != Some(byte) {
                let found = format!("other bytes at {}", place.packed + at as u64);
                out.damage(damage(DamageKind::Malformed, place.inflated, NAME, "member header", found));
                self.stage = Stage::Lost { last: [0xff; 4] };
                return at;
            }
            magic_seen += 1;
            if magic_seen == MEMBER.len() {
                self.stage = Stage::Header(Header::Fixed { seen: MEMBER.len(), flags: 0 });
                return at + 1;
            }
        }
        self.stage = Stage::Between { magic_seen };
        data.len()
    }

    /// Looks for the end of a flush or the start of a member.
    fn search(&mut self, mut last: [u8; 4], data: &[u8], place: &Place, points: &mut RestartPoints) -> usize {
        for (at, byte) in data.iter().enumerate() {
            let [_, b, c, d] = last;
            last = [b, c, d, *byte];
            if last == FLUSHED {
                self.begin_stream();
                // Whatever is behind a gap can only be reached from here.
                let place = Place { packed: place.packed + at as u64 + 1, ..*place };
                points.add(Point::new(place, &BlockBoundaryState::default(), &[]));
                return at + 1;
            }
            if last.ends_with(&MEMBER) {
                self.stage = Stage::Header(Header::Fixed { seen: MEMBER.len(), flags: 0 });
                return at + 1;
            }
        }
        self.stage = Stage::Lost { last };
        data.len()
    }
}

impl Header {
    /// What comes after `byte`; `None` when the deflate stream does.
    fn take(self, byte: u8) -> Option<Self> {
        match self {
            Self::Fixed { seen, mut flags } => {
                if seen == 3 {
                    flags = byte;
                }
                if seen < 9 { Some(Self::Fixed { seen: seen + 1, flags }) } else { Self::after(flags) }
            }
            Self::ExtraLen { seen: 0, flags, .. } => Some(Self::ExtraLen { seen: 1, len: byte.into(), flags }),
            Self::ExtraLen { len, flags, .. } => match len | u16::from(byte) << 8 {
                0 => Self::after(flags & !HAS_EXTRA),
                left => Some(Self::Extra { left, flags }),
            },
            Self::Extra { left: 1, flags } => Self::after(flags & !HAS_EXTRA),
            Self::Extra { left, flags } => Some(Self::Extra { left: left - 1, flags }),
            Self::Text { flags } if byte != 0 => Some(Self::Text { flags }),
            // Name and comment follow each other and end alike.
            Self::Text { flags } if flags & HAS_NAME != 0 => Self::after(flags & !HAS_NAME),
            Self::Text { flags } => Self::after(flags & !HAS_COMMENT),
            Self::Checksum { left: 1 } => None,
            Self::Checksum { left } => Some(Self::Checksum { left: left - 1 }),
        }
    }

    /// The first optional part that `flags` announce.
    fn after(flags: u8) -> Option<Self> {
        if flags & HAS_EXTRA != 0 {
            Some(Self::ExtraLen { seen: 0, len: 0, flags })
        } else if flags & (HAS_NAME | HAS_COMMENT) != 0 {
            Some(Self::Text { flags })
        } else if flags & HAS_CHECKSUM != 0 {
            Some(Self::Checksum { left: 2 })
        } else {
            None
        }
    }
}

/// Output with the bytes before it that the stream may refer to.
#[derive(Clone)]
struct Window {
    bytes: Vec<u8>,
    /// End of the output so far.
    end: usize,
}

impl Window {
    fn new(past: &[u8]) -> Self {
        let mut bytes = vec![0; WINDOW + PIECE];
        let end = past.len().min(WINDOW);
        if let (Some(to), Some(from)) = (bytes.get_mut(..end), past.get(..end)) {
            to.copy_from_slice(from);
        }
        Self { bytes, end }
    }

    fn decompress(&mut self, core: &mut DecompressorOxide, data: &[u8], stop: bool) -> (TINFLStatus, usize, &[u8]) {
        if self.end == self.bytes.len() {
            self.bytes.copy_within(self.end - WINDOW.., 0);
            self.end = WINDOW;
        }
        let flags = TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let flags = if stop { flags | TINFL_FLAG_STOP_ON_BLOCK_BOUNDARY } else { flags };
        let start = self.end;
        let (status, used, written) = decompress(core, data, &mut self.bytes, start, flags);
        self.end += written;
        (status, used, self.bytes.get(start..self.end).unwrap_or_default())
    }

    /// The last bytes of the output, as many as can be referred to.
    fn past(&self) -> &[u8] {
        self.bytes.get(self.end.saturating_sub(WINDOW)..self.end).unwrap_or_default()
    }
}
