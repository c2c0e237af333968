//! Writing to standard output and standard error. All other modules print through this module.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::report::{
    CurrentFolder, Detail, Format, LiveReport, Report, Style, explain as explained, quote,
};
use clap::ValueEnum;

use super::target::{ReportTarget, by_name, cannot_write, write_whole, write_whole_with};

/// The condition under which colour is used.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR or CLICOLOR=0 is set; with CLICOLOR_FORCE also elsewhere
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    fn on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Color::Auto => {
                let variable =
                    |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
                is_wanted(stream.is_terminal(), &variable)
            }
            Color::Always => true,
            Color::Never => false,
        }
    }
}

/// Returns true if colour is used when no flag decides. NO_COLOR (no-color.org) turns colour off.
/// Otherwise CLICOLOR_FORCE turns it on. Otherwise it is on for a terminal with colours, unless
/// CLICOLOR is 0 (bixense.com/clicolors). `variable` returns the value of a variable that is set
/// and not empty.
fn is_wanted(is_terminal: bool, variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
    let is = |name: &str, value: &str| variable(name).is_some_and(|set| set == value);
    let is_forced = variable("CLICOLOR_FORCE").is_some() && !is("CLICOLOR_FORCE", "0");
    let is_able = is_terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb");
    variable("NO_COLOR").is_none() && (is_forced || is_able)
}

/// The appearance of a report, for all of its targets.
pub struct ReportLook {
    /// The amount of detail in the report.
    pub detail: Detail,
    /// True if the report has narrow lines and no box drawings.
    pub plain: bool,
    /// The directory that paths in the report are relative to.
    pub current_folder: CurrentFolder,
}

/// The width of a report that is not written to a terminal, in columns.
const WIDTH: usize = 100;

/// Returns the width of the terminal or, if it is unknown, the value of COLUMNS, limited to the
/// range from 40 to 120 columns. `None` if both are unknown.
fn columns_variable() -> Option<usize> {
    let named = || std::env::var("COLUMNS").ok()?.parse().ok();
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width: usize = terminal.or_else(named)?;
    Some(width.clamp(40, 120))
}

/// Returns the number of columns for text with a fixed layout.
pub fn columns() -> usize {
    columns_variable().unwrap_or(WIDTH)
}

fn style(color: bool, detail: Detail) -> Style {
    Style {
        color,
        unicode: supports_unicode::on(supports_unicode::Stream::Stdout),
        width: columns(),
        sentence: columns_variable().unwrap_or(usize::MAX),
        detail,
        plain: false,
    }
}

/// Writes `report` to every target, and to standard output unless a target without a format of its
/// own replaces it. Without `format`, the name of a file sets its format. On standard output, paths
/// in a report for people are relative to the directory in `look`. In files, which may be read
/// from elsewhere, they are relative to the root of the repository.
pub fn write(
    report: &mut Report,
    format: Option<Format>,
    targets: &[ReportTarget],
    color: Color,
    look: ReportLook,
) -> Result<()> {
    let style = |color| Style {
        plain: look.plain,
        ..style(color, look.detail)
    };
    for target in targets {
        let style = Style {
            width: WIDTH,
            sentence: usize::MAX,
            ..style(false)
        };
        let format = target
            .format
            .or(format)
            .or_else(|| by_name(&target.file))
            .unwrap_or(Format::Human);
        write_file(report, format, style, target)?;
    }
    if targets.iter().any(|target| target.format.is_none()) {
        return Ok(());
    }
    let (style, format) = (
        style(color.on(&io::stdout())),
        format.unwrap_or(Format::Human),
    );
    if matches!(format, Format::Human | Format::Concise) {
        report.seen_from(&look.current_folder);
    }
    let mut out = BufWriter::new(stdout());
    let written = report.write(format, style, &mut out);
    heard(written.and_then(|()| out.flush()))?;
    // Programs read the concise format too, so the summary goes to standard error.
    if format == Format::Concise && look.detail > Detail::Quiet {
        eprint(&format!("{}\n", report.summary(style)));
    }
    Ok(())
}

/// Returns standard output, unbuffered. The standard library's own handle ignores a closed
/// descriptor, so a failure to write would not be noticed.
#[cfg(unix)]
pub fn stdout() -> impl Write {
    use std::os::fd::AsFd;
    let copy = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    copy.map_or_else(
        |_| Box::new(io::stdout()) as Box<dyn Write>,
        |file| Box::new(file),
    )
}

