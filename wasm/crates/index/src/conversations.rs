//! What moved between the ends of sockets and pipes, summed while events are applied, and the conversations made of it.
//!
//! Per end only sums and a few rows are kept: calls, bytes by result, failures, connects, shutdowns. The calls themselves
//! are found again by scanning the description column. Datagram sockets have one sum per remote end.

pub mod build;
mod datagrams;

use hashbrown::HashMap;
use model::state::descriptions::{FdKind, Role, TableIndex, Transport};
use model::state::strings::Text;
use model::state::socket::{Address, L4_UDP, Sock, Tuple};
use model::state::{DescriptionIndex, NONE};
use model::{Applied, Row, State, table};
use scap::Event;

pub use build::{Closing, Connect, Conversation, Direction, End, Failure, Family, Holding, How, Key, call_name};

/// EAGAIN and EINTR: nothing was refused, the call will be made again.
pub(crate) fn is_retry(result: i64) -> bool {
    matches!(result, -11 | -4 | -115 | -516..=-512)
}

/// What an event type means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Class {
    Nothing,
    Read,
    Receive,
    Write,
    Move,
    Connect,
    ShutdownEnter,
    Shutdown,
    SocketOption,
    /// It may tell neither descriptor nor result.
    Blind,
}

const KINDS: usize = 512;

const CLASSES: [Class; KINDS] = {
    let mut classes = [Class::Nothing; KINDS];
    let reads = [7, 113, 117, 121];
    let receives = [33, 35, 53, 55];
    let writes = [9, 29, 31, 49, 51, 115, 119, 123];
    let moves = [189, 167, 333];
    let mut at = 0;
    while at < reads.len() {
        classes[reads[at]] = Class::Read;
        at += 1;
    }
    at = 0;
    while at < receives.len() {
        classes[receives[at]] = Class::Receive;
        at += 1;
    }
    at = 0;
    while at < writes.len() {
        classes[writes[at]] = Class::Write;
        at += 1;
    }
    at = 0;
    while at < moves.len() {
        classes[moves[at]] = Class::Move;
        at += 1;
    }
    classes[23] = Class::Connect;
    classes[36] = Class::ShutdownEnter;
    classes[37] = Class::Shutdown;
    classes[47] = Class::SocketOption;
    classes[1] = Class::Blind;
    classes
};

/// Whether an event type is the exit of a call that reads, writes or does both.
pub fn is_data_exit(kind: u16) -> bool {
    reads(kind) || writes(kind)
}

/// Whether an exit of this type reads from the fd it is about. Calls with two fds do both.
pub fn reads(kind: u16) -> bool {
    matches!(CLASSES.get(usize::from(kind)), Some(Class::Read | Class::Receive | Class::Move))
}

/// Whether an exit of this type writes to the fd it is about. Calls with two fds do both.
pub fn writes(kind: u16) -> bool {
    matches!(CLASSES.get(usize::from(kind)), Some(Class::Write | Class::Move))
}

/// Parameter of an exit that has the bytes it moved.
pub fn data_param(kind: u16) -> Option<usize> {
    match kind {
        53 | 117 | 121 => Some(2),
        51 | 55 => Some(3),
        167 | 189 | 333 => None,
        kind if is_data_exit(kind) => Some(1),
        _ => None,
    }
}

/// Sums of one kind of calls at one end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Calls that returned.
    pub calls: u32,
    /// Of these, failed ones that will not simply be made again.
    pub failed: u32,
    /// Of these, failed ones that will: EAGAIN, EINTR.
    pub retried: u32,
    /// Calls that moved nothing: the end of the stream, for reads.
    pub empty: u32,
    /// Bytes moved, by result.
    pub bytes: u64,
}

impl Sum {
    fn add(&mut self, result: i64) {
        self.calls += 1;
        match u64::try_from(result) {
            Ok(0) => self.empty += 1,
            // A result may be any number.
            Ok(bytes) => self.bytes = self.bytes.saturating_add(bytes),
            Err(_) if is_retry(result) => self.retried += 1,
            Err(_) => self.failed += 1,
        }
    }
}

/// A failed data call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    pub(crate) enter: Row,
    pub(crate) exit: Row,
    pub(crate) kind: u16,
    pub(crate) result: i64,
    previous: u32,
}

