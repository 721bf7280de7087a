//! `fd.*`: what the event's descriptor is open on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::quirk::Quirk;
use model::state::threads::ThreadVersion;
use model::state::{NONE, UNSIGNED};
use model::state::descriptions::{Attributes, FdKind, Role};
use model::state::socket::{L4_ICMP, L4_RAW, L4_TCP, L4_UDP};
use model::table::{self, EventFlags, Release};
use model::text::number::{decimal, unsigned};
use model::text::{address, path};

use super::{Field, Id, Scratch, container, parameter};
use crate::moment::Moment;
use crate::value::{Several, Value};

/// Event types whose names of files are computed from their parameters where the descriptor is not known.
pub(super) fn names_from_parameters(kind: u16) -> bool {
    matches!(kind, 3 | 59 | 307 | 327 | 337 | 23 | 27 | 57 | 247 | 249 | 389)
}

/// Whether events of this type are about a descriptor at all.
fn has_descriptor(moment: &Moment<'_>) -> bool {
    is_about_descriptor(moment) && moment.thread().is_some()
}

/// Whether events of this type are about a descriptor, as the release has it.
pub(super) fn is_about_descriptor(moment: &Moment<'_>) -> bool {
    let kind = moment.event.kind;
    if matches!(kind, 160..=163) && moment.has(Quirk::MmapWithoutFd) {
        return false;
    }
    if moment.is_classic() && moment.has(Quirk::FdsOfExitsUnseen) && matches!(kind, 51 | 55 | 181 | 303 | 305 | 313 | 317) {
        return false;
    }
    table::flags(kind, moment.printer.release).any(EventFlags::CREATES_FD.with(EventFlags::USES_FD))
}

