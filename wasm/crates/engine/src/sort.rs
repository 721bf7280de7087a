//! Lists in another order than that of the capture, made a little at a time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use filter::fields::Scratch;
use filter::format::{Format, SortKey};
use filter::plan::Ground;
use index::Record;
use model::Row;
use model::order::{ranks, signed};
use model::state::NONE;

use crate::lines::asks_book;
use crate::list::ListSpec;
use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::window::{Edges, info_of, requested_of};
use crate::words::{Words, printer};

/// A column that a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// Place in the capture: only worth it the other way round.
    Row,
    /// CPU.
    Cpu,
    /// Short name of the process, letter by letter, capitals first.
    Process,
    /// Name of the event type. For system calls without a type of their own it is read from the capture.
    Kind,
    /// Fd number.
    Fd,
    /// Name of the fd, letter by letter, capitals first.
    FdName,
    /// Exit minus enter.
    Latency,
    /// Size asked for. Read from the capture.
    Requested,
    /// Result.
    Returned,
    /// Place of the exit in the capture.
    Exit,
    /// Parameters as they are listed, letter by letter. Read from the capture.
    Info,
    /// A field, as [`Session::sort_field`] knows it: numbers by size, before texts letter by letter. Read from the capture.
    Field(u32),
}

/// How a list is sorted. Rows that have nothing in the column come last either way; equals keep the capture's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortSpec {
    /// The column.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

/// How far a list has been sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SortCount {
    /// Steps done; all when it is `total`. A row is one step when it is read and one when it is put into its place.
    pub done: u64,
    /// Steps there are.
    pub total: u64,
    /// The list is too long: sorting so many rows would take more memory than is left.
    pub too_many: bool,
}

/// Rows that are looked at between two looks at the clock.
const BATCH: usize = 512;
/// Rows that are sorted in one go.
const RUN: usize = 1 << 15;
/// Bytes that a row takes while it is sorted: its key, and its place in the result.
const ROW_BYTES: u64 = (size_of::<u128>() + size_of::<Row>()) as u64;
/// Most bytes of different texts.
const TEXT_BYTES: usize = 256 << 20;
/// How many sorted lists are kept.
const KEPT: usize = 4;
/// What a row is sorted by: a number of at most 65 bits, or the number of a text with [`TEXT`] before it.
type Key = u128;
/// Key of a row that has nothing in the column.
const MISSING: Key = (1 << 96) - 1;
/// Bit of the keys of texts: they come behind all numbers.
const TEXT: Key = 1 << 80;

/// A key in the high bits, a row in the low ones: of equal keys the earlier row comes first.
type Entry = u128;

fn entry(key: Key, row: Row) -> Entry {
    key << 32 | u128::from(row)
}

fn row_of(entry: Entry) -> Row {
    entry as Row
}

#[derive(Debug)]
enum Stage {
    /// Keys are taken from the rows, in the order of the list.
    Reading,
    /// The texts have their ranks; runs of rows are sorted, one after the other.
    Sorting { ranks: Vec<u32>, next: usize },
    /// The runs are merged: the first entry of each that is not placed yet.
    Merging { heads: BinaryHeap<Reverse<(Entry, usize)>>, next: Vec<usize> },
    Done,
}

/// One sorted list, or one on its way.
#[derive(Debug)]
pub(crate) struct Sort {
    of: ListSpec,
    spec: SortSpec,
    /// Rows that the list had when sorting began.
    len: u64,
    stage: Stage,
    entries: Vec<Entry>,
    texts: HashMap<String, u32>,
    text_bytes: usize,
    too_many: bool,
    rows: Vec<Row>,
    used: u64,
}

impl Sort {
    fn new(of: ListSpec, spec: SortSpec, len: u64) -> Self {
        Self {
            of,
            spec,
            len,
            stage: Stage::Reading,
            entries: Vec::new(),
            texts: HashMap::new(),
            text_bytes: 0,
            too_many: false,
            rows: Vec::new(),
            used: 0,
        }
    }

