//! The values of variables, and checks that a value looks like a token or another credential.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::env::{dotenv, known};
use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::model::secret::{Fingerprint, Secret};
use crate::model::variable_name::{NotAName, VariableName};

/// The variables that env files and the environment set.
pub struct Values {
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Values {
    /// Reads the env files that flags name.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        let load = |file: &PathBuf| Ok((file.clone(), known::load(file, "--env-file")?));
        let files = files.iter().map(load).collect::<Result<_>>()?;
        Ok(Values { files })
    }

    /// Returns the value of a variable as a secret: from the first env file that sets the variable,
    /// else from the environment; `None` if nothing sets the variable.
    pub fn secret(&self, name: &VariableName) -> Option<Secret> {
        let mut files = self.files.iter();
        let set = files.find_map(|(_, bytes)| Some(set(bytes, name)?.value));
        set.or_else(|| {
            let value = std::env::var_os(name.as_str())?;
            Some(Secret::new(value.into_encoded_bytes(), 0))
        })
    }

    /// Returns the value of a variable that is not secret; `None` if nothing sets the variable.
    pub fn text(&self, name: &VariableName) -> Option<String> {
        let mut files = self.files.iter();
        let written = |bytes: &[u8]| {
            let span = set(bytes, name)?.span;
            Some(String::from_utf8_lossy(&bytes[span]).into_owned())
        };
        let set = files.find_map(|(_, bytes)| written(bytes));
        set.or_else(|| std::env::var(name.as_str()).ok())
    }

    /// Returns the variables whose value is a Notion credential, sorted by name. The variables come
    /// from the env files or, if no env file is given, from the environment.
    pub fn credentials(&self) -> Vec<(VariableName, Fingerprint)> {
        let mut found = BTreeMap::new();
        let mut take = |name: &str, value: &Secret| {
            let name = name.parse().ok().filter(|_| known::is_notions(value));
            if let Some(name) = name {
                found.entry(name).or_insert_with(|| value.fingerprint());
            }
        };
        for (_, bytes) in &self.files {
            // If a file sets a variable twice, programs use the last value.
            for variable in dotenv::parse(bytes).variables.iter().rev() {
                let name = String::from_utf8_lossy(variable.name);
                take(&name, &variable.value);
            }
        }
        if self.files.is_empty() {
            for (name, value) in std::env::vars_os() {
                let value = Secret::new(value.into_encoded_bytes(), 0);
                take(&name.to_string_lossy(), &value);
            }
        }
        found.into_iter().collect()
    }

    /// Returns the names of the files that [`Values::credentials`] reads, or `the environment`.
    pub fn own_places(&self) -> String {
        match self.files.is_empty() {
            true => "the environment".to_owned(),
            false => self.file_names().collect::<Vec<_>>().join(" or "),
        }
    }

    fn file_names(&self) -> impl Iterator<Item = String> {
        let files = self.files.iter();
        files.map(|(file, _)| file.display().to_string())
    }

    /// Returns the names of the env files and `the environment`, for messages about a variable that
    /// none of these places sets.
    pub fn places(&self) -> String {
        let files = self.file_names();
        let places: Vec<String> = files.chain(["the environment".to_owned()]).collect();
        places.join(" or ")
    }
}

/// Returns the last assignment of a variable in a file, because programs use the last assignment;
/// `None` if the file does not set the variable.
fn set<'a>(bytes: &'a [u8], name: &VariableName) -> Option<dotenv::Variable<'a>> {
    let variables = dotenv::parse(bytes).variables.into_iter();
    let mut own = variables.filter(|variable| variable.name == name.as_str().as_bytes());
    own.next_back()
}

/// Parses the name of a variable that the user typed. The error never shows the text, which may be
/// a secret.
///
/// # Errors
///
/// When the text is not the name of a variable.
pub fn typed_name(text: &str) -> Result<VariableName> {
    text.parse().map_err(|fault| match fault {
        NotAName::Secret => Error::new("the argument is a secret, not a variable's name").help(
            "the secret is in your shell's history now: rotate it. Put the new secret into a variable \
             and give the name of the variable here, or pipe the new secret in and give -",
        ),
        NotAName::Characters => Error::new(
            "the argument is not a variable's name",
        )
        .help(
            "a name has only letters, digits and _, and no $ before it; `-` reads a token from standard input; \
             --env-file gives a file of variables",
        ),
    })
}

