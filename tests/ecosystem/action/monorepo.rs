//! The action in one folder of a repository, and its inputs that say how strict it is.

use serde_json::{Value, json};

use super::hosted::{Hosted, tells_no_secret, token};
use super::runner::{Outcome, Runner};

/// A runner on which a push was checked out that leaks in two packages, one of which has an env file, too.
fn pushed(hosted: &Hosted) -> Runner {
    let before = hosted.head();
    hosted.commit("packages/clean/x", "x");
    hosted.commit("packages/app/src/leak.ts", &format!("\n{}", token(2)));
    hosted.commit("packages/app/.env", "DB_PASSWORD=hunter2\n");
    hosted.commit("packages/web/leak.ts", &token(3));
    hosted.commit("packages/web/gone.ts", &token(4));
    hosted.commit("packages/web/gone.ts", "");
    hosted.git(&["push", "-q", "origin", "main"]);
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 1);
    let payload = json!({"ref": "refs/heads/main", "before": before, "after": hosted.head(), "deleted": false,
        "repository": {"default_branch": "main"}});
    runner.event("push", "refs/heads/main", &payload);
    runner
}

fn scan(runner: &Runner, inputs: &[(&str, &str)]) -> Outcome {
    let outcome = runner.scan(inputs);
    tells_no_secret(&outcome);
    outcome
}

/// The SARIF report where a step that uploads it looks for it.
fn report(runner: &Runner, outcome: &Outcome) -> Value {
    let file = runner.workspace.join(outcome.output("sarif-file"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

#[test]
#[ignore = "runs the action"]
fn a_job_scans_only_its_own_folder() {
    let hosted = Hosted::new();
    let runner = pushed(&hosted);
    let outcome = scan(
        &runner,
        &[
            ("working-directory", "packages/app"),
            ("sarif-file", "out.sarif"),
        ],
    );
    assert_eq!(
        ["findings", "complete", "exit-code"].map(|name| outcome.output(name)),
        ["2", "true", "1"],
        "{outcome:?}"
    );
    assert_eq!(outcome.output("sarif-file"), "packages/app/out.sarif");
    assert!(
        outcome.log.contains("file=packages/app/src/leak.ts,line=2")
            && !outcome.log.contains("packages/web")
    );
    assert!(
        outcome.log.contains("only the files in packages/app")
            && outcome.summary.contains("only the files in")
    );
    let sarif = report(&runner, &outcome);
    assert_eq!(
        sarif["runs"][0]["automationDetails"]["id"],
        "ntnguard/change/packages/app/"
    );
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let uri = |result: &Value| {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone()
    };
    assert!(
        results
            .iter()
            .all(|one| uri(one).as_str().unwrap().starts_with("packages/app/")),
        "{results:#?}"
    );
    let web = scan(&runner, &[("working-directory", "./packages/web/")]);
    assert_eq!(
        [web.output("findings"), web.output("sarif-file")],
        ["2", ""],
        "{web:?}"
    );
    let clean = scan(&runner, &[("working-directory", "packages/clean")]);
    assert!(
        clean.succeeded && clean.output("findings") == "0",
        "{clean:?}"
    );
    let all = scan(&runner, &[]);
    assert!(
        all.output("findings") == "4" && !all.log.contains("only the files in"),
        "{all:?}"
    );
}

/// With a link in the folder's place, a change could choose the folder to scan.
#[test]
#[ignore = "runs the action"]
fn a_link_in_the_place_of_the_folder_is_not_followed() {
    let hosted = Hosted::new();
    let runner = pushed(&hosted);
    std::os::unix::fs::symlink("packages/clean", runner.workspace.join("link")).unwrap();
    let outcome = scan(&runner, &[("working-directory", "link")]);
    assert_eq!(
        [outcome.output("complete"), outcome.output("exit-code")],
        ["false", "2"],
        "{outcome:?}"
    );
}

#[test]
#[ignore = "runs the action"]
fn inputs_set_the_effect_of_env_files_and_allowances() {
    let hosted = Hosted::new();
    let runner = pushed(&hosted);
    let app = ("working-directory", "packages/app");
    for (level, findings) in [("", "2"), ("fail", "2"), ("warn", "1"), ("off", "1")] {
        let outcome = scan(&runner, &[app, ("env", level)]);
        assert_eq!(outcome.output("findings"), findings, "{level}: {outcome:?}");
        assert_eq!(
            outcome.log.contains("packages/app/.env"),
            level != "off",
            "{level}: {outcome:?}"
        );
    }
    let before = hosted.head();
    hosted.commit(
        "packages/clean/x",
        &format!("t = '{}' # ntnguard: allow made up\n", token(5)),
    );
    hosted.git(&["push", "-q", "origin", "main"]);
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 0);
    let payload = json!({"ref": "refs/heads/main", "before": before, "after": hosted.head(),
        "repository": {"default_branch": "main"}});
    runner.event("push", "refs/heads/main", &payload);
    for (trust, findings) in [("", "0"), ("true", "0"), ("false", "1")] {
        let outcome = scan(
            &runner,
            &[
                ("working-directory", "packages/clean"),
                ("trust-changes", trust),
            ],
        );
        assert_eq!(outcome.output("findings"), findings, "{trust}: {outcome:?}");
    }
}

/// The link leads to the page of the action's own revision. Of a local action, the annotation names
/// the command that prints the page.
#[test]
#[ignore = "runs the action"]
fn annotations_end_with_the_page_of_the_rule() {
    let hosted = Hosted::new();
    let mut runner = pushed(&hosted);
    let errors = |outcome: &Outcome| -> Vec<String> {
        outcome
            .commands()
            .into_iter()
            .filter(|one| one.starts_with("error "))
            .map(str::to_owned)
            .collect()
    };
    let local = errors(&scan(&runner, &[("working-directory", "packages/web")]));
    assert!(
        local.len() == 2
            && local
                .iter()
                .all(|one| one.ends_with("ntnguard rules integration-token")),
        "{local:#?}"
    );
    (runner.repository, runner.revision) = ("o/ntnguard".to_owned(), "v0.1.0".to_owned());
    let outcome = scan(&runner, &[("working-directory", "packages/web")]);
    let page = "https://github.com/o/ntnguard/blob/v0.1.0/docs/rules/integration-token.md";
    let linked = errors(&outcome);
    assert!(
        linked.len() == 2 && linked.iter().all(|one| one.ends_with(page)),
        "{linked:#?}"
    );
    assert!(outcome.summary.contains(page), "{outcome:?}");
}
