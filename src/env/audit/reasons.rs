//! The reasons to expect env files in a directory: existing env files, templates, package
//! manifests, files that refer to an env file, and code that reads Notion's variables. Without a
//! strong reason, a missing ignore rule is at most a warning.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;
use regex::bytes::Regex;

use crate::env::file::{self, FileContent};
use crate::env::ignore::folder_of;
use crate::env::{Role, role_among};
use crate::model::finding::{Reason, Says};

use super::index::Tracked;
use super::manifest;
use super::pointers::{self, ReferredFile};
use super::tree::Tree;
use crate::model::defaults;
use crate::model::path::file_name;

/// The reasons to expect env files, by directory.
pub struct Reasons {
    /// Strong reasons: if `.env` is not ignored here, that is an error.
    strong: HashMap<Vec<u8>, Arc<[Reason]>>,
    /// Weak reasons: code reads `NOTION_…` from the environment, which need not come from an env
    /// file. If `.env` is not ignored here, that is a warning.
    weak: HashMap<Vec<u8>, Arc<[Reason]>>,
}

impl Reasons {
    /// Returns the reasons for `folder`, and true if they are strong; `None` if there is no reason.
    pub fn in_folder(&self, folder: &[u8]) -> Option<(Arc<[Reason]>, bool)> {
        let strong = self
            .strong
            .get(folder)
            .map(|reasons| (reasons.clone(), true));
        strong.or_else(|| {
            self.weak
                .get(folder)
                .map(|reasons| (reasons.clone(), false))
        })
    }
}

/// The root directories of packages, each with the reason that its manifest gives; `None` if it
/// gives no reason.
type Packages = HashMap<Vec<u8>, Option<Reason>>;

/// Finds the reasons to expect env files in `tree`, and the env files that other files in `tree`
/// refer to. References to templates and to files that are meant to be committed are left out.
/// `names` are the file names that the configuration declares to be env files.
pub fn find(
    top: &Path,
    tree: &Tree,
    tracked: &Tracked,
    names: &[String],
) -> (Reasons, Vec<ReferredFile>) {
    let packages = packages(top, tree);
    let look =
        |buffer: &mut Vec<u8>, path: &Vec<u8>| EnvEvidence::in_file(top, path, &packages, buffer);
    let paths = tree.pointers.par_iter().filter(|path| !is_for_tests(path));
    let heard: Vec<EnvEvidence> = paths
        .map_init(|| vec![0; defaults::PROGRAM], look)
        .collect();
    let (mut pointed, mut weak) = (Vec::new(), Vec::new());
    for one in heard {
        pointed.extend(one.pointed);
        weak.extend(one.notion);
    }
    let pointed = pointers::sorted(pointed, |path| role_among(path, names));
    let mut strong: Vec<(Vec<u8>, Reason)> = of_files(tree, tracked);
    strong.extend(
        packages
            .into_iter()
            .filter_map(|(folder, reason)| Some((folder, reason?))),
    );
    strong.extend(
        pointed
            .iter()
            .map(|pointed| (folder_of(&pointed.path).to_vec(), pointed.reason())),
    );
    (
        Reasons {
            strong: by_folder(strong),
            weak: by_folder(weak),
        },
        pointed,
    )
}

/// The evidence for env files that one file contains.
#[derive(Default)]
struct EnvEvidence {
    pointed: Vec<ReferredFile>,
    /// The directory of the file's package, with the fact that the file reads `NOTION_…` from the
    /// environment; `None` if it does not.
    notion: Option<(Vec<u8>, Reason)>,
}

impl EnvEvidence {
    /// Collects the evidence in the file at `path`. In a program, references to env files count
    /// only if its package depends on a parser of env files. Reads of `NOTION_…` count only if the
    /// manifest of the package gives no reason.
    fn in_file(top: &Path, path: &[u8], packages: &Packages, buffer: &mut [u8]) -> Self {
        let (folder, reason) = package_of(path, packages);
        let is_program = pointers::is_program(path);
        let has_parser = reason
            .is_some_and(|reason| matches!(&reason.says, Says::DependsOn(package) if manifest::is_parser(package)));
        if is_program && reason.is_some() && !has_parser {
            return EnvEvidence::default();
        }
        let text = file::read_small(&top.join(file::path(path)), buffer);
        if !is_program || has_parser {
            return EnvEvidence {
                pointed: pointers::in_file(path, text),
                notion: None,
            };
        }
        EnvEvidence {
            pointed: Vec::new(),
            notion: reads_notion(path, text).map(|reason| (folder.to_vec(), reason)),
        }
    }
}

fn packages(top: &Path, tree: &Tree) -> Packages {
    let says = |path: &[u8], name: &[u8]| {
        let FileContent::Text(text) = file::read(&top.join(file::path(path)), defaults::MANIFEST)
        else {
            return None;
        };
        let reader = manifest::reader(name, &text)?;
        Some(Reason {
            file: path.to_vec(),
            line: None,
            says: Says::DependsOn(reader),
        })
    };
    let folders = tree
        .folders
        .iter()
        .filter(|(_, folder)| !folder.manifests.is_empty());
    folders
        .map(|(path, folder)| {
            let reasons = folder.manifests.iter().filter_map(|name| says(&join(path, name), name));
            // Prefer a parser of env files to a framework: with a parser, its calls are searched
            // for names.
            let best = reasons
                .min_by_key(|reason| !matches!(&reason.says, Says::DependsOn(package) if manifest::is_parser(package)));
            (path.clone(), best.filter(|_| !is_for_tests(path)))
        })
        .collect()
}

