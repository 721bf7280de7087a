//! HTTP/1.x: start lines, headers and bodies (RFC 9112).

use super::{Decoder, Record, printable};

/// A head longer than this is not read any further.
const HEAD: usize = 16 << 10;

#[derive(Debug, Default)]
enum Part {
    /// Within a head; what has come of it.
    #[default]
    Head,
    /// Within a body of known length: where it ends.
    Body { end: u64 },
    /// Within a body that ends with the connection or whose chunks cannot be followed.
    Rest,
}

/// A direction of HTTP.
#[derive(Debug, Default)]
pub struct Http {
    part: Part,
    head: Vec<u8>,
    head_at: u64,
    /// Start of the message that is being read, and its label.
    message: Option<(u64, String)>,
    next: u64,
    chunked: bool,
}

const METHODS: [&[u8]; 9] = [b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"TRACE "];

/// Whether bytes begin a request or an answer.
pub fn looks_like(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/1.") || METHODS.iter().any(|method| bytes.starts_with(method))
}

/// Whether bytes, perhaps too few to tell, begin a request or an answer.
fn could_begin(bytes: &[u8]) -> bool {
    let one = |word: &[u8]| bytes.starts_with(word) || word.starts_with(bytes);
    one(b"HTTP/1.") || METHODS.iter().any(|method| one(method))
}

impl Http {
    fn end_message(&mut self, end: u64, records: &mut Vec<Record>) {
        if let Some((start, label)) = self.message.take() {
            records.push(Record::new(start, end, label));
        }
    }

    /// A complete head: what follows it.
    fn head_done(&mut self, end: u64, records: &mut Vec<Record>) {
        let head = std::mem::take(&mut self.head);
        let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = printable(lines.next().unwrap_or_default());
        let mut length = None;
        self.chunked = false;
        for line in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = line.split_at(colon);
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            if name.eq_ignore_ascii_case(b"content-length") {
                length = std::str::from_utf8(value).ok().and_then(|text| text.parse::<u64>().ok());
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") && value.to_ascii_lowercase().ends_with(b"chunked") {
                self.chunked = true;
            }
        }
        let is_answer = first.starts_with("HTTP/1.");
        let status = first.split(' ').nth(1).unwrap_or("");
        let empty = is_answer && (status.starts_with('1') || status == "204" || status == "304");
        let body = match length {
            Some(length) => format!(" + {length} bytes"),
            None if self.chunked => " + chunks".to_owned(),
            None => String::new(),
        };
        self.message = Some((self.head_at, format!("{first}{body}")));
        self.part = match length {
            _ if empty => Part::Head,
            Some(length) if !self.chunked => Part::Body { end: end.saturating_add(length) },
            _ if self.chunked || is_answer => Part::Rest,
            _ => Part::Head,
        };
        match self.part {
            Part::Head => self.end_message(end, records),
            Part::Body { end: until } if until <= end => {
                self.end_message(end, records);
                self.part = Part::Head;
            }
            _ => {}
        }
    }
}

impl Decoder for Http {
    fn push(&mut self, offset: u64, bytes: &[u8], records: &mut Vec<Record>) {
        let gap = offset != self.next;
        let mut at = offset;
        let mut rest = bytes;
        if gap && matches!(self.part, Part::Head) && !self.head.is_empty() {
            // The end of the head was not captured: what stands in its first line still holds.
            let first = self.head.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec();
            records.push(Record::new(self.head_at, offset, format!("{} (head not all captured)", printable(first.trim_ascii_end()))));
            self.head.clear();
        }
        if looks_like(bytes) && (gap || matches!(self.part, Part::Rest)) {
            self.end_message(offset, records);
            self.part = Part::Head;
        }
        while !rest.is_empty() {
            match self.part {
                Part::Body { end } => {
                    let take = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX).min(rest.len());
                    rest = rest.get(take..).unwrap_or_default();
                    at = at.saturating_add(take as u64);
                    if at >= end {
                        self.end_message(end, records);
                        self.part = Part::Head;
                    }
                }
                Part::Rest => {
                    at = at.saturating_add(rest.len() as u64);
                    let done = self.chunked && (rest.ends_with(b"0\r\n\r\n"));
                    rest = &[];
                    if done {
                        self.end_message(at, records);
                        self.part = Part::Head;
                    }
                }
                Part::Head => {
                    if self.head.is_empty() {
                        if !could_begin(rest) {
                            // Not the start of a message: nothing is invented.
                            break;
                        }
                        self.head_at = at;
                    }
                    let known = self.head.len();
                    let room = HEAD.saturating_sub(known).min(rest.len());
                    self.head.extend_from_slice(rest.get(..room).unwrap_or_default());
                    match self.head.windows(4).position(|four| four == b"\r\n\r\n") {
                        Some(found) => {
                            let used = (found + 4).saturating_sub(known);
                            self.head.truncate(found);
                            at = at.saturating_add(used as u64);
                            rest = rest.get(used..).unwrap_or_default();
                            self.head_done(at, records);
                        }
                        None if self.head.len() >= HEAD => {
                            self.head_done(at, records);
                            self.part = Part::Rest;
                        }
                        None => break,
                    }
                }
            }
        }
        self.next = offset.saturating_add(bytes.len() as u64);
    }

    fn open(&self) -> Option<Record> {
        self.message.as_ref().map(|(start, label)| Record::new(*start, u64::MAX, label.clone()))
    }

    fn finish(&mut self, records: &mut Vec<Record>) {
        if !self.head.is_empty() {
            let first = self.head.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec();
            records.push(Record::new(self.head_at, self.next, format!("{} (head not all captured)", printable(first.trim_ascii_end()))));
            self.head.clear();
        }
        let next = self.next;
        self.end_message(next, records);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Piece, Protocol, records};

    fn labels(pieces: &[(u64, &[u8])]) -> Vec<String> {
        let pieces: Vec<Piece> = pieces.iter().map(|(offset, bytes)| Piece { offset: *offset, bytes: bytes.to_vec(), actual: bytes.len() as u64 }).collect();
        records(Protocol::Http, &pieces).into_iter().map(|record| format!("{}-{} {}", record.start, record.end, record.label)).collect()
    }

    #[test]
    fn requests_on_one_connection_are_told_apart() {
        let two = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
        let whole = labels(&[(0, two)]);
        assert_eq!(whole, ["0-28 GET /a HTTP/1.1", "28-70 POST /b HTTP/1.1 + 3 bytes"]);
        for cut in 1..two.len() {
            let (one, other) = two.split_at(cut);
            assert_eq!(labels(&[(0, one), (cut as u64, other)]), whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_clipped_body_ends_where_its_length_says() {
        let found = labels(&[(0, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst"), (140, b"HTTP/1.1 304 Not Modified\r\n\r\n")]);
        assert_eq!(found.len(), 2);
        assert!(found[1].starts_with("140-"), "{found:?}");
    }
}
