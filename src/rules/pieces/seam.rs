//! The seams between two pieces of a token.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use crate::rules::token::compile;

/// The pattern of the seam between two parts of a literal that the language joins: a closing quote,
/// an operator, and an opening quote with its prefix (`f"`, `@"`), with at most one line break. The
/// quotes and the line break may be escaped themselves, as in a source map.
pub const JOIN: &str = concat!(
    r#"(?:\\*["'`][ \t]*(?:\+\+?|\.\.?|&|~|\|\||<>)?[ \t]*(?:[\\`_]?(?:\r?\n|\\+r?\\*n)[ \t]*)?"#,
    r#"(?:\+\+?|\.\.?|&|~|\|\||<>)?[ \t]*(?:[fFbBrRuU]{1,2}|u8|L|@|\$)?\\*["'`])"#
);

/// The way in which two pieces are put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeamKind {
    /// The text between the pieces always joins them.
    Sure,
    /// The pieces are two values of a list, which a program may join.
    Listed,
    /// The second piece is assigned to the variable of this name.
    Assigned(Vec<u8>),
    /// The second piece is added to the variable of this name.
    Added(Vec<u8>),
    /// The pieces are on two lines. The second line begins with this mark: `>` of a quotation, `#`
    /// of a comment, `+` of a diff, the name of a service in a log; empty if there is no such mark.
    Broken(Vec<u8>),
}

/// Returns the length of the seam that `bytes` begin with, and its kind. `None` if `bytes` do not
/// begin with a seam.
pub fn seam(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    let all: &[Seam] = match bytes.first()? {
        b'"' | b'\'' => &[literal, continued, listed, assigned],
        b'\\' | b'`' => &[continued, literal, listed, assigned, invisible],
        b'^' => &[continued],
        b')' => &[kerned],
        b'<' => &[invisible, markup],
        b'%' | 0x1B | 0xC2 | 0xE2 | 0xEF => &[invisible],
        b'&' => &[invisible, assigned_bare],
        b';' => &[assigned_bare],
        b' ' | b'\r' | b'\n' => &[assigned_bare, broken],
        _ => return None,
    };
    all.iter().find_map(|seam| seam(bytes))
}

type Seam = fn(&[u8]) -> Option<(usize, SeamKind)>;

/// Matches a pattern at the beginning of `bytes`. `None` if the pattern does not match.
fn at_start<'b>(pattern: &Regex, bytes: &'b [u8]) -> Option<Captures<'b>> {
    pattern.captures(&bytes[..bytes.len().min(FURTHEST)])
}

/// The length of the longest seam, in bytes.
const FURTHEST: usize = 4096;

/// Matches the seam between two literals that the language or a call joins: `'…'.concat('…')`,
/// `.append("…")`. Returns its length in bytes, and its kind.
fn literal(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static LITERAL: LazyLock<Regex> = LazyLock::new(|| {
        compile(&format!(
            r#"(?-u)^(?:{JOIN}|\\*["'`]\s*\)?\s*\.\s*(?:concat|append|plus|push_str|add)\s*\(\s*\\*["'`])"#
        ))
    });
    Some((at_start(&LITERAL, bytes)?[0].len(), SeamKind::Sure))
}

/// Matches the seam between two strings of a PDF file: a number that sets their distance. Returns
/// its length in bytes, and its kind.
fn kerned(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static KERNED: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?-u)^\)\s*-?\d{1,5}(?:\.\d{1,5})?\s*\("));
    Some((at_start(&KERNED, bytes)?[0].len(), SeamKind::Sure))
}

