//! Filters over sessions: plans change nothing but the time, and lists walk what was selected.

mod harness;

use engine::{ByteSource, Find, Found, ListSpec, Options, Place, ReadError, Search, Session, Task, Unit};
use harness::inflated;
use model::Row;

/// Captures of every generation.
const CAPTURES: [&str; 3] =
    ["fastcgi-nginx-ok-kmod-0.29.3.scap.gz", "fastcgi-nginx-ok-modern-0.36.0.scap.gz", "fastcgi-epipe-modern-libs0.25.4.scap.gz"];

/// Filters of every kind of field and every shape.
const FILTERS: [&str; 58] = [
    "",
    "evt.type = openat",
    "evt.type in (read, write) and evt.rawres > 100",
    "not evt.type = switch",
    "evt.dir = <",
    "evt.num < 500",
    "evt.cpu = 0",
    "evt.rawres < 0",
    "evt.failed = true or evt.type = close",
    "evt.res = ENOENT",
    "evt.latency > 1000000",
    "evt.is_io_read = true",
    "evt.category = file",
    "evt.args contains nginx",
    "evt.arg.name contains /etc",
    "evt.arg.res = ENOENT",
    "evt.arg[0] exists",
    "evt.rawarg.fd = 3",
    "evt.info contains res=",
    "evt.buffer contains HTTP",
    "evt.buflen > 100",
    "evt.deltatime > 1000000 and proc.name = nginx",
    "fd.name contains /etc",
    "fd.name exists and not fd.type = file",
    "fd.num >= 4 and fd.typechar = 4",
    "fd.type in (ipv4, unix)",
    "fd.ip = 127.0.0.1",
    "fd.ip != 127.0.0.1",
    "fd.sport = 80 or fd.cport > 1024",
    "fd.directory pmatch (/etc, /usr/lib)",
    "fd.name glob '/usr/lib/*' or fd.name regex '.*[.]conf'",
    "proc.name = nginx and fd.name contains sock",
    "proc.name != nginx",
    "proc.pid > 1000 and evt.type exists",
    "proc.aname = systemd",
    "proc.pname exists and proc.aname[2] exists",
    "proc.cmdline contains -c or proc.args = \"\"",
    "proc.nchilds > 0",
    "thread.ismain = false",
    "thread.pfminor > 100 and proc.vmsize > 1000",
    "user.name = root and group.gid = 0",
    "container.id = host",
    "not (proc.name = nginx or (evt.type = read and not fd.num = 3))",
    "proc.name = val(proc.pname) or len(fd.name) > 20",
    "evt.arg.res = 0 or evt.rawarg.res = -11",
    "not evt.rawarg.res >= 0",
    "evt.arg[0] = EAGAIN or evt.rawarg[0] > 4000",
    "evt.count.error exists and not evt.res = EAGAIN",
    "len(evt.arg.res) > 2 and evt.buflen.out > 100",
    "not evt.buffer contains HTTP and not evt.arg.data exists",
    "fd.filename exists or fd.directory = /etc",
    "evt.type in (rt_sigprocmask, set_robust_list, sigaltstack) or syscall.type = newfstatat",
    "not (evt.category in (signal, process)) and evt.type != switch",
    "ss.conversation exists and ss.life = 1",
    "ss.unread > 0 or ss.refused > 0",
    "fd.nameraw contains /etc or fs.path.name startswith /usr",
    "container.type = docker or not user.name exists",
    "proc.ppid > 1 and proc.nchilds >= 0 and evt.rawarg.res < 0",
];

fn session(bytes: &[u8]) -> Session {
    let mut session = Session::new(Options::default());
    session.next_file("test");
    assert!(session.push(bytes));
    session.finish();
    session
}

