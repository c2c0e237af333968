//! Checks variables that hold Notion credentials or are named like them.

use std::sync::LazyLock;

use super::entry::{EnvEntry, EnvFile};
use crate::rules::{self, PUBLIC_PREFIXES, RULES};

/// Returns the variables with a public prefix that hold a Notion credential, refer to a variable
/// with a credential, or are named like a credential.
pub fn shipped_to_browsers(file: &EnvFile) -> impl Iterator<Item = &EnvEntry> {
    file.entries.iter().filter(|entry| {
        let Some(own) = without_public_prefix(&entry.name) else {
            return false;
        };
        entry.credential.is_some() || names_secret(own) || refers_to_secret(file, file.raw(entry))
    })
}

/// Returns true if the value of a variable is a credential or looks like a real secret, or refers
/// to a variable that holds a credential or has the name of a credential.
pub fn holds_secret(file: &EnvFile, entry: &EnvEntry) -> bool {
    entry.credential.is_some() || entry.is_filled || refers_to_secret(file, file.raw(entry))
}

/// Returns a name without its public prefix; `None` if it has no such prefix.
pub fn without_public_prefix(name: &[u8]) -> Option<&[u8]> {
    PUBLIC_PREFIXES
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix.as_bytes()))
}

/// Returns true if a value contains `$NAME` or `${NAME}` of a variable that holds a Notion
/// credential or has the name of a Notion credential.
fn refers_to_secret(file: &EnvFile, value: &[u8]) -> bool {
    let holds = |name: &[u8]| {
        file.entries
            .iter()
            .any(|entry| entry.name == name && entry.credential.is_some())
    };
    memchr::memchr_iter(b'$', value).any(|dollar| {
        let rest = &value[dollar + 1..];
        let rest = rest.strip_prefix(b"{").unwrap_or(rest);
        let end = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
            .unwrap_or(rest.len());
        end > 0 && (names_secret(&rest[..end]) || holds(&rest[..end]))
    })
}

/// Returns the variables that are named like a token, but whose value does not begin like a token.
pub fn misshapen(file: &EnvFile) -> impl Iterator<Item = &EnvEntry> {
    file.entries.iter().filter(|entry| {
        let name = without_public_prefix(&entry.name).unwrap_or(&entry.name);
        let value = file.raw(entry);
        is_token(name) && !begins_as_token(value) && !entry.is_elsewhere
    })
}

/// Returns true if a value begins like one of the values that `NOTION_TOKEN` may hold.
fn begins_as_token(value: &[u8]) -> bool {
    static PREFIXES: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let of_tokens = RULES.iter().filter(|rule| rule.variable == "NOTION_TOKEN");
        rules::prefixes(&of_tokens.copied().collect::<Vec<_>>())
    });
    PREFIXES
        .iter()
        .any(|prefix| value.starts_with(prefix.as_bytes()))
}

/// Returns true if a variable with this name holds a Notion secret: `NOTION_TOKEN`,
/// `NOTION_CLIENT_SECRET`, `MY_NOTION_API_KEY_DEV`.
fn names_secret(name: &[u8]) -> bool {
    const ENDS: [&str; 6] = [
        "TOKEN",
        "SECRET",
        "API_KEY",
        "ACCESS_KEY",
        "KEY",
        "TOKEN_V2",
    ];
    const MODES: [&str; 10] = [
        "_DEV",
        "_DEVELOPMENT",
        "_PROD",
        "_PRODUCTION",
        "_STAGING",
        "_TEST",
        "_PREVIEW",
        "_LOCAL",
        "_READ",
        "_WRITE",
    ];
    let upper = String::from_utf8_lossy(name).to_ascii_uppercase();
    let upper = upper.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let upper = MODES
        .iter()
        .find_map(|mode| upper.strip_suffix(mode))
        .unwrap_or(upper);
    let Some((before, rest)) = upper.split_once("NOTION_") else {
        return false;
    };
    // `PRENOTION_KEY` does not contain the word `NOTION`. `NOTION_PAGE_KEY` is not a secret: of the
    // names that end in `KEY` alone, only `NOTION_KEY` is the name of a secret.
    let is_word = before.is_empty() || before.ends_with('_');
    is_word
        && ENDS.iter().any(|end| {
            if *end == "KEY" {
                rest == *end
            } else {
                rest == *end || rest.ends_with(&format!("_{end}"))
            }
        })
}

/// Returns true if a variable with this name holds a token that begins with `ntn_` or `secret_`.
fn is_token(name: &[u8]) -> bool {
    const OTHERS: [&str; 10] = [
        "V2",
        "CLIENT",
        "WEBHOOK",
        "VERIFICATION",
        "REFRESH",
        "COOKIE",
        "SESSION",
        "SIGNING",
        "JWT",
        "ENCRYPTION",
    ];
    let upper = String::from_utf8_lossy(name).to_ascii_uppercase();
    names_secret(name) && !upper.split('_').any(|word| OTHERS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::{is_token, names_secret, without_public_prefix};

    #[test]
    fn names_of_token_variables_are_recognised() {
        let tokens = "NOTION_TOKEN NOTION_API_KEY NOTION_SECRET NOTION_KEY notion_token NOTION_INTEGRATION_TOKEN \
            MY_NOTION_API_TOKEN NOTION_TOKEN_DEV NOTION_TOKEN_2 NOTION_READER_TOKEN NOTION_TOKEN_READ";
        let others =
            "NOTION_TOKEN_V2 NOTION_CLIENT_SECRET NOTION_REFRESH_TOKEN NOTION_WEBHOOK_SECRET";
        let plain = "NOTION_DATABASE_ID NOTION_PAGE_KEY NOTION_TOKEN_URL PRENOTION_TOKEN NOTION_VERSION TOKEN NOTION_";
        for name in tokens.split_whitespace() {
            assert!(
                is_token(name.as_bytes()) && names_secret(name.as_bytes()),
                "{name}"
            );
        }
        for name in others.split_whitespace() {
            assert!(
                !is_token(name.as_bytes())
                    && (names_secret(name.as_bytes()) || name.ends_with("V2")),
                "{name}"
            );
        }
        for name in plain.split_whitespace() {
            assert!(
                !is_token(name.as_bytes()) && !names_secret(name.as_bytes()),
                "{name}"
            );
        }
        assert_eq!(
            without_public_prefix(b"NEXT_PUBLIC_NOTION_TOKEN"),
            Some(&b"NOTION_TOKEN"[..])
        );
        assert_eq!(
            without_public_prefix(b"VUE_APP_NOTION_TOKEN"),
            Some(&b"NOTION_TOKEN"[..])
        );
        assert_eq!(without_public_prefix(b"MY_VITE_X"), None);
    }
}
