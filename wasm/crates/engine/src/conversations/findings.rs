//! What is worth a look in the conversations of a capture, each in one sentence.

use std::collections::BTreeMap;

use index::conversations::{Conversation, Failure, Family, How, data_param, writes};
use model::Row;
use model::order::{by_number, pair};
use model::state::{NONE, ThreadIndex};
use serde::Serialize;

use super::causes::first_line;
use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::span::span;
use crate::window::errno;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something failed.
    Error,
    /// Something was lost or slow.
    Warning,
    /// Worth knowing.
    Note,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// `write-after-close read-after-close write-after-shutdown call-failed connect-failed accept-wait unread-at-close never-returned`.
    pub kind: &'static str,
    /// What happened.
    pub sentence: String,
    /// Numbers of the events involved, in order.
    pub evts: Vec<u64>,
    /// Their sections, counted from 1; empty while the capture has only one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<u32>,
    /// Their rows.
    #[serde(skip)]
    pub rows: Vec<Row>,
    /// The time that matters.
    pub delta_ns: Option<i64>,
    /// Conversation.
    pub key: String,
    /// Its life.
    pub life: Option<u32>,
    /// Filter that shows the events.
    pub filter: String,
}

/// Waits in the accept queue shorter than this are no finding.
const LONG_WAIT: i64 = 10_000_000;

fn bytes(count: u64) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

fn filter_of(evts: &[u64]) -> String {
    let numbers: Vec<String> = evts.iter().map(u64::to_string).collect();
    match numbers.as_slice() {
        [one] => format!("evt.num={one}"),
        _ => format!("evt.num in ({})", numbers.join(",")),
    }
}

/// What the closer did last before it closed, other than with the conversation.
struct LastAct {
    enter: Row,
    words: String,
}

impl Core {
    /// A finding about some events of a conversation.
    fn finding(&self, severity: Severity, kind: &'static str, sentence: String, rows: &[Option<Row>], delta_ns: Option<i64>, about: &Conversation) -> Finding {
        let mut rows: Vec<Row> = rows.iter().flatten().copied().filter(|row| self.num(*row).is_some()).collect();
        rows.sort_unstable();
        rows.dedup();
        let evts: Vec<u64> = rows.iter().filter_map(|row| self.num(*row)).collect();
        let sections = rows.iter().filter_map(|row| self.section_number(*row)).collect();
        Finding { severity, kind, sentence, filter: filter_of(&evts), evts, sections, rows, delta_ns, key: about.key.clone(), life: about.life }
    }

    pub(crate) fn thread_name(&self, thread: ThreadIndex, row: Row) -> String {
        if thread == NONE {
            return "an unknown process".to_owned();
        }
        format!("{} ({})", self.comm_of(thread, row), self.state.threads().get(thread).tid)
    }

    /// Who holds an end, where no call tells.
    fn end_name(&self, conversation: &Conversation, side: usize) -> String {
        let holders = self.ledgers.holders(conversation, side, &self.state);
        let who = holders.iter().find(|holder| holder.io).or_else(|| holders.first());
        who.map_or_else(|| "a process outside the capture".to_owned(), |holder| format!("{} ({})", String::from_utf8_lossy(&holder.comm), holder.pid))
    }

    /// The last thing that a thread wrote elsewhere between two rows.
    fn last_act(&self, thread: ThreadIndex, from: Row, to: Row, conversation: &Conversation, source: &mut dyn ByteSource) -> Result<Option<LastAct>, ReadError> {
        let ours = |description: u32| conversation.ends.iter().any(|end| end.descriptions.contains(&description));
        let found = self.calls_between(thread, from, to).find(|record| writes(record.kind) && !ours(record.description));
        let Some(exit) = found else { return Ok(None) };
        let blocks = Blocks::read(self, &[exit], source)?;
        let mut scratch = Vec::new();
        let event = blocks.event(self, &exit, &mut scratch)?;
        let text = first_line(data_param(exit.kind).and_then(|param| event.params.get(param)).unwrap_or_default());
        let name = self.name_of_fd(&exit);
        let to = if name.is_empty() { format!("fd {}", exit.fd) } else { name };
        let enter = exit.partner.unwrap_or(exit.row);
        let size = exit.result.and_then(|result| u64::try_from(result).ok()).map_or_else(|| "something".to_owned(), bytes);
        Ok(Some(LastAct { enter, words: format!("wrote {size} to {to}: “{text}” ({})", self.event_text(enter).unwrap_or_default()) }))
    }

