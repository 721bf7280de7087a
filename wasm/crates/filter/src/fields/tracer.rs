//! `span.*` and `evtin.*`: tracers, which programs wrote to `/dev/null` for sysdig up to 0.29.
//!
//! A recorder turned such a text into an enter event (268) and an exit event (269), each with a number, tags and
//! arguments. What they carry themselves is answered here. What would have to be matched with another event
//! (durations, enter arguments, the open spans that an event falls into) has no value.

use super::{Field, Id, Scratch};
use crate::moment::Moment;
use crate::value::Value;

const ENTER: u16 = 268;
const EXIT: u16 = 269;

pub(super) fn extract<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let event = moment.event;
    if !matches!(event.kind, ENTER | EXIT) {
        return None;
    }
    let list = |index: usize| event.params.get(index).unwrap_or_default();
    Some(match field.info.id {
        Id::SpanId => Value::Int(event.params.int(0)?),
        Id::SpanNtags => Value::Uint(items(list(1)).count() as u64),
        Id::SpanNargs => Value::Uint(items(list(2)).count() as u64),
        Id::SpanTags => {
            join(&mut scratch.text, list(1), b'.');
            Value::Text(&scratch.text)
        }
        Id::SpanArgs => {
            join(&mut scratch.text, list(2), b',');
            Value::Text(&scratch.text)
        }
        Id::SpanTag => {
            let index = field.bound.index()?;
            let count = items(list(1)).count() as i64;
            let index = if index < 0 { count.checked_add(index)? } else { index };
            Value::Text(items(list(1)).nth(usize::try_from(index).ok()?)?)
        }
        Id::SpanArg => match (field.bound.index(), field.bound.text()) {
            (Some(index), _) => Value::Text(items(list(2)).nth(usize::try_from(index).ok()?)?),
            (None, Some(name)) => Value::Text(items(list(2)).find_map(|item| item.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?),
            _ => return None,
        },
        _ => return None,
    })
}

fn items(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let list = list.strip_suffix(b"\0").unwrap_or(list);
    let skip = usize::from(list.is_empty());
    list.split(|byte| *byte == 0).skip(skip)
}

fn join(out: &mut Vec<u8>, list: &[u8], between: u8) {
    for (at, item) in items(list).enumerate() {
        if at > 0 {
            out.push(between);
        }
        out.extend_from_slice(item);
    }
}
