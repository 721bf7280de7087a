//! Integer columns of a sealed chunk, packed by bits. Written once, read at random.

/// How many values share one frame; a frame of width `w` takes exactly `w` words.
const FRAME: usize = 64;

/// Values of one width, `width` bits each.
#[derive(Debug, Default)]
pub struct Bits {
    width: u32,
    words: Box<[u64]>,
}

/// Appends one frame of up to 64 values at `width` bits to `out`; values must fit.
fn pack_frame(values: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u64>) {
    if width == 0 {
        return;
    }
    let end = out.len() + width as usize;
    let mut word = 0u64;
    let mut used = 0u32;
    for value in values {
        word |= value << used;
        used += width;
        if used >= 64 {
            out.push(word);
            used -= 64;
            // The part of the value that did not fit; nothing when it ended on the border.
            word = if used == 0 { 0 } else { value >> (width - used) };
        }
    }
    if used > 0 {
        out.push(word);
    }
    out.resize(end, 0);
}

/// Value `at` of the frame that starts at `words[0]`.
fn unpack(words: &[u64], width: u32, at: usize) -> u64 {
    if width == 0 {
        return 0;
    }
    let bit = at * width as usize;
    let shift = (bit % 64) as u32;
    let low = words[bit / 64] >> shift;
    let value = if shift + width > 64 { low | words[bit / 64 + 1] << (64 - shift) } else { low };
    value & mask(width)
}

fn mask(width: u32) -> u64 {
    u64::MAX.checked_shr(64 - width).unwrap_or(0)
}

fn width_of(value: u64) -> u32 {
    64 - value.leading_zeros()
}

/// Signed to unsigned so that small magnitudes stay small.
pub fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The inverse of [`zigzag`].
pub fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

impl Bits {
    /// Packs values none of which is over `largest`.
    pub fn new(values: impl ExactSizeIterator<Item = u64>, largest: u64) -> Self {
        let width = width_of(largest);
        let count = values.len();
        let mut words = Vec::with_capacity(count.div_ceil(FRAME) * width as usize);
        let mut values = values;
        for _ in 0..count.div_ceil(FRAME) {
            pack_frame(values.by_ref().take(FRAME), width, &mut words);
        }
        Self { width, words: words.into_boxed_slice() }
    }

    /// Value `at`.
    pub fn get(&self, at: usize) -> u64 {
        let frame = at / FRAME * self.width as usize;
        unpack(self.words.get(frame..).unwrap_or(&[]), self.width, at % FRAME)
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }
}

/// Values of which most are small: a common width, and a sorted list of those that need more.
#[derive(Debug, Default)]
pub struct Patched {
    bits: Bits,
    rows: Box<[u16]>,
    wide: Box<[u64]>,
}

impl Patched {
    /// Packs at most 65,536 values at the width that costs least.
    pub fn new(values: impl ExactSizeIterator<Item = u64> + Clone) -> Self {
        let mut by_width = [0usize; 65];
        for value in values.clone() {
            by_width[width_of(value) as usize] += 1;
        }
        let mut best = (usize::MAX, 64);
        let mut over = 0;
        for width in (0..=64u32).rev() {
            // An exception takes a row and a word.
            let cost = values.len() * width as usize + over * 80;
            if cost < best.0 {
                best = (cost, width);
            }
            over += by_width[width as usize];
        }
        let limit = mask(best.1);
        let mut rows = Vec::new();
        let mut wide = Vec::new();
        for (row, value) in values.clone().enumerate() {
            if value > limit {
                rows.push(row as u16);
                wide.push(value);
            }
        }
        let bits = Bits::new(values.map(|value| if value > limit { 0 } else { value }), limit);
        Self { bits, rows: rows.into_boxed_slice(), wide: wide.into_boxed_slice() }
    }

    /// Value `at`.
    pub fn get(&self, at: usize) -> u64 {
        if let Ok(found) = self.rows.binary_search(&(at as u16)) {
            return self.wide[found];
        }
        self.bits.get(at)
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.bits.bytes() + size_of_val(&*self.rows) + size_of_val(&*self.wide)
    }
}

/// Values that lie near their neighbours, such as times: each frame of 64 has its own base and width.
#[derive(Debug, Default)]
pub struct Frames {
    base: Box<[u64]>,
    /// Where the frame's words start, and behind the last where they end.
    start: Box<[u32]>,
    words: Box<[u64]>,
}

impl Frames {
    /// Packs at most 65,536 values.
    pub fn new(values: &[u64]) -> Self {
        let mut base = Vec::with_capacity(values.len().div_ceil(FRAME));
        let mut start = Vec::with_capacity(values.len().div_ceil(FRAME) + 1);
        let mut words = Vec::new();
        for frame in values.chunks(FRAME) {
            let low = frame.iter().copied().min().unwrap_or(0);
            let high = frame.iter().copied().max().unwrap_or(0);
            base.push(low);
            start.push(words.len() as u32);
            pack_frame(frame.iter().map(|value| value - low), width_of(high - low), &mut words);
        }
        start.push(words.len() as u32);
        Self { base: base.into_boxed_slice(), start: start.into_boxed_slice(), words: words.into_boxed_slice() }
    }

