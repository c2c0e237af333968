//! The role of a file, judged by its name alone.

use crate::model::path::file_name;

/// The role of a file, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A file that holds secrets and belongs to one machine.
    Sensitive,
    /// A file with the names of variables but not their secret values, which is meant to be
    /// committed.
    Template,
    /// A file that is meant to be committed for another reason: its values are encrypted or public.
    Committed,
}

/// Common suffixes of `.env.`: modes, machines and copies. The audit checks these names even if no
/// such file exists. An existing file with any other suffix can be an env file, too.
pub(crate) const SENSITIVE_SUFFIXES: [&str; 29] = [
    "local",
    "development",
    "dev",
    "production",
    "prod",
    "staging",
    "stage",
    "test",
    "testing",
    "preview",
    "ci",
    "qa",
    "uat",
    "sandbox",
    "secret",
    "secrets",
    "private",
    "keys",
    "me",
    "backup",
    "bak",
    "old",
    "save",
    "orig",
    "previous",
    "local.php",
    "prod.php",
    "dev.php",
    "docker",
];
const TEMPLATE_WORDS: [&str; 14] = [
    "example",
    "examples",
    "sample",
    "samples",
    "template",
    "tmpl",
    "tpl",
    "dist",
    "default",
    "defaults",
    "schema",
    "skel",
    "skeleton",
    "recommended",
];
pub(crate) const COMMITTED_NAMES: [&str; 5] = [
    ".env.vault",
    ".env.encrypted",
    ".env.x",
    ".env.project",
    ".flaskenv",
];

/// The endings of names of files that are encrypted as a whole.
const ENCRYPTED: [&str; 8] = [
    "encrypted",
    "enc",
    "gpg",
    "asc",
    "age",
    "sops",
    "pgp",
    "vault",
];

/// The extensions of code, documents and data, which no program reads as an env file.
const OTHERS: [&str; 38] = [
    "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "py", "pyi", "rb", "go", "rs", "php",
    "java", "kt", "cs", "swift", "lua", "nix", "c", "h", "cpp", "md", "mdx", "rst", "adoc", "html",
    "css", "json", "yaml", "yml", "toml", "xml", "erb", "ejs", "j2", "d",
];

/// Returns the role of the file at `path`, by its file name alone; `None` if the name is not that
/// of an env file or template.
pub fn role(path: &[u8]) -> Option<Role> {
    let name = file_name(path);
    if !could_be_env(name) {
        return None;
    }
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    if COMMITTED_NAMES.contains(&name.as_str()) {
        return Some(Role::Committed);
    }
    let name = original(&name);
    let suffix = [".envrc", ".env", ".dev.vars"]
        .iter()
        .find_map(|stem| Some((*stem, name.strip_prefix(stem)?)));
    match suffix {
        Some((".envrc", "")) => None,
        Some((_, "")) => Some(Role::Sensitive),
        Some((_, suffix)) => role_of_suffix(suffix),
        None => role_without_dot(name),
    }
}

/// Returns the role of the file at `path` as in [`role`], except that the file names in `sensitive`
/// are [`Role::Sensitive`].
pub fn role_among(path: &[u8], sensitive: &[String]) -> Option<Role> {
    let name = file_name(path);
    if sensitive.iter().any(|named| named.as_bytes() == name) {
        Some(Role::Sensitive)
    } else {
        role(path)
    }
}

/// Returns true if a name could be that of an env file. This quick check rules out nearly all other
/// names.
pub fn could_be_env(name: &[u8]) -> bool {
    let before = |at: usize, word: &[u8]| at >= 2 && name[at - 2..=at].eq_ignore_ascii_case(word);
    memchr::memchr2_iter(b'v', b'V', name)
        .any(|at| before(at, b"env") || before(at, b"dev") && name[0] == b'.')
}

/// Returns true if a file of code, a document or data has a name like an env file's: `.env.ts`,
/// `.env.md`.
pub fn is_other(name: &[u8]) -> bool {
    let ending = memchr::memrchr(b'.', name).map(|dot| &name[dot + 1..]);
    name.starts_with(b".env.")
        && ending.is_some_and(|ending| OTHERS.iter().any(|other| other.as_bytes() == ending))
}

/// Returns the original name of a copy that people or tools made: `X` for `Copy of X`, `X copy 2`,
/// `X - Copy`, `X (1)`, `X.bak2`, `X.save.1` and `X~`. Any other name is returned unchanged.
fn original(name: &str) -> &str {
    let mut name = name.strip_prefix("copy of ").unwrap_or(name);
    loop {
        let shorter = without_number(name).trim_end_matches('~');
        let shorter = COPIES
            .iter()
            .find_map(|end| shorter.strip_suffix(end))
            .unwrap_or(shorter)
            .trim_end();
        // A name shorter than `.env` cannot be the original.
        if shorter.len() == name.len() || shorter.len() < ".env".len() {
            return name;
        }
        name = shorter;
    }
}

/// The endings of names of copies.
const COPIES: [&str; 19] = [
    " - copy",
    " copy",
    "-copy",
    "_copy",
    ".copy",
    ".bak",
    "-bak",
    "_bak",
    ".backup",
    "-backup",
    "_backup",
    ".old",
    "-old",
    "_old",
    ".orig",
    ".save",
    ".previous",
    ".swp",
    ".tmp",
];

/// Returns true if a name is that of a copy.
pub fn is_copy(name: &[u8]) -> bool {
    std::str::from_utf8(name)
        .is_ok_and(|name| original(&name.to_ascii_lowercase()).len() < name.len())
}

