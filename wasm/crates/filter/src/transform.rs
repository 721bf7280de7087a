//! What stands on either side of an operator: a field, or a function of fields.

use crate::error::FilterError;
use crate::fields::{self, Field, Scratch};
use crate::moment::Moment;
use crate::operator::Transformer;
use crate::syntax::{self, Argument, FieldName, Place, Term};
use crate::value::{Class, Several, Value};

/// Room that the values of one side of a check are made in.
#[derive(Debug)]
pub struct Room {
    field: Scratch,
    made: Made,
}

impl Default for Room {
    fn default() -> Self {
        Self { field: Scratch::for_comparison(), made: Made::Nothing }
    }
}

/// A value that a transformer made.
#[derive(Debug, Default)]
enum Made {
    #[default]
    Nothing,
    Number(u64),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    /// Several texts: the bytes, where each one ends, and whether they are a list or candidates.
    Texts(Vec<u8>, Vec<usize>, bool),
}

/// A side of a check that can be evaluated.
#[derive(Debug)]
pub enum Side {
    /// A field.
    Field(Field),
    /// A function.
    Call(Transformer, Vec<Given>),
}

/// What a transformer is given.
#[derive(Debug)]
pub enum Given {
    /// Something of the event.
    Side(Side),
    /// A text that stands in the filter.
    Text(Vec<u8>),
    /// Several.
    List(Vec<Self>),
}

fn refuse(place: Place, message: String) -> FilterError {
    FilterError { at: place.at, length: place.length, message, suggestion: None }
}

/// The field that is written so.
///
/// # Errors
/// There is none, or it does not take this argument.
pub fn field(written: &FieldName) -> Result<Field, FilterError> {
    let Some((info, dotted)) = fields::resolve(&written.name) else {
        return Err(FilterError {
            suggestion: fields::suggest(&written.name).map(str::to_owned),
            at: written.place.at,
            length: written.name.len().min(written.place.length),
            message: format!("unknown field {}", written.name),
        });
    };
    let argument = match (&written.argument, dotted) {
        (None, dotted) => dotted,
        (Some(text), fields::Argument::None) => match std::str::from_utf8(&text.bytes) {
            Ok(text) => fields::Argument::Bracketed(text),
            Err(_) => return Err(refuse(text.place, "this argument must be UTF-8 text".to_owned())),
        },
        (Some(text), _) => return Err(refuse(text.place, format!("{} has its argument already", written.name))),
    };
    Field::bind(info, argument).map_err(|error| refuse(written.place, error.to_string()))
}

impl Side {
    /// Makes a side of a check ready.
    ///
    /// # Errors
    /// A field that there is not, or a function of what it cannot be a function of.
    pub fn new(term: &Term) -> Result<Self, FilterError> {
        match term {
            Term::Field(written) => Ok(Self::Field(field(written)?)),
            Term::Call(call) => Self::call(call),
        }
    }

    fn call(call: &syntax::Call) -> Result<Self, FilterError> {
        let name = call.transformer.text();
        let mut given = call.arguments.iter().map(Given::new).collect::<Result<Vec<_>, _>>()?;
        given.extend(call.selected.as_ref().map(|option| Given::Text(option.bytes.clone())));
        let is_texts = |given: &Given| given.class().is_none_or(|class| class != Class::Net);
        match (call.transformer, given.as_slice()) {
            (Transformer::Join, [Given::Text(_), rest]) if is_texts(rest) => {}
            (Transformer::Join, _) => return Err(refuse(call.place, format!("{name} takes a separator and a list, such as {name}(\",\", (proc.name, proc.pname))"))),
            (Transformer::Concat, [_, ..]) if given.iter().all(is_texts) => {}
            (Transformer::Concat, _) => return Err(refuse(call.place, format!("{name} takes fields and texts"))),
            (Transformer::GetOpt, [words, Given::Text(_), option @ ..])
                if is_texts(words) && call.arguments.len() == 2 && option.iter().all(|option| matches!(option, Given::Text(letter) if letter.len() == 1)) => {}
            (Transformer::GetOpt, _) => return Err(refuse(call.place, format!("{name} takes a list and letters, such as {name}((proc.args[0], proc.args[1]), \"n:\")[n]"))),
            (_, [Given::Side(side)]) => {
                let class = side.class();
                let is_text = matches!(class, Class::Text | Class::Dynamic);
                let fits = match call.transformer {
                    Transformer::ToLower | Transformer::ToUpper | Transformer::Basename => is_text,
                    Transformer::Base64 => is_text || class == Class::Bytes,
                    Transformer::Len => is_text || class == Class::Bytes || side.is_list(),
                    _ => true,
                };
                if !fits {
                    return Err(refuse(call.place, format!("{name} takes a text, which this field is not")));
                }
            }
            _ => return Err(refuse(call.place, format!("{name} takes one field"))),
        }
        Ok(Self::Call(call.transformer, given))
    }

