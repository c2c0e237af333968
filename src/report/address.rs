//! Locations in SARIF. Each has a file and a region, because GitHub's code scanning rejects a
//! location without a file or a region.

use std::path::Path;

use memchr::memmem;
use serde_json::{Value, json};

use super::place;
use crate::detect::redact::redact_bytes;
use crate::model::blob::{Origin, Part};
use crate::model::finding::Location;

/// SARIF's name for the directory that relative addresses start from.
pub const BASE: &str = "SRCROOT";

/// Returns the SARIF location of an origin. An origin that has no path gets a made-up address below
/// `.git` that is the same in each run.
pub fn of(origin: &Origin, location: Option<Location>) -> Value {
    let address = origin.path().map_or_else(|| file(&internal(origin)), file);
    // Line numbers in a member of an archive are not line numbers of the archive's file.
    let region = match location.filter(|_| origin.member().is_none() && origin.path().is_some()) {
        Some(at) => json!({
            "startLine": at.start.line, "startColumn": at.start.utf16_column,
            "endLine": at.end.line, "endColumn": at.end.utf16_column,
        }),
        None => json!({"startLine": 1}),
    };
    let mut place = json!({"physicalLocation": {"artifactLocation": address, "region": region}});
    if origin.path().is_none() || origin.member().is_some() {
        let kind = if origin.member().is_some() {
            "member"
        } else {
            origin.place().unwrap_or("object")
        };
        place["logicalLocations"] =
            json!([{"fullyQualifiedName": place::name(origin), "kind": kind}]);
    }
    place
}

/// Returns the SARIF location of a line of a file.
pub fn of_line(path: &[u8], line: usize) -> Value {
    json!({"physicalLocation": {"artifactLocation": file(path), "region": {"startLine": line}}})
}

/// Returns the address of an origin that has no path, such as `.git/commits/<id>`,
/// `.git/refs/heads/main` or `.git/objects/<id>`.
fn internal(origin: &Origin) -> Vec<u8> {
    let id = origin.object().unwrap_or("");
    match (origin.record(), origin.part()) {
        (Some(name), Some(Part::RefName)) => {
            [b".git/refs/", name.strip_prefix(b"refs/").unwrap_or(name)].concat()
        }
        (Some(name), _) => record(name),
        (None, Some(Part::CommitMessage)) => format!(".git/commits/{id}").into_bytes(),
        (None, Some(Part::TagMessage)) => format!(".git/tags/{id}").into_bytes(),
        (None, Some(Part::PathName)) => format!(".git/trees/{id}").into_bytes(),
        (None, Some(_)) => format!(".git/objects/{id}").into_bytes(),
        (None, None) if *origin == Origin::Notion => b".git/input/notion".to_vec(),
        (None, None) => b".git/input/stdin".to_vec(),
    }
}

/// Returns the address of a file in a git directory. The address begins with `.git/`, even if the
/// directory has another name or location. `name` is absolute, or relative to the directory that
/// contains the git directory.
fn record(name: &[u8]) -> Vec<u8> {
    let name = slashed(name);
    let inside = if name.starts_with(b".git/") {
        Some(0)
    } else {
        memmem::find(&name, b"/.git/").map(|at| at + 1)
    };
    match inside {
        Some(at) => name[at..].to_vec(),
        None => [b".git/records/", name.strip_prefix(b"/").unwrap_or(&name)].concat(),
    }
}

/// Returns the address of a file: relative to [`BASE`], or absolute if the file is outside of it.
fn file(path: &[u8]) -> Value {
    let uri = uri(path);
    if uri.starts_with("file:") || uri.split('/').any(|part| part == "..") {
        json!({"uri": uri})
    } else {
        json!({"uri": uri, "uriBaseId": BASE})
    }
}

/// Returns a path as a URI reference (RFC 3986), with secrets masked. Each byte that is neither
/// unreserved nor a slash becomes `%` and two hexadecimal digits.
pub fn uri(path: &[u8]) -> String {
    let path = redact_bytes(path);
    let mut uri = String::new();
    for byte in slashed(&path) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    let is_absolute = std::str::from_utf8(&path).is_ok_and(|path| Path::new(path).is_absolute());
    match (is_absolute, uri.starts_with('/')) {
        (true, true) => format!("file://{uri}"),
        (true, false) => format!("file:///{uri}"),
        _ => uri,
    }
}

/// Returns a path with `/` between its parts, also on Windows.
fn slashed(path: &[u8]) -> Vec<u8> {
    path.iter()
        .map(|byte| {
            if cfg!(windows) && *byte == b'\\' {
                b'/'
            } else {
                *byte
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{internal, uri};
    use crate::model::blob::{Origin, Part};

    #[test]
    fn any_path_becomes_a_valid_uri() {
        for (path, address) in [
            (&b"src/app.ts"[..], "src/app.ts"),
            (b"a b/c%d/\xff", "a%20b/c%25d/%FF"),
            (b"a:b", "a%3Ab"),
            ("\u{202e}\u{e9}\n".as_bytes(), "%E2%80%AE%C3%A9%0A"),
            (b"</script>\"'", "%3C/script%3E%22%27"),
        ] {
            assert_eq!(uri(path), address);
        }
        #[cfg(unix)]
        assert_eq!(uri(b"/tmp/a"), "file:///tmp/a");
    }

    #[test]
    fn origins_without_a_file_have_a_uri_below_git() {
        let object = |part| Origin::Object {
            id: "1f".to_owned(),
            part,
            path: None,
        };
        let record = |part, name: &str| Origin::Record {
            part,
            name: name.into(),
        };
        for (origin, address) in [
            (object(Part::CommitMessage), ".git/commits/1f"),
            (object(Part::TagMessage), ".git/tags/1f"),
            (object(Part::PathName), ".git/trees/1f"),
            (object(Part::Content), ".git/objects/1f"),
            (
                record(Part::RefName, "refs/heads/a b"),
                ".git/refs/heads/a b",
            ),
            (
                record(Part::RefName, "sub:refs/heads/x"),
                ".git/refs/sub:refs/heads/x",
            ),
            (record(Part::Reflog, ".git/logs/HEAD"), ".git/logs/HEAD"),
            (
                record(Part::GitConfig, "/home/me/r/.git/shallow"),
                ".git/shallow",
            ),
            (
                record(Part::GitConfig, "/srv/r.git/config"),
                ".git/records/srv/r.git/config",
            ),
            (Origin::Stdin, ".git/input/stdin"),
            (Origin::Notion, ".git/input/notion"),
        ] {
            assert_eq!(String::from_utf8_lossy(&internal(&origin)), address);
        }
    }
}
