//! What `history` begins with: one line a secret, what others have first.

use std::io::{self, Write};

use super::{Judged, Style, concise, place};
use crate::finding::Finding;
use crate::placement::Placement;

/// The shortest that a place is cut to.
const SHORTEST: usize = 12;

/// What is to be dealt with first: what a remote has, then what files still hold, then the oldest.
pub fn order(finding: &Finding) -> (bool, bool, i64) {
    let since = |placement: &Placement| {
        placement
            .introduced
            .as_ref()
            .map_or(i64::MAX, |first| first.seconds)
    };
    match finding.placement.as_deref() {
        Some(placement) => (
            !placement.published,
            placement.tips.is_empty(),
            since(placement),
        ),
        None => (true, true, i64::MAX),
    }
}

/// Returns true if a finding has a line in the table: it is about a secret, and its place in history is known.
pub fn has_line(finding: &Finding) -> bool {
    finding.evidence.is_some() && finding.placement.is_some()
}

/// Writes the table of `groups`, each a secret, if there are several; whether there are.
pub fn write(groups: &[Vec<&Judged>], style: Style, out: &mut dyn Write) -> io::Result<bool> {
    let rows: Vec<[String; 6]> = groups.iter().filter_map(|group| row(&group[0].0)).collect();
    if rows.len() < 2 {
        return Ok(false);
    }
    let head = ["secret", "kind", "where", "since", "files", "remote"].map(str::to_owned);
    let mut widths = [0; 6];
    for row in rows.iter().chain([&head]) {
        let lengths = row.iter().map(|cell| cell.chars().count());
        widths
            .iter_mut()
            .zip(lengths)
            .for_each(|(width, length)| *width = length.max(*width));
    }
    // The place gives way where a line would be too long.
    let others: usize = widths.iter().sum::<usize>() - widths[2] + 2 * 5;
    widths[2] = widths[2].min(style.width.saturating_sub(others).max(SHORTEST));
    for row in [head].iter().chain(&rows) {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{:width$}", cut(cell, width)));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    writeln!(out)?;
    Ok(true)
}

fn row(finding: &Finding) -> Option<[String; 6]> {
    let (placement, evidence) = (finding.placement.as_deref()?, finding.evidence.as_ref()?);
    let since = placement
        .introduced
        .as_ref()
        .map(|first| first.time().chars().take(10).collect())
        .unwrap_or_default();
    let files = if placement.tips.is_empty() { "" } else { "yes" };
    let remote = if placement.published { "yes" } else { "" };
    let (secret, kind) = (concise::short(&evidence.mask), finding.rule.id.to_owned());
    Some([
        secret,
        kind,
        place::of(finding),
        since,
        files.to_owned(),
        remote.to_owned(),
    ])
}

/// The end of a text that is too long.
fn cut(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let end: String = text.chars().skip(length + 1 - width).collect();
    format!("\u{2026}{end}")
}
