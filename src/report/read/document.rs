//! The structure of a saved JSON report. Unknown fields come from a later minor version and are
//! ignored. `whole` refuses a report without the fields that every report has.

use serde::Deserialize;

use super::text::{SavedList, SavedText};

#[derive(Deserialize)]
pub struct SavedDocument {
    pub tool: SavedTool,
    pub time: Option<SavedText>,
    pub command: Option<SavedText>,
    pub repository: Option<SavedText>,
    pub head: Option<SavedText>,
    pub folder: Option<SavedText>,
    pub fail_on: Option<SavedText>,
    pub source: Option<SavedText>,
    #[serde(default)]
    pub runs: SavedList<SavedRun>,
    pub scope: Option<SavedText>,
    pub complete: Option<bool>,
    pub skipped: Option<SavedList<SavedSkip>>,
    #[serde(default)]
    pub accepted: SavedList<SavedAcceptance>,
    #[serde(default)]
    pub excluded: SavedList<SavedExclusion>,
    pub limited: Option<SavedLimit>,
    pub not_checked_out: Option<SavedAbsence>,
    #[serde(default)]
    pub warnings: SavedList<SavedWarning>,
    pub summary: Option<SavedSummary>,
    pub findings: Option<SavedList<SavedFinding>>,
}

impl SavedDocument {
    /// Returns the number of entries that were not read, in all lists except the list of findings.
    pub fn left_out(&self) -> usize {
        let limited = self.limited.as_ref();
        let absent = self.not_checked_out.as_ref();
        let findings = self.findings.iter().flat_map(|list| &list.kept);
        let warnings = self.warnings.kept.iter();
        let own = [
            self.runs.more,
            self.skipped.as_ref().map_or(0, |list| list.more),
            self.accepted.more,
            self.excluded.more,
            self.warnings.more,
            limited.map_or(0, |limit| limit.rules.more + limit.exclude.more),
            absent.map_or(0, |absent| absent.submodules.more),
        ];
        own.iter().sum::<usize>()
            + findings.map(SavedFinding::left_out).sum::<usize>()
            + warnings.map(|warning| warning.lines.more).sum::<usize>()
    }
}

impl SavedFinding {
    /// Returns the number of entries that were not read, in all lists of the finding.
    fn left_out(&self) -> usize {
        let placement = self.placement.as_ref();
        let of_placement = placement.map_or(0, |placement| {
            placement.tips.more + placement.paths.more + placement.kept_by.more
        });
        let own = [
            self.encoding.more,
            self.names.more,
            self.repositories.more,
            self.occurrences.more,
        ];
        own.iter().sum::<usize>() + of_placement
    }
}

#[derive(Deserialize)]
pub struct SavedTool {
    pub version: Option<SavedText>,
}

#[derive(Clone, Deserialize)]
pub struct SavedRun {
    pub repository: SavedText,
    pub head: Option<SavedText>,
    pub time: Option<SavedText>,
    pub command: Option<SavedText>,
    pub source: SavedText,
    pub version: SavedText,
    pub complete: bool,
    pub findings: u64,
    #[serde(default)]
    pub fails: bool,
    pub seconds: f64,
    pub superseded: bool,
}

#[derive(Deserialize)]
pub struct SavedSkip {
    pub path: Option<SavedText>,
    pub path_base64: Option<SavedText>,
    pub member: Option<SavedText>,
    pub member_base64: Option<SavedText>,
    #[serde(rename = "where")]
    pub part: Option<SavedText>,
    pub object: Option<SavedText>,
    #[serde(rename = "record")]
    pub name: Option<SavedText>,
    pub reason: SavedText,
    #[serde(default)]
    pub detail: SavedText,
    pub digest: Option<SavedText>,
}

#[derive(Deserialize)]
pub struct SavedAcceptance {
    #[serde(flatten)]
    pub skip: SavedSkip,
    pub verdict: SavedText,
    pub suppression: Option<SavedSuppression>,
}

#[derive(Clone, Deserialize)]
pub struct SavedSuppression {
    pub by: SavedText,
    pub reason: SavedText,
}

#[derive(Deserialize)]
pub struct SavedExclusion {
    pub pattern: SavedText,
    pub paths: u64,
}

#[derive(Deserialize)]
pub struct SavedLimit {
    pub rules: SavedList<SavedText>,
    pub exclude: SavedList<SavedText>,
}

#[derive(Deserialize)]
pub struct SavedAbsence {
    pub files: u64,
    pub folders: u64,
    pub submodules: SavedList<SavedText>,
}

