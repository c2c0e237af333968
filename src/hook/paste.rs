//! Lines to paste into the configuration of another hook manager, so that its hooks run ntnguard.

use super::Hook;
use super::manager::Form;
use super::owner::Owner;
use super::place::shown;

impl Owner {
    /// Returns the lines to paste for these hooks.
    pub fn lines(&self, hooks: &[Hook]) -> String {
        let config = self.config();
        let ending = config.extension().unwrap_or_default();
        let lines = |line: &dyn Fn(Hook) -> String| {
            hooks.iter().map(|hook| line(*hook)).collect::<String>()
        };
        match self.manager.form {
            Form::Scripts => lines(&|hook| script(&shown(&config.join(hook.file())), hook)),
            Form::Jobs if ending == "toml" => lines(&job_toml),
            Form::Jobs if ending == "json" => joined(hooks.iter().map(|hook| job_json(*hook))),
            Form::Jobs => lines(&job_yaml),
            Form::List if ending == "toml" => list_toml(hooks),
            Form::List => list_yaml(hooks),
            Form::Json { key, arguments } => {
                format!(
                    "\"{key}\": {{\n{}}}\n",
                    joined(hooks.iter().map(|hook| json(*hook, arguments)))
                )
            }
            Form::Commands => lines(&|hook| format!("{}: {}\n", hook.file(), hook.command())),
        }
    }
}

/// Returns shell commands that add a line to the script `file` and create the script if it does not
/// exist. The commands begin with a line break, because the script may lack one at its end.
fn script(file: &str, hook: Hook) -> String {
    let is_plain = file
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    let file = if is_plain {
        file.to_owned()
    } else {
        format!("'{}'", file.replace('\'', "'\\''"))
    };
    format!(
        "[ -e {file} ] || {{ printf '#!/bin/sh\\n' > {file}; chmod +x {file}; }}\n\
         printf '\\n%s\\n' '{}' >> {file}\n",
        hook.command()
    )
}

/// Returns the command for a job of lefthook.
fn job(hook: Hook) -> &'static str {
    match hook {
        Hook::PreCommit | Hook::PreMergeCommit => "ntnguard hook run pre-commit",
        Hook::CommitMsg => "ntnguard hook run commit-msg {1}",
        Hook::PrePush => "ntnguard hook run pre-push {1} {2}",
    }
}

fn job_yaml(hook: Hook) -> String {
    let input = if hook == Hook::PrePush {
        "      use_stdin: true\n"
    } else {
        ""
    };
    format!(
        "{}:\n  jobs:\n    - name: ntnguard\n      run: {}\n{input}",
        hook.file(),
        job(hook)
    )
}

fn job_toml(hook: Hook) -> String {
    let input = if hook == Hook::PrePush {
        "use_stdin = true\n"
    } else {
        ""
    };
    format!(
        "[[{}.jobs]]\nname = \"ntnguard\"\nrun = \"{}\"\n{input}",
        hook.file(),
        job(hook)
    )
}

fn job_json(hook: Hook) -> String {
    let input = if hook == Hook::PrePush {
        ", \"use_stdin\": true"
    } else {
        ""
    };
    format!(
        "\"{}\": {{\"jobs\": [{{\"name\": \"ntnguard\", \"run\": \"{}\"{input}}}]}}",
        hook.file(),
        job(hook)
    )
}

/// Returns the JSON member with the command for a hook.
fn json(hook: Hook, arguments: Option<&str>) -> String {
    let command = match arguments {
        Some(arguments) if hook != Hook::PreCommit => {
            format!("ntnguard hook run {} {arguments}", hook.work())
        }
        _ => hook.command().replace('"', "\\\""),
    };
    format!("\"{}\": \"{command}\"", hook.file())
}

/// Returns the members of a JSON object, each on its own line.
fn joined(members: impl Iterator<Item = String>) -> String {
    members
        .collect::<Vec<_>>()
        .join(",\n")
        .lines()
        .map(|line| format!("  {line}\n"))
        .collect()
}

/// Returns the id of a hook in the configuration of pre-commit.
fn id(hook: Hook) -> &'static str {
    match hook {
        Hook::PreCommit | Hook::PreMergeCommit => "ntnguard",
        Hook::CommitMsg => "ntnguard-commit-msg",
        Hook::PrePush => "ntnguard-push",
    }
}

