//! Finds the last assignment to a variable, from brackets and indentation alone.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::call::split;
use super::compile;
use super::file::CodeFile;
use super::language::Language;

/// The number of bytes before the use of a name that are searched for its assignment.
const REACH: usize = 6000;
/// The largest number of occurrences of a name that are checked.
const MOST: usize = 40;

/// The number of bytes before a parameter that are searched for the beginning of its function's
/// declaration.
const HEAD: usize = 200;

/// The text between a variable and its value: a type, and the sign of an assignment.
static ASSIGNED: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^\s*(?::\s*[A-Za-z][\w<>\[\] |.?]*)?\s*:?=[^=>~]"));

/// The text before a parameter of a function.
static PARAMETER: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\b(?:function|def|fun|func|fn)\b[^(){};\n]*\([^(){}]*$"));

/// The text after a parameter of a function without a name, or after the variable of a loop.
static BOUND: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^\s*(?:=>|(?:of|in)\s|(?:[,:][^(){}=]*)?\)\s*(?::[^=(){}]*)?=>|[^(){}=;\n]*\]\s*of\s)",
    )
});

/// The text before the new name of a destructured member: `const { refresh_token: rt } = …`.
static MEMBER: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"[{,]\s*['"]?([A-Za-z_]\w*)['"]?\s*:\s*$"#));
/// The text after the new name of a destructured member.
static TAKEN_OUT: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^\s*(?:=[^=>][^{}]*)?(?:,[^{}]*)?\}\s*(?::[^={}]*)?=[^=>]"));

/// A line that begins a function in a language without brackets.
static DEFINES: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?m)^([ \t]*)(?:async\s+def|def|class)\s"));

/// Returns the expression that was last assigned to the variable `name` before `at`, up to the end
/// of its statement. `None` if there is no assignment, if the variable was bound to something else
/// since, or if the block of the assignment ended before `at`.
pub fn assigned(file: &CodeFile<'_>, name: &str, at: usize) -> Option<Range<usize>> {
    let from = at.saturating_sub(REACH);
    let before = &file.bare[from..at];
    let starts: Vec<usize> = memchr::memmem::find_iter(before, name).collect();
    for start in starts.into_iter().rev().take(MOST) {
        let end = start + name.len();
        if !is_whole(before, start..end) {
            continue;
        }
        if let Some(value) = ASSIGNED.find(&before[end..]) {
            let value = from + end + value.end() - 1;
            let is_visible = is_open(file, from + start, at);
            return is_visible.then(|| statement(file, value, at));
        }
        if let Some(member) = member(file, from + start..from + end) {
            let close = memchr::memchr(b'}', &before[end..]).map_or(end, |close| end + close);
            return is_open(file, from + close + 1, at).then_some(member);
        }
        if BOUND.is_match(&before[end..])
            || PARAMETER.is_match(&before[start.saturating_sub(HEAD)..start])
        {
            return None;
        }
    }
    None
}

/// Returns the original name of the member that is destructured into the name at `span`; `None` if
/// the name is not that of a destructured member.
fn member(file: &CodeFile<'_>, span: Range<usize>) -> Option<Range<usize>> {
    let from = span.start.saturating_sub(HEAD);
    let own = MEMBER.captures(&file.code[from..span.start])?.get(1)?;
    let is_taken_out = TAKEN_OUT.is_match(&file.bare[span.end..]);
    is_taken_out.then(|| from + own.start()..from + own.end())
}

/// Returns true if a name at `span` is not part of a longer name or of a path.
fn is_whole(bytes: &[u8], span: Range<usize>) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let before = span.start.checked_sub(1).and_then(|at| bytes.get(at));
    !before.is_some_and(is_of_name) && !bytes.get(span.end).is_some_and(is_of_name)
}

/// Returns true if the block that contains `start` has not ended at `end`.
fn is_open(file: &CodeFile<'_>, start: usize, end: usize) -> bool {
    let between = &file.bare[start..end];
    if matches!(file.language, Language::Python | Language::Ruby) {
        let indent = file.indent(start);
        let mut others = DEFINES.captures_iter(between);
        return !others.any(|other| other.get(1).is_some_and(|own| own.len() < indent));
    }
    let mut depth = 0_i64;
    between.iter().all(|byte| {
        depth += match byte {
            b'{' => 1,
            b'}' => -1,
            _ => 0,
        };
        depth >= 0
    })
}

/// Returns the expression after `start` and any blanks there. It ends at a semicolon or a line
/// break outside of brackets, or at `limit`.
fn statement(file: &CodeFile<'_>, start: usize, limit: usize) -> Range<usize> {
    let blanks = file.bare[start..limit].iter();
    let start = start + blanks.take_while(|byte| byte.is_ascii_whitespace()).count();
    let parts = split(&file.bare, start..limit, |rest| {
        usize::from(matches!(rest[0], b';' | b'\n'))
    });
    start..parts.first().map_or(limit, |first| first.end)
}
