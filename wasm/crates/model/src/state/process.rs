//! Threads come and go: clone, execve, exit.

use super::calls::Exit;
use super::descriptions::{Ended, TableIndex};
use super::{figures, path};
use super::strings::Text;
use super::threads::{Birth, Image, ThreadVersion};
use super::{NONE, Removal, Row, State, ThreadIndex};
use crate::order::by_number;
use crate::quirk::Quirk;
use crate::table::Release;
use scap::Event;

const CLONE_FILES: u64 = 1;
const CLONE_NEWPID: u64 = 1 << 6;
const CLONE_PARENT: u64 = 1 << 8;
const CLONE_THREAD: u64 = 1 << 13;
const CLONE_VFORK: u64 = 1 << 27;
const CLONE_CHILD_IN_PIDNS: u64 = 1 << 29;
/// A child that is known for longer than this, in nanoseconds, is another process that had the same tid.
const STALE: u64 = 2_000_000_000;

/// The table of a caller at its clone exit, for a child whose own event is still to come.
pub struct Snapshot {
    /// Copy of the caller's table; `NONE` when the child shares it.
    pub table: TableIndex,
    /// When.
    pub ts: u64,
    /// The caller's parent: that of the child too, with CLONE_PARENT.
    pub ptid: i64,
}

/// Where each field of a clone exit stands; the list differs by age.
struct Fields {
    comm: Option<usize>,
    cgroups: Option<usize>,
    flags: usize,
    vtid: Option<usize>,
}

fn fields(kind: u16) -> Fields {
    match kind {
        15 => Fields { comm: None, cgroups: None, flags: 8, vtid: None },
        157 | 183 | 185 => Fields { comm: None, cgroups: None, flags: 13, vtid: None },
        217 | 219 | 221 => Fields { comm: Some(13), cgroups: None, flags: 14, vtid: None },
        _ => Fields { comm: Some(13), cgroups: Some(14), flags: 15, vtid: Some(18) },
    }
}

impl State {
    /// A clone, fork or vfork exit, of the caller (result: the child) or of the child (result 0).
    /// `entered`: row of the caller's enter event.
    pub(super) fn birth(&mut self, row: Row, event: &Event<'_>, caller: Option<ThreadIndex>, entered: Option<Row>) {
        match event.params.int(0) {
            Some(0) => self.born(row, event),
            Some(child) if child > 0 => self.bore(row, event, child, caller, entered),
            _ => {}
        }
    }

    /// The caller's side: the child is made here unless its number cannot be trusted.
    fn bore(&mut self, row: Row, event: &Event<'_>, child: i64, caller: Option<ThreadIndex>, entered: Option<Row>) {
        let params = &event.params;
        let at = fields(event.kind);
        let flags = params.uint(at.flags).unwrap_or(0);
        let caller = caller.or_else(|| self.threads.find(event.tid)).unwrap_or_else(|| self.placeholder(event.tid, row));
        let in_namespace = match at.vtid.and_then(|index| params.int(index)) {
            Some(vtid) => vtid != event.tid,
            None => {
                let version = self.threads.now(caller);
                version.vtid != -1 && version.vtid != event.tid
            }
        };
        if !self.quirks.has(Quirk::CallersStayAsTheyWere) {
            self.hear_of_caller(caller, row, event, &at);
        }
        let is_vfork = matches!(event.kind, 185 | 221 | 227) || flags & CLONE_VFORK != 0;
        let right = !self.quirks.has(Quirk::ForkCopiesLate);
        let stays_dead = !self.quirks.has(Quirk::DeadChildrenComeBack);
        let adopts = flags & CLONE_PARENT != 0 && !self.quirks.has(Quirk::CloneParentIsTheCaller);
        let foreign = flags & CLONE_CHILD_IN_PIDNS != 0
            || if right {
                flags & CLONE_NEWPID != 0 || in_namespace
            } else {
                in_namespace || (self.release != Release::V0_29_3 && (flags & (CLONE_NEWPID | CLONE_PARENT) != 0 || is_vfork))
            };
        if foreign {
            if right && flags & CLONE_THREAD == 0 {
                self.keep_snapshot(caller, child, flags, event, row, entered);
            }
            if self.learns_once() {
                self.threads.live_mut(caller).asked = true;
            } else if !self.quirks.has(Quirk::PlaceholderLearnsOnce) {
                self.learn_placeholder(caller, row, event);
            }
            return;
        }
        if let Some(known) = self.threads.find(child) {
            let for_ever = self.quirks.has(Quirk::NewLifeUnseen);
            let live = self.threads.live_mut(known);
            if live.inverted {
                live.inverted = for_ever;
                return; // its own event came first
            }
            self.bury(known, row);
        } else if stays_dead && entered.is_some_and(|entered| self.threads.born_since(child, entered)) {
            return; // it came and went while its parent waited
        }
        let is_thread = flags & CLONE_THREAD != 0;
        self.learn_placeholder(caller, row, event);
        let from = *self.threads.now(caller);
        let (pid, ptid) = if is_thread {
            (params.int(4).filter(|pid| *pid > 0).unwrap_or(from.pid), from.ptid)
        } else {
            (child, if adopts { from.ptid } else { event.tid })
        };
        // A thread uses what its process has, whichever thread made it.
        let source = if is_thread { self.process_of(pid, row) } else { caller };
        let table = self.child_table(flags, is_thread, source, row);
        let version = self.child_version(row, event, &at, child, pid, ptid, Some(caller), table, (child, pid));
        self.add_child(child, row, event, version, false);
    }

