//! Package manifests: finds dependencies that read env files.

use std::sync::LazyLock;

use regex::bytes::Regex;
use serde_json::Value;

/// The npm packages and frameworks that read env files. Every package of `@remix-run/` counts too.
const NPM: [&str; 22] = [
    "dotenv",
    "dotenv-cli",
    "dotenv-expand",
    "dotenv-flow",
    "dotenv-safe",
    "dotenv-webpack",
    "@dotenvx/dotenvx",
    "env-cmd",
    "@nestjs/config",
    "next",
    "nuxt",
    "nuxt3",
    "astro",
    "@sveltejs/kit",
    "react-scripts",
    "expo",
    "gatsby",
    "wrangler",
    "vite",
    "@vue/cli-service",
    "@redwoodjs/core",
    "vinxi",
];

/// The composer packages and frameworks that read env files.
const COMPOSER: [&str; 4] = [
    "symfony/dotenv",
    "symfony/flex",
    "laravel/framework",
    "vlucas/phpdotenv",
];

/// The names of package manifests. Compose files and configurations of wrangler count as manifests,
/// too.
pub const NAMES: [&[u8]; 8] = [
    b"package.json",
    b"pyproject.toml",
    b"requirements.txt",
    b"Pipfile",
    b"Cargo.toml",
    b"go.mod",
    b"composer.json",
    b"Gemfile",
];

/// Returns true if a file of this name marks its directory as the root of a package.
pub fn is_manifest(name: &[u8]) -> bool {
    NAMES.contains(&name) || is_compose(name) || is_worker(name)
}

/// Returns true if a file is a Docker compose file.
pub fn is_compose(name: &[u8]) -> bool {
    (name.starts_with(b"docker-compose") || name.starts_with(b"compose."))
        && (name.ends_with(b".yml") || name.ends_with(b".yaml"))
}

/// Returns true if a file is the configuration of Cloudflare's wrangler.
pub fn is_worker(name: &[u8]) -> bool {
    name.starts_with(b"wrangler.")
}

/// Returns the dependency that reads env files, in the manifest `name` with the content `text`. A
/// configuration of wrangler means `wrangler`. `None` if there is no such dependency.
pub fn reader(name: &[u8], text: &[u8]) -> Option<String> {
    static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r#"(?im-u)(?:^|["'])\s*(python-dotenv|django-environ|pydantic-settings)\s*(?:\[|[=<>~!;,"'\s]|$)"#,
        )
    });
    static RUBY: LazyLock<Regex> =
        LazyLock::new(|| regex(r#"(?m-u)^\s*gem\s*\(?\s*["'](dotenv(?:-rails)?)["']"#));
    static GO: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?m-u)^\s*(?:require\s+)?(github\.com/joho/godotenv)\s"));
    static RUST: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?m-u)^\s*(?:\[(?:[\w.-]+\.)?(?:dev-)?dependencies\.)?(dotenvy?)\s*(?:=|\.|\])")
    });
    let first = |pattern: &Regex| {
        let found = pattern.captures(text)?.get(1)?;
        Some(String::from_utf8_lossy(found.as_bytes()).into_owned())
    };
    match name {
        b"package.json" => key_of(text, &["dependencies", "devDependencies"], |key| {
            NPM.contains(&key) || key.starts_with("@remix-run/")
        }),
        b"composer.json" => key_of(text, &["require", "require-dev"], |key| {
            COMPOSER.contains(&key)
        }),
        b"pyproject.toml" | b"requirements.txt" | b"Pipfile" => first(&PYTHON),
        b"Gemfile" => first(&RUBY),
        b"go.mod" => first(&GO),
        b"Cargo.toml" => first(&RUST),
        _ => is_worker(name).then(|| "wrangler".to_owned()),
    }
}

/// Returns true if a package is a parser that programs call to read env files, and not a framework
/// that reads env files without a call.
pub fn is_parser(package: &str) -> bool {
    package.contains("dotenv")
}

/// Returns the first key for which `wanted` is true, in the objects `lists` of a JSON document;
/// `None` if there is no such key.
fn key_of(text: &[u8], lists: &[&str], wanted: impl Fn(&str) -> bool) -> Option<String> {
    let document: Value =
        serde_json::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).ok()?;
    let keys = lists
        .iter()
        .filter_map(|list| document.get(list)?.as_object())
        .flat_map(|list| list.keys());
    // Prefer a parser of env files to a framework: with a parser, its calls are searched for names.
    let mut keys: Vec<&String> = keys.filter(|key| wanted(key)).collect();
    keys.sort_by_key(|key| !is_parser(key));
    keys.first().map(|key| (*key).clone())
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

#[cfg(test)]
mod tests {
    use super::reader;

    #[test]
    fn only_exact_dependency_names_are_recognised() {
        for (name, text, expected) in [
            (
                "package.json",
                r#"{"dependencies": {"next": "15"}}"#,
                Some("next"),
            ),
            (
                "package.json",
                r#"{"devDependencies": {"vite": "7", "dotenv": "1"}}"#,
                Some("dotenv"),
            ),
            (
                "package.json",
                r#"{"devDependencies": {"@remix-run/dev": "2"}}"#,
                Some("@remix-run/dev"),
            ),
            (
                "package.json",
                r#"{"devDependencies": {"vitest": "3", "nextra": "1"}}"#,
                None,
            ),
            (
                "package.json",
                r#"{"peerDependencies": {"next": "15"}, "name": "next", "scripts": {"next": "next"}}"#,
                None,
            ),
            ("package.json", "not JSON: next", None),
            (
                "requirements.txt",
                "flask\npython-dotenv==1.0\n",
                Some("python-dotenv"),
            ),
            (
                "requirements.txt",
                "# we dropped python-dotenv\nnot-python-dotenv\n",
                None,
            ),
            (
                "pyproject.toml",
                "dependencies = [\n  \"pydantic-settings>=2\",\n]",
                Some("pydantic-settings"),
            ),
            (
                "pyproject.toml",
                "python-dotenv = \"^1.0\"",
                Some("python-dotenv"),
            ),
            (
                "Pipfile",
                "[packages]\ndjango-environ = \"*\"",
                Some("django-environ"),
            ),
            (
                "Gemfile",
                "gem 'dotenv-rails', groups: [:test]",
                Some("dotenv-rails"),
            ),
            ("Gemfile", "gem 'rails'", None),
            (
                "go.mod",
                "require (\n\tgithub.com/joho/godotenv v1.5.1\n)",
                Some("github.com/joho/godotenv"),
            ),
            (
                "composer.json",
                r#"{"require": {"laravel/framework": "^11"}}"#,
                Some("laravel/framework"),
            ),
            (
                "Cargo.toml",
                "[dependencies]\ndotenvy = \"0.15\"",
                Some("dotenvy"),
            ),
            (
                "Cargo.toml",
                "[dependencies.dotenvy]\nversion = \"0.15\"",
                Some("dotenvy"),
            ),
            ("Cargo.toml", "[package]\nname = \"dotenvy\"", None),
            ("wrangler.toml", "", Some("wrangler")),
            ("compose.yaml", "x: next", None),
        ] {
            assert_eq!(
                reader(name.as_bytes(), text.as_bytes()).as_deref(),
                expected,
                "{name}: {text}"
            );
        }
    }
}
