//! Events by what they are called: the table that `-S` prints.

use std::io::Write as _;

use model::table::{self, Release};
use model::text::Printer;
use scap::Event;

use crate::output::Output;

/// Rows of the table.
const ROWS: usize = 100;

/// One row of the table: how many, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    count: u64,
    /// An event type, or behind the types twice a system call's code, plus one for exits.
    place: usize,
}

/// Counts of events.
#[derive(Debug, Default)]
pub struct Tally {
    /// All of them.
    pub events: u64,
    counts: Vec<u64>,
    release: Release,
}

/// System calls that a release has rows for. How many shows in the order of rows with equal counts.
fn codes(release: Release) -> usize {
    match release {
        Release::V0_29_3 => 329,
        Release::V0_36_0 => 442,
        Release::Libs0_25_4 => 454,
    }
}

impl Tally {
    /// Counts an event.
    pub fn count(&mut self, event: &Event<'_>, printer: &Printer) {
        self.events += 1;
        self.release = printer.release;
        let types = usize::from(self.release.table_size());
        let place = match event.kind {
            0 | 1 => {
                let code = event.params.uint(0).and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
                types + 2 * usize::from(code) + usize::from(event.kind)
            }
            kind => usize::from(kind),
        };
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
    }

    /// Prints the table.
    pub fn print(mut self, output: &mut Output) {
        let types = usize::from(self.release.table_size());
        let len = self.counts.len().max(types + 2 * codes(self.release));
        self.counts.resize(len, 0);
        let mut rows: Vec<Row> = self.counts.iter().enumerate().map(|(place, count)| Row { count: *count, place }).collect();
        sort_as_libstdcxx(&mut rows);
        let line = "-".repeat(22);
        let out = output.line();
        // Writing to memory does not fail.
        let _ = write!(out, "{line}\n{:<16}#Calls\n{line}\n", "Event");
        for row in rows.iter().take(ROWS).take_while(|row| row.count > 0) {
            let (name, exit) = match row.place.checked_sub(types) {
                Some(call) => (u16::try_from(call / 2).ok().and_then(|code| table::syscall_name(code, self.release)), call % 2),
                None => (u16::try_from(row.place).ok().and_then(table::event).map(|info| info.name), row.place % 2),
            };
            let _ = writeln!(out, "{} {:<16.16}{}", if exit == 1 { '<' } else { '>' }, name.unwrap_or("<unknown>"), row.count);
        }
    }
}

/// Sorts the most frequent first, and leaves equals in the order in which the C++ library's `std::sort` leaves them: that
/// shows in the table. An introspective sort: quicksort by a median of three down to runs of 16, then insertion.
fn sort_as_libstdcxx(rows: &mut [Row]) {
    const RUN: usize = 16;
    fn before(one: &Row, other: &Row) -> bool {
        one.count > other.count
    }
    fn median_to_first(rows: &mut [Row], a: usize, b: usize, c: usize) {
        let less = |rows: &[Row], one: usize, other: usize| before(&rows[one], &rows[other]);
        let median = if less(rows, a, b) {
            if less(rows, b, c) {
                b
            } else if less(rows, a, c) {
                c
            } else {
                a
            }
        } else if less(rows, a, c) {
            a
        } else if less(rows, b, c) {
            c
        } else {
            b
        };
        rows.swap(0, median);
    }
    fn partition(rows: &mut [Row]) -> usize {
        let len = rows.len();
        median_to_first(rows, 1, len / 2, len - 1);
        let pivot = rows[0];
        let (mut first, mut last) = (1, len);
        loop {
            while before(&rows[first], &pivot) {
                first += 1;
            }
            last -= 1;
            while before(&pivot, &rows[last]) {
                last -= 1;
            }
            if first >= last {
                return first;
            }
            rows.swap(first, last);
            first += 1;
        }
    }
    fn quick(mut rows: &mut [Row], mut depth: u32) {
        while rows.len() > RUN {
            if depth == 0 {
                // The library goes over to a heap sort here; a table of counts does not get that deep.
                rows.sort_by_key(|row| std::cmp::Reverse(row.count));
                return;
            }
            depth -= 1;
            let cut = partition(rows);
            let (left, right) = rows.split_at_mut(cut);
            quick(right, depth);
            rows = left;
        }
    }
    if rows.is_empty() {
        return;
    }
    quick(rows, 2 * rows.len().ilog2());
    for at in 1..rows.len() {
        let row = rows[at];
        let mut hole = at;
        while hole > 0 && before(&row, &rows[hole - 1]) {
            rows[hole] = rows[hole - 1];
            hole -= 1;
        }
        rows[hole] = row;
    }
}