    fn failure_finding(&self, conversation: &Conversation, failure: &Failure, source: &mut dyn ByteSource) -> Result<Option<Finding>, ReadError> {
        let Some((closer, closed)) = self.closer_of(conversation, failure) else { return Ok(None) };
        let side = failure.side;
        let other = 1 - side;
        let actor = self.who_at(failure.exit);
        let is_write = writes(failure.kind);
        let requested = self.requested(&[(failure.enter, failure.exit)], source)?.first().copied().flatten();
        let mut rows: Vec<Option<Row>> = failure.cause.iter().copied().map(Some).chain([failure.enter, Some(failure.exit)]).collect();
        let delta = failure.delta;
        let amount = requested.map_or_else(|| "something".to_owned(), bytes);
        let code = errno(Some(failure.result));
        let closer_name = closer.rsplit_once(" (").map_or(closer.as_str(), |(name, _)| name).to_owned();
        let when = match delta {
            Some(delta) if delta < 0 => format!("while {closer_name} was closing, {} before that ended", span(delta)),
            Some(delta) if failure.enter.is_none() => format!("{} after {closer_name} {closed}, from end to end", span(delta)),
            Some(delta) => format!("{} after {closer_name} {closed}", span(delta)),
            None => format!("after {closer_name} {closed}"),
        };
        let out = &conversation.directions[side];
        let back = &conversation.directions[other];
        let mut sentence = if is_write {
            let verb = if delta.is_some_and(|delta| delta < 0) { "began to write" } else { "wrote" };
            format!("{actor} {verb} {amount} to {closer} {when}")
        } else {
            format!("{actor} asked {closer} for {amount} {when}, and got {code}")
        };
        let offered = self.offered(conversation, failure, requested).unwrap_or(0);
        if let Some(reads) = out.reads {
            sentence.push_str(&format!("; {} of {} were read", reads.bytes, bytes(offered)));
        }
        if out.never_delivered > 0 {
            sentence.push_str(&format!("; {} that the kernel took after the close were never delivered", bytes(out.never_delivered)));
        }
        match back.unread {
            Some(unread) if unread > 0 => sentence.push_str(&format!("; reply of {} never read", bytes(unread))),
            _ => {}
        }
        if let Some(closing) = conversation.closings[other].filter(|closing| closing.how == How::Close && !failure.is_shutdown) {
            let close = closing.enter.unwrap_or(closing.exit);
            let from = self.before_close(conversation, other);
            if let Some(act) = self.last_act(closing.thread, from, close, conversation, source)? {
                let before = self.ns(close).zip(self.ns(act.enter)).map_or_else(String::new, |(close, act)| format!("{} before ", span(close - act)));
                sentence.push_str(&format!("; {before}closing, {closer_name} {}", act.words));
                rows.push(Some(act.enter));
            }
        }
        let kind = match (failure.is_shutdown, is_write) {
            (true, _) => "write-after-shutdown",
            (false, true) => "write-after-close",
            (false, false) => "read-after-close",
        };
        Ok(Some(self.finding(Severity::Error, kind, sentence, &rows, delta, conversation)))
    }

