//! CRC-32 of gzip members, with the interface of `crc32fast`, which native builds take: those have an instruction for it,
//! and the tables of a fast one without would be 16 kB of the engine's module, which nothing makes smaller.
//!
//! A checksum is what is left of the bytes, read as one polynomial, after division by that of RFC 1952. It stays the same
//! when a multiple of the divisor is added. One such multiple, in steps of 16 bytes, is the sum of the steps 0, 145, 183,
//! 211 and 300 (found by trying pairs of pairs: four powers of the inverse of x¹²⁸ that add up to 1): so a step is made
//! zero by adding it to the four behind it at these distances. That is done for many steps at a time with vectors. What has
//! gathered in the 300 steps behind the last byte is divided as one learns it at school, byte by byte.

/// Steps of two words behind a step to which it is added.
const DISTANCES: [usize; 4] = [145, 183, 211, FARTHEST];
const FARTHEST: usize = 300;
/// Words that are added ahead at a time, fewer than lie between a step and the first that it is added to.
const BATCH: usize = 256;
const BATCH_BYTES: usize = BATCH * size_of::<u64>();
/// Words behind those that are done to which something may have been added.
const AHEAD: usize = 2 * FARTHEST;
/// Batches between two moves of what is ahead.
const BATCHES: usize = 4;

/// The polynomial of RFC 1952, lowest bit first.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// What undoes the bits of the steps ahead: `x` to the power of minus their number.
const BACK: u32 = {
    let mut power = 1 << 31;
    let mut bit = 0;
    while bit < AHEAD as u32 * u64::BITS {
        power = if power >> 31 == 1 { (power ^ POLYNOMIAL) << 1 | 1 } else { power << 1 };
        bit += 1;
    }
    power
};

const fn times_x(sum: u32) -> u32 {
    if sum & 1 == 1 { sum >> 1 ^ POLYNOMIAL } else { sum >> 1 }
}

fn times(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    for bit in (0..u32::BITS).rev() {
        if a >> bit & 1 == 1 {
            product ^= b;
        }
        b = times_x(b);
    }
    product
}

/// What each byte does to a checksum. Made when it is needed, once a member.
struct Table([u32; 256]);

impl Table {
    fn new() -> Self {
        Self(std::array::from_fn(|byte| (0..8).fold(byte as u32, |sum, _| times_x(sum))))
    }

    fn divide(&self, sum: u32, bytes: &[u8]) -> u32 {
        bytes.iter().fold(sum, |sum, byte| sum >> 8 ^ self.0[usize::from(sum as u8 ^ byte)])
    }
}

/// The checksum of what was seen so far.
#[derive(Clone, Debug)]
pub(super) struct Hasher {
    /// What is to be added to the bytes to come, from `at`; zero where nothing was added yet. Empty before the first batch.
    ahead: Vec<u64>,
    at: usize,
    /// Bytes that are no whole batch yet.
    held: Vec<u8>,
}

impl Hasher {
    pub(super) fn new() -> Self {
        Self { ahead: Vec::new(), at: 0, held: Vec::new() }
    }

    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        if !self.held.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BATCH_BYTES - self.held.len()));
            self.held.extend_from_slice(now);
            bytes = later;
        }
        if self.held.len() == BATCH_BYTES {
            let mut held = std::mem::take(&mut self.held);
            self.fold(&held);
            held.clear();
            self.held = held;
        }
        if self.held.is_empty() {
            let batches = bytes.chunks_exact(BATCH_BYTES);
            self.held.extend_from_slice(batches.remainder());
            batches.for_each(|batch| self.fold(batch));
        }
    }

    /// Adds the bytes of a batch, and what was added to them, to those behind.
    fn fold(&mut self, batch: &[u8]) {
        if self.ahead.is_empty() {
            self.ahead = vec![0; BATCHES * BATCH + AHEAD];
            // A checksum begins with all bits set.
            self.ahead[0] = u32::MAX.into();
        }
        if self.at == BATCHES * BATCH {
            self.ahead.copy_within(self.at.., 0);
            self.ahead[AHEAD..].fill(0);
            self.at = 0;
        }
        let (words, _) = batch.as_chunks();
        let (added, behind) = self.ahead[self.at..].split_at_mut(BATCH);
        for (added, word) in added.iter_mut().zip(words) {
            *added ^= u64::from_le_bytes(*word);
        }
        for distance in DISTANCES {
            for (to, word) in behind[2 * distance - BATCH..].iter_mut().zip(&*added) {
                *to ^= word;
            }
        }
        self.at += BATCH;
    }

    pub(super) fn finalize(self) -> u32 {
        let table = Table::new();
        let mut sum = u32::MAX;
        if !self.ahead.is_empty() {
            let left = self.ahead[self.at..][..AHEAD].iter().fold(0, |sum, word| table.divide(sum, &word.to_le_bytes()));
            sum = times(left, BACK);
        }
        !table.divide(sum, &self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_library() {
        let bytes: Vec<u8> = (0u32..60_000).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let lengths = [0, 1, 15, 1_000, BATCH_BYTES - 1, BATCH_BYTES, BATCH_BYTES + 1, 3 * BATCH_BYTES, 4 * BATCH_BYTES + 7, 59_990];
        for length in lengths {
            for piece in [37, 1_000, BATCH_BYTES, BATCH_BYTES + 5, 60_000] {
                let (mut ours, mut library) = (Hasher::new(), crc32fast::Hasher::new());
                for piece in bytes[7..][..length].chunks(piece) {
                    ours.update(piece);
                    library.update(piece);
                }
                assert_eq!(ours.finalize(), library.finalize(), "{length} bytes in pieces of {piece}");
            }
        }
    }
}
