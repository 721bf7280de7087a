//! The kinds of blocks and how their framing tells a block from noise.

use crate::bytes::{Order, u32_at};

/// Type and length before the body, the length once more behind it.
pub(crate) const FRAMING: u32 = 12;
/// Block type of a section header: the same in both byte orders.
pub(crate) const SECTION: u32 = 0x0a0d_0d0a;
/// Section header without options.
pub(crate) const SECTION_LEN: u32 = 28;
/// An ordinary event fits 64 KiB; as much again is left for options that packet tools append.
pub(crate) const LONGEST_EVENT: u32 = 2 * 65_536 + 64;

/// Longest block of an ordinary event that sysdig reads.
const LONGEST_TRUSTED: u32 = 65_536 + 8;

/// What a block holds and how it is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Section,
    Machine,
    /// Process list, version 1 to 9.
    Processes(u8),
    /// Fd list; entries with their length before them.
    Fds {
        prefixed: bool,
    },
    Interfaces {
        prefixed: bool,
    },
    Users {
        prefixed: bool,
    },
    Event(Form),
}

/// Layout of an event block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The event header holds the number of parameters (since version 2).
    pub(crate) counted: bool,
    /// A flags word stands behind the CPU.
    pub(crate) flags: bool,
    /// Parameter lengths are u32.
    pub(crate) large: bool,
}

impl Form {
    /// Bytes from the start of the block to the event header.
    #[inline]
    pub(crate) fn header_at(self) -> usize {
        if self.flags { 14 } else { 10 }
    }

    /// Bytes of the event header.
    #[inline]
    pub(crate) fn header_len(self) -> usize {
        if self.counted { 26 } else { 22 }
    }
}

const fn event(counted: bool, flags: bool, large: bool) -> Kind {
    Kind::Event(Form { counted, flags, large })
}

impl Kind {
    #[inline]
    pub(crate) fn of(block_type: u32) -> Option<Self> {
        Some(match block_type {
            0x216 => event(true, false, false),
            0x217 => event(true, true, false),
            0x221 => event(true, false, true),
            0x222 => event(true, true, true),
            0x204 | 0x8010_abcd => event(false, false, false),
            0x208 => event(false, true, false),
            SECTION => Self::Section,
            0x201 | 0x8002_abcd => Self::Machine,
            0x202 | 0x8000_abcd => Self::Processes(1),
            0x207 | 0x8013_abcd => Self::Processes(2),
            0x209 | 0x8014_abcd => Self::Processes(3),
            0x210 => Self::Processes(4),
            0x211 => Self::Processes(5),
            0x212 => Self::Processes(6),
            0x213 => Self::Processes(7),
            0x214 => Self::Processes(8),
            0x215 => Self::Processes(9),
            0x203 | 0x8001_abcd => Self::Fds { prefixed: false },
            0x218 => Self::Fds { prefixed: true },
            0x205 | 0x8011_abcd => Self::Interfaces { prefixed: false },
            0x219 => Self::Interfaces { prefixed: true },
            0x206 | 0x8012_abcd => Self::Users { prefixed: false },
            0x220 => Self::Users { prefixed: true },
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Section => "section header",
            Self::Machine => "machine",
            Self::Processes(_) => "process list",
            Self::Fds { .. } => "fd list",
            Self::Interfaces { .. } => "interface list",
            Self::Users { .. } => "user list",
            Self::Event(_) => "event",
        }
    }

    /// Shortest and longest total length that this kind can have.
    #[inline]
    pub(crate) fn lengths(self, limit: u32) -> (u32, u32) {
        match self {
            Self::Section => (SECTION_LEN, limit),
            Self::Machine => (FRAMING + 148, limit),
            Self::Fds { .. } => (FRAMING + 8, limit),
            Self::Processes(_) | Self::Interfaces { .. } | Self::Users { .. } => (FRAMING, limit),
            Self::Event(form) => {
                let fixed = if form.flags { 6 } else { 2 } + if form.counted { 26 } else { 22 };
                (FRAMING + fixed, if form.large { limit } else { limit.min(LONGEST_EVENT) })
            }
        }
    }
}

/// The block of an event as sysdig takes it: a type and a length that has room for the event's header.
///
/// What its 0.29.3 asks of a block, and all that it asks: the block behind it begins where the length says.
pub(crate) fn trusted_event_at(bytes: &[u8], at: usize, order: Order, limit: u32) -> Option<(Form, u32)> {
    let Kind::Event(form) = Kind::of(u32_at(bytes, at, order)?)? else { return None };
    let total = u32_at(bytes, at.checked_add(4)?, order)?;
    let longest = if form.large { limit } else { limit.min(LONGEST_TRUSTED) };
    let shortest = FRAMING as usize + form.header_len();
    (shortest <= total as usize && total <= longest).then_some((form, total))
}

/// Length that framing can have at all.
#[inline]
pub(crate) fn is_length(total: u32) -> bool {
    total >= FRAMING && total.is_multiple_of(4)
}

/// A block header that could be one: a known type with a length it can have.
pub(crate) fn header_at(bytes: &[u8], at: usize, order: Order, limit: u32) -> Option<(Kind, u32)> {
    let kind = Kind::of(u32_at(bytes, at, order)?)?;
    let total = u32_at(bytes, at.checked_add(4)?, order)?;
    let (shortest, longest) = kind.lengths(limit);
    (is_length(total) && shortest <= total && total <= longest).then_some((kind, total))
}
