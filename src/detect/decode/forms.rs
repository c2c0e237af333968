//! The spellings of plain bytes in every encoding, as literals to search for.

use super::{Encoding, fragments};

/// Returns the spellings of `plain` in which only punctuation is escaped, each with its encoding
/// and its [phase](super::Place::phase).
pub fn punctuated_forms(plain: &[u8]) -> Vec<(Vec<u8>, Encoding, usize)> {
    let each = |form: &dyn Fn(u8) -> String| {
        let written = |byte: &u8| {
            if byte.is_ascii_alphanumeric() {
                vec![*byte]
            } else {
                form(*byte).into_bytes()
            }
        };
        plain.iter().flat_map(written).collect::<Vec<u8>>()
    };
    let json = |byte: u8| match byte {
        b'"' | b'\\' | b'/' => format!("\\{}", char::from(byte)),
        _ => char::from(byte).to_string(),
    };
    let forms: [(&dyn Fn(u8) -> String, Encoding); 4] = [
        (&|byte| format!("%{byte:02x}"), Encoding::Percent),
        (&|byte| format!("%{byte:02X}"), Encoding::Percent),
        (&|byte| format!("\\u{byte:04x}"), Encoding::Backslash),
        (&json, Encoding::Backslash),
    ];
    forms
        .map(|(form, encoding)| (each(form), encoding, 0))
        .into()
}

/// Returns the spellings of `plain` in every encoding, each with its encoding and its
/// [phase](super::Place::phase).
pub fn forms(plain: &[u8]) -> Vec<(Vec<u8>, Encoding, usize)> {
    let each = |form: &dyn Fn(u8) -> String| {
        plain
            .iter()
            .flat_map(|byte| form(*byte).into_bytes())
            .collect::<Vec<u8>>()
    };
    let wide = |width: usize| {
        let padded: Vec<u8> = plain
            .iter()
            .flat_map(|byte| [&[*byte][..], &vec![0; width - 1]].concat())
            .collect();
        padded[..padded.len() - (width - 1)].to_vec()
    };
    let mut forms: Vec<(Vec<u8>, Encoding, usize)> = fragments(plain)
        .map(|(fragment, phase)| (fragment, Encoding::Base64, phase))
        .collect();
    forms.extend([(wide(2), Encoding::Utf16, 0), (wide(4), Encoding::Utf32, 0)]);
    let escapes: [(&dyn Fn(u8) -> String, Encoding); 11] = [
        (&|byte| format!("{byte:02x}"), Encoding::Hex),
        (&|byte| format!("{byte:02X}"), Encoding::Hex),
        (&|byte| format!("%{byte:02x}"), Encoding::Percent),
        (&|byte| format!("%{byte:02X}"), Encoding::Percent),
        (&|byte| format!("\\u{byte:04x}"), Encoding::Backslash),
        (&|byte| format!("\\u{byte:04X}"), Encoding::Backslash),
        (&|byte| format!("\\x{byte:02x}"), Encoding::Backslash),
        (&|byte| format!("&#{byte};"), Encoding::Html),
        (&|byte| format!("&#x{byte:x};"), Encoding::Html),
        (&|byte| format!("&#x{byte:X};"), Encoding::Html),
        (&|byte| format!("={byte:02X}"), Encoding::QuotedPrintable),
    ];
    forms.extend(escapes.map(|(form, encoding)| (each(form), encoding, 0)));
    forms
}