    /// Value `at`.
    pub fn get(&self, at: usize) -> u64 {
        let frame = at / FRAME;
        let start = self.start[frame] as usize;
        let end = self.start[frame + 1] as usize;
        self.base[frame] + unpack(&self.words[start..end], (end - start) as u32, at % FRAME)
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.base) + size_of_val(&*self.start) + size_of_val(&*self.words)
    }
}

/// Values of which a chunk has few different ones. The sorted values are an exact presence set.
#[derive(Debug, Default)]
pub struct Dictionary {
    values: Box<[u32]>,
    codes: Bits,
}

impl Dictionary {
    /// Packs values; `marks` is scratch memory that is kept between calls, all zero between them.
    pub fn new(column: impl ExactSizeIterator<Item = u32> + Clone, marks: &mut Vec<u32>) -> Self {
        // The absent value is all ones: adding one makes it the smallest, so that the table stays small.
        let low = column.clone().filter(|value| *value != u32::MAX).min().unwrap_or(0);
        let slot = |value: u32| if value == u32::MAX { 0 } else { (value - low) as usize + 1 };
        let mut values = Vec::new();
        let mut last = None;
        for value in column.clone() {
            if last == Some(value) {
                continue;
            }
            last = Some(value);
            let at = slot(value);
            if at >= marks.len() {
                marks.resize(at + 1, 0);
            }
            if marks[at] == 0 {
                marks[at] = 1;
                values.push(value);
            }
        }
        values.sort_unstable();
        for (code, value) in values.iter().enumerate() {
            marks[slot(*value)] = code as u32;
        }
        let largest = (values.len() as u64).saturating_sub(1);
        let codes = Bits::new(column.map(|value| u64::from(marks[slot(value)])), largest);
        for value in &values {
            marks[slot(*value)] = 0;
        }
        Self { values: values.into_boxed_slice(), codes }
    }

    /// Value `at`.
    pub fn get(&self, at: usize) -> u32 {
        self.values[self.codes.get(at) as usize]
    }

    /// The different values, sorted.
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// Code of a value; `None` when the chunk does not have it.
    pub fn code_of(&self, value: u32) -> Option<u64> {
        self.values.binary_search(&value).ok().map(|code| code as u64)
    }

    /// Code of the value `at`.
    pub fn code(&self, at: usize) -> u64 {
        self.codes.get(at)
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.values) + self.codes.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repeatable stream of numbers (splitmix64).
    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        let mut state = seed;
        std::iter::from_fn(move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            Some(mixed ^ (mixed >> 31))
        })
    }

    #[test]
    fn every_width_gives_its_values_back() {
        for width in 0..=64 {
            for count in [0, 1, 63, 64, 65, 200] {
                let values: Vec<u64> = numbers(width).take(count).map(|value| value & mask(width as u32)).collect();
                let bits = Bits::new(values.iter().copied(), mask(width as u32));
                let frames = Frames::new(&values);
                let patched = Patched::new(values.iter().copied());
                for (at, value) in values.iter().enumerate() {
                    assert_eq!(bits.get(at), *value, "bits of width {width} at {at}");
                    assert_eq!(frames.get(at), *value, "frames of width {width} at {at}");
                    assert_eq!(patched.get(at), *value, "patched of width {width} at {at}");
                }
            }
        }
    }

    #[test]
    fn a_few_wide_values_do_not_widen_the_rest() {
        let values: Vec<u64> = (0..65_536u64).map(|row| if row % 1000 == 7 { u64::MAX - row } else { row % 16 }).collect();
        let patched = Patched::new(values.iter().copied());
        assert!(values.iter().enumerate().all(|(at, value)| patched.get(at) == *value));
        assert!(patched.bytes() < 65_536 / 2 + 1000, "{} bytes", patched.bytes());
    }

    #[test]
    fn a_dictionary_is_an_exact_presence_set() {
        let values = [7u32, u32::MAX, 1_000_000, 7, 7, 0, u32::MAX];
        let mut marks = Vec::new();
        let dictionary = Dictionary::new(values.iter().copied(), &mut marks);
        assert_eq!(values.iter().enumerate().map(|(at, _)| dictionary.get(at)).collect::<Vec<_>>(), values);
        assert_eq!(dictionary.values(), [0, 7, 1_000_000, u32::MAX]);
        assert_eq!(dictionary.code_of(8), None);
        assert!(marks.iter().all(|mark| *mark == 0), "scratch is left clean");
    }

    #[test]
    fn zigzag_goes_both_ways() {
        for value in [0, 1, -1, i64::MAX, i64::MIN, -4095] {
            assert_eq!(unzigzag(zigzag(value)), value);
        }
        assert_eq!(zigzag(-1), 1);
    }
}
