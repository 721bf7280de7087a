//! Places from which unpacking can start again, and reading any part of the stream through them.

use std::io;

use miniz_oxide::inflate::core::BlockBoundaryState;

use super::gzip::Gzip;
use super::lz4::Lz4;
use super::zstd::Zstd;
use super::{Format, Inflate, Inflated, Place, RestartPoints as Points, Unpack};
use crate::Damage;
use crate::carry::Carry;
use crate::file::FileBytes;

/// Inflated bytes between two restart points, unless said: what has to be unpacked to get anywhere takes a few
/// milliseconds. With a window of 32 KiB each they take 2.1 % of the stream.
pub(super) const SPACING: u64 = 3 << 19;
/// All windows together are at least so many times shorter than the stream: 2.9 % of it.
const SHARE: u64 = 34;
/// File bytes read at a time.
const READ: usize = 64 << 10;
/// File bytes unpacked at a time: what comes out of them is held, and a thousandfold is possible.
const PIECE: usize = 4 << 10;

/// One place in a packed file where unpacking can start, with the output before it that the rest refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Point {
    packed: u64,
    inflated: u64,
    /// gzip: bits of the byte before `packed` that are not used yet, and how many. lz4: flags and block size of the frame.
    /// zstd: window size and flags of the frame, or 0 and 0 before one.
    bits: u8,
    bit_count: u8,
    /// zstd: a packed dictionary, with the window and what else the decoder knows.
    window: Box<[u8]>,
}

impl Point {
    pub(super) fn new(place: Place, state: &BlockBoundaryState, window: &[u8]) -> Self {
        Self::in_frame(place, [state.bit_buf, state.num_bits], window)
    }

    /// A point that is told by two bytes of state and the window.
    pub(super) fn in_frame(place: Place, [bits, bit_count]: [u8; 2], window: &[u8]) -> Self {
        Self { packed: place.packed, inflated: place.inflated, bits, bit_count, window: window.into() }
    }
}

/// Where unpacking of one file can start again: one place about every 1.5 MiB of the inflated stream, fewer where windows
/// are large (zstd), so that they take at most 3 % of the stream. A zstd frame that says that all of it is one window
/// has a point at its start alone: the `zstd` program makes those of files up to 8 MiB, or up to what `--long` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestartPoints {
    format: Option<Format>,
    points: Vec<Point>,
    /// Inflated bytes between two of them at least; `None` when none are to be noted.
    spacing: Option<u64>,
    /// Where the next one may stand.
    next: u64,
    /// Bytes of all windows so far, also of those that have been taken away.
    windows: u64,
}

impl RestartPoints {
    /// Starts noting.
    pub(super) fn begin(&mut self, format: Format, spacing: Option<u64>) {
        *self = Self { format: Some(format), points: Vec::new(), spacing, next: spacing.unwrap_or(0), windows: 0 };
    }

    pub(super) fn is_due(&self, inflated: u64) -> bool {
        self.spacing.is_some() && inflated >= self.next
    }

    pub(super) fn add(&mut self, point: Point) {
        let Some(spacing) = self.spacing else { return };
        let len = point.window.len() as u64;
        if (self.windows + len) * SHARE > point.inflated {
            self.next = (self.windows + len) * SHARE;
            return;
        }
        self.windows += len;
        // The next window is likely to be as long.
        self.next = (point.inflated + spacing).max((self.windows + len) * SHARE);
        self.points.push(point);
    }

