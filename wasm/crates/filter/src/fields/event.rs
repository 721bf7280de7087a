//! `evt.*` and `syscall.type`: what stands in the event itself.

use model::quirk::Quirk;
use model::state::NONE;
use model::state::descriptions::FdKind;
use model::state::threads::Birth;
use model::table::{self, Category, EventFlags, ParamType, Release};
use model::text::number::{decimal, unsigned};
use model::text::{Clock, Zone, time};

use super::{Field, Id, Scratch, calls, descriptor, parameter};
use crate::moment::Moment;
use crate::value::Value;

const SECOND: u64 = 1_000_000_000;

fn text<'v>(scratch: &'v mut Scratch, write: impl FnOnce(&mut Vec<u8>)) -> Option<Value<'v>> {
    write(&mut scratch.text);
    Some(Value::Text(&scratch.text))
}

fn one_if<'v>(holds: bool) -> Option<Value<'v>> {
    holds.then_some(Value::Uint(1))
}

pub(super) fn extract<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let event = moment.event;
    let ts = event.ts;
    let flags = || table::flags(event.kind, moment.printer.release);
    let is_of = |category| table::event(event.kind).is_some_and(|info| info.category == category);
    Some(match field.info.id {
        Id::EvtNum => Value::Uint(moment.applied.number?),
        Id::EvtOutputtime => return text(scratch, |out| output_time(out, moment)),
        Id::EvtTime => return text(scratch, |out| time::time_of_day(out, ts, moment.printer.zone)),
        Id::EvtTimeS => return text(scratch, |out| without_fraction(out, |out| time::time_of_day(out, ts, moment.printer.zone))),
        Id::EvtTimeIso8601 => return text(scratch, |out| iso8601(out, ts)),
        Id::EvtDatetime => return text(scratch, |out| time::date_time(out, ts, moment.printer.zone)),
        Id::EvtDatetimeS => return text(scratch, |out| without_fraction(out, |out| time::date_time(out, ts, moment.printer.zone))),
        Id::EvtRawtime => Value::Uint(ts),
        Id::EvtRawtimeS => Value::Uint(ts / SECOND),
        Id::EvtRawtimeNs => Value::Uint(ts % SECOND),
        Id::EvtReltime => Value::Uint(since_first(moment)),
        Id::EvtReltimeS => Value::Uint(since_first(moment) / SECOND),
        Id::EvtReltimeNs => Value::Uint(since_first(moment) % SECOND),
        Id::EvtLatency | Id::Latency | Id::Totlatency => Value::Uint(latency(moment)?),
        Id::EvtLatencyS => Value::Uint(latency(moment)? / SECOND),
        Id::EvtLatencyNs => Value::Uint(latency(moment)? % SECOND),
        Id::EvtLatencyHuman => return latency_in_words(field, moment, scratch),
        Id::EvtLatencyQuantized => Value::Uint(quantized(latency(moment)?)?),
        Id::EvtWaitLatency => {
            if moment.is_enter() || !flags().has(EventFlags::WAITS) {
                return None;
            }
            Value::Uint(latency(moment)?)
        }
        Id::EvtDeltatime => delta(field, moment, |delta| delta),
        Id::EvtDeltatimeS => delta(field, moment, |delta| delta / SECOND as i128),
        Id::EvtDeltatimeNs => delta(field, moment, |delta| delta % SECOND as i128),
        Id::EvtDir => Value::Text(if moment.is_enter() { b">" } else { b"<" }),
        Id::EvtType => Value::Text(moment.printer.type_name(event).as_bytes()),
        Id::EvtTypeIs => Value::Uint(u64::from(field.bound.index() == Some(i64::from(event.kind)))),
        Id::SyscallType => {
            let info = table::event(event.kind)?;
            let is_call = info.source == table::Source::Syscall || (moment.is_classic() && matches!(event.kind, 186 | 187 | 232 | 233));
            if !is_call {
                return None;
            }
            Value::Text(moment.printer.type_name(event).as_bytes())
        }
        Id::EvtCategory => Value::Text(category(moment).as_bytes()),
        Id::EvtCpu => Value::Int(i64::from(event.cpu)),
        Id::EvtArgs => return text(scratch, |out| moment.printer.args(out, event, &moment.sight())),
        Id::EvtInfo => {
            let name = moment.description().map_or(&b""[..], |attributes| moment.state.text(attributes.name));
            return text(scratch, |out| moment.printer.info(out, event, &moment.sight(), name));
        }
        Id::EvtArg | Id::EvtRawarg | Id::EvtAbspath => return parameter::extract(field, moment, scratch),
        Id::EvtBuffer => Value::Bytes(parameter::buffer(moment)?),
        Id::EvtBuflen => Value::Uint(moved(moment)?),
        Id::EvtBuflenIn => Value::Uint(moved(moment).filter(|_| is_of(Category::IoRead))?),
        Id::EvtBuflenOut => Value::Uint(moved(moment).filter(|_| is_of(Category::IoWrite))?),
        Id::EvtBuflenFile => Value::Uint(moved(moment).filter(|_| is_file(moment))?),
        Id::EvtBuflenFileIn => Value::Uint(moved(moment).filter(|_| is_file(moment) && is_of(Category::IoRead))?),
        Id::EvtBuflenFileOut => Value::Uint(moved(moment).filter(|_| is_file(moment) && is_of(Category::IoWrite))?),
        Id::EvtBuflenNet => Value::Uint(moved(moment).filter(|_| is_inet(moment))?),
        Id::EvtBuflenNetIn => Value::Uint(moved(moment).filter(|_| is_inet(moment) && is_of(Category::IoRead))?),
        Id::EvtBuflenNetOut => Value::Uint(moved(moment).filter(|_| is_inet(moment) && is_of(Category::IoWrite))?),
        Id::EvtRes => return result_in_words(moment, scratch),
        Id::EvtRawres => Value::Int(result(moment)?),
        Id::EvtFailed => {
            if moment.is_enter() && moment.printer.release == Release::Libs0_25_4 {
                return None;
            }
            Value::Bool(failed(moment))
        }
        Id::EvtIsIo => Value::Bool(flags().any(EventFlags::READS_FROM_FD.with(EventFlags::WRITES_TO_FD))),
        Id::EvtIsIoRead => Value::Bool(flags().has(EventFlags::READS_FROM_FD)),
        Id::EvtIsIoWrite => Value::Bool(flags().has(EventFlags::WRITES_TO_FD)),
        Id::EvtIoDir => {
            if flags().has(EventFlags::WRITES_TO_FD) {
                Value::Text(b"write")
            } else if flags().has(EventFlags::READS_FROM_FD) {
                Value::Text(b"read")
            } else {
                return None;
            }
        }
        Id::EvtIsWait => Value::Bool(flags().has(EventFlags::WAITS)),
        Id::EvtIsSyslog => Value::Bool(parameter::is_log(moment)),
        Id::EvtCount => Value::Uint(1),
        Id::EvtCountExit => return one_if(!moment.is_enter()),
        Id::EvtCountError => return one_if(failed(moment)),
        Id::EvtCountErrorFile => return one_if(failed(moment) && blamed(moment) == Blamed::File),
        Id::EvtCountErrorNet => return one_if(failed(moment) && blamed(moment) == Blamed::Net),
        Id::EvtCountErrorMemory => return one_if(failed(moment) && blamed(moment) == Blamed::Memory),
        Id::EvtCountErrorOther => return one_if(failed(moment) && blamed(moment) == Blamed::Other),
        Id::EvtCountProcinfo => return one_if(event.kind == 234 && moment.thread().is_some_and(|thread| moment.tid_of(thread) == thread.pid)),
        Id::EvtCountThreadinfo => return one_if(event.kind == 234),
        Id::EvtIsOpenRead | Id::EvtIsOpenWrite | Id::EvtIsOpenExec | Id::EvtIsOpenCreate => Value::Bool(parameter::opens(field.info.id, moment)),
        Id::EvtAround => {
            // `[T]` is in milliseconds, and so is what it is compared with.
            let around = i128::from(field.bound.index()?);
            let distance = (i128::from(ts) - around).unsigned_abs();
            Value::Uint(u64::try_from(distance.div_ceil(1_000_000)).unwrap_or(u64::MAX))
        }
        Id::EvtSource => {
            let info = table::event(event.kind)?;
            match info.source {
                table::Source::Syscall | table::Source::Tracepoint => Value::Text(b"syscall"),
                table::Source::Metaevent if !matches!(event.kind, 402 | 403) => Value::Text(b"syscall"),
                _ => return None,
            }
        }
        Id::EvtIsAsync => Value::Bool(table::event(event.kind)?.source == table::Source::Metaevent),
        Id::EvtAsynctype => {
            if !matches!(event.kind, 402 | 403) {
                return None;
            }
            Value::Text(event.params.text(1)?)
        }
        Id::EvtHostname if moment.has(Quirk::HostnameIsEmpty) => Value::Text(b""),
        Id::EvtHostname => Value::Text(&moment.state.recorded_machine().host),
        Id::EvtInfraDockerName => return infra(moment, 1),
        Id::EvtInfraDockerContainerId => return docker(moment, "id:", scratch),
        Id::EvtInfraDockerContainerName => return docker(moment, "name:", scratch),
        Id::EvtInfraDockerContainerImage => return docker(moment, "image:", scratch),
        Id::Iobytes | Id::Totiobytes => Value::Uint(moved(moment).filter(|_| flags().any(EventFlags::READS_FROM_FD.with(EventFlags::WRITES_TO_FD)))?),
        Id::UtilCnt => {
            let count = field.kept.get().wrapping_add(1);
            field.kept.set(count);
            Value::Uint(count)
        }
        // Plugins are not run.
        _ => return None,
    })
}

