//! Arguments of fields, as they are kept for evaluation.

use model::table::{self, ParamType, Release, TABLE_SIZE};

use super::{Argument, ArgumentForm, FieldError, FieldInfo, Id};

/// An argument, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// None.
    None,
    /// A number.
    Index(i64),
    /// A parameter by its name.
    Parameter(Box<Places>),
    /// A text.
    Text(String),
}

/// No parameter of this name.
const ABSENT: u8 = u8::MAX;
const RELEASES: [Release; 3] = [Release::V0_29_3, Release::V0_36_0, Release::Libs0_25_4];

/// Where the parameter of one name stands in each event type, by release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    places: [Vec<u8>; 3],
}

impl Places {
    /// `None` when no event of any release has a parameter of this name.
    fn of(name: &str) -> Option<Self> {
        let place = |kind, release| {
            let place = table::params(kind, release).iter().position(|param| param.name == name);
            place.and_then(|at| u8::try_from(at).ok()).unwrap_or(ABSENT)
        };
        let places = RELEASES.map(|release| (0..TABLE_SIZE).map(|kind| place(kind, release)).collect::<Vec<u8>>());
        let found = places.iter().flatten().any(|place| *place != ABSENT);
        found.then_some(Self { places })
    }

    /// Type that the first event of 0.29.3 with such a parameter has for it.
    pub(super) fn first_type(&self) -> Option<ParamType> {
        let release = Release::V0_29_3;
        (0..TABLE_SIZE).find_map(|kind| table::params(kind, release).get(self.at(kind, release)?).map(|param| param.ty))
    }

    /// Index of the parameter in an event type as a release has it.
    pub(super) fn at(&self, kind: u16, release: Release) -> Option<usize> {
        let [first, second, third] = &self.places;
        let places = match release {
            Release::V0_29_3 => first,
            Release::V0_36_0 => second,
            Release::Libs0_25_4 => third,
        };
        places.get(usize::from(kind)).filter(|place| **place != ABSENT).map(|place| usize::from(*place))
    }
}

impl Bound {
    /// Understands an argument.
    pub(super) fn of(info: &'static FieldInfo, argument: Argument<'_>) -> Result<Self, FieldError> {
        let Some(text) = argument.text() else {
            return if info.argument == ArgumentForm::Required { Err(FieldError::ArgumentMissing(info.name)) } else { Ok(Self::None) };
        };
        if info.argument == ArgumentForm::None {
            return Err(FieldError::ArgumentNotTaken(info.name));
        }
        let number = || text.trim().parse::<i64>();
        let not_a_number = || FieldError::NotANumber(text.to_owned());
        match info.id {
            Id::EvtArg | Id::EvtRawarg => {
                let is_bracketed = matches!(argument, Argument::Bracketed(_));
                if is_bracketed && let Ok(index) = number() {
                    return Ok(Self::Index(index));
                }
                match Places::of(text) {
                    Some(places) => Ok(Self::Parameter(Box::new(places))),
                    None if is_bracketed => Err(not_a_number()),
                    None => Err(FieldError::UnknownParameter(text.to_owned())),
                }
            }
            Id::EvtAbspath => match text {
                "src" | "dst" => Ok(Self::Text(text.to_owned())),
                _ => Err(FieldError::ArgumentNotTaken(info.name)),
            },
            Id::EvtTypeIs
            | Id::EvtAround
            | Id::ProcAname
            | Id::ProcApid
            | Id::ProcAargs
            | Id::ProcAcmdline
            | Id::ProcAexe
            | Id::ProcAexepath
            | Id::ProcArgs
            | Id::FdTypes
            | Id::SpanTag
            | Id::EvtinSpanTag
            | Id::EvtinSpanMTag
            | Id::EvtinSpanPTag
            | Id::EvtinSpanSTag => number().map(Self::Index).map_err(|_| not_a_number()),
            // A number is an index, anything else a name.
            _ => Ok(number().map_or_else(|_| Self::Text(text.to_owned()), Self::Index)),
        }
    }

    /// The number that was given.
    pub(super) fn index(&self) -> Option<i64> {
        match self {
            Self::Index(index) => Some(*index),
            _ => None,
        }
    }

    /// The text that was given.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}
