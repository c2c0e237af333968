//! `ntn_`: internal integration tokens, OAuth access tokens, personal access tokens, CLI tokens.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::pieces;
use super::token;
use super::token::masked;
use crate::model::rule::{
    Candidate, Confidence, Detector, Evidence, Rule, RuleKind, Severity, Shape, found, nothing,
};
use crate::model::source_kind::SourceKind;
use Confidence::{High, Low, Medium};

static SHAPE: LazyLock<Regex> = LazyLock::new(|| token::shape("ntn_"));

pub static RULE: Rule = Rule {
    id: "integration-token",
    title: "Notion integration token",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: Some(Confidence::Medium),
    advice: "Regenerate the token in Notion's integration settings now: whoever has it reads every page shared with the integration.",
    variable: "NOTION_TOKEN",
    page: include_str!("../../docs/rules/integration-token.md"),
    detectors: &[Detector {
        anchors: &["ntn_"],
        shape: Shape::AtAnchor(&SHAPE),
        goes_on: token::goes_on,
        shortest: 34,
        value: pieces::value,
        prefix: |_| "ntn_".len(),
        ends_names: false,
        lengths: token::STRUCTURED,
        whole: token::structured_length,
        in_pieces: |bytes, start| pieces::structured(bytes, start, "ntn_".len()),
        classify,
    }],
    masked: &[masked!("ntn_")],
    evidence: EVIDENCE,
};

/// Returns high confidence for 46 characters that begin like a token. Returns medium or low
/// confidence for other bodies of at least 30 characters, because Notion guarantees no format.
/// `None` for a shorter body in pieces.
fn classify(candidate: &Candidate<'_>) -> Option<Confidence> {
    let body = candidate.body();
    let structured = token::is_structured(body);
    if candidate.joined && !matches!(body.len(), 44..=48) {
        return (body.len() >= 30).then_some(Low);
    }
    Some(match (structured, body.len()) {
        (true, 46) => High,
        (true, _) => Medium,
        (false, _) if !is_in_name(candidate) => Medium,
        _ => Low,
    })
}

/// Returns true if the prefix is in the middle of a name, as in C++ symbols, or of URL-safe base64,
/// where `_ntn_` occurs by chance.
fn is_in_name(candidate: &Candidate<'_>) -> bool {
    matches!(candidate.around.before(2), [before, b'-' | b'_'] if before.is_ascii_alphanumeric())
}

const EVIDENCE: &[Evidence] = &[
    found(".env", "NOTION_TOKEN={ntn}", High),
    found("a.py", "notion = Client(auth='{ntn:1}')", High),
    found("a.rb", "token = \"{ntn:2}\"", High),
    found("a.ts", "const t = `{ntn:3}`", High),
    found("a.env", "T=development_{ntn}", High),
    found("a.env", "T=secret_{ntn}", High),
    found("a.md", "It is {ntn}, as said.", High),
    found("a.lisp", "(auth {ntn})", High),
    found("a.json", "[{ntn}]", High),
    found("a.md", "See {ntn}.", High),
    found("a.url", "?token={ntn}&v=1", High),
    found("a.xml", "<string>{ntn}</string>", High),
    found("a.js", "{auth:{ntn}}", High),
    found("a.sh", "x={ntn}|y", High),
    found("a.yml", "{ntn}: name", High),
    found("a.txt", "{ntn}/path {h:4}", High),
    found("a.txt", "{ntn}#fragment", High),
    found("a.md", "**{ntn}**", High),
    found("a.txt", "{ntn}\0binary", High),
    found(
        "mcp.json",
        r#"{"OPENAPI_MCP_HEADERS": "{\"Authorization\": \"Bearer {ntn}\", \"Notion-Version\": \"2022-06-28\"}"}"#,
        High,
    ),
    found(
        "mcp.json",
        r#""{\\\"Authorization\\\": \\\"Bearer {ntn}\\\"}""#,
        High,
    ),
    found("a.json", r#""key=1\n{ntn}""#, High),
    found("a.http", "GET /?auth%3D{ntn}%26x", High),
    found("a.js", r"'\u0022{ntn}\u0022'", High),
    found("a.log", "\x1b[32m{ntn}\x1b[0m", High),
    found("a.py", "os.getenv('{ntn}')", High),
    found("a.js", "const t = 'ntn_' + '{d:11}x{a:34}'", High),
    found("a.py", "t = ('ntn_{d:11}'\n     'x{a:34}')", High),
    found("a.py", "t = 'ntn_{d:11}x{a:20}' f'{a:14}'", High),
    found("a.vb", "t = \"ntn_{d:11}\" & _\n  \"x{a:34}\"", High),
    found(
        "a.js.map",
        r#""const t = \"ntn_\" +\n  \"{d:11}x{a:34}\"""#,
        High,
    ),
    found("a.js", "const t = '{ntn}' + 'suffix'", High),
    found("a.log", r"\u001b[32m{ntn}\u001b[0m", High),
    found("a.url", "%5Cn{ntn}", High),
    found("a.txt", "ntn_{d:11}x{a:33}", Medium),
    found("a.txt", "ntn_Zq{a:70}", Medium),
    found("a.txt", "ntn_{d:11}x{a:35}", Medium),
    found("a.txt", "ntn_Zq{a:44}", Medium),
    found(
        "a.map",
        "_ZL24configure_cli11_ntn_argsRN3CLI3AppERSt8optionalIN6srsran10ntnE",
        Low,
    ),
    found("a.txt", "eyJhbGciOi-ntn_Zq{a:44}", Low),
    found("a.txt", "ntn_{seq:46}", Low),
    found("a.txt", "ntn_{0:46}", Low),
    found("a.env", "T=ntn_YourNotionTokenGoesHere{a:19}", Low),
    found(
        "a.js",
        "const t = 'ntn_' + '{seq:11}' + 'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW{a:3}'",
        Low,
    ),
    found("a.c", "ntn_configurationManagerRelease17Handler", Low),
    found(
        "a.env",
        "T=ntn_11122233344455566677788899900aaabbbcccddde",
        Low,
    ),
    found(
        "a.h",
        "enum { ntn_UlSyncValidityDurationReportingEnabledForRrcIdleR17 };",
        Low,
    ),
    found("a.txt", "ntn_{h:46}", Low),
    found("a.txt", "ntn_{h:64}", Low),
    found(
        "a.pyc",
        "\0\u{1}2{ntn}z\u{1f}https://api.notion.com\0",
        High,
    ),
    found(
        "a.docx",
        "<w:t>ntn_{d:11}x{a:20}</w:t></w:r><w:r><w:t>{a:14}</w:t>",
        High,
    ),
    nothing("a.ts", "cntn_{d:11}x{a:34}"),
    nothing("a.ts", "INTN_{d:11}x{a:34}"),
    nothing(
        "a.md",
        "ntn_**** ntn_12345678901... ntn_[REDACTED] ntn_your_token_here",
    ),
    nothing("a.c", "srsran::ntn_config ntn_cfg; ntn_Config_r17"),
    nothing("a.yml", "NOTION_TOKEN: ${{ secrets.NOTION_TOKEN }}"),
    nothing(
        "a.swift",
        "let token = \"ntn_\" + String(repeating: \"a\", count: 256)",
    ),
];