/// Time of the event as `-t` asks for it.
fn output_time(out: &mut Vec<u8>, moment: &Moment<'_>) {
    let clock = Clock { ts: moment.event.ts, first: moment.first_ts, before: moment.before, latency: moment.applied.latency.unwrap_or(0) };
    moment.printer.time(out, clock);
}

/// Cuts the fraction of what is written.
fn without_fraction(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    write(out);
    out.truncate(out.len().saturating_sub(".nnnnnnnnn".len()));
}

fn iso8601(out: &mut Vec<u8>, ts: u64) {
    time::date_time(out, ts, Zone::Utc);
    if let Some(blank) = out.iter_mut().find(|byte| **byte == b' ') {
        *blank = b'T';
    }
    out.extend_from_slice(b"+0000");
}

/// Nanoseconds since the first event; an older one is at 0, or wraps as in sysdig.
fn since_first(moment: &Moment<'_>) -> u64 {
    if moment.has(Quirk::NegativeTimesWrap) { moment.event.ts.wrapping_sub(moment.first_ts) } else { moment.event.ts.saturating_sub(moment.first_ts) }
}

/// Nanoseconds between enter and exit: 0 on enter events; none where the capture does not say.
fn latency(moment: &Moment<'_>) -> Option<u64> {
    if moment.has(Quirk::LatencyOfLastEnter) {
        return Some(moment.applied.latency.unwrap_or(0));
    }
    if moment.has(Quirk::LatenciesAreZero) {
        return Some(0);
    }
    let is_call = table::event(moment.event.kind).is_some_and(|info| info.source == table::Source::Syscall);
    if moment.is_enter() { is_call.then_some(0) } else { moment.applied.latency }
}

