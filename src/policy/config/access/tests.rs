use super::Expectations;
use crate::fake::expand;
use crate::model::access::{Capability, ExpectedAccess, ExpectedRoot, UserAccess};
use crate::model::variable_name::VariableName;

fn name(text: &str) -> VariableName {
    text.parse().unwrap()
}

fn parse(template: &str) -> Result<Expectations, String> {
    let text = expand(template, 3);
    Expectations::parse("x", text).map_err(|error| format!("{error} {error:?}"))
}

const TOKEN: &str =
    "version: 1\ntokens:\n  READ:\n    bot: {uuid}\n    capabilities: [read-content]\n";

#[test]
fn an_expectation_is_parsed_with_its_positions() {
    let text = format!(
        "{TOKEN}    roots:\n    - {{id: \"{{uuid}}\", reason: docs}}\n    - id: {{h:32}}\n      \
         reason: todo\n      expires: 2026-10-31\n"
    );
    let text = text.replace("{{", "{").replace("}}", "}");
    let file = parse(&text).unwrap();
    let access = file.of(&name("READ")).unwrap();
    assert_eq!(access.capabilities, [Capability::ReadContent]);
    assert_eq!(access.users, UserAccess::None);
    let roots = access.roots.unwrap();
    assert!(!roots[0].is_unexplained() && roots[1].is_unexplained());
    assert_eq!(file.place(&name("READ"), Some(1)).unwrap().1, 8);
    assert!(file.of(&name("WRITE")).is_none());
}

#[test]
fn an_invalid_expectation_is_an_error() {
    for (change, said) in [
        ("    rots: []\n", "rots"),
        ("    roots: [{id: \"{uuid}\"}]\n", "reason"),
        ("    roots: [{id: \"{uuid}\", reason: \"-\"}]\n", "say why"),
        ("    roots: [{id: x, reason: y}]\n", "not a Notion id"),
        ("    purpose: sync\n", "either"),
        ("    users: all\n", "users"),
        ("    published: perhaps\n", "published"),
        ("  READ: {bot: \"{uuid}\", purpose: form}\n", "duplicate"),
        ("  {ntn}: {}\n", "is a secret"),
    ] {
        let wrong = parse(&format!("{TOKEN}{change}")).err().unwrap_or_default();
        assert!(wrong.contains(said), "{change}: {wrong}");
    }
    for text in [
        "",
        "version: 2\ntokens: {}\n",
        "version: 1\n",
        "tokens: {}\n",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_purpose_implies_its_capabilities() {
    for (purpose, count) in [("dashboard", 1), ("form", 1), ("sync", 3), ("bot", 3)] {
        let text = TOKEN.replace(
            "capabilities: [read-content]",
            &format!("purpose: {purpose}"),
        );
        let access = parse(&text).unwrap().of(&name("READ")).unwrap();
        assert_eq!(access.capabilities.len(), count, "{purpose}");
    }
}

#[test]
fn rewriting_keeps_values_written_by_hand() {
    let [bot, known, new] = [1, 2, 4].map(|seed| expand("{uuid}", seed));
    let text = format!(
        "version: 1\ntokens:\n  OTHER: {{bot: {bot}, purpose: form}}\n  READ:\n    bot: {new}\n    \
         purpose: dashboard\n    published: allow\n    roots:\n    - {{id: {known}, title: Old, \
         reason: why, expires: 2027-01-31}}\n"
    );
    let before = Expectations::parse("x", text).ok().unwrap();
    let root = |id: &str, title: &str| ExpectedRoot {
        id: id.parse().unwrap(),
        title: Some(title.to_owned()),
        reason: "TODO".to_owned(),
        expires: None,
    };
    let now = ExpectedAccess {
        workspace: None,
        bot: bot.parse().unwrap(),
        kind: None,
        capabilities: Capability::ALL.to_vec(),
        users: UserAccess::WithEmail,
        roots: Some(vec![
            root(&known, "New: name"),
            root(&new, "# \u{1f511}\n- x: 'y\""),
        ]),
        published: Default::default(),
    };
    let text = before.with(&name("READ"), &now).ok().unwrap();
    let after = Expectations::parse("x", text).ok().unwrap();
    let read = after.of(&name("READ")).unwrap();
    let roots = read.roots.unwrap();
    assert_eq!(roots[0].reason, "why");
    assert_eq!(roots[0].expires.unwrap().to_string(), "2027-01-31");
    assert_eq!(roots[0].title.as_deref(), Some("New: name"));
    assert!(roots[1].is_unexplained());
    assert_eq!(
        read.capabilities,
        [Capability::ReadContent],
        "the purpose stays"
    );
    assert_eq!(read.published, crate::model::access::Publishing::Allow);
    assert!(after.of(&name("OTHER")).is_some());
}
