//! Why calls of one conversation failed, as data: who ended the other end, how, and what it did just before.

use index::Record;
use index::conversations::{Conversation, Failure, How, data_param, is_data_exit, writes};
use model::Row;
use model::state::{NONE, ThreadIndex};
use serde::Serialize;

use crate::read::Blocks;
use crate::session::Core;
use crate::source::{ByteSource, ReadError};

/// So many rows before a close are looked through.
const LOOKED_AT: Row = 100_000;
/// So many calls before a close are told.
const TOLD: usize = 24;

/// One call of the closer between its last read and its close.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Act {
    /// Row of the enter, or of the exit when that is all there is.
    pub row: Row,
    /// Its event number.
    pub num: Option<u64>,
    /// Its section, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<u32>,
    /// Since the first event.
    pub ns: Option<i64>,
    /// From its beginning to the beginning of the close.
    pub before_close_ns: Option<i64>,
    /// Call.
    pub syscall: &'static str,
    /// Name of what it was about; empty when it has none.
    pub fd: String,
    /// It was about this conversation.
    pub own: bool,
    /// Result.
    pub returned: Option<i64>,
    /// First line of what it wrote or read.
    pub text: String,
}

/// Why one call failed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Position among the failures of the conversation.
    pub failure: usize,
    /// Thread that made the failing call.
    pub who: String,
    /// Thread that ended the other end.
    pub by: String,
    /// `closed`, `exited`, `executed another program`, `shut the connection down`.
    pub how: &'static str,
    /// Rows of the close: enter where there is one, exit.
    pub rows: Vec<Row>,
    /// Their event numbers.
    pub evts: Vec<u64>,
    /// Row of the failing call: its enter where there is one.
    pub failed_row: Row,
    /// From the end of the close to the beginning of the call; negative: while closing.
    pub delta_ns: Option<i64>,
    /// No enters were recorded: the time is from end to end.
    pub from_end_to_end: bool,
    /// Written in the direction of the call, the refused bytes included.
    pub offered: Option<u64>,
    /// Read of them.
    pub read: Option<u64>,
    /// Taken by the kernel after the close.
    pub never_delivered: u64,
    /// Written by the closer and never read.
    pub reply_unread: Option<u64>,
    /// Event number of the closer's last read.
    pub last_read: Option<u64>,
    /// What the closer did between that and the close, oldest first; the last ones when there were many.
    pub between: Vec<Act>,
    /// How many calls that were.
    pub between_calls: usize,
}

