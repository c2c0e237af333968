//! Why a run could not do what was asked: whose fault, where, and what next.

use std::fmt;
use std::sync::Arc;

use miette::Diagnostic;

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

    /// The same error with the place in the text it is about.
    pub fn at(mut self, name: &str, text: &str, offset: usize) -> Self {
        // The mask is as long as what it hides, so the offset stays true.
        self.text =
            Some(Arc::new(miette::NamedSource::new(shown(name), crate::redact::redact(&plain(text)).into_owned())));
        self.at = Some(offset.min(text.len()).into());
        self
    }
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
