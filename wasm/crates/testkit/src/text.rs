//! Reads drawn captures.

use std::collections::BTreeMap;

use model::table::{self, EventFlags, EventTable, ParamInfo, Release};
use scap::Table as _;

use crate::value::{self, Endpoint, Result, quoted_len};
use crate::writer::{
    EventBlock, EventSpec, FdSpec, FdTarget, InterfaceSpec, MachineSpec, NEWEST_TAIL, ProcessSpec, UserSpec, Writer,
};

/// Nanoseconds since the epoch that times of drawn events count from.
pub const START: u64 = 1_700_000_000_000_000_000;

/// The bytes of the capture that `text` draws. The crate documentation has the language.
///
/// # Panics
/// When a line makes no sense; the message has it.
///
/// # Examples
/// ```
/// let capture = testkit::capture_from_text(
///     "
///     process tid=10 comm=cat
///     ns   tid  dir  type  args
///     0    10   >    open
///     40   10   <    open  fd=3 name=/etc/passwd flags=O_RDONLY mode=0
///     ",
/// );
/// assert!(capture.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]));
/// ```
pub fn capture_from_text(text: &str) -> Vec<u8> {
    parse(text).unwrap_or_else(|message| panic!("{message}"))
}

/// The bytes of the capture that `text` draws.
///
/// # Errors
/// A sentence with the line that makes no sense.
pub fn parse(text: &str) -> Result<Vec<u8>> {
    let mut drawing = Drawing::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with("--") {
            drawing.line(line).map_err(|message| format!("line {}: {message}\n  {line}", number + 1))?;
        }
    }
    drawing.end_lists()?;
    Ok(drawing.writer.into_bytes())
}

/// The capture's own bit for CLONE_FILES.
const CLONE_FILES: u32 = 1;
/// The capture's own bit for CLONE_THREAD.
const CLONE_THREAD: u32 = 1 << 13;

const COLUMNS: [&str; 6] = ["ns", "cpu", "tid", "dir", "type", "args"];

/// Which versions of blocks a section is written with.
#[derive(Clone, Copy, Debug)]
struct Versions {
    minor: u16,
    processes: u8,
    fds: u8,
    interfaces: u8,
    users: u8,
    events: EventBlock,
}

/// What stands before the events of a section.
#[derive(Debug, Default)]
struct Lists {
    machine: MachineSpec,
    interfaces: Vec<InterfaceSpec>,
    users: Vec<UserSpec>,
    processes: Vec<ProcessSpec>,
    fds: BTreeMap<i64, Vec<FdSpec>>,
    /// Events that say what is known of containers.
    containers: Vec<String>,
}

struct Drawing {
    writer: Writer,
    big_endian: bool,
    versions: Versions,
    /// Waits for the first event; `None` behind it.
    lists: Option<Lists>,
    columns: Vec<String>,
    start: u64,
    release: Release,
}

impl Drawing {
    fn new() -> Self {
        Self {
            writer: Writer::new(),
            big_endian: false,
            versions: Versions { minor: 2, processes: 9, fds: 2, interfaces: 2, users: 2, events: EventBlock::V2 },
            lists: Some(Lists::default()),
            columns: COLUMNS.map(str::to_owned).to_vec(),
            start: START,
            release: Release::Libs0_25_4,
        }
    }

