//! Skips: things that were not scanned, and the reasons. Every report shows them.

use std::fmt;

use crate::model::blob::Origin;
use crate::model::path::file_name;
use crate::model::secret::Fingerprint;

/// The reason why something was not scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// The object database has no such object (a blobless clone, a broken repository).
    MissingObject,
    /// The user asked to scan a file or directory that does not exist.
    NotFound,
    /// The operating system does not allow reading.
    Unreadable,
    /// The size of the file or object exceeds a limit.
    TooLarge,
    /// The file is too large for the rules that check whole files.
    TooLargeToReview,
    /// The object, pack or archive is damaged.
    Corrupt,
    /// The repository's history was cut when it was cloned.
    Shallow,
    /// A pipe, socket or device, which stores no content.
    NotAFile,
    /// A member of an archive is encrypted.
    Encrypted,
    /// The format of a member of an archive, or of the refs of a repository, is unknown.
    Unsupported,
    /// An archive exceeds a limit: on its inflated size, its compression ratio, its number of
    /// members, or its nesting depth.
    Limit,
    /// The scan was ended before it had read everything.
    Interrupted,
    /// Notion did not answer, or the answer was not understood.
    NotAnswered,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [SkipReason; 13] = [
        SkipReason::MissingObject,
        SkipReason::NotFound,
        SkipReason::Unreadable,
        SkipReason::TooLarge,
        SkipReason::TooLargeToReview,
        SkipReason::Corrupt,
        SkipReason::Shallow,
        SkipReason::NotAFile,
        SkipReason::Encrypted,
        SkipReason::Unsupported,
        SkipReason::Limit,
        SkipReason::Interrupted,
        SkipReason::NotAnswered,
    ];

    /// Returns the stable name used in reports.
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

    /// Returns true if the bytes exist but ntnguard could not search them. The user may check them
    /// in another way and then accept the skip.
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

    /// Returns true if only the content at one path was missed. Excluding the path then excludes
    /// the skip. False for a scan that ended early, which missed more, and for a path that does not
    /// exist, which may be misspelt.
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
            SkipReason::NotFound => {
                "check the path's spelling or, if it is a symbolic link, its target"
            }
            SkipReason::Unreadable => {
                "grant read permission, or run as a user who has it, then scan again"
            }
            SkipReason::TooLarge => {
                "raise `limits: {max-file-size}` in .ntnguard.yaml, then scan again"
            }
            SkipReason::TooLargeToReview => {
                "the rules about code did not check this file: review it yourself, or leave it out with --exclude"
            }
            SkipReason::Corrupt => {
                "restore it from an intact copy (for a git object, from another clone; `git fsck` lists damaged \
                 objects), then scan again"
            }
            SkipReason::Shallow => {
                "fetch the rest of the history (`git fetch --unshallow`; in CI, check out with `fetch-depth: \
                 0`), then scan again"
            }
            SkipReason::NotAFile => "pipe its content into `ntnguard stdin`",
            SkipReason::Encrypted => "unpack it with its password, then scan what was in it",
            SkipReason::Unsupported => {
                "unpack or convert it with the program that made it, then scan again"
            }
            SkipReason::Interrupted => "scan again, and let the scan finish",
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
    /// The reason why it was not scanned.
    pub reason: SkipReason,
    /// The underlying error of the operating system or git, in a few words.
    pub detail: String,
    /// The fingerprint of the whole file or git object that was not scanned completely, even if
    /// only a member of it could not be read. `None` if its bytes are not available, or if the
    /// reason is not about its content.
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

    /// Returns the same skip with the fingerprint of the object, if the reason is about its
    /// content.
    pub fn of_object(self, digest: Option<Fingerprint>) -> Self {
        Skip {
            digest: digest
                .filter(|_| self.reason.is_about_content())
                .map(Box::new),
            ..self
        }
    }

    /// Returns the same skip, with `origin` as its origin.
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

    /// Returns the path that was not scanned. `None` if more than one path was missed, or if the
    /// path does not end in a name (`.`), because then no pattern matches it.
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
    fn only_a_skip_of_one_file_has_its_own_path() {
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