fn latency_in_words<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let quirk = moment.has(Quirk::LatencyTextStays);
    let born = moment.thread().map(|thread| moment.state.threads().get(thread.thread).birth);
    let is_birth = matches!(born, Some(Birth::Cloned { row, .. }) if row == moment.row && moment.applied.enter.is_none());
    let latency = if quirk && (born.is_none() || is_birth || moment.event.kind == 290) {
        // One more than was shown last; 0 before there was anything.
        match field.kept.get().checked_sub(1) {
            Some(kept) => kept,
            None => return Some(Value::Text(b"")),
        }
    } else {
        latency(moment)?
    };
    if quirk {
        field.kept.set(latency.saturating_add(1));
    }
    duration_in_words(&mut scratch.text, latency);
    Some(Value::Text(&scratch.text))
}

/// `835ns`, `2.52ms`, `16us`, `13.00s`: two decimals of seconds and of what is below ten, cut and not rounded.
pub(super) fn duration_in_words(out: &mut Vec<u8>, nanoseconds: u64) {
    let (unit, word) = match nanoseconds {
        0..1_000 => {
            unsigned(out, nanoseconds);
            out.extend_from_slice(b"ns");
            return;
        }
        1_000..1_000_000 => (1_000, &b"us"[..]),
        1_000_000..1_000_000_000 => (1_000_000, &b"ms"[..]),
        _ => (1_000_000_000, &b"s"[..]),
    };
    let whole = nanoseconds / unit;
    unsigned(out, whole);
    if whole < 10 || word == b"s" {
        let hundredths = nanoseconds % unit / (unit / 100);
        out.push(b'.');
        out.push(b'0' + (hundredths / 10) as u8);
        out.push(b'0' + (hundredths % 10) as u8);
    }
    out.extend_from_slice(word);
}

