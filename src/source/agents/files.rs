//! Lists the files in the places of assistants, sorted by path. A place that is itself a symbolic
//! link is followed, because the user made it. All other links are not followed; a link to a path
//! outside the places is reported as a skip.

use std::io;
use std::path::{Path, PathBuf};

use super::places::AgentPlace;
use crate::model::blob::{Origin, path_bytes};
use crate::model::skip::{Skip, SkipReason};

/// A file, link or unread entry below a directory of an assistant or a shell.
pub enum AgentEntry {
    /// A regular file to scan.
    File(PathBuf),
    /// A symbolic link, with the text of its target.
    Link(PathBuf, Vec<u8>),
    /// Content that is not scanned.
    Unread(Skip),
}

/// The entries of all places.
pub struct AgentFiles {
    /// The entries, place by place.
    pub all: Vec<AgentEntry>,
    /// The paths of the places, with every symbolic link resolved.
    tops: Vec<PathBuf>,
}

/// The names of directories for installed programs, which may be git repositories of other people.
const OF_OTHERS: [&str; 4] = ["plugins", "marketplaces", "extensions", "skills"];

impl AgentFiles {
    /// Lists the entries of `places`.
    pub fn of(places: &[AgentPlace]) -> Self {
        let tops = places
            .iter()
            .filter_map(|place| place.path.canonicalize().ok());
        let mut files = AgentFiles {
            all: Vec::new(),
            tops: tops.collect(),
        };
        places.iter().for_each(|place| files.add(place));
        files
    }

    /// Adds the entries of one place.
    fn add(&mut self, place: &AgentPlace) {
        match place.path.metadata() {
            Ok(metadata) if metadata.is_dir() => self.folder(&place.path, place.except),
            Ok(metadata) if metadata.is_file() => {
                let real = place.path.canonicalize();
                self.all.push(AgentEntry::File(
                    real.unwrap_or_else(|_| place.path.clone()),
                ));
            }
            Ok(_) => {}
            Err(error) => self.unread(&place.path, error),
        }
    }

    fn folder(&mut self, folder: &Path, except: &[&str]) {
        let entries = match folder.read_dir() {
            Ok(entries) => entries,
            Err(error) => return self.unread(folder, error),
        };
        let mut names = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => names.push((entry.path(), entry.file_type())),
                Err(error) => self.unread(folder, error),
            }
        }
        names.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (path, kind) in names {
            let name = path.file_name().unwrap_or_default();
            match kind {
                Ok(kind) if kind.is_dir() && name == ".git" => self.repository(&path),
                Ok(kind) if kind.is_dir() => {
                    if !except.iter().any(|except| name == *except) {
                        self.folder(&path, &[]);
                    }
                }
                Ok(kind) if kind.is_file() => self.all.push(AgentEntry::File(path)),
                Ok(kind) if kind.is_symlink() => self.link(path),
                // Sockets and pipes have no stored content.
                Ok(_) => {}
                Err(error) => self.unread(&path, error),
            }
        }
    }

    /// Adds the target text of a link. Also adds a skip if the link leads to a file or directory
    /// that no place contains.
    fn link(&mut self, path: PathBuf) {
        match path.canonicalize() {
            Ok(real) if self.tops.iter().any(|top| real.starts_with(top)) => {}
            Ok(real) if !real.is_dir() && !real.is_file() => {}
            Ok(_) => {
                let detail = "a symbolic link to a path outside the places that are scanned";
                let skip = Skip::new(origin(&path), SkipReason::Unsupported, detail);
                let advice =
                    "scan the target of the link: run `ntnguard scan` with the target's path";
                self.all.push(AgentEntry::Unread(skip.advising(advice)));
            }
            Err(error) => self.unread(&path, error),
        }
        if let Ok(target) = path.read_link() {
            let target = path_bytes(&target).to_vec();
            self.all.push(AgentEntry::Link(path, target));
        }
    }

    fn repository(&mut self, folder: &Path) {
        let is_of_others = folder
            .components()
            .any(|part| OF_OTHERS.iter().any(|name| part.as_os_str() == *name));
        if !is_of_others {
            let detail = "a git repository, whose history this command does not read";
            let skip = Skip::new(origin(folder), SkipReason::Unsupported, detail);
            let skip = skip.advising(
                "scan the history of the repository: run `ntnguard history` with this path",
            );
            self.all.push(AgentEntry::Unread(skip));
        }
    }

    fn unread(&mut self, path: &Path, error: io::Error) {
        if !super::is_absent(&error) {
            let skip = Skip::new(origin(path), SkipReason::Unreadable, error);
            self.all.push(AgentEntry::Unread(skip));
        }
    }
}

fn origin(path: &Path) -> Origin {
    Origin::File(path.to_owned())
}
