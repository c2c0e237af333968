//! Judges by a variable's name if its value is secret.

/// Words that mark the name of a secret, alone or at the end of a longer word (`PGPASSWORD`).
const LONG: &str = "password passwd passphrase passcode secret token credential apikey secretkey accesskey privatekey \
    webhook mnemonic";

/// Words that mark the name of a secret only as whole words, because too many other words end in
/// them.
const SHORT: &str = "pass auth authorization bearer private signature salt pepper dsn cookie session jwt creds connstr \
    connectionstring";

/// Last words of names of variables that describe a secret but do not hold it (`TOKEN_URL`,
/// `KEY_ID`).
pub(super) const ABOUT: &str = "id ids url uri endpoint host hostname port domain name user username email login file path dir \
    folder ttl age expiry expires expiration lifetime timeout length size count type alg algorithm \
    enabled disabled header prefix issuer audience region method mode driver fingerprint sock version";

/// Words before `key` that mean a key that is not secret (`PUBLIC_KEY`, `FOREIGN_KEY`).
const PUBLIC: &str = "public pub publishable site primary foreign";

/// Returns true if a name says that its value is secret.
pub(super) fn is_secret(name: &[u8]) -> bool {
    let words = words(&String::from_utf8_lossy(name));
    let about = words.last().is_some_and(|last| is_in(ABOUT, last));
    let pairs = (0..words.len()).map(|at| {
        (
            at.checked_sub(1).map_or("", |before| &words[before]),
            words[at].as_str(),
        )
    });
    // The address of a webhook is itself a secret.
    if about {
        return pairs
            .clone()
            .any(|(before, word)| one(before) == "webhook" && is_in("url uri", word));
    }
    pairs.clone().any(|(before, word)| {
        LONG.split(' ')
            .any(|long| word.ends_with(long) || one(word).ends_with(long))
            || is_in(SHORT, word)
            || is_in(SHORT, one(word))
            || one(word) == "key" && !is_in(PUBLIC, before)
            || is_in("pwd pw", word) && words.len() > 1
            || before == "connection" && word == "string"
    })
}

pub(super) fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// Returns a word without the `s` of the plural.
pub(super) fn one(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

/// Splits a name into lowercase words: at characters that are neither letters nor digits, and at
/// changes of case. Removes the number at the end of a word.
pub(super) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        let after_small = at > 0 && (chars[at - 1].is_lowercase() || chars[at - 1].is_numeric());
        let before_small = at > 0
            && chars[at - 1].is_uppercase()
            && chars.get(at + 1).is_some_and(|c| c.is_lowercase());
        if !c.is_alphanumeric() || c.is_uppercase() && (after_small || before_small) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words
        .iter_mut()
        .for_each(|word| word.truncate(word.trim_end_matches(|c: char| c.is_numeric()).len()));
    words.retain(|word| !word.is_empty());
    words
}

/// Returns `show(name)`, or a fixed text if the name could be part of a secret: the last line of an
/// unquoted key of several lines ends in `=`, so the parser takes it for a name.
pub(crate) fn shown(name: &[u8], show: impl Fn(&[u8]) -> String) -> String {
    let like_value = name
        .split(|byte| matches!(byte, b'_' | b'-' | b'.'))
        .any(is_like_value);
    if like_value || name.len() > 100 {
        "a name (hidden: it may be part of a secret)".to_owned()
    } else {
        show(name)
    }
}

/// Returns true if a part of a name is unlikely to be a word: it is long, and has digits among its
/// letters or changes case often.
fn is_like_value(part: &[u8]) -> bool {
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    let ends_in_digits = part
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let changes = part
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
        .count();
    part.len() >= 10 && (digits > ends_in_digits || digits > 3 || changes > 4) || part.len() > 32
}

#[cfg(test)]
mod tests {
    use super::{is_secret, shown, words};

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(
            words("NEXT_PUBLIC.apiKey2-HTTPToken"),
            ["next", "public", "api", "key", "http", "token"]
        );
        assert_eq!(words("_A1_"), ["a"]);
        assert_eq!(words("AUTH0_KEY"), ["auth", "key"]);
    }

    #[test]
    fn secret_variable_names_are_recognised() {
        let secret = "NOTION_TOKEN API_KEY APIKEY apiKey STRIPE_SECRET PGPASSWORD DB_PWD SMTP_PASS passphrase \
            GOOGLE_CREDENTIALS BASIC_AUTH APP_PRIVATE_KEY SALT SENTRY_DSN SLACK_WEBHOOK_URL GITHUB_WEBHOOK_SECRET \
            SESSION_COOKIE JWT_KEY CONNECTION_STRING connectionString NEXT_PUBLIC_API_KEY VITE_TOKEN PUBLIC_API_KEY \
            SECRET_KEY_BASE API_KEYS TOKEN_V2 clientSecret AWS_SECRET_ACCESS_KEY KEY spring.datasource.password";
        let plain = "PORT DEBUG PWD OLDPWD KEYBOARD PUBLIC_KEY STRIPE_PUBLISHABLE_KEY RECAPTCHA_SITE_KEY AWS_ACCESS_KEY_ID \
            TOKEN_URL AUTH_DOMAIN SECRET_NAME PRIVATE_KEY_PATH COOKIE_DOMAIN MONKEY AUTHOR COMPASS WEBHOOK_ID DATABASE_URL \
            TOKENIZERS NODE_ENV _";
        for name in secret.split_whitespace() {
            assert!(is_secret(name.as_bytes()), "{name}");
        }
        for name in plain.split_whitespace() {
            assert!(!is_secret(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn names_that_may_be_part_of_a_value_are_hidden() {
        let show = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        assert_eq!(shown(b"DATABASE_PASSWORD_2", show), "DATABASE_PASSWORD_2");
        for name in ["kQ9zR2vX7bN4mT6w", &"aB".repeat(17), &"A_".repeat(60)] {
            assert!(
                shown(name.as_bytes(), show).contains("part of a secret"),
                "{name}"
            );
        }
    }
}
