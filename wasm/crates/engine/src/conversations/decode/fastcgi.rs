//! FastCGI: records of an 8-byte header, content and padding (FastCGI specification 1.0, §3.3).

use super::{Decoder, Record, printable};

const HEADER: usize = 8;
/// Content kept to be read, the rest is only counted.
const KEPT: usize = 4096;

const BEGIN_REQUEST: u8 = 1;
const ABORT_REQUEST: u8 = 2;
const END_REQUEST: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;
const STDERR: u8 = 7;

/// A header that has begun, and its content.
#[derive(Debug)]
struct Open {
    start: u64,
    end: u64,
    kind: u8,
    id: u16,
    length: u16,
    content: Vec<u8>,
}

/// A direction of FastCGI.
#[derive(Debug, Default)]
pub struct FastCgi {
    /// Bytes of a header that is not complete, and where they begin.
    header: Vec<u8>,
    header_at: u64,
    open: Option<Open>,
    /// Offset of the next byte that is expected.
    next: u64,
    /// Bytes are left out until a header stands at the start of a piece.
    lost: bool,
}

/// Whether bytes begin with a record header.
pub fn looks_like(bytes: &[u8]) -> bool {
    match bytes {
        [1, kind @ 1..=11, 0, id, ..] => (*kind == BEGIN_REQUEST && *id == 1) || (bytes.len() >= HEADER && bytes.get(7) == Some(&0) && *id <= 1),
        _ => false,
    }
}

impl FastCgi {
    fn close(&mut self, records: &mut Vec<Record>, until: u64) {
        if let Some(open) = self.open.take() {
            let captured = open.content.len() as u64;
            let mut label = label_of(&open);
            if open.end > until {
                label.push_str(" (not all of it was written)");
            } else if captured < u64::from(open.length).min(KEPT as u64) {
                label.push_str(&format!(" ({captured} of {} bytes captured)", open.length));
            }
            records.push(Record::new(open.start, open.end.min(until.max(open.start)), label));
        }
    }
}

impl Decoder for FastCgi {
    fn push(&mut self, offset: u64, bytes: &[u8], records: &mut Vec<Record>) {
        let mut at = offset;
        let mut rest = bytes;
        if offset != self.next {
            // A gap. Within the content of a record its length says where the next one begins.
            let in_record = self.open.as_ref().is_some_and(|open| offset <= open.end);
            if !in_record {
                self.close(records, u64::MAX);
                self.lost = !self.header.is_empty() || self.open.is_none();
                self.header.clear();
            }
        }
        if self.lost {
            if !looks_like(bytes) && !bytes.is_empty() {
                self.next = offset.saturating_add(bytes.len() as u64);
                return;
            }
            self.lost = false;
        }
        while !rest.is_empty() {
            if let Some(open) = &mut self.open {
                let left = open.end.saturating_sub(at);
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let (now, after) = rest.split_at(take);
                let content_end = open.start.saturating_add(HEADER as u64).saturating_add(u64::from(open.length));
                let content = usize::try_from(content_end.saturating_sub(at)).unwrap_or(0).min(now.len());
                let room = KEPT.saturating_sub(open.content.len()).min(content);
                open.content.extend_from_slice(now.get(..room).unwrap_or_default());
                at = at.saturating_add(take as u64);
                rest = after;
                if at >= open.end {
                    self.close(records, at);
                }
                continue;
            }
            if self.header.is_empty() {
                self.header_at = at;
            }
            let take = (HEADER - self.header.len()).min(rest.len());
            let (now, after) = rest.split_at(take);
            self.header.extend_from_slice(now);
            at = at.saturating_add(take as u64);
            rest = after;
            if let [version, kind, id_high, id_low, high, low, padding, _] = self.header.as_slice() {
                if *version != 1 || *kind == 0 || *kind > 11 {
                    self.header.clear();
                    self.lost = true;
                    break;
                }
                let length = u16::from_be_bytes([*high, *low]);
                let open = Open {
                    start: self.header_at,
                    end: self.header_at + HEADER as u64 + u64::from(length) + u64::from(*padding),
                    kind: *kind,
                    id: u16::from_be_bytes([*id_high, *id_low]),
                    length,
                    content: Vec::new(),
                };
                self.header.clear();
                let is_over = open.end <= at;
                self.open = Some(open);
                if is_over {
                    self.close(records, at);
                }
            }
        }
        self.next = offset.saturating_add(bytes.len() as u64);
    }

    fn open(&self) -> Option<Record> {
        self.open.as_ref().map(|open| Record::new(open.start, open.end, label_of(open)))
    }

    fn finish(&mut self, records: &mut Vec<Record>) {
        let until = self.next;
        self.close(records, until);
    }
}

