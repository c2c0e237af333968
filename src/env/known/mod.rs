//! Known values: secret values from an env file that a scan searches for as exact strings.
//!
//! Values such as a port or a placeholder are not searched for, because they occur everywhere.
//! Their variables are returned with the reason, so that nobody assumes that they were searched
//! for.

mod harmless;
mod made_up;
mod name;
mod note;
mod phrase;
mod suspect;
mod value;

pub(crate) use name::shown as shown_name;
pub use note::notes;
pub(crate) use suspect::Suspicion;

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::detect::redact::shown_path;
use crate::env::dotenv;
use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::model::defaults;
use crate::model::known::Known;
use crate::model::secret::Secret;
use crate::rules::placeholder::is_published_example;

/// The length in bytes below which a value is not searched for: shorter values occur in innocent
/// text by chance.
pub const MIN_LENGTH: usize = 12;

/// The length in bytes below which a password is not masked: masking shorter passwords would hide
/// parts of innocent words.
const MIN_HIDDEN: usize = 8;

/// A variable that is not searched for, or a line with a syntax error, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The variable's name, masked and escaped for display; empty for a line with a syntax error.
    pub variable: String,
    /// The path of the env file that has the variable.
    pub file: PathBuf,
    /// The line number, from 1.
    pub line: usize,
    /// The reason why the variable is not searched for.
    pub reason: Ignored,
}

/// The reason why a variable is not searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// Neither the variable's name nor its value says that it is secret.
    NotSecret,
    /// The variable has no value.
    Empty,
    /// The value is encrypted, or refers to a secret that is stored elsewhere.
    Reference,
    /// The value is shorter than [`MIN_LENGTH`].
    TooShort,
    /// The value is evidently made up.
    Placeholder,
    /// An earlier variable has the same value.
    Duplicate,
    /// The line has the syntax error that the text describes.
    Fault(&'static str),
}

/// Reads the env file at `file`. Returns the values to search for, and the variables that are not
/// searched for.
///
/// # Errors
///
/// When the file cannot be read, or is too large for an env file.
pub fn read(file: &Path) -> Result<(Vec<Known>, Vec<Unused>)> {
    Ok(sort_out(&load(file, "--known")?, file))
}

/// Reads the env file that the user gave with the option `flag`. Converts UTF-16, which PowerShell
/// writes, to UTF-8.
///
/// # Errors
///
/// When the file cannot be read, or is too large for an env file.
pub fn load(file: &Path, flag: &str) -> Result<Vec<u8>> {
    let name = file.display();
    let unreadable = |error: std::io::Error| {
        Error::new(format!("the env file {name} cannot be read: {error}"))
            .help(format!("check the path after {flag}"))
    };
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(Error::new(format!("{name} is a directory")).help(format!(
            "after {flag}, give the path of an env file in this folder"
        )));
    }
    let bytes = File::open(file)
        .and_then(|file| up_to(file, defaults::ENV_FILE))
        .map_err(unreadable)?;
    bytes.map(dotenv::as_utf8).ok_or_else(|| {
        Error::new(format!("the env file {name} has more than 10 MiB")).help(format!(
            "after {flag}, give the path of a smaller file: NAME=value lines of only the variables to look for"
        ))
    })
}

fn sort_out(bytes: &[u8], file: &Path) -> (Vec<Known>, Vec<Unused>) {
    let parsed = dotenv::parse(bytes);
    let (mut known, mut unused) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    let leave = |variable, line, reason| Unused {
        variable,
        file: file.to_owned(),
        line,
        reason,
    };
    for found in parsed.variables {
        let variable = name::shown(found.name, shown_path);
        match weighed(found.name, &found.value) {
            Err(reason) => unused.push(leave(variable, found.line, reason)),
            Ok(_) if !seen.insert(found.value.fingerprint()) => {
                unused.push(leave(variable, found.line, Ignored::Duplicate));
            }
            Ok((is_guessable, password)) => {
                known.push(Known {
                    variable,
                    value: found.value,
                    file: file.to_owned(),
                    is_guessable,
                    password,
                });
            }
        }
    }
    unused.extend(
        parsed
            .faults
            .iter()
            .map(|fault| leave(String::new(), fault.line, Ignored::Fault(fault.what))),
    );
    unused.sort_by_key(|unused| unused.line);
    (known, unused)
}

