//! The documents of the rehearsal: fictional people, structures of our own where a national one would stand.

use kanta_client::cda::Draft;
use kanta_client::cda::structure::Structure;
use kanta_client::core::codes::{RetentionClass, ServiceTask, SpecialContent};
use kanta_client::core::metadata::{
    Client, ClientDocument, ClientRelationDocument, DocumentMetadata, Office,
};
use kanta_client::core::will::BanTarget;
use kanta_client::core::{
    ClientIdentifier, ClientRelationId, Date, DocumentOid, Instant, Organisation, PersonName,
    PersonalIdentityCode,
};
use kanta_examples::Result;
use kanta_testkit::{documents, kinds, people, structures};

/// A document of the rehearsal; its place here is its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    Relation,
    RelationNamingProducer,
    Plan,
    PlanAgain,
    CaseNote,
    CaseNoteAgain,
    JointCase,
    JointPlan,
    PlanOfProducer,
    ChildProtectionPlan,
    DisabilityPlan,
    SubstanceAbusePlan,
    LegacyText,
    LegacyPdf,
    Permission,
    PermissionCancelled,
    Ban,
    PlanOfOtherCounty,
    PlanOfCoJoiner,
}

impl Paper {
    /// The identifier, below the fictional county's arc.
    pub(crate) fn id(self) -> DocumentOid {
        documents::document_oid(self as u64 + 1)
    }

    /// The structure that the content follows; none for text and PDF.
    pub(crate) fn structure(self) -> Option<Structure> {
        Some(match self {
            Self::Relation | Self::RelationNamingProducer => structures::client_relation(),
            Self::CaseNote | Self::CaseNoteAgain => structures::case_note(),
            Self::JointCase => structures::case(),
            Self::Permission | Self::PermissionCancelled => structures::disclosure_permission(),
            Self::Ban => structures::disclosure_bans(),
            Self::LegacyText | Self::LegacyPdf => return None,
            _ => structures::client_plan(),
        })
    }

    /// Makes the document, not yet checked.
    pub(crate) fn draft(self, made: Instant) -> Result<Draft> {
        let metadata = self.metadata(made)?;
        Ok(match self {
            Self::LegacyText => Draft::xhtml(metadata, kinds::legacy_display(&self.id())),
            Self::LegacyPdf => Draft::pdf(metadata, kinds::PDF),
            _ => {
                let structure = self.structure().ok_or("a document without a structure")?;
                Draft::new(metadata, self.content(&structure)?)
            }
        })
    }

    fn metadata(self, made: Instant) -> Result<DocumentMetadata> {
        let (office, id) = (self.office(), self.id());
        let (retention, special_content) = (RetentionClass::PERMANENT, SpecialContent::NO);
        Ok(match self {
            Self::Relation | Self::RelationNamingProducer => {
                let details = ClientRelationDocument {
                    relation: relation(),
                    client: people::child(),
                    retention,
                    special_content,
                };
                DocumentMetadata::client_relation(&office, id, made, details)
            }
            Self::JointCase => DocumentMetadata::case(&office, id, made, kinds::case_document())
                .with_further_client(sibling()?),
            Self::CaseNote => {
                DocumentMetadata::case_note(&office, id, made, self.client_document())
            }
            Self::LegacyText | Self::LegacyPdf => {
                DocumentMetadata::legacy(&office, id, made, kinds::legacy_document())
            }
            Self::Permission => {
                DocumentMetadata::disclosure_permission(&office, id, made, kinds::will_document())
            }
            Self::Ban => {
                DocumentMetadata::disclosure_ban(&office, id, made, kinds::will_document())
            }
            Self::PlanAgain => Self::Plan
                .metadata(made)?
                .revise()
                .correct(documents::correction_ground())
                .into_version(id, made)?,
            Self::CaseNoteAgain => Self::CaseNote
                .metadata(made)?
                .revise()
                .correct(documents::correction_ground())
                .into_version(id, made)?,
            Self::PermissionCancelled => Self::Permission
                .metadata(made)?
                .revise()
                .into_version(id, made)?,
            Self::JointPlan => {
                DocumentMetadata::client_document(&office, id, made, self.client_document())
                    .with_further_client(sibling()?)
            }
            _ => DocumentMetadata::client_document(&office, id, made, self.client_document()),
        })
    }

    fn client_document(self) -> ClientDocument {
        ClientDocument {
            service_task: match self {
                Self::ChildProtectionPlan => ServiceTask::CHILD_PROTECTION,
                Self::DisabilityPlan => ServiceTask::DISABILITY_SERVICES,
                Self::SubstanceAbusePlan => ServiceTask::SUBSTANCE_ABUSE_CARE,
                _ => ServiceTask::FAMILIES_WITH_CHILDREN,
            },
            ..documents::client_document()
        }
    }

    /// Where the document is made, and in whose register it goes.
    fn office(self) -> Office {
        let county = people::office();
        match self {
            Self::PlanOfProducer => Office {
                producer: people::provider(),
                service_unit: people::provider_unit(),
                ..county
            },
            Self::PlanOfOtherCounty => office_of(
                people::other_county(),
                people::other_county_context().user.unit,
            ),
            Self::PlanOfCoJoiner => office_of(people::provider(), people::provider_unit()),
            _ => county,
        }
    }

    fn content(self, structure: &Structure) -> Result<Vec<u8>> {
        Ok(match self {
            Self::Relation | Self::RelationNamingProducer => {
                let mut content = documents::client_relation_content(structure, &relation());
                if self == Self::RelationNamingProducer {
                    let producer = "sosiaalihuollon_palvelutehtava[0].palveluntuottaja[0]";
                    content.set(
                        &format!("{producer}.palveluyksikon_nimi"),
                        people::provider_unit(),
                    )?;
                    content.set(
                        &format!("{producer}.asiakkuuden_alkamispvm"),
                        Date::new(2026, 1, 12)?,
                    )?;
                }
                content.to_json()
            }
            Self::JointCase => kinds::case_content(&self.office(), Some(&sibling()?)),
            Self::CaseNote | Self::CaseNoteAgain => kinds::case_note_content(structure).to_json(),
            Self::Permission | Self::PermissionCancelled => {
                kinds::permission_content(structure, self == Self::Permission)
            }
            Self::Ban => {
                let families = BanTarget::ServiceTasks(vec![ServiceTask::FAMILIES_WITH_CHILDREN]);
                kinds::bans_content(structure, [families])
            }
            _ => {
                let situation = "Perhe toivoo apua aamuihin.";
                let mut content = documents::client_plan_content(structure, situation);
                if self == Self::JointPlan {
                    documents::set_client(&mut content, "asiakas[1]", &sibling()?)?;
                }
                content.to_json()
            }
        })
    }
}

fn relation() -> ClientRelationId {
    ClientRelationId::new(people::county_oid("14.2026.1"))
}

fn sibling() -> Result<Client> {
    let code = PersonalIdentityCode::parse("050610A921B")?;
    let name = PersonName::new(["Eino"], "Kuvitelma")?;
    Ok(Client::new(
        ClientIdentifier::PersonalIdentityCode(code),
        name,
    ))
}

fn office_of(organisation: Organisation, service_unit: Organisation) -> Office {
    Office {
        register_keeper: organisation.clone(),
        organiser: organisation.clone(),
        producer: organisation,
        service_unit,
        ..people::office()
    }
}
