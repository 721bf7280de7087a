//! One call in full: every parameter with what it means.

use index::{Flags, Record, Unit};
use model::state::NONE;
use model::table::{self, Category, ParamType};
use model::text::{errno_words, Printer};
use model::{Row, View};
use scap::Event;
use serde::Serialize;

use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::state::{FdDetail, lossy};
use crate::window::{Edges, errno, has_exit};
use crate::words::Words;

/// One parameter with its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParamDetail {
    /// Its name.
    pub name: &'static str,
    /// Its type, in the words of the event table.
    #[serde(rename = "type")]
    pub kind: String,
    /// As it is printed.
    pub text: String,
    /// What it stands for; empty when the text says all.
    pub meaning: String,
    /// Bytes of a buffer in the capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured: Option<u64>,
    /// Bytes of a buffer that the call moved, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<u64>,
    /// Index in its event.
    pub index: usize,
    /// Row of its event.
    pub row: Row,
}

/// One edge of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EdgeDetail {
    /// Its row.
    pub row: Row,
    /// Its number.
    pub num: Option<u64>,
    /// Its section, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<u32>,
    /// Nanoseconds since the first event.
    pub ns: i64,
    /// `enter` or `exit`.
    pub direction: &'static str,
    /// The line that `sysdig -r` prints.
    pub line: String,
    /// Its parameters.
    pub params: Vec<ParamDetail>,
}

/// An errno by name and in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrnoDetail {
    /// Such as `EPIPE`.
    pub name: String,
    /// Such as `Broken pipe`.
    pub text: &'static str,
}

/// One call, or one event that is not part of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallDetail {
    /// Event type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Kind of activity.
    pub category: &'static str,
    /// CPU of the first edge.
    pub cpu: u16,
    /// Thread id.
    pub tid: i64,
    /// Short name of the process.
    pub process: String,
    /// False for what happens without an enter and an exit, such as a switch.
    pub is_call: bool,
    /// The enter, when it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enter: Option<EdgeDetail>,
    /// The exit, when it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<EdgeDetail>,
    /// Exit minus enter, when both were recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ns: Option<i64>,
    /// Result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<i64>,
    /// What the result says when the call failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<ErrnoDetail>,
    /// The fd it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fd: Option<FdDetail>,
}

fn category_name(category: Category) -> &'static str {
    match category {
        Category::Unknown => "unknown",
        Category::Other => "other",
        Category::File => "file",
        Category::Net => "net",
        Category::Ipc => "ipc",
        Category::Memory => "memory",
        Category::Process => "process",
        Category::Sleep => "sleep",
        Category::System => "system",
        Category::Signal => "signal",
        Category::User => "user",
        Category::Time => "time",
        Category::IoRead => "read",
        Category::IoWrite => "write",
        Category::IoOther => "io",
        Category::Wait => "wait",
        Category::Scheduler => "scheduler",
        Category::Internal => "internal",
    }
}

/// Parameters of an event. `result` is what the call moved, where it is known.
pub(crate) fn params(printer: &Printer, event: &Event<'_>, row: Row, view: &dyn View, result: Option<i64>) -> Vec<ParamDetail> {
    let mut printer = *printer;
    printer.verbose = true;
    let mut details = Vec::new();
    for (index, bytes) in event.params.iter().enumerate() {
        let Some(text) = printer.param(event, index, view) else { break };
        let is_buffer = text.ty == ParamType::Bytebuf;
        // Lists of arguments are buffers too, but what the call moved says nothing of them.
        let is_data = is_buffer && matches!(text.name, "data" | "msgcontrol");
        let actual = result.filter(|_| is_data && text.name == "data").and_then(|result| u64::try_from(result).ok());
        let mut meaning = lossy(&text.resolved);
        if let Some(words) = text.meaning {
            if !meaning.is_empty() {
                meaning.push_str(": ");
            }
            meaning.push_str(words);
        }
        details.push(ParamDetail {
            name: text.name,
            kind: format!("{:?}", text.ty).to_lowercase(),
            text: lossy(&text.raw),
            meaning,
            captured: is_buffer.then_some(bytes.len() as u64),
            actual,
            index,
            row,
        });
    }
    details
}

