//! A capture that is open, as the engine worker holds it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::{Find, Found, ListSpec, Options, Place, Session, SortBy, SortSpec, Unit, Window};
use js_sys::{Array, Float64Array, Int32Array, JsString, Object, Reflect, Uint8Array, Uint16Array, Uint32Array};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use crate::inflate::damage_of;
use crate::list::ListArgs;
use crate::source::{JsSource, ReadBytes};

thread_local! {
    /// Where the block stands that is being applied. A trap leaves the session locked, so it is kept beside it.
    static APPLYING: RefCell<Option<Rc<Cell<u64>>>> = const { RefCell::new(None) };
}

/// Offset of the block that was last begun: after a trap, the one to skip.
#[wasm_bindgen]
pub fn applying() -> Option<f64> {
    APPLYING.with_borrow(|offset| offset.as_ref().map(|offset| offset.get() as f64))
}

/// Bytes that are copied in and applied at a time: what has just been copied is still in the processor's cache.
const PIECE: u32 = 128 << 10;

/// An open capture.
#[wasm_bindgen(js_name = Session)]
pub struct WebSession {
    pub(crate) session: Session,
    /// What is pushed is copied in here: one buffer for all pushes.
    staging: Vec<u8>,
}

#[wasm_bindgen(js_class = Session)]
impl WebSession {
    /// A session that has read nothing. The block at `skip_offset` will be left out.
    #[wasm_bindgen(constructor)]
    pub fn new(skip_offset: Option<f64>) -> Self {
        let options = Options { skip_offset: skip_offset.map(|offset| offset as u64), ..Options::default() };
        Self { session: Session::new(options), staging: Vec::new() }
    }

    /// Begins the next file.
    #[wasm_bindgen(js_name = nextFile)]
    pub fn next_file(&mut self, name: &str) {
        self.session.next_file(name);
    }

    /// Takes the next inflated bytes. False when indexing has stopped.
    pub fn push(&mut self, bytes: &Uint8Array) -> bool {
        APPLYING.set(Some(self.session.applying_cell()));
        self.staging.resize(PIECE as usize, 0);
        let mut from = 0;
        while from < bytes.length() {
            let end = bytes.length().min(from + PIECE);
            let Some(piece) = self.staging.get_mut(..(end - from) as usize) else { return false };
            bytes.subarray(from, end).copy_to(piece);
            if !self.session.push(piece) {
                return false;
            }
            from = end;
        }
        true
    }

    /// The current file ends here.
    pub fn finish(&mut self) {
        self.session.finish();
        self.staging = Vec::new();
    }

    /// The packing of the current file is damaged.
    pub fn damage(&mut self, kind: &str, offset: f64, block: &str, field: &str, found: String, expected: String) {
        self.session.damage(damage_of(kind, offset, block, field, found, expected));
    }

    /// Event blocks so far.
    #[wasm_bindgen(getter)]
    pub fn blocks(&self) -> f64 {
        self.session.index().totals().rows as f64
    }

    /// A number for all columns and versions, the same for a capture however it came and whatever built the engine.
    pub fn digest(&self) -> u64 {
        self.session.digest()
    }

    /// Whether anything in it made it a capture.
    #[wasm_bindgen(getter, js_name = isCapture)]
    pub fn is_capture(&self) -> bool {
        self.session.is_capture()
    }

    /// The capture in a few figures, as JSON.
    pub fn summary(&self) -> Result<String, JsError> {
        Ok(serde_json::to_string(&self.session.summary())?)
    }

    /// Time of the first event, nanoseconds since the epoch.
    #[wasm_bindgen(getter, js_name = firstNs)]
    pub fn first_ns(&self) -> u64 {
        self.session.index().first_ts().unwrap_or(0)
    }

    /// When the machine was booted, nanoseconds since the epoch; 0 when that was not recorded.
    #[wasm_bindgen(getter, js_name = bootNs)]
    pub fn boot_ns(&self) -> u64 {
        self.session.boot_ts()
    }

