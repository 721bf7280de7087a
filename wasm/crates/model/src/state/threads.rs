//! Threads: lives of a tid, and the versions of what each was.

use super::descriptions::TableIndex;
use super::strings::Text;
use super::{NONE, Row, ThreadIndex, VersionIndex};
use crate::digest::Digest;
use crate::order::by_number;
use hashbrown::HashMap;
use scap::Params;

/// How the engine came to know a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Birth {
    /// It stood in the process list: older than the capture.
    Listed,
    /// A clone, fork or vfork exit told of it.
    Cloned {
        /// Row of that event.
        row: Row,
        /// tid of the parent, as that event has it.
        parent: i64,
    },
    /// An event named its tid and nothing else is known.
    Placeholder,
    /// A container record, which sysdig prints as the line of an invented thread.
    Invented,
}

/// One life of a tid.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Thread {
    /// Its tid on the host.
    pub tid: i64,
    /// First row.
    pub born: Row,
    /// First row at which it is gone; `NONE` while it lives.
    pub gone: Row,
    /// How it came to be known.
    pub birth: Birth,
    /// Time of birth, 0 when older than the capture.
    pub cloned_ts: u64,
    /// Newest version.
    pub last: VersionIndex,
    /// Fd table it uses now, as its newest version says.
    pub table: TableIndex,
    /// The life of the same tid before this one, or `NONE`.
    previous: ThreadIndex,
    /// Place in `live`, or `NONE` when gone.
    live: u32,
}

/// Identity of a thread over a stretch of rows. Memory sizes, faults and times are not identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThreadVersion {
    /// Thread it is a version of.
    pub thread: ThreadIndex,
    /// First row it holds for.
    pub since: Row,
    /// Version before, or `NONE`.
    pub previous: VersionIndex,
    /// Process (thread group) id; −1 when unknown.
    pub pid: i64,
    /// Parent; −1 when unknown.
    pub ptid: i64,
    /// Session.
    pub sid: i64,
    /// Process group in its pid namespace.
    pub vpgid: i64,
    /// Thread id in its pid namespace.
    pub vtid: i64,
    /// Process id in its pid namespace.
    pub vpid: i64,
    /// Short name.
    pub comm: Text,
    /// argv[0].
    pub exe: Text,
    /// Path of the image.
    pub exepath: Text,
    /// NUL-separated arguments.
    pub args: Text,
    /// NUL-separated environment.
    pub env: Text,
    /// Working directory with trailing slash; only main threads have their own.
    pub cwd: Text,
    /// chroot.
    pub root: Text,
    /// NUL-separated `subsystem=path`.
    pub cgroups: Text,
    /// Container id, or empty when it runs on the host.
    pub container: Text,
    /// Effective user; all ones when unknown.
    pub uid: u32,
    /// Effective group; all ones when unknown.
    pub gid: u32,
    /// Login user; all ones when there is none.
    pub loginuid: u32,
    /// Terminal.
    pub tty: u32,
    /// Clone flags as recorded.
    pub flags: u32,
    /// Inheritable, permitted, effective capabilities.
    pub caps: [u64; 3],
    /// Row that last changed uid or gid within the capture; `NONE`: they hold since before it.
    pub identity_since: Row,
    /// Fd table in use.
    pub table: TableIndex,
    /// Row that told its cgroups; `NONE`: the process list.
    pub cgroups_since: Row,
    /// Soft limit of open files.
    pub fdlimit: i64,
    /// Process group on the host; −1 when not recorded.
    pub pgid: i64,
    /// Start of the first process of its pid namespace, nanoseconds since the epoch; 0 when not recorded.
    pub pidns_start: u64,
    /// What is known of the file it runs; see [`Threads::image_of`].
    pub image: u32,
}

/// The file that a process runs, as far as it was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Image {
    /// Inode; 0 when not recorded.
    pub ino: u64,
    /// Change and modification time, nanoseconds since the epoch; 0 when not recorded.
    pub times: [u64; 2],
    /// 1 writable, 2 in the upper layer of an overlay, 4 in memory, 8 in a lower layer.
    pub marks: u8,
}

