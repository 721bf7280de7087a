//! Addresses of one socket, and the text they make.

/// Protocol numbers of the fd list: 0 unknown, 1 not applicable, 2 tcp, 3 udp, 4 icmp, 5 raw.
pub const L4_UNKNOWN: u8 = 0;
/// TCP.
pub const L4_TCP: u8 = 2;
/// UDP.
pub const L4_UDP: u8 = 3;
/// ICMP.
pub const L4_ICMP: u8 = 4;
/// Raw IP.
pub const L4_RAW: u8 = 5;

/// The addresses of a socket fd, in the shape of the bytes that sysdig keeps: one memory for all kinds, so that its
/// faults of reading one kind as another can be shown when they are asked for.
///
/// | kind | bytes |
/// |---|---|
/// | ipv4 connection | 0 source, 4 destination, 8 source port, 10 destination port, 12 protocol |
/// | ipv6 connection | 0 source, 16 destination, 32 source port, 34 destination port, 36 protocol |
/// | ipv4 bound | 0 address, 4 port, 6 protocol |
/// | ipv6 bound | 0 address, 16 port, 18 protocol |
/// | unix | 0 source, 8 destination |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sock {
    bytes: [u8; 40],
}

impl Default for Sock {
    fn default() -> Self {
        Self { bytes: [0; 40] }
    }
}

impl Sock {
    fn take<const N: usize>(&self, at: usize) -> [u8; N] {
        self.bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
    }

    fn put(&mut self, at: usize, value: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + value.len()) {
            place.copy_from_slice(value);
        }
    }

    /// Source address of a connection: 4 or 16 bytes.
    pub fn source(&self, six: bool) -> [u8; 16] {
        widen(six, self.take(0), self.take(0))
    }

    /// Destination address of a connection.
    pub fn dest(&self, six: bool) -> [u8; 16] {
        widen(six, self.take(4), self.take(16))
    }

    /// Source port of a connection.
    pub fn sport(&self, six: bool) -> u16 {
        u16::from_le_bytes(self.take(if six { 32 } else { 8 }))
    }

    /// Destination port of a connection.
    pub fn dport(&self, six: bool) -> u16 {
        u16::from_le_bytes(self.take(if six { 34 } else { 10 }))
    }

    /// Protocol of a connection.
    pub fn l4(&self, six: bool) -> u8 {
        let [l4] = self.take(if six { 36 } else { 12 });
        l4
    }

    /// Sets the source of a connection.
    pub fn set_source(&mut self, six: bool, address: [u8; 16], port: u16) {
        self.put(0, narrow(six, &address));
        self.put(if six { 32 } else { 8 }, &port.to_le_bytes());
    }

    /// Sets the destination of a connection.
    pub fn set_dest(&mut self, six: bool, address: [u8; 16], port: u16) {
        self.put(if six { 16 } else { 4 }, narrow(six, &address));
        self.put(if six { 34 } else { 10 }, &port.to_le_bytes());
    }

    /// Sets the destination address alone.
    pub fn set_dest_address(&mut self, six: bool, address: [u8; 16]) {
        self.put(if six { 16 } else { 4 }, narrow(six, &address));
    }

    /// Sets the destination port alone.
    pub fn set_dport(&mut self, six: bool, port: u16) {
        self.put(if six { 34 } else { 10 }, &port.to_le_bytes());
    }

    /// Sets the source address alone.
    pub fn set_source_address(&mut self, six: bool, address: [u8; 16]) {
        self.put(0, narrow(six, &address));
    }

    /// Sets the protocol of a connection.
    pub fn set_l4(&mut self, six: bool, l4: u8) {
        self.put(if six { 36 } else { 12 }, &[l4]);
    }

    /// Address of a bound socket.
    pub fn bound_address(&self, six: bool) -> [u8; 16] {
        widen(six, self.take(0), self.take(0))
    }

    /// Port of a bound socket.
    pub fn bound_port(&self, six: bool) -> u16 {
        u16::from_le_bytes(self.take(if six { 16 } else { 4 }))
    }

    /// Protocol of a bound socket.
    pub fn bound_l4(&self, six: bool) -> u8 {
        let [l4] = self.take(if six { 18 } else { 6 });
        l4
    }

    /// Makes it a bound socket.
    pub fn set_bound(&mut self, six: bool, address: [u8; 16], port: u16, l4: u8) {
        self.put(0, narrow(six, &address));
        self.put(if six { 16 } else { 4 }, &port.to_le_bytes());
        self.put(if six { 18 } else { 6 }, &[l4]);
    }

    /// Kernel addresses of a unix socket: source, destination.
    pub fn unix(&self) -> (u64, u64) {
        (u64::from_le_bytes(self.take(0)), u64::from_le_bytes(self.take(8)))
    }

    /// Sets both kernel addresses.
    pub fn set_unix(&mut self, source: u64, dest: u64) {
        self.put(0, &source.to_le_bytes());
        self.put(8, &dest.to_le_bytes());
    }

    /// Swaps source and destination of a connection.
    pub fn swap(&mut self, six: bool) {
        let (source, dest) = (self.source(six), self.dest(six));
        let (sport, dport) = (self.sport(six), self.dport(six));
        self.set_source(six, dest, dport);
        self.set_dest(six, source, sport);
    }
}

