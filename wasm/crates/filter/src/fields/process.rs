//! `proc.*`, `thread.*`, `user.*`, `group.*`: the thread of the event, its process, and who they are related to.

use model::quirk::Quirk;
use model::state::threads::{Birth, ThreadVersion};
use model::state::NONE;
use model::state::strings::Text;
use model::text::number::decimal;
use model::Row;

use super::{Field, Id, Scratch, container, descriptor};
use crate::moment::Moment;
use crate::value::{Several, Value};

/// No process has more ancestors than this; a chain that is longer runs in a circle.
const GENERATIONS: usize = 1024;
/// Marks of an image.
const WRITABLE: u8 = 1;
const UPPER: u8 = 2;
const IN_MEMORY: u8 = 4;
const LOWER: u8 = 8;

const CAPABILITIES: [&str; 41] = [
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
    "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ",
    "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
];

/// A thread and its process, as one moment sees them.
#[derive(Clone, Copy)]
struct Who<'v> {
    moment: &'v Moment<'v>,
    thread: &'v ThreadVersion,
}

impl<'v> Who<'v> {
    fn text(&self, text: model::state::strings::Text) -> &'v [u8] {
        self.moment.state.text(text)
    }

    fn tid(&self) -> i64 {
        self.moment.tid_of(self.thread)
    }

    fn is_main(&self) -> bool {
        self.tid() == self.thread.pid
    }

    /// The first of its process, for which sysdig 0.29.3 takes whatever it knows nothing of too.
    fn is_taken_for_main(&self) -> bool {
        self.is_main() || (self.is_unknown() && self.moment.is_classic() && self.moment.has(Quirk::UnknownThreadsAreThemselves))
    }

    fn of(&self, thread: &'v ThreadVersion) -> Self {
        Self { moment: self.moment, thread }
    }

    fn find(&self, tid: i64) -> Option<Self> {
        self.moment.version_of(tid).map(|version| self.of(self.moment.state.version(version)))
    }

    /// The main thread; itself where that is not known.
    fn main(&self) -> Self {
        if self.is_main() { *self } else { self.find(self.thread.pid).unwrap_or(*self) }
    }

    fn parent(&self) -> Option<Self> {
        self.find(self.cloner().unwrap_or(self.thread.ptid)).filter(|parent| parent.thread.thread != self.thread.thread)
    }

    /// Tid of what made a thread that is not the first of its process, where that is taken for its parent.
    fn cloner(&self) -> Option<i64> {
        let life = self.moment.state.threads().get(self.thread.thread);
        match life.birth {
            Birth::Cloned { parent, .. } if !self.is_main() && self.moment.is_classic() && self.moment.has(Quirk::ThreadsAreChildrenOfThreads) => {
                // Its own event names the parent of the process; then it is the main thread.
                Some(if parent == self.thread.ptid { self.thread.pid } else { parent })
            }
            _ => None,
        }
    }

    /// Parent of the process, as `proc.pname` names it.
    fn named_parent(&self) -> Option<Self> {
        match self.cloner() {
            Some(tid) => self.find(tid),
            None => self.main().parent(),
        }
    }

    /// Ancestors of the process, nearest first.
    fn ancestors(&self) -> impl Iterator<Item = Self> + use<'v> {
        let first = self.main().parent();
        std::iter::successors(first, |child| child.parent()).take(GENERATIONS)
    }

    /// The process itself for 0, its parent for 1.
    fn ancestor(&self, generation: i64) -> Option<Self> {
        match usize::try_from(generation).ok()? {
            0 => Some(self.main()),
            above => self.ancestors().nth(above - 1),
        }
    }

    /// Nothing is known of it but its number.
    fn is_unknown(&self) -> bool {
        self.thread.pid == -1
    }

    /// As above, and shown with empty texts as sysdig 0.36.0 has them.
    fn is_empty(&self) -> bool {
        self.is_unknown() && !self.moment.is_classic() && self.moment.has(Quirk::UnknownThreadsAreThemselves)
    }

    /// Sysdig 0.36.0 does not look for the names of users of what it met without knowing it.
    fn is_nameless(&self) -> bool {
        let life = self.moment.state.threads().get(self.thread.thread);
        life.birth == Birth::Placeholder && !self.moment.is_classic() && self.moment.has(Quirk::UnknownThreadsAreThemselves)
    }

    fn pid(&self) -> Option<i64> {
        if !self.is_unknown() || self.is_empty() {
            return Some(self.thread.pid);
        }
        self.moment.has(Quirk::UnknownThreadsAreThemselves).then(|| self.tid())
    }

    fn cloned_ts(&self) -> Option<u64> {
        let ts = self.moment.state.threads().get(self.thread.thread).cloned_ts;
        (ts != 0).then_some(ts)
    }

    fn row(&self) -> Row {
        if self.moment.is_past { self.moment.row } else { Row::MAX }
    }

    fn others(&self) -> u32 {
        self.moment.state.figures().others_at(self.main().thread.thread, self.row())
    }

    fn memory(&self) -> model::state::figures::Memory {
        self.moment.state.figures().memory_at(self.thread.thread, self.row())
    }

    /// 1 at the procexit of a thread that is not counted any more.
    fn is_leaving(&self) -> u64 {
        u64::from(matches!(self.moment.event.kind, 16 | 186) && self.moment.has(Quirk::ExitingThreadsUncounted))
    }

    /// Descriptors of the process. What is met without being known is no process to sysdig 0.36.0.
    fn open_fds(&self) -> u32 {
        if self.is_empty() {
            return 0;
        }
        let table = self.thread.table;
        let descriptions = self.moment.state.descriptions();
        if self.moment.is_past { descriptions.count_at(table, self.moment.row) } else { descriptions.count(table) }
    }

    /// Appends the NUL-separated texts, blanks between them.
    fn join(out: &mut Vec<u8>, list: &[u8]) {
        let list = list.strip_suffix(b"\0").unwrap_or(list);
        out.extend(list.iter().map(|byte| if *byte == 0 { b' ' } else { *byte }));
    }

    /// Appends an environment. One of NULs alone was overwritten by the program.
    fn join_environment(out: &mut Vec<u8>, list: &[u8]) {
        if list.iter().any(|byte| *byte != 0) {
            Self::join(out, list);
        }
    }

    fn command_line(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.text(self.thread.comm));
        let args = self.text(self.thread.args);
        if !args.is_empty() {
            out.push(b' ');
            Self::join(out, args);
        }
    }

    /// Comm of the oldest ancestor in an unbroken chain that is in the same group; the leader where it is known.
    fn leader(&self, id: i64, same: impl Fn(&ThreadVersion) -> bool) -> Self {
        if let Some(leader) = self.find(id) {
            return leader;
        }
        let main = self.main();
        main.ancestors().take_while(|ancestor| same(ancestor.thread)).last().unwrap_or(main)
    }

    fn session_leader(&self) -> Self {
        let sid = self.thread.sid;
        self.leader(sid, |version| version.sid == sid)
    }

    fn group_leader(&self) -> Self {
        let group = self.thread.vpgid;
        self.leader(group, |version| version.vpgid == group)
    }

    fn host_group_leader(&self) -> Self {
        let group = self.thread.pgid;
        self.leader(group, |version| version.pgid == group)
    }
}