/// Matches the end of a line that continues: in a shell, TOML, Make and Docker; in PowerShell; on
/// the Windows command line.
fn continued(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static CONTINUED: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?-u)^(?:[\\`^]\r?\n|\\\\(?:\\r)?\\n)[ \t]*"));
    Some((at_start(&CONTINUED, bytes)?[0].len(), SeamKind::Sure))
}

/// Matches characters without width: spaces, joiners, the byte-order mark, the soft hyphen, and the
/// colours of a terminal.
fn invisible(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static INVISIBLE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?-u)^(?:\xE2\x80[\x8B-\x8F]|\xE2\x81[\xA0-\xA4]|\xEF\xBB\xBF|\xC2\xAD",
            r"|&(?:shy|ZeroWidthSpace|zwn?j|NoBreak);|&#(?:820[345]|8288|173|65279);",
            r"|&#[xX](?:200[b-dB-D]|2060|[aA][dD]|[fF][eE][fF][fF]);",
            r"|\\u(?:200[b-fB-F]|2060|00[aA][dD]|[fF][eE][fF][fF])",
            r"|%E2%80%8[B-Fb-f]|%C2%A[Dd]|%EF%BB%BF|<wbr\s*/?>",
            r"|(?:\x1B|\\+(?:u001[bB]|x1[bB]|033|e))\[[0-9;]{0,20}[mK])+"
        ))
    });
    Some((at_start(&INVISIBLE, bytes)?[0].len(), SeamKind::Sure))
}

/// Matches tags that do not end a word: between two text runs of Word, PowerPoint, Excel and
/// LibreOffice, and in HTML with coloured text.
fn markup(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
        const WORD: &str = concat!(
            r"w:(?:r|t|rPr|rPrChange|proofErr|bookmark(?:Start|End)|lang|noProof|rFonts|sz|szCs|color|[biuw]|[bi]Cs",
            r"|highlight|spacing|kern|shd|rStyle|ins|smartTag|hyperlink|lastRenderedPageBreak|softHyphen|vertAlign|em",
            r"|(?:perm|commentRange)(?:Start|End)|position|effect|caps|smallCaps|strike|vanish|rtl|cs|webHidden|bdr)",
            r"|w1\d\w*:\w+"
        );
        const SLIDES: &str = concat!(
            r"a:(?:r|t|rPr|latin|ea|cs|sym|solidFill|srgbClr|schemeClr|lumMod|lumOff|effectLst|hlinkClick|highlight",
            r"|ln|noFill|uFillTx|uLnTx)"
        );
        const TEXT: &str =
            r"text:(?:span|a|soft-page-break|(?:bookmark|change|reference-mark)[\w-]*)";
        // A blank between these ends a word.
        const OTHERS: &str = r"r|t|rPr|sz|color|rFont|family|scheme|charset|span|[biu]|em|strong|font|code|mark|small|tt|kbd|bd[io]";
        let tag = |names: &str| format!(r"</?(?:{names})(?:\s[^<>]{{0,300}})?/?>");
        let runs = tag(&[WORD, SLIDES, TEXT].join("|"));
        let others = tag(OTHERS);
        compile(&format!(
            r"(?-u)^(?:{runs}(?:\s*{runs}){{0,40}}|(?:{others}){{1,41}})"
        ))
    });
    Some((at_start(&MARKUP, bytes)?[0].len(), SeamKind::Sure))
}

/// Matches the seam between two literals of a list. Returns its length in bytes, and its kind.
fn listed(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static LISTED: LazyLock<Regex> =
        LazyLock::new(|| compile(r#"(?-u)^\\*["'`]\s{0,80},\s{0,80}[fbr]?\\*["'`]"#));
    Some((at_start(&LISTED, bytes)?[0].len(), SeamKind::Listed))
}

/// Matches the end of one assignment and the beginning of the next.
fn assigned(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r#"(?-u)^["'`][ \t]*[;,]?[ \t]*(?:(?://|#)[^\n]{0,120})?\s{0,40}"#,
            r"(?:(?:export|const|let|var|val|final|static|readonly|private|public|local|my|our|string|String|char)\s+){0,4}",
            r#"[$@]?([A-Za-z_]\w{0,60})(?:\[\])?\s*(?::\s*&?(?:'static\s*)?\w+\s*)?"#,
            r#"(?:([+.&]=)|:=|=|:)\s*[fbr@]?["'`]"#
        ))
    });
    let found = at_start(&ASSIGNED, bytes)?;
    let name = found[1].to_vec();
    let kind = match found.get(2) {
        Some(_) => SeamKind::Added(name),
        None => SeamKind::Assigned(name),
    };
    Some((found[0].len(), kind))
}

/// Matches the end of one assignment without quotes and the beginning of the next, as in a shell.
fn assigned_bare(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static BARE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?-u)^(?:\r?\n|[ \t]*(?:;|&&)[ \t]*|[ \t]+)",
            r"(?:(?:export|local|set|readonly|declare|typeset)[ \t]+)?([A-Za-z_]\w{0,60})(\+)?="
        ))
    });
    let found = at_start(&BARE, bytes)?;
    let name = found[1].to_vec();
    let kind = match found.get(2) {
        Some(_) => SeamKind::Added(name),
        None => SeamKind::Assigned(name),
    };
    Some((found[0].len(), kind))
}

/// Matches a line break and the mark at the beginning of the next line: of a quotation, a comment,
/// a diff, or the name of a service in a log.
fn broken(bytes: &[u8]) -> Option<(usize, SeamKind)> {
    static BROKEN: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?-u)^ ?\r?\n([\w.-]{1,40}[ \t]{0,20}\|[ \t]?",
            r"|[+-]?[ \t]{0,40}(?:(?:>[ \t]?){1,8}|#[ \t]?|//[ \t]?|\*[ \t])?)"
        ))
    });
    let found = at_start(&BROKEN, bytes)?;
    let mark = found[1].trim_ascii().to_vec();
    Some((found[0].len(), SeamKind::Broken(mark)))
}
