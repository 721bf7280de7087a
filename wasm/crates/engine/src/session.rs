//! A capture that is open: takes its bytes, indexes them, and answers for what has been indexed so far.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use index::conversations::Ledgers;
use index::chunk::is_time;
use index::{Index, Unit};
use model::state::NONE;
use model::state::threads::{Birth, Thread};
use model::table::EventTable;
use model::{Digest, Quirks, Row, State};
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Fingerprint, Limits, Reader, Sink};

use crate::facts::{DamageReport, Damages, FileSpan, FileStart, SectionStart, Stopped, Summary, Times};
use crate::filters::Filters;
use crate::list::{Conversations, List, ListCount, ListSpec, Narrowed};
use crate::sort::Sorts;

/// What a session may be told before it reads.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bytes that index and state may take before indexing stops.
    pub limit: u64,
    /// Offset of one event block to leave out: it made an earlier run fail.
    pub skip_offset: Option<u64>,
    /// Which faults of sysdig to copy.
    pub quirks: Quirks,
    /// Whether conversations are summed while events are applied; without them there are none. Off, to measure what they cost.
    pub conversations: bool,
}

impl Default for Options {
    fn default() -> Self {
        // A wasm32 memory ends at 4 GiB; windows and the reader need some of it.
        Self { limit: 3584 << 20, skip_offset: None, quirks: Quirks::NONE, conversations: true }
    }
}

/// An open capture.
pub struct Session {
    reader: Reader<EventTable>,
    pub(crate) core: Core,
    conversations: Conversations,
    pub(crate) filters: Filters,
    pub(crate) sorts: Sorts,
    narrowed: Narrowed,
    pub(crate) book: crate::conversations::Book,
}

/// All that events are applied to.
pub(crate) struct Core {
    pub(crate) state: State,
    pub(crate) index: Index,
    pub(crate) ledgers: Ledgers,
    sums: bool,
    /// The current file has been read to its end.
    pub(crate) finished: bool,
    pub(crate) files: Vec<FileStart>,
    pub(crate) sections: Vec<SectionStart>,
    damages: Damages,
    fingerprint: Fingerprint,
    /// Nothing is added to the fingerprint any more.
    fingerprinted: bool,
    /// Inflated bytes of the files before the current one.
    base: u64,
    /// Inflated bytes of the current file so far.
    pushed: u64,
    /// Offset of the block that is being applied.
    applying: Rc<Cell<u64>>,
    options: Options,
    stopped: Option<Stopped>,
    /// Rows at which the budget is looked at again.
    next_check: Row,
}

/// Rows between two looks at the budget.
const CHECK_EVERY: Row = 4096;

impl Core {
    /// The file that holds this offset, and the offset in it.
    pub(crate) fn place_in_file(&self, offset: u64) -> (usize, u64) {
        let file = self.files.partition_point(|file| file.base <= offset).saturating_sub(1);
        (file, offset - self.files.get(file).map_or(0, |file| file.base))
    }

    /// The section that a row belongs to.
    pub(crate) fn section_of(&self, row: Row) -> Option<&SectionStart> {
        self.sections.get(self.sections.partition_point(|section| section.row <= row).checked_sub(1)?)
    }

    pub(crate) fn is_big_endian(&self, row: Row) -> bool {
        self.section_of(row).is_some_and(|section| section.header.big_endian)
    }

    /// The section that a row belongs to, counted from 1 through all files; `None` while there is only one. Each file
    /// counts its events from 1: the section tells them apart.
    pub(crate) fn section_number(&self, row: Row) -> Option<u32> {
        let number = self.sections.partition_point(|section| section.row <= row).max(1);
        if self.sections.len() > 1 { u32::try_from(number).ok() } else { None }
    }

    /// First row of a section counted from 1, and the first one behind it.
    fn section_rows(&self, section: u32) -> Option<(Row, Row)> {
        let at = section.checked_sub(1)? as usize;
        let first = self.sections.get(at)?.row;
        Some((first, self.sections.get(at + 1).map_or(self.index.next_row(), |next| next.row)))
    }

    /// Notes that a block is about to be applied; false when it is the one to leave out.
    #[inline(always)]
    fn begin(&mut self, name: &'static str, offset: u64, len: u64) -> bool {
        self.applying.set(offset);
        // Compared as two numbers: the comparison of options is a call where code is built for size.
        let goes_on = self.options.skip_offset.is_none_or(|skipped| skipped != offset);
        if !goes_on {
            self.leave_out(name, offset, len);
        }
        goes_on
    }

