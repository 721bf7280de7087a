//! Captures that are shipped, for tests.

use std::fs;
use std::path::Path;

use scap::{Damage, Inflate, Inflated};

#[derive(Default)]
struct Bytes(Vec<u8>);

impl Inflated for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn damage(&mut self, damage: Damage) {
        panic!("a shipped capture is damaged: {damage:?}");
    }
}

/// A capture without its packing: one of `wasm/captures`, or any by its whole path.
pub fn inflated(name: impl AsRef<Path>) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../captures").join(name);
    let mut bytes = Bytes::default();
    let mut inflate = Inflate::new();
    inflate.push(&fs::read(path).expect("a capture can be read"), &mut bytes);
    inflate.finish(&mut bytes);
    bytes.0
}