/// Returns the error about a variable that nothing sets.
pub fn missing(values: &Values, name: &str) -> Error {
    Error::new(format!("{name} is not set in {}", values.places()))
        .help(
            "check the name; if only your shell has the variable, export it, because programs do not see it \
             otherwise; or give --env-file FILE with the file that sets it",
        )
}

/// Returns the value of the variable whose name the user typed.
///
/// # Errors
///
/// When the text is not a name, or nothing sets the variable.
pub fn of_variable(values: &Values, name: &str) -> Result<Secret> {
    let variable = typed_name(name)?;
    values
        .secret(&variable)
        .ok_or_else(|| missing(values, name))
}

/// Returns the error about a value that cannot be a token.
pub fn unfit(name: &str, fault: ValueFault) -> Error {
    let what = if name == "-" {
        "the text on standard input"
    } else {
        name
    };
    Error::new(format!("{what} {fault}"))
        .help("no request was sent, so it is not known if the value works: give a complete value of the right \
               kind, and run the command again")
}

/// The largest size of standard input with a token, in bytes.
const MAX_INPUT: u64 = 64 * 1024;

/// Returns the token on standard input, without line breaks at the end. Standard input can be read
/// only once, so the token is stored in `known` and returned from there later.
pub fn from_input(known: &mut Option<Secret>) -> Result<Secret> {
    if let Some(value) = known {
        return Ok(value.clone());
    }
    if io::stdin().is_terminal() {
        return Err(
            Error::new("standard input is a terminal, which would show the token")
                .help("pipe the token in, or put it into a variable and give the variable's name"),
        );
    }
    let bytes = up_to(io::stdin().lock(), MAX_INPUT).map_err(|error| {
        Error::new(format!("standard input cannot be read: {error}")).help(
            "check the program that pipes the token in, or put the token into a variable and \
                 give the variable's name",
        )
    })?;
    let mut bytes = bytes.ok_or_else(|| {
        Error::new("standard input has more than 64 KiB: that is not a token")
            .help("pipe in the token alone; a file of variables is given with --env-file")
    })?;
    let end = bytes.iter().rposition(|byte| !b"\r\n".contains(byte));
    bytes.truncate(end.map_or(0, |end| end + 1));
    Ok(known.insert(Secret::new(bytes, 0)).clone())
}

/// The reason why Notion cannot be asked about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueFault {
    /// The value is empty.
    Empty,
    /// The value is a reference to the secret, such as `${NAME}` or `op://…`.
    Reference,
    /// The value is a placeholder, such as `xxx`.
    Placeholder,
    /// The value is a refresh token.
    Refresh,
    /// The value is the session cookie of a person.
    Session,
    /// The value is the secret of an OAuth client, by the name of its variable.
    Client,
    /// The value is the verification token of a webhook, by the name of its variable.
    Webhook,
    /// The value is the token of an integration, where another kind of secret is expected.
    Integration,
    /// The value does not look like the expected kind of secret.
    Shape,
}

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ValueFault::Empty => "is empty",
            ValueFault::Reference => "is only a reference to the secret (such as `op://…`), and no program has \
                                      replaced it with the secret",
            ValueFault::Placeholder => "is a placeholder",
            ValueFault::Refresh => "is a refresh token: a request would use it up",
            ValueFault::Session => "is a person's session cookie, which ntnguard never sends",
            ValueFault::Client => {
                "is an OAuth client's secret, judging by the variable's name: Notion refuses it as a token, live or dead"
            }
            ValueFault::Webhook => {
                "is a webhook's verification token, judging by the variable's name: Notion cannot be asked about \
                 such a token"
            }
            ValueFault::Integration => "is the token of an integration",
            ValueFault::Shape => "is malformed: does it have quotes or blanks, or is a part missing?",
        })
    }
}

/// Returns the reason why a value cannot be a token to ask Notion about; `None` if it can. A
/// mistyped token is a fault, since Notion would refuse it as if it were dead.
pub fn token_fault(value: &Secret) -> Option<ValueFault> {
    let common = common_fault(value);
    let mut prefixes = ["ntn_", "secret_"].iter();
    let is_token = prefixes.any(|prefix| value.is_word_behind(prefix));
    match () {
        () if value.begins_with("nrt_") => Some(ValueFault::Refresh),
        () if value.begins_with("v02:") || value.begins_with("v03:") => Some(ValueFault::Session),
        () if common.is_some() => common,
        () => (!is_token || !known::is_notions(value)).then_some(ValueFault::Shape),
    }
}

