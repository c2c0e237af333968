//! The search for credentials and env files in an event.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::event::AgentEvent;
use super::mention::{attached, mentioned};
use super::names::TurnPoint;
use super::surroundings::Surroundings;
use super::texts::{EventText, EventTexts, PATCH};
use super::{Assistant, shell, tool};
use crate::detect::scanner::Scanner;
use crate::error::{Error, Result};
use crate::files::open::open;
use crate::model::blob::{Blob, Origin};
use crate::model::defaults;
use crate::model::finding::{Finding, SecretEvidence, Verdict};
use crate::policy::Policy;

/// A search for credentials and env files in events.
pub struct Guard<'g> {
    /// The compiled rules, which find the credentials.
    pub scanner: &'g Scanner,
    /// The policy that judges findings.
    pub policy: &'g Policy,
    /// The directory and the repository that the assistant works in.
    pub around: &'g Surroundings,
}

/// A credential or an env file that must not reach an assistant, or that an assistant must not send
/// or write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockedLeak {
    /// A credential that a rule found.
    Secret {
        /// The title of the rule that found the credential.
        title: &'static str,
        /// The masked credential, which may be shown.
        mask: String,
        /// The fingerprint of the credential; `None` if the fingerprint must not be shown.
        fingerprint: Option<String>,
        /// The name of the variable that should hold the credential.
        variable: String,
        /// The file that has the credential, or to which it would be written; `None` if there is no
        /// such file.
        file: Option<PathBuf>,
    },
    /// An env file that would be shown.
    EnvFile(PathBuf),
}

/// Everything that was caught in an event, and the output to show instead.
#[derive(Default)]
pub struct Judgement {
    /// The credentials and env files, without duplicates.
    pub caught: BTreeSet<BlockedLeak>,
    /// The output of the tool or the prompt, with the caught credentials masked; `None` if nothing
    /// was masked.
    pub masked: Option<Value>,
}

/// The names of the fields that hold the output of a tool.
const OUTPUTS: [&str; 11] = [
    "tool_response",
    "toolResult",
    "tool_result",
    "tool_output",
    "tool_calls",
    "result_json",
    "output",
    "error",
    "error_message",
    "edits",
    "text",
];

