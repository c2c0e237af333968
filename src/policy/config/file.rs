//! Reads the configuration files of a repository, within limits on their size and depth.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::open::{regular, up_to};

/// The maximum depth of nested brackets in a configuration. The parser's time grows with the square
/// of the depth, and a deeper file is a mistake or an attack.
pub const MAX_DEPTH: usize = 64;

/// Reads a file of a repository, of at most `limit` bytes. `what` and `name` describe the file in
/// errors. Symbolic links below `top` are not followed: a link could lead to a private file outside
/// the repository, and errors quote the text.
pub fn read(path: &Path, top: &Path, name: &str, what: &str, limit: u64) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        let help = match error.kind() {
            ErrorKind::InvalidInput => {
                "put a regular file at this path, or give a file outside the repository after the flag"
            }
            _ => "check the path, or run with --no-config",
        };
        Error::new(format!("the {what} {name} cannot be read: {error}")).help(help)
    };
    let file = regular(path, top).map_err(unreadable)?;
    let text = up_to(file, limit).map_err(unreadable)?;
    text.ok_or_else(|| too_large(what, name, limit))
}

/// Returns the text without the byte-order mark that some editors put before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Returns the error for a file of more than `limit` bytes. `what` and `name` describe the file.
pub fn too_large(what: &str, name: &str, limit: u64) -> Error {
    Error::new(format!("the {what} {name} has more than {limit} bytes"))
        .help("make the file smaller: delete the entries that are not needed any more")
}

/// Returns the offset in bytes at which brackets nest deeper than `MAX_DEPTH`; `None` if they do
/// not. Brackets in quoted strings are counted too, but no real string leaves that many open.
pub fn too_deep(text: &str) -> Option<usize> {
    let mut depth: usize = 0;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}
