//! Tests that distinguish made-up values from random values.
//!
//! Each test recognises a pattern that people and language models write and that rarely occurs by
//! chance. All tests together match fewer than one random token in ten thousand (see the property
//! test in this file).

mod patterns;
mod words;

use crate::model::secret::Secret;
use patterns::{
    alternates, ascends, counts, has_entropy_below, has_rhythm, is_hexadecimal, repeats_unit, runs,
    stutters, walks_keyboard,
};
use words::{holds_word, is_identifier};

/// Returns true if a token's random part was evidently made up: an ascending or keyboard run, a
/// repeated unit, a word, letters and digits taking turns, too few different characters, an
/// identifier or hexadecimal digits.
pub fn is_made_up(body: &[u8]) -> bool {
    is_monotonous(body)
        || has_entropy_below(body, 3.5)
        || runs(body, |a, b| a == b)
        || stutters(body)
        || ascends(body)
        || walks_keyboard(body)
        || holds_word(body)
        || alternates(body)
        || counts(body)
        || is_identifier(body)
        || has_rhythm(body)
        || is_hexadecimal(body)
}

/// Returns true if a value, of whatever kind, repeats itself or has less than three bits of Shannon
/// entropy per byte.
pub fn is_monotonous(body: &[u8]) -> bool {
    repeats_unit(body) || has_entropy_below(body, 3.0)
}

/// Returns true if a value, of whatever kind, looks like an example that a person or a program
/// wrote: it repeats itself, counts, follows the keyboard, contains a placeholder word, or its
/// letters and digits take turns.
pub fn is_composed(value: &[u8]) -> bool {
    is_monotonous(value)
        || stutters(value)
        || ascends(value)
        || walks_keyboard(value)
        || holds_word(value)
        || alternates(value)
}

/// Returns true if a value is published: in documentation, or as a test vector of another scanner.
pub fn is_published_example(secret: &Secret) -> bool {
    secret.is_among(&PUBLISHED)
}

/// Returns true if `behind`, the text after a value, only describes the rest of the value: dots
/// (`...`, `…`), a word in angle brackets (`.<signature>`), or text in other brackets or stars.
pub fn is_description(behind: &[u8]) -> bool {
    let dots = behind.iter().take_while(|byte| **byte == b'.').count();
    let marks: [&[u8]; 5] = ["\u{2026}".as_bytes(), b"\\u2026", b"&hellip;", b"[", b"**"];
    let rest = &behind[dots..];
    dots >= 3
        || marks.iter().any(|mark| rest.starts_with(mark))
        || is_in_angle_brackets(rest, dots > 0)
}

/// Returns true if `text` begins with a word in angle brackets, which may be escaped. After a dot,
/// any word counts. Otherwise an HTML tag may follow the value, so only a word that cannot be a tag
/// counts: `<rest of it>`.
fn is_in_angle_brackets(text: &[u8], behind_dot: bool) -> bool {
    let opens: [&[u8]; 4] = [b"<", b"&lt;", b"%3C", b"\\u003c"];
    let Some(word) = opens.iter().find_map(|open| text.strip_prefix(*open)) else {
        return false;
    };
    let closes: [&[u8]; 4] = [b">", b"&gt;", b"%3E", b"\\u003e"];
    let is_of_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_ .".contains(byte);
    let (word, rest) = word.split_at(word.iter().take_while(is_of_word).count());
    let is_no_tag = || {
        word.iter().any(|byte| b"-_ .".contains(byte))
            && closes.iter().any(|end| rest.starts_with(end))
    };
    !word.is_empty() && (behind_dot || is_no_tag())
}

