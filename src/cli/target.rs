//! The files and devices that reports are written to. A file is written completely or not at all,
//! and symbolic links in the repository are not followed.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::files::open::reach;
use crate::files::write::{Readers, replace_with};
use crate::report::Format;

use super::output::stdout;
use super::settings::ground;

/// The target of one report.
#[derive(Clone, Debug)]
pub struct ReportTarget {
    /// The format; `None` if the argument has no format.
    pub format: Option<Format>,
    /// The file or device to write the report to.
    pub file: PathBuf,
}

impl FromStr for ReportTarget {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((name, file)) if name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let format = name.parse().map_err(|wrong| {
                    format!("`{name}` is not a format: {wrong}; if the name of the file has a `=`, give ./{text}")
                })?;
                (Some(format), file)
            }
            _ => (None, text),
        };
        if file.is_empty() {
            Err("the name of the file is missing".to_owned())
        } else {
            Ok(ReportTarget {
                format,
                file: file.into(),
            })
        }
    }
}

/// Returns the format for the ending of a file's name; `None` for an unknown ending.
pub fn by_name(file: &Path) -> Option<Format> {
    let name = file.file_name()?.to_str()?.to_ascii_lowercase();
    let is = |ending: &str| name.ends_with(ending);
    match () {
        () if is(".sarif") || is(".sarif.json") => Some(Format::Sarif),
        () if is(".json") => Some(Format::Json),
        () if is(".html") || is(".htm") => Some(Format::Html),
        () if is(".md") => Some(Format::Markdown),
        () => None,
    }
}

/// Writes a file completely or not at all. A symbolic link at `file` itself is replaced. A link of
/// the repository in its directories is an error. So a repository cannot choose the file.
pub fn write_whole(file: &Path, text: &[u8]) -> Result<()> {
    write_whole_with(file, |out| out.write_all(text))
}

/// Writes the output of `write` to a file, as [`write_whole`] does.
pub fn write_whole_with(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let written = match Device::of(file) {
        Some(Device::Output) => write(&mut stdout()),
        Some(Device::Error) => write(&mut io::stderr().lock()),
        Some(Device::Other) => OpenOptions::new()
            .write(true)
            .open(file)
            .and_then(|mut out| write(&mut out)),
        None => reach(file, &ground()).and_then(|place| match pipe(&place) {
            Some(pipe) => pipe.and_then(|mut pipe| write(&mut pipe)),
            None => replace_with(&place, Readers::AsBefore, write),
        }),
    };
    written.map_err(|error| cannot_write(file, &error))
}

/// A path by which the system names a stream or device, such as `/dev/stdout` or `/dev/null`. Text
/// is written to the device, which is not replaced by a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    /// Standard output, under one of its paths such as `/dev/stdout`.
    Output,
    /// Standard error, under one of its paths such as `/dev/stderr`.
    Error,
    /// Another device or descriptor, such as `/dev/null`.
    Other,
}

impl Device {
    fn of(file: &Path) -> Option<Self> {
        let is_within =
            |folder: &str| file.starts_with(folder) && !file.iter().any(|part| part == "..");
        match file.to_str().unwrap_or_default() {
            "-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => Some(Device::Output),
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => Some(Device::Error),
            _ => (is_within("/dev") || is_within("/proc/self/fd")).then_some(Device::Other),
        }
    }
}

/// Returns an error if `file` is a stream or a device. A later run reads the file again, and a
/// stream or device does not store the text.
pub fn refuse_device(file: &Path) -> Result<()> {
    let kind = || file.metadata().ok().map(|metadata| metadata.file_type());
    let is_other = || kind().is_some_and(|kind| !kind.is_file() && !kind.is_dir());
    if Device::of(file).is_none() && !is_other() {
        return Ok(());
    }
    let name = file.display();
    let message =
        format!("{name} cannot be written: it is a stream or device, which keeps nothing");
    Err(Error::new(message)
        .help("give the path of a regular file; for a file called `-`, give `./-`"))
}

/// Opens the pipe or device at `place` for writing; `None` if there is neither. A pipe without a
/// reader is an error; the call does not wait for a reader.
#[cfg(unix)]
fn pipe(place: &Path) -> Option<io::Result<File>> {
    use std::os::unix::fs::OpenOptionsExt;
    let kind = place.symlink_metadata().ok()?.file_type();
    if kind.is_file() || kind.is_dir() || kind.is_symlink() {
        return None;
    }
    let mut options = OpenOptions::new();
    let heard = options
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW)
        .open(place);
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

/// Returns an error if two reports have the same target, since one would replace the other.
pub fn refuse_shared(targets: &[ReportTarget]) -> Result<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let top = ground();
    let place = |target: &ReportTarget| match Device::of(&target.file) {
        Some(Device::Output) => PathBuf::from(OUTPUT),
        Some(_) => target.file.clone(),
        None => reach(&target.file, &top).unwrap_or_else(|_| target.file.clone()),
    };
    let mut places: Vec<PathBuf> = targets
        .iter()
        .filter(|target| target.file != Path::new("/dev/null"))
        .map(place)
        .collect();
    // Without a target that replaces it, the main report goes to standard output.
    places.extend(
        targets
            .iter()
            .all(|target| target.format.is_some())
            .then(|| PathBuf::from(OUTPUT)),
    );
    places.sort_unstable();
    match places.windows(2).find(|two| two[0] == two[1]) {
        Some(two) if two[0] == Path::new(OUTPUT) => Err(Error::new(
            "two reports would be written to standard output",
        )
        .help("to choose the format of the report on standard output, use --format")),
        Some(two) => Err(Error::new(format!(
            "two reports would be written into {}",
            two[0].display()
        ))
        .help("give a different file for each --output")),
        None => Ok(()),
    }
}

/// The path that represents standard output in the list of targets.
const OUTPUT: &str = "-";

/// Returns the error about a file that cannot be written. Only the kind of the system's error is
/// shown, since its message may name the temporary file beside `file`.
pub fn cannot_write(file: &Path, error: &io::Error) -> Error {
    let why = match error.kind() {
        ErrorKind::InvalidInput => error.to_string(),
        ErrorKind::NotFound => "its folder does not exist".to_owned(),
        kind => kind.to_string(),
    };
    Error::new(format!("{} cannot be written: {why}", file.display()))
        .help("give the path of a file in a folder that exists and that you may write to")
}
