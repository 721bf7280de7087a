//! Paths as the recorder and sysdig join them: without a look at any file system.

use crate::text;

/// Longest path that sysdig keeps, in bytes.
pub const LONGEST: usize = 1024;

/// Stands for the directory behind an fd that nobody knows; what follows is glued to it.
pub const UNKNOWN: &[u8] = b"<UNKNOWN>";

/// Joins `path` to `base` as [`text::path::join`] does. With `keep_base` a path that leaves an unknown directory by `..`
/// leaves nothing of it.
pub fn join(base: &[u8], path: &[u8], keep_base: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(base.len() + path.len() + 1);
    if base != UNKNOWN || path.first() == Some(&b'/') {
        text::path::join(&mut out, base, path, keep_base);
        return out;
    }
    let leaves = keep_base && {
        let depths = path.split(|byte| *byte == b'/').scan(0_i32, |depth, part| {
            *depth = match part {
                b"" | b"." => *depth,
                b".." => *depth - 1,
                _ => *depth + 1,
            };
            Some((*depth, part == b".."))
        });
        // Its name is glued to the first part, so it goes with that.
        depths.into_iter().any(|(depth, up)| up && depth <= 0)
    };
    if !leaves {
        out.extend_from_slice(UNKNOWN);
    }
    text::path::join(&mut out, b"", path, keep_base);
    out
}

/// A directory as the state keeps it: with one trailing slash.
pub fn directory(mut path: Vec<u8>) -> Vec<u8> {
    if !path.is_empty() && path.last() != Some(&b'/') {
        path.push(b'/');
    }
    path
}

/// What recorders write for a path that was not in memory yet.
pub const NULL: &[u8] = b"(NULL)";

/// Whether a recorded path stands for nothing: empty, `<NA>` or `(NULL)`.
pub fn unavailable(path: &[u8]) -> bool {
    matches!(path, b"" | b"<NA>" | NULL)
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
    fn an_unknown_directory_is_glued_to_what_is_below_it() {
        assert_eq!(join(b"<UNKNOWN>", b"rel", true), b"<UNKNOWN>rel");
        assert_eq!(join(b"<UNKNOWN>", b"/abs", true), b"/abs");
        assert_eq!(join(b"<UNKNOWN>", b"./a//b/", true), b"<UNKNOWN>a/b");
        assert_eq!(join(b"<UNKNOWN>", b".", true), b"<UNKNOWN>");
    }

    #[test]
    fn a_path_that_leaves_an_unknown_directory_forgets_it_only_for_sysdig() {
        for (path, copied, right) in [("..", "", "<UNKNOWN>"), ("../x", "x", "<UNKNOWN>x"), ("a/../b", "b", "<UNKNOWN>b"), ("a/b/../../c", "c", "<UNKNOWN>c"), ("a/b/..", "<UNKNOWN>a", "<UNKNOWN>a")] {
            assert_eq!(join(b"<UNKNOWN>", path.as_bytes(), true), copied.as_bytes(), "{path}");
            assert_eq!(join(b"<UNKNOWN>", path.as_bytes(), false), right.as_bytes(), "{path}");
        }
    }

    #[test]
    fn an_empty_path_is_the_base() {
        assert_eq!(join(b"/tmp/zoo/", b"", true), b"/tmp/zoo");
        assert_eq!(join(b"/", b"", true), b"/");
    }
}
