//! The table at the start of the report of `ntnguard history`: one line for each secret, secrets on
//! a remote first.

use std::io::{self, Write};

use super::judged::Judged;
use super::{Style, fit, place};
use crate::model::finding::{Finding, SecretEvidence};
use crate::model::placement::Placement;

/// Returns the key that sorts secrets by urgency: secrets on a remote first, then secrets that are
/// still in files, then the oldest secrets.
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

/// Returns true if a finding has a line in the table, because it is about a secret whose placement
/// in history is known.
pub fn has_line(finding: &Finding) -> bool {
    finding.evidence.is_some() && finding.placement.is_some()
}

/// A column of the table: its heading, the smallest width of a report that shows it (in columns of
/// the terminal), and its cell for a secret.
struct Column {
    head: &'static str,
    from_width: usize,
    cell: fn(&Row<'_>) -> String,
}

const COLUMNS: [Column; 6] = [
    Column {
        head: "secret",
        from_width: 0,
        cell: |row| row.evidence.short_mask.clone(),
    },
    Column {
        head: "kind",
        from_width: 90,
        cell: |row| row.finding.rule.id.to_owned(),
    },
    Column {
        head: WHERE,
        from_width: 0,
        cell: |row| place::brief(row.finding),
    },
    Column {
        head: "since",
        from_width: 56,
        cell: |row| row.since(),
    },
    Column {
        head: "files",
        from_width: 0,
        cell: |row| yes(!row.placement.tips.is_empty()),
    },
    Column {
        head: "remote",
        from_width: 0,
        cell: |row| yes(row.placement.published),
    },
];

/// The heading of the column that becomes narrower if a line would be too long.
const WHERE: &str = "where";

/// The smallest width of the column of locations, in characters.
const SHORTEST: usize = 12;

/// The gap between two columns.
const GAP: &str = "  ";

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "" }.to_owned()
}

/// A line of the table: a secret with a known placement in history.
struct Row<'a> {
    finding: &'a Finding,
    evidence: &'a SecretEvidence,
    placement: &'a Placement,
}

impl<'a> Row<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        let (evidence, placement) = (finding.evidence.as_ref()?, finding.placement.as_deref()?);
        Some(Row {
            finding,
            evidence,
            placement,
        })
    }

    /// Returns the day of the commit that introduced the secret; empty if no such commit is known.
    fn since(&self) -> String {
        let first = self.placement.introduced.as_ref();
        first.map_or_else(String::new, |first| first.time().chars().take(10).collect())
    }
}

/// Writes the table, with the first finding of each of `groups`. Returns false, and writes nothing,
/// if it would have fewer than two lines.
pub fn write(groups: &[Vec<&Judged>], style: Style, out: &mut dyn Write) -> io::Result<bool> {
    let rows: Vec<Row<'_>> = groups
        .iter()
        .filter_map(|group| Row::of(&group[0].0))
        .collect();
    if rows.len() < 2 {
        return Ok(false);
    }
    let columns: Vec<&Column> = COLUMNS
        .iter()
        .filter(|column| style.width >= column.from_width)
        .collect();
    let heads = columns
        .iter()
        .map(|column| column.head.to_owned())
        .collect();
    let cell = |row, column: &&Column| fit::signs(&(column.cell)(row), style).into_owned();
    let cells = rows
        .iter()
        .map(|row| columns.iter().map(|column| cell(row, column)).collect());
    let lines: Vec<Vec<String>> = std::iter::once(heads).chain(cells).collect();
    let widths = widths(&columns, &lines, style.width);
    for line in &lines {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{:width$}", fit::end(cell, width, style)));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join(GAP).trim_end())?;
    }
    writeln!(out)?;
    Ok(true)
}

/// Returns the width of each column: the width of its longest cell. The column of locations is
/// narrower if the lines would otherwise be longer than `width`.
fn widths(columns: &[&Column], lines: &[Vec<String>], width: usize) -> Vec<usize> {
    let longest = |at: usize| {
        lines
            .iter()
            .map(|line| line[at].chars().count())
            .max()
            .unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..columns.len()).map(longest).collect();
    let all = widths.iter().sum::<usize>() + GAP.len() * columns.len().saturating_sub(1);
    let too_much = all.saturating_sub(width);
    if let Some(at) = columns.iter().position(|column| column.head == WHERE) {
        widths[at] = widths[at].min(widths[at].saturating_sub(too_much).max(SHORTEST));
    }
    widths
}