#[cfg(not(unix))]
pub fn stdout() -> impl Write {
    io::stdout()
}

/// Treats a broken pipe as success, since the reader closed it on purpose.
fn heard(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::new(format!(
            "standard output cannot be written to: {error}"
        ))),
        _ => Ok(()),
    }
}

fn write_file(report: &Report, format: Format, style: Style, target: &ReportTarget) -> Result<()> {
    write_whole_with(&target.file, |out| report.write(format, style, out))
}

/// Writes a report about Notion's answers to `file` or, if `file` is `None`, to standard output.
pub fn write_live(
    report: &LiveReport,
    format: Option<Format>,
    file: Option<&Path>,
    detail: Detail,
) -> Result<()> {
    let named = file.and_then(by_name);
    if named.is_some_and(|format| format != Format::Json) {
        let message = "this report can only be written as text or JSON";
        return Err(Error::new(message)
            .help("give the path of a file that ends in .json, or in .txt for text"));
    }
    let format = format.or(named).unwrap_or(Format::Human);
    let mut style = style(false, detail);
    let mut text = Vec::new();
    if let Some(file) = file {
        (style.width, style.sentence) = (WIDTH, usize::MAX);
        let written = report.write(format, style, &mut text);
        written.map_err(|error| cannot_write(file, &error))?;
        return write_whole(file, &text);
    }
    let written = report.write(format, style, &mut text);
    heard(written.and_then(|()| stdout().write_all(&text)))
}

/// Writes a report to standard output as annotations for GitHub Actions.
pub fn annotate(report: &Report) -> Result<()> {
    let mut out = BufWriter::new(stdout());
    heard(report.annotate(&mut out).and_then(|()| out.flush()))
}

/// Appends `text` to a file, which is created if it does not exist.
pub fn append(file: &Path, text: &[u8]) -> Result<()> {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    opened
        .and_then(|mut out| out.write_all(text))
        .map_err(|error| cannot_write(file, &error))
}

/// Prints the parts that a scan skipped to standard error.
pub fn unscanned(report: &Report) -> Result<()> {
    let mut text = Vec::new();
    let style = Style {
        width: WIDTH,
        sentence: usize::MAX,
        ..style(Color::Auto.on(&io::stderr()), Detail::Quiet)
    };
    heard(report.write_skips(style, &mut text))?;
    eprint(&String::from_utf8_lossy(&text));
    Ok(())
}

/// Prints an error to standard error.
pub fn explain(error: &Error) {
    let style = style(Color::Auto.on(&io::stderr()), Detail::Normal);
    eprint(&explained(error, style));
}

/// Prints an error to standard error, without colour and box drawings.
pub fn explain_plainly(error: &Error) {
    let style = Style {
        plain: true,
        ..style(false, Detail::Normal)
    };
    eprint(&explained(error, style));
}

/// Prints text to standard output as it is.
pub fn print(text: &str) -> Result<()> {
    heard(stdout().write_all(text.as_bytes()))
}

/// Prints a message to standard output. Secrets in it are masked, and text that a terminal or CI
/// system would obey as a command is made harmless.
pub fn say(text: &str) -> Result<()> {
    print(&quote(text))
}

/// Prints a message to standard error, made safe as [`say`] does.
pub fn note(text: &str) {
    eprint(&quote(text));
}

/// Prints text to standard error as it is, and ignores a failure to write.
pub fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::is_wanted;

    #[test]
    fn no_color_beats_clicolor_force_and_the_terminal() {
        for (is_terminal, set, expected) in [
            (true, &[][..], true),
            (false, &[], false),
            (true, &["TERM=dumb"], false),
            (true, &["CLICOLOR=0"], false),
            (true, &["CLICOLOR=1"], true),
            (false, &["CLICOLOR=1"], false),
            (false, &["CLICOLOR_FORCE=1"], true),
            (
                false,
                &["CLICOLOR_FORCE=1", "TERM=dumb", "CLICOLOR=0"],
                true,
            ),
            (false, &["CLICOLOR_FORCE=0"], false),
            (true, &["CLICOLOR_FORCE=1", "NO_COLOR=1"], false),
            (true, &["NO_COLOR=0"], false),
        ] {
            let variable = |name: &str| {
                let mut values = set.iter().filter_map(|one| one.split_once('='));
                let value = values.find(|(known, _)| *known == name);
                value.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(is_wanted(is_terminal, &variable), expected, "{set:?}");
        }
    }
}
