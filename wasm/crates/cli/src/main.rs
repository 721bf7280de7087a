//! The `scapscope` command: the same engine as the page, in a terminal.

mod conversations;
mod explain;
mod findings;
mod follow;
mod info;
mod input;
mod output;
mod sysdig;
mod tally;

use std::process::ExitCode;

use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt as _;

const HELP: &str = "\
Reads sysdig captures (.scap).

Usage: scapscope COMMAND

Commands:
  sysdig -r FILE   print events as sysdig prints them
  info FILE        what a capture holds
  conversations FILE   who talks to whom
  follow FILE KEY[~LIFE]   one of these, call by call
  findings FILE    what is worth a look in that
  explain FILE FILTER   how a filter is evaluated

Options:
  -h, --help       help, also for a command
      --version    version
";

fn main() -> ExitCode {
    let status = run().unwrap_or_else(|problem| {
        output::warn(&format!("scapscope: {problem}\n"));
        1
    });
    ExitCode::from(status)
}

/// What went wrong, in one sentence. What is wrong with a file is no such problem: reading goes on.
type Problem = Box<dyn std::error::Error>;

fn run() -> Result<u8, Problem> {
    let mut parser = lexopt::Parser::from_env();
    match parser.next()? {
        Some(Value(command)) => match command.string()?.as_str() {
            "sysdig" => sysdig::run(parser),
            "info" => info::run(parser),
            "conversations" => conversations::run(parser),
            "explain" => explain::run(parser),
            "findings" => findings::run(parser),
            "follow" => follow::run(parser),
            other => Err(format!("unknown command {other:?}; `scapscope --help` lists them").into()),
        },
        Some(Long("version")) => {
            output::say(concat!("scapscope ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(0)
        }
        Some(Short('h') | Long("help")) => {
            output::say(HELP);
            Ok(0)
        }
        Some(other) => Err(other.unexpected().into()),
        None => {
            output::warn(HELP);
            Ok(1)
        }
    }
}
