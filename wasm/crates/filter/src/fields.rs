//! The catalogue of fields: what each is called, what it is, and how it is taken from a moment.

mod argument;
mod calls;
mod container;
mod descriptor;
mod event;
mod own;
mod parameter;
mod process;
mod tracer;

use std::cell::Cell;
use std::fmt;

use model::table::{self, Format, ParamType, Release};

use crate::moment::Moment;
use crate::spelling::nearest;
use crate::value::{Class, Value};
use argument::Bound;

pub use event::is_point_in_time;
pub(crate) use parameter::directory_of;

include!(concat!(env!("OUT_DIR"), "/fields.rs"));

/// What a value depends on, and so when it has to be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The event's own columns: type, time, cpu, descriptor number, result.
    Event,
    /// One version of an entity alone: the same for all its rows.
    Own(Owner),
    /// Several entities: ancestors, users, containers, thread counts.
    Relational,
    /// Anything that changes from row to row: memory, faults, times, counters.
    Volatile,
    /// Parameters of the event, which are read from the capture.
    Parameters,
    /// The data buffer of the event.
    Bytes,
}

/// Where the value of a field comes from for events of one type. Later ones cost more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// There is none for any of them.
    Nothing,
    /// Type and result alone.
    Result,
    /// Columns and state.
    State,
    /// The bytes of the event.
    Bytes,
}

/// The entity that a field is a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The version of the event's thread.
    Thread,
    /// The attributes of the event's description at its row.
    Description,
}

/// Whether a field takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArgumentForm {
    /// It does not.
    None,
    /// It may be left out.
    Optional,
    /// It must be there.
    Required,
}

/// An argument as it was written. Both forms mean the same, but for digits: `evt.arg[1]` is an index, `evt.arg.1` a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'a> {
    /// None was written.
    None,
    /// `field.argument`.
    Dotted(&'a str),
    /// `field[argument]`.
    Bracketed(&'a str),
}

impl<'a> Argument<'a> {
    /// Its text, however it was written.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::None => None,
            Self::Dotted(text) | Self::Bracketed(text) => Some(text),
        }
    }
}

/// All there is to say of a field.
#[derive(Debug)]
pub struct FieldInfo {
    /// Its name, such as `proc.name`.
    pub name: &'static str,
    /// Which one it is.
    pub id: Id,
    /// What its values are compared as.
    pub class: Class,
    /// What 0.29.3 compares them as: some widths differ.
    pub class_in_0_29_3: Class,
    /// Whether it takes an argument.
    pub argument: ArgumentForm,
    /// How numbers are printed.
    pub format: Format,
    /// What it depends on.
    pub kind: Kind,
    /// Its values are lists: `in`, `intersects` and `exists` only.
    pub list: bool,
    /// Cannot be printed.
    pub filter_only: bool,
    /// Cannot be used in filters.
    pub print_only: bool,
    /// For views; sysdig does not list it.
    pub view_only: bool,
    /// Takes no field on the right-hand side.
    pub no_rhs: bool,
    /// The newest releases call it deprecated.
    pub deprecated: bool,
    /// 0.29.3 has it.
    pub in_0_29_3: bool,
    /// Its value depends on what was evaluated before (`evt.deltatime`, `util.cnt`): such a field has to be evaluated
    /// for every event in order, and where a check stands in the filter matters. In sysdig; with [`Field::reset`]
    /// before each run the same filter gives the same rows.
    pub ordered: bool,
    /// First release that has it.
    pub since: &'static str,
    /// Last release that has it; `None`: the newest still does.
    pub until: Option<&'static str>,
    /// What it says, in a few words.
    pub description: &'static str,
}

impl FieldInfo {
    /// Its group, which is what stands before the first dot.
    pub fn group(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }
}

/// All fields, by name.
pub fn catalogue() -> &'static [FieldInfo] {
    &FIELDS
}

/// The field of this name, without argument.
pub fn find(name: &str) -> Option<&'static FieldInfo> {
    FIELDS.binary_search_by_key(&name, |field| field.name).ok().and_then(|at| FIELDS.get(at))
}

/// The field that a written name means: a field of that very name, or the longest one that takes an argument and is
/// followed by a dot and the rest.
pub fn resolve(name: &str) -> Option<(&'static FieldInfo, Argument<'_>)> {
    if let Some(info) = find(name) {
        return Some((info, Argument::None));
    }
    let dots = name.char_indices().rev().filter(|(_, letter)| *letter == '.').map(|(at, _)| at);
    for at in dots {
        let (head, rest) = name.split_at(at);
        if let Some(info) = find(head).filter(|info| info.argument != ArgumentForm::None) {
            return Some((info, Argument::Dotted(rest.get(1..)?)));
        }
    }
    None
}

/// The field that was probably meant by a name that there is not.
pub fn suggest(name: &str) -> Option<&'static str> {
    nearest(name.split('[').next().unwrap_or(name), FIELDS.iter().map(|field| field.name))
}

/// Why a field cannot be used as it was written. Displays as sysdig says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// It needs an argument.
    ArgumentMissing(&'static str),
    /// It takes none.
    ArgumentNotTaken(&'static str),
    /// No event has a parameter of this name.
    UnknownParameter(String),
    /// The argument must be a number.
    NotANumber(String),
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ArgumentMissing(name) => write!(f, "filter syntax error: {name}"),
            Self::ArgumentNotTaken(name) => write!(f, "{name} takes no argument"),
            Self::UnknownParameter(name) => write!(f, "unknown event argument {name}"),
            Self::NotANumber(text) => write!(f, "{text} is not a valid number"),
        }
    }
}

