//! How a filter is evaluated over an index: what is cheap first, and what needs the bytes of events only for the rows that
//! are left.
//!
//! Three answers are possible for a row: it passes, it does not, or its bytes must be read to say. Checks on the type of
//! events, on threads and on descriptions are answered once for each value that a chunk has; the rest row by row.

use std::collections::HashMap;

use index::{Bitmap, CHUNK_ROWS, Column, Index, Record};
use model::state::descriptions::Attributes;
use model::state::{DescriptionIndex, NONE};
use model::quirk::Quirks;
use model::table::{self, EventFlags};
use model::text::Printer;
use model::{Row, State};
use scap::Event;

use crate::fields::{Field, Id, Kind, Owner};
use crate::moment::{Conversations, Moment, bare_event};
use crate::ready::{Check, Filter, Node, Rooms};

/// What a check has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// The type of the event: once for each type.
    Kind,
    /// The version of its thread: once for each version.
    Thread,
    /// What its description is: once for each state of each description.
    Description,
    /// The columns of the row and the state as of it.
    Row,
    /// The bytes of the event.
    Bytes,
}

impl Needs {
    /// In words, for whoever asks how a filter is evaluated.
    pub fn words(self) -> &'static str {
        match self {
            Self::Kind => "once for each event type",
            Self::Thread => "once for each version of a thread",
            Self::Description => "once for each state of a descriptor",
            Self::Row => "for each row, from columns and state",
            Self::Bytes => "for each row that is left, from the bytes of the event",
        }
    }
}

/// The enter event of close, which is about a descriptor and nothing else.
const CLOSE: u16 = 4;

/// Answers about a row, one bit each.
const YES: u8 = 1;
const MAYBE: u8 = 2;

/// Which check needs what, and what is known of the values that were asked about.
#[derive(Debug)]
pub struct Plan {
    checks: Vec<Planned>,
    /// The tree with its cheap parts first.
    root: Node,
    /// Nothing may be asked out of order: a field measures from its own last evaluation.
    in_order: bool,
}

#[derive(Debug)]
struct Planned {
    needs: Needs,
    /// Answers by version of a thread, plus one; 0: not asked yet.
    threads: Vec<u8>,
    descriptions: HashMap<(DescriptionIndex, Attributes), u8>,
    /// Types of events for which the bytes are needed whatever `needs` says.
    reads: Vec<bool>,
}

/// What a filter is evaluated over.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The state over all rows.
    pub state: &'a State,
    /// The rows.
    pub index: &'a Index,
    /// Release, quirks, form of buffers.
    pub printer: &'a Printer,
    /// Conversations, where they are known.
    pub conversations: Option<&'a dyn Conversations>,
}

impl<'a> Ground<'a> {
    /// A row of it as a moment; `event` as for [`Moment::past`].
    pub fn moment(&self, record: &Record, event: &'a Event<'a>) -> Moment<'a> {
        Moment { conversations: self.conversations, ..Moment::past(self.state, self.index, record, event, self.printer) }
    }
}

/// Rows of a chunk that pass, and those of which it must be asked one by one.
#[derive(Debug, Default)]
pub struct Sifted {
    /// They pass.
    pub yes: Bitmap,
    /// [`Plan::decide`] says.
    pub maybe: Bitmap,
}

impl Plan {
    /// How to evaluate a filter. `is_plain`: as it is written, reading every event.
    pub fn new(filter: &Filter, is_plain: bool) -> Self {
        let in_order = is_plain || filter.checks().iter().flat_map(Check::fields).any(|field| field.info().ordered);
        let checks: Vec<Planned> = filter
            .checks()
            .iter()
            .map(|check| Planned {
                needs: if in_order { Needs::Bytes } else { needs(check) },
                threads: Vec::new(),
                descriptions: HashMap::new(),
                reads: (0..table::TABLE_SIZE).map(|kind| check.fields().iter().any(|field| field.reads_bytes(kind))).collect(),
            })
            .collect();
        let mut root = filter.root().clone();
        if !in_order {
            cheap_first(&mut root, &checks);
        }
        Self { checks, root, in_order }
    }

