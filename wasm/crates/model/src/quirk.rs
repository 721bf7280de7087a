//! Known faults of sysdig that show in text or state. The engine is right unless they are switched on.
//!
//! A crash, memory that was never written and other accidents are no members: nobody wants them copied.

use crate::table::Release::{self, Libs0_25_4, V0_29_3, V0_36_0};
use crate::text::TimeMode;

/// Which part of the engine copies a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Home {
    /// [`scap::Reader`]: which events a capture has.
    Reader,
    /// [`crate::state`]: what is remembered.
    State,
    /// [`crate::text`]: how it is printed.
    Text,
    /// Both.
    Both,
    /// The `filter` crate: fields and filters.
    Filter,
}

/// All there is to say of one fault.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Its name in the source.
    pub name: &'static str,
    /// What sysdig does: the rest of a sentence that begins with its name.
    pub sysdig: &'static str,
    /// What is right.
    pub right: &'static str,
    /// How one sees it.
    pub shows: &'static str,
    /// Which part of the engine copies it.
    pub home: Home,
    /// Releases that have it.
    pub releases: &'static [Release],
    /// Time mode in which it shows.
    pub time: TimeMode,
}

macro_rules! quirks {
    ($($name:ident: $home:ident, $time:ident, [$($release:ident),+] {
        sysdig: $sysdig:literal,
        right: $right:literal,
        shows: $shows:literal,
    })*) => {
        /// One fault of sysdig: what it does, what is right, how it shows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Quirk {
            $(#[doc = concat!("sysdig ", $sysdig, "; right is ", $right, ". Shows ", $shows, ".")]
            $name,)*
        }

        impl Quirk {
            /// Every fault, in the order of the enum.
            pub const ALL_MEMBERS: &'static [Self] = &[$(Self::$name),*];

            /// Releases that have it.
            pub const fn releases(self) -> &'static [Release] {
                match self {
                    $(Self::$name => &[$($release),+],)*
                }
            }

            /// All there is to say of it.
            pub const fn facts(self) -> Facts {
                match self {
                    $(Self::$name => Facts {
                        name: stringify!($name),
                        sysdig: $sysdig,
                        right: $right,
                        shows: $shows,
                        home: Home::$home,
                        releases: self.releases(),
                        time: TimeMode::$time,
                    },)*
                }
            }
        }
    };
}