pub(super) fn extract<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    if field.info.id == Id::FdTypes {
        if moment.has(Quirk::FdsOfExitsUnseen) && !is_about_descriptor(moment) {
            return None;
        }
        return types(field, moment, scratch);
    }
    if !has_descriptor(moment) {
        return None;
    }
    let (number, description) = subject(moment);
    match field.info.id {
        Id::FdNum => return Some(Value::Int(number)),
        Id::FdUid => {
            decimal(&mut scratch.text, moment.event.tid);
            decimal(&mut scratch.text, number);
            return Some(Value::Text(&scratch.text));
        }
        Id::FdTypechar => {
            let letter = attributes(moment, description).map_or_else(|| expected_letter(moment.event.kind), |attributes| letter(attributes.kind, moment));
            return Some(Value::Text(letter.as_bytes()));
        }
        Id::FdName => return name(moment, scratch).then_some(Value::Text(&scratch.text)),
        Id::FdContainername => {
            container_prefix(moment, &mut scratch.text)?;
            return name(moment, scratch).then_some(Value::Text(&scratch.text));
        }
        Id::FdDirectory => return directory(moment, scratch, false),
        Id::FdContainerdirectory => return directory(moment, scratch, true),
        Id::FdFilename => return filename(moment, scratch),
        _ => {}
    }
    if field.info.id == Id::FdNameraw && description == NONE && !moment.is_enter() {
        // Of a call that failed: as it was given.
        if let Some(at) = parameter::opened_path(moment.event.kind) {
            clean(&mut scratch.text, moment, moment.event.params.text(at)?);
        } else if !moment.has(Quirk::FdsOfExitsUnseen) {
            return None;
        }
        return Some(Value::Text(&scratch.text));
    }
    let attributes = attributes(moment, description)?;
    let kind = attributes.kind;
    let ip = |end: Option<(IpAddr, u16)>| end.map(|end| Value::Ip(end.0));
    let port = |end: Option<(IpAddr, u16)>| end.map(|end| Value::Uint(u64::from(end.1)));
    Some(match field.info.id {
        Id::FdType => Value::Text(kind.word().as_bytes()),
        Id::FdCip | Id::FdCnet => return ip(end(moment, &attributes, Role::Client)),
        Id::FdSip | Id::FdSnet => return ip(end(moment, &attributes, Role::Server)),
        Id::FdLip | Id::FdLnet => return ip(near(moment, &attributes, true)),
        Id::FdRip | Id::FdRnet => return ip(near(moment, &attributes, false)),
        Id::FdCport | Id::FdCproto
            if (kind == FdKind::Unix || kind.is_server()) && attributes.role != Role::None && moment.has(Quirk::UnixSocketsHavePorts) =>
        {
            if field.info.id == Id::FdCproto { Value::Text(b"") } else { Value::Uint(0) }
        }
        Id::FdCport => return port(end(moment, &attributes, Role::Client)),
        Id::FdSport if kind.is_server() => return port(ends(moment, &attributes).map(|ends| ends.1)),
        Id::FdSproto if kind.is_server() && (attributes.role == Role::None || moment.has(Quirk::BoundSocketsHaveNoNearEnd)) => Value::Text(b""),
        Id::FdSport => return port(end(moment, &attributes, Role::Server)),
        Id::FdLport => return port(near(moment, &attributes, true)),
        Id::FdRport => return port(near(moment, &attributes, false)),
        Id::FdCproto => return port_text(end(moment, &attributes, Role::Client), scratch),
        Id::FdSproto => return port_text(end(moment, &attributes, Role::Server), scratch),
        Id::FdLproto => return port_text(near(moment, &attributes, true), scratch),
        Id::FdRproto => return port_text(near(moment, &attributes, false), scratch),
        Id::FdIp | Id::FdNet => {
            let (source, dest) = ends(moment, &attributes)?;
            Value::Ends(Several::Ips([source.0, dest.0]))
        }
        Id::FdPort | Id::FdProto => {
            let (source, dest) = ends(moment, &attributes)?;
            Value::Ends(Several::Ports([source.1, dest.1]))
        }
        Id::FdL4proto => Value::Text(l4(moment, &attributes).as_bytes()),
        Id::FdSockfamily => match kind {
            FdKind::Unix => Value::Text(b"unix"),
            _ if kind.is_inet() => Value::Text(b"ip"),
            _ => return None,
        },
        Id::FdIsServer => Value::Bool(is_server(moment, &attributes)),
        Id::FdConnected => Value::Bool(attributes.connected),
        Id::FdNameChanged => Value::Bool(name_changed(moment, &attributes, description)),
        Id::FdDev | Id::FdDevMajor | Id::FdDevMinor => {
            if !matches!(kind, FdKind::File | FdKind::Directory) && !moment.has(Quirk::DevicesOfAnything) {
                return None;
            }
            let dev = match moment.state.descriptions().facts(description) {
                Some(facts) => facts.dev,
                None if moment.is_classic() && moment.has(Quirk::DevicesOfAnything) => unwritten_device(moment, kind, description),
                None => 0,
            };
            let major = (dev & 0x000f_ff00) >> 8;
            let minor = (dev & 0xff) | (dev >> 12 & 0x000f_ff00);
            Value::Uint(u64::from(match field.info.id {
                Id::FdDev => dev,
                Id::FdDevMajor => major,
                _ => minor,
            }))
        }
        Id::FdIno => {
            let descriptions = moment.state.descriptions();
            let ino = descriptions.facts(description).map_or_else(|| descriptions.ino(description), |facts| facts.ino);
            Value::Uint(ino)
        }
        Id::FdNameraw => {
            let raw = moment.state.descriptions().facts(description).map_or(&b""[..], |facts| moment.state.text(facts.raw));
            if raw.is_empty() && !moment.has(Quirk::FdsOfExitsUnseen) {
                return None;
            }
            clean(&mut scratch.text, moment, raw);
            Value::Text(&scratch.text)
        }
        Id::FdIsUpperLayer | Id::FdIsLowerLayer => {
            let flags = moment.state.descriptions().facts(description)?.flags;
            let bit = if field.info.id == Id::FdIsUpperLayer { 1 << 15 } else { 1 << 16 };
            Value::Bool(flags & bit != 0)
        }
        // Names of hosts are looked up live only.
        _ => return None,
    })
}

/// Number and description that the event is about; with quirks, what sysdig takes for them.
fn subject(moment: &Moment<'_>) -> (i64, u32) {
    let applied = &moment.applied;
    let params = &moment.event.params;
    let kind = moment.event.kind;
    let number = i64::from(applied.fd);
    if moment.is_enter() {
        return (unsigned_fd(moment, number), applied.description);
    }
    if moment.has(Quirk::FdsOfExitsUnseen) {
        let flags = table::flags(kind, moment.printer.release);
        let enter = kind & !1;
        let has_getsockopts_luck = kind == 47;
        let is_seen_by_newer = matches!(kind, 317 | 383) && !moment.is_classic();
        if !is_seen_by_newer
            && flags.has(EventFlags::USES_FD) && !flags.has(EventFlags::CREATES_FD) && !has_getsockopts_luck && table::params(enter, moment.printer.release).is_empty() {
            return (-1, NONE);
        }
    }
    if kind == 333 && moment.has(Quirk::CopiesAreTheirTarget) {
        let number = params.int(1).unwrap_or(number);
        return (number, slot(moment, number));
    }
    if matches!(kind, 307 | 327) && applied.description == NONE && moment.has(Quirk::FailedOpensAreTheirDirectory) && params.int(0).is_some_and(|result| result < 0) {
        return (number, params.int(1).map_or(NONE, |fd| slot(moment, fd)));
    }
    (unsigned_fd(moment, number), applied.description)
}

