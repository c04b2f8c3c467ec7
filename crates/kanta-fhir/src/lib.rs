//! Disclosure notices (luovutusilmoitus) of Finnish social care over FHIR R4: what was disclosed past Kanta is told to the
//! log-register preservation service.
//!
//! ```text
//! DisclosureNotice ──► NoticeBatch ──to_bundle──► Bundle ──sign──► SignedNotices ──► request … answer ──► Stored | Rejected | Unclear
//! ```
//!
//! The domain comes first: [`notice`] knows no FHIR, and what cannot be said does not compile. What the guide fixes (addresses,
//! code systems, roles, layout, signature, token) is data of the spec bundle; a value that Kela has not published stops the
//! operation with the name of the document that has it. The crate does no input or output and reads no clock.

pub mod exchange;
pub mod notice;
pub mod resource;

mod bindings;
mod check;
mod mapping;
mod rules;
mod signature;
mod time;

pub use bindings::{Bindings, BindingsError};
pub use check::{ReadError, check};
pub use mapping::MappingError;
pub use signature::{BundleSignatureProfile, BundleVerification, SignError, SignedNotices, verify};
