//! The session on real captures: those that the project ships, and all in the folder that `SCAPSCOPE_CAPTURES` names.

mod harness;

use std::fs;
use std::path::{Path, PathBuf};

use engine::{Find, Found, ListSpec, Options, Place, Session, Summary, Unit};
use harness::inflated;
use model::state::NONE;
use model::table::EventTable;
use model::text::{Clock, Heading, Printer};
use model::{Quirks, Row, State};
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Inflate, Inflated, Limits, Reader, Sink};

const EVENTS: ListSpec = ListSpec::all(Unit::Events);
const CALLS: ListSpec = ListSpec::all(Unit::Calls);

fn captures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let mut folders = vec![root.join("wasm/captures"), root.join("public/samples")];
    folders.extend(std::env::var_os("SCAPSCOPE_CAPTURES").map(PathBuf::from));
    let mut found: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten())
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().contains(".scap") && !path.to_string_lossy().ends_with(".xz"))
        .collect();
    found.sort();
    assert!(found.len() >= 10, "the shipped captures must be there");
    found
}

fn sample(name: &str) -> Vec<u8> {
    inflated(captures().into_iter().find(|path| path.to_string_lossy().contains(name)).expect("it is shipped"))
}

fn session(slices: impl Iterator<Item = impl AsRef<[u8]>>) -> Session {
    let mut session = Session::new(Options::default());
    session.next_file("test");
    for slice in slices {
        assert!(session.push(slice.as_ref()));
    }
    session.finish();
    session
}

/// Prints each event the moment it has been applied, as the command does.
struct LivePrinter {
    state: State,
    row: Row,
    lines: Vec<(Row, String)>,
}

impl Sink for LivePrinter {
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
        if applied.printed {
            let printer = Printer { release: self.state.release(), ..Printer::default() };
            let fd_name = if applied.description == NONE {
                Vec::new()
            } else {
                self.state.fd_view(&self.state.descriptions().get(applied.description).now).name.to_vec()
            };
            let heading = Heading {
                number: applied.number.unwrap_or(0),
                clock: Clock { ts: event.ts, ..Clock::default() },
                comm: (applied.version != NONE).then(|| self.state.text(self.state.version(applied.version).comm)),
                tid: event.tid,
                fd_name: &fd_name,
            };
            let mut line = Vec::new();
            printer.line(&mut line, event, &heading, &self.state.live(applied.version));
            self.lines.push((self.row, String::from_utf8_lossy(&line).into_owned()));
        }
        self.row += 1;
    }
    fn damage(&mut self, damage: Damage) {
        panic!("a shipped capture is damaged: {damage:?}");
    }
}

#[test]
fn every_row_read_again_says_what_it_said_when_it_was_applied() {
    for path in captures() {
        let bytes = inflated(&path);
        let mut live = LivePrinter { state: State::new(Quirks::NONE), row: 0, lines: Vec::new() };
        let mut reader = Reader::<EventTable>::new(Limits::default());
        reader.push(&bytes, &mut live);
        reader.finish(&mut live);

        let mut session = session([&bytes].into_iter());
        let files = [bytes];
        let mut source = &files[..];
        let count = session.count(EVENTS).rows;
        assert_eq!(count, live.lines.len() as u64, "{}", path.display());
        let mut wrong = 0;
        let mut position = 0;
        while position < count {
            let text = session.text(EVENTS, position, 500, &mut source).expect("bytes are in memory");
            let mut rest = text.as_str();
            let end = (position + 500).min(count);
            for at in position..end {
                let (row, line) = &live.lines[at as usize];
                match rest.strip_prefix(line.as_str()).and_then(|rest| rest.strip_prefix('\n')) {
                    Some(after) => rest = after,
                    None => {
                        let shown: String = rest.lines().next().unwrap_or("").to_owned();
                        if wrong < 5 {
                            eprintln!("{} row {row}\n  live  {line}\n  again {shown}", path.display());
                        }
                        wrong += 1;
                        rest = rest.get(shown.len() + 1..).unwrap_or("");
                    }
                }
            }
            position = end;
        }
        assert_eq!(wrong, 0, "lines of {} differ", path.display());
    }
}

/// What a session says of its capture. The room its tables take is left out: hash tables with random keys grow a little sooner or later in every run.
fn contents(session: &Session) -> Summary {
    Summary { index_bytes: 0, ..session.summary() }
}