    /// What a clone exit says of the thread that made the call.
    fn hear_of_caller(&mut self, caller: ThreadIndex, row: Row, event: &Event<'_>, at: &Fields) {
        let params = &event.params;
        if self.threads.now(caller).pid == -1 {
            return; // a placeholder learns in its own way
        }
        let comm = at.comm.and_then(|index| params.text(index)).filter(|comm| !path::unavailable(comm)).map(|comm| self.strings.keep(comm));
        let ptid = params.int(5).filter(|ptid| *ptid > 0);
        let uid = params.uint(at.flags + 1).map(|uid| uid as u32);
        let gid = params.uint(at.flags + 2).map(|gid| gid as u32);
        self.threads.change(caller, row, |version| {
            version.comm = comm.unwrap_or(version.comm);
            version.ptid = ptid.unwrap_or(version.ptid);
            let (uid, gid) = (uid.unwrap_or(version.uid), gid.unwrap_or(version.gid));
            if (uid, gid) != (version.uid, version.gid) {
                (version.uid, version.gid) = (uid, gid);
                version.identity_since = row;
            }
        });
    }

    /// Whether a placeholder learns what it runs from its first clone-like exit alone.
    fn learns_once(&self) -> bool {
        self.release == Release::V0_36_0 && self.quirks.has(Quirk::PlaceholderLearnsOnce)
    }

    /// The child's side.
    fn born(&mut self, row: Row, event: &Event<'_>) {
        let params = &event.params;
        let at = fields(event.kind);
        let flags = params.uint(at.flags).unwrap_or(0);
        let tid = event.tid;
        let vtid = at.vtid.and_then(|index| params.int(index));
        let vpid = at.vtid.and_then(|index| params.int(index + 1));
        let in_namespace = flags & CLONE_CHILD_IN_PIDNS != 0 || vtid.is_some_and(|vtid| params.int(3).is_some_and(|tid| tid != vtid));
        let (vtid, vpid) = if in_namespace { (vtid.unwrap_or(tid), vpid.unwrap_or(tid)) } else { (tid, params.int(4).unwrap_or(tid)) };
        let stated_pid = params.int(4).unwrap_or(tid);
        let is_thread = flags & CLONE_THREAD != 0 || (stated_pid != tid && !self.quirks.has(Quirk::Clone3ThreadsAreProcesses));
        if let Some(known) = self.threads.find(tid) {
            let cloned = self.threads.get(known).cloned_ts;
            if cloned == 0 && self.quirks.has(Quirk::NewLifeUnseen) {
                return;
            }
            if cloned != 0 && event.ts.saturating_sub(cloned) < STALE {
                if in_namespace
                    && let Some(table) = self.threads.change(known, row, |version| {
                        version.vtid = vtid;
                        version.vpid = vpid;
                    })
                {
                    self.descriptions.end(table, row, Ended::Exit, known);
                }
                // The caller's event did not say that it is a thread.
                if is_thread && stated_pid != tid && self.threads.now(known).pid == tid {
                    self.join_process(known, stated_pid, row);
                }
                return;
            }
            self.bury(known, row);
        }
        let ptid = params.int(5).unwrap_or(-1);
        let pid = if is_thread { stated_pid } else { tid };
        let vpid = if is_thread || in_namespace { vpid } else { pid };
        let source = if is_thread { pid } else { ptid };
        let parent = self.process_of(source, row);
        if !self.learns_once() {
            self.learn_placeholder(parent, row, event);
        }
        // CLONE_PARENT makes the caller's parent ours: the snapshot then stands under the caller's tid, not under ptid.
        let snapshot = if is_thread { None } else { self.take_snapshot(ptid, vtid, tid) };
        let adopted = flags & CLONE_PARENT != 0 && !is_thread && snapshot.is_none() && !self.quirks.has(Quirk::ForkCopiesLate);
        let parent = if adopted { self.sibling_in_clone(ptid).unwrap_or(parent) } else { parent };
        if snapshot.is_none() && !is_thread && in_namespace {
            self.namespace_births.insert((ptid, vtid), row);
        }
        let table = match snapshot {
            Some(Snapshot { table, .. }) if table != NONE => table,
            Some(_) => self.threads.now(parent).table,
            None => self.child_table(flags, is_thread, parent, row),
        };
        let ptid = if is_thread { self.threads.now(parent).ptid } else { ptid };
        let version = self.child_version(row, event, &at, tid, pid, ptid, Some(parent), table, (vtid, vpid));
        self.add_child(tid, row, event, version, true);
    }

