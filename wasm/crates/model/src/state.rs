//! State over time: applies one event after the other and remembers what was true when.
//!
//! Rules and their sources: the state-engine reference (threads §2–§5, files §6–§7, sockets §8, containers §11).
//! Three levels for files, because dup, fork and exec make them different things: a *description* is one open socket,
//! pipe or file; a *slot* is one number of one fd table that points at it for some rows; a *thread version* says which
//! table a thread uses. All are kept by row and never rewritten, so any earlier row can be asked.

mod calls;
pub mod containers;
pub mod descriptions;
pub mod figures;
pub mod identity;
mod network;
pub mod path;
mod process;
pub mod socket;
pub mod strings;
pub mod threads;

use crate::digest::Digest;
use crate::order::{by_number, signed};
use crate::quirk::{Quirk, Quirks};
use crate::table::{self, Category, EventFlags, ParamType, Release, TABLE_SIZE};
use crate::text::LOG_SOCKET;
use crate::view::{FdView, View};
use containers::Containers;
use descriptions::{Attributes, Descriptions, Ended, FdKind, FileFacts, Role, TableIndex};
use figures::{Figures, Memory};
use hashbrown::{HashMap, HashSet};
use identity::{Account, Identities};
use scap::metadata::{Fd, FdTarget, Group, Interface, Machine, Process, Section, User};
use scap::{Event, Params};
use socket::{L4_ICMP, L4_RAW, L4_TCP, L4_UDP, Sock};
use strings::{Strings, Text};
use threads::{Birth, Enter, Image, Kept, ThreadVersion, Threads};

/// Position of an event in the capture, in file order, counting every event block. Not an event number.
pub type Row = u32;
/// Index of a thread (one life of a tid).
pub type ThreadIndex = u32;
/// Index of a version of a thread: a stretch of rows in which its identity did not change.
pub type VersionIndex = u32;
/// Index of a description: one open socket, pipe, file.
pub type DescriptionIndex = u32;
/// No such thing, in an index column.
pub const NONE: u32 = u32::MAX;
/// Stands for the descriptor number 2³²−1, which recorders wrote for −1; only with the quirk that keeps it.
pub const UNSIGNED: i32 = i32::MIN;

/// What one event meant, for the columns of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Version of the event's thread, after the event. `NONE` when the event belongs to no known thread (printed `<NA>`).
    pub version: VersionIndex,
    /// Description the event is about (`fd.*`), or `NONE`.
    pub description: DescriptionIndex,
    /// The other description of a call that has two (sendfile, splice, copy_file_range), or `NONE`.
    pub second: DescriptionIndex,
    /// It is written to by the call; otherwise read from.
    pub second_is_target: bool,
    /// Number of that fd; -1 when there is none.
    pub fd: i32,
    /// Row of the enter event when this exit completes a call.
    pub enter: Option<Row>,
    /// Nanoseconds since that enter event; with quirks, what sysdig takes for it.
    pub latency: Option<u64>,
    /// Result of an exit event, where it has one.
    pub result: Option<i64>,
    /// What sysdig counts as this event's number; `None` for types it does not know.
    pub number: Option<u64>,
    /// A line of `sysdig -r`: not internal, not state-only, not hidden.
    pub printed: bool,
}

impl Applied {
    /// What an event of a type that nobody knows meant. No constant: that would be copied as a block, which costs wasm a
    /// call for each event.
    #[inline]
    pub fn unknown() -> Self {
        Self { version: NONE, description: NONE, second: NONE, second_is_target: false, fd: -1, enter: None, latency: None, result: None, number: None, printed: false }
    }
}

/// How events of a type are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// No event has this id.
    Unused,
    /// A call or something that happens to a thread: its edges are paired.
    Call,
    /// The same, and it may be what makes its thread known.
    Birth,
    /// Leaves the thread's call alone.
    Neutral,
    /// A container, user or group: before the first event of another type it belongs to the initial state.
    Record,
}

/// How each type is applied, looked up for every event.
const MANNERS: [Manner; TABLE_SIZE as usize] = {
    let mut manners = [Manner::Unused; TABLE_SIZE as usize];
    let mut kind = 0;
    while kind < TABLE_SIZE {
        let flags = table::known(kind).flags;
        manners[kind as usize] = match kind {
            _ if flags.has(EventFlags::UNUSED) => Manner::Unused,
            272 | 324 | 354..=361 => Manner::Record,
            146 | 152 => Manner::Neutral,
            _ if flags.has(EventFlags::SKIPPARSERESET) => Manner::Neutral,
            15 | 157 | 183 | 185 | 217 | 219 | 221 | 223 | 225 | 227 | 335 => Manner::Birth,
            _ => Manner::Call,
        };
        kind += 1;
    }
    manners
};

/// Enter of splice, which reads from its first parameter and not from the one that the table names.
const SPLICE: u16 = 166;

/// The fd an event is about, while it is applied.
#[derive(Clone, Copy)]
struct Subject {
    fd: i64,
    description: DescriptionIndex,
}

impl Subject {
    const NONE: Self = Self { fd: -1, description: NONE };
}

