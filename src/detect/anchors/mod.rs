//! The literals of all rules, plain and encoded, compiled into one search. A text without any of
//! these literals is not searched further, unless a sample of the text looks encoded.

mod literals;

use std::ops::Range;

use aho_corasick::{AhoCorasick, packed};

use crate::detect::decode::{self, Encoding, Place};
use crate::model::check::Check;
use crate::model::known::Known;
use crate::model::rule::{Detector, Rule};
use literals::{Ending, Literals, Stem};

/// An anchor found in some bytes: its span, and the index of its literal. [`Anchors::meanings`]
/// returns the meanings of that literal.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// The offset of the anchor's first byte.
    pub start: usize,
    /// The offset after the anchor's last byte.
    pub end: usize,
    literal: usize,
}

/// The reason why a literal is searched for.
pub enum Meaning {
    /// The literal is an unencoded anchor of this detector, which belongs to this rule.
    Plain(&'static Rule, &'static Detector),
    /// The literal begins encoded text: an anchor in this encoding, or an opening such as `=hex(`.
    /// The number is the [phase](Place::phase) at which the literal begins.
    Encoded(Encoding, usize),
    /// The literal is a piece of a known value. The numbers are the index of the value, and the
    /// number of bytes of the value before the piece.
    Known(usize, usize),
    /// The literal is an anchor of a check.
    Check {
        /// The index of the check.
        number: usize,
        /// True if the check examines history. If false, [`Anchors::is_in`] ignores the literal.
        in_history: bool,
    },
}

impl Meaning {
    /// Returns true if a scan has to look at the literal: `behind`, the bytes after it, may
    /// continue a secret, or a check of history looks for the literal.
    fn may_go_on(&self, behind: &[u8]) -> bool {
        match self {
            Meaning::Plain(_, detector) => (detector.goes_on)(behind),
            Meaning::Encoded(Encoding::Deflate, layers) => decode::may_be_deflated(*layers, behind),
            Meaning::Encoded(..) | Meaning::Known(..) => true,
            Meaning::Check { in_history, .. } => *in_history,
        }
    }
}

impl Hit {
    /// Returns the place at which to decode text in `encoding`: the start of the hit.
    pub fn place(self, encoding: Encoding, phase: usize) -> Place {
        Place {
            at: self.start,
            encoding,
            phase,
            reading: 0,
        }
    }
}

/// The anchors of a set of rules and checks, compiled for one search.
pub struct Anchors {
    search: AnchorSearch,
    longest: usize,
    stems: Vec<Stem>,
    meanings: Vec<Vec<Meaning>>,
}

/// The search for stems: with vector instructions if the processor has them, otherwise with an
/// automaton.
enum AnchorSearch {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Anchors {
    /// Compiles the anchors of `rules` and `checks`. If `encoded` is true, adds the encoded
    /// spellings of the rules' anchors.
    pub fn new(rules: &[&'static Rule], encoded: bool, checks: &[Box<dyn Check>]) -> Self {
        let mut all = Literals::default();
        for rule in rules {
            for detector in rule.detectors {
                if encoded {
                    all.add_encoded(rule, detector);
                } else {
                    detector.anchors.iter().for_each(|anchor| {
                        all.add(
                            anchor.as_bytes(),
                            anchor.len(),
                            Meaning::Plain(rule, detector),
                        );
                    });
                }
            }
        }
        if encoded {
            all.add_announced();
        }
        all.add_checks(checks);
        all.compile()
    }

    /// Compiles one search for each known value: for a piece of the value, plain and in all
    /// encodings. A single search for all values would miss values: of two literals that begin at
    /// the same offset, a search finds only one, and two values may have the same beginning.
    pub fn of_known(known: &[Known]) -> impl Iterator<Item = Self> + '_ {
        known.iter().enumerate().map(|(number, known)| {
            let mut all = Literals::default();
            let piece = known.value.piece();
            let plain = &known.value.expose()[piece.clone()];
            // A piece of only letters and digits has no punctuation to escape.
            let punctuated = decode::punctuated_forms(plain)
                .into_iter()
                .filter(|(form, ..)| form != plain);
            for (form, encoding, phase) in decode::forms(plain).into_iter().chain(punctuated) {
                all.add(&form, form.len(), Meaning::Encoded(encoding, phase));
            }
            all.add(plain, plain.len(), Meaning::Known(number, piece.start));
            all.compile()
        })
    }

    /// Compiles the beginnings of all escapes, so that the text around every escape is decoded. For
    /// short texts only: a long text contains many escapes that have nothing to do with a secret.
    pub fn of_escapes() -> Self {
        let mut all = Literals::default();
        for (opening, encoding) in decode::OF_LETTERS {
            all.add(opening, opening.len(), Meaning::Encoded(encoding, 0));
        }
        all.compile()
    }

