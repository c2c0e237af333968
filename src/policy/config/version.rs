//! The oldest release of ntnguard that may run with a configuration.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A release of ntnguard: its major, minor and patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u64; 3]);

impl Version {
    /// Returns the release that is running. A release candidate counts as the release itself.
    pub fn current() -> Self {
        let numbers = env!("CARGO_PKG_VERSION").split('-').next();
        let version = numbers.and_then(|numbers| numbers.parse().ok());
        version.unwrap_or(Version([0; 3]))
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = [0; 3];
        let mut parts = text.split('.');
        for number in &mut numbers {
            let part = parts.next().ok_or(())?;
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            *number = part.parse().ok().filter(|_| is_number).ok_or(())?;
        }
        parts.next().is_none().then_some(Version(numbers)).ok_or(())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct VersionVisitor;
        impl Visitor<'_> for VersionVisitor {
            type Value = Version;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version of three numbers such as 0.3.0")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Version, E> {
                text.parse().map_err(|()| {
                    let text: String = text.chars().take(40).collect();
                    E::custom(format_args!(
                        "`{text}` is not a version; write three numbers such as 0.3.0"
                    ))
                })
            }
        }
        from.deserialize_any(VersionVisitor)
    }
}

/// Returns the version that a configuration demands; `None` if it demands no version or an invalid
/// one. All other keys are ignored: a newer configuration may have keys that this release does not
/// know.
pub fn demanded(text: &str) -> Option<Version> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Demand {
        min_version: Option<Version>,
    }
    let may_demand = text.contains("min-version");
    let demand: Demand = may_demand.then(|| serde_yaml::from_str(text).ok())??;
    demand.min_version
}

#[cfg(test)]
mod tests {
    use super::{Version, demanded};

    #[test]
    fn versions_are_ordered_by_number() {
        let version = |text: &str| text.parse::<Version>();
        assert!(version("0.10.0") > version("0.9.12"));
        assert!(version("1.0.0") > version("0.99.99"));
        for wrong in [
            "",
            "1",
            "0.3",
            "0.3.0.1",
            "+1.0.0",
            "0.3.0-rc.1",
            "a.b.c",
            "0..1",
        ] {
            assert!(version(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Version::current().to_string(), env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn min_version_is_read_despite_unknown_keys() {
        let text = "version: 7\nfuture: [x]\nmin-version: 9.1.0\n";
        assert_eq!(demanded(text), "9.1.0".parse().ok());
        for none in [
            "version: 1\n",
            "# min-version: 9.1.0\n",
            "min-version: 9.1\n",
            "min-version: [",
        ] {
            assert_eq!(demanded(none), None, "{none}");
        }
    }
}
