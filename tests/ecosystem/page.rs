//! The page of an incident in a real browser, checked by axe and by the W3C's checker.
//!
//! The browser is Debian's `chromium` (or what CHROMIUM names); the checker runs on Java.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fake::Fake;
use crate::sandbox::Sandbox;
use crate::tools;

/// A page with everything on it: secrets in files, in history and on a remote, live and dead, what was not looked at, what is
/// suppressed, env files, several repositories.
fn page(folder: &Path) -> PathBuf {
    let sandbox = Sandbox::repository();
    sandbox.git([
        "remote",
        "add",
        "origin",
        "https://git.example.com/acme/api.git",
    ]);
    let token = |seed| Fake::new(seed).ntn(0);
    sandbox.write(
        "src/very/long/path/to/a/client/of/notion.ts",
        format!("const token = '{}'\n", token(1)),
    );
    sandbox.commit_all("add a client");
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox
        .write("old.py", format!("TOKEN = '{}'\n", token(2)))
        .commit_all("try it out");
    sandbox.git(["rm", "-q", "old.py"]);
    sandbox.commit_all("remove the token");
    sandbox.write(
        "allowed.py",
        format!("t = '{}' # ntnguard: allow made up\n", token(3)),
    );
    sandbox.write(
        ".env.production",
        format!("NOTION_TOKEN={}\nDB_PASSWORD=hunter2hunter2\n", token(4)),
    );
    sandbox.write("copy.zip", b"PK\x03\x04broken");
    sandbox.commit_all("more");
    let mut first = sandbox.run(["history", "--format", "json"]).json();
    for (at, state) in ["live", "dead"].into_iter().enumerate() {
        first["findings"][at]["live"] =
            serde_json::json!({"state": state, "checked": first["time"]});
    }
    let other = Sandbox::repository();
    other.git([
        "remote",
        "add",
        "origin",
        "https://git.example.com/acme/web.git",
    ]);
    other
        .write("index.js", format!("fetch('/', '{}')\n", token(1)))
        .commit_all("start");
    sandbox.write("saved/api.json", first.to_string());
    sandbox.write(
        "saved/web.json",
        other.run(["history", "--format", "json"]).stdout,
    );
    sandbox.write(
        "saved/env.json",
        sandbox.run(["env", "--format", "json"]).stdout,
    );
    sandbox.write(
        "list",
        "https://git.example.com/acme/api\nhttps://git.example.com/acme/gone\n",
    );
    let run = sandbox.run(["report", "saved", "--expect", "list", "-o", "page.html"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let page = folder.join("page.html");
    fs::copy(sandbox.path().join("page.html"), &page).unwrap();
    page
}

/// What the script is told, and does: it opens the page in every size and look.
const SCRIPT: &str = r#"
const { chromium } = require('playwright-core');
const fs = require('fs');
const [page_file, shots, browser_path, axe_file] = process.argv.slice(1);
(async () => {
  const browser = await chromium.launch({ executablePath: browser_path, args: ['--no-sandbox'] });
  const told = { requests: [], violations: [], wide: [], errors: [] };
  for (const width of [360, 1280]) for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width, height: 740 }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    page.on('request', request => told.requests.push(request.url()));
    page.on('console', message => told.errors.push(message.text()));
    page.on('pageerror', error => told.errors.push(String(error)));
    await page.goto('file://' + page_file);
    await page.screenshot({ path: `${shots}/first-${width}-${colorScheme}.png` });
    await page.screenshot({ path: `${shots}/whole-${width}-${colorScheme}.png`, fullPage: true });
    if (width === 360 && colorScheme === 'light')
      told.first = await page.evaluate(() => [...document.querySelectorAll('h1, header p, .counts li, h2')]
        .filter(one => one.getBoundingClientRect().bottom < 740).map(one => one.innerText.replace(/\s+/g, ' ')));
    // Rows that are laid out as blocks are rows all the same to who hears them.
    if (width === 360) told.table = await page.locator('table').first().ariaSnapshot();
    const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
    if (scroll > width) told.wide.push([width, scroll]);
    // Every action is reached by the keyboard, and is seen to be.
    if (width === 1280 && colorScheme === 'light') {
      told.reached = [];
      for (let at = 0; at < 40; at++) {
        await page.keyboard.press('Tab');
        told.reached.push(await page.evaluate(() => {
          const one = document.activeElement, style = getComputedStyle(one);
          return `${one.tagName} ${style.outlineStyle} ${style.outlineWidth}`;
        }));
      }
      await page.focus('input[type=checkbox]');
      await page.keyboard.press('Space');
      told.ticked = await page.isChecked('input[type=checkbox]');
      await page.focus('summary');
      await page.keyboard.press('Enter');
      told.opened = await page.evaluate(() => document.querySelector('details').open);
    }
    await page.addScriptTag({ path: axe_file });
    const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    told.violations.push(...result.violations.map(one => `${width} ${colorScheme} ${one.id}: ${one.nodes.map(node => node.html.slice(0, 120)).join(' | ')}`));
    await context.close();
  }
  // Without what axe needs: the policy holds, and the paper has all words.
  const page = await browser.newPage();
  page.on('console', message => told.errors.push(message.text()));
  await page.goto('file://' + page_file);
  await page.pdf({ path: `${shots}/page.pdf`, format: 'A4', preferCSSPageSize: true });
  await page.emulateMedia({ media: 'print' });
  told.hidden = await page.evaluate(() => [...document.querySelectorAll('details *')]
    .filter(one => !one.checkVisibility({ contentVisibilityAuto: true })).length);
  told.pages = fs.readFileSync(`${shots}/page.pdf`, 'latin1').split('/Type /Page\n').length - 1;
  await browser.close();
  console.log(JSON.stringify(told));
})().catch(error => { console.error(error); process.exit(1); });
"#;