    /// One number for each thread of the process lists, made of its ids and its name.
    #[wasm_bindgen(js_name = listedThreads)]
    pub fn listed_threads(&self) -> Vec<u32> {
        self.session.listed_threads()
    }

    /// Rows, events behind them, events of the capture.
    pub fn count(&mut self, list: &ListArgs) -> Result<Vec<f64>, JsError> {
        let spec = self.list(list)?;
        let count = self.session.count(spec);
        Ok(vec![count.rows as f64, count.events as f64, count.total as f64])
    }

    /// Rows of a list as columns.
    pub fn window(&mut self, list: &ListArgs, first: f64, count: u32, read: ReadBytes) -> Result<Object, JsError> {
        let spec = self.list(list)?;
        let window = self.session.window(spec, first as u64, count as usize, &mut JsSource::new(read));
        Ok(columns(&window))
    }

    /// Rows of a list as the text sysdig prints.
    pub fn text(&mut self, list: &ListArgs, first: f64, count: u32, read: ReadBytes) -> Result<String, JsError> {
        let spec = self.list(list)?;
        Ok(self.session.text(spec, first as u64, count as usize, &mut JsSource::new(read))?)
    }

    /// Position, row, and whether it is what was asked for (1) or only the nearest (0). `by`: `num` (of `section`, where
    /// one is given), `row` or `ns`.
    pub fn locate(&mut self, list: &ListArgs, by: &str, at: f64, section: Option<u32>) -> Result<Option<Vec<f64>>, JsError> {
        let place = match by {
            "num" => section.map_or(Place::Number(at as u64), |section| Place::InSection(section, at as u64)),
            "row" => Place::Row(at as u32),
            _ => Place::Ns(at as i64),
        };
        let spec = self.list(list)?;
        let located = self.session.locate(spec, place);
        Ok(located.map(|located| vec![located.position as f64, f64::from(located.row), f64::from(u8::from(located.exact))]))
    }

    /// Position of the next failed row, or of the one before.
    #[wasm_bindgen(js_name = seekError)]
    pub fn seek_error(&mut self, list: &ListArgs, from: f64, forward: bool) -> Result<Option<f64>, JsError> {
        let spec = self.list(list)?;
        Ok(self.session.seek_error(spec, from as u64, forward).map(|position| position as f64))
    }

    /// Looks a little further for text: where it was found and 1, how far it has come and 0; nothing when it is nowhere.
    #[wasm_bindgen(js_name = findText)]
    pub fn find_text(
        &mut self,
        list: &ListArgs,
        text: &str,
        from: f64,
        forward: bool,
        read: ReadBytes,
    ) -> Result<Option<Vec<f64>>, JsError> {
        let spec = self.list(list)?;
        let mut find = Find::new(spec, text, from as u64, forward);
        let found = find.step(&mut self.session, &mut JsSource::new(read), &mut || true)?;
        Ok(match found {
            Found::At(position) => Some(vec![position as f64, 1.0]),
            Found::Searching(position) => Some(vec![position as f64, 0.0]),
            Found::Nowhere => None,
        })
    }

    /// Sorts a list a little further: steps done, steps there are, and 1 when its rows are too many to be sorted.
    pub fn sort(&mut self, list: &ListArgs, read: ReadBytes) -> Result<Vec<f64>, JsError> {
        let spec = self.list(list)?;
        let count = self.session.sort(spec, &mut JsSource::new(read), &mut || true)?;
        Ok(vec![count.done as f64, count.total as f64, f64::from(u8::from(count.too_many))])
    }

    /// The call of an event with all its parameters, as JSON; nothing when there is no such row.
    pub fn call(&self, row: u32, read: ReadBytes) -> Result<Option<String>, JsError> {
        Ok(match self.session.call(row, &mut JsSource::new(read))? {
            Some(call) => Some(serde_json::to_string(&call)?),
            None => None,
        })
    }

