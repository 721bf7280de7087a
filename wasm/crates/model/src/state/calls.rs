//! What successful calls do to files and to the thread that made them. Sockets have a file of their own.

use super::descriptions::{Ended, FdKind, FileFacts, Transport};
use super::path;
use super::socket::{L4_ICMP, L4_RAW, L4_TCP, L4_UDP, L4_UNKNOWN, Sock};
use super::strings::Text;
use super::threads::{Enter, ThreadVersion};
use super::{DescriptionIndex, NONE, Removal, Row, State, Subject, ThreadIndex};
use crate::quirk::Quirk;
use crate::table::Release;
use crate::text::buffer::printable;
use scap::{Event, Params};

/// The capture's own bit for O_DIRECTORY.
const O_DIRECTORY: u32 = 1024;
/// The capture's own bit for O_CLOEXEC.
pub const O_CLOEXEC: u32 = 4096;
/// Stands for the working directory where a directory fd is asked for.
pub const AT_FDCWD: i64 = -100;

const F_DUPFD: u64 = 1;
const F_SETFD: u64 = 3;
const F_DUPFD_CLOEXEC: u64 = 26;
const RLIMIT_NOFILE: u64 = 7;
const PR_SET_NAME: u64 = 15;
const PR_SET_CHILD_SUBREAPER: u64 = 36;
const IPPROTO_TCP: u64 = 6;
const IPPROTO_MPTCP: u64 = 262;

/// sysdig keeps no more entries than this in a table.
const TABLE_LIMIT: u32 = 4096;

/// An exit event while its effect is worked out.
pub(super) struct Exit<'a, 'e> {
    pub row: Row,
    pub event: &'a Event<'e>,
    pub thread: ThreadIndex,
    /// The enter event of this call, when it may be trusted.
    pub enter: Option<Enter>,
    /// Its parameters; none where it is not there or was not kept.
    pub kept: Params<'a>,
    pub result: i64,
}

/// Whether the exit of this enter event needs its parameters.
pub(super) fn needs_enter(kind: u16) -> bool {
    matches!(
        kind,
        2 | 18 | 22 | 30 | 36 | 42 | 48 | 58 | 102 | 126 | 136 | 138 | 140 | 142 | 144 | 150 | 166 | 188 | 192 | 194 | 198 | 200 | 240 | 284 | 288 | 292 | 294 | 306 | 326 | 330 | 332 | 398
    )
}

