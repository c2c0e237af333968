//! Skips: things that were not scanned, and the reasons. Never silent.

use std::fmt;

use crate::model::blob::Origin;
use crate::model::path::file_name;
use crate::model::secret::Fingerprint;

/// The reason why something was not scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// The object database has no such object (a blobless clone, a broken repository).
    MissingObject,
    /// The file or folder was named, and is not there.
    NotFound,
    /// The operating system does not allow reading.
    Unreadable,
    /// The size exceeds a limit.
    TooLarge,
    /// The file is longer than the ones that rules about whole files look at.
    TooLargeToReview,
    /// The object, pack or archive is damaged.
    Corrupt,
    /// The repository's history was cut when it was cloned.
    Shallow,
    /// A pipe, socket or device, which has no content at rest.
    NotAFile,
    /// A member of an archive is encrypted.
    Encrypted,
    /// The format is unknown: of a member of an archive, or of the refs of a repository.
    Unsupported,
    /// An archive exceeds a limit: its size when inflated, how well it is compressed, its members,
    /// its depth.
    Limit,
    /// The scan was ended before it had read everything.
    Interrupted,
    /// Notion did not answer, or the answer was not understood.
    NotAnswered,
}

impl SkipReason {
    /// Returns the stable word used in reports.
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

    /// Returns true if the bytes exist and ntnguard did not read them: somebody may have checked
    /// them another way.
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

    /// Returns true if the reason is about the content at a path, and nothing else was missed:
    /// excluding the path then excludes the skip. A scan that was ended early missed more, and a
    /// name that is not there may be another one misspelt.
    pub fn is_about_path(self) -> bool {
        !matches!(
            self,
            SkipReason::Interrupted
                | SkipReason::Shallow
                | SkipReason::NotFound
                | SkipReason::NotAnswered
        )
    }

    /// Returns the advice for the user.
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
                "rules about code did not look at it: read it yourself, or leave it out with --exclude"
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
    /// The origin that was not scanned.
    pub origin: Origin,
    /// The reason.
    pub reason: SkipReason,
    /// The message of the operating system or git, in a few words.
    pub detail: String,
    /// The identity of the object that was not scanned, or not whole: the file or git's object,
    /// even if only a member of it could not be read. `None` if its bytes are not here, and for
    /// reasons that are not about them.
    pub digest: Option<Box<Fingerprint>>,
    /// The advice for this skip, if it differs from the advice for the reason in general.
    advice: Option<&'static str>,
}

impl Skip {
    /// Returns a skip of `origin`, because of `reason`; `detail` is the underlying error.
    pub fn new(origin: Origin, reason: SkipReason, detail: impl fmt::Display) -> Self {
        Skip {
            origin,
            reason,
            detail: detail.to_string(),
            digest: None,
            advice: None,
        }
    }

    /// Returns the same skip with the identity of the object, if the reason is about its content.
    pub fn of_object(self, digest: Option<Fingerprint>) -> Self {
        Skip {
            digest: digest
                .filter(|_| self.reason.is_about_content())
                .map(Box::new),
            ..self
        }
    }

    /// Returns the same skip at `origin`.
    pub fn at(self, origin: Origin) -> Self {
        Skip { origin, ..self }
    }

    /// Returns the same skip with advice of its own.
    pub fn advising(self, advice: &'static str) -> Self {
        Skip {
            advice: Some(advice),
            ..self
        }
    }

    /// Returns the path that was not scanned; `None` if more was missed, or if the path has no name
    /// of its own (`.`), because then no pattern means it.
    pub fn own_path(&self) -> Option<&[u8]> {
        let path = self.origin.path().filter(|_| self.reason.is_about_path())?;
        let folder = path.strip_suffix(b"/").unwrap_or(path);
        let name = file_name(folder);
        (!matches!(name, b"" | b"." | b"..")).then_some(path)
    }

    /// Returns the advice for the user.
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
