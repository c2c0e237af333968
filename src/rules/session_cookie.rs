//! Browser sessions: `token_v2`, `file_token`, `p_sync_session`. They open everything the person sees.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::token;
use crate::rule::{Candidate, Confidence, Detector, Evidence, Rule, RuleKind, Severity, Shape, found, nothing};
use Confidence::{High, Low};

pub static RULE: Rule = Rule {
    id: "session-cookie",
    title: "Notion session cookie",
    kind: RuleKind::Credential,
    severity: Severity::Error,
    is_about_committing: false,
    advice: "Log out of all devices in Notion's account settings now: the cookie opens everything its owner can see.",
    variable: "NOTION_TOKEN_V2",
    page: include_str!("../../docs/rules/session-cookie.md"),
    detectors: &[
        Detector {
            anchors: &["v02:", "v03:eyJ"],
            shape: Shape::AtAnchor(&VERSIONED),
            goes_on: |_| true,
            shortest: 55,
            value: unpadded,
            prefix: |value| value.iter().rposition(|byte| *byte == b':').map_or(0, |colon| colon + 1),
            classify: certain,
        },
        Detector {
            anchors: &["token_v2", "TOKEN_V2", "tokenV2"],
            shape: Shape::NearAnchor(&UNVERSIONED),
            goes_on: |_| true,
            shortest: 156,
            value: <[u8]>::to_vec,
            prefix: |_| 0,
            classify: |candidate| (candidate.value.len() == 156).then_some(High),
        },
    ],
    evidence: EVIDENCE,
};

/// The cookies that say what they are.
static VERSIONED: LazyLock<Regex> = LazyLock::new(|| {
    token::compile(concat!(
        r"(?-u)^(?:v02:(?:user_token_or_cookies|file_token|sync_session):[A-Za-z0-9_-]{40,}={0,2}",
        r"|v03:eyJhbGciOiJkaXIi[A-Za-z0-9_.-]{60,}[A-Za-z0-9_-])"
    ))
});

/// The oldest form, which only its name tells from other hexadecimal text; the name may stand on another line.
static UNVERSIONED: LazyLock<Regex> = LazyLock::new(|| token::compile(r"(?-u)[0-9a-f]{156,}"));

/// A cookie without padding, which is not always written.
fn unpadded(written: &[u8]) -> Vec<u8> {
    let end = written.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    written[..end].to_vec()
}

/// The shape is certain by itself.
fn certain(_: &Candidate<'_>) -> Option<Confidence> {
    Some(High)
}

const EVIDENCE: &[Evidence] = &[
    found("a.py", "cookies = {'token_v2': '{v02}'}", High),
    found("a.py", "t = '{v03}'", High),
    found("a.sh", "curl -b 'token_v2=v02%3Auser_token_or_cookies%3A{a:132}; x=y'", High),
    found("a.sh", "curl -b 'file_token=v02%3Afile_token%3A{a:120}'", High),
    found("a.har", r#""value": "v03%3AeyJhbGciOiJkaXIi{a:60}..{a:22}.{a:200}.{a:43}""#, High),
    found("a.py", "client = NotionClient(token_v2=\"{h:156}\")", High),
    found("a.py", "token = '{h:156}'\nstart()\nclient = NotionClient(token_v2=token)", High),
    found(".env", "NOTION_TOKEN_V2={h:156}", High),
    found("a.txt", r"token_v2\n{h:156}\n", High),
    found("a.txt", "v02%3auser_token_or_cookies%3a{a:132}%3D%3D", High),
    found("a.js", "v02:user_token_or_cookies:{x:132}", Low),
    nothing("a.js", "v02:user_token_or_cookies:${'A'.repeat(64)}"),
    nothing("a.js", "{ token_v2: \"v03:abc\" }"),
    nothing("a.txt", "token_v2={h:155} {h:157}{h:1}"),
    nothing("a.js", "token_v2=eyJhbGciOiJIUzI1NiJ9.{a:80}.{a:43}"),
];
