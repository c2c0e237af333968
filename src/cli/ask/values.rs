//! The values of variables, and checks of their form.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::env::{dotenv, known};
use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::model::secret::{Fingerprint, Secret};
use crate::model::variable_name::{NotAName, VariableName};

/// The variables of env files and of the environment.
pub struct Values {
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Values {
    /// Reads env files.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        let load = |file: &PathBuf| Ok((file.clone(), known::load(file, "--env-file")?));
        let files = files.iter().map(load).collect::<Result<_>>()?;
        Ok(Values { files })
    }

    /// The secret value of a variable: of the first file that sets it, else of the environment;
    /// `None` if nothing sets it.
    pub fn secret(&self, name: &VariableName) -> Option<Secret> {
        let mut files = self.files.iter();
        let set = files.find_map(|(_, bytes)| Some(set(bytes, name)?.value));
        set.or_else(|| {
            let value = std::env::var_os(name.as_str())?;
            Some(Secret::new(value.into_encoded_bytes(), 0))
        })
    }

    /// The value of a variable that is not secret; `None` if nothing sets it.
    pub fn text(&self, name: &VariableName) -> Option<String> {
        let mut files = self.files.iter();
        let written = |bytes: &[u8]| {
            let span = set(bytes, name)?.span;
            Some(String::from_utf8_lossy(&bytes[span]).into_owned())
        };
        let set = files.find_map(|(_, bytes)| written(bytes));
        set.or_else(|| std::env::var(name.as_str()).ok())
    }

    /// The variables with a Notion credential, in order: of the env files or, if none is named, of
    /// the environment.
    pub fn credentials(&self) -> Vec<(VariableName, Fingerprint)> {
        let mut found = BTreeMap::new();
        let mut take = |name: &str, value: &Secret| {
            let name = name.parse().ok().filter(|_| known::is_notions(value));
            if let Some(name) = name {
                found.entry(name).or_insert_with(|| value.fingerprint());
            }
        };
        for (_, bytes) in &self.files {
            // In one file the last value counts.
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

    /// The names of the places that `credentials` reads.
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

    /// The names of the places that a variable is looked up in.
    pub fn places(&self) -> String {
        let files = self.file_names();
        let places: Vec<String> = files.chain(["the environment".to_owned()]).collect();
        places.join(" or ")
    }
}

/// Returns the last setting of a variable in a file, which is the one that counts for programs;
/// `None` if the file does not set it.
fn set<'a>(bytes: &'a [u8], name: &VariableName) -> Option<dotenv::Variable<'a>> {
    let variables = dotenv::parse(bytes).variables.into_iter();
    let mut own = variables.filter(|variable| variable.name == name.as_str().as_bytes());
    own.next_back()
}

/// Reads a name that somebody typed. The error never shows the text, since it may be a secret.
///
/// # Errors
///
/// When the text is not a variable's name.
pub fn typed_name(text: &str) -> Result<VariableName> {
    text.parse().map_err(|fault| {
        match fault {
        NotAName::Secret => Error::new("that is a secret, not a variable's name").help(
            "it is in your shell's history now: rotate it. Put the new one into a variable and \
             write its name here, or pipe it in and write -",
        ),
        NotAName::Characters => Error::new("what stands in the place of a variable's name is none")
            .help(
            "names have letters, digits and _, without a $ before them; `-` is a token on standard \
             input, and a file of variables is for --env-file",
        ),
    }
    })
}

/// Returns the error about a variable that nothing sets.
pub fn missing(values: &Values, name: &str) -> Error {
    Error::new(format!("{name} is not set in {}", values.places()))
        .help("check the name, or name the file that sets it with --env-file")
}

/// Returns the value of a variable by a name that somebody typed.
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

/// Returns the error about a value of a wrong form.
pub fn unfit(name: &str, fault: ValueFault) -> Error {
    let what = if name == "-" {
        "what came on standard input"
    } else {
        name
    };
    Error::new(format!("{what} {fault}")).help("nothing was asked, and nothing is known about it")
}

