//! Windows: the few rows of a list that a grid shows, as columns.

use index::{Flags, Record, Unit};
use model::Row;
use model::state::NONE;
use model::table::{self, EventFlags};

use crate::list::ListSpec;
use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::words::Words;

/// Bits of [`Window::flags`].
pub mod row_flag {
    /// The call failed.
    pub const ERROR: u8 = 1;
    /// An exit.
    pub const EXIT: u8 = 2;
    /// The call never returned within the capture.
    pub const OPEN: u8 = 4;
    /// Kept for state only.
    pub const STATE_ONLY: u8 = 8;
    /// Of a type nobody knows.
    pub const UNKNOWN: u8 = 16;
    /// Internal to the recorder.
    pub const INTERNAL: u8 = 32;
}

/// Rows of a list, one vector per column, all of the same length. Absent numbers are NaN.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Position of the first row in the list.
    pub first: u64,
    /// Row of the event; of a call: of its enter, or of its exit when the enter was not recorded.
    pub row: Vec<u32>,
    /// Event number.
    pub num: Vec<f64>,
    /// Section of the event, counted from 1; 0 while the capture has only one.
    pub section: Vec<u32>,
    /// Number of a call's exit.
    pub exit_num: Vec<f64>,
    /// Section of a call's exit, as `section`.
    pub exit_section: Vec<u32>,
    /// Nanoseconds since the first event.
    pub ns: Vec<f64>,
    /// Exit minus enter.
    pub latency_ns: Vec<f64>,
    /// CPU.
    pub cpu: Vec<u16>,
    /// Thread id.
    pub tid: Vec<f64>,
    /// Fd number; -1 when there is none.
    pub fd: Vec<i32>,
    /// Bytes or other size asked for.
    pub requested: Vec<f64>,
    /// Result.
    pub returned: Vec<f64>,
    /// See [`row_flag`].
    pub flags: Vec<u8>,
    /// Short name of the process.
    pub process: Vec<String>,
    /// Event type.
    pub kind: Vec<String>,
    /// Info text; of a call: of the enter, then of the exit.
    pub info: Vec<String>,
    /// Name of the fd.
    pub fd_name: Vec<String>,
    /// errno name of a failed call.
    pub errno: Vec<String>,
    /// Why the bytes could not be read; `info` is empty then.
    pub unread: Option<ReadError>,
}

/// One row of a list: the event it shows, and for calls the exit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edges {
    pub(crate) first: Record,
    pub(crate) exit: Option<Record>,
}

impl Edges {
    /// What a row of a list stands for.
    pub(crate) fn of(core: &Core, unit: Unit, row: Row) -> Option<Self> {
        Self::found(unit, row, &|row| core.index.record(row))
    }

    /// The same but where the blocks stand ([`index::Index::unplaced`]).
    pub(crate) fn unplaced(core: &Core, unit: Unit, row: Row) -> Option<Self> {
        Self::found(unit, row, &|row| core.index.unplaced(row))
    }

    fn found(unit: Unit, row: Row, record: &dyn Fn(Row) -> Option<Record>) -> Option<Self> {
        let first = record(row)?;
        let exit = match unit {
            Unit::Calls if !first.is_exit() => first.partner.and_then(record),
            _ => None,
        };
        Some(Self { first, exit })
    }

    /// The later edge: its description, result and time are those of the call.
    pub(crate) fn last(&self) -> &Record {
        self.exit.as_ref().unwrap_or(&self.first)
    }

    /// Time from the enter to the exit, in nanoseconds; `None` unless both were recorded.
    pub(crate) fn latency_ns(&self, core: &Core) -> Option<i64> {
        let enter = match (self.exit, self.first.is_exit()) {
            (Some(_), _) => self.first.ts,
            (None, true) => core.index.unplaced(self.first.partner?)?.ts,
            (None, false) => return None,
        };
        Some(self.last().ts.wrapping_sub(enter).cast_signed())
    }

    /// Its events, the enter first.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record> {
        std::iter::once(self.first).chain(self.exit)
    }
}

/// Whether an enter of this type is followed by an exit.
pub(crate) fn has_exit(kind: u16) -> bool {
    kind.is_multiple_of(2)
        && kind.checked_add(1).and_then(table::event).is_some_and(|exit| !exit.flags.has(EventFlags::UNUSED))
        && table::event(kind).is_some_and(|info| !info.flags.has(EventFlags::UNUSED))
}

/// Names of parameters that say how much was asked for.
const SIZES: [&str; 4] = ["size", "len", "length", "count"];

fn number(value: Option<u64>) -> f64 {
    value.map_or(f64::NAN, |value| value as f64)
}

impl Session {
    /// Rows `first` to `first + count` of a list; fewer at its end.
    pub fn window(&mut self, spec: ListSpec, first: u64, count: usize, source: &mut dyn ByteSource) -> Window {
        self.with_list(spec, |core, list| {
            let edges: Vec<Edges> =
                list.rows_from(first).take(count).filter_map(|row| Edges::of(core, spec.unit, row)).collect();
            let mut window = Window { first, ..Window::default() };
            let records: Vec<Record> = edges.iter().flat_map(Edges::records).collect();
            let blocks = match Blocks::read(core, &records, source) {
                Ok(blocks) => blocks,
                Err(error) => {
                    window.unread = Some(error);
                    Blocks::default()
                }
            };
            let mut words = Words::new(core);
            for edges in &edges {
                window.push(core, edges, spec.unit, &blocks, &mut words);
            }
            window
        })
    }

