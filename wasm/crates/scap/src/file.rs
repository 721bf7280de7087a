//! Access to the bytes of the file at any place.

use std::io;

/// A file whose bytes can be read anywhere: a browser's file, a native one, or memory.
pub trait FileBytes {
    /// Size in bytes.
    fn len(&self) -> u64;

    /// Reads what stands at `offset` into `buf`; less than asked for only at the end.
    ///
    /// # Errors
    /// When the file cannot be read, for instance because it has changed since it was opened.
    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// True when there is nothing in it.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FileBytes for &[u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let len = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..len), rest.get(..len)) {
            to.copy_from_slice(from);
        }
        Ok(len)
    }
}

impl FileBytes for std::fs::File {
    fn len(&self) -> u64 {
        self.metadata().map_or(0, |metadata| metadata.len())
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        use io::{Read, Seek};
        self.seek(io::SeekFrom::Start(offset))?;
        let mut done = 0;
        while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.read(rest) {
                Ok(0) => break,
                Ok(len) => done += len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}
