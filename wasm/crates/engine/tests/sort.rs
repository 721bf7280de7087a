//! Sorted lists hold the same rows as the list they are made of, in the order of one column.

mod harness;

use std::cmp::Ordering;

use engine::{ListSpec, Options, Place, Session, SortBy, SortCount, SortSpec, Unit, Window};
use harness::inflated;
use model::Row;

fn session_of(files: &[Vec<u8>], options: Options) -> Session {
    let mut session = Session::new(options);
    session.next_file("test");
    session.push(&files[0]);
    session.finish();
    session
}

fn sort_to_the_end(session: &mut Session, list: ListSpec, files: &[Vec<u8>]) -> SortCount {
    let mut source = files;
    session.sort(list, &mut source, &mut || false).expect("the capture can be read again")
}

const COLUMNS: [SortBy; 11] = [
    SortBy::Row, SortBy::Cpu, SortBy::Process, SortBy::Kind, SortBy::Fd, SortBy::FdName, SortBy::Latency, SortBy::Requested, SortBy::Returned,
    SortBy::Exit, SortBy::Info,
];

/// What a window shows in a column: a number or a text, or nothing.
fn cell(window: &Window, at: usize, by: SortBy) -> (Option<f64>, Option<&str>) {
    let number = |number: f64| (Some(number).filter(|number| !number.is_nan()), None);
    match by {
        SortBy::Row => number(window.row[at].into()),
        SortBy::Cpu => number(window.cpu[at].into()),
        SortBy::Fd => number(if window.fd[at] >= 0 { window.fd[at].into() } else { f64::NAN }),
        SortBy::Latency => number(window.latency_ns[at]),
        SortBy::Requested => number(window.requested[at]),
        SortBy::Returned => number(window.returned[at]),
        SortBy::Process => (None, Some(window.process[at].as_str()).filter(|name| *name != "<NA>")),
        SortBy::Kind => (None, Some(window.kind[at].as_str())),
        SortBy::FdName => (None, Some(window.fd_name[at].as_str()).filter(|name| !name.is_empty())),
        SortBy::Exit => number(window.exit_num[at]),
        SortBy::Info => (None, Some(window.info[at].as_str()).filter(|info| !info.is_empty())),
        SortBy::Field(_) => panic!("a window has no fields"),
    }
}

fn everything(session: &mut Session, list: ListSpec, files: &[Vec<u8>]) -> Window {
    let mut source = files;
    session.window(list, 0, usize::MAX, &mut source)
}

#[test]
fn every_column_sorts_both_ways() {
    for (name, lists) in [("variant-kmod-0.29.3-n2000.scap.gz", 3), ("fastcgi-epipe-modern-libs0.25.4.scap.gz", 1)] {
        let files = vec![inflated(name)];
        let mut session = session_of(&files, Options::default());
        let filter = session.filter("evt.type != switch").expect("a filter");
        session.run_filter(filter, &mut files.as_slice(), &mut || false).expect("the capture can be read again");
        for (unit, filter) in [(Unit::Calls, None), (Unit::Events, None), (Unit::Events, Some(filter))].into_iter().take(lists) {
            let base = ListSpec { filter, ..ListSpec::all(unit) };
            let mut expected: Vec<Row> = session.rows(base, 0, usize::MAX);
            assert!(expected.len() > 100);
            expected.sort_unstable();
            // Raw events have no column for the exit.
            let columns = COLUMNS.into_iter().filter(|by| unit == Unit::Calls || *by != SortBy::Exit);
            for (by, descending) in columns.flat_map(|by| [(by, false), (by, true)]) {
                let list = ListSpec { sort: Some(SortSpec { by, descending }), ..base };
                let count = sort_to_the_end(&mut session, list, &files);
                assert_eq!((count.done, count.total, count.too_many), (2 * expected.len() as u64, 2 * expected.len() as u64, false));
                let window = everything(&mut session, list, &files);
                let mut rows = window.row.clone();
                rows.sort_unstable();
                assert_eq!(rows, expected, "{name} {by:?}");
                for at in 1..window.row.len() {
                    let (before, now) = (cell(&window, at - 1, by), cell(&window, at, by));
                    let is_there = |cell: (Option<f64>, Option<&str>)| cell.0.is_some() || cell.1.is_some();
                    let order = match (is_there(before), is_there(now)) {
                        (true, true) => {
                            let order = before.partial_cmp(&now).expect("numbers");
                            if descending { order.reverse() } else { order }
                        }
                        (there, here) => here.cmp(&there),
                    };
                    assert_ne!(order, Ordering::Greater, "{name} {by:?} {descending} at {at}: {before:?} {now:?}");
                    if order == Ordering::Equal {
                        assert!(window.row[at - 1] < window.row[at], "{name} {by:?} {descending} at {at}");
                    }
                }
            }
        }
    }
}

