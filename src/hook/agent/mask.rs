//! The output of a tool with its credentials masked. The structure of the output stays the same.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::guard::{BlockedLeak, Guard, caught};
use super::tool;
use crate::model::blob::Origin;
use crate::model::secret::Fingerprint;

/// The largest number of rounds in which a text is masked, because masking one secret may reveal
/// another. A text that still has secrets afterwards is not shown.
const ROUNDS: usize = 4;

/// The replacement for a text that still has secrets after all rounds.
const WITHHELD: &str = "[withheld by ntnguard]";

/// The size, in bytes, above which a value is scanned without the name of its field.
const SHORT: usize = 4 << 10;

impl Guard<'_> {
    /// Returns `value`, the output of `tool`, with the reported credentials masked; `None` if
    /// `value` has no credential to mask. Adds the credentials to `found`.
    pub(super) fn mask(
        &self,
        tool: &str,
        name: &str,
        value: &Value,
        found: &mut BTreeSet<BlockedLeak>,
    ) -> Option<Value> {
        match value {
            Value::String(text) => match fields_of_edit(tool, text) {
                Some(fields) => self
                    .mask_object(tool, &fields, found)
                    .map(|masked| Value::String(Value::Object(masked).to_string())),
                None => self.mask_text(name, text, found).map(Value::String),
            },
            Value::Array(values) => {
                let masked: Vec<_> = values
                    .iter()
                    .map(|value| self.mask(tool, name, value, found))
                    .collect();
                let each = masked.iter().zip(values);
                let each = each.map(|(masked, value)| masked.as_ref().unwrap_or(value).clone());
                masked
                    .iter()
                    .any(Option::is_some)
                    .then(|| Value::Array(each.collect()))
            }
            Value::Object(fields) => self.mask_object(tool, fields, found).map(Value::Object),
            _ => None,
        }
    }

    fn mask_object(
        &self,
        tool: &str,
        fields: &Map<String, Value>,
        found: &mut BTreeSet<BlockedLeak>,
    ) -> Option<Map<String, Value>> {
        let mut masked = None;
        // The model knows the content of its own edits already. All other output of tools is new to
        // the model, whatever the names of its fields are.
        let is_edit = tool::edits(tool);
        let is_private = tool::path(fields).is_some_and(|file| self.around.is_private(file));
        for (name, value) in fields {
            let is_known = is_private && tool::is_content(name)
                || tool::is_replaced(name, fields)
                || tool::is_before_edit(name);
            if is_edit && is_known {
                continue;
            }
            let new_name = self.mask_text("", name, found);
            let new_value = self.mask(tool, name, value, found);
            if new_name.is_none() && new_value.is_none() {
                continue;
            }
            let masked = masked.get_or_insert_with(|| fields.clone());
            masked.remove(name);
            let name = new_name.unwrap_or_else(|| name.clone());
            masked.insert(name, new_value.unwrap_or_else(|| value.clone()));
        }
        masked
    }

    fn mask_text(
        &self,
        name: &str,
        text: &str,
        found: &mut BTreeSet<BlockedLeak>,
    ) -> Option<String> {
        let is_short = text.len() <= SHORT && !text.contains('\n') && !name.is_empty();
        let before = if is_short {
            format!("{name}=")
        } else {
            String::new()
        };
        let mut bytes = [before.as_bytes(), text.as_bytes()].concat();
        for round in 0..=ROUNDS {
            let reported = self.reported(&Origin::Stdin, &bytes);
            if reported.is_empty() {
                let masked = String::from_utf8_lossy(&bytes[before.len()..]);
                return (round > 0).then(|| masked.into_owned());
            }
            found.extend(reported.iter().filter_map(caught));
            let secrets: HashSet<&Fingerprint> = reported
                .iter()
                .filter_map(|finding| finding.fingerprint())
                .collect();
            for found in self.scanner.matches(b"", &bytes) {
                if secrets.contains(&found.secret.fingerprint()) {
                    bytes[found.span].fill(b'*');
                }
            }
        }
        Some(WITHHELD.to_owned())
    }
}

/// Returns the fields of the result of an edit if the result is a string with a JSON object; `None`
/// for any other string.
fn fields_of_edit(tool: &str, text: &str) -> Option<Map<String, Value>> {
    let parsed = || serde_json::from_str(text).ok();
    tool::edits(tool).then(parsed).flatten()
}
