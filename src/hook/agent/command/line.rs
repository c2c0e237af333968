//! The words, redirections and nested commands of a command line.

use super::SimpleCommand;

/// The role of the next word.
#[derive(Clone, Copy, PartialEq)]
enum WordRole {
    /// A word of the command.
    Plain,
    Written,
    Read,
    /// The word that ends a here-document.
    Body,
    /// A word to ignore: the text after `<<<`, or a file descriptor.
    Nothing,
}

/// A here-document whose text begins on the next line.
struct HereDocument {
    /// The word that ends the here-document.
    end: String,
    /// True if the shell runs no nested commands in the here-document, because its end word is
    /// quoted.
    is_plain: bool,
    /// True if the command of the here-document ended before its text began.
    is_of_other: bool,
}

/// A reader of one command line, from left to right.
pub struct LineReader<'t> {
    text: &'t str,
    at: usize,
    command: SimpleCommand,
    word: Option<String>,
    target: WordRole,
    /// The here-documents that begin on the next line.
    bodies: Vec<HereDocument>,
    /// True if a part of the word is in quotes.
    is_quoted: bool,
    /// The number of open brackets around the command.
    groups: usize,
    depth: usize,
}

impl<'t> LineReader<'t> {
    /// Returns a reader at the beginning of `text`. `groups` is the number of open brackets around
    /// it, and `depth` the number of levels of nested commands that may still be parsed.
    pub fn new(text: &'t str, groups: usize, depth: usize) -> Self {
        LineReader {
            text,
            at: 0,
            command: SimpleCommand::default(),
            word: None,
            target: WordRole::Plain,
            bodies: Vec::new(),
            is_quoted: false,
            groups,
            depth,
        }
    }

    /// Adds the simple commands of the text to `found`.
    pub fn read(mut self, found: &mut Vec<SimpleCommand>) {
        while let Some(c) = self.next() {
            match c {
                '\'' => self.quoted(),
                '"' => self.double_quoted(found),
                '\\' => match self.next() {
                    Some('\n') | None => {}
                    Some(c) => {
                        self.is_quoted = true;
                        self.push(c);
                    }
                },
                '$' if self.has('\'') => self.quoted(),
                '$' | '`' => self.dollar(c, found),
                '#' if self.word.is_none() => self.skip_line(),
                '\n' => {
                    self.end_word();
                    self.read_bodies(found);
                    self.end_command(false, found);
                }
                ';' => self.end_command(false, found),
                '(' => {
                    self.end_command(false, found);
                    self.groups += 1;
                }
                ')' => {
                    self.end_command(false, found);
                    self.groups = self.groups.saturating_sub(1);
                }
                '{' | '}' if self.word.is_none() && self.is_at_space() => {
                    self.end_command(false, found);
                }
                '|' => {
                    let is_or = self.has('|');
                    self.end_command(!is_or, found);
                }
                '&' if self.text[self.at..].starts_with('>') => self.end_word(),
                '&' => {
                    self.command.is_apart |= !self.has('&');
                    self.end_command(false, found);
                }
                '>' => self.redirect(WordRole::Written),
                '<' => self.redirect(WordRole::Read),
                c if c.is_whitespace() => self.end_word(),
                c => self.push(c),
            }
        }
        self.end_word();
        self.end_command(false, found);
    }