#[test]
fn any_slicing_gives_the_same_index() {
    for path in captures() {
        let bytes = inflated(&path);
        if bytes.len() > 2_000_000 {
            continue;
        }
        let whole = session([&bytes].into_iter());
        assert!(whole.index().next_row() > 100);
        for step in [7usize, 4096, 65_537] {
            let sliced = session(bytes.chunks(step));
            assert_eq!(sliced.digest(), whole.digest(), "{} in slices of {step}", path.display());
            assert_eq!(contents(&sliced), contents(&whole));
        }
        let mut uneven = Session::new(Options::default());
        uneven.next_file("test");
        let mut rest = bytes.as_slice();
        let mut step = 1;
        while !rest.is_empty() {
            step = (step * 31 + 17) % 9973 + 1;
            let (slice, after) = rest.split_at(step.min(rest.len()));
            uneven.push(slice);
            rest = after;
        }
        uneven.finish();
        assert_eq!(uneven.digest(), whole.digest(), "{} in uneven slices", path.display());
    }
}

/// Unpacks straight into a session.
struct Through(Session);

impl Inflated for Through {
    fn bytes(&mut self, bytes: &[u8]) {
        assert!(self.0.push(bytes));
    }

    fn damage(&mut self, damage: Damage) {
        panic!("a shipped capture is damaged: {damage:?}");
    }
}

