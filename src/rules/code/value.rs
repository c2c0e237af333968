//! Finds the values that become part of an expression's result, and their names.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::call::{arguments, closing, split, trimmed};
use super::compile;
use super::file::CodeFile;
use super::language::Language;
use super::names::is_in;

/// The largest depth of nested expressions that are followed.
const DEEPEST: usize = 8;

/// A call that returns its argument unchanged or as text.
static PASSES: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"^(?:JSON\.stringify|String|Sprintf?|fmt\.Sprintf?|str|repr|string|json\.dumps",
        r"|encodeURIComponent|quote|urllib\.parse\.quote|strval|ToString)\s*\(",
    ))
});

/// A name with the path that leads to it: `process.env.NOTION_TOKEN!`, `data["access_token"]`,
/// `os.getenv("NOTION_TOKEN")`, `tokens.get("access_token", "")`, `$token->getAccessToken()`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"^(?:await\s+)?[&*@$]{0,2}[A-Za-z_][\w$]*!?"#,
        r#"(?:\s*(?:\?\.|\.|->|::)\s*[A-Za-z_$][\w$]*!?|\??\.?\[\s*(?:['"][\w.-]+['"]"#,
        r#"|:[A-Za-z_]\w*)\s*\]!?"#,
        r#"|\(\s*['"][\w.-]+['"]\s*(?:,\s*(?:''|""|None|nil|null))?\)|\(\s*\)|![^=])*$"#
    ))
});

/// A name in a path, also in brackets or quotes.
static NAMES: LazyLock<Regex> = LazyLock::new(|| compile(r"[A-Za-z_][\w-]*"));

/// Methods that return the value on which they are called, unchanged or as text.
const SAME: &str = "trim toString to_s strip unwrap clone as_str String ToString";

/// Returns the values that become part of the result of the expression in `range`: the code
/// interpolated in a string, the parts of a sum, the values of an object, the branches of a
/// conditional expression, or else the expression itself. A value that is only tested, as in a
/// condition, is not among them.
pub fn values(file: &CodeFile<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    add_values(file, range, &mut found, 0);
    found
}

fn add_values(
    file: &CodeFile<'_>,
    range: Range<usize>,
    found: &mut Vec<Range<usize>>,
    depth: usize,
) {
    let range = trimmed(&file.bare, range);
    let text = &file.bare[range.clone()];
    if text.is_empty() || depth == DEEPEST {
        return;
    }
    let mut add = |range| add_values(file, range, found, depth + 1);
    if let Some(parts) = operands(file, range.clone()) {
        return parts.into_iter().for_each(add);
    }
    if let Some(call) = PASSES.find(text) {
        let open = range.start + call.end() - 1;
        if closing(&file.bare, open) == Some(range.end - 1) {
            let first = arguments(&file.bare, open).and_then(|all| all.into_iter().next());
            return first.into_iter().for_each(add);
        }
    }
    if let Some(own) = undressed(file.language, text) {
        return add(range.start + own.start..range.start + own.end);
    }
    let keyword = KEYWORD.find(text).filter(|_| file.language.has_keywords());
    if let Some(keyword) = keyword {
        return add(range.start + keyword.end() - 1..range.end);
    }
    match text[0] {
        b'(' if closing(&file.bare, range.start) == Some(range.end - 1) => {
            add(range.start + 1..range.end - 1)
        }
        b'{' | b'[' => members(file, range).into_iter().for_each(add),
        _ if string_end(text).is_some() => {
            let parts = in_strings(file, range).unwrap_or_default();
            parts.into_iter().for_each(add);
        }
        _ => found.push(range),
    }
}

