//! Code, comments and text in each language.

use super::{TextKind, kinds};
use crate::rules::code::language::Language;

/// Returns the text with comments as `~` and contents of strings as dots.
fn bare(text: &str, language: Language) -> String {
    let kinds = kinds(text.as_bytes(), language);
    assert_eq!(kinds.len(), text.len());
    let bytes = text.bytes().zip(kinds);
    bytes
        .map(|(byte, kind)| match kind {
            TextKind::Code => char::from(byte),
            TextKind::Comment => '~',
            TextKind::Text => '.',
        })
        .collect()
}

#[test]
fn each_language_has_its_comments_and_strings() {
    use Language::*;
    for (language, text, expected) in [
        (Script, "a('b' + \"c\") // d", "a('.' + \".\") ~~~~"),
        (Script, "a /* 'b' */ c", "a ~~~~~~~~~ c"),
        (Script, "`a ${b(`c`)} d`", "`..${b(`.`)}..`"),
        (Script, "`a ${{x: 1}} d`", "`..${{x: 1}}..`"),
        (Script, "x = /['\"`]/; 'a'", "x = /...../; '.'"),
        (Script, "a / b / c", "a / b / c"),
        (Script, "<p>don't</p>\nb('c')", "<p>don'.....\nb('.')"),
        (Script, "<a b={c} /> x", "<a b={c} /> x"),
        (Script, "'a\\'b' c", "'....' c"),
        (Script, "'http://a' b", "'........' b"),
        (Markup, "<!-- a --> 'b'", "~~~~~~~~~~ '.'"),
        (Python, "a = 'b' # c", "a = '.' ~~~"),
        (Python, "f'a {b[\"c\"]} d'", "f'..{b[\".\"]}..'"),
        (Python, "f'{{a}} {b}'", "f'......{b}'"),
        (Python, "'{b}'", "'...'"),
        (Python, "\"\"\"a\n'b\"\"\" c", "\"\"\"....\"\"\" c"),
        (Go, "a(`b\nc`, \"d\") // e", "a(`...`, \".\") ~~~~"),
        (Php, "\"a $b {$c['d']} e\" # f", "\"..$b.{$c['.']}..\" ~~~"),
        (Php, "#[Route('a')]", "#[Route('.')]"),
        (Ruby, "\"a #{b} c\" # d", "\"..#{b}..\" ~~~"),
        (Kotlin, "\"a $b ${c} d\"", "\"..$b.${c}..\""),
        (Java, "\"a $b\" // c", "\"....\" ~~~~"),
        (CSharp, "$\"a {b}\" + \"{c}\"", "$\"..{b}\" + \"...\""),
        (
            Rust,
            "fn a<'b>(c: &'b str) { 'd' }",
            "fn a<'b>(c: &'b str) { '.' }",
        ),
        (Rust, "r#\"a \"b\" \"# c", "r#\"......\"# c"),
        (Rust, "x!(\"a {b:?} {{c}}\")", "x!(\"..{b:?}......\")"),
        (Swift, "\"a \\(b(\"c\")) d\"", "\"..\\(b(\".\"))..\""),
    ] {
        assert_eq!(bare(text, language), expected, "{language:?}: {text}");
    }
}

#[test]
fn an_unclosed_literal_ends_with_the_line_or_the_text() {
    use Language::*;
    for (language, text, expected) in [
        (Script, "a 'b\nc", "a '.\nc"),
        (Script, "a /* b", "a ~~~~"),
        (Script, "a `b", "a `."),
        (Script, "a `${b", "a `${b"),
        (Python, "f'{a\nb", "f'{a\nb"),
        (Ruby, "\"#{", "\"#{"),
        (Rust, "'", "'"),
        (Script, "/", "/"),
        (Script, "'\\", "'."),
    ] {
        assert_eq!(bare(text, language), expected, "{language:?}: {text}");
    }
}