    pub(super) fn take(&mut self) -> Self {
        Self { format: self.format, points: std::mem::take(&mut self.points), ..Self::default() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// None has been noted: reading starts at the first byte.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Memory they take.
    pub fn memory(&self) -> usize {
        let windows: usize = self.points.iter().map(|point| point.window.len()).sum();
        windows + self.points.capacity() * size_of::<Point>()
    }

    /// Adds points noted later in the same file.
    pub fn append(&mut self, later: Self) {
        self.format = self.format.or(later.format);
        self.points.extend(later.points);
    }

    /// As bytes, to be sent to another worker.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![match self.format {
            None => 0,
            Some(Format::Raw) => 1,
            Some(Format::Gzip) => 2,
            Some(Format::Zstd) => 3,
            Some(Format::Lz4) => 4,
        }];
        for point in &self.points {
            bytes.extend(point.packed.to_le_bytes());
            bytes.extend(point.inflated.to_le_bytes());
            bytes.extend([point.bits, point.bit_count]);
            bytes.extend((point.window.len() as u64).to_le_bytes());
            bytes.extend(&point.window);
        }
        bytes
    }

    /// From bytes made by [`to_bytes`](Self::to_bytes); `None` for any others.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (format, mut rest) = bytes.split_first()?;
        let format = match format {
            0 => None,
            1 => Some(Format::Raw),
            2 => Some(Format::Gzip),
            3 => Some(Format::Zstd),
            4 => Some(Format::Lz4),
            _ => return None,
        };
        let mut points = Vec::new();
        while !rest.is_empty() {
            let mut number = || {
                let (number, behind) = rest.split_first_chunk()?;
                rest = behind;
                Some(u64::from_le_bytes(*number))
            };
            let (packed, inflated) = (number()?, number()?);
            let ([bits, bit_count], behind) = rest.split_first_chunk()?;
            let (len, behind) = behind.split_first_chunk()?;
            let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
            let (window, behind) = behind.split_at_checked(len)?;
            rest = behind;
            points.push(Point { packed, inflated, bits: *bits, bit_count: *bit_count, window: window.into() });
        }
        Some(Self { format, points, ..Self::default() })
    }

    /// Reads what stands at `offset` of the inflated stream into `buf`; less than asked for only at its end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_at(&self, file: &mut dyn FileBytes, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        Cursor::default().read_at(self, file, offset, buf)
    }

    /// Unpacking at the last point not behind `offset`.
    fn resume(&self, offset: u64) -> Inflate {
        let behind = self.points.partition_point(|point| point.inflated <= offset);
        let mut inflate = Inflate::new();
        if let Some(format) = self.format {
            inflate.spacing = None;
            inflate.begin(format);
        }
        if let Some(point) = behind.checked_sub(1).and_then(|index| self.points.get(index)) {
            inflate.place = Place { packed: point.packed, inflated: point.inflated };
            inflate.unpack = match self.format {
                Some(Format::Gzip) => {
                    let state =
                        BlockBoundaryState { num_bits: point.bit_count, bit_buf: point.bits, ..Default::default() };
                    Unpack::Gzip(Box::new(Gzip::resume(&state, &point.window)))
                }
                Some(Format::Lz4) => {
                    let lz4 = Lz4::resume([point.bits, point.bit_count], &point.window);
                    Unpack::Lz4(Box::new(lz4), Carry::default())
                }
                Some(Format::Zstd) if point.bit_count == 0 => Unpack::Zstd(Box::default(), Carry::default()),
                Some(Format::Zstd) => {
                    let zstd = Zstd::resume([point.bits, point.bit_count], &point.window);
                    Unpack::Zstd(Box::new(zstd), Carry::default())
                }
                Some(Format::Raw) | None => Unpack::Raw,
            };
        }
        inflate
    }
}

/// Reads the inflated stream piece by piece. Going forward costs only what is unpacked on the way.
#[derive(Debug, Default)]
pub struct Cursor {
    inflate: Option<Inflate>,
    held: Held,
    /// Next byte of the file to unpack.
    packed: u64,
    /// The end of the file has been unpacked.
    ended: bool,
    buffer: Vec<u8>,
}

/// Unpacked bytes not asked for yet.
#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    /// Where they start in the stream.
    start: u64,
    /// Bytes before this are not wanted.
    wanted: u64,
}

impl Inflated for Held {
    fn bytes(&mut self, bytes: &[u8]) {
        let end = self.start + (self.bytes.len() + bytes.len()) as u64;
        if end <= self.wanted {
            self.start = end;
            self.bytes.clear();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Reported when the file was read for the first time.
    fn damage(&mut self, _: Damage) {}
}

impl Cursor {
    /// Reads what stands at `offset` of the inflated stream into `buf`; less than asked for only at its end.
    ///
    /// # Errors
    /// When the file cannot be read; the cursor may be used again.
    pub fn read_at(
        &mut self,
        points: &Points,
        file: &mut dyn FileBytes,
        offset: u64,
        buf: &mut [u8],
    ) -> io::Result<usize> {
        if points.format == Some(Format::Raw) {
            return file.read_at(offset, buf);
        }
        let mut inflate = match self.inflate.take() {
            Some(inflate) if self.held.start <= offset && !points.has_between(inflate.inflated(), offset) => inflate,
            _ => {
                let inflate = points.resume(offset);
                self.held = Held { start: inflate.inflated(), ..Held::default() };
                self.packed = inflate.place.packed;
                self.ended = false;
                inflate
            }
        };
        self.held.wanted = offset;
        let end = offset + buf.len() as u64;
        self.buffer.resize(READ, 0);
        while inflate.inflated() < end && !self.ended {
            let len = file.read_at(self.packed, &mut self.buffer)?;
            for piece in self.buffer.get(..len).unwrap_or_default().chunks(PIECE) {
                inflate.push(piece, &mut self.held);
                self.packed += piece.len() as u64;
                if inflate.inflated() >= end {
                    break;
                }
            }
            if len == 0 {
                // A frame that is cut short may have held something back.
                inflate.finish(&mut self.held);
                self.ended = true;
            }
        }
        self.inflate = Some(inflate);
        Ok(self.held.copy(offset, buf))
    }
}

impl Points {
    /// A point that gets to `offset` sooner than going on from `inflated`.
    fn has_between(&self, inflated: u64, offset: u64) -> bool {
        let behind = self.points.partition_point(|point| point.inflated <= offset);
        behind.checked_sub(1).and_then(|index| self.points.get(index)).is_some_and(|point| point.inflated > inflated)
    }
}

impl Held {
    fn copy(&mut self, offset: u64, buf: &mut [u8]) -> usize {
        let skip = usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.bytes.drain(..skip.min(self.bytes.len()));
        self.start = offset;
        let len = self.bytes.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..len), self.bytes.get(..len)) {
            to.copy_from_slice(from);
        }
        len
    }
}
