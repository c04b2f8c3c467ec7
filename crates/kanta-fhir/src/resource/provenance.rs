//! Who made a notice.

use super::element::element;
use super::{CodeableConcept, Extension, Meta, Reference, Resource, Signature};

const ENTITY_ROLES: &[&str] = &["derivation", "revision", "quotation", "source", "removal"];

element! {
    /// The metadata of a notice: who made it (Finnish: ilmoituksen metatiedot).
    Provenance: DomainResource, "Provenance" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        language: 0..1 code "language";
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        target: 1..* Reference "target";
        recorded: 1..1 instant "recorded";
        agent: 1..* ProvenanceAgent "agent";
    }
    also {
        "policy" 0..* uri;
        "location" 0..1 Reference;
        "reason" 0..* CodeableConcept;
        "activity" 0..1 CodeableConcept;
        "entity" 0..* ProvenanceEntity;
        "signature" 0..* Signature;
    }
    others ["occurredPeriod" "occurredDateTime"]
}

element! {
    /// Somebody who took part.
    ProvenanceAgent: BackboneElement, "Provenance.agent" {
        role: 0..* CodeableConcept "role";
        who: 1..1 Reference "who";
    }
    also {
        "type" 0..1 CodeableConcept;
        "onBehalfOf" 0..1 Reference;
    }
    others []
}

element! {
    /// Something that was used.
    ProvenanceEntity: BackboneElement, "Provenance.entity" {
        role: 1..1 code "role" in ENTITY_ROLES;
        what: 1..1 Reference "what";
        agent: 0..* ProvenanceAgent "agent";
    }
    others []
}
