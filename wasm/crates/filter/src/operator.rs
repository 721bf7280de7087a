//! Operators of the language: how they are written.

use std::fmt;

/// How a check compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`, also written `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `contains`: the text stands somewhere in the value.
    Contains,
    /// `icontains`: the same, whatever the case of ASCII letters.
    IContains,
    /// `bcontains`: the bytes, given in hexadecimal, stand somewhere in the value.
    BContains,
    /// `startswith`.
    StartsWith,
    /// `bstartswith`: the value begins with the bytes given in hexadecimal.
    BStartsWith,
    /// `endswith`.
    EndsWith,
    /// `glob`: the whole value fits a shell pattern.
    Glob,
    /// `iglob`: the same, whatever the case of ASCII letters.
    IGlob,
    /// `regex`: the whole value fits a regular expression.
    Regex,
    /// `in`: equal to one of a list; of list fields: each of their values is.
    In,
    /// `intersects`: of list fields: one of their values is in the list.
    Intersects,
    /// `pmatch`: a path of the list is the value or a directory above it.
    PathMatch,
    /// `exists`: there is a value.
    Exists,
}

impl Operator {
    /// All of them, in the order in which messages list them.
    pub const ALL: [Self; 19] = [
        Self::Equal,
        Self::Unequal,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Contains,
        Self::IContains,
        Self::BContains,
        Self::StartsWith,
        Self::BStartsWith,
        Self::EndsWith,
        Self::Glob,
        Self::IGlob,
        Self::Regex,
        Self::In,
        Self::Intersects,
        Self::PathMatch,
        Self::Exists,
    ];

    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Contains => "contains",
            Self::IContains => "icontains",
            Self::BContains => "bcontains",
            Self::StartsWith => "startswith",
            Self::BStartsWith => "bstartswith",
            Self::EndsWith => "endswith",
            Self::Glob => "glob",
            Self::IGlob => "iglob",
            Self::Regex => "regex",
            Self::In => "in",
            Self::Intersects => "intersects",
            Self::PathMatch => "pmatch",
            Self::Exists => "exists",
        }
    }

    /// The operator that is written so.
    pub fn from_text(text: &str) -> Option<Self> {
        if text == "==" {
            return Some(Self::Equal);
        }
        Self::ALL.into_iter().find(|operator| operator.text() == text)
    }

    /// Whether a list follows.
    pub fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::Intersects | Self::PathMatch)
    }

    /// `<`, `<=`, `>`, `>=`.
    pub fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// How many elements of a list must satisfy an operator that otherwise takes one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `oneof`: exactly one.
    OneOf,
    /// `anyof`: at least one.
    AnyOf,
    /// `allof`: every one.
    AllOf,
}

impl Quantifier {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::OneOf => "oneof",
            Self::AnyOf => "anyof",
            Self::AllOf => "allof",
        }
    }

    /// The quantifier that is written so.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::OneOf, Self::AnyOf, Self::AllOf].into_iter().find(|quantifier| quantifier.text() == text)
    }
}

/// A function of fields, on either side of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transformer {
    /// `tolower`: ASCII letters of a text, small.
    ToLower,
    /// `toupper`: ASCII letters of a text, capital.
    ToUpper,
    /// `b64`: bytes that a text stands for in base64.
    Base64,
    /// `basename`: a path behind its last slash.
    Basename,
    /// `len`: bytes of a text, elements of a list.
    Len,
    /// `val`: the value itself.
    Val,
    /// `join`: texts of a list with a separator between them.
    Join,
    /// `concat`: texts one after the other.
    Concat,
    /// `getopt`: the options among the words of a command, or with one in brackets what stands behind it.
    GetOpt,
}

impl Transformer {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::ToLower, Self::ToUpper, Self::Base64, Self::Basename, Self::Len, Self::Val, Self::Join, Self::Concat, Self::GetOpt];

    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::ToLower => "tolower",
            Self::ToUpper => "toupper",
            Self::Base64 => "b64",
            Self::Basename => "basename",
            Self::Len => "len",
            Self::Val => "val",
            Self::Join => "join",
            Self::Concat => "concat",
            Self::GetOpt => "getopt",
        }
    }

    /// The transformer that is written so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transformer| transformer.text() == text)
    }
}
