//! `secret_`: internal integration tokens made before 2024-09-25, which still work.

use super::pieces;
use super::token::{self, secret_confidence, secret_prefix};
use crate::model::rule::{
    Confidence, Detector, Evidence, Rule, RuleKind, Severity, Shape, found, nothing,
};
use crate::model::source_kind::SourceKind;
use Confidence::{High, Low, Medium};

pub static RULE: Rule = Rule {
    id: "legacy-token",
    title: "Notion integration token (legacy)",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: Some(Confidence::High),
    advice: "Regenerate the token in Notion's integration settings now: tokens in the old format still work.",
    variable: "NOTION_TOKEN",
    page: include_str!("../../docs/rules/legacy-token.md"),
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
        classify: secret_confidence,
    }],
    masked: &[masked!("secret_")],
    evidence: EVIDENCE,
};
use super::token::masked;

const EVIDENCE: &[Evidence] = &[
    found(
        "a.sh",
        "curl -H 'Authorization: Bearer {secret}' https://api.example.com/v1",
        Low,
    ),
    found(
        "a.json",
        "{\"id\": \"{secret}\", \"object\": \"secret\"}",
        Low,
    ),
    found("a.md", "see https://github.com/x/y: {secret}", Medium),
    found(
        "a.py",
        "import notion_client\nt = 'Bearer ' + '{secret}'",
        High,
    ),
    nothing(
        "a.py",
        "import notion_client\ncs = ('cs_test_{a:20}_'\n      '{secret}')",
    ),
    nothing("a.js", "notion('pi_{a:20}' + '{secret}')"),
    found(
        "a.ts",
        "const NOTION_SECRET = 'secret_Th1sIsN0tAR3alS3cr3tJustAnExampl3F0rTh3D0cs'",
        Low,
    ),
    found("a.env", "NOTION_TOKEN=secret_{h:64}", Low),
    found(".env", "NOTION_TOKEN={secret}", High),
    found("a.py", "NOTION_SECRET = '{secret}'", High),
    found(
        "a.js",
        "new Client({ auth: \"{secret}\" }); // @notionhq/client",
        High,
    ),
    found(
        "a.java",
        "h.put(\"Authorization\", \"Bearer {secret}\"); call(\"https://api.notion.com/v1\");",
        High,
    ),
    found("notion/config.txt", "{secret}", High),
    found("a.txt", "{secret}", Medium),
    found("a.txt", "{secret}, and so on", Medium),
    found(
        "a.js",
        "const t = 'secret_' +\n  '{a:42}q'; // notion",
        High,
    ),
    found(
        "a.js",
        "const t = 'secret_{a:29}q' + '{a:13}' // notion",
        High,
    ),
    found(
        "a.json",
        "{\"client_secret\": \"x\", \"access_token\": \"{secret}\"}",
        Medium,
    ),
    found("a.yml", "client_secret: x\ntoken: {secret}", Medium),
    found(
        "a.js",
        "const clientSecret = 'x'; const token = '{secret}'",
        Medium,
    ),
    found("a.txt", "secret_{a:41}q", Medium),
    found("a.txt", "notion secret_{a:40}", Medium),
    found("a.txt", "secret_{a:40}", Low),
    found("a.php", "$token = \"secret_{h:32}\";", Low),
    found("a.env", "NOTION_TOKEN=secret_{x:43}", Low),
    found("a.ts", "const githubToken = '{secret}';", Low),
    found("a.yml", "  adyen_api_key: \"{secret}\"", Low),
    found("a.properties", "keycloak.credentials.secret={secret}", Low),
    found("a.env", "OUTLINE_API=x\nBASELINE_TOKEN={secret}", Medium),
    found(".env", "NOTION_SECRET_KEY={secret}", High),
    found(".env", "AUTH0_NOTION_TOKEN={secret}", High),
    nothing("a.js", "pi_{a:24}_secret_{a:25} seti_{a:24}_secret_{a:34}"),
    nothing("a.ts", "sb_secret_{a:22}_{a:8} my_secret_{a:43}"),
    nothing("a.php", "x-api-secret: secret_live_{a:32}"),
    nothing(
        "a.py",
        "secret_access_key = secret_from_notion_after_subscription",
    ),
];
