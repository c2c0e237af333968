//! The place of a stream in the outermost container.

use crate::model::blob::Origin;

/// The place and the name of a stream.
#[derive(Clone)]
pub struct StreamPlace {
    /// The path inside the outermost container; `None` for the container itself, and for its
    /// content if it is a compressed file.
    path: Option<Vec<u8>>,
    /// The name without the folders.
    name: Vec<u8>,
    /// The depth of nesting that the stream has if it is a container; 1 for the outermost one.
    pub depth: usize,
    /// True for the content of a compressed file, which has no path of its own.
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

    /// Returns the place of a compressed file's content. Its name is `said`, as given by the file,
    /// or the file's name without its extension.
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

    /// Returns the same place for a tar, which counts as one container with its compression.
    pub fn tar(&self) -> Self {
        StreamPlace {
            depth: self.depth - usize::from(self.compressed),
            ..self.clone()
        }
    }

    /// Returns true for the place of the outermost container.
    pub fn is_outermost(&self) -> bool {
        self.path.is_none() && !self.compressed
    }

    /// Returns the path without the name of inflated content; `None` stands for the outermost
    /// container.
    pub fn path(&self) -> Option<&[u8]> {
        self.path.as_deref()
    }

    /// Returns the path with the name of inflated content; `None` stands for the outermost
    /// container.
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

/// Returns the part of `path` after the last `/`, or `\` as Windows writes it.
fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| matches!(byte, b'/' | b'\\'))
        .next()
        .unwrap_or(path)
}
