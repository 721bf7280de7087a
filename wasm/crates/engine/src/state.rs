//! State as of one event: who the thread was, where it came from, what it had open.

use model::state::threads::Birth;
use model::state::strings::Text;
use model::state::containers::Contradiction;
use model::state::{DescriptionIndex, NONE, ThreadIndex, VersionIndex};
use model::state::descriptions::Role;
use model::{Row, table};
use serde::Serialize;

use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};

/// One fd as of a row, and the description it points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FdDetail {
    /// Its number; -1 when it is not known.
    pub fd: i64,
    /// What it points at.
    pub description: DescriptionIndex,
    /// What that is, in a word.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Path, addresses or other name.
    pub name: String,
    /// `client`, `server` or nothing.
    pub role: &'static str,
    /// Row that opened it; absent when it is older than the capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_row: Option<Row>,
    /// Number of that event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_num: Option<u64>,
    /// Section of that event, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_section: Option<u32>,
    /// First row at which nothing points at it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_row: Option<Row>,
    /// Number of that event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_num: Option<u64>,
    /// Section of that event, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_section: Option<u32>,
    /// It can be followed: it has two ends, though perhaps only one in this capture.
    pub followable: bool,
}

/// A process by its ids and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProcessRef {
    /// Thread id.
    pub tid: i64,
    /// Process id.
    pub pid: i64,
    /// Short name.
    pub comm: String,
}

/// An event by row, number and type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventRef {
    /// Its row.
    pub row: Row,
    /// Its number, where it has one.
    pub num: Option<u64>,
    /// Its section, counted from 1; absent while the capture has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<u32>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// The container of a thread, and how that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContainerDetail {
    /// Short id, or `host`.
    pub id: String,
    /// Name, where a record tells it.
    pub name: String,
    /// Image, where a record tells it.
    pub image: String,
    /// How it is known, in words.
    pub how: String,
    /// What contradicts it, in words; empty when nothing does.
    pub contradiction: String,
}

/// State as of one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateDetail {
    /// Thread id.
    pub tid: i64,
    /// Process id.
    pub pid: i64,
    /// Parent process.
    pub ptid: i64,
    /// Short name.
    pub comm: String,
    /// argv[0].
    pub exe: String,
    /// Path of the image.
    pub exepath: String,
    /// Arguments without argv[0].
    pub args: Vec<String>,
    /// Working directory.
    pub cwd: String,
    /// chroot.
    pub root: String,
    /// Session.
    pub sid: i64,
    /// Thread id in its pid namespace.
    pub vtid: i64,
    /// Process id in its pid namespace.
    pub vpid: i64,
    /// Effective user.
    pub uid: u32,
    /// Name of the user.
    pub user: String,
    /// Effective group.
    pub gid: u32,
    /// Name of the group.
    pub group: String,
    /// Login user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loginuid: Option<u32>,
    /// Name of the login user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loginuser: Option<String>,
    /// Event that last changed user or group; absent when they hold since before the capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_since: Option<EventRef>,
    /// Parent, its parent, and so on.
    pub ancestors: Vec<ProcessRef>,
    /// Its container.
    pub container: ContainerDetail,
    /// `subsystem=path`.
    pub cgroups: Vec<String>,
    /// What it had open just after the event.
    pub fds: Vec<FdDetail>,
}

pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// NUL-separated texts; the NUL at the end ends the last one.
fn split(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if bytes.is_empty() { Vec::new() } else { bytes.split(|byte| *byte == 0).map(lossy).collect() }
}

impl Core {
    fn event_ref(&self, row: Row) -> Option<EventRef> {
        let record = self.index.record(row)?;
        Some(EventRef { row, num: self.index.number(row), section: self.section_number(row), kind: table::event(record.kind).map_or("unknown", |info| info.name) })
    }

    /// How an event is named in words: `#14107`, or `#2.14107` where sections have to be told apart.
    pub(crate) fn event_text(&self, row: Row) -> Option<String> {
        let num = self.index.number(row)?;
        Some(self.section_number(row).map_or_else(|| format!("#{num}"), |section| format!("#{section}.{num}")))
    }

