//! What can still be said after a panic. The module is built with `panic = "abort"`: a panic becomes a trap without
//! a message, so the hook keeps it for whoever asks afterwards. Calls that take no object stay possible after a trap.

use std::sync::Mutex;

use wasm_bindgen::prelude::wasm_bindgen;

static LAST: Mutex<Option<String>> = Mutex::new(None);

#[wasm_bindgen(start)]
fn keep_panics() {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST.lock() {
            *last = Some(info.to_string());
        }
    }));
}

/// Message and place of the panic that ended the engine, if one did.
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    LAST.lock().ok().and_then(|last| last.clone())
}
