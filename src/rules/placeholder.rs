//! Tests that distinguish made-up values from random ones.
//!
//! Each test recognises a pattern that people and language models write and that chance hardly
//! makes. All tests together match fewer than one random token in ten thousand (see the property
//! test in this file).

use crate::model::secret::Secret;

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

/// Returns the length of the longest run of consecutive indices below `length` for which `holds` is
/// true.
fn longest(length: usize, holds: impl Fn(usize) -> bool) -> usize {
    let mut best = 0;
    let mut run = 0;
    for i in 0..length {
        run = if holds(i) { run + 1 } else { 0 };
        best = best.max(run);
    }
    best
}

/// Returns true if six bytes in a row each `follows` the one before. In the leading number of a
/// token, nine bytes in a row are needed, because digits follow each other by chance more often
/// than letters.
fn runs(body: &[u8], follows: impl Fn(u8, u8) -> bool) -> bool {
    let (number, rest) = body.split_at(if lead(body) >= 9 { lead(body) } else { 0 });
    let run = |part: &[u8]| 1 + longest(part.len(), |i| i > 0 && follows(part[i - 1], part[i]));
    run(number) >= 9 || run(rest) >= 6
}

/// Returns true if a unit of two bytes or more is repeated: eight bytes in a row equal those one
/// unit earlier.
fn repeats_unit(body: &[u8]) -> bool {
    (2..=body.len() / 2)
        .any(|unit| longest(body.len(), |i| i >= unit && body[i] == body[i - unit]) >= 8)
}

/// Returns true if eight characters in a row each equal a neighbour, in any case: `112233aabbcc`,
/// `aAbBcC`.
fn stutters(body: &[u8]) -> bool {
    let rest = body[if lead(body) >= 9 { lead(body) } else { 0 }..].to_ascii_lowercase();
    longest(rest.len(), |i| {
        (i > 0 && rest[i] == rest[i - 1]) || rest.get(i + 1) == Some(&rest[i])
    }) >= 8
}

/// Returns true if `body` has less than `bits` of Shannon entropy per byte. If n is the number of
/// bytes and c the count of each different byte, the entropy is log2(n) - sum(c * log2(c)) / n.
fn has_entropy_below(body: &[u8], bits: f64) -> bool {
    let mut counts = [0usize; 256];
    body.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let repeated: f64 = counts
        .iter()
        .filter(|count| **count > 1)
        .map(|count| *count as f64 * log2(*count))
        .sum();
    log2(body.len()) - repeated / (body.len() as f64) < bits
}

/// Returns the binary logarithm of a small number, exact to a thousandth, by squaring. The standard
/// logarithm would be the only reason to link the floating-point library, and linking it takes a
/// twentieth of a hook's run time.
fn log2(number: usize) -> f64 {
    let whole = number.max(1).ilog2();
    let mut rest = number.max(1) as f64 / (1u64 << whole) as f64;
    let mut result = f64::from(whole);
    for place in 1..=10 {
        rest *= rest;
        if rest >= 2.0 {
            rest /= 2.0;
            result += 1.0 / f64::from(1u32 << place);
        }
    }
    result
}

/// Returns true if `body` contains an ascending or descending run: `abcdef`, `123456`, `FEDCBA`, in
/// any case. After 9 comes 0.
fn ascends(body: &[u8]) -> bool {
    let next = |a: u8, b: u8| match (a.to_ascii_lowercase(), b.to_ascii_lowercase()) {
        (b'9', b'0') => true,
        (a, b) => b == a + 1 && a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric(),
    };
    runs(body, next) || runs(body, |a, b| next(b, a))
}

/// Returns true if `body` contains six neighbouring keys of a keyboard row, in either direction.
fn walks_keyboard(body: &[u8]) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let lower = body.to_ascii_lowercase();
    lower.windows(6).any(|six| {
        let back: Vec<u8> = six.iter().rev().copied().collect();
        ROWS.iter()
            .any(|row| row.windows(6).any(|keys| keys == six || keys == back))
    })
}

/// Returns true if `body` contains a placeholder word. Words of four letters occur by chance, so
/// they count only at either end, after the leading number, or if there are two of them, and only
/// in lower case, in upper case or capitalised.
fn holds_word(body: &[u8]) -> bool {
    let lower = body.to_ascii_lowercase();
    holds_long_word(&lower)
        || holds_leet_word(&lower[lead(body)..])
        || holds_short_word(body)
        || [b"xxx", b"XXX"]
            .iter()
            .any(|mark| body.starts_with(*mark) || body.ends_with(*mark))
}

/// Placeholder words that are too long to occur by chance.
const LONG: [&[u8]; 16] = [
    b"token",
    b"secret",
    b"example",
    b"placeholder",
    b"dummy",
    b"sample",
    b"notion",
    b"replace",
    b"change",
    b"insert",
    b"redact",
    b"invalid",
    b"apikey",
    b"default",
    b"random",
    b"foobar",
];

fn holds_long_word(lower: &[u8]) -> bool {
    LONG.iter()
        .any(|word| memchr::memmem::find(lower, word).is_some())
}

/// Returns true if `lower` contains a placeholder word with digits for two or more of its letters:
/// `s3cr3t`, `t0k3n`.
fn holds_leet_word(lower: &[u8]) -> bool {
    let letter = |byte: &u8| match byte {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        other => *other,
    };
    let read: Vec<u8> = lower.iter().map(letter).collect();
    let digits = |part: &[u8]| part.iter().filter(|byte| byte.is_ascii_digit()).count();
    LONG.iter().any(|word| {
        memchr::memmem::find_iter(&read, word).any(|at| digits(&lower[at..at + word.len()]) > 1)
    })
}

