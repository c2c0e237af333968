//! What a token may do, found out by requests that can do nothing.

use super::{Notion, UnknownReason};
use crate::model::access::Capability;
use crate::model::liveness::AnswerTrace;
use crate::model::secret::Secret;

/// Whether a token may do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// It may.
    Has,
    /// It may not.
    HasNot,
    /// Nothing is known, and why.
    Unknown(UnknownReason),
}

/// What a token may do with what is shared with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// What it may.
    pub has: Vec<Capability>,
    /// What it may not.
    pub has_not: Vec<Capability>,
    /// What is not known.
    pub unknown: Vec<Capability>,
    /// Why that is not known.
    pub fault: Option<(UnknownReason, AnswerTrace)>,
}

impl Capabilities {
    /// Asks about one after the other. An answer that says neither ends it: what is not understood
    /// is not asked for again.
    pub fn ask(notion: &mut Notion, token: &Secret) -> Self {
        let mut found = Capabilities::default();
        for capability in Capability::ALL {
            if found.fault.is_some() {
                found.unknown.push(capability);
                continue;
            }
            let verified = notion.probe(token, capability);
            match verified.result {
                Probed::Has => found.has.push(capability),
                Probed::HasNot => found.has_not.push(capability),
                Probed::Unknown(reason) => {
                    found.unknown.push(capability);
                    found.fault = Some((reason, verified.trace));
                }
            }
        }
        found
    }

    /// Returns true if it is known that the token may do something.
    pub fn may(&self, capability: Capability) -> bool {
        self.has.contains(&capability)
    }
}