    #[cold]
    fn leave_out(&mut self, name: &'static str, offset: u64, len: u64) {
        self.damages.push(Damage {
            offset,
            kind: scap::damage::DamageKind::Malformed,
            block: name,
            field: "block",
            found: "a block that could not be applied".to_owned(),
            expected: String::new(),
            skipped: len,
        });
    }

    fn bytes(&self) -> u64 {
        (self.index.bytes() + self.state.memory() + self.ledgers.memory()) as u64
    }
}

impl Sink for Core {
    fn block(&mut self, name: &'static str, offset: u64, len: u64) -> bool {
        self.begin(name, self.base + offset, len)
    }

    fn section(&mut self, section: &Section) {
        self.sections.push(SectionStart {
            file: self.files.len().saturating_sub(1),
            row: self.index.next_row(),
            header: *section,
            machine: Machine::default(),
            tail: None,
        });
        self.state.section(section, self.index.next_row());
    }

    fn machine(&mut self, machine: &Machine) {
        if let Some(section) = self.sections.last_mut() {
            section.machine = machine.clone();
        }
        self.state.machine(machine, self.index.next_row());
    }

    fn process(&mut self, process: &Process<'_>) {
        if let Some(section) = self.sections.last_mut() {
            section.tail = section.tail.or(process.tail);
        }
        self.state.process(process, self.index.next_row());
    }

    fn fd(&mut self, tid: i64, fd: &Fd<'_>) {
        self.state.fd(tid, fd, self.index.next_row());
    }

    fn interface(&mut self, interface: &Interface) {
        self.state.interface(interface);
    }

    fn user(&mut self, user: &User<'_>) {
        self.state.user(user, self.index.next_row());
    }

    fn group(&mut self, group: &Group<'_>) {
        self.state.group(group, self.index.next_row());
    }

    fn event(&mut self, event: &Event<'_>) {
        if self.stopped.is_some() {
            return;
        }
        // Offsets count through all files, so that one column says where an event stands.
        let offset = self.base + event.offset;
        if !self.begin("event", offset, event.block_len.into()) {
            return;
        }
        if let Some(file) = self.files.last_mut()
            && is_time(event.ts)
        {
            file.times.push(event.ts);
        }
        let ledgers = self.sums.then_some(&mut self.ledgers);
        let Ok(row) = index::take(&mut self.state, &mut self.index, ledgers, offset, event) else {
            self.stopped = Some(Stopped::Limit { what: "rows", limit: u64::from(Row::MAX) });
            return;
        };
        if row >= self.next_check {
            self.next_check = row.saturating_add(CHECK_EVERY);
            if self.bytes() > self.options.limit {
                self.stopped = Some(Stopped::Limit { what: "memory", limit: self.options.limit });
            }
        }
    }

    fn damage(&mut self, damage: Damage) {
        let offset = self.base + damage.offset;
        self.damages.push(Damage { offset, ..damage });
    }
}

impl Session {
    /// A session that has read nothing.
    pub fn new(options: Options) -> Self {
        Self {
            reader: Reader::new(Limits::default()),
            core: Core {
                state: State::new(options.quirks),
                index: Index::default(),
                ledgers: Ledgers::sniffing(crate::conversations::decode::sniff),
                sums: options.conversations,
                finished: false,
                files: Vec::new(),
                sections: Vec::new(),
                damages: Damages::default(),
                fingerprint: Fingerprint::default(),
                fingerprinted: false,
                base: 0,
                pushed: 0,
                applying: Rc::default(),
                options,
                stopped: None,
                next_check: CHECK_EVERY,
            },
            conversations: Conversations::default(),
            filters: Filters::default(),
            narrowed: Narrowed::default(),
            sorts: Sorts::default(),
            book: crate::conversations::Book::default(),
        }
    }

    /// Begins the next file of the capture; what is pushed from now on is its inflated bytes. Files of a rolled capture
    /// are given in order of time: processes and descriptors live on across them.
    pub fn next_file(&mut self, name: &str) {
        let base = self.core.base + self.core.pushed;
        if !self.core.files.is_empty() {
            self.finish();
            self.core.state.next_file();
            self.reader = Reader::new(Limits::default());
        }
        self.core.pushed = 0;
        self.core.base = base;
        let row = self.core.index.next_row();
        self.core.files.push(FileStart { name: name.to_owned(), base, row, times: Times::default() });
    }

