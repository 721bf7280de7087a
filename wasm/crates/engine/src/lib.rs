//! The session that every face of Scapscope uses: takes the bytes of a capture, indexes them, and answers for what is
//! indexed. Knows neither files nor JavaScript: bytes are pushed into it, and read again through a [`ByteSource`].

pub mod conversations;
pub mod detail;
pub mod facts;
pub mod filters;
pub mod find;
pub mod lines;
pub mod list;
mod read;
pub mod search;
pub mod session;
pub mod sort;
pub mod source;
pub mod span;
pub mod state;
pub mod warm;
pub mod window;
mod words;

pub use detail::CallDetail;
pub use facts::{DamageReport, Stopped, Summary};
pub use index::{Places, Unit};
pub use ::filter::FilterError;
pub use filters::{FilterCount, FilterId};
pub use find::{Find, Found};
pub use lines::{LineKind, fields};
pub use list::{ListCount, ListSpec};
pub use search::{Search, Task};
pub use session::{Located, Options, Place, Session};
pub use sort::{SortBy, SortCount, SortSpec};
pub use source::{ByteSource, Files, ReadError};
pub use state::StateDetail;
pub use warm::WarmUp;
pub use window::Window;
