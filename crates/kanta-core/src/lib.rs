//! The vocabulary of Finnish social care for the archive of client data (Sosiaalihuollon asiakastietovaranto): identifiers,
//! codes, time, metadata, findings and the spec bundle.
//!
//! The crate does no input or output, reads no clock and makes no random numbers; it knows neither XML nor the contents
//! of documents. Every value is made by a checked constructor, so what exists is well formed; personal data
//! (identity codes, names) never appear in `Debug` or in errors, and the methods that hand them out are called `expose…`.

pub mod access;
pub mod audit;
pub mod codes;
pub mod metadata;
pub mod registry;
pub mod relation;
pub mod right;
pub mod spec;
pub mod will;

mod code;
mod finding;
mod identity;
mod invalid;
mod retry;
mod time;

pub use code::CodedValue;
pub use finding::{Finding, Mark, Report, Rule, Severity};
pub use identity::{
    BusinessId, CaseId, ClientIdentifier, ClientIdentity, ClientRelationId, Counter, DocumentOid,
    DocumentOidGenerator, InstanceIdentifier, NullFlavor, NullableIdentifier, Oid, OperatingUnit,
    Organisation, OrganisationOid, PersonName, PersonalIdentityCode, Professional,
    ProfessionalRegistrationNumber, RegisterKeeper, ServiceOrganiser, ServiceUnit, Sex,
    TemporaryId, TemporaryIdGenerator, VersionNumber,
};
pub use invalid::InvalidValue;
pub use retry::Retry;
pub use time::{Date, Instant, Precision, TimeStamp};
