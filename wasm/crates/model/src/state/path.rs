//! Paths as the recorder and sysdig join them: without a look at any file system.

/// Longest path that sysdig keeps, in bytes.
const LONGEST: usize = 1024;

/// Joins `path` to `base` and drops `.`, `..` and doubled slashes. An absolute path ignores the base.
///
/// With `keep_base` the base stays as it is and only what is appended is normalised, as sysdig 0.29.3 and 0.36.0 do: a
/// base of `/` and a slash give a double slash that stays.
pub fn join(base: &[u8], path: &[u8], keep_base: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(base.len() + path.len() + 1);
    if path.first() != Some(&b'/') {
        if keep_base {
            out.extend_from_slice(base);
        } else {
            if base.first() == Some(&b'/') {
                out.push(b'/');
            }
            append(&mut out, base);
        }
    } else {
        out.push(b'/');
    }
    // What is kept as it is already ends where the next part starts.
    let glued = keep_base && out.last().is_some_and(|byte| *byte != b'/');
    if glued {
        let start = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
        let (first, rest) = path.split_at(start);
        if !matches!(first, b"." | b"..") {
            out.extend_from_slice(first);
            append(&mut out, rest);
            return finish(out);
        }
    }
    append(&mut out, path);
    finish(out)
}

fn finish(mut out: Vec<u8>) -> Vec<u8> {
    if out.len() > 1 && out.last() == Some(&b'/') {
        out.pop();
    }
    if out.len() > LONGEST {
        return b"/PATH_TOO_LONG".to_vec();
    }
    out
}

fn append(out: &mut Vec<u8>, path: &[u8]) {
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                while out.len() > 1 && out.last() == Some(&b'/') {
                    out.pop();
                }
                match out.iter().rposition(|byte| *byte == b'/') {
                    Some(0) => out.truncate(1),
                    Some(slash) => out.truncate(slash),
                    None => out.clear(),
                }
            }
            part => {
                if !out.is_empty() && out.last() != Some(&b'/') {
                    out.push(b'/');
                }
                out.extend_from_slice(part);
            }
        }
    }
}

/// A directory as the state keeps it: with one trailing slash.
pub fn directory(mut path: Vec<u8>) -> Vec<u8> {
    if !path.is_empty() && path.last() != Some(&b'/') {
        path.push(b'/');
    }
    path
}

/// Whether a recorded path stands for nothing: empty, `<NA>` or `(NULL)`.
pub fn unavailable(path: &[u8]) -> bool {
    matches!(path, b"" | b"<NA>" | b"(NULL)")
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn dots_and_doubled_slashes_go() {
        assert_eq!(join(b"/home/u/", b"./a//b/../c", true), b"/home/u/a/c");
        assert_eq!(join(b"/a/", b"../../../x", true), b"/x");
        assert_eq!(join(b"/a/", b"/etc//passwd/", true), b"/etc/passwd");
    }

    #[test]
    fn an_unknown_base_leaves_the_path_relative() {
        assert_eq!(join(b"", b"../d/./x", true), b"d/x");
        assert_eq!(join(b"", b".", true), b"");
    }

    #[test]
    fn a_base_that_ends_in_two_slashes_keeps_them_only_for_sysdig() {
        assert_eq!(join(b"//", b"sys", true), b"//sys");
        assert_eq!(join(b"//", b"sys", false), b"/sys");
        assert_eq!(join(b"//sys/dev/block/", b"..", true), b"//sys/dev");
    }

    #[test]
    fn an_empty_path_is_the_base() {
        assert_eq!(join(b"/tmp/zoo/", b"", true), b"/tmp/zoo");
        assert_eq!(join(b"/", b"", true), b"/");
    }
}
