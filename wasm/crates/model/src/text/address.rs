//! Socket addresses and tuples as text.

use super::number::{lower_hex, unsigned};

/// Families whose layout is known.
pub const AF_UNIX: u8 = 1;
/// See [`AF_UNIX`].
pub const AF_INET: u8 = 2;
/// See [`AF_UNIX`].
pub const AF_INET6: u8 = 10;

/// Appends an IPv4 address.
pub fn ipv4(out: &mut Vec<u8>, address: [u8; 4]) {
    for (place, byte) in address.into_iter().enumerate() {
        if place > 0 {
            out.push(b'.');
        }
        unsigned(out, u64::from(byte));
    }
}

/// Appends an IPv6 address as `inet_ntop` does.
pub fn ipv6(out: &mut Vec<u8>, address: [u8; 16]) {
    let mut words = [0u16; 8];
    for (word, pair) in words.iter_mut().zip(address.chunks_exact(2)) {
        *word = u16::from_be_bytes([pair[0], pair[1]]);
    }
    let run = longest_zeros(&words);
    let [.., a, b, c, d] = address;
    for (place, word) in words.into_iter().enumerate() {
        if run.contains(&place) {
            if place == run.start {
                out.push(b':');
            }
            continue;
        }
        if place > 0 {
            out.push(b':');
        }
        // An IPv4 address inside one of version 6 keeps its dots.
        if place == 6 && run.start == 0 && (run.end == 6 || (run.end == 5 && words[5] == 0xffff)) {
            ipv4(out, [a, b, c, d]);
            return;
        }
        lower_hex(out, u64::from(word));
    }
    if run.end == 8 {
        out.push(b':');
    }
}

/// The first of the longest runs of at least two zero words.
fn longest_zeros(words: &[u16; 8]) -> std::ops::Range<usize> {
    let mut best = 0..0;
    let mut start = 0;
    while start < words.len() {
        let len = words[start..].iter().take_while(|word| **word == 0).count();
        if len >= 2 && len > best.len() {
            best = start..start + len;
        }
        start += len.max(1);
    }
    best
}

/// The IPv4 address inside a mapped IPv6 one; all zeros count as mapped.
pub fn mapped(address: [u8; 16]) -> Option<[u8; 4]> {
    match address {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d] => Some([a, b, c, d]),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] => Some([0; 4]),
        _ => None,
    }
}

/// An address and a port as they stand in a parameter: 4 + 2 bytes.
pub fn endpoint_v4(bytes: &[u8]) -> Option<([u8; 4], u16)> {
    let (address, port) = bytes.split_first_chunk::<4>()?;
    Some((*address, u16::from_le_bytes(port.try_into().ok()?)))
}

/// An address and a port as they stand in a parameter: 16 + 2 bytes.
pub fn endpoint_v6(bytes: &[u8]) -> Option<([u8; 16], u16)> {
    let (address, port) = bytes.split_first_chunk::<16>()?;
    Some((*address, u16::from_le_bytes(port.try_into().ok()?)))
}

/// Appends `ip:port`.
pub fn v4_with_port(out: &mut Vec<u8>, (address, port): ([u8; 4], u16)) {
    ipv4(out, address);
    out.push(b':');
    unsigned(out, u64::from(port));
}

/// Appends `ip:port`, without brackets.
pub fn v6_with_port(out: &mut Vec<u8>, (address, port): ([u8; 16], u16)) {
    ipv6(out, address);
    out.push(b':');
    unsigned(out, u64::from(port));
}

/// Appends a parameter of type SOCKADDR that is not empty; `path` prints the path of a unix socket.
pub fn sockaddr(out: &mut Vec<u8>, bytes: &[u8], path: impl FnOnce(&mut Vec<u8>, &[u8])) {
    let Some((&family, rest)) = bytes.split_first() else { return };
    match family {
        AF_UNIX => path(out, until_nul(rest)),
        AF_INET => match endpoint_v4(rest) {
            Some(endpoint) => v4_with_port(out, endpoint),
            None => out.extend_from_slice(b"INVALID IPv4"),
        },
        AF_INET6 => match endpoint_v6(rest) {
            Some(endpoint) => v6_with_port(out, endpoint),
            None => out.extend_from_slice(b"INVALID IPv6"),
        },
        family => other(out, family),
    }
}

