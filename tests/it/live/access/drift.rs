//! Differences from the expected access, in every format.

use regex::Regex;
use serde_json::{Value, json};

use super::{access, acme, expectation, id, sandbox};
use crate::golden;
use crate::live::value;
use crate::notion::{StandIn, Thing, Workspace};
use crate::terminal;

/// A workspace with every kind of difference from the expectation.
fn drifted() -> Workspace {
    let mut workspace = acme();
    let trashed = Thing {
        in_trash: true,
        ..Thing::page(&id(21), "Old wiki")
    };
    let published = Thing {
        is_published: true,
        ..Thing::page(&id(22), "Handbook").within("page_id", &id(1))
    };
    let salaries = Thing::page(&id(20), "Salaries 2026").within("page_id", &id(90));
    workspace.content.extend([trashed, published, salaries]);
    let reader = workspace.tokens.get_mut(&value(1)).unwrap();
    reader.can_update = true;
    reader.can_read_comments = false;
    workspace
}

fn expected() -> String {
    let expired = format!(
        "    - {{id: {}, reason: a while, expires: 2026-01-31}}\n",
        id(2)
    );
    let todo = format!("    - {{id: {}, reason: TODO}}\n", id(3));
    let missing = format!("    - {{id: {}, title: Gone, reason: once}}\n", id(80));
    let text = expectation(&format!("{expired}{todo}{missing}"));
    text.replace("16d84278-0000", "16d84278-0001")
}

const RULES: [&str; 9] = [
    "access-expired",
    "access-missing",
    "access-published",
    "access-trashed",
    "access-unexpected",
    "access-unexplained",
    "capability-excess",
    "capability-missing",
    "wrong-workspace",
];

fn sorted<'v>(rules: impl Iterator<Item = &'v Value>) -> Vec<&'v str> {
    let mut rules: Vec<&str> = rules.map(|rule| rule.as_str().unwrap()).collect();
    rules.sort_unstable();
    rules
}

