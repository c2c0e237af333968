//! The command `ntnguard shard`, which prints the repositories that one of several CI jobs scans.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::ci::Shard;
use crate::error::{Error, Result};
use clap::{Args, ValueHint};

use super::{ExitStatus, Outcome, choice, output};

/// The arguments of `ntnguard shard LIST`.
#[derive(Args)]
pub struct ShardCommand {
    /// A list of repositories, one on each line; `-` is standard input
    #[arg(value_name = "LIST", value_hint = ValueHint::FilePath)]
    list: PathBuf,
    /// The number of this job, from 0 [default: the number in the variables of GitLab, Bitbucket,
    /// Buildkite, CircleCI, Azure, AWS Batch, Kubernetes or Slurm]
    #[arg(long, value_name = "I", value_parser = choice::number::<u64>())]
    index: Option<u64>,
    /// The total number of jobs [default: the number in the variables of the same system]
    #[arg(long, value_name = "N", value_parser = choice::number::<u64>())]
    of: Option<u64>,
}

impl ShardCommand {
    /// Prints the lines of the list that belong to this job.
    pub fn run(self) -> Outcome {
        let variable = |name: &str| std::env::var(name).ok();
        let shard = Shard::of_job(self.index, self.of, &variable);
        let shard = shard.map_err(|wrong| {
            Error::new(wrong).help("as in `ntnguard shard repositories.txt --index 0 --of 8`")
        })?;
        let text = read(&self.list)?;
        let mut known = HashSet::new();
        let lines = lines(&text, &self.list)?;
        let own = lines.filter(|line| known.insert(*line) && shard.has(line));
        let own: String = own.map(|line| format!("{line}\n")).collect();
        output::print(&own)?;
        Ok(ExitStatus::Clean)
    }
}

/// The size in bytes of the largest list that is read; enough for a million addresses.
const LARGEST: u64 = 256 << 20;

/// Returns the addresses in a list, one on each line; `#` begins a comment.
///
/// # Errors
///
/// When the list has no address, because then a step before this one has probably failed.
pub fn lines<'t>(text: &'t str, list: &Path) -> Result<impl Iterator<Item = &'t str> + use<'t>> {
    let text = text.trim_start_matches('\u{feff}');
    let address = |line: &'t str| {
        let comment = line
            .find(" #")
            .or_else(|| line.find("\t#"))
            .or_else(|| line.starts_with('#').then_some(0));
        line[..comment.unwrap_or(line.len())].trim()
    };
    let all = move || text.lines().map(str::trim).map(address);
    let mut lines = all().filter(|line| !line.is_empty()).peekable();
    if lines.peek().is_none() {
        return Err(
            Error::new(format!("no repository is listed in {}", list.display()))
                .help("check the step that writes the list: it needs one address on each line"),
        );
    }
    Ok(lines)
}

/// Returns the text of a list; `-` is standard input.
///
/// # Errors
///
/// When the list cannot be read, is not UTF-8 or is larger than 256 MiB.
pub fn read(list: &Path) -> Result<String> {
    let mut text = String::new();
    let read = match list == Path::new("-") {
        true => io::stdin()
            .lock()
            .take(LARGEST + 1)
            .read_to_string(&mut text),
        false => {
            fs::File::open(list).and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
        }
    };
    if text.len() as u64 > LARGEST {
        return Err(
            Error::new(format!("{} is larger than 256 MiB", list.display()))
                .help("split the list into several"),
        );
    }
    let cannot = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
            kind => kind.to_string(),
        };
        Error::new(format!("{} cannot be read: {why}", list.display()))
            .help("give a file with the address of one repository on each line")
    };
    read.map_err(cannot)?;
    Ok(text)
}
