//! `scapscope findings`: what is worth a look, each in one sentence.

use std::ffi::OsString;

use lexopt::Arg::{Long, Short, Value};

use crate::Problem;
use crate::conversations::{open, status};

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
                print!("{HELP}");
                return Ok(0);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let (mut session, mut files) = open(&names)?;
    let findings = session.findings(&mut files)?;
    for finding in &findings {
        if json {
            println!("{}", serde_json::to_string(finding)?);
        } else {
            let severity = format!("{:?}", finding.severity).to_lowercase();
            println!("{severity:<8} {}", finding.sentence);
        }
    }
    if findings.is_empty() && !json {
        println!("Nothing stands out in the conversations of this capture.");
    }
    Ok(status(&session))
}
