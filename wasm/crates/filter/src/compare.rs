//! One comparison, made ready for the class of what it compares: texts beside operators are read once, here.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use memchr::memmem;
use model::Quirks;
use model::quirk::Quirk;
use regex_lite::{Regex, RegexBuilder};

use crate::error::{FilterError, FilterNotice};
use crate::glob::{self, Glob};
use crate::operator::{Operator, Quantifier};
use crate::services;
use crate::syntax::Literal;
use crate::value::{Class, Value};

/// Most bytes that a regular expression may take once it is read: far more than any that a person writes. A search takes time
/// in proportion to this and to the length of the text.
const REGEX_LIMIT: usize = 1 << 16;

/// An operator with its right side, ready to be asked about values.
#[derive(Debug)]
pub struct Comparison {
    matcher: Matcher,
    operator: Operator,
}

/// What is compared, and under which rules.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// As it is written, for messages.
    pub name: &'a str,
    /// What its values are compared as.
    pub class: Class,
    /// It yields lists.
    pub is_list: bool,
    /// Faults to copy.
    pub quirks: Quirks,
}

#[derive(Debug)]
enum Matcher {
    Anything,
    Number(Operator, i128),
    NumberIn(HashSet<i128>),
    Double(Operator, f64),
    DoubleIn(Vec<f64>),
    Bool(Operator, bool),
    BoolIn(Vec<bool>),
    Address { equal: bool, wanted: HashSet<IpAddr>, padded: bool },
    Network { equal: bool, wanted: Vec<Network>, any_family: bool },
    Text(TextMatcher),
    /// Each value says itself what it is.
    Dynamic { number: Option<Box<Self>>, truth: Option<Box<Self>>, address: Option<Box<Self>>, text: Box<Self> },
    /// How many of these hold.
    Counted(Quantifier, Vec<Self>),
}

