//! What each rule about code says of the kinds that are hard to tell apart.

use std::path::PathBuf;

use super::{CHECKS, checks};
use crate::model::blob::{Blob, Origin};
use crate::model::source_kind::SourceKind;

/// The lines on which the rule says something about a file.
fn lines(rule: &str, path: &str, text: &str) -> Vec<usize> {
    let origin = Origin::File(PathBuf::from(path));
    let blob = Blob::whole(&origin, text.as_bytes());
    let own = CHECKS.iter().find(|check| check.rules[0].id == rule);
    let has_anchor = own
        .unwrap()
        .anchors
        .iter()
        .any(|anchor| text.contains(anchor));
    let mut found = Vec::new();
    for check in checks(SourceKind::Review) {
        if check.rules()[0].id == rule && has_anchor {
            check.check(&blob, &mut found);
        }
    }
    found
        .iter()
        .map(|finding| finding.location.unwrap().start.line)
        .collect()
}

/// Each line alone, as a file of its own behind `head`.
fn assert_lines(rule: &str, path: &str, head: &str, faults: &[&str], others: &[&str]) {
    let own = 1 + head.matches('\n').count();
    for line in faults {
        assert_eq!(
            lines(rule, path, &format!("{head}{line}\n")),
            [own],
            "{path}: {line}"
        );
    }
    for line in others {
        assert_eq!(
            lines(rule, path, &format!("{head}{line}\n")),
            [0; 0],
            "{path}: {line}"
        );
    }
}

#[test]
fn only_reads_of_credentials_have_a_public_prefix() {
    let rule = "code-public-prefix";
    assert_lines(
        rule,
        "src/a.ts",
        "",
        &[
            "const key = process.env.NEXT_PUBLIC_NOTION_API_KEY",
            "const key = import.meta.env.VITE_NOTION_TOKEN as string",
            "new Client({ auth: process.env['REACT_APP_NOTION_SECRET'] })",
            "const url = `x?k=${process.env.EXPO_PUBLIC_NOTION_TOKEN}`",
            "const { VITE_NOTION_TOKEN: token } = import.meta.env",
            "import { PUBLIC_NOTION_KEY } from '$env/static/public'",
        ],
        &[
            "const id = process.env.NEXT_PUBLIC_NOTION_DATABASE_ID",
            "const url = import.meta.env.VITE_NOTION_TOKEN_URL",
            "const key = process.env.NOTION_API_KEY",
            "// process.env.NEXT_PUBLIC_NOTION_TOKEN",
            "throw new Error('process.env.NEXT_PUBLIC_NOTION_TOKEN is not set')",
            "interface ImportMetaEnv { readonly VITE_NOTION_TOKEN: string }",
            "process.env.NEXT_PUBLIC_NOTION_TOKEN = 'x'",
            "if (!import.meta.env.DEV) return null\nconst key = import.meta.env.VITE_NOTION_TOKEN",
        ],
    );
    let text = "const key = import.meta.env.VITE_NOTION_TOKEN\n";
    for path in ["src/env.d.ts", "README.md", "src/a.test.ts", "a.py"] {
        assert_eq!(lines(rule, path, text), [0; 0], "{path}");
    }
}

#[test]
fn only_credentials_that_are_kept_count_in_storage() {
    assert_lines(
        "code-token-in-browser-storage",
        "src/a.tsx",
        "",
        &[
            "localStorage.setItem('notion_token', token)",
            "window.localStorage.setItem(\"notionAccessToken\", data.access_token)",
            "sessionStorage.setItem('notion-api-key', key.trim())",
            "localStorage.setItem('apiKey', notionApiKey)",
            "return html(`<script>localStorage.setItem('notion_token', '${t.access_token}')</script>`)",
            "const KEY = 'notion_token'; localStorage.setItem(KEY, value)",
        ],
        &[
            "localStorage.setItem('notion_oauth_state', state)",
            "localStorage.setItem('notion_workspace_id', id)",
            "localStorage.setItem('notion_token', '')",
            "localStorage.setItem('notion_token_saved', 'true')",
            "localStorage.setItem('notion_token_expires_at', at)",
            "localStorage.setItem('notion_token', encrypt(token))",
            "localStorage.setItem('github_token', notion)",
            "localStorage.setItem('design_tokens', notionTheme)",
            "// localStorage.setItem('notion_token', token)",
            "hint('localStorage.setItem(\"notion_token\", \"YOUR_TOKEN\")')",
        ],
    );
}