/// The largest standard input that is read for a token, in bytes.
const MAX_INPUT: u64 = 64 * 1024;

/// Returns the token on standard input, without line breaks at the end. Standard input is read
/// once.
pub fn from_input(known: &mut Option<Secret>) -> Result<Secret> {
    if let Some(value) = known {
        return Ok(value.clone());
    }
    if io::stdin().is_terminal() {
        return Err(
            Error::new("standard input is a terminal, which would show the token")
                .help("pipe it in from where it is kept, or put it into a variable and name that"),
        );
    }
    let bytes = up_to(io::stdin().lock(), MAX_INPUT)
        .map_err(|error| Error::new(format!("standard input cannot be read: {error}")))?;
    let mut bytes = bytes.ok_or_else(|| {
        Error::new("standard input has more than 64 KiB: that is not a token")
            .help("pipe the token alone; a file of variables is for --env-file")
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
    /// The value is a reference to the place where the secret is kept.
    Reference,
    /// The value is a placeholder.
    Placeholder,
    /// The value is a refresh token.
    Refresh,
    /// The value is a person's session.
    Session,
    /// The variable's name is that of an OAuth client's secret.
    Client,
    /// The variable's name is that of a webhook's verification token.
    Webhook,
    /// The value is an integration's token, and another kind is wanted.
    Integration,
    /// The value does not have the form of the wanted kind.
    Shape,
}

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ValueFault::Empty => "is empty",
            ValueFault::Reference => "only says where the value is kept: nothing filled it in",
            ValueFault::Placeholder => "is a placeholder",
            ValueFault::Refresh => "is a refresh token: asking with it would use it up",
            ValueFault::Session => "is a person's session, which is never sent",
            ValueFault::Client => {
                "is an OAuth client's secret by its name: Notion refuses it as a token, live or dead"
            }
            ValueFault::Webhook => {
                "is a webhook's verification token by its name: Notion can be asked about none"
            }
            ValueFault::Integration => "is the token of an integration",
            ValueFault::Shape => "is not what it should be: quotes, blanks or a part missing?",
        })
    }
}

/// Returns the fault of a value as a token; `None` if Notion can be asked about it. A mistyped
/// token must not pass for a refused one.
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

/// Returns the fault of a variable's value as a token; `None` if Notion can be asked about it. The
/// name may show that the value is an OAuth client's secret or a webhook's token, which have the
/// form of older tokens.
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

/// Returns the fault of a value as an OAuth client's secret; `None` if it has none.
pub fn secret_fault(value: &Secret) -> Option<ValueFault> {
    let mut prefixes = ["", "secret_"].iter();
    let is_word = prefixes.any(|prefix| value.is_word_behind(prefix)) && value.len() >= 20;
    common_fault(value).or((!is_word).then_some(ValueFault::Shape))
}

/// Returns the fault of a value as an OAuth client's id, which is a UUID; `None` if it has none.
pub fn client_id_fault(value: &str) -> Option<ValueFault> {
    let is_of_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let is_id = value.len() == 36 && value.bytes().all(is_of_id);
    match () {
        () if value.is_empty() => Some(ValueFault::Empty),
        () if value.contains("${") => Some(ValueFault::Reference),
        () => (!is_id).then_some(ValueFault::Shape),
    }
}

/// Returns the fault of a value as a secret of any kind; `None` if it has none.
pub fn common_fault(value: &Secret) -> Option<ValueFault> {
    use known::Ignored;
    // Under a name that says it is secret, a value is judged whatever it looks like.
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
    fn only_a_token_is_asked_about() {
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
    fn the_last_value_of_a_file_counts() {
        let name = typed_name("A").unwrap();
        let value = set(b"A=one\nB=x\nexport A='two'\n", &name).unwrap().value;
        assert!(value == Secret::new(b"two".to_vec(), 0));
        assert!(set(b"AB=one\n", &name).is_none());
        assert!(typed_name("ntn_x1").is_err() && typed_name("a b").is_err());
    }
}
