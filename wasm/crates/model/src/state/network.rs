//! Sockets: addresses, roles, names, and which two ends belong together.

use super::calls::{Exit, O_CLOEXEC};
use super::descriptions::{Attributes, Descriptions, FdKind, Role, Transport};
use super::socket::{self, Address, L4_ICMP, L4_RAW, L4_TCP, L4_UDP, L4_UNKNOWN, Sock, Tuple};
use super::strings::Text;
use super::{DescriptionIndex, NONE, Row, State, Subject, ThreadIndex};
use crate::quirk::Quirk;
use crate::table::Release;
use crate::text::LOG_SOCKET;
use hashbrown::HashSet;
use scap::Event;

const EINPROGRESS: i64 = -115;
const UNSPECIFIED: [u8; 16] = [0; 16];

/// What the two ends of a stream have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Kernel addresses, lower one first.
    Unix(u64, u64),
    /// Client and server as both ends print them.
    Inet { six: bool, client: [u8; 16], cport: u16, server: [u8; 16], sport: u16 },
}

/// The ends that have shown up under a key, in the current life.
#[derive(Clone, Copy, Default)]
pub(super) struct Meeting {
    client: Option<DescriptionIndex>,
    server: Option<DescriptionIndex>,
}

impl State {
    // --- the initial list ----------------------------------------------------------------------------------------

    /// Gives initial sockets their roles and names: only now all listening ports are known.
    pub(super) fn settle_initial_sockets(&mut self, row: Row) {
        let initial = std::mem::take(&mut self.listed);
        let mut ports: HashSet<(bool, u16)> = HashSet::new();
        for description in &initial {
            let now = self.descriptions.get(*description).now;
            if now.kind.is_server() {
                let six = now.kind.is_six();
                ports.insert((six, self.descriptions.sock(now.sock).bound_port(six)));
            }
        }
        let four_only = self.quirks.has(Quirk::InitialIpv6HasNoRole);
        let as_listed = self.release == Release::V0_29_3 && self.quirks.has(Quirk::InitialAddressesAsListed);
        for index in initial {
            let now = self.descriptions.get(index).now;
            let six = now.kind.is_six();
            let mut sock = self.descriptions.sock(now.sock);
            let mut after = now;
            match now.kind {
                FdKind::Ipv4 | FdKind::Ipv6 => {
                    if !as_listed {
                        self.fill_unset(six, &mut sock);
                    }
                    if !(six && four_only) {
                        let listens = ports.contains(&(false, sock.sport(six))) || (!four_only && ports.contains(&(true, sock.sport(six))));
                        if listens {
                            sock.swap(six);
                        }
                        after.role = if listens { Role::Server } else { Role::Client };
                        after.connected = sock.l4(six) == L4_TCP;
                    }
                    after.name = if as_listed {
                        self.scratch.clear();
                        write_connection(&mut self.scratch, six, &sock);
                        self.strings.keep(&self.scratch)
                    } else {
                        self.name_of_connection(six, &sock)
                    };
                }
                FdKind::Ipv4Server | FdKind::Ipv6Server => {
                    if !self.quirks.has(Quirk::InitialServersHaveNoRole) {
                        after.role = Role::Server;
                    }
                    self.scratch.clear();
                    socket::write_endpoint(&mut self.scratch, six, &sock.bound_address(six), sock.bound_port(six));
                    after.name = self.strings.keep(&self.scratch);
                }
                FdKind::Unix => after.role = if now.name == Text::EMPTY { Role::Client } else { Role::Server },
                _ => continue,
            }
            self.descriptions.change(index, row, after, Some(sock));
            self.meet(index, after.role);
        }
    }

    // --- names ---------------------------------------------------------------------------------------------------

    /// Name of a connection.
    fn name_of_connection(&mut self, six: bool, sock: &Sock) -> Text {
        self.scratch.clear();
        let out = &mut self.scratch;
        match sock.l4(six) {
            L4_ICMP | L4_RAW if !six => {
                socket::write_ip(out, six, &sock.source(six));
                out.extend_from_slice(b"->");
                socket::write_ip(out, six, &sock.dest(six));
            }
            L4_TCP | L4_UDP => write_connection(out, six, sock),
            _ if !six && self.quirks.has(Quirk::UnknownProtocolHasNoName) => return Text::UNKNOWN,
            _ => write_connection(out, six, sock),
        }
        self.strings.keep(&self.scratch)
    }

