//! Checks if a program joins the pieces of a token that its code contains separately.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::Pieces;
use super::seam::SeamKind;
use crate::rules::token::compile;

/// The number of bytes before the first piece that are searched for the name or the call that the
/// piece belongs to.
const BEFORE: usize = 200;
/// The number of bytes after the last piece that are searched for code that joins the pieces.
const AFTER: usize = 2048;

/// Returns true if the code around the pieces shows that pieces at a seam of this kind are one
/// token. Always false for a line break, for which the code is not enough.
pub fn is_shown(bytes: &[u8], start: usize, pieces: &Pieces<'_>, kind: &SeamKind) -> bool {
    match kind {
        SeamKind::Sure => true,
        SeamKind::Listed => is_joined(bytes, start..pieces.end),
        SeamKind::Assigned(_) => are_put_together(bytes, start..pieces.end, &pieces.kinds),
        SeamKind::Added(name) => first_name(&bytes[..start]) == Some(name),
        SeamKind::Broken(_) => false,
    }
}

/// Returns true if the list that contains the pieces in `span` is joined without a separator:
/// `[…].join('')`, `''.join([…])`, `implode('', …)`, `concat(…)`, `parts.join('')` further down.
fn is_joined(bytes: &[u8], span: Range<usize>) -> bool {
    static CALLED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r#"(?i-u)(?:(?:""|'')\s*\.\s*join\s*\(|(?:join|implode)\s*\(\s*(?:""|'')\s*,"#,
            r"|(?:concat!?|paste0|str_c)\s*\(|-join\s*\(",
            r#"|["'](?:%[sv]){2,8}["']\s*[%,]|["'](?:\{\d?\}){2,8}["']\s*(?:,|\.\s*format\s*\())"#,
            r"(?:\s*array)?\s*\(?[^;()]{0,100}$"
        ))
    });
    static JOINED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r#"(?-u)^\\*["'`](?:\s*\)?\s*-join\s*(?:""|'')"#,
            r#"|\s*,?\s*[\])}]\s*\)?\s*(?:,\s*(?:""|''|``)\s*\)|\.\s*(?:joined|concat|mkString)\s*\(\s*\)"#,
            r"|\.\s*(?:join|joined|concat|joinToString|mkString)\b",
            r#"(?:\s*\(\s*(?:\\*["'`]){2}\s*\)|\s*[^(\s\w]|\s*$)))"#
        ))
    });
    let (before, after) = around(bytes, &span);
    CALLED.is_match(before) || JOINED.is_match(after) || is_list_joined(before, after)
}

/// Returns true if the list has a name, and the code after the list joins it by that name.
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
    words(after, name.as_bytes()).any(|(left, right)| {
        let calls = CALL.is_match(&left[left.len().saturating_sub(60)..]);
        JOINS
            .find(right)
            .is_some_and(|found| calls || found.as_bytes().ends_with(b")") && found.len() > 3)
    })
}

/// Returns the text before and after each occurrence of a name as a separate word.
fn words<'t>(text: &'t [u8], name: &[u8]) -> impl Iterator<Item = (&'t [u8], &'t [u8])> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = name.len();
    let places: Vec<usize> = memmem::find_iter(text, name).collect();
    let around = places
        .into_iter()
        .map(move |at| (&text[..at], &text[at + length..]));
    around.filter(move |(left, right)| {
        !left.last().is_some_and(is_part) && !right.first().is_some_and(is_part)
    })
}

/// Returns true if the code after the pieces joins their names: `${A}${B}`, `A + B`.
fn are_put_together(bytes: &[u8], span: Range<usize>, kinds: &[SeamKind]) -> bool {
    let (before, after) = around(bytes, &span);
    let Some(first) = first_name(before) else {
        return false;
    };
    let rest = kinds.iter().filter_map(|kind| match kind {
        SeamKind::Assigned(name) => Some(name.as_slice()),
        _ => None,
    });
    words(after, first).any(|(_, behind)| rest.clone().try_fold(behind, behind_name).is_some())
}

/// Returns the name that the first piece is assigned to. `None` if the piece is not assigned to a
/// name.
fn first_name(before: &[u8]) -> Option<&[u8]> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?-u)([A-Za-z_]\w*)(?:\[\])?\s*(?::\s*&?(?:'static\s*)?\w+\s*)?",
            r#"(?:(?::=|=|:)\s*[fbr@]?["'`]|=)$"#
        ))
    });
    let before = &before[before.len().saturating_sub(BEFORE)..];
    NAMED
        .captures(before)
        .and_then(|found| found.get(1))
        .map(|name| name.as_bytes())
}

/// Returns the text after `name`, if `text` begins with an operator that joins two values and then
/// `name`; `None` if it does not. Most signs between two names do not join their values:
/// `$ID:$KEY`, `a || b`, `a.b`.
fn behind_name<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    static JOINS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?-u)^(?:\}{1,2}[$#]?\{{1,2}|\$\{?|\}\$|\)\$\(|%%|\s*(?:\+\+?|\.\.|&|~)\s*[$@]?|\s+\.\s+\$)",
            r"(?:this\.|self\.|self::\$?|local\.|var\.)?"
        ))
    });
    let behind = &text[JOINS.find(text)?.end()..];
    let behind = behind.strip_prefix(name)?;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    (!behind.first().is_some_and(is_part)).then_some(behind)
}

/// Returns the bytes before `span` and after it that are searched.
fn around<'b>(bytes: &'b [u8], span: &Range<usize>) -> (&'b [u8], &'b [u8]) {
    let before = &bytes[span.start.saturating_sub(BEFORE)..span.start];
    let after = &bytes[span.end..bytes.len().min(span.end + AFTER)];
    (before, after)
}
