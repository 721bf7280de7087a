//! The engine's face to JavaScript: the only crate that knows it. Turns calls of the workers into calls of
//! [`engine`], and what it answers into typed arrays, strings and JSON text that their receiver owns.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;

pub mod conversations;
pub mod filter;
pub mod inflate;
pub mod list;
pub mod memory;
pub mod panic;
pub mod session;
pub mod source;

/// What the first bytes of a file that is no capture look like; nothing when they say nothing.
#[wasm_bindgen(js_name = looksLike)]
pub fn looks_like(head: &Uint8Array) -> Option<String> {
    scap::sniff::foreign(&head.to_vec()).map(str::to_owned)
}