/// Column of a heat map: the logarithm of a duration, ten columns a decade.
pub(super) fn quantized(nanoseconds: u64) -> Option<u64> {
    (nanoseconds > 0).then(|| ((nanoseconds as f64).log10().min(11.0) * 10.0) as u64 + 1)
}

/// Nanoseconds since this field was last evaluated.
fn delta<'v>(field: &Field, moment: &Moment<'_>, part: impl FnOnce(i128) -> i128) -> Value<'v> {
    let before = field.kept.replace(moment.event.ts);
    if before == 0 {
        return Value::Uint(0);
    }
    let delta = i128::from(moment.event.ts) - i128::from(before);
    if moment.has(Quirk::NegativeTimesWrap) {
        return Value::Uint(part(delta.rem_euclid(1 << 64)) as u64);
    }
    let delta = part(delta);
    u64::try_from(delta).map_or(Value::Int(delta as i64), Value::Uint)
}

/// What a call returned, where its first parameter says so.
pub(super) fn result(moment: &Moment<'_>) -> Option<i64> {
    if moment.is_enter() {
        return None;
    }
    let first = table::params(moment.event.kind, moment.printer.release).first()?;
    if !matches!(first.name, "res" | "fd" | "res_or_fd") {
        return None;
    }
    // brk returns an address, which is no result to the index.
    moment.applied.result.or_else(|| moment.event.params.int(0))
}

pub(super) fn failed(moment: &Moment<'_>) -> bool {
    result(moment).is_some_and(|result| result < 0)
}

fn result_in_words<'v>(moment: &Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let result = result(moment)?;
    if result >= 0 {
        return Some(Value::Text(b"SUCCESS"));
    }
    let ty = table::params(moment.event.kind, moment.printer.release).first().map(|first| first.ty);
    if matches!(ty, Some(ParamType::Int64 | ParamType::Int32 | ParamType::Pid)) {
        return text(scratch, |out| decimal(out, result));
    }
    if let Some(name) = u32::try_from(result.unsigned_abs()).ok().and_then(table::errno_name) {
        return Some(Value::Text(name.as_bytes()));
    }
    text(scratch, |out| decimal(out, result))
}

/// Bytes that an exit event says it moved: its result, when it works on a known descriptor. So do close, fcntl and ioctl,
/// whose results are no bytes.
fn moved(moment: &Moment<'_>) -> Option<u64> {
    let category = table::event(moment.event.kind)?.category;
    let is_io = matches!(category, Category::IoRead | Category::IoWrite | Category::IoOther);
    if moment.is_enter() || moment.applied.description == NONE || is_unlinked(moment) || !is_io {
        return None;
    }
    u64::try_from(result(moment)?).ok()
}

