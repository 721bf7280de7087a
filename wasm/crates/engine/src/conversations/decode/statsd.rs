//! statsd: one metric a line, `name:value|type[|@rate][|#tags]`; a datagram is read by itself.

use super::{Decoder, Record, printable};

/// Reads datagrams.
#[derive(Debug)]
pub struct Statsd;

/// Whether bytes are a metric.
pub fn looks_like(bytes: &[u8]) -> bool {
    parse(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default()).is_some()
}

fn parse(line: &[u8]) -> Option<String> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, rest) = line.split_at(colon);
    let mut parts = rest.get(1..)?.split(|byte| *byte == b'|');
    let value = parts.next()?;
    let kind = match parts.next()? {
        b"c" => "counter",
        b"g" => "gauge",
        b"ms" => "timer",
        b"h" => "histogram",
        b"s" => "set",
        b"d" => "distribution",
        _ => return None,
    };
    let plain = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(|byte| (0x21..0x7f).contains(byte));
    if !plain(name) || !plain(value) {
        return None;
    }
    let mut label = format!("{kind} {} = {}", printable(name), printable(value));
    for part in parts {
        match part.split_first() {
            Some((b'@', rate)) => label.push_str(&format!(", rate {}", printable(rate))),
            Some((b'#', tags)) => label.push_str(&format!(", {}", printable(tags))),
            _ => {}
        }
    }
    Some(label)
}

impl Decoder for Statsd {
    fn push(&mut self, offset: u64, bytes: &[u8], records: &mut Vec<Record>) {
        let mut at = offset;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let end = at.saturating_add(line.len() as u64);
            if let Some(label) = parse(line.trim_ascii_end()) {
                records.push(Record::new(at, end, label));
            }
            at = end;
        }
    }

    fn open(&self) -> Option<Record> {
        None
    }

    fn finish(&mut self, _records: &mut Vec<Record>) {}
}

#[cfg(test)]
mod tests {
    use super::super::{Piece, Protocol, records};

    #[test]
    fn a_gauge_is_named_with_its_value() {
        let bytes = b"app.metrics.foo:0.38912133891213|g".to_vec();
        let found = records(Protocol::Statsd, &[Piece { offset: 0, actual: bytes.len() as u64, bytes }]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].label, "gauge app.metrics.foo = 0.38912133891213");
    }
}
