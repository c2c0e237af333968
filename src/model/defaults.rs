//! Every default, and every limit that a user may meet, each with its reason. Sizes are in bytes. A
//! limit of a single algorithm is declared beside that algorithm.

use super::time::Days;
use crate::model::rule::Confidence;

/// The lowest confidence that fails a run. Findings of low confidence only have the shape of a
/// credential.
pub const MIN_CONFIDENCE: Confidence = Confidence::Medium;

/// The largest number of nested encodings that are decoded: a Kubernetes secret in a script in a
/// JSON string has three.
pub const DECODE_DEPTH: usize = 3;

/// The largest number of nested archives that are opened. A compressed tar is one archive, not two:
/// `a.zip!b.zip!c.tar.gz!d.txt` has three nested archives.
pub const ARCHIVE_DEPTH: usize = 4;

/// The largest total size of everything in one outermost archive when it is inflated.
pub const ARCHIVE_BYTES: u64 = 1 << 30;

/// The largest ratio of an archive's inflated size to its own size. Logs compress a hundredfold at
/// most, and deflate reaches 1032 to 1 at most, so 1000 stops only decompression bombs.
pub const ARCHIVE_RATIO: u64 = 1000;

/// The largest number of members of one outermost archive, including the members of nested
/// archives. No package has so many members.
pub const ARCHIVE_MEMBERS: usize = 100_000;

/// The largest total size of nested archives that are in memory at once. A zip archive is read from
/// its end, so it cannot be streamed.
pub const ARCHIVE_HELD: u64 = 128 << 20;

/// The largest git object that is read, because an object is in memory as a whole.
pub const OBJECT: u64 = 1 << 30;

/// The largest file that is read to compare it with an earlier version.
pub const COMPARED_FILE: u64 = 64 << 20;

/// The largest number of files and directories that one commit may add. A few small trees that
/// contain each other can represent any number of files.
pub const COMMIT_FILES: u64 = 1_000_000;

/// The largest env file. A larger file is of another kind, whatever its name is.
pub const ENV_FILE: u64 = 10 << 20;

/// The size of the largest ignore file that is read, in bytes. Git does not read larger ignore
/// files either.
pub const IGNORE_FILE: u64 = 100 << 20;

/// The largest ignore file that ntnguard edits. Nobody writes a larger ignore file by hand.
pub const MENDED_IGNORE_FILE: u64 = 1 << 20;

/// The largest package manifest. A manifest is one document, so a part of it is useless.
pub const MANIFEST: u64 = 10 << 20;

/// The largest source file that is searched for its use of env files. Only generated files are
/// larger.
pub const PROGRAM: usize = 256 << 10;

/// The largest configuration. A larger configuration is a mistake or an attack.
pub const CONFIGURATION: u64 = 256 << 10;

/// The largest number of patterns in a configuration, because each pattern is tried on every path.
pub const PATTERNS: usize = 10_000;

/// The largest baseline, which has room for a hundred thousand entries.
pub const BASELINE: u64 = 8 << 20;

/// The largest ledger of rotations: nobody has ten thousand tokens.
pub const LEDGER: u64 = 1 << 20;

/// The age at which a token must be replaced: a quarter of a year, the most common policy.
pub const ROTATION: Days = Days(90);

/// The largest configuration or baseline that is read from a commit. It is larger than the limits
/// of both files, so that a file over its own limit gets the error that names that limit.
pub const FILE_OF_REVISION: u64 = 16 << 20;

/// The largest number of secrets that one run asks Notion about. More secrets are test data rather
/// than a leak, and asking about them would take minutes.
pub const ASKED_SECRETS: usize = 50;

/// The largest body of a webhook request.
pub const WEBHOOK_BODY: u64 = 16 << 20;

/// The largest payload of a CI event. GitHub's payloads have up to 25 MB.
pub const PAYLOAD: u64 = 64 << 20;

/// The largest standard input of a git hook. A push of a hundred thousand refs has twenty million
/// bytes.
pub const HOOK_INPUT: u64 = 256 << 20;

/// The largest commit message.
pub const MESSAGE: u64 = 64 << 20;

/// The largest hook that is read to find its owner. Hooks of ntnguard are far smaller.
pub const HOOK: u64 = 64 << 10;

/// The largest configuration of a program that manages hooks.
pub const MANAGER: u64 = 1 << 20;
