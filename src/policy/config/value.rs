//! The types of values in a configuration. Each value is checked while it is read, so that an error
//! has its position. Lists and maps have a maximum length, because YAML aliases can make a short
//! file expand to a huge one.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rules::{RULES, by_id};

/// The maximum number of entries in a list or map. More are a mistake or an attack.
const MOST: usize = 1000;
/// The maximum length of a string in bytes. A longer one is a mistake or an attack.
const LONGEST: usize = 1024;

/// A value that is parsed from a string or whole number. An error quotes the text, followed by the
/// parsing error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsText<T>(pub T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for AsText<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TextVisitor<T>(PhantomData<T>);
        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
            type Value = AsText<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                if text.len() > LONGEST {
                    return Err(E::custom(format_args!(
                        "a text of {} bytes is too long: the limit is {LONGEST}",
                        text.len()
                    )));
                }
                text.parse()
                    .map(AsText)
                    .map_err(|wrong| E::custom(format_args!("`{text}` {wrong}")))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_str(&number.to_string())
            }
        }
        from.deserialize_any(TextVisitor(PhantomData))
    }
}

impl<T: fmt::Display> Serialize for AsText<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// Returns the values of a list.
pub fn plain<T: Clone>(list: &[AsText<T>]) -> Vec<T> {
    list.iter().map(|AsText(value)| value.clone()).collect()
}

/// The reason for an entry or setting. It has at least one letter or digit.
#[derive(Clone, Debug)]
pub struct ReasonText(pub String);

impl FromStr for ReasonText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let says = text.chars().any(char::is_alphanumeric);
        if says {
            Ok(ReasonText(text.to_owned()))
        } else {
            Err("does not say why: write a reason".to_owned())
        }
    }
}

impl fmt::Display for ReasonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number of bytes. Units are powers of 1024: `64MiB`, `64MB`, `64M` and `67108864` are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let power = match text[digits..]
            .trim()
            .to_ascii_lowercase()
            .trim_end_matches("ib")
            .trim_end_matches('b')
        {
            "" => Some(0),
            "k" => Some(1),
            "m" => Some(2),
            "g" => Some(3),
            _ => None,
        };
        let bytes = power.and_then(|power| {
            text[..digits]
                .parse::<u64>()
                .ok()?
                .checked_mul(1 << (10 * power))
        });
        bytes.map(Size).ok_or_else(|| {
            "is not a size; write 512KiB, 64MiB, 1GiB or a number of bytes".to_owned()
        })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of a rule that ntnguard has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleId(pub &'static str);

impl FromStr for RuleId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ids = || {
            RULES
                .iter()
                .map(|rule| format!("`{}`", rule.id))
                .collect::<Vec<_>>()
                .join(", ")
        };
        by_id(text)
            .map(|rule| RuleId(rule.id))
            .ok_or_else(|| format!("is not a rule, expected one of {}", ids()))
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The name of a file, without directories and wildcards.
#[derive(Clone, Debug)]
pub struct FileName(pub String);

impl FromStr for FileName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_name = !text.is_empty() && !text.contains(['/', '\\', '*', '?', '[', '\n']);
        let name = is_name.then(|| FileName(text.to_owned()));
        name.ok_or_else(|| "is not a file name; write it without folders and wildcards".to_owned())
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Deserializes a list of at most `MOST` entries.
pub fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    struct ListVisitor<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(entry) = list.next_element()? {
                if all.len() == MOST {
                    return Err(A::Error::custom(format_args!(
                        "a list of more than {MOST} entries is too long"
                    )));
                }
                all.push(entry);
            }
            Ok(all)
        }
    }
    from.deserialize_seq(ListVisitor(PhantomData))
}

/// Deserializes a map of at most `MOST` entries. A key that occurs twice is an error.
pub fn map<'de, K, T, D>(from: D) -> Result<BTreeMap<AsText<K>, T>, D::Error>
where
    K: FromStr<Err: fmt::Display> + fmt::Display + Ord,
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct MapVisitor<K, T>(PhantomData<(K, T)>);
    impl<'de, K, T> Visitor<'de> for MapVisitor<K, T>
    where
        K: FromStr<Err: fmt::Display> + fmt::Display + Ord,
        T: Deserialize<'de>,
    {
        type Value = BTreeMap<AsText<K>, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("keys with values")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = BTreeMap::new();
            while let Some(AsText(key)) = map.next_key::<AsText<K>>()? {
                let value = map.next_value()?;
                let entry = format!("duplicate entry `{key}`");
                if all.insert(AsText(key), value).is_some() {
                    return Err(A::Error::custom(entry));
                }
                if all.len() > MOST {
                    let wrong = format_args!("a map of more than {MOST} entries is too long");
                    return Err(A::Error::custom(wrong));
                }
            }
            Ok(all)
        }
    }
    from.deserialize_map(MapVisitor(PhantomData))
}

/// Deserializes a map from rule ids. A rule that occurs twice is an error.
pub fn by_rule<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<AsText<RuleId>, T>, D::Error> {
    struct RuleMapVisitor<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for RuleMapVisitor<T> {
        type Value = BTreeMap<AsText<RuleId>, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("rule ids with their settings")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = BTreeMap::new();
            while let Some(AsText(rule)) = map.next_key::<AsText<RuleId>>()? {
                let value = map.next_value()?;
                if all.insert(AsText(rule), value).is_some() {
                    return Err(A::Error::custom(format_args!(
                        "duplicate entry for rule `{rule}`"
                    )));
                }
            }
            Ok(all)
        }
    }
    from.deserialize_map(RuleMapVisitor(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn sizes_are_parsed() {
        assert_eq!(
            ["7", "1k", "2 MiB", "1GB", "1T", "x", "", "99999999999G"]
                .map(|text| text.parse().ok().map(|Size(bytes)| bytes)),
            [
                Some(7),
                Some(1024),
                Some(2 << 20),
                Some(1 << 30),
                None,
                None,
                None,
                None
            ]
        );
    }
}
