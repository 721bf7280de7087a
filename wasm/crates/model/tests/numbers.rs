//! The kernel gives the lowest free number: what is remembered as open must agree with each number that a call got.

mod harness;

use harness::{inflated, shipped, stem, walk};
use model::quirk::Quirks;
use model::state::NONE;
use model::state::descriptions::Ended;

/// Exits of dup2, dup3 and fcntl, which name the number themselves, and of the old dup, which stands for all of them.
const NAMED: [u16; 4] = [125, 151, 363, 365];

#[test]
fn no_call_gets_a_number_under_which_a_socket_or_pipe_is_open() {
    let mut held = 0;
    for path in shipped() {
        let mut events = Vec::new();
        let state = walk(&inflated(&path), Quirks::NONE, |_, _, event, applied| events.push((event.kind, applied.number)));
        let all = state.descriptions();
        for holder in (0..all.len() as u32).flat_map(|index| all.holders(index)) {
            held += 1;
            let (kind, number) = events.get(holder.to as usize).copied().unwrap_or_default();
            let is_wrong = holder.how == Ended::Replaced && !NAMED.contains(&kind);
            assert!(!is_wrong, "{}: fd {} was open at event {number:?}", stem(&path), holder.fd);
        }
    }
    assert!(held > 3000, "{held} numbers");
}

#[test]
fn all_numbers_below_one_that_a_call_got_are_open() {
    // 0.29.3 records no epoll_create1 and no pidfd_open, so that numbers are missing there.
    for path in shipped().iter().filter(|path| stem(path).contains("modern-0.36.0")) {
        let mut opened = 0;
        walk(&inflated(path), Quirks::NONE, |state, _, event, applied| {
            // open, openat, openat2, socket, accept.
            if applied.version == NONE || !matches!(event.kind, 3 | 19 | 27 | 247 | 249 | 307 | 327 | 389) {
                return;
            }
            let Some(fd) = event.params.int(0).filter(|fd| *fd >= 0) else { return };
            let table = state.version(applied.version).table;
            let free = (0..fd).find(|below| state.descriptions().slot(table, *below).is_none());
            assert_eq!(free, None, "{}: event {:?} got {fd}", stem(path), applied.number);
            opened += 1;
        });
        assert!(opened > 100, "{opened} in {}", stem(path));
    }
}