    /// What each check needs, in the order of [`Filter::checks`].
    pub fn needs(&self) -> Vec<Needs> {
        self.checks.iter().map(|check| check.needs).collect()
    }

    /// Order in which the checks are evaluated.
    pub fn order(&self) -> Vec<usize> {
        let mut order = Vec::new();
        fn walk(node: &Node, into: &mut Vec<usize>) {
            match node {
                Node::All => {}
                Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| walk(part, into)),
                Node::Not(part) => walk(part, into),
                Node::Check(at) => into.push(*at),
            }
        }
        walk(&self.root, &mut order);
        order
    }

    /// Whether every event is read and evaluated in order.
    pub fn is_in_order(&self) -> bool {
        self.in_order
    }

    /// Sorts the printed rows of a chunk without looking at single ones.
    pub fn sift(&mut self, filter: &Filter, ground: Ground<'_>, number: usize, rooms: &mut Rooms) -> Sifted {
        let printed = ground.index.printed(number);
        let root = std::mem::replace(&mut self.root, Node::All);
        let sifted = self.sift_node(&root, filter, ground, number, printed, rooms);
        self.root = root;
        sifted
    }

    /// Answers for the rows of `among`; others have neither bit.
    fn sift_node(&mut self, node: &Node, filter: &Filter, ground: Ground<'_>, number: usize, among: Bitmap, rooms: &mut Rooms) -> Sifted {
        match node {
            Node::All => Sifted { yes: among, maybe: Bitmap::default() },
            Node::Check(at) => self.sift_check(*at, filter, ground, number, among, rooms),
            Node::Not(part) => {
                let inner = self.sift_node(part, filter, ground, number, among.clone(), rooms);
                let mut yes = among;
                yes.combine(&inner.yes, |all, passed| all & !passed);
                yes.combine(&inner.maybe, |all, open| all & !open);
                Sifted { yes, maybe: inner.maybe }
            }
            Node::And(parts) => {
                let mut so_far = Sifted { yes: among, maybe: Bitmap::default() };
                for part in parts {
                    let mut left = so_far.yes.clone();
                    left.combine(&so_far.maybe, |yes, maybe| yes | maybe);
                    if left.is_empty() {
                        break;
                    }
                    let here = self.sift_node(part, filter, ground, number, left, rooms);
                    // Open: neither is a no, and not both are a yes.
                    let mut maybe = so_far.yes.clone();
                    maybe.combine(&so_far.maybe, |yes, maybe| yes | maybe);
                    let mut either = here.yes.clone();
                    either.combine(&here.maybe, |yes, maybe| yes | maybe);
                    maybe.combine(&either, |one, other| one & other);
                    so_far.yes.combine(&here.yes, |one, other| one & other);
                    maybe.combine(&so_far.yes, |open, yes| open & !yes);
                    so_far.maybe = maybe;
                }
                so_far
            }
            Node::Or(parts) => {
                let mut yes = Bitmap::default();
                let mut maybe = Bitmap::default();
                let mut left = among;
                for part in parts {
                    if left.is_empty() {
                        break;
                    }
                    let here = self.sift_node(part, filter, ground, number, left.clone(), rooms);
                    yes.combine(&here.yes, |one, other| one | other);
                    maybe.combine(&here.maybe, |one, other| one | other);
                    left.combine(&here.yes, |left, yes| left & !yes);
                }
                maybe.combine(&yes, |open, yes| open & !yes);
                Sifted { yes, maybe }
            }
        }
    }

    fn sift_check(&mut self, at: usize, filter: &Filter, ground: Ground<'_>, number: usize, among: Bitmap, rooms: &mut Rooms) -> Sifted {
        let (Some(check), Some(planned)) = (filter.checks().get(at), self.checks.get_mut(at)) else {
            return Sifted::default();
        };
        let first = (number * CHUNK_ROWS) as Row;
        let end = ground.index.next_row().min(first.saturating_add(CHUNK_ROWS as Row));
        // With faults to copy, what a field says depends on more than its kind tells.
        let needs = if ground.printer.quirks == Quirks::NONE { planned.needs } else { planned.needs.max(Needs::Row) };
        let (mut yes, mut maybe) = match needs {
            Needs::Row | Needs::Bytes => (Bitmap::default(), among.clone()),
            Needs::Kind => ground.index.classify(number, Column::Kind, |kind| {
                let record = Record { kind: kind as u16, ..blank(first) };
                answer(check, ground, &record, rooms)
            }),
            Needs::Thread => ground.index.classify(number, Column::Version, |version| {
                let slot = version.wrapping_add(1) as usize;
                if slot >= planned.threads.len() {
                    planned.threads.resize((slot + 1).next_power_of_two(), 0);
                }
                let Some(known) = planned.threads.get_mut(slot) else { return MAYBE };
                if *known == 0 {
                    let record = Record { version, ..blank(first) };
                    *known = 1 + answer(check, ground, &record, rooms);
                }
                *known - 1
            }),
            Needs::Description => {
                let (mut yes, mut maybe) = ground.index.classify(number, Column::Description, |description| {
                    planned.description(check, ground, description, first, end, rooms)
                });
                // Other events have no descriptor, whatever theirs may be.
                let (about, _) = ground.index.classify(number, Column::Kind, |kind| {
                    u8::from(table::flags(kind as u16, ground.printer.release).any(EventFlags::CREATES_FD.with(EventFlags::USES_FD)))
                });
                let (known, _) = ground.index.classify(number, Column::Version, |version| u8::from(version != NONE));
                for rows in [&mut yes, &mut maybe] {
                    rows.combine(&about, |rows, about| rows & about);
                    rows.combine(&known, |rows, known| rows & known);
                }
                (yes, maybe)
            }
        };
        if planned.reads.contains(&true) && !matches!(needs, Needs::Row | Needs::Bytes) {
            let reads = &planned.reads;
            let (reading, _) = ground.index.classify(number, Column::Kind, |kind| u8::from(reads.get(kind as usize).copied().unwrap_or(false)));
            yes.combine(&reading, |yes, reading| yes & !reading);
            maybe.combine(&reading, |maybe, reading| maybe | reading);
        }
        yes.combine(&among, |yes, among| yes & among);
        maybe.combine(&among, |maybe, among| maybe & among);
        Sifted { yes, maybe }
    }

    /// Whether a row passes, as far as columns and state tell. `None`: its bytes are needed.
    pub fn decide(&self, filter: &Filter, ground: Ground<'_>, record: &Record, rooms: &mut Rooms) -> Option<bool> {
        if self.in_order {
            return None;
        }
        let event = bare_event(record, ground.state);
        let moment = ground.moment(record, &event);
        self.decide_node(&self.root, filter, &moment, rooms)
    }

    fn decide_node(&self, node: &Node, filter: &Filter, moment: &Moment<'_>, rooms: &mut Rooms) -> Option<bool> {
        match node {
            Node::All => Some(true),
            Node::Not(part) => self.decide_node(part, filter, moment, rooms).map(|holds| !holds),
            Node::Check(at) => {
                let (check, planned) = (filter.checks().get(*at)?, self.checks.get(*at)?);
                let kind = usize::from(moment.event.kind);
                if planned.needs == Needs::Bytes || planned.reads.get(kind).copied().unwrap_or(false) {
                    return None;
                }
                Some(check.holds(moment, rooms))
            }
            Node::And(parts) => self.decide_parts(parts, false, filter, moment, rooms),
            Node::Or(parts) => self.decide_parts(parts, true, filter, moment, rooms),
        }
    }

    /// The first part that answers `ends` ends it.
    fn decide_parts(&self, parts: &[Node], ends: bool, filter: &Filter, moment: &Moment<'_>, rooms: &mut Rooms) -> Option<bool> {
        let mut is_open = false;
        for part in parts {
            match self.decide_node(part, filter, moment, rooms) {
                Some(holds) if holds == ends => return Some(ends),
                Some(_) => {}
                None => is_open = true,
            }
        }
        (!is_open).then_some(!ends)
    }

    /// Whether an event passes whose bytes have been read.
    pub fn passes(&self, filter: &Filter, ground: Ground<'_>, record: &Record, event: &Event<'_>, rooms: &mut Rooms) -> bool {
        filter.passes(&ground.moment(record, event), rooms)
    }
}

