//! Lines printed from fields: formats as text and as JSON, and columns as CSV.
//!
//! A format is text with fields in it (`%evt.num %20proc.name`), a leading `*` keeps lines in which a field has no value
//! (reference: filter language §4). What it prints is appended to a buffer that the caller keeps.

mod json;
mod list;

use std::fmt;

use model::order::signed;
use model::quirk::{Quirk, Quirks};
use model::table::{Format as Base, Release};
use model::text::number::{decimal, nine, octal, unsigned, upper_hex};
use model::text::{Heading, Clock, Printer, address, buffer};

use crate::fields::{self, Argument, ArgumentForm, Field, FieldError, FieldInfo, Id, Scratch};
use crate::moment::Moment;
use crate::parse::call_at;
use crate::syntax::Term;
use crate::transform::{Room, Side};
use crate::value::{Class, Value};

pub use list::{list_fields, write_catalogue};

/// What `sysdig` prints without `-p`.
pub const DEFAULT: &str = "*%evt.num %evt.outputtime %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info";
/// `-pc`: with containers.
pub const CONTAINER: &str = "*%evt.num %evt.outputtime %evt.cpu %container.name (%container.id) %proc.name (%thread.tid:%thread.vtid) %evt.dir %evt.type %evt.info";
/// `-pk`: with the pods of Kubernetes.
pub const KUBERNETES: &str = "*%evt.num %evt.outputtime %evt.cpu %k8s.pod.name (%container.id) %proc.name (%thread.tid:%thread.vtid) %evt.dir %evt.type %evt.info";
/// `-pm`: with the tasks of Mesos.
pub const MESOS: &str = "*%evt.num %evt.outputtime %evt.cpu %mesos.task.name (%container.id) %proc.name (%thread.tid:%thread.vtid) %evt.dir %evt.type %evt.info";

/// Why a format is refused. Displays as sysdig says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// Nothing to print.
    Empty,
    /// It ends in the middle of a field; the word is what stands last.
    Ends(&'static str),
    /// No field begins here.
    Unknown(String),
    /// The field cannot be printed.
    FilterOnly(&'static str),
    /// Its argument is wrong.
    Field(FieldError),
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty formatting token"),
            Self::Ends(with) => write!(f, "invalid formatting syntax: formatting cannot end with a {with}"),
            Self::Unknown(rest) => write!(f, "invalid formatting token {rest}"),
            Self::FilterOnly(name) => write!(f, "{name} is filter only and cannot be used as a display field"),
            Self::Field(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FormatError {}

impl From<FieldError> for FormatError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

/// What a value is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// A number of at most 65 bits that is ordered as the value is.
    Number(u128),
    /// Its text.
    Text,
}

/// A field in a format.
#[derive(Debug)]
struct Shown {
    /// As it was written, without width.
    name: String,
    /// Characters to pad or cut to; 0: as many as there are.
    width: usize,
    /// `None` never has a value: sysdig cannot print it, and says so by leaving its name behind.
    side: Option<Side>,
}

impl Shown {
    /// The field, where it stands alone.
    fn field(&self) -> Option<&Field> {
        match &self.side {
            Some(Side::Field(field)) => Some(field),
            _ => None,
        }
    }

    /// What it has for an event, with the field that says how that is written; of a function that is the first in it, or any.
    fn value<'v>(&'v self, moment: &'v Moment<'v>, scratch: &'v mut Scratch, room: &'v mut Room) -> Option<(&'static FieldInfo, Value<'v>)> {
        match self.side.as_ref()? {
            Side::Field(field) => Some((field.info(), field.extract(moment, scratch)?)),
            side => {
                let mut of = Vec::new();
                side.fields(&mut of);
                let info = of.first().map(|field| field.info()).or_else(|| fields::catalogue().first())?;
                Some((info, side.value(moment, room)?))
            }
        }
    }

    /// The event as this field sees it: whether it changed a name is kept with the event itself.
    fn about<'m>(&self, moment: &'m Moment<'m>, seen: &'m Moment<'m>) -> &'m Moment<'m> {
        if self.field().is_some_and(|field| field.info().id == Id::FdNameChanged) { moment } else { seen }
    }

    /// What taking the value does to the event, in sysdig.
    fn touch(&self, seen: &mut Moment<'_>) {
        if self.field().is_some_and(|field| field.info().id == Id::EvtAbspath) && seen.has(Quirk::AbspathIsTheDirectory) {
            seen.applied.description = fields::directory_of(seen).unwrap_or(seen.applied.description);
        }
    }
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Field(usize),
}

/// A format, ready to print with.
#[derive(Debug)]
pub struct Format {
    needs_all: bool,
    parts: Vec<Part>,
    fields: Vec<Shown>,
    /// Fields by name, each name once, as JSON has them.
    sorted: Vec<usize>,
    is_default: bool,
}

