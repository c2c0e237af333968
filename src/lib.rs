//! Finds Notion credentials in files, in changes staged for a commit, in everything that git
//! stores, and in streams.
//!
//! Data flows one way; each arrow is one type:
//!
//! ```text
//! Source ──Blob──► Scanner ──Finding──► Policy ──Verdict──► Report ──► Format
//!    └───────────────────── Skip ──────────────────────────────┘
//! ```
//!
//! A [`Job`] holds the rules and the policy of a run. A [`Subject`] says what to scan, such as
//! files or commits. A [`Report`] is the result. [`model`] defines the shared data types, and
//! [`rules`] lists the credentials and faults that ntnguard looks for. The other public modules are
//! public only for our own tests and may change at any time. ARCHITECTURE.md lists the module for
//! each kind of change.
//!
//! Only the command line ([`main`]) prints. All other code returns values, or writes to a writer
//! that its caller passes in.

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
    allow(dead_code, reason = "only the feature `live` sends the requests")
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
