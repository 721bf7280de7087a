//! `scapscope explain`: how a filter is evaluated, and what it selects.

use std::ffi::OsString;
use std::time::Instant;

use lexopt::Arg::{Long, Short, Value};

use crate::Problem;
use crate::conversations::{open, status};
use crate::output::{self, Output};
use crate::sysdig::mistake;

const HELP: &str = "\
Says how a filter is evaluated over a capture: its checks in the order in which they are asked, what each is asked of, and how
many events pass. The time is that of the filter alone, after indexing.

Usage: scapscope explain FILE FILTER
";

pub fn run(mut parser: lexopt::Parser) -> Result<u8, Problem> {
    let mut words: Vec<OsString> = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Value(word) => words.push(word),
            Short('h') | Long("help") => {
                output::say(HELP);
                return Ok(0);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let Some((name, words)) = words.split_first() else { return Err("no capture given".into()) };
    let text = words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let read = filter::Filter::new(text.as_bytes(), model::Quirks::NONE).map_err(|error| mistake(text.as_bytes(), &error))?;
    let (mut session, mut files) = open(std::slice::from_ref(name))?;
    let id = session.filter(&text).map_err(|error| mistake(text.as_bytes(), &error))?;
    let begun = Instant::now();
    let count = session.run_filter(id, &mut files, &mut || false)?;
    let took = begun.elapsed();
    let mut output = Output::new();
    let mut line = |text: String| {
        output.line().extend_from_slice(text.as_bytes());
        output.line_done();
    };
    line(if read.is_empty() { "every event".to_owned() } else { read.text().to_owned() });
    for notice in read.notices() {
        line(format!("  note: {}", notice.message));
    }
    for step in session.explain_filter(id) {
        line(format!("  {}: {}", step.text, step.asked));
    }
    line(format!("{} events and {} calls pass, found in {:.3} ms", count.events, count.calls, took.as_secs_f64() * 1e3));
    output.flush();
    Ok(status(&session))
}
