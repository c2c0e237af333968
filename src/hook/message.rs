//! A commit's message as git will store it, from the file that it was written in.
//!
//! A hook is not told what `git commit` was told (`--cleanup`), and what it cannot know counts as stored.

/// What git's configuration and its environment say about a message.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `commit.cleanup`
    pub cleanup: Option<String>,
    /// `core.commentChar`
    pub comment_char: Option<String>,
    /// `core.commentString`, the other name for it
    pub comment_string: Option<String>,
    /// `commit.verbose`
    pub verbose: bool,
    /// Whether somebody edited the message: otherwise no line of it is a comment.
    pub edited: bool,
    /// Whether git was told more on its command line (`git -c`), which is not known here.
    pub overridden: bool,
}

/// The characters of which git takes one where `core.commentChar` is `auto`.
const CANDIDATES: &str = "#;@!$%^&|:";

/// What stands between the message and the changes that `git commit -v` shows below it.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------\n";

impl Settings {
    /// The message with an empty line for each line that git drops, so that places stay true, up to where git cuts it.
    pub fn stored(&self, message: &[u8]) -> Vec<u8> {
        let comment = self.comment();
        let mut stored = Vec::with_capacity(message.len());
        let mut rest = message;
        while !rest.is_empty() && !self.is_cut(rest, comment) {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
            let (line, behind) = rest.split_at(end);
            let is_dropped =
                self.drops_comments() && comment.is_some_and(|comment| line.starts_with(comment.as_bytes()));
            stored.extend_from_slice(if is_dropped { b"\n" } else { line });
            rest = behind;
        }
        stored
    }

    /// What comments begin with; nothing where that is not known.
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

    /// Whether git ends the message where `text` begins.
    fn is_cut(&self, text: &[u8], comment: Option<&str>) -> bool {
        let begins = |comment: &str| {
            let behind = text.strip_prefix(comment.as_bytes())?.strip_prefix(SCISSORS)?;
            // Git explains the line below it. One that somebody just wrote cuts nothing, unless git is told so.
            let is_told = self.verbose || self.cleanup.as_deref() == Some("scissors");
            Some(is_told && !self.overridden || behind.starts_with(comment.as_bytes()))
        };
        let candidate = |at: usize| begins(&CANDIDATES[at..at + 1]) == Some(true);
        self.edited
            && match comment {
                Some(comment) => begins(comment) == Some(true),
                None => (0..CANDIDATES.len()).any(candidate),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    const CUT: &str = " ------------------------ >8 ------------------------\n";

    fn edited() -> Settings {
        Settings { edited: true, ..Settings::default() }
    }

    fn stored(settings: &Settings, message: &str) -> String {
        String::from_utf8(settings.stored(message.as_bytes())).unwrap()
    }

    #[test]
    fn comments_are_dropped_where_git_drops_them() {
        let message = "a\n# b\n #c\n; d\n// e\n#";
        assert_eq!(stored(&edited(), message), "a\n\n #c\n; d\n// e\n\n");
        assert_eq!(stored(&Settings::default(), message), message, "nobody edited it");
        for cleanup in ["verbatim", "whitespace", "scissors"] {
            let settings = Settings { cleanup: Some(cleanup.to_owned()), ..edited() };
            assert_eq!(stored(&settings, message), message, "{cleanup}");
        }
        let semicolon = Settings { comment_char: Some(";".to_owned()), ..edited() };
        assert_eq!(stored(&semicolon, message), "a\n# b\n #c\n\n// e\n#");
        let slashes = Settings { comment_string: Some("//".to_owned()), ..edited() };
        assert_eq!(stored(&slashes, message), "a\n# b\n #c\n; d\n\n#");
        for unknown in [
            Settings { comment_char: Some("auto".to_owned()), ..edited() },
            Settings { comment_char: Some(";".to_owned()), comment_string: Some("#".to_owned()), ..edited() },
            Settings { overridden: true, ..edited() },
        ] {
            assert_eq!(stored(&unknown, message), message, "{unknown:?}");
        }
    }

    #[test]
    fn what_git_shows_below_the_scissors_is_not_stored() {
        let explained = format!("a\n#{CUT}# Everything below it will be ignored.\ndiff\n+b\n");
        let bare = format!("a\n#{CUT}b\n");
        assert_eq!(stored(&edited(), &explained), "a\n");
        assert_eq!(stored(&edited(), &bare), "a\n\nb\n", "somebody's own line");
        assert_eq!(stored(&Settings::default(), &explained), explained);
        assert_eq!(stored(&Settings { verbose: true, ..edited() }, &bare), "a\n");
        assert_eq!(stored(&Settings { cleanup: Some("scissors".to_owned()), ..edited() }, &bare), "a\n");
        let auto = Settings { comment_char: Some("auto".to_owned()), ..edited() };
        assert_eq!(stored(&auto, &explained.replace('#', ";")), "a\n");
        assert_eq!(stored(&edited(), &explained.replace('#', ";")), explained.replace('#', ";"));
        assert_eq!(stored(&edited(), &explained.replace('\n', "\r\n")).matches("diff").count(), 1, "as git does");
    }
}