/// Returns the range of a value without syntax that only gives its type or format: `x as string` in
/// TypeScript, `x=` in a Python f-string, `%x` in a Rust macro, `x, privacy: .public` in Swift;
/// `None` if there is no such syntax.
fn undressed(language: Language, text: &[u8]) -> Option<Range<usize>> {
    static TYPED: LazyLock<Regex> =
        LazyLock::new(|| compile(r"\s+(?:as|satisfies)\s+[\w<>\[\]| .]+$"));
    let end = match language {
        Language::Script | Language::Markup => TYPED.find(text)?.start(),
        Language::Python => text.strip_suffix(b"=")?.len(),
        Language::Rust if matches!(text, [b'%' | b'?', ..]) => return Some(1..text.len()),
        Language::Swift => memchr::memmem::find(text, b", privacy:")?,
        _ => return None,
    };
    Some(0..end)
}

/// Returns the parts of a sum, the sides of `a || b`, or the branches of `a ? b : c`; `None` for
/// any other expression.
fn operands(file: &CodeFile<'_>, range: Range<usize>) -> Option<Vec<Range<usize>>> {
    let bare = &file.bare;
    let is_php = file.language == Language::Php;
    if let Some(branches) = branches(file, range.clone()) {
        return Some(split(bare, branches, |rest| usize::from(rest[0] == b':')));
    }
    let sides = split(bare, range.clone(), |rest| match rest {
        [b'|', b'|', ..] | [b'?', b'?' | b':', ..] => 2,
        [b' ', b'o', b'r', b' ', ..] if file.language == Language::Python => 4,
        _ => 0,
    });
    if sides.len() > 1 {
        return Some(sides);
    }
    let parts = split(bare, range, |rest| match rest {
        [b'+', next, ..] if *next != b'+' && *next != b'=' => 1,
        [b' ', b'.', b' ', ..] if is_php => 3,
        [b' ', b'%', b' ', ..] if file.language == Language::Python => 3,
        _ => 0,
    });
    (parts.len() > 1).then_some(parts)
}

/// Returns the text after the question mark of `a ? b : c`; `None` if the expression is not of this
/// kind.
fn branches(file: &CodeFile<'_>, range: Range<usize>) -> Option<Range<usize>> {
    if !file.language.has_choice() {
        return None;
    }
    // `??` and `?.` are split as a whole, so that no half of `??` or `?.` is read as a question
    // mark.
    let parts = split(&file.bare, range.clone(), |rest| match rest {
        [b'?', b'?' | b'.' | b'[' | b':', ..] => 2,
        [b'?', ..] => 1,
        _ => 0,
    });
    let mut pairs = parts.windows(2);
    let mark = pairs.find(|pair| pair[1].start - pair[0].end == 1)?;
    Some(mark[1].start..range.end)
}

impl Language {
    /// Returns true if `a ? b : c` is a conditional expression in this language.
    fn has_choice(self) -> bool {
        !matches!(
            self,
            Language::Python | Language::Go | Language::Kotlin | Language::Rust
        )
    }
}

/// Returns the values of an object or a list.
fn members(file: &CodeFile<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let parts = arguments(&file.bare, range.start).unwrap_or_default();
    let value = |part: Range<usize>| {
        let key = split(&file.bare, part, |rest| match rest {
            [b':', b':', ..] => 0,
            [b':', ..] => 1,
            [b'=', b'>', ..] => 2,
            _ => 0,
        });
        key.into_iter().next_back()
    };
    parts.into_iter().filter_map(value).collect()
}

/// The name of a keyword argument, up to its value.
static KEYWORD: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^[A-Za-z_]\w*\s*(?:=\s*[^=>~\s]|:\s+[^\s])"));

impl Language {
    /// Returns true if calls may have named arguments in this language.
    fn has_keywords(self) -> bool {
        use Language::{CSharp, Kotlin, Php, Python, Ruby, Rust, Swift};
        matches!(self, CSharp | Kotlin | Php | Python | Ruby | Rust | Swift)
    }
}

