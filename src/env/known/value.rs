//! Judges a variable's value, independent of the variable's name.

use std::ops::Range;
use std::sync::LazyLock;

use super::made_up::is_evidently_made_up;
use super::{Ignored, MIN_LENGTH};
use crate::rules::{self, RULES, placeholder};

/// The length of Notion credentials in bytes: all are longer than the start of the range, and
/// tokens are shorter than its end. Cookies may be longer.
const NOTION_LENGTH: Range<usize> = 40..100;

/// Returns true if a value is secret under any variable's name: a Notion credential, or an address
/// with a password.
pub(super) fn is_secret(value: &[u8]) -> bool {
    notion_body(value).is_some() || login(value).is_some()
}

/// Returns the reason why a secret value is not searched for; `None` if it is searched for.
pub(super) fn unfit(value: &[u8]) -> Option<Ignored> {
    if value.iter().all(u8::is_ascii_whitespace) {
        return Some(Ignored::Empty);
    }
    let password = login(value).map(|(_, password)| password);
    if is_reference(value) || password.is_some_and(is_reference) {
        return Some(Ignored::Reference);
    }
    if value.len() < MIN_LENGTH {
        return Some(Ignored::TooShort);
    }
    let made_up = is_evidently_made_up(value)
        || notion_body(value).is_some_and(placeholder::is_made_up)
        || login(value)
            .is_some_and(|(user, password)| user == password || is_evidently_made_up(password))
        || password.is_none() && is_local(value);
    made_up.then_some(Ignored::Placeholder)
}

/// Returns the random part of a Notion credential: everything after the prefix of a token, or the
/// last 24 bytes of a cookie, which begins with words. `None` for any other value.
pub(super) fn notion_body(value: &[u8]) -> Option<&[u8]> {
    static PREFIXES: LazyLock<Vec<&str>> = LazyLock::new(|| rules::prefixes(RULES));
    let body = PREFIXES
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix.as_bytes()))?;
    // Only cookies, which begin with `v0`, may be of any length.
    let is_token = value.len() < NOTION_LENGTH.end;
    let is_cookie = value.starts_with(b"v0");
    let fits = value.len() > NOTION_LENGTH.start && (is_cookie || is_token);
    fits.then(|| {
        if is_cookie {
            &body[body.len().saturating_sub(24)..]
        } else {
            body
        }
    })
}

/// Returns the user and the password of an address: `scheme://user:password@host`; `None` if it has
/// no password.
pub(super) fn login(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let scheme = memchr::memmem::find(value, b"://")?;
    let rest = &value[scheme + 3..];
    let authority = &rest[..memchr::memchr3(b'/', b'?', b'#', rest).unwrap_or(rest.len())];
    let login = &authority[..memchr::memrchr(b'@', authority)?];
    let (user, password) = login.split_at(memchr::memchr(b':', login)?);
    let is_scheme = value[..scheme]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+.-:".contains(byte));
    (is_scheme && password.len() > 1).then(|| (user, &password[1..]))
}

/// Returns true for an address on this machine, which nobody else can use.
fn is_local(value: &[u8]) -> bool {
    [
        &b"http://localhost"[..],
        b"https://localhost",
        b"http://127.0.0.1",
        b"https://127.0.0.1",
    ]
    .iter()
    .any(|start| value.starts_with(start))
}

/// Returns true if a value only refers to the real one, or is encrypted.
fn is_reference(value: &[u8]) -> bool {
    const ELSEWHERE: [&[u8]; 11] = [
        b"op://",
        b"vault:",
        b"arn:",
        b"ref+",
        b"ssm:",
        b"sm://",
        b"awssm://",
        b"secretref:",
        b"keyvault://",
        b"@Microsoft.KeyVault(",
        b"encrypted:",
    ];
    let wrapped = |open: &[u8], close: &[u8]| value.starts_with(open) && value.ends_with(close);
    ELSEWHERE.iter().any(|start| value.starts_with(start))
        || wrapped(b"$(", b")")
        || wrapped(b"{{", b"}}")
        || is_variable(value)
        || is_made_of_references(value)
}

