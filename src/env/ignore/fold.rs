//! Patterns for case-insensitive comparison.
//!
//! Git lowercases the path and the pattern, except inside brackets. There, a single uppercase
//! letter matches nothing, and a range matches if it contains the letter in either case. The
//! patterns made here give the same results for lowercase paths.

/// Converts `pattern` for comparison with lowercase paths.
pub fn folded(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            b'[' => at = bracket(pattern, at, &mut out),
            byte => {
                out.push(byte.to_ascii_lowercase());
                at += 1;
            }
        }
    }
    out
}

/// Copies to `out` the bracket expression that opens at offset `open`, and adds the lowercase
/// letters that it lacks. Returns the offset of the closing bracket, or the length of the pattern
/// if no bracket closes the expression.
fn bracket(pattern: &[u8], open: usize, out: &mut Vec<u8>) -> usize {
    let mut at = open + 1;
    out.push(b'[');
    if matches!(pattern.get(at), Some(b'!' | b'^')) {
        out.push(pattern[at]);
        at += 1;
    }
    let first = at;
    while let Some(byte) = pattern.get(at) {
        let class = pattern[at..].strip_prefix(b"[:upper:]");
        match byte {
            b']' if at > first => break,
            _ if class.is_some() => {
                out.extend_from_slice(b"[:upper:][:lower:]");
                at += b"[:upper:]".len();
            }
            b'[' if pattern.get(at + 1) == Some(&b':') => {
                let end =
                    memchr::memchr(b']', &pattern[at..]).map_or(pattern.len(), |end| at + end + 1);
                out.extend_from_slice(&pattern[at..end]);
                at = end;
            }
            _ => at = range(pattern, at, out),
        }
    }
    at
}

/// Copies to `out` the character or range at offset `start`. For a range, adds its uppercase
/// letters in lowercase. Returns the offset after the character or range.
fn range(pattern: &[u8], start: usize, out: &mut Vec<u8>) -> usize {
    let letter = |at: usize| {
        if pattern.get(at) == Some(&b'\\') {
            at + 1
        } else {
            at
        }
    };
    let from = letter(start);
    let mut end = (from + 1).min(pattern.len());
    let is_range =
        pattern.get(end) == Some(&b'-') && pattern.get(end + 1).is_some_and(|byte| *byte != b']');
    if is_range {
        let to = letter(end + 1);
        end = (to + 1).min(pattern.len());
        out.extend_from_slice(&pattern[start..end]);
        if let (Some(from), Some(to)) = (pattern.get(from), pattern.get(to)) {
            let (from, to) = ((*from).max(b'A'), (*to).min(b'Z'));
            if from <= to {
                out.extend_from_slice(&[from.to_ascii_lowercase(), b'-', to.to_ascii_lowercase()]);
            }
        }
        return end;
    }
    out.extend_from_slice(&pattern[start..end]);
    end
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn case_folding_lowers_letters_and_extends_ranges() {
        let cases = [
            (".ENV", ".env"),
            ("A[Ef]B", "a[Ef]b"),
            ("[A-C]", "[A-Ca-c]"),
            ("[V-x]", "[V-xv-z]"),
            ("[!a-z]X", "[!a-z]x"),
            ("[]A-B]", "[]A-Ba-b]"),
            ("[[:upper:]]", "[[:upper:][:lower:]]"),
            ("[[:alpha:]A", "[[:alpha:]A"),
            ("\\A[\\A-\\B-]", "\\a[\\A-\\Ba-b-]"),
            ("[", "["),
        ];
        for (pattern, expected) in cases {
            assert_eq!(
                String::from_utf8_lossy(&folded(pattern.as_bytes())),
                expected,
                "{pattern}"
            );
        }
    }
}