fn list(session: &mut Session, unit: Unit, filter: &str) -> ListSpec {
    let filter = session.filter(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    ListSpec { unit, conversation: None, filter: Some(filter), sort: None }
}

/// Looks at all there is, a step at a time.
fn run(session: &mut Session, filter: &str, files: &[Vec<u8>]) {
    let id = session.filter(filter).expect("a filter");
    let mut source = files;
    while !session.run_filter(id, &mut source, &mut || true).expect("bytes in memory").is_done() {}
}

/// Rows of a list after all has been looked at.
fn rows(session: &mut Session, filter: &str, files: &[Vec<u8>], spec: ListSpec) -> Vec<Row> {
    run(session, filter, files);
    session.rows(spec, 0, usize::MAX)
}

#[test]
fn a_plan_selects_what_asking_every_event_selects() {
    for name in CAPTURES {
        let files = [inflated(name)];
        let mut session = session(&files[0]);
        let mut selected = 0;
        let mut different = Vec::new();
        for filter in FILTERS {
            let spec = list(&mut session, Unit::Events, filter);
            let planned = rows(&mut session, filter, &files, spec);
            let every = session.ask_every_event(spec.filter.expect("set above"), &mut files.as_slice()).expect("bytes in memory");
            if planned != every {
                let row = planned.iter().zip(&every).position(|(one, other)| one != other).and_then(|at| every.get(at));
                different.push(format!("{filter}: {} rows, not {}, first at {row:?}", planned.len(), every.len()));
            }
            selected += usize::from(!every.is_empty());
        }
        assert!(different.is_empty(), "{name}:\n{}", different.join("\n"));
        assert!(selected > 30, "{name}: only {selected} filters select anything");
    }
}

/// A link may hold any of these: each is answered a step at a time, or refused.
#[test]
fn deep_long_and_ugly_filters_are_answered_or_refused() {
    let files = [inflated(CAPTURES[0])];
    let mut session = session(&files[0]);
    let mut selected = |filter: &str| {
        let spec = list(&mut session, Unit::Events, filter);
        rows(&mut session, filter, &files, spec)
    };
    let reads = selected("evt.type = read");
    let none = selected("evt.num < 0");
    assert!(!reads.is_empty() && none.is_empty());
    let nested = |depth: usize| {
        let open = ["not (fd.num < 0 and ", "not (fd.num < 0 or "].map(str::to_owned);
        let opened: String = (0..depth).map(|level| open[level % 2].as_str()).collect();
        format!("{opened}evt.type = read{}", ")".repeat(depth))
    };
    assert!(!selected(&nested(99)).is_empty());
    let odd = format!("{}evt.type = read{}", "not (not (".repeat(50), "))".repeat(50));
    assert_eq!(selected(&odd), reads);
    // Over a megabyte: some of its checks hold, and what is asked of every row is long.
    let long = format!("evt.type = read or {}", vec!["fd.name = /nowhere/at/all/and/nothing"; 30_000].join(" or "));
    assert!(long.len() > 1 << 20);
    assert_eq!(selected(&long), reads);
    let value = format!("evt.type = read or fd.name contains {} or evt.args contains {}", "x".repeat(1 << 20), "y".repeat(1 << 20));
    assert_eq!(selected(&value), reads);
    for ugly in ["(a*)*(a|a)*(a?){50}b", "((x|/)+)+[[:digit:]]{40}", "(.*)*(.*)*(.*)*\\x01"] {
        assert_eq!(selected(&format!("evt.args regex \"{ugly}\"")), none, "{ugly}");
    }
    assert_eq!(selected(&format!("fd.name glob \"{}\"", "*/*b".repeat(500))), none);
    let mut refused = |filter: &str| session.filter(filter).expect_err("it is refused").message;
    assert_eq!(refused(&nested(101)), "brackets are nested more than 100 deep");
    assert!(refused(&format!("fd.name regex \"{}x{}\"", "(".repeat(500_000), ")".repeat(500_000))).starts_with("this regular expression cannot be used"));
    assert!(refused("fd.name regex \"((a{1000}){1000}){1000}\"").starts_with("this regular expression cannot be used"));
}

#[test]
fn a_printed_filter_selects_the_same_rows() {
    let files = [inflated(CAPTURES[0])];
    for filter in FILTERS {
        let printed = filter::Filter::new(filter.as_bytes(), model::Quirks::NONE).expect(filter).text().to_owned();
        // Sessions of their own: one would give what it has found for the other.
        let [one, other] = [filter, printed.as_str()].map(|text| {
            let mut session = session(&files[0]);
            let spec = list(&mut session, Unit::Events, text);
            rows(&mut session, text, &files, spec)
        });
        assert_eq!(one, other, "{filter} as {printed}");
    }
}

/// The stretch of a file that the next step of a search wants, and no other.
struct Wanted<'a>(&'a [Vec<u8>], (usize, u64, u64));

