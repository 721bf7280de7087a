//! `scapscope follow`: one conversation, call by call.

use std::ffi::OsString;
use std::io::Write;

use engine::conversations::calls::call_flag;
use engine::conversations::{CallWindow, Protocol, Wanted};
use engine::span::span;
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt as _;

use crate::Problem;
use crate::conversations::{open, status};
use crate::output::{self, Output};

const HELP: &str = "\
Prints one conversation, both sides of it, call by call.

Usage: scapscope follow FILE... KEY[~LIFE] [--decode PROTOCOL|--hex|--ascii]

Keys and lives are those that `scapscope conversations` prints.

Options:
      --decode PROTOCOL  fastcgi, http or statsd, whatever the bytes look like
      --ascii            the bytes of each call as text
      --hex              the bytes of each call as hexadecimal and text
";

/// How the bytes are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Labels,
    Ascii,
    Hex,
}

pub fn run(mut parser: lexopt::Parser) -> Result<u8, Problem> {
    let mut names: Vec<OsString> = Vec::new();
    let mut shown = Shown::Labels;
    let mut protocol = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Value(name) => names.push(name),
            Long("ascii") => shown = Shown::Ascii,
            Long("hex") => shown = Shown::Hex,
            Long("decode") => {
                let word = parser.value()?.string()?;
                protocol = Some(Protocol::from_word(&word).ok_or_else(|| format!("no decoder {word:?}; there are fastcgi, http, statsd"))?);
            }
            Short('h') | Long("help") => {
                output::say(HELP);
                return Ok(0);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let Some(key) = names.pop().filter(|_| !names.is_empty()) else { return Err("a capture and a key are needed".into()) };
    let wanted = Wanted::parse(&key.to_string_lossy());
    let (mut session, mut files) = open(&names)?;
    let Some(detail) = session.conversation_detail(&wanted, &mut files)? else {
        return Err(format!("no conversation {}; `scapscope conversations` lists them", key.display()).into());
    };
    let mut output = Output::new();
    let line = &detail.line;
    let name = |side: usize| {
        let holders = line.ends.get(side).map_or(&[][..], Vec::as_slice);
        let names: Vec<String> = holders.iter().map(|holder| format!("{} ({})", holder.comm, holder.pid)).collect();
        if names.is_empty() { "?".to_owned() } else { names.join(", ") }
    };
    let life = line.life.map_or_else(|| "failed connect".to_owned(), |life| format!("life {life} of {}", detail.lives.len()));
    put(&mut output, &format!("{} {} {life} {}", line.family, line.key, line.path));
    put(&mut output, &format!("> {}", name(0)));
    put(&mut output, &format!("< {}", name(1)));
    for word in &line.inferred {
        put(&mut output, &format!("  {word}"));
    }
    const WINDOW: usize = 4096;
    let mut first = 0;
    while let Some(window) = session.conversation_calls(&wanted, first, WINDOW, protocol, 0, &mut files)? {
        if window.row.is_empty() {
            break;
        }
        for at in 0..window.row.len() {
            put(&mut output, &text_of(&window, at));
            let param = window.param.get(at).copied().unwrap_or(-1.0);
            let exit = window.exit_row.get(at).copied().unwrap_or(u32::MAX);
            if shown != Shown::Labels && param >= 0.0 && exit != u32::MAX
                && let Some(bytes) = session.bytes(exit, param as usize, &mut files)?
            {
                dump(&mut output, &bytes, shown);
            }
        }
        first += window.row.len() as u64;
    }
    for finding in &detail.findings {
        put(&mut output, &format!("! {}", finding.sentence));
    }
    output.flush();
    Ok(status(&session))
}

fn put(output: &mut Output, text: &str) {
    output.line().extend_from_slice(text.as_bytes());
    output.line_done();
}

fn text_of(window: &CallWindow, at: usize) -> String {
    let number = |column: &[f64]| column.get(at).copied().filter(|value| !value.is_nan());
    let text = |column: &[String]| column.get(at).cloned().unwrap_or_default();
    let flags = window.flags.get(at).copied().unwrap_or(0);
    let num = |value: Option<f64>, sections: &[u32]| match (value, sections.get(at)) {
        (None, _) => "-".to_owned(),
        (Some(value), Some(section)) if *section > 0 => format!("{section}.{value:.0}"),
        (Some(value), _) => format!("{value:.0}"),
    };
    let mut line = format!(
        "{} {:>8} {:>8} {:>15} {:<18} {:<10}",
        if window.side.get(at) == Some(&0) { ">" } else { "<" },
        num(number(&window.num), &window.section),
        num(number(&window.exit_num), &window.exit_section),
        number(&window.ns).map_or_else(|| "-".to_owned(), |ns| format!("{:.9}", ns / 1e9)),
        text(&window.process),
        text(&window.syscall),
    );
    if let Some(requested) = number(&window.requested) {
        line.push_str(&format!(" asked {requested:.0}"));
    }
    match number(&window.returned) {
        Some(_) if flags & call_flag::REFUSED != 0 => line.push_str(&format!(" {} ✗", text(&window.errno))),
        Some(_) if !text(&window.errno).is_empty() => line.push_str(&format!(" {}", text(&window.errno))),
        Some(returned) => line.push_str(&format!(" got {returned:.0}")),
        None if flags & call_flag::OPEN != 0 => line.push_str(" did not return"),
        None => {}
    }
    if let (Some(captured), Some(returned)) = (number(&window.captured), number(&window.returned))
        && returned > captured
        && flags & (call_flag::WRITES | call_flag::READS) != 0
    {
        line.push_str(&format!(" ({captured:.0} captured)"));
    }
    if let Some(latency) = number(&window.latency_ns) {
        line.push_str(&format!(" {}", span(latency as i64)));
    }
    if let Some(unread) = number(&window.unread).filter(|unread| *unread > 0.0) {
        line.push_str(&format!(" {unread:.0} unread"));
    }
    let label = text(&window.label);
    if !label.is_empty() {
        line.push_str("  ");
        line.push_str(&label);
        if flags & call_flag::INFERRED != 0 {
            line.push_str(" (inferred)");
        }
    }
    line
}

fn dump(output: &mut Output, bytes: &[u8], shown: Shown) {
    let dots = |bytes: &[u8]| -> String { bytes.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' }).collect() };
    if shown == Shown::Ascii {
        for line in bytes.split(|byte| *byte == b'\n') {
            put(output, &format!("    {}", dots(line)));
        }
        return;
    }
    for (at, row) in bytes.chunks(16).enumerate() {
        let line = output.line();
        // Writing to a vector cannot fail.
        let _ = write!(line, "    {:08x} ", at * 16);
        for byte in row {
            let _ = write!(line, " {byte:02x}");
        }
        let _ = write!(line, "{:width$}  {}", "", dots(row), width = (16 - row.len()) * 3);
        output.line_done();
    }
}