impl State {
    /// Applies the effect of an exit event. Answers the fd the event is about.
    pub(super) fn exit_effect(&mut self, call: &Exit<'_, '_>, subject: Subject) -> Subject {
        let params = &call.event.params;
        let ok = call.result >= 0;
        match call.event.kind {
            3 | 59 | 103 | 307 | 327 | 337 => self.opened(call),
            5 => {
                if ok {
                    self.closed(call, subject);
                }
                subject
            }
            451 => {
                if ok {
                    self.closed_range(call);
                }
                Subject::NONE
            }
            19 => self.socket(call),
            43 => self.socketpair(call),
            61 | 393 => self.pipe(call),
            125 | 363 | 365 | 367 => self.duplicated(call, subject),
            151 => self.fcntl(call, subject),
            21 => {
                if ok {
                    self.bound(call, subject);
                }
                subject
            }
            23 => self.connected(call, subject),
            27 | 57 | 247 | 249 | 389 => self.accepted(call),
            29 | 31 | 49 | 51 | 33 | 35 => self.moved(call, subject),
            53 | 55 => {
                if ok {
                    self.received_fds(call);
                }
                self.moved(call, subject)
            }
            63 | 397 => self.created(call, FdKind::Event, Text::EMPTY),
            127 | 399 => self.signalfd(call),
            137 => self.created(call, FdKind::Timer, Text::EMPTY),
            139 | 395 => self.created(call, FdKind::Inotify, Text::EMPTY),
            375 | 377 => self.created(call, FdKind::EventPoll, Text::EMPTY),
            297 | 369 | 321 | 339 | 405 | 407 | 409 => self.newer_fd(call),
            15 | 157 | 183 | 185 | 217 | 219 | 221 | 223 | 225 | 227 | 335 => {
                self.birth(call.row, call.event, Some(call.thread), call.enter.map(|enter| enter.row));
                Subject::NONE
            }
            13 | 155 | 173 | 215 | 231 | 283 | 289 | 293 | 331 => {
                if ok {
                    self.executed(call);
                }
                Subject::NONE
            }
            95 | 93 if ok => {
                if let Some(text) = params.text(1).filter(|text| !path::unavailable(text)) {
                    self.change_directory(call, text);
                }
                subject
            }
            97 if ok => {
                if subject.description != NONE {
                    let name = self.strings.get(self.descriptions.get(subject.description).now.name).to_vec();
                    if !name.is_empty() {
                        self.change_directory(call, &name);
                    }
                }
                subject
            }
            267 if ok => {
                if let Some(root) = params.text(1).filter(|text| !path::unavailable(text)) {
                    let root = self.joined(self.strings.get(self.cwd_of(call.thread)), root);
                    let root = self.strings.keep(&root);
                    self.change(call, |version| version.root = root);
                }
                subject
            }
            193 | 195 | 199 | 201 | 427 | 429 => {
                if call.result == 0 {
                    self.change_identity(call);
                }
                subject
            }
            275 if ok => {
                let sid = call.result;
                let right = !self.quirks.has(Quirk::SetsidLeavesGroup);
                self.change(call, |version| {
                    version.sid = sid;
                    if right {
                        version.vpgid = sid;
                    }
                });
                subject
            }
            295 if ok => {
                self.change_group(call);
                subject
            }
            401 if ok => {
                if params.uint(1) == Some(PR_SET_NAME)
                    && !self.quirks.has(Quirk::PrctlNameUnseen)
                    && let Some(name) = params.text(2).filter(|name| !path::unavailable(name))
                {
                    // The kernel keeps no more than this.
                    let comm = self.strings.keep(name.get(..15).unwrap_or(name));
                    self.change(call, |version| version.comm = comm);
                }
                if params.uint(1) == Some(PR_SET_CHILD_SUBREAPER) {
                    let main = self.main_of(call.thread);
                    self.threads.live_mut(main).reaper = params.int(3) != Some(0);
                }
                subject
            }
            353 if ok => {
                if let (Some(inheritable), Some(permitted), Some(effective)) = (params.uint(1), params.uint(2), params.uint(3)) {
                    self.change(call, |version| version.caps = [inheritable, permitted, effective]);
                }
                subject
            }
            285 if ok => {
                self.unshared(call);
                subject
            }
            141 | 143 | 145 if ok => {
                self.limited(call);
                subject
            }
            159 | 165 => {
                self.note_sizes(call.row, params, call.thread, 1);
                subject
            }
            161 | 163 => {
                self.note_sizes(call.row, params, call.thread, 1);
                if self.quirks.has(Quirk::MmapWithoutFd) { Subject::NONE } else { subject }
            }
            _ => subject,
        }
    }

    /// Changes the identity of the calling thread.
    fn change(&mut self, call: &Exit<'_, '_>, change: impl FnOnce(&mut ThreadVersion)) {
        if let Some(table) = self.threads.change(call.thread, call.row, change) {
            self.descriptions.end(table, call.row, Ended::Close, call.thread);
        }
    }

    // --- files ---------------------------------------------------------------------------------------------------

