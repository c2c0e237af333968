//! Patterns of files that take part in Notion's OAuth.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::compile;
use super::file::CodeFile;

/// Literals, one of which is in every file that exchanges a code, or sends somebody to Notion for
/// one.
pub const ANCHORS: &[&str] = &[
    "/v1/oauth/",
    "otion.oauth.token(",
    "notion.so/install-integration",
];

/// The exchange of a code.
static EXCHANGE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"/v1/oauth/token\b|[nN]otion\.oauth\.token\("));

/// A host of Notion's: other services have the same path.
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)api\.notion\.(?:com|so)|notion\.so|notion\.oauth\.token|@notionhq/client")
});

/// The grant of a code.
static CODE_GRANT: LazyLock<Regex> =
    LazyLock::new(|| compile(r"authorization_code|AuthorizationCode\b|\.getToken\(\s*\{\s*code\b"));

/// The reading of a code from the browser's request, in each framework.
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

/// A handler of FastAPI's with the code as a parameter.
static CODE_PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"@\w+\.(?:get|api_route",
        r"|route)\([^\n]*\)\s*\n(?:@[^\n]*\n)*\s*(?:async\s+)?def\s+\w+\([^)]*\bcode\s*:",
    ))
});

/// Libraries that exchange codes, and keep and compare the state.
static LIBRARY: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?i)next-auth|@auth/|authjs|passport|exchangeCodeForSession|arctic|better-auth"#,
        r#"|omniauth|authlib|socialite|"#,
        r#"ICredentialType|oauth4webapi|@clerk|allauth|nuxt-auth|lucia|openid-client"#,
        r#"|defineOAuth|requests_oauthlib"#
    ))
});

/// Words in which `state` is not OAuth's.
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

/// A word for a state, or for something that does the work of one.
static STATE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)[a-z]*state\b|state[a-z_]*|nonce|csrf|xsrf|pkce|code_verifier"));

/// Returns true if a file exchanges codes with Notion itself.
pub fn exchanges_codes(file: &CodeFile<'_>) -> bool {
    file.has(&EXCHANGE) && file.has(&HOST) && file.has(&CODE_GRANT) && !file.has(&LIBRARY)
}

/// Returns true if the code goes through a library that keeps the state.
pub fn uses_library(file: &CodeFile<'_>) -> bool {
    file.has(&LIBRARY)
}

/// Returns true if a file names a host of Notion's.
pub fn names_host(file: &CodeFile<'_>) -> bool {
    file.has(&HOST)
}

/// Returns the place where a file reads the code that the browser brings; `None` if it reads none.
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

/// Returns true if anything in the code could be OAuth's state, or do the work of one.
pub fn has_state(file: &CodeFile<'_>) -> bool {
    let others: Vec<Range<usize>> = OTHER_STATE
        .find_iter(&file.code)
        .map(|other| other.range())
        .collect();
    // The others are in order and do not overlap, so only the last that begins before an end can
    // reach in.
    let is_other = |found: &Range<usize>| {
        let before = others.partition_point(|other| other.start < found.end);
        before > 0 && others[before - 1].end > found.start
    };
    STATE
        .find_iter(&file.code)
        .any(|found| !is_other(&found.range()))
}