    fn name_of_tuple(&mut self, tuple: &Tuple<'_>) -> Text {
        self.scratch.clear();
        match *tuple {
            Tuple::Unix { source, dest, path } => socket::write_unix(&mut self.scratch, source, dest, path),
            Tuple::Inet { six, sip, sport, dip, dport } => {
                socket::write_endpoint(&mut self.scratch, six, &sip, sport);
                self.scratch.extend_from_slice(b"->");
                socket::write_endpoint(&mut self.scratch, six, &dip, dport);
            }
        }
        self.strings.keep(&self.scratch)
    }

    /// Whether sysdig takes what gets this name now for the system log's.
    pub(super) fn is_log(&self, name: Text) -> bool {
        self.release == Release::V0_29_3
            && self.quirks.has(Quirk::LogIsMarkedOnce)
            && self.strings.get(name).windows(LOG_SOCKET.len()).any(|part| part == LOG_SOCKET)
    }

    /// A description that may be changed for one number: with sysdig's copies, the other holders keep what they had.
    fn own(&mut self, thread: ThreadIndex, subject: Subject, row: Row) -> DescriptionIndex {
        if !self.quirks.has(Quirk::EachNumberHasItsOwnCopy) || !self.descriptions.is_shared(subject.description) {
            return subject.description;
        }
        let table = self.threads.now(thread).table;
        let known = *self.descriptions.get(subject.description);
        let sock = (known.now.sock != NONE).then(|| self.descriptions.sock(known.now.sock));
        let copy = self.descriptions.open(known.now.kind, known.now.name, sock, self.descriptions.ino(subject.description), row);
        let now = Attributes { role: known.now.role, connected: known.now.connected, is_log: known.now.is_log, ..self.descriptions.get(copy).now };
        self.descriptions.change(copy, row, now, None);
        let cloexec = self.descriptions.slot(table, subject.fd).is_some_and(|slot| slot.cloexec);
        self.descriptions.put(table, subject.fd, copy, row, cloexec);
        copy
    }

