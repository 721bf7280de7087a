//! Users and groups: of the host, and of containers as their records come in.

use super::Row;
use super::strings::Text;
use hashbrown::HashMap;

/// Names of ids, by container; the empty container is the host.
#[derive(Default)]
pub struct Identities {
    users: Names,
    groups: Names,
}

impl Identities {
    /// A user has this name (`None`: it was deleted) from this row on.
    pub fn set_user(&mut self, container: Text, uid: u32, name: Option<Text>, row: Row) {
        set(&mut self.users, (container, uid), name, row);
    }

    /// A group has this name (`None`: it was deleted) from this row on.
    pub fn set_group(&mut self, container: Text, gid: u32, name: Option<Text>, row: Row) {
        set(&mut self.groups, (container, gid), name, row);
    }

    /// Name of a user as of a row: the container's own, else the host's.
    pub fn user(&self, container: Text, uid: u32, row: Row) -> Option<Text> {
        at(&self.users, container, uid, row)
    }

    /// Name of a group as of a row: the container's own, else the host's.
    pub fn group(&self, container: Text, gid: u32, row: Row) -> Option<Text> {
        at(&self.groups, container, gid, row)
    }
}

/// By container and id: each name with its first row, `None` once it was deleted.
type Names = HashMap<(Text, u32), Vec<(Row, Option<Text>)>>;

fn set(names: &mut Names, key: (Text, u32), name: Option<Text>, row: Row) {
    let known = names.entry(key).or_default();
    if known.last().map(|(_, name)| *name) != Some(name) {
        known.push((row, name));
    }
}

fn at(names: &Names, container: Text, id: u32, row: Row) -> Option<Text> {
    let find = |container| names.get(&(container, id)).and_then(|known| known.iter().rev().find(|(since, _)| *since <= row)).and_then(|(_, name)| *name);
    find(container).or_else(|| if container == Text::EMPTY { None } else { find(Text::EMPTY) })
}
