//! The id of a page, a database or a block in Notion, in any notation.

use std::fmt;
use std::str::FromStr;

/// The id of an object in a workspace. It takes 16 bytes of memory, because a run may hold a
/// hundred thousand ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotionId(u128);

impl NotionId {
    /// Returns the id with this number, for tests.
    #[cfg(test)]
    pub fn of(number: u128) -> Self {
        NotionId(number)
    }

    /// Parses an id as Notion's answers write it: 32 hexadecimal digits with or without dashes.
    /// `None` for anything else.
    pub fn answered(text: &str) -> Option<Self> {
        let plain = text.bytes().filter(|byte| *byte != b'-').count() == 32;
        let is_of_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        let digits = (plain && text.bytes().all(is_of_id)).then(|| text.replace('-', ""))?;
        u128::from_str_radix(&digits, 16).ok().map(NotionId)
    }
}

impl FromStr for NotionId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = object_id(text).and_then(|id| NotionId::answered(&id));
        id.ok_or("is not a Notion id: write 32 hexadecimal digits, a UUID or a link")
    }
}

impl fmt::Display for NotionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dashed(&format!("{:032x}", self.0)))
    }
}

/// Returns the id in `text` as a UUID. `text` is 32 hexadecimal digits, a UUID, or a link to
/// Notion; `None` if it is none of these.
pub fn object_id(text: &str) -> Option<String> {
    let text = text.trim();
    let place = match text.split_once("://") {
        Some((scheme, rest)) => notions(scheme, rest)?,
        None => text,
    };
    let (is_link, plain) = (text.contains("://"), place.replace('-', ""));
    let start = plain
        .len()
        .checked_sub(32)
        .filter(|start| is_link || *start == 0)?;
    let id = plain.get(start..).filter(|id| is_hex(id))?;
    let has_dashes = place.len() == 36 && place.get(8..9) == Some("-");
    (is_link || has_dashes || place.len() == 32).then(|| dashed(&id.to_ascii_lowercase()))
}

/// Returns the last part of the path of a link to Notion; `None` for a link to another site.
fn notions<'t>(scheme: &str, rest: &'t str) -> Option<&'t str> {
    let rest = rest.split(['?', '#']).next()?.trim_end_matches('/');
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    let sites = ["notion.so", "notion.com", "notion.site"];
    let is_site = |site: &&str| {
        let below = host.strip_suffix(*site);
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    };
    let is_notion = ["https", "http", "notion"].contains(&scheme) && sites.iter().any(is_site);
    is_notion.then(|| path.rsplit('/').next().unwrap_or(path))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn dashed(id: &str) -> String {
    let parts = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]];
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::{NotionId, object_id};
    use crate::fake::expand;

    #[test]
    fn ids_are_found_in_every_notation() {
        let uuid = expand("{uuid}", 3);
        let plain = uuid.replace('-', "");
        for text in [
            uuid.clone(),
            plain.clone(),
            format!(" {} ", plain.to_uppercase()),
            format!("https://www.notion.so/acme/Cafe-du-nord-{plain}?v=1#2"),
            format!("https://app.notion.com/p/{plain}/"),
            format!("https://acme.notion.site/{uuid}"),
            format!("notion://www.notion.so/x-{plain}"),
        ] {
            assert_eq!(object_id(&text).as_ref(), Some(&uuid), "{text}");
        }
    }

    #[test]
    fn invalid_ids_are_rejected() {
        let plain = expand("{h:32}", 4);
        for text in [
            String::new(),
            plain[1..].to_owned(),
            format!("{plain}0"),
            format!("Title-{plain}"),
            format!("https://evil.example/{plain}"),
            format!("https://notion.so.evil.example/{plain}"),
            format!("https://evilnotion.so/{plain}"),
            "https://www.notion.so/".to_owned(),
            format!("g{}", &plain[1..]),
            format!("\u{e9}{}", &plain[2..]),
            "----".to_owned() + &plain,
        ] {
            assert_eq!(object_id(&text), None, "{text}");
        }
    }

    #[test]
    fn an_id_is_shown_as_a_uuid_and_read_back() {
        let uuid = expand("{uuid}", 9);
        let id: NotionId = uuid.parse().unwrap();
        assert_eq!(id.to_string(), uuid);
        assert_eq!(NotionId::answered(&uuid.replace('-', "")), Some(id));
        assert_eq!(NotionId::answered(&uuid[1..]), None);
        assert_eq!(NotionId::answered(&format!("{uuid}\n")), None);
        assert_eq!(
            NotionId::of(1).to_string(),
            format!("{:0>8}-0000-0000-0000-000000000001", 0)
        );
    }
}