fn items(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let list = list.strip_suffix(b"\0").unwrap_or(list);
    let skip = usize::from(list.is_empty());
    list.split(|byte| *byte == 0).skip(skip)
}

/// Value of a variable in a NUL-separated environment.
fn variable<'v>(env: &'v [u8], name: &str) -> Option<&'v [u8]> {
    items(env).find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

pub(super) fn extract<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    if field.info.id == Id::ThreadTid {
        return Some(Value::Int(moment.event.tid));
    }
    if field.info.id == Id::ThreadExectime {
        if moment.has(Quirk::SlicesAreZero) {
            return Some(Value::Uint(0));
        }
        return Some(Value::Uint(if let Some(thread) = moment.thread() {
            moment.state.figures().run_at(thread.thread, moment.row).slice
        } else {
            moment.state.figures().nobodys_slice_at(moment.row)
        }));
    }
    let who = Who { moment, thread: moment.thread()? };
    let thread = who.thread;
    let text = |text| Value::Text(moment.state.text(text));
    Some(match field.info.id {
        Id::ProcPid => Value::Int(who.pid()?),
        Id::ProcName => text(thread.comm),
        Id::ProcExe => text(thread.exe),
        Id::ProcExepath => text(thread.exepath),
        Id::ProcArgs => return args(field, who.text(thread.args), scratch),
        Id::ProcCmdnargs => Value::Uint(items(who.text(thread.args)).count() as u64),
        Id::ProcCmdlenargs => Value::Uint(items(who.text(thread.args)).map(|item| item.len() as u64).sum()),
        Id::ProcCmdline => {
            who.command_line(&mut scratch.text);
            Value::Text(&scratch.text)
        }
        Id::ProcExeline => {
            scratch.text.extend_from_slice(who.text(thread.exe));
            scratch.text.push(b' ');
            Who::join(&mut scratch.text, who.text(thread.args));
            Value::Text(&scratch.text)
        }
        Id::ProcEnv => {
            let env = who.text(who.main().thread.env);
            return environment(field, env, moment.has(Quirk::UnsetVariablesAreEmpty), scratch);
        }
        Id::ProcAenv => return ancestral_environment(field, who, scratch),
        Id::ProcCwd if who.is_empty() => Value::Text(b"./"),
        Id::ProcCwd => text(who.main().thread.cwd),
        Id::ProcNthreads if who.is_empty() => Value::Uint(0),
        Id::ProcNthreads => Value::Uint((u64::from(who.others()) + 1).saturating_sub(who.is_leaving())),
        Id::ProcNchilds if moment.has(Quirk::MainThreadsAloneHaveOthers) => Value::Uint(u64::from(who.own_others())),
        Id::ProcNchilds => Value::Uint(u64::from(who.others()).saturating_sub(if who.is_main() { 0 } else { who.is_leaving() })),
        Id::ProcPpid => Value::Int(parent_pid(who)?),
        Id::ProcPname | Id::ProcParentname => text(who.named_parent()?.thread.comm),
        Id::ProcPexe => text(who.main().parent()?.thread.exe),
        Id::ProcPexepath => text(who.main().parent()?.thread.exepath),
        Id::ProcPcmdline => {
            who.named_parent()?.command_line(&mut scratch.text);
            Value::Text(&scratch.text)
        }
        Id::ProcPvpid => Value::Int(who.main().parent()?.thread.vpid),
        Id::ProcApid => match field.bound.index() {
            Some(0) if who.is_empty() => return None,
            Some(generation) => Value::Int(who.ancestor(generation)?.pid()?),
            None => {
                scratch.ints.clear();
                scratch.ints.extend(who.ancestors().map(|ancestor| ancestor.thread.pid));
                return several(scratch.ints.len(), Value::Any(Several::Ints(&scratch.ints)));
            }
        },
        Id::ProcAname | Id::ProcAexe | Id::ProcAexepath | Id::ProcAcmdline | Id::ProcAargs => return ancestral(field, who, scratch),
        Id::ProcLoginshellid => Value::Int(login_shell(who)?),
        Id::ProcDuration => Value::Uint(since(moment, who.cloned_ts()?)),
        Id::ProcPidTs => Value::Uint(who.main().cloned_ts()?),
        Id::ProcPpidDuration => Value::Uint(match who.main().parent()?.cloned_ts() {
            Some(ts) => since(moment, ts),
            None if moment.has(Quirk::OldParentsAreUnborn) => u64::from(who.open_fds()),
            None => return None,
        }),
        Id::ProcPpidTs => Value::Uint(who.main().parent()?.cloned_ts().or(moment.has(Quirk::OldParentsAreUnborn).then_some(0))?),
        Id::ProcFdopencount => Value::Uint(u64::from(who.open_fds())),
        Id::ProcFdlimit if who.is_empty() => Value::Int(0),
        Id::ProcFdlimit => Value::Int(who.main().thread.fdlimit),
        Id::ProcFdusage => {
            let limit = who.main().thread.fdlimit;
            Value::Double(if limit > 0 { f64::from(who.open_fds()) * 100.0 / limit as f64 } else { 0.0 })
        }
        Id::ProcVmsize => Value::Uint(u64::from(who.memory().vmsize)),
        Id::ProcVmrss => Value::Uint(u64::from(who.memory().vmrss)),
        Id::ProcVmswap => Value::Uint(u64::from(who.memory().vmswap)),
        Id::ThreadVmsize => Value::Uint(if who.is_taken_for_main() { u64::from(who.memory().vmsize) } else { 0 }),
        Id::ThreadVmrss => Value::Uint(if who.is_taken_for_main() { u64::from(who.memory().vmrss) } else { 0 }),
        Id::ThreadVmsizeB => Value::Uint(if who.is_taken_for_main() { u64::from(who.memory().vmsize) * 1024 } else { 0 }),
        Id::ThreadVmrssB => Value::Uint(if who.is_taken_for_main() { u64::from(who.memory().vmrss) * 1024 } else { 0 }),
        Id::ThreadPfmajor => Value::Uint(u64::from(who.memory().pfmajor)),
        Id::ThreadPfminor => Value::Uint(u64::from(who.memory().pfminor)),
        Id::ThreadTotexectime if moment.has(Quirk::SlicesAreZero) => Value::Uint(0),
        Id::ThreadTotexectime => Value::Uint(moment.state.figures().run_at(thread.thread, who.row()).total),
        Id::ProcVpid => Value::Int(Some(thread.vpid).filter(|id| *id != -1)?),
        Id::ThreadVtid => Value::Int(Some(thread.vtid).filter(|id| *id != -1)?),
        Id::ProcSid => Value::Int(thread.sid),
        Id::ProcVpgid => Value::Int(thread.vpgid),
        Id::ProcPgid => Value::Int(thread.pgid),
        Id::ProcSname => text(who.session_leader().thread.comm),
        Id::ProcSidExe => text(who.session_leader().thread.exe),
        Id::ProcSidExepath => text(who.session_leader().thread.exepath),
        Id::ProcVpgidName => text(who.group_leader().thread.comm),
        Id::ProcVpgidExe => text(who.group_leader().thread.exe),
        Id::ProcVpgidExepath => text(who.group_leader().thread.exepath),
        Id::ProcPgidName => text(who.host_group_leader().thread.comm),
        Id::ProcPgidExe => text(who.host_group_leader().thread.exe),
        Id::ProcPgidExepath => text(who.host_group_leader().thread.exepath),
        Id::ProcIsSidLeader => Value::Bool(thread.sid == thread.vpid && (thread.sid != -1 || who.is_empty())),
        Id::ProcIsVpgidLeader => Value::Bool(thread.vpgid == thread.vpid && (thread.vpgid != -1 || who.is_empty())),
        Id::ProcIsPgidLeader => Value::Bool(thread.pgid == thread.pid && thread.pgid != -1),
        Id::ProcTty => Value::Int(i64::from(thread.tty)),
        Id::ProcIsExeWritable => Value::Bool(marks(moment, thread) & WRITABLE != 0),
        Id::ProcIsExeUpperLayer => Value::Bool(marks(moment, thread) & UPPER != 0),
        Id::ProcIsExeFromMemfd => Value::Bool(marks(moment, thread) & IN_MEMORY != 0),
        Id::ProcIsExeLowerLayer => Value::Bool(marks(moment, thread) & LOWER != 0),
        Id::ProcExeIno => return known(moment.state.threads().image_of(thread).ino),
        Id::ProcExeInoCtime => return known(times(moment, thread)[0]),
        Id::ProcExeInoMtime => return known(times(moment, thread)[1]),
        Id::ProcExeInoCtimeDurationProcStart => {
            let [changed, _] = times(moment, thread);
            return known(if changed == 0 { 0 } else { who.cloned_ts()?.saturating_sub(changed) });
        }
        Id::ProcExeInoCtimeDurationPidnsStart => {
            let [changed, _] = times(moment, thread);
            return known(if changed == 0 || thread.pidns_start == 0 { 0 } else { changed.saturating_sub(thread.pidns_start) });
        }
        Id::ProcPidnsInitStartTs => return known(thread.pidns_start),
        Id::ProcIsContainerHealthcheck | Id::ProcIsContainerLivenessProbe | Id::ProcIsContainerReadinessProbe => {
            Value::Bool(container::is_probe(field.info.id, moment, thread))
        }
        Id::ProcStdinName | Id::ProcStdinType => return standard(field, who, 0, scratch),
        Id::ProcStdoutName | Id::ProcStdoutType => return standard(field, who, 1, scratch),
        Id::ProcStderrName | Id::ProcStderrType => return standard(field, who, 2, scratch),
        Id::ThreadIsmain => Value::Bool(who.is_taken_for_main()),
        Id::ThreadNametid => {
            scratch.text.extend_from_slice(who.text(thread.comm));
            decimal(&mut scratch.text, who.tid());
            Value::Text(&scratch.text)
        }
        Id::ThreadCgroups => {
            for (at, entry) in items(who.text(thread.cgroups)).enumerate() {
                if at > 0 {
                    scratch.text.push(b' ');
                }
                let (name, path) = subsystem(entry);
                scratch.text.extend_from_slice(name);
                scratch.text.extend_from_slice(path);
            }
            if scratch.text.is_empty() {
                return None;
            }
            Value::Text(&scratch.text)
        }
        Id::ThreadCgroup => {
            let wanted = field.bound.text()?.as_bytes();
            let (_, path) = items(who.text(thread.cgroups)).map(subsystem).find(|entry| entry.0 == wanted)?;
            Value::Text(path.strip_prefix(b"=").unwrap_or(path))
        }
        Id::ThreadCapInheritable => return capabilities(thread.caps[0], scratch),
        Id::ThreadCapPermitted => return capabilities(thread.caps[1], scratch),
        Id::ThreadCapEffective => return capabilities(thread.caps[2], scratch),
        Id::UserUid | Id::UserId => Value::Uint(u64::from(thread.uid)),
        Id::UserName | Id::UserHomedir | Id::UserShell | Id::GroupName if who.is_nameless() => Value::Text(b""),
        Id::UserLoginname if who.is_nameless() && thread.loginuid == u32::MAX => Value::Text(b""),
        Id::UserName | Id::UserShell
            if thread.container != Text::EMPTY
                && (field.info.id == Id::UserShell || thread.uid != 0)
                && moment.has(Quirk::ContainersHaveNoUsers) =>
        {
            Value::Text(b"<NA>")
        }
        Id::UserName => return account(who, thread.uid, |account| account.name),
        Id::UserHomedir => return account(who, thread.uid, |account| account.home),
        Id::UserShell => return account(who, thread.uid, |account| account.shell),
        Id::UserLoginuid => Value::Int(i64::from(thread.loginuid.cast_signed())),
        Id::UserLoginname => {
            return account(who, thread.loginuid, |account| account.name);
        }
        Id::GroupGid => {
            let gid = u64::from(thread.gid);
            let others = if moment.has(Quirk::GroupIdHoldsThreads) && moment.is_classic() { u64::from(who.own_others()) } else { 0 };
            Value::Uint(gid | others << 32)
        }
        Id::GroupName => return group_name(who, thread.gid),
        Id::ThreadCpu | Id::ThreadCpuUser | Id::ThreadCpuSystem => return None,
        _ => return None,
    })
}