/// Returns the offset after the string, with any prefix, that `text` begins with. `text` is code
/// without the contents of strings. `None` if `text` does not begin with a string.
fn string_end(text: &[u8]) -> Option<usize> {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    let start = text.iter().take(3).position(is_quote)?;
    let is_prefix = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'$' | b'@');
    if !text[..start].iter().all(is_prefix) {
        return None;
    }
    let triple = [text[start]; 3];
    let mark = match text[start..].starts_with(&triple) {
        true => &triple[..],
        false => &triple[..1],
    };
    let (mut at, mut depth) = (start + mark.len(), 0_usize);
    while at < text.len() {
        match text[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && text[at..].starts_with(mark) => return Some(at + mark.len()),
            _ => {}
        }
        at += 1;
    }
    Some(text.len())
}

/// A method of a string that returns its content.
static FORMATS: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^\s*\.(?:format|formatted|to_s|strip|trim|freeze)\b"));

/// Returns the values that are interpolated or formatted into the strings in `range`. `None` if
/// `range` contains anything but strings, because its value is then computed.
fn in_strings(file: &CodeFile<'_>, range: Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(length) = string_end(&file.bare[at..range.end]) {
        found.extend(holes(file, at..at + length));
        at += length;
        let rest = &file.bare[at..range.end];
        at += rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
    }
    let rest = &file.bare[at..range.end];
    if FORMATS.is_match(rest) {
        found.extend(formatted(file, at..range.end));
    } else if !rest.is_empty() {
        return None;
    }
    (at > range.start).then_some(found)
}

/// Returns the values that Python's `"…".format(…)` and Java's `"…".formatted(…)` put into a
/// string.
fn formatted(file: &CodeFile<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let open = memchr::memchr(b'(', &file.bare[range.clone()]).map(|at| range.start + at);
    let all = open.and_then(|open| arguments(&file.bare, open));
    let named = all.unwrap_or_default().into_iter().map(|part| {
        let behind = split(&file.bare, part.clone(), |rest| {
            usize::from(rest[0] == b'=')
        });
        behind.last().cloned().unwrap_or(part)
    });
    named.collect()
}

/// Returns the ranges of the code that is interpolated in a string.
fn holes(file: &CodeFile<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let byte = file.bare[at];
        let is_open = matches!(byte, b'{' | b'(') && at > range.start;
        if is_open {
            let end = closing(&file.bare, at).unwrap_or(range.end).min(range.end);
            // In `{name:5}` and `{name!r}`, only the name is the value.
            let inner = split(&file.bare, at + 1..end, |rest| match rest {
                [b':', ..] if file.language.is_formatting() => 1,
                [b'!', b'r' | b's' | b'a', ..] if file.language == Language::Python => 2,
                _ => 0,
            });
            found.extend(inner.into_iter().next());
            at = end + 1;
        } else if byte == b'$' && file.bare.get(at + 1) != Some(&b'{') {
            let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            let name = file.bare[at + 1..range.end]
                .iter()
                .take_while(is_of_name)
                .count();
            found.push(at..at + 1 + name);
            at += 1 + name;
        } else {
            at += 1;
        }
    }
    found
}

impl Language {
    /// Returns true if a colon in the interpolated code of a string begins the format of the value.
    fn is_formatting(self) -> bool {
        matches!(self, Language::Python | Language::CSharp | Language::Rust)
    }
}

/// Returns the names that lead to the value in `range`, with its own name last; `None` if the value
/// has no name but is computed.
pub fn path(file: &CodeFile<'_>, range: Range<usize>) -> Option<Vec<String>> {
    let range = trimmed(&file.code, range);
    let text = file.code.get(range)?;
    if text.len() > 200 || !NAMED.is_match(text) {
        return None;
    }
    let names = NAMES
        .find_iter(text)
        .filter_map(|name| std::str::from_utf8(name.as_bytes()).ok());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.retain(|name| !matches!(name.as_str(), "await" | "None" | "nil" | "null"));
    while names.last().is_some_and(|last| is_in(last, SAME)) {
        names.pop();
    }
    (!names.is_empty()).then_some(names)
}
