//! Events as text, the way sysdig prints them: parameters, info, times and whole lines.
//!
//! Everything is appended to a buffer that the caller keeps, so that a line costs no allocation. What a text needs of the
//! machine's state it asks of a [`View`]; it keeps none itself. Faults of sysdig are copied only where [`Quirks`] say so.

pub mod address;
pub mod buffer;
pub mod number;
pub mod path;
pub mod time;
mod value;
mod words;

#[cfg(test)]
mod tests;

use scap::Event;

use crate::quirk::{Quirk, Quirks};
use crate::table::{self, EventFlags, ParamInfo, ParamType, Release};
use crate::view::View;
use value::Place;

pub use buffer::BufferFormat;
pub use time::{Clock, TimeMode, Zone};
pub use words::{errno_words, signal_words};

const GENERIC_ENTER: u16 = 0;
const GENERIC_EXIT: u16 = 1;

/// How events are printed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Printer {
    /// Whose names, types and numbers of parameters are printed.
    pub release: Release,
    /// Which faults of sysdig are copied.
    pub quirks: Quirks,
    /// How data buffers are printed.
    pub buffers: BufferFormat,
    /// Data buffers are not cut (`-v`).
    pub verbose: bool,
    /// What stands for the time of an event.
    pub time: TimeMode,
    /// Local time.
    pub zone: Zone,
    /// How much of a path is printed; [`Printer::room_after`] moves it on.
    pub room: Room,
}

/// Size in bytes of the buffer that sysdig keeps for the text of a parameter. It grows with what has been printed and never
/// shrinks, and path arguments are cut to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(1024)
    }
}

/// What a line says of an event that does not stand in the event itself.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    /// Event number.
    pub number: u64,
    /// Its time, and those it is measured against.
    pub clock: Clock,
    /// Short name of the thread; `None` prints `<NA>`.
    pub comm: Option<&'a [u8]>,
    /// Thread id.
    pub tid: i64,
    /// Name of the descriptor the event writes to, see [`crate::State::written_name`]; empty when there is none.
    pub fd_name: &'a [u8],
}

/// One parameter, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamText {
    /// Its name.
    pub name: &'static str,
    /// How it is encoded.
    pub ty: ParamType,
    /// The value as text.
    pub raw: Vec<u8>,
    /// What the value stands for: flag names, a file name, a command. Empty when it stands for itself.
    pub resolved: Vec<u8>,
    /// The errno or signal in words.
    pub meaning: Option<&'static str>,
}

impl Printer {
    /// A printer that prints what sysdig of a release prints, faults included.
    pub fn like_sysdig(release: Release) -> Self {
        Self { release, quirks: Quirks::ALL, ..Self::default() }
    }

