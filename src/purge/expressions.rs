//! Expressions of git-filter-repo: bytes to replace, and their replacement.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// The replacement of a secret in a text.
pub const MASK: &[u8] = b"***REMOVED***";

/// The location of the bytes to replace. It decides the syntax of the expression and the
/// replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplacementKind {
    /// Bytes in a text.
    Text,
    /// Bytes in the name of a file, a directory or a ref. Each form gets its own replacement, so
    /// that two files never get the same name. The replacement has only characters that every name
    /// may contain.
    Name,
}

/// Returns one line for each of `forms`, in the order in which they must be replaced.
pub fn lines(forms: &BTreeSet<Vec<u8>>, kind: ReplacementKind) -> Vec<u8> {
    let mut lines = Vec::new();
    for form in ordered(forms) {
        // In a list of paths, an expression without `regex:` would be a path from the root.
        let (old, new) = match kind {
            ReplacementKind::Text => (expression(form), MASK.to_vec()),
            ReplacementKind::Name => (regex(form), name(form).into_bytes()),
        };
        lines.extend([&old[..], b"==>", &new, b"\n"].concat());
    }
    lines
}

/// Returns `forms` in the order in which they are replaced: literals first, as git-filter-repo
/// does, and of each kind the longest first, since one form may be a part of another.
fn ordered(forms: &BTreeSet<Vec<u8>>) -> Vec<&Vec<u8>> {
    let mut ordered: Vec<&Vec<u8>> = forms.iter().collect();
    ordered.sort_by_key(|form| (!is_literal(form), std::cmp::Reverse(form.len())));
    ordered
}

/// Returns `text` after the replacements of git-filter-repo.
pub fn replaced(text: &[u8], forms: &BTreeSet<Vec<u8>>) -> Vec<u8> {
    ordered(forms)
        .into_iter()
        .fold(text.to_vec(), |text, form| {
            let mut out = Vec::with_capacity(text.len());
            let mut from = 0;
            for at in memchr::memmem::find_iter(&text, form) {
                out.extend_from_slice(&text[from..at]);
                out.extend_from_slice(MASK);
                from = at + form.len();
            }
            out.extend_from_slice(&text[from..]);
            out
        })
}

/// Returns the text that replaces `form` in the names of files, directories and refs. Within one
/// plan, it is always the same. It is a hash with a random key. The key is not stored, because
/// everybody can see the new names, and could test guesses of `form` with the key.
fn name(form: &[u8]) -> String {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    format!("removed-{:08x}", KEY.hash_one(form) as u32)
}

/// Returns true if `form` can be written as a literal. A literal cannot contain line breaks, nor an
/// arrow (`==>`): git-filter-repo splits a line at the last arrow, older versions at the first.
fn is_literal(form: &[u8]) -> bool {
    !form.iter().any(|byte| matches!(byte, b'\n' | b'\r'))
        && memchr::memmem::find(form, b"==>").is_none()
}

fn expression(form: &[u8]) -> Vec<u8> {
    if is_literal(form) {
        [b"literal:", form].concat()
    } else {
        regex(form)
    }
}

/// Returns a Python pattern that matches `form` alone.
fn regex(form: &[u8]) -> Vec<u8> {
    let mut pattern = b"regex:".to_vec();
    for byte in form {
        if byte.is_ascii_alphanumeric() || *byte == b'_' {
            pattern.push(*byte);
        } else {
            pattern.extend(format!("\\x{byte:02x}").bytes());
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ReplacementKind, lines, replaced};

    fn forms(forms: &[&[u8]]) -> BTreeSet<Vec<u8>> {
        forms.iter().map(|form| form.to_vec()).collect()
    }

    fn text(forms: &[&[u8]], kind: ReplacementKind) -> String {
        String::from_utf8(lines(&self::forms(forms), kind)).expect("ASCII")
    }

    #[test]
    fn plain_text_becomes_a_literal() {
        assert_eq!(
            text(&[b"a.b*\\1"], ReplacementKind::Text),
            "literal:a.b*\\1==>***REMOVED***\n"
        );
        assert_eq!(
            text(&[b"regex:a"], ReplacementKind::Text),
            "literal:regex:a==>***REMOVED***\n"
        );
        assert_eq!(text(&[], ReplacementKind::Text), "");
    }

    #[test]
    fn line_breaks_and_arrows_are_escaped() {
        assert_eq!(
            text(&[b"a\"\r\n + \"b"], ReplacementKind::Text),
            "regex:a\\x22\\x0d\\x0a\\x20\\x2b\\x20\\x22b==>***REMOVED***\n"
        );
        assert_eq!(
            text(&[b"a==>b"], ReplacementKind::Text),
            "regex:a\\x3d\\x3d\\x3eb==>***REMOVED***\n"
        );
        assert_eq!(
            text(&[b"\xff\n"], ReplacementKind::Text),
            "regex:\\xff\\x0a==>***REMOVED***\n"
        );
    }

    #[test]
    fn literals_come_before_patterns_longest_first() {
        let lines = text(&[b"ab", b"abc\nd", b"abc"], ReplacementKind::Text);
        let starts: Vec<&str> = lines
            .lines()
            .map(|line| line.split("==>").next().unwrap_or(""))
            .collect();
        assert_eq!(starts, ["literal:abc", "literal:ab", "regex:abc\\x0ad"]);
    }

    #[test]
    fn each_name_gets_its_own_replacement() {
        let one = text(&[b"abc"], ReplacementKind::Name);
        assert!(
            one.starts_with("regex:abc==>removed-")
                && one == text(&[b"abc"], ReplacementKind::Name),
            "{one}"
        );
        assert!(
            !one.contains("ba7816bf"),
            "what `printf %s abc | sha256sum` begins with"
        );
        let two = text(&[b"a.b", b"a-b"], ReplacementKind::Name);
        let names: BTreeSet<&str> = two
            .lines()
            .filter_map(|line| line.split("==>").nth(1))
            .collect();
        assert!(
            names.len() == 2 && two.contains("regex:a\\x2eb==>removed-"),
            "{two}"
        );
    }

    #[test]
    fn all_forms_of_a_secret_are_replaced() {
        assert_eq!(
            replaced(b"-ab-abc-a\nb-", &forms(&[b"ab", b"abc", b"a\nb"])),
            b"-***REMOVED***-***REMOVED***-***REMOVED***-"
        );
    }
}
