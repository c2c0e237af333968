//! Encoders, written independently of the decoders. Each also returns, for every byte of its input,
//! an offset in its output.

/// Encoded bytes, and for every byte of the input the offset of the first byte that it is part of.
pub struct Encoded {
    pub bytes: Vec<u8>,
    pub at: Vec<usize>,
}

/// A way to encode.
pub struct Encoder {
    pub name: &'static str,
    /// What the scanner calls it.
    pub id: &'static str,
    pub encode: fn(&[u8]) -> Encoded,
}

/// Those that change every byte, so that a secret below them can only be found by undoing them.
pub const OPAQUE: &[Encoder] = &[
    Encoder {
        name: "base64",
        id: "base64",
        encode: |plain| base64(plain, STANDARD, true),
    },
    Encoder {
        name: "base64 unpadded",
        id: "base64",
        encode: |plain| base64(plain, STANDARD, false),
    },
    Encoder {
        name: "base64url",
        id: "base64",
        encode: |plain| base64(plain, URL, true),
    },
    Encoder {
        name: "base64url unpadded",
        id: "base64",
        encode: |plain| base64(plain, URL, false),
    },
    Encoder {
        name: "base64 in lines of 64",
        id: "base64",
        encode: |plain| wrapped(plain, 64, b"\n"),
    },
    Encoder {
        name: "base64 in lines of 76, CRLF",
        id: "base64",
        encode: |plain| wrapped(plain, 76, b"\r\n"),
    },
    Encoder {
        name: "base64 in indented lines",
        id: "base64",
        encode: |plain| wrapped(plain, 64, b"\n    "),
    },
    Encoder {
        name: "hex",
        id: "hex",
        encode: |plain| each(plain, |byte| format!("{byte:02x}").into_bytes()),
    },
    Encoder {
        name: "HEX",
        id: "hex",
        encode: |plain| each(plain, |byte| format!("{byte:02X}").into_bytes()),
    },
    Encoder {
        name: "UTF-16 LE",
        id: "utf-16",
        encode: |plain| each(plain, |byte| vec![byte, 0]),
    },
    Encoder {
        name: "UTF-16 BE",
        id: "utf-16",
        encode: |plain| behind_zeros(plain, 1),
    },
    Encoder {
        name: "UTF-32 LE",
        id: "utf-32",
        encode: |plain| each(plain, |byte| vec![byte, 0, 0, 0]),
    },
    Encoder {
        name: "UTF-32 BE",
        id: "utf-32",
        encode: |plain| behind_zeros(plain, 3),
    },
    Encoder {
        name: "%5F",
        id: "percent",
        encode: |plain| each(plain, |byte| format!("%{byte:02X}").into_bytes()),
    },
    Encoder {
        name: "%5f",
        id: "percent",
        encode: |plain| each(plain, |byte| format!("%{byte:02x}").into_bytes()),
    },
    Encoder {
        name: "\\u005f",
        id: "backslash",
        encode: |plain| each(plain, |byte| format!("\\u{byte:04x}").into_bytes()),
    },
    Encoder {
        name: "\\u005F",
        id: "backslash",
        encode: |plain| each(plain, |byte| format!("\\u{byte:04X}").into_bytes()),
    },
    Encoder {
        name: "\\x5f",
        id: "backslash",
        encode: |plain| each(plain, |byte| format!("\\x{byte:02x}").into_bytes()),
    },
    Encoder {
        name: "\\u{5f}",
        id: "backslash",
        encode: |plain| each(plain, |byte| format!("\\u{{{byte:x}}}").into_bytes()),
    },
    Encoder {
        name: "&#95;",
        id: "html",
        encode: |plain| each(plain, |byte| format!("&#{byte};").into_bytes()),
    },
    Encoder {
        name: "&#x5f;",
        id: "html",
        encode: |plain| each(plain, |byte| format!("&#x{byte:x};").into_bytes()),
    },
    Encoder {
        name: "=5F",
        id: "quoted-printable",
        encode: |plain| each(plain, |byte| format!("={byte:02X}").into_bytes()),
    },
];

