//! Names a capture by its first bytes.

/// Bytes of the inflated stream that are hashed.
const SPAN: usize = 1 << 20;
/// Upper and lower half of where FNV starts.
const OFFSET_BASIS: (u64, u64) = (0x6c62_272e_07bb_0142, 0x62b8_2175_6295_c58d);
/// 2^88 + this is the 128-bit FNV prime.
const PRIME_LOW: u64 = 0x13b;

/// The product with the prime. Three products of 64 bits do: one of 128 is a call in wasm, and this is asked for every byte.
#[inline]
fn times_prime((high, low): (u64, u64)) -> (u64, u64) {
    let lower = (low & 0xffff_ffff) * PRIME_LOW;
    let upper = (low >> 32) * PRIME_LOW + (lower >> 32);
    let high = high.wrapping_mul(PRIME_LOW).wrapping_add(upper >> 32).wrapping_add(low << 24);
    (high, upper << 32 | lower & 0xffff_ffff)
}

/// 128-bit FNV-1a over the first mebibyte of the inflated stream (less when the stream is shorter).
///
/// Raw and packed copies of one capture have the same fingerprint, and so has a copy cut behind that first mebibyte.
/// It tells captures apart; it is no proof against someone who forges one.
///
/// # Examples
/// ```
/// let mut fingerprint = scap::Fingerprint::default();
/// fingerprint.push(b"a");
/// assert_eq!(fingerprint.to_string(), "d228cb696f1a8caf78912b704e4a8964");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Upper and lower half.
    hash: (u64, u64),
    left: usize,
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self { hash: OFFSET_BASIS, left: SPAN }
    }
}

impl Fingerprint {
    /// Takes the next inflated bytes; those behind the first mebibyte cost nothing.
    pub fn push(&mut self, data: &[u8]) {
        if self.left == 0 {
            return;
        }
        let data = data.get(..self.left).unwrap_or(data);
        for byte in data {
            let (high, low) = self.hash;
            self.hash = times_prime((high, low ^ u64::from(*byte)));
        }
        self.left -= data.len();
    }

    /// True when later bytes change nothing any more.
    pub fn is_final(&self) -> bool {
        self.left == 0
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}{:016x}", self.hash.0, self.hash.1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, OFFSET_BASIS, PRIME_LOW, SPAN, times_prime};

    #[test]
    fn the_product_is_that_of_128_bits() {
        let whole = |(high, low): (u64, u64)| u128::from(high) << 64 | u128::from(low);
        for hash in [(0, 0), (0, 1), OFFSET_BASIS, (u64::MAX, u64::MAX), (0, u64::MAX), (0x1234_5678_9abc_def0, 0xfedc_ba98_7654_3210)] {
            assert_eq!(whole(times_prime(hash)), whole(hash).wrapping_mul((1 << 88) + u128::from(PRIME_LOW)));
        }
    }

    #[test]
    fn slicing_and_what_follows_the_first_mebibyte_change_nothing() {
        let data: Vec<u8> = (0..SPAN + 100).map(|at| (at % 251) as u8).collect();
        let mut whole = Fingerprint::default();
        whole.push(&data);
        let mut pieces = Fingerprint::default();
        for piece in data[..SPAN].chunks(977) {
            pieces.push(piece);
        }
        assert!(whole.is_final());
        assert_eq!(whole, pieces);
        assert_ne!(whole.to_string(), Fingerprint::default().to_string());
    }
}
