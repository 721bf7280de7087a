//! The scapscope command.
fn main() {}