/// Comparisons of bytes.
#[derive(Debug)]
enum TextMatcher {
    Ordered(Operator, Vec<u8>),
    In(HashSet<Vec<u8>>),
    Contains(Box<memmem::Finder<'static>>),
    /// In lower case.
    IContains(Box<memmem::Finder<'static>>),
    StartsWith(Vec<u8>),
    EndsWith(Vec<u8>),
    Glob(Glob),
    Regex(Regex),
    Below(Paths),
}

#[derive(Clone, Copy, Debug)]
struct Network {
    address: IpAddr,
    bits: u32,
}

type Made<T> = Result<T, FilterError>;

fn refuse(text: &Literal, message: String) -> FilterError {
    FilterError { at: text.place.at, length: text.place.length, message, suggestion: None }
}

fn shown(text: &Literal) -> String {
    if text.bytes.is_empty() { "the empty text".to_owned() } else { String::from_utf8_lossy(&text.bytes).into_owned() }
}

impl Comparison {
    /// Whether it may hold for a part of these bytes: not, when what must be contained stands nowhere in them.
    pub fn may_hold_within(&self, bytes: &[u8]) -> bool {
        match &self.matcher {
            Matcher::Text(TextMatcher::Contains(finder)) => finder.find(bytes).is_some(),
            _ => true,
        }
    }

    /// Whether there is a value is all that counts.
    pub fn exists() -> Self {
        Self { matcher: Matcher::Anything, operator: Operator::Exists }
    }

    /// With one text. The operator fits the class: [`misfit`] has been asked.
    ///
    /// # Errors
    /// The text means nothing to the class.
    pub fn with_text(subject: Subject<'_>, operator: Operator, text: &Literal, notices: &mut Vec<FilterNotice>) -> Made<Self> {
        Ok(Self { matcher: one(subject, operator, text, notices)?, operator })
    }

    /// With a list. The operator fits the class: [`misfit`] has been asked.
    ///
    /// # Errors
    /// A text of the list means nothing to the class.
    pub fn with_list(subject: Subject<'_>, operator: Operator, quantifier: Option<Quantifier>, texts: &[Literal], notices: &mut Vec<FilterNotice>) -> Made<Self> {
        let matcher = match quantifier {
            Some(quantifier) => {
                let each = texts.iter().map(|text| one(subject, operator, text, notices)).collect::<Made<_>>()?;
                Matcher::Counted(quantifier, each)
            }
            None => many(subject, operator, texts, notices)?,
        };
        Ok(Self { matcher, operator })
    }

    /// Whether a value compares so.
    pub fn holds(&self, value: &Value<'_>) -> bool {
        match value {
            // Both ends differ from the address, or one of them has it.
            Value::Ends(ends) if self.operator == Operator::Unequal => ends.iter().all(|end| self.matcher.fits(&end)),
            Value::List(all) if self.operator == Operator::In => !all.is_empty() && all.iter().all(|one| self.matcher.fits(&one)),
            Value::Ends(several) | Value::Any(several) | Value::List(several) => several.iter().any(|one| self.matcher.fits(&one)),
            value => self.matcher.fits(value),
        }
    }
}

/// Why an operator does not fit a class, as the rest of a sentence; `None` when it fits.
pub fn misfit(class: Class, is_list: bool, operator: Operator) -> Option<&'static str> {
    use Operator as O;
    let equality = matches!(operator, O::Equal | O::Unequal | O::In | O::Intersects | O::Exists);
    if is_list {
        return (!matches!(operator, O::In | O::Intersects | O::Exists)).then_some("is a list: use in, intersects or exists");
    }
    let (fits, sentence) = match class {
        Class::Int { .. } | Class::Port | Class::Double | Class::RelTime | Class::AbsTime => {
            (equality || operator.is_order(), "is a number: use =, !=, <, <=, >, >=, in or exists")
        }
        Class::Bool => (equality || operator.is_order(), "is true or false: use =, !=, in or exists"),
        Class::Text => (!matches!(operator, O::BContains | O::BStartsWith), "is a text: write what stands in it with contains or startswith"),
        Class::Bytes => (
            (equality && operator != O::Intersects) || matches!(operator, O::Contains | O::BContains | O::StartsWith | O::BStartsWith | O::EndsWith),
            "is a data buffer: use =, !=, contains, startswith, endswith, bcontains, bstartswith, in or exists",
        ),
        Class::Ip => (equality, "is an address: use =, !=, in or exists"),
        Class::Net => (equality, "is looked for in a network: use =, !=, in or exists"),
        Class::Dynamic => (!matches!(operator, O::BContains | O::BStartsWith), "is a text or a number: use another operator"),
    };
    (!fits).then_some(sentence)
}

fn one(subject: Subject<'_>, operator: Operator, text: &Literal, notices: &mut Vec<FilterNotice>) -> Made<Matcher> {
    Ok(match subject.class {
        Class::Int { .. } | Class::RelTime | Class::AbsTime | Class::Port => Matcher::Number(operator, number(subject, text, notices)?),
        Class::Double => Matcher::Double(operator, double(text)?),
        Class::Bool => Matcher::Bool(operator, truth(text)?),
        Class::Ip => address_matcher(subject, operator, &[address(text)?]),
        Class::Net => network_matcher(subject, operator, vec![network(text)?]),
        Class::Text => Matcher::Text(text_matcher(operator, text, c_string(&text.bytes))?),
        Class::Bytes => Matcher::Text(text_matcher(operator, text, &text.bytes)?),
        Class::Dynamic => Matcher::Dynamic {
            number: whole(&text.bytes).map(|value| Box::new(Matcher::Number(operator, value))),
            truth: truth(text).ok().map(|value| Box::new(Matcher::Bool(operator, value))),
            address: address(text).ok().map(|value| Box::new(address_matcher(subject, operator, &[value]))),
            text: Box::new(Matcher::Text(text_matcher(operator, text, c_string(&text.bytes))?)),
        },
    })
}

fn many(subject: Subject<'_>, operator: Operator, texts: &[Literal], notices: &mut Vec<FilterNotice>) -> Made<Matcher> {
    let sets = |texts: &[Literal]| texts.iter().map(|text| c_string(&text.bytes).to_vec()).collect();
    Ok(match subject.class {
        Class::Int { .. } | Class::RelTime | Class::AbsTime | Class::Port => {
            Matcher::NumberIn(texts.iter().map(|text| number(subject, text, notices)).collect::<Made<_>>()?)
        }
        Class::Double => Matcher::DoubleIn(texts.iter().map(double).collect::<Made<_>>()?),
        Class::Bool => Matcher::BoolIn(texts.iter().map(truth).collect::<Made<_>>()?),
        Class::Ip => address_matcher(subject, operator, &texts.iter().map(address).collect::<Made<Vec<_>>>()?),
        Class::Net => network_matcher(subject, operator, texts.iter().map(network).collect::<Made<_>>()?),
        Class::Text if operator == Operator::PathMatch => {
            Matcher::Text(TextMatcher::Below(Paths::new(texts.iter().map(|text| c_string(&text.bytes)))))
        }
        Class::Text => Matcher::Text(TextMatcher::In(sets(texts))),
        Class::Bytes => Matcher::Text(TextMatcher::In(texts.iter().map(|text| text.bytes.clone()).collect())),
        Class::Dynamic => {
            let numbers: HashSet<i128> = texts.iter().filter_map(|text| whole(&text.bytes)).collect();
            let truths: Vec<bool> = texts.iter().filter_map(|text| truth(text).ok()).collect();
            let addresses: Vec<IpAddr> = texts.iter().filter_map(|text| address(text).ok()).collect();
            let text = match operator {
                Operator::PathMatch => TextMatcher::Below(Paths::new(texts.iter().map(|text| c_string(&text.bytes)))),
                _ => TextMatcher::In(sets(texts)),
            };
            Matcher::Dynamic {
                number: Some(Box::new(Matcher::NumberIn(numbers))),
                truth: Some(Box::new(Matcher::BoolIn(truths))),
                address: Some(Box::new(address_matcher(subject, operator, &addresses))),
                text: Box::new(Matcher::Text(text)),
            }
        }
    })
}

// --- what texts mean to classes ----------------------------------------------------------------------------------------

/// A recorded text never has a NUL in it: what follows one in a filter says nothing.
fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A whole number, decimal or `0x` and hexadecimal; one that is too large stands at the end of what can be counted.
fn whole(bytes: &[u8]) -> Option<i128> {
    let text = bytes.trim_ascii_start();
    let (negative, digits) = match text.split_first()? {
        (b'-', digits) => (true, digits),
        (b'+', digits) => (false, digits),
        _ => (false, text),
    };
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits),
        digits => (10, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0i128;
    for digit in digits {
        let digit = char::from(*digit).to_digit(radix)?;
        value = value.saturating_mul(i128::from(radix)).saturating_add(i128::from(digit));
    }
    Some(if negative { -value } else { value })
}

fn number(subject: Subject<'_>, text: &Literal, notices: &mut Vec<FilterNotice>) -> Made<i128> {
    if subject.class == Class::Port {
        return port(subject, text, notices);
    }
    let value = whole(&text.bytes).ok_or_else(|| refuse(text, format!("{} is not a whole number", shown(text))))?;
    let (signed, bits) = match subject.class {
        Class::Int { signed, bits } => (signed, u32::from(bits)),
        _ => (false, 64),
    };
    let (least, most) = if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    if subject.quirks.has(Quirk::NumbersAreCut) {
        return Ok(cut(value, signed, bits));
    }
    notices.push(FilterNotice {
        at: text.place.at,
        length: text.place.length,
        message: format!("{} is never {value}: it lies between {least} and {most}", subject.name),
    });
    Ok(value)
}

/// A number as 0.29.3 takes it: brought to 64 bits, then to the width of the field.
fn cut(value: i128, signed: bool, bits: u32) -> i128 {
    let wide = if signed {
        value.clamp(i128::from(i64::MIN), i128::from(i64::MAX))
    } else if value < -i128::from(u64::MAX) {
        i128::from(u64::MAX)
    } else {
        value.min(i128::from(u64::MAX)).rem_euclid(1 << 64)
    };
    let kept = wide.rem_euclid(1 << bits);
    if signed && kept >= 1 << (bits - 1) { kept - (1 << bits) } else { kept }
}

/// A port: digits alone, or the name of a service; the empty text is port 0, as older releases have it.
fn port(subject: Subject<'_>, text: &Literal, notices: &mut Vec<FilterNotice>) -> Made<i128> {
    if text.bytes.is_empty() {
        return Ok(0);
    }
    if !text.bytes.iter().all(u8::is_ascii_digit) {
        return services::port(&text.bytes)
            .map(i128::from)
            .ok_or_else(|| refuse(text, format!("{} is neither a port nor the name of a service", shown(text))));
    }
    let value = whole(&text.bytes).unwrap_or(i128::MAX);
    if value <= i128::from(u16::MAX) {
        return Ok(value);
    }
    if subject.quirks.has(Quirk::NumbersAreCut) && value <= i128::from(i32::MAX) {
        return Ok(value & 0xffff);
    }
    notices.push(FilterNotice { at: text.place.at, length: text.place.length, message: format!("{} is never {}: ports end at 65535", subject.name, shown(text)) });
    Ok(value)
}

fn double(text: &Literal) -> Made<f64> {
    let value = std::str::from_utf8(&text.bytes).ok().and_then(|text| text.trim_start().parse::<f64>().ok()).filter(|value| value.is_finite());
    value.ok_or_else(|| refuse(text, format!("{} is not a number", shown(text))))
}

fn truth(text: &Literal) -> Made<bool> {
    match &*text.bytes {
        b"true" => Ok(true),
        b"false" => Ok(false),
        other => Err(FilterError {
            suggestion: match &*other.to_ascii_lowercase() {
                b"true" | b"1" | b"yes" => Some("true".to_owned()),
                b"false" | b"0" | b"no" => Some("false".to_owned()),
                _ => None,
            },
            ..refuse(text, format!("{} is neither true nor false", shown(text)))
        }),
    }
}

fn address(text: &Literal) -> Made<IpAddr> {
    let word = std::str::from_utf8(&text.bytes).unwrap_or_default();
    if word.contains('.') {
        let four: Option<Ipv4Addr> = word.parse().ok();
        four.map(IpAddr::V4).ok_or_else(|| refuse(text, format!("{} is not an IPv4 address", shown(text))))
    } else {
        let six: Option<Ipv6Addr> = word.parse().ok();
        six.map(IpAddr::V6).ok_or_else(|| refuse(text, format!("{} is not an IPv6 address", shown(text))))
    }
}

fn network(text: &Literal) -> Made<Network> {
    let word = std::str::from_utf8(&text.bytes).unwrap_or_default();
    let Some((host, bits)) = word.split_once('/') else {
        let suggestion = word.parse::<IpAddr>().ok().map(|address| format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 }));
        return Err(FilterError { suggestion, ..refuse(text, format!("{} is not a network such as 10.0.0.0/8", shown(text))) });
    };
    let address: IpAddr = host.parse().map_err(|_| refuse(text, format!("{} is not a network such as 10.0.0.0/8", shown(text))))?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = Some(bits).filter(|bits| !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit())).and_then(|bits| bits.parse().ok()).filter(|bits| *bits <= most);
    match bits {
        Some(bits) => Ok(Network { address, bits }),
        None => Err(refuse(text, format!("a network of this kind has between 0 and {most} bits, but found {}", shown(text)))),
    }
}

