//! Calls that write into logs and terminals, and the values that they write.

use std::iter;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::CodeFault;
use super::assigned::assigned;
use super::call::{arguments, closing};
use super::compile;
use super::file::CodeFile;
use super::language::Language;
use super::names::{Held, held, lists_names, names_other};
use super::value::{path, values};

/// The beginning of a log call, up to its bracket: one pattern for each language.
static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:\b(?:console|[lL]ogger|log|winston|pino)\.(?:log|info|debug|warn|warning|error",
        r"|trace|fatal|verbose|silly|dir|table)",
        r"|\bprocess\.std(?:out|err)\.write|\b(?:log|debug))\s*\("
    ))
});
static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:print|pprint|pp|sys\.std(?:out|err)\.write|(?:_?[lL]ogger|LOGGER|logging|log|LOG|console|click|st|typer)\.",
        r"(?:debug|info|warning|warn|error|critical|exception|log|print|echo|secho|success))\s*\("
    ))
});
static GO: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:fmt\.(?:Print(?:ln|f)?|Fprint(?:ln|f)?)",
        r"|(?:log|slog|logger|logrus|zap|sugar|l)\.(?:Print|Fatal|Panic|Info|Debug|Warn|Error",
        r"|Trace)(?:ln|f|w|Context)?)\s*\("
    ))
});
static PHP: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:\b(?:error_log|var_dump|print_r|var_export|dd|dump|logger|info|printf)",
        r"|\bLog::\w+|(?:logger|log)\s*->\s*(?:debug|info|notice|warning|error|critical|log))\s*\("
    ))
});
static RUBY: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?m)(?:^\s*(?:puts|pp|p|print|warn)\b|\b(?:logger|Rails\.logger|log)\.(?:debug",
        r"|info|warn|error|fatal))(?:\s*\(|[ \t]+)",
    ))
});
static JAVA: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:System\.(?:out|err)\.print(?:ln|f)?|println|print|Log\.[vdiwe]|Timber\.[vdiwe]",
        r"|(?:log|logger|LOG|LOGGER|Log)\.(?:trace|debug|info|warn|error|warning|severe|fine))\s*\("
    ))
});
static CSHARP: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:Console\.Write(?:Line)?|Debug\.(?:WriteLine|Log)|_?[lL]ogger\.Log\w*",
        r"|Log\.(?:Information|Debug|Warning|Error))\s*\(",
    ))
});
static RUST: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"\b(?:print|println|eprint|eprintln|dbg|trace|debug|info|warn|error)!\s*\(")
});
static SWIFT: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:print|debugPrint|NSLog|os_log|(?:logger|log|Logger)\.(?:debug|info|notice",
        r"|warning|error|trace|log))\s*\(",
    ))
});

impl Language {
    /// Returns the pattern of the calls that write into a log in this language.
    fn log_call(self) -> &'static Regex {
        match self {
            Language::Script | Language::Markup => &SCRIPT,
            Language::Python => &PYTHON,
            Language::Go => &GO,
            Language::Php => &PHP,
            Language::Ruby => &RUBY,
            Language::Java | Language::Kotlin => &JAVA,
            Language::CSharp => &CSHARP,
            Language::Rust => &RUST,
            Language::Swift => &SWIFT,
        }
    }
}

/// Returns a fault for each call that writes a `wanted` credential into a log. The name of the
/// value, or of a value assigned to it, shows that it is a credential.
pub fn logged(file: &CodeFile<'_>, wanted: Held) -> Vec<CodeFault> {
    let mut found = Vec::new();
    let calls = file.bare_matches(file.language.log_call());
    for call in calls.filter(|call| !writes_elsewhere(file, call)) {
        for value in written(file, call.clone()) {
            if let Some(name) = credential(file, value.clone(), wanted) {
                found.push(CodeFault {
                    span: call.start..end_of(file, &call).max(value.end),
                    note: format!("This call writes the value of `{name}`."),
                });
                break;
            }
        }
    }
    found
}

/// Returns true if a call writes into something other than a log, or tells GitHub Actions to mask a
/// value.
fn writes_elsewhere(file: &CodeFile<'_>, call: &Range<usize>) -> bool {
    let name = &file.bare[call.clone()];
    let all = &file.code[call.end..end_of(file, call).max(call.end)];
    let has = |text: &[u8], word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    let is_terminal = all.trim_ascii_start().starts_with(b"os.Std");
    has(name, "Fprint") && !is_terminal || has(all, "::add-mask::")
}

/// Returns the values that a call writes.
fn written(file: &CodeFile<'_>, call: Range<usize>) -> Vec<Range<usize>> {
    let open = call.end - 1;
    let parts = match file.bare[open] {
        b'(' => arguments(&file.bare, open).unwrap_or_default(),
        // In Ruby, a call without brackets takes the rest of the line.
        _ => iter::once(call.end..file.line(open).end).collect(),
    };
    parts
        .into_iter()
        .flat_map(|part| values(file, part))
        .collect()
}

/// Returns the ranges of the calls that write into a log.
pub fn log_calls(file: &CodeFile<'_>) -> Vec<Range<usize>> {
    let calls = file.bare_matches(file.language.log_call());
    let whole = calls.map(|call| call.start..end_of(file, &call));
    whole.collect()
}

/// Returns the end of a call, with its arguments if the call is closed.
fn end_of(file: &CodeFile<'_>, call: &Range<usize>) -> usize {
    closing(&file.bare, call.end - 1).map_or(call.end, |end| end + 1)
}

/// Returns the name of the value in `range` if it is a `wanted` credential of Notion. Either its
/// own name says so, or the name of the value that was last assigned to it. `None` for any other
/// value.
pub fn credential(file: &CodeFile<'_>, range: Range<usize>, wanted: Held) -> Option<String> {
    let names = path(file, range.clone())?;
    let is_credential = |names: &[String]| {
        let last = names.last()?;
        let is_foreign = names
            .iter()
            .any(|name| names_other(name) || lists_names(name));
        (held(last) == Some(wanted) && !is_foreign).then(|| last.clone())
    };
    let own = is_credential(&names).filter(|name| !is_label(file, name, range.start));
    let own = own.or_else(|| {
        let [name] = names.as_slice() else {
            return None;
        };
        let value = assigned(file, name, range.start)?;
        is_credential(&path(file, value)?)
    })?;
    // Other services have tokens too, so the service named last before a token must be Notion. For
    // a verification token, it is enough that the file names Notion.
    let is_own = match wanted {
        Held::VerificationToken => file.names_notion(),
        Held::Token => is_near_notion(file, &own, range.start),
    };
    is_own.then_some(own)
}

/// Returns true if a short quoted text was assigned to `name`, such as the name of a cookie or a
/// placeholder.
fn is_label(file: &CodeFile<'_>, name: &str, at: usize) -> bool {
    let value = assigned(file, name, at).map(|value| file.text(value).trim());
    value.is_some_and(|value| {
        let is_quoted = value.starts_with(['"', '\'']) && value.len() < 60;
        is_quoted && !value[1..].contains("${") && value.ends_with(['"', '\''])
    })
}

/// Returns true if a credential is Notion's: its name says so; or the file uses Notion's API, and
/// Notion is the service named last before the credential. If no service is named before it, Notion
/// must be named anywhere in the file.
pub fn is_near_notion(file: &CodeFile<'_>, name: &str, at: usize) -> bool {
    if super::file::says_notion(name.as_bytes()) {
        return true;
    }
    let services = file.services();
    let is_own = services.is_notion_before(at);
    services.talks_with_notion && is_own.unwrap_or_else(|| file.names_notion())
}
