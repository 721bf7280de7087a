//! Reads `.scap` captures: file bytes → blocks → events. Pure and streaming; keeps no state of the captured host.
//!
//! [`Inflate`] takes the bytes of the file and gives those of the stream, [`Reader`] takes those and gives what stands
//! in it to a [`Sink`]. Both take any slice at any time. Nothing in a file makes them panic, stop or hold more memory
//! than [`Limits`] allow; what is wrong with it comes as [`Damage`].

#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap
    )
)]

mod block;
mod bytes;
mod carry;
pub mod damage;
pub mod event;
mod file;
mod fingerprint;
pub mod inflate;
mod limits;
mod lists;
pub mod metadata;
pub mod reader;
pub mod sniff;

pub use damage::{Damage, DamageKind};
pub use event::{Event, Params, decode_event_block};
pub use file::FileBytes;
pub use fingerprint::Fingerprint;
pub use inflate::{Format, Inflate, Inflated, RestartPoints};
pub use limits::Limits;
pub use reader::{Reader, Sink, Table};
