//! The index of a capture: its chunks, and the lists made of them.

use std::hash::Hash;

use model::state::NONE;
use model::{Applied, Digest, Row};
use scap::Event;

use crate::bitmap::Bitmap;
use crate::chunk::{Answers, CHUNK_ROWS, Chunk, Column, Completion, Counts, Open, Record, is_error, is_time};
use crate::number::Numbers;
use crate::packed::FRAME;

/// What one row of a list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Each event by itself.
    Events,
    /// Enter and exit joined, at the enter.
    Calls,
}

/// No more rows can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Rows of both lists before a chunk.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    shown: u32,
    calls: u32,
}

impl Before {
    fn of(self, unit: Unit) -> u32 {
        match unit {
            Unit::Events => self.shown,
            Unit::Calls => self.calls,
        }
    }
}

/// Columns of all events so far. Rows are only ever appended; what has been said of one stays true, except that a call
/// may still learn of its exit.
#[derive(Debug)]
pub struct Index {
    /// The last one is unfinished.
    chunks: Vec<Chunk>,
    open: Open,
    before: Vec<Before>,
    /// Rows of both lists in the complete chunks.
    listed: Before,
    totals: Totals,
    sealed_bytes: usize,
    numbers: Numbers,
    first_ts: Option<u64>,
    /// Latest time in the complete chunks.
    last_ts: u64,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            chunks: vec![Chunk::default()],
            open: Open::default(),
            before: Vec::new(),
            listed: Before::default(),
            totals: Totals::default(),
            sealed_bytes: 0,
            numbers: Numbers::default(),
            first_ts: None,
            last_ts: 0,
        }
    }
}

/// Sums over the capture so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Event blocks.
    pub rows: u64,
    /// Lines of `sysdig -r`.
    pub printed: u64,
    /// Enters that have their exit.
    pub joined: u64,
    /// Exits among the printed.
    pub exits: u64,
    /// Failed exits.
    pub errors: u64,
}

impl Totals {
    fn add(&mut self, counts: &Counts) {
        self.printed += u64::from(counts.printed);
        self.exits += u64::from(counts.exits);
        self.errors += u64::from(counts.errors);
    }
}

/// What [`Index::place`] worked out last.
#[derive(Debug)]
pub struct Places {
    /// Number of the frame, and how many rows there were.
    of: Option<(usize, Row)>,
    here: [(u64, u32); FRAME],
}

impl Default for Places {
    fn default() -> Self {
        Self { of: None, here: [(0, 0); FRAME] }
    }
}

impl Index {
    /// Appends an event, whose row is [`Index::next_row`]. `offset` is where its block stands in all files together.
    ///
    /// # Errors
    /// [`Full`] when rows can no longer be counted.
    #[inline]
    pub fn push(&mut self, offset: u64, event: &Event<'_>, applied: &Applied) -> Result<Row, Full> {
        let row = self.next_row();
        if row == Row::MAX {
            return Err(Full);
        }
        let mut enter_listed = false;
        if let Some(enter) = applied.enter
            && enter < row
            && let Some(chunk) = self.chunks.get_mut(enter as usize / CHUNK_ROWS)
        {
            self.totals.joined += 1;
            enter_listed = chunk.calls().has(enter as u16);
            let error = applied.result.is_some_and(is_error);
            chunk.complete(&mut self.open, &Completion { enter, exit: row, error });
        }
        self.numbers.push(row, applied.number);
        self.totals.rows += 1;
        if self.first_ts.is_none() && applied.printed && is_time(event.ts) {
            self.first_ts = Some(event.ts);
        }
        let Some(last) = self.chunks.last_mut() else { return Err(Full) };
        last.push(&mut self.open, row, offset, event, applied, enter_listed);
        if last.len() == CHUNK_ROWS {
            self.seal();
        }
        Ok(row)
    }