#[derive(Deserialize)]
pub struct SavedWarning {
    pub kind: SavedText,
    pub file: SavedText,
    pub lines: SavedList<usize>,
    pub message: SavedText,
}

#[derive(Deserialize)]
pub struct SavedSummary {
    pub blobs: u64,
    pub bytes: u64,
    pub findings: usize,
    pub objects: Option<SavedObjects>,
    pub live: Option<SavedInquiry>,
    pub seconds: f64,
}

#[derive(Deserialize)]
pub struct SavedObjects {
    pub commits: u64,
    pub trees: u64,
    pub blobs: u64,
    pub tags: u64,
    pub bytes: u64,
}

#[derive(Deserialize)]
pub struct SavedInquiry {
    pub requests: u32,
    pub host: SavedText,
    #[serde(default)]
    pub allow_dead: bool,
}

#[derive(Deserialize)]
pub struct SavedFinding {
    pub rule: SavedText,
    #[serde(default)]
    pub title: SavedText,
    pub severity: SavedText,
    pub confidence: SavedText,
    pub fingerprint: Option<SavedText>,
    pub secret: Option<SavedText>,
    pub path: Option<SavedText>,
    pub path_base64: Option<SavedText>,
    pub member: Option<SavedText>,
    pub member_base64: Option<SavedText>,
    #[serde(rename = "where")]
    pub part: Option<SavedText>,
    pub object: Option<SavedText>,
    pub name: Option<SavedText>,
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub utf16_column: Option<usize>,
    pub end_line: Option<usize>,
    pub end_column: Option<usize>,
    pub end_utf16_column: Option<usize>,
    pub start_byte: Option<usize>,
    pub end_byte: Option<usize>,
    pub excerpt: Option<SavedText>,
    #[serde(default)]
    pub encoding: SavedList<SavedText>,
    pub variable: Option<SavedText>,
    pub subject: Option<SavedText>,
    pub note: Option<SavedText>,
    pub ignore_file: Option<SavedText>,
    #[serde(default)]
    pub names: SavedList<SavedText>,
    pub decided_by: Option<SavedDecision>,
    #[serde(default)]
    pub local: bool,
    #[serde(default)]
    pub repositories: SavedList<SavedText>,
    pub placement: Option<SavedPlacement>,
    #[serde(default)]
    pub occurrences: SavedList<SavedOccurrence>,
    pub verdict: SavedText,
    pub suppression: Option<SavedSuppression>,
    pub live: Option<SavedLiveness>,
}

#[derive(Deserialize)]
pub struct SavedDecision {
    pub path: SavedText,
    pub line: usize,
    pub text: SavedText,
}

#[derive(Deserialize)]
pub struct SavedOccurrence {
    pub path: Option<SavedText>,
    pub path_base64: Option<SavedText>,
    pub member: Option<SavedText>,
    pub member_base64: Option<SavedText>,
    #[serde(rename = "where")]
    pub part: Option<SavedText>,
    pub object: Option<SavedText>,
    pub name: Option<SavedText>,
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub utf16_column: Option<usize>,
    pub verdict: SavedText,
}

#[derive(Deserialize)]
pub struct SavedPlacement {
    pub introduced: Option<SavedCommit>,
    #[serde(default)]
    pub or_before: bool,
    pub removed: Option<SavedCommit>,
    #[serde(default)]
    pub tips: SavedList<SavedText>,
    #[serde(default)]
    pub commits: usize,
    #[serde(default)]
    pub paths: SavedList<SavedText>,
    #[serde(default)]
    pub kept_by: SavedList<SavedText>,
    #[serde(default)]
    pub published: bool,
}

#[derive(Deserialize)]
pub struct SavedCommit {
    pub commit: SavedText,
    pub time: SavedText,
    pub author: SavedText,
}

#[derive(Deserialize)]
pub struct SavedLiveness {
    pub state: SavedText,
    pub checked: Option<SavedText>,
    pub reason: Option<SavedText>,
    pub status: Option<u16>,
    pub code: Option<SavedText>,
    pub request_id: Option<SavedText>,
    pub identity: Option<SavedIdentity>,
}

#[derive(Deserialize)]
pub struct SavedIdentity {
    pub kind: Option<SavedText>,
    #[serde(default)]
    pub bot: SavedText,
    pub name: Option<SavedText>,
    pub workspace: Option<SavedText>,
    pub workspace_name: Option<SavedText>,
}
