//! Identifiers of clients.

use super::identity_code::IDENTITY_CODE_ROOT;
use crate::{InstanceIdentifier, InvalidValue, PersonalIdentityCode, TemporaryId};

/// The identifier of a client (Finnish: asiakkaan yksilöintitunnus).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientIdentifier {
    /// A personal identity code.
    PersonalIdentityCode(PersonalIdentityCode),
    /// A temporary identifier.
    Temporary(TemporaryId),
    /// Something that was read and is neither: kept as it is, refused when a document is checked.
    Unrecognised(InstanceIdentifier),
}

impl ClientIdentifier {
    /// Reads the identifier that a message carries as root and extension; never fails.
    #[must_use]
    pub fn from_message(identifier: InstanceIdentifier) -> Self {
        let Some(extension) = &identifier.extension else {
            return Self::Unrecognised(identifier);
        };
        if identifier.root == IDENTITY_CODE_ROOT {
            match PersonalIdentityCode::parse(extension) {
                Ok(code) => Self::PersonalIdentityCode(code),
                Err(_) => Self::Unrecognised(identifier),
            }
        } else {
            match TemporaryId::new(identifier.root.clone(), extension.clone()) {
                Ok(temporary) => Self::Temporary(temporary),
                Err(_) => Self::Unrecognised(identifier),
            }
        }
    }

    /// Returns root and extension as a message carries them: personal data.
    #[must_use]
    pub fn expose(&self) -> InstanceIdentifier {
        match self {
            Self::PersonalIdentityCode(code) => InstanceIdentifier {
                root: IDENTITY_CODE_ROOT,
                extension: Some(code.expose().to_owned()),
            },
            Self::Temporary(temporary) => InstanceIdentifier {
                root: temporary.root().clone(),
                extension: Some(temporary.expose_extension().to_owned()),
            },
            Self::Unrecognised(identifier) => identifier.clone(),
        }
    }

    /// Returns whether the identifier is a personal identity code that a real person can have.
    #[must_use]
    pub fn can_be_a_real_person(&self) -> bool {
        match self {
            Self::PersonalIdentityCode(code) => !code.is_artificial(),
            Self::Temporary(_) => false,
            // An unreadable code under the root of identity codes may be a real one with a typing error.
            Self::Unrecognised(identifier) => identifier.root == IDENTITY_CODE_ROOT,
        }
    }
}

/// What identifies one client in a register: a personal identity code, a temporary identifier, or both
/// (Finnish: asiakkaan yksilöinti).
///
/// Both are there when a client got an identity code after the relation had begun (test messages, `[S]`);
/// the archive lets a new version of a document name the code instead of the temporary identifier (Kela slides 2020, `[S]`).
///
/// ```
/// use kanta_core::{ClientIdentity, Oid, PersonalIdentityCode, TemporaryId};
///
/// let root = Oid::parse("1.2.246.10.99999999.22.2026")?;
/// let newborn = ClientIdentity::temporary(TemporaryId::new(root, "17")?);
/// assert!(newborn.identity_code().is_none());
///
/// let named = newborn.with_identity_code(PersonalIdentityCode::parse("150312A903A")?);
/// assert_eq!(named.is_same_client(&newborn), Some(true));
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientIdentity {
    identity_code: Option<PersonalIdentityCode>,
    temporary_id: Option<TemporaryId>,
}

impl ClientIdentity {
    /// Makes an identity of what a document holds.
    ///
    /// # Errors
    /// `KANTA-ID-CLIENT` when there is neither: one of the two is mandatory in every structure (Sosmeta, `[S]`).
    pub fn new(
        identity_code: Option<PersonalIdentityCode>,
        temporary_id: Option<TemporaryId>,
    ) -> Result<Self, InvalidValue> {
        if identity_code.is_none() && temporary_id.is_none() {
            return Err(InvalidValue::new(
                "KANTA-ID-CLIENT",
                "the client has neither a personal identity code nor a temporary identifier",
                "give the identity code, or make a temporary identifier for the client",
            ));
        }
        Ok(Self {
            identity_code,
            temporary_id,
        })
    }

    /// Makes the identity of a client who has a personal identity code.
    #[must_use]
    pub fn official(identity_code: PersonalIdentityCode) -> Self {
        Self {
            identity_code: Some(identity_code),
            temporary_id: None,
        }
    }

