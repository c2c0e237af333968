//! Reads origins from a saved report.

use std::sync::Arc;

use super::document::{SavedFinding, SavedOccurrence, SavedSkip};
use super::text::SavedText;
use crate::model::blob::{Origin, Part, to_path};
use crate::model::source_kind::SourceKind;

/// The fields of a place: a path, an object, a record.
pub struct SavedPlace<'a> {
    path: Option<Vec<u8>>,
    member: Option<Vec<u8>>,
    part: Option<&'a SavedText>,
    object: Option<&'a SavedText>,
    name: Option<&'a SavedText>,
}

/// Implements the conversion of a type that has the fields of a place.
macro_rules! has_place {
    ($type:ty) => {
        impl<'a> From<&'a $type> for SavedPlace<'a> {
            fn from(saved: &'a $type) -> Self {
                SavedPlace {
                    path: bytes(&saved.path, &saved.path_base64),
                    member: bytes(&saved.member, &saved.member_base64),
                    part: saved.part.as_ref(),
                    object: saved.object.as_ref(),
                    name: saved.name.as_ref(),
                }
            }
        }
    };
}

has_place!(SavedFinding);
has_place!(SavedOccurrence);
has_place!(SavedSkip);

/// Returns the masked bytes of a path; `None` if there is no path. The base64 is used only if it
/// encodes the same path.
fn bytes(path: &Option<SavedText>, base64: &Option<SavedText>) -> Option<Vec<u8>> {
    let path = path.as_ref()?;
    let exact = base64.as_ref().and_then(SavedText::decoded);
    let exact = exact.filter(|exact| String::from_utf8_lossy(exact) == path.raw());
    Some(exact.unwrap_or_else(|| path.path()))
}

/// Returns the origin that `place` describes; `None` if its fields fit no origin. `source` is the
/// source of the report.
pub fn origin(place: &SavedPlace<'_>, source: SourceKind) -> Option<Origin> {
    let (path, member) = (place.path.clone(), place.member.clone());
    let part = place.part.map(|part| part.raw());
    let own = |part: &str| match (part, &path) {
        ("link-target", Some(path)) => Some(Origin::LinkTarget(to_path(path))),
        ("path-name", Some(path)) if place.object.is_none() => Some(Origin::Name {
            path: path.clone(),
            container: None,
        }),
        _ => of_part(place, Part::named(part)?, path.clone()),
    };
    match (part, member) {
        (None, None) => content(place, source, path),
        (Some("archive-header"), Some(path)) => Some(Origin::Member {
            container: Arc::new(container(place, source)?),
            path,
            is_frame: true,
        }),
        (Some("path-name"), Some(path)) => Some(Origin::Name {
            path,
            container: Some(Arc::new(container(place, source)?)),
        }),
        (None, Some(path)) => Some(Origin::Member {
            container: Arc::new(container(place, source)?),
            path,
            is_frame: false,
        }),
        (Some(part), Some(path)) => Some(Origin::Member {
            container: Arc::new(own(part)?),
            path,
            is_frame: false,
        }),
        (Some(part), None) => own(part),
    }
}

/// Returns the origin of the container of a member.
fn container(place: &SavedPlace<'_>, source: SourceKind) -> Option<Origin> {
    content(place, source, place.path.clone())
}

/// Returns the origin of the content of a file, or of a stream without a name.
fn content(place: &SavedPlace<'_>, source: SourceKind, path: Option<Vec<u8>>) -> Option<Origin> {
    let object = place.object.map(|id| id.id());
    Some(match (object, path) {
        (Some(id), Some(path)) if source == SourceKind::Index => {
            Origin::Index { path, object: id? }
        }
        (Some(id), path) => Origin::Object {
            id: id?,
            part: Part::Content,
            path,
        },
        (None, Some(path)) => Origin::File(to_path(&path)),
        (None, None) if matches!(source, SourceKind::Access) => Origin::Notion,
        (None, None) => Origin::Stdin,
    })
}

/// Returns the origin of a message, a name or a git record.
fn of_part(place: &SavedPlace<'_>, part: Part, path: Option<Vec<u8>>) -> Option<Origin> {
    match (place.name, place.object) {
        (Some(name), _) => Some(Origin::Record {
            part,
            name: name.path(),
        }),
        (None, Some(id)) => Some(Origin::Object {
            id: id.id()?,
            part,
            path,
        }),
        // Reports of older versions do not name the records of a secret's other places.
        (None, None) => Some(Origin::Record {
            part,
            name: b"(not named)".to_vec(),
        }),
    }
}
