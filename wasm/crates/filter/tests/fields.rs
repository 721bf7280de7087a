//! Each field on a drawn capture: what it says of one event, or why no capture can make it say anything.
//!
//! Every value is asked for twice: while events stream by, and as of its row when all have been applied.

mod harness;

use std::collections::BTreeSet;

use filter::fields::{self, Argument, Field, Scratch};
use filter::format::{Format, FormatError};
use filter::moment::Moment;
use filter::value::Value;
use harness::walk;
use model::table::Release;
use model::Quirks;

/// A capture in which most fields have something to say.
fn drawn() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fields.txt");
    std::fs::read_to_string(path).expect("fields.txt stands beside this file")
}

fn field(written: &str) -> Field {
    let (name, argument) = match written.split_once('[') {
        Some((name, rest)) => (name, Argument::Bracketed(rest.strip_suffix(']').expect("a bracket ends"))),
        None => (written, Argument::None),
    };
    let (info, dotted) = fields::resolve(name).unwrap_or_else(|| panic!("there is no field {written}"));
    let argument = if argument == Argument::None { dotted } else { argument };
    Field::bind(info, argument).unwrap_or_else(|error| panic!("{written}: {error}"))
}

fn text(field: &Field, value: Option<Value<'_>>, moment: &Moment<'_>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let mut out = Vec::new();
    filter::format::write_value(&mut out, field.info(), &value, moment.printer);
    String::from_utf8_lossy(&out).into_owned()
}

/// What fields say of the events with these numbers, live and past.
fn said(asked: &[(String, u64)]) -> Vec<(String, String)> {
    let all: Vec<(Field, u64)> = asked.iter().map(|(name, number)| (field(name), *number)).collect();
    let mut found = vec![("no such event".to_owned(), "no such event".to_owned()); all.len()];
    let mut passes: [Vec<(usize, String)>; 2] = [Vec::new(), Vec::new()];
    let [live, past] = &mut passes;
    let ask = |moment: &Moment<'_>, into: &mut Vec<(usize, String)>| {
        let mut scratch = Scratch::default();
        for (at, (field, number)) in all.iter().enumerate() {
            if field.info().ordered || moment.applied.number == Some(*number) {
                let said = text(field, field.extract(moment, &mut scratch), moment);
                if moment.applied.number == Some(*number) {
                    into.push((at, said));
                }
            }
        }
    };
    walk(&drawn(), Release::Libs0_25_4, Quirks::NONE, &mut |moment| ask(moment, live), &mut |moment| {
        if moment.row == 0 {
            all.iter().for_each(|(field, _)| field.reset());
        }
        ask(moment, past);
    });
    for (at, said) in &passes[0] {
        found[*at].0.clone_from(said);
    }
    for (at, said) in &passes[1] {
        found[*at].1.clone_from(said);
    }
    found
}

/// Lines of `fields.tsv` beside this file: a field, the number of an event, and what the field says of it; `-` is no value.
fn expectations() -> Vec<(String, u64, String)> {
    include_str!("fields.tsv")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let mut parts = line.splitn(3, '\t');
            let mut part = || parts.next().unwrap_or_else(|| panic!("three columns: {line}")).to_owned();
            let (name, number) = (part(), part());
            (name, number.parse().expect("an event number"), part())
        })
        .collect()
}

/// Why no capture can make a field say anything.
const UNANSWERED: &[(&str, &str)] = &[
    ("evt.plugininfo", "plugins are not run"),
    ("evt.pluginname", "plugins are not run"),
    ("evtin.", "needs the open spans of tracers, which are not followed: no release after 0.29 does, and no recording has any"),
    ("span.childcount.fortag", "for views that are gone"),
    ("span.count", "needs the two events of a tracer joined, which is not done: no release after 0.29 does, and no recording has any"),
    ("span.duration", "needs the two events of a tracer joined, which is not done: no release after 0.29 does, and no recording has any"),
    ("span.enterarg", "needs the two events of a tracer joined, which is not done: no release after 0.29 does, and no recording has any"),
    ("span.idtag", "for views that are gone"),
    ("span.raw", "for views that are gone"),
    ("span.time", "needs the two events of a tracer joined, which is not done: no release after 0.29 does, and no recording has any"),
    ("fd.cip.name", "names of hosts are looked up live"),
    ("fd.sip.name", "names of hosts are looked up live"),
    ("fd.lip.name", "names of hosts are looked up live"),
    ("fd.rip.name", "names of hosts are looked up live"),
    ("k8s.deployment.", "told by API servers, which only live tools asked"),
    ("k8s.ns.id", "told by API servers, which only live tools asked"),
    ("k8s.ns.label", "told by API servers, which only live tools asked"),
    ("k8s.rc.", "told by API servers, which only live tools asked"),
    ("k8s.rs.", "told by API servers, which only live tools asked"),
    ("k8s.svc.", "told by API servers, which only live tools asked"),
    ("marathon.", "told by API servers, which only live tools asked"),
    ("mesos.framework.", "told by API servers, which only live tools asked"),
    ("mesos.task.name", "told by API servers, which only live tools asked"),
    ("mesos.task.label", "told by API servers, which only live tools asked"),
    ("thread.cpu", "printed of events that are never shown, for views that count them"),
    ("ss.conversation", "answered by the session, which has its own tests"),
    ("ss.life", "answered by the session, which has its own tests"),
    ("ss.unread", "answered by the session, which has its own tests"),
];