    fn next(&mut self) -> Option<char> {
        let c = self.text[self.at..].chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Returns true if the next character is `wanted`, and skips it.
    fn has(&mut self, wanted: char) -> bool {
        let is = self.text[self.at..].starts_with(wanted);
        self.at += if is { wanted.len_utf8() } else { 0 };
        is
    }

    fn is_at_space(&self) -> bool {
        let next = self.text[self.at..].chars().next();
        next.is_none_or(|c| c.is_whitespace() || c == ';')
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn quoted(&mut self) {
        self.is_quoted = true;
        let rest = &self.text[self.at..];
        let length = rest.find('\'').unwrap_or(rest.len());
        self.word.get_or_insert_default().push_str(&rest[..length]);
        self.at = (self.at + length + 1).min(self.text.len());
    }

    fn double_quoted(&mut self, found: &mut Vec<SimpleCommand>) {
        self.word.get_or_insert_default();
        self.is_quoted = true;
        while let Some(c) = self.next() {
            match c {
                '"' => return,
                '\\' => match self.next() {
                    Some(c @ ('"' | '\\' | '$' | '`')) => self.push(c),
                    Some('\n') | None => {}
                    Some(c) => self.word.get_or_insert_default().extend(['\\', c]),
                },
                '$' | '`' => self.dollar(c, found),
                c => self.push(c),
            }
        }
    }

    /// Parses a nested command in the word. A variable is copied into the word unchanged.
    fn dollar(&mut self, c: char, found: &mut Vec<SimpleCommand>) {
        let is_command = c == '`' || self.has('(');
        if !is_command {
            return self.push(c);
        }
        let end = match c {
            '`' => self.text[self.at..].find('`').map(|end| self.at + end),
            _ => closing(self.text, self.at),
        };
        let end = end.unwrap_or(self.text.len());
        let inner = &self.text[self.at..end];
        self.command.inner.push(self.at..end);
        if self.depth > 0 {
            let mut words = self.command.words.clone();
            words.extend(self.word.clone());
            let reader = LineReader::new(inner, 1, self.depth - 1);
            let from = found.len();
            reader.read(found);
            for command in &mut found[from..] {
                let ranges = [&mut command.span].into_iter();
                let ranges = ranges
                    .chain(&mut command.inner)
                    .chain(&mut command.of_others);
                ranges.for_each(|range| *range = self.at + range.start..self.at + range.end);
                command.within.get_or_insert_with(|| words.clone());
            }
        }
        self.command.is_too_deep |= self.depth == 0 && !inner.trim().is_empty();
        self.push('$');
        self.at = (end + 1).min(self.text.len());
    }

    fn redirect(&mut self, target: WordRole) {
        // A number right before the operator is a file descriptor; 1 is standard output.
        let is_number =
            |word: &String| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let number = self.word.take_if(|word| is_number(word));
        self.end_word();
        if target == WordRole::Read && self.has('<') {
            self.target = match self.has('<') {
                true => WordRole::Nothing,
                false => WordRole::Body,
            };
            self.has('-');
            return;
        }
        let _ = self.has('>') || self.has('|');
        let is_other = target == WordRole::Written && number.is_some_and(|number| number != "1");
        self.target = match self.has('&') || is_other {
            true => WordRole::Nothing,
            false => target,
        };
        // `> >(…)` writes to a program.
        if target == WordRole::Written && self.text[self.at..].starts_with('(') {
            self.command.written.push("$(".to_owned());
        }
    }

    fn end_word(&mut self) {
        let is_quoted = std::mem::take(&mut self.is_quoted);
        let Some(word) = self.word.take() else {
            return;
        };
        match std::mem::replace(&mut self.target, WordRole::Plain) {
            WordRole::Plain => self.command.words.push(word),
            WordRole::Written => self.command.written.push(word),
            WordRole::Read => self.command.read.push(word),
            WordRole::Body => self.bodies.push(HereDocument {
                end: word,
                is_plain: is_quoted,
                is_of_other: false,
            }),
            WordRole::Nothing => {}
        }
    }

    fn end_command(&mut self, is_piped: bool, found: &mut Vec<SimpleCommand>) {
        self.end_word();
        self.target = WordRole::Plain;
        // `cat` passes its here-document to the next command of a pipe.
        let is_cat = self.command.words.first().is_some_and(|name| name == "cat");
        if !(is_piped && is_cat && self.command.written.is_empty()) {
            let bodies = self.bodies.iter_mut();
            bodies.for_each(|body| body.is_of_other = true);
        }
        // A here-document begins after the end of the line, even if its command ends earlier.
        let start = self.command.span.start;
        let mut command = std::mem::take(&mut self.command);
        command.span = start..self.at;
        command.is_piped = is_piped;
        command.is_apart |= is_piped || self.groups > 0;
        self.command.span.start = self.at;
        // The last command of a pipe runs in a subshell too.
        self.command.is_apart = is_piped;
        let is_empty =
            command.words.is_empty() && command.written.is_empty() && command.read.is_empty();
        if !is_empty {
            found.push(command);
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    /// Parses the here-documents that begin after this line (`<<END`), for the nested commands in
    /// them.
    fn read_bodies(&mut self, found: &mut Vec<SimpleCommand>) {
        for body in std::mem::take(&mut self.bodies) {
            let (start, mut end) = (self.at, self.text.len());
            let mut after = end;
            let mut at = start;
            for line in self.text[start..].split_inclusive('\n') {
                let is_last = line.trim_end_matches('\n').trim_end_matches('\r');
                if is_last.trim_start_matches('\t') == body.end {
                    (end, after) = (at, at + line.len());
                    break;
                }
                at += line.len();
            }
            if body.is_of_other {
                self.command.of_others.push(start..end);
            }
            if !body.is_plain {
                self.read_commands_in(end, found);
            }
            self.at = after;
        }
    }

    /// Parses the nested commands in the text up to `end`, in which quotes have no meaning.
    fn read_commands_in(&mut self, end: usize, found: &mut Vec<SimpleCommand>) {
        while self.at < end {
            match self.next() {
                Some('\\') => {
                    self.next();
                }
                Some(c @ ('$' | '`')) => self.dollar(c, found),
                _ => {}
            }
        }
        self.word = None;
    }
}

/// Returns the offset of the `)` that closes the bracket right before `from`, outside of quotes;
/// `None` if no `)` closes the bracket.
fn closing(text: &str, from: usize) -> Option<usize> {
    let (mut depth, mut quote) = (1usize, None);
    let mut escaped = false;
    for (at, c) in text[from..].char_indices() {
        match (quote, c) {
            _ if std::mem::take(&mut escaped) => {}
            (Some('\''), '\'') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(from + at);
                }
            }
            _ => {}
        }
    }
    None
}
