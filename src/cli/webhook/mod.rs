//! The command `ntnguard webhook`, which checks the signature of a webhook request.

mod body;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::model::defaults;
use crate::model::secret::Secret;
use crate::report::{CheckOutcome, CheckRow, CheckSubject, LiveReport};
use clap::{Args, ValueHint};

use super::Outcome;
use super::ask::{self, AnswerFlags, ValueFault, typed_name};
use body::BodyForm;

/// The arguments of `ntnguard webhook --token-env NAME --signature HEADER --body FILE`.
#[derive(Args)]
pub struct WebhookCommand {
    /// The variable with the verification token of the webhook subscription
    #[arg(long, value_name = "NAME")]
    token_env: String,
    /// The value of the header X-Notion-Signature of the request
    #[arg(long, value_name = "HEADER")]
    signature: WebhookSignature,
    /// The file with the body of the request, byte for byte; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    body: PathBuf,
    #[command(flatten)]
    answer: AnswerFlags,
}

/// The HMAC-SHA256 in the header X-Notion-Signature.
#[derive(Clone)]
struct WebhookSignature([u8; 32]);

impl FromStr for WebhookSignature {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let value = text.rsplit_once(':').map_or(text, |(_, value)| value);
        let digits = value.trim().strip_prefix("sha256=").unwrap_or_default();
        let mut bytes = [0; 32];
        let mut pairs = digits.as_bytes().chunks(2).map(hexadecimal);
        let is_whole = digits.len() == 64
            && bytes.iter_mut().all(|byte| {
                let pair = pairs.next().flatten();
                pair.is_some_and(|pair| {
                    *byte = pair;
                    true
                })
            });
        match is_whole {
            true => Ok(WebhookSignature(bytes)),
            false => Err(
                "expected `sha256=` and 64 hexadecimal digits, as in the header X-Notion-Signature"
                    .to_owned(),
            ),
        }
    }
}

fn hexadecimal(pair: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let [high, low] = pair else { return None };
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

impl WebhookCommand {
    /// Checks a signature. Sends nothing, since Notion cannot be asked about a subscription.
    pub fn run(self) -> Outcome {
        let token = self.token()?;
        let body = read(&self.body)?;
        let (outcome, message, help) = checked(&token, &self.signature.0, &body);
        self.answer.finish(&LiveReport {
            source: "webhook",
            tokens: Vec::new(),
            checks: vec![CheckRow {
                variable: self.token_env.clone(),
                subject: CheckSubject::Signature,
                outcome,
                message,
                help,
            }],
            requests: 0,
            host: String::new(),
            hidden: ask::hidden([&token].into_iter()),
        })
    }

    fn token(&self) -> Result<Secret> {
        let (values, name) = (self.answer.values()?, typed_name(&self.token_env)?);
        let token = values
            .secret(&name)
            .ok_or_else(|| ask::missing(&values, name.as_str()))?;
        let fault = match ask::common_fault(&token) {
            None if token.begins_with("ntn_") => Some(ValueFault::Integration),
            fault => fault,
        };
        match fault {
            Some(fault) => Err(Error::new(format!("{name} {fault}")).help(
                "set the variable to the verification token, which Notion sent once, when the \
                 webhook subscription was made",
            )),
            None => Ok(token),
        }
    }
}

/// Reads the bytes of a body from a file or, for `-`, from standard input.
fn read(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |error: io::Error| {
        Error::new(format!(
            "the body of the request (--body {}) cannot be read: {error}",
            path.display()
        ))
        .help("after --body, give the path of the file with the body, or - for standard input")
    };
    let bytes = match path.to_str() {
        Some("-") => up_to(io::stdin().lock(), defaults::WEBHOOK_BODY),
        _ => File::open(path).and_then(|file| up_to(file, defaults::WEBHOOK_BODY)),
    };
    bytes.map_err(unreadable)?.ok_or_else(|| {
        let path = path.display();
        let message = format!("the body of the request (--body {path}) has more than 16 MiB");
        Error::new(message).help("no event from Notion is so large: check the path after --body")
    })
}

/// Checks the signature of a body. If it does not match, looks for the change to the body or the
/// variable that explains why.
fn checked(
    token: &Secret,
    signature: &[u8; 32],
    body: &[u8],
) -> (CheckOutcome, String, Option<String>) {
    let size = body.len();
    if token.signs(body, signature) {
        let message = format!("the signature matches the body ({size} bytes)");
        return (CheckOutcome::AsExpected, message, None);
    }
    let (message, help) = if token.trimmed().signs(body, signature) {
        (
            "the signature is right, but the variable has blanks or quotes around the token",
            "set the variable to the token alone",
        )
    } else if let Some(form) = BodyForm::signed_by(token, signature, body) {
        (form.message(), form.help())
    } else {
        (
            "the signature does not match this body and this token",
            "check that the token is that of this subscription, and that no parser has changed the \
             body. Answer requests without a valid signature with 401",
        )
    };
    let help = help.to_owned();
    (CheckOutcome::NotAsExpected, message.to_owned(), Some(help))
}

#[cfg(test)]
mod tests {
    use super::WebhookSignature;

    #[test]
    fn a_signature_is_parsed_with_or_without_the_header_name() {
        let digits = "0f".repeat(32);
        for text in [
            format!("sha256={digits}"),
            format!("X-Notion-Signature: sha256={}", digits.to_uppercase()),
            format!(" sha256={digits}\r\n"),
        ] {
            assert_eq!(text.parse::<WebhookSignature>().unwrap().0, [15; 32]);
        }
        for text in [
            digits.clone(),
            format!("sha256={digits}0f"),
            format!("sha256={}zz", &digits[2..]),
            format!("sha256={}é", &digits[2..]),
            "sha256=+f".repeat(32),
            String::new(),
        ] {
            assert!(text.parse::<WebhookSignature>().is_err(), "{text}");
        }
    }
}
