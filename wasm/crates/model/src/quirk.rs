//! Known faults of sysdig that show in text or state. The engine is right unless they are switched on.

/// Which faults to copy: all of them for the command that must print what sysdig prints, none elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    on: bool,
}

impl Quirks {
    /// Right everywhere.
    pub const NONE: Self = Self { on: false };
    /// Every fault, as `sysdig` has it.
    pub const ALL: Self = Self { on: true };

    /// Whether this fault is to be copied.
    pub fn has(self, _quirk: Quirk) -> bool {
        self.on
    }
}

/// One fault of sysdig: what it does, what is right, how it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quirk {
    /// sysdig prints a child's descriptors as they were when the child's first event came; right is the table at the
    /// caller's clone exit. Shows in fd names of shell pipelines and containers.
    ForkCopiesLate,
    /// sysdig deletes every byte that is not printable ASCII from the names of descriptors, from unix paths and from path
    /// arguments, and puts dots into joined paths; right is to keep UTF-8 and escape the rest. Shows as `name=xabcd(…/x...abcd)`.
    UnprintableBytesVanish,
    /// sysdig prints at most 1,023 characters of a path argument; right is all of it.
    LongPathArgumentsAreCut,
    /// sysdig gives the name of an errno to negative descriptors that are arguments; right is the bare number, since only
    /// results are errnos. Shows as `fd=-1(EPERM)` on every anonymous mmap.
    FdArgumentsHaveErrnoNames,
    /// sysdig prints 32-bit descriptor arguments as its recorder wrote them, filled with zeros; right is the negative
    /// number. Shows as `fd=4294967295` on mmap and `dirfd=4294967291` on openat.
    FdWithoutSign,
    /// sysdig joins the path of an openat2 enter event to the working directory; right is the directory descriptor. The
    /// exit event and the descriptor's name are right.
    Openat2EnterJoinsCwd,
    /// sysdig puts a slash behind the name of a directory descriptor even if it ends in one, and only normalises what is
    /// appended; right is one slash. Shows as `name=sys(//sys)` and `fd=22(<f>//sys)`.
    BaseStaysAsItIs,
    /// sysdig takes the text `(NULL)`, which the recorder writes for a path it could not read, for a path; right is `<NA>`.
    /// Shows as `name=(NULL)(/tmp/(NULL))`.
    NullPathsAreResolved,
    /// sysdig prints the result of mmap as an address even when it is an errno (0.29.3) or as a decimal even when it is an
    /// address (0.36.0); right is each in its own way. Shows as `res=FFFFFFFFFFFFFFF4`.
    MmapResultsHaveOneFormat,
    /// sysdig does not pad the fraction of seconds of `-t a`; right is nine digits. Shows as `5.7` for 5.000000007.
    EpochFractionsAreNotPadded,
    /// sysdig computes time differences without a sign; right is a negative one when an event is older than the one before.
    /// Shows as `18446744073.707743102` with `-t D` and `-t r`.
    NegativeTimesWrap,
    /// The newest library prints `0.000000000` for every latency (`-t d`); right is what lies between enter and exit where
    /// the capture has both.
    LatenciesAreZero,
    /// sysdig forgets an enter event as soon as any other event of the thread comes, such as a signal, and then drops the effect
    /// of the exit; right is to keep it until the thread's next call. Shows as descriptors without a name.
    EnterMustBeLast,
    /// sysdig takes the time since the thread's last enter event for the latency of any exit, and shows the last value at a
    /// switch; right is the latency of a pair and none otherwise. Shows with `-t d`.
    LatencyOfLastEnter,
    /// sysdig looks an fd number up again when the call returns, although another thread may have closed and reused it
    /// meanwhile; right is what the call began on.
    NumberLookedUpTwice,
    /// sysdig takes a clone3 child without flags for a process; right is a thread when the event's pid is not its tid.
    Clone3ThreadsAreProcesses,
    /// sysdig copies the descriptors of a child that shares its parent's table (CLONE_FILES without CLONE_THREAD), and does
    /// not follow unshare; right is one table for both.
    CloneFilesIsACopy,
    /// sysdig keeps a main thread that exited before its threads for ever; right is until the last of them ends. Shows in
    /// `signaldeliver spid=`.
    DeadLeaderStays,
    /// sysdig 0.29.3 keeps close-on-exec descriptors over execve; right is to drop them.
    ExecveKeepsFds,
    /// sysdig 0.36.0 learns the name of a process it knows nothing of only from that process's first clone or fork, and not
    /// at all when that was a vfork; right is whenever the name is unknown.
    PlaceholderLearnsOnce,
    /// sysdig leaves the working directory unknown when a thread is first seen at its execve, although the event carries it.
    ExecveLeavesCwdUnknown,
    /// sysdig gives every number its own copy of what it points at, so that a connect is not seen by the other holders; right
    /// is one description for all numbers that dup and fork made.
    EachNumberHasItsOwnCopy,
    /// sysdig keeps the addresses of all socket kinds in the same memory and reads those of one kind as another; right is to
    /// convert them. Shows as `<4><unknown>` and as `127.0.0.1:60726->189.31.3.0:8125`.
    FamiliesShareMemory,
    /// sysdig sets the destination of a socket only while it is 0; right is to follow each connect and datagram.
    DestinationStays,
    /// sysdig takes the unspecified IPv6 address of a bound socket for an IPv4 one; right is IPv6. Shows as `<4t>:::9000`.
    AnyAddressIsMapped,
    /// sysdig makes no entry for an accept without addresses; right is one with an unknown peer.
    AcceptWithoutTupleUnseen,
    /// sysdig takes a socket that it first sees sending for UDP; right is that the protocol is not known.
    UnknownSenderIsUdp,
    /// sysdig gives initial IPv6 connections neither client nor server; right is the rule of the IPv4 ones.
    InitialIpv6HasNoRole,
    /// sysdig takes an outer address for the unset source of a datagram to the loopback; right is the loopback.
    LoopbackPeerGetsOuterAddress,
    /// sysdig stores the same addresses for both ends of a socketpair; right is to swap them for the second.
    SocketpairEndsAlike,
    /// sysdig does not follow the process group over setsid and setpgid; right is to set it.
    SetsidLeavesGroup,
    /// sysdig does not see prctl(PR_SET_NAME); right is the new name at once.
    PrctlNameUnseen,
    /// sysdig 0.29.3 makes no entries for bpf, userfaultfd, io_uring, memfd and pidfd, and does not follow setreuid and setregid.
    NewerFdsUnseen,
    /// sysdig forgets all threads and descriptors where another section begins; right is that those which the new lists confirm
    /// go on, as in rolled files.
    SectionsForget,
    /// sysdig adds no more than 4,096 descriptors to a table; right is no limit.
    TableOf4096,
    /// sysdig has no fd for mmap events although they have an fd parameter; right is that fd.
    MmapWithoutFd,
}