#[test]
fn each_field_says_what_is_expected_live_and_past() {
    let expected = expectations();
    let asked: Vec<(String, u64)> = expected.iter().map(|(name, number, _)| (name.clone(), *number)).collect();
    let wrong: Vec<String> = expected
        .iter()
        .zip(said(&asked))
        .filter(|((_, _, expected), (live, past))| live != expected || past != expected)
        .map(|((name, number, expected), (live, past))| format!("{name}\t{number}\texpected {expected:?}, live {live:?}, past {past:?}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
}

#[test]
fn every_field_is_expected_to_say_something_or_has_a_reason() {
    let expected = expectations();
    let answered: BTreeSet<&str> = expected.iter().filter(|(_, _, said)| said != "-").map(|(name, _, _)| field(name).info().name).collect();
    let has_reason = |name: &str| UNANSWERED.iter().any(|(start, _)| name.starts_with(start));
    let missing: Vec<&str> = fields::catalogue().iter().map(|info| info.name).filter(|name| !answered.contains(name) && !has_reason(name)).collect();
    assert!(missing.is_empty(), "neither an expectation nor a reason: {missing:?}");
    let idle: Vec<&str> = UNANSWERED.iter().map(|reason| reason.0).filter(|start| !fields::catalogue().iter().any(|info| info.name.starts_with(start))).collect();
    assert!(idle.is_empty(), "reasons for no field: {idle:?}");
}

#[test]
fn a_name_finds_its_field_and_its_argument() {
    let resolved = |name| fields::resolve(name).map(|(info, argument)| (info.name, argument));
    assert_eq!(resolved("proc.name"), Some(("proc.name", Argument::None)));
    assert_eq!(resolved("evt.arg.fd"), Some(("evt.arg", Argument::Dotted("fd"))));
    assert_eq!(resolved("thread.cgroup.cpu.shares"), Some(("thread.cgroup", Argument::Dotted("cpu.shares"))));
    assert_eq!(resolved("thread.cgroups"), Some(("thread.cgroups", Argument::None)));
    assert_eq!(resolved("evt.foo"), None);
    assert_eq!(fields::suggest("fd.nme"), Some("fd.name"));
    assert_eq!(fields::suggest("nothing.like.it"), None);
}

#[test]
fn arguments_that_no_event_has_are_refused() {
    let error = |name: &str, argument| Field::bind(fields::find(name).expect("a field"), argument).expect_err("refused").to_string();
    assert_eq!(error("evt.arg", Argument::None), "filter syntax error: evt.arg");
    assert_eq!(error("evt.arg", Argument::Dotted("nosuch")), "unknown event argument nosuch");
    assert_eq!(error("evt.arg", Argument::Dotted("1")), "unknown event argument 1");
    assert_eq!(error("evt.arg", Argument::Bracketed("x")), "x is not a valid number");
    assert_eq!(error("proc.aname", Argument::Bracketed("x")), "x is not a valid number");
    assert_eq!(error("proc.name", Argument::Bracketed("1")), "proc.name takes no argument");
}

#[test]
fn formats_are_refused_as_sysdig_refuses_them() {
    let error = |text: &str| Format::parse(text, Quirks::NONE, Release::default()).expect_err("refused").to_string();
    assert_eq!(error("%evt.num %"), "invalid formatting syntax: formatting cannot end with a %");
    assert_eq!(error("%evt.num %20"), "invalid formatting syntax: formatting cannot end with a number");
    assert_eq!(error("%nosuch x"), "invalid formatting token nosuch x");
    assert_eq!(error("%fd.ip"), "fd.ip is filter only and cannot be used as a display field");
    assert_eq!(Format::parse("", Quirks::NONE, Release::default()).err(), Some(FormatError::Empty));
}

/// Lines of a format over the drawn capture.
fn printed(format: &str, write: impl Fn(&Format, &mut Vec<u8>, &Moment<'_>, &mut Scratch) -> bool) -> Vec<String> {
    let format = Format::parse(format, Quirks::NONE, Release::default()).expect("a format");
    let mut lines = Vec::new();
    let mut scratch = Scratch::default();
    walk(
        &drawn(),
        Release::Libs0_25_4,
        Quirks::NONE,
        &mut |moment| {
            let mut line = Vec::new();
            if write(&format, &mut line, moment, &mut scratch) {
                lines.push(String::from_utf8(line).expect("ASCII"));
            }
        },
        &mut |_| {},
    );
    lines
}

#[test]
fn a_line_that_misses_a_field_is_left_out_unless_a_star_keeps_it() {
    let text = |format: &Format, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch| format.text(out, moment, scratch);
    let with = printed("*%evt.num %fd.filename", text);
    let without = printed("%evt.num %fd.filename", text);
    assert!(with.len() > without.len() && !without.is_empty());
    assert!(with.iter().any(|line| line.ends_with(" <NA>")) && without.iter().all(|line| !line.contains("<NA>")));
}

#[test]
fn a_width_pads_and_cuts() {
    let text = |format: &Format, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch| format.text(out, moment, scratch);
    let lines = printed("*[%6evt.num|%3evt.type]", text);
    assert_eq!(lines.get(1).map(String::as_str), Some("[2     |ope]"));
}

#[test]
fn functions_of_fields_are_printed_too() {
    let text = |format: &Format, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch| format.text(out, moment, scratch);
    let line = |format: &str, at: usize| printed(format, text).get(at).cloned();
    assert_eq!(line("*%evt.num %toupper(proc.name)|%6tolower(concat(evt.type, \"X\")) %len(proc.args)", 1).as_deref(), Some("2 HTTPD|openx  8"));
    assert_eq!(line("*%fd.name %basename(fd.name)", 1).as_deref(), Some("<NA> <NA>"));
    assert_eq!(line("*%fd.name %basename(fd.name)", 2).as_deref(), Some("/etc/passwd passwd"));
    let json = printed("*%tolower(evt.time) %len(evt.time) %len(proc.name)", |format, out, moment, scratch| format.json(out, moment, scratch));
    assert_eq!(json.get(1).map(String::as_str), Some(r#"{"len(evt.time)":18,"len(proc.name)":5,"tolower(evt.time)":"22:13:20.000000000"}"#));
    for wrong in ["%tolower(fd.num)", "%tolower(proc.name", "%upper(proc.name)"] {
        assert!(matches!(Format::parse(wrong, Quirks::NONE, Release::default()), Err(FormatError::Unknown(_))), "{wrong}");
    }
    assert_eq!(Format::parse("%concat(fd.ip)", Quirks::NONE, Release::default()).err(), Some(FormatError::FilterOnly("fd.ip")));
    assert!(Format::of_column("len(evt.deltatime)").is_none() && Format::of_column("toupper(proc.name)").is_some());
}

#[test]
fn options_are_found_among_the_words_of_a_command() {
    let text = |format: &Format, out: &mut Vec<u8>, moment: &Moment<'_>, scratch: &mut Scratch| format.text(out, moment, scratch);
    let found = |words: &str, letters: &str| printed(&format!("*%getopt(({words}), \"{letters}\")"), text).get(1).cloned().unwrap_or_default();
    let chosen = |words: &str, letters: &str, letter: char| printed(&format!("*%getopt(({words}), \"{letters}\")[{letter}]"), text).get(1).cloned().unwrap_or_default();
    // httpd -k start
    assert_eq!(chosen("proc.args[0], proc.args[1]", "k:", 'k'), "start");
    assert_eq!(found("proc.args[0], proc.args[1]", "k:"), "(k,start)");
    assert_eq!(found("proc.args[0], proc.args[1]", "k"), "(k)");
    assert_eq!(chosen("proc.args[0], proc.args[1]", "n:", 'n'), "<NA>");
    assert_eq!(found("'-vn3', '-x', '--long', '-n', '4', 'file', '-v'", ":n:v"), "(v,n,3,?,n,4)");
    assert_eq!(chosen("'-vn3', '-n', '4', '--', '-n', '5'", "n:v", 'n'), "4");
    assert_eq!(chosen("'-vn3', '-n', '4'", "n:v", 'v'), "v");
    assert_eq!((found("'-n'", "n:"), chosen("'-n'", "n:", 'n')), ("()".to_owned(), String::new()));
    assert_eq!(found("'-:'", ":"), "(?)");
    assert_eq!((found("'file'", "n"), found("''", "n"), found("'-'", "n")), ("<NA>".to_owned(), "<NA>".to_owned(), "<NA>".to_owned()));
}

#[test]
fn json_has_sorted_keys_and_its_own_types() {
    let lines = printed("*%fd.name %evt.num %evt.failed %evt.time %evt.num %proc.fdusage", |format, out, moment, scratch| format.json(out, moment, scratch));
    let line = |at: usize| lines.get(at).map(String::as_str);
    assert_eq!(line(1), Some(r#"{"evt.failed":null,"evt.num":2,"evt.time":1700000000000000000,"fd.name":null,"proc.fdusage":0.48828125}"#));
    assert_eq!(line(2), Some(r#"{"evt.failed":false,"evt.num":3,"evt.time":1700000000000001000,"fd.name":"/etc/passwd","proc.fdusage":0.5859375}"#));
}

#[test]
fn cells_of_csv_are_quoted_and_never_formulas() {
    let csv = |columns: [&str; 3]| {
        let format = Format::of_columns(columns).expect("columns");
        let mut lines = Vec::new();
        let mut head = Vec::new();
        format.csv_head(&mut head);
        lines.push(String::from_utf8(head).expect("ASCII"));
        let mut scratch = Scratch::default();
        walk(
            &drawn(),
            Release::Libs0_25_4,
            Quirks::NONE,
            &mut |moment| {
                let mut line = Vec::new();
                format.csv(&mut line, moment, &mut scratch);
                lines.push(String::from_utf8_lossy(&line).into_owned());
            },
            &mut |_| {},
        );
        lines
    };
    let lines = csv(["evt.num", "fd.name", "proc.args"]);
    assert_eq!(lines.first().map(String::as_str), Some("evt.num,fd.name,proc.args"));
    assert_eq!(lines.get(2).map(String::as_str), Some(r#"2,,"'-k start""#));
    assert!(lines.iter().any(|line| line.ends_with(r#","'=cmd|a,""b""""#)), "{lines:#?}");
    let columns: Vec<String> = Format::parse("%evt.num %20fd.name %proc.aname[1]", Quirks::NONE, Release::default()).expect("a format").names().map(str::to_owned).collect();
    assert_eq!(columns, ["evt.num", "fd.name", "proc.aname[1]"]);
}

/// What stands before the tables of the page on fields.
const PAGE: &str = "\
# Fields

What filters compare, formats print and columns show. This page is made from the catalogue in `wasm/crates/filter`:
`UPDATE_DOCS=1 cargo test -p filter --test fields` writes it.

A field has a value or it has none, and then every comparison with it is false, `!=` too. An argument is written in
brackets or behind a dot, `evt.arg[0]`, `evt.arg.name`; digits are an index in brackets only. All names of sysdig are
known, from the first release to the newest; *known* says which ones had them.

Of tracers, which programs wrote to `/dev/null` for sysdig up to 0.29, the `span.` fields say what the event itself carries:
number, tags and arguments. What joins two of them (`span.duration`, `span.time`, `span.enterargs`) or asks which of them are
open (`evtin.`) has no value here.

Fields that begin with `ss.` are our own:

* `ss.latency` is the time between the two events of one call, on its exit. `evt.latency` is that of sysdig: 0 on enter
  events, and in `scapscope sysdig` also what sysdig takes for it where no pair was recorded.
* `ss.partner` is the number of a call's other event, `ss.identity_event` that of the event that last changed the user or
  group of the thread. Both need an index, so `scapscope sysdig`, which makes none, has no value for them.
* `ss.captured` counts the bytes of data that the recorder kept of an event, `ss.length` those that the call moved,
  `ss.refused` those that a failed call wanted to send.
* `ss.conversation`, `ss.life` and `ss.unread` are those of the conversation that the descriptor is an end of. They are known
  when the capture has been read to its end: until then a filter that asks for them selects nothing.
* `ss.uid`, `ss.gid`, `ss.user`, `ss.group` are who the thread was as of the event, without a value where nobody knows.
";

#[test]
fn the_page_on_fields_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/fields.md");
    let mut page = PAGE.to_owned();
    filter::format::write_catalogue(&mut page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page).expect("docs can be written to");
        return;
    }
    let found = std::fs::read_to_string(&path).expect("docs/fields.md");
    assert!(found == page, "out of date: UPDATE_DOCS=1 cargo test -p filter --test fields");
}

#[test]
fn a_cell_is_one_field_of_a_format_or_nothing() {
    let cells = |at: usize| {
        printed("*%evt.num %20fd.name %evt.rawres", |format, line, moment, scratch| {
            if moment.applied.number != Some(5) {
                return false;
            }
            let told = format.cell(at, line, moment, scratch);
            assert_eq!(told, !line.is_empty(), "what is told is appended, and nothing else");
            told
        })
    };
    assert_eq!(cells(0), ["5"]);
    assert_eq!(cells(1), ["/etc/passwd"], "a width is for lines");
    assert_eq!(cells(2), ["5"]);
    assert!(cells(3).is_empty(), "there is no such column");
    let without = printed("*%evt.rawres", |format, line, moment, scratch| moment.applied.number == Some(4) && format.cell(0, line, moment, scratch));
    assert!(without.is_empty(), "an enter event has no result");
}
