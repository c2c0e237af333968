//! The lines that are added to an ignore file.

use crate::env::COMMITTED_NAMES;
use crate::env::audit::TEMPLATES;
use crate::env::ignore::folder_of;
use crate::model::path::file_name;

/// The largest number of names `.env.<suffix>` that are listed one by one. More are covered by
/// `.env.*`, and then templates are re-included.
const LISTED: usize = 3;

/// Returns the patterns to add to the ignore file `file` so that git ignores `paths` and as little
/// else as possible. `names` are the file names that the configuration declares to be env files.
pub fn ignoring(file: &[u8], paths: &[&[u8]], names: &[String]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut suffixed: Vec<Vec<u8>> = Vec::new();
    for path in paths {
        let name = file_name(path);
        let (list, line) = match name {
            b".env" | b".env~" | b".dev.vars" | b".envrc.local" => (&mut lines, name.to_vec()),
            _ if names.iter().any(|known| known.as_bytes() == name) => (&mut lines, escaped(name)),
            _ if name.starts_with(b".env.") => (&mut suffixed, suffix_pattern(name)),
            _ if name.starts_with(b".dev.vars.") => (&mut lines, b".dev.vars.*".to_vec()),
            _ if name.ends_with(b".env") => (&mut lines, b"*.env".to_vec()),
            _ => (&mut lines, below(file, path)),
        };
        if !list.contains(&line) {
            list.push(line);
        }
    }
    if suffixed.len() > LISTED {
        suffixed = vec![b".env.*".to_vec()];
    }
    lines.sort_by_key(|line| rank(line));
    let after_env = lines
        .iter()
        .position(|line| line != b".env")
        .unwrap_or(lines.len());
    lines.splice(after_env..after_env, suffixed);
    lines
}

/// Returns the sort key of a line, for the order in which people usually write these lines.
fn rank(line: &[u8]) -> usize {
    const ORDER: [&[u8]; 6] = [
        b".env",
        b".env~",
        b".envrc.local",
        b".dev.vars",
        b".dev.vars.*",
        b"*.env",
    ];
    ORDER
        .iter()
        .position(|known| *known == line)
        .unwrap_or(ORDER.len())
}

/// Returns the pattern for a name `.env.<suffix>`. All names `.env.<mode>.local` share one pattern.
fn suffix_pattern(name: &[u8]) -> Vec<u8> {
    let is_of_mode = name.ends_with(b".local") && name != b".env.local";
    if is_of_mode {
        b".env.*.local".to_vec()
    } else {
        escaped(name)
    }
}

/// Returns the pattern to add to the ignore file `file` so that `path` is no longer ignored. The
/// name of a well-known template or committed file is re-included in all directories, any other
/// path alone. The name of a committed file is not re-included everywhere if a path in `left`,
/// which stays ignored, has it too.
pub fn keeping(file: &[u8], path: &[u8], left: &[Vec<u8>]) -> Vec<u8> {
    let name = file_name(path);
    let is_left = left.iter().any(|left| file_name(left) == name);
    let is = |known: &&str| known.as_bytes() == name;
    let pattern =
        if name.starts_with(b".env.") && name.ends_with(b".example") && name != b".env.example" {
            b".env.*.example".to_vec()
        } else if TEMPLATES.iter().any(is) || !is_left && COMMITTED_NAMES.iter().any(is) {
            name.to_vec()
        } else {
            below(file, path)
        };
    [b"!", pattern.as_slice()].concat()
}

/// Returns the pattern that matches `path` alone, relative to the directory of the ignore file
/// `file`.
fn below(file: &[u8], path: &[u8]) -> Vec<u8> {
    let folder = folder_of(file);
    let own = if folder.is_empty() {
        path
    } else {
        path.get(folder.len() + 1..).unwrap_or(path)
    };
    [b"/", escaped(own).as_slice()].concat()
}

/// Escapes a name to a pattern that matches only this name.
fn escaped(name: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(name.len());
    for (at, byte) in name.iter().enumerate() {
        // A control character could end the line. `?` matches any character, so this one too.
        if byte.is_ascii_control() {
            pattern.push(b'?');
            continue;
        }
        let leads = at == 0 && matches!(byte, b'#' | b'!');
        let trails = *byte == b' ' && name[at..].iter().all(|byte| *byte == b' ');
        if leads || trails || b"*?[\\".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::{ignoring, keeping};

    fn lines(file: &str, paths: &[&str]) -> Vec<String> {
        let paths: Vec<&[u8]> = paths.iter().map(|path| path.as_bytes()).collect();
        let lines = ignoring(file.as_bytes(), &paths, &["#x [1]".to_owned()]);
        lines
            .into_iter()
            .map(|line| String::from_utf8_lossy(&line).into_owned())
            .collect()
    }

    #[test]
    fn few_names_are_listed_and_many_get_a_pattern() {
        assert_eq!(
            lines(".gitignore", &["a/.env.staging", ".env.staging"]),
            [".env.staging"]
        );
        assert_eq!(
            lines(".gitignore", &[".env.a.local", ".env.b.local", ".env.test"]),
            [".env.*.local", ".env.test"]
        );
        assert_eq!(
            lines(
                ".gitignore",
                &["x.env", ".env.a", ".env.b", ".env.c", ".env.d", ".env"]
            ),
            [".env", ".env.*", "*.env"]
        );
        assert_eq!(
            lines("a/.gitignore", &["a/b/c.conf", "a/#x [1]"]),
            ["/b/c.conf", "\\#x \\[1]"]
        );
        assert_eq!(lines(".gitignore", &[".env.a\n!.env"]), [".env.a?!.env"]);
    }

    #[test]
    fn exceptions_are_known_names_or_single_paths() {
        let keep = |path: &str| {
            String::from_utf8_lossy(&keeping(
                b"a/.gitignore",
                path.as_bytes(),
                &[b".env.x".to_vec()],
            ))
            .into_owned()
        };
        assert_eq!(keep("a/b/.env.example"), "!.env.example");
        assert_eq!(keep("a/.env.production.example"), "!.env.*.example");
        assert_eq!(keep("a/.env.vault"), "!.env.vault");
        assert_eq!(
            keep("a/.env.x"),
            "!/.env.x",
            "one elsewhere is to stay ignored"
        );
        assert_eq!(keep("a/b/.env.ts"), "!/b/.env.ts");
        assert_eq!(keep("a/.env/"), "!/.env/");
    }
}
