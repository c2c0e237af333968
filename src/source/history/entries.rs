//! Reads the entries of a tree without full validation, in a fraction of the time of a validating
//! parser.

use std::ops::Range;

/// An entry of a tree.
pub struct TreeEntry<'t> {
    /// The entry's mode, a space, and its name.
    head: &'t [u8],
    /// The id of the object.
    pub id: &'t gix::oid,
    /// The offset in the tree at which the entry begins.
    pub start: usize,
}

impl<'t> TreeEntry<'t> {
    /// Returns the name of the entry.
    pub fn name(&self) -> &'t [u8] {
        let space = memchr::memchr(b' ', self.head);
        space.map_or(self.head, |space| &self.head[space + 1..])
    }

    /// Returns the offset in the tree at which the name ends. A zero byte and the id follow.
    pub fn name_end(&self) -> usize {
        self.start + self.head.len()
    }

    /// Returns the offset in the tree at which the entry ends.
    pub fn end(&self) -> usize {
        self.name_end() + 1 + self.id.as_bytes().len()
    }

    /// Returns true if the entry is a submodule. Its id is a commit in another repository.
    pub fn is_submodule(&self) -> bool {
        self.head.starts_with(b"160000 ")
    }

    /// Returns true if the entry is a regular file: not a directory, symbolic link or submodule.
    pub fn is_file(&self) -> bool {
        self.head.starts_with(b"100")
    }

    /// Returns true if the entry begins with a mode of five or six octal digits and a space, as git
    /// writes it.
    fn is_sound(&self) -> bool {
        let digits = self
            .head
            .iter()
            .take_while(|byte| matches!(byte, b'0'..=b'7'))
            .count();
        matches!(digits, 5 | 6) && self.head.get(digits) == Some(&b' ')
    }
}

/// Returns the entries of a tree, up to the first incomplete one.
fn entries(tree: &[u8], hash: gix::hash::Kind) -> impl Iterator<Item = TreeEntry<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = &tree[start..];
        let (head, behind) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
        let id = behind.get(1..=hash.len_in_bytes())?;
        let entry = TreeEntry {
            head,
            id: gix::oid::from_bytes_unchecked(id),
            start,
        };
        start = entry.end();
        Some(entry)
    })
}

/// Calls `visit` with each entry of `tree` that overlaps one of the ranges `stretches`. The flag is
/// true if the range overlaps the mode or the name, not only the id. Stops after the last stretch.
/// Returns true if all entries up to there are well-formed.
pub fn touched<'t>(
    tree: &'t [u8],
    hash: gix::hash::Kind,
    mut stretches: &[Range<usize>],
    mut visit: impl FnMut(&TreeEntry<'t>, bool),
) -> bool {
    let (mut end, mut is_sound) = (0, true);
    for entry in entries(tree, hash) {
        while stretches
            .first()
            .is_some_and(|first| first.end <= entry.start)
        {
            stretches = &stretches[1..];
        }
        let Some(first) = stretches.first() else {
            return is_sound;
        };
        end = entry.end();
        is_sound &= entry.is_sound();
        if first.start < end {
            visit(&entry, first.start < entry.name_end());
        }
    }
    is_sound && end == tree.len()
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::touched;

    const HASH: gix::hash::Kind = gix::hash::Kind::Sha1;

    fn tree(names: &[&str]) -> Vec<u8> {
        let entry = |name: &&str| [b"100644 ", name.as_bytes(), &[0; 21]].concat();
        names.iter().flat_map(entry).collect()
    }

    /// Returns the names of the entries that overlap `start..end`, and true if all entries are
    /// well-formed. A name is in brackets if only the entry's id overlaps the range.
    fn names(tree: &[u8], start: usize, end: usize) -> (String, bool) {
        let mut names = Vec::new();
        let is_sound = touched(
            tree,
            HASH,
            slice::from_ref(&(start..end)),
            |entry, by_name| {
                let name = String::from_utf8_lossy(entry.name()).into_owned();
                names.push(if by_name { name } else { format!("({name})") });
            },
        );
        (names.join(" "), is_sound)
    }

    #[test]
    fn only_entries_that_touch_the_range_are_visited() {
        // Each entry has 29 bytes: the mode and name are the first 8, then a zero and 20 bytes of
        // id.
        let tree = tree(&["a", "b", "c"]);
        assert_eq!(names(&tree, 0, tree.len()), ("a b c".into(), true));
        assert_eq!(names(&tree, 29, 58), ("b".into(), true));
        assert_eq!(names(&tree, 40, 58), ("(b)".into(), true));
        assert_eq!(names(&tree, 40, 59), ("(b) c".into(), true));
        // An empty range between two entries touches neither of them; an empty range within an
        // entry touches it.
        assert_eq!(names(&tree, 29, 29), (String::new(), true));
        assert_eq!(names(&tree, 36, 36), ("b".into(), true));
        assert_eq!(names(&tree, 37, 37), ("(b)".into(), true));
        assert_eq!(names(&tree, tree.len(), tree.len()), (String::new(), true));
    }

    #[test]
    fn invalid_entries_are_reported() {
        let whole = tree(&["a", "b"]);
        assert!(!names(&whole[..50], 0, 50).1, "cut short");
        assert!(
            !names(&[&whole[..], b"rest"].concat(), 0, 62).1,
            "something follows"
        );
        for head in ["99999 x", "1006444 x", "100 x", "100644", " x", ""] {
            let odd = [head.as_bytes(), &[0; 21]].concat();
            assert!(!names(&odd, 0, odd.len()).1, "{head}");
        }
        assert!(names(b"", 0, 0).1);
    }
}
