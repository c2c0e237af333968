//! Escapes a report so that no program interprets it. CI systems (GitHub, Azure Pipelines,
//! TeamCity) execute some lines of a job's output as commands, terminals obey control characters,
//! and browsers end a script at `</`.

use std::borrow::Cow;

use crate::detect::redact::steers;

/// Returns `text` without commands of CI systems: the first character of each command is written as
/// an escape.
pub fn lines(text: &str) -> Cow<'_, str> {
    let begins = |line: &str| line.trim_start().starts_with("::");
    if !text.lines().any(begins) {
        return marks(text);
    }
    let spelled = |line: &str| {
        if begins(line) {
            line.replacen("::", "\\x3a:", 1)
        } else {
            line.to_owned()
        }
    };
    let text: String = text.split_inclusive('\n').map(spelled).collect();
    Cow::Owned(marks(&text).into_owned())
}

/// Returns `text` with the marks `##[`, `##vso[` and `##teamcity[` escaped. CI systems obey them
/// anywhere in a line.
pub fn marks(text: &str) -> Cow<'_, str> {
    spelled(text, "\\x23")
}

/// Returns `text` with the first character of each mark (`##[`, `##vso[`, `##teamcity[`) written as
/// `instead`. Some CI systems ignore the case of marks.
fn spelled<'t>(text: &'t str, instead: &str) -> Cow<'t, str> {
    let is_mark = |at: usize| {
        text[at + 2..]
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .starts_with('[')
    };
    let marks: Vec<usize> = memchr::memmem::find_iter(text.as_bytes(), "##")
        .flat_map(|at| [at, at + 1])
        .filter(|at| text[*at..].starts_with("##") && is_mark(*at))
        .collect();
    let Some(first) = marks.first() else {
        return Cow::Borrowed(text);
    };
    let mut out = text[..*first].to_owned();
    for (number, at) in marks.iter().enumerate() {
        let end = marks.get(number + 1).copied().unwrap_or(text.len());
        out += instead;
        out += &text[at + 1..end];
    }
    Cow::Owned(out)
}

/// Returns equivalent JSON with escapes for the characters that a terminal, a CI system or a script
/// in an HTML page would interpret.
pub fn json(text: &str) -> Cow<'_, str> {
    // Control characters occur only inside strings, except for the line breaks of the document.
    let is_steering = |c: char| steers(c) && c != '\n';
    let text = spelled(text, "\\u0023");
    if !text.contains(is_steering) && !text.contains("</") && !text.contains("<!--") {
        return text;
    }
    let mut out = String::new();
    for c in text
        .replace("</", "<\\/")
        .replace("<!--", "\\u003c!--")
        .chars()
    {
        if is_steering(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)))
        } else {
            out.push(c)
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{json, lines};

    #[test]
    fn no_line_is_a_ci_command() {
        assert_eq!(
            lines("a\n \u{a0}::error::x\nb::c ##[add-mask]x ##vso[x"),
            "a\n \u{a0}\\x3a:error::x\nb::c \\x23#[add-mask]x \\x23#vso[x"
        );
        assert_eq!(lines("###[x ####[y"), "#\\x23#[x ##\\x23#[y");
        for plain in ["", "a::b\n", "## heading [x]\n", "# [\n"] {
            assert_eq!(lines(plain), plain);
        }
    }

    #[test]
    fn json_keeps_its_value_without_control_characters() {
        let texts = [
            "</script><!--",
            "##vso[x ###[y",
            "right\u{202e}left\u{7f}\u{85}\u{feff}\u{2028}",
            "plain\n\t\"</",
        ];
        let document = serde_json::to_string_pretty(&texts).unwrap();
        let inert = json(&document);
        assert!(
            !inert.contains("</")
                && !inert.contains("##[")
                && !inert.to_lowercase().contains("##vso")
                && !inert.contains(['\u{202e}', '\u{2028}', '\u{7f}']),
            "{inert}"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&inert).unwrap(), texts);
    }
}
