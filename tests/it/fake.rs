//! Fake credentials for tests. They are generated from a seed, so that no file of this project contains one.

/// A generator of fake values. The same seed gives the same values.
pub struct Fake(u64);

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Fake {
    /// A generator whose values depend only on `seed`.
    pub fn new(seed: u64) -> Self {
        Fake(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) | 1)
    }

    /// The next 32 random bits (xorshift64*).
    pub fn next(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32
    }

    /// True with a probability of one in `times`.
    #[allow(
        dead_code,
        reason = "the tests of the library and of the binary share this file"
    )]
    pub fn one_in(&mut self, times: u32) -> bool {
        self.next().is_multiple_of(times)
    }

    /// `length` random characters of `alphabet`.
    pub fn of(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.next() as usize % alphabet.len()]))
            .collect()
    }

    /// An integration token with `letters` letters before its digits.
    pub fn ntn(&mut self, letters: usize) -> String {
        format!("ntn_{}", self.body(letters))
    }

    /// A `secret_` token.
    pub fn secret(&mut self) -> String {
        format!("secret_{}", self.of(ALPHANUMERIC, 43))
    }

    fn body(&mut self, letters: usize) -> String {
        let lead = self.of(&ALPHANUMERIC[10..], letters) + &self.of(b"0123456789", 11);
        format!("{lead}x{}", self.of(ALPHANUMERIC, 45 - lead.len()))
    }

    fn cookie(&mut self, version: &str) -> String {
        let url = [ALPHANUMERIC, b"-_"].concat();
        match version {
            "v02" => format!("v02:user_token_or_cookies:{}", self.of(&url, 132)),
            _ => format!(
                "v03:eyJhbGciOiJkaXIi{}..{}.{}.{}",
                self.of(&url, 80),
                self.of(&url, 22),
                self.of(&url, 300),
                self.of(&url, 43)
            ),
        }
    }

    fn value(&mut self, name: &str) -> Option<String> {
        let (name, length) = name.split_once(':').unwrap_or((name, ""));
        let length = length.parse().unwrap_or(0);
        let cycle = |text: &str| text.chars().cycle().take(length).collect();
        let hex = b"0123456789abcdef";
        Some(match name {
            "ntn" => self.ntn(length),
            "secret" => self.secret(),
            "nrt" => format!("nrt_{}", self.body(0)),
            "v02" | "v03" => self.cookie(name),
            "a" => self.of(ALPHANUMERIC, length),
            "d" => self.of(b"0123456789", length),
            "h" => self.of(hex, length),
            "seq" => cycle("1234567890"),
            "x" | "0" => cycle(name),
            "uuid" => [8, 4, 4, 4, 12].map(|part| self.of(hex, part)).join("-"),
            "client-id" => format!(
                "{}d872b-594c-8{}-{}-0037{}",
                self.of(hex, 3),
                self.of(hex, 3),
                self.of(hex, 4),
                self.of(hex, 8)
            ),
            _ => return None,
        })
    }
}

/// Returns `template` with each `{name}` or `{name:length}` replaced by a fake value. Other braces stay.
pub fn expand(template: &str, seed: u64) -> String {
    let mut fake = Fake::new(seed);
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let name = rest[open + 1..].split('}').next().unwrap_or("");
        match fake.value(name) {
            Some(value) if rest[open + 1 + name.len()..].starts_with('}') => {
                out.push_str(&value);
                rest = &rest[open + name.len() + 2..];
            }
            _ => {
                out.push('{');
                rest = &rest[open + 1..];
            }
        }
    }
    out + rest
}
