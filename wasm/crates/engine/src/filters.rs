//! Filters over a capture: run a little at a time, counted while indexing goes on, kept for the next window.

use std::collections::HashMap;
use std::rc::Rc;

use filter::plan::{Ground, Plan, Sifted};
use filter::rows::RowSet;
use filter::transform::Room;
use filter::{Filter, FilterError, Rooms};
use index::{Bitmap, CHUNK_ROWS, Places, Record, Unit};
use model::{Quirks, Row};
use serde::Serialize;

use crate::conversations::Book;
use crate::read::Blocks;
use crate::search::Task;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::words::printer;

/// A filter that the session knows; its results may have to be found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FilterId(u32);

/// What is wrong with a filter, or worth a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Byte of the filter text where it begins.
    pub at: usize,
    /// How many bytes it takes; 0 when something is missing there.
    pub length: usize,
    /// One sentence.
    pub message: String,
    /// What to write in place of these bytes, where one fix is likely.
    pub suggestion: Option<String>,
}

/// What reading a filter has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can be run.
    Accepted {
        /// Its one printed form.
        text: String,
        /// What its writer may not expect.
        notices: Vec<Mistake>,
    },
    /// It has a mistake.
    Refused(Mistake),
}

/// Reads a filter without running it.
pub fn check(text: &str) -> Verdict {
    match Filter::new(text.as_bytes(), Quirks::NONE) {
        Ok(filter) => {
            let notices = filter.notices().iter();
            let notices = notices.map(|notice| Mistake { at: notice.at, length: notice.length, message: notice.message.clone(), suggestion: None });
            Verdict::Accepted { text: filter.text().to_owned(), notices: notices.collect() }
        }
        Err(FilterError { at, length, message, suggestion }) => Verdict::Refused(Mistake { at, length, message, suggestion }),
    }
}

/// One check of a filter, in the order of evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// As it is printed.
    pub text: String,
    /// How often it is asked, and of what.
    pub asked: &'static str,
}

/// One check of a filter for one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// As it is printed.
    pub text: String,
    /// What the event has there; `None`: nothing, and the check does not hold.
    pub value: Option<String>,
    /// Whether it holds.
    pub holds: bool,
}

/// How many results are kept.
const KEPT: usize = 8;
/// Rows that are read between two looks at the clock.
const BATCH: usize = 1024;
/// Chunks of its own that wait when no more are handed out.
const WAITING: usize = 2;
/// Chunks that are sifted, at most, to find one that can be handed out.
const SIFTED: usize = 16;

/// How far a filter has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterCount {
    /// Printed events that pass, of those looked at.
    pub events: u64,
    /// Calls of which either edge passes.
    pub calls: u64,
    /// Event blocks looked at.
    pub looked: u64,
    /// Event blocks there are so far; no more than have been looked at while the filter waits for the end of the capture.
    pub total: u64,
}

impl FilterCount {
    /// Whether all that has been indexed has been looked at.
    pub fn is_done(&self) -> bool {
        self.looked >= self.total
    }
}

/// What a filter has selected so far.
#[derive(Debug)]
pub(crate) struct Run {
    filter: Rc<Filter>,
    plan: Plan,
    rooms: Rooms,
    events: RowSet,
    calls: RowSet,
    /// Rows from here on have not been looked at, or not all before them.
    seen: Row,
    /// Rows from here on are in no chunk below.
    taken: Row,
    /// Chunks to be looked at here, the last one first.
    mine: Vec<Mine>,
    /// Chunks behind `seen` that are looked at elsewhere or have been looked at.
    ahead: Vec<(usize, Ahead)>,
    /// Something has come back from elsewhere: those who search there are up.
    is_helped: bool,
    places: Places,
    /// As of which rows the conversations were that it asked about.
    as_of: Option<(Row, bool)>,
}

/// A chunk that is looked at a few rows at a time.
#[derive(Debug)]
struct Mine {
    number: usize,
    /// Rows from here on have not been looked at.
    at: Row,
    /// End of what was sifted.
    end: Row,
    sifted: Sifted,
    /// What passes: of the rows from `at` on, those of which that was known before they were looked at.
    passed: Bitmap,
}

impl Mine {
    fn new(number: usize, at: Row, end: Row, sifted: Sifted) -> Self {
        let passed = sifted.yes.clone();
        Self { number, at, end, sifted, passed }
    }
}

