//! Recognises values made of words: people choose them, but random generators do not produce them.

use super::made_up;

/// Returns true if a value consists of words and of numbers of up to four digits, so it is not
/// random: `generate-with-openssl-rand-base64-32`, `mySuperSecretKey`.
pub fn is_phrase(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.iter().any(|part| counts_twice(part)) {
        return false;
    }
    let pieces: Vec<String> = parts.iter().flat_map(|part| pieces(part)).collect();
    let words = pieces.iter().filter(|piece| is_word(piece)).count();
    let fits = |piece: &String| is_word(piece) || is_filler(piece);
    let in_dictionary = || {
        pieces
            .iter()
            .any(|piece| made_up::is_of_words(piece.to_ascii_lowercase().as_bytes()))
    };
    pieces.iter().all(fits) && (words >= 2 || in_dictionary())
}

/// Returns true if a part has more than one number among its letters. Random values mix letters and
/// digits; people write one number.
fn counts_twice(part: &str) -> bool {
    let is_number = |piece: &&String| piece.bytes().all(|byte| byte.is_ascii_digit());
    pieces(part).iter().filter(is_number).count() > 1
}

/// Splits a part without separators into words: by changes of case, and between letters and digits.
pub fn pieces(part: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in part.chars() {
        let goes_on = match c {
            _ if c.is_ascii_digit() => before.is_ascii_digit(),
            _ if c.is_ascii_uppercase() => before.is_ascii_uppercase(),
            _ => {
                before.is_ascii_lowercase()
                    || before.is_ascii_uppercase() && pieces.last().is_some_and(|p| p.len() == 1)
            }
        };
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => piece.push(c),
            None => pieces.push(c.to_string()),
        }
        before = c;
    }
    pieces
}

/// Returns true for 3 to 16 letters with at least one vowel and at most four consonants in a row.
fn is_word(piece: &str) -> bool {
    let is_vowel = |c: char| "aeiouyAEIOUY".contains(c);
    let consonants = piece.split(is_vowel).map(str::len).max().unwrap_or(0);
    (3..=16).contains(&piece.len())
        && piece.bytes().all(|byte| byte.is_ascii_alphabetic())
        && consonants <= 4
        && piece.contains(is_vowel)
}

/// Returns true for a number of up to four digits, or for a short word that people write between
/// others.
fn is_filler(piece: &str) -> bool {
    const SHORT: &str = "a an as at be by db do go hs id if in is it js jwt me my no of on or rs sk so ssl ssh sha to up us v we aws gcp \
        md hex http https";
    piece.len() <= 4 && piece.bytes().all(|byte| byte.is_ascii_digit())
        || SHORT
            .split(' ')
            .any(|short| short.eq_ignore_ascii_case(piece))
}