    /// Calls `visit` for the anchors that begin in `part` of `bytes`, in order, and at most once
    /// for each offset.
    pub fn find(&self, bytes: &[u8], part: Range<usize>, mut visit: impl FnMut(Hit)) {
        let mut from = part.start;
        while let Some(hit) = self.next(bytes, from..part.end) {
            visit(hit);
            from = hit.start + 1;
        }
    }

    /// Returns the first anchor that begins in `part` of `bytes`; `None` if no anchor begins there.
    fn next(&self, bytes: &[u8], part: Range<usize>) -> Option<Hit> {
        let end = bytes.len().min(part.end + self.longest);
        let mut from = part.start;
        loop {
            let stem = self
                .search
                .find(bytes, from..end)
                .filter(|stem| stem.start() < part.end)?;
            let behind = &bytes[stem.end()..];
            let mut endings = self.stems[stem.pattern().as_usize()].endings.iter();
            if let Some(Ending { rest, literal }) =
                endings.find(|ending| behind.starts_with(&ending.rest))
            {
                return Some(Hit {
                    start: stem.start(),
                    end: stem.end() + rest.len(),
                    literal: *literal,
                });
            }
            from = stem.start() + 1;
        }
    }

    /// Returns true if `bytes` contain an anchor that a scan has to look at: the bytes after it may
    /// continue a secret, or a check of history looks for it.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        let mut from = 0;
        while let Some(hit) = self.next(bytes, from..bytes.len()) {
            if self
                .meanings(hit)
                .iter()
                .any(|meaning| meaning.may_go_on(&bytes[hit.end..]))
            {
                return true;
            }
            from = hit.start + 1;
        }
        false
    }

    /// Returns the largest number of consecutive bytes that [`is_in`](Anchors::is_in) needs to
    /// recognise an anchor.
    pub fn reach(&self) -> usize {
        self.longest + Detector::GLANCE
    }

    /// Returns the meanings of the anchor found at `hit`, in the order of the rules.
    pub fn meanings(&self, hit: Hit) -> &[Meaning] {
        &self.meanings[hit.literal]
    }
}

impl AnchorSearch {
    fn new(literals: &[&[u8]]) -> Self {
        match packed::Searcher::new(literals) {
            Some(search) => AnchorSearch::Packed(search),
            None => AnchorSearch::Automaton(
                AhoCorasick::new(literals).expect("a handful of short literals"),
            ),
        }
    }

    fn find(&self, bytes: &[u8], part: Range<usize>) -> Option<aho_corasick::Match> {
        match self {
            AnchorSearch::Packed(search) => search.find_in(bytes, part.into()),
            AnchorSearch::Automaton(search) => {
                search.find(aho_corasick::Input::new(bytes).range(part))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::literals::{Literals, ORDER};
    use crate::model::source_kind::SourceKind;
    use crate::rules::{self, RULES};

    /// Returns all literals that a scan looks for.
    fn all() -> Literals {
        let mut all = Literals::default();
        for rule in RULES {
            let detectors = rule.detectors.iter();
            detectors.for_each(|detector| all.add_encoded(rule, detector));
        }
        all.add_announced();
        all.add_checks(&rules::code_checks(SourceKind::Worktree));
        all
    }

    /// The search finds only one of two stems, or of two endings, that begin at the same offset.
    #[test]
    fn no_anchor_can_hide_another() {
        let all = all();
        let stems: Vec<&[u8]> = all.stems.iter().map(|stem| &stem.text[..]).collect();
        assert!(
            stems.iter().all(|stem| stem.len() >= 3),
            "shorter ones occur by chance"
        );
        let assert_none_hides = |texts: &[&[u8]]| {
            for (at, one) in texts.iter().enumerate() {
                let others = texts.iter().enumerate().filter(|(other, _)| *other != at);
                let mut others = others.map(|(_, other)| other);
                let hidden = others.find(|other| other.starts_with(one));
                assert_eq!(hidden, None, "{} hides another", one.escape_ascii());
            }
        };
        assert_none_hides(&stems);
        for stem in &all.stems {
            let endings = stem.endings.iter().map(|ending| &ending.rest[..]);
            assert_none_hides(&endings.collect::<Vec<_>>());
        }
    }

    /// A stem that is missing from the order may slow every scan.
    #[test]
    fn the_order_has_every_stem() {
        let all = all();
        let mut stems: Vec<_> = all.stems.iter().map(|stem| stem.text.as_slice()).collect();
        let mut order = ORDER.map(str::as_bytes);
        stems.sort_unstable();
        order.sort_unstable();
        assert_eq!(stems, order);
    }
}
