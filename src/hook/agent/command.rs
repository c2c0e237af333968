//! The simple commands of a shell's command line, with the files that each reads and writes.
//!
//! The parser is not a shell: it assumes that variables and unknown programs read and write no
//! files. The output of such programs is scanned after they have printed it.

mod line;

use std::ops::Range;

use line::LineReader;

/// A simple command: a program with its arguments, between the operators that separate commands.
#[derive(Debug, Default)]
pub struct SimpleCommand {
    /// The words of the command without their quotes: assignments, the program and its arguments.
    pub words: Vec<String>,
    /// The files that its output is written to with `>` and `>>`.
    pub written: Vec<String>,
    /// The files that it reads with `<`.
    pub read: Vec<String>,
    /// Its range in the text, in bytes, including its here-documents (`<<`).
    pub span: Range<usize>,
    /// The ranges, within `span`, of nested commands (`$(…)`), whose output becomes part of this
    /// command.
    pub inner: Vec<Range<usize>>,
    /// The ranges, within `span`, of here-documents that belong to an earlier command on the same
    /// line.
    pub of_others: Vec<Range<usize>>,
    /// The words before `$(…)` of the command around this one, if its output becomes an argument
    /// there; `None` for any other command.
    pub within: Option<Vec<String>>,
    /// True if its output goes into a pipe.
    pub is_piped: bool,
    /// True if it has nested commands that are nested too deeply to be parsed.
    pub is_too_deep: bool,
    /// True if it runs in a subshell, so that a `cd` does not affect later commands.
    pub is_apart: bool,
}

/// The largest depth of nested commands (`$(…)`) that are parsed.
const DEPTH: usize = 8;

/// Returns the simple commands of a command line or a script.
pub fn commands(text: &str) -> Vec<SimpleCommand> {
    let mut found = Vec::new();
    let reader = LineReader::new(text, 0, DEPTH);
    reader.read(&mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::commands;

    fn shown(text: &str) -> Vec<String> {
        let each = commands(text).into_iter().map(|command| {
            let mut line = command.words.join(" ");
            for file in &command.written {
                line += &format!(" >{file}");
            }
            for file in &command.read {
                line += &format!(" <{file}");
            }
            if let Some(within) = command.within {
                line += &format!(" in({})", within.join(" "));
            }
            line + if command.is_piped { " |" } else { "" }
        });
        each.collect()
    }

    #[test]
    fn commands_are_split_with_their_redirections() {
        for (text, expected) in [
            ("cat .env", &["cat .env"][..]),
            (
                "cd a && cat '.env' \"b c\"|head -1",
                &["cd a", "cat .env b c |", "head -1"],
            ),
            ("a;b&c||d\n e # f .env", &["a", "b", "c", "d", "e"]),
            ("echo x>>.env 2>&1 </dev/null", &["echo x >.env </dev/null"]),
            ("a 2>err >| out &> all", &["a >out >all"]),
            ("a 1>out 3>> b 2>&1 > >(c)", &["a >out >$(", "c"]),
            ("cat <<E; b\n$(c) \\$(d)\nE", &["cat", "c in(b)", "b"]),
            ("cat <<'E'\n$(c)\nE", &["cat"]),
            ("cat <<'E' > .env\nTOKEN=x\nE\nls", &["cat >.env", "ls"]),
            ("cat <<E; echo b\ncat .env\nE", &["cat", "echo b"]),
            ("tee .env <<< text", &["tee .env"]),
            (
                "export $(cat .env | xargs)",
                &["cat .env in(export) |", "xargs in(export)", "export $"],
            ),
            (
                "echo \"a `cat .env` b\"",
                &["cat .env in(echo a )", "echo a $ b"],
            ),
            ("A=1 { b; }", &["A=1", "b"]),
            ("cat a\\ b \\\n c", &["cat a b c"]),
            ("(cat x)", &["cat x"]),
            ("echo $HOME/.env ${X}", &["echo $HOME/.env ${X}"]),
            ("echo 'open", &["echo open"]),
            ("$(", &[]),
        ] {
            let mut found = shown(text);
            found.retain(|line| line != "$");
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn the_span_of_a_command_includes_its_here_documents() {
        let text = "a; cat <<E > .env\nTOKEN=x\nE\nls";
        let spans: Vec<_> = commands(text)
            .into_iter()
            .map(|command| text[command.span].to_owned())
            .collect();
        assert_eq!(spans, ["a;", " cat <<E > .env\nTOKEN=x\nE\n", "ls"]);
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        let deep = "$(".repeat(20_000);
        let long = "cat <<A\n".repeat(20_000);
        for text in [&deep, &long, "\u{e9}\\", "<<", ">", "`", "\"$("] {
            commands(text);
        }
    }
}
