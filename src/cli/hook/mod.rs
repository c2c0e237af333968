//! `ntnguard hook`

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

/// `ntnguard hook`
#[derive(Subcommand)]
pub enum HookCommand {
    /// Put hooks where git looks for them here, or an AI assistant does; a hook that is there
    /// already still runs, before ours
    Install(install::Install),
    /// Take hooks away, and bring back what was there before
    Uninstall(install::Uninstall),
    /// Tell of each hook whether ntnguard guards it; status 1 if one is left unguarded
    Status(status::Status),
    /// Run the work of an installed hook
    #[command(subcommand)]
    Run(Box<HookRun>),
}

/// `ntnguard hook run`
#[derive(Subcommand)]
pub enum HookRun {
    /// Scan what the commit would add, or the merge. Run by pre-commit: what it was asked for, be
    /// it a range or all files
    #[command(visible_alias = "pre-merge-commit")]
    PreCommit {
        /// Further arguments of the caller
        #[arg(hide = true)]
        ignored: Vec<OsString>,
        #[command(flatten)]
        surface: Surface,
    },
    /// Scan a commit's message as git will store it
    CommitMsg(message::CommitMsg),
    /// Scan what a push adds to the remote; standard input says which refs move
    PrePush(push::PrePush),
    /// Scan, on a server, what a push adds to the repository, before it is taken
    PreReceive(Surface),
    /// Answer one event of an AI assistant, which standard input tells, in the assistant's own form
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

/// Prints that ntnguard stopped `what`, and why: git itself prints nothing.
fn stops(what: &str, outcome: Outcome) -> Outcome {
    let why = match outcome {
        Ok(ExitStatus::Clean) => return outcome,
        Ok(ExitStatus::Found) => {
            "what to do stands with each finding.\n\
             A false alarm passes by a comment `ntnguard: allow <reason>` on its line, where the file has comments,\n\
             or by `allow` in .ntnguard.yaml; an env file as such by its name under `env: committed:` there."
        }
        Ok(ExitStatus::Failed) => {
            "not everything could be looked at. What to do stands with each \"not scanned\"."
        }
        Err(_) => "it could not do its work. The error:",
    };
    output::eprint(&format!("ntnguard stopped this {what}: {why}\n"));
    outcome
}
