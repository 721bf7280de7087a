//! One event as it stands in the file.

use crate::Table;
use crate::block::{FRAMING, Form, Kind, LONGEST_EVENT};
use crate::bytes::{Bytes, Order, u32_at};

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
    /// The parameter lengths contradict the event: `params` is empty, the bytes are there to look at only.
    pub unreadable: bool,
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
        let sum = if large { sum_large(lengths, Order::Little) } else { sum_small(lengths, Order::Little) };
        (sum <= data.len() as u64).then_some(Self { lengths, data, large })
    }

    /// The length array, two bytes each, and the bytes of all parameters; `None` for large events.
    #[inline]
    pub fn parts(&self) -> Option<(&'a [u8], &'a [u8])> {
        (!self.large).then_some((self.lengths, self.data))
    }

    /// How many parameters the event carries.
    pub fn len(&self) -> usize {
        if self.large { self.lengths.len() / 4 } else { self.lengths.len() / 2 }
    }

    /// True when the event carries none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn length(&self, index: usize) -> Option<usize> {
        if self.large {
            let bytes = self.lengths.get(index.checked_mul(4)?..)?.first_chunk()?;
            usize::try_from(u32::from_le_bytes(*bytes)).ok()
        } else {
            let bytes = self.lengths.get(index.checked_mul(2)?..)?.first_chunk()?;
            Some(usize::from(u16::from_le_bytes(*bytes)))
        }
    }

    /// Bytes of parameter `index`; `None` when the event has fewer.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        let data = if index == 0 { self.data } else { self.from(index)? };
        data.get(..self.length(index)?)
    }

    /// Bytes from parameter `index` on.
    fn from(&self, index: usize) -> Option<&'a [u8]> {
        let mut start = 0usize;
        if self.large {
            for before in 0..index {
                start = start.checked_add(self.length(before)?)?;
            }
        } else {
            for length in self.lengths.as_chunks::<2>().0.get(..index)? {
                // A check that ends the loop keeps it from being worked out in vectors, which is slower for a few.
                start = start.checked_add(usize::from(u16::from_le_bytes(*length)))?;
            }
        }
        self.data.get(start..)
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
    #[inline]
    pub fn int(&self, index: usize) -> Option<i64> {
        int(self.get(index)?)
    }

    /// Parameter `index` as an unsigned number of its own width (1, 2, 4 or 8 bytes).
    pub fn uint(&self, index: usize) -> Option<u64> {
        uint(self.get(index)?)
    }

    /// Parameter `index` as C text: the bytes before the first NUL.
    pub fn text(&self, index: usize) -> Option<&'a [u8]> {
        let bytes = self.get(index)?;
        bytes.split(|byte| *byte == 0).next()
    }
}

/// A parameter as a signed number of its own width (1, 2, 4 or 8 bytes).
///
/// It is loaded as a whole: in wasm an array that is made of single bytes is loaded byte by byte.
#[inline]
pub fn int(param: &[u8]) -> Option<i64> {
    Some(match param.len() {
        8 => i64::from_le_bytes(*param.first_chunk()?),
        4 => i64::from(i32::from_le_bytes(*param.first_chunk()?)),
        2 => i64::from(i16::from_le_bytes(*param.first_chunk()?)),
        1 => i64::from(i8::from_le_bytes(*param.first_chunk()?)),
        _ => return None,
    })
}

/// A parameter as an unsigned number of its own width (1, 2, 4 or 8 bytes).
#[inline]
pub fn uint(param: &[u8]) -> Option<u64> {
    Some(match param.len() {
        8 => u64::from_le_bytes(*param.first_chunk()?),
        4 => u64::from(u32::from_le_bytes(*param.first_chunk()?)),
        2 => u64::from(u16::from_le_bytes(*param.first_chunk()?)),
        1 => u64::from(*param.first()?),
        _ => return None,
    })
}

