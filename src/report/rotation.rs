//! The ages of variables' values.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::summary::count;
use super::{Report, Style, fit};
use crate::model::secret::Fingerprint;
use crate::model::time::Date;

/// The age of a variable's value.
pub struct ValueAge {
    /// The variable.
    pub variable: String,
    /// The value's identity.
    pub fingerprint: Fingerprint,
    /// The day on which the value was recorded, and the number of days since; `None` where nobody
    /// recorded it.
    pub recorded: Option<(Date, i64)>,
    /// The number of days left until the value is to be replaced, negative when it is late; `None`
    /// where nobody recorded it.
    pub left: Option<i64>,
}

/// Writes a line for each value that is young enough; the others have findings.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for age in &report.ages {
        let (Some((day, days)), Some(left)) = (age.recorded, age.left) else {
            continue;
        };
        if left >= 0 {
            let line = format!(
                "{}: recorded {} ago, on {day}; {} left",
                age.variable,
                count(days as usize, "day"),
                count(left as usize, "day"),
            );
            writeln!(out, "{}", fit::lines(&line, style.sentence, "  "))?;
        }
    }
    Ok(())
}

/// Returns all ages as JSON.
pub fn json(ages: &[ValueAge]) -> Vec<Value> {
    let token = |age: &ValueAge| {
        json!({
            "variable": age.variable,
            "fingerprint": age.fingerprint.to_string(),
            "recorded": age.recorded.map(|(day, _)| day.to_string()),
            "age_days": age.recorded.map(|(_, days)| days),
            "days_left": age.left,
        })
    };
    ages.iter().map(token).collect()
}
