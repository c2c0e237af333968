//! What a tool returned, with the credentials in it masked, in the tool's own shape.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::guard::{Caught, Guard, caught};
use super::tool;
use crate::model::blob::Origin;
use crate::model::secret::Fingerprint;

/// How often a text is looked at: under a mask nothing is found again, unless one secret hid another.
const ROUNDS: usize = 4;

/// What stands for a text in which there is something that no mask hides.
const WITHHELD: &str = "[withheld by ntnguard]";

/// A value with more than this is looked at without the name of its field.
const SHORT: usize = 4 << 10;

impl Guard<'_> {
    /// `value` with what counts masked in all its texts; `None` where nothing does.
    pub(super) fn mask(
        &self,
        name: &str,
        value: &Value,
        found: &mut BTreeSet<Caught>,
    ) -> Option<Value> {
        match value {
            Value::String(text) => self.mask_text(name, text, found).map(Value::String),
            Value::Array(values) => {
                let masked: Vec<_> = values
                    .iter()
                    .map(|value| self.mask(name, value, found))
                    .collect();
                let each = masked.iter().zip(values);
                let each = each.map(|(masked, value)| masked.as_ref().unwrap_or(value).clone());
                masked
                    .iter()
                    .any(Option::is_some)
                    .then(|| Value::Array(each.collect()))
            }
            Value::Object(fields) => self.mask_object(fields, found).map(Value::Object),
            _ => None,
        }
    }

    fn mask_object(
        &self,
        fields: &Map<String, Value>,
        found: &mut BTreeSet<Caught>,
    ) -> Option<Map<String, Value>> {
        let mut masked = None;
        for (name, value) in fields {
            if tool::is_replaced(name, fields) {
                continue;
            }
            let new_name = self.mask_text("", name, found);
            let new_value = self.mask(name, value, found);
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

    fn mask_text(&self, name: &str, text: &str, found: &mut BTreeSet<Caught>) -> Option<String> {
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
