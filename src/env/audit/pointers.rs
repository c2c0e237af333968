//! Finds env files that other files refer to: `env_file:` in compose files, `--env-file` in
//! scripts, and calls of dotenv.
//!
//! A file that is referred to in one of these ways is an env file, whatever its name. A name that a
//! program composes at run time is not found.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::env::Role;
use crate::env::ignore::folder_of;
use crate::model::finding::{Reason, Says};
use crate::model::path::file_name;

use super::manifest::is_compose;

/// The number of bytes after the opening parenthesis of a call that are searched for a file name.
const LONGEST_CALL: usize = 200;

/// A file that another file refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReferredFile {
    /// The path of the file in the repository.
    pub path: Vec<u8>,
    /// The file that refers to `path`.
    by: Vec<u8>,
    /// The line in `by`, from 1.
    line: usize,
}

impl ReferredFile {
    /// Returns the reference as a reason to expect the env file.
    pub fn reason(&self) -> Reason {
        Reason {
            file: self.by.clone(),
            line: Some(self.line),
            says: Says::Names(self.path.clone()),
        }
    }
}

/// Sorts the files by path, and removes duplicates, templates and files that are meant to be
/// committed. `role` returns the role of a path.
pub fn sorted(
    mut pointed: Vec<ReferredFile>,
    role: impl Fn(&[u8]) -> Option<Role>,
) -> Vec<ReferredFile> {
    pointed.sort();
    pointed.dedup_by(|one, other| one.path == other.path);
    pointed
        .retain(|pointed| !matches!(role(&pointed.path), Some(Role::Template | Role::Committed)));
    pointed
}

/// Returns the files that the file at `path` with the content `text` refers to.
pub fn in_file(path: &[u8], text: &[u8]) -> Vec<ReferredFile> {
    let name = file_name(path);
    let mut found = Vec::new();
    if is_compose(name) {
        found.extend(env_file_entries(text));
    }
    if name == b".envrc" {
        found.extend(direnv(text));
    } else if is_program(name) {
        found.extend(dotenv_calls(text));
    } else {
        found.extend(env_file_flags(text));
    }
    let line = |at: usize| 1 + memchr::memchr_iter(b'\n', &text[..at]).count();
    let pointed = found.into_iter().filter_map(|(at, target)| {
        Some(ReferredFile {
            path: resolve(folder_of(path), target)?,
            by: path.to_vec(),
            line: line(at),
        })
    });
    pointed.collect()
}

/// Returns the names of files that an `.envrc` loads with `dotenv`, `source_env` and similar
/// commands, with the offsets of the commands. `dotenv` without a name loads `.env`.
fn direnv(text: &[u8]) -> Vec<(usize, &[u8])> {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r#"(?m-u)^[ \t]*(?:dotenv(?:_if_exists)?(?:[ \t]+["']?([^\s"';#&|]+)|[ \t]*$)|source_env(?:_if_exists)?[ \t]+["']?([^\s"';#&|]+))"#,
        )
    });
    let named = |call: regex::bytes::Captures<'_>| {
        let name = call.get(1).or(call.get(2)).map(|name| name.range());
        (call.get(0).map_or(0, |call| call.start()), name)
    };
    CALL.captures_iter(text)
        .map(named)
        .map(|(at, name)| (at, name.map_or(&b".env"[..], |name| &text[name])))
        .collect()
}

