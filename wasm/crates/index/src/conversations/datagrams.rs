//! Which unix datagram was received where: receivers print no sender, so datagrams are matched in order by size, and
//! where the receiver is bound under another name (a symbolic link), by their bytes.

use std::collections::VecDeque;

use hashbrown::HashMap;
use model::Row;
use model::state::{DescriptionIndex, NONE};

/// Datagrams that wait for their other edge; older ones are forgotten.
const WAITING: usize = 1024;
/// So many paths without a known receiver are looked through for equal bytes.
const PATHS: usize = 64;
/// So many bytes of each datagram are compared.
const HEAD: usize = 64;

/// One datagram: how long it was, and a hash of its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Datagram {
    pub(super) bytes: u64,
    pub(super) head: u64,
}

/// Hash of the first bytes of a datagram (FNV-1a); 0 when none were captured.
pub(super) fn head(data: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in data.iter().take(HEAD) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    }
    if data.is_empty() { 0 } else { hash }
}

/// What went to one path: what was sent and not yet seen received, and the reverse.
#[derive(Debug)]
struct Receiver {
    path: Box<[u8]>,
    /// Ledger of the sender, and what it sent.
    sent: VecDeque<(u32, Datagram)>,
    /// Receives whose send has not returned yet.
    received: VecDeque<Datagram>,
    /// The socket that receives there.
    description: DescriptionIndex,
    /// It is bound under another name.
    by_bytes: bool,
    /// Receives of datagrams that nobody was seen to send.
    strange: Strange,
}

/// Received datagrams whose sender is not in the capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Strange {
    pub(super) calls: u32,
    pub(super) bytes: u64,
    pub(super) first: Row,
    pub(super) last: Row,
}

/// Receiving sockets by the path they are bound to, and the paths that datagrams were sent to.
#[derive(Debug, Default)]
pub(super) struct Datagrams {
    receivers: Vec<Receiver>,
    by_path: HashMap<Box<[u8]>, usize>,
}

impl Datagrams {
    fn receiver(&mut self, path: &[u8]) -> usize {
        if let Some(known) = self.by_path.get(path) {
            return *known;
        }
        self.receivers.push(Receiver { path: path.into(), sent: VecDeque::new(), received: VecDeque::new(), description: NONE, by_bytes: false, strange: Strange::default() });
        self.by_path.insert(path.into(), self.receivers.len() - 1);
        self.receivers.len() - 1
    }

    /// A datagram went to a path. Answers the sender whose datagram has been received.
    pub(super) fn sent(&mut self, path: &[u8], ledger: u32, datagram: Datagram) -> Option<u32> {
        let at = self.receiver(path);
        let description = self.receivers.get(at).map_or(NONE, |receiver| receiver.description);
        let same = |receiver: &Receiver| receiver.path.as_ref() == path || (description != NONE && receiver.description == description);
        for receiver in self.receivers.iter_mut().filter(|receiver| same(receiver)) {
            if let Some(at) = receiver.received.iter().position(|waiting| waiting.bytes == datagram.bytes) {
                receiver.received.remove(at);
                receiver.strange.calls = receiver.strange.calls.saturating_sub(1);
                receiver.strange.bytes = receiver.strange.bytes.saturating_sub(datagram.bytes);
                return Some(ledger);
            }
        }
        let receiver = self.receivers.get_mut(at)?;
        receiver.sent.push_back((ledger, datagram));
        if receiver.sent.len() > WAITING {
            receiver.sent.pop_front();
        }
        None
    }

    /// A socket bound to a path received a datagram. Answers its sender.
    pub(super) fn received(&mut self, path: &[u8], description: DescriptionIndex, row: Row, datagram: Datagram) -> Option<u32> {
        let own = self.receiver(path);
        // First what was sent to its own name, then to a name that is known for it, then to one that nobody is known for.
        let same_size = |(_, waiting): &(u32, Datagram)| waiting.bytes == datagram.bytes;
        if let Some(receiver) = self.receivers.get_mut(own) {
            receiver.description = description;
            if let Some(at) = receiver.sent.iter().position(same_size) {
                return receiver.sent.remove(at).map(|(ledger, _)| ledger);
            }
        }
        for receiver in self.receivers.iter_mut().filter(|receiver| receiver.description == description) {
            if let Some(at) = receiver.sent.iter().position(same_size) {
                return receiver.sent.remove(at).map(|(ledger, _)| ledger);
            }
        }
        if datagram.head != 0 {
            for receiver in self.receivers.iter_mut().filter(|receiver| receiver.description == NONE).take(PATHS) {
                if let Some(at) = receiver.sent.iter().position(|(_, waiting)| *waiting == datagram) {
                    receiver.description = description;
                    receiver.by_bytes = true;
                    return receiver.sent.remove(at).map(|(ledger, _)| ledger);
                }
            }
        }
        let receiver = self.receivers.get_mut(own)?;
        let strange = &mut receiver.strange;
        if strange.calls == 0 {
            strange.first = row;
        }
        *strange = Strange { calls: strange.calls + 1, bytes: strange.bytes + datagram.bytes, last: row, ..*strange };
        receiver.received.push_back(datagram);
        if receiver.received.len() > WAITING {
            receiver.received.pop_front();
        }
        None
    }

    /// The socket that receives at a path.
    pub(super) fn description(&self, path: &[u8]) -> Option<DescriptionIndex> {
        let receiver = self.receivers.get(*self.by_path.get(path)?)?;
        (receiver.description != NONE).then_some(receiver.description)
    }

    /// Whether the receiver of a path was found by its bytes, being bound under another name.
    pub(super) fn by_bytes(&self, path: &[u8]) -> bool {
        self.by_path.get(path).and_then(|at| self.receivers.get(*at)).is_some_and(|receiver| receiver.by_bytes)
    }

    /// Sockets that received datagrams of unknown senders: path, socket, sums.
    pub(super) fn strange(&self) -> impl Iterator<Item = (&[u8], DescriptionIndex, Strange)> {
        self.receivers.iter().filter(|receiver| receiver.description != NONE && receiver.strange.calls > 0).map(|receiver| (receiver.path.as_ref(), receiver.description, receiver.strange))
    }

    /// Whether a socket is known to receive what was sent to a path, its own or another.
    pub(super) fn is_receiver(&self, description: DescriptionIndex) -> bool {
        self.receivers.iter().any(|receiver| receiver.by_bytes && receiver.description == description)
    }
}
