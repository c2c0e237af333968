//! `ntnguard shard`

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::ci::Shard;
use crate::error::{Error, Result};
use clap::{Args, ValueHint};

use super::{ExitStatus, Outcome, output};

/// `ntnguard shard LIST`
#[derive(Args)]
pub struct ShardCommand {
    /// A list of repositories, one a line; `-` is standard input
    #[arg(value_name = "LIST", value_hint = ValueHint::FilePath)]
    list: PathBuf,
    /// The number of this job, from 0 [default: that which the engine tells: GitLab, Bitbucket,
    /// Buildkite, CircleCI, Azure, AWS Batch, Kubernetes, Slurm]
    #[arg(long, value_name = "I")]
    index: Option<u64>,
    /// The number of all jobs [default: that which the engine tells]
    #[arg(long, value_name = "N")]
    of: Option<u64>,
}

impl ShardCommand {
    /// Prints the lines of the list that are this job's.
    pub fn run(self) -> Outcome {
        let variable = |name: &str| std::env::var(name).ok();
        let shard = Shard::of_job(self.index, self.of, &variable);
        let shard = shard.map_err(|wrong| {
            Error::new(wrong).help("as in `ntnguard shard repositories.txt --index 0 --of 8`")
        })?;
        let text = read(&self.list)?;
        let mut known = HashSet::new();
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let own = lines.filter(|line| known.insert(*line) && shard.has(line));
        let own: String = own.map(|line| format!("{line}\n")).collect();
        output::print(&own)?;
        Ok(ExitStatus::Clean)
    }
}

fn read(list: &Path) -> Result<String> {
    let mut text = String::new();
    let read = match list == Path::new("-") {
        true => io::stdin().lock().read_to_string(&mut text).map(|_| ()),
        false => fs::read_to_string(list).map(|read| text = read),
    };
    let cannot = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
            kind => kind.to_string(),
        };
        Error::new(format!("{} cannot be read: {why}", list.display()))
            .help("name a file with the address of one repository a line")
    };
    read.map_err(cannot)?;
    Ok(text)
}
