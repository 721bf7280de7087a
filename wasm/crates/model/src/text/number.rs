//! Numbers as text, appended without the formatting machinery.

/// Appends a signed decimal.
pub fn decimal(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

/// Appends an unsigned decimal.
pub fn unsigned(out: &mut Vec<u8>, value: u64) {
    // Descriptors, small sizes and results of 0 are most of what is printed.
    if let Ok(small @ 0..=9) = u8::try_from(value) {
        out.push(b'0' + small);
        return;
    }
    let mut buffer = itoa::Buffer::new();
    out.extend_from_slice(buffer.format(value).as_bytes());
}

/// Appends an unsigned decimal padded with zeros to nine digits.
pub fn nine(out: &mut Vec<u8>, value: u64) {
    match u32::try_from(value) {
        Ok(small) if small < 1_000_000_000 => out.extend_from_slice(&nine_digits(small)),
        _ => unsigned(out, value),
    }
}

/// The last nine digits of a number.
pub fn nine_digits(value: u32) -> [u8; 9] {
    let mut digits = [b'0'; 9];
    let mut left = value;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (left % 10) as u8;
        left /= 10;
    }
    digits
}

/// The last two digits of a number.
pub fn two_digits(value: u32) -> [u8; 2] {
    [b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]
}

/// Appends a decimal of two digits.
pub fn two(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&two_digits(value));
}

/// Appends hexadecimal without prefix or padding; the digits say which case.
fn hexadecimal(out: &mut Vec<u8>, value: u64, digits: &[u8; 16]) {
    let mut shift = 60u32.saturating_sub(value.leading_zeros() / 4 * 4);
    loop {
        out.push(digits[(value >> shift & 15) as usize]);
        if shift == 0 {
            return;
        }
        shift -= 4;
    }
}

/// Appends upper-case hexadecimal without prefix or padding.
pub fn upper_hex(out: &mut Vec<u8>, value: u64) {
    hexadecimal(out, value, b"0123456789ABCDEF");
}

/// Appends lower-case hexadecimal without prefix or padding.
pub fn lower_hex(out: &mut Vec<u8>, value: u64) {
    hexadecimal(out, value, b"0123456789abcdef");
}

/// Appends octal with a leading zero; 0 is a single one.
pub fn octal(out: &mut Vec<u8>, value: u64) {
    out.push(b'0');
    let mut shift = (63 - (value | 1).leading_zeros()) / 3 * 3;
    if value == 0 {
        return;
    }
    loop {
        out.push(b'0' + (value >> shift & 7) as u8);
        if shift == 0 {
            return;
        }
        shift -= 3;
    }
}

/// Appends nanoseconds as seconds with six significant digits, the way C's `%g` does.
pub fn seconds(out: &mut Vec<u8>, nanoseconds: u64) {
    if nanoseconds == 0 {
        out.push(b'0');
        return;
    }
    // The six digits are those of the double, not of the exact quotient: they differ where a tie is rounded.
    let value = nanoseconds as f64 / 1e9;
    let mut text = Stack::default();
    // A stack buffer of 32 bytes takes the at most 12 of this format.
    let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{value:.5e}"));
    let text = text.bytes();
    let Some(at) = text.iter().position(|byte| *byte == b'e') else { return };
    let exponent: i32 = std::str::from_utf8(&text[at + 1..]).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut digits = [b'0'; 6];
    for (slot, digit) in digits.iter_mut().zip(text[..at].iter().filter(|byte| **byte != b'.')) {
        *slot = *digit;
    }
    let significant = digits.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
    let digits = &digits[..significant];
    if !(-4..6).contains(&exponent) {
        out.push(digits[0]);
        if digits.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&digits[1..]);
        }
        out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
        two(out, exponent.unsigned_abs());
        return;
    }
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', (-exponent - 1) as usize));
        out.extend_from_slice(digits);
        return;
    }
    let whole = exponent as usize + 1;
    for place in 0..whole {
        out.push(digits.get(place).copied().unwrap_or(b'0'));
    }
    if digits.len() > whole {
        out.push(b'.');
        out.extend_from_slice(&digits[whole..]);
    }
}

/// A few bytes on the stack that `write!` can fill; what does not fit is lost.
#[derive(Default)]
pub struct Stack {
    bytes: [u8; 32],
    len: usize,
}

impl Stack {
    /// What was written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl std::fmt::Write for Stack {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for (slot, byte) in self.bytes[self.len..].iter_mut().zip(text.bytes()) {
            *slot = byte;
            self.len += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("numbers are ASCII")
    }

    #[test]
    fn decimals_reach_both_ends_of_64_bits() {
        assert_eq!(text(|out| decimal(out, i64::MIN)), "-9223372036854775808");
        assert_eq!(text(|out| unsigned(out, u64::MAX)), "18446744073709551615");
        assert_eq!(text(|out| decimal(out, 0)), "0");
    }

    #[test]
    fn hexadecimal_has_no_prefix_and_no_padding() {
        for value in [0u64, 1, 15, 16, 0x7f1a_227c_ea64, u64::MAX, 1 << 60] {
            assert_eq!(text(|out| upper_hex(out, value)), format!("{value:X}"));
            assert_eq!(text(|out| lower_hex(out, value)), format!("{value:x}"));
        }
    }

    #[test]
    fn octal_has_a_leading_zero_and_zero_is_one_digit() {
        assert_eq!(text(|out| octal(out, 0)), "0");
        for value in [1u64, 7, 8, 0o644, 0o7777, u64::MAX] {
            assert_eq!(text(|out| octal(out, value)), format!("0{value:o}"));
        }
    }

    #[test]
    fn nanoseconds_are_padded_to_nine_digits() {
        assert_eq!(text(|out| nine(out, 7)), "000000007");
        assert_eq!(text(|out| nine(out, 999_999_999)), "999999999");
    }

    #[test]
    fn seconds_have_six_significant_digits_like_printf_g() {
        for (nanoseconds, expected) in [
            (0, "0"),
            (1_500_000_000, "1.5"),
            (1_000_000, "0.001"),
            (100_000, "0.0001"),
            (99_999, "9.9999e-05"),
            (1, "1e-09"),
            (123_456_789, "0.123457"),
            (1_000_000_000_000_000, "1e+06"),
            (999_999_000_000_000, "999999"),
            (999_999_500_000_000, "1e+06"),
            (18_446_744_073_709_551_614, "1.84467e+10"),
            (60_000_000_000, "60"),
        ] {
            assert_eq!(text(|out| seconds(out, nanoseconds)), expected);
        }
    }
}
