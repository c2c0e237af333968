//! The literals of all rules, plain and encoded, and the one search for them: the only pass over
//! clean bytes.

use std::ops::Range;

use aho_corasick::{AhoCorasick, packed};

use crate::detect::decode::{self, Encoding, Place};
use crate::model::check::Check;
use crate::model::known::Known;
use crate::model::rule::{Detector, Rule, Shape};
use crate::model::source_kind::SourceKind;

/// The place of an anchor that was found: its span, and the number of its literal (see
/// [`Anchors::meanings`]).
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// The offset of its first byte.
    pub start: usize,
    /// The offset after its last byte.
    pub end: usize,
    literal: usize,
}

/// The meaning of a literal.
pub enum Meaning {
    /// The anchor of a detector, as it is.
    Plain(&'static Rule, &'static Detector),
    /// An anchor in an encoding; the literal begins at this phase of it.
    Encoded(Encoding, usize),
    /// A piece of the known value with this number, which begins so many bytes before it.
    Known(usize, usize),
    /// An anchor of a check.
    Check {
        /// The number of the check.
        number: usize,
        /// True if the check looks into history, so that history hands over blobs with the literal.
        in_history: bool,
    },
}

impl Meaning {
    /// Returns true if `behind`, the bytes after the literal, may be the rest of a secret, or if a
    /// check has to decide that.
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
    /// Returns the place at which to decode.
    pub fn place(self, encoding: Encoding, phase: usize) -> Place {
        Place {
            at: self.start,
            encoding,
            phase,
            reading: 0,
        }
    }
}

/// All anchors of some rules, compiled.
pub struct Anchors {
    search: AnchorSearch,
    longest: usize,
    stems: Vec<Stem>,
    meanings: Vec<Vec<Meaning>>,
}

/// The beginning of one or several literals, which is searched for. Literals that differ only
/// behind their stem share it: the fewer and shorter the stems, the quicker the search.
struct Stem {
    text: Vec<u8>,
    endings: Vec<Ending>,
}

/// The rest of a literal behind its stem, and the number of that literal.
struct Ending {
    rest: Vec<u8>,
    literal: usize,
}

impl Stem {
    /// Returns the length of the longest literal that begins with the stem.
    fn longest(&self) -> usize {
        let rests = self.endings.iter().map(|ending| ending.rest.len());
        self.text.len() + rests.max().unwrap_or(0)
    }
}

/// Vector instructions where the processor has them, an automaton elsewhere.
enum AnchorSearch {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

/// The order in which stems are handed to the packed search, which puts number n into its bucket n
/// % 8 and looks closer wherever each of three bytes, taken in halves, could stand at its place in
/// a stem of one bucket: those that share one must not mix into what is common. Found by trying on
/// source code: in the order of the rules, a search takes three times as long.
const ORDER: [&str; 27] = [
    "v03",
    "nhq/client",
    "OTION_",
    "nrt",
    "token_v2",
    "50bl",
    "c2VjcmV0X",
    "otion.com",
    "H4sI",
    "bnRuX",
    "tokenV2",
    "ntn",
    "otion_",
    "ucnRf",
    "/FlateDecode",
    "secret",
    "v02",
    "bnJ0X",
    "TOKEN_V2",
    "otionT",
    "udG5f",
    "=hex(",
    "tItem(",
    "SDRzS",
    "NlY3JldF",
    "zZWNyZXRf",
    "5ydF",
];

/// Returns the index of a stem in [`ORDER`], or the length of that if it lacks the stem.
fn place(stem: &[u8]) -> usize {
    let mut known = ORDER.iter();
    let known = known.position(|known| stem.starts_with(known.as_bytes()));
    known.unwrap_or(ORDER.len())
}

/// Literals and their meanings, while they are gathered.
#[derive(Default)]
struct Literals {
    stems: Vec<Stem>,
    meanings: Vec<Vec<Meaning>>,
}

impl Literals {
    /// Adds a literal and its meaning; its first `stem` bytes are searched for. Returns true if the
    /// literal is new.
    fn add(&mut self, literal: &[u8], stem: usize, meaning: Meaning) -> bool {
        let (stem, rest) = literal.split_at(stem);
        let known = self.stems.iter().position(|known| known.text == stem);
        let at = known.unwrap_or_else(|| {
            let (text, endings) = (stem.to_vec(), Vec::new());
            self.stems.push(Stem { text, endings });
            self.stems.len() - 1
        });
        let endings = &mut self.stems[at].endings;
        if let Some(known) = endings.iter().find(|known| known.rest == rest) {
            self.meanings[known.literal].push(meaning);
            return false;
        }
        endings.push(Ending {
            rest: rest.to_vec(),
            literal: self.meanings.len(),
        });
        self.meanings.push(vec![meaning]);
        true
    }

