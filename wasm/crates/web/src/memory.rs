//! Memory of the module.

use wasm_bindgen::prelude::wasm_bindgen;

/// Whether `bytes` more could be had now, in one piece. An allocation that fails ends the engine, so indexing asks
/// before each step.
#[wasm_bindgen(js_name = hasHeadroom)]
pub fn has_headroom(bytes: usize) -> bool {
    let mut room = Vec::<u8>::new();
    let has_room = room.try_reserve_exact(bytes).is_ok();
    std::hint::black_box(&room); // or the optimizer leaves the allocation out
    has_room
}
