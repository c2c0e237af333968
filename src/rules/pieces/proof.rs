//! Proof that pieces which stand apart are put together.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::seam::SeamKind;
use crate::rules::token::compile;

/// The distance before the first piece within which a call or a name may begin.
const BEFORE: usize = 200;
/// The distance behind the last piece within which they may be put together.
const AFTER: usize = 2048;

/// Returns true if the list that the pieces in `span` are part of is joined with nothing between:
/// `[…].join('')`, `''.join([…])`, `implode('', …)`, `concat(…)`, `parts.join('')` further down.
pub fn is_joined(bytes: &[u8], span: Range<usize>) -> bool {
    static CALLED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r#"(?i-u)(?:(?:""|'')\s*\.\s*join\s*\(|(?:join|implode)\s*\(\s*(?:""|'')\s*,"#,
            r"|(?:concat!?|paste0|str_c)\s*\()[^;)]{0,100}$"
        ))
    });
    static JOINED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r#"(?-u)^\\*["'`]\s*,?\s*[\])}]\s*\)?\s*(?:,\s*(?:""|''|``)\s*\)"#,
            r"|\.\s*(?:join|joined|concat|joinToString|mkString)\b",
            r#"(?:\s*\(\s*(?:\\*["'`]{2})?\s*(?:\\*["'`])?\s*\)|\s*[^(\s\w]|\s*$))"#
        ))
    });
    let (before, after) = around(bytes, &span);
    CALLED.is_match(before) || JOINED.is_match(after) || is_list_joined(before, after)
}

/// Returns true if the list has a name, by which it is joined.
fn is_list_joined(before: &[u8], after: &[u8]) -> bool {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?-u)([A-Za-z_]\w*)(?:\[\])?\s*(?::[^=\n]{0,40})?:?=\s*(?:new\s+)?[\w\[\]]{0,20}\s*[\[({]\s*["'`]$"#,
        )
    });
    static JOINS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r#"(?-u)^\)?\s*\.?\s*(?:join|joined|concat|joinToString|mkString)\b\s*(?:\(\s*(?:""|''|``)?\s*\))?"#,
            r#"|^\s*\)|^\s*,\s*(?:""|''|``)\s*\)"#
        ))
    });
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?i-u)(?:(?:""|'')\s*\.\s*join|(?:join|implode)\s*\(\s*(?:""|'')\s*,|concat|strings\.join)\s*\(?\s*\$?$"#,
        )
    });
    let Some(name) = NAMED.captures(before).and_then(|found| found.get(1)) else {
        return false;
    };
    memmem::find_iter(after, name.as_bytes()).any(|at| {
        let (left, right) = (&after[..at], &after[at + name.len()..]);
        let calls = CALL.is_match(&left[left.len().saturating_sub(60)..]);
        JOINS
            .find(right)
            .is_some_and(|found| calls || found.as_bytes().ends_with(b")") && found.len() > 3)
    })
}

/// Returns true if the names that the pieces are assigned to stand one after the other, with
/// nothing but marks between: `${A}${B}`, `A + B`.
pub fn are_put_together(bytes: &[u8], span: Range<usize>, kinds: &[SeamKind]) -> bool {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?-u)([A-Za-z_]\w*)(?:\[\])?\s*(?::\s*&?(?:'static\s*)?\w+\s*)?(?::=|=|:)\s*[fbr@]?["'`]$"#,
        )
    });
    let (before, after) = around(bytes, &span);
    let Some(first) = NAMED.captures(before).and_then(|found| found.get(1)) else {
        return false;
    };
    let rest = kinds.iter().filter_map(|kind| match kind {
        SeamKind::Assigned(name) => Some(name.as_slice()),
        _ => None,
    });
    let follow = |at: usize| {
        rest.clone()
            .try_fold(&after[at + first.len()..], |text, name| {
                behind_marks(text)?.strip_prefix(name)
            })
            .is_some()
    };
    memmem::find_iter(after, first.as_bytes()).any(follow)
}

/// Returns the text behind a few marks between two names, and behind `this.` or `self.`. `None` if
/// there are no marks.
fn behind_marks(text: &[u8]) -> Option<&[u8]> {
    let is_mark =
        |byte: &&u8| !byte.is_ascii_alphanumeric() && !matches!(**byte, b'_' | b'\n' | b',' | b';');
    let marks = text.iter().take(12).take_while(is_mark).count();
    let rest = text.get(marks..).filter(|_| marks > 0)?;
    Some(
        rest.strip_prefix(b"this.")
            .or_else(|| rest.strip_prefix(b"self."))
            .unwrap_or(rest),
    )
}

fn around<'b>(bytes: &'b [u8], span: &Range<usize>) -> (&'b [u8], &'b [u8]) {
    let before = &bytes[span.start.saturating_sub(BEFORE)..span.start];
    let after = &bytes[span.end..bytes.len().min(span.end + AFTER)];
    (before, after)
}
