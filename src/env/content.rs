//! What an env file holds decides whether it is a leak, where it is committed.

use crate::env::dotenv;
use crate::finding::Finding;
use crate::known::{self, Suspicion, shown_name};
use crate::redact::shown_path;
use crate::rule::Confidence;
use crate::secret::Fingerprint;

/// What an env file holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// It is encrypted, or what is not is harmless.
    Encrypted,
    /// These values, which must not be committed; none, where all are harmless.
    Plain(Vec<Held>),
}

/// A value that must not be committed, without the value.
#[derive(Debug, PartialEq, Eq)]
pub struct Held {
    /// The variable's name, fit to be shown; empty for a credential that no variable holds.
    pub variable: String,
    /// The identity of the value.
    pub value: Fingerprint,
}

/// What files begin with that are encrypted as a whole: by git-crypt, Ansible Vault, age, PGP.
const HEADS: [&[u8]; 5] = [
    b"\0GITCRYPT\0",
    b"$ANSIBLE_VAULT;",
    b"age-encryption.org/v1",
    b"-----BEGIN AGE ENCRYPTED FILE-----",
    b"-----BEGIN PGP MESSAGE-----",
];

/// Where frameworks commit random application keys, and nothing else is real (Laravel, Symfony, Rails).
const FOR_TESTS: [&[u8]; 4] = [b".env.test", b".env.testing", b".env.development", b".env.dev"];

/// Judges the env file at `path` by its bytes; `credentials` are what rules found in it.
pub fn judge(path: &[u8], bytes: &[u8], credentials: &[Finding]) -> Content {
    if HEADS.iter().any(|head| bytes.starts_with(head)) {
        return Content::Encrypted;
    }
    let text = dotenv::as_utf8(bytes.to_vec());
    let parsed = dotenv::parse(&text);
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let is_for_tests = FOR_TESTS.contains(&name);
    let mut held: Vec<Held> = credentials.iter().filter_map(credential).collect();
    let mut is_encrypted = false;
    for variable in parsed.variables {
        let raw = &text[variable.span.clone()];
        if raw.starts_with(b"encrypted:") || raw.starts_with(b"ENC[") {
            is_encrypted = true;
        } else if !is_of_tool(variable.name) && is_held(variable.name, &variable.value, is_for_tests) {
            let (variable, value) = (shown_name(variable.name, shown_path), variable.value.fingerprint());
            held.push(Held { variable, value });
        }
    }
    if is_encrypted && held.is_empty() { Content::Encrypted } else { Content::Plain(held) }
}

/// Returns true if a variable must not be committed.
fn is_held(name: &[u8], value: &crate::secret::Secret, is_for_tests: bool) -> bool {
    let is_master = name.to_ascii_uppercase().ends_with(b"MASTER_KEY");
    known::suspicion(name, value) > Suspicion::None && (!is_for_tests || is_master)
}

/// Returns true for what sops and dotenvx write of their own.
fn is_of_tool(name: &[u8]) -> bool {
    name.starts_with(b"sops_") || name.starts_with(b"DOTENV_PUBLIC_KEY")
}

fn credential(found: &Finding) -> Option<Held> {
    let evidence = found.evidence.as_ref().filter(|_| found.confidence >= Confidence::Medium)?;
    Some(Held { variable: String::new(), value: evidence.fingerprint.clone() })
}

#[cfg(test)]
mod tests {
    use super::{Content, judge};
    use crate::fake::expand;

    /// The variables that a file holds, or that it is encrypted.
    fn held(name: &str, text: &str) -> String {
        match judge(name.as_bytes(), expand(text, 3).as_bytes(), &[]) {
            Content::Encrypted => "encrypted".to_owned(),
            Content::Plain(held) => held.iter().map(|held| held.variable.as_str()).collect::<Vec<_>>().join(" "),
        }
    }

    #[test]
    fn the_content_of_a_file_decides() {
        for (name, text, expected) in [
            (".env", "PORT=3000\nNODE_ENV=production\n", ""),
            (".env", "API_KEY={a:24}\nDB_PASSWORD=hunter2\n", "API_KEY DB_PASSWORD"),
            (".env.test", "APP_KEY=base64:{a:43}=\nDB_PASSWORD=hunter2\n", ""),
            (".env.test", "RAILS_MASTER_KEY={h:32}\n", "RAILS_MASTER_KEY"),
            (
                ".env.production",
                "DOTENV_PUBLIC_KEY=\"{h:66}\"\nA_KEY=\"encrypted:{a:40}\"\nLOG_PLAIN=debug\n",
                "encrypted",
            ),
            (".env", "A_KEY=\"encrypted:{a:40}\"\nB_KEY={a:24}\n", "B_KEY"),
            ("x.env", "A_TOKEN=ENC[AES256_GCM,data:{a:30}==]\nsops_mac=ENC[x]\nsops_version=3.1\n", "encrypted"),
            (".env.keys", "DOTENV_PRIVATE_KEY={h:64}\n", "DOTENV_PRIVATE_KEY"),
            (".env", "$ANSIBLE_VAULT;1.1;AES256\n6162\n", "encrypted"),
            (".env", "", ""),
        ] {
            assert_eq!(held(name, text), expected, "{name}: {text}");
        }
    }
}
