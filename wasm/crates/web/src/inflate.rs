//! Unpacking: in order while a file is read first, and at any place when its events are read again.

use std::io;

use engine::DamageReport;
use js_sys::{Function, Uint8Array};
use scap::damage::{Damage, DamageKind};
use scap::inflate::Cursor;
use scap::{FileBytes, Inflate, Inflated, RestartPoints};
use wasm_bindgen::prelude::{JsCast, JsError, JsValue, wasm_bindgen};

/// Bytes of the file unpacked at a time. What comes out of them beyond the buffer is held, and a thousandfold is
/// possible.
const PIECE: usize = 8 << 10;

/// Unpacks a file that is pushed in slices.
#[wasm_bindgen]
#[derive(Default)]
pub struct Inflater {
    inflate: Inflate,
    /// Bytes of the file that wait.
    packed: Vec<u8>,
    used: usize,
    /// Inflated bytes for which there was no room.
    held: Held,
    damages: Vec<Damage>,
    is_finished: bool,
}

#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    given: usize,
}

/// Puts output straight where JavaScript wants it.
struct Into<'a> {
    target: &'a Uint8Array,
    filled: u32,
    held: &'a mut Held,
    damages: &'a mut Vec<Damage>,
}

impl Inflated for Into<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        let room = (self.target.length() - self.filled) as usize;
        let (now, later) = bytes.split_at(room.min(bytes.len()));
        if !now.is_empty() {
            let end = self.filled + now.len() as u32;
            self.target.subarray(self.filled, end).copy_from(now);
            self.filled = end;
        }
        self.held.bytes.extend_from_slice(later);
    }

    fn damage(&mut self, damage: Damage) {
        self.damages.push(damage);
    }
}

#[wasm_bindgen]
impl Inflater {
    /// Starts at the first byte of a file.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, bytes: &Uint8Array) {
        self.packed.drain(..self.used);
        self.used = 0;
        self.packed.append(&mut bytes.to_vec());
    }

    /// Fills `target` from its start and gives the number of bytes; fewer when what was pushed gives no more. With
    /// `is_end`, what was pushed is all there is.
    pub fn pull(&mut self, target: &Uint8Array, is_end: bool) -> u32 {
        let mut held = std::mem::take(&mut self.held);
        let mut next = Held::default();
        let mut into = Into { target, filled: 0, held: &mut next, damages: &mut self.damages };
        into.bytes(held.bytes.get(held.given..).unwrap_or_default());
        while into.filled < target.length() {
            let rest = self.packed.get(self.used..).unwrap_or_default();
            let piece = rest.get(..PIECE).unwrap_or(rest);
            if piece.is_empty() {
                break;
            }
            self.used += piece.len();
            self.inflate.push(piece, &mut into);
        }
        if is_end && !self.is_finished && self.used == self.packed.len() && into.held.bytes.is_empty() {
            self.is_finished = true;
            self.inflate.finish(&mut into);
        }
        let filled = into.filled;
        if next.bytes.is_empty() {
            // Keeps the memory for the next time.
            held.bytes.clear();
            held.given = 0;
            next = held;
        }
        self.held = next;
        filled
    }

    /// Places noted since the last call where unpacking can start again, as bytes for [`PackedBytes`].
    #[wasm_bindgen(js_name = takePoints)]
    pub fn take_points(&mut self) -> Vec<u8> {
        self.inflate.take_points().to_bytes()
    }

    /// Damages of the packing since the last call, as JSON.
    #[wasm_bindgen(js_name = takeDamages)]
    pub fn take_damages(&mut self) -> Result<String, JsError> {
        let damages: Vec<DamageReport> = self.damages.drain(..).as_slice().iter().map(DamageReport::from).collect();
        Ok(serde_json::to_string(&damages)?)
    }
}

/// A packed file whose inflated bytes can be read at any place behind its restart points.
#[wasm_bindgen]
#[derive(Default)]
pub struct PackedBytes {
    points: RestartPoints,
    cursor: Cursor,
}

#[wasm_bindgen]
impl PackedBytes {
    /// Without restart points.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds points that an [`Inflater`] noted later in the file.
    #[wasm_bindgen(js_name = addPoints)]
    pub fn add_points(&mut self, bytes: &[u8]) {
        if let Some(points) = RestartPoints::from_bytes(bytes) {
            self.points.append(points);
        }
    }

    /// All of its points, for another one.
    pub fn points(&self) -> Vec<u8> {
        self.points.to_bytes()
    }

    /// Memory that the points take.
    #[wasm_bindgen(getter, js_name = pointBytes)]
    pub fn point_bytes(&self) -> usize {
        self.points.memory()
    }

    /// Inflated bytes at `offset`, fewer at the end of the stream. `read` gives bytes of the packed file, which has
    /// `size` of them.
    pub fn read(
        &mut self,
        offset: f64,
        length: usize,
        size: f64,
        #[wasm_bindgen(unchecked_param_type = "(offset: number, length: number) => Uint8Array | undefined")] read: Function,
    ) -> Option<Vec<u8>> {
        let mut file = JsFile { size: size as u64, read };
        let mut bytes = vec![0; length];
        let filled = self.cursor.read_at(&self.points, &mut file, offset as u64, &mut bytes).ok()?;
        bytes.truncate(filled);
        Some(bytes)
    }
}

/// The packed file, read through the worker.
struct JsFile {
    size: u64,
    read: Function,
}

impl FileBytes for JsFile {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let number = |value: f64| JsValue::from_f64(value);
        let answer = self.read.call2(&JsValue::NULL, &number(offset as f64), &number(buf.len() as f64));
        let bytes = answer.ok().and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
        let bytes = bytes.ok_or_else(|| io::Error::other("the file could not be read"))?;
        let length = (bytes.length() as usize).min(buf.len());
        if let Some(into) = buf.get_mut(..length) {
            bytes.subarray(0, length as u32).copy_to(into);
        }
        Ok(length)
    }
}

/// A damage told by the inflater of another worker.
pub fn damage_of(kind: &str, offset: f64, block: &str, field: &str, found: String, expected: String) -> Damage {
    let blocks = ["gzip member", "zstd frame", "lz4 frame"];
    let fields = ["member header", "deflate stream", "checksum", "frame header", "block size", "block", "literals"];
    Damage {
        offset: offset as u64,
        kind: if kind == "truncated" { DamageKind::Truncated } else { DamageKind::Malformed },
        block: blocks.into_iter().find(|known| *known == block).unwrap_or("packing"),
        field: fields.into_iter().find(|known| *known == field).unwrap_or("stream"),
        found,
        expected,
        skipped: 0,
    }
}