/// A number that was recorded without its sign, as sysdig shows it: the state keeps −1 for it as for none.
fn unsigned_fd(moment: &Moment<'_>, number: i64) -> i64 {
    if !moment.has(Quirk::FdWithoutSign) {
        return number;
    }
    if number == i64::from(UNSIGNED) {
        return i64::from(u32::MAX);
    }
    let lives = |thread: &&ThreadVersion| number == -1 && !moment.is_past && moment.state.threads().lives(thread.thread);
    let noted = moment.thread().filter(lives).map(|thread| moment.state.threads().live(thread.thread).last_fd);
    noted.filter(|fd| *fd > i64::from(i32::MAX)).unwrap_or(number)
}

/// What a number of the thread's table points at, or `NONE`.
pub(super) fn slot(moment: &Moment<'_>, fd: i64) -> u32 {
    let Some(thread) = moment.thread() else { return NONE };
    let descriptions = moment.state.descriptions();
    if moment.is_past {
        descriptions.slot_at(thread.table, fd, moment.row).unwrap_or(NONE)
    } else {
        descriptions.slot(thread.table, fd).map_or(NONE, |slot| slot.description)
    }
}

fn attributes(moment: &Moment<'_>, description: u32) -> Option<Attributes> {
    let descriptions = moment.state.descriptions();
    (description != NONE).then(|| if moment.is_past { descriptions.at(description, moment.row) } else { descriptions.get(description).now })
}

/// Kind of what the event is about.
pub(super) fn kind_of(moment: &Moment<'_>) -> Option<FdKind> {
    if !is_about_descriptor(moment) {
        return None;
    }
    attributes(moment, subject(moment).1).map(|attributes| attributes.kind)
}

/// The letter of a kind; newer releases have another one for what they do not support.
fn letter(kind: FdKind, moment: &Moment<'_>) -> &'static str {
    match kind.typechar() {
        b'X' if moment.printer.release != Release::V0_29_3 => "?",
        letter => LETTERS.iter().find(|known| known.as_bytes() == [letter]).copied().unwrap_or("o"),
    }
}

const LETTERS: [&str; 16] = ["f", "d", "4", "6", "u", "p", "e", "s", "l", "i", "t", "n", "b", "r", "m", "P"];

/// The letter of what a call makes, where its descriptor is not known.
fn expected_letter(kind: u16) -> &'static str {
    match kind | 1 {
        3 | 59 | 103 | 307 | 327 | 337 => "f",
        19 | 27 | 57 | 247 | 249 | 389 => "4",
        61 | 393 => "p",
        63 | 397 => "e",
        127 | 399 => "s",
        137 => "t",
        139 | 395 => "i",
        _ => "o",
    }
}

/// Appends a name the way names of descriptors are printed.
pub(super) fn clean(out: &mut Vec<u8>, moment: &Moment<'_>, name: &[u8]) {
    if path::all_printable(name) {
        out.extend_from_slice(name);
    } else if !moment.has(Quirk::UnprintableBytesVanish) {
        path::escape(out, name);
    } else if moment.printer.release == Release::Libs0_25_4 {
        path::replace_unprintable(out, name);
    } else {
        path::drop_unprintable(out, name, usize::MAX);
    }
}

/// Appends the name of the event's descriptor. False when there is none.
fn name(moment: &Moment<'_>, scratch: &mut Scratch) -> bool {
    let out = &mut scratch.text;
    let failed = moment.applied.result.is_some_and(|result| result < 0);
    let (_, description) = subject(moment);
    if let Some(attributes) = attributes(moment, description)
        && !(moment.event.kind == 23 && failed)
    {
        let name = moment.state.text(attributes.name);
        if scratch.is_compared && moment.has(Quirk::UnprintableBytesVanish) { out.extend_from_slice(name) } else { clean(out, moment, name) }
        return true;
    }
    if moment.is_enter() {
        return false;
    }
    match moment.event.kind {
        3 | 59 | 103 | 307 | 327 | 337 => {
            let more = &mut scratch.more;
            more.clear();
            if !parameter::would_be_path(moment, more) {
                return false;
            }
            clean(&mut scratch.text, moment, more);
            true
        }
        23 | 27 | 57 | 247 | 249 | 389 => parameter::write_own_tuple(out, moment),
        _ => true,
    }
}