/// Appends a parameter of type SOCKTUPLE that is not empty; `path` prints the path of a unix socket.
pub fn socktuple(out: &mut Vec<u8>, bytes: &[u8], path: impl FnOnce(&mut Vec<u8>, &[u8])) {
    let Some((&family, rest)) = bytes.split_first() else { return };
    match family {
        AF_UNIX => {
            let Some((ends, name)) = rest.split_first_chunk::<16>() else {
                out.extend_from_slice(b"INVALID PATH");
                return;
            };
            let [source, dest] = [0, 8].map(|at| {
                ends.get(at..).and_then(|bytes| bytes.first_chunk::<8>()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
            });
            lower_hex(out, source);
            out.extend_from_slice(b"->");
            lower_hex(out, dest);
            out.push(b' ');
            path(out, until_nul(name));
        }
        AF_INET => match halves(rest, 6, endpoint_v4) {
            Some((source, dest)) => {
                v4_with_port(out, source);
                out.extend_from_slice(b"->");
                v4_with_port(out, dest);
            }
            None => out.extend_from_slice(b"INVALID IPv4"),
        },
        AF_INET6 => match halves(rest, 18, endpoint_v6) {
            Some((source, dest)) => tuple_v6(out, source, dest),
            None => out.extend_from_slice(b"INVALID IPv6"),
        },
        family => other(out, family),
    }
}

/// Appends both ends of an IPv6 tuple, as IPv4 when both are mapped.
fn tuple_v6(out: &mut Vec<u8>, source: ([u8; 16], u16), dest: ([u8; 16], u16)) {
    if let (Some(from), Some(to)) = (mapped(source.0), mapped(dest.0)) {
        v4_with_port(out, (from, source.1));
        out.extend_from_slice(b"->");
        v4_with_port(out, (to, dest.1));
        return;
    }
    v6_with_port(out, source);
    out.extend_from_slice(b"->");
    v6_with_port(out, dest);
}

fn halves<T>(bytes: &[u8], len: usize, read: fn(&[u8]) -> Option<T>) -> Option<(T, T)> {
    if bytes.len() != 2 * len {
        return None;
    }
    let (source, dest) = bytes.split_at_checked(len)?;
    Some((read(source)?, read(dest)?))
}

fn other(out: &mut Vec<u8>, family: u8) {
    out.extend_from_slice(b"family ");
    unsigned(out, u64::from(family));
}

/// The bytes before the first NUL.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        socktuple(&mut out, bytes, |out, path| out.extend_from_slice(path));
        String::from_utf8(out).expect("ASCII")
    }

    fn v6(text: &str) -> String {
        let mut out = Vec::new();
        ipv6(&mut out, text.parse::<std::net::Ipv6Addr>().expect("an address").octets());
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn ipv6_addresses_are_shortened_at_the_first_longest_run_of_zeros() {
        for text in
            ["::", "::1", "1::", "2001:db8::3", "1:0:0:2::", "1:2:3:4:5:6:7:8", "fe80::1:0:0:2", "1:0:2:3:4:5:6:7"]
        {
            assert_eq!(v6(text), text);
        }
        assert_eq!(v6("1::2:0:0:3:4"), "1::2:0:0:3:4");
        assert_eq!(v6("0:0:1:0:0:1:0:0"), "::1:0:0:1:0:0");
        assert_eq!(v6("::ffff:127.0.0.1"), "::ffff:127.0.0.1");
        assert_eq!(v6("::1.2.3.4"), "::1.2.3.4");
    }

    #[test]
    fn an_ipv4_tuple_is_source_and_destination() {
        let bytes = [2, 192, 168, 0, 3, 0xbc, 0xd5, 192, 168, 0, 2, 80, 0];
        assert_eq!(tuple(&bytes), "192.168.0.3:54716->192.168.0.2:80");
        assert_eq!(tuple(&bytes[..12]), "INVALID IPv4");
    }

    #[test]
    fn an_ipv6_tuple_with_two_mapped_ends_prints_as_ipv4_and_all_zeros_count_as_mapped() {
        let mut bytes = vec![10];
        bytes.extend("::ffff:127.0.0.1".parse::<std::net::Ipv6Addr>().expect("an address").octets());
        bytes.extend(48_036u16.to_le_bytes());
        bytes.extend([0; 16]);
        bytes.extend(22u16.to_le_bytes());
        assert_eq!(tuple(&bytes), "127.0.0.1:48036->0.0.0.0:22");
        bytes[16] = 9;
        bytes[11] = 0;
        assert_eq!(tuple(&bytes), "::ff:7f00:9:48036->:::22");
    }

    #[test]
    fn a_unix_tuple_keeps_its_space_without_a_path() {
        let mut bytes = vec![1];
        bytes.extend(0u64.to_le_bytes());
        bytes.extend(0xffff_8801_08bc_ba80u64.to_le_bytes());
        bytes.push(0);
        assert_eq!(tuple(&bytes), "0->ffff880108bcba80 ");
        bytes.pop();
        bytes.extend(b"/tmp/x.s\0junk");
        assert_eq!(tuple(&bytes), "0->ffff880108bcba80 /tmp/x.s");
    }

    #[test]
    fn other_families_print_their_number() {
        assert_eq!(tuple(&[16, 1, 2]), "family 16");
    }
}
