//! The permit or consent that a disclosure rests on.

use super::element::element;
use super::{CodeableConcept, Extension, Identifier, Meta, Reference, Resource};

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
        language: 0..1 code "language";
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        identifier: 0..* Identifier "identifier";
        status: 1..1 code "status" in STATUSES;
        scope: 1..1 CodeableConcept "scope";
        category: 1..* CodeableConcept "category";
        patient: 0..1 Reference "patient";
        date_time: 0..1 dateTime "dateTime";
        performer: 0..* Reference "performer";
        organization: 0..* Reference "organization";
        policy: 0..* ConsentPolicy "policy";
        policy_rule: 0..1 CodeableConcept "policyRule";
    }
    others ["sourceAttachment" "sourceReference" "verification" "provision"]
}

element! {
    /// A policy that a consent refers to.
    ConsentPolicy: BackboneElement, "Consent.policy" {
        authority: 0..1 uri "authority";
        uri: 0..1 uri "uri";
    }
    others []
}
