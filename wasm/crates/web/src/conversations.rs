//! Conversations as the engine worker asks for them: lists and calls as columns, details as JSON.

use engine::conversations::compare::{self, Shape};
use engine::conversations::{CallWindow, ConversationWindow, GroupBy, ListQuery, Protocol, SortBy, Wanted};
use js_sys::{Array, Float64Array, JsString, Object, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use crate::session::WebSession;
use crate::source::{JsSource, ReadBytes};

fn wanted(key: String, life: Option<u32>) -> Wanted {
    Wanted { key, life }
}

#[wasm_bindgen(js_class = Session)]
impl WebSession {
    /// A window of the list of conversations.
    pub fn conversations(&mut self, sort: &str, descending: bool, narrow: String, group: &str, first: f64, count: u32) -> Object {
        let query = ListQuery {
            sort: SortBy::from_word(sort).unwrap_or_default(),
            descending,
            narrow,
            group: GroupBy::from_word(group).unwrap_or_default(),
        };
        list(&self.session.conversation_window(&query, first as u64, count as usize))
    }

    /// One conversation in full, as JSON; nothing when there is no such.
    pub fn conversation(&mut self, key: String, life: Option<u32>, read: ReadBytes) -> Result<Option<String>, JsError> {
        Ok(match self.session.conversation_detail(&wanted(key, life), &mut JsSource::new(read))? {
            Some(detail) => Some(serde_json::to_string(&detail)?),
            None => None,
        })
    }

    /// Calls of a conversation, decoded as a protocol or as what they look like; nothing when there is no such.
    #[wasm_bindgen(js_name = conversationCalls)]
    #[allow(clippy::too_many_arguments)] // JavaScript hands over plain values
    pub fn conversation_calls(&mut self, key: String, life: Option<u32>, first: f64, count: u32, protocol: &str, bytes: u32, read: ReadBytes) -> Result<Option<Object>, JsError> {
        let protocol = Protocol::from_word(protocol);
        let window = self.session.conversation_calls(&wanted(key, life), first as u64, count as usize, protocol, bytes as usize, &mut JsSource::new(read))?;
        Ok(window.as_ref().map(calls))
    }

    /// Position of the call that an event belongs to, or of the nearest one, and whether it does.
    #[wasm_bindgen(js_name = conversationPosition)]
    pub fn conversation_position(&mut self, key: String, life: Option<u32>, row: u32) -> Option<Vec<f64>> {
        let (position, exact) = self.session.conversation_position(&wanted(key, life), row)?;
        Some(vec![position as f64, f64::from(u8::from(exact))])
    }

    /// Next call after `from` that failed, or the one before it.
    #[wasm_bindgen(js_name = conversationSeekError)]
    pub fn conversation_seek_error(&mut self, key: String, life: Option<u32>, from: f64, forward: bool) -> Option<f64> {
        self.session.conversation_seek_error(&wanted(key, life), from as i64, forward).map(|position| position as f64)
    }

    /// The bytes of one direction, their gaps as (place, missing) pairs; nothing when there is no such.
    #[wasm_bindgen(js_name = conversationStream)]
    pub fn conversation_stream(&mut self, key: String, life: Option<u32>, direction: usize, read: ReadBytes) -> Result<Option<Object>, JsError> {
        let Some(stream) = self.session.conversation_stream(&wanted(key, life), direction, &mut JsSource::new(read))? else { return Ok(None) };
        let object = Object::new();
        let gaps: Vec<f64> = stream.gaps.iter().flat_map(|(at, missing)| [*at as f64, *missing as f64]).collect();
        set(&object, "bytes", &Uint8Array::from(stream.bytes.as_slice()));
        set(&object, "gaps", &Float64Array::from(gaps.as_slice()));
        set(&object, "actual", &JsValue::from_f64(stream.actual as f64));
        set(&object, "fromReader", &JsValue::from_bool(stream.from_reader));
        Ok(Some(object))
    }

    /// What is worth a look, as JSON.
    pub fn findings(&mut self, read: ReadBytes) -> Result<String, JsError> {
        Ok(serde_json::to_string(&self.session.findings(&mut JsSource::new(read))?)?)
    }

    /// Conversation of a description, as `KEY~LIFE`; nothing when it has none.
    #[wasm_bindgen(js_name = conversationOf)]
    pub fn conversation_of(&mut self, description: u32, row: u32) -> Option<String> {
        self.session.conversation_of(description, row)
    }
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes any property.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

fn strings(texts: &[impl AsRef<str>]) -> Array {
    texts.iter().map(|text| JsString::from(text.as_ref())).collect()
}

fn list(window: &ConversationWindow) -> Object {
    let object = Object::new();
    set(&object, "first", &JsValue::from_f64(window.first as f64));
    set(&object, "length", &JsValue::from_f64(window.id.len() as f64));
    set(&object, "rows", &JsValue::from_f64(window.rows as f64));
    set(&object, "total", &JsValue::from_f64(window.total as f64));
    for (name, column) in [("id", &window.id), ("lives", &window.lives), ("description", &window.description)] {
        set(&object, name, &Uint32Array::from(column.as_slice()));
    }
    for (name, column) in [
        ("life", &window.life),
        ("startNum", &window.start_num),
        ("startNs", &window.start_ns),
        ("durationNs", &window.duration_ns),
        ("calls", &window.calls),
        ("there", &window.there),
        ("back", &window.back),
        ("unread", &window.unread),
        ("refused", &window.refused),
        ("groupSize", &window.group_size),
        ("groupCalls", &window.group_calls),
        ("groupThere", &window.group_there),
        ("groupBack", &window.group_back),
        ("groupUnread", &window.group_unread),
        ("groupRefused", &window.group_refused),
    ] {
        set(&object, name, &Float64Array::from(column.as_slice()));
    }
    for (name, column) in [
        ("key", &window.key),
        ("family", &window.family),
        ("left", &window.left),
        ("right", &window.right),
        ("place", &window.place),
        ("error", &window.error),
        ("group", &window.group),
    ] {
        set(&object, name, &strings(column));
    }
    set(&object, "protocol", &strings(&window.protocol));
    object
}

fn calls(window: &CallWindow) -> Object {
    let object = Object::new();
    set(&object, "first", &JsValue::from_f64(window.first as f64));
    set(&object, "length", &JsValue::from_f64(window.row.len() as f64));
    set(&object, "rows", &JsValue::from_f64(window.rows as f64));
    for (name, column) in [("row", &window.row), ("exitRow", &window.exit_row), ("section", &window.section), ("exitSection", &window.exit_section)] {
        set(&object, name, &Uint32Array::from(column.as_slice()));
    }
    for (name, column) in [("side", &window.side), ("flags", &window.flags)] {
        set(&object, name, &Uint8Array::from(column.as_slice()));
    }
    for (name, column) in [
        ("num", &window.num),
        ("exitNum", &window.exit_num),
        ("ns", &window.ns),
        ("latencyNs", &window.latency_ns),
        ("requested", &window.requested),
        ("returned", &window.returned),
        ("captured", &window.captured),
        ("param", &window.param),
        ("offset", &window.offset),
        ("unread", &window.unread),
        ("dataEnd", &window.data_end),
    ] {
        set(&object, name, &Float64Array::from(column.as_slice()));
    }
    set(&object, "data", &Uint8Array::from(window.data.as_slice()));
    for (name, column) in [("syscall", &window.syscall), ("process", &window.process), ("errno", &window.errno), ("label", &window.label)] {
        set(&object, name, &strings(column));
    }
    object
}

/// Puts the calls of two conversations side by side; they may be of different captures. `returned` has NaN where there is
/// no result. Answers positions in both lists, all ones where the other list alone has a call, and how they go together.
#[wasm_bindgen(js_name = alignCalls)]
pub fn align_calls(left_side: &[u8], left_syscall: Vec<String>, left_returned: &[f64], right_side: &[u8], right_syscall: Vec<String>, right_returned: &[f64]) -> Object {
    let shapes = |side: &[u8], syscall: Vec<String>, returned: &[f64]| -> Vec<Shape> {
        let result = |value: &f64| (!value.is_nan()).then_some(*value as i64);
        syscall.into_iter().zip(side).zip(returned).map(|((syscall, side), returned)| Shape { side: *side, syscall, returned: result(returned) }).collect()
    };
    let lines = compare::align(&shapes(left_side, left_syscall, left_returned), &shapes(right_side, right_syscall, right_returned));
    let column = |of: fn(&compare::Line) -> Option<u32>| -> Vec<u32> { lines.iter().map(|line| of(line).unwrap_or(u32::MAX)).collect() };
    let object = Object::new();
    set(&object, "length", &JsValue::from_f64(lines.len() as f64));
    set(&object, "left", &Uint32Array::from(column(|line| line.left).as_slice()));
    set(&object, "right", &Uint32Array::from(column(|line| line.right).as_slice()));
    set(&object, "match", &Uint8Array::from(lines.iter().map(|line| line.is as u8).collect::<Vec<_>>().as_slice()));
    set(&object, "firstDifference", &compare::first_difference(&lines).map_or(JsValue::UNDEFINED, |at| JsValue::from_f64(at as f64)));
    object
}
