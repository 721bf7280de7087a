//! A filter that is ready to be asked about events: its fields bound, its values read, its mistakes told.

use std::collections::HashSet;
use std::sync::OnceLock;

use model::Quirks;
use model::quirk::Quirk;
use model::table::{self, Release};

use crate::compare::{self, Comparison, Subject};
use crate::error::{FilterError, FilterNotice};
use crate::fields::{self, Field, Id};
use crate::moment::Moment;
use crate::operator::Operator;
use crate::parse::parse;
use crate::spelling;
use crate::syntax::{self, Expr, Literal, Place, Right, Term};
use crate::transform::{Room, Side};
use crate::value::Class;

/// A filter that can be asked about events.
#[derive(Debug)]
pub struct Filter {
    text: String,
    root: Node,
    checks: Vec<Check>,
    notices: Vec<FilterNotice>,
}

/// How the checks are combined.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Every event.
    All,
    /// All of them, from left to right up to the first that does not hold.
    And(Vec<Self>),
    /// One of them, from left to right up to the first that holds.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A check, by its place in [`Filter::checks`].
    Check(usize),
}

/// One comparison, ready.
#[derive(Debug)]
pub struct Check {
    left: Side,
    test: Test,
    text: String,
    place: Place,
}

#[derive(Debug)]
enum Test {
    Value(Comparison),
    Side(Operator, Side),
}

/// Room that values are made in; keep one for each run over events.
#[derive(Debug, Default)]
pub struct Rooms {
    left: Room,
    right: Room,
}

impl Filter {
    /// Reads a filter. An empty one passes every event.
    ///
    /// `quirks`: faults of sysdig to copy.
    ///
    /// # Errors
    /// The first mistake in it, with its place.
    pub fn new(text: &[u8], quirks: Quirks) -> Result<Self, FilterError> {
        let parsed = parse(text, quirks)?;
        let mut maker = Maker { quirks, checks: Vec::new(), notices: parsed.notices };
        let root = maker.node(&parsed.expr)?;
        let mut notices = maker.notices;
        notices.sort_by_key(|notice| notice.at);
        Ok(Self { text: parsed.expr.to_string(), root, checks: maker.checks, notices })
    }

    /// The filter in its one printed form: equal for filters that are written differently and mean the same.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the checks are combined.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Its checks, from left to right.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// What its writer may not expect.
    pub fn notices(&self) -> &[FilterNotice] {
        &self.notices
    }

    /// Whether it passes every event.
    pub fn is_empty(&self) -> bool {
        self.root == Node::All
    }

    /// Whether a check asks about conversations, which are known when the capture has been read to its end.
    pub fn asks_conversations(&self) -> bool {
        self.checks.iter().flat_map(Check::fields).any(|field| matches!(field.info().id, Id::SsConversation | Id::SsLife | Id::SsUnread))
    }

    /// Begins a new run over the events: a few fields measure from their own last evaluation.
    pub fn reset(&self) {
        self.checks.iter().flat_map(Check::fields).for_each(Field::reset);
    }

    /// Whether an event passes: checks are evaluated from left to right, and no more of them than the answer needs.
    pub fn passes(&self, moment: &Moment<'_>, rooms: &mut Rooms) -> bool {
        self.node(&self.root, moment, rooms)
    }

    /// Whether an event passes a part of it.
    pub(crate) fn node(&self, node: &Node, moment: &Moment<'_>, rooms: &mut Rooms) -> bool {
        match node {
            Node::All => true,
            Node::And(parts) => parts.iter().all(|part| self.node(part, moment, rooms)),
            Node::Or(parts) => parts.iter().any(|part| self.node(part, moment, rooms)),
            Node::Not(part) => !self.node(part, moment, rooms),
            Node::Check(at) => self.checks.get(*at).is_some_and(|check| check.holds(moment, rooms)),
        }
    }
}