#[test]
fn only_values_of_credentials_are_logged() {
    let rule = "code-token-logged";
    let head = "import { Client } from '@notionhq/client'\n";
    assert_lines(
        rule,
        "src/a.ts",
        head,
        &[
            "console.log(process.env.NOTION_TOKEN)",
            "console.log('token', data.access_token)",
            "console.log(`token: ${data.access_token}`)",
            "logger.info({ accessToken: data.access_token })",
            "console.log('token ' + notionToken)",
            "console.log(JSON.stringify(notionApiKey))",
            "console.debug('secret', process.env.NOTION_CLIENT_SECRET!)",
            "console.log(accessToken || 'none')",
            "const t = data.access_token; console.log(t)",
        ],
        &[
            "console.log(!!notionToken)",
            "console.log(notionToken ? 'set' : 'missing')",
            "console.log(Boolean(notionToken))",
            "console.log(notionToken.length)",
            "console.log({ hasToken: !!notionToken })",
            "console.log('NOTION_TOKEN is missing')",
            "console.log(`token: ${mask(notionToken)}`)",
            "console.log(`token: ${notionToken.slice(0, 4)}…`)",
            "console.log(`token: ${notionToken?.substring(0, 4)}`)",
            "console.log({ notionToken: '***' })",
            "// console.log(notionToken)",
            "console.log('access token', githubAccessToken)",
            "console.log(session.access_token)",
            "console.log(notionToken === other)",
            "console.log(hasNotionToken)",
            "console.log({ key: CONFIG_KEYS.NOTION_API_TOKEN })",
            "function f() { const t = notionToken }\nfor (const t of list) console.log(t)",
            "const t = notionToken\nlist.forEach((t) => console.log(t))",
            "const t = notionToken\nfunction f(t) { console.log(t) }",
        ],
    );
    let google =
        "const google = 1; // and Notion\nconsole.log(tokens.access_token, '@notionhq/client')\n";
    assert_eq!(
        lines(rule, "src/a.ts", google),
        [0; 0],
        "the nearest service is another one"
    );
}

#[test]
fn each_language_logs_in_its_own_way() {
    let rule = "code-token-logged";
    for (path, fault, other) in [
        (
            "a.py",
            "print(f\"token {os.environ['NOTION_TOKEN']}\")",
            "print(f\"token {NOTION_TOKEN[:4]}\")",
        ),
        (
            "a.py",
            "logger.info('t %s', NOTION_TOKEN)",
            "logger.info('NOTION_TOKEN')",
        ),
        (
            "a.py",
            "print(\"t {}\".format(NOTION_TOKEN))",
            "print('t', bool(NOTION_TOKEN))",
        ),
        (
            "a.py",
            "print('t', os.getenv(\"NOTION_TOKEN\"))",
            "print('t', len(NOTION_TOKEN))",
        ),
        (
            "a.go",
            "fmt.Printf(\"%s\", os.Getenv(\"NOTION_TOKEN\"))",
            "fmt.Println(os.Getenv(\"NOTION_TOKEN\") != \"\")",
        ),
        (
            "a.go",
            "log.Println(cfg.NotionToken, NOTION_URL)",
            "log.Println(len(cfg.NotionToken), NOTION_URL)",
        ),
        (
            "a.php",
            "error_log('t ' . $notionToken . NOTION_X);",
            "error_log('$notionToken NOTION_X');",
        ),
        ("a.rb", "puts ENV['NOTION_TOKEN']", "puts 'NOTION_TOKEN'"),
        (
            "a.rb",
            "logger.info \"t #{ENV['NOTION_TOKEN']}\"",
            "logger.info \"t #{ENV['NOTION_TOKEN'][0, 4]}\"",
        ),
        (
            "A.java",
            "log.info(\"{}\", System.getenv(\"NOTION_TOKEN\"));",
            "log.info(\"NOTION_TOKEN\");",
        ),
        (
            "a.kt",
            "println(\"t $notionToken NOTION_X\")",
            "println(\"t ${notionToken.take(4)} NOTION_X\")",
        ),
        (
            "a.cs",
            "Console.WriteLine($\"t {notionToken} NOTION_X\");",
            "Console.WriteLine(\"t {notionToken} NOTION_X\");",
        ),
        (
            "a.rs",
            "log::info!(\"t {notion_token} NOTION_X\");",
            "log::info!(\"t {} NOTION_X\", notion_token.len());",
        ),
        (
            "a.swift",
            "print(\"t \\(notionToken) NOTION_X\")",
            "print(\"notionToken NOTION_X\")",
        ),
    ] {
        assert_eq!(lines(rule, path, fault), [1], "{path}: {fault}");
        assert_eq!(lines(rule, path, other), [0; 0], "{path}: {other}");
    }
}

#[test]
fn only_addresses_of_ones_own_take_a_token_along() {
    let head = "const r = await fetch('https://api.notion.com/v1/oauth/token')\n";
    assert_lines(
        "code-token-in-url",
        "src/a.ts",
        head,
        &[
            "res.redirect(`/?token=${data.access_token}`)",
            "res.redirect('/done?notion_token=' + data.access_token)",
            "url.searchParams.set('token', data.access_token)",
            "location.href = `${base}#access_token=${notionToken}`",
        ],
        &[
            "res.redirect(`/?state=${state}`)",
            "res.redirect(`/?token=${csrfToken}`)",
            "fetch(`https://graph.example.com/me?access_token=${facebookAccessToken}`)",
            "url.searchParams.set('workspace', data.workspace_id)",
            "// res.redirect(`/?token=${data.access_token}`)",
            "res.redirect(`/?token=${encrypt(data.access_token)}`)",
        ],
    );
}

