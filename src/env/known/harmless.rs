//! Recognises values that are not secret, whatever the variable's name: paths, addresses, public
//! keys, default passwords, and placeholders.

use super::made_up;
use super::phrase::{is_phrase, pieces};
use crate::detect::decode::fragments;

/// Returns true if a value is not a secret, although its variable has the name of a secret.
pub fn is_harmless(name: &[u8], value: &[u8]) -> bool {
    is_place(value)
        || is_public(value)
        || is_default(value)
        || is_request(value)
        || names_itself(name, value)
}

/// Returns true for a file path or a web address, which says where the real value is.
fn is_place(value: &[u8]) -> bool {
    let is_address = [&b"./"[..], b"~/", b"http://", b"https://"]
        .iter()
        .any(|start| value.starts_with(start));
    // A random value may begin with a slash, but it has uppercase letters and digits.
    let is_mixed = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_digit);
    is_address || value.starts_with(b"/") && !is_mixed
}

/// Returns true for publishable keys and public tokens.
fn is_public(value: &[u8]) -> bool {
    const PUBLIC: [&[u8]; 3] = [b"sb_publishable_", b"pk_live_", b"pk_test_"];
    PUBLIC.iter().any(|prefix| value.starts_with(prefix)) || is_public_jwt(value)
}

/// Returns true for a JSON Web Token with the role `anon`, or with the issuer `supabase-demo`,
/// which every local installation of Supabase uses.
fn is_public_jwt(value: &[u8]) -> bool {
    const CLAIMS: [&[u8]; 2] = [br#""role":"anon""#, br#""iss":"supabase-demo""#];
    let encoded = || {
        CLAIMS
            .into_iter()
            .flat_map(|claim| fragments(claim).collect::<Vec<_>>())
    };
    value.starts_with(b"eyJ")
        && encoded().any(|(fragment, _)| memchr::memmem::find(value, &fragment).is_some())
}

/// Returns true if the value is the name, apart from case and punctuation, or one repeated
/// character: `AWS_SECRET_KEY=@aws_secret_key`, `API_KEY=%API_KEY%`, `PASSWORD=xxx`.
fn names_itself(name: &[u8], value: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    letters(name) == letters(value) || value.iter().all(|byte| *byte == value[0])
}

/// Returns true for default passwords of programs, and for passwords that people commonly use on
/// their own machine: `postgres`, `root123`.
fn is_default(value: &[u8]) -> bool {
    const DEFAULTS: &str = "password passwd pass secret root admin administrator postgres postgresql mysql mariadb mongo \
        mongodb redis rabbitmq rabbit guest user username test testing dev development local localhost example default \
        toor key keys minio minioadmin homestead sail laravel django rails symfony docker app db database none null true false \
        undefined changeme letmein qwerty";
    let end = value
        .iter()
        .rev()
        .take_while(|byte| !byte.is_ascii_alphabetic())
        .count();
    let word = String::from_utf8_lossy(&value[..value.len() - end]).to_lowercase();
    // Digits alone: an ascending row such as `12345678`, or fewer than five.
    let digits = value.iter().all(u8::is_ascii_digit)
        && (b"12345678901234567890".starts_with(value) || value.len() < 5);
    digits
        || end <= 4
            && !word.is_empty()
            && word
                .split(['_', '-'])
                .all(|part| DEFAULTS.split(' ').any(|known| known == part))
}

/// Returns true for a phrase that asks the reader to replace it with a value.
fn is_request(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value).into_owned();
    // `asecuretokenwouldnormallygohere`
    let goes_here = text.len() >= 16
        && text.ends_with("here")
        && text.bytes().all(|byte| byte.is_ascii_lowercase());
    goes_here
        || is_phrase(value)
            && text
                .split(|c: char| !c.is_ascii_alphanumeric())
                .flat_map(pieces)
                .any(|word| made_up::is_mark(&word))
}
