//! Descriptions (one open socket, pipe, file) and the slots that point at them: (fd table, number, rows) → description.

use crate::digest::Digest;
use super::socket::Sock;
use super::strings::Text;
use super::{DescriptionIndex, NONE, Row, ThreadIndex};
use crate::order::{by_number, signed};
use hashbrown::HashMap;

/// Index of an fd table.
pub type TableIndex = u32;

/// What a description is open on. The numbers are those of the capture's fd list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FdKind {
    /// Unknown, such as a packet socket.
    Unknown = 0,
    /// Regular file.
    File = 1,
    /// Directory.
    Directory = 2,
    /// IPv4 connection, or a socket that has no peer yet.
    Ipv4 = 3,
    /// IPv6 connection, or a socket that has no peer yet.
    Ipv6 = 4,
    /// Bound or listening IPv4 socket.
    Ipv4Server = 5,
    /// Bound or listening IPv6 socket.
    Ipv6Server = 6,
    /// Pipe or fifo.
    Fifo = 7,
    /// Unix socket.
    Unix = 8,
    /// eventfd.
    Event = 9,
    /// A kind that its recorder did not support.
    Unsupported = 10,
    /// signalfd.
    Signal = 11,
    /// epoll.
    EventPoll = 12,
    /// inotify.
    Inotify = 13,
    /// timerfd.
    Timer = 14,
    /// Netlink socket.
    Netlink = 15,
    /// bpf object.
    Bpf = 17,
    /// userfaultfd.
    UserFault = 18,
    /// io_uring.
    IoUring = 19,
    /// memfd.
    Memfd = 20,
    /// pidfd.
    Pidfd = 21,
}

impl FdKind {
    /// The kind of a number of the fd list; file v2 (16) is a file.
    pub fn from_number(number: u8) -> Self {
        match number {
            1 | 16 => Self::File,
            2 => Self::Directory,
            3 => Self::Ipv4,
            4 => Self::Ipv6,
            5 => Self::Ipv4Server,
            6 => Self::Ipv6Server,
            7 => Self::Fifo,
            8 => Self::Unix,
            9 => Self::Event,
            10 => Self::Unsupported,
            11 => Self::Signal,
            12 => Self::EventPoll,
            13 => Self::Inotify,
            14 => Self::Timer,
            15 => Self::Netlink,
            17 => Self::Bpf,
            18 => Self::UserFault,
            19 => Self::IoUring,
            20 => Self::Memfd,
            21 => Self::Pidfd,
            0 => Self::Unknown,
            _ => Self::Unsupported,
        }
    }

    /// `fd.typechar`.
    pub fn typechar(self) -> u8 {
        match self {
            Self::Unknown => b'o',
            Self::File => b'f',
            Self::Directory => b'd',
            Self::Ipv4 | Self::Ipv4Server => b'4',
            Self::Ipv6 | Self::Ipv6Server => b'6',
            Self::Fifo => b'p',
            Self::Unix | Self::UserFault => b'u',
            Self::Event => b'e',
            Self::Unsupported => b'X',
            Self::Signal => b's',
            Self::EventPoll => b'l',
            Self::Inotify => b'i',
            Self::Timer => b't',
            Self::Netlink => b'n',
            Self::Bpf => b'b',
            Self::IoUring => b'r',
            Self::Memfd => b'm',
            Self::Pidfd => b'P',
        }
    }

    /// `fd.type`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown | Self::Unsupported => "<NA>",
            Self::File => "file",
            Self::Directory => "directory",
            Self::Ipv4 | Self::Ipv4Server => "ipv4",
            Self::Ipv6 | Self::Ipv6Server => "ipv6",
            Self::Fifo => "pipe",
            Self::Unix => "unix",
            Self::Event => "event",
            Self::Signal => "signalfd",
            Self::EventPoll => "eventpoll",
            Self::Inotify => "inotify",
            Self::Timer => "timerfd",
            Self::Netlink => "netlink",
            Self::Bpf => "bpf",
            Self::UserFault => "userfaultfd",
            Self::IoUring => "io_uring",
            Self::Memfd => "memfd",
            Self::Pidfd => "pidfd",
        }
    }

    /// An IP socket of either version, connected or bound.
    pub fn is_inet(self) -> bool {
        matches!(self, Self::Ipv4 | Self::Ipv6 | Self::Ipv4Server | Self::Ipv6Server)
    }

    /// An IPv6 socket.
    pub fn is_six(self) -> bool {
        matches!(self, Self::Ipv6 | Self::Ipv6Server)
    }

    /// Sockets and pipes: what is written at one end is read at another.
    pub fn has_other_end(self) -> bool {
        self.is_inet() || matches!(self, Self::Unix | Self::Fifo)
    }

    /// A bound or listening IP socket.
    pub fn is_server(self) -> bool {
        matches!(self, Self::Ipv4Server | Self::Ipv6Server)
    }
}