fn widen(six: bool, four: [u8; 4], sixteen: [u8; 16]) -> [u8; 16] {
    if six {
        return sixteen;
    }
    let mut wide = [0; 16];
    let [a, b, c, d] = four;
    wide[0] = a;
    wide[1] = b;
    wide[2] = c;
    wide[3] = d;
    wide
}

fn narrow(six: bool, address: &[u8; 16]) -> &[u8] {
    if six { address } else { address.split_at(4).0 }
}

/// An address parameter of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// AF_UNIX path.
    Unix(&'a [u8]),
    /// IPv4 or IPv6 (`six`), address and port.
    Inet { /** IPv6. */ six: bool, /** 4 or 16 bytes used. */ ip: [u8; 16], /** Host order. */ port: u16 },
}

impl<'a> Address<'a> {
    /// Reads a SOCKADDR parameter. `None` when empty or of another family.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (family, rest) = bytes.split_first()?;
        match family {
            1 => Some(Self::Unix(rest.split(|byte| *byte == 0).next().unwrap_or_default())),
            2 => Some(Self::Inet { six: false, ip: address(rest.get(0..4)?), port: port(rest.get(4..6)?) }),
            10 => Some(Self::Inet { six: true, ip: address(rest.get(0..16)?), port: port(rest.get(16..18)?) }),
            _ => None,
        }
    }

    /// An IPv4-mapped (or unspecified) IPv6 address as the IPv4 address it stands for.
    pub fn unmapped(self) -> Self {
        match self {
            Self::Inet { six: true, ip, port } if is_mapped(&ip) => Self::Inet { six: false, ip: mapped(&ip), port },
            other => other,
        }
    }
}

/// A tuple parameter of an event, as it stands: source first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tuple<'a> {
    /// Kernel addresses and path.
    Unix { /** First address. */ source: u64, /** Second address. */ dest: u64, /** Path. */ path: &'a [u8] },
    /// IPv4 or IPv6.
    Inet { /** IPv6. */ six: bool, /** Source address. */ sip: [u8; 16], /** Source port. */ sport: u16, /** Destination address. */ dip: [u8; 16], /** Destination port. */ dport: u16 },
}

impl<'a> Tuple<'a> {
    /// Reads a SOCKTUPLE parameter. `None` when empty or malformed.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (family, rest) = bytes.split_first()?;
        match family {
            1 => Some(Self::Unix {
                source: u64::from_le_bytes(rest.get(0..8)?.try_into().ok()?),
                dest: u64::from_le_bytes(rest.get(8..16)?.try_into().ok()?),
                path: rest.get(16..)?.split(|byte| *byte == 0).next().unwrap_or_default(),
            }),
            2 => Some(Self::Inet { six: false, sip: address(rest.get(0..4)?), sport: port(rest.get(4..6)?), dip: address(rest.get(6..10)?), dport: port(rest.get(10..12)?) }),
            10 => Some(Self::Inet { six: true, sip: address(rest.get(0..16)?), sport: port(rest.get(16..18)?), dip: address(rest.get(18..34)?), dport: port(rest.get(34..36)?) }),
            _ => None,
        }
    }

    /// A tuple of two IPv4-mapped (or unspecified) ends as the IPv4 tuple it stands for.
    pub fn unmapped(self) -> Self {
        match self {
            Self::Inet { six: true, sip, sport, dip, dport } if is_mapped(&sip) && is_mapped(&dip) => Self::Inet { six: false, sip: mapped(&sip), sport, dip: mapped(&dip), dport },
            other => other,
        }
    }
}

