//! Integer columns packed by bits, a frame of 256 rows at a time. Written once and in order, read at random.

/// Rows of a frame.
pub const FRAME: usize = 256;
/// Values that are packed side by side.
const LANES: usize = 4;

/// Values side by side, so that one shift serves all of them. In wasm the compiler does not see by itself that an
/// instruction can do that.
#[cfg(target_feature = "simd128")]
mod lanes {
    use super::LANES;
    use std::arch::wasm32::{u32x4, u32x4_extract_lane, u32x4_shl, u32x4_shr, u32x4_splat, v128, v128_and, v128_or};

    #[derive(Clone, Copy)]
    pub struct Lanes(v128);

    impl Lanes {
        #[inline(always)]
        pub fn of(values: [u32; LANES]) -> Self {
            let [a, b, c, d] = values;
            Self(u32x4(a, b, c, d))
        }

        #[inline(always)]
        pub fn values(self) -> [u32; LANES] {
            let Self(all) = self;
            [u32x4_extract_lane::<0>(all), u32x4_extract_lane::<1>(all), u32x4_extract_lane::<2>(all), u32x4_extract_lane::<3>(all)]
        }

        #[inline(always)]
        pub fn shl(self, bits: u32) -> Self {
            Self(u32x4_shl(self.0, bits))
        }

        #[inline(always)]
        pub fn shr(self, bits: u32) -> Self {
            Self(u32x4_shr(self.0, bits))
        }

        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }

        #[inline(always)]
        pub fn and(self, mask: u32) -> Self {
            Self(v128_and(self.0, u32x4_splat(mask)))
        }
    }
}

/// Values side by side. All lanes in one expression: a loop over them is compiled lane by lane.
#[cfg(not(target_feature = "simd128"))]
mod lanes {
    use super::LANES;

    #[derive(Clone, Copy)]
    pub struct Lanes([u32; LANES]);

    impl Lanes {
        #[inline(always)]
        pub fn of(values: [u32; LANES]) -> Self {
            Self(values)
        }

        #[inline(always)]
        pub fn values(self) -> [u32; LANES] {
            self.0
        }

        #[inline(always)]
        pub fn shl(self, bits: u32) -> Self {
            Self(self.0.map(|value| value.wrapping_shl(bits)))
        }

        #[inline(always)]
        pub fn shr(self, bits: u32) -> Self {
            Self(self.0.map(|value| value.wrapping_shr(bits)))
        }

        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            let (Self([a, b, c, d]), Self([e, f, g, h])) = (self, other);
            Self([a | e, b | f, c | g, d | h])
        }

        #[inline(always)]
        pub fn and(self, mask: u32) -> Self {
            Self(self.0.map(|value| value & mask))
        }
    }
}

use lanes::Lanes;

/// Bits that a value needs.
pub fn width_of(value: u32) -> u32 {
    32 - value.leading_zeros()
}

/// Signed to unsigned so that small magnitudes stay small.
pub fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The inverse of [`zigzag`].
pub fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Frames of numbers, each as wide as it must be.
#[derive(Debug, Default)]
pub struct Frames {
    /// Bits of a value, by frame.
    widths: Vec<u8>,
    /// Where a frame's words start.
    starts: Vec<u32>,
    words: Vec<u32>,
}

/// Words that a frame takes for each bit of its width.
const WORDS_PER_BIT: usize = FRAME / 32;

impl Frames {
    /// Appends a frame of values that need at most `width` bits. Value `at` goes to lane `at % 4`.
    pub fn push(&mut self, values: &[u32; FRAME], width: u32) {
        self.widths.push(width as u8);
        let start = self.words.len();
        self.starts.push(start as u32);
        if width == 0 {
            return;
        }
        if width == 32 {
            self.words.extend_from_slice(values);
            return;
        }
        self.words.resize(start + width as usize * WORDS_PER_BIT, 0);
        let mut full = self.words[start..].as_chunks_mut::<LANES>().0.iter_mut();
        let mut word = Lanes::of([0; LANES]);
        let mut used = 0;
        for values in values.as_chunks::<LANES>().0 {
            let values = Lanes::of(*values);
            word = word.or(values.shl(used));
            used += width;
            if used >= 32
                && let Some(full) = full.next()
            {
                *full = word.values();
                used -= 32;
                // What did not fit. A shift by the whole width gives nothing: values are narrower than their type.
                word = values.shr(width - used);
            }
        }
        debug_assert_eq!(used, 0, "64 values of any width end with a word");
    }

