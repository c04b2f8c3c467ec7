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
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        kind: 1..1 Coding "type";
        period: 0..1 Period "period";
        recorded: 1..1 instant "recorded";
        purpose_of_event: 0..* CodeableConcept "purposeOfEvent";
        agent: 1..* AuditEventAgent "agent";
        source: 1..1 AuditEventSource "source";
        entity: 0..* AuditEventEntity "entity";
    }
    also {
        "subtype" 0..* Coding;
        "action" 0..1 code in ACTIONS;
        "outcome" 0..1 code in OUTCOMES;
        "outcomeDesc" 0..1 string;
    }
    others []
}

element! {
    /// An actor of the event.
    AuditEventAgent: BackboneElement, "AuditEvent.agent" {
        role: 0..* CodeableConcept "role";
        who: 0..1 Reference "who";
        requestor: 1..1 boolean "requestor";
    }
    also {
        "type" 0..1 CodeableConcept;
        "altId" 0..1 string;
        "name" 0..1 string;
        "location" 0..1 Reference;
        "policy" 0..* uri;
        "media" 0..1 Coding;
        "purposeOfUse" 0..* CodeableConcept;
    }
    others ["network"]
}

element! {
    /// Who reports the event.
    AuditEventSource: BackboneElement, "AuditEvent.source" {
        observer: 1..1 Reference "observer";
    }
    also {
        "site" 0..1 string;
        "type" 0..* Coding;
    }
    others []
}

element! {
    /// What the event was about.
    AuditEventEntity: BackboneElement, "AuditEvent.entity" {
        extension: 0..* Extension "extension";
        what: 0..1 Reference "what";
    }
    also {
        "type" 0..1 Coding;
        "role" 0..1 Coding;
        "lifecycle" 0..1 Coding;
        "securityLabel" 0..* Coding;
        "name" 0..1 string;
        "description" 0..1 string;
        "query" 0..1 base64Binary;
    }
    others ["detail"]
}
