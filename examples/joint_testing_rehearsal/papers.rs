//! The documents of the rehearsal: fictional people, structures of our own where a national one would stand.

use kanta_client::cda::structure::Structure;
use kanta_client::cda::{Content, Draft};
use kanta_client::core::codes::{
    DocumentType, RetentionClass, ServiceProcess, ServiceTask, SpecialContent,
};
use kanta_client::core::metadata::{
    CaseDocument, Client, ClientDocument, ClientRelationDocument, DisclosureDocument,
    DocumentMetadata, LegacyDocument, Office,
};
use kanta_client::core::{
    CaseId, ClientIdentifier, ClientRelationId, CodedValue, Date, DocumentOid, Instant, Oid,
    Organisation, PersonName, PersonalIdentityCode, TimeStamp,
};
use kanta_examples::Result;
use kanta_testkit::{documents, people, structures};

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

/// The smallest file that claims to follow PDF/A. A real scan is judged with a `PdfInspector` of yours.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj <</Type/Metadata>> stream\n<pdfaid:part>2</pdfaid:part>\
    <pdfaid:conformance>B</pdfaid:conformance>\nendstream endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

impl Paper {
    /// The identifier, below the fictional county's arc.
    pub(crate) fn id(self) -> DocumentOid {
        documents::document_oid(self as u64 + 1)
    }

    /// The structure that the content follows; none for text and PDF.
    pub(crate) fn structure(self) -> Option<Structure> {
        Some(match self {
            Self::Relation | Self::RelationNamingProducer => structures::client_relation(),
            Self::CaseNote | Self::CaseNoteAgain => own(include_str!("structures/case_note.json")),
            Self::JointCase => own(include_str!("structures/case.json")),
            Self::Permission | Self::PermissionCancelled => {
                own(include_str!("structures/disclosure_permission.json"))
            }
            Self::Ban => own(include_str!("structures/disclosure_ban.json")),
            Self::LegacyText | Self::LegacyPdf => return None,
            _ => structures::client_plan(),
        })
    }

    /// Makes the document, not yet checked.
    pub(crate) fn draft(self, made: Instant) -> Result<Draft> {
        let metadata = self.metadata(made)?;
        match self {
            Self::LegacyText => {
                let display = format!(
                    "<div class=\"soc-document\" id=\"{}\" xmlns=\"http://www.w3.org/1999/xhtml\"><h1>Lausunto</h1>\
                     <p>Vanha asiakirja.</p></div>",
                    metadata.id.body_anchor()
                );
                Ok(Draft::xhtml(metadata, display))
            }
            Self::LegacyPdf => Ok(Draft::pdf(metadata, PDF)),
            _ => {
                let structure = self.structure().ok_or("a document without a structure")?;
                let content = self.content(&structure)?;
                Ok(Draft::new(metadata, content))
            }
        }
    }

