//! The place of a stream, such as a nested member, in the outermost container.

use crate::model::blob::Origin;

/// The path and name of a stream in the outermost container.
#[derive(Clone)]
pub struct StreamPlace {
    /// The path of the stream in the outermost container. `None` for the container itself and, if
    /// it is a compressed file, for its content.
    path: Option<Vec<u8>>,
    /// The name of the stream, without directories.
    name: Vec<u8>,
    /// The depth at which the stream is nested, if it is a container; 1 for the outermost
    /// container.
    pub depth: usize,
    /// True for the content of a compressed file. It has the path of that file.
    compressed: bool,
}

impl StreamPlace {
    /// Returns the place of the outermost container.
    pub fn outermost(origin: &Origin) -> Self {
        let name = file_name(origin.member().or(origin.path()).unwrap_or_default());
        StreamPlace {
            path: None,
            name: name.to_vec(),
            depth: 1,
            compressed: false,
        }
    }

    /// Returns the place of a member called `name`.
    pub fn member(&self, name: &[u8]) -> Self {
        let path = Some(self.join(name));
        StreamPlace {
            path,
            name: file_name(name).to_vec(),
            depth: self.depth + 1,
            compressed: false,
        }
    }

    /// Returns the place of the content of the compressed file at this place. `said` is the name in
    /// the file's header. Without it, the content has the file's name without its extension.
    pub fn inflated(&self, said: Option<&[u8]>) -> Self {
        let stem = match self.name.iter().rposition(|byte| *byte == b'.') {
            Some(dot) => &self.name[..dot],
            None => &self.name,
        };
        let named = said.unwrap_or(stem);
        let name = if named.is_empty() { b"data" } else { named };
        StreamPlace {
            path: self.path.clone(),
            name: name.to_vec(),
            depth: self.depth + 1,
            compressed: true,
        }
    }

    /// Returns this place for a tar. A compressed tar counts as one container, so its depth is
    /// reduced by one.
    pub fn tar(&self) -> Self {
        StreamPlace {
            depth: self.depth - usize::from(self.compressed),
            ..self.clone()
        }
    }

    /// Returns true if this is the place of the outermost container.
    pub fn is_outermost(&self) -> bool {
        self.path.is_none() && !self.compressed
    }

    /// Returns the path, without the name of a compressed file's content; `None` means the
    /// outermost container.
    pub fn path(&self) -> Option<&[u8]> {
        self.path.as_deref()
    }

    /// Returns the path and, for a compressed file's content, `!` and its name; `None` means the
    /// outermost container.
    pub fn leaf(&self) -> Option<Vec<u8>> {
        if self.compressed {
            Some(self.join(&self.name))
        } else {
            self.path.clone()
        }
    }

    fn join(&self, name: &[u8]) -> Vec<u8> {
        self.path
            .as_ref()
            .map_or_else(|| name.to_vec(), |path| [path, &b"!"[..], name].concat())
    }
}

/// Returns the part of `path` after the last `/` or `\`.
fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| matches!(byte, b'/' | b'\\'))
        .next()
        .unwrap_or(path)
}
