//! Two conversations side by side: which call of the one is which call of the other, and where they first differ.
//!
//! Works on the calls alone, wherever they come from, so that two captures need not be open in one place.

/// What is compared of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// End that made it.
    pub side: u8,
    /// Call.
    pub syscall: String,
    /// Result; absent: it had not returned, or none was recorded.
    pub returned: Option<i64>,
}

/// How two calls that stand beside each other go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Match {
    /// The same call with the same result.
    Same = 0,
    /// The same call with another result.
    Differs = 1,
    /// Only the left conversation has it.
    OnlyLeft = 2,
    /// Only the right conversation has it.
    OnlyRight = 3,
}

/// One line of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Position in the left list.
    pub left: Option<u32>,
    /// Position in the right list.
    pub right: Option<u32>,
    /// How they go together.
    pub is: Match,
}

/// Longer detours than this are not looked for: what follows stands side by side as it comes.
const DETOUR: usize = 1500;

fn is_same_call(one: &Shape, other: &Shape) -> bool {
    one.side == other.side && one.syscall == other.syscall
}

/// Puts the calls of two conversations side by side with the fewest left over, in their order.
///
/// Calls go together when the same end made the same call; what it returned decides whether they are the same.
pub fn align(left: &[Shape], right: &[Shape]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(left.len().max(right.len()));
    for (one, other) in pairs(left, right) {
        let is = match (one.and_then(|at| left.get(at)), other.and_then(|at| right.get(at))) {
            (Some(one), Some(other)) if one == other => Match::Same,
            (Some(_), Some(_)) => Match::Differs,
            (Some(_), None) => Match::OnlyLeft,
            _ => Match::OnlyRight,
        };
        lines.push(Line { left: one.map(|at| at as u32), right: other.map(|at| at as u32), is });
    }
    lines
}

/// Position of the first line that is not the same on both sides.
pub fn first_difference(lines: &[Line]) -> Option<usize> {
    lines.iter().position(|line| line.is != Match::Same)
}

type Pair = (Option<usize>, Option<usize>);