    /// Connects that failed, those of one program to one place together.
    fn failed_connects(&self, all: &[Conversation], found: &mut Vec<Finding>) {
        let mut groups: BTreeMap<(String, String, i64), Vec<&Conversation>> = BTreeMap::new();
        for conversation in all.iter().filter(|conversation| conversation.life.is_none()) {
            let Some(connect) = conversation.connect else { continue };
            let target = if conversation.path.is_empty() {
                let key = conversation.key.as_str();
                key.rsplit_once("->").map_or(key, |(_, to)| to).to_owned()
            } else {
                String::from_utf8_lossy(&conversation.path).into_owned()
            };
            let who = self.who_at(connect.exit);
            let name = who.rsplit_once(" (").map_or(who.as_str(), |(name, _)| name).to_owned();
            groups.entry((name, target, connect.result)).or_default().push(conversation);
        }
        for ((name, target, result), conversations) in groups {
            let Some(first) = conversations.first() else { continue };
            let who = first.connect.map_or(name.clone(), |connect| self.who_at(connect.exit));
            let code = errno(Some(result));
            let why = match code.as_str() {
                "ENOENT" => "there is no socket of that name",
                "ECONNREFUSED" => "nobody listens there",
                "EAGAIN" => "the accept queue was full",
                "ETIMEDOUT" => "nobody answered",
                _ => "the kernel refused",
            };
            let times = if conversations.len() == 1 { String::new() } else { format!(", {} times", conversations.len()) };
            let sentence = format!("{who} could not connect to {target}{times}: {code}, {why}");
            let rows: Vec<_> = conversations.iter().take(100).filter_map(|conversation| conversation.connect).flat_map(|connect| [connect.enter, Some(connect.exit)]).collect();
            // Programs look for nscd all the time and do well without it.
            let severity = if code == "ENOENT" { Severity::Note } else { Severity::Warning };
            found.push(self.finding(severity, "connect-failed", sentence, &rows, None, first));
        }
    }

    /// Calls that failed and that no close or shutdown explains, those of one end with one error together.
    fn failed_calls(&self, conversation: &Conversation, found: &mut Vec<Finding>) {
        let mut groups: BTreeMap<(usize, bool, i64), Vec<&Failure>> = BTreeMap::new();
        for failure in conversation.failures.iter().filter(|failure| failure.cause.is_empty()) {
            groups.entry((failure.side, writes(failure.kind), failure.result)).or_default().push(failure);
        }
        for ((side, is_write, result), failures) in groups {
            let Some(first) = failures.first() else { continue };
            let who = self.who_at(first.exit);
            let target = if conversation.path.is_empty() { conversation.key.clone() } else { String::from_utf8_lossy(&conversation.path).into_owned() };
            let verb = if is_write { "send to" } else { "receive on" };
            let times = if failures.len() == 1 { String::new() } else { format!(", {} times", failures.len()) };
            let code = errno(Some(result));
            let why = if conversation.closings[1 - side].is_none() && matches!(result, -32 | -104) { ", and who closed is not in the capture" } else { "" };
            let sentence = format!("{who} could not {verb} {target} by {}{times}: {code}{why}", super::name_of_call(first.kind));
            let rows: Vec<_> = failures.iter().take(100).flat_map(|failure| [failure.enter, Some(failure.exit)]).collect();
            found.push(self.finding(Severity::Warning, "call-failed", sentence, &rows, None, conversation));
        }
    }

    fn accept_waits(&self, all: &[Conversation], found: &mut Vec<Finding>) {
        let mut worst: BTreeMap<String, (i64, &Conversation, usize)> = BTreeMap::new();
        for conversation in all {
            let Some((connect, accept)) = conversation.connect.zip(conversation.accept) else { continue };
            let Some(wait) = self.ns(accept.exit).zip(self.ns(connect.exit)).map(|(accept, connect)| accept.saturating_sub(connect)).filter(|wait| *wait >= LONG_WAIT) else { continue };
            let place = if conversation.path.is_empty() { conversation.key.rsplit_once("->").map_or("", |(_, to)| to).to_owned() } else { String::from_utf8_lossy(&conversation.path).into_owned() };
            let entry = worst.entry(place).or_insert((wait, conversation, 0));
            entry.2 += 1;
            if wait > entry.0 {
                (entry.0, entry.1) = (wait, conversation);
            }
        }
        for (place, (wait, conversation, count)) in worst {
            let Some((connect, accept)) = conversation.connect.zip(conversation.accept) else { continue };
            let more = if count > 1 { format!("; {count} connections waited longer than {} ms", LONG_WAIT / 1_000_000) } else { String::new() };
            let sentence = format!("{} waited {} in the accept queue of {place} before {} accepted{more}", self.who_at(connect.exit), span(wait), self.who_at(accept.exit));
            let rows = [connect.enter, Some(connect.exit), accept.enter, Some(accept.exit)];
            found.push(self.finding(Severity::Warning, "accept-wait", sentence, &rows, Some(wait), conversation));
        }
    }

