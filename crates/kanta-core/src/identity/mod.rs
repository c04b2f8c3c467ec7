//! Who and what is meant: object identifiers, organisations and their roles, people, documents.

mod arrangement;
mod client_identifier;
mod document_id;
mod identity_code;
mod nullable;
mod oid;
mod organisation;
mod person_name;
mod role;
mod temporary_id;

pub use arrangement::ServiceArrangement;
pub use client_identifier::{ClientIdentifier, ClientIdentity};
pub use document_id::{
    CaseId, ClientRelationId, Counter, DocumentOid, DocumentOidGenerator, VersionNumber,
};
pub use identity_code::{PersonalIdentityCode, Sex};
pub use nullable::{NullFlavor, NullableIdentifier};
pub use oid::{InstanceIdentifier, Oid};
pub use organisation::{
    BusinessId, Organisation, OrganisationOid, Professional, ProfessionalRegistrationNumber,
};
pub use person_name::PersonName;
pub use role::{OperatingUnit, RegisterKeeper, ServiceOrganiser, ServiceUnit};
pub use temporary_id::{TemporaryId, TemporaryIdGenerator};
