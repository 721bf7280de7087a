//! `ss.*`: what sysdig has no field for.

use model::state::NONE;
use model::table::{self, EventFlags};

use super::{Field, Id, Scratch, event, parameter, process};
use crate::moment::{Conversation, Moment};
use crate::value::Value;

pub(super) fn extract<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    Some(match field.info.id {
        Id::SsLatency => Value::Uint(moment.applied.latency.filter(|_| moment.applied.enter.is_some())?),
        Id::SsPartner => {
            let index = moment.index?;
            let partner = moment.applied.enter.or_else(|| index.record(moment.row)?.partner)?;
            Value::Uint(index.number(partner)?)
        }
        Id::SsUid => Value::Uint(u64::from(moment.thread().map(|thread| thread.uid).filter(|uid| *uid != u32::MAX)?)),
        Id::SsGid => Value::Uint(u64::from(moment.thread().map(|thread| thread.gid).filter(|gid| *gid != u32::MAX)?)),
        Id::SsUser => return process::user_name(moment, moment.thread()?.uid),
        Id::SsGroup => return process::own_group_name(moment),
        Id::SsIdentityEvent => {
            let row = moment.thread().map(|thread| thread.identity_since).filter(|row| *row != NONE)?;
            Value::Uint(moment.index?.number(row)?)
        }
        Id::SsCaptured => Value::Uint(parameter::buffer(moment)?.len() as u64),
        Id::SsLength => {
            let data = parameter::buffer(moment)?;
            Value::Uint(moment.applied.result.and_then(|result| u64::try_from(result).ok()).unwrap_or(data.len() as u64))
        }
        Id::SsRefused => return refused(moment),
        Id::SsConversation => {
            scratch.text.extend_from_slice(conversation(moment)?.key.as_bytes());
            Value::Text(&scratch.text)
        }
        Id::SsLife => Value::Uint(u64::from(conversation(moment)?.life?)),
        Id::SsUnread => Value::Uint(conversation(moment)?.unread?),
        _ => return None,
    })
}

fn conversation(moment: &Moment<'_>) -> Option<Conversation> {
    let description = moment.applied.description;
    if description == NONE {
        return None;
    }
    moment.conversations?.of(description, moment.row)
}

/// What a failed call wanted to send: as much as it was given, which stands in its buffer when nothing else says.
fn refused<'v>(moment: &Moment<'_>) -> Option<Value<'v>> {
    let writes = table::flags(moment.event.kind, moment.printer.release).has(EventFlags::WRITES_TO_FD);
    if !writes || !event::failed(moment) {
        return None;
    }
    let params = table::params(moment.event.kind, moment.printer.release);
    let stated = params.iter().position(|param| param.name == "size").and_then(|at| moment.event.params.uint(at));
    Some(Value::Uint(stated.or_else(|| parameter::buffer(moment).map(|data| data.len() as u64))?))
}
