//! Plain serde structs in the shape of the sample notices: what one would write without a library.

use serde::{Deserialize, Serialize};

macro_rules! plain {
    ($($name:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty,)* })*) => {$(
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $name {
            $(
                #[serde(default, skip_serializing_if = "is_empty")]
                $(#[$attribute])*
                $field: $kind,
            )*
        }
    )*};
}

trait Empty {
    fn is_empty(&self) -> bool;
}

impl<T> Empty for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl<T> Empty for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

fn is_empty(value: &impl Empty) -> bool {
    value.is_empty()
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "resourceType")]
enum Resource {
    AuditEvent(Box<AuditEvent>),
    Provenance(Box<Provenance>),
    Organization(Box<Organization>),
    PractitionerRole(Box<PractitionerRole>),
    Practitioner(Box<Practitioner>),
    Patient(Box<Patient>),
    Consent(Box<Consent>),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "resourceType", rename = "Bundle")]
pub(super) struct Bundle {
    #[serde(rename = "type")]
    kind: String,
    entry: Vec<Entry>,
}

plain! {
    Entry { full_url: Option<String>, resource: Option<Resource>, request: Option<Request>, }
    Request { method: Option<String>, url: Option<String>, }
    Meta { profile: Vec<String>, }
    Coding { system: Option<String>, code: Option<String>, display: Option<String>, }
    Concept { coding: Vec<Coding>, }
    Identifier { system: Option<String>, value: Option<String>, }
    Reference { reference: Option<String>, identifier: Option<Identifier>, display: Option<String>, }
    Extension {
        extension: Vec<Extension>,
        url: Option<String>,
        value_string: Option<String>,
        value_coding: Option<Coding>,
        value_reference: Option<Reference>,
    }
    Period { start: Option<String>, }
    AuditEvent {
        id: Option<String>,
        meta: Option<Meta>,
        contained: Vec<Resource>,
        extension: Vec<Extension>,
        #[serde(rename = "type")]
        kind: Option<Coding>,
        period: Option<Period>,
        recorded: Option<String>,
        purpose_of_event: Vec<Concept>,
        agent: Vec<Agent>,
        source: Option<Source>,
        entity: Vec<Entity>,
    }
    Agent { role: Vec<Concept>, who: Option<Reference>, requestor: Option<bool>, }
    Source { observer: Option<Reference>, }
    Entity { extension: Vec<Extension>, what: Option<Reference>, }
    Provenance {
        id: Option<String>,
        meta: Option<Meta>,
        language: Option<String>,
        contained: Vec<Resource>,
        extension: Vec<Extension>,
        target: Vec<Reference>,
        recorded: Option<String>,
        agent: Vec<Maker>,
    }
    Maker { role: Vec<Concept>, who: Option<Reference>, }
    Organization {
        id: Option<String>,
        meta: Option<Meta>,
        extension: Vec<Extension>,
        identifier: Vec<Identifier>,
        name: Option<String>,
    }
    PractitionerRole {
        id: Option<String>,
        meta: Option<Meta>,
        practitioner: Option<Reference>,
        organization: Option<Reference>,
    }
    Practitioner {
        id: Option<String>,
        meta: Option<Meta>,
        extension: Vec<Extension>,
        identifier: Vec<Identifier>,
        name: Vec<Name>,
    }
    Name { family: Option<String>, given: Vec<String>, }
    Patient { id: Option<String>, meta: Option<Meta>, identifier: Vec<Identifier>, }
    Consent {
        id: Option<String>,
        meta: Option<Meta>,
        status: Option<String>,
        scope: Option<Concept>,
        category: Vec<Concept>,
        patient: Option<Reference>,
        date_time: Option<String>,
        policy: Vec<Policy>,
    }
    Policy { uri: Option<String>, }
}
