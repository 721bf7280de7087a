//! Spans of time as people read them. The page has the same rule in `app/format/time.ts`, and both are held against
//! `wasm/goldens/spans.txt`.

/// `88.9 µs`, `5.06 ms`, `12.10 s`, `1 min 15 s`: how long, whichever way it goes. Exact halves go up.
pub fn span(ns: i64) -> String {
    let ns = ns.unsigned_abs();
    // In units of the last digit that is shown.
    let rounded = |unit: u64| (ns + unit / 2) / unit;
    let (micros, millis, seconds) = (rounded(100), rounded(10_000), rounded(10_000_000));
    if ns < 1_000 {
        format!("{ns} ns")
    } else if micros < 10_000 {
        format!("{}.{} µs", micros / 10, micros % 10)
    } else if millis < 100_000 {
        format!("{}.{:02} ms", millis / 100, millis % 100)
    } else if seconds < 6_000 {
        format!("{}.{:02} s", seconds / 100, seconds % 100)
    } else {
        let whole = rounded(1_000_000_000);
        let (hours, minutes) = (whole / 3600, whole / 60 % 60);
        if hours > 0 { format!("{hours} h {minutes} min") } else { format!("{minutes} min {} s", whole % 60) }
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_those_that_the_page_shows() {
        let table = include_str!("../../../goldens/spans.txt");
        let mut checked = 0;
        for (ns, text) in table.lines().filter_map(|line| line.split_once('\t')) {
            let ns: i64 = ns.parse().expect("a number of nanoseconds");
            assert_eq!(span(ns), text, "{ns}");
            assert_eq!(span(-ns), text, "-{ns}");
            checked += 1;
        }
        assert!(checked > 20, "{checked}");
        assert_eq!(span(i64::MIN), "2562047 h 47 min");
    }
}
