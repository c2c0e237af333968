use serde_json::Value;

use super::{report, repository, saved, token};
use crate::sandbox::Sandbox;

/// A page is one file that loads nothing and runs nothing.
fn is_inert(page: &str) {
    let lower = page.to_ascii_lowercase();
    for never in [
        "<script",
        "<link",
        "url(",
        "@import",
        "<iframe",
        "<form",
        "javascript:",
        " src=",
        " srcset=",
        "<base",
    ] {
        assert!(!lower.contains(never), "{never}");
    }
    assert!(page.contains("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"));
    let links = regex::Regex::new("href=\"([^\"]*)\"").unwrap();
    for link in links.captures_iter(page) {
        assert!(link[1].starts_with('#'), "{}", &link[1]);
    }
}

#[test]
fn the_page_begins_with_the_number_of_leaks() {
    let sandbox = repository("https://git.example.com/acme/api", &[1, 2]);
    sandbox.git(["rm", "-q", "src/file2.ts"]);
    sandbox.commit_all("remove it");
    let run = sandbox.run(["history", "-o", "page.html"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    let page = sandbox.read("page.html");
    is_inert(&page);
    let at = |words: &str| {
        page.find(words)
            .unwrap_or_else(|| panic!("{words}: {page}"))
    };
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    let order = [
        at("2 Notion credentials leaked</h1>"),
        at("<ul class=\"counts\">"),
        at("Secrets, the most urgent first"),
        at("Secret by secret"),
        at("What to do now"),
        at("<svg"),
        at("Removed from the files"),
        at("How it was scanned"),
    ];
    assert!(order.is_sorted(), "{order:?}");
    for words in [
        "git.example.com/acme/api",
        "refs/heads/main",
        "Fingerprint: ",
        "src/file1.ts:1:16",
        "Found by a scan",
    ] {
        at(words);
    }
    assert!(!page.contains(&token(1)[8..44]));
}

#[test]
fn the_page_of_an_incomplete_scan_is_not_clean() {
    let sandbox = Sandbox::repository();
    sandbox.write("large", "x".repeat(3000)).write(
        ".ntnguard.yaml",
        "version: 1\nlimits: {max-file-size: 2k}\n",
    );
    let page = sandbox.run(["scan", "--format", "html"]);
    assert_eq!(page.status, 2);
    assert!(
        page.stdout
            .contains("Not a clean result: not everything was looked at</h1>"),
        "{}",
        page.stdout
    );
    assert!(page.stdout.contains("max-file-size"), "{}", page.stdout);
    let clean = Sandbox::repository();
    clean.write("a", "b");
    let page = clean.run(["scan", "--format", "html"]).stdout;
    assert!(
        page.contains("No leaked Notion credential was found</h1>"),
        "{page}"
    );
}

#[test]
fn hostile_file_names_are_escaped() {
    let sandbox = Sandbox::repository();
    let name = "<b onclick='x'>&\"<svg onload=x>.ts";
    sandbox.write(name, format!("'{}'", token(1)));
    let page = sandbox.run(["scan", "--format", "html"]).stdout;
    is_inert(&page);
    assert!(
        page.contains("&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;"),
        "{page}"
    );
}

#[test]
fn ten_thousand_findings_are_a_page_of_five_megabytes() {
    let text = saved(
        &repository("https://git.example.com/acme/api", &[1]),
        &["history"],
    );
    let mut json: Value = serde_json::from_str(&text).unwrap();
    let one = json["findings"][0].clone();
    let many = (0..10_000).map(|at| {
        let mut one = one.clone();
        one["fingerprint"] = format!("v1:{at:032x}").into();
        one["path"] = format!("src/{}/{at}.ts", "a/long/path".repeat(8)).into();
        one
    });
    json["findings"] = many.collect();
    json["summary"]["findings"] = 10_000.into();
    let run = report(&[&json.to_string()], &["--format", "html"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let page = &run.stdout;
    is_inert(page);
    assert!(page.len() < 5_000_000, "{}", page.len());
    assert!(
        page.matches("<article").count() >= 150,
        "{}",
        page.matches("<article").count()
    );
    assert!(page.contains("10000 Notion credentials leaked"));
    assert!(page.contains("more secrets are in the JSON report"));
}

#[test]
fn markdown_has_the_headings_of_the_summary() {
    let sandbox = repository("https://git.example.com/acme/api", &[1]);
    let run = sandbox.run(["scan", "-o", "summary.md"]);
    assert_eq!(run.status, 1);
    let text = sandbox.read("summary.md");
    assert!(text.starts_with("## ntnguard: 1 finding\n"), "{text}");
    assert!(text.contains("### What to do now"), "{text}");
}