/// Returns the root directory of the innermost package around `path`, and the reason that its
/// manifest gives. Outside any package, the root of the work tree.
fn package_of<'p>(path: &'p [u8], packages: &'p Packages) -> (&'p [u8], Option<&'p Reason>) {
    let mut folder = folder_of(path);
    while !folder.is_empty() && !packages.contains_key(folder) {
        folder = folder_of(folder);
    }
    (folder, packages.get(folder).and_then(Option::as_ref))
}

/// Returns the reasons given by env files and templates on disk and in the index.
fn of_files(tree: &Tree, tracked: &Tracked) -> Vec<(Vec<u8>, Reason)> {
    let reason = |path: Vec<u8>, role: Role| {
        // An `.envrc` belongs to direnv. It is not a reason to expect env files that it does not
        // load.
        if file_name(&path).starts_with(b".envrc") {
            return None;
        }
        let says = match role {
            Role::Sensitive => Says::IsEnvFile,
            Role::Template => Says::IsTemplate,
            Role::Committed => return None,
        };
        Some((
            folder_of(&path).to_vec(),
            Reason {
                file: path,
                line: None,
                says,
            },
        ))
    };
    let on_disk = tree.folders.iter().flat_map(|(path, folder)| {
        folder
            .files
            .iter()
            .filter_map(move |found| reason(join(path, &found.name), found.role))
    });
    on_disk
        .chain(
            tracked
                .files()
                .filter_map(|(path, role)| reason(path.to_vec(), role)),
        )
        .collect()
}

fn by_folder(mut reasons: Vec<(Vec<u8>, Reason)>) -> HashMap<Vec<u8>, Arc<[Reason]>> {
    reasons.sort();
    reasons.dedup();
    let mut folders: HashMap<Vec<u8>, Vec<Reason>> = HashMap::new();
    for (folder, reason) in reasons {
        folders.entry(folder).or_default().push(reason);
    }
    folders
        .into_iter()
        .map(|(folder, reasons)| (folder, reasons.into()))
        .collect()
}

/// Returns true if a path is in a directory of tests, fixtures or examples: a manifest there says
/// nothing about the project.
fn is_for_tests(path: &[u8]) -> bool {
    const FOLDERS: [&str; 19] = [
        "test",
        "tests",
        "__tests__",
        "testing",
        "testdata",
        "test-data",
        "test_data",
        "spec",
        "specs",
        "e2e",
        "fixture",
        "fixtures",
        "__fixtures__",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "playground",
    ];
    let is_folder = |part: &[u8]| {
        FOLDERS
            .iter()
            .any(|folder| part.eq_ignore_ascii_case(folder.as_bytes()))
    };
    path.split(|byte| *byte == b'/').any(is_folder)
}

/// Returns the first line on which a program reads a `NOTION_…` variable from its environment;
/// `None` if the program reads no such variable.
pub fn reads_notion(path: &[u8], text: &[u8]) -> Option<Reason> {
    static READS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"(?-u)(?:process\.env\.|import\.meta\.env\.|(?:process\.env|environ|ENV|_ENV|_SERVER)\[\s*["']"#,
            r#"|(?:environ\.get|getenv|Getenv|LookupEnv|ENV\.fetch|env::var|env::var_os|env\.get|env!|option_env!|env|config)"#,
            r#"\(\s*["'])NOTION_[A-Z0-9_]"#
        ))
        .expect("a valid pattern")
    });
    memchr::memmem::find(text, b"NOTION_")?;
    let at = READS.find(text)?.start();
    let line = 1 + memchr::memchr_iter(b'\n', &text[..at]).count();
    Some(Reason {
        file: path.to_vec(),
        line: Some(line),
        says: Says::ReadsNotion,
    })
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() {
        name.to_vec()
    } else {
        [folder, b"/", name].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::reads_notion;

    #[test]
    fn code_that_reads_a_notion_variable_is_recognised() {
        for text in [
            "const t = process.env.NOTION_TOKEN",
            "os.environ['NOTION_TOKEN']",
            "os.environ.get(\"NOTION_API_KEY\")",
            "getenv('NOTION_KEY')",
            "ENV.fetch(\"NOTION_TOKEN\")",
            "std::env::var(\"NOTION_TOKEN\")",
            "import.meta.env.NOTION_TOKEN",
        ] {
            assert!(reads_notion(b"a", text.as_bytes()).is_some(), "{text}");
        }
        for text in [
            "NOTION_TOKEN = 1",
            "// set NOTION_TOKEN",
            "process.env.OTHER",
            "const NOTION_URL = env",
        ] {
            assert!(reads_notion(b"a", text.as_bytes()).is_none(), "{text}");
        }
    }
}
