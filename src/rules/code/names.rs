//! Recognises credentials by the names of values.

/// The kind of credential that a variable with a certain name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A token or a client secret.
    Token,
    /// The token with which Notion signs webhooks.
    VerificationToken,
}

/// Returns the letters and digits of a name, in lower case.
pub fn squashed(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Returns true if `word` is in `list`, a list of words separated by blanks.
pub fn is_in(word: &str, list: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

/// Returns the words of a name, in lower case: the same for `notionAPIKey` and `NOTION_API_KEY`.
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

/// The first words of names that do not hold the credential itself: `hasToken`, `maskToken`.
const QUESTIONS: &str = "has is no missing without use needs require requires should can mask";

/// Other services, whose tokens are not Notion's.
pub const OTHERS: &str = "google github gitlab slack linear spotify jira atlassian asana discord microsoft facebook \
    twitter dropbox airtable hubspot stripe trello todoist supabase openai gmail outlook zoom \
    linkedin confluence salesforce shopify telegram vercel clickup figma strava";

/// Returns true if a text mentions a service that is not Notion, or a session.
pub fn names_other(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let mut others = OTHERS.split(' ');
    others.any(|other| text.contains(other)) || text.contains("session")
}

/// Returns true if `name` is the name of a list of names: `CONFIG_KEYS`, `ENV_NAMES`.
pub fn lists_names(name: &str) -> bool {
    const LISTS: &str =
        "keys names constants labels messages errors fields columns strings headers";
    words(name).iter().any(|word| is_in(word, LISTS))
}

/// Returns the kind of credential that a name stands for; `None` if it stands for neither a
/// credential of Notion nor a credential of OAuth.
pub fn held(name: &str) -> Option<Held> {
    let words = words(name);
    let squashed = squashed(name);
    if words.first().is_none_or(|first| is_in(first, QUESTIONS)) || names_other(name) {
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

/// Returns true if a [`squashed`] name stands for a credential of Notion.
pub fn is_of_notion(squashed: &str) -> bool {
    const KEYS: &str = "apikey notionkey secretkey integrationkey authkey";
    const NOT: &str = "pagetoken synctoken nexttoken csrftoken sharetoken statetoken publictoken \
        verificationtoken webhooksecret";
    let ends = |ends: &str| ends.split(' ').any(|end| squashed.ends_with(end));
    squashed.contains("notion") && (ends(KEYS) || ends("token secret tokenv2")) && !ends(NOT)
}

#[cfg(test)]
mod tests {
    use super::{Held, held, words};

    #[test]
    fn names_are_split_in_every_naming_style() {
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
    fn names_of_credentials_are_recognised() {
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
}
