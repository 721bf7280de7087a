//! The event table: names, directions, categories and parameters of every event type, in the layouts of three releases.
//! Knows nothing of values: what a parameter says is the business of [`crate::text`].

use std::fmt;

include!(concat!(env!("OUT_DIR"), "/events.rs"));

/// Number of event types; ids run from 0 to here.
pub const TABLE_SIZE: u16 = EVENTS.len() as u16;

/// Which release's table a text is printed with. Later ones are greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// sysdig 0.29.3, the last classic one: enter and exit events, short parameter lists.
    #[default]
    V0_29_3,
    /// sysdig 0.36.0: enter and exit events, more of both.
    V0_36_0,
    /// The library alone, 0.25.4: nearly everything in the exit event.
    Libs0_25_4,
}

impl Release {
    /// Event types this release knows; it skips events with a higher type, and they take no number.
    pub const fn table_size(self) -> u16 {
        match self {
            Self::V0_29_3 => SIZE_V0_29_3,
            Self::V0_36_0 => SIZE_V0_36_0,
            Self::Libs0_25_4 => TABLE_SIZE,
        }
    }
}

/// One event type.
#[derive(Debug)]
pub struct EventInfo {
    /// Name of the call or of the occurrence, `NA` for ids without one.
    pub name: &'static str,
    /// Enter event (`>`); exit event (`<`) otherwise.
    pub enter: bool,
    /// Kind of activity.
    pub category: Category,
    /// Who makes events of this type.
    pub source: Source,
    /// Properties, as the newest table has them.
    pub flags: EventFlags,
    /// Index of the parameter that holds the descriptor the event works on, in the newest layout.
    pub fd_param: Option<u8>,
    /// Parameter counts the type has had, newest (and so longest) first.
    pub counts: &'static [u8],
    newest: Span,
    older: [Span; 2],
}

impl EventInfo {
    /// Parameters of the newest layout. Layouts only ever grow at the end.
    pub fn params(&self) -> &'static [ParamInfo] {
        self.newest.params()
    }

    /// Parameters as a release prints them: names, types and number are its own.
    pub fn params_in(&self, release: Release) -> &'static [ParamInfo] {
        let [v0_29_3, v0_36_0] = self.older;
        match release {
            Release::V0_29_3 => v0_29_3.params(),
            Release::V0_36_0 => v0_36_0.params(),
            Release::Libs0_25_4 => self.newest.params(),
        }
    }
}

/// The event type with an id below [`TABLE_SIZE`].
pub(crate) const fn known(kind: u16) -> &'static EventInfo {
    &EVENTS[kind as usize]
}

/// The event type with this id.
#[inline]
pub fn event(kind: u16) -> Option<&'static EventInfo> {
    EVENTS.get(usize::from(kind))
}

/// Parameters of an event type as a release prints them; empty for unknown types.
pub fn params(kind: u16, release: Release) -> &'static [ParamInfo] {
    event(kind).map_or(&[], |info| info.params_in(release))
}

/// Properties of an event type as a release has them.
pub fn flags(kind: u16, release: Release) -> EventFlags {
    event(kind).map_or(EventFlags(0), |info| EventFlags(info.flags.0 & !absent_flags(kind, release)))
}

/// Part of the pool of parameters.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u16,
    len: u8,
}

impl Span {
    fn params(self) -> &'static [ParamInfo] {
        let start = usize::from(self.start);
        PARAMS.get(start..start + usize::from(self.len)).unwrap_or(&[])
    }
}

/// One parameter of an event type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamInfo {
    /// Its name, as printed before `=`.
    pub name: &'static str,
    /// How its bytes are to be read.
    pub ty: ParamType,
    /// How a number is printed.
    pub format: Format,
    /// Names of its values or bits.
    pub flags: Option<FlagTable>,
    /// For [`ParamType::Dyn`]: what it can be.
    pub dynamic: Option<Alternatives>,
    /// For [`ParamType::Fsrelpath`]: index of the descriptor that the path is relative to.
    pub dirfd: Option<u8>,
}

