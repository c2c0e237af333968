//! Texts that are masked, and texts that are not.

use super::{Masks, redact, shown_path, without_neighbours};
use crate::fake::{Fake, expand};
use crate::model::rule::{Masked, Rule};
use crate::rules::RULES;

#[test]
fn possible_credentials_are_masked() {
    for text in [
        "{ntn}",
        "{secret}",
        "{nrt}",
        "{v02}",
        "{v03}",
        "{h:156}",
        "x{ntn}",
        "my_secret_{a:20}",
    ] {
        let text = expand(text, 3);
        let shown = redact(&text);
        assert!(!shown.contains(&text[text.len() - 14..]), "{shown}");
    }
    let name = format!("dir/{}.txt\n\u{1b}[2J", Fake::new(1).ntn(0));
    assert_eq!(
        shown_path(name.as_bytes()),
        format!("dir/ntn_{}.txt\\n\\u{{1b}}[2J", "*".repeat(46))
    );
    for plain in [
        "0123456789abcdef0123456789abcdef01234567/0123456789ABCDEF0123456789ABCDEF01234567",
        "antidisestablishmentarianismAntidisestablishmentarianism",
        "caf%C3%A9/%E2%82%AC%20%41%42%43/notes.txt",
        "NOTION_TOKEN in secret_access_key",
        "ntn_configuration_manager_impl.cpp",
        "secret_rotation_handler_config.yml",
    ] {
        assert_eq!(redact(plain), plain);
    }
}

#[test]
fn a_new_rule_masks_with_its_own_pattern() {
    static NEW: Rule = Rule {
        id: "made-up",
        title: "Made up",
        masked: &[Masked {
            may_be_in: |bytes| memchr::memmem::find(bytes, b"zzk-").is_some(),
            pattern: "(zzk-)[a-z]{12,}",
        }],
        detectors: &[],
        evidence: &[],
        ..*RULES[0]
    };
    let masks = Masks::of(&[RULES[0], &NEW]);
    let masked = masks.mask(b"key: zzk-abcdefghijklm.".into());
    assert_eq!(*masked, *b"key: zzk-*************.");
    assert_eq!(*masks.mask(b"zzk-short".into()), *b"zzk-short");
}

#[test]
fn possible_secrets_beside_a_secret_are_masked() {
    for (beside, masked) in [
        (
            "DB_PASSWORD=Winter-9 \"apiKey\": \"ab cd\", key: x, monkey = banana port=1",
            "DB_PASSWORD=**** \"apiKey\": ****\", key: x, monkey = **** port=1",
        ),
        (
            "db://me:hunter2@host/x -H 'Authorization: Basic bWU6aHVudGVy'",
            "db://me:**** -H 'Authorization: Basic ****'",
        ),
        ("curl -u me:hunter2 x", "curl -u me:**** x"),
        (
            "[Winter-2024, Passw0rd!, Http2Client, sha256, 2022-06-28]",
            "[****, ****, Http2Client, sha256, 2022-06-28]",
        ),
    ] {
        assert_eq!(
            String::from_utf8_lossy(&without_neighbours(beside.as_bytes())),
            masked
        );
    }
}

#[test]
fn encoded_tokens_are_masked_within_words() {
    let token = Fake::new(2).ntn(0);
    let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let html: String = token.bytes().map(|byte| format!("&#{byte};")).collect();
    let unicode: String = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let letter: String = format!("x{token}")
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for encoded in [hex, percent, html, unicode, letter] {
        for before in ["", "x", "A7", "_", "é"] {
            let shown = redact(&format!("{before}{encoded}/b")).into_owned();
            assert!(
                shown.contains("****")
                    && shown.ends_with("/b")
                    && !shown.contains(&encoded[30..40]),
                "{shown}"
            );
        }
    }
    for prefix in [
        "n%74n_",
        "%6Etn_",
        "nt%6e%5f",
        "n\\u0074n_",
        "n\\x74n_",
        "&#110;tn_",
        "n=74n_",
        "n%5Cx74n_",
    ] {
        let text = format!("src/{prefix}{}/a%20b", &token[4..]);
        let shown = redact(&text);
        assert!(
            shown.starts_with("src/") && shown.contains("***") && shown.ends_with("/a%20b"),
            "{shown}"
        );
        assert!(!shown.contains(&token[token.len() - 14..]), "{shown}");
    }
    for prefix in [
        "n%2574n_",
        "n&amp;#116;n_",
        "n=3D74n_",
        "n&#116n_",
        "n\\164n_",
        "\\\\\\\\u006etn_",
        "n%u0074n_",
    ] {
        let shown = redact(&format!("{prefix}{}", &token[4..])).into_owned();
        assert!(shown.ends_with(&"*".repeat(46)), "{shown}");
    }
}
