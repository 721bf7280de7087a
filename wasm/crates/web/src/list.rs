//! A list as the worker names it: `ListSpec` of its protocol.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// What a grid shows.
    #[wasm_bindgen(typescript_type = "import('../../workers/protocol').ListSpec")]
    pub type ListArgs;

    /// `calls` or `events`.
    #[wasm_bindgen(method, getter, structural)]
    pub fn unit(this: &ListArgs) -> String;

    /// Only what is about this description or its peer.
    #[wasm_bindgen(method, getter, structural)]
    pub fn conversation(this: &ListArgs) -> Option<u32>;

    /// Only what passes this filter.
    #[wasm_bindgen(method, getter, structural)]
    pub fn filter(this: &ListArgs) -> Option<String>;

    /// In this order instead of the capture's.
    #[wasm_bindgen(method, getter, structural)]
    pub fn sort(this: &ListArgs) -> Option<SortArgs>;

    /// A column and a direction.
    pub type SortArgs;

    /// Name of the column.
    #[wasm_bindgen(method, getter, structural)]
    pub fn by(this: &SortArgs) -> String;

    /// Greatest first.
    #[wasm_bindgen(method, getter, structural)]
    pub fn descending(this: &SortArgs) -> bool;
}