    #[inline(never)]
    fn opened(&mut self, call: &Exit<'_, '_>) -> Subject {
        let params = &call.event.params;
        let kind = call.event.kind;
        // Where name, flags and directory stand in the exit and in its enter.
        let (name_at, flags_at, dirfd_at) = match kind {
            3 => (Some(1), Some(2), None),
            59 => (Some(1), None, None),
            307 => (Some(2), Some(3), Some(1)),
            327 => (Some(2), Some(3), Some(1)),
            337 => (Some(3), Some(2), None),
            _ => (None, None, None),
        };
        let enter = &call.kept;
        let asked = |index| enter.get(index).filter(|path| !path.is_empty()).and_then(|_| enter.text(index));
        let (enter_name, enter_flags, enter_dirfd) = match call.enter.map_or(u16::MAX, |enter| enter.kind) {
            2 => (asked(0), enter.uint(1), None),
            58 => (asked(0), None, None),
            102 | 306 | 326 => (asked(1), enter.uint(2), enter.int(0)),
            _ => (None, None, None),
        };
        let takes_all = self.release == Release::V0_29_3 && self.quirks.has(Quirk::EnterPathTakenUnread);
        let usable = |name: Option<&[u8]>| name.is_some_and(|name| if takes_all { name != path::NULL } else { !path::unavailable(name) });
        let exit_name = name_at.and_then(|index| params.text(index));
        let exit_flags = flags_at.and_then(|index| params.uint(index)).unwrap_or(0);
        let exit_dirfd = dirfd_at.and_then(|index| params.int(index));
        // What the program asked for wins over what stood in its memory when the call returned.
        let (name, flags, dirfd) = if usable(enter_name) {
            (enter_name, enter_flags.map_or(exit_flags, |flags| flags | (exit_flags & !0x3fff)), enter_dirfd)
        } else {
            (exit_name, exit_flags, exit_dirfd)
        };
        let Some(name) = name else { return Subject::NONE };
        if call.result < 0 {
            return Subject::NONE;
        }
        let base = match dirfd {
            _ if name.first() == Some(&b'/') => Vec::new(),
            Some(dirfd) => self.base_of(call.thread, dirfd),
            None => self.strings.get(self.cwd_of(call.thread)).to_vec(),
        };
        let mut path = self.joined(&base, name);
        if self.release == Release::V0_29_3 && self.quirks.has(Quirk::UnprintableBytesVanish) {
            path.iter_mut().filter(|byte| !printable(**byte)).for_each(|byte| *byte = b'.');
        }
        let raw = self.strings.keep(name);
        let name = self.strings.keep(&path);
        let flags = flags as u32;
        let kind = if flags & O_DIRECTORY != 0 { FdKind::Directory } else { FdKind::File };
        let again = self.pipe_end_named(call.thread, &path, flags);
        let description = match again {
            Some(end) => self.descriptions.open_again(kind, name, end, call.row),
            None => self.descriptions.open(kind, name, None, 0, call.row),
        };
        let (dev_at, ino_at) = match call.event.kind {
            59 => (3, 4),
            307 => (5, 6),
            327 => (6, 7),
            _ => (4, 5),
        };
        let facts = FileFacts { dev: params.uint(dev_at).unwrap_or(0) as u32, ino: params.uint(ino_at).unwrap_or(0), flags, raw };
        self.descriptions.set_facts(description, facts);
        self.descriptions.set_log(description, self.is_log(name));
        self.point(call, call.result, description, flags & O_CLOEXEC != 0)
    }

    /// The end of a pipe that a path such as `/proc/self/fd/2` opens once more.
    fn pipe_end_named(&self, thread: ThreadIndex, path: &[u8], flags: u32) -> Option<DescriptionIndex> {
        let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<i64>().ok();
        let (pid, fd) = match path {
            b"/dev/stdin" => (None, 0),
            b"/dev/stdout" => (None, 1),
            b"/dev/stderr" => (None, 2),
            _ => {
                if let Some(fd) = path.strip_prefix(b"/dev/fd/") {
                    (None, number(fd)?)
                } else {
                    let mut parts = path.strip_prefix(b"/proc/")?.split(|byte| *byte == b'/');
                    let (who, word, fd) = (parts.next()?, parts.next()?, parts.next()?);
                    if word != b"fd" || parts.next().is_some() {
                        return None;
                    }
                    (if matches!(who, b"self" | b"thread-self") { None } else { Some(number(who)?) }, number(fd)?)
                }
            }
        };
        let thread = match pid {
            Some(pid) => self.threads.find(pid)?,
            None => thread,
        };
        let target = self.subject(thread, fd).description;
        if target == NONE || self.descriptions.get(target).now.kind != FdKind::Fifo && self.descriptions.original(target) == target {
            return None;
        }
        let target = self.descriptions.original(target);
        let wanted = match flags & 3 {
            1 => Transport::PipeReader,
            2 => Transport::PipeWriter,
            _ => return Some(target),
        };
        let peer = self.descriptions.peer(target);
        Some(if self.descriptions.transport(target) == wanted || peer == NONE { target } else { peer })
    }

