//! 65,536 rows: packed 256 at a time as soon as they are written, but for what may still change.

use model::order::by_number;
use model::{Applied, Row};
use scap::Event;

use crate::bitmap::Bitmap;
use crate::packed::{ASIDE, Dictionary, FRAME, Frames, Marks, Patched, Times, all_bits, unzigzag, width_of, zigzag};

/// Rows of a chunk.
pub const CHUNK_ROWS: usize = 1 << 16;

/// What a row is, in bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// A line of `sysdig -r`.
    pub const PRINTED: Self = Self(1);
    /// Kept so that state can be followed, never shown.
    pub const STATE_ONLY: Self = Self(4);
    /// Of a type nobody knows; has no number.
    pub const UNKNOWN: Self = Self(8);
    /// The result column has a value.
    pub const RESULT: Self = Self(2);
    /// Shown as a row of the event list.
    pub const SHOWN: Self = Self(16);
    /// Shown as a row of the call list.
    pub const CALL: Self = Self(32);
    /// An exit that failed, or the enter of one.
    pub const ERROR: Self = Self(64);

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn with(self, other: Self, on: bool) -> Self {
        if on { Self(self.0 | other.0) } else { self }
    }
}

/// A column of which a chunk has few different values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Event type, in the lower 16 bits; in the upper ones the code of a call that has no type of its own.
    Kind,
    /// Version of the thread.
    Version,
    /// Description it is about.
    Description,
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

/// Sums over a chunk, and its place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Lines of `sysdig -r`.
    pub printed: u32,
    /// Exits among them.
    pub exits: u32,
    /// Rows of the event list.
    pub shown: u32,
    /// Rows of the call list.
    pub calls: u32,
    /// Failed exits.
    pub errors: u32,
    /// Earliest known time; all ones when there is none.
    pub min_ts: u64,
    /// Latest known time.
    pub max_ts: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self { printed: 0, exits: 0, shown: 0, calls: 0, errors: 0, min_ts: u64::MAX, max_ts: 0 }
    }
}

impl Counts {
    fn widen(&mut self, low: u64, high: u64) {
        self.min_ts = self.min_ts.min(low);
        self.max_ts = self.max_ts.max(high);
    }

    fn add(&mut self, flags: &[u32], kinds: &[u32]) {
        // Checked sums would not be worked out four rows at a time; a frame's are far from the limit.
        let (mut all, mut odd) = (0u32, 0u32);
        for (flags, kind) in flags.iter().zip(kinds) {
            let printed = flags & u32::from(Flags::PRINTED.0);
            all = all.wrapping_add(printed);
            odd = odd.wrapping_add(printed & kind);
        }
        self.printed += all;
        self.exits += odd;
    }
}

/// Whether a recorder knew this time. Records written before the first event carry 0 or all ones.
#[inline(always)]
pub fn is_time(ts: u64) -> bool {
    ts != 0 && ts != u64::MAX
}

/// The kernel returns failures as these.
pub(crate) fn is_error(result: i64) -> bool {
    (-4095..0).contains(&result)
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
    #[inline]
    fn push(&mut self, at: u16, offset: u64, len: u32) {
        if at.is_multiple_of(64) {
            self.every_64.push(offset);
        } else if offset != self.end {
            self.jumps.push(Jump { at, offset });
        }
        self.end = offset.saturating_add(u64::from(len));
    }

    fn get(&self, at: u16, len: impl Fn(u16) -> u32) -> u64 {
        let mut from = at & !63;
        let mut offset = self.every_64[usize::from(at) / 64];
        let jumped = self.jumps.partition_point(|jump| jump.at <= at);
        if let Some(jump) = jumped.checked_sub(1).and_then(|last| self.jumps.get(last))
            && jump.at > from
        {
            from = jump.at;
            offset = jump.offset;
        }
        (from..at).fold(offset, |offset, row| offset.saturating_add(u64::from(len(row))))
    }

    fn shrink(&mut self) {
        self.every_64.shrink_to_fit();
        self.jumps.shrink_to_fit();
    }

    fn bytes(&self) -> usize {
        self.every_64.capacity() * 8 + self.jumps.capacity() * size_of::<Jump>()
    }
}