/// A connect that failed.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) description: DescriptionIndex,
    pub(crate) enter: Row,
    pub(crate) exit: Row,
    pub(crate) result: i64,
    pub(crate) kind: FdKind,
    pub(crate) sock: Sock,
    /// Index into `paths`, or `NONE`.
    pub(crate) path: u32,
}

/// Sums of one end: of all of it, or for datagram sockets of what went to and came from one remote end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ledger {
    pub(crate) end: u32,
    /// Addresses, for datagram sockets; index into the model's table, or `NONE`.
    pub(crate) sock: u32,
    pub(crate) wrote: Sum,
    pub(crate) read: Sum,
    /// Bytes that the kernel took after the other end had closed.
    pub(crate) late: u64,
    /// Bytes that the reader of a datagram socket took of what was written here.
    pub(crate) taken: Sum,
    /// Bytes looked at more than once (MSG_PEEK).
    pub(crate) peeked: u64,
    pub(crate) peeks: u32,
    pub(crate) first: Row,
    pub(crate) last: Row,
    pub(crate) last_read: Row,
    pub(crate) first_write: Row,
    pub(crate) last_write: Row,
    pub(crate) connect_enter: Row,
    pub(crate) connect_exit: Row,
    pub(crate) connect_result: i32,
    /// Rows of successful shutdowns: of reading, of writing.
    pub(crate) shut: [Row; 2],
    failed: u32,
    /// Tables whose processes made data calls.
    io: u32,
    /// First bytes and length of the last receive.
    seen: (u64, u32),
    /// Hash of the first bytes of the first datagram, and the row of its exit.
    pub(crate) head: u64,
    pub(crate) head_row: Row,
    /// What the shutdown under way asks for.
    shutting: u8,
    /// What its bytes look like, as [`Sniff`] says, and how many calls were asked in vain.
    pub(crate) looks: u8,
    asked: u8,
    /// Where datagrams of a unix socket went, as the model names it.
    pub(crate) name: Text,
}

impl Ledger {
    fn new(end: u32) -> Self {
        Self {
            end,
            sock: NONE,
            wrote: Sum::default(),
            read: Sum::default(),
            late: 0,
            taken: Sum::default(),
            peeked: 0,
            peeks: 0,
            first: NONE,
            last: NONE,
            last_read: NONE,
            first_write: NONE,
            last_write: NONE,
            connect_enter: NONE,
            connect_exit: NONE,
            connect_result: 0,
            shut: [NONE; 2],
            failed: NONE,
            io: NONE,
            seen: (0, 0),
            head: 0,
            head_row: NONE,
            shutting: 2,
            looks: 0,
            asked: 0,
            name: Text::EMPTY,
        }
    }

    fn touch(&mut self, row: Row, enter: Option<Row>) {
        if self.first == NONE {
            self.first = enter.unwrap_or(row);
        }
        self.last = row;
    }
}

/// Says by the first bytes of a call which protocol they are of: its number, or 0.
pub type Sniff = fn(&[u8]) -> u8;

/// So many calls of an end are looked at for its protocol.
const SNIFFED: u8 = 8;

/// All sums of a capture.
#[derive(Debug, Default)]
pub struct Ledgers {
    sniff: Option<Sniff>,
    /// Current ledger of each end, or `NONE`.
    current: Vec<u32>,
    pub(crate) all: Vec<Ledger>,
    failed: Vec<Failed>,
    pub(crate) refused: Vec<Refused>,
    /// Lists of tables: (table, next).
    io: Vec<(TableIndex, u32)>,
    /// Datagram ledgers by end and addresses.
    remotes: HashMap<(u32, Sock), u32>,
    /// Ledgers of unix datagram sockets by end and where the datagrams went.
    names: HashMap<(u32, Text), u32>,
    /// Calls with two fds: what they are about beside the fd in the columns.
    pub(crate) second: Vec<(DescriptionIndex, Row)>,
    paths: Vec<Box<[u8]>>,
    path_numbers: HashMap<Box<[u8]>, u32>,
    datagrams: datagrams::Datagrams,
    /// Calls that tell neither descriptor nor result, by table and kind of descriptor.
    blind: HashMap<(TableIndex, Blind), Unseen>,
    /// Numbers of the calls among them that newer recorders have no type for.
    blind_codes: Option<[u16; 2]>,
    /// Some events are in the file only so that the state is right, and are not shown.
    hides: bool,
}