/// Returns true if a value has the prefix and the length of a Notion credential.
pub(crate) fn is_notions(secret: &Secret) -> bool {
    value::notion_body(secret.expose()).is_some()
}

/// Returns the degree to which a variable looks like a secret that must not be committed.
pub(crate) fn suspicion(name: &[u8], secret: &Secret) -> Suspicion {
    suspect::suspicion(name, secret.expose())
}

/// Returns the reason why a variable is not searched for; `None` if it is searched for.
pub(crate) fn judge(name: &[u8], secret: &Secret) -> Option<Ignored> {
    weighed(name, secret).err()
}

/// Judges a variable. Returns true if its value could be guessed, and the password in the value if
/// there is one. Fails with the reason if the variable is not searched for.
fn weighed(name: &[u8], secret: &Secret) -> std::result::Result<(bool, Option<Secret>), Ignored> {
    let value = secret.expose();
    if !name::is_secret(name) && !value::is_secret(value) {
        return Err(Ignored::NotSecret);
    }
    let made_up = || is_published_example(secret).then_some(Ignored::Placeholder);
    if let Some(reason) = value::unfit(value).or_else(made_up) {
        return Err(reason);
    }
    let password = value::login(value)
        .map(|(_, password)| password)
        .filter(|password| password.len() >= MIN_HIDDEN);
    Ok((
        suspect::is_guessable(value),
        password.map(|password| Secret::new(password.to_vec(), 0)),
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Ignored, read, sort_out};
    use crate::fake::expand;
    use crate::model::secret::Secret;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(unit)
            .collect()
    }

    #[test]
    fn a_file_is_sorted_into_known_and_unused_values() {
        let text = expand(
            "NOTION_TOKEN='{ntn}'\nPORT=3000\nNAME={secret}\nKEY=\"{a:12}\"\nTOKEN={ntn}\nB_KEY={x:20}\nC",
            6,
        );
        let again = format!("{text}\nSAME_{}", text.lines().next().unwrap());
        let (known, unused) = sort_out(again.as_bytes(), Path::new(".env"));
        let names: Vec<&str> = known.iter().map(|known| known.variable.as_str()).collect();
        assert_eq!(names, ["NOTION_TOKEN", "NAME", "KEY", "TOKEN"]);
        let token = text.split('\'').nth(1).unwrap().as_bytes().to_vec();
        assert!(known[0].value == Secret::new(token, 0));
        let reasons: Vec<_> = unused
            .iter()
            .map(|unused| (unused.line, unused.reason))
            .collect();
        assert!(matches!(
            reasons[..],
            [
                (2, Ignored::NotSecret),
                (6, Ignored::Placeholder),
                (7, Ignored::Fault(_)),
                (8, Ignored::Duplicate)
            ]
        ));
        let shown = format!("{unused:?}");
        assert!(
            text.split(['\'', '=', '"', '\n'])
                .filter(|part| part.len() >= 12 && !part.contains("NOTION"))
                .all(|value| !shown.contains(value))
        );
    }

    #[test]
    fn files_are_read_in_utf_8_and_utf_16() {
        let folder = tempfile::tempdir().unwrap();
        let text = expand("TOKEN={ntn}\r\n", 4);
        let bom = format!("\u{feff}{text}").into_bytes();
        let encoded = [
            text.clone().into_bytes(),
            bom,
            utf16(&text, u16::to_le_bytes),
            utf16(&text, u16::to_be_bytes),
        ];
        for bytes in encoded {
            let file = folder.path().join(".env");
            fs::write(&file, bytes).unwrap();
            let (known, unused) = read(&file).unwrap_or_else(|error| panic!("{error}"));
            assert!(known.len() == 1 && unused.is_empty());
            assert!(known[0].value == Secret::new(text.trim().as_bytes()[6..].to_vec(), 0));
        }
    }

    #[test]
    fn an_unusable_env_file_is_an_error_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large.env");
        fs::write(&large, vec![b'\n'; 10 * 1024 * 1024 + 1]).unwrap();
        let error = |file: &Path| {
            read(file)
                .err()
                .map_or(String::new(), |error| error.to_string())
        };
        assert!(error(&large).contains("large.env has more than 10 MiB"));
        assert!(error(folder.path()).ends_with("is a directory"));
        assert!(error(&folder.path().join("none.env")).contains("none.env cannot be read: "));
    }
}
