//! Changes that a program may have made to the body of a webhook request, so that the signature
//! does not match any more. Each [`BodyForm`] undoes one change. If the signature then matches, the
//! change is the cause.

use crate::model::secret::Secret;

/// A way to undo a change to a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// Without blanks and line breaks at the end.
    NoEnd,
    /// Without the UTF-8 byte-order mark at the beginning.
    NoMark,
    /// With LF instead of CRLF line breaks.
    UnixBreaks,
    /// The body, parsed and written again as JSON without blanks.
    Compact,
    /// JSON without blanks, with characters such as `é` instead of escapes such as `\u00e9`.
    CompactUnescaped,
}

const FORMS: [BodyForm; 5] = [
    BodyForm::NoEnd,
    BodyForm::NoMark,
    BodyForm::UnixBreaks,
    BodyForm::Compact,
    BodyForm::CompactUnescaped,
];

impl BodyForm {
    /// Returns the form of `body` to which `signature` by `token` belongs; `None` if it belongs to
    /// no form.
    pub fn signed_by(token: &Secret, signature: &[u8; 32], body: &[u8]) -> Option<Self> {
        let mut forms = FORMS.into_iter();
        forms.find(|form| token.signs(&form.of(body), signature))
    }

    fn of(self, body: &[u8]) -> Vec<u8> {
        match self {
            BodyForm::NoEnd => body.trim_ascii_end().to_vec(),
            BodyForm::NoMark => body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).to_vec(),
            BodyForm::UnixBreaks => {
                let is_kept = |at: &usize| !body[*at..].starts_with(b"\r\n");
                let kept = (0..body.len()).filter(is_kept);
                kept.map(|at| body[at]).collect()
            }
            BodyForm::Compact => compact(body, false),
            BodyForm::CompactUnescaped => compact(body, true),
        }
    }

    /// Returns a message about the change that this form undoes.
    pub fn message(self) -> &'static str {
        match self {
            BodyForm::NoEnd => {
                "the signature matches only without the line break or blanks at the end of the body"
            }
            BodyForm::NoMark => {
                "the signature matches only without the body's byte order mark (UTF-8 BOM)"
            }
            BodyForm::UnixBreaks => {
                "the signature matches only if the body's line breaks are LF instead of CRLF"
            }
            BodyForm::Compact | BodyForm::CompactUnescaped => {
                "the signature matches only the JSON in the form in which Notion sends it: this body was parsed \
                 and written again"
            }
        }
    }

    /// Returns the advice on how to avoid the change.
    pub fn help(self) -> &'static str {
        match self {
            BodyForm::NoEnd | BodyForm::NoMark | BodyForm::UnixBreaks => {
                "an editor or a log may have changed the body: store the received bytes unchanged"
            }
            BodyForm::Compact | BodyForm::CompactUnescaped => {
                "in the handler, take the raw bytes of the request before any parser, as in \
                 `ntnguard rules webhook-body-reserialised`"
            }
        }
    }
}

/// Removes blanks outside of JSON strings, without changing the order of the parts. With
/// `unescapes`, escapes that JSON does not need become characters. Text that is not JSON loses its
/// blanks, too.
fn compact(body: &[u8], unescapes: bool) -> Vec<u8> {
    let (mut out, mut is_text, mut at) = (Vec::with_capacity(body.len()), false, 0);
    while let Some(byte) = body.get(at) {
        let taken = match byte {
            b'\\' if is_text => escape(&body[at..], unescapes, &mut out),
            b'"' => {
                is_text = !is_text;
                out.push(b'"');
                1
            }
            byte if byte.is_ascii_whitespace() && !is_text => 1,
            byte => {
                out.push(*byte);
                1
            }
        };
        at += taken;
    }
    out
}

/// Copies the escape at the beginning of `text` to `out`, and returns the number of bytes read.
fn escape(text: &[u8], unescapes: bool, out: &mut Vec<u8>) -> usize {
    if unescapes && let Some((character, length)) = unescaped(text) {
        out.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
        return length;
    }
    let length = text.len().min(2);
    out.extend(&text[..length]);
    length
}

/// Returns the character of an escape that JSON does not need, and the length of the escape in
/// bytes; `None` for other escapes.
fn unescaped(text: &[u8]) -> Option<(char, usize)> {
    if text.starts_with(b"\\/") {
        return Some(('/', 2));
    }
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        // `from_str_radix` accepts a sign, which an escape never has.
        let digits = Some(digits).filter(|digits| digits[0] != b'+')?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(0)?;
    // A surrogate pair is two escapes for one character.
    let units = [first, unit(6).unwrap_or_default()];
    let character = char::decode_utf16(units).next()?.ok()?;
    let length = 6 * character.len_utf16();
    (!character.is_ascii()).then_some((character, length))
}

#[cfg(test)]
mod tests {
    use super::BodyForm;

    #[test]
    fn each_body_form_makes_only_its_own_change() {
        let pretty = "{\n  \"a\": \"x  \\\" y\\\\\",\r\n  \"b\" : [1, \"caf\\u00e9 \\ud83d\\ude00 \\n\\/\"]\n}\n";
        for (form, expected) in [
            (
                BodyForm::Compact,
                "{\"a\":\"x  \\\" y\\\\\",\"b\":[1,\"caf\\u00e9 \\ud83d\\ude00 \\n\\/\"]}",
            ),
            (
                BodyForm::CompactUnescaped,
                "{\"a\":\"x  \\\" y\\\\\",\"b\":[1,\"café 😀 \\n/\"]}",
            ),
        ] {
            let written = form.of(pretty.as_bytes());
            assert_eq!(String::from_utf8(written).unwrap(), expected);
        }
        assert_eq!(BodyForm::NoEnd.of(b"x \r\n\n"), b"x");
        assert_eq!(BodyForm::NoMark.of("\u{feff}x".as_bytes()), b"x");
        assert_eq!(BodyForm::UnixBreaks.of(b"a\r\nb\rc\r\n"), b"a\nb\rc\n");
    }

    #[test]
    fn invalid_escapes_are_copied_unchanged() {
        for text in [
            "\"\\",
            "\"\\u00",
            "\"\\ud83d",
            "\"\\ud83d\\u0041",
            "\"\\u+0e9",
        ] {
            let written = BodyForm::CompactUnescaped.of(text.as_bytes());
            assert_eq!(String::from_utf8(written).unwrap(), text);
        }
    }
}
