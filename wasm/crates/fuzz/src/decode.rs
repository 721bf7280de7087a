//! The decoders of conversations.

use engine::conversations::Protocol;
use engine::conversations::decode::{Piece, Record, records};

use crate::choices;

/// Labels are a few words, whatever the bytes.
const LABEL: usize = 200;

/// Any bytes are read as FastCGI; those that are nothing else are read the same however they are cut.
///
/// # Panics
/// When that does not hold.
pub fn fastcgi(bytes: &[u8]) {
    let (whole, cut) = decode(Protocol::FastCgi, bytes);
    // Behind what is no record the next one is looked for at the start of a call.
    let mut end = 0;
    let is_all = whole.iter().all(|record| std::mem::replace(&mut end, record.end) == record.start) && end == bytes.len() as u64;
    if is_all {
        assert_eq!(whole, cut, "records have their own lengths: cuts between calls mean nothing");
    }
}

/// Any bytes are read as HTTP.
///
/// # Panics
/// When that does not hold.
pub fn http(bytes: &[u8]) {
    decode(Protocol::Http, bytes);
}

/// Any bytes are read as statsd.
///
/// # Panics
/// When that does not hold.
pub fn statsd(bytes: &[u8]) {
    decode(Protocol::Statsd, bytes);
}

/// Reads bytes whole, cut, and with gaps. Answers what the first two gave.
fn decode(protocol: Protocol, bytes: &[u8]) -> (Vec<Record>, Vec<Record>) {
    let mut random = choices(bytes);
    let longest = *random.pick(&[1, 7, 40, 3000]);
    let mut pieces = Vec::new();
    let mut clipped = Vec::new();
    let (mut offset, mut clipped_offset) = (0u64, random.next() >> random.below(64));
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at((1 + random.below(longest)).min(rest.len()));
        let actual = piece.len() as u64;
        pieces.push(Piece { offset, bytes: piece.to_vec(), actual });
        // What the recorder kept of it.
        let kept = random.below(piece.len() + 1);
        clipped.push(Piece { offset: clipped_offset, bytes: piece.iter().take(kept).copied().collect(), actual });
        offset += actual;
        clipped_offset = clipped_offset.saturating_add(actual);
        rest = behind;
    }
    let whole = records(protocol, &[Piece { offset: 0, bytes: bytes.to_vec(), actual: bytes.len() as u64 }]);
    let cut = records(protocol, &pieces);
    for found in [&whole, &cut, &records(protocol, &clipped)] {
        assert!(found.len() <= bytes.len() + 1, "{} records of {} bytes", found.len(), bytes.len());
        for record in found {
            assert!(record.start <= record.end, "{record:?}");
            assert!(record.label.len() <= LABEL, "a label of {} bytes", record.label.len());
        }
        assert!(found.is_sorted_by_key(|record| record.start), "{found:?}");
    }
    (whole, cut)
}
