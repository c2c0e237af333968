//! Finds the bounds of a value that other bytes touch. Binary files store strings with nothing
//! between them: after their length, or side by side with their offsets elsewhere.

use std::ops::Range;

use crate::model::neighbourhood::begins_word;
use crate::model::rule::Detector;
use crate::rules::{pieces, token};

/// The number of bytes on each side of a value that are checked.
const AROUND: usize = 1024;

/// Returns the part of `span` that is the value. `None` if `span` is only the end of a longer word.
pub fn bounded(bytes: &[u8], span: Range<usize>, detector: &Detector) -> Option<Range<usize>> {
    let begins = begins(bytes, span.start, detector);
    let written = &bytes[span.clone()];
    let own = (detector.whole)(written);
    if begins && own == Some(span.len()) || is_in_pieces(written) {
        return begins.then_some(span);
    }
    let is_packed = is_packed(bytes, &span);
    let is_structured = own.is_some() && !detector.ends_names;
    let is_known = is_structured && (is_packed || is_unbroken(bytes, &span));
    if begins && token::touches_next(&bytes[span.start..]) {
        return Some(span.start..span.start + token::WHOLE);
    }
    let fits = |length: &usize| detector.lengths.contains(length) && *length <= span.len();
    let stated = stated_before(bytes, span.start).filter(fits);
    let stated = stated.min_by_key(|length| usual(&detector.lengths, *length));
    // In text, the character before a value is not a length, even if its code equals the length.
    let is_stated = stated.is_some_and(|length| is_packed || is_structured && own == Some(length));
    if !(begins || is_known || is_stated) {
        return None;
    }
    let length = if is_packed || is_known || is_stated {
        let in_string = || string_length(bytes, span.start, fits);
        own.or(stated).or_else(in_string).unwrap_or(span.len())
    } else {
        span.len()
    };
    Some(span.start..span.start + length)
}

/// Returns true if a value may begin at `at`: no word continues there, and no other literal is
/// joined to it there.
pub fn begins(bytes: &[u8], at: usize, detector: &Detector) -> bool {
    (begins_word(bytes, at, detector.ends_names)
        || begins_pickled_line(&bytes[..at])
        || token::ends_with_token(&bytes[..at]))
        && !(detector.ends_names && pieces::follows_word(&bytes[..at]))
}

/// Returns true if `before` ends like a text pickle of Python (protocol 0) before a string: with a
/// line of at most four opcodes and a `V`.
fn begins_pickled_line(before: &[u8]) -> bool {
    let Some(before) = before.strip_suffix(b"V") else {
        return false;
    };
    let is_operation = |byte: &&u8| matches!(**byte, b'a' | b's' | b'(' | b'l' | b'd' | b't');
    let operations = before.iter().rev().take(4).take_while(is_operation).count();
    before[..before.len() - operations].ends_with(b"\n") && before.len() > operations
}

/// Returns the distance of `length` from the middle of `lengths` if `lengths` is a narrow range,
/// otherwise 0. A length that counts a zero after the string is one too large.
fn usual(lengths: &Range<usize>, length: usize) -> usize {
    let middle = lengths.start.midpoint(lengths.end);
    if lengths.len() < 8 {
        length.abs_diff(middle)
    } else {
        0
    }
}

/// Returns true if the value at `span` directly follows the name that ends at `end`, in binary
/// data.
pub fn follows_name(bytes: &[u8], span: &Range<usize>, end: usize) -> bool {
    span.start == end && is_packed(bytes, span)
}

/// Returns true if `written` is a split literal, which has quotes between its pieces.
fn is_in_pieces(written: &[u8]) -> bool {
    memchr::memchr3(b'"', b'\'', b'`', written).is_some()
}

