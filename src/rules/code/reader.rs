//! Separates the code, the comments and the strings of a source text. Nothing is parsed: a text
//! that is not a program is read too, and a mistake ends with the line or the string.

use super::language::{Language, Quote, Writing};

/// The kind of a byte in a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Code, including quotes and the code that is interpolated in strings.
    Code,
    /// A comment, with the marks that open and close it.
    Comment,
    /// The content of a string.
    Text,
}

/// The largest depth of strings inside the interpolated code of other strings.
const DEEPEST: usize = 32;

/// The length of the longest character literal of Rust, in bytes with its quotes: `'\u{10ffff}'`.
const CHARACTER: usize = 12;

/// Returns the kind of each byte of `bytes`.
pub fn kinds(bytes: &[u8], language: Language) -> Vec<TextKind> {
    let mut reader = SourceReader {
        bytes,
        language,
        writing: language.writing(),
        at: 0,
        kinds: vec![TextKind::Code; bytes.len()],
        holes: Vec::new(),
        last: b'\n',
        begins: beginnings(language.writing()),
    };
    while reader.at < bytes.len() {
        reader.step();
    }
    reader.kinds
}

/// A hole: code that is interpolated in a string, and that is being read.
struct Hole {
    quote: &'static Quote,
    /// True if the string may have holes.
    is_marked: bool,
    /// The byte that closes the hole.
    close: u8,
    /// The number of brackets that were opened in the hole and not closed yet.
    depth: usize,
}

struct SourceReader<'a> {
    bytes: &'a [u8],
    language: Language,
    writing: &'static Writing,
    at: usize,
    kinds: Vec<TextKind>,
    holes: Vec<Hole>,
    /// The last byte of code that is not a blank.
    last: u8,
    begins: [bool; 256],
}

/// Returns a table that is true for each byte that may begin anything but plain code: comments,
/// strings, regular expressions, and the brackets that are counted in holes.
fn beginnings(writing: &Writing) -> [bool; 256] {
    let mut begins = [false; 256];
    let opens = writing
        .line
        .iter()
        .chain(writing.block.iter().map(|(open, _)| open));
    for open in opens
        .copied()
        .chain(writing.quotes.iter().map(|quote| quote.open))
    {
        begins[usize::from(open.as_bytes()[0])] = true;
    }
    begins[usize::from(b'/')] |= writing.has_patterns;
    b"(){}"
        .iter()
        .for_each(|byte| begins[usize::from(*byte)] = true);
    begins
}

