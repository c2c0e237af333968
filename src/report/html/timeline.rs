//! The life of a secret so far, as a line with numbered points and as a list.

use std::collections::HashSet;

use super::text::{Attribute, HtmlText};
use super::{Incident, how};
use crate::detect::redact::shown_path;
use crate::model::liveness::SecretState;
use crate::model::placement::{Commit, Placement};
use crate::report::Report;

/// Something that happened to a secret.
struct LifeMoment {
    /// Seconds since 1970-01-01 00:00 UTC.
    at: i64,
    words: String,
    /// True if no branch has the secret in its files after this moment.
    ends_files: bool,
}

impl LifeMoment {
    fn new(at: i64, words: impl Into<String>) -> Self {
        LifeMoment {
            at,
            words: words.into(),
            ends_files: false,
        }
    }
}

/// The size of the drawing, and the distance of the line from its sides.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 44.0;
const MARGIN: f64 = 18.0;

/// Writes the timeline of a secret; nothing if no moment is known.
pub fn write(report: &Report, secret: &Incident<'_>, html: &mut HtmlText) {
    let moments = moments(report, secret);
    if moments.is_empty() {
        return;
    }
    html.leaf("h4", &[], "Timeline");
    if moments.len() > 1 {
        draw(&moments, html);
    }
    html.tag("ol", &[("class", "moments")], |html| {
        for moment in &moments {
            html.tag("li", &[], |html| {
                html.leaf(
                    "time",
                    &[("datetime", &how::machine_time(moment.at))],
                    &how::time(moment.at),
                );
                html.text(": ");
                html.text(&moment.words);
            });
        }
    });
}

/// Returns the known moments of a secret, in their order.
fn moments(report: &Report, secret: &Incident<'_>) -> Vec<LifeMoment> {
    let finding = secret.first();
    let mut all = match finding.placement.as_deref() {
        Some(placement) => commits(placement),
        None => Vec::new(),
    };
    let mut add = |at: Option<i64>, words: &str| {
        all.extend(at.map(|at| LifeMoment::new(at, words)));
    };
    add(found(report, secret), "Found by a scan");
    if let Some(liveness) = &finding.liveness {
        let words = match liveness.state {
            SecretState::Live => "Notion accepts it: live",
            SecretState::Dead => "Notion refuses it: revoked or rotated by then",
            SecretState::Unknown | SecretState::NotChecked => {
                "Notion was asked, but gave no clear answer"
            }
        };
        add(liveness.checked, words);
    }
    all.sort_by_key(|moment| moment.at);
    all
}

/// Returns the moments of the commits that introduced and removed the secret.
fn commits(placement: &Placement) -> Vec<LifeMoment> {
    let first = placement.introduced.as_ref().map(|first| {
        let or_before = match placement.or_before {
            true => ", or before: history is cut off there",
            false => "",
        };
        let words = format!("First commit with the secret ({}){or_before}", by(first));
        LifeMoment::new(first.seconds, words)
    });
    let last = placement.removed.as_ref().map(|last| LifeMoment {
        ends_files: true,
        ..LifeMoment::new(
            last.seconds,
            format!(
                "Removed from the files ({}); history still has it",
                by(last)
            ),
        )
    });
    first.into_iter().chain(last).collect()
}

fn by(commit: &Commit) -> String {
    let author = match shown_path(commit.author.as_bytes()) {
        author if author.is_empty() => "nobody".to_owned(),
        author => author,
    };
    format!("commit {:.10} by {author}", commit.id)
}

/// Returns the time of the first run that found the secret.
fn found(report: &Report, secret: &Incident<'_>) -> Option<i64> {
    if report.runs.is_empty() {
        return report.began();
    }
    let named: HashSet<&str> = secret
        .first()
        .repositories
        .iter()
        .map(|name| &**name)
        .collect();
    let runs = report.runs.iter();
    runs.filter(|run| !run.superseded && run.findings > 0)
        .filter(|run| named.is_empty() || named.contains(&*run.repository))
        .filter_map(|run| run.time)
        .min()
}

/// Draws the line: solid while files have the secret, dashed when only history has it. The list
/// says the same in words.
fn draw(moments: &[LifeMoment], html: &mut HtmlText) {
    let x = places(moments);
    let size = format!("0 0 {WIDTH} {HEIGHT}");
    let svg = [
        ("viewBox", size.as_str()),
        ("aria-hidden", "true"),
        ("focusable", "false"),
        ("class", "timeline"),
    ];
    html.tag("svg", &svg, |html| {
        let end = moments.iter().position(|moment| moment.ends_files);
        let last = moments.len() - 1;
        line("files", x[0], x[end.unwrap_or(last)], html);
        if let Some(end) = end.filter(|end| *end < last) {
            line("history", x[end], x[last], html);
        }
        for (at, x) in x.iter().enumerate() {
            point(at + 1, *x, html);
        }
    });
}

/// Returns the x coordinate of each moment: by its time, but so that no two moments are at the same
/// place.
fn places(moments: &[LifeMoment]) -> Vec<f64> {
    let (first, last) = (moments[0].at, moments[moments.len() - 1].at);
    let span = (last.saturating_sub(first)).max(1) as f64;
    let steps = (moments.len() - 1).max(1) as f64;
    let place = |(at, moment): (usize, &LifeMoment)| {
        let by_time = moment.at.saturating_sub(first) as f64 / span;
        let by_rank = at as f64 / steps;
        MARGIN + (WIDTH - 2.0 * MARGIN) * (0.6 * by_time + 0.4 * by_rank)
    };
    moments.iter().enumerate().map(place).collect()
}

fn line(class: &str, from: f64, to: f64, html: &mut HtmlText) {
    let (from, to, y) = (
        format!("{from:.0}"),
        format!("{to:.0}"),
        format!("{:.0}", HEIGHT / 2.0),
    );
    let attributes: [Attribute<'_>; 5] = [
        ("class", class),
        ("x1", &from),
        ("x2", &to),
        ("y1", &y),
        ("y2", &y),
    ];
    html.tag("line", &attributes, |_| {});
}

fn point(number: usize, x: f64, html: &mut HtmlText) {
    let (x, y, below) = (
        format!("{x:.0}"),
        format!("{:.0}", HEIGHT / 2.0),
        format!("{:.0}", HEIGHT / 2.0 + 6.0),
    );
    html.tag("circle", &[("cx", &x), ("cy", &y), ("r", "15")], |_| {});
    html.leaf("text", &[("x", &x), ("y", &below)], &number.to_string());
}
