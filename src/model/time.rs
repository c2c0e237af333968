//! Days and moments of UTC, as ISO 8601 writes them.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::Offset;
use jiff::{Timestamp, Unit, civil};

/// A day of the Gregorian calendar; an earlier day is less than a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(civil::Date);

impl Date {
    /// Returns the day on which `time` falls, in UTC.
    pub fn of(time: SystemTime) -> Self {
        Date(in_utc(seconds(time)).date())
    }

    /// Returns the number of days from `earlier` to this day; negative if this day is before
    /// `earlier`.
    pub fn days_since(self, earlier: Date) -> i64 {
        let span = earlier.0.until((Unit::Day, self.0));
        span.map_or(0, |span| i64::from(span.get_days()))
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_date = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_date {
            return Err("is not a date; write 2027-01-31".to_owned());
        }
        let date = text.parse().map(Date);
        date.map_err(|_| "is not a day of the calendar".to_owned())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number of days, from 1 to 3650. Users write it as `90d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(pub u32);

impl FromStr for Days {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('d').unwrap_or(text).parse().ok();
        let some = number.filter(|number| (1..=3650).contains(number));
        some.map(Days)
            .ok_or_else(|| "is not a number of days; write 90d, at most 3650d".to_owned())
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

/// Returns the seconds from 1970-01-01 00:00 UTC to `time`; 0 if `time` is earlier.
pub fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// Formats a moment, given in seconds since 1970-01-01 00:00 UTC: `2026-01-02T03:04:05`.
pub fn moment(seconds: i64) -> String {
    in_utc(seconds).to_string()
}

/// Returns the number of seconds since 1970-01-01 00:00 UTC of a moment as reports write it
/// (`2026-01-02T03:04:05Z`); `None` for any other text.
pub fn seconds_of(text: &str) -> Option<i64> {
    let moment: Timestamp = text.parse().ok()?;
    Some(moment.as_second())
}

/// Converts seconds since 1970-01-01 00:00 UTC to a date and a time of day. A number out of the
/// calendar's range becomes the nearest moment in range, because a commit may have any number.
fn in_utc(seconds: i64) -> civil::DateTime {
    let (first, last) = (Timestamp::MIN.as_second() + 1, Timestamp::MAX.as_second());
    let moment = Timestamp::from_second(seconds.clamp(first, last));
    Offset::UTC.to_datetime(moment.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Date, moment};

    #[test]
    fn timestamps_become_calendar_dates() {
        assert_eq!(moment(0), "1970-01-01T00:00:00");
        assert_eq!(moment(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(moment(1_767_323_045), "2026-01-02T03:04:05");
        assert_eq!(moment(-1), "1969-12-31T23:59:59");
        assert_eq!(moment(4_107_542_400), "2100-03-01T00:00:00");
        assert!(moment(i64::MAX).starts_with("9999-12-3"));
        assert!(moment(i64::MIN).starts_with("-009999-01-0"));
    }

    #[test]
    fn valid_dates_are_parsed_and_others_refused() {
        for day in 0..60_000 {
            let date = Date::of(UNIX_EPOCH + Duration::from_secs(day * 86_400));
            assert_eq!(date.to_string().parse(), Ok(date));
        }
        for text in [
            "",
            "2027",
            "2027-1-1",
            "2027-13-01",
            "2027-02-29",
            "2027-00-10",
            "27-01-01",
            "2027-01-01T",
            "+027-01-01",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
