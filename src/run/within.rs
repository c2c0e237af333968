//! Limits the findings and skips of a scan to a directory. In history, the paths of objects must
//! first be looked up.

use std::collections::{BTreeSet, HashMap};

use crate::error::Result;
use crate::model::blob::{Origin, Part};
use crate::model::finding::Finding;
use crate::model::placement::Placement;
use crate::model::skip::Skip;
use crate::source::Source;
use crate::source::folder::Folder;

/// A path of each object, by the id of the object.
pub type Paths = HashMap<String, Vec<u8>>;

/// Removes the findings and skips that are only outside of the directory that `source` is limited
/// to. Returns a path in the directory for each object that was looked up.
///
/// # Errors
///
/// When the paths cannot be read from the repository.
pub fn keep(
    findings: &mut Vec<Finding>,
    skips: &mut Vec<Skip>,
    source: &dyn Source,
) -> Result<Paths> {
    let folder = source.folder();
    if folder.is_root() {
        return Ok(Paths::new());
    }
    let origins = || {
        findings
            .iter()
            .map(|finding| &finding.origin)
            .chain(skips.iter().map(|skip| &skip.origin))
    };
    let ids: BTreeSet<&str> = origins().filter_map(object).collect();
    let groups: Vec<Vec<String>> = ids.into_iter().map(|id| vec![id.to_owned()]).collect();
    let placed = if groups.is_empty() {
        Vec::new()
    } else {
        source.place(&groups)?.groups
    };
    let placed = groups.into_iter().flatten().zip(placed).collect();
    let view = FolderView { folder, placed };
    let paths = origins()
        .filter_map(|origin| Some((object(origin)?.to_owned(), view.path(origin)?)))
        .collect();
    findings.retain(|finding| view.has(&finding.origin));
    skips.retain(|skip| view.has(&skip.origin));
    Ok(paths)
}

/// Returns the object whose paths say where an origin is: the blob with the content, or the tree
/// with the name. `None` for an origin that is in no directory, such as a commit message.
fn object(origin: &Origin) -> Option<&str> {
    let is_file = matches!(origin.part(), Some(Part::Content | Part::PathName));
    origin.object().filter(|_| is_file)
}

/// The directory that a scan is limited to, and the placements of objects by their ids.
struct FolderView {
    folder: Folder,
    placed: HashMap<String, Placement>,
}

impl FolderView {
    /// Returns true if an origin is in the directory, or in no directory at all.
    fn has(&self, origin: &Origin) -> bool {
        match (origin, object(origin).and_then(|id| self.placed.get(id))) {
            (_, Some(placement)) if !placement.paths.is_empty() => self.path(origin).is_some(),
            // A root tree has no path, so its names decide. An unreachable tree is in no commit.
            (
                Origin::Object {
                    part: Part::PathName,
                    path: Some(name),
                    ..
                },
                Some(placement),
            ) => placement.commits == 0 || self.folder.has(name),
            (
                Origin::Name {
                    path,
                    container: None,
                },
                _,
            ) => self.folder.has(path),
            _ => true,
        }
    }

    /// Returns the first path of the origin's object that puts the origin into the directory;
    /// `None` if no path does.
    fn path(&self, origin: &Origin) -> Option<Vec<u8>> {
        let paths = &self.placed.get(object(origin)?)?.paths;
        let is_inside = |path: &&Vec<u8>| match origin {
            Origin::Object {
                part: Part::PathName,
                path: Some(name),
                ..
            } => self.folder.has(&[path, &b"/"[..], name].concat()),
            _ => self.folder.has(path),
        };
        paths.iter().find(is_inside).cloned()
    }
}