    /// Value `at`.
    #[inline]
    pub fn get(&self, at: usize) -> u32 {
        let frame = at / FRAME;
        let width = u32::from(self.widths[frame]);
        if width == 0 {
            return 0;
        }
        let bit = (at % FRAME / LANES) * width as usize;
        let word = self.starts[frame] as usize + bit / 32 * LANES + at % LANES;
        let shift = (bit % 32) as u32;
        let mut value = u64::from(self.words[word]);
        if shift + width > 32 {
            value |= u64::from(self.words[word + LANES]) << 32;
        }
        (value >> shift & ((1 << width) - 1)) as u32
    }

    /// All values of a frame.
    pub fn unpack(&self, frame: usize, into: &mut [u32; FRAME]) {
        let width = u32::from(self.widths[frame]);
        let start = self.starts[frame] as usize;
        if width == 0 {
            into.fill(0);
            return;
        }
        let words = &self.words[start..start + width as usize * WORDS_PER_BIT];
        if width == 32 {
            into.copy_from_slice(words);
            return;
        }
        let mask = (1u32 << width) - 1;
        let mut next = words.as_chunks::<LANES>().0.iter();
        let mut word = Lanes::of([0; LANES]);
        let mut left = 0;
        for values in into.as_chunks_mut::<LANES>().0 {
            if left >= width {
                *values = word.and(mask).values();
                word = word.shr(width);
                left -= width;
            } else {
                let Some(fresh) = next.next() else { return };
                let fresh = Lanes::of(*fresh);
                *values = word.or(fresh.shl(left)).and(mask).values();
                word = fresh.shr(width - left);
                left += 32 - width;
            }
        }
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.widths.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.words.shrink_to_fit();
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.widths.capacity() + self.starts.capacity() * 4 + self.words.capacity() * 4
    }
}

/// How a frame of values of which most are small is packed: at this width, larger ones aside.
#[derive(Debug, Default)]
struct Width {
    width: u32,
    /// Frames until it is chosen anew.
    left: u32,
}

/// Frames between two choices of the width.
const REVIEW: u32 = 16;
/// More exceptions than this in a frame, and the width is chosen anew.
const MANY: usize = FRAME / 16;
/// What a value costs that is kept aside: its row and itself.
const ASIDE_BITS: usize = 16 + 64;

/// The bits that any of the values has.
#[inline]
pub fn all_bits(values: &[u32]) -> u32 {
    values.iter().fold(0, |all, value| all | value)
}

/// How many values are larger than `most`.
fn too_wide(values: &[u32; FRAME], most: u32) -> usize {
    if all_bits(values) <= most {
        return 0;
    }
    values.iter().filter(|value| **value > most).count()
}

impl Width {
    /// The largest value that is not kept aside. All ones mark what is told apart, also at full width.
    fn most(&self) -> u32 {
        (((1u64 << self.width) - 1) as u32).min(ASIDE - 1)
    }

    fn choose(&mut self, values: &[u32; FRAME]) {
        let mut by_width = [0usize; 33];
        for value in values {
            by_width[width_of(*value) as usize] += 1;
        }
        let mut best = usize::MAX;
        let mut wider = 0;
        for width in (0..=32).rev() {
            let cost = FRAME * width + wider * ASIDE_BITS;
            if cost < best {
                best = cost;
                self.width = width as u32;
            }
            wider += by_width[width];
        }
        self.left = REVIEW;
    }
}

/// A column of which most values are small. The few larger ones are kept aside.
#[derive(Debug, Default)]
pub struct Patched {
    frames: Frames,
    width: Width,
    /// Rows of the values that are kept aside, ascending, and the values.
    rows: Vec<u16>,
    wide: Vec<u64>,
}

/// A value that does not fit u32 is `ASIDE` in its frame, and told apart.
pub const ASIDE: u32 = u32::MAX;

