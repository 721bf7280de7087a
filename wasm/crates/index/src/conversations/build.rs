//! Conversations out of the sums: which two ends belong together, their lives, how they ended, what failed and why.

use hashbrown::{HashMap, HashSet};
use model::order::{by_number, pair};
use model::state::descriptions::{Ended, FdKind, Holder, Role, Transport};
use model::state::strings::Text;
use model::state::socket::{L4_TCP, L4_UDP, Sock, write_endpoint};
use model::state::{DescriptionIndex, NONE, ThreadIndex};
use model::{Row, State, table};

use super::{Blind, Failed, Ledger, Ledgers, Sum};
use crate::columns::Index;

/// What kind of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// AF_UNIX stream.
    UnixStream,
    /// AF_UNIX datagrams.
    UnixDatagram,
    /// Two connected unix sockets made at once.
    Socketpair,
    /// pipe.
    Pipe,
    /// Named pipe.
    Fifo,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Family {
    /// Its name in JSON and in the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::UnixStream => "unix-stream",
            Self::UnixDatagram => "unix-dgram",
            Self::Socketpair => "socketpair",
            Self::Pipe => "pipe",
            Self::Fifo => "fifo",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// Text that names a conversation, the same whichever end is looked at.
pub type Key = String;

/// One end of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Its descriptions: one, or several when a pipe was opened again or is older than the capture. Empty when this end
    /// is not in the capture.
    pub descriptions: Vec<DescriptionIndex>,
    /// Its sums; index of a ledger, or `NONE` when it made no call.
    pub ledger: u32,
}

impl End {
    fn of(description: DescriptionIndex, ledger: u32) -> Self {
        Self { descriptions: if description == NONE { Vec::new() } else { vec![description] }, ledger }
    }

    /// Whether anything of it is in the capture.
    pub fn is_known(&self) -> bool {
        !self.descriptions.is_empty()
    }
}

/// A connect or accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connect {
    /// Row of its enter.
    pub enter: Option<Row>,
    /// Row of its exit.
    pub exit: Row,
    /// Its result.
    pub result: i64,
}

/// What one end wrote and the other read. `None`: not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// Calls that write.
    pub writes: Option<Sum>,
    /// Calls that read.
    pub reads: Option<Sum>,
    /// Written, never read, and the reading end is closed.
    pub unread: Option<u64>,
    /// Written, not yet read, and the reading end is open.
    pub in_flight: Option<u64>,
    /// Taken by the kernel after the reading end had closed.
    pub never_delivered: u64,
    /// Calls of which the recorder tells too little may have moved more.
    pub at_least: bool,
}

/// How an end closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// close.
    Close,
    /// Its last holder exited.
    Exit,
    /// Its last holder executed a program, over close-on-exec.
    Exec,
    /// Another description took its last number.
    Replaced,
    /// Between two files of a recording.
    Unseen,
}

impl How {
    /// Its name in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Exit => "exit",
            Self::Exec => "exec",
            Self::Replaced => "replaced",
            Self::Unseen => "unseen",
        }
    }
}

/// The close of the last holder of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Thread that did it, or `NONE`.
    pub thread: ThreadIndex,
    /// Process of the last holder.
    pub pid: i64,
    /// Number it had there.
    pub fd: i64,
    /// Row of the enter.
    pub enter: Option<Row>,
    /// Row of the exit; of an exiting process its procexit.
    pub exit: Row,
    /// How.
    pub how: How,
}

/// A failed data call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// End that made it.
    pub side: usize,
    /// Type of its exit.
    pub kind: u16,
    /// Row of the enter.
    pub enter: Option<Row>,
    /// Row of the exit.
    pub exit: Row,
    /// Its result.
    pub result: i64,
    /// Rows of what made it fail.
    pub cause: Vec<Row>,
    /// Nanoseconds from the end of the cause to the beginning of the call; negative when the call began first. From end to
    /// end where no enters were recorded.
    pub delta: Option<i64>,
    /// The cause is a shutdown, not a close.
    pub is_shutdown: bool,
}

/// Both directions between two ends during one lifetime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its kind.
    pub family: Family,
    /// Its name.
    pub key: Key,
    /// Which use of the key, from 1; `None` for a connect that failed.
    pub life: Option<u32>,
    /// Path, for unix sockets and named pipes.
    pub path: Vec<u8>,
    /// Client or first, and the other.
    pub ends: [End; 2],
    /// Row that began it; `None`: older than the capture.
    pub start: Option<Row>,
    /// First row that is about it.
    pub first: Row,
    /// Last row that is about it.
    pub last: Row,
    /// Row that ended it; `None` while an end is open.
    pub end: Option<Row>,
    /// The connect.
    pub connect: Option<Connect>,
    /// The accept.
    pub accept: Option<Connect>,
    /// What end 0 wrote, what end 1 wrote.
    pub directions: [Direction; 2],
    /// How each end closed; `None`: still open, or not in the capture.
    pub closings: [Option<Closing>; 2],
    /// Failed data calls, in order.
    pub failures: Vec<Failure>,
    /// Rows of the enters of calls that had not returned when the capture ended, by end.
    pub open_calls: [Vec<Row>; 2],
    /// What is not direct evidence, in words.
    pub inferred: Vec<String>,
    /// What its bytes look like: a number of [`super::Sniff`], or 0.
    pub looks: u8,
}

/// Who held an end: a process with the numbers it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Process.
    pub pid: i64,
    /// Its name, as of the last row it held the end.
    pub comm: Vec<u8>,
    /// Its numbers.
    pub fds: Vec<i64>,
    /// It made a data call.
    pub io: bool,
    /// First row.
    pub from: Row,
    /// First row at which it is over; `None` while it lasts.
    pub to: Option<Row>,
    /// How it ended; empty while it lasts.
    pub how: &'static str,
}

fn unix_key(one: u64, other: u64) -> Key {
    format!("unix:{:x}-{:x}", one.min(other), one.max(other))
}

fn endpoint(six: bool, address: &[u8; 16], port: u16) -> String {
    let mut out = Vec::new();
    write_endpoint(&mut out, six, address, port);
    String::from_utf8_lossy(&out).into_owned()
}

fn inet_ends(six: bool, sock: &Sock) -> (String, String) {
    (endpoint(six, &sock.source(six), sock.sport(six)), endpoint(six, &sock.dest(six), sock.dport(six)))
}

