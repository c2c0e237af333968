//! The degree to which a variable of an env file looks like a secret that must not be committed.
//!
//! Both the name and the randomness of the value are judged. By name alone, a third of the values
//! in committed env files would be reported, nearly all of them falsely.

use super::harmless::is_harmless;
use super::name::{ABOUT, is_in, one, words};
use super::phrase::is_phrase;
use super::{Ignored, value};
use crate::rules::placeholder;

/// The degree to which a variable looks like a secret that must not be committed, in ascending
/// order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// Not a secret: its name does not suggest one, or its value is a placeholder, public or
    /// otherwise harmless.
    None,
    /// A variable named like a password, with a value that a person chose.
    Chosen,
    /// A random value under a secret's name, or a credential under any name.
    Random,
}

/// Judges a variable by its name and value.
pub(super) fn suspicion(name: &[u8], value: &[u8]) -> Suspicion {
    // In `${NAME:-value}`, the default value is written in the file, so it is judged.
    let default = value
        .strip_prefix(b"${")
        .and_then(|inside| inside.strip_suffix(b"}"));
    if let Some(at) = default.and_then(|inside| memchr::memmem::find(inside, b":-")) {
        return suspicion(name, &value[at + 4..value.len() - 1]);
    }
    let value = value.strip_prefix(b"Bearer ").unwrap_or(value);
    let is_stand_in = matches!(
        value::unfit(value),
        Some(Ignored::Empty | Ignored::Reference | Ignored::Placeholder)
    );
    if !is_stand_in && is_credential(value) {
        return Suspicion::Random;
    }
    let Some(SecretName { is_password }) = secret_name(name) else {
        return Suspicion::None;
    };
    if is_stand_in || is_harmless(name, value) {
        Suspicion::None
    } else if is_random(value) && !is_phrase(value) {
        Suspicion::Random
    } else if is_password {
        Suspicion::Chosen
    } else {
        Suspicion::None
    }
}

/// Returns true if a value is secret under any name: an address with a random password, a private
/// key, a Slack webhook, or a random value with the prefix of a well-known service.
fn is_credential(value: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 11] = [
        b"ghp_",
        b"gho_",
        b"ghs_",
        b"github_pat_",
        b"glpat-",
        b"sk_live_",
        b"rk_live_",
        b"xoxb-",
        b"xoxp-",
        b"sk-ant-",
        b"SG.",
    ];
    let is_hook = value.starts_with(b"https://hooks.slack.com/services/") && value.len() > 60;
    let in_address = value::login(value)
        .is_some_and(|(_, password)| is_random(password) && !is_phrase(password));
    let is_key = [&b"-----BEGIN "[..], b"PRIVATE KEY-----"]
        .iter()
        .all(|mark| memchr::memmem::find(value, mark).is_some())
        && value
            .split(|byte| !byte.is_ascii_alphanumeric() && !b"+/=".contains(byte))
            .any(|run| run.len() >= 60);
    let is_known = PREFIXES.iter().any(|prefix| value.starts_with(prefix))
        && is_random(value)
        && !is_phrase(value);
    in_address || is_key || is_known || is_hook
}

/// A variable's name that means that its value is secret.
struct SecretName {
    /// True for a password, which need not be random.
    is_password: bool,
}

/// Endings of words that mean that a value is secret.
const SECRET: [&str; 6] = [
    "secret",
    "token",
    "password",
    "passwd",
    "passphrase",
    "credential",
];

/// Words that mean that a value is secret only if another word precedes them.
const WHOLE: [&str; 4] = ["key", "pass", "pwd", "apikey"];

/// Words that mean that a value is not secret.
const PUBLIC: [&str; 9] = [
    "publishable",
    "public",
    "anon",
    "threshold",
    "ttl",
    "fake",
    "dummy",
    "example",
    "mock",
];

/// Words that describe a secret if they follow its name, as the words in `ABOUT` do: the variable
/// does not hold the secret.
const MORE_ABOUT: [&str; 13] = [
    "address", "backend", "budget", "email", "enabled", "hasher", "policy", "provider", "reset",
    "revision", "store", "limit", "rotation",
];

/// Words that may follow the name of a password.
const BEHIND: [&str; 12] = [
    "dev",
    "development",
    "prod",
    "production",
    "staging",
    "test",
    "local",
    "default",
    "base",
    "key",
    "root",
    "admin",
];

