//! Workspaces with many pages.

use super::{access, acme, id, sandbox};
use crate::live::value;
use crate::notion::{StandIn, Thing, Workspace};
use crate::sandbox::Run;

/// A workspace with `count` pages below one root.
fn many(count: u32) -> Workspace {
    let mut workspace = acme();
    let page = |number| Thing::page(&id(1000 + number), "Page").within("page_id", &id(1));
    workspace.content.extend((0..count).map(page));
    workspace
}

#[test]
fn lists_are_complete_while_pages_are_added() {
    for (count, added) in [(0, 0), (95, 3), (96, 0), (450, 4)] {
        let mut workspace = many(count);
        workspace.added_meanwhile = added;
        let notion = StandIn::start(workspace);
        let json = access(&sandbox(""), &notion, ["READ", "--format=json"]).json();
        assert_eq!(json["complete"], true);
        let reach = &json["tokens"][0]["reach"];
        assert!(
            reach["pages"].as_u64().unwrap() >= 4 + u64::from(count),
            "{reach}"
        );
        let roots = reach["roots"].as_array().unwrap();
        let added = roots
            .iter()
            .filter(|root| root["title"] == "Added meanwhile")
            .count();
        assert_eq!(roots.len(), 2 + added);
        let root = roots
            .iter()
            .find(|root| root["title"] == "Runbooks")
            .unwrap();
        assert_eq!(root["pages"], 3 + count);
    }
}

/// The ids and parents of all pages fit into this memory. Notion's whole answers would not fit.
#[cfg(target_os = "linux")]
#[test]
fn a_hundred_thousand_pages_fit_into_little_memory() {
    let notion = StandIn::start(many(100_000));
    let sandbox = sandbox("");
    let plain = sandbox.ntnguard();
    let limited = "ulimit -v 400000; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(limited).arg(plain.get_program());
    command.args(["access", "READ", "--format=json", "--pace=1ms"]);
    command
        .args(["--api-url", &notion.url()])
        .env("READ", value(1));
    let run = Run::of(command.current_dir(sandbox.path()).output().unwrap());
    let json = run.json();
    assert_eq!(json["tokens"][0]["reach"]["pages"], 100_004);
    assert!(notion.requests().len() > 1000);
    // The report lists the root, not the pages below it.
    assert!(run.stdout.len() < 100_000);
}

#[test]
fn the_users_flag_counts_members_on_all_list_pages() {
    let mut workspace = acme();
    let person = |number| ("Grace".to_owned(), format!("{number}@acme.example"));
    workspace.people = (0..250).map(person).collect();
    workspace.tokens.get_mut(&value(1)).unwrap().users = 2;
    let notion = StandIn::start(workspace);
    let run = access(&sandbox(""), &notion, ["READ"]);
    assert!(
        run.stdout.contains("with their e-mail addresses"),
        "{}",
        run.stdout
    );
    let lists = |notion: &StandIn| {
        notion
            .requests()
            .iter()
            .filter(|line| line.starts_with("GET /v1/users?"))
            .count()
    };
    assert_eq!(lists(&notion), 1);
    let run = access(&sandbox(""), &notion, ["READ", "--users"]);
    assert!(
        run.stdout.contains("  members   250 people\n"),
        "{}",
        run.stdout
    );
    assert_eq!(lists(&notion), 4);
}