    /// State as of an event, as JSON; nothing when there is no such row.
    pub fn state(&self, row: u32, read: ReadBytes) -> Result<Option<String>, JsError> {
        Ok(match self.session.state_at(row, &mut JsSource::new(read))? {
            Some(state) => Some(serde_json::to_string(&state)?),
            None => None,
        })
    }

    /// Bytes of one parameter; nothing when there is no such row or parameter.
    pub fn bytes(&self, row: u32, param: usize, read: ReadBytes) -> Result<Option<Vec<u8>>, JsError> {
        Ok(self.session.bytes(row, param, &mut JsSource::new(read))?)
    }
}

/// Indexes a made-up capture, so that the browser compiles for speed what the first real one will need.
#[wasm_bindgen(js_name = WarmUp)]
#[derive(Default)]
pub struct WebWarmUp(engine::WarmUp);

#[wasm_bindgen(js_class = WarmUp)]
impl WebWarmUp {
    /// Nothing is done yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Works for about a millisecond. False when enough has been done.
    pub fn step(&mut self) -> bool {
        self.0.step()
    }
}

impl WebSession {
    pub(crate) fn list(&mut self, list: &ListArgs) -> Result<ListSpec, JsError> {
        let filter = match list.filter() {
            Some(text) => Some(self.session.filter(&text)?),
            None => None,
        };
        let sort = match list.sort() {
            Some(sort) => {
                let name = sort.by();
                let by = column(&name).unwrap_or_else(|| self.session.sort_field(&name));
                Some(SortSpec { by, descending: sort.descending() })
            }
            None => None,
        };
        Ok(ListSpec { unit: if list.unit() == "calls" { Unit::Calls } else { Unit::Events }, conversation: list.conversation(), filter, sort })
    }
}

/// The built-in column of a name in the worker's protocol.
fn column(name: &str) -> Option<SortBy> {
    Some(match name {
        "row" => SortBy::Row,
        "cpu" => SortBy::Cpu,
        "process" => SortBy::Process,
        "type" => SortBy::Kind,
        "fd" => SortBy::Fd,
        "fdName" => SortBy::FdName,
        "latency" => SortBy::Latency,
        "requested" => SortBy::Requested,
        "returned" => SortBy::Returned,
        "exit" => SortBy::Exit,
        "info" => SortBy::Info,
        _ => return None,
    })
}

/// The columns as JavaScript owns them: one copy each.
fn columns(window: &Window) -> Object {
    let object = Object::new();
    let set = |name: &str, value: &JsValue| {
        // A plain object takes any property.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    };
    let strings = |texts: &[String]| texts.iter().map(|text| JsString::from(text.as_str())).collect::<Array>();
    set("first", &JsValue::from_f64(window.first as f64));
    set("length", &JsValue::from_f64(window.row.len() as f64));
    set("row", &Uint32Array::from(window.row.as_slice()));
    set("num", &Float64Array::from(window.num.as_slice()));
    set("section", &Uint32Array::from(window.section.as_slice()));
    set("exitNum", &Float64Array::from(window.exit_num.as_slice()));
    set("exitSection", &Uint32Array::from(window.exit_section.as_slice()));
    set("ns", &Float64Array::from(window.ns.as_slice()));
    set("latencyNs", &Float64Array::from(window.latency_ns.as_slice()));
    set("cpu", &Uint16Array::from(window.cpu.as_slice()));
    set("tid", &Float64Array::from(window.tid.as_slice()));
    set("fd", &Int32Array::from(window.fd.as_slice()));
    set("requested", &Float64Array::from(window.requested.as_slice()));
    set("returned", &Float64Array::from(window.returned.as_slice()));
    set("flags", &Uint8Array::from(window.flags.as_slice()));
    set("process", &strings(&window.process));
    set("type", &strings(&window.kind));
    set("info", &strings(&window.info));
    set("fdName", &strings(&window.fd_name));
    set("errno", &strings(&window.errno));
    set("isUnread", &JsValue::from_bool(window.unread.is_some()));
    object
}
