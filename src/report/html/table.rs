//! The table of secrets, and tables in general.

use super::text::{HtmlText, cut};
use super::{CARDS, Incident, Incidents, ROWS, ROWS_UP_TO, TABLE_UP_TO};
use crate::model::finding::Verdict;
use crate::model::liveness::SecretState;
use crate::report::place;

/// Writes a table. `cells` writes the cells of a row, one for each of `heads`. Returns the number
/// of rows written; rows for which there is no room are left out.
pub fn rows<T>(
    caption: &str,
    heads: &[&str],
    rows: impl Iterator<Item = T>,
    mut cells: impl FnMut(T, &mut HtmlText),
    html: &mut HtmlText,
) -> usize {
    let mut written = 0;
    let up_to = ROWS_UP_TO.min(html.len() + TABLE_UP_TO);
    html.tag("table", &[], |html| {
        html.leaf("caption", &[], caption);
        html.tag("thead", &[], |html| {
            html.tag("tr", &[], |html| {
                for head in heads {
                    html.leaf("th", &[("scope", "col")], head);
                }
            });
        });
        html.tag("tbody", &[], |html| {
            for row in rows.take(ROWS) {
                if html.len() > up_to {
                    break;
                }
                html.tag("tr", &[], |html| cells(row, html));
                written += 1;
            }
        });
    });
    written
}

/// Writes a cell. `head` is the heading of its column, which a narrow screen shows beside the cell.
pub fn cell(head: &str, text: &str, html: &mut HtmlText) {
    html.leaf("td", &[("data-head", head)], text);
}

/// Writes the number of items for which the page has no room; nothing if there are none.
pub fn more(number: usize, what: &str, html: &mut HtmlText) {
    if number > 0 {
        let line = format!("{number} more {what} are in the JSON report, and not on this page.");
        html.leaf("p", &[("class", "more")], &line);
    }
}

const HEADS: [&str; 7] = [
    "Secret", "Kind", "State", "Remote", "Files", "Since", "Where",
];

/// Writes the table of secrets.
pub fn write(incidents: &Incidents<'_>, html: &mut HtmlText) {
    let all = &incidents.secrets;
    if all.is_empty() {
        return;
    }
    html.tag(
        "section",
        &[("id", "secrets"), ("aria-labelledby", "secrets-title")],
        |html| {
            html.leaf(
                "h2",
                &[("id", "secrets-title")],
                "Secrets, the most urgent first",
            );
            let caption = "Each secret with its state, where it is, and since when";
            let numbered = all.iter().enumerate();
            let written = rows(
                caption,
                &HEADS,
                numbered,
                |(at, secret), html| row(at, secret, html),
                html,
            );
            more(all.len() - written, "secrets", html);
        },
    );
}

fn row(at: usize, secret: &Incident<'_>, html: &mut HtmlText) {
    let finding = secret.first();
    let head = ("data-head", HEADS[0]);
    html.tag("th", &[("scope", "row"), head], |html| {
        if at < CARDS {
            html.tag("a", &[("href", &format!("#secret-{}", at + 1))], |html| {
                html.leaf("code", &[], mask(secret));
            });
        } else {
            html.leaf("code", &[], mask(secret));
        }
    });
    let yes = |is_so| if is_so { "yes" } else { "no" };
    let is_placed = finding.placement.is_some();
    let remote = if is_placed {
        yes(secret.is_published())
    } else {
        "not known"
    };
    let since = secret
        .since()
        .map_or("not known".to_owned(), super::how::day);
    let cells = [
        finding.rule.title,
        state(secret),
        remote,
        yes(secret.is_in_files()),
        &since,
        &whereabouts(secret),
    ];
    for (head, text) in HEADS[1..].iter().zip(cells) {
        cell(head, text, html);
    }
}

/// Returns the masked secret.
pub fn mask<'r>(secret: &Incident<'r>) -> &'r str {
    let evidence = secret.first().evidence.as_ref();
    evidence.map_or("****…", |evidence| evidence.short_mask.as_str())
}

/// Returns the state of the secret in a few words, such as `live`.
pub fn state(secret: &Incident<'_>) -> &'static str {
    let liveness = secret.first().liveness.as_ref();
    match (secret.verdict(), liveness.map(|liveness| liveness.state)) {
        (Verdict::AllowedByChange(_), _) => "allowed by the change",
        (Verdict::AlreadyThere, _) => "already there",
        (_, Some(SecretState::Live)) => "live",
        (_, Some(SecretState::Dead)) => "dead",
        (_, Some(SecretState::Unknown)) => "unknown",
        (_, Some(SecretState::NotChecked) | None) => "not asked",
    }
}

/// Returns the first place of the secret, and the number of its other places.
fn whereabouts(secret: &Incident<'_>) -> String {
    let places = secret
        .findings
        .iter()
        .map(|(one, _)| one.occurrences.len().max(1));
    let more = places.sum::<usize>().saturating_sub(1);
    let repositories = secret.first().repositories.len();
    let first = cut(&place::brief(secret.first()));
    match (more, repositories) {
        (0, _) => first,
        (more, 0 | 1) => format!("{first} and {more} more"),
        (more, many) => format!("{first} and {more} more, in {many} repositories"),
    }
}