/// A removal that the last event asked for: it shows until the next event.
enum Removal {
    Fd { table: TableIndex, fd: i64, from: Row, thread: ThreadIndex },
    Thread { thread: ThreadIndex },
}

/// What earlier sections left, while the lists of a new one are read.
struct Carried {
    threads: HashSet<ThreadIndex>,
    slots: HashSet<(TableIndex, i64)>,
}

/// The state engine.
pub struct State {
    /// Faults to copy, in whatever release.
    wanted: Quirks,
    /// Those of them that the release has.
    quirks: Quirks,
    release: Release,
    strings: Strings,
    threads: Threads,
    descriptions: Descriptions,
    identities: Identities,
    containers: Containers,
    figures: Figures,
    machine: Machine,
    interfaces: Vec<Interface>,
    removals: Vec<Removal>,
    /// Initial fds are given their roles at the first event of a section, when all of them are known.
    loading: bool,
    /// Descriptions that the list of this section brought.
    listed: Vec<DescriptionIndex>,
    /// Sockets of that list by inode: processes that hold the same one hold one description.
    listed_sockets: HashMap<u64, DescriptionIndex>,
    /// What was known before this section and has not stood in its lists so far.
    carried: Option<Carried>,
    /// An event other than a container record has been seen in this section.
    begun: bool,
    /// Sections of this file.
    sections: u32,
    /// Number of the last counted event.
    counted: u64,
    /// Open conversations by key: what the next end with the same addresses belongs to.
    meetings: HashMap<network::Key, network::Meeting>,
    /// Tables of callers at their clone exits, for children in pid namespaces: (caller's tid, child's vtid).
    snapshots: HashMap<(i64, i64), process::Snapshot>,
    /// Rows at which children in pid namespaces told of themselves before their callers did: (parent, child's vtid).
    namespace_births: HashMap<(i64, i64), Row>,
    /// What may have been closed by execve: the flags of accept4 and pipe2 were not recorded. A later call on such a
    /// number shows that it was not.
    doubtful: HashMap<(TableIndex, i64), DescriptionIndex>,
    /// Number under which the event being applied put a description, if any.
    last_put: Option<i64>,
    scratch: Vec<u8>,
}

impl State {
    /// Nothing known yet.
    pub fn new(quirks: Quirks) -> Self {
        Self {
            wanted: quirks,
            quirks: quirks.of(Release::default()),
            release: Release::default(),
            strings: Strings::default(),
            threads: Threads::default(),
            descriptions: Descriptions::default(),
            identities: Identities::default(),
            containers: Containers::default(),
            figures: Figures::default(),
            machine: Machine::default(),
            interfaces: Vec::new(),
            removals: Vec::new(),
            loading: false,
            listed: Vec::new(),
            listed_sockets: HashMap::new(),
            carried: None,
            begun: false,
            sections: 0,
            counted: 0,
            meetings: HashMap::new(),
            snapshots: HashMap::new(),
            namespace_births: HashMap::new(),
            doubtful: HashMap::new(),
            last_put: None,
            scratch: Vec::new(),
        }
    }

    /// The faults it copies: of those wanted, the ones that the release has.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }

    /// The release whose recorder most likely wrote this file.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The recorded machine, as far as the last section told.
    pub fn recorded_machine(&self) -> &Machine {
        &self.machine
    }

    /// Bytes of a text.
    pub fn text(&self, text: Text) -> &[u8] {
        self.strings.get(text)
    }

    /// All threads.
    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    /// All descriptions and slots.
    pub fn descriptions(&self) -> &Descriptions {
        &self.descriptions
    }

    /// Users and groups.
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// Containers.
    pub fn containers(&self) -> &Containers {
        &self.containers
    }

    /// One thread version.
    pub fn version(&self, version: VersionIndex) -> &ThreadVersion {
        self.threads.version(version)
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.strings.memory() + self.threads.memory() + self.descriptions.memory() + self.figures.memory() + self.meetings.allocation_size()
    }

    /// Adds everything that is kept of threads, descriptions and their names: equal for equal states, however they were built.
    pub fn digest(&self, into: &mut Digest) {
        self.strings.digest(into);
        self.threads.digest(into);
        self.descriptions.digest(into);
    }

    /// No more events come for now: what the last one ended is over. `row`: the row that the next event would have.
    pub fn finish(&mut self, row: Row) {
        self.settle(row);
    }

    /// Another file of the same recording begins: its numbers start at 1 again.
    pub fn next_file(&mut self) {
        self.counted = 0;
        self.begun = false;
        self.sections = 0;
    }

    // --- initial state -------------------------------------------------------------------------------------------

    /// A recording starts: what follows is the state at its start.
    ///
    /// A later section of the same machine goes on with the lives that its lists confirm (rolled files); sysdig forgets
    /// everything and begins anew.
    pub fn section(&mut self, _section: &Section, row: Row) {
        self.settle(row);
        if self.loading {
            self.loaded(row);
        }
        self.begun = false;
        self.sections = self.sections.saturating_add(1);
        self.loading = true;
        self.interfaces.clear();
        self.listed_sockets.clear();
        if self.quirks.has(Quirk::SectionsForget) {
            self.forget(row);
            return;
        }
        let threads: HashSet<ThreadIndex> = self.threads.living().into_iter().collect();
        let mut slots = HashSet::new();
        for thread in &threads {
            let table = self.threads.now(*thread).table;
            slots.extend(self.descriptions.live(table).into_iter().map(|(fd, _)| (table, fd)));
        }
        self.carried = Some(Carried { threads, slots });
    }

