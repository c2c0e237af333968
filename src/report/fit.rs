//! Text made to fit a width: line breaks between words, and excerpts cut around the secret.

use std::borrow::Cow;

use textwrap::{Options, WordSeparator, WordSplitter};

use super::Style;
use crate::model::finding::Excerpt;

/// The places where a line may be broken: only at spaces, so that paths, commands and entries to
/// paste stay whole.
pub const SEPARATOR: WordSeparator = WordSeparator::AsciiSpace;

/// Returns `text` with each line broken to at most `width` columns. Each continuation line begins
/// with `indent`. A word longer than `width` stays whole.
pub fn lines(text: &str, width: usize, indent: &str) -> String {
    let options = Options::new(width)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(SEPARATOR)
        .word_splitter(WordSplitter::NoHyphenation);
    let broken = text.lines().map(|line| textwrap::fill(line, &options));
    broken.collect::<Vec<_>>().join("\n")
}

/// Returns the excerpt, cut to at most `width` characters. The masked secret in it stays whole,
/// even if it is longer than `width`.
pub fn excerpt(excerpt: &Excerpt, style: Style, width: usize) -> Excerpt {
    let excerpt = written(excerpt, style);
    if excerpt.text.chars().count() <= width {
        return excerpt;
    }
    let (before, rest) = excerpt.text.split_at(excerpt.mark.start);
    let (mask, behind) = rest.split_at(excerpt.mark.len());
    let room = width.saturating_sub(mask.chars().count());
    let behind_least = behind.chars().count().min(room / 2);
    let before = end(before, room - behind_least, style);
    let behind = start(behind, room - before.chars().count(), style);
    Excerpt {
        mark: before.len()..before.len() + mask.len(),
        text: format!("{before}{mask}{behind}"),
    }
}

/// Returns the excerpt with its signs replaced by ASCII if `style` requires it (see [`signs`]).
fn written(excerpt: &Excerpt, style: Style) -> Excerpt {
    let (before, rest) = excerpt.text.split_at(excerpt.mark.start);
    let (mask, behind) = rest.split_at(excerpt.mark.len());
    let [before, mask, behind] = [before, mask, behind].map(|text| signs(text, style));
    Excerpt {
        mark: before.len()..before.len() + mask.len(),
        text: format!("{before}{mask}{behind}"),
    }
}

/// Returns `text` with the signs of our own messages replaced by ASCII, unless `style` allows
/// Unicode: an ellipsis becomes three dots, and a middle dot between parts becomes a comma.
pub fn signs(text: &str, style: Style) -> Cow<'_, str> {
    if style.unicode || text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(" \u{b7} ", ", ").replace('…', ELLIPSIS))
}

/// The ellipsis in ASCII.
const ELLIPSIS: &str = "...";

/// Returns the end of a text, cut to at most `width` characters, with an ellipsis where it was cut.
pub fn end(text: &str, width: usize, style: Style) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let ellipsis = signs("…", style);
    let kept = width.saturating_sub(ellipsis.chars().count());
    let whole = ellipsis.chars().chain(text.chars().skip(length - kept));
    whole.take(width).collect()
}

/// Returns the start of a text, cut to at most `width` characters, with an ellipsis where it was
/// cut.
fn start(text: &str, width: usize, style: Style) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let ellipsis = signs("…", style);
    let kept = width.saturating_sub(ellipsis.chars().count());
    let whole = text.chars().take(kept).chain(ellipsis.chars());
    whole.take(width).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Detail, Style};
    use super::{end, excerpt, lines, start};
    use crate::model::finding::Excerpt;

    #[test]
    fn lines_are_broken_only_between_words() {
        let text = "since    2026-11-29, commit 1\nin-one/long/path:1:2 two";
        let broken = "since    2026-11-29,\n         commit 1\nin-one/long/path:1:2\n         two";
        assert_eq!(lines(text, 20, "         "), broken);
    }

    const UNICODE: Style = Style {
        color: false,
        unicode: true,
        width: 80,
        sentence: 80,
        detail: Detail::Normal,
        plain: false,
    };

    const ASCII: Style = Style {
        unicode: false,
        ..UNICODE
    };

    #[test]
    fn texts_are_cut_to_a_width() {
        let ends = [
            (6, UNICODE),
            (3, UNICODE),
            (0, UNICODE),
            (5, ASCII),
            (2, ASCII),
        ];
        let ends = ends.map(|(width, style)| end("abcdef", width, style));
        assert_eq!(ends, ["abcdef", "…ef", "", "...ef", ".."]);
        let starts = [(6, ASCII), (3, UNICODE), (5, ASCII)];
        let starts = starts.map(|(width, style)| start("abcdef", width, style));
        assert_eq!(starts, ["abcdef", "ab…", "ab..."]);
    }

    #[test]
    fn an_excerpt_keeps_its_mask_and_its_mark() {
        let text = "const a = 'ntn_…G9x9'; // and more".to_owned();
        let mark = 11..text.find("';").unwrap();
        let whole = Excerpt { text, mark };
        for (style, mask) in [(UNICODE, "ntn_…G9x9"), (ASCII, "ntn_...G9x9")] {
            for width in 0..40 {
                let cut = excerpt(&whole, style, width);
                assert_eq!(&cut.text[cut.mark.clone()], mask, "{width}");
                let length = cut.text.chars().count();
                assert!(
                    length <= width.max(mask.chars().count()),
                    "{width}: {}",
                    cut.text
                );
            }
        }
        assert_eq!(excerpt(&whole, UNICODE, 20).text, "…a = 'ntn_…G9x9'; /…");
    }
}
