//! One parameter as text: `raw`, or `raw(resolved)`.

use scap::Event;

use super::address::{sockaddr, socktuple, until_nul};
use super::buffer::{self, dot, printable};
use super::number::{self, decimal, octal, unsigned, upper_hex};
use super::{Printer, address, path, time};
use crate::quirk::Quirk;
use crate::table::{self, Flag, Format, ParamInfo, ParamType, Release};
use crate::view::View;

/// The descriptor number that stands for the working directory.
const AT_FDCWD: i64 = -100;
/// What stands for a text that is not there.
const NOT_AVAILABLE: &[u8] = b"<NA>";
const NULL: &[u8] = b"NULL";
/// Longest path of sysdig, in bytes.
const LONGEST: usize = 1024;

const MMAP_EXIT: u16 = 161;
const MMAP2_EXIT: u16 = 163;
const SWITCH: u16 = 152;
const OPENAT2_ENTER: u16 = 326;

/// Where a parameter stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub event: &'a Event<'a>,
    pub index: usize,
    pub view: &'a dyn View,
}

impl Place<'_> {
    /// Parameter 0 of an exit event is what the call returned.
    fn is_result(&self) -> bool {
        self.index == 0 && self.event.kind % 2 == 1
    }
}

/// Appends what `write` writes in parentheses, and nothing when it writes nothing.
fn resolved(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mark = out.len();
    out.push(b'(');
    write(out);
    if out.len() == mark + 1 {
        out.truncate(mark);
    } else {
        out.push(b')');
    }
}

/// Appends `(text)`.
fn in_parentheses(out: &mut Vec<u8>, text: &[u8]) {
    if !text.is_empty() {
        out.push(b'(');
        out.extend_from_slice(text);
        out.push(b')');
    }
}

impl Printer {
    /// Appends a parameter and returns where its raw text ends; what follows is the resolved text in parentheses.
    pub(super) fn value(&self, out: &mut Vec<u8>, spec: &ParamInfo, place: Place<'_>, bytes: &[u8]) -> usize {
        use ParamType as T;
        if bytes.is_empty() {
            out.extend_from_slice(self.empty(spec.ty));
            return out.len();
        }
        match spec.ty {
            T::Bytebuf => self.buffer(out, bytes),
            T::Charbuf => {
                let text = until_nul(bytes);
                let text = if self.is_null_text(bytes, false) { NOT_AVAILABLE } else { text };
                out.extend_from_slice(text);
            }
            T::Fspath | T::Fsrelpath => return self.path(out, spec, place, bytes),
            T::Sockaddr => sockaddr(out, bytes, |out, path| self.name(out, path)),
            T::Socktuple => socktuple(out, bytes, |out, path| self.name(out, path)),
            T::Fdlist => fdlist(out, bytes, place.view, !self.quirks.has(Quirk::FdWithoutSign)),
            T::Dyn => return self.dynamic(out, spec, place, bytes),
            T::Charbufarray | T::CharbufPairArray => out.extend(bytes.iter().map(|byte| dot(*byte))),
            T::Ipv6addr => match bytes.first_chunk::<16>() {
                Some(address) => address::ipv6(out, *address),
                None => bad_length(out, bytes),
            },
            _ => return self.scalar(out, spec, place, bytes),
        }
        out.len()
    }

