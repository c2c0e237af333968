//! An event of an assistant, parsed from standard input.

use serde_json::{Map, Value};

use super::Assistant;
use super::names::{TurnPoint, turn_point};
use crate::error::{Error, Result};

/// An event of an assistant.
pub struct AgentEvent {
    /// The assistant that sent the event.
    pub assistant: Assistant,
    /// The assistant's name for the event.
    pub name: String,
    /// The point of a turn at which the event occurs.
    pub point: TurnPoint,
    /// All fields of the event.
    pub fields: Map<String, Value>,
}

/// The help of an error about an event without the fields that ntnguard checks.
pub(super) const BLOCKED: &str = "ntnguard could not check the action of the assistant, so the action is \
                                  blocked: update ntnguard and the assistant, or run `ntnguard hook uninstall` \
                                  with the name of the assistant";

/// The help of an error about an event that cannot be parsed, or that ntnguard does not know.
const HELP: &str = "ntnguard could not check the action of the assistant, so the action is blocked: update \
                    ntnguard and the assistant. `ntnguard hook run agent` reads one JSON event of Claude Code, \
                    Cursor, Codex or Copilot; docs/agents.md lists the events";

impl AgentEvent {
    /// Parses an event. `asked` is the assistant that the command line names; if it is `None`, the
    /// fields of the event show the assistant.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not one JSON object, or if the assistant or the event is
    /// unknown.
    pub fn parse(text: &[u8], asked: Option<Assistant>) -> Result<Self> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let fields = object(text).map_err(|error| {
            // The message of the parser may quote the text.
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::new(format!(
                "the event on standard input is not a JSON object ({place})"
            ))
            .help(HELP)
        })?;
        let assistant = match asked.or_else(|| caller(&fields)) {
            Some(assistant) => assistant,
            None => {
                let message = "the event on standard input does not come from an assistant that ntnguard knows";
                return Err(Error::new(message).help(format!(
                    "name the assistant with --for: claude-code, cursor, codex or copilot; {HELP}"
                )));
            }
        };
        let said = ["hook_event_name", "hookEventName"]
            .iter()
            .find_map(|key| fields.get(*key)?.as_str());
        let name = said.or_else(|| unnamed(assistant, &fields));
        let known = name.and_then(|name| Some((name.to_owned(), turn_point(assistant, name)?)));
        let Some((name, point)) = known else {
            let name = name.map_or_else(|| "without a name".to_owned(), |name| format!("`{name}`"));
            let message = format!("the event {name} of {} is not known", assistant.title());
            return Err(Error::new(message).help(HELP));
        };
        Ok(AgentEvent {
            assistant,
            name,
            point,
            fields,
        })
    }

    /// Returns true if the event has nothing to scan.
    pub fn is_about_nothing(&self) -> bool {
        self.point == TurnPoint::Lifecycle
    }

    /// Returns the first of these fields that is a string; `None` if no field is a string.
    pub fn text(&self, names: &[&str]) -> Option<&str> {
        let mut texts = names
            .iter()
            .filter_map(|name| self.fields.get(*name)?.as_str());
        texts.next()
    }

    /// Returns the directory that the assistant works in; `None` if it is not in the event.
    pub fn folder(&self) -> Option<&str> {
        let root = || self.fields.get("workspace_roots")?.get(0)?.as_str();
        let said = self.text(&["cwd", "workingDirectory"]);
        said.filter(|folder| !folder.is_empty()).or_else(root)
    }

    /// Returns the name of the tool; `None` if the event is not about a tool.
    pub fn tool(&self) -> Option<&str> {
        self.text(&["tool_name", "toolName"])
    }

    /// Returns the name of the assistant's own tool, or the name of the event if the event has no
    /// tool. Empty for an event about a tool of an MCP server, because such a tool may have any
    /// name.
    pub fn own_tool(&self) -> &str {
        match self.name.to_ascii_lowercase().contains("mcp") {
            true => "",
            false => self.tool().unwrap_or(&self.name),
        }
    }

    /// Returns the arguments of the tool. `None` for an event about one command or one file: the
    /// fields of the event are the arguments then.
    pub fn arguments(&self) -> Option<&Value> {
        let names = ["tool_input", "toolArgs", "toolInput", "arguments"];
        names.iter().find_map(|name| self.fields.get(*name))
    }
}

