//! What is known of every event without reading it again: columns in chunks of 65,536 rows, the lists made of them, and
//! event numbers. Takes what `model` says of each event; knows nothing of files, text or threads.

pub mod bitmap;
pub mod chunk;
pub mod columns;
pub mod conversations;
pub mod number;
pub mod packed;
mod take;

pub use bitmap::Bitmap;
pub use chunk::{Answers, CHUNK_ROWS, Column, Flags, Record};
pub use columns::{Full, Index, Places, Unit};
pub use take::take;