/// What is not packed yet: the rows of the last, unfinished frame, and the partners of the whole chunk, because an exit
/// tells its enter of itself.
#[derive(Debug)]
pub struct Open {
    ts: [u64; FRAME],
    kind: [u32; FRAME],
    cpu: [u32; FRAME],
    version: [u32; FRAME],
    description: [u32; FRAME],
    fd: [u32; FRAME],
    result: [u32; FRAME],
    block_len: [u32; FRAME],
    flags: [u32; FRAME],
    /// Results that do not fit, by row.
    wide_results: Vec<(u16, u64)>,
    /// Rows between the edges of a call; 0: no partner.
    partner: Box<[u16; CHUNK_ROWS]>,
    /// Distances that do not fit, by row.
    far: Vec<(u16, u32)>,
    kinds: Marks,
    versions: Marks,
    descriptions: Marks,
}

/// Stands for a distance that is told apart.
const FAR: u16 = u16::MAX;

impl Default for Open {
    fn default() -> Self {
        let none = [0; FRAME];
        let partner = vec![0; CHUNK_ROWS].into_boxed_slice();
        Self {
            ts: [0; FRAME],
            kind: none,
            cpu: none,
            version: none,
            description: none,
            fd: none,
            result: none,
            block_len: none,
            flags: none,
            wide_results: Vec::new(),
            partner: partner.try_into().unwrap_or_else(|_| unreachable!("made with that length")),
            far: Vec::new(),
            kinds: Marks::default(),
            versions: Marks::default(),
            descriptions: Marks::default(),
        }
    }
}

impl Open {
    /// Bytes it takes: about the same for every capture.
    pub fn bytes(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.partner)
            + self.far.capacity() * 8
            + self.wide_results.capacity() * 16
            + self.kinds.bytes()
            + self.versions.bytes()
            + self.descriptions.bytes()
    }

    #[inline]
    fn set_partner(&mut self, at: u16, distance: u32) {
        let short = u16::try_from(distance).unwrap_or(FAR);
        self.partner[usize::from(at)] = short;
        if short == FAR {
            self.far.push((at, distance));
        }
    }

    fn partner(&self, at: u16) -> u32 {
        match self.partner[usize::from(at)] {
            FAR => self.far.iter().rev().find(|far| far.0 == at).map_or(0, |far| far.1),
            short => u32::from(short),
        }
    }
}

/// 65,536 rows. The last chunk of an index is unfinished, and [`Open`] holds what it has not packed.
#[derive(Debug, Default)]
pub struct Chunk {
    len: usize,
    /// Rows that are packed: whole frames, all but the partners until the chunk is complete.
    packed: usize,
    ts: Times,
    kind: Dictionary,
    cpu: Frames,
    version: Dictionary,
    description: Dictionary,
    fd: Patched,
    partner: Patched,
    result: Patched,
    block_len: Patched,
    flags: Frames,
    offsets: Offsets,
    shown: Bitmap,
    calls: Bitmap,
    errors: Bitmap,
    counts: Counts,
    sealed: bool,
    /// Exits that came after sealing, by enter.
    late: Vec<(u16, Row)>,
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

/// Type of an event, and the code of the call that has no type of its own: [`Column::Kind`] has both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Event type.
    pub kind: u16,
    /// Code of the call, for the first two types, as far as it is below 512; else 0.
    pub code: u16,
}

impl Kind {
    /// Types and codes have values of their own below this; they share few bits in a chunk.
    const FEW: u32 = 512;

    #[inline]
    fn of(event: &Event<'_>) -> Self {
        let code = if event.kind < 2 { event.params.uint(0).filter(|code| *code < u64::from(Self::FEW)) } else { None };
        Self { kind: event.kind, code: code.unwrap_or(0) as u16 }
    }

    /// As a value of the column.
    #[inline]
    fn pack(self) -> u32 {
        let (kind, code) = (u32::from(self.kind), u32::from(self.code));
        match (kind, code) {
            (0 | 1, 1..) => Self::FEW + 2 * code + kind,
            (..Self::FEW, _) => kind,
            _ => kind + 2 * Self::FEW,
        }
    }