/// Which end of a connection a description is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Role {
    /// Not known (yet).
    #[default]
    None,
    /// It connected.
    Client,
    /// It was connected to.
    Server,
}

/// What may change while a description lives: versions of these are kept by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attributes {
    /// What it is open on.
    pub kind: FdKind,
    /// Client or server.
    pub role: Role,
    /// connect or accept made it a connection, as far as the capture shows.
    pub connected: bool,
    /// Path, tuple or other name.
    pub name: Text,
    /// sysdig reads what is written to it as messages to the system log: see [`crate::quirk::Quirk::LogIsMarkedOnce`].
    pub is_log: bool,
    /// Addresses, for sockets; index into the table of addresses, or `NONE`.
    pub sock: u32,
}

/// One open socket, pipe or file.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Description {
    /// As of the last applied event.
    pub now: Attributes,
    /// Row that opened it; `NONE` when it is older than the capture.
    pub born: Row,
    /// First row at which no slot points at it any more; `NONE` while it lives.
    pub closed: Row,
    /// Live slots that point at it.
    refs: u32,
    /// Newest entry of `changes`, or `NONE`.
    change: u32,
    /// What only sockets and pipes have; index into `ends`, or `NONE`.
    end: u32,
}

/// How the bytes of an end travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum Transport {
    /// Not recorded.
    #[default]
    Unknown,
    /// A socket of type SOCK_STREAM.
    Stream,
    /// A socket of type SOCK_DGRAM.
    Datagram,
    /// A socket of type SOCK_SEQPACKET.
    Packets,
    /// The end of a pipe that is read from.
    PipeReader,
    /// The end of a pipe that is written to.
    PipeWriter,
}

/// What is known of a description that has another end.
#[derive(Clone, Copy, Debug, Hash)]
struct End {
    description: DescriptionIndex,
    peer: DescriptionIndex,
    /// Another description that is the same end: a pipe opened once more by `/proc/self/fd/N`.
    same: DescriptionIndex,
    transport: Transport,
    /// socketpair made it.
    paired: bool,
    /// Kernel's number of a pipe or socket; 0 when not recorded.
    ino: u64,
    /// Newest holder, or `NONE`.
    holder: u32,
}

/// How a number of a table stopped pointing at a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// It still does.
    No,
    /// close, close_range.
    Close,
    /// The last thread that used the table exited.
    Exit,
    /// execve, over close-on-exec.
    Exec,
    /// Another description came under the same number: dup2, or a close that was not recorded.
    Replaced,
    /// The lists of a later section do not have it any more: closed in between.
    Unseen,
}

/// One number of one table that held an end of a socket or pipe open, from–to, also when fork handed it on.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Holder {
    /// What was held.
    pub description: DescriptionIndex,
    /// Table of the holder; [`Descriptions::owner`] says whose.
    pub table: TableIndex,
    /// Number in that table.
    pub fd: i64,
    /// First row.
    pub from: Row,
    /// First row at which it is over; `NONE` while it lasts.
    pub to: Row,
    /// How it ended.
    pub how: Ended,
    /// Thread that ended it, or `NONE`.
    pub by: ThreadIndex,
    previous: u32,
}

/// What a description was before a change.
#[derive(Hash)]
struct Change {
    until: Row,
    before: Attributes,
    previous: u32,
}

/// What is recorded of an open file beside its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileFacts {
    /// Device number as recorded; 0 when it was not.
    pub dev: u32,
    /// Inode; 0 when not recorded.
    pub ino: u64,
    /// The capture's own open flags.
    pub flags: u32,
    /// The path as the call had it; empty when it is older than the capture.
    pub raw: Text,
}