    /// What a call that has two fds moves from and to: sendfile, splice, copy_file_range.
    pub(super) fn two_subjects(&self, call: &Exit<'_, '_>) -> Option<(Subject, Subject)> {
        let params = &call.event.params;
        let kept = &call.kept;
        let (from, to) = match call.event.kind {
            189 => (kept.int(1).or_else(|| params.int(3)), kept.int(0).or_else(|| params.int(2))),
            167 => (kept.int(0).or_else(|| params.int(1)), kept.int(1).or_else(|| params.int(2))),
            333 => (kept.int(0).or_else(|| params.int(3)), params.int(1)),
            _ => return None,
        };
        Some((self.subject(call.thread, from?), self.subject(call.thread, to?)))
    }

    /// Whether an exit that has all that it needs has no effect without its enter: socket, dup, fcntl.
    fn needs_its_enter(&self) -> bool {
        self.quirks.has(Quirk::EnterMustBeLast) && self.release != Release::Libs0_25_4
    }

    /// Whether a base directory is joined as it is.
    fn keeps_base(&self) -> bool {
        self.quirks.has(Quirk::BaseStaysAsItIs)
    }

    /// A path joined to a directory.
    pub(super) fn joined(&self, base: &[u8], path: &[u8]) -> Vec<u8> {
        let joined = path::join(base, path, self.keeps_base());
        if joined.len() > path::LONGEST && self.quirks.has(Quirk::LongPathArgumentsAreCut) { b"/PATH_TOO_LONG".to_vec() } else { joined }
    }

    /// Directory that a relative path starts from, with its slash.
    pub(super) fn base_of(&self, thread: ThreadIndex, dirfd: i64) -> Vec<u8> {
        if dirfd == AT_FDCWD {
            return self.strings.get(self.cwd_of(thread)).to_vec();
        }
        let table = self.threads.now(thread).table;
        match self.descriptions.slot(table, dirfd) {
            Some(slot) => {
                let mut base = self.strings.get(self.descriptions.get(slot.description).now.name).to_vec();
                if !base.is_empty() || self.keeps_base() {
                    base.push(b'/');
                }
                base
            }
            None => path::UNKNOWN.to_vec(),
        }
    }

    /// Points a number of the caller's table at a description.
    pub(super) fn point(&mut self, call: &Exit<'_, '_>, fd: i64, description: DescriptionIndex, cloexec: bool) -> Subject {
        let table = self.threads.now(call.thread).table;
        if self.quirks.has(Quirk::TableOf4096) && self.descriptions.count(table) >= TABLE_LIMIT && self.descriptions.slot(table, fd).is_none() {
            return Subject { fd, description: NONE };
        }
        if !self.doubtful.is_empty() {
            self.doubtful.remove(&(table, fd));
            if takes_lowest_number(call.event.kind) {
                self.open_below(table, fd, call.row);
            }
        }
        self.descriptions.put(table, fd, description, call.row, cloexec);
        self.last_put = Some(fd);
        Subject { fd, description }
    }

    fn created(&mut self, call: &Exit<'_, '_>, kind: FdKind, name: Text) -> Subject {
        if call.result < 0 {
            return Subject::NONE;
        }
        let description = self.descriptions.open(kind, name, None, 0, call.row);
        let subject = self.point(call, call.result, description, closes_on_exec(call.event));
        if matches!(call.event.kind, 63 | 127 | 137 | 139) {
            // Flags were not recorded.
            let table = self.threads.now(call.thread).table;
            self.descriptions.doubt_cloexec(table, call.result);
        }
        subject
    }

    fn closed(&mut self, call: &Exit<'_, '_>, subject: Subject) {
        let table = self.threads.now(call.thread).table;
        let Some(slot) = self.descriptions.slot(table, subject.fd) else { return };
        // Another thread got the same number before this close returned: what it opened stays.
        let by_number = self.quirks.has(Quirk::NumberLookedUpTwice) && self.release == Release::V0_29_3;
        if !by_number && call.enter.is_some_and(|enter| slot.from > enter.row) {
            return;
        }
        self.removals.push(Removal::Fd { table, fd: subject.fd, from: slot.from, thread: call.thread });
    }