fn path_of(name: &[u8]) -> &[u8] {
    // `source->destination path`
    match name.windows(2).position(|pair| pair == b"->") {
        Some(_) => name.iter().position(|byte| *byte == b' ').and_then(|at| name.get(at + 1..)).unwrap_or_default(),
        None => name,
    }
}

/// IPv6, source address and port, destination address and port.
type Tuple = (bool, [u8; 16], u16, [u8; 16], u16);

/// Makes the conversations of a capture.
pub struct Builder<'a> {
    state: &'a State,
    index: &'a Index,
    ledgers: &'a Ledgers,
    again: HashMap<DescriptionIndex, Vec<DescriptionIndex>>,
    /// Current ledger of each end, newest first by `previous`.
    by_end: HashMap<u32, Vec<u32>>,
    /// Enters of data calls that had not returned, by what they are about.
    pending: HashMap<DescriptionIndex, Vec<Row>>,
    found: Vec<Conversation>,
}

impl Ledgers {
    /// The conversations so far, in order of their beginning.
    #[inline]
    pub fn conversations(&self, state: &State, index: &Index) -> Vec<Conversation> {
        let mut builder = Builder { state, index, ledgers: self, again: HashMap::new(), by_end: HashMap::new(), pending: HashMap::new(), found: Vec::new() };
        builder.build();
        builder.found
    }
}

// What is marked inline is made by the crate that calls it, which is built for size: nothing here is asked for each event.
impl<'a> Builder<'a> {
    #[inline]
    fn build(&mut self) {
        let descriptions = self.state.descriptions();
        for (number, ledger) in self.ledgers.all.iter().enumerate() {
            self.by_end.entry(ledger.end).or_default().push(number as u32);
        }
        for thread in self.state.threads().living() {
            let live = self.state.threads().live(thread);
            if live.enter.description != NONE && !live.dead && super::is_data_exit(live.enter.kind.saturating_add(1)) {
                self.pending.entry(live.enter.description).or_default().push(live.enter.row);
            }
        }
        let mut datagram_paths: HashSet<&[u8]> = HashSet::new();
        for end in 0..descriptions.end_count() as u32 {
            let description = descriptions.description_of(end);
            let original = descriptions.original(description);
            if original != description {
                self.again.entry(original).or_default().push(description);
            }
            if descriptions.transport(description) == Transport::Datagram && descriptions.get(description).now.kind == FdKind::Unix {
                datagram_paths.insert(path_of(self.state.text(descriptions.get(description).now.name)));
            }
        }
        datagram_paths.remove(&b""[..]);
        let mut old_pipes: HashMap<u64, Vec<DescriptionIndex>> = HashMap::new();
        let mut udp: Vec<u32> = Vec::new();
        for end in 0..descriptions.end_count() as u32 {
            let description = descriptions.description_of(end);
            if descriptions.original(description) != description {
                continue;
            }
            let known = descriptions.get(description);
            match known.now.kind {
                FdKind::Fifo if known.born == NONE => old_pipes.entry(descriptions.ino(description)).or_default().push(description),
                FdKind::Fifo => {
                    let peer = descriptions.peer(description);
                    if peer == NONE || description < peer {
                        self.pipe(description, peer);
                    }
                }
                FdKind::Unix if descriptions.is_socketpair(description) => {
                    let peer = descriptions.peer(description);
                    if peer == NONE || description < peer {
                        self.socketpair(description, peer);
                    }
                }
                FdKind::Unix if descriptions.transport(description) == Transport::Datagram => self.unix_datagrams(end, description),
                FdKind::Unix => {
                    let path = path_of(self.state.text(known.now.name));
                    let receives = known.born == NONE && (datagram_paths.contains(path) || self.ledgers.datagrams.is_receiver(description));
                    if !receives {
                        self.stream(end, description, Family::UnixStream);
                    }
                }
                kind if kind.is_inet() && !kind.is_server() => match descriptions.sock(known.now.sock).l4(kind.is_six()) {
                    L4_TCP => self.stream(end, description, Family::Tcp),
                    L4_UDP => udp.extend(self.by_end.get(&end).into_iter().flatten()),
                    _ => {}
                },
                _ => {}
            }
        }
        let mut old_pipes: Vec<_> = old_pipes.into_iter().collect();
        by_number(&mut old_pipes, |(ino, _)| u128::from(*ino));
        for (ino, descriptions) in old_pipes {
            self.old_pipe(ino, descriptions);
        }
        self.udp(&udp);
        self.strange_datagrams(&datagram_paths);
        self.refused();
        self.infer_peers();
        if self.ledgers.hides {
            self.leave_out_hidden();
        }
        self.finish();
    }

    /// Leaves out conversations none of whose events is shown.
    #[inline]
    fn leave_out_hidden(&mut self) {
        let shown = |row: &Row| self.index.is_shown(*row);
        let records = (0..self.index.next_row()).filter(shown).filter_map(|row| self.index.record(row));
        let mut seen: HashSet<DescriptionIndex> = records.map(|record| record.description).collect();
        seen.extend(self.ledgers.second.iter().filter(|(_, row)| shown(row)).map(|(description, _)| *description));
        let mut found = std::mem::take(&mut self.found);
        found.retain(|conversation| {
            let rows = [conversation.start, conversation.connect.map(|connect| connect.exit), conversation.accept.map(|accept| accept.exit)];
            let is_refused = conversation.life.is_none();
            rows.iter().flatten().any(shown) || !is_refused && conversation.ends.iter().flat_map(|end| &end.descriptions).any(|description| seen.contains(description))
        });
        self.found = found;
    }

    #[inline]
    fn ledger_number(&self, description: DescriptionIndex) -> u32 {
        if description == NONE {
            return NONE;
        }
        self.by_end.get(&self.state.descriptions().end_of(description)).and_then(|numbers| numbers.first()).copied().unwrap_or(NONE)
    }

