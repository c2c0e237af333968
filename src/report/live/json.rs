//! The report on Notion's answers as one JSON document. Its outer fields are the same as in a
//! scan's report. Later versions may add fields, but never rename them.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{CheckOutcome, CheckRow, CheckSubject, LiveReport, TokenRow, words};
use crate::live::{Identity, Introspection, LiveState};
use crate::model::liveness::{Liveness, SecretState};
use crate::model::time::{moment, seconds};
use crate::report::Report;

pub fn write(report: &LiveReport, out: &mut dyn Write) -> io::Result<()> {
    let count = |outcome| report.count(outcome);
    let document = json!({
        "version": 1,
        "tool": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        "source": report.source,
        "complete": report.is_complete(),
        "host": Some(&report.host).filter(|host| !host.is_empty()),
        "requests": report.requests,
        "summary": {
            "as_expected": count(CheckOutcome::AsExpected),
            "not_as_expected": count(CheckOutcome::NotAsExpected),
            "unknown": count(CheckOutcome::Unknown),
        },
        "tokens": report.tokens.iter().map(token).collect::<Vec<_>>(),
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn token(row: &TokenRow) -> Value {
    let mut token = json!({
        "variable": row.variable,
        "fingerprint": row.fingerprint.to_string(),
        "expected": row.expected.id(),
        "outcome": outcome(row.outcome()),
        "live": live(row),
    });
    if row.is_client {
        token["oauth_client"] = true.into();
    }
    if let Some(introspection) = &row.introspection {
        token["introspection"] = introspected(introspection);
    }
    token
}

/// Returns the liveness of a finding's secret, as JSON.
pub fn liveness(liveness: &Liveness) -> Value {
    let trace = &liveness.trace;
    some([
        ("state", Some(liveness.state.id().into())),
        (
            "checked",
            liveness.checked.map(|at| format!("{}Z", moment(at)).into()),
        ),
        (
            "reason",
            liveness.reason.as_ref().map(|(id, _)| (*id).into()),
        ),
        ("status", trace.status.map(Value::from)),
        ("code", trace.code.clone().map(Value::from)),
        ("request_id", trace.request.clone().map(Value::from)),
        ("identity", liveness.identity.as_ref().map(identity)),
    ])
}

/// Returns the number of reported findings in each state, and the number of requests to Notion.
/// `None` if the run did not ask Notion.
pub fn counts(report: &Report) -> Option<Value> {
    let inquiry = report.inquiry.as_ref()?;
    let asked = report
        .reported()
        .filter_map(|finding| finding.liveness.as_ref());
    let states: Vec<SecretState> = asked.map(|liveness| liveness.state).collect();
    let count = |state| states.iter().filter(|known| **known == state).count();
    Some(json!({
        "live": count(SecretState::Live),
        "dead": count(SecretState::Dead),
        "unknown": count(SecretState::Unknown),
        "not_checked": count(SecretState::NotChecked),
        "requests": inquiry.requests,
        "host": inquiry.host,
        "allow_dead": inquiry.allows_dead,
    }))
}

/// Returns the state of a token, with the same fields as in [`liveness`].
fn live(row: &TokenRow) -> Value {
    let trace = &row.verified.trace;
    let (reason, whose) = match &row.verified.result {
        LiveState::Live(whose) => (None, whose.as_ref()),
        LiveState::Dead => (None, None),
        LiveState::Unknown(reason) => (Some(reason.id()), None),
    };
    let parts = [
        ("state", Some(words::state(&row.verified.result).into())),
        (
            "checked",
            Some(format!("{}Z", moment(seconds(row.checked))).into()),
        ),
        ("reason", reason.map(Value::from)),
        ("status", trace.status.map(Value::from)),
        ("code", trace.code.clone().map(Value::from)),
        ("request_id", trace.request.clone().map(Value::from)),
        ("attempts", Some(row.verified.attempts.into())),
        ("identity", whose.map(identity)),
    ];
    some(parts)
}

/// Returns the owner of a token, as JSON.
pub fn identity(identity: &Identity) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(|text| words::name(text).into());
    some([
        ("kind", identity.kind.map(|kind| kind.id().into())),
        ("bot", Some(words::name(&identity.bot).into())),
        ("name", text(&identity.name)),
        ("workspace", text(&identity.workspace)),
        ("workspace_name", text(&identity.workspace_name)),
    ])
}

fn introspected(introspection: &Introspection) -> Value {
    match introspection {
        Introspection::Active(Some(since)) => {
            json!({"active": true, "issued": format!("{}Z", moment(*since))})
        }
        Introspection::Active(None) => json!({"active": true}),
        Introspection::Inactive => json!({"active": false}),
        Introspection::Refused => json!({"reason": "client-refused"}),
        Introspection::Unknown(reason) => json!({"reason": reason.id()}),
    }
}

fn check(check: &CheckRow) -> Value {
    let subject = match check.subject {
        CheckSubject::Variable => "variable",
        CheckSubject::Object => "object",
        CheckSubject::Token => "token",
        CheckSubject::Signature => "signature",
    };
    some([
        ("variable", Some(check.variable.clone().into())),
        ("subject", Some(subject.into())),
        ("outcome", Some(outcome(check.outcome).into())),
        ("message", Some(check.message.clone().into())),
        ("help", check.help.clone().map(Value::from)),
    ])
}

fn outcome(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::AsExpected => "as-expected",
        CheckOutcome::NotAsExpected => "not-as-expected",
        CheckOutcome::Unknown => "unknown",
    }
}

/// Returns a JSON object with those fields that have a value.
fn some<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect::<Map<_, _>>())
}
