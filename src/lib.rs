//! Finds Notion credentials in files, in changes staged for a commit, in all objects that git
//! holds, and in streams.
//!
//! Data flows one way; each arrow is one type:
//!
//! ```text
//! Source ──Blob──► Scanner ──Finding──► Policy ──Verdict──► Report ──► Format
//!    └───────────────────── Skip ──────────────────────────────┘
//! ```
//!
//! A [`Job`] has the rules and the policy of a run, a [`Subject`] is the place that is scanned, and
//! a [`Report`] is the result. [`model`] has the nouns, [`rules`] the credentials and faults that
//! are looked for. All other rooms are open for our own tests, without a promise to anybody:
//! ARCHITECTURE.md shows the way from a change to its room.
//!
//! The command line ([`main`]) alone prints; all else returns values and writes to a writer it is
//! given.

pub mod model;
pub mod rules;

#[doc(hidden)]
pub mod detect;

#[doc(hidden)]
pub mod env;
#[doc(hidden)]
pub mod error;
pub(crate) mod files;
#[doc(hidden)]
pub mod git;
#[doc(hidden)]
#[cfg_attr(
    not(feature = "live"),
    allow(dead_code, reason = "nothing sends what they describe")
)]
pub mod live;
#[doc(hidden)]
pub mod policy;
#[doc(hidden)]
pub mod source;

#[doc(hidden)]
pub mod report;
mod run;

mod ci;
mod cli;
#[doc(hidden)]
pub mod hook;
mod purge;

#[cfg(test)]
#[path = "../tests/it/fake.rs"]
mod fake;

pub use cli::main;
#[doc(inline)]
pub use detect::scanner::Scanner;
#[doc(inline)]
pub use error::{Error, Result};
#[doc(inline)]
pub use git::Repository;
#[doc(inline)]
pub use policy::{Policy, config::Config};
#[doc(inline)]
pub use report::{Detail, Format, Report, Style};
pub use run::{Files, Job, Reached, Step, Subject, Survey, audit, combine, scan};
#[doc(inline)]
pub use source::{Limits, Source};
