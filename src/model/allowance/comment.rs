//! Openings of comments: openings recognised in all files, and openings of some languages only.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::{DIRECTIVE, compile};

/// The strings that open a comment in every file, anywhere on a line.
const ANYWHERE: [&str; 9] = ["#", "//", "/*", "*", "--", ";", "<!--", "{{!", "%"];

/// The strings that open a comment in every file, but only at the beginning of a line.
const AT_START: [&str; 15] = [
    "<#", "(*", "@*", "{-", "{#", "{*", "{/*", "{{--", "{{/*", "{{- /*", "{%", "<%#", "<%--", "/+",
    "-#",
];

/// The strings that open a comment only in files with these extensions. In other languages, most of
/// these characters begin a string. VB's `'` is also recognised in files without an extension.
const OWN: [(&[&str], OwnOpening); 9] = [
    (
        &[
            "vb", "vbs", "vba", "vbhtml", "bas", "cls", "frm", "ctl", "asp", "aspx",
        ],
        OwnOpening {
            open: "'",
            ends_line: true,
        },
    ),
    (
        &["", "puml", "plantuml", "iuml"],
        OwnOpening {
            open: "'",
            ends_line: false,
        },
    ),
    (
        &["f", "for", "f77", "f90", "f95", "f03", "f08", "fpp"],
        OwnOpening {
            open: "!",
            ends_line: true,
        },
    ),
    (
        &["hs", "lhs", "elm", "purs", "idr", "agda", "dhall"],
        OwnOpening {
            open: "{-",
            ends_line: true,
        },
    ),
    (
        &["pas", "dpr", "dpk", "pp", "lpr"],
        OwnOpening {
            open: "{",
            ends_line: true,
        },
    ),
    (
        &["properties"],
        OwnOpening {
            open: "!",
            ends_line: false,
        },
    ),
    (
        &["vim", "vimrc", "gvimrc", "exrc"],
        OwnOpening {
            open: "\"",
            ends_line: false,
        },
    ),
    (
        &["bat", "cmd"],
        OwnOpening {
            open: "::",
            ends_line: false,
        },
    ),
    (
        &["rst"],
        OwnOpening {
            open: "..",
            ends_line: false,
        },
    ),
];

/// A comment opening of some languages only.
#[derive(Clone, Copy)]
struct OwnOpening {
    open: &'static str,
    /// True if code may precede the comment on the same line.
    ends_line: bool,
}

/// The comment syntax of a file.
pub struct Syntax {
    own: Option<OwnOpening>,
    /// True for Jupyter notebooks, whose lines are JSON strings.
    pub is_notebook: bool,
}

impl Syntax {
    /// Returns the comment syntax of the file at `path`, by its extension.
    pub fn of(path: &[u8]) -> Self {
        let name = path
            .rsplit(|byte| matches!(byte, b'/' | b'\\' | b'!'))
            .next()
            .unwrap_or_default();
        let ending = name
            .iter()
            .rposition(|byte| *byte == b'.')
            .map_or(&b""[..], |dot| &name[dot + 1..]);
        let is = |known: &&str| known.as_bytes().eq_ignore_ascii_case(ending);
        let own = OWN
            .iter()
            .find(|(endings, _)| endings.iter().any(is))
            .map(|(_, own)| *own);
        Syntax {
            own,
            is_notebook: is(&"ipynb"),
        }
    }

    /// Returns the text after `ntnguard: allow` in a comment within `part`, the rest of a line
    /// after a secret. `None` if there is no such comment.
    pub fn behind<'t>(&self, part: &'t [u8]) -> Option<&'t [u8]> {
        self.before(part).or_else(|| {
            let own = self.own.filter(|own| own.ends_line)?;
            directives(part)
                .find(|(opening, _)| ends_line(opening, own.open))
                .map(|(_, reason)| reason)
        })
    }

    /// Returns the text after `ntnguard: allow` in a comment within `part` of a line. `None` if
    /// there is no such comment.
    pub fn before<'t>(&self, part: &'t [u8]) -> Option<&'t [u8]> {
        let opens = |text: &[u8]| {
            ANYWHERE
                .iter()
                .any(|open| memmem::find(text, open.as_bytes()).is_some())
                || REMARK.is_match(text)
        };
        directives(part)
            .find(|(opening, _)| opens(opening))
            .map(|(_, reason)| reason)
    }

    /// Returns the text after `ntnguard: allow` at the beginning of a comment that begins `line`.
    /// `None` if there is no such comment.
    pub fn alone<'t>(&self, line: &'t [u8]) -> Option<&'t [u8]> {
        let (opening, reason) = directives(line).next()?;
        let opening = opening.trim_ascii_start();
        let begins = |open: &str| {
            opening
                .strip_prefix(open.as_bytes())
                .is_some_and(|rest| FILLER.is_match(rest))
        };
        let own = self.own.is_some_and(|own| {
            // In an unknown language, `'` may begin a string that a second quote ends.
            begins(own.open) && (own.ends_line || own.open != "'" || !reason.contains(&b'\''))
        });
        let remarks = REMARK
            .find(opening)
            .is_some_and(|word| word.start() == 0 && FILLER.is_match(&opening[word.end()..]));
        (own || remarks || AT_START.iter().chain(&ANYWHERE).any(|open| begins(open)))
            .then_some(reason)
    }
}

/// The word that opens a comment in BASIC, SQL*Plus and batch files.
static REMARK: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i)\brem\b"));

/// The characters between the opening of a comment and its first word.
static FILLER: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^[-#/*!;%'|+\[(=<:\s]*(?:comment[-%}\s]*)?$"));

/// Returns the text before and the text after each `ntnguard: allow`.
fn directives(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    DIRECTIVE
        .find_iter(text)
        .map(|found| (&text[..found.start()], &text[found.end()..]))
}

/// Returns true if `opening`, the text between a secret and the directive, contains `open` with no
/// quote before it, except a quote right after the secret. After another quote, the directive may
/// be inside a string.
fn ends_line(opening: &[u8], open: &str) -> bool {
    let rest = opening
        .strip_prefix(b"\"")
        .or(opening.strip_prefix(b"'"))
        .unwrap_or(opening);
    let at = memmem::find(rest, open.as_bytes());
    at.is_some_and(|at| !rest[..at].iter().any(|byte| matches!(byte, b'"' | b'\'')))
}

#[cfg(test)]
mod tests {
    use super::Syntax;

    #[test]
    fn the_file_name_sets_the_comment_syntax() {
        let own = |path: &str| Syntax::of(path.as_bytes()).own.map(|own| own.open);
        assert_eq!(
            ["a.VB", "src/.vimrc", "a.zip!b/c.properties", "run.cmd"].map(own),
            ["'", "\"", "!", "::"].map(Some)
        );
        assert_eq!(
            ["a.py", "vb", "vb.d/x.json"].map(own),
            [None, Some("'"), None]
        );
        assert!(Syntax::of(b"n/a.ipynb").is_notebook && !Syntax::of(b"a.json").is_notebook);
    }
}
