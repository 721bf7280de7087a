//! Values of fields and their classes: what a field yields, and what it is compared as.

use std::net::IpAddr;

/// What the values of a field are compared as: which operators fit, and how the text beside one is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A whole number of 8, 16, 32 or 64 bits.
    Int {
        /// Negative values are possible.
        signed: bool,
        /// Width in bits: 0.29.3 cuts what it is compared with to it.
        bits: u8,
    },
    /// A port: a number of 16 bits, or the name of a service.
    Port,
    /// A number with a fraction.
    Double,
    /// `true` or `false`.
    Bool,
    /// Text, compared byte by byte.
    Text,
    /// Bytes of a data buffer, NULs included.
    Bytes,
    /// An address, IPv4 or IPv6.
    Ip,
    /// An address that is looked for in a network.
    Net,
    /// A duration in nanoseconds.
    RelTime,
    /// Nanoseconds since the epoch.
    AbsTime,
    /// Whatever the parameter of the event at hand is (`evt.rawarg`): each value says itself.
    Dynamic,
}

impl Class {
    /// Numbers of any kind: `<` and `>` fit, text operators do not.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Int { .. } | Self::Port | Self::Double | Self::RelTime | Self::AbsTime)
    }
}

/// What a field yields for one event. `None` in its place means that the event has no such thing, and then every
/// comparison is false.
///
/// The class of the field says how to compare: a [`Value::Int`] of class [`Class::Port`] is a port.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A number that may be negative.
    Int(i64),
    /// A number that may not.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// Truth.
    Bool(bool),
    /// Text as it was recorded; need not be UTF-8.
    Text(&'a [u8]),
    /// Bytes of a data buffer.
    Bytes(&'a [u8]),
    /// An address.
    Ip(IpAddr),
    /// Both ends of a connection (`fd.ip`, `fd.port`, `fd.net`): `=`, `in`, `<`, `>` hold when one of them does,
    /// `!=` when it does for both.
    Ends(Several<'a>),
    /// Any of them (`proc.aname` without index): every operator, `!=` too, holds when it does for one of them.
    Any(Several<'a>),
    /// A list (`fd.types`): `in` when all of them are in the set, `intersects` when one is.
    List(Several<'a>),
}

impl<'a> Value<'a> {
    /// A whole number as mathematics has it, whatever its sign and width.
    pub fn number(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(i128::from(*value)),
            Self::Uint(value) => Some(i128::from(*value)),
            _ => None,
        }
    }

    /// The bytes of a text or a buffer.
    pub fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Text(bytes) | Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The candidates of a value that has several.
    pub fn several(&self) -> Option<Several<'a>> {
        match self {
            Self::Ends(several) | Self::Any(several) | Self::List(several) => Some(*several),
            _ => None,
        }
    }
}

/// Several values of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Several<'a> {
    /// Numbers.
    Ints(&'a [i64]),
    /// Texts, one behind the other: the bytes, and where each one ends.
    Texts(&'a [u8], &'a [usize]),
    /// Two addresses.
    Ips([IpAddr; 2]),
    /// Two ports.
    Ports([u16; 2]),
}

impl<'a> Several<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Ints(all) => all.len(),
            Self::Texts(_, ends) => ends.len(),
            Self::Ips(_) | Self::Ports(_) => 2,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    pub fn get(&self, at: usize) -> Option<Value<'a>> {
        Some(match self {
            Self::Ints(all) => Value::Int(*all.get(at)?),
            Self::Texts(bytes, ends) => {
                let start = match at.checked_sub(1) {
                    Some(before) => *ends.get(before)?,
                    None => 0,
                };
                Value::Text(bytes.get(start..*ends.get(at)?)?)
            }
            Self::Ips(both) => Value::Ip(*both.get(at)?),
            Self::Ports(both) => Value::Uint(u64::from(*both.get(at)?)),
        })
    }

    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        (0..self.len()).filter_map(move |at| self.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::{Several, Value};

    #[test]
    fn texts_are_cut_where_they_end() {
        let several = Several::Texts(b"sshsystemd", &[3, 3, 10]);
        let all: Vec<_> = several.iter().collect();
        assert_eq!(all, [Value::Text(b"ssh"), Value::Text(b""), Value::Text(b"systemd")]);
        assert_eq!(several.get(3), None);
    }

    #[test]
    fn numbers_of_both_signs_compare_as_mathematics_has_it() {
        assert!(Value::Int(-1).number() < Value::Uint(u64::MAX).number());
        assert_eq!(Value::Text(b"1").number(), None);
    }
}