    fn closed_range(&mut self, call: &Exit<'_, '_>) {
        const CLOSE_RANGE_CLOEXEC: u64 = 4;
        let params = &call.event.params;
        let (Some(first), Some(last)) = (params.uint(1), params.uint(2)) else { return };
        let cloexec = params.uint(3).unwrap_or(0) & CLOSE_RANGE_CLOEXEC != 0;
        let table = self.threads.now(call.thread).table;
        for (fd, slot) in self.descriptions.live(table) {
            if !u64::try_from(fd).is_ok_and(|fd| (first..=last).contains(&fd)) {
                continue;
            }
            if cloexec {
                self.descriptions.set_cloexec(table, fd, true);
            } else {
                self.removals.push(Removal::Fd { table, fd, from: slot.from, thread: call.thread });
            }
        }
    }

    fn duplicated(&mut self, call: &Exit<'_, '_>, subject: Subject) -> Subject {
        if call.result < 0 {
            return subject;
        }
        let old = if subject.fd == -1 { call.event.params.int(1).map_or(subject, |fd| self.subject(call.thread, fd)) } else { subject };
        if call.enter.is_none() && self.needs_its_enter() && self.release != Release::V0_29_3 {
            return Subject::NONE;
        }
        let cloexec = call.event.kind == 365 && call.event.params.uint(3).unwrap_or(0) as u32 & O_CLOEXEC != 0;
        self.duplicate(call, old, cloexec)
    }

    fn duplicate(&mut self, call: &Exit<'_, '_>, old: Subject, cloexec: bool) -> Subject {
        if old.description == NONE {
            // It is open, though nothing is known of it, and what the new number pointed at is closed.
            let table = self.threads.now(call.thread).table;
            if self.quirks.has(Quirk::CopiesOfUnknownFdsUnseen) {
                return old;
            }
            if old.fd >= 0 && call.result != old.fd && self.descriptions.slot(table, call.result).is_some() {
                let description = self.descriptions.open(FdKind::Unknown, Text::EMPTY, None, 0, call.row);
                self.point(call, old.fd, description, false);
                return self.point(call, call.result, description, cloexec);
            }
            return Subject { fd: call.result, description: NONE };
        }
        if call.result == old.fd {
            return old;
        }
        self.point(call, call.result, old.description, cloexec)
    }

    fn fcntl(&mut self, call: &Exit<'_, '_>, subject: Subject) -> Subject {
        let params = &call.event.params;
        let command = call.kept.uint(1).or_else(|| params.uint(2));
        match command {
            Some(F_DUPFD | F_DUPFD_CLOEXEC) if call.enter.is_none() && self.needs_its_enter() => subject,
            Some(F_DUPFD | F_DUPFD_CLOEXEC) if call.result >= 0 => self.duplicate(call, subject, command == Some(F_DUPFD_CLOEXEC)),
            Some(F_SETFD) if call.result >= 0 => {
                let table = self.threads.now(call.thread).table;
                match params.uint(3) {
                    Some(flag) => self.descriptions.set_cloexec(table, subject.fd, flag & 1 != 0),
                    // What is asked for was not recorded. Standard streams are made to outlive execve, others not to.
                    None if subject.fd > 2 => self.descriptions.doubt_cloexec(table, subject.fd),
                    None => self.descriptions.set_cloexec(table, subject.fd, false),
                }
                subject
            }
            _ => subject,
        }
    }

    fn pipe(&mut self, call: &Exit<'_, '_>) -> Subject {
        let params = &call.event.params;
        if call.result < 0 {
            return Subject::NONE;
        }
        let (Some(read), Some(write)) = (params.int(1), params.int(2)) else { return Subject::NONE };
        let ino = params.uint(3).unwrap_or(0);
        let cloexec = params.uint(4).unwrap_or(0) as u32 & O_CLOEXEC != 0;
        let reader = self.descriptions.open(FdKind::Fifo, Text::EMPTY, None, ino, call.row);
        let writer = self.descriptions.open(FdKind::Fifo, Text::EMPTY, None, ino, call.row);
        self.descriptions.pair(reader, writer);
        self.descriptions.set_transport(reader, Transport::PipeReader);
        self.descriptions.set_transport(writer, Transport::PipeWriter);
        self.point(call, read, reader, cloexec);
        let subject = self.point(call, write, writer, cloexec);
        if params.uint(4).is_none() {
            let table = self.threads.now(call.thread).table;
            self.descriptions.doubt_cloexec(table, read);
            self.descriptions.doubt_cloexec(table, write);
        }
        subject
    }

