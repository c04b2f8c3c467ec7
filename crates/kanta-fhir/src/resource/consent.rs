//! The permit or consent that a disclosure rests on.

use super::element::element;
use super::{CodeableConcept, Identifier, Meta, Reference};

const STATUSES: &[&str] = &[
    "draft",
    "proposed",
    "active",
    "rejected",
    "inactive",
    "entered-in-error",
];

element! {
    /// A permit (Finnish: luovutuslupa) or a consent (Finnish: suostumus) to disclose.
    Consent: DomainResource, "Consent" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        status: 1..1 code "status" in STATUSES;
        scope: 1..1 CodeableConcept "scope";
        category: 1..* CodeableConcept "category";
        patient: 0..1 Reference "patient";
        date_time: 0..1 dateTime "dateTime";
        policy: 0..* ConsentPolicy "policy";
    }
    also {
        "identifier" 0..* Identifier;
        "performer" 0..* Reference;
        "organization" 0..* Reference;
        "policyRule" 0..1 CodeableConcept;
    }
    others ["sourceAttachment" "sourceReference" "verification" "provision"]
}

element! {
    /// A policy that a consent refers to.
    ConsentPolicy: BackboneElement, "Consent.policy" {
        uri: 0..1 uri "uri";
    }
    also {
        "authority" 0..1 uri;
    }
    others []
}
