//! The files in the arguments of a tool.

use serde_json::{Map, Value};

/// The names of arguments that hold the path of one file.
const PATHS: [&str; 8] = [
    "file_path",
    "filePath",
    "path",
    "notebook_path",
    "notebookPath",
    "target_file",
    "filename",
    "absolute_path",
];

/// The names of arguments that hold text for a file.
const CONTENTS: [&str; 14] = [
    "content",
    "contents",
    "new_string",
    "newString",
    "new_str",
    "newStr",
    "new_text",
    "newText",
    "new_source",
    "newCode",
    "file_text",
    "insert_text",
    "edits",
    "patch",
];

/// The names, in lower case, of assistants' tools that write or change a file, and of Cursor's
/// events about a changed file.
const EDITORS: [&str; 26] = [
    "write",
    "edit",
    "multiedit",
    "multi_edit",
    "notebookedit",
    "strreplace",
    "str_replace",
    "str_replace_editor",
    "str_replace_based_edit_tool",
    "search_replace",
    "editnotebook",
    "edit_notebook",
    "edit_file",
    "write_file",
    "create",
    "create_file",
    "createfile",
    "insert",
    "insert_edit_into_file",
    "replace_string_in_file",
    "multi_replace_string_in_file",
    "edit_notebook_file",
    "apply_patch",
    "applypatch",
    "afterfileedit",
    "aftertabfileedit",
];

/// The names, in lower case, of assistants' tools that run a command line, and of events about a
/// command line.
const RUNNERS: [&str; 14] = [
    "bash",
    "shell",
    "local_shell",
    "shell_command",
    "exec_command",
    "powershell",
    "run_terminal_cmd",
    "run_terminal_command",
    "run_in_terminal",
    "runinterminal",
    "runterminalcommand",
    "run_shell_command",
    "beforeshellexecution",
    "preskillshellcommand",
];

/// The names of arguments that hold a command line.
const COMMANDS: [&str; 4] = ["command", "cmd", "script", "commandLine"];

/// Returns the path of the single file in the arguments of a tool; `None` if the arguments have no
/// path.
pub fn path(object: &Map<String, Value>) -> Option<&str> {
    let mut found = PATHS.iter().filter_map(|name| object.get(*name)?.as_str());
    found.next()
}

/// Returns true if an argument of this name holds text for a file.
pub fn is_content(name: &str) -> bool {
    CONTENTS.contains(&name)
}

/// Returns true if an argument of this name holds a command line.
pub fn is_command(name: &str) -> bool {
    COMMANDS.contains(&name)
}

/// Returns true if an argument holds text that another argument in the same object replaces, as
/// `old_string` and `new_string` do.
pub fn is_replaced(name: &str, object: &Map<String, Value>) -> bool {
    let new = name.strip_prefix("old").map(|rest| format!("new{rest}"));
    new.is_some_and(|new| object.contains_key(&new))
}

/// Returns true if an assistant has its own tool of this name that changes files, or an event of
/// this name about a changed file. The tools of MCP servers have the server in their names, so they
/// do not match.
pub fn edits(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    EDITORS.contains(&name.as_str())
}

/// Returns true if an assistant has its own tool of this name that runs a command line, or an event
/// of this name about a command line.
pub fn runs(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    RUNNERS.contains(&name.as_str())
}

/// Returns true if a field in the result of an edit shows the file before the edit. Such fields are
/// not checked, because an edit that removes a secret would be reported otherwise.
pub fn is_before_edit(name: &str) -> bool {
    let before = [
        "originalFile",
        "original_file",
        "oldString",
        "old_string",
        "structuredPatch",
        "structured_patch",
        "diff",
        "gitDiff",
    ];
    before.contains(&name)
}

/// Returns true if a tool of this name shows the contents of files.
pub fn reads(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "read", "view", "grep", "search", "cat", "open", "show", "load", "get",
    ];
    words.iter().any(|word| name.contains(word))
}

/// Returns the paths and globs of the files that a tool will show.
pub fn read_paths(object: &Map<String, Value>) -> Vec<&str> {
    if object.keys().any(|name| is_content(name)) {
        return Vec::new();
    }
    let several = ["paths", "files", "file_paths"];
    let lists = several
        .iter()
        .filter_map(|name| object.get(*name)?.as_array());
    let listed = lists.flatten().filter_map(Value::as_str);
    let globs = ["glob", "include", "includePattern"];
    let globs = globs.iter().filter_map(|name| object.get(*name)?.as_str());
    path(object)
        .into_iter()
        .chain(listed)
        .chain(globs)
        .collect()
}

/// Returns the first and the last line, counted from 1, that a tool will read of its file. The
/// first is 0 and the last is `None` if the arguments do not limit them.
pub fn lines(arguments: &Value) -> (usize, Option<usize>) {
    let number = |name: &str| arguments.get(name)?.as_u64().map(|number| number as usize);
    if let (Some(first), Some(count)) = (number("offset"), number("limit")) {
        return (first, Some(first.saturating_add(count)));
    }
    let range = |at: usize| {
        let value = arguments.get("view_range")?.get(at)?;
        value.as_i64().filter(|line| *line > 0)
    };
    let first = number("offset").or(number("startLine"));
    let first = first.or(range(0).map(|line| line as usize)).unwrap_or(0);
    let limit = number("limit").filter(|_| number("offset").is_none());
    let last = number("endLine")
        .or(limit)
        .or(range(1).map(|line| line as usize));
    (first, last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{lines, read_paths};

    #[test]
    fn files_and_lines_are_read_from_tool_arguments() {
        let paths = |arguments: serde_json::Value| {
            let paths = read_paths(arguments.as_object().unwrap()).into_iter();
            paths.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(paths(json!({"file_path": "a", "limit": 3})), ["a"]);
        assert_eq!(paths(json!({"paths": ["a", "b"]})), ["a", "b"]);
        assert!(paths(json!({"path": "a", "content": "b"})).is_empty());
        assert_eq!(lines(&json!({"offset": 5, "limit": 2})), (5, Some(7)));
        assert_eq!(lines(&json!({"startLine": 5, "endLine": 7})), (5, Some(7)));
        assert_eq!(lines(&json!({"view_range": [2, -1]})), (2, None));
        assert_eq!(lines(&json!({})), (0, None));
    }
}
