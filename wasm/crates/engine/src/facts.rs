//! What is known of a capture as a whole.

use model::Row;
use scap::metadata::{Machine, Section};
use scap::Damage;
use serde::Serialize;

/// Damages that are kept one by one; the others are only counted.
const DAMAGES_KEPT: usize = 1000;

/// A section header, and where its events begin.
#[derive(Clone, Debug)]
pub struct SectionStart {
    /// File it stands in, counted from 0.
    pub file: usize,
    /// First row behind it.
    pub row: Row,
    /// The header; its offset counts from the start of its file.
    pub header: Section,
    /// The machine it was recorded on.
    pub machine: Machine,
    /// Bytes behind the fixed fields of its process entries, which date the recorder.
    pub tail: Option<u32>,
}

/// A file of the capture.
#[derive(Clone, Debug, Default)]
pub struct FileStart {
    /// Its name, as the user knows it.
    pub name: String,
    /// Inflated bytes of the files before it.
    pub base: u64,
    /// Its first row.
    pub row: Row,
    /// When its events happened.
    pub times: Times,
}

/// When the events of a file happened, nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The first event, and the latest one.
    pub span: Option<(u64, u64)>,
    /// The longest time between an event and the next.
    pub silence_ns: u64,
}

impl Times {
    /// Takes the time of the next event.
    #[inline(always)]
    pub fn push(&mut self, ts: u64) {
        match &mut self.span {
            None => self.span = Some((ts, ts)),
            Some((_, last)) if ts > *last => {
                self.silence_ns = self.silence_ns.max(ts - *last);
                *last = ts;
            }
            Some(_) => {}
        }
    }
}

/// One file of the capture in a few figures; times in nanoseconds since the capture's first event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileSpan {
    /// Its name.
    pub name: String,
    /// Its first row.
    pub row: Row,
    /// Its first event; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ns: Option<i64>,
    /// Its latest event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ns: Option<i64>,
    /// The longest time between an event and the next.
    pub silence_ns: u64,
}

impl FileSpan {
    pub(crate) fn of(file: &FileStart, first_ts: u64) -> Self {
        let relative = |ts: u64| ts.wrapping_sub(first_ts).cast_signed();
        Self {
            name: file.name.clone(),
            row: file.row,
            start_ns: file.times.span.map(|(first, _)| relative(first)),
            end_ns: file.times.span.map(|(_, last)| relative(last)),
            silence_ns: file.times.silence_ns,
        }
    }
}

/// Damages of a capture: the first ones in full, and how many there are.
#[derive(Clone, Debug, Default)]
pub struct Damages {
    kept: Vec<Damage>,
    count: u64,
}

impl Damages {
    /// Adds one.
    pub fn push(&mut self, damage: Damage) {
        self.count += 1;
        if self.kept.len() < DAMAGES_KEPT {
            self.kept.push(damage);
        }
    }

    /// The first ones; offsets count through all files.
    pub fn kept(&self) -> &[Damage] {
        &self.kept
    }

    /// All of them.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// Why indexing ended before the end of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Stopped {
    /// The index has reached its budget.
    Limit {
        /// What ran out.
        what: &'static str,
        /// The budget.
        limit: u64,
    },
    /// The user said so.
    Cancelled,
}

/// The capture in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Names of the files.
    pub names: Vec<String>,
    /// See [`scap::Fingerprint`]; empty while not known.
    pub fingerprint: String,
    /// Name of the recorded host.
    pub host: String,
    /// Time of the first event, nanoseconds since the epoch; 0 when there is none.
    pub first_ns: u64,
    /// From the first to the last event.
    pub duration_ns: u64,
    /// Lines of `sysdig -r`.
    pub events: u64,
    /// Event blocks.
    pub blocks: u64,
    /// Rows of the call list.
    pub calls: u64,
    /// Enter events were not recorded: there is no latency in this capture.
    pub exit_only: bool,
    /// Sections: recordings that follow each other in one file, or files.
    pub sections: u64,
    /// The files, in order.
    pub files: Vec<FileSpan>,
    /// The first damages.
    pub damage: Vec<DamageReport>,
    /// All damages.
    pub damage_count: u64,
    /// Bytes that index and state take.
    pub index_bytes: u64,
    /// Why indexing ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

/// One damage, in the words of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DamageReport {
    /// Kind of damage.
    pub kind: &'static str,
    /// Where, in the inflated stream.
    pub offset: u64,
    /// In which block.
    pub block: &'static str,
    /// In which field.
    pub field: &'static str,
    /// What stood there.
    pub found: String,
    /// What had to stand there.
    pub expected: String,
    /// Bytes left out.
    pub skipped: u64,
}

impl From<&Damage> for DamageReport {
    fn from(damage: &Damage) -> Self {
        use scap::damage::DamageKind;
        Self {
            kind: match damage.kind {
                DamageKind::Truncated => "truncated",
                DamageKind::Malformed => "malformed",
                DamageKind::Unsupported => "unsupported",
                DamageKind::Limit => "limit",
                DamageKind::NotACapture => "not-a-capture",
                DamageKind::UnknownBlock => "unknown-block",
            },
            offset: damage.offset,
            block: damage.block,
            field: damage.field,
            found: damage.found.clone(),
            expected: damage.expected.clone(),
            skipped: damage.skipped,
        }
    }
}
