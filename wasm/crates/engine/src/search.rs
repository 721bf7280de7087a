//! A part of a filter that is looked at elsewhere: data that are searched are most of what a filter costs, and of them each
//! chunk can be searched by itself.
//!
//! A task is made where the index is and searched where it is not: it has the places of the events of which everything but
//! the parameters is known.

use filter::plan::{Ground, Plan};
use filter::{Filter, Rooms};
use index::{Bitmap, Index, Places, Record};
use model::state::NONE;
use model::table::{EventTable, Release};
use model::text::Printer;
use model::{Quirks, Row, State};
use scap::event::decode_event_block;

use crate::read::Blocks;
use crate::session::Core;
use crate::source::{ByteSource, ReadError};

/// Events to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// By which its answer is known.
    pub ticket: u32,
    /// The filter.
    pub text: String,
    /// File of the capture, counted from 0.
    pub file: usize,
    is_big_endian: bool,
    release: Release,
    /// Where the first block stands in the file; the others stand behind it.
    base: u64,
    /// Where each block stands, counted from `base`, and its length.
    places: Vec<(u32, u32)>,
}

const RELEASES: [Release; 3] = [Release::V0_29_3, Release::V0_36_0, Release::Libs0_25_4];
/// Numbers before the places.
const HEAD: usize = 6;

impl Task {
    /// The rows `among` those of a chunk that begins with row `first`. `None` when they are not of one file and byte order.
    pub(crate) fn new(core: &Core, ticket: u32, text: &str, first: Row, among: &Bitmap, places: &mut Places) -> Option<Self> {
        let (least, most) = (first + Row::from(among.next(0)?), first + Row::from(among.previous(u16::MAX)?));
        let (start, _) = core.index.place(least, places)?;
        let (end, _) = core.index.place(most, places)?;
        let (file, base) = core.place_in_file(start);
        let is_big_endian = core.is_big_endian(least);
        let mut sections = core.sections.iter().filter(|section| section.row > least && section.row <= most);
        if core.place_in_file(end).0 != file || sections.any(|section| section.header.big_endian != is_big_endian) {
            return None;
        }
        let place = |at: u16| {
            let (offset, len) = core.index.place(first + Row::from(at), places)?;
            Some((u32::try_from(offset.checked_sub(start)?).ok()?, len))
        };
        let places = among.iter().map(place).collect::<Option<_>>()?;
        Some(Self { ticket, text: text.to_owned(), file, is_big_endian, release: core.state.release(), base, places })
    }

    /// Places of the events from one on that are looked at in one go.
    fn batch(&self, at: usize) -> &[(u32, u32)] {
        let rest = self.places.get(at..).unwrap_or_default();
        let most = rest.first().map_or(0, |first| first.0.saturating_add(STRETCH));
        let near = rest.iter().take(BATCH).take_while(|place| place.0 <= most).count();
        rest.get(..near).unwrap_or_default()
    }

    /// All but the text as numbers, the ticket first.
    pub fn to_numbers(&self) -> Vec<u32> {
        let release = RELEASES.iter().position(|release| *release == self.release).unwrap_or(0) as u32;
        let head = [self.ticket, self.file as u32, u32::from(self.is_big_endian), release, self.base as u32, (self.base >> 32) as u32];
        head.into_iter().chain(self.places.iter().flat_map(|(offset, len)| [*offset, *len])).collect()
    }

    /// Reads what [`Task::to_numbers`] wrote.
    pub fn from_numbers(text: &str, numbers: &[u32]) -> Option<Self> {
        let (head, places) = numbers.split_first_chunk::<HEAD>()?;
        let [ticket, file, is_big_endian, release, low, high] = *head;
        Some(Self {
            ticket,
            text: text.to_owned(),
            file: file as usize,
            is_big_endian: is_big_endian != 0,
            release: *RELEASES.get(release as usize)?,
            base: u64::from(high) << 32 | u64::from(low),
            places: places.as_chunks::<2>().0.iter().map(|[offset, len]| (*offset, *len)).collect(),
        })
    }
}

/// Events that are read between two looks at the clock.
const BATCH: usize = 1024;
/// Bytes in which they stand, unless one event takes more.
const STRETCH: u32 = 1 << 20;

/// Looks at the events of a task. Nothing is known of the capture but the task.
pub struct Search {
    task: Task,
    filter: Filter,
    plan: Plan,
    state: State,
    index: Index,
    rooms: Rooms,
    /// Events looked at.
    at: usize,
    found: Vec<u32>,
}

impl Search {
    /// Begins with a task; `None` when its filter has a mistake, which that of a session has not.
    pub fn new(task: Task) -> Option<Self> {
        let filter = Filter::new(task.text.as_bytes(), Quirks::NONE).ok()?;
        let plan = Plan::new(&filter, false);
        let (state, index) = (State::new(Quirks::NONE), Index::default());
        Some(Self { task, filter, plan, state, index, rooms: Rooms::default(), at: 0, found: Vec::new() })
    }

    /// Where the bytes stand that the next step reads: the file, the first of them, and the one behind the last.
    pub fn wants(&self) -> (usize, u64, u64) {
        let places = self.task.batch(self.at);
        let end = |place: &(u32, u32)| u64::from(place.0) + u64::from(place.1);
        let from = self.task.base.saturating_add(places.first().map_or(0, |place| u64::from(place.0)));
        (self.task.file, from, self.task.base.saturating_add(places.iter().map(end).max().unwrap_or(0)).max(from))
    }

    /// Looks at a few more; false when there are no more.
    ///
    /// # Errors
    /// When their bytes cannot be read, or are no events any more.
    pub fn step(&mut self, source: &mut dyn ByteSource) -> Result<bool, ReadError> {
        let places = self.task.batch(self.at);
        let (file, base) = (self.task.file, self.task.base);
        let offset = |place: &(u32, u32)| base.saturating_add(u64::from(place.0));
        let blocks = Blocks::read_files(places.iter().map(|place| (offset(place), place.1)).collect(), source, &|offset| (file, offset))?;
        let printer = Printer { release: self.task.release, ..Printer::default() };
        let ground = Ground { state: &self.state, index: &self.index, printer: &printer, conversations: None };
        let mut scratch = Vec::new();
        for (position, place) in (self.at as u32..).zip(places) {
            let block = blocks.at(offset(place), place.1).ok_or(ReadError::Changed)?;
            if !self.plan.may_pass(&self.filter, block) {
                continue;
            }
            let event = decode_event_block::<EventTable>(block, offset(place), self.task.is_big_endian, &mut scratch).ok_or(ReadError::Changed)?;
            let record = Record {
                row: 0,
                ts: event.ts,
                kind: event.kind,
                cpu: event.cpu,
                version: NONE,
                description: NONE,
                fd: -1,
                partner: None,
                result: None,
                offset: offset(place),
                block_len: place.1,
                flags: index::Flags::default(),
            };
            if self.plan.tells(&self.filter, &ground.moment(&record, &event), &mut self.rooms) {
                self.found.push(position);
            }
        }
        self.at += places.len();
        Ok(self.at < self.task.places.len())
    }

    /// Positions in the task of the events that pass, of those looked at.
    pub fn found(&self) -> &[u32] {
        &self.found
    }
}
