//! Lines printed from fields: formats as text and as JSON.
