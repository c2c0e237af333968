//! Judges the content of an env file: it decides whether committing the file leaks secrets.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::detect::redact::shown_path;
use crate::env::dotenv;
use crate::env::known::{self, Suspicion, shown_name};
use crate::model::finding::Finding;
use crate::model::path::file_name;
use crate::model::rule::Confidence;
use crate::model::secret::{Fingerprint, Secret};

/// The content of an env file.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Encrypted content. It may also contain plain values, but no plain value is secret.
    Encrypted,
    /// Content that is not encrypted, or that contains secrets in plain text.
    Plain {
        /// The values that must not be committed; empty if all are harmless.
        held: Vec<HeldValue>,
        /// The names of variables that are tolerated because of the file's name, such as
        /// `.env.test`. In any other file their values would be in `held`. Masked and escaped for
        /// display.
        tolerated: Vec<String>,
    },
}

/// A value that must not be committed, identified by its fingerprint.
#[derive(Debug, PartialEq, Eq)]
pub struct HeldValue {
    /// The variable's name, masked and escaped for display; empty for a credential that another
    /// rule found.
    pub variable: String,
    /// The fingerprint of the value.
    pub value: Fingerprint,
}

/// The start of a file that git-crypt has encrypted.
pub const GIT_CRYPT: &[u8] = b"\0GITCRYPT\0";

/// The starts of files that are encrypted as a whole: by git-crypt, Ansible Vault, age, PGP.
const HEADS: [&[u8]; 5] = [
    GIT_CRYPT,
    b"$ANSIBLE_VAULT;",
    b"age-encryption.org/v1",
    b"-----BEGIN AGE ENCRYPTED FILE-----",
    b"-----BEGIN PGP MESSAGE-----",
];

/// The names of files in which projects with Laravel, Symfony or Rails commit random application
/// keys, but no real secrets.
const FOR_TESTS: [&[u8]; 4] = [
    b".env.test",
    b".env.testing",
    b".env.development",
    b".env.dev",
];

/// Judges the env file at `path` with the content `bytes`. `credentials` are the findings of other
/// rules in the file. A secret in plain text is reported even if the rest of the file is encrypted.
pub fn judge(path: &[u8], bytes: &[u8], credentials: &[Finding]) -> Content {
    let text = dotenv::as_utf8(bytes.to_vec());
    let name = file_name(path);
    let mut judged = JudgedContent {
        is_for_tests: FOR_TESTS.contains(&name),
        ..JudgedContent::default()
    };
    judged
        .held
        .extend(credentials.iter().filter_map(credential));
    let mut is_encrypted = HEADS.iter().any(|head| bytes.starts_with(head));
    for variable in dotenv::parse(&text).variables {
        let is_sealed = is_sealed(&text[variable.span.clone()]);
        is_encrypted |= is_sealed;
        if !is_sealed && !is_of_tool(variable.name) {
            judged.add(variable.name, &variable.value, Suspicion::Chosen);
        }
    }
    judged.add_dropped(&text);
    match judged {
        JudgedContent { held, .. } if is_encrypted && held.is_empty() => Content::Encrypted,
        JudgedContent {
            held, tolerated, ..
        } => Content::Plain { held, tolerated },
    }
}

/// The values that [`judge`] has collected so far from one file.
#[derive(Default)]
struct JudgedContent {
    is_for_tests: bool,
    held: Vec<HeldValue>,
    tolerated: Vec<String>,
}

impl JudgedContent {
    /// Adds a variable if its suspicion is at least `least`.
    fn add(&mut self, name: &[u8], value: &Secret, least: Suspicion) {
        let fingerprint = value.fingerprint();
        let is_known = self
            .held
            .iter()
            .any(|held| held.value == fingerprint && !held.variable.is_empty());
        if known::suspicion(name, value) < least || is_known {
            return;
        }
        let variable = shown_name(name, shown_path);
        if self.is_for_tests && !name.to_ascii_uppercase().ends_with(b"MASTER_KEY") {
            self.tolerated
                .extend((!self.tolerated.contains(&variable)).then_some(variable));
        } else {
            self.held.push(HeldValue {
                variable,
                value: fingerprint,
            });
        }
    }

