//! The nouns that all rooms share: plain values, which import nothing of ours.

pub mod allowance;
pub mod blob;
pub mod check;
pub mod defaults;
pub mod encoding;
pub mod finding;
pub mod known;
pub mod neighbourhood;
pub mod placement;
pub mod progress;
pub mod rule;
pub mod secret;
pub mod skip;
pub mod source_kind;
pub mod survey;
pub mod time;
pub mod vault;
