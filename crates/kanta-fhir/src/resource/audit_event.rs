//! The notice itself.

use super::element::element;
use super::{CodeableConcept, Coding, Extension, Meta, Period, Reference, Resource};

const ACTIONS: &[&str] = &["C", "R", "U", "D", "E"];
const OUTCOMES: &[&str] = &["0", "4", "8", "12"];

element! {
    /// An event that was recorded: the disclosure notice (Finnish: luovutusilmoitus).
    AuditEvent: DomainResource, "AuditEvent" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        language: 0..1 code "language";
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        kind: 1..1 Coding "type";
        subtype: 0..* Coding "subtype";
        action: 0..1 code "action" in ACTIONS;
        period: 0..1 Period "period";
        recorded: 1..1 instant "recorded";
        outcome: 0..1 code "outcome" in OUTCOMES;
        outcome_desc: 0..1 string "outcomeDesc";
        purpose_of_event: 0..* CodeableConcept "purposeOfEvent";
        agent: 1..* AuditEventAgent "agent";
        source: 1..1 AuditEventSource "source";
        entity: 0..* AuditEventEntity "entity";
    }
    others []
}

element! {
    /// An actor of the event.
    AuditEventAgent: BackboneElement, "AuditEvent.agent" {
        kind: 0..1 CodeableConcept "type";
        role: 0..* CodeableConcept "role";
        who: 0..1 Reference "who";
        alt_id: 0..1 string "altId";
        name: 0..1 string "name";
        requestor: 1..1 boolean "requestor";
        location: 0..1 Reference "location";
        policy: 0..* uri "policy";
        media: 0..1 Coding "media";
        purpose_of_use: 0..* CodeableConcept "purposeOfUse";
    }
    others ["network"]
}

element! {
    /// Who reports the event.
    AuditEventSource: BackboneElement, "AuditEvent.source" {
        site: 0..1 string "site";
        observer: 1..1 Reference "observer";
        kind: 0..* Coding "type";
    }
    others []
}

element! {
    /// What the event was about.
    AuditEventEntity: BackboneElement, "AuditEvent.entity" {
        extension: 0..* Extension "extension";
        what: 0..1 Reference "what";
        kind: 0..1 Coding "type";
        role: 0..1 Coding "role";
        lifecycle: 0..1 Coding "lifecycle";
        security_label: 0..* Coding "securityLabel";
        name: 0..1 string "name";
        description: 0..1 string "description";
        query: 0..1 base64Binary "query";
    }
    others ["detail"]
}
