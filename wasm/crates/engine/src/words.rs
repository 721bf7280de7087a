//! Texts of rows that are read again: what the printer says with the state as of the row.

use index::Record;
use model::state::NONE;
use model::text::{Clock, Heading, Printer};
use model::{State, table};
use scap::Event;

use crate::read::Blocks;
use crate::session::Core;
use crate::source::ReadError;

/// Makes the texts of rows, one after the other.
pub(crate) struct Words<'a> {
    core: &'a Core,
    pub(crate) printer: Printer,
    buffer: Vec<u8>,
}

/// How a session prints: with the names of the release that recorded it, and as right as the state is.
pub(crate) fn printer(state: &State) -> Printer {
    Printer { release: state.release(), quirks: state.quirks(), ..Printer::default() }
}

impl<'a> Words<'a> {
    pub(crate) fn new(core: &'a Core) -> Self {
        Self { core, printer: printer(&core.state), buffer: Vec::new() }
    }

    /// Short name of the row's process, where it is known.
    pub(crate) fn comm(&self, record: &Record) -> Option<&'a [u8]> {
        let state = &self.core.state;
        (record.version != NONE).then(|| state.text(state.version(record.version).comm))
    }

    /// Name of the fd that the row is about.
    pub(crate) fn fd_bytes(&self, record: &Record) -> &'a [u8] {
        let state = &self.core.state;
        if record.description == NONE {
            return b"";
        }
        state.fd_view(&state.descriptions().at(record.description, record.row)).name
    }

    /// Short name of the row's process.
    pub(crate) fn process(&self, record: &Record) -> String {
        self.comm(record).map_or_else(|| "<NA>".to_owned(), |comm| String::from_utf8_lossy(comm).into_owned())
    }

    /// Name of the fd that the row is about.
    pub(crate) fn fd_name(&self, record: &Record) -> String {
        String::from_utf8_lossy(self.fd_bytes(record)).into_owned()
    }

    /// Event type as it is printed.
    pub(crate) fn kind(&self, event: &Event<'_>) -> String {
        if is_known(event.kind) { self.printer.type_name(event).to_owned() } else { self.kind_of_type(event.kind) }
    }

    /// Event type when its bytes cannot be had.
    pub(crate) fn kind_of_type(&self, kind: u16) -> String {
        match table::event(kind) {
            Some(info) if is_known(kind) => info.name.to_owned(),
            _ => format!("unknown({kind})"),
        }
    }

    /// Appends the info text.
    pub(crate) fn info(&mut self, record: &Record, event: &Event<'_>, into: &mut String) {
        let view = self.core.state.as_of(record.version, record.row);
        self.buffer.clear();
        let fd_name = self.fd_bytes(record);
        self.printer.info(&mut self.buffer, event, &view, fd_name);
        into.push_str(&String::from_utf8_lossy(&self.buffer));
    }

    /// Appends the line that `sysdig -r` prints, without its end.
    pub(crate) fn line(&self, record: &Record, blocks: &Blocks, into: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut scratch = Vec::new();
        let event = blocks.event(self.core, record, &mut scratch)?;
        self.line_of(record, &event, into);
        Ok(())
    }

    /// Appends the line of an event whose bytes are at hand.
    pub(crate) fn line_of(&self, record: &Record, event: &Event<'_>, into: &mut Vec<u8>) {
        let index = &self.core.index;
        let enter = if record.is_exit() { record.partner.and_then(|enter| index.record(enter)) } else { None };
        let clock = Clock {
            ts: record.ts,
            first: index.first_ts().unwrap_or(0),
            before: None,
            latency: enter.map_or(0, |enter| record.ts.saturating_sub(enter.ts)),
        };
        let heading = Heading {
            number: index.number(record.row).unwrap_or(0),
            clock,
            comm: self.comm(record),
            tid: event.tid,
            fd_name: self.fd_bytes(record),
        };
        let view = self.core.state.as_of(record.version, record.row);
        self.printer.line(into, event, &heading, &view);
    }
}

/// Whether the event table has this type.
pub(crate) fn is_known(kind: u16) -> bool {
    table::event(kind).is_some_and(|info| !info.flags.has(table::EventFlags::UNUSED))
}
