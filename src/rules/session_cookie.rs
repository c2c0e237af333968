//! Browser sessions: `token_v2`, `file_token`, `p_sync_session`. A session opens everything that
//! the person sees.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::foreign::is_near_host;
use super::token;
use crate::model::neighbourhood::Neighbourhood;
use crate::model::rule::{
    Candidate, Confidence, Detector, Evidence, Masked, Rule, RuleKind, Severity, Shape, found,
    nothing,
};
use crate::model::source_kind::SourceKind;
use crate::rules::placeholder;
use Confidence::{High, Low, Medium};

pub static RULE: Rule = Rule {
    id: "session-cookie",
    title: "Notion session cookie",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Log out of all devices in Notion's account settings now: the cookie opens everything its owner can see.",
    variable: "NOTION_TOKEN_V2",
    page: include_str!("../../docs/rules/session-cookie.md"),
    detectors: &[
        Detector {
            anchors: &["v02:", "v03:eyJ"],
            shape: Shape::AtAnchor(&VERSIONED),
            goes_on: |_| true,
            shortest: 55,
            value: unpadded,
            prefix: behind_colons,
            ends_names: false,
            lengths: 60..4096,
            whole: whole_versioned,
            in_pieces: |_, _| None,
            classify: versioned,
        },
        Detector {
            anchors: &["v02^%", "v03^%"],
            shape: Shape::AtAnchor(&IN_BATCH),
            goes_on: |_| true,
            shortest: 55,
            value: |written| unpadded(&COLON_IN_BATCH.replace_all(written, &b":"[..])),
            prefix: behind_colons,
            ends_names: false,
            lengths: 60..4096,
            whole: |written| Some(written.len()),
            in_pieces: |_, _| None,
            classify: versioned,
        },
        Detector {
            anchors: &["token_v2", "TOKEN_V2", "tokenV2"],
            shape: Shape::NearAnchor(&UNVERSIONED),
            goes_on: |_| true,
            shortest: 156,
            value: <[u8]>::to_vec,
            prefix: |_| 0,
            ends_names: false,
            lengths: 156..157,
            whole: |written| Some(written.len()),
            in_pieces: |_, _| None,
            classify: unversioned,
        },
    ],
    masked: MASKED,
    evidence: EVIDENCE,
};

/// The patterns to mask: text that begins like a versioned cookie, and at least 156 hexadecimal
/// digits, the length of a cookie in the oldest format.
const MASKED: &[Masked] = &[
    Masked {
        may_be_in: |bytes| {
            [b"v02", b"v03"]
                .iter()
                .any(|version| memmem::find(bytes, *version).is_some())
        },
        pattern: r"(v0[23](?::|%3[Aa]))(?:[A-Za-z0-9_:.-]|%[0-9A-Fa-f]{2}){16,}",
    },
    Masked {
        may_be_in: |bytes| {
            let mut runs = bytes.split(|byte| !byte.is_ascii_hexdigit());
            bytes.len() >= 156 && runs.any(|run| run.len() >= 156)
        },
        pattern: r"[0-9a-fA-F]{156,}",
    },
];

/// Cookies that begin with the version of their format.
static VERSIONED: LazyLock<Regex> = LazyLock::new(|| {
    token::compile(concat!(
        r"(?-u)^(?:v02:(?:user_token_or_cookies|file_token|sync_session):[A-Za-z0-9_-]{40,}={0,2}",
        r"|v03:eyJhbGciOiJkaXIi[A-Za-z0-9_.-]{60,}[A-Za-z0-9_-])"
    ))
});

/// The same cookies in a request that a browser copied for the Windows command line: a `^` comes
/// before the `%` of an encoded colon, and usually another after it.
static IN_BATCH: LazyLock<Regex> = LazyLock::new(|| {
    token::compile(concat!(
        r"(?-u)^(?:v02\^%\^?(?:25)*3[Aa](?:user_token_or_cookies|file_token|sync_session)\^%\^?(?:25)*3[Aa][A-Za-z0-9_-]{40,}",
        r"|v03\^%\^?(?:25)*3[Aa]eyJhbGciOiJkaXIi[A-Za-z0-9_.-]{60,}[A-Za-z0-9_-])"
    ))
});

