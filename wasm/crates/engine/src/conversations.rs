//! Conversations of an open capture: the list, one of them in full, and the text faces of both.

pub mod calls;
pub mod causes;
pub mod compare;
pub mod decode;
pub mod findings;
mod json;
pub mod list;

use std::collections::HashMap;

use index::conversations::{Conversation, call_name};
use model::Row;
use model::order::{by_number, pair};
use model::state::{DescriptionIndex, NONE, ThreadIndex};

use crate::session::{Core, Session};

pub use causes::{Act, Cause};
pub use calls::{CallWindow, ConversationDetail, Stream};
pub use decode::Protocol;
pub use findings::Finding;
pub use json::ConversationLine;
pub use list::{ConversationWindow, GroupBy, ListQuery, SortBy};

/// The conversations of a capture as of some row.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// Rows then, and whether the capture was complete.
    rows: Option<(Row, bool)>,
    pub(crate) all: Vec<Conversation>,
    /// Each description with the conversations that it is an end of, in order.
    of: Vec<(DescriptionIndex, u32)>,
    pub(crate) lives: HashMap<String, u32>,
    pub(crate) listed: Vec<list::Listed>,
    pub(crate) ordered: list::Ordered,
    pub(crate) followed: calls::Followed,
}

impl Book {
    /// As of which row it is, and whether the capture was complete then.
    pub(crate) fn as_of(&self) -> Option<(Row, bool)> {
        self.rows
    }

    /// The conversation that an event on a description belongs to.
    fn conversation_of(&self, description: DescriptionIndex, row: Row) -> Option<&Conversation> {
        let from = self.of.partition_point(|(of, _)| *of < description);
        let mut known = self.of.iter().skip(from).take_while(|(of, _)| *of == description).filter_map(|(_, at)| self.all.get(*at as usize));
        let first = known.next()?;
        let within = |conversation: &&Conversation| conversation.first <= row && row <= conversation.end.unwrap_or(Row::MAX).max(conversation.last);
        if within(&first) { Some(first) } else { known.find(within).or(Some(first)) }
    }
}

impl filter::moment::Conversations for Book {
    fn of(&self, description: u32, row: Row) -> Option<filter::moment::Conversation> {
        let found = self.conversation_of(description, row)?;
        let side = usize::from(!found.ends[0].descriptions.contains(&description));
        Some(filter::moment::Conversation { key: found.key.clone(), life: found.life, unread: found.directions[1 - side].unread })
    }
}

/// Which conversation: its key and, unless it is the first, its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its key.
    pub key: String,
    /// Its life; none for the first one, or for a connect that failed.
    pub life: Option<u32>,
}

impl Wanted {
    /// Reads `KEY` or `KEY~LIFE`.
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('~').and_then(|(key, life)| Some((key, life.parse().ok()?))) {
            Some((key, life)) => Self { key: key.to_owned(), life: Some(life) },
            None => Self { key: text.to_owned(), life: None },
        }
    }
}

impl Core {
    /// The current file has been read to its end.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Number of the event at a row; none for one that is not shown, such as those that stand in a file only so that the
    /// state is right.
    pub(crate) fn num(&self, row: Row) -> Option<u64> {
        self.index.number(row).filter(|_| self.index.is_shown(row))
    }

    /// Nanoseconds since the first event.
    pub(crate) fn ns(&self, row: Row) -> Option<i64> {
        let record = self.index.record(row)?;
        index::chunk::is_time(record.ts).then(|| record.ts.wrapping_sub(self.index.first_ts().unwrap_or(0)).cast_signed())
    }

    /// Thread at a row, as `comm (tid)`.
    pub(crate) fn who_at(&self, row: Row) -> String {
        let version = self.index.record(row).map_or(NONE, |record| record.version);
        if version == NONE {
            return "<NA>".to_owned();
        }
        let version = self.state.version(version);
        let tid = self.state.threads().get(version.thread).tid;
        format!("{} ({tid})", String::from_utf8_lossy(self.state.text(version.comm)))
    }

    /// Name of a thread at a row.
    pub(crate) fn comm_of(&self, thread: ThreadIndex, row: Row) -> String {
        if thread == NONE {
            return "<NA>".to_owned();
        }
        let threads = self.state.threads();
        let version = threads.version(threads.version_at(thread, row));
        String::from_utf8_lossy(self.state.text(version.comm)).into_owned()
    }
}

impl Session {
    /// All conversations so far, in order of their beginning.
    pub fn conversations(&mut self) -> &[Conversation] {
        self.update_book();
        &self.book.all
    }

    pub(crate) fn update_book(&mut self) {
        let rows = self.core().index.next_row();
        let closed = self.core().is_finished();
        if self.book.rows != Some((rows, closed)) {
            let core = self.core();
            let all = core.ledgers.conversations(&core.state, &core.index);
            let mut lives: HashMap<String, u32> = HashMap::new();
            for conversation in all.iter().filter(|conversation| conversation.life.is_some()) {
                *lives.entry(conversation.key.clone()).or_default() += 1;
            }
            let ends = all.iter().zip(0..).flat_map(|(conversation, at)| conversation.ends.iter().map(move |end| (end, at)));
            let mut of: Vec<(DescriptionIndex, u32)> = ends.flat_map(|(end, at)| end.descriptions.iter().map(move |description| (*description, at))).collect();
            by_number(&mut of, |(description, at)| pair(*description, *at));
            self.book = Book { rows: Some((rows, closed)), all, of, lives, ..Book::default() };
        }
    }

    /// The conversation that an event on a description belongs to, as `KEY~LIFE`, or as `KEY` when it has no life.
    pub fn conversation_of(&mut self, description: DescriptionIndex, row: Row) -> Option<String> {
        self.update_book();
        let found = self.book.conversation_of(description, row)?;
        Some(found.life.map_or_else(|| found.key.clone(), |life| format!("{}~{life}", found.key)))
    }

    /// Position of a conversation in [`Session::conversations`].
    pub fn find_conversation(&mut self, wanted: &Wanted) -> Option<usize> {
        self.update_book();
        let of_key = |conversation: &&Conversation| conversation.key == wanted.key;
        match wanted.life {
            Some(life) => self.book.all.iter().position(|conversation| conversation.life == Some(life) && of_key(&conversation)),
            None => {
                let first = self.book.all.iter().position(|conversation| conversation.life.is_some() && of_key(&conversation));
                first.or_else(|| self.book.all.iter().position(|conversation| of_key(&conversation)))
            }
        }
    }
}

/// Name of a call by the type of its exit.
pub(crate) fn name_of_call(kind: u16) -> &'static str {
    call_name(kind)
}