impl Session {
    /// The call that the event at `row` belongs to; `None` when there is no such row.
    ///
    /// # Errors
    /// When its bytes cannot be read again.
    pub fn call(&self, row: Row, source: &mut dyn ByteSource) -> Result<Option<CallDetail>, ReadError> {
        let core = self.core();
        let Some(record) = core.index.record(row) else { return Ok(None) };
        let anchor = if record.is_exit() { record.partner.unwrap_or(row) } else { row };
        let Some(edges) = Edges::of(core, Unit::Calls, anchor) else { return Ok(None) };
        let Edges { first, exit } = edges;
        let last = *edges.last();
        let records: Vec<Record> = std::iter::once(first).chain(exit).collect();
        let blocks = Blocks::read(core, &records, source)?;
        let words = Words::new(core);
        let result = last.result;
        let mut scratch = Vec::new();
        let (kind, tid) = {
            let event = blocks.event(core, &first, &mut scratch)?;
            (words.kind(&event), event.tid)
        };
        let mut enter_edge = None;
        let mut exit_edge = None;
        for record in &records {
            let edge = Some(edge(core, &words, record, &blocks, result)?);
            if record.is_exit() {
                exit_edge = edge;
            } else {
                enter_edge = edge;
            }
        }
        let failed = last.is_exit() && last.flags.has(Flags::ERROR);
        let code = result.and_then(|result| u32::try_from(result.checked_neg()?).ok());
        let about = if last.description == NONE { &first } else { &last };
        Ok(Some(CallDetail {
            kind,
            category: table::event(first.kind).map_or("unknown", |info| category_name(info.category)),
            cpu: first.cpu,
            tid,
            process: words.process(&first),
            is_call: first.is_exit() || has_exit(first.kind),
            enter: enter_edge,
            exit: exit_edge,
            latency_ns: exit.map(|exit| exit.ts.wrapping_sub(first.ts).cast_signed()),
            result,
            errno: failed.then(|| ErrnoDetail { name: errno(result), text: code.and_then(errno_words).unwrap_or("") }),
            fd: (about.description != NONE).then(|| core.fd_detail(i64::from(about.fd), about.description, about.row)),
        }))
    }

    /// The bytes of one parameter; `None` when there is no such row or parameter.
    ///
    /// # Errors
    /// When they cannot be read again.
    pub fn bytes(&self, row: Row, param: usize, source: &mut dyn ByteSource) -> Result<Option<Vec<u8>>, ReadError> {
        let core = self.core();
        let Some(record) = core.index.record(row) else { return Ok(None) };
        let blocks = Blocks::read(core, &[record], source)?;
        let mut scratch = Vec::new();
        let event = blocks.event(core, &record, &mut scratch)?;
        Ok(event.params.get(param).map(<[u8]>::to_vec))
    }
}

fn edge(core: &Core, words: &Words<'_>, record: &Record, blocks: &Blocks, result: Option<i64>) -> Result<EdgeDetail, ReadError> {
    let mut scratch = Vec::new();
    let event = blocks.event(core, record, &mut scratch)?;
    let mut line = Vec::new();
    words.line_of(record, &event, &mut line);
    let view = core.state.as_of(record.version, record.row);
    Ok(EdgeDetail {
        row: record.row,
        num: core.index.number(record.row),
        section: core.section_number(record.row),
        ns: record.ts.wrapping_sub(core.index.first_ts().unwrap_or(0)).cast_signed(),
        direction: if record.is_exit() { "exit" } else { "enter" },
        line: lossy(&line),
        params: params(&words.printer, &event, record.row, &view, result),
    })
}