impl ThreadVersion {
    /// A version of which nothing is known.
    pub fn unknown() -> Self {
        Self {
            thread: NONE,
            since: 0,
            previous: NONE,
            pid: -1,
            ptid: -1,
            sid: -1,
            vpgid: -1,
            vtid: -1,
            vpid: -1,
            comm: Text::NA,
            exe: Text::NA,
            exepath: Text::EMPTY,
            args: Text::EMPTY,
            env: Text::EMPTY,
            cwd: Text::EMPTY,
            root: Text::EMPTY,
            cgroups: Text::EMPTY,
            container: Text::EMPTY,
            uid: u32::MAX,
            gid: u32::MAX,
            loginuid: u32::MAX,
            tty: 0,
            flags: 0,
            caps: [0; 3],
            identity_since: NONE,
            table: NONE,
            cgroups_since: NONE,
            fdlimit: -1,
            pgid: -1,
            pidns_start: 0,
            image: 0,
        }
    }
}

/// The enter event that a thread is in.
#[derive(Clone, Copy, Debug)]
pub struct Enter {
    /// Its event type; `u16::MAX` when there is none.
    pub kind: u16,
    /// Its row.
    pub row: Row,
    /// Its time.
    pub ts: u64,
    /// The fd it is about, or −1.
    pub fd: i64,
    /// The description that was then, or `NONE`.
    pub description: u32,
}

impl Enter {
    /// The thread is in no call.
    pub const NONE: Self = Self { kind: u16::MAX, row: 0, ts: 0, fd: -1, description: NONE };
}

/// Parameters of an enter event that its exit will need. The memory is used again for the next one.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The length array, then the parameters.
    bytes: Vec<u8>,
    /// Bytes of the length array.
    lengths: usize,
}

impl Kept {
    /// Keeps parameters. Of large events, those that are not large themselves.
    pub fn keep(&mut self, params: &Params<'_>) {
        self.clear();
        if let Some((lengths, data)) = params.parts() {
            self.lengths = lengths.len();
            self.bytes.extend_from_slice(lengths);
            self.bytes.extend_from_slice(data);
            return;
        }
        for param in params.iter() {
            let Ok(length) = u16::try_from(param.len()) else { break };
            self.bytes.extend_from_slice(&length.to_le_bytes());
        }
        self.lengths = self.bytes.len();
        params.iter().take(self.lengths / 2).for_each(|param| self.bytes.extend_from_slice(param));
    }

    /// Forgets them.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.lengths = 0;
    }

    /// The same memory, empty.
    pub fn emptied(mut self) -> Self {
        self.clear();
        self
    }

    /// Whether nothing is kept.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was kept.
    pub fn params(&self) -> Params<'_> {
        self.bytes.split_at_checked(self.lengths).and_then(|(lengths, data)| Params::new(lengths, data, false)).unwrap_or_default()
    }
}

/// What only a living thread has.
#[derive(Clone, Debug)]
pub struct Live {
    /// Whose it is.
    pub thread: ThreadIndex,
    /// Call in progress as seen by a careful reader: nothing but a syscall of the same thread ends it.
    pub enter: Enter,
    /// Its parameters, where the exit will need them.
    pub kept: Kept,
    /// Type of the last enter event, a signal among them.
    pub last_kind: u16,
    /// What sysdig takes for the number that the thread is about: that of the last enter event or the newest one, or −1.
    pub last_fd: i64,
    /// Time of the last enter event, 0 when there was none.
    pub last_enter_ts: u64,
    /// Latency that sysdig shows for the thread now.
    pub latency: u64,
    /// Its own clone exit made it, before its caller's came.
    pub inverted: bool,
    /// A placeholder whose first clone-like exit has been seen: sysdig 0.36.0 learns from no later one.
    pub asked: bool,
    /// procexit was seen.
    pub dead: bool,
    /// A main thread that asked for the orphans among its descendants.
    pub reaper: bool,
    /// A main thread: living threads of the group beside it.
    pub children: u32,
}

const PAGE: usize = 1024;
const PAGES: usize = 4096;

/// All threads, now and before.
pub struct Threads {
    all: Vec<Thread>,
    versions: Vec<ThreadVersion>,
    live: Vec<Live>,
    free: Vec<u32>,
    /// Newest life of each tid below 2²², by page.
    pages: Vec<Option<Box<[u32; PAGE]>>>,
    /// Newest life of any other tid.
    others: HashMap<i64, ThreadIndex>,
    /// Users of each fd table.
    table_users: HashMap<TableIndex, u32>,
    /// Each image once; the first is that of which nothing is known.
    images: Vec<Image>,
    image_ids: HashMap<Image, u32>,
}