impl Core {
    /// Calls of a thread that returned between two rows, newest first.
    pub(crate) fn calls_between(&self, thread: ThreadIndex, from: Row, to: Row) -> impl Iterator<Item = Record> + '_ {
        let from = from.max(to.saturating_sub(LOOKED_AT));
        (from..to).rev().filter_map(|row| self.index.record(row)).filter(move |record| {
            record.is_exit() && record.version != NONE && self.state.version(record.version).thread == thread
        })
    }

    /// Row from which on the closer's deeds before its close count: its last read, its accept, or the beginning.
    pub(crate) fn before_close(&self, conversation: &Conversation, closer: usize) -> Row {
        let accept = conversation.accept.map(|accept| accept.exit);
        self.ledgers.last_read(conversation, closer).or(accept).unwrap_or(conversation.first)
    }

    /// Who closed and how, of a failure with a cause.
    pub(crate) fn closer_of(&self, conversation: &Conversation, failure: &Failure) -> Option<(String, &'static str)> {
        let last = failure.cause.last().copied()?;
        if failure.is_shutdown {
            return Some((self.who_at(last), "shut the connection down"));
        }
        let closing = conversation.closings[1 - failure.side];
        let how = match closing.map(|closing| closing.how) {
            Some(How::Exit) => "exited",
            Some(How::Exec) => "executed another program",
            _ => "closed",
        };
        Some((self.thread_name(closing.map_or(NONE, |closing| closing.thread), last.saturating_sub(1)), how))
    }

    /// Bytes that an end wrote and, when one write was refused, those too.
    pub(crate) fn offered(&self, conversation: &Conversation, failure: &Failure, requested: Option<u64>) -> Option<u64> {
        let written = conversation.directions[failure.side].writes?.bytes;
        let refused = conversation.failures.iter().filter(|one| one.side == failure.side && writes(one.kind)).count();
        Some(if writes(failure.kind) && refused == 1 { written.saturating_add(requested.unwrap_or(0)) } else { written })
    }

    /// Causes of the failures of a conversation; `requested` as in [`Core::conversation_line`].
    pub(crate) fn causes(&self, conversation: &Conversation, requested: &[Option<u64>], source: &mut dyn ByteSource) -> Result<Vec<Cause>, ReadError> {
        let mut causes = Vec::new();
        for (at, failure) in conversation.failures.iter().enumerate() {
            let Some((by, how)) = self.closer_of(conversation, failure) else { continue };
            let other = 1 - failure.side;
            let closing = conversation.closings[other].filter(|_| !failure.is_shutdown);
            let (between, between_calls) = match closing {
                Some(closing) => self.acts(conversation, closing.thread, self.before_close(conversation, other), closing.enter.unwrap_or(closing.exit), source)?,
                None => (Vec::new(), 0),
            };
            let out = &conversation.directions[failure.side];
            causes.push(Cause {
                failure: at,
                who: self.who_at(failure.exit),
                by,
                how,
                evts: failure.cause.iter().filter_map(|row| self.num(*row)).collect(),
                rows: failure.cause.clone(),
                failed_row: failure.enter.unwrap_or(failure.exit),
                delta_ns: failure.delta,
                from_end_to_end: failure.enter.is_none(),
                offered: self.offered(conversation, failure, requested.get(at).copied().flatten()),
                read: out.reads.map(|sum| sum.bytes),
                never_delivered: out.never_delivered,
                reply_unread: conversation.directions[other].unread,
                last_read: self.ledgers.last_read(conversation, other).and_then(|row| self.num(row)),
                between,
                between_calls,
            });
        }
        Ok(causes)
    }

    fn acts(&self, conversation: &Conversation, thread: ThreadIndex, from: Row, to: Row, source: &mut dyn ByteSource) -> Result<(Vec<Act>, usize), ReadError> {
        let mut count = 0;
        let mut exits: Vec<Record> = Vec::new();
        for record in self.calls_between(thread, from.saturating_add(1), to) {
            count += 1;
            if exits.len() < TOLD {
                exits.push(record);
            }
        }
        exits.reverse();
        let blocks = Blocks::read(self, &exits, source)?;
        let mut scratch = Vec::new();
        let close = self.ns(to);
        let mut acts = Vec::with_capacity(exits.len());
        for exit in &exits {
            let text = match data_param(exit.kind).filter(|_| is_data_exit(exit.kind)) {
                Some(param) => first_line(blocks.event(self, exit, &mut scratch)?.params.get(param).unwrap_or_default()),
                None => String::new(),
            };
            let row = exit.partner.unwrap_or(exit.row);
            let ns = self.ns(row);
            acts.push(Act {
                row,
                num: self.num(row),
                section: self.section_number(row),
                ns,
                before_close_ns: close.zip(ns).map(|(close, ns)| close.saturating_sub(ns)),
                syscall: super::name_of_call(exit.kind),
                fd: self.name_of_fd(exit),
                own: conversation.ends.iter().any(|end| end.descriptions.contains(&exit.description)),
                returned: exit.result,
                text,
            });
        }
        Ok((acts, count))
    }

    /// What an event is about: a name, or its number.
    pub(crate) fn name_of_fd(&self, record: &Record) -> String {
        if record.description == NONE {
            return String::new();
        }
        let name = self.fd_detail(i64::from(record.fd), record.description, record.row).name;
        if name.is_empty() { format!("fd {}", record.fd) } else { name }
    }
}

/// The first line of some bytes, without control characters, at most 80 characters.
pub(crate) fn first_line(data: &[u8]) -> String {
    let line = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line).chars().filter(|letter| !letter.is_control()).take(80).collect()
}