/// Returns true for `$NAME` without lowercase letters. A lowercase letter after a dollar sign is
/// more often part of a password.
fn is_variable(value: &[u8]) -> bool {
    value.strip_prefix(b"$").is_some_and(|name| {
        name.first().is_some_and(|first| !first.is_ascii_digit())
            && name
                .iter()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    })
}

/// Returns true for one or more `${NAME}`, with only punctuation between them.
fn is_made_of_references(value: &[u8]) -> bool {
    let mut parts = memchr::memmem::find_iter(value, b"${").peekable();
    let is_bare = |part: &[u8]| {
        !part
            .iter()
            .any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
    };
    let Some(first) = parts.peek() else {
        return false;
    };
    let mut bare = is_bare(&value[..*first]);
    while let Some(start) = parts.next() {
        let part = &value[start..parts.peek().copied().unwrap_or(value.len())];
        bare &= memchr::memchr(b'}', part).is_none_or(|end| is_bare(&part[end..]));
    }
    bare && memchr::memchr(b'}', value).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::Ignored;
    use super::{is_secret, unfit};
    use crate::fake::expand;

    #[test]
    fn urls_with_passwords_and_notion_credentials_are_secret() {
        for text in [
            "{ntn}",
            "{secret}",
            "{nrt}",
            "{v02}",
            "{v03}",
            "postgres://me:{a:9}@db/x",
            "redis://:{a:9}@h",
        ] {
            let value = expand(text, 5);
            assert!(
                is_secret(value.as_bytes()) && unfit(value.as_bytes()).is_none(),
                "{text}"
            );
        }
        for value in [
            "https://a.example/x:y@z",
            "ssh://git@host/x",
            "ntn_short",
            "a b://c:d@e",
            "https://u:@h",
            "",
            &"ntn_".repeat(1_000_000),
        ] {
            assert!(!is_secret(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn ignored_values_have_a_reason() {
        let cases = [
            ("", Ignored::Empty),
            ("  ", Ignored::Empty),
            ("${TOKEN_OF_THE_APP}", Ignored::Reference),
            ("${A:-${B_AND_C}}/${D}", Ignored::Reference),
            ("$TOKEN_OF_THE_APP", Ignored::Reference),
            ("$(op read op://x/y/z)", Ignored::Reference),
            ("{{ op://vault/item }}", Ignored::Reference),
            ("op://vault/item/field", Ignored::Reference),
            ("arn:aws:secretsmanager:x", Ignored::Reference),
            ("encrypted:BDqDBibm4wsYqMpCjTQ", Ignored::Reference),
            ("postgres://me:${PASSWORD}@db", Ignored::Reference),
            ("hunter2", Ignored::TooShort),
            ("postgres://postgres:postgres@db", Ignored::Placeholder),
            ("postgres://me:<password>@db", Ignored::Placeholder),
            ("http://localhost:3000/webhook", Ignored::Placeholder),
            ("changeme_please", Ignored::Placeholder),
        ];
        for (value, reason) in cases {
            assert_eq!(unfit(value.as_bytes()), Some(reason), "{value}");
        }
        let tokens = [
            "ntn_{x:46}",
            "secret_{seq:43}",
            "ntn_{a:20}YourToken{a:17}",
            "v02:user_token_or_cookies:{x:99}",
        ];
        for text in tokens {
            assert_eq!(
                unfit(expand(text, 1).as_bytes()),
                Some(Ignored::Placeholder),
                "{text}"
            );
        }
        for value in [
            "$ecret-of-the-app",
            "pa${x}ssword-of-mine",
            "correct horse battery",
            "$5$rounds=5000$usesomesalt",
        ] {
            assert_eq!(unfit(value.as_bytes()), None, "{value}");
        }
    }
}
