//! A commit message as git will store it, computed from the file in which the message was written.
//!
//! Git does not tell a hook the flags of `git commit` (`--cleanup`). If it is unknown whether git
//! stores or drops a text, this module assumes that git stores it.

/// The settings of git that decide which parts of a message are stored.
#[derive(Clone, Debug, Default)]
pub struct MessageSettings {
    /// The value of `commit.cleanup`.
    pub cleanup: Option<String>,
    /// The value of `core.commentChar`.
    pub comment_char: Option<String>,
    /// The value of `core.commentString`, another name of `core.commentChar`.
    pub comment_string: Option<String>,
    /// The value of `commit.verbose`.
    pub verbose: bool,
    /// True if the message was edited in an editor. If it was not, git treats no line of the
    /// message as a comment.
    pub edited: bool,
    /// True if the command line of git (`git -c`) may override these settings with unknown values.
    pub overridden: bool,
}

/// The characters from which git chooses the comment character if `core.commentChar` is `auto`.
const CANDIDATES: &str = "#;@!$%^&|:";

/// The scissors line without its comment character. It separates the message from the changes that
/// `git commit -v` shows below the message.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------\n";

impl MessageSettings {
    /// Returns `message` up to the offset at which git cuts it. An empty line replaces each line
    /// that git drops, so that line numbers stay the same.
    pub fn stored(&self, message: &[u8]) -> Vec<u8> {
        let comment = self.comment();
        let mut stored = Vec::with_capacity(message.len());
        let mut rest = &message[..self.end(message, comment)];
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
            let (line, behind) = rest.split_at(end);
            let is_dropped = self.drops_comments()
                && comment.is_some_and(|comment| line.starts_with(comment.as_bytes()));
            stored.extend_from_slice(if is_dropped { b"\n" } else { line });
            rest = behind;
        }
        stored
    }

    /// Returns the text that begins a comment; `None` if it is unknown.
    fn comment(&self) -> Option<&str> {
        let named = match (self.comment_char.as_deref(), self.comment_string.as_deref()) {
            (Some(one), Some(other)) => (one == other).then_some(one),
            (named, None) | (None, named) => Some(named.unwrap_or("#")),
        };
        named.filter(|comment| *comment != "auto" && !comment.is_empty() && !self.overridden)
    }

    fn drops_comments(&self) -> bool {
        self.edited && matches!(self.cleanup.as_deref(), None | Some("default" | "strip"))
    }

    /// Returns the offset at which git ends the message.
    fn end(&self, message: &[u8], comment: Option<&str>) -> usize {
        let candidates: Vec<&str> = match comment {
            Some(comment) => vec![comment],
            None => (0..CANDIDATES.len())
                .map(|at| &CANDIDATES[at..=at])
                .collect(),
        };
        let cuts = candidates
            .into_iter()
            .filter_map(|comment| self.cut(message, comment.as_bytes()));
        cuts.filter(|_| self.edited).min().unwrap_or(message.len())
    }

    /// Returns the offset of the first scissors line; `None` if git does not cut the message there.
    /// Git cuts the message if `commit.cleanup` is `scissors`, or if git itself wrote the last
    /// scissors line.
    ///
    /// A line counts as written by git if only changes follow it. Unless `commit.verbose` is set,
    /// git's explanation must be between the line and the changes, with no comment after the
    /// explanation. Scissors lines of people and of earlier messages have no effect.
    fn cut(&self, message: &[u8], comment: &[u8]) -> Option<usize> {
        let line = [comment, SCISSORS].concat();
        let begins_line = |at: &usize| *at == 0 || message[at - 1] == b'\n';
        let cuts: Vec<usize> = memchr::memmem::find_iter(message, &line)
            .filter(begins_line)
            .collect();
        let cuts_all = !self.overridden && self.cleanup.as_deref() == Some("scissors");
        let is_verbose = !self.overridden && self.verbose;
        let is_gits = |at: usize| {
            let lines = message[at + line.len()..].split(|byte| *byte == b'\n');
            let mut below = lines.clone().skip_while(|line| line.starts_with(comment));
            let explained = lines.take_while(|line| line.starts_with(comment)).count();
            // Only changes follow, and no text that a person wrote.
            let first = below.clone().find(|line| !line.trim_ascii().is_empty());
            let shows_changes = first
                .is_none_or(|line| line.starts_with(b"diff --") || line.starts_with(b"Submodule "));
            shows_changes
                && (is_verbose || explained > 0 && !below.any(|line| line.starts_with(comment)))
        };
        cuts.first()
            .copied()
            .filter(|_| cuts_all || cuts.last().is_some_and(|last| is_gits(*last)))
    }
}

