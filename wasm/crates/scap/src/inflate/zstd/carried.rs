//! What a block of a zstd frame leaves to those behind it (RFC 8878): the Huffman tree of literals, the three tables of
//! sequences, and the three last offsets. Together with the window that is all a decoder knows between two blocks, and it
//! is what a zstd dictionary holds: so a decoder that is given it as one goes on in the middle of a frame.
//!
//! Descriptions of tree and tables are kept as they stand in the file. Offsets follow from the sequences of every block;
//! but three new ones replace what was there, so that mostly one block tells them, and only blocks are looked into from
//! which unpacking shall start again.

use miniz_oxide::deflate::compress_to_vec;

use super::literals::tree_len;

/// Fields of a sequence, in the order in which their tables are described.
const LITERALS: usize = 0;
const OFFSET: usize = 1;
const MATCH: usize = 2;

/// Most states of a table, as a power of two.
const LARGEST: [u8; 3] = [9, 8, 9];
/// Codes of each field.
const CODES: [usize; 3] = [36, 32, 53];
/// The tables that need no description, described.
const PREDEFINED: [&[u8]; 3] = [
    &[
        0x51, 0x10, 0x63, 0x8c, 0x31, 0xc6, 0x18, 0x63, 0x0c, 0x21, 0xc4, 0x18, 0x63, 0x66, 0x66, 0x86, 0x46, 0x92, 0x04, 0,
    ],
    &[0x20, 0x84, 0x10, 0x42, 0x66, 0x46, 0x44, 0x44, 0x44, 0x44, 0x24, 0x49, 0x02, 0],
    &[
        0x21, 0x14, 0xc4, 0x18, 0x63, 0x8c, 0x21, 0x84, 0x10, 0x42, 0x08, 0x21, 0x84, 0x10, 0x42, 0x08, 0x21, 0x44, 0x44, 0x44,
        0x44, 0x44, 0x44, 0x44, 0x44, 0x24, 0x09, 0, 0,
    ],
];
/// Two codes of one bit: stands for a tree where there has been none.
const SMALLEST_TREE: [u8; 2] = [0x80, 0x10];
/// Bits behind codes from 16 on of literal lengths, and from 32 on of match lengths.
const LITERAL_BITS: [u8; 20] = [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const MATCH_BITS: [u8; 21] = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

const DICTIONARY: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];
/// Of packing: the levels above take longer and save little, those below take half the time and half as much again.
const LEVEL: u8 = 3;
/// Any number but 0 will do.
pub(super) const DICTIONARY_ID: u32 = 1;

/// What is carried from block to block.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    tree: Vec<u8>,
    tables: [Table; 3],
    /// The latest first; `None` where it is not known.
    offsets: [Option<u32>; 3],
    /// Every block so far was understood.
    sound: bool,
}

/// A table of codes.
#[derive(Clone, Debug)]
enum Table {
    Described(Vec<u8>),
    /// Always the same code, and no bits.
    One(u8),
}

impl Default for Carried {
    /// At the start of a frame.
    fn default() -> Self {
        Self {
            tree: SMALLEST_TREE.into(),
            tables: PREDEFINED.map(|table| Table::Described(table.into())),
            offsets: [Some(1), Some(4), Some(8)],
            sound: true,
        }
    }
}

impl Carried {
    /// What a dictionary tells of the tree.
    pub(super) fn of(dictionary: &[u8]) -> Self {
        let described = dictionary.get(DICTIONARY.len() + size_of_val(&DICTIONARY_ID)..).unwrap_or_default();
        let tree = tree_len(described).and_then(|len| described.get(..len));
        let carried = Self::default();
        Self { tree: tree.map_or(carried.tree, <[u8]>::to_vec), ..carried }
    }

    /// The tree of the last literals that came with one, described.
    pub(super) fn tree(&self) -> &[u8] {
        &self.tree
    }

    /// Takes what the contents of a compressed block leave behind; the offsets only if they are to be followed.
    pub(super) fn block(&mut self, content: &[u8], follow: bool) {
        self.sound = self.sound && self.take(content, follow).is_some();
    }

    /// Everything is known, and a dictionary can say it.
    pub(super) fn is_known(&self) -> bool {
        self.sound
            && self.offsets.iter().all(Option::is_some)
            && self.tables.iter().all(|table| matches!(table, Table::Described(_)))
    }

