//! Reads the bytes of one direction as the records of a protocol.
//!
//! A decoder is fed pieces in order, each with its place in the stream; what was not captured is a gap. It keeps little,
//! says what it could not read, and after a gap finds its way back to the next record, by its own knowledge of lengths
//! where it has it.

mod fastcgi;
mod http;
mod statsd;

/// What a record is, and where it stands in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Offset of its first byte.
    pub start: u64,
    /// Offset behind its last byte.
    pub end: u64,
    /// What it is, in a few words.
    pub label: String,
}

/// Labels are cut there.
const LABEL: usize = 160;
/// More records of one direction are not kept.
pub(crate) const RECORDS: usize = 1 << 20;

/// Reads one direction of a stream.
pub trait Decoder: std::fmt::Debug {
    /// The next bytes, whose first stands at `offset`. Between the last piece and this one bytes may be missing.
    fn push(&mut self, offset: u64, bytes: &[u8], records: &mut Vec<Record>);
    /// What has begun and is not at its end, as far as it has come.
    fn open(&self) -> Option<Record>;
    /// No more will come.
    fn finish(&mut self, records: &mut Vec<Record>);
}

/// A protocol that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// FastCGI.
    FastCgi,
    /// HTTP/1.x.
    Http,
    /// statsd datagrams.
    Statsd,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FastCgi, Self::Http, Self::Statsd];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::FastCgi => "fastcgi",
            Self::Http => "http",
            Self::Statsd => "statsd",
        }
    }

    /// The protocol of a name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.word() == word)
    }

    /// A decoder for one direction.
    pub fn decoder(self) -> Box<dyn Decoder> {
        match self {
            Self::FastCgi => Box::new(fastcgi::FastCgi::default()),
            Self::Http => Box::new(http::Http::default()),
            Self::Statsd => Box::new(statsd::Statsd),
        }
    }

    /// What the first bytes of a call look like.
    pub fn guess(head: &[u8]) -> Option<Self> {
        let looks = [(Self::FastCgi, fastcgi::looks_like as fn(&[u8]) -> bool), (Self::Http, http::looks_like), (Self::Statsd, statsd::looks_like)];
        looks.into_iter().find(|(_, looks)| looks(head)).map(|(protocol, _)| protocol)
    }

    /// The protocol of a number that [`sniff`] gave.
    pub fn from_number(number: u8) -> Option<Self> {
        usize::from(number).checked_sub(1).and_then(|at| Self::ALL.get(at)).copied()
    }
}

/// What the first bytes of a call look like, as a number: 0 is nothing.
pub fn sniff(head: &[u8]) -> u8 {
    let guessed = Protocol::guess(head);
    Protocol::ALL.iter().position(|protocol| Some(*protocol) == guessed).map_or(0, |at| at as u8 + 1)
}

/// Bytes of a call in their place: captured ones, and how many there really were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Offset of the first byte in the stream.
    pub offset: u64,
    /// What was captured.
    pub bytes: Vec<u8>,
    /// What the call moved.
    pub actual: u64,
}

/// The records of one direction.
pub fn records(protocol: Protocol, pieces: &[Piece]) -> Vec<Record> {
    let mut decoder = protocol.decoder();
    let mut records = Vec::new();
    for piece in pieces {
        decoder.push(piece.offset, &piece.bytes, &mut records);
        if records.len() >= RECORDS {
            break;
        }
    }
    decoder.finish(&mut records);
    records.truncate(RECORDS);
    records
}

impl Record {
    /// A record with a label that is no longer than needed.
    fn new(start: u64, end: u64, mut label: String) -> Self {
        if label.len() > LABEL {
            let cut = (0..=LABEL).rev().find(|at| label.is_char_boundary(*at)).unwrap_or(0);
            label.truncate(cut);
            label.push('…');
        }
        Self { start, end, label }
    }
}

/// Bytes as a label shows them: what is not printable ASCII as dots.
pub(crate) fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' }).collect()
}
