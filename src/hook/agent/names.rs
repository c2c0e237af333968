//! The events of each assistant, by name, and the point of a turn at which each occurs.

use super::Assistant;

/// The point of a turn at which an event occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnPoint {
    /// A prompt was submitted.
    Prompt,
    /// A prompt, with the assistant's additions, is about to be sent to the model.
    ModelPrompt,
    /// A tool is about to be used.
    BeforeTool,
    /// A tool was used, or the model has answered.
    AfterTool,
    /// A session or a turn begins or ends. The answer cannot withhold any text, and blocking would
    /// force another turn.
    Lifecycle,
}

type Names = &'static [(TurnPoint, &'static [&'static str])];

/// The events of Claude Code 2.1, from the types of `@anthropic-ai/claude-agent-sdk` 0.3.
const CLAUDE_CODE: Names = &[
    (
        TurnPoint::Prompt,
        &["UserPromptSubmit", "UserPromptExpansion"],
    ),
    (
        TurnPoint::BeforeTool,
        &[
            "PreToolUse",
            "PermissionRequest",
            "PreSkillShellCommand",
            "Elicitation",
            "ElicitationResult",
        ],
    ),
    (
        TurnPoint::AfterTool,
        &["PostToolUse", "PostToolUseFailure", "PostToolBatch"],
    ),
    (
        TurnPoint::Lifecycle,
        &[
            "Stop",
            "StopFailure",
            "SubagentStart",
            "SubagentStop",
            "SessionStart",
            "SessionEnd",
            "Setup",
            "Notification",
            "PreCompact",
            "PostCompact",
            "PreModelSwitch",
            "PostModelSwitch",
            "PermissionDenied",
            "TeammateIdle",
            "TaskCreated",
            "TaskCompleted",
            "ConfigChange",
            "WorktreeCreate",
            "WorktreeRemove",
            "InstructionsLoaded",
            "CwdChanged",
            "FileChanged",
            "DirectoryAdded",
            "MessageDisplay",
        ],
    ),
];

/// The events of Cursor 3, from its documentation.
const CURSOR: Names = &[
    (TurnPoint::Prompt, &["beforeSubmitPrompt"]),
    (
        TurnPoint::BeforeTool,
        &[
            "preToolUse",
            "beforeShellExecution",
            "beforeMCPExecution",
            "beforeReadFile",
            "beforeTabFileRead",
            "subagentStart",
        ],
    ),
    (
        TurnPoint::AfterTool,
        &[
            "postToolUse",
            "postToolUseFailure",
            "afterShellExecution",
            "afterMCPExecution",
            "afterFileEdit",
            "afterTabFileEdit",
            "afterAgentResponse",
            "afterAgentThought",
        ],
    ),
    (
        TurnPoint::Lifecycle,
        &[
            "stop",
            "sessionStart",
            "sessionEnd",
            "subagentStop",
            "preCompact",
            "workspaceOpen",
        ],
    ),
];

/// The events of Codex 0.171, from the schemas in its program.
const CODEX: Names = &[
    (TurnPoint::Prompt, &["UserPromptSubmit"]),
    (TurnPoint::BeforeTool, &["PreToolUse", "PermissionRequest"]),
    (TurnPoint::AfterTool, &["PostToolUse"]),
    (
        TurnPoint::Lifecycle,
        &[
            "SessionStart",
            "SessionEnd",
            "SubagentStart",
            "SubagentStop",
            "Stop",
            "StopFailure",
            "PreCompact",
            "PostCompact",
            "Interrupt",
        ],
    ),
];

/// The events of Copilot's command line 1.0, and the events of VS Code, whose names begin with a
/// capital letter.
const COPILOT: Names = &[
    (
        TurnPoint::Prompt,
        &["userPromptSubmitted", "UserPromptSubmit"],
    ),
    (TurnPoint::ModelPrompt, &["userPromptTransformed"]),
    (
        TurnPoint::BeforeTool,
        &[
            "preToolUse",
            "PreToolUse",
            "preMcpToolCall",
            "permissionRequest",
            "PermissionRequest",
        ],
    ),
    (
        TurnPoint::AfterTool,
        &[
            "postToolUse",
            "PostToolUse",
            "postToolUseFailure",
            "PostToolUseFailure",
        ],
    ),
    (
        TurnPoint::Lifecycle,
        &[
            "sessionStart",
            "SessionStart",
            "sessionEnd",
            "SessionEnd",
            "agentStop",
            "Stop",
            "subagentStart",
            "SubagentStart",
            "subagentStop",
            "SubagentStop",
            "errorOccurred",
            "ErrorOccurred",
            "preCompact",
            "PreCompact",
            "notification",
            "Notification",
        ],
    ),
];

/// Returns the point of a turn at which an assistant's event of this name occurs; `None` for an
/// unknown event.
pub fn turn_point(assistant: Assistant, name: &str) -> Option<TurnPoint> {
    let names = match assistant {
        Assistant::ClaudeCode => CLAUDE_CODE,
        Assistant::Cursor => CURSOR,
        Assistant::Codex => CODEX,
        Assistant::Copilot => COPILOT,
    };
    let found = names.iter().find(|(_, names)| names.contains(&name));
    found.map(|(point, _)| *point)
}
