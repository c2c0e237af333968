//! The block of rules, between two comments, that `ntnguard env --fix` writes at the end of an
//! ignore file.

/// The first line of the block.
const BEGIN: &[u8] = b"# ntnguard env: files that hold secrets, and templates that do not";
/// The last line of the block.
const END: &[u8] = b"# end of ntnguard env";

/// An ignore file and the lines of its block.
pub struct IgnoreText {
    /// The current content; `None` if the file does not exist.
    pub before: Option<Vec<u8>>,
    lines: Vec<Vec<u8>>,
}

impl IgnoreText {
    /// Reads the lines of the block from the content of an ignore file; `None` means that the file
    /// does not exist.
    pub fn new(before: Option<Vec<u8>>) -> Self {
        let lines = before.as_deref().map_or(Vec::new(), |text| split(text).1);
        IgnoreText { lines, before }
    }

    /// Adds lines to the block. A line that the block already has is moved to the end, because the
    /// last line that matches a path decides.
    pub fn add(&mut self, lines: Vec<Vec<u8>>) {
        for line in lines {
            self.lines.retain(|known| *known != line);
            self.lines.push(line);
        }
    }

    /// Returns the content of the file with its block at the end, where no later line can override
    /// it. Everything else stays unchanged.
    pub fn with_block(&self) -> Vec<u8> {
        let before = self.before.as_deref().unwrap_or_default();
        let end: &[u8] = if uses_carriage_returns(before) {
            b"\r\n"
        } else {
            b"\n"
        };
        let mut text = split(before).0;
        let is_empty = text
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&text)
            .is_empty();
        if !is_empty && !text.ends_with(b"\n") {
            text.extend_from_slice(end);
        }
        if !is_empty && !text.ends_with(b"\n\n") && !text.ends_with(b"\n\r\n") {
            text.extend_from_slice(end);
        }
        for line in [BEGIN]
            .into_iter()
            .chain(self.lines.iter().map(Vec::as_slice))
            .chain([END])
        {
            text.extend_from_slice(line);
            text.extend_from_slice(end);
        }
        text
    }
}

/// Splits a file into its text without the block, and the lines of the block.
fn split(text: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let is = |line: &&[u8], mark: &[u8]| line.trim_ascii_end() == mark;
    let begin = lines.iter().position(|line| is(line, BEGIN));
    let Some((begin, end)) = begin.and_then(|begin| {
        Some((
            begin,
            begin + lines[begin..].iter().position(|line| is(line, END))?,
        ))
    }) else {
        return (text.to_vec(), Vec::new());
    };
    let own = lines[begin + 1..end]
        .iter()
        .map(|line| line.trim_ascii_end().to_vec())
        .collect();
    ([&lines[..begin], &lines[end + 1..]].concat().concat(), own)
}

/// Returns true if most lines end in a carriage return and a line feed.
fn uses_carriage_returns(text: &[u8]) -> bool {
    let lines = memchr::memchr_iter(b'\n', text).count();
    lines > 0 && memchr::memmem::find_iter(text, b"\r\n").count() * 2 > lines
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, IgnoreText};

    fn with(before: &str, lines: &[&str]) -> String {
        let mut text = IgnoreText::new(Some(before.as_bytes().to_vec()));
        text.add(lines.iter().map(|line| line.as_bytes().to_vec()).collect());
        String::from_utf8_lossy(&text.with_block())
            .replace(&*String::from_utf8_lossy(BEGIN), "<")
            .replace(&*String::from_utf8_lossy(END), ">")
    }

    #[test]
    fn the_file_keeps_its_line_ends_and_lines() {
        assert_eq!(with("", &[".env"]), "<\n.env\n>\n");
        assert_eq!(with("a", &[".env"]), "a\n\n<\n.env\n>\n");
        assert_eq!(with("a\n\n", &[".env"]), "a\n\n<\n.env\n>\n");
        assert_eq!(
            with("a\r\nb", &[".env"]),
            "a\r\nb\r\n\r\n<\r\n.env\r\n>\r\n"
        );
        assert_eq!(with("\u{feff}", &[".env"]), "\u{feff}<\n.env\n>\n");
    }

    #[test]
    fn a_single_block_is_written_at_the_end() {
        let mut text = IgnoreText::new(None);
        text.add(vec![b".env".to_vec(), b"!.env.example".to_vec()]);
        let first = [b"a\n".as_slice(), &text.with_block(), b"!.env\n"].concat();
        let again = with(
            &String::from_utf8_lossy(&first),
            &[".env.*", "!.env.example"],
        );
        assert_eq!(again, "a\n!.env\n\n<\n.env\n.env.*\n!.env.example\n>\n");
        assert_eq!(
            with(&format!("{}\na\n", String::from_utf8_lossy(BEGIN)), &["b"]),
            "<\na\n\n<\nb\n>\n",
            "no end"
        );
    }
}
