//! The sections that are not about secrets: other findings, parts that were not scanned, and
//! suppressed findings.

use super::card::in_code;
use super::text::{HtmlText, cut};
use super::{Incidents, table};
use crate::detect::redact::shown_path;
use crate::model::finding::{Suppression, Verdict};
use crate::report::judged::state;
use crate::report::{Judged, Report, advice, place};

const OTHER_HEADS: [&str; 4] = ["Finding", "Severity", "Where", "What to do"];
const SKIP_HEADS: [&str; 3] = ["What", "Why", "What to do"];
const SUPPRESSED_HEADS: [&str; 3] = ["What", "Where", "Why"];

/// Writes the findings that are not about secrets.
pub fn others(incidents: &Incidents<'_>, html: &mut HtmlText) {
    let all = &incidents.others;
    if all.is_empty() {
        return;
    }
    section("others", "Other findings", html, |html| {
        let caption = "Findings about env files, code and configuration";
        let rows = all.iter().copied();
        let written = table::rows(caption, &OTHER_HEADS, rows, other, html);
        table::more(all.len() - written, "findings", html);
    });
}

fn other(judged: &Judged, html: &mut HtmlText) {
    let (finding, verdict) = judged;
    let what = format!("{}{}", finding.rule.title, state(verdict));
    let note = finding
        .note
        .as_deref()
        .map_or_else(String::new, |note| format!("{note} "));
    let names = finding
        .ignoring
        .iter()
        .flat_map(|ignoring| &ignoring.names)
        .take(4);
    let names: Vec<String> = names.map(|name| shown_path(&name.path)).collect();
    let names = if names.is_empty() {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    };
    let cells = [
        what,
        finding.severity.id().to_owned(),
        cut(&format!("{}{names}", place::of(finding))),
        cut(&format!("{note}{}", advice::line(finding))),
    ];
    for (head, text) in OTHER_HEADS.iter().zip(&cells) {
        html.tag("td", &[("data-head", head)], |html| in_code(text, html));
    }
}

/// Writes the parts that were not scanned, with the advice for each.
pub fn incomplete(report: &Report, html: &mut HtmlText) {
    if report.skips.is_empty() {
        return;
    }
    section("incomplete", "Not looked at", html, |html| {
        let line = "The result is not clean until each of these parts has been checked.";
        html.leaf("p", &[], line);
        let caption = "Parts that were not looked at";
        let written = table::rows(
            caption,
            &SKIP_HEADS,
            report.skips.iter(),
            |skip, html| {
                let why = format!("{}: {}", skip.reason, shown_path(skip.detail.as_bytes()));
                let digest = skip
                    .digest
                    .as_ref()
                    .map_or_else(String::new, |digest| format!(" ({digest})"));
                let what = format!("{}{digest}", place::missed(&skip.origin));
                for (head, text) in SKIP_HEADS.iter().zip([what.as_str(), &why, skip.help()]) {
                    table::cell(head, &cut(text), html);
                }
            },
            html,
        );
        table::more(report.skips.len() - written, "parts", html);
    });
}

/// Returns the suppressed findings and accepted skips, each with its title, its place and its
/// suppression.
fn accepted(report: &Report) -> Vec<(&str, String, &Suppression)> {
    let findings = report.findings.iter().filter_map(|(finding, verdict)| {
        let Verdict::Suppressed(by) = verdict else {
            return None;
        };
        Some((finding.rule.title, place::of(finding), by))
    });
    let skips = report.accepted.iter().filter_map(|(skip, verdict)| {
        let by = verdict.suppression()?;
        Some(("Not scanned", place::missed(&skip.origin), by))
    });
    findings.chain(skips).collect()
}

/// Writes the suppressed findings and accepted skips, each with the reason.
pub fn suppressed(report: &Report, html: &mut HtmlText) {
    let (all, below) = (accepted(report), report.below_confidence());
    if all.is_empty() && below == 0 {
        return;
    }
    section("suppressed", "Suppressed", html, |html| {
        if below > 0 {
            let line =
                format!("{below} more findings are below the lowest confidence that is reported.");
            html.leaf("p", &[], &line);
        }
        if all.is_empty() {
            return;
        }
        let written = table::rows(
            "Findings that somebody has accepted",
            &SUPPRESSED_HEADS,
            all.iter(),
            |one, html| {
                let (title, at, by) = one;
                let why = format!("{}: {}", by.by.id(), shown_path(by.reason.as_bytes()));
                for (head, text) in SUPPRESSED_HEADS.iter().zip([*title, at, &why]) {
                    table::cell(head, &cut(text), html);
                }
            },
            html,
        );
        table::more(all.len() - written, "suppressed findings", html);
    });
}

/// Writes a section with its title.
pub fn section(
    id: &'static str,
    title: &str,
    html: &mut HtmlText,
    inside: impl FnOnce(&mut HtmlText),
) {
    let label = format!("{id}-title");
    html.tag(
        "section",
        &[("id", id), ("aria-labelledby", &label)],
        |html| {
            html.leaf("h2", &[("id", &label)], title);
            inside(html);
        },
    );
}
