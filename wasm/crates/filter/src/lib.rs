//! Questions about events: the fields that events have, the language that compares them, and lines printed from them.
//! Takes the state of `model` and the records of `index`; knows nothing of files, lists or windows.

pub mod compare;
pub mod error;
pub mod fields;
pub mod format;
pub mod glob;
pub mod moment;
pub mod operator;
pub mod parse;
pub mod plan;
pub mod ready;
pub mod rows;
mod services;
mod spelling;
pub mod syntax;
pub mod transform;
pub mod value;

pub use error::{FilterError, FilterNotice};
pub use ready::{Filter, Rooms};