    #[inline]
    fn ledger(&self, number: u32) -> Option<&'a Ledger> {
        self.ledgers.all.get(number as usize)
    }

    #[inline]
    fn end(&self, description: DescriptionIndex) -> End {
        let mut end = End::of(description, self.ledger_number(description));
        if let Some(again) = self.again.get(&description) {
            end.descriptions.extend(again);
        }
        end
    }

    #[inline]
    fn kind_at(&self, row: Row) -> Option<u16> {
        self.index.record(row).map(|record| record.kind)
    }

    #[inline]
    fn partner(&self, row: Row) -> Option<Row> {
        self.index.record(row).and_then(|record| record.partner)
    }

    #[inline]
    fn ts(&self, row: Row) -> Option<u64> {
        self.index.record(row).map(|record| record.ts)
    }

    /// An empty conversation of two ends.
    #[inline]
    fn begin(&self, family: Family, key: Key, ends: [End; 2]) -> Conversation {
        Conversation {
            family,
            key,
            life: Some(0),
            path: Vec::new(),
            ends,
            start: None,
            first: NONE,
            last: 0,
            end: None,
            connect: None,
            accept: None,
            directions: [Direction::default(); 2],
            closings: [None; 2],
            failures: Vec::new(),
            open_calls: [Vec::new(), Vec::new()],
            inferred: Vec::new(),
            looks: 0,
        }
    }

    #[inline]
    fn pipe(&mut self, reader: DescriptionIndex, writer: DescriptionIndex) {
        let descriptions = self.state.descriptions();
        let known = descriptions.get(reader);
        let key = format!("pipe:{}", descriptions.ino(reader));
        let mut conversation = self.begin(Family::Pipe, key, [self.end(reader), self.end(writer)]);
        conversation.start = Some(known.born);
        self.add(conversation);
    }

    #[inline]
    fn socketpair(&mut self, one: DescriptionIndex, other: DescriptionIndex) {
        let descriptions = self.state.descriptions();
        let known = descriptions.get(one);
        let (source, dest) = descriptions.sock(known.now.sock).unix();
        let mut conversation = self.begin(Family::Socketpair, unix_key(source, dest), [self.end(one), self.end(other)]);
        conversation.start = Some(known.born);
        self.add(conversation);
    }

    /// A pipe of the initial list: which end a process holds shows only by what it does.
    #[inline]
    fn old_pipe(&mut self, ino: u64, descriptions: Vec<DescriptionIndex>) {
        let all = self.state.descriptions();
        let is_active = |description: &DescriptionIndex| self.ledger_number(*description) != NONE;
        if !descriptions.iter().any(is_active) {
            return;
        }
        let name = all.get(descriptions[0]).now.name;
        let name = self.state.text(name);
        let is_fifo = name.starts_with(b"/");
        let mut ends = [End { descriptions: Vec::new(), ledger: NONE }, End { descriptions: Vec::new(), ledger: NONE }];
        let mut unknown = false;
        for description in descriptions {
            let ledger = self.ledger(self.ledger_number(description));
            let writes = ledger.is_some_and(|ledger| ledger.wrote.calls > 0);
            let reads = ledger.is_some_and(|ledger| ledger.read.calls > 0);
            let side = match (reads, writes) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => {
                    unknown = true;
                    let by_number = all.holders(description).first().map(|holder| holder.fd);
                    usize::from(matches!(by_number, Some(1 | 2)))
                }
            };
            ends[side].descriptions.push(description);
            ends[side].descriptions.extend(self.again.get(&description).into_iter().flatten());
            if self.ledger_number(description) != NONE && ends[side].ledger == NONE {
                ends[side].ledger = self.ledger_number(description);
            }
        }
        let family = if is_fifo { Family::Fifo } else { Family::Pipe };
        let mut conversation = self.begin(family, format!("pipe:{ino}"), ends);
        if is_fifo {
            conversation.path = name.to_vec();
        }
        conversation.inferred.push("older than the capture".to_owned());
        if unknown {
            conversation.inferred.push("which end its silent holders have is not recorded".to_owned());
        }
        self.add(conversation);
    }

    #[inline]
    fn stream(&mut self, end: u32, description: DescriptionIndex, family: Family) {
        let descriptions = self.state.descriptions();
        let known = descriptions.get(description);
        let peer = descriptions.peer(description);
        let is_server = known.now.role == Role::Server;
        if peer != NONE && is_server && self.is_stream(peer) {
            return; // told with its client
        }
        let own = self.ledger(self.ledger_number(description));
        let moved = own.is_some_and(|ledger| ledger.wrote.calls + ledger.read.calls > 0);
        let connected = own.is_some_and(|ledger| ledger.connect_exit != NONE);
        let accepted = is_server && known.born != NONE;
        if !moved && !connected && !accepted && peer == NONE {
            return;
        }
        if peer != NONE && known.born == NONE && self.ledger_number(description) == NONE && self.ledger_number(peer) == NONE {
            return; // older than the capture, and silent
        }
        let _ = end;
        let sock = descriptions.sock(known.now.sock);
        let name = self.state.text(known.now.name);
        let (key, path) = if family == Family::UnixStream {
            let (source, dest) = sock.unix();
            let path = path_of(name);
            let key = match (source, dest, descriptions.ino(description)) {
                (0, 0, 0) => "unix:unknown".to_owned(),
                (0, 0, ino) => format!("unix:inode-{ino}"),
                (source, dest, _) => unix_key(source, dest),
            };
            (key, path)
        } else {
            let (client, server) = inet_ends(known.now.kind.is_six(), &sock);
            (format!("tcp:{client}->{server}"), &b""[..])
        };
        let ends = if is_server { [self.end(NONE), self.end(description)] } else { [self.end(description), self.end(peer)] };
        let mut conversation = self.begin(family, key, ends);
        conversation.path = path.to_vec();
        if path.is_empty() && peer != NONE && family == Family::UnixStream {
            let theirs = self.state.text(descriptions.get(peer).now.name);
            conversation.path = path_of(theirs).to_vec();
        }
        if let Some(client) = conversation.ends[0].descriptions.first()
            && let Some(ledger) = self.ledger(self.ledger_number(*client))
            && ledger.connect_exit != NONE
        {
            let enter = (ledger.connect_enter != NONE).then_some(ledger.connect_enter);
            conversation.connect = Some(Connect { enter, exit: ledger.connect_exit, result: i64::from(ledger.connect_result) });
            conversation.start = Some(enter.unwrap_or(ledger.connect_exit));
            if ledger.connect_result < 0 && ledger.connect_result != -115 {
                conversation.life = None;
            }
        }
        if let Some(server) = conversation.ends[1].descriptions.first() {
            let born = descriptions.get(*server).born;
            if born != NONE && self.kind_at(born).is_some_and(|kind| matches!(kind, 27 | 57 | 247 | 249 | 389)) {
                let result = self.index.record(born).and_then(|record| record.result).unwrap_or(0);
                conversation.accept = Some(Connect { enter: self.partner(born), exit: born, result });
                conversation.start = conversation.start.or(Some(born));
            }
        }
        if conversation.start.is_none() && known.born != NONE {
            conversation.start = Some(known.born);
        }
        if conversation.start.is_none() {
            conversation.inferred.push("older than the capture".to_owned());
            if peer == NONE {
                conversation.inferred.push("peer unknown: predates the capture".to_owned());
            }
        }
        self.add(conversation);
    }

    /// Whether a description is known to be the end of a stream: not when the event that made it is missing.
    #[inline]
    fn is_stream(&self, description: DescriptionIndex) -> bool {
        let descriptions = self.state.descriptions();
        if descriptions.end_of(description) == NONE {
            return false;
        }
        let now = &descriptions.get(description).now;
        now.kind == FdKind::Unix || now.kind.is_inet() && descriptions.sock(now.sock).l4(now.kind.is_six()) == L4_TCP
    }

    #[inline]
    fn unix_datagrams(&mut self, end: u32, description: DescriptionIndex) {
        let descriptions = self.state.descriptions();
        let numbers = self.by_end.get(&end).cloned().unwrap_or_default();
        let known = descriptions.get(description);
        for number in numbers {
            let Some(ledger) = self.ledger(number) else { continue };
            let sends = ledger.wrote.calls > 0 || ledger.connect_exit != NONE;
            if !sends {
                continue; // told with those who send to it
            }
            let (_, own) = descriptions.sock(if ledger.sock == NONE { known.now.sock } else { ledger.sock }).unix();
            let name = if ledger.name == model::state::strings::Text::EMPTY { known.now.name } else { ledger.name };
            let path = path_of(self.state.text(name)).to_vec();
            let own = if own == 0 { "unknown".to_owned() } else { format!("{own:x}") };
            let key = format!("unixdgram:{own}->{}", String::from_utf8_lossy(&path));
            let receiver = self.ledgers.datagrams.description(&path).unwrap_or(NONE);
            let mut ends = [End::of(description, number), End::of(receiver, NONE)];
            ends[0].ledger = number;
            let mut conversation = self.begin(Family::UnixDatagram, key, ends);
            conversation.path = path;
            if ledger.connect_exit != NONE {
                let enter = (ledger.connect_enter != NONE).then_some(ledger.connect_enter);
                conversation.connect = Some(Connect { enter, exit: ledger.connect_exit, result: i64::from(ledger.connect_result) });
                conversation.start = Some(enter.unwrap_or(ledger.connect_exit));
            } else if known.born != NONE {
                conversation.start = Some(ledger.first);
            } else {
                conversation.inferred.push("older than the capture".to_owned());
            }
            if receiver != NONE {
                let by = if self.ledgers.datagrams.by_bytes(&conversation.path) { "equal bytes" } else { "its path" };
                conversation.inferred.push(format!("receiver found by {by}, datagrams matched by order and size"));
            }
            self.add(conversation);
        }
    }

    /// Datagrams whose senders are not in the capture, of sockets that are known to receive datagrams.
    #[inline]
    fn strange_datagrams(&mut self, datagram_paths: &HashSet<&[u8]>) {
        let descriptions = self.state.descriptions();
        for (path, receiver, strange) in self.ledgers.datagrams.strange() {
            let certain = descriptions.transport(receiver) == Transport::Datagram || self.ledgers.datagrams.is_receiver(receiver) || datagram_paths.contains(path);
            if !certain {
                continue;
            }
            let mut conversation = self.begin(Family::UnixDatagram, format!("unixdgram:unknown->{}", String::from_utf8_lossy(path)), [self.end(NONE), End::of(receiver, NONE)]);
            conversation.path = path.to_vec();
            conversation.first = strange.first;
            conversation.last = strange.last;
            conversation.directions[0].reads = Some(Sum { calls: strange.calls, bytes: strange.bytes, ..Sum::default() });
            conversation.closings[1] = self.closing(&conversation.ends[1]);
            conversation.end = conversation.closings[1].map(|closing| closing.exit);
            conversation.inferred.push("older than the capture".to_owned());
            conversation.inferred.push("sender unknown: nobody was seen to send these".to_owned());
            self.found.push(conversation);
        }
    }

    #[inline]
    fn udp(&mut self, numbers: &[u32]) {
        let descriptions = self.state.descriptions();
        // By the two addresses, whichever stands first: clients, servers.
        let mut groups: HashMap<Tuple, [Vec<u32>; 2]> = HashMap::new();
        for number in numbers {
            let Some(ledger) = self.ledger(*number) else { continue };
            let description = descriptions.description_of(ledger.end);
            let now = descriptions.get(description).now;
            if ledger.wrote.calls + ledger.read.calls == 0 && ledger.connect_exit == NONE {
                continue;
            }
            let sock = descriptions.sock(if ledger.sock == NONE { now.sock } else { ledger.sock });
            let six = now.kind.is_six();
            let side = usize::from(now.role == Role::Server);
            groups.entry((six, sock.source(six), sock.sport(six), sock.dest(six), sock.dport(six))).or_default()[side].push(*number);
        }
        // To send to 0.0.0.0 is to send to this machine: the receiver printed the loopback address.
        let local = |six: bool| -> [u8; 16] {
            let mut address = [0; 16];
            if six {
                address[15] = 1;
            } else {
                address[..4].copy_from_slice(&[127, 0, 0, 1]);
            }
            address
        };
        let anywhere: Vec<_> = groups.iter().filter(|(key, sides)| key.3 == [0; 16] && key.4 != 0 && key.2 != 0 && sides[1].is_empty()).map(|(key, _)| *key).collect();
        for key in anywhere {
            let (six, _, sport, _, dport) = key;
            let there = (six, local(six), sport, local(six), dport);
            if groups.get(&there).is_some_and(|sides| sides[0].is_empty())
                && let Some(senders) = groups.remove(&key)
                && let Some(sides) = groups.get_mut(&there)
            {
                sides[0] = senders[0].clone();
            }
        }
        let revealed = self.reveal_ports(&mut groups);
        let mut groups: Vec<_> = groups.into_iter().collect();
        // No ledger is of two of them.
        by_number(&mut groups, |(_, sides)| sides.iter().flatten().min().copied().unwrap_or(NONE).into());
        for ((six, source, sport, dest, dport), [clients, servers]) in groups {
            let key = format!("udp:{}-{}", endpoint(six, &source, sport), endpoint(six, &dest, dport));
            let lives = clients.len().max(servers.len());
            for at in 0..lives {
                let client = clients.get(at).copied().unwrap_or(NONE);
                let server = servers.get(at).copied().unwrap_or(NONE);
                let end = |number: u32| match self.ledger(number) {
                    Some(ledger) => End { descriptions: vec![descriptions.description_of(ledger.end)], ledger: number },
                    None => End { descriptions: Vec::new(), ledger: NONE },
                };
                let mut conversation = self.begin(Family::Udp, key.clone(), [end(client), end(server)]);
                if revealed.contains(&client) {
                    conversation.inferred.push("the sender's port is the one that the receiver saw".to_owned());
                }
                if let Some(ledger) = self.ledger(client) {
                    let born = descriptions.get(descriptions.description_of(ledger.end)).born;
                    if ledger.connect_exit != NONE {
                        let enter = (ledger.connect_enter != NONE).then_some(ledger.connect_enter);
                        conversation.connect = Some(Connect { enter, exit: ledger.connect_exit, result: i64::from(ledger.connect_result) });
                        conversation.start = Some(enter.unwrap_or(ledger.connect_exit));
                    } else if born != NONE {
                        conversation.start = Some(ledger.first);
                    }
                } else if let Some(ledger) = self.ledger(server) {
                    conversation.start = Some(ledger.first);
                }
                if conversation.start.is_none() {
                    conversation.inferred.push("older than the capture".to_owned());
                }
                self.add(conversation);
            }
        }
    }

    /// Gives senders that never learnt their own port to the conversation whose receiver printed it: of those with equal
    /// bytes the earliest. Answers these senders.
    #[inline]
    fn reveal_ports(&self, groups: &mut HashMap<Tuple, [Vec<u32>; 2]>) -> HashSet<u32> {
        // By what was received: the row of the first receive, and the addresses.
        let mut received: HashMap<_, Vec<(Row, u32, Tuple)>> = HashMap::new();
        let mut senders: Vec<(Row, u32, Tuple)> = Vec::new();
        for (key, sides) in groups.iter() {
            if key.2 == 0 {
                senders.extend(sides[0].iter().filter_map(|number| Some((self.ledger(*number)?.first, *number, *key))));
            } else if sides[0].is_empty() {
                for (number, theirs) in sides[1].iter().filter_map(|number| Some((*number, self.ledger(*number)?))) {
                    received.entry((key.0, key.3, key.4, theirs.read.bytes, theirs.read.calls, theirs.head)).or_default().push((theirs.head_row, number, *key));
                }
            }
        }
        for all in received.values_mut() {
            by_number(all, |(row, number, _)| pair(*row, *number));
        }
        by_number(&mut senders, |(first, number, _)| pair(*first, *number));
        let mut taken: HashSet<Tuple> = HashSet::new();
        let mut revealed: HashSet<u32> = HashSet::new();
        for (first, sender, key) in senders {
            let Some(mine) = self.ledger(sender) else { continue };
            let Some(all) = received.get_mut(&(key.0, key.3, key.4, mine.wrote.bytes, mine.wrote.calls, mine.head)) else { continue };
            // Senders come in order: what was received before this one, was of none of the later ones.
            let before = all.partition_point(|(row, ..)| *row < first);
            all.drain(..before);
            let Some(at) = all.iter().position(|(.., found)| !taken.contains(found)) else { continue };
            let (.., found) = all.remove(at);
            taken.insert(found);
            revealed.insert(sender);
            if let Some(sides) = groups.get_mut(&key) {
                sides[0].retain(|number| *number != sender);
            }
            if let Some(sides) = groups.get_mut(&found) {
                sides[0].push(sender);
            }
        }
        revealed
    }

    /// Connects that failed.
    #[inline]
    fn refused(&mut self) {
        let descriptions = self.state.descriptions();
        for refused in &self.ledgers.refused {
            let path = if refused.path == NONE { Vec::new() } else { self.ledgers.path_text(refused.path).to_vec() };
            let (family, key) = if refused.kind == FdKind::Unix {
                let (source, dest) = refused.sock.unix();
                let datagram = descriptions.transport(refused.description) == Transport::Datagram;
                if datagram {
                    (Family::UnixDatagram, format!("unixdgram:{dest:x}->{}", String::from_utf8_lossy(&path)))
                } else {
                    (Family::UnixStream, unix_key(source, dest))
                }
            } else if refused.kind.is_inet() {
                let six = refused.kind.is_six();
                let (client, server) = inet_ends(six, &refused.sock);
                if refused.sock.l4(six) == L4_UDP { (Family::Udp, format!("udp:{client}-{server}")) } else { (Family::Tcp, format!("tcp:{client}->{server}")) }
            } else {
                continue;
            };
            let mut conversation = self.begin(family, key, [End::of(refused.description, NONE), End { descriptions: Vec::new(), ledger: NONE }]);
            conversation.life = None;
            conversation.path = path;
            let enter = (refused.enter != NONE).then_some(refused.enter);
            conversation.connect = Some(Connect { enter, exit: refused.exit, result: refused.result });
            conversation.start = Some(enter.unwrap_or(refused.exit));
            conversation.first = enter.unwrap_or(refused.exit);
            conversation.last = refused.exit;
            conversation.end = Some(refused.exit);
            self.found.push(conversation);
        }
    }

    /// Completes a conversation of its ends and keeps it.
    #[inline]
    fn add(&mut self, mut conversation: Conversation) {
        let descriptions = self.state.descriptions();
        let datagrams = matches!(conversation.family, Family::UnixDatagram | Family::Udp);
        let sums: [Option<Ledger>; 2] = [self.sum(&conversation.ends[0]), self.sum(&conversation.ends[1])];
        for (side, end) in conversation.ends.iter().enumerate() {
            let closing = if end.is_known() { self.closing(end) } else { None };
            conversation.closings[side] = closing;
            // A datagram socket has a conversation with each remote end; the one of the last call is meant.
            let current = end.descriptions.first().map(|description| self.ledgers.current.get(descriptions.end_of(*description) as usize).copied().unwrap_or(NONE));
            if !datagrams || current == Some(end.ledger) {
                conversation.open_calls[side] = end.descriptions.iter().filter_map(|description| self.pending.get(description)).flatten().copied().filter(|row| self.index.is_shown(*row)).collect();
            }
            if let Some(sum) = &sums[side] {
                conversation.looks = if conversation.looks == 0 { sum.looks } else { conversation.looks };
                conversation.first = conversation.first.min(sum.first);
                if sum.last != NONE {
                    conversation.last = conversation.last.max(sum.last);
                }
            }
        }
        for side in 0..2 {
            let other = 1 - side;
            let (writer, reader) = (&conversation.ends[side], &conversation.ends[other]);
            let direction = &mut conversation.directions[side];
            let writes = writer.is_known().then(|| sums[side].map_or_else(Sum::default, |sum| sum.wrote));
            let mut reads = reader.is_known().then(|| sums[other].map_or_else(Sum::default, |sum| sum.read));
            if conversation.family == Family::UnixDatagram {
                reads = if side == 0 { reader.is_known().then(|| sums[0].map_or_else(Sum::default, |sum| sum.taken)) } else { None };
            }
            if let (Some(writes), Some(reads), Some(sum)) = (writes, &mut reads, sums[other])
                && reads.bytes > writes.bytes
                && sum.peeked >= reads.bytes - writes.bytes
                && conversation.start.is_some()
            {
                let twice = reads.bytes - writes.bytes;
                reads.bytes = writes.bytes;
                conversation.inferred.push(format!("{twice} bytes were looked at before they were read (MSG_PEEK)"));
            }
            direction.writes = writes;
            direction.reads = reads;
            let Some((writes, reads)) = writes.zip(reads) else { continue };
            let late = sums[side].map_or(0, |sum| sum.late);
            direction.never_delivered = if conversation.family == Family::Tcp { late } else { 0 };
            let left = writes.bytes.saturating_sub(reads.bytes).saturating_sub(direction.never_delivered);
            if conversation.start.is_none() && !datagrams && reads.bytes > writes.bytes {
                continue; // bytes from before the capture
            }
            let closed = conversation.closings[other].is_some();
            *(if closed { &mut direction.unread } else { &mut direction.in_flight }) = Some(left);
        }
        self.find_unseen(&mut conversation);
        if conversation.start.is_some() && conversation.ends.iter().any(|end| !end.is_known()) {
            conversation.inferred.push("one end alone is in the capture".to_owned());
        }
        let known: Vec<Option<Row>> = conversation.ends.iter().zip(&conversation.closings).filter(|(end, _)| end.is_known()).map(|(_, closing)| closing.map(|closing| closing.exit)).collect();
        conversation.end = match known.as_slice() {
            // The socket of a server of datagrams outlives its clients.
            [client, ..] if datagrams => *client,
            known if known.iter().all(Option::is_some) => known.iter().flatten().max().copied(),
            _ => None,
        };
        if let Some(start) = conversation.start {
            conversation.first = conversation.first.min(start);
        }
        for side in 0..2 {
            let failures = self.failures(&conversation, side);
            conversation.failures.extend(failures);
        }
        by_number(&mut conversation.failures, |failure| failure.exit.into());
        self.found.push(conversation);
    }

    /// Says where calls that the recorder tells too little of may have moved more than the sums have.
    #[inline]
    fn find_unseen(&self, conversation: &mut Conversation) {
        let descriptions = self.state.descriptions();
        let kind = if matches!(conversation.family, Family::Pipe | Family::Fifo) { Blind::Pipes } else { Blind::Sockets };
        let (from, to) = (conversation.first.min(conversation.start.unwrap_or(NONE)), conversation.last);
        for side in 0..2 {
            let holders = conversation.ends[side].descriptions.iter().flat_map(|description| descriptions.holders(*description));
            let call = holders.into_iter().find_map(|holder| self.ledgers.blind_call(holder.table, kind, from.max(holder.from), to.min(holder.to)));
            let written = conversation.directions[side];
            let more = conversation.start.is_some() && written.writes.zip(written.reads).is_some_and(|(writes, reads)| reads.bytes > writes.bytes);
            match call {
                Some(call) => {
                    conversation.directions[0].at_least = true;
                    conversation.directions[1].at_least = true;
                    conversation.inferred.push(format!("the sums of end {side} are at least this: its process called {call}, of which no descriptor was recorded"));
                }
                None if more => {
                    conversation.directions[side].at_least = true;
                    conversation.inferred.push(format!("end {side} wrote at least this: more was read than its recorded calls wrote"));
                }
                None => {}
            }
        }
    }

    /// Sums of all descriptions of an end.
    #[inline]
    fn sum(&self, end: &End) -> Option<Ledger> {
        let mut sum = *self.ledger(end.ledger)?;
        let own = sum.end;
        for description in &end.descriptions {
            let number = self.ledger_number(*description);
            if let Some(other) = self.ledger(number)
                && other.end != own
            {
                sum.wrote = plus(sum.wrote, other.wrote);
                sum.read = plus(sum.read, other.read);
                sum.first = sum.first.min(other.first);
                sum.last = if sum.last == NONE { other.last } else { sum.last.max(if other.last == NONE { 0 } else { other.last }) };
                sum.looks = if sum.looks == 0 { other.looks } else { sum.looks };
            }
        }
        Some(sum)
    }

    /// The close of the last holder.
    #[inline]
    fn closing(&self, end: &End) -> Option<Closing> {
        let descriptions = self.state.descriptions();
        let mut last: Option<Holder> = None;
        for description in &end.descriptions {
            for holder in descriptions.holders(*description) {
                if holder.to == NONE {
                    return None;
                }
                if last.is_none_or(|known| holder.to >= known.to) {
                    last = Some(holder);
                }
            }
        }
        let holder = last?;
        let before = holder.to.checked_sub(1);
        let (how, exit) = match holder.how {
            Ended::Close => (How::Close, before.filter(|row| self.kind_at(*row).is_some_and(|kind| matches!(kind, 5 | 451)))),
            Ended::Exit => (How::Exit, before.filter(|row| self.kind_at(*row).is_some_and(|kind| matches!(kind, 16 | 186)))),
            Ended::Exec => (How::Exec, Some(holder.to)),
            Ended::Replaced => (How::Replaced, Some(holder.to)),
            Ended::Unseen | Ended::No => (How::Unseen, Some(holder.to)),
        };
        let exit = exit.unwrap_or(holder.to);
        let pid = self.pid_of(descriptions.owner(holder.table), exit);
        let enter = if how == How::Exit { None } else { self.partner(exit) };
        Some(Closing { thread: holder.by, pid, fd: holder.fd, enter, exit, how })
    }

    #[inline]
    fn pid_of(&self, thread: ThreadIndex, row: Row) -> i64 {
        if thread == NONE {
            return -1;
        }
        let threads = self.state.threads();
        let version = threads.version(threads.version_at(thread, row));
        if version.pid == -1 { threads.get(thread).tid } else { version.pid }
    }

    #[inline]
    fn failures(&self, conversation: &Conversation, side: usize) -> Vec<Failure> {
        let end = &conversation.ends[side];
        let mut found = Vec::new();
        let mut seen = Vec::new();
        let numbers = std::iter::once(end.ledger).chain(end.descriptions.iter().map(|description| self.ledger_number(*description)));
        let datagrams = matches!(conversation.family, Family::UnixDatagram | Family::Udp);
        for number in numbers {
            if seen.contains(&number) || (datagrams && number != end.ledger) {
                continue;
            }
            seen.push(number);
            let Some(ledger) = self.ledger(number) else { continue };
            for failed in self.ledgers.failures_of(ledger) {
                found.push(self.failure(conversation, side, &failed));
            }
        }
        found
    }

    #[inline]
    fn failure(&self, conversation: &Conversation, side: usize, failed: &Failed) -> Failure {
        const EPIPE: i64 = -32;
        const ECONNRESET: i64 = -104;
        let enter = (failed.enter != NONE).then_some(failed.enter);
        let mut failure = Failure { side, kind: failed.kind, enter, exit: failed.exit, result: failed.result, cause: Vec::new(), delta: None, is_shutdown: false };
        if !matches!(failed.result, EPIPE | ECONNRESET) {
            return failure;
        }
        let other = 1 - side;
        let shut = |side: usize, half: usize| self.sum(&conversation.ends[side]).map_or(NONE, |sum| sum.shut[half]);
        let before = |row: Row| row != NONE && row < failed.exit;
        let closing = conversation.closings[other].filter(|closing| closing.enter.unwrap_or(closing.exit) < failed.exit);
        let own_shutdown = shut(side, 1);
        let cause = if failed.result == EPIPE && before(own_shutdown) && closing.is_none_or(|closing| own_shutdown < closing.exit) {
            failure.is_shutdown = true;
            Some((self.partner(own_shutdown), own_shutdown))
        } else if let Some(closing) = closing {
            Some((closing.enter, closing.exit))
        } else if before(shut(other, 0)) {
            failure.is_shutdown = true;
            Some((self.partner(shut(other, 0)), shut(other, 0)))
        } else {
            None
        };
        if let Some((enter, exit)) = cause {
            failure.cause.extend(enter);
            failure.cause.push(exit);
            let began = self.ts(failure.enter.unwrap_or(failure.exit));
            failure.delta = began.zip(self.ts(exit)).map(|(began, closed)| began.wrapping_sub(closed).cast_signed());
        }
        failure
    }

    /// Unix sockets that are older than the capture and whose lists had no addresses: equal bytes both ways pair them.
    #[inline]
    fn infer_peers(&mut self) {
        let totals = |conversation: &Conversation| -> Option<(u64, u64)> {
            if conversation.family != Family::UnixStream || conversation.start.is_some() || conversation.life.is_none() {
                return None;
            }
            let known = match (conversation.ends[0].is_known(), conversation.ends[1].is_known()) {
                (true, false) => 0,
                (false, true) => 1,
                _ => return None,
            };
            let sum = self.sum(&conversation.ends[known])?;
            Some((sum.wrote.bytes, sum.read.bytes))
        };
        let candidates: Vec<(usize, u64, u64)> = self.found.iter().enumerate().filter_map(|(at, conversation)| totals(conversation).map(|(wrote, read)| (at, wrote, read))).filter(|(_, wrote, read)| wrote.saturating_add(*read) >= 8).collect();
        let mut merged: Vec<(usize, usize, u64)> = Vec::new();
        for (at, wrote, read) in &candidates {
            let mut others = candidates.iter().filter(|(other, theirs_wrote, theirs_read)| other != at && theirs_wrote == read && theirs_read == wrote);
            if let (Some((other, ..)), None) = (others.next(), others.next())
                && at < other
                && candidates.iter().filter(|(_, w, r)| (w, r) == (wrote, read)).count() == 1
            {
                merged.push((*at, *other, wrote.saturating_add(*read)));
            }
        }
        let mut gone = Vec::new();
        for (one, other, bytes) in merged {
            let take = |conversation: &Conversation| conversation.ends.iter().find(|end| end.is_known()).cloned().unwrap_or_default();
            let (first, second) = (self.found[one].clone(), self.found[other].clone());
            // Who has the path is the server.
            let (client, server) = if !first.path.is_empty() && second.path.is_empty() { (&second, &first) } else { (&first, &second) };
            let key = match (client.key.strip_prefix("unix:inode-"), server.key.strip_prefix("unix:inode-")) {
                (Some(one), Some(other)) => {
                    let (low, high) = if (one.len(), one) < (other.len(), other) { (one, other) } else { (other, one) };
                    format!("unix:inode-{low}-{high}")
                }
                (Some(_), None) => server.key.clone(),
                _ => client.key.clone(),
            };
            let mut conversation = self.begin(Family::UnixStream, key, [take(client), take(server)]);
            conversation.path = if server.path.is_empty() { client.path.clone() } else { server.path.clone() };
            conversation.inferred.push("older than the capture".to_owned());
            conversation.inferred.push(format!("peer inferred from {bytes} equal bytes"));
            gone.extend([one, other]);
            self.add(conversation);
        }
        let mut at = 0;
        self.found.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }

    /// Sorts and numbers the lives.
    #[inline]
    fn finish(&mut self) {
        let start = |conversation: &Conversation| conversation.start.map_or(0, |start| start.saturating_add(1));
        by_number(&mut self.found, |conversation| pair(start(conversation), u64::from(conversation.first) << 32 | u64::from(conversation.last)));
        let mut lives: HashMap<String, u32> = HashMap::new();
        for conversation in &mut self.found {
            if conversation.life.is_some() {
                let life = lives.entry(conversation.key.clone()).or_insert(0);
                *life += 1;
                conversation.life = Some(*life);
            }
        }
    }
}