    /// Name of the event type. Calls without an event of their own are printed by the name of the call.
    pub fn type_name(&self, event: &Event<'_>) -> &'static str {
        match event.kind {
            GENERIC_ENTER | GENERIC_EXIT => self.call_name(event),
            kind => table::event(kind).map_or("unknown", |info| info.name),
        }
    }

    fn call_name(&self, event: &Event<'_>) -> &'static str {
        let code = event.params.uint(0).and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
        if code != 0 {
            return table::syscall_name(code, self.release).unwrap_or("<unknown syscall>");
        }
        if self.release == Release::V0_29_3 {
            return "<unknown>";
        }
        let native = event.params.uint(1).and_then(|number| u16::try_from(number).ok());
        native.and_then(table::native_syscall_name).unwrap_or("unknown")
    }

    /// Appends all parameters as `name=value `, the value with what it stands for in parentheses.
    pub fn args(&self, out: &mut Vec<u8>, event: &Event<'_>, view: &dyn View) {
        // The parameters of calls without an event of their own are for internal use.
        if matches!(event.kind, GENERIC_ENTER | GENERIC_EXIT) {
            return;
        }
        let specs = table::params(event.kind, self.release);
        for (index, (spec, bytes)) in specs.iter().zip(event.params.iter()).enumerate() {
            out.extend_from_slice(spec.name.as_bytes());
            out.push(b'=');
            self.value(out, spec, Place { event, index, view }, bytes);
            out.push(b' ');
        }
        if self.release == Release::Libs0_25_4 && !specs.is_empty() && !event.params.is_empty() {
            out.pop();
        }
    }

    /// Appends what stands at the end of a line: the parameters, or a message to the system log in words
    /// (the newest library has parameters only).
    ///
    /// `fd_name` is the name of the descriptor the event works on.
    pub fn info(&self, out: &mut Vec<u8>, event: &Event<'_>, view: &dyn View, fd_name: &[u8]) {
        if self.release != Release::Libs0_25_4
            && event.kind % 2 == 1
            && !fd_name.is_empty()
            && table::flags(event.kind, self.release).has(EventFlags::WRITES_TO_FD)
            && let Some((severity, message)) = log_message(event, fd_name, self.release == Release::V0_29_3 && self.quirks.has(Quirk::AnyPrefixIsAPriority))
        {
            out.extend_from_slice(b"syslog sev=");
            out.extend_from_slice(severity.as_bytes());
            out.extend_from_slice(b" msg=");
            out.extend_from_slice(message);
            return;
        }
        self.args(out, event, view);
    }

    /// Appends the time of an event.
    pub fn time(&self, out: &mut Vec<u8>, clock: Clock) {
        match self.time {
            TimeMode::TimeOfDay => time::time_of_day(out, clock.ts, self.zone),
            TimeMode::Absolute if self.quirks.has(Quirk::EpochFractionsAreNotPadded) => {
                time::seconds_unpadded(out, clock.ts);
            }
            TimeMode::Absolute => time::seconds(out, clock.ts),
            TimeMode::Relative => self.between(out, clock.ts, clock.first),
            TimeMode::Latency if self.release == Release::Libs0_25_4 && self.quirks.has(Quirk::LatenciesAreZero) => {
                time::seconds(out, 0);
            }
            TimeMode::Latency => time::seconds(out, clock.latency),
            TimeMode::Delta => self.between(out, clock.ts, clock.before.unwrap_or(clock.ts)),
        }
    }

    fn between(&self, out: &mut Vec<u8>, ts: u64, before: u64) {
        time::between(out, ts, before, self.quirks.has(Quirk::NegativeTimesWrap));
    }

    /// Appends a whole line in the default format, without a line end: number, time, cpu, process, thread, direction,
    /// type and info.
    pub fn line(&self, out: &mut Vec<u8>, event: &Event<'_>, heading: &Heading<'_>, view: &dyn View) {
        number::unsigned(out, heading.number);
        out.push(b' ');
        self.time(out, heading.clock);
        out.push(b' ');
        number::unsigned(out, u64::from(event.cpu));
        out.push(b' ');
        out.extend_from_slice(heading.comm.unwrap_or(b"<NA>"));
        out.extend_from_slice(b" (");
        number::decimal(out, heading.tid);
        out.extend_from_slice(if event.kind.is_multiple_of(2) { b") > " } else { b") < " });
        out.extend_from_slice(self.type_name(event).as_bytes());
        out.push(b' ');
        self.info(out, event, view, heading.fd_name);
    }

    /// The room for paths after this event has been printed, for those who print like sysdig.
    pub fn room_after(&self, event: &Event<'_>) -> Room {
        let Room(mut room) = self.room;
        if self.release == Release::Libs0_25_4
            || !self.quirks.has(Quirk::LongPathArgumentsAreCut)
            // No format makes five characters of a byte.
            || (event.block_len as usize).saturating_mul(5) < room
        {
            return self.room;
        }
        for (spec, bytes) in table::params(event.kind, self.release).iter().zip(event.params.iter()) {
            match spec.ty {
                ParamType::Charbuf => room = room.max(bytes.len()),
                ParamType::Bytebuf => {
                    let needed = buffer::text_len(bytes, self.buffers);
                    while needed + 1 >= room {
                        room *= 2;
                    }
                }
                _ => {}
            }
        }
        Room(room)
    }

    /// One parameter by its index, also those that a newer recorder added. `None` when the event has fewer.
    pub fn param(&self, event: &Event<'_>, index: usize, view: &dyn View) -> Option<ParamText> {
        let spec = self.spec(event.kind, index)?;
        let bytes = event.params.get(index)?;
        let mut raw = Vec::new();
        let end = self.value(&mut raw, spec, Place { event, index, view }, bytes);
        let resolved = raw.get(end + 1..raw.len().saturating_sub(1)).unwrap_or(&[]).to_vec();
        raw.truncate(end);
        Some(ParamText { name: spec.name, ty: spec.ty, raw, resolved, meaning: meaning(spec.ty, event, index) })
    }

    /// Appends parameter `index` as `raw(resolved)` and says where the raw text ends, for those who only want one of the
    /// two. `None` when the event has fewer parameters or the release does not know that many.
    pub fn append_param(&self, out: &mut Vec<u8>, event: &Event<'_>, index: usize, view: &dyn View) -> Option<usize> {
        let spec = table::params(event.kind, self.release).get(index)?;
        let bytes = event.params.get(index)?;
        Some(self.value(out, spec, Place { event, index, view }, bytes))
    }

    fn spec(&self, kind: u16, index: usize) -> Option<&'static ParamInfo> {
        let newest = || table::event(kind).and_then(|info| info.params().get(index));
        table::params(kind, self.release).get(index).or_else(newest)
    }
}

/// The errno or signal that a parameter holds, in words.
fn meaning(ty: ParamType, event: &Event<'_>, index: usize) -> Option<&'static str> {
    let value = event.params.int(index)?;
    match ty {
        ParamType::Errno | ParamType::Fd if value < 0 => {
            let is_result = index == 0 && event.kind % 2 == 1;
            (ty == ParamType::Errno || is_result).then(|| errno_words((value as i32).unsigned_abs()))?
        }
        ParamType::Sigtype => signal_words(u8::try_from(value).ok()?),
        _ => None,
    }
}

/// What the name of the system log's socket contains.
pub(crate) const LOG_SOCKET: &[u8] = b"/dev/log";

/// Severity and text of a message that was written to the system log's socket. `loose`: whatever its first character is.
fn log_message<'a>(event: &Event<'a>, fd_name: &[u8], loose: bool) -> Option<(&'static str, &'a [u8])> {
    const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];
    /// Most digits that sysdig reads.
    const DIGITS: usize = 15;
    if !fd_name.windows(LOG_SOCKET.len()).any(|part| part == LOG_SOCKET) || event.params.int(0)? < 0 {
        return None;
    }
    let params = table::event(event.kind)?.params();
    let data = event.params.get(params.iter().position(|param| param.ty == ParamType::Bytebuf)?)?;
    let (first, rest) = data.split_first()?;
    let digits = if loose {
        rest.iter().take(DIGITS).take_while(|byte| !matches!(byte, b'>' | 0)).count()
    } else {
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let (digits, rest) = rest.split_at_checked(digits)?;
    let (end, message) = rest.split_first()?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let priority = if loose {
        // All ones mean that there is none.
        digits.iter().fold(0u32, |sum, digit| sum.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'))).checked_add(1)? - 1
    } else if *first == b'<' && *end == b'>' {
        std::str::from_utf8(digits).ok()?.parse().ok()?
    } else {
        return None;
    };
    let message = message.split(|byte| *byte == 0).next().unwrap_or(message);
    Some((SEVERITIES[(priority % 8) as usize], message))
}
