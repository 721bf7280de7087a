//! Putting things in order by a number, with one sort for all of them: each further kind of thing that the standard
//! library sorts makes the engine's module some 10 kB larger.

/// Sorts by `number`, least first; things of equal number keep their order.
pub fn by_number<T>(things: &mut Vec<T>, number: impl Fn(&T) -> u128) {
    let mut order: Vec<(u128, usize)> = things.iter().map(number).zip(0..).collect();
    order.sort_unstable();
    let mut unsorted: Vec<Option<T>> = things.drain(..).map(Some).collect();
    things.extend(order.into_iter().filter_map(|(_, at)| unsorted.get_mut(at)?.take()));
}

/// A number that is ordered as signed ones are.
pub fn signed(number: i64) -> u128 {
    u128::from(number.cast_unsigned() ^ (1 << 63))
}

/// Two numbers as one: the second counts where the first are equal.
pub fn pair(first: impl Into<u64>, second: impl Into<u64>) -> u128 {
    u128::from(first.into()) << 64 | u128::from(second.into())
}

/// Two texts of a thing, of which the second counts where the first are equal; `None` comes first.
pub type Texts<'a> = &'a dyn Fn(usize) -> Option<(&'a str, &'a str)>;

/// The place of each of `count` things in the order of their texts; equal texts share a place.
pub fn ranks(count: usize, texts: Texts<'_>) -> Vec<u32> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_cached_key(|at| texts(*at));
    let mut ranks = vec![0; count];
    let mut rank = 0;
    let mut before = None;
    for at in order {
        let now = texts(at);
        if before.is_some_and(|before| before != now) {
            rank += 1;
        }
        before = Some(now);
        if let Some(place) = ranks.get_mut(at) {
            *place = rank;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_of_equal_number_keep_their_order() {
        let mut things = vec![("b", -1), ("a", i64::MAX), ("c", -1), ("d", i64::MIN)];
        by_number(&mut things, |thing| signed(thing.1));
        assert_eq!(things, [("d", i64::MIN), ("b", -1), ("c", -1), ("a", i64::MAX)]);
    }

    #[test]
    fn the_second_number_counts_where_the_first_are_equal() {
        let mut things = vec![(2u32, 1u32), (1, 9), (2, 0)];
        by_number(&mut things, |(first, second)| pair(*first, *second));
        assert_eq!(things, [(1, 9), (2, 0), (2, 1)]);
    }
}