/// Returns one hook for each id, with its stages. The hooks for commits and merges have the same
/// id.
fn entries(hooks: &[Hook]) -> Vec<(Hook, Vec<&'static str>)> {
    let mut entries: Vec<(Hook, Vec<&'static str>)> = Vec::new();
    for hook in hooks {
        match entries
            .iter_mut()
            .find(|(first, _)| id(*first) == id(*hook))
        {
            Some((_, stages)) => stages.push(hook.file()),
            None => entries.push((*hook, vec![hook.file()])),
        }
    }
    entries
}

/// Returns a configuration for pre-commit that needs no repository and runs the ntnguard on PATH.
fn list_yaml(hooks: &[Hook]) -> String {
    let types: Vec<_> = hooks.iter().map(|hook| hook.file()).collect();
    let mut text = format!(
        "default_install_hook_types: [{}]\nrepos:\n  - repo: local\n    hooks:\n",
        types.join(", ")
    );
    for (hook, stages) in entries(hooks) {
        text += &format!(
            "      - id: {id}\n        name: {id}\n        entry: ntnguard hook run {}\n        language: system\n        \
             always_run: true\n        require_serial: true\n{}        stages: [{}]\n",
            hook.work(),
            // pre-commit passes the path of the message file as if it were a file of the commit.
            if hook == Hook::CommitMsg {
                ""
            } else {
                "        pass_filenames: false\n"
            },
            stages.join(", "),
            id = id(hook),
        );
    }
    text
}

/// Returns the same configuration for prek, in TOML.
fn list_toml(hooks: &[Hook]) -> String {
    let quoted = |stages: &[&str]| format!("[\"{}\"]", stages.join("\", \""));
    let types: Vec<_> = hooks.iter().map(|hook| hook.file()).collect();
    let mut text = format!(
        "default_install_hook_types = {}\n[[repos]]\nrepo = \"local\"\nhooks = [\n",
        quoted(&types)
    );
    for (hook, stages) in entries(hooks) {
        let names = if hook == Hook::CommitMsg {
            ""
        } else {
            "pass_filenames = false, "
        };
        text += &format!(
            "  {{ id = \"{id}\", name = \"{id}\", entry = \"ntnguard hook run {}\", language = \"system\", \
             always_run = true, require_serial = true, {names}stages = {} }},\n",
            hook.work(),
            quoted(&stages),
            id = id(hook),
        );
    }
    text + "]\n"
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::hook::Hook;
    use crate::hook::owner::Owner;

    /// Returns the lines for a work tree with these files, whose hooks are in `hooks`.
    fn lines(hooks: &str, files: &[(&str, &str)], of: &[Hook]) -> String {
        let top = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::create_dir_all(top.path().join(name).parent().unwrap()).unwrap();
            fs::write(top.path().join(name), text).unwrap();
        }
        Owner::of(&top.path().join(hooks), Some(top.path()))
            .unwrap()
            .lines(of)
    }

    #[test]
    fn the_integrations_page_shows_the_same_lines() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/integrations.md");
        let page = fs::read_to_string(page).unwrap().replace("\r\n", "\n");
        let husky = lines(".husky/_", &[], &Hook::ALL);
        let lefthook = lines("hooks", &[("lefthook.yml", "")], &Hook::ALL);
        assert!(page.contains(&husky), "{husky}");
        assert!(page.contains(&lefthook), "{lefthook}");
    }

    #[test]
    fn lines_match_the_chosen_hooks_and_the_file_format() {
        let one = [Hook::PreCommit];
        assert!(!lines(".husky", &[], &one).contains("pre-push"));
        assert!(
            lines("hooks", &[("lefthook.toml", "")], &one).starts_with("[[pre-commit.jobs]]\n")
        );
        assert!(
            lines("hooks", &[(".lefthook.json", "")], &one)
                .starts_with("  \"pre-commit\": {\"jobs\"")
        );
        let list = lines("hooks", &[(".pre-commit-config.yaml", "")], &one);
        assert!(
            list.contains("entry: ntnguard hook run pre-commit") && !list.contains("commit-msg"),
            "{list}"
        );
        assert!(lines("hooks", &[("prek.toml", "")], &one).contains("\n[[repos]]\n"));
        let written = |text: &str| lines("hooks", &[("hooks/pre-push", text)], &Hook::ALL);
        assert!(
            written("if [ \"$SKIP_SIMPLE_GIT_HOOKS\" = 1 ]")
                .contains("\"commit-msg\": \"ntnguard hook run commit-msg \\\"$1\\\"\"")
        );
        assert!(
            written("#yorkie 2")
                .contains("\"pre-push\": \"ntnguard hook run pre-push $GIT_PARAMS\"")
        );
        assert!(
            written("# installed by CaptainHook 5")
                .contains("commit-msg: ntnguard hook run commit-msg \"$1\"\n")
        );
    }
}