    fn count(&self) -> SortCount {
        let done = match self.stage {
            Stage::Done => self.len.saturating_mul(2),
            _ => (self.entries.len() + self.rows.len()) as u64,
        };
        SortCount { done, total: self.len.saturating_mul(2), too_many: self.too_many }
    }

    fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// The number of a text; `None` when there are too many.
    fn text(&mut self, text: &[u8]) -> Option<Key> {
        let text = String::from_utf8_lossy(text);
        if let Some(number) = self.texts.get(text.as_ref()) {
            return Some(TEXT | Key::from(*number));
        }
        self.text_bytes += text.len() + size_of::<(String, u32)>();
        if self.text_bytes > TEXT_BYTES {
            return None;
        }
        let number = self.texts.len() as u32;
        self.texts.insert(text.into_owned(), number);
        Some(TEXT | Key::from(number))
    }

    /// Takes the keys of some rows; `field` is that of [`SortBy::Field`].
    fn read(&mut self, ground: &Ground<'_>, core: &Core, field: Option<&Format>, rows: &[Edges], source: &mut dyn ByteSource) -> Result<(), ReadError> {
        let records: Vec<Record> = match self.spec.by {
            SortBy::Field(_) if field.is_none() => Vec::new(),
            SortBy::Requested | SortBy::Info | SortBy::Field(_) => rows.iter().flat_map(Edges::records).collect(),
            SortBy::Kind => rows.iter().filter(|edges| is_generic(edges.first.kind)).filter_map(|edges| core.index.record(edges.first.row)).collect(),
            _ => Vec::new(),
        };
        let blocks = Blocks::read(core, &records, source)?;
        let (mut bytes, mut text, mut scratch) = (Vec::new(), Vec::new(), Scratch::default());
        let mut words = Words::new(core);
        for edges in rows {
            let (first, last) = (&edges.first, edges.last());
            let number = |number: i64| Some(signed(number));
            let key = match self.spec.by {
                SortBy::Row => Some(first.row.into()),
                SortBy::Exit => last.is_exit().then(|| last.row.into()),
                SortBy::Cpu => Some(first.cpu.into()),
                SortBy::Fd => Some(if last.fd >= 0 { last.fd } else { first.fd }).filter(|fd| *fd >= 0).and_then(|fd| number(i64::from(fd))),
                SortBy::Latency => edges.latency_ns(core).and_then(number),
                SortBy::Returned => last.result.and_then(number),
                SortBy::Requested => requested(core, edges, &blocks)?,
                SortBy::Process => words.comm(first).filter(|comm| *comm != b"<NA>").and_then(|comm| self.text(comm)),
                SortBy::Kind if is_generic(first.kind) => {
                    let first = core.index.record(first.row).ok_or(ReadError::Changed)?;
                    self.text(words.kind(&blocks.event(core, &first, &mut bytes)?).as_bytes())
                }
                SortBy::Kind => self.text(words.kind_of_type(first.kind).as_bytes()),
                SortBy::FdName => {
                    let about = if last.description == NONE { first } else { last };
                    Some(words.fd_bytes(about)).filter(|name| !name.is_empty()).and_then(|name| self.text(name))
                }
                SortBy::Info => {
                    let info = info_of(core, edges, &blocks, &mut words);
                    if info.is_empty() { None } else { self.text(info.as_bytes()) }
                }
                SortBy::Field(_) => {
                    let mut found = None;
                    for record in edges.exit.iter().chain([first]) {
                        let (None, Some(field)) = (&found, field) else { continue };
                        let event = blocks.event(core, record, &mut bytes)?;
                        text.clear();
                        found = field.sort_key(&mut text, &ground.moment(record, &event), &mut scratch);
                    }
                    match found {
                        Some(SortKey::Number(number)) => Some(number),
                        Some(SortKey::Text) => self.text(&text),
                        None => None,
                    }
                }
            };
            self.entries.push(entry(key.unwrap_or(MISSING), first.row));
        }
        self.too_many |= self.text_bytes > TEXT_BYTES;
        Ok(())
    }