impl Patched {
    /// Appends a frame whose first row is `first`. Where a value is [`ASIDE`], `wide` is asked for it.
    pub fn push(&mut self, first: usize, values: &mut [u32; FRAME], wide: impl Fn(u16) -> u64) {
        if self.width.left == 0 {
            self.width.choose(values);
        }
        self.width.left -= 1;
        let mut wide_ones = too_wide(values, self.width.most());
        if wide_ones > MANY {
            self.width.choose(values);
            wide_ones = too_wide(values, self.width.most());
        }
        if wide_ones == 0 {
            self.frames.push(values, self.width.width);
            return;
        }
        let most = self.width.most();
        for (group, values) in values.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            if all_bits(values) <= most {
                continue;
            }
            for (lane, value) in values.iter_mut().enumerate().filter(|(_, value)| **value > most) {
                let row = (first + group * LANES + lane) as u16;
                self.rows.push(row);
                self.wide.push(if *value == ASIDE { wide(row) } else { u64::from(*value) });
                *value = 0;
            }
        }
        self.frames.push(values, self.width.width);
    }

    /// Value `at`.
    pub fn get(&self, at: usize) -> u64 {
        match self.rows.binary_search(&(at as u16)) {
            Ok(found) => self.wide[found],
            Err(_) => u64::from(self.frames.get(at)),
        }
    }

    /// All values of a frame.
    pub fn unpack(&self, frame: usize, into: &mut [u64; FRAME]) {
        let mut narrow = [0; FRAME];
        self.frames.unpack(frame, &mut narrow);
        for (value, narrow) in into.iter_mut().zip(narrow) {
            *value = u64::from(narrow);
        }
        let first = frame * FRAME;
        let from = self.rows.partition_point(|row| usize::from(*row) < first);
        for (row, value) in self.rows.iter().zip(&self.wide).skip(from).take_while(|(row, _)| usize::from(**row) < first + FRAME) {
            into[usize::from(*row) - first] = *value;
        }
    }

    /// All values of a frame; larger ones are the largest, [`ASIDE`].
    pub fn unpack_narrow(&self, frame: usize, into: &mut [u32; FRAME]) {
        self.frames.unpack(frame, into);
        let first = frame * FRAME;
        let from = self.rows.partition_point(|row| usize::from(*row) < first);
        for (row, value) in self.rows.iter().zip(&self.wide).skip(from).take_while(|(row, _)| usize::from(**row) < first + FRAME) {
            into[usize::from(*row) - first] = u32::try_from(*value).unwrap_or(ASIDE);
        }
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.frames.shrink();
        self.rows.shrink_to_fit();
        self.wide.shrink_to_fit();
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.frames.bytes() + self.rows.capacity() * 2 + self.wide.capacity() * 8
    }
}

/// Times: each frame has its own base.
#[derive(Debug, Default)]
pub struct Times {
    frames: Frames,
    bases: Vec<u64>,
    /// Frames that span more than 4 s or hold unknown times, in full.
    long: Vec<(u16, Box<[u64; FRAME]>)>,
}

impl Times {
    /// Appends a frame; answers its earliest and latest value.
    pub fn push(&mut self, values: &[u64; FRAME]) -> (u64, u64) {
        // Most frames span less than 2 s to either side of their first row: 32 bits are enough to compare with.
        let middle = values[0].wrapping_sub(1 << 31);
        let mut deltas = [0; FRAME];
        let mut beyond = 0;
        for (delta, value) in deltas.iter_mut().zip(values) {
            let wide = value.wrapping_sub(middle);
            beyond |= wide >> 32;
            *delta = wide as u32;
        }
        if beyond > 0 || middle > u64::MAX - (1 << 32) {
            return self.push_long(values);
        }
        let (low, high) = deltas.iter().fold((u32::MAX, 0), |(low, high), delta| (low.min(*delta), high.max(*delta)));
        deltas.iter_mut().for_each(|delta| *delta = delta.wrapping_sub(low));
        let base = middle.wrapping_add(u64::from(low));
        self.bases.push(base);
        self.frames.push(&deltas, width_of(high - low));
        (base, middle.wrapping_add(u64::from(high)))
    }

