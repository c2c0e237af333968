//! Finds where a value begins and ends.

use std::ops::Range;

use super::{is_blank, line_end, skip_blanks};

/// A value as it is written.
pub(super) struct RawValue {
    /// The range of the value, without its quotes.
    pub span: Range<usize>,
    /// The quote character; `None` for a value without quotes.
    pub quote: Option<u8>,
    /// The offset of the end of the value's last line.
    pub end: usize,
    /// The syntax error in the value; `None` if the syntax is valid.
    pub fault: Option<&'static str>,
}

/// Reads the value in a line that ends at offset `end`. The offset `from` is directly after the
/// `=`.
pub(super) fn read(bytes: &[u8], from: usize, end: usize) -> RawValue {
    let start = skip_blanks(&bytes[..end], from);
    let quote = bytes[..end]
        .get(start)
        .copied()
        .filter(|byte| matches!(byte, b'\'' | b'"' | b'`'));
    let Some(quote) = quote else {
        return bare(bytes, from, end, None);
    };
    match close(bytes, start + 1, quote) {
        ClosingQuote::At(close) => RawValue {
            span: start + 1..close,
            quote: Some(quote),
            end: line_end(bytes, close),
            fault: None,
        },
        ClosingQuote::GoesOn(close) if close < end => bare(
            bytes,
            from,
            end,
            Some("something follows the closing quote; the quotes are taken as part of the value"),
        ),
        _ => bare(
            bytes,
            start + 1,
            end,
            Some("the quote is not closed; the rest of the line is taken as the value"),
        ),
    }
}

/// Reads a value without quotes. It ends at the end of the line, or at a `#` after a blank. Blanks
/// around the value are removed.
fn bare(bytes: &[u8], from: usize, end: usize, fault: Option<&'static str>) -> RawValue {
    let text = &bytes[from..end];
    let comment = memchr::memchr_iter(b'#', text).find(|at| *at > 0 && is_blank(text[at - 1]));
    let text = &text[..comment.unwrap_or(text.len())];
    let trailing = text
        .iter()
        .rev()
        .take_while(|byte| is_blank(**byte))
        .count();
    let stop = from + text.len() - trailing;
    RawValue {
        span: skip_blanks(&bytes[..stop], from.min(stop))..stop,
        quote: None,
        end,
        fault,
    }
}

/// The end of a quoted value.
enum ClosingQuote {
    /// The offset of the closing quote. At most a comment follows it on the line.
    At(usize),
    /// The offset of the first unescaped quote, if other text follows it and no other quote closes
    /// the value.
    GoesOn(usize),
    /// The value is not closed.
    Never,
}

/// Finds the quote that closes the value at `from`: the first unescaped quote, if at most a comment
/// follows it on its line. Otherwise the last escaped quote before that one, under the same
/// condition, as in `"C:\folder\"`.
///
/// A file of unclosed quotes is read in linear time, because each search ends at the next line that
/// opens a quote of the same kind.
fn close(bytes: &[u8], from: usize, quote: u8) -> ClosingQuote {
    let mut escaped = None;
    let mut at = from;
    while let Some(found) = memchr::memchr2(quote, b'\\', &bytes[at..]).map(|found| at + found) {
        at = found + 1;
        if bytes[found] == b'\\' {
            if bytes.get(at) == Some(&quote) && ends_line(bytes, at + 1) {
                escaped = Some(at);
            }
            at = (at + 1).min(bytes.len());
        } else if ends_line(bytes, at) {
            return ClosingQuote::At(found);
        } else {
            return escaped.map_or(ClosingQuote::GoesOn(found), ClosingQuote::At);
        }
    }
    escaped.map_or(ClosingQuote::Never, ClosingQuote::At)
}

