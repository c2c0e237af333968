//! The command line, with one file for each command. A command reads its arguments, makes a job
//! from them, and lets the library do the work.

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
mod facts;
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
mod report;
mod review;
mod revoke;
mod rotation;
mod rules;
mod scan;
mod settings;
mod shard;
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
/// Exit status: 0, everything was scanned and no error was reported; 1, an error was reported (for
/// `env`, `access` and `rotation`, also a warning); 2, a part of the work could not be done.
#[derive(Parser)]
#[command(name = "ntnguard", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Log to standard error which files are opened or skipped and what is decided, with times;
    /// NTNGUARD_LOG=debug does the same
    #[arg(long, global = true)]
    debug: bool,
}

/// The subcommands of ntnguard. The comments are their help texts.
#[derive(Subcommand)]
pub enum Command {
    /// Scan files on disk; by default the files of the current repository or folder
    Scan(scan::ScanCommand),
    /// Scan the changes that the next commit would add: the index compared with HEAD
    Staged(Surface),
    /// Scan the changes that commits add
    Range(range::RangeCommand),
    /// Scan everything that git still stores: all objects, reachable or not, commit messages, names
    /// of refs, and reflogs
    History(history::HistoryCommand),
    /// Scan standard input
    Stdin(stdin::StdinCommand),
    /// Review how source files handle Notion's OAuth, webhooks and tokens
    Review(review::ReviewCommand),
    /// Check that .gitignore covers every .env variant, for everybody who clones the repository
    Env(env::EnvCommand),
    /// Scan, in a CI job, the commits of the event, the files that are checked out, and the env
    /// files
    Ci(ci::CiCommand),
    /// Install, remove, check and run hooks of git and of AI assistants
    #[command(subcommand)]
    Hook(hook::HookCommand),
    /// Ask Notion whether the tokens in the named variables are live or dead
    Verify(verify::VerifyCommand),
    /// Check that the tokens and pages under `preflight` in .ntnguard.yaml are set, live and shared
    Preflight(preflight::PreflightCommand),
    /// Revoke an OAuth token at Notion, and prove that it is dead
    Revoke(revoke::RevokeCommand),
    /// Report the age of tokens from the ledger .ntnguard-rotation; nothing is sent to Notion
    Rotation(rotation::RotationCommand),
    /// Check the signature of a captured webhook request; nothing is sent to Notion
    Webhook(webhook::WebhookCommand),
    /// Ask Notion what a token may do and reach, and compare the answer with .ntnguard-access.yaml
    Access(access::AccessCommand),
    /// Merge saved JSON reports into one report, in any format
    Report(report::ReportCommand),
    /// Print the repositories of a list that this CI job, one of several, scans
    Shard(shard::ShardCommand),
    /// List the rules, or print a rule's page
    Rules(rules::RulesCommand),
    /// Add an entry to .ntnguard.yaml that allows a finding from now on
    Allow(allow::AllowCommand),
    /// Add the findings of a scan to the baseline, which suppresses them from now on
    Baseline(baseline::BaselineCommand),
    /// Print the configuration in use here
    Config(config::Show),
    /// Print completions for a shell
    Completions(shell::Completions),
    /// Print the manual page
    Man,
}

/// Runs the command that the arguments name, and returns the exit status of the process.
pub fn main() -> ExitCode {
    silence_panics();
    let status = std::panic::catch_unwind(|| match parse() {
        Ok(command) => run(command),
        Err(status) => status,
    });
    status.unwrap_or(ExitStatus::Failed).into()
}

/// Parses the arguments of the process. For `--help`, `--version` or bad usage, prints the message
/// and returns the exit status as the error.
fn parse() -> std::result::Result<Command, ExitStatus> {
    let arguments = hint::with_command(std::env::args_os().collect());
    let parsed = command(arguments).map_err(hint::add);
    parsed.map_err(|error| {
        if !error.use_stderr() {
            let printed = output::print(&error.render().to_string());
            return printed.map_or(ExitStatus::Failed, |()| ExitStatus::Clean);
        }
        // The message quotes an argument. The argument may be a secret that the user mistyped, or
        // text by a stranger if a CI job builds the command.
        let text = error.render().to_string();
        output::eprint(&quote(&redact(&String::from_utf8_lossy(
            &hidden().mask(text.as_bytes()),
        ))));
        ExitStatus::Failed
    })
}

/// Parses `arguments`, with the flags added that environment variables set.
fn command(arguments: Vec<OsString>) -> std::result::Result<Command, clap::Error> {
    let mut interface = interface();
    let typed = interface.try_get_matches_from_mut(&arguments)?;
    let variable = |name: &str| std::env::var_os(name);
    let all = variables::with_flags(&arguments, &interface, &typed, &variable);
    // The typed arguments alone are valid, so an error from now on is caused by a variable.
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

/// Runs a command. Prints an error and turns it into exit status 2.
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
        Command::Report(report) => report.run(),
        Command::Shard(shard) => shard.run(),
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

/// Returns a mask for the values in the files given with `--known`. A run that fails before it
/// reads these files must not print the values either.
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
    // A pipe can be read only once, and the run may have read it already.
    let files = files.iter().map(Path::new).filter(|file| file.is_file());
    let known: Vec<_> = files
        .filter_map(|file| known::read(file).ok())
        .flat_map(|(known, _)| known)
        .collect();
    Hidden::new(&known)
}

/// Returns the whole command line interface, for parsing and for generating help, completions and
/// the manual page.
fn interface() -> clap::Command {
    variables::in_help(groups::group(Cli::command()))
}

/// Prints the location of a panic in the source instead of its message, which may quote scanned
/// bytes.
fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        output::eprint(&format!(
            "ntnguard crashed{place}. This is a bug in ntnguard: do not treat the result as clean.\n"
        ));
    }));
}

/// The result of a command: the exit status, or an error to print.
type Outcome = Result<ExitStatus>;
