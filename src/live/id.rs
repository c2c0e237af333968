//! The id of a page or a database, however somebody writes it.

/// The id in `text` as a UUID: of 32 hexadecimal digits, of a UUID, or of a link to Notion. `None`
/// when there is none.
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

/// The last part of the path of a link; `None` when it leads to another site.
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
    use super::object_id;
    use crate::fake::expand;

    #[test]
    fn an_id_is_found_however_it_is_written() {
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
    fn what_is_no_id_is_none() {
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
}