/// Returns true if at most blanks and a comment follow on the line after offset `from`.
fn ends_line(bytes: &[u8], from: usize) -> bool {
    matches!(
        bytes.get(skip_blanks(bytes, from)),
        None | Some(b'#' | b'\n' | b'\r')
    )
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::model::secret::Secret;

    /// Returns true if `text` sets exactly these values, in this order.
    fn sets(text: &str, values: &[&str]) -> bool {
        let expected: Vec<_> = values
            .iter()
            .map(|value| Secret::new(value.as_bytes().to_vec(), 0))
            .collect();
        expected
            == parse(text.as_bytes())
                .variables
                .into_iter()
                .map(|found| found.value)
                .collect::<Vec<_>>()
    }

    /// The values that motdotla's dotenv 16 reads in these texts.
    #[test]
    fn values_are_read_as_motdotla_reads_them() {
        let cases: &[(&str, &[&str])] = &[
            ("A=b", &["b"]),
            ("  A = b ", &["b"]),
            ("export A=b", &["b"]),
            ("export \t  A=b", &["b"]),
            ("export=b", &["b"]),
            ("export = b", &["b"]),
            ("A: b", &["b"]),
            ("A:b", &[]),
            ("A:  'b'", &["b"]),
            ("A=", &[""]),
            ("A= ", &[""]),
            ("A=''", &[""]),
            ("A='  b  '", &["  b  "]),
            ("A= \"  b  \" ", &["  b  "]),
            ("A=`b 'c' \"d\"`", &["b 'c' \"d\""]),
            ("A='b \"c\"'", &["b \"c\""]),
            ("A='b\\nc'", &["b\\nc"]),
            ("A=\"b\\nc\\rd\"", &["b\nc\rd"]),
            ("A=b\\nc", &["b\\nc"]),
            ("A=b # c", &["b"]),
            ("A=b\t#c", &["b"]),
            ("A= #b", &[""]),
            ("A='b # c' # d", &["b # c"]),
            ("A=\"b\"#c", &["b"]),
            ("A=\"b\" x", &["\"b\" x"]),
            ("A='b'c", &["'b'c"]),
            ("A=\"a\" # it's \"b\"", &["a"]),
            ("A=b==", &["b=="]),
            ("A==b", &["=b"]),
            ("A={\"b\": \"c\"}", &["{\"b\": \"c\"}"]),
            ("A=x\"b\"", &["x\"b\""]),
            ("A=\"b\nc\"", &["b\nc"]),
            ("A='b\r\nc'\r\nB=d", &["b\nc", "d"]),
            ("# A=b\n#B=\"\n\nC=d", &["d"]),
            ("A=b\rB=c", &["b", "c"]),
            ("\u{feff}A=b", &["b"]),
            ("A='it\\'s'", &["it\\'s"]),
            ("A='c:\\d\\'", &["c:\\d\\"]),
            ("A=\"c:\\d\\\"\nB=\"x\"", &["c:\\d\\", "x"]),
            ("A", &[]),
            ("export A", &[]),
            ("A+=b", &[]),
            ("A.b-c=d\n1A=e", &["d", "e"]),
            ("A=b\nA=c", &["b", "c"]),
            ("A=é ü", &["é ü"]),
            ("A=${B}", &["${B}"]),
        ];
        for (text, values) in cases {
            assert!(sets(text, values), "{text:?} should set {values:?}");
        }
    }

    /// Texts of which motdotla's dotenv reads less than other parsers, or reads a value that the
    /// author did not intend.
    #[test]
    fn ambiguous_values_are_read_as_intended() {
        let cases: &[(&str, &[&str])] = &[
            ("A=b#c", &["b#c"]),
            ("A=#b", &["#b"]),
            ("A=\"b\\tc\\$d\\\\e\\\"f\\g\"", &["b\tc$d\\e\"f\\g"]),
            ("A=\"b\\\\\"\nB=\"c\"", &["b\\", "c"]),
            ("A=\"b\nB='c", &["b", "c"]),
            ("A=\"b\nB=\"c\"", &["b", "c"]),
            ("A=\"", &[""]),
            ("A='b' 'c'", &["'b' 'c'"]),
            ("A=\n\"b\"", &[""]),
            ("É=b", &["b"]),
            ("A=b\0c", &["b\0c"]),
        ];
        for (text, values) in cases {
            assert!(sets(text, values), "{text:?} should set {values:?}");
        }
    }
}
