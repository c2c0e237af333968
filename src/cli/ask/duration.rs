//! Durations in flags: `60s`, `2m`, `500ms`, or a number of seconds.

use std::time::Duration;

/// The longest duration that a flag accepts.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Reads a duration.
///
/// # Errors
///
/// When the text is not a duration, or the duration is zero or longer than an hour.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let number: Option<u64> = digits.parse().ok();
    let milliseconds = match &text[digits.len()..] {
        "ms" => Some(1),
        "" | "s" => Some(1000),
        "m" => Some(60_000),
        _ => None,
    };
    let product = number.zip(milliseconds);
    let product = product.and_then(|(number, unit)| number.checked_mul(unit));
    let time = product.map(Duration::from_millis);
    time.filter(|time| !time.is_zero() && *time <= LONGEST)
        .ok_or_else(|| "give a time of at most an hour, such as 60s or 2m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_time_has_a_unit_or_is_in_seconds() {
        let cases = [
            ("60s", 60_000),
            ("7", 7000),
            ("2m", 120_000),
            ("500ms", 500),
        ];
        for (text, milliseconds) in cases {
            let time = duration(text).map(|time| time.as_millis());
            assert_eq!(time, Ok(milliseconds));
        }
        let wrong = [
            "",
            "s",
            "0",
            "0s",
            "-1",
            "1.5s",
            "61m",
            "1h",
            "99999999999999999999",
        ];
        for text in wrong {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
