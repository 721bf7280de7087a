//! Sets of rows: what a filter selects. Small where few rows are in it, and asked for its nth row at once.

use index::{Bitmap, CHUNK_ROWS};
use model::Row;

/// Rows of a chunk that are kept as a list; more take a bitmap, which is as large as this.
const FEW: usize = CHUNK_ROWS / 16;

#[derive(Debug)]
enum Part {
    /// In order.
    Few(Vec<u16>),
    Many(Box<Bitmap>),
}

impl Part {
    fn insert(&mut self, at: u16) -> bool {
        match self {
            Self::Few(rows) => {
                match rows.last() {
                    Some(last) if *last >= at => match rows.binary_search(&at) {
                        Ok(_) => return false,
                        Err(place) => rows.insert(place, at),
                    },
                    _ => rows.push(at),
                }
                if rows.len() > FEW {
                    let mut bitmap = Bitmap::default();
                    rows.iter().for_each(|row| bitmap.or(*row, true));
                    *self = Self::Many(Box::new(bitmap));
                }
                true
            }
            Self::Many(bitmap) => {
                let is_new = !bitmap.has(at);
                bitmap.or(at, true);
                is_new
            }
        }
    }

    fn rank(&self, at: u16) -> u32 {
        match self {
            Self::Few(rows) => rows.partition_point(|row| *row < at) as u32,
            Self::Many(bitmap) => bitmap.rank(usize::from(at)),
        }
    }

    fn has(&self, at: u16) -> bool {
        match self {
            Self::Few(rows) => rows.binary_search(&at).is_ok(),
            Self::Many(bitmap) => bitmap.has(at),
        }
    }

    fn select(&self, nth: u32) -> Option<u16> {
        match self {
            Self::Few(rows) => rows.get(nth as usize).copied(),
            Self::Many(bitmap) => bitmap.select(nth),
        }
    }

    fn next(&self, at: u16) -> Option<u16> {
        match self {
            Self::Few(rows) => rows.get(rows.partition_point(|row| *row < at)).copied(),
            Self::Many(bitmap) => bitmap.next(at),
        }
    }
}

/// A set of rows that only grows.
///
/// # Examples
/// ```
/// let mut rows = filter::rows::RowSet::default();
/// rows.insert(70_000);
/// rows.insert(5);
/// assert_eq!((rows.len(), rows.select(1), rows.rank(70_000)), (2, Some(70_000), 1));
/// ```
#[derive(Debug, Default)]
pub struct RowSet {
    parts: Vec<Part>,
    /// Rows before each part.
    before: Vec<u32>,
    len: u32,
}

impl RowSet {
    /// Adds a row; it may stand before others.
    pub fn insert(&mut self, row: Row) {
        let number = row as usize / CHUNK_ROWS;
        while self.parts.len() <= number {
            self.parts.push(Part::Few(Vec::new()));
            self.before.push(self.len);
        }
        if self.parts.get_mut(number).is_some_and(|part| part.insert(row as u16)) {
            self.len += 1;
            for before in self.before.iter_mut().skip(number + 1) {
                *before += 1;
            }
        }
    }

    /// Adds rows of one chunk.
    pub fn insert_all(&mut self, number: usize, rows: &Bitmap) {
        let first = (number * CHUNK_ROWS) as Row;
        let count = rows.count();
        if count as usize <= FEW || self.parts.len() > number {
            return rows.iter().for_each(|at| self.insert(first + Row::from(at)));
        }
        self.insert(first + Row::from(rows.next(0).unwrap_or(0)));
        if let Some(part) = self.parts.get_mut(number) {
            *part = Part::Many(Box::new(rows.clone()));
            self.len += count - 1;
        }
    }

    /// How many rows are in it.
    pub fn len(&self) -> u64 {
        u64::from(self.len)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether this row is in it.
    pub fn has(&self, row: Row) -> bool {
        self.parts.get(row as usize / CHUNK_ROWS).is_some_and(|part| part.has(row as u16))
    }

    /// How many rows before this one are in it.
    pub fn rank(&self, row: Row) -> u64 {
        let number = row as usize / CHUNK_ROWS;
        match (self.parts.get(number), self.before.get(number)) {
            (Some(part), Some(before)) => u64::from(before + part.rank(row as u16)),
            _ => self.len(),
        }
    }

    /// Row number `nth` of it, counted from 0.
    pub fn select(&self, nth: u64) -> Option<Row> {
        let nth = u32::try_from(nth).ok().filter(|nth| *nth < self.len)?;
        let number = self.before.partition_point(|before| *before <= nth).checked_sub(1)?;
        let at = self.parts.get(number)?.select(nth - self.before.get(number)?)?;
        Some((number * CHUNK_ROWS) as Row + Row::from(at))
    }

    /// First row of it at or after this one.
    pub fn next(&self, row: Row) -> Option<Row> {
        let mut at = row as u16;
        for (number, part) in self.parts.iter().enumerate().skip(row as usize / CHUNK_ROWS) {
            if let Some(found) = part.next(at) {
                return Some((number * CHUNK_ROWS) as Row + Row::from(found));
            }
            at = 0;
        }
        None
    }

    /// Its rows from position `first` on.
    pub fn iter_from(&self, first: u64) -> impl Iterator<Item = Row> + '_ {
        let mut next = self.select(first);
        std::iter::from_fn(move || {
            let row = next?;
            next = row.checked_add(1).and_then(|after| self.next(after));
            Some(row)
        })
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let parts = self.parts.iter().map(|part| match part {
            Part::Few(rows) => rows.capacity() * 2,
            Part::Many(bitmap) => bitmap.bytes() + size_of::<Bitmap>(),
        });
        parts.sum::<usize>() + self.parts.capacity() * size_of::<Part>() + self.before.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_a_sorted_list() {
        let mut rows = RowSet::default();
        let mut list = Vec::new();
        // A full chunk, an empty one, a few rows, and some that come late.
        list.extend((0..CHUNK_ROWS as u32).filter(|row| row % 3 != 0));
        list.extend((0..900).map(|step| 3 * CHUNK_ROWS as u32 + step * 71));
        list.extend([1_000_000, 3, 99, 2 * CHUNK_ROWS as u32 + 7, 1_000_000]);
        list.iter().for_each(|row| rows.insert(*row));
        list.sort_unstable();
        list.dedup();
        assert_eq!(rows.len(), list.len() as u64);
        assert_eq!(rows.iter_from(0).collect::<Vec<_>>(), list);
        for (nth, row) in list.iter().enumerate() {
            assert_eq!(rows.select(nth as u64), Some(*row));
            assert_eq!(rows.rank(*row), nth as u64);
            assert!(rows.has(*row));
        }
        assert_eq!(rows.select(rows.len()), None);
        assert_eq!(rows.rank(Row::MAX), rows.len());
        assert!(!rows.has(1) || list.contains(&1));
        assert_eq!(rows.iter_from(5).next(), list.get(5).copied());
        assert!(RowSet::default().iter_from(0).next().is_none());
        // A chunk at a time, the second time with rows that it has.
        let mut whole = RowSet::default();
        for _ in 0..2 {
            for number in 0..=rows.select(rows.len() - 1).unwrap_or(0) as usize / CHUNK_ROWS {
                let mut chunk = Bitmap::default();
                let of_chunk = list.iter().filter(|row| **row as usize / CHUNK_ROWS == number);
                of_chunk.for_each(|row| chunk.or(*row as u16, true));
                whole.insert_all(number, &chunk);
            }
            assert_eq!((whole.len(), whole.iter_from(0).collect::<Vec<_>>()), (rows.len(), list.clone()));
        }
    }
}
