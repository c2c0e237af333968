//! Distinguishes the kinds of credential that consist of `secret_` and 43 letters and digits, by
//! the names around them.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::token::compile;
use crate::model::neighbourhood::Neighbourhood;

/// The kind of a credential that consists of `secret_` and 43 letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// The client secret of a public integration.
    ClientSecret,
    /// The verification token of a webhook subscription.
    WebhookToken,
    /// An integration token from before 2024-09-25, assumed if nothing nearby shows another kind.
    Legacy,
}

/// Returns the kind of a candidate. The first of these that shows a kind decides: a client id right
/// before the value; the name on its line; the name above, if its line has none (`Name: …` /
/// `Value: …`); the name that a command gives after the value; the lines around.
pub fn kind(around: &Neighbourhood<'_>) -> CredentialKind {
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?i-u)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:%3A|["'`]?\s*[:,]\s*["'`]?)$"#,
        )
    });
    let line = around.line_before();
    if PAIR.is_match(line) {
        return CredentialKind::ClientSecret;
    }
    let own = own_part(line);
    let key = own_key(own);
    let on_line = named(own).or_else(|| if key.is_specific() { None } else { named(line) });
    let before = &line[..line.len() - own.len()];
    let above =
        on_line.or_else(|| named_above(&key, own, &[around.lines_above(), b"\n", before].concat()));
    above
        .or_else(|| named_behind(around))
        .unwrap_or_else(|| kind_nearby(around))
}

/// Returns the part of a line that is about the value at its end: the text after the last
/// separator.
fn own_part(line: &[u8]) -> &[u8] {
    static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| compile(r"(?-u)[,;{]|[?&]\b[\w.-]+=$"));
    SEPARATOR
        .find_iter(line)
        .last()
        .map_or(line, |found| &line[found.start() + 1..])
}

/// The key before a value, by how much the key says about the value.
enum Key {
    /// `api_user =`: only this key is the name of the value.
    Specific,
    /// `secret:`, `token =`: a word for any credential. A more exact name may be above.
    Vague,
    /// `value:`, or no key at all: the name is elsewhere.
    Silent,
}

impl Key {
    fn is_specific(&self) -> bool {
        !matches!(self, Key::Silent)
    }
}

fn own_key(part: &[u8]) -> Key {
    static KEY: LazyLock<Regex> = LazyLock::new(|| compile(r"(?-u)(\w+)[\x22'\]]?\s*(?:=>|:?=|:)"));
    let Some(key) = KEY.captures_iter(part).last() else {
        return Key::Silent;
    };
    match String::from_utf8_lossy(&key[1]).to_lowercase().as_str() {
        "value" | "val" | "string" | "data" | "default" | "defaultvalue" | "default_value"
        | "fallback" => Key::Silent,
        "token" | "secret" | "key" => Key::Vague,
        _ => Key::Specific,
    }
}

/// Returns the kind that a name in the lines above stands for. If the value's key is vague, the
/// line above must open the key's object or be only `Name: …`. `None` if the key is specific, or if
/// there is no such name.
fn named_above(key: &Key, own: &[u8], above: &[u8]) -> Option<CredentialKind> {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i-u)(?:[:{]|\bname\W+[\w.-]+)\s*$"));
    match key {
        Key::Silent => named(above),
        Key::Vague if NAME.is_match(above) => named(&[above, b"\n", own].concat()),
        _ => None,
    }
}

/// Returns the kind that the last name in `text` stands for; `None` if no name stands for a kind.
fn named(text: &[u8]) -> Option<CredentialKind> {
    static CLIENT: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i-u)(?:client|oauth)[\s_.-]*secret\w*"));
    // A name for any kind: `NOTION_SECRET_KEY`.
    static VAGUE: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i-u)secret[\s_.-]*key$"));
    static WEBHOOK: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?i-u)verification[\s_.-]*token\w*|webhook(?:[\w .-]{0,40}|\W{1,12})(?:secret|token|key)\w*",
        )
    });
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i-u)notion[\w.-]*(?:token|key)|api[\s_-]?key|authorization|bearer|\bauth\b",
            r"|(?:access|bot)[\s_-]*token|integration[\s_-]*(?:token|secret|key)"
        ))
    });
    let end = |pattern: &Regex| {
        let last = pattern.find_iter(text).last();
        last.filter(|found| !VAGUE.is_match(found.as_bytes()) || std::ptr::eq(pattern, &*CLIENT))
            .map(|found| found.end())
    };
    // If two names end at the same offset, the later element wins: `NOTION_WEBHOOK_TOKEN` is the
    // token of a webhook, although it also ends like the name of another token.
    [
        (end(&TOKEN), CredentialKind::Legacy),
        (end(&WEBHOOK), CredentialKind::WebhookToken),
        (end(&CLIENT), CredentialKind::ClientSecret),
    ]
    .into_iter()
    .filter_map(|(end, kind)| Some((end?, kind)))
    .max_by_key(|(end, _)| *end)
    .map(|(_, kind)| kind)
}

/// Returns the kind that a name after the value stands for, as in `echo … | gh secret set NAME` or
/// `"value": …, "name": "NAME"`; `None` if there is no such name.
fn named_behind(around: &Neighbourhood<'_>) -> Option<CredentialKind> {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i-u)(?:\bname\W{1,6}|secret (?:set|put) |env add )([\w.-]+)"));
    let line = around
        .after(200)
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    NAME.captures(line)
        .and_then(|found| named(found.get(1)?.as_bytes()))
}

/// Returns the kind of a value without a name, by other signs in the lines around: a client id or
/// the code of a webhook.
fn kind_nearby(around: &Neighbourhood<'_>) -> CredentialKind {
    static CLIENT_ID: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i-u)[0-9a-f]{3}d872b-594c-8[0-9a-f]{3}-[0-9a-f]{4}-0037[0-9a-f]{8}",
            r"|client[\s_.-]*id\W{1,8}[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
        ))
    });
    static SIGNATURE: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i-u)verification_?token|x-notion-signature|hmac\W"));
    if around.nearly_matches(&CLIENT_ID) {
        CredentialKind::ClientSecret
    } else if around.nearly_matches(&SIGNATURE) {
        CredentialKind::WebhookToken
    } else {
        CredentialKind::Legacy
    }
}