    /// Makes the identity of a client who has none yet.
    #[must_use]
    pub fn temporary(temporary_id: TemporaryId) -> Self {
        Self {
            identity_code: None,
            temporary_id: Some(temporary_id),
        }
    }

    /// Makes the identity of the one identifier in a document's header; `None` when it was not recognised.
    #[must_use]
    pub fn of(identifier: &ClientIdentifier) -> Option<Self> {
        match identifier {
            ClientIdentifier::PersonalIdentityCode(code) => Some(Self::official(code.clone())),
            ClientIdentifier::Temporary(temporary) => Some(Self::temporary(temporary.clone())),
            ClientIdentifier::Unrecognised(_) => None,
        }
    }

    /// Returns the identity with this personal identity code; a temporary identifier stays beside it.
    #[must_use]
    pub fn with_identity_code(&self, identity_code: PersonalIdentityCode) -> Self {
        Self {
            identity_code: Some(identity_code),
            temporary_id: self.temporary_id.clone(),
        }
    }

    /// Returns the personal identity code.
    #[must_use]
    pub fn identity_code(&self) -> Option<&PersonalIdentityCode> {
        self.identity_code.as_ref()
    }

    /// Returns the temporary identifier.
    #[must_use]
    pub fn temporary_id(&self) -> Option<&TemporaryId> {
        self.temporary_id.as_ref()
    }

    /// Returns the one identifier for the header of a document: the identity code when there is one.
    #[must_use]
    pub fn identifier(&self) -> ClientIdentifier {
        match (&self.identity_code, &self.temporary_id) {
            (Some(code), _) => ClientIdentifier::PersonalIdentityCode(code.clone()),
            (None, Some(temporary)) => ClientIdentifier::Temporary(temporary.clone()),
            (None, None) => unreachable!("every constructor demands one of the two"),
        }
    }

    /// Returns whether both identify the same client; `None` when they have no kind of identifier in common.
    #[must_use]
    pub fn is_same_client(&self, other: &Self) -> Option<bool> {
        if let (Some(ours), Some(theirs)) = (&self.temporary_id, &other.temporary_id)
            && ours == theirs
        {
            return Some(true);
        }
        // Two temporary identifiers may have been given to one person; two identity codes say that they were not one.
        match (&self.identity_code, &other.identity_code) {
            (Some(ours), Some(theirs)) => Some(ours == theirs),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_kept() {
        let wrong = InstanceIdentifier {
            root: PersonalIdentityCode::root(),
            extension: Some("150312A903B".into()),
        };
        let identifier = ClientIdentifier::from_message(wrong.clone());
        assert_eq!(identifier.expose(), wrong);
        assert!(identifier.can_be_a_real_person());
    }

    fn temporary(extension: &str) -> TemporaryId {
        let root = crate::Oid::parse("1.2.246.10.99999999.22.2026").unwrap();
        TemporaryId::new(root, extension).unwrap()
    }

    fn code(text: &str) -> PersonalIdentityCode {
        PersonalIdentityCode::parse(text).unwrap()
    }

    #[test]
    fn a_client_has_one_of_the_two_at_least() {
        assert_eq!(
            ClientIdentity::new(None, None).unwrap_err().code(),
            "KANTA-ID-CLIENT"
        );
        let both =
            ClientIdentity::temporary(temporary("1")).with_identity_code(code("150312A903A"));
        assert!(matches!(
            both.identifier(),
            ClientIdentifier::PersonalIdentityCode(_)
        ));
        assert!(both.temporary_id().is_some());
    }

    #[test]
    fn clients_are_compared_by_what_they_have_in_common() {
        let first = ClientIdentity::temporary(temporary("1"));
        let second = ClientIdentity::temporary(temporary("2"));
        let aino = ClientIdentity::official(code("150312A903A"));
        let onni = ClientIdentity::official(code("170281-935M"));
        let aino_with_first = first.with_identity_code(code("150312A903A"));
        for (left, right, same) in [
            (&first, &first, Some(true)),
            (&first, &second, None),
            (&first, &aino, None),
            (&aino, &onni, Some(false)),
            (&aino_with_first, &first, Some(true)),
            (&aino_with_first, &aino, Some(true)),
            (&aino_with_first, &second, None),
        ] {
            assert_eq!(left.is_same_client(right), same);
            assert_eq!(right.is_same_client(left), same);
        }
    }
}