/// What is wrong with one event; the reader makes a [`Damage`](crate::Damage) of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Bytes from the start of the block.
    pub(crate) at: usize,
    pub(crate) field: &'static str,
    pub(crate) found: u64,
    pub(crate) expected: Option<u64>,
}

/// An event cut out of its block, parameters still in the section's byte order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut<'a> {
    cpu: u16,
    flags: u32,
    ts: u64,
    tid: i64,
    kind: u16,
    lengths: &'a [u8],
    data: &'a [u8],
    large: bool,
    readable: bool,
    pub(crate) fault: Option<Fault>,
}

const STATE_ONLY: u32 = 1;
/// Types whose stored length was 3 too large in version 1: notification and infrastructure.
const THREE_TOO_LONG: [u16; 2] = [280, 286];
/// Twice as many parameters as any event of any release has had.
const MOST_PARAMS: usize = 64;

#[inline]
fn sum_small(lengths: &[u8], order: Order) -> u64 {
    let (lengths, _) = lengths.as_chunks::<2>();
    let mut sum = 0u64;
    for length in lengths {
        // Far from the limit, and a checked sum would cost a branch for each.
        sum = sum.wrapping_add(u64::from(order.u16(*length)));
    }
    sum
}

#[inline]
fn sum_large(lengths: &[u8], order: Order) -> u64 {
    let (lengths, _) = lengths.as_chunks::<4>();
    lengths.iter().map(|length| u64::from(order.u32(*length))).sum()
}

/// `count` parameters if their lengths and bytes fill `payload` exactly.
#[inline]
fn fill(payload: &[u8], count: usize, large: bool, order: Order) -> Option<(&[u8], &[u8])> {
    let width = if large { 4 } else { 2 };
    let (lengths, data) = payload.split_at_checked(count.checked_mul(width)?)?;
    let sum = if large { sum_large(lengths, order) } else { sum_small(lengths, order) };
    (sum == data.len() as u64).then_some((lengths, data))
}

/// The parameter count of an event that does not carry one, or carries a wrong one.
///
/// Every further parameter needs at least its own length, so the bytes needed grow with the count and at most one
/// count fills the event exactly. No table has to be asked, and events no table knows are read too.
fn count_of(payload: &[u8], large: bool, order: Order) -> Option<usize> {
    let width = if large { 4 } else { 2 };
    let mut needed = 0u64;
    let mut lengths = widths(payload, large, order);
    for count in 0..=MOST_PARAMS {
        if needed == payload.len() as u64 {
            return Some(count);
        }
        if needed > payload.len() as u64 {
            return None;
        }
        needed += width + u64::from(lengths.next()?);
    }
    None
}

fn widths(lengths: &[u8], large: bool, order: Order) -> impl Iterator<Item = u32> + '_ {
    lengths.chunks_exact(if large { 4 } else { 2 }).map(move |length| match *length {
        [a, b] => u32::from(order.u16([a, b])),
        [a, b, c, d] => order.u32([a, b, c, d]),
        _ => 0,
    })
}