#[test]
fn any_field_sorts_both_ways_numbers_before_texts() {
    let files = vec![inflated("variant-kmod-0.29.3-n2000.scap.gz")];
    let mut session = session_of(&files, Options::default());
    let filter = session.filter("proc.name != sysdig").expect("a filter");
    session.run_filter(filter, &mut files.as_slice(), &mut || false).expect("the capture can be read again");
    let mut seen = [0; 2];
    for name in ["evt.num", "evt.dir", "thread.tid", "proc.exeline", "fd.num", "evt.rawres", "evt.rawarg.res", "evt.arg.name", "evt.is_io", "container.id", "proc.aname[1]", "ss.conversation"] {
        let by = session.sort_field(name);
        for (unit, descending) in [(Unit::Calls, false), (Unit::Calls, true), (Unit::Events, false)] {
            let base = ListSpec { filter: Some(filter), ..ListSpec::all(unit) };
            let list = ListSpec { sort: Some(SortSpec { by, descending }), ..base };
            sort_to_the_end(&mut session, list, &files);
            let rows = session.rows(list, 0, usize::MAX);
            let mut expected = rows.clone();
            expected.sort_unstable();
            assert_eq!(session.rows(base, 0, usize::MAX), expected, "{name}");
            let values = session.field_values(list, 0, usize::MAX, &[name.to_owned()], &mut files.as_slice()).expect("the capture can be read again").remove(0);
            assert_eq!(values.len(), rows.len());
            assert!(values.iter().any(Option::is_some) || name == "ss.conversation", "{name} has values");
            // Numbers as such, behind them what is text.
            let keys: Vec<_> = values.iter().map(|value| value.as_deref().map(|text| text.parse::<i64>().map_or((1, 0, text), |number| (0, number, "")))).collect();
            let with: usize = keys.iter().take_while(|key| key.is_some()).count();
            assert!(keys.iter().skip(with).all(Option::is_none), "{name}: rows without a value come last");
            for at in 1..with {
                let order = if descending { keys[at].cmp(&keys[at - 1]) } else { keys[at - 1].cmp(&keys[at]) };
                assert_ne!(order, Ordering::Greater, "{name} {unit:?} {descending} at {at}: {:?} {:?}", keys[at - 1], keys[at]);
                assert!(order != Ordering::Equal || rows[at - 1] < rows[at], "{name} at {at}");
            }
            seen[0] += keys.iter().flatten().filter(|key| key.0 == 0).count();
            seen[1] += keys.iter().flatten().filter(|key| key.0 == 1).count();
        }
    }
    assert!(seen.iter().all(|count| *count > 1000), "{seen:?}");
    // What depends on the events asked before has no order, and what is no field has none either: all stays as it was.
    let base = ListSpec { filter: Some(filter), ..ListSpec::all(Unit::Calls) };
    for name in ["evt.deltatime", "proc.nme", "", "fd.ip", "%evt.num"] {
        let list = ListSpec { sort: Some(SortSpec { by: session.sort_field(name), descending: true }), ..base };
        let count = sort_to_the_end(&mut session, list, &files);
        assert!(count.done > 0 && count.done == count.total);
        assert_eq!(session.rows(list, 0, usize::MAX), session.rows(base, 0, usize::MAX), "{name}");
    }
}

