//! `secret_` values that are named as client secrets, with which public integrations log in.

use super::kind::{CredentialKind, kind};
use super::pieces;
use super::token::masked;
use super::token::{self, secret_confidence, secret_prefix};
use crate::model::rule::{
    Candidate, Confidence, Detector, Evidence, Rule, RuleKind, Severity, Shape, found,
};
use crate::model::source_kind::SourceKind;
use Confidence::{High, Low, Medium};

pub static RULE: Rule = Rule {
    id: "oauth-client-secret",
    title: "Notion OAuth client secret",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Regenerate the client secret in the public integration's settings now: with it a thief can pose as your integration.",
    variable: "NOTION_CLIENT_SECRET",
    page: include_str!("../../docs/rules/oauth-client-secret.md"),
    detectors: &[Detector {
        anchors: &["secret_"],
        shape: Shape::AtAnchor(&token::SECRET),
        goes_on: token::goes_on,
        shortest: 37,
        value: pieces::value,
        prefix: secret_prefix,
        ends_names: true,
        lengths: token::OPAQUE,
        whole: token::opaque_length,
        in_pieces: pieces::opaque,
        classify,
    }],
    masked: &[masked!("secret_")],
    evidence: EVIDENCE,
};

fn classify(candidate: &Candidate<'_>) -> Option<Confidence> {
    (kind(candidate.around) == CredentialKind::ClientSecret)
        .then(|| secret_confidence(candidate))?
}

const EVIDENCE: &[Evidence] = &[
    found(
        "register.json",
        "{\"client_id\": \"client_Ik{a:18}7\", \"client_secret\": \"{secret}\", \"grant_types\": [\"client_credentials\"]}",
        Low,
    ),
    found(
        "a.py",
        "CLIENT_ID = \"rp_K5{a:10}\"\nCLIENT_SECRET = \"{secret}\"",
        Low,
    ),
    found(
        "a.py",
        "CLIENT_SECRET = \"{secret}\"\nISSUER = \"https://op.example.org\"",
        Low,
    ),
    found(
        "a.json",
        "{\"client_id\": \"{uuid}\", \"client_secret\": \"{secret}\"}",
        Medium,
    ),
    found(
        "a.env",
        "CLIENT_ID=your-client-id\nCLIENT_SECRET={secret}",
        Medium,
    ),
    found(".env", "NOTION_CLIENT_SECRET={secret}", High),
    found(
        "a.js",
        "const clientSecret = '{secret}' // api.notion.com",
        High,
    ),
    found("a.json", "{\"client_secret\": \"{secret}\"}", Medium),
    found(
        "a.js",
        "process.env.NOTION_CLIENT_SECRET || '{secret}'",
        High,
    ),
    found("a.js", "Buffer.from(`{client-id}:{secret}`)", Medium),
    found("a.url", "https://{uuid}:{secret}@api.notion.com/", High),
    found("a.md", "Name: NOTION_CLIENT_SECRET\nValue: {secret}", High),
    found(
        "a.plist",
        "<key>NotionClientSecret</key>\n<string>{secret}</string>",
        High,
    ),
    found("a.py", "ID = '{client-id}'\nPASSWORD = '{secret}'", Medium),
    found(
        "a.rs",
        "const NOTION_CLIENT_SECRET: &str = \"{secret}\";",
        High,
    ),
    found(
        "a.dart",
        "String.fromEnvironment('NOTION_CLIENT_SECRET', defaultValue: '{secret}')",
        High,
    ),
    found(
        "a.json",
        "[{\"name\":\"NOTION_CLIENT_SECRET\",\"value\":\"{secret}\"}]",
        High,
    ),
    found("a.md", "Name: NOTION_CLIENT_SECRET\nSecret: {secret}", High),
    found("a.py", "post(url, auth=('{uuid}', '{secret}'))", Medium),
    found(
        "a.sh",
        "echo {secret} | gh secret set NOTION_CLIENT_SECRET",
        High,
    ),
    found(
        "a.json",
        "{\"value\": \"{secret}\", \"name\": \"NOTION_CLIENT_SECRET\"}",
        High,
    ),
    found(
        "a.py",
        "os.getenv('NOTION_CLIENT_SECRET', '{secret}')",
        High,
    ),
    found(
        "a.sh",
        "notion-login --client-id {uuid} --pass {secret}",
        High,
    ),
    found(".env", "NOTION_CLIENT_SECRET=secret_{x:43}", Low),
    found(".env", "NOTION_OAUTH_SECRET_KEY={secret}", High),
    found(
        ".env",
        "NOTION_OAUTH_CLIENT_ID={client-id}\nNOTION_SECRET_KEY={secret}",
        High,
    ),
    found(".env", "AUTH0_CLIENT_SECRET={secret}", Low),
    found("a.ts", "const githubClientSecret = '{secret}';", Low),
];
