//! What a file that is no capture looks like, so that the page can say so.

/// Bytes that are enough for every look.
pub const ENOUGH: usize = 512;

const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "PNG image"),
    (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF8", "GIF image"),
    (8, b"WEBP", "WebP image"),
    (0, b"%PDF-", "PDF document"),
    (0, b"PK\x03\x04", "zip archive"),
    (0, b"PK\x05\x06", "zip archive"),
    (0, b"\xfd7zXZ\0", "xz archive"),
    (0, b"BZh", "bzip2 archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (0, b"Rar!\x1a\x07", "rar archive"),
    (257, b"ustar", "tar archive"),
    (0, b"\x1f\x8b", "gzip archive"),
    (0, b"\x28\xb5\x2f\xfd", "zstd archive"),
    (0, b"\x04\x22\x4d\x18", "lz4 archive"),
    (0, b"\xa1\xb2\xc3\xd4", "pcap"),
    (0, b"\xd4\xc3\xb2\xa1", "pcap"),
    (0, b"\xa1\xb2\x3c\x4d", "pcap"),
    (0, b"\x4d\x3c\xb2\xa1", "pcap"),
    (0, b"\x7fELF", "ELF program"),
    (0, b"MZ", "Windows program"),
    (0, b"\0asm", "WebAssembly module"),
    (0, b"SQLite format 3\0", "SQLite database"),
    (0, b"perf", "perf recording"),
    (0, b"PERFILE2", "perf recording"),
    (4, b"ftyp", "video"),
    (0, b"OggS", "Ogg media"),
    (0, b"ID3", "MP3 audio"),
    (0, b"RIFF", "RIFF media"),
];

/// Names what the first bytes of a file are the start of; `None` when that may be a damaged capture.
pub fn foreign(head: &[u8]) -> Option<&'static str> {
    let known = |(at, signature, name): &(usize, &[u8], &'static str)| {
        head.get(*at..).is_some_and(|rest| rest.starts_with(signature)).then_some(*name)
    };
    SIGNATURES.iter().find_map(known).or_else(|| is_text(head).then_some("text"))
}

/// Control characters other than white space make a file something else than text; so do broken UTF-8 sequences.
fn is_text(head: &[u8]) -> bool {
    let head = head.get(..ENOUGH).unwrap_or(head);
    let is_printable = |byte: &u8| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b);
    if head.is_empty() || !head.iter().all(is_printable) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // The look may end inside a character.
        Err(error) => error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::foreign;

    #[test]
    fn pictures_archives_and_text_are_named() {
        assert_eq!(foreign(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("PNG image"));
        assert_eq!(foreign(b"PK\x03\x04\x14\0"), Some("zip archive"));
        assert_eq!(foreign("1 17:35:48 0 gr\u{fc}n (1) > open\n".as_bytes()), Some("text"));
        assert_eq!(foreign(&[b"\xfd7zXZ\0".as_slice(), &[0; 90]].concat()), Some("xz archive"));
    }

    #[test]
    fn a_damaged_section_header_is_not_taken_for_something_else() {
        assert_eq!(foreign(b"\x0b\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a"), None);
        assert_eq!(foreign(b"a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a"), None);
        assert_eq!(foreign(&[0; 64]), None);
    }
}
