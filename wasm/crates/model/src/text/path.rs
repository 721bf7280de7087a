//! Paths: joined, normalised and made printable, appended in place.

use super::buffer::printable;

/// Appends `path` joined to `base`, without `.`, `..`, doubled or trailing slashes. An absolute path ignores the base.
///
/// With `keep_base` the base stays as it is and only what is appended is normalised.
pub fn join(out: &mut Vec<u8>, base: &[u8], path: &[u8], keep_base: bool) {
    join_parts(out, base, b"", path, keep_base);
}

/// Appends `path` joined to a directory that is named without a slash at its end. Without a name there is nothing to join to.
pub fn join_below(out: &mut Vec<u8>, directory: &[u8], path: &[u8], keep_base: bool) {
    let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
    join_parts(out, directory, slash, path, keep_base);
}

fn join_parts(out: &mut Vec<u8>, base: &[u8], slash: &[u8], path: &[u8], keep_base: bool) {
    let start = out.len();
    if path.first() == Some(&b'/') {
        out.push(b'/');
    } else if keep_base {
        out.extend_from_slice(base);
        out.extend_from_slice(slash);
    } else {
        if base.first().or(slash.first()) == Some(&b'/') {
            out.push(b'/');
        }
        append(out, start, base);
    }
    append(out, start, path);
    if out.len() > start + 1 && out.last() == Some(&b'/') {
        out.pop();
    }
}

/// Appends the parts of `path` to what was written since `start`.
fn append(out: &mut Vec<u8>, start: usize, path: &[u8]) {
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => parent(out, start),
            part => {
                if out.len() > start && out.last() != Some(&b'/') {
                    out.push(b'/');
                }
                out.extend_from_slice(part);
            }
        }
    }
}

/// Takes the last part away, never the root.
fn parent(out: &mut Vec<u8>, start: usize) {
    while out.len() > start + 1 && out.last() == Some(&b'/') {
        out.pop();
    }
    let slash = out.get(start..).and_then(|written| written.iter().rposition(|byte| *byte == b'/'));
    out.truncate(match slash {
        Some(0) => start + 1,
        Some(slash) => start + slash,
        None => start,
    });
}

/// Whether nothing has to be done about these bytes. Looks at all of them, which is faster than stopping at one.
pub fn all_printable(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |so_far, byte| so_far & printable(*byte))
}

/// Appends only the printable bytes, at most `limit` of them.
pub fn drop_unprintable(out: &mut Vec<u8>, bytes: &[u8], limit: usize) {
    if bytes.len() <= limit && all_printable(bytes) {
        out.extend_from_slice(bytes);
    } else {
        out.extend(bytes.iter().copied().filter(|byte| printable(*byte)).take(limit));
    }
}

/// Appends text of the capture so that it can be read and seen: UTF-8 stays, control characters and bytes that are no
/// UTF-8 are escaped.
pub fn escape(out: &mut Vec<u8>, bytes: &[u8]) {
    if all_printable(bytes) {
        out.extend_from_slice(bytes);
        return;
    }
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                letter if letter.is_control() => {
                    letter.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| escaped(out, byte));
                }
                letter => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        chunk.invalid().iter().for_each(|byte| escaped(out, *byte));
    }
}

fn escaped(out: &mut Vec<u8>, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(&[b'\\', b'x', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

/// Appends text with U+FFFD for everything that cannot be printed.
pub fn replace_unprintable(out: &mut Vec<u8>, bytes: &[u8]) {
    const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() {
                out.extend_from_slice(REPLACEMENT);
            } else {
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        chunk.invalid().iter().for_each(|_| out.extend_from_slice(REPLACEMENT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, path: &str, keep_base: bool) -> String {
        // What stands before must never be touched.
        let mut out = b"x/y/".to_vec();
        join(&mut out, base.as_bytes(), path.as_bytes(), keep_base);
        assert!(out.starts_with(b"x/y/"));
        String::from_utf8(out.split_off(4)).expect("ASCII")
    }

    #[test]
    fn dots_and_doubled_slashes_go() {
        for keep_base in [true, false] {
            assert_eq!(joined("/home/u/", "./a//b/../c", keep_base), "/home/u/a/c");
            assert_eq!(joined("/a/", "../../../x", keep_base), "/x");
            assert_eq!(joined("/a/", "/etc//passwd/", keep_base), "/etc/passwd");
            assert_eq!(joined("/tmp/zoo/", "", keep_base), "/tmp/zoo");
            assert_eq!(joined("/", "", keep_base), "/");
        }
    }

    #[test]
    fn an_unknown_base_leaves_the_path_relative() {
        assert_eq!(joined("", "../d/./x", true), "d/x");
        assert_eq!(joined("", ".", true), "");
    }

    #[test]
    fn a_base_that_is_kept_keeps_its_double_slash() {
        assert_eq!(joined("//", "sys", true), "//sys");
        assert_eq!(joined("//", "sys", false), "/sys");
        assert_eq!(joined("//sys/dev/block/", "..", true), "//sys/dev");
    }

    #[test]
    fn escaping_keeps_letters_and_shows_control_characters() {
        let mut out = Vec::new();
        escape(&mut out, b"/tmp/\xc3\xa9\x01\n\xff\x7f");
        assert_eq!(out, "/tmp/é\\x01\\n\\xff\\x7f".as_bytes());
    }

    #[test]
    fn dropping_counts_what_is_printed() {
        let mut out = Vec::new();
        drop_unprintable(&mut out, b"x\xc3\xa9\x01abcd", 3);
        assert_eq!(out, b"xab");
    }
}
