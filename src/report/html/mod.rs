//! The HTML report, for people who work on an incident: one file that loads nothing from the
//! network and runs no script.

mod card;
mod how;
mod incident;
mod rest;
mod table;
mod text;
mod timeline;
mod todo;

use std::io::{self, Write};

use super::{Report, limited, summary};
use incident::{Incident, Incidents};
use text::HtmlText;

/// The Content Security Policy of the page: it loads and runs nothing, and applies only its own
/// style sheet.
const SECURITY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The largest number of cards.
const CARDS: usize = 200;
/// The largest number of rows of one table.
const ROWS: usize = 5000;

/// The total size of the cards, in bytes, after which no more cards are written.
const CARDS_UP_TO: usize = 1_700_000;
/// The size of a table, in bytes, after which it gets no more rows: names may be long.
const TABLE_UP_TO: usize = 2_300_000;
/// The size of the page, in bytes, after which tables get no more rows.
const ROWS_UP_TO: usize = 4_600_000;

/// Writes the page.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let incidents = Incidents::of(report);
    let mut html = HtmlText::document();
    html.tag("html", &[("lang", "en")], |html| {
        html.tag("head", &[], |html| head(&title(report, &incidents), html));
        html.tag("body", &[], |html| {
            header(report, &incidents, html);
            html.tag("main", &[("id", "main")], |html| {
                table::write(&incidents, html);
                card::write(report, &incidents, html);
                rest::others(&incidents, html);
                rest::incomplete(report, html);
                rest::suppressed(report, html);
                how::write(report, html);
            });
        });
    });
    out.write_all(html.into_string().as_bytes())
}

fn head(title: &str, html: &mut HtmlText) {
    html.void("meta", &[("charset", "utf-8")]);
    html.void(
        "meta",
        &[
            ("http-equiv", "Content-Security-Policy"),
            ("content", SECURITY),
        ],
    );
    html.void(
        "meta",
        &[
            ("name", "viewport"),
            ("content", "width=device-width, initial-scale=1"),
        ],
    );
    html.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    html.void("meta", &[("name", "robots"), ("content", "noindex")]);
    html.leaf("title", &[], title);
    html.style(include_str!("page.css"));
}

/// Returns the result in one line.
fn title(report: &Report, incidents: &Incidents<'_>) -> String {
    let (secrets, live) = (incidents.count(|_| true), incidents.live());
    let leaked = summary::count(secrets, "Notion credential") + " leaked";
    match (secrets, live) {
        (0, _) if !report.is_complete() => {
            "Not a clean result: not everything was looked at".to_owned()
        }
        (0, _) if !incidents.others.is_empty() => {
            "No leaked Notion credential, but other findings".to_owned()
        }
        (0, _) => "No leaked Notion credential was found".to_owned(),
        (_, 0) => leaked,
        (1, _) => format!("{leaked}, and it is live"),
        (_, live) => format!("{leaked}, {live} of them live"),
    }
}

fn header(report: &Report, incidents: &Incidents<'_>, html: &mut HtmlText) {
    html.tag("header", &[], |html| {
        html.leaf("p", &[("class", "tool")], &subject(report));
        html.leaf("h1", &[], &title(report, incidents));
        counts(report, incidents, html);
        if !report.is_complete() {
            html.tag("p", &[("class", "alarm")], |html| {
                html.leaf("strong", &[], "Not everything was looked at.");
                html.text(" More credentials may have leaked: ");
                html.leaf(
                    "a",
                    &[("href", "#incomplete")],
                    "see what was not scanned, and what to do",
                );
            });
        }
        if let Some(line) = limited::line(report) {
            html.leaf("p", &[("class", "alarm")], &line);
        }
    });
}

/// Returns the line above the title: the repository, the merged reports or the kind of source, and
/// the start of the run.
fn subject(report: &Report) -> String {
    let of = match (&report.facts.repository, &report.scope) {
        (Some(repository), _) => repository.clone(),
        (None, Some(scope)) if !report.runs.is_empty() => scope.trim_end_matches('.').to_owned(),
        _ => report.source.name().to_owned(),
    };
    let day = report
        .began()
        .map_or_else(String::new, |at| format!(" · {}", how::time(at)));
    format!("ntnguard · {of}{day}")
}

/// Writes the numbers that readers look at first.
fn counts(report: &Report, incidents: &Incidents<'_>, html: &mut HtmlText) {
    let tiles = tiles(report, incidents);
    html.tag("ul", &[("class", "counts")], |html| {
        for (number, words, is_loud) in tiles {
            let class = if is_loud { "loud" } else { "quiet" };
            html.tag("li", &[("class", class)], |html| {
                html.leaf("strong", &[], &number);
                html.leaf("span", &[], words);
            });
        }
    });
}

/// Returns the numbers that readers look at first, each with its label. The flag is true if the
/// number is alarming.
fn tiles(report: &Report, incidents: &Incidents<'_>) -> [(String, &'static str, bool); 6] {
    let secrets = incidents.count(|_| true);
    let asked =
        report.inquiry.is_some() || incidents.count(|one| one.first().liveness.is_some()) > 0;
    let (live, live_words) = match asked {
        true => (incidents.live().to_string(), "live"),
        false => ("?".to_owned(), "live: Notion was not asked"),
    };
    let noun = if secrets == 1 { "secret" } else { "secrets" };
    let published = incidents.count(Incident::is_published);
    let in_files = incidents.count(Incident::is_in_files);
    [
        (secrets.to_string(), noun, secrets > 0),
        (
            live,
            live_words,
            incidents.live() > 0 || !asked && secrets > 0,
        ),
        (published.to_string(), "on a remote", published > 0),
        (in_files.to_string(), "still in files", in_files > 0),
        (incidents.others.len().to_string(), "other findings", false),
        (
            report.skips.len().to_string(),
            "not looked at",
            !report.is_complete(),
        ),
    ]
}