/// Encodings of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamType {
    /// Not used.
    None,
    /// Signed, 1 byte.
    Int8,
    /// Signed, 2 bytes.
    Int16,
    /// Signed, 4 bytes.
    Int32,
    /// Signed, 8 bytes.
    Int64,
    /// Unsigned, 1 byte.
    Uint8,
    /// Unsigned, 2 bytes.
    Uint16,
    /// Unsigned, 4 bytes.
    Uint32,
    /// Unsigned, 8 bytes.
    Uint64,
    /// Text with a NUL at its end.
    Charbuf,
    /// Bytes.
    Bytebuf,
    /// Signed, 8 bytes; a negative one is an errno.
    Errno,
    /// Family and one address.
    Sockaddr,
    /// Family and both addresses.
    Socktuple,
    /// Descriptor number, signed, 8 bytes.
    Fd,
    /// Process or thread id, signed, 8 bytes.
    Pid,
    /// Count, then pairs of descriptor and poll flags.
    Fdlist,
    /// Path relative to the working directory.
    Fspath,
    /// Number of a system call, 2 bytes.
    Syscallid,
    /// Signal number, 1 byte.
    Sigtype,
    /// Duration in nanoseconds, 8 bytes.
    Reltime,
    /// Nanoseconds since the epoch, 8 bytes.
    Abstime,
    /// Port in host order, 2 bytes.
    Port,
    /// Layer 4 protocol, 1 byte.
    L4proto,
    /// Socket family, 1 byte.
    Sockfamily,
    /// Truth, 4 bytes.
    Bool,
    /// IPv4 address in network order.
    Ipv4addr,
    /// One byte that chooses the encoding, then the value.
    Dyn,
    /// Flag bits, 1 byte.
    Flags8,
    /// Flag bits, 2 bytes.
    Flags16,
    /// Flag bits, 4 bytes.
    Flags32,
    /// User id, 4 bytes.
    Uid,
    /// Group id, 4 bytes.
    Gid,
    /// Floating point, 8 bytes.
    Double,
    /// Set of signals 1 to 32, 4 bytes.
    Sigset,
    /// List of texts; never stored in a file by classic recorders.
    Charbufarray,
    /// List of pairs of texts; never stored in a file.
    CharbufPairArray,
    /// IPv4 network; only in filters.
    Ipv4net,
    /// IPv6 address in network order.
    Ipv6addr,
    /// IPv6 network; only in filters.
    Ipv6net,
    /// Either address; only in filters.
    Ipaddr,
    /// Either network; only in filters.
    Ipnet,
    /// File mode bits, 4 bytes.
    Mode,
    /// Path relative to a directory descriptor.
    Fsrelpath,
    /// One of several values, 1 byte.
    Enumflags8,
    /// One of several values, 2 bytes.
    Enumflags16,
    /// One of several values, 4 bytes.
    Enumflags32,
    /// Descriptor number, 4 bytes.
    Fd32,
    /// Process or thread id, 4 bytes.
    Pid32,
    /// Not used.
    Max,
}

impl ParamType {
    /// Bytes of the types that have a fixed width.
    pub const fn width(self) -> Option<u8> {
        use ParamType as T;
        Some(match self {
            T::Int8 | T::Uint8 | T::Sigtype | T::L4proto | T::Sockfamily | T::Flags8 | T::Enumflags8 => 1,
            T::Int16 | T::Uint16 | T::Syscallid | T::Port | T::Flags16 | T::Enumflags16 => 2,
            T::Int32 | T::Uint32 | T::Bool | T::Ipv4addr | T::Flags32 | T::Uid | T::Gid => 4,
            T::Sigset | T::Mode | T::Enumflags32 | T::Fd32 | T::Pid32 => 4,
            T::Int64 | T::Uint64 | T::Errno | T::Fd | T::Pid | T::Reltime | T::Abstime | T::Double => 8,
            T::Ipv6addr => 16,
            _ => return None,
        })
    }

