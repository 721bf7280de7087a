//! Numbers out of bytes, in the byte order of the recording host.

/// Byte order of a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Little,
    Big,
}

impl Order {
    #[inline]
    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    #[inline]
    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    #[inline]
    pub(crate) fn u64(self, bytes: [u8; 8]) -> u64 {
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        }
    }
}

/// Reads forward through a slice; every step says `None` instead of running past the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
    order: Order,
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(rest: &'a [u8], order: Order) -> Self {
        Self { rest, order }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.rest.len()
    }

    #[inline]
    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(head)
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        let [byte] = self.array()?;
        Some(byte)
    }

    #[inline]
    pub(crate) fn u16(&mut self) -> Option<u16> {
        Some(self.order.u16(self.array()?))
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(self.order.u32(self.array()?))
    }

    #[inline]
    pub(crate) fn u64(&mut self) -> Option<u64> {
        Some(self.order.u64(self.array()?))
    }

    #[inline]
    pub(crate) fn i64(&mut self) -> Option<i64> {
        Some(self.u64()?.cast_signed())
    }

    /// A text with its u16 length before it.
    pub(crate) fn text(&mut self, longest: usize) -> Option<&'a [u8]> {
        let len = usize::from(self.u16()?);
        if len > longest { None } else { self.take(len) }
    }
}

/// The u32 that stands at `at`, if it is wholly inside.
#[inline]
pub(crate) fn u32_at(bytes: &[u8], at: usize, order: Order) -> Option<u32> {
    Some(order.u32(*bytes.get(at..)?.first_chunk()?))
}
