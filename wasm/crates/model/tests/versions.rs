//! Versions of threads are minted by identity alone: they stay few.

mod harness;

use harness::{sample, walk};
use model::Quirks;

#[test]
fn fewer_than_one_event_in_a_hundred_mints_a_version() {
    for name in ["php-fpm-statsd-kmod-0.29.3", "fastcgi-epipe-kmod-0.29.3", "fastcgi-epipe-modern-libs0.25.4"] {
        let mut events = 0;
        let mut listed = None;
        let state = walk(&sample(name), Quirks::NONE, |state, _, _, _| {
            // What the process list brought is not minted by events.
            listed.get_or_insert(state.threads().version_count());
            events += 1;
        });
        let minted = state.threads().version_count() - listed.unwrap_or(0);
        assert!(minted > 0 && minted * 100 < events, "{name}: {minted} versions in {events} events");
    }
}