    #[inline(never)]
    fn signalfd(&mut self, call: &Exit<'_, '_>) -> Subject {
        let asked = call.kept.int(0).or_else(|| call.event.params.int(1));
        if asked == Some(call.result) && call.result >= 0 {
            let known = self.subject(call.thread, call.result);
            if known.description != NONE {
                return known; // it changed the mask of an existing one
            }
        }
        self.created(call, FdKind::Signal, Text::EMPTY)
    }

    /// Descriptors that came in a message: what they are open on is not told.
    #[inline(never)]
    fn received_fds(&mut self, call: &Exit<'_, '_>) {
        if self.quirks.has(Quirk::ReceivedFdsUnseen) {
            return;
        }
        let control = call.event.params.get(if call.event.kind == 53 { 4 } else { 5 }).unwrap_or_default();
        for fd in super::socket::passed_fds(control) {
            let description = self.descriptions.open(FdKind::Unknown, Text::EMPTY, None, 0, call.row);
            self.point(call, fd, description, false);
        }
    }

    /// Kinds of fds that sysdig 0.29.3 does not know yet.
    #[inline(never)]
    fn newer_fd(&mut self, call: &Exit<'_, '_>) -> Subject {
        let params = &call.event.params;
        if self.quirks.has(Quirk::NewerFdsUnseen) || call.result < 0 {
            return Subject::NONE;
        }
        match call.event.kind {
            297 => match params.get(0).and_then(|bytes| bytes.split_first()) {
                // A dynamic value: 0 chooses the fd.
                Some((0, fd)) => match fd.try_into().map(i64::from_le_bytes) {
                    Ok(fd) if fd >= 0 => {
                        let description = self.descriptions.open(FdKind::Bpf, Text::EMPTY, None, 0, call.row);
                        self.point(call, fd, description, true)
                    }
                    _ => Subject::NONE,
                },
                _ => Subject::NONE,
            },
            369 => self.created(call, FdKind::Bpf, Text::EMPTY),
            321 => self.created(call, FdKind::UserFault, Text::EMPTY),
            339 => self.created(call, FdKind::IoUring, Text::EMPTY),
            405 => {
                let name = self.strings.keep(params.text(1).unwrap_or_default());
                self.created(call, FdKind::Memfd, name)
            }
            409 => {
                let name = format!("/proc/{}", params.int(1).unwrap_or(-1));
                let name = self.strings.keep(name.as_bytes());
                self.created(call, FdKind::Pidfd, name)
            }
            _ => self.copied_fd(call),
        }
    }

    /// pidfd_getfd: the target's own entry, where the target is known by its pidfd's name.
    fn copied_fd(&mut self, call: &Exit<'_, '_>) -> Subject {
        let params = &call.event.params;
        let pidfd = params.int(1).map_or(Subject::NONE, |fd| self.subject(call.thread, fd));
        let target = params.int(2).unwrap_or(-1);
        let found = (pidfd.description != NONE)
            .then(|| self.strings.get(self.descriptions.get(pidfd.description).now.name))
            .and_then(|name| std::str::from_utf8(name.strip_prefix(b"/proc/")?).ok()?.parse().ok())
            .and_then(|pid: i64| self.threads.find(pid))
            .map(|thread| self.subject(thread, target));
        match found {
            Some(Subject { description, .. }) if description != NONE => self.point(call, call.result, description, true),
            _ => self.created(call, FdKind::Unknown, Text::EMPTY),
        }
    }

