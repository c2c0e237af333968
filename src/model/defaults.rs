//! Every default, and every limit that a user may meet, each with its reason. Sizes are in bytes.
//! The limits of one algorithm stand beside that.

use super::time::Days;
use crate::model::rule::Confidence;

/// Lowest confidence that fails a run: `low` marks texts that only share a credential's shape.
pub const MIN_CONFIDENCE: Confidence = Confidence::Medium;

/// The number of encodings on top of each other that are undone: a Kubernetes secret in a script in
/// a JSON string has three.
pub const DECODE_DEPTH: usize = 3;

/// The number of archives within each other that are opened. A compressed tar counts as one:
/// `a.zip!b.zip!c.tar.gz!d.txt` is three deep.
pub const ARCHIVE_DEPTH: usize = 4;

/// The size to which everything in one outermost archive may inflate.
pub const ARCHIVE_BYTES: u64 = 1 << 30;

/// The ratio to its own size at which an archive may inflate. Logs compress a hundredfold at most,
/// and deflate can do no better than 1032 to 1, so 1000 stops nothing but bombs.
pub const ARCHIVE_RATIO: u64 = 1000;

/// The number of members of one outermost archive, those of nested ones included: more than any
/// package has.
pub const ARCHIVE_MEMBERS: usize = 100_000;

/// The size of nested archives that is in memory at once: a zip is read from its end, and cannot be
/// streamed.
pub const ARCHIVE_HELD: u64 = 128 << 20;

/// The largest object of git's that is read: an object is in memory as a whole.
pub const OBJECT: u64 = 1 << 30;

/// The largest file that is read to compare it with an earlier version.
pub const COMPARED_FILE: u64 = 64 << 20;

/// The number of files and folders that one commit adds: a few small trees that contain each other
/// stand for any number.
pub const COMMIT_FILES: u64 = 1_000_000;

/// The largest env file: a larger one is another kind of file, whatever it is called.
pub const ENV_FILE: u64 = 10 << 20;

/// The largest ignore file: git takes no larger one either.
pub const IGNORE_FILE: u64 = 100 << 20;

/// The largest ignore file that is mended: nobody wrote a larger one.
pub const MENDED_IGNORE_FILE: u64 = 1 << 20;

/// The largest manifest of packages. It is one document, so a part of it says nothing.
pub const MANIFEST: u64 = 10 << 20;

/// The size of a program up to which it is read for its use of env files: only generated programs
/// are larger.
pub const PROGRAM: usize = 256 << 10;

/// The largest configuration: a larger one is a mistake or an attack.
pub const CONFIGURATION: u64 = 256 << 10;

/// The number of patterns that a configuration may have: each is tried on every path.
pub const PATTERNS: usize = 10_000;

/// The largest baseline, which has room for a hundred thousand entries.
pub const BASELINE: u64 = 8 << 20;

/// The largest ledger of rotations: nobody has ten thousand tokens.
pub const LEDGER: u64 = 1 << 20;

/// The age at which a token is to be replaced: a quarter of a year, the most common rule.
pub const ROTATION: Days = Days(90);

/// The largest configuration or baseline that is read from a commit: more than either may have, so
/// that its own error says so.
pub const FILE_OF_REVISION: u64 = 16 << 20;

/// The number of secrets that one run asks Notion about: more are not a leak but test data, and
/// take minutes.
pub const ASKED_SECRETS: usize = 50;

/// The largest body of a webhook's request.
pub const WEBHOOK_BODY: u64 = 16 << 20;

/// The largest payload of a CI event: GitHub's have up to 25 MB.
pub const PAYLOAD: u64 = 64 << 20;

/// The largest standard input that git may give a hook: a push of a hundred thousand refs has
/// twenty million bytes.
pub const HOOK_INPUT: u64 = 256 << 20;

/// The largest message of a commit.
pub const MESSAGE: u64 = 64 << 20;

/// The largest hook that is read to find its owner: ours are smaller by far.
pub const HOOK: u64 = 64 << 10;

/// The largest configuration of a program that manages hooks.
pub const MANAGER: u64 = 1 << 20;
