//! The masks of a saved finding's secret.

use super::document::SavedFinding;
use super::text::SavedText;
use crate::model::finding::{Excerpt, SecretEvidence};
use crate::model::secret::{Fingerprint, Secret};

/// Returns the masks of a secret. A mask that could be a secret itself is masked once more.
pub fn evidence(
    secret: &SavedText,
    print: Option<Fingerprint>,
    saved: &SavedFinding,
) -> SecretEvidence {
    let mask = mask(secret);
    let short_mask = shortened(&mask);
    let is_guessable = print.is_none();
    // If the identity is not shown, it contains only the location of the value.
    let place = || {
        format!(
            "{:?} {:?} {:?} {mask}",
            saved.path, saved.line, saved.start_byte
        )
    };
    let fingerprint = print.unwrap_or_else(|| Secret::new(place().into_bytes(), 0).fingerprint());
    SecretEvidence {
        mask,
        short_mask,
        fingerprint,
        is_guessable,
    }
}

/// The largest number of characters before the stars of a mask (`PREFIX`), and after them (`TAIL`).
const PREFIX: usize = 32;
const TAIL: usize = 4;

/// Returns `secret` if it has the form of a mask: a prefix, stars, and at most four characters.
/// Returns only stars for any other text.
fn mask(secret: &SavedText) -> String {
    let shown = secret.shown();
    let shown = match shown.char_indices().nth(1000) {
        Some((end, _)) => &shown[..end],
        None => shown.as_str(),
    };
    let stars = shown.chars().filter(|c| *c == '*').count();
    let prefix = shown.split('*').next().unwrap_or_default();
    let tail = shown.rsplit('*').next().unwrap_or_default();
    let is_whole = prefix.len() + stars + tail.len() == shown.len();
    let is_mask = stars >= 8 && is_whole && prefix.len() <= PREFIX && tail.len() <= TAIL;
    if is_mask || stars == shown.len() {
        shown.to_owned()
    } else {
        "*".repeat(shown.chars().count())
    }
}

/// Returns the short form of a mask, which hides the length of the secret.
fn shortened(mask: &str) -> String {
    let prefix = mask.split('*').next().unwrap_or_default();
    let tail = mask.rsplit('*').next().unwrap_or_default();
    match (prefix, tail) {
        ("", "") => "****…".to_owned(),
        _ => format!("{prefix}…{tail}"),
    }
}

/// Returns the masked line, and the place of the finding's own mask in it.
pub fn excerpt(text: &SavedText, saved: &SavedFinding) -> Excerpt {
    let text = text.shown();
    let own = saved.secret.as_ref().map(|secret| shortened(&mask(secret)));
    let own = own.and_then(|own| text.find(&own).map(|at| at..at + own.len()));
    let mark = own.unwrap_or(0..text.len());
    Excerpt { text, mark }
}