#[test]
#[ignore = "installs playwright-core, axe-core and chromium"]
fn the_page_is_accessible_and_loads_nothing() {
    let shots = tools::folder().join("page");
    fs::create_dir_all(&shots).unwrap();
    let page = page(&shots);
    let modules = tools::npm_programs("page-tools", &["playwright-core@1.65.1", "axe-core@4.14.1"])
        .with_file_name("");
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let browser = named.unwrap_or_else(|| tools::debian("chromium", "chromium"));
    let output = std::process::Command::new("node")
        .env("NODE_PATH", &modules)
        .args(["-e", SCRIPT])
        .args([&page, &shots])
        .arg(browser)
        .arg(modules.join("axe-core/axe.min.js"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let none: [&str; 0] = [];
    assert_eq!(told["violations"], serde_json::json!(none));
    assert_eq!(told["errors"], serde_json::json!(none));
    assert_eq!(told["wide"], serde_json::json!(none));
    assert_eq!(told["hidden"], 0, "paper has what is folded");
    let requests = told["requests"].as_array().unwrap();
    assert!(
        requests
            .iter()
            .all(|one| one.as_str().unwrap().starts_with("file://")),
        "{requests:?}"
    );
    assert_eq!(
        (&told["ticked"], &told["opened"]),
        (&true.into(), &true.into())
    );
    let reached = told["reached"].as_array().unwrap();
    assert!(
        reached
            .iter()
            .any(|one| one.as_str().unwrap().starts_with("INPUT solid")),
        "{reached:?}"
    );
    assert!(
        reached
            .iter()
            .any(|one| one.as_str().unwrap().starts_with("A solid")),
        "{reached:?}"
    );
    let table = told["table"].as_str().unwrap();
    assert!(
        table.contains("columnheader") && table.contains("rowheader") && table.contains("cell"),
        "{table}"
    );
    let first = told["first"].to_string();
    assert!(
        first.contains("leaked") && first.contains("not looked at"),
        "{first}"
    );
}

#[test]
#[ignore = "installs vnu-jar and a Java runtime"]
fn the_page_is_html() {
    let folder = tools::folder().join("page");
    fs::create_dir_all(&folder).unwrap();
    let page = page(&folder);
    let jar = tools::npm("vnu-jar@26.9.27").join("build/dist/vnu.jar");
    tools::run(
        tools::debian("java", "default-jre-headless"),
        [
            "-jar".as_ref(),
            jar.as_os_str(),
            "--stdout".as_ref(),
            page.as_os_str(),
        ],
    );
}