    /// All keys are there: the texts are ranked.
    fn ranked(&mut self) {
        let mut texts = vec![""; self.texts.len()];
        for (text, number) in &self.texts {
            if let Some(place) = texts.get_mut(*number as usize) {
                *place = text;
            }
        }
        let ranks = ranks(texts.len(), &|at| Some((*texts.get(at)?, "")));
        self.stage = Stage::Sorting { ranks, next: 0 };
        self.texts = HashMap::new();
    }

    /// Sorts the next run. False when none was left.
    fn sort_run(&mut self) -> bool {
        let descending = self.spec.descending;
        let Stage::Sorting { ranks, next } = &mut self.stage else { return false };
        let end = self.entries.len().min(*next + RUN);
        let Some(run) = self.entries.get_mut(*next..end).filter(|run| !run.is_empty()) else { return false };
        for item in run.iter_mut() {
            let key = *item >> 32;
            if key == MISSING {
                continue;
            }
            let key = if key & TEXT == 0 { key } else { TEXT | ranks.get(key as u32 as usize).map_or(0, |rank| Key::from(*rank)) };
            *item = entry(if descending { MISSING - 1 - key } else { key }, row_of(*item));
        }
        run.sort_unstable();
        *next = end;
        true
    }

    fn begin_merging(&mut self) {
        let heads = self.entries.chunks(RUN).enumerate().filter_map(|(number, run)| Some(Reverse((*run.first()?, number)))).collect();
        let next = (0..self.entries.len()).step_by(RUN).map(|start| start + 1).collect();
        self.rows.reserve_exact(self.entries.len());
        self.stage = Stage::Merging { heads, next };
    }

    /// Puts the next rows into their places. False when all are.
    fn merge(&mut self) -> bool {
        let Stage::Merging { heads, next } = &mut self.stage else { return false };
        for _ in 0..BATCH {
            let Some(mut head) = heads.peek_mut() else { return false };
            let Reverse((entry, number)) = *head;
            self.rows.push(row_of(entry));
            let at = next.get(number).copied().unwrap_or(usize::MAX);
            let end = (number + 1) * RUN;
            match self.entries.get(at).filter(|_| at < end) {
                Some(entry) => {
                    *head = Reverse((*entry, number));
                    if let Some(place) = next.get_mut(number) {
                        *place += 1;
                    }
                }
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
        }
        true
    }
}

/// Whether a parameter says which system call it is.
fn is_generic(kind: u16) -> bool {
    kind <= 1
}

/// The size that the call of a row asks for.
fn requested(core: &Core, edges: &Edges, blocks: &Blocks) -> Result<Option<Key>, ReadError> {
    let mut scratch = Vec::new();
    for record in std::iter::once(&edges.first).chain(&edges.exit) {
        if let Some(size) = requested_of(&blocks.event(core, record, &mut scratch)?) {
            return Ok(Some(size.into()));
        }
    }
    Ok(None)
}

/// The sorted lists that were asked for lately.
#[derive(Debug, Default)]
pub(crate) struct Sorts {
    kept: Vec<Sort>,
    clock: u64,
    /// Fields that lists were sorted by, with their names.
    fields: Vec<(String, Option<Format>)>,
}

impl Sorts {
    /// The rows of a list in their order, once it is sorted.
    pub(crate) fn rows(&self, of: ListSpec) -> Option<&[Row]> {
        let spec = of.sort?;
        let base = ListSpec { sort: None, ..of };
        self.kept.iter().find(|sort| sort.of == base && sort.spec == spec && sort.is_done()).map(|sort| sort.rows.as_slice())
    }

    /// The field of a column.
    fn field(&self, by: SortBy) -> Option<&Format> {
        let SortBy::Field(number) = by else { return None };
        self.fields.get(number as usize)?.1.as_ref()
    }

    /// What there is of a sort of so many rows: a list that has grown keeps its old order until the new one is made.
    fn take(&mut self, of: ListSpec, spec: SortSpec, len: u64) -> Option<Sort> {
        let at = self.kept.iter().position(|sort| sort.of == of && sort.spec == spec && (!sort.is_done() || sort.len == len))?;
        Some(self.kept.swap_remove(at))
    }

