//! Days and moments of UTC, as ISO 8601 writes them.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_A_DAY: i64 = 86_400;

/// A day of the Gregorian calendar. Earlier days are less than later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: i64,
    month: i64,
    day: i64,
}

impl Date {
    /// Returns the day `days` days after 1970-01-01. Counts in years that begin in March, so that a
    /// leap day is a year's last, and in eras of 400 years, which are all of one length.
    fn after_epoch(days: i64) -> Self {
        let from_march_0000 = days + 719_468;
        let (era, day) = (
            from_march_0000.div_euclid(146_097),
            from_march_0000.rem_euclid(146_097),
        );
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, carry) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        Date {
            year: era * 400 + year + carry,
            month,
            day,
        }
    }

    /// Returns the day on which `time` falls.
    pub fn of(time: SystemTime) -> Self {
        Self::after_epoch(seconds(time).div_euclid(SECONDS_A_DAY))
    }
}

/// A number of days, as `90d`.
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

impl Date {
    /// Returns the number of days since `earlier`; negative if `earlier` is later.
    pub fn days_since(self, earlier: Date) -> i64 {
        self.to_epoch() - earlier.to_epoch()
    }

    /// Returns the number of days since 1970-01-01, the inverse of [`Date::after_epoch`].
    fn to_epoch(self) -> i64 {
        let year = if self.month > 2 {
            self.year
        } else {
            self.year - 1
        };
        let month = (self.month + 9) % 12;
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day = (153 * month + 2) / 5 + self.day - 1;
        era * 146_097 + 365 * of_era + of_era / 4 - of_era / 100 + day - 719_468
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str, length| {
            let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits {
                part.parse::<i64>().ok()
            } else {
                None
            }
        };
        let mut parts = text.splitn(3, '-');
        let mut part = |length| number(parts.next()?, length);
        let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else {
            return Err("is not a date; write 2027-01-31".to_owned());
        };
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if (1..=days).contains(&day) {
            Ok(Date { year, month, day })
        } else {
            Err("is not a day of the calendar".to_owned())
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Returns the seconds from 1970-01-01 00:00 UTC to `time`; 0 for an earlier time.
pub fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// Returns the moment `seconds` seconds after 1970-01-01 00:00 UTC, as `2026-01-02T03:04:05`.
pub fn moment(seconds: i64) -> String {
    let (day, second) = (
        Date::after_epoch(seconds.div_euclid(SECONDS_A_DAY)),
        seconds.rem_euclid(SECONDS_A_DAY),
    );
    format!(
        "{day}T{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Date, moment};

    #[test]
    fn moments_are_those_of_the_calendar() {
        assert_eq!(moment(0), "1970-01-01T00:00:00");
        assert_eq!(moment(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(moment(1_767_323_045), "2026-01-02T03:04:05");
        assert_eq!(moment(-1), "1969-12-31T23:59:59");
        assert_eq!(moment(4_107_542_400), "2100-03-01T00:00:00");
    }

    #[test]
    fn every_day_is_read_back_and_nothing_else() {
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
