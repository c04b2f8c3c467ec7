//! The notice itself.

use super::contained::{CLIENT, CONSENT, RECIPIENT, REGISTER_KEEPER, ROLE};
use super::values::{coding_extension, named, national, profile, string_extension};
use super::{ConsentParts, Mapping};
use crate::bindings::Role;
use crate::notice::{DisclosedData, DisclosureNotice, Recipient};
use crate::resource::{
    AuditEvent, AuditEventAgent, AuditEventEntity, AuditEventSource, CodeableConcept, Extension,
    Period, Reference, Resource,
};
use crate::time::fhir_text;

impl<'b> Mapping<'b> {
    pub(super) fn audit_event(
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
                value_reference: Some(Reference::to(CONSENT)),
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
            what: Some(Reference::to(CLIENT)),
            ..AuditEventEntity::default()
        };
        let own = (!in_each).then_some(client);
        let sets = data.iter().map(|set| AuditEventEntity {
            extension: vec![self.disclosed_data(set)],
            what: in_each.then(|| Reference::to(CLIENT)),
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
}

fn agent<'b>(role: &'b Role, who: &'static str) -> AuditEventAgent<'b> {
    AuditEventAgent {
        role: vec![CodeableConcept::from(role.coding.to_coding())],
        who: Some(Reference::to(who)),
        requestor: Some(role.requestor),
        ..AuditEventAgent::default()
    }
}
