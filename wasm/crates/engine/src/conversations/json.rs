//! One conversation as one line of JSON.

use index::conversations::{Conversation, Direction, Holding, Sum};
use model::Row;
use serde::Serialize;

use super::name_of_call;
use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::window::errno;

/// A process that held an end.
#[derive(Clone, Debug, Serialize)]
pub struct HolderLine {
    /// Process id.
    pub pid: i64,
    /// Its name.
    pub comm: String,
    /// Its numbers.
    pub fds: Vec<i64>,
    /// It made a data call.
    pub io: bool,
    /// Event from which on it held the end; null: since before the capture.
    pub from: Option<u64>,
    /// Section of `from`, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_section: Option<u32>,
    /// Event that ended it; null while it lasts.
    pub to: Option<u64>,
    /// Section of `to`, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_section: Option<u32>,
    /// How it ended; empty while it lasts.
    pub how: &'static str,
}

/// A connect or accept.
#[derive(Clone, Debug, Serialize)]
pub struct EdgeLine {
    /// Event number of the enter.
    pub enter: Option<u64>,
    /// Event number of the exit.
    pub exit: Option<u64>,
    /// Section of the enter, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enter_section: Option<u32>,
    /// Section of the exit, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_section: Option<u32>,
    /// Result.
    pub res: i64,
}

/// What one end wrote and the other read.
#[derive(Clone, Debug, Serialize)]
pub struct DirectionLine {
    /// Calls that write, also failed ones.
    pub write_calls: Option<u32>,
    /// Bytes that the kernel took.
    pub written: Option<u64>,
    /// Writes that failed and were not merely to be repeated.
    pub failed_writes: Option<u32>,
    /// Writes that were to be repeated (EAGAIN, EINTR).
    pub retried_writes: Option<u32>,
    /// Calls that read, also failed ones and those at the end of the stream.
    pub read_calls: Option<u32>,
    /// Bytes that were read.
    pub read: Option<u64>,
    /// Reads that failed and were not merely to be repeated.
    pub failed_reads: Option<u32>,
    /// Reads that were to be repeated (EAGAIN, EINTR).
    pub retried_reads: Option<u32>,
    /// Written, never read, and the reading end is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<u64>,
    /// Written, not read so far, and the reading end is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<u64>,
    /// Taken by the kernel after the reading end had closed.
    #[serde(skip_serializing_if = "is_zero")]
    pub never_delivered: u64,
    /// Calls of which the recorder tells too little may have moved more than the sums have.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// How an end closed.
#[derive(Clone, Debug, Serialize)]
pub struct ClosingLine {
    /// Process of the last holder.
    pub pid: i64,
    /// Its number there.
    pub fd: i64,
    /// Event number of the enter.
    pub enter: Option<u64>,
    /// Event number of the exit; of an exiting process its procexit.
    pub exit: Option<u64>,
    /// Section of the enter, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enter_section: Option<u32>,
    /// Section of the exit, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_section: Option<u32>,
    /// `close`, `exit`, `exec`, `replaced`, `unseen`.
    pub how: &'static str,
}

/// A failed data call.
#[derive(Clone, Debug, Serialize)]
pub struct FailureLine {
    /// 0 or 1: the end that made it.
    pub side: usize,
    /// Name of the call.
    pub call: &'static str,
    /// Event number of the enter.
    pub enter: Option<u64>,
    /// Event number of the exit.
    pub exit: Option<u64>,
    /// Section of the enter, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enter_section: Option<u32>,
    /// Section of the exit, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_section: Option<u32>,
    /// Such as `EPIPE`.
    pub errno: String,
    /// Bytes asked for.
    pub requested: Option<u64>,
    /// Event numbers of what made it fail.
    pub cause_evts: Vec<u64>,
    /// Their sections, counted from 1; empty while the capture has only one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cause_sections: Vec<u32>,
    /// From the end of the cause to the beginning of the call.
    pub close_exit_to_enter_ns: Option<i64>,
}

/// One conversation.
#[derive(Clone, Debug, Serialize)]
pub struct ConversationLine {
    /// `unix-stream unix-dgram socketpair pipe fifo tcp udp`.
    pub family: &'static str,
    /// Its name.
    pub key: String,
    /// Which use of the key; null for a connect that failed.
    pub life: Option<u32>,
    /// Path of a unix socket or named pipe.
    pub path: String,
    /// Client or first, and the other.
    pub ends: [Vec<HolderLine>; 2],
    /// Event number of its beginning; null: older than the capture.
    pub start: Option<u64>,
    /// Event number of its end; null while it is open.
    pub end: Option<u64>,
    /// Section of `start`, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_section: Option<u32>,
    /// Section of `end`, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_section: Option<u32>,
    /// Since the first event.
    pub start_ns: Option<i64>,
    /// Since the first event.
    pub end_ns: Option<i64>,
    /// The connect.
    pub connect: Option<EdgeLine>,
    /// The accept.
    pub accept: Option<EdgeLine>,
    /// accept's exit less connect's exit.
    pub accept_wait_ns: Option<i64>,
    /// What end 0 wrote, what end 1 wrote.
    pub dir: [DirectionLine; 2],
    /// How each end closed.
    pub close: [Option<ClosingLine>; 2],
    /// Failed data calls.
    pub failures: Vec<FailureLine>,
    /// What is not direct evidence.
    pub inferred: Vec<String>,
}

fn direction(direction: &Direction) -> DirectionLine {
    let Direction { writes, reads, unread, in_flight, never_delivered, at_least } = *direction;
    let of = |sum: Option<Sum>, what: fn(Sum) -> u32| sum.map(what);
    DirectionLine {
        write_calls: of(writes, |sum| sum.calls),
        written: writes.map(|sum| sum.bytes),
        failed_writes: of(writes, |sum| sum.failed),
        retried_writes: of(writes, |sum| sum.retried),
        read_calls: of(reads, |sum| sum.calls),
        read: reads.map(|sum| sum.bytes),
        failed_reads: of(reads, |sum| sum.failed),
        retried_reads: of(reads, |sum| sum.retried),
        unread,
        in_flight,
        never_delivered,
        at_least,
    }
}

impl Core {
    fn edge_line(&self, edge: &index::conversations::Connect) -> EdgeLine {
        EdgeLine {
            enter: edge.enter.and_then(|row| self.num(row)),
            exit: self.num(edge.exit),
            enter_section: edge.enter.and_then(|row| self.section_number(row)),
            exit_section: self.section_number(edge.exit),
            res: edge.result,
        }
    }