/// Returns the names after `--env-file`, with their offsets.
fn env_file_flags(text: &[u8]) -> Vec<(usize, &[u8])> {
    static FLAG: LazyLock<Regex> =
        LazyLock::new(|| regex(r#"(?-u)--env-file(?:-if-exists)?[= ]+\\?["']?([^\s"'\\,;|&<>]+)"#));
    targets(&FLAG, text)
}

/// Returns the file names in calls of dotenv's functions, with their offsets.
fn dotenv_calls(text: &[u8]) -> Vec<(usize, &[u8])> {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r#"(?-u)(?:load_dotenv|dotenv_values|loadEnvFile|[dD]otenv["']?\)?(?:\.|::)\w+)\s*\("#,
        )
    });
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| regex(r#"(?-u)["'`]([^"'`\n]*[.]?env[^"'`\n/]*)["'`]"#));
    if memchr::memmem::find(text, b"otenv").is_none()
        && memchr::memmem::find(text, b"loadEnvFile").is_none()
    {
        return Vec::new();
    }
    let in_calls = CALL.find_iter(text).filter_map(|call| {
        let rest = &text[call.end()..text.len().min(call.end() + LONGEST_CALL)];
        // A call ends at a `)` at the end of a line, or at a `;`.
        let ends = [
            memchr::memmem::find(rest, b")\n"),
            memchr::memchr(b';', rest),
        ];
        let end = ends.into_iter().flatten().min().unwrap_or(rest.len());
        // A string with blanks is a message, not a file name.
        let name = NAME
            .captures(&rest[..end])?
            .get(1)
            .filter(|name| !name.as_bytes().contains(&b' '))?;
        Some((call.end() + name.start(), name.as_bytes()))
    });
    in_calls.collect()
}

fn targets<'t>(pattern: &Regex, text: &'t [u8]) -> Vec<(usize, &'t [u8])> {
    pattern
        .captures_iter(text)
        .filter_map(|found| found.get(1))
        .map(|name| (name.start(), name.as_bytes()))
        .collect()
}

/// Returns the names after `env_file:` in a compose file, on the same line or in the list below,
/// with the offsets of their lines.
fn env_file_entries(text: &[u8]) -> Vec<(usize, &[u8])> {
    let mut found = Vec::new();
    let mut list: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        let content = line[indent..].trim_ascii();
        if let Some(value) = content.strip_prefix(b"env_file:") {
            list = Some(indent);
            found.extend(values(value).into_iter().map(|value| (at + indent, value)));
        } else if list
            .is_some_and(|list| indent > list || indent == list && content.starts_with(b"-"))
        {
            let item = content.strip_prefix(b"-").unwrap_or(content).trim_ascii();
            let is_other_key =
                memchr::memmem::find(item, b": ").is_some() && !item.starts_with(b"path:");
            let item = item.strip_prefix(b"path:").unwrap_or(item);
            found.extend(
                values(item)
                    .into_iter()
                    .filter(|_| !is_other_key)
                    .map(|value| (at + indent, value)),
            );
        } else if !content.is_empty() && !content.starts_with(b"#") {
            list = None;
        }
        at += line.len();
    }
    found
}

/// Returns the values of a YAML flow list (`[a, b]`), or the single value; without quotes and
/// comments.
fn values(text: &[u8]) -> Vec<&[u8]> {
    static SCALAR: LazyLock<Regex> =
        LazyLock::new(|| regex(r#"(?-u)"([^"]*)"|'([^']*)'|([^\s,\[\]"'][^,\]]*)"#));
    let is_list = text.trim_ascii().starts_with(b"[");
    let quoted = matches!(text.trim_ascii().first(), Some(b'"' | b'\''));
    let comment = text
        .windows(2)
        .position(|pair| pair == b" #")
        .filter(|_| !quoted);
    let text = text[..comment.unwrap_or(text.len())].trim_ascii();
    if !is_list && !quoted {
        return Some(text)
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect();
    }
    let scalars = SCALAR
        .captures_iter(text)
        .take(if is_list { usize::MAX } else { 1 });
    let inside = scalars.filter_map(|scalar| scalar.get(1).or(scalar.get(2)).or(scalar.get(3)));
    inside
        .map(|scalar| scalar.as_bytes())
        .filter(|scalar| !scalar.is_empty())
        .collect()
}

/// Returns the repository path of `target`, which a file in the directory `folder` names. `None` if
/// the path is outside the repository, or contains characters that a program would expand.
fn resolve(folder: &[u8], target: &[u8]) -> Option<Vec<u8>> {
    let plain = |byte: &u8| !byte.is_ascii_control() && !b"$%{}*?<>|\\:".contains(byte);
    if target.starts_with(b"/") || target.starts_with(b"~") || !target.iter().all(plain) {
        return None;
    }
    let mut parts: Vec<&[u8]> = folder
        .split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty())
        .collect();
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            other => parts.push(other),
        }
    }
    // An empty path, or a path that ends in `/`, is not the path of a file.
    (!parts.is_empty() && !target.ends_with(b"/")).then(|| parts.join(&b'/'))
}

