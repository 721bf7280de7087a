//! Filters: what is wrong with one, how far it has come, how it is evaluated, and why a row passes or not.

use engine::LineKind;
use engine::filters::{self, Mistake, Verdict};
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
    /// blocks there are.
    #[wasm_bindgen(js_name = runFilter)]
    pub fn run_filter(&mut self, text: &str, read: ReadBytes) -> Result<Vec<f64>, JsError> {
        let filter = self.session.filter(text)?;
        let count = self.session.run_filter(filter, &mut JsSource::new(read), &mut || true)?;
        Ok([count.events, count.calls, count.looked, count.total].iter().map(|figure| *figure as f64).collect())
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

/// The fields that can be printed, as JSON: name, what stands behind it, and what it says.
#[wasm_bindgen(js_name = fieldCatalogue)]
pub fn field_catalogue() -> String {
    let fields = engine::fields().map(|(name, argument, says)| json!({ "name": name, "argument": argument, "says": says }));
    Value::Array(fields.collect()).to_string()
}
