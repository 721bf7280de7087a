//! Containers: which one a thread's cgroups name, and what metadata records say of it.

use super::identity::Account;
use super::strings::{Strings, Text};
use super::threads::{Birth, ThreadVersion};
use super::{Row, State, VersionIndex};
use hashbrown::HashMap;
use scap::Event;

/// What a metadata record said of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Short id.
    pub id: Vec<u8>,
    /// Name; may be empty.
    pub name: Vec<u8>,
    /// Image; may be empty.
    pub image: Vec<u8>,
    /// What the record says of the container, by name.
    pub facts: serde_json::Value,
    /// First row at which it was known.
    pub since: Row,
}

/// What a capture says of a thread's container that cannot all be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// Its hierarchies of cgroups name different containers.
    Hierarchies {
        /// Place in the cgroup list of the first that names another one.
        entry: usize,
    },
    /// Its cgroups name a container of which there is no record, though there are records of others.
    NoRecord,
    /// The record of its container says that no engine knew it.
    LookupFailed,
    /// It is in a pid namespace, born by a parent in a container, and its cgroups name none.
    HostByCgroups {
        /// The parent as it was.
        parent: VersionIndex,
    },
    /// Its cgroups name a container, and its ids are those of the host, though its parent's are those of a pid namespace,
    /// which nobody leaves.
    HostByIds {
        /// The parent as it was.
        parent: VersionIndex,
    },
}

/// All containers that were named.
#[derive(Default)]
pub struct Containers {
    known: HashMap<Text, Vec<Container>>,
    /// Container id of each cgroup list met so far.
    resolved: HashMap<Vec<u8>, Text>,
}

impl Containers {
    /// Id of the container that a cgroup list names; empty for the host.
    pub fn of_cgroups(&mut self, cgroups: &[u8], strings: &mut Strings) -> Text {
        if let Some(id) = self.resolved.get(cgroups) {
            return *id;
        }
        let id = strings.keep(&id_of(cgroups).unwrap_or_default());
        self.resolved.insert(cgroups.to_vec(), id);
        id
    }

    /// Keeps a record; a later one of the same id replaces an earlier one from its row on.
    pub fn record(&mut self, id: Text, container: Container) {
        self.known.entry(id).or_default().push(container);
    }

    /// What was known of a container just after the event at `row`.
    pub fn get_at(&self, id: Text, row: Row) -> Option<&Container> {
        self.known.get(&id)?.iter().rev().find(|container| container.since <= row)
    }

    /// Whether the capture has no record of any.
    fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The newest record of a container.
    pub fn get(&self, id: Text) -> Option<&Container> {
        self.known.get(&id)?.last()
    }
}

/// Resolves a cgroup list: first match in the order of the list, engines in the order of the reference.
fn id_of(cgroups: &[u8]) -> Option<Vec<u8>> {
    cgroups.split(|byte| *byte == 0).filter_map(|entry| id_of_path(path_of(entry)?)).next()
}

/// The path of an entry `subsystem=path`.
fn path_of(entry: &[u8]) -> Option<&[u8]> {
    let equals = entry.iter().position(|byte| *byte == b'=')?;
    entry.get(equals + 1..)
}

/// The first entry that names another container than `id`. Where one path lies inside the other's container, as that of a
/// container in a container does, they agree.
fn other_container(cgroups: &[u8], id: &[u8]) -> Option<usize> {
    let holds = |path: &[u8], id: &[u8]| id.is_empty() || path.windows(id.len()).any(|part| part == id);
    let named = cgroups.split(|byte| *byte == 0).filter_map(path_of).find(|path| id_of_path(path).as_deref() == Some(id))?;
    cgroups.split(|byte| *byte == 0).position(|entry| {
        let Some(path) = path_of(entry) else { return false };
        id_of_path(path).is_some_and(|other| !holds(path, id) && !holds(named, &other))
    })
}

