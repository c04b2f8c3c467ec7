//! Who asks, for whom, and in which register.

use kanta_core::{Oid, Organisation, OrganisationOid, PersonName, PersonalIdentityCode};

/// Everything about a request that is not about the document (Finnish: pyynnön konteksti).
///
/// The sender need not be the organisation that acts: a provider may use another's system.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The organisation that has joined Kanta and whose system sends (Finnish: liittyjä).
    pub sender: OrganisationOid,
    /// The root of message identifiers: usually the operator's OID, neither the sender's nor the register keeper's.
    pub message_root: Oid,
    /// The person at work.
    pub user: User,
    /// Whose register the request is about.
    pub scope: Scope,
}

/// The person who asks (Finnish: käyttäjä).
#[derive(Debug, Clone)]
pub struct User {
    /// The personal identity code; the frames seen carry it.
    pub identity: PersonalIdentityCode,
    /// The name.
    pub name: PersonName,
    /// The unit or organisation where the person works.
    pub organisation: Organisation,
}

/// Whose register a request is about; it decides the use-situation codes of the message (Finnish: käyttötilanne).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Scope {
    /// The organiser's own register.
    #[default]
    OwnRegister,
}
