//! The session, as the page uses it.

use engine::conversations::{GroupBy, ListQuery, Protocol, SortBy, Wanted};
use engine::{Files, Find, Found, ListSpec, Options, Place, Session, Unit};

use crate::{LONGEST, choices, unpack};

const EVENTS: ListSpec = ListSpec::all(Unit::Events);
const CALLS: ListSpec = ListSpec::all(Unit::Calls);

/// Any bytes open; each answer to the page can be had, and every row that is listed can be read again.
///
/// # Panics
/// When that does not hold.
pub fn engine(file: &[u8]) {
    let mut random = choices(file);
    let (unpacked, mut inflate) = unpack(file, usize::MAX);
    let mut session = Session::new(Options::default());
    session.next_file("fuzz");
    let longest = *random.pick(&[5, 1_000, 300_000]);
    let mut rest = unpacked.bytes.as_slice();
    while !rest.is_empty() {
        let (slice, behind) = rest.split_at((1 + random.below(longest)).min(rest.len()));
        assert!(session.push(slice), "indexing stopped: {:?}", session.summary().stopped);
        rest = behind;
    }
    for damage in unpacked.damages {
        session.damage(damage);
    }
    session.finish();
    let bytes = session.summary().index_bytes;
    let len = unpacked.bytes.len() as u64;
    assert!(bytes < (48 << 20) + 64 * len, "{bytes} bytes of index for {len} of stream");

    // What unpacks to more than is looked at cannot be read to its end again.
    if inflate.inflated() >= LONGEST {
        return;
    }
    let mut source = Files::default();
    source.push(file, inflate.take_points());
    for list in [EVENTS, CALLS] {
        let count = session.count(list);
        for _ in 0..3 {
            let first = random.next() % (count.rows + 3);
            let window = session.window(list, first, 50, &mut source);
            assert_eq!(window.unread, None, "rows from {first} of {}", count.rows);
            assert_eq!(window.row.len() as u64, count.rows.saturating_sub(first).min(50), "rows from {first} of {}", count.rows);
            if let Some(row) = window.row.first() {
                let found = session.locate(list, Place::Row(*row)).expect("a listed row is found");
                assert_eq!((found.position, found.row), (first, *row));
            }
            session.text(list, first, 50, &mut source).expect("rows can be read again");
        }
        let _ = session.locate(list, Place::Number(random.next() % (count.total + 2)));
        let _ = session.locate(list, Place::Ns(random.next().cast_signed()));
        let _ = session.seek_error(list, count.rows / 2, random.below(2) == 0);
        let mut find = Find::new(list, "err", random.next() % (count.rows + 1), random.below(2) == 0);
        for _ in 0..4 {
            match find.step(&mut session, &mut source, &mut || true).expect("rows can be read again") {
                Found::Searching(_) => {}
                Found::At(_) | Found::Nowhere => break,
            }
        }
    }
    let rows = session.index().next_row();
    for _ in 0..12 {
        let row = u32::try_from(random.below(rows as usize + 2)).expect("rows are u32");
        let call = session.call(row, &mut source).expect("rows can be read again");
        assert_eq!(call.is_some(), row < rows);
        session.state_at(row, &mut source).expect("rows can be read again");
        for edge in call.into_iter().flat_map(|call| call.enter.into_iter().chain(call.exit)) {
            for param in edge.params {
                let bytes = session.bytes(param.row, param.index, &mut source).expect("rows can be read again");
                assert!(bytes.is_some(), "parameter {} of row {}", param.index, param.row);
            }
        }
    }
    conversations(&mut session, &mut source, &mut random);
}

fn conversations(session: &mut Session, source: &mut Files<&[u8]>, random: &mut testkit::Random) {
    let wanted: Vec<Wanted> = session
        .conversations()
        .iter()
        .map(|conversation| Wanted { key: conversation.key.clone(), life: conversation.life })
        .collect();
    for sort in [SortBy::Start, SortBy::Processes, SortBy::Unread, SortBy::Key] {
        let query = ListQuery {
            sort,
            descending: random.below(2) == 0,
            narrow: (*random.pick(&["", "/", "1"])).to_owned(),
            group: *random.pick(&[GroupBy::Nothing, GroupBy::Path, GroupBy::Processes]),
        };
        let _ = session.conversation_window(&query, random.next() % (wanted.len() as u64 + 2), 30);
    }
    for _ in 0..wanted.len().min(5) {
        let wanted = random.pick(&wanted);
        session.conversation_detail(wanted, source).expect("rows can be read again").expect("it is in the list");
        for protocol in [None, Some(Protocol::FastCgi), Some(Protocol::Http), Some(Protocol::Statsd)] {
            session.conversation_calls(wanted, random.next() % 20, 30, protocol, 80, source).expect("rows can be read again");
        }
        for direction in 0..2 {
            session.conversation_stream(wanted, direction, source).expect("rows can be read again");
        }
    }
    session.conversation_lines(source, &mut |_| ()).expect("rows can be read again");
    session.findings(source).expect("rows can be read again");
}