impl Guard<'_> {
    /// Judges an event.
    ///
    /// # Errors
    ///
    /// Returns an error if a file that the event is about cannot be read, or if the event lacks the
    /// field to check.
    pub fn judge(&self, event: &AgentEvent) -> Result<Judgement> {
        match event.point {
            TurnPoint::Prompt => self.prompt(event),
            TurnPoint::ModelPrompt => self.masked(event, &["transformedPrompt"]),
            TurnPoint::BeforeTool => self.before_tool(event),
            TurnPoint::AfterTool if self.shows_by_permission(event) => Ok(Judgement::default()),
            TurnPoint::AfterTool => self.masked(event, &OUTPUTS),
            TurnPoint::Lifecycle => Ok(Judgement::default()),
        }
    }

    fn allows_env_read(&self) -> bool {
        self.policy.config.agents_allow_env_read == Some(true)
    }

    fn prompt(&self, event: &AgentEvent) -> Result<Judgement> {
        let mut judgement = Judgement::default();
        let texts = EventTexts {
            is_edit: false,
            is_shell: false,
            is_private: &|_| false,
        };
        self.look_at(texts.without(&event.fields, &[]), &mut judgement);
        let prompt = event.text(&["prompt"]);
        // An event about a user's command that is expanded may have other fields instead.
        if prompt.is_none() && event.name != "UserPromptExpansion" {
            return Err(lacking(event, "prompt"));
        }
        let prompt = prompt.unwrap_or_default();
        let files = mentioned(prompt).into_iter().chain(attached(&event.fields));
        for file in files {
            self.shown(file, (0, None), &mut judgement)?;
        }
        Ok(judgement)
    }

    fn before_tool(&self, event: &AgentEvent) -> Result<Judgement> {
        has_arguments(event)?;
        let mut judgement = Judgement::default();
        let (arguments, left_out) = arguments(event);
        let reads = tool::reads(event.tool().unwrap_or(&event.name));
        let own = event.own_tool();
        // Cursor sends the content of a file before the assistant reads it.
        let is_read = reads && event.tool().is_none();
        let is_private = |file: &str| match is_read {
            true => self.allows_env_read() && !self.around.guarded(file).is_empty(),
            false => self.around.is_private(file),
        };
        let texts = EventTexts {
            is_edit: is_read || tool::edits(own),
            is_shell: tool::runs(own),
            is_private: &is_private,
        };
        self.look_at(texts.without(&event.fields, left_out), &mut judgement);
        if !left_out.is_empty() {
            self.look_at(texts.of(&arguments), &mut judgement);
        }
        let object = arguments.as_object().unwrap_or(&event.fields);
        for file in self.files(event, object, reads)? {
            self.shown(&file, tool::lines(&arguments), &mut judgement)?;
        }
        Ok(judgement)
    }

    /// Returns the paths and globs of the files that a tool will show.
    fn files(
        &self,
        event: &AgentEvent,
        object: &Map<String, Value>,
        reads: bool,
    ) -> Result<Vec<String>> {
        let mut files = Vec::new();
        if reads {
            let paths = tool::read_paths(object);
            files.extend(paths.into_iter().map(str::to_owned));
            // Cursor sends the content with the path.
            files.extend(tool::path(&event.fields).map(str::to_owned));
        }
        let texts = object.iter().filter(|(name, _)| tool::is_command(name));
        for line in texts.filter_map(|(_, text)| text.as_str()) {
            let Some(printed) = shell::printed(line) else {
                let message =
                    "the command contains commands that are nested too deeply to be checked";
                return Err(Error::new(message).help("run the nested commands one by one"));
            };
            files.extend(printed);
        }
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Returns true if a tool has shown an env file, and the configuration allows this.
    fn shows_by_permission(&self, event: &AgentEvent) -> bool {
        let (arguments, _) = arguments(event);
        let object = arguments.as_object().unwrap_or(&event.fields);
        let reads = tool::reads(event.tool().unwrap_or_default());
        self.allows_env_read()
            && self.files(event, object, reads).is_ok_and(|files| {
                files
                    .iter()
                    .any(|file| !self.around.guarded(file).is_empty())
            })
    }

    /// Checks the lines of a file that will be shown. An env file that git does not have is caught
    /// whatever its content is, unless the configuration allows assistants to read env files.
    fn shown(
        &self,
        named: &str,
        lines: (usize, Option<usize>),
        judgement: &mut Judgement,
    ) -> Result<()> {
        let guarded = self.around.guarded(named);
        if !guarded.is_empty() {
            if !self.allows_env_read() {
                let files = guarded.iter().map(|file| self.around.rooted(file));
                judgement.caught.extend(files.map(BlockedLeak::EnvFile));
            }
            return Ok(());
        }
        for file in self.around.matching(named) {
            self.look_into(&file, lines, judgement)?;
        }
        Ok(())
    }

    fn look_into(
        &self,
        file: &Path,
        (first, last): (usize, Option<usize>),
        judgement: &mut Judgement,
    ) -> Result<()> {
        // If the file does not exist, the tool reports that itself.
        let Some(real) = file.canonicalize().ok().filter(|real| real.is_file()) else {
            return Ok(());
        };
        let bytes = read(&real)?;
        let origin = Origin::File(self.around.rooted(file));
        for finding in self.reported(&origin, &bytes) {
            let line = finding.location.map_or(first, |at| at.end.line);
            let start = finding.location.map_or(first, |at| at.start.line);
            if line >= first && last.is_none_or(|last| start <= last) {
                judgement.caught.extend(caught(&finding));
            }
        }
        Ok(())
    }

    fn look_at(&self, texts: Vec<EventText<'_>>, judgement: &mut Judgement) {
        for EventText { text, file } in texts {
            let origin = match file {
                Some(file) => Origin::File(self.around.rooted(&self.around.resolve(&file))),
                None => Origin::Stdin,
            };
            let found = self.reported(&origin, text.as_bytes());
            judgement.caught.extend(found.iter().filter_map(caught));
        }
    }

    /// Returns the findings of credentials in a text, as far as the policy reports them.
    pub(super) fn reported(&self, origin: &Origin, bytes: &[u8]) -> Vec<Finding> {
        if !self.scanner.prefilter().may_hold(bytes) {
            return Vec::new();
        }
        let mut findings = self.scanner.scan(&Blob::whole(origin, bytes));
        findings.retain(|finding| {
            finding.evidence.is_some() && self.policy.judge(finding) == Verdict::Reported
        });
        findings
    }

    /// Judges the first of `fields` that the event has, and masks the reported credentials in its
    /// value.
    fn masked(&self, event: &AgentEvent, fields: &[&str]) -> Result<Judgement> {
        let field = fields.iter().find_map(|name| event.fields.get(*name));
        let Some(field) = field else {
            let message = format!(
                "the event `{}` of {} has no text to check",
                event.name,
                event.assistant.title()
            );
            return Err(Error::new(message).help(super::event::BLOCKED));
        };
        let mut judgement = Judgement::default();
        let tool = event.own_tool();
        judgement.masked = self.mask(tool, "", field, &mut judgement.caught);
        Ok(judgement)
    }
}