    /// What stands for a parameter of no bytes.
    fn empty(&self, ty: ParamType) -> &'static [u8] {
        use ParamType as T;
        let classic = self.release == Release::V0_29_3;
        match ty {
            T::Bytebuf | T::Charbuf | T::Fspath | T::Fsrelpath if classic => b"",
            T::Sockaddr if self.release == Release::Libs0_25_4 => NOT_AVAILABLE,
            T::Bytebuf | T::Socktuple | T::Sockaddr | T::Fdlist | T::Charbufarray | T::CharbufPairArray | T::Dyn => {
                NULL
            }
            _ => NOT_AVAILABLE,
        }
    }

    /// The recorder's `(NULL)`; the classic release takes it for a text like any other.
    fn is_null_text(&self, bytes: &[u8], is_path: bool) -> bool {
        let classic = self.release == Release::V0_29_3;
        bytes == b"(NULL)\0" && !(classic && (!is_path || self.quirks.has(Quirk::NullPathsAreResolved)))
    }

    fn buffer(&self, out: &mut Vec<u8>, bytes: &[u8]) {
        let whole = self.verbose || self.release == Release::Libs0_25_4;
        buffer::append(out, bytes, self.buffers, whole);
    }

    /// Appends the name of a descriptor, a unix path or a user.
    pub(super) fn name(&self, out: &mut Vec<u8>, name: &[u8]) {
        if !self.quirks.has(Quirk::UnprintableBytesVanish) {
            path::escape(out, name.strip_suffix(b"\n").unwrap_or(name));
        } else if self.release == Release::Libs0_25_4 {
            path::replace_unprintable(out, name);
        } else {
            path::drop_unprintable(out, name, usize::MAX);
        }
    }

    fn scalar(&self, out: &mut Vec<u8>, spec: &ParamInfo, place: Place<'_>, bytes: &[u8]) -> usize {
        use ParamType as T;
        let Some((value, width)) = fixed(spec.ty, bytes, place.event.kind) else {
            bad_length(out, bytes);
            return out.len();
        };
        let signed = sign_extended(value, width);
        match spec.ty {
            T::Fd | T::Fd32 => {
                let fd = if self.quirks.has(Quirk::FdWithoutSign) { signed } else { narrowed(signed, place) };
                return self.fd(out, fd, place);
            }
            T::Errno if self.is_address(place) => upper_hex(out, value),
            T::Errno => return errno(out, signed),
            T::Uint64 if self.is_failed_mmap(place, signed) => return errno(out, signed),
            T::Pid | T::Pid32 => {
                decimal(out, signed);
                let end = out.len();
                in_parentheses(out, place.view.comm(signed).unwrap_or(b""));
                return end;
            }
            T::Flags8 | T::Flags16 | T::Flags32 => {
                unsigned(out, value);
                let end = out.len();
                resolved(out, |out| flags(out, self.flag_table(spec), value as u32, self.release));
                return end;
            }
            T::Enumflags8 | T::Enumflags16 | T::Enumflags32 => {
                unsigned(out, value);
                let end = out.len();
                resolved(out, |out| equal(out, self.flag_table(spec), value as u32, self.release));
                return end;
            }
            T::Mode => {
                integer(out, spec.format, value, signed, width);
                let end = out.len();
                resolved(out, |out| mode(out, self.flag_table(spec), value as u32, self.release));
                return end;
            }
            T::Uid | T::Gid => {
                decimal(out, signed);
                let end = out.len();
                let id = value as u32;
                resolved(out, |out| match (id, spec.ty) {
                    (u32::MAX, _) => out.extend_from_slice(b"<NONE>"),
                    (_, T::Uid) => self.name(out, place.view.user(id).unwrap_or(NOT_AVAILABLE)),
                    _ => self.name(out, place.view.group(id).unwrap_or(NOT_AVAILABLE)),
                });
                return end;
            }
            T::Sigtype => {
                unsigned(out, value);
                let end = out.len();
                in_parentheses(out, table::signal_name(value as u8).unwrap_or("").as_bytes());
                return end;
            }
            T::Sigset => sigset(out, value as u32),
            T::Syscallid => {
                unsigned(out, value);
                let end = out.len();
                let name = match (value, self.release) {
                    (0, Release::V0_29_3) => "<unknown>",
                    (0, _) => "unknown",
                    _ => table::syscall_name(value as u16, self.release).unwrap_or("<unknown syscall>"),
                };
                in_parentheses(out, name.as_bytes());
                return end;
            }
            T::Reltime if value == u64::MAX => out.extend_from_slice(b"none"),
            T::Reltime => {
                unsigned(out, value);
                let end = out.len();
                out.push(b'(');
                number::seconds(out, value);
                out.extend_from_slice(b"s)");
                return end;
            }
            T::Abstime => time::date_time(out, value, self.zone),
            T::Bool => out.extend_from_slice(if value != 0 { b"true" } else { b"false" }),
            T::Double => {
                let mut text = number::Stack::default();
                let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{:.1}", f64::from_bits(value)));
                out.extend_from_slice(text.bytes());
            }
            T::Ipv4addr => address::ipv4(out, (value as u32).to_le_bytes()),
            T::Port | T::L4proto | T::Sockfamily => unsigned(out, value),
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::Uint32 | T::Uint64 => {
                integer(out, spec.format, value, signed, width);
            }
            // Small unsigned numbers are the only ones that print without a sign.
            _ => integer(out, spec.format, value, value as i64, width),
        }
        out.len()
    }

    fn flag_table(&self, spec: &ParamInfo) -> &'static [Flag] {
        spec.flags.map_or(&[], table::FlagTable::flags)
    }

    /// The address that mmap returned, in a release that has its result as an errno.
    fn is_address(&self, place: Place<'_>) -> bool {
        is_mmap(place)
            && !self.quirks.has(Quirk::MmapResultsHaveOneFormat)
            && place.event.params.int(0).is_some_and(|result| result >= 0)
    }

    /// The errno that mmap returned, in a release that has its result as an address.
    fn is_failed_mmap(&self, place: Place<'_>, result: i64) -> bool {
        is_mmap(place) && result < 0 && !self.quirks.has(Quirk::MmapResultsHaveOneFormat)
    }

    fn fd(&self, out: &mut Vec<u8>, fd: i64, place: Place<'_>) -> usize {
        decimal(out, fd);
        let end = out.len();
        if fd == AT_FDCWD {
            out.extend_from_slice(b"(AT_FDCWD)");
        } else if fd < 0 {
            if place.is_result() || self.quirks.has(Quirk::FdArgumentsHaveErrnoNames) {
                in_parentheses(out, errno_name(fd).as_bytes());
            }
        } else if let Some(entry) = place.view.fd(fd) {
            out.extend_from_slice(b"(<");
            out.push(self.typechar(entry.typechar));
            out.extend(entry.l4char);
            out.push(b'>');
            self.name(out, entry.name);
            out.push(b')');
        }
        end
    }

    /// Newer releases have another letter for descriptors of a kind they do not support.
    fn typechar(&self, typechar: u8) -> u8 {
        if typechar == b'X' && self.release != Release::V0_29_3 { b'?' } else { typechar }
    }

    fn dynamic(&self, out: &mut Vec<u8>, spec: &ParamInfo, place: Place<'_>, bytes: &[u8]) -> usize {
        let types = spec.dynamic.map_or(&[][..], table::Alternatives::types);
        let Some((&chosen, value)) = bytes.split_first() else { return out.len() };
        let Some(&ty) = types.get(usize::from(chosen)) else {
            out.extend_from_slice(b"INVALID DYNAMIC PARAMETER");
            return out.len();
        };
        if value.is_empty() {
            if ty == ParamType::Charbuf && self.release == Release::Libs0_25_4 {
                out.extend_from_slice(b"(null)");
            }
            return out.len();
        }
        self.value(out, &ParamInfo { ty, dynamic: None, ..*spec }, place, value)
    }

    fn path(&self, out: &mut Vec<u8>, spec: &ParamInfo, place: Place<'_>, bytes: &[u8]) -> usize {
        let text = until_nul(bytes);
        if self.is_null_text(bytes, true) {
            out.extend_from_slice(NOT_AVAILABLE);
            return out.len();
        }
        let limit = if self.release != Release::Libs0_25_4 && self.quirks.has(Quirk::LongPathArgumentsAreCut) {
            self.room.0.saturating_sub(1)
        } else {
            usize::MAX
        };
        let clean = self.cleaning();
        match clean {
            Cleaning::Drop => path::drop_unprintable(out, text, limit),
            Cleaning::Escape => path::escape(out, text.get(..limit).unwrap_or(text)),
            Cleaning::Keep => out.extend_from_slice(text.get(..limit).unwrap_or(text)),
        }
        let end = out.len();
        let classic = self.release == Release::V0_29_3;
        if text.first() == Some(&b'/') || text.starts_with(NOT_AVAILABLE) || (text.is_empty() && !classic) {
            return end;
        }
        resolved(out, |out| {
            let start = out.len();
            self.join(out, spec, place, text);
            match clean {
                Cleaning::Drop => {
                    out.iter_mut().skip(start).filter(|byte| !printable(**byte)).for_each(|byte| *byte = b'.');
                }
                Cleaning::Escape if !path::all_printable(out.get(start..).unwrap_or(&[])) => {
                    let joined = out.split_off(start);
                    path::escape(out, &joined);
                }
                Cleaning::Escape | Cleaning::Keep => {}
            }
            if out.len() - start > LONGEST && !classic && self.quirks.has(Quirk::LongPathArgumentsAreCut) {
                out.truncate(start);
                out.extend_from_slice(match self.release {
                    Release::Libs0_25_4 => b"/DIR_TOO_LONG/FILENAME_TOO_LONG",
                    _ => b"/PATH_TOO_LONG",
                });
            }
        });
        end
    }

    /// Appends the path joined to the directory that it is relative to.
    fn join(&self, out: &mut Vec<u8>, spec: &ParamInfo, place: Place<'_>, text: &[u8]) {
        let start = out.len();
        let keep_base = self.release != Release::Libs0_25_4 && self.quirks.has(Quirk::BaseStaysAsItIs);
        let by_cwd = place.event.kind == OPENAT2_ENTER
            && self.release == Release::V0_29_3
            && self.quirks.has(Quirk::Openat2EnterJoinsCwd);
        let dirfd = spec.dirfd.filter(|_| !by_cwd).and_then(|index| place.event.params.int(usize::from(index)));
        match dirfd.map(|fd| narrowed(fd, place)) {
            None | Some(AT_FDCWD) => path::join(out, place.view.cwd(), text, keep_base),
            Some(fd) => match place.view.fd(if keep_base { dirfd.unwrap_or(fd) } else { fd }) {
                Some(entry) => path::join_below(out, entry.name, text, keep_base),
                None => path::join(out, b"", text, keep_base),
            },
        }
        // Newer releases have `./` for the working directory of a thread of which they know nothing.
        let is_placeholder = || matches!(place.view.comm(place.event.tid), None | Some(NOT_AVAILABLE));
        if out.len() == start && text == b"." && self.release != Release::V0_29_3 && is_placeholder() {
            out.push(b'.');
        }
    }

    fn cleaning(&self) -> Cleaning {
        if !self.quirks.has(Quirk::UnprintableBytesVanish) {
            Cleaning::Escape
        } else if self.release == Release::V0_29_3 {
            Cleaning::Drop
        } else {
            Cleaning::Keep
        }
    }
}

