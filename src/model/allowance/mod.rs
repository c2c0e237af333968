//! The comment beside a secret that allows it: `ntnguard: allow <reason>`.

mod comment;
mod lines;

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use comment::Syntax;
use lines::Lines;

/// A comment beside a secret that says to allow it, or a text that was probably meant as such a
/// comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// An allowance with its reason.
    Given(String),
    /// A comment without a reason, which is ignored.
    WithoutReason,
    /// A comment on a line with several different secrets, so that it is not clear which of them
    /// the comment allows.
    Ambiguous,
    /// A comment on the line above that follows other text on its line, or that has other text
    /// before `ntnguard: allow`. The comment may be about the line above instead of the secret.
    NotAlone,
    /// The text `ntnguard: allow` outside of every comment syntax known for this kind of file.
    NotInComment,
    /// A misspelling of `ntnguard: allow`.
    Misspelt,
}

impl Allowance {
    /// Returns the allowance for the secret at `span` in `bytes`, the content of the file at
    /// `path`. The allowance is in a comment on the secret's line, or in a comment alone on the
    /// line above. `None` if neither line has a text that looks like an allowance.
    pub fn beside(path: &[u8], bytes: &[u8], span: Range<usize>) -> Option<Self> {
        let syntax = Syntax::of(path);
        let Lines {
            before,
            behind,
            above,
        } = Lines::around(bytes, span, syntax.is_notebook);
        let parts = [&behind, &before, &above];
        if !parts.into_iter().any(|part| NAME.is_match(part)) {
            return None;
        }
        let counts = syntax
            .behind(&behind)
            .or_else(|| syntax.before(&before))
            .or_else(|| syntax.alone(&above));
        counts.map(reason).or_else(|| {
            if parts[..2].iter().any(|part| DIRECTIVE.is_match(part)) {
                Some(Self::NotInComment)
            } else if DIRECTIVE.is_match(&above) {
                Some(if syntax.before(&above).is_some() {
                    Self::NotAlone
                } else {
                    Self::NotInComment
                })
            } else {
                parts
                    .into_iter()
                    .any(|part| MISSPELT.is_match(part))
                    .then_some(Self::Misspelt)
            }
        })
    }

    /// Returns a sentence for the report on why the allowance is ignored; `None` for
    /// [`Allowance::Given`], which takes effect.
    pub fn fault(&self) -> Option<&'static str> {
        match self {
            Allowance::Given(_) => None,
            Allowance::WithoutReason => Some(
                "the comment beside the secret gives no reason, so it is ignored: write `ntnguard: allow <reason>`",
            ),
            Allowance::Ambiguous => Some(
                "the comment beside the secret is ignored, because its line has several secrets: allow each by \
                 its fingerprint",
            ),
            Allowance::NotAlone => Some(
                "the comment on the line above is ignored, because it follows other text and may be about that \
                 text: write it on the line of the secret, or alone on the line above",
            ),
            Allowance::NotInComment => Some(
                "`ntnguard: allow` beside the secret is ignored, because it is not in a comment of a form that \
                 ntnguard knows for this kind of file: write it in a comment, or allow the secret by its \
                 fingerprint",
            ),
            Allowance::Misspelt => Some(
                "the words beside the secret look like a misspelt `ntnguard: allow`, so they are ignored: write \
                 `ntnguard: allow <reason>`, in lower case",
            ),
        }
    }
}

/// The name of the tool, as people write it.
static NAME: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i)ntn[-_ ]?guard"));

/// The directive `ntnguard: allow`, in a comment or elsewhere.
static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| compile(r"\bntnguard:\s*allow\b"));

/// Words that people write in place of [`DIRECTIVE`].
static MISSPELT: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\bntn[-_ ]?guard\b[\s:;,=./_(-]*",
        r"(?:allow|ignore|disable|skip|suppress|exclude|exempt|accept|except|whitelist|no-?check|no-?sec|no-?lint|noqa|off\b|ok\b)"
    ))
});

fn compile(pattern: &str) -> Regex {
    Regex::new(&format!("(?-u){pattern}")).expect("a valid pattern")
}

/// Returns the allowance whose reason is at the beginning of `text`, the rest of a line.
fn reason(text: &[u8]) -> Allowance {
    const CLOSES: [&str; 14] = [
        "*/", "-->", "#}", "}}", "%>", "#>", "*)", "-}", "*@", "*}", "|#", "+/", "]]", "{%",
    ];
    let text = String::from_utf8_lossy(text);
    let closed = CLOSES
        .iter()
        .filter_map(|end| text.find(end))
        .min()
        .unwrap_or(text.len());
    let reason = text[..closed]
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '=' | '}'));
    // Our own advice has the placeholder `<reason>`, which somebody may copy.
    let is_placeholder = reason.starts_with('<') && reason.ends_with('>');
    let says_something = !is_placeholder && reason.chars().any(char::is_alphanumeric);
    if says_something {
        Allowance::Given(reason.to_owned())
    } else {
        Allowance::WithoutReason
    }
}

#[cfg(test)]
mod tests;