    /// The one thread that is in a clone call and has this parent: the caller of a child made with CLONE_PARENT.
    fn sibling_in_clone(&self, ptid: i64) -> Option<ThreadIndex> {
        let mut callers = self.threads.each_living().filter(|thread| {
            let enter = self.threads.live(*thread).enter.kind;
            matches!(enter, 14 | 156 | 216 | 222 | 334) && self.threads.now(*thread).ptid == ptid
        });
        let caller = callers.next()?;
        if callers.next().is_none() { Some(caller) } else { None }
    }

    /// What was taken for a process is a thread of one.
    fn join_process(&mut self, thread: ThreadIndex, pid: i64, row: Row) {
        let Some(main) = self.threads.find(pid) else { return };
        let process = *self.threads.now(main);
        let gone = self.threads.change(thread, row, |version| {
            version.pid = pid;
            version.ptid = process.ptid;
            version.table = process.table;
            version.cwd = Text::EMPTY;
            version.env = Text::EMPTY;
        });
        if let Some(table) = gone {
            self.descriptions.end(table, row, Ended::Unseen, thread);
        }
        self.add_other(main, row);
    }

    /// Keeps the caller's table for a child whose own event is still to come.
    fn keep_snapshot(&mut self, caller: ThreadIndex, child: i64, flags: u64, event: &Event<'_>, row: Row, entered: Option<Row>) {
        let parent = if flags & CLONE_PARENT != 0 { self.threads.now(caller).ptid } else { event.tid };
        // The child's event has come already: the number is its own, or that of its namespace.
        let born = self.namespace_births.remove(&(parent, child));
        if born.is_some_and(|born| entered.is_none_or(|entered| born >= entered)) || entered.is_some_and(|entered| self.threads.born_since(child, entered)) {
            return;
        }
        let table = if flags & CLONE_FILES != 0 { NONE } else { self.descriptions.fork(self.threads.now(caller).table, row) };
        let mut gone: Vec<TableIndex> = Vec::new();
        self.snapshots.retain(|_, old| {
            let stale = event.ts.saturating_sub(old.ts) >= STALE;
            if stale {
                gone.push(old.table);
            }
            !stale
        });
        gone.extend(self.snapshots.insert((event.tid, child), Snapshot { table, ts: event.ts, ptid: self.threads.now(caller).ptid }).map(|old| old.table));
        by_number(&mut gone, |table| u128::from(*table));
        for table in gone.into_iter().filter(|table| *table != NONE) {
            self.descriptions.end(table, row, Ended::Unseen, NONE);
        }
    }