    /// An address of the family that it belongs to: IPv4 ones come mapped into IPv6.
    fn unmapped<'a>(&self, address: Address<'a>) -> Address<'a> {
        match address {
            Address::Inet { six: true, ip: UNSPECIFIED, .. } if !self.quirks.has(Quirk::AnyAddressIsMapped) => address,
            _ => address.unmapped(),
        }
    }

    // --- calls ---------------------------------------------------------------------------------------------------

    pub(super) fn bound(&mut self, call: &Exit<'_, '_>, subject: Subject) {
        if subject.description == NONE {
            return;
        }
        let Some(address) = call.event.params.get(1).and_then(Address::read) else { return };
        let index = self.own(call.thread, subject, call.row);
        let now = self.descriptions.get(index).now;
        let mut after = now;
        let mut sock = self.descriptions.sock(now.sock);
        self.scratch.clear();
        match address {
            Address::Unix(path) => self.scratch.extend_from_slice(path),
            Address::Inet { six, ip, port } => {
                socket::write_endpoint(&mut self.scratch, six, &ip, port);
                if port > 0
                    && let Address::Inet { six, ip, port } = self.unmapped(address)
                {
                    let l4 = if now.kind.is_server() { sock.bound_l4(now.kind.is_six()) } else { sock.l4(now.kind.is_six()) };
                    sock.set_bound(six, ip, port, l4);
                    after.kind = if six { FdKind::Ipv6Server } else { FdKind::Ipv4Server };
                    after.role = Role::Server;
                }
            }
        }
        after.name = self.strings.keep(&self.scratch);
        self.descriptions.change(index, call.row, after, Some(sock));
    }

    /// connect's enter already names where to, whatever comes of it.
    #[inline(never)]
    pub(super) fn connect_enter(&mut self, row: Row, event: &Event<'_>, thread: ThreadIndex, subject: Subject) {
        if subject.description == NONE || self.release == Release::Libs0_25_4 {
            return;
        }
        let Some(address) = event.params.get(1).and_then(Address::read) else { return };
        let index = self.own(thread, subject, row);
        let mut after = self.descriptions.get(index).now;
        let mut sock = self.descriptions.sock(after.sock);
        match self.unmapped(address) {
            Address::Unix(path) => {
                after.name = self.strings.keep(path);
                if self.quirks.has(Quirk::FamiliesShareMemory) {
                    // It takes the path for the addresses of a tuple.
                    let word = |at: usize| path.iter().skip(at).take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
                    sock.set_unix(word(0), word(8));
                }
            }
            Address::Inet { six, ip, port } => {
                self.become_connection(&mut after, &mut sock, six);
                sock.set_dest(six, ip, port);
            }
        }
        self.descriptions.change(index, row, after, Some(sock));
        if index != subject.description {
            self.threads.live_mut(thread).enter.description = index;
        }
    }

    /// Makes it a connection of a family. sysdig reads the bytes of the old family as if they were of the new one.
    fn become_connection(&mut self, after: &mut Attributes, sock: &mut Sock, six: bool) {
        let kind = if six { FdKind::Ipv6 } else { FdKind::Ipv4 };
        if after.kind == kind {
            return;
        }
        if !self.quirks.has(Quirk::FamiliesShareMemory) {
            let (was_six, l4) = (after.kind.is_six(), if after.kind.is_server() { sock.bound_l4(after.kind.is_six()) } else { sock.l4(after.kind.is_six()) });
            let (source, sport) = if after.kind.is_server() {
                (sock.bound_address(was_six), sock.bound_port(was_six))
            } else {
                (sock.source(was_six), sock.sport(was_six))
            };
            let mut clean = Sock::default();
            clean.set_l4(six, l4);
            if was_six == six {
                clean.set_source(six, source, sport);
            }
            *sock = clean;
        }
        after.kind = kind;
    }

    pub(super) fn connected(&mut self, call: &Exit<'_, '_>, subject: Subject) -> Subject {
        if (call.result < 0 && call.result != EINPROGRESS) || subject.description == NONE {
            return subject;
        }
        let Some(tuple) = call.event.params.get(1).and_then(Tuple::read) else { return subject };
        let index = self.own(call.thread, subject, call.row);
        let mut after = self.descriptions.get(index).now;
        let mut sock = self.descriptions.sock(after.sock);
        match tuple.unmapped() {
            Tuple::Unix { source, dest, .. } => {
                sock.set_unix(source, dest);
                if !self.quirks.has(Quirk::FamiliesShareMemory) {
                    after.kind = FdKind::Unix;
                }
                after.name = self.name_of_tuple(&tuple);
            }
            Tuple::Inet { six, sip, sport, dip, dport } => {
                self.become_connection(&mut after, &mut sock, six);
                sock.set_source(six, sip, sport);
                let keeps = self.quirks.has(Quirk::DestinationStays) && self.release != Release::Libs0_25_4;
                if !keeps || sock.dest(six) == UNSPECIFIED {
                    sock.set_dest_address(six, dip);
                }
                if !keeps || sock.dport(six) == 0 {
                    sock.set_dport(six, dport);
                }
                if sock.l4(six) == L4_UDP && after.role == Role::Server {
                    sock.swap(six);
                }
                after.name = self.name_of_connection(six, &sock);
            }
        }
        if after.role == Role::None {
            after.role = Role::Client;
        }
        after.connected = true;
        // To be connected elsewhere takes the mark of the system log from none.
        after.is_log |= self.is_log(after.name);
        self.descriptions.change(index, call.row, after, Some(sock));
        self.meet(index, Role::Client);
        Subject { fd: subject.fd, description: index }
    }

    #[inline(never)]
    pub(super) fn accepted(&mut self, call: &Exit<'_, '_>) -> Subject {
        if call.result < 0 {
            return Subject::NONE;
        }
        // The recorder writes its own bits, as for files.
        let flags = call.event.params.uint(5);
        let cloexec = flags.is_some_and(|flags| flags & u64::from(O_CLOEXEC) != 0);
        let Some(tuple) = call.event.params.get(1).and_then(Tuple::read) else {
            if self.quirks.has(Quirk::AcceptWithoutTupleUnseen) {
                return Subject { fd: call.result, description: NONE };
            }
            let description = self.descriptions.open(FdKind::Unknown, Text::EMPTY, None, 0, call.row);
            return self.point(call, call.result, description, cloexec);
        };
        let mut sock = Sock::default();
        let kind = match tuple.unmapped() {
            Tuple::Unix { source, dest, .. } => {
                sock.set_unix(source, dest);
                FdKind::Unix
            }
            Tuple::Inet { six, sip, sport, dip, dport } => {
                sock.set_source(six, sip, sport);
                sock.set_dest(six, dip, dport);
                sock.set_l4(six, L4_TCP);
                if six { FdKind::Ipv6 } else { FdKind::Ipv4 }
            }
        };
        let name = self.name_of_tuple(&tuple.unmapped());
        let index = self.descriptions.open(kind, name, Some(sock), 0, call.row);
        let now = Attributes { role: Role::Server, connected: true, ..self.descriptions.get(index).now };
        self.descriptions.change(index, call.row, now, None);
        self.descriptions.set_transport(index, Transport::Stream);
        let subject = self.point(call, call.result, index, cloexec);
        if matches!(call.event.kind, 57 | 249 | 389) && flags.is_none() {
            // accept4, whose flags were not recorded.
            let table = self.threads.now(call.thread).table;
            self.descriptions.doubt_cloexec(table, call.result);
        }
        self.meet(index, Role::Server);
        subject
    }

    /// A datagram goes out through a number that nothing is known of: it is a socket, then.
    #[inline(never)]
    pub(super) fn send_enter(&mut self, row: Row, event: &Event<'_>, thread: ThreadIndex, subject: Subject) -> Subject {
        if self.release == Release::Libs0_25_4 {
            return subject;
        }
        let Some(tuple) = event.params.get(2).and_then(Tuple::read) else { return subject };
        let by_sendto_alone = self.quirks.has(Quirk::SendersStayUnknown);
        let mut sock = Sock::default();
        let kind = match tuple.unmapped() {
            _ if by_sendto_alone && event.kind != 30 => return subject,
            Tuple::Unix { .. } if by_sendto_alone => return subject,
            Tuple::Unix { .. } => FdKind::Unix,
            Tuple::Inet { six, .. } => {
                if self.quirks.has(Quirk::UnknownSenderIsUdp) {
                    sock.set_l4(six, L4_UDP);
                }
                if six { FdKind::Ipv6 } else { FdKind::Ipv4 }
            }
        };
        let description = self.descriptions.open(kind, Text::EMPTY, Some(sock), 0, row);
        let table = self.threads.now(thread).table;
        self.descriptions.put(table, subject.fd, description, row, false);
        self.threads.live_mut(thread).enter.description = description;
        Subject { fd: subject.fd, description }
    }

    /// Send and receive: datagrams tell the peer with each call.
    pub(super) fn moved(&mut self, call: &Exit<'_, '_>, subject: Subject) -> Subject {
        if call.result < 0 {
            return subject;
        }
        let subject = if subject.description == NONE && call.enter.is_none() && !self.quirks.has(Quirk::EnterMustBeLast) { self.receiver(call) } else { subject };
        if subject.description == NONE {
            return subject;
        }
        let before = self.descriptions.get(subject.description).now;
        if matches!(before.kind, FdKind::Ipv4 | FdKind::Ipv6) && !before.connected && self.quirks.has(Quirk::DatagramsConnect) {
            self.descriptions.change(subject.description, call.row, Attributes { connected: true, ..before }, None);
        }
        let params = &call.event.params;
        let incoming = matches!(call.event.kind, 33 | 35 | 53 | 55);
        let kept = &call.kept;
        let tuple = match call.event.kind {
            31 | 49 => kept.get(2).filter(|bytes| !bytes.is_empty()).or_else(|| params.get(4)),
            35 => params.get(2),
            53 => params.get(3),
            _ => params.get(4),
        };
        let Some(tuple) = tuple.and_then(Tuple::read) else { return subject };
        let now = self.descriptions.get(subject.description).now;
        let sock = self.descriptions.sock(now.sock);
        let is_tcp = now.kind.is_inet() && !now.kind.is_server() && now.role != Role::None && sock.l4(now.kind.is_six()) == L4_TCP;
        if now.name != Text::EMPTY && is_tcp {
            return subject;
        }
        let index = self.own(call.thread, subject, call.row);
        let (mut after, mut sock) = (now, sock);
        match tuple.unmapped() {
            Tuple::Unix { source, dest, .. } => {
                if !incoming && source == 0 && self.descriptions.transport(index) == Transport::Unknown {
                    // Only datagrams are sent to where no connection is.
                    self.descriptions.set_transport(index, Transport::Datagram);
                }
                sock.set_unix(source, dest);
                after.kind = FdKind::Unix;
                after.name = self.name_of_tuple(&tuple);
            }
            Tuple::Inet { six: true, sip, sport, dip, dport } if self.quirks.has(Quirk::Ipv6LeavesTheKind) => {
                let kind_six = after.kind.is_six();
                let keeps_name = !after.kind.is_inet() || after.kind.is_server();
                let same_source = (sock.source(true), sock.sport(true)) == (sip, sport);
                let same = same_ends(true, &sock, (sip, sport), (dip, dport));
                if kind_six && (same || (keeps_name && same_source)) {
                    return Subject { fd: subject.fd, description: index };
                }
                sock.set_source(true, sip, sport);
                if sock.dest(true) == UNSPECIFIED {
                    sock.set_dest_address(true, dip);
                }
                if sock.dport(true) == 0 {
                    sock.set_dport(true, dport);
                }
                if keeps_name {
                    after.name = self.name_of_tuple(&tuple);
                } else {
                    self.settle_datagram(call.thread, &mut after, &mut sock, incoming);
                }
            }
            Tuple::Inet { six, sip, sport, dip, dport } => {
                let was_bound = after.kind.is_server();
                if was_bound && self.quirks.has(Quirk::FamiliesShareMemory) {
                    // The bound address, port and protocol stay where the connection has its addresses.
                    let l4 = sock.bound_l4(after.kind.is_six());
                    after.kind = if six { FdKind::Ipv6 } else { FdKind::Ipv4 };
                    sock.set_l4(six, l4);
                } else {
                    let same = !was_bound && after.kind.is_six() == six && same_ends(six, &sock, (sip, sport), (dip, dport));
                    if same && after.name != Text::EMPTY {
                        return Subject { fd: subject.fd, description: index };
                    }
                    self.become_connection(&mut after, &mut sock, six);
                }
                if !was_bound && same_ends(six, &sock, (sip, sport), (dip, dport)) {
                    return Subject { fd: subject.fd, description: index };
                }
                let keeps = self.quirks.has(Quirk::DestinationStays) && self.release == Release::V0_29_3;
                sock.set_source(six, sip, sport);
                if !keeps || sock.dest(six) == UNSPECIFIED {
                    sock.set_dest_address(six, dip);
                }
                if !keeps || sock.dport(six) == 0 {
                    sock.set_dport(six, dport);
                }
                // To be bound does not make a socket a server: one that sends first is a client.
                if was_bound && !self.quirks.has(Quirk::FamiliesShareMemory) {
                    after.role = Role::None;
                }
                self.settle_datagram(call.thread, &mut after, &mut sock, incoming);
            }
        }
        after.is_log = self.is_log(after.name);
        self.descriptions.change(index, call.row, after, Some(sock));
        Subject { fd: subject.fd, description: index }
    }

    /// The socket of a receive that began before the capture: the only one of its process that the printed addresses fit.
    fn receiver(&self, call: &Exit<'_, '_>) -> Subject {
        let tuple = match call.event.kind {
            35 => call.event.params.get(2),
            53 => call.event.params.get(3),
            _ => None,
        };
        let Some(Tuple::Inet { six, sip, sport, dip, dport }) = tuple.and_then(Tuple::read).map(Tuple::unmapped) else { return Subject::NONE };
        let table = self.threads.now(call.thread).table;
        let fits = |description: DescriptionIndex| {
            let now = self.descriptions.get(description).now;
            let sock = self.descriptions.sock(now.sock);
            if now.kind.is_server() {
                sock.bound_port(now.kind.is_six()) == dport && sock.bound_l4(now.kind.is_six()) == L4_UDP
            } else {
                now.kind.is_inet() && now.kind.is_six() == six && same_ends(six, &sock, (sip, sport), (dip, dport))
            }
        };
        let live = self.descriptions.live(table);
        let mut fitting = live.iter().filter(|(_, slot)| fits(slot.description));
        match (fitting.next(), fitting.next()) {
            (Some((fd, slot)), None) => Subject { fd: *fd, description: slot.description },
            _ => Subject::NONE,
        }
    }

    /// Fills what a datagram leaves open: protocol, addresses, role; then names the socket, client first.
    fn settle_datagram(&mut self, thread: ThreadIndex, after: &mut Attributes, sock: &mut Sock, incoming: bool) {
        let six = after.kind.is_six();
        if sock.l4(six) == L4_UNKNOWN && self.quirks.has(Quirk::UnknownSenderIsUdp) {
            sock.set_l4(six, L4_UDP);
        }
        self.fill_unset(six, sock);
        if after.role == Role::None {
            after.role = self.guess_role(thread, six, sock, incoming);
        }
        if (incoming && after.role == Role::Client) || (!incoming && after.role == Role::Server) {
            sock.swap(six);
        }
        after.name = self.name_of_connection(six, sock);
    }

    /// Client or server, for a datagram socket that did neither connect nor bind: who sends first is the client.
    ///
    /// sysdig looks for a socket of the process that has the destination's port, and of IPv4 sockets alone; an IPv4
    /// socket always finds itself, an IPv6 one is asked for two bytes of its source.
    fn guess_role(&self, thread: ThreadIndex, six: bool, sock: &Sock, incoming: bool) -> Role {
        if six && self.quirks.has(Quirk::ReceiversAreClients) {
            let table = self.threads.now(thread).table;
            let has_port = self.descriptions.live(table).into_iter().any(|(_, slot)| {
                let now = self.descriptions.get(slot.description).now;
                let other = self.descriptions.sock(now.sock);
                match now.kind {
                    FdKind::Ipv4 => other.dport(false) == sock.dport(false),
                    FdKind::Ipv4Server => other.bound_port(false) == sock.dport(false),
                    _ => false,
                }
            });
            if !has_port {
                return Role::Client;
            }
        }
        if incoming { Role::Server } else { Role::Client }
    }

    /// Fills an address that the kernel left open from the machine's interfaces.
    fn fill_unset(&self, six: bool, sock: &mut Sock) {
        let (source, dest) = (sock.source(six), sock.dest(six));
        if source == UNSPECIFIED && (dest != UNSPECIFIED || self.quirks.has(Quirk::LoopbackPeerGetsOuterAddress)) {
            if let Some(address) = self.own_address(six, &dest) {
                sock.set_source_address(six, address);
            }
        } else if dest == UNSPECIFIED && source != UNSPECIFIED && let Some(address) = self.own_address(six, &source) {
            sock.set_dest_address(six, address);
        }
    }

    /// Whether an address is one of the machine's own, by the list of its interfaces; 127.x always is.
    pub fn is_local_address(&self, ip: std::net::IpAddr) -> bool {
        let own = |bytes: &[u8]| self.interfaces.iter().any(|interface| interface.addr == bytes);
        match ip {
            std::net::IpAddr::V4(ip) => ip.is_loopback() || own(&ip.octets()),
            std::net::IpAddr::V6(ip) => own(&ip.octets()),
        }
    }

    fn own_address(&self, six: bool, peer: &[u8; 16]) -> Option<[u8; 16]> {
        let width = if six { 16 } else { 4 };
        let of_family = || self.interfaces.iter().filter(|interface| interface.addr.len() == width);
        let wide = |bytes: &[u8]| {
            let mut out = [0; 16];
            for (to, from) in out.iter_mut().zip(bytes) {
                *to = *from;
            }
            out
        };
        let loopback = |address: &[u8; 16]| if six { *address == std::net::Ipv6Addr::LOCALHOST.octets() } else { *address == [127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] };
        if loopback(peer) && !self.quirks.has(Quirk::LoopbackPeerGetsOuterAddress) {
            return Some(*peer);
        }
        let on_subnet = of_family().find(|interface| interface.addr.iter().zip(&interface.mask).zip(peer).all(|((own, mask), peer)| own & mask == peer & mask));
        on_subnet.or_else(|| of_family().find(|interface| !loopback(&wide(&interface.addr)))).map(|interface| wide(&interface.addr))
    }

    // --- both ends -----------------------------------------------------------------------------------------------

    /// An end of a stream is known by its addresses: join it with the other end of the same life, if that is here.
    fn meet(&mut self, index: DescriptionIndex, role: Role) {
        let now = self.descriptions.get(index).now;
        let sock = self.descriptions.sock(now.sock);
        let key = match now.kind {
            FdKind::Unix => {
                let (one, other) = sock.unix();
                if one == 0 || other == 0 {
                    return;
                }
                Key::Unix(one.min(other), one.max(other))
            }
            FdKind::Ipv4 | FdKind::Ipv6 if sock.l4(now.kind.is_six()) == L4_TCP => {
                let six = now.kind.is_six();
                Key::Inet { six, client: sock.source(six), cport: sock.sport(six), server: sock.dest(six), sport: sock.dport(six) }
            }
            _ => return,
        };
        let meeting = self.meetings.entry(key).or_default();
        let mine = if role == Role::Server { &mut meeting.server } else { &mut meeting.client };
        let taken = mine.is_some_and(|known| known != index);
        if taken {
            *meeting = Meeting::default(); // the addresses are used again: another life
        }
        if role == Role::Server {
            meeting.server = Some(index);
        } else {
            meeting.client = Some(index);
        }
        if let Meeting { client: Some(client), server: Some(server) } = *meeting {
            self.descriptions.pair(client, server);
        }
    }
}

