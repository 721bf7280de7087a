//! What is read from the parameters of an event: arguments, buffers, paths, lists of descriptors, messages to the log.

use std::net::IpAddr;

use model::View as _;
use model::quirk::Quirk;
use model::state::NONE;
use model::state::descriptions::Attributes;
use model::state::path as paths;
use model::table::{self, EventFlags, ParamInfo, ParamType};
use model::text::number::{decimal, unsigned};

use super::argument::Bound;
use super::{Field, Id, Scratch, descriptor};
use crate::moment::Moment;
use crate::value::Value;

/// The capture's own bits of open flags.
const O_RDONLY: u64 = 1;
const O_WRONLY: u64 = 2;
const O_CREAT: u64 = 4;
const O_TMPFILE: u64 = 1 << 13;
const O_F_CREATED: u64 = 1 << 14;
const EXECUTE: u64 = 0o111;
const AT_FDCWD: i64 = -100;

pub(super) fn extract<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    match field.info.id {
        Id::EvtArg => argument(field, moment, scratch),
        Id::EvtRawarg => raw(field, moment),
        Id::EvtAbspath => absolute(field, moment, scratch),
        Id::FdlistNums | Id::FdlistNames | Id::FdlistCips | Id::FdlistSips | Id::FdlistCports | Id::FdlistSports => fdlist(field.info.id, moment, scratch),
        Id::SyslogFacility | Id::SyslogFacilityStr | Id::SyslogSeverity | Id::SyslogSeverityStr | Id::SyslogMessage => log(field.info.id, moment),
        _ => call_path(field.info.id, moment, scratch),
    }
}

/// Index of the parameter that the argument names in this event.
fn place(field: &Field, moment: &Moment<'_>) -> Option<usize> {
    match &field.bound {
        Bound::Index(index) => {
            // 0.29.3 keeps 32 bits of it.
            let index = if moment.is_classic() { i64::from(*index as i32) } else { *index };
            usize::try_from(index).ok()
        }
        Bound::Parameter(places) => places.at(moment.event.kind, moment.printer.release),
        _ => None,
    }
}

/// `evt.arg`: what it stands for, else as printed.
fn argument<'v>(field: &Field, moment: &Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let index = place(field, moment)?;
    let start = append_preferred(&mut scratch.text, moment, index)?;
    scratch.text.get(start..).map(Value::Text)
}

/// Appends the resolved text of a parameter, or the raw one where there is none. Answers where it starts.
fn append_preferred(out: &mut Vec<u8>, moment: &Moment<'_>, index: usize) -> Option<usize> {
    let start = out.len();
    let end = moment.printer.append_param(out, moment.event, index, &moment.sight())?;
    if out.len() > end {
        // raw(resolved)
        out.pop();
        return Some(end + 1);
    }
    Some(start)
}

/// `evt.rawarg`: the value itself, by its type in the event at hand.
fn raw<'v>(field: &Field, moment: &Moment<'v>) -> Option<Value<'v>> {
    let index = place(field, moment)?;
    let spec = table::params(moment.event.kind, moment.printer.release).get(index)?;
    let bytes = moment.event.params.get(index)?;
    let ty = match (bytes.len(), field.first_type()) {
        (8, Some(first @ (ParamType::Int64 | ParamType::Errno | ParamType::Pid))) if moment.has(Quirk::RawArgumentsHaveOneType) => first,
        _ => spec.ty,
    };
    value_of(spec, ty, bytes, moment)
}

fn value_of<'v>(spec: &ParamInfo, ty: ParamType, bytes: &'v [u8], moment: &Moment<'v>) -> Option<Value<'v>> {
    use ParamType as T;
    let unsigned = || scap::event::uint(bytes);
    let signed = || scap::event::int(bytes);
    Some(match ty {
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::Errno | T::Fd | T::Fd32 | T::Pid | T::Pid32 => Value::Int(signed()?),
        T::Charbuf | T::Fspath | T::Fsrelpath => {
            let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            if bytes.is_empty() && !moment.is_classic() {
                return None;
            }
            Value::Text(text)
        }
        T::Bytebuf | T::Charbufarray | T::CharbufPairArray => Value::Bytes(bytes),
        T::Sockaddr | T::Socktuple | T::Fdlist => Value::Bytes(bytes),
        T::Bool => Value::Bool(unsigned()? != 0),
        T::Double => Value::Double(f64::from_bits(unsigned()?)),
        T::Ipv4addr => Value::Ip(IpAddr::from(*bytes.first_chunk::<4>()?)),
        T::Ipv6addr => Value::Ip(IpAddr::from(*bytes.first_chunk::<16>()?)),
        T::Dyn => {
            let (chosen, rest) = bytes.split_first()?;
            let chosen = *spec.dynamic?.types().get(usize::from(*chosen))?;
            if chosen == T::Dyn {
                return None;
            }
            return value_of(spec, chosen, rest, moment);
        }
        _ => Value::Uint(unsigned()?),
    })
}

