use super::Allowance;

/// Returns the allowance for the `X` in a text, in a file without a name.
fn beside(text: &str) -> Option<Allowance> {
    beside_in("", text)
}

fn beside_in(path: &str, text: &str) -> Option<Allowance> {
    let at = text.find('X').unwrap();
    Allowance::beside(path.as_bytes(), text.as_bytes(), at..at + 1)
}

fn given(reason: &str) -> Option<Allowance> {
    Some(Allowance::Given(reason.to_owned()))
}

#[test]
fn a_comment_on_or_above_the_line_allows_a_finding() {
    for text in [
        "t = 'X' # ntnguard: allow fixed test value",
        "t = 'X'; // see below. ntnguard: allow fixed test value\r\n",
        "/* ntnguard: allow fixed test value */ t = 'X'",
        "<a t='X'/> <!-- ntnguard: allow fixed test value -->",
        "t = 'X' -- ntnguard:allow fixed test value",
        "a\n  # ntnguard: allow fixed test value\nt = 'X'\n",
        "a\n  /* ntnguard: allow fixed test value */\r\nt = 'X'\n",
        "\t;; ntnguard: allow - fixed test value\nX",
        "REM ntnguard: allow fixed test value\nX",
        "' ntnguard: allow fixed test value\nX",
    ] {
        assert_eq!(beside(text), given("fixed test value"), "{text}");
    }
    let wide: Vec<u8> = "# ntnguard: allow it\nX"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let at = wide.len() - 2;
    assert_eq!(Allowance::beside(b"", &wide, at..at + 1), given("it"));
}

#[test]
fn a_placeholder_is_not_a_reason() {
    let own = "t = 'X' # ntnguard: allow <reason>";
    assert_eq!(beside(own), Some(Allowance::WithoutReason));
}

#[test]
fn comments_of_each_language_allow_a_finding() {
    for (path, text) in [
        ("a.ps1", "<# ntnguard: allow it is made up #>\n$t = 'X'"),
        ("a.ml", "(* ntnguard: allow it is made up *)\nlet t = 'X'"),
        ("a.fs", "let t = 'X' (* ntnguard: allow it is made up *)"),
        ("a.properties", "! ntnguard: allow it is made up\nt=X"),
        ("a.lua", "--[[ ntnguard: allow it is made up ]]\nt = 'X'"),
        ("a.sql", "-- ntnguard: allow it is made up\nselect 'X'"),
        ("a.hs", "{- ntnguard: allow it is made up -}\nt = 'X'"),
        ("a.hs", "t = \"X\" {- ntnguard: allow it is made up -}"),
        ("a.rkt", "#| ntnguard: allow it is made up |#\n(t X)"),
        ("a.ini", "; ntnguard: allow it is made up\nt=X"),
        ("a.tex", "% ntnguard: allow it is made up\nX"),
        ("a.vb", "' ntnguard: allow it is made up\nt = \"X\""),
        ("a.vb", "t = \"X\" ' ntnguard: allow it is made up"),
        ("a.cmd", ":: ntnguard: allow it is made up\r\nset T=X"),
        ("a.bat", "rem ntnguard: allow it is made up\r\nset T=X"),
        ("a.html", "<!-- ntnguard: allow it is made up -->\nX"),
        ("a.j2", "{# ntnguard: allow it is made up #}\nX"),
        (
            "a.liquid",
            "{% comment %} ntnguard: allow it is made up {% endcomment %}\nX",
        ),
        ("a.hbs", "{{!-- ntnguard: allow it is made up --}}\nX"),
        ("a.blade.php", "{{-- ntnguard: allow it is made up --}}\nX"),
        ("a.tpl", "{{- /* ntnguard: allow it is made up */ -}}\nX"),
        ("a.cshtml", "@* ntnguard: allow it is made up *@\nX"),
        ("a.css", "/* ntnguard: allow it is made up */\nX"),
        (
            "a.jsx",
            "  {/* ntnguard: allow it is made up */}\n<A t='X'/>",
        ),
        ("a.erb", "<%# ntnguard: allow it is made up %>\nX"),
        ("a.f90", "t = 'X' ! ntnguard: allow it is made up"),
        ("a.pas", "{ ntnguard: allow it is made up }\nt := 'X'"),
        ("a.vim", "\" ntnguard: allow it is made up\nlet t = 'X'"),
        ("a.rst", ".. ntnguard: allow it is made up\nX"),
        (
            "a.ipynb",
            "[\n \"# ntnguard: allow it is made up\\n\",\n \"TOKEN = \\\"X\\\"\"\n]",
        ),
        (
            "a.ipynb",
            "\"source\": \"# ntnguard: allow it is made up\\nTOKEN = \\\"X\\\"\"",
        ),
        (
            "a.ipynb",
            "[\"t = \\\"X\\\" # ntnguard: allow it is made up\"]",
        ),
    ] {
        assert_eq!(
            beside_in(path, text),
            given("it is made up"),
            "{path} {text}"
        );
    }
}