impl Format {
    /// Reads a format, with those faults of sysdig that are copied as this release has them.
    ///
    /// # Errors
    /// [`FormatError`] when there is nothing to print, or something that no field can print.
    pub fn parse(text: &str, quirks: Quirks, release: Release) -> Result<Self, FormatError> {
        let like = quirks.has(Quirk::FieldsEndEarly).then_some(release);
        let rest = text.strip_prefix('*').unwrap_or(text);
        if text.is_empty() {
            return Err(FormatError::Empty);
        }
        let mut format = Self { needs_all: rest.len() == text.len(), parts: Vec::new(), fields: Vec::new(), sorted: Vec::new(), is_default: text == DEFAULT };
        let mut rest = rest;
        while let Some(at) = rest.find('%') {
            let (literal, field) = rest.split_at(at);
            if !literal.is_empty() {
                format.parts.push(Part::Literal(literal.to_owned()));
            }
            let field = field.get(1..).unwrap_or_default();
            if field.is_empty() {
                return Err(FormatError::Ends("%"));
            }
            let digits = field.bytes().take_while(u8::is_ascii_digit).count();
            let (width, name) = field.split_at(digits);
            if name.is_empty() {
                return Err(FormatError::Ends("number"));
            }
            let (shown, length) = field_at(name, width.parse().unwrap_or(0), like)?;
            format.parts.push(Part::Field(format.fields.len()));
            format.fields.push(shown);
            rest = name.get(length..).unwrap_or_default();
        }
        if !rest.is_empty() {
            format.parts.push(Part::Literal(rest.to_owned()));
        }
        format.sort();
        Ok(format)
    }

    /// A format of these fields, one blank between them. For columns.
    ///
    /// # Errors
    /// [`FormatError`] when one of them cannot be printed.
    pub fn of_columns<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, FormatError> {
        let mut format = Self { needs_all: false, parts: Vec::new(), fields: Vec::new(), sorted: Vec::new(), is_default: false };
        for name in names {
            let (shown, length) = field_at(name, 0, None)?;
            if let Some(rest) = name.get(length..).filter(|rest| !rest.is_empty()) {
                return Err(FormatError::Unknown(rest.to_owned()));
            }
            if !format.fields.is_empty() {
                format.parts.push(Part::Literal(" ".to_owned()));
            }
            format.parts.push(Part::Field(format.fields.len()));
            format.fields.push(shown);
        }
        format.sort();
        Ok(format)
    }

    fn sort(&mut self) {
        let mut sorted: Vec<usize> = (0..self.fields.len()).collect();
        sorted.sort_by(|one, other| self.fields[*one].name.cmp(&self.fields[*other].name));
        // The last of one name stands for all of them.
        sorted.reverse();
        sorted.dedup_by(|one, other| self.fields[*one].name == self.fields[*other].name);
        sorted.reverse();
        self.sorted = sorted;
    }

