//! The languages that the rules about code read, and the syntax of their comments and strings.

use crate::model::path::file_name;

/// A language, by the extension of a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JavaScript and TypeScript, with JSX.
    Script,
    /// Vue, Svelte, Astro and HTML: scripts between tags.
    Markup,
    /// Python.
    Python,
    /// Go.
    Go,
    /// PHP.
    Php,
    /// Ruby.
    Ruby,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// C#.
    CSharp,
    /// Rust.
    Rust,
    /// Swift.
    Swift,
}

/// The extensions of file names, each with its language.
const ENDINGS: [(&str, Language); 23] = [
    ("js", Language::Script),
    ("jsx", Language::Script),
    ("mjs", Language::Script),
    ("cjs", Language::Script),
    ("ts", Language::Script),
    ("tsx", Language::Script),
    ("mts", Language::Script),
    ("cts", Language::Script),
    ("gs", Language::Script),
    ("vue", Language::Markup),
    ("svelte", Language::Markup),
    ("astro", Language::Markup),
    ("html", Language::Markup),
    ("py", Language::Python),
    ("go", Language::Go),
    ("php", Language::Php),
    ("rb", Language::Ruby),
    ("java", Language::Java),
    ("kt", Language::Kotlin),
    ("kts", Language::Kotlin),
    ("cs", Language::CSharp),
    ("rs", Language::Rust),
    ("swift", Language::Swift),
];

/// The syntax of a string.
pub struct Quote {
    /// The mark that opens the string.
    pub open: &'static str,
    /// The mark that closes the string.
    pub close: &'static str,
    /// True if a backslash escapes the next byte.
    pub escapes: bool,
    /// True if the string may go on over the end of a line.
    pub spans_lines: bool,
    /// The marks that open interpolated code in the string, such as `${`; empty if the string
    /// cannot contain code.
    pub holes: &'static [&'static str],
}

/// Returns the syntax of a string on one line without interpolated code.
const fn plain(mark: &'static str) -> Quote {
    Quote {
        open: mark,
        close: mark,
        escapes: true,
        spans_lines: false,
        holes: &[],
    }
}

/// Returns the syntax of a string on one line with interpolated code after any of `holes`.
const fn holed(mark: &'static str, holes: &'static [&'static str]) -> Quote {
    Quote {
        holes,
        ..plain(mark)
    }
}

/// Returns the syntax of `quote` for a string that may span several lines.
const fn long(quote: Quote) -> Quote {
    Quote {
        spans_lines: true,
        ..quote
    }
}

/// The syntax of comments and strings in a language.
pub struct Writing {
    /// The marks that begin a comment that ends with the line.
    pub line: &'static [&'static str],
    /// The marks that begin and end a comment of several lines.
    pub block: &'static [(&'static str, &'static str)],
    /// The kinds of strings. Of two marks that begin alike, the longer comes first.
    pub quotes: &'static [Quote],
    /// True if the language has regular expressions between slashes.
    pub has_patterns: bool,
}

const SLASHES: &[&str] = &["//"];
const STARS: &[(&str, &str)] = &[("/*", "*/")];
const DOLLAR: &[&str] = &["${"];