    fn line(&mut self, line: &str) -> Result<()> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "machine" | "interface" | "user" | "group" | "process" | "fd" | "container" => self.list_line(word, rest),
            "section" => self.section_line(rest),
            "ns" => {
                self.columns = line.split_whitespace().map(|name| name.replace("call", "type")).collect();
                match self.columns.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
                    Some(name) => Err(format!("there is no column {name}")),
                    None => Ok(()),
                }
            }
            "start" => value::number(rest).map(|start| self.start = start),
            "release" => {
                self.release = match rest {
                    "0.29.3" => Release::V0_29_3,
                    "0.36.0" => Release::V0_36_0,
                    "libs" => Release::Libs0_25_4,
                    _ => return Err(format!("{rest} is none of 0.29.3, 0.36.0 and libs")),
                };
                Ok(())
            }
            "block" => {
                self.end_lists()?;
                let (block_type, body) = rest.split_once(' ').unwrap_or((rest, "hex:"));
                let block_type = u32::try_from(value::number(block_type)?).map_err(|_| "no block type".to_owned())?;
                let body = value::any(body).ok_or("write hex:…")??;
                self.writer.block(block_type, &body);
                Ok(())
            }
            "bytes" => {
                self.end_lists()?;
                self.writer.raw(&value::any(rest).ok_or("write hex:…")??);
                Ok(())
            }
            _ => {
                self.end_lists()?;
                self.event_line(line)
            }
        }
    }

    fn section_line(&mut self, line: &str) -> Result<()> {
        let is_first = self.writer.is_empty() && self.lists.as_ref().is_some_and(|lists| lists.processes.is_empty());
        if !is_first {
            self.end_lists()?;
            self.lists = Some(Lists::default());
        }
        let mut fields = Fields::of(line)?;
        if let Some(order) = fields.take("order") {
            self.big_endian = match order.as_str() {
                "big" => true,
                "little" => false,
                _ => return Err(format!("{order} is neither big nor little")),
            };
        }
        let versions = &mut self.versions;
        fields.number("minor", &mut versions.minor)?;
        fields.number("processes", &mut versions.processes)?;
        fields.number("fds", &mut versions.fds)?;
        fields.number("interfaces", &mut versions.interfaces)?;
        fields.number("users", &mut versions.users)?;
        if let Some(events) = fields.take("events") {
            versions.events = match events.as_str() {
                "v1" => EventBlock::V1,
                "v1flags" => EventBlock::V1Flags,
                "v2" => EventBlock::V2,
                "v2flags" => EventBlock::V2Flags,
                "large" => EventBlock::Large,
                "largeflags" => EventBlock::LargeFlags,
                _ => return Err(format!("{events} is no event block")),
            };
        }
        fields.end()
    }

    fn list_line(&mut self, word: &str, line: &str) -> Result<()> {
        let lists = self.lists.as_mut().ok_or("lists stand before the events of their section")?;
        match word {
            "machine" => {
                let mut fields = Fields::of(line)?;
                fields.number("cpus", &mut lists.machine.cpus)?;
                fields.number("memory", &mut lists.machine.memory)?;
                fields.bytes("host", &mut lists.machine.host)?;
                fields.number("boot", &mut lists.machine.boot_ts)?;
                fields.end()
            }
            "interface" => {
                lists.interfaces.push(interface(line)?);
                Ok(())
            }
            "user" => {
                let mut fields = Fields::of(line)?;
                let (mut uid, mut gid) = (0, 0);
                let (mut name, mut home, mut shell) = (Vec::new(), Vec::new(), Vec::new());
                fields.number("uid", &mut uid)?;
                fields.number("gid", &mut gid)?;
                fields.bytes("name", &mut name)?;
                fields.bytes("home", &mut home)?;
                fields.bytes("shell", &mut shell)?;
                lists.users.push(UserSpec::User { uid, gid, name, home, shell });
                fields.end()
            }
            "group" => {
                let mut fields = Fields::of(line)?;
                let (mut gid, mut name) = (0, Vec::new());
                fields.number("gid", &mut gid)?;
                fields.bytes("name", &mut name)?;
                lists.users.push(UserSpec::Group { gid, name });
                fields.end()
            }
            "process" => {
                lists.processes.push(process(line)?);
                Ok(())
            }
            "container" => {
                lists.containers.push(container(line)?);
                Ok(())
            }
            _ => {
                let (tid, fd) = fd(line)?;
                lists.fds.entry(tid).or_default().push(fd);
                Ok(())
            }
        }
    }

    /// Writes what stands before the events, once.
    fn end_lists(&mut self) -> Result<()> {
        let Some(lists) = self.lists.take() else { return Ok(()) };
        let mut writer = if self.big_endian { Writer::big_endian() } else { Writer::new() };
        std::mem::swap(&mut writer, &mut self.writer);
        let before = writer.into_bytes();
        let versions = self.versions;
        let writer = &mut self.writer;
        writer.raw(&before).section(versions.minor).machine(&lists.machine);
        if !lists.interfaces.is_empty() {
            writer.interfaces(versions.interfaces, &lists.interfaces);
        }
        if !lists.users.is_empty() {
            writer.users(versions.users, &lists.users);
        }
        if !lists.processes.is_empty() {
            // By this length readers tell the recorder.
            let tail = match self.release {
                Release::V0_29_3 => 29,
                Release::V0_36_0 => 67,
                Release::Libs0_25_4 => NEWEST_TAIL,
            };
            writer.processes_with_tail(versions.processes, tail, &lists.processes);
        }
        for (tid, fds) in &lists.fds {
            writer.fds(versions.fds, *tid, fds);
        }
        for json in lists.containers {
            let params = vec![[json.as_bytes(), &[0]].concat()];
            let event = EventSpec { ts: self.start, tid: -1, kind: CONTAINER, params, ..EventSpec::default() };
            writer.event(EventBlock::Large, &event);
        }
        Ok(())
    }

    fn event_line(&mut self, line: &str) -> Result<()> {
        let mut event = EventSpec::default();
        let mut rest = line;
        let mut next = || {
            let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            rest = behind.trim_start();
            (!word.is_empty()).then_some(word)
        };
        let mut direction = None;
        let mut name = None;
        let mut is_hidden = false;
        for column in self.columns.iter().filter(|column| *column != "args") {
            let mut word = next().ok_or_else(|| format!("there is no {column}"))?;
            if column == "dir" && word == "hidden" {
                is_hidden = true;
                word = next().ok_or("there is no direction")?;
            }
            match column.as_str() {
                "ns" => event.ts = time(word, self.start)?,
                "cpu" => event.cpu = u16::try_from(value::number(word)?).map_err(|_| format!("{word} is no cpu"))?,
                "tid" => event.tid = value::number(word)?.cast_signed(),
                "dir" if matches!(word, "<" | ">") => direction = Some(word == ">"),
                "dir" => return Err(format!("{word} is no direction")),
                _ => name = Some(word),
            }
        }
        let args = rest;
        let name = name.ok_or("there is no column for the type")?;
        event.kind = self.kind(name, direction, args)?;
        event.params = self.params(event.kind, args)?;
        let is_large = table::event(event.kind).is_some_and(|info| info.flags.has(EventFlags::LARGE_PAYLOAD));
        let block = match (self.versions.events, is_large, is_hidden) {
            (EventBlock::V2, true, false) => EventBlock::Large,
            (EventBlock::V2 | EventBlock::V2Flags, true, _) => EventBlock::LargeFlags,
            (EventBlock::V2, false, true) => EventBlock::V2Flags,
            (EventBlock::V1, _, true) => EventBlock::V1Flags,
            (EventBlock::Large, _, true) => EventBlock::LargeFlags,
            (block, _, _) => block,
        };
        event.flags = u32::from(is_hidden);
        self.writer.event(block, &event);
        Ok(())
    }

    /// The event type that is meant by a name.
    fn kind(&self, name: &str, direction: Option<bool>, args: &str) -> Result<u16> {
        if let Some((_, id)) = name.split_once('#') {
            return id.parse().map_err(|_| format!("{id} is no event type"));
        }
        let enter = direction.ok_or("there is no column for the direction")?;
        // The table calls both by one name.
        if name == "accept4" {
            return Ok(if enter { 248 } else { 249 });
        }
        let is_meant = |kind: &u16| table::event(*kind).is_some_and(|info| info.name == name && info.enter == enter);
        let kinds: Vec<u16> = (0..self.release.table_size()).filter(is_meant).collect();
        let knows_all = |kind: &u16| split(args, self.layout(*kind)).is_ok();
        // Both directions go by whether the exit is the current version, so that they fit each other.
        let is_current = |kind: u16| !table::flags(kind | 1, self.release).has(EventFlags::OLD_VERSION);
        let best = kinds.iter().copied().filter(knows_all).max_by_key(|kind| (is_current(*kind), *kind));
        match (best, kinds.last()) {
            (Some(kind), _) => Ok(kind),
            // Says what is wrong with the parameters.
            (None, Some(kind)) => split(args, self.layout(*kind)).map(|_| *kind),
            (None, None) => Err(format!("there is no event type {name} in that direction")),
        }
    }

    fn layout(&self, kind: u16) -> &'static [ParamInfo] {
        table::params(kind, self.release)
    }

    fn params(&self, kind: u16, args: &str) -> Result<Vec<Vec<u8>>> {
        let layout = self.layout(kind);
        if layout.is_empty() && !args.is_empty() {
            return args
                .split_whitespace()
                .map(|value| value::any(value).unwrap_or_else(|| Err(format!("{value}: write hex:…"))))
                .collect();
        }
        let mut params: Vec<Vec<u8>> = Vec::new();
        for (index, text) in split(args, layout)? {
            let mut bytes = value::param(text, &layout[index]).map_err(|it| format!("{}: {it}", layout[index].name))?;
            if self.big_endian {
                EventTable::swap_param(kind, index, &mut bytes);
            }
            if params.len() <= index {
                params.resize(index + 1, Vec::new());
            }
            params[index] = bytes;
        }
        Ok(params)
    }
}