    fn metadata(self, made: Instant) -> Result<DocumentMetadata> {
        let (office, id) = (self.office(), self.id());
        let (retention, special_content) = (RetentionClass::PERMANENT, SpecialContent::NO);
        let will = || DisclosureDocument {
            client: people::child(),
            retention: RetentionClass::PERMANENT,
            special_content: SpecialContent::NO,
        };
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
            Self::JointCase => {
                let details = CaseDocument {
                    case: case(),
                    client: people::child(),
                    opened: Date::new(2026, 1, 12)?,
                    closed: None,
                    service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
                    retention,
                    special_content,
                };
                DocumentMetadata::case(&office, id, made, details).with_further_client(sibling()?)
            }
            Self::CaseNote => {
                DocumentMetadata::case_note(&office, id, made, self.client_document())
            }
            Self::LegacyText | Self::LegacyPdf => {
                let details = LegacyDocument {
                    general_type: DocumentType::PLAN,
                    client: people::child(),
                    author: None,
                    drafted: TimeStamp::parse("20090304")?,
                    case: None,
                    service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
                    retention,
                    special_content,
                };
                DocumentMetadata::legacy(&office, id, made, details)
            }
            Self::Permission => DocumentMetadata::disclosure_permission(&office, id, made, will()),
            Self::Ban => DocumentMetadata::disclosure_ban(&office, id, made, will()),
            Self::PlanAgain => Self::Plan
                .metadata(made)?
                .revise()
                .correct(correction()?)
                .into_version(id, made)?,
            Self::CaseNoteAgain => Self::CaseNote
                .metadata(made)?
                .revise()
                .correct(correction()?)
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
            general_type: DocumentType::PLAN,
            specific_type: DocumentType::FAMILY_SERVICES_CLIENT_PLAN,
            client: people::child(),
            author: people::social_worker(),
            case: case(),
            service_task: match self {
                Self::ChildProtectionPlan => ServiceTask::CHILD_PROTECTION,
                Self::DisabilityPlan => ServiceTask::DISABILITY_SERVICES,
                Self::SubstanceAbusePlan => ServiceTask::SUBSTANCE_ABUSE_CARE,
                _ => ServiceTask::FAMILIES_WITH_CHILDREN,
            },
            service_process: ServiceProcess::PLANNING,
            retention: RetentionClass::PERMANENT,
            special_content: SpecialContent::NO,
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

    fn content(self, structure: &Structure) -> Result<Content<'_>> {
        let mut content = match self {
            Self::Relation | Self::RelationNamingProducer => {
                documents::client_relation_content(structure, &relation())
            }
            _ => Content::new(structure),
        };
        match self {
            Self::Relation => {}
            Self::RelationNamingProducer => {
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
            Self::JointCase => {
                for (number, client) in [people::child(), sibling()?].into_iter().enumerate() {
                    let block = format!("asiakas[{number}]");
                    person(&mut content, &block, &client)?;
                    content.set(
                        &format!("{block}.asiaan_liittymishetki"),
                        Date::new(2026, 1, 12)?,
                    )?;
                }
                content.set("asian_tiedot.asiatunnus", case().as_oid().clone())?;
                content.set("asian_tiedot.avauspaiva", Date::new(2026, 1, 12)?)?;
                content.set("asian_tiedot.yhteinen_asia", true)?;
            }
            Self::CaseNote | Self::CaseNoteAgain => {
                person(&mut content, "asiakas[0]", &people::child())?;
                content.set("merkinta", "Perhe kävi vastaanotolla.")?;
                content.set("paivamaara", Date::new(2026, 2, 2)?)?;
            }
            Self::Permission | Self::PermissionCancelled => {
                person(&mut content, "asiakas", &people::child())?;
                let block = "voimassa_oleva_luovutuslupa";
                content.set(&format!("{block}.luovutuslupa"), self == Self::Permission)?;
                content.set(
                    &format!("{block}.luovutusluvan_antamisen_ajankohta"),
                    Date::new(2026, 2, 2)?,
                )?;
            }
            Self::Ban => {
                person(&mut content, "asiakas", &people::child())?;
                content.set("kiellon_asettamisen_ajankohta", Date::new(2026, 2, 2)?)?;
            }
            _ => {
                let author = people::social_worker();
                person(&mut content, "asiakas[0]", &people::child())?;
                if self == Self::JointPlan {
                    person(&mut content, "asiakas[1]", &sibling()?)?;
                }
                content.set(
                    "suunnitelma.kuvaus_asiakkaan_tilanteesta",
                    "Perhe toivoo apua aamuihin.",
                )?;
                content.set("paivamaara", Date::new(2026, 2, 2)?)?;
                content.set("laatija[0].sukunimi", author.name.family())?;
                content.set("laatija[0].etunimet", author.name.given().join(" "))?;
            }
        }
        Ok(content)
    }
}

/// Every structure that the archive has to know.
pub(crate) fn all_structures() -> Vec<Structure> {
    [
        Paper::Relation,
        Paper::Plan,
        Paper::CaseNote,
        Paper::JointCase,
        Paper::Permission,
        Paper::Ban,
    ]
    .into_iter()
    .filter_map(Paper::structure)
    .collect()
}

/// The case that everything belongs to.
pub(crate) fn case() -> CaseId {
    CaseId::new(people::county_oid("14.2026.2"))
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

/// The national list of grounds is not public: the test archive has a made-up one.
fn correction() -> Result<CodedValue> {
    Ok(CodedValue::new("TEST-CORRECTION", Oid::parse("2.999.5")?))
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

fn person(content: &mut Content<'_>, block: &str, client: &Client) -> Result<()> {
    content.set(&format!("{block}.sukunimi"), client.name.family())?;
    content.set(&format!("{block}.etunimet"), client.name.given().join(" "))?;
    content.set(
        &format!("{block}.henkilotunnus"),
        client.identifier.expose(),
    )?;
    Ok(())
}

fn own(schema: &str) -> Structure {
    Structure::parse(schema.as_bytes())
        .expect("the schema is a constant and the rehearsal reads it")
}