fn plus(one: Sum, other: Sum) -> Sum {
    Sum { calls: one.calls + other.calls, failed: one.failed + other.failed, retried: one.retried + other.retried, empty: one.empty + other.empty, bytes: one.bytes.saturating_add(other.bytes) }
}

impl Ledgers {
    /// Who held an end of a conversation, one entry for each process, in order of beginning.
    #[inline]
    pub fn holders(&self, conversation: &Conversation, side: usize, state: &State) -> Vec<Holding> {
        let descriptions = state.descriptions();
        let threads = state.threads();
        let Some(end) = conversation.ends.get(side) else { return Vec::new() };
        let mut io: Vec<u32> = Vec::new();
        let of_end = |description: &DescriptionIndex| {
            let number = descriptions.end_of(*description) as usize;
            self.current.get(number).copied().unwrap_or(NONE)
        };
        for number in std::iter::once(end.ledger).chain(end.descriptions.iter().map(of_end)) {
            if let Some(ledger) = self.all.get(number as usize) {
                io.extend(self.tables_of(ledger));
            }
        }
        let mut found: Vec<Holding> = Vec::new();
        for description in &end.descriptions {
            for holder in descriptions.holders(*description) {
                let owner = descriptions.owner(holder.table);
                let last = if holder.to == NONE { Row::MAX } else { holder.to.saturating_sub(1) };
                let (pid, comm) = if owner == NONE {
                    (-1, b"<NA>".to_vec())
                } else {
                    let version = threads.version(threads.version_at(owner, last));
                    let pid = if version.pid == -1 { threads.get(owner).tid } else { version.pid };
                    (pid, state.text(version.comm).to_vec())
                };
                let did = io.contains(&holder.table);
                let to = (holder.to != NONE).then_some(holder.to);
                let how = match holder.how {
                    Ended::No => "",
                    Ended::Close => "close",
                    Ended::Exit => "exit",
                    Ended::Exec => "exec",
                    Ended::Replaced => "replaced",
                    Ended::Unseen => "unseen",
                };
                match found.iter_mut().find(|known| known.pid == pid) {
                    Some(known) => {
                        if !known.fds.contains(&holder.fd) {
                            known.fds.push(holder.fd);
                        }
                        known.io |= did;
                        known.from = known.from.min(holder.from);
                        if known.to.is_some_and(|known| to.is_none_or(|to| to >= known)) {
                            known.to = to;
                            known.how = how;
                            known.comm = comm;
                        }
                    }
                    None => found.push(Holding { pid, comm, fds: vec![holder.fd], io: did, from: holder.from, to, how }),
                }
            }
        }
        by_number(&mut found, |holding| holding.from.into());
        found
    }

