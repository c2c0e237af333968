//! The stand-in for Notion, checked with Notion's own client for JavaScript: in each version of the
//! API, the client must accept its answers as Notion's.

use std::fs;
use std::process::Command;

use crate::fake::expand;
use crate::notion::{Fault, StandIn, Token, Workspace};
use crate::tools;

/// Of npm.
const CLIENT: [&str; 1] = ["@notionhq/client@5.26.0"];

/// The versions of the API that Notion serves.
const VERSIONS: [&str; 3] = ["2022-06-28", "2025-09-03", "2026-03-11"];

const SCRIPT: &str = r#"
import { createRequire } from "node:module";
const require = createRequire(process.env.MODULES + "/");
const { Client, isNotionClientError } = require("@notionhq/client");
const { URL_, VERSION, LIVE, DEAD, PAGE, BASE, NONE, ID, SECRET } = process.env;
const client = (auth) => new Client({ auth, baseUrl: URL_, notionVersion: VERSION, retry: { maxRetries: 3 },
  logLevel: "error", logger: () => {} });
const failure = async (call) => {
  try { await call(); return "none"; }
  catch (error) {
    if (!isNotionClientError(error)) throw error;
    return `${error.name} ${error.code} ${error.status} ${typeof error.request_id}`;
  }
};
const live = client(LIVE);
const me = await live.users.me({});
const page = await live.pages.retrieve({ page_id: PAGE });
const base = await live.databases.retrieve({ database_id: BASE });
const oauth = await client().oauth.introspect({ client_id: ID, client_secret: SECRET, token: "none" });
const lines = [
  `${me.object} ${me.type} ${me.name} ${me.bot.owner.type} ${me.bot.workspace_name}`,
  `${page.object} ${base.object} ${oauth.active}`,
  await failure(() => client(DEAD).users.me({})),
  await failure(() => live.pages.retrieve({ page_id: NONE })),
  await failure(() => live.pages.retrieve({ page_id: BASE })),
  await failure(() => client().oauth.introspect({ client_id: ID, client_secret: "no", token: "x" })),
];
console.log(lines.join("\n"));
"#;

fn workspace(secret: &(String, String), page: &str, base: &str) -> Workspace {
    Workspace {
        tokens: [(expand("{ntn}", 1), Token::live("docs sync"))].into(),
        client: Some(secret.clone()),
        objects: [
            (format!("pages/{page}"), false),
            (format!("databases/{base}"), false),
        ]
        .into(),
        // The client waits these out.
        fault: Fault::Refusals(429, 2, 1),
        ..Workspace::default()
    }
}

#[test]
#[ignore = "installs npm packages; CI asks for it"]
fn notions_own_client_accepts_the_stand_in() {
    let programs = tools::npm_programs("notion", &CLIENT);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("judge.mjs");
    fs::write(&script, SCRIPT).unwrap();
    let client = (expand("{client-id}", 1), expand("{secret}", 2));
    let (page, base) = (expand("{uuid}", 1), expand("{uuid}", 2));
    for version in VERSIONS {
        let notion = StandIn::start(workspace(&client, &page, &base));
        let mut command = Command::new("node");
        command
            .arg(&script)
            .env("MODULES", programs.parent().unwrap());
        command.env("URL_", notion.url()).env("VERSION", version);
        command
            .env("LIVE", expand("{ntn}", 1))
            .env("DEAD", expand("{ntn}", 2));
        command
            .env("PAGE", &page)
            .env("BASE", &base)
            .env("NONE", expand("{uuid}", 3));
        let output = command
            .env("ID", &client.0)
            .env("SECRET", &client.1)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let expected = "user bot docs sync workspace Acme\n\
            page database false\n\
            APIResponseError unauthorized 401 string\n\
            APIResponseError object_not_found 404 string\n\
            APIResponseError validation_error 400 string\n";
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(text.starts_with(expected), "{version}: {text}{error}");
        assert_eq!(text.lines().count(), 6, "{version}: {text}");
        assert!(
            notion
                .log()
                .iter()
                .all(|logged| logged.request.path.starts_with("/v1/"))
        );
    }
}
