//! Unpacks a capture while it is read: gzip, or nothing to unpack. Push compressed slices, take inflated ones.

mod gzip;
mod restart;

use crate::damage::{Damage, DamageKind};
use gzip::Gzip;
pub use restart::{Cursor, RestartPoints};

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Not at all, as far as its first bytes say; the reader decides whether it is a capture.
    Raw,
    /// One or more gzip members.
    Gzip,
}

impl Format {
    /// Tells the format by the first bytes of the file; `None` while they are too few.
    fn of(head: &[u8]) -> Option<Self> {
        match *head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [] | [0x1f] | [0x1f, 0x8b] => None,
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
/// Memory does not depend on what the file claims: output is given in pieces of at most 288 KiB.
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
#[derive(Clone, Debug, Default)]
pub struct Inflate {
    /// The first bytes, until they tell the format.
    head: Vec<u8>,
    unpack: Unpack,
    place: Place,
    points: RestartPoints,
}

/// Where unpacking stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Bytes of the file that are used.
    packed: u64,
    /// Bytes of the stream that are given.
    inflated: u64,
}

#[derive(Clone, Debug, Default)]
enum Unpack {
    #[default]
    Undecided,
    Raw,
    Gzip(Box<Gzip>),
}

impl Inflate {
    /// Starts at the first byte of a file.
    pub fn new() -> Self {
        Self::default()
    }

    /// How the file is packed; `None` before its first bytes have told.
    pub fn format(&self) -> Option<Format> {
        match self.unpack {
            Unpack::Undecided => None,
            Unpack::Raw => Some(Format::Raw),
            Unpack::Gzip(_) => Some(Format::Gzip),
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
        }
    }

    fn begin(&mut self, format: Format) {
        self.points.begin(format);
        self.unpack = match format {
            Format::Raw => Unpack::Raw,
            Format::Gzip => Unpack::Gzip(Box::default()),
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
        }
    }
}

fn damage(kind: DamageKind, offset: u64, block: &'static str, field: &'static str, found: String) -> Damage {
    Damage { offset, kind, block, field, found, expected: String::new(), skipped: 0 }
}
