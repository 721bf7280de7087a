//! The files of the capture, read again through the worker.

use engine::{ByteSource, ReadError};
use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// Takes file, offset and length and gives a `Uint8Array`, or `undefined`. It keeps the reason itself.
    #[wasm_bindgen(extends = Function, typescript_type = "(file: number, offset: number, length: number) => Uint8Array | undefined")]
    pub type ReadBytes;
}

/// Asks the worker for bytes; it answers at once.
pub struct JsSource {
    read: ReadBytes,
}

impl JsSource {
    /// Reads through a function of the worker.
    pub fn new(read: ReadBytes) -> Self {
        Self { read }
    }
}

impl ByteSource for JsSource {
    fn read(&mut self, file: usize, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let number = |value: f64| JsValue::from_f64(value);
        let answer = self.read.call3(&JsValue::NULL, &number(file as f64), &number(offset as f64), &number(into.len() as f64));
        let bytes = answer.ok().and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok()).ok_or(ReadError::Changed)?;
        if bytes.length() as usize != into.len() {
            return Err(ReadError::Changed);
        }
        bytes.copy_to(into);
        Ok(())
    }
}
