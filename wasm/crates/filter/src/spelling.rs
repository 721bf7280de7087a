//! What somebody may have meant.

/// The candidate that is nearest to a word: at most two letters wrong, and less than half of them.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nothing that is meant is so long, and what is not must not take long either.
    if word.len() > 64 {
        return None;
    }
    let most = 2.min(word.len() / 2);
    let near = candidates.into_iter().filter(|candidate| candidate.len().abs_diff(word.len()) <= most);
    near.map(|candidate| (distance(word.as_bytes(), candidate.as_bytes()), candidate)).filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// How many letters to put in, take out, replace or swap with their neighbour to make one of the other.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let width = other.len() + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut here = vec![row + 1; width];
        for (at, wanted) in other.iter().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut least = (get(&last, at) + usize::from(letter != wanted)).min(get(&last, at + 1) + 1).min(get(&here, at) + 1);
            if row > 0 && at > 0 && one.get(row - 1) == Some(wanted) && other.get(at - 1) == Some(letter) {
                least = least.min(get(&before_last, at - 1) + 1);
            }
            if let Some(place) = here.get_mut(at + 1) {
                *place = least;
            }
        }
        before_last = std::mem::replace(&mut last, here);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_is_found_and_nothing_far_off() {
        let fields = ["fd.name", "fd.num", "proc.name"];
        assert_eq!(nearest("fd.nme", fields), Some("fd.name"));
        assert_eq!(nearest("fd.naem", fields), Some("fd.name"));
        assert_eq!(nearest("evt.xyz", fields), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), fields), None);
    }
}
