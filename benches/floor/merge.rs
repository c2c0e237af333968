//! Measures the merge of the reports of many repositories, and compares it with only parsing their JSON. Also measures the
//! peak of memory for four times as many repositories with the same secrets.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{NTNGUARD, Result, command, made, peak_memory, spread, time};

/// The two numbers of repositories. Both have the same number of secrets.
const REPOSITORIES: [usize; 2] = [10_000, 40_000];
const SECRETS: usize = 50;

/// The number of timed pairs of runs. It is odd, so that one pair is the median.
const PAIRS: usize = 7;

/// The floor: parses each report in a folder, and does nothing else.
pub fn parse(folder: &Path) -> Result<()> {
    for file in fs::read_dir(folder)? {
        let bytes = fs::read(file?.path())?;
        let _: Value = serde_json::from_slice(&bytes)?;
    }
    Ok(())
}

/// Returns the rows of the table: for each number of repositories the times, their ratio, and the peak of memory.
pub fn rows() -> Result<Vec<String>> {
    REPOSITORIES
        .iter()
        .map(|repositories| row(*repositories))
        .collect()
}

fn row(repositories: usize) -> Result<String> {
    let top = reports(repositories)?;
    let ours = [
        NTNGUARD,
        "report",
        "reports",
        "-o",
        "json=/dev/null",
        "-o",
        "html=/dev/null",
        "-q",
    ];
    let own = std::env::current_exe()?;
    let floor = [own.to_str().ok_or("a path in UTF-8")?, "--parse", "reports"];
    let mut pairs = Vec::new();
    for round in 0..=PAIRS {
        let pair = (
            time(&mut command(&ours, &top), 1)?,
            time(&mut command(&floor, &top), 0)?,
        );
        pairs.extend((round > 0).then_some(pair));
    }
    let [_, taken, _] = spread(pairs.iter().map(|(ours, _)| *ours));
    let [_, least, _] = spread(pairs.iter().map(|(_, floor)| *floor));
    let [_, ratio, _] = spread(pairs.iter().map(|(ours, floor)| ours / floor));
    let peak = peak_memory(&ours, &top).map_or("-".to_owned(), |peak| format!("{peak:.1} MiB"));
    let name = format!("{repositories} reports, {SECRETS} secrets");
    Ok(format!(
        "{name:<34} {taken:>9.0} ms {least:>9.0} ms {ratio:>7.2} {peak:>12}"
    ))
}

/// Makes a folder of reports like those of scans of small repositories.
fn reports(repositories: usize) -> Result<PathBuf> {
    made(&format!("{repositories} reports"), |top| {
        let folder = top.join("reports");
        fs::create_dir_all(&folder)?;
        for at in 0..repositories {
            let report = report(at, repositories / SECRETS);
            fs::write(
                folder.join(format!("r{at}.json")),
                serde_json::to_vec_pretty(&report)?,
            )?;
        }
        Ok(())
    })
}

/// Returns the report of one repository. One of `every` reports has a secret.
fn report(at: usize, every: usize) -> Value {
    let findings: Vec<Value> = at
        .is_multiple_of(every)
        .then(|| finding(at / every))
        .into_iter()
        .collect();
    json!({
        "version": 1,
        "tool": {"name": "ntnguard", "version": "0.1.0"},
        "time": "2026-01-02T03:04:05Z", "command": "history", "fail_on": "error",
        "repository": format!("git.example.com/team{}/project{at}", at % 40),
        "head": format!("{at:040x}"),
        "source": "history", "complete": true, "skipped": [], "accepted": [], "excluded": [], "warnings": [],
        "summary": {"blobs": 100, "bytes": 100_000, "findings": findings.len(), "seconds": 0.1,
            "objects": {"commits": 50, "trees": 60, "blobs": 100, "tags": 0, "bytes": 100_000}},
        "findings": findings,
    })
}

fn finding(at: usize) -> Value {
    let id = format!("{at:040x}");
    let made = json!({"commit": id, "time": "2025-01-02T03:04:05Z", "author": "A"});
    json!({
        "rule": "integration-token", "title": "Notion integration token", "severity": "error", "confidence": "high",
        "fingerprint": format!("v1:{at:032x}"), "secret": format!("ntn_{}{at:04}", "*".repeat(42)),
        "path": "src/client.ts", "line": 3, "column": 17, "end_line": 3, "end_column": 67, "start_byte": 26, "end_byte": 76,
        "excerpt": format!("const auth = 'ntn_…{at:04}';"), "encoding": [], "object": id,
        "placement": {"introduced": made, "or_before": false, "removed": null, "tips": ["refs/heads/main"],
            "commits": 3, "paths": ["src/client.ts"], "kept_by": ["refs/heads/main"], "published": true},
        "occurrences": [{"path": "src/client.ts", "line": 3, "column": 17, "object": id, "verdict": "reported"}],
        "verdict": "reported", "suppression": null, "advice": "…", "url": "docs/rules/integration-token.md",
    })
}