/// The shortest edit script from left to right (Myers, "An O(ND) Difference Algorithm", 1986), by diagonals.
fn pairs(left: &[Shape], right: &[Shape]) -> Vec<Pair> {
    let (rows, columns) = (left.len(), right.len());
    let most = (rows + columns).min(DETOUR);
    // Furthest row reached on each diagonal (row less column, shifted by `most + 1`), as it was before each step.
    let mut reach = vec![0usize; 2 * most + 3];
    let mut steps: Vec<Vec<usize>> = Vec::new();
    let at = |diagonal: isize| (diagonal + most as isize + 1).unsigned_abs();
    let get = |reach: &[usize], diagonal: isize| reach.get(at(diagonal)).copied().unwrap_or(0);
    // Whether a step came from the diagonal above: a call of the right list was left over.
    let from_above = |reach: &[usize], diagonal: isize, step: isize| diagonal == -step || (diagonal != step && get(reach, diagonal - 1) < get(reach, diagonal + 1));
    let mut best = (0usize, 0isize);
    'steps: for step in 0..=most as isize {
        let (low, high) = (at(-step - 1), at(step + 1));
        steps.push(reach.get(low..=high).unwrap_or_default().to_vec());
        best = (0, 0);
        for diagonal in (-step..=step).step_by(2) {
            let mut row = if from_above(&reach, diagonal, step) { get(&reach, diagonal + 1) } else { get(&reach, diagonal - 1) + 1 };
            let column_of = |row: usize| row.checked_add_signed(-diagonal);
            while let (Some(one), Some(other)) = (left.get(row), column_of(row).and_then(|column| right.get(column)))
                && is_same_call(one, other)
            {
                row += 1;
            }
            if let Some(place) = reach.get_mut(at(diagonal)) {
                *place = row;
            }
            let Some(column) = column_of(row) else { continue };
            if row <= rows && column <= columns && row + column >= best.0 {
                best = (row + column, diagonal);
            }
            if row >= rows && column >= columns {
                best = (row + column, diagonal);
                break 'steps;
            }
        }
    }
    // Back from where it got to.
    let mut found: Vec<Pair> = Vec::new();
    let (total, diagonal) = best;
    let mut row = ((total as isize + diagonal) / 2).unsigned_abs();
    let mut column = ((total as isize - diagonal) / 2).unsigned_abs();
    let (end_row, end_column) = (row, column);
    for (step, before) in steps.iter().enumerate().rev() {
        let step = step as isize;
        let diagonal = row as isize - column as isize;
        let was = |diagonal: isize| before.get((diagonal + step + 1).unsigned_abs()).copied().unwrap_or(0);
        let above = diagonal == -step || (diagonal != step && was(diagonal - 1) < was(diagonal + 1));
        let start = if step == 0 {
            0
        } else if above {
            was(diagonal + 1)
        } else {
            was(diagonal - 1) + 1
        };
        while row > start && column > 0 {
            row -= 1;
            column -= 1;
            found.push((Some(row), Some(column)));
        }
        if step == 0 {
            break;
        }
        if above && column > 0 {
            column -= 1;
            found.push((None, Some(column)));
        } else if row > 0 {
            row -= 1;
            found.push((Some(row), None));
        }
    }
    found.reverse();
    // What was not reached stands side by side where the calls go together.
    let (mut row, mut column) = (end_row, end_column);
    while row < rows || column < columns {
        match (left.get(row), right.get(column)) {
            (Some(one), Some(other)) if is_same_call(one, other) => {
                found.push((Some(row), Some(column)));
                row += 1;
                column += 1;
            }
            (Some(_), _) => {
                found.push((Some(row), None));
                row += 1;
                if column < columns {
                    found.push((None, Some(column)));
                    column += 1;
                }
            }
            _ => {
                found.push((None, Some(column)));
                column += 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Match, Shape, align, first_difference, pairs};

    fn list(text: &str) -> Vec<Shape> {
        text.split_whitespace()
            .map(|word| {
                let (call, returned) = word.split_once('=').unwrap_or((word, ""));
                let (side, syscall) = call.split_at(1);
                Shape { side: u8::from(side == "<"), syscall: syscall.to_owned(), returned: returned.parse().ok() }
            })
            .collect()
    }

    fn drawn(left: &str, right: &str) -> String {
        let lines = align(&list(left), &list(right));
        lines.iter().map(|line| match line.is { Match::Same => '=', Match::Differs => '~', Match::OnlyLeft => '<', Match::OnlyRight => '>' }).collect()
    }

    #[test]
    fn the_refused_write_is_the_first_difference_between_a_good_and_a_bad_request() {
        let good = ">writev=16 >writev=699 >writev=8 >writev=8 <read=731";
        let bad = ">writev=16 >writev=699 >writev=8 >writev=-32 <read=731";
        assert_eq!(drawn(good, bad), "===~=");
        assert_eq!(first_difference(&align(&list(good), &list(bad))), Some(3));
    }

    #[test]
    fn a_call_that_only_one_of_them_made_moves_nothing_else() {
        assert_eq!(drawn(">connect=0 >write=8 <read=8 >close=0", ">connect=0 >fcntl=0 >write=8 <read=8 >close=0"), "=>===");
        assert_eq!(drawn(">a >b >c", ">b >c"), "<==");
        assert_eq!(drawn("", ">a >b"), ">>");
        assert_eq!(drawn(">a", ""), "<");
        assert_eq!(drawn("", ""), "");
    }

    #[test]
    fn each_call_of_both_stands_in_one_line_and_in_order() {
        let mut seed = 7u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..300 {
            let lists: [Vec<Shape>; 2] = [0, 1].map(|_| {
                let length = random(30);
                (0..length).map(|_| Shape { side: random(2) as u8, syscall: ["read", "write", "poll"][random(3) as usize].to_owned(), returned: Some(random(3) as i64) }).collect()
            });
            let lines = align(&lists[0], &lists[1]);
            let lefts: Vec<u32> = lines.iter().filter_map(|line| line.left).collect();
            let rights: Vec<u32> = lines.iter().filter_map(|line| line.right).collect();
            assert_eq!(lefts, (0..lists[0].len() as u32).collect::<Vec<_>>());
            assert_eq!(rights, (0..lists[1].len() as u32).collect::<Vec<_>>());
            for (one, other) in pairs(&lists[0], &lists[1]) {
                if let (Some(one), Some(other)) = (one, other) {
                    assert!(super::is_same_call(&lists[0][one], &lists[1][other]));
                }
            }
        }
    }

    #[test]
    fn two_long_lists_without_anything_in_common_end() {
        let left: Vec<Shape> = (0..20_000).map(|_| Shape { side: 0, syscall: "read".to_owned(), returned: None }).collect();
        let right: Vec<Shape> = (0..20_000).map(|_| Shape { side: 1, syscall: "write".to_owned(), returned: None }).collect();
        assert_eq!(align(&left, &right).len(), 40_000);
    }
}