/// Returns true if a file of this name may refer to an env file: a compose file, a script, or a
/// program that may call dotenv.
pub fn may_point(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 10] = [
        b".envrc",
        b"Makefile",
        b"makefile",
        b"justfile",
        b"Justfile",
        b"Procfile",
        b"Dockerfile",
        b"package.json",
        b"Taskfile.yml",
        b"Rakefile",
    ];
    const SCRIPTS: [&[u8]; 7] = [b"sh", b"bash", b"zsh", b"fish", b"ps1", b"mk", b"service"];
    NAMES.contains(&name) || is_compose(name) || SCRIPTS.contains(&ending(name)) || is_program(name)
}

/// Returns true if the file is a program that may call dotenv.
pub fn is_program(path: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 12] = [
        b"js", b"ts", b"mjs", b"cjs", b"mts", b"cts", b"py", b"rb", b"go", b"rs", b"php", b"jsx",
    ];
    ENDINGS.contains(&ending(path))
}

fn ending(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'.', path).map_or(&b""[..], |dot| &path[dot + 1..])
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

#[cfg(test)]
mod tests {
    use super::super::manifest::is_manifest;
    use super::in_file;

    fn pointed(file: &str, text: &str) -> Vec<String> {
        let found = in_file(file.as_bytes(), text.as_bytes());
        found
            .iter()
            .map(|found| format!("{}:{}", String::from_utf8_lossy(&found.path), found.line))
            .collect()
    }

    #[test]
    fn compose_files_point_at_env_files() {
        let text = "services:\n  a:\n    env_file: ./conf/a.conf # x\n  b:\n    env_file:\n      - b.vars\n      \
                    - path: \"../c.env\"\n        required: false\n    image: x\n  d:\n    env_file: [d1, 'd2']\n  e:\n    \
                    env_file:\n    - e\n    - \"#f [1], \" # x\n    ports:\n    - 1:2\n    env_file: ${X}.env\n";
        let expected = [
            "app/conf/a.conf:3",
            "app/b.vars:6",
            "c.env:7",
            "app/d1:11",
            "app/d2:11",
            "app/e:14",
            "app/#f [1], :15",
        ];
        assert_eq!(pointed("app/compose.yml", text), expected);
        assert!(is_manifest(b"docker-compose.prod.yaml"));
    }

    #[test]
    fn direnv_points_at_the_files_it_loads() {
        let text = "use flake\ndotenv\n  dotenv_if_exists conf/dev.vars\nsource_env_if_exists \".envrc.private\"\n# dotenv no\n\
                    source_env ../outside\nsource_up\n";
        assert_eq!(
            pointed(".envrc", text),
            [".env:2", "conf/dev.vars:3", ".envrc.private:4"]
        );
    }

    #[test]
    fn scripts_and_programs_point_at_env_files() {
        assert_eq!(
            pointed(
                "package.json",
                r#"{"dev": "node --env-file=.env.dev --env-file-if-exists \"x.conf\" a.js"}"#
            ),
            [".env.dev:1", "x.conf:1"]
        );
        assert_eq!(
            pointed(
                "a/run.sh",
                "docker run --env-file ../b.list --env-file $X i\n"
            ),
            ["b.list:1"]
        );
        let calls = "require('dotenv').config({ path: '.env.one' })\ndotenv.config({\n  path: \"./x/two.env\" });\n\
                     load_dotenv(dotenv_path=BASE / 'three.env')\ndotenv.config({ path: `.env.${mode}` });\ndotenv.config();\n";
        assert_eq!(
            pointed("src/a.js", calls),
            ["src/.env.one:1", "src/x/two.env:3", "src/three.env:4"]
        );
    }
}