#[derive(Debug)]
enum Ahead {
    /// Handed out.
    Searched { ticket: u32, end: Row, sifted: Sifted },
    /// Done, up to the row.
    Done(Row, Bitmap),
}

/// First row of a chunk.
fn first_of(number: usize) -> Row {
    (number * CHUNK_ROWS) as Row
}

impl Run {
    fn new(filter: Rc<Filter>, is_plain: bool) -> Self {
        filter.reset();
        let plan = Plan::new(&filter, is_plain);
        Self {
            filter,
            plan,
            rooms: Rooms::default(),
            events: RowSet::default(),
            calls: RowSet::default(),
            seen: 0,
            taken: 0,
            mine: Vec::new(),
            ahead: Vec::new(),
            is_helped: false,
            places: Places::default(),
            as_of: None,
        }
    }

    pub(crate) fn rows(&self, unit: Unit) -> &RowSet {
        match unit {
            Unit::Events => &self.events,
            Unit::Calls => &self.calls,
        }
    }

    pub(crate) fn seen(&self) -> Row {
        self.seen
    }

    /// Whether it asks about conversations before they are known.
    fn waits(&self, core: &Core) -> bool {
        self.filter.asks_conversations() && !core.is_finished()
    }

    fn count(&self, core: &Core) -> FilterCount {
        // What waits for the end of the capture has nothing to look at before.
        let total = if self.waits(core) { self.seen } else { core.index.next_row() };
        FilterCount { events: self.events.len(), calls: self.calls.len(), looked: u64::from(self.seen), total: u64::from(total) }
    }

    /// Looks at rows until `is_over` says so, at least at a few.
    ///
    /// What asks about conversations waits until they are known, and begins anew when they have changed.
    fn step(&mut self, core: &Core, book: &Book, source: &mut dyn ByteSource, is_over: &mut dyn FnMut() -> bool) -> Result<(), ReadError> {
        if self.waits(core) {
            return Ok(());
        }
        if self.filter.asks_conversations() && self.as_of != book.as_of() {
            *self = Self { as_of: book.as_of(), ..Self::new(Rc::clone(&self.filter), self.plan.is_in_order()) };
        }
        let printer = printer(&core.state);
        let ground = Ground { state: &core.state, index: &core.index, printer: &printer, conversations: Some(book) };
        loop {
            if let Some(mut mine) = self.mine.pop() {
                let decided = self.decide_some(core, ground, &mut mine, source);
                self.mine.push(mine);
                decided?;
                self.publish(core);
            } else if self.is_left_to_others() {
                return Ok(());
            } else if let Some(mine) = self.next_chunk(ground) {
                self.mine.push(mine);
            } else {
                return Ok(());
            }
            if is_over() {
                return Ok(());
            }
        }
    }

    /// Sifts the next chunk, or what has been added to the last one.
    fn next_chunk(&mut self, ground: Ground<'_>) -> Option<Mine> {
        if self.taken >= ground.index.next_row() {
            return None;
        }
        let number = self.taken as usize / CHUNK_ROWS;
        let end = ground.index.next_row().min(first_of(number).saturating_add(CHUNK_ROWS as Row));
        let sifted = self.plan.sift(&self.filter, ground, number, &mut self.rooms);
        let mine = Mine::new(number, self.taken, end, sifted);
        self.taken = end;
        Some(mine)
    }

