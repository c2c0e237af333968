//! The literals of all rules and the one search for them: the only pass over clean bytes.

use aho_corasick::{AhoCorasick, packed};

use crate::rule::{Detector, Rule};

/// Where an anchor was found: its span, and which one it is (see [`Anchors::detectors`]).
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset after its last byte.
    pub end: usize,
    literal: usize,
}

/// All anchors of some rules, compiled.
pub struct Anchors {
    search: Search,
    detectors: Vec<Vec<(&'static Rule, &'static Detector)>>,
}

/// Vector instructions where the processor has them, an automaton elsewhere.
enum Search {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Anchors {
    /// Compiles the anchors of `rules`. No anchor overlaps another (a test below holds them to it), so that
    /// searching for one after the other misses none.
    pub fn new(rules: &[&'static Rule]) -> Self {
        let mut literals: Vec<&'static str> = Vec::new();
        let mut detectors: Vec<Vec<(&'static Rule, &'static Detector)>> = Vec::new();
        for rule in rules {
            for detector in rule.detectors {
                for anchor in detector.anchors {
                    let known = literals.iter().position(|literal| literal == anchor);
                    let at = known.unwrap_or_else(|| {
                        literals.push(anchor);
                        detectors.push(Vec::new());
                        literals.len() - 1
                    });
                    detectors[at].push((rule, detector));
                }
            }
        }
        Anchors { search: Search::new(&literals), detectors }
    }

    /// Calls `visit` for every anchor in `bytes`, in order.
    pub fn find(&self, bytes: &[u8], mut visit: impl FnMut(Hit)) {
        let mut hit = |found: aho_corasick::Match| {
            visit(Hit { start: found.start(), end: found.end(), literal: found.pattern().as_usize() });
        };
        match &self.search {
            Search::Packed(search) => search.find_iter(bytes).for_each(&mut hit),
            Search::Automaton(search) => search.find_iter(bytes).for_each(&mut hit),
        }
    }

    /// The detectors that have this anchor, in the order of their rules.
    pub fn detectors(&self, hit: Hit) -> &[(&'static Rule, &'static Detector)] {
        &self.detectors[hit.literal]
    }
}

impl Search {
    fn new(literals: &[&str]) -> Self {
        match packed::Searcher::new(literals) {
            Some(search) => Search::Packed(search),
            None => Search::Automaton(AhoCorasick::new(literals).expect("a handful of short literals")),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::RULES;

    #[test]
    fn no_anchor_can_hide_another() {
        let anchors: Vec<&str> = RULES
            .iter()
            .flat_map(|rule| rule.detectors)
            .flat_map(|detector| detector.anchors.iter().copied())
            .collect();
        for one in &anchors {
            for other in anchors.iter().filter(|other| *other != one) {
                assert!(!one.contains(other), "{one} contains {other}");
                let overlap = (1..one.len()).find(|at| other.starts_with(&one[*at..]));
                assert_eq!(overlap, None, "the end of {one} begins {other}");
            }
        }
    }
}