    /// Reads what [`Kind::pack`] wrote.
    #[inline]
    fn unpack(value: u32) -> Self {
        match value {
            ..Self::FEW => Self { kind: value as u16, code: 0 },
            _ if value < 3 * Self::FEW => Self { kind: (value % 2) as u16, code: ((value - Self::FEW) / 2) as u16 },
            _ => Self { kind: (value - 2 * Self::FEW) as u16, code: 0 },
        }
    }

    /// The type and the result, or for calls without a type of their own the code.
    fn with(self, packed_result: Option<u64>) -> (u16, Option<i64>) {
        let code = (self.code > 0).then(|| i64::from(self.code));
        (self.kind, packed_result.map(unzigzag).or(code))
    }

    /// What [`Chunk::classify`] asks about: the type in the lower 16 bits, the code in the upper ones.
    fn asked(value: u32) -> u32 {
        let Self { kind, code } = Self::unpack(value);
        u32::from(code) << 16 | u32::from(kind)
    }
}

/// What [`Chunk::classify_results`] has been answered, by type and result.
#[derive(Debug)]
pub struct Answers {
    /// Answers plus one, 0 where it has not been asked; [`Answers::SLOTS`] for each type, the first for those that are not
    /// wanted.
    known: Vec<u8>,
    /// Where those of a type start, by [`Kind::pack`]; 0: nowhere yet.
    starts: Vec<usize>,
    /// The last of the larger results, by what they come to: type, result as it is packed, answer.
    wide: Vec<(Kind, u64, u8)>,
}

impl Default for Answers {
    fn default() -> Self {
        Self { known: vec![1; Self::SLOTS], starts: Vec::new(), wide: Vec::new() }
    }
}

impl Answers {
    const SLOTS: usize = 256;
    /// Slot of larger results, as they are packed.
    const WIDE: u32 = 254;
    /// Slot of what has no result.
    const NONE: u32 = 255;
    /// Larger results that are remembered.
    const KEPT: usize = 1024;

    /// Where the answers for a type start.
    fn start(&mut self, kind: Kind) -> usize {
        let at = kind.pack() as usize;
        if at >= self.starts.len() {
            self.starts.resize(at + 1, 0);
        }
        let start = &mut self.starts[at];
        if *start == 0 {
            *start = self.known.len();
            self.known.resize(*start + Self::SLOTS, 0);
        }
        *start
    }

    /// Asks about what has no answer yet at `place`.
    #[cold]
    #[inline(never)]
    fn ask(&mut self, place: usize, kind: Kind, told: Option<u64>, class: &mut dyn FnMut(u16, Option<i64>) -> u8) -> u8 {
        let (of, result) = kind.with(told);
        let Some(packed) = told.filter(|packed| *packed >= u64::from(Self::WIDE)) else {
            let answer = class(of, result);
            if let Some(known) = self.known.get_mut(place) {
                *known = 1 + answer;
            }
            return answer;
        };
        if self.wide.is_empty() {
            // What no result is packed to: it would have a slot.
            self.wide.resize(Self::KEPT, (kind, 0, 0));
        }
        let slot = (packed as usize ^ kind.pack() as usize) % Self::KEPT;
        if (self.wide[slot].0, self.wide[slot].1) != (kind, packed) {
            self.wide[slot] = (kind, packed, class(of, result));
        }
        self.wide[slot].2
    }
}

/// Rows that were given bit 0, and those that were given bit 1.
#[derive(Default)]
struct Found {
    one: Bitmap,
    two: Bitmap,
}

impl Found {
    /// A class for each row of a frame.
    fn put(&mut self, frame: usize, classes: &[u8; FRAME]) {
        let places = frame * FRAME / 64..(frame + 1) * FRAME / 64;
        let words = self.one.words_mut()[places.clone()].iter_mut().zip(&mut self.two.words_mut()[places]);
        for (classes, (one, two)) in classes.as_chunks::<64>().0.iter().zip(words) {
            for (group, classes) in classes.as_chunks::<8>().0.iter().enumerate() {
                let all = u64::from_le_bytes(*classes);
                *one |= lowest_bits(all) << (8 * group);
                *two |= lowest_bits(all >> 1) << (8 * group);
            }
        }
    }

