//! One event and all that may be asked about it.
