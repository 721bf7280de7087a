//! Text of parameters.
