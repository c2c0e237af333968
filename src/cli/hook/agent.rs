//! The command `ntnguard hook run agent`, which answers an event of an AI assistant.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::detect::scanner::Scanner;
use crate::error::{Error, Result};
use crate::hook::agent::{AgentEvent, Assistant, Guard, HookAnswer, Surroundings};
use crate::rules::RULES;
use clap::Args;

use super::super::settings::Settings;
use super::super::{ExitStatus, Outcome, choice, output};
use super::framework;

/// The arguments of `ntnguard hook run agent`.
#[derive(Args)]
pub struct AgentHook {
    /// The assistant that calls the hook: claude-code, cursor, codex or copilot [default:
    /// recognised from the event]
    #[arg(
        long = "for",
        value_name = "ASSISTANT",
        value_parser = choice::assistant(),
        hide_possible_values = true
    )]
    assistant: Option<Assistant>,
    #[command(flatten)]
    settings: Settings,
}

impl AgentHook {
    /// Reads one event of an assistant from standard input and answers it. Every failure ends with
    /// exit status 2, because it is the only status after which all assistants block the event.
    pub fn run(self) -> Outcome {
        let text = framework::read_input().map_err(|error| {
            error.help(
                "ntnguard could not check the action of the assistant, so the action is blocked: try again, or \
                 run `ntnguard hook uninstall` with the name of the assistant",
            )
        })?;
        let event = AgentEvent::parse(&text, self.assistant)?;
        drop(text);
        let answer = self.answer(&event)?;
        if let Some(notice) = &answer.notice {
            output::note(notice);
        }
        if let Some(said) = &answer.output {
            say(&said.to_string())?;
        }
        Ok(match answer.refuses {
            true => ExitStatus::Failed,
            false => ExitStatus::Clean,
        })
    }

    fn answer(&self, event: &AgentEvent) -> Result<HookAnswer> {
        if event.is_about_nothing() {
            return Ok(HookAnswer::of(event, Default::default()));
        }
        let mut around = Surroundings::new(event.folder().map(Path::new), home())?;
        // A comment allows nothing: the assistant or a stranger may have written it.
        let policy = self.settings.policy(around.top())?.without_comments();
        around.env_names.clone_from(&policy.config.env_names);
        let scanner = Scanner::with_decode_depth(RULES, policy.config.decode_depth());
        let guard = Guard {
            scanner: &scanner,
            policy: &policy,
            around: &around,
        };
        Ok(HookAnswer::of(event, guard.judge(event)?))
    }
}

/// Returns the home directory of the user; `None` if neither HOME nor USERPROFILE is set.
pub fn home() -> Option<PathBuf> {
    let named = ["HOME", "USERPROFILE"].into_iter();
    let mut set = named.filter_map(std::env::var_os);
    set.find(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Writes the answer to standard output. Fails even if the reader has closed the pipe, since the
/// assistant must get the whole answer.
fn say(answer: &str) -> Result<()> {
    let mut out = output::stdout();
    let written = writeln!(out, "{answer}").and_then(|()| out.flush());
    written.map_err(|error| Error::new(format!("the answer cannot be written: {}", error.kind())))
}