// Name, where it is copied, in which time mode it shows, releases that have it.
quirks! {
    HeadersAreTrusted: Reader, TimeOfDay, [V0_29_3] {
        sysdig: "takes whatever stands in a block of an event for one, looks neither at the length behind it nor at lengths within it, and goes on where it says that it ends",
        right: "to look for the next block whose lengths agree, and to leave out what lies between",
        shows: "in damaged captures, mostly as one line of nonsense where sysdig gives up",
    }
    ForkCopiesLate: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "gives a child that it learns of from the child's own event the descriptors that the parent has by then",
        right: "the table of the caller as it was when its clone returned",
        shows: "in the names of descriptors in containers and after CLONE_PARENT: the caller has closed or opened some meanwhile",
    }
    CloneParentIsTheCaller: State, TimeOfDay, [V0_29_3] {
        sysdig: "takes the caller for the parent of a child made with CLONE_PARENT",
        right: "the caller's own parent",
        shows: "in the parent of processes that runc makes",
    }
    DeadChildrenComeBack: State, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "makes a child anew when it has exited before its parent's clone or vfork returned",
        right: "to leave it dead",
        shows: "as a name behind the number of a process that is gone",
    }
    CloneFilesIsACopy: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "copies the descriptors for a process that shares its parent's table (CLONE_FILES without CLONE_THREAD), and does not follow unshare",
        right: "one table for both",
        shows: "as a descriptor without a name where the other process opened it",
    }
    Clone3ThreadsAreProcesses: State, TimeOfDay, [V0_29_3] {
        sysdig: "takes a child of clone3 whose flags were recorded as 0 for a process",
        right: "a thread when the event has another pid than tid",
        shows: "in the names of descriptors that the thread or its process opens later",
    }
    PlaceholderLearnsOnce: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "learns the name of a process that it knows nothing of only from a clone or fork whose child it makes at once, 0.36.0 only from the very first one",
        right: "to learn it from any",
        shows: "as `<NA>` instead of the name",
    }
    CallersStayAsTheyWere: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "does not take over what the exit event of a clone or fork says of its caller",
        right: "its name, user, group and parent as of that event",
        shows: "as the old name of threads that have named themselves, which 0.29.3 does not record",
    }
    AskedLimitsMisread: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "learns no limit of open files from a prlimit that only asks for it (0.29.3), or takes the zeros that newer recorders write for what was not set",
        right: "the limit that the call told",
        shows: "in the limit alone",
    }
    PlaceholderLosesAll: State, TimeOfDay, [V0_29_3] {
        sysdig: "forgets directory and descriptors of a process that it knows nothing else of when it learns its name from a clone or fork",
        right: "to keep them, and to give them to the child",
        shows: "as descriptors without a name and as relative paths that are not resolved",
    }
    NewLifeUnseen: State, TimeOfDay, [V0_29_3] {
        sysdig: "keeps what it knows of a thread that is older than the capture when a new one with its tid tells of itself",
        right: "another thread",
        shows: "as the name of the old thread in the lines of the new one",
    }
    ListedThreadsLoseAll: State, TimeOfDay, [V0_29_3] {
        sysdig: "does not find what was listed for threads whose main thread is in no list",
        right: "that the threads of a process have one table, whoever is listed",
        shows: "as descriptors without a name",
    }
    ExecveLeavesCwdUnknown: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "leaves the working directory unknown when a thread is first seen at its execve, and 0.29.3 its ids in its own namespace",
        right: "what the event carries",
        shows: "as relative paths that are not resolved, and in thread.vtid and proc.vpid",
    }
    ExecveatKeepsExepath: State, TimeOfDay, [V0_29_3] {
        sysdig: "leaves the path of the program as it was when execveat has run another one",
        right: "the path of the new program",
        shows: "in proc.exepath alone",
    }
    ExecveKeepsFds: State, TimeOfDay, [V0_29_3] {
        sysdig: "keeps descriptors over execve that are closed by it (close-on-exec)",
        right: "to drop them",
        shows: "as the name of an old file behind a number that is not open",
    }
    UncertainFdsSurviveExecve: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "keeps descriptors over execve of which it was not recorded whether it closes them",
        right: "to drop them until a later call shows that they are open",
        shows: "as the name of an old socket or pipe behind a number that is not open",
    }
    ThreadsSurviveExecve: State, TimeOfDay, [V0_29_3] {
        sysdig: "keeps the other threads of a process that executes a program, unless their exits were recorded",
        right: "that execve ends them",
        shows: "as a name behind the number of a thread that is gone",
    }
    DeadLeaderStays: State, TimeOfDay, [V0_29_3] {
        sysdig: "keeps a main thread that exited before the other threads of its process for ever",
        right: "to keep it until the last of them has exited",
        shows: "as a name in `signaldeliver spid=` after the process is gone",
    }
    OrphansKeepTheirParent: State, TimeOfDay, [V0_29_3] {
        sysdig: "leaves the children of a process that has exited to that process",
        right: "to give them to whom the kernel gave them",
        shows: "in parents and ancestors alone",
    }
    SetsidLeavesGroup: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "does not follow the process group over setsid and setpgid",
        right: "to set it",
        shows: "in the process group alone",
    }
    PrctlNameUnseen: State, TimeOfDay, [V0_36_0, Libs0_25_4] {
        sysdig: "does not see that a thread gives itself a name by prctl(PR_SET_NAME)",
        right: "the new name at once",
        shows: "as the old name in each later line of the thread",
    }
    SectionsForget: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "forgets all threads and descriptors where another section begins",
        right: "that those go on which the new lists confirm, as in rolled files",
        shows: "in what had been learnt and does not stand in the lists, such as addresses of sockets, and in relative times, which begin anew",
    }
    EnterMustBeLast: State, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "drops the effect of a call when another event of the thread, such as a signal, stands between enter and exit, or when the enter event is missing",
        right: "to keep the enter event until the thread's next call, and to take from the exit event what it carries",
        shows: "as descriptors without a name",
    }
    EnterPathTakenUnread: State, TimeOfDay, [V0_29_3] {
        sysdig: "takes the path of an open's enter event also where the recorder wrote `<NA>` or nothing for it",
        right: "the path of the exit event, then",
        shows: "as a file `<NA>` in the working directory, or as that directory",
    }
    LogIsMarkedOnce: State, TimeOfDay, [V0_29_3] {
        sysdig: "knows what is written to the system log by a mark that a descriptor gets when it is listed, opened, connected or given a peer under that name, and keeps when it is connected elsewhere",
        right: "what is written under that name",
        shows: "as data where the exit of connect was lost, and as messages to another socket",
    }
    NewerTypesUnseen: State, TimeOfDay, [V0_29_3] {
        sysdig: "passes over events of types that its table does not have, which take no number",
        right: "to read them by the newest table",
        shows: "as events that are missing from captures that a newer recorder added to",
    }
    NumberLookedUpTwice: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "looks the number of a descriptor up again when a call returns, although another thread may have closed and reused it",
        right: "what the call began on",
        shows: "in the descriptor of exit events, and as a tuple that is written to the wrong one",
    }
    LatencyOfLastEnter: State, Latency, [V0_29_3, V0_36_0] {
        sysdig: "takes the time since the thread's last enter event for the latency of any exit, and repeats the last value at a switch",
        right: "the time between the two events of one call, and none for anything else",
        shows: "with `-t d`, not at page faults, which have none",
    }
    TableOf4096: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "adds no more than 4,096 descriptors to a table",
        right: "no limit",
        shows: "as descriptors without a name",
    }
    MmapWithoutFd: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "has no descriptor for the exit events of mmap",
        right: "the one that is mapped",
        shows: "in the fields of the descriptor alone",
    }
    NewerFdsUnseen: State, TimeOfDay, [V0_29_3] {
        sysdig: "makes no entries for bpf and userfaultfd descriptors",
        right: "an entry of its kind for each",
        shows: "as descriptors without kind and name",
    }
    ReceivedFdsUnseen: State, TimeOfDay, [V0_36_0, Libs0_25_4] {
        sysdig: "does not see descriptors that arrive in a message (SCM_RIGHTS), and so keeps what the number was before",
        right: "an entry of unknown kind",
        shows: "as descriptors without a kind",
    }
    CopiesOfUnknownFdsUnseen: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "does not see that a number was closed when dup2 made it a copy of a descriptor that nothing is known of",
        right: "an entry of unknown kind",
        shows: "as the name of the old file behind the number",
    }
    EachNumberHasItsOwnCopy: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "gives every number its own copy of what it points at, so that the other holders do not see it bound or connected",
        right: "one description for all numbers that dup and fork made",
        shows: "as sockets without addresses",
    }
    FamiliesShareMemory: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "keeps the addresses of all kinds of sockets in the same memory and reads those of one kind as another",
        right: "to convert them",
        shows: "as `<4><unknown>` and as `127.0.0.1:60726->189.31.3.0:8125`",
    }
    DestinationStays: State, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "sets the destination of a socket only while it is 0",
        right: "to follow each connect and datagram",
        shows: "as the first peer of a socket that has gone on to another",
    }
    AnyAddressIsMapped: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "takes the unspecified IPv6 address that a socket is bound or connected to for an IPv4 one",
        right: "IPv6",
        shows: "as `<4t>:::9000`",
    }
    AcceptWithoutTupleUnseen: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "makes no entry for what accept returns when the addresses were not recorded",
        right: "an entry with an unknown peer",
        shows: "as descriptors without a kind",
    }
    UnknownSenderIsUdp: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "takes a socket of unknown protocol that it sees sending for UDP",
        right: "that the protocol is not known",
        shows: "as `<4u>` on a TCP socket that is older than the capture",
    }
    SendersStayUnknown: State, TimeOfDay, [V0_29_3] {
        sysdig: "makes an entry for a number that it knows nothing of only from a sendto to an IP address",
        right: "from any call that sends to an address",
        shows: "as descriptors without a kind",
    }
    Ipv6LeavesTheKind: State, TimeOfDay, [V0_29_3] {
        sysdig: "leaves an IPv6 socket that is bound a bound one when datagrams pass, and any other descriptor what it was",
        right: "to take it for the connection that the datagram shows",
        shows: "as the sender first, whoever is the client, and as `<4u>10.0.0.1:0->0.0.0.0:0`",
    }
    ReceiversAreClients: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "takes an IPv6 socket that receives a datagram before it has sent one for a client, unless an IPv4 socket of the process happens to have the right port",
        right: "a server",
        shows: "in which end comes first",
    }
    UnknownProtocolHasNoName: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "has no name for an IPv4 connection whose protocol is not known",
        right: "its addresses",
        shows: "as `<4><unknown>`",
    }
    MptcpIsUnknown: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "does not know that MPTCP is TCP",
        right: "TCP",
        shows: "as `<4><unknown>`",
    }
    InitialIpv6HasNoRole: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "makes IPv6 connections that are older than the capture neither client nor server",
        right: "the rule of the IPv4 ones",
        shows: "as `<6>` without the protocol, with the local end first",
    }
    InitialAddressesAsListed: State, TimeOfDay, [V0_29_3] {
        sysdig: "names the connections of the initial list by their addresses and ports as they were recorded, whatever the protocol, and fills no address that is unset",
        right: "no ports where the protocol has none, and an unset address from the list of interfaces",
        shows: "as `0.0.0.0` and as the port 0 of ICMP and raw sockets",
    }
    InitialServersHaveNoRole: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "makes bound sockets that are older than the capture neither client nor server",
        right: "servers",
        shows: "in the role, and in which end comes first when such a datagram socket sends",
    }
    LoopbackPeerGetsOuterAddress: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "puts an outer address of the machine for the unset source of a datagram to the loopback",
        right: "the loopback",
        shows: "as `192.168.128.156:55441->127.0.0.1:514`",
    }
    SocketpairEndsAlike: State, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "stores the same two addresses for both ends of a socketpair",
        right: "to swap them for the second",
        shows: "in the addresses alone",
    }
    FdWithoutSign: Both, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "prints negative descriptor arguments of 32 bits as its recorder wrote them, filled with zeros, and those of poll without a sign",
        right: "the negative number",
        shows: "as `fd=4294967295` on mmap, `dirfd=4294967291` on openat, `fds=18446744073709551615:?1` on poll",
    }
    BaseStaysAsItIs: Both, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "puts a slash behind the name of a directory descriptor even if it ends in one, and only normalises what is appended",
        right: "one slash",
        shows: "as `name=sys(//sys)` and `fd=22(<f>//sys)`",
    }
    FdArgumentsHaveErrnoNames: Text, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "gives the name of an errno to negative descriptors that are arguments",
        right: "the bare number, since only results are errnos",
        shows: "as `fd=-1(EPERM)` on every anonymous mmap",
    }
    Openat2EnterJoinsCwd: Text, TimeOfDay, [V0_29_3] {
        sysdig: "joins the path of an openat2 enter event to the working directory",
        right: "the directory descriptor, as in the exit event",
        shows: "in the path in parentheses",
    }
    NullPathsAreResolved: Text, TimeOfDay, [V0_29_3] {
        sysdig: "takes the text `(NULL)`, which the recorder writes for a path that it could not read, for a path",
        right: "`<NA>`",
        shows: "as `name=(NULL)(/tmp/(NULL))`",
    }
    AnyPrefixIsAPriority: Text, TimeOfDay, [V0_29_3] {
        sysdig: "takes what is written to `/dev/log` for a message to the system log when digits follow its first character, whichever that is, and reads fifteen of them at most",
        right: "to read `<`, digits and `>`",
        shows: "as `syslog sev=notice msg=up` of `x5>up`",
    }
    LongPathArgumentsAreCut: Both, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "prints at most 1,023 characters of a path argument, and keeps and prints a phrase for a joined path of more than 1,024",
        right: "all of it",
        shows: "as a path that ends early, or `/PATH_TOO_LONG`",
    }
    UnprintableBytesVanish: Both, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "deletes every byte that is not printable ASCII from the names of descriptors, from unix paths and from path arguments, and puts dots into joined paths and (0.29.3) into the names of opened files",
        right: "to keep UTF-8 and to escape the rest",
        shows: "as `name=xabcd(/tmp/x...abcd)`",
    }
    MmapResultsHaveOneFormat: Text, TimeOfDay, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "prints the result of mmap as an address even when it is an errno (0.29.3), or as a decimal even when it is an address (newer ones)",
        right: "each in its own way",
        shows: "as `res=FFFFFFFFFFFFFFF4`",
    }
    EpochFractionsAreNotPadded: Text, Absolute, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "does not pad the fraction of seconds of `-t a`",
        right: "nine digits",
        shows: "as `5.7` for 5.000000007",
    }
    NegativeTimesWrap: Text, Delta, [V0_29_3, V0_36_0, Libs0_25_4] {
        sysdig: "computes time differences without a sign",
        right: "a negative one when an event is older than the one before",
        shows: "as `18446744073.707743102` with `-t D` and `-t r`",
    }
    LatenciesAreZero: Text, Latency, [Libs0_25_4] {
        sysdig: "prints `0.000000000` for every latency",
        right: "what lies between enter and exit where the capture has both",
        shows: "with `-t d`",
    }
    NotNotIsNot: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "reads any run of `not` as one",
        right: "that two of them cancel out",
        shows: "in `not not evt.type = open`",
    }
    EmptyListHasAnEmptyText: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "reads `in ()` as a list of one empty text",
        right: "an empty list, which nothing is in",
        shows: "in `proc.args in ()`, which holds for processes without arguments",
    }
    NumbersAreCut: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "cuts the number that a field is compared with to 64 bits, then to the width of the field, sign included",
        right: "to compare numbers as they are written",
        shows: "in `user.uid = 4294967296`, which holds for root, and in `evt.num > -1`, which never holds",
    }
    AddressesArePadded: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "compares addresses of different families by as many bytes as the event's address has",
        right: "that they differ",
        shows: "in `fd.rip = ::1`, which holds for the peer 0.0.0.0 too",
    }
    NetworksHaveNoFamily: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "takes the first 32 bits of an IPv6 address for an IPv4 one when it looks for it in an IPv4 network",
        right: "that no address of the one family lies in a network of the other",
        shows: "in `fd.cnet = 0.0.0.0/0`, which holds for every IPv6 peer",
    }
    RawArgumentsHaveOneType: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "prints evt.rawarg by the type that the first event with such a parameter has for it, and only if that is a signed number, an errno, a process or a text",
        right: "each by the type of its own event",
        shows: "as `<NA>`",
    }
    FdsOfExitsUnseen: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "has no descriptor for calls that name it in their exit event alone, such as setsockopt and fchmod",
        right: "the one that the exit event names",
        shows: "in the fields of the descriptor",
    }
    FailedOpensAreTheirDirectory: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "takes the directory that a path is relative to for what a failed openat is about",
        right: "what it would have opened",
        shows: "in the fields of the descriptor",
    }
    CopiesAreTheirTarget: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "takes what copy_file_range writes to for the descriptor of its exit event, and what it reads from for that of the enter event",
        right: "one for both",
        shows: "in the fields of the descriptor",
    }
    UnixSocketsHavePorts: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "has a client's port 0 for unix sockets and for bound ones",
        right: "no value",
        shows: "in fd.cport and fd.cproto",
    }
    PollListsHaveIpv4Servers: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "prints the address of a bound IPv6 socket in a poll list as if it were an IPv4 one",
        right: "the IPv6 address",
        shows: "in fdlist.sips",
    }
    UnknownThreadsAreThemselves: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "takes a thread that it knows nothing of for a process of that number, or for one with empty texts",
        right: "no value",
        shows: "in proc.pid, thread.ismain and others of a thread whose name is `<NA>`",
    }
    FieldsEndEarly: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "loses its place in a format behind evt.type.is, 0.36.0 also behind proc.env without a bracket, and prints the name",
        right: "the value alone",
        shows: "as `<NA>evt.type.is.6`",
    }
    HostnameIsEmpty: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "does not read the host's name from a capture",
        right: "the recorded name",
        shows: "in evt.hostname",
    }
    SlicesAreZero: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "does not measure time on a CPU any more",
        right: "the time between two switches of the CPU",
        shows: "in thread.exectime and thread.totexectime",
    }
    ThreadsAreChildrenOfThreads: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "takes the thread that made a thread for the parent of its process",
        right: "the parent of the process",
        shows: "in proc.pname and proc.pcmdline of threads that are born within the capture",
    }
    AncestorsUnprinted: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "prints nothing for proc.aname and proc.apid without an index",
        right: "all of them",
        shows: "in formats with these fields",
    }
    JsonDeltasAreZero: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "evaluates fields that measure from event to event twice for JSON, and prints 0",
        right: "what text has",
        shows: "in evt.deltatime and thread.exectime with -j",
    }
    LatencyTextStays: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "repeats the last value of evt.latency.human for an event whose thread it does not know, at the first event of a child and at page faults",
        right: "no value",
        shows: "in evt.latency.human alone",
    }
    GroupIdHoldsThreads: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "reads 64 bits for group.gid, the upper half of which counts the other threads of the process",
        right: "the 32 bits of the group id",
        shows: "as a group of 30064771072 instead of 0 in processes with several threads",
    }
    BoundSocketsHaveNoNearEnd: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "has no local end for bound sockets, and an empty text for the server's port",
        right: "the address and port that they are bound to",
        shows: "in fd.lip, fd.lport, fd.lproto and fd.sproto",
    }
    ContainersAreThreads: State, TimeOfDay, [V0_29_3] {
        sysdig: "has −2 for the ids in their namespace of the thread that stands for a container",
        right: "no value",
        shows: "in thread.vtid and proc.vpid of container events alone",
    }
    UnknownThreadsHaveNoMemory: State, TimeOfDay, [V0_36_0] {
        sysdig: "does not take what a switch tells of the memory of a thread that it knows nothing else of",
        right: "to take it",
        shows: "in proc.vmsize, proc.vmrss and proc.vmswap alone",
    }
    DatagramsConnect: State, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "takes a socket for connected once data has passed while it had two addresses",
        right: "sockets that connected or were accepted",
        shows: "in fd.connected alone",
    }
    UnsetAddressesAreLocal: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "takes an address that is not set yet for the machine's own: those of IPv6, and any in a container that has no address of its own",
        right: "to leave it until it is set",
        shows: "in fd.is_server of sockets that are not connected yet, in 0.36.0 in which end is fd.lip and which fd.rip",
    }
    DevicesOfAnything: Filter, TimeOfDay, [V0_29_3, V0_36_0] {
        sysdig: "has a device number for descriptors that are no files, 0.29.3 what its memory happens to hold where nothing was recorded",
        right: "no value",
        shows: "in fd.dev, fd.dev.major and fd.dev.minor",
    }
    NewerOpensUncounted: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "looks at open, openat and openat2 alone for evt.is_open_read and evt.is_open_write",
        right: "every call that opens a file",
        shows: "in evt.is_open_read and evt.is_open_write of creat and open_by_handle_at",
    }
    MainThreadsAloneHaveOthers: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "has no other threads for a thread that is not the first of its process",
        right: "those of the process",
        shows: "in proc.nchilds",
    }
    ExitingThreadsUncounted: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "counts a thread no more at its procexit",
        right: "to count it until that has passed",
        shows: "in proc.nthreads and proc.nchilds",
    }
    UnknownUsersAreNamed: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "has the text `<NA>` for what it does not know of a user or group",
        right: "no value",
        shows: "in `user.name exists`, which holds for users that are in no list",
    }
    AbspathIsTheDirectory: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "takes the directory that evt.abspath has looked at for what the event is about",
        right: "what the call opened",
        shows: "in the fields of the descriptor behind evt.abspath in the same format",
    }
    UnsetVariablesAreEmpty: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "has an empty text for a variable that a process does not have",
        right: "no value",
        shows: "in proc.env with a name, which exists for every process",
    }
    UnlistedParentsAreZero: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "has 0 for a parent that it knows nothing of",
        right: "the number that was told",
        shows: "in proc.ppid",
    }
    OldParentsAreUnborn: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "has 0 for the birth of a parent that is older than the capture, and for its age how many descriptors the process has",
        right: "no value",
        shows: "in proc.ppid.ts and proc.ppid.duration",
    }
    PathsOfFailedOpens: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "has the path of an open that failed as well, and none of newfstatat, chdir and others that newer releases know",
        right: "the paths of every call that succeeded",
        shows: "in fs.path.name and the others of its kind",
    }
    ContainersHaveNoUsers: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "does not know the users of a container but root, and no shell of theirs",
        right: "those of the host where the container has told of none",
        shows: "as `<NA>` in user.name and user.shell",
    }
    NamespacesAreNoHosts: Filter, TimeOfDay, [V0_36_0] {
        sysdig: "has an empty text for the container of a thread that has numbers of its own and is in none, as runc is while it makes one",
        right: "the host",
        shows: "in `container.id != host`, and in container.name, which has no value then",
    }
    AncestorsInIsTheOwnPid: Filter, TimeOfDay, [V0_29_3] {
        sysdig: "compares the process's own pid when a filter asks `proc.apid in`, whatever the index",
        right: "the ancestors, as with `=`",
        shows: "in `proc.apid in (1)`, which holds for init alone",
    }
}