    /// Process that stands for an end, with its name: the first that made a data call, else the first that held it.
    #[inline]
    pub fn leader(&self, conversation: &Conversation, side: usize, state: &State) -> Option<(i64, Text)> {
        let descriptions = state.descriptions();
        let threads = state.threads();
        let end = conversation.ends.get(side)?;
        let mut io: Vec<u32> = Vec::new();
        let of_end = |description: &DescriptionIndex| self.current.get(descriptions.end_of(*description) as usize).copied().unwrap_or(NONE);
        for number in std::iter::once(end.ledger).chain(end.descriptions.iter().map(of_end)) {
            if let Some(ledger) = self.all.get(number as usize) {
                io.extend(self.tables_of(ledger));
            }
        }
        let mut holders: Vec<Holder> = end.descriptions.iter().flat_map(|description| descriptions.holders(*description)).collect();
        by_number(&mut holders, |holder| holder.from.into());
        let chosen = holders.iter().find(|holder| io.contains(&holder.table)).or_else(|| holders.first())?;
        let owner = descriptions.owner(chosen.table);
        if owner == NONE {
            return Some((-1, Text::NA));
        }
        let to = holders.iter().filter(|holder| holder.table == chosen.table).map(|holder| holder.to).max().unwrap_or(NONE);
        let version = threads.version(threads.version_at(owner, if to == NONE { Row::MAX } else { to.saturating_sub(1) }));
        Some((if version.pid == -1 { threads.get(owner).tid } else { version.pid }, version.comm))
    }

