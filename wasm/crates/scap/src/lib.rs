//! Reads `.scap` captures: file bytes → blocks → events. Pure and streaming; keeps no state of the captured host.

pub mod damage;
pub mod event;
pub mod metadata;
pub mod reader;

pub use damage::Damage;
pub use event::{Event, Params};
pub use reader::{Reader, Sink, Table};
