//! Values and texts as JSON.

use model::quirk::Quirk;
use model::table::Format as Base;
use model::text::number::{decimal, unsigned};

use super::write_value;
use crate::fields::{FieldInfo, Id, is_point_in_time};
use crate::moment::Moment;
use crate::value::Value;

/// Appends a value: numbers as numbers, points in time as nanoseconds since the epoch, all else as text.
pub(super) fn value(out: &mut Vec<u8>, info: &FieldInfo, value: &Value<'_>, moment: &Moment<'_>) {
    if is_point_in_time(info.id) {
        unsigned(out, moment.event.ts);
        return;
    }
    let is_zero = matches!(info.id, Id::EvtDeltatime | Id::EvtDeltatimeS | Id::EvtDeltatimeNs | Id::ThreadExectime);
    if is_zero && moment.has(Quirk::JsonDeltasAreZero) {
        out.push(b'0');
        return;
    }
    match value {
        Value::Int(number) if matches!(info.format, Base::Dec | Base::Padded) => decimal(out, *number),
        // A time before the first event, which the text prints without its sign.
        Value::Uint(number) if info.id == Id::EvtReltime && *number > i64::MAX as u64 => decimal(out, *number as i64),
        Value::Uint(number) if matches!(info.format, Base::Dec | Base::Padded) => unsigned(out, *number),
        Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Value::Double(number) => {
            use std::io::Write;
            // Writing to a vector cannot fail. JSON has no infinities.
            let _ = if number.is_finite() { write!(out, "{number:?}") } else { write!(out, "null") };
        }
        Value::Text(bytes) => text(out, bytes),
        Value::List(several) if several.iter().next().is_none() => out.extend_from_slice(b"null"),
        Value::Ends(several) | Value::Any(several) | Value::List(several) => {
            out.push(b'[');
            for (at, one) in several.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                self::value(out, info, &one, moment);
            }
            out.push(b']');
        }
        _ => {
            let mut written = Vec::new();
            write_value(&mut written, info, value, moment.printer);
            text(out, &written);
        }
    }
}

/// Appends a text in quotes. What is no ASCII is escaped; bytes that are no UTF-8 become U+FFFD.
pub(super) fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let is_plain = |byte: &u8| (0x20..0x80).contains(byte) && *byte != b'"' && *byte != b'\\';
    if bytes.iter().fold(true, |plain, byte| plain & is_plain(byte)) {
        out.extend_from_slice(bytes);
    } else {
        for chunk in bytes.utf8_chunks() {
            chunk.valid().chars().for_each(|letter| escape(out, letter));
            if !chunk.invalid().is_empty() {
                escape(out, char::REPLACEMENT_CHARACTER);
            }
        }
    }
    out.push(b'"');
}

fn escape(out: &mut Vec<u8>, letter: char) {
    use std::io::Write;
    let short = match letter {
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\u{8}' => b"\\b",
        '\u{c}' => b"\\f",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        ' '..='\u{7f}' => {
            out.push(letter as u8);
            return;
        }
        _ => {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a vector cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
            return;
        }
    };
    out.extend_from_slice(short);
}
