//! Shell patterns over bytes, matched in time linear in the text for patterns of literal parts.
//!
//! `*` and `?` also match a slash and a leading dot; `[a-z]`, `[!x]`, `[^x]`, `[[:alpha:]]`; a backslash quotes the next
//! character; a bracket that is never closed is an ordinary character (reference: filter language §2).

use memchr::memmem;

/// One byte of a pattern.
#[derive(Clone, Debug)]
enum Token {
    Byte(u8),
    Any,
    /// A set of bytes, one bit each.
    Set(Box<[u64; 4]>),
}

impl Token {
    fn fits(&self, byte: u8) -> bool {
        match self {
            Self::Byte(wanted) => *wanted == byte,
            Self::Any => true,
            Self::Set(bits) => has(bits, byte),
        }
    }
}

fn has(bits: &[u64; 4], byte: u8) -> bool {
    bits.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
}

fn add(bits: &mut [u64; 4], byte: u8) {
    if let Some(word) = bits.get_mut(usize::from(byte >> 6)) {
        *word |= 1 << (byte & 63);
    }
}

/// What stands between two stars.
#[derive(Clone, Debug)]
struct Part {
    tokens: Vec<Token>,
    /// Finds it, when it is all literal.
    finder: Option<memmem::Finder<'static>>,
}

impl Part {
    fn new(tokens: Vec<Token>) -> Self {
        let literal: Option<Vec<u8>> = tokens.iter().map(|token| if let Token::Byte(byte) = token { Some(*byte) } else { None }).collect();
        Self { tokens, finder: literal.map(|literal| memmem::Finder::new(&literal).into_owned()) }
    }

    fn len(&self) -> usize {
        self.tokens.len()
    }

    fn fits(&self, text: &[u8]) -> bool {
        text.len() >= self.len() && self.tokens.iter().zip(text).all(|(token, byte)| token.fits(*byte))
    }

    /// First place in `text` where it fits.
    fn find(&self, text: &[u8]) -> Option<usize> {
        match &self.finder {
            Some(finder) => finder.find(text),
            None => (0..=text.len().checked_sub(self.len())?).find(|at| text.get(*at..).is_some_and(|rest| self.fits(rest))),
        }
    }
}

/// A pattern for whole texts.
#[derive(Clone, Debug)]
pub struct Glob {
    /// Parts between stars: the first and the last are bound to their end of the text.
    parts: Vec<Part>,
    ignore_case: bool,
    /// It ends in a lone backslash: nothing fits.
    never: bool,
}

/// Longest pattern, in bytes: longer than any path, and short enough that one match takes no noticeable time.
pub const MAX_LENGTH: usize = 4096;

impl Glob {
    /// Reads a pattern. `None`: it is longer than [`MAX_LENGTH`].
    pub fn new(pattern: &[u8], ignore_case: bool) -> Option<Self> {
        if pattern.len() > MAX_LENGTH {
            return None;
        }
        let mut parts = Vec::new();
        let mut tokens = Vec::new();
        let mut never = false;
        let mut rest = pattern;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'*' => parts.push(Part::new(std::mem::take(&mut tokens))),
                b'?' => tokens.push(Token::Any),
                b'\\' => match rest.split_first() {
                    Some((&quoted, after)) => {
                        rest = after;
                        tokens.push(Token::Byte(fold(quoted, ignore_case)));
                    }
                    None => never = true,
                },
                b'[' => match set(rest, ignore_case) {
                    Some((bits, after)) => {
                        rest = after;
                        tokens.push(Token::Set(Box::new(bits)));
                    }
                    None => tokens.push(Token::Byte(b'[')),
                },
                byte => tokens.push(Token::Byte(fold(byte, ignore_case))),
            }
        }
        parts.push(Part::new(tokens));
        Some(Self { parts, ignore_case, never })
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &[u8]) -> bool {
        if self.never {
            return false;
        }
        if self.ignore_case { self.fits(&text.to_ascii_lowercase()) } else { self.fits(text) }
    }

    fn fits(&self, text: &[u8]) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return false };
        if !first.fits(text) {
            return false;
        }
        let Some((last, middle)) = rest.split_last() else { return text.len() == first.len() };
        let Some(mut text) = text.get(first.len()..) else { return false };
        for part in middle {
            let Some(found) = part.find(text) else { return false };
            text = text.get(found + part.len()..).unwrap_or_default();
        }
        text.len().checked_sub(last.len()).and_then(|start| text.get(start..)).is_some_and(|end| last.fits(end))
    }
}

fn fold(byte: u8, ignore_case: bool) -> u8 {
    if ignore_case { byte.to_ascii_lowercase() } else { byte }
}

