//! The push machine: takes any slice of the inflated stream, hands out whole blocks.

use std::marker::PhantomData;

use crate::block::{Form, Kind, SECTION, SECTION_LEN, header_at, is_length, trusted_event_at};
use crate::bytes::{Order, u32_at};
use crate::carry::{Carry, SEARCH_PIECE};
use crate::damage::{Damage, DamageKind};
use crate::event::{self, Cut, Event, Fault};
use crate::limits::Limits;
use crate::lists::{self, Broken, Nothing};
use crate::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use crate::sniff::{self, ENOUGH};

/// What the reader has to know of the event table: given by the crate that owns it.
pub trait Table {
    /// Turns parameter `index` of a big-endian section into little endian, in place.
    ///
    /// Addresses are in network order in every file and stay; ports and all other numbers are turned.
    fn swap_param(_kind: u16, _index: usize, _bytes: &mut [u8]) {}
}

/// Takes what the reader finds, in file order.
pub trait Sink {
    /// A block begins, told before what stands in it; false leaves the block out. Events of the usual form come without.
    fn block(&mut self, _name: &'static str, _offset: u64, _len: u64) -> bool {
        true
    }
    /// A recording starts.
    fn section(&mut self, section: &Section);
    /// Facts of the machine.
    fn machine(&mut self, machine: &Machine);
    /// One process of the initial state.
    fn process(&mut self, process: &Process<'_>);
    /// One descriptor of the initial state.
    fn fd(&mut self, tid: i64, fd: &Fd<'_>);
    /// One interface.
    fn interface(&mut self, interface: &Interface);
    /// One user.
    fn user(&mut self, user: &User<'_>);
    /// One group.
    fn group(&mut self, group: &Group<'_>);
    /// One event.
    fn event(&mut self, event: &Event<'_>);
    /// Something is wrong with the file; reading goes on.
    fn damage(&mut self, damage: Damage);
}

/// Splits the inflated stream into blocks and decodes them. Any slicing of the stream gives the same calls.
///
/// Damage never ends reading. A block whose framing and contents disagree is given as far as it can be trusted or
/// left out; where even its end is unknown, reading goes on at the next plausible block: type, length and trailer
/// agree, and those of the block behind it too.
///
/// # Examples
/// ```
/// # use scap::{Damage, Event, Limits, Reader, Sink, Table};
/// # use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
/// struct NoTable;
/// impl Table for NoTable {}
/// #[derive(Default)]
/// struct Count {
///     sections: u32,
///     damages: Vec<Damage>,
/// }
/// impl Sink for Count {
///     fn section(&mut self, _: &Section) {
///         self.sections += 1;
///     }
/// #   fn machine(&mut self, _: &Machine) {}
/// #   fn process(&mut self, _: &Process<'_>) {}
/// #   fn fd(&mut self, _: i64, _: &Fd<'_>) {}
/// #   fn interface(&mut self, _: &Interface) {}
/// #   fn user(&mut self, _: &User<'_>) {}
/// #   fn group(&mut self, _: &Group<'_>) {}
/// #   fn event(&mut self, _: &Event<'_>) {}
///     // … one method for each thing found …
///     fn damage(&mut self, damage: Damage) {
///         self.damages.push(damage);
///     }
/// }
/// let mut header = Vec::from(0x0a0d_0d0a_u32.to_le_bytes());
/// header.extend(28_u32.to_le_bytes());
/// header.extend(0x1a2b_3c4d_u32.to_le_bytes());
/// header.extend([1, 0, 2, 0]);
/// header.extend([0xff; 8]);
/// header.extend(28_u32.to_le_bytes());
///
/// let mut reader = Reader::<NoTable>::new(Limits::default());
/// let mut count = Count::default();
/// for slice in header.chunks(5) {
///     reader.push(slice, &mut count);
/// }
/// reader.finish(&mut count);
/// assert_eq!((count.sections, count.damages.len(), reader.offset()), (1, 0, 28));
/// ```
#[derive(Clone, Debug)]
pub struct Reader<T: Table> {
    table: PhantomData<T>,
    limits: Limits,
    /// Bytes of a block that a slice ended in; empty while slices are decoded in place.
    carry: Carry,
    /// Where the first byte that is not yet used stands in the stream.
    offset: u64,
    state: State,
    order: Order,
    /// A section header has been seen, or been invented for a capture whose own is gone.
    started: bool,
    /// Something other than section headers and unknown blocks has been seen.
    known: bool,
    /// An event of this section has been seen: lists belong before it.
    events: bool,
    /// The list behind the events has been reported.
    late: bool,
    unknown: Vec<Unknown>,
    scratch: Vec<u8>,
    /// The last bytes of the block before.
    before: [u8; 8],
    /// Words that have been looked at for trailers of blocks whose length is damaged.
    trailers_tried: u64,
    /// The block whose trailer has been looked for in vain.
    without_end: Option<u64>,
    /// Events are given as sysdig gives them, by their headers alone.
    trusting: bool,
}

#[derive(Clone, Debug)]
enum State {
    Blocks,
    /// The next block is being looked for; the damage waits for how far that leads.
    Lost(Box<Lost>),
    /// No capture; the rest is not looked at.
    Closed,
}

#[derive(Clone, Debug)]
struct Lost {
    damage: Damage,
    /// Where the bytes start that are left out.
    start: u64,
    /// Where a reader that trusts every header takes the next block to begin.
    trusted: Option<u64>,
}

/// Blocks of one unknown type.
#[derive(Clone, Debug)]
struct Unknown {
    block_type: u32,
    offset: u64,
    blocks: u64,
    bytes: u64,
}

/// Unknown types told apart; the rest is counted as one.
const UNKNOWN_TYPES: usize = 16;
/// A file that starts with this many blocks of which none is known is not a capture.
const FOREIGN_BLOCKS: u64 = 64;
/// How far into a file without a section header the first block is looked for.
const LONGEST_START: u64 = 1 << 20;
/// How far the end of a block is looked for whose length is damaged, and the longest block of unknown type.
const LONGEST_REPAIR: u32 = 4 << 20;
/// Words that may be looked at for trailers: so many in any file, and so many more for each byte that has been read.
/// Enough for the longest look in a row of sixteen blocks, and for one every 64 KiB; bounds what a hostile file costs.
const TRAILERS_TRIED: u64 = 16 << 20;
const TRAILERS_TRIED_PER_BYTE: u64 = 16;
/// A length beyond this is not taken as proof for the block before it without waiting for its trailer.
const LONGEST_PROOF: u32 = 1 << 20;
const MAGIC: u32 = 0x1a2b_3c4d;

/// What one step did with the bytes before it.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// So many are done with.
    Used(usize),
    /// So many have to be there for the next decision.
    Need(usize),
}

/// Where the next plausible block stands.
enum Search {
    Found {
        at: usize,
        order: Order,
    },
    /// Nothing before `at`; `len` bytes from there decide.
    Undecided {
        at: usize,
        len: usize,
    },
    /// Nothing as far as was to be looked: for the start of a capture that means that it is none.
    Hopeless,
}

/// Where a block ends whose length is wrong.
enum End {
    At(u32),
    Unknown,
    /// So many bytes decide.
    Missing(usize),
}

enum Proof {
    Yes,
    No,
    /// So many bytes, counted from the same start as the question, decide.
    Missing(usize),
}

/// Gives the events at the start of `bytes` as long as nothing is special about them, and answers with the rest. Made once
/// for all sinks, here, where code is built for speed: nearly every byte of a capture goes through it.
fn give_plain<'d>(bytes: &'d [u8], mut offset: u64, limit: u32, sink: &mut dyn Sink) -> &'d [u8] {
    let mut rest = bytes;
    while let Some((event, behind)) = event::plain(rest, offset, limit) {
        sink.event(&event);
        offset += u64::from(event.block_len);
        rest = behind;
    }
    rest
}

impl<T: Table> Reader<T> {
    /// A reader at the start of a capture.
    pub fn new(limits: Limits) -> Self {
        Self {
            table: PhantomData,
            limits,
            carry: Carry::default(),
            offset: 0,
            state: State::Blocks,
            order: Order::Little,
            started: false,
            known: false,
            events: false,
            late: false,
            unknown: Vec::new(),
            scratch: Vec::new(),
            before: [0; 8],
            trailers_tried: 0,
            without_end: None,
            trusting: false,
        }
    }

    /// The same, which gives events as sysdig does: besides the others also those of blocks in which nothing but the
    /// header speaks for an event. They may begin or end inside other blocks.
    #[must_use]
    pub fn trusting_headers(self, trusting: bool) -> Self {
        Self { trusting, ..self }
    }

    /// Bytes of the inflated stream that are decoded, or left out for good.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// True once the stream has turned out not to be a capture; what is pushed after that is ignored.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Takes the next bytes of the inflated stream.
    pub fn push(&mut self, mut data: &[u8], sink: &mut impl Sink) {
        while !data.is_empty() {
            if self.is_closed() {
                self.offset += data.len() as u64;
                return;
            }
            data = if self.carry.is_empty() { self.push_in_place(data, sink) } else { self.push_carried(data, sink) };
        }
    }

    /// Ends the stream: what is left is decoded as far as it goes, and reported.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        let mut carry = std::mem::take(&mut self.carry);
        if !self.started && self.offset == 0 && carry.is_empty() && !self.is_closed() {
            self.not_a_capture("empty file".to_owned(), sink);
        }
        while !carry.is_empty() && !self.is_closed() {
            // With nothing more to come, a step that uses nothing has changed the state: the next one uses something.
            let used = match self.step(carry.bytes(), true, sink) {
                Step::Used(len) => len,
                Step::Need(_) => carry.len(),
            };
            self.offset += used as u64;
            carry.use_up(used);
        }
        self.offset += carry.len() as u64;
        if matches!(self.state, State::Lost(_)) {
            self.found_nothing(sink);
        }
        if self.started && !self.known && !self.unknown.is_empty() && !self.is_closed() {
            self.not_a_capture("pcapng".to_owned(), sink);
        }
        for unknown in std::mem::take(&mut self.unknown) {
            sink.damage(unknown.into_damage());
        }
        self.state = State::Closed;
    }

    #[inline]
    fn push_in_place<'d>(&mut self, data: &'d [u8], sink: &mut impl Sink) -> &'d [u8] {
        let mut rest = data;
        loop {
            rest = self.plain_events(rest, sink);
            if rest.is_empty() {
                return rest;
            }
            match self.step(rest, false, sink) {
                Step::Used(len) => {
                    self.offset += len as u64;
                    rest = rest.get(len..).unwrap_or_default();
                    if self.is_closed() {
                        return rest;
                    }
                }
                Step::Need(need) => {
                    self.carry.keep(rest, need);
                    return &[];
                }
            }
        }
    }

    /// Decodes the events at the start of `bytes` as long as nothing is special about them, and gives the rest.
    #[inline]
    fn plain_events<'d>(&mut self, bytes: &'d [u8], sink: &mut impl Sink) -> &'d [u8] {
        if !(self.started && matches!((&self.state, self.order), (State::Blocks, Order::Little))) {
            return bytes;
        }
        let rest = give_plain(bytes, self.offset, self.limits.block, sink);
        let used = bytes.len() - rest.len();
        if used > 0 {
            self.known = true;
            self.events = true;
            self.offset += used as u64;
            if let Some(before) = bytes.get(..used).and_then(<[u8]>::last_chunk) {
                self.before = *before;
            }
        }
        rest
    }

    fn push_carried<'d>(&mut self, data: &'d [u8], sink: &mut impl Sink) -> &'d [u8] {
        let wanted = self.carry.missing();
        let piece = if matches!(self.state, State::Lost(_)) { wanted.max(SEARCH_PIECE) } else { wanted };
        let (piece, rest) = data.split_at_checked(piece).unwrap_or((data, &[]));
        let mut carry = std::mem::take(&mut self.carry);
        carry.append(piece);
        while carry.missing() == 0 && !carry.is_empty() && !self.is_closed() {
            match self.step(carry.bytes(), false, sink) {
                Step::Used(len) => {
                    self.offset += len as u64;
                    carry.use_up(len);
                }
                Step::Need(need) => carry.want(need),
            }
        }
        if self.is_closed() {
            self.offset += carry.len() as u64;
            carry.clear();
        }
        self.carry = carry;
        rest
    }

    /// Decides on the block at the start of `bytes`, never by how many bytes happen to be there: either what decides
    /// is there, or it is asked for. `is_end` says that no more will come.
    fn step(&mut self, bytes: &[u8], is_end: bool, sink: &mut impl Sink) -> Step {
        match self.state {
            State::Blocks if self.started => self.block(bytes, is_end, sink),
            State::Blocks => self.start(bytes, is_end, sink),
            State::Lost(_) => self.search(bytes, is_end, sink),
            State::Closed => Step::Used(bytes.len()),
        }
    }

    /// The first block has to be a section header.
    fn start(&mut self, bytes: &[u8], is_end: bool, sink: &mut impl Sink) -> Step {
        let signature = SECTION.to_le_bytes();
        if bytes.len() < signature.len() && !is_end {
            return Step::Need(signature.len());
        }
        let is_cut_header = bytes.len() < 12 && is_end && signature.iter().zip(bytes).all(|(a, b)| a == b);
        if is_cut_header {
            self.truncated(Kind::Section.name(), bytes.len(), SECTION_LEN as usize, sink);
            self.state = State::Closed;
            return Step::Used(bytes.len());
        }
        if bytes.starts_with(&signature) {
            return self.block(bytes, is_end, sink);
        }
        if bytes.len() < ENOUGH && !is_end {
            return Step::Need(ENOUGH);
        }
        match sniff::foreign(bytes) {
            Some(name) => self.not_a_capture(name.to_owned(), sink),
            None => {
                let found = format!("{:#010x}", u32_at(bytes, 0, Order::Little).unwrap_or(0));
                let expected = format!("{SECTION:#010x}");
                let damage = self.damage_at(0, Kind::Section.name(), "block type", found, expected);
                self.state = State::Lost(Box::new(Lost { damage, start: self.offset, trusted: None }));
            }
        }
        Step::Used(0)
    }

    fn block(&mut self, bytes: &[u8], is_end: bool, sink: &mut impl Sink) -> Step {
        let Some(mut block_type) = u32_at(bytes, 0, self.order) else {
            return self.short("block header", bytes, 8, is_end, sink);
        };
        if block_type == SECTION {
            let Some(magic) = u32_at(bytes, 8, Order::Little) else {
                return self.short(Kind::Section.name(), bytes, 12, is_end, sink);
            };
            // The byte order of a section header is its own; with a damaged magic that of the section before stands.
            self.order = match magic {
                MAGIC => Order::Little,
                _ if magic == MAGIC.swap_bytes() => Order::Big,
                _ if self.started => self.order,
                _ if u32_at(bytes, 4, Order::Big).is_some_and(|total| is_length(total) && total < 1 << 16) => {
                    Order::Big
                }
                _ => Order::Little,
            };
            block_type = SECTION;
        }
        let Some(total) = u32_at(bytes, 4, self.order) else {
            return self.short("block header", bytes, 8, is_end, sink);
        };
        let Some(kind) = Kind::of(block_type) else {
            return self.unknown(bytes, block_type, total, is_end, sink);
        };
        let (shortest, longest) = kind.lengths(self.limits.block);
        if !is_length(total) || total < shortest || total > longest {
            let mut damage = self.damage(kind.name(), &wrong_length(4, total, None), 0);
            if is_length(total) && total > longest && longest == self.limits.block {
                damage.kind = DamageKind::Limit;
                damage.expected = format!("at most {longest}");
            }
            return match self.end(bytes, kind, is_end) {
                End::Missing(need) => Step::Need(need),
                End::At(end) => self.decode_repaired(bytes, end, kind, sink),
                End::Unknown => self.lose(damage),
            };
        }
        if total > LONGEST_REPAIR {
            // Before so much is waited for: perhaps the block is known to end sooner.
            match self.end(bytes, kind, is_end) {
                End::Missing(need) => return Step::Need(need),
                End::At(end) => return self.decode_repaired(bytes, end, kind, sink),
                End::Unknown => {}
            }
        }
        let Some(block) = bytes.get(..total as usize) else {
            return if is_end { self.cut_short(bytes, kind, total, sink) } else { Step::Need(total as usize) };
        };
        let trailer_at = total - 4;
        let trailer = u32_at(block, trailer_at as usize, self.order).unwrap_or(0);
        if trailer != total {
            let fault = wrong_length(trailer_at as usize, trailer, Some(total));
            // Either copy may be the wrong one. A trailer elsewhere that leads back here settles it, and so does a block
            // that follows where the first copy says: two in a row, or one behind an event that is right in itself.
            if bytes.len() < total as usize + 12 && !is_end {
                return Step::Need(total as usize + 12);
            }
            let is_followed =
                self.plausible(bytes, total as usize).is_some() || (is_end && bytes.len() == total as usize);
            if !is_followed || !self.is_sound(block, kind) {
                match self.end(bytes, kind, is_end) {
                    End::Missing(need) => return Step::Need(need),
                    End::At(end) => return self.decode_repaired(bytes, end, kind, sink),
                    End::Unknown => {}
                }
                match self.is_block_at(bytes, total as usize, is_end) {
                    Proof::Missing(need) => return Step::Need(need),
                    Proof::No => {
                        let damage = self.damage(kind.name(), &fault, 0);
                        if !self.is_sound(block, kind) {
                            return self.lose(damage);
                        }
                        // It adds up, so that what follows is what is lost; unless a block stands inside of it.
                        match self.stands_inside(bytes, total as usize, is_end) {
                            Proof::Missing(need) => return Step::Need(need),
                            Proof::Yes => return self.lose(damage),
                            Proof::No => {}
                        }
                        self.decode(block, total, kind, sink);
                        self.lose_from(self.offset + u64::from(total), damage);
                        return Step::Used(block.len());
                    }
                    Proof::Yes => {}
                }
            }
            sink.damage(self.damage(kind.name(), &fault, 0));
        }
        self.decode(block, total, kind, sink);
        self.before = block.last_chunk().copied().unwrap_or_default();
        Step::Used(block.len())
    }

    /// An event whose own lengths lead exactly to the end of `block`.
    fn is_sound(&self, block: &[u8], kind: Kind) -> bool {
        let Kind::Event(form) = kind else { return false };
        event::own_len(block, form, self.order).and_then(|len| event::block_len(form, len))
            == u32::try_from(block.len()).ok()
            && event::adds_up(block, form, self.order)
    }

    /// Whether a block begins behind the first byte of these `len` bytes, which are at least one.
    ///
    /// Where a file has made that too costly, one is supposed.
    fn stands_inside(&mut self, bytes: &[u8], len: usize, is_end: bool) -> Proof {
        let allowed = TRAILERS_TRIED.saturating_add(self.offset.saturating_mul(TRAILERS_TRIED_PER_BYTE));
        self.trailers_tried = self.trailers_tried.saturating_add(len as u64);
        if self.trailers_tried > allowed {
            return Proof::Yes;
        }
        match self.find(bytes.get(1..).unwrap_or_default(), self.offset + 1, len - 1, is_end) {
            Search::Found { .. } => Proof::Yes,
            Search::Undecided { at, len } if !is_end => Proof::Missing(1 + at + len),
            Search::Undecided { .. } | Search::Hopeless => Proof::No,
        }
    }

    /// Whether a block with agreeing framing, or the end of the file, stands at `at`.
    fn is_block_at(&self, bytes: &[u8], at: usize, is_end: bool) -> Proof {
        if bytes.len() < at + 12 {
            if !is_end {
                return Proof::Missing(at + 12);
            }
            if bytes.len() == at {
                return Proof::Yes;
            }
        }
        let Some((order, total)) = self.plausible(bytes, at) else { return Proof::No };
        if total > LONGEST_PROOF {
            return Proof::Yes;
        }
        let end = at + total as usize;
        if bytes.len() < end {
            // A capture that is cut inside its last block.
            return if is_end { Proof::Yes } else { Proof::Missing(end) };
        }
        if u32_at(bytes, end - 4, order) == Some(total) { Proof::Yes } else { Proof::No }
    }

    /// A header at `at` that could be one. Section headers speak for their own byte order.
    fn plausible(&self, bytes: &[u8], at: usize) -> Option<(Order, u32)> {
        if u32_at(bytes, at, Order::Little)? == SECTION {
            let order = match u32_at(bytes, at.checked_add(8)?, Order::Little)? {
                MAGIC => Order::Little,
                magic if magic == MAGIC.swap_bytes() => Order::Big,
                _ => return None,
            };
            return Some((order, header_at(bytes, at, order, self.limits.block)?.1));
        }
        let own = header_at(bytes, at, self.order, self.limits.block).map(|(_, total)| (self.order, total));
        if own.is_some() || self.started {
            return own;
        }
        header_at(bytes, at, Order::Big, self.limits.block).map(|(_, total)| (Order::Big, total))
    }

    /// The length of a block is wrong: looks for the trailer that points back at its start, with a block behind it.
    ///
    /// Where a file has made that too costly, no trailer is looked for: reading goes on at the next plausible block.
    fn end(&mut self, bytes: &[u8], kind: Kind, is_end: bool) -> End {
        if self.without_end == Some(self.offset) {
            return End::Unknown;
        }
        let range = kind.lengths(self.limits.block).1.min(LONGEST_REPAIR) as usize;
        // Behind the trailer as much as tells a section header.
        let need = range + 12;
        if bytes.len() < need && !is_end {
            return End::Missing(need);
        }
        let allowed = TRAILERS_TRIED.saturating_add(self.offset.saturating_mul(TRAILERS_TRIED_PER_BYTE));
        let mut at = 8;
        while at + 4 <= range.min(bytes.len()) && self.trailers_tried < allowed {
            self.trailers_tried += 1;
            let end = at + 4;
            if let Some(total) = u32_at(bytes, at, self.order)
                && total as usize == end
                && (self.plausible(bytes, end).is_some() || (is_end && bytes.len() == end))
            {
                return End::At(total);
            }
            at = end;
        }
        self.without_end = Some(self.offset);
        End::Unknown
    }

    fn decode_repaired(&mut self, bytes: &[u8], total: u32, kind: Kind, sink: &mut impl Sink) -> Step {
        let found = u32_at(bytes, 4, self.order).unwrap_or(0);
        sink.damage(self.damage(kind.name(), &wrong_length(4, found, Some(total)), 0));
        let block = bytes.get(..total as usize).unwrap_or(bytes);
        self.decode(block, total, kind, sink);
        Step::Used(block.len())
    }

    /// Nothing tells where the block ends.
    fn lose(&mut self, damage: Damage) -> Step {
        self.lose_from(self.offset, damage);
        // That a block starts right here has been tried, unless its header is to be trusted.
        Step::Used(usize::from(!self.trusting))
    }

    /// Looks for the next block; bytes from `start` on are left out.
    fn lose_from(&mut self, start: u64, damage: Damage) {
        self.state = State::Lost(Box::new(Lost { damage, start, trusted: self.trusting.then_some(start) }));
    }

    /// Gives the event of a block that begins here if only its header is trusted.
    fn trust(&mut self, bytes: &[u8], is_end: bool, sink: &mut impl Sink) -> Step {
        let mut next = None;
        if let Some((form, total)) = trusted_event_at(bytes, 0, self.order, self.limits.block) {
            match bytes.get(..total as usize) {
                None if !is_end => return Step::Need(total as usize),
                None => {}
                Some(block) => {
                    let cut = event::cut(block, form, self.order).ok().or_else(|| event::bare(block, form, self.order));
                    self.give(cut, total, sink);
                    next = Some(self.offset + u64::from(total));
                }
            }
        }
        if let State::Lost(lost) = &mut self.state {
            lost.trusted = next;
        }
        Step::Used(1)
    }

    /// Looks for two plausible blocks in a row, or one event whose lengths add up.
    fn search(&mut self, bytes: &[u8], is_end: bool, sink: &mut impl Sink) -> Step {
        let trusted = match &self.state {
            State::Lost(lost) => lost.trusted,
            _ => None,
        };
        // Up to where the next block is supposed, and there.
        let before = trusted.and_then(|next| usize::try_from(next.saturating_sub(self.offset)).ok());
        match self.find(bytes, self.offset, before.map_or(usize::MAX, |before| before + 1), is_end) {
            Search::Found { at, order } => {
                self.resume(at, sink);
                if !self.started && u32_at(bytes, at, Order::Little) != Some(SECTION) {
                    self.order = order;
                    self.begin(Section { offset: 0, major: 1, minor: 2, big_endian: order == Order::Big }, sink);
                }
                Step::Used(at)
            }
            Search::Hopeless => match before {
                Some(0) => self.trust(bytes, is_end, sink),
                Some(before) => Step::Used(before),
                None => {
                    self.found_nothing(sink);
                    Step::Used(bytes.len())
                }
            },
            Search::Undecided { .. } if is_end => Step::Used(bytes.len()),
            Search::Undecided { at: 0, len } => Step::Need(len),
            Search::Undecided { at, .. } => Step::Used(at),
        }
    }

    /// Reports how much was left out up to `at` bytes from here.
    fn resume(&mut self, at: usize, sink: &mut impl Sink) {
        if let State::Lost(lost) = std::mem::replace(&mut self.state, State::Blocks) {
            let skipped = (self.offset + at as u64).saturating_sub(lost.start);
            sink.damage(Damage { skipped, ..lost.damage });
        }
    }

    /// The search for a block came to nothing.
    fn found_nothing(&mut self, sink: &mut impl Sink) {
        if self.started {
            self.resume(0, sink);
        } else {
            self.not_a_capture("binary data".to_owned(), sink);
        }
    }

    /// Looks for a block that begins before `until`.
    fn find(&self, bytes: &[u8], offset: u64, until: usize, is_end: bool) -> Search {
        let mut at = 0;
        loop {
            if at >= until || (!self.started && offset + at as u64 >= LONGEST_START) {
                return Search::Hopeless;
            }
            // What decides whether a block can start here at all.
            let Some(head) = bytes.get(at..).and_then(|rest| rest.first_chunk::<12>()) else {
                return Search::Undecided { at, len: 12 };
            };
            if may_start(head)
                && let Some((order, total)) = self.plausible(bytes, at)
            {
                match self.is_candidate(bytes, at, order, total, is_end) {
                    Proof::Yes => return Search::Found { at, order },
                    Proof::Missing(need) => return Search::Undecided { at, len: need - at },
                    Proof::No => {}
                }
            }
            at += 1;
        }
    }

    fn is_candidate(&self, bytes: &[u8], at: usize, order: Order, total: u32, is_end: bool) -> Proof {
        let end = at + total as usize;
        if bytes.len() < end {
            return if is_end { Proof::No } else { Proof::Missing(end) };
        }
        if u32_at(bytes, end - 4, order) != Some(total) {
            return Proof::No;
        }
        let block = bytes.get(at..end).unwrap_or_default();
        if let Some(Kind::Event(form)) = u32_at(bytes, at, order).and_then(Kind::of)
            && event::adds_up(block, form, order)
        {
            return Proof::Yes;
        }
        self.is_block_at(bytes, end, is_end)
    }

    /// The file ends inside a block.
    fn cut_short(&mut self, bytes: &[u8], kind: Kind, total: u32, sink: &mut impl Sink) -> Step {
        // A length that reaches behind the end of the file may be a lie, unless the event in it says the same.
        let is_true = match kind {
            Kind::Event(form) => match event::own_len(bytes, form, self.order) {
                Some(len) => event::block_len(form, len) == Some(total),
                None => bytes.len() < form.header_at() + form.header_len(),
            },
            _ => false,
        };
        if !is_true {
            if let End::At(end) = self.end(bytes, kind, true) {
                return self.decode_repaired(bytes, end, kind, sink);
            }
            if self.finds_more(bytes) {
                return self.lose(self.damage(kind.name(), &wrong_length(4, total, None), 0));
            }
        }
        if !matches!(kind, Kind::Event(_) | Kind::Section) && sink.block(kind.name(), self.offset, bytes.len() as u64) {
            // The entries that are wholly there are as good as any.
            let _ = self.list(bytes.get(8..).unwrap_or_default(), kind, sink);
            self.known = true;
        }
        self.truncated(kind.name(), bytes.len(), total as usize, sink);
        Step::Used(bytes.len())
    }

    /// Whether a block stands anywhere behind the first byte of the last bytes of the file.
    fn finds_more(&self, bytes: &[u8]) -> bool {
        matches!(self.find(bytes.get(1..).unwrap_or_default(), self.offset + 1, usize::MAX, true), Search::Found { .. })
    }

    fn short(&mut self, name: &'static str, bytes: &[u8], need: usize, is_end: bool, sink: &mut impl Sink) -> Step {
        if !is_end {
            return Step::Need(need);
        }
        self.truncated(name, bytes.len(), need, sink);
        Step::Used(bytes.len())
    }

    fn unknown(&mut self, bytes: &[u8], block_type: u32, total: u32, is_end: bool, sink: &mut impl Sink) -> Step {
        const NAME: &str = "unknown block";
        let fault = Fault { at: 0, field: "block type", found: block_type.into(), expected: None };
        let is_possible = is_length(total) && total <= self.limits.block.min(LONGEST_REPAIR);
        if is_possible && bytes.len() < total as usize {
            if !is_end {
                return Step::Need(total as usize);
            }
            if self.finds_more(bytes) {
                return self.lose(self.damage(NAME, &fault, 0));
            }
            self.truncated(NAME, bytes.len(), total as usize, sink);
            return Step::Used(bytes.len());
        }
        if !is_possible || u32_at(bytes, total as usize - 4, self.order) != Some(total) {
            return match self.straddling(bytes, is_end) {
                End::Missing(need) => Step::Need(need),
                End::At(end) => self.decode_straddling(bytes, end, &fault, sink),
                End::Unknown => self.lose(self.damage(NAME, &fault, 0)),
            };
        }
        self.count_unknown(block_type, total);
        let foreign: u64 = self.unknown.iter().map(|unknown| unknown.blocks).sum();
        if !self.known && foreign >= FOREIGN_BLOCKS {
            self.not_a_capture("pcapng".to_owned(), sink);
        }
        self.before = [0; 8];
        Step::Used(total as usize)
    }

    /// Where blocks of one length follow each other, a gap may lie so that the length in the next header stands where
    /// the trailer of the damaged block was looked for. Then the next block has begun before its turn.
    fn straddling(&self, bytes: &[u8], is_end: bool) -> End {
        let Some((_, total)) = header_at(&self.before, 0, self.order, self.limits.block) else { return End::Unknown };
        let left = (total as usize).saturating_sub(self.before.len());
        if bytes.len() < left + 12 && !is_end {
            return End::Missing(left + 12);
        }
        let is_framed = u32_at(bytes, left.saturating_sub(4), self.order) == Some(total);
        let is_followed = self.plausible(bytes, left).is_some() || (is_end && bytes.len() == left);
        if is_framed && is_followed { End::At(total) } else { End::Unknown }
    }

    fn decode_straddling(&mut self, bytes: &[u8], total: u32, fault: &Fault, sink: &mut impl Sink) -> Step {
        sink.damage(self.damage("unknown block", fault, 0));
        let left = (total as usize).saturating_sub(self.before.len());
        let block = [&self.before, bytes.get(..left).unwrap_or_default()].concat();
        if let Some((kind, _)) = header_at(&block, 0, self.order, self.limits.block) {
            let offset = self.offset;
            self.offset = offset.saturating_sub(self.before.len() as u64);
            self.decode(&block, total, kind, sink);
            self.offset = offset;
        }
        Step::Used(left)
    }

    fn count_unknown(&mut self, block_type: u32, total: u32) {
        let is_full = self.unknown.len() >= UNKNOWN_TYPES;
        let same = self.unknown.iter().position(|unknown| unknown.block_type == block_type);
        let last = if is_full { Some(UNKNOWN_TYPES - 1) } else { None };
        match same.or(last).and_then(|index| self.unknown.get_mut(index)) {
            Some(unknown) => {
                unknown.blocks += 1;
                unknown.bytes += u64::from(total);
            }
            None => {
                self.unknown.push(Unknown { block_type, offset: self.offset, blocks: 1, bytes: total.into() });
            }
        }
    }

    /// Gives what stands in a block whose extent is settled.
    fn decode(&mut self, block: &[u8], total: u32, kind: Kind, sink: &mut impl Sink) {
        if !sink.block(kind.name(), self.offset, total.into()) {
            return;
        }
        let body = block.get(8..block.len().saturating_sub(4)).unwrap_or_default();
        match kind {
            Kind::Event(form) => self.event(block, total, form, sink),
            Kind::Section => self.section(body, sink),
            _ => {
                self.known = true;
                if self.events && !self.take_late(body, kind, total, sink) {
                    return;
                }
                if let Err(broken) = self.list(body, kind, sink) {
                    sink.damage(self.damage(kind.name(), &broken.fault, broken.skipped as u64));
                }
            }
        }
    }

    /// A list behind the first event: no writer does that, but a lost section header looks like it. Taken when it is
    /// whole, because a damaged block type may look like it too.
    fn take_late(&mut self, body: &[u8], kind: Kind, total: u32, sink: &mut impl Sink) -> bool {
        let is_whole = self.list(body, kind, &mut Nothing).is_ok();
        if !is_whole || !self.late {
            self.late = self.late || is_whole;
            let mut damage = self.damage_at(0, kind.name(), "place", "behind an event".to_owned(), String::new());
            damage.expected = "before the first event".to_owned();
            damage.skipped = if is_whole { 0 } else { total.into() };
            sink.damage(damage);
        }
        is_whole
    }

    fn list(&self, body: &[u8], kind: Kind, sink: &mut impl Sink) -> Result<(), Broken> {
        match kind {
            Kind::Machine => lists::machine(body, self.order, sink),
            Kind::Processes(version) => lists::processes(body, version, self.order, sink),
            Kind::Fds { prefixed } => lists::fds(body, prefixed, self.order, sink),
            Kind::Interfaces { prefixed } => lists::interfaces(body, prefixed, self.order, sink),
            Kind::Users { prefixed } => lists::users(body, prefixed, self.order, sink),
            Kind::Event(_) | Kind::Section => Ok(()),
        }
    }

    fn section(&mut self, body: &[u8], sink: &mut impl Sink) {
        let mut bytes = crate::bytes::Bytes::new(body, self.order);
        let magic = bytes.u32().unwrap_or(0);
        let major = bytes.u16().unwrap_or(0);
        let minor = bytes.u16().unwrap_or(0);
        if magic != MAGIC {
            let fault = Fault { at: 8, field: "byte order magic", found: magic.into(), expected: Some(MAGIC.into()) };
            sink.damage(self.damage(Kind::Section.name(), &fault, 0));
        }
        if major != 1 {
            let fault = Fault { at: 12, field: "major version", found: major.into(), expected: Some(1) };
            let mut damage = self.damage(Kind::Section.name(), &fault, 0);
            damage.kind = if major > 1 { DamageKind::Unsupported } else { DamageKind::Malformed };
            sink.damage(damage);
        }
        let offset = self.offset;
        self.begin(Section { offset, major, minor, big_endian: self.order == Order::Big }, sink);
    }

    fn begin(&mut self, section: Section, sink: &mut impl Sink) {
        self.started = true;
        self.events = false;
        self.late = false;
        sink.section(&section);
    }

    fn event(&mut self, block: &[u8], total: u32, form: Form, sink: &mut impl Sink) {
        self.known = true;
        self.events = true;
        match event::cut(block, form, self.order) {
            Ok(cut) => {
                if let Some(fault) = cut.fault {
                    sink.damage(self.damage("event", &fault, 0));
                }
                self.give(Some(cut), total, sink);
            }
            Err(fault) => {
                let bare = if self.trusting { event::bare(block, form, self.order) } else { None };
                sink.damage(self.damage("event", &fault, if bare.is_some() { 0 } else { total.into() }));
                self.give(bare, total, sink);
            }
        }
    }

    fn give(&mut self, cut: Option<Cut<'_>>, total: u32, sink: &mut impl Sink) {
        if let Some(cut) = cut {
            sink.event(&cut.event::<T>(self.offset, total, self.order, &mut self.scratch));
        }
    }

    fn not_a_capture(&mut self, found: String, sink: &mut impl Sink) {
        self.state = State::Closed;
        self.unknown.clear();
        sink.damage(Damage {
            offset: 0,
            kind: DamageKind::NotACapture,
            block: Kind::Section.name(),
            field: "block type",
            found,
            expected: format!("{SECTION:#010x}"),
            skipped: 0,
        });
    }

    fn truncated(&self, name: &'static str, found: usize, expected: usize, sink: &mut impl Sink) {
        sink.damage(Damage {
            offset: self.offset,
            kind: DamageKind::Truncated,
            block: name,
            field: "block",
            found: format!("{found} bytes"),
            expected: format!("{expected} bytes"),
            skipped: found as u64,
        });
    }

    fn damage(&self, block: &'static str, fault: &Fault, skipped: u64) -> Damage {
        let text = |number: u64| {
            if fault.field == "block type" || fault.field == "byte order magic" {
                format!("{number:#010x}")
            } else {
                number.to_string()
            }
        };
        let expected = fault.expected.map_or_else(String::new, text);
        let damage = self.damage_at(fault.at, block, fault.field, text(fault.found), expected);
        Damage { skipped, ..damage }
    }

    fn damage_at(
        &self,
        at: usize,
        block: &'static str,
        field: &'static str,
        found: String,
        expected: String,
    ) -> Damage {
        let offset = self.offset + at as u64;
        Damage { offset, kind: DamageKind::Malformed, block, field, found, expected, skipped: 0 }
    }
}

