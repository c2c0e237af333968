//! The services that a text names, and the signs that it uses Notion's API. Computed once for each
//! file.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::compile;
use super::names::OTHERS;

/// Notion and every other service that is known, by name.
static NAMES: LazyLock<Regex> =
    LazyLock::new(|| compile(&format!("(?i)notion|{}", OTHERS.replace(' ', "|"))));

/// Signs that a file uses Notion's API and does not only mention Notion.
static TALKS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"api\.notion\.com|notion\.so|@notionhq/client|notion_client|NOTION_|notion\.oauth",
        r"|notionapi\b|Notion::|[nN]otion(?:Token|Client|Api|OAuth|Auth|_token|_oauth|_api)",
    ))
});

/// The services that a text names.
pub struct Services {
    /// The offset of each name, in order, and true if the name is Notion's.
    places: Vec<(usize, bool)>,
    /// True if the text has signs of using Notion's API.
    pub talks_with_notion: bool,
}

impl Services {
    /// Returns the services that the code of a file names.
    pub fn of(code: &[u8]) -> Self {
        let places = NAMES.find_iter(code).map(|name| {
            let is_own = name.as_bytes().eq_ignore_ascii_case(b"notion");
            (name.start(), is_own)
        });
        Services {
            places: places.collect(),
            talks_with_notion: TALKS.is_match(code),
        }
    }

    /// Returns true if the service that was named last before `at` is Notion; `None` if no service
    /// was named.
    pub fn is_notion_before(&self, at: usize) -> Option<bool> {
        let before = self.places.partition_point(|(place, _)| *place < at);
        let last = before.checked_sub(1).and_then(|last| self.places.get(last));
        last.map(|(_, is_own)| *is_own)
    }

    /// Returns true if Notion is named.
    pub fn has_notion(&self) -> bool {
        self.places.iter().any(|(_, is_own)| *is_own)
    }

    /// Returns true if any other service is named.
    pub fn has_other(&self) -> bool {
        self.places.iter().any(|(_, is_own)| !is_own)
    }
}

#[cfg(test)]
mod tests {
    use super::Services;

    #[test]
    fn the_nearest_service_name_decides() {
        let services = Services::of(b"notion google Notion x");
        for (at, expected) in [
            (0, None),
            (6, Some(true)),
            (14, Some(false)),
            (22, Some(true)),
        ] {
            assert_eq!(services.is_notion_before(at), expected, "{at}");
        }
        assert!(services.has_other() && services.has_notion());
        assert!(!Services::of(b"a session").has_other());
    }
}