/// The set that stands behind an opening bracket, and what follows its closing one.
fn set(pattern: &[u8], ignore_case: bool) -> Option<([u64; 4], &[u8])> {
    let mut bits = [0u64; 4];
    let (negated, mut rest) = match pattern {
        [b'!' | b'^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut is_first = true;
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        if byte == b']' && !is_first {
            break;
        }
        is_first = false;
        if byte == b'[' && rest.first() == Some(&b':') {
            let end = memmem::find(rest, b":]")?;
            let belongs = class(rest.get(1..end)?)?;
            (0..=u8::MAX).filter(belongs).for_each(|byte| add(&mut bits, byte));
            rest = rest.get(end + 2..)?;
            continue;
        }
        let low = if byte == b'\\' { take(&mut rest)? } else { byte };
        let high = match rest {
            [b'-', next, ..] if *next != b']' => {
                rest = rest.get(1..)?;
                match take(&mut rest)? {
                    b'\\' => take(&mut rest)?,
                    high => high,
                }
            }
            _ => low,
        };
        (low..=high).for_each(|byte| add(&mut bits, byte));
    }
    if ignore_case {
        for letter in b'a'..=b'z' {
            if has(&bits, letter) || has(&bits, letter.to_ascii_uppercase()) {
                add(&mut bits, letter);
            }
        }
    }
    if negated {
        bits = bits.map(|word| !word);
    }
    Some((bits, rest))
}

fn take(rest: &mut &[u8]) -> Option<u8> {
    let (&byte, after) = rest.split_first()?;
    *rest = after;
    Some(byte)
}

/// What `[:name:]` holds.
fn class(name: &[u8]) -> Option<fn(&u8) -> bool> {
    Some(match name {
        b"alpha" => u8::is_ascii_alphabetic,
        b"digit" => u8::is_ascii_digit,
        b"alnum" => u8::is_ascii_alphanumeric,
        b"upper" => u8::is_ascii_uppercase,
        b"lower" => u8::is_ascii_lowercase,
        b"space" => |byte| byte.is_ascii_whitespace() || *byte == 11,
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"punct" => u8::is_ascii_punctuation,
        b"cntrl" => u8::is_ascii_control,
        b"graph" => u8::is_ascii_graphic,
        b"print" => |byte| byte.is_ascii_graphic() || *byte == b' ',
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Glob;

    fn fits(pattern: &str, text: &str) -> bool {
        Glob::new(pattern.as_bytes(), false).is_some_and(|glob| glob.matches(text.as_bytes()))
    }

    #[test]
    fn stars_and_question_marks_match_slashes_and_dots() {
        for (pattern, text) in [("/etc/*", "/etc/a/b"), ("*", ""), ("*", ".x"), ("/*/lib?.so*", "/usr/lib/libc.so.6"), ("a?c", "a/c"), ("**x", "x")] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("/etc/*", "/etc"), ("?", ""), ("a", "ab"), ("*b", "ba"), ("", "x"), ("ab*ab", "ab")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
        assert!(fits("", ""));
    }

    #[test]
    fn sets_ranges_and_classes() {
        for (pattern, text) in
            [("[a-c]x", "bx"), ("[!a-c]", "d"), ("[^a]", "b"), ("[]a]", "]"), ("[[:digit:]][[:alpha:]]", "1z"), ("[a-]", "-"), (r"[\]]", "]"), ("x[0-9]*", "x42")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("[!a-c]", "b"), ("[c-a]", "b"), ("[[:digit:]]", "x"), ("[a]", "")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn quoted_and_unclosed_characters_stand_for_themselves() {
        assert!(fits(r"\*", "*") && !fits(r"\*", "x"));
        assert!(fits("a[b", "a[b") && !fits("a[b", "ab"));
        assert!(!fits("a\\", "a") && !fits("a\\", "a\\"));
    }

    #[test]
    fn case_is_ignored_on_both_sides() {
        let glob = Glob::new(b"/ETC/[A-C]*", true).expect("short enough");
        assert!(glob.matches(b"/etc/Bx") && !glob.matches(b"/etc/d"));
    }

    #[test]
    fn it_agrees_with_a_plain_definition_on_many_short_texts() {
        fn plain(pattern: &[u8], text: &[u8]) -> bool {
            match (pattern.split_first(), text.split_first()) {
                (None, None) => true,
                (Some((b'*', rest)), None) => plain(rest, text),
                (Some((b'*', rest)), Some((_, tail))) => plain(rest, text) || plain(pattern, tail),
                (Some((b'?', rest)), Some((_, tail))) => plain(rest, tail),
                (Some((byte, rest)), Some((head, tail))) => byte == head && plain(rest, tail),
                _ => false,
            }
        }
        let words = |letters: &[u8], length: u32| -> Vec<Vec<u8>> {
            let n = letters.len();
            (0..=length)
                .flat_map(|length| {
                    (0..n.pow(length)).map(move |mut code| {
                        (0..length).map(|_| { let at = code % n; code /= n; at }).collect::<Vec<_>>()
                    })
                })
                .map(|word| word.into_iter().filter_map(|at| letters.get(at).copied()).collect())
                .collect()
        };
        for pattern in words(b"ab*?", 5) {
            let glob = Glob::new(&pattern, false).expect("short enough");
            for text in words(b"ab", 5) {
                assert_eq!(glob.matches(&text), plain(&pattern, &text), "{pattern:?} {text:?}");
            }
        }
    }
}
