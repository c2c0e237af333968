//! The targets of reports, and how their files are written: whole, and through no link of the
//! repository.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::files::open::reach;
use crate::files::write::{Readers, replace};
use crate::report::Format;

use super::output::stdout;
use super::settings::ground;

/// The target of one report.
#[derive(Clone, Debug)]
pub struct ReportTarget {
    /// The format; `None` if the argument does not name one.
    pub format: Option<Format>,
    /// The file.
    pub file: PathBuf,
}

impl FromStr for ReportTarget {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((name, file)) if name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let format = name.parse().map_err(|wrong| {
                    format!("`{name}` is not a format: {wrong}; a file of that name is ./{text}")
                })?;
                (Some(format), file)
            }
            _ => (None, text),
        };
        if file.is_empty() {
            Err("no file is named".to_owned())
        } else {
            Ok(ReportTarget {
                format,
                file: file.into(),
            })
        }
    }
}

/// The format by a file's name; `None` if the name does not tell.
pub fn by_name(file: &Path) -> Option<Format> {
    let name = file.file_name()?.to_str()?.to_ascii_lowercase();
    let is = |ending: &str| name.ends_with(ending);
    match () {
        () if is(".sarif") || is(".sarif.json") => Some(Format::Sarif),
        () if is(".json") => Some(Format::Json),
        () => None,
    }
}

/// Writes a file whole or not at all. Replaces a link in its place, and refuses a link of the
/// repository on the way: both would lead where the repository says.
pub fn write_whole(file: &Path, text: &[u8]) -> Result<()> {
    let written = match Device::of(file) {
        Some(Device::Output) => stdout().write_all(text),
        Some(Device::Error) => io::stderr().lock().write_all(text),
        Some(Device::Other) => OpenOptions::new()
            .write(true)
            .open(file)
            .and_then(|mut out| out.write_all(text)),
        None => reach(file, &ground()).and_then(|place| match pipe(&place) {
            Some(pipe) => pipe.and_then(|mut pipe| pipe.write_all(text)),
            None => replace(&place, text, Readers::AsBefore),
        }),
    };
    written.map_err(|error| cannot_write(file, &error))
}

/// A name of the system's for a terminal, a pipe or nothing: the text is written through it,
/// wherever it leads.
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
        let is_within =
            |folder: &str| file.starts_with(folder) && !file.iter().any(|part| part == "..");
        match file.to_str().unwrap_or_default() {
            "-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => Some(Device::Output),
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => Some(Device::Error),
            _ => (is_within("/dev") || is_within("/proc/self/fd")).then_some(Device::Other),
        }
    }
}

/// Refuses a stream or a device in the place of a file that is read again later, since it keeps
/// nothing.
pub fn refuse_device(file: &Path) -> Result<()> {
    let kind = || file.metadata().ok().map(|metadata| metadata.file_type());
    let is_other = || kind().is_some_and(|kind| !kind.is_file() && !kind.is_dir());
    if Device::of(file).is_none() && !is_other() {
        return Ok(());
    }
    let name = file.display();
    let message =
        format!("{name} cannot be written: it is a stream or device, which keeps nothing");
    Err(Error::new(message).help("name a regular file; for a file called `-`, write `./-`"))
}

/// Opens a pipe or a device at a place for writing; `None` if the place has neither. A pipe that
/// nobody reads is an error, not waited for.
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

/// Refuses two reports into one file: the last would replace the others, or they would be mixed.
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
    // Where no file takes it, the main report goes there.
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
        .help("--format says in which format the one report there is")),
        Some(two) => Err(Error::new(format!(
            "two reports would be written into {}",
            two[0].display()
        ))
        .help("name a file of its own for each --output")),
        None => Ok(()),
    }
}

/// The name of standard output among the places of files.
const OUTPUT: &str = "-";

/// Returns the error about a file, with the kind of the system's error alone: its message may name
/// the temporary file beside it.
pub fn cannot_write(file: &Path, error: &io::Error) -> Error {
    let why = match error.kind() {
        ErrorKind::InvalidInput => error.to_string(),
        ErrorKind::NotFound => "its folder does not exist".to_owned(),
        kind => kind.to_string(),
    };
    Error::new(format!("{} cannot be written: {why}", file.display()))
        .help("name a file in a folder that exists and that you may write to")
}