    /// Takes the next inflated bytes, however they are cut. False when indexing has stopped and more is of no use.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        if self.core.stopped.is_some() {
            return false;
        }
        if !self.core.fingerprinted {
            self.core.fingerprint.push(bytes);
            self.core.fingerprinted = self.core.fingerprint.is_final();
        }
        self.reader.push(bytes, &mut self.core);
        self.core.pushed += bytes.len() as u64;
        self.core.stopped.is_none()
    }

    /// The current file ends here.
    pub fn finish(&mut self) {
        self.core.fingerprinted = true;
        if self.core.stopped.is_none() {
            self.reader.finish(&mut self.core);
            self.core.state.finish(self.core.index.next_row());
        }
        self.core.finished = true;
    }

    /// Something is wrong with the file that only who inflates it can know; the offset counts from the file's start.
    pub fn damage(&mut self, damage: Damage) {
        Sink::damage(&mut self.core, damage);
    }

    /// Ends indexing; what has been indexed stays.
    pub fn stop(&mut self, why: Stopped) {
        self.core.stopped.get_or_insert(why);
    }

    /// Offset of the block that was last begun: after a crash, the one to skip.
    pub fn applying(&self) -> u64 {
        self.core.applying.get()
    }

    /// Where [`Session::applying`] is kept: to be read after a trap, which leaves the session itself locked.
    pub fn applying_cell(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.core.applying)
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.core.index
    }

    /// A number for all columns and versions: equal for equal captures, however they came and whatever built it.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.core.index.digest(&mut digest);
        self.core.state.digest(&mut digest);
        digest.finish()
    }

    /// The state engine.
    pub fn state(&self) -> &State {
        &self.core.state
    }

    /// Section headers, in file order.
    pub fn sections(&self) -> &[SectionStart] {
        &self.core.sections
    }

    /// Files of the capture.
    pub fn files(&self) -> &[FileStart] {
        &self.core.files
    }

    /// When the machine was booted, nanoseconds since the epoch; 0 when that was not recorded.
    pub fn boot_ts(&self) -> u64 {
        self.core.state.recorded_machine().boot_ts
    }

    /// One number for each thread of the process lists, made of its ids and its name: what tells whether two files can
    /// be of one recording.
    pub fn listed_threads(&self) -> Vec<u32> {
        let state = &self.core.state;
        let listed = state.threads().iter().filter(|thread| thread.birth == Birth::Listed);
        let of = |thread: &Thread| {
            let version = state.version(thread.last);
            let mut hasher = DefaultHasher::new();
            (thread.tid, version.pid, state.text(version.comm)).hash(&mut hasher);
            hasher.finish() as u32
        };
        listed.map(of).collect()
    }

    /// What is wrong with the files.
    pub fn damages(&self) -> &Damages {
        &self.core.damages
    }

    /// Whether anything was found that makes this a capture.
    pub fn is_capture(&self) -> bool {
        !self.core.sections.is_empty() || self.core.index.next_row() > 0
    }

    /// The capture in a few figures.
    pub fn summary(&self) -> Summary {
        let core = &self.core;
        let totals = core.index.totals();
        let first_ns = core.index.first_ts().unwrap_or(0);
        let host = core.sections.iter().map(|section| &section.machine.host).find(|host| !host.is_empty());
        Summary {
            names: core.files.iter().map(|file| file.name.clone()).collect(),
            fingerprint: if core.fingerprinted { core.fingerprint.to_string() } else { String::new() },
            host: host.map_or_else(String::new, |host| String::from_utf8_lossy(host).into_owned()),
            first_ns,
            duration_ns: core.index.last_ts().saturating_sub(first_ns),
            events: totals.printed,
            blocks: totals.rows,
            calls: core.index.list_len(Unit::Calls),
            // Recorders that write no enters still pass on a few of those that older ones had written.
            exit_only: totals.exits > 0 && totals.joined * 10 < totals.exits,
            sections: core.sections.len() as u64,
            files: core.files.iter().map(|file| FileSpan::of(file, first_ns)).collect(),
            damage: core.damages.kept().iter().take(100).map(DamageReport::from).collect(),
            damage_count: core.damages.count(),
            index_bytes: core.bytes(),
            stopped: core.stopped.clone(),
        }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Runs `with` on a list. The list is up to date with what has been indexed.
    /// Bytes that may still be taken.
    pub(crate) fn left(&self) -> u64 {
        self.core.options.limit.saturating_sub(self.core.bytes())
    }

    pub(crate) fn with_list<R>(&mut self, spec: ListSpec, with: impl FnOnce(&Core, List<'_>) -> R) -> R {
        let core = &self.core;
        let (index, unit) = (&core.index, spec.unit);
        let conversation = spec.conversation.map(|description| {
            let known = (description as usize) < core.state.descriptions().len();
            let peer = if known { core.state.descriptions().peer(description) } else { NONE };
            (description, self.conversations.of(description, (peer != NONE).then_some(peer), index))
        });
        let run = spec.filter.and_then(|filter| Some((filter, self.filters.run(filter)?)));
        let list = match (conversation, run) {
            (None, None) => List::whole(index, unit),
            (Some((_, conversation)), None) => List::conversation(index, unit, conversation),
            (None, Some((_, run))) => List::filtered(index, unit, run),
            (Some((description, conversation)), Some((filter, run))) => {
                List::narrowed(index, unit, self.narrowed.update(description, filter, conversation, run))
            }
        };
        with(core, self.sorts.rows(spec).map_or(list, |rows| list.sorted(rows)))
    }

    /// Sizes of a list.
    pub fn count(&mut self, spec: ListSpec) -> ListCount {
        self.with_list(spec, |_, list| list.count())
    }

    /// Rows of a list, `count` of them from position `first` on; fewer at its end.
    pub fn rows(&mut self, spec: ListSpec, first: u64, count: usize) -> Vec<Row> {
        self.with_list(spec, |_, list| list.rows_from(first).take(count).collect())
    }

    /// Where an event stands in a list: itself or, where it is not in the list, the next one.
    pub fn locate(&mut self, spec: ListSpec, at: Place) -> Option<Located> {
        self.with_list(spec, |core, list| {
            let index = &core.index;
            let wanted = match at {
                Place::Number(number) => {
                    let rows: Vec<Row> = index.rows_with_number(number).collect();
                    let exact = rows.iter().copied().find(|row| list.locate(index, *row).is_some_and(|found| stands_for(index, found.1, *row)));
                    exact.or_else(|| rows.first().copied()).or_else(|| index.row_at_number(number, 0)).or_else(|| index.next_row().checked_sub(1))?
                }
                Place::InSection(section, number) => {
                    let (first, end) = core.section_rows(section)?;
                    let row = index.rows_with_number(number).find(|row| (first..end).contains(row));
                    row.or_else(|| index.row_at_number(number, first))?
                }
                Place::Row(row) => row,
                Place::Ns(ns) => {
                    let ts = index.first_ts().unwrap_or(0).saturating_add_signed(ns);
                    match list.at_time(ts) {
                        Some(row) => row,
                        None => index.next_row(),
                    }
                }
            };
            let (position, row) = list.locate(index, wanted)?;
            let exact = match at {
                Place::Number(number) => index.number(wanted) == Some(number) && stands_for(index, row, wanted),
                Place::InSection(section, number) => {
                    index.number(wanted) == Some(number)
                        && core.section_rows(section).is_some_and(|(first, end)| (first..end).contains(&wanted))
                        && stands_for(index, row, wanted)
                }
                Place::Row(_) => stands_for(index, row, wanted),
                Place::Ns(_) => row == wanted,
            };
            Some(Located { position, row, exact })
        })
    }

    /// Position of the next failed row after `from`, or of the one before it.
    pub fn seek_error(&mut self, spec: ListSpec, from: u64, forward: bool) -> Option<u64> {
        self.with_list(spec, |_, list| list.seek_error(from, forward))
    }
}

/// Whether the row of a list stands for this event: it is the event, or the enter of its call.
fn stands_for(index: &Index, listed: Row, event: Row) -> bool {
    listed == event || index.record(event).is_some_and(|record| record.is_exit() && record.partner == Some(listed))
}

/// How a place in a capture is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// By event number: the first event that has it.
    Number(u64),
    /// By section, counted from 1 through all files, and event number. Each file counts its events from 1.
    InSection(u32, u64),
    /// By row.
    Row(Row),
    /// By nanoseconds since the first event.
    Ns(i64),
}

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located {
    /// Position in the list.
    pub position: u64,
    /// Row there.
    pub row: Row,
    /// It is what was asked for, not merely the next one.
    pub exact: bool,
}
