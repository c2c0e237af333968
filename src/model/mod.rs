//! The types that all modules share: plain values. They use nothing from other modules.

#[doc(hidden)]
pub mod access;
#[doc(hidden)]
pub mod allowance;
pub mod blob;
pub mod check;
#[doc(hidden)]
pub mod defaults;
pub mod encoding;
pub mod finding;
#[doc(hidden)]
pub mod known;
pub mod liveness;
#[doc(hidden)]
pub mod neighbourhood;
#[doc(hidden)]
pub mod notion_id;
#[doc(hidden)]
pub mod path;
pub mod placement;
#[doc(hidden)]
pub mod progress;
pub mod rule;
pub mod secret;
pub mod skip;
pub mod source_kind;
pub mod survey;
#[doc(hidden)]
pub mod time;
#[doc(hidden)]
pub mod utf16;
pub mod variable_name;
pub mod vault;