static COLON_IN_BATCH: LazyLock<Regex> =
    LazyLock::new(|| token::compile(r"(?-u)\^%\^?(?:25)*3[Aa]"));

/// The oldest format: hexadecimal digits. Only a name near them, perhaps on another line, shows
/// that they are a cookie.
static UNVERSIONED: LazyLock<Regex> = LazyLock::new(|| token::compile(r"(?-u)[0-9a-f]{156,}"));

/// Returns a cookie without its base64 padding, which programs do not always write.
fn unpadded(written: &[u8]) -> Vec<u8> {
    let end = written
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |last| last + 1);
    written[..end].to_vec()
}

fn behind_colons(value: &[u8]) -> usize {
    value
        .iter()
        .rposition(|byte| *byte == b':')
        .map_or(0, |colon| colon + 1)
}

/// Returns the length of a cookie that another string may follow directly, as in a database. A
/// `v03` cookie has five pieces and ends with an authentication tag of 32 bytes, which are 43
/// characters. Any other cookie is as long as `written`.
fn whole_versioned(written: &[u8]) -> Option<usize> {
    const PROOF: usize = 43;
    let fourth = memchr::memchr_iter(b'.', written).nth(3);
    let Some(proof) = fourth.filter(|_| written.starts_with(b"v03")) else {
        return Some(written.len());
    };
    let is_of_proof = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'-' | b'_');
    let length = written[proof + 1..].iter().take_while(is_of_proof).count();
    Some(proof + 1 + length.min(PROOF))
}

/// The smallest length of a cookie's random part. A shorter part is a description if text such as
/// `...` follows it.
const WHOLE: usize = 100;

/// Returns high confidence for a complete cookie, medium if the end of a `v03` cookie is missing,
/// and low if the text after the cookie describes the rest of it. `None` for a `v03` cookie with
/// too few pieces: its header is the same in all cookies.
fn versioned(candidate: &Candidate<'_>) -> Option<Confidence> {
    let is_described = || placeholder::is_description(candidate.around.after(40));
    if candidate.value.starts_with(b"v02") {
        let body = candidate.value.len() - behind_colons(candidate.value);
        return Some(if body < WHOLE && is_described() {
            Low
        } else {
            High
        });
    }
    // The header, the empty key, the initialization vector, the ciphertext and the authentication
    // tag (RFC 7516, section 3.1).
    let pieces: Vec<&[u8]> = candidate.value.split(|byte| *byte == b'.').collect();
    match pieces[..] {
        [_, b"", start, content, proof]
            if start.len() >= 16 && content.len() >= 20 && proof.len() >= 16 =>
        {
            Some(High)
        }
        [_, b"", start, content, ..] if start.len() >= 16 && content.len() >= 20 => {
            Some(if is_described() { Low } else { Medium })
        }
        _ => None,
    }
}

/// Returns high confidence for 156 digits, because the name and the length together are an almost
/// certain sign; low confidence if the cookie belongs to another site; `None` for any other length.
/// The cookie's own domain shows the site. Without a domain, a domain or host near the cookie does,
/// unless Notion is named near it.
fn unversioned(candidate: &Candidate<'_>) -> Option<Confidence> {
    let around = candidate.around;
    let is_foreign = || match own_domain(around) {
        Some(domain) => !domain
            .windows(6)
            .any(|part| part.eq_ignore_ascii_case(b"notion")),
        None => (around.nearly_matches(&SITE) || is_near_host(around)) && !around.says_notion(),
    };
    (candidate.value.len() == 156).then(|| if is_foreign() { Low } else { High })
}