    /// Ends all lives: what comes next is another machine or another time.
    fn forget(&mut self, row: Row) {
        self.carried = None;
        for thread in self.threads.living() {
            if let Some(table) = self.threads.remove(thread, row) {
                self.descriptions.end(table, row, Ended::Unseen, NONE);
            }
        }
        self.meetings.clear();
        self.snapshots.clear();
        self.namespace_births.clear();
        self.doubtful.clear();
    }

    /// Facts of the machine.
    pub fn machine(&mut self, machine: &Machine, row: Row) {
        let another = machine.host != self.machine.host || machine.boot_ts != self.machine.boot_ts;
        if another && self.carried.is_some() {
            self.forget(row);
        }
        self.machine = machine.clone();
    }

    /// One interface.
    pub fn interface(&mut self, interface: &Interface) {
        self.interfaces.push(interface.clone());
    }

    /// One user of the host.
    pub fn user(&mut self, user: &User<'_>, row: Row) {
        let account = Account { name: self.strings.keep(user.name), home: self.strings.keep(user.home), shell: self.strings.keep(user.shell) };
        self.identities.set_user(Text::EMPTY, user.uid, Some(account), row);
    }

    /// One group of the host.
    pub fn group(&mut self, group: &Group<'_>, row: Row) {
        let name = self.strings.keep(group.name);
        self.identities.set_group(Text::EMPTY, group.gid, Some(name), row);
    }

    /// One process of the initial state.
    pub fn process(&mut self, process: &Process<'_>, row: Row) {
        let release = match process.tail {
            Some(tail) if tail >= 76 => Release::Libs0_25_4,
            Some(tail) if tail > 29 => Release::V0_36_0,
            _ => Release::V0_29_3,
        };
        if release != self.release {
            self.release = release;
            self.quirks = self.wanted.of(release);
        }
        let is_main = process.tid == process.pid;
        let strings = &mut self.strings;
        let mut version = ThreadVersion {
            pid: process.pid,
            ptid: process.ptid,
            sid: process.sid.unwrap_or(-1),
            vpgid: process.vpgid.unwrap_or(-1),
            vtid: process.vtid.unwrap_or(process.tid),
            vpid: process.vpid.unwrap_or(process.pid),
            comm: strings.keep(process.comm),
            exe: strings.keep(process.exe),
            exepath: strings.keep(process.exepath.unwrap_or(process.exe)),
            args: strings.keep(process.args),
            env: if is_main { strings.keep(process.env) } else { Text::EMPTY },
            cwd: if is_main { strings.keep(&path::directory(process.cwd.to_vec())) } else { Text::EMPTY },
            root: strings.keep(process.root),
            cgroups: strings.keep(process.cgroups),
            uid: process.uid,
            gid: process.gid,
            loginuid: process.loginuid.unwrap_or(u32::MAX),
            tty: process.tty.unwrap_or(0),
            flags: process.flags,
            caps: process.caps.unwrap_or_default(),
            fdlimit: process.fdlimit,
            pgid: process.pgid.unwrap_or(-1),
            pidns_start: process.pidns_init_start_ts.unwrap_or(0),
            image: self.threads.image(Image { ino: process.exe_ino.unwrap_or(0), times: process.exe_times.unwrap_or_default(), marks: process.exe_flags }),
            ..ThreadVersion::unknown()
        };
        version.container = self.containers.of_cgroups(process.cgroups, &mut self.strings);
        if let Some(old) = self.threads.find(process.tid) {
            if self.goes_on(old, &version, row) {
                return;
            }
            // Another life, or a list that names a tid twice: the later entry tells more.
            if let Some(table) = self.threads.remove(old, row) {
                self.descriptions.end(table, row, Ended::Unseen, NONE);
            }
        }
        version.table = match self.threads.find(process.pid) {
            Some(main) if !is_main => self.threads.now(main).table,
            _ => self.descriptions.table(),
        };
        let thread = self.threads.add(process.tid, row, Birth::Listed, version);
        self.descriptions.set_owner(version.table, thread);
        let faults = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let memory = Memory {
            vmsize: process.vmsize,
            vmrss: process.vmrss,
            vmswap: process.vmswap,
            pfmajor: faults(process.pfmajor),
            pfminor: faults(process.pfminor),
        };
        self.figures.set_memory(thread, row, memory);
    }

