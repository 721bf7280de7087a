//! Writes captures from readable text, for tests.

mod gzip;
pub mod writer;

pub use gzip::{gzip, gzip_flushed};
pub use writer::Writer;
