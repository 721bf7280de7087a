//! `scapscope sysdig`: prints what `sysdig -r` prints. No index is made; each event is printed once it has been applied.

use std::cell::Cell;
use std::ffi::OsString;

use filter::fields::Scratch;
use filter::format::{self, Format};
use filter::moment::Moment;
use filter::{Filter, FilterError, Rooms};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt as _;
use model::state::NONE;
use model::table::{EventTable, Release};
use model::text::{BufferFormat, Clock, Heading, Printer, TimeMode, Zone};
use model::quirk::Quirk;
use model::{Applied, Quirks, Row, State};
use scap::damage::DamageKind;
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Inflate, Limits, Reader, Sink};

use crate::Problem;
use crate::input::{self, Input, Taker};
use crate::output::{self, Output};
use crate::tally::Tally;

const HELP: &str = "\
Prints the events of captures as sysdig prints them.

Usage: scapscope sysdig -r FILE... [OPTIONS] [FILTER]

Options:
  -r FILE    capture to read, several one after the other; - is standard input
  -n N       stop after N events; those that are not shown count too
  -t MODE    time: h of day (default), a since the epoch, r since the first event,
             d between enter and exit, D since the event before
  -p FORMAT  print fields: text with %field in it, * before it keeps lines that miss one; -pc with
             containers, -pk with pods, -pm with tasks, -pp shows the format that is used
  -j         JSON: an object a line
  -l         list the fields, with -v also what they are compared as
  -A         data buffers as text
  -x         data buffers in hexadecimal
  -X         data buffers in hexadecimal and text
  -b         data buffers in base64
  -v         don't cut data buffers; sums at the end on standard error
  -S         a table of the most frequent events at the end
  -q         print no events
  -d         -n and -S count also events that the filter rejects; what is known of processes and files depends on no filter
  --right    print what is right also where sysdig is known to be wrong

FILTER is written as for sysdig; docs/filter.md has the whole language. Several words are one filter.
";

#[derive(Clone, Default)]
struct Options {
    limit: Option<u64>,
    time: TimeMode,
    buffers: BufferFormat,
    verbose: bool,
    quiet: bool,
    table: bool,
    json: bool,
    right: bool,
    /// The filter picks from what is read: `-n` and `-S` count the events before it, and those that are never shown it does not see.
    shown_only: bool,
    /// As it was written.
    filter: Vec<u8>,
}

/// Options: the long name, and the letter for it.
const NAMES: [(&str, Option<char>); 16] = [
    ("read", Some('r')),
    ("numevents", Some('n')),
    ("timetype", Some('t')),
    ("print", Some('p')),
    ("json", Some('j')),
    ("list", Some('l')),
    ("print-ascii", Some('A')),
    ("print-hex", Some('x')),
    ("print-hex-ascii", Some('X')),
    ("print-base64", Some('b')),
    ("verbose", Some('v')),
    ("quiet", Some('q')),
    ("summary", Some('S')),
    ("displayflt", Some('d')),
    ("help", Some('h')),
    ("right", None),
];

/// The option that is written so, in full or by a beginning that no other has, as `getopt_long` takes it.
fn full_name(written: &str) -> Result<&'static str, Problem> {
    let begun: Vec<&str> = NAMES.iter().map(|(name, _)| *name).filter(|name| name.starts_with(written)).collect();
    match *begun {
        [] => Err(format!("unrecognized option '--{written}'").into()),
        [only] => Ok(only),
        _ => begun.into_iter().find(|name| *name == written).ok_or_else(|| format!("option '--{written}' is ambiguous").into()),
    }
}

