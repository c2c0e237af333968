//! Standard output and standard error: the only place that names them.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use ntnguard::error::{Error, Result};
use ntnguard::report::{Detail, Format, Report, Style, explain as explained};

/// Where one report goes.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its format, when the argument says one.
    pub format: Option<Format>,
    /// The file.
    pub file: PathBuf,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parts = text.split_once('=').and_then(|(format, file)| Some((format.parse().ok()?, file)));
        let (format, file) = parts.map_or((None, text), |(format, file)| (Some(format), file));
        if file.is_empty() { Err("no file is named".to_owned()) } else { Ok(Target { format, file: file.into() }) }
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    fn on(self, stream: &impl IsTerminal) -> bool {
        let wanted = || std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let able = || std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        match self {
            Color::Auto => stream.is_terminal() && wanted() && able(),
            Color::Always => true,
            Color::Never => false,
        }
    }
}

/// How wide a report is that is not written to a terminal.
const WIDTH: usize = 100;

fn style(color: bool, detail: Detail) -> Style {
    let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(40, 120));
    Style { color, unicode: supports_unicode::on(supports_unicode::Stream::Stdout), width, detail }
}

/// Writes `report` to every target; to standard output too, unless a target takes the format meant for it.
pub fn write(report: &Report, format: Format, targets: &[Target], color: Color, detail: Detail) -> Result<()> {
    for target in targets {
        let style = Style { color: false, width: WIDTH, ..style(false, detail) };
        write_file(report, target.format.unwrap_or(format), style, target)?;
    }
    if targets.iter().any(|target| target.format.is_none()) {
        return Ok(());
    }
    let style = style(color.on(&io::stdout()), detail);
    let mut out = BufWriter::new(io::stdout().lock());
    match report.write(format, style, &mut out).and_then(|()| out.flush()) {
        // Who reads has read enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::new(format!("the report cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all: beside its place first, then moved there.
fn write_file(report: &Report, format: Format, style: Style, target: &Target) -> Result<()> {
    let folder =
        target.file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let failed = |error: io::Error| {
        Error::new(format!("the report cannot be written to {}: {error}", target.file.display()))
            .help("name a file in a folder that exists and that you may write to")
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let mut out = BufWriter::new(file.as_file_mut());
    report.write(format, style, &mut out).and_then(|()| out.flush()).map_err(failed)?;
    drop(out);
    file.persist(&target.file).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Shows an error.
pub fn explain(error: &Error) {
    let style = style(Color::Auto.on(&io::stderr()), Detail::Normal);
    eprint(&explained(error, style));
}

/// Prints text; a reader who has read enough is no error.
pub fn print(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Prints text to standard error, as far as anybody listens.
pub fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
