//! Writes captures block by block: every kind and version that recorders have written, in both byte orders.

/// Appends blocks to a capture.
///
/// # Examples
/// ```
/// use testkit::writer::{EventBlock, EventSpec, Writer};
///
/// let mut writer = Writer::new();
/// writer.section(2);
/// writer.event(EventBlock::V2, &EventSpec { ts: 10, tid: 7, kind: 6, params: vec![3_i64.to_le_bytes().into()], ..EventSpec::default() });
/// assert_eq!(writer.into_bytes().len(), 28 + 12 + 2 + 26 + 2 + 8 + 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    big_endian: bool,
}

/// Block type and layout of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventBlock {
    /// 0x204: no parameter count.
    V1,
    /// 0x8010abcd: the pre-release alias of it.
    V1Alias,
    /// 0x208: no parameter count, with flags.
    V1Flags,
    /// 0x216.
    V2,
    /// 0x217: with flags.
    V2Flags,
    /// 0x221: u32 parameter lengths.
    Large,
    /// 0x222: u32 parameter lengths, with flags.
    LargeFlags,
}

impl EventBlock {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::V1, Self::V1Alias, Self::V1Flags, Self::V2, Self::V2Flags, Self::Large, Self::LargeFlags];

    fn block_type(self) -> u32 {
        match self {
            Self::V1 => 0x204,
            Self::V1Alias => 0x8010_abcd,
            Self::V1Flags => 0x208,
            Self::V2 => 0x216,
            Self::V2Flags => 0x217,
            Self::Large => 0x221,
            Self::LargeFlags => 0x222,
        }
    }

    /// Whether the block holds a flags word.
    pub fn has_flags(self) -> bool {
        matches!(self, Self::V1Flags | Self::V2Flags | Self::LargeFlags)
    }

    fn is_counted(self) -> bool {
        !matches!(self, Self::V1 | Self::V1Alias | Self::V1Flags)
    }

    fn is_large(self) -> bool {
        matches!(self, Self::Large | Self::LargeFlags)
    }
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSpec {
    /// CPU.
    pub cpu: u16,
    /// Flags word; only written by blocks that have one.
    pub flags: u32,
    /// Nanoseconds since the epoch.
    pub ts: u64,
    /// Thread.
    pub tid: i64,
    /// Event type.
    pub kind: u16,
    /// Parameters, as they stand in the file: a big-endian writer does not turn them.
    pub params: Vec<Vec<u8>>,
    /// pcapng options behind the event.
    pub options: Vec<u8>,
}

/// One process, with every field any version has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ProcessSpec {
    pub tid: i64,
    pub pid: i64,
    pub ptid: i64,
    pub sid: i64,
    pub vpgid: i64,
    pub comm: Vec<u8>,
    pub exe: Vec<u8>,
    pub exepath: Vec<u8>,
    pub args: Vec<u8>,
    pub cwd: Vec<u8>,
    pub fdlimit: i64,
    pub flags: u32,
    pub uid: u32,
    pub gid: u32,
    pub vmsize: u32,
    pub vmrss: u32,
    pub vmswap: u32,
    pub pfmajor: u64,
    pub pfminor: u64,
    pub env: Vec<u8>,
    pub vtid: i64,
    pub vpid: i64,
    pub cgroups: Vec<u8>,
    pub root: Vec<u8>,
    pub pidns_init_start_ts: u64,
    pub tty: u32,
    pub loginuid: u32,
    pub exe_flags: u8,
    pub caps: [u64; 3],
    pub exe_ino: u64,
    pub exe_times: [u64; 2],
    pub pgid: i64,
}

impl Default for ProcessSpec {
    fn default() -> Self {
        Self {
            tid: 1,
            pid: 1,
            ptid: 0,
            sid: 0,
            vpgid: 0,
            comm: Vec::new(),
            exe: Vec::new(),
            exepath: Vec::new(),
            args: Vec::new(),
            cwd: b"/".into(),
            fdlimit: 1_024,
            flags: 0,
            uid: 0,
            gid: 0,
            vmsize: 0,
            vmrss: 0,
            vmswap: 0,
            pfmajor: 0,
            pfminor: 0,
            env: Vec::new(),
            vtid: -1,
            vpid: -1,
            cgroups: Vec::new(),
            root: b"/".into(),
            pidns_init_start_ts: 0,
            tty: 0,
            loginuid: u32::MAX,
            exe_flags: 0,
            caps: [0; 3],
            exe_ino: 0,
            exe_times: [0; 2],
            pgid: 0,
        }
    }
}

