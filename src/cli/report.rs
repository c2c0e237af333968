//! The command `ntnguard report`, which merges saved reports.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::repository_name;
use crate::model::blob::Origin;
use crate::model::skip::{Skip, SkipReason};
use crate::report::read::{self, MOST_BYTES};
use crate::report::{CurrentFolder, Detail, Format, Report};
use crate::run::ReportMerge;
use clap::{Args, ValueHint};

use super::output::{self, Color, ReportLook};
use super::target::{self, ReportTarget};
use super::{ExitStatus, FailOn, Outcome, choice, shard};

/// The arguments of `ntnguard report FILE…`.
#[derive(Args)]
pub struct ReportCommand {
    /// JSON reports that ntnguard wrote; a folder means all its files that end in .json, `-`
    /// means standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    files: Vec<PathBuf>,
    /// Report as human, concise, json, sarif, github, gitlab, html (a page to work from) or markdown
    /// [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = choice::format(),
        hide_possible_values = true
    )]
    format: Option<Format>,
    /// Write the report to FILE, completely or not at all; a name that ends in .html, .json, .md or
    /// .sarif sets the format. FORMAT=FILE writes a further report besides the main one (repeatable)
    #[arg(short, long, value_name = "[FORMAT=]FILE", value_hint = ValueHint::FilePath)]
    output: Vec<ReportTarget>,
    /// A list of repositories, one on each line; a repository without a report makes the result
    /// incomplete
    #[arg(long, value_name = "LIST", value_hint = ValueHint::FilePath)]
    expect: Option<PathBuf>,
    /// Lowest severity that exits with 1 [default: the severity that each run used]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Leave out the names of authors, integrations and workspaces
    #[arg(long)]
    redact_names: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
    /// Report only findings and what was not scanned, without a summary
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Also show findings that are suppressed or below the lowest confidence
    #[arg(short, long)]
    verbose: bool,
}

impl ReportCommand {
    /// Reads saved reports, merges them, and writes the result.
    pub fn run(self) -> Outcome {
        target::refuse_shared(&self.output)?;
        refuse_among_inputs(&self.output, &self.files)?;
        let mut merge = ReportMerge::default();
        for file in &self.files {
            add(file, &mut merge)?;
        }
        if let Some(list) = &self.expect {
            expect(list, &mut merge)?;
        }
        let (mut report, fails) = merge.finish();
        if self.redact_names {
            report.redact_names();
        }
        let detail = match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        };
        let look = ReportLook {
            detail,
            plain: false,
            current_folder: CurrentFolder::default(),
        };
        output::write(&mut report, self.format, &self.output, self.color, look)?;
        Ok(self.status(&report, fails))
    }

    /// Returns the exit status for the merged report: by `--fail-on` or, without it, by the
    /// thresholds of the merged runs. `fails` is true if one of these runs failed.
    fn status(&self, report: &Report, fails: bool) -> ExitStatus {
        match self.fail_on {
            Some(least) => ExitStatus::of(report, least, false),
            None if fails => ExitStatus::Found,
            None => ExitStatus::of(report, FailOn::Never, false),
        }
    }
}

/// Returns an error if a target is a file that the next merge would read as an input: in a folder
/// of reports, or one of several input files.
fn refuse_among_inputs(targets: &[ReportTarget], inputs: &[PathBuf]) -> Result<()> {
    for target in targets.iter().filter(|target| is_json(&target.file)) {
        let is_input = |input: &&PathBuf| match input.is_dir() {
            true => is_same(input, &folder_of(&target.file)),
            false => inputs.len() > 1 && is_same(input, &target.file),
        };
        if let Some(input) = inputs.iter().find(is_input) {
            let (file, input) = (target.file.display(), input.display());
            let place = if input.to_string() == file.to_string() {
                format!("{file} is one of the reports")
            } else {
                format!("{file} is in {input}")
            };
            let message =
                format!("{place}, and the next merge would read the merged report as an input");
            return Err(Error::new(message).help("write the merged report to another folder"));
        }
    }
    Ok(())
}

/// Returns the folder that a file is in.
fn folder_of(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or(Path::new(".")).to_owned()
}

/// Returns true if two paths lead to the same file or folder.
fn is_same(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(|path| fs::canonicalize(path).ok());
    one.is_some() && one == other
}

