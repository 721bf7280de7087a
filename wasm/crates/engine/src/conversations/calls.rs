//! One conversation call by call, and the bytes of its directions.

use index::Record;
use index::conversations::{Conversation, Family, data_param, reads, writes};
use model::Row;
use model::order::{by_number, pair};
use model::state::{DescriptionIndex, NONE};
use serde::Serialize;

use super::decode::{self, Piece, Protocol};
use super::json::ConversationLine;
use super::{Cause, Finding, Wanted};
use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::window::{errno, requested_of};

/// Captured bytes of one direction that are looked at for labels.
const DECODED: u64 = 64 << 20;
/// Calls whose bytes are read at once.
const BATCH: usize = 256;

/// One call of a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    first: Row,
    exit: Option<Row>,
    side: u8,
    writes: bool,
    reads: bool,
    /// Offset in its direction, for calls that moved bytes.
    offset: Option<u64>,
    moved: u64,
}

/// The calls of the conversation that was looked at last.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    id: Option<usize>,
    rows: Row,
    calls: Vec<Call>,
    /// Its directions as a protocol, as far as somebody has looked.
    decoded: Option<(Option<Protocol>, [Decoded; 2])>,
}

/// One direction, decoded from its beginning on.
#[derive(Debug, Default)]
struct Decoded {
    /// None when no protocol is known.
    decoder: Option<Box<dyn decode::Decoder>>,
    records: Vec<decode::Record>,
    /// Exits of the calls that have the bytes, their offsets and lengths, in order.
    wanted: Vec<Moved>,
    /// So many of these are decoded.
    done: usize,
    /// Captured bytes that were looked at.
    taken: u64,
}

/// Bytes that one call moved: its exit, its place in the direction, its length.
type Moved = (Record, u64, u64);

/// Bits of [`CallWindow::flags`].
pub mod call_flag {
    /// It wrote.
    pub const WRITES: u8 = 1;
    /// It read.
    pub const READS: u8 = 2;
    /// It failed.
    pub const REFUSED: u8 = 4;
    /// It had not returned when the capture ended.
    pub const OPEN: u8 = 8;
    /// Its label was read from the other end's bytes.
    pub const INFERRED: u8 = 16;
}

/// Rows of the calls, one vector per column. Absent numbers are NaN.
#[derive(Clone, Debug, Default)]
pub struct CallWindow {
    /// Position of the first.
    pub first: u64,
    /// Calls of the conversation.
    pub rows: u64,
    /// Row of the enter, or of the exit when that is all there is.
    pub row: Vec<u32>,
    /// Row of the exit; `u32::MAX` when there is none.
    pub exit_row: Vec<u32>,
    /// Event number of the enter.
    pub num: Vec<f64>,
    /// Event number of the exit.
    pub exit_num: Vec<f64>,
    /// Section of `row`, counted from 1; 0 while the capture has only one.
    pub section: Vec<u32>,
    /// Section of the exit, as `section`.
    pub exit_section: Vec<u32>,
    /// Since the first event.
    pub ns: Vec<f64>,
    /// Exit less enter.
    pub latency_ns: Vec<f64>,
    /// End that made it.
    pub side: Vec<u8>,
    /// See [`call_flag`].
    pub flags: Vec<u8>,
    /// Call.
    pub syscall: Vec<String>,
    /// Who made it.
    pub process: Vec<String>,
    /// Bytes asked for.
    pub requested: Vec<f64>,
    /// Result.
    pub returned: Vec<f64>,
    /// Bytes in the capture.
    pub captured: Vec<f64>,
    /// Parameter of the exit that has them; -1 when there is none.
    pub param: Vec<f64>,
    /// Offset in its direction.
    pub offset: Vec<f64>,
    /// Bytes of it that were never read.
    pub unread: Vec<f64>,
    /// Such as EPIPE.
    pub errno: Vec<String>,
    /// What it moved, decoded.
    pub label: Vec<String>,
    /// Captured bytes of the calls, one after the other, as far as they were asked for.
    pub data: Vec<u8>,
    /// Where in `data` those of each call end.
    pub data_end: Vec<f64>,
}

/// The bytes of one direction, and what of them was not captured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Stream {
    /// The captured bytes, one after the other.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// Places in `bytes` at which others are missing, and how many.
    pub gaps: Vec<(u64, u64)>,
    /// Bytes that were moved.
    pub actual: u64,
    /// They are those that the reader got, since the writer's are not in the capture.
    pub from_reader: bool,
}

