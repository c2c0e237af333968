//! The texts of an event that are searched for credentials.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{tool, writes};

/// A text of an event.
pub struct EventText<'v> {
    /// The text. The name of its field precedes it (`name=text`) if the name may show what the text
    /// is.
    pub text: Cow<'v, str>,
    /// The path of the file that the text is for; `None` if it is not for a file.
    pub file: Option<Cow<'v, str>>,
}

/// The size, in bytes, above which a value is scanned without the name of its field. In longer
/// values, the text around a secret shows what the secret is.
const SHORT: usize = 4 << 10;

/// The first line of a patch in the format of Codex.
pub(super) const PATCH: &str = "*** Begin Patch";

/// The program that applies a patch in the format of Codex.
const PATCHER: &str = "apply_patch";

/// A collector of the texts of a value. For a tool that edits files, it leaves out the text that an
/// edit replaces and the text that is written to private files. For a tool that runs commands, it
/// leaves out the commands that only write to private files.
pub struct EventTexts<'p> {
    /// True if the tool edits files.
    pub is_edit: bool,
    /// True if the tool runs command lines.
    pub is_shell: bool,
    /// Returns true for the path of a file to which a credential may be written.
    pub is_private: &'p dyn Fn(&str) -> bool,
}

impl EventTexts<'_> {
    /// Returns the texts of a value.
    pub fn of<'v>(&self, value: &'v Value) -> Vec<EventText<'v>> {
        let mut into = Vec::new();
        self.collect("", value, None, &mut into);
        into
    }

    /// Returns the texts of an object, without the texts of the fields in `names`.
    pub fn without<'v>(
        &self,
        object: &'v Map<String, Value>,
        names: &[&str],
    ) -> Vec<EventText<'v>> {
        let mut into = Vec::new();
        self.object(object, None, names, &mut into);
        into
    }

    fn collect<'v>(
        &self,
        name: &'v str,
        value: &'v Value,
        file: Option<&'v str>,
        into: &mut Vec<EventText<'v>>,
    ) {
        match value {
            Value::String(text) => self.text(name, text, file, into),
            Value::Array(values) => values
                .iter()
                .for_each(|value| self.collect(name, value, file, into)),
            Value::Object(object) => self.object(object, file, &[], into),
            _ => {}
        }
    }

    fn object<'v>(
        &self,
        object: &'v Map<String, Value>,
        around: Option<&'v str>,
        without: &[&str],
        into: &mut Vec<EventText<'v>>,
    ) {
        let file = tool::path(object).or(around);
        let is_private = file.is_some_and(self.is_private);
        for (name, value) in object {
            let is_old_or_private =
                is_private && tool::is_content(name) || tool::is_replaced(name, object);
            let is_left_out = self.is_edit && is_old_or_private;
            if !is_left_out && !without.contains(&name.as_str()) {
                self.collect(name, value, file, into);
            }
            // The name of a field may be a secret too.
            self.text("", name, None, into);
        }
    }

    fn text<'v>(
        &self,
        name: &'v str,
        text: &'v str,
        file: Option<&'v str>,
        into: &mut Vec<EventText<'v>>,
    ) {
        let is_patch = self.is_edit || self.is_shell && text.trim_start().starts_with(PATCHER);
        if is_patch && text.contains(PATCH) {
            return self.patch(text, into);
        }
        let text = match self.is_shell && tool::is_command(name) {
            true => Cow::Owned(writes::without_private_writes(text, self.is_private)),
            false if name.is_empty() || text.len() > SHORT || text.contains('\n') => {
                Cow::Borrowed(text)
            }
            false => Cow::Owned(format!("{name}={text}")),
        };
        let file = file.map(Cow::Borrowed);
        into.push(EventText { text, file });
    }

    /// Collects the lines that a patch adds, file by file, and the text outside of the patch.
    fn patch<'v>(&self, text: &'v str, into: &mut Vec<EventText<'v>>) {
        let mut file: Option<&str> = None;
        let (mut added, mut others) = (String::new(), String::new());
        let mut close = |file: Option<&'v str>, added: &mut String| {
            let text = std::mem::take(added);
            if !text.is_empty() && !file.is_some_and(self.is_private) {
                into.push(EventText {
                    text: Cow::Owned(text),
                    file: file.map(Cow::Borrowed),
                });
            }
        };
        let mut is_within = false;
        for line in text.lines() {
            let named = ["*** Add File: ", "*** Update File: ", "*** Move to: "];
            let named = named.iter().find_map(|start| line.strip_prefix(start));
            if line.contains(PATCH) || line.starts_with("*** End Patch") {
                is_within = line.contains(PATCH);
                others.push_str(line);
            } else if let Some(path) = named.filter(|_| is_within) {
                close(file, &mut added);
                file = Some(path.trim());
                others.push_str(line);
            } else if !is_within || line.starts_with("***") {
                others.push_str(line);
            } else if let Some(line) = line.strip_prefix('+') {
                added.push_str(line);
                added.push('\n');
            }
            others.push('\n');
        }
        close(file, &mut added);
        close(None, &mut others);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::EventTexts;

    fn texts(value: serde_json::Value) -> Vec<String> {
        let is_private = |file: &str| file == ".env";
        let texts = EventTexts {
            is_edit: true,
            is_shell: true,
            is_private: &is_private,
        };
        let all = texts.of(&value).into_iter();
        all.map(|text| text.text.trim().to_owned()).collect()
    }

    #[test]
    fn every_text_is_scanned_with_its_field_name() {
        let all = texts(json!({"a": {"b": ["c", {"d": "e\nf"}]}, "g": 1}));
        for text in ["b=c", "e\nf", "a", "b", "d", "g"] {
            assert!(all.iter().any(|one| one == text), "{text}: {all:?}");
        }
    }

    #[test]
    fn replaced_texts_and_env_file_contents_are_not_scanned() {
        let all = texts(json!({"old_string": "old", "new_string": "new"}));
        assert!(!all.iter().any(|text| text.contains("=old")), "{all:?}");
        assert!(all.contains(&"new_string=new".to_owned()));
        assert!(texts(json!({"old_string": "old"})).contains(&"old_string=old".to_owned()));
        let private = texts(json!({"file_path": ".env", "content": "A=1"}));
        assert!(!private.iter().any(|text| text.contains("A=1")));
        let edits =
            json!({"file_path": ".env", "edits": [{"old_string": "a", "new_string": "A=1"}]});
        assert!(!texts(edits).iter().any(|text| text.contains("A=1")));
        let other = texts(json!({"file_path": "a.env.js", "content": "A=1"}));
        assert!(other.contains(&"content=A=1".to_owned()));
        let shell = texts(json!({"command": "echo A=1 > .env; ls"}));
        assert!(shell.contains(&"ls".to_owned()), "{shell:?}");
    }

    #[test]
    fn only_added_lines_of_a_patch_are_scanned() {
        let patch = "*** Begin Patch\n*** Update File: a.js\n@@\n-old\n ctx\n+new\n\
                     *** Add File: .env\n+A=1\n*** End Patch\ntail";
        let all = texts(json!({ "command": patch })).join("|");
        assert!(all.contains("new") && all.contains("tail"), "{all}");
        for gone in ["old", "ctx", "A=1"] {
            assert!(!all.contains(gone), "{gone}: {all}");
        }
    }
}