    /// A dictionary that puts a decoder where this frame is, packed.
    pub(super) fn dictionary(&self, window: &[u8]) -> Vec<u8> {
        let mut bytes = DICTIONARY.to_vec();
        bytes.extend(DICTIONARY_ID.to_le_bytes());
        bytes.extend(&self.tree);
        // In another order than in a block.
        for field in [OFFSET, MATCH, LITERALS] {
            if let Some(Table::Described(description)) = self.tables.get(field) {
                bytes.extend(description);
            }
        }
        bytes.extend(self.offsets.iter().flat_map(|offset| offset.unwrap_or(1).to_le_bytes()));
        bytes.extend(window);
        compress_to_vec(&bytes, LEVEL)
    }

    fn take(&mut self, content: &[u8], follow: bool) -> Option<()> {
        let rest = self.literals(content)?;
        let (count, rest) = sequence_count(rest)?;
        if count == 0 {
            return Some(());
        }
        let (modes, mut rest) = rest.split_first()?;
        for (field, shift) in [(LITERALS, 6), (OFFSET, 4), (MATCH, 2)] {
            let table = match modes >> shift & 3 {
                0 => Table::Described(PREDEFINED.get(field)?.to_vec()),
                1 => {
                    let (code, behind) = rest.split_first()?;
                    rest = behind;
                    Table::One(*code)
                }
                2 => {
                    let len = States::of(rest, *LARGEST.get(field)?, *CODES.get(field)?)?.1;
                    let (description, behind) = rest.split_at_checked(len)?;
                    rest = behind;
                    Table::Described(description.into())
                }
                _ => continue,
            };
            *self.tables.get_mut(field)? = table;
        }
        if follow { self.follow(count, rest) } else { self.forget() }
    }

    fn forget(&mut self) -> Option<()> {
        self.offsets = [None; 3];
        Some(())
    }

    /// Literals: keeps the tree if one is described, and gives what stands behind them.
    fn literals<'a>(&mut self, content: &'a [u8]) -> Option<&'a [u8]> {
        let literals = Literals::of(content);
        let (packed, rest) = content.get(literals.header..)?.split_at_checked(literals.len)?;
        if literals.kind == 2 {
            self.tree = packed.get(..tree_len(packed)?)?.into();
        }
        Some(rest)
    }

    /// Runs through the sequences for what they do to the offsets.
    fn follow(&mut self, count: u32, bits: &[u8]) -> Option<()> {
        let mut bits = Bits::from_end(bits)?;
        let [literals, offset, lengths] = &self.tables;
        let states = |table: &Table, field: usize| match table {
            Table::One(code) => Some(States::one(*code)),
            Table::Described(description) => Some(States::of(description, *LARGEST.get(field)?, *CODES.get(field)?)?.0),
        };
        let (literals, offset, lengths) = (states(literals, LITERALS)?, states(offset, OFFSET)?, states(lengths, MATCH)?);
        let mut literal = literals.begin(&mut bits)?;
        let mut distance = offset.begin(&mut bits)?;
        let mut length = lengths.begin(&mut bits)?;
        for left in (0..count).rev() {
            let literal_code = literals.code(literal)?;
            let distance_code = offset.code(distance)?;
            let length_code = lengths.code(length)?;
            let value = 1_u32.checked_shl(distance_code.into())?.checked_add(bits.take(distance_code)?)?;
            bits.take(extra(length_code, 32, &MATCH_BITS))?;
            bits.take(extra(literal_code, 16, &LITERAL_BITS))?;
            self.offset(value, literal_code == 0);
            if left > 0 {
                literal = literals.next(literal, &mut bits)?;
                length = lengths.next(length, &mut bits)?;
                distance = offset.next(distance, &mut bits)?;
            }
        }
        Some(())
    }

    /// What one sequence does to the offsets. Without literals the old ones are numbered from the second on.
    fn offset(&mut self, value: u32, without_literals: bool) {
        let [first, second, third] = self.offsets;
        self.offsets = match value + u32::from(without_literals && value <= 3) {
            1 => [first, second, third],
            2 => [second, first, third],
            3 => [third, first, second],
            4 if value == 3 => [first.and_then(|first| first.checked_sub(1)), first, second],
            _ => [value.checked_sub(3), first, second],
        };
    }
}

