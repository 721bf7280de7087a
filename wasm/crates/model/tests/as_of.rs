//! What is answered for a row afterwards is what was true when its event was applied.

mod harness;

use std::hash::{DefaultHasher, Hash, Hasher};

use harness::{fd_name, inflated, line, shipped, stem, walk};
use model::state::NONE;
use model::text::{Clock, Printer};
use model::Quirks;
use scap::Event;

fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn every_row_asked_again_at_the_end_says_what_it_said_live() {
    for path in shipped() {
        let bytes = inflated(&path);
        for quirks in [Quirks::NONE, Quirks::ALL] {
            let mut live = Vec::new();
            let mut text = Vec::new();
            let clock = |event: &Event<'_>| Clock { ts: event.ts, ..Clock::default() };
            let end = walk(&bytes, quirks, |state, _, event, applied| {
                let printer = Printer { release: state.release(), quirks: state.quirks(), ..Printer::default() };
                text.clear();
                line(&mut text, &printer, state, event, &applied, clock(event), (&state.live(applied.version), &fd_name(state, &applied)));
                live.push((hash(&text), applied));
            });
            let printer = Printer { release: end.release(), quirks: end.quirks(), ..Printer::default() };
            let mut wrong = Vec::new();
            // The same events again, held against the state at the end.
            walk(&bytes, Quirks::NONE, |_, row, event, _| {
                let (expected, applied) = &live[row as usize];
                let name = if applied.description == NONE {
                    &b""[..]
                } else {
                    end.fd_view(&end.descriptions().at(applied.description, row)).name
                };
                text.clear();
                line(&mut text, &printer, &end, event, applied, clock(event), (&end.as_of(applied.version, row), name));
                if hash(&text) != *expected {
                    wrong.push(format!("row {row}: {}", String::from_utf8_lossy(&text)));
                }
            });
            assert!(!live.is_empty());
            assert!(wrong.is_empty(), "{} with {quirks:?}: {} rows, such as {:#?}", stem(&path), wrong.len(), &wrong[..wrong.len().min(5)]);
        }
    }
}
