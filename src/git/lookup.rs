//! Lookup of references, revisions and paths.

use std::collections::HashMap;

use super::{ObjectId, Repository, read, read_trusting};
use crate::error::{Error, Result, chain};
use crate::model::defaults;

impl Repository {
    /// Returns the content of the file `name` at the root of a revision's tree; `None` if there is
    /// no such file.
    ///
    /// # Errors
    ///
    /// When the revision does not exist or cannot be read, or `name` is not a file.
    pub fn file_at(&self, revision: &str, name: &str) -> Result<Option<Vec<u8>>> {
        let failed = |error: &dyn std::error::Error| {
            Error::new(format!("{name} of revision `{revision}` cannot be read: {}", chain(error)))
                .help("give a commit that this clone has; fetch missing commits first (`git fetch`, `fetch-depth: 0`)")
        };
        let id = self
            .inner
            .rev_parse_single(revision)
            .map_err(|error| failed(&error))?;
        let tree = id
            .object()
            .map_err(|error| failed(&error))?
            .peel_to_tree()
            .map_err(|error| failed(&error))?;
        let Some(entry) = tree.find_entry(name) else {
            return Ok(None);
        };
        if !entry.mode().is_blob() {
            return Err(
                Error::new(format!("{name} of revision `{revision}` is not a file")).help(
                    "in this revision, a folder, a symbolic link or a submodule is at this path: \
                 commit a regular file there",
                ),
            );
        }
        let id = entry.oid().to_owned();
        let read = read(&self.inner, id, defaults::FILE_OF_REVISION);
        let text = read.map_err(|unreadable| {
            Error::new(format!(
                "{name} of revision `{revision}` cannot be read: {}",
                unreadable.detail
            ))
            .help(unreadable.reason.help())
        })?;
        Ok(Some(text))
    }

    /// Returns the full names of the references that begin with `prefix` (such as `refs/remotes/`),
    /// with the objects that they point to. An annotated tag is replaced by its target. References
    /// to missing objects are left out.
    ///
    /// # Errors
    ///
    /// When the references cannot be read.
    pub fn references(&self, prefix: &str) -> Result<Vec<(String, ObjectId)>> {
        let failed = |error: &dyn std::error::Error| {
            Error::new(format!(
                "the references of {} cannot be read: {}",
                self.inner.git_dir().display(),
                chain(error)
            ))
            .help("`git for-each-ref` shows what is wrong with the references")
        };
        let all = self.inner.references().map_err(|error| failed(&error))?;
        let mut found = Vec::new();
        for reference in all.prefixed(prefix).map_err(|error| failed(&error))? {
            let mut reference = reference.map_err(|error| failed(&error))?;
            let name = reference.name().as_bstr().to_string();
            if let Ok(id) = reference.peel_to_id() {
                found.push((name, id.detach()));
            }
        }
        Ok(found)
    }