#[test]
fn sorting_in_steps_ends_in_the_same_order() {
    let files = vec![inflated("variant-kmod-0.29.3-n2000.scap.gz")];
    let list = ListSpec { sort: Some(SortSpec { by: SortBy::Latency, descending: true }), ..ListSpec::all(Unit::Calls) };
    let mut whole = session_of(&files, Options::default());
    sort_to_the_end(&mut whole, list, &files);
    let mut session = session_of(&files, Options::default());
    let capture_order = session.rows(ListSpec::all(Unit::Calls), 0, usize::MAX);
    let (mut steps, mut done) = (0, 0);
    loop {
        let count = session.sort(list, &mut files.as_slice(), &mut || true).expect("the capture can be read again");
        assert!(count.done >= done && count.done <= count.total, "{count:?}");
        (steps, done) = (steps + 1, count.done);
        if count.done == count.total {
            // The last step only says so.
            let rows = session.rows(list, 0, usize::MAX);
            if rows != capture_order {
                break;
            }
        }
        assert_eq!(session.rows(list, 0, usize::MAX), capture_order, "nothing is shown half sorted");
        assert!(steps < 10_000);
    }
    assert!(steps > 5);
    assert_eq!(session.rows(list, 0, usize::MAX), whole.rows(list, 0, usize::MAX));
}

#[test]
fn places_and_errors_are_found_in_a_sorted_list() {
    let files = vec![inflated("variant-kmod-0.29.3-n2000.scap.gz")];
    let mut session = session_of(&files, Options::default());
    let list = ListSpec { sort: Some(SortSpec { by: SortBy::Latency, descending: true }), ..ListSpec::all(Unit::Calls) };
    sort_to_the_end(&mut session, list, &files);
    let rows = session.rows(list, 0, usize::MAX);
    for (position, row) in rows.iter().enumerate() {
        let found = session.locate(list, Place::Row(*row)).expect("a place");
        assert_eq!((found.position, found.row, found.exact), (position as u64, *row, true));
    }
    let window = everything(&mut session, list, &files);
    let failed: Vec<u64> = (0..rows.len()).filter(|at| window.flags[*at] & engine::window::row_flag::ERROR != 0).map(|at| at as u64).collect();
    assert!(failed.len() > 5);
    let mut from = 0;
    let mut seen: Vec<u64> = failed.first().filter(|first| **first == 0).copied().into_iter().collect();
    while let Some(next) = session.seek_error(list, from, true) {
        seen.push(next);
        from = next;
    }
    assert_eq!(seen, failed);
    assert_eq!(session.seek_error(list, failed[1], false), Some(failed[0]));
}

#[test]
fn a_list_that_would_take_too_much_memory_is_left_as_it_is() {
    let files = vec![inflated("variant-kmod-0.29.3-n2000.scap.gz")];
    let size = session_of(&files, Options::default()).summary().index_bytes;
    let mut session = session_of(&files, Options { limit: size + 1000, ..Options::default() });
    let list = ListSpec { sort: Some(SortSpec { by: SortBy::Cpu, descending: true }), ..ListSpec::all(Unit::Events) };
    assert!(sort_to_the_end(&mut session, list, &files).too_many);
    assert_eq!(session.rows(list, 0, usize::MAX), session.rows(ListSpec::all(Unit::Events), 0, usize::MAX));
}

#[test]
fn a_list_that_grows_keeps_its_order_until_it_is_sorted_anew() {
    let files = vec![inflated("variant-kmod-0.29.3-n2000.scap.gz")];
    let (head, tail) = files[0].split_at(files[0].len() / 2);
    let mut session = Session::new(Options::default());
    session.next_file("test");
    session.push(head);
    let list = ListSpec { sort: Some(SortSpec { by: SortBy::Cpu, descending: true }), ..ListSpec::all(Unit::Events) };
    sort_to_the_end(&mut session, list, &files);
    let before = session.rows(list, 0, usize::MAX);
    session.push(tail);
    session.finish();
    assert_eq!(session.rows(list, 0, usize::MAX), before);
    assert!(session.sort(list, &mut files.as_slice(), &mut || true).expect("the capture can be read again").done > 0);
    assert_eq!(session.rows(list, 0, usize::MAX), before, "half of a new order is not shown");
    sort_to_the_end(&mut session, list, &files);
    assert!(session.rows(list, 0, usize::MAX).len() > before.len());
    assert_eq!(session.count(list).rows, session.count(ListSpec { sort: None, ..list }).rows);
}
