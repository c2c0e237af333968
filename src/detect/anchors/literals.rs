//! The literals that are searched for, each with its meanings.

use super::{AnchorSearch, Anchors, Meaning};
use crate::detect::decode::{self, Encoding};
use crate::model::check::Check;
use crate::model::rule::{Detector, Rule, Shape};
use crate::model::source_kind::SourceKind;

/// The common beginning of one or more literals. The search looks for stems, and then compares the
/// bytes after a stem with its endings. Few and short stems make the search fast.
pub struct Stem {
    /// The stem itself.
    pub text: Vec<u8>,
    /// The ends of the literals that begin with the stem.
    pub endings: Vec<Ending>,
}

/// The bytes of a literal after its stem, and the index of the literal.
pub struct Ending {
    /// The bytes after the stem.
    pub rest: Vec<u8>,
    /// The index of the literal.
    pub literal: usize,
}

impl Stem {
    /// Returns the length of the longest literal that begins with the stem.
    pub fn longest(&self) -> usize {
        let rests = self.endings.iter().map(|ending| ending.rest.len());
        self.text.len() + rests.max().unwrap_or(0)
    }
}

/// The order in which stems are given to the packed search. It puts the stem with index n into
/// bucket n % 8, and stops for a closer look wherever three bytes in a row could begin a stem of
/// one bucket. It compares the high and the low four bits of each byte separately, so stems in one
/// bucket must not combine into common byte sequences. This order was found by measuring on source
/// code: in the order of the rules, a search takes three times as long.
pub const ORDER: [&str; 27] = [
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

/// Returns the index in [`ORDER`] of the literal that `stem` begins with; `ORDER.len()` if `stem`
/// begins with no literal.
fn place(stem: &[u8]) -> usize {
    let mut known = ORDER.iter();
    let known = known.position(|known| stem.starts_with(known.as_bytes()));
    known.unwrap_or(ORDER.len())
}

/// A builder of [`Anchors`]: the literals added so far, and their meanings.
#[derive(Default)]
pub struct Literals {
    /// The stems of all literals.
    pub stems: Vec<Stem>,
    meanings: Vec<Vec<Meaning>>,
}

impl Literals {
    /// Adds a meaning of `literal`. The first `stem` bytes of the literal become its stem. Returns
    /// true if the literal is new.
    pub fn add(&mut self, literal: &[u8], stem: usize, meaning: Meaning) -> bool {
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

    /// Adds the anchors of `detector`. For an anchor that a value begins with, adds encoded
    /// spellings too. One is the letters before the anchor's first punctuation mark, followed by
    /// the opening of an escape: some programs escape only punctuation. The other is the anchor in
    /// base64, if a value may be too short for [sampling](decode::sample).
    pub fn add_encoded(&mut self, rule: &'static Rule, detector: &'static Detector) {
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

    /// Adds the literals at the beginning of compressed text and of lists of hexadecimal digits,
    /// such as `/FlateDecode` and `=hex(`.
    pub fn add_announced(&mut self) {
        let list = (decode::LIST_OPENING, Encoding::HexList, 0);
        let packed = decode::OPENINGS.map(|(opening, layers)| (opening, Encoding::Deflate, layers));
        for (opening, encoding, phase) in packed.into_iter().chain([list]) {
            self.add(opening, opening.len(), Meaning::Encoded(encoding, phase));
        }
    }

    /// Adds the anchors of checks.
    pub fn add_checks(&mut self, checks: &[Box<dyn Check>]) {
        for (number, check) in checks.iter().enumerate() {
            let in_history = check.looks_into(SourceKind::History);
            for anchor in check.anchors() {
                let meaning = Meaning::Check { number, in_history };
                self.add(anchor.as_bytes(), anchor.len(), meaning);
            }
        }
    }

    /// Compiles the literals for one search.
    pub fn compile(mut self) -> Anchors {
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
