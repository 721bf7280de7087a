//! What was wrong with the file, where, and what was done about it.

/// One place where the file is not what it should be. Reading goes on behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Byte offset in the inflated stream.
    pub offset: u64,
    /// Who has to act, and so what the reader may still expect.
    pub kind: DamageKind,
    /// Name of the block it was met in, such as `event` or `process list`.
    pub block: &'static str,
    /// Name of the field, such as `trailing length`.
    pub field: &'static str,
    /// What stood there, as text.
    pub found: String,
    /// What had to stand there, as text; empty when it cannot be said.
    pub expected: String,
    /// Bytes of the inflated stream that were left out because of it.
    pub skipped: u64,
}

/// Kinds of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// The file ends too early.
    Truncated,
    /// Bytes contradict the format.
    Malformed,
    /// Written by a newer release.
    Unsupported,
    /// A size that would exceed the budget.
    Limit,
    /// This is no capture at all.
    NotACapture,
    /// A block type nobody knows; skipped.
    UnknownBlock,
}
