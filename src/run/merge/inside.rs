//! Adds the name of a repository to its paths and refs, for a report of several repositories. The
//! names are formed as for a submodule, with the repository in front.

use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::model::placement::{KeptBy, Placement};
use crate::model::skip::Skip;
use crate::report::Warning;

use super::input::MergeInput;

/// Adds the repository `name` to the places of a finding, unless the finding already has a
/// repository.
pub fn finding(finding: &mut Finding, name: &str) {
    if !finding.repositories.is_empty() {
        return;
    }
    finding.repositories = vec![name.to_owned()];
    finding.origin = origin(&finding.origin, name);
    for place in &mut finding.occurrences {
        place.origin = origin(&place.origin, name);
    }
    if let Some(placement) = &mut finding.placement {
        self::placement(placement, name);
    }
    if let Some(ignoring) = &mut finding.ignoring {
        ignoring.change = path(&ignoring.change, name);
        ignoring
            .names
            .iter_mut()
            .for_each(|one| one.path = path(&one.path, name));
        ignoring
            .rule
            .iter_mut()
            .for_each(|rule| rule.file = path(&rule.file, name));
    }
}

fn placement(placement: &mut Placement, name: &str) {
    placement
        .paths
        .iter_mut()
        .for_each(|one| *one = path(one, name));
    placement
        .tips
        .iter_mut()
        .for_each(|tip| *tip = format!("{name}:{tip}"));
    for keeper in &mut placement.kept_by {
        match keeper {
            KeptBy::Named(own) => *own = format!("{name}:{own}"),
            KeptBy::Nothing { repository } => *repository = format!("{name}:{repository}"),
        }
    }
    placement.from_root.clear();
    placement.tops.clear();
}

/// Adds the repository of the report to the place of a skip, unless the report comes from a merge
/// of several repositories: each place already names its repository then.
pub fn skip(skip: &mut Skip, of: &MergeInput) {
    if !of.is_many {
        skip.origin = origin(&skip.origin, &of.name);
    }
}

/// Adds the repository of the report to the file of a warning, as [`skip`] does.
pub fn warning(warning: &mut Warning, of: &MergeInput) {
    if !of.is_many {
        warning.file = format!("{}/{}", of.name, warning.file);
    }
}

/// Adds the repository of the report to the submodules that were not checked out, as [`skip`] does.
pub fn submodules(of: &mut MergeInput) {
    if !of.is_many {
        let name = of.name.clone();
        let paths = of.absent.submodules.iter_mut();
        paths.for_each(|one| *one = path(one, &name));
    }
}

/// Returns the origin with the repository `name` in front of its path or name.
pub fn origin(origin: &Origin, name: &str) -> Origin {
    origin.map_outermost(&|outermost| match outermost {
        Origin::Object {
            id,
            part,
            path: own,
        } => Origin::Object {
            id: id.clone(),
            part: *part,
            // An object that no known path leads to is named as git names it.
            path: Some(match own {
                Some(own) => path(own, name),
                None => [name.as_bytes(), b":", id.as_bytes()].concat(),
            }),
        },
        Origin::Record { part, name: own } => Origin::Record {
            part: *part,
            name: [name.as_bytes(), b":", own].concat(),
        },
        other => other.with_paths(&|own| path(own, name)),
    })
}

/// Returns a path with the name of its repository in front.
fn path(own: &[u8], name: &str) -> Vec<u8> {
    let own = own.strip_prefix(b"./").unwrap_or(own);
    let own = own.strip_prefix(b"/").unwrap_or(own);
    [name.as_bytes(), b"/", own].concat()
}
