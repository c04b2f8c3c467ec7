//! From the domain to resources: an AuditEvent and a Provenance for each notice, in a transaction.

use kanta_core::spec::Environment;
use kanta_core::{ClientIdentifier, CodedValue, Organisation};

use crate::bindings::{
    Bindings, BindingsError, ConsentBindings, MakerKind, PersonIdentifier, Role,
};
use crate::notice::{
    Basis, DisclosedData, Disclosure, DisclosureNotice, NamedCode, NoticeBatch, NoticeError,
    Permit, Recipient,
};
use crate::resource::{
    AuditEvent, AuditEventAgent, AuditEventEntity, AuditEventSource, Bundle, BundleEntry,
    BundleRequest, CodeableConcept, Coding, Consent, ConsentPolicy, Extension, HumanName,
    Identifier, Meta, Organization, Patient, Period, Practitioner, PractitionerRole, Provenance,
    ProvenanceAgent, Reference, Resource, Text,
};
use crate::rules;
use crate::time::fhir_text;

/// The identifier system of URNs.
pub(crate) const URN: &str = "urn:ietf:rfc:3986";

// The names of contained resources, as Kela's example has them, and our own for those that it lacks.
const REGISTER_KEEPER: &str = "REK-PIT-ORG-1";
const ROLE: &str = "AMM-HLO-ROLE-1";
const PRACTITIONER: &str = "AMM-HLO-PRAC-1";
const UNIT: &str = "AMM-HLO-ORG-1";
const RECIPIENT: &str = "VAST-OTTO-ORG-1";
const CLIENT: &str = "ASIAKAS-1";
const CONSENT: &str = "LUPA-1";

/// A batch that cannot be put into FHIR.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The spec bundle lacks values.
    #[error(transparent)]
    Bindings(#[from] BindingsError),
    /// The notice may not be sent in this environment.
    #[error(transparent)]
    Notice(#[from] NoticeError),
}

impl NoticeBatch {
    /// Makes the transaction that stores the notices; it borrows from the notices and the bindings.
    ///
    /// # Errors
    /// [`MappingError`] when the spec bundle lacks what a permit or consent needs, or the client could be a real person and
    /// the environment is not production.
    pub fn to_bundle<'b>(&'b self, bindings: &'b Bindings) -> Result<Bundle<'b>, MappingError> {
        if bindings.environment != Environment::Production && self.client().can_be_a_real_person() {
            return Err(NoticeError::from(rules::NOTICE_REAL_PERSON.finding(
                "client",
                "henkilötunnus voi olla oikean ihmisen: testiympäristöihin lähetetään vain keinotekoisia (yksilönumero \
                 900–999)",
                "the identity code can be a real person's: only artificial ones (individual number 900–999) go to test \
                 environments",
            ))
            .into());
        }
        let mut entry = Vec::with_capacity(2 * self.notices().len());
        for notice in self.notices() {
            let mapping = Mapping {
                disclosure: notice.disclosure(),
                bindings,
            };
            let consent = mapping.consent()?;
            entry.push(to_store(
                mapping.disclosure.id.as_oid().to_urn(),
                "AuditEvent",
                mapping.audit_event(notice, consent).into(),
            ));
            entry.push(to_store(
                mapping.disclosure.provenance_id.as_oid().to_urn(),
                "Provenance",
                mapping.provenance().into(),
            ));
        }
        Ok(Bundle {
            kind: Some("transaction".into()),
            entry,
            ..Bundle::default()
        })
    }
}

fn to_store<'b>(full_url: String, url: &'static str, resource: Resource<'b>) -> BundleEntry<'b> {
    BundleEntry {
        full_url: Some(full_url.into()),
        resource: Some(resource),
        request: Some(BundleRequest {
            method: Some("POST".into()),
            url: Some(url.into()),
            ..BundleRequest::default()
        }),
        ..BundleEntry::default()
    }
}

/// The permit or consent of a notice with its bindings.
type ConsentParts<'b> = (&'b Permit, &'b ConsentBindings);

/// One notice on its way to FHIR.
#[derive(Clone, Copy)]
struct Mapping<'b> {
    disclosure: &'b Disclosure,
    bindings: &'b Bindings,
}