/// The data of an I/O event.
pub(super) fn buffer<'v>(moment: &Moment<'v>) -> Option<&'v [u8]> {
    let params = table::params(moment.event.kind, moment.printer.release);
    moment.event.params.get(params.iter().position(|param| param.name == "data")?)
}

/// A write to the system log's socket.
pub(super) fn is_log(moment: &Moment<'_>) -> bool {
    const SOCKET: &[u8] = b"/dev/log";
    if !table::flags(moment.event.kind, moment.printer.release).has(EventFlags::WRITES_TO_FD) {
        return false;
    }
    moment.description().is_some_and(|attributes| moment.state.text(attributes.name).windows(SOCKET.len()).any(|part| part == SOCKET))
}

/// `evt.is_open_*`.
pub(super) fn opens(id: Id, moment: &Moment<'_>) -> bool {
    let kind = moment.event.kind;
    let params = &moment.event.params;
    let right = !moment.has(Quirk::NewerOpensUncounted);
    let (flags, mode) = match kind {
        3 => (params.uint(2), params.uint(3)),
        307 => (params.uint(3), params.uint(4)),
        327 => (params.uint(3), params.uint(4)),
        337 if right => (params.uint(2), None),
        59 if right || matches!(id, Id::EvtIsOpenExec) => (Some(O_CREAT | O_WRONLY), params.uint(2)),
        _ => return false,
    };
    let flags = flags.unwrap_or(0);
    match id {
        Id::EvtIsOpenRead => flags & O_RDONLY != 0,
        Id::EvtIsOpenWrite => flags & O_WRONLY != 0,
        Id::EvtIsOpenExec => flags & (O_CREAT | O_TMPFILE) != 0 && mode.unwrap_or(0) & EXECUTE != 0,
        _ => flags & O_F_CREATED != 0 || (flags & O_TMPFILE != 0 && moment.applied.result.is_some_and(|result| result >= 0)),
    }
}

/// Index of the parameters that hold the first and second path of a `*at` call.
fn at_paths(kind: u16) -> Option<(usize, usize)> {
    Some(match kind {
        307 | 327 | 303 | 305 | 313 | 385 => (2, 2),
        177 | 319 | 311 => (2, 4),
        181 => (3, 3),
        _ => return None,
    })
}

/// The description of the directory that the first path of the event is relative to, where that is looked at.
pub(crate) fn directory_of(moment: &Moment<'_>) -> Option<u32> {
    let (at, _) = at_paths(moment.event.kind)?;
    let params = &moment.event.params;
    let fd = params.int(at.checked_sub(1)?).filter(|fd| *fd != AT_FDCWD)?;
    params.text(at).filter(|name| name.first() != Some(&b'/'))?;
    Some(descriptor::slot(moment, fd)).filter(|description| *description != NONE)
}

/// `evt.abspath`.
fn absolute<'v>(field: &Field, moment: &Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let (first, second) = at_paths(moment.event.kind)?;
    let index = if field.bound.text() == Some("dst") { second } else { first };
    if moment.has(Quirk::BaseStaysAsItIs) {
        // sysdig joins it anew, and then also to a directory that it does not know.
        let params = &moment.event.params;
        let name = params.text(index)?;
        let fd = params.int(index.checked_sub(1)?)?;
        let sight = moment.sight();
        let joined = match fd {
            _ if name.first() == Some(&b'/') => paths::join(b"", name, true),
            AT_FDCWD => paths::join(sight.cwd(), name, true),
            _ => match sight.fd(fd) {
                Some(entry) => paths::join(&[entry.name, b"/"].concat(), name, true),
                None => paths::join(b"<UNKNOWN>/", name, true),
            },
        };
        scratch.text.extend_from_slice(if joined.len() > paths::LONGEST { b"/PATH_TOO_LONG" } else { &joined });
        return Some(Value::Text(&scratch.text));
    }
    let start = append_preferred(&mut scratch.text, moment, index)?;
    scratch.text.get(start..).map(Value::Text)
}

/// Paths of calls: which parameters are the path, the source and the target.
struct CallPaths {
    path: Option<usize>,
    source: Option<usize>,
    target: Option<usize>,
}

