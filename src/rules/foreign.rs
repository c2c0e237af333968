//! Signs that another service issued a value that looks like a Notion credential.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::token::compile;
use crate::model::neighbourhood::Neighbourhood;

/// Returns true if something near `secret_` and 43 characters says that another vendor issued the
/// value: a client id that is not a UUID, a term of OAuth or OpenID Connect servers, a host, or a
/// variable whose name ends in `id` or contains the name of another product. Meaningful only if
/// nothing nearby names Notion.
pub fn is_others_secret(around: &Neighbourhood<'_>) -> bool {
    static SERVER: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i-u)\b(?:issuer|jwks_uri|grant_types?|response_types?|token_endpoint\w*|userinfo_endpoint|oidc|openid",
            r"|authorization_endpoint|registration_access_token)\b"
        ))
    });
    let is_of_server =
        |text: &[u8]| SERVER.is_match(text) || has_other_client(text) || names_host(text);
    let line = around.line_before();
    near(around).into_iter().any(is_of_server) || is_id(line) || names_product(line)
}

/// Returns true if a host is named near the value, in a URL or as the host or origin of a request.
/// Notion's hosts count too, so the caller checks for Notion first.
pub fn is_near_host(around: &Neighbourhood<'_>) -> bool {
    near(around).into_iter().any(names_host)
}

fn near<'a>(around: &Neighbourhood<'a>) -> [&'a [u8]; 2] {
    [
        around.before(Neighbourhood::NEAR),
        around.after(Neighbourhood::NEAR),
    ]
}

/// Returns true if `text` contains a client id that has digits and, apart from dashes, is not
/// hexadecimal like a UUID.
fn has_other_client(text: &[u8]) -> bool {
    static CLIENT: LazyLock<Regex> = LazyLock::new(|| {
        compile(r#"(?i-u)client[\s_.-]?id["']?\s*(?:=>|:?=|:)\s*["'`]?([a-z0-9][a-z0-9._~-]{7,})"#)
    });
    CLIENT.captures_iter(text).any(|found| {
        let id = &found[1];
        let digits = id.iter().filter(|byte| byte.is_ascii_digit()).count();
        let is_hex = id
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
        digits > 0 && !is_hex
    })
}

/// Hosts of source code and of standards. They do not show which service a credential is for.
const NEUTRAL: [&str; 9] = [
    "github.com",
    "githubusercontent.com",
    "gitlab.com",
    "stackoverflow.com",
    "w3.org",
    "schema.org",
    "json-schema.org",
    "localhost",
    "127.0.0.1",
];

fn names_host(text: &[u8]) -> bool {
    static HOST: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?i-u)(?:https?://(?:[^\s/@]{1,80}@)?|\b(?:host|origin):\s+)([a-z0-9-]+(?:\.[a-z0-9-]+)+)",
        )
    });
    HOST.captures_iter(text).any(|found| {
        let host = String::from_utf8_lossy(&found[1]).to_lowercase();
        !NEUTRAL.iter().any(|known| {
            host.strip_suffix(known)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    })
}

/// Returns true if the variable at the end of the line is named after another product that issues
/// client secrets or keys: `AUTH0_CLIENT_SECRET=`, `keycloak.credentials.secret: "`.
fn names_product(line: &[u8]) -> bool {
    static PRODUCT: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i-u)(?:\b|_)(?:adyen|airtable|anthropic|apple|argocd|asana|atlassian|auth0|authelia|authentik|aws",
            r"|azure|bitbucket|box|clerk|clever|clickup|cloudflare|cognito|databricks|descope|dex|discord|docusign",
            r"|doppler|dropbox|facebook|figma|firebase|fusionauth|git(?:ea|hub|lab)|google|grafana|harbor|hubspot",
            r"|huggingface|hydra|infisical|intercom|jenkins|jira|keycloak|kinde|line|linear|linkedin|logto|mailgun",
            r"|microsoft|minio|mollie|monday|netlify|nextcloud|okta|onelogin|openai|ory|outline|pa(?:ypal|ddle)|ping",
            r"|pingidentity|plaid|postmark|quickbooks|reddit|salesforce|sendgrid|sentry|shopify|slack|snowflake",
            r"|spotify|square|strava|stripe|stytch|supabase|temporal|tiktok|trello|twilio|twitch|twitter|vault",
            r"|vercel|webex|workos|xero|yahoo|zendesk|zitadel|zoho|zoom)",
            r#"(?:[_.-]\w[\w.-]*|[A-Z][a-z]\w*)?["']?\]?\s*(?:=>|:?=|:)\s*["'`]?$"#
        ))
    });
    PRODUCT.is_match(line)
}

/// Returns true if an identifier, not a secret, follows the line: `"id": "`, `secret_id=`,
/// `/secrets/`.
fn is_id(line: &[u8]) -> bool {
    static ID: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?-u)(?:(?:(?:\b|_)(?i:id)|[a-z]Id)["']?\s*(?:=>|:?=|:)\s*["'`]?|(?i:/secrets?/|:secret:))$"#,
        )
    });
    ID.is_match(line)
}