/// The one path that has to be fast: a whole little-endian block of type 0x216 or 0x217 in which every number agrees,
/// and the bytes behind it. `None` leaves it to [`cut`] to say what is different.
#[inline]
pub(crate) fn plain(bytes: &[u8], offset: u64, limit: u32) -> Option<(Event<'_>, &[u8])> {
    let (kind, after) = word_of(bytes)?;
    let (block_len, _) = word_of(after)?;
    let (block, behind) = bytes.split_at_checked(block_len as usize)?;
    let (body, trailer) = block.split_last_chunk::<4>()?;
    let (cpu, flags, rest, ahead) = match kind {
        0x216 => {
            let (head, rest) = body.split_first_chunk::<10>()?;
            (head.last_chunk::<2>()?, 0, rest, bytes.get(36..)?)
        }
        0x217 => {
            let (head, rest) = body.split_first_chunk::<14>()?;
            let (head, flags) = head.split_last_chunk::<4>()?;
            (head.last_chunk::<2>()?, u32::from_le_bytes(*flags), rest, bytes.get(40..)?)
        }
        _ => return None,
    };
    let (header, rest) = rest.split_first_chunk::<26>()?;
    let (ts, header) = header.split_first_chunk::<8>()?;
    let (tid, header) = header.split_first_chunk::<8>()?;
    let (len, header) = word_of(header)?;
    let (kind, header) = header.split_first_chunk::<2>()?;
    let (count, _) = word_of(header)?;
    let payload = rest.get(..(len as usize).checked_sub(26)?)?;
    let (lengths, data) = payload.split_at_checked((count as usize).checked_mul(2)?)?;
    // `ahead` begins with the lengths too, and goes on behind the block.
    let sum = sum_few(ahead, count).unwrap_or_else(|| sum_small(lengths, Order::Little));
    let is_framed = u32::from_le_bytes(*trailer) == block_len
        && block_len.is_multiple_of(4)
        && block_len <= LONGEST_EVENT
        && block_len <= limit
        && sum == data.len() as u64;
    let event = Event {
        offset,
        block_len,
        cpu: u16::from_le_bytes(*cpu),
        state_only: flags & STATE_ONLY != 0,
        ts: u64::from_le_bytes(*ts),
        tid: i64::from_le_bytes(*tid),
        kind: u16::from_le_bytes(*kind),
        unreadable: false,
        params: Params { lengths, data, large: false },
    };
    is_framed.then_some((event, behind))
}

/// The u32 at the start of `bytes`, and what follows.
#[inline]
fn word_of(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*word), rest))
}

/// Sum of the first `count` u16 of `bytes`, as many as most events have: without a loop, whose end nobody can guess.
/// `None` for more, or where 16 bytes are not there.
#[inline(always)]
fn sum_few(bytes: &[u8], count: u32) -> Option<u64> {
    const EVERY_OTHER: u64 = 0x0000_ffff_0000_ffff;
    let (first, rest) = bytes.split_first_chunk::<8>()?;
    let second = rest.first_chunk::<8>()?;
    if count > 8 {
        return None;
    }
    let first = u64::from_le_bytes(*first) & !u64::MAX.unbounded_shl(16 * count);
    let second = u64::from_le_bytes(*second) & !u64::MAX.unbounded_shl((16 * count).saturating_sub(64));
    let pairs = (first & EVERY_OTHER) + (first >> 16 & EVERY_OTHER) + (second & EVERY_OTHER) + (second >> 16 & EVERY_OTHER);
    Some((pairs & 0xffff_ffff) + (pairs >> 32))
}

/// Length of the whole block that an event of `len` bytes has when nothing is appended.
pub(crate) fn block_len(form: Form, len: u32) -> Option<u32> {
    let before = u32::try_from(form.header_at()).ok()?;
    before.checked_add(len)?.checked_next_multiple_of(4)?.checked_add(4)
}

/// The event's own length, if its header is there.
pub(crate) fn own_len(block: &[u8], form: Form, order: Order) -> Option<u32> {
    let len = u32_at(block, form.header_at() + 16, order)?;
    (len as usize >= form.header_len()).then_some(len)
}

/// True when parameter lengths and event length agree with each other and fit `block`.
///
/// More parameters than any event has are not added up: asked at every byte of a damaged stretch, that would take long.
pub(crate) fn adds_up(block: &[u8], form: Form, order: Order) -> bool {
    let count = if form.counted { u32_at(block, form.header_at() + 22, order) } else { None };
    count.is_none_or(|count| count as usize <= MOST_PARAMS)
        && cut(block, form, order).is_ok_and(|cut| cut.fault.is_none())
}

