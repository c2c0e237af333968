//! The idioms of languages: how code reads an environment variable, and how comments are written.

/// The text that begins and the text that ends a comment; `None` if the language has no comments.
type Comment = Option<(&'static str, &'static str)>;

/// The way in which a kind of file reads a variable and writes a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idiom {
    /// The expression that reads a variable, with `NAME` for its name.
    read: &'static str,
    /// The text around a comment.
    comment: Comment,
    /// The place where the value belongs instead, such as `.env.local`.
    pub home: &'static str,
}

impl Idiom {
    /// Returns the expression that reads `variable`.
    pub fn read(&self, variable: &str) -> String {
        self.read.replace("NAME", variable)
    }
}

const SLASHES: Comment = Some(("//", ""));
const HASH: Comment = Some(("#", ""));
const DASHES: Comment = Some(("--", ""));

const fn in_code(read: &'static str, comment: Comment, home: &'static str) -> Idiom {
    Idiom {
        read,
        comment,
        home,
    }
}

/// Extensions of source files, each group with its idiom.
const IDIOMS: &[(&[&str], Idiom)] = &[
    (
        &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"],
        in_code("process.env.NAME", SLASHES, ".env.local"),
    ),
    (
        &["vue", "svelte", "astro"],
        in_code("process.env.NAME", SLASHES, ".env.local"),
    ),
    (
        &["py", "pyi", "pyw"],
        in_code("os.environ[\"NAME\"]", HASH, ".env"),
    ),
    (&["ipynb"], in_code("os.environ[\"NAME\"]", None, ".env")),
    (&["go"], in_code("os.Getenv(\"NAME\")", SLASHES, ".env")),
    (
        &["rb", "rake", "erb"],
        in_code("ENV.fetch(\"NAME\")", HASH, ".env"),
    ),
    (
        &["php", "phtml"],
        in_code("getenv('NAME')", SLASHES, ".env"),
    ),
    (
        &["java", "kt", "kts", "scala", "groovy", "gradle"],
        in_code("System.getenv(\"NAME\")", SLASHES, ".env"),
    ),
    (
        &["cs"],
        in_code(
            "Environment.GetEnvironmentVariable(\"NAME\")",
            SLASHES,
            ".env",
        ),
    ),
    (
        &["rs"],
        in_code(concat!("std", "::env::var(\"NAME\")"), SLASHES, ".env"),
    ),
    (
        &["swift"],
        in_code(
            "ProcessInfo.processInfo.environment[\"NAME\"]",
            SLASHES,
            ".env",
        ),
    ),
    (
        &["dart"],
        in_code("Platform.environment['NAME']", SLASHES, ".env"),
    ),
    (
        &["ex", "exs"],
        in_code("System.fetch_env!(\"NAME\")", HASH, ".env"),
    ),
    (&["lua"], in_code("os.getenv(\"NAME\")", DASHES, ".env")),
    (&["pl", "pm"], in_code("$ENV{NAME}", HASH, ".env")),
    (&["r"], in_code("Sys.getenv(\"NAME\")", HASH, ".env")),
    (&["ps1", "psm1"], in_code("$env:NAME", HASH, ".env")),
    (
        &["sh", "bash", "zsh", "ksh", "bats"],
        in_code("\"$NAME\"", HASH, ".env"),
    ),
    (&["tf"], in_code("var.NAME", HASH, ".env")),
];

/// Docker Compose files, GitHub workflows and MCP configurations. The programs that read them
/// replace variables.
const COMPOSE: Idiom = Idiom {
    read: "${NAME}",
    comment: HASH,
    home: ".env",
};
const ACTIONS: Idiom = Idiom {
    read: "${{ secrets.NAME }}",
    comment: HASH,
    home: "the repository's secrets",
};
const MCP: Idiom = Idiom {
    read: "${NAME}",
    comment: None,
    home: "the environment",
};
const MCP_OF_EDITORS: Idiom = Idiom {
    read: "${env:NAME}",
    comment: None,
    home: "the environment",
};

