//! Reads captures the way the command does: state first, then text.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use model::state::NONE;
use model::table::EventTable;
use model::text::{Clock, Heading, Printer, TimeMode};
use model::{Applied, Quirks, Row, State, View};
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Inflate, Inflated, Limits, Reader, Sink};

/// Folder of the whole project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The captures that the project ships, by path.
pub fn shipped() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["public/samples", "wasm/captures"]
        .iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).expect("the folder is there"))
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.to_string_lossy().contains(".scap"))
        .collect();
    found.sort();
    assert!(found.len() >= 10, "the shipped captures must be there");
    found
}

/// File name without its endings.
pub fn stem(path: &Path) -> String {
    let name = path.file_name().expect("a capture has a name").to_string_lossy();
    name.split(".scap").next().unwrap_or(&name).to_owned()
}

#[derive(Default)]
struct Bytes(Vec<u8>);

impl Inflated for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn damage(&mut self, damage: Damage) {
        panic!("a shipped capture is damaged: {damage:?}");
    }
}

/// A capture without its packing.
pub fn inflated(path: &Path) -> Vec<u8> {
    let mut bytes = Bytes::default();
    let mut inflate = Inflate::new();
    inflate.push(&fs::read(path).expect("the capture can be read"), &mut bytes);
    inflate.finish(&mut bytes);
    bytes.0
}

/// The capture of this name among the shipped ones.
pub fn sample(name: &str) -> Vec<u8> {
    inflated(&shipped().into_iter().find(|path| stem(path) == name).expect("it is shipped"))
}

struct Walk<F> {
    state: State,
    row: Row,
    each: F,
}

impl<F: FnMut(&State, Row, &Event<'_>, Applied)> Sink for Walk<F> {
    fn section(&mut self, section: &Section) {
        self.state.section(section, self.row);
    }
    fn machine(&mut self, machine: &Machine) {
        self.state.machine(machine, self.row);
    }
    fn process(&mut self, process: &Process<'_>) {
        self.state.process(process, self.row);
    }
    fn fd(&mut self, tid: i64, fd: &Fd<'_>) {
        self.state.fd(tid, fd, self.row);
    }
    fn interface(&mut self, interface: &Interface) {
        self.state.interface(interface);
    }
    fn user(&mut self, user: &User<'_>) {
        self.state.user(user, self.row);
    }
    fn group(&mut self, group: &Group<'_>) {
        self.state.group(group, self.row);
    }
    fn event(&mut self, event: &Event<'_>) {
        let applied = self.state.apply(self.row, event);
        (self.each)(&self.state, self.row, event, applied);
        self.row += 1;
    }
    fn damage(&mut self, damage: Damage) {
        panic!("the capture is damaged: {damage:?}");
    }
}

/// Applies every event of a capture and shows each the moment it has been applied. Answers what is known at the end.
pub fn walk(bytes: &[u8], quirks: Quirks, each: impl FnMut(&State, Row, &Event<'_>, Applied)) -> State {
    let mut walk = Walk { state: State::new(quirks), row: 0, each };
    let mut reader = Reader::<EventTable>::new(Limits::default());
    reader.push(bytes, &mut walk);
    reader.finish(&mut walk);
    walk.state
}

/// Appends the line of one event, as a view and the name of the event's descriptor have it.
pub fn line(out: &mut Vec<u8>, printer: &Printer, state: &State, event: &Event<'_>, applied: &Applied, clock: Clock, (view, fd_name): (&dyn View, &[u8])) {
    let heading = Heading {
        number: applied.number.unwrap_or(0),
        clock,
        comm: (applied.version != NONE).then(|| state.text(state.version(applied.version).comm)),
        tid: event.tid,
        fd_name,
    };
    printer.line(out, event, &heading, view);
}

/// Name of the descriptor whose writes may be messages to the system log.
pub fn fd_name(state: &State, applied: &Applied) -> Vec<u8> {
    state.written_name(applied).to_vec()
}

/// What is asked of the state at each event, to stand behind its line.
pub type Ask = fn(&State, &Event<'_>, &Applied) -> String;

/// Nothing is asked.
pub const NOTHING: Ask = |_, _, _| String::new();

/// The lines of a capture drawn as text, without number, time and CPU: `cat (10) < open fd=3(<f>/x) name=/x`.
pub fn lines(drawn: &str, quirks: Quirks) -> Vec<String> {
    shown(drawn, quirks, TimeMode::TimeOfDay, NOTHING)
}

/// The same with a time before and an answer behind each line.
pub fn shown(drawn: &str, quirks: Quirks, time: TimeMode, ask: Ask) -> Vec<String> {
    let mut lines = Vec::new();
    let mut first = None;
    let mut before = None;
    walk(&testkit::capture_from_text(drawn), quirks, |state, _, event, applied| {
        if !applied.printed {
            return;
        }
        let printer = Printer { release: state.release(), quirks: state.quirks(), time, ..Printer::default() };
        let clock =
            Clock { ts: event.ts, first: *first.get_or_insert(event.ts), before, latency: applied.latency.unwrap_or(0) };
        before = Some(event.ts);
        let mut text = Vec::new();
        line(&mut text, &printer, state, event, &applied, clock, (&state.live(applied.version), &fd_name(state, &applied)));
        let text = String::from_utf8_lossy(&text);
        let mut columns = text.splitn(4, ' ');
        let (when, rest) = (columns.nth(1).unwrap_or(""), columns.nth(1).unwrap_or(""));
        let when = if time == TimeMode::TimeOfDay { String::new() } else { format!("{when} ") };
        lines.push(format!("{when}{}{}", rest.trim_end(), ask(state, event, &applied)));
    });
    lines
}

/// What is known at the end of a capture drawn as text.
pub fn state(drawn: &str, quirks: Quirks) -> State {
    walk(&testkit::capture_from_text(drawn), quirks, |_, _, _, _| {})
}
