//! How much memory a file may ask for.

/// Bounds on what one reader holds, whatever the file says.
///
/// A default reader takes a 20 MB process list; with `block: 1 << 20` the same list is skipped with a
/// [`Limit`](crate::damage::DamageKind::Limit) damage. What the sink keeps is not counted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest block, in bytes. A longer one is skipped.
    pub block: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { block: 256 << 20 }
    }
}
