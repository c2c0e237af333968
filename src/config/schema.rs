//! The shape of `.ntnguard.yaml` as written. Parsed here, checked in the parent; only the checked type travels.

use serde::Deserialize;

use crate::rule::Confidence;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    pub version: u32,
    pub min_confidence: Option<Confidence>,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub env: Env,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    pub max_file_size: Option<String>,
    pub archive_depth: Option<usize>,
    pub decode_depth: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Env {
    #[serde(default)]
    pub committed: Vec<Committed>,
    #[serde(default)]
    pub require: Vec<String>,
    #[serde(default)]
    pub names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Committed {
    pub path: String,
    pub reason: String,
}