    /// Whether a thread of an earlier section is the one that this entry names; it then takes over what the entry says.
    fn goes_on(&mut self, thread: ThreadIndex, entry: &ThreadVersion, row: Row) -> bool {
        let known = *self.threads.now(thread);
        let Some(carried) = &mut self.carried else { return false };
        let same = known.pid == entry.pid && (known.comm == entry.comm || known.exe == entry.exe);
        if !same || !carried.threads.remove(&thread) {
            return false;
        }
        self.threads.change(thread, row, |version| {
            let kept = *version;
            *version = ThreadVersion {
                thread: kept.thread,
                since: kept.since,
                previous: kept.previous,
                table: kept.table,
                cgroups_since: if kept.cgroups == entry.cgroups { kept.cgroups_since } else { row },
                identity_since: if (kept.uid, kept.gid) == (entry.uid, entry.gid) { kept.identity_since } else { row },
                ..*entry
            };
        });
        true
    }

    /// One descriptor of the initial state.
    pub fn fd(&mut self, tid: i64, fd: &Fd<'_>, row: Row) {
        let Some(thread) = self.threads.find(tid) else { return };
        let version = *self.threads.now(thread);
        if version.pid != tid && self.threads.find(version.pid).is_some() {
            return; // a thread of a known process uses that process's table
        }
        let mut sock = Sock::default();
        let mut cloexec = false;
        let mut facts = FileFacts { ino: fd.ino, ..FileFacts::default() };
        // Only files are listed with their flags. What stands under the first numbers is meant to be handed on.
        let is_uncertain = fd.fd > 2 && !matches!(fd.target, FdTarget::File { .. });
        let (kind, name, sock) = match fd.target {
            FdTarget::Ipv4 { local, remote, lport, rport, l4 } => {
                sock.set_source(false, wide(&local), lport);
                sock.set_dest(false, wide(&remote), rport);
                sock.set_l4(false, l4);
                (FdKind::Ipv4, &b""[..], Some(sock))
            }
            FdTarget::Ipv6 { local, remote, lport, rport, l4 } => {
                if socket::is_mapped(&local) && socket::is_mapped(&remote) {
                    sock.set_source(false, socket::mapped(&local), lport);
                    sock.set_dest(false, socket::mapped(&remote), rport);
                    sock.set_l4(false, l4);
                    (FdKind::Ipv4, &b""[..], Some(sock))
                } else {
                    sock.set_source(true, local, lport);
                    sock.set_dest(true, remote, rport);
                    sock.set_l4(true, l4);
                    (FdKind::Ipv6, &b""[..], Some(sock))
                }
            }
            FdTarget::Ipv4Server { ip, port, l4 } => {
                sock.set_bound(false, wide(&ip), port, l4);
                (FdKind::Ipv4Server, &b""[..], Some(sock))
            }
            FdTarget::Ipv6Server { ip, port, l4 } => {
                sock.set_bound(true, ip, port, l4);
                (FdKind::Ipv6Server, &b""[..], Some(sock))
            }
            FdTarget::Unix { source, dest, path } => {
                sock.set_unix(source, dest);
                // The line end of the list that it was read from, which 0.29.3 keeps and does not print.
                let keeps_end = self.release == Release::V0_29_3 && self.quirks.has(Quirk::UnprintableBytesVanish);
                let path = path.strip_suffix(b"\n").filter(|_| !keeps_end).unwrap_or(path);
                (FdKind::Unix, path, Some(sock))
            }
            FdTarget::File { flags, name, dev } => {
                facts.dev = dev.unwrap_or(0);
                facts.flags = flags;
                cloexec = flags & calls::O_CLOEXEC != 0;
                (FdKind::File, name, None)
            }
            FdTarget::Named { kind, name } => (FdKind::from_number(kind), name, None),
        };
        let name = self.strings.keep(name);
        if let Some(carried) = &mut self.carried
            && let Some(slot) = self.descriptions.slot(version.table, fd.fd)
            && network::goes_on(&self.descriptions, slot.description, kind, name, sock.as_ref())
        {
            carried.slots.remove(&(version.table, fd.fd));
            return;
        }
        let shared = sock.is_some() && fd.ino != 0 && !self.quirks.has(Quirk::EachNumberHasItsOwnCopy);
        let known = if shared { self.listed_sockets.get(&fd.ino).copied() } else { None };
        if let Some(known) = known.filter(|known| self.descriptions.get(*known).now.kind == kind) {
            self.descriptions.put(version.table, fd.fd, known, row, cloexec);
            if is_uncertain {
                self.descriptions.doubt_cloexec(version.table, fd.fd);
            }
            if let Some(carried) = &mut self.carried {
                carried.slots.remove(&(version.table, fd.fd));
            }
            return;
        }
        let description = self.descriptions.open(kind, name, sock, fd.ino, NONE);
        self.descriptions.set_log(description, self.is_log(name));
        if matches!(kind, FdKind::File | FdKind::Directory) {
            self.descriptions.set_facts(description, facts);
        }
        if shared {
            self.listed_sockets.insert(fd.ino, description);
        }
        self.descriptions.put(version.table, fd.fd, description, row, cloexec);
        if is_uncertain {
            self.descriptions.doubt_cloexec(version.table, fd.fd);
        }
        self.listed.push(description);
        if let Some(carried) = &mut self.carried {
            carried.slots.remove(&(version.table, fd.fd));
        }
    }

