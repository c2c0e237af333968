//! Makes bytes of a repository safe to show.

use super::redact_bytes;

/// Returns bytes as text for one line of output. Replaces invalid UTF-8, and escapes control and
/// direction characters, which could move the cursor, fake a line or hide other text.
pub fn printable(bytes: &[u8]) -> String {
    let mut out = String::new();
    for c in String::from_utf8_lossy(bytes)
        .trim_end_matches('\r')
        .chars()
    {
        match c {
            '\t' => out.push_str("    "),
            c if steers(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// Returns true if a character could move the cursor, fake a line, or hide other text.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns a path as text for one line of output. Masks everything that could be a credential.
pub fn shown_path(path: &[u8]) -> String {
    printable(&redact_bytes(path))
}

/// Returns a path as one quoted word of a shell command that users may paste. Masks everything that
/// could be a credential.
pub fn shell_word(path: &[u8]) -> String {
    let path = shown_path(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if path.chars().all(plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{printable, shell_word};

    #[test]
    fn a_path_is_quoted_as_one_shell_word() {
        assert_eq!(shell_word(b"a/.env"), "a/.env");
        assert_eq!(shell_word(b"it's/.env"), r"'it'\''s/.env'");
        assert_eq!(shell_word(b"a b;c"), "'a b;c'");
    }

    #[test]
    fn terminal_control_characters_are_escaped() {
        assert_eq!(
            printable("a\u{202e}b\r\u{7}\tc\r".as_bytes()),
            "a\\u{202e}b\\r\\u{7}    c"
        );
        assert_eq!(printable(b"\xff"), "\u{fffd}");
    }
}
