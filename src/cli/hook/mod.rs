//! The command `ntnguard hook`, which installs, checks and runs hooks of git and AI assistants.

mod agent;
mod assistants;
mod beside;
mod framework;
mod install;
mod message;
mod program;
mod push;
mod receive;
mod status;

pub use agent::home;
pub use assistants::homes;

use std::ffi::OsString;

use clap::Subcommand;

use super::surface::Surface;
use super::{ExitStatus, Outcome, output, staged};

/// The arguments of `ntnguard hook`.
#[derive(Subcommand)]
pub enum HookCommand {
    /// Install hooks of git in this repository, or hooks of AI assistants; an existing git hook
    /// still runs, before ntnguard
    Install(install::Install),
    /// Remove the hooks, and restore those that were there before
    Uninstall(install::Uninstall),
    /// Show for each hook whether it calls ntnguard; exit status 1 if a hook does not
    Status(status::Status),
    /// Do the work of an installed hook
    #[command(subcommand)]
    Run(Box<HookRun>),
}

/// The arguments of `ntnguard hook run`.
#[derive(Subcommand)]
pub enum HookRun {
    /// Scan the changes that the commit or merge would add. If the program pre-commit runs this
    /// hook for a range of commits or all files, scan these commits or files
    #[command(visible_alias = "pre-merge-commit")]
    PreCommit {
        /// Further arguments of the caller, which are ignored
        #[arg(hide = true)]
        ignored: Vec<OsString>,
        #[command(flatten)]
        surface: Surface,
    },
    /// Scan a commit's message as git will store it
    CommitMsg(message::CommitMsg),
    /// Scan the commits that a push adds to the remote; git lists the pushed refs on standard input
    PrePush(push::PrePush),
    /// Scan, on a server, the commits that a push adds to the repository, before the push is
    /// accepted
    PreReceive(Surface),
    /// Read one event of an AI assistant from standard input, and answer in the assistant's format
    Agent(agent::AgentHook),
}

impl HookCommand {
    /// Installs, uninstalls or runs hooks.
    pub fn run(self) -> Outcome {
        match self {
            HookCommand::Install(install) => install.run(),
            HookCommand::Uninstall(uninstall) => uninstall.run(),
            HookCommand::Status(status) => status.run(),
            HookCommand::Run(run) => run.run(),
        }
    }
}

impl HookRun {
    fn run(self) -> Outcome {
        match self {
            HookRun::PreCommit { surface, .. } => match framework::asked() {
                Some(asked) => stops("commit", asked.run(surface)),
                None => stops("commit", staged::run(surface)),
            },
            HookRun::CommitMsg(message) => stops("commit", message.run()),
            HookRun::PrePush(push) => stops("push", push.run()),
            HookRun::PreReceive(surface) => receive::run(surface),
            HookRun::Agent(agent) => agent.run(),
        }
    }
}

/// Prints that ntnguard stopped the commit or push, and why, since git itself prints nothing.
fn stops(what: &str, outcome: Outcome) -> Outcome {
    let why = match outcome {
        Ok(ExitStatus::Clean) => return outcome,
        Ok(ExitStatus::Found) => {
            "each finding says what to do, and how to let a false alarm pass.\n\
             To commit an env file on purpose, list it in .ntnguard.yaml under `env: committed:`."
        }
        Ok(ExitStatus::Failed) => {
            "not everything could be scanned. Each \"not scanned\" line says what to do."
        }
        Err(_) => "an error occurred:",
    };
    output::eprint(&format!("ntnguard stopped this {what}: {why}\n"));
    outcome
}
