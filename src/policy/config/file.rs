//! Reading the configuration files of a repository, within limits.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::open::{regular, up_to};

/// The largest depth of nesting in a configuration; a deeper one is a mistake or an attack, because
/// the parser's time grows with the square of the depth.
pub const MAX_DEPTH: usize = 64;

/// Reads a file of a repository, of at most `limit` bytes. Below `top` no link is followed: its
/// target would be nobody's configuration, and errors would quote it.
pub fn read(path: &Path, top: &Path, name: &str, what: &str, limit: u64) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        let help = match error.kind() {
            ErrorKind::InvalidInput => {
                "put the file itself there, or name one outside of the repository with a flag"
            }
            _ => "check the path, or run with --no-config",
        };
        Error::new(format!("the {what} {name} cannot be read: {error}")).help(help)
    };
    let file = regular(path, top).map_err(unreadable)?;
    let text = up_to(file, limit).map_err(unreadable)?;
    text.ok_or_else(|| too_large(what, name, limit))
}

/// A text without the mark that some editors put before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The error for a file of more than `limit` bytes.
pub fn too_large(what: &str, name: &str, limit: u64) -> Error {
    Error::new(format!("the {what} {name} has more than {limit} bytes"))
}

/// The offset at which a text nests deeper than `MAX_DEPTH`; `None` if it does not. Brackets within
/// quotes are counted too: nobody leaves that many open there.
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
