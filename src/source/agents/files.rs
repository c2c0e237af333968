//! The files in a place, in order: no link is followed but the place itself, which is the user's.
//! Other links that lead out of the places are told.

use std::io;
use std::path::{Path, PathBuf};

use super::places::AgentPlace;
use crate::model::blob::{Origin, path_bytes};
use crate::model::skip::{Skip, SkipReason};

/// An entry of a place.
pub enum AgentEntry {
    /// A file.
    File(PathBuf),
    /// A symbolic link, and the path that it leads to.
    Link(PathBuf, Vec<u8>),
    /// Something that is not looked at.
    Unread(Skip),
}

/// The entries of all places.
pub struct AgentFiles {
    /// All of it.
    pub all: Vec<AgentEntry>,
    /// The places, with every link resolved.
    tops: Vec<PathBuf>,
}

/// Folders of programs that come from elsewhere with a repository around them.
const OF_OTHERS: [&str; 4] = ["plugins", "marketplaces", "extensions", "skills"];

impl AgentFiles {
    /// The entries of `places`.
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

    /// Adds what lies in a place.
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
                // Sockets and pipes hold nothing.
                Ok(_) => {}
                Err(error) => self.unread(&path, error),
            }
        }
    }

    /// Adds a link, and tells it if it leads to what is looked at nowhere.
    fn link(&mut self, path: PathBuf) {
        match path.canonicalize() {
            Ok(real) if self.tops.iter().any(|top| real.starts_with(top)) => {}
            Ok(real) if !real.is_dir() && !real.is_file() => {}
            Ok(_) => {
                let detail = "a symbolic link out of the places of assistants";
                let skip = Skip::new(origin(&path), SkipReason::Unsupported, detail);
                let advice = "scan what it leads to: `ntnguard scan`, with that path";
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
            let detail = "a repository in which versions of files are kept";
            let skip = Skip::new(origin(folder), SkipReason::Unsupported, detail);
            let skip = skip.advising("scan it by itself: `ntnguard history`, with this path");
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
