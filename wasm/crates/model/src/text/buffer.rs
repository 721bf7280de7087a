//! Data buffers as text: dots, ASCII, hexadecimal, base64.

/// How `-A`, `-x`, `-X` and `-b` print data buffers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BufferFormat {
    /// Printable characters, every other byte a dot, cut to 80.
    #[default]
    Dots,
    /// Printable characters and line ends only (`-A`).
    Ascii,
    /// Hexadecimal rows (`-x`).
    Hex,
    /// Hexadecimal rows with characters beside (`-X`).
    HexAscii,
    /// Base64 (`-b`).
    Base64,
}

/// Characters of a buffer before it is cut.
const SHOWN: usize = 80;

/// Printable in the C locale.
pub fn printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}

/// What stands for a byte where every byte takes one place.
pub fn dot(byte: u8) -> u8 {
    if printable(byte) { byte } else { b'.' }
}

/// Appends a buffer.
pub fn append(out: &mut Vec<u8>, bytes: &[u8], format: BufferFormat, whole: bool) {
    match format {
        BufferFormat::Dots if !whole && bytes.len() > SHOWN => {
            out.extend(bytes.get(..SHOWN - 3).unwrap_or(bytes).iter().map(|byte| dot(*byte)));
            out.extend_from_slice(b"...");
        }
        BufferFormat::Dots => out.extend(bytes.iter().map(|byte| dot(*byte))),
        _ if bytes.is_empty() => {}
        BufferFormat::Ascii => ascii(out, bytes),
        BufferFormat::Hex => rows(out, bytes, false),
        BufferFormat::HexAscii => rows(out, bytes, true),
        BufferFormat::Base64 => base64(out, bytes),
    }
}

/// Length of the text of a buffer that is not cut.
pub fn text_len(bytes: &[u8], format: BufferFormat) -> usize {
    let rows = |row: usize| bytes.len().div_ceil(16) * row;
    match format {
        _ if bytes.is_empty() => 0,
        BufferFormat::Dots => bytes.len(),
        BufferFormat::Ascii => {
            let mut out = Vec::new();
            ascii(&mut out, bytes);
            out.len()
        }
        BufferFormat::Hex => rows("\n\t0x0000:".len()) + bytes.len() * 2 + bytes.len().div_ceil(2) + 1,
        BufferFormat::HexAscii => rows("\n\t0x0000:".len() + 8 * 5 + 2) + bytes.len() + 1,
        BufferFormat::Base64 => bytes.len().div_ceil(3) * 4,
    }
}

fn ascii(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'\n');
    let mut before = b'\r';
    for &byte in bytes {
        match byte {
            b'\r' => out.push(b'\n'),
            // The line feed of CR LF has been printed, and one at the very start is not.
            b'\n' if before != b'\r' => out.push(b'\n'),
            byte if printable(byte) => out.push(byte),
            _ => {}
        }
        before = byte;
    }
}

fn rows(out: &mut Vec<u8>, bytes: &[u8], characters: bool) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: usize| DIGITS[value & 15];
    for (row, chunk) in bytes.chunks(16).enumerate() {
        let at = row * 16;
        out.extend_from_slice(b"\n\t0x");
        let mut shift = 12;
        while at >> shift > 15 {
            shift += 4;
        }
        loop {
            out.push(digit(at >> shift));
            if shift == 0 {
                break;
            }
            shift -= 4;
        }
        out.push(b':');
        for pair in chunk.chunks(2) {
            out.push(b' ');
            for byte in pair {
                out.extend_from_slice(&[digit(usize::from(byte >> 4)), digit(usize::from(*byte))]);
            }
        }
        if characters {
            let missing = 8 - chunk.len().div_ceil(2);
            out.extend(std::iter::repeat_n(b' ', missing * 5 + 2));
            out.extend(chunk.iter().map(|byte| dot(*byte)));
        }
    }
    out.push(b'\n');
}

fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|index| u32::from(chunk.get(index).copied().unwrap_or(0)));
        let bits = a << 16 | b << 8 | c;
        for place in 0..4 {
            out.push(if place <= chunk.len() { LETTERS[(bits >> (18 - 6 * place) & 63) as usize] } else { b'=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], format: BufferFormat) -> String {
        let mut out = Vec::new();
        append(&mut out, bytes, format, false);
        String::from_utf8(out).expect("buffers print as ASCII")
    }

    #[test]
    fn every_byte_that_is_not_printable_is_a_dot() {
        assert_eq!(text(b"a\0b\xc3\xa9\x7f~\"\\", BufferFormat::Dots), "a.b...~\"\\");
    }

    #[test]
    fn a_buffer_of_80_is_whole_and_one_of_81_ends_in_dots() {
        assert_eq!(text(&[b'x'; 80], BufferFormat::Dots), "x".repeat(80));
        assert_eq!(text(&[b'x'; 81], BufferFormat::Dots), "x".repeat(77) + "...");
        let mut out = Vec::new();
        append(&mut out, &[b'x'; 81], BufferFormat::Dots, true);
        assert_eq!(out, [b'x'; 81]);
    }

    #[test]
    fn ascii_keeps_line_ends_once_and_drops_the_rest() {
        assert_eq!(text(b"a\r\nb\nc\r\r\n\0d", BufferFormat::Ascii), "\na\nb\nc\n\nd");
        assert_eq!(text(b"\na", BufferFormat::Ascii), "\na");
        assert_eq!(text(b"\n\na", BufferFormat::Ascii), "\n\na");
    }

    #[test]
    fn hexadecimal_groups_two_bytes_and_ends_in_a_line_feed() {
        assert_eq!(text(b"GET /", BufferFormat::Hex), "\n\t0x0000: 4745 5420 2f\n");
        assert_eq!(text(&[0; 17], BufferFormat::Hex), format!("\n\t0x0000:{}\n\t0x0010: 00\n", " 0000".repeat(8)));
    }

    #[test]
    fn the_characters_stand_behind_the_room_of_eight_groups() {
        assert_eq!(
            text(b"GET /", BufferFormat::HexAscii),
            format!("\n\t0x0000: 4745 5420 2f{}  GET /\n", " ".repeat(25))
        );
        assert_eq!(text(b"\0", BufferFormat::HexAscii), "\n\t0x0000: 00                                     .\n");
    }

    #[test]
    fn offsets_grow_beyond_four_digits() {
        assert!(text(&[0; 65_537], BufferFormat::Hex).ends_with("\n\t0x10000: 00\n"));
    }

    #[test]
    fn the_length_of_a_text_is_known_before_it_is_made() {
        use BufferFormat::*;
        for format in [Dots, Ascii, Hex, HexAscii, Base64] {
            for len in [0, 2, 16, 30, 80, 1000] {
                let bytes: Vec<u8> = (0..len).map(|at| b'a' + (at % 26) as u8).collect();
                let mut out = Vec::new();
                append(&mut out, &bytes, format, true);
                assert_eq!(text_len(&bytes, format), out.len(), "{len} bytes as {format:?}");
            }
        }
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, expected) in [("M", "TQ=="), ("Ma", "TWE="), ("Man", "TWFu"), ("\0", "AA==")] {
            assert_eq!(text(bytes.as_bytes(), BufferFormat::Base64), expected);
        }
    }

    #[test]
    fn an_empty_buffer_prints_nothing_in_any_format() {
        use BufferFormat::*;
        for format in [Dots, Ascii, Hex, HexAscii, Base64] {
            assert_eq!(text(b"", format), "");
        }
    }
}