    /// Appends a frame that may span any time.
    #[cold]
    fn push_long(&mut self, values: &[u64; FRAME]) -> (u64, u64) {
        let (low, high) = values.iter().fold((u64::MAX, 0), |(low, high), value| (low.min(*value), high.max(*value)));
        let mut deltas = [0; FRAME];
        let width = match u32::try_from(high - low) {
            Ok(span) => {
                for (delta, value) in deltas.iter_mut().zip(values) {
                    *delta = (value - low) as u32;
                }
                width_of(span)
            }
            Err(_) => {
                self.long.push((self.bases.len() as u16, Box::new(*values)));
                0
            }
        };
        self.bases.push(low);
        self.frames.push(&deltas, width);
        (low, high)
    }

    /// Value `at`.
    pub fn get(&self, at: usize) -> u64 {
        let frame = at / FRAME;
        match self.long.binary_search_by_key(&(frame as u16), |long| long.0) {
            Ok(found) => self.long[found].1[at % FRAME],
            Err(_) => self.bases[frame] + u64::from(self.frames.get(at)),
        }
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.frames.shrink();
        self.bases.shrink_to_fit();
        self.long.shrink_to_fit();
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.frames.bytes() + self.bases.capacity() * 8 + self.long.capacity() * size_of::<(u16, Box<()>)>() + self.long.len() * FRAME * 8
    }
}

/// Values of which a chunk has few different ones: their codes are packed. The values are an exact presence set.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// In the order in which they came.
    values: Vec<u32>,
    frames: Frames,
}

/// Codes of the values of the chunk that is being written: scratch memory, all zero between two chunks.
#[derive(Debug, Default)]
pub struct Marks {
    /// Code plus one, by value plus one: the absent value is all ones.
    codes: Vec<u32>,
}

impl Dictionary {
    /// Appends a frame.
    pub fn push(&mut self, values: &[u32; FRAME], marks: &mut Marks) {
        let mut codes = [0; FRAME];
        for (code, value) in codes.iter_mut().zip(values) {
            let slot = value.wrapping_add(1) as usize;
            let known = marks.codes.get(slot).copied().unwrap_or(0);
            *code = if known == 0 { self.add(*value, slot, marks) } else { known - 1 };
        }
        // What came first in the chunk comes often, and has a short code.
        self.frames.push(&codes, width_of(all_bits(&codes)));
    }

    #[cold]
    fn add(&mut self, value: u32, slot: usize, marks: &mut Marks) -> u32 {
        if slot >= marks.codes.len() {
            marks.codes.resize((slot + 1).next_power_of_two(), 0);
        }
        self.values.push(value);
        marks.codes[slot] = self.values.len() as u32;
        (self.values.len() - 1) as u32
    }

    /// The chunk is complete.
    pub fn seal(&mut self, marks: &mut Marks) {
        for value in &self.values {
            marks.codes[value.wrapping_add(1) as usize] = 0;
        }
        self.values.shrink_to_fit();
        self.frames.shrink();
    }

    /// Value `at`.
    pub fn get(&self, at: usize) -> u32 {
        self.values[self.frames.get(at) as usize]
    }

    /// The different values.
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// Code of a value; `None` when the chunk does not have it.
    pub fn code_of(&self, value: u32) -> Option<u32> {
        self.values.iter().position(|known| *known == value).map(|code| code as u32)
    }

    /// No code of a frame is larger.
    pub fn most(&self, frame: usize) -> usize {
        (1usize << self.frames.widths[frame].min(31)) - 1
    }

    /// Codes of a frame.
    pub fn codes(&self, frame: usize, into: &mut [u32; FRAME]) {
        self.frames.unpack(frame, into);
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.values.capacity() * 4 + self.frames.bytes()
    }
}

impl Marks {
    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.codes.capacity() * 4
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

    fn frame<T: Default + Copy>(values: impl Iterator<Item = T>) -> [T; FRAME] {
        let mut frame = [T::default(); FRAME];
        frame.iter_mut().zip(values).for_each(|(place, value)| *place = value);
        frame
    }

    #[test]
    fn every_width_gives_its_values_back() {
        let mut frames = Frames::default();
        let mut pushed = Vec::new();
        for width in 0..=32u32 {
            let values = frame(numbers(u64::from(width)).map(|value| (value & ((1 << width) - 1)) as u32));
            frames.push(&values, width);
            pushed.push(values);
        }
        for (number, values) in pushed.iter().enumerate() {
            let mut again = [0; FRAME];
            frames.unpack(number, &mut again);
            assert_eq!(again, *values, "width {number}");
            for (at, value) in values.iter().enumerate() {
                assert_eq!(frames.get(number * FRAME + at), *value, "width {number} at {at}");
            }
        }
    }

