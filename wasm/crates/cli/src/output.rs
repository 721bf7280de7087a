//! Standard output through one buffer, written in large pieces.

use std::io::{self, StdoutLock, Write};
use std::process;

/// Bytes that are gathered before they are written.
const FULL: usize = 64 << 10;

/// Standard output.
pub struct Output {
    buffer: Vec<u8>,
    stdout: StdoutLock<'static>,
}

impl Output {
    pub fn new() -> Self {
        Self { buffer: Vec::with_capacity(2 * FULL), stdout: io::stdout().lock() }
    }

    /// Where the next line goes; [`Output::line_done`] follows.
    pub fn line(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// A line is complete.
    pub fn line_done(&mut self) {
        self.buffer.push(b'\n');
        if self.buffer.len() >= FULL {
            self.flush();
        }
    }

    /// Writes what has been gathered. When nobody reads any more the program ends, as a signal would end it.
    pub fn flush(&mut self) {
        let written = self.stdout.write_all(&self.buffer).and_then(|()| self.stdout.flush());
        self.buffer.clear();
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => process::exit(128 + 13),
            Err(error) => {
                warn(&format!("scapscope: can't write to standard output: {error}\n"));
                process::exit(1);
            }
        }
    }
}

/// Prints a text at once.
pub fn say(text: &str) {
    let mut output = Output::new();
    output.line().extend_from_slice(text.as_bytes());
    output.flush();
}

/// Writes to standard error. Nothing can be said where nobody reads it.
pub fn warn(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
