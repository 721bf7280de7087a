//! Values of fields and their classes.