/// Bytes behind the fixed fields of a version 9 process entry as the newest recorder writes them.
pub const NEWEST_TAIL: usize = 76;

/// One file descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct FdSpec {
    pub fd: i64,
    pub ino: u64,
    pub target: FdTarget,
}

/// What a descriptor is open on. Addresses are network order, ports are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FdTarget {
    Ipv4 { local: [u8; 4], remote: [u8; 4], lport: u16, rport: u16, l4: u8 },
    Ipv6 { local: [u8; 16], remote: [u8; 16], lport: u16, rport: u16, l4: u8 },
    Ipv4Server { ip: [u8; 4], port: u16, l4: u8 },
    Ipv6Server { ip: [u8; 16], port: u16, l4: u8 },
    Unix { source: u64, dest: u64, path: Vec<u8> },
    File { flags: u32, name: Vec<u8>, dev: u32 },
    Named { kind: u8, name: Vec<u8> },
}

/// One interface; addresses of 4 or 16 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct InterfaceSpec {
    pub addr: Vec<u8>,
    pub mask: Vec<u8>,
    pub broadcast: Vec<u8>,
    pub speed: Option<u64>,
    pub name: Vec<u8>,
}

/// One entry of the user list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum UserSpec {
    User { uid: u32, gid: u32, name: Vec<u8>, home: Vec<u8>, shell: Vec<u8> },
    Group { gid: u32, name: Vec<u8> },
}

/// Facts of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MachineSpec {
    pub cpus: u32,
    pub memory: u64,
    pub host: Vec<u8>,
    pub boot_ts: u64,
}

impl Default for MachineSpec {
    fn default() -> Self {
        Self { cpus: 2, memory: 4 << 30, host: b"testbox".into(), boot_ts: 0 }
    }
}

/// A part of a block, in one byte order.
#[derive(Clone, Debug, Default)]
pub struct Body {
    bytes: Vec<u8>,
    big_endian: bool,
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        /// Appends a number.
        pub fn $name(&mut self, number: $name) -> &mut Self {
            let bytes = if self.big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
            self.raw(&bytes)
        }
    )*};
}

impl Body {
    /// Nothing yet.
    pub fn new(big_endian: bool) -> Self {
        Self { bytes: Vec::new(), big_endian }
    }

    numbers!(u8 u16 u32 u64 i64);

    /// Appends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Appends a text with its u16 length before it.
    pub fn text(&mut self, text: &[u8]) -> &mut Self {
        self.u16(u16::try_from(text.len()).expect("texts in lists are short")).raw(text)
    }

    /// What has been appended.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Writer {
    /// A little-endian capture without any block.
    pub fn new() -> Self {
        Self::default()
    }

    /// A big-endian capture without any block.
    pub fn big_endian() -> Self {
        Self { big_endian: true, ..Self::default() }
    }