/// Cuts the event out of the bytes of its block, framing included.
///
/// # Errors
/// When not even a row can be made of it.
#[inline]
pub(crate) fn cut<'a>(block: &'a [u8], form: Form, order: Order) -> Result<Cut<'a>, Fault> {
    let short = Fault { at: 4, field: "block length", found: block.len() as u64, expected: None };
    let (mut cut, len, count, rest) = head(block, form, order).ok_or(short)?;
    let payload_len = (len as usize).checked_sub(form.header_len());
    if let (Some(count), Some(payload)) = (count, payload_len.and_then(|len| rest.get(..len)))
        && let Some((lengths, data)) = fill(payload, count as usize, form.large, order)
    {
        cut.lengths = lengths;
        cut.data = data;
        return Ok(cut);
    }
    irregular(&mut cut, form, order, rest, len, count)?;
    Ok(cut)
}

/// The event of a block without its parameters, its own length, their number, and the bytes that they stand in.
#[inline]
fn head(block: &[u8], form: Form, order: Order) -> Option<(Cut<'_>, u32, Option<u32>, &[u8])> {
    let body = block.get(8..block.len().saturating_sub(4))?;
    let mut header = Bytes::new(body, order);
    let cpu = header.u16()?;
    let flags = if form.flags { header.u32()? } else { 0 };
    let ts = header.u64()?;
    let tid = header.i64()?;
    let len = header.u32()?;
    let kind = header.u16()?;
    let count = if form.counted { Some(header.u32()?) } else { None };
    let rest = header.take(header.len()).unwrap_or_default();
    let cut =
        Cut { cpu, flags, ts, tid, kind, lengths: &[], data: &[], large: form.large, readable: true, fault: None };
    Some((cut, len, count, rest))
}

/// The event of a block in which nothing but its header need be right.
pub(crate) fn bare(block: &[u8], form: Form, order: Order) -> Option<Cut<'_>> {
    head(block, form, order).map(|(cut, ..)| Cut { readable: false, ..cut })
}

/// Everything but a version 2 event whose numbers agree: version 1, a width that is not the block type's, damage.
///
/// # Errors
/// When neither the event length nor the parameters can be right.
fn irregular<'a>(
    cut: &mut Cut<'a>,
    form: Form,
    order: Order,
    rest: &'a [u8],
    len: u32,
    count: Option<u32>,
) -> Result<(), Fault> {
    cut.readable = false;
    let header = form.header_len();
    let payload_of = |len: u32| (len as usize).checked_sub(header).and_then(|len| rest.get(..len));
    let mut take = |payload: &'a [u8], count: usize, large: bool| {
        fill(payload, count, large, order).map(|(lengths, data)| {
            cut.lengths = lengths;
            cut.data = data;
            cut.large = large;
            cut.readable = true;
        })
    };
    let at_len = form.header_at() + 16;
    let Some(count) = count else {
        let shorter = if THREE_TOO_LONG.contains(&cut.kind) { len.checked_sub(3) } else { None };
        for len in shorter.into_iter().chain([len]) {
            if let Some(payload) = payload_of(len)
                && let Some(count) = count_of(payload, form.large, order)
                && take(payload, count, form.large).is_some()
            {
                return Ok(());
            }
        }
        let fault = Fault { at: at_len, field: "event length", found: len.into(), expected: None };
        // A length that the block has room for leaves the row standing.
        return payload_of(len).map(|_| cut.fault = Some(fault)).ok_or(fault);
    };
    if let Some(payload) = payload_of(len) {
        // The block type says one width, the lengths say the other: what adds up is right.
        if take(payload, count as usize, !form.large).is_some() {
            return Ok(());
        }
        if let Some(right) = count_of(payload, form.large, order) {
            let _ = take(payload, right, form.large);
            let expected = Some(right as u64);
            cut.fault = Some(Fault { at: at_len + 6, field: "parameter count", found: count.into(), expected });
            return Ok(());
        }
    }
    // Perhaps only the event length is wrong: then the parameters end where the block does.
    for padding in 0..4 {
        if let Some(payload) = rest.len().checked_sub(padding).and_then(|len| rest.get(..len))
            && count as usize <= MOST_PARAMS
            && take(payload, count as usize, form.large).is_some()
        {
            let expected = Some((header + payload.len()) as u64);
            cut.fault = Some(Fault { at: at_len, field: "event length", found: len.into(), expected });
            return Ok(());
        }
    }
    if let Some(payload) = payload_of(len) {
        // The row stands; what its parameters are cannot be said.
        let found = payload.len() as u64;
        let at = form.header_at() + header;
        cut.fault = Some(Fault { at, field: "parameter lengths", found, expected: None });
        return Ok(());
    }
    let expected = Some((header + rest.len()) as u64);
    Err(Fault { at: at_len, field: "event length", found: len.into(), expected })
}