    /// A process whose main thread is not in the list: what its threads have in common is known all the same.
    fn meet_processes(&mut self, row: Row) {
        for thread in self.threads.living() {
            let of_thread = *self.threads.now(thread);
            if of_thread.pid <= 0 || of_thread.pid == self.threads.get(thread).tid || self.threads.find(of_thread.pid).is_some() {
                continue;
            }
            if self.quirks.has(Quirk::ListedThreadsLoseAll) {
                self.placeholder(of_thread.pid, row);
                continue;
            }
            let main = self.threads.add(of_thread.pid, row, Birth::Placeholder, ThreadVersion { vtid: of_thread.vpid, comm: Text::NA, ..of_thread });
            self.descriptions.set_owner(of_thread.table, main);
        }
    }

    /// The list is complete: roles and names of sockets follow from all of it together.
    #[inline(never)]
    fn loaded(&mut self, row: Row) {
        self.loading = false;
        if let Some(Carried { threads, slots }) = self.carried.take() {
            let mut gone: Vec<_> = threads.into_iter().collect();
            by_number(&mut gone, |thread| u128::from(*thread));
            for thread in gone {
                if let Some(table) = self.threads.remove(thread, row) {
                    self.descriptions.end(table, row, Ended::Unseen, NONE);
                }
            }
            let mut gone: Vec<_> = slots.into_iter().collect();
            by_number(&mut gone, |(table, fd)| u128::from(*table) << 64 | signed(*fd));
            for (table, fd) in gone {
                self.descriptions.remove(table, fd, row, Ended::Unseen, NONE);
            }
        }
        self.meet_processes(row);
        for thread in self.threads.living() {
            self.threads.live_mut(thread).children = 0;
            self.figures.set_others(thread, row, 0);
        }
        for thread in self.threads.living() {
            let pid = self.threads.now(thread).pid;
            if let Some(main) = self.threads.find(pid).filter(|main| *main != thread) {
                self.add_other(main, row);
                // The list may have named the thread before its process.
                let table = self.threads.now(main).table;
                if let Some(unused) = self.threads.change(thread, row, |version| version.table = table) {
                    self.descriptions.end(unused, row, Ended::Unseen, NONE);
                }
            }
        }
        self.settle_initial_sockets(row);
    }

    // --- events --------------------------------------------------------------------------------------------------

    /// Carries out what the previous event left for now.
    #[inline(never)]
    fn settle(&mut self, row: Row) {
        for removal in std::mem::take(&mut self.removals) {
            match removal {
                Removal::Fd { table, fd, from, thread } => {
                    if self.descriptions.slot(table, fd).is_some_and(|slot| slot.from == from) {
                        self.descriptions.remove(table, fd, row, Ended::Close, thread);
                    }
                }
                Removal::Thread { thread } => self.bury(thread, row),
            }
        }
    }

    /// Applies one event. Rows must come in order, each once.
    pub fn apply(&mut self, row: Row, event: &Event<'_>) -> Applied {
        let mut applied = Applied::unknown();
        self.apply_into(row, event, &mut applied);
        applied
    }

    /// Like [`State::apply`]; `applied` must be [`Applied::unknown`].
    pub fn apply_into(&mut self, row: Row, event: &Event<'_>, applied: &mut Applied) {
        if !self.removals.is_empty() {
            self.settle(row);
        }
        if self.loading {
            self.loaded(row);
        }
        let manner = MANNERS.get(usize::from(event.kind)).copied().unwrap_or(Manner::Unused);
        let Some(info) = table::event(event.kind).filter(|_| manner != Manner::Unused) else { return };
        if self.release == Release::V0_29_3 && event.kind >= self.release.table_size() && self.quirks.has(Quirk::NewerTypesUnseen) {
            return;
        }
        let is_initial = manner == Manner::Record && !self.begun;
        // Records before a section's first other event belong to its initial state: those of further sections are not counted.
        if !is_initial || self.sections <= 1 {
            self.counted += 1;
            applied.number = Some(self.counted);
        }
        applied.printed = !event.state_only && info.category != Category::Internal && !is_initial;
        self.begun |= manner != Manner::Record;
        if matches!(manner, Manner::Neutral | Manner::Record) {
            self.apply_neutral(row, event, applied);
            return;
        }
        if event.kind == 402 {
            // The newest recorders tell of containers in events of a plugin.
            self.container_record(event, row);
        }
        let is_birth = manner == Manner::Birth;
        let thread = match self.threads.find_for_event(event.tid) {
            None if event.tid != -1 && !is_birth => Some(self.placeholder(event.tid, row)),
            found => found,
        };
        let subject = if info.enter { self.enter(row, event, info, thread) } else { self.exit(row, event, info, thread, applied) };
        applied.fd = i32::try_from(subject.fd).unwrap_or(if subject.fd == i64::from(u32::MAX) { UNSIGNED } else { -1 });
        applied.description = subject.description;
        // The child's own clone exit makes the thread it belongs to.
        if let Some(thread) = if is_birth { self.threads.find(event.tid) } else { thread } {
            applied.version = self.threads.get(thread).last;
            if self.quirks.has(Quirk::LatencyOfLastEnter) {
                applied.latency = self.threads.lives(thread).then(|| self.threads.live(thread).latency);
            }
        }
    }

