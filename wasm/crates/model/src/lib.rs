//! What is known at any event: the event table, threads, descriptions and slots, users, containers, and their text.

pub mod digest;
pub mod order;
pub mod quirk;
pub mod state;
pub mod table;
pub mod text;
pub mod view;

pub use digest::Digest;
pub use quirk::Quirks;
pub use state::{Applied, Row, State};
pub use view::{FdView, View};
