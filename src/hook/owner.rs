//! The owner of a repository's hooks, if another hook manager writes them.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::manager::{Form, HUSKY, Manager, author, claimant};
use super::place::{peek, shown};
use super::{Hook, calls};
use crate::files::open::regular;
use crate::model::defaults;

/// The hook manager to which the hooks of a repository belong.
#[derive(Debug)]
pub struct Owner {
    /// The program that manages the hooks, such as husky.
    pub manager: &'static Manager,
    /// The file or directory by which the manager was recognised.
    sign: PathBuf,
    /// The existing configurations of the manager; for husky, the directory of its scripts.
    configs: Vec<PathBuf>,
    top: PathBuf,
}

impl Owner {
    /// Finds the owner of the hooks in `folder` by the files in that directory and at the top of
    /// the work tree; `None` if no other manager owns them.
    pub fn of(folder: &Path, top: Option<&Path>) -> Option<Self> {
        let top = top.unwrap_or(folder);
        // The scripts of the user are in `.husky`, because husky rewrites `.husky/_` whenever
        // packages are installed.
        if folder.components().any(|part| part.as_os_str() == ".husky") {
            let scripts = if folder.ends_with("_") {
                folder.parent()?
            } else {
                folder
            };
            let configs = vec![scripts.to_owned()];
            return Some(Owner {
                manager: HUSKY,
                sign: folder.to_owned(),
                configs,
                top: top.to_owned(),
            });
        }
        let written = Hook::ALL.into_iter().map(|hook| folder.join(hook.file()));
        let by_hook = written
            .into_iter()
            .find_map(|file| Some((author(&peek(&file)?)?, file)));
        let (manager, sign) = by_hook.or_else(|| claimant(top))?;
        Some(Owner {
            manager,
            sign,
            configs: manager.configs(top),
            top: top.to_owned(),
        })
    }

    /// Returns true if the manager's configuration runs ntnguard for a hook.
    pub fn calls(&self, hook: Hook) -> bool {
        let calls = match self.manager.form {
            Form::Scripts => calls::script,
            Form::List => calls::listed,
            _ => calls::named,
        };
        let text = |config: &PathBuf| match self.manager.form {
            Form::Scripts => self.read(&config.join(hook.file())),
            _ => self.read(config),
        };
        self.configs
            .iter()
            .filter_map(text)
            .any(|text| calls(&text, hook))
    }

    /// Returns the path of the manager's configuration: a file, or the directory of scripts. If no
    /// configuration exists yet, returns its usual path.
    pub fn config(&self) -> PathBuf {
        let usual = || PathBuf::from(self.manager.usual_config());
        let short = |path: &PathBuf| path.strip_prefix(&self.top).unwrap_or(path).to_owned();
        self.configs.first().map_or_else(usual, short)
    }

    /// Returns true if the manager wrote the hook `text`.
    pub fn wrote(&self, text: &[u8]) -> bool {
        self.manager.form == Form::Scripts || author(text) == Some(self.manager)
    }

    /// Returns the path, for people, of the file or directory by which the manager was recognised.
    pub fn sign(&self) -> String {
        shown(self.sign.strip_prefix(&self.top).unwrap_or(&self.sign))
    }

    fn read(&self, file: &Path) -> Option<String> {
        let mut text = Vec::new();
        regular(file, &self.top)
            .ok()?
            .take(defaults::MANAGER)
            .read_to_end(&mut text)
            .ok()?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}
