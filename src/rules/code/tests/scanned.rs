//! Tests of the four rules that every scan looks for.

use super::{assert_lines, lines};

#[test]
fn only_reads_of_public_credentials_are_reported() {
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
fn only_credentials_written_to_storage_are_reported() {
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
            "console.log(process.env.NOTION_TOKEN ?? 'none')",
            "const t = data.access_token; console.log(t)",
            "const { access_token: at, refresh_token: rt } = data; console.log(rt)",
            "process.stdout.write(`token: ${data.access_token}\\n`)",
            "debug('token %s', data.access_token)",
            "console.log(process.env.NOTION_TOKEN as string)",
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
            "const { access_token: hasToken, ok: rt } = data; console.log(rt)",
            "const row = { refresh_token: rt, x: 1 }; console.log(rt)",
            "console.log(`::add-mask::${process.env.NOTION_TOKEN}`)",
            "console.log(`${data.access_token}`.length)",
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
fn log_calls_of_each_language_are_recognised() {
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
            "a.py",
            "sys.stderr.write('t ' + NOTION_TOKEN)",
            "print('*' * len(os.environ['NOTION_TOKEN']))",
        ),
        (
            "a.py",
            "logger.info('t', extra={'token': NOTION_TOKEN})",
            "logger.info('t', extra={'NOTION_TOKEN': bool(token)})",
        ),
        (
            "a.py",
            "log.info('t', token=NOTION_TOKEN)",
            "log.info('t', has_token=NOTION_TOKEN == '')",
        ),
        (
            "a.py",
            "print('a' f'{NOTION_TOKEN=}')",
            "print(f'{NOTION_TOKEN}'[:8])",
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
            "a.go",
            "fmt.Fprintln(os.Stderr, os.Getenv(\"NOTION_TOKEN\"))",
            "fmt.Fprint(hash, os.Getenv(\"NOTION_TOKEN\"))",
        ),
        (
            "a.rs",
            "tracing::info!(token = %notion_token, \"NOTION_X\");",
            "tracing::info!(length = notion_token.len(), \"NOTION_X\");",
        ),
        (
            "a.swift",
            "logger.info(\"t \\(notionToken, privacy: .public) NOTION_X\")",
            "logger.info(\"NOTION_X\")",
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
            concat!("print", "ln!(\"t {notion_token} NOTION_X\");"),
            concat!("print", "ln!(\"t {} NOTION_X\", notion_token.len());"),
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
fn only_plain_notion_tokens_in_urls_are_reported() {
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
fn a_token_is_seen_in_an_address_that_is_formatted() {
    let rule = "code-token-in-url";
    let head = "https://api.notion.com/v1/oauth/token";
    for (path, comment, fault) in [
        (
            "a.py",
            "X",
            "redirect(\"/done?token=%s\" % token[\"access_token\"])",
        ),
        (
            "a.go",
            "X",
            "http.Redirect(w, r, fmt.Sprintf(\"/done?token=%s\", tok.AccessToken), 302)",
        ),
    ] {
        let text = format!("{comment} = \"{head}\"\n{fault}\n");
        assert_eq!(lines(rule, path, &text), [2], "{fault}");
    }
}

#[test]
fn templates_of_servers_put_tokens_into_storage() {
    let rule = "code-token-in-browser-storage";
    for (path, fault) in [
        (
            "a.py",
            "return f\"<script>localStorage.setItem('notion_token', '{access_token}')</script>\"",
        ),
        (
            "a.html",
            "<script>localStorage.setItem('notion_token', '{{ token }}')</script>",
        ),
        ("a.ts", "localStorage?.setItem('notion_token', token)"),
    ] {
        assert_eq!(lines(rule, path, &format!("{fault}\n")), [1], "{fault}");
    }
    let other = "sessionStorage.setItem('notion_csrf_token', csrf)\n";
    assert_eq!(lines(rule, "a.ts", other), [0; 0]);
}

#[test]
fn names_in_the_code_mark_a_file_as_using_notion() {
    let rule = "code-token-logged";
    for (path, text) in [
        (
            "a.py",
            "from notion_client import Client\nprint(access_token)\n",
        ),
        ("a.py", "import os\nprint(notion_token)\n"),
        ("a.ts", "const x = 1\nconsole.log('t', notionToken)\n"),
        (
            "a.rb",
            "Notion::Client.new(token: notion_token)\nputs notion_token\n",
        ),
    ] {
        assert_eq!(lines(rule, path, text), [2], "{text}");
    }
}