/// One life as a strip shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LifeMark {
    /// Key.
    pub key: String,
    /// Life.
    pub life: Option<u32>,
    /// Beginning, since the first event; absent: older than the capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ns: Option<i64>,
    /// End; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ns: Option<i64>,
    /// A call or the connect failed.
    pub failed: bool,
    /// It is the one that is shown.
    pub current: bool,
}

/// All uses of one address.
#[derive(Clone, Debug, Serialize)]
pub struct Strip {
    /// The address.
    pub address: String,
    /// Its lives in order.
    pub lives: Vec<LifeMark>,
}

/// One conversation in full.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationDetail {
    /// What the JSON of the command has.
    pub line: ConversationLine,
    /// Position in order of beginning.
    pub id: usize,
    /// Lives of the key, in order.
    pub lives: Vec<LifeMark>,
    /// Lives of each of its addresses.
    pub strips: Vec<Strip>,
    /// What is worth a look in it.
    pub findings: Vec<Finding>,
    /// Why its calls failed.
    pub causes: Vec<Cause>,
    /// Protocol that its first bytes look like; empty when none.
    pub protocol: &'static str,
    /// Descriptions of each end.
    pub descriptions: [Vec<DescriptionIndex>; 2],
    /// Calls.
    pub calls: usize,
}

/// Single addresses of a key.
fn addresses(key: &str) -> Vec<&str> {
    let Some((family, rest)) = key.split_once(':') else { return Vec::new() };
    match family {
        "unix" => rest.split('-').filter(|part| part.len() > 6).collect(),
        "tcp" => rest.split("->").collect(),
        "udp" => rest.split('-').collect(),
        "unixdgram" => rest.split("->").take(1).collect(),
        _ => Vec::new(),
    }
}

impl Core {
    /// The calls of a conversation, in order of their first edge.
    fn calls_of(&self, conversation: &Conversation) -> Vec<Call> {
        let datagrams = matches!(conversation.family, Family::Udp | Family::UnixDatagram);
        let mut found: Vec<Call> = Vec::new();
        let from = conversation.first.min(self.index.next_row());
        let until = conversation.end.unwrap_or(Row::MAX).max(conversation.last);
        for (side, end) in conversation.ends.iter().enumerate() {
            let mut rows = Vec::new();
            self.index.rows_about(&end.descriptions, from, until, &mut rows);
            rows.extend(self.ledgers.second_rows(&end.descriptions).into_iter().filter(|row| *row <= until));
            rows.sort_unstable();
            rows.dedup();
            for row in &rows {
                let Some(record) = self.index.record(*row) else { continue };
                if datagrams && !self.ledgers.is_of(conversation, side, &record, &self.state) {
                    continue;
                }
                let exit = if record.is_exit() {
                    Some(record)
                } else {
                    match record.partner {
                        // It comes by itself.
                        Some(exit) if rows.binary_search(&exit).is_ok() => continue,
                        partner => partner.and_then(|exit| self.index.record(exit)),
                    }
                };
                let first = if record.is_exit() { record.partner.unwrap_or(*row) } else { *row };
                if !self.index.is_shown(exit.map_or(first, |exit| exit.row)) {
                    continue;
                }
                let kind = exit.map_or(record.kind.saturating_add(1), |exit| exit.kind);
                let two = matches!(kind, 167 | 189 | 333);
                let about = end.descriptions.contains(&record.description);
                // Of the two fds of such a call the columns have one: sendfile's output, splice's input.
                let (does_write, does_read) = match (two, about, kind) {
                    (true, true, 189) | (true, false, 167) => (true, false),
                    (true, false, 189) | (true, true, 167) => (false, true),
                    (true, about, _) => (about, !about),
                    _ => (writes(kind), reads(kind)),
                };
                let moved = exit.and_then(|exit| exit.result).and_then(|result| u64::try_from(result).ok()).filter(|_| does_write || does_read);
                // The offset is set below; until then it says that there is one.
                found.push(Call { first, exit: exit.map(|exit| exit.row), side: side as u8, writes: does_write, reads: does_read, offset: moved.map(|_| 0), moved: moved.unwrap_or(0) });
            }
        }
        by_number(&mut found, |call| pair(call.first, u64::from(call.exit.map_or(0, |exit| exit.saturating_add(1))) << 8 | u64::from(call.side)));
        found.dedup_by_key(|call| (call.first, call.side));
        if conversation.family == Family::UnixDatagram && conversation.ends[0].is_known() {
            self.keep_matching(&mut found);
        }
        // Places in the streams follow the order of the exits.
        let mut by_exit: Vec<usize> = (0..found.len()).collect();
        by_number(&mut by_exit, |at| found.get(*at).and_then(|call| call.exit).map_or(0, |exit| u128::from(exit) + 1));
        let mut places = [[0u64; 2]; 2];
        for at in by_exit {
            let Some(call) = found.get_mut(at) else { continue };
            if call.offset.is_none() {
                continue;
            }
            let place = &mut places[usize::from(call.side)][usize::from(call.reads)];
            call.offset = Some(*place);
            *place = place.saturating_add(call.moved);
        }
        found
    }