fn hex(text: &Literal) -> Made<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.bytes.len() / 2);
    for pair in text.bytes.chunks(2) {
        match *pair {
            [high, low] if digit(high).is_some() && digit(low).is_some() => {
                bytes.push(digit(high).unwrap_or(0) << 4 | digit(low).unwrap_or(0));
            }
            _ => return Err(refuse(text, format!("expected pairs of hexadecimal digits, but found {}", shown(text)))),
        }
    }
    Ok(bytes)
}

/// A comparison of bytes with one text.
fn text_matcher(operator: Operator, text: &Literal, bytes: &[u8]) -> Made<TextMatcher> {
    let finder = |bytes: &[u8]| Box::new(memmem::Finder::new(bytes).into_owned());
    let pattern = |ignore_case| {
        Glob::new(bytes, ignore_case).ok_or_else(|| refuse(text, format!("this pattern is longer than {} bytes", glob::MAX_LENGTH)))
    };
    Ok(match operator {
        Operator::Contains => TextMatcher::Contains(finder(bytes)),
        Operator::IContains => TextMatcher::IContains(finder(&bytes.to_ascii_lowercase())),
        Operator::BContains => TextMatcher::Contains(finder(&hex(text)?)),
        Operator::StartsWith => TextMatcher::StartsWith(bytes.to_vec()),
        Operator::BStartsWith => TextMatcher::StartsWith(hex(text)?),
        Operator::EndsWith => TextMatcher::EndsWith(bytes.to_vec()),
        Operator::Glob => TextMatcher::Glob(pattern(false)?),
        Operator::IGlob => TextMatcher::Glob(pattern(true)?),
        Operator::Regex => TextMatcher::Regex(regex(text)?),
        Operator::Intersects | Operator::In => TextMatcher::In(HashSet::from([bytes.to_vec()])),
        Operator::PathMatch => TextMatcher::Below(Paths::new([bytes].into_iter())),
        Operator::Equal | Operator::Unequal | Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual | Operator::Exists => {
            TextMatcher::Ordered(operator, bytes.to_vec())
        }
    })
}