/// Whether a descriptor of a later list is the one that was known under its number.
pub(super) fn goes_on(all: &Descriptions, known: DescriptionIndex, kind: FdKind, name: Text, sock: Option<&Sock>) -> bool {
    let now = all.get(known).now;
    let mine = all.sock(now.sock);
    let six = kind.is_six();
    match sock {
        None => now.kind == kind && now.name == name,
        Some(_) if now.kind != kind => false,
        Some(sock) if kind.is_server() => (mine.bound_address(six), mine.bound_port(six)) == (sock.bound_address(six), sock.bound_port(six)),
        Some(sock) if kind.is_inet() => same_ends(six, &mine, (sock.source(six), sock.sport(six)), (sock.dest(six), sock.dport(six))),
        // Classic lists have no addresses of unix sockets.
        Some(sock) => sock.unix() == (0, 0) || mine.unix() == sock.unix() || mine.unix() == (sock.unix().1, sock.unix().0),
    }
}

fn same_ends(six: bool, sock: &Sock, source: ([u8; 16], u16), dest: ([u8; 16], u16)) -> bool {
    let (own_source, own_dest) = ((sock.source(six), sock.sport(six)), (sock.dest(six), sock.dport(six)));
    (own_source == source && own_dest == dest) || (own_source == dest && own_dest == source)
}

fn write_connection(out: &mut Vec<u8>, six: bool, sock: &Sock) {
    socket::write_endpoint(out, six, &sock.source(six), sock.sport(six));
    out.extend_from_slice(b"->");
    socket::write_endpoint(out, six, &sock.dest(six), sock.dport(six));
}