    /// Goes through a sifted chunk up to the next few rows that must be asked one by one, and asks them.
    fn decide_some(&mut self, core: &Core, ground: Ground<'_>, mine: &mut Mine, source: &mut dyn ByteSource) -> Result<(), ReadError> {
        let first = first_of(mine.number);
        let begun = (mine.at - first) as usize;
        let mut open: Vec<(Row, u64, u32)> = Vec::new();
        let mut at = u16::try_from(begun).ok();
        let mut upto = mine.end;
        while let Some(from) = at {
            let Some(found) = mine.sifted.maybe.next(from) else { break };
            let row = first + Row::from(found);
            let known = if core.index.kind(row).is_some_and(|kind| self.plan.decides(kind)) { core.index.unplaced(row) } else { None };
            match known.and_then(|record| self.plan.decide(&self.filter, ground, &record, &mut self.rooms)) {
                Some(passes) => mine.passed.or(found, passes),
                None => open.extend(core.index.place(row, &mut self.places).map(|(offset, len)| (row, offset, len))),
            }
            at = found.checked_add(1);
            // Rows that columns decide cost a fraction of those that are read.
            if open.len() >= BATCH || usize::from(found) >= begun + 4 * BATCH {
                upto = row + 1;
                break;
            }
        }
        if !open.is_empty() {
            let blocks = Blocks::read_places(core, open.iter().map(|(_, offset, len)| (*offset, *len)), source)?;
            let mut scratch = Vec::new();
            for (row, offset, block_len) in open {
                let block = blocks.at(offset, block_len).ok_or(ReadError::Changed)?;
                if !self.plan.may_pass(&self.filter, block) {
                    continue;
                }
                let Some(record) = core.index.unplaced(row) else { continue };
                let record = Record { offset, block_len, ..record };
                let event = blocks.event(core, &record, &mut scratch)?;
                if self.plan.passes(&self.filter, ground, &record, &event, &mut self.rooms) {
                    mine.passed.or(row as u16, true);
                }
            }
        }
        mine.at = upto.min(mine.end);
        Ok(())
    }

    /// Adds what has been found in the rows that follow those that have been looked at.
    fn publish(&mut self, core: &Core) {
        loop {
            let (number, from) = (self.seen as usize / CHUNK_ROWS, self.seen);
            let is_done = |(of, ahead): &(usize, Ahead)| *of == number && matches!(ahead, Ahead::Done(..));
            if let Some(place) = self.ahead.iter().position(is_done) {
                if let (_, Ahead::Done(end, rows)) = self.ahead.swap_remove(place) {
                    self.add(core, number, &rows, end);
                }
            } else if let Some(place) = self.mine.iter().position(|mine| mine.number == number) {
                let mine = self.mine.remove(place);
                self.add(core, number, &mine.passed, mine.at);
                if mine.at < mine.end {
                    self.mine.insert(place, mine);
                }
            }
            if self.seen == from {
                break;
            }
        }
        // What was done before what stands ahead of it waits there.
        if let Some(mine) = self.mine.pop_if(|mine| mine.at >= mine.end) {
            self.ahead.push((mine.number, Ahead::Done(mine.end, mine.passed)));
        }
    }

    /// Adds the rows of a chunk from `seen` up to `end`.
    fn add(&mut self, core: &Core, number: usize, rows: &Bitmap, end: Row) {
        let first = first_of(number);
        let mut here = rows.clone();
        keep(&mut here, self.seen as u16, end - first);
        self.seen = end;
        if here.is_empty() {
            return;
        }
        self.events.insert_all(number, &here);
        let calls = &mut self.calls;
        let of_chunk = core.index.calls_of(number, &here, &mut |row| calls.insert(row));
        self.calls.insert_all(number, &of_chunk);
    }

    /// Whether those who search elsewhere are at it: then no chunk is begun here, where others wait for answers.
    fn is_left_to_others(&self) -> bool {
        self.is_helped && self.ahead.iter().any(|(_, ahead)| matches!(ahead, Ahead::Searched { .. }))
    }

    /// Whether nothing is to be done here before something comes back from elsewhere.
    fn is_elsewhere(&self, core: &Core) -> bool {
        let is_taken = self.taken >= core.index.next_row() && self.seen < self.taken;
        !self.waits(core) && self.mine.is_empty() && (is_taken || self.is_left_to_others())
    }

    /// Takes the next chunk with rows of which the parameters of events alone tell the rest.
    fn hand_out(&mut self, core: &Core, book: &Book, ticket: u32) -> Option<Task> {
        // The first chunk is looked at here: its rows are there before anybody else has begun.
        if self.waits(core) || !core.is_finished() || self.taken == 0 {
            return None;
        }
        let printer = printer(&core.state);
        let ground = Ground { state: &core.state, index: &core.index, printer: &printer, conversations: Some(book) };
        for _ in 0..SIFTED {
            if self.mine.len() > WAITING {
                break;
            }
            let mine = self.next_chunk(ground)?;
            let is_whole = first_of(mine.number) == mine.at;
            if mine.sifted.maybe.is_empty() {
                self.ahead.push((mine.number, Ahead::Done(mine.end, mine.passed)));
                self.publish(core);
                continue;
            }
            let task = if is_whole { Task::new(core, ticket, self.filter.text(), first_of(mine.number), &mine.sifted.told, &mut self.places) } else { None };
            let Some(task) = task else {
                self.mine.insert(0, mine);
                continue;
            };
            self.ahead.push((mine.number, Ahead::Searched { ticket, end: mine.end, sifted: mine.sifted }));
            return Some(task);
        }
        None
    }

