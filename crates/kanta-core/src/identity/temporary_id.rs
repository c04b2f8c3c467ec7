//! Temporary identifiers of clients, and how they are made.

use std::fmt;

use super::identity_code::IDENTITY_CODE_ROOT;
use crate::{Counter, InvalidValue, Oid, OrganisationOid};

/// A temporary identifier, in two parts: a root of the organisation and the identifier under it
/// (Finnish: tilapäinen yksilöintitunnus).
///
/// The archive refuses one that is not split so (Kela slides 2020, `[S]`). It may look like a personal identity code with
/// a wrong check character, so its form is not checked. `Debug` never shows the extension.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TemporaryId {
    root: Oid,
    extension: String,
}

impl TemporaryId {
    /// Makes a temporary identifier from its two parts.
    ///
    /// # Errors
    /// `KANTA-ID-TEMPORARY` when the root is that of personal identity codes, or the extension is empty or holds white
    /// space or control characters.
    pub fn new(root: Oid, extension: impl Into<String>) -> Result<Self, InvalidValue> {
        let extension = extension.into();
        let problem = if root == IDENTITY_CODE_ROOT {
            "the root is that of personal identity codes"
        } else if extension.is_empty() {
            "the extension is empty"
        } else if extension
            .chars()
            .any(|c| c.is_whitespace() || c.is_control())
        {
            "the extension holds white space or control characters"
        } else {
            return Ok(Self { root, extension });
        };
        Err(InvalidValue::new(
            "KANTA-ID-TEMPORARY",
            format!("not a temporary identifier: {problem}"),
            "give the organisation's OID as the root and the identifier as the extension",
        ))
    }

    /// Returns the root: an OID of the organisation.
    #[must_use]
    pub fn root(&self) -> &Oid {
        &self.root
    }

    /// Returns the identifier itself: personal data, for the message and nothing else.
    #[must_use]
    pub fn expose_extension(&self) -> &str {
        &self.extension
    }
}

impl fmt::Debug for TemporaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TemporaryId({}, …)", self.root)
    }
}

/// Makes temporary identifiers that are globally unique and never used twice (requirement YY11, Kela slides 2020, `[S]`).
///
/// Unique by construction: the root belongs to one organisation, and the extension is the next number of a [`Counter`],
/// which never repeats. Whoever shares a root shares the counter. The extension is a plain number on purpose: it cannot be
/// taken for a personal identity code, and it tells nothing about the client.
///
/// ```
/// use kanta_core::{Counter, OrganisationOid, TemporaryIdGenerator};
/// # struct InMemory(u64);
/// # impl Counter for InMemory {
/// #     type Error = std::convert::Infallible;
/// #     fn next(&mut self) -> Result<u64, Self::Error> { self.0 += 1; Ok(self.0) }
/// # }
/// let county = OrganisationOid::parse("1.2.246.10.99999999.10.0")?;
/// // A durable counter is in kanta-client; this one forgets.
/// let mut generator = TemporaryIdGenerator::for_organisation(&county, 2026, InMemory(0));
/// let id = generator.next()?;
/// assert_eq!(id.root().as_str(), "1.2.246.10.99999999.22.2026");
/// assert_eq!(id.expose_extension(), "1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TemporaryIdGenerator<C> {
    root: Oid,
    counter: C,
}

impl<C: Counter> TemporaryIdGenerator<C> {
    /// Makes a generator whose root is the organisation's node 22 and the year, as the one real identifier has it
    /// (test messages, `[S]`).
    ///
    /// The counter goes on when the year changes: it need not begin anew.
    pub fn for_organisation(organisation: &OrganisationOid, year: u16, counter: C) -> Self {
        Self {
            root: organisation.root().child(22).child(year.into()),
            counter,
        }
    }

    /// Makes a generator with a root of the organisation's own choice.
    ///
    /// # Errors
    /// `KANTA-ID-ORGANISATION` when the root is not below 1.2.246.10: the archive wants an organisation's (Kela slides 2020).
    pub fn with_root(root: Oid, counter: C) -> Result<Self, InvalidValue> {
        let root = OrganisationOid::new(root)?.as_oid().clone();
        Ok(Self { root, counter })
    }

    /// Makes the next identifier.
    ///
    /// # Errors
    /// What the counter says; then no identifier was made.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<TemporaryId, C::Error> {
        Ok(TemporaryId {
            root: self.root.clone(),
            extension: self.counter.next()?.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PersonalIdentityCode;

    #[test]
    fn a_temporary_identifier_has_two_parts() {
        let root = Oid::parse("1.2.246.10.99999999.22.2026").unwrap();
        let temporary = TemporaryId::new(root.clone(), "010111A998W").unwrap();
        assert!(!format!("{temporary:?}").contains("998"));
        for (root, extension) in [
            (PersonalIdentityCode::root(), "010111A998W"),
            (root.clone(), ""),
            (root, "01 0111"),
        ] {
            assert!(TemporaryId::new(root, extension).is_err());
        }
    }

    struct InMemory(u64);

    impl Counter for InMemory {
        type Error = std::convert::Infallible;

        fn next(&mut self) -> Result<u64, Self::Error> {
            self.0 += 1;
            Ok(self.0)
        }
    }

    #[test]
    fn made_identifiers_differ_and_are_no_identity_codes() {
        let county = OrganisationOid::parse("1.2.246.10.99999999.10.40").unwrap();
        let mut generator = TemporaryIdGenerator::for_organisation(&county, 2026, InMemory(0));
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1000 {
            let id = generator.next().unwrap();
            assert!(PersonalIdentityCode::parse(id.expose_extension()).is_err());
            assert!(seen.insert(id));
        }
    }

    #[test]
    fn the_root_is_an_organisations() {
        for (root, good) in [
            ("1.2.246.10.99999999.22.2026", true),
            ("1.2.246.21", false),
            ("2.999", false),
        ] {
            let root = Oid::parse(root).unwrap();
            assert_eq!(
                TemporaryIdGenerator::with_root(root, InMemory(0)).is_ok(),
                good
            );
        }
    }
}