/// What the header of the literals of a block says.
pub(super) struct Literals {
    /// 0: as they are, 1: one byte repeated, 2: packed by the tree that stands before them, 3: by the tree before that.
    pub(super) kind: usize,
    /// Bytes of the header.
    pub(super) header: usize,
    /// How many literals there are.
    pub(super) count: usize,
    /// Bytes that they are packed in, the tree included.
    pub(super) len: usize,
    /// Parts that are packed by themselves: one or four.
    pub(super) streams: usize,
}

impl Literals {
    /// What is not there of the header counts as zeros.
    pub(super) fn of(content: &[u8]) -> Self {
        let mut head = [0; 8];
        for (to, from) in head.iter_mut().zip(content.get(..5).unwrap_or(content)) {
            *to = *from;
        }
        let word = u64::from_le_bytes(head);
        let bits = |from: u32, count: u32| usize::try_from(word >> from & ((1 << count) - 1)).unwrap_or(0);
        let (kind, format) = (bits(0, 2), bits(2, 2));
        if kind < 2 {
            let (header, count) = match format {
                0 | 2 => (1, bits(3, 5)),
                1 => (2, bits(4, 12)),
                _ => (3, bits(4, 20)),
            };
            return Self { kind, header, count, len: if kind == 0 { count } else { 1 }, streams: 1 };
        }
        let (header, width) = match format {
            0 | 1 => (3, 10),
            2 => (4, 14),
            _ => (5, 18),
        };
        let streams = if format == 0 { 1 } else { 4 };
        Self { kind, header, count: bits(4, width), len: bits(4 + width, width), streams }
    }
}

fn sequence_count(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    Some(match first {
        0..=127 => ((*first).into(), rest),
        128..=254 => {
            let (second, rest) = rest.split_first()?;
            ((u32::from(*first) - 128) << 8 | u32::from(*second), rest)
        }
        255 => {
            let ([low, high], rest) = rest.split_first_chunk()?;
            (u32::from(u16::from_le_bytes([*low, *high])) + 0x7f00, rest)
        }
    })
}

/// Bits that follow a code.
fn extra(code: u8, first: u8, bits: &[u8]) -> u8 {
    code.checked_sub(first).and_then(|at| bits.get(usize::from(at))).copied().unwrap_or(0)
}

/// Bits read from the last one to the first.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl<'a> Bits<'a> {
    /// Behind the mark that ends them.
    pub(super) fn from_end(bytes: &'a [u8]) -> Option<Self> {
        let last = bytes.last()?;
        let mark = last.checked_ilog2()?;
        Some(Self { bytes, left: (bytes.len() - 1) * 8 + mark as usize })
    }

    fn take(&mut self, count: u8) -> Option<u32> {
        self.left = self.left.checked_sub(count.into())?;
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(self.bytes.get(self.left / 8..)?) {
            *to = *from;
        }
        let bits = u64::from_le_bytes(word) >> (self.left % 8) & ((1 << count) - 1);
        u32::try_from(bits).ok()
    }

    /// The next bits without taking them, with zeros behind the last one.
    pub(super) fn peek(&self, count: u8) -> u32 {
        let there = u8::try_from(self.left).map_or(count, |left| left.min(count));
        let bits = Self { ..*self }.take(there).unwrap_or(0);
        bits << (count - there)
    }

    /// Leaves out so many bits, or what is left.
    pub(super) fn skip(&mut self, count: u8) {
        self.left = self.left.saturating_sub(count.into());
    }
}

/// Bits read from the first one on, as descriptions of tables are.
struct Forward<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Forward<'_> {
    fn peek(&self, count: u32) -> Option<u32> {
        if self.at + count as usize > self.bytes.len() * 8 {
            return None;
        }
        let mut word = [0; 4];
        for (to, from) in word.iter_mut().zip(self.bytes.get(self.at / 8..)?) {
            *to = *from;
        }
        Some(u32::from_le_bytes(word) >> (self.at % 8) & ((1 << count) - 1))
    }

    fn take(&mut self, count: u32) -> Option<u32> {
        let bits = self.peek(count)?;
        self.at += count as usize;
        Some(bits)
    }
}

/// The states of a table: their codes, and where each leads.
pub(super) struct States {
    log: u8,
    states: Vec<StateOf>,
}

#[derive(Clone, Copy, Default)]
struct StateOf {
    code: u8,
    /// The next state is that many bits added to the base.
    bits: u8,
    base: u16,
}

