//! The files in a place, in order: no link is followed but the place itself, which is the user's.

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
#[derive(Default)]
pub struct AgentFiles {
    /// All of it.
    pub all: Vec<AgentEntry>,
}

/// Folders of programs that come from elsewhere with a repository around them.
const OF_OTHERS: [&str; 4] = ["plugins", "marketplaces", "extensions", "skills"];

impl AgentFiles {
    /// Adds what lies in a place.
    pub fn add(&mut self, place: &AgentPlace) {
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
                Ok(kind) if kind.is_symlink() => {
                    if let Ok(target) = path.read_link() {
                        let target = path_bytes(&target).to_vec();
                        self.all.push(AgentEntry::Link(path, target));
                    }
                }
                // Sockets and pipes hold nothing.
                Ok(_) => {}
                Err(error) => self.unread(&path, error),
            }
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
        if error.kind() != io::ErrorKind::NotFound {
            let skip = Skip::new(origin(path), SkipReason::Unreadable, error);
            self.all.push(AgentEntry::Unread(skip));
        }
    }
}

fn origin(path: &Path) -> Origin {
    Origin::File(path.to_owned())
}