/// Returns the reason why the value of a variable cannot be a token to ask Notion about; `None` if
/// it can. OAuth clients' secrets and webhooks' verification tokens look like older tokens, so they
/// are recognised by the name of the variable.
pub fn named_token_fault(name: &str, value: &Secret) -> Option<ValueFault> {
    let name = name.to_ascii_uppercase();
    let own = match () {
        () if !value.begins_with("secret_") => None,
        () if name.contains("CLIENT") && name.contains("SECRET") => Some(ValueFault::Client),
        () if name.contains("WEBHOOK") || name.contains("VERIFICATION") => {
            Some(ValueFault::Webhook)
        }
        () => None,
    };
    own.or_else(|| token_fault(value))
}

/// Returns the reason why a value cannot be the secret of an OAuth client; `None` if it can.
pub fn secret_fault(value: &Secret) -> Option<ValueFault> {
    let mut prefixes = ["", "secret_"].iter();
    let is_word = prefixes.any(|prefix| value.is_word_behind(prefix)) && value.len() >= 20;
    common_fault(value).or((!is_word).then_some(ValueFault::Shape))
}

/// Returns the reason why a value cannot be the id of an OAuth client, which is a UUID; `None` if
/// it can.
pub fn client_id_fault(value: &str) -> Option<ValueFault> {
    let is_of_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let is_id = value.len() == 36 && value.bytes().all(is_of_id);
    match () {
        () if value.is_empty() => Some(ValueFault::Empty),
        () if value.contains("${") => Some(ValueFault::Reference),
        () => (!is_id).then_some(ValueFault::Shape),
    }
}

/// Returns the reason why a value cannot be a secret of any kind, for example because it is empty;
/// `None` if it can.
pub fn common_fault(value: &Secret) -> Option<ValueFault> {
    use known::Ignored;
    // The name `TOKEN` makes `judge` treat the value as a secret, whatever its form.
    match known::judge(b"TOKEN", value)? {
        Ignored::Empty => Some(ValueFault::Empty),
        Ignored::Reference => Some(ValueFault::Reference),
        Ignored::Placeholder => Some(ValueFault::Placeholder),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ValueFault, client_id_fault, secret_fault, set, token_fault, typed_name};
    use crate::fake::expand;
    use crate::model::secret::Secret;

    fn secret(template: &str) -> Secret {
        Secret::new(expand(template, 9).into_bytes(), 0)
    }

    #[test]
    fn only_valid_tokens_are_accepted() {
        for template in ["{ntn}", "{secret}"] {
            assert_eq!(token_fault(&secret(template)), None, "{template}");
        }
        for (template, fault) in [
            ("", ValueFault::Empty),
            ("  ", ValueFault::Empty),
            ("${TOKEN}", ValueFault::Reference),
            ("op://vault/item/token", ValueFault::Reference),
            ("ntn_{x:46}", ValueFault::Placeholder),
            ("{nrt}", ValueFault::Refresh),
            ("{v02}", ValueFault::Session),
            ("\"{ntn}\"", ValueFault::Shape),
            ("{ntn} ", ValueFault::Shape),
            ("ntn_{a:10}", ValueFault::Shape),
            ("Bearer {ntn}", ValueFault::Shape),
            ("{a:50}", ValueFault::Shape),
            ("{ntn}\r\nX: y", ValueFault::Shape),
        ] {
            assert_eq!(token_fault(&secret(template)), Some(fault), "{template}");
        }
    }

    #[test]
    fn a_client_has_an_id_and_a_secret() {
        assert_eq!(client_id_fault(&expand("{client-id}", 3)), None);
        assert_eq!(client_id_fault(""), Some(ValueFault::Empty));
        assert_eq!(client_id_fault("a:b"), Some(ValueFault::Shape));
        assert_eq!(secret_fault(&secret("{secret}")), None);
        assert_eq!(secret_fault(&secret("{a:43}")), None);
        assert_eq!(secret_fault(&secret("{a:43} ")), Some(ValueFault::Shape));
        assert_eq!(
            secret_fault(&secret("${SECRET}")),
            Some(ValueFault::Reference)
        );
    }

    #[test]
    fn the_last_assignment_in_a_file_wins() {
        let name = typed_name("A").unwrap();
        let value = set(b"A=one\nB=x\nexport A='two'\n", &name).unwrap().value;
        assert!(value == Secret::new(b"two".to_vec(), 0));
        assert!(set(b"AB=one\n", &name).is_none());
        assert!(typed_name("ntn_x1").is_err() && typed_name("a b").is_err());
    }
}
