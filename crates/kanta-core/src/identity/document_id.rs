//! Identifiers of documents, cases and client relations, and how document identifiers are made.

use std::fmt;
use std::num::NonZeroU32;

use crate::{InvalidValue, Oid};

macro_rules! oid_newtype {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(Oid);

        impl $name {
            /// Parses the dotted form.
            ///
            /// # Errors
            /// `KANTA-ID-OID` when the text is not an object identifier.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                Oid::parse(text).map(Self)
            }

            /// Takes an identifier that is already checked.
            #[must_use]
            pub fn new(oid: Oid) -> Self {
                Self(oid)
            }

            /// Returns the identifier.
            #[must_use]
            pub fn as_oid(&self) -> &Oid {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

oid_newtype! {
    /// The identifier of one version of a document (Finnish: asiakirjan yksilöintitunnus).
    DocumentOid
}

oid_newtype! {
    /// The identifier of a case (Finnish: asiatunnus).
    CaseId
}

oid_newtype! {
    /// The identifier of a client relation (Finnish: asiakkuuden yksilöintitunnus).
    ClientRelationId
}

impl DocumentOid {
    /// Returns the `ID` of the body element that belongs to this document: `OID` and the identifier (`[S]`).
    #[must_use]
    pub fn body_anchor(&self) -> String {
        ["OID", self.0.as_str()].concat()
    }
}

/// The number of a version in a document's chain, from 1 (Finnish: versionumero).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionNumber(NonZeroU32);

impl VersionNumber {
    /// The first version.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// Makes a version number.
    ///
    /// # Errors
    /// `KANTA-ID-VERSION` for zero.
    pub fn new(number: u32) -> Result<Self, InvalidValue> {
        NonZeroU32::new(number).map(Self).ok_or_else(|| {
            InvalidValue::new(
                "KANTA-ID-VERSION",
                "a version number is 1 or more",
                "number the first version 1",
            )
        })
    }

    /// Returns the number of the version after this one.
    ///
    /// # Errors
    /// `KANTA-ID-VERSION` after 4 294 967 295 versions.
    pub fn next(self) -> Result<Self, InvalidValue> {
        self.0.checked_add(1).map(Self).ok_or_else(|| {
            InvalidValue::new(
                "KANTA-ID-VERSION",
                "there is no larger version number",
                "begin a new document",
            )
        })
    }

    /// Returns the number.
    #[must_use]
    pub fn as_u32(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A source of numbers that are never handed out twice (Finnish: juokseva numero).
///
/// Whoever implements it keeps the promise over restarts and between processes: a number that may have been used is lost,
/// never repeated.
pub trait Counter {
    /// What can go wrong when the next number is taken.
    type Error;

    /// Takes the next number.
    ///
    /// # Errors
    /// When the number cannot be made durable; then no number was handed out.
    fn next(&mut self) -> Result<u64, Self::Error>;
}

/// Makes document identifiers: a prefix of the organisation, given by the caller, and the next number of a counter.
///
/// The arcs below the business id are the organisation's own choice (test messages, `[S]`), so the prefix is never guessed.
///
/// ```
/// use kanta_core::{Counter, DocumentOidGenerator, Oid};
///
/// struct InMemory(u64);
/// impl Counter for InMemory {
///     type Error = std::convert::Infallible;
///     fn next(&mut self) -> Result<u64, Self::Error> {
///         self.0 += 1;
///         Ok(self.0)
///     }
/// }
///
/// let prefix = Oid::parse("1.2.246.10.99999999.11.2026")?;
/// let mut generator = DocumentOidGenerator::new(prefix, InMemory(41));
/// assert_eq!(generator.next()?.to_string(), "1.2.246.10.99999999.11.2026.42");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DocumentOidGenerator<C> {
    prefix: Oid,
    counter: C,
}

impl<C: Counter> DocumentOidGenerator<C> {
    /// Makes a generator from the organisation's prefix and a counter.
    pub fn new(prefix: Oid, counter: C) -> Self {
        Self { prefix, counter }
    }

    /// Makes the next identifier. Keep it with the draft before anything is sent.
    ///
    /// # Errors
    /// What the counter says.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<DocumentOid, C::Error> {
        Ok(DocumentOid(self.prefix.child(self.counter.next()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_anchor_is_the_oid_with_its_prefix() {
        let id = DocumentOid::parse("1.2.246.10.99999999.11.1").unwrap();
        assert_eq!(id.body_anchor(), "OID1.2.246.10.99999999.11.1");
    }

    #[test]
    fn versions_begin_with_one() {
        assert_eq!(
            VersionNumber::new(0).unwrap_err().code(),
            "KANTA-ID-VERSION"
        );
        assert_eq!(VersionNumber::new(1).unwrap(), VersionNumber::FIRST);
    }

    #[test]
    fn a_counter_that_fails_gives_no_identifier() {
        struct Broken;
        impl Counter for Broken {
            type Error = &'static str;
            fn next(&mut self) -> Result<u64, Self::Error> {
                Err("disk full")
            }
        }
        let mut generator = DocumentOidGenerator::new(Oid::parse("2.999").unwrap(), Broken);
        assert_eq!(generator.next().unwrap_err(), "disk full");
    }
}
