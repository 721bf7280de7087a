//! One bit per row of a chunk, with rank and select.

use crate::chunk::CHUNK_ROWS;
use crate::packed::FRAME;

/// Words of a chunk's bitmap.
const WORDS: usize = CHUNK_ROWS / 64;

/// A set of rows of one chunk.
#[derive(Clone, Debug)]
pub struct Bitmap {
    words: Box<[u64; WORDS]>,
}

impl Default for Bitmap {
    fn default() -> Self {
        Self { words: Box::new([0; WORDS]) }
    }
}

impl Bitmap {
    /// Adds a row when `on` says so.
    #[inline]
    pub fn or(&mut self, at: u16, on: bool) {
        self.words[usize::from(at) / 64] |= u64::from(on) << (at % 64);
    }

    /// Whether the row is in the set.
    pub fn has(&self, at: u16) -> bool {
        self.words[usize::from(at) / 64] >> (at % 64) & 1 == 1
    }

    /// How many rows before `at` are in the set; `at` may be the chunk's length.
    pub fn rank(&self, at: usize) -> u32 {
        let word = (at / 64).min(WORDS);
        let whole: u32 = self.words[..word].iter().map(|bits| bits.count_ones()).sum();
        let rest = self.words.get(word).map_or(0, |bits| (bits & ((1 << (at % 64)) - 1)).count_ones());
        whole + rest
    }

    /// Row number `nth` of the set, counted from 0.
    pub fn select(&self, nth: u32) -> Option<u16> {
        let mut left = nth;
        for (word, bits) in self.words.iter().enumerate() {
            let here = bits.count_ones();
            if left >= here {
                left -= here;
                continue;
            }
            let mut bits = *bits;
            for _ in 0..left {
                bits &= bits - 1;
            }
            return Some((word * 64) as u16 + bits.trailing_zeros() as u16);
        }
        None
    }

    /// First row of the set at or after `at`.
    pub fn next(&self, at: u16) -> Option<u16> {
        let first = usize::from(at) / 64;
        let mut bits = self.words[first] & (u64::MAX << (at % 64));
        for word in first..WORDS {
            if word > first {
                bits = self.words[word];
            }
            if bits != 0 {
                return Some((word * 64) as u16 + bits.trailing_zeros() as u16);
            }
        }
        None
    }

    /// Last row of the set at or before `at`.
    pub fn previous(&self, at: u16) -> Option<u16> {
        let first = usize::from(at) / 64;
        let mut bits = self.words[first] & (u64::MAX >> (63 - at % 64));
        for word in (0..=first).rev() {
            if word < first {
                bits = self.words[word];
            }
            if bits != 0 {
                return Some((word * 64) as u16 + 63 - bits.leading_zeros() as u16);
            }
        }
        None
    }

    /// Rows of the set in order.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.words.iter().enumerate().flat_map(|(word, bits)| {
            let mut bits = *bits;
            std::iter::from_fn(move || {
                let at = (bits != 0).then(|| (word * 64) as u16 + bits.trailing_zeros() as u16)?;
                bits &= bits - 1;
                Some(at)
            })
        })
    }

    /// Its words; row 0 is the lowest bit of the first.
    pub fn words(&self) -> &[u64] {
        &*self.words
    }

    /// Its words, to change.
    pub fn words_mut(&mut self) -> &mut [u64] {
        &mut *self.words
    }

    /// How many rows are in the set.
    pub fn count(&self) -> u32 {
        self.rank(CHUNK_ROWS)
    }

    /// Whether rows of this frame are in the set.
    pub(crate) fn has_any(&self, frame: usize) -> bool {
        self.words.as_chunks::<{ FRAME / 64 }>().0.get(frame).is_some_and(|words| *words != [0; FRAME / 64])
    }

    /// Whether no row is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|bits| *bits == 0)
    }

    /// Keeps the rows for which `with` keeps a bit: it is given each word of both sets.
    pub fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        for (mine, theirs) in self.words.iter_mut().zip(&*other.words) {
            *mine = with(*mine, *theirs);
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_select_and_neighbours_agree_with_a_plain_list() {
        let mut rows: Vec<u16> = (0..4000u32).map(|step| (step * 7919 % 65_521) as u16).collect();
        rows.extend([0, 63, 64, 65_535]);
        rows.sort_unstable();
        rows.dedup();
        let mut bitmap = Bitmap::default();
        rows.iter().for_each(|row| bitmap.or(*row, true));
        assert_eq!(bitmap.iter().collect::<Vec<_>>(), rows);
        for (nth, row) in rows.iter().enumerate() {
            assert_eq!(bitmap.select(nth as u32), Some(*row));
            assert_eq!(bitmap.rank(usize::from(*row)), nth as u32);
            assert_eq!(bitmap.next(*row), Some(*row));
            assert_eq!(bitmap.previous(*row), Some(*row));
            if let Some(after) = row.checked_add(1) {
                assert_eq!(bitmap.next(after), rows.get(nth + 1).copied());
            }
            if let Some(before) = row.checked_sub(1) {
                assert_eq!(bitmap.previous(before), nth.checked_sub(1).map(|nth| rows[nth]));
            }
        }
        assert_eq!(bitmap.select(rows.len() as u32), None);
        assert_eq!(bitmap.rank(CHUNK_ROWS), rows.len() as u32);
    }
}
