//! Why a run could not do what was asked: whose fault, where, and what next.

use std::fmt;
use std::sync::Arc;

use miette::Diagnostic;

use crate::redact::Hidden;

/// An error for the user. Its texts are already free of secrets.
#[derive(Debug, Diagnostic)]
#[diagnostic()]
pub struct Error {
    message: String,
    #[help]
    help: Option<String>,
    #[source_code]
    text: Option<Arc<miette::NamedSource<String>>>,
    #[label("here")]
    at: Option<miette::SourceOffset>,
}

/// A result with an error for the user.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error that says what is wrong, and where.
    pub fn new(message: impl fmt::Display) -> Self {
        Error { message: shown(&message.to_string()), help: None, text: None, at: None }
    }

    /// The same error with what to do next.
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(shown(&help.to_string()));
        self
    }

    /// What to do next, if that is known.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The same error with the place in the text it is about.
    pub fn at(mut self, name: &str, text: &str, offset: usize) -> Self {
        // The mask is as long as what it hides, so the offset stays true.
        let (text, offset) = excerpt(&crate::redact::redact(&plain(text)), offset.min(text.len()));
        self.text = Some(Arc::new(miette::NamedSource::new(shown(name), text)));
        self.at = Some(offset.into());
        self
    }
}

impl Error {
    /// The same error with the values masked that must not be shown, whatever they look like.
    pub fn hiding(mut self, hidden: &Hidden) -> Self {
        let mask = |text: &str| String::from_utf8_lossy(&hidden.mask(text.as_bytes())).into_owned();
        self.message = mask(&self.message);
        self.help = self.help.as_deref().map(mask);
        // A mask is as long as what it hides, so the place stays true.
        let text = self.text.as_ref().map(|text| miette::NamedSource::new(mask(text.name()), mask(text.inner())));
        self.text = text.map(Arc::new);
        self
    }
}

/// How much of a line is shown, in bytes on either side of the place; a line may have megabytes.
const MARGIN: usize = 200;

/// The line that `offset` is on, cut to what is shown, behind as many line breaks as there were before; and where the place is in
/// that. The lines beside it are nobody's mistake.
fn excerpt(text: &str, offset: usize) -> (String, usize) {
    let (before, after) = text.split_at(boundary(text, offset));
    let start = before.rsplit('\n').next().unwrap_or_default();
    let end = after.split('\n').next().unwrap_or_default();
    let start = &start[boundary(start, start.len().saturating_sub(MARGIN))..];
    let shown = "\n".repeat(before.matches('\n').count()) + start;
    let offset = shown.len();
    (shown + &end[..boundary(end, MARGIN)], offset)
}

/// The last place up to `at` where a character begins or the text ends.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A text of the same length without control characters other than line breaks and tabs.
fn plain(text: &str) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.chars()
        .flat_map(|c| std::iter::repeat_n(if steers(c) { '?' } else { c }, if steers(c) { c.len_utf8() } else { 1 }))
        .collect()
}

/// Control characters spelled out (but for line breaks) and everything that could be a credential masked.
fn shown(text: &str) -> String {
    let lines: Vec<String> =
        crate::redact::redact(text).lines().map(|line| crate::redact::printable(line.as_bytes())).collect();
    lines.join("\n")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// An error and its causes in one line, without repeating itself.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_place_is_shown_on_its_line_however_long_that_is() {
        let text = format!("one\n\u{e9}two\n{}X{}\nfour\nfive", "\u{e9}".repeat(5000), "y".repeat(5000));
        let (shown, at) = excerpt(&text, text.find('X').unwrap());
        assert!(shown.len() < 700 && shown[at..].starts_with('X') && shown.ends_with('y'), "{shown}");
        assert!(shown.starts_with("\n\n\u{e9}"), "{shown}");
        assert_eq!(excerpt("", 0), (String::new(), 0));
        assert_eq!(excerpt("a\nb", 3), ("\nb".to_owned(), 2));
    }
}