impl Planned {
    fn description(&mut self, check: &Check, ground: Ground<'_>, description: DescriptionIndex, first: Row, end: Row, rooms: &mut Rooms) -> u8 {
        // Without one, some events have the name that it would have.
        if description == NONE || ground.state.threads().version_count() == 0 {
            return MAYBE;
        }
        // As any call of any thread that uses it.
        let record = Record { description, kind: CLOSE, version: 0, ..blank(first) };
        let descriptions = ground.state.descriptions();
        if !descriptions.is_steady(description, first, end) {
            return MAYBE;
        }
        let attributes = descriptions.at(description, first);
        if let Some(known) = self.descriptions.get(&(description, attributes)) {
            return *known;
        }
        let answer = answer(check, ground, &record, rooms);
        self.descriptions.insert((description, attributes), answer);
        answer
    }
}

/// A row of which nothing is known.
fn blank(row: Row) -> Record {
    Record {
        row,
        ts: 0,
        kind: 0,
        cpu: 0,
        version: NONE,
        description: NONE,
        fd: -1,
        partner: None,
        result: None,
        offset: 0,
        block_len: 0,
        flags: index::Flags::default(),
    }
}

fn answer(check: &Check, ground: Ground<'_>, record: &Record, rooms: &mut Rooms) -> u8 {
    let event = bare_event(record, ground.state);
    let moment = ground.moment(record, &event);
    if check.holds(&moment, rooms) { YES } else { 0 }
}