fn id_of_path(path: &[u8]) -> Option<Vec<u8>> {
    // Recorders keep the line feed of the file they read it from.
    let path = std::str::from_utf8(path).ok()?.trim_end_matches('\n');
    let mut parts = path.rsplit('/');
    let last = parts.next()?;
    let above = parts.next();
    let hex64 = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let short = |text: &str| text.get(..12).map(|id| id.as_bytes().to_vec());
    let scoped = |text: &str, prefix: &str| text.strip_prefix(prefix).map(|rest| rest.strip_suffix(".scope").unwrap_or(rest)).filter(|id| hex64(id)).and_then(short);
    // podman
    if let Some(id) = scoped(last, "libpod-").or_else(|| if last == "container" { above.and_then(|above| scoped(above, "libpod-")) } else { None }) {
        return Some(id);
    }
    // docker
    if hex64(last) {
        return short(last);
    }
    for prefix in ["docker-", "crio-", "cri-containerd-"] {
        if let Some(id) = scoped(last, prefix) {
            return Some(id);
        }
    }
    if let Some(id) = last.rsplit(':').next().filter(|id| last.contains(":cri-containerd:") && hex64(id)) {
        return short(id);
    }
    // lxc
    for marker in ["/lxc/", "/lxc.payload/", "/lxc.payload."] {
        if let Some(at) = path.find(marker)
            && let Some(name) = path.get(at + marker.len()..).and_then(|rest| rest.split('/').next()).filter(|name| !name.is_empty())
        {
            return Some(name.as_bytes().to_vec());
        }
    }
    // libvirt-lxc
    if let Some(name) = last.strip_suffix(".libvirt-lxc") {
        return Some(name.as_bytes().to_vec());
    }
    if let Some(at) = last.find("-lxc\\x2d")
        && let Some(name) = last.get(at + 8..).and_then(|rest| rest.strip_suffix(".scope"))
    {
        return Some(name.as_bytes().to_vec());
    }
    if let Some(at) = path.find("/libvirt/lxc/") {
        return path.get(at + 13..).and_then(|rest| rest.split('/').next()).map(|name| name.as_bytes().to_vec());
    }
    // mesos
    if let Some(at) = path.find("/mesos/")
        && let Some(uuid) = path.get(at + 7..).and_then(|rest| rest.get(..36)).filter(|uuid| uuid.matches('-').count() == 4)
    {
        return Some(uuid.as_bytes().to_vec());
    }
    // bpm
    if let Some(at) = path.find("bpm-")
        && let Some(id) = path.get(at + 4..).and_then(|rest| rest.find(".scope").and_then(|end| rest.get(..end)))
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    {
        return Some(id.as_bytes().to_vec());
    }
    // containerd
    let free = path.strip_prefix("/default/").filter(|id| (1..=64).contains(&id.len()) && !id.contains('/'));
    let id = free.filter(|id| ![".service", ".slice", ".scope"].iter().any(|ending| id.ends_with(ending)))?;
    Some(id.as_bytes().iter().copied().take(12).collect())
}

/// Whether a thread is in a pid namespace other than the host's; `None` when its ids there were not recorded.
fn is_inside(tid: i64, version: &ThreadVersion) -> Option<bool> {
    (version.vtid > 0 && version.vpid > 0).then_some(version.vtid != tid && version.vpid != version.pid)
}

impl State {
    /// What contradicts the container of a thread, as of a row. Only what no sound capture holds counts: a process that
    /// is moved to a container, or shares its pid namespace with the host, contradicts nothing.
    pub fn contradiction_at(&self, index: VersionIndex, row: Row) -> Option<Contradiction> {
        let version = self.version(index);
        let inside = is_inside(self.threads.get(version.thread).tid, version);
        let parent = self.parent_at(version, row).filter(|parent| {
            let parent = self.version(*parent);
            parent.container != Text::EMPTY && is_inside(self.threads.get(parent.thread).tid, parent) == Some(true)
        });
        if version.container == Text::EMPTY {
            let parent = parent.filter(|_| inside == Some(true) && version.cgroups != Text::EMPTY)?;
            return Some(Contradiction::HostByCgroups { parent });
        }
        if let Some(entry) = other_container(self.text(version.cgroups), self.text(version.container)) {
            return Some(Contradiction::Hierarchies { entry });
        }
        if let Some(parent) = parent.filter(|_| inside == Some(false)) {
            return Some(Contradiction::HostByIds { parent });
        }
        match self.containers.get(version.container) {
            None => (!self.containers.is_empty()).then_some(Contradiction::NoRecord),
            Some(record) => (record.facts.get("lookup_state").and_then(serde_json::Value::as_u64) == Some(2)).then_some(Contradiction::LookupFailed),
        }
    }

