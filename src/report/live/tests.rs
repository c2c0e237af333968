use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;

use super::{CheckOutcome, CheckRow, CheckSubject, Expected, LiveReport, TokenRow};
use crate::detect::redact::Hidden;
use crate::fake::expand;
use crate::live::{AnswerTrace, Identity, Kind, LiveState, UnknownReason, Verified};
use crate::model::known::Known;
use crate::model::secret::Secret;
use crate::report::{Detail, Format, Style};

const STYLE: Style = Style {
    color: false,
    unicode: true,
    width: 80,
    sentence: 80,
    detail: Detail::Normal,
    plain: false,
};

fn secret(seed: u64) -> Secret {
    Secret::new(expand("{ntn}", seed).into_bytes(), 4)
}

fn row(variable: &str, expected: Expected, result: LiveState) -> TokenRow {
    let attempts = if matches!(result, LiveState::Unknown(_)) {
        3
    } else {
        1
    };
    TokenRow {
        variable: variable.to_owned(),
        fingerprint: secret(1).fingerprint(),
        expected,
        verified: Verified {
            result,
            trace: AnswerTrace::default(),
            attempts,
        },
        introspection: None,
        is_client: false,
        checked: UNIX_EPOCH + Duration::from_secs(951_782_400),
    }
}

fn live(name: &str) -> LiveState {
    LiveState::Live(Some(Identity {
        kind: Some(Kind::Internal),
        bot: "b".to_owned(),
        name: Some(name.to_owned()),
        workspace: Some("w".to_owned()),
        workspace_name: Some("Acme".to_owned()),
    }))
}

fn report(source: &'static str, tokens: Vec<TokenRow>) -> LiveReport {
    LiveReport {
        source,
        tokens,
        checks: Vec::new(),
        requests: 2,
        host: "api.notion.com".to_owned(),
        hidden: Hidden::default(),
    }
}

fn written(report: &LiveReport, format: Format, detail: Detail) -> String {
    let mut text = Vec::new();
    let style = Style { detail, ..STYLE };
    report.write(format, style, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn human_reports_have_a_line_for_each_variable() {
    let good = vec![
        row("NOTION_TOKEN", Expected::Live, live("docs sync")),
        row("OLD_TOKEN", Expected::Dead, LiveState::Dead),
    ];
    let good = report("verify", good);
    let expected = "NOTION_TOKEN  live     \"docs sync\" (internal integration) in Acme\n\
         OLD_TOKEN     dead     refused by Notion just now\n\
         2 as expected; 2 requests to api.notion.com\n";
    assert_eq!(written(&good, Format::Human, Detail::Normal), expected);
    assert_eq!(written(&good, Format::Human, Detail::Quiet), "");
    let timeout = UnknownReason::Timeout(Duration::from_secs(10));
    let bad = vec![
        row("OLD", Expected::Dead, live("x")),
        row("NEW", Expected::Live, LiveState::Unknown(timeout)),
    ];
    let expected = "OLD  live     \"x\" (internal integration) in Acme\n\
        \x20             expected dead, but it still works: revoke it in Notion\n\
        NEW  unknown  no answer within 10 s (3 attempts)\n\
        \x20             a firewall may block it: allow HTTPS to api.notion.com, or set\n\x20             HTTPS_PROXY\n\
        \x20             Nothing is known about it.\n\
        1 not as expected, 1 unknown; 2 requests to api.notion.com\n";
    let bad = report("verify", bad);
    assert_eq!(written(&bad, Format::Human, Detail::Normal), expected);
}

#[test]
fn checks_are_listed_with_marks() {
    let tokens = vec![row("TOKEN", Expected::Live, live("x"))];
    let mut report = report("preflight", tokens);
    report.checks.push(CheckRow {
        variable: "PAGE".to_owned(),
        subject: CheckSubject::Object,
        outcome: CheckOutcome::NotAsExpected,
        message: "not there".to_owned(),
        help: Some("share it".to_owned()),
    });
    let expected = "  ok  TOKEN  live     \"x\" (internal integration) in Acme\n\
        \x20 no  PAGE   not there\n\
        \x20            share it\n\
        1 as expected, 1 not as expected; 2 requests to api.notion.com\n";
    assert_eq!(written(&report, Format::Human, Detail::Normal), expected);
}

#[test]
fn json_has_the_envelope_and_the_state() {
    let report = report("verify", vec![row("TOKEN", Expected::Live, live("x"))]);
    let json: Value =
        serde_json::from_str(&written(&report, Format::Json, Detail::Normal)).unwrap();
    assert_eq!(
        (&json["version"], &json["complete"]),
        (&1.into(), &true.into())
    );
    let live = &json["tokens"][0]["live"];
    assert_eq!(live["state"], "live");
    assert_eq!(live["checked"], "2000-02-29T00:00:00Z");
    assert_eq!(live["identity"]["workspace_name"], "Acme");
    assert!(live.get("reason").is_none());
}

#[test]
fn a_name_cannot_inject_commands_or_show_a_token() {
    let token = secret(7);
    let text = expand("{ntn}", 7);
    let name = format!(
        "{text}\n::error::\u{1b}[31m\u{202e}##vso[x {}",
        "y".repeat(5000)
    );
    let mut report = report("verify", vec![row("T", Expected::Live, live(&name))]);
    report.hidden = Hidden::new(&[Known {
        variable: "T".to_owned(),
        value: token,
        file: "".into(),
        is_guessable: false,
        password: None,
    }]);
    for format in [Format::Human, Format::Json] {
        let written = written(&report, format, Detail::Normal);
        assert!(!written.contains(&text[10..]), "{written}");
        assert!(!written.contains(['\u{1b}', '\u{202e}']) && !written.contains("##vso"));
        assert!(
            !written
                .lines()
                .any(|line| line.trim_start().starts_with("::"))
        );
        assert!(written.len() < 2000);
    }
}
