//! The object store of a repository: the packs and loose objects in its own object directory and in
//! its alternates, which are object directories of other repositories.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gix::hash::Kind as HashKind;
use gix::odb::pack::multi_index;

use crate::error::chain;
use crate::model::blob::{Origin, Part};
use crate::model::skip::{Skip, SkipReason};

use super::look::ObjectVisitor;
use super::loose::Loose;
use super::pack::{Forest, Pack, Table};
use super::present::Present;
use super::sweep::Sweep;

/// All objects of a repository.
pub struct Store {
    hash: HashKind,
    /// The size in bytes above which objects are skipped.
    limit: u64,
    folders: Vec<PathBuf>,
    packs: Vec<(Pack, Forest)>,
    loose: Vec<Loose>,
    /// The packs that were opened or found to be damaged, so that they are not opened again.
    known: HashSet<PathBuf>,
    /// The packs in the latest listing of the directories, sorted.
    listed: Vec<PathBuf>,
    /// Skips for incomplete packs. Git writes and removes the files of a pack one by one, so a pack
    /// may be complete a moment later.
    unsettled: Vec<Skip>,
}

impl Store {
    /// Opens the store of `repository`: its own object directory and its alternates.
    pub fn open(repository: &gix::Repository, limit: u64, skip: &dyn Fn(Skip)) -> Self {
        let own = repository.common_dir().join("objects");
        // Relative paths of alternates are relative to the real directory, with symbolic links
        // resolved.
        let real = own.canonicalize().unwrap_or_else(|_| own.clone());
        let borrowed = gix::odb::alternate::resolve(real, Path::new(".")).unwrap_or_else(|error| {
            skip(damaged(
                &own.join("info/alternates"),
                SkipReason::Corrupt,
                chain(&error),
            ));
            Vec::new()
        });
        log::debug!(
            "objects in {}, borrowed from {} folders",
            own.display(),
            borrowed.len()
        );
        let mut folders = vec![own.clone()];
        for folder in borrowed {
            if folder.is_dir() {
                folders.push(folder);
            } else {
                let gone = format!(
                    "the repository uses objects of {}, which does not exist",
                    folder.display()
                );
                skip(damaged(
                    &own.join("info/alternates"),
                    SkipReason::MissingObject,
                    gone,
                ));
            }
        }
        let hash = repository.object_hash();
        Self::of_folders(folders, hash, limit, HashSet::new(), skip)
    }

    /// Returns the objects that were added to the same directories since the store was opened, for
    /// example by a repack. Loose objects are listed before packs, so that an object that is packed
    /// meanwhile is in one of the two lists.
    pub fn newcomers(&self, skip: &dyn Fn(Skip)) -> Self {
        let mut new = Self::of_folders(
            self.folders.clone(),
            self.hash,
            self.limit,
            self.known.clone(),
            skip,
        );
        new.loose
            .iter_mut()
            .zip(&self.loose)
            .for_each(|(loose, known)| loose.leave_out(known));
        new
    }

    /// Adds the objects of `newest`. Returns true if there were none, no pack was added or removed,
    /// and no pack is incomplete. Waits a moment if a pack is incomplete.
    pub fn absorb(&mut self, newest: Self) -> bool {
        let is_quiet = newest.is_empty() && newest.listed == self.listed;
        if is_quiet && !newest.unsettled.is_empty() {
            std::thread::sleep(A_MOMENT);
        }
        self.packs.extend(newest.packs);
        self.loose
            .iter_mut()
            .zip(newest.loose)
            .for_each(|(loose, new)| loose.absorb(new));
        (self.known, self.listed, self.unsettled) = (newest.known, newest.listed, newest.unsettled);
        is_quiet && self.unsettled.is_empty()
    }

    /// Opens the store again if git moved some of its objects while they were read; `None`
    /// otherwise.
    pub fn moved(&self, repository: &gix::Repository) -> Option<Self> {
        self.loose
            .iter()
            .any(Loose::has_moved)
            .then(|| Self::open(repository, self.limit, &|_| {}))
    }

    /// Reports the packs that are still incomplete.
    pub fn report_unsettled(&mut self, skip: &dyn Fn(Skip)) {
        self.unsettled.drain(..).for_each(skip);
    }