fn call_paths(kind: u16, few: bool) -> Option<CallPaths> {
    let one = |path| Some(CallPaths { path: Some(path), source: None, target: None });
    let two = |source, target| Some(CallPaths { path: None, source: Some(source), target: Some(target) });
    let info = table::event(kind)?;
    if info.enter {
        return None;
    }
    let at = |name: &str| info.params().iter().position(|param| param.name == name);
    match info.name {
        "open" | "openat" | "openat2" | "creat" => one(at("name")?),
        "open_by_handle_at" => one(at("path")?),
        "chdir" | "chroot" | "mknod" | "mknodat" | "stat" | "lstat" | "newfstatat" if few => None,
        "mkdir" | "mkdirat" | "rmdir" | "unlink" | "chdir" | "chroot" | "chown" | "lchown" | "mknod" | "mknodat" | "stat" | "lstat" | "newfstatat" | "fchownat" => {
            one(["path", "pathname", "name"].into_iter().find_map(at)?)
        }
        "unlinkat" => one(at("name")?),
        "chmod" | "fchmodat" => one(at("filename")?),
        "umount" | "umount_1" | "umount2" => one(at("name")?),
        "quotactl" => one(at("special")?),
        "rename" | "renameat" | "renameat2" | "link" | "linkat" => two(at("oldpath")?, at("newpath")?),
        "symlink" | "symlinkat" => two(at("target")?, at("linkpath")?),
        "mount" => two(at("dev")?, at("dir")?),
        _ => None,
    }
}

/// `fs.path.*`: only of calls that succeeded.
fn call_path<'v>(id: Id, moment: &Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let paths = call_paths(moment.event.kind, moment.has(Quirk::PathsOfFailedOpens))?;
    let failed = moment.applied.result.is_none_or(|result| result < 0);
    if failed && !(moment.has(Quirk::PathsOfFailedOpens) && opened_path(moment.event.kind).is_some()) {
        return None;
    }
    let (index, is_raw) = match id {
        Id::FsPathName => (paths.path, false),
        Id::FsPathNameraw => (paths.path, true),
        Id::FsPathSource => (paths.source, false),
        Id::FsPathSourceraw => (paths.source, true),
        Id::FsPathTarget => (paths.target, false),
        Id::FsPathTargetraw => (paths.target, true),
        _ => return None,
    };
    let index = index?;
    let raw = moment.event.params.text(index).filter(|raw| !raw.is_empty())?;
    if is_raw {
        scratch.text.extend_from_slice(raw);
        return Some(Value::Text(&scratch.text));
    }
    if raw.first() == Some(&b'/') {
        paths_into(&mut scratch.text, b"", raw);
        return Some(Value::Text(&scratch.text));
    }
    let info = table::event(moment.event.kind)?;
    let spec = info.params().get(index)?;
    let sight = moment.sight();
    let dirfd = spec.dirfd.and_then(|at| moment.event.params.int(usize::from(at)));
    match dirfd {
        Some(fd) if fd != AT_FDCWD => {
            let base = sight.fd(fd)?.name.to_vec();
            paths_into(&mut scratch.text, &[&base, &b"/"[..]].concat(), raw);
        }
        _ => paths_into(&mut scratch.text, sight.cwd(), raw),
    }
    Some(Value::Text(&scratch.text))
}

fn paths_into(out: &mut Vec<u8>, base: &[u8], path: &[u8]) {
    out.extend_from_slice(&paths::join(base, path, false));
}

/// Index of the parameter that says what a call opens.
pub(super) fn opened_path(kind: u16) -> Option<usize> {
    Some(match kind {
        3 | 59 => 1,
        307 | 327 => 2,
        337 => 3,
        _ => return None,
    })
}

/// The path that a call with a descriptor for a result would have opened: for calls that failed.
pub(super) fn would_be_path(moment: &Moment<'_>, scratch: &mut Vec<u8>) -> bool {
    let params = &moment.event.params;
    let kind = moment.event.kind;
    let Some(name) = opened_path(kind).and_then(|at| params.text(at)) else { return false };
    let dirfd_at = matches!(kind, 307 | 327).then_some(1);
    let keep_base = moment.has(Quirk::BaseStaysAsItIs);
    let sight = moment.sight();
    let dirfd = dirfd_at.and_then(|at| params.int(at)).map(|fd| if (1 << 31..1 << 32).contains(&fd) { fd - (1 << 32) } else { fd });
    let joined = match dirfd {
        _ if name.first() == Some(&b'/') => paths::join(b"", name, keep_base),
        Some(fd) if fd != AT_FDCWD => match sight.fd(fd) {
            Some(entry) => paths::join(&[entry.name, b"/"].concat(), name, keep_base),
            None => paths::join(paths::UNKNOWN, name, keep_base),
        },
        _ => paths::join(sight.cwd(), name, keep_base),
    };
    if joined.len() > paths::LONGEST && moment.has(Quirk::LongPathArgumentsAreCut) {
        scratch.extend_from_slice(b"/PATH_TOO_LONG");
    } else {
        scratch.extend_from_slice(&joined);
    }
    true
}

