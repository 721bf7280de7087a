//! 65,536 rows: unpacked while they are written, packed once they are complete.

use model::{Applied, Row};
use scap::Event;

use crate::bitmap::Bitmap;
use crate::packed::{Dictionary, Frames, Patched, unzigzag, zigzag};

/// Rows of a chunk.
pub const CHUNK_ROWS: usize = 1 << 16;

/// What a row is, in bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// A line of `sysdig -r`.
    pub const PRINTED: Self = Self(1);
    /// Kept so that state can be followed, never shown.
    pub const STATE_ONLY: Self = Self(2);
    /// Of a type nobody knows; has no number.
    pub const UNKNOWN: Self = Self(4);
    /// The result column has a value.
    pub const RESULT: Self = Self(8);
    /// Shown as a row of the event list.
    pub const SHOWN: Self = Self(16);
    /// Shown as a row of the call list.
    pub const CALL: Self = Self(32);
    /// An exit that failed, or the enter of one.
    pub const ERROR: Self = Self(64);

    /// The bits that a sealed chunk keeps together; the rest are bitmaps there.
    const PACKED: u8 = Self::PRINTED.0 | Self::STATE_ONLY.0 | Self::UNKNOWN.0 | Self::RESULT.0;

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn with(self, other: Self, on: bool) -> Self {
        if on { Self(self.0 | other.0) } else { self }
    }
}

/// Everything the index knows of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its position in the capture.
    pub row: Row,
    /// Nanoseconds since the epoch; all ones when the recorder did not know.
    pub ts: u64,
    /// Event type.
    pub kind: u16,
    /// CPU.
    pub cpu: u16,
    /// Version of its thread, or `model::state::NONE`.
    pub version: u32,
    /// Description it is about, or `model::state::NONE`.
    pub description: u32,
    /// Number of that fd; -1 when there is none.
    pub fd: i32,
    /// The other edge of the call.
    pub partner: Option<Row>,
    /// Result, where the event has one.
    pub result: Option<i64>,
    /// Where its block starts in the inflated stream.
    pub offset: u64,
    /// Length of the block.
    pub block_len: u32,
    /// What it is.
    pub flags: Flags,
}

impl Record {
    /// An exit; even types are enters.
    pub fn is_exit(&self) -> bool {
        self.kind % 2 == 1
    }
}

/// A column that is being written. Exactly as long as a u16 can count, so that no access needs a check.
type Column<T> = Box<[T; CHUNK_ROWS]>;

fn column<T: Clone>(value: T) -> Column<T> {
    vec![value; CHUNK_ROWS].into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("made with that length"))
}

/// Block lengths are multiples of four in every honest file: this makes them two bits shorter.
fn pack_len(len: u32) -> u32 {
    len.rotate_right(2)
}

/// A place where a block does not start where the one before ended.
#[derive(Clone, Copy, Debug)]
struct Jump {
    at: u16,
    offset: u64,
}

/// Where rows stand in the stream: the offset of each 64th, and the jumps between.
#[derive(Debug, Default)]
struct Offsets {
    every_64: Vec<u64>,
    jumps: Vec<Jump>,
    /// End of the last block.
    end: u64,
}

impl Offsets {
    fn push(&mut self, at: u16, offset: u64, len: u32) {
        if at % 64 == 0 {
            self.every_64.push(offset);
        } else if offset != self.end {
            self.jumps.push(Jump { at, offset });
        }
        self.end = offset.saturating_add(u64::from(len));
    }

    fn get(&self, at: u16, len: impl Fn(u16) -> u32) -> u64 {
        let frame = at & !63;
        let mut from = frame;
        let mut offset = self.every_64[usize::from(frame) / 64];
        let jumped = self.jumps.partition_point(|jump| jump.at <= at);
        if let Some(jump) = jumped.checked_sub(1).and_then(|last| self.jumps.get(last))
            && jump.at > frame
        {
            from = jump.at;
            offset = jump.offset;
        }
        (from..at).fold(offset, |offset, row| offset.saturating_add(u64::from(len(row))))
    }

    fn bytes(&self) -> usize {
        self.every_64.capacity() * 8 + self.jumps.capacity() * size_of::<Jump>()
    }
}

