//! Standard output and standard error: the only place that names them.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use ntnguard::error::{Error, Result};
use ntnguard::open::reach;
use ntnguard::report::{Detail, Format, Report, Style, explain as explained, quote};
use ntnguard::write::{Readers, replace};

use super::settings::ground;

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
        let (format, file) = match text.split_once('=') {
            Some((name, file)) if name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let format = name
                    .parse()
                    .map_err(|wrong| format!("`{name}` is no format: {wrong}; a file of that name is ./{text}"))?;
                (Some(format), file)
            }
            _ => (None, text),
        };
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

/// What a report says, and how, whatever it is written to.
#[derive(Clone, Copy)]
pub struct Look {
    /// How much it says.
    pub detail: Detail,
    /// Whether it is narrow and draws nothing.
    pub plain: bool,
}

/// How wide a report is that is not written to a terminal.
const WIDTH: usize = 100;

fn style(color: bool, detail: Detail) -> Style {
    let named = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).or_else(named);
    let width = width.map_or(WIDTH, |width| width.clamp(40, 120));
    Style { color, unicode: supports_unicode::on(supports_unicode::Stream::Stdout), width, detail, plain: false }
}

/// Writes `report` to every target; to standard output too, unless a target takes the format meant for it.
pub fn write(report: &Report, format: Format, targets: &[Target], color: Color, look: Look) -> Result<()> {
    let style = |color| Style { plain: look.plain, ..style(color, look.detail) };
    for target in targets {
        let style = Style { width: WIDTH, ..style(false) };
        write_file(report, target.format.unwrap_or(format), style, target)?;
    }
    if targets.iter().any(|target| target.format.is_none()) {
        return Ok(());
    }
    let style = style(color.on(&io::stdout()));
    let mut out = BufWriter::new(stdout());
    heard(report.write(format, style, &mut out).and_then(|()| out.flush()))
}

/// Standard output as it is: the standard library's takes what cannot be written for written.
#[cfg(unix)]
fn stdout() -> impl Write {
    use std::os::fd::AsFd;
    let copy = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    copy.map_or_else(|_| Box::new(io::stdout()) as Box<dyn Write>, |file| Box::new(file))
}

#[cfg(not(unix))]
fn stdout() -> impl Write {
    io::stdout()
}

/// Who closed the pipe has read enough; any other failure to write is one.
fn heard(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::new(format!("standard output cannot be written to: {error}")))
        }
        _ => Ok(()),
    }
}

fn write_file(report: &Report, format: Format, style: Style, target: &Target) -> Result<()> {
    let mut text = Vec::new();
    report.write(format, style, &mut text).map_err(|error| cannot_write(&target.file, &error))?;
    write_whole(&target.file, &text)
}

/// Writes a file whole or not at all. A link in its place is replaced, and one of the repository on the way refused: both would
/// lead where the repository says.
pub fn write_whole(file: &Path, text: &[u8]) -> Result<()> {
    let written = match Device::of(file) {
        Some(Device::Output) => stdout().write_all(text),
        Some(Device::Error) => io::stderr().lock().write_all(text),
        Some(Device::Other) => OpenOptions::new().write(true).open(file).and_then(|mut out| out.write_all(text)),
        None => reach(file, &ground()).and_then(|place| match pipe(&place) {
            Some(pipe) => pipe.and_then(|mut pipe| pipe.write_all(text)),
            None => replace(&place, text, Readers::AsBefore),
        }),
    };
    written.map_err(|error| cannot_write(file, &error))
}

/// What is the system's own way to a terminal, a pipe or nothing: it is written to, whatever it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    /// Standard output, under one of its names.
    Output,
    /// Standard error.
    Error,
    /// `/dev/null` and the like.
    Other,
}

impl Device {
    fn of(file: &Path) -> Option<Self> {
        let is_within = |folder: &str| file.starts_with(folder) && !file.iter().any(|part| part == "..");
        match file.to_str().unwrap_or_default() {
            "-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => Some(Device::Output),
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => Some(Device::Error),
            _ => (is_within("/dev") || is_within("/proc/self/fd")).then_some(Device::Other),
        }
    }
}

