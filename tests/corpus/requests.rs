//! Session cookies in requests: on command lines, in headers, in browsers' files, in the text of
//! programs.

use crate::fake::Fake;
use crate::scan;
use ntnguard::detect::scanner::Scanner;
use ntnguard::model::secret::Secret;
use ntnguard::rules::RULES;

/// What stands around a cookie, with `NAME` and `VALUE` in it.
const PLACES: &[&str] = &[
    "curl 'https://www.notion.so/api/v3/getSpaces' -b 'a=b; NAME=VALUE; device_id=x'\n",
    "curl https://www.notion.so --cookie \"NAME=VALUE\"\n",
    "curl --cookie=NAME=VALUE https://www.notion.so\n",
    "  -H 'cookie: notion_locale=en-US; NAME=VALUE; notion_users=[%22x%22%2C%22y%22]' \\\n",
    "curl -b $'NAME=VALUE; a=\\u0021b' https://www.notion.so\n",
    "fetch('https://www.notion.so', {\"headers\": {\"cookie\": \"a=b; NAME=VALUE\"}});\n",
    "{\"name\": \"Cookie\", \"value\": \"a=b; NAME=VALUE; c=d\"}\n",
    "{\"name\": \"NAME\", \"value\": \"VALUE\", \"path\": \"/\", \"httpOnly\": true}\n",
    "{\"cmd\": \"curl -b \\\"NAME=VALUE\\\" https://www.notion.so\"}\n",
    "\"\\\\\\\"NAME=VALUE\\\\\\\"\"\n",
    ".notion.so\tTRUE\t/\tTRUE\t1799999999\tNAME\tVALUE\n",
    "#HttpOnly_.www.notion.so\tTRUE\t/\tTRUE\t0\tNAME\tVALUE\r\n",
    "set-cookie: NAME=VALUE; Domain=notion.so; Path=/; HttpOnly\n",
    "New-Object System.Net.Cookie(\"NAME\", \"VALUE\", \"/\", \".notion.so\")\n",
    "cookies = {'NAME': 'VALUE'}\n",
];

/// A cookie's name, its value, and what is written for the value: the value itself, or JSON around it.
fn cookies(fake: &mut Fake) -> Vec<(&'static str, String, String)> {
    const URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut random = |length: usize| fake.of(URL, length - 1) + "x";
    let session = format!("v02:user_token_or_cookies:{}", random(132));
    let file = format!("v02:file_token:{}", random(120));
    let sync = format!("v02:sync_session:{}", random(120));
    let header = format!("v03:eyJhbGciOiJkaXIi{}", random(86));
    let encrypted = format!("{header}..{}.{}.{}", random(22), random(300), random(43));
    let json = |value: &str| {
        percent(&format!(
            "{{\"tokenId\":\"{value}\",\"userIds\":[\"1-2\"]}}"
        ))
    };
    vec![
        ("token_v2", session.clone(), session),
        ("token_v2", encrypted.clone(), encrypted),
        ("file_token", file.clone(), file),
        ("p_sync_session", sync.clone(), json(&sync)),
        ("p_sync_session", sync.clone(), json(&percent(&sync))),
    ]
}

/// Percent-encoding as browsers do it for the value of a cookie.
fn percent(text: &str) -> String {
    let escaped = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => c.to_string(),
        _ => format!("%{:02X}", u32::from(c)),
    };
    text.chars().map(escaped).collect()
}

/// The offset of a cookie in a text, and of its end: it has no character that is encoded behind its last colon.
fn place(text: &str, secret: &str) -> (usize, usize) {
    let body = secret.rsplit(':').next().unwrap_or_default();
    let end = text.find(body).map_or(0, |at| at + body.len());
    (text.find(&secret[..3]).unwrap_or_default(), end)
}

#[test]
fn cookies_in_requests_are_found_once_at_their_position() {
    let scanner = Scanner::new(RULES);
    let written: [fn(&str) -> String; 4] = [
        str::to_owned,
        percent,
        |value| percent(&percent(value)),
        |value| value.replace(':', "%3a"),
    ];
    for (seed, around) in PLACES.iter().enumerate() {
        for (name, secret, value) in cookies(&mut Fake::new(500 + seed as u64)) {
            for value in written.map(|write| write(&value)) {
                let is_too_deep = value.contains("%252525");
                if !is_too_deep {
                    check(
                        &scanner,
                        &around.replace("NAME", name).replace("VALUE", &value),
                        &secret,
                    );
                }
            }
        }
    }
}

/// The command line of Windows: `^` before each special character.
#[test]
fn cookies_in_requests_for_windows_are_found() {
    let scanner = Scanner::new(RULES);
    for seed in 0..20 {
        for (name, secret, value) in cookies(&mut Fake::new(800 + seed)) {
            let value = percent(&value).replace('%', "^%^");
            check(
                &scanner,
                &format!("curl ^\"https://www.notion.so^\" -b ^\"{name}={value}^\"\r\n"),
                &secret,
            );
        }
    }
}

/// Panics unless `secret` is all that is found in `text`, with its bounds.
fn check(scanner: &Scanner, text: &str, secret: &str) {
    let found = scan(scanner, text.as_bytes());
    let found: Vec<_> = found
        .iter()
        .map(|found| {
            let at = found.location.expect("a place");
            let fingerprint = found
                .evidence
                .as_ref()
                .expect("a credential")
                .fingerprint
                .clone();
            (fingerprint, (at.start.offset, at.end.offset))
        })
        .collect();
    let fingerprint = Secret::new(secret.as_bytes().to_vec(), 0).fingerprint();
    assert_eq!(found, [(fingerprint, place(text, secret))], "{text}");
}