    #[cold]
    fn seal(&mut self) {
        let Some(last) = self.chunks.last_mut() else { return };
        last.seal(&mut self.open);
        let counts = last.counts(&self.open);
        self.before.push(self.listed);
        self.listed.shown += counts.shown;
        self.listed.calls += counts.calls;
        self.totals.add(&counts);
        self.last_ts = self.last_ts.max(counts.max_ts);
        self.sealed_bytes += last.bytes().iter().map(|column| column.1).sum::<usize>();
        self.chunks.push(Chunk::default());
    }

    /// The chunk that is being written.
    fn last(&self) -> Option<&Chunk> {
        self.chunks.last()
    }

    /// The row that the next event will have, which is also the number of rows.
    #[inline]
    pub fn next_row(&self) -> Row {
        self.totals.rows as Row
    }

    /// Sums over the capture so far.
    pub fn totals(&self) -> Totals {
        let mut totals = self.totals;
        if let Some(last) = self.last() {
            totals.add(&last.counts(&self.open));
        }
        totals
    }

    /// Events by type; types behind the end have none.
    pub fn by_kind(&self) -> Vec<u64> {
        let mut sums = Vec::new();
        self.chunks.iter().for_each(|chunk| chunk.add_kinds(&self.open, &mut sums));
        sums
    }

    /// Time of the first printed event that has one.
    pub fn first_ts(&self) -> Option<u64> {
        self.first_ts
    }

    /// Latest time of an event.
    pub fn last_ts(&self) -> u64 {
        self.last().map_or(0, |last| last.counts(&self.open).max_ts).max(self.last_ts)
    }

    /// How many chunks there are, the unfinished one included.
    pub fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    /// Chunk `number`.
    pub fn chunk(&self, number: usize) -> Option<&Chunk> {
        self.chunks.get(number)
    }

    /// [`Chunk::classify`] of chunk `number`.
    pub fn classify(&self, number: usize, column: Column, among: &Bitmap, class: &mut dyn FnMut(u32) -> u8) -> (Bitmap, Bitmap) {
        self.chunk(number).map_or_else(Default::default, |chunk| chunk.classify(&self.open, column, among, class))
    }

    /// [`Chunk::classify_results`] of chunk `number`.
    pub fn classify_results(
        &self,
        number: usize,
        among: &Bitmap,
        answers: &mut Answers,
        is_wanted: &dyn Fn(u16) -> bool,
        class: &mut dyn FnMut(u16, Option<i64>) -> u8,
    ) -> (Bitmap, Bitmap) {
        self.chunk(number).map_or_else(Default::default, |chunk| chunk.classify_results(&self.open, among, answers, is_wanted, class))
    }

    /// [`Chunk::calls_of`] of chunk `number`.
    pub fn calls_of(&self, number: usize, rows: &Bitmap, earlier: &mut dyn FnMut(Row)) -> Bitmap {
        let first = (number * CHUNK_ROWS) as Row;
        self.chunk(number).map_or_else(Bitmap::default, |chunk| chunk.calls_of(&self.open, first, rows, earlier))
    }

    /// [`Chunk::unplaced`] of a row.
    pub fn unplaced(&self, row: Row) -> Option<Record> {
        if row >= self.next_row() {
            return None;
        }
        self.chunk(row as usize / CHUNK_ROWS).map(|chunk| chunk.unplaced(&self.open, row))
    }

    /// Where the block of a row stands in all files together, and how long it is. For rows in order, with the same `places`,
    /// a fraction of the work that [`Index::record`] has.
    pub fn place(&self, row: Row, places: &mut Places) -> Option<(u64, u32)> {
        if row >= self.next_row() {
            return None;
        }
        let frame = row as usize / FRAME;
        // The last frame grows.
        if places.of != Some((frame, self.next_row())) {
            let chunk = self.chunk(row as usize / CHUNK_ROWS)?;
            chunk.places(&self.open, frame % (CHUNK_ROWS / FRAME), &mut places.here);
            places.of = Some((frame, self.next_row()));
        }
        places.here.get(row as usize % FRAME).copied()
    }