#[test]
fn an_optional_signature_is_one_that_nothing_else_refuses() {
    let head = "const signature = req.headers['x-notion-signature']\n";
    assert_lines(
        "webhook-signature-optional",
        "src/a.ts",
        head,
        &[
            "if (signature && !verify(raw, signature)) return res.status(401).end()",
            "if (secret && signature) { if (!ok(raw, signature)) return res.status(401).end() }\nhandle(raw)",
        ],
        &[
            "if (!signature) return res.status(401).end()\nif (signature && !verify(raw, signature)) return res.status(401).end()",
            "if (secret && signature) { check() } else { return res.status(401).end() }",
            "if (secret && signature) { check() }\nelse if (secret) throw new Error('no signature')",
            "if (signature && verify(raw, signature)) { handle() }\nres.status(401).end()",
            "if (!signature || !verify(raw, signature)) return res.status(401).end()",
        ],
    );
    let head = "signature = request.headers.get('x-notion-signature')\n";
    assert_lines(
        "webhook-signature-optional",
        "a.py",
        head,
        &["if signature and not verify(body, signature):\n    abort(401)\nhandle(body)"],
        &[
            "if not signature:\n    abort(401)\nif signature and not verify(body, signature):\n    abort(401)",
            "if secret and signature:\n    check()\nelse:\n    abort(401)",
        ],
    );
}

#[test]
fn only_two_signatures_are_compared_by_an_operator() {
    let head = "const signature = req.headers['x-notion-signature']\n";
    assert_lines(
        "webhook-signature-eq",
        "src/a.ts",
        head,
        &[
            "if (signature !== expected) return",
            "return hmac.digest('hex') === signature",
            "const ok = expectedSignature == req.signature",
        ],
        &[
            "if (signature === undefined) return",
            "if (signature.length !== expected.length) return",
            "if (typeof signature !== kind) return",
            "if (signature === '') return",
            "console.log({ same: signature === expected })",
            "if (hash === page) return",
        ],
    );
    let no_header = "if (signature !== expected) return\n";
    assert_eq!(lines("webhook-signature-eq", "a.ts", no_header), [0; 0]);
    let sends =
        "fetch(url, { headers: { 'x-notion-signature': signature } })\nsignature === expected\n";
    assert_eq!(
        lines("webhook-signature-eq", "a.ts", sends),
        [0; 0],
        "a script that sends it"
    );
}

#[test]
fn a_state_is_followed_to_what_it_is_made_of() {
    let rule = "oauth-state-predictable";
    let url =
        "redirect(`https://api.notion.com/v1/oauth/authorize?client_id=${id}&state=${state}`)";
    for (made, is_fault) in [
        ("Math.random().toString(36)", true),
        ("btoa(JSON.stringify({ user, next }))", true),
        ("user.id", true),
        ("'notion-connect'", true),
        ("crypto.randomUUID()", false),
        ("randomBytes(32).toString('hex')", false),
        (
            "btoa(JSON.stringify({ user, nonce: crypto.randomUUID() }))",
            false,
        ),
        ("await sign({ user: user.id })", false),
        ("req.query.state", false),
    ] {
        let text = format!("const state = {made}\n{url}\n");
        assert_eq!(!lines(rule, "a.ts", &text).is_empty(), is_fault, "{made}");
    }
}

#[test]
fn a_text_of_anything_is_read_to_its_end() {
    let mut fake = crate::fake::Fake::new(24);
    const PARTS: [&str; 30] = [
        "'",
        "\"",
        "`",
        "${",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "/*",
        "*/",
        "//",
        "#",
        "\n",
        "\\",
        "<!--",
        "-->",
        "if (signature && !verify(",
        "console.log(",
        "x-notion-signature",
        "state",
        "=",
        "localStorage.setItem(",
        "api.notion.com/v1/oauth/token",
        "NEXT_PUBLIC_NOTION_TOKEN",
        "process.env.",
        " ",
        "\u{1f511}",
        "access_token",
    ];
    for _ in 0..300 {
        let length = fake.next() % 40;
        let text: String = (0..length)
            .map(|_| PARTS[fake.next() as usize % PARTS.len()])
            .collect();
        for ending in [
            "ts", "vue", "py", "go", "php", "rb", "java", "kt", "cs", "rs", "swift",
        ] {
            super::exercise(&format!("a.{ending}"), text.as_bytes());
        }
    }
}

#[test]
fn no_anchor_of_a_check_hides_another() {
    for source in [SourceKind::Review, SourceKind::Worktree] {
        let all: Vec<&str> = checks(source)
            .iter()
            .flat_map(|check| check.anchors().to_vec())
            .collect();
        for one in &all {
            let hides = |other: &&&str| one != *other && other.starts_with(one);
            assert_eq!(all.iter().find(hides), None, "{one}");
        }
    }
}
