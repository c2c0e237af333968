//! The scanner, which applies rules and checks to blobs. Does no input or output and cannot fail.

use std::ops::Range;

use super::anchors::Anchors;
use super::found;
use super::redact::Hidden;
use super::search::{CheckSet, Match, Search, SearchTargets, Searched};
use crate::model::allowance::Allowance;
use crate::model::blob::{Blob, Origin};
use crate::model::check::Check;
use crate::model::defaults;
use crate::model::finding::Finding;
use crate::model::known::Known;
use crate::model::rule::{Confidence, Rule};
use crate::model::source_kind::SourceKind;
use crate::model::utf16;
use crate::model::vault::Vault;

/// The length in bytes of the shortest credential: `ntn_` and thirty characters.
const SHORTEST: usize = 34;

/// All chosen rules and checks, compiled.
pub struct Scanner {
    wanted: SearchTargets,
    checks: Vec<Box<dyn Check>>,
}

impl Scanner {
    /// Returns a scanner for `rules`. If several rules share an anchor, the first rule in `rules`
    /// that accepts a value reports it.
    pub fn new(rules: &[&'static Rule]) -> Self {
        Self::with_decode_depth(rules, defaults::DECODE_DEPTH)
    }

    /// Returns a scanner that decodes up to `decode_depth` nested encodings. With 0, it decodes
    /// nothing.
    pub fn with_decode_depth(rules: &[&'static Rule], decode_depth: usize) -> Self {
        Self::with_checks(rules, decode_depth, Vec::new())
    }

    /// Returns a scanner for rules and checks. One search finds the anchors of both.
    ///
    /// Panics if there are more than 64 checks.
    pub fn with_checks(
        rules: &[&'static Rule],
        decode_depth: usize,
        checks: Vec<Box<dyn Check>>,
    ) -> Self {
        assert!(
            checks.len() <= CheckSet::MOST,
            "a set has a bit for each check"
        );
        let anchors = vec![Anchors::new(rules, decode_depth > 0, &checks)];
        Scanner {
            checks,
            wanted: SearchTargets {
                anchors,
                known: Vec::new(),
                decode_depth,
                by_shape: false,
            },
        }
    }

    /// Adds `known` values to the search. A known value is reported by the rule `known-secret`,
    /// even if another rule would find it.
    pub fn with_known(mut self, known: Vec<Known>) -> Self {
        self.wanted.anchors.splice(..0, Anchors::of_known(&known));
        self.wanted.known = known;
        self
    }

    /// Returns a filter by which a source can skip blobs that contain no finding.
    pub fn prefilter(&self) -> Prefilter<'_> {
        Prefilter {
            wanted: &self.wanted,
            checks: &self.checks,
        }
    }

    /// Returns the known values that must not be shown.
    pub fn hidden(&self) -> Hidden {
        Hidden::new(&self.wanted.known)
    }

    /// Returns the findings of all rules in `blob`, in order. In a part of a large file, returns
    /// only findings that begin in the [core](Blob::core) of the part.
    pub fn scan(&self, blob: &Blob<'_>) -> Vec<Finding> {
        let matches = self.matches(blob.origin.names(), blob.bytes);
        if matches.is_empty() {
            Vec::new()
        } else {
            into_findings(blob, &matches)
        }
    }

    /// Returns the findings of rules and checks in a blob from a source of this kind. The first
    /// part of a file is searched together with the names of the file and its directories. The
    /// secrets are put into `vault`.
    pub fn look(&self, blob: &Blob<'_>, source: SourceKind, vault: &Vault) -> ContentResult {
        let (mut findings, mut too_large) = (Vec::new(), None);
        if blob.is_named() {
            self.check(blob, source, CheckSet::default(), &mut findings);
            return ContentResult {
                findings,
                too_large,
                is_cut: false,
            };
        }
        let search = Search::new(&self.wanted, blob.origin.names());
        let Searched {
            matches,
            checks,
            is_cut,
        } = search.run_with_checks(blob.bytes);
        if !matches.is_empty() {
            findings = into_findings(blob, &matches);
            matches.iter().for_each(|found| vault.put(&found.secret));
        }
        if blob.is_first() || !checks.is_empty() {
            let from = findings.len();
            too_large = self.check(blob, source, checks, &mut findings);
            let secrets: Vec<_> = matches.iter().map(|found| found.span.clone()).collect();
            findings[from..]
                .iter_mut()
                .for_each(|finding| found::of_line(finding, blob, &secrets));
        }
        too_large = too_large.or(self.check_utf16(blob, source, &mut findings));
        if blob.is_first() {
            findings.extend(self.look_at_names(blob.origin, vault));
        }
        ContentResult {
            findings,
            too_large,
            is_cut,
        }
    }

    /// Adds the findings of checks in UTF-16 text, which is converted to UTF-8 first: the anchors
    /// of checks cannot be found in UTF-16. Returns the same size as [`check`](Self::check).
    fn check_utf16(
        &self,
        blob: &Blob<'_>,
        source: SourceKind,
        findings: &mut Vec<Finding>,
    ) -> Option<usize> {
        let is_whole = blob.is_first() && blob.is_last() && !self.checks.is_empty();
        let text = utf16::as_utf8(blob.bytes).filter(|_| is_whole)?;
        let text = Blob::whole(blob.origin, &text);
        let search = Search::new(&self.wanted, blob.origin.names());
        let Searched {
            matches, checks, ..
        } = search.run_with_checks(text.bytes);
        let mut own = Vec::new();
        let too_large = self.run_checks(&text, source, |number| checks.has(number), &mut own);
        let secrets: Vec<_> = matches.iter().map(|found| found.span.clone()).collect();
        own.iter_mut()
            .for_each(|finding| found::of_line(finding, &text, &secrets));
        findings.append(&mut own);
        too_large
    }

    /// Returns the findings in the names of a file and its directories. The secrets are put into
    /// `vault`.
    pub fn look_at_names(&self, origin: &Origin, vault: &Vault) -> Vec<Finding> {
        if vault.is_open() {
            let names = origin.names();
            let matches = self.matches(names, names);
            matches.iter().for_each(|found| vault.put(&found.secret));
        }
        self.scan_names(origin)
    }

    /// Adds the findings of the checks in `hit`, and of the checks that are
    /// [about](Check::is_about) a file with the blob's path. Returns the size limit, in bytes, of a
    /// check that skipped the blob because the file is larger; `None` if no check skipped it.
    fn check(
        &self,
        blob: &Blob<'_>,
        source: SourceKind,
        hit: CheckSet,
        findings: &mut Vec<Finding>,
    ) -> Option<usize> {
        let path = blob.origin.path().filter(|_| blob.is_first());
        let is_about =
            |number: usize| path.is_some_and(|path| self.checks[number].is_about(path, source));
        self.run_checks(
            blob,
            source,
            |number| hit.has(number) || is_about(number),
            findings,
        )
    }

    /// Adds the findings of the checks for whose indexes `is_wanted` returns true. Returns the same
    /// size as [`check`](Self::check).
    fn run_checks(
        &self,
        blob: &Blob<'_>,
        source: SourceKind,
        is_wanted: impl Fn(usize) -> bool,
        findings: &mut Vec<Finding>,
    ) -> Option<usize> {
        let mut too_large = None;
        for (number, check) in self.checks.iter().enumerate() {
            if !is_wanted(number) || !check.looks_into(source) {
                continue;
            }
            let is_whole = blob.is_first() && blob.is_last();
            let is_unfit = |most: &usize| !is_whole || blob.bytes.len() > *most;
            match check.whole(blob.origin).filter(is_unfit) {
                None => check.check(blob, findings),
                most => too_large = most,
            }
        }
        too_large
    }

    /// Returns the findings of all rules in the names of a file and its directories.
    pub fn scan_names(&self, origin: &Origin) -> Vec<Finding> {
        let names = origin.names();
        let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\' | b'!');
        let prefilter = self.prefilter();
        if !names
            .split(is_separator)
            .any(|name| prefilter.is_long_enough(name))
        {
            return Vec::new();
        }
        let name_end = |from: usize| {
            names[from..]
                .iter()
                .position(is_separator)
                .map_or(names.len(), |end| from + end)
        };
        let found = self.matches(names, names);
        found
            .iter()
            .map(|found| found::name(found, origin.name(name_end(found.span.end))))
            .collect()
    }

    /// Returns the matches of all rules in `bytes`. `path` is the path of the file that contains
    /// the bytes.
    pub(crate) fn matches(&self, path: &[u8], bytes: &[u8]) -> Vec<Match> {
        Search::new(&self.wanted, path).run(bytes)
    }
}

/// The result of [`Scanner::look`].
pub struct ContentResult {
    /// The findings of rules and checks.
    pub findings: Vec<Finding>,
    /// The size limit, in bytes, of a check that skipped the file because the file is larger;
    /// `None` if no check skipped it.
    pub too_large: Option<usize>,
    /// True if compressed text in the blob continues beyond the part that was inflated.
    pub is_cut: bool,
}

/// A filter that recognises bytes that contain no finding. It needs one pass and decodes nothing.
#[derive(Clone, Copy)]
pub struct Prefilter<'s> {
    wanted: &'s SearchTargets,
    checks: &'s [Box<dyn Check>],
}

impl Prefilter<'_> {
    /// Returns true if a scan of `bytes` could find anything. If false, a scan finds nothing.
    pub fn may_hold(&self, bytes: &[u8]) -> bool {
        self.wanted.may_be_in(bytes) || self.is_for_checks(bytes)
    }

