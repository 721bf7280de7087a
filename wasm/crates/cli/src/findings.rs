//! `scapscope findings`: what is worth a look, each in one sentence.

use std::ffi::OsString;

use lexopt::Arg::{Long, Short, Value};

use crate::Problem;
use crate::conversations::{open, status};
use crate::output::{self, Output};

const HELP: &str = "\
Says what is worth a look in the conversations of a capture, the gravest first.

Usage: scapscope findings FILE... [--json]

Options:
      --json  one object a line
";

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
    let findings = session.findings(&mut files)?;
    let mut output = Output::new();
    for finding in &findings {
        if json {
            output.line().extend_from_slice(serde_json::to_string(finding)?.as_bytes());
        } else {
            let severity = format!("{:?}", finding.severity).to_lowercase();
            output.line().extend_from_slice(format!("{severity:<8} {}", finding.sentence).as_bytes());
        }
        output.line_done();
    }
    if findings.is_empty() && !json {
        output.line().extend_from_slice(b"Nothing stands out in the conversations of this capture.");
        output.line_done();
    }
    output.flush();
    Ok(status(&session))
}
