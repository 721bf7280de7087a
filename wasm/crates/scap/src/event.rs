//! One event as it stands in the file.

/// One event, borrowed from the bytes it was read from.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Where its block starts, in bytes of the inflated stream.
    pub offset: u64,
    /// Length of the whole block in bytes, framing included.
    pub block_len: u32,
    /// CPU the event was recorded on; may exceed the machine's CPU count.
    pub cpu: u16,
    /// Kept only so that state can be followed; never shown.
    pub state_only: bool,
    /// Nanoseconds since the epoch; all ones when the recorder did not know.
    pub ts: u64,
    /// Thread the event belongs to, in the host's pid namespace.
    pub tid: i64,
    /// Event type: even is an enter, odd an exit.
    pub kind: u16,
    /// The parameters, in file order.
    pub params: Params<'a>,
}

/// The parameters of one event: a length array and the bytes behind it, already checked against each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Params<'a> {
    lengths: &'a [u8],
    data: &'a [u8],
    /// True when lengths are u32 (large events), else u16.
    large: bool,
}

impl<'a> Params<'a> {
    /// Takes a little-endian length array and the parameter bytes; `None` when the lengths run past the data.
    pub fn new(lengths: &'a [u8], data: &'a [u8], large: bool) -> Option<Self> {
        let params = Self { lengths, data, large };
        let mut sum = 0usize;
        for index in 0..params.len() {
            sum = sum.checked_add(params.length(index)?)?;
        }
        (sum <= data.len()).then_some(params)
    }

    /// How many parameters the event carries.
    pub fn len(&self) -> usize {
        if self.large { self.lengths.len() / 4 } else { self.lengths.len() / 2 }
    }

    /// True when the event carries none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn length(&self, index: usize) -> Option<usize> {
        if self.large {
            let at = index.checked_mul(4)?;
            let bytes = self.lengths.get(at..at.checked_add(4)?)?;
            usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
        } else {
            let at = index.checked_mul(2)?;
            let bytes = self.lengths.get(at..at.checked_add(2)?)?;
            Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
        }
    }

    /// Bytes of parameter `index`; `None` when the event has fewer.
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        let mut start = 0usize;
        for before in 0..index {
            start = start.checked_add(self.length(before)?)?;
        }
        self.data.get(start..start.checked_add(self.length(index)?)?)
    }

    /// All parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let mut start = 0usize;
        (0..self.len()).map_while(move |index| {
            let end = start.checked_add(self.length(index)?)?;
            let bytes = self.data.get(start..end)?;
            start = end;
            Some(bytes)
        })
    }

    /// Parameter `index` as a signed number of its own width (1, 2, 4 or 8 bytes).
    pub fn int(&self, index: usize) -> Option<i64> {
        let bytes = self.get(index)?;
        match *bytes {
            [a] => Some(i64::from(a as i8)),
            [a, b] => Some(i64::from(i16::from_le_bytes([a, b]))),
            [a, b, c, d] => Some(i64::from(i32::from_le_bytes([a, b, c, d]))),
            [a, b, c, d, e, f, g, h] => Some(i64::from_le_bytes([a, b, c, d, e, f, g, h])),
            _ => None,
        }
    }

    /// Parameter `index` as an unsigned number of its own width (1, 2, 4 or 8 bytes).
    pub fn uint(&self, index: usize) -> Option<u64> {
        let bytes = self.get(index)?;
        match *bytes {
            [a] => Some(u64::from(a)),
            [a, b] => Some(u64::from(u16::from_le_bytes([a, b]))),
            [a, b, c, d] => Some(u64::from(u32::from_le_bytes([a, b, c, d]))),
            [a, b, c, d, e, f, g, h] => Some(u64::from_le_bytes([a, b, c, d, e, f, g, h])),
            _ => None,
        }
    }

    /// Parameter `index` as C text: the bytes before the first NUL.
    pub fn text(&self, index: usize) -> Option<&'a [u8]> {
        let bytes = self.get(index)?;
        bytes.split(|byte| *byte == 0).next()
    }
}
