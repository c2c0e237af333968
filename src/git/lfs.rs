//! Finds the directory in which git-lfs stores the contents of files. Git itself stores only
//! pointers to them.

use std::path::{Path, PathBuf};

use gix::open::Permissions;
use gix::open::permissions::Config;

use super::trust;

/// Returns the directory of the git-lfs objects of `repository`: `objects` in the directory that
/// `lfs.storage` names or, by default, in `lfs` in the `.git` directory. All of git's configuration
/// is read for this, including the configuration of the system and of the user, but not the
/// `.lfsconfig` in the work tree.
pub fn lfs_objects(repository: &gix::Repository) -> PathBuf {
    let named = configured(repository)
        .and_then(|repository| repository.config_snapshot().string("lfs.storage"));
    let named = named
        .as_ref()
        .and_then(|named| gix::path::from_bstr(named).ok());
    let named = named
        .as_deref()
        .filter(|named| !named.as_os_str().is_empty())
        .unwrap_or(Path::new("lfs"));
    repository.common_dir().join(named).join("objects")
}

/// Opens the same repository with all of git's configuration; `None` if that fails.
fn configured(repository: &gix::Repository) -> Option<gix::Repository> {
    let mut permissions = Permissions::isolated();
    permissions.config = Config::all();
    for used in [
        &mut permissions.env.git_prefix,
        &mut permissions.env.home,
        &mut permissions.env.xdg_config_home,
    ] {
        *used = gix::sec::Permission::Allow;
    }
    let options = trust(permissions).full.open_path_as_is(true);
    Some(
        gix::ThreadSafeRepository::open_opts(repository.git_dir(), options)
            .ok()?
            .to_thread_local(),
    )
}