    /// The fields, in order of their first appearance.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        let mut fields = Vec::new();
        self.fields.iter().filter_map(|shown| shown.side.as_ref()).for_each(|side| side.fields(&mut fields));
        fields.into_iter()
    }

    /// Names of the fields as they were written, in order: a format says which columns there are.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|shown| shown.name.as_str())
    }

    /// Appends a line of text without its end. Answers false, and appends nothing, when a field has no value and the
    /// format does not begin with a star.
    pub fn text(&self, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch) -> bool {
        if self.is_default && !moment.is_past {
            default_line(out, moment);
            return true;
        }
        let start = out.len();
        let mut seen = *moment;
        let mut room = Room::default();
        for part in &self.parts {
            let shown = match part {
                Part::Literal(text) => {
                    out.extend_from_slice(text.as_bytes());
                    continue;
                }
                Part::Field(at) => &self.fields[*at],
            };
            let from = out.len();
            match shown.value(shown.about(moment, &seen), scratch, &mut room) {
                Some((info, value)) if !is_unprinted(shown, &value, moment) => write_value(out, info, &value, moment.printer),
                _ if self.needs_all => {
                    out.truncate(start);
                    return false;
                }
                _ => out.extend_from_slice(b"<NA>"),
            }
            if shown.width > 0 {
                out.resize(from + shown.width, b' ');
            }
            shown.touch(&mut seen);
        }
        true
    }

    /// Appends a JSON object without a line end: fields by name. Answers false, and appends nothing, as [`Format::text`].
    pub fn json(&self, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch) -> bool {
        let start = out.len();
        out.push(b'{');
        let mut seen = *moment;
        let mut room = Room::default();
        for at in &self.sorted {
            let shown = &self.fields[*at];
            if out.len() > start + 1 {
                out.push(b',');
            }
            json::text(out, shown.name.as_bytes());
            out.push(b':');
            match shown.value(shown.about(moment, &seen), scratch, &mut room) {
                // Without a name, which is a fault of 0.36.0, there is no more than an empty text.
                Some((_, Value::Text([_, ..]))) if shown.name.is_empty() => out.extend_from_slice(b"null"),
                Some((_, Value::Text(text))) if shown.field().is_none() => json::text(out, text),
                Some((_, Value::Uint(number))) if shown.field().is_none() => unsigned(out, number),
                Some((info, value)) if !is_unprinted(shown, &value, moment) => json::value(out, info, &value, moment),
                _ if self.needs_all => {
                    out.truncate(start);
                    return false;
                }
                _ => out.extend_from_slice(b"null"),
            }
            shown.touch(&mut seen);
        }
        out.push(b'}');
        true
    }

    /// Appends the names of the columns as a line of CSV (RFC 4180), without its end.
    pub fn csv_head(&self, out: &mut Vec<u8>) {
        for (at, shown) in self.fields.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            csv_text(out, shown.name.as_bytes());
        }
    }

    /// The format of one column; none when the field can't be printed, or its value depends on what was asked before.
    pub fn of_column(name: &str) -> Option<Self> {
        Self::of_columns([name]).ok().filter(|format| format.fields().all(|field| !field.info().ordered))
    }

    /// What the first column is sorted by; none where it has no value. Texts are appended as they are shown.
    pub fn sort_key(&self, text: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch) -> Option<SortKey> {
        let mut room = Room::default();
        let (info, value) = self.fields.first()?.value(moment, scratch, &mut room)?;
        Some(match value {
            Value::Int(number) => SortKey::Number(signed(number)),
            Value::Uint(number) => SortKey::Number(signed(0) + u128::from(number)),
            // The bits of a number with a fraction are ordered as it is; of negative ones the other way round.
            Value::Double(number) => SortKey::Number(signed(number.to_bits().cast_signed() ^ if number < 0.0 { i64::MAX } else { 0 })),
            _ => {
                write_value(text, info, &value, moment.printer);
                SortKey::Text
            }
        })
    }

    /// Appends the value of one column as text. Answers false where it has none.
    pub fn cell(&self, at: usize, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch) -> bool {
        let mut room = Room::default();
        let Some((info, value)) = self.fields.get(at).and_then(|shown| shown.value(moment, scratch, &mut room)) else { return false };
        write_value(out, info, &value, moment.printer);
        true
    }

    /// Appends the columns as a line of CSV, without its end. What has no value is empty.
    pub fn csv(&self, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch) {
        let mut cell = Vec::new();
        let mut room = Room::default();
        for (at, shown) in self.fields.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            cell.clear();
            if let Some((info, value)) = shown.value(moment, scratch, &mut room) {
                write_value(&mut cell, info, &value, moment.printer);
                csv_text(out, &cell);
            }
        }
    }
}

/// Reads the field, or the function of fields, that a text begins with: the longest name wins. Answers how many bytes it takes.
fn field_at(text: &str, width: usize, like: Option<Release>) -> Result<(Shown, usize), FormatError> {
    let unknown = || FormatError::Unknown(text.to_owned());
    if let Some((call, length)) = call_at(text.as_bytes()) {
        let name = text.get(..length).unwrap_or_default().to_owned();
        let side = Side::new(&Term::Call(call)).map_err(|_| unknown())?;
        let mut fields = Vec::new();
        side.fields(&mut fields);
        return match fields.iter().find(|field| field.info().filter_only) {
            Some(field) => Err(FormatError::FilterOnly(field.info().name)),
            None => Ok((Shown { name, width, side: Some(side) }, length)),
        };
    }
    let info = fields::catalogue().iter().filter(|info| text.starts_with(info.name)).max_by_key(|info| info.name.len()).ok_or_else(unknown)?;
    if info.filter_only {
        return Err(FormatError::FilterOnly(info.name));
    }
    let rest = text.get(info.name.len()..).unwrap_or_default();
    // Their parsers answer that they took nothing, so that the name follows the value.
    let is_old = like.is_some_and(|release| release != Release::Libs0_25_4);
    if is_old && info.id == Id::EvtTypeIs {
        return Ok((Shown { name: String::new(), width, side: None }, 0));
    }
    if like == Some(Release::V0_36_0) && matches!(info.id, Id::ProcEnv | Id::ProcAenv) && !rest.starts_with('[') {
        // And either is that of the process.
        let info = fields::find("proc.env").unwrap_or(info);
        return Ok((Shown { name: String::new(), width, side: Some(Side::Field(Field::bind(info, Argument::None)?)) }, 0));
    }
    if like == Some(Release::V0_36_0) && info.id == Id::FdTypes && !rest.starts_with('[') {
        // Looks for a bracket to the end.
        return Ok((Shown { name: text.to_owned(), width, side: Some(Side::Field(Field::bind(info, Argument::None)?)) }, text.len()));
    }
    let without_index = like == Some(Release::V0_29_3) && matches!(info.id, Id::ProcEnv | Id::ProcArgs);
    let (argument, length) = match info.argument {
        ArgumentForm::None => (Argument::None, 0),
        _ if without_index => (Argument::None, 0),
        _ => argument_at(info, rest),
    };
    let field = Field::bind(info, argument)?;
    let length = info.name.len() + length;
    Ok((Shown { name: text.get(..length).unwrap_or(info.name).to_owned(), width, side: Some(Side::Field(field)) }, length))
}