impl States {
    fn one(code: u8) -> Self {
        Self { log: 0, states: vec![StateOf { code, ..StateOf::default() }] }
    }

    /// The table that is described at the start of `bytes`, and how long the description is.
    pub(super) fn of(bytes: &[u8], largest: u8, codes: usize) -> Option<(Self, usize)> {
        let mut bits = Forward { bytes, at: 0 };
        let log = 5 + u8::try_from(bits.take(4)?).ok()?;
        if log > largest {
            return None;
        }
        let mut left = 1_i32 << log;
        let mut counts: Vec<i32> = Vec::new();
        while left > 0 {
            let most = left.cast_unsigned() + 1;
            let width = most.ilog2() + 1;
            let short = (1 << width) - 1 - most;
            let low = bits.peek(width - 1)?;
            let value = if low < short {
                bits.take(width - 1)?
            } else {
                let value = bits.take(width)?;
                if value >> (width - 1) == 1 { value - short } else { value }
            };
            let count = i32::try_from(value).ok()? - 1;
            counts.push(count);
            left -= count.abs();
            if count == 0 {
                loop {
                    let more = bits.take(2)?;
                    counts.resize(counts.len() + more as usize, 0);
                    if more < 3 {
                        break;
                    }
                }
            }
            if counts.len() > codes {
                return None;
            }
        }
        if left < 0 {
            return None;
        }
        Some((Self::spread(log, &counts)?, bits.at.div_ceil(8)))
    }

    fn spread(log: u8, counts: &[i32]) -> Option<Self> {
        let size = 1_usize << log;
        let mut states = vec![StateOf::default(); size];
        let mut top = size;
        for (code, _) in (0_u8..).zip(counts).filter(|(_, count)| **count == -1) {
            top = top.checked_sub(1)?;
            *states.get_mut(top)? = StateOf { code, bits: log, base: 0 };
        }
        let mut at = 0;
        for (code, count) in (0_u8..).zip(counts) {
            for _ in 0..*count {
                states.get_mut(at)?.code = code;
                loop {
                    at = (at + (size >> 1) + (size >> 3) + 3) & (size - 1);
                    if at < top {
                        break;
                    }
                }
            }
        }
        let mut next: Vec<u32> = counts.iter().map(|count| count.unsigned_abs()).collect();
        for state in states.get_mut(..top)? {
            let next = next.get_mut(usize::from(state.code))?;
            let bits = u32::from(log).checked_sub(next.checked_ilog2()?)?;
            state.bits = u8::try_from(bits).ok()?;
            state.base = u16::try_from((*next << bits).checked_sub(1 << log)?).ok()?;
            *next += 1;
        }
        Some(Self { log, states })
    }

    pub(super) fn begin(&self, bits: &mut Bits<'_>) -> Option<usize> {
        Some(bits.take(self.log)? as usize)
    }

    pub(super) fn code(&self, state: usize) -> Option<u8> {
        Some(self.states.get(state)?.code)
    }

    pub(super) fn next(&self, state: usize, bits: &mut Bits<'_>) -> Option<usize> {
        let state = self.states.get(state)?;
        Some(usize::from(state.base) + bits.take(state.bits)? as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, LARGEST, PREDEFINED, States};

    /// How many states each code has.
    fn shares(field: usize) -> Vec<usize> {
        let (states, len) = States::of(PREDEFINED[field], LARGEST[field], CODES[field]).unwrap();
        assert_eq!(len, PREDEFINED[field].len());
        let codes = states.states.iter().map(|state| usize::from(state.code)).max().unwrap() + 1;
        (0..codes).map(|code| states.states.iter().filter(|state| usize::from(state.code) == code).count()).collect()
    }

    #[test]
    fn the_descriptions_of_the_predefined_tables_say_what_the_standard_says() {
        // RFC 8878, 3.1.1.3.2.2; codes of less than one state have one.
        let literals = [&[4, 3][..], &[2; 11], &[1; 3], &[2; 9], &[3, 2], &[1; 9]].concat();
        let offsets = [&[1; 6][..], &[2; 3], &[1; 20]].concat();
        let lengths = [&[1, 4, 3][..], &[2; 6], &[1; 44]].concat();
        assert_eq!([shares(0), shares(1), shares(2)], [literals, offsets, lengths]);
    }
}
