//! A value in a saved report whose type may differ between versions.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::detect::redact::shown_path;

/// A number, the beginning of a text, or any other value, whose content is not stored.
#[derive(Debug, PartialEq, Eq)]
pub enum SavedScalar {
    /// A whole number, from 0.
    Number(u64),
    /// The first characters of a text.
    Text(String),
    /// Any other value.
    Other,
}

impl SavedScalar {
    /// Returns the text; `None` for any other value.
    pub fn text(&self) -> Option<&str> {
        match self {
            SavedScalar::Text(text) => Some(text),
            SavedScalar::Number(_) | SavedScalar::Other => None,
        }
    }
}

impl fmt::Display for SavedScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SavedScalar::Number(number) => write!(f, "{number}"),
            SavedScalar::Text(text) => write!(f, "\"{}\"", shown_path(text.as_bytes())),
            SavedScalar::Other => f.write_str("that is not a number"),
        }
    }
}

impl<'de> Deserialize<'de> for SavedScalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SavedScalarVisitor)
    }
}

struct SavedScalarVisitor;

impl<'de> Visitor<'de> for SavedScalarVisitor {
    type Value = SavedScalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_u64<E>(self, number: u64) -> Result<SavedScalar, E> {
        Ok(SavedScalar::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<SavedScalar, E> {
        /// The number of characters that are kept.
        const KEPT: usize = 20;
        Ok(SavedScalar::Text(text.chars().take(KEPT).collect()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<SavedScalar, E> {
        Ok(SavedScalar::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<SavedScalar, E> {
        Ok(SavedScalar::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<SavedScalar, E> {
        Ok(SavedScalar::Other)
    }

    fn visit_unit<E>(self) -> Result<SavedScalar, E> {
        Ok(SavedScalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<SavedScalar, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(SavedScalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<SavedScalar, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(SavedScalar::Other)
    }
}
