//! Identifiers that say why they are missing.

use std::fmt;

use crate::{InstanceIdentifier, Oid};

/// Why a value is missing, as HL7's attribute `nullFlavor` says it.
///
/// Only `NA` was seen in social-care messages (test messages, `[S]`); every other word is kept as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NullFlavor {
    /// Not applicable (`NA`).
    NotApplicable,
    /// Another word.
    Other(String),
}

impl NullFlavor {
    /// Reads the attribute; never fails.
    #[must_use]
    pub fn read(word: &str) -> Self {
        match word {
            "NA" => Self::NotApplicable,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Returns the word that the attribute holds.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::NotApplicable => "NA",
            Self::Other(word) => word,
        }
    }
}

/// An identifier of HL7's type `II` as a message can carry it: root, extension and null flavour, each there or not.
///
/// A null flavour does not make the root void: the real case id has `nullFlavor="NA"` and a root (test messages, `[S]`), so
/// [`NullableIdentifier::identifier`] reads the root whenever there is one. `Debug` hides the extension.
///
/// ```
/// use kanta_core::{NullFlavor, NullableIdentifier, Oid};
///
/// let case = NullableIdentifier {
///     root: Some(Oid::parse("1.2.246.10.99999999.95.2026.1.646")?),
///     extension: None,
///     null_flavor: Some(NullFlavor::NotApplicable),
/// };
/// assert!(case.identifier().is_some());
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct NullableIdentifier {
    /// The identifier of the name space.
    pub root: Option<Oid>,
    /// The identifier inside it.
    pub extension: Option<String>,
    /// Why it is missing.
    pub null_flavor: Option<NullFlavor>,
}

impl NullableIdentifier {
    /// Returns the identifier, when there is a root.
    #[must_use]
    pub fn identifier(&self) -> Option<InstanceIdentifier> {
        Some(InstanceIdentifier {
            root: self.root.clone()?,
            extension: self.extension.clone(),
        })
    }
}

impl From<InstanceIdentifier> for NullableIdentifier {
    fn from(identifier: InstanceIdentifier) -> Self {
        Self {
            root: Some(identifier.root),
            extension: identifier.extension,
            null_flavor: None,
        }
    }
}

impl fmt::Debug for NullableIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NullableIdentifier")
            .field("root", &self.root)
            .field("null_flavor", &self.null_flavor)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_flavour_does_not_hide_the_root() {
        let root = Oid::parse("2.999.1").unwrap();
        for (has_root, flavour) in [(true, true), (true, false), (false, true), (false, false)] {
            let read = NullableIdentifier {
                root: has_root.then(|| root.clone()),
                extension: Some("150312A903A".into()),
                null_flavor: flavour.then(|| NullFlavor::read("NA")),
            };
            assert_eq!(read.identifier().is_some(), has_root);
            assert!(!format!("{read:?}").contains("1503"));
        }
    }

    #[test]
    fn every_word_is_kept() {
        for word in ["NA", "UNK", "omaa"] {
            assert_eq!(NullFlavor::read(word).as_str(), word);
        }
    }
}