    pub(crate) fn holder_lines(&self, conversation: &Conversation, side: usize) -> Vec<HolderLine> {
        let holders = self.ledgers.holders(conversation, side, &self.state);
        let old = conversation.start.is_none();
        holders.into_iter().map(|Holding { pid, comm, fds, io, from, to, how }| {
            let from = (!old || from > 0).then_some(from);
            HolderLine {
                pid,
                comm: String::from_utf8_lossy(&comm).into_owned(),
                fds,
                io,
                from: from.and_then(|row| self.num(row)),
                from_section: from.and_then(|row| self.section_number(row)),
                to: to.and_then(|row| self.num(row)),
                to_section: to.and_then(|row| self.section_number(row)),
                how,
            }
        }).collect()
    }

    /// A conversation as JSON has it; `requested` are the sizes that the failed calls asked for, in order.
    pub(crate) fn conversation_line(&self, conversation: &Conversation, requested: &[Option<u64>]) -> ConversationLine {
        let num = |row: Option<Row>| row.and_then(|row| self.num(row));
        let ns = |row: Option<Row>| row.and_then(|row| self.ns(row));
        let section = |row: Option<Row>| row.and_then(|row| self.section_number(row));
        let wait = conversation.connect.zip(conversation.accept).and_then(|(connect, accept)| Some(self.ns(accept.exit)?.saturating_sub(self.ns(connect.exit)?)));
        ConversationLine {
            family: conversation.family.word(),
            key: conversation.key.clone(),
            life: conversation.life,
            path: String::from_utf8_lossy(&conversation.path).into_owned(),
            ends: [self.holder_lines(conversation, 0), self.holder_lines(conversation, 1)],
            start: num(conversation.start),
            end: num(conversation.end),
            start_section: section(conversation.start),
            end_section: section(conversation.end),
            start_ns: ns(conversation.start),
            end_ns: ns(conversation.end),
            connect: conversation.connect.as_ref().map(|edge| self.edge_line(edge)),
            accept: conversation.accept.as_ref().map(|edge| self.edge_line(edge)),
            accept_wait_ns: wait,
            dir: [direction(&conversation.directions[0]), direction(&conversation.directions[1])],
            close: conversation.closings.map(|closing| {
                closing.map(|closing| ClosingLine {
                    pid: closing.pid,
                    fd: closing.fd,
                    enter: num(closing.enter),
                    exit: self.num(closing.exit),
                    enter_section: section(closing.enter),
                    exit_section: self.section_number(closing.exit),
                    how: closing.how.word(),
                })
            }),
            failures: conversation
                .failures
                .iter()
                .enumerate()
                .map(|(at, failure)| FailureLine {
                    side: failure.side,
                    call: name_of_call(failure.kind),
                    enter: num(failure.enter),
                    exit: self.num(failure.exit),
                    enter_section: section(failure.enter),
                    exit_section: self.section_number(failure.exit),
                    errno: errno(Some(failure.result)),
                    requested: requested.get(at).copied().flatten(),
                    cause_evts: failure.cause.iter().filter_map(|row| self.num(*row)).collect(),
                    cause_sections: failure.cause.iter().filter_map(|row| self.num(*row).and(self.section_number(*row))).collect(),
                    close_exit_to_enter_ns: failure.delta,
                })
                .collect(),
            inferred: conversation.inferred.clone(),
        }
    }

    /// What calls asked for: the size in their enters, else in their exits.
    pub(crate) fn requested(&self, calls: &[(Option<Row>, Row)], source: &mut dyn ByteSource) -> Result<Vec<Option<u64>>, ReadError> {
        let records: Vec<_> = calls.iter().flat_map(|(enter, exit)| enter.iter().chain(Some(exit))).filter_map(|row| self.index.record(*row)).collect();
        let blocks = Blocks::read(self, &records, source)?;
        let mut scratch = Vec::new();
        let mut sizes = Vec::with_capacity(calls.len());
        for (enter, exit) in calls {
            let mut size = None;
            for row in enter.iter().chain(Some(exit)) {
                if let Some(record) = self.index.record(*row)
                    && size.is_none()
                {
                    size = crate::window::requested_of(&blocks.event(self, &record, &mut scratch)?);
                }
            }
            sizes.push(size);
        }
        Ok(sizes)
    }
}

impl Session {
    /// All conversations, each as one line of JSON has it.
    ///
    /// # Errors
    /// When bytes of failed calls cannot be read again.
    pub fn conversation_lines(&mut self, source: &mut dyn ByteSource, each: &mut dyn FnMut(ConversationLine)) -> Result<(), ReadError> {
        self.update_book();
        let core = self.core();
        for conversation in &self.book.all {
            let calls: Vec<_> = conversation.failures.iter().map(|failure| (failure.enter, failure.exit)).collect();
            let requested = core.requested(&calls, source)?;
            each(core.conversation_line(conversation, &requested));
        }
        Ok(())
    }
}
