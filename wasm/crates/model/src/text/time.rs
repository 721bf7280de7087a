//! Points in time and durations as text.

use super::number::{decimal, nine, nine_digits, two, two_digits, unsigned};

const SECOND: u64 = 1_000_000_000;
const DAY: i64 = 86_400;

/// What stands for the time of an event (`-t`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeMode {
    /// Time of day (`h`).
    #[default]
    TimeOfDay,
    /// Seconds since the epoch (`a`).
    Absolute,
    /// Since the first event (`r`).
    Relative,
    /// Between enter and exit (`d`).
    Latency,
    /// Since the event shown before (`D`).
    Delta,
}

/// What the modes need to know of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Nanoseconds since the epoch.
    pub ts: u64,
    /// Of the first event that is not internal.
    pub first: u64,
    /// Of the event shown before; `None` for the first one.
    pub before: Option<u64>,
    /// Nanoseconds since the enter event; 0 on enter events.
    pub latency: u64,
}

/// Local time: seconds east of UTC.
#[derive(Clone, Copy, Debug, Default)]
pub enum Zone {
    /// UTC.
    #[default]
    Utc,
    /// Always the same.
    Fixed(i32),
    /// By the second of the epoch.
    Rule(fn(i64) -> i32),
}

impl Zone {
    /// Seconds of local time, counted like those of the epoch, and nanoseconds.
    fn local(self, ts: u64) -> (i64, u64) {
        let seconds = (ts / SECOND) as i64;
        let east = match self {
            Self::Utc => 0,
            Self::Fixed(east) => east,
            Self::Rule(rule) => rule(seconds),
        };
        (seconds + i64::from(east), ts % SECOND)
    }
}

/// Appends `HH:MM:SS.nnnnnnnnn`.
pub fn time_of_day(out: &mut Vec<u8>, ts: u64, zone: Zone) {
    let (seconds, fraction) = zone.local(ts);
    let of_day = seconds.rem_euclid(DAY) as u32;
    let [h, hh] = two_digits(of_day / 3600);
    let [m, mm] = two_digits(of_day / 60 % 60);
    let [s, ss] = two_digits(of_day % 60);
    // Every line has one of these: put together first, it is appended at once.
    let mut text = [h, hh, b':', m, mm, b':', s, ss, b'.', 0, 0, 0, 0, 0, 0, 0, 0, 0];
    if let Some(digits) = text.last_chunk_mut() {
        *digits = nine_digits(fraction as u32);
    }
    out.extend_from_slice(&text);
}

/// Appends `YYYY-MM-DD HH:MM:SS.nnnnnnnnn`.
pub fn date_time(out: &mut Vec<u8>, ts: u64, zone: Zone) {
    let (seconds, _) = zone.local(ts);
    let (year, month, day) = date(seconds.div_euclid(DAY));
    decimal(out, year);
    out.push(b'-');
    two(out, month);
    out.push(b'-');
    two(out, day);
    out.push(b' ');
    time_of_day(out, ts, zone);
}

/// Year, month and day of a day counted from 1970-01-01.
fn date(days: i64) -> (i64, u32, u32) {
    // Years that begin in March put the leap day last; an era is 400 of them.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * march_month + 2) / 5 + 1) as u32;
    let month = (if march_month < 10 { march_month + 3 } else { march_month - 9 }) as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Appends seconds and nanoseconds, the latter with nine digits.
pub fn seconds(out: &mut Vec<u8>, nanoseconds: u64) {
    unsigned(out, nanoseconds / SECOND);
    out.push(b'.');
    nine(out, nanoseconds % SECOND);
}

/// Appends seconds and nanoseconds without zeros before the latter.
pub fn seconds_unpadded(out: &mut Vec<u8>, nanoseconds: u64) {
    unsigned(out, nanoseconds / SECOND);
    out.push(b'.');
    unsigned(out, nanoseconds % SECOND);
}

/// Appends what lies between two points, with a sign when the later one comes first; `wraps` leaves the sign out and
/// prints what is left of 2⁶⁴.
pub fn between(out: &mut Vec<u8>, ts: u64, before: u64, wraps: bool) {
    if ts < before && !wraps {
        out.push(b'-');
        seconds(out, before - ts);
    } else {
        seconds(out, ts.wrapping_sub(before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn time_of_day_follows_the_zone_over_midnight() {
        let ts = 1_534_527_348_514_632_619;
        assert_eq!(text(|out| time_of_day(out, ts, Zone::Utc)), "17:35:48.514632619");
        assert_eq!(text(|out| time_of_day(out, ts, Zone::Fixed(7 * 3600))), "00:35:48.514632619");
        assert_eq!(text(|out| time_of_day(out, ts, Zone::Rule(|_| -18 * 3600))), "23:35:48.514632619");
        assert_eq!(text(|out| time_of_day(out, 1, Zone::Fixed(-3600))), "23:00:00.000000001");
    }

    #[test]
    fn dates_know_leap_years() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00.000000000"),
            (951_782_400, "2000-02-29 00:00:00.000000000"),
            (951_868_800, "2000-03-01 00:00:00.000000000"),
            (4_107_542_400, "2100-03-01 00:00:00.000000000"),
            (1_795_291_659, "2026-11-21 20:07:39.000000000"),
        ] {
            assert_eq!(text(|out| date_time(out, seconds * SECOND, Zone::Utc)), expected);
        }
    }

    #[test]
    fn a_fraction_without_its_zeros_reads_like_another_one() {
        assert_eq!(text(|out| seconds(out, 5_000_000_007)), "5.000000007");
        assert_eq!(text(|out| seconds_unpadded(out, 5_000_000_007)), "5.7");
    }

    #[test]
    fn an_event_older_than_the_one_before_has_a_sign_or_wraps() {
        assert_eq!(text(|out| between(out, 5, 1_808_519, false)), "-0.001808514");
        assert_eq!(text(|out| between(out, 5, 1_808_519, true)), "18446744073.707743102");
    }
}