fn time(text: &str, start: u64) -> Result<u64> {
    if text == "-" {
        return Ok(u64::MAX);
    }
    match text.strip_prefix('@') {
        Some(absolute) => value::number(absolute),
        None => Ok(start.wrapping_add(value::number(text)?)),
    }
}

/// The values of `name=value …`, each with the index of its parameter. A value goes on to the next name of the layout.
fn split<'t>(args: &'t str, layout: &[ParamInfo]) -> Result<Vec<(usize, &'t str)>> {
    let find = |text: &str| {
        let (name, _) = text.split_once('=')?;
        layout.iter().position(|param| param.name == name)
    };
    let mut values = Vec::new();
    let mut rest = args.trim();
    while !rest.is_empty() {
        let Some(index) = find(rest) else {
            let names: Vec<&str> = layout.iter().map(|param| param.name).collect();
            return Err(format!("{rest:?} starts with none of {}", names.join(", ")));
        };
        let value = &rest[layout[index].name.len() + 1..];
        let end = if value.starts_with('\'') {
            quoted_len(value).ok_or_else(|| format!("{value} has no closing quote"))?
        } else {
            let mut words = value.match_indices(' ').map(|(at, _)| at);
            words.find(|at| find(value[*at..].trim_start()).is_some()).unwrap_or(value.len())
        };
        values.push((index, value[..end].trim_end()));
        rest = value[end..].trim_start();
    }
    Ok(values)
}