    /// A description as of a row.
    pub(crate) fn fd_detail(&self, fd: i64, index: DescriptionIndex, row: Row) -> FdDetail {
        let descriptions = self.state.descriptions();
        let description = descriptions.get(index);
        let attributes = descriptions.at(index, row);
        let known = |row: Row| (row != NONE).then_some(row);
        let two_ended = attributes.kind.has_other_end();
        FdDetail {
            fd,
            description: index,
            kind: attributes.kind.word(),
            name: lossy(self.state.fd_view(&attributes).name),
            role: match attributes.role {
                Role::None => "",
                Role::Client => "client",
                Role::Server => "server",
            },
            opened_row: known(description.born),
            opened_num: known(description.born).and_then(|row| self.index.number(row)),
            opened_section: known(description.born).and_then(|row| self.section_number(row)),
            closed_row: known(description.closed),
            closed_num: known(description.closed).and_then(|row| self.index.number(row)),
            closed_section: known(description.closed).and_then(|row| self.section_number(row)),
            followable: two_ended,
        }
    }

    /// How a thread came to be, in words.
    fn birth_text(&self, thread: ThreadIndex) -> String {
        match self.state.threads().get(thread).birth {
            Birth::Cloned { row, parent } => {
                let call = self.event_ref(row).map_or("clone", |event| event.kind);
                let place = self.event_text(row).map_or_else(String::new, |event| format!(" at {event}"));
                format!("born by {call}{place} from {parent}")
            }
            Birth::Listed => "older than the capture".to_owned(),
            Birth::Placeholder => "its birth is not in the capture".to_owned(),
            Birth::Invented => "a record of the container itself".to_owned(),
        }
    }

    /// What told the cgroups of a version, in words: `told by execve at #14107`.
    fn told_text(&self, version: VersionIndex) -> String {
        let since = self.state.version(version).cgroups_since;
        match (self.event_ref(since), self.event_text(since)) {
            (Some(by), Some(event)) => format!("told by {} at {event}", by.kind),
            _ => "told by the process list".to_owned(),
        }
    }

    fn container_detail(&self, version: VersionIndex, cgroups: &[String], row: Row) -> ContainerDetail {
        let facts = self.state.version(version);
        let contradiction = self.contradiction_text(version, cgroups, row);
        if facts.container == Text::EMPTY {
            let how = if contradiction.is_empty() { String::new() } else { self.birth_text(facts.thread) };
            return ContainerDetail { id: "host".to_owned(), name: "host".to_owned(), how, contradiction, ..ContainerDetail::default() };
        }
        let id = lossy(self.state.text(facts.container));
        let path = cgroups.iter().filter_map(|entry| entry.split_once('=')).map(|(_, path)| path).find(|path| path.contains(&id));
        let cgroup = path.map_or_else(String::new, |path| format!("; cgroup {path}"));
        let told = if facts.cgroups_since == NONE || facts.cgroups_since == self.state.threads().get(facts.thread).born {
            String::new()
        } else {
            format!(", {}", self.told_text(version))
        };
        let record = self.state.containers().get(facts.container);
        ContainerDetail {
            name: record.map_or_else(String::new, |record| lossy(&record.name)),
            image: record.map_or_else(String::new, |record| lossy(&record.image)),
            how: format!("{}{cgroup}{told}", self.birth_text(facts.thread)),
            contradiction,
            id,
        }
    }

    /// What contradicts the container of a thread, and where each side is from, in words; empty when nothing does.
    fn contradiction_text(&self, index: VersionIndex, cgroups: &[String], row: Row) -> String {
        let state = &self.state;
        let version = state.version(index);
        let tid = state.threads().get(version.thread).tid;
        let parent_text = |parent: VersionIndex| {
            let parent = state.version(parent);
            let tid = state.threads().get(parent.thread).tid;
            format!("its parent {tid} is {} in the pid namespace of container {}", parent.vtid, lossy(state.text(parent.container)))
        };
        match state.contradiction_at(index, row) {
            None => String::new(),
            Some(Contradiction::Hierarchies { entry }) => {
                let (name, path) = cgroups.get(entry).and_then(|entry| entry.split_once('=')).unwrap_or_default();
                format!("its cgroup {name} is {path}, {}", self.told_text(index))
            }
            Some(Contradiction::NoRecord) => {
                format!("the capture has no record of this container, as it has of others; only its cgroups name it, {}", self.told_text(index))
            }
            Some(Contradiction::LookupFailed) => {
                format!("the record of this container says that no engine knew it; only its cgroups name it, {}", self.told_text(index))
            }
            Some(Contradiction::HostByCgroups { parent }) => {
                format!("its cgroups, {}, name no container, but it is {} in a pid namespace and {}", self.told_text(index), version.vtid, parent_text(parent))
            }
            Some(Contradiction::HostByIds { parent }) => {
                format!("its cgroups, {}, name a container, but it has the host's id {tid} and {}", self.told_text(index), parent_text(parent))
            }
        }
    }