    fn take_snapshot(&mut self, ptid: i64, vtid: i64, tid: i64) -> Option<Snapshot> {
        for child in [vtid, tid] {
            if let Some(snapshot) = self.snapshots.remove(&(ptid, child)) {
                return Some(snapshot);
            }
        }
        // With CLONE_PARENT the caller is a sibling: the newest one that bore this number.
        let siblings = self.snapshots.iter().filter(|((_, child), snapshot)| (*child == vtid || *child == tid) && snapshot.ptid == ptid);
        let key = siblings.max_by_key(|(_, snapshot)| snapshot.ts).map(|(key, _)| *key)?;
        self.snapshots.remove(&key)
    }

    fn child_table(&mut self, flags: u64, is_thread: bool, parent: ThreadIndex, row: Row) -> TableIndex {
        let table = self.threads.now(parent).table;
        let shares = is_thread || (flags & CLONE_FILES != 0 && !self.quirks.has(Quirk::CloneFilesIsACopy));
        if shares { table } else { self.descriptions.fork(table, row) }
    }

    /// A caller of which nothing is known: the event says what it runs.
    fn learn_placeholder(&mut self, thread: ThreadIndex, row: Row, event: &Event<'_>) {
        let known = *self.threads.now(thread);
        if known.comm != Text::NA || (self.learns_once() && self.threads.live(thread).asked) {
            return;
        }
        let loses_all = self.quirks.has(Quirk::PlaceholderLosesAll);
        if loses_all && known.uid != u32::MAX {
            return; // it has named its user: sysdig takes it for a thread that it knows
        }
        let at = fields(event.kind);
        let exe = self.strings.keep(event.params.text(1).unwrap_or_default());
        let args = self.strings.keep(event.params.get(2).unwrap_or_default());
        let comm = at.comm.and_then(|index| event.params.text(index)).map_or(exe, |comm| self.strings.keep(comm));
        let tid = self.threads.get(thread).tid;
        let emptied = loses_all.then(|| self.descriptions.table());
        let gone = self.threads.change(thread, row, |version| {
            version.comm = comm;
            version.exe = exe;
            version.args = args;
            if version.pid == -1 {
                version.pid = tid;
            }
            if let Some(table) = emptied {
                version.table = table;
                version.cwd = Text::EMPTY;
            }
        });
        if let Some(table) = emptied {
            self.descriptions.set_owner(table, thread);
            let live = self.threads.live_mut(thread);
            (live.last_kind, live.last_fd, live.last_enter_ts, live.latency) = (u16::MAX, -1, 0, 0);
        }
        if let Some(table) = gone {
            self.descriptions.end(table, row, Ended::Unseen, thread);
        }
        // The caller's own event also says whose thread it is.
        let own_pid = event.params.int(4).filter(|pid| *pid > 0 && *pid != tid && event.tid == tid && event.params.int(0) != Some(0));
        if let Some(pid) = own_pid.filter(|_| !loses_all) {
            self.process_of(pid, row);
            self.join_process(thread, pid, row);
        }
    }

