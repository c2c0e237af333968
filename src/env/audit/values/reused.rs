//! Finds credentials that are used under two names or in two environments.

use std::collections::HashMap;

use crate::model::finding::Finding;
use crate::model::secret::Fingerprint;
use crate::rules::ENV_TOKEN_REUSED;

use super::entry::{EnvEntry, EnvFile};
use super::notion::without_public_prefix;
use crate::env::{Role, is_copy};

/// A variable that holds a credential.
struct VariableUse<'f> {
    file: &'f EnvFile,
    entry: &'f EnvEntry,
    /// The name without a prefix that makes it public.
    key: &'f [u8],
    /// The environment that the file is for, such as `production`; `None` if its path contains no
    /// name of an environment.
    environment: Option<&'static str>,
}

/// Returns the findings for variables that hold the credential of an earlier variable, under
/// another name or for another environment.
pub fn find(files: &[EnvFile]) -> Vec<Finding> {
    let mut uses: HashMap<&Fingerprint, Vec<VariableUse<'_>>> = HashMap::new();
    let mut findings = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.role == Role::Sensitive && !is_copy(file.name()))
    {
        for entry in &file.entries {
            let Some(credential) = &entry.credential else {
                continue;
            };
            let key = without_public_prefix(&entry.name).unwrap_or(&entry.name);
            let here = VariableUse {
                file,
                entry,
                key,
                environment: environment(&file.path),
            };
            let earlier = uses.entry(credential).or_default();
            findings.extend(
                earlier
                    .iter()
                    .find(|other| here.conflicts(other))
                    .map(|other| here.finding(other)),
            );
            earlier.push(here);
        }
    }
    findings
}

impl VariableUse<'_> {
    fn conflicts(&self, other: &VariableUse<'_>) -> bool {
        let both = self.environment.zip(other.environment);
        self.key != other.key || both.is_some_and(|(one, other)| one != other)
    }

    fn finding(&self, other: &VariableUse<'_>) -> Finding {
        let (file, line) = (other.file.shown(), other.entry.start.line);
        let note = Some(format!(
            "{} in {file}:{line} holds the same credential.",
            other.entry.shown
        ));
        Finding {
            note,
            ..self.file.about(&ENV_TOKEN_REUSED, self.entry)
        }
    }
}

/// Returns the environment that a path names, in the file name or, failing that, in the name of a
/// directory; `None` if the path contains no name of an environment.
fn environment(path: &[u8]) -> Option<&'static str> {
    const WORDS: [(&str, &str); 10] = [
        ("development", "development"),
        ("dev", "development"),
        ("production", "production"),
        ("prod", "production"),
        ("staging", "staging"),
        ("stage", "staging"),
        ("test", "test"),
        ("testing", "test"),
        ("preview", "preview"),
        ("ci", "ci"),
    ];
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let words = path.rsplit(['/', '.', '-', '_']);
    words.into_iter().find_map(|word| {
        WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, environment)| *environment)
    })
}

#[cfg(test)]
mod tests {
    use super::environment;

    #[test]
    fn a_path_names_its_environment() {
        let cases = [
            (".env.production.local", Some("production")),
            ("deploy/staging/.env", Some("staging")),
            ("app-prod.env", Some("production")),
            (".env.local", None),
            ("latest/.env", None),
        ];
        for (path, expected) in cases {
            assert_eq!(environment(path.as_bytes()), expected, "{path}");
        }
    }
}
