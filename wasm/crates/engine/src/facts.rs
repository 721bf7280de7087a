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
