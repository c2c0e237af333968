//! Env files: which names say that a file holds secrets, what such a file sets, and whether git would commit it.

pub mod audit;
pub mod dotenv;
mod file;
pub mod fix;
pub mod ignore;

use crate::blob::{Blob, Origin};
use crate::finding::Finding;
use crate::rules::ENV_TRACKED;

/// What a file's name says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It holds secrets and belongs to one machine.
    Sensitive,
    /// It names the keys without their values and is meant to be committed.
    Template,
    /// It is meant to be committed for another reason: its values are encrypted or public.
    Committed,
}

/// Suffixes of `.env.` that name a mode, a machine or a copy; with `.local` behind them too.
pub(crate) const SENSITIVE_SUFFIXES: [&str; 29] = [
    "local",
    "development",
    "dev",
    "production",
    "prod",
    "staging",
    "stage",
    "test",
    "testing",
    "preview",
    "ci",
    "qa",
    "uat",
    "sandbox",
    "secret",
    "secrets",
    "private",
    "keys",
    "me",
    "backup",
    "bak",
    "old",
    "save",
    "orig",
    "previous",
    "local.php",
    "prod.php",
    "dev.php",
    "docker",
];
const TEMPLATE_WORDS: [&str; 9] =
    ["example", "sample", "template", "dist", "default", "defaults", "schema", "tpl", "examples"];
pub(crate) const COMMITTED_NAMES: [&str; 5] = [".env.vault", ".env.encrypted", ".env.x", ".env.project", ".flaskenv"];

/// What the file name at the end of `path` says; `None` when it is not an env file's.
pub fn role(path: &[u8]) -> Option<Role> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let name = std::str::from_utf8(name).ok()?.to_ascii_lowercase();
    if COMMITTED_NAMES.contains(&name.as_str()) {
        return Some(Role::Committed);
    }
    let suffix = [".env.", ".dev.vars.", ".envrc."].iter().find_map(|stem| name.strip_prefix(stem));
    match (suffix, name.as_str()) {
        (_, ".env" | ".env~" | ".dev.vars") => Some(Role::Sensitive),
        (Some(suffix), _) => role_of_suffix(suffix),
        (None, _) => role_of_stem(name.strip_suffix(".env")?),
    }
}

/// The same where the configuration has named further files that hold secrets.
pub fn role_among(path: &[u8], sensitive: &[String]) -> Option<Role> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    if sensitive.iter().any(|named| named.as_bytes() == name) { Some(Role::Sensitive) } else { role(path) }
}

/// The role of `.env.<suffix>`.
fn role_of_suffix(suffix: &str) -> Option<Role> {
    if suffix.split('.').any(|word| TEMPLATE_WORDS.contains(&word)) {
        Some(Role::Template)
    } else if SENSITIVE_SUFFIXES.contains(&suffix) || suffix.ends_with(".local") {
        Some(Role::Sensitive)
    } else {
        None
    }
}

/// The role of `<stem>.env`.
fn role_of_stem(stem: &str) -> Option<Role> {
    let template = stem.split(['.', '-', '_']).any(|word| TEMPLATE_WORDS.contains(&word));
    Some(if template { Role::Template } else { Role::Sensitive })
}

/// The finding for an env file that is about to be committed although its name says that it holds secrets.
/// A file whose values are all encrypted (dotenvx) may be committed under any name. `names` are further names of files
/// that hold secrets.
pub fn staged(blob: &Blob<'_>, names: &[String]) -> Option<Finding> {
    let Origin::Index { path, .. } = blob.origin else { return None };
    let sensitive = role_among(path, names) == Some(Role::Sensitive) && !is_encrypted(blob.bytes);
    sensitive.then(|| Finding::of_file(&ENV_TRACKED, blob.origin.clone()))
}

/// Whether a file assigns something, and everything it assigns is encrypted by dotenvx.
pub(crate) fn is_encrypted(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut values = lines.map(|line| line.split_once('=')).peekable();
    values.peek().is_some()
        && values.all(|assignment| {
            assignment.is_some_and(|(key, value)| {
                key.trim().starts_with("DOTENV_PUBLIC_KEY")
                    || value.trim().trim_start_matches(['"', '\'']).starts_with("encrypted:")
            })
        })
}

#[cfg(test)]
mod tests {
    use super::{Role, is_encrypted, role};

    #[test]
    fn names_say_what_a_file_holds() {
        let sensitive = [
            ".env",
            "a/.env",
            ".env.local",
            ".env.development.local",
            ".env.production",
            ".env.staging",
            ".env.test",
            ".dev.vars",
            ".dev.vars.staging",
            ".env.keys",
            ".env.bak",
            ".env~",
            ".envrc.local",
            ".env.local.php",
            "prod.env",
            "x/app.env",
        ];
        let templates =
            [".env.example", ".env.production.example", ".env.sample", ".env.dist", "example.env", ".dev.vars.example"];
        for name in sensitive {
            assert_eq!(role(name.as_bytes()), Some(Role::Sensitive), "{name}");
        }
        for name in templates {
            assert_eq!(role(name.as_bytes()), Some(Role::Template), "{name}");
        }
        for name in [".env.vault", ".flaskenv"] {
            assert_eq!(role(name.as_bytes()), Some(Role::Committed), "{name}");
        }
        for name in ["env", ".envrc", "environment.ts", ".env.ts", ".env/x", "a.environment", "dotenv.js"] {
            assert_eq!(role(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn only_a_file_of_encrypted_values_is_encrypted() {
        assert!(is_encrypted(b"# x\nDOTENV_PUBLIC_KEY=\"03\"\nA=\"encrypted:BE\"\n"));
        assert!(!is_encrypted(b"A=\"encrypted:BE\"\nB=plain\n"));
        assert!(!is_encrypted(b"# only a comment\n"));
    }
}