pub fn run(mut parser: lexopt::Parser) -> Result<u8, Problem> {
    let mut options = Options::default();
    let mut files: Vec<OsString> = Vec::new();
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut form: Option<String> = None;
    let mut lists = false;
    let mut buffers = Vec::new();
    while let Some(arg) = parser.next()? {
        let option = match arg {
            Value(word) => {
                words.push(word.into_encoded_bytes());
                continue;
            }
            Short(letter) => NAMES.iter().find(|(_, short)| *short == Some(letter)).map(|(name, _)| *name).ok_or_else(|| format!("invalid option -- '{letter}'"))?,
            Long(written) => full_name(written)?,
        };
        match option {
            "read" => files.push(parser.value()?),
            "numevents" => {
                let text = parser.value()?.string()?;
                let limit: i128 = text.trim_start().parse().map_err(|_| "can't parse the -n argument, make sure it's a number")?;
                if limit == 0 {
                    return Err("invalid event count 0".into());
                }
                // A negative one is none, one beyond counting too.
                options.limit = u64::try_from(limit).ok();
            }
            "timetype" => {
                options.time = match parser.value()?.string()?.as_str() {
                    "h" => TimeMode::TimeOfDay,
                    "a" => TimeMode::Absolute,
                    "r" => TimeMode::Relative,
                    "d" => TimeMode::Latency,
                    "D" => TimeMode::Delta,
                    _ => return Err("invalid modifier for flag -t".into()),
                };
            }
            "print" => form = Some(parser.value()?.string()?),
            "json" => options.json = true,
            "list" => lists = true,
            "print-ascii" => buffers.push(BufferFormat::Ascii),
            "print-hex" => buffers.push(BufferFormat::Hex),
            "print-hex-ascii" => buffers.push(BufferFormat::HexAscii),
            "print-base64" => buffers.push(BufferFormat::Base64),
            "verbose" => options.verbose = true,
            "quiet" => options.quiet = true,
            "summary" => options.table = true,
            "displayflt" => options.shown_only = true,
            "right" => options.right = true,
            _ => {
                output::say(HELP);
                return Ok(0);
            }
        }
        if buffers.len() > 1 {
            // No failure to sysdig: it prints nothing and ends with 0.
            output::warn("scapscope: you cannot specify more than one output format\n");
            return Ok(0);
        }
    }
    options.buffers = buffers.pop().unwrap_or_default();
    if lists {
        output::say(&format::list_fields(options.verbose));
        return Ok(0);
    }
    if form.as_deref() == Some("p") {
        output::say(&format!("{}\n", format::DEFAULT));
        return Ok(0);
    }
    if files.is_empty() {
        return Err("no capture to read: give one with -r FILE".into());
    }
    options.filter = words.join(&b' ');
    // Before anything is read: a mistake shows at once.
    Filter::new(&options.filter, options.quirks()).map_err(|error| mistake(&options.filter, &error))?;
    let form = match form.as_deref() {
        None if options.json => Some(format::DEFAULT),
        Some("c" | "container") => Some(format::CONTAINER),
        Some("k" | "kubernetes") => Some(format::KUBERNETES),
        Some("m" | "mesos") => Some(format::MESOS),
        other => other,
    };
    // Before anything is read: a mistake shows at once.
    form.map(|text| Format::parse(text, Quirks::NONE, Release::default())).transpose()?;
    let mut output = Output::new();
    let mut counts = Tally::default();
    let mut status = 0;
    for name in &files {
        let mut input = Input::open(name)?;
        let mut capture = Capture::new(options.clone(), form, &mut output, &mut counts);
        // Nothing is read again.
        let read = input::read(&mut input, Inflate::with_points_every(None), &mut capture);
        capture.finish();
        let failed = capture.printing.failed;
        output.flush();
        read.map_err(|error| format!("can't read {}: {error}", name.display()))?;
        if failed != 0 {
            status = failed;
            break;
        }
    }
    if options.verbose {
        output::warn(&format!("Driver Events:0\nDriver Drops:0\nSuppressed by Comm:0\nCaptured Events: {}\n", counts.events));
    }
    if options.table {
        counts.print(&mut output);
        output.flush();
    }
    Ok(status)
}

impl Options {
    fn quirks(&self) -> Quirks {
        if self.right { Quirks::NONE } else { Quirks::ALL }
    }
}

/// What is wrong with a filter, and where.
pub fn mistake(filter: &[u8], error: &FilterError) -> String {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(char::is_control, " ");
    let (before, rest) = filter.split_at(error.at.min(filter.len()));
    let at_fault = shown(rest.get(..error.length.max(1)).unwrap_or(rest)).chars().count().max(1);
    // Long filters are shown around the place.
    let before: String = shown(before).chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
    let after: String = shown(rest).chars().take(60.max(at_fault.min(120))).collect();
    format!("{error}\n  {before}{after}\n  {}{}", " ".repeat(before.chars().count()), "^".repeat(at_fault.min(120)))
}