/// The chunk that is being written.
#[derive(Debug)]
pub struct Hot {
    len: usize,
    ts: Column<u64>,
    result: Column<i64>,
    version: Column<u32>,
    description: Column<u32>,
    partner: Column<u32>,
    block_len: Column<u32>,
    fd: Column<i32>,
    kind: Column<u16>,
    cpu: Column<u16>,
    flags: Column<u8>,
    offsets: Offsets,
    shown: Bitmap,
    calls: Bitmap,
    errors: Bitmap,
    counts: Counts,
}

/// Sums over a chunk, and its place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Lines of `sysdig -r`.
    pub printed: u32,
    /// Rows of the event list.
    pub shown: u32,
    /// Rows of the call list.
    pub calls: u32,
    /// Failed exits.
    pub errors: u32,
    /// Earliest time of a shown row; all ones when there is none.
    pub min_ts: u64,
    /// Latest time of a shown row.
    pub max_ts: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self { printed: 0, shown: 0, calls: 0, errors: 0, min_ts: u64::MAX, max_ts: 0 }
    }
}

/// Whether a recorder knew this time. Records written before the first event carry 0 or all ones.
pub fn is_time(ts: u64) -> bool {
    ts != 0 && ts != u64::MAX
}

/// The kernel returns failures as these.
fn is_error(result: i64) -> bool {
    (-4095..0).contains(&result)
}

impl Default for Hot {
    fn default() -> Self {
        Self {
            len: 0,
            ts: column(0),
            result: column(0),
            version: column(0),
            description: column(0),
            partner: column(0),
            block_len: column(0),
            fd: column(0),
            kind: column(0),
            cpu: column(0),
            flags: column(0),
            offsets: Offsets::default(),
            shown: Bitmap::default(),
            calls: Bitmap::default(),
            errors: Bitmap::default(),
            counts: Counts::default(),
        }
    }
}

/// An exit that completes a call, as its enter's chunk has to learn.
#[derive(Clone, Copy, Debug)]
pub struct Completion {
    /// Row of the enter.
    pub enter: Row,
    /// Row of the exit.
    pub exit: Row,
    /// It failed.
    pub error: bool,
}

impl Hot {
    /// Rows so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends row `row`; `enter_printed` says whether its enter, if it has one, stands in the lists already. The chunk
    /// must not be full.
    #[inline]
    pub fn push(&mut self, row: Row, event: &Event<'_>, applied: &Applied, enter_printed: bool) -> Option<Completion> {
        let at = row as u16;
        let index = usize::from(at);
        let unknown = applied.number.is_none();
        let shown = applied.printed || (unknown && !event.state_only);
        let call = shown && !enter_printed;
        let error = applied.result.is_some_and(is_error);
        let flags = Flags::default()
            .with(Flags::PRINTED, applied.printed)
            .with(Flags::STATE_ONLY, event.state_only)
            .with(Flags::UNKNOWN, unknown)
            .with(Flags::RESULT, applied.result.is_some());
        self.ts[index] = event.ts;
        self.result[index] = applied.result.unwrap_or(0);
        self.version[index] = applied.version;
        self.description[index] = applied.description;
        self.partner[index] = applied.enter.map_or(0, |enter| row.wrapping_sub(enter));
        self.block_len[index] = event.block_len;
        self.fd[index] = applied.fd;
        self.kind[index] = event.kind;
        self.cpu[index] = event.cpu;
        self.flags[index] = flags.0;
        self.offsets.push(at, event.offset, event.block_len);
        if shown {
            self.shown.set(at);
            self.counts.shown += 1;
            self.counts.printed += u32::from(applied.printed);
            if is_time(event.ts) {
                self.counts.min_ts = self.counts.min_ts.min(event.ts);
                self.counts.max_ts = self.counts.max_ts.max(event.ts);
            }
        }
        if call {
            self.calls.set(at);
            self.counts.calls += 1;
        }
        if error {
            self.errors.set(at);
            self.counts.errors += u32::from(shown);
        }
        self.len += 1;
        applied.enter.map(|enter| Completion { enter, exit: row, error })
    }

    /// Tells the enter row of its exit; both are in this chunk's numbering of rows.
    #[inline]
    pub fn complete(&mut self, completion: &Completion) {
        let at = completion.enter as u16;
        self.partner[usize::from(at)] = completion.exit.wrapping_sub(completion.enter);
        if completion.error {
            self.errors.set(at);
        }
    }