impl<'b> Mapping<'b> {
    fn consent(self) -> Result<Option<ConsentParts<'b>>, BindingsError> {
        let Some(permit) = self.disclosure.basis.permit() else {
            return Ok(None);
        };
        match &self.bindings.consent {
            Ok(bindings) => Ok(Some((permit, bindings))),
            Err(error) => Err(error.clone()),
        }
    }

    fn audit_event(
        self,
        notice: &'b DisclosureNotice,
        consent: Option<ConsentParts<'b>>,
    ) -> AuditEvent<'b> {
        let Self {
            disclosure,
            bindings,
        } = self;
        let mut contained = vec![
            self.register_keeper().into(),
            self.role().into(),
            self.practitioner().into(),
            self.unit().into(),
            self.patient().into(),
        ];
        contained.extend(self.recipient().map(Resource::from));
        let mut extension = vec![coding_extension(
            &bindings.extension.disclosure_type,
            named(&bindings.disclosure_type_system, &disclosure.kind),
        )];
        if let Some((permit, consent)) = consent {
            contained.push(self.consent_resource(*permit, consent).into());
            extension.push(Extension {
                url: Some(consent.extension.as_str().into()),
                value_reference: Some(local(CONSENT)),
                ..Extension::default()
            });
        }
        AuditEvent {
            id: Some(disclosure.id.as_oid().as_str().into()),
            meta: profile(&bindings.profile.audit_event),
            contained,
            extension,
            kind: Some(bindings.audit_type.to_coding()),
            period: Some(Period {
                start: Some(fhir_text(disclosure.disclosed_at).into()),
                ..Period::default()
            }),
            recorded: Some(fhir_text(disclosure.recorded_at).into()),
            purpose_of_event: vec![named(&bindings.purpose_system, &disclosure.purpose).into()],
            agent: vec![
                agent(&bindings.register_keeper, REGISTER_KEEPER),
                agent(&bindings.professional, ROLE),
                agent(
                    &bindings.recipient,
                    match disclosure.recipient {
                        Recipient::Client => CLIENT,
                        _ => RECIPIENT,
                    },
                ),
            ],
            source: Some(AuditEventSource {
                observer: Some(Reference {
                    display: Some(
                        format!(
                            "{} {}",
                            disclosure.software.product, disclosure.software.version
                        )
                        .into(),
                    ),
                    ..Reference::default()
                }),
                ..AuditEventSource::default()
            }),
            entity: self.entities(notice.data()),
            ..AuditEvent::default()
        }
    }

    fn entities(self, data: &'b [DisclosedData]) -> Vec<AuditEventEntity<'b>> {
        let in_each = self.bindings.client_in_each_entity;
        let client = AuditEventEntity {
            what: Some(local(CLIENT)),
            ..AuditEventEntity::default()
        };
        let own = (!in_each).then_some(client);
        let sets = data.iter().map(|set| AuditEventEntity {
            extension: vec![self.disclosed_data(set)],
            what: in_each.then(|| local(CLIENT)),
            ..AuditEventEntity::default()
        });
        own.into_iter().chain(sets).collect()
    }

    fn disclosed_data(self, set: &'b DisclosedData) -> Extension<'b> {
        let urls = &self.bindings.extension;
        let (general_type, specified_type, description) = set.what().parts();
        let tasks = set
            .service_tasks()
            .iter()
            .map(|task| coding_extension(&urls.service_task, national(task.as_ref())));
        let original_tasks = set.original_tasks().iter().map(|task| {
            let (system, code) = task.parts();
            coding_extension(&urls.service_task, named(system, code))
        });
        let general_type =
            general_type.map(|code| coding_extension(&urls.general_type, national(code.as_ref())));
        let specified_type = specified_type
            .map(|code| coding_extension(&urls.specified_type, national(code.as_ref())));
        let description = description.map(|text| string_extension(&urls.description, text));
        Extension {
            url: Some(urls.disclosed_data.as_str().into()),
            extension: tasks
                .chain(original_tasks)
                .chain(general_type)
                .chain(specified_type)
                .chain(description)
                .collect(),
            ..Extension::default()
        }
    }

    fn register_keeper(self) -> Organization<'b> {
        let keeper = self.disclosure.discloser.register_keeper.as_organisation();
        Organization {
            extension: vec![coding_extension(
                &self.bindings.extension.register_type,
                self.bindings.register.to_coding(),
            )],
            ..self.organization(REGISTER_KEEPER, keeper)
        }
    }

    fn unit(self) -> Organization<'b> {
        self.organization(UNIT, self.disclosure.discloser.unit.as_organisation())
    }

    fn organization(self, id: &'static str, organisation: &'b Organisation) -> Organization<'b> {
        Organization {
            id: Some(id.into()),
            meta: profile(&self.bindings.profile.organization),
            identifier: vec![Identifier::new(URN, organisation.oid.as_oid().to_urn())],
            name: organisation.name.as_deref().map(Text::from),
            ..Organization::default()
        }
    }

    fn role(self) -> PractitionerRole<'b> {
        PractitionerRole {
            id: Some(ROLE.into()),
            meta: profile(&self.bindings.profile.practitioner_role),
            practitioner: Some(local(PRACTITIONER)),
            organization: Some(local(UNIT)),
            ..PractitionerRole::default()
        }
    }

    fn practitioner(self) -> Practitioner<'b> {
        let discloser = &self.disclosure.discloser;
        let urls = &self.bindings.extension;
        let number = discloser.professional.registration_number.as_ref();
        Practitioner {
            id: Some(PRACTITIONER.into()),
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

    fn patient(self) -> Patient<'b> {
        Patient {
            id: Some(CLIENT.into()),
            meta: profile(&self.bindings.profile.patient),
            identifier: vec![person_identifier(
                &self.disclosure.client,
                self.bindings.person_identifier,
            )],
            ..Patient::default()
        }
    }

    fn recipient(self) -> Option<Organization<'b>> {
        match &self.disclosure.recipient {
            Recipient::Organisation(organisation) => {
                Some(self.organization(RECIPIENT, organisation))
            }
            Recipient::OtherOrganisation { name } => Some(Organization {
                id: Some(RECIPIENT.into()),
                meta: profile(&self.bindings.profile.organization),
                name: Some(name.as_str().into()),
                ..Organization::default()
            }),
            Recipient::Client => None,
        }
    }

    fn consent_resource(self, permit: Permit, bindings: &'b ConsentBindings) -> Consent<'b> {
        let category = match self.disclosure.basis {
            Basis::Consent(_) => &bindings.consent,
            _ => &bindings.permit,
        };
        Consent {
            id: Some(CONSENT.into()),
            meta: profile(&bindings.profile),
            status: Some(bindings.status.as_str().into()),
            scope: Some(bindings.scope.to_coding().into()),
            category: vec![category.to_coding().into()],
            patient: Some(local(CLIENT)),
            date_time: Some(permit.given_on.to_string().into()),
            policy: vec![ConsentPolicy {
                uri: Some(bindings.policy.as_str().into()),
                ..ConsentPolicy::default()
            }],
            ..Consent::default()
        }
    }

    fn provenance(self) -> Provenance<'b> {
        let Self {
            disclosure,
            bindings,
        } = self;
        let names_professional = bindings
            .makers
            .iter()
            .any(|maker| maker.who == MakerKind::Professional);
        let contained = if names_professional {
            vec![
                self.role().into(),
                self.practitioner().into(),
                self.unit().into(),
            ]
        } else {
            Vec::new()
        };
        let unit = disclosure.discloser.unit.as_organisation();
        Provenance {
            id: Some(disclosure.provenance_id.as_oid().as_str().into()),
            meta: profile(&bindings.profile.provenance),
            language: Some(disclosure.language.tag().into()),
            contained,
            extension: vec![string_extension(
                &bindings.extension.provenance,
                &bindings.extension.provenance_value,
            )],
            target: vec![Reference::to(disclosure.id.as_oid().to_urn())],
            recorded: Some(fhir_text(disclosure.recorded_at).into()),
            agent: bindings
                .makers
                .iter()
                .map(|maker| ProvenanceAgent {
                    role: vec![maker.coding.to_coding().into()],
                    who: Some(match maker.who {
                        MakerKind::Professional => local(ROLE),
                        MakerKind::ServiceUnit => by_identifier(unit),
                    }),
                    ..ProvenanceAgent::default()
                })
                .collect(),
            ..Provenance::default()
        }
    }
}

