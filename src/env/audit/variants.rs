//! The names that are tried in a folder, whether or not there is such a file.

use super::tree::Folder;
use crate::env::{Role, SENSITIVE_SUFFIXES};
use crate::rule::Confidence;

/// Names of env files that stand for a whole family each, beside `.env` and `.env.<suffix>`.
const FAMILIES: [&str; 4] = [".env", ".env.development.local", ".env.production.local", ".env.test.local"];

/// The templates that every folder may have.
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

/// A name that is tried.
pub struct Variant {
    /// The name.
    pub name: Vec<u8>,
    /// How sure it is that a file of this name may appear: not very, where nothing in the folder speaks for it.
    pub confidence: Confidence,
}

/// The names of env files to try in `folder`; `names` are further names of the configuration.
pub fn sensitive(folder: &Folder, names: &[String]) -> Vec<Variant> {
    let there = folder.files.iter().filter(|found| found.role == Role::Sensitive).map(|found| found.name.clone());
    let mut variants: Vec<Variant> = there.map(|name| Variant { name, confidence: Confidence::High }).collect();
    if folder.hidden {
        return variants;
    }
    let suffixed = SENSITIVE_SUFFIXES.iter().map(|suffix| (format!(".env.{suffix}"), true));
    let usual = FAMILIES.iter().map(|name| ((*name).to_owned(), true)).chain(suffixed);
    let named = names.iter().map(|name| (name.clone(), true));
    for (name, likely) in usual.chain(unusual(folder)).chain(named) {
        let name = name.into_bytes();
        if !variants.iter().any(|variant| variant.name == name) {
            variants.push(Variant { name, confidence: if likely { Confidence::High } else { Confidence::Low } });
        }
    }
    variants
}

/// Names that few projects have, and whether something speaks for them.
fn unusual(folder: &Folder) -> impl Iterator<Item = (String, bool)> + use<> {
    let has_stem = folder.files.iter().any(|found| !found.name.starts_with(b".") && found.name.ends_with(b".env"));
    let names = [
        (".dev.vars", folder.has_worker),
        (".dev.vars.staging", folder.has_worker),
        (".envrc.local", folder.has_envrc),
        ("prod.env", has_stem),
        ("app.env", has_stem),
        (".env~", false),
    ];
    names.into_iter().map(|(name, likely)| (name.to_owned(), likely))
}

/// The names of templates to try in `folder`: those that are there, and those that might be.
pub fn templates(folder: &Folder) -> Vec<Variant> {
    let there = folder.files.iter().filter(|found| found.role == Role::Template).map(|found| found.name.clone());
    let mut variants: Vec<Variant> = there.map(|name| Variant { name, confidence: Confidence::High }).collect();
    // Where a template is, or none could be, the usual name need not be tried a second time.
    for name in TEMPLATES.iter().filter(|_| !folder.hidden) {
        let likely = *name == TEMPLATES[0] && variants.is_empty();
        if !variants.iter().any(|variant| variant.name == name.as_bytes()) {
            let confidence = if likely { Confidence::High } else { Confidence::Low };
            variants.push(Variant { name: name.as_bytes().to_vec(), confidence });
        }
    }
    variants
}