    /// Description that row `at` of chunk `number` is about, or `model::state::NONE`.
    pub fn description(&self, number: usize, at: u16) -> u32 {
        self.chunk(number).map_or(NONE, |chunk| chunk.description(&self.open, at))
    }

    /// Rows of chunk `number` that are lines of `sysdig -r`.
    pub fn printed(&self, number: usize) -> Bitmap {
        self.chunk(number).map_or_else(Bitmap::default, |chunk| chunk.printed(&self.open))
    }

    /// Everything known of a row.
    pub fn record(&self, row: Row) -> Option<Record> {
        if row >= self.next_row() {
            return None;
        }
        self.chunk(row as usize / CHUNK_ROWS).map(|chunk| chunk.record(&self.open, row))
    }

    /// Event type of a row: far less work than all that is known of it.
    pub fn kind(&self, row: Row) -> Option<u16> {
        if row >= self.next_row() {
            return None;
        }
        self.chunk(row as usize / CHUNK_ROWS).map(|chunk| chunk.kind(&self.open, row as u16))
    }

    /// Whether lists of events have a row: sysdig prints it, or does not know its type.
    pub fn is_shown(&self, row: Row) -> bool {
        row < self.next_row() && self.chunk(row as usize / CHUNK_ROWS).is_some_and(|chunk| chunk.shown().has(row as u16))
    }

    /// Whether a row is of a call that failed.
    pub fn is_error(&self, row: Row) -> bool {
        row < self.next_row() && self.chunk(row as usize / CHUNK_ROWS).is_some_and(|chunk| chunk.errors().has(row as u16))
    }

    /// Event number of a row.
    pub fn number(&self, row: Row) -> Option<u64> {
        if row < self.next_row() { self.numbers.of(row) } else { None }
    }

