//! What stands before the events: machine, processes, file descriptors, interfaces, users.

/// Section header: one per recording; several may follow each other in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Byte offset of its block in the inflated stream.
    pub offset: u64,
    /// Format version, 1.
    pub major: u16,
    /// Format version; only a hint for dating a file.
    pub minor: u16,
    /// Integers are big endian.
    pub big_endian: bool,
}

/// The recorded machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Number of CPUs; all ones when unknown.
    pub cpus: u32,
    /// Physical memory in bytes.
    pub memory: u64,
    /// Host name up to its first NUL.
    pub host: Vec<u8>,
    /// Boot time, nanoseconds since the epoch; 0 when not recorded.
    pub boot_ts: u64,
}

/// One entry of the process list. Absent fields are `None` or empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process<'a> {
    /// Thread id.
    pub tid: i64,
    /// Process (thread group) id.
    pub pid: i64,
    /// Parent process.
    pub ptid: i64,
    /// Session id, in the process's own pid namespace.
    pub sid: Option<i64>,
    /// Process group, in its own pid namespace.
    pub vpgid: Option<i64>,
    /// Short name.
    pub comm: &'a [u8],
    /// argv[0] as typed.
    pub exe: &'a [u8],
    /// Resolved path of the image.
    pub exepath: Option<&'a [u8]>,
    /// NUL-separated arguments without argv[0].
    pub args: &'a [u8],
    /// Working directory; a trailing slash is not guaranteed.
    pub cwd: &'a [u8],
    /// Soft limit of open files.
    pub fdlimit: i64,
    /// Clone-flag bits.
    pub flags: u32,
    /// Effective user.
    pub uid: u32,
    /// Effective group.
    pub gid: u32,
    /// Virtual memory, KiB.
    pub vmsize: u32,
    /// Resident memory, KiB.
    pub vmrss: u32,
    /// Swapped memory, KiB.
    pub vmswap: u32,
    /// Major faults so far.
    pub pfmajor: u64,
    /// Minor faults so far.
    pub pfminor: u64,
    /// NUL-separated environment.
    pub env: &'a [u8],
    /// Thread id in its namespace.
    pub vtid: Option<i64>,
    /// Process id in its namespace.
    pub vpid: Option<i64>,
    /// NUL-separated `subsystem=path`.
    pub cgroups: &'a [u8],
    /// chroot path.
    pub root: &'a [u8],
    /// Start of the init process of its pid namespace, nanoseconds.
    pub pidns_init_start_ts: Option<u64>,
    /// Controlling terminal.
    pub tty: Option<u32>,
    /// Login user; all ones: none.
    pub loginuid: Option<u32>,
    /// Inheritable, permitted, effective capabilities.
    pub caps: Option<[u64; 3]>,
    /// Inode of the image.
    pub exe_ino: Option<u64>,
    /// Change and modification time of the image, nanoseconds.
    pub exe_times: Option<[u64; 2]>,
    /// Marks of the image: 1 writable, 2 upper layer, 4 memfd, 8 lower layer.
    pub exe_flags: u8,
    /// Process group on the host.
    pub pgid: Option<i64>,
    /// Bytes behind the fixed fields of a v9 entry; dates the recorder. `None` for older lists.
    pub tail: Option<u32>,
}

/// One open file descriptor of the initial state.
#[derive(Clone, Copy, Debug)]
pub struct Fd<'a> {
    /// Its number.
    pub fd: i64,
    /// Inode; 0 when not recorded.
    pub ino: u64,
    /// What it is open on.
    pub target: FdTarget<'a>,
}

/// What an initial file descriptor is open on. Ports are in host order, addresses as the bytes on the wire; *local, remote*.
#[derive(Clone, Copy, Debug)]
pub enum FdTarget<'a> {
    /// IPv4 connection.
    Ipv4 {
        /** Local address. */
        local: [u8; 4],
        /** Remote address. */
        remote: [u8; 4],
        /** Local port. */
        lport: u16,
        /** Remote port. */
        rport: u16,
        /** 0 unknown, 1 na, 2 tcp, 3 udp, 4 icmp, 5 raw. */
        l4: u8,
    },
    /// IPv6 connection.
    Ipv6 {
        /** Local address. */
        local: [u8; 16],
        /** Remote address. */
        remote: [u8; 16],
        /** Local port. */
        lport: u16,
        /** Remote port. */
        rport: u16,
        /** See `Ipv4`. */
        l4: u8,
    },
    /// Listening or bound IPv4 socket.
    Ipv4Server {
        /** Address. */
        ip: [u8; 4],
        /** Port. */
        port: u16,
        /** See `Ipv4`. */
        l4: u8,
    },
    /// Listening or bound IPv6 socket.
    Ipv6Server {
        /** Address. */
        ip: [u8; 16],
        /** Port. */
        port: u16,
        /** See `Ipv4`. */
        l4: u8,
    },
    /// Unix socket with the kernel addresses of both ends.
    Unix {
        /** Own kernel address. */
        source: u64,
        /** Peer's kernel address. */
        dest: u64,
        /** Path. */
        path: &'a [u8],
    },
    /// Regular file with open flags.
    File {
        /** Capture's own open flags. */
        flags: u32,
        /** Path. */
        name: &'a [u8],
        /** Device. */
        dev: Option<u32>,
    },
    /// Anything that only has a name; `kind` is the number in the file (reference: fd list types).
    Named {
        /** Fd type number of the file. */
        kind: u8,
        /** Name. */
        name: &'a [u8],
    },
}

/// One network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Address, mask and broadcast: 4 or 16 bytes each, network order.
    pub addr: Vec<u8>,
    /// Netmask.
    pub mask: Vec<u8>,
    /// Broadcast address.
    pub broadcast: Vec<u8>,
    /// Link speed when recorded.
    pub speed: Option<u64>,
    /// Name such as `eth0`.
    pub name: Vec<u8>,
}

/// One user of the host.
#[derive(Clone, Copy, Debug)]
pub struct User<'a> {
    /// User id.
    pub uid: u32,
    /// Primary group.
    pub gid: u32,
    /// Name.
    pub name: &'a [u8],
    /// Home directory.
    pub home: &'a [u8],
    /// Shell.
    pub shell: &'a [u8],
}

/// One group of the host.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// Group id.
    pub gid: u32,
    /// Name.
    pub name: &'a [u8],
}