/// `key=value` pairs and the words between them.
struct Fields {
    pairs: BTreeMap<String, String>,
    words: Vec<String>,
}

impl Fields {
    fn of(line: &str) -> Result<Self> {
        let mut fields = Self { pairs: BTreeMap::new(), words: Vec::new() };
        let mut rest = line;
        while !rest.is_empty() {
            let key_len = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
            let key = (rest[key_len..].starts_with('=') && key_len > 0).then(|| rest[..key_len].to_owned());
            let value = if key.is_some() { &rest[key_len + 1..] } else { rest };
            let end = if value.starts_with('\'') {
                quoted_len(value).ok_or_else(|| format!("{value} has no closing quote"))?
            } else {
                value.find(char::is_whitespace).unwrap_or(value.len())
            };
            let (value, behind) = value.split_at(end);
            match key {
                Some(key) => drop(fields.pairs.insert(key, value.to_owned())),
                None => fields.words.push(value.to_owned()),
            }
            rest = behind.trim_start();
        }
        Ok(fields)
    }

    fn take(&mut self, key: &str) -> Option<String> {
        self.pairs.remove(key)
    }

    fn number<T: TryFrom<u64> + TryFrom<i64>>(&mut self, key: &str, into: &mut T) -> Result<()> {
        if let Some(text) = self.take(key) {
            let number = value::number(&text)?;
            let negative = || T::try_from(number.cast_signed()).ok();
            *into = T::try_from(number).ok().or_else(negative).ok_or_else(|| format!("{key}={text} is too large"))?;
        }
        Ok(())
    }