/// SHA-256 hashes of published values: from Notion's documentation, from the test vectors of other
/// scanners, and the placeholder of a field in Raycast's extension.
const PUBLISHED: [&str; 13] = [
    "a07109c59443e6027bb169ec4b959f816525fd4aad77a0a510585f397ef8bc3c",
    "d0762979b54a5ad9b3e76475eae17f20c9aec42925b7b5f0c563e9974cd7e6e7",
    "89b0ac6d33ca7073afc446c485c6b15e51696deebd8c509b05cdae14895805ff",
    "b65314cea8bd3dab661c166d44a05f4cb67857ac6c3ca02000c3b3c36c71261f",
    "066076f08300dfd0a179f98628ac8d5377b8f8811cf53c864c3711396650a46c",
    "bed1563f06709eb86d384c3e0f7d8678c5c3dd60245f05be01506b7c54801a86",
    "8d8d0bdfad9fa67263efaaaecd19644befc8610e220a5093493f530de834629b",
    "7eaed16598b15481299a06a15631f44d637811b5fdf5e0536149ec721e8fa3fa",
    "d42593537d7f53b1eb975daf1901efd932d8178dae028b623bb9e451da069bf7",
    "dbdd4495603f4531e1dd65df65e67eb70ad4bdb15bfe1b6f956d0857504908aa",
    "81ea4db1b13c0a41a23c4c5d06fcb6a95a79ab12361914ee9e199bb51016b233",
    "5f915ec289d8a8857852fd56247a49c2b1961f2bc8298161fd987e5ca9c68180",
    "43756b70aa53ac316a05765694136aaa478eafe280c305fc4d4d7fae94a7daa6",
];

/// Returns the length of the beginning of a real `ntn_` or `nrt_` body: up to three letters, then
/// the digits.
pub fn lead(body: &[u8]) -> usize {
    let letters = body
        .iter()
        .take(3)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    letters
        + body[letters..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
}

#[cfg(test)]
mod tests {
    use super::{is_description, is_made_up};
    use crate::fake::{Fake, expand};

    #[test]
    fn placeholders_for_tokens_are_recognised() {
        let made_up = [
            "{x:46}",
            "{0:46}",
            "{seq:46}",
            "{seq:11}aBcDeFgHiJkLmNoPqRsT{seq:15}",
            "98765432109ZyXwVuTsRqPoNmLk{a:20}",
            "{a:20}qwertyuiop{a:16}",
            "{a:10}YourTokenHere{a:20}",
            "EXAMPLE{a:36}",
            "{a:39}xxx",
            "FAKE{a:39}",
            "{d:11}test{a:30}",
            "{a:10}Fake{a:9}TEST{a:18}",
            "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2",
            "{d:11}aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW",
            "abc123abc123abc123abc123abc123abc123",
            "theSecretAccessKeyOfTheWholeCompanyInOneName",
            "{h:32}",
            "{h:46}",
            "{h:64}",
            "Th1sIsN0tAR3alS3cr3tJustAnExampl3F0rTh3D0cs",
            "{d:11}y0urT0k3n{a:26}",
            "UlSyncValidityDurationReportingEnabledForRrcIdleR17",
            "aabbccddeeffaabbccddeeffaabbccddeeff",
            "f7k2m9p4q1r8s3t6u5v0w7x2y9z4a1b8",
            "111222333444555666777888999000aaabbbcccddd",
            "aAbBcCdDeEfFgGhHiIjJ{a:20}",
            "zY9xW8vU7tS6rQ5pO4nM3{a:20}",
            "aquiVaTuClaveSecretaDe42caracteres{a:9}",
            "configurationManagerRelease17Handler{a:4}",
            "Xb9Kq2Lm7Pz4Rt1Vn8Wd3Hc6{a:20}",
        ];
        for text in made_up {
            let body = expand(text, 1);
            assert!(is_made_up(body.as_bytes()), "{text}: {body}");
        }
    }

    #[test]
    fn descriptions_after_a_value_are_recognised() {
        for text in [
            "...",
            "....x",
            "\u{2026}",
            ".\u{2026}",
            ".<sig>",
            "..<encrypted-payload>.<sig>",
            ".&lt;tag&gt;",
            "<rest of it>",
            "[cut]",
        ] {
            assert!(is_description(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            ".",
            ". And",
            "</string>",
            "<br>",
            "<span class=\"a-b\">",
            "; x=y",
            "\"",
            "..",
            "&amp;x",
        ] {
            assert!(!is_description(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn logarithms_are_right_to_a_thousandth() {
        for number in 1..1000 {
            assert!(
                (super::patterns::log2(number) - (number as f64).log2()).abs() < 0.001,
                "{number}"
            );
        }
    }

    #[test]
    fn random_tokens_are_rarely_taken_for_made_up() {
        let mut fake = Fake::new(7);
        let false_alarms = (0..20_000)
            .filter(|_| is_made_up(&fake.ntn(0).as_bytes()[4..]))
            .count()
            + (0..20_000)
                .filter(|_| is_made_up(&fake.secret().as_bytes()[7..]))
                .count();
        assert!(false_alarms <= 3, "{false_alarms} of 40,000");
    }
}