    /// Numbers in host order, to be turned over when the file has the other byte order. Addresses are not: they are in
    /// network order always.
    pub const fn is_number(self) -> bool {
        self.width().is_some() && !matches!(self, Self::Ipv4addr | Self::Ipv6addr)
    }
}

/// How a number is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Decimal.
    Dec,
    /// Hexadecimal, upper case, without prefix or padding.
    Hex,
    /// Octal with a leading zero.
    Oct,
    /// Decimal, padded with zeros to nine digits.
    Padded,
}

/// One name in a flag table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// What it is called.
    pub name: &'static str,
    /// Its bits, or its value in an enumeration.
    pub bits: u32,
    /// The first of our releases that knows the name.
    pub since: Release,
}

/// A table of flag names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlagTable(u8);

impl FlagTable {
    /// The names, in the order in which they are tried.
    pub fn flags(self) -> &'static [Flag] {
        FLAG_TABLES.get(usize::from(self.0)).copied().unwrap_or(&[])
    }
}

/// What a dynamic parameter can be; its first byte is the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alternatives(u8);

impl Alternatives {
    /// The encodings, by selector.
    pub fn types(self) -> &'static [ParamType] {
        DYNAMIC.get(usize::from(self.0)).copied().unwrap_or(&[])
    }
}

/// Properties of an event type.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct EventFlags(u16);

impl EventFlags {
    /// Opens a descriptor.
    pub const CREATES_FD: Self = Self(1);
    /// Closes a descriptor.
    pub const DESTROYS_FD: Self = Self(1 << 1);
    /// Works on a descriptor.
    pub const USES_FD: Self = Self(1 << 2);
    /// Takes data from a descriptor.
    pub const READS_FROM_FD: Self = Self(1 << 3);
    /// Puts data into a descriptor.
    pub const WRITES_TO_FD: Self = Self(1 << 4);
    /// Changes what is known of the machine.
    pub const MODIFIES_STATE: Self = Self(1 << 5);
    /// Id without an event.
    pub const UNUSED: Self = Self(1 << 6);
    /// The thread waits for something.
    pub const WAITS: Self = Self(1 << 7);
    /// Does not count as the thread's previous event.
    pub const SKIPPARSERESET: Self = Self(1 << 8);
    /// Superseded by another id.
    pub const OLD_VERSION: Self = Self(1 << 9);
    /// Rewritten by the newest reader.
    pub const CONVERTER_MANAGED: Self = Self(1 << 10);
    /// Parameter lengths are u32.
    pub const LARGE_PAYLOAD: Self = Self(1 << 11);

    /// Whether all of these are set.
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// Whether one of these is set.
    pub const fn any(self, flags: Self) -> bool {
        self.0 & flags.0 != 0
    }

    /// Both sets.
    pub const fn with(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }
}

impl fmt::Debug for EventFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventFlags({:#x})", self.0)
    }
}

/// Kinds of activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// None, or not known.
    Unknown,
    /// Anything else.
    Other,
    /// Files and directories.
    File,
    /// Network.
    Net,
    /// Between processes.
    Ipc,
    /// Memory.
    Memory,
    /// Processes.
    Process,
    /// Sleeping.
    Sleep,
    /// The machine.
    System,
    /// Signals.
    Signal,
    /// Users.
    User,
    /// Time.
    Time,
    /// Input, on files and sockets alike.
    IoRead,
    /// Output, on files and sockets alike.
    IoWrite,
    /// Neither input nor output, but on a descriptor.
    IoOther,
    /// Waiting for descriptors.
    Wait,
    /// The scheduler.
    Scheduler,
    /// Of the recorder, never printed.
    Internal,
}

/// Who makes an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Nobody.
    None,
    /// A system call.
    Syscall,
    /// A trace point of the kernel.
    Tracepoint,
    /// The recorder, about the machine.
    Metaevent,
    /// The recorder, walking tasks and files.
    Iter,
    /// A plugin.
    Plugin,
}

