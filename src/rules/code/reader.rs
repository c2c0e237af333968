//! Tells code, comments and strings of a source text apart. Nothing is parsed: a text that is not a
//! program is read all the same, and a mistake ends with the line or the quote.

use super::language::{Language, Quote, Writing};

/// The kind of a byte in a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Code, with quotes and the holes of strings.
    Code,
    /// A comment, with the marks that open and close it.
    Comment,
    /// The content of a string.
    Text,
}

/// The depth to which strings within holes of strings are followed.
const DEEPEST: usize = 32;

/// The length of the longest character literal of Rust, in bytes with its quotes: `'\u{10ffff}'`.
const CHARACTER: usize = 12;

/// Returns the kind of each byte.
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

/// A hole of a string that is being read as code.
struct Hole {
    quote: &'static Quote,
    /// True if the string has holes at all.
    is_marked: bool,
    /// The byte that closes the hole, and the number of openings of the same kind to be closed
    /// before.
    close: u8,
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

/// Returns true for each byte with which anything but plain code may begin: comments, strings,
/// patterns, and the brackets that are counted in holes.
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

    /// Marks the next `count` bytes as `kind`, and goes behind them.
    fn take(&mut self, count: usize, kind: TextKind) {
        let end = self.bytes.len().min(self.at + count);
        self.kinds[self.at..end].fill(kind);
        self.at = end;
    }

    /// Reads plain code, or all of a comment, a string or a pattern that begins here.
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

    /// Takes plain code, in which nothing else begins. Returns true if there is any here. Most of a
    /// text is plain code.
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

    /// Takes a comment. Returns true if one begins here.
    fn comment(&mut self) -> bool {
        let line = self.writing.line.iter().find(|open| self.is_at(open));
        // `#[` is an attribute of PHP's.
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

    /// Takes a regular expression between slashes, in which quotes open no string. Returns true if
    /// one begins here, where a value may stand.
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

    /// Returns the syntax of the string that begins here, and true if it has holes; `None` if no
    /// string begins here.
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

    /// Returns true if a quote of Rust's here begins a character, and not a lifetime.
    fn is_character(&self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let rest = &rest[..rest.len().min(CHARACTER)];
        match rest {
            [b'\\', ..] => true,
            _ => memchr::memchr(b'\'', rest).is_some_and(|end| (1..=4).contains(&end)),
        }
    }

    /// Reads on within a string, to its end or to code in it.
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

    /// Returns the length of the text before the next byte that may end the string, or have a
    /// meaning in it; `None` if there is no such text.
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

    /// Returns true if `open` opens a hole here: not as `{{`, which stands for a brace, nor as a
    /// lone `$`.
    fn opens(&self, open: &str) -> bool {
        let next = self.bytes.get(self.at + open.len());
        match open {
            "{" => next.is_some_and(|byte| *byte != b'{'),
            "$" => next.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_'),
            _ => true,
        }
    }

    /// Takes the mark that opens a hole. Returns true if the code of the hole is read next; a name
    /// alone is taken whole.
    fn enter(&mut self, quote: &'static Quote, open: &str, is_marked: bool) -> bool {
        if self.holes.len() == DEEPEST {
            self.take(open.len(), TextKind::Text);
            return false;
        }
        let is_brace = open.ends_with(['{', '(']) || open == "{$";
        // The sign of a variable is a part of its name.
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

    /// Reads a byte of code, which may end a hole: then the string goes on.
    fn brace(&mut self, byte: u8) {
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
        let Some(hole) = self.holes.last_mut() else {
            return self.take(1, TextKind::Code);
        };
        let opens = if hole.close == b')' { b'(' } else { b'{' };
        // A string on one line takes its holes along.
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