/// What happens to bytes of a path argument that cannot be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cleaning {
    Drop,
    Escape,
    Keep,
}

fn is_mmap(place: Place<'_>) -> bool {
    matches!(place.event.kind, MMAP_EXIT | MMAP2_EXIT) && place.index == 0
}

/// A descriptor argument that a recorder filled with zeros is a negative int.
fn narrowed(fd: i64, place: Place<'_>) -> i64 {
    match u32::try_from(fd) {
        Ok(fd) if !place.is_result() => i64::from(fd as i32),
        _ => fd,
    }
}

/// A number of fixed width and that width; `None` when the length is wrong.
fn fixed(ty: ParamType, bytes: &[u8], kind: u16) -> Option<(u64, usize)> {
    let width = usize::from(ty.width()?);
    // The fault counters of a context switch were 32 bits wide at first.
    let is_narrow = kind == SWITCH && ty == ParamType::Uint64 && bytes.len() == 4;
    if (bytes.len() != width && !is_narrow) || bytes.len() > 8 {
        return None;
    }
    let mut wide = [0; 8];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some((u64::from_le_bytes(wide), bytes.len()))
}

fn sign_extended(value: u64, width: usize) -> i64 {
    match width {
        1 => i64::from(value as i8),
        2 => i64::from(value as i16),
        4 => i64::from(value as i32),
        _ => value as i64,
    }
}