/// Those that change only what they must, or only punctuation.
pub const TRANSPARENT: &[Encoder] = &[
    Encoder {
        name: "URL component",
        id: "percent",
        encode: |plain| punctuation(plain, b"-_.~", |byte| format!("%{byte:02X}")),
    },
    Encoder {
        name: "URL, all punctuation",
        id: "percent",
        encode: |plain| punctuation(plain, b"", |byte| format!("%{byte:02X}")),
    },
    Encoder {
        name: "JSON string",
        id: "backslash",
        encode: |plain| each(plain, json),
    },
    Encoder {
        name: "JSON, all punctuation",
        id: "backslash",
        encode: |plain| punctuation(plain, b"", |byte| format!("\\u{byte:04x}")),
    },
    Encoder {
        name: "Markdown",
        id: "backslash",
        encode: |plain| {
            each(plain, |byte| {
                if b"_*`".contains(&byte) {
                    vec![b'\\', byte]
                } else {
                    vec![byte]
                }
            })
        },
    },
    Encoder {
        name: "HTML, all punctuation",
        id: "html",
        encode: |plain| punctuation(plain, b"", |byte| format!("&#{byte};")),
    },
    Encoder {
        name: "mail",
        id: "quoted-printable",
        encode: quoted_printable,
    },
    Encoder {
        name: "mail header",
        id: "quoted-printable",
        encode: |plain| punctuation(plain, b"", |byte| format!("={byte:02X}")),
    },
];

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn each(plain: &[u8], encode: impl Fn(u8) -> Vec<u8>) -> Encoded {
    let (mut bytes, mut at) = (Vec::new(), Vec::new());
    for byte in plain {
        at.push(bytes.len());
        bytes.extend(encode(*byte));
    }
    Encoded { bytes, at }
}

/// A character stands where its one byte is that is not zero.
fn behind_zeros(plain: &[u8], zeros: usize) -> Encoded {
    let Encoded { bytes, at } = each(plain, |byte| [vec![0; zeros], vec![byte]].concat());
    Encoded {
        bytes,
        at: at.iter().map(|at| at + zeros).collect(),
    }
}

fn punctuation(plain: &[u8], spared: &[u8], encode: impl Fn(u8) -> String) -> Encoded {
    each(plain, |byte| {
        if byte.is_ascii_alphanumeric() || spared.contains(&byte) {
            vec![byte]
        } else {
            encode(byte).into_bytes()
        }
    })
}

fn json(byte: u8) -> Vec<u8> {
    match byte {
        b'"' | b'\\' | b'/' => vec![b'\\', byte],
        b'\n' => b"\\n".to_vec(),
        b'\r' => b"\\r".to_vec(),
        0..0x20 | 0x7F.. => format!("\\u{byte:04x}").into_bytes(),
        _ => vec![byte],
    }
}

fn base64(plain: &[u8], alphabet: &[u8; 64], padded: bool) -> Encoded {
    let bits: Vec<u8> = plain
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    let value = |six: &[u8]| {
        (0..6).fold(0usize, |value, at| {
            value << 1 | usize::from(six.get(at).copied().unwrap_or(0))
        })
    };
    let mut bytes: Vec<u8> = bits.chunks(6).map(|six| alphabet[value(six)]).collect();
    while padded && !bytes.len().is_multiple_of(4) {
        bytes.push(b'=');
    }
    Encoded {
        bytes,
        at: (0..plain.len()).map(|at| at * 8 / 6).collect(),
    }
}

fn wrapped(plain: &[u8], width: usize, line_break: &[u8]) -> Encoded {
    let Encoded { bytes, at } = base64(plain, STANDARD, true);
    let lines: Vec<&[u8]> = bytes.chunks(width).collect();
    Encoded {
        bytes: lines.join(line_break),
        at: at
            .iter()
            .map(|at| at + at / width * line_break.len())
            .collect(),
    }
}

/// Lines of at most 76 characters, the last of which is a `=` where the line goes on.
fn quoted_printable(plain: &[u8]) -> Encoded {
    let (mut bytes, mut at, mut column) = (Vec::new(), Vec::new(), 0);
    for byte in plain {
        let written = match byte {
            b'\n' => vec![b'\n'],
            b'=' | 0..0x20 | 0x7F.. => format!("={byte:02X}").into_bytes(),
            _ => vec![*byte],
        };
        if column + written.len() > 75 && *byte != b'\n' {
            bytes.extend(b"=\r\n");
            column = 0;
        }
        column = if *byte == b'\n' {
            0
        } else {
            column + written.len()
        };
        at.push(bytes.len());
        bytes.extend(written);
    }
    Encoded { bytes, at }
}