/// Removes the number of a copy from the end of a name: ` (1)`, `.1`, or a number or date after an
/// ending such as `.bak`.
fn without_number(name: &str) -> &str {
    let number = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"-_.t:".contains(&byte))
    };
    if let Some((before, inside)) = name
        .strip_suffix(')')
        .and_then(|name| name.rsplit_once(" ("))
    {
        return if number(inside) { before } else { name };
    }
    let before = name.trim_end_matches(|c: char| c.is_ascii_digit() || "-_.t:".contains(c));
    let is_counted = number(&name[before.len()..]) && name.ends_with(|c: char| c.is_ascii_digit());
    if is_counted { before } else { name }
}

/// Returns the role of `.env<suffix>`, where the suffix is not empty; `None` if the name is not
/// that of an env file or template.
fn role_of_suffix(suffix: &str) -> Option<Role> {
    let rest = suffix.strip_prefix(['.', '-', '_', ' '])?;
    let words: Vec<&str> = rest.split(['.', '-', '_', ' ']).collect();
    let last = words.last().copied().unwrap_or_default();
    if words.iter().any(|word| TEMPLATE_WORDS.contains(word)) {
        Some(Role::Template)
    } else if ENCRYPTED.contains(&last) {
        Some(Role::Committed)
    } else if OTHERS.contains(&last) && !SENSITIVE_SUFFIXES.contains(&rest) {
        None
    } else {
        Some(Role::Sensitive)
    }
}

/// Returns the role of `<stem>.env`, `<stem>.env.<suffix>`, `env.<mode>`, `dotenv.<mode>`, and
/// templates such as `env-example`; `None` for other names.
fn role_without_dot(name: &str) -> Option<Role> {
    let is_template = |words: &str| {
        words
            .split(['.', '-', '_'])
            .any(|word| TEMPLATE_WORDS.contains(&word))
    };
    if let Some(stem) = name.strip_suffix(".env") {
        let is_encrypted = stem
            .rsplit('.')
            .next()
            .is_some_and(|last| ENCRYPTED.contains(&last));
        return Some(match (is_template(stem), is_encrypted) {
            (true, _) => Role::Template,
            (_, true) => Role::Committed,
            _ => Role::Sensitive,
        });
    }
    if let Some((stem, suffix)) = name
        .split_once(".env.")
        .filter(|(stem, _)| !stem.is_empty())
    {
        return if is_template(stem) {
            Some(Role::Template)
        } else {
            role_of_suffix(&format!(".{suffix}"))
        };
    }
    let mode = name.strip_prefix("dotenv").or(name.strip_prefix("env"))?;
    let mode = mode.strip_prefix('.').or(mode
        .strip_prefix(['-', '_'])
        .filter(|mode| is_template(mode)))?;
    let ends_in_other = mode
        .rsplit('.')
        .next()
        .is_some_and(|last| OTHERS.contains(&last));
    match is_template(mode) && !ends_in_other {
        true => Some(Role::Template),
        false if SENSITIVE_SUFFIXES.contains(&mode) || mode.ends_with(".local") => {
            Some(Role::Sensitive)
        }
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, is_copy, role};

    #[test]
    fn the_role_of_an_env_file_follows_from_its_name() {
        let sensitive = ".env|a/.env|.env.local|.env.development.local|.env.production|.env.staging|.env.test|.dev.vars|\
            .dev.vars.staging|.env.keys|.env.bak|.env~|.envrc.local|.envrc.private|.env.local.php|prod.env|x/app.env|\
            .env.production.bak|.env.local~|.env copy|.env copy 2|.env - Copy|.env - Copy (2)|.env (1)|.env.save.1|.env.bak2|\
            .env_prod|.env-prod|.env.vercel|.env.mine|Copy of .env|env.local|env.production|.env2|.env.2024-01-31|\
            .env.bak.20240131|.ENV|.env.txt|.env.sh|app.env.old|.env.production.local.bak~|prod.env.local|api.env.prod";
        let templates = ".env.example|.env.production.example|.env.sample|.env.dist|example.env|.dev.vars.example|env.example|\
            .env-example|.env_sample|.env.example.local|env_example|dotenv.example|.envrc.example|.env.example (1)|\
            app.example.env";
        let committed =
            ".env.vault|.flaskenv|.env.production.encrypted|.env.enc|.env.gpg|secrets.enc.env";
        let none = "env|.envrc|environment.ts|.env.ts|.env/x|a.environment|dotenv.js|env.ts|env.d.ts|env_utils.py|.envoy|\
            .environment|env.test.ts|env.js|.env.md|.env.d.ts|env.py|venv|.dev|env.mjs|env-setup|.env.json|test_env.py|\
            developers|env.example.ts|env.mode";
        let cases = [
            (sensitive, Some(Role::Sensitive)),
            (templates, Some(Role::Template)),
        ];
        for (names, expected) in cases
            .into_iter()
            .chain([(committed, Some(Role::Committed)), (none, None)])
        {
            for name in names.split('|') {
                assert_eq!(role(name.as_bytes()), expected, "{name}");
            }
        }
    }

    #[test]
    fn copies_of_env_files_are_recognised() {
        for name in [
            ".env.bak",
            ".env.local~",
            ".env (1)",
            "Copy of .env",
            ".env.save.1",
            ".env2",
        ] {
            assert!(is_copy(name.as_bytes()), "{name}");
        }
        for name in [
            ".env",
            ".env.local",
            "prod.env",
            ".env.production",
            ".env.keys",
        ] {
            assert!(!is_copy(name.as_bytes()), "{name}");
        }
    }
}
