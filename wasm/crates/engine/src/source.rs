//! Where the bytes of an event are read again from.

use std::fmt;

/// Reads the inflated bytes of a capture's files at any place.
pub trait ByteSource {
    /// Fills `into` with the bytes of file `file` (as the session counts them, from 0) from `offset` on.
    ///
    /// # Errors
    /// When the bytes cannot be had any more.
    fn read(&mut self, file: usize, offset: u64, into: &mut [u8]) -> Result<(), ReadError>;
}

/// Why bytes could not be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The file has changed or is gone since it was indexed.
    Changed,
    /// Reading failed, with the system's reason.
    Unreadable(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("the file has changed since it was opened"),
            Self::Unreadable(reason) => write!(f, "the file could not be read: {reason}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Bytes in memory, one slice per file: for tests and small captures.
impl ByteSource for &[Vec<u8>] {
    fn read(&mut self, file: usize, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let start = usize::try_from(offset).map_err(|_| ReadError::Changed)?;
        let end = start.checked_add(into.len()).ok_or(ReadError::Changed)?;
        let bytes = self.get(file).and_then(|bytes| bytes.get(start..end)).ok_or(ReadError::Changed)?;
        into.copy_from_slice(bytes);
        Ok(())
    }
}
