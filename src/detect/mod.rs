//! Finds secrets in bytes. Does no input or output and cannot fail.
//!
//! [`scanner`] is the entry point. `anchors` finds the literals of all rules in one pass. `search`
//! turns anchors into matches and searches decoded text ([`decode`]). `found` turns matches into
//! findings. [`redact`] masks text before it is shown.

pub(crate) mod anchors;
pub mod decode;
mod found;
pub mod redact;
pub mod scanner;
pub(crate) mod search;