fn address(bytes: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}

fn port(bytes: &[u8]) -> u16 {
    bytes.try_into().map(u16::from_le_bytes).unwrap_or(0)
}

/// `::ffff:a.b.c.d`, or the unspecified address, which counts as mapped.
pub fn is_mapped(ip: &[u8; 16]) -> bool {
    *ip == [0; 16] || (ip.starts_with(&[0; 10]) && ip.get(10..12) == Some(&[0xff, 0xff]))
}

/// The IPv4 address in the last four bytes.
pub fn mapped(ip: &[u8; 16]) -> [u8; 16] {
    address(ip.get(12..16).unwrap_or_default())
}

/// Appends an address.
pub fn write_ip(out: &mut Vec<u8>, six: bool, ip: &[u8; 16]) {
    use std::io::Write;
    let [a, b, c, d, ..] = *ip;
    // Writing to a vector cannot fail.
    let _ = if six { write!(out, "{}", std::net::Ipv6Addr::from(*ip)) } else { write!(out, "{a}.{b}.{c}.{d}") };
}

/// Appends `address:port`; IPv6 has no brackets.
pub fn write_endpoint(out: &mut Vec<u8>, six: bool, ip: &[u8; 16], port: u16) {
    use std::io::Write;
    write_ip(out, six, ip);
    let _ = write!(out, ":{port}");
}

/// Appends `source->destination path`, lower-case hexadecimal.
pub fn write_unix(out: &mut Vec<u8>, source: u64, dest: u64, path: &[u8]) {
    use std::io::Write;
    let _ = write!(out, "{source:x}->{dest:x} ");
    out.extend_from_slice(path);
}

/// Descriptors in the ancillary data of a message (SCM_RIGHTS), as far as they were recorded.
pub fn passed_fds(mut control: &[u8]) -> Vec<i64> {
    const SOL_SOCKET: [u8; 4] = 1_u32.to_le_bytes();
    const SCM_RIGHTS: [u8; 4] = 1_u32.to_le_bytes();
    const HEADER: usize = 16;
    let mut fds = Vec::new();
    // Length with this header as u64, level, type, data padded to 8 bytes.
    while let Some((length, rest)) = control.split_first_chunk::<8>() {
        let Some((level, rest)) = rest.split_first_chunk::<4>() else { break };
        let Some((kind, data)) = rest.split_first_chunk::<4>() else { break };
        let Some(length) = usize::try_from(u64::from_le_bytes(*length)).ok().and_then(|length| length.checked_sub(HEADER)) else { break };
        let data = data.get(..length).unwrap_or(data);
        if (*level, *kind) == (SOL_SOCKET, SCM_RIGHTS) {
            fds.extend(data.as_chunks::<4>().0.iter().map(|fd| i64::from(i32::from_le_bytes(*fd))));
        }
        let Some(next) = length.checked_next_multiple_of(8).and_then(|length| length.checked_add(HEADER)) else { break };
        control = control.get(next..).unwrap_or_default();
    }
    fds.retain(|fd| *fd >= 0);
    fds
}

#[cfg(test)]
mod tests {
    use super::passed_fds;

    #[test]
    fn descriptors_are_read_from_ancillary_data_however_it_ends() {
        let message = |kind: u32, data: &[u8]| {
            let mut bytes = (16 + data.len() as u64).to_le_bytes().to_vec();
            bytes.extend(1_u32.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(data);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
            bytes
        };
        let credentials = message(2, &[9; 12]);
        let rights = message(1, &[7, 0, 0, 0, 8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        let both = [credentials, rights].concat();
        assert_eq!(passed_fds(&both), [7, 8]);
        assert_eq!(passed_fds(&both[..both.len() - 10]), [7]);
        assert!(passed_fds(&[0; 40]).is_empty());
        assert!(passed_fds(&[0xff; 40]).is_empty());
    }
}
