//! Patterns of characters that rarely occur by chance.

use super::lead;

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
pub fn runs(body: &[u8], follows: impl Fn(u8, u8) -> bool) -> bool {
    let (number, rest) = body.split_at(if lead(body) >= 9 { lead(body) } else { 0 });
    let run = |part: &[u8]| 1 + longest(part.len(), |i| i > 0 && follows(part[i - 1], part[i]));
    run(number) >= 9 || run(rest) >= 6
}

/// Returns true if a unit of two bytes or more is repeated: eight bytes in a row equal the eight
/// bytes one unit earlier.
pub fn repeats_unit(body: &[u8]) -> bool {
    (2..=body.len() / 2)
        .any(|unit| longest(body.len(), |i| i >= unit && body[i] == body[i - unit]) >= 8)
}

/// Returns true if eight characters in a row each equal a neighbour, ignoring case: `112233aabbcc`,
/// `aAbBcC`.
pub fn stutters(body: &[u8]) -> bool {
    let rest = body[if lead(body) >= 9 { lead(body) } else { 0 }..].to_ascii_lowercase();
    longest(rest.len(), |i| {
        (i > 0 && rest[i] == rest[i - 1]) || rest.get(i + 1) == Some(&rest[i])
    }) >= 8
}

/// Returns true if `body` has less than `bits` of Shannon entropy per byte. If n is the number of
/// bytes and c the count of each different byte, the entropy is log2(n) - sum(c * log2(c)) / n.
pub fn has_entropy_below(body: &[u8], bits: f64) -> bool {
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
pub fn log2(number: usize) -> f64 {
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

/// Returns true if `body` contains an ascending or descending run, ignoring case: `abcdef`,
/// `123456`, `FEDCBA`. After 9 comes 0.
pub fn ascends(body: &[u8]) -> bool {
    let next = |a: u8, b: u8| match (a.to_ascii_lowercase(), b.to_ascii_lowercase()) {
        (b'9', b'0') => true,
        (a, b) => b == a + 1 && a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric(),
    };
    runs(body, next) || runs(body, |a, b| next(b, a))
}

/// Returns true if `body` contains six neighbouring keys of a keyboard row, in either direction.
pub fn walks_keyboard(body: &[u8]) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let lower = body.to_ascii_lowercase();
    lower.windows(6).any(|six| {
        let back: Vec<u8> = six.iter().rev().copied().collect();
        ROWS.iter()
            .any(|row| row.windows(6).any(|keys| keys == six || keys == back))
    })
}

/// Returns true if letters and digits take turns for sixteen characters: `A1b2C3d4…`.
pub fn alternates(body: &[u8]) -> bool {
    let takes_turns = |i: usize| {
        i > 0
            && (body[i - 1].is_ascii_digit() && body[i].is_ascii_alphabetic()
                || body[i - 1].is_ascii_alphabetic() && body[i].is_ascii_digit())
    };
    longest(body.len(), takes_turns) >= 15
}

/// Returns true if seven digits, read without the letters between them, or eight letters, read
/// without the digits, count up or down by ones or twos (`aB3dE5fG7hI9…`). The leading number of a
/// token is skipped.
pub fn counts(body: &[u8]) -> bool {
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

/// Returns true if the kinds of character (capital, small letter, digit) repeat every two to four
/// characters, for twenty characters: `Ab1cD2eF3`.
pub fn has_rhythm(body: &[u8]) -> bool {
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
pub fn is_hexadecimal(body: &[u8]) -> bool {
    let is_of = |letters: std::ops::RangeInclusive<u8>| {
        body.iter()
            .all(|byte| byte.is_ascii_digit() || letters.contains(byte))
    };
    body.len() >= 30 && (is_of(b'a'..=b'f') || is_of(b'A'..=b'F'))
}