#[test]
fn text_outside_of_comments_does_not_allow_a_finding() {
    for text in [
        "X # xntnguard: allow is another word",
        "X\n# ntnguard: allow below",
        "# ntnguard: allow too far up\n\nX",
        "X",
    ] {
        assert_eq!(beside(text), None, "{text}");
    }
    assert_eq!(
        beside_in(
            "a.ipynb",
            "\"# ntnguard: allow another line's\\ny\\n\",\n\"X\""
        ),
        None
    );
    for (path, text, why) in [
        ("", "X ntnguard: allow no comment", Allowance::NotInComment),
        (
            "",
            "'X' ntnguard: allow no comment",
            Allowance::NotInComment,
        ),
        (
            "a.py",
            "f('ntnguard: allow a string', 'X')",
            Allowance::NotInComment,
        ),
        (
            "a.py",
            "f('X', 'ntnguard: allow a string')",
            Allowance::NotInComment,
        ),
        (
            "a.py",
            "'ntnguard: allow a string',\n'X',",
            Allowance::NotInComment,
        ),
        (
            "a",
            "'ntnguard: allow a string',\n'X',",
            Allowance::NotInComment,
        ),
        (
            "a.vb",
            "f(\"X\", \"it's ntnguard: allow a string\")",
            Allowance::NotInComment,
        ),
        (
            "a.json",
            "{\"about\": \"ntnguard: allow a string\",\n\"t\": \"X\"}",
            Allowance::NotInComment,
        ),
        (
            "a.json",
            "\"# ntnguard: allow a string\\n\",\n\"X\"",
            Allowance::NotAlone,
        ),
        (
            "a.md",
            "! ntnguard: allow another language's\nX",
            Allowance::NotInComment,
        ),
        (
            "",
            "y = 1 # ntnguard: allow another line's\nX",
            Allowance::NotAlone,
        ),
        ("", "X # ntnguard allow no colon", Allowance::Misspelt),
        (
            "",
            "X # ntnguard: allowed is another word",
            Allowance::Misspelt,
        ),
        ("", "X # NTNGUARD: ALLOW loud", Allowance::Misspelt),
        ("", "X # ntnguard-allow it", Allowance::Misspelt),
        ("", "# ntn-guard: ignore it\nX", Allowance::Misspelt),
    ] {
        assert_eq!(beside_in(path, text), Some(why), "{path} {text}");
    }
}

#[test]
fn a_comment_without_a_reason_does_not_allow_a_finding() {
    for text in [
        "X # ntnguard: allow",
        "X /* ntnguard: allow */",
        "X <!-- ntnguard: allow -->",
        "// ntnguard: allow -- ..\nX",
    ] {
        assert_eq!(beside(text), Some(Allowance::WithoutReason), "{text}");
    }
}