impl ByteSource for Wanted<'_> {
    fn read(&mut self, file: usize, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let (of, from, end) = self.1;
        assert!(file == of && offset >= from && offset + into.len() as u64 <= end, "{offset} is not wanted: {:?}", self.1);
        self.0.read(file, offset, into)
    }
}

/// Searches a task as another thread would: what it knows is what stands in the numbers.
fn search(task: &Task, files: &[Vec<u8>]) -> Vec<u32> {
    let task = Task::from_numbers(&task.text, &task.to_numbers()).expect("its own numbers");
    let mut search = Search::new(task).expect("a filter");
    let mut behind = 0;
    loop {
        let (file, from, end) = search.wants();
        assert!(from >= behind && end > from && end - from <= 2 << 20, "{from} to {end} behind {behind}");
        behind = end;
        if !search.step(&mut Wanted(files, (file, from, end))).expect("bytes in memory") {
            return search.found().to_vec();
        }
    }
}

#[test]
fn what_is_searched_elsewhere_is_what_is_found_here() {
    // Many times the same capture is more than the few chunks that it takes.
    let files = [inflated(CAPTURES[0]).repeat(40)];
    let filters = [
        ("evt.buffer contains HTTP", true),
        ("proc.name = nginx and evt.buffer contains HTTP", true),
        ("evt.type in (read, write, writev) and not evt.buffer contains HTTP", true),
        ("fd.type = ipv4 and (evt.buffer contains GET or evt.rawarg.size > 100)", true),
        ("evt.rawarg.flags exists", true),
        ("evt.buffer contains HTTP or proc.name = nginx", false),
        ("evt.arg.name contains /etc", false),
        ("proc.name = nginx", false),
    ];
    for (filter, is_handed_out) in filters {
        let mut alone = session(&files[0]);
        let spec = list(&mut alone, Unit::Events, filter);
        let expected = rows(&mut alone, filter, &files, spec);
        assert!(!expected.is_empty(), "{filter} selects nothing");
        let mut session = session(&files[0]);
        assert!(session.index().chunk_count() > 4, "a capture of several chunks");
        let spec = list(&mut session, Unit::Events, filter);
        let id = spec.filter.expect("set above");
        assert!(session.hand_out(id).is_none(), "what has not begun is not handed out");
        let mut source = files.as_slice();
        let (mut handed_out, mut shown) = (0, 0);
        let mut waiting: Vec<Task> = Vec::new();
        loop {
            let count = session.run_filter(id, &mut source, &mut || true).expect("bytes in memory");
            assert!(count.events >= shown, "{filter}: rows that were shown are gone");
            shown = count.events;
            let so_far = session.rows(spec, 0, usize::MAX);
            assert_eq!(so_far, expected[..so_far.len()], "{filter}: rows come in order");
            if count.is_done() {
                break;
            }
            if waiting.len() < 3
                && let Some(task) = session.hand_out(id)
            {
                handed_out += 1;
                waiting.push(task);
            } else if session.is_elsewhere(id) || waiting.len() == 3 {
                if session.is_elsewhere(id) {
                    let again = session.run_filter(id, &mut source, &mut || true).expect("bytes in memory");
                    assert_eq!(again.looked, count.looked, "{filter}: what is left to others is not begun here");
                }
                // The last one first; every third is given up.
                let task = waiting.pop().expect("what is elsewhere was handed out");
                let found = search(&task, &files);
                let found = if task.ticket.is_multiple_of(3) { None } else { Some(&found[..]) };
                session.hand_in(id, task.ticket, found);
                session.hand_in(id, task.ticket, Some(&[0]));
            }
        }
        assert_eq!(session.rows(spec, 0, usize::MAX), expected, "{filter}");
        assert_eq!(handed_out > 1, is_handed_out, "{filter}: {handed_out} tasks");
        for task in waiting {
            session.hand_in(id, task.ticket, Some(&[0, 1]));
        }
        assert_eq!(session.rows(spec, 0, usize::MAX), expected, "{filter}: nobody waits for them");
    }
}

