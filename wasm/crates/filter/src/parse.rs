//! Reads filter text: the union of what both generations of sysdig accept (reference: filter language §1, §1a).
//!
//! Where both accept a text and mean different things by it, the newer meaning holds.

use model::Quirks;
use model::quirk::Quirk;

use crate::error::{FilterError, FilterNotice};
use crate::fields;
use crate::operator::{Operator, Quantifier, Transformer};
use crate::syntax::{Argument, Call, Check, Expr, FieldName, Literal, Place, Right, Term};

/// Deepest nesting of brackets and transformers.
pub const MAX_DEPTH: usize = 100;

/// A filter that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// What it says.
    pub expr: Expr,
    /// What its writer may not expect.
    pub notices: Vec<FilterNotice>,
}

/// Reads a filter. Little is known here of fields: any name with a dot in it is one.
///
/// # Errors
/// The first thing that does not fit the grammar.
pub fn parse(text: &[u8], quirks: Quirks) -> Result<Parsed, FilterError> {
    let mut parser = Parser { text, at: 0, depth: 0, quirks, notices: Vec::new() };
    parser.blanks();
    if parser.is_at_end() {
        return Ok(Parsed { expr: Expr::All, notices: Vec::new() });
    }
    let expr = parser.alternatives()?;
    parser.blanks();
    if parser.peek() == Some(b')') {
        return Err(parser.fault(1, "this bracket was never opened"));
    }
    if depth(&expr) > MAX_DEPTH {
        // With the brackets that its mixtures of `and` and `or` stand for.
        return Err(FilterError { at: 0, length: text.len(), ..too_deep() });
    }
    Ok(Parsed { expr, notices: parser.notices })
}

/// Reads the function of fields that a text begins with, and says how many bytes it takes. `None`: no function that can be
/// read stands there.
pub fn call_at(text: &[u8]) -> Option<(Call, usize)> {
    let mut parser = Parser { text, at: 0, depth: 0, quirks: Quirks::NONE, notices: Vec::new() };
    let transformer = parser.transformer_here()?;
    let call = parser.call(transformer).ok()?;
    Some((call, parser.at))
}

fn too_deep() -> FilterError {
    FilterError { at: 0, length: 0, message: format!("brackets are nested more than {MAX_DEPTH} deep"), suggestion: None }
}

/// How deep brackets are nested in the printed form.
fn depth(expr: &Expr) -> usize {
    match expr {
        Expr::All => 0,
        Expr::And(parts) | Expr::Or(parts) => {
            let deepest = parts.iter().map(|part| depth(part) + usize::from(matches!(part, Expr::And(_) | Expr::Or(_))));
            deepest.max().unwrap_or(0)
        }
        Expr::Not(part) => depth(part) + usize::from(!matches!(**part, Expr::Check(_))),
        Expr::Check(check) => {
            let right = match &check.right {
                Right::Term(term) => 1 + term_depth(term),
                _ => 0,
            };
            term_depth(&check.left).max(right)
        }
    }
}

fn term_depth(term: &Term) -> usize {
    match term {
        Term::Field(_) => 0,
        Term::Call(call) => 1 + call.arguments.iter().map(argument_depth).max().unwrap_or(0),
    }
}

fn argument_depth(argument: &Argument) -> usize {
    match argument {
        Argument::Term(term) => term_depth(term),
        Argument::Text(_) => 0,
        Argument::List(arguments, _) => 1 + arguments.iter().map(argument_depth).max().unwrap_or(0),
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    quirks: Quirks,
    notices: Vec<FilterNotice>,
}

type Read<T> = Result<T, FilterError>;

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 8)
}

/// Where a field name ends.
fn ends_name(byte: u8) -> bool {
    is_blank(byte) || b"=!<>()[],\"'".contains(&byte)
}