/// A cgroup as the name of its subsystem and the rest from the `=` on. Recorders abbreviate some names.
fn subsystem(entry: &[u8]) -> (&[u8], &[u8]) {
    let equals = entry.iter().position(|byte| *byte == b'=').unwrap_or(entry.len());
    let (name, path) = entry.split_at(equals);
    let name = match name {
        b"perf" => &b"perf_event"[..],
        b"mem" => b"memory",
        b"io" => b"blkio",
        _ => name,
    };
    (name, path)
}

impl Who<'_> {
    /// Threads beside a main thread; none for any other.
    fn own_others(&self) -> u32 {
        if self.is_main() { self.others() } else { 0 }
    }
}

fn known<'v>(value: u64) -> Option<Value<'v>> {
    (value != 0).then_some(Value::Uint(value))
}

fn several(len: usize, value: Value<'_>) -> Option<Value<'_>> {
    (len > 0).then_some(value)
}

fn marks(moment: &Moment<'_>, thread: &ThreadVersion) -> u8 {
    moment.state.threads().image_of(thread).marks
}

fn times(moment: &Moment<'_>, thread: &ThreadVersion) -> [u64; 2] {
    moment.state.threads().image_of(thread).times
}

fn since(moment: &Moment<'_>, ts: u64) -> u64 {
    moment.event.ts.saturating_sub(ts)
}

fn parent_pid(who: Who<'_>) -> Option<i64> {
    if who.moment.is_classic() {
        return Some(who.main().thread.ptid);
    }
    match who.main().parent() {
        Some(parent) if !parent.is_unknown() => Some(parent.thread.pid),
        _ if who.is_unknown() => None,
        _ if who.moment.has(Quirk::UnlistedParentsAreZero) => Some(0),
        _ => Some(who.main().thread.ptid).filter(|ptid| *ptid != -1),
    }
}

fn args<'v>(field: &Field, list: &'v [u8], scratch: &'v mut Scratch) -> Option<Value<'v>> {
    match field.bound.index() {
        Some(index) => items(list).nth(usize::try_from(index).ok()?).map(Value::Text),
        None => {
            Who::join(&mut scratch.text, list);
            Some(Value::Text(&scratch.text))
        }
    }
}

fn environment<'v>(field: &'v Field, env: &'v [u8], is_never_unset: bool, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    if let Some(name) = field.bound.text() {
        return variable(env, name).or(is_never_unset.then_some(b"")).map(Value::Text);
    }
    Who::join_environment(&mut scratch.text, env);
    Some(Value::Text(&scratch.text))
}