    /// The main thread of a process, known from now on.
    pub(super) fn process_of(&mut self, pid: i64, row: Row) -> ThreadIndex {
        match self.threads.find(pid) {
            Some(main) => main,
            None => self.placeholder(pid, row),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn child_version(
        &mut self,
        row: Row,
        event: &Event<'_>,
        at: &Fields,
        tid: i64,
        pid: i64,
        ptid: i64,
        parent: Option<ThreadIndex>,
        table: TableIndex,
        (vtid, vpid): (i64, i64),
    ) -> ThreadVersion {
        let params = &event.params;
        let is_main = tid == pid;
        let from = parent.map_or_else(ThreadVersion::unknown, |parent| *self.threads.now(parent));
        let parent_cwd = parent.map_or(Text::EMPTY, |parent| self.cwd_of(parent));
        let exe = self.strings.keep(params.text(1).unwrap_or_default());
        let comm = at.comm.and_then(|index| params.text(index)).map_or(exe, |comm| self.strings.keep(comm));
        let args = self.strings.keep(params.get(2).unwrap_or_default());
        let cwd = if parent_cwd != Text::EMPTY || !is_main {
            parent_cwd
        } else {
            match params.text(6) {
                Some(cwd) if !path::unavailable(cwd) => self.strings.keep(&path::directory(cwd.to_vec())),
                _ => Text::EMPTY,
            }
        };
        let recorded = at.cgroups.and_then(|index| params.get(index)).filter(|cgroups| !cgroups.is_empty());
        let (cgroups, container, cgroups_since) = match recorded {
            Some(cgroups) => (self.strings.keep(cgroups), self.containers.of_cgroups(cgroups, &mut self.strings), row),
            None => (from.cgroups, from.container, from.cgroups_since),
        };
        let uid = params.uint(at.flags + 1).map_or(from.uid, |uid| uid as u32);
        let gid = params.uint(at.flags + 2).map_or(from.gid, |gid| gid as u32);
        ThreadVersion {
            pid,
            ptid,
            vtid,
            vpid,
            comm,
            exe,
            args,
            cwd: if is_main { cwd } else { Text::EMPTY },
            env: if is_main { from.env } else { Text::EMPTY },
            cgroups,
            container,
            cgroups_since,
            uid,
            gid,
            flags: params.uint(at.flags).unwrap_or(0) as u32,
            table,
            fdlimit: params.int(7).unwrap_or(from.fdlimit),
            identity_since: if (uid, gid) == (from.uid, from.gid) { from.identity_since } else { row },
            ..from
        }
    }

    fn add_child(&mut self, tid: i64, row: Row, event: &Event<'_>, version: ThreadVersion, inverted: bool) {
        let parent = if inverted { version.ptid } else { event.tid };
        let is_thread = version.pid != tid;
        let thread = self.threads.add(tid, row, Birth::Cloned { row, parent }, version);
        self.descriptions.set_owner(version.table, thread);
        self.figures.set_memory(thread, row, figures::of_birth(&event.params));
        self.threads.set_cloned_ts(thread, event.ts);
        self.threads.live_mut(thread).inverted = inverted;
        if is_thread && let Some(main) = self.threads.find(version.pid) {
            self.add_other(main, row);
        }
    }

    /// A process has one thread more.
    pub(super) fn add_other(&mut self, main: ThreadIndex, row: Row) {
        let live = self.threads.live_mut(main);
        live.children += 1;
        self.figures.set_others(main, row, live.children);
    }

    /// A thread is gone from this row on.
    pub(super) fn bury(&mut self, thread: ThreadIndex, row: Row) {
        if !self.threads.lives(thread) {
            return;
        }
        let version = *self.threads.now(thread);
        let tid = self.threads.get(thread).tid;
        if let Some(table) = self.threads.remove(thread, row) {
            self.descriptions.end(table, row, Ended::Exit, thread);
        }
        if version.pid == tid {
            return;
        }
        let Some(main) = self.threads.find(version.pid) else { return };
        let live = self.threads.live_mut(main);
        live.children = live.children.saturating_sub(1);
        self.figures.set_others(main, row, live.children);
        if live.dead && live.children == 0 && !self.quirks.has(Quirk::DeadLeaderStays) {
            self.bury(main, row);
        }
    }

    /// procexit: the thread still shows at this event.
    #[inline(never)]
    pub(super) fn procexit(&mut self, row: Row, event: &Event<'_>, thread: ThreadIndex) {
        if !self.quirks.has(Quirk::OrphansKeepTheirParent) {
            self.hand_over_children(row, event, thread);
        }
        let live = self.threads.live_mut(thread);
        live.dead = true;
        if live.children == 0 {
            self.removals.push(Removal::Thread { thread });
        }
    }

    /// Children of a thread that exits go to whom the event names, else to another thread of its process, else to the
    /// first process of its pid namespace.
    fn hand_over_children(&mut self, row: Row, event: &Event<'_>, thread: ThreadIndex) {
        let tid = self.threads.get(thread).tid;
        let orphans: Vec<ThreadIndex> = self.threads.each_living().filter(|child| self.threads.now(*child).ptid == tid).collect();
        if orphans.is_empty() {
            return;
        }
        let version = *self.threads.now(thread);
        let named = event.params.int(4).filter(|reaper| *reaper > 0 && self.threads.find(*reaper).is_some());
        let others = || self.threads.each_living().filter(|other| *other != thread && self.threads.now(*other).pid == version.pid && !self.threads.live(*other).dead);
        let heir = named.or_else(|| others().map(|other| self.threads.get(other).tid).min());
        for orphan in orphans {
            // The first process of a container stays with who manages it, which asked for that before the capture began.
            let is_first = self.threads.now(orphan).vpid == 1 && self.threads.find(version.ptid).is_some();
            let heir = heir.unwrap_or_else(|| if is_first { version.ptid } else { self.first_process(version.ptid) });
            self.threads.change(orphan, row, |version| version.ptid = heir);
        }
    }

    /// The nearest ancestor that takes orphans: it asked for them, or is the first process of a pid namespace. 0 when there
    /// is none.
    fn first_process(&self, mut tid: i64) -> i64 {
        for _ in 0..64 {
            let Some(thread) = self.threads.find(tid) else { return 0 };
            let version = self.threads.now(thread);
            if version.vpid == 1 || self.threads.live(thread).reaper {
                return tid;
            }
            tid = version.ptid;
        }
        0
    }

    /// A successful execve: another program in the same process.
    #[inline(never)]
    pub(super) fn executed(&mut self, call: &Exit<'_, '_>) {
        let Exit { row, event, thread, .. } = *call;
        let params = &event.params;
        let text = |index: usize| params.text(index);
        // Position of the fields behind the memory sizes, by age of the layout.
        let (comm_at, cgroups_at, env_at) = match event.kind {
            13 => (None, None, None),
            155 => (None, None, None),
            173 => (None, None, Some(13)),
            215 => (Some(13), None, Some(14)),
            _ => (Some(13), Some(14), Some(15)),
        };
        let newest = matches!(event.kind, 293 | 331);
        let exe = self.strings.keep(text(1).unwrap_or_default());
        let comm = comm_at.and_then(text).map_or(exe, |comm| self.strings.keep(comm));
        let args = self.strings.keep(params.get(2).unwrap_or_default());
        let env = env_at.and_then(|index| params.get(index)).map(|env| self.strings.keep(env));
        let cgroups = cgroups_at.and_then(|index| params.get(index)).filter(|cgroups| !cgroups.is_empty());
        let cgroups = cgroups.map(|cgroups| (self.strings.keep(cgroups), self.containers.of_cgroups(cgroups, &mut self.strings)));
        let cwd = text(6).filter(|cwd| !path::unavailable(cwd)).map(|cwd| self.strings.keep(&path::directory(cwd.to_vec())));
        let exepath = self.image_path(call).map(|path| self.strings.keep(&path));
        let uint = |index: usize| if newest { params.uint(index).map(|value| value as u32) } else { None };
        let (tty, loginuid, uid, gid) = (uint(16), uint(18), uint(26), uint(29));
        let vpgid = if newest { params.int(17) } else { None };
        let caps = if newest { params.uint(20).zip(params.uint(21)).zip(params.uint(22)) } else { None };
        let image = if newest && params.len() > 19 {
            let times = params.uint(24).zip(params.uint(25)).map_or([0; 2], |(changed, modified)| [changed, modified]);
            Some(self.threads.image(Image { ino: params.uint(23).unwrap_or(0), times, marks: params.uint(19).unwrap_or(0) as u8 }))
        } else {
            None
        };
        let pgid = if newest { params.int(28) } else { None };
        let quirks = self.quirks;
        let own_tid = self.threads.get(thread).tid;
        let is_placeholder = self.threads.now(thread).pid == -1;
        let pid = params.int(4).unwrap_or(own_tid);
        let ptid = params.int(5).unwrap_or(-1);

        // The other threads of the group are gone.
        let they_stay = self.release == Release::V0_29_3 && quirks.has(Quirk::ThreadsSurviveExecve);
        if !they_stay && self.threads.now(thread).pid == own_tid && self.threads.live(thread).children > 0 {
            for other in self.threads.living() {
                if other != thread && self.threads.now(other).pid == own_tid {
                    self.bury(other, row);
                }
            }
        }
        // A table that was shared with another process becomes its own.
        let table = self.threads.now(thread).table;
        let private = if !is_placeholder && self.shares_table(thread, table) { Some(self.descriptions.fork(table, row)) } else { None };
        let leaves_ids = self.release == Release::V0_29_3 && quirks.has(Quirk::ExecveLeavesCwdUnknown);
        let gone = self.threads.change(thread, row, |version| {
            version.comm = comm;
            version.exe = exe;
            version.args = args;
            version.pid = pid;
            if is_placeholder {
                version.ptid = ptid;
                if !leaves_ids {
                    version.vtid = own_tid;
                    version.vpid = pid;
                }
            }
            version.env = env.unwrap_or(version.env);
            if let Some((cgroups, container)) = cgroups {
                if version.cgroups != cgroups {
                    version.cgroups_since = row;
                }
                version.cgroups = cgroups;
                version.container = container;
            }
            if version.cwd == Text::EMPTY && !quirks.has(Quirk::ExecveLeavesCwdUnknown) {
                version.cwd = cwd.unwrap_or(version.cwd);
            }
            version.exepath = exepath.unwrap_or(version.exepath);
            version.tty = tty.unwrap_or(version.tty);
            version.loginuid = loginuid.unwrap_or(version.loginuid);
            version.vpgid = vpgid.unwrap_or(version.vpgid);
            version.pgid = pgid.unwrap_or(version.pgid);
            version.image = image.unwrap_or(version.image);
            version.fdlimit = params.int(7).unwrap_or(version.fdlimit);
            if let Some(((inheritable, permitted), effective)) = caps {
                version.caps = [inheritable, permitted, effective];
            }
            let (uid, gid) = (uid.unwrap_or(version.uid), gid.unwrap_or(version.gid));
            if (uid, gid) != (version.uid, version.gid) {
                version.identity_since = row;
            }
            version.uid = uid;
            version.gid = gid;
            version.flags &= 1 << 16;
            if let Some(table) = private {
                version.table = table;
            }
        });
        if let Some(table) = gone {
            self.descriptions.end(table, row, Ended::Exec, thread);
        }
        self.threads.live_mut(thread).dead = false;
        self.figures.set_memory(thread, row, figures::of_birth(params));
        if !quirks.has(Quirk::ExecveKeepsFds) {
            let table = self.threads.now(thread).table;
            let drops_uncertain = !quirks.has(Quirk::UncertainFdsSurviveExecve);
            for (fd, slot) in self.descriptions.live(table) {
                let is_uncertain = slot.maybe_cloexec && !slot.cloexec && drops_uncertain;
                if slot.cloexec || is_uncertain {
                    self.descriptions.remove(table, fd, row, Ended::Exec, thread);
                }
                if is_uncertain {
                    self.doubtful.insert((table, fd), slot.description);
                }
            }
        }
    }

    /// Whether another process uses the fd table of this one.
    fn shares_table(&self, thread: ThreadIndex, table: TableIndex) -> bool {
        let pid = self.threads.now(thread).pid;
        self.threads.users(table) > 1 && self.threads.living().into_iter().any(|other| other != thread && self.threads.now(other).table == table && self.threads.now(other).pid != pid)
    }

    fn image_path(&self, call: &Exit<'_, '_>) -> Option<Vec<u8>> {
        if let Some(trusted) = call.event.params.text(27).filter(|path| !path::unavailable(path)) {
            return Some(trusted.to_vec());
        }
        // A thread that is not the main one leaves its enter event under its own number.
        let own_pid = self.threads.now(call.thread).pid;
        let of_group = || {
            let mut lives = self.threads.each_living().filter(|other| self.threads.now(*other).pid == own_pid).map(|other| self.threads.live(other));
            let other = lives.find(|live| matches!(live.enter.kind, 288 | 292 | 330))?;
            Some((other.enter, other.kept.params()))
        };
        let (enter, kept) = call.enter.map(|enter| (enter, call.kept)).or_else(of_group)?;
        let cwd = self.strings.get(self.cwd_of(call.thread));
        match enter.kind {
            288 | 292 => {
                let name = kept.text(0).filter(|name| !path::unavailable(name))?;
                Some(self.joined(cwd, name))
            }
            330 if self.quirks.has(Quirk::ExecveatKeepsExepath) => None,
            330 => {
                let name = kept.text(1).filter(|name| *name != b"<NA>" && *name != b"(NULL)")?;
                let dirfd = kept.int(0).unwrap_or(super::calls::AT_FDCWD);
                let base = self.base_of(call.thread, dirfd);
                Some(self.joined(&base, name))
            }
            _ => None,
        }
    }
}
