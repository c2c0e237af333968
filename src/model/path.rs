//! Parts of paths, as git writes them: bytes with `/` between the parts.

/// Returns the last part of a path: the name of a file or directory.
pub fn file_name(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..])
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn the_last_component_is_the_file_name() {
        for (path, name) in [("a/b.c", "b.c"), ("b.c", "b.c"), ("a/", ""), ("", "")] {
            assert_eq!(file_name(path.as_bytes()), name.as_bytes(), "{path}");
        }
    }
}
