//! Lines and cells printed from fields: what a list shows, as text, JSON, CSV and beside the rows of a window.

use engine::{LineKind, ListSpec, Options, Session, Unit};

/// Two reads of one process, the second of which fails, and an open whose name a spreadsheet would take for a formula.
const DRAWN: &str = "
    process tid=10 comm=cat
    fd tid=10 fd=3 file /etc/hosts
    ns    tid dir type  args
    0     10  >   read  fd=3 size=9
    1500  10  <   read  res=2 data='a,' fd=3 size=9
    2000  10  >   open  name='=1+1' flags=O_RDONLY mode=0
    2500  10  <   open  fd=4 name='=1+1' flags=O_RDONLY mode=0 dev=0 ino=0
    3000  10  >   read  fd=3 size=9
    3100  10  <   read  res=EIO data='' fd=3 size=9
";

struct Drawn {
    session: Session,
    files: [Vec<u8>; 1],
}

impl Drawn {
    fn new() -> Self {
        let files = [testkit::capture_from_text(DRAWN)];
        let mut session = Session::new(Options::default());
        session.next_file("drawn");
        assert!(session.push(&files[0]));
        session.finish();
        Self { session, files }
    }

    fn list(&mut self, unit: Unit, filter: &str) -> ListSpec {
        let filter = self.session.filter(filter).expect("a filter");
        while !self.session.run_filter(filter, &mut self.files.as_slice(), &mut || true).expect("bytes in memory").is_done() {}
        ListSpec { unit, conversation: None, filter: Some(filter), sort: None }
    }

    fn lines(&mut self, spec: ListSpec, first: u64, count: usize, kind: LineKind, format: &str) -> Vec<String> {
        let format = self.session.format(format).expect("a format");
        let bytes = self.session.lines(spec, first, count, kind, &format, &mut self.files.as_slice()).expect("bytes in memory");
        let text = String::from_utf8(bytes).expect("ASCII");
        assert!(text.is_empty() || text.ends_with('\n'), "each line has an end: {text:?}");
        text.lines().map(str::to_owned).collect()
    }

    fn values(&mut self, spec: ListSpec, names: &[&str]) -> Vec<Vec<Option<String>>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        self.session.field_values(spec, 0, usize::MAX, &names, &mut self.files.as_slice()).expect("bytes in memory")
    }
}

#[test]
fn events_of_a_filter_are_lines_of_text_json_and_csv() {
    let mut drawn = Drawn::new();
    let spec = drawn.list(Unit::Events, "evt.type = read");
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Text, "*%evt.num %evt.dir %evt.rawres"), ["1 > <NA>", "2 < 2", "5 > <NA>", "6 < -5"]);
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Json, "*%evt.rawres %evt.num"), [
        r#"{"evt.num":1,"evt.rawres":null}"#,
        r#"{"evt.num":2,"evt.rawres":2}"#,
        r#"{"evt.num":5,"evt.rawres":null}"#,
        r#"{"evt.num":6,"evt.rawres":-5}"#,
    ]);
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Csv, "*%evt.num %evt.rawres %evt.buffer"), ["1,,", "2,2,\"a,\"", "5,,", "6,-5,NULL"]);
}

#[test]
fn a_line_without_a_value_is_left_out_unless_the_format_begins_with_a_star() {
    let mut drawn = Drawn::new();
    let spec = drawn.list(Unit::Events, "evt.type = read");
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Text, "%evt.num %evt.rawres"), ["2 2", "6 -5"]);
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Json, "%evt.num %evt.rawres").len(), 2);
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Csv, "%evt.num %evt.rawres").len(), 4, "cells may be empty");
}

#[test]
fn a_part_of_a_list_is_those_lines_of_the_whole() {
    let mut drawn = Drawn::new();
    let spec = drawn.list(Unit::Events, "");
    let whole = drawn.lines(spec, 0, usize::MAX, LineKind::Text, "*%evt.num");
    assert_eq!(whole, ["1", "2", "3", "4", "5", "6"]);
    let parts: Vec<String> = (0..6).step_by(2).flat_map(|first| drawn.lines(spec, first, 2, LineKind::Text, "*%evt.num")).collect();
    assert_eq!(parts, whole);
    assert!(drawn.lines(spec, 6, 2, LineKind::Text, "*%evt.num").is_empty());
}

#[test]
fn a_call_is_two_lines_and_one_cell() {
    let mut drawn = Drawn::new();
    let spec = drawn.list(Unit::Calls, "evt.rawres < 0");
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Text, "*%evt.num %evt.dir"), ["5 >", "6 <"]);
    // Of the exit, else of the enter.
    let values = drawn.values(spec, &["evt.num", "evt.rawarg.size", "evt.buffer"]);
    assert_eq!(values, [vec![Some("6".to_owned())], vec![Some("9".to_owned())], vec![Some(String::from("NULL"))]]);
}

#[test]
fn cells_of_what_is_no_column_are_empty() {
    let mut drawn = Drawn::new();
    let spec = drawn.list(Unit::Events, "evt.type = open");
    let values = drawn.values(spec, &["fd.name", "evt.deltatime", "no.such", "fd.ip", "evt.arg", "proc.name x"]);
    assert_eq!(values[0], [None, Some("/=1+1".to_owned())]);
    for (column, name) in values.iter().zip(["", "depends on the order", "is no field", "cannot be printed", "lacks its argument", "has something behind it"]).skip(1) {
        assert_eq!(*column, [None, None], "{name}");
    }
}

#[test]
fn a_cell_of_csv_is_no_formula() {
    let mut drawn = Drawn::new();
    let spec = drawn.list(Unit::Events, "evt.type = open and evt.dir = >");
    assert_eq!(drawn.lines(spec, 0, 9, LineKind::Csv, "*%evt.rawarg.name %evt.num"), ["\"'=1+1\",3"]);
}

#[test]
fn bytes_that_are_gone_are_an_error() {
    let mut drawn = Drawn::new();
    let spec = drawn.list(Unit::Events, "");
    let format = drawn.session.format("*%evt.args").expect("a format");
    let empty: [Vec<u8>; 1] = [Vec::new()];
    assert!(drawn.session.lines(spec, 0, 9, LineKind::Text, &format, &mut empty.as_slice()).is_err());
    assert!(drawn.session.format("").is_err() && drawn.session.format("%no.such").is_err());
}
