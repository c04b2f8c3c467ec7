//! The vocabulary of Finnish social care for the archive of client data (Sosiaalihuollon asiakastietovaranto): who keeps the
//! register, who acts for whom and when, what a client has allowed, who may see what; identifiers, codes, metadata, findings
//! and the spec bundle.
//!
//! The crate does no input or output, reads no clock and makes no random numbers; it knows neither XML nor the contents
//! of documents. Every value is made by a checked constructor, so what exists is well formed; personal data
//! (identity codes, names) never appear in `Debug` or in errors, and the methods that hand them out are called `expose…`.
//!
//! # Where to look
//! | question | Finnish | here |
//! | --- | --- | --- |
//! | Is this identity code, business id or OID one? | henkilötunnus, Y-tunnus, OID | [`PersonalIdentityCode`], [`BusinessId`], [`Oid`] |
//! | A client has no identity code: what now? | tilapäinen yksilöintitunnus | [`TemporaryIdGenerator`], [`ClientIdentity`] |
//! | Whose register, whose unit? | rekisterinpitäjä, palveluyksikkö | [`ServiceArrangement`], [`RegisterKeeper`], [`ServiceUnit`], [`registry`] |
//! | Is this code in the national list? | koodisto | [`registry::CodeRegistry`], [`codes`] |
//! | How do I open, change and end a client relation or a case? | asiakkuus, asia, yhteinen asia | [`relation`] |
//! | How does a producer archive into a county's register? | rekisterinkäyttöoikeus | [`right`], which lists the objects |
//! | May this be disclosed to another register keeper? | luovutuslupa, luovutuskielto | [`will`] |
//! | May this worker see this document? Is a card needed? | käyttöoikeus, varmennekortti | [`access`] |
//! | What is logged? | käyttöloki | [`audit`] |
//! | What does a document's header say? | metatiedot | [`metadata`] |
//! | What is wrong, and by which source? | havainto | [`Finding`], [`Report`], [`Rule`] |
//! | Which values are known well enough to be sent? | määritykset | [`spec`] |
//!
//! Sources are named in the documentation of each type, by the short names of `docs/sources.md`. A mark says how sure a fact is: `[S]` stated in a source that was read,
//! `[V]` verified by running, `[I]` inferred. What is inferred is at most a warning, or can be chosen by the caller.

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
mod reason;
mod retry;
mod time;

pub use code::CodedValue;
pub use finding::{Finding, Mark, Report, Rule, Severity};
pub use identity::{
    BusinessId, CaseId, ClientIdentifier, ClientIdentity, ClientRelationId, Counter, DocumentOid,
    DocumentOidGenerator, InstanceIdentifier, NullFlavor, NullableIdentifier, Oid, OperatingUnit,
    Organisation, OrganisationOid, PersonName, PersonalIdentityCode, Professional,
    ProfessionalRegistrationNumber, RegisterKeeper, ServiceArrangement, ServiceOrganiser,
    ServiceUnit, Sex, TemporaryId, TemporaryIdGenerator, VersionNumber,
};
pub use invalid::InvalidValue;
pub use reason::Reason;
pub use retry::Retry;
pub use time::{Date, Instant, Precision, TimeStamp};
