//! Event numbers: what sysdig prints in front of a line. They run with the rows but for unknown types, which take none,
//! and files, each of which starts again at 1.

use model::Row;

/// Rows and their numbers, kept as the places where the two do not run together.
#[derive(Debug, Default)]
pub struct Numbers {
    runs: Vec<Run>,
    /// What the next row must have for the last run to go on; 0: no number.
    expected: u64,
    rows: Row,
}

/// Rows from `row` on count up from `first`; `None`: they have no numbers.
#[derive(Clone, Copy, Debug)]
struct Run {
    row: Row,
    first: Option<u64>,
}

impl Numbers {
    /// Takes the number of the next row. Numbers start at 1.
    #[inline]
    pub fn push(&mut self, row: Row, number: Option<u64>) {
        let given = number.unwrap_or(0);
        if given != self.expected || row == 0 {
            self.runs.push(Run { row, first: number });
        }
        self.expected = if given == 0 { 0 } else { given.wrapping_add(1) };
        self.rows = row + 1;
    }

    /// Number of a row.
    pub fn of(&self, row: Row) -> Option<u64> {
        let run = self.runs.get(self.runs.partition_point(|run| run.row <= row).checked_sub(1)?)?;
        run.first?.checked_add(u64::from(row - run.row))
    }

    /// The rows that have this number, in file order: one for each file of a rolled capture.
    pub fn rows(&self, number: u64) -> impl Iterator<Item = Row> + '_ {
        self.runs.iter().enumerate().filter_map(move |(at, run)| {
            let distance = number.checked_sub(run.first?)?;
            let end = self.runs.get(at + 1).map_or(self.rows, |next| next.row);
            (distance < u64::from(end - run.row)).then(|| run.row + distance as Row)
        })
    }

    /// First row at or after `from` whose number is at least `number`.
    pub fn at_or_after(&self, number: u64, from: Row) -> Option<Row> {
        self.runs.iter().enumerate().find_map(|(at, run)| {
            let first = run.first?;
            let end = self.runs.get(at + 1).map_or(self.rows, |next| next.row);
            let distance = number.saturating_sub(first).max(from.saturating_sub(run.row).into());
            (distance < u64::from(end - run.row)).then(|| run.row + distance as Row)
        })
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.runs.capacity() * size_of::<Run>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_types_take_no_number_and_files_start_again() {
        let mut numbers = Numbers::default();
        let given = [None, Some(1), Some(2), None, None, Some(3), Some(4), Some(1), Some(2), None, Some(3)];
        (0..).zip(&given).for_each(|(row, number)| numbers.push(row, *number));
        for (row, number) in given.iter().enumerate() {
            assert_eq!(numbers.of(row as Row), *number, "row {row}");
        }
        assert_eq!(numbers.rows(2).collect::<Vec<_>>(), [2, 8]);
        assert_eq!(numbers.rows(3).collect::<Vec<_>>(), [5, 10]);
        assert_eq!(numbers.rows(4).collect::<Vec<_>>(), [6]);
        assert_eq!(numbers.rows(9).count(), 0);
        assert_eq!(numbers.at_or_after(4, 0), Some(6));
        assert_eq!(numbers.at_or_after(2, 7), Some(8));
        assert_eq!(numbers.at_or_after(1, 9), Some(10));
        assert_eq!(numbers.at_or_after(5, 0), None);
    }
}