    fn put(&mut self, mut sort: Sort) {
        self.clock += 1;
        sort.used = self.clock;
        // Two on their way would take twice the memory; what is not done is not worth keeping beside another.
        self.kept.retain(|other| other.is_done() && !(sort.is_done() && other.of == sort.of && other.spec == sort.spec));
        if self.kept.len() >= KEPT
            && let Some(oldest) = self.kept.iter().enumerate().min_by_key(|(_, sort)| sort.used).map(|(at, _)| at)
        {
            self.kept.swap_remove(oldest);
        }
        self.kept.push(sort);
    }
}

impl Session {
    /// The column of a field. No row has anything in it when the field can't be printed, or when its value depends on what
    /// was asked before.
    pub fn sort_field(&mut self, name: &str) -> SortBy {
        let fields = &mut self.sorts.fields;
        let at = fields.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            fields.push((name.to_owned(), Format::of_column(name)));
            fields.len() - 1
        });
        SortBy::Field(at as u32)
    }

    /// Sorts a list further until `is_over` says so, and tells how far it is. A list that has grown since is sorted anew.
    /// Until all is done the list keeps the order it has.
    ///
    /// # Errors
    /// When the bytes of an event cannot be read again.
    pub fn sort(&mut self, of: ListSpec, source: &mut dyn ByteSource, is_over: &mut dyn FnMut() -> bool) -> Result<SortCount, ReadError> {
        let Some(spec) = of.sort else { return Ok(SortCount::default()) };
        let base = ListSpec { sort: None, ..of };
        if self.sorts.field(spec.by).is_some_and(asks_book) {
            self.finish_book();
        }
        let len = self.count(base).rows;
        let mut sort = self.sorts.take(base, spec, len).unwrap_or_else(|| Sort::new(base, spec, len));
        sort.too_many = sort.len.saturating_mul(ROW_BYTES) > self.left();
        let stepped = if sort.too_many { Ok(()) } else { self.step(&mut sort, source, is_over) };
        let count = sort.count();
        if stepped.is_ok() && !count.too_many {
            self.sorts.put(sort);
        }
        stepped.map(|()| count)
    }

    fn step(&mut self, sort: &mut Sort, source: &mut dyn ByteSource, is_over: &mut dyn FnMut() -> bool) -> Result<(), ReadError> {
        loop {
            match sort.stage {
                Stage::Reading => {
                    let (at, left) = (sort.entries.len(), sort.len.saturating_sub(sort.entries.len() as u64));
                    let batch = usize::try_from(left).unwrap_or(BATCH).min(BATCH);
                    sort.entries.reserve_exact(if at == 0 { usize::try_from(sort.len).unwrap_or(0) } else { 0 });
                    // Where blocks stand is most of the work, which only what is read from them is worth.
                    let of = if matches!(sort.spec.by, SortBy::Requested | SortBy::Info | SortBy::Field(_)) { Edges::of } else { Edges::unplaced };
                    let rows: Vec<Edges> =
                        self.with_list(sort.of, |core, list| list.rows_from(at as u64).take(batch).filter_map(|row| of(core, sort.of.unit, row)).collect());
                    let field = self.sorts.field(sort.spec.by);
                    let (core, printer) = (&self.core, printer(&self.core.state));
                    let ground = Ground { state: &core.state, index: &core.index, printer: &printer, conversations: Some(&self.book) };
                    sort.read(&ground, core, field, &rows, source)?;
                    if sort.too_many {
                        return Ok(());
                    }
                    if sort.entries.len() as u64 >= sort.len || sort.entries.len() == at {
                        sort.ranked();
                    }
                }
                Stage::Sorting { .. } => {
                    if !sort.sort_run() {
                        sort.begin_merging();
                    }
                }
                Stage::Merging { .. } => {
                    if !sort.merge() {
                        sort.entries = Vec::new();
                        sort.stage = Stage::Done;
                    }
                }
                Stage::Done => return Ok(()),
            }
            if is_over() {
                return Ok(());
            }
        }
    }
}
