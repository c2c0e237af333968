//! Files that are not part of a running program: tests, examples, documentation, generated files.

/// Directories of files that are not part of a running program.
const FOLDERS: &str = "test tests __tests__ __mocks__ mocks spec specs e2e fixture fixtures __fixtures__ example \
    examples sample samples doc docs node_modules vendor dist .next cypress site-packages \
    storybook";

/// Returns true if the file at `path` is in a directory of tests, examples, documentation or
/// generated files. `path` is relative to the root of the scan; the result for any other path is
/// false.
pub(crate) fn is_aside(path: &[u8]) -> bool {
    let is_from_root =
        !path.starts_with(b"/") && !path.starts_with(b"..") && path.get(1) != Some(&b':');
    let mut folders: Vec<&[u8]> = path.split(|byte| matches!(byte, b'/' | b'\\')).collect();
    folders.pop();
    let is_known = |folder: &&[u8]| {
        let mut known = FOLDERS.split(' ');
        known.any(|known| folder.eq_ignore_ascii_case(known.as_bytes()))
    };
    is_from_root && folders.iter().any(is_known)
}

/// Returns true if the name of the file says that it is a test or is generated.
pub(super) fn is_test(path: &[u8]) -> bool {
    let name = path
        .rsplit(|byte| matches!(byte, b'/' | b'\\'))
        .next()
        .unwrap_or(path);
    let Ok(name) = std::str::from_utf8(name) else {
        return false;
    };
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    let inner = [
        ".test", ".spec", ".stories", ".mock", ".min", ".example", ".e2e", ".d",
    ];
    let ends = ["_test", "_spec", "Test", "Tests", "Spec"];
    let begins = ["test_", "test-", "conftest"];
    inner.iter().any(|part| stem.ends_with(part))
        || ends.iter().any(|end| stem.ends_with(end))
        || begins.iter().any(|begin| stem.starts_with(begin))
        || stem == "test"
}

#[cfg(test)]
mod tests {
    use super::{is_aside, is_test};

    #[test]
    fn tests_and_examples_are_set_aside() {
        for path in [
            "tests/a.ts",
            "src/__tests__/a.ts",
            "pkg/Examples/x/a.py",
            "web/.next/a.js",
        ] {
            assert!(is_aside(path.as_bytes()), "{path}");
        }
        for path in [
            "src/a.ts",
            "/tmp/tests/a.ts",
            "../tests/a.ts",
            "contests/a.ts",
            "tests.ts",
        ] {
            assert!(!is_aside(path.as_bytes()), "{path}");
        }
        for path in [
            "src/a.test.ts",
            "b/test_a.py",
            "a_test.go",
            "a_spec.rb",
            "ATest.java",
            "a.min.js",
        ] {
            assert!(is_test(path.as_bytes()), "{path}");
        }
        for path in ["src/latest.ts", "contest.py", "attest_a.go", "token.ts"] {
            assert!(!is_test(path.as_bytes()), "{path}");
        }
    }
}
