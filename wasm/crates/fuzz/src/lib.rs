//! What must hold for any bytes that are opened as a capture, one function for each part of the engine.
//!
//! Three callers share them: seeded tests (`tests/seeded.rs`), long runs over damaged real captures
//! (`examples/storm.rs`), and `cargo fuzz` (`wasm/fuzz`). Each takes the bytes of a file, packed or not, and panics when
//! something does not hold; what it does with them depends on nothing but the bytes.

mod decode;
mod engine;
mod filter;
mod print;
mod reader;
mod state;

pub mod damage;

use scap::{Damage, Inflate, Inflated};
use testkit::Random;

pub use self::engine::engine;
pub use self::filter::filter;
pub use decode::{fastcgi, http, statsd};
pub use print::print;
pub use reader::reader;
pub use state::state;

/// Takes the bytes of a file.
pub type Target = fn(&[u8]);

/// All of them.
pub const TARGETS: [Target; 8] = [reader, state, print, engine, fastcgi, http, statsd, filter];

/// Inflated bytes that a target looks at: a small file may unpack to any size.
const LONGEST: u64 = 64 << 20;

/// What is unpacked, up to [`LONGEST`].
#[derive(Default)]
struct Unpacked {
    bytes: Vec<u8>,
    damages: Vec<Damage>,
}

impl Inflated for Unpacked {
    fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn damage(&mut self, damage: Damage) {
        self.damages.push(damage);
    }
}

/// Unpacks a file given in slices of up to `longest` bytes. Says too where it can be read again.
fn unpack(file: &[u8], longest: usize) -> (Unpacked, Inflate) {
    let mut random = Random::new(file.len() as u64);
    // Restart points in small files too.
    let mut inflate = if file.len().is_multiple_of(2) { Inflate::new() } else { Inflate::with_points_every(Some(1)) };
    let mut out = Unpacked::default();
    let mut rest = file;
    while !rest.is_empty() && inflate.inflated() < LONGEST {
        let (slice, behind) = rest.split_at((1 + random.below(longest)).min(rest.len()));
        inflate.push(slice, &mut out);
        rest = behind;
    }
    inflate.finish(&mut out);
    (out, inflate)
}

/// Choices that depend on the bytes alone.
fn choices(file: &[u8]) -> Random {
    let mut hash = file.len() as u64;
    for byte in file.iter().take(4096) {
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3) ^ u64::from(*byte);
    }
    Random::new(hash)
}