    /// Adds random values from lines that the parser does not read as variables: in comments, after
    /// other words, or in quotes that are not closed. These must not be committed either.
    fn add_dropped(&mut self, text: &[u8]) {
        static PAIR: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"(?-u)([A-Za-z_][A-Za-z0-9_.]{2,80})["']?\s{0,4}(?:\+=|[:=])\s{0,4}["'(]{0,2}([^\s"'(){}\[\],;<>]{16,4096})"#)
                .expect("a valid pattern")
        });
        for found in PAIR.captures_iter(text) {
            let value = &found[2];
            if !is_of_tool(&found[1]) && !is_sealed(value) {
                self.add(
                    &found[1],
                    &Secret::new(value.to_vec(), 0),
                    Suspicion::Random,
                );
            }
        }
    }
}

/// Returns true if the value has the form of one that dotenvx (`encrypted:` and at least 40
/// characters of base64) or sops (`ENC[AES256_GCM,data:…]`) has encrypted.
fn is_sealed(value: &[u8]) -> bool {
    let is_base64 = |text: &[u8]| {
        text.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
    };
    let dotenvx = value
        .strip_prefix(b"encrypted:")
        .is_some_and(|text| text.len() >= 40 && is_base64(text));
    dotenvx || value.starts_with(b"ENC[AES256_GCM,data:") && value.ends_with(b"]")
}

/// Returns true if sops or dotenvx writes the variable as its own metadata.
fn is_of_tool(name: &[u8]) -> bool {
    const OF_SOPS: [&[u8]; 4] = [
        b"sops_version",
        b"sops_mac",
        b"sops_lastmodified",
        b"sops_encrypted_regex",
    ];
    let is_key_of_sops =
        name.starts_with(b"sops_") && memchr::memmem::find(name, b"__list_").is_some();
    OF_SOPS.contains(&name) || is_key_of_sops || name.starts_with(b"DOTENV_PUBLIC_KEY")
}

fn credential(found: &Finding) -> Option<HeldValue> {
    let evidence = found
        .evidence
        .as_ref()
        .filter(|_| found.confidence >= Confidence::Medium)?;
    Some(HeldValue {
        variable: String::new(),
        value: evidence.fingerprint.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Content, judge};
    use crate::fake::expand;

    /// Returns the variables that a file holds, or `encrypted`.
    fn held(name: &str, text: &str) -> String {
        match judge(name.as_bytes(), expand(text, 3).as_bytes(), &[]) {
            Content::Encrypted => "encrypted".to_owned(),
            Content::Plain { held, .. } => held
                .iter()
                .map(|held| held.variable.as_str())
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    #[test]
    fn the_content_of_an_env_file_is_classified() {
        for (name, text, expected) in [
            (".env", "PORT=3000\nNODE_ENV=production\n", ""),
            (
                ".env",
                "API_KEY={a:24}\nDB_PASSWORD=hunter2\n",
                "API_KEY DB_PASSWORD",
            ),
            (
                ".env.test",
                "APP_KEY=base64:{a:43}=\nDB_PASSWORD=hunter2\n",
                "",
            ),
            (".env.test", "RAILS_MASTER_KEY={h:32}\n", "RAILS_MASTER_KEY"),
            (
                ".env.production",
                "DOTENV_PUBLIC_KEY=\"{h:66}\"\nA_KEY=\"encrypted:{a:40}\"\nLOG_PLAIN=debug\n",
                "encrypted",
            ),
            (
                ".env",
                "A_KEY=\"encrypted:{a:40}\"\nB_KEY={a:24}\n",
                "B_KEY",
            ),
            (
                "x.env",
                "A_TOKEN=ENC[AES256_GCM,data:{a:30}==]\nsops_mac=ENC[AES256_GCM,data:x]\nsops_version=3.1\n",
                "encrypted",
            ),
            (".env", "A=ENC[x]\nB_KEY={a:24}\n", "B_KEY"),
            (".env", "$ANSIBLE_VAULT;1.1;AES256\nB_KEY={a:24}\n", "B_KEY"),
            (".env", "sops_api_key={a:24}\n", "sops_api_key"),
            (
                ".env",
                "#OLD_KEY={a:24}\nset B_KEY={a:25}\n{\"C_KEY\": \"{a:26}\"}\nexport A=1 D_KEY={a:27}\n",
                "OLD_KEY B_KEY C_KEY D_KEY",
            ),
            (".env", "A='x\nB_KEY={a:24}\nC='\n", "B_KEY"),
            (
                ".env.keys",
                "DOTENV_PRIVATE_KEY={h:64}\n",
                "DOTENV_PRIVATE_KEY",
            ),
            (".env", "$ANSIBLE_VAULT;1.1;AES256\n6162\n", "encrypted"),
            (".env", "", ""),
        ] {
            assert_eq!(held(name, text), expected, "{name}: {text}");
        }
    }
}