    /// Receivers print no sender: of their calls those are kept that follow a datagram of this sender and are as long.
    fn keep_matching(&self, calls: &mut Vec<Call>) {
        let moved = |call: &Call| call.exit.and_then(|exit| self.index.record(exit)).and_then(|exit| exit.result).filter(|result| *result > 0);
        let mut kept: Vec<Row> = Vec::new();
        let mut from = 0;
        for send in calls.iter().filter(|call| call.side == 0 && call.writes) {
            let Some(bytes) = moved(send) else { continue };
            let receives = calls.iter().enumerate().skip(from).filter(|(_, call)| call.side == 1 && call.reads);
            let found = receives.clone().find(|(_, call)| call.exit.is_some_and(|exit| exit > send.first) && moved(call) == Some(bytes) && !kept.contains(&call.first));
            if let Some((at, call)) = found {
                kept.push(call.first);
                from = at;
            }
        }
        calls.retain(|call| call.side == 0 || kept.binary_search(&call.first).is_ok());
    }

    /// What was moved in a direction: by its writer, or by its reader where the writer is not in the capture.
    fn moved(&self, calls: &[Call], direction: usize) -> (Vec<Moved>, bool) {
        for from_reader in [false, true] {
            let side = if from_reader { 1 - direction } else { direction };
            let wants = |call: &&Call| usize::from(call.side) == side && call.moved > 0 && if from_reader { call.reads } else { call.writes };
            let mut moved: Vec<Moved> = calls.iter().filter(wants).filter_map(|call| Some((self.index.record(call.exit?)?, call.offset?, call.moved))).collect();
            if !moved.is_empty() {
                by_number(&mut moved, |(_, offset, _)| u128::from(*offset));
                return (moved, from_reader);
            }
        }
        (Vec::new(), false)
    }

    /// The bytes of a few calls.
    fn pieces(&self, moved: &[Moved], source: &mut dyn ByteSource) -> Result<Vec<Piece>, ReadError> {
        let records: Vec<Record> = moved.iter().map(|(record, ..)| *record).collect();
        let blocks = Blocks::read(self, &records, source)?;
        let mut scratch = Vec::new();
        let mut pieces = Vec::with_capacity(moved.len());
        for (record, offset, actual) in moved {
            let event = blocks.event(self, record, &mut scratch)?;
            let bytes = data_param(record.kind).and_then(|param| event.params.get(param)).unwrap_or_default();
            let bytes = bytes.get(..usize::try_from(*actual).unwrap_or(usize::MAX).min(bytes.len())).unwrap_or_default().to_vec();
            pieces.push(Piece { offset: *offset, bytes, actual: *actual });
        }
        Ok(pieces)
    }
}

impl Decoded {
    fn new(protocol: Option<Protocol>, wanted: Vec<Moved>) -> Self {
        Self { decoder: protocol.map(Protocol::decoder), wanted, ..Self::default() }
    }

