//! Unpacks a capture while it is read: gzip, zstd, lz4, or nothing to unpack. Push compressed slices, take inflated ones.

#[cfg(any(target_arch = "wasm32", test))]
mod checksum;
mod gzip;
mod lz4;
mod restart;
mod zstd;

use crate::carry::Carry;
use crate::damage::{Damage, DamageKind};
use gzip::Gzip;
use lz4::Lz4;
pub use restart::{Cursor, RestartPoints};
use zstd::Zstd;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Not at all, as far as its first bytes say; the reader decides whether it is a capture.
    Raw,
    /// One or more gzip members.
    Gzip,
    /// One or more zstd frames.
    Zstd,
    /// One or more lz4 frames.
    Lz4,
}

impl Format {
    /// Tells the format by the first bytes of the file; `None` while they are too few.
    fn of(head: &[u8]) -> Option<Self> {
        match *head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Self::Lz4),
            [] | [0x1f] | [0x1f, 0x8b] => None,
            [0x28] | [0x28, 0xb5] | [0x28, 0xb5, 0x2f] => None,
            [0x04] | [0x04, 0x22] | [0x04, 0x22, 0x4d] => None,
            _ => Some(Self::Raw),
        }
    }
}

/// Takes what is unpacked.
pub trait Inflated {
    /// The next bytes of the inflated stream.
    fn bytes(&mut self, bytes: &[u8]);
    /// The packing is damaged; offsets count inflated bytes. What can be had is still given.
    fn damage(&mut self, damage: Damage);
}

/// Unpacks a file pushed in slices of any size, and notes where unpacking can start again.
///
/// Memory does not depend on what the file claims: output is given in pieces of at most 288 KiB, or one block of a
/// zstd (128 KiB) or lz4 (4 MiB) frame; a zstd window is taken up to 128 MiB.
///
/// # Examples
/// ```
/// use scap::{Damage, Inflate, Inflated};
///
/// #[derive(Default)]
/// struct Bytes(Vec<u8>);
/// impl Inflated for Bytes {
///     fn bytes(&mut self, bytes: &[u8]) {
///         self.0.extend_from_slice(bytes);
///     }
///     fn damage(&mut self, damage: Damage) {
///         panic!("{damage:?}");
///     }
/// }
///
/// // "scap" as a gzip member of one stored block.
/// let packed = [
///     0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 4, 0, 0xfb, 0xff, b's', b'c', b'a', b'p', 0xcd, 0x8e, 0xbc, 0x3e, 4, 0, 0, 0,
/// ];
/// let mut inflate = Inflate::new();
/// let mut bytes = Bytes::default();
/// for slice in packed.chunks(3) {
///     inflate.push(slice, &mut bytes);
/// }
/// inflate.finish(&mut bytes);
/// assert_eq!(bytes.0, b"scap");
/// ```
#[derive(Debug)]
pub struct Inflate {
    /// The first bytes, until they tell the format.
    head: Vec<u8>,
    unpack: Unpack,
    place: Place,
    points: RestartPoints,
    /// Inflated bytes between two points.
    spacing: Option<u64>,
}

/// Where unpacking stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Bytes of the file that are used.
    packed: u64,
    /// Bytes of the stream that are given.
    inflated: u64,
}

#[derive(Debug, Default)]
enum Unpack {
    #[default]
    Undecided,
    Raw,
    Gzip(Box<Gzip>),
    Zstd(Box<Zstd>, Carry),
    Lz4(Box<Lz4>, Carry),
}

/// Unpacks frames that are only decoded in whole pieces.
trait Frames {
    /// Decodes the piece at the start of `bytes`, or says how many bytes it takes. `place` is the start of `bytes`.
    fn step(&mut self, bytes: &[u8], place: &mut Place, points: &mut RestartPoints, out: &mut impl Inflated) -> Step;
    /// The file ends with `rest` not decoded.
    fn finish(&mut self, rest: &[u8], place: &mut Place, out: &mut impl Inflated);
}

enum Step {
    /// So many bytes are done with.
    Used(usize),
    /// So many have to be there.
    Need(usize),
}

