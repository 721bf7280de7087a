//! Users and groups: of the host, and of containers as their records come in.

use super::Row;
use super::strings::Text;
use hashbrown::HashMap;

/// One user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Name.
    pub name: Text,
    /// Home directory.
    pub home: Text,
    /// Shell.
    pub shell: Text,
}

/// Names of ids, by container; the empty container is the host.
#[derive(Default)]
pub struct Identities {
    users: Names<Account>,
    groups: Names<Text>,
}

impl Identities {
    /// A user has this name, home and shell (`None`: it was deleted) from this row on.
    pub fn set_user(&mut self, container: Text, uid: u32, account: Option<Account>, row: Row) {
        set(&mut self.users, (container, uid), account, row);
    }

    /// A group has this name (`None`: it was deleted) from this row on.
    pub fn set_group(&mut self, container: Text, gid: u32, name: Option<Text>, row: Row) {
        set(&mut self.groups, (container, gid), name, row);
    }

    /// Name of a user as of a row: the container's own, else the host's.
    pub fn user(&self, container: Text, uid: u32, row: Row) -> Option<Text> {
        self.account(container, uid, row).map(|account| account.name)
    }

    /// A user as of a row: the container's own, else the host's.
    pub fn account(&self, container: Text, uid: u32, row: Row) -> Option<Account> {
        at(&self.users, container, uid, row)
    }

    /// Name of a group as of a row: the container's own, else the host's.
    pub fn group(&self, container: Text, gid: u32, row: Row) -> Option<Text> {
        at(&self.groups, container, gid, row)
    }
}

/// By container and id: each name with its first row, `None` once it was deleted.
type Names<T> = HashMap<(Text, u32), Vec<(Row, Option<T>)>>;

fn set<T: Copy + PartialEq>(names: &mut Names<T>, key: (Text, u32), name: Option<T>, row: Row) {
    let known = names.entry(key).or_default();
    if known.last().map(|(_, name)| *name) != Some(name) {
        known.push((row, name));
    }
}

fn at<T: Copy>(names: &Names<T>, container: Text, id: u32, row: Row) -> Option<T> {
    let find = |container| names.get(&(container, id)).and_then(|known| known.iter().rev().find(|(since, _)| *since <= row)).and_then(|(_, name)| *name);
    find(container).or_else(|| if container == Text::EMPTY { None } else { find(Text::EMPTY) })
}
