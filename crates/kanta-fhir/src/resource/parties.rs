//! People and organisations, contained in a notice.

use super::element::element;
use super::{CodeableConcept, Extension, HumanName, Identifier, Meta, Period, Reference, Resource};

const GENDERS: &[&str] = &["male", "female", "other", "unknown"];

element! {
    /// An organisation: register keeper, service unit or recipient.
    Organization: DomainResource, "Organization" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        language: 0..1 code "language";
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        identifier: 0..* Identifier "identifier";
        active: 0..1 boolean "active";
        kind: 0..* CodeableConcept "type";
        name: 0..1 string "name";
        alias: 0..* string "alias";
        part_of: 0..1 Reference "partOf";
    }
    others ["telecom" "address" "contact" "endpoint"]
}

element! {
    /// The client whose data were disclosed (Finnish: asiakas).
    Patient: DomainResource, "Patient" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        language: 0..1 code "language";
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        identifier: 0..* Identifier "identifier";
        active: 0..1 boolean "active";
        name: 0..* HumanName "name";
        gender: 0..1 code "gender" in GENDERS;
    }
    others [
        "telecom" "birthDate" "deceasedBoolean" "deceasedDateTime" "address" "maritalStatus" "multipleBirthBoolean"
        "multipleBirthInteger" "photo" "contact" "communication" "generalPractitioner" "managingOrganization" "link"
    ]
}

element! {
    /// A professional (Finnish: ammattihenkilö).
    Practitioner: DomainResource, "Practitioner" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        language: 0..1 code "language";
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        identifier: 0..* Identifier "identifier";
        active: 0..1 boolean "active";
        name: 0..* HumanName "name";
        gender: 0..1 code "gender" in GENDERS;
    }
    others ["telecom" "address" "birthDate" "photo" "qualification" "communication"]
}

element! {
    /// A professional at work in an organisation.
    PractitionerRole: DomainResource, "PractitionerRole" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        language: 0..1 code "language";
        contained: 0..* Resource "contained";
        extension: 0..* Extension "extension";
        identifier: 0..* Identifier "identifier";
        active: 0..1 boolean "active";
        period: 0..1 Period "period";
        practitioner: 0..1 Reference "practitioner";
        organization: 0..1 Reference "organization";
        code: 0..* CodeableConcept "code";
        specialty: 0..* CodeableConcept "specialty";
        location: 0..* Reference "location";
    }
    others [
        "healthcareService" "telecom" "availableTime" "notAvailable" "availabilityExceptions" "endpoint"
    ]
}