fn regex(text: &Literal) -> Made<Regex> {
    let pattern = std::str::from_utf8(&text.bytes).map_err(|_| refuse(text, "a regular expression must be UTF-8 text".to_owned()))?;
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(REGEX_LIMIT).build();
    // By itself first: `a)(b` must not become whole by what is put around it.
    build(pattern).and_then(|_| build(&format!(r"\A(?:{pattern})\z"))).map_err(|error| refuse(text, format!("this regular expression cannot be used: {error}")))
}

fn address_matcher(subject: Subject<'_>, operator: Operator, wanted: &[IpAddr]) -> Matcher {
    Matcher::Address {
        equal: operator != Operator::Unequal,
        wanted: wanted.iter().copied().collect(),
        padded: subject.quirks.has(Quirk::AddressesArePadded),
    }
}

fn network_matcher(subject: Subject<'_>, operator: Operator, wanted: Vec<Network>) -> Matcher {
    Matcher::Network { equal: operator != Operator::Unequal, wanted, any_family: subject.quirks.has(Quirk::NetworksHaveNoFamily) }
}

// --- comparing ---------------------------------------------------------------------------------------------------------

/// Whether two things that stand so to each other compare so.
pub fn ordered(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::Unequal => ordering.is_ne(),
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
        _ => ordering.is_eq(),
    }
}