    fn unread(&self, conversation: &Conversation, found: &mut Vec<Finding>) {
        for (side, direction) in conversation.directions.iter().enumerate() {
            let other = 1 - side;
            let lost = direction.unread.unwrap_or(0);
            let late = direction.never_delivered;
            if lost == 0 && late == 0 || conversation.failures.iter().any(|failure| !failure.cause.is_empty()) {
                continue;
            }
            let Some(closing) = conversation.closings[other] else { continue };
            let closer = self.thread_name(closing.thread, closing.exit.saturating_sub(1));
            let verb = if closing.how == How::Exit { "exited" } else { "closed" };
            let written = direction.writes.map_or(0, |sum| sum.bytes);
            let mut sentence = format!("{closer} {verb} and left {} of {} from {} unread", lost.saturating_add(late), bytes(written), self.end_name(conversation, side));
            if late > 0 {
                sentence.push_str(&format!("; {} came after that", bytes(late)));
            }
            let severity = if conversation.family == Family::Pipe { Severity::Note } else { Severity::Warning };
            found.push(self.finding(severity, "unread-at-close", sentence, &[closing.enter, Some(closing.exit)], None, conversation));
        }
    }

    /// Calls that had not returned when the capture ended.
    fn never_returned(&self, conversation: &Conversation, found: &mut Vec<Finding>) {
        for side in 0..2 {
            if conversation.closings.iter().any(Option::is_some) {
                continue;
            }
            let Some(open) = conversation.open_calls[side].iter().max().and_then(|row| self.index.record(*row)) else { continue };
            let end_ts = self.index.last_ts();
            let waited = end_ts.saturating_sub(open.ts).cast_signed();
            let name = super::name_of_call(open.kind);
            let sentence = format!("{} had been in {name} for {} when the capture ended, on {}", self.who_at(open.row), span(waited), conversation.key);
            found.push(self.finding(Severity::Note, "never-returned", sentence, &[Some(open.row)], Some(waited), conversation));
        }
    }
}

impl Core {
    /// What is worth a look in one conversation.
    pub(crate) fn findings_of(&self, conversation: &Conversation, source: &mut dyn ByteSource) -> Result<Vec<Finding>, ReadError> {
        let mut found = Vec::new();
        for failure in &conversation.failures {
            found.extend(self.failure_finding(conversation, failure, source)?);
        }
        self.failed_calls(conversation, &mut found);
        self.unread(conversation, &mut found);
        self.never_returned(conversation, &mut found);
        let this = std::slice::from_ref(conversation);
        self.failed_connects(this, &mut found);
        self.accept_waits(this, &mut found);
        Ok(found)
    }
}

impl Session {
    /// What is worth a look, the gravest first.
    ///
    /// # Errors
    /// When the bytes of an event cannot be read again.
    pub fn findings(&mut self, source: &mut dyn ByteSource) -> Result<Vec<Finding>, ReadError> {
        self.update_book();
        let core = self.core();
        let all = &self.book.all;
        let mut found = Vec::new();
        for conversation in all {
            for failure in &conversation.failures {
                found.extend(core.failure_finding(conversation, failure, source)?);
            }
            core.failed_calls(conversation, &mut found);
            core.unread(conversation, &mut found);
            core.never_returned(conversation, &mut found);
        }
        core.failed_connects(all, &mut found);
        core.accept_waits(all, &mut found);
        by_number(&mut found, |finding| pair(finding.severity as u8, finding.rows.first().map_or(0, |row| u64::from(*row) + 1)));
        Ok(found)
    }
}