    /// Adds the anchors of `detector` and the encoded forms of those that a value begins with:
    /// base64 of values that may be too short to be [sampled](decode::sample), and escaped
    /// punctuation, since some writers escape nothing else.
    fn add_encoded(&mut self, rule: &'static Rule, detector: &'static Detector) {
        for anchor in detector.anchors {
            let bytes = anchor.as_bytes();
            let mark = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric());
            let (Some(mark), Shape::AtAnchor(_)) = (mark, &detector.shape) else {
                self.add(bytes, bytes.len(), Meaning::Plain(rule, detector));
                continue;
            };
            if !self.add(bytes, mark, Meaning::Plain(rule, detector)) {
                continue;
            }
            for (literal, encoding) in decode::escaped(&bytes[..mark]) {
                self.add(&literal, mark, Meaning::Encoded(encoding, 0));
            }
            if detector.shortest < decode::SAMPLED {
                for (fragment, phase) in decode::fragments(bytes) {
                    self.add(
                        &fragment,
                        fragment.len(),
                        Meaning::Encoded(Encoding::Base64, phase),
                    );
                }
            }
        }
    }

    /// Adds the literals that announce text in an encoding, independent of the text.
    fn add_announced(&mut self) {
        let list = (decode::LIST_OPENING, Encoding::HexList, 0);
        let packed = decode::OPENINGS.map(|(opening, layers)| (opening, Encoding::Deflate, layers));
        for (opening, encoding, phase) in packed.into_iter().chain([list]) {
            self.add(opening, opening.len(), Meaning::Encoded(encoding, phase));
        }
    }

    /// Adds the anchors of checks.
    fn add_checks(&mut self, checks: &[Box<dyn Check>]) {
        for (number, check) in checks.iter().enumerate() {
            let in_history = check.looks_into(SourceKind::History);
            for anchor in check.anchors() {
                let meaning = Meaning::Check { number, in_history };
                self.add(anchor.as_bytes(), anchor.len(), meaning);
            }
        }
    }

    fn compile(mut self) -> Anchors {
        self.stems.sort_by_key(|stem| place(&stem.text));
        let texts: Vec<&[u8]> = self.stems.iter().map(|stem| &stem.text[..]).collect();
        Anchors {
            search: AnchorSearch::new(&texts),
            longest: self.stems.iter().map(Stem::longest).max().unwrap_or(0),
            stems: self.stems,
            meanings: self.meanings,
        }
    }
}

impl Anchors {
    /// Compiles the anchors of `rules`, in their encoded forms too if those are wanted, and those
    /// of `checks`.
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

    /// Compiles a piece of each known value, in all encodings: one search a value, since of two
    /// literals that begin at one place only one is found, and values may begin alike.
    pub fn of_known(known: &[Known]) -> impl Iterator<Item = Self> + '_ {
        known.iter().enumerate().map(|(number, known)| {
            let mut all = Literals::default();
            let piece = known.value.piece();
            let plain = &known.value.expose()[piece.clone()];
            // Of letters and digits alone, these are the piece itself.
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

    /// Compiles the beginnings of escapes: the text around each is decoded, be it an escaped letter
    /// of an anchor or anything else. Only for short texts: of a long one, too much would be
    /// decoded in vain.
    pub fn of_escapes() -> Self {
        let mut all = Literals::default();
        for (opening, encoding) in decode::OF_LETTERS {
            all.add(opening, opening.len(), Meaning::Encoded(encoding, 0));
        }
        all.compile()
    }

    /// Calls `visit` for every anchor that begins in `part` of `bytes`, in order; of two that begin
    /// at one place, for the first in the order of the rules.
    pub fn find(&self, bytes: &[u8], part: Range<usize>, mut visit: impl FnMut(Hit)) {
        let mut from = part.start;
        while let Some(hit) = self.next(bytes, from..part.end) {
            visit(hit);
            from = hit.start + 1;
        }
    }

    /// Returns the first anchor that begins in `part` of `bytes`.
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

    /// Returns true if `bytes` hold an anchor behind which a secret may go on.
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

    /// The most bytes that [`is_in`](Anchors::is_in) has to see together to recognise an anchor.
    pub fn reach(&self) -> usize {
        self.longest + Detector::GLANCE
    }

    /// Returns the meanings of the anchor that was hit, in the order of the rules.
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
    use super::{Literals, ORDER};
    use crate::model::source_kind::SourceKind;
    use crate::rules::{self, RULES};

    /// All literals that a scan looks for.
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

    /// Of two stems, or two endings, that begin at one place only one is found.
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

    /// Every stem has a place in the order; one without may slow every scan down.
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
