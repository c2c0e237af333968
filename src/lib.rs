//! Finds Notion credentials in files, in what is staged for a commit, in all that git holds, and in streams.
//!
//! Data flows one way; each arrow is one type:
//!
//! ```text
//! Source ──Blob──► Scanner ──Finding──► Policy ──Verdict──► Report ──► Format
//!    └───────────────────── Skip ──────────────────────────────┘
//! ```
//!
//! A [`Job`] says how a run looks and judges, a [`Subject`] what it looks at, and a [`Report`] what it came to. [`model`] has the
//! nouns, [`rules`] say what is looked for. All other rooms are open to our own tests, and no promise to anybody:
//! ARCHITECTURE.md shows the way from a change to its room.
//!
//! All but the command line ([`main`]) is silent: it returns values and writes to a writer it is given.

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
mod hook;
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
