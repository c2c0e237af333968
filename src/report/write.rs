//! Writes reports, masked once more as a whole.

use std::io::{self, Write};

use super::{Format, Report, Style};
use super::{
    concise, fit, github, gitlab, html, human, inert, json, markdown, pieces, plain, sarif,
    summary, unscanned,
};
use crate::detect::redact::redact_bytes;

impl Report {
    /// Writes the report.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
        if format == Format::Json {
            let mut masked = pieces::MaskedJson::new(&self.hidden, out);
            json::write(self, &mut masked)?;
            return masked.finish();
        }
        let mut text = Vec::new();
        match format {
            Format::Json => {}
            Format::Human if style.plain => plain::write(self, style, &mut text)?,
            Format::Human => human::write(self, style, &mut text)?,
            Format::Concise => concise::write(self, style, &mut text)?,
            Format::Sarif => sarif::write(self, &mut text)?,
            Format::Github => github::write(self, &mut text)?,
            Format::Gitlab => gitlab::write(self, &mut text)?,
            Format::Html => html::write(self, &mut text)?,
            Format::Markdown => markdown::write(self, &mut text)?,
        }
        // Each part of the report is already masked. Mask again in case a part was forgotten.
        let text = self.hidden.mask(&text);
        let text = redact_bytes(&text);
        let text = String::from_utf8_lossy(&text);
        match format {
            Format::Human | Format::Concise => {
                out.write_all(inert::lines(&fit::signs(&text, style)).as_bytes())
            }
            Format::Github => out.write_all(inert::marks(&text).as_bytes()),
            Format::Json | Format::Sarif | Format::Gitlab => {
                out.write_all(inert::json(&text).as_bytes())
            }
            // Every word is escaped as the format is read.
            Format::Html | Format::Markdown => out.write_all(text.as_bytes()),
        }
    }

    /// Writes the findings and skips as annotations for GitHub Actions, without a summary.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn annotate(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        github::annotations(self, &mut text)?;
        let text = self.hidden.mask(&text);
        out.write_all(inert::marks(&String::from_utf8_lossy(&redact_bytes(&text))).as_bytes())
    }

    /// Returns the summary as one line, to be printed separately from the report.
    pub fn summary(&self, style: Style) -> String {
        let text = summary::line(self);
        let text = self.hidden.mask(text.as_bytes());
        let text = String::from_utf8_lossy(&redact_bytes(&text)).into_owned();
        inert::lines(&fit::signs(&text, style)).into_owned()
    }

    /// Writes a summary in Markdown, for the summary page of a CI job.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn summarize(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        markdown::write(self, &mut text)?;
        let text = self.hidden.mask(&text);
        out.write_all(&redact_bytes(&text))
    }

    /// Writes the skips for people, and nothing else.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn write_skips(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        unscanned::write(self, style, &mut text)?;
        let text = self.hidden.mask(&text);
        out.write_all(inert::lines(&String::from_utf8_lossy(&redact_bytes(&text))).as_bytes())
    }
}
