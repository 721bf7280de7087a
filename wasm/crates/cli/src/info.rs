//! `scapscope info`: what a capture holds.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write as _};

use engine::{DamageReport, Files, Options, Places, Session, Summary};
use lexopt::Arg::{Long, Short, Value};
use model::{Row, table};
use scap::{Damage, DamageKind, Inflate};
use serde::Serialize;

use crate::{Problem, sysdig};
use crate::input::{self, Input, Taker};
use crate::output::{self, Output};

const HELP: &str = "\
Says what a capture holds.

Usage: scapscope info FILE... [--json | --digest]

Several files are the parts of one rolled capture, in order of time.
With --digest only a number for all that is kept of the capture: the same for the
same events, however they are packed and whatever machine reads them.
";

/// Everything that `info` says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    #[serde(flatten)]
    summary: Summary,
    sections: Vec<SectionInfo>,
    /// Event blocks by type, most frequent first.
    types: Vec<TypeCount>,
    /// Records of the recorder having left out events.
    drops: u64,
    /// Most bytes of a buffer that were kept where the call moved more; absent when no buffer was clipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    snaplen: Option<u64>,
    /// Exits that failed.
    errors: u64,
    threads: usize,
    thread_versions: usize,
    descriptions: usize,
    index: IndexInfo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SectionInfo {
    file: usize,
    offset: u64,
    row: u32,
    version: String,
    big_endian: bool,
    host: String,
    cpus: u32,
    memory: u64,
    /// Bytes behind the fixed fields of process entries: they date the recorder.
    #[serde(skip_serializing_if = "Option::is_none")]
    process_tail: Option<u32>,
    recorder: &'static str,
}