/// The site of a cookie: in a `domain` attribute, or in the first column of a cookie file.
static SITE: LazyLock<Regex> = LazyLock::new(|| {
    token::compile(concat!(
        r"(?im-u)\bdomain[\x22']?\s*[:=]\s*[\x22']?(\.?[a-z0-9-]+(?:\.[a-z0-9-]+)+)",
        r"|^(?:\#HttpOnly_)?(\.?[a-z0-9-]+(?:\.[a-z0-9-]+)+)\t(?:TRUE|FALSE)\t/"
    ))
});

/// Returns the domain in the braces around the cookie or, without braces, on its line. `None` if no
/// domain is there.
fn own_domain<'a>(around: &Neighbourhood<'a>) -> Option<&'a [u8]> {
    let (before, after) = (
        around.before(Neighbourhood::NEAR),
        around.after(Neighbourhood::NEAR),
    );
    let open = memchr::memrchr2(b'{', b'}', before).filter(|at| before[*at] == b'{');
    let close = memchr::memchr2(b'{', b'}', after).filter(|at| after[*at] == b'}');
    let line_end = memchr::memchr(b'\n', after).unwrap_or(after.len());
    let (own_before, own_after) = match (open, close) {
        (Some(open), Some(close)) => (&before[open..], &after[..close]),
        _ => (around.line_before(), &after[..line_end]),
    };
    let site = |text: &'a [u8]| {
        let found = SITE.captures(text)?;
        found
            .get(1)
            .or_else(|| found.get(2))
            .map(|domain| domain.as_bytes())
    };
    site(own_before).or_else(|| site(own_after))
}

