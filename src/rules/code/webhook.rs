//! Patterns of files that take Notion's webhooks.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::compile;
use super::file::CodeFile;

/// Literals, one of which is in every file that reads the header.
pub const ANCHORS: &[&str] = &[
    "notion-signature",
    "Notion-Signature",
    "X_NOTION_SIGNATURE",
    "Notion-signature",
];

/// The header's name.
static HEADER: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)\bx-notion-signature\b|HTTP_X_NOTION_SIGNATURE"));

/// The text before the name where the header is set, and behind the name where it is a key of a
/// request's headers.
static SETS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?:\.set|\.append|setHeader|\.Set|\.Add|\.add|addHeader|withHeader"#,
        r#"|header_set)\(\s*['"]$"#,
    ))
});
static IS_KEY: LazyLock<Regex> = LazyLock::new(|| compile(r#"^['"]\]?\s*(?::|=>)\s*(.{0,80})"#));

/// Returns the place where a file reads the header; `None` if it does not, or only sends the
/// header.
pub fn reads_signature(file: &CodeFile<'_>) -> Option<Range<usize>> {
    let found = HEADER.find_iter(&file.code).find(|found| {
        let before = &file.code[found.start().saturating_sub(40)..found.start()];
        let behind = &file.code[found.end()..];
        let line = &behind[..memchr::memchr(b'\n', behind).unwrap_or(behind.len())];
        // A value that is taken out of the headers by its name has a colon too.
        let is_sent = IS_KEY.captures(line).is_some_and(|key| {
            let rest = key.get(1).map_or(&b""[..], |rest| rest.as_bytes());
            memchr::memmem::find(rest, b"headers").is_none()
        });
        !SETS.is_match(before) && !is_sent
    });
    found.map(|found| found.range())
}
