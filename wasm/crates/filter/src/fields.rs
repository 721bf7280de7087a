//! The catalogue of fields: what each is called, what it is, and how it is taken from a moment.