impl std::error::Error for FieldError {}

/// Room that values are made in; keep one for each evaluation that runs.
#[derive(Debug, Default)]
pub struct Scratch {
    text: Vec<u8>,
    more: Vec<u8>,
    ends: Vec<usize>,
    ints: Vec<i64>,
    is_compared: bool,
}

impl Scratch {
    /// Room for values that are compared: sysdig leaves bytes out of names when it prints them, and only then.
    pub(crate) fn for_comparison() -> Self {
        Self { is_compared: true, ..Self::default() }
    }
}

/// A field with its argument, ready to be evaluated.
#[derive(Debug)]
pub struct Field {
    info: &'static FieldInfo,
    bound: Bound,
    extractor: Extractor,
    /// What the field kept of its last evaluation, for the few that count or measure between evaluations.
    kept: Cell<u64>,
}

impl Field {
    /// Binds a field to its argument.
    ///
    /// # Errors
    /// [`FieldError`] when the argument is missing, not taken, or not one that any event could have.
    pub fn bind(info: &'static FieldInfo, argument: Argument<'_>) -> Result<Self, FieldError> {
        let bound = Bound::of(info, argument)?;
        Ok(Self { info, bound, extractor: extractor(info.name), kept: Cell::new(0) })
    }

    /// What it is.
    pub fn info(&self) -> &'static FieldInfo {
        self.info
    }

    /// Whether sysdig 0.29.3 can print this `evt.rawarg`.
    pub(crate) fn prints_raw(&self) -> bool {
        use model::table::ParamType as T;
        matches!(self.first_type(), Some(T::Int64 | T::Errno | T::Pid | T::Charbuf | T::Fspath | T::Fsrelpath))
    }

    /// The type that the first event with such a parameter has for it.
    fn first_type(&self) -> Option<ParamType> {
        if let Bound::Parameter(places) = &self.bound { places.first_type() } else { None }
    }

    /// Begins a new run over the events: forgets what was kept between evaluations.
    pub fn reset(&self) {
        self.kept.set(0);
    }

    /// Where its value for events of this type comes from: for some fields that depends on the type.
    ///
    /// A result is known without the bytes of its event where the first parameter is one that the index keeps.
    pub fn source(&self, kind: u16, release: Release) -> Source {
        let params = table::params(kind, release);
        let of_place = |place: Option<usize>| match place {
            None => Source::Nothing,
            Some(0) if kind % 2 == 1 => match params.first().map(|first| first.ty) {
                Some(ParamType::Errno | ParamType::Int64) => Source::Result,
                // What a number stands for depends on when it is asked.
                Some(ParamType::Fd | ParamType::Pid) => if self.info.id == Id::EvtRawarg { Source::Result } else { Source::State },
                _ => Source::Bytes,
            },
            Some(_) => Source::Bytes,
        };
        match self.info.id {
            Id::EvtArg | Id::EvtRawarg => match &self.bound {
                Bound::Parameter(places) => of_place(places.at(kind, release)),
                Bound::Index(0) if !params.is_empty() => of_place(Some(0)),
                _ => Source::Bytes,
            },
            Id::EvtBuffer | Id::SsCaptured | Id::SsLength if !params.iter().any(|param| param.name == "data") => Source::Nothing,
            _ if matches!(self.info.kind, Kind::Parameters | Kind::Bytes) => Source::Bytes,
            // brk returns an address, which is no result to the index.
            Id::EvtRes | Id::EvtRawres | Id::EvtFailed | Id::EvtCountError => if kind == 159 { Source::Bytes } else { Source::Result },
            // The code of the call stands where others have their result.
            Id::EvtType | Id::SyscallType | Id::EvtCategory if kind < 2 => Source::Result,
            Id::FdName | Id::FdNameraw | Id::FdDirectory | Id::FdFilename | Id::FdContainername | Id::FdContainerdirectory | Id::FdTypechar | Id::FdType
                if descriptor::names_from_parameters(kind) =>
            {
                Source::Bytes
            }
            Id::SsRefused if kind % 2 == 1 => Source::Bytes,
            _ => Source::State,
        }
    }

    /// Its value for an event. `None`: the event has no such thing, and every comparison is false.
    ///
    /// Texts are borrowed from the state or made in `scratch`; nothing is allocated once that has grown.
    #[inline]
    pub fn extract<'v>(&'v self, moment: &'v Moment<'_>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
        scratch.text.clear();
        (self.extractor)(self, moment, scratch)
    }
}

/// Takes the value of one group of fields.
type Extractor = for<'v> fn(&'v Field, &'v Moment<'v>, &'v mut Scratch) -> Option<Value<'v>>;

fn extractor(name: &str) -> Extractor {
    let group = name.split('.').next().unwrap_or(name);
    match group {
        "proc" | "thread" | "user" | "group" => process::extract,
        "fd" => descriptor::extract,
        "fdlist" | "fs" | "syslog" => parameter::extract,
        "container" | "k8s" | "mesos" | "marathon" => container::extract,
        "ss" => own::extract,
        "span" | "evtin" => tracer::extract,
        _ => event::extract,
    }
}
