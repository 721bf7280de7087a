//! Lists as a grid shows them: everything or one conversation, by event or by call.

use std::collections::HashMap;

use filter::rows::RowSet;
use index::{Flags, Index, Unit};
use model::Row;
use model::state::DescriptionIndex;

use crate::filters::{FilterId, Run};
use crate::sort::SortSpec;

/// What a grid shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListSpec {
    /// Events, or calls.
    pub unit: Unit,
    /// Only what is about this description or its peer.
    pub conversation: Option<DescriptionIndex>,
    /// Only what passes this filter; a call does when either of its edges passes.
    pub filter: Option<FilterId>,
    /// In this order instead of the capture's, once [`crate::Session::sort`] is done with it.
    pub sort: Option<SortSpec>,
}

impl ListSpec {
    /// Everything, in the order of the capture.
    pub const fn all(unit: Unit) -> Self {
        Self { unit, conversation: None, filter: None, sort: None }
    }
}

/// Sizes of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListCount {
    /// Rows of the list.
    pub rows: u64,
    /// Printed events behind them.
    pub events: u64,
    /// Printed events of the whole capture so far.
    pub total: u64,
}

/// The rows of one conversation, as far as the capture has been looked through.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    /// Its descriptions, sorted.
    ends: Vec<DescriptionIndex>,
    /// Rows from here on have not been looked at.
    seen: Row,
    /// Exits that had not come when the list was made might still turn a call's place.
    events: Vec<Row>,
    calls: Vec<Row>,
    printed: u64,
}

impl Conversation {
    /// Takes in what has been indexed since.
    fn extend(&mut self, index: &Index) {
        let mut rows = Vec::new();
        index.rows_about(&self.ends, self.seen, Row::MAX, &mut rows);
        self.seen = index.next_row();
        let mut sorted = true;
        for row in rows {
            let Some(record) = index.record(row) else { continue };
            if record.flags.has(Flags::SHOWN) {
                self.events.push(row);
                self.printed += u64::from(record.flags.has(Flags::PRINTED));
            }
            // A call sits at its enter, though only its exit may be about this description (accept).
            let enter = if record.is_exit() { record.partner } else { None };
            let anchor = if record.flags.has(Flags::CALL) { Some(row) } else { enter.filter(|_| record.flags.has(Flags::SHOWN)) };
            if let Some(anchor) = anchor {
                sorted &= self.calls.last().is_none_or(|last| *last < anchor);
                self.calls.push(anchor);
            }
        }
        if !sorted {
            self.calls.sort_unstable();
            self.calls.dedup();
        }
    }

    /// How far the capture has been looked through.
    pub(crate) fn seen(&self) -> Row {
        self.seen
    }

    fn rows(&self, unit: Unit) -> &[Row] {
        match unit {
            Unit::Events => &self.events,
            Unit::Calls => &self.calls,
        }
    }
}

/// How many conversations are kept for the next window.
const KEPT: usize = 8;

/// Conversations that were asked for lately.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    kept: HashMap<DescriptionIndex, (u64, Conversation)>,
    clock: u64,
}

impl Conversations {
    /// The conversation of these ends, up to date with the index.
    pub(crate) fn of(&mut self, description: DescriptionIndex, peer: Option<DescriptionIndex>, index: &Index) -> &Conversation {
        self.clock += 1;
        let mut ends = vec![description];
        ends.extend(peer);
        ends.sort_unstable();
        ends.dedup();
        if self.kept.len() >= KEPT && !self.kept.contains_key(&description) {
            let oldest = self.kept.iter().min_by_key(|(_, (used, _))| *used).map(|(description, _)| *description);
            if let Some(oldest) = oldest {
                self.kept.remove(&oldest);
            }
        }
        let (used, conversation) = self.kept.entry(description).or_default();
        *used = self.clock;
        // A peer may become known while indexing goes on.
        if conversation.ends != ends {
            *conversation = Conversation { ends, ..Conversation::default() };
        }
        conversation.extend(index);
        conversation
    }
}

/// The rows of a conversation that pass a filter, as far as both had come.
#[derive(Debug, Default)]
pub(crate) struct Narrowed {
    of: Option<(DescriptionIndex, FilterId, Row, Row)>,
    events: Vec<Row>,
    calls: Vec<Row>,
}

impl Narrowed {
    /// Brings it up to date.
    pub(crate) fn update(&mut self, description: DescriptionIndex, filter: FilterId, conversation: &Conversation, run: &Run) -> &Self {
        let of = Some((description, filter, conversation.seen(), run.seen()));
        if self.of != of {
            let keep = |unit: Unit| conversation.rows(unit).iter().copied().filter(|row| run.rows(unit).has(*row)).collect();
            *self = Self { of, events: keep(Unit::Events), calls: keep(Unit::Calls) };
        }
        self
    }
}

/// A list that can be walked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct List<'a> {
    index: &'a Index,
    unit: Unit,
    rows: Rows<'a>,
    /// Printed events behind its rows.
    events: u64,
}