    /// What its values are compared as.
    pub fn class(&self) -> Class {
        match self {
            Self::Field(field) => field.info().class,
            Self::Call(Transformer::Len, _) => Class::Int { signed: false, bits: 64 },
            Self::Call(Transformer::Val | Transformer::Base64, given) => given.first().and_then(Given::class).unwrap_or(Class::Text),
            Self::Call(..) => Class::Text,
        }
    }

    /// Whether its values are lists.
    pub fn is_list(&self) -> bool {
        match self {
            Self::Field(field) => field.info().list,
            Self::Call(Transformer::Len | Transformer::Join | Transformer::Concat, _) => false,
            // Without an option: all of them.
            Self::Call(Transformer::GetOpt, given) => given.len() == 2,
            Self::Call(_, given) => given.iter().any(|given| matches!(given, Given::Side(side) if side.is_list())),
        }
    }

    /// The fields in it.
    pub fn fields<'a>(&'a self, into: &mut Vec<&'a Field>) {
        match self {
            Self::Field(field) => into.push(field),
            Self::Call(_, given) => given.iter().for_each(|given| given.fields(into)),
        }
    }

    /// Its value for an event as text.
    pub fn shown(&self, moment: &Moment<'_>, room: &mut Room) -> Option<String> {
        self.value(moment, room).map(|value| String::from_utf8_lossy(&as_text(&value)).into_owned())
    }

    /// Its value for an event.
    pub fn value<'v>(&'v self, moment: &'v Moment<'_>, room: &'v mut Room) -> Option<Value<'v>> {
        match self {
            Self::Field(field) => field.extract(moment, &mut room.field),
            Self::Call(transformer, given) => {
                room.made = made(*transformer, given, moment)?;
                match &room.made {
                    Made::Nothing => None,
                    Made::Number(number) => Some(Value::Uint(*number)),
                    Made::Text(text) => Some(Value::Text(text)),
                    Made::Bytes(bytes) => Some(Value::Bytes(bytes)),
                    Made::Texts(bytes, ends, true) => Some(Value::List(Several::Texts(bytes, ends))),
                    Made::Texts(bytes, ends, false) => Some(Value::Any(Several::Texts(bytes, ends))),
                }
            }
        }
    }
}

impl Given {
    fn new(argument: &Argument) -> Result<Self, FilterError> {
        Ok(match argument {
            Argument::Term(term) => Self::Side(Side::new(term)?),
            Argument::Text(text) => Self::Text(text.bytes.clone()),
            Argument::List(arguments, _) => Self::List(arguments.iter().map(Self::new).collect::<Result<_, _>>()?),
        })
    }

    fn class(&self) -> Option<Class> {
        match self {
            Self::Side(side) => Some(side.class()),
            Self::Text(_) | Self::List(_) => None,
        }
    }

    fn fields<'a>(&'a self, into: &mut Vec<&'a Field>) {
        match self {
            Self::Side(side) => side.fields(into),
            Self::Text(_) => {}
            Self::List(all) => all.iter().for_each(|given| given.fields(into)),
        }
    }

    /// Appends its texts. `None`: one of them has no value.
    fn texts(&self, moment: &Moment<'_>, into: &mut Vec<Vec<u8>>) -> Option<()> {
        match self {
            Self::Text(text) => into.push(text.clone()),
            Self::List(all) => {
                for given in all {
                    given.texts(moment, into)?;
                }
            }
            Self::Side(side) => {
                let mut room = Room::default();
                let value = side.value(moment, &mut room)?;
                match value.several() {
                    Some(several) => into.extend(several.iter().map(|value| as_text(&value))),
                    None => into.push(as_text(&value)),
                }
            }
        }
        Some(())
    }
}

fn as_text(value: &Value<'_>) -> Vec<u8> {
    match value {
        Value::Int(number) => number.to_string().into_bytes(),
        Value::Uint(number) => number.to_string().into_bytes(),
        Value::Double(number) => number.to_string().into_bytes(),
        Value::Bool(truth) => truth.to_string().into_bytes(),
        Value::Text(text) | Value::Bytes(text) => text.to_vec(),
        Value::Ip(address) => address.to_string().into_bytes(),
        Value::Ends(several) | Value::Any(several) | Value::List(several) => {
            several.iter().map(|value| as_text(&value)).collect::<Vec<_>>().join(&b',')
        }
    }
}

