//! A parser that finds the byte ranges of values in JSON that people write. It accepts comments and
//! trailing commas.

use std::ops::Range;

/// A value and its range in the text.
#[derive(Debug)]
pub struct JsonNode {
    /// The range of the value in the text, in bytes.
    pub span: Range<usize>,
    /// The parsed value.
    pub value: JsonValue,
}

/// A value, with its members or elements.
#[derive(Debug)]
pub enum JsonValue {
    /// The members, in order.
    Object(Vec<JsonMember>),
    /// The elements, in order.
    Array(Vec<JsonNode>),
    /// A string.
    Text(String),
    /// A number, `true`, `false` or `null`.
    Other,
}

/// A member of an object.
#[derive(Debug)]
pub struct JsonMember {
    /// The key of the member.
    pub name: String,
    /// The range in the text from the name to the end of the value, in bytes.
    pub span: Range<usize>,
    /// The value of the member.
    pub node: JsonNode,
}

/// The largest depth of nested values that is accepted.
const DEPTH: usize = 128;

/// Parses a text as one value. The error is the offset of the first mistake, in bytes.
pub fn parse(text: &str) -> Result<JsonNode, usize> {
    let mut reader = JsonReader { text, at: 0 };
    reader.at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let node = reader.value(DEPTH)?;
    reader.skip()?;
    match reader.at == text.len() {
        true => Ok(node),
        false => Err(reader.at),
    }
}

impl JsonNode {
    /// Returns the last member with this name, because parsers use the last one; `None` if no
    /// member has this name.
    pub fn member(&self, name: &str) -> Option<&JsonMember> {
        let JsonValue::Object(members) = &self.value else {
            return None;
        };
        members.iter().rev().find(|member| member.name == name)
    }

    /// Returns the ranges of the members or elements; empty for any other value.
    pub fn parts(&self) -> Vec<Range<usize>> {
        match &self.value {
            JsonValue::Object(members) => members.iter().map(|one| one.span.clone()).collect(),
            JsonValue::Array(elements) => elements.iter().map(|one| one.span.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the elements; empty if the value is not an array.
    pub fn elements(&self) -> &[JsonNode] {
        match &self.value {
            JsonValue::Array(elements) => elements,
            _ => &[],
        }
    }

    /// Adds every string in the value that belongs to a member with one of these names, at any
    /// depth.
    pub fn texts<'n>(&'n self, names: &[&str], into: &mut Vec<&'n str>) {
        match &self.value {
            JsonValue::Array(elements) => elements.iter().for_each(|one| one.texts(names, into)),
            JsonValue::Object(members) => {
                for member in members {
                    match &member.node.value {
                        JsonValue::Text(text) if names.contains(&member.name.as_str()) => {
                            into.push(text);
                        }
                        _ => member.node.texts(names, into),
                    }
                }
            }
            _ => {}
        }
    }
}

struct JsonReader<'t> {
    text: &'t str,
    at: usize,
}

impl JsonReader<'_> {
    fn value(&mut self, depth: usize) -> Result<JsonNode, usize> {
        self.skip()?;
        let start = self.at;
        let depth = depth.checked_sub(1).ok_or(start)?;
        let value = match self.peek() {
            Some(b'{') => JsonValue::Object(self.list(b'}', |reader| reader.member(depth))?),
            Some(b'[') => JsonValue::Array(self.list(b']', |reader| reader.value(depth))?),
            Some(b'"') => JsonValue::Text(self.text()?),
            _ => self.other()?,
        };
        Ok(JsonNode {
            span: start..self.at,
            value,
        })
    }

    fn member(&mut self, depth: usize) -> Result<JsonMember, usize> {
        let start = self.at;
        let name = match self.peek() {
            Some(b'"') => self.text()?,
            _ => return Err(start),
        };
        self.skip()?;
        self.expect(b':')?;
        let node = self.value(depth)?;
        Ok(JsonMember {
            name,
            span: start..self.at,
            node,
        })
    }

    /// Parses the members or elements between brackets, separated by commas.
    fn list<T>(
        &mut self,
        end: u8,
        one: impl Fn(&mut Self) -> Result<T, usize>,
    ) -> Result<Vec<T>, usize> {
        self.at += 1;
        let mut all = Vec::new();
        loop {
            self.skip()?;
            if self.peek() == Some(end) {
                self.at += 1;
                return Ok(all);
            }
            all.push(one(self)?);
            self.skip()?;
            if self.peek() != Some(end) {
                self.expect(b',')?;
            }
        }
    }

    fn text(&mut self) -> Result<String, usize> {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' => {
                    let written = self.text.get(start..self.at).ok_or(start)?;
                    return serde_json::from_str(written).map_err(|_| start);
                }
                _ => {}
            }
        }
        Err(start)
    }

    fn other(&mut self) -> Result<JsonValue, usize> {
        let rest = &self.text[self.at..];
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let is_known = serde_json::from_str::<serde_json::Value>(&rest[..length]).is_ok();
        self.at += length;
        match is_known {
            true => Ok(JsonValue::Other),
            false => Err(self.at - length),
        }
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), usize> {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            self.at += blank;
            let rest = &self.text[self.at..];
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").ok_or(self.at)? + 2
            } else {
                return Ok(());
            };
            self.at += length;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), usize> {
        match self.peek() == Some(byte) {
            true => {
                self.at += 1;
                Ok(())
            }
            false => Err(self.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonValue, parse};

    #[test]
    fn spans_are_correct_despite_comments() {
        let text = "\u{feff}// a\n{ \"a\" /* b */ : [1, {\"c\": \"d\\\"\"},], // \"x\": 1\n \"a\": null, }\n";
        let root = parse(text).unwrap();
        let spans: Vec<_> = root.parts().into_iter().map(|span| &text[span]).collect();
        assert_eq!(
            spans,
            ["\"a\" /* b */ : [1, {\"c\": \"d\\\"\"},]", "\"a\": null"]
        );
        assert!(matches!(
            root.member("a").unwrap().node.value,
            JsonValue::Other
        ));
        let mut texts = Vec::new();
        root.texts(&["c"], &mut texts);
        assert_eq!(texts, ["d\""]);
    }

    #[test]
    fn invalid_json_is_an_error_with_its_offset() {
        for (text, place) in [
            ("", 0),
            ("{", 1),
            ("{\"a\" 1}", 5),
            ("{a: 1}", 1),
            ("[1 2]", 3),
            ("{} x", 3),
            ("{\"a\": nul}", 6),
            ("\"a", 0),
            ("\"\\", 0),
            ("/* a", 0),
            ("[,]", 1),
            ("\"\\\u{e9}\"", 0),
        ] {
            assert_eq!(parse(text).map(|node| node.span), Err(place), "{text}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