fn bad_length(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(b"<bad length ");
    unsigned(out, bytes.len() as u64);
    out.push(b'>');
}

fn integer(out: &mut Vec<u8>, format: Format, value: u64, signed: i64, width: usize) {
    match format {
        Format::Dec => decimal(out, signed),
        Format::Hex => upper_hex(out, value),
        Format::Oct => octal(out, value),
        Format::Padded if signed < 0 && width >= 4 => decimal(out, signed),
        Format::Padded => number::nine(out, value),
    }
}

/// Name of the errno that a negative result stands for.
pub(super) fn errno_name(result: i64) -> &'static str {
    table::errno_name((result as i32).unsigned_abs()).unwrap_or("")
}

fn errno(out: &mut Vec<u8>, result: i64) -> usize {
    decimal(out, result);
    let end = out.len();
    if result < 0 {
        in_parentheses(out, errno_name(result).as_bytes());
    }
    end
}

/// Appends the names of all bits, in the order of the table.
fn flags(out: &mut Vec<u8>, table: &[Flag], value: u32, release: Release) {
    let start = out.len();
    let mut left = value;
    for flag in table.iter().filter(|flag| flag.since <= release) {
        // An entry equal to the whole value ends the search even if its bits have been named before.
        if flag.bits == value {
            joined(out, start, flag.name);
            return;
        }
        if flag.bits != 0 && left & flag.bits == flag.bits {
            joined(out, start, flag.name);
            left &= !flag.bits;
        }
    }
}

