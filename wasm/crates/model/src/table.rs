//! The event table.