    /// Goes on to a place in the direction.
    fn read_to(&mut self, until: u64, core: &Core, source: &mut dyn ByteSource) -> Result<(), ReadError> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        while let Some((_, offset, _)) = self.wanted.get(self.done) {
            if *offset >= until || self.taken > DECODED || self.records.len() >= decode::RECORDS {
                return Ok(());
            }
            let end = (self.done + BATCH).min(self.wanted.len());
            for piece in core.pieces(self.wanted.get(self.done..end).unwrap_or_default(), source)? {
                self.taken += piece.bytes.len() as u64;
                decoder.push(piece.offset, &piece.bytes, &mut self.records);
            }
            self.done = end;
            if end == self.wanted.len() {
                decoder.finish(&mut self.records);
            }
        }
        Ok(())
    }

    /// Labels of what stands between two places.
    fn labels(&self, start: u64, end: u64) -> String {
        let from = self.records.partition_point(|record| record.end <= start);
        let open = self.decoder.as_ref().and_then(|decoder| decoder.open()).filter(|_| self.done < self.wanted.len());
        let records = self.records.get(from..).unwrap_or_default().iter().chain(&open);
        let within: Vec<&str> = records.skip_while(|record| record.end <= start).take_while(|record| record.start < end).take(8).map(|record| record.label.as_str()).collect();
        within.join(" · ")
    }
}

impl Session {
    /// Forgets the conversation that was looked at last, to measure what it costs to open it.
    pub fn forget_followed(&mut self) {
        self.book.followed = Followed::default();
    }

    fn follow(&mut self, id: usize) -> Option<()> {
        self.update_book();
        let rows = self.core().index.next_row();
        if self.book.followed.id == Some(id) && self.book.followed.rows == rows {
            return Some(());
        }
        let calls = self.core().calls_of(self.book.all.get(id)?);
        self.book.followed = Followed { id: Some(id), rows, calls, ..Followed::default() };
        Some(())
    }

    /// Decodes both directions as far as some calls reach.
    fn decode(&mut self, id: usize, asked: Option<Protocol>, calls: &[Call], source: &mut dyn ByteSource) -> Result<(), ReadError> {
        let guessed = self.book.all.get(id).and_then(|conversation| Protocol::from_number(conversation.looks));
        let protocol = asked.or(guessed);
        let known = self.book.followed.decoded.take().filter(|(known, _)| *known == protocol);
        let core = self.core();
        let moved = |direction| if protocol.is_some() { core.moved(&self.book.followed.calls, direction).0 } else { Vec::new() };
        let (_, mut decoded) = known.unwrap_or_else(|| (protocol, [0, 1].map(|direction| Decoded::new(protocol, moved(direction)))));
        for (direction, decoded) in decoded.iter_mut().enumerate() {
            let in_direction = calls.iter().filter(|call| usize::from(call.side) == if call.writes { direction } else { 1 - direction });
            let until = in_direction.filter_map(|call| Some(call.offset?.saturating_add(call.moved))).max();
            decoded.read_to(until.unwrap_or(0), core, source)?;
        }
        self.book.followed.decoded = Some((protocol, decoded));
        Ok(())
    }

    /// Position of the call that an event belongs to, and whether it does: else the first call after it, or the last.
    pub fn conversation_position(&mut self, wanted: &Wanted, row: Row) -> Option<(u64, bool)> {
        let id = self.find_conversation(wanted)?;
        self.follow(id)?;
        let calls = &self.book.followed.calls;
        let exact = calls.iter().position(|call| call.first == row || call.exit == Some(row));
        let near = calls.partition_point(|call| call.first < row).min(calls.len().checked_sub(1)?);
        Some((exact.unwrap_or(near) as u64, exact.is_some()))
    }

    /// Next call after `from` that failed, or the one before it.
    pub fn conversation_seek_error(&mut self, wanted: &Wanted, from: i64, forward: bool) -> Option<u64> {
        let id = self.find_conversation(wanted)?;
        self.follow(id)?;
        let core = self.core();
        let failed = |call: &Call| {
            let result = call.exit.and_then(|exit| core.index.record(exit)).and_then(|exit| exit.result);
            result.is_some_and(|result| (-4095..0).contains(&result) && !matches!(result, -11 | -4 | -115))
        };
        let mut calls = self.book.followed.calls.iter().enumerate();
        let found = if forward {
            calls.find(|(at, call)| *at as i64 > from && failed(call))
        } else {
            calls.rfind(|(at, call)| (*at as i64) < from && failed(call))
        };
        found.map(|(at, _)| at as u64)
    }