fn holds_short_word(body: &[u8]) -> bool {
    const SHORT: [&str; 8] = [
        "your", "here", "fake", "test", "mock", "demo", "xxxx", "todo",
    ];
    let spellings = |word: &str| {
        [
            word.to_owned(),
            word.to_uppercase(),
            word[..1].to_uppercase() + &word[1..],
        ]
    };
    let words: Vec<String> = SHORT.iter().copied().flat_map(spellings).collect();
    let is_word = |at: usize| {
        words
            .iter()
            .any(|word| body[at..].starts_with(word.as_bytes()))
    };
    let found: Vec<usize> = (0..body.len()).filter(|at| is_word(*at)).collect();
    found.len() > 1
        || found
            .iter()
            .any(|at| *at == 0 || *at == lead(body) || at + 4 == body.len())
}

/// Returns true if letters and digits take turns for sixteen characters: `A1b2C3d4…`.
fn alternates(body: &[u8]) -> bool {
    let takes_turns = |i: usize| {
        i > 0
            && (body[i - 1].is_ascii_digit() && body[i].is_ascii_alphabetic()
                || body[i - 1].is_ascii_alphabetic() && body[i].is_ascii_digit())
    };
    longest(body.len(), takes_turns) >= 15
}

/// Returns true if the digits alone, or the letters alone, count up or down by ones or twos
/// (`aB3dE5fG7hI9…`). The leading number of a token is skipped.
fn counts(body: &[u8]) -> bool {
    let tail = &body[lead(body)..];
    let digits: Vec<u8> = tail.iter().copied().filter(u8::is_ascii_digit).collect();
    let letters: Vec<u8> = tail
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .map(u8::to_ascii_lowercase)
        .collect();
    let steps = |by: u8| {
        longest(digits.len(), |i| {
            i > 0 && (digits[i] + 10 - digits[i - 1]) % 10 == by
        }) >= 6
    };
    let letters_step = |from: fn(u8, u8) -> u8| {
        longest(letters.len(), |i| {
            i > 0 && (1..=2).contains(&from(letters[i], letters[i - 1]))
        }) >= 7
    };
    let [up, down]: [fn(u8, u8) -> u8; 2] = [|a, b| a.wrapping_sub(b), |a, b| b.wrapping_sub(a)];
    [1, 2, 8, 9].into_iter().any(steps) || letters_step(up) || letters_step(down)
}

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

/// Returns true if `body` looks like an identifier, such as `theNameOfSomething17`: words of five
/// letters or more are at least two thirds of it, it is in [camel case](is_camel_case), or it is
/// only letters whose case changes at most once for every three letters.
fn is_identifier(body: &[u8]) -> bool {
    let changes = body
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase())
        .count();
    in_words(body) * 3 >= body.len() * 2
        || is_camel_case(body)
        || body.iter().all(u8::is_ascii_alphabetic) && changes * 3 <= body.len()
}

/// Returns true if `body` consists of capitalised words of any length and few digits:
/// `SyncValidityForRrcIdleR17`. In a random value, only one pair of neighbours in six is two small
/// letters, and a small letter follows fewer than half of the capitals.
fn is_camel_case(body: &[u8]) -> bool {
    let pairs = |test: fn(&[u8]) -> bool| body.windows(2).filter(|pair| test(pair)).count();
    let small = pairs(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_lowercase());
    let begun = pairs(|pair| pair[0].is_ascii_uppercase() && pair[1].is_ascii_lowercase());
    let count = |test: fn(&u8) -> bool| body.iter().filter(|byte| test(byte)).count();
    let is_begun = begun >= 3 && begun * 5 >= count(u8::is_ascii_uppercase) * 4;
    is_begun && count(u8::is_ascii_digit) * 6 <= body.len() && small * 2 >= body.len()
}

/// Returns the number of bytes in words: a letter of either case and four or more small letters.
fn in_words(body: &[u8]) -> usize {
    let (mut total, mut at) = (0, 0);
    while at < body.len() {
        let small = body[at + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_lowercase())
            .count();
        let is_word = small >= 4 && body[at].is_ascii_alphabetic();
        total += if is_word { 1 + small } else { 0 };
        at += 1 + if is_word { small } else { 0 };
    }
    total
}

/// Returns true if the kinds of character (capital, small letter, digit) repeat every two to four
/// characters, for twenty characters: `Ab1cD2eF3`.
fn has_rhythm(body: &[u8]) -> bool {
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let tail = &body[lead(body)..];
    let mixed = tail.iter().any(u8::is_ascii_digit);
    mixed
        && (2..=4).any(|unit| {
            longest(tail.len(), |i| {
                i >= unit && kind(tail[i]) == kind(tail[i - unit])
            }) >= 18
        })
}

/// Returns true if `body` is 30 or more hexadecimal digits of one case, as in a hash or a UUID.
fn is_hexadecimal(body: &[u8]) -> bool {
    let is_of = |letters: std::ops::RangeInclusive<u8>| {
        body.iter()
            .all(|byte| byte.is_ascii_digit() || letters.contains(byte))
    };
    body.len() >= 30 && (is_of(b'a'..=b'f') || is_of(b'A'..=b'F'))
}

#[cfg(test)]
mod tests {
    use super::{is_description, is_made_up};
    use crate::fake::{Fake, expand};

    #[test]
    fn what_people_write_instead_of_a_token_is_recognised() {
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
    fn a_description_is_told_from_what_follows_a_value() {
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
                (super::log2(number) - (number as f64).log2()).abs() < 0.001,
                "{number}"
            );
        }
    }

    #[test]
    fn chance_makes_fewer_than_one_in_ten_thousand() {
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
