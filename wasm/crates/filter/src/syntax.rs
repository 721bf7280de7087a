//! A filter as a tree, and the tree as text.

use std::fmt;

use crate::operator::{Operator, Quantifier, Transformer};

/// A stretch of the filter text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Where it begins.
    pub at: usize,
    /// How long it is.
    pub length: usize,
}

impl Place {
    /// From one byte to another.
    pub fn between(at: usize, end: usize) -> Self {
        Self { at, length: end.saturating_sub(at) }
    }

    /// First byte behind it.
    pub fn end(self) -> usize {
        self.at + self.length
    }
}

/// A filter. Brackets that change nothing are gone.
///
/// Its text form is accepted by both generations of sysdig where they know the fields and operators in it: every mixture of
/// `and` and `or` has its brackets.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// An empty filter: every event.
    All,
    /// All of these; two at least.
    And(Vec<Self>),
    /// One of these at least; two at least.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// One comparison.
    Check(Check),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What is compared.
    pub left: Term,
    /// How.
    pub operator: Operator,
    /// How many elements of the list, for operators that otherwise take one text.
    pub quantifier: Option<Quantifier>,
    /// With what.
    pub right: Right,
    /// Where all of it stands.
    pub place: Place,
    /// Where the operator stands.
    pub operator_place: Place,
}

/// Right side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    /// `exists` compares with nothing.
    Nothing,
    /// One text; what it means depends on the left side.
    Text(Literal),
    /// A list of texts.
    List(Vec<Literal>, Place),
    /// Another field of the same event.
    Term(Term),
}

/// A text, bare or in quotes.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// Its bytes, escapes resolved.
    pub bytes: Vec<u8>,
    /// Where it stands, quotes included.
    pub place: Place,
}

/// A field or a function of fields.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A field.
    Field(FieldName),
    /// A function.
    Call(Call),
}

impl Term {
    /// Where it stands.
    pub fn place(&self) -> Place {
        match self {
            Self::Field(field) => field.place,
            Self::Call(call) => call.place,
        }
    }
}

/// A field as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldName {
    /// All up to a bracket; it may end in an argument (`evt.arg.name`).
    pub name: String,
    /// What stands in brackets.
    pub argument: Option<Literal>,
    /// Where it stands.
    pub place: Place,
}

/// A transformer and what it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which.
    pub transformer: Transformer,
    /// Of what.
    pub arguments: Vec<Argument>,
    /// What stands in brackets behind it: the option that `getopt` looks for.
    pub selected: Option<Literal>,
    /// Where it stands.
    pub place: Place,
}

/// What a transformer is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A field or another function.
    Term(Term),
    /// A text or a number.
    Text(Literal),
    /// Several.
    List(Vec<Self>, Place),
}

impl Argument {
    /// Where it stands.
    pub fn place(&self) -> Place {
        match self {
            Self::Term(term) => term.place(),
            Self::Text(text) => text.place,
            Self::List(_, place) => *place,
        }
    }
}

impl Expr {
    /// Its checks, from left to right.
    pub fn checks(&self) -> Vec<&Check> {
        let mut found = Vec::new();
        self.visit(&mut |check| found.push(check));
        found
    }

    fn visit<'a>(&'a self, with: &mut impl FnMut(&'a Check)) {
        match self {
            Self::All => {}
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(with)),
            Self::Not(part) => part.visit(with),
            Self::Check(check) => with(check),
        }
    }
}

fn joined<T: fmt::Display>(f: &mut fmt::Formatter<'_>, parts: &[T], between: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write!(f, "{part}")?;
    }
    Ok(())
}

/// A part of an expression, in brackets where it needs them.
struct Part<'a>(&'a Expr);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::And(_) | Expr::Or(_) => write!(f, "({})", self.0),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::And(parts) => joined(f, &parts.iter().map(Part).collect::<Vec<_>>(), " and "),
            Self::Or(parts) => joined(f, &parts.iter().map(Part).collect::<Vec<_>>(), " or "),
            // A run of `not` means different things to different releases, brackets between them do not.
            Self::Not(part) if matches!(**part, Self::Check(_)) => write!(f, "not {part}"),
            Self::Not(part) => write!(f, "not ({part})"),
            Self::Check(check) => write!(f, "{check}"),
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.left, self.operator)?;
        if let Some(quantifier) = self.quantifier {
            write!(f, " {}", quantifier.text())?;
        }
        match &self.right {
            Right::Nothing => Ok(()),
            Right::Text(text) => write!(f, " {text}"),
            Right::List(texts, _) => {
                f.write_str(" (")?;
                joined(f, texts, ", ")?;
                f.write_str(")")
            }
            Right::Term(Term::Field(field)) => write!(f, " val({field})"),
            Right::Term(term) => write!(f, " {term}"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => write!(f, "{field}"),
            Self::Call(call) => write!(f, "{call}"),
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.argument {
            Some(argument) => write!(f, "[{argument}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.transformer.text())?;
        joined(f, &self.arguments, ", ")?;
        f.write_str(")")?;
        match &self.selected {
            Some(selected) => write!(f, "[{selected}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term(term) => write!(f, "{term}"),
            // Bare words are fields here.
            Self::Text(text) => quoted(f, &text.bytes),
            Self::List(arguments, _) => {
                f.write_str("(")?;
                joined(f, arguments, ", ")?;
                f.write_str(")")
            }
        }
    }
}

/// Bytes that no release reads as anything but text.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_/.:+-@%*?".contains(&byte)
}

impl Literal {
    /// A value as a filter writes it.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, place: Place::default() }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_direction = matches!(*self.bytes, [b'<' | b'>']);
        match std::str::from_utf8(&self.bytes) {
            Ok(text) if is_direction || !text.is_empty() && text.bytes().all(is_plain) => f.write_str(text),
            _ => quoted(f, &self.bytes),
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("\"")?;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                // Classic releases end a text at a quote of either kind.
                '\'' => f.write_str("\\x27")?,
                c if c.is_control() => {
                    let mut buffer = [0; 4];
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        write!(f, "\\x{byte:02x}")?;
                    }
                }
                c => write!(f, "{c}")?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    f.write_str("\"")
}