impl<'a> Cut<'a> {
    /// The event, its numbers turned into little endian through `scratch` where that is needed.
    #[inline]
    pub(crate) fn event<T: Table>(
        self,
        offset: u64,
        block_len: u32,
        order: Order,
        scratch: &'a mut Vec<u8>,
    ) -> Event<'a> {
        let params = match order {
            Order::Little => Params { lengths: self.lengths, data: self.data, large: self.large },
            Order::Big => self.swapped::<T>(scratch),
        };
        Event {
            offset,
            block_len,
            cpu: self.cpu,
            state_only: self.flags & STATE_ONLY != 0,
            ts: self.ts,
            tid: self.tid,
            kind: self.kind,
            unreadable: !self.readable,
            params,
        }
    }

    fn swapped<T: Table>(&self, scratch: &'a mut Vec<u8>) -> Params<'a> {
        scratch.clear();
        // At most as large as the block that is already in memory, so it needs no debit of its own.
        scratch.reserve_exact(self.lengths.len() + self.data.len());
        for length in widths(self.lengths, self.large, Order::Big) {
            let bytes = length.to_le_bytes();
            scratch.extend_from_slice(if self.large { &bytes } else { bytes.get(..2).unwrap_or_default() });
        }
        scratch.extend_from_slice(self.data);
        let (_, mut data) = scratch.split_at_mut(self.lengths.len());
        for (index, length) in widths(self.lengths, self.large, Order::Big).enumerate() {
            let Some((param, rest)) = data.split_at_mut_checked(length as usize) else { break };
            T::swap_param(self.kind, index, param);
            data = rest;
        }
        let (lengths, data) = scratch.split_at(self.lengths.len());
        Params { lengths, data, large: self.large }
    }
}

/// Decodes the bytes of one event block again, as they stood at [`Event::offset`] for [`Event::block_len`].
///
/// `scratch` is only used for big-endian sections. `None` when the bytes are no event block.
pub fn decode_event_block<'a, T: Table>(
    block: &'a [u8],
    offset: u64,
    big_endian: bool,
    scratch: &'a mut Vec<u8>,
) -> Option<Event<'a>> {
    let order = if big_endian { Order::Big } else { Order::Little };
    let Some(Kind::Event(form)) = Kind::of(u32_at(block, 0, order)?) else { return None };
    let len = u32::try_from(block.len()).ok().filter(|len| *len >= FRAMING)?;
    Some(cut(block, form, order).ok()?.event::<T>(offset, len, order, scratch))
}

#[cfg(test)]
mod tests {
    use super::{Order, sum_few, sum_small};

    #[test]
    fn a_few_lengths_are_summed_as_many_are() {
        let bytes: Vec<u8> = (0..32u8).map(|at| 255 - at * 7 % 11).collect();
        for count in 0..=8 {
            assert_eq!(sum_few(&bytes, count), Some(sum_small(&bytes[..2 * count as usize], Order::Little)), "{count}");
            assert_eq!(sum_few(&bytes[..15], count), None);
        }
        assert_eq!(sum_few(&bytes, 9), None);
    }
}