/// Parses a variable's name; `None` if the name does not say that the value is secret, or if a word
/// after the secret word only describes the secret (`TOKEN_URL`). The secret is a password only if
/// all words after the last secret word are in `BEHIND`.
fn secret_name(name: &[u8]) -> Option<SecretName> {
    let words = words(&String::from_utf8_lossy(name));
    let is_secret = |word: &str| SECRET.iter().any(|secret| one(word).ends_with(secret));
    let is_whole =
        |at: usize| at > 0 && WHOLE.contains(&one(&words[at])) || words[at].ends_with("apikey");
    let last = (0..words.len())
        .rev()
        .find(|at| is_secret(&words[*at]) || is_whole(*at))?;
    let is_public = words.iter().any(|word| PUBLIC.contains(&word.as_str()))
        || words
            .windows(2)
            .any(|pair| pair[0] == "site" && pair[1] == "key");
    let is_about = words[last + 1..]
        .iter()
        .any(|word| is_in(ABOUT, word) || MORE_ABOUT.contains(&word.as_str()));
    let is_of_password = |word: &str| {
        ["password", "passwd", "secret"]
            .iter()
            .any(|end| one(word).ends_with(end))
    };
    let ends = words[last + 1..]
        .iter()
        .all(|word| BEHIND.contains(&word.as_str()));
    let is_password = ends && words[..=last].iter().any(|word| is_of_password(word));
    (!is_public && !is_about && (!is_bundled(&words) || is_password))
        .then_some(SecretName { is_password })
}

/// Returns true if build tools copy a variable with these words in its name into the code that
/// browsers load. Such a variable is secret only if it is named like a password.
fn is_bundled(words: &[String]) -> bool {
    [
        &["vite"][..],
        &["gatsby"],
        &["react", "app"],
        &["vue", "app"],
    ]
    .iter()
    .any(|prefix| {
        words.len() > prefix.len() && words.iter().zip(*prefix).all(|(word, start)| word == start)
    })
}

/// Returns true if a value could be found by trying. A value with at least 24 random letters and
/// digits in a row, such as a token, could not.
pub(super) fn is_guessable(value: &[u8]) -> bool {
    let longest = value
        .split(|byte| !byte.is_ascii_alphanumeric())
        .max_by_key(|run| run.len())
        .unwrap_or_default();
    longest.len() < 24 || !is_random(longest)
}

/// Returns true if a value has no whitespace, and its longest run of token characters is random: at
/// least 16 bytes, of at least two of lowercase letters, uppercase letters and digits, and not
/// composed by a person (see `placeholder::is_composed`). Short words at the start of the run
/// (`sb_secret_`) do not count.
fn is_random(value: &[u8]) -> bool {
    let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    let longest = value
        .split(|byte| !is_of_token(byte))
        .max_by_key(|run| run.len())
        .unwrap_or_default();
    let body = without_prefix(longest);
    let classes: [fn(&u8) -> bool; 3] = [
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
        u8::is_ascii_digit,
    ];
    !value.iter().any(u8::is_ascii_whitespace)
        && body.len() >= 16
        && classes
            .iter()
            .filter(|class| body.iter().any(class))
            .count()
            >= 2
        && !placeholder::is_composed(body)
}