#[test]
fn a_task_that_is_none_is_refused() {
    assert_eq!(Task::from_numbers("evt.buffer contains x", &[1, 2, 3]), None);
    assert_eq!(Task::from_numbers("evt.buffer contains x", &[1, 0, 0, 9, 0, 0]), None);
    let nowhere = Task::from_numbers("evt.buffer contains x", &[1, 7, 0, 0, u32::MAX, u32::MAX, u32::MAX, u32::MAX]).expect("a task");
    assert!(Search::new(nowhere).expect("a filter").step(&mut [vec![0; 9]].as_slice()).is_err());
    let no_filter = Task::from_numbers("evt.buffer", &[1, 0, 0, 0, 0, 0]).expect("a task");
    assert!(Search::new(no_filter).is_none());
}

#[test]
fn what_is_filtered_while_it_is_indexed_is_what_is_filtered_after() {
    let files = [inflated(CAPTURES[0])];
    for filter in FILTERS {
        let mut whole = session(&files[0]);
        let mut pieces = Session::new(Options::default());
        pieces.next_file("test");
        for slice in files[0].chunks(200_001) {
            assert!(pieces.push(slice));
            run(&mut pieces, filter, &files);
        }
        pieces.finish();
        for unit in [Unit::Events, Unit::Calls] {
            let spec = list(&mut whole, unit, filter);
            let expected = rows(&mut whole, filter, &files, spec);
            let spec = list(&mut pieces, unit, filter);
            assert_eq!(rows(&mut pieces, filter, &files, spec), expected, "{filter}");
        }
    }
}

#[test]
fn a_call_is_shown_when_either_of_its_edges_passes() {
    let files = [inflated(CAPTURES[0])];
    let mut session = session(&files[0]);
    // Exits alone pass this one, and their calls stand at the enters.
    let filter = "evt.rawres < 0";
    let events = list(&mut session, Unit::Events, filter);
    let calls = list(&mut session, Unit::Calls, filter);
    let exits = rows(&mut session, filter, &files, events);
    let anchors = rows(&mut session, filter, &files, calls);
    let mut expected: Vec<Row> = exits
        .iter()
        .map(|row| session.index().record(*row).expect("a row").partner.filter(|enter| session.index().record(*enter).is_some_and(|enter| !enter.is_exit())).unwrap_or(*row))
        .collect();
    expected.sort_unstable();
    expected.dedup();
    assert!(!expected.is_empty());
    assert_eq!(anchors, expected);
    let count = session.count(calls);
    assert_eq!((count.rows, count.events), (expected.len() as u64, exits.len() as u64));
}