/// Feeds a slice to what decodes whole pieces.
fn push_frames(
    frames: &mut impl Frames,
    carry: &mut Carry,
    data: &[u8],
    place: &mut Place,
    points: &mut RestartPoints,
    out: &mut impl Inflated,
) {
    carry.append(data);
    while carry.missing() == 0 && !carry.is_empty() {
        match frames.step(carry.bytes(), place, points, out) {
            Step::Used(used) => {
                place.packed += used as u64;
                carry.use_up(used);
            }
            Step::Need(need) => carry.want(need),
        }
    }
}

impl Default for Inflate {
    fn default() -> Self {
        Self::new()
    }
}

impl Inflate {
    /// Starts at the first byte of a file.
    pub fn new() -> Self {
        Self::with_points_every(Some(restart::SPACING))
    }

    /// The same, with at least so many inflated bytes between two restart points; with none at all for who will not read
    /// the file again.
    pub fn with_points_every(spacing: Option<u64>) -> Self {
        Self {
            head: Vec::new(),
            unpack: Unpack::default(),
            place: Place::default(),
            points: RestartPoints::default(),
            spacing,
        }
    }

    /// How the file is packed; `None` before its first bytes have told.
    pub fn format(&self) -> Option<Format> {
        match self.unpack {
            Unpack::Undecided => None,
            Unpack::Raw => Some(Format::Raw),
            Unpack::Gzip(_) => Some(Format::Gzip),
            Unpack::Zstd(..) => Some(Format::Zstd),
            Unpack::Lz4(..) => Some(Format::Lz4),
        }
    }

    /// Bytes of the stream given so far.
    pub fn inflated(&self) -> u64 {
        self.place.inflated
    }

    /// Where reading can start again, as far as the file has been pushed.
    pub fn points(&self) -> &RestartPoints {
        &self.points
    }

    /// Takes the restart points noted since the last call, to be sent to where the file is read again.
    pub fn take_points(&mut self) -> RestartPoints {
        self.points.take()
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, data: &[u8], out: &mut impl Inflated) {
        if !matches!(self.unpack, Unpack::Undecided) {
            return self.unpack(data, out);
        }
        let mut head = std::mem::take(&mut self.head);
        for (at, byte) in data.iter().enumerate() {
            head.push(*byte);
            if let Some(format) = Format::of(&head) {
                self.begin(format);
                self.unpack(&head, out);
                return self.unpack(data.get(at + 1..).unwrap_or_default(), out);
            }
        }
        self.head = head;
    }

    /// Ends the file.
    pub fn finish(&mut self, out: &mut impl Inflated) {
        if matches!(self.unpack, Unpack::Undecided) {
            let head = std::mem::take(&mut self.head);
            self.begin(Format::Raw);
            self.unpack(&head, out);
        }
        match &mut self.unpack {
            Unpack::Undecided | Unpack::Raw => {}
            Unpack::Gzip(gzip) => gzip.finish(&self.place, out),
            Unpack::Zstd(zstd, carry) => zstd.finish(carry.bytes(), &mut self.place, out),
            Unpack::Lz4(lz4, carry) => lz4.finish(carry.bytes(), &mut self.place, out),
        }
    }

    fn begin(&mut self, format: Format) {
        self.points.begin(format, self.spacing);
        self.unpack = match format {
            Format::Raw => Unpack::Raw,
            Format::Gzip => Unpack::Gzip(Box::default()),
            Format::Zstd => Unpack::Zstd(Box::default(), Carry::default()),
            Format::Lz4 => Unpack::Lz4(Box::default(), Carry::default()),
        };
    }

    fn unpack(&mut self, data: &[u8], out: &mut impl Inflated) {
        match &mut self.unpack {
            Unpack::Undecided => {}
            Unpack::Raw => {
                self.place.packed += data.len() as u64;
                self.place.inflated += data.len() as u64;
                out.bytes(data);
            }
            Unpack::Gzip(gzip) => gzip.push(data, &mut self.place, &mut self.points, out),
            Unpack::Zstd(zstd, carry) => {
                push_frames(zstd.as_mut(), carry, data, &mut self.place, &mut self.points, out);
            }
            Unpack::Lz4(lz4, carry) => push_frames(lz4.as_mut(), carry, data, &mut self.place, &mut self.points, out),
        }
    }
}

fn damage(kind: DamageKind, offset: u64, block: &'static str, field: &'static str, found: String) -> Damage {
    Damage { offset, kind, block, field, found, expected: String::new(), skipped: 0 }
}