#[derive(Serialize)]
struct TypeCount {
    #[serde(rename = "type")]
    kind: u16,
    direction: &'static str,
    name: String,
    count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IndexInfo {
    bytes: u64,
    bytes_per_event: f64,
    state_bytes: u64,
    columns: Vec<(&'static str, usize)>,
}

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

pub fn run(mut parser: lexopt::Parser) -> Result<u8, Problem> {
    let mut names: Vec<OsString> = Vec::new();
    let mut json = false;
    let mut digest = false;
    while let Some(arg) = parser.next()? {
        match arg {
            Value(name) => names.push(name),
            Long("json") => json = true,
            Long("digest") => digest = true,
            Short('h') | Long("help") => {
                output::say(HELP);
                return Ok(0);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if names.is_empty() {
        return Err("no capture given".into());
    }
    // Natively nothing ends at 4 GiB.
    let mut reading = Reading(Session::new(Options { limit: u64::MAX, ..Options::default() }));
    let mut files = Files::default();
    let mut rereadable = true;
    for name in &names {
        let mut input = Input::open(name)?;
        reading.0.next_file(&name.to_string_lossy());
        let points = input::read(&mut input, Inflate::new(), &mut reading)
            .map_err(|error| format!("can't read {}: {error}", name.display()))?;
        match input {
            Input::File(file) => files.push(file, points),
            Input::Stdin(_) => rereadable = false,
        }
    }
    let mut session = reading.0;
    session.finish();
    if let Some(damage) = session.damages().kept().iter().find(|damage| damage.kind == DamageKind::NotACapture) {
        return Err(sysdig::describe(damage).into());
    }
    if digest {
        output::say(&format!("{:016x}\n", session.digest()));
        return Ok(0);
    }
    let snaplen = if rereadable { snaplen(&session, &mut files) } else { None };
    let info = describe(&session, snaplen);
    let mut output = Output::new();
    if json {
        serde_json::to_writer_pretty(output.line(), &info)?;
        output.line_done();
    } else {
        print(&info, output.line())?;
    }
    output.flush();
    Ok(u8::from(info.summary.damage.iter().any(|damage| damage.kind != "unknown-block")))
}

/// Looks at some buffers of calls that moved more than fits their block.
fn snaplen(session: &Session, files: &mut Files<File>) -> Option<u64> {
    const LOOKED_AT: usize = 256;
    const ROWS: Row = 1 << 17;
    let index = session.index();
    let moves_data = |kind| table::event(kind).is_some_and(|info| !info.enter && info.flags.any(table::EventFlags::READS_FROM_FD.with(table::EventFlags::WRITES_TO_FD)));
    let mut places = Places::default();
    let mut is_clipped = |row: &Row| {
        let result = index.unplaced(*row).and_then(|record| record.result).unwrap_or(0);
        result > 0 && index.place(*row, &mut places).is_some_and(|(_, block_len)| result > i64::from(block_len))
    };
    let moving = (0..index.next_row().min(ROWS)).filter(|row| index.kind(*row).is_some_and(moves_data));
    let lengths = moving.filter(|row| is_clipped(row)).take(LOOKED_AT).filter_map(|row| {
        let call = session.call(row, files).ok()??;
        let params = call.exit.into_iter().flat_map(|edge| edge.params);
        params.filter(|param| param.actual > param.captured).filter_map(|param| param.captured).max()
    });
    lengths.max()
}

fn describe(session: &Session, snaplen: Option<u64>) -> Info {
    let summary = session.summary();
    let index = session.index();
    let state = session.state();
    let by_kind = index.by_kind();
    let mut types: Vec<TypeCount> = by_kind
        .iter()
        .zip(0..)
        .filter(|(count, _)| **count > 0)
        .map(|(count, kind)| TypeCount {
            kind,
            direction: if kind % 2 == 0 { ">" } else { "<" },
            name: table::event(kind).map_or_else(|| format!("unknown({kind})"), |info| info.name.to_owned()),
            count: *count,
        })
        .collect();
    types.sort_by_key(|row| std::cmp::Reverse(row.count));
    let sections = session.sections().iter().map(|section| SectionInfo {
        file: section.file,
        offset: section.header.offset,
        row: section.row,
        version: format!("{}.{}", section.header.major, section.header.minor),
        big_endian: section.header.big_endian,
        host: String::from_utf8_lossy(&section.machine.host).into_owned(),
        cpus: section.machine.cpus,
        memory: section.machine.memory,
        process_tail: section.tail,
        recorder: recorder(section.tail),
    });
    let state_bytes = state.memory() as u64;
    let bytes = index.bytes() as u64 + state_bytes;
    Info {
        sections: sections.collect(),
        drops: by_kind.get(148..150).map_or(0, |drops| drops.iter().sum()),
        snaplen,
        errors: index.totals().errors,
        threads: state.threads().len(),
        thread_versions: state.threads().version_count(),
        descriptions: state.descriptions().len(),
        index: IndexInfo {
            bytes,
            bytes_per_event: bytes as f64 / summary.blocks.max(1) as f64,
            state_bytes,
            columns: index.bytes_by_column(),
        },
        types,
        summary,
    }
}

/// Who most likely wrote process entries with this many bytes behind the fixed fields.
fn recorder(tail: Option<u32>) -> &'static str {
    match tail {
        None => "sysdig before 0.23",
        Some(0) => "sysdig 0.23",
        Some(1..=4) => "sysdig 0.24 to 0.28",
        Some(5..=29) => "sysdig 0.29, libraries 0.1 to 0.9",
        Some(30..=66) => "libraries 0.10 to 0.11",
        Some(67) => "libraries 0.12 to 0.17",
        Some(68) => "libraries 0.18",
        Some(_) => "libraries 0.19 or newer",
    }
}

/// Text of a file, harmless for a terminal.
fn visible(text: &str) -> String {
    text.chars().flat_map(|char| if char.is_control() { char.escape_default().collect::<Vec<_>>() } else { vec![char] }).collect()
}

fn print(info: &Info, out: &mut Vec<u8>) -> io::Result<()> {
    let Info { summary, sections, types, .. } = info;
    writeln!(out, "File         {}", visible(&summary.names.join(", ")))?;
    writeln!(out, "Fingerprint  {}", summary.fingerprint)?;
    writeln!(out, "Host         {}", visible(&summary.host))?;
    writeln!(out, "Duration     {}.{:09} s", summary.duration_ns / 1_000_000_000, summary.duration_ns % 1_000_000_000)?;
    writeln!(out, "Events       {} printed, {} blocks, {} calls", summary.events, summary.blocks, summary.calls)?;
    if summary.exit_only {
        writeln!(out, "             no enter events were recorded, so there are no latencies")?;
    }
    writeln!(out, "Errors       {}", info.errors)?;
    writeln!(out, "Drops        {}", info.drops)?;
    match info.snaplen {
        Some(snaplen) => writeln!(out, "Snaplen      {snaplen} bytes")?,
        None => writeln!(out, "Snaplen      no buffer was clipped")?,
    }
    writeln!(out, "Threads      {}, {} versions", info.threads, info.thread_versions)?;
    writeln!(out, "Opened       {} files, sockets and pipes", info.descriptions)?;
    let index = &info.index;
    writeln!(out, "Index        {} bytes, {:.1} per event, of which state {}", index.bytes, index.bytes_per_event, index.state_bytes)?;
    let per_event = |bytes: usize| bytes as f64 / summary.blocks.max(1) as f64;
    let columns: Vec<String> = index.columns.iter().map(|(name, bytes)| format!("{name} {:.2}", per_event(*bytes))).collect();
    if !columns.is_empty() {
        writeln!(out, "             {}", columns.join(", "))?;
    }
    for section in sections {
        let order = if section.big_endian { ", big endian" } else { "" };
        writeln!(out, "Section      version {}{order}, {}, {} CPUs, {}", section.version, visible(&section.host), section.cpus, section.recorder)?;
    }
    writeln!(out, "\nDamage       {}", summary.damage_count)?;
    for damage in &summary.damage {
        let DamageReport { kind, offset, block, field, found, expected, skipped } = damage;
        write!(out, "  {offset:#x} {kind}: {block}, {field}: found {found}")?;
        if !expected.is_empty() {
            write!(out, ", expected {expected}")?;
        }
        writeln!(out, ", {skipped} bytes left out")?;
    }
    writeln!(out, "\nTypes")?;
    for row in types {
        writeln!(out, "{:>12} {} {}", row.count, row.direction, row.name)?;
    }
    Ok(())
}