    /// Whether an event on a datagram socket belongs to this conversation: its peer was that of the conversation then.
    pub fn is_of(&self, conversation: &Conversation, side: usize, record: &crate::Record, state: &State) -> bool {
        let descriptions = state.descriptions();
        let Some(end) = conversation.ends.get(side) else { return false };
        if !end.descriptions.contains(&record.description) {
            return true; // the other fd of a call with two
        }
        let row = if record.is_exit() { record.row } else { record.partner.unwrap_or(record.row) };
        let at = descriptions.at(record.description, row);
        let Some(ledger) = self.all.get(end.ledger as usize) else {
            return conversation.family == Family::UnixDatagram;
        };
        if ledger.sock == NONE {
            return true;
        }
        if at.kind == FdKind::Unix {
            return ledger.name == at.name;
        }
        let six = at.kind.is_six();
        let (mine, theirs) = (descriptions.sock(ledger.sock), descriptions.sock(at.sock));
        let ends = |sock: &Sock| ((sock.source(six), sock.sport(six)), (sock.dest(six), sock.dport(six)));
        let ((a, b), (c, d)) = (ends(&mine), ends(&theirs));
        (a, b) == (c, d) || (a, b) == (d, c) || !at.kind.is_inet() || theirs.dport(six) == 0 || theirs.sport(six) == 0
    }

    /// Row of the last call of an end that read.
    pub fn last_read(&self, conversation: &Conversation, side: usize) -> Option<Row> {
        let ledger = self.all.get(conversation.ends.get(side)?.ledger as usize)?;
        (ledger.last_read != NONE).then_some(ledger.last_read)
    }

    /// Rows of calls with two fds whose other fd is one of these.
    pub fn second_rows(&self, descriptions: &[DescriptionIndex]) -> Vec<Row> {
        self.second.iter().filter(|(description, _)| descriptions.contains(description)).map(|(_, row)| *row).collect()
    }
}

/// Name of the call that an exit of this type ends.
pub fn call_name(kind: u16) -> &'static str {
    table::event(kind).map_or("unknown", |info| info.name)
}