/// Sysdig 0.29.3 takes number 0 for what the first exit of a thread is about whose enter event it has not seen, but does
/// not look at it.
fn is_unlinked(moment: &Moment<'_>) -> bool {
    let applied = &moment.applied;
    moment.is_classic() && moment.has(Quirk::EnterMustBeLast) && !moment.is_enter() && applied.enter.is_none() && applied.latency.unwrap_or(0) == 0 && applied.fd == 0
}

/// Kind of what the event is about, as far as it was looked at.
fn kind_of(moment: &Moment<'_>) -> Option<FdKind> {
    descriptor::kind_of(moment).filter(|_| !is_unlinked(moment))
}

fn is_file(moment: &Moment<'_>) -> bool {
    kind_of(moment) == Some(FdKind::File)
}

fn is_inet(moment: &Moment<'_>) -> bool {
    kind_of(moment).is_some_and(FdKind::is_inet)
}

/// What a failure is counted as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blamed {
    File,
    Net,
    Memory,
    Other,
}

fn blamed(moment: &Moment<'_>) -> Blamed {
    match kind_of(moment) {
        Some(FdKind::File | FdKind::Directory) => return Blamed::File,
        Some(kind) if kind.is_inet() || kind == FdKind::Unix => return Blamed::Net,
        Some(_) => {}
        None => match moment.event.kind {
            3 | 59 | 103 | 307 | 327 | 337 => return Blamed::File,
            23 | 27 | 57 | 247 | 249 | 389 => return Blamed::Net,
            _ => {}
        },
    }
    match table::event(moment.event.kind).map(|info| info.category) {
        Some(Category::Memory) => Blamed::Memory,
        _ => Blamed::Other,
    }
}

/// `evt.category`.
fn category(moment: &Moment<'_>) -> &'static str {
    let Some(info) = table::event(moment.event.kind) else { return "unknown" };
    if moment.event.kind < 2 && moment.printer.release == Release::V0_29_3 {
        return calls::category(moment.printer.type_name(moment.event));
    }
    match info.category {
        Category::IoRead | Category::IoWrite | Category::IoOther => match kind_of(moment) {
            Some(FdKind::File | FdKind::Directory) => "file",
            Some(kind) if kind.is_inet() => "net",
            Some(FdKind::Fifo | FdKind::Unix | FdKind::Event | FdKind::Signal | FdKind::Inotify) => "ipc",
            _ => "unknown",
        },
        Category::Unknown => "unknown",
        Category::Other => "other",
        Category::File => "file",
        Category::Net => "net",
        Category::Ipc => "IPC",
        Category::Memory => "memory",
        Category::Process => "process",
        Category::Sleep => "sleep",
        Category::System => "system",
        Category::Signal => "signal",
        Category::User => "user",
        Category::Time => "time",
        Category::Wait => "wait",
        Category::Scheduler => "scheduler",
        Category::Internal => "internal",
    }
}

/// Parameter of an event that the recorder took from docker.
fn infra<'v>(moment: &'v Moment<'v>, index: usize) -> Option<Value<'v>> {
    (moment.event.kind == 286).then(|| moment.event.params.text(index)).flatten().map(Value::Text)
}

/// What the scope of a docker event says behind a word, up to the next comma.
fn docker<'v>(moment: &'v Moment<'v>, word: &str, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let Value::Text(scope) = infra(moment, 3)? else { return None };
    let at = scope.windows(word.len()).position(|part| part == word.as_bytes())?;
    let value = scope.get(at + word.len()..)?.split(|byte| *byte == b',').next()?;
    text(scratch, |out| out.extend_from_slice(value.trim_ascii()))
}

/// Whether values of a field are integers in JSON though they are texts elsewhere: points in time.
pub fn is_point_in_time(id: Id) -> bool {
    matches!(id, Id::EvtOutputtime | Id::EvtTime | Id::EvtTimeS | Id::EvtTimeIso8601 | Id::EvtDatetime | Id::EvtDatetimeS)
}
