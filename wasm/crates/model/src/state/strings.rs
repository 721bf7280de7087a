//! Names kept once: every text of the state is a number here.

use crate::digest::Digest;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher as _};

/// A text kept by [`Strings`]. Equal ids, equal texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Text(u32);

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self(0);
    /// The text `<NA>`, which stands for what nobody recorded.
    pub const NA: Self = Self(1);
    /// What an unnamed or unknown address prints.
    pub const UNKNOWN: Self = Self(2);

    /// Its number, dense from 0: an index for tables beside the texts.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Keeps each text once, in one run of bytes.
pub struct Strings {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    ids: HashTable<u32>,
    hasher: foldhash::fast::RandomState,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self { bytes: Vec::new(), ends: Vec::new(), ids: HashTable::new(), hasher: foldhash::fast::RandomState::default() };
        for text in [&b""[..], b"<NA>", b"<unknown>"] {
            strings.keep(text);
        }
        strings
    }
}

impl Strings {
    /// The id of a text, kept now if it was not before.
    pub fn keep(&mut self, text: &[u8]) -> Text {
        let hash = self.hasher.hash_one(text);
        let (bytes, ends) = (&self.bytes, &self.ends);
        if let Some(id) = self.ids.find(hash, |id| slice(bytes, ends, *id) == text) {
            return Text(*id);
        }
        let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(text);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        let (bytes, ends, hasher) = (&self.bytes, &self.ends, &self.hasher);
        self.ids.insert_unique(hash, id, |id| hasher.hash_one(slice(bytes, ends, *id)));
        Text(id)
    }

    /// The bytes of a text.
    pub fn get(&self, text: Text) -> &[u8] {
        slice(&self.bytes, &self.ends, text.0)
    }

    pub(super) fn digest(&self, into: &mut Digest) {
        into.write(&self.bytes);
        into.all(self.ends.iter());
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4 + self.ids.allocation_size()
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], id: u32) -> &'a [u8] {
    let at = id as usize;
    let start = if at == 0 { 0 } else { ends.get(at - 1).copied().unwrap_or(0) as usize };
    let end = ends.get(at).copied().unwrap_or(0) as usize;
    bytes.get(start..end).unwrap_or_default()
}