/// Returns true if `span` is in binary data: there are control characters near it, or bytes that
/// are not UTF-8.
fn is_packed(bytes: &[u8], span: &Range<usize>) -> bool {
    let start = span.start.saturating_sub(AROUND);
    let near = &bytes[start..bytes.len().min(span.end + AROUND)];
    let is_control = |byte: &u8| *byte < b' ' && !matches!(*byte, b'\t'..=b'\r' | 0x1b);
    // The window may cut the first and the last character.
    let is_rest = |byte: &&u8| start > 0 && **byte & 0xC0 == 0x80;
    let cut = near.iter().take(3).take_while(is_rest).count();
    let is_text = std::str::from_utf8(&near[cut..])
        .map_or_else(|error| error.error_len().is_none(), |_| true);
    near.iter().any(is_control) || !is_text
}

/// Returns true if the line around `span` is so long that no person wrote it, such as strings that
/// a compiler put side by side.
fn is_unbroken(bytes: &[u8], span: &Range<usize>) -> bool {
    let before = bytes[..span.start].last_chunk::<LINE>();
    let behind = bytes[span.end..].first_chunk::<LINE>();
    before.zip(behind).is_some_and(|(before, behind)| {
        let is_line = |part: &[u8]| memchr::memchr(b'\n', part).is_none();
        is_line(before) && is_line(behind)
    })
}

/// The number of bytes without a line break, before a value and after it, that show that no person
/// wrote the line.
const LINE: usize = 256;

/// Returns the possible lengths of a string that begins at `start`, read from the bytes right
/// before it in several formats. The simplest format comes first.
fn stated_before(bytes: &[u8], start: usize) -> impl Iterator<Item = usize> {
    let before = &bytes[..start];
    let last = before.last().map_or(0, |byte| usize::from(*byte));
    let two = before.last_chunk().copied().unwrap_or([0; 2]);
    let four = before.last_chunk().copied().unwrap_or([0; 4]);
    let eight = before.last_chunk().copied().unwrap_or([0; 8]);
    let varint = if two[0] & 0x80 != 0 && two[1] & 0x80 == 0 {
        usize::from(two[0] & 0x7f) | usize::from(two[1]) << 7
    } else {
        0
    };
    // One byte, or the last byte of a big-endian number; plus one for the zero that ends a string
    // (Lua); plus five (Ruby); doubled (Avro); doubled plus thirteen (SQLite, for the only column).
    let bytewise = [
        last,
        last.saturating_sub(1),
        last.saturating_sub(5),
        last / 2,
        last.saturating_sub(13) / 2,
    ];
    let wide = [
        varint,
        usize::from(u16::from_be_bytes(two)),
        usize::from(u16::from_le_bytes(two)),
        u32::from_le_bytes(four) as usize,
        (u32::from_le_bytes(four) as usize).saturating_sub(1),
        usize::try_from(u64::from_le_bytes(eight)).unwrap_or(0),
    ];
    bytewise.into_iter().chain(wide)
}

/// Returns the number of bytes from `at` to the end of the string around it, if the length of the
/// string is stored right before the string. The string begins at most two bytes after the last
/// byte that is not text. Of several possible lengths, returns the first that `fits`.
fn string_length(bytes: &[u8], at: usize, fits: impl Fn(&usize) -> bool) -> Option<usize> {
    let line = &bytes[at.saturating_sub(AROUND)..at];
    let is_text = |byte: &&u8| matches!(**byte, b' '..=b'~');
    let start = at - line.iter().rev().take_while(is_text).count();
    let left = |from: usize| {
        let lengths = stated_before(bytes, from);
        lengths.filter_map(move |length| from.checked_add(length)?.checked_sub(at))
    };
    (start..=at.min(start + 2)).flat_map(left).find(fits)
}

#[cfg(test)]
mod tests {
    use crate::detect::scanner::Scanner;
    use crate::fake::{Fake, expand};
    use crate::model::blob::{Blob, Origin};
    use crate::model::rule::Confidence;
    use crate::model::secret::Secret;
    use crate::rules::RULES;

    /// Returns the fingerprints and confidences of the findings in `bytes`.
    fn found(bytes: &[u8]) -> Vec<(String, Confidence)> {
        let scanner = Scanner::new(RULES);
        let findings = scanner.scan(&Blob::whole(&Origin::Stdin, bytes));
        let evidence = |finding: &crate::model::finding::Finding| {
            let evidence = finding.evidence.as_ref().expect("a credential");
            (evidence.fingerprint.to_string(), finding.confidence)
        };
        findings.iter().map(evidence).collect()
    }

