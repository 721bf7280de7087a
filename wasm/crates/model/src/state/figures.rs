//! Figures that change with a tenth of all events: memory sizes, faults, time on a CPU, threads of a process. They are no
//! identity, so no version is minted for them; each thread has a series, a few words for each change.

use super::{Row, State, ThreadIndex};
use crate::quirk::Quirk;
use hashbrown::HashMap;
use scap::event::uint;
use scap::{Event, Params};

/// Memory and faults of a thread, as they were last told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Virtual memory in KiB.
    pub vmsize: u32,
    /// Resident memory in KiB.
    pub vmrss: u32,
    /// Swapped memory in KiB.
    pub vmswap: u32,
    /// Major page faults; 2³²−1 stands for all larger numbers.
    pub pfmajor: u32,
    /// Minor page faults, likewise.
    pub pfminor: u32,
}

/// Time that a thread has spent on a CPU, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The slice that ended with the switch event of this row.
    pub slice: u64,
    /// All slices so far.
    pub total: u64,
}

/// Values by row: each holds until the next.
#[derive(Clone, Debug)]
struct Series<T> {
    rows: Vec<Row>,
    /// Beside the rows, not among them: a row and eight bytes would take sixteen.
    values: Vec<T>,
}

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), values: Vec::new() }
    }
}

impl<T: Copy + PartialEq> Series<T> {
    fn last(&self) -> Option<T> {
        self.values.last().copied()
    }

    fn set(&mut self, row: Row, value: T) {
        match self.values.last_mut() {
            Some(last) if *last == value => {}
            Some(last) if self.rows.last() == Some(&row) => *last = value,
            _ => {
                self.rows.push(row);
                self.values.push(value);
            }
        }
    }

    /// The last change at or before a row.
    fn at(&self, row: Row) -> Option<(Row, T)> {
        let at = self.place(row)?;
        Some((*self.rows.get(at)?, *self.values.get(at)?))
    }

    /// Where the last change at or before a row stands.
    fn place(&self, row: Row) -> Option<usize> {
        self.rows.partition_point(|change| *change <= row).checked_sub(1)
    }

    fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Row>() + self.values.capacity() * size_of::<T>()
    }
}

/// All series.
#[derive(Default)]
pub struct Figures {
    memory: Vec<Series<Memory>>,
    /// Time on a CPU, all slices up to a row together.
    runs: Vec<Series<u64>>,
    /// Other living threads of a main thread's process; most have none.
    others: HashMap<ThreadIndex, Series<u32>>,
    /// Time of the last switch on each CPU.
    switches: Vec<u64>,
    /// Slices of no thread that is known: switch events of the idle task and of kernel threads.
    nobodys: Series<u64>,
}

fn series<T>(all: &mut Vec<Series<T>>, thread: ThreadIndex) -> Option<&mut Series<T>> {
    let at = thread as usize;
    if at >= all.len() {
        all.resize_with(at + 1, Series::default);
    }
    all.get_mut(at)
}

impl Figures {
    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.memory.iter().map(|series| size_of::<Series<Memory>>() + series.bytes()).sum::<usize>()
            + self.runs.iter().map(|series| size_of::<Series<u64>>() + series.bytes()).sum::<usize>()
            + self.nobodys.bytes()
            + self.others.allocation_size()
            + self.others.values().map(Series::bytes).sum::<usize>()
    }

    /// Memory of a thread just after the event at `row`; [`Row::MAX`]: now.
    pub fn memory_at(&self, thread: ThreadIndex, row: Row) -> Memory {
        let Some(series) = self.memory.get(thread as usize) else { return Memory::default() };
        if row == Row::MAX { series.last() } else { series.at(row).map(|change| change.1) }.unwrap_or_default()
    }

    /// Time on a CPU just after the event at `row`. The slice is 0 unless a switch event of the thread stands there.
    pub fn run_at(&self, thread: ThreadIndex, row: Row) -> Run {
        let Some(series) = self.runs.get(thread as usize) else { return Run::default() };
        let Some(at) = series.place(row) else { return Run::default() };
        let total_at = |at: usize| series.values.get(at).copied().unwrap_or(0);
        let total = total_at(at);
        let is_switch = series.rows.get(at) == Some(&row);
        Run { slice: if is_switch { total - at.checked_sub(1).map_or(0, total_at) } else { 0 }, total }
    }

    /// Length of the slice that ended with the switch event at `row`, when that is of no known thread; 0 otherwise.
    pub fn nobodys_slice_at(&self, row: Row) -> u64 {
        self.nobodys.at(row).filter(|change| change.0 == row).map_or(0, |change| change.1)
    }

    /// Living threads beside the main one just after the event at `row`.
    pub fn others_at(&self, main: ThreadIndex, row: Row) -> u32 {
        self.others.get(&main).and_then(|series| series.at(row)).map_or(0, |change| change.1)
    }

    pub(super) fn set_memory(&mut self, thread: ThreadIndex, row: Row, memory: Memory) {
        if let Some(series) = series(&mut self.memory, thread) {
            series.set(row, memory);
        }
    }

    fn change_memory(&mut self, thread: ThreadIndex, row: Row, change: impl FnOnce(&mut Memory)) {
        if let Some(series) = series(&mut self.memory, thread) {
            let mut memory = series.last().unwrap_or_default();
            change(&mut memory);
            series.set(row, memory);
        }
    }

    pub(super) fn set_others(&mut self, main: ThreadIndex, row: Row, count: u32) {
        if count > 0 || self.others.contains_key(&main) {
            self.others.entry(main).or_default().set(row, count);
        }
    }

    /// A CPU goes from one thread to another. Answers how long the first one had it; 0 when that is not known.
    fn switched(&mut self, cpu: u16, ts: u64) -> u64 {
        let at = usize::from(cpu);
        if at >= self.switches.len() {
            self.switches.resize(at + 1, 0);
        }
        let Some(last) = self.switches.get_mut(at) else { return 0 };
        let before = std::mem::replace(last, ts);
        if before == 0 { 0 } else { ts.saturating_sub(before) }
    }
}

