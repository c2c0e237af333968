//! Encodings that hide a secret from a plain search.

use std::fmt;

/// A way of writing bytes as other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// Base64 in the standard or the URL-safe alphabet, with or without padding and line breaks.
    Base64,
    /// Base64 of data that is compressed with gzip or zlib.
    Deflate,
    /// Two hexadecimal digits for each byte.
    Hex,
    /// Two hexadecimal digits for each byte, separated by commas, as in exported Windows registry
    /// files.
    HexList,
    /// UTF-16, in either byte order.
    Utf16,
    /// UTF-32, in either byte order.
    Utf32,
    /// `%5F`, as in URLs.
    Percent,
    /// `\u005f`, `\x5f`, `\_`, as in JSON, JavaScript, Python and Markdown.
    Backslash,
    /// `&#95;`, `&#x5f;`, `&lowbar;`, as in HTML and XML.
    Html,
    /// `=5F` and lines that end in `=`, as in mail.
    QuotedPrintable,
}

impl Encoding {
    /// Every encoding. If two encodings have the same name, the name in a report means the first.
    pub const ALL: [Encoding; 10] = [
        Encoding::Base64,
        Encoding::Deflate,
        Encoding::Hex,
        Encoding::HexList,
        Encoding::Utf16,
        Encoding::Utf32,
        Encoding::Percent,
        Encoding::Backslash,
        Encoding::Html,
        Encoding::QuotedPrintable,
    ];

    /// Returns the stable name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            Encoding::Base64 => "base64",
            Encoding::Deflate => "deflate",
            Encoding::Hex | Encoding::HexList => "hex",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf32 => "utf-32",
            Encoding::Percent => "percent",
            Encoding::Backslash => "backslash",
            Encoding::Html => "html",
            Encoding::QuotedPrintable => "quoted-printable",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