#[cfg(test)]
mod tests {
    use super::MessageSettings;

    const CUT: &str = " ------------------------ >8 ------------------------\n";

    fn edited() -> MessageSettings {
        MessageSettings {
            edited: true,
            ..MessageSettings::default()
        }
    }

    fn stored(settings: &MessageSettings, message: &str) -> String {
        String::from_utf8(settings.stored(message.as_bytes())).unwrap()
    }

    #[test]
    fn comments_are_dropped_where_git_drops_them() {
        let message = "a\n# b\n #c\n; d\n// e\n#";
        assert_eq!(stored(&edited(), message), "a\n\n #c\n; d\n// e\n\n");
        assert_eq!(
            stored(&MessageSettings::default(), message),
            message,
            "nobody edited it"
        );
        for cleanup in ["verbatim", "whitespace", "scissors"] {
            let settings = MessageSettings {
                cleanup: Some(cleanup.to_owned()),
                ..edited()
            };
            assert_eq!(stored(&settings, message), message, "{cleanup}");
        }
        let semicolon = MessageSettings {
            comment_char: Some(";".to_owned()),
            ..edited()
        };
        assert_eq!(stored(&semicolon, message), "a\n# b\n #c\n\n// e\n#");
        let slashes = MessageSettings {
            comment_string: Some("//".to_owned()),
            ..edited()
        };
        assert_eq!(stored(&slashes, message), "a\n# b\n #c\n; d\n\n#");
        for unknown in [
            MessageSettings {
                comment_char: Some("auto".to_owned()),
                ..edited()
            },
            MessageSettings {
                comment_char: Some(";".to_owned()),
                comment_string: Some("#".to_owned()),
                ..edited()
            },
            MessageSettings {
                overridden: true,
                ..edited()
            },
        ] {
            assert_eq!(stored(&unknown, message), message, "{unknown:?}");
        }
    }

    #[test]
    fn text_below_the_scissors_line_is_not_stored() {
        let explained =
            format!("a\n#{CUT}# Everything below it will be ignored.\ndiff --git a/b b/b\n+b\n");
        let bare = format!("a\n#{CUT}b\n");
        assert_eq!(stored(&edited(), &explained), "a\n");
        assert_eq!(stored(&edited(), &bare), "a\n\nb\n", "somebody's own line");
        let earlier = format!("{explained}# Please enter the commit message\n");
        assert_eq!(
            stored(&edited(), &earlier),
            "a\n\n\ndiff --git a/b b/b\n+b\n\n",
            "one of an earlier message"
        );
        assert_eq!(stored(&MessageSettings::default(), &explained), explained);
        let shown = format!("a\n#{CUT}diff --git a/b b/b\n+b\n");
        assert_eq!(
            stored(
                &MessageSettings {
                    verbose: true,
                    ..edited()
                },
                &shown
            ),
            "a\n"
        );
        assert_eq!(
            stored(
                &MessageSettings {
                    verbose: true,
                    ..edited()
                },
                &bare
            ),
            "a\n\nb\n",
            "`git merge` shows no changes"
        );
        let forged = explained.replace("diff --git a/b b/b\n+", "");
        assert_eq!(
            stored(&edited(), &forged),
            "a\n\n\nb\n",
            "no changes, so somebody's own"
        );
        assert_eq!(
            stored(
                &MessageSettings {
                    cleanup: Some("scissors".to_owned()),
                    ..edited()
                },
                &bare
            ),
            "a\n"
        );
        let auto = MessageSettings {
            comment_char: Some("auto".to_owned()),
            ..edited()
        };
        assert_eq!(stored(&auto, &explained.replace('#', ";")), "a\n");
        assert_eq!(
            stored(&edited(), &explained.replace('#', ";")),
            explained.replace('#', ";")
        );
        assert_eq!(
            stored(&edited(), &explained.replace('\n', "\r\n"))
                .matches("diff")
                .count(),
            1,
            "as git does"
        );
    }
}