/// Without an argument there is nothing to search for.
fn ancestral_environment<'v>(field: &'v Field, who: Who<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    const SEARCHED: usize = 20;
    if let Some(name) = field.bound.text() {
        return who.ancestors().take(SEARCHED).find_map(|ancestor| variable(who.text(ancestor.thread.env), name)).map(Value::Text);
    }
    let env = who.text(who.ancestor(field.bound.index()?)?.thread.env);
    Who::join_environment(&mut scratch.text, env);
    Some(Value::Text(&scratch.text))
}

/// A text of one ancestor, or of all of them.
fn ancestral<'v>(field: &Field, who: Who<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let append = |out: &mut Vec<u8>, ancestor: Who<'_>| {
        let thread = ancestor.thread;
        match field.info.id {
            Id::ProcAname => out.extend_from_slice(ancestor.text(thread.comm)),
            Id::ProcAexe => out.extend_from_slice(ancestor.text(thread.exe)),
            Id::ProcAexepath => out.extend_from_slice(ancestor.text(thread.exepath)),
            Id::ProcAcmdline => ancestor.command_line(out),
            _ => Who::join(out, ancestor.text(thread.args)),
        }
    };
    if let Some(generation) = field.bound.index() {
        if generation == 0 && who.is_empty() {
            return None;
        }
        append(&mut scratch.text, who.ancestor(generation)?);
        return Some(Value::Text(&scratch.text));
    }
    scratch.ends.clear();
    for ancestor in who.ancestors() {
        append(&mut scratch.text, ancestor);
        scratch.ends.push(scratch.text.len());
    }
    several(scratch.ends.len(), Value::Any(Several::Texts(&scratch.text, &scratch.ends)))
}