    /// Takes what was handed out with this ticket.
    fn searched(&mut self, wanted: u32) -> Option<(usize, Row, Sifted)> {
        let is_it = |ahead: &Ahead| matches!(ahead, Ahead::Searched { ticket, .. } if *ticket == wanted);
        let place = self.ahead.iter().position(|(_, ahead)| is_it(ahead))?;
        match self.ahead.swap_remove(place) {
            (number, Ahead::Searched { end, sifted, .. }) => Some((number, end, sifted)),
            _ => None,
        }
    }
}

/// Keeps of a chunk's rows those from `from` up to `end`.
fn keep(rows: &mut Bitmap, from: u16, end: Row) {
    for (word, at) in rows.words_mut().iter_mut().zip((0u32..).step_by(64)) {
        let below = |row: u32| match row.saturating_sub(at) {
            64.. => u64::MAX,
            bits => (1 << bits) - 1,
        };
        *word &= below(end) & !below(u32::from(from));
    }
}

/// The filters of a session.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    /// By what was written and by what that means.
    ids: HashMap<String, FilterId>,
    known: Vec<Rc<Filter>>,
    runs: HashMap<FilterId, (u64, Run)>,
    clock: u64,
    /// Of the last task that was handed out.
    ticket: u32,
}

impl Filters {
    fn id(&mut self, text: &str) -> Result<FilterId, FilterError> {
        if let Some(id) = self.ids.get(text) {
            return Ok(*id);
        }
        let filter = Filter::new(text.as_bytes(), Quirks::NONE)?;
        let id = match self.ids.get(filter.text()) {
            Some(id) => *id,
            None => {
                let id = FilterId(self.known.len() as u32);
                self.ids.insert(filter.text().to_owned(), id);
                self.known.push(Rc::new(filter));
                id
            }
        };
        self.ids.insert(text.to_owned(), id);
        Ok(id)
    }

    /// What a filter has selected so far; nothing yet when it was not run lately.
    pub(crate) fn run(&mut self, id: FilterId) -> Option<&mut Run> {
        self.clock += 1;
        let filter = Rc::clone(self.known.get(id.0 as usize)?);
        if self.runs.len() >= KEPT && !self.runs.contains_key(&id) {
            let oldest = self.runs.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| *id);
            if let Some(oldest) = oldest {
                self.runs.remove(&oldest);
            }
        }
        let (used, run) = self.runs.entry(id).or_insert_with(|| (0, Run::new(filter, false)));
        *used = self.clock;
        Some(run)
    }
}