fn ends_word(byte: u8) -> bool {
    is_blank(byte) || b"()=!<>,\"'".contains(&byte)
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    /// What stands here up to a byte that ends it.
    fn run(&self, ends: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.split(|byte| ends(*byte)).next().unwrap_or_default()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn fault(&self, length: usize, message: impl Into<String>) -> FilterError {
        let at = self.at.min(self.text.len());
        FilterError { at, length: length.min(self.text.len() - at), message: message.into(), suggestion: None }
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FilterError { at: self.at, length: self.text.len().saturating_sub(self.at).min(1), ..too_deep() });
        }
        Ok(())
    }

    /// A keyword that must be followed by a blank, a bracket or the end.
    fn keyword(&mut self, word: &[u8]) -> bool {
        let is = self.run(ends_word) == word && matches!(self.text.get(self.at + word.len()), None | Some(b'(' | b' ' | b'\t' | b'\n' | b'\r' | 8));
        self.at += if is { word.len() } else { 0 };
        is
    }

    // --- and, or, not ----------------------------------------------------------------------------------------------

    /// `A or B or …`, up to the end or a closing bracket.
    fn alternatives(&mut self) -> Read<Expr> {
        let mut alternatives = Vec::new();
        let mut all = vec![self.negated()?];
        let (mut any_and, mut any_or, mut mixed) = (false, false, None);
        loop {
            self.blanks();
            let at = self.at;
            if self.keyword(b"and") {
                any_and = true;
            } else if self.keyword(b"or") {
                any_or = true;
                alternatives.push(gathered(std::mem::take(&mut all), Expr::And));
            } else if matches!(self.peek(), None | Some(b')')) {
                break;
            } else {
                return Err(self.no_connective());
            }
            if any_and && any_or {
                mixed.get_or_insert(Place::between(at, self.at));
            }
            self.blanks();
            all.push(self.negated()?);
        }
        if let Some(place) = mixed {
            self.notices.push(FilterNotice {
                at: place.at,
                length: place.length,
                message: "and binds before or; older releases want brackets here".to_owned(),
            });
        }
        alternatives.push(gathered(all, Expr::And));
        Ok(gathered(alternatives, Expr::Or))
    }

    /// `not not A`.
    fn negated(&mut self) -> Read<Expr> {
        let mut times = 0usize;
        while self.keyword(b"not") {
            times += 1;
            self.blanks();
        }
        let part = if self.eat(b'(') {
            let opened = self.at - 1;
            self.deeper()?;
            self.blanks();
            let part = self.alternatives()?;
            self.blanks();
            if !self.eat(b')') {
                return Err(FilterError { at: opened, length: 1, message: "this bracket is never closed".to_owned(), suggestion: None });
            }
            self.depth -= 1;
            part
        } else {
            Expr::Check(self.check()?)
        };
        let is_negated = if self.quirks.has(Quirk::NotNotIsNot) { times > 0 } else { times % 2 == 1 };
        Ok(match (is_negated, part) {
            (false, part) => part,
            (true, Expr::Not(part)) => *part,
            (true, part) => Expr::Not(Box::new(part)),
        })
    }

    /// Neither `and` nor `or` stands where one must.
    fn no_connective(&self) -> FilterError {
        let word = self.run(|byte| is_blank(byte) || byte == b')');
        let shown = String::from_utf8_lossy(word).into_owned();
        let suggestion = match &*word.to_ascii_lowercase() {
            b"and" | b"&&" | b"&" => Some("and"),
            b"or" | b"||" | b"|" => Some("or"),
            _ => None,
        };
        FilterError {
            at: self.at,
            length: word.len(),
            message: format!("expected and or or before {shown}"),
            suggestion: suggestion.map(str::to_owned),
        }
    }

    // --- checks ----------------------------------------------------------------------------------------------------

    fn check(&mut self) -> Read<Check> {
        let start = self.at;
        let left = self.term()?;
        self.blanks();
        let operator_at = self.at;
        let operator = self.operator(&left)?;
        let operator_place = Place::between(operator_at, self.at);
        let mut end = self.at;
        self.blanks();
        let quantifier = if operator.takes_list() || operator.is_order() || operator == Operator::Exists { None } else { self.quantifier() };
        let right = if operator == Operator::Exists {
            Right::Nothing
        } else if operator.takes_list() || quantifier.is_some() {
            self.list_side(operator, quantifier)?
        } else {
            self.value_side(operator)?
        };
        if operator != Operator::Exists {
            end = self.at;
        }
        self.at = end;
        Ok(Check { left, operator, quantifier, right, place: Place::between(start, end), operator_place })
    }

    /// A field or a function of fields.
    fn term(&mut self) -> Read<Term> {
        if let Some(transformer) = self.transformer_here() {
            return Ok(Term::Call(self.call(transformer)?));
        }
        Ok(Term::Field(self.field()?))
    }

    fn transformer_here(&self) -> Option<Transformer> {
        let word = self.run(ends_name);
        let transformer = Transformer::from_text(std::str::from_utf8(word).ok()?)?;
        (self.text.get(self.at + word.len()) == Some(&b'(')).then_some(transformer)
    }

    fn field(&mut self) -> Read<FieldName> {
        let start = self.at;
        let word = self.run(ends_name);
        let shown = String::from_utf8_lossy(word).into_owned();
        if word.is_empty() {
            return Err(match self.peek() {
                None => self.fault(0, "expected a check such as evt.type = open at the end"),
                Some(b')') => self.fault(1, "expected a check such as evt.type = open before this bracket"),
                Some(b'!') => FilterError { suggestion: Some("not".to_owned()), ..self.fault(1, "expected a field, but found !") },
                Some(_) => {
                    let found = self.run(|byte| is_blank(byte) || byte == b')');
                    self.fault(found.len(), format!("expected a field, but found {}", String::from_utf8_lossy(found)))
                }
            });
        }
        // The first releases had names without a dot.
        if !shown.contains('.') && fields::find(&shown).is_none() {
            let message = match &*shown {
                "and" | "or" | "not" => format!("expected a field, but found {shown}"),
                _ if self.text.get(self.at + word.len()) == Some(&b'(') => format!("there is no transformer {shown}"),
                _ => format!("there is no field {shown}: names of fields have a dot in them"),
            };
            let suggestion = (shown.eq_ignore_ascii_case("not") && shown != "not").then(|| "not".to_owned());
            return Err(FilterError { suggestion, ..self.fault(word.len(), message) });
        }
        self.at += word.len();
        let argument = self.bracketed(&shown)?;
        Ok(FieldName { name: shown, argument, place: Place::between(start, self.at) })
    }

    /// `[argument]` behind a field or a function, where there is one.
    fn bracketed(&mut self, of: &str) -> Read<Option<Literal>> {
        let opened = self.at;
        if !self.eat(b'[') {
            return Ok(None);
        }
        self.blanks();
        let text = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote)?,
            _ => {
                let at = self.at;
                let bytes = self.run(|byte| is_blank(byte) || b"[]\"'".contains(&byte)).to_vec();
                self.at += bytes.len();
                Literal { place: Place::between(at, self.at), bytes }
            }
        };
        self.blanks();
        if !self.eat(b']') {
            return Err(FilterError { at: opened, length: 1, message: "this bracket is never closed".to_owned(), suggestion: None });
        }
        if text.place.length == 0 {
            return Err(FilterError { at: opened, length: self.at - opened, message: format!("expected an argument for {of} in these brackets"), suggestion: None });
        }
        Ok(Some(text))
    }

    fn call(&mut self, transformer: Transformer) -> Read<Call> {
        let start = self.at;
        self.at += transformer.text().len();
        let arguments = self.arguments()?;
        let selected = if transformer == Transformer::GetOpt { self.bracketed(transformer.text())? } else { None };
        Ok(Call { transformer, arguments, selected, place: Place::between(start, self.at) })
    }

    /// `(A, B, …)`.
    fn arguments(&mut self) -> Read<Vec<Argument>> {
        let opened = self.at;
        self.deeper()?;
        self.at += 1;
        let mut arguments = Vec::new();
        self.blanks();
        if !self.eat(b')') {
            loop {
                self.blanks();
                arguments.push(self.argument()?);
                self.blanks();
                if self.eat(b')') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(FilterError { at: opened, length: 1, message: "this bracket is never closed".to_owned(), suggestion: None });
                }
            }
        }
        self.depth -= 1;
        Ok(arguments)
    }

    fn argument(&mut self) -> Read<Argument> {
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => Ok(Argument::Text(self.quoted(quote)?)),
            Some(b'(') => {
                let start = self.at;
                let arguments = self.arguments()?;
                Ok(Argument::List(arguments, Place::between(start, self.at)))
            }
            Some(b'0'..=b'9' | b'+' | b'-') => {
                let at = self.at;
                let bytes = self.run(ends_word).to_vec();
                self.at += bytes.len();
                Ok(Argument::Text(Literal { place: Place::between(at, self.at), bytes }))
            }
            _ => Ok(Argument::Term(self.term()?)),
        }
    }

    fn operator(&mut self, left: &Term) -> Read<Operator> {
        for symbol in ["==", "=", "!=", "<=", "<", ">=", ">"] {
            if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(symbol.as_bytes()))
                && let Some(operator) = Operator::from_text(symbol)
            {
                self.at += symbol.len();
                return Ok(operator);
            }
        }
        let word = self.run(ends_word);
        let shown = String::from_utf8_lossy(word).into_owned();
        if let Some(operator) = Operator::from_text(&shown) {
            // A bracket may follow lists at once; texts want a blank before them.
            let after = self.text.get(self.at + word.len()).copied();
            if after.is_none_or(|byte| is_blank(byte) || byte == b')' || byte == b'(' || matches!(byte, b'"' | b'\'')) {
                self.at += word.len();
                return Ok(operator);
            }
        }
        let found = self.run(|byte| is_blank(byte) || byte == b')');
        if found.is_empty() {
            return Err(FilterError {
                at: left.place().at,
                length: left.place().length,
                message: format!("expected an operator such as = or contains after {left}"),
                suggestion: None,
            });
        }
        let suggestion = match &*shown.to_ascii_lowercase() {
            "like" | "matches" | "match" | "has" | "includes" | "~" => Some("contains"),
            "is" | "eq" => Some("="),
            "ne" | "<>" => Some("!="),
            lower => Operator::from_text(lower).map(Operator::text),
        };
        Err(FilterError {
            suggestion: suggestion.map(str::to_owned),
            ..self.fault(found.len(), format!("expected an operator after {left}, but found {}", String::from_utf8_lossy(found)))
        })
    }

    fn quantifier(&mut self) -> Option<Quantifier> {
        let word = self.run(ends_word);
        let quantifier = Quantifier::from_text(std::str::from_utf8(word).ok()?)?;
        let back = self.at;
        self.at += word.len();
        self.blanks();
        if self.peek() == Some(b'(') {
            return Some(quantifier);
        }
        self.at = back;
        None
    }

    // --- right sides -----------------------------------------------------------------------------------------------

    fn list_side(&mut self, operator: Operator, quantifier: Option<Quantifier>) -> Read<Right> {
        if let Some(transformer) = self.transformer_here().filter(|_| quantifier.is_none()) {
            return self.right_call(transformer);
        }
        let start = self.at;
        if !self.eat(b'(') {
            // The name of a list, which stands for itself where no list of that name is known.
            let word = self.run(|byte| is_blank(byte) || byte == b')');
            let is_name = word.first().is_some_and(u8::is_ascii_alphabetic) && word.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            if !is_name {
                let mut fault = self.fault(word.len(), format!("expected a list in brackets after {operator}"));
                if !word.is_empty() {
                    fault.suggestion = Some(format!("({})", String::from_utf8_lossy(word)));
                }
                return Err(fault);
            }
            self.at += word.len();
            let place = Place::between(start, self.at);
            return Ok(Right::List(vec![Literal { bytes: word.to_vec(), place }], place));
        }
        let mut texts = Vec::new();
        self.blanks();
        if !self.eat(b')') {
            loop {
                self.blanks();
                texts.push(self.value(true)?);
                self.blanks();
                if self.eat(b')') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(if self.is_at_end() {
                        FilterError { at: start, length: 1, message: "this list is never closed".to_owned(), suggestion: None }
                    } else {
                        self.fault(1, "expected a comma or a closing bracket in this list")
                    });
                }
            }
        }
        Ok(Right::List(texts, Place::between(start, self.at)))
    }

    fn value_side(&mut self, operator: Operator) -> Read<Right> {
        if let Some(transformer) = self.transformer_here() {
            return self.right_call(transformer);
        }
        match self.peek() {
            Some(b'(') => return Err(self.fault(1, format!("expected a value after {operator}; only in, intersects and pmatch take a list"))),
            Some(byte @ (b'=' | b',')) => return Err(self.fault(1, format!("expected a value after {operator}, but found {}", char::from(byte)))),
            Some(byte @ (b'<' | b'>')) if operator.is_order() => {
                return Err(self.fault(1, format!("expected a value after {operator}, but found {}", char::from(byte))));
            }
            _ => {}
        }
        let text = self.value(false)?;
        if text.place.length == 0 {
            self.notices.push(FilterNotice { at: text.place.at, length: 0, message: format!("no value after {operator}: compares with the empty text") });
        }
        Ok(Right::Text(text))
    }

    /// `val(A)` is A, any other function itself.
    fn right_call(&mut self, transformer: Transformer) -> Read<Right> {
        let call = self.call(transformer)?;
        Ok(Right::Term(match (call.transformer, call.arguments.as_slice()) {
            (Transformer::Val, [Argument::Term(term)]) => term.clone(),
            _ => Term::Call(call),
        }))
    }

    /// A text, bare or in quotes; bare ones in lists end at a comma.
    fn value(&mut self, in_list: bool) -> Read<Literal> {
        if let Some(quote @ (b'"' | b'\'')) = self.peek() {
            return self.quoted(quote);
        }
        let at = self.at;
        let mut bytes = Vec::new();
        while let Some(byte) = self.peek() {
            if is_blank(byte) || byte == b')' || in_list && byte == b',' {
                break;
            }
            if byte == b'(' {
                return Err(self.fault(1, "a value that has a bracket in it must stand in quotes"));
            }
            self.at += 1;
            if byte == b'\\' {
                match self.peek() {
                    Some(escaped @ (b'\\' | b'"' | b'\'')) => {
                        self.at += 1;
                        bytes.push(escaped);
                        continue;
                    }
                    Some(b'x') => {
                        if let Some(value) = self.hex() {
                            bytes.push(value);
                            continue;
                        }
                    }
                    _ => {}
                }
            }
            bytes.push(byte);
        }
        Ok(Literal { bytes, place: Place::between(at, self.at) })
    }

    /// The byte of `xHH`, when that stands here.
    fn hex(&mut self) -> Option<u8> {
        let digit = |at: usize| char::from(*self.text.get(at)?).to_digit(16);
        let value = digit(self.at + 1)? * 16 + digit(self.at + 2)?;
        self.at += 3;
        u8::try_from(value).ok()
    }

    fn quoted(&mut self, quote: u8) -> Read<Literal> {
        let start = self.at;
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let Some(byte) = self.peek() else {
                return Err(FilterError { at: start, length: 1, message: "this quote is never closed".to_owned(), suggestion: None });
            };
            self.at += 1;
            if byte == quote {
                return Ok(Literal { bytes, place: Place::between(start, self.at) });
            }
            if byte != b'\\' {
                bytes.push(byte);
                continue;
            }
            let Some(escaped) = self.peek() else { continue };
            let meant = match escaped {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'\\' | b'/' | b'"' | b'\'' => escaped,
                b'x' => match self.hex() {
                    Some(value) => {
                        bytes.push(value);
                        continue;
                    }
                    None => {
                        self.at -= 1;
                        return Err(self.fault(2, "expected two hexadecimal digits after \\x"));
                    }
                },
                // Unknown ones stand for themselves, as they always did in older releases.
                _ => {
                    bytes.push(b'\\');
                    continue;
                }
            };
            self.at += 1;
            bytes.push(meant);
        }
    }
}

/// One part as it is, several put together; parts of the same kind are taken in.
fn gathered(mut parts: Vec<Expr>, together: impl Fn(Vec<Expr>) -> Expr) -> Expr {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    let kind = together(Vec::new());
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match (part, &kind) {
            (Expr::And(inner), Expr::And(_)) | (Expr::Or(inner), Expr::Or(_)) => flat.extend(inner),
            (part, _) => flat.push(part),
        }
    }
    together(flat)
}