fn agent<'b>(role: &'b Role, who: &'static str) -> AuditEventAgent<'b> {
    AuditEventAgent {
        role: vec![CodeableConcept::from(role.coding.to_coding())],
        who: Some(local(who)),
        requestor: Some(role.requestor),
        ..AuditEventAgent::default()
    }
}

/// The reference to a contained resource.
fn local<'b>(id: &'static str) -> Reference<'b> {
    Reference::to(match id {
        ROLE => "#AMM-HLO-ROLE-1",
        PRACTITIONER => "#AMM-HLO-PRAC-1",
        UNIT => "#AMM-HLO-ORG-1",
        REGISTER_KEEPER => "#REK-PIT-ORG-1",
        RECIPIENT => "#VAST-OTTO-ORG-1",
        CONSENT => "#LUPA-1",
        _ => "#ASIAKAS-1",
    })
}

fn by_identifier(organisation: &Organisation) -> Reference<'_> {
    Reference {
        identifier: Some(Identifier::new(URN, organisation.oid.as_oid().to_urn())),
        display: organisation.name.as_deref().map(Text::from),
        ..Reference::default()
    }
}

fn profile(canonical: &str) -> Option<Meta<'_>> {
    Some(Meta::of_profile(canonical))
}

fn coding_extension<'b>(url: &'b str, coding: Coding<'b>) -> Extension<'b> {
    Extension {
        url: Some(url.into()),
        value_coding: Some(coding),
        ..Extension::default()
    }
}

fn string_extension<'b>(url: &'b str, text: &'b str) -> Extension<'b> {
    Extension {
        url: Some(url.into()),
        value_string: Some(text.into()),
        ..Extension::default()
    }
}

fn named<'b>(system: &'b str, code: &'b NamedCode) -> Coding<'b> {
    Coding::new(system, code.code(), code.display())
}

/// A code of a national list; when it has no name, the check reports that.
fn national(code: &CodedValue) -> Coding<'_> {
    Coding {
        system: Some(code.system().to_urn().into()),
        code: Some(code.code().into()),
        display: code.display().map(Text::from),
        ..Coding::default()
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