    fn user(&self, container: Text, uid: u32, row: Row) -> String {
        self.state.identities().user(container, uid, row).map_or_else(String::new, |name| lossy(self.state.text(name)))
    }

    fn group(&self, container: Text, gid: u32, row: Row) -> String {
        self.state.identities().group(container, gid, row).map_or_else(String::new, |name| lossy(self.state.text(name)))
    }
}

impl Session {
    /// State as of the event at `row`; `None` when there is no such row. Bytes are read only for events of threads
    /// that nothing is known of.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn state_at(&self, row: Row, source: &mut dyn ByteSource) -> Result<Option<StateDetail>, ReadError> {
        use model::View;

        let core = self.core();
        let Some(record) = core.index.record(row) else { return Ok(None) };
        let state = &core.state;
        if record.version == NONE {
            let blocks = Blocks::read(core, &[record], source)?;
            let mut scratch = Vec::new();
            let tid = blocks.event(core, &record, &mut scratch)?.tid;
            return Ok(Some(StateDetail::unknown(tid)));
        }
        let version = state.version(record.version);
        // Recorders keep the line feed of the file they read a path from.
        let cgroups: Vec<String> = split(state.text(version.cgroups)).into_iter().map(|entry| entry.trim_end().to_owned()).collect();
        let of = |text| lossy(state.text(text));
        let loginuid = (version.loginuid != u32::MAX).then_some(version.loginuid);
        let ancestors = state.ancestors_at(record.version, row).into_iter().map(|index| {
            let version = state.version(index);
            ProcessRef { tid: state.threads().get(version.thread).tid, pid: version.pid, comm: of(version.comm) }
        });
        let fds = state.slots_at(record.version, row).into_iter().map(|(fd, description)| core.fd_detail(fd, description, row));
        Ok(Some(StateDetail {
            tid: state.threads().get(version.thread).tid,
            pid: version.pid,
            ptid: version.ptid,
            comm: of(version.comm),
            exe: of(version.exe),
            exepath: of(version.exepath),
            args: split(state.text(version.args)),
            cwd: lossy(state.as_of(record.version, row).cwd()),
            root: of(version.root),
            sid: version.sid,
            vtid: version.vtid,
            vpid: version.vpid,
            uid: version.uid,
            user: core.user(version.container, version.uid, row),
            gid: version.gid,
            group: core.group(version.container, version.gid, row),
            loginuid,
            loginuser: loginuid.map(|uid| core.user(version.container, uid, row)),
            identity_since: core.event_ref(version.identity_since),
            ancestors: ancestors.collect(),
            container: core.container_detail(record.version, &cgroups, row),
            cgroups,
            fds: fds.collect(),
        }))
    }
}

impl StateDetail {
    /// A thread of which nothing but its id is known.
    fn unknown(tid: i64) -> Self {
        Self {
            tid,
            pid: -1,
            ptid: -1,
            comm: "<NA>".to_owned(),
            exe: String::new(),
            exepath: String::new(),
            args: Vec::new(),
            cwd: String::new(),
            root: String::new(),
            sid: -1,
            vtid: -1,
            vpid: -1,
            uid: u32::MAX,
            user: String::new(),
            gid: u32::MAX,
            group: String::new(),
            loginuid: None,
            loginuser: None,
            identity_since: None,
            ancestors: Vec::new(),
            container: ContainerDetail::default(),
            cgroups: Vec::new(),
            fds: Vec::new(),
        }
    }
}
