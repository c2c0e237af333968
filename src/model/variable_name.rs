//! The name of a variable, and the test that a text is not a secret value instead of a name.

use std::fmt;
use std::str::FromStr;

/// The name of a variable of the environment or of an env file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableName(String);

impl VariableName {
    /// Returns the name as it is written in the environment.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reason why a text is not the name of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAName {
    /// The text may be a secret.
    Secret,
    /// The text is empty, or has characters that names do not have.
    Characters,
}

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotAName::Secret => "is a secret, not a variable's name",
            NotAName::Characters => "is not a variable's name: a name has letters, digits and _",
        })
    }
}

impl FromStr for VariableName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let begins = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        match () {
            () if is_value(text) => Err(NotAName::Secret),
            () if begins && text.bytes().all(is_of_name) => Ok(VariableName(text.to_owned())),
            () => Err(NotAName::Characters),
        }
    }
}

/// The length, in characters, from which a text with digits and lower-case letters, and either
/// capitals or no `_`, is taken for a token and not for a name.
const SHORTEST: usize = 40;

/// The length, in characters, from which a text of letters in both cases and digits, without `_`,
/// is taken for a token and not for a name.
const UNMIXED: usize = 20;

/// Returns true if `text` has the prefix of a Notion credential, or the length and the mix of
/// characters of a Notion credential. `secret_token` is a name.
fn is_value(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
    let (digit, small, capital) = (
        has(u8::is_ascii_digit),
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
    );
    let lower = text.to_ascii_lowercase();
    let begins = ["ntn_", "nrt_", "v02:", "v03:"].iter().any(|prefix| {
        let is_long = text.len() >= UNMIXED;
        text.starts_with(prefix) || lower.starts_with(prefix) && is_long && digit
    });
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_word = text.len() >= UNMIXED && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_legacy = text.starts_with("secret_") && (digit || capital);
    begins
        || is_legacy
        || is_hex
        || is_word && digit && small && capital
        || text.len() >= SHORTEST && digit && small && (capital || !text.contains('_'))
}

#[cfg(test)]
mod tests {
    use super::{NotAName, VariableName};
    use crate::fake::expand;

    #[test]
    fn a_value_is_not_a_variable_name() {
        for text in [
            "{ntn}", "{secret}", "{nrt}", "ntn_x", "{a:50}", "{h:64}", "{v02}", "{v03}",
        ] {
            let value = expand(text, 5);
            assert_eq!(
                value.parse::<VariableName>(),
                Err(NotAName::Secret),
                "{text}"
            );
        }
        for text in ["", "-", "A B", "A=b", "$A", "1A", "\u{e9}", "\"A\""] {
            assert_eq!(
                text.parse::<VariableName>(),
                Err(NotAName::Characters),
                "{text}"
            );
        }
        let long = "THE_TOKEN_OF_THE_INTEGRATION_THAT_SYNCS_THE_DOCS_2";
        for name in [
            "NOTION_TOKEN",
            "_x",
            "secret_token",
            "notion.token-2",
            "T2",
            long,
        ] {
            assert_eq!(name.parse::<VariableName>().unwrap().as_str(), name);
        }
    }
}
