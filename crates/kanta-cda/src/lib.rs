//! Documents of Finnish social care: structures, display form and signed CDA R2 documents.
//!
//! The road of one document through this crate:
//!
//! ```text
//! Content ──► Draft ──check──► Valid ──prepare──► Pending ──complete──► Signed
//! ```
//!
//! * The bytes of `nonXMLBody` are made once, when a [`Draft`] is checked; signing adds to the header and touches nothing else.
//! * [`ClinicalDocument`] is what comes back: any document, ours or foreign, read without loss.
//! * The crate knows neither sockets nor files; time and identifiers are arguments.

pub mod display;
pub mod relation;
pub mod structure;

mod blocks;
mod body;
mod content;
mod document;
mod draft;
mod json;
mod real_people;
mod rules;
mod signature;

pub use body::{Body, BodyError, BodyForm, PdfAClaim, PdfFacts, PdfInspector, PdfSource};
pub use content::{
    Change, ChangeKind, Code, Content, ContentError, ContentValue, Identifier, Leaf, LocalCode,
    MIGRATION_RULES, Migration, Moment, Part, PartMut, PartialDate, Quantity, typed,
    with_systems_of,
};
pub use document::{ClinicalDocument, ReadError, WriteError, header_reference};
pub use draft::{CheckError, Draft, Valid};
pub use real_people::holds_real_person;
pub use rules::{CATALOGUE, CheckContext, rules_reference};
pub use signature::{
    DocumentSigner, DocumentVerification, Pending, PrepareError, SignOptions, SignatureKind,
    SignatureReport, SignatureVerifier, Signed, SigningError, sign_all, signature_rules, verify,
};

/// The namespace of CDA R2.
pub const HL7: &str = "urn:hl7-org:v3";
/// The namespace of the Finnish extension.
pub const HL7_FINLAND: &str = "urn:hl7finland";
