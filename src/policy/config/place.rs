//! Finds the position of an entry in the text of a configuration.
//!
//! The YAML parser reports a position only for a value that it refuses. So a second pass of the
//! same parser walks to the entry and refuses it. A different parser, which reports all positions,
//! might read the text differently and point at the wrong entry.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One step of a path through nested maps and lists.
#[derive(Clone, Copy)]
pub enum PathStep<'a> {
    /// The value of a key.
    Key(&'a str),
    /// The list entry with this index, from 0.
    Entry(usize),
}

/// Returns the offset in `text`, in bytes, of the value that `steps` lead to; `None` if they lead
/// to no value.
pub fn offset(text: &str, steps: &[PathStep<'_>]) -> Option<usize> {
    let error = serde_yaml::Deserializer::from_str(text)
        .deserialize_any(StepWalk(steps))
        .err()?;
    of_error(text, &error)
}

/// Returns the offset in `text`, in bytes, of the value that the parser refused; `None` if the
/// error has no position. The parser counts columns in characters, so they are converted.
pub fn of_error(text: &str, error: &serde_yaml::Error) -> Option<usize> {
    let at = error.location()?;
    let line = text
        .split_inclusive('\n')
        .take(at.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let column = text[line..]
        .chars()
        .take(at.column().saturating_sub(1))
        .map(char::len_utf8)
        .sum::<usize>();
    Some(line + column)
}

/// A visitor that follows the steps and refuses the value at their end with an error.
struct StepWalk<'a>(&'a [PathStep<'a>]);

impl<'de> DeserializeSeed<'de> for StepWalk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StepWalk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("something else")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let [PathStep::Key(wanted), rest @ ..] = self.0 else {
            return Err(A::Error::custom("here"));
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == *wanted {
                map.next_value_seed(StepWalk(rest))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let [PathStep::Entry(wanted), rest @ ..] = self.0 else {
            return Err(A::Error::custom("here"));
        };
        for _ in 0..*wanted {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(StepWalk(rest))?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::PathStep::{Entry, Key};
    use super::offset;

    #[test]
    fn entries_are_found_in_every_yaml_style() {
        let text = "version: 1\nallow:\n  - reason: \u{e9} one\n    paths: [a]\n  # two\n  - {reason: x, paths: [\"**\"]}\nrules: {a: {b: 1}}\n";
        let line = |steps: &[_]| {
            offset(text, steps).map(|at| text[at..].lines().next().unwrap_or_default())
        };
        assert_eq!(line(&[Key("version")]), Some("1"));
        assert_eq!(line(&[Key("allow"), Entry(0)]), Some("reason: \u{e9} one"));
        assert_eq!(
            line(&[Key("allow"), Entry(0), Key("paths"), Entry(0)]),
            Some("a]")
        );
        assert_eq!(
            line(&[Key("allow"), Entry(1)]),
            Some("{reason: x, paths: [\"**\"]}")
        );
        assert_eq!(line(&[Key("rules"), Key("a")]), Some("{b: 1}}"));
        assert_eq!(
            [line(&[Key("allow"), Entry(2)]), line(&[Key("none")])],
            [None, None]
        );
    }
}