/// Which rows it has.
#[derive(Clone, Copy, Debug)]
enum Rows<'a> {
    Whole,
    Few(&'a [Row]),
    Set(&'a RowSet),
    /// Not in the order of the capture.
    Sorted(&'a [Row]),
}

impl<'a> List<'a> {
    /// Everything.
    pub(crate) fn whole(index: &'a Index, unit: Unit) -> Self {
        Self { index, unit, rows: Rows::Whole, events: index.totals().printed }
    }

    /// One conversation.
    pub(crate) fn conversation(index: &'a Index, unit: Unit, conversation: &'a Conversation) -> Self {
        Self { index, unit, rows: Rows::Few(conversation.rows(unit)), events: conversation.printed }
    }

    /// What passes a filter.
    pub(crate) fn filtered(index: &'a Index, unit: Unit, run: &'a Run) -> Self {
        Self { index, unit, rows: Rows::Set(run.rows(unit)), events: run.rows(Unit::Events).len() }
    }

    /// What of a conversation passes a filter.
    pub(crate) fn narrowed(index: &'a Index, unit: Unit, narrowed: &'a Narrowed) -> Self {
        let rows = match unit {
            Unit::Events => &narrowed.events,
            Unit::Calls => &narrowed.calls,
        };
        Self { index, unit, rows: Rows::Few(rows), events: narrowed.events.len() as u64 }
    }

    /// The same rows in another order.
    pub(crate) fn sorted(self, rows: &'a [Row]) -> Self {
        Self { rows: Rows::Sorted(rows), ..self }
    }

    pub(crate) fn count(self) -> ListCount {
        let rows = match self.rows {
            Rows::Whole => self.index.list_len(self.unit),
            Rows::Few(rows) | Rows::Sorted(rows) => rows.len() as u64,
            Rows::Set(rows) => rows.len(),
        };
        ListCount { rows, events: self.events, total: self.index.totals().printed }
    }

    /// Rows from a position on.
    pub(crate) fn rows_from(self, first: u64) -> Box<dyn Iterator<Item = Row> + 'a> {
        match self.rows {
            Rows::Whole => Box::new(self.index.list_rows(self.unit, first)),
            Rows::Few(rows) | Rows::Sorted(rows) => {
                let first = usize::try_from(first).unwrap_or(usize::MAX);
                Box::new(rows.get(first..).unwrap_or(&[]).iter().copied())
            }
            Rows::Set(rows) => Box::new(rows.iter_from(first)),
        }
    }

    /// Row at a position.
    pub(crate) fn row(self, position: u64) -> Option<Row> {
        match self.rows {
            Rows::Whole => self.index.list_row(self.unit, position),
            Rows::Few(rows) | Rows::Sorted(rows) => rows.get(usize::try_from(position).ok()?).copied(),
            Rows::Set(rows) => rows.select(position),
        }
    }

    /// Position of `row`, or of the next one of the capture that is in the list.
    pub(crate) fn rank(self, row: Row) -> u64 {
        match self.rows {
            Rows::Whole => self.index.list_rank(self.unit, row),
            Rows::Few(rows) => rows.partition_point(|listed| *listed < row) as u64,
            Rows::Set(rows) => rows.rank(row),
            Rows::Sorted(rows) => position_of(rows, row),
        }
    }

    /// Position of the row that stands for `row`: itself, its call, or else the next one behind it, or the last.
    pub(crate) fn locate(self, index: &Index, row: Row) -> Option<(u64, Row)> {
        let enter = index.record(row).filter(|record| record.is_exit()).and_then(|record| record.partner);
        let anchor = match self.unit {
            Unit::Calls => enter.filter(|enter| self.row(self.rank(*enter)) == Some(*enter)).unwrap_or(row),
            Unit::Events => row,
        };
        let position = self.rank(anchor);
        let position = if self.row(position).is_some() { position } else { position.checked_sub(1)? };
        Some((position, self.row(position)?))
    }

    /// First row whose time is `ts` or later; the last row when there is none.
    pub(crate) fn at_time(self, ts: u64) -> Option<Row> {
        let first = self.index.next_in_time(self.unit, ts)?;
        if matches!(self.rows, Rows::Whole) {
            return Some(first);
        }
        // No row before that one is so late.
        self.rows_from(self.rank(first)).find(|row| self.index.unplaced(*row).is_some_and(|record| index::chunk::is_time(record.ts) && record.ts >= ts))
    }

    /// The next failed row after position `from`, or before it.
    pub(crate) fn seek_error(self, from: u64, forward: bool) -> Option<u64> {
        if let Rows::Few(rows) | Rows::Sorted(rows) = self.rows {
            let failed = |position: &usize| {
                rows.get(*position).is_some_and(|row| {
                    self.index.is_error(*row) && (self.unit == Unit::Calls || self.index.unplaced(*row).is_some_and(|record| record.is_exit()))
                })
            };
            let from = usize::try_from(from).unwrap_or(usize::MAX).min(rows.len());
            let found = if forward { (from.saturating_add(1)..rows.len()).find(failed) } else { (0..from).rev().find(failed) };
            return found.map(|position| position as u64);
        }
        let mut row = self.row(from).unwrap_or_else(|| self.index.next_row());
        loop {
            row = self.index.seek_error(self.unit, row, forward)?;
            let position = self.rank(row);
            if matches!(self.rows, Rows::Whole) || self.row(position) == Some(row) {
                return Some(position);
            }
        }
    }
}

/// Position of the row itself, else of the next one of the capture that is there; behind all when there is none.
fn position_of(rows: &[Row], wanted: Row) -> u64 {
    let mut next: Option<(Row, usize)> = None;
    for (position, row) in rows.iter().enumerate() {
        if *row >= wanted && next.is_none_or(|(nearest, _)| *row < nearest) {
            next = Some((*row, position));
            if *row == wanted {
                break;
            }
        }
    }
    next.map_or(rows.len(), |(_, position)| position) as u64
}