/// Returns the idiom of the file at `path`; `None` if the path does not reveal the language.
pub fn idiom(path: &[u8]) -> Option<Idiom> {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    match name {
        _ if is_yaml && (folder.ends_with(".github/workflows") || name.starts_with("action.")) => {
            return Some(ACTIONS);
        }
        _ if is_yaml && name.contains("compose") => return Some(COMPOSE),
        "mcp.json" if folder.ends_with(".cursor") || folder.ends_with(".vscode") => {
            return Some(MCP_OF_EDITORS);
        }
        "mcp.json" | ".mcp.json" => return Some(MCP),
        _ => {}
    }
    let ending = name.rsplit_once('.')?.1;
    IDIOMS
        .iter()
        .find(|(endings, _)| endings.contains(&ending))
        .map(|(_, idiom)| *idiom)
}

/// Names and extensions of further files, each group with its comments. Such files read no
/// variables.
const COMMENTS: &[(&[&str], Comment)] = &[
    (
        &[
            "dockerfile",
            "containerfile",
            "makefile",
            "mk",
            "toml",
            "yml",
            "yaml",
            "conf",
            "cfg",
            "ini",
            "properties",
            "txt",
            "env",
            "envrc",
            "nix",
        ],
        HASH,
    ),
    (
        &["md", "mdx", "html", "htm", "xml", "svg"],
        Some(("<!--", " -->")),
    ),
    (&["css", "scss", "less"], Some(("/*", " */"))),
    (
        &["c", "h", "cpp", "cc", "hpp", "m", "proto", "jsonc", "json5"],
        SLASHES,
    ),
    (&["sql", "hs"], DASHES),
];

/// Returns `text` as a comment in the file at `path`; `None` if no syntax of comments is known for
/// a file with this name.
pub fn comment(path: &[u8], text: &str) -> Option<String> {
    let name = String::from_utf8_lossy(path).to_ascii_lowercase();
    let name = name.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit('.').next().unwrap_or_default();
    let of_ending = || {
        let known = COMMENTS
            .iter()
            .find(|(endings, _)| endings.contains(&ending));
        known.and_then(|(_, comment)| *comment)
    };
    let comment = idiom(path).map_or_else(of_ending, |idiom| idiom.comment);
    comment.map(|(begin, end)| format!("{begin} {text}{end}"))
}

#[cfg(test)]
mod tests {
    use super::{comment, idiom};

    #[test]
    fn the_idiom_follows_from_the_file_name() {
        for (path, read) in [
            ("src/app/page.TSX", "process.env.T"),
            ("a.py", "os.environ[\"T\"]"),
            ("cmd/main.go", "os.Getenv(\"T\")"),
            ("lib/x.rb", "ENV.fetch(\"T\")"),
            ("x.php", "getenv('T')"),
            ("src/Main.kt", "System.getenv(\"T\")"),
            ("A.cs", "Environment.GetEnvironmentVariable(\"T\")"),
            ("src/main.rs", "std::env::var(\"T\")"),
            ("deploy.sh", "\"$T\""),
            ("docker-compose.prod.yml", "${T}"),
            ("compose.yaml", "${T}"),
            (".github/workflows/ci.yml", "${{ secrets.T }}"),
            ("tools/action.yml", "${{ secrets.T }}"),
            (".mcp.json", "${T}"),
            (".cursor/mcp.json", "${env:T}"),
        ] {
            assert_eq!(
                idiom(path.as_bytes())
                    .map(|idiom| idiom.read("T"))
                    .as_deref(),
                Some(read),
                "{path}"
            );
        }
        for path in [
            "README.md",
            "config.json",
            "values.yaml",
            "Makefile",
            "",
            "py",
        ] {
            assert_eq!(idiom(path.as_bytes()), None, "{path}");
        }
        for (path, written) in [
            ("a.ts", Some("// x")),
            ("a.sh", Some("# x")),
            (".mcp.json", None),
            ("package.json", None),
            ("docker/Dockerfile", Some("# x")),
            ("api.Dockerfile", Some("# x")),
            ("pyproject.toml", Some("# x")),
            ("values.yaml", Some("# x")),
            ("README.md", Some("<!-- x -->")),
            ("no-ending", None),
        ] {
            assert_eq!(comment(path.as_bytes(), "x").as_deref(), written, "{path}");
        }
    }
}
