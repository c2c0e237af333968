//! Where in the outermost container a stream lies.

use crate::model::blob::Origin;

/// Where a stream lies, and what it is called.
#[derive(Clone)]
pub struct StreamPlace {
    /// The path inside the outermost container, `None` for the container itself.
    path: Option<Vec<u8>>,
    /// The name without the folders.
    name: Vec<u8>,
    /// How many containers deep its content lies, should it be one itself.
    pub depth: usize,
    /// It is what a compressed file holds, which has no name there unless it is a member.
    compressed: bool,
}

impl StreamPlace {
    /// The place of the container itself.
    pub fn outermost(origin: &Origin) -> Self {
        let name = file_name(origin.member().or(origin.path()).unwrap_or_default());
        StreamPlace {
            path: None,
            name: name.to_vec(),
            depth: 1,
            compressed: false,
        }
    }

    /// The place of a zip's or tar's member.
    pub fn member(&self, name: &[u8]) -> Self {
        let path = Some(self.join(name));
        StreamPlace {
            path,
            name: file_name(name).to_vec(),
            depth: self.depth + 1,
            compressed: false,
        }
    }

    /// The place of what a compressed file holds: called as the file says, or as the file without its extension.
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

    /// The same place for a tar, which counts together with what compresses it.
    pub fn tar(&self) -> Self {
        StreamPlace {
            depth: self.depth - usize::from(self.compressed),
            ..self.clone()
        }
    }

    /// Returns true if it is the place of the outermost container.
    pub fn is_outermost(&self) -> bool {
        self.path.is_none() && !self.compressed
    }

    /// The path as long as it is not known what lies there.
    pub fn path(&self) -> Option<&[u8]> {
        self.path.as_deref()
    }

    /// The path of what is no archive.
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

/// What stands after the last `/`, or `\` as Windows writes it.
fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| matches!(byte, b'/' | b'\\'))
        .next()
        .unwrap_or(path)
}