impl Unknown {
    fn into_damage(self) -> Damage {
        Damage {
            offset: self.offset,
            kind: DamageKind::UnknownBlock,
            block: "unknown block",
            field: "block type",
            found: format!(
                "{:#010x}, {} {}",
                self.block_type,
                self.blocks,
                if self.blocks == 1 { "block" } else { "blocks" }
            ),
            expected: String::new(),
            skipped: self.bytes,
        }
    }
}

fn wrong_length(at: usize, found: u32, expected: Option<u32>) -> Fault {
    let field = if at == 4 { "block length" } else { "trailing block length" };
    Fault { at, field, found: found.into(), expected: expected.map(u64::from) }
}

/// Whether a block type can start here: passes every known one in either byte order, and little else.
#[inline]
fn may_start(head: &[u8; 12]) -> bool {
    matches!(
        *head,
        [_, 2, 0, 0, ..] | [0, 0, 2, _, ..] | [0xcd, 0xab, ..] | [_, _, 0xab, 0xcd, ..] | [0x0a, 0x0d, 0x0d, 0x0a, ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytewise;
    impl Table for Bytewise {}

    /// Counts the events.
    impl Sink for u32 {
        fn section(&mut self, _: &Section) {}
        fn machine(&mut self, _: &Machine) {}
        fn process(&mut self, _: &Process<'_>) {}
        fn fd(&mut self, _: i64, _: &Fd<'_>) {}
        fn interface(&mut self, _: &Interface) {}
        fn user(&mut self, _: &User<'_>) {}
        fn group(&mut self, _: &Group<'_>) {}
        fn event(&mut self, _: &Event<'_>) {
            *self += 1;
        }
        fn damage(&mut self, _: Damage) {}
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn broken_lengths_between_good_events_cost_work_in_proportion_to_the_file() {
        let section = words(&[SECTION, 28, MAGIC, 0x0002_0001, u32::MAX, u32::MAX, 28]);
        // CPU, time, thread, length 26, type 1 and no parameters take 36 bytes; a trailer closes the block at 40.
        let event = words(&[0x216, 40, 0, 1, 0x0007_0000, 0, 26 << 16, 1 << 16, 0, 40]);
        // An event, a large one and a process list without any length, and a list longer than what is looked through.
        for head in [[0x216, 0], [0x221, 0], [0x215, 0], [0x215, 5 << 20]] {
            let broken = words(&[head[0], head[1], 0]);
            let pairs = 20_000;
            let stretch = [broken.as_slice(), &event].concat().repeat(pairs);
            for slice in [4_096, usize::MAX] {
                let mut reader = Reader::<Bytewise>::new(Limits::default());
                let mut events = 0;
                let file = [section.as_slice(), &stretch].concat();
                for bytes in file.chunks(slice) {
                    reader.push(bytes, &mut events);
                }
                reader.finish(&mut events);
                assert_eq!(events as usize, pairs);
                let len = file.len() as u64;
                assert!(reader.trailers_tried > TRAILERS_TRIED, "the file is hostile enough to be cut off");
                assert!(reader.trailers_tried <= TRAILERS_TRIED + TRAILERS_TRIED_PER_BYTE * len);
            }
        }
    }
}
