//! Who expresses a will, and who writes it down.

use std::fmt;

use crate::codes::RelationRole;
use crate::{InvalidValue, PersonName, PersonalIdentityCode, ServiceUnit, TemporaryId};

/// The client of a permission or a ban. Has a personal identity code: a client with only a temporary identifier can have
/// neither (Sosmeta 1505.8 and 1505.9, `[S]`). `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct WillClient {
    /// The personal identity code.
    pub identity_code: PersonalIdentityCode,
    /// The name.
    pub name: PersonName,
}

/// Who expressed the will.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Giver {
    /// The client.
    #[default]
    Client,
    /// Legal representatives in the client's place (Finnish: laillinen edustaja); none when the document names none.
    Representatives(Vec<Representative>),
}

/// A legal representative of the client (Finnish: laillinen edustaja). `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Representative {
    /// The name.
    pub name: PersonName,
    /// The identifier: one of the three kinds is mandatory (Sosmeta 1505.8 and 1505.9, `[S]`).
    pub identifier: RepresentativeIdentifier,
    /// In which role.
    pub role: RepresentativeRole,
}

/// The identifier of a legal representative. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub enum RepresentativeIdentifier {
    /// A personal identity code.
    IdentityCode(PersonalIdentityCode),
    /// A temporary identifier.
    Temporary(TemporaryId),
    /// A trustee's identifier, free text (Finnish: edunvalvojan tunniste).
    Trustee(String),
}

/// The role of a legal representative: guardian, trustee, holder of a continuing power of attorney or authorised person, 31
/// to 34 of 1.2.246.537.6.1284 (Sosmeta 1505.8 and 1505.9, `[S]`).
///
/// ```
/// use kanta_core::codes::RelationRole;
/// use kanta_core::will::RepresentativeRole;
///
/// assert!(RepresentativeRole::try_from(RelationRole::GUARDIAN).is_ok());
/// assert!(RepresentativeRole::try_from(RelationRole::PARENT).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepresentativeRole(RelationRole);

/// Where the document was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Maker {
    /// In OmaKanta, by the client or the representative.
    OmaKanta,
    /// In a client information system; then the one who wrote it down is named (Sosmeta 1505.8 and 1505.9, `[S]`).
    ClientSystem(WillRecorder),
}

/// The professional who wrote a will down (Finnish: laatija).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WillRecorder {
    /// The name.
    pub name: PersonName,
    /// The job title (Finnish: tehtävänimike).
    pub job_title: Option<String>,
    /// The service unit.
    pub unit: Option<ServiceUnit>,
}

impl RepresentativeRole {
    /// Returns the role among those in a client relation.
    #[must_use]
    pub fn as_role(&self) -> &RelationRole {
        &self.0
    }

    /// Returns whether it is the guardian of a child.
    #[must_use]
    pub fn is_guardian(&self) -> bool {
        self.0.as_ref().code() == RelationRole::GUARDIAN.as_ref().code()
    }
}

impl TryFrom<RelationRole> for RepresentativeRole {
    type Error = InvalidValue;

    fn try_from(role: RelationRole) -> Result<Self, Self::Error> {
        if ["31", "32", "33", "34"].contains(&role.as_ref().code()) {
            Ok(Self(role))
        } else {
            Err(InvalidValue::new(
                "KANTA-WILL-ROLE",
                "not the role of a legal representative",
                "give 31 guardian, 32 trustee, 33 continuing power of attorney or 34 authorised person",
            ))
        }
    }
}

impl fmt::Debug for WillClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WillClient(…)")
    }
}

impl fmt::Debug for Representative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Representative")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RepresentativeIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RepresentativeIdentifier(…)")
    }
}
