//! The entries of a tree, read in a fraction of the time that it takes to check them.

/// An entry of a tree.
pub struct Entry<'t> {
    /// Its mode, a space, and its name.
    head: &'t [u8],
    /// What it holds.
    pub id: &'t gix::oid,
    /// How many bytes of the tree there are behind the entry, and its own id with them.
    pub left: usize,
}

impl<'t> Entry<'t> {
    /// Its name.
    pub fn name(&self) -> &'t [u8] {
        let space = memchr::memchr(b' ', self.head);
        space.map_or(self.head, |space| &self.head[space + 1..])
    }

    /// Whether it is that of a submodule, whose commit is in another repository.
    pub fn is_submodule(&self) -> bool {
        self.head.starts_with(b"160000 ")
    }
}

/// The entries of a tree, as far as it makes sense.
pub fn entries(tree: &[u8], hash: gix::hash::Kind) -> impl Iterator<Item = Entry<'_>> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        let (head, behind) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
        let (id, tail) = behind[1..].split_at_checked(hash.len_in_bytes())?;
        rest = tail;
        Some(Entry { head, id: gix::oid::from_bytes_unchecked(id), left: behind.len() - 1 })
    })
}
