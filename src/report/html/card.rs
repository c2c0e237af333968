//! The cards of the page. Each has all that is known about one secret, and the steps to take.

use std::collections::HashSet;

use super::text::{HtmlText, cut};
use super::{CARDS, CARDS_UP_TO, Incident, Incidents, table, timeline, todo};
use crate::detect::redact::shown_path;
use crate::model::finding::Finding;
use crate::model::placement::KeptBy;
use crate::report::{Report, advice, place, statement};

/// The largest number of items of a list that are shown (`SHOWN`), and that the reader can unfold
/// below them (`FOLDED`).
const SHOWN: usize = 8;
const FOLDED: usize = 200;

/// Writes the cards of the most urgent secrets.
pub fn write(report: &Report, incidents: &Incidents<'_>, html: &mut HtmlText) {
    if incidents.secrets.is_empty() {
        return;
    }
    html.tag(
        "section",
        &[("id", "cards"), ("aria-labelledby", "cards-title")],
        |html| {
            html.leaf("h2", &[("id", "cards-title")], "Secret by secret");
            let mut left = incidents.secrets.len();
            let up_to = html.len() + CARDS_UP_TO;
            for (at, secret) in incidents.secrets.iter().enumerate().take(CARDS) {
                if html.len() > up_to {
                    break;
                }
                card(at + 1, report, secret, html);
                left -= 1;
            }
            table::more(left, "secrets, each with its places and steps,", html);
        },
    );
}

fn card(number: usize, report: &Report, secret: &Incident<'_>, html: &mut HtmlText) {
    let (id, title) = (format!("secret-{number}"), format!("title-{number}"));
    let finding = secret.first();
    html.tag(
        "article",
        &[("id", &id), ("aria-labelledby", &title)],
        |html| {
            html.tag("h3", &[("id", &title)], |html| {
                html.text(&format!("{number}. {} ", finding.rule.title));
                html.leaf("code", &[], table::mask(secret));
            });
            badges(secret, html);
            about(finding, html);
            checklist(report, secret, html);
            timeline::write(report, secret, html);
            places(secret, html);
            keepers(finding, html);
            identity(finding, html);
        },
    );
}

fn badges(secret: &Incident<'_>, html: &mut HtmlText) {
    let state = table::state(secret);
    let remote = secret.is_published().then_some(("loud", "on a remote"));
    let files = secret.is_in_files().then_some(("loud", "still in files"));
    let gone = (!secret.is_in_files()).then_some(("quiet", "only in history"));
    let live = if matches!(state, "live" | "unknown") {
        "loud"
    } else {
        "quiet"
    };
    let confidence = format!("{} confidence", secret.first().confidence.id());
    let all = [
        Some((live, state)),
        remote,
        files,
        gone,
        Some(("quiet", confidence.as_str())),
    ];
    html.tag(
        "ul",
        &[("class", "badges"), ("aria-label", "State")],
        |html| {
            for (class, words) in all.into_iter().flatten() {
                html.leaf("li", &[("class", class)], words);
            }
        },
    );
}

/// Writes the sentence about the liveness of a secret, the note, and the masked line.
fn about(finding: &Finding, html: &mut HtmlText) {
    let said = finding.liveness.as_deref().map(statement);
    let note = finding.note.as_deref();
    // A note of a run that asked Notion begins with the same words.
    let own = note.filter(|note| {
        said.as_ref()
            .is_none_or(|said| !note.starts_with(said.as_str()))
    });
    for text in said.as_deref().into_iter().chain(own) {
        html.leaf("p", &[], &cut(text));
    }
    if let Some(excerpt) = &finding.excerpt {
        html.tag("pre", &[], |html| {
            html.leaf("code", &[], &cut(&excerpt.text))
        });
    }
}

fn checklist(report: &Report, secret: &Incident<'_>, html: &mut HtmlText) {
    html.leaf("h4", &[], "What to do now");
    html.tag("ol", &[("class", "todo")], |html| {
        for step in todo::steps(report, secret) {
            html.tag("li", &[], |html| {
                html.tag("label", &[], |html| {
                    html.void("input", &[("type", "checkbox")]);
                    html.tag("span", &[], |html| in_code(&step, html));
                });
            });
        }
    });
}