    fn socket(&mut self, call: &Exit<'_, '_>) -> Subject {
        let params = &call.event.params;
        if call.result < 0 || (call.enter.is_none() && self.needs_its_enter()) {
            return Subject::NONE;
        }
        let enter = &call.kept;
        let value = |index: usize| enter.uint(index).or_else(|| params.uint(index + 1)).unwrap_or(0);
        let (domain, ty, protocol) = (value(0), value(1), value(2));
        let kind = match domain {
            1 => FdKind::Unix,
            2 => FdKind::Ipv4,
            10 => FdKind::Ipv6,
            16 => FdKind::Netlink,
            _ => FdKind::Unknown,
        };
        let mut sock = Sock::default();
        if kind.is_inet() {
            let protocol = if protocol == IPPROTO_MPTCP && !self.quirks.has(Quirk::MptcpIsUnknown) { IPPROTO_TCP } else { protocol };
            sock.set_l4(kind.is_six(), protocol_of(ty, protocol));
        }
        let cloexec = ty & 0x80000 != 0;
        let sock = (kind.is_inet() || kind == FdKind::Unix).then_some(sock);
        let description = self.descriptions.open(kind, Text::EMPTY, sock, 0, call.row);
        self.descriptions.set_transport(description, transport_of(ty));
        self.point(call, call.result, description, cloexec)
    }

    fn socketpair(&mut self, call: &Exit<'_, '_>) -> Subject {
        let params = &call.event.params;
        if call.result < 0 {
            return Subject::NONE;
        }
        let (Some(one), Some(other)) = (params.int(1), params.int(2)) else { return Subject::NONE };
        let (source, dest) = (params.uint(3).unwrap_or(0), params.uint(4).unwrap_or(0));
        let ty = call.kept.uint(1).or_else(|| params.uint(6)).unwrap_or(0);
        let cloexec = ty & 0x80000 != 0;
        let mut sock = Sock::default();
        sock.set_unix(source, dest);
        let first = self.descriptions.open(FdKind::Unix, Text::EMPTY, Some(sock), 0, call.row);
        if !self.quirks.has(Quirk::SocketpairEndsAlike) {
            sock.set_unix(dest, source);
        }
        let second = self.descriptions.open(FdKind::Unix, Text::EMPTY, Some(sock), 0, call.row);
        self.descriptions.pair(first, second);
        self.descriptions.set_socketpair(first, second);
        self.descriptions.set_transport(first, transport_of(ty));
        self.descriptions.set_transport(second, transport_of(ty));
        self.point(call, one, first, cloexec);
        self.point(call, other, second, cloexec)
    }

    // --- the thread ----------------------------------------------------------------------------------------------

    fn change_directory(&mut self, call: &Exit<'_, '_>, to: &[u8]) {
        let main = self.main_of(call.thread);
        let joined = self.joined(self.strings.get(self.threads.now(main).cwd), to);
        let cwd = self.strings.keep(&path::directory(joined));
        if let Some(table) = self.threads.change(main, call.row, |version| version.cwd = cwd) {
            self.descriptions.end(table, call.row, Ended::Close, call.thread);
        }
    }

    #[inline(never)]
    fn change_identity(&mut self, call: &Exit<'_, '_>) {
        let kind = call.event.kind;
        let params = &call.event.params;
        let kept = &call.kept;
        let (exit_at, enter_at) = match kind {
            199 | 201 => (1, 0),
            _ => (2, 1),
        };
        let Some(id) = params.uint(exit_at).or_else(|| kept.uint(enter_at)).map(|id| id as u32) else { return };
        if id == u32::MAX {
            return; // unchanged
        }
        let row = call.row;
        self.change(call, |version| {
            let place = if matches!(kind, 193 | 199 | 427) { &mut version.uid } else { &mut version.gid };
            if *place != id {
                *place = id;
                version.identity_since = row;
            }
        });
    }

    fn change_group(&mut self, call: &Exit<'_, '_>) {
        if self.quirks.has(Quirk::SetsidLeavesGroup) {
            return;
        }
        let params = &call.event.params;
        let kept = &call.kept;
        let (Some(pid), Some(pgid)) = (params.int(1).or_else(|| kept.int(0)), params.int(2).or_else(|| kept.int(1))) else { return };
        let caller = *self.threads.now(call.thread);
        let pid = if pid == 0 { caller.vpid } else { pid };
        // The numbers are those of the caller's pid namespace.
        let target = if pid == caller.vpid { Some(self.main_of(call.thread)) } else { self.threads.find(pid).filter(|_| caller.vpid == caller.pid) };
        let Some(target) = target else { return };
        let pgid = if pgid == 0 { pid } else { pgid };
        self.threads.change(target, call.row, |version| version.vpgid = pgid);
    }

