//! Finds Notion credentials in files, in what is staged for a commit, in all that git holds, and in streams.
//!
//! Data flows one way; each arrow is one type:
//!
//! ```text
//! Source ──Blob──► Scanner ──Finding──► Policy ──Verdict──► Report ──► Format
//!    └───────────────────── Skip ──────────────────────────────┘
//! ```
//!
//! The rooms, from the ground up: [`model`] has the nouns, [`rules`] say what is looked for, [`detect`] looks; a
//! [`source`] hands over blobs, [`policy`] decides, [`report`] tells. ARCHITECTURE.md shows the way from a change to its room.
//!
//! All but the command line ([`main`]) is silent: it returns values and writes to a writer it is given.

pub mod model;
pub mod rules;

pub mod detect;
pub mod unpack;

pub mod env;
pub mod error;
pub(crate) mod files;
pub mod git;
pub mod policy;
pub mod source;

pub mod report;
mod run;

mod ci;
mod cli;
mod hook;
mod purge;

#[cfg(test)]
#[path = "../tests/it/fake.rs"]
mod fake;

pub use cli::main;
pub use run::{Files, Job, Reached, Step, Subject, Survey, audit, combine, scan};
