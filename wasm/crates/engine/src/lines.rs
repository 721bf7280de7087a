//! Rows printed from fields: columns beside those of a window, and lines of text, JSON and CSV.

use filter::fields::{ArgumentForm, Scratch, catalogue};
use filter::format::{Format, FormatError};
use filter::plan::Ground;
use filter::syntax::Literal;
use index::{Record, Unit};
use model::Row;
use model::Quirks;

use crate::list::ListSpec;
use crate::read::Blocks;
use crate::session::{Core, Session};
use crate::source::{ByteSource, ReadError};
use crate::window::Edges;
use crate::words::printer;

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A format's own text. Events in which a field has no value are left out unless it begins with a star, as in sysdig.
    Text,
    /// One JSON object, as `sysdig -j` prints it.
    Json,
    /// The fields of the format as cells of a table.
    Csv,
}

impl Session {
    /// Reads a format as `-p` takes it.
    ///
    /// # Errors
    /// When it is empty or something in it can't be printed.
    pub fn format(&self, format: &str) -> Result<Format, FormatError> {
        Format::parse(format, Quirks::NONE, self.core.state.release())
    }

    /// The events of some rows of a list as lines; of a call both.
    ///
    /// # Errors
    /// When their bytes cannot be read again.
    pub fn lines(&mut self, spec: ListSpec, first: u64, count: usize, kind: LineKind, format: &Format, source: &mut dyn ByteSource) -> Result<Vec<u8>, ReadError> {
        let rows = self.edges(spec, first, count);
        self.know_book([format]);
        let core = &self.core;
        let printer = printer(&core.state);
        let ground = Ground { state: &core.state, index: &core.index, printer: &printer, conversations: Some(&self.book) };
        let records: Vec<Record> = rows.iter().flat_map(Edges::records).collect();
        let blocks = Blocks::read(core, &records, source)?;
        let (mut lines, mut scratch, mut bytes) = (Vec::new(), Scratch::default(), Vec::new());
        for record in &records {
            let event = blocks.event(core, record, &mut bytes)?;
            let moment = ground.moment(record, &event);
            let is_told = match kind {
                LineKind::Text => format.text(&mut lines, &moment, &mut scratch),
                LineKind::Json => format.json(&mut lines, &moment, &mut scratch),
                LineKind::Csv => {
                    format.csv(&mut lines, &moment, &mut scratch);
                    true
                }
            };
            if is_told {
                lines.push(b'\n');
            }
        }
        Ok(lines)
    }

    /// Values of fields for some rows of a list, one vector for each field: of a call what its exit has, else its enter.
    /// A field that can't be printed, or whose value depends on what was asked before, has none.
    ///
    /// # Errors
    /// When the bytes of the rows cannot be read again.
    pub fn field_values(&mut self, spec: ListSpec, first: u64, count: usize, names: &[String], source: &mut dyn ByteSource) -> Result<Vec<Vec<Option<String>>>, ReadError> {
        let formats: Vec<Option<Format>> = names.iter().map(|name| Format::of_column(name)).collect();
        let rows = self.edges(spec, first, count);
        self.know_book(formats.iter().flatten());
        let columns = self.cells(&rows, &formats, source)?;
        let text = |value: Option<Vec<u8>>| value.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(columns.into_iter().map(|column| column.into_iter().map(text).collect()).collect())
    }

    /// Values of formats of one column for some rows, one vector for each format: of a call what its exit has, else its enter.
    fn cells(&self, rows: &[Edges], formats: &[Option<Format>], source: &mut dyn ByteSource) -> Result<Vec<Vec<Option<Vec<u8>>>>, ReadError> {
        let core = &self.core;
        let printer = printer(&core.state);
        let ground = Ground { state: &core.state, index: &core.index, printer: &printer, conversations: Some(&self.book) };
        let records: Vec<Record> = rows.iter().flat_map(Edges::records).collect();
        let blocks = Blocks::read(core, &records, source)?;
        let mut columns = vec![Vec::with_capacity(rows.len()); formats.len()];
        let (mut scratch, mut bytes) = (Scratch::default(), Vec::new());
        for edges in rows {
            for column in &mut columns {
                column.push(None);
            }
            for record in edges.exit.iter().chain([&edges.first]) {
                let event = blocks.event(core, record, &mut bytes)?;
                let moment = ground.moment(record, &event);
                for (column, format) in columns.iter_mut().zip(formats) {
                    let (Some(value @ None), Some(format)) = (column.last_mut(), format) else { continue };
                    let mut text = Vec::new();
                    *value = format.cell(0, &mut text, &moment, &mut scratch).then_some(text);
                }
            }
        }
        Ok(columns)
    }

    /// The value of a field as a filter writes it, byte by byte, where the page has lost those that are no text: of a call
    /// what its exit has, else its enter. None where there is none, and for what is no field.
    ///
    /// # Errors
    /// When the bytes of the row cannot be read again.
    pub fn literal(&self, unit: Unit, row: Row, name: &str, source: &mut dyn ByteSource) -> Result<Option<String>, ReadError> {
        let rows: Vec<Edges> = Edges::of(&self.core, unit, row).into_iter().collect();
        let value = self.cells(&rows, &[Format::of_column(name)], source)?.into_iter().flatten().next().flatten();
        Ok(value.map(|bytes| Literal::of(bytes).to_string()))
    }

    pub(crate) fn edges(&mut self, spec: ListSpec, first: u64, count: usize) -> Vec<Edges> {
        self.with_list(spec, |core: &Core, list| list.rows_from(first).take(count).filter_map(|row| Edges::of(core, spec.unit, row)).collect())
    }

    /// Brings the conversations up to date for formats that print them.
    fn know_book<'f>(&mut self, formats: impl IntoIterator<Item = &'f Format>) {
        if formats.into_iter().any(asks_book) {
            self.finish_book();
        }
    }

    /// Brings the conversations up to date once all is indexed; before, they would be made anew for each answer.
    pub(crate) fn finish_book(&mut self) {
        if self.core.is_finished() {
            self.update_book();
        }
    }
}

/// Whether a format prints what the conversations tell.
pub(crate) fn asks_book(format: &Format) -> bool {
    format.fields().any(|field| matches!(field.info().name, "ss.conversation" | "ss.life" | "ss.unread"))
}

/// The fields that a column can show: name, whether an argument stands behind it (`none`, `optional`, `required`), and what
/// it says.
pub fn fields() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    catalogue().iter().filter(|info| !info.filter_only && !info.ordered).map(|info| {
        let argument = match info.argument {
            ArgumentForm::None => "none",
            ArgumentForm::Optional => "optional",
            ArgumentForm::Required => "required",
        };
        (info.name, argument, info.description)
    })
}
