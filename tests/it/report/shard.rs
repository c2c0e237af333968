use crate::sandbox::{Run, Sandbox};

const LIST: &str = "# all\nhttps://h/a\nhttps://h/b\n\n  https://h/c  \nhttps://h/d\nhttps://h/a\n";

fn shard(arguments: &[&str], set: &[(&str, &str)]) -> Run {
    let sandbox = Sandbox::new();
    sandbox.write("list", LIST);
    let mut command = sandbox.ntnguard();
    command
        .arg("shard")
        .args(arguments)
        .envs(set.iter().copied());
    Run::of(command.output().unwrap())
}

#[test]
fn all_shards_together_contain_each_line_once() {
    let mut all = Vec::new();
    for index in ["0", "1", "2"] {
        let run = shard(&["list", "--index", index, "--of", "3"], &[]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        all.extend(run.stdout.lines().map(str::to_owned));
    }
    all.sort();
    assert_eq!(
        all,
        ["https://h/a", "https://h/b", "https://h/c", "https://h/d"]
    );
}

#[test]
fn variables_of_the_engine_select_the_shard() {
    let typed = shard(&["list", "--index", "1", "--of", "2"], &[]).stdout;
    let told = shard(&["list"], &[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "2")]).stdout;
    assert_eq!(typed, told);
    let kubernetes = shard(&["list", "--of", "2"], &[("JOB_COMPLETION_INDEX", "1")]).stdout;
    assert_eq!(typed, kubernetes);
}

#[test]
fn an_unknown_shard_prints_nothing() {
    for arguments in [
        &["list"][..],
        &["list", "--index", "2", "--of", "2"],
        &["gone", "--index", "0", "--of", "1"],
    ] {
        let run = shard(arguments, &[]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn flags_win_over_engines_that_contradict_each_other() {
    let set = [
        ("CI_NODE_INDEX", "1"),
        ("CI_NODE_TOTAL", "2"),
        ("JOB_COMPLETION_INDEX", "5"),
    ];
    let run = shard(&["list", "--index", "0", "--of", "1"], &set);
    assert_eq!((run.status, run.stdout.lines().count()), (0, 4));
    assert_eq!(shard(&["list"], &set).status, 2);
}

#[test]
fn a_list_without_an_address_is_an_error() {
    let sandbox = Sandbox::new();
    for text in ["", "\n\n", "# nothing\n", "\u{feff}"] {
        sandbox.write("list", text);
        let run = sandbox.run(["shard", "list", "--index", "0", "--of", "1"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{text:?}");
    }
    sandbox.write("list", "\u{feff}https://h/a # the first\n");
    let run = sandbox.run(["shard", "list", "--index", "0", "--of", "1"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "https://h/a\n"));
}