    /// Whether the row is a line of `sysdig -r`.
    pub fn is_printed(&self, at: u16) -> bool {
        self.flags[usize::from(at)] & Flags::PRINTED.0 != 0
    }

    fn record(&self, row: Row) -> Record {
        let at = row as u16;
        let index = usize::from(at);
        let kind = self.kind[index];
        let flags = Flags(self.flags[index]);
        Record {
            row,
            ts: self.ts[index],
            kind,
            cpu: self.cpu[index],
            version: self.version[index],
            description: self.description[index],
            fd: self.fd[index],
            partner: partner(row, kind, self.partner[index]),
            result: flags.has(Flags::RESULT).then_some(self.result[index]),
            offset: self.offsets.get(at, |at| self.block_len[usize::from(at)]),
            block_len: self.block_len[index],
            flags,
        }
    }

    /// Packs what has been written and starts anew.
    pub fn seal(&mut self, marks: &mut Vec<u32>) -> Sealed {
        let len = self.len;
        let wide = |values: &[u32]| Patched::new(values[..len].iter().map(|value| u64::from(*value)).collect::<Vec<_>>().into_iter());
        let mut offsets = std::mem::take(&mut self.offsets);
        offsets.every_64.shrink_to_fit();
        offsets.jumps.shrink_to_fit();
        let sealed = Sealed {
            len,
            ts: Frames::new(&self.ts[..len]),
            kind: Dictionary::new(self.kind[..len].iter().map(|kind| u32::from(*kind)), marks),
            cpu: Dictionary::new(self.cpu[..len].iter().map(|cpu| u32::from(*cpu)), marks),
            version: Dictionary::new(self.version[..len].iter().copied(), marks),
            description: Dictionary::new(self.description[..len].iter().copied(), marks),
            fd: Patched::new(self.fd[..len].iter().map(|fd| zigzag(i64::from(*fd)))),
            partner: wide(&self.partner[..]),
            result: Patched::new(self.result[..len].iter().map(|result| zigzag(*result))),
            block_len: Patched::new(self.block_len[..len].iter().map(|len| u64::from(pack_len(*len)))),
            flags: Dictionary::new(self.flags[..len].iter().map(|flags| u32::from(*flags)), marks),
            offsets,
            shown: self.shown.clone(),
            calls: self.calls.clone(),
            errors: self.errors.clone(),
            counts: self.counts,
            late: Vec::new(),
        };
        self.shown.clear();
        self.calls.clear();
        self.errors.clear();
        self.counts = Counts::default();
        self.len = 0;
        sealed
    }
}

fn partner(row: Row, kind: u16, distance: u32) -> Option<Row> {
    if distance == 0 {
        None
    } else if kind % 2 == 1 {
        row.checked_sub(distance)
    } else {
        row.checked_add(distance)
    }
}

/// A chunk that is complete. Only calls that were open when it was sealed may still learn of their exit.
#[derive(Debug)]
pub struct Sealed {
    len: usize,
    ts: Frames,
    kind: Dictionary,
    cpu: Dictionary,
    version: Dictionary,
    description: Dictionary,
    fd: Patched,
    partner: Patched,
    result: Patched,
    block_len: Patched,
    flags: Dictionary,
    offsets: Offsets,
    shown: Bitmap,
    calls: Bitmap,
    errors: Bitmap,
    counts: Counts,
    /// Exits that came after sealing, by enter.
    late: Vec<(u16, Row)>,
}

impl Sealed {
    fn record(&self, row: Row) -> Record {
        let at = row as u16;
        let index = usize::from(at);
        let kind = self.kind.get(index) as u16;
        let flags = Flags(self.flags.get(index) as u8);
        let late = self.late.binary_search_by_key(&at, |late| late.0).ok().map(|found| self.late[found].1);
        let block_len = |at: u16| (self.block_len.get(usize::from(at)) as u32).rotate_left(2);
        Record {
            row,
            ts: self.ts.get(index),
            kind,
            cpu: self.cpu.get(index) as u16,
            version: self.version.get(index),
            description: self.description.get(index),
            fd: unzigzag(self.fd.get(index)) as i32,
            partner: late.or_else(|| partner(row, kind, self.partner.get(index) as u32)),
            result: flags.has(Flags::RESULT).then(|| unzigzag(self.result.get(index))),
            offset: self.offsets.get(at, block_len),
            block_len: block_len(at),
            flags,
        }
    }