impl Check {
    /// As it is printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it stands in the filter as it was written.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Its left side.
    pub fn left(&self) -> &Side {
        &self.left
    }

    /// Its right side, where that is of the event too.
    pub fn right(&self) -> Option<&Side> {
        match &self.test {
            Test::Value(_) => None,
            Test::Side(_, side) => Some(side),
        }
    }

    /// The fields on both sides.
    pub fn fields(&self) -> Vec<&Field> {
        let mut found = Vec::new();
        self.left.fields(&mut found);
        if let Some(right) = self.right() {
            right.fields(&mut found);
        }
        found
    }

    /// Whether it may hold for the event of a block. Data stand in the block as they are.
    pub fn may_hold_in(&self, block: &[u8]) -> bool {
        match (&self.left, &self.test) {
            (Side::Field(field), Test::Value(comparison)) if field.info().id == Id::EvtBuffer => comparison.may_hold_within(block),
            _ => true,
        }
    }

    /// Whether it holds for an event. Where a side has no value it does not, whatever the operator.
    pub fn holds(&self, moment: &Moment<'_>, rooms: &mut Rooms) -> bool {
        let Some(value) = self.left.value(moment, &mut rooms.left) else { return false };
        match &self.test {
            Test::Value(comparison) => comparison.holds(&value),
            Test::Side(operator, side) => {
                side.value(moment, &mut rooms.right).is_some_and(|right| compare::holds_between(*operator, &value, &right))
            }
        }
    }
}

struct Maker {
    quirks: Quirks,
    checks: Vec<Check>,
    notices: Vec<FilterNotice>,
}

fn refuse(place: Place, message: String) -> FilterError {
    FilterError { at: place.at, length: place.length, message, suggestion: None }
}

impl Maker {
    fn node(&mut self, expr: &Expr) -> Result<Node, FilterError> {
        Ok(match expr {
            Expr::All => Node::All,
            Expr::And(parts) => Node::And(parts.iter().map(|part| self.node(part)).collect::<Result<_, _>>()?),
            Expr::Or(parts) => Node::Or(parts.iter().map(|part| self.node(part)).collect::<Result<_, _>>()?),
            Expr::Not(part) => Node::Not(Box::new(self.node(part)?)),
            Expr::Check(check) => {
                let check = self.check(check)?;
                self.checks.push(check);
                Node::Check(self.checks.len() - 1)
            }
        })
    }

    fn check(&mut self, check: &syntax::Check) -> Result<Check, FilterError> {
        let mut left = Side::new(&check.left)?;
        let name = check.left.to_string();
        let mut operator = check.operator;
        let info = match &left {
            Side::Field(field) => Some(field.info()),
            Side::Call(..) => None,
        };
        if let Some(info) = info.filter(|info| info.print_only) {
            return Err(refuse(check.left.place(), format!("{} can be printed, but not compared", info.name)));
        }
        let is = |id: Id| info.is_some_and(|info| info.id == id);
        if is(Id::EvtAround) && operator != Operator::Equal {
            return Err(FilterError {
                suggestion: Some("=".to_owned()),
                ..refuse(check.operator_place, "evt.around is compared with = alone".to_owned())
            });
        }
        if let Some(why) = compare::misfit(left.class(), left.is_list(), operator) {
            return Err(refuse(check.operator_place, format!("{operator} does not fit {name}, which {why}")));
        }
        if is(Id::ProcApid) && operator == Operator::In && self.quirks.has(Quirk::AncestorsInIsTheOwnPid)
            && let Some(pid) = fields::find("proc.pid")
        {
            left = Side::Field(Field::bind(pid, fields::Argument::None).map_err(|error| refuse(check.place, error.to_string()))?);
        }
        let is_classic = self.quirks.has(Quirk::NumbersAreCut);
        let class = match (&left, info) {
            (Side::Field(_), Some(info)) if is_classic => info.class_in_0_29_3,
            (left, _) => left.class(),
        };
        let subject = Subject { name: &name, class, is_list: left.is_list(), quirks: self.quirks };
        if is(Id::EvtType) {
            known_types(&check.right, check.place)?;
        }
        let test = match &check.right {
            Right::Nothing => Test::Value(Comparison::exists()),
            Right::Text(text) if is(Id::EvtAround) => {
                operator = Operator::LessOrEqual;
                Test::Value(Comparison::with_text(subject, operator, text, &mut self.notices)?)
            }
            Right::Text(text) => Test::Value(Comparison::with_text(subject, operator, text, &mut self.notices)?),
            Right::List(texts, place) => {
                let empty = [Literal { bytes: Vec::new(), place: *place }];
                let texts = if texts.is_empty() && self.quirks.has(Quirk::EmptyListHasAnEmptyText) { &empty[..] } else { texts };
                Test::Value(Comparison::with_list(subject, operator, check.quantifier, texts, &mut self.notices)?)
            }
            Right::Term(term) => Test::Side(operator, right_side(&left, &name, info, check, term)?),
        };
        Ok(Check { left, test, text: check.to_string(), place: check.place })
    }
}