impl Default for Threads {
    fn default() -> Self {
        Self { all: Vec::new(), versions: Vec::new(), live: Vec::new(), free: Vec::new(), pages: vec![None; PAGES], others: HashMap::new(), table_users: HashMap::new(), images: vec![Image::default()], image_ids: HashMap::from([(Image::default(), 0)]) }
    }
}

impl Threads {
    /// How many lives there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many versions there are.
    pub fn version_count(&self) -> usize {
        self.versions.len()
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Thread>()
            + self.versions.capacity() * size_of::<ThreadVersion>()
            + self.live.iter().map(|live| size_of::<Live>() + live.kept.bytes.capacity()).sum::<usize>()
            + self.pages.iter().flatten().count() * PAGE * 4
            + PAGES * 8
            + self.others.allocation_size()
            + self.table_users.allocation_size()
            + self.images.capacity() * size_of::<Image>()
            + self.image_ids.allocation_size()
    }

    pub(super) fn digest(&self, into: &mut Digest) {
        into.all(self.all.iter());
        into.all(self.versions.iter());
        into.all(self.images.iter());
    }

    /// One life.
    pub fn get(&self, thread: ThreadIndex) -> &Thread {
        &self.all[thread as usize]
    }

    /// All lives, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Thread> {
        self.all.iter()
    }

    /// One version.
    pub fn version(&self, version: VersionIndex) -> &ThreadVersion {
        &self.versions[version as usize]
    }

    /// Newest version of a thread.
    pub fn now(&self, thread: ThreadIndex) -> &ThreadVersion {
        self.version(self.get(thread).last)
    }

    /// Newest life of a tid, whether it lives or not.
    #[inline]
    fn newest(&self, tid: i64) -> ThreadIndex {
        match usize::try_from(tid) {
            Ok(at) if at < PAGE * PAGES => self.pages.get(at / PAGE).and_then(|page| page.as_ref()).and_then(|page| page.get(at % PAGE)).copied().unwrap_or(NONE),
            _ => self.others.get(&tid).copied().unwrap_or(NONE),
        }
    }

    fn set_newest(&mut self, tid: i64, thread: ThreadIndex) {
        match usize::try_from(tid) {
            Ok(at) if at < PAGE * PAGES => {
                if let Some(page) = self.pages.get_mut(at / PAGE)
                    && let Some(place) = page.get_or_insert_with(|| Box::new([NONE; PAGE])).get_mut(at % PAGE)
                {
                    *place = thread;
                }
            }
            _ => {
                self.others.insert(tid, thread);
            }
        }
    }

    /// The thread that has this tid now.
    pub fn find(&self, tid: i64) -> Option<ThreadIndex> {
        self.find_for_event(tid)
    }

    /// The same, made where it is asked for every event.
    #[inline(always)]
    pub(super) fn find_for_event(&self, tid: i64) -> Option<ThreadIndex> {
        let thread = self.newest(tid);
        (thread != NONE && self.get(thread).live != NONE).then_some(thread)
    }

    /// Whether a life of this tid began at or after a row, over or not.
    pub fn born_since(&self, tid: i64, row: Row) -> bool {
        let thread = self.newest(tid);
        thread != NONE && self.get(thread).born >= row
    }

    /// The thread that had this tid just after the event at `row`.
    pub fn find_at(&self, tid: i64, row: Row) -> Option<ThreadIndex> {
        let mut at = self.newest(tid);
        while at != NONE {
            let thread = self.get(at);
            if thread.born <= row {
                return (row < thread.gone).then_some(at);
            }
            at = thread.previous;
        }
        None
    }

    /// The version of a thread just after the event at `row`: its oldest one for rows before its birth.
    pub fn version_at(&self, thread: ThreadIndex, row: Row) -> VersionIndex {
        let mut at = self.get(thread).last;
        loop {
            let version = self.version(at);
            if version.since <= row || version.previous == NONE {
                return at;
            }
            at = version.previous;
        }
    }

    /// A new life of a tid; any older one must be gone.
    pub fn add(&mut self, tid: i64, row: Row, birth: Birth, version: ThreadVersion) -> ThreadIndex {
        let thread = self.all.len() as u32;
        let fresh = Live {
            thread,
            enter: Enter::NONE,
            kept: Kept::default(),
            last_kind: u16::MAX,
            last_fd: -1,
            last_enter_ts: 0,
            latency: 0,
            inverted: false,
            asked: false,
            dead: false,
            reaper: false,
            children: 0,
        };
        let live = match self.free.pop() {
            Some(place) => {
                self.live[place as usize] = fresh;
                place
            }
            None => {
                self.live.push(fresh);
                self.live.len() as u32 - 1
            }
        };
        let previous = self.newest(tid);
        self.keep_version(ThreadVersion { thread, since: row, previous: NONE, ..version });
        self.all.push(Thread { tid, born: row, gone: NONE, birth, cloned_ts: 0, last: self.versions.len() as u32 - 1, table: version.table, previous, live });
        if birth != Birth::Invented {
            self.set_newest(tid, thread);
        }
        if version.table != NONE {
            *self.table_users.entry(version.table).or_insert(0) += 1;
        }
        thread
    }

    /// The living part of a thread; the thread must live.
    pub fn live(&self, thread: ThreadIndex) -> &Live {
        &self.live[self.get(thread).live as usize]
    }

    /// The living part of a thread, to change.
    pub fn live_mut(&mut self, thread: ThreadIndex) -> &mut Live {
        let place = self.get(thread).live;
        &mut self.live[place as usize]
    }

    /// The number of an image, kept now if it was not before.
    pub(super) fn image(&mut self, image: Image) -> u32 {
        let next = self.images.len() as u32;
        let id = *self.image_ids.entry(image).or_insert(next);
        if id == next {
            self.images.push(image);
        }
        id
    }

    /// What is known of the file that a version runs.
    pub fn image_of(&self, version: &ThreadVersion) -> Image {
        self.images.get(version.image as usize).copied().unwrap_or_default()
    }

    /// Says when a thread was born.
    pub(super) fn set_cloned_ts(&mut self, thread: ThreadIndex, ts: u64) {
        self.all[thread as usize].cloned_ts = ts;
    }

    /// Whether it has not been removed.
    pub fn lives(&self, thread: ThreadIndex) -> bool {
        self.get(thread).live != NONE
    }

    /// Versions are large: room for more is made by a quarter, not by as much again.
    fn keep_version(&mut self, version: ThreadVersion) {
        if self.versions.len() == self.versions.capacity() {
            self.versions.reserve_exact(self.versions.len() / 4 + 16);
        }
        self.versions.push(version);
    }

    /// Changes the identity of a thread from this row on: mints a version when something differs.
    /// Answers the table that nobody uses any more, if that is so.
    pub fn change(&mut self, thread: ThreadIndex, row: Row, change: impl FnOnce(&mut ThreadVersion)) -> Option<TableIndex> {
        let last = self.get(thread).last;
        let before = *self.version(last);
        let mut after = before;
        change(&mut after);
        if after == before {
            return None;
        }
        if before.since == row {
            self.versions[last as usize] = after;
        } else {
            after.since = row;
            after.previous = last;
            self.keep_version(after);
            self.all[thread as usize].last = self.versions.len() as u32 - 1;
        }
        if after.table == before.table {
            return None;
        }
        self.all[thread as usize].table = after.table;
        *self.table_users.entry(after.table).or_insert(0) += 1;
        self.leave(before.table)
    }

    fn leave(&mut self, table: TableIndex) -> Option<TableIndex> {
        let users = self.table_users.get_mut(&table)?;
        *users -= 1;
        if *users > 0 {
            return None;
        }
        self.table_users.remove(&table);
        Some(table)
    }

    /// Ends a life: from `to` on the tid is free. Answers the fd table that nobody uses any more, if that is so.
    pub fn remove(&mut self, thread: ThreadIndex, to: Row) -> Option<TableIndex> {
        let place = self.get(thread).live;
        if place == NONE {
            return None;
        }
        self.free.push(place);
        self.all[thread as usize].live = NONE;
        self.all[thread as usize].gone = to;
        let table = self.now(thread).table;
        self.leave(table)
    }

    /// How many living threads use an fd table.
    pub fn users(&self, table: TableIndex) -> u32 {
        self.table_users.get(&table).copied().unwrap_or(0)
    }

    /// Threads that live now, in no order.
    pub fn each_living(&self) -> impl Iterator<Item = ThreadIndex> {
        self.live.iter().map(|live| live.thread).filter(|thread| self.lives(*thread))
    }

    /// Threads that live now, oldest first.
    pub fn living(&self) -> Vec<ThreadIndex> {
        let mut all: Vec<_> = self.each_living().collect();
        by_number(&mut all, |thread| u128::from(*thread));
        all.dedup();
        all
    }
}