    /// Returns true if `bytes` are UTF-16 text and there are checks. Their anchors cannot be found in
    /// UTF-16, so the checks themselves must search the text.
    fn is_for_checks(&self, bytes: &[u8]) -> bool {
        !self.checks.is_empty() && utf16::has_mark(bytes)
    }

    /// Returns true if a scan of `name` could find anything. Most names are too short to contain a
    /// credential.
    pub fn may_hold_name(&self, name: &[u8]) -> bool {
        self.is_long_enough(name) && self.may_hold(name)
    }

    /// Returns true if a check looks at a file of this name in history, whatever its content.
    pub fn is_about(&self, name: &[u8]) -> bool {
        let mut checks = self.checks.iter();
        checks.any(|check| check.is_about(name, SourceKind::History))
    }

    fn is_long_enough(&self, name: &[u8]) -> bool {
        name.len() >= SHORTEST || !self.wanted.known.is_empty()
    }

    /// Returns true if a scan of `bytes` could find anything that touches one of `stretches`. An
    /// empty stretch is a position between two bytes. If false, all findings are outside the
    /// stretches.
    pub fn may_touch(&self, bytes: &[u8], stretches: &[Range<usize>]) -> bool {
        self.wanted.may_touch(bytes, stretches) || self.is_for_checks(bytes)
    }
}

