//! Values of parameters and fields, from text to the bytes that stand in a file.

use std::net::{Ipv4Addr, Ipv6Addr};

use model::table::{ParamInfo, ParamType, errno_name};

pub(crate) type Result<T> = std::result::Result<T, String>;

/// A text or `'quoted text'` as bytes.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>> {
    let Some(quoted) = text.strip_prefix('\'') else { return Ok(text.as_bytes().to_vec()) };
    let quoted = quoted.strip_suffix('\'').ok_or_else(|| format!("{text} has no closing quote"))?;
    let mut bytes = Vec::new();
    let mut rest = quoted;
    while let Some((before, behind)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let mut chars = behind.chars();
        let byte = match chars.next() {
            Some('0') => 0,
            Some('n') => b'\n',
            Some('r') => b'\r',
            Some('t') => b'\t',
            Some('\\') => b'\\',
            Some('\'') => b'\'',
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                u8::from_str_radix(&digits, 16).map_err(|_| format!("\\x{digits} is no byte"))?
            }
            other => return Err(format!("\\{} means nothing", other.map_or(String::new(), String::from))),
        };
        bytes.push(byte);
        rest = chars.as_str();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// Where a value that starts at the beginning of `text` ends when it is quoted.
pub(crate) fn quoted_len(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\'' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn hex(text: &str) -> Result<Vec<u8>> {
    let digits = text.as_bytes();
    if !text.is_ascii() || !digits.len().is_multiple_of(2) {
        return Err(format!("hex:{text} are no bytes"));
    }
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| format!("hex:{text} are no bytes"));
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// What may be written for any parameter.
pub(crate) fn any(text: &str) -> Option<Result<Vec<u8>>> {
    if text == "NULL" {
        return Some(Ok(Vec::new()));
    }
    if let Some(digits) = text.strip_prefix("hex:") {
        return Some(hex(digits));
    }
    let len = text.strip_prefix("fill:")?;
    Some(number(len).map(|len| vec![b'x'; usize::try_from(len).unwrap_or(0)]))
}

/// A number, signed or not, as 64 bits.
pub(crate) fn number(text: &str) -> Result<u64> {
    // What sysdig prints behind a number in words says nothing new.
    let plain = text.split(['(', '<']).next().unwrap_or(text).trim_end();
    let wrong = || format!("{text} is no number");
    if let Some(digits) = plain.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).map_err(|_| wrong());
    }
    if plain.starts_with('-') {
        return plain.parse::<i64>().map(i64::cast_unsigned).map_err(|_| wrong());
    }
    plain.parse::<u64>().map_err(|_| wrong())
}

/// The lower `width` bytes of a number, when the rest only repeats its sign.
fn sized(value: u64, width: usize, text: &str) -> Result<Vec<u8>> {
    let bits = 8 * width as u32;
    let is_fitting = bits == 64 || value >> bits == 0 || (value.cast_signed() >> (bits - 1)) == -1;
    let bytes = value.to_le_bytes();
    if is_fitting { Ok(bytes[..width].to_vec()) } else { Err(format!("{text} does not fit into {width} bytes")) }
}

fn errno(text: &str) -> Option<u64> {
    let name = text.strip_prefix('-').unwrap_or(text);
    let number = (1..600).find(|number| errno_name(*number) == Some(name))?;
    Some((-i64::from(number)).cast_unsigned())
}

fn named(text: &str, param: &ParamInfo) -> Option<u64> {
    match param.ty {
        ParamType::Errno => return errno(text),
        ParamType::Fd | ParamType::Fd32 if text == "AT_FDCWD" => return Some((-100_i64).cast_unsigned()),
        ParamType::Fd | ParamType::Fd32 => return errno(text),
        _ => {}
    }
    let flags = param.flags?.flags();
    text.split('|').try_fold(0, |bits, name| {
        let flag = flags.iter().find(|flag| flag.name == name)?;
        Some(bits | u64::from(flag.bits))
    })
}

/// The little-endian bytes of one parameter.
pub(crate) fn param(text: &str, param: &ParamInfo) -> Result<Vec<u8>> {
    if let Some(bytes) = any(text) {
        return bytes;
    }
    match param.ty {
        ParamType::Charbuf | ParamType::Fspath | ParamType::Fsrelpath => {
            let mut text = bytes(text)?;
            text.push(0);
            Ok(text)
        }
        ParamType::Bytebuf => bytes(text),
        ParamType::Sockaddr => sockaddr(text),
        ParamType::Socktuple => socktuple(text),
        ParamType::Fdlist => fdlist(text),
        ParamType::Dyn => dynamic(text, param),
        ParamType::Ipv4addr => Ok(v4(text)?.octets().to_vec()),
        ParamType::Ipv6addr => Ok(v6(text)?.octets().to_vec()),
        ParamType::Double => {
            let number: f64 = text.parse().map_err(|_| format!("{text} is no number"))?;
            Ok(number.to_le_bytes().to_vec())
        }
        ty => match ty.width() {
            Some(width) => {
                let value = named(text, param).map_or_else(|| number(text), Ok)?;
                sized(value, width.into(), text)
            }
            None => Err(format!("{ty:?} is not stored in files; write hex:…")),
        },
    }
}