/// Parses a JSON object. Assistants cut long texts at any place, and so write surrogate escapes
/// without the other half. If parsing fails, a second attempt replaces such escapes.
fn object(text: &[u8]) -> serde_json::Result<Map<String, Value>> {
    // Only a text that fails to parse is searched for such escapes, byte by byte.
    serde_json::from_slice(text).or_else(|error| match whole_characters(text) {
        Some(mended) => serde_json::from_slice(&mended),
        None => Err(error),
    })
}

/// Returns `text` with `\ufffd` in place of each surrogate escape without its other half; `None` if
/// there is no such escape.
fn whole_characters(text: &[u8]) -> Option<Vec<u8>> {
    let escape = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let (mut mended, mut at) = (Vec::new(), 0);
    let mut is_mended = false;
    while let Some(byte) = text.get(at) {
        let length = match (escape(at), escape(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => 0,
            _ if *byte == b'\\' => 2,
            _ => 1,
        };
        match length {
            0 => mended.extend(b"\\ufffd"),
            length => mended.extend(&text[at..(at + length).min(text.len())]),
        }
        is_mended |= length == 0;
        at += if length == 0 { 6 } else { length };
    }
    is_mended.then_some(mended)
}

/// Returns the assistant that sent an event, by fields that only this assistant's events have;
/// `None` if no field shows the assistant.
fn caller(fields: &Map<String, Value>) -> Option<Assistant> {
    let has = |name: &str| fields.contains_key(name);
    let name = fields.get("hook_event_name").and_then(Value::as_str);
    let is_of_claude = name.is_some_and(|name| name.starts_with(char::is_uppercase));
    if has("cursor_version") || has("generation_id") {
        // Cursor also runs the hooks of Claude Code, with Claude Code's event names and answers.
        Some(match is_of_claude {
            true => Assistant::ClaudeCode,
            false => Assistant::Cursor,
        })
    } else if has("turn_id") {
        Some(Assistant::Codex)
    } else if has("sessionId") || has("hookEventName") {
        Some(Assistant::Copilot)
    } else if has("hook_event_name") && has("session_id") {
        let is_copilot = has("timestamp") && !has("transcript_path");
        Some(match is_copilot {
            true => Assistant::Copilot,
            false => Assistant::ClaudeCode,
        })
    } else {
        None
    }
}

/// Returns the name of an event without a name field, by its other fields. `None` if the fields
/// match no event, or if the assistant is not Copilot: only Copilot sends such events.
fn unnamed(assistant: Assistant, fields: &Map<String, Value>) -> Option<&'static str> {
    let has = |name: &&str| fields.contains_key(*name);
    let all = |names: &[&str]| names.iter().all(has);
    let by_fields: [(&[&str], &str); 13] = [
        (&["toolResult"], "postToolUse"),
        (&["transformedPrompt"], "userPromptTransformed"),
        (&["toolName", "error"], "postToolUseFailure"),
        (&["toolName", "toolInput"], "permissionRequest"),
        (&["toolName", "serverName"], "preMcpToolCall"),
        (&["toolName"], "preToolUse"),
        (&["prompt"], "userPromptSubmitted"),
        (&["source"], "sessionStart"),
        (&["stopReason", "agentName"], "subagentStop"),
        (&["stopReason"], "agentStop"),
        (&["agentName"], "subagentStart"),
        (&["errorContext"], "errorOccurred"),
        (&["trigger"], "preCompact"),
    ];
    let ends = || (has(&"reason")).then_some("sessionEnd");
    let mut found = by_fields.iter().filter(|(names, _)| all(names));
    let found = found.next().map(|(_, name)| *name).or_else(ends);
    found.filter(|_| assistant == Assistant::Copilot)
}

#[cfg(test)]
mod tests {
    use super::{AgentEvent, Assistant};

    fn parsed(text: &str, asked: Option<Assistant>) -> Result<(Assistant, String), String> {
        let event = AgentEvent::parse(text.as_bytes(), asked);
        let event = event.map_err(|error| error.to_string())?;
        Ok((event.assistant, event.name))
    }