    fn fingerprint(value: &str) -> String {
        let secret = Secret::new(value.as_bytes().to_vec(), 0);
        secret.fingerprint().to_string()
    }

    /// Returns the spellings of the length `of` that binary formats put before a string.
    fn lengths(of: usize) -> Vec<Vec<u8>> {
        let byte = of as u8;
        let varint = [
            byte & 0x7f | if of > 127 { 0x80 } else { 0 },
            (of >> 7) as u8,
        ];
        let varint = varint[..if of > 127 { 2 } else { 1 }].to_vec();
        vec![
            vec![0xda, byte],
            vec![b'x', byte],
            vec![1, 0, byte],
            vec![0, 0, 0, byte],
            vec![byte, 0],
            vec![byte, 0, 0, 0],
            vec![byte, 0, 0, 0, 0, 0, 0, 0],
            vec![0x14, byte + 1],
            vec![b'"', byte + 5],
            vec![2, byte * 2],
            vec![byte, byte],
            [vec![0x0a], varint].concat(),
        ]
    }

    /// Bytes that may begin the next string.
    const NEXT: &[&[u8]] = &[
        b"",
        b"z\x1fhttps",
        b"Vhourly",
        b"\x00",
        b"\x01\x00\x0cNotion",
        b"2second",
    ];

    #[test]
    fn a_length_prefix_bounds_a_value() {
        for seed in 1..20 {
            let mut fake = Fake::new(seed);
            for value in [
                fake.ntn(0),
                fake.ntn(3),
                fake.secret(),
                expand("{nrt}", seed),
            ] {
                for length in lengths(50) {
                    for next in NEXT {
                        let text =
                            [b"\x00notion\x06", &length[..], value.as_bytes(), next].concat();
                        let all = found(&text);
                        assert_eq!(all.len(), 1, "{}", text.escape_ascii());
                        assert_eq!(all[0].0, fingerprint(&value), "{}", text.escape_ascii());
                        assert_eq!(all[0].1, Confidence::High, "{}", text.escape_ascii());
                    }
                }
            }
        }
    }

    #[test]
    fn the_length_of_a_string_bounds_a_value_at_its_end() {
        for seed in 1..20 {
            for value in [Fake::new(seed).ntn(1), Fake::new(seed).secret()] {
                let string = format!("Bearer {value}");
                let before = [b"\x00notion\xfa", &[string.len() as u8][..]].concat();
                let text = [&before, string.as_bytes(), b"zNext"].concat();
                let expected = vec![(fingerprint(&value), Confidence::High)];
                assert_eq!(found(&text), expected, "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn structured_tokens_are_found_between_strings() {
        let value = Fake::new(5).ntn(2);
        let expected = vec![(fingerprint(&value), Confidence::High)];
        let row = format!("\x01\x02NotionToken{value}https://api.notion.com\x00");
        assert_eq!(found(row.as_bytes()), expected);
        let table = "runtime error, connection refused".repeat(40);
        let table = format!("{table}x{value}unexpected end{table}");
        assert_eq!(found(table.as_bytes()), expected);
    }

    #[test]
    fn a_token_within_a_word_of_text_is_not_found() {
        for seed in 1..20 {
            let (ntn, secret) = (Fake::new(seed).ntn(0), Fake::new(seed).secret());
            for before in ["c", "INT", "9", "client", "sha2", "é1", "client_"] {
                let text = format!("{before}{secret}\n");
                assert_eq!(found(text.as_bytes()), [], "{text}");
                let packed = format!("\0{}{before}{secret}\0", "x".repeat(300));
                let is_length = before.ends_with('2');
                assert_eq!(
                    found(packed.as_bytes()).len(),
                    usize::from(is_length),
                    "{text}"
                );
            }
            for before in ["c", "INT", "9", "é"] {
                let text = format!("{before}{ntn}\n");
                let expected = if before == "é" { 1 } else { 0 };
                assert_eq!(found(text.as_bytes()).len(), expected, "{text}");
            }
        }
    }
}
