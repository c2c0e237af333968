//! If a server echoes the token, no output shows it. No terminal, CI system or browser interprets the name of a page.

use super::{access, acme, expectation, id, sandbox};
use crate::live::value;
use crate::make;
use crate::notion::{Fault, StandIn, Thing};

const FORMATS: [&str; 6] = ["human", "concise", "json", "sarif", "github", "gitlab"];

#[test]
fn an_echoed_token_is_never_shown() {
    let mut workspace = acme();
    let own = value(1);
    for (number, title) in [
        (50, own.clone()),
        (51, format!("a {} b", &own[..45])),
        (52, make::base64(own.as_bytes())),
        (53, format!("{}\u{200b}{}", &own[..20], &own[20..])),
    ] {
        workspace.content.push(Thing::page(&id(number), &title));
    }
    workspace.tokens.get_mut(&own).unwrap().name = format!("x {own}");
    let notion = StandIn::start(workspace);
    for format in FORMATS {
        // The function `access` asserts that the output does not contain the token.
        let sandbox = sandbox(&expectation(""));
        let run = access(&sandbox, &notion, ["READ", "-v", "--format", format]);
        assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
        let encoded = make::base64(own.as_bytes());
        assert!(!run.stdout.contains(&encoded), "{format}: {}", run.stdout);
        let write = access(&sandbox, &notion, ["READ", "--write"]);
        let file = std::fs::read_to_string(sandbox.path().join(".ntnguard-access.yaml")).unwrap();
        assert!(
            !file.contains(&own[4..24]) && !file.contains(&encoded),
            "{}{file}",
            write.stderr
        );
    }
    notion.change(|workspace| workspace.fault = Fault::Echo);
    for format in FORMATS {
        let run = access(&sandbox(""), &notion, ["READ", "--format", format]);
        assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn page_names_inject_nothing() {
    let mut workspace = acme();
    let names = [
        "\u{1b}[31mred\n::error::x",
        "##[add-mask]y",
        "</script><!--",
        "\u{202e}gpj",
    ];
    for (number, name) in (60..).zip(names) {
        workspace.content.push(Thing::page(&id(number), name));
    }
    let notion = StandIn::start(workspace);
    for format in FORMATS {
        let sandbox = sandbox(&expectation(""));
        let run = access(&sandbox, &notion, ["READ", "--format", format]);
        assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
        // In JSON, the text that a browser would interpret is escaped.
        let is_document = run.stdout.starts_with('{');
        assert!(
            !is_document || !run.stdout.contains("</script>"),
            "{format}"
        );
        for bad in ["\u{1b}", "\u{202e}", "##[add-mask]", "\n::error::x"] {
            assert!(
                !run.stdout.contains(bad),
                "{format} {bad:?}: {}",
                run.stdout
            );
        }
    }
}

#[test]
fn members_are_never_named() {
    let mut workspace = acme();
    workspace.tokens.get_mut(&value(1)).unwrap().users = 2;
    let notion = StandIn::start(workspace);
    for format in FORMATS {
        // The function `access` asserts that the output contains neither the name nor the address.
        let sandbox = sandbox(&expectation(""));
        let run = access(
            &sandbox,
            &notion,
            ["READ", "--users", "-v", "--format", format],
        );
        assert_eq!(run.status, 1, "{}", run.stdout);
        access(&sandbox, &notion, ["READ", "--users", "--write"]);
        let file = std::fs::read_to_string(sandbox.path().join(".ntnguard-access.yaml")).unwrap();
        assert!(
            !file.contains("Grace") && file.contains("users: with-email"),
            "{file}"
        );
    }
}
