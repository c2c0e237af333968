//! A Notion credential that code reads from a variable that build tools put into bundles.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::file::CodeFile;
use super::names::{is_in, squashed, words};
use super::{CodeCheck, CodeFault, SCANNED, compile};
use crate::model::rule::Rule;
use crate::rules::PUBLIC_PREFIXES;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "code-public-prefix",
    title: "Notion credential read from a variable that is shipped to browsers",
    advice: "Read the credential on the server, from a variable without the public prefix, and rotate it if any build contained it.",
    page: include_str!("../../../docs/rules/code-public-prefix.md"),
    ..SCANNED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: &["OTION_"],
    look,
};

/// Returns a regular expression for a public prefix.
pub fn prefix() -> String {
    format!("(?:{})", PUBLIC_PREFIXES.join("|"))
}

/// A variable that is read, as a member or by its name in quotes.
static READ: LazyLock<Regex> = LazyLock::new(|| {
    compile(&format!(
        r#"(?:process\.env|import\.meta\.env)\??(?:\.|\.?\[\s*['"])({}\w*NOTION\w*)"#,
        prefix()
    ))
});

/// Variables that are destructured from the environment, or imported.
static TAKEN: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"\{([^{}]*NOTION_[^{}]*)\}\s*(?:=\s*(?:process\.env|import\.meta\.env)\b"#,
        r#"|from\s*['"]\$env/static/public)"#,
    ))
});

/// A name in a list of [`TAKEN`].
static NAME: LazyLock<Regex> = LazyLock::new(|| compile(&format!(r"\b{}\w*NOTION\w*", prefix())));

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    if !file.language.is_script() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for read in READ.captures_iter(&file.code) {
        let (whole, name) = (read.get(0), read.get(1));
        let (Some(whole), Some(name)) = (whole, name) else {
            continue;
        };
        let behind = &file.code[name.end()..];
        if is_in_development(file, whole.start()) {
            continue;
        }
        // A read in code counts, also if the code is interpolated in a string. In the text of a
        // string, the match only mentions the variable.
        if !file.is_text(&(whole.start()..whole.start() + 3)) && !is_assigned(behind) {
            add(file, name.range(), &mut found);
        }
    }
    for list in TAKEN.captures_iter(&file.code) {
        let Some(list) = list.get(1) else { continue };
        for name in NAME.find_iter(list.as_bytes()) {
            add(
                file,
                list.start() + name.start()..list.start() + name.end(),
                &mut found,
            );
        }
    }
    found.sort_by_key(|fault| fault.span.start);
    found
}

fn add(file: &CodeFile<'_>, span: std::ops::Range<usize>, found: &mut Vec<CodeFault>) {
    let name = file.text(span.clone());
    if is_credential(name) {
        let note =
            format!("Build tools put the value of `{name}` into the scripts that browsers load.");
        found.push(CodeFault { span, note });
    }
}

/// Returns true if the code before `at` returns in every build except development builds, so that
/// bundles do not contain the code at `at`.
fn is_in_development(file: &CodeFile<'_>, at: usize) -> bool {
    static GUARD: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"if\s*\(\s*!\s*import\.meta\.env\.DEV\s*\)\s*\{?\s*return[^{}]*$")
    });
    GUARD.is_match(&file.code[at.saturating_sub(300)..at])
}

/// Returns true if `behind`, the text after a variable, assigns to the variable.
fn is_assigned(behind: &[u8]) -> bool {
    let behind = behind
        .strip_prefix(b"']")
        .or(behind.strip_prefix(b"\"]"))
        .unwrap_or(behind);
    let behind = behind.trim_ascii_start();
    behind.starts_with(b"=") && !behind.starts_with(b"==")
}

/// Returns true if a variable of this name contains a credential: not an identifier, a URL, or the
/// name of something.
pub fn is_credential(name: &str) -> bool {
    const NOT: &str = "id ids url uri version name path endpoint enabled proxy host type length expiry ttl public \
        publishable cache page";
    let words = words(name);
    // The prefix may contain `public` too, so it is left out.
    let own = words.iter().position(|word| word.starts_with("notion"));
    let own = &words[own.unwrap_or(0)..];
    let last = own.last().map_or("", String::as_str);
    let is_named = |word: &&str| own.iter().any(|own| own == word);
    let holds = ["secret", "token", "key", "apikey", "password"]
        .iter()
        .any(&is_named)
        || squashed(name).ends_with("apikey")
        || matches!(last, "v2" | "notiontoken" | "notionkey");
    holds
        && !is_in(last, NOT)
        && !["cache", "public", "publishable", "page", "property"]
            .iter()
            .any(is_named)
}

#[cfg(test)]
mod tests {
    use super::is_credential;

    #[test]
    fn credential_variables_are_recognised_by_their_words() {
        for name in [
            "NEXT_PUBLIC_NOTION_TOKEN",
            "VITE_NOTION_API_KEY",
            "REACT_APP_NOTION_SECRET",
            "VITE_NOTION_CLIENT_SECRET",
            "PUBLIC_NOTION_KEY",
            "NEXT_PUBLIC_NOTION_TOKEN_V2",
            "NEXT_PUBLIC_NOTION_APIKEY",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "NEXT_PUBLIC_NOTION_DATABASE_ID",
            "VITE_NOTION_CLIENT_ID",
            "VITE_NOTION_TOKEN_URL",
            "NEXT_PUBLIC_NOTION_VERSION",
            "NEXT_PUBLIC_NOTION_CACHE_KEY",
            "VITE_NOTION_PAGE_KEY",
            "NEXT_PUBLIC_NOTION_SECRET_PAGE_ID",
            "VITE_NOTION_KEYWORDS",
            "VITE_NOTION_PUBLIC_KEY",
            "NEXT_PUBLIC_NOTION_PROPERTY_PASSWORD",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