fn label_of(open: &Open) -> String {
    let content = open.content.as_slice();
    let id = open.id;
    match open.kind {
        BEGIN_REQUEST => {
            let role = match content {
                [0, 1, ..] => " responder",
                [0, 2, ..] => " authorizer",
                [0, 3, ..] => " filter",
                _ => "",
            };
            format!("BEGIN_REQUEST {id}{role}")
        }
        ABORT_REQUEST => format!("ABORT_REQUEST {id}"),
        END_REQUEST => match content {
            [a, b, c, d, status, ..] => format!("END_REQUEST {id} status {}{}", u32::from_be_bytes([*a, *b, *c, *d]), if *status == 0 { "" } else { ", refused" }),
            _ => format!("END_REQUEST {id}"),
        },
        PARAMS if open.length == 0 => format!("PARAMS {id} end"),
        PARAMS => {
            let pairs = pairs(content);
            let find = |name: &[u8]| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| printable(value));
            let request = [find(b"REQUEST_METHOD"), find(b"REQUEST_URI").or_else(|| find(b"SCRIPT_NAME"))].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let what = if request.is_empty() { pairs.iter().take(3).map(|(name, value)| format!("{}={}", printable(name), printable(value))).collect::<Vec<_>>().join(" ") } else { request };
            format!("PARAMS {id} {} bytes {what}", open.length).trim_end().to_owned()
        }
        STDIN if open.length == 0 => format!("STDIN {id} end"),
        STDIN => format!("STDIN {id} {} bytes", open.length),
        STDOUT if open.length == 0 => format!("STDOUT {id} end"),
        STDOUT => {
            let line = content.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or_default();
            format!("STDOUT {id} {} bytes {}", open.length, printable(line))
        }
        STDERR if open.length == 0 => format!("STDERR {id} end"),
        STDERR => format!("STDERR {id} {}", printable(content.get(..content.len().min(100)).unwrap_or_default())),
        8 => format!("DATA {id} {} bytes", open.length),
        9 => "GET_VALUES".to_owned(),
        10 => "GET_VALUES_RESULT".to_owned(),
        _ => "UNKNOWN_TYPE".to_owned(),
    }
}

/// Name-value pairs, as far as they are complete.
fn pairs(mut content: &[u8]) -> Vec<(&[u8], &[u8])> {
    fn length(content: &[u8]) -> Option<(usize, &[u8])> {
        match content {
            [high @ 128..=255, b, c, d, rest @ ..] => Some((u32::from_be_bytes([high & 0x7f, *b, *c, *d]) as usize, rest)),
            [short @ 0..=127, rest @ ..] => Some((usize::from(*short), rest)),
            _ => None,
        }
    }
    let mut found = Vec::new();
    while let Some((name_len, rest)) = length(content) {
        let Some((value_len, rest)) = length(rest) else { break };
        let Some(name) = rest.get(..name_len) else { break };
        let rest = rest.get(name_len..).unwrap_or_default();
        match rest.get(..value_len) {
            Some(value) => {
                found.push((name, value));
                content = rest.get(value_len..).unwrap_or_default();
            }
            None => {
                found.push((name, rest));
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Piece, Protocol, records};

    fn labels(pieces: &[(u64, &[u8])]) -> Vec<String> {
        let pieces: Vec<Piece> = pieces.iter().map(|(offset, bytes)| Piece { offset: *offset, bytes: bytes.to_vec(), actual: bytes.len() as u64 }).collect();
        records(Protocol::FastCgi, &pieces).into_iter().map(|record| format!("{}-{} {}", record.start, record.end, record.label)).collect()
    }

    const BEGIN: &[u8] = &[1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const STDIN_END: &[u8] = &[1, 5, 0, 1, 0, 0, 0, 0];

    #[test]
    fn the_last_write_of_the_founding_story_is_an_empty_request_body() {
        assert_eq!(labels(&[(0, BEGIN), (16, STDIN_END)]), ["0-16 BEGIN_REQUEST 1 responder", "16-24 STDIN 1 end"]);
    }

    #[test]
    fn a_record_may_be_cut_anywhere() {
        let whole: Vec<u8> = [BEGIN, STDIN_END].concat();
        for cut in 0..whole.len() {
            let (one, other) = whole.split_at(cut);
            assert_eq!(labels(&[(0, one), (cut as u64, other)]), labels(&[(0, &whole)]), "cut at {cut}");
        }
    }

    #[test]
    fn clipped_params_are_said_to_be_and_the_next_record_is_found() {
        let params: Vec<u8> = [&[1, 4, 0, 1, 2, 0, 0, 0][..], &[14, 3], b"REQUEST_METHODGET"].concat();
        let found = labels(&[(0, &params), (520, STDIN_END)]);
        assert_eq!(found, ["0-520 PARAMS 1 512 bytes GET (19 of 512 bytes captured)", "520-528 STDIN 1 end"]);
    }
}
