//! One event and all that may be asked about it.

use index::{Index, Record};
use model::quirk::Quirk;
use model::state::descriptions::Attributes;
use model::state::threads::ThreadVersion;
use model::state::{AsOf, Live, NONE, VersionIndex};
use model::table::Release;
use model::text::Printer;
use model::{Applied, FdView, Row, State, View};
use scap::{Event, Params};

/// An event, what the state was when it had just been applied, and how things are printed.
///
/// Made with [`Moment::live`] while events stream by, the event being the one applied last; or with [`Moment::past`]
/// for any row of an index. Both answer alike.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The state.
    pub state: &'a State,
    /// The event. Where nobody has read its bytes it has no parameters but its result: then fields answer whose
    /// [`crate::fields::Field::source`] is not the bytes.
    pub event: &'a Event<'a>,
    /// What it meant.
    pub applied: Applied,
    /// Where it stands.
    pub row: Row,
    /// Whether later events have been applied since.
    pub is_past: bool,
    /// Release, quirks, time mode and form of buffers.
    pub printer: &'a Printer,
    /// Time of the first event: relative times count from it.
    pub first_ts: u64,
    /// Time of the printed event before, for `evt.outputtime` with `-t D`.
    pub before: Option<u64>,
    /// Numbers and times of other rows, where there is an index.
    pub index: Option<&'a Index>,
    /// Conversations, where they are known.
    pub conversations: Option<&'a dyn Conversations>,
}

/// What is known of the conversation that a descriptor belongs to.
pub trait Conversations {
    /// The conversation of a description at a row.
    fn of(&self, description: u32, row: Row) -> Option<Conversation>;
}

/// A conversation as one of its ends sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its key, such as `unix:ffff880108bcba80-ffff880108bcc440`.
    pub key: String,
    /// Which use of the key, from 1; `None` for a connect that failed.
    pub life: Option<u32>,
    /// Bytes sent towards this end that it had not read when it closed.
    pub unread: Option<u64>,
}

/// State as the event sees it, live or as of its row.
pub enum Sight<'a> {
    /// As of the last applied event.
    Live(Live<'a>),
    /// As of an earlier row.
    AsOf(AsOf<'a>),
}

impl View for Sight<'_> {
    fn comm(&self, tid: i64) -> Option<&[u8]> {
        match self {
            Self::Live(view) => view.comm(tid),
            Self::AsOf(view) => view.comm(tid),
        }
    }

    fn fd(&self, fd: i64) -> Option<FdView<'_>> {
        match self {
            Self::Live(view) => view.fd(fd),
            Self::AsOf(view) => view.fd(fd),
        }
    }

    fn cwd(&self) -> &[u8] {
        match self {
            Self::Live(view) => view.cwd(),
            Self::AsOf(view) => view.cwd(),
        }
    }

    fn user(&self, uid: u32) -> Option<&[u8]> {
        match self {
            Self::Live(view) => view.user(uid),
            Self::AsOf(view) => view.user(uid),
        }
    }

    fn group(&self, gid: u32) -> Option<&[u8]> {
        match self {
            Self::Live(view) => view.group(gid),
            Self::AsOf(view) => view.group(gid),
        }
    }
}

/// Lengths of the parameters of an event of which the result alone is known.
const RESULT_ALONE: [u8; 2] = [8, 0];

/// The event of an index row as far as its columns tell: of its parameters the result alone, which is `result`.
pub fn bare_event<'a>(record: &Record, state: &State, result: &'a [u8; 8]) -> Event<'a> {
    let params = record.result.and_then(|_| Params::new(&RESULT_ALONE, result, false)).unwrap_or_default();
    let tid = if record.version == NONE { -1 } else { state.threads().get(state.version(record.version).thread).tid };
    Event {
        offset: record.offset,
        block_len: record.block_len,
        cpu: record.cpu,
        state_only: record.flags.has(index::Flags::STATE_ONLY),
        ts: record.ts,
        tid,
        kind: record.kind,
        unreadable: false,
        params,
    }
}

impl<'a> Moment<'a> {
    /// The event that was applied last.
    pub fn live(state: &'a State, event: &'a Event<'a>, applied: &Applied, row: Row, printer: &'a Printer, first_ts: u64) -> Self {
        Self { state, event, applied: *applied, row, is_past: false, printer, first_ts, before: None, index: None, conversations: None }
    }

    /// The event of an index row. `event`: as read from the capture, or [`bare_event`] for fields that read no bytes.
    pub fn past(state: &'a State, index: &'a Index, record: &Record, event: &'a Event<'a>, printer: &'a Printer) -> Self {
        let enter = record.partner.filter(|_| record.is_exit());
        let applied = Applied {
            version: record.version,
            description: record.description,
            second: NONE,
            second_is_target: false,
            fd: record.fd,
            enter,
            latency: enter.and_then(|enter| record.ts.checked_sub(index.record(enter)?.ts)),
            result: record.result,
            number: index.number(record.row),
            printed: record.flags.has(index::Flags::PRINTED),
        };
        let first_ts = index.first_ts().unwrap_or(record.ts);
        Self { state, event, applied, row: record.row, is_past: true, printer, first_ts, before: None, index: Some(index), conversations: None }
    }

    /// Whether a fault of sysdig is to be copied.
    pub fn has(&self, quirk: Quirk) -> bool {
        self.printer.quirks.has(quirk)
    }

    /// Whether things are said as 0.29.3 says them.
    pub fn is_classic(&self) -> bool {
        self.printer.release == Release::V0_29_3
    }

    /// An enter event.
    pub fn is_enter(&self) -> bool {
        self.event.kind.is_multiple_of(2)
    }

    /// The state as this event sees it.
    pub fn sight(&self) -> Sight<'a> {
        if self.is_past {
            Sight::AsOf(self.state.as_of(self.applied.version, self.row))
        } else {
            Sight::Live(self.state.live(self.applied.version))
        }
    }

    /// The thread of the event; `None` where it is not in the table.
    pub fn thread(&self) -> Option<&'a ThreadVersion> {
        (self.applied.version != NONE).then(|| self.state.version(self.applied.version))
    }

    /// The version that the thread with this tid had.
    pub fn version_of(&self, tid: i64) -> Option<VersionIndex> {
        let threads = self.state.threads();
        if self.is_past {
            threads.find_at(tid, self.row).map(|thread| threads.version_at(thread, self.row))
        } else {
            threads.find(tid).map(|thread| threads.get(thread).last)
        }
    }

    /// The main thread of the event's process; the thread itself where that is not known.
    pub fn main(&self) -> Option<&'a ThreadVersion> {
        let thread = self.thread()?;
        if self.tid_of(thread) == thread.pid {
            return Some(thread);
        }
        Some(self.version_of(thread.pid).map_or(thread, |main| self.state.version(main)))
    }

    /// The tid of a thread.
    pub fn tid_of(&self, version: &ThreadVersion) -> i64 {
        self.state.threads().get(version.thread).tid
    }

    /// What the event's descriptor is open on.
    pub fn description(&self) -> Option<Attributes> {
        let descriptions = self.state.descriptions();
        let description = self.applied.description;
        (description != NONE).then(|| if self.is_past { descriptions.at(description, self.row) } else { descriptions.get(description).now })
    }
}
