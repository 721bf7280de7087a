//! Decodes the blocks that stand before the events: machine, process, fd, interface and user lists.

use crate::bytes::{Bytes, Order};
use crate::event::Fault;
use crate::metadata::{Fd, FdTarget, Group, Interface, Machine, Process, Section, User};
use crate::reader::Sink;

/// Longest text any writer has put into a list. Only asked of entries without a length of their own, where a longer
/// one is the first sign of having lost the thread.
const LONGEST_TEXT: usize = 4_096;
/// Texts of entries that say their own length.
const ANY_TEXT: usize = 65_535;
/// What follows the root of a process entry up to library 0.10: login user, writable, three capability sets.
/// Later ones put two fields in front, so the size tells which it is.
const OLD_TAIL: usize = 29;
/// Fewer bytes than this behind the last entry are padding.
const PADDING: usize = 4;

/// Where the entries of a list broke off.
pub(crate) struct Broken {
    pub(crate) fault: Fault,
    /// Bytes that were left out.
    pub(crate) skipped: usize,
}

fn fault(body: &[u8], bytes: &Bytes<'_>, field: &'static str, found: u64) -> Fault {
    Fault { at: 8 + (body.len() - bytes.len()), field, found, expected: None }
}

pub(crate) fn machine(body: &[u8], order: Order, sink: &mut impl Sink) -> Result<(), Broken> {
    let mut bytes = Bytes::new(body, order);
    let mut read = || {
        let cpus = bytes.u32()?;
        let memory = bytes.u64()?;
        let _highest_pid = bytes.u64()?;
        let host = bytes.take(128)?.split(|byte| *byte == 0).next()?.to_vec();
        let boot_ts = bytes.u64().unwrap_or(0);
        Some(Machine { cpus, memory, host, boot_ts })
    };
    match read() {
        Some(machine) => {
            sink.machine(&machine);
            Ok(())
        }
        None => {
            let fault = Fault { at: 4, field: "block length", found: body.len() as u64 + 12, expected: Some(192) };
            Err(Broken { fault, skipped: body.len() })
        }
    }
}

/// Walks the entries of a list. With `prefix`, each starts with its length and a bad entry costs only itself;
/// without, the first bad one ends the list. `prefix` says whether the length counts its own four bytes.
fn entries<'a>(
    body: &'a [u8],
    start: usize,
    order: Order,
    prefix: Option<Prefix>,
    mut entry: impl FnMut(&mut Bytes<'a>) -> Result<(), &'static str>,
) -> Result<(), Broken> {
    let mut bytes = Bytes::new(body, order);
    let _ = bytes.take(start);
    let mut broken: Option<Broken> = None;
    while bytes.len() >= PADDING {
        let before = bytes;
        let found = match prefix {
            None => entry(&mut bytes).map_err(|field| (field, before.len())),
            Some(prefix) => {
                let len = bytes.u32().unwrap_or(0);
                let own = match prefix {
                    Prefix::WithItself => (len as usize).checked_sub(4),
                    Prefix::Without => Some(len as usize),
                };
                match own.and_then(|own| bytes.take(own)) {
                    Some(own) => entry(&mut Bytes::new(own, order)).map_err(|field| (field, own.len() + 4)),
                    // Where the next entry starts is unknown, so this is the last.
                    None => Err(("entry length", before.len())),
                }
            }
        };
        if let Err((field, skipped)) = found {
            let value = { before }.u32().unwrap_or(0);
            let first = broken.get_or_insert(Broken { fault: fault(body, &before, field, value.into()), skipped: 0 });
            first.skipped += skipped;
            if prefix.is_none() || field == "entry length" {
                break;
            }
        }
    }
    broken.map_or(Ok(()), Err)
}

#[derive(Clone, Copy)]
enum Prefix {
    WithItself,
    Without,
}

pub(crate) fn processes(body: &[u8], version: u8, order: Order, sink: &mut impl Sink) -> Result<(), Broken> {
    let prefix = (version >= 9).then_some(Prefix::WithItself);
    entries(body, 0, order, prefix, |bytes| {
        let process = process(bytes, version).ok_or("process entry")?;
        sink.process(&process);
        Ok(())
    })
}

