//! What names say of the values that they stand for.

/// What a value is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A token or a client secret.
    Token,
    /// The token with which Notion signs webhooks.
    VerificationToken,
}

/// A name in small letters, without what stands between its words.
pub fn squashed(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The words of a name, in small letters: of `notionAPIKey` and `NOTION_API_KEY` the same.
pub fn words(name: &str) -> Vec<String> {
    let bytes = name.as_bytes();
    let mut words: Vec<String> = vec![String::new()];
    for (at, byte) in bytes.iter().enumerate() {
        let is_upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        let is_lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
        let begins = is_upper(at) && at > 0 && (!is_upper(at - 1) || is_lower(at + 1));
        if !byte.is_ascii_alphanumeric() || begins {
            words.push(String::new());
        }
        if byte.is_ascii_alphanumeric() {
            let letter = char::from(byte.to_ascii_lowercase());
            words
                .last_mut()
                .into_iter()
                .for_each(|last| last.push(letter));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a name begins with that stands for a yes or no.
const QUESTIONS: [&str; 12] = [
    "has", "is", "no", "missing", "without", "use", "needs", "require", "requires", "should",
    "can", "mask",
];

/// Other services, whose tokens are none of Notion's.
const OTHERS: [&str; 34] = [
    "google",
    "github",
    "gitlab",
    "slack",
    "linear",
    "spotify",
    "jira",
    "atlassian",
    "asana",
    "discord",
    "microsoft",
    "facebook",
    "twitter",
    "dropbox",
    "airtable",
    "hubspot",
    "stripe",
    "trello",
    "todoist",
    "supabase",
    "openai",
    "gmail",
    "outlook",
    "zoom",
    "linkedin",
    "confluence",
    "salesforce",
    "shopify",
    "telegram",
    "vercel",
    "clickup",
    "figma",
    "strava",
    "session",
];

/// Returns true if a text names a service that is not Notion.
pub fn names_other(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    OTHERS.iter().any(|other| text.contains(other))
}

/// Returns true if a name is that of a list of names: `CONFIG_KEYS`, `ENV_NAMES`.
pub fn lists_names(name: &str) -> bool {
    const LISTS: [&str; 10] = [
        "keys",
        "names",
        "constants",
        "labels",
        "messages",
        "errors",
        "fields",
        "columns",
        "strings",
        "headers",
    ];
    words(name)
        .iter()
        .any(|word| LISTS.contains(&word.as_str()))
}

/// Where the last name of a service stands in a text, and whether it is Notion's; `None` where
/// there is none.
pub fn last_service(text: &[u8]) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    let last = |name: &str| memchr::memmem::rfind(&text, name.as_bytes());
    let others = OTHERS[..OTHERS.len() - 1]
        .iter()
        .filter_map(|name| last(name));
    match (last("notion"), others.max()) {
        (None, None) => None,
        (own, other) => Some(own >= other),
    }
}

/// What the value of this name is; `None` where the name does not say that it is a credential of
/// Notion's or of OAuth's.
pub fn held(name: &str) -> Option<Held> {
    let words = words(name);
    let squashed = squashed(name);
    if words
        .first()
        .is_none_or(|first| QUESTIONS.contains(&first.as_str()))
        || names_other(name)
    {
        return None;
    }
    if squashed.ends_with("verificationtoken") {
        return Some(Held::VerificationToken);
    }
    let is_of_oauth = ["accesstoken", "refreshtoken", "clientsecret"]
        .iter()
        .any(|end| squashed.ends_with(end));
    (is_of_oauth || is_of_notion(&squashed)).then_some(Held::Token)
}

/// Returns true if a name stands for a credential and says that it is Notion's.
pub fn is_of_notion(squashed: &str) -> bool {
    const KEYS: [&str; 5] = [
        "apikey",
        "notionkey",
        "secretkey",
        "integrationkey",
        "authkey",
    ];
    const NOT: [&str; 9] = [
        "pagetoken",
        "synctoken",
        "nexttoken",
        "csrftoken",
        "sharetoken",
        "statetoken",
        "publictoken",
        "verificationtoken",
        "webhooksecret",
    ];
    let ends = |ends: &[&str]| ends.iter().any(|end| squashed.ends_with(end));
    squashed.contains("notion")
        && (ends(&KEYS) || ends(&["token", "secret", "tokenv2"]))
        && !ends(&NOT)
}

#[cfg(test)]
mod tests {
    use super::{Held, held, last_service, words};

    #[test]
    fn words_are_told_apart_however_they_are_written() {
        for name in [
            "notionAPIKey",
            "NOTION_API_KEY",
            "notion-api-key",
            "NotionApiKey",
        ] {
            assert_eq!(words(name), ["notion", "api", "key"], "{name}");
        }
    }

    #[test]
    fn a_name_tells_a_credential_from_what_is_about_one() {
        for name in [
            "access_token",
            "accessToken",
            "NOTION_TOKEN",
            "notionApiKey",
            "refreshToken",
            "NOTION_OAUTH_CLIENT_SECRET",
            "newAccessToken",
            "AccessToken",
            "notion_token_v2",
        ] {
            assert_eq!(held(name), Some(Held::Token), "{name}");
        }
        assert_eq!(held("verification_token"), Some(Held::VerificationToken));
        assert_eq!(
            held("NOTION_WEBHOOK_VERIFICATION_TOKEN"),
            Some(Held::VerificationToken)
        );
        for name in [
            "hasAccessToken",
            "isNotionToken",
            "token_type",
            "notionTokenLength",
            "githubAccessToken",
            "notion_database_id",
            "notionPageToken",
            "NOTION_TOKEN_KEY",
            "notionCacheKey",
            "token",
            "NOTION_KEYS",
            "accessTokenExpiresAt",
            "",
        ] {
            assert_eq!(held(name), None, "{name}");
        }
    }

    #[test]
    fn the_nearest_service_counts() {
        assert_eq!(last_service(b"notion google"), Some(false));
        assert_eq!(last_service(b"google Notion"), Some(true));
        assert_eq!(last_service(b"a session"), None);
    }
}