/// Returns the findings for `matches`, with location and excerpt. Lines are counted from one match
/// to the next, so the blob is walked only once.
fn into_findings(blob: &Blob<'_>, matches: &[Match]) -> Vec<Finding> {
    let secrets: Vec<_> = matches.iter().map(|found| found.span.clone()).collect();
    let mut from = (blob.start, 0);
    let mut findings = Vec::new();
    for found in matches
        .iter()
        .filter(|found| blob.core.contains(&found.span.start))
    {
        let finding = found::credential(found, blob, from, &secrets);
        if let Some(location) = finding.location {
            from = (location.start, found.span.start);
        }
        findings.push(finding);
    }
    doubt_ambiguous(&mut findings);
    findings
}

/// Marks an allowance as ambiguous if its line has a second secret of medium or high confidence:
/// the comment allows one secret and does not say which.
fn doubt_ambiguous(findings: &mut [Finding]) {
    let key = |finding: &Finding| {
        let value = finding
            .evidence
            .as_ref()
            .map(|evidence| evidence.fingerprint.clone());
        (finding.location.map(|at| at.start.line), value)
    };
    let likely: Vec<_> = findings
        .iter()
        .filter(|finding| finding.confidence > Confidence::Low)
        .map(key)
        .collect();
    let has_company = |finding: &Finding| {
        let own = key(finding);
        let from = likely.partition_point(|(line, _)| *line < own.0);
        likely[from..]
            .iter()
            .take_while(|(line, _)| *line == own.0)
            .any(|(_, value)| *value != own.1)
    };
    for finding in findings
        .iter_mut()
        .filter(|finding| matches!(finding.allowance, Some(Allowance::Given(_))))
    {
        if has_company(finding) {
            finding.allowance = Some(Allowance::Ambiguous);
        }
    }
}
