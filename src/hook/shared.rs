//! The lines of ntnguard in a hook that also belongs to somebody else. The lines are at the
//! beginning of the file, contain no path of this machine, and can be removed again.
//!
//! The lines first run the whole file a second time, and the second run skips them. So an `exit` or
//! `exec` in the rest of the file cannot keep ntnguard from running.

use super::Hook;
use super::script::NOT_ON_PATH;

/// The first line of ntnguard's lines.
const START: &str = "# >>> ntnguard: written by `ntnguard hook install`; `ntnguard hook uninstall` takes these lines out";

/// The last line of ntnguard's lines in a file that existed before.
const END: &str = "# <<< ntnguard";

/// The last line of ntnguard's lines in a file that ntnguard created.
const END_OF_OURS: &str = "# <<< ntnguard, which made this file";

/// The first line of a file that ntnguard creates.
const SHELL: &[u8] = b"#!/bin/sh\n";

/// The shells that understand ntnguard's lines.
const SHELLS: [&[u8]; 7] = [b"sh", b"bash", b"dash", b"ash", b"ksh", b"mksh", b"zsh"];

/// Returns the text of a new file that has only ntnguard's lines.
pub fn new(hook: Hook) -> Vec<u8> {
    [SHELL, lines(hook, END_OF_OURS, "\n").as_bytes()].concat()
}

/// Returns true if `text` has ntnguard's lines.
pub fn has(text: &[u8]) -> bool {
    parts(text).is_some()
}

/// Returns `text` with ntnguard's lines added or updated; `None` if `text` is not a shell script.
pub fn with(hook: Hook, text: &[u8]) -> Option<Vec<u8>> {
    let (before, after, end) = match parts(text) {
        Some(Parts {
            before,
            after,
            is_ours,
        }) => (before, after, if is_ours { END_OF_OURS } else { END }),
        None => {
            let (first, rest) = text.split_at(text.iter().position(|byte| *byte == b'\n')? + 1);
            (is_shell(first).then_some(first)?, rest, END)
        }
    };
    let line_end = if before.ends_with(b"\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    Some([before, lines(hook, end, line_end).as_bytes(), after].concat())
}

/// Returns `text` without ntnguard's lines; `None` if ntnguard created the file and nothing else is
/// in it.
pub fn without(text: &[u8]) -> Option<Vec<u8>> {
    let Some(Parts {
        before,
        after,
        is_ours,
    }) = parts(text)
    else {
        return Some(text.to_vec());
    };
    let is_empty = is_ours && after.trim_ascii().is_empty();
    (!is_empty).then(|| [before, after].concat())
}

/// The text before and after ntnguard's lines.
struct Parts<'t> {
    before: &'t [u8],
    after: &'t [u8],
    /// True if ntnguard created the file.
    is_ours: bool,
}

fn parts(text: &[u8]) -> Option<Parts<'_>> {
    let (mut at, mut start) = (0, None);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        let said = line.trim_ascii_end();
        if said == START.as_bytes() {
            start = Some(at);
        } else if let (Some(start), true) = (
            start,
            said == END.as_bytes() || said == END_OF_OURS.as_bytes(),
        ) {
            let is_ours = said == END_OF_OURS.as_bytes();
            return Some(Parts {
                before: &text[..start],
                after: &text[next..],
                is_ours,
            });
        }
        at = next;
    }
    None
}

/// Returns ntnguard's lines. Each line ends in a comment, which absorbs the carriage return that a
/// checkout on Windows adds.
fn lines(hook: Hook, end: &str, line_end: &str) -> String {
    let (input, rest, last) = match hook {
        // Both programs read git's standard input. `$(…)` would remove the line breaks at its end;
        // the dot prevents that.
        Hook::PrePush => ("  i=$(cat; echo .) #\n", "printf %s \"${i%.}\" | ", "exit"),
        _ => ("", "", ""),
    };
    let run = format!("{rest}ntnguard hook run {} -q -- \"$@\"", hook.work());
    let run = if last.is_empty() {
        format!("exec {run} #")
    } else {
        format!("{run}; {last} #")
    };
    let lines = format!(
        "{START}\n\
         if [ -z \"${{NTNGUARD_REST-}}\" ]; then #\n\
         {input}\
         \x20 {rest}NTNGUARD_REST=1 \"$0\" \"$@\" || exit # first, whatever else is in this file\n\
         \x20 command -v ntnguard >/dev/null || {{ echo \"{NOT_ON_PATH}\" >&2; exit 2; }} #\n\
         \x20 {run}\n\
         fi #\n\
         unset NTNGUARD_REST #\n\
         {end}\n"
    );
    lines.replace('\n', line_end)
}

/// Returns true if a first line starts a shell: `#!/bin/sh`, `#!/usr/bin/env -S bash -e`.
fn is_shell(line: &[u8]) -> bool {
    let Some(line) = line.strip_prefix(b"#!") else {
        return false;
    };
    let mut words = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let name = |word: &[u8]| {
        word.rsplit(|byte| *byte == b'/')
            .next()
            .unwrap_or_default()
            .to_vec()
    };
    let first = words.next().map(name).unwrap_or_default();
    let named = if first == b"env" {
        words.find(|word| !word.starts_with(b"-")).map(name)
    } else {
        Some(first)
    };
    named.is_some_and(|named| SHELLS.contains(&named.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::{has, new, with, without};
    use crate::hook::Hook;

    #[test]
    fn lines_are_added_once_and_removed_again() {
        for text in [
            "#!/bin/sh\n",
            "#!/usr/bin/env -S bash -e\nexec true\n",
            "#!/bin/zsh\r\ntrue\r\n",
            "#! /bin/dash\nx",
        ] {
            for hook in Hook::ALL {
                let with_them = with(hook, text.as_bytes()).unwrap();
                assert!(
                    has(&with_them)
                        && with_them
                            .starts_with(text.split_inclusive('\n').next().unwrap().as_bytes())
                );
                assert_eq!(with(hook, &with_them).as_ref(), Some(&with_them));
                assert_eq!(without(&with_them).as_deref(), Some(text.as_bytes()));
                assert!(
                    !String::from_utf8(with_them)
                        .unwrap()
                        .replace("\r\n", "")
                        .contains('\r')
                );
            }
        }
        assert_eq!(without(b"x").as_deref(), Some(&b"x"[..]));
    }

    #[test]
    fn our_hook_file_is_removed_unless_it_was_extended() {
        let text = new(Hook::PrePush);
        assert_eq!(without(&text), None);
        let more = [&text[..], b"npm test\n"].concat();
        assert_eq!(with(Hook::PrePush, &more).unwrap(), more);
        assert_eq!(
            without(&more).as_deref(),
            Some(&b"#!/bin/sh\nnpm test\n"[..])
        );
    }

    #[test]
    fn lines_are_added_only_to_shell_scripts() {
        for text in [
            "",
            "#!/bin/sh",
            "true\n",
            "#!/usr/bin/env node\n",
            "#!/usr/bin/python3\n",
            "#!\n",
            "#!/usr/bin/env\n",
        ] {
            assert_eq!(with(Hook::PreCommit, text.as_bytes()), None, "{text}");
        }
    }
}
