//! The checks that send nothing: variables are set, and their values look right.

use crate::live::object_id;
use crate::model::secret::Secret;
use crate::model::variable_name::VariableName;
use crate::policy::config::{OauthVariables, ObjectVariables, PreflightPlan};
use crate::report::{CheckOutcome, CheckRow, CheckSubject};

use super::super::ask::{OauthClient, Values, client_id_fault, named_token_fault, secret_fault};

/// The values to ask Notion about, and the faults of the other values.
#[derive(Default)]
pub struct Ready {
    /// Tokens, by their variables.
    pub tokens: Vec<(VariableName, Secret)>,
    /// The OAuth client, with the variable of its secret. `None` without a valid client.
    pub client: Option<(VariableName, OauthClient)>,
    /// Pages and databases, each with its id.
    pub objects: Vec<(ObjectVariables, String)>,
    /// The faults of values that are not set or malformed.
    pub checks: Vec<CheckRow>,
}

/// Checks the values of all variables of a plan.
pub fn ready(plan: &PreflightPlan, values: &Values) -> Ready {
    let mut ready = Ready::default();
    for name in &plan.tokens {
        match token(&ready, name, values) {
            Ok(value) => ready.tokens.push((name.clone(), value)),
            Err(what) => ready.checks.push(wrong(name, what)),
        }
    }
    if let Some(oauth) = &plan.oauth {
        client(oauth, values, &mut ready);
    }
    for object in &plan.objects {
        let text = values.text(&object.id).ok_or_else(|| unset(values));
        let id = text.and_then(|text| {
            object_id(&text)
                .ok_or_else(|| "is not an id of a page or database, nor a link to one".to_owned())
        });
        match id {
            Ok(id) => ready.objects.push((object.clone(), id)),
            Err(what) => ready.checks.push(wrong(&object.id, what)),
        }
    }
    ready
}

fn token(ready: &Ready, name: &VariableName, values: &Values) -> Result<Secret, String> {
    let value = values.secret(name).ok_or_else(|| unset(values))?;
    if let Some(fault) = named_token_fault(name.as_str(), &value) {
        return Err(fault.to_string());
    }
    match ready.tokens.iter().find(|(_, other)| *other == value) {
        Some((other, _)) => Err(format!(
            "has the same token as {other}: one of them is wrong"
        )),
        None => Ok(value),
    }
}

fn client(oauth: &OauthVariables, values: &Values, ready: &mut Ready) {
    let text = |name| values.text(name).ok_or_else(|| unset(values));
    let id = text(&oauth.client_id).and_then(|id| match client_id_fault(&id) {
        Some(fault) => Err(format!("{fault} (an OAuth client's id is a UUID)")),
        None => Ok(id),
    });
    let secret = values
        .secret(&oauth.client_secret)
        .ok_or_else(|| unset(values));
    let secret = secret.and_then(|secret| match secret_fault(&secret) {
        Some(fault) => Err(fault.to_string()),
        None => Ok(secret),
    });
    if let Some(name) = &oauth.redirect_uri {
        let fault = text(name).map_or_else(Some, |uri| redirect_fault(&uri));
        ready.checks.extend(fault.map(|what| wrong(name, what)));
    }
    match (id, secret) {
        (Ok(id), Ok(secret)) => {
            ready.client = Some((oauth.client_secret.clone(), OauthClient { id, secret }));
        }
        (id, secret) => {
            let checks = &mut ready.checks;
            checks.extend(id.err().map(|what| wrong(&oauth.client_id, what)));
            checks.extend(secret.err().map(|what| wrong(&oauth.client_secret, what)));
        }
    }
}

/// Returns the reason why Notion would not accept a redirect URI; `None` if it would.
fn redirect_fault(uri: &str) -> Option<String> {
    let host = |scheme: &str| {
        let rest = uri.strip_prefix(scheme)?;
        let host = rest.split(['/', '?', '#']).next()?;
        (!host.is_empty() && !host.contains([' ', '@'])).then_some(host)
    };
    let name = |host: &str| host.split(':').next().unwrap_or_default().to_owned();
    let is_here = |host: &str| ["localhost", "127.0.0.1"].contains(&name(host).as_str());
    let fits = host("https://").is_some() || host("http://").is_some_and(is_here);
    (!fits).then(|| "is not an address that begins with https://, or http://localhost".to_owned())
}

fn unset(values: &Values) -> String {
    format!("is not set in {}", values.places())
}

fn wrong(name: &VariableName, message: String) -> CheckRow {
    CheckRow {
        variable: name.to_string(),
        subject: CheckSubject::Variable,
        outcome: CheckOutcome::NotAsExpected,
        message,
        help: None,
    }
}

#[cfg(test)]
mod tests {
    use super::redirect_fault;

    #[test]
    fn redirect_uris_must_be_https_or_local() {
        let good = [
            "https://a.example/x",
            "http://localhost:3000/cb",
            "http://127.0.0.1",
        ];
        for uri in good {
            assert_eq!(redirect_fault(uri), None, "{uri}");
        }
        let bad = [
            "",
            "https://",
            "http://a.example",
            "http://localhost.evil.example",
            "a b",
        ];
        for uri in bad {
            assert!(redirect_fault(uri).is_some(), "{uri}");
        }
    }
}
