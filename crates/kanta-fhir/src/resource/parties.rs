//! People and organisations, contained in a notice.

use super::element::element;
use super::{CodeableConcept, Extension, HumanName, Identifier, Meta, Period, Reference};

const GENDERS: &[&str] = &["male", "female", "other", "unknown"];

element! {
    /// An organisation: register keeper, service unit or recipient.
    Organization: DomainResource, "Organization" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        extension: 0..* Extension "extension";
        identifier: 0..* Identifier "identifier";
        name: 0..1 string "name";
    }
    also {
        "active" 0..1 boolean;
        "type" 0..* CodeableConcept;
        "alias" 0..* string;
        "partOf" 0..1 Reference;
    }
    others ["telecom" "address" "contact" "endpoint"]
}

element! {
    /// The client whose data were disclosed (Finnish: asiakas).
    Patient: DomainResource, "Patient" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        identifier: 0..* Identifier "identifier";
    }
    also {
        "active" 0..1 boolean;
        "name" 0..* HumanName;
        "gender" 0..1 code in GENDERS;
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
        extension: 0..* Extension "extension";
        identifier: 0..* Identifier "identifier";
        name: 0..* HumanName "name";
    }
    also {
        "active" 0..1 boolean;
        "gender" 0..1 code in GENDERS;
    }
    others ["telecom" "address" "birthDate" "photo" "qualification" "communication"]
}

element! {
    /// A professional at work in an organisation.
    PractitionerRole: DomainResource, "PractitionerRole" {
        id: 0..1 id "id";
        meta: 0..1 Meta "meta";
        practitioner: 0..1 Reference "practitioner";
        organization: 0..1 Reference "organization";
    }
    also {
        "identifier" 0..* Identifier;
        "active" 0..1 boolean;
        "period" 0..1 Period;
        "code" 0..* CodeableConcept;
        "specialty" 0..* CodeableConcept;
        "location" 0..* Reference;
    }
    others [
        "healthcareService" "telecom" "availableTime" "notAvailable" "availabilityExceptions" "endpoint"
    ]
}
