//! How a filter is evaluated over an index: what is cheap first, and what needs the bytes of events only for the rows that
//! are left.
//!
//! Three answers are possible for a row: it passes, it does not, or its bytes must be read to say. Checks on the type of
//! events, on threads and on descriptions are answered once for each value that a chunk has; the rest row by row.

use std::collections::HashMap;

use index::{Answers, Bitmap, CHUNK_ROWS, Column, Index, Record};
use model::state::descriptions::Attributes;
use model::state::{DescriptionIndex, NONE};
use model::quirk::Quirks;
use model::table::{self, EventFlags, ParamType, Release};
use model::text::Printer;
use model::{Row, State};
use scap::Event;

use crate::fields::{Field, Id, Kind, Owner, Source};
use crate::moment::{Conversations, Moment, bare_event};
use crate::ready::{Check, Filter, Node, Rooms};
use crate::transform::Side;

/// What a check has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// The type of the event: once for each type.
    Kind,
    /// The version of its thread: once for each version.
    Thread,
    /// What its description is: once for each state of each description.
    Description,
    /// Type and result of the event: once for most pairs of them.
    Result,
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
            Self::Result => "once for each type and result",
            Self::Row => "for each row, from columns and state",
            Self::Bytes => "for each row that is left, from the bytes of the event",
        }
    }
}

/// The enter event of close, which is about a descriptor and nothing else.
const CLOSE: u16 = 4;
/// The exit event of connect.
const CONNECTED: u32 = 23;

/// Answers about a row, one bit each.
const YES: u8 = 1;
const MAYBE: u8 = 2;

/// Which check needs what, and what is known of the values that were asked about.
#[derive(Debug)]
pub struct Plan {
    checks: Vec<Planned>,
    /// The tree with its cheap parts first.
    root: Node,
    /// The tree cut in two where it says "and": what parameters alone tell, and the rest.
    told: Option<(Node, Node)>,
    /// Nothing may be asked out of order: a field measures from its own last evaluation.
    in_order: bool,
    /// Release that the sources of `checks` are those of.
    release: Release,
}

#[derive(Debug)]
struct Planned {
    needs: Needs,
    /// Answers by version of a thread, plus one; 0: not asked yet.
    threads: Vec<u8>,
    descriptions: HashMap<(DescriptionIndex, Attributes), u8>,
    /// Answers by type and result.
    results: Answers,
    /// By event type.
    sources: Vec<Source>,
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
    /// Those of them of which the parameters alone tell: [`Plan::tells`].
    pub told: Bitmap,
}

impl Sifted {
    /// Rows that are not told to fail.
    fn open(&self) -> Bitmap {
        let mut open = self.yes.clone();
        open.combine(&self.maybe, |yes, maybe| yes | maybe);
        open
    }
}

impl Plan {
    /// How to evaluate a filter. `is_plain`: as it is written, reading every event.
    pub fn new(filter: &Filter, is_plain: bool) -> Self {
        Self::of_release(filter, is_plain, Release::default())
    }

    fn of_release(filter: &Filter, is_plain: bool, release: Release) -> Self {
        let in_order = is_plain || filter.checks().iter().flat_map(Check::fields).any(|field| field.info().ordered);
        let checks: Vec<Planned> = filter
            .checks()
            .iter()
            .map(|check| Planned {
                needs: if in_order { Needs::Bytes } else { needs(check, release) },
                threads: Vec::new(),
                descriptions: HashMap::new(),
                results: Answers::default(),
                sources: (0..table::TABLE_SIZE).map(|kind| source(check, kind, release)).collect(),
            })
            .collect();
        let mut root = filter.root().clone();
        if !in_order {
            cheap_first(&mut root, &checks);
        }
        let told = if in_order { None } else { cut(&root, filter) };
        Self { checks, root, told, in_order, release }
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
        if self.release != ground.printer.release {
            *self = Self::of_release(filter, self.in_order, ground.printer.release);
        }
        let printed = ground.index.printed(number);
        let Some((told, rest)) = self.told.take() else {
            let root = std::mem::replace(&mut self.root, Node::All);
            let sifted = self.sift_node(&root, filter, ground, number, printed, rooms);
            self.root = root;
            return sifted;
        };
        let mut sifted = self.sift_node(&rest, filter, ground, number, printed, rooms);
        let by_told = self.sift_node(&told, filter, ground, number, sifted.open(), rooms);
        self.told = Some((told, rest));
        sifted.told = sifted.yes.clone();
        sifted.told.combine(&by_told.maybe, |yes, maybe| yes & maybe);
        sifted.yes.combine(&by_told.yes, |one, other| one & other);
        sifted.maybe.combine(&by_told.open(), |maybe, open| maybe & open);
        sifted.maybe.combine(&sifted.told, |maybe, told| maybe | told);
        sifted
    }

