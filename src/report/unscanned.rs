//! Skips, as diagnostics for people.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, Severity};

use super::draw::render;
use super::entry::PLACES;
use super::judged::state;
use super::{Detail, Report, Style, place};
use crate::detect::redact::shown_path;
use crate::model::finding::Verdict;
use crate::model::skip::Skip;

/// The smallest number of skips that share one entry. Skips share an entry if they have the same
/// reason, detail and advice.
const TOGETHER: usize = 4;

/// The advice on skips that are accepted only by exceptions of the change that contains them.
pub const LOOK: &str =
    "Before you merge the change, make sure that somebody has checked the skipped content.";

/// Writes the skips, and the accepted skips that the report shows (see [`accepted`]).
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for alike in alike(&report.skips) {
        if alike.len() >= TOGETHER {
            writeln!(out, "{}", render(&SkipGroup(&alike), style))?;
            continue;
        }
        for skip in alike {
            writeln!(out, "{}", render(&Unscanned(skip, None), style))?;
        }
    }
    accepted(report, style).try_for_each(|skip| writeln!(out, "{}", render(&skip, style)))
}

/// Groups the skips that have the same reason, detail and advice. Groups are in the order of their
/// first skips.
fn alike(skips: &[Skip]) -> Vec<Vec<&Skip>> {
    let mut groups: Vec<Vec<&Skip>> = Vec::new();
    let mut known = HashMap::new();
    for skip in skips {
        let said = (skip.reason, &skip.detail, skip.help());
        let at = *known.entry(said).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(skip);
    }
    groups
}

/// Returns the accepted skips that the report shows: skips that only an exception of the change
/// itself accepts. With `-v` the report shows all accepted skips.
pub fn accepted(report: &Report, style: Style) -> impl Iterator<Item = Unscanned<'_>> {
    let is_shown = move |verdict: &Verdict| verdict.is_loud() || style.detail == Detail::Verbose;
    let shown = report
        .accepted
        .iter()
        .filter(move |(_, verdict)| is_shown(verdict));
    shown.map(|(skip, verdict)| Unscanned(skip, Some(verdict)))
}

/// A skip, with the verdict that accepts it; `None` if it is not accepted.
pub struct Unscanned<'a>(pub &'a Skip, pub Option<&'a Verdict>);

impl fmt::Debug for Unscanned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Unscanned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Skip {
            origin,
            reason,
            detail,
            ..
        } = self.0;
        let state = self.1.map_or_else(String::new, state);
        write!(
            f,
            "not scanned: {} ({reason}: {}){state}",
            place::missed(origin),
            shown_path(detail.as_bytes())
        )
    }
}

impl std::error::Error for Unscanned<'_> {}

impl Diagnostic for Unscanned<'_> {
    fn severity(&self) -> Option<Severity> {
        let is_quiet = self.1.is_some_and(|verdict| !verdict.is_loud());
        Some(if is_quiet {
            Severity::Advice
        } else {
            Severity::Warning
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        match (self.1, &self.0.digest) {
            (Some(verdict), _) => verdict
                .is_loud()
                .then(|| Box::new(LOOK) as Box<dyn fmt::Display>),
            (None, Some(_)) => Some(Box::new(help([self.0]))),
            (None, None) => Some(Box::new(self.0.help())),
        }
    }
}

/// Skips with the same reason, detail and advice, as one diagnostic. It lists the first [`PLACES`]
/// locations.
struct SkipGroup<'a>(&'a [&'a Skip]);

impl fmt::Debug for SkipGroup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SkipGroup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Skip { reason, detail, .. } = self.0[0];
        let (count, detail) = (self.0.len(), shown_path(detail.as_bytes()));
        write!(f, "not scanned: {count} places ({reason}: {detail})")?;
        for skip in self.0.iter().take(PLACES) {
            write!(f, "\n{}", place::missed(&skip.origin))?;
        }
        match count.saturating_sub(PLACES) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more (all of them with --format json)"),
        }
    }
}

impl std::error::Error for SkipGroup<'_> {}

impl Diagnostic for SkipGroup<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Warning)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(help(self.0.iter().take(PLACES).copied())))
    }
}

/// Returns the advice on skips with the same advice, and the configuration entries that would
/// accept them.
fn help<'a>(skips: impl IntoIterator<Item = &'a Skip>) -> String {
    let mut skips = skips.into_iter().peekable();
    let what = skips.peek().map_or("", |skip| skip.help());
    let mut known = HashSet::new();
    let digests = skips.filter_map(|skip| skip.digest.as_ref());
    let entries: String = digests
        .filter(|digest| known.insert(digest.to_string()))
        .map(|digest| format!("\n- unscanned: {digest}\n  reason: \u{2026}"))
        .collect();
    if entries.is_empty() {
        return what.to_owned();
    }
    format!(
        "{what}\nOr check the content in another way, and then accept it as it is now: add this under `allow` in \
         .ntnguard.yaml (`ntnguard allow --unscanned` does it for you):{entries}"
    )
}

#[cfg(test)]
mod tests {
    use super::help;
    use crate::model::blob::Origin;
    use crate::model::skip::{Skip, SkipReason};

    #[test]
    fn the_same_object_is_accepted_by_one_entry() {
        let skip = |path: &str, digit: &str| {
            let digest = format!("v1:{}", digit.repeat(32)).parse().ok();
            Skip::new(Origin::File(path.into()), SkipReason::Corrupt, "").of_object(digest)
        };
        let skips = [
            skip("a", "1"),
            skip("b", "1"),
            skip("c", "2"),
            skip("d", "1"),
        ];
        assert_eq!(help(&skips).matches("- unscanned: v1:").count(), 2);
    }
}