#[test]
fn places_errors_and_texts_are_found_in_filtered_lists() {
    let files = [inflated(CAPTURES[0])];
    let mut session = session(&files[0]);
    let filter = "evt.type = openat";
    let spec = list(&mut session, Unit::Events, filter);
    let shown = rows(&mut session, filter, &files, spec);
    for (position, row) in shown.iter().enumerate() {
        let located = session.locate(spec, Place::Row(*row)).expect("it is listed");
        assert_eq!((located.position, located.row, located.exact), (position as u64, *row, true));
    }
    let between = shown[3] + 1;
    let located = session.locate(spec, Place::Row(between)).expect("the next one");
    assert_eq!(located.row, *shown.iter().find(|row| **row >= between).expect("there are more"));
    let mut failed = Vec::new();
    let mut at = session.seek_error(spec, 0, true);
    while let Some(position) = at {
        failed.push(shown[position as usize]);
        at = session.seek_error(spec, position, true);
    }
    let expected: Vec<Row> = shown[1..]
        .iter()
        .copied()
        .filter(|row| session.index().record(*row).is_some_and(|record| record.is_exit() && record.flags.has(index::Flags::ERROR)))
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(failed, expected);
    let mut source = files.as_slice();
    let mut find = Find::new(spec, "ENOENT", 0, true);
    let hit = loop {
        match find.step(&mut session, &mut source, &mut || false).expect("bytes in memory") {
            Found::At(position) => break position,
            Found::Searching(_) => {}
            Found::Nowhere => panic!("a failed openat prints its errno"),
        }
    };
    let line = session.text(spec, hit, 1, &mut source).expect("bytes in memory");
    assert!(line.contains("openat") && line.contains("ENOENT"), "{line}");
}

#[test]
fn each_check_is_shown_with_its_value() {
    let files = [inflated(CAPTURES[0])];
    let mut session = session(&files[0]);
    let filter = "evt.type = openat and fd.name contains etc and evt.rawres < 0";
    let id = session.filter(filter).expect("a filter");
    let reading = session.filter("evt.type = openat and evt.dir = < and fd.name contains etc").expect("a filter");
    let rows = session.ask_every_event(reading, &mut files.as_slice());
    let row = *rows.expect("bytes in memory").first().expect("nginx reads its configuration");
    let reasons = session.why(id, row, &mut files.as_slice()).expect("bytes in memory").expect("there is such a row");
    let told: Vec<(&str, bool)> = reasons.iter().map(|reason| (reason.text.as_str(), reason.holds)).collect();
    assert_eq!(told, [("evt.type = openat", true), ("fd.name contains etc", true), ("evt.rawres < 0", false)]);
    assert_eq!(reasons[0].value.as_deref(), Some("openat"));
    assert!(session.why(id, Row::MAX - 1, &mut files.as_slice()).expect("nothing is read").is_none());
    let steps = session.explain_filter(id);
    assert_eq!(steps.iter().map(|step| step.text.as_str()).collect::<Vec<_>>(), ["evt.type = openat", "fd.name contains etc", "evt.rawres < 0"]);
}

#[test]
fn filters_that_mean_the_same_share_their_results() {
    let mut session = Session::new(Options::default());
    assert_eq!(session.filter("fd.num=3").expect("a filter"), session.filter("( fd.num == 3 )").expect("a filter"));
    assert_ne!(session.filter("fd.num=3").expect("a filter"), session.filter("fd.num=4").expect("a filter"));
    assert_eq!(session.filter("fd.nme=3").expect_err("no such field").to_string(), "unknown field fd.nme: did you mean fd.name?");
}

