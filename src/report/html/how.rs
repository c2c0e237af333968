//! The section about the scan itself: version, command, counts, duration, and the runs of a merged
//! report.

use super::table;
use super::text::{HtmlText, cut};
use crate::detect::redact::shown_path;
use crate::model::time::moment;
use crate::report::html::rest::section;
use crate::report::{MergedRun, Report, absent, summary};

const HEADS: [&str; 6] = [
    "Repository",
    "Commit",
    "Time",
    "Command",
    "Findings",
    "Complete",
];

/// The largest number of runs that are listed.
const RUNS: usize = 300;

/// Writes the section.
pub fn write(report: &Report, html: &mut HtmlText) {
    section("how", "How it was scanned", html, |html| {
        html.tag("dl", &[], |html| {
            for (term, text) in facts(report) {
                html.leaf("dt", &[], term);
                html.leaf("dd", &[], &cut(&text));
            }
        });
        if !report.runs.is_empty() {
            runs(&report.runs, html);
        }
    });
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let facts = &report.facts;
    let shown = |text: &Option<String>| text.as_ref().map(|text| shown_path(text.as_bytes()));
    let seconds = format!("{:.2} s", report.time.as_secs_f64());
    let excluded = report.left_out.iter().map(|left| {
        let paths = summary::count(left.paths as usize, "path");
        format!("{paths} by {}", shown_path(left.pattern.as_bytes()))
    });
    let excluded: Vec<String> = excluded.collect();
    let warnings = report.warnings.iter().map(|warning| {
        format!(
            "{}: {}",
            shown_path(warning.file.as_bytes()),
            shown_path(warning.message.as_bytes())
        )
    });
    let warnings: Vec<String> = warnings.collect();
    let some = |list: Vec<String>| (!list.is_empty()).then(|| list.join("; "));
    let all = [
        (
            "Written by",
            Some(format!("ntnguard {}", shown_path(facts.version.as_bytes()))),
        ),
        (
            "Command",
            shown(&facts.command).map(|command| format!("ntnguard {command}")),
        ),
        ("Repository", shown(&facts.repository)),
        ("Commit", facts.head.clone()),
        ("Started", report.began().map(time)),
        ("Scanned", shown(&report.scope)),
        ("Result", Some(summary::line(report))),
        ("Duration", Some(seconds)),
        ("Excluded", some(excluded)),
        ("Not checked out", absent::line(report)),
        ("Warnings", some(warnings)),
    ];
    all.into_iter()
        .filter_map(|(term, text)| Some((term, text?)))
        .collect()
}

fn runs(runs: &[MergedRun], html: &mut HtmlText) {
    let shown = runs.iter().take(RUNS);
    let written = table::rows(
        "The runs whose reports are merged here",
        &HEADS,
        shown,
        |run, html| {
            let complete = match (run.superseded, run.complete) {
                (true, _) => "left out: a newer report is used",
                (_, true) => "yes",
                (_, false) => "no",
            };
            let cells = [
                &*run.repository,
                run.head
                    .as_deref()
                    .map_or("", |id| id.get(..10).unwrap_or(id)),
                &run.time.map(machine_time).unwrap_or_default(),
                run.command.as_deref().unwrap_or(&run.source),
                &run.findings.to_string(),
                complete,
            ];
            for (head, text) in HEADS.iter().zip(cells) {
                table::cell(head, &cut(&shown_path(text.as_bytes())), html);
            }
        },
        html,
    );
    table::more(runs.len() - written, "runs", html);
}

/// Returns a moment for people, in UTC.
pub fn time(seconds: i64) -> String {
    let text = moment(seconds).replace('T', " ");
    text.get(..16).unwrap_or(&text).to_owned() + " UTC"
}

/// Returns a moment for programs.
pub fn machine_time(seconds: i64) -> String {
    format!("{}Z", moment(seconds))
}

/// Returns the day of a moment.
pub fn day(seconds: i64) -> String {
    moment(seconds).chars().take_while(|c| *c != 'T').collect()
}
