//! Reads events again: their bytes are not kept, only where they stand.

use index::Record;
use model::table::EventTable;
use scap::Event;
use scap::event::decode_event_block;

use crate::session::Core;
use crate::source::{ByteSource, ReadError};

/// Blocks further apart than this are read one by one.
const GAP: u64 = 16 << 10;
/// No single read is longer, unless one block is.
const LONGEST: u64 = 1 << 20;

/// The bytes of some event blocks.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// Where each piece starts, counted through all files, and its bytes; sorted.
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Blocks {
    /// Reads the blocks of these rows, neighbours in one go.
    pub(crate) fn read(core: &Core, records: &[Record], source: &mut dyn ByteSource) -> Result<Self, ReadError> {
        Self::read_places(core, records.iter().map(|record| (record.offset, record.block_len)), source)
    }

    /// The same by offset and length.
    pub(crate) fn read_places(core: &Core, places: impl Iterator<Item = (u64, u32)>, source: &mut dyn ByteSource) -> Result<Self, ReadError> {
        Self::read_files(places.collect(), source, &|offset| core.place_in_file(offset))
    }

    /// The same; `in_file` tells which file an offset lies in, and where there.
    pub(crate) fn read_files(mut wanted: Vec<(u64, u32)>, source: &mut dyn ByteSource, in_file: &dyn Fn(u64) -> (usize, u64)) -> Result<Self, ReadError> {
        wanted.sort_unstable();
        let mut spans: Vec<(u64, u64)> = Vec::new();
        for (start, len) in wanted {
            let end = start.saturating_add(u64::from(len));
            match spans.last_mut() {
                Some(last) if start <= last.1.saturating_add(GAP) && end.saturating_sub(last.0) <= LONGEST && in_file(last.0).0 == in_file(start).0 => {
                    last.1 = last.1.max(end);
                }
                _ => spans.push((start, end)),
            }
        }
        let mut pieces = Vec::with_capacity(spans.len());
        for (start, end) in spans {
            let (file, offset) = in_file(start);
            let len = usize::try_from(end - start).map_err(|_| ReadError::Changed)?;
            let mut bytes = vec![0; len];
            source.read(file, offset, &mut bytes)?;
            pieces.push((start, bytes));
        }
        Ok(Self { pieces })
    }

    /// The block of a row.
    pub(crate) fn block(&self, record: &Record) -> Option<&[u8]> {
        self.at(record.offset, record.block_len)
    }

    /// The block that stands there.
    pub(crate) fn at(&self, offset: u64, len: u32) -> Option<&[u8]> {
        let piece = self.pieces.partition_point(|piece| piece.0 <= offset).checked_sub(1)?;
        let (start, bytes) = self.pieces.get(piece)?;
        let at = usize::try_from(offset - start).ok()?;
        bytes.get(at..at.checked_add(len as usize)?)
    }

    /// The event of a row. An event that no longer says what it said when it was indexed has changed.
    pub(crate) fn event<'a>(&'a self, core: &Core, record: &Record, scratch: &'a mut Vec<u8>) -> Result<Event<'a>, ReadError> {
        let block = self.block(record).ok_or(ReadError::Changed)?;
        let event = decode_event_block::<EventTable>(block, record.offset, core.is_big_endian(record.row), scratch).ok_or(ReadError::Changed)?;
        if event.ts != record.ts || event.kind != record.kind {
            return Err(ReadError::Changed);
        }
        Ok(event)
    }
}
