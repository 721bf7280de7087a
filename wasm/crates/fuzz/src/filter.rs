//! The filter language.

use filter::Filter;
use model::quirk::Quirks;

/// Any text is a filter or has a mistake that stands inside it; what is printed of a filter is that filter again.
///
/// # Panics
/// When that does not hold.
pub fn filter(text: &[u8]) {
    for quirks in [Quirks::NONE, Quirks::ALL] {
        match Filter::new(text, quirks) {
            Err(error) => {
                assert!(error.at + error.length <= text.len(), "{error:?} of {} bytes", text.len());
                assert!(!error.message.is_empty());
            }
            Ok(filter) => {
                for notice in filter.notices() {
                    assert!(notice.at + notice.length <= text.len(), "{notice:?} of {} bytes", text.len());
                }
                let again = Filter::new(filter.text().as_bytes(), quirks).unwrap_or_else(|error| panic!("{}: {error}", filter.text()));
                assert_eq!(again.text(), filter.text());
                assert_eq!(again.root(), filter.root(), "{}", filter.text());
            }
        }
    }
}
