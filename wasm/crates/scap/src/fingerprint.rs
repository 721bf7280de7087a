//! Names a capture by its first bytes.

/// Bytes of the inflated stream that are hashed.
const SPAN: usize = 1 << 20;
const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
/// 2^88 + this is the 128-bit FNV prime.
const PRIME_LOW: u128 = 0x13b;

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
    hash: u128,
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
            self.hash ^= u128::from(*byte);
            self.hash = self.hash.wrapping_mul(PRIME_LOW).wrapping_add(self.hash << 88);
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
        write!(f, "{:032x}", self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, SPAN};

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
