//! Who and what a notice names: resources inside it.

use kanta_core::{ClientIdentifier, Organisation};

use super::values::{coding_extension, named, profile, string_extension};
use super::{Mapping, URN};
use crate::bindings::{ConsentBindings, PersonIdentifier};
use crate::notice::{Basis, Permit, Recipient};
use crate::resource::{
    Consent, ConsentPolicy, HumanName, Identifier, Organization, Patient, Practitioner,
    PractitionerRole, Reference, Text,
};

// References to contained resources: their names are those of Kela's example, and our own for those that it lacks.
pub(super) const REGISTER_KEEPER: &str = "#REK-PIT-ORG-1";
pub(super) const ROLE: &str = "#AMM-HLO-ROLE-1";
const PRACTITIONER: &str = "#AMM-HLO-PRAC-1";
const UNIT: &str = "#AMM-HLO-ORG-1";
pub(super) const RECIPIENT: &str = "#VAST-OTTO-ORG-1";
pub(super) const CLIENT: &str = "#ASIAKAS-1";
pub(super) const CONSENT: &str = "#LUPA-1";

/// The name that a contained resource has, by the reference to it.
fn id(reference: &'static str) -> Option<Text<'static>> {
    reference.strip_prefix('#').map(Text::from)
}

impl<'b> Mapping<'b> {
    pub(super) fn register_keeper(self) -> Organization<'b> {
        let keeper = self.disclosure.discloser.register_keeper.as_organisation();
        Organization {
            extension: vec![coding_extension(
                &self.bindings.extension.register_type,
                self.bindings.register.to_coding(),
            )],
            ..self.organization(REGISTER_KEEPER, keeper)
        }
    }

    pub(super) fn unit(self) -> Organization<'b> {
        self.organization(UNIT, self.disclosure.discloser.unit.as_organisation())
    }

    fn organization(
        self,
        reference: &'static str,
        organisation: &'b Organisation,
    ) -> Organization<'b> {
        Organization {
            id: id(reference),
            meta: profile(&self.bindings.profile.organization),
            identifier: vec![Identifier::new(URN, organisation.oid.as_oid().to_urn())],
            name: organisation.name.as_deref().map(Text::from),
            ..Organization::default()
        }
    }

    pub(super) fn role(self) -> PractitionerRole<'b> {
        PractitionerRole {
            id: id(ROLE),
            meta: profile(&self.bindings.profile.practitioner_role),
            practitioner: Some(Reference::to(PRACTITIONER)),
            organization: Some(Reference::to(UNIT)),
            ..PractitionerRole::default()
        }
    }

    pub(super) fn practitioner(self) -> Practitioner<'b> {
        let discloser = &self.disclosure.discloser;
        let urls = &self.bindings.extension;
        let number = discloser.professional.registration_number.as_ref();
        Practitioner {
            id: id(PRACTITIONER),
            meta: profile(&self.bindings.profile.practitioner),
            extension: vec![
                string_extension(&urls.practitioner_title, &discloser.title),
                coding_extension(
                    &urls.authentication_method,
                    named(
                        &self.bindings.authentication_system,
                        &discloser.authentication,
                    ),
                ),
            ],
            identifier: number
                .map(|number| {
                    Identifier::new(
                        self.bindings.registration_number_system.as_str(),
                        number.expose(),
                    )
                })
                .into_iter()
                .collect(),
            name: vec![HumanName {
                family: Some(discloser.professional.name.family().into()),
                given: discloser
                    .professional
                    .name
                    .given()
                    .iter()
                    .map(|given| given.as_str().into())
                    .collect(),
                ..HumanName::default()
            }],
            ..Practitioner::default()
        }
    }

    pub(super) fn patient(self) -> Patient<'b> {
        Patient {
            id: id(CLIENT),
            meta: profile(&self.bindings.profile.patient),
            identifier: vec![person_identifier(
                &self.disclosure.client,
                self.bindings.person_identifier,
            )],
            ..Patient::default()
        }
    }

    pub(super) fn recipient(self) -> Option<Organization<'b>> {
        match &self.disclosure.recipient {
            Recipient::Organisation(organisation) => {
                Some(self.organization(RECIPIENT, organisation))
            }
            Recipient::OtherOrganisation { name } => Some(Organization {
                id: id(RECIPIENT),
                meta: profile(&self.bindings.profile.organization),
                name: Some(name.as_str().into()),
                ..Organization::default()
            }),
            Recipient::Client => None,
        }
    }

    pub(super) fn consent_resource(
        self,
        permit: Permit,
        bindings: &'b ConsentBindings,
    ) -> Consent<'b> {
        let category = match self.disclosure.basis {
            Basis::Consent(_) => &bindings.consent,
            _ => &bindings.permit,
        };
        Consent {
            id: id(CONSENT),
            meta: profile(&bindings.profile),
            status: Some(bindings.status.as_str().into()),
            scope: Some(bindings.scope.to_coding().into()),
            category: vec![category.to_coding().into()],
            patient: Some(Reference::to(CLIENT)),
            date_time: Some(permit.given_on.to_string().into()),
            policy: vec![ConsentPolicy {
                uri: Some(bindings.policy.as_str().into()),
                ..ConsentPolicy::default()
            }],
            ..Consent::default()
        }
    }
}

fn person_identifier(client: &ClientIdentifier, form: PersonIdentifier) -> Identifier<'static> {
    let identifier = client.expose();
    let root = identifier.root.to_urn();
    let value = identifier.extension.unwrap_or_default();
    match form {
        PersonIdentifier::OidRoot => Identifier::new(root, value),
        PersonIdentifier::Rfc3986Urn => Identifier::new(URN, format!("{root}.{value}")),
    }
}