fn made(transformer: Transformer, given: &[Given], moment: &Moment<'_>) -> Option<Made> {
    if let (Transformer::Join, [Given::Text(separator), rest]) = (transformer, given) {
        let mut texts = Vec::new();
        rest.texts(moment, &mut texts)?;
        return Some(Made::Text(texts.join(separator.as_slice())));
    }
    if transformer == Transformer::Concat {
        let mut texts = Vec::new();
        for given in given {
            given.texts(moment, &mut texts)?;
        }
        return Some(Made::Text(texts.concat()));
    }
    if let (Transformer::GetOpt, [words, Given::Text(letters), option @ ..]) = (transformer, given) {
        let mut texts = Vec::new();
        words.texts(moment, &mut texts)?;
        let found = options(&texts, letters);
        if let [Given::Text(option)] = option {
            // The last one counts.
            let (_, told) = found.iter().rfind(|(letter, _)| letter.is_some_and(|letter| [letter] == option[..]))?;
            return told.last().map(|text| Made::Text(text.to_vec()));
        }
        return several(found.iter().flat_map(|(_, told)| told), true);
    }
    let Some(Given::Side(side)) = given.first() else { return None };
    let mut room = Room::default();
    let value = side.value(moment, &mut room)?;
    if transformer == Transformer::Len {
        return Some(Made::Number(match value.several() {
            Some(several) => several.len() as u64,
            None => value.bytes()?.len() as u64,
        }));
    }
    if let Some(all) = value.several() {
        return several(all.iter().filter_map(|value| changed(transformer, &as_text(&value))), matches!(value, Value::List(_)));
    }
    if transformer == Transformer::Val {
        return Some(match value {
            Value::Text(text) => Made::Text(text.to_vec()),
            Value::Bytes(bytes) => Made::Bytes(bytes.to_vec()),
            Value::Uint(number) => Made::Number(number),
            other => Made::Text(as_text(&other)),
        });
    }
    let text = changed(transformer, value.bytes()?)?;
    Some(if matches!(value, Value::Bytes(_)) { Made::Bytes(text) } else { Made::Text(text) })
}

/// These texts together, unless there is none.
fn several(texts: impl Iterator<Item = impl AsRef<[u8]>>, is_list: bool) -> Option<Made> {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for text in texts {
        bytes.extend_from_slice(text.as_ref());
        ends.push(bytes.len());
    }
    (!ends.is_empty()).then_some(Made::Texts(bytes, ends, is_list))
}

/// The options among the words of a command, up to the first word that is none: the letter, and what is told of it. The
/// letters are those of getopt(3); one that is not among them has none and is told as `?`, a missing value as the empty text,
/// and options of several letters are passed over.
fn options<'a>(words: &'a [Vec<u8>], letters: &[u8]) -> Vec<(Option<u8>, Vec<&'a [u8]>)> {
    let mut found = Vec::new();
    let mut words = words.iter().map(Vec::as_slice);
    while let Some([b'-', options @ ..]) = words.next() {
        match options {
            [] | [b'-'] => break,
            [b'-', ..] => continue,
            _ => {}
        }
        for (at, letter) in options.iter().enumerate() {
            let known = letters.iter().position(|known| known == letter && *known != b':');
            let Some(known) = known else {
                found.push((None, vec![&b"?"[..]]));
                continue;
            };
            let told = options.get(at..=at).unwrap_or_default();
            if letters.get(known + 1) != Some(&b':') {
                found.push((Some(*letter), vec![told]));
                continue;
            }
            let value = options.get(at + 1..).filter(|rest| !rest.is_empty()).or_else(|| words.next());
            found.push((Some(*letter), value.map_or_else(|| vec![&b""[..]], |value| vec![told, value])));
            break;
        }
    }
    found
}

/// A text after a transformer. `None`: it makes nothing of this one.
fn changed(transformer: Transformer, text: &[u8]) -> Option<Vec<u8>> {
    Some(match transformer {
        Transformer::ToLower => text.to_ascii_lowercase(),
        Transformer::ToUpper => text.to_ascii_uppercase(),
        Transformer::Basename => text.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec(),
        Transformer::Base64 => from_base64(text)?,
        Transformer::Len | Transformer::Val | Transformer::Join | Transformer::Concat | Transformer::GetOpt => text.to_vec(),
    })
}

/// The bytes that base64 stands for; the padding may be left out.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    let (digits, padding) = text.split_at(end);
    if padding.len() > 2 || padding.iter().any(|byte| *byte != b'=') || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let mut bits = 0u32;
        for digit in group {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        bits <<= 6 * (4 - group.len());
        let [_, three @ ..] = bits.to_be_bytes();
        bytes.extend(three.iter().take(group.len() - 1));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::from_base64;

    #[test]
    fn base64_is_decoded_with_and_without_padding() {
        assert_eq!(from_base64(b"aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(from_base64(b"aGVsbG8"), Some(b"hello".to_vec()));
        assert_eq!(from_base64(b""), Some(Vec::new()));
        assert_eq!(from_base64(b"aGVs bG8"), None);
        assert_eq!(from_base64(b"a"), None);
        assert_eq!(from_base64(b"a==="), None);
    }
}
