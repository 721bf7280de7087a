//! What printing and inspecting may ask of the state, live or as of any row.

/// State as one event sees it: after the event was applied, before the removals it scheduled.
pub trait View {
    /// Short name of the thread that has this tid now. `None`: not in the thread table. A placeholder answers `<NA>`.
    fn comm(&self, tid: i64) -> Option<&[u8]>;
    /// The entry of the event's thread for this number. `None`: no entry, or the thread is unknown.
    fn fd(&self, fd: i64) -> Option<FdView<'_>>;
    /// Working directory of the event's thread, with its trailing slash; empty when unknown.
    fn cwd(&self) -> &[u8];
    /// Name of a user as the event's thread sees it (its container's list, then the host's).
    fn user(&self, uid: u32) -> Option<&[u8]>;
    /// Name of a group, likewise.
    fn group(&self, gid: u32) -> Option<&[u8]>;
}

/// One fd entry as text needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FdView<'a> {
    /// `f d 4 6 u p e s l i t n b r m P o X`: what it is open on (reference: `fd.typechar`).
    pub typechar: u8,
    /// `t u i r` behind `4` and `6`, when it is to be shown.
    pub l4char: Option<u8>,
    /// Path, tuple or other name, unfiltered bytes; may be empty.
    pub name: &'a [u8],
}