const SCRIPT: Writing = Writing {
    line: SLASHES,
    block: STARS,
    quotes: &[plain("'"), plain("\""), long(holed("`", DOLLAR))],
    has_patterns: true,
};
const MARKUP: Writing = Writing {
    block: &[("/*", "*/"), ("<!--", "-->")],
    ..SCRIPT
};
/// The reader handles the prefixes `f`, `r` and `b`: only `f` allows interpolated code.
const PYTHON: Writing = Writing {
    line: &["#"],
    block: &[],
    quotes: &[
        long(holed("\"\"\"", &["{"])),
        long(holed("'''", &["{"])),
        holed("\"", &["{"]),
        holed("'", &["{"]),
    ],
    has_patterns: false,
};
const GO: Writing = Writing {
    line: SLASHES,
    block: STARS,
    quotes: &[
        plain("\""),
        Quote {
            escapes: false,
            ..long(plain("`"))
        },
        plain("'"),
    ],
    has_patterns: false,
};
const PHP: Writing = Writing {
    line: &["//", "#"],
    block: STARS,
    quotes: &[holed("\"", &["{$", "$"]), plain("'")],
    has_patterns: false,
};
const RUBY: Writing = Writing {
    line: &["#"],
    block: &[("\n=begin", "\n=end")],
    quotes: &[holed("\"", &["#{"]), plain("'"), holed("`", &["#{"])],
    has_patterns: false,
};
const JAVA: Writing = Writing {
    line: SLASHES,
    block: STARS,
    quotes: &[long(plain("\"\"\"")), plain("\""), plain("'")],
    has_patterns: false,
};
const KOTLIN: Writing = Writing {
    quotes: &[
        long(holed("\"\"\"", &["${", "$"])),
        holed("\"", &["${", "$"]),
        plain("'"),
    ],
    ..JAVA
};
/// The reader handles the prefixes `$` and `@`: only `$` allows interpolated code.
const CSHARP: Writing = Writing {
    quotes: &[
        long(holed("\"\"\"", &["{"])),
        holed("\"", &["{"]),
        plain("'"),
    ],
    ..JAVA
};
/// Macros format values in braces. A `'` may begin a lifetime: the reader takes it for a character
/// only if it is closed soon.
const RUST: Writing = Writing {
    quotes: &[
        Quote {
            close: "\"#",
            escapes: false,
            ..long(plain("r#\""))
        },
        long(holed("\"", &["{"])),
        plain("'"),
    ],
    ..JAVA
};
const SWIFT: Writing = Writing {
    quotes: &[long(holed("\"\"\"", &["\\("])), holed("\"", &["\\("])],
    ..JAVA
};

impl Language {
    /// Returns the language of the file at `path`; `None` for any other file, and for a file of
    /// only TypeScript declarations (`.d.ts`).
    pub fn of(path: &[u8]) -> Option<Self> {
        let name = file_name(path);
        let (stem, ending) = name.split_at(memchr::memrchr(b'.', name)?);
        if stem.ends_with(b".d") {
            return None;
        }
        let ending = ending[1..].to_ascii_lowercase();
        let mut known = ENDINGS.iter();
        let known = known.find(|(known, _)| known.as_bytes() == ending)?;
        Some(known.1)
    }

    /// Returns true if scripts for browsers and Node.js are written in this language.
    pub fn is_script(self) -> bool {
        matches!(self, Language::Script | Language::Markup)
    }

    /// Returns the syntax of comments and strings.
    pub fn writing(self) -> &'static Writing {
        match self {
            Language::Script => &SCRIPT,
            Language::Markup => &MARKUP,
            Language::Python => &PYTHON,
            Language::Go => &GO,
            Language::Php => &PHP,
            Language::Ruby => &RUBY,
            Language::Java => &JAVA,
            Language::Kotlin => &KOTLIN,
            Language::CSharp => &CSHARP,
            Language::Rust => &RUST,
            Language::Swift => &SWIFT,
        }
    }

    /// Returns true if a string has interpolated code only after a prefix, `f` or `$`.
    pub fn marks_holes(self) -> bool {
        matches!(self, Language::Python | Language::CSharp)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_language_follows_from_the_file_extension() {
        for (path, expected) in [
            ("a/b.ts", Some(Language::Script)),
            ("B.TSX", Some(Language::Script)),
            ("env.d.ts", None),
            ("a.d/b.py", Some(Language::Python)),
            ("README.md", None),
            ("Makefile", None),
            (".ts", Some(Language::Script)),
            ("x.svelte", Some(Language::Markup)),
        ] {
            assert_eq!(Language::of(path.as_bytes()), expected, "{path}");
        }
    }
}