/// An address as bytes, filled with zeros behind a short one.
fn padded(address: IpAddr) -> ([u8; 16], usize) {
    match address {
        IpAddr::V4(four) => {
            let [a, b, c, d] = four.octets();
            ([a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4)
        }
        IpAddr::V6(six) => (six.octets(), 16),
    }
}

impl Network {
    fn holds(self, address: IpAddr, any_family: bool) -> bool {
        let same = |one: u128, other: u128, width: u32| self.bits == 0 || (one ^ other) >> (width - self.bits) == 0;
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(host)) => same(net.to_bits().into(), host.to_bits().into(), 32),
            (IpAddr::V6(net), IpAddr::V6(host)) => same(net.to_bits(), host.to_bits(), 128),
            (IpAddr::V4(net), IpAddr::V6(host)) if any_family => same(net.to_bits().into(), host.to_bits() >> 96, 32),
            _ => false,
        }
    }
}

impl Matcher {
    /// Whether one value compares so; lists have been taken apart.
    fn fits(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Anything => true,
            Self::Number(operator, wanted) => value.number().is_some_and(|value| ordered(*operator, value.cmp(wanted))),
            Self::NumberIn(wanted) => value.number().is_some_and(|value| wanted.contains(&value)),
            Self::Double(operator, wanted) => fraction(value).and_then(|value| value.partial_cmp(wanted)).is_some_and(|ordering| ordered(*operator, ordering)),
            Self::DoubleIn(wanted) => fraction(value).is_some_and(|value| wanted.contains(&value)),
            Self::Bool(operator, wanted) => truth_of(value).is_some_and(|value| ordered(*operator, value.cmp(wanted))),
            Self::BoolIn(wanted) => truth_of(value).is_some_and(|value| wanted.contains(&value)),
            Self::Address { equal, wanted, padded: is_padded } => match value {
                Value::Ip(address) => {
                    let is = wanted.contains(address)
                        || *is_padded && {
                            let (have, length) = padded(*address);
                            wanted.iter().any(|wanted| padded(*wanted).0.get(..length) == have.get(..length))
                        };
                    is == *equal
                }
                _ => false,
            },
            Self::Network { equal, wanted, any_family } => match value {
                Value::Ip(address) => wanted.iter().any(|network| network.holds(*address, *any_family)) == *equal,
                _ => false,
            },
            Self::Text(matcher) => value.bytes().is_some_and(|bytes| matcher.fits(bytes)),
            Self::Dynamic { number, truth, address, text } => match value {
                Value::Int(_) | Value::Uint(_) | Value::Double(_) => number.as_ref().is_some_and(|matcher| matcher.fits(value)),
                Value::Bool(_) => truth.as_ref().is_some_and(|matcher| matcher.fits(value)),
                Value::Ip(_) => address.as_ref().is_some_and(|matcher| matcher.fits(value)),
                _ => text.fits(value),
            },
            Self::Counted(quantifier, each) => {
                let mut holding = each.iter().filter(|matcher| matcher.fits(value));
                match quantifier {
                    Quantifier::OneOf => holding.next().is_some() && holding.next().is_none(),
                    Quantifier::AnyOf => holding.next().is_some(),
                    Quantifier::AllOf => each.iter().all(|matcher| matcher.fits(value)),
                }
            }
        }
    }
}