/// A field on the right-hand side, which must be of the same kind as what is on the left.
fn right_side(left: &Side, name: &str, info: Option<&fields::FieldInfo>, check: &syntax::Check, term: &Term) -> Result<Side, FilterError> {
    if info.is_some_and(|info| info.no_rhs) {
        return Err(refuse(term.place(), format!("{name} cannot be compared with another field")));
    }
    if check.operator == Operator::Regex {
        return Err(refuse(term.place(), "a regular expression must be a text".to_owned()));
    }
    let right = Side::new(term)?;
    let kind = |class: Class| match class {
        Class::Int { .. } | Class::Port | Class::Double | Class::RelTime | Class::AbsTime => 0,
        Class::Text | Class::Bytes => 1,
        Class::Bool => 2,
        Class::Ip => 3,
        Class::Net => 4,
        Class::Dynamic => 5,
    };
    let (one, other) = (kind(left.class()), kind(right.class()));
    if one == 4 || other == 4 || one != other && one != 5 && other != 5 {
        return Err(refuse(term.place(), format!("{name} and {term} are not of one kind")));
    }
    Ok(right)
}

/// Names of events and system calls of all releases.
fn type_names() -> &'static HashSet<&'static str> {
    static NAMES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let events = (0..table::TABLE_SIZE).filter_map(table::event).map(|info| info.name);
        let calls = [Release::V0_29_3, Release::V0_36_0, Release::Libs0_25_4]
            .into_iter()
            .flat_map(|release| (0..1024).filter_map(move |code| table::syscall_name(code, release)));
        let native = (0..1024).filter_map(table::native_syscall_name);
        events.chain(calls).chain(native).filter(|name| !name.is_empty()).collect()
    })
}

/// Every value that `evt.type` is compared with must be a whole name, whatever the operator.
fn known_types(right: &Right, place: Place) -> Result<(), FilterError> {
    let known = |text: &Literal| {
        let name = std::str::from_utf8(&text.bytes).unwrap_or_default();
        if type_names().contains(name) {
            return Ok(());
        }
        let shown = if text.bytes.is_empty() { "the empty text".to_owned() } else { String::from_utf8_lossy(&text.bytes).into_owned() };
        Err(FilterError {
            suggestion: spelling::nearest(name, type_names().iter().copied()).map(str::to_owned),
            ..refuse(text.place, format!("no event or system call is called {shown}"))
        })
    };
    match right {
        Right::Nothing | Right::Term(_) => Ok(()),
        Right::Text(text) => known(text),
        Right::List(texts, _) if texts.is_empty() => Err(refuse(place, "this list of event types is empty".to_owned())),
        Right::List(texts, _) => texts.iter().try_for_each(known),
    }
}