fn is_json(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

/// Adds the reports of a file, of a folder or of standard input.
fn add(file: &Path, merge: &mut ReportMerge) -> Result<()> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin()
            .lock()
            .take(MOST_BYTES + 1)
            .read_to_end(&mut bytes);
        add_bytes(Path::new("standard input"), read.map(|_| bytes), merge);
    } else if file.is_dir() {
        let files = reports_in(file)?;
        if files.is_empty() {
            let nothing = format!("no file in {} ends in .json", file.display());
            return Err(Error::new(nothing).help("name the folder that the reports were saved in"));
        }
        files.iter().for_each(|file| add_listed(file, merge));
    } else {
        add_file(file, merge);
    }
    Ok(())
}

/// Returns the JSON files directly in a folder, sorted by name.
fn reports_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = |error: io::Error| {
        let message = format!("{} cannot be read: {}", folder.display(), error.kind());
        Error::new(message).help("name a folder that you may read")
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if is_json(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Adds the reports in a file that was found in a folder. A pipe or a device could block the merge,
/// so it becomes a skip; one that the user names is read.
fn add_listed(file: &Path, merge: &mut ReportMerge) {
    let is_other = |kind: fs::FileType| !kind.is_file() && !kind.is_dir();
    match file.metadata() {
        Ok(metadata) if is_other(metadata.file_type()) => {
            let origin = Origin::File(file.to_owned());
            let detail = "it is a pipe or a device";
            let skip = Skip::new(origin, SkipReason::Unreadable, detail);
            merge.miss(skip.advising("name it on the command line to read it"));
        }
        _ => add_file(file, merge),
    }
}

fn add_file(file: &Path, merge: &mut ReportMerge) {
    let read = || {
        let kind = file.metadata()?.file_type();
        if kind.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        let mut bytes = Vec::new();
        File::open(file)?
            .take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    add_bytes(file, read(), merge);
}

/// Adds the reports in the content of a file. A file or a report that cannot be read completely
/// becomes a skip.
fn add_bytes(file: &Path, read: io::Result<Vec<u8>>, merge: &mut ReportMerge) {
    let skip = |reason, detail: &str, advice| {
        Skip::new(Origin::File(file.to_owned()), reason, detail).advising(advice)
    };
    let bytes = match read {
        Ok(bytes) if bytes.len() as u64 <= MOST_BYTES => bytes,
        read => {
            let (reason, detail, advice) = unread(read.err());
            return merge.miss(skip(reason, &detail, advice));
        }
    };
    let stem = file.file_stem().unwrap_or(file.as_os_str());
    let stem = crate::detect::redact::shown_path(stem.to_string_lossy().as_bytes());
    let faults = read::reports(&bytes, &mut |report, is_whole| {
        merge.add(report, &stem, is_whole)
    });
    for fault in faults {
        merge.miss(skip(fault.reason, &fault.detail, fault.advice));
    }
}

/// Returns the reason, the description and the advice for a file that was not read. Without an
/// error, the file is too large.
fn unread(error: Option<io::Error>) -> (SkipReason, String, &'static str) {
    match error {
        None => (
            SkipReason::TooLarge,
            format!(
                "it is larger than {} MiB, the limit for a file of reports",
                MOST_BYTES >> 20
            ),
            "for one report, scan fewer repositories, or only a part of a repository",
        ),
        Some(error) if error.kind() == io::ErrorKind::NotFound => (
            SkipReason::NotFound,
            "there is no such report".to_owned(),
            "check the path's spelling, and that the scan wrote its report",
        ),
        Some(error) => {
            let advice = SkipReason::Unreadable.help();
            (SkipReason::Unreadable, error.kind().to_string(), advice)
        }
    }
}

/// Adds a skip for each repository in `list` that has no report.
fn expect(list: &Path, merge: &mut ReportMerge) -> Result<()> {
    let text = shard::read(list)?;
    let known = merge.repositories();
    let names: BTreeSet<String> = shard::lines(&text, list)?.map(repository_name).collect();
    let missing = names.into_iter();
    let missing: Vec<String> = missing
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    for name in missing {
        let skip = Skip::new(
            Origin::File(name.into()),
            SkipReason::NotFound,
            "no report of this repository",
        );
        merge.miss(
            skip.advising("scan the repository: the job may have failed before it wrote a report"),
        );
    }
    Ok(())
}
