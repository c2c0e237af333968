//! Finds Notion credentials in files, in what is staged for a commit, in all that git holds, and in streams.
//!
//! Data flows one way; each arrow is one type:
//!
//! ```text
//! Source ──Blob──► Scanner ──Finding──► Policy ──Verdict──► Report ──► Format
//!    └───────────────────── Skip ──────────────────────────────┘
//! ```
//!
//! Read the modules in that order: [`blob`] is what a [`source`] hands over; [`rule`] and [`rules`] say what is looked
//! for; [`scanner`] looks; [`finding`] is what it found, [`secret`]s already masked; [`policy`] decides; [`report`] tells.
//!
//! The library is silent: it returns values and writes to a writer it is given.

pub mod archive;
pub mod blob;
pub mod progress;
pub mod skip;
pub mod source;

pub mod rule;
pub mod rules;

mod anchors;
pub mod decode;
mod neighbourhood;
mod placeholder;
pub mod scanner;
mod search;

pub mod allowance;
pub mod finding;
pub mod placement;
pub mod redact;
pub mod secret;

pub mod ci;
pub mod config;
pub mod env;
pub mod known;
pub mod policy;
pub mod purge;
pub mod report;

pub mod error;
pub mod git;
pub mod hook;
mod object;
pub mod open;
pub mod pattern;
mod scan;
pub mod time;
pub mod write;

#[cfg(test)]
mod fake;

pub use scan::{audit, combine, scan};