fn narrow(value: Option<u64>) -> u32 {
    u32::try_from(value.unwrap_or(0)).unwrap_or(u32::MAX)
}

/// Memory as clone and execve exits carry it.
pub(super) fn of_birth(params: &Params<'_>) -> Memory {
    Memory {
        pfmajor: narrow(params.uint(8)),
        pfminor: narrow(params.uint(9)),
        vmsize: narrow(params.uint(10)),
        vmrss: narrow(params.uint(11)),
        vmswap: narrow(params.uint(12)),
    }
}

impl State {
    /// Memory sizes, faults, time on a CPU, threads of processes.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// A switch event: faults of the thread that leaves, memory of its process.
    pub(super) fn note_switch(&mut self, row: Row, event: &Event<'_>, thread: Option<ThreadIndex>) {
        let slice = self.figures.switched(event.cpu, event.ts);
        let Some(thread) = thread else {
            if slice > 0 {
                // Also when it is as long as the one before.
                self.figures.nobodys.rows.push(row);
                self.figures.nobodys.values.push(slice);
            }
            return;
        };
        if let Some(runs) = series(&mut self.figures.runs, thread) {
            let total = runs.last().unwrap_or_default().saturating_add(slice);
            runs.set(row, total);
        }
        if event.kind == 146 {
            return;
        }
        let mut figures = event.params.iter().skip(1).map(uint);
        let mut figure = || figures.next();
        let (Some(pfmajor), Some(pfminor), Some(vmsize), Some(vmrss), Some(vmswap)) = (figure(), figure(), figure(), figure(), figure()) else { return };
        let (pfmajor, pfminor) = (narrow(pfmajor), narrow(pfminor));
        self.figures.change_memory(thread, row, |memory| (memory.pfmajor, memory.pfminor) = (pfmajor, pfminor));
        if self.threads.now(thread).pid == -1 && self.quirks.has(Quirk::UnknownThreadsHaveNoMemory) {
            return;
        }
        self.set_sizes(row, self.main_of(thread), [vmsize, vmrss, vmswap]);
    }

    /// Memory sizes of a thread, from three parameters in a row.
    pub(super) fn note_sizes(&mut self, row: Row, params: &Params<'_>, thread: ThreadIndex, at: usize) {
        self.set_sizes(row, thread, [params.uint(at), params.uint(at + 1), params.uint(at + 2)]);
    }

    fn set_sizes(&mut self, row: Row, thread: ThreadIndex, sizes: [Option<u64>; 3]) {
        if let [vmsize @ Some(_), vmrss @ Some(_), vmswap @ Some(_)] = sizes {
            let (vmsize, vmrss, vmswap) = (narrow(vmsize), narrow(vmrss), narrow(vmswap));
            self.figures.change_memory(thread, row, |memory| (memory.vmsize, memory.vmrss, memory.vmswap) = (vmsize, vmrss, vmswap));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, Memory, Series};
    use crate::state::Row;

    #[test]
    fn a_series_answers_for_the_rows_between_its_changes() {
        let mut series = Series::default();
        series.set(5, 1);
        series.set(9, 1);
        series.set(10, 2);
        series.set(10, 3);
        assert_eq!((&series.rows[..], &series.values[..]), (&[5, 10][..], &[1, 3][..]));
        assert_eq!(series.at(4), None);
        assert_eq!(series.at(9), Some((5, 1)));
        assert_eq!(series.at(10), Some((10, 3)));
    }

    #[test]
    fn memory_of_now_is_that_of_the_last_row() {
        let mut figures = Figures::default();
        figures.set_memory(3, 7, Memory { vmsize: 4, ..Memory::default() });
        assert_eq!(figures.memory_at(3, Row::MAX).vmsize, 4);
        assert_eq!(figures.memory_at(3, 6), Memory::default());
        assert_eq!(figures.memory_at(99, 7), Memory::default());
    }
}