fn fraction(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Double(value) => Some(*value),
        value => value.number().map(|value| value as f64),
    }
}

fn truth_of(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

impl TextMatcher {
    fn fits(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Ordered(operator, wanted) => ordered(*operator, bytes.cmp(wanted)),
            Self::In(wanted) => wanted.contains(bytes),
            Self::Contains(finder) => finder.find(bytes).is_some(),
            Self::IContains(finder) => finder.find(&bytes.to_ascii_lowercase()).is_some(),
            Self::StartsWith(wanted) => bytes.starts_with(wanted),
            Self::EndsWith(wanted) => bytes.ends_with(wanted),
            Self::Glob(glob) => glob.matches(bytes),
            // Captured bytes need not be text: what is not, counts as one unknown character.
            Self::Regex(regex) => regex.is_match(&String::from_utf8_lossy(bytes)),
            Self::Below(paths) => paths.hold(bytes),
        }
    }
}

/// Two values of one event, compared with each other; several candidates on the right count as any of them.
pub fn holds_between(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Ends(ends), right) if operator == Operator::Unequal => ends.iter().all(|end| holds_between(operator, &end, right)),
        (Value::List(all), right) if operator == Operator::In => !all.is_empty() && all.iter().all(|one| holds_between(operator, &one, right)),
        (Value::Ends(several) | Value::Any(several) | Value::List(several), right) => several.iter().any(|one| holds_between(operator, &one, right)),
        (left, Value::Ends(several) | Value::Any(several) | Value::List(several)) => several.iter().any(|one| holds_between(operator, left, &one)),
        (left, right) => pair(operator, left, right),
    }
}

fn pair(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> bool {
    if let (Some(left), Some(right)) = (left.bytes(), right.bytes()) {
        return match operator {
            Operator::Contains | Operator::BContains => memmem::find(left, right).is_some(),
            Operator::IContains => memmem::find(&left.to_ascii_lowercase(), &right.to_ascii_lowercase()).is_some(),
            Operator::StartsWith | Operator::BStartsWith => left.starts_with(right),
            Operator::EndsWith => left.ends_with(right),
            Operator::Glob | Operator::IGlob => Glob::new(right, operator == Operator::IGlob).is_some_and(|glob| glob.matches(left)),
            Operator::PathMatch => Paths::new([right].into_iter()).hold(left),
            operator => ordered(operator, left.cmp(right)),
        };
    }
    let ordering = match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Ip(left), Value::Ip(right)) => return ordered(operator, left.cmp(right)),
        (left, right) => match (left.number(), right.number()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => fraction(left).zip(fraction(right)).and_then(|(left, right)| left.partial_cmp(&right)),
        },
    };
    ordering.is_some_and(|ordering| ordered(operator, ordering))
}

/// Directories and files: a path is below one of them when its first components are theirs.
#[derive(Debug)]
struct Paths {
    /// Components with one slash between them.
    all: HashSet<Vec<u8>>,
}

impl Paths {
    fn new<'a>(paths: impl Iterator<Item = &'a [u8]>) -> Self {
        Self { all: paths.map(|path| components(path).collect::<Vec<_>>().join(&b'/')).collect() }
    }

    fn hold(&self, path: &[u8]) -> bool {
        let mut above = Vec::with_capacity(path.len());
        if self.all.contains(&above) {
            return true;
        }
        for component in components(path) {
            if !above.is_empty() {
                above.push(b'/');
            }
            above.extend_from_slice(component);
            if self.all.contains(&above) {
                return true;
            }
        }
        false
    }
}

fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|component| !component.is_empty())
}
