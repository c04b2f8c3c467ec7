//! The resources of a disclosure notice in FHIR R4 (4.0.1), as JSON has them.
//!
//! Only what the profiles use is named; every other member is kept in `unknown` and written again, so that reading and
//! writing loses nothing. Members are written in FHIR's order. Times stay the text that they are. What is read need not be
//! right: [`check`](crate::check) tells.

mod any;
mod audit_event;
mod bundle;
mod consent;
pub(crate) mod definition;
pub(crate) mod element;
mod operation_outcome;
mod parties;
mod provenance;
mod types;

use definition::Definition;

pub use any::{OtherResource, Resource};
pub use audit_event::{AuditEvent, AuditEventAgent, AuditEventEntity, AuditEventSource};
pub use bundle::{Bundle, BundleEntry, BundleRequest, BundleResponse};
pub use consent::{Consent, ConsentPolicy};
pub use element::{Text, UnknownMember};
pub use operation_outcome::{OperationOutcome, OperationOutcomeIssue};
pub use parties::{Organization, Patient, Practitioner, PractitionerRole};
pub use provenance::{Provenance, ProvenanceAgent, ProvenanceEntity};
pub use types::{
    CodeableConcept, Coding, Extension, HumanName, Identifier, Meta, Period, Reference, Signature,
};

/// The definitions of all resources that the structs know.
pub(crate) const CONTAINABLE: &[&Definition] = &[
    &AuditEvent::DEFINITION,
    &Bundle::DEFINITION,
    &Consent::DEFINITION,
    &OperationOutcome::DEFINITION,
    &Organization::DEFINITION,
    &Patient::DEFINITION,
    &Practitioner::DEFINITION,
    &PractitionerRole::DEFINITION,
    &Provenance::DEFINITION,
];
