//! `secret_` values that are named as webhook tokens, with which Notion signs every event.

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
    id: "webhook-verification-token",
    title: "Notion webhook verification token",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Delete the webhook subscription in Notion and create it anew: with the token a thief can forge events to your endpoint.",
    variable: "NOTION_WEBHOOK_TOKEN",
    page: include_str!("../../docs/rules/webhook-verification-token.md"),
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
    (kind(candidate.around) == CredentialKind::WebhookToken)
        .then(|| secret_confidence(candidate))?
}

const EVIDENCE: &[Evidence] = &[
    found("a.json", "{\"verification_token\": \"{secret}\"}", Medium),
    found(".env", "NOTION_VERIFICATION_TOKEN={secret}", High),
    found(".env", "NOTION_WEBHOOK_SECRET={secret}", High),
    found(
        "a.js",
        "export const notion = { webhook: { secret: '{secret}' } }",
        High,
    ),
    found("a.yml", "webhook:\n  secret: {secret}", Medium),
    found("a.yml", "webhookSigningToken: {secret}", Medium),
    found(
        "a.js",
        "const token = '{secret}';\nconst body = JSON.stringify({ verification_token: token });",
        Medium,
    ),
    found(
        "a.py",
        "value = '{secret}'\nmac = request.headers['X-Notion-Signature']",
        High,
    ),
    found(".env", "NOTION_WEBHOOK_SECRET=secret_{x:43}", Low),
];