/// Removes up to three words of one to eight lowercase letters, each with `_` or `-` after it, from
/// the start of a run.
fn without_prefix(run: &[u8]) -> &[u8] {
    let mut rest = run;
    for _ in 0..3 {
        let word = rest
            .iter()
            .take_while(|byte| byte.is_ascii_lowercase())
            .count();
        match rest.get(word) {
            Some(b'_' | b'-') if (1..=8).contains(&word) => rest = &rest[word + 1..],
            _ => break,
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::super::phrase::is_phrase;
    use super::Suspicion::{Chosen, None, Random};
    use super::suspicion;
    use crate::fake::{Fake, expand};

    #[test]
    fn suspicion_depends_on_name_and_value() {
        // `{"iss":"x","role":"anon"}`, and the same for `service_role`.
        let jwt = |claims: &str| format!("eyJhbGciOiJIUzI1NiJ9.{claims}.abcDEF123");
        let (anon, service) = (
            jwt("eyJpc3MiOiJ4Iiwicm9sZSI6ImFub24ifQ"),
            jwt("eyJpc3MiOiJ4Iiwicm9sZSI6InNlcnZpY2Vfcm9sZSJ9"),
        );
        let cases = [
            ("API_KEY", "{a:24}", Random),
            ("NOTION_TOKEN", "{ntn}", Random),
            ("DB_PASSWORD", "{h:32}", Random),
            ("appSecret", "sk-{a:40}", Random),
            ("APP_KEY", "base64:{a:43}=", Random),
            ("STRIPE_KEY", "pk_test_{a:24}", None),
            ("SUPABASE_KEY", "sb_publishable_{a:24}", None),
            ("SUPABASE_KEY", anon.as_str(), None),
            ("SUPABASE_KEY", service.as_str(), Random),
            ("RECAPTCHA_SITE_KEY", "{a:40}", None),
            ("AWS_ACCESS_KEY_ID", "{a:20}", None),
            ("TOKEN_URL", "{a:20}", None),
            ("CLIENT_ID_SECRET", "{a:20}", Random),
            ("VITE_MAPS_KEY", "{a:39}", None),
            ("VITE_APP_SECRET", "{a:39}", Random),
            ("PORT", "{a:39}", None),
            ("DATABASE_URL", "postgres://app:{a:24}@db.example/x", Random),
            (
                "DATABASE_URL",
                "postgres://postgres:postgres@localhost/x",
                None,
            ),
            (
                "PRIVATE",
                "-----BEGIN RSA PRIVATE KEY-----\n{a:64}\n{a:64}\n-----END RSA PRIVATE KEY-----",
                Random,
            ),
            ("GITHUB_PAT", "ghp_{a:36}", Random),
            (
                "SUPABASE_SERVICE_ROLE_KEY",
                "sb_secret_{a:22}_{a:8}",
                Random,
            ),
            ("EXPO_TOKEN", "{a:30}", Random),
            ("API_KEY", "${API_KEY:-{a:30}}", Random),
            ("API_KEY", "Bearer {a:30}", Random),
            ("PASSWORD_RESET_TIMEOUT", "86400", None),
            ("PASSWORD_HASHER", "argon2", None),
            ("SECRETS_BACKEND", "vault", None),
            ("AWS_SECRET_REGION", "us-east-1", None),
            ("PASSWORD_AUTH_ENABLED", "yes", None),
            ("FORGOT_PASSWORD_EMAIL", "help@corp.example", None),
            ("SECRETARY_EMAIL", "a@corp.example", None),
            ("PASSWORDLESS", "on", None),
            ("DB_PASSWORD", "/run/secrets/db_password", None),
            ("USDC_TOKEN_ADDRESS", "0x{h:40}", None),
            ("TOKENIZER_REVISION", "{h:40}", None),
            ("TOKEN_ISSUER", "https://idp.example/us-east-1_{a:20}", None),
            ("S3_KEY_PREFIX", "uploads/2024-01-01/abcdef0123456", None),
            ("VITE_STRIPE", "sk_live_{a:24}", Random),
            ("DB_PASSWORD", "hunter2", Chosen),
            ("DB_PASSWORD", "postgres", None),
            ("DB_PASSWORD", "root123", None),
            ("DB_PASSWORD", "${OTHER}", None),
            ("DB_PASSWORD", "", None),
            ("API_KEY", "hunter2", None),
            ("JWT_SECRET", "supersecretkey123", Chosen),
            ("SESSION_SECRET", "change-me-before-you-deploy", None),
            ("AUTH_SECRET", "generate-with-openssl-rand-base64-32", None),
            ("ENCRYPTION_KEY", "your_encryption_key_32_bytes_hex", None),
            ("CHAT_BOT_TOKEN", "xoxb-your-bot-token", None),
            ("NOTION_TOKEN", "ntn_your_integration_token_here", None),
            ("AWS_SECRET_KEY", "@aws_secret_key", None),
            ("DOCKERHUB_PASSWORD", "xxx", None),
            ("AWS_FAKE_SECRET_KEY", "{a:24}", None),
            ("SECRET_TOKEN", "asecuretokenwouldnormallygohere", None),
            ("API_KEY", "__________FILL ME__________", None),
            ("API_KEY", "a1b2c3d4e5f6g7h8i9j0", None),
            ("API_KEY", "0123456789abcdef0123456789abcdef", None),
        ];
        for (name, text, expected) in cases {
            let value = expand(text, 7);
            assert_eq!(
                suspicion(name.as_bytes(), value.as_bytes()),
                expected,
                "{name}={value}"
            );
        }
    }

    #[test]
    fn random_values_are_rarely_taken_for_phrases() {
        let mut fake = Fake::new(5);
        let kinds: [(&[u8], usize); 4] = [
            (b"0123456789abcdef", 32),
            (
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                24,
            ),
            (b"abcdefghijklmnopqrstuvwxyz0123456789", 20),
            (
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                43,
            ),
        ];
        for (alphabet, length) in kinds {
            let values: Vec<String> = (0..5_000).map(|_| fake.of(alphabet, length)).collect();
            let phrases = values
                .iter()
                .filter(|value| is_phrase(value.as_bytes()))
                .count();
            let missed = values
                .iter()
                .filter(|value| suspicion(b"API_KEY", value.as_bytes()) != Random)
                .count();
            assert!(
                phrases <= 15 && missed <= 25,
                "{phrases} phrases, {missed} of 5,000 missed of {length} characters"
            );
        }
    }
}