    /// Answers for the rows of `among`; others have neither bit.
    fn sift_node(&mut self, node: &Node, filter: &Filter, ground: Ground<'_>, number: usize, among: Bitmap, rooms: &mut Rooms) -> Sifted {
        match node {
            Node::All => Sifted { yes: among, ..Sifted::default() },
            Node::Check(at) => self.sift_check(*at, filter, ground, number, among, rooms),
            Node::Not(part) => {
                let inner = self.sift_node(part, filter, ground, number, among.clone(), rooms);
                let mut yes = among;
                yes.combine(&inner.yes, |all, passed| all & !passed);
                yes.combine(&inner.maybe, |all, open| all & !open);
                Sifted { yes, ..inner }
            }
            Node::And(parts) => {
                let mut so_far = Sifted { yes: among, ..Sifted::default() };
                for part in parts {
                    let left = so_far.open();
                    if left.is_empty() {
                        break;
                    }
                    let here = self.sift_node(part, filter, ground, number, left, rooms);
                    // Open: neither is a no, and not both are a yes.
                    let mut maybe = so_far.open();
                    maybe.combine(&here.open(), |one, other| one & other);
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
                Sifted { yes, maybe, ..Sifted::default() }
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
        let sources = planned.sources.clone();
        let source = |kind: u16| sources.get(usize::from(kind)).copied().unwrap_or(Source::Bytes);
        let index = ground.index;
        let (mut yes, mut maybe) = match needs {
            Needs::Result | Needs::Row | Needs::Bytes if self.in_order || ground.printer.quirks != Quirks::NONE => (Bitmap::default(), among.clone()),
            Needs::Result | Needs::Row | Needs::Bytes => {
                let is_wanted = |kind: u16| source(kind) == Source::Result;
                let (yes, mut maybe) = index.classify_results(number, &among, &mut planned.results, &is_wanted, &mut |kind, result| {
                    if is_untold(kind, result, ground.printer.release) {
                        return MAYBE;
                    }
                    answer(check, ground, &Record { kind, result, ..blank(first) }, rooms)
                });
                let (open, _) = index.classify(number, Column::Kind, &among, &mut |kind| u8::from(source(kind as u16) > Source::Result));
                maybe.combine(&open, |maybe, open| maybe | open);
                (yes, maybe)
            }
            Needs::Kind => index.classify(number, Column::Kind, &among, &mut |told| {
                let (kind, code) = (told as u16, i64::from(told >> 16));
                let result = (code > 0).then_some(code);
                if source(kind) == Source::Result && is_untold(kind, result, ground.printer.release) {
                    return MAYBE;
                }
                answer(check, ground, &Record { kind, result, ..blank(first) }, rooms)
            }),
            Needs::Thread => index.classify(number, Column::Version, &among, &mut |version| {
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
                let (mut yes, changing) = index.classify(number, Column::Description, &among, &mut |description| {
                    planned.description(check, ground, description, first, end, rooms)
                });
                // What changes within the chunk is asked for each of its rows.
                let mut known = [(NONE, 0, 0); 64];
                for at in changing.iter() {
                    let (description, row) = (index.description(number, at), first + Row::from(at));
                    let known = &mut known[description as usize % 64];
                    if known.0 != description || row >= known.1 {
                        let (attributes, until) = ground.state.descriptions().at_until(description, row);
                        *known = (description, until, planned.of_attributes(check, ground, (description, attributes), row, rooms));
                    }
                    yes.or(at, known.2 & YES != 0);
                }
                // Without a description the type of the event decides.
                let has_threads = ground.state.threads().version_count() > 0;
                let (of_kind, _) = index.classify(number, Column::Kind, &among, &mut |kind| {
                    if has_threads { answer(check, ground, &Record { kind: kind as u16, version: 0, ..blank(first) }, rooms) } else { 0 }
                });
                let nameless = nameless(ground, number, &of_kind);
                yes.combine(&nameless, |yes, nameless| yes | nameless);
                // Other events have no descriptor, whatever theirs may be.
                let (about, _) = index.classify(number, Column::Kind, &yes, &mut |kind| {
                    u8::from(table::flags(kind as u16, ground.printer.release).any(EventFlags::CREATES_FD.with(EventFlags::USES_FD)))
                });
                let (known, _) = index.classify(number, Column::Version, &about, &mut |version| u8::from(version != NONE));
                (known, Bitmap::default())
            }
        };
        if needs < Needs::Result && sources.contains(&Source::Bytes) {
            let (mut reading, connects) = index.classify(number, Column::Kind, &among, &mut |kind| {
                let reads = u8::from(source(kind as u16) == Source::Bytes);
                reads | (reads & u8::from(kind == CONNECTED)) << 1
            });
            if needs == Needs::Description {
                // What such a call is about is known but where it failed, or a connect has a tuple of its own.
                reading = nameless(ground, number, &reading);
                reading.combine(&connects, |reading, connects| reading | connects);
            }
            yes.combine(&reading, |yes, reading| yes & !reading);
            maybe.combine(&reading, |maybe, reading| maybe | reading);
        }
        Sifted { yes, maybe, ..Sifted::default() }
    }

    /// Whether an event may pass whose block is this: most events are told by that alone when data are searched.
    pub fn may_pass(&self, filter: &Filter, block: &[u8]) -> bool {
        let may_hold = |node: &Node| match node {
            Node::Check(at) => filter.checks().get(*at).is_none_or(|check| check.may_hold_in(block)),
            _ => true,
        };
        self.in_order || match &self.root {
            Node::And(parts) => parts.iter().all(may_hold),
            root => may_hold(root),
        }
    }

    /// Whether a row of [`Sifted::told`] passes: nothing is asked but the parameters of its event.
    pub fn tells(&self, filter: &Filter, moment: &Moment<'_>, rooms: &mut Rooms) -> bool {
        self.told.as_ref().is_some_and(|(told, _)| filter.node(told, moment, rooms))
    }

    /// Whether [`Plan::decide`] can say anything of events of this type that [`Plan::sift`] does not.
    pub fn decides(&self, kind: u16) -> bool {
        let says = |check: &Planned| {
            check.needs >= Needs::Result && matches!(check.sources.get(usize::from(kind)), Some(Source::Result | Source::State))
        };
        !self.in_order && self.checks.iter().any(says)
    }

    /// Whether a row passes, as far as columns and state tell. `None`: its bytes are needed.
    pub fn decide(&self, filter: &Filter, ground: Ground<'_>, record: &Record, rooms: &mut Rooms) -> Option<bool> {
        if self.in_order {
            return None;
        }
        let result = record.result.unwrap_or(0).to_le_bytes();
        let event = bare_event(record, ground.state, &result);
        let moment = ground.moment(record, &event);
        self.decide_node(&self.root, filter, &moment, rooms)
    }

    fn decide_node(&self, node: &Node, filter: &Filter, moment: &Moment<'_>, rooms: &mut Rooms) -> Option<bool> {
        match node {
            Node::All => Some(true),
            Node::Not(part) => self.decide_node(part, filter, moment, rooms).map(|holds| !holds),
            Node::Check(at) => {
                let (check, planned) = (filter.checks().get(*at)?, self.checks.get(*at)?);
                let kind = moment.event.kind;
                match planned.sources.get(usize::from(kind)).copied().unwrap_or(Source::Bytes) {
                    Source::Bytes => None,
                    Source::Result if is_untold(kind, moment.applied.result, self.release) => None,
                    _ => Some(check.holds(moment, rooms)),
                }
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
        if description == NONE || ground.state.threads().version_count() == 0 {
            return 0;
        }
        let descriptions = ground.state.descriptions();
        if !descriptions.is_steady(description, first, end) {
            return MAYBE;
        }
        self.of_attributes(check, ground, (description, descriptions.at(description, first)), first, rooms)
    }

    /// Whether the check holds for a description as it was at a row.
    fn of_attributes(&mut self, check: &Check, ground: Ground<'_>, known: (DescriptionIndex, Attributes), row: Row, rooms: &mut Rooms) -> u8 {
        if let Some(answer) = self.descriptions.get(&known) {
            return *answer;
        }
        // As any call of any thread that uses it.
        let answer = answer(check, ground, &Record { description: known.0, kind: CLOSE, version: 0, ..blank(row) }, rooms);
        self.descriptions.insert(known, answer);
        answer
    }
}

/// Those of the rows of a chunk that are about no description.
fn nameless(ground: Ground<'_>, number: usize, among: &Bitmap) -> Bitmap {
    if among.is_empty() {
        return Bitmap::default();
    }
    ground.index.classify(number, Column::Description, among, &mut |description| u8::from(description == NONE)).0
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
    let result = record.result.unwrap_or(0).to_le_bytes();
    let event = bare_event(record, ground.state, &result);
    let moment = ground.moment(record, &event);
    if check.holds(&moment, rooms) { YES } else { 0 }
}

/// An exit whose result the index does not know, though the type has one, or a call whose code it does not know: the bytes
/// say.
fn is_untold(kind: u16, result: Option<i64>, release: Release) -> bool {
    if kind < 2 {
        // A call of code 0 may have its native number beside it.
        return result.is_none_or(|code| code == 0);
    }
    let has_result = || table::params(kind, release).first().is_some_and(|first| {
        matches!(first.name, "res" | "fd" | "res_or_fd") || matches!(first.ty, ParamType::Errno | ParamType::Fd | ParamType::Pid | ParamType::Int64)
    });
    result.is_none() && kind % 2 == 1 && has_result()
}

/// The dearest of its fields; where the field that it compares has no value for the type, neither has the check.
fn source(check: &Check, kind: u16, release: Release) -> Source {
    let of = |field: &Field| field.source(kind, release);
    match check.left() {
        Side::Field(field) if of(field) == Source::Nothing => Source::Nothing,
        _ => check.fields().into_iter().map(of).max().unwrap_or(Source::State).max(Source::Result),
    }
}

/// What of a tree is told by the parameters of an event alone, and the rest; `None` when nothing is.
fn cut(root: &Node, filter: &Filter) -> Option<(Node, Node)> {
    let parts = match root {
        Node::And(parts) => parts,
        root => std::slice::from_ref(root),
    };
    let (told, rest): (Vec<Node>, Vec<Node>) = parts.iter().cloned().partition(|part| is_told(part, filter));
    (!told.is_empty()).then_some((Node::And(told), Node::And(rest)))
}

fn is_told(node: &Node, filter: &Filter) -> bool {
    match node {
        Node::All => false,
        Node::Not(part) => is_told(part, filter),
        Node::And(parts) | Node::Or(parts) => parts.iter().all(|part| is_told(part, filter)),
        Node::Check(at) => filter.checks().get(*at).is_some_and(|check| {
            check.fields().iter().all(|field| matches!(field.info().id, Id::EvtBuffer | Id::EvtRawarg))
        }),
    }
}

fn needs(check: &Check, release: Release) -> Needs {
    let mut all = check.fields().into_iter().map(|field| field_needs(field, release));
    let Some(first) = all.next() else { return Needs::Row };
    all.fold(first, |one, other| if one == other { one } else { one.max(other).max(Needs::Row) })
}

fn field_needs(field: &Field, release: Release) -> Needs {
    match (field.info().kind, field.info().id) {
        (Kind::Own(Owner::Thread), _) => Needs::Thread,
        (Kind::Own(Owner::Description), _) => Needs::Description,
        (Kind::Event, Id::EvtType | Id::EvtDir | Id::EvtIsIo | Id::EvtIsIoRead | Id::EvtIsIoWrite | Id::EvtIoDir | Id::EvtIsWait | Id::SyscallType) => Needs::Kind,
        (_, Id::EvtRes | Id::EvtRawres | Id::EvtFailed | Id::EvtCountError) => Needs::Result,
        (Kind::Event | Kind::Relational | Kind::Volatile, _) => Needs::Row,
        (Kind::Parameters | Kind::Bytes, _) => match (0..table::TABLE_SIZE).map(|kind| field.source(kind, release)).max() {
            Some(Source::Nothing | Source::Result) => Needs::Result,
            Some(Source::State) => Needs::Row,
            _ => Needs::Bytes,
        },
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
