//! State over time: applies one event after the other and remembers what was true when.

use crate::quirk::Quirks;
use crate::view::{FdView, View};

/// Position of an event in the capture, in file order, counting every event block. Not an event number.
pub type Row = u32;
/// Index of a thread (one life of a tid).
pub type ThreadIndex = u32;
/// Index of a version of a thread: a stretch of rows in which its identity did not change.
pub type VersionIndex = u32;
/// Index of a description: one open socket, pipe, file.
pub type DescriptionIndex = u32;
/// No such thing, in an index column.
pub const NONE: u32 = u32::MAX;

/// What one event meant, for the columns of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Version of the event's thread, after the event. `NONE` when the event belongs to no known thread (printed `<NA>`).
    pub version: VersionIndex,
    /// Description the event is about (`fd.*`), or `NONE`.
    pub description: DescriptionIndex,
    /// Number of that fd; -1 when there is none.
    pub fd: i32,
    /// Row of the enter event when this exit completes a call.
    pub enter: Option<Row>,
    /// Nanoseconds since that enter event.
    pub latency: Option<u64>,
    /// Result of an exit event, where it has one.
    pub result: Option<i64>,
    /// What sysdig counts as this event's number; `None` for types it does not know.
    pub number: Option<u64>,
    /// A line of `sysdig -r`: not internal, not state-only, not hidden.
    pub printed: bool,
}

/// The state engine.
pub struct State {
    _quirks: Quirks,
}

/// State as the last applied event sees it.
pub struct Live<'a> {
    _state: &'a State,
}

/// State as the event at an earlier row saw it. The same answers as [`Live`] gave then.
pub struct AsOf<'a> {
    _state: &'a State,
}

impl View for Live<'_> {
    fn comm(&self, _tid: i64) -> Option<&[u8]> { None }
    fn fd(&self, _fd: i64) -> Option<FdView<'_>> { None }
    fn cwd(&self) -> &[u8] { b"" }
    fn user(&self, _uid: u32) -> Option<&[u8]> { None }
    fn group(&self, _gid: u32) -> Option<&[u8]> { None }
}

impl View for AsOf<'_> {
    fn comm(&self, _tid: i64) -> Option<&[u8]> { None }
    fn fd(&self, _fd: i64) -> Option<FdView<'_>> { None }
    fn cwd(&self) -> &[u8] { b"" }
    fn user(&self, _uid: u32) -> Option<&[u8]> { None }
    fn group(&self, _gid: u32) -> Option<&[u8]> { None }
}
