//! Where the bytes of an event are read again from.

use std::{fmt, io};

use scap::inflate::{Cursor, RestartPoints};
use scap::FileBytes;

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

/// Files, raw or packed: reads go through the restart points that were noted when they were inflated.
#[derive(Debug)]
pub struct Files<F> {
    files: Vec<(F, RestartPoints, Cursor)>,
}

impl<F> Default for Files<F> {
    fn default() -> Self {
        Self { files: Vec::new() }
    }
}

impl<F: FileBytes> Files<F> {
    /// Adds the next file of the capture.
    pub fn push(&mut self, file: F, points: RestartPoints) {
        self.files.push((file, points, Cursor::default()));
    }
}

impl<F: FileBytes> ByteSource for Files<F> {
    fn read(&mut self, file: usize, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let (file, points, cursor) = self.files.get_mut(file).ok_or(ReadError::Changed)?;
        match cursor.read_at(points, file, offset, into) {
            Ok(len) if len == into.len() => Ok(()),
            Ok(_) => Err(ReadError::Changed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ReadError::Changed),
            Err(error) => Err(ReadError::Unreadable(error.to_string())),
        }
    }
}
