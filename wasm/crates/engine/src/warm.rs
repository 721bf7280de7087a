//! Indexes and filters a made-up capture while nothing else is to be done. A browser compiles for speed only what has run often:
//! without this the first second of the first capture runs at half the speed.

use crate::session::{Options, Session};

/// Rows that are indexed: the browser's counters are full by then, and one chunk has been sealed.
const ROWS: u32 = 160_000;
/// Filters that are run over them.
const FILTERS: u32 = 24;
/// Threads that make the calls.
const THREADS: u64 = 4;

/// Parameters of an event.
type Params = &'static [&'static [u8]];

/// Calls that captures are made of: type of the enter, its parameters, those of the exit.
const CALLS: &[(u16, Params, Params)] = &[
    (306, &[], &[&long(3), &long(-100), b"/etc/hosts\0", &[1, 0, 0, 0], &[0; 4], &[0; 4]]),
    (6, &[&long(3), &[64, 0, 0, 0]], &[&long(12), b"127.0.0.1 lo"]),
    (6, &[&long(3), &[64, 0, 0, 0]], &[&long(0), b""]),
    (4, &[&long(3)], &[&long(0)]),
    (18, &[&[1, 0, 0, 0], &[1, 0, 0, 0], &[0; 4]], &[&long(4)]),
    (8, &[&long(4), &[8, 0, 0, 0]], &[&long(8), b"question"]),
    (80, &[&[0, 0], &long(-1)], &[&long(1), &[0, 0]]),
    (30, &[&long(4), &[8, 0, 0, 0], b""], &[&long(8), b"question"]),
    (32, &[&long(4), &[64, 0, 0, 0]], &[&long(-11), b"", b""]),
    (4, &[&long(4)], &[&long(0)]),
];
/// A switch to another thread, which has no exit.
const SWITCH: (u16, Params) = (152, &[&long(1000), &[1, 0, 0, 0, 0, 0, 0, 0], &[9, 0, 0, 0, 0, 0, 0, 0], &[0, 4, 0, 0], &[0, 2, 0, 0], &[0; 4]]);

const fn long(value: i64) -> [u8; 8] {
    value.to_le_bytes()
}

/// A capture that is made up, indexed and filtered step by step.
pub struct WarmUp {
    session: Session,
    ns: u64,
    round: Vec<u8>,
    filters: u32,
}

impl Default for WarmUp {
    fn default() -> Self {
        let mut session = Session::new(Options::default());
        session.next_file("");
        let mut header = Vec::from(0x0a0d_0d0a_u32.to_le_bytes());
        header.extend(28_u32.to_le_bytes());
        header.extend(0x1a2b_3c4d_u32.to_le_bytes());
        header.extend([1, 0, 2, 0]);
        header.extend([0xff; 8]);
        header.extend(28_u32.to_le_bytes());
        session.push(&header);
        Self { session, ns: 1_700_000_000_000_000_000, round: Vec::new(), filters: 0 }
    }
}

impl WarmUp {
    /// Works for about a millisecond. False when enough has been done.
    pub fn step(&mut self) -> bool {
        for _ in 0..32 {
            self.round.clear();
            for thread in 0..THREADS {
                for (enter, asked, answered) in CALLS {
                    self.event(thread, *enter, asked);
                    self.event(thread, enter + 1, answered);
                }
                self.event(thread, SWITCH.0, SWITCH.1);
            }
            self.session.push(&self.round);
        }
        if self.session.index().next_row() < ROWS {
            return true;
        }
        self.filters += 1;
        let number = self.filters;
        // They pass nothing, so that no bytes are asked for.
        let text = format!("fd.name contains {number}x and proc.name != {number} and evt.rawres < -{number}");
        if let Ok(id) = self.session.filter(&text) {
            let _ = self.session.run_filter(id, &mut [].as_slice(), &mut || false);
        }
        self.filters < FILTERS
    }

    /// Appends the block of an event to the round.
    fn event(&mut self, thread: u64, kind: u16, params: Params) {
        self.ns += 700;
        let bytes: usize = params.iter().map(|param| 2 + param.len()).sum();
        let len = 26 + bytes;
        let block = ((10 + len).next_multiple_of(4) + 4) as u32;
        let round = &mut self.round;
        let start = round.len();
        round.extend(0x216_u32.to_le_bytes());
        round.extend(block.to_le_bytes());
        round.extend((thread as u16).to_le_bytes());
        round.extend(self.ns.to_le_bytes());
        round.extend((1000 + thread).to_le_bytes());
        round.extend((len as u32).to_le_bytes());
        round.extend(kind.to_le_bytes());
        round.extend((params.len() as u32).to_le_bytes());
        params.iter().for_each(|param| round.extend((param.len() as u16).to_le_bytes()));
        params.iter().for_each(|param| round.extend_from_slice(param));
        round.resize(start + block as usize - 4, 0);
        round.extend(block.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{CALLS, ROWS, THREADS, WarmUp};

    #[test]
    fn the_made_up_capture_is_whole_and_its_calls_are_joined() {
        let mut warm = WarmUp::default();
        while warm.step() {}
        let totals = warm.session.index().totals();
        assert!(totals.rows >= u64::from(ROWS));
        assert_eq!(warm.session.damages().count(), 0);
        let calls = totals.rows / (THREADS * (2 * CALLS.len() as u64 + 1)) * THREADS * CALLS.len() as u64;
        assert_eq!(totals.joined, calls);
        assert!(warm.session.index().chunk_count() > 1, "a chunk is sealed");
    }
}