fn process<'a>(bytes: &mut Bytes<'a>, version: u8) -> Option<Process<'a>> {
    let longest = if version >= 9 { ANY_TEXT } else { LONGEST_TEXT };
    let tid = bytes.i64()?;
    let pid = bytes.i64()?;
    let ptid = bytes.i64()?;
    let sid = if version >= 6 { Some(bytes.i64()?) } else { None };
    let vpgid = if version >= 8 { Some(bytes.i64()?) } else { None };
    let comm = bytes.text(longest)?;
    let exe = bytes.text(longest)?;
    let exepath = if version >= 7 { Some(bytes.text(longest)?) } else { None };
    let args = bytes.text(longest)?;
    let cwd = bytes.text(longest)?;
    let fdlimit = bytes.i64()?;
    let flags = bytes.u32()?;
    let uid = bytes.u32()?;
    let gid = bytes.u32()?;
    let mut process = Process {
        tid,
        pid,
        ptid,
        sid,
        vpgid,
        comm,
        exe,
        exepath,
        args,
        cwd,
        fdlimit,
        flags,
        uid,
        gid,
        ..Process::default()
    };
    if version >= 2 {
        process.vmsize = bytes.u32()?;
        process.vmrss = bytes.u32()?;
        process.vmswap = bytes.u32()?;
        process.pfmajor = bytes.u64()?;
        process.pfminor = bytes.u64()?;
    }
    if version >= 3 {
        process.env = bytes.text(longest)?;
    }
    if version >= 4 {
        process.vtid = Some(bytes.i64()?);
        process.vpid = Some(bytes.i64()?);
        process.cgroups = bytes.text(longest)?;
    }
    if version >= 5 {
        process.root = bytes.text(longest)?;
    }
    if version >= 9 {
        process.tail = u32::try_from(bytes.len()).ok();
        let _ = tail(bytes, &mut process);
    }
    Some(process)
}

/// Takes each field while it fits; `None` when the entry ends, which it may after any of them.
fn tail(bytes: &mut Bytes<'_>, process: &mut Process<'_>) -> Option<()> {
    if bytes.len() > OLD_TAIL {
        process.pidns_init_start_ts = Some(bytes.u64()?);
        process.tty = Some(bytes.u32()?);
    }
    process.loginuid = Some(bytes.u32()?);
    let mut mark = |bytes: &mut Bytes<'_>, bit: u8| {
        let is_set = bytes.u8()? != 0;
        process.exe_flags |= if is_set { bit } else { 0 };
        Some(())
    };
    mark(bytes, 1)?;
    process.caps = Some([bytes.u64()?, bytes.u64()?, bytes.u64()?]);
    mark(bytes, 2)?;
    process.exe_ino = Some(bytes.u64()?);
    process.exe_times = Some([bytes.u64()?, bytes.u64()?]);
    mark(bytes, 4)?;
    mark(bytes, 8)?;
    process.pgid = Some(bytes.i64()?);
    Some(())
}

pub(crate) fn fds(body: &[u8], prefixed: bool, order: Order, sink: &mut impl Sink) -> Result<(), Broken> {
    let Some(tid) = Bytes::new(body, order).i64() else {
        let fault = Fault { at: 8, field: "thread id", found: body.len() as u64, expected: Some(8) };
        return Err(Broken { fault, skipped: body.len() });
    };
    let prefix = prefixed.then_some(Prefix::WithItself);
    entries(body, 8, order, prefix, |bytes| fd(bytes, prefixed, &mut |fd| sink.fd(tid, fd)))
}

fn fd(bytes: &mut Bytes<'_>, prefixed: bool, give: &mut dyn FnMut(&Fd<'_>)) -> Result<(), &'static str> {
    const ENTRY: &str = "fd entry";
    let fd = bytes.i64().ok_or(ENTRY)?;
    let ino = bytes.u64().ok_or(ENTRY)?;
    let kind = bytes.u8().ok_or(ENTRY)?;
    // A newer type is only known by where its entry ends.
    if kind > NEWEST_FD_TYPE {
        if !prefixed {
            return Err("fd type");
        }
        let name = format!("unknown-type:[{kind}]");
        give(&Fd { fd, ino, target: FdTarget::Named { kind, name: name.as_bytes() } });
        return Ok(());
    }
    let target = fd_target(bytes, kind, prefixed).ok_or(ENTRY)?;
    give(&Fd { fd, ino, target });
    Ok(())
}

