//! The text of an installed hook that is completely ntnguard's.
//!
//! Each line ends in a comment, so that a shell understands it in the same way if a checkout on
//! Windows adds carriage returns.

use super::Hook;

/// The second line of every hook of ntnguard, by which ntnguard recognises its own hooks.
pub const MARK: &str = "# ntnguard: written by `ntnguard hook install`; `ntnguard hook uninstall` brings back what was here";

/// The suffix that is added to the name of an earlier hook when ntnguard replaces it.
pub const BEFORE: &str = ".before-ntnguard";

/// The text before the path of ntnguard in a hook.
const PROGRAM: &[u8] = b"\nn=";

/// The message of a hook that looks for ntnguard only on PATH and does not find it.
pub const NOT_ON_PATH: &str = concat!(
    "ntnguard is not on PATH, so nothing was scanned. How to install it: ",
    env!("CARGO_PKG_REPOSITORY"),
    "/blob/main/docs/install.md"
);

/// Returns the text of a hook. With `chain`, the hook first runs the earlier hook. Then it runs
/// `program` or, if that file does not exist, the ntnguard on PATH. Without `program`, it runs the
/// ntnguard on PATH.
pub fn script(hook: Hook, program: Option<&[u8]>, chain: bool) -> Vec<u8> {
    let mut lines = vec![b"#!/bin/sh".to_vec(), MARK.into()];
    let reads = chain && hook == Hook::PrePush;
    if chain {
        // The earlier hook runs only if it is executable, as git requires.
        lines.push(format!("b=\"${{0%/*}}/{}{BEFORE}\" #", hook.file()).into());
        lines.push(match reads {
            // Both hooks read git's standard input. `$(…)` would remove the line breaks at its end;
            // the dot prevents that.
            true => {
                b"i=$(cat; echo .); i=${i%.}; if [ -x \"$b\" ]; then printf %s \"$i\" | \"$b\" \"$@\" || exit; fi #"
                    .to_vec()
            }
            false => b"if [ -x \"$b\" ]; then \"$b\" \"$@\" || exit; fi #".to_vec(),
        });
    }
    lines.extend(find(program));
    // With `-q`, nothing is printed for a commit that passes.
    let run = format!("\"$n\" hook run {} -q -- \"$@\" #", hook.work());
    lines.push(
        if reads {
            format!("printf %s \"$i\" | {run}")
        } else {
            format!("exec {run}")
        }
        .into(),
    );
    lines.push(Vec::new());
    lines.join(&b'\n')
}

/// Returns the lines that find ntnguard, or else print an error and exit with 2.
fn find(program: Option<&[u8]>) -> [Vec<u8>; 2] {
    let Some(program) = program else {
        let refuse = format!("  echo \"{NOT_ON_PATH}\" >&2; exit 2; }} #");
        return [b"n=$(command -v ntnguard) || { #".to_vec(), refuse.into()];
    };
    [
        [&PROGRAM[1..], &quoted(program)[..], b"; [ -x \"$n\" ] || n=$(command -v ntnguard) || { #"].concat(),
        b"  echo \"ntnguard is neither where it was nor on PATH, so nothing was scanned. Install it again, or delete $0\" >&2; exit 2; } #"
            .to_vec(),
    ]
}

/// Returns true if a hook is completely ntnguard's. Its lines may end as on Unix or as on Windows.
pub fn is_ours(text: &[u8]) -> bool {
    let second = text.split(|byte| *byte == b'\n').nth(1);
    second.is_some_and(|line| line.strip_suffix(b"\r").unwrap_or(line) == MARK.as_bytes())
}

/// Returns the path of the program in a hook of ntnguard; `None` if the hook has no path and runs
/// the ntnguard on PATH.
pub fn program(text: &[u8]) -> Option<Vec<u8>> {
    let start = memchr::memmem::find(text, PROGRAM)? + PROGRAM.len();
    let mut rest = text[start..].strip_prefix(b"'")?;
    let mut path = Vec::new();
    loop {
        let end = rest.iter().position(|byte| *byte == b'\'')?;
        path.extend_from_slice(&rest[..end]);
        match rest[end..].strip_prefix(b"'\\''") {
            Some(more) => {
                path.push(b'\'');
                rest = more;
            }
            None => return Some(path),
        }
    }
}

/// Returns `word` in single quotes for a shell, with its own single quotes escaped.
fn quoted(word: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for byte in word {
        match byte {
            b'\'' => quoted.extend_from_slice(b"'\\''"),
            _ => quoted.push(*byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::{Hook, is_ours, program, script};

    #[test]
    fn our_hook_is_recognised_even_with_crlf() {
        let text =
            String::from_utf8(script(Hook::PreCommit, Some(b"/it's/ntnguard"), true)).unwrap();
        assert!(text.contains(r"n='/it'\''s/ntnguard';"));
        assert!(is_ours(text.as_bytes()) && is_ours(text.replace('\n', "\r\n").as_bytes()));
        assert!(!is_ours(b"#!/bin/sh\n# something of ntnguard\n") && !is_ours(b""));
    }

    #[test]
    fn any_program_path_is_read_back() {
        for path in ["/bin/ntnguard", "/it's/a \"q\"\nline\\''/ntnguard", "'"] {
            for chain in [true, false] {
                let text = script(Hook::PrePush, Some(path.as_bytes()), chain);
                assert_eq!(program(&text), Some(path.as_bytes().to_vec()), "{path}");
            }
        }
        assert_eq!(program(&script(Hook::PreCommit, None, true)), None);
        assert_eq!(program(b"#!/bin/sh\nn='cut"), None);
    }
}