    #[test]
    fn the_assistant_is_recognised_by_event_fields() {
        use Assistant::{ClaudeCode, Codex, Copilot, Cursor};
        for (text, assistant, name) in [
            (
                r#"{"hook_event_name":"PreToolUse","session_id":"a","transcript_path":"b"}"#,
                ClaudeCode,
                "PreToolUse",
            ),
            (
                r#"{"hook_event_name":"PreToolUse","session_id":"a","turn_id":"b"}"#,
                Codex,
                "PreToolUse",
            ),
            (
                r#"{"hook_event_name":"beforeSubmitPrompt","cursor_version":"3.0"}"#,
                Cursor,
                "beforeSubmitPrompt",
            ),
            (
                r#"{"hook_event_name":"PreToolUse","session_id":"a","timestamp":"b"}"#,
                Copilot,
                "PreToolUse",
            ),
            (
                r#"{"hookEventName":"PostToolUse","sessionId":"a"}"#,
                Copilot,
                "PostToolUse",
            ),
            (
                r#"{"sessionId":"a","toolName":"bash","toolArgs":{}}"#,
                Copilot,
                "preToolUse",
            ),
            (
                r#"{"sessionId":"a","toolName":"bash","toolArgs":{},"toolResult":{}}"#,
                Copilot,
                "postToolUse",
            ),
            (
                r#"{"sessionId":"a","toolName":"bash","error":"x"}"#,
                Copilot,
                "postToolUseFailure",
            ),
            (
                r#"{"sessionId":"a","prompt":"x"}"#,
                Copilot,
                "userPromptSubmitted",
            ),
            (
                r#"{"sessionId":"a","prompt":"x","transformedPrompt":"y"}"#,
                Copilot,
                "userPromptTransformed",
            ),
            (
                r#"{"sessionId":"a","reason":"complete"}"#,
                Copilot,
                "sessionEnd",
            ),
        ] {
            assert_eq!(
                parsed(text, None),
                Ok((assistant, name.to_owned())),
                "{text}"
            );
        }
        let asked = parsed("\u{feff}{\"toolName\":\"bash\"}", Some(Copilot));
        assert_eq!(asked, Ok((Copilot, "preToolUse".to_owned())));
    }

    #[test]
    fn an_unpaired_surrogate_is_replaced() {
        for (written, read) in [
            (r"a\ud83d", "a\u{fffd}"),
            (r"\ude00b", "\u{fffd}b"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
            (r"\\ud83d\ud83d", "\\ud83d\u{fffd}"),
        ] {
            let text = format!("{{\"sessionId\":\"a\",\"prompt\":\"{written}\"}}");
            let event = AgentEvent::parse(text.as_bytes(), None).unwrap();
            assert_eq!(event.text(&["prompt"]), Some(read), "{written}");
        }
    }

    #[test]
    fn an_invalid_event_is_an_error() {
        for (text, asked, words) in [
            ("", None, "not a JSON object"),
            ("[]", None, "not a JSON object"),
            ("{\"hook_event_name\":", None, "not a JSON object"),
            ("{} {}", None, "not a JSON object"),
            ("{}", None, "does not come from an assistant"),
            (
                r#"{"hook_event_name":"PreToolUse"}"#,
                None,
                "does not come from an assistant",
            ),
            (
                r#"{"hook_event_name":"Later","session_id":"a"}"#,
                None,
                "`Later` of Claude Code is not known",
            ),
            (
                r#"{"toolName":"bash"}"#,
                Some(Assistant::Codex),
                "without a name of Codex",
            ),
            (r#"{"sessionId":"a"}"#, None, "without a name of Copilot"),
            (
                r#"{"hook_event_name":7,"session_id":"a"}"#,
                None,
                "without a name",
            ),
        ] {
            let said = parsed(text, asked).unwrap_err();
            assert!(said.contains(words), "{text}: {said}");
        }
        let deep = "[".repeat(100_000);
        assert!(parsed(&format!("{{\"a\":{deep}"), None).is_err());
    }
}
