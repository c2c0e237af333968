//! Patterns of files that take part in Notion's OAuth.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::compile;
use super::file::CodeFile;

/// Literals, at least one of which is in every file that exchanges an authorization code, or sends
/// a user to Notion for one.
pub const ANCHORS: &[&str] = &[
    "/v1/oauth/",
    "otion.oauth.token(",
    "notion.so/install-integration",
];

/// Code that exchanges an authorization code for a token.
static EXCHANGE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"/v1/oauth/token\b|[nN]otion\.oauth\.token\("));

/// A host or a client library of Notion. Other services have the same path.
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)api\.notion\.(?:com|so)|notion\.so|notion\.oauth\.token|@notionhq/client")
});

/// The grant type of an authorization code.
static CODE_GRANT: LazyLock<Regex> =
    LazyLock::new(|| compile(r"authorization_code|AuthorizationCode\b|\.getToken\(\s*\{\s*code\b"));

/// Code that reads the authorization code from a request, in many frameworks.
static READS_CODE: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?:[pP]arams|[qQ]uery|query_params|args|GET|form)\s*(?:\??\.get"#,
        r#"|\(\))?\s*[\(\[]\s*['"]code['"]"#,
        r#"|\bget\(\s*['"]code['"]\s*[,)]"#,
        r#"|\b(?:query|searchParams|route\.query|router\.query|input)\??\.code\b"#,
        r#"|\{[^{}=]*\bcode\b[^{}=]*\}\s*(?::[^=]*)?=\s*(?:await\s+)?(?:\w+\.)*(?:query"#,
        r#"|searchParams|body|params|json\(\)|getQuery\([^)]*\)|useQuery\(\))"#,
        r#"|\bparams\[:code\]|\.(?:Query|FormValue|QueryParam|Get)\(\s*"code"\s*\)"#,
        r#"|\bquery\(\s*['"]code['"]|->(?:input|query|get|code)\b\(?\s*(?:['"]code['"])?"#,
        r#"|@RequestParam[^;{]*\bcode\b|\[FromQuery\][^;{]*\bcode\b"#
    ))
});

/// A FastAPI handler with the authorization code as a parameter.
static CODE_PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"@\w+\.(?:get|api_route",
        r"|route)\([^\n]*\)\s*\n(?:@[^\n]*\n)*\s*(?:async\s+)?def\s+\w+\([^)]*\bcode\s*:",
    ))
});

/// Libraries that exchange authorization codes, and store and compare the state.
static LIBRARY: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?i)next-auth|@auth/|authjs|passport|exchangeCodeForSession|arctic|better-auth"#,
        r#"|omniauth|authlib|socialite|"#,
        r#"ICredentialType|oauth4webapi|@clerk|allauth|nuxt-auth|lucia|openid-client"#,
        r#"|defineOAuth|requests_oauthlib"#
    ))
});

/// Words in which `state` is not the OAuth state.
static OTHER_STATE: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:use|set|get|map|with|ready|initial|is|loading|app|view|page|form|ui",
        r"|auth)_?[sS]tates?\b|\b[sS]et[A-Z]\w*State\b",
        r"|\bthis\.state\b|\b[sS]tatement\w*|\b[sS]tateful\w*|\b[sS]tateless\w*|@State\b",
        r"|StateFlow|StateObject|ReactState",
        r"|\.state\.(?:\w+)|\bstate:\s*State<|State\([^)]*\):|\bApp[sS]tate\b|\bRunState\b",
        r"|[sS]tate[mM]achine|united[_ ]states|\bState<"
    ))
});

/// A word for an OAuth state, or for a mechanism with the same purpose.
static STATE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)[a-z]*state\b|state[a-z_]*|nonce|csrf|xsrf|pkce|code_verifier"));

/// Returns true if a file exchanges authorization codes with Notion itself, without a library.
pub fn exchanges_codes(file: &CodeFile<'_>) -> bool {
    file.has(&EXCHANGE) && file.has(&HOST) && file.has(&CODE_GRANT) && !file.has(&LIBRARY)
}

/// Returns true if a file uses a library that stores and compares the state.
pub fn uses_library(file: &CodeFile<'_>) -> bool {
    file.has(&LIBRARY)
}

/// Returns true if a file names a host or a client library of Notion.
pub fn names_host(file: &CodeFile<'_>) -> bool {
    file.has(&HOST)
}

/// Returns the range where a file reads the authorization code from a request; `None` if it reads
/// none.
pub fn reads_code(file: &CodeFile<'_>) -> Option<Range<usize>> {
    let read = READS_CODE
        .find(&file.code)
        .or_else(|| CODE_PARAMETER.find(&file.code))?;
    let blanks = read
        .as_bytes()
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace());
    Some(read.start() + blanks.count()..read.end())
}

/// Returns true if anything in the code could be an OAuth state, or a mechanism with the same
/// purpose.
pub fn has_state(file: &CodeFile<'_>) -> bool {
    let others: Vec<Range<usize>> = OTHER_STATE
        .find_iter(&file.code)
        .map(|other| other.range())
        .collect();
    // The other words are in order and do not overlap. So only the last word that begins before the
    // end of a match can overlap the match.
    let is_other = |found: &Range<usize>| {
        let before = others.partition_point(|other| other.start < found.end);
        before > 0 && others[before - 1].end > found.start
    };
    STATE
        .find_iter(&file.code)
        .any(|found| !is_other(&found.range()))
}
