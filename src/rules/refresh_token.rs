//! `nrt_`: OAuth refresh tokens. Other products use the prefix too, so a value must have the
//! structure of a token, or Notion must be named near it.

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

static SHAPE: LazyLock<Regex> = LazyLock::new(|| token::shape("nrt_"));

pub static RULE: Rule = Rule {
    id: "refresh-token",
    title: "Notion OAuth refresh token",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Revoke the authorization now (with the OAuth revoke endpoint, or by disconnecting the integration in Notion): the token creates new access tokens.",
    variable: "NOTION_REFRESH_TOKEN",
    page: include_str!("../../docs/rules/refresh-token.md"),
    detectors: &[Detector {
        anchors: &["nrt_"],
        shape: Shape::AtAnchor(&SHAPE),
        goes_on: token::goes_on,
        shortest: 48,
        value: pieces::value,
        prefix: |_| "nrt_".len(),
        ends_names: false,
        lengths: token::STRUCTURED,
        whole: token::structured_length,
        in_pieces: |bytes, start| pieces::structured(bytes, start, "ntn_".len()),
        classify,
    }],
    masked: &[masked!("nrt_")],
    evidence: EVIDENCE,
};

fn classify(candidate: &Candidate<'_>) -> Option<Confidence> {
    let body = candidate.body();
    if !matches!(body.len(), 44..=48) {
        return None;
    }
    match (
        token::is_structured(body),
        candidate.around.nearly_says_notion(),
    ) {
        (true, _) if body.len() == 46 => Some(High),
        (true, _) | (false, true) => Some(Medium),
        (false, false) => None,
    }
}

const EVIDENCE: &[Evidence] = &[
    found("a.json", "{\"refresh_token\": \"{nrt}\"}", High),
    found("a.env", "NOTION_REFRESH_TOKEN={nrt}", High),
    found("a.txt", "nrt_{d:11}x{a:33}", Medium),
    found("a.env", "NOTION_REFRESH_TOKEN=nrt_Zq{a:43}", Medium),
    found("a.env", "NOTION_REFRESH_TOKEN=nrt_{x:46}", Low),
    nothing("a.txt", "nrt_{h:64} nrt_{a:40}"),
    nothing("a.txt", "nrt_Zq{a:44}"),
    nothing(
        "a.cpp",
        "call_function_sf7buo89tnrt_1 NovelRT_Nrt_1DebugService_1create",
    ),
];
