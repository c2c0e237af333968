//! A variable whose name makes build tools put it into public bundles.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The prefixes of variables that build tools copy into the code that browsers load: Next.js, Vite,
/// Create React App, Expo, Nuxt, Gatsby, SvelteKit, Astro and Vue.
pub const PREFIXES: [&str; 9] = [
    "NEXT_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "EXPO_PUBLIC_",
    "NUXT_PUBLIC_",
    "NUXT_ENV_",
    "GATSBY_",
    "PUBLIC_",
    "VUE_APP_",
];

/// The rule, which `ntnguard env` and `ntnguard ci` check in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-public-prefix",
    title: "Notion credential in a variable that is shipped to browsers",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Rename the variable so that it has no public prefix, read it only on the server, and rotate the token if any build contained it.",
    variable: "",
    page: include_str!("../../docs/rules/env-public-prefix.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