/// Writes a text, with the parts between backquotes as code.
pub fn in_code(text: &str, html: &mut HtmlText) {
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            0 => html.text(part),
            _ => html.leaf("code", &[], part),
        }
    }
}

fn places(secret: &Incident<'_>, html: &mut HtmlText) {
    let finding = secret.first();
    let mut places: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for (one, _) in &secret.findings {
        let each = one
            .occurrences
            .iter()
            .map(|at| place::at(&at.origin, at.location));
        places.extend(each);
        if one.occurrences.is_empty() {
            places.push(place::of(one));
        }
    }
    // Several findings, or versions of a file, may have one place.
    places.retain(|place| known.insert(place.clone()));
    html.leaf("h4", &[], "Where it is");
    list(&places, "places", html);
    if let Some(placement) = &finding.placement {
        let listed: HashSet<&[u8]> = paths(secret).collect();
        let others = placement.paths.iter();
        let others = others.filter(|path| !listed.contains(path.as_slice()));
        let others: Vec<String> = others.map(|path| shown_path(path)).collect();
        labelled("Also at the paths", &others, "paths", html);
        let kept: HashSet<String> = placement.kept_by.iter().map(ToString::to_string).collect();
        if !placement.tips.iter().all(|tip| kept.contains(tip)) {
            labelled(
                "Branches that have it now",
                &placement.tips,
                "branches",
                html,
            );
        }
    }
    labelled("Repositories", &finding.repositories, "repositories", html);
}

/// Returns the paths of all places of a secret.
fn paths<'r>(secret: &Incident<'r>) -> impl Iterator<Item = &'r [u8]> {
    let findings = secret.findings.iter();
    findings.flat_map(|(finding, _)| {
        let places = finding.occurrences.iter();
        let places = places.filter_map(|place| place.origin.path());
        places.chain(finding.origin.path())
    })
}

fn keepers(finding: &Finding, html: &mut HtmlText) {
    let Some(placement) = &finding.placement else {
        return;
    };
    let words = |keeper: &KeptBy| match keeper {
        KeptBy::Nothing { .. } => format!("{keeper} (a later `git gc` deletes it)"),
        KeptBy::Named(name) => name.clone(),
    };
    let kept: Vec<String> = placement.kept_by.iter().map(words).collect();
    labelled("What keeps it in git", &kept, "names", html);
}

fn identity(finding: &Finding, html: &mut HtmlText) {
    let Some(print) = finding.shown_fingerprint() else {
        return;
    };
    html.tag("p", &[("class", "print")], |html| {
        html.text("Fingerprint: ");
        html.leaf("code", &[], &print.to_string());
    });
    if let Some(entry) = advice::allowing(finding) {
        html.tag("details", &[], |html| {
            html.leaf(
                "summary",
                &[],
                "If it is not a credential, or already dealt with",
            );
            entry.lines().for_each(|line| {
                html.tag("p", &[], |html| in_code(line, html));
            });
        });
    }
}

/// Writes a list under a title; nothing if it is empty.
fn labelled(title: &str, texts: &[String], what: &str, html: &mut HtmlText) {
    if !texts.is_empty() {
        html.leaf("h4", &[], title);
        list(texts, what, html);
    }
}

/// Writes a list of texts: the first [`SHOWN`], and the others folded.
fn list(texts: &[String], what: &str, html: &mut HtmlText) {
    let items = |texts: &[String], html: &mut HtmlText| {
        html.tag("ul", &[("class", "places")], |html| {
            for text in texts {
                html.tag("li", &[], |html| {
                    let shown = shown_path(text.as_bytes());
                    html.leaf("code", &[], &cut(&shown));
                });
            }
        });
    };
    let shown = texts.len().min(SHOWN);
    items(&texts[..shown], html);
    let folded = &texts[shown..texts.len().min(SHOWN + FOLDED)];
    if folded.is_empty() {
        return;
    }
    html.tag("details", &[], |html| {
        html.leaf(
            "summary",
            &[],
            &format!("{} more {what}", texts.len() - shown),
        );
        items(folded, html);
        let left = texts.len() - shown - folded.len();
        table::more(left, what, html);
    });
}