    /// Returns the object that a revision expression refers to. An annotated tag is not replaced by
    /// its target. A name without `origin/` may be a branch of `origin`. Only for expressions that
    /// the user typed, never for untrusted input.
    ///
    /// # Errors
    ///
    /// When the expression does not refer to an object.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId> {
        let parse = |text: &str| self.inner.rev_parse_single(text).map(gix::Id::detach);
        let of_origin = format!("refs/remotes/origin/{revision}");
        parse(revision).or_else(|_| parse(&of_origin)).map_err(|_| {
            let why = unresolved(revision);
            Error::new(format!(
                "`{revision}` does not name a commit in this repository: {why}"
            ))
            .help(how_to_fetch(revision))
        })
    }

    /// Returns the base commit that the user chose: the branch of `origin` with this name, or else
    /// the local branch or the tag, or else a revision expression. The branch of `origin` comes
    /// first, because anybody may push a tag with the same name.
    ///
    /// # Errors
    ///
    /// When `name` refers to no object, or is the name of both a local branch and a tag that point
    /// to different commits.
    pub fn resolve_base(&self, name: &str) -> Result<ObjectId> {
        let [remote, local, tag] = ["remotes/origin", "heads", "tags"]
            .map(|kind| self.reference(&format!("refs/{kind}/{name}")));
        match (remote, local, tag) {
            (Some(id), ..) => Ok(id),
            (None, Some(branch), Some(tag)) if self.commit(tag) != Some(branch) => Err(Error::new(
                format!("`{name}` is a branch and a tag here"),
            )
            .help(format!(
                "give its full name: refs/heads/{name} or refs/tags/{name}"
            ))),
            (None, Some(id), _) => Ok(id),
            (None, None, _) => self.resolve(name),
        }
    }

    /// Returns the parents of a commit; empty if `id` is not a commit, or is missing.
    pub fn parents(&self, id: ObjectId) -> Vec<ObjectId> {
        let commit = self
            .inner
            .find_object(id)
            .ok()
            .and_then(|object| object.try_into_commit().ok());
        commit.map_or_else(Vec::new, |commit| {
            commit.parent_ids().map(gix::Id::detach).collect()
        })
    }

    /// Returns the merge base of two commits; `None` if they have no common ancestor, or if a
    /// commit is missing.
    pub fn merge_base(&self, one: ObjectId, other: ObjectId) -> Option<ObjectId> {
        self.inner.merge_base(one, other).ok()?.map(gix::Id::detach)
    }

    /// Returns the tree of a commit; `None` if the commit or its tree is missing.
    pub fn tree(&self, id: ObjectId) -> Option<ObjectId> {
        Some(self.inner.find_object(id).ok()?.peel_to_tree().ok()?.id)
    }

    /// Returns true if the address of `remote` ends in `repository` (`owner/name`), ignoring case.
    pub fn is_at(&self, remote: &str, repository: &str) -> bool {
        let address = self
            .setting(&format!("remote.{remote}.url"))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let address = address.trim_end_matches('/');
        let address = address.strip_suffix(".git").unwrap_or(address);
        let before = address.strip_suffix(&repository.to_ascii_lowercase());
        !repository.is_empty() && before.is_some_and(|before| before.ends_with(['/', ':']))
    }

    /// Returns the object with this hexadecimal id, or the only object whose id begins with these
    /// digits. `None` if there is no such object, or if several ids begin with these digits.
    pub fn object(&self, id: &str) -> Option<ObjectId> {
        match ObjectId::from_hex(id.as_bytes()) {
            Ok(id) => self.inner.has_object(id).then_some(id),
            Err(_) => {
                let prefix = gix::hash::Prefix::from_hex(id).ok()?;
                self.inner.objects.lookup_prefix(prefix, None).ok()??.ok()
            }
        }
    }

    /// Returns the object that the reference with exactly this full name (such as
    /// `refs/heads/main`) points to. An annotated tag is not replaced by its target. `None` if
    /// there is no such reference.
    pub fn reference(&self, name: &str) -> Option<ObjectId> {
        let full = gix::refs::FullName::try_from(name).ok()?;
        let mut found = self.inner.try_find_reference(full.as_ref()).ok()??;
        if found.name().as_bstr() != name {
            return None;
        }
        found.follow_to_object().ok().map(gix::Id::detach)
    }

    /// Returns the full name of the target of a symbolic reference; `None` if the reference is
    /// missing or not symbolic.
    pub fn symbolic(&self, name: &str) -> Option<String> {
        let full = gix::refs::FullName::try_from(name).ok()?;
        let found = self.inner.try_find_reference(full.as_ref()).ok()??;
        found
            .target()
            .try_name()
            .map(|name| name.as_bstr().to_string())
    }

    /// Returns the commit that is checked out; `None` before the first commit.
    pub fn head(&self) -> Option<ObjectId> {
        self.inner.head_id().ok().map(gix::Id::detach)
    }

    /// Returns the object itself if it is a commit, or the commit that it points to if it is a tag;
    /// `None` otherwise.
    pub fn commit(&self, id: ObjectId) -> Option<ObjectId> {
        Some(self.inner.find_object(id).ok()?.peel_to_commit().ok()?.id)
    }

    /// Returns true if the clone is shallow, or if that cannot be determined.
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow().unwrap_or(true)
    }

    /// Returns the object at `path` in the tree of commit `id`: a file, a folder or a submodule's
    /// commit; `None` if nothing has this path.
    pub fn entry(&self, id: ObjectId, path: &[u8]) -> Option<ObjectId> {
        let tree = self.inner.find_object(id).ok()?.peel_to_tree().ok()?;
        Some(
            tree.lookup_entry(path.split(|byte| *byte == b'/'))
                .ok()??
                .object_id(),
        )
    }

    /// Returns true if the tree of commit `id` has `blob` at any path.
    pub fn has_file(&self, id: ObjectId, blob: ObjectId) -> bool {
        let tree = self
            .inner
            .find_object(id)
            .ok()
            .and_then(|object| object.peel_to_tree().ok());
        let mut pending: Vec<ObjectId> = tree.map(|tree| tree.id).into_iter().collect();
        while let Some(tree) = pending.pop() {
            let Ok(tree) = self.inner.find_tree(tree) else {
                continue;
            };
            for entry in tree.iter().filter_map(std::result::Result::ok) {
                if entry.mode().is_tree() {
                    pending.push(entry.object_id());
                } else if entry.object_id() == blob {
                    return true;
                }
            }
        }
        false
    }

    /// Returns the files of a commit's tree by path, with their ids. Trees that cannot be read are
    /// left out.
    pub fn files(&self, commit: ObjectId) -> HashMap<Vec<u8>, ObjectId> {
        let mut files = HashMap::new();
        let mut pending: Vec<(Vec<u8>, ObjectId)> = self
            .tree(commit)
            .map(|tree| (Vec::new(), tree))
            .into_iter()
            .collect();
        while let Some((folder, tree)) = pending.pop() {
            let Ok(tree) = self.inner.find_tree(tree) else {
                continue;
            };
            for entry in tree.iter().filter_map(std::result::Result::ok) {
                let path = [&folder[..], entry.filename()].concat();
                if entry.mode().is_tree() {
                    pending.push(([&path[..], b"/"].concat(), entry.object_id()));
                } else if entry.mode().is_blob() {
                    files.insert(path, entry.object_id());
                }
            }
        }
        files
    }

    /// Returns the content of a blob; `None` if it cannot be read, or has more than
    /// `defaults::COMPARED_FILE` bytes.
    pub fn content(&self, blob: ObjectId) -> Option<Vec<u8>> {
        read_trusting(&self.inner, blob, defaults::COMPARED_FILE).ok()
    }
}

/// Returns the advice on how to fetch a revision. A clone of one branch fetches no other branch, so
/// the advice for a branch of `origin` names it.
fn how_to_fetch(revision: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    match revision.strip_prefix("origin/") {
        // A shell reads such a name as it is.
        Some(branch) if branch.chars().all(is_plain) => {
            let refspec = format!("{branch}:refs/remotes/origin/{branch}");
            format!("fetch it first: `git fetch origin {refspec}` (in CI: `fetch-depth: 0`)")
        }
        _ => "fetch missing commits first (`git fetch`, `fetch-depth: 0`)".to_owned(),
    }
}

/// Returns the reason why a revision expression refers to no object.
fn unresolved(revision: &str) -> &'static str {
    let is_id = revision.len() >= 4 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has_suffix = revision.contains(['^', '~', '@', ':', '{']);
    match (is_id, has_suffix) {
        (true, _) => "no object, or more than one, has an id that begins with these digits",
        (_, true) => "the expression leads to no object",
        _ => "there is no branch, tag or commit with this name",
    }
}
