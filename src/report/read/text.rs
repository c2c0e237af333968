//! Texts and lists of a saved report, with limits on their length.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};

use super::{MOST_ENTRIES, MOST_IN_ALL};
use crate::detect::redact::{redact_bytes, shown_path};
use crate::report::wire::unbase64;

/// The length of the longest text that is read, in bytes. Excerpts and paths are far shorter.
const LONGEST: usize = 64 << 10;

/// The error message for a text that is longer than `LONGEST`.
pub const TOO_LONG: &str = "a text of more than 64 KiB";

/// A text of a saved report. It is not trusted, because anybody may have written it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedText(String);

impl SavedText {
    /// Returns the text as it is, to compare it with known words; it must not be shown.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Returns the text for one line of output: masked, and with control and direction characters
    /// escaped.
    pub fn shown(&self) -> String {
        shown_path(self.0.as_bytes())
    }

    /// Returns the masked bytes of a path, which are escaped where they are shown.
    pub fn path(&self) -> Vec<u8> {
        redact_bytes(self.0.as_bytes()).into_owned()
    }

    /// Decodes the text from base64 and masks the bytes; `None` if the text is not base64.
    pub fn decoded(&self) -> Option<Vec<u8>> {
        let bytes = unbase64(&self.0)?;
        Some(redact_bytes(&bytes).into_owned())
    }

    /// Returns the text if it is an id of 4 to 64 hexadecimal digits, otherwise `None`.
    pub fn id(&self) -> Option<String> {
        let is_id =
            (4..=64).contains(&self.0.len()) && self.0.bytes().all(|b| b.is_ascii_hexdigit());
        is_id.then(|| self.0.clone())
    }
}

impl<'de> Deserialize<'de> for SavedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SavedTextVisitor)
    }
}

struct SavedTextVisitor;

impl Visitor<'_> for SavedTextVisitor {
    type Value = SavedText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SavedText, E> {
        if text.len() > LONGEST {
            return Err(E::custom(TOO_LONG));
        }
        Ok(SavedText(text.to_owned()))
    }
}

/// The first entries of a list, and the number of those that were left out.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedList<T> {
    /// The entries that were read.
    pub kept: Vec<T>,
    /// The number of entries that were left out.
    pub more: usize,
}

impl<T> Default for SavedList<T> {
    fn default() -> Self {
        let kept = Vec::new();
        SavedList { kept, more: 0 }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for SavedList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SavedListVisitor(PhantomData))
    }
}

thread_local! {
    /// The number of entries that may still be read from the current report. A visitor of serde has
    /// no access to the caller's state, so the lists of one report share this number through the
    /// thread.
    static ROOM: Cell<usize> = const { Cell::new(0) };
}

/// Resets `ROOM` for the next report on this thread.
pub fn begin_report() {
    ROOM.set(MOST_IN_ALL);
}

/// Returns true if there is room for one more entry, and takes this room.
fn has_room() -> bool {
    let room = ROOM.get();
    ROOM.set(room.saturating_sub(1));
    room > 0
}

struct SavedListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SavedListVisitor<T> {
    type Value = SavedList<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<SavedList<T>, A::Error> {
        let mut list = SavedList::default();
        while list.kept.len() < MOST_ENTRIES && has_room() {
            let Some(entry) = entries.next_element()? else {
                return Ok(list);
            };
            list.kept.push(entry);
        }
        while entries.next_element::<IgnoredAny>()?.is_some() {
            list.more += 1;
        }
        Ok(list)
    }
}