/// What a call that tells no descriptor moved bytes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Blind {
    /// sendmmsg, recvmmsg.
    Sockets,
    /// tee, vmsplice.
    Pipes,
}

/// Calls that tell no descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unseen {
    pub(crate) first: Row,
    pub(crate) last: Row,
    pub(crate) call: &'static str,
}

impl Ledgers {
    /// Ledgers that note what the bytes of each end look like.
    pub fn sniffing(sniff: Sniff) -> Self {
        Self { sniff: Some(sniff), ..Self::default() }
    }

    /// Takes in an event and what it meant. Rows must come in order.
    #[inline]
    pub fn push(&mut self, row: Row, event: &Event<'_>, applied: &Applied, state: &State) {
        let Some(class) = CLASSES.get(usize::from(event.kind)).copied() else { return };
        if event.state_only {
            self.hides = true;
            // They tell who talks to whom; calls that are not shown are not counted.
            if !matches!(class, Class::Connect | Class::ShutdownEnter | Class::Shutdown | Class::SocketOption) {
                return;
            }
        }
        if class == Class::Blind || (class == Class::Receive || class == Class::Write) && applied.description == NONE {
            self.unseen(row, event, applied, state);
        }
        if matches!(class, Class::Nothing | Class::Blind) || applied.description == NONE && applied.second == NONE {
            return;
        }
        self.take(class, row, event, applied, state);
    }

    #[inline]
    fn take(&mut self, class: Class, row: Row, event: &Event<'_>, applied: &Applied, state: &State) {
        let result = applied.result.unwrap_or(0);
        match class {
            Class::Read => self.moved(row, event, applied, state, applied.description, result, false),
            Class::Receive => {
                // recvmmsg and sendmmsg of newer recorders: one event for each message.
                self.moved(row, event, applied, state, applied.description, result, false);
            }
            Class::Write => self.moved(row, event, applied, state, applied.description, result, true),
            Class::Move => {
                self.moved(row, event, applied, state, applied.description, result, !applied.second_is_target);
                if applied.second != NONE && state.descriptions().end_of(applied.second) != NONE {
                    self.second.push((applied.second, row));
                    self.moved(row, event, applied, state, applied.second, result, applied.second_is_target);
                }
            }
            Class::Connect => self.connected(row, event, applied, state, result),
            Class::ShutdownEnter => {
                let how = event.params.uint(1).unwrap_or(2) as u8;
                if let Some(ledger) = self.ledger(applied.description, state) {
                    ledger.shutting = how;
                }
            }
            Class::Shutdown => {
                if result == 0
                    && let Some(ledger) = self.ledger(applied.description, state)
                {
                        // Older exits do not carry it.
                        let how = event.params.uint(2).or_else(|| applied.enter.map(|_| u64::from(ledger.shutting)));
                        let both = how.is_none_or(|how| how > 1);
                        if both || how == Some(0) {
                            ledger.shut[0] = row;
                        }
                        if both || how == Some(1) {
                            ledger.shut[1] = row;
                        }
                        ledger.touch(row, applied.enter);
                }
            }
            Class::SocketOption => {
                const SO_ERROR: u64 = 4;
                let pending = event.params.get(4).and_then(|bytes| bytes.get(1..9)).and_then(|bytes| bytes.try_into().ok()).map(i64::from_le_bytes);
                if result == 0 && event.params.uint(3) == Some(SO_ERROR)
                    && let Some(error) = pending.filter(|error| *error != 0)
                    && let Some(ledger) = self.ledger(applied.description, state)
                    && ledger.connect_exit != NONE
                    && ledger.wrote.bytes == 0
                    && ledger.read.bytes == 0
                {
                    ledger.connect_result = -i32::try_from(error.abs()).unwrap_or(0);
                }
            }
            Class::Nothing | Class::Blind => {}
        }
    }