/// Appends the names of all entries equal to the value.
fn equal(out: &mut Vec<u8>, table: &[Flag], value: u32, release: Release) {
    let start = out.len();
    for flag in table.iter().filter(|flag| flag.bits == value && flag.since <= release) {
        joined(out, start, flag.name);
    }
}

/// Like [`flags`], but bits that were named are looked at again.
fn mode(out: &mut Vec<u8>, table: &[Flag], value: u32, release: Release) {
    let start = out.len();
    for flag in table.iter().filter(|flag| flag.since <= release) {
        if flag.bits == value {
            joined(out, start, flag.name);
            return;
        }
        if flag.bits != 0 && value & flag.bits == flag.bits {
            joined(out, start, flag.name);
        }
    }
}

fn joined(out: &mut Vec<u8>, start: usize, name: &str) {
    if out.len() > start {
        out.push(b'|');
    }
    out.extend_from_slice(name.as_bytes());
}

fn sigset(out: &mut Vec<u8>, set: u32) {
    let mut is_first = true;
    for bit in (0u8..32).filter(|bit| set >> bit & 1 == 1) {
        if let Some(name) = table::signal_name(bit + 1) {
            if !is_first {
                out.push(b' ');
            }
            is_first = false;
            out.extend_from_slice(name.as_bytes());
        }
    }
}

fn fdlist(out: &mut Vec<u8>, bytes: &[u8], view: &dyn View, signed: bool) {
    let Some((count, mut rest)) = bytes.split_first_chunk::<2>() else { return };
    for place in 0..u16::from_le_bytes(*count) {
        let Some((fd, behind)) = rest.split_first_chunk::<8>() else { return };
        let Some((events, behind)) = behind.split_first_chunk::<2>() else { return };
        rest = behind;
        if place > 0 {
            out.push(b' ');
        }
        let fd = i64::from_le_bytes(*fd);
        if signed {
            decimal(out, fd);
        } else {
            unsigned(out, fd as u64);
        }
        out.push(b':');
        out.push(view.fd(fd).map_or(b'?', |entry| entry.typechar));
        number::lower_hex(out, u64::from(u16::from_le_bytes(*events)));
    }
}
