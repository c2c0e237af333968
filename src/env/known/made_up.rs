//! Recognises placeholders: values that the reader is asked to replace.
//!
//! A password may consist of any words, so a single typical word is not enough: the whole value
//! must consist of words that placeholders use. If a real value were judged to be a placeholder,
//! the scan would not search for it. So a doubtful value is treated as real.

/// Words that mark a placeholder. A placeholder made of words contains at least one of these.
const MARKS: &str = "change replace your here example placeholder dummy fake todo fixme tbd test testing sample insert \
    enter redacted mock demo undefined foobar default fill paste generate xxx removed";

/// Words that may occur in a placeholder in addition to one of `MARKS`.
const FILLERS: &str = "a access admin an and api app at auth aws character characters chars client cookie credential \
    credentials database db dev development do env for from github google id in integration internal is \
    it jwt key least local long me must my mysql new not notion now oauth of only openai or own pass \
    passphrase password phrase please postgres private prod production public random real refresh root \
    secret secure sendgrid session slack string stripe strong super that the this to token use user \
    username value very webhook with";

/// Words that mean a placeholder only if they are the whole value or the whole password of an
/// address.
const ALONE: [&str; 6] = ["password", "secret", "pass", "passwd", "root", "admin"];

/// The length in bytes above which a value is not split into words.
const LONGEST: usize = 100;

/// Returns true if a value is evidently a placeholder.
pub(super) fn is_evidently_made_up(value: &[u8]) -> bool {
    is_starred(value)
        || has_few_kinds(value)
        || counts(value)
        || value.len() <= LONGEST
            && (is_bracketed(value) || is_yours(value) || is_made_of_words(value))
        || ALONE
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// Returns true for a value with six `x`, `*` or `.` in a row, or with an ellipsis at its end:
/// `sk-xxxxxxxx`, `abc********`, `abc...`.
fn is_starred(value: &[u8]) -> bool {
    let row = |six: &[u8]| {
        matches!(six[0], b'x' | b'X' | b'*' | b'.') && six.iter().all(|byte| *byte == six[0])
    };
    value.windows(6).any(row) || value.ends_with(b"...") || value.ends_with("…".as_bytes())
}

/// Returns true if a value of at least eight bytes has no more than three different bytes.
fn has_few_kinds(value: &[u8]) -> bool {
    let mut kinds = [false; 256];
    value
        .iter()
        .for_each(|byte| kinds[usize::from(*byte)] = true);
    value.len() >= 8 && kinds.iter().filter(|seen| **seen).count() <= 3
}

/// Returns true for a value of at least eight bytes that counts upwards: at least four in five
/// bytes are followed by the next higher one, as in `1234567890ab` and `abcdefghijkl`.
fn counts(value: &[u8]) -> bool {
    let steps = value
        .windows(2)
        .filter(|pair| pair[1] == pair[0].wrapping_add(1) || *pair == b"90")
        .count();
    value.len() >= 8 && steps * 5 >= (value.len() - 1) * 4
}

/// Returns true for words in brackets: `<api key>`, `[REDACTED]`.
fn is_bracketed(value: &[u8]) -> bool {
    let inside = match value {
        [b'<', inside @ .., b'>'] | [b'[', inside @ .., b']'] => inside,
        _ => return false,
    };
    inside
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || b" _-.:'".contains(byte))
}

/// Returns true for `your` followed by words: `your-stripe-key`.
fn is_yours(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let rest = lower
        .strip_prefix(b"your")
        .filter(|rest| matches!(rest.first(), Some(b'_' | b'-' | b' ')));
    rest.is_some_and(|rest| {
        rest.iter()
            .all(|byte| byte.is_ascii_alphabetic() || b" _-.".contains(byte))
    })
}

/// Returns true if the letters of a value consist of words of `MARKS` and `FILLERS`, with at least
/// one of `MARKS`, and there are few digits and other characters: `ChangeMe123!`.
fn is_made_of_words(value: &[u8]) -> bool {
    let pick = |keep: fn(&u8) -> bool| value.iter().copied().filter(keep).collect::<Vec<u8>>();
    let (letters, digits) = (
        pick(u8::is_ascii_alphabetic).to_ascii_lowercase(),
        pick(u8::is_ascii_digit),
    );
    let few_digits = digits.len() <= 4 || b"1234567890".starts_with(&digits);
    value.is_ascii() && few_digits && letters.len() * 5 >= value.len() * 3 && is_in_words(&letters)
}

/// Returns true if a word is one of `MARKS`, ignoring case.
pub(super) fn is_mark(word: &str) -> bool {
    MARKS.split(' ').any(|mark| mark.eq_ignore_ascii_case(word))
}

/// Returns true if lowercase letters can be split into words of `MARKS` and `FILLERS`.
pub(super) fn is_of_words(letters: &[u8]) -> bool {
    parted(letters).0
}

/// Returns true if `letters` can be split into words of `MARKS` and `FILLERS`, with at least one of
/// `MARKS`.
fn is_in_words(letters: &[u8]) -> bool {
    parted(letters).1
}

/// Returns the results of [`is_of_words`] and [`is_in_words`] for `letters`, in this order.
fn parted(letters: &[u8]) -> (bool, bool) {
    let marks = MARKS.split(' ').map(|word| (word, true));
    let words: Vec<(&str, bool)> = marks
        .chain(FILLERS.split(' ').map(|word| (word, false)))
        .collect();
    // The two results for the letters before each offset.
    let mut reached = vec![(false, false); letters.len() + 1];
    reached[0].0 = true;
    for at in 0..letters.len() {
        let (reaches, marked) = reached[at];
        for (word, marks) in words
            .iter()
            .filter(|(word, _)| reaches && letters[at..].starts_with(word.as_bytes()))
        {
            let end = &mut reached[at + word.len()];
            *end = (true, end.1 || marked || *marks);
        }
    }
    reached[letters.len()]
}

#[cfg(test)]
mod tests {
    use super::is_evidently_made_up;
    use crate::fake::Fake;

    #[test]
    fn placeholder_values_are_recognised() {
        let made_up = "changeme, ChangeMe123!, change-this-to-a-random-string, your-stripe-key, YOUR_API_KEY_HERE, xxxxxxxxxxxx, \
            replace_with_your_token, sk-xxxxxxxx, pk_live_********, abc123..., <api key>, <your-token>, [REDACTED], todo, \
            example-token, dummy_password_1, test-secret-key-12345, password, 123456789012, abcdefghijklmnop, ------------, \
            insert token here, super-secret-changeme";
        let real = "Tr0ub4dor&3-test, correct-horse-battery, my-dog-changed-me, contest-winner-2019, hunter2hunter2, \
            839201847562, p@ssw0rd-Example, your$tr0ngP4ss, secret-password, <k3y>=!9vQz<, testimony of a fox, \
            abcabcabcabd-zq, my-secret-token";
        for value in made_up.split(", ") {
            assert!(is_evidently_made_up(value.as_bytes()), "{value}");
        }
        for value in real.split(", ").chain([""]) {
            assert!(!is_evidently_made_up(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn random_values_are_rarely_taken_for_placeholders() {
        let mut fake = Fake::new(3);
        let alphabets: [&[u8]; 3] = [
            b"0123456789abcdef",
            b"abcdefghijklmnopqrstuvwxyz",
            b"0123456789",
        ];
        for alphabet in alphabets {
            let false_alarms = (0..20_000)
                .filter(|_| is_evidently_made_up(fake.of(alphabet, 12).as_bytes()))
                .count();
            assert!(false_alarms <= 2, "{false_alarms} of 20,000");
        }
    }
}
