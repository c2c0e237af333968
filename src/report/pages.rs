//! The web addresses of the rules' pages, for reports that people read in a browser.

use crate::model::rule::Rule;

/// The web address of the project's files, on the host that the GitHub action was loaded from, at
/// the revision of the action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages(String);

impl Pages {
    /// Returns the pages of `repository` (`owner/name`) at `revision` on `server` (`https://host`).
    /// `None` if one of the three is not well-formed, so that no report has a broken link.
    pub fn new(server: &str, repository: &str, revision: &str) -> Option<Self> {
        let is_word = |text: &str, more: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !text.is_empty()
                && text.chars().all(is_plain)
                && !text.split('/').any(|part| ["", ".", ".."].contains(&part))
        };
        let host = server.strip_prefix("https://")?.trim_end_matches('/');
        let is_sound =
            is_word(host, ".-:") && is_word(repository, "._-/") && is_word(revision, "._-/+");
        let has_name = repository.split('/').count() == 2;
        (is_sound && has_name)
            .then(|| Pages(format!("https://{host}/{repository}/blob/{revision}/")))
    }

    /// Returns the address of a rule's page.
    pub fn of(&self, rule: &Rule) -> String {
        self.0.clone() + &rule.url()
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;
    use crate::rules::RULES;

    #[test]
    fn a_page_is_linked_at_the_revision_of_the_action() {
        let pages = Pages::new("https://github.com", "o/ntnguard", "v0.1.0").unwrap();
        let rule = RULES[0];
        assert_eq!(
            pages.of(rule),
            format!(
                "https://github.com/o/ntnguard/blob/v0.1.0/docs/rules/{}.md",
                rule.id
            )
        );
        assert!(pages.of(rule).ends_with(&rule.url()));
    }

    #[test]
    fn an_invalid_address_is_not_linked() {
        for (server, repository, revision) in [
            ("", "o/r", "v1"),
            ("http://github.com", "o/r", "v1"),
            ("https://github.com/x)", "o/r", "v1"),
            ("https://github.com", "", "v1"),
            ("https://github.com", "o", "v1"),
            ("https://github.com", "o/../r", "v1"),
            ("https://github.com", "o/r/sub", "v1"),
            ("https://github.com", "o/r", ""),
            ("https://github.com", "o/r", "../../x"),
            ("https://github.com", "o/r", "a b"),
            ("https://github.com", "o/r", "v1)\n::error::x"),
        ] {
            assert_eq!(
                Pages::new(server, repository, revision),
                None,
                "{server} {repository} {revision}"
            );
        }
    }
}