    /// Everything about one conversation; nothing when there is no such.
    ///
    /// # Errors
    /// When bytes cannot be read again.
    pub fn conversation_detail(&mut self, wanted: &Wanted, source: &mut dyn ByteSource) -> Result<Option<ConversationDetail>, ReadError> {
        let Some(id) = self.find_conversation(wanted) else { return Ok(None) };
        if self.follow(id).is_none() {
            return Ok(None);
        }
        let core = self.core();
        let Some(conversation) = self.book.all.get(id) else { return Ok(None) };
        let protocol = Protocol::from_number(conversation.looks);
        let calls: Vec<_> = conversation.failures.iter().map(|failure| (failure.enter, failure.exit)).collect();
        let requested = core.requested(&calls, source)?;
        let findings = core.findings_of(conversation, source)?;
        let mark = |(at, other): (usize, &Conversation)| LifeMark {
            key: other.key.clone(),
            life: other.life,
            start_ns: other.start.and_then(|row| core.ns(row)),
            end_ns: other.end.and_then(|row| core.ns(row)),
            failed: other.life.is_none() || !other.failures.is_empty(),
            current: at == id,
        };
        let lives = self.book.all.iter().enumerate().filter(|(_, other)| other.key == conversation.key).map(mark).collect();
        let strips = addresses(&conversation.key)
            .into_iter()
            .map(|address| Strip {
                address: address.to_owned(),
                lives: self.book.all.iter().enumerate().filter(|(_, other)| other.key.contains(address) && addresses(&other.key).contains(&address)).map(mark).collect(),
            })
            .collect();
        Ok(Some(ConversationDetail {
            line: core.conversation_line(conversation, &requested),
            id,
            lives,
            strips,
            findings,
            causes: core.causes(conversation, &requested, source)?,
            protocol: protocol.map_or("", Protocol::word),
            descriptions: [conversation.ends[0].descriptions.clone(), conversation.ends[1].descriptions.clone()],
            calls: self.book.followed.calls.len(),
        }))
    }