    /// Tells the enter row of its exit.
    pub fn complete(&mut self, completion: &Completion) {
        let at = completion.enter as u16;
        let place = self.late.partition_point(|late| late.0 < at);
        self.late.insert(place, (at, completion.exit));
        if completion.error {
            self.errors.set(at);
        }
    }

    /// Bytes on the heap, and of the chunk itself, by column.
    pub fn bytes(&self) -> [(&'static str, usize); 12] {
        [
            ("time", self.ts.bytes()),
            ("type", self.kind.bytes()),
            ("cpu", self.cpu.bytes()),
            ("version", self.version.bytes()),
            ("description", self.description.bytes()),
            ("fd", self.fd.bytes()),
            ("partner", self.partner.bytes() + self.late.capacity() * size_of::<(u16, Row)>()),
            ("result", self.result.bytes()),
            ("length", self.block_len.bytes()),
            ("flags", self.flags.bytes()),
            ("offset", self.offsets.bytes()),
            ("lists", self.shown.bytes() + self.calls.bytes() + self.errors.bytes() + size_of::<Self>()),
        ]
    }
}

/// Either kind of chunk, to read from.
#[derive(Clone, Copy, Debug)]
pub enum Chunk<'a> {
    /// Being written.
    Hot(&'a Hot),
    /// Complete.
    Sealed(&'a Sealed),
}

impl<'a> Chunk<'a> {
    /// Rows in it.
    pub fn len(self) -> usize {
        match self {
            Self::Hot(hot) => hot.len,
            Self::Sealed(sealed) => sealed.len,
        }
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Sums over it.
    pub fn counts(self) -> &'a Counts {
        match self {
            Self::Hot(hot) => &hot.counts,
            Self::Sealed(sealed) => &sealed.counts,
        }
    }

    /// Rows of the event list.
    pub fn shown(self) -> &'a Bitmap {
        match self {
            Self::Hot(hot) => &hot.shown,
            Self::Sealed(sealed) => &sealed.shown,
        }
    }

    /// Rows of the call list.
    pub fn calls(self) -> &'a Bitmap {
        match self {
            Self::Hot(hot) => &hot.calls,
            Self::Sealed(sealed) => &sealed.calls,
        }
    }

    /// Failed exits and their enters.
    pub fn errors(self) -> &'a Bitmap {
        match self {
            Self::Hot(hot) => &hot.errors,
            Self::Sealed(sealed) => &sealed.errors,
        }
    }

    /// Everything known of a row, which must be in this chunk.
    pub fn record(self, row: Row) -> Record {
        let mut record = match self {
            Self::Hot(hot) => hot.record(row),
            Self::Sealed(sealed) => sealed.record(row),
        };
        let at = row as u16;
        record.flags = Flags(record.flags.0 & Flags::PACKED)
            .with(Flags::SHOWN, self.shown().has(at))
            .with(Flags::CALL, self.calls().has(at))
            .with(Flags::ERROR, self.errors().has(at));
        record
    }

    /// Time of row `at` of the chunk.
    pub fn ts(self, at: u16) -> u64 {
        match self {
            Self::Hot(hot) => hot.ts[usize::from(at)],
            Self::Sealed(sealed) => sealed.ts.get(usize::from(at)),
        }
    }

    /// Event type of row `at` of the chunk.
    pub fn kind(self, at: u16) -> u16 {
        match self {
            Self::Hot(hot) => hot.kind[usize::from(at)],
            Self::Sealed(sealed) => sealed.kind.get(usize::from(at)) as u16,
        }
    }

    /// Calls `found` with each row of the chunk that is about one of these descriptions, sorted ascending, from `from` on.
    pub fn about(self, descriptions: &[u32], from: u16, found: &mut impl FnMut(u16)) {
        let rows = usize::from(from)..self.len();
        match self {
            Self::Hot(hot) => {
                for at in rows {
                    if descriptions.contains(&hot.description[at]) {
                        found(at as u16);
                    }
                }
            }
            Self::Sealed(sealed) => {
                let codes: Vec<u64> = descriptions.iter().filter_map(|wanted| sealed.description.code_of(*wanted)).collect();
                if codes.is_empty() {
                    return;
                }
                for at in rows {
                    if codes.contains(&sealed.description.code(at)) {
                        found(at as u16);
                    }
                }
            }
        }
    }
}
