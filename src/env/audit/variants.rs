//! The names of env files and templates that are checked in a directory, existing or not.

use super::tree::EnvFolder;
use crate::env::{Role, SENSITIVE_SUFFIXES};

/// The names that every repository should ignore. Three of them represent all names `.env.*.local`.
pub const ALWAYS: [&str; 7] = [
    ".env",
    ".env.local",
    ".env.development.local",
    ".env.production.local",
    ".env.test.local",
    ".env.production",
    ".env.staging",
];

/// The names of templates that may appear in any directory.
pub const TEMPLATES: [&str; 9] = [
    ".env.example",
    ".env.production.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env.defaults",
    ".env.schema",
    "example.env",
    ".dev.vars.example",
];

/// Returns the names of env files to check in a directory with a reason to expect them. `names` are
/// the file names that the configuration declares to be env files. Names of existing files are left
/// out.
pub fn sensitive(folder: &EnvFolder, names: &[String]) -> Vec<Vec<u8>> {
    let always = names
        .iter()
        .cloned()
        .chain(ALWAYS.iter().map(|name| (*name).to_owned()));
    let suffixed = SENSITIVE_SUFFIXES
        .iter()
        .map(|suffix| format!(".env.{suffix}"));
    let mut variants: Vec<Vec<u8>> = Vec::new();
    for name in always.chain(suffixed).chain(unusual(folder)) {
        let name = name.into_bytes();
        if !variants.contains(&name) && !there(folder, Role::Sensitive).any(|known| *known == name)
        {
            variants.push(name);
        }
    }
    variants
}

/// Less common names, each only if other files in the directory suggest the name.
fn unusual(folder: &EnvFolder) -> impl Iterator<Item = String> + use<> {
    let has_stem = there(folder, Role::Sensitive)
        .any(|name| !name.starts_with(b".") && name.ends_with(b".env"));
    let names = [
        (".dev.vars", folder.has_worker),
        (".dev.vars.staging", folder.has_worker),
        (".envrc.local", folder.has_envrc),
        ("prod.env", has_stem),
        ("app.env", has_stem),
    ];
    names
        .into_iter()
        .filter(|(_, likely)| *likely)
        .map(|(name, _)| name.to_owned())
}

/// Returns the names of the existing files of one role in a directory.
pub fn there(folder: &EnvFolder, role: Role) -> impl Iterator<Item = &Vec<u8>> {
    folder
        .files
        .iter()
        .filter(move |found| found.role == role)
        .map(|found| &found.name)
}

/// Returns the names of templates in `folder` that should not be ignored: the names of existing
/// templates and, unless the directory is hidden, of templates that may be added.
pub fn templates(folder: &EnvFolder) -> Vec<Vec<u8>> {
    let mut variants: Vec<Vec<u8>> = there(folder, Role::Template).cloned().collect();
    for name in TEMPLATES.iter().filter(|_| !folder.hidden) {
        if !variants.iter().any(|known| known == name.as_bytes()) {
            variants.push(name.as_bytes().to_vec());
        }
    }
    variants
}
