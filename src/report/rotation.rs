//! The ages of variables' values, for `ntnguard rotation`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::summary::count;
use super::{Report, Style, fit};
use crate::model::secret::Fingerprint;
use crate::model::time::Date;

/// The age of a variable's value.
pub struct ValueAge {
    /// The name of the variable that has the value.
    pub variable: String,
    /// The fingerprint of the value.
    pub fingerprint: Fingerprint,
    /// The day on which the ledger recorded the value, and the number of days since then. `None` if
    /// the ledger does not have the value.
    pub recorded: Option<(Date, i64)>,
    /// The number of days until the value must be replaced; negative if it is overdue. `None` if
    /// the ledger does not have the value.
    pub left: Option<i64>,
}

/// Writes a line for each value that is not overdue. Values that are overdue, or not in the ledger,
/// have findings instead.
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