const NEWEST_FD_TYPE: u8 = 21;

fn fd_target<'a>(bytes: &mut Bytes<'a>, kind: u8, prefixed: bool) -> Option<FdTarget<'a>> {
    let longest = if prefixed { ANY_TEXT } else { LONGEST_TEXT };
    Some(match kind {
        0 => FdTarget::Named { kind, name: &[] },
        3 => FdTarget::Ipv4 {
            local: bytes.array()?,
            remote: bytes.array()?,
            lport: bytes.u16()?,
            rport: bytes.u16()?,
            l4: bytes.u8()?,
        },
        4 => FdTarget::Ipv6 {
            local: bytes.array()?,
            remote: bytes.array()?,
            lport: bytes.u16()?,
            rport: bytes.u16()?,
            l4: bytes.u8()?,
        },
        5 => FdTarget::Ipv4Server { ip: bytes.array()?, port: bytes.u16()?, l4: bytes.u8()? },
        6 => FdTarget::Ipv6Server { ip: bytes.array()?, port: bytes.u16()?, l4: bytes.u8()? },
        8 => FdTarget::Unix { source: bytes.u64()?, dest: bytes.u64()?, path: bytes.text(longest)? },
        16 => FdTarget::File {
            flags: bytes.u32()?,
            name: bytes.text(longest)?,
            dev: if prefixed { bytes.u32() } else { None },
        },
        _ => FdTarget::Named { kind, name: bytes.text(longest)? },
    })
}

pub(crate) fn interfaces(body: &[u8], prefixed: bool, order: Order, sink: &mut impl Sink) -> Result<(), Broken> {
    // Unlike all other lists, the length of an interface entry does not count its own four bytes.
    let prefix = prefixed.then_some(Prefix::Without);
    entries(body, 0, order, prefix, |bytes| {
        let interface = interface(bytes).ok_or("interface entry")?;
        sink.interface(&interface);
        Ok(())
    })
}

fn interface(bytes: &mut Bytes<'_>) -> Option<Interface> {
    let kind = bytes.u16()?;
    let name_len = usize::from(bytes.u16()?);
    let (width, has_speed) = match kind {
        1 => (4, true),
        2 => (16, true),
        3 => (4, false),
        4 => (16, false),
        _ => return None,
    };
    Some(Interface {
        addr: bytes.take(width)?.to_vec(),
        mask: bytes.take(width)?.to_vec(),
        broadcast: bytes.take(width)?.to_vec(),
        speed: if has_speed { Some(bytes.u64()?) } else { None },
        name: bytes.take(name_len)?.to_vec(),
    })
}

pub(crate) fn users(body: &[u8], prefixed: bool, order: Order, sink: &mut impl Sink) -> Result<(), Broken> {
    let prefix = prefixed.then_some(Prefix::WithItself);
    entries(body, 0, order, prefix, |bytes| user_or_group(bytes, sink).ok_or("user entry"))
}

fn user_or_group(bytes: &mut Bytes<'_>, sink: &mut impl Sink) -> Option<()> {
    if bytes.u8()? == 0 {
        let uid = bytes.u32()?;
        let gid = bytes.u32()?;
        let name = bytes.text(LONGEST_TEXT)?;
        let home = bytes.text(LONGEST_TEXT)?;
        let shell = bytes.text(LONGEST_TEXT)?;
        sink.user(&User { uid, gid, name, home, shell });
    } else {
        let gid = bytes.u32()?;
        let name = bytes.text(LONGEST_TEXT)?;
        sink.group(&Group { gid, name });
    }
    Some(())
}

/// Only looks whether a list can be decoded.
pub(crate) struct Nothing;

impl Sink for Nothing {
    fn section(&mut self, _: &Section) {}
    fn machine(&mut self, _: &Machine) {}
    fn process(&mut self, _: &Process<'_>) {}
    fn fd(&mut self, _: i64, _: &Fd<'_>) {}
    fn interface(&mut self, _: &Interface) {}
    fn user(&mut self, _: &User<'_>) {}
    fn group(&mut self, _: &Group<'_>) {}
    fn event(&mut self, _: &crate::Event<'_>) {}
    fn damage(&mut self, _: crate::Damage) {}
}