fn v4(text: &str) -> Result<Ipv4Addr> {
    text.parse().map_err(|_| format!("{text} is no IPv4 address"))
}

fn v6(text: &str) -> Result<Ipv6Addr> {
    text.parse().map_err(|_| format!("{text} is no IPv6 address"))
}

/// An address of either family and a port.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Endpoint {
    V4([u8; 4], u16),
    V6([u8; 16], u16),
}

impl Endpoint {
    pub(crate) fn of(text: &str) -> Result<Self> {
        let (address, port) = text.rsplit_once(':').ok_or_else(|| format!("{text} has no port"))?;
        let port = port.parse().map_err(|_| format!("{port} is no port"))?;
        match address.strip_prefix('[').and_then(|address| address.strip_suffix(']')) {
            Some(address) => Ok(Self::V6(v6(address)?.octets(), port)),
            None => Ok(Self::V4(v4(address)?.octets(), port)),
        }
    }

    fn append(self, bytes: &mut Vec<u8>) {
        match self {
            Self::V4(address, port) => {
                bytes.extend(address);
                bytes.extend(port.to_le_bytes());
            }
            Self::V6(address, port) => {
                bytes.extend(address);
                bytes.extend(port.to_le_bytes());
            }
        }
    }
}

const UNIX: u8 = 1;
const INET: u8 = 2;
const INET6: u8 = 10;

fn sockaddr(text: &str) -> Result<Vec<u8>> {
    if let Some(family) = text.strip_prefix("family:") {
        return sized(number(family)?, 1, text);
    }
    if text.starts_with(['/', '@', '\'']) {
        return Ok([&[UNIX][..], &bytes(text)?, &[0]].concat());
    }
    let endpoint = Endpoint::of(text)?;
    let mut bytes = vec![if matches!(endpoint, Endpoint::V4(..)) { INET } else { INET6 }];
    endpoint.append(&mut bytes);
    Ok(bytes)
}

/// Kernel addresses of both ends and the path of a unix socket.
pub(crate) fn unix_tuple(text: &str) -> Option<(u64, u64, Vec<u8>)> {
    let (source, rest) = text.split_once("->")?;
    let (dest, path) = rest.split_once(' ').unwrap_or((rest, ""));
    let address = |text: &str| u64::from_str_radix(text, 16).ok();
    Some((address(source)?, address(dest)?, bytes(path.trim()).ok()?))
}

fn socktuple(text: &str) -> Result<Vec<u8>> {
    if let Some((source, dest, path)) = unix_tuple(text) {
        return Ok([&[UNIX][..], &source.to_le_bytes(), &dest.to_le_bytes(), &path, &[0]].concat());
    }
    let (source, dest) = text.split_once("->").ok_or_else(|| format!("{text} is no tuple"))?;
    let (source, dest) = (Endpoint::of(source)?, Endpoint::of(dest)?);
    let family = match (source, dest) {
        (Endpoint::V4(..), Endpoint::V4(..)) => INET,
        (Endpoint::V6(..), Endpoint::V6(..)) => INET6,
        _ => return Err(format!("{text} mixes families")),
    };
    let mut bytes = vec![family];
    source.append(&mut bytes);
    dest.append(&mut bytes);
    Ok(bytes)
}

fn fdlist(text: &str) -> Result<Vec<u8>> {
    let pairs: Vec<&str> = text.split([' ', ',']).filter(|pair| !pair.is_empty()).collect();
    let mut bytes = sized(pairs.len() as u64, 2, text)?;
    for pair in pairs {
        let (fd, flags) = pair.split_once(':').ok_or_else(|| format!("{pair} is no fd:flags"))?;
        bytes.extend(number(fd)?.to_le_bytes());
        bytes.extend(sized(number(flags)?, 2, flags)?);
    }
    Ok(bytes)
}

fn dynamic(text: &str, param: &ParamInfo) -> Result<Vec<u8>> {
    let (chosen, value) = text.split_once(':').ok_or_else(|| format!("{text} chooses no alternative"))?;
    let chosen = u8::try_from(number(chosen)?).map_err(|_| format!("{chosen} is no alternative"))?;
    let types = param.dynamic.map_or(&[][..], |alternatives| alternatives.types());
    let ty = *types.get(usize::from(chosen)).ok_or_else(|| format!("there is no alternative {chosen}"))?;
    let value = self::param(value, &ParamInfo { ty, flags: None, dynamic: None, ..*param })?;
    Ok([&[chosen][..], &value].concat())
}
