//! Formats a change as a unified diff with one hunk, which spans the first to the last changed
//! line.

use crate::detect::redact::shown_path;

/// The number of unchanged lines that are shown before and after the change.
const CONTEXT: usize = 3;

/// Returns the change of `file` from `before` to `after` as a unified diff, masked and escaped for
/// display. `before` is `None` for a new file.
pub fn unified(file: &[u8], before: Option<&[u8]>, after: &[u8]) -> String {
    let name = shown_path(file);
    let old: Vec<&[u8]> = lines(before.unwrap_or_default());
    let new: Vec<&[u8]> = lines(after);
    let head = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    let rest = old.len().min(new.len()) - head;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(|(old, new)| old == new)
        .count();
    let from = head.saturating_sub(CONTEXT);
    let after_tail = tail.min(CONTEXT);
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let from_name = if before.is_some() {
        format!("a/{name}")
    } else {
        "/dev/null".to_owned()
    };
    let mut text = format!("--- {from_name}\n+++ b/{name}\n");
    let span = |length: usize| format!("{},{length}", if length == 0 { from } else { from + 1 });
    let (old_length, new_length) = (old_end + after_tail - from, new_end + after_tail - from);
    text.push_str(&format!(
        "@@ -{} +{} @@\n",
        span(old_length),
        span(new_length)
    ));
    let marked = |mark: char, lines: &[&[u8]]| {
        lines
            .iter()
            .map(|line| shown(mark, line))
            .collect::<String>()
    };
    text.push_str(&marked(' ', &old[from..head]));
    text.push_str(&marked('-', &old[head..old_end]));
    text.push_str(&marked('+', &new[head..new_end]));
    text.push_str(&marked(' ', &old[old_end..old_end + after_tail]));
    text
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn shown(mark: char, line: &[u8]) -> String {
    let (content, end) = match line.strip_suffix(b"\n") {
        Some(content) => (content, "\n"),
        None => (line, "\n\\ No newline at end of file\n"),
    };
    format!("{mark}{}{end}", shown_path(content))
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn diffs_match_the_format_of_diff() {
        let diff = unified(b".gitignore", Some(b"1\n2\n3\n4\n"), b"1\n2\n3\n4\n\n5\n");
        assert_eq!(
            diff,
            "--- a/.gitignore\n+++ b/.gitignore\n@@ -2,3 +2,5 @@\n 2\n 3\n 4\n+\n+5\n"
        );
        assert_eq!(
            unified(b"a", None, b"1\n"),
            "--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+1\n"
        );
        let open = unified(b"a", Some(b"1"), b"1\n2\n");
        assert_eq!(
            open,
            "--- a/a\n+++ b/a\n@@ -1,1 +1,2 @@\n-1\n\\ No newline at end of file\n+1\n+2\n"
        );
        let middle = unified(b"a", Some(b"1\nx\n2\n"), b"1\n2\n3\n");
        assert_eq!(
            middle,
            "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n 1\n-x\n-2\n+2\n+3\n"
        );
    }
}
