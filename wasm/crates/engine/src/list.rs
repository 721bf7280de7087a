//! Lists as a grid shows them: everything or one conversation, by event or by call.

use std::collections::HashMap;

use index::{Flags, Index, Unit};
use model::Row;
use model::state::DescriptionIndex;

/// What a grid shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListSpec {
    /// Events, or calls.
    pub unit: Unit,
    /// Only what is about this description or its peer.
    pub conversation: Option<DescriptionIndex>,
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
        index.rows_about(&self.ends, self.seen, &mut rows);
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

/// A list that can be walked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum List<'a> {
    Whole(&'a Index, Unit),
    Rows(&'a Index, &'a Conversation, Unit),
}

impl<'a> List<'a> {
    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Whole(_, unit) | Self::Rows(_, _, unit) => unit,
        }
    }

    pub(crate) fn count(self) -> ListCount {
        match self {
            Self::Whole(index, unit) => {
                let total = index.totals().printed;
                ListCount { rows: index.list_len(unit), events: total, total }
            }
            Self::Rows(index, conversation, unit) => ListCount {
                rows: conversation.rows(unit).len() as u64,
                events: conversation.printed,
                total: index.totals().printed,
            },
        }
    }

    /// Rows from a position on.
    pub(crate) fn rows_from(self, first: u64) -> Box<dyn Iterator<Item = Row> + 'a> {
        match self {
            Self::Whole(index, unit) => Box::new(index.list_rows(unit, first)),
            Self::Rows(_, conversation, unit) => {
                let first = usize::try_from(first).unwrap_or(usize::MAX);
                Box::new(conversation.rows(unit).get(first..).unwrap_or(&[]).iter().copied())
            }
        }
    }

    /// Row at a position.
    pub(crate) fn row(self, position: u64) -> Option<Row> {
        match self {
            Self::Whole(index, unit) => index.list_row(unit, position),
            Self::Rows(_, conversation, unit) => conversation.rows(unit).get(usize::try_from(position).ok()?).copied(),
        }
    }

    /// How many rows of the list stand before `row`.
    pub(crate) fn rank(self, row: Row) -> u64 {
        match self {
            Self::Whole(index, unit) => index.list_rank(unit, row),
            Self::Rows(_, conversation, unit) => conversation.rows(unit).partition_point(|listed| *listed < row) as u64,
        }
    }

    /// Position of the row that stands for `row`: itself, its call, or else the next one behind it, or the last.
    pub(crate) fn locate(self, index: &Index, row: Row) -> Option<(u64, Row)> {
        let enter = index.record(row).filter(|record| record.is_exit()).and_then(|record| record.partner);
        let anchor = match self.unit() {
            Unit::Calls => enter.filter(|enter| self.row(self.rank(*enter)) == Some(*enter)).unwrap_or(row),
            Unit::Events => row,
        };
        let position = self.rank(anchor);
        let position = if self.row(position).is_some() { position } else { position.checked_sub(1)? };
        Some((position, self.row(position)?))
    }

    /// First row whose time is `ts` or later; the last row when there is none.
    pub(crate) fn at_time(self, ts: u64) -> Option<Row> {
        match self {
            Self::Whole(index, unit) => index.next_in_time(unit, ts),
            Self::Rows(index, conversation, unit) => conversation
                .rows(unit)
                .iter()
                .copied()
                .find(|row| index.record(*row).is_some_and(|record| index::chunk::is_time(record.ts) && record.ts >= ts)),
        }
    }

    /// The next failed row after position `from`, or before it.
    pub(crate) fn seek_error(self, from: u64, forward: bool) -> Option<u64> {
        match self {
            Self::Whole(index, unit) => {
                let row = self.row(from).unwrap_or_else(|| index.next_row());
                index.seek_error(unit, row, forward).map(|found| self.rank(found))
            }
            Self::Rows(index, conversation, unit) => {
                let rows = conversation.rows(unit);
                let failed = |position: &usize| {
                    rows.get(*position).and_then(|row| index.record(*row)).is_some_and(|record| {
                        record.flags.has(Flags::ERROR) && (unit == Unit::Calls || record.is_exit())
                    })
                };
                let from = usize::try_from(from).unwrap_or(usize::MAX).min(rows.len());
                let found = if forward {
                    (from.saturating_add(1)..rows.len()).find(failed)
                } else {
                    (0..from).rev().find(failed)
                };
                found.map(|position| position as u64)
            }
        }
    }
}