/// Appends the container and a colon.
fn container_prefix(moment: &Moment<'_>, out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(moment.state.text(moment.thread()?.container));
    out.push(b':');
    Some(())
}

fn directory<'v>(moment: &Moment<'_>, scratch: &'v mut Scratch, with_container: bool) -> Option<Value<'v>> {
    let kind = kind_of(moment);
    if kind.is_some_and(|kind| !matches!(kind, FdKind::File | FdKind::Directory)) {
        return None;
    }
    if with_container {
        container_prefix(moment, &mut scratch.text)?;
    }
    let start = scratch.text.len();
    if !name(moment, scratch) {
        return None;
    }
    if kind != Some(FdKind::Directory) {
        let name = scratch.text.get(start..)?;
        match name.iter().rposition(|byte| *byte == b'/') {
            Some(slash @ 1..) => scratch.text.truncate(start + slash),
            _ => {
                scratch.text.truncate(start);
                scratch.text.push(b'/');
            }
        }
    }
    Some(Value::Text(&scratch.text))
}

fn filename<'v>(moment: &Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    if kind_of(moment) != Some(FdKind::File) || !name(moment, scratch) {
        return None;
    }
    let after = scratch.text.iter().rposition(|byte| *byte == b'/')? + 1;
    // A name that ends in a slash, as that of the root, stands as it is.
    scratch.text.get(if after == scratch.text.len() { 0 } else { after }..).map(Value::Text)
}

fn to_ip(six: bool, bytes: [u8; 16]) -> IpAddr {
    if six {
        return IpAddr::V6(Ipv6Addr::from(bytes));
    }
    let [a, b, c, d, ..] = bytes;
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

/// Appends an address.
pub(super) fn write_ip(out: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => address::ipv4(out, ip.octets()),
        IpAddr::V6(ip) => address::ipv6(out, ip.octets()),
    }
}

/// Address and port.
pub(super) type End = (IpAddr, u16);

/// Both ends as they stand, whatever the role; a bound socket has one, twice.
fn ends(moment: &Moment<'_>, attributes: &Attributes) -> Option<(End, End)> {
    let kind = attributes.kind;
    if !kind.is_inet() {
        return None;
    }
    let six = kind.is_six();
    let sock = moment.state.descriptions().sock(attributes.sock);
    if kind.is_server() {
        let bound = (to_ip(six, sock.bound_address(six)), sock.bound_port(six));
        return Some((bound, bound));
    }
    Some(((to_ip(six, sock.source(six)), sock.sport(six)), (to_ip(six, sock.dest(six)), sock.dport(six))))
}

/// The client's or the server's end.
pub(super) fn end(moment: &Moment<'_>, attributes: &Attributes, wanted: Role) -> Option<End> {
    let (source, dest) = ends(moment, attributes)?;
    if attributes.role == Role::None {
        return None;
    }
    if attributes.kind.is_server() {
        return (wanted == Role::Server).then_some(dest);
    }
    Some(if wanted == Role::Client { source } else { dest })
}

/// Client (none for a bound socket) and server of a socket in a poll list, whatever the role.
pub(super) fn ends_in_list(moment: &Moment<'_>, attributes: &Attributes) -> Option<(Option<End>, End)> {
    let (source, dest) = ends(moment, attributes)?;
    if !attributes.kind.is_server() {
        return Some((Some(source), dest));
    }
    if moment.has(Quirk::PollListsHaveIpv4Servers)
        && let (IpAddr::V6(ip), port) = dest
    {
        let [a, b, c, d, ..] = ip.octets();
        return Some((None, (IpAddr::V4(Ipv4Addr::new(a, b, c, d)), port)));
    }
    Some((None, dest))
}

/// The local end, or the remote one.
fn near(moment: &Moment<'_>, attributes: &Attributes, local: bool) -> Option<End> {
    let (source, dest) = ends(moment, attributes)?;
    if attributes.role == Role::None {
        return None;
    }
    if attributes.kind.is_server() {
        return (local && !moment.has(Quirk::BoundSocketsHaveNoNearEnd)).then_some(dest);
    }
    let source_is_local = moment.state.is_local_address(source.0)
        || (!moment.is_classic() && moment.has(Quirk::UnsetAddressesAreLocal) && source.0.is_ipv6() && source.0.is_unspecified());
    Some(if source_is_local == local { source } else { dest })
}

