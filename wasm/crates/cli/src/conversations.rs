//! `scapscope conversations`: who talks to whom.

use std::ffi::OsString;
use std::fs::File;

use engine::conversations::ConversationLine;
use engine::{Files, Options, Session};
use lexopt::Arg::{Long, Short, Value};
use scap::{Damage, Inflate};

use crate::Problem;
use crate::input::{self, Input, Taker};
use crate::output::{self, Output};

const HELP: &str = "\
Lists who talks to whom: unix sockets, pipes, TCP and UDP, both sides of each joined.

Usage: scapscope conversations FILE... [--json]

Several files are the parts of one rolled capture, in order of time.

Options:
      --json  one object a line
";

/// A session fed from files.
struct Reading(Session);

impl Taker for Reading {
    fn take(&mut self, bytes: &[u8]) -> bool {
        self.0.push(bytes)
    }

    fn damage(&mut self, damage: Damage) {
        self.0.damage(damage);
    }
}

/// Opens the parts of a capture and indexes them.
pub fn open(names: &[OsString]) -> Result<(Session, Files<File>), Problem> {
    if names.is_empty() {
        return Err("no capture given".into());
    }
    // Natively nothing ends at 4 GiB.
    let mut reading = Reading(Session::new(Options { limit: u64::MAX, ..Options::default() }));
    let mut files = Files::default();
    for name in names {
        if name == "-" {
            return Err("a capture from standard input cannot be read again; save it first".into());
        }
        let mut input = Input::open(name)?;
        reading.0.next_file(&name.to_string_lossy());
        let points = input::read(&mut input, Inflate::new(), &mut reading)
            .map_err(|error| format!("can't read {}: {error}", name.display()))?;
        files.push(File::open(name)?, points);
    }
    let mut session = reading.0;
    session.finish();
    Ok((session, files))
}

/// 1 when the capture is damaged.
pub fn status(session: &Session) -> u8 {
    u8::from(session.summary().damage.iter().any(|damage| damage.kind != "unknown-block"))
}

pub fn run(mut parser: lexopt::Parser) -> Result<u8, Problem> {
    let mut names: Vec<OsString> = Vec::new();
    let mut json = false;
    while let Some(arg) = parser.next()? {
        match arg {
            Value(name) => names.push(name),
            Long("json") => json = true,
            Short('h') | Long("help") => {
                output::say(HELP);
                return Ok(0);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let (mut session, mut files) = open(&names)?;
    let mut output = Output::new();
    let mut problem = None;
    session.conversation_lines(&mut files, &mut |line| {
        if json {
            match serde_json::to_string(&line) {
                Ok(text) => output.line().extend_from_slice(text.as_bytes()),
                Err(error) => problem = Some(error),
            }
        } else {
            output.line().extend_from_slice(text_of(&line).as_bytes());
        }
        output.line_done();
    })?;
    output.flush();
    if let Some(problem) = problem {
        return Err(problem.into());
    }
    Ok(status(&session))
}

fn text_of(line: &ConversationLine) -> String {
    let name = |side: usize| {
        let known = line.ends.get(side).map_or(&[][..], Vec::as_slice);
        let who = known.iter().find(|holder| holder.io).or_else(|| known.first());
        who.map_or_else(|| "?".to_owned(), |holder| format!("{} ({})", holder.comm, holder.pid))
    };
    let life = line.life.map_or_else(|| "failed".to_owned(), |life| format!("~{life}"));
    let bytes = |value: Option<u64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    let [there, back] = &line.dir;
    let mut text = format!(
        "{} {}{}  {} -> {}  {}/{} B there, {}/{} B back",
        line.family,
        line.key,
        if line.life.is_some() { life } else { format!(" {life}") },
        name(0),
        name(1),
        bytes(there.read),
        bytes(there.written),
        bytes(back.read),
        bytes(back.written),
    );
    if !line.path.is_empty() {
        text.push_str("  ");
        text.push_str(&line.path);
    }
    for failure in &line.failures {
        text.push_str(&format!("  {} {} #{}", failure.call, failure.errno, failure.exit.unwrap_or(0)));
    }
    text
}