/// What is at a place, if that is a pipe or a device, opened for writing. A pipe that nobody reads is an error, not waited for.
#[cfg(unix)]
fn pipe(place: &Path) -> Option<io::Result<File>> {
    use std::os::unix::fs::OpenOptionsExt;
    let kind = place.symlink_metadata().ok()?.file_type();
    if kind.is_file() || kind.is_dir() || kind.is_symlink() {
        return None;
    }
    let mut options = OpenOptions::new();
    let heard = options.write(true).custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW).open(place);
    Some(heard.and_then(|heard| {
        let whole = OpenOptions::new().write(true).open(place);
        drop(heard);
        whole
    }))
}

#[cfg(not(unix))]
fn pipe(_: &Path) -> Option<io::Result<File>> {
    None
}

/// Refuses several reports into one file: only the last one would be left, or they would be mixed.
pub fn refuse_shared(targets: &[Target]) -> Result<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let top = ground();
    let place = |target: &Target| match Device::of(&target.file) {
        Some(Device::Output) => PathBuf::from(OUTPUT),
        Some(_) => target.file.clone(),
        None => reach(&target.file, &top).unwrap_or_else(|_| target.file.clone()),
    };
    let mut places: Vec<PathBuf> =
        targets.iter().filter(|target| target.file != Path::new("/dev/null")).map(place).collect();
    // Where no file takes it, the main report goes there.
    places.extend(targets.iter().all(|target| target.format.is_some()).then(|| PathBuf::from(OUTPUT)));
    places.sort_unstable();
    match places.windows(2).find(|two| two[0] == two[1]) {
        Some(two) if two[0] == Path::new(OUTPUT) => Err(Error::new("two reports would be written to standard output")
            .help("--format says in which format the one report there is")),
        Some(two) => Err(Error::new(format!("two reports would be written into {}", two[0].display()))
            .help("name a file of its own for each --output")),
        None => Ok(()),
    }
}

/// What standard output is called beside the places of files.
const OUTPUT: &str = "-";

/// Writes a report's annotations to standard output.
pub fn annotate(report: &Report) -> Result<()> {
    let mut out = BufWriter::new(stdout());
    heard(report.annotate(&mut out).and_then(|()| out.flush()))
}

/// Adds to the end of a file.
pub fn append(file: &Path, text: &[u8]) -> Result<()> {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    opened.and_then(|mut out| out.write_all(text)).map_err(|error| cannot_write(file, &error))
}

/// The kind of the system's error alone: its message may name the file that is written beside the one that was asked for.
fn cannot_write(file: &Path, error: &io::Error) -> Error {
    let why = match error.kind() {
        ErrorKind::InvalidInput => error.to_string(),
        ErrorKind::NotFound => "its folder does not exist".to_owned(),
        kind => kind.to_string(),
    };
    Error::new(format!("{} cannot be written: {why}", file.display()))
        .help("name a file in a folder that exists and that you may write to")
}

/// Shows what a scan did not see.
pub fn unscanned(report: &Report) -> Result<()> {
    let mut text = Vec::new();
    let style = Style { width: WIDTH, ..style(Color::Auto.on(&io::stderr()), Detail::Quiet) };
    heard(report.write_skips(style, &mut text))?;
    eprint(&String::from_utf8_lossy(&text));
    Ok(())
}

/// Shows an error.
pub fn explain(error: &Error) {
    let style = style(Color::Auto.on(&io::stderr()), Detail::Normal);
    eprint(&explained(error, style));
}

/// Shows an error where nothing can be drawn.
pub fn explain_plainly(error: &Error) {
    let style = Style { plain: true, ..style(false, Detail::Normal) };
    eprint(&explained(error, style));
}

/// Prints text.
pub fn print(text: &str) -> Result<()> {
    heard(stdout().write_all(text.as_bytes()))
}

/// Prints text with names of the repository's or the user's in it.
pub fn say(text: &str) -> Result<()> {
    print(&quote(text))
}

/// Prints text with names of the repository's or the user's in it to standard error.
pub fn tell(text: &str) {
    eprint(&quote(text));
}

/// Prints text to standard error, as far as anybody listens.
pub fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
