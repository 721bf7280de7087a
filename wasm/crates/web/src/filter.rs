//! Filters: what is wrong with one, how far it has come, how it is evaluated, and why a row passes or not.

use engine::filters::{self, Mistake, Verdict};
use engine::{LineKind, Search, Task};
use js_sys::Array;
use serde_json::{Value, json};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use crate::list::ListArgs;
use crate::session::WebSession;
use crate::source::{JsSource, ReadBytes};

/// Reads a filter: its one printed form and notices, or the first mistake, as JSON. Places count UTF-16 units.
#[wasm_bindgen(js_name = checkFilter)]
pub fn check_filter(text: &str) -> String {
    let place = |mistake: &Mistake| {
        let units = |end: usize| text.get(..end).map_or(0, |head| head.encode_utf16().count());
        let at = units(mistake.at);
        json!({
            "at": at,
            "length": units(mistake.at + mistake.length).saturating_sub(at),
            "message": mistake.message,
            "suggestion": mistake.suggestion,
        })
    };
    let answer = match filters::check(text) {
        Verdict::Accepted { text, notices } => {
            json!({ "isAccepted": true, "text": text, "notices": notices.iter().map(place).collect::<Vec<Value>>() })
        }
        Verdict::Refused(mistake) => json!({ "isAccepted": false, "mistake": place(&mistake) }),
    };
    answer.to_string()
}

#[wasm_bindgen(js_class = Session)]
impl WebSession {
    /// Runs a filter a little further, and tells how far it is: events and calls that pass, event blocks looked at, event
    /// blocks there are, and 1 when all that is left is handed out.
    #[wasm_bindgen(js_name = runFilter)]
    pub fn run_filter(&mut self, text: &str, read: ReadBytes) -> Result<Vec<f64>, JsError> {
        let filter = self.session.filter(text)?;
        let count = self.session.run_filter(filter, &mut JsSource::new(read), &mut || true)?;
        let is_elsewhere = u64::from(self.session.is_elsewhere(filter));
        Ok([count.events, count.calls, count.looked, count.total, is_elsewhere].iter().map(|figure| *figure as f64).collect())
    }

    /// A part of a running filter that a [`WebSearch`] can look at elsewhere, its ticket first; nothing when there is none now.
    #[wasm_bindgen(js_name = handOut)]
    pub fn hand_out(&mut self, text: &str) -> Result<Option<Vec<u32>>, JsError> {
        let filter = self.session.filter(text)?;
        Ok(self.session.hand_out(filter).map(|task| task.to_numbers()))
    }

    /// What was found in the part with this ticket; nothing when it was given up.
    #[wasm_bindgen(js_name = handIn)]
    pub fn hand_in(&mut self, text: &str, ticket: u32, found: Option<Vec<u32>>) -> Result<(), JsError> {
        let filter = self.session.filter(text)?;
        self.session.hand_in(filter, ticket, found.as_deref());
        Ok(())
    }

    /// The checks of a filter in the order of their evaluation, and what each looks at, as JSON.
    #[wasm_bindgen(js_name = explainFilter)]
    pub fn explain_filter(&mut self, text: &str) -> Result<String, JsError> {
        let filter = self.session.filter(text)?;
        Ok(serde_json::to_string(&self.session.explain_filter(filter))?)
    }

    /// Each check of a filter with its value for one event, as JSON; nothing when there is no such row.
    #[wasm_bindgen(js_name = whyRow)]
    pub fn why_row(&mut self, text: &str, row: u32, read: ReadBytes) -> Result<Option<String>, JsError> {
        let filter = self.session.filter(text)?;
        Ok(match self.session.why(filter, row, &mut JsSource::new(read))? {
            Some(checks) => Some(serde_json::to_string(&checks)?),
            None => None,
        })
    }

    /// Values of fields for rows of a list: an array for each field, undefined where a row has none.
    #[wasm_bindgen(js_name = fieldValues)]
    pub fn field_values(&mut self, list: &ListArgs, first: f64, count: u32, names: Vec<String>, read: ReadBytes) -> Result<Array, JsError> {
        let spec = self.list(list)?;
        let columns = self.session.field_values(spec, first as u64, count as usize, &names, &mut JsSource::new(read))?;
        let cell = |value: &Option<String>| value.as_ref().map_or(JsValue::UNDEFINED, |text| JsValue::from_str(text));
        Ok(columns.iter().map(|column| column.iter().map(cell).collect::<Array>()).collect())
    }

    /// The value of a field of a row, or of its call, as a filter writes it; undefined where there is none.
    pub fn literal(&self, row: u32, of_call: bool, field: &str, read: ReadBytes) -> Result<Option<String>, JsError> {
        Ok(self.session.literal(if of_call { engine::Unit::Calls } else { engine::Unit::Events }, row, field, &mut JsSource::new(read))?)
    }

    /// The events of rows of a list as lines. `kind`: `text`, `json` or `csv`; `format` as `-p` takes it.
    pub fn lines(&mut self, list: &ListArgs, first: f64, count: u32, kind: &str, format: &str, read: ReadBytes) -> Result<Vec<u8>, JsError> {
        let spec = self.list(list)?;
        let kind = match kind {
            "json" => LineKind::Json,
            "csv" => LineKind::Csv,
            _ => LineKind::Text,
        };
        let format = self.session.format(format)?;
        Ok(self.session.lines(spec, first as u64, count as usize, kind, &format, &mut JsSource::new(read))?)
    }
}

/// Looks at a part of a filter where the index is not.
#[wasm_bindgen(js_name = Search)]
pub struct WebSearch(Search);

#[wasm_bindgen(js_class = Search)]
impl WebSearch {
    /// Begins with what `handOut` gave for the filter.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, task: &[u32]) -> Result<Self, JsError> {
        let search = Task::from_numbers(text, task).and_then(Search::new);
        search.map(Self).ok_or_else(|| JsError::new("this is no part of a filter"))
    }

    /// Where the bytes stand that the next step reads: the file, the first of them, and the one behind the last.
    pub fn wants(&self) -> Vec<f64> {
        let (file, from, end) = self.0.wants();
        vec![file as f64, from as f64, end as f64]
    }

    /// Looks at a few more events; false when there are no more.
    pub fn step(&mut self, read: ReadBytes) -> Result<bool, JsError> {
        Ok(self.0.step(&mut JsSource::new(read))?)
    }

    /// What `handIn` takes.
    pub fn found(&self) -> Vec<u32> {
        self.0.found().to_vec()
    }
}

/// The fields that can be printed, as JSON: name, what stands behind it, and what it says.
#[wasm_bindgen(js_name = fieldCatalogue)]
pub fn field_catalogue() -> String {
    let fields = engine::fields().map(|(name, argument, says)| json!({ "name": name, "argument": argument, "says": says }));
    Value::Array(fields.collect()).to_string()
}