    #[inline(never)]
    fn apply_neutral(&mut self, row: Row, event: &Event<'_>, applied: &mut Applied) {
        match event.kind {
            228 | 272 | 324 => {
                let id = self.container_record(event, row);
                if let Some(id) = id.filter(|_| applied.printed) {
                    let mut comm = b"container:".to_vec();
                    comm.extend_from_slice(self.strings.get(id));
                    let comm = self.strings.keep(&comm);
                    let own_id = if self.quirks.has(Quirk::ContainersAreThreads) { -2 } else { -1 };
                    let thread = self.threads.add(-1, row, Birth::Invented, ThreadVersion { comm, container: id, vtid: own_id, vpid: own_id, ..ThreadVersion::unknown() });
                    self.threads.remove(thread, row + 1);
                    applied.version = self.threads.get(thread).last;
                    return;
                }
            }
            354..=361 => self.identity_record(event, row),
            146 | 152 => self.note_switch(row, event, self.threads.find(event.tid)),
            _ => {}
        }
        if let Some(thread) = self.threads.find(event.tid) {
            applied.version = self.threads.get(thread).last;
            // A page fault does not have the last value repeated.
            if event.kind != 290 && self.quirks.has(Quirk::LatencyOfLastEnter) {
                applied.latency = Some(self.threads.live(thread).latency);
            }
        }
    }

    fn placeholder(&mut self, tid: i64, row: Row) -> ThreadIndex {
        let table = self.descriptions.table();
        let thread = self.threads.add(tid, row, Birth::Placeholder, ThreadVersion { table, ..ThreadVersion::unknown() });
        self.descriptions.set_owner(table, thread);
        thread
    }

    fn enter(&mut self, row: Row, event: &Event<'_>, info: &table::EventInfo, thread: Option<ThreadIndex>) -> Subject {
        let Some(thread) = thread else { return Subject::NONE };
        let mut subject = Subject::NONE;
        if info.flags.has(EventFlags::USES_FD)
            && let Some(fd) = event.params.int(if event.kind == SPLICE { 0 } else { usize::from(info.fd_param.unwrap_or(0)) })
        {
            let fd = self.fd_argument(fd);
            subject = self.subject(thread, fd);
        }
        let live = self.threads.live_mut(thread);
        live.last_kind = event.kind;
        live.last_fd = subject.fd;
        live.last_enter_ts = event.ts;
        live.latency = 0;
        // A signal does not end the call that it interrupts.
        if event.kind != 232 {
            live.enter = Enter { kind: event.kind, row, ts: event.ts, fd: subject.fd, description: subject.description };
            if calls::needs_enter(event.kind) {
                live.kept.keep(&event.params);
            } else {
                live.kept.clear();
            }
        }
        match event.kind {
            22 => self.connect_enter(row, event, thread, subject),
            30 | 48 if subject.description == NONE => subject = self.send_enter(row, event, thread, subject),
            16 | 186 => self.procexit(row, event, thread),
            _ => {}
        }
        subject
    }