    fn bytes(&mut self, key: &str, into: &mut Vec<u8>) -> Result<()> {
        if let Some(text) = self.take(key) {
            *into = value::bytes(&text)?;
        }
        Ok(())
    }

    fn end(self) -> Result<()> {
        match self.pairs.keys().chain(&self.words).next() {
            Some(left) => Err(format!("{left} means nothing here")),
            None => Ok(()),
        }
    }
}

fn process(line: &str) -> Result<ProcessSpec> {
    let mut fields = Fields::of(line)?;
    let mut p = ProcessSpec::default();
    fields.number("tid", &mut p.tid)?;
    p.pid = p.tid;
    fields.number("pid", &mut p.pid)?;
    p.ptid = i64::from(p.pid != 1);
    fields.number("ptid", &mut p.ptid)?;
    fields.bytes("comm", &mut p.comm)?;
    (p.exe, p.exepath) = (p.comm.clone(), p.comm.clone());
    fields.bytes("exe", &mut p.exe)?;
    fields.bytes("exepath", &mut p.exepath)?;
    fields.bytes("args", &mut p.args)?;
    fields.bytes("cwd", &mut p.cwd)?;
    fields.bytes("env", &mut p.env)?;
    fields.bytes("cgroups", &mut p.cgroups)?;
    fields.bytes("root", &mut p.root)?;
    (p.sid, p.vpgid, p.pgid) = (p.pid, p.pid, p.pid);
    (p.vtid, p.vpid) = (p.tid, p.pid);
    // As recorders mark the threads of a process: without this sysdig gives each a table of its own.
    p.flags = if p.pid == p.tid { 0 } else { CLONE_FILES | CLONE_THREAD };
    for (key, into) in [
        ("sid", &mut p.sid),
        ("vpgid", &mut p.vpgid),
        ("pgid", &mut p.pgid),
        ("fdlimit", &mut p.fdlimit),
        ("vtid", &mut p.vtid),
        ("vpid", &mut p.vpid),
    ] {
        fields.number(key, into)?;
    }
    for (key, into) in [
        ("flags", &mut p.flags),
        ("uid", &mut p.uid),
        ("gid", &mut p.gid),
        ("vmsize", &mut p.vmsize),
        ("vmrss", &mut p.vmrss),
        ("vmswap", &mut p.vmswap),
        ("tty", &mut p.tty),
    ] {
        fields.number(key, into)?;
    }
    if fields.pairs.get("loginuid").is_some_and(|text| text == "-1") {
        fields.take("loginuid");
    }
    fields.number("loginuid", &mut p.loginuid)?;
    fields.number("pfmajor", &mut p.pfmajor)?;
    fields.number("pfminor", &mut p.pfminor)?;
    fields.number("pidns", &mut p.pidns_init_start_ts)?;
    fields.number("exe_ino", &mut p.exe_ino)?;
    fields.number("exe_flags", &mut p.exe_flags)?;
    fields.end()?;
    Ok(p)
}

/// Event type of the facts of a container.
const CONTAINER: u16 = 324;

fn container(line: &str) -> Result<String> {
    let mut fields = Fields::of(line)?;
    let mut json = Vec::new();
    for key in ["full_id", "id", "image", "imageid", "imagerepo", "imagetag", "ip", "name"] {
        let mut text = Vec::new();
        fields.bytes(key, &mut text)?;
        json.push(format!("\"{key}\":{:?}", String::from_utf8_lossy(&text)));
    }
    let mut kind = 0_u32;
    fields.number("type", &mut kind)?;
    fields.end()?;
    Ok(format!("{{\"container\":{{{},\"lookup_state\":1,\"privileged\":false,\"type\":{kind}}}}}\n", json.join(",")))
}