impl SourceReader<'_> {
    fn is_at(&self, word: &str) -> bool {
        self.bytes[self.at..].starts_with(word.as_bytes())
    }

    /// Marks the next `count` bytes as `kind`, and moves past them.
    fn take(&mut self, count: usize, kind: TextKind) {
        let end = self.bytes.len().min(self.at + count);
        self.kinds[self.at..end].fill(kind);
        self.at = end;
    }

    /// Reads plain code, or all of a comment, a string or a regular expression that begins here.
    fn step(&mut self) {
        if self.plain() {
            return;
        }
        let byte = self.bytes[self.at];
        if self.comment() || self.pattern(byte) {
            return;
        }
        if let Some((quote, is_marked)) = self.quote() {
            self.last = b'"';
            self.take(quote.open.len(), TextKind::Code);
            return self.string(quote, is_marked);
        }
        self.brace(byte);
    }

    /// Reads plain code up to the next byte that may begin something else. Returns true if there
    /// was any. Most of a text is plain code.
    fn plain(&mut self) -> bool {
        let is_cut = |byte: &u8| *byte == b'\n' && !self.holes.is_empty();
        let ends = |byte: &u8| self.begins[usize::from(*byte)] || is_cut(byte);
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let mut backwards = rest[..length].iter().rev();
        let last = backwards.find(|byte| !byte.is_ascii_whitespace());
        self.last = last.copied().unwrap_or(self.last);
        self.at += length;
        length > 0
    }

    /// Reads a comment. Returns true if one begins here.
    fn comment(&mut self) -> bool {
        let line = self.writing.line.iter().find(|open| self.is_at(open));
        // In PHP, `#[` begins an attribute.
        let is_attribute = self.language == Language::Php && self.is_at("#[");
        if line.is_some() && !is_attribute {
            let rest = &self.bytes[self.at..];
            self.take(
                memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                TextKind::Comment,
            );
            return true;
        }
        let block = self.writing.block.iter().find(|(open, _)| self.is_at(open));
        let Some((open, close)) = block else {
            return false;
        };
        let rest = &self.bytes[self.at + open.len()..];
        let end = memchr::memmem::find(rest, close.as_bytes());
        let length = end.map_or(rest.len(), |end| end + close.len());
        self.take(open.len() + length, TextKind::Comment);
        true
    }

    /// Reads a regular expression between slashes, in which quotes do not open strings. Returns
    /// true if one begins here: the code before it must allow a value.
    fn pattern(&mut self, byte: u8) -> bool {
        let may_begin = matches!(
            self.last,
            b'(' | b',' | b'=' | b':' | b'[' | b'!' | b'&' | b'|' | b'?' | b'{' | b';' | b'\n'
        );
        if byte != b'/' || !self.writing.has_patterns || !may_begin || self.is_at("/>") {
            return false;
        }
        let (mut at, mut in_class) = (self.at + 1, false);
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'\n' => return false,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.take(1, TextKind::Code);
                    self.take(at - self.at, TextKind::Text);
                    self.last = b'/';
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// Returns the syntax of the string that begins here, and true if it may have holes; `None` if
    /// no string begins here.
    fn quote(&self) -> Option<(&'static Quote, bool)> {
        let mut quotes = self.writing.quotes.iter();
        let quote = quotes.find(|quote| self.is_at(quote.open))?;
        if self.language == Language::Rust && quote.open == "'" && !self.is_character() {
            return None;
        }
        let before = &self.bytes[self.at.saturating_sub(2)..self.at];
        let is_prefix = |byte: &u8| matches!(byte, b'f' | b'F' | b'$');
        Some((
            quote,
            !self.language.marks_holes() || before.iter().any(is_prefix),
        ))
    }

    /// Returns true if the `'` here begins a character of Rust, and not a lifetime.
    fn is_character(&self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let rest = &rest[..rest.len().min(CHARACTER)];
        match rest {
            [b'\\', ..] => true,
            _ => memchr::memchr(b'\'', rest).is_some_and(|end| (1..=4).contains(&end)),
        }
    }

    /// Reads the rest of a string, up to its end or up to the next hole.
    fn string(&mut self, quote: &'static Quote, is_marked: bool) {
        while let Some(byte) = self.bytes.get(self.at) {
            if let Some(length) = self.plain_text(quote) {
                self.take(length, TextKind::Text);
                continue;
            }
            if self.is_at(quote.close) {
                return self.take(quote.close.len(), TextKind::Code);
            }
            if *byte == b'\n' && !quote.spans_lines {
                return;
            }
            let hole = quote.holes.iter().find(|open| self.is_at(open));
            match hole.filter(|_| is_marked) {
                Some(open) if self.opens(open) => {
                    if self.enter(quote, open, is_marked) {
                        return;
                    }
                }
                Some(open) if *open == "{" => self.take(2, TextKind::Text),
                _ if *byte == b'\\' && quote.escapes => self.take(2, TextKind::Text),
                _ => self.take(1, TextKind::Text),
            }
        }
    }

    /// Returns the length of the text before the next byte that may end the string or have a
    /// special meaning in it; `None` if there is no such text.
    fn plain_text(&self, quote: &Quote) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        let holes = quote.holes;
        let means = |byte: &u8| {
            matches!(byte, b'\n' | b'\\')
                || *byte == quote.close.as_bytes()[0]
                || holes.iter().any(|open| open.as_bytes()[0] == *byte)
        };
        let length = rest.iter().position(means).unwrap_or(rest.len());
        (length > 0).then_some(length)
    }

    /// Returns true if `open` opens a hole here. False for `{{`, which stands for a brace, and for
    /// a `$` without a name.
    fn opens(&self, open: &str) -> bool {
        let next = self.bytes.get(self.at + open.len());
        match open {
            "{" => next.is_some_and(|byte| *byte != b'{'),
            "$" => next.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_'),
            _ => true,
        }
    }

    /// Reads the mark that opens a hole. Returns true if the code of the hole has to be read next.
    /// If the hole is only a name, reads the name and returns false.
    fn enter(&mut self, quote: &'static Quote, open: &str, is_marked: bool) -> bool {
        if self.holes.len() == DEEPEST {
            self.take(open.len(), TextKind::Text);
            return false;
        }
        let is_brace = open.ends_with(['{', '(']) || open == "{$";
        // In `{$name`, the `$` is part of the name.
        self.take(if open == "{$" { 1 } else { open.len() }, TextKind::Code);
        if !is_brace {
            let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            let name = self.bytes[self.at..].iter().take_while(is_of_name).count();
            self.take(name, TextKind::Code);
            return false;
        }
        self.last = b'{';
        self.holes.push(Hole {
            quote,
            is_marked,
            close: if open.ends_with('(') { b')' } else { b'}' },
            depth: 0,
        });
        true
    }

    /// Reads a byte of code. If the byte ends a hole, reads the rest of the string.
    fn brace(&mut self, byte: u8) {
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
        let Some(hole) = self.holes.last_mut() else {
            return self.take(1, TextKind::Code);
        };
        let opens = if hole.close == b')' { b'(' } else { b'{' };
        // If a string must end on its line, its holes must too.
        let is_cut = byte == b'\n' && !hole.quote.spans_lines;
        if byte == opens {
            hole.depth += 1;
        } else if byte == hole.close && hole.depth > 0 {
            hole.depth -= 1;
        } else if byte == hole.close || is_cut {
            let hole = self.holes.pop();
            self.take(1, TextKind::Code);
            if let Some(hole) = hole.filter(|_| !is_cut) {
                self.string(hole.quote, hole.is_marked);
            }
            return;
        }
        self.take(1, TextKind::Code);
    }
}

#[cfg(test)]
mod tests;
