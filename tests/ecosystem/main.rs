//! Tests that check our output with other people's tools. Each file covers one subject.
//!
//! ```text
//! cargo test --test ecosystem -- --ignored
//! ```
//!
//! These tests install tools from package registries into `target/ecosystem`, so they are ignored
//! by default. CI runs them.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

#[cfg(unix)]
mod action;
mod agents;
#[cfg(unix)]
mod book;
mod compiled;
#[path = "../it/fake.rs"]
#[allow(
    dead_code,
    reason = "shared with the library's own tests, which use all of it"
)]
mod fake;
#[cfg(unix)]
mod fleet;
mod formats;
mod frameworks;
#[cfg(unix)]
mod managers;
#[cfg(feature = "live")]
#[path = "../it/notion/mod.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the binary, which use all of it"
)]
mod notion;
#[cfg(feature = "live")]
mod notion_client;
// Debian's packages, and binaries for Linux.
#[cfg(target_os = "linux")]
mod packages;
#[cfg(unix)]
mod page;
#[cfg(unix)]
mod purge;
#[cfg(unix)]
mod recipes;
#[path = "../it/sandbox.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the binary, which use all of it"
)]
mod sandbox;
#[cfg(unix)]
mod sqlite;
mod tools;
#[cfg(unix)]
mod wheel;
