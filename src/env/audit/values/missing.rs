//! Finds variables that are required but not set.

use std::collections::{BTreeMap, HashSet};

use crate::detect::redact::shown_path;
use crate::env::ignore::folder_of;
use crate::env::{Role, file, is_copy};
use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::rules::ENV_KEY_MISSING;

use super::entry::EnvFile;

/// The env files and templates of one family in one directory.
#[derive(Default)]
struct FileGroup<'f> {
    env: Vec<&'f EnvFile>,
    templates: Vec<&'f EnvFile>,
}

/// Returns the findings for variables that are in a template but that no env file in the same
/// directory sets. Programs merge the env files of a directory, so it is enough if one file sets
/// the variable.
pub fn in_folders(files: &[EnvFile]) -> Vec<Finding> {
    let mut groups: BTreeMap<(&[u8], FileFamily), FileGroup<'_>> = BTreeMap::new();
    for file in files {
        let group = groups
            .entry((folder_of(&file.path), family(file.name())))
            .or_default();
        match file.role {
            Role::Sensitive if is_read(file.name()) => group.env.push(file),
            Role::Template => group.templates.push(file),
            _ => {}
        }
    }
    groups
        .values()
        .flat_map(|group| missing(&group.env, &group.templates))
        .collect()
}

fn missing(env: &[&EnvFile], templates: &[&EnvFile]) -> Vec<Finding> {
    let Some(shortest) = env.iter().min_by_key(|file| file.name().len()) else {
        return Vec::new();
    };
    let mut known: HashSet<&[u8]> = names(env).collect();
    let mut findings = Vec::new();
    for template in templates {
        for entry in &template.entries {
            if known.insert(&entry.name) {
                let note = format!("{}:{} names it.", template.shown(), entry.start.line);
                findings.push(about(shortest, &entry.shown, note));
            }
        }
    }
    findings
}

/// Returns the findings for variables that the configuration requires but that no env file sets, or
/// that are in no template. If there is no env file, or no template, files of that kind are not
/// checked.
pub fn required(files: &[EnvFile], required: &[String]) -> Vec<Finding> {
    let of = |role: Role| -> Vec<&EnvFile> {
        files
            .iter()
            .filter(|file| file.role == role && is_read(file.name()))
            .collect()
    };
    let mut findings = Vec::new();
    for group in [of(Role::Sensitive), of(Role::Template)] {
        let Some(first) = group.iter().min_by_key(|file| {
            (
                file.path.iter().filter(|byte| **byte == b'/').count(),
                file.name().len(),
            )
        }) else {
            continue;
        };
        let known: HashSet<&[u8]> = names(&group).collect();
        let lacking = required
            .iter()
            .filter(|name| !known.contains(name.as_bytes()));
        let note = "The configuration requires this variable.".to_owned();
        findings
            .extend(lacking.map(|name| about(first, &shown_path(name.as_bytes()), note.clone())));
    }
    findings
}

fn names<'f>(files: &[&'f EnvFile]) -> impl Iterator<Item = &'f [u8]> {
    let entries: Vec<&'f [u8]> = files
        .iter()
        .flat_map(|file| file.entries.iter().map(|entry| entry.name.as_slice()))
        .collect();
    entries.into_iter()
}

fn about(file: &EnvFile, variable: &str, note: String) -> Finding {
    Finding {
        variable: Some(variable.to_owned()),
        note: Some(note),
        ..Finding::of_file(&ENV_KEY_MISSING, Origin::File(file::path(&file.path)))
    }
}

/// A family of files that are read together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FileFamily {
    DotEnv,
    Worker,
    Other,
}

fn family(name: &[u8]) -> FileFamily {
    if name.starts_with(b".env") {
        FileFamily::DotEnv
    } else if name.starts_with(b".dev.vars") {
        FileFamily::Worker
    } else {
        FileFamily::Other
    }
}

/// Returns true if programs read variables from a file of this name. They do not read copies, key
/// files (`.env.keys`, `.env.me`), and PHP code.
fn is_read(name: &[u8]) -> bool {
    !is_copy(name)
        && !name.ends_with(b".keys")
        && !name.ends_with(b".me")
        && !name.ends_with(b".php")
}