    /// The parent of a thread: as it was when it bore it, or, where that was not recorded, as of `row`.
    fn parent_at(&self, version: &ThreadVersion, row: Row) -> Option<VersionIndex> {
        let (parent, row) = match self.threads.get(version.thread).birth {
            Birth::Cloned { row, parent } => (parent, row),
            _ => (version.ptid, row),
        };
        let thread = self.threads.find_at(parent, row)?;
        Some(self.threads.version_at(thread, row))
    }

    /// Reads a container record. Answers its id; `None` when it cannot be read.
    pub(super) fn container_record(&mut self, event: &Event<'_>, row: Row) -> Option<Text> {
        let container = if event.kind == 228 {
            Container {
                id: event.params.text(0)?.to_vec(),
                name: event.params.text(2).unwrap_or_default().to_vec(),
                image: event.params.text(3).unwrap_or_default().to_vec(),
                facts: serde_json::json!({ "type": event.params.uint(1) }),
                since: row,
            }
        } else {
            let json = match event.kind {
                402 if event.params.text(1)? != b"container" => return None,
                402 => event.params.text(2)?,
                _ => event.params.text(0)?,
            };
            let mut value: serde_json::Value = serde_json::from_slice(json).ok()?;
            let facts = value.get_mut("container").map(serde_json::Value::take).unwrap_or_default();
            let field = |name: &str| facts.get(name).and_then(|text| text.as_str()).unwrap_or_default().as_bytes().to_vec();
            Container { id: field("id"), name: field("name"), image: field("image"), since: row, facts }
        };
        let id = self.strings.keep(&container.id);
        self.containers.record(id, container);
        Some(id)
    }

    /// Reads a user or group record.
    pub(super) fn identity_record(&mut self, event: &Event<'_>, row: Row) {
        let params = &event.params;
        let is_user = event.kind < 358;
        let Some(id) = params.uint(0).and_then(|id| u32::try_from(id).ok()) else { return };
        let (name, container) = if is_user { (params.text(2), params.text(5)) } else { (params.text(1), params.text(2)) };
        let container = self.strings.keep(container.unwrap_or_default());
        let added = matches!(event.kind, 354 | 358);
        let name = if added { Some(self.strings.keep(name.unwrap_or_default())) } else { None };
        if is_user {
            let account = name.map(|name| Account { name, home: self.strings.keep(params.text(3).unwrap_or_default()), shell: self.strings.keep(params.text(4).unwrap_or_default()) });
            self.identities.set_user(container, id, account, row);
        } else {
            self.identities.set_group(container, id, name, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::id_of;

    #[test]
    fn a_docker_path_gives_the_first_twelve_digits() {
        let id = "d7bb71f7610b01172a9b87cd09ac04709d4239f2acc73f6e237adbafc3099312";
        assert_eq!(id_of(format!("cpuset=/docker/{id}\0cpu=/").as_bytes()).as_deref(), Some(&b"d7bb71f7610b"[..]));
        assert_eq!(id_of(format!("cpu=/system.slice/docker-{id}.scope").as_bytes()).as_deref(), Some(&b"d7bb71f7610b"[..]));
    }

    #[test]
    fn a_line_feed_behind_a_path_does_not_hide_its_container() {
        let id = "9d2fac3416febb7c1b29056cf5ceb3fb818ed71e6812d4488e0326c37b6b3a4f";
        assert_eq!(id_of(format!("cpu=/system.slice/docker-{id}.scope\n\0memory=/").as_bytes()).as_deref(), Some(&b"9d2fac3416fe"[..]));
    }

    #[test]
    fn a_service_of_the_host_is_no_container() {
        assert_eq!(id_of(b"cpu=/system.slice/ssh.service\0memory=/user.slice"), None);
    }
}