/// One number of one fd table while it pointed at one description.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Slot {
    /// Table it belongs to.
    pub table: TableIndex,
    /// Its number.
    pub fd: i64,
    /// First row.
    pub from: Row,
    /// First row at which it is gone.
    pub to: Row,
    /// What it pointed at.
    pub description: DescriptionIndex,
    previous: u32,
}

/// The number of an fd table now.
#[derive(Clone, Copy, Debug)]
pub struct LiveSlot {
    /// What it points at; `NONE` when free.
    pub description: DescriptionIndex,
    /// Since when.
    pub from: Row,
    /// Newest ended slot of this number in this table, or `NONE`.
    ended: u32,
    /// Its entry in the list of holders; `NONE` for what has no other end.
    holder: u32,
    /// Taken over at fork and not touched since.
    inherited: bool,
    /// Dropped at execve.
    pub cloexec: bool,
    /// Perhaps dropped at execve: the call that made it did not record its flags.
    pub maybe_cloexec: bool,
}

const FREE: LiveSlot = LiveSlot { description: NONE, from: 0, ended: NONE, holder: NONE, inherited: false, cloexec: false, maybe_cloexec: false };

/// Numbers below this are kept in an array, the others in a map.
const DENSE: i64 = 4096;

#[derive(Default)]
struct FdTable {
    dense: Vec<LiveSlot>,
    sparse: HashMap<i64, LiveSlot>,
    /// Live entries.
    count: u32,
    /// How many there were: each number holds until the next row.
    counts: Vec<(Row, u32)>,
    /// Table it was copied from, or `NONE`, and the row of the copy.
    parent: TableIndex,
    forked: Row,
    /// First row at which the table is gone.
    ended: Row,
    /// First thread that used it.
    owner: ThreadIndex,
    /// After its end: newest slot of each number that had one, by number.
    heads: Box<[(i64, u32)]>,
}

impl FdTable {
    fn get(&self, fd: i64) -> LiveSlot {
        if (0..DENSE).contains(&fd) {
            self.dense.get(fd as usize).copied().unwrap_or(FREE)
        } else {
            self.sparse.get(&fd).copied().unwrap_or(FREE)
        }
    }

    fn set(&mut self, fd: i64, slot: LiveSlot) {
        if (0..DENSE).contains(&fd) {
            let at = fd as usize;
            if at >= self.dense.len() {
                self.dense.resize(at + 1, FREE);
            }
            self.dense[at] = slot;
        } else {
            self.sparse.insert(fd, slot);
        }
    }

    fn note_count(&mut self, row: Row) {
        match self.counts.last_mut() {
            Some(last) if last.0 == row => last.1 = self.count,
            _ => self.counts.push((row, self.count)),
        }
    }

    fn numbers(&self) -> Vec<(i64, LiveSlot)> {
        let mut all: Vec<_> = self.dense.iter().enumerate().map(|(fd, slot)| (fd as i64, *slot)).collect();
        all.extend(self.sparse.iter().map(|(fd, slot)| (*fd, *slot)));
        all.retain(|(_, slot)| slot.description != NONE);
        by_number(&mut all, |(fd, _)| signed(*fd));
        all
    }
}

/// All descriptions, fd tables and slots of a capture, now and at every earlier row.
#[derive(Default)]
pub struct Descriptions {
    all: Vec<Description>,
    changes: Vec<Change>,
    socks: Vec<Sock>,
    tables: Vec<FdTable>,
    slots: Vec<Slot>,
    ends: Vec<End>,
    holders: Vec<Holder>,
    /// Facts of files, in order of descriptions; not of all.
    facts: Vec<(DescriptionIndex, FileFacts)>,
}

