//! A number for all that is known, to compare what different builds and slicings made of the same capture.

use std::hash::{Hash, Hasher};

/// Folds what is hashed into 64 bits. Unlike the standard hasher it gives the same on machines of 32 and 64 bits: lengths
/// and discriminants count as 64 bits. Not for keys that a stranger chooses.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

/// Odd, and its bits look like chance: so do those of products with it.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Default for Digest {
    fn default() -> Self {
        // Not zero: nothing but zeros would leave it there, however many.
        Self(FACTOR)
    }
}

impl Digest {
    /// Takes in everything that an iterator gives, and how many there were.
    pub fn all<T: Hash>(&mut self, each: impl Iterator<Item = T>) {
        let mut count = 0u64;
        for one in each {
            one.hash(self);
            count += 1;
        }
        self.write_u64(count);
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        if let Some(place) = last.get_mut(..rest.len()) {
            place.copy_from_slice(rest);
        }
        self.write_u64(u64::from_le_bytes(last));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u16(&mut self, value: u16) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    #[inline(never)]
    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(FACTOR);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: impl Hash) -> u64 {
        let mut digest = Digest::default();
        value.hash(&mut digest);
        digest.finish()
    }

    #[test]
    fn what_differs_gives_another_number() {
        let values = [of(0u64), of(1u64), of((0u64, 0u64)), of(Some(0u64)), of(-1i32), of("ab"), of("ba"), of([1u8, 0]), of([0u8, 1])];
        for (at, value) in values.iter().enumerate() {
            assert!(!values[..at].contains(value), "value {at}");
        }
    }

    #[test]
    fn the_number_is_the_same_on_every_machine() {
        // Worked out by hand from the rule: an Option is its discriminant and what it holds.
        let fold = |state: u64, value: u64| (state.rotate_left(5) ^ value).wrapping_mul(FACTOR);
        assert_eq!(of(Some(7u32)), fold(fold(FACTOR, 1), 7));
    }
}
