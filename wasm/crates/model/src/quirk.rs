//! Known faults of sysdig that show in text or state. The engine is right unless they are switched on.

/// Which faults to copy: all of them for the command that must print what sysdig prints, none elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    on: bool,
}

impl Quirks {
    /// Right everywhere.
    pub const NONE: Self = Self { on: false };
    /// Every fault, as `sysdig` has it.
    pub const ALL: Self = Self { on: true };

    /// Whether this fault is to be copied.
    pub fn has(self, _quirk: Quirk) -> bool {
        self.on
    }
}

/// One fault of sysdig: what it does, what is right, how it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quirk {
    /// sysdig prints a child's descriptors as they were when the child's first event came; right is the table at the
    /// caller's clone exit. Shows in fd names of shell pipelines and containers.
    ForkCopiesLate,
}
