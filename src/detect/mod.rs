//! Bytes in, findings out. Pure: it reads nothing, writes nothing, and cannot fail.
//!
//! [`scanner`] is the way in. `anchors` are the literals of all rules, found in one pass; `search`
//! goes from an anchor to a match and through encoded text ([`decode`]), `found` makes a match a
//! finding, and [`redact`] masks text about to be shown.

pub(crate) mod anchors;
pub mod decode;
mod found;
pub mod redact;
pub mod scanner;
pub(crate) mod search;