    fn unshared(&mut self, call: &Exit<'_, '_>) {
        const CLONE_FILES: u64 = 1;
        const CLONE_NEWUSER: u64 = 1 << 20;
        const ALL: u64 = (1 << 41) - 1;
        let kept = &call.kept;
        let Some(flags) = call.event.params.uint(1).or_else(|| kept.uint(0)) else { return };
        let table = self.threads.now(call.thread).table;
        let private = flags & CLONE_FILES != 0 && self.threads.users(table) > 1 && !self.quirks.has(Quirk::CloneFilesIsACopy);
        let private = private.then(|| self.descriptions.fork(table, call.row));
        if let Some(table) = private {
            self.descriptions.set_owner(table, call.thread);
        }
        self.change(call, |version| {
            if flags & CLONE_NEWUSER != 0 {
                version.caps = [ALL; 3];
            }
            if let Some(table) = private {
                version.table = table;
            }
        });
    }

    #[inline(never)]
    fn limited(&mut self, call: &Exit<'_, '_>) {
        let params = &call.event.params;
        let kept = &call.kept;
        let is_prlimit = call.event.kind == 145;
        let resource = if is_prlimit { kept.uint(1).or_else(|| params.uint(6)) } else { kept.uint(0).or_else(|| params.uint(3)) };
        if resource != Some(RLIMIT_NOFILE) {
            return;
        }
        let target = if is_prlimit { kept.int(0).or_else(|| params.int(5)).unwrap_or(0) } else { 0 };
        // prlimit may only ask: then the recorder writes -1 for both limits that it sets, a newer one 0.
        let misread = self.quirks.has(Quirk::AskedLimitsMisread);
        let only_asks = is_prlimit && !misread && params.int(1) == Some(0) && params.int(2) == Some(0);
        let set = params.int(1).filter(|limit| *limit != -1 && !only_asks);
        let told = if is_prlimit && !(misread && self.release == Release::V0_29_3) { params.int(3) } else { None };
        let Some(limit) = set.or(told) else { return };
        let thread = if target > 0 { self.threads.find(target) } else { Some(self.main_of(call.thread)) };
        let Some(thread) = thread else { return };
        self.threads.change(thread, call.row, |version| version.fdlimit = limit);
    }
}

fn transport_of(ty: u64) -> Transport {
    match ty & 0xf {
        1 => Transport::Stream,
        2 => Transport::Datagram,
        5 => Transport::Packets,
        _ => Transport::Unknown,
    }
}

/// Whether the kernel gave this call the lowest free number.
fn takes_lowest_number(kind: u16) -> bool {
    !matches!(kind, 151 | 363 | 365)
}

/// Whether execve closes what this call made. The kernel itself asks for it where no flag can.
fn closes_on_exec(event: &Event<'_>) -> bool {
    const MFD_CLOEXEC: u64 = 1;
    const EPOLL_CLOEXEC: u64 = 1;
    let flags = |index: usize| event.params.uint(index).unwrap_or(0);
    match event.kind {
        321 | 395 | 397 | 399 => flags(1) & u64::from(O_CLOEXEC) != 0,
        377 => flags(1) & EPOLL_CLOEXEC != 0,
        405 => flags(2) & MFD_CLOEXEC != 0,
        339 | 369 | 409 => true,
        _ => false,
    }
}

/// Layer 4 protocol of `socket(…, type, protocol)`.
fn protocol_of(ty: u64, protocol: u64) -> u8 {
    const STREAM: u64 = 1;
    const DGRAM: u64 = 2;
    const RAW: u64 = 3;
    let ty = ty & 0xff;
    match protocol {
        IPPROTO_TCP | 17 | 1 if ty == RAW => L4_RAW,
        IPPROTO_TCP => L4_TCP,
        17 => L4_UDP,
        1 => L4_ICMP,
        255 => L4_RAW,
        0 if ty == STREAM => L4_TCP,
        0 if ty == DGRAM => L4_UDP,
        _ => L4_UNKNOWN,
    }
}