    fn of_folders(
        folders: Vec<PathBuf>,
        hash: HashKind,
        limit: u64,
        known: HashSet<PathBuf>,
        skip: &dyn Fn(Skip),
    ) -> Self {
        let loose = folders
            .iter()
            .map(|folder| Loose::list(folder, hash, limit, skip))
            .collect();
        let (packs, listed, unsettled) = (Vec::new(), Vec::new(), Vec::new());
        let mut store = Store {
            hash,
            limit,
            folders,
            packs,
            loose,
            known,
            listed,
            unsettled,
        };
        store.packs = store.open_packs(skip);
        store.listed.sort();
        store
    }

    /// Returns the number of objects. An object that is stored twice counts twice.
    pub fn len(&self) -> u64 {
        let packed = self.packs.iter().map(|(pack, _)| pack.table.len());
        packed
            .chain(self.loose.iter().map(|loose| loose.ids().count()))
            .sum::<usize>() as u64
    }

    /// Returns true if the store has no packs and no loose objects.
    pub fn is_empty(&self) -> bool {
        self.packs.is_empty() && self.loose.iter().all(Loose::is_empty)
    }

    /// Returns true if the repository is a partial clone, in which git fetches missing objects when
    /// it needs them.
    pub fn is_partial(&self) -> bool {
        self.known
            .iter()
            .any(|pack| pack.with_extension("promisor").exists())
    }

    /// Hands all wanted objects to the visitor `look`.
    pub fn sweep(&self, look: &impl ObjectVisitor) {
        for (pack, forest) in &self.packs {
            Sweep::new(pack, forest, self.hash, look, self.limit).run();
        }
        self.loose.iter().for_each(|loose| loose.sweep(look));
    }

    /// Returns the set of the ids of all objects in the store.
    pub fn present(&mut self) -> Present {
        let mut present = Present::with_capacity(self.len() as usize);
        for table in self.packs.iter_mut().map(|(pack, _)| &mut pack.table) {
            let count = table.len() as u32;
            for from in (0..count).step_by(RELEASED) {
                (from..count.min(from + RELEASED as u32))
                    .for_each(|object| present.add(table.id(object)));
                table.release();
            }
        }
        self.loose
            .iter()
            .flat_map(Loose::ids)
            .for_each(|id| present.add(id));
        present
    }

    /// Returns true if the object is in the store.
    pub fn has(&self, id: &gix::oid) -> bool {
        self.packs
            .iter()
            .any(|(pack, _)| pack.table.find(id).is_some())
            || self.loose.iter().any(|loose| loose.has(id))
    }

    /// Lists the packs, and opens those that are not in `known`.
    fn open_packs(&mut self, skip: &dyn Fn(Skip)) -> Vec<(Pack, Forest)> {
        let mut opened = Vec::new();
        for folder in self.folders.clone() {
            let folder = folder.join("pack");
            let shared = Shared::open(&folder.join("multi-pack-index"), self.hash);
            for path in packs(&folder, skip) {
                self.listed.push(path.clone());
                if self.known.contains(&path) {
                    continue;
                }
                match self.open_pack(&path, &shared) {
                    Ok(pack) => opened.push(pack),
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        self.unsettled
                            .push(damaged(&path, SkipReason::Corrupt, unfinished(&path)));
                        continue;
                    }
                    Err(error) => skip(damaged(&path, reason(&error), error)),
                }
                self.known.insert(path);
            }
        }
        opened
    }

    /// Opens a pack and, in parallel, verifies the checksum of its index.
    fn open_pack(&self, path: &Path, shared: &Shared) -> io::Result<(Pack, Forest)> {
        let index = Some(path.with_extension("idx")).filter(|index| index.exists());
        // Opening a pipe could wait forever.
        let is_other = |file: &Path| file.metadata().is_ok_and(|metadata| !metadata.is_file());
        if index.as_deref().into_iter().chain([path]).any(is_other) {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "the pack or its index is not a regular file",
            ));
        }
        let check = || {
            index
                .as_ref()
                .map_or(Ok(()), |index| check(index, self.hash))
        };
        let (checked, opened) = rayon::join(check, || {
            self.open_unchecked(path, index.as_deref(), shared)
        });
        checked.and(opened)
    }

    fn open_unchecked(
        &self,
        path: &Path,
        index: Option<&Path>,
        shared: &Shared,
    ) -> io::Result<(Pack, Forest)> {
        // An index that no longer exists is not damaged: git has removed it in a repack.
        let failed = |index: &Path, error: gix::Error| match index.exists() {
            true => io::Error::new(ErrorKind::InvalidData, chain(&error)),
            false => ErrorKind::NotFound.into(),
        };
        let table = match index {
            Some(index) => Table::own(index, self.hash).map_err(|error| failed(index, error))?,
            None => shared.table(path).ok_or(ErrorKind::NotFound)?,
        };
        let mut pack = Pack::open(path, table, self.hash)?;
        let forest = Forest::of(&mut pack, self.hash);
        pack.table.release();
        Ok((pack, forest))
    }
}

