//! The events of each assistant, by name: at which point of a turn each is told.

use super::Assistant;

/// The point of a turn at which an event is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnPoint {
    /// A prompt was submitted.
    Prompt,
    /// A prompt is about to reach the model, with what the assistant added to it.
    ModelPrompt,
    /// A tool is about to be used.
    BeforeTool,
    /// A tool was used, or the model has answered.
    AfterTool,
    /// A session or a turn begins or ends: there is nothing to withhold, and blocking it forces
    /// another turn.
    Lifecycle,
}

type Names = &'static [(TurnPoint, &'static [&'static str])];

/// Of Claude Code 2.1, as @anthropic-ai/claude-agent-sdk 0.3 has them.
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

/// Of Cursor 3, as its documentation has them.
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

/// Of Codex 0.171, whose program has their schemas.
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

/// Of Copilot's command line 1.0 and of VS Code, which writes them with a capital letter.
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

/// The point at which an assistant tells the event of this name; `None` for an event that nobody
/// knows.
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