/// Local time, from the system's table of zones.
fn local_offset(seconds: i64) -> i32 {
    // Zones change their offset at full quarters of an hour at most.
    thread_local! {
        static LAST: Cell<(i64, i32)> = const { Cell::new((i64::MIN, 0)) };
        static ZONE: TimeZone = TimeZone::system();
    }
    let quarter = seconds.div_euclid(900);
    let (known, offset) = LAST.get();
    if known == quarter {
        return offset;
    }
    let offset = Timestamp::from_second(seconds).map_or(0, |time| ZONE.with(|zone| zone.to_offset(time).seconds()));
    LAST.set((quarter, offset));
    offset
}

/// One capture that is being printed.
struct Capture<'a> {
    reader: Reader<EventTable>,
    printing: Printing<'a>,
}

impl<'a> Capture<'a> {
    fn new(options: Options, form: Option<&'a str>, output: &'a mut Output, counts: &'a mut Tally) -> Self {
        let quirks = options.quirks();
        let printing = Printing {
            options,
            form,
            format: None,
            scratch: Scratch::default(),
            printer: None,
            filter: None,
            rooms: Rooms::default(),
            state: State::new(quirks),
            output,
            counts,
            row: 0,
            begun: false,
            counted: 0,
            first: None,
            before: None,
            goes_on: true,
            failed: 0,
        };
        let reader = Reader::new(Limits::default()).trusting_headers(quirks.has(Quirk::HeadersAreTrusted));
        Self { reader, printing }
    }

    fn finish(&mut self) {
        if self.printing.goes_on {
            self.reader.finish(&mut self.printing);
            if self.printing.row == 0 && self.printing.failed == 0 {
                output::warn("scapscope: no events in file\n");
                self.printing.failed = 1;
            }
        }
    }
}

impl Taker for Capture<'_> {
    fn take(&mut self, bytes: &[u8]) -> bool {
        self.reader.push(bytes, &mut self.printing);
        self.printing.goes_on
    }

    fn damage(&mut self, damage: Damage) {
        self.printing.damage(damage);
    }
}

struct Printing<'a> {
    options: Options,
    /// What to print, unless it is the usual line.
    form: Option<&'a str>,
    /// The same, read with the first event: until then it is not known how sysdig would read it.
    format: Option<Format>,
    scratch: Scratch,
    /// Known with the first event: the release that recorded the capture shows in its process list.
    printer: Option<Printer>,
    /// Read with the first event: until then it is not known whose faults it copies. Absent when every event passes.
    filter: Option<Option<Filter>>,
    rooms: Rooms,
    state: State,
    output: &'a mut Output,
    counts: &'a mut Tally,
    row: Row,
    /// An event that is not part of the initial state has come.
    begun: bool,
    /// Events that count for `-n`.
    counted: u64,
    /// Time of the first event that is not part of the initial state, printed or not; of the section, as sysdig has it.
    first: Option<u64>,
    before: Option<u64>,
    goes_on: bool,
    failed: u8,
}

impl Printing<'_> {
    fn printer(&mut self) -> Printer {
        *self.printer.get_or_insert_with(|| Printer {
            release: self.state.release(),
            quirks: self.state.quirks(),
            buffers: self.options.buffers,
            // sysdig's JSON has arguments and data in full.
            verbose: self.options.verbose || self.options.json,
            time: self.options.time,
            zone: Zone::Rule(local_offset),
            ..Printer::default()
        })
    }

    fn print(&mut self, event: &Event<'_>, applied: &Applied, number: u64, first: u64, printer: &Printer) {
        if let Some(format) = &self.format {
            let moment = Moment { before: self.before, ..Moment::live(&self.state, event, applied, self.row - 1, printer, first) };
            let line = self.output.line();
            let shown = if self.options.json { format.json(line, &moment, &mut self.scratch) } else { format.text(line, &moment, &mut self.scratch) };
            if shown {
                self.output.line_done();
            }
        } else {
            let comm = (applied.version != NONE).then(|| self.state.text(self.state.version(applied.version).comm));
            let fd_name = self.state.written_name(applied);
            let heading = Heading {
                number,
                clock: Clock { ts: event.ts, first, before: self.before, latency: applied.latency.unwrap_or(0) },
                comm,
                tid: event.tid,
                fd_name,
            };
            printer.line(self.output.line(), event, &heading, &self.state.live(applied.version));
            self.output.line_done();
        }
        if let Some(kept) = &mut self.printer {
            kept.room = printer.room_after(event);
        }
    }
}