/// Name of an errno (given positive), such as `EPIPE`.
pub fn errno_name(errno: u32) -> Option<&'static str> {
    named(&ERRNOS, errno)
}

/// Name of a signal, such as `SIGKILL`.
pub fn signal_name(signal: u8) -> Option<&'static str> {
    named(&SIGNALS, u32::from(signal))
}

/// Name of a system call by the capture's own code. Code 0 has none.
pub fn syscall_name(code: u16, release: Release) -> Option<&'static str> {
    match (code, release) {
        (0, _) => None,
        (298, Release::V0_29_3) => Some("sigreturn"),
        _ => named(&SYSCALLS, u32::from(code)),
    }
}

/// Name of a system call by the kernel's number on x86_64.
pub fn native_syscall_name(number: u16) -> Option<&'static str> {
    named(&NATIVE_SYSCALLS, u32::from(number))
}

fn named(names: &'static [&'static str], number: u32) -> Option<&'static str> {
    names.get(usize::try_from(number).ok()?).copied().filter(|name| !name.is_empty())
}

/// The event table as the reader needs it.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventTable;

impl scap::Table for EventTable {
    fn swap_param(kind: u16, index: usize, bytes: &mut [u8]) {
        if let Some(param) = params(kind, Release::Libs0_25_4).get(index) {
            swap(param, bytes);
        }
    }
}