    /// Rows of a list as `sysdig -r` prints them, one line each.
    ///
    /// # Errors
    /// When their bytes cannot be read again.
    pub fn text(&mut self, spec: ListSpec, first: u64, count: usize, source: &mut dyn ByteSource) -> Result<String, ReadError> {
        self.with_list(spec, |core, list| {
            let rows: Vec<Edges> = list.rows_from(first).take(count).filter_map(|row| Edges::of(core, spec.unit, row)).collect();
            let records: Vec<Record> = rows.iter().flat_map(Edges::records).collect();
            let blocks = Blocks::read(core, &records, source)?;
            let words = Words::new(core);
            let mut text = Vec::new();
            for record in &records {
                words.line(record, &blocks, &mut text)?;
                text.push(b'\n');
            }
            Ok(String::from_utf8_lossy(&text).into_owned())
        })
    }
}

impl Window {
    fn push(&mut self, core: &Core, edges: &Edges, unit: Unit, blocks: &Blocks, words: &mut Words<'_>) {
        let first = &edges.first;
        let last = edges.last();
        let first_ts = core.index.first_ts().unwrap_or(0);
        self.row.push(first.row);
        self.num.push(number(core.index.number(first.row)));
        self.section.push(core.section_number(first.row).unwrap_or(0));
        self.exit_section.push(core.section_number(last.row).unwrap_or(0));
        self.exit_num.push(match (unit, last.is_exit()) {
            (Unit::Calls, true) => number(core.index.number(last.row)),
            _ => f64::NAN,
        });
        self.ns.push(if index::chunk::is_time(first.ts) { first.ts.wrapping_sub(first_ts).cast_signed() as f64 } else { f64::NAN });
        self.latency_ns.push(edges.latency_ns(core).map_or(f64::NAN, |latency| latency as f64));
        self.cpu.push(first.cpu);
        let about = if last.description == NONE { first } else { last };
        self.fd.push(if last.fd >= 0 { last.fd } else { first.fd });
        self.returned.push(last.result.map_or(f64::NAN, |result| result as f64));
        let failed = last.flags.has(Flags::ERROR) && last.is_exit();
        let mut flags = 0;
        for (flag, on) in [
            (row_flag::ERROR, failed),
            (row_flag::EXIT, first.is_exit()),
            (row_flag::OPEN, !last.is_exit() && last.partner.is_none() && has_exit(last.kind)),
            (row_flag::STATE_ONLY, first.flags.has(Flags::STATE_ONLY)),
            (row_flag::UNKNOWN, first.flags.has(Flags::UNKNOWN)),
        ] {
            flags |= if on { flag } else { 0 };
        }
        self.flags.push(flags);
        self.process.push(words.process(first));
        self.fd_name.push(words.fd_name(about));
        self.errno.push(if failed { errno(last.result) } else { String::new() });

        let mut tid = f64::NAN;
        let mut requested = None;
        let mut kind = None;
        let mut scratch = Vec::new();
        for record in edges.records() {
            let Ok(event) = blocks.event(core, &record, &mut scratch) else {
                if self.unread.is_none() {
                    self.unread = Some(ReadError::Changed);
                }
                continue;
            };
            if record.row == first.row {
                tid = event.tid as f64;
                kind = Some(words.kind(&event));
            }
            requested = requested.or_else(|| requested_of(&event));
        }
        self.tid.push(tid);
        self.requested.push(number(requested));
        self.kind.push(kind.unwrap_or_else(|| words.kind_of_type(first.kind)));
        self.info.push(info_of(core, edges, blocks, words));
    }
}

/// The parameters of a row, of a call those of both edges, as far as their bytes can be read.
pub(crate) fn info_of(core: &Core, edges: &Edges, blocks: &Blocks, words: &mut Words<'_>) -> String {
    let mut info = String::new();
    let mut scratch = Vec::new();
    for record in edges.records() {
        let Ok(event) = blocks.event(core, &record, &mut scratch) else { continue };
        if !info.is_empty() && !info.ends_with(' ') {
            info.push(' ');
        }
        words.info(&record, &event, &mut info);
    }
    info.truncate(info.trim_end_matches(' ').len());
    info
}

/// The size that a call asks for.
pub(crate) fn requested_of(event: &scap::Event<'_>) -> Option<u64> {
    let params = table::event(event.kind)?.params();
    let index = params.iter().position(|param| SIZES.contains(&param.name))?;
    event.params.uint(index)
}

/// Name of the errno in a failed result.
pub(crate) fn errno(result: Option<i64>) -> String {
    let errno = result.and_then(|result| u32::try_from(result.checked_neg()?).ok());
    errno.and_then(table::errno_name).unwrap_or("").to_owned()
}
