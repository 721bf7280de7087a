//! Looks for text in what a list shows, a little at a time.

use index::Record;

use crate::list::ListSpec;
use crate::read::Blocks;
use crate::session::Session;
use crate::source::{ByteSource, ReadError};
use crate::window::Edges;
use crate::words::Words;

/// Rows whose bytes are read in one go.
const BATCH: usize = 512;

/// A search that can be stopped and gone on with at any row.
#[derive(Clone, Debug)]
pub struct Find {
    spec: ListSpec,
    needle: Vec<u8>,
    /// Position to look at next.
    next: Option<u64>,
    forward: bool,
}

/// What a step of a search has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// At this position.
    At(u64),
    /// Not yet; looked up to here.
    Searching(u64),
    /// Nowhere.
    Nowhere,
}

impl Find {
    /// Looks for rows after (or, backwards, before) position `from` that show `text`, whatever its case.
    pub fn new(spec: ListSpec, text: &str, from: u64, forward: bool) -> Self {
        let next = if forward { from.checked_add(1) } else { from.checked_sub(1) };
        Self { spec, needle: text.to_ascii_lowercase().into_bytes(), next, forward }
    }

    /// Looks at rows until `is_over` says so, at least at a few.
    ///
    /// # Errors
    /// When the bytes of a row cannot be read again.
    pub fn step(&mut self, session: &mut Session, source: &mut dyn ByteSource, is_over: &mut dyn FnMut() -> bool) -> Result<Found, ReadError> {
        loop {
            let Some(next) = self.next else { return Ok(Found::Nowhere) };
            if self.needle.is_empty() {
                return Ok(Found::Nowhere);
            }
            let first = if self.forward { next } else { next.saturating_sub(BATCH as u64 - 1) };
            let count = if self.forward { BATCH } else { usize::try_from(next - first).unwrap_or(0) + 1 };
            let (looked_at, hit) = session.find_in(self.spec, first, count, &self.needle, self.forward, source)?;
            if let Some(position) = hit {
                return Ok(Found::At(position));
            }
            self.next = if self.forward {
                if looked_at < count { None } else { first.checked_add(count as u64) }
            } else {
                first.checked_sub(1)
            };
            if is_over() {
                return Ok(self.next.map_or(Found::Nowhere, Found::Searching));
            }
        }
    }
}

impl Session {
    /// Looks at `count` rows from `first` on: how many there were, and the position of the first (or last) hit.
    fn find_in(
        &mut self,
        spec: ListSpec,
        first: u64,
        count: usize,
        needle: &[u8],
        forward: bool,
        source: &mut dyn ByteSource,
    ) -> Result<(usize, Option<u64>), ReadError> {
        self.with_list(spec, |core, list| {
            let rows: Vec<Edges> = list.rows_from(first).take(count).filter_map(|row| Edges::of(core, spec.unit, row)).collect();
            let records: Vec<Record> = rows.iter().flat_map(|edges| std::iter::once(edges.first).chain(edges.exit)).collect();
            let blocks = Blocks::read(core, &records, source)?;
            let words = Words::new(core);
            let mut text = Vec::new();
            let mut shows = |edges: &Edges| -> Result<bool, ReadError> {
                text.clear();
                for record in std::iter::once(&edges.first).chain(&edges.exit) {
                    words.line(record, &blocks, &mut text)?;
                    text.push(b'\n');
                }
                text.make_ascii_lowercase();
                Ok(memchr::memmem::find(&text, needle).is_some())
            };
            let order: Box<dyn Iterator<Item = usize>> = if forward { Box::new(0..rows.len()) } else { Box::new((0..rows.len()).rev()) };
            for at in order {
                if let Some(edges) = rows.get(at)
                    && shows(edges)?
                {
                    return Ok((rows.len(), Some(first + at as u64)));
                }
            }
            Ok((rows.len(), None))
        })
    }
}
