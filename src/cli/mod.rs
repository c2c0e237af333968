//! The command line: one file a command. Arguments make the parts; the library does the work.

mod access;
mod agents;
mod allow;
mod ask;
mod bar;
mod baseline;
mod choice;
mod ci;
mod config;
mod debug;
mod env;
mod exit;
mod groups;
mod hint;
mod history;
mod hook;
mod lock;
mod only;
mod output;
mod pager;
mod preflight;
mod range;
mod review;
mod revoke;
mod rotation;
mod rules;
mod scan;
mod settings;
mod shell;
mod staged;
mod stdin;
mod surface;
mod target;
mod variables;
mod verify;
mod verify_flags;
mod webhook;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use crate::detect::redact::{Hidden, redact};
use crate::env::known;
use crate::error::Result;
use crate::report::quote;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use exit::{ExitStatus, FailOn};
use surface::Surface;

/// Finds Notion credentials before, while and after they leak.
///
/// Exit status: 0, everything asked for was scanned and no error was reported; 1, an error was
/// reported; 2, not all that was asked could be done.
#[derive(Parser)]
#[command(name = "ntnguard", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Say on standard error what is opened, decided and skipped, with times; NTNGUARD_LOG=debug
    /// does the same
    #[arg(long, global = true)]
    debug: bool,
}

/// The subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Scan files on disk; by default the repository (or folder) you stand in
    Scan(scan::ScanCommand),
    /// Scan what the next commit would add: the index against HEAD
    Staged(Surface),
    /// Scan what commits add
    Range(range::RangeCommand),
    /// Scan everything git still holds: all objects, messages, names and records, reachable or not
    History(history::HistoryCommand),
    /// Scan standard input
    Stdin(stdin::StdinCommand),
    /// Review how source files handle OAuth, webhooks and tokens of Notion's
    Review(review::ReviewCommand),
    /// Ask whether .gitignore covers every .env variant, for anyone who clones the repository
    Env(env::EnvCommand),
    /// Scan what the event of a CI job has brought, the files that are checked out, and the env
    /// files
    Ci(ci::CiCommand),
    /// Install git hooks, take them away, and what they run
    #[command(subcommand)]
    Hook(hook::HookCommand),
    /// Ask Notion whether tokens are live or dead, by the names of their variables
    Verify(verify::VerifyCommand),
    /// Ask whether what .ntnguard.yaml says under `preflight` is set, live and shared
    Preflight(preflight::PreflightCommand),
    /// Revoke an OAuth token at Notion, and prove that it is dead
    Revoke(revoke::RevokeCommand),
    /// Ask how old tokens are, by the ledger .ntnguard-rotation; nothing is asked of Notion
    Rotation(rotation::RotationCommand),
    /// Check the signature of a webhook's request that was captured; nothing is asked
    Webhook(webhook::WebhookCommand),
    /// Ask Notion what a token may do and reach, and compare that with .ntnguard-access.yaml
    Access(access::AccessCommand),
    /// List the rules, or print a rule's page
    Rules(rules::RulesCommand),
    /// Write an entry into .ntnguard.yaml that allows a finding from then on
    Allow(allow::AllowCommand),
    /// Write the secrets that a scan reports into the baseline, which suppresses them from then on
    Baseline(baseline::BaselineCommand),
    /// Print the configuration that counts here
    Config(config::Show),
    /// Print completions for a shell
    Completions(shell::Completions),
    /// Print the manual page
    Man,
}

/// Runs the command of the arguments, and returns the status to exit with.
pub fn main() -> ExitCode {
    silence_panics();
    let status = std::panic::catch_unwind(|| match parse() {
        Ok(command) => run(command),
        Err(status) => status,
    });
    status.unwrap_or(ExitStatus::Failed).into()
}

/// Reads the command of the arguments. On help, version or bad usage, prints the text and returns
/// the status to exit with.
fn parse() -> std::result::Result<Command, ExitStatus> {
    let arguments = hint::with_command(std::env::args_os().collect());
    let parsed = command(arguments).map_err(hint::add);
    parsed.map_err(|error| {
        if !error.use_stderr() {
            let printed = output::print(&error.render().to_string());
            return printed.map_or(ExitStatus::Failed, |()| ExitStatus::Clean);
        }
        // The argument may be a secret in the wrong place, or a stranger's words where a CI job
        // builds the command.
        let text = error.render().to_string();
        output::eprint(&quote(&redact(&String::from_utf8_lossy(
            &hidden().mask(text.as_bytes()),
        ))));
        ExitStatus::Failed
    })
}

/// Reads the command of the arguments, with the flags that variables of the environment stand for.
fn command(arguments: Vec<OsString>) -> std::result::Result<Command, clap::Error> {
    let mut interface = interface();
    let typed = interface.try_get_matches_from_mut(&arguments)?;
    let variable = |name: &str| std::env::var_os(name);
    let all = variables::with_flags(&arguments, &interface, &typed, &variable);
    // Only now can a variable be what is wrong.
    let mut matches = match all == arguments {
        true => typed,
        false => interface
            .try_get_matches_from_mut(all)
            .map_err(variables::name)?,
    };
    Cli::from_arg_matches_mut(&mut matches)
        .map(|cli| {
            debug::start(cli.debug);
            cli.command
        })
        .map_err(|error| error.format(&mut interface))
}

/// Runs a command; an error becomes a message and status 2.
fn run(command: Command) -> ExitStatus {
    let outcome = match command {
        Command::Scan(scan) => scan.run(),
        Command::Staged(surface) => staged::run(surface),
        Command::Range(commits) => commits.run(),
        Command::History(history) => history.run(),
        Command::Stdin(stdin) => stdin.run(),
        Command::Review(review) => review.run(),
        Command::Env(env) => env.run(),
        Command::Ci(ci) => ci.run(),
        Command::Hook(hook) => hook.run(),
        Command::Verify(verify) => verify.run(),
        Command::Preflight(preflight) => preflight.run(),
        Command::Revoke(revoke) => revoke.run(),
        Command::Rotation(rotation) => rotation.run(),
        Command::Webhook(webhook) => webhook.run(),
        Command::Access(access) => access.run(),
        Command::Rules(rules) => rules.run(),
        Command::Allow(allow) => allow.run(),
        Command::Baseline(baseline) => baseline.run(),
        Command::Config(config) => config.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man => shell::man(),
    };
    outcome.unwrap_or_else(|error| {
        output::explain(&error.hiding(&hidden()));
        ExitStatus::Failed
    })
}

/// Returns a mask for the known values that the arguments name, so that a run which fails before it
/// reads them does not print them either.
fn hidden() -> Hidden {
    let mut files = Vec::new();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        match text.strip_prefix("--known") {
            Some("") => files.extend(arguments.next()),
            Some(file) => files.extend(file.strip_prefix('=').map(OsString::from)),
            None => {}
        }
    }
    // A pipe can be read once, and was.
    let files = files.iter().map(Path::new).filter(|file| file.is_file());
    let known: Vec<_> = files
        .filter_map(|file| known::read(file).ok())
        .flat_map(|(known, _)| known)
        .collect();
    Hidden::new(&known)
}

/// The whole interface, for texts that are generated from it.
fn interface() -> clap::Command {
    variables::in_help(groups::group(Cli::command()))
}

/// Replaces the message of a panic, which may quote the bytes it tripped over, by its place.
fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        output::eprint(&format!(
            "ntnguard failed{place}. This is a bug in ntnguard: nothing was proved clean.\n"
        ));
    }));
}

type Outcome = Result<ExitStatus>;
