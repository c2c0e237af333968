//! Flaws in the configuration or the baseline, as diagnostics for people.

use std::fmt;

use miette::{Diagnostic, Severity};

use super::Warning;
use super::entry::PLACES;
use crate::detect::redact::shown_path;

/// A flaw in the configuration or the baseline, as a diagnostic.
pub struct FlawDiagnostic<'a>(pub &'a Warning);

impl fmt::Debug for FlawDiagnostic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for FlawDiagnostic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Warning {
            file,
            lines,
            message,
            ..
        } = self.0;
        let numbers: Vec<String> = lines.iter().take(PLACES).map(usize::to_string).collect();
        let at = match lines.len() {
            0 => String::new(),
            1 => format!(":{}", numbers[0]),
            all if all > PLACES => {
                format!(", lines {} and {} more", numbers.join(", "), all - PLACES)
            }
            _ => format!(", lines {}", numbers.join(", ")),
        };
        write!(
            f,
            "{}{at}: {}",
            shown_path(file.as_bytes()),
            shown_path(message.as_bytes())
        )
    }
}

impl std::error::Error for FlawDiagnostic<'_> {}

impl Diagnostic for FlawDiagnostic<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Warning)
    }
}