/// The argument behind a name: `[…]`, or a dot and as much of the text as makes a name.
fn argument_at<'a>(info: &FieldInfo, rest: &'a str) -> (Argument<'a>, usize) {
    if let Some(inner) = rest.strip_prefix('[')
        && let Some(end) = inner.find(']')
    {
        return (Argument::Bracketed(inner.get(..end).unwrap_or_default()), end + 2);
    }
    let Some(name) = rest.strip_prefix('.') else { return (Argument::None, 0) };
    let is_label = info.name.ends_with("label");
    let end = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || (is_label && b".-/".contains(byte))).count();
    if end == 0 {
        return (Argument::None, 0);
    }
    (Argument::Dotted(name.get(..end).unwrap_or_default()), end + 1)
}

/// The line that sysdig prints without being asked for another one.
fn default_line(out: &mut Vec<u8>, moment: &Moment<'_>) {
    let state = moment.state;
    let heading = Heading {
        number: moment.applied.number.unwrap_or(0),
        clock: Clock { ts: moment.event.ts, first: moment.first_ts, before: moment.before, latency: moment.applied.latency.unwrap_or(0) },
        comm: moment.thread().map(|thread| state.text(thread.comm)),
        tid: moment.event.tid,
        fd_name: state.written_name(&moment.applied),
    };
    moment.printer.line(out, moment.event, &heading, &moment.sight());
}

/// What sysdig 0.29.3 cannot print.
fn is_unprinted(shown: &Shown, value: &Value<'_>, moment: &Moment<'_>) -> bool {
    let Some(field) = shown.field() else { return false };
    let info = field.info();
    if info.id == Id::EvtRawarg && moment.has(Quirk::RawArgumentsHaveOneType) {
        return !field.prints_raw();
    }
    matches!(value, Value::Any(_)) && moment.is_classic() && moment.has(Quirk::AncestorsUnprinted) && info.argument == ArgumentForm::Optional
}

/// Appends a value as text.
pub fn write_value(out: &mut Vec<u8>, info: &FieldInfo, value: &Value<'_>, printer: &Printer) {
    match value {
        Value::Int(value) => match info.format {
            Base::Hex => upper_hex(out, *value as u64),
            _ => decimal(out, *value),
        },
        Value::Uint(value) => match info.format {
            Base::Dec => unsigned(out, *value),
            Base::Hex => upper_hex(out, *value),
            Base::Oct => octal(out, *value),
            Base::Padded => nine(out, *value),
        },
        Value::Double(value) => {
            use std::io::Write;
            // Writing to a vector cannot fail.
            let _ = write!(out, "{value:.1}");
        }
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Text(text) => out.extend_from_slice(text),
        Value::Bytes(b"") if info.class == Class::Bytes && printer.release != Release::V0_29_3 => out.extend_from_slice(b"NULL"),
        Value::Bytes(bytes) if info.class == Class::Bytes => {
            let whole = printer.verbose || printer.release == Release::Libs0_25_4;
            buffer::append(out, bytes, printer.buffers, whole);
        }
        Value::Bytes(bytes) => out.extend(bytes.iter().map(|byte| buffer::dot(*byte))),
        Value::Ip(std::net::IpAddr::V4(ip)) => address::ipv4(out, ip.octets()),
        Value::Ip(std::net::IpAddr::V6(ip)) => address::ipv6(out, ip.octets()),
        Value::Ends(several) | Value::Any(several) | Value::List(several) => {
            out.push(b'(');
            for (at, one) in several.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_value(out, info, &one, printer);
            }
            out.push(b')');
        }
    }
}

/// Appends a cell, in quotes where it needs them. A cell that a spreadsheet would take for a formula gets a quote mark
/// before it: what stands there was written by the programs of the capture.
fn csv_text(out: &mut Vec<u8>, text: &[u8]) {
    let is_formula = matches!(text, [b'=' | b'+' | b'@' | b'\t' | b'\r', ..]) || (matches!(text, [b'-', ..]) && !text.get(1..).is_some_and(|rest| rest.iter().all(u8::is_ascii_digit)));
    let plain = !is_formula && !text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    if plain {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    if is_formula {
        out.push(b'\'');
    }
    for byte in text {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
