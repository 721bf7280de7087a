//! Walks drawn captures, state first.

use filter::moment::Moment;
use index::Index;
use model::table::{EventTable, Release};
use model::text::Printer;
use model::{Quirks, Row, State};
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Limits, Reader, Sink};

/// Sees each event: live in the first walk, as of its row in the second.
struct Walk<'a> {
    state: State,
    index: Index,
    printer: Printer,
    row: Row,
    see: &'a mut dyn FnMut(&Moment<'_>),
}

impl Sink for Walk<'_> {
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
        self.index.push(event.offset, event, &applied).expect("few rows");
        let first = self.index.first_ts().unwrap_or(event.ts);
        let moment = Moment { index: Some(&self.index), ..Moment::live(&self.state, event, &applied, self.row, &self.printer, first) };
        (self.see)(&moment);
        self.row += 1;
    }
    fn damage(&mut self, damage: Damage) {
        panic!("a drawn capture is whole: {damage:?}");
    }
}

/// The same events again, with all that was learnt.
struct Again<'a> {
    state: &'a State,
    index: &'a Index,
    printer: &'a Printer,
    row: Row,
    see: &'a mut dyn FnMut(&Moment<'_>),
}

impl Sink for Again<'_> {
    fn section(&mut self, _: &Section) {}
    fn machine(&mut self, _: &Machine) {}
    fn process(&mut self, _: &Process<'_>) {}
    fn fd(&mut self, _: i64, _: &Fd<'_>) {}
    fn interface(&mut self, _: &Interface) {}
    fn user(&mut self, _: &User<'_>) {}
    fn group(&mut self, _: &Group<'_>) {}
    fn event(&mut self, event: &Event<'_>) {
        let record = self.index.record(self.row).expect("the row was indexed");
        (self.see)(&Moment::past(self.state, self.index, &record, event, self.printer));
        self.row += 1;
    }
    fn damage(&mut self, damage: Damage) {
        panic!("a drawn capture is whole: {damage:?}");
    }
}

/// Shows each event of a drawn capture, first live and then as of its row, as a release prints it.
pub fn walk(drawn: &str, release: Release, quirks: Quirks, live: &mut dyn FnMut(&Moment<'_>), past: &mut dyn FnMut(&Moment<'_>)) {
    let bytes = testkit::capture_from_text(drawn);
    let printer = Printer { release, quirks, ..Printer::default() };
    let mut walk = Walk { state: State::new(quirks), index: Index::default(), printer, row: 0, see: live };
    let mut reader: Reader<EventTable> = Reader::new(Limits::default());
    reader.push(&bytes, &mut walk);
    reader.finish(&mut walk);
    walk.state.finish(walk.row);
    let mut reader: Reader<EventTable> = Reader::new(Limits::default());
    let mut again = Again { state: &walk.state, index: &walk.index, printer: &printer, row: 0, see: past };
    reader.push(&bytes, &mut again);
    reader.finish(&mut again);
}