    /// Notes a call that older recorders print nothing of.
    fn unseen(&mut self, row: Row, event: &Event<'_>, applied: &Applied, state: &State) {
        let (blind, call) = match event.kind {
            51 => (Blind::Sockets, "sendmmsg"),
            55 => (Blind::Sockets, "recvmmsg"),
            1 => {
                let codes = self.blind_codes.get_or_insert_with(|| {
                    let code = |name| (0..1024).find(|code| table::syscall_name(*code, state.release()) == Some(name)).unwrap_or(u16::MAX);
                    [code("tee"), code("vmsplice")]
                });
                let Some(code) = event.params.uint(0) else { return };
                match codes.iter().position(|known| u64::from(*known) == code) {
                    Some(0) => (Blind::Pipes, "tee"),
                    Some(_) => (Blind::Pipes, "vmsplice"),
                    None => return,
                }
            }
            _ => return,
        };
        if applied.version == NONE {
            return;
        }
        let table = state.version(applied.version).table;
        self.blind.entry((table, blind)).or_insert(Unseen { first: row, last: row, call }).last = row;
    }

    /// A call that tells no descriptor, made by a process with this table between two rows.
    pub(crate) fn blind_call(&self, table: TableIndex, blind: Blind, from: Row, to: Row) -> Option<&'static str> {
        let unseen = self.blind.get(&(table, blind))?;
        (unseen.first <= to && from <= unseen.last).then_some(unseen.call)
    }

    /// The ledger of a description; `None` when it has no other end.
    #[inline]
    fn number(&mut self, description: DescriptionIndex, state: &State) -> Option<usize> {
        if description == NONE {
            return None;
        }
        let mut end = state.descriptions().end_of(description);
        if end == NONE {
            return None;
        }
        let original = state.descriptions().original(description);
        if original != description {
            end = state.descriptions().end_of(original);
        }
        let at = end as usize;
        if at >= self.current.len() {
            self.current.resize(state.descriptions().end_count().max(at + 1), NONE);
        }
        let place = self.current.get_mut(at)?;
        if *place == NONE {
            *place = self.all.len() as u32;
            self.all.push(Ledger::new(end));
        }
        Some(*place as usize)
    }

    #[inline]
    fn ledger(&mut self, description: DescriptionIndex, state: &State) -> Option<&mut Ledger> {
        let number = self.number(description, state)?;
        self.all.get_mut(number)
    }

    #[allow(clippy::too_many_arguments)]
    #[inline]
    fn moved(&mut self, row: Row, event: &Event<'_>, applied: &Applied, state: &State, description: DescriptionIndex, result: i64, writes: bool) {
        let Some(mut number) = self.number(description, state) else { return };
        let descriptions = state.descriptions();
        let now = &descriptions.get(description).now;
        let datagrams = match now.kind {
            FdKind::Unix => descriptions.transport(description) == Transport::Datagram && !descriptions.is_socketpair(description),
            kind if kind.is_inet() => {
                let sock = descriptions.sock(now.sock);
                (if kind.is_server() { sock.bound_l4(kind.is_six()) } else { sock.l4(kind.is_six()) }) == L4_UDP
            }
            _ => false,
        };
        if datagrams && result >= 0 && !now.kind.is_server() {
            number = self.remote(number, description, state);
        }
        let table = if applied.version == NONE { NONE } else { state.version(applied.version).table };
        let sniff = self.sniff;
        let Some(ledger) = self.all.get_mut(number) else { return };
        ledger.touch(row, applied.enter);
        let data = || data_param(event.kind).and_then(|at| event.params.get(at)).unwrap_or_default();
        if ledger.looks == 0 && ledger.asked < SNIFFED && result > 0
            && let Some(sniff) = sniff
        {
            ledger.asked += 1;
            ledger.looks = sniff(data());
        }
        if datagrams && ledger.head_row == NONE && result > 0 {
            ledger.head = datagrams::head(data());
            ledger.head_row = row;
        }
        if writes {
            ledger.wrote.add(result);
            if ledger.first_write == NONE {
                ledger.first_write = row;
            }
            ledger.last_write = row;
            if result > 0 {
                let peer = descriptions.peer(description);
                if peer != NONE && applied.enter.unwrap_or(row) >= descriptions.get(peer).closed {
                    ledger.late = ledger.late.saturating_add(result as u64);
                }
            }
        } else {
            ledger.read.add(result);
            ledger.last_read = row;
            // Only receives can look at bytes without taking them.
            let receives = matches!(event.kind, 33 | 35 | 53 | 55);
            if result > 0 && (receives || ledger.seen.0 != 0) {
                let mut head = [0; 8];
                for (to, from) in head.iter_mut().zip(data()) {
                    *to = *from;
                }
                let head = u64::from_le_bytes(head);
                let len = result.min(i64::from(u32::MAX)) as u32;
                let compared = u64::MAX >> (64 - 8 * ledger.seen.1.clamp(1, 8));
                if ledger.seen.0 != 0 && ledger.seen.0 == head & compared && ledger.seen.1 <= len {
                    ledger.peeked += u64::from(ledger.seen.1);
                    ledger.peeks += 1;
                }
                ledger.seen = if receives { (head, len) } else { (0, 0) };
            }
        }
        if result < 0 && !is_retry(result) {
            self.failed.push(Failed { enter: applied.enter.unwrap_or(NONE), exit: row, kind: event.kind, result, previous: ledger.failed });
            ledger.failed = self.failed.len() as u32 - 1;
        }
        if table != NONE {
            let head = ledger.io;
            if self.io.get(head as usize).is_none_or(|(known, _)| *known != table) {
                note(&mut self.io, &mut ledger.io, table);
            }
        }
        // Of sockets that are older than the capture it is not known that they take datagrams.
        let may_receive = !writes && matches!(event.kind, 33 | 35 | 53 | 55) && now.role == Role::Server && descriptions.transport(description) == Transport::Unknown;
        if (datagrams || may_receive) && result > 0 && now.kind == FdKind::Unix {
            let datagram = datagrams::Datagram { bytes: result as u64, head: datagrams::head(data()) };
            if writes {
                let name = state.text(now.name);
                let path = name.iter().position(|byte| *byte == b' ').and_then(|at| name.get(at + 1..)).unwrap_or(name);
                if let Some(ledger) = self.datagrams.sent(path, number as u32, datagram)
                    && let Some(ledger) = self.all.get_mut(ledger as usize)
                {
                    ledger.taken.add(result);
                }
            } else {
                let name = state.text(now.name);
                if let Some(ledger) = self.datagrams.received(name, description, row, datagram)
                    && let Some(ledger) = self.all.get_mut(ledger as usize)
                {
                    ledger.taken.add(result);
                }
            }
        }
    }

    /// The ledger of a datagram socket for the remote end that the last call named.
    fn remote(&mut self, number: usize, description: DescriptionIndex, state: &State) -> usize {
        let descriptions = state.descriptions();
        let now = descriptions.get(description).now;
        let Some(ledger) = self.all.get_mut(number) else { return number };
        if now.kind == FdKind::Unix {
            if ledger.name == now.name && ledger.sock != NONE {
                return number;
            }
            let end = ledger.end;
            if ledger.sock == NONE {
                ledger.sock = now.sock;
                ledger.name = now.name;
                self.names.insert((end, now.name), number as u32);
                return number;
            }
            let fresh = self.all.len() as u32;
            let found = *self.names.entry((end, now.name)).or_insert(fresh);
            if found == fresh {
                self.all.push(Ledger { sock: now.sock, name: now.name, ..Ledger::new(end) });
            }
            if let Some(place) = self.current.get_mut(end as usize) {
                *place = found;
            }
            return found as usize;
        }
        if ledger.sock == now.sock {
            return number;
        }
        let kind = now.kind;
        let canonical = |index: u32| {
            let mut sock = descriptions.sock(index);
            if kind.is_inet() {
                let six = kind.is_six();
                if (sock.source(six), sock.sport(six)) > (sock.dest(six), sock.dport(six)) {
                    sock.swap(six);
                }
            }
            sock
        };
        let wanted = canonical(now.sock);
        if ledger.sock == NONE {
            ledger.sock = now.sock;
            let end = ledger.end;
            self.remotes.insert((end, wanted), number as u32);
            return number;
        }
        let known = canonical(ledger.sock);
        if known == wanted {
            ledger.sock = now.sock;
            return number;
        }
        if kind.is_inet() {
            // An answer tells the port of a socket that did not know its own.
            let six = kind.is_six();
            let (old, new) = (descriptions.sock(ledger.sock), descriptions.sock(now.sock));
            let unbound = old.sport(six) == 0 && old.dport(six) == new.dport(six) && old.dest(six) == new.dest(six);
            if unbound {
                ledger.sock = now.sock;
                let end = ledger.end;
                self.remotes.insert((end, wanted), number as u32);
                return number;
            }
        }
        let end = ledger.end;
        let fresh = self.all.len() as u32;
        let found = *self.remotes.entry((end, wanted)).or_insert(fresh);
        if found == fresh {
            self.all.push(Ledger { sock: now.sock, ..Ledger::new(end) });
        }
        if let Some(place) = self.current.get_mut(end as usize) {
            *place = found;
        }
        found as usize
    }

    fn connected(&mut self, row: Row, event: &Event<'_>, applied: &Applied, state: &State, result: i64) {
        let descriptions = state.descriptions();
        let Some(ledger) = self.ledger(applied.description, state) else { return };
        if result >= 0 || result == -115 {
            // Connecting again tells how a connect that was under way has ended (EISCONN counts as well).
            if ledger.connect_exit == NONE || ledger.connect_result != -115 {
                ledger.connect_enter = applied.enter.unwrap_or(NONE);
                ledger.connect_exit = row;
            }
            ledger.connect_result = result as i32;
            ledger.touch(row, applied.enter);
            return;
        }
        if matches!(result, -106 | -114) {
            return; // EISCONN, EALREADY: an earlier connect decides
        }
        let now = descriptions.get(applied.description).now;
        let mut refused = Refused {
            description: applied.description,
            enter: applied.enter.unwrap_or(NONE),
            exit: row,
            result,
            kind: now.kind,
            sock: descriptions.sock(now.sock),
            path: NONE,
        };
        match event.params.get(1).and_then(Tuple::read).map(Tuple::unmapped) {
            Some(Tuple::Unix { source, dest, path }) => {
                refused.sock.set_unix(source, dest);
                refused.path = self.path(path);
            }
            Some(Tuple::Inet { six, sip, sport, dip, dport }) => {
                refused.kind = if six { FdKind::Ipv6 } else { FdKind::Ipv4 };
                let l4 = refused.sock.l4(six);
                refused.sock.set_source(six, sip, sport);
                refused.sock.set_dest(six, dip, dport);
                refused.sock.set_l4(six, l4);
            }
            None => {
                // Newer recorders print no tuple then, but the address that was asked for.
                if let Some(Address::Unix(path)) = event.params.get(3).and_then(Address::read) {
                    refused.path = self.path(path);
                } else if now.kind == FdKind::Unix {
                    let name = state.text(now.name);
                    refused.path = self.path(name);
                }
            }
        }
        self.refused.push(refused);
    }

    fn path(&mut self, path: &[u8]) -> u32 {
        if let Some(known) = self.path_numbers.get(path) {
            return *known;
        }
        let number = self.paths.len() as u32;
        self.paths.push(path.into());
        self.path_numbers.insert(path.into(), number);
        number
    }

    pub(crate) fn path_text(&self, path: u32) -> &[u8] {
        self.paths.get(path as usize).map_or(b"", |path| path)
    }

    pub(crate) fn failures_of(&self, ledger: &Ledger) -> Vec<Failed> {
        let mut found = Vec::new();
        let mut at = ledger.failed;
        while let Some(failed) = self.failed.get(at as usize) {
            found.push(*failed);
            at = failed.previous;
        }
        found.reverse();
        found
    }

    pub(crate) fn tables_of(&self, ledger: &Ledger) -> Vec<TableIndex> {
        let mut found = Vec::new();
        let mut at = ledger.io;
        while let Some((table, next)) = self.io.get(at as usize) {
            found.push(*table);
            at = *next;
        }
        found
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.current.capacity() * 4
            + self.all.capacity() * size_of::<Ledger>()
            + self.failed.capacity() * size_of::<Failed>()
            + self.refused.capacity() * size_of::<Refused>()
            + self.io.capacity() * 8
            + self.second.capacity() * 8
            + self.remotes.allocation_size()
    }
}

/// Moves a table to the head of a list, or puts it there.
fn note(lists: &mut Vec<(TableIndex, u32)>, head: &mut u32, table: TableIndex) {
    let mut at = *head;
    while let Some((known, next)) = lists.get(at as usize).copied() {
        if known == table {
            // Swap it to the front: the next call is most likely by the same process.
            let first = *head as usize;
            if let Some((front, _)) = lists.get(first).copied() {
                if let Some(entry) = lists.get_mut(at as usize) {
                    entry.0 = front;
                }
                if let Some(entry) = lists.get_mut(first) {
                    entry.0 = table;
                }
            }
            return;
        }
        at = next;
    }
    lists.push((table, *head));
    *head = lists.len() as u32 - 1;
}
