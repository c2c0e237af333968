//! The literals of all rules, plain and encoded, and the one search for them: the only pass over clean bytes.

use aho_corasick::{AhoCorasick, packed};

use crate::decode::{self, Encoding, Place};
use crate::known::Known;
use crate::rule::{Detector, Rule, Shape};

/// Where an anchor was found: its span, and which one it is (see [`Anchors::meanings`]).
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset after its last byte.
    pub end: usize,
    literal: usize,
}

/// What a literal stands for.
pub enum Meaning {
    /// The anchor of a detector, as it is.
    Plain(&'static Rule, &'static Detector),
    /// An anchor in an encoding; the literal begins at this phase of it.
    Encoded(Encoding, usize),
    /// A piece of the known value with this number, which begins so many bytes before it.
    Known(usize, usize),
}

impl Hit {
    /// The place at which to decode.
    pub fn place(self, encoding: Encoding, phase: usize) -> Place {
        Place { at: self.start, encoding, phase, reading: 0 }
    }
}

/// All anchors of some rules, compiled.
pub struct Anchors {
    search: Search,
    longest: usize,
    meanings: Vec<Vec<Meaning>>,
}

/// Vector instructions where the processor has them, an automaton elsewhere.
enum Search {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

/// Literals and what they mean, while they are gathered.
#[derive(Default)]
struct Literals {
    literals: Vec<Vec<u8>>,
    meanings: Vec<Vec<Meaning>>,
}

impl Literals {
    fn compile(self) -> Anchors {
        let longest = self.literals.iter().map(Vec::len).max().unwrap_or(0);
        Anchors { search: Search::new(&self.literals), longest, meanings: self.meanings }
    }

    fn add(&mut self, literal: Vec<u8>, meaning: Meaning) {
        let known = self.literals.iter().position(|known| *known == literal);
        let at = known.unwrap_or_else(|| {
            self.literals.push(literal);
            self.meanings.push(Vec::new());
            self.literals.len() - 1
        });
        self.meanings[at].push(meaning);
    }

    /// The forms of an anchor that a value begins with: base64 of what may be too short to be [sampled](decode::sample),
    /// and its punctuation escaped, which is all that some writers escape.
    fn add_encoded(&mut self, anchor: &str, detector: &Detector) {
        if detector.shortest < decode::SAMPLED {
            for (fragment, phase) in decode::fragments(anchor.as_bytes()) {
                self.add(fragment, Meaning::Encoded(Encoding::Base64, phase));
            }
        }
        let Some(mark) = anchor.find(|c: char| !c.is_ascii_alphanumeric()) else { return };
        for (literal, encoding) in decode::escaped(&anchor.as_bytes()[..mark], anchor.as_bytes()[mark]) {
            self.add(literal, Meaning::Encoded(encoding, 0));
        }
    }
}

impl Anchors {
    /// Compiles the anchors of `rules`, in their encoded forms too if those are wanted.
    pub fn new(rules: &[&'static Rule], encoded: bool) -> Self {
        let mut all = Literals::default();
        for rule in rules {
            for detector in rule.detectors {
                for anchor in detector.anchors {
                    let is_new = !all.literals.iter().any(|known| known == anchor.as_bytes());
                    all.add(anchor.as_bytes().to_vec(), Meaning::Plain(rule, detector));
                    if encoded && is_new && matches!(detector.shape, Shape::AtAnchor(_)) {
                        all.add_encoded(anchor, detector);
                    }
                }
            }
        }
        all.compile()
    }

    /// Compiles a piece of each known value, in all encodings: one search a value, since of two literals that begin at
    /// one place only one is found, and values may begin alike.
    pub fn of_known(known: &[Known]) -> impl Iterator<Item = Self> + '_ {
        known.iter().enumerate().map(|(number, known)| {
            let mut all = Literals::default();
            let piece = known.value.piece();
            let plain = known.value.expose()[piece.clone()].to_vec();
            // Of letters and digits alone, these are the piece itself.
            let punctuated = decode::punctuated_forms(&plain).into_iter().filter(|(form, ..)| *form != plain);
            for (form, encoding, phase) in decode::forms(&plain).into_iter().chain(punctuated) {
                all.add(form, Meaning::Encoded(encoding, phase));
            }
            all.add(plain, Meaning::Known(number, piece.start));
            all.compile()
        })
    }

    /// Calls `visit` for every anchor in `bytes`, in order; of two that begin at one place, for the first in the order
    /// of the rules.
    pub fn find(&self, bytes: &[u8], mut visit: impl FnMut(Hit)) {
        let mut from = 0;
        while let Some(found) = self.search.find(bytes, from) {
            visit(Hit { start: found.start(), end: found.end(), literal: found.pattern().as_usize() });
            from = found.start() + 1;
        }
    }

    /// Whether there is any anchor in `bytes`.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.search.find(bytes, 0).is_some()
    }

    /// How many bytes the longest anchor has.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// What this anchor may mean, in the order of the rules.
    pub fn meanings(&self, hit: Hit) -> &[Meaning] {
        &self.meanings[hit.literal]
    }
}

impl Search {
    fn new(literals: &[Vec<u8>]) -> Self {
        match packed::Searcher::new(literals) {
            Some(search) => Search::Packed(search),
            None => Search::Automaton(AhoCorasick::new(literals).expect("a handful of short literals")),
        }
    }

    fn find(&self, bytes: &[u8], from: usize) -> Option<aho_corasick::Match> {
        match self {
            Search::Packed(search) => search.find_in(bytes, aho_corasick::Span { start: from, end: bytes.len() }),
            Search::Automaton(search) => search.find(aho_corasick::Input::new(bytes).range(from..)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Literals;
    use crate::rules::RULES;

    /// Of two literals that begin at one place only one is found.
    #[test]
    fn no_anchor_can_hide_another() {
        let mut all = Literals::default();
        for detector in RULES.iter().flat_map(|rule| rule.detectors) {
            for anchor in detector.anchors {
                all.literals.push(anchor.as_bytes().to_vec());
                all.meanings.push(Vec::new());
                all.add_encoded(anchor, detector);
            }
        }
        assert!(all.literals.iter().all(|literal| literal.len() >= 4), "shorter literals occur by chance");
        for one in &all.literals {
            let hidden = all.literals.iter().filter(|other| *other != one && other.starts_with(one)).count();
            assert_eq!(hidden, 0, "{} hides another", one.escape_ascii());
        }
    }
}
