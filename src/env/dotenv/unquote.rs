//! Removes quotes and escapes from a value.

use super::value::RawValue;

impl RawValue {
    /// Returns the value as a program receives it. Line endings in quotes become line feeds.
    /// Escapes are resolved in double quotes only.
    pub fn resolve(&self, bytes: &[u8]) -> Vec<u8> {
        let text = &bytes[self.span.clone()];
        let Some(quote) = self.quote else {
            return text.to_vec();
        };
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text.iter().copied().peekable();
        while let Some(byte) = rest.next() {
            let plain = match byte {
                b'\r' => {
                    rest.next_if_eq(&b'\n');
                    b'\n'
                }
                b'\\' if quote == b'"' => rest
                    .next_if(|byte| escape(*byte).is_some())
                    .and_then(escape)
                    .unwrap_or(b'\\'),
                other => other,
            };
            out.push(plain);
        }
        out
    }
}

/// Returns the byte that a backslash followed by `byte` means; `None` if the two are not an escape.
fn escape(byte: u8) -> Option<u8> {
    match byte {
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        b'"' | b'\\' | b'$' => Some(byte),
        _ => None,
    }
}