impl Descriptions {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Description>()
            + self.changes.capacity() * size_of::<Change>()
            + self.socks.capacity() * size_of::<Sock>()
            + self.tables.capacity() * size_of::<FdTable>()
            + self.slots.capacity() * size_of::<Slot>()
            + self.ends.capacity() * size_of::<End>()
            + self.holders.capacity() * size_of::<Holder>()
            + self.facts.capacity() * size_of::<(DescriptionIndex, FileFacts)>()
            + self.tables.iter().map(|table| table.counts.capacity() * size_of::<(Row, u32)>()).sum::<usize>()
            + self.tables.iter().map(|table| table.dense.capacity() * size_of::<LiveSlot>() + table.sparse.allocation_size() + table.heads.len() * 16).sum::<usize>()
    }

    /// All but what is open now, which follows from it.
    pub(super) fn digest(&self, into: &mut Digest) {
        into.all(self.all.iter());
        into.all(self.changes.iter());
        into.all(self.socks.iter());
        into.all(self.tables.iter().map(|table| (table.count, &table.counts, table.parent, table.forked, table.ended, table.owner)));
        into.all(self.slots.iter());
        into.all(self.ends.iter());
        into.all(self.holders.iter());
        into.all(self.facts.iter());
    }

    /// One description.
    pub fn get(&self, index: DescriptionIndex) -> &Description {
        &self.all[index as usize]
    }

    /// Addresses of a socket; all zero for anything else.
    pub fn sock(&self, index: u32) -> Sock {
        self.socks.get(index as usize).copied().unwrap_or_default()
    }

    /// A new description.
    pub fn open(&mut self, kind: FdKind, name: Text, sock: Option<Sock>, ino: u64, born: Row) -> DescriptionIndex {
        let sock = sock.map_or(NONE, |sock| self.keep(sock));
        let now = Attributes { kind, role: Role::None, connected: false, name, is_log: false, sock };
        let end = if kind.has_other_end() {
            self.new_end(ino)
        } else {
            NONE
        };
        self.all.push(Description { now, born, closed: NONE, refs: 0, change: NONE, end });
        self.all.len() as u32 - 1
    }

    fn new_end(&mut self, ino: u64) -> u32 {
        let description = self.all.len() as u32;
        self.ends.push(End { description, peer: NONE, same: NONE, transport: Transport::Unknown, paired: false, ino, holder: NONE });
        self.ends.len() as u32 - 1
    }

    /// A file that is one end of a pipe, opened again under another name. It prints as the file it was opened as.
    pub fn open_again(&mut self, kind: FdKind, name: Text, end: DescriptionIndex, born: Row) -> DescriptionIndex {
        let index = self.open(kind, name, None, self.ino(end), born);
        if self.get(index).end == NONE {
            self.all.pop();
            let of = self.new_end(self.ino(end));
            let now = Attributes { kind, role: Role::None, connected: false, name, is_log: false, sock: NONE };
            self.all.push(Description { now, born, closed: NONE, refs: 0, change: NONE, end: of });
        }
        let transport = self.transport(end);
        let place = self.get(index).end as usize;
        if let Some(of) = self.ends.get_mut(place) {
            of.same = end;
            of.transport = transport;
        }
        index
    }

    /// Number of ends: descriptions of sockets and pipes are counted on their own.
    pub fn end_count(&self) -> usize {
        self.ends.len()
    }

    /// Position of a description among the ends; `NONE` when it has no other end.
    #[inline]
    pub fn end_of(&self, index: DescriptionIndex) -> u32 {
        self.get(index).end
    }

    /// The description of an end.
    pub fn description_of(&self, end: u32) -> DescriptionIndex {
        self.ends.get(end as usize).map_or(NONE, |end| end.description)
    }

    /// The description that this one is another opening of; itself otherwise.
    #[inline]
    pub fn original(&self, index: DescriptionIndex) -> DescriptionIndex {
        let same = self.ends.get(self.get(index).end as usize).map_or(NONE, |end| end.same);
        if same == NONE { index } else { same }
    }

    /// How its bytes travel.
    pub fn transport(&self, index: DescriptionIndex) -> Transport {
        self.ends.get(self.get(index).end as usize).map_or(Transport::Unknown, |end| end.transport)
    }

    /// Says how its bytes travel.
    pub fn set_transport(&mut self, index: DescriptionIndex, transport: Transport) {
        if let Some(end) = self.ends.get_mut(self.all[index as usize].end as usize) {
            end.transport = transport;
        }
    }

    /// Marks it as one that the system log listens to, or takes the mark away.
    pub fn set_log(&mut self, index: DescriptionIndex, is_log: bool) {
        if let Some(description) = self.all.get_mut(index as usize) {
            description.now.is_log = is_log;
        }
    }

    /// Whether socketpair made it.
    pub fn is_socketpair(&self, index: DescriptionIndex) -> bool {
        self.ends.get(self.get(index).end as usize).is_some_and(|end| end.paired)
    }

    /// Says that socketpair made both.
    pub fn set_socketpair(&mut self, one: DescriptionIndex, other: DescriptionIndex) {
        for index in [one, other] {
            if let Some(end) = self.ends.get_mut(self.all[index as usize].end as usize) {
                end.paired = true;
            }
        }
    }

    /// The other end, when both are in the capture; `NONE` otherwise.
    pub fn peer(&self, index: DescriptionIndex) -> DescriptionIndex {
        self.ends.get(self.get(index).end as usize).map_or(NONE, |end| end.peer)
    }

    /// Kernel's number of a pipe or socket; 0 when not recorded.
    pub fn ino(&self, index: DescriptionIndex) -> u64 {
        self.ends.get(self.get(index).end as usize).map_or(0, |end| end.ino)
    }

    /// Who held an end of a socket or pipe open, in order of beginning.
    pub fn holders(&self, index: DescriptionIndex) -> Vec<Holder> {
        let mut found = Vec::new();
        let mut at = self.ends.get(self.get(index).end as usize).map_or(NONE, |end| end.holder);
        while let Some(holder) = self.holders.get(at as usize) {
            found.push(*holder);
            at = holder.previous;
        }
        found.reverse();
        found
    }

    /// First thread that used a table.
    pub fn owner(&self, table: TableIndex) -> ThreadIndex {
        self.tables.get(table as usize).map_or(NONE, |table| table.owner)
    }

    /// Says whose a table is; the first word counts.
    pub fn set_owner(&mut self, table: TableIndex, thread: ThreadIndex) {
        if let Some(table) = self.tables.get_mut(table as usize)
            && table.owner == NONE
        {
            table.owner = thread;
        }
    }

    /// Notes that a number holds an end open. Answers the entry.
    fn hold(&mut self, description: DescriptionIndex, table: TableIndex, fd: i64, from: Row) -> u32 {
        let end = self.get(description).end;
        let entry = self.holders.len() as u32;
        let Some(end) = self.ends.get_mut(end as usize) else { return NONE };
        self.holders.push(Holder { description, table, fd, from, to: NONE, how: Ended::No, by: NONE, previous: end.holder });
        end.holder = entry;
        entry
    }

    fn unhold(&mut self, holder: u32, to: Row, how: Ended, by: ThreadIndex) {
        if let Some(holder) = self.holders.get_mut(holder as usize) {
            holder.to = to;
            holder.how = how;
            holder.by = by;
        }
    }

    fn keep(&mut self, sock: Sock) -> u32 {
        self.socks.push(sock);
        self.socks.len() as u32 - 1
    }

    /// Changes what a description is from this row on. `sock`: new addresses, or `None` to keep them.
    pub fn change(&mut self, index: DescriptionIndex, row: Row, mut after: Attributes, sock: Option<Sock>) {
        let before = self.all[index as usize].now;
        if let Some(sock) = sock {
            after.sock = if before.sock != NONE && self.sock(before.sock) == sock { before.sock } else { self.keep(sock) };
        }
        if after == before {
            return;
        }
        let description = &mut self.all[index as usize];
        description.now = after;
        if description.born == row {
            return; // nobody saw it otherwise
        }
        self.changes.push(Change { until: row, before, previous: description.change });
        description.change = self.changes.len() as u32 - 1;
    }

    /// Joins the two ends of a conversation.
    pub fn pair(&mut self, one: DescriptionIndex, other: DescriptionIndex) {
        let (one_end, other_end) = (self.get(one).end, self.get(other).end);
        for (end, peer) in [(one_end, other), (other_end, one)] {
            if let Some(end) = self.ends.get_mut(end as usize) {
                end.peer = peer;
            }
        }
    }

    /// What a description was just after the event at `row`.
    pub fn at(&self, index: DescriptionIndex, row: Row) -> Attributes {
        self.at_until(index, row).0
    }

    /// As it was at a row, and the row up to which it stayed so; all ones where it did to the end.
    pub fn at_until(&self, index: DescriptionIndex, row: Row) -> (Attributes, Row) {
        let description = self.get(index);
        let (mut attributes, mut until) = (description.now, Row::MAX);
        let mut change = description.change;
        while let Some(older) = self.changes.get(change as usize) {
            if row >= older.until {
                break;
            }
            (attributes, until) = (older.before, older.until);
            change = older.previous;
        }
        (attributes, until)
    }

    /// Whether it was the same for all rows from `from` to just before `to`.
    pub fn is_steady(&self, index: DescriptionIndex, from: Row, to: Row) -> bool {
        let mut change = self.get(index).change;
        while let Some(older) = self.changes.get(change as usize) {
            if older.until <= from {
                return true;
            }
            if older.until < to {
                return false;
            }
            change = older.previous;
        }
        true
    }

    /// An empty fd table.
    pub fn table(&mut self) -> TableIndex {
        self.tables.push(FdTable { parent: NONE, ended: NONE, owner: NONE, ..FdTable::default() });
        self.tables.len() as u32 - 1
    }

    /// A copy of an fd table, as fork makes it.
    pub fn fork(&mut self, parent: TableIndex, row: Row) -> TableIndex {
        let from = &self.tables[parent as usize];
        let mut dense = from.dense.clone();
        let mut sparse = from.sparse.clone();
        let count = from.count;
        let child = self.tables.len() as u32;
        for (fd, slot) in dense.iter_mut().enumerate().map(|(fd, slot)| (fd as i64, slot)).chain(sparse.iter_mut().map(|(fd, slot)| (*fd, slot))) {
            slot.ended = NONE;
            if slot.description == NONE {
                continue;
            }
            slot.from = row;
            slot.inherited = true;
            slot.holder = if slot.holder == NONE { NONE } else { self.hold(slot.description, child, fd, row) };
            self.all[slot.description as usize].refs += 1;
        }
        sparse.retain(|_, slot| slot.description != NONE);
        self.tables.push(FdTable { dense, sparse, count, counts: vec![(row, count)], parent, forked: row, ended: NONE, owner: NONE, heads: Box::default() });
        child
    }

    /// The live entry of a number.
    pub fn slot(&self, table: TableIndex, fd: i64) -> Option<LiveSlot> {
        let slot = self.tables.get(table as usize)?.get(fd);
        (slot.description != NONE).then_some(slot)
    }

    /// What a number points at now, or `NONE`.
    #[inline]
    pub fn target(&self, table: TableIndex, fd: i64) -> DescriptionIndex {
        let Some(table) = self.tables.get(table as usize) else { return NONE };
        match usize::try_from(fd).ok().and_then(|fd| table.dense.get(fd)) {
            Some(slot) => slot.description,
            None => table.get(fd).description,
        }
    }

    /// Live entries of a table.
    pub fn count(&self, table: TableIndex) -> u32 {
        self.tables.get(table as usize).map_or(0, |table| table.count)
    }

    /// Entries of a table just after the event at `row`.
    pub fn count_at(&self, table: TableIndex, row: Row) -> u32 {
        let Some(table) = self.tables.get(table as usize) else { return 0 };
        let next = table.counts.partition_point(|count| count.0 <= row);
        next.checked_sub(1).and_then(|at| table.counts.get(at)).map_or(0, |count| count.1)
    }

    /// Notes facts of a file; descriptions must come in order.
    pub(super) fn set_facts(&mut self, description: DescriptionIndex, facts: FileFacts) {
        self.facts.push((description, facts));
    }

    /// What is recorded of a file beside its name.
    pub fn facts(&self, description: DescriptionIndex) -> Option<FileFacts> {
        let at = self.facts.binary_search_by_key(&description, |facts| facts.0).ok()?;
        self.facts.get(at).map(|facts| facts.1)
    }

    /// Numbers of a table that are live now, ascending.
    pub fn live(&self, table: TableIndex) -> Vec<(i64, LiveSlot)> {
        self.tables.get(table as usize).map(FdTable::numbers).unwrap_or_default()
    }

    /// Whether more than one live slot points at a description.
    pub fn is_shared(&self, index: DescriptionIndex) -> bool {
        self.get(index).refs > 1
    }

    /// Points a number at a description from this row on; what it pointed at before ends.
    pub fn put(&mut self, table: TableIndex, fd: i64, description: DescriptionIndex, row: Row, cloexec: bool) {
        if self.tables[table as usize].ended != NONE {
            return;
        }
        self.all[description as usize].refs += 1;
        self.remove(table, fd, row, Ended::Replaced, NONE);
        let holder = self.hold(description, table, fd, row);
        let place = &mut self.tables[table as usize];
        let ended = place.get(fd).ended;
        place.set(fd, LiveSlot { description, from: row, ended, holder, inherited: false, cloexec, maybe_cloexec: false });
        place.count += 1;
        place.note_count(row);
    }

    /// Says that a live number may be closed on exec.
    pub fn doubt_cloexec(&mut self, table: TableIndex, fd: i64) {
        let place = &mut self.tables[table as usize];
        let mut slot = place.get(fd);
        if slot.description != NONE {
            slot.maybe_cloexec = true;
            place.set(fd, slot);
        }
    }

    /// Takes back that it was closed.
    pub fn reopen(&mut self, description: DescriptionIndex) {
        let description = &mut self.all[description as usize];
        if description.refs == 0 {
            description.closed = NONE;
        }
    }

    /// Sets or clears close-on-exec of a live number.
    pub fn set_cloexec(&mut self, table: TableIndex, fd: i64, cloexec: bool) {
        let place = &mut self.tables[table as usize];
        let mut slot = place.get(fd);
        if slot.description != NONE {
            slot.cloexec = cloexec;
            slot.maybe_cloexec = false;
            place.set(fd, slot);
        }
    }

    /// Ends the slot of a number: from `to` on it is gone. `by`: thread that did it, or `NONE`.
    pub fn remove(&mut self, table: TableIndex, fd: i64, to: Row, how: Ended, by: ThreadIndex) {
        let place = &mut self.tables[table as usize];
        let slot = place.get(fd);
        if slot.description == NONE {
            return;
        }
        self.slots.push(Slot { table, fd, from: slot.from, to, description: slot.description, previous: slot.ended });
        place.set(fd, LiveSlot { ended: self.slots.len() as u32 - 1, ..FREE });
        place.count -= 1;
        place.note_count(to);
        self.unhold(slot.holder, to, how, by);
        self.release(slot.description, to);
    }

    fn release(&mut self, description: DescriptionIndex, row: Row) {
        let description = &mut self.all[description as usize];
        description.refs = description.refs.saturating_sub(1);
        if description.refs == 0 && description.closed == NONE {
            description.closed = row;
        }
    }

    /// Ends a table with all its slots: its last thread is gone.
    pub fn end(&mut self, table: TableIndex, to: Row, how: Ended, by: ThreadIndex) {
        if self.tables[table as usize].ended != NONE {
            return;
        }
        for (fd, slot) in self.tables[table as usize].numbers() {
            if slot.inherited {
                self.unhold(slot.holder, to, how, by);
                self.release(slot.description, to); // the parent's slot tells the rest
            } else {
                self.remove(table, fd, to, how, by);
            }
        }
        let place = &mut self.tables[table as usize];
        place.ended = to;
        let mut heads: Vec<(i64, u32)> = place.dense.iter().enumerate().map(|(fd, slot)| (fd as i64, slot.ended)).collect();
        heads.extend(place.sparse.iter().map(|(fd, slot)| (*fd, slot.ended)));
        heads.retain(|(_, ended)| *ended != NONE);
        by_number(&mut heads, |(fd, _)| signed(*fd));
        place.heads = heads.into_boxed_slice();
        place.dense = Vec::new();
        place.sparse = HashMap::new();
    }

    /// What a number pointed at just after the event at `row`.
    pub fn slot_at(&self, table: TableIndex, fd: i64, row: Row) -> Option<DescriptionIndex> {
        let (mut table, mut row) = (table, row);
        loop {
            let place = self.tables.get(table as usize)?;
            if row >= place.ended {
                return None;
            }
            let live = place.get(fd);
            if live.description != NONE && live.from <= row {
                return Some(live.description);
            }
            let head = if place.ended == NONE {
                live.ended
            } else {
                place.heads.binary_search_by_key(&fd, |(number, _)| *number).ok().and_then(|at| place.heads.get(at)).map_or(NONE, |(_, head)| *head)
            };
            let mut at = head;
            while let Some(slot) = self.slots.get(at as usize) {
                if slot.from <= row {
                    return (row < slot.to).then_some(slot.description);
                }
                at = slot.previous;
            }
            let touched = head != NONE || (live.description != NONE && !live.inherited);
            if touched || place.parent == NONE || row < place.forked {
                return None;
            }
            row = place.forked;
            table = place.parent;
        }
    }

    /// All numbers of a table just after the event at `row`, ascending.
    pub fn slots_at(&self, table: TableIndex, row: Row) -> Vec<(i64, DescriptionIndex)> {
        let mut numbers: Vec<i64> = Vec::new();
        let mut at = table;
        while let Some(place) = self.tables.get(at as usize) {
            numbers.extend((0..place.dense.len()).map(|fd| fd as i64));
            numbers.extend(place.sparse.keys());
            numbers.extend(place.heads.iter().map(|(fd, _)| *fd));
            at = place.parent;
        }
        by_number(&mut numbers, |fd| signed(*fd));
        numbers.dedup();
        numbers.into_iter().filter_map(|fd| Some((fd, self.slot_at(table, fd, row)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Descriptions, Ended, FdKind};
    use crate::state::{NONE, strings::Text};

    #[test]
    fn a_number_used_again_points_at_each_description_in_its_time() {
        let mut all = Descriptions::default();
        let table = all.table();
        let one = all.open(FdKind::File, Text::EMPTY, None, 0, 10);
        all.put(table, 3, one, 10, false);
        all.remove(table, 3, 20, Ended::Close, NONE);
        let two = all.open(FdKind::File, Text::NA, None, 0, 30);
        all.put(table, 3, two, 30, false);
        assert_eq!(all.slot_at(table, 3, 9), None);
        assert_eq!(all.slot_at(table, 3, 19), Some(one));
        assert_eq!(all.slot_at(table, 3, 20), None);
        assert_eq!(all.slot_at(table, 3, 30), Some(two));
        assert_eq!(all.get(one).closed, 20);
        assert_eq!(all.get(two).closed, NONE);
    }

    #[test]
    fn a_forked_table_keeps_what_its_parent_closes() {
        let mut all = Descriptions::default();
        let parent = all.table();
        let pipe = all.open(FdKind::Fifo, Text::EMPTY, None, 0, 5);
        all.put(parent, 4, pipe, 5, false);
        let child = all.fork(parent, 10);
        all.remove(parent, 4, 12, Ended::Close, NONE);
        assert_eq!(all.slot_at(child, 4, 15), Some(pipe));
        assert_eq!(all.slot_at(parent, 4, 15), None);
        all.end(child, 40, Ended::Exit, NONE);
        assert_eq!(all.slot_at(child, 4, 15), Some(pipe));
        assert_eq!(all.slot_at(child, 4, 40), None);
        assert_eq!(all.get(pipe).closed, 40);
    }

    #[test]
    fn what_a_child_closes_ends_for_the_child_alone() {
        let mut all = Descriptions::default();
        let parent = all.table();
        let file = all.open(FdKind::File, Text::EMPTY, None, 0, 5);
        all.put(parent, 4, file, 5, false);
        let child = all.fork(parent, 10);
        all.remove(child, 4, 12, Ended::Close, NONE);
        assert_eq!(all.slot_at(child, 4, 11), Some(file));
        assert_eq!(all.slot_at(child, 4, 12), None);
        assert_eq!(all.slot_at(parent, 4, 12), Some(file));
        assert_eq!(all.get(file).closed, NONE);
    }

    #[test]
    fn a_pipe_is_held_by_the_child_until_it_exits() {
        let mut all = Descriptions::default();
        let parent = all.table();
        let pipe = all.open(FdKind::Fifo, Text::EMPTY, None, 0, 5);
        all.put(parent, 4, pipe, 5, false);
        let child = all.fork(parent, 10);
        all.remove(parent, 4, 12, Ended::Close, 7);
        all.end(child, 40, Ended::Exit, 8);
        let holders: Vec<_> = all.holders(pipe).iter().map(|holder| (holder.table, holder.from, holder.to, holder.how, holder.by)).collect();
        assert_eq!(holders, [(parent, 5, 12, Ended::Close, 7), (child, 10, 40, Ended::Exit, 8)]);
    }

    #[test]
    fn a_change_does_not_reach_back() {
        let mut all = Descriptions::default();
        let socket = all.open(FdKind::Unix, Text::EMPTY, None, 0, 5);
        let mut after = all.get(socket).now;
        after.name = Text::NA;
        all.change(socket, 9, after, None);
        assert_eq!(all.at(socket, 8).name, Text::EMPTY);
        assert_eq!(all.at(socket, 9).name, Text::NA);
    }
}
