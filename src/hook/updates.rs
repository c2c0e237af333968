//! The ref updates of a push, which git writes to the standard input of its hooks.

use crate::error::{Error, Result};

/// One ref that a push changes, with the old and the new id in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update<'a> {
    /// The name of the ref in the receiving repository.
    pub name: &'a [u8],
    /// The id of the object that the ref will point to; all zeros if the push deletes the ref.
    pub new: &'a [u8],
    /// The id of the object that the ref points to now; all zeros if the ref is new.
    pub old: &'a [u8],
}

impl Update<'_> {
    /// Returns true if the push creates the ref.
    pub fn creates(&self) -> bool {
        is_nothing(self.old)
    }

    /// Returns true if the push deletes the ref.
    pub fn deletes(&self) -> bool {
        is_nothing(self.new)
    }
}

/// Returns true if an id is all zeros, which git writes for "no object".
fn is_nothing(id: &[u8]) -> bool {
    id.iter().all(|digit| *digit == b'0')
}

/// The format of the lines that git writes to a hook, one line for each ref.
#[derive(Clone, Copy, Debug)]
pub enum HookLines {
    /// `<local ref> <new id> <remote ref> <old id>`. The local ref may be any revision, so it may
    /// contain spaces.
    PrePush,
    /// `<old id> <new id> <ref>`
    PreReceive,
}

/// Parses the ref updates in `text`, one on each line, in the format `lines`.
///
/// # Errors
///
/// Returns an error if a line does not have that format. The error shows only the number of the
/// line.
pub fn parse(text: &[u8], lines: HookLines) -> Result<Vec<Update<'_>>> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let parsed = text
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(at, line)| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            update(line, lines).ok_or_else(|| {
                let form = match lines {
                    HookLines::PrePush => "<local ref> <new id> <remote ref> <old id>",
                    HookLines::PreReceive => "<old id> <new id> <ref>",
                };
                Error::new(format!(
                    "line {} of standard input does not have the format of git's ref updates",
                    at + 1
                ))
                .help(format!(
                    "git passes lines of the form `{form}` to the hook on standard input; the hook must pass \
                     them to ntnguard unchanged"
                ))
            })
        });
    parsed.collect()
}

fn update(line: &[u8], lines: HookLines) -> Option<Update<'_>> {
    let (update, last) = match lines {
        HookLines::PrePush => {
            let mut parts = line.rsplitn(4, |byte| *byte == b' ');
            let (old, name, new) = (parts.next()?, parts.next()?, parts.next()?);
            (Update { name, new, old }, parts.next())
        }
        HookLines::PreReceive => {
            let mut parts = line.splitn(3, |byte| *byte == b' ');
            let (old, new, name) = (parts.next()?, parts.next()?, parts.next()?);
            (Update { name, new, old }, Some(name))
        }
    };
    let is_id = |id: &[u8]| matches!(id.len(), 40 | 64) && id.iter().all(u8::is_ascii_hexdigit);
    (is_id(update.new) && is_id(update.old) && !update.name.is_empty() && !last?.is_empty())
        .then_some(update)
}

#[cfg(test)]
mod tests {
    use super::{HookLines, parse};

    #[test]
    fn lines_are_read_as_git_writes_them() {
        let (a, b, none) = ("a1".repeat(20), "b2".repeat(32), "0".repeat(40));
        let text = format!(
            "HEAD@{{1 day ago}} {a} refs/heads/x {none}\n(delete) {none} refs/tags/y {b}\r\n"
        );
        let updates = parse(text.as_bytes(), HookLines::PrePush).unwrap();
        assert_eq!(
            (updates[0].name, updates[0].new, updates[0].deletes()),
            (&b"refs/heads/x"[..], a.as_bytes(), false)
        );
        assert_eq!((updates[1].old, updates[1].deletes()), (b.as_bytes(), true));
        let text = format!("{none} {a} refs/heads/\u{e9} x\n");
        assert_eq!(
            parse(text.as_bytes(), HookLines::PreReceive).unwrap()[0].name,
            "refs/heads/\u{e9} x".as_bytes()
        );
        assert_eq!(parse(b"", HookLines::PrePush).unwrap(), []);
        assert_eq!(parse(b"\n", HookLines::PreReceive).unwrap(), []);
    }

    #[test]
    fn invalid_lines_are_refused_with_their_number() {
        let a = "a1".repeat(20);
        for text in [
            "x",
            "x y z",
            "\n\n",
            &format!("r {a} s {a}x"),
            &format!("{a} refs/heads/x {a}"),
            &format!(" {a}  {a}"),
        ] {
            let error = parse(
                format!("r {a} s {a}\n{text}").as_bytes(),
                HookLines::PrePush,
            )
            .unwrap_err();
            assert!(format!("{error:?}").contains("line 2"), "{text}");
        }
        assert!(parse(format!("{a} {a}\n").as_bytes(), HookLines::PreReceive).is_err());
        assert!(
            parse(
                format!("{a} {} refs/heads/x", &a[1..]).as_bytes(),
                HookLines::PreReceive
            )
            .is_err()
        );
    }
}