/// The oldest one in the line from the process upwards whose name ends in `sh`.
fn login_shell(who: Who<'_>) -> Option<i64> {
    let main = who.main();
    let is_shell = |one: &Who<'_>| one.text(one.thread.comm).ends_with(b"sh");
    main.ancestors().filter(is_shell).last().or(Some(main).filter(is_shell)).map(|shell| shell.thread.pid)
}

fn account<'v>(who: Who<'v>, uid: u32, part: impl FnOnce(model::state::identity::Account) -> model::state::strings::Text) -> Option<Value<'v>> {
    if uid == u32::MAX {
        // Nobody knows who it is.
        return None;
    }
    let known = who.moment.state.identities().account(who.thread.container, uid, who.row()).map(|account| who.text(part(account)));
    known_name(who, known)
}

/// Name of a user as the thread of the event sees it.
pub(super) fn user_name<'v>(moment: &'v Moment<'v>, uid: u32) -> Option<Value<'v>> {
    let who = Who { moment, thread: moment.thread()? };
    account(who, uid, |account| account.name)
}

fn group_name<'v>(who: Who<'v>, gid: u32) -> Option<Value<'v>> {
    if gid == u32::MAX {
        return None;
    }
    let known = who.moment.state.identities().group(who.thread.container, gid, who.row()).map(|name| who.text(name));
    known_name(who, known)
}

