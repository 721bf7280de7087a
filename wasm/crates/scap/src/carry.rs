//! Holds the bytes that one slice ended with until the next one brings the rest.

/// Pieces in which a stretch is carried that is only searched; more than that is not kept when it is not needed.
pub(crate) const SEARCH_PIECE: usize = 64 << 10;

/// Bytes that wait for the next slice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carry {
    bytes: Vec<u8>,
    /// Bytes in front that are used up; moved away only now and then.
    head: usize,
    /// How many bytes the next step wants.
    need: usize,
}

impl Carry {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.head..).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - self.head
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn missing(&self) -> usize {
        self.need.saturating_sub(self.len())
    }

    pub(crate) fn keep(&mut self, rest: &[u8], need: usize) {
        self.append(rest);
        self.want(need);
    }

    pub(crate) fn want(&mut self, need: usize) {
        self.need = need;
    }

    /// Grows by what is really there, never by what a length in the file promises.
    pub(crate) fn append(&mut self, piece: &[u8]) {
        if self.head > self.len() {
            self.bytes.drain(..self.head);
            self.head = 0;
        }
        if self.bytes.capacity() - self.bytes.len() < piece.len() {
            self.bytes.reserve_exact(piece.len().max(self.bytes.len() / 4));
        }
        self.bytes.extend_from_slice(piece);
    }

    pub(crate) fn use_up(&mut self, len: usize) {
        self.head = (self.head + len).min(self.bytes.len());
        self.need = 0;
        if self.is_empty() {
            self.clear();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.head = 0;
        self.need = 0;
        self.bytes.clear();
        // A large block must not leave its memory behind.
        self.bytes.shrink_to(SEARCH_PIECE);
    }
}
