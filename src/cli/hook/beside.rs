//! `ntnguard hook install` in a repository whose git hooks are written by a hook manager such as
//! husky.

use std::path::Path;

use crate::error::Error;
use crate::hook::Hook;
use crate::hook::install::shown;
use crate::hook::manager::Form;
use crate::hook::owner::Owner;
use crate::hook::status::{State, state};

use super::super::{ExitStatus, Outcome, output};

/// Prints the hooks that already call ntnguard, and the lines to add so that the other hooks call
/// it. Installs nothing.
pub fn run(owner: &Owner, folder: &Path, hooks: &[Hook]) -> Outcome {
    let name = owner.manager.name;
    let (mut missing, mut unwritten) = (Vec::new(), Vec::new());
    for hook in hooks {
        match state(folder, *hook, Some(owner))? {
            State::Theirs { calls: Some(_), .. } => {
                output::say(&format!(
                    "{}: written by {name}, and already calls ntnguard",
                    shown(&folder.join(hook.file()))
                ))?;
            }
            _ if owner.calls(*hook) => unwritten.push(hook.file()),
            _ => missing.push(*hook),
        }
    }
    if missing.is_empty() && unwritten.is_empty() {
        return Ok(ExitStatus::Clean);
    }
    if missing.is_empty() {
        let (config, hooks) = (shown(&owner.config()), unwritten.join(", "));
        return Err(Error::new(format!(
            "{config} calls ntnguard, but {name} has not written these hooks here: {hooks}"
        ))
        .help(format!(
            "run `{}`, then see `ntnguard hook status`",
            owner.manager.renew
        )));
    }
    let refused = format!(
        "{name} manages git's hooks here ({}), so nothing was installed",
        owner.sign()
    );
    output::explain(&Error::new(refused).help(help(owner)));
    output::note(&owner.lines(&missing));
    Ok(ExitStatus::Failed)
}

/// Returns the advice on where to add the lines, and on how to install hooks without them.
fn help(owner: &Owner) -> String {
    let (name, renew, config) = (
        owner.manager.name,
        owner.manager.renew,
        shown(&owner.config()),
    );
    let lines = match owner.manager.form {
        Form::Scripts => "run the lines below".to_owned(),
        Form::Commands => format!(
            "have {name} run the commands below, with git's arguments and standard input ({config}), then run `{renew}`"
        ),
        _ => format!(
            "merge the lines below into {config}, without writing any key twice, then run `{renew}`"
        ),
    };
    format!(
        "{lines}. `ntnguard hook install --force` installs the hooks anyway; they are lost when {name} writes \
         its own hooks again"
    )
}