    /// Rows with this event number, in file order.
    pub fn rows_with_number(&self, number: u64) -> impl Iterator<Item = Row> + '_ {
        self.numbers.rows(number)
    }

    /// First row from `from` on whose number is at least `number`.
    pub fn row_at_number(&self, number: u64, from: Row) -> Option<Row> {
        self.numbers.at_or_after(number, from)
    }

    fn bitmap(chunk: &Chunk, unit: Unit) -> &Bitmap {
        match unit {
            Unit::Events => chunk.shown(),
            Unit::Calls => chunk.calls(),
        }
    }

    fn before(&self, number: usize) -> Before {
        self.before.get(number).copied().unwrap_or(self.listed)
    }

    /// Rows of the whole list.
    pub fn list_len(&self, unit: Unit) -> u64 {
        let here = self.last().map_or(0, |last| Self::bitmap(last, unit).rank(CHUNK_ROWS));
        u64::from(self.listed.of(unit)) + u64::from(here)
    }

    /// Row at a position of the list.
    pub fn list_row(&self, unit: Unit, position: u64) -> Option<Row> {
        if position >= self.list_len(unit) {
            return None;
        }
        let position = position as u32;
        let number = self.before.partition_point(|before| before.of(unit) <= position);
        // The last chunk that starts at or before the position; the unfinished one has no entry.
        let number = if position >= self.listed.of(unit) { self.before.len() } else { number.checked_sub(1)? };
        let chunk = self.chunk(number)?;
        let at = Self::bitmap(chunk, unit).select(position - self.before(number).of(unit))?;
        Some((number * CHUNK_ROWS) as Row + Row::from(at))
    }

    /// Rows of the list from a position on.
    pub fn list_rows(&self, unit: Unit, first: u64) -> impl Iterator<Item = Row> + '_ {
        let start = self.list_row(unit, first);
        let mut next = start;
        std::iter::from_fn(move || {
            let row = next?;
            next = row.checked_add(1).and_then(|after| self.next_listed(unit, after));
            Some(row)
        })
    }

    /// First row of the list at or after `row`.
    pub fn next_listed(&self, unit: Unit, row: Row) -> Option<Row> {
        let mut at = row as u16;
        for number in row as usize / CHUNK_ROWS..self.chunk_count() {
            let chunk = self.chunk(number)?;
            if let Some(found) = Self::bitmap(chunk, unit).next(at) {
                return Some((number * CHUNK_ROWS) as Row + Row::from(found));
            }
            at = 0;
        }
        None
    }

    /// How many rows of the list stand before `row`.
    pub fn list_rank(&self, unit: Unit, row: Row) -> u64 {
        let number = row as usize / CHUNK_ROWS;
        let within = self.chunk(number).map_or(0, |chunk| Self::bitmap(chunk, unit).rank(usize::from(row as u16)));
        u64::from(self.before(number).of(unit)) + u64::from(within)
    }

    /// First row of the list whose time is `ts` or later.
    pub fn next_in_time(&self, unit: Unit, ts: u64) -> Option<Row> {
        (0..self.chunk_count()).find_map(|number| {
            let chunk = self.chunk(number)?;
            if chunk.counts(&self.open).max_ts < ts {
                return None;
            }
            let found = Self::bitmap(chunk, unit).iter().find(|at| {
                let time = chunk.ts(&self.open, *at);
                time >= ts && is_time(time)
            })?;
            Some((number * CHUNK_ROWS) as Row + Row::from(found))
        })
    }

    /// The next failed row of the list after `row` (`forward`) or before it.
    pub fn seek_error(&self, unit: Unit, row: Row, forward: bool) -> Option<Row> {
        let failed = |chunk: &Chunk, at: u16| {
            Self::bitmap(chunk, unit).has(at) && (unit == Unit::Calls || chunk.kind(&self.open, at) % 2 == 1)
        };
        let mut from = if forward { row.checked_add(1)? } else { row.checked_sub(1)? };
        loop {
            let number = from as usize / CHUNK_ROWS;
            let start = (number * CHUNK_ROWS) as Row;
            let chunk = match self.chunk(number) {
                Some(chunk) => chunk,
                None if forward => return None,
                // Behind the end: the last chunk there is.
                None => {
                    from = self.next_row().checked_sub(1)?;
                    continue;
                }
            };
            let mut at = from as u16;
            loop {
                let found = if forward { chunk.errors().next(at) } else { chunk.errors().previous(at) };
                let Some(found) = found else { break };
                if failed(chunk, found) {
                    return Some(start + Row::from(found));
                }
                let next = if forward { found.checked_add(1) } else { found.checked_sub(1) };
                let Some(next) = next else { break };
                at = next;
            }
            from = if forward { start.checked_add(CHUNK_ROWS as Row)? } else { start.checked_sub(1)? };
        }
    }

    /// Appends to `into` the rows from `from` to `to` that are about one of the descriptions, in order.
    pub fn rows_about(&self, descriptions: &[u32], from: Row, to: Row, into: &mut Vec<Row>) {
        let mut at = from as u16;
        let end = self.chunk_count().min(to as usize / CHUNK_ROWS + 1);
        for number in from as usize / CHUNK_ROWS..end {
            let Some(chunk) = self.chunk(number) else { return };
            let base = (number * CHUNK_ROWS) as Row;
            chunk.about(&self.open, descriptions, at, &mut |found| {
                let row = base + Row::from(found);
                if row <= to {
                    into.push(row);
                }
            });
            at = 0;
        }
    }

    /// Bytes that the index takes, the unfinished chunk included.
    pub fn bytes(&self) -> usize {
        let last = self.last().map_or(0, |last| last.bytes().iter().map(|column| column.1).sum());
        self.sealed_bytes + last + self.open.bytes() + self.numbers.bytes()
    }

    /// Bytes of the chunks by column.
    pub fn bytes_by_column(&self) -> Vec<(&'static str, usize)> {
        let mut sums: Vec<(&'static str, usize)> = Vec::new();
        for chunk in &self.chunks {
            for (at, (name, bytes)) in chunk.bytes().into_iter().enumerate() {
                match sums.get_mut(at) {
                    Some(sum) => sum.1 += bytes,
                    None => sums.push((name, bytes)),
                }
            }
        }
        sums
    }

    /// Adds every column of every row: equal for equal indexes, however they were built.
    pub fn digest(&self, into: &mut Digest) {
        for row in 0..self.next_row() {
            if let Some(record) = self.record(row) {
                (record.ts, record.kind, record.cpu, record.version, record.description, record.fd).hash(into);
                (record.partner, record.result, record.offset, record.block_len, record.flags.0).hash(into);
                self.number(row).hash(into);
            }
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::chunk::Flags;

    /// A capture of `rows` made-up events: calls of many threads, open for one to 100,000 rows, and everything rare.
    fn made_up(rows: u32) -> (Index, Vec<Record>) {
        let mut index = Index::default();
        let mut expected: Vec<Record> = Vec::new();
        let mut open: Vec<Row> = Vec::new();
        let mut seed = 1u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut offset = 4_000u64;
        for row in 0..rows {
            let exit = !open.is_empty() && random(2) == 1;
            let lonely = exit && random(50) == 0;
            let oldest = random(1000) == 0;
            let enter = (exit && !lonely).then(|| {
                let at = if oldest { 0 } else { open.len() - 1 - random(open.len().min(5) as u64) as usize };
                open.remove(at)
            });
            let result = exit.then(|| match random(20) {
                0 => -11,
                1 => 0x7fa6_9774_e000,
                _ => random(4096) as i64,
            });
            let unknown = random(5_000) == 0;
            let state_only = !unknown && random(100) == 0;
            let printed = !unknown && !state_only && random(50) != 0;
            let known = 6 + 2 * random(90) as u16 + u16::from(exit);
            if random(3_000) == 0 {
                offset += 4 * random(1 << 34);
            }
            let record = Record {
                row,
                ts: match random(10_000) {
                    0 => u64::MAX,
                    1 => 0,
                    _ => 1_700_000_000_000_000_000 + u64::from(row) * 900 + random(5_000),
                },
                kind: if unknown { 60_000 + u16::from(exit) } else { known },
                cpu: random(4) as u16,
                version: if random(50) == 0 { NONE } else { 1_000_000 + random(90) as u32 },
                description: if random(3) == 0 { NONE } else { row / 100 + random(900) as u32 },
                fd: random(300) as i32 - 1,
                partner: enter,
                result,
                offset,
                block_len: 40 + 4 * random(30) as u32 + u32::from(random(900) == 0),
                flags: Flags(
                    u8::from(printed) | u8::from(result.is_some()) << 1 | u8::from(state_only) << 2 | u8::from(unknown) << 3,
                ),
            };
            if !exit {
                open.push(row);
            }
            offset += u64::from(record.block_len);
            let event = Event {
                offset: record.offset,
                block_len: record.block_len,
                cpu: record.cpu,
                state_only,
                ts: record.ts,
                tid: 1,
                kind: record.kind,
                unreadable: false,
                params: scap::Params::default(),
            };
            let applied = Applied {
                second: NONE,
                second_is_target: false,
                version: record.version,
                description: record.description,
                fd: record.fd,
                enter,
                latency: None,
                result,
                number: (!unknown).then_some(u64::from(row) + 1),
                printed,
            };
            assert_eq!(index.push(record.offset, &event, &applied), Ok(row));
            if let Some(enter) = enter {
                expected[enter as usize].partner = Some(row);
            }
            expected.push(record);
        }
        // The lists and marks, by their definition.
        for row in 0..expected.len() {
            let record = expected[row];
            let shown = record.flags.has(Flags::PRINTED) || record.flags.has(Flags::UNKNOWN);
            let enter = if record.is_exit() { record.partner } else { None };
            let joined = enter.is_some_and(|enter| expected[enter as usize].flags.has(Flags::SHOWN));
            let exit = if record.is_exit() { Some(row as Row) } else { record.partner };
            let failed = exit.and_then(|exit| expected[exit as usize].result).is_some_and(|result| (-4095..0).contains(&result));
            expected[row].flags.0 |=
                (u8::from(shown) * Flags::SHOWN.0) | (u8::from(shown && !joined) * Flags::CALL.0) | (u8::from(failed) * Flags::ERROR.0);
        }
        (index, expected)
    }

    #[test]
    fn what_was_pushed_is_read_back_packed_or_not() {
        let (index, expected) = made_up(3 * CHUNK_ROWS as u32 + 777);
        assert_eq!(index.chunk_count(), 4);
        for record in &expected {
            assert_eq!(index.record(record.row).as_ref(), Some(record));
        }
        assert_eq!(index.record(expected.len() as Row), None);
        let late = expected.iter().filter(|record| {
            !record.is_exit() && record.partner.is_some_and(|exit| exit as usize / CHUNK_ROWS != record.row as usize / CHUNK_ROWS)
        });
        assert!(late.count() > 20, "the test must have calls that end in a later chunk");
    }

    fn among(has: impl Fn(u16) -> bool) -> Bitmap {
        let mut rows = Bitmap::default();
        (0..=u16::MAX).for_each(|at| rows.or(at, has(at)));
        rows
    }

    #[test]
    fn rows_are_told_apart_by_type_and_result() {
        let (index, expected) = made_up(CHUNK_ROWS as u32 + 5_001);
        let class = |kind: u16, result: Option<i64>| match result {
            None => u8::from(kind % 5 == 1) * 2,
            Some(result) => (result.rem_euclid(3) as u16 + kind).rem_euclid(3) as u8,
        };
        let is_wanted = |kind: u16| kind % 7 != 3;
        let mut answers = Answers::default();
        let mut seen = std::collections::HashSet::new();
        // The second time nothing small is asked again.
        for turn in 0..2 {
            for number in 0..index.chunk_count() {
                for among in [among(|_| true), among(|at| at / 300 % 4 == 1)] {
                    let mut small = 0;
                    let (one, two) = index.classify_results(number, &among, &mut answers, &is_wanted, &mut |kind, result| {
                        small += u32::from(result.is_none_or(|result| result.abs() < 100));
                        class(kind, result)
                    });
                    let is_whole = number == 0;
                    assert!(turn == 0 || !is_whole || small == 0, "{small} were asked again");
                    for record in expected.iter().filter(|record| record.row as usize / CHUNK_ROWS == number) {
                        let at = record.row as u16;
                        let class = if among.has(at) && is_wanted(record.kind) { class(record.kind, record.result) } else { 0 };
                        assert_eq!(u8::from(one.has(at)) | u8::from(two.has(at)) << 1, class, "row {}", record.row);
                        seen.insert(class);
                    }
                }
            }
        }
        assert_eq!(seen.len(), 3, "the test must have rows of every class");
    }

    #[test]
    fn rows_are_told_apart_by_the_class_of_their_value() {
        let (index, expected) = made_up(CHUNK_ROWS as u32 + 5_001);
        for (column, value) in [
            (Column::Kind, (|record: &Record| u32::from(record.kind)) as fn(&Record) -> u32),
            (Column::Version, |record| record.version),
            (Column::Description, |record| record.description),
        ] {
            let class = |value: u32| (value % 3) as u8;
            for number in 0..index.chunk_count() {
                for among in [among(|_| true), among(|at| at % 5 == 2), among(|at| at / 300 % 4 == 1)] {
                    let (one, two) = index.classify(number, column, &among, &mut |value| class(value));
                    for record in expected.iter().filter(|record| record.row as usize / CHUNK_ROWS == number) {
                        let at = record.row as u16;
                        let class = if among.has(at) { class(value(record)) } else { 0 };
                        assert_eq!(u8::from(one.has(at)) | u8::from(two.has(at)) << 1, class, "{column:?} of row {}", record.row);
                    }
                }
            }
        }
        // The same for all: nothing is looked up.
        let (one, two) = index.classify(0, Column::Version, &among(|at| at == 9), &mut |_| 2);
        assert_eq!((one.count(), two.iter().collect::<Vec<_>>()), (0, vec![9]));
        let mut places = Places::default();
        for record in &expected {
            assert_eq!(index.place(record.row, &mut places), Some((record.offset, record.block_len)));
            assert_eq!(index.unplaced(record.row), Some(Record { offset: 0, block_len: 0, ..*record }));
            let printed = record.flags.has(Flags::PRINTED);
            if record.row % 977 == 0 {
                assert_eq!(index.printed(record.row as usize / CHUNK_ROWS).has(record.row as u16), printed);
            }
        }
        assert_eq!(index.printed(0).count() as usize, expected.iter().take(CHUNK_ROWS).filter(|record| record.flags.has(Flags::PRINTED)).count());
    }

    #[test]
    fn lists_hold_their_rows_at_their_positions() {
        let (index, expected) = made_up(2 * CHUNK_ROWS as u32 + 999);
        for (unit, flag) in [(Unit::Events, Flags::SHOWN), (Unit::Calls, Flags::CALL)] {
            let rows: Vec<Row> = expected.iter().filter(|record| record.flags.has(flag)).map(|record| record.row).collect();
            assert_eq!(index.list_len(unit), rows.len() as u64);
            assert_eq!(index.list_rows(unit, 0).collect::<Vec<_>>(), rows);
            for (position, row) in rows.iter().enumerate() {
                assert_eq!(index.list_row(unit, position as u64), Some(*row));
                assert_eq!(index.list_rank(unit, *row), position as u64);
            }
            assert_eq!(index.list_row(unit, rows.len() as u64), None);
            assert_eq!(index.list_rank(unit, expected.len() as Row), rows.len() as u64);
        }
    }

    #[test]
    fn errors_are_found_forwards_and_backwards() {
        let (index, expected) = made_up(2 * CHUNK_ROWS as u32 + 999);
        for (unit, flag) in [(Unit::Events, Flags::SHOWN), (Unit::Calls, Flags::CALL)] {
            let failed: Vec<Row> = expected
                .iter()
                .filter(|record| record.flags.has(flag) && record.flags.has(Flags::ERROR))
                .filter(|record| unit == Unit::Calls || record.is_exit())
                .map(|record| record.row)
                .collect();
            let mut forward = Vec::new();
            let mut at = index.seek_error(unit, 0, true);
            while let Some(row) = at {
                forward.push(row);
                at = index.seek_error(unit, row, true);
            }
            assert_eq!(forward, failed);
            let mut backward = Vec::new();
            let mut at = index.seek_error(unit, index.next_row(), false);
            while let Some(row) = at {
                backward.push(row);
                at = index.seek_error(unit, row, false);
            }
            backward.reverse();
            assert_eq!(backward, failed);
        }
    }

    #[test]
    fn rows_about_a_description_are_found_from_any_row_on() {
        let (index, expected) = made_up(CHUNK_ROWS as u32 + 5_000);
        let wanted = [700, 650];
        for from in [0, 60_000, CHUNK_ROWS as Row + 1] {
            let mut found = Vec::new();
            index.rows_about(&wanted, from, Row::MAX, &mut found);
            let rows = expected.iter().filter(|record| record.row >= from && wanted.contains(&record.description));
            assert_eq!(found, rows.map(|record| record.row).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_time_is_found_though_times_run_backwards() {
        let (index, expected) = made_up(CHUNK_ROWS as u32 + 5_000);
        for wanted in [0, 1_700_000_000_000_000_000, 1_700_000_000_000_000_000 + 900 * 66_000, u64::MAX - 1] {
            let row = expected
                .iter()
                .find(|record| record.flags.has(Flags::SHOWN) && is_time(record.ts) && record.ts >= wanted)
                .map(|record| record.row);
            assert_eq!(index.next_in_time(Unit::Events, wanted), row);
        }
    }
}
