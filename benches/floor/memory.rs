//! Measures the memory that a scan of history needs for each object. It scans two repositories that differ only in the
//! number of commits.

use std::path::Path;

use crate::{NTNGUARD, Result, command, git_says, peak_memory, with_history};

/// The numbers of commits of the two repositories.
const COMMITS: [usize; 2] = [10_000, 40_000];

/// Returns the rows of the table: the peak for each repository, and the difference divided by the number of further objects.
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

/// Returns the number of objects in a repository with this number of commits, and the peak of memory of a scan in MiB, as the
/// median of three runs.
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
