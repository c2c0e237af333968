//! Diagnostics drawn by the miette crate.

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};
use textwrap::WordSplitter;

use super::{Style, fit};

/// Returns the text of a diagnostic: its title, its excerpt of code with marks, and its advice.
pub fn render(diagnostic: &dyn Diagnostic, style: Style) -> String {
    let theme = GraphicalTheme {
        characters: if style.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if style.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_break_words(false)
        .with_word_separator(fit::SEPARATOR)
        .with_word_splitter(WordSplitter::NoHyphenation)
        .with_links(false);
    // Writing to a String cannot fail, and every span of our diagnostics lies within its text.
    let _ = handler.render_report(&mut text, diagnostic);
    text
}

/// Returns the sign that begins a one-line note: a warning sign, or `!` in ASCII.
pub fn mark(style: Style) -> &'static str {
    if style.unicode { "\u{26a0}" } else { "!" }
}