/// The number of ids that are read before the memory of their index is released.
const RELEASED: usize = 1 << 16;

/// A multi-pack index, for packs that have no index of their own; `None` if the repository has no
/// multi-pack index.
struct Shared(Option<Arc<multi_index::File>>);

impl Shared {
    /// Opens the multi-pack index at `path`. A damaged multi-pack index is ignored, because it is
    /// needed only if a pack has no index of its own.
    fn open(path: &Path, hash: HashKind) -> Self {
        let is_whole = path.exists() && check(path, hash).is_ok();
        let index = if is_whole {
            multi_index::File::at(path, None).ok()
        } else {
            None
        };
        Shared(index.map(Arc::new))
    }

    fn table(&self, pack: &Path) -> Option<Table> {
        let index = self.0.as_ref()?;
        let name = pack.with_extension("idx");
        let number = index
            .index_names()
            .iter()
            .position(|known| Some(known.as_os_str()) == name.file_name())?;
        Table::shared(index, number as u32).ok()
    }
}

/// A generous estimate of the time in which git writes or removes the remaining files of a pack.
pub const A_MOMENT: Duration = Duration::from_millis(50);

/// Returns a description of the missing file of a pack.
fn unfinished(path: &Path) -> &'static str {
    match (path.exists(), path.with_extension("idx").exists()) {
        (true, false) => "it has no index; `git index-pack` creates one",
        (false, true) => "the pack itself is missing: only its index exists",
        _ => "it was added or removed while it was opened",
    }
}

/// Returns the paths of the packs in a directory, including packs whose index exists but whose data
/// is missing.
fn packs(folder: &Path, skip: &dyn Fn(Skip)) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            skip(damaged(folder, SkipReason::Unreadable, error));
            return Vec::new();
        }
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_of_pack = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "pack" || extension == "idx")
    };
    let packs: BTreeSet<PathBuf> = paths
        .filter(is_of_pack)
        .map(|path| path.with_extension("pack"))
        .collect();
    packs.into_iter().collect()
}

/// Verifies the checksum at the end of an index file.
fn check(path: &Path, hash: HashKind) -> io::Result<()> {
    let mut file = File::open(path)?;
    let invalid = |what: &str| {
        io::Error::new(
            ErrorKind::InvalidData,
            format!("{}: {what}", path.display()),
        )
    };
    let length = file.metadata()?.len();
    let mut left = length
        .checked_sub(hash.len_in_bytes() as u64)
        .ok_or_else(|| invalid("cut short"))?;
    let (mut hasher, mut buffer) = (gix::hash::hasher(hash), vec![0; 64 * 1024]);
    while left > 0 {
        let piece = &mut buffer[..(64 * 1024).min(left) as usize];
        file.read_exact(piece)?;
        hasher.update(piece);
        left -= piece.len() as u64;
    }
    let mut claimed = vec![0; hash.len_in_bytes()];
    file.read_exact(&mut claimed)?;
    let real = hasher
        .try_finalize()
        .map_err(|error| invalid(&error.to_string()))?;
    if real.as_slice() == claimed {
        Ok(())
    } else {
        Err(invalid(
            "its checksum is wrong; `git index-pack` creates a new one",
        ))
    }
}

fn reason(error: &io::Error) -> SkipReason {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => SkipReason::Corrupt,
        _ => SkipReason::Unreadable,
    }
}

/// Returns the skip for a path in the `.git` directory that cannot be read.
pub fn damaged(path: &Path, reason: SkipReason, detail: impl std::fmt::Display) -> Skip {
    let name = crate::model::blob::path_bytes(path.strip_prefix(".").unwrap_or(path)).to_vec();
    Skip::new(
        Origin::Record {
            part: Part::GitConfig,
            name,
        },
        reason,
        detail,
    )
}
