//! Words and identifiers in a value.

use super::lead;

/// Returns true if `body` contains a placeholder word. Words of four letters occur by chance, so
/// they count only at either end, after the leading number, or if there are two of them, and only
/// in lower case, in upper case or capitalised.
pub fn holds_word(body: &[u8]) -> bool {
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

/// Returns true if `body` looks like an identifier, such as `theNameOfSomething17`. One of these is
/// enough: words of five letters or more make up at least two thirds of `body`; `body` is in
/// [camel case](is_camel_case); or `body` has only letters, with at most one change of case for
/// every three letters.
pub fn is_identifier(body: &[u8]) -> bool {
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