#[test]
fn each_rule_is_found_in_every_format() {
    let (notion, sandbox) = (StandIn::start(drifted()), sandbox(&expected()));
    let run = access(&sandbox, &notion, ["READ"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    for rule in RULES {
        assert!(
            run.stdout.contains(&format!("[{rule}]")),
            "{rule}: {}",
            run.stdout
        );
    }
    let counts = ["5 errors", "4 warnings"];
    assert!(
        counts.iter().all(|count| run.stdout.contains(count)),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("To remove access"), "{}", run.stdout);

    let document = access(&sandbox, &notion, ["READ", "--format=json"]).json();
    assert_eq!(
        (&document["source"], &document["complete"]),
        (&json!("access"), &json!(true))
    );
    let findings = document["findings"].as_array().unwrap();
    assert_eq!(sorted(findings.iter().map(|found| &found["rule"])), RULES);
    let unexpected = findings
        .iter()
        .find(|found| found["rule"] == "access-unexpected")
        .unwrap();
    assert_eq!(unexpected["subject"], id(20));
    assert_eq!(unexpected["variable"], "READ");
    assert_eq!(
        (&unexpected["path"], &unexpected["line"]),
        (&json!(".ntnguard-access.yaml"), &json!(4))
    );
    let expired = findings
        .iter()
        .find(|found| found["rule"] == "access-expired")
        .unwrap();
    assert_eq!(expired["line"], 11, "the line of its entry");
    let token = &document["tokens"][0];
    assert_eq!(
        token["capabilities"]["has"],
        json!(["read-content", "update-content"])
    );
    assert_eq!(token["reach"]["roots"].as_array().unwrap().len(), 4);
    assert_eq!(token["reach"]["in_trash"], 1);
    assert_eq!(token["live"]["identity"]["name"], "acme reader");

    let sarif = access(&sandbox, &notion, ["READ", "--format=sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(sorted(results.iter().map(|found| &found["ruleId"])), RULES);
    let prints: std::collections::BTreeSet<String> = results
        .iter()
        .map(|found| {
            found["partialFingerprints"]["ntnguardAccess/v1"].to_string()
                + &found["ruleId"].to_string()
        })
        .collect();
    assert_eq!(prints.len(), RULES.len());
    for result in results {
        let message = result["message"]["text"].as_str().unwrap();
        for name in ["Salaries", "Old wiki", "Gone"] {
            assert!(
                !message.contains(name),
                "no name of theirs in a message: {message}"
            );
        }
    }

    let gitlab = access(&sandbox, &notion, ["READ", "--format=gitlab"]).json();
    let all = gitlab["vulnerabilities"].as_array().unwrap();
    assert_eq!(
        sorted(all.iter().map(|found| &found["identifiers"][0]["value"])),
        RULES
    );
    let ids: std::collections::BTreeSet<String> =
        all.iter().map(|one| one["id"].to_string()).collect();
    assert_eq!(ids.len(), RULES.len());

    let github = access(&sandbox, &notion, ["READ", "--format=github"]).stdout;
    let count = |begins: &str| {
        github
            .lines()
            .filter(|line| line.starts_with(begins))
            .count()
    };
    assert_eq!((count("::error "), count("::warning ")), (5, 4), "{github}");
}

#[test]
fn the_human_report_fits_its_width() {
    let (notion, sandbox) = (StandIn::start(drifted()), sandbox(&expected()));
    let mut text = "ntnguard access READ\n".to_owned();
    for width in ["40", "80"] {
        let mut command = sandbox.ntnguard();
        command.env("COLUMNS", width).env("LC_ALL", "C.UTF-8");
        command.args(["access", "READ", "--color=never", "--pace=1ms"]);
        command
            .args(["--api-url", &notion.url()])
            .env("READ", value(1));
        let (status, printed) = terminal::run(&mut command);
        text += &format!("\n=== {width} columns: exit {status}\n{printed}");
    }
    let text = text.replace(&notion.address().to_string(), "127.0.0.1:00000");
    let when = Regex::new("[0-9]{4}-[0-9]{2}-[0-9]{2}([ \n]+)[0-9]{2}:[0-9]{2}").unwrap();
    golden::compare(
        "access.txt",
        &when.replace_all(&text, "2026-01-02${1}03:04"),
    );
}

#[test]
fn disabled_access_rules_suppress_their_findings() {
    let (notion, sandbox) = (StandIn::start(drifted()), sandbox(&expected()));
    let off = |rule| format!("  {rule}: {{enabled: false, reason: known}}\n");
    let rules: String = RULES.map(off).concat();
    sandbox.write(".ntnguard.yaml", format!("version: 1\nrules:\n{rules}"));
    let run = access(&sandbox, &notion, ["READ"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("9 suppressed"), "{}", run.stdout);
    let one = access(
        &sandbox,
        &notion,
        ["READ", "--rule=access-expired", "--no-config"],
    );
    assert_eq!(one.status, 1);
    assert!(
        !one.stdout.contains("[access-unexpected]"),
        "{}",
        one.stdout
    );
}

#[test]
fn children_of_an_unlisted_page_are_not_roots() {
    let mut workspace = acme();
    workspace.content[1].is_missed = true;
    workspace.content[0].is_missed = true;
    let (notion, sandbox) = (StandIn::start(workspace), sandbox(&expectation("")));
    let run = access(&sandbox, &notion, ["READ"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn an_unlisted_expected_page_is_requested_by_id() {
    let mut workspace = acme();
    let hidden = Thing {
        is_missed: true,
        ..Thing::page(&id(30), "Not listed")
    };
    let gone = Thing {
        in_trash: true,
        is_missed: true,
        ..Thing::page(&id(31), "In the trash")
    };
    workspace.content.extend([hidden, gone]);
    let notion = StandIn::start(workspace);
    let more = |number| format!("    - {{id: {}, reason: x}}\n", id(number));
    let there = access(&sandbox(&expectation(&more(30))), &notion, ["READ"]);
    assert_eq!(there.status, 0, "{}", there.stdout);
    for (number, rule) in [(31, "access-trashed"), (32, "access-missing")] {
        let run = access(&sandbox(&expectation(&more(number))), &notion, ["READ"]);
        assert_eq!(run.status, 1, "{}", run.stdout);
        assert!(run.stdout.contains(rule), "{}", run.stdout);
    }
}

#[test]
fn a_database_may_be_named_by_its_data_source_and_by_a_link() {
    let link = format!(
        "https://www.notion.so/acme/Runbooks-{}",
        id(1).replace('-', "")
    );
    let text = expectation("")
        .replace(&id(10), &id(11))
        .replace(&id(1), &link);
    let run = access(&sandbox(&text), &StandIn::start(acme()), ["READ"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_form_token_is_judged_by_its_capabilities() {
    let mut workspace = acme();
    let form = workspace.tokens.get_mut(&value(1)).unwrap();
    (form.can_read, form.can_read_comments, form.can_insert) = (false, false, true);
    let notion = StandIn::start(workspace);
    let head = expectation("");
    let head = head.split("    roots").next().unwrap();
    let form = head.replace(
        "capabilities: [read-content, read-comments]",
        "purpose: form",
    );
    let run = access(&sandbox(&form), &notion, ["READ"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("unknown, because"), "{}", run.stdout);
    // The token may not read content. So expected pages cannot be checked, and the run is incomplete.
    let roots = format!("{form}    roots: []\n");
    let run = access(&sandbox(&roots), &notion, ["READ"]);
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
}
