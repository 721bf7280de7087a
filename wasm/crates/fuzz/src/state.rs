//! State over time.

use model::state::NONE;
use model::table::EventTable;
use model::{Quirks, Row, State, View};
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Limits, Reader, Sink};

use crate::{choices, unpack};

/// Takes what is read to a state, and each event further once it has been applied.
pub(crate) struct Applying<'a> {
    pub(crate) state: State,
    pub(crate) row: Row,
    pub(crate) each: &'a mut dyn FnMut(&State, Row, &Event<'_>, &model::state::Applied),
}

impl Sink for Applying<'_> {
    fn section(&mut self, section: &Section) {
        self.state.section(section, self.row);
    }

    fn machine(&mut self, machine: &Machine) {
        self.state.machine(machine, self.row);
    }

    fn process(&mut self, process: &Process<'_>) {
        self.state.process(process, self.row);
    }

    fn fd(&mut self, tid: i64, fd: &Fd<'_>) {
        self.state.fd(tid, fd, self.row);
    }

    fn interface(&mut self, interface: &Interface) {
        self.state.interface(interface);
    }

    fn user(&mut self, user: &User<'_>) {
        self.state.user(user, self.row);
    }

    fn group(&mut self, group: &Group<'_>) {
        self.state.group(group, self.row);
    }

    fn event(&mut self, event: &Event<'_>) {
        let applied = self.state.apply(self.row, event);
        (self.each)(&self.state, self.row, event, &applied);
        self.row += 1;
    }

    fn damage(&mut self, _: Damage) {}
}

/// Reads a stream into a state; gives the state behind its last event.
pub(crate) fn apply(
    stream: &[u8],
    quirks: Quirks,
    each: &mut dyn FnMut(&State, Row, &Event<'_>, &model::state::Applied),
) -> (State, Row) {
    let mut reader = Reader::<EventTable>::new(Limits::default());
    let mut applying = Applying { state: State::new(quirks), row: 0, each };
    reader.push(stream, &mut applying);
    reader.finish(&mut applying);
    applying.state.finish(applying.row);
    (applying.state, applying.row)
}

/// Events of any bytes are applied, with and without sysdig's faults; what is then known of any row can be asked; the
/// state's memory has a bound.
///
/// # Panics
/// When that does not hold.
pub fn state(file: &[u8]) {
    let mut random = choices(file);
    let (unpacked, _) = unpack(file, usize::MAX);
    let stream = unpacked.bytes;
    for quirks in [Quirks::NONE, Quirks::ALL] {
        let mut versions = Vec::new();
        let mut numbers = 0;
        let (state, rows) = apply(&stream, quirks, &mut |state, row, event, applied| {
            if let Some(number) = applied.number {
                assert!(number > 0, "numbers count from 1");
                numbers += 1;
            }
            if applied.version == NONE {
                return;
            }
            let version = state.version(applied.version);
            assert_eq!(state.threads().get(version.thread).tid, event.tid, "a version of another thread at row {row}");
            let view = state.live(applied.version);
            let _ = (view.comm(event.tid), view.cwd(), view.user(version.uid), view.group(version.gid));
            if row % 64 == 0 {
                versions.push((applied.version, row));
            }
        });
        assert!(numbers <= u64::from(rows), "more numbers than rows");
        for _ in 0..versions.len().min(40) {
            let (version, row) = *random.pick(&versions);
            let _ = (state.ancestors_at(version, row), state.slots_at(version, row));
            let view = state.as_of(version, row);
            let _ = (view.cwd(), view.fd(3), view.comm(1));
        }
        let budget = (32 << 20) + 64 * stream.len();
        assert!(state.memory() < budget, "{} bytes of state for {} of stream", state.memory(), stream.len());
    }
}