/// Which faults to copy: all of them for the command that must print what sysdig prints, none elsewhere.
///
/// # Examples
/// ```
/// use model::quirk::{Quirk, Quirks};
///
/// assert!(Quirks::ALL.has(Quirk::MmapWithoutFd));
/// assert!(!Quirks::ALL.without(Quirk::MmapWithoutFd).has(Quirk::MmapWithoutFd));
/// assert_eq!(Quirks::default(), Quirks::NONE);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quirks {
    members: u128,
}

impl Quirks {
    /// Right everywhere.
    pub const NONE: Self = Self { members: 0 };
    /// Every fault, as `sysdig` has it.
    pub const ALL: Self = Self { members: u128::MAX >> (128 - Quirk::ALL_MEMBERS.len()) };

    /// Whether this fault is to be copied.
    #[inline]
    pub const fn has(self, quirk: Quirk) -> bool {
        self.members & bit(quirk) != 0
    }

    /// All of these but one.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Self {
        Self { members: self.members & !bit(quirk) }
    }

    /// One alone.
    pub const fn only(quirk: Quirk) -> Self {
        Self { members: bit(quirk) }
    }

    /// Those of them that a release has.
    #[must_use]
    pub fn of(self, release: Release) -> Self {
        let members = Quirk::ALL_MEMBERS.iter().filter(|quirk| quirk.releases().contains(&release));
        Self { members: self.members & members.fold(0, |members, quirk| members | bit(*quirk)) }
    }
}

const fn bit(quirk: Quirk) -> u128 {
    1 << quirk as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        for &quirk in Quirk::ALL_MEMBERS {
            assert!(Quirks::ALL.has(quirk) && !Quirks::NONE.has(quirk));
            for &other in Quirk::ALL_MEMBERS {
                assert_eq!(Quirks::only(quirk).has(other), quirk == other);
                assert_eq!(Quirks::ALL.without(quirk).has(other), quirk != other);
            }
        }
        let taken = Quirk::ALL_MEMBERS.iter().fold(Quirks::ALL, |set, quirk| set.without(*quirk));
        assert_eq!(taken, Quirks::NONE);
    }

    #[test]
    fn a_release_has_the_faults_that_its_table_lists() {
        assert!(Quirks::ALL.of(V0_29_3).has(Quirk::DeadLeaderStays));
        assert!(!Quirks::ALL.of(V0_36_0).has(Quirk::DeadLeaderStays));
        assert_eq!(Quirks::NONE.of(V0_29_3), Quirks::NONE);
    }
}
