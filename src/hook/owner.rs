//! The owner of a repository's hooks, if another manager writes them.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::manager::{Form, HUSKY, Manager, author, claimant};
use super::place::{peek, shown};
use super::{Hook, calls};
use crate::files::open::regular;
use crate::model::defaults;

/// The manager to which the hooks of a repository belong.
#[derive(Debug)]
pub struct Owner {
    /// The manager.
    pub manager: &'static Manager,
    /// The file or folder by which it was recognised.
    sign: PathBuf,
    /// Its existing configurations; for husky, the folder of its scripts.
    configs: Vec<PathBuf>,
    top: PathBuf,
}

impl Owner {
    /// Finds the owner of the hooks in `folder` by the files there and at the top of the work tree;
    /// `None` if it is no other manager.
    pub fn of(folder: &Path, top: Option<&Path>) -> Option<Self> {
        let top = top.unwrap_or(folder);
        // `.husky/_` is made anew whenever packages are installed.
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

    /// Returns true if its configuration calls ntnguard for a hook.
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

    /// The path of its configuration: the file, or the folder of scripts. If none exists yet, the
    /// usual path.
    pub fn config(&self) -> PathBuf {
        let usual = || PathBuf::from(self.manager.usual_config());
        let short = |path: &PathBuf| path.strip_prefix(&self.top).unwrap_or(path).to_owned();
        self.configs.first().map_or_else(usual, short)
    }

    /// Returns true if it wrote the hook `text`.
    pub fn wrote(&self, text: &[u8]) -> bool {
        self.manager.form == Form::Scripts || author(text) == Some(self.manager)
    }

    /// The file or folder by which it was recognised, as people read it.
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
