//! Captures that are recorded otherwise: rings, clipped buffers, filters and options of the recorder.

mod harness;

use engine::{ListSpec, Options, Place, Session, Unit, Window};
use harness::inflated;
use testkit::capture_from_text;

const EVENTS: ListSpec = ListSpec::all(Unit::Events);

/// The capture of these files, and all its events.
fn opened(files: &[Vec<u8>]) -> (Session, Window) {
    let mut session = Session::new(Options::default());
    for bytes in files {
        session.next_file("test");
        assert!(session.push(bytes));
    }
    session.finish();
    assert_eq!(session.summary().damage_count, 0);
    let mut source = files;
    let window = session.window(EVENTS, 0, usize::MAX, &mut source);
    assert_eq!(window.unread, None);
    (session, window)
}

/// Printed lines, event blocks.
fn counts(session: &Session) -> (u64, u64) {
    let summary = session.summary();
    (summary.events, summary.blocks)
}

#[test]
fn files_of_a_ring_each_with_its_own_start_are_one_list() {
    // The last file of the ring goes on where the one before it was full.
    let names = ["variant-kmod-0.29.3-ringe.scap.gz0", "variant-kmod-0.29.3-ringe.scap.gz1"];
    let (session, window) = opened(&names.map(inflated));
    assert_eq!(counts(&session), (4_000 + 253, 4_000 + 253));
    assert_eq!((window.section[0], window.section[4_000], window.num[4_000]), (1, 2, 1.0));
    assert!(window.ns.is_sorted(), "one recording");
    // Each file says anew which processes there are.
    assert_eq!(session.sections().len(), 2);
    assert!(window.process[4_000..].iter().any(|name| !name.is_empty()));
}

#[test]
fn buffers_are_as_long_as_the_recorder_kept_them_from_nothing_to_65000_bytes() {
    let drawn = |kept: usize| {
        format!(
            "
            process tid=7 comm=cat
            fd      tid=7 fd=3 file /data
            ns tid dir type args
            0  7   >   read  fd=3 size=70000
            10 7   <   read  res=66000 data=fill:{kept}
            "
        )
    };
    for kept in [0, 1, 80, 4_096, 65_000] {
        let bytes = capture_from_text(&drawn(kept));
        let (session, window) = opened(std::slice::from_ref(&bytes));
        assert_eq!((counts(&session), window.returned[1]), ((2, 2), 66_000.0));
        let mut source = std::slice::from_ref(&bytes);
        let call = session.call(window.row[1], &mut source).expect("bytes are in memory").expect("it is there");
        let exit = call.exit.expect("it is recorded");
        let data = exit.params.iter().find(|param| param.name == "data").expect("a read has data");
        assert_eq!((data.captured, data.actual), (Some(kept as u64), Some(66_000)));
        let buffer = session.bytes(exit.row, data.index, &mut source).expect("bytes are in memory").unwrap_or_default();
        assert!(buffer == vec![b'x'; kept], "{kept}");
    }
}

#[test]
fn a_capture_that_was_filtered_while_recording_shows_what_passed() {
    let (session, window) = opened(&[inflated("variant-kmod-0.29.3-filter-curl.scap.gz")]);
    assert_eq!(counts(&session), (2_061, 2_273));
    assert!(window.process.iter().all(|name| name == "curl"), "nothing else passed");
    // Its clone was left out: the execve alone makes the thread known.
    let first = &window.info[0];
    assert!(window.kind[0] == "execve" && first.contains("exe=curl") && first.contains("ptid=8555"), "{first}");
}

#[test]
fn without_users_their_numbers_are_shown() {
    let bytes = inflated("variant-kmod-0.29.3-excludeusers.scap.gz");
    let (session, window) = opened(std::slice::from_ref(&bytes));
    assert_eq!(counts(&session), (8_675, 8_885));
    let clone = window.info.iter().position(|info| info.contains("exe=/bin/bash")).expect("a shell is started");
    assert!(window.info[clone].contains(" uid=0 gid=0 "), "{}", window.info[clone]);
    let mut source = std::slice::from_ref(&bytes);
    let state = session.state_at(window.row[clone], &mut source).expect("bytes are in memory").expect("it is there");
    assert_eq!((state.uid, state.user.as_str()), (0, ""));
}

#[test]
fn page_faults_are_events_without_an_exit() {
    let (mut session, window) = opened(&[inflated("variant-kmod-0.29.3-pagefaults.scap.gz")]);
    assert_eq!(counts(&session), (11_767, 11_965));
    let faults: Vec<usize> = (0..window.kind.len()).filter(|at| window.kind[*at] == "page_fault").collect();
    assert!(faults.len() > 2_000, "{}", faults.len());
    assert_eq!(window.info[faults[1]], "addr=5611C355C6CC ip=5611C34AE176 error=21(PROTECTION_VIOLATION|WRITE_ACCESS|USER_FAULT)");
    // None takes the exit of the call around it.
    assert!(faults.iter().all(|at| session.index().record(window.row[*at]).is_some_and(|record| record.partner.is_none())));
    let row = window.row[faults[0]];
    let calls = ListSpec { unit: Unit::Calls, ..EVENTS };
    assert!(session.locate(calls, Place::Row(row)).is_some_and(|found| found.exact), "it is a call of its own");
}

#[test]
fn events_kept_for_state_alone_are_followed_and_not_shown() {
    // fatfile mode with the filter `evt.type=openat`: everything else that changes state is there with a flag.
    let (session, window) = opened(&[inflated("variant-kmod-0.29.3-fatfile-openat.scap.gz")]);
    assert_eq!(counts(&session), (1_088, 5_016));
    assert_eq!(window.kind.len(), 1_088);
    assert!(window.kind.iter().all(|kind| kind == "openat"));
    // ls was cloned and executed by events that are not shown.
    assert!(window.process.iter().filter(|name| *name == "ls").count() > 10);
    assert!(window.process.iter().all(|name| !name.is_empty()));
}

#[test]
fn records_at_the_start_of_a_further_section_are_no_rows_of_unknown_type() {
    let bytes = capture_from_text(
        "
        release 0.29.3
        ns tid dir type args
        0 10 > container json='{}'
        1 10 > close fd=3
        section
        ns tid dir type args
        2 10 > container json='{}'
        3 10 > close fd=3
        4 10 > #999 hex:01
        ",
    );
    let (session, window) = opened(&[bytes]);
    // The two that print, and the one that nobody knows.
    assert_eq!(window.kind.len(), 3, "{:?}", window.kind);
    assert_eq!((window.row.as_slice(), counts(&session)), (&[1, 3, 4][..], (2, 5)));
}
