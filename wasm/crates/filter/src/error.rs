//! What is wrong with a filter, or worth a word, with its place in the text.

use std::fmt;

/// Why a filter is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Byte of the filter text where the fault begins.
    pub at: usize,
    /// Bytes that are at fault; 0 when something is missing there.
    pub length: usize,
    /// One sentence, without the place and without a full stop.
    pub message: String,
    /// What to write in place of these bytes, where one fix is likely.
    pub suggestion: Option<String>,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, ": did you mean {suggestion}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FilterError {}

/// Something about an accepted filter that its writer may not expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterNotice {
    /// Byte of the filter text that it is about.
    pub at: usize,
    /// How many bytes.
    pub length: usize,
    /// One sentence.
    pub message: String,
}