    /// Calls `first` to `first + count` of a conversation, decoded as `protocol` or as what it looks like, with up to
    /// `bytes` of the captured bytes of each.
    ///
    /// # Errors
    /// When bytes cannot be read again.
    pub fn conversation_calls(&mut self, wanted: &Wanted, first: u64, count: usize, protocol: Option<Protocol>, bytes: usize, source: &mut dyn ByteSource) -> Result<Option<CallWindow>, ReadError> {
        let Some(id) = self.find_conversation(wanted) else { return Ok(None) };
        if self.follow(id).is_none() {
            return Ok(None);
        }
        let start = usize::try_from(first).unwrap_or(usize::MAX);
        let calls: Vec<Call> = self.book.followed.calls.get(start..).unwrap_or_default().iter().take(count).copied().collect();
        self.decode(id, protocol, &calls, source)?;
        let core = self.core();
        let followed = &self.book.followed;
        let Some(conversation) = self.book.all.get(id) else { return Ok(None) };
        let mut window = CallWindow { first, rows: followed.calls.len() as u64, ..CallWindow::default() };
        let records: Vec<Record> = calls.iter().flat_map(|call| [Some(call.first), call.exit]).flatten().filter_map(|row| core.index.record(row)).collect();
        let blocks = Blocks::read(core, &records, source)?;
        let mut scratch = Vec::new();
        for call in &calls {
            let Some(begin) = core.index.record(call.first) else { continue };
            let exit = call.exit.and_then(|row| core.index.record(row));
            let last = exit.unwrap_or(begin);
            let known = |value: Option<u64>| value.map_or(f64::NAN, |value| value as f64);
            let result = exit.and_then(|exit| exit.result);
            let failed = result.is_some_and(|result| (-4095..0).contains(&result));
            let mut requested = None;
            let mut captured = None;
            for record in [Some(begin), exit.filter(|exit| exit.row != begin.row)].into_iter().flatten() {
                let event = blocks.event(core, &record, &mut scratch)?;
                requested = requested.or_else(|| requested_of(&event));
                if record.is_exit() {
                    let data = data_param(record.kind).and_then(|param| event.params.get(param));
                    captured = data.map(|data| data.len() as u64);
                    if let Some(data) = data {
                        window.data.extend_from_slice(data.get(..bytes.min(data.len())).unwrap_or_default());
                    }
                }
            }
            let side = usize::from(call.side);
            let direction = if call.writes { side } else { 1 - side };
            let mut flags = 0;
            for (flag, on) in [
                (call_flag::WRITES, call.writes),
                (call_flag::READS, call.reads),
                (call_flag::REFUSED, failed && !matches!(result, Some(-11 | -4 | -115))),
                (call_flag::OPEN, exit.is_none()),
            ] {
                flags |= if on { flag } else { 0 };
            }
            let mut label = String::new();
            if let (Some(offset), Some((_, decoded))) = (call.offset.filter(|_| call.moved > 0), &followed.decoded) {
                label = decoded.get(direction).map_or_else(String::new, |decoded| decoded.labels(offset, offset.saturating_add(call.moved)));
                if call.reads && !label.is_empty() && captured.unwrap_or(0) < call.moved {
                    flags |= call_flag::INFERRED;
                }
            } else if failed && call.writes && let Some(exit) = exit {
                // What was refused has no place in the stream, but it was captured and says what was meant.
                let event = blocks.event(core, &exit, &mut scratch)?;
                if let Some((Some(protocol), _)) = followed.decoded.as_ref()
                    && let Some(bytes) = data_param(exit.kind).and_then(|param| event.params.get(param))
                {
                    let actual = requested.unwrap_or(bytes.len() as u64);
                    label = decode::records(*protocol, &[Piece { offset: 0, bytes: bytes.to_vec(), actual }]).iter().map(|record| record.label.as_str()).collect::<Vec<_>>().join(" · ");
                }
            }
            let taken = conversation.directions[direction].reads.map(|sum| sum.bytes);
            let closed = conversation.directions[direction].unread.is_some();
            let unread = match (call.offset, taken) {
                (Some(offset), Some(taken)) if call.writes && closed => offset.saturating_add(call.moved).saturating_sub(taken.max(offset)),
                _ => 0,
            };
            window.row.push(call.first);
            window.exit_row.push(call.exit.unwrap_or(NONE));
            window.num.push(if begin.is_exit() { f64::NAN } else { known(core.num(begin.row)) });
            window.exit_num.push(known(exit.and_then(|exit| core.num(exit.row))));
            window.section.push(core.section_number(begin.row).unwrap_or(0));
            window.exit_section.push(exit.and_then(|exit| core.section_number(exit.row)).unwrap_or(0));
            window.ns.push(core.ns(begin.row).map_or(f64::NAN, |ns| ns as f64));
            window.latency_ns.push(match exit {
                Some(exit) if exit.row != begin.row => exit.ts.wrapping_sub(begin.ts).cast_signed() as f64,
                _ => f64::NAN,
            });
            window.side.push(call.side);
            window.flags.push(flags);
            window.syscall.push(super::name_of_call(last.kind).to_owned());
            window.process.push(core.who_at(last.row));
            window.requested.push(known(requested));
            window.returned.push(result.map_or(f64::NAN, |result| result as f64));
            window.captured.push(known(captured));
            window.param.push(exit.and_then(|exit| data_param(exit.kind)).map_or(-1.0, |param| param as f64));
            window.offset.push(known(call.offset));
            window.unread.push(unread as f64);
            window.errno.push(if failed { errno(result) } else { String::new() });
            window.label.push(label);
            window.data_end.push(window.data.len() as f64);
        }
        Ok(Some(window))
    }

    /// The bytes of one direction: what end `direction` wrote.
    ///
    /// # Errors
    /// When bytes cannot be read again.
    pub fn conversation_stream(&mut self, wanted: &Wanted, direction: usize, source: &mut dyn ByteSource) -> Result<Option<Stream>, ReadError> {
        let Some(id) = self.find_conversation(wanted) else { return Ok(None) };
        if direction > 1 || self.follow(id).is_none() {
            return Ok(None);
        }
        let core = self.core();
        let (moved, from_reader) = core.moved(&self.book.followed.calls, direction);
        let mut stream = Stream { from_reader, ..Stream::default() };
        let mut pieces = Vec::new();
        for batch in moved.chunks(BATCH) {
            pieces.extend(core.pieces(batch, source)?);
        }
        for piece in pieces {
            stream.bytes.extend_from_slice(&piece.bytes);
            let missing = piece.actual.saturating_sub(piece.bytes.len() as u64);
            if missing > 0 {
                stream.gaps.push((stream.bytes.len() as u64, missing));
            }
            stream.actual = stream.actual.saturating_add(piece.actual);
        }
        Ok(Some(stream))
    }
}