/// Every version of every thread, every description and every conversation, in words.
fn state_of(session: &Session) -> String {
    let state = session.state();
    let versions = (0..state.threads().version_count() as u32).map(|version| format!("{:?}", state.version(version)));
    let descriptions = state.descriptions();
    let opened = (0..descriptions.len() as u32).map(|index| format!("{:?} {:?}", descriptions.get(index), descriptions.holders(index)));
    versions.chain(opened).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_packed_capture_gives_the_same_index_and_state() {
    let packed = [".gz", ".zst", ".lz4"];
    for path in captures().into_iter().filter(|path| packed.iter().any(|end| path.to_string_lossy().ends_with(end))) {
        let whole = session([inflated(&path)].into_iter());
        let mut through = Through(Session::new(Options::default()));
        through.0.next_file("test");
        let mut inflate = Inflate::new();
        for slice in fs::read(&path).expect("a capture can be read").chunks(10_007) {
            inflate.push(slice, &mut through);
        }
        inflate.finish(&mut through);
        through.0.finish();
        assert_eq!(through.0.digest(), whole.digest(), "{}", path.display());
        assert!(state_of(&through.0) == state_of(&whole), "state of {}", path.display());
    }
}

#[test]
fn the_conversation_of_an_accepted_socket_has_both_sides() {
    let bytes = sample("fastcgi-epipe-kmod");
    let mut session = session([&bytes].into_iter());
    let files = [bytes];
    let mut source = &files[..];
    let accept = session.locate(EVENTS, Place::Number(14107)).expect("it is there");
    assert!(accept.exact);
    let call = session.call(accept.row, &mut source).expect("bytes are in memory").expect("the row is there");
    assert_eq!((call.kind.as_str(), call.process.as_str()), ("accept", "uwsgi"));
    let fd = call.fd.expect("accept makes an fd");
    assert!(fd.followable);

    let spec = ListSpec { unit: Unit::Calls, conversation: Some(fd.description), filter: None, sort: None };
    let count = session.count(spec);
    let window = session.window(spec, 0, count.rows as usize, &mut source);
    assert_eq!(window.unread, None);
    let calls: Vec<(&str, &str, f64, &str)> = (0..window.row.len())
        .map(|at| (window.process[at].as_str(), window.kind[at].as_str(), window.returned[at], window.errno[at].as_str()))
        .collect();
    let writes: Vec<_> = calls.iter().filter(|call| call.1 == "writev").map(|call| (call.0, call.2, call.3)).collect();
    assert_eq!(writes, [("apache2", 16.0, ""), ("apache2", 699.0, ""), ("apache2", 8.0, ""), ("apache2", -32.0, "EPIPE")]);
    let reads: Vec<_> = calls.iter().filter(|call| call.1 == "read" && call.0 == "uwsgi").map(|call| call.2).collect();
    assert_eq!(reads.iter().filter(|result| **result > 0.0).sum::<f64>(), 723.0);
    assert!(calls.iter().any(|call| call.0 == "uwsgi" && call.1 == "close"));
    assert!(window.row.is_sorted());
    assert!(window.fd_name.iter().any(|name| name.contains("/tmp/helloFastCGI.s")));
}

#[test]
fn a_window_is_the_same_wherever_it_begins() {
    let bytes = sample("variant-kmod-0.29.3-default");
    let mut session = session([&bytes].into_iter());
    let files = [bytes];
    let mut source = &files[..];
    for spec in [EVENTS, CALLS] {
        let rows = session.count(spec).rows;
        let whole = session.window(spec, 0, rows as usize, &mut source);
        assert_eq!(whole.row.len() as u64, rows);
        for first in [0, 1, rows / 3, rows - 3] {
            let part = session.window(spec, first, 50, &mut source);
            let at = first as usize;
            let end = (at + 50).min(rows as usize);
            assert_eq!(part.row, whole.row[at..end]);
            assert_eq!(part.info, whole.info[at..end]);
            assert_eq!(part.process, whole.process[at..end]);
        }
        for (position, row) in whole.row.iter().enumerate().step_by(97) {
            let located = session.locate(spec, Place::Row(*row)).expect("a listed row is in the list");
            assert_eq!((located.position, located.row, located.exact), (position as u64, *row, true));
        }
    }
    // Every exit of a call leads to its call.
    let events = session.window(EVENTS, 0, 2000, &mut source);
    for row in events.row {
        let located = session.locate(CALLS, Place::Row(row)).expect("every shown event belongs to a call");
        assert!(located.exact, "row {row}");
    }
}

#[test]
fn text_is_found_where_it_is_shown() {
    let bytes = sample("fastcgi-epipe-kmod");
    let mut session = session([&bytes].into_iter());
    let files = [bytes];
    let mut source = &files[..];
    let mut find = |session: &mut Session, text: &str, from: u64, forward: bool| {
        let mut find = Find::new(EVENTS, text, from, forward);
        loop {
            match find.step(session, &mut source, &mut || true).expect("bytes are in memory") {
                Found::Searching(_) => {}
                Found::At(position) => return Some(position),
                Found::Nowhere => return None,
            }
        }
    };
    let first = find(&mut session, "hellofastcgi", 0, true).expect("case does not matter");
    let text = session.text(EVENTS, first, 1, &mut &files[..]).expect("bytes are in memory");
    assert!(text.contains("helloFastCGI"), "{text}");
    let second = find(&mut session, "hellofastcgi", first, true).expect("there are many");
    assert_eq!(find(&mut session, "hellofastcgi", second, false), Some(first));
    assert_eq!(find(&mut session, "no line has this", 0, true), None);
}

#[test]
fn memory_runs_out_in_words_and_what_is_indexed_stays() {
    let bytes = sample("fastcgi-epipe-kmod");
    let mut session = Session::new(Options { limit: 500_000, ..Options::default() });
    session.next_file("test");
    let more = bytes.chunks(4096).map(|slice| session.push(slice)).collect::<Vec<_>>();
    session.finish();
    assert_eq!(more.first(), Some(&true));
    assert_eq!(more.last(), Some(&false));
    let summary = session.summary();
    assert!(matches!(summary.stopped, Some(engine::Stopped::Limit { what: "memory", limit: 500_000 })));
    let rows = session.count(EVENTS).rows;
    assert!(rows > 0);
    let files = [bytes];
    assert_eq!(session.window(EVENTS, rows - 1, 10, &mut &files[..]).info.len(), 1);
}

#[test]
fn a_block_that_made_an_earlier_run_fail_can_be_left_out() {
    let bytes = sample("variant-kmod-0.29.3-n2000");
    let whole = session([&bytes].into_iter());
    let record = whole.index().record(1000).expect("there are 2000");
    let mut session = Session::new(Options { skip_offset: Some(record.offset), ..Options::default() });
    session.next_file("test");
    session.push(&bytes);
    session.finish();
    assert_eq!(session.index().next_row() + 1, whole.index().next_row());
    assert_eq!(session.damages().count(), 1);
    assert_eq!(session.damages().kept()[0].offset, record.offset);
    assert_eq!(whole.damages().count(), 0);
}

#[test]
fn a_block_of_the_initial_state_can_be_left_out_too() {
    let bytes = sample("variant-kmod-0.29.3-n2000");
    // Each block begins with its type and its length.
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let length = |at: usize| word(at + 4) as usize;
    let is_process_list = |at: usize| matches!(word(at), 0x202 | 0x207 | 0x209 | 0x210..=0x215);
    let mut processes = 0;
    while !is_process_list(processes) {
        processes += length(processes);
    }
    let mut session = Session::new(Options { skip_offset: Some(processes as u64), ..Options::default() });
    session.next_file("test");
    session.push(&bytes[..processes + length(processes)]);
    // While it was read, that block was the one a crash would be blamed on.
    assert_eq!(session.applying(), processes as u64);
    assert!(session.listed_threads().is_empty());
    session.push(&bytes[processes + length(processes)..]);
    session.finish();
    let [damage] = session.damages().kept() else { panic!("one block is left out") };
    assert_eq!((damage.offset, damage.block, damage.skipped), (processes as u64, "process list", length(processes) as u64));
    assert_eq!(session.index().next_row(), 2000);
}

#[test]
fn a_file_that_has_changed_is_told_and_columns_stay() {
    let bytes = sample("variant-kmod-0.29.3-n2000");
    let mut session = session([&bytes].into_iter());
    let files = [vec![0; bytes.len()]];
    let window = session.window(EVENTS, 0, 10, &mut &files[..]);
    assert_eq!(window.unread, Some(engine::ReadError::Changed));
    assert_eq!(window.row.len(), 10);
    assert!(window.num.iter().all(|num| *num > 0.0));
    assert!(session.text(EVENTS, 0, 10, &mut &files[..]).is_err());
}

#[test]
fn files_of_a_rolled_capture_are_one_list_read_from_their_own_files() {
    let names = ["variant-kmod-0.29.3-n2000", "variant-kmod-0.29.3-filter-curl"];
    let files = names.map(sample);
    let mut session = Session::new(Options::default());
    let mut alone = Vec::new();
    for (name, bytes) in names.iter().zip(&files) {
        session.next_file(name);
        for slice in bytes.chunks(1000) {
            session.push(slice);
        }
        let mut single = session_of(bytes);
        alone.push(single.count(EVENTS).rows);
    }
    session.finish();
    let mut source = &files[..];
    assert_eq!(session.count(EVENTS).rows, alone.iter().sum::<u64>());
    assert_eq!(session.summary().names, names);
    assert_eq!(session.sections().iter().map(|section| section.file).collect::<Vec<_>>(), [0, 1]);
    let window = session.window(EVENTS, 0, usize::MAX, &mut source);
    assert_eq!(window.unread, None);
    // Numbers begin anew, so a number may mean two events: the first is found.
    let second = alone[0] as usize;
    assert!(window.num[second] < window.num[second - 1]);
    for at in [0, second, second + 700] {
        let number = window.num[at];
        let first = window.num.iter().position(|num| *num == number).expect("it is its own");
        let located = session.locate(EVENTS, Place::Number(number as u64)).expect("it is there");
        assert_eq!((located.position, located.exact), (first as u64, true));
    }
    // With the section in front every number is one event, also where its file has no such: then the next one.
    assert_eq!((window.section[0], window.section[second]), (1, 2));
    for at in [0, second, second + 700] {
        let (section, number) = (window.section[at], window.num[at] as u64);
        let located = session.locate(EVENTS, Place::InSection(section, number)).expect("it is there");
        assert_eq!((located.position, located.exact), (at as u64, true));
    }
    let before = session.locate(EVENTS, Place::InSection(2, 0)).expect("something follows");
    assert_eq!((before.position, before.exact), (second as u64, false));
    assert_eq!(session.locate(EVENTS, Place::InSection(3, 1)), None);
    assert_eq!(session.locate(EVENTS, Place::InSection(0, 1)), None);
    // When each file was recorded, so that holes between them can be told.
    let spans = session.summary().files;
    assert_eq!(spans.iter().map(|file| u64::from(file.row)).collect::<Vec<_>>(), [0, 2000]);
    assert_eq!(spans[0].start_ns, Some(0));
    let times: Vec<i64> = (0..2001).map(|row| session.index().record(row).expect("it is there").ts.cast_signed()).collect();
    assert_eq!((spans[0].end_ns, spans[1].start_ns), (Some(times[1999] - times[0]), Some(times[2000] - times[0])));
    let longest = times[..2000].windows(2).map(|pair| pair[1] - pair[0]).max();
    assert_eq!(Some(spans[0].silence_ns.cast_signed()), longest);
    // The same bytes alone and as the second file are the same events.
    let mut single = session_of(&files[1]);
    let only = single.window(EVENTS, 0, usize::MAX, &mut &files[1..]);
    assert_eq!(window.kind[second..], only.kind);
    assert_eq!(window.tid[second..], only.tid);
}

fn session_of(bytes: &[u8]) -> Session {
    session([bytes].into_iter())
}

#[test]
fn errors_of_a_conversation_are_found_in_it() {
    let bytes = sample("fastcgi-epipe-kmod");
    let mut session = session_of(&bytes);
    let files = [bytes];
    let mut source = &files[..];
    let accept = session.locate(EVENTS, Place::Number(14107)).expect("it is there").row;
    let description = session.index().record(accept).expect("it is there").description;
    for unit in [Unit::Events, Unit::Calls] {
        let spec = ListSpec { unit, conversation: Some(description), filter: None, sort: None };
        let rows = session.count(spec).rows;
        let error = session.seek_error(spec, 0, true).expect("EPIPE is in it");
        let window = session.window(spec, error, 1, &mut source);
        assert_eq!(window.errno, ["EPIPE"]);
        assert_eq!(session.seek_error(spec, rows, false), Some(error));
        assert_eq!(session.seek_error(spec, error, true), None);
        let located = session.locate(spec, Place::Row(window.row[0])).expect("it is in the list");
        assert_eq!((located.position, located.exact), (error, true));
    }
}

#[test]
fn index_and_state_take_less_than_24_bytes_an_event() {
    let bytes = sample("php-fpm-statsd-kmod");
    let session = session_of(&bytes);
    let summary = session.summary();
    assert!(summary.blocks > 150_000);
    let per_event = summary.index_bytes as f64 / summary.blocks as f64;
    assert!(per_event <= 24.0, "{per_event:.1} bytes an event");
}

#[test]
fn a_call_tells_parameters_results_and_state() {
    let bytes = sample("fastcgi-epipe-kmod");
    let mut session = session_of(&bytes);
    let files = [bytes];
    let mut source = &files[..];
    let accept = session.locate(EVENTS, Place::Number(14107)).expect("it is there").row;
    let description = session.index().record(accept).expect("it is there").description;
    let spec = ListSpec { unit: Unit::Calls, conversation: Some(description), filter: None, sort: None };
    let error = session.seek_error(spec, 0, true).expect("EPIPE is in it");
    let row = session.window(spec, error, 1, &mut source).row[0];
    let call = session.call(row, &mut source).expect("bytes are in memory").expect("the row is there");
    let errno = call.errno.expect("it failed");
    assert_eq!((errno.name.as_str(), errno.text), ("EPIPE", "Broken pipe"));
    assert_eq!((call.result, call.process.as_str()), (Some(-32), "apache2"));
    assert!(call.latency_ns.is_some_and(|latency| latency > 0));
    let (enter, exit) = (call.enter.expect("recorded"), call.exit.expect("recorded"));
    assert_eq!((enter.direction, exit.direction), ("enter", "exit"));
    let data = exit.params.iter().find(|param| param.name == "data").expect("a write has data");
    let captured = data.captured.expect("it is a buffer");
    let buffer = session.bytes(exit.row, data.index, &mut source).expect("bytes are in memory").expect("it is there");
    assert_eq!(buffer.len() as u64, captured);

    let state = session.state_at(row, &mut source).expect("bytes are in memory").expect("the row is there");
    assert_eq!((state.comm.as_str(), state.user.as_str(), state.container.id.as_str()), ("apache2", "www-data", "host"));
    let fd = call.fd.expect("it is about an fd");
    assert!(state.fds.iter().any(|open| open.fd == fd.fd && open.description == fd.description));
    assert!(state.ancestors.iter().any(|process| process.comm == "systemd"));
}

#[test]
fn what_real_captures_say_of_containers_agrees() {
    let mut inside = 0;
    for path in captures() {
        let session = session_of(&inflated(&path));
        let state = session.state();
        let mut found = Vec::new();
        for thread in state.threads().iter() {
            let mut index = thread.last;
            while index != NONE {
                let version = state.version(index);
                inside += usize::from(!state.text(version.container).is_empty());
                found.extend(state.contradiction_at(index, version.since).map(|contradiction| (thread.tid, version.since, contradiction)));
                index = version.previous;
            }
        }
        assert!(found.is_empty(), "{}: {} of them: {:?}", path.display(), found.len(), &found[..found.len().min(5)]);
    }
    assert!(inside > 100, "containers are in them");
}