    fn exit(&mut self, row: Row, event: &Event<'_>, info: &table::EventInfo, thread: Option<ThreadIndex>, applied: &mut Applied) -> Subject {
        let result = match info.params().first().map(|param| param.ty) {
            Some(ParamType::Errno | ParamType::Fd | ParamType::Pid | ParamType::Int64 | ParamType::Int32) => event.params.int(0),
            _ => None,
        };
        applied.result = result;
        let Some(thread) = thread else {
            self.birth(row, event, None, None);
            return Subject::NONE;
        };

        // execveat succeeds with an execve exit.
        let matches_enter = |enter: u16| enter != u16::MAX && (enter.wrapping_add(1) == event.kind || (enter == 330 && event.kind == 293));
        // sysdig 0.29.3 finds the descriptor of an exit by the type of the thread's last enter event, however often that has
        // been answered; what the enter event said it forgets at the next exit of any type.
        let by_type = self.quirks.has(Quirk::EnterMustBeLast) && self.release == Release::V0_29_3;
        let live = self.threads.live_mut(thread);
        let is_first = live.last_kind == u16::MAX;
        let typed = matches_enter(live.last_kind);
        let pair = matches_enter(live.enter.kind);
        if live.last_enter_ts != 0 {
            live.latency = event.ts.wrapping_sub(live.last_enter_ts);
        }
        let last_fd = live.last_fd;
        let enter = if pair {
            applied.enter = Some(live.enter.row);
            applied.latency = event.ts.checked_sub(live.enter.ts);
            Some(live.enter)
        } else {
            None
        };
        // It forgets nothing at an exit that was kept for state alone.
        let stays = by_type && event.state_only;
        if !stays {
            live.enter = Enter::NONE;
        }
        // What was kept is in use until the exit has had its effect; then its memory goes back to the thread.
        let kept = if pair && !live.kept.is_empty() { std::mem::take(&mut live.kept) } else { Kept::default() };
        let enter = enter.filter(|_| typed || !by_type);

        let mut subject = Subject::NONE;
        if info.flags.has(EventFlags::USES_FD) {
            if by_type && is_first {
                // Nothing has been noted of the thread yet, which is taken for number 0; the call has no effect.
                return self.subject(thread, 0);
            }
            if by_type && typed && last_fd != -1 {
                subject = self.subject(thread, last_fd);
            } else if let Some(enter) = enter.filter(|enter| enter.fd != -1) {
                // Another thread may have closed and reused the number meanwhile.
                subject = if enter.description == NONE || self.quirks.has(Quirk::NumberLookedUpTwice) {
                    self.subject(thread, enter.fd)
                } else {
                    Subject { fd: enter.fd, description: enter.description }
                };
            } else if let Some(index) = info.fd_param
                && let Some(fd) = event.params.int(usize::from(index))
            {
                let fd = self.fd_argument(fd);
                subject = self.subject(thread, fd);
            }
        }
        let uses = info.flags.any(EventFlags::READS_FROM_FD.with(EventFlags::WRITES_TO_FD)) || matches!(event.kind, 125 | 363 | 365 | 367);
        if subject.description == NONE && subject.fd >= 0 && uses && !self.doubtful.is_empty() {
            self.open_after_all(row, thread, &mut subject, result.unwrap_or(0));
        }
        let params = if enter.is_some() && !kept.is_empty() { kept.params() } else { Params::default() };
        let call = calls::Exit { row, event, thread, enter, kept: params, result: result.unwrap_or(0) };
        if let Some((from, to)) = self.two_subjects(&call) {
            let is_target = subject.description == from.description;
            applied.second = if is_target { to.description } else { from.description };
            applied.second_is_target = is_target;
        }
        let subject = self.exit_effect(&call, subject);
        if let Some(fd) = self.last_put.take()
            && self.threads.lives(thread)
        {
            self.threads.live_mut(thread).last_fd = fd;
        }
        if !kept.is_empty() && self.threads.lives(thread) {
            self.threads.live_mut(thread).kept = if stays { kept } else { kept.emptied() };
        }
        subject
    }

    /// A data call or a dup of a number that execve may have closed, and that has not failed for that: it was open all
    /// the time. Other calls prove nothing: the number may have been used anew by a call that was not recorded.
    #[inline(never)]
    fn open_after_all(&mut self, row: Row, thread: ThreadIndex, subject: &mut Subject, result: i64) {
        const EBADF: i64 = -9;
        let table = self.threads.now(thread).table;
        if let Some(description) = self.doubtful.remove(&(table, subject.fd))
            && result != EBADF
        {
            self.descriptions.reopen(description);
            self.descriptions.put(table, subject.fd, description, row, false);
            subject.description = description;
        }
    }

    /// What execve may have closed below a number that was the lowest free one: it was open all the time.
    fn open_below(&mut self, table: TableIndex, fd: i64, row: Row) {
        let mut open: Vec<(i64, DescriptionIndex)> =
            self.doubtful.iter().filter(|((of, number), _)| *of == table && *number < fd).map(|((_, number), description)| (*number, *description)).collect();
        by_number(&mut open, |(number, _)| signed(*number));
        for (number, description) in open {
            self.doubtful.remove(&(table, number));
            self.descriptions.reopen(description);
            self.descriptions.put(table, number, description, row, false);
        }
    }

    /// An fd argument: drivers up to 0.29.3 write 32-bit arguments without their sign.
    fn fd_argument(&self, fd: i64) -> i64 {
        if (1 << 31..1 << 32).contains(&fd) && !self.quirks.has(Quirk::FdWithoutSign) { fd - (1 << 32) } else { fd }
    }

    fn subject(&self, thread: ThreadIndex, fd: i64) -> Subject {
        Subject { fd, description: self.descriptions.target(self.threads.get(thread).table, fd) }
    }

    // --- questions -----------------------------------------------------------------------------------------------

    /// The thread that owns the working directory of a thread: the main thread of its process, where known.
    fn main_of(&self, thread: ThreadIndex) -> ThreadIndex {
        let version = self.threads.now(thread);
        if version.pid == self.threads.get(thread).tid {
            return thread;
        }
        self.threads.find(version.pid).unwrap_or(thread)
    }

    fn cwd_of(&self, thread: ThreadIndex) -> Text {
        self.threads.now(self.main_of(thread)).cwd
    }

