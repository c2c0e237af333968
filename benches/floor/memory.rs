//! What one more object costs a scan of history in memory: two repositories that differ in nothing but how many commits
//! they have.

use std::path::Path;

use crate::{NTNGUARD, Result, command, git_says, peak_memory, with_history};

/// How many commits the repositories have.
const COMMITS: [usize; 2] = [10_000, 40_000];

/// The rows of the table: the peak for each repository, and the difference by what it has more.
pub fn rows() -> Result<Vec<String>> {
    let [few, many] = [measure(COMMITS[0])?, measure(COMMITS[1])?];
    let row = |(objects, mebibytes): (f64, f64)| {
        format!("{:<40} {mebibytes:>8.1} MiB", format!("{objects} objects"))
    };
    let slope = (many.1 - few.1) * 1024.0 * 1024.0 / (many.0 - few.0);
    Ok(vec![
        row(few),
        row(many),
        format!("{:<40} {slope:>8.0} B", "one more"),
    ])
}

/// How many objects a repository of so many commits has, and the peak of a scan, in MiB: the median of three.
fn measure(commits: usize) -> Result<(f64, f64)> {
    let folder = with_history(commits)?;
    let counted = git_says(&folder, &["count-objects", "-v"])?;
    let objects = counted
        .lines()
        .find_map(|line| line.strip_prefix("in-pack: "))
        .ok_or("git counts no objects")?;
    let mut peaks = (0..3).map(|_| peak(&folder)).collect::<Result<Vec<_>>>()?;
    peaks.sort_by(f64::total_cmp);
    Ok((objects.parse()?, peaks[1]))
}

fn peak(folder: &Path) -> Result<f64> {
    let ours = [
        NTNGUARD,
        "history",
        "--no-config",
        "--quiet",
        "--progress",
        "never",
    ];
    if !command(&ours, folder).status()?.success() {
        return Err("the scan failed".into());
    }
    peak_memory(&ours, folder).ok_or_else(|| "GNU time is needed".into())
}