/// Turns the numbers of one parameter over.
fn swap(param: &ParamInfo, bytes: &mut [u8]) {
    let turn = |bytes: &mut [u8], from: usize, to: usize| {
        if let Some(number) = bytes.get_mut(from..to) {
            number.reverse();
        }
    };
    match (param.ty, bytes.first()) {
        (ty, _) if ty.is_number() => bytes.reverse(),
        (ParamType::Sockaddr, Some(2)) => turn(bytes, 5, 7),
        (ParamType::Sockaddr, Some(10)) => turn(bytes, 17, 19),
        (ParamType::Socktuple, Some(1)) => {
            turn(bytes, 1, 9);
            turn(bytes, 9, 17);
        }
        (ParamType::Socktuple, Some(2)) => {
            turn(bytes, 5, 7);
            turn(bytes, 11, 13);
        }
        (ParamType::Socktuple, Some(10)) => {
            turn(bytes, 17, 19);
            turn(bytes, 35, 37);
        }
        (ParamType::Fdlist, Some(_)) => {
            turn(bytes, 0, 2);
            for pair in bytes.get_mut(2..).unwrap_or_default().chunks_exact_mut(10) {
                turn(pair, 0, 8);
                turn(pair, 8, 10);
            }
        }
        (ParamType::Dyn, Some(&chosen)) => {
            let types = param.dynamic.map_or(&[][..], Alternatives::types);
            if types.get(usize::from(chosen)).is_some_and(|ty| ty.is_number()) {
                turn(bytes, 1, bytes.len());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scap::Table as _;

    fn names(params: &[ParamInfo]) -> Vec<&str> {
        params.iter().map(|param| param.name).collect()
    }

    #[test]
    fn every_id_up_to_the_table_size_has_an_event() {
        assert_eq!(TABLE_SIZE, 454);
        assert!((0..TABLE_SIZE).all(|kind| event(kind).is_some()));
        assert!(event(TABLE_SIZE).is_none());
    }

    #[test]
    fn even_ids_are_enter_events_and_odd_ones_exit_events() {
        for kind in 0..TABLE_SIZE {
            assert_eq!(event(kind).is_some_and(|info| info.enter), kind % 2 == 0, "id {kind}");
        }
    }

    #[test]
    fn each_release_prints_openat_with_its_own_parameters() {
        assert_eq!(names(params(307, Release::V0_29_3)), ["fd", "dirfd", "name", "flags", "mode", "dev"]);
        assert_eq!(names(params(307, Release::Libs0_25_4)), ["fd", "dirfd", "name", "flags", "mode", "dev", "ino"]);
    }

    #[test]
    fn a_parameter_that_was_relabelled_has_the_type_of_its_release() {
        let domain = |release| params(18, release).first().map(|param| param.ty);
        assert_eq!(domain(Release::V0_29_3), Some(ParamType::Flags32));
        assert_eq!(domain(Release::V0_36_0), Some(ParamType::Enumflags32));
    }

    #[test]
    fn older_layouts_keep_the_flag_tables_and_directory_parameters_of_today() {
        let name = params(307, Release::V0_29_3).get(2).expect("openat has a name");
        assert_eq!((name.ty, name.dirfd), (ParamType::Fsrelpath, Some(1)));
        let flags = params(307, Release::V0_29_3).get(3).and_then(|param| param.flags).expect("openat has flags");
        assert!(flags.flags().iter().any(|flag| flag.name == "O_TMPFILE" && flag.since == Release::V0_29_3));
        assert!(flags.flags().iter().any(|flag| flag.name == "O_F_CREATED" && flag.since == Release::V0_36_0));
    }

    #[test]
    fn sendmmsg_writes_only_in_the_newest_release() {
        assert!(flags(51, Release::Libs0_25_4).has(EventFlags::WRITES_TO_FD));
        assert!(!flags(51, Release::V0_36_0).any(EventFlags::WRITES_TO_FD));
    }

    #[test]
    fn parameter_counts_come_newest_first() {
        assert_eq!(event(307).map(|info| info.counts), Some(&[7, 6, 5][..]));
    }

    #[test]
    fn numbers_are_turned_and_network_addresses_are_not() {
        let swapped = |kind, index, bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            EventTable::swap_param(kind, index, &mut bytes);
            bytes
        };
        assert_eq!(swapped(7, 0, &[0, 0, 0, 0, 0, 0, 1, 2]), [2, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(swapped(7, 1, b"data"), b"data");
        // connect's tuple, bind's address
        assert_eq!(
            swapped(23, 1, &[2, 127, 0, 0, 1, 0x1f, 0x90, 10, 0, 0, 2, 0, 80]),
            [2, 127, 0, 0, 1, 0x90, 0x1f, 10, 0, 0, 2, 80, 0]
        );
        assert_eq!(swapped(21, 1, &[2, 127, 0, 0, 1, 0x1f, 0x90]), [2, 127, 0, 0, 1, 0x90, 0x1f]);
        let unix = [&[1u8][..], &[0, 0, 0, 0, 0, 0, 0, 1], &[0, 0, 0, 0, 0, 0, 0, 2], b"/x\0"].concat();
        let turned = [&[1u8][..], &[1, 0, 0, 0, 0, 0, 0, 0], &[2, 0, 0, 0, 0, 0, 0, 0], b"/x\0"].concat();
        assert_eq!(swapped(23, 1, &unix), turned);
        // poll's list of one, getsockopt's value: an errno, then bytes
        assert_eq!(swapped(80, 0, &[0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 4]), [1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 4, 0]);
        assert_eq!(swapped(47, 4, &[1, 0, 0, 0, 0, 0, 0, 0, 9]), [1, 9, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(swapped(47, 4, &[0, 1, 2]), [0, 1, 2]);
    }

    #[test]
    fn code_298_is_sigreturn_for_the_classic_release_only() {
        assert_eq!(syscall_name(298, Release::V0_29_3), Some("sigreturn"));
        assert_eq!(syscall_name(298, Release::V0_36_0), Some("rt_sigreturn"));
        assert_eq!(syscall_name(382, Release::V0_29_3), None);
        assert_eq!(native_syscall_name(334), Some("rseq"));
    }

    #[test]
    fn errnos_above_511_are_those_the_kernel_keeps_to_itself() {
        assert_eq!(errno_name(32), Some("EPIPE"));
        assert_eq!(errno_name(512), Some("ERESTARTSYS"));
        assert_eq!(errno_name(0), None);
        assert_eq!(errno_name(600), None);
    }
}
