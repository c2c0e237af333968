//! The capabilities of a token, found out by requests that can change nothing.

use super::{Notion, UnknownReason};
use crate::model::access::Capability;
use crate::model::liveness::AnswerTrace;
use crate::model::secret::Secret;

/// The answer to a probe: a request that shows if a token has one capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// The token has the capability.
    Has,
    /// The token does not have the capability.
    HasNot,
    /// The result is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The capabilities of a token for the objects that are shared with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Capabilities that the token has.
    pub has: Vec<Capability>,
    /// Capabilities that the token does not have.
    pub has_not: Vec<Capability>,
    /// Capabilities for which the probe had no result.
    pub unknown: Vec<Capability>,
    /// The reason why capabilities are in `unknown`; `None` if `unknown` is empty.
    pub fault: Option<(UnknownReason, AnswerTrace)>,
}

impl Capabilities {
    /// Probes one capability after the other. The first answer that is not understood ends the
    /// probe, and the remaining capabilities are unknown.
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

    /// Returns true if the token is known to have a capability.
    pub fn may(&self, capability: Capability) -> bool {
        self.has.contains(&capability)
    }
}