    /// One class for a whole frame.
    fn fill(&mut self, frame: usize, class: u8) {
        for (words, bit) in [(&mut self.one, 1), (&mut self.two, 2)] {
            if class & bit != 0 {
                words.words_mut()[frame * FRAME / 64..(frame + 1) * FRAME / 64].fill(u64::MAX);
            }
        }
    }

    fn or(&mut self, at: u16, class: u8) {
        self.one.or(at, class & 1 != 0);
        self.two.or(at, class & 2 != 0);
    }

    fn of(mut self, among: &Bitmap) -> (Bitmap, Bitmap) {
        self.one.combine(among, |rows, among| rows & among);
        self.two.combine(among, |rows, among| rows & among);
        (self.one, self.two)
    }
}

/// The lowest bits of eight bytes, side by side.
#[inline]
fn lowest_bits(bytes: u64) -> u64 {
    (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Whether the event table has this type.
#[cold]
fn is_known(kind: u16) -> bool {
    model::table::event(kind).is_some_and(|info| !info.flags.has(model::table::EventFlags::UNUSED))
}

impl Chunk {
    /// Appends row `row`, whose block stands at `offset`; `enter_listed` says whether its enter, if it has one, stands in
    /// the list of calls. The chunk must not be full.
    #[inline]
    pub fn push(&mut self, open: &mut Open, row: Row, offset: u64, event: &Event<'_>, applied: &Applied, enter_listed: bool) {
        let at = row as u16;
        let slot = usize::from(at) % FRAME;
        let unknown = applied.number.is_none() && !is_known(event.kind);
        let shown = applied.printed || (unknown && !event.state_only);
        let call = shown && !enter_listed;
        let error = applied.result.is_some_and(is_error);
        let flags = u32::from(applied.printed)
            | u32::from(applied.result.is_some()) << 1
            | u32::from(event.state_only) << 2
            | u32::from(unknown) << 3;
        let result = zigzag(applied.result.unwrap_or(0));
        let short = if result < u64::from(ASIDE) { result as u32 } else { ASIDE };
        if short == ASIDE {
            open.wide_results.push((at, result));
        }
        open.ts[slot] = event.ts;
        open.kind[slot] = Kind::of(event).pack();
        open.cpu[slot] = u32::from(event.cpu);
        open.version[slot] = applied.version;
        open.description[slot] = applied.description;
        open.fd[slot] = zigzag(i64::from(applied.fd)) as u32;
        open.result[slot] = short;
        open.block_len[slot] = pack_len(event.block_len);
        open.flags[slot] = flags;
        open.set_partner(at, applied.enter.map_or(0, |enter| row.wrapping_sub(enter)));
        self.offsets.push(at, offset, event.block_len);
        self.shown.or(at, shown);
        self.calls.or(at, call);
        if error {
            self.errors.or(at, true);
            self.counts.errors += u32::from(shown);
        }
        self.len += 1;
        if slot == FRAME - 1 {
            self.pack(open);
        }
    }

    /// Packs the frame that has just become complete.
    #[inline(never)]
    fn pack(&mut self, open: &mut Open) {
        let first = self.packed;
        let (low, high) = self.ts.push(&open.ts);
        if is_time(low) && is_time(high) {
            self.counts.widen(low, high);
        } else {
            open.ts.iter().filter(|ts| is_time(**ts)).for_each(|ts| self.counts.widen(*ts, *ts));
        }
        self.counts.add(&open.flags, &open.kind);
        self.kind.push(&open.kind, &mut open.kinds);
        self.version.push(&open.version, &mut open.versions);
        self.description.push(&open.description, &mut open.descriptions);
        self.cpu.push(&open.cpu, width_of(all_bits(&open.cpu)));
        self.flags.push(&open.flags, width_of(all_bits(&open.flags)));
        self.fd.push(first, &mut open.fd, |_| u64::from(ASIDE));
        self.block_len.push(first, &mut open.block_len, |_| u64::from(ASIDE));
        let wide = &open.wide_results;
        self.result.push(first, &mut open.result, |at| wide.binary_search_by_key(&at, |wide| wide.0).map_or(0, |found| wide[found].1));
        open.wide_results.clear();
        self.packed += FRAME;
    }

    /// The chunk is full: packs what could still change.
    pub fn seal(&mut self, open: &mut Open) {
        by_number(&mut open.far, |far| far.0.into());
        for first in (0..CHUNK_ROWS).step_by(FRAME) {
            let mut values = [0; FRAME];
            for (value, short) in values.iter_mut().zip(&open.partner[first..]) {
                *value = if *short == FAR { ASIDE } else { u32::from(*short) };
            }
            let far = &open.far;
            self.partner.push(first, &mut values, |at| {
                let behind = far.partition_point(|far| far.0 <= at);
                behind.checked_sub(1).map_or(0, |last| u64::from(far[last].1))
            });
        }
        open.far.clear();
        self.kind.seal(&mut open.kinds);
        self.version.seal(&mut open.versions);
        self.description.seal(&mut open.descriptions);
        self.ts.shrink();
        self.cpu.shrink();
        self.flags.shrink();
        self.fd.shrink();
        self.partner.shrink();
        self.result.shrink();
        self.block_len.shrink();
        self.offsets.shrink();
        self.sealed = true;
    }

    /// Tells the enter row, which must be in this chunk, of its exit. `open` belongs to the unfinished chunk.
    #[inline]
    pub fn complete(&mut self, open: &mut Open, completion: &Completion) {
        let at = completion.enter as u16;
        if self.sealed {
            let place = self.late.partition_point(|late| late.0 < at);
            self.late.insert(place, (at, completion.exit));
        } else {
            open.set_partner(at, completion.exit.wrapping_sub(completion.enter));
        }
        if completion.error {
            self.errors.or(at, true);
        }
    }

    /// Rows in it.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sums over it.
    pub fn counts(&self, open: &Open) -> Counts {
        let mut counts = self.counts;
        let rest = self.len - self.packed;
        counts.add(&open.flags[..rest], &open.kind[..rest]);
        open.ts[..rest].iter().filter(|ts| is_time(**ts)).for_each(|ts| counts.widen(*ts, *ts));
        counts.shown = self.shown.rank(CHUNK_ROWS);
        counts.calls = self.calls.rank(CHUNK_ROWS);
        counts
    }

    /// Adds its events by type.
    pub fn add_kinds(&self, open: &Open, sums: &mut Vec<u64>) {
        let mut add = |value: u32, count: u64| {
            let at = usize::from(Kind::unpack(value).kind);
            if at >= sums.len() {
                sums.resize(at + 1, 0);
            }
            sums[at] += count;
        };
        let mut by_code = vec![0; self.kind.values().len()];
        let mut codes = [0; FRAME];
        for frame in 0..self.packed / FRAME {
            self.kind.codes(frame, &mut codes);
            codes.iter().for_each(|code| by_code[*code as usize] += 1);
        }
        self.kind.values().iter().zip(by_code).for_each(|(kind, count)| add(*kind, count));
        open.kind[..self.len - self.packed].iter().for_each(|kind| add(*kind, 1));
    }

    /// Rows of the event list.
    pub fn shown(&self) -> &Bitmap {
        &self.shown
    }

    /// Rows of the call list.
    pub fn calls(&self) -> &Bitmap {
        &self.calls
    }

    /// Failed exits and their enters.
    pub fn errors(&self) -> &Bitmap {
        &self.errors
    }

    /// Everything known of a row, which must be in this chunk.
    pub fn record(&self, open: &Open, row: Row) -> Record {
        let at = row as u16;
        let block_len = |at: u16| {
            let index = usize::from(at);
            let len = if index < self.packed { self.block_len.get(index) as u32 } else { open.block_len[index % FRAME] };
            len.rotate_left(2)
        };
        Record { offset: self.offsets.get(at, block_len), block_len: block_len(at), ..self.unplaced(open, row) }
    }

    /// Everything known of a row but where its block stands and how long it is: those are 0. A fraction of the work.
    pub fn unplaced(&self, open: &Open, row: Row) -> Record {
        let at = row as u16;
        let index = usize::from(at);
        let slot = index % FRAME;
        let is_packed = index < self.packed;
        let pick = |packed: &dyn Fn() -> u32, open: &[u32; FRAME]| if is_packed { packed() } else { open[slot] };
        let kind = Kind::unpack(pick(&|| self.kind.get(index), &open.kind)).kind;
        let result = self.packed_result(open, index);
        let fd = if is_packed { self.fd.get(index) } else { u64::from(open.fd[slot]) };
        let flags = Flags(pick(&|| self.flags.get(index), &open.flags) as u8)
            .with(Flags::SHOWN, self.shown.has(at))
            .with(Flags::CALL, self.calls.has(at))
            .with(Flags::ERROR, self.errors.has(at));
        let distance = if self.sealed { self.partner.get(index) as u32 } else { open.partner(at) };
        let late = self.late.binary_search_by_key(&at, |late| late.0).ok().map(|found| self.late[found].1);
        Record {
            row,
            ts: if is_packed { self.ts.get(index) } else { open.ts[slot] },
            kind,
            cpu: pick(&|| self.cpu.get(index), &open.cpu) as u16,
            version: pick(&|| self.version.get(index), &open.version),
            description: pick(&|| self.description.get(index), &open.description),
            fd: unzigzag(fd) as i32,
            partner: late.or_else(|| partner(row, kind, distance)),
            result: flags.has(Flags::RESULT).then(|| unzigzag(result)),
            offset: 0,
            block_len: 0,
            flags,
        }
    }

    /// Where the blocks of a frame stand and how long they are.
    pub fn places(&self, open: &Open, frame: usize, into: &mut [(u64, u32); FRAME]) {
        let first = frame * FRAME;
        let mut lens = [0; FRAME];
        if first < self.packed {
            self.block_len.unpack(frame, &mut lens);
        } else {
            for (len, open) in lens.iter_mut().zip(open.block_len) {
                *len = u64::from(open);
            }
        }
        let jumps = &self.offsets.jumps;
        let mut jumps = jumps[jumps.partition_point(|jump| usize::from(jump.at) < first)..].iter().peekable();
        let mut offset = 0;
        for (at, (place, len)) in (first..self.len).zip(into.iter_mut().zip(lens)) {
            if at.is_multiple_of(64) {
                offset = self.offsets.every_64[at / 64];
            } else if let Some(jump) = jumps.next_if(|jump| usize::from(jump.at) == at) {
                offset = jump.offset;
            }
            *place = (offset, (len as u32).rotate_left(2));
            offset = offset.saturating_add(u64::from(place.1));
        }
    }

    /// Description that row `at` of the chunk is about, or `model::state::NONE`.
    pub fn description(&self, open: &Open, at: u16) -> u32 {
        let index = usize::from(at);
        if index < self.packed { self.description.get(index) } else { open.description[index % FRAME] }
    }

    /// Time of row `at` of the chunk.
    pub fn ts(&self, open: &Open, at: u16) -> u64 {
        let index = usize::from(at);
        if index < self.packed { self.ts.get(index) } else { open.ts[index % FRAME] }
    }

    /// Event type of row `at` of the chunk.
    pub fn kind(&self, open: &Open, at: u16) -> u16 {
        let index = usize::from(at);
        Kind::unpack(if index < self.packed { self.kind.get(index) } else { open.kind[index % FRAME] }).kind
    }

    /// Calls `found` with each row of the chunk from `from` on that is about one of these descriptions.
    pub fn about(&self, open: &Open, descriptions: &[u32], from: u16, found: &mut impl FnMut(u16)) {
        let codes: Vec<u32> = descriptions.iter().filter_map(|wanted| self.description.code_of(*wanted)).collect();
        if !codes.is_empty() {
            let mut here = [0; FRAME];
            for frame in usize::from(from) / FRAME..self.packed / FRAME {
                self.description.codes(frame, &mut here);
                for (at, code) in here.iter().enumerate() {
                    let at = frame * FRAME + at;
                    if codes.contains(code) && at >= usize::from(from) {
                        found(at as u16);
                    }
                }
            }
        }
        for at in self.packed.max(usize::from(from))..self.len {
            if descriptions.contains(&open.description[at % FRAME]) {
                found(at as u16);
            }
        }
    }

    /// Asks `class` once about each different value of a column, and answers with the rows of `among` whose value was given
    /// bit 0 and those whose value was given bit 1.
    pub fn classify(&self, open: &Open, column: Column, among: &Bitmap, class: &mut dyn FnMut(u32) -> u8) -> (Bitmap, Bitmap) {
        let told = |value: u32| if column == Column::Kind { Kind::asked(value) } else { value };
        let (values, rest) = match column {
            Column::Kind => (&self.kind, &open.kind),
            Column::Version => (&self.version, &open.version),
            Column::Description => (&self.description, &open.description),
        };
        let classes: Vec<u8> = values.values().iter().map(|value| class(told(*value))).collect();
        let mut found = Found::default();
        match classes.first() {
            Some(class) if classes.iter().all(|other| other == class) => {
                (0..self.packed / FRAME).for_each(|frame| found.fill(frame, *class));
            }
            _ => self.scan(values, &classes, among, &mut found),
        }
        let mut last = None;
        for at in self.packed..self.len {
            let value = rest[at % FRAME];
            let class = match last {
                Some((known, class)) if known == value => class,
                _ => class(told(value)),
            };
            last = Some((value, class));
            found.or(at as u16, class);
        }
        found.of(among)
    }

    /// Looks the packed rows of `among` up in the classes of their values.
    fn scan(&self, values: &Dictionary, classes: &[u8], among: &Bitmap, found: &mut Found) {
        let Some(first) = classes.iter().position(|class| *class != 0) else { return };
        let (mut codes, mut here) = ([0; FRAME], [0; FRAME]);
        for frame in 0..self.packed / FRAME {
            // Codes count from the first value that came.
            if !among.has_any(frame) || values.most(frame) < first {
                continue;
            }
            values.codes(frame, &mut codes);
            for (class, code) in here.iter_mut().zip(&codes) {
                *class = classes.get(*code as usize).copied().unwrap_or(0);
            }
            found.put(frame, &here);
        }
    }

    /// Asks `class` about the type and result of those rows of `among` whose type `is_wanted`, and answers with the rows that
    /// were given bit 0 and those that were given bit 1. What it answered before it is not asked again: `answers` are kept for
    /// the other chunks. For calls without events of their own, which have no result, it is asked about their code.
    pub fn classify_results(
        &self,
        open: &Open,
        among: &Bitmap,
        answers: &mut Answers,
        is_wanted: &dyn Fn(u16) -> bool,
        class: &mut dyn FnMut(u16, Option<i64>) -> u8,
    ) -> (Bitmap, Bitmap) {
        let kinds: Vec<Kind> = self.kind.values().iter().map(|value| Kind::unpack(*value)).collect();
        let starts: Vec<usize> = kinds.iter().map(|kind| if is_wanted(kind.kind) { answers.start(*kind) } else { 0 }).collect();
        let mut found = Found::default();
        let first = starts.iter().position(|start| *start != 0).unwrap_or(usize::MAX);
        let (mut codes, mut flags, mut results, mut here) = ([0; FRAME], [0; FRAME], [0; FRAME], [0; FRAME]);
        let has_result = |flags: u32| Flags(flags as u8).has(Flags::RESULT);
        for frame in 0..self.packed / FRAME {
            if !among.has_any(frame) || self.kind.most(frame) < first {
                continue;
            }
            self.kind.codes(frame, &mut codes);
            self.flags.unpack(frame, &mut flags);
            self.result.unpack_narrow(frame, &mut results);
            for (at, (answer, ((code, flags), short))) in here.iter_mut().zip(codes.iter().zip(flags).zip(results)).enumerate() {
                let code = *code as usize;
                let slot = if has_result(flags) { short.min(Answers::WIDE) } else { Answers::NONE };
                let place = starts.get(code).copied().unwrap_or(0) + slot as usize;
                *answer = match answers.known.get(place).copied() {
                    Some(known @ 1..) => known - 1,
                    _ => {
                        let wide = || if short == ASIDE { self.result.get(frame * FRAME + at) } else { u64::from(short) };
                        let told = has_result(flags).then(wide);
                        answers.ask(place, kinds[code], told, class)
                    }
                };
            }
            found.put(frame, &here);
        }
        for at in self.packed..self.len {
            let kind = Kind::unpack(open.kind[at % FRAME]);
            if is_wanted(kind.kind) {
                let (kind, result) = kind.with(has_result(open.flags[at % FRAME]).then(|| self.packed_result(open, at)));
                found.or(at as u16, class(kind, result));
            }
        }
        found.of(among)
    }

    /// Result of row `at` of the chunk, as it is packed.
    fn packed_result(&self, open: &Open, at: usize) -> u64 {
        if at < self.packed {
            return self.result.get(at);
        }
        match open.result[at % FRAME] {
            ASIDE => open.wide_results.iter().find(|wide| usize::from(wide.0) == at).map_or(0, |wide| wide.1),
            narrow => u64::from(narrow),
        }
    }

    /// Which rows of the call list stand for these rows: themselves, or the enters of which they are the exits. `first` is
    /// the row that the chunk begins with; enters that stand in earlier chunks are told to `earlier`.
    pub fn calls_of(&self, open: &Open, first: Row, rows: &Bitmap, earlier: &mut dyn FnMut(Row)) -> Bitmap {
        let mut calls = rows.clone();
        calls.combine(&self.calls, |rows, calls| rows & calls);
        // Of the rows that are shown all enters are in the list of calls.
        let mut exits = rows.clone();
        exits.combine(&self.calls, |rows, calls| rows & !calls);
        exits.combine(&self.shown, |rows, shown| rows & shown);
        let (mut distances, mut unpacked) = ([0; FRAME], usize::MAX);
        for at in exits.iter() {
            let index = usize::from(at);
            let distance = if self.sealed && index < self.packed {
                if unpacked != index / FRAME {
                    unpacked = index / FRAME;
                    self.partner.unpack(unpacked, &mut distances);
                }
                distances[index % FRAME] as u32
            } else if self.sealed {
                self.partner.get(index) as u32
            } else {
                open.partner(at)
            };
            if distance == 0 {
                continue;
            }
            match u32::from(at).checked_sub(distance) {
                Some(enter) => calls.or(enter as u16, true),
                None => (first + u32::from(at)).checked_sub(distance).into_iter().for_each(&mut *earlier),
            }
        }
        calls
    }

    /// Rows that are lines of `sysdig -r`.
    pub fn printed(&self, open: &Open) -> Bitmap {
        let counts = self.counts(open);
        if counts.printed == counts.shown {
            // All that is shown is printed, and what is printed is always shown.
            return self.shown.clone();
        }
        let mut printed = Bitmap::default();
        let mut flags = [0; FRAME];
        for frame in 0..self.packed / FRAME {
            self.flags.unpack(frame, &mut flags);
            let words = &mut printed.words_mut()[frame * FRAME / 64..(frame + 1) * FRAME / 64];
            for (flags, word) in flags.chunks(64).zip(words) {
                for (at, flags) in flags.iter().enumerate() {
                    *word |= u64::from(*flags & u32::from(Flags::PRINTED.0)) << at;
                }
            }
        }
        for at in self.packed..self.len {
            printed.or(at as u16, open.flags[at % FRAME] & u32::from(Flags::PRINTED.0) != 0);
        }
        printed
    }

    /// Bytes it takes, by column.
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

fn partner(row: Row, kind: u16, distance: u32) -> Option<Row> {
    if distance == 0 {
        None
    } else if kind % 2 == 1 {
        row.checked_sub(distance)
    } else {
        row.checked_add(distance)
    }
}
