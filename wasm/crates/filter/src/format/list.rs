//! The catalogue of fields as text: `-l`, and the page of the documentation.

use std::fmt::Write;

use crate::fields::{ArgumentForm, FieldInfo, Kind, Owner, catalogue};
use crate::value::Class;

/// Columns before a description.
const INDENT: usize = 34;
const WIDTH: usize = 120;

/// All fields by group, as `-l` prints them; `types`: with what they are compared as (`-lv`).
pub fn list_fields(types: bool) -> String {
    let mut out = String::new();
    let mut group = "";
    for info in catalogue() {
        if info.group() != group {
            group = info.group();
            // Writing to a string cannot fail.
            let _ = writeln!(out, "-------------------------------\nField Class: {group}\n");
        }
        let mut line = format!("{:<INDENT$}", name_with_argument(info));
        if line.len() > INDENT {
            line.push_str(&format!("\n{:INDENT$}", ""));
        }
        let mut column = INDENT;
        let words = if types { format!("({}) {}", word(info.class), info.description) } else { info.description.to_owned() };
        for word in words.split(' ') {
            if column + word.len() + 1 > WIDTH {
                line.push_str(&format!("\n{:INDENT$}", ""));
                column = INDENT;
            }
            line.push_str(word);
            line.push(' ');
            column += word.len() + 1;
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn name_with_argument(info: &FieldInfo) -> String {
    match info.argument {
        ArgumentForm::None => info.name.to_owned(),
        ArgumentForm::Optional => format!("{}[..]?", info.name),
        ArgumentForm::Required => format!("{}[..]", info.name),
    }
}

fn word(class: Class) -> &'static str {
    match class {
        Class::Int { .. } => "number",
        Class::Port => "port",
        Class::Double => "decimal",
        Class::Bool => "truth",
        Class::Text => "text",
        Class::Bytes => "bytes",
        Class::Ip => "address",
        Class::Net => "network",
        Class::RelTime => "nanoseconds",
        Class::AbsTime => "nanoseconds since 1970",
        Class::Dynamic => "as the parameter",
    }
}

fn source(kind: Kind) -> &'static str {
    match kind {
        Kind::Event => "the event",
        Kind::Own(Owner::Thread) => "the thread",
        Kind::Own(Owner::Description) => "the descriptor",
        Kind::Relational => "what is related to it",
        Kind::Volatile => "figures that change all the time",
        Kind::Parameters => "parameters",
        Kind::Bytes => "data",
    }
}

/// Appends the catalogue as tables of Markdown, a group each.
pub fn write_catalogue(out: &mut String) {
    let mut group = "";
    for info in catalogue() {
        if info.group() != group {
            group = info.group();
            // Writing to a string cannot fail.
            let _ = write!(out, "\n## {group}\n\n| field | compared as | comes from | what it says | known |\n|---|---|---|---|---|\n");
        }
        let mut notes = Vec::new();
        if info.filter_only {
            notes.push("in filters only".to_owned());
        }
        if info.print_only {
            notes.push("in formats only".to_owned());
        }
        if info.ordered {
            notes.push("depends on what was evaluated before".to_owned());
        }
        let known = match info.until {
            Some(until) => format!("{} to {until}", info.since),
            None => format!("since {}", info.since),
        };
        let known = if info.since == "scapscope" { "Scapscope only".to_owned() } else { known };
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
        let class = if info.list { format!("list: {}", word(info.class)) } else { word(info.class).to_owned() };
        let _ = writeln!(out, "| `{}` | {class} | {} | {}{notes} | {known} |", name_with_argument(info), source(info.kind), info.description.replace('|', "\\|"));
    }
}
