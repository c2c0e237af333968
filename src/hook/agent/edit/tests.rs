//! Hook files as people write them: installing and uninstalling restores every byte.

use super::{HookEntries, Unfit, installed, is_off, with, without};

fn entries(program: &str, has_version: bool) -> HookEntries {
    let entry = |event| {
        let command = format!("{program} hook run agent");
        (
            event,
            format!("{{\"hooks\": [{{\"command\": \"{command}\"}}]}}"),
        )
    };
    HookEntries {
        events: ["Prompt", "Before", "After"].map(entry).to_vec(),
        has_version,
    }
}

#[test]
fn other_content_stays_and_uninstalling_restores_it() {
    let other = r#"{"hooks": [{"command": "theirs"}]}"#;
    let texts = [
        "{}",
        "{ }\n",
        "{\n}\n",
        "{\"a\": 1}",
        "{\n  \"a\": 1\n}\n",
        "{\n\t\"a\": 1,\n}",
        "{\r\n    \"a\": 1\r\n}\r\n",
        "\u{feff}// mine\n{\n  // a\n  \"a\": 1 /* b */, // c\n}\n// end",
        "{\"hooks\": {}}",
        "{\"hooks\": {\n}}",
        "{\"hooks\": {\"Before\": []}}",
        "{\"hooks\": {\"Before\": [\n ], // none\n}}",
        "{\"version\": 1}",
        "{\n  \"version\": 1\n}\n",
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"Stop\": [\n      OTHER\n    ]\n  }\n}\n",
        "{\"hooks\": {\"Before\": [OTHER], \"After\": [OTHER, OTHER]}, \"version\": 1}",
        "{\n  \"hooks\": {\n    \"Before\": [\n      OTHER, // theirs\n    ],\n  },\n  \"z\": [],\n}",
        "{\"hooks\": {\"Before\": []}, \"hooks\": {\"After\": []}}",
    ];
    for has_version in [false, true] {
        let entries = entries("/bin/ntnguard", has_version);
        for text in texts {
            let text = text.replace("OTHER", other);
            let once = with(Some(&text), &entries).unwrap();
            let found = installed(&once).unwrap();
            assert_eq!(found.len(), 3, "{once}");
            assert_eq!(with(Some(&once), &entries).unwrap(), once, "twice is once");
            assert_eq!(
                once.matches("theirs").count(),
                text.matches("theirs").count()
            );
            assert_eq!(
                without(&once, &entries).unwrap(),
                Some(text.clone()),
                "{once}"
            );
            assert_eq!(without(&text, &entries).unwrap(), Some(text));
        }
        let made = with(None, &entries).unwrap();
        let parsed: serde_json::Value = serde_json::from_str(&made).unwrap();
        assert_eq!(parsed["version"] == 1, has_version);
        assert_eq!(without(&made, &entries).unwrap(), None, "{made}");
    }
}

#[test]
fn a_new_program_path_replaces_the_old_one() {
    let (old, new) = (
        entries("/old/ntnguard", true),
        entries("/new/ntnguard", true),
    );
    let text = "{\n  \"a\": 1\n}\n";
    let once = with(Some(text), &old).unwrap();
    let renewed = with(Some(&once), &new).unwrap();
    assert_eq!(renewed, with(Some(text), &new).unwrap());
    assert_eq!(without(&renewed, &old).unwrap().as_deref(), Some(text));
}

#[test]
fn later_additions_survive_uninstalling() {
    let entries = entries("ntnguard", false);
    let once = with(Some("{}"), &entries).unwrap();
    let later = once.replace("\"Prompt\": [", "\"Prompt\": [{\"command\": \"x\"}, ");
    let left = without(&later, &entries).unwrap().unwrap();
    let left: serde_json::Value = serde_json::from_str(&left).unwrap();
    assert_eq!(
        left,
        serde_json::json!({"hooks": {"Prompt": [{"command": "x"}]}})
    );
    let commented = once.replace("\"Before\"", "/* mine */ \"Before\"");
    let left = without(&commented, &entries).unwrap().unwrap();
    assert!(
        left.contains("/* mine */") && super::parse(&left).is_ok(),
        "{left}"
    );
    let shared = r#"{"hooks": {"Before": [{"hooks": [{"command": "ntnguard hook run agent"}, {"command": "x"}]}]}}"#;
    assert_eq!(without(shared, &entries).unwrap().as_deref(), Some(shared));
    let with = with(Some(shared), &entries).unwrap();
    assert_eq!(with.matches("hook run agent").count(), 3);
}

#[test]
fn an_unsuitable_hook_file_is_left_alone() {
    let entries = entries("ntnguard", false);
    for (text, unfit) in [
        ("", Unfit::NoJson(0)),
        ("{\"a\": }", Unfit::NoJson(6)),
        ("[]", Unfit::Shape("it is not an object")),
        ("{\"hooks\": []}", Unfit::Shape("`hooks` is not an object")),
    ] {
        assert_eq!(with(Some(text), &entries), Err(unfit), "{text}");
    }
    let event = with(Some("{\"hooks\": {\"Before\": 1}}"), &entries);
    assert_eq!(
        event,
        Err(Unfit::Shape(
            "the entry of an event in `hooks` is not an array"
        ))
    );
    assert!(is_off("{\"disableAllHooks\": true}") && !is_off("{\"disableAllHooks\": false}"));
}