/// The descriptors of a poll list, in order, with what each is open on.
fn fdlist<'v>(id: Id, moment: &Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let params = table::params(moment.event.kind, moment.printer.release);
    let index = params.iter().position(|param| param.ty == ParamType::Fdlist)?;
    let bytes = moment.event.params.get(index)?;
    let thread = moment.thread()?;
    let descriptions = moment.state.descriptions();
    let count = usize::from(u16::from_le_bytes(*bytes.first_chunk::<2>()?));
    let out = &mut scratch.text;
    for pair in bytes.get(2..)?.chunks_exact(10).take(count) {
        let Some(fd) = pair.first_chunk::<8>().map(|fd| i64::from_le_bytes(*fd)) else { break };
        let description = if moment.is_past { descriptions.slot_at(thread.table, fd, moment.row) } else { descriptions.slot(thread.table, fd).map(|slot| slot.description) };
        let attributes: Option<Attributes> = description.filter(|at| *at != NONE).map(|at| if moment.is_past { descriptions.at(at, moment.row) } else { descriptions.get(at).now });
        let start = out.len();
        if start > 0 {
            out.push(b',');
        }
        let mark = out.len();
        let ends = attributes.and_then(|attributes| descriptor::ends_in_list(moment, &attributes));
        match id {
            Id::FdlistNums => decimal(out, fd),
            Id::FdlistNames => match attributes.map(|attributes| moment.state.text(attributes.name)) {
                Some(name) if !name.is_empty() && moment.is_classic() && moment.has(Quirk::UnprintableBytesVanish) => out.extend_from_slice(name),
                Some(name) if !name.is_empty() => descriptor::clean(out, moment, name),
                _ => out.extend_from_slice(b"<NA>"),
            },
            Id::FdlistCips => {
                if let Some((ip, _)) = ends.and_then(|ends| ends.0) {
                    descriptor::write_ip(out, ip);
                }
            }
            Id::FdlistSips => {
                if let Some((ip, _)) = ends.map(|ends| ends.1) {
                    descriptor::write_ip(out, ip);
                }
            }
            Id::FdlistCports => {
                if let Some((_, port)) = ends.and_then(|ends| ends.0) {
                    unsigned(out, u64::from(port));
                }
            }
            _ => {
                // Bound sockets have no client, and then sysdig leaves out their port too.
                if let Some((client, (_, port))) = ends
                    && (client.is_some() || !moment.has(Quirk::PollListsHaveIpv4Servers))
                {
                    unsigned(out, u64::from(port));
                }
            }
        }
        if out.len() == mark {
            out.truncate(start);
        }
    }
    if scratch.text.is_empty() { None } else { Some(Value::Text(&scratch.text)) }
}

const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "clock", "authpriv", "ftp", "ntp", "logaudit", "logalert", "cron", "local0", "local1", "local2", "local3",
    "local4", "local5", "local6", "local7",
];
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];

/// `syslog.*`: a message that was written to the log, taken apart.
fn log<'v>(id: Id, moment: &Moment<'v>) -> Option<Value<'v>> {
    if moment.is_enter() || !is_log(moment) || moment.applied.result.is_some_and(|result| result < 0) {
        return None;
    }
    let data = buffer(moment)?;
    let rest = data.strip_prefix(b"<")?;
    let end = rest.iter().position(|byte| *byte == b'>')?;
    let priority: u32 = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
    let named = |names: &'static [&'static str], at: u32| Value::Text(names.get(at as usize).copied().unwrap_or("<NA>").as_bytes());
    Some(match id {
        Id::SyslogFacility => Value::Uint(u64::from(priority / 8)),
        Id::SyslogFacilityStr => named(&FACILITIES, priority / 8),
        Id::SyslogSeverity => Value::Uint(u64::from(priority % 8)),
        Id::SyslogSeverityStr => named(&SEVERITIES, priority % 8),
        _ => Value::Text(rest.get(end + 1..)?.split(|byte| *byte == 0).next()?),
    })
}


/// Appends the tuple of this event as it is printed.
pub(super) fn write_own_tuple(out: &mut Vec<u8>, moment: &Moment<'_>) -> bool {
    moment.printer.append_param(out, moment.event, 1, &moment.sight()).is_some()
}

