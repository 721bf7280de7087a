//! Literals of a damaged block of a zstd frame (RFC 8878, 4.2).
//!
//! A wrong bit among them mostly makes one code more or fewer of those behind it. A decoder that counts them gives nothing
//! of the block then, nor of those behind it; but how many there are is said, and the sequences are whole.

use super::carried::{Bits, Literals, States};

/// Most bits of a code.
const LONGEST: u32 = 12;
/// Most states of the table of weights, as a power of two, and most weights.
const WEIGHTS: (u8, usize) = (6, 13);
/// Most literals of a block.
const MOST: usize = 128 << 10;

/// A byte and how many bits its code has; by all bits that a code may have.
type Codes = Vec<(u8, u8)>;

/// The contents of a block with its literals as they are: exactly as many as it says, whatever their codes add up to.
/// `None` where they are not packed, or where their tree or their places cannot be told.
pub(super) fn unpacked(content: &[u8], tree: &[u8]) -> Option<Vec<u8>> {
    let literals = Literals::of(content);
    let packed = content.get(literals.header..)?;
    let (packed, sequences) = packed.split_at_checked(literals.len)?;
    let (tree, mut packed) = match literals.kind {
        2 => packed.split_at_checked(tree_len(packed)?)?,
        3 => (tree, packed),
        _ => return None,
    };
    if literals.count > MOST {
        return None;
    }
    let (codes, width) = codes(tree)?;
    // Without compression, their number in twenty bits.
    let head = u32::try_from(literals.count).ok()? << 4 | 3 << 2;
    let mut content: Vec<u8> = head.to_le_bytes().into_iter().take(3).collect();
    if literals.streams == 1 {
        decode(packed, literals.count, &codes, width, &mut content)?;
    } else {
        let (ends, rest) = packed.split_first_chunk::<6>()?;
        packed = rest;
        let each = literals.count.div_ceil(4);
        for len in ends.as_chunks::<2>().0.iter().map(|len| u16::from_le_bytes(*len)) {
            let (stream, behind) = packed.split_at_checked(len.into())?;
            decode(stream, each, &codes, width, &mut content)?;
            packed = behind;
        }
        decode(packed, literals.count.checked_sub(3 * each)?, &codes, width, &mut content)?;
    }
    content.extend_from_slice(sequences);
    Some(content)
}

/// Length of the description of a tree.
pub(super) fn tree_len(bytes: &[u8]) -> Option<usize> {
    let first = usize::from(*bytes.first()?);
    Some(if first < 128 { 1 + first } else { 1 + (first - 126) / 2 })
}

/// The codes of a tree, and the most bits of one.
fn codes(tree: &[u8]) -> Option<(Codes, u8)> {
    let mut weights = weights(tree)?;
    let total = weights.iter().try_fold(0_u32, |total, weight| {
        (u32::from(*weight) <= LONGEST).then_some(total + (1 << weight >> 1))
    })?;
    let width = total.checked_ilog2()? + 1;
    // The last weight is what is missing of a power of two.
    let left = (1 << width) - total;
    if width > LONGEST || !left.is_power_of_two() {
        return None;
    }
    weights.push(u8::try_from(left.ilog2() + 1).ok()?);
    let width = u8::try_from(width).ok()?;
    let mut codes = Codes::with_capacity(1 << width);
    for weight in 1..=width {
        for (byte, _) in weights.iter().enumerate().filter(|(_, it)| **it == weight) {
            codes.resize(codes.len() + (1 << weight >> 1), (u8::try_from(byte).ok()?, width + 1 - weight));
        }
    }
    Some((codes, width))
}

fn weights(tree: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = tree.split_first()?;
    if let Some(count) = first.checked_sub(127) {
        let nibbles = rest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        return Some(nibbles.take(count.into()).collect());
    }
    let packed = rest.get(..usize::from(*first))?;
    let (states, len) = States::of(packed, WEIGHTS.0, WEIGHTS.1)?;
    let mut bits = Bits::from_end(packed.get(len..)?)?;
    let mut state = states.begin(&mut bits)?;
    let mut other = states.begin(&mut bits)?;
    let mut weights = Vec::new();
    // Two states by turns, until one cannot go on: then the other says the last one.
    while weights.len() < 254 {
        weights.push(states.code(state)?);
        let Some(next) = states.next(state, &mut bits) else {
            weights.push(states.code(other)?);
            return Some(weights);
        };
        state = std::mem::replace(&mut other, next);
    }
    None
}

/// Exactly `count` codes, with zeros behind the last bit.
fn decode(stream: &[u8], count: usize, codes: &Codes, width: u8, into: &mut Vec<u8>) -> Option<()> {
    let mut bits = Bits::from_end(stream);
    for _ in 0..count {
        let index = bits.as_ref().map_or(0, |bits| bits.peek(width));
        let (byte, width) = codes.get(index as usize)?;
        into.push(*byte);
        if let Some(bits) = &mut bits {
            bits.skip(*width);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::carried::Carried;
    use super::unpacked;
    use crate::damage::Damage;
    use crate::{Inflate, Inflated};

    impl Inflated for Vec<u8> {
        fn bytes(&mut self, bytes: &[u8]) {
            self.extend_from_slice(bytes);
        }
        fn damage(&mut self, damage: Damage) {
            panic!("{damage:?}");
        }
    }

    fn inflated(packed: &[u8]) -> Vec<u8> {
        let (mut inflate, mut out) = (Inflate::new(), Vec::new());
        inflate.push(packed, &mut out);
        inflate.finish(&mut out);
        out
    }

    #[test]
    fn literals_of_sound_blocks_are_what_their_codes_say() {
        // As the zstd program packs the same capture: windows and blocks of 2 KiB, and the usual ones.
        for packed in [
            include_bytes!("../../../tests/data/n2000-level1.scap.zst").as_slice(),
            include_bytes!("../../../tests/data/n2000-level19.scap.zst"),
            include_bytes!("../../../tests/data/n2000.scap.zst"),
        ] {
            let descriptor = packed[4];
            let header = 5 + usize::from(descriptor & 0x20 == 0) + [usize::from(descriptor & 0x20 != 0), 2, 4, 8][usize::from(descriptor >> 6)];
            let (mut anew, mut at) = (packed[..header].to_vec(), header);
            let (mut carried, mut kinds) = (Carried::default(), [0; 4]);
            loop {
                let head = u32::from_le_bytes([packed[at], packed[at + 1], packed[at + 2], 0]);
                let len = if head >> 1 & 3 == 1 { 1 } else { head as usize >> 3 };
                let content = &packed[at + 3..at + 3 + len];
                let mut block = content.to_vec();
                let mut head_anew = head;
                if head >> 1 & 3 == 2 {
                    carried.block(content, false);
                    kinds[usize::from(content[0] & 3)] += 1;
                    if let Some(content) = unpacked(content, carried.tree()) {
                        block = content;
                        head_anew = head & 7 | u32::try_from(block.len()).unwrap() << 3;
                    }
                }
                anew.extend(&head_anew.to_le_bytes()[..3]);
                anew.extend(block);
                at += 3 + len;
                if head & 1 == 1 {
                    break;
                }
            }
            anew.extend(&packed[at..]);
            assert!(inflated(&anew) == inflated(packed), "{kinds:?}");
            assert!(anew.len() > packed.len() && kinds[2] > 0, "{kinds:?}");
        }
    }
}
