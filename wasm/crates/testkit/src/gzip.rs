//! Packs captures, for tests of what unpacks them.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output, create_comp_flags_from_zip_params,
};

/// One gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    gzip_flushed(bytes, usize::MAX)
}

/// One gzip member with a full flush every `every` bytes, as live recorders write it.
pub fn gzip_flushed(bytes: &[u8], every: usize) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(6, -15, 0));
    let mut pieces = bytes.chunks(every.min(bytes.len().max(1))).peekable();
    loop {
        let piece = pieces.next().unwrap_or_default();
        let flush = if pieces.peek().is_some() { TDEFLFlush::Full } else { TDEFLFlush::Finish };
        let (status, used) = compress_to_output(&mut compressor, piece, flush, |out| {
            packed.extend_from_slice(out);
            true
        });
        assert_eq!(used, piece.len(), "everything goes in");
        match status {
            TDEFLStatus::Done => break,
            TDEFLStatus::Okay => {}
            failed => panic!("deflate failed: {failed:?}"),
        }
    }
    packed.extend(crc32fast::hash(bytes).to_le_bytes());
    packed.extend(u32::try_from(bytes.len()).expect("captures of tests are short").to_le_bytes());
    packed
}
