//! `ntnguard hook run agent`

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

/// `ntnguard hook run agent`
#[derive(Args)]
pub struct AgentHook {
    /// The assistant that calls: claude-code, cursor, codex or copilot [default: told by the event]
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
    /// Answers one event of an assistant. Every failure ends with status 2, the only one that
    /// blocks wherever an event can be blocked.
    pub fn run(self) -> Outcome {
        let text = framework::told().map_err(|error| error.help("so the event is blocked"))?;
        let event = AgentEvent::parse(&text, self.assistant)?;
        drop(text);
        let answer = self.answer(&event)?;
        if let Some(notice) = &answer.notice {
            output::tell(notice);
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
        // A comment in a text allows nothing: the author of the text wrote the comment.
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

/// The user's home folder; `None` if the environment names none.
pub fn home() -> Option<PathBuf> {
    let named = ["HOME", "USERPROFILE"].into_iter();
    let mut set = named.filter_map(std::env::var_os);
    set.find(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Writes the whole answer, or fails.
fn say(answer: &str) -> Result<()> {
    let mut out = output::stdout();
    let written = writeln!(out, "{answer}").and_then(|()| out.flush());
    written.map_err(|error| Error::new(format!("the answer cannot be written: {}", error.kind())))
}