    /// State as the event just applied sees it; `version` is its [`Applied::version`].
    pub fn live(&self, version: VersionIndex) -> Live<'_> {
        let thread = if version == NONE { None } else { Some(self.version(version).thread) };
        Live { state: self, thread }
    }

    /// State as the event at `row` saw it; `version` is what [`Applied::version`] was there.
    pub fn as_of(&self, version: VersionIndex, row: Row) -> AsOf<'_> {
        AsOf { state: self, version: (version != NONE).then_some(version), row }
    }

    /// What the fd entries of a thread were just after the event at `row`: number and description.
    pub fn slots_at(&self, version: VersionIndex, row: Row) -> Vec<(i64, DescriptionIndex)> {
        self.descriptions.slots_at(self.version(version).table, row)
    }

    /// Ancestors of a version as of a row, nearest first: versions.
    pub fn ancestors_at(&self, version: VersionIndex, row: Row) -> Vec<VersionIndex> {
        let mut found = Vec::new();
        let mut ptid = self.version(version).ptid;
        while found.len() < 64 {
            let Some(thread) = self.threads.find_at(ptid, row) else { break };
            let parent = self.threads.version_at(thread, row);
            if found.contains(&parent) || parent == version {
                break;
            }
            found.push(parent);
            ptid = self.version(parent).ptid;
        }
        found
    }

    /// Name of the descriptor whose writes may be messages to the system log, just after an event was applied. Empty when
    /// there is none.
    pub fn written_name(&self, applied: &Applied) -> &[u8] {
        if applied.description == NONE {
            return b"";
        }
        let now = self.descriptions.get(applied.description).now;
        if self.release == Release::V0_29_3 && self.quirks.has(Quirk::LogIsMarkedOnce) {
            return if now.is_log { LOG_SOCKET } else { b"" };
        }
        self.strings.get(now.name)
    }

    /// The name a description is printed with, given its attributes.
    pub fn fd_view(&self, attributes: &Attributes) -> FdView<'_> {
        let six = attributes.kind.is_six();
        let l4 = if attributes.kind.is_server() {
            self.descriptions.sock(attributes.sock).bound_l4(six)
        } else if attributes.kind.is_inet() {
            let l4 = self.descriptions.sock(attributes.sock).l4(six);
            if attributes.role == Role::None && l4 != L4_RAW { 0 } else { l4 }
        } else {
            0
        };
        let l4char = match l4 {
            L4_TCP => Some(b't'),
            L4_UDP => Some(b'u'),
            L4_ICMP => Some(b'i'),
            L4_RAW => Some(b'r'),
            _ => None,
        };
        FdView { typechar: attributes.kind.typechar(), l4char, name: self.strings.get(attributes.name) }
    }
}

fn wide(four: &[u8; 4]) -> [u8; 16] {
    let [a, b, c, d] = *four;
    [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// State as the last applied event sees it.
pub struct Live<'a> {
    state: &'a State,
    thread: Option<ThreadIndex>,
}

impl View for Live<'_> {
    fn comm(&self, tid: i64) -> Option<&[u8]> {
        let thread = self.state.threads.find(tid)?;
        Some(self.state.text(self.state.threads.now(thread).comm))
    }

    fn fd(&self, fd: i64) -> Option<FdView<'_>> {
        let table = self.state.threads.now(self.thread?).table;
        let slot = self.state.descriptions.slot(table, fd)?;
        Some(self.state.fd_view(&self.state.descriptions.get(slot.description).now))
    }

    fn cwd(&self) -> &[u8] {
        self.thread.map_or(b"", |thread| self.state.text(self.state.cwd_of(thread)))
    }

    fn user(&self, uid: u32) -> Option<&[u8]> {
        let container = self.thread.map_or(Text::EMPTY, |thread| self.state.threads.now(thread).container);
        Some(self.state.text(self.state.identities.user(container, uid, Row::MAX)?))
    }

    fn group(&self, gid: u32) -> Option<&[u8]> {
        let container = self.thread.map_or(Text::EMPTY, |thread| self.state.threads.now(thread).container);
        Some(self.state.text(self.state.identities.group(container, gid, Row::MAX)?))
    }
}

/// State as the event at an earlier row saw it. The same answers as [`Live`] gave then.
pub struct AsOf<'a> {
    state: &'a State,
    version: Option<VersionIndex>,
    row: Row,
}

impl AsOf<'_> {
    fn container(&self) -> Text {
        self.version.map_or(Text::EMPTY, |version| self.state.version(version).container)
    }
}

impl View for AsOf<'_> {
    fn comm(&self, tid: i64) -> Option<&[u8]> {
        let thread = self.state.threads.find_at(tid, self.row)?;
        let version = self.state.threads.version_at(thread, self.row);
        Some(self.state.text(self.state.version(version).comm))
    }

    fn fd(&self, fd: i64) -> Option<FdView<'_>> {
        let table = self.state.version(self.version?).table;
        let description = self.state.descriptions.slot_at(table, fd, self.row)?;
        Some(self.state.fd_view(&self.state.descriptions.at(description, self.row)))
    }

    fn cwd(&self) -> &[u8] {
        let Some(version) = self.version.map(|version| self.state.version(version)) else { return b"" };
        let own = self.state.threads.get(version.thread).tid == version.pid;
        let main = if own { None } else { self.state.threads.find_at(version.pid, self.row) };
        let cwd = main.map_or(version.cwd, |main| self.state.version(self.state.threads.version_at(main, self.row)).cwd);
        self.state.text(cwd)
    }

    fn user(&self, uid: u32) -> Option<&[u8]> {
        Some(self.state.text(self.state.identities.user(self.container(), uid, self.row)?))
    }

    fn group(&self, gid: u32) -> Option<&[u8]> {
        Some(self.state.text(self.state.identities.group(self.container(), gid, self.row)?))
    }
}