    /// The bytes of the capture.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Length so far: where the next block starts.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// True before the first block.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn body(&self) -> Body {
        Body::new(self.big_endian)
    }

    /// Bytes as they are, with no framing.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// A block of any type; the body is padded.
    pub fn block(&mut self, block_type: u32, body: &[u8]) -> &mut Self {
        let padded = body.len().next_multiple_of(4);
        let total = u32::try_from(padded + 12).expect("blocks of tests are short");
        let mut block = self.body();
        block.u32(block_type).u32(total).raw(body).raw(&vec![0; padded - body.len()]).u32(total);
        self.raw(block.bytes())
    }

    /// Section header of format 1.`minor`.
    pub fn section(&mut self, minor: u16) -> &mut Self {
        self.section_with(1, minor, &[])
    }

    /// Section header of any version, with pcapng options.
    pub fn section_with(&mut self, major: u16, minor: u16, options: &[u8]) -> &mut Self {
        let mut body = self.body();
        body.u32(0x1a2b_3c4d).u16(major).u16(minor).u64(u64::MAX).raw(options);
        self.block(0x0a0d_0d0a, body.bytes())
    }

    /// Machine block.
    pub fn machine(&mut self, machine: &MachineSpec) -> &mut Self {
        let mut host = machine.host.clone();
        host.resize(128, 0);
        let mut body = self.body();
        body.u32(machine.cpus).u64(machine.memory).u64(0).raw(&host).u64(machine.boot_ts).u64(0).u64(0).u64(0);
        self.block(0x201, body.bytes())
    }

    /// Process list of `version` 1 to 9; version 9 as the newest recorder writes it.
    pub fn processes(&mut self, version: u8, processes: &[ProcessSpec]) -> &mut Self {
        self.processes_with_tail(version, NEWEST_TAIL, processes)
    }

    /// Process list whose version 9 entries end `tail` bytes behind the root; up to 29 the fields are the old ones.
    pub fn processes_with_tail(&mut self, version: u8, tail: usize, processes: &[ProcessSpec]) -> &mut Self {
        let block_type = match version {
            1 => 0x202,
            2 => 0x207,
            3 => 0x209,
            4..=9 => 0x20c + u32::from(version),
            _ => panic!("process lists have versions 1 to 9"),
        };
        let mut body = self.body();
        for process in processes {
            let entry = self.process(version, tail, process);
            if version >= 9 {
                body.u32(u32::try_from(entry.len() + 4).expect("entries are short"));
            }
            body.raw(&entry);
        }
        self.block(block_type, body.bytes())
    }

    fn process(&self, version: u8, tail: usize, p: &ProcessSpec) -> Vec<u8> {
        let mut entry = self.body();
        entry.i64(p.tid).i64(p.pid).i64(p.ptid);
        if version >= 6 {
            entry.i64(p.sid);
        }
        if version >= 8 {
            entry.i64(p.vpgid);
        }
        entry.text(&p.comm).text(&p.exe);
        if version >= 7 {
            entry.text(&p.exepath);
        }
        entry.text(&p.args).text(&p.cwd).i64(p.fdlimit).u32(p.flags).u32(p.uid).u32(p.gid);
        if version >= 2 {
            entry.u32(p.vmsize).u32(p.vmrss).u32(p.vmswap).u64(p.pfmajor).u64(p.pfminor);
        }
        if version >= 3 {
            entry.text(&p.env);
        }
        if version >= 4 {
            entry.i64(p.vtid).i64(p.vpid).text(&p.cgroups);
        }
        if version >= 5 {
            entry.text(&p.root);
        }
        if version >= 9 {
            let mut fields = self.body();
            if tail > 29 {
                fields.u64(p.pidns_init_start_ts).u32(p.tty);
            }
            let mark = |bit: u8| u8::from(p.exe_flags & bit != 0);
            fields.u32(p.loginuid).u8(mark(1)).u64(p.caps[0]).u64(p.caps[1]).u64(p.caps[2]);
            fields.u8(mark(2)).u64(p.exe_ino).u64(p.exe_times[0]).u64(p.exe_times[1]);
            fields.u8(mark(4)).u8(mark(8)).i64(p.pgid);
            fields.bytes.resize(tail.max(fields.bytes.len()), 0);
            entry.raw(&fields.bytes()[..tail]);
        }
        entry.bytes
    }

    /// Fd list of one thread, version 1 or 2.
    pub fn fds(&mut self, version: u8, tid: i64, fds: &[FdSpec]) -> &mut Self {
        let is_prefixed = version == 2;
        let mut body = self.body();
        body.i64(tid);
        for fd in fds {
            let entry = self.fd(fd, is_prefixed);
            if is_prefixed {
                body.u32(u32::try_from(entry.len() + 4).expect("entries are short"));
            }
            body.raw(&entry);
        }
        self.block(if is_prefixed { 0x218 } else { 0x203 }, body.bytes())
    }

    fn fd(&self, fd: &FdSpec, has_device: bool) -> Vec<u8> {
        let mut entry = self.body();
        entry.i64(fd.fd).u64(fd.ino);
        match &fd.target {
            FdTarget::Ipv4 { local, remote, lport, rport, l4 } => {
                entry.u8(3).raw(local).raw(remote).u16(*lport).u16(*rport).u8(*l4)
            }
            FdTarget::Ipv6 { local, remote, lport, rport, l4 } => {
                entry.u8(4).raw(local).raw(remote).u16(*lport).u16(*rport).u8(*l4)
            }
            FdTarget::Ipv4Server { ip, port, l4 } => entry.u8(5).raw(ip).u16(*port).u8(*l4),
            FdTarget::Ipv6Server { ip, port, l4 } => entry.u8(6).raw(ip).u16(*port).u8(*l4),
            FdTarget::Unix { source, dest, path } => entry.u8(8).u64(*source).u64(*dest).text(path),
            FdTarget::File { flags, name, dev } => {
                entry.u8(16).u32(*flags).text(name);
                if has_device { entry.u32(*dev) } else { &mut entry }
            }
            FdTarget::Named { kind: 0, .. } => entry.u8(0),
            FdTarget::Named { kind, name } => entry.u8(*kind).text(name),
        };
        entry.bytes
    }

    /// Interface list, version 1 or 2.
    pub fn interfaces(&mut self, version: u8, interfaces: &[InterfaceSpec]) -> &mut Self {
        let mut body = self.body();
        for interface in interfaces {
            let kind = match (interface.addr.len(), interface.speed) {
                (4, Some(_)) => 1,
                (16, Some(_)) => 2,
                (4, None) => 3,
                (16, None) => 4,
                _ => panic!("addresses have 4 or 16 bytes"),
            };
            let mut entry = self.body();
            entry.u16(kind).u16(u16::try_from(interface.name.len()).expect("names are short"));
            entry.raw(&interface.addr).raw(&interface.mask).raw(&interface.broadcast);
            if let Some(speed) = interface.speed {
                entry.u64(speed);
            }
            entry.raw(&interface.name);
            if version == 2 {
                // Here, and only here, the length does not count itself.
                body.u32(u32::try_from(entry.bytes.len()).expect("entries are short"));
            }
            body.raw(entry.bytes());
        }
        self.block(if version == 2 { 0x219 } else { 0x205 }, body.bytes())
    }

    /// User list, version 1 or 2.
    pub fn users(&mut self, version: u8, users: &[UserSpec]) -> &mut Self {
        let mut body = self.body();
        for user in users {
            let mut entry = self.body();
            match user {
                UserSpec::User { uid, gid, name, home, shell } => {
                    entry.u8(0).u32(*uid).u32(*gid).text(name).text(home).text(shell)
                }
                UserSpec::Group { gid, name } => entry.u8(1).u32(*gid).text(name),
            };
            if version == 2 {
                body.u32(u32::try_from(entry.bytes.len() + 4).expect("entries are short"));
            }
            body.raw(entry.bytes());
        }
        self.block(if version == 2 { 0x220 } else { 0x206 }, body.bytes())
    }

    /// One event.
    pub fn event(&mut self, block: EventBlock, event: &EventSpec) -> &mut Self {
        let mut payload = self.body();
        for param in &event.params {
            if block.is_large() {
                payload.u32(u32::try_from(param.len()).expect("parameters of tests are short"));
            } else {
                payload.u16(u16::try_from(param.len()).expect("only large events have parameters of 64 KiB"));
            }
        }
        for param in &event.params {
            payload.raw(param);
        }
        let header = if block.is_counted() { 26 } else { 22 };
        let len = u32::try_from(payload.bytes.len() + header).expect("events of tests are short");
        // Version 1 recorders counted 3 bytes too many for notifications and infrastructure events.
        let len = if !block.is_counted() && matches!(event.kind, 280 | 286) { len + 3 } else { len };
        let mut body = self.body();
        body.u16(event.cpu);
        if block.has_flags() {
            body.u32(event.flags);
        }
        body.u64(event.ts).i64(event.tid).u32(len).u16(event.kind);
        if block.is_counted() {
            body.u32(u32::try_from(event.params.len()).expect("events have few parameters"));
        }
        body.raw(payload.bytes());
        if !event.options.is_empty() {
            let padding = body.bytes.len().next_multiple_of(4) - body.bytes.len();
            body.raw(&vec![0; padding]).raw(&event.options);
        }
        self.block(block.block_type(), body.bytes())
    }

    /// pcapng options with one comment.
    pub fn comment(&self, comment: &[u8]) -> Vec<u8> {
        let mut options = self.body();
        options.u16(1).text(comment);
        let padding = comment.len().next_multiple_of(4) - comment.len();
        options.raw(&vec![0; padding]).u16(0).u16(0);
        options.bytes
    }
}
