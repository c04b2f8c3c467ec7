//! Who made a notice.

use kanta_core::Organisation;

use super::contained::ROLE;
use super::values::{profile, string_extension};
use super::{Mapping, URN};
use crate::bindings::MakerKind;
use crate::resource::{Identifier, Provenance, ProvenanceAgent, Reference, Text};
use crate::time::fhir_text;

impl<'b> Mapping<'b> {
    pub(super) fn provenance(self) -> Provenance<'b> {
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
                        MakerKind::Professional => Reference::to(ROLE),
                        MakerKind::ServiceUnit => by_identifier(unit),
                    }),
                    ..ProvenanceAgent::default()
                })
                .collect(),
            ..Provenance::default()
        }
    }
}

fn by_identifier(organisation: &Organisation) -> Reference<'_> {
    Reference {
        identifier: Some(Identifier::new(URN, organisation.oid.as_oid().to_urn())),
        display: organisation.name.as_deref().map(Text::from),
        ..Reference::default()
    }
}
