//! Writes HTML element by element. All texts and attribute values are escaped.

use crate::detect::redact::{redact, steers};

/// The name and the value of an attribute. The value is escaped when it is written.
pub type Attribute<'a> = (&'static str, &'a str);

/// HTML that is being written.
#[derive(Default)]
pub struct HtmlText(String);

impl HtmlText {
    /// Returns a document that has only its doctype so far.
    pub fn document() -> Self {
        HtmlText("<!doctype html>\n".to_owned())
    }

    /// Writes an element whose content is written by `inside`.
    pub fn tag(
        &mut self,
        name: &'static str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) {
        self.void(name, attributes);
        inside(self);
        self.0 += "</";
        self.0 += name;
        self.0 += ">\n";
    }

    /// Writes a start tag: alone, it is an element without content, such as `meta`.
    pub fn void(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.0.push('<');
        self.0 += name;
        for (name, value) in attributes {
            self.0.push(' ');
            self.0 += name;
            self.0 += "=\"";
            self.escape(value);
            self.0.push('"');
        }
        self.0.push('>');
    }

    /// Writes an element that contains only `text`.
    pub fn leaf(&mut self, name: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.void(name, attributes);
        self.text(text);
        self.0 += "</";
        self.0 += name;
        self.0.push('>');
    }

    /// Writes a text, masked and escaped.
    pub fn text(&mut self, text: &str) {
        let text = redact(text);
        self.escape(&text);
    }

    /// Writes a style sheet, which is not escaped.
    pub fn style(&mut self, css: &'static str) {
        self.0 += "<style>\n";
        self.0 += css;
        self.0 += "</style>\n";
    }

    /// Returns the length so far, in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the text.
    pub fn into_string(self) -> String {
        self.0
    }

    fn escape(&mut self, text: &str) {
        let mut before = ' ';
        for c in text.chars() {
            match c {
                // Two of them could begin a command of a CI system, should the page be printed.
                '#' if before == '#' => self.0 += "&#35;",
                '&' => self.0 += "&amp;",
                '<' => self.0 += "&lt;",
                '>' => self.0 += "&gt;",
                '"' => self.0 += "&quot;",
                '\'' => self.0 += "&#39;",
                '\n' => self.0.push(' '),
                c if steers(c) => self.0.extend(c.escape_default()),
                c => self.0.push(c),
            }
            before = c;
        }
    }
}

/// The largest number of characters of a text that the page shows.
const LONGEST: usize = 300;

/// Returns a text cut to the length that a page shows.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::HtmlText;
    use crate::fake::Fake;

    #[test]
    fn hostile_text_never_becomes_markup() {
        let hostile = "</p><script>alert(1)</script>\" onload='x' &amp; \u{202e}\u{0}\n";
        let mut html = HtmlText::default();
        html.leaf("p", &[("title", hostile)], hostile);
        let text = html.into_string();
        assert_eq!(text.matches(['<', '>']).count(), 4, "{text}");
        assert_eq!(text.matches('"').count(), 2, "{text}");
        assert!(!text.contains(['\'', '\u{202e}', '\u{0}']), "{text}");
        assert!(text.contains("&amp;amp;"), "{text}");
    }

    #[test]
    fn a_secret_in_html_text_is_masked() {
        let token = Fake::new(3).ntn(0);
        let mut html = HtmlText::default();
        html.leaf("p", &[], &format!("path/{token}/x"));
        assert!(!html.into_string().contains(&token[8..40]));
    }
}
