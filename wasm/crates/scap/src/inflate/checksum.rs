//! CRC-32 of gzip members, with the interface of `crc32fast`, which native builds take. Its tables would be 16 kB of the
//! engine's module, which nothing makes smaller; here they are worked out when the first member comes.

use std::sync::OnceLock;

/// For a byte that so many bytes follow in a step: what it does to the checksum.
type Tables = [[u32; 256]; STEP];

const STEP: usize = 16;
/// The polynomial of RFC 1952, lowest bit first.
const POLYNOMIAL: u32 = 0xedb8_8320;

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Box<Tables>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = Box::new([[0; 256]; STEP]);
        for (byte, place) in (0u32..).zip(&mut tables[0]) {
            *place = (0..8).fold(byte, |sum, _| if sum & 1 == 1 { sum >> 1 ^ POLYNOMIAL } else { sum >> 1 });
        }
        let last = tables[0];
        for number in 1..STEP {
            for byte in 0..256 {
                let before = tables[number - 1][byte];
                tables[number][byte] = before >> 8 ^ last[usize::from(before as u8)];
            }
        }
        tables
    })
}

/// The checksum of what was seen so far.
#[derive(Clone, Debug)]
pub(super) struct Hasher {
    sum: u32,
}

impl Hasher {
    pub(super) fn new() -> Self {
        Self { sum: u32::MAX }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let tables = tables();
        let (steps, rest) = bytes.as_chunks::<STEP>();
        for step in steps {
            let mut step = *step;
            for (byte, of_sum) in step.iter_mut().zip(self.sum.to_le_bytes()) {
                *byte ^= of_sum;
            }
            self.sum = step.iter().zip(tables.iter().rev()).fold(0, |sum, (byte, table)| sum ^ table[usize::from(*byte)]);
        }
        for byte in rest {
            self.sum = self.sum >> 8 ^ tables[0][usize::from(self.sum as u8 ^ byte)];
        }
    }

    pub(super) fn finalize(self) -> u32 {
        !self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_library() {
        let bytes: Vec<u8> = (0u32..4_000).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for (from, to) in [(0, 0), (0, 1), (0, 15), (0, 16), (1, 18), (3, 1_000), (0, 4_000)] {
            let (mut ours, mut library) = (Hasher::new(), crc32fast::Hasher::new());
            for piece in bytes[from..to].chunks(37) {
                ours.update(piece);
                library.update(piece);
            }
            assert_eq!(ours.finalize(), library.finalize(), "{from}..{to}");
        }
    }
}