fn port_text<'v>(end: Option<End>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    unsigned(&mut scratch.text, u64::from(end?.1));
    Some(Value::Text(&scratch.text))
}

fn l4(moment: &Moment<'_>, attributes: &Attributes) -> &'static str {
    let kind = attributes.kind;
    if !kind.is_inet() {
        return "<NA>";
    }
    let six = kind.is_six();
    let sock = moment.state.descriptions().sock(attributes.sock);
    let l4 = if kind.is_server() { sock.bound_l4(six) } else { sock.l4(six) };
    if !kind.is_server() && attributes.role == Role::None && l4 != L4_RAW {
        return "<NA>";
    }
    match l4 {
        L4_TCP => "tcp",
        L4_UDP => "udp",
        L4_ICMP => "icmp",
        L4_RAW => "raw",
        _ => "<NA>",
    }
}

fn is_server(moment: &Moment<'_>, attributes: &Attributes) -> bool {
    if attributes.kind.is_server() {
        return true;
    }
    let Some((_, (dest, _))) = ends(moment, attributes) else { return false };
    if dest.is_unspecified() && moment.is_classic() && moment.has(Quirk::UnsetAddressesAreLocal) {
        // It is compared with the address of the container, which is unset where the container has none.
        return match container::has_address(moment) {
            Some(has_address) => !has_address,
            None => dest.is_ipv6(),
        };
    }
    moment.state.is_local_address(dest)
}

/// What 0.29.3 has for the device of sockets and pipes that are not listed: memory that was never written, in which
/// the upper half of an address of its own program stands.
fn unwritten_device(moment: &Moment<'_>, kind: FdKind, description: u32) -> u32 {
    let is_listed = moment.state.descriptions().get(description).born == NONE;
    let has_ends = kind.is_inet() || matches!(kind, FdKind::Unix | FdKind::Fifo | FdKind::Netlink);
    if is_listed || !has_ends { 0 } else { 0x5555 }
}

/// Whether this very event gave the descriptor its name.
fn name_changed(moment: &Moment<'_>, attributes: &Attributes, description: u32) -> bool {
    let descriptions = moment.state.descriptions();
    let Some(before) = moment.row.checked_sub(1) else { return false };
    if descriptions.get(description).born == moment.row {
        // A number that got a copy of its own had a name before.
        let is_copy = moment.has(Quirk::EachNumberHasItsOwnCopy) && !table::flags(moment.event.kind, moment.printer.release).has(EventFlags::CREATES_FD);
        let slot = moment.thread().filter(|_| is_copy).and_then(|thread| descriptions.slot_at(thread.table, i64::from(moment.applied.fd), before));
        if let Some(known) = slot.filter(|known| *known != NONE) {
            return descriptions.at(known, before).name != attributes.name;
        }
        return !moment.state.text(attributes.name).is_empty();
    }
    descriptions.at(description, before).name != attributes.name
}

/// Kinds of all descriptors of the process, each once, or of the one that is asked for.
fn types<'v>(field: &Field, moment: &Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let thread = moment.thread()?;
    let descriptions = moment.state.descriptions();
    let word = |description| {
        let attributes = if moment.is_past { descriptions.at(description, moment.row) } else { descriptions.get(description).now };
        attributes.kind.word()
    };
    if let Some(fd) = field.bound.index() {
        let description =
            if moment.is_past { descriptions.slot_at(thread.table, fd, moment.row) } else { descriptions.slot(thread.table, fd).map(|slot| slot.description) };
        return description.map(|description| Value::Text(word(description).as_bytes()));
    }
    let all: Vec<u32> = if moment.is_past {
        descriptions.slots_at(thread.table, moment.row).into_iter().map(|slot| slot.1).collect()
    } else {
        descriptions.live(thread.table).into_iter().map(|slot| slot.1.description).collect()
    };
    let mut words: Vec<&str> = all.into_iter().map(word).collect();
    words.sort_unstable();
    words.dedup();
    scratch.ends.clear();
    for word in words {
        scratch.text.extend_from_slice(word.as_bytes());
        scratch.ends.push(scratch.text.len());
    }
    Some(Value::List(Several::Texts(&scratch.text, &scratch.ends)))
}
