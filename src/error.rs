//! Errors for the user: what went wrong, at which line of which file, and what to do next.

use std::fmt;
use std::sync::Arc;

use miette::{Diagnostic, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::detect::redact::{Hidden, without_neighbours};

/// An error for the user. Secrets in its message, advice and source line are already masked.
#[derive(Debug, Diagnostic)]
#[diagnostic()]
pub struct Error {
    message: String,
    #[help]
    help: Option<String>,
    #[source_code]
    line: Option<Arc<Line>>,
    #[label("here")]
    at: Option<SourceSpan>,
}

/// The source line that an error points at, cut to the part that is shown.
#[derive(Clone, Debug)]
struct Line {
    /// The name of the file that has the line.
    name: String,
    text: String,
    /// The number of the line, counted from 0.
    line: usize,
    /// The number of characters before the error in the uncut line.
    column: usize,
}

/// Returns the whole line for every span in it, and never a line before or after it.
impl SourceCode for Line {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> std::result::Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let whole = SourceSpan::from(0..self.text.len());
        let (name, bytes) = (self.name.clone(), self.text.as_bytes());
        Ok(Box::new(MietteSpanContents::new_named(
            name,
            bytes,
            whole,
            self.line,
            self.column,
            1,
        )))
    }
}

/// A result with an error for the user.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Returns an error with a message. The message says what is wrong, and where.
    pub fn new(message: impl fmt::Display) -> Self {
        Error {
            message: shown(&message.to_string()),
            help: None,
            line: None,
            at: None,
        }
    }

    /// Returns the same error with advice on what to do next.
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(shown(&help.to_string()));
        self
    }

    /// Returns the advice on what to do next; `None` if the error has no advice.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Returns the same error with the source line to show: the line of `text` that has the byte
    /// `offset`. `name` is the name of the file. Secrets in the line are masked.
    pub fn at(mut self, name: &str, text: &str, offset: usize) -> Self {
        // A mask is as long as the text that it replaces, so the offset stays valid.
        let text = crate::detect::redact::redact(&plain(text)).into_owned();
        let (before, after) = text.split_at(boundary(&text, offset.min(text.len())));
        let start = before.rsplit('\n').next().unwrap_or_default();
        let end = after.split('\n').next().unwrap_or_default();
        let masked =
            |text: &str| String::from_utf8_lossy(&without_neighbours(text.as_bytes())).into_owned();
        let left = masked(&start[boundary(start, start.len().saturating_sub(MARGIN))..]);
        let place = left.len();
        let line = Line {
            name: shown(name),
            text: left + &masked(&end[..boundary(end, MARGIN)]),
            line: before.matches('\n').count(),
            column: start.chars().count(),
        };
        self.at = Some((place, usize::from(place < line.text.len())).into());
        self.line = Some(Arc::new(line));
        self
    }
}

impl Error {
    /// Returns the same error with the values of `hidden` masked, even if no rule recognises these
    /// values as secrets.
    pub fn hiding(mut self, hidden: &Hidden) -> Self {
        let mask = |text: &str| String::from_utf8_lossy(&hidden.mask(text.as_bytes())).into_owned();
        self.message = mask(&self.message);
        self.help = self.help.as_deref().map(mask);
        // A mask is as long as the text that it replaces, so the position stays valid.
        let masked = |line: &Line| Line {
            name: mask(&line.name),
            text: mask(&line.text),
            ..line.clone()
        };
        self.line = self.line.as_deref().map(masked).map(Arc::new);
        self
    }
}

/// The largest number of bytes shown before and after the error in its line. A line may have
/// megabytes.
const MARGIN: usize = 200;

/// Returns the last character boundary of `text` that is not after the byte `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// Replaces control characters with `?`, except line breaks and tabs. The length in bytes stays the
/// same.
fn plain(text: &str) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.chars()
        .flat_map(|c| {
            std::iter::repeat_n(
                if steers(c) { '?' } else { c },
                if steers(c) { c.len_utf8() } else { 1 },
            )
        })
        .collect()
}

/// Masks everything that could be a credential, and escapes control characters except line breaks.
fn shown(text: &str) -> String {
    let lines: Vec<String> = crate::detect::redact::redact(text)
        .lines()
        .map(|line| crate::detect::redact::printable(line.as_bytes()))
        .collect();
    lines.join("\n")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Formats an error and its causes in one line. A cause whose message the line already contains is
/// left out.
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
    use super::Error;

    #[test]
    fn errors_show_an_excerpt_of_a_long_line() {
        let text = format!(
            "one\n\u{e9}two\n{}X{}\nfour\nfive",
            "\u{e9}".repeat(5000),
            "y".repeat(5000)
        );
        let error = Error::new("x").at("name", &text, text.find('X').unwrap());
        let (line, at) = (error.line.unwrap(), error.at.unwrap());
        assert!(
            line.text.len() < 700 && line.text[at.offset()..].starts_with('X'),
            "{}",
            line.text
        );
        assert_eq!((line.line, line.column, at.len()), (2, 5000, 1));
        for (text, offset, shown) in [
            ("", 0, ("", 0, 0)),
            ("a\nb", 3, ("b", 1, 1)),
            ("a\nbc\nd", 2, ("bc", 1, 0)),
        ] {
            let line = Error::new("x").at("name", text, offset).line.unwrap();
            assert_eq!((line.text.as_str(), line.line, line.column), shown);
        }
    }
}