fn interface(line: &str) -> Result<InterfaceSpec> {
    let mut fields = Fields::of(line)?;
    let [name, address] = <[String; 2]>::try_from(std::mem::take(&mut fields.words))
        .map_err(|_| "write: interface NAME ADDRESS/MASK".to_owned())?;
    let octets = |text: &str| {
        let v4 = text.parse::<std::net::Ipv4Addr>().map(|address| address.octets().to_vec());
        let v6 = || text.parse::<std::net::Ipv6Addr>().map(|address| address.octets().to_vec());
        v4.or_else(|_| v6()).map_err(|_| format!("{text} is no address"))
    };
    let (address, mask) = address.split_once('/').ok_or("there is no /MASK")?;
    let (addr, mask) = (octets(address)?, octets(mask)?);
    let broadcast = fields.take("broadcast").map_or_else(|| Ok(vec![0; addr.len()]), |text| octets(&text))?;
    let mut speed = 0;
    fields.number("speed", &mut speed)?;
    fields.end()?;
    if mask.len() != addr.len() || broadcast.len() != addr.len() {
        return Err("address, mask and broadcast are of one family".to_owned());
    }
    Ok(InterfaceSpec { addr, mask, broadcast, speed: Some(speed), name: name.into_bytes() })
}

/// Number in the file by the word used for it here.
const NAMED_FDS: [(&str, u8); 15] = [
    ("oldfile", 1),
    ("directory", 2),
    ("pipe", 7),
    ("event", 9),
    ("unsupported", 10),
    ("signalfd", 11),
    ("eventpoll", 12),
    ("inotify", 13),
    ("timerfd", 14),
    ("netlink", 15),
    ("bpf", 17),
    ("userfaultfd", 18),
    ("io_uring", 19),
    ("memfd", 20),
    ("pidfd", 21),
];

const L4: [&str; 6] = ["unknown", "na", "tcp", "udp", "icmp", "raw"];

fn fd(line: &str) -> Result<(i64, FdSpec)> {
    let mut fields = Fields::of(line)?;
    let words = std::mem::take(&mut fields.words);
    let (kind, name) = words.split_first().ok_or("what is it open on?")?;
    let name = name.join(" ");
    let (mut tid, mut fd, mut ino) = (1, 0, 0);
    fields.number("tid", &mut tid)?;
    fields.number("fd", &mut fd)?;
    fields.number("ino", &mut ino)?;
    let l4 = fields.take("l4").unwrap_or_else(|| "tcp".to_owned());
    let l4 = L4.iter().zip(0..).find(|(name, _)| **name == l4).map(|(_, l4)| l4).ok_or_else(|| format!("l4={l4}?"))?;
    let target = match kind.as_str() {
        "file" => {
            let (mut flags, mut dev) = (0, 0);
            fields.number("flags", &mut flags)?;
            fields.number("dev", &mut dev)?;
            FdTarget::File { flags, name: value::bytes(&name)?, dev }
        }
        "ipv4" | "ipv6" => {
            let (local, remote) = name.split_once("->").ok_or("write: LOCAL->REMOTE")?;
            match (Endpoint::of(local)?, Endpoint::of(remote)?) {
                (Endpoint::V4(local, lport), Endpoint::V4(remote, rport)) => {
                    FdTarget::Ipv4 { local, remote, lport, rport, l4 }
                }
                (Endpoint::V6(local, lport), Endpoint::V6(remote, rport)) => {
                    FdTarget::Ipv6 { local, remote, lport, rport, l4 }
                }
                _ => return Err(format!("{name} mixes families")),
            }
        }
        "server" => match Endpoint::of(&name)? {
            Endpoint::V4(ip, port) => FdTarget::Ipv4Server { ip, port, l4 },
            Endpoint::V6(ip, port) => FdTarget::Ipv6Server { ip, port, l4 },
        },
        "unix" => {
            let (source, dest, path) = value::unix_tuple(&name).ok_or("write: SOURCE->DEST PATH, addresses in hex")?;
            FdTarget::Unix { source, dest, path }
        }
        other => {
            let found = NAMED_FDS.iter().find(|(name, _)| *name == other);
            let (_, kind) = found.ok_or_else(|| format!("{other} is no kind of fd"))?;
            FdTarget::Named { kind: *kind, name: value::bytes(&name)? }
        }
    };
    fields.end()?;
    Ok((tid, FdSpec { fd, ino, target }))
}