fn known_name<'v>(who: Who<'v>, name: Option<&'v [u8]>) -> Option<Value<'v>> {
    name.or(who.moment.has(Quirk::UnknownUsersAreNamed).then_some(b"<NA>")).map(Value::Text)
}

/// Name of the thread's group.
pub(super) fn own_group_name<'v>(moment: &'v Moment<'v>) -> Option<Value<'v>> {
    let who = Who { moment, thread: moment.thread()? };
    group_name(who, who.thread.gid)
}

fn capabilities(bits: u64, scratch: &mut Scratch) -> Option<Value<'_>> {
    for (bit, name) in CAPABILITIES.iter().enumerate() {
        if bits >> bit & 1 == 0 {
            continue;
        }
        if !scratch.text.is_empty() {
            scratch.text.push(b' ');
        }
        scratch.text.extend_from_slice(name.as_bytes());
    }
    Some(Value::Text(&scratch.text))
}

/// Name or kind of one of the first three descriptors.
fn standard<'v>(field: &Field, who: Who<'v>, fd: i64, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let descriptions = who.moment.state.descriptions();
    let table = who.thread.table;
    let description = if who.moment.is_past { descriptions.slot_at(table, fd, who.moment.row) } else { descriptions.slot(table, fd).map(|slot| slot.description) };
    let description = description.filter(|description| *description != NONE)?;
    let attributes = if who.moment.is_past { descriptions.at(description, who.moment.row) } else { descriptions.get(description).now };
    if matches!(field.info.id, Id::ProcStdinType | Id::ProcStdoutType | Id::ProcStderrType) {
        return Some(Value::Text(attributes.kind.word().as_bytes()));
    }
    descriptor::clean(&mut scratch.text, who.moment, who.text(attributes.name));
    Some(Value::Text(&scratch.text))
}