/// Returns an error if an event about a tool lacks the tool's arguments, or if the arguments are a
/// string that should be JSON and cannot be parsed. A patch is not JSON.
fn has_arguments(event: &AgentEvent) -> Result<()> {
    let text = match event.arguments() {
        None if event.name.eq_ignore_ascii_case("PreToolUse") => {
            return Err(lacking(event, "tool arguments"));
        }
        Some(Value::String(text)) => text.trim_start(),
        _ => return Ok(()),
    };
    let must_parse = event.assistant == Assistant::Copilot || text.starts_with('{');
    let is_text = text.is_empty() || text.starts_with(PATCH) || !must_parse;
    if is_text || serde_json::from_str::<Value>(text).is_ok() {
        return Ok(());
    }
    Err(lacking(event, "tool arguments in JSON"))
}

fn lacking(event: &AgentEvent, what: &str) -> Error {
    let title = event.assistant.title();
    let message = format!("the event `{}` of {title} has no {what}", event.name);
    Error::new(message).help(super::event::BLOCKED)
}

/// Returns the arguments of an event's tool, parsed if they are a string, and the names of the
/// fields that hold the arguments. These fields need no further scan.
fn arguments(event: &AgentEvent) -> (Cow<'_, Value>, &'static [&'static str]) {
    const FIELDS: &[&str] = &["tool_input", "toolArgs", "toolInput", "arguments"];
    match event.arguments() {
        Some(Value::String(text)) => match serde_json::from_str::<Value>(text) {
            Ok(parsed) if parsed.is_object() => (Cow::Owned(parsed), FIELDS),
            _ => (Cow::Owned(Value::Null), &[]),
        },
        Some(arguments) => (Cow::Borrowed(arguments), FIELDS),
        None => (Cow::Owned(Value::Null), &[]),
    }
}

/// Returns the credential of a finding; `None` if the finding is not about a credential.
pub(super) fn caught(finding: &Finding) -> Option<BlockedLeak> {
    let evidence = finding.evidence.as_ref()?;
    let variable = finding.variable.as_deref().unwrap_or(finding.rule.variable);
    let file = match &finding.origin {
        Origin::File(file) => Some(file.clone()),
        _ => None,
    };
    Some(BlockedLeak::Secret {
        title: finding.rule.title,
        mask: evidence.short_mask.clone(),
        fingerprint: SecretEvidence::shown(evidence).map(ToString::to_string),
        variable: variable.to_owned(),
        file,
    })
}

/// Reads the whole of a file.
fn read(file: &Path) -> Result<Vec<u8>> {
    use std::io::Read;
    let shown = crate::detect::redact::shown_path(crate::model::blob::path_bytes(file));
    let help = "ntnguard must check a file before the assistant sees it; scan the file with `ntnguard scan`";
    let mut bytes = Vec::new();
    let read = open(file).and_then(|file| {
        file.take(defaults::HOOK_INPUT + 1)
            .read_to_end(&mut bytes)?;
        Ok(())
    });
    if let Err(error) = read {
        let message = format!("{shown} cannot be read: {}", error.kind());
        return Err(Error::new(message).help(help));
    }
    if bytes.len() as u64 > defaults::HOOK_INPUT {
        let message = format!("{shown} is too large to be checked");
        return Err(Error::new(message).help(help));
    }
    Ok(bytes)
}