    #[test]
    fn a_few_wide_values_do_not_widen_the_rest() {
        let value = |row: usize| if row % 100 == 7 { u64::MAX - row as u64 } else { row as u64 % 16 };
        let mut patched = Patched::default();
        for first in (0..65_536).step_by(FRAME) {
            let mut values = frame((first..first + FRAME).map(|row| u32::try_from(value(row)).unwrap_or(ASIDE)));
            patched.push(first, &mut values, |row| value(usize::from(row)));
        }
        assert!((0..65_536).all(|row| patched.get(row) == value(row)));
        assert!(patched.bytes() < 65_536 / 2 + 656 * 10 * 2 + 2000, "{} bytes", patched.bytes());
    }

    #[test]
    fn all_ones_are_told_from_a_value_kept_aside() {
        let mut patched = Patched::default();
        let mut values = frame((0..FRAME as u32).map(|at| if at % 2 == 0 { ASIDE } else { ASIDE - at }));
        let plain = values;
        patched.push(0, &mut values, |row| if row == 8 { 1 << 40 } else { u64::from(u32::MAX) });
        for (at, value) in plain.iter().enumerate() {
            assert_eq!(patched.get(at), if at == 8 { 1 << 40 } else { u64::from(*value) });
        }
    }

    #[test]
    fn widths_follow_the_values() {
        let mut patched = Patched::default();
        let value = |row: usize| if row < 4096 { row as u32 % 2 } else { row as u32 * 1000 };
        for first in (0..16_384).step_by(FRAME) {
            patched.push(first, &mut frame((first..first + FRAME).map(value)), |_| 0);
        }
        assert!((0..16_384).all(|row| patched.get(row) == u64::from(value(row))));
        assert!(patched.rows.len() < 2 * FRAME, "{} kept aside", patched.rows.len());
    }

    #[test]
    fn times_may_jump_and_be_unknown() {
        let mut times = Times::default();
        let mut pushed = Vec::new();
        for number in 0..4u64 {
            let base = 1_700_000_000_000_000_000 + number;
            let values = frame(numbers(number).map(|value| base + value % if number == 1 { 20_000_000_000 } else { 90_000 }));
            let values = if number == 2 { frame(values.into_iter().enumerate().map(|(at, value)| if at == 9 { u64::MAX } else { value })) } else { values };
            let low = *values.iter().min().expect("a frame is not empty");
            let high = *values.iter().max().expect("a frame is not empty");
            assert_eq!(times.push(&values), (low, high));
            pushed.extend(values);
        }
        assert!(pushed.iter().enumerate().all(|(at, value)| times.get(at) == *value));
        assert_eq!(times.long.len(), 2);
    }

    #[test]
    fn a_dictionary_is_an_exact_presence_set() {
        let mut marks = Marks::default();
        for chunk in 0..2 {
            let known = [7u32, u32::MAX, 1_000_000, 7, 7, chunk, u32::MAX];
            let mut dictionary = Dictionary::default();
            let values = frame((0..FRAME).map(|at| known[at % known.len()]));
            dictionary.push(&values, &mut marks);
            dictionary.seal(&mut marks);
            assert!((0..FRAME).all(|at| dictionary.get(at) == values[at]));
            assert_eq!(dictionary.values(), [7, u32::MAX, 1_000_000, chunk]);
            assert_eq!(dictionary.code_of(8), None);
            let mut codes = [0; FRAME];
            dictionary.codes(0, &mut codes);
            assert_eq!(dictionary.code_of(chunk), Some(codes[5]));
            assert!(marks.codes.iter().all(|mark| *mark == 0), "scratch is left clean");
        }
    }

    #[test]
    fn zigzag_goes_both_ways() {
        for value in [0, 1, -1, i64::MAX, i64::MIN, -4095] {
            assert_eq!(unzigzag(zigzag(value)), value);
        }
        assert_eq!(zigzag(-1), 1);
    }
}
