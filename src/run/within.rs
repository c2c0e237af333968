//! The limit of findings and skips to a folder, where paths are known only once objects are placed.

use std::collections::{BTreeSet, HashMap};

use crate::error::Result;
use crate::model::blob::{Origin, Part};
use crate::model::finding::Finding;
use crate::model::placement::Placement;
use crate::model::skip::Skip;
use crate::source::Source;
use crate::source::folder::Folder;

/// A path that leads to an object, by the object's id.
pub type Paths = HashMap<String, Vec<u8>>;

/// Drops the findings and skips that lie only outside of the folder that `source` is limited to.
/// Returns, for the objects that were placed, paths in the folder.
///
/// # Errors
///
/// When the repository cannot be read any more.
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

/// Returns the object to place to know where a text lies: a blob, or the tree that has a name.
/// `None` for texts that lie in no folder.
fn object(origin: &Origin) -> Option<&str> {
    let is_file = matches!(origin.part(), Some(Part::Content | Part::PathName));
    origin.object().filter(|_| is_file)
}

/// The folder, and the known places of objects.
struct FolderView {
    folder: Folder,
    placed: HashMap<String, Placement>,
}

impl FolderView {
    /// Returns true if an origin lies in the folder, or in no folder at all.
    fn has(&self, origin: &Origin) -> bool {
        match (origin, object(origin).and_then(|id| self.placed.get(id))) {
            (_, Some(placement)) if !placement.paths.is_empty() => self.path(origin).is_some(),
            // No path leads to the tree of a commit, and nothing to what nothing keeps.
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

    /// Returns the first path of the origin's object by which the origin lies in the folder; `None`
    /// if there is none.
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
