//! Tests that run the real binary with real git: one file for each part of its interface.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod absent;
mod agent;
mod allow;
mod architecture;
mod bundles;
mod ci;
mod cli;
mod code;
mod debug;
mod docs;
mod env;
#[allow(
    dead_code,
    reason = "shared with the library's own tests, which use all of it"
)]
mod fake;
mod filename;
mod formats;
mod git_folder;
#[cfg(unix)]
mod golden;
mod hidden;
mod hiding;
mod history;
mod hook;
mod hostile;
mod ignore;
mod lfs;
mod limited;
#[cfg(feature = "live")]
mod live;
mod make;
mod min_version;
#[cfg(feature = "live")]
mod notion;
mod policy;
mod progress;
mod purge;
mod range;
mod report;
mod rooted;
mod rotation;
mod sandbox;
mod scan;
mod secrecy;
mod staged;
#[cfg(unix)]
mod terminal;
mod typed;
mod unscanned;
mod variables;
mod webhook;
mod words;