impl Sink for Printing<'_> {
    fn section(&mut self, section: &Section) {
        if self.options.quirks().has(Quirk::SectionsForget) {
            self.first = None;
        }
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
        if !self.goes_on {
            return;
        }
        let applied = self.state.apply(self.row, event);
        self.row += 1;
        let Some(number) = applied.number else { return };
        // Container, user and group records before the first other event belong to the initial state.
        let initial = matches!(event.kind, 272 | 324 | 354..=361);
        let printer = self.printer();
        // Also of an event that is not printed: relative times count from it. 0.36.0 leaves out the ticks that tell of
        // processes.
        if !initial && (event.kind != 234 || printer.release != Release::V0_36_0) {
            self.first.get_or_insert(event.ts);
        }
        if self.filter.is_none() {
            let filter = Filter::new(&self.options.filter, self.state.quirks()).ok();
            self.filter = Some(filter.filter(|filter| !filter.is_empty()));
        }
        if self.format.is_none() && let Some(form) = self.form {
            self.format = Format::parse(form, printer.quirks, printer.release).ok();
        }
        let mut passes = true;
        if let Some(Some(filter)) = &self.filter
            && (applied.printed || !self.options.shown_only)
        {
            let first = self.first.unwrap_or(event.ts);
            let moment = Moment::live(&self.state, event, &applied, self.row - 1, &printer, first);
            passes = filter.passes(&moment, &mut self.rooms);
        }
        if !passes && !self.options.shown_only {
            return;
        }
        self.begun |= !initial;
        if self.begun && !event.state_only {
            self.counted += 1;
            self.counts.count(event, &printer);
        }
        if applied.printed && passes {
            let first = *self.first.get_or_insert(event.ts);
            if !self.options.quiet {
                self.print(event, &applied, number, first, &printer);
            }
            self.before = Some(event.ts);
        }
        if self.options.limit == Some(self.counted) {
            self.goes_on = false;
        }
    }

    fn damage(&mut self, damage: Damage) {
        if !self.goes_on {
            return;
        }
        // What is printed stands before what is wrong with what follows.
        self.output.flush();
        output::warn(&format!("scapscope: {}\n", describe(&damage)));
        if damage.kind == DamageKind::UnknownBlock {
            return;
        }
        self.failed = if damage.kind == DamageKind::Unsupported { 8 } else { 1 };
    }
}

/// One damage in one sentence.
pub fn describe(damage: &Damage) -> String {
    let Damage { offset, kind, block, field, found, expected, skipped } = damage;
    let article = if block.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let mut text = match kind {
        DamageKind::NotACapture if found == "empty file" => return "the file is empty".to_owned(),
        DamageKind::NotACapture => return format!("this is not a capture: it looks like {found}"),
        DamageKind::UnknownBlock => format!("blocks of an unknown type at {offset:#x}: {found}"),
        DamageKind::Truncated => format!("the file ends in {article} {block} at {offset:#x}: {found}"),
        DamageKind::Unsupported => format!("written by a newer release: {block} at {offset:#x}, {field} {found}"),
        DamageKind::Limit => format!("more than the limit allows: {block} at {offset:#x}, {field} {found}"),
        DamageKind::Malformed => format!("damaged {block} at {offset:#x}: {field} {found}"),
    };
    if !expected.is_empty() {
        text.push_str(&format!(", expected {expected}"));
    }
    if *skipped > 0 {
        text.push_str(&format!("; {skipped} bytes left out"));
    }
    text
}
