//! Which unix datagram was received where: receivers print no sender, so datagrams are matched in order by size.

use std::collections::VecDeque;

use hashbrown::HashMap;
use model::state::DescriptionIndex;

/// Datagrams that wait for their other edge; older ones are forgotten.
const WAITING: usize = 1024;

/// A receiving socket: what was sent to it and not yet seen received, and the reverse.
#[derive(Debug, Default)]
struct Receiver {
    /// Ledger of the sender and bytes.
    sent: VecDeque<(u32, u64)>,
    /// Receives whose send has not returned yet.
    received: VecDeque<u64>,
    description: DescriptionIndex,
}

/// Receiving sockets by the path they are bound to.
#[derive(Debug, Default)]
pub(super) struct Datagrams {
    receivers: HashMap<Box<[u8]>, Receiver>,
}

impl Datagrams {
    fn receiver(&mut self, path: &[u8]) -> &mut Receiver {
        if !self.receivers.contains_key(path) {
            self.receivers.insert(path.into(), Receiver { description: model::state::NONE, ..Receiver::default() });
        }
        self.receivers.entry(path.into()).or_default()
    }

    /// A datagram went to a path. Answers the sender whose datagram has been received.
    pub(super) fn sent(&mut self, path: &[u8], _to: u64, ledger: u32, bytes: u64) -> Option<u32> {
        let receiver = self.receiver(path);
        if let Some(at) = receiver.received.iter().position(|waiting| *waiting == bytes) {
            receiver.received.remove(at);
            return Some(ledger);
        }
        receiver.sent.push_back((ledger, bytes));
        if receiver.sent.len() > WAITING {
            receiver.sent.pop_front();
        }
        None
    }

    /// A socket bound to a path received a datagram. Answers its sender.
    pub(super) fn received(&mut self, path: &[u8], description: DescriptionIndex, bytes: u64) -> Option<u32> {
        let receiver = self.receiver(path);
        receiver.description = description;
        if let Some(at) = receiver.sent.iter().position(|(_, waiting)| *waiting == bytes) {
            return receiver.sent.remove(at).map(|(ledger, _)| ledger);
        }
        receiver.received.push_back(bytes);
        if receiver.received.len() > WAITING {
            receiver.received.pop_front();
        }
        None
    }

    /// The socket that receives at a path.
    pub(super) fn description(&self, path: &[u8]) -> Option<DescriptionIndex> {
        self.receivers.get(path).map(|receiver| receiver.description).filter(|description| *description != model::state::NONE)
    }
}
