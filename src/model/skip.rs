//! What was not scanned, and why. Never silent.

use std::fmt;

use crate::model::blob::Origin;
use crate::model::path::file_name;
use crate::model::secret::Fingerprint;

/// Why something was not scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// The object database has no such object (a blobless clone, a broken repository).
    MissingObject,
    /// It was named, and is not there.
    NotFound,
    /// The operating system would not let us read it.
    Unreadable,
    /// It exceeds a size limit.
    TooLarge,
    /// It is longer than what rules about whole files look at.
    TooLargeToReview,
    /// The object, pack or archive is damaged.
    Corrupt,
    /// The repository's history was cut when it was cloned.
    Shallow,
    /// A pipe, socket or device, which has no content at rest.
    NotAFile,
    /// A member of an archive is encrypted.
    Encrypted,
    /// It is stored in a way that we do not know: a member of an archive, or the refs of a repository.
    Unsupported,
    /// An archive exceeds a limit: its size when inflated, how well it is compressed, its members, its depth.
    Limit,
    /// The scan was ended before it had seen everything.
    Interrupted,
    /// Notion did not answer, or not so that it is understood.
    NotAnswered,
}

impl SkipReason {
    /// The word for it in reports: stable.
    pub fn id(self) -> &'static str {
        match self {
            SkipReason::MissingObject => "missing-object",
            SkipReason::NotFound => "not-found",
            SkipReason::Unreadable => "unreadable",
            SkipReason::TooLarge => "too-large",
            SkipReason::TooLargeToReview => "too-large-to-review",
            SkipReason::Corrupt => "corrupt",
            SkipReason::Shallow => "shallow",
            SkipReason::NotAFile => "not-a-file",
            SkipReason::Encrypted => "encrypted",
            SkipReason::Unsupported => "unsupported",
            SkipReason::Limit => "limit",
            SkipReason::Interrupted => "interrupted",
            SkipReason::NotAnswered => "not-answered",
        }
    }

    /// Returns true if the bytes are there and cannot be looked into, so that somebody may have looked into them otherwise.
    pub fn is_about_content(self) -> bool {
        matches!(
            self,
            SkipReason::Encrypted
                | SkipReason::Corrupt
                | SkipReason::Unsupported
                | SkipReason::Limit
                | SkipReason::TooLarge
        )
    }

    /// Returns true if it is about what lies at a path, and nothing else was missed: whoever wants no word of that path wants
    /// none of this. A scan that was ended early missed more, and a name that is not there may be another one misspelt.
    pub fn is_about_path(self) -> bool {
        !matches!(
            self,
            SkipReason::Interrupted
                | SkipReason::Shallow
                | SkipReason::NotFound
                | SkipReason::NotAnswered
        )
    }

    /// What the user can do about it.
    pub fn help(self) -> &'static str {
        match self {
            SkipReason::MissingObject => {
                "fetch the missing objects (`git fetch --refetch`), then scan again"
            }
            SkipReason::NotFound => "check the path's spelling, or where the link leads",
            SkipReason::Unreadable => {
                "grant read permission, or run as a user who has it, then scan again"
            }
            SkipReason::TooLarge => {
                "raise `limits: {max-file-size}` in .ntnguard.yaml, then scan again"
            }
            SkipReason::TooLargeToReview => {
                "no rule about what is missing looked at it: read it yourself, or leave it out with --exclude"
            }
            SkipReason::Corrupt => {
                "restore it from a good copy (for what git holds: from another clone; `git fsck` lists what is damaged), then scan again"
            }
            SkipReason::Shallow => {
                "fetch the rest (`git fetch --unshallow`; in CI, check out with `fetch-depth: 0`), then scan again"
            }
            SkipReason::NotAFile => "pipe its content into `ntnguard stdin`",
            SkipReason::Encrypted => "unpack it with its password, then scan what was in it",
            SkipReason::Unsupported => {
                "unpack or convert it with the program that made it, then scan again"
            }
            SkipReason::Interrupted => "scan again, and let it come to its end",
            SkipReason::NotAnswered => "ask again later",
            SkipReason::Limit => "if you trust it, unpack it and scan what was in it",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Something that was not scanned, and why. A scan with a skip is not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// What was not scanned.
    pub origin: Origin,
    /// Why.
    pub reason: SkipReason,
    /// What the operating system or git said, in a few words.
    pub detail: String,
    /// The identity of the object that was not scanned, or not whole: the file or git's object, be it a member of it that
    /// could not be read. `None` where its bytes are not here, and for reasons that are not about them.
    pub digest: Option<Box<Fingerprint>>,
    /// What to do about it, where that is not what helps against the reason in general.
    advice: Option<&'static str>,
}

impl Skip {
    /// A skip of `origin`, because of `reason`; `detail` is the underlying error.
    pub fn new(origin: Origin, reason: SkipReason, detail: impl fmt::Display) -> Self {
        Skip {
            origin,
            reason,
            detail: detail.to_string(),
            digest: None,
            advice: None,
        }
    }

    /// The same skip of the object with this identity, if the reason is about its content.
    pub fn of_object(self, digest: Option<Fingerprint>) -> Self {
        Skip {
            digest: digest
                .filter(|_| self.reason.is_about_content())
                .map(Box::new),
            ..self
        }
    }

    /// The same skip of what lies at `origin`.
    pub fn at(self, origin: Origin) -> Self {
        Skip { origin, ..self }
    }

    /// The same skip with a word of its own on what to do.
    pub fn advising(self, advice: &'static str) -> Self {
        Skip {
            advice: Some(advice),
            ..self
        }
    }

    /// The path that was not scanned, if that is all that was missed; `None`, too, where it has no name of its own (`.`), for
    /// then no pattern means it.
    pub fn own_path(&self) -> Option<&[u8]> {
        let path = self.origin.path().filter(|_| self.reason.is_about_path())?;
        let folder = path.strip_suffix(b"/").unwrap_or(path);
        let name = file_name(folder);
        (!matches!(name, b"" | b"." | b"..")).then_some(path)
    }

    /// What the user can do about it.
    pub fn help(&self) -> &'static str {
        self.advice.unwrap_or(self.reason.help())
    }
}

#[cfg(test)]
mod tests {
    use super::{Skip, SkipReason};
    use crate::model::blob::Origin;

    #[test]
    fn only_what_misses_nothing_else_is_about_a_path() {
        let skip = |path: &str, reason| Skip::new(Origin::File(path.into()), reason, "");
        for reason in [
            SkipReason::MissingObject,
            SkipReason::Unreadable,
            SkipReason::TooLarge,
            SkipReason::TooLargeToReview,
            SkipReason::Corrupt,
            SkipReason::NotAFile,
            SkipReason::Encrypted,
            SkipReason::Unsupported,
            SkipReason::Limit,
        ] {
            assert_eq!(skip("gen/a", reason).own_path(), Some(&b"gen/a"[..]));
            for folder in ["", ".", "./", "..", "../.."] {
                assert_eq!(skip(folder, reason).own_path(), None, "{folder}");
            }
        }
        for reason in [
            SkipReason::Interrupted,
            SkipReason::Shallow,
            SkipReason::NotFound,
            SkipReason::NotAnswered,
        ] {
            assert_eq!(skip("gen/a", reason).own_path(), None);
        }
    }
}