impl Session {
    /// Reads a filter; equal for filters that mean the same.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn filter(&mut self, text: &str) -> Result<FilterId, FilterError> {
        self.filters.id(text)
    }

    /// Brings the conversations up to date for a filter that asks about them.
    fn know_conversations(&mut self, id: FilterId) {
        let asks = self.filters.known.get(id.0 as usize).is_some_and(|filter| filter.asks_conversations());
        if asks && self.core.is_finished() {
            self.update_book();
        }
    }

    /// Runs a filter further until `is_over` says so, and tells how far it is. What was found before is not looked for again.
    ///
    /// # Errors
    /// When the bytes of an event that it asks for cannot be read again.
    pub fn run_filter(&mut self, id: FilterId, source: &mut dyn ByteSource, is_over: &mut dyn FnMut() -> bool) -> Result<FilterCount, ReadError> {
        self.know_conversations(id);
        let core = &self.core;
        let Some(run) = self.filters.run(id) else { return Ok(FilterCount::default()) };
        run.step(core, &self.book, source, is_over)?;
        Ok(run.count(core))
    }

    /// Hands out the next part of a filter that is running, for [`crate::Search`] to look at elsewhere; `None` when there is
    /// none now.
    ///
    /// Parts are handed out once the capture is indexed, of filters that [`Session::run_filter`] has begun and that ask in
    /// the end about parameters alone. What stands ahead of the rest is looked at by `run_filter` itself.
    pub fn hand_out(&mut self, id: FilterId) -> Option<Task> {
        let ticket = self.filters.ticket.wrapping_add(1);
        self.filters.ticket = ticket;
        let (_, run) = self.filters.runs.get_mut(&id)?;
        run.hand_out(&self.core, &self.book, ticket)
    }

    /// Takes what a search has found: the positions of events in its task, ascending. `None`: it was given up, and
    /// [`Session::run_filter`] looks itself.
    ///
    /// What nobody waits for any more is dropped.
    pub fn hand_in(&mut self, id: FilterId, ticket: u32, found: Option<&[u32]>) {
        let Some((_, run)) = self.filters.runs.get_mut(&id) else { return };
        let Some((number, end, sifted)) = run.searched(ticket) else { return };
        run.is_helped = found.is_some();
        match found {
            None => run.mine.insert(0, Mine::new(number, first_of(number), end, sifted)),
            Some(found) => {
                let mut found = found.iter().peekable();
                let mut passed = sifted.yes;
                for (position, at) in sifted.told.iter().enumerate() {
                    if found.next_if(|found| **found as usize == position).is_some() {
                        passed.or(at, true);
                    }
                }
                // The others are left to this end.
                let mut sifted = Sifted { yes: passed, ..sifted };
                sifted.maybe.combine(&sifted.told, |maybe, told| maybe & !told);
                run.mine.push(Mine::new(number, first_of(number), end, sifted));
            }
        }
    }

    /// Whether nothing is to be done here before something of a filter is handed in: all that is left is handed out, or those
    /// who search are up and have something left.
    pub fn is_elsewhere(&self, id: FilterId) -> bool {
        self.filters.runs.get(&id).is_some_and(|(_, run)| run.is_elsewhere(&self.core))
    }

    /// Rows that pass, found without a plan: every event is read and asked from left to right. What
    /// [`Session::run_filter`] is held against.
    ///
    /// # Errors
    /// When the bytes of an event cannot be read again.
    pub fn ask_every_event(&mut self, id: FilterId, source: &mut dyn ByteSource) -> Result<Vec<Row>, ReadError> {
        self.know_conversations(id);
        let Some(filter) = self.filters.known.get(id.0 as usize) else { return Ok(Vec::new()) };
        let mut run = Run::new(Rc::clone(filter), true);
        run.step(&self.core, &self.book, source, &mut || false)?;
        Ok(run.events.iter_from(0).collect())
    }

    /// The checks of a filter in the order of their evaluation.
    pub fn explain_filter(&mut self, id: FilterId) -> Vec<Step> {
        let Some(run) = self.filters.run(id) else { return Vec::new() };
        let needs = run.plan.needs();
        let checks = run.filter.checks();
        let steps = run.plan.order().into_iter().filter_map(|at| {
            Some(Step { text: checks.get(at)?.text().to_owned(), asked: needs.get(at)?.words() })
        });
        steps.collect()
    }

    /// Each check of a filter for one event, from left to right; `None` when there is no such row.
    ///
    /// # Errors
    /// When the bytes of the event cannot be read again.
    pub fn why(&mut self, id: FilterId, row: Row, source: &mut dyn ByteSource) -> Result<Option<Vec<Reason>>, ReadError> {
        self.know_conversations(id);
        let core = &self.core;
        let (Some(record), Some(run)) = (core.index.record(row), self.filters.run(id)) else { return Ok(None) };
        let blocks = Blocks::read(core, &[record], source)?;
        let mut scratch = Vec::new();
        let event = blocks.event(core, &record, &mut scratch)?;
        let printer = printer(&core.state);
        let ground = Ground { state: &core.state, index: &core.index, printer: &printer, conversations: Some(&self.book) };
        let moment = ground.moment(&record, &event);
        let reasons = run.filter.checks().iter().map(|check| Reason {
            text: check.text().to_owned(),
            value: check.left().shown(&moment, &mut Room::default()),
            holds: check.holds(&moment, &mut run.rooms),
        });
        Ok(Some(reasons.collect()))
    }
}