fn needs(check: &Check) -> Needs {
    let mut all = check.fields().into_iter().map(field_needs);
    let Some(first) = all.next() else { return Needs::Row };
    all.fold(first, |one, other| if one == other { one } else { one.max(other).max(Needs::Row) })
}

fn field_needs(field: &Field) -> Needs {
    match (field.info().kind, field.info().id) {
        (Kind::Own(Owner::Thread), _) => Needs::Thread,
        (Kind::Own(Owner::Description), _) => Needs::Description,
        (Kind::Event, Id::EvtType | Id::EvtDir | Id::EvtIsIo | Id::EvtIsIoRead | Id::EvtIsIoWrite | Id::EvtIoDir | Id::EvtIsWait | Id::SyscallType) => Needs::Kind,
        (Kind::Event | Kind::Relational | Kind::Volatile, _) => Needs::Row,
        (Kind::Parameters | Kind::Bytes, _) => Needs::Bytes,
    }
}

/// Puts the parts that cost least first; parts that cost the same keep their order. Answers what the dearest costs.
fn cheap_first(node: &mut Node, checks: &[Planned]) -> Needs {
    match node {
        Node::All => Needs::Kind,
        Node::Check(at) => checks.get(*at).map_or(Needs::Bytes, |check| check.needs),
        Node::Not(part) => cheap_first(part, checks),
        Node::And(parts) | Node::Or(parts) => {
            let mut costs: Vec<(Needs, Node)> = parts.drain(..).map(|mut part| (cheap_first(&mut part, checks), part)).collect();
            costs.sort_by_key(|(cost, _)| *cost);
            let dearest = costs.last().map_or(Needs::Kind, |(cost, _)| *cost);
            parts.extend(costs.into_iter().map(|(_, part)| part));
            dearest
        }
    }
}