#[test]
fn conversations_are_asked_about_when_they_are_known() {
    let files = [inflated("fastcgi-epipe-tcp-kmod-0.29.3.scap.gz")];
    let mut session = session(&files[0]);
    let unread = session.conversations().iter().find_map(|conversation| {
        let side = conversation.directions.iter().position(|direction| direction.unread.is_some_and(|unread| unread > 0))?;
        Some((conversation.key.clone(), conversation.life, conversation.directions[side].unread, conversation.ends[1 - side].descriptions.clone()))
    });
    let (key, life, unread, descriptions) = unread.expect("a reset connection leaves bytes unread");
    let filter = format!("ss.conversation = '{key}' and ss.life = {} and ss.unread = {}", life.expect("it had a life"), unread.expect("found above"));
    let spec = list(&mut session, Unit::Events, &filter);
    let found = rows(&mut session, &filter, &files, spec);
    assert!(!found.is_empty());
    for row in &found {
        let record = session.index().record(*row).expect("a row");
        assert!(descriptions.contains(&record.description), "row {row} is of the end that left bytes unread");
    }
    let reasons = session.why(spec.filter.expect("set above"), found[0], &mut files.as_slice()).expect("bytes in memory").expect("there is such a row");
    assert_eq!(reasons[0].value.as_deref(), Some(key.as_str()));
}

#[test]
fn a_filter_on_conversations_waits_for_the_end_of_the_capture() {
    let files = [inflated(CAPTURES[0])];
    let mut session = Session::new(Options::default());
    session.next_file("test");
    assert!(session.push(&files[0]));
    let id = session.filter("ss.conversation exists").expect("a filter");
    let early = session.run_filter(id, &mut files.as_slice(), &mut || false).expect("bytes in memory");
    assert_eq!((early.events, early.is_done()), (0, true));
    session.finish();
    let late = session.run_filter(id, &mut files.as_slice(), &mut || false).expect("bytes in memory");
    assert!(late.events > 0 && late.is_done());
}

#[test]
fn what_is_no_text_is_asked_for_byte_by_byte() {
    let text = r"
        release 0.29.3
        process tid=1 comm='c\xfet'
        ns tid dir type args
        10 1 > open
        20 1 < open fd=3 name='/tmp/a\xff\xfe b' flags=O_RDONLY mode=0
        30 1 > open
        40 1 < open fd=4 name='/tmp/a\xfe\xff b' flags=O_RDONLY mode=0
    ";
    let files = vec![testkit::capture_from_text(text)];
    let mut session = Session::new(Options::default());
    session.next_file("drawn.scap");
    session.push(&files[0]);
    session.finish();
    let source = &mut files.as_slice();
    let mut of_name = session.rows(ListSpec::all(Unit::Calls), 0, usize::MAX);
    assert_eq!(of_name.len(), 2);
    // The page cannot tell the two names apart.
    assert_eq!(session.window(ListSpec::all(Unit::Calls), 0, 9, source).fd_name, ["/tmp/a\u{fffd}\u{fffd} b"; 2]);
    assert_eq!(session.window(ListSpec::all(Unit::Calls), 0, 9, source).process, ["c\u{fffd}t"; 2]);
    let literals: Vec<_> = of_name.iter().map(|row| session.literal(Unit::Calls, *row, "fd.name", source).expect("bytes are in memory").expect("it has a name")).collect();
    // The field itself writes such bytes of a name in hexadecimal.
    assert_eq!(literals, [r#""/tmp/a\\xff\\xfe b""#, r#""/tmp/a\\xfe\\xff b""#]);
    assert_eq!(session.literal(Unit::Events, of_name[0], "proc.name", source).expect("bytes are in memory").as_deref(), Some(r#""c\xfet""#));
    for (literal, row) in literals.iter().zip(of_name.drain(..)) {
        let filter = session.filter(&format!("fd.name = {literal}")).expect("a filter");
        session.run_filter(filter, source, &mut || false).expect("bytes are in memory");
        assert_eq!(session.rows(ListSpec { filter: Some(filter), ..ListSpec::all(Unit::Calls) }, 0, usize::MAX), [row]);
    }
    // What there is not is not made up.
    for (row, field) in [(0, "proc.nme"), (99, "fd.name"), (0, "fd.sport")] {
        assert_eq!(session.literal(Unit::Calls, row, field, source).expect("bytes are in memory"), None, "{row} {field}");
    }
}