const EVIDENCE: &[Evidence] = &[
    found("a.py", "cookies = {'token_v2': '{v02}'}", High),
    found("a.py", "t = '{v03}'", High),
    found(
        "a.sh",
        "curl -b 'token_v2=v02%3Auser_token_or_cookies%3A{a:132}; x=y'",
        High,
    ),
    found(
        "a.sh",
        "curl -b 'file_token=v02%3Afile_token%3A{a:120}'",
        High,
    ),
    found(
        "a.har",
        r#""value": "v03%3AeyJhbGciOiJkaXIi{a:60}..{a:22}.{a:200}.{a:43}""#,
        High,
    ),
    found("a.py", "client = NotionClient(token_v2=\"{h:156}\")", High),
    found(
        "a.py",
        "token = '{h:156}'\nstart()\nclient = NotionClient(token_v2=token)",
        High,
    ),
    found(".env", "NOTION_TOKEN_V2={h:156}", High),
    found("a.txt", r"token_v2\n{h:156}\n", High),
    found("a.txt", "v02%3auser_token_or_cookies%3a{a:132}%3D%3D", High),
    found(
        "a.sh",
        "curl --cookie token_v2=v03%3AeyJhbGciOiJkaXIi{a:80}..{a:22}.{a:300}.{a:43} https://www.notion.so",
        High,
    ),
    found(
        "a.sh",
        "curl -H 'cookie: a=b; token_v2=v02%253Auser_token_or_cookies%253A{a:132}; c=d'",
        High,
    ),
    found(
        "a.txt",
        ".notion.so\tTRUE\t/\tTRUE\t1799999999\ttoken_v2\tv02%3Auser_token_or_cookies%3A{a:132}\n",
        High,
    ),
    found(
        "a.json",
        r#"{"cmd": "curl -b \"p_sync_session=%7B%22tokenId%22%3A%22v02%3Async_session%3A{a:120}%22%7D\""}"#,
        High,
    ),
    found(
        "a.sh",
        "curl -b 'p_sync_session=%7B%22tokenId%22%3A%22v02%253Async_session%253A{a:120}%22%2C%22userIds%22%3A%5B%5D%7D'",
        High,
    ),
    found(
        "a.har",
        r#"{"name": "p_sync_session", "value": "{\"tokenId\":\"v02%3Async_session%3A{a:120}\"}"}"#,
        High,
    ),
    found(
        "a.cmd",
        "curl -b ^\"token_v2=v03^%^3AeyJhbGciOiJkaXIi{a:80}..{a:22}.{a:300}.{a:43}; x=y^\"",
        High,
    ),
    found(
        "a.cmd",
        "curl -b ^\"p_sync_session=^%^7B^%^22tokenId^%^22^%^3A^%^22v02^%^253Async_session^%^253A{a:120}^%^22^%^7D^\"",
        High,
    ),
    found(
        "a.txt",
        ".notion.so\tTRUE\t/\tTRUE\t0\ttoken_v2\t{h:156}\n",
        High,
    ),
    found("a.xml", "<cookie>v02:file_token:{a:120}</cookie>", High),
    found(
        "a.log",
        "token_v2=v03:eyJhbGciOiJkaXIi{a:80}..{a:22}.{a:200}",
        Medium,
    ),
    found(
        "a.txt",
        ".shop.example.com\tTRUE\t/\tTRUE\t0\ttoken_v2\t{h:156}\n",
        Low,
    ),
    found(
        "a.json",
        r#"[{"domain": ".shop.example.com", "name": "token_v2", "value": "{h:156}"}]"#,
        Low,
    ),
    found("a.md", "v02%3Auser_token_or_cookies%3A{a:48}...", Low),
    found("a.md", "v02:user_token_or_cookies:{a:48}\u{2026}", Low),
    found(
        "a.md",
        "v03:eyJhbGciOiJkaXIi{a:86}..{a:22}.{a:40}.<sig>",
        Low,
    ),
    found("a.js", "v02:user_token_or_cookies:{x:132}", Low),
    found(
        "a.sh",
        "curl https://shop.example.com/cart -b 'token_v2={h:156}'",
        Low,
    ),
    found(
        "cookies.txt",
        ".shop.example.com\tTRUE\t/\tTRUE\t0\ttoken_v2\t{h:156}\n.notion.so\tTRUE\t/\tTRUE\t0\tdevice\tx\n",
        Low,
    ),
    found(
        "a.json",
        r#"[{"domain": ".notion.so", "name": "x"}, {"domain": ".shop.example.com", "name": "token_v2", "value": "{h:156}"}]"#,
        Low,
    ),
    found(
        "a.json",
        r#"[{"domain": ".shop.example.com", "name": "x"}, {"domain": ".notion.so", "name": "token_v2", "value": "{h:156}"}]"#,
        High,
    ),
    found(
        "cookies.sqlite",
        "\0\x01token_v2{v03}.www.notion.so/\0",
        High,
    ),
    found(
        "cookies.sqlite",
        "\0\x01token_v2{v03}www.notion.so/\0",
        High,
    ),
    found(
        "cookies.sqlite",
        "\0\x01token_v2{h:156}www.notion.so/\0",
        High,
    ),
    nothing(
        "a.md",
        "v03:eyJhbGciOiJkaXIi{a:86}..<encrypted-payload>.<sig>",
    ),
    nothing(
        "a.md",
        "v03%3AeyJhbGciOiJkaXIi{a:86}..{a:22}.<ciphertext>.<tag>",
    ),
    nothing("a.md", "token_v2=v03:eyJhbGciOiJkaXIi{a:86}......"),
    nothing(
        "a.md",
        "token_v2=v03:eyJhbGciOiJkaXIi{a:86}..\u{2026}.{a:43}",
    ),
    nothing(
        "a.md",
        "token_v2=v03:eyJhbGciOiJkaXIi{a:86}..{a:22}....{a:43}",
    ),
    nothing("a.js", "v02:user_token_or_cookies:${'A'.repeat(64)}"),
    nothing("a.js", "{ token_v2: \"v03:abc\" }"),
    nothing("a.txt", "token_v2={h:155} {h:157}{h:1}"),
    nothing("a.js", "token_v2=eyJhbGciOiJIUzI1NiJ9.{a:80}.{a:43}"),
];
