//! What the header of a document says about it (Finnish: metatiedot, kuvailutiedot).

mod item;

use std::collections::BTreeMap;
use std::fmt;

pub use item::ItemValue;

use crate::codes::{
    DocumentType, Gender, GuardianDisclosure, RetentionClass, ServiceProcess, ServiceTask,
    SpecialContent,
};
use crate::{
    CaseId, ClientIdentifier, ClientRelationId, CodedValue, DocumentOid, Instant, Oid,
    Organisation, PersonName, Professional, TimeStamp, VersionNumber,
};

/// The kind of a document, which decides its header, its body and the message that carries it (Finnish: asiakirjaryhmä).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentKind {
    /// A client-relation document (Finnish: asiakkuusasiakirja).
    ClientRelation,
    /// A client document of the second or a later phase (Finnish: toisen tai myöhemmän vaiheen asiakasasiakirja).
    ClientDocument,
    /// A document of another group, or of none: it is read and kept, not written.
    Other(Option<CodedValue>),
}

impl DocumentKind {
    /// The kinds that can be written.
    pub const WRITTEN: [Self; 2] = [Self::ClientRelation, Self::ClientDocument];

    /// Returns the word that the keys of the spec bundle use; `None` for a kind that is not written.
    #[must_use]
    pub fn key(&self) -> Option<&'static str> {
        match self {
            Self::ClientRelation => Some("client_relation"),
            Self::ClientDocument => Some("client_document"),
            Self::Other(_) => None,
        }
    }
}

/// The client whom a document is about (Finnish: asiakas). `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The identifier.
    pub identifier: ClientIdentifier,
    /// The name.
    pub name: PersonName,
    /// The gender, when it is told.
    pub gender: Option<CodedValue>,
    /// The time of birth, usually a day.
    pub birth: Option<TimeStamp>,
}

impl Client {
    /// Makes a client; a personal identity code tells the day of birth and the gender too.
    #[must_use]
    pub fn new(identifier: ClientIdentifier, name: PersonName) -> Self {
        let (gender, birth) = match &identifier {
            ClientIdentifier::PersonalIdentityCode(code) => (
                Some(match code.sex() {
                    crate::Sex::Male => Gender::MALE.into(),
                    crate::Sex::Female => Gender::FEMALE.into(),
                }),
                Some(TimeStamp::day(code.birth_date())),
            ),
            _ => (None, None),
        };
        Self {
            identifier,
            name,
            gender,
            birth,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(…)")
    }
}

/// The program that makes documents (Finnish: asiakirjan ohjelmistoympäristö).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// The vendor (`moderator`).
    pub vendor: String,
    /// The product.
    pub product: String,
    /// The version.
    pub version: String,
}

/// Where documents are made: the same for every document of a unit.
#[derive(Debug, Clone)]
pub struct Office {
    /// The register keeper (Finnish: rekisterinpitäjä).
    pub register_keeper: Organisation,
    /// The service organiser (Finnish: palvelunjärjestäjä).
    pub organiser: Organisation,
    /// The service producer (Finnish: palveluntuottaja); client documents name one.
    pub producer: Organisation,
    /// The service unit where the client is (Finnish: palveluyksikkö).
    pub service_unit: Organisation,
    /// The program.
    pub software: Software,
}

/// What a client-relation document needs besides its office.
#[derive(Debug, Clone)]
pub struct ClientRelationDocument {
    /// The client relation that the document describes.
    pub relation: ClientRelationId,
    /// The client.
    pub client: Client,
    /// How long the document is kept.
    pub retention: RetentionClass,
    /// Whether it has special content.
    pub special_content: SpecialContent,
}

/// What a client document needs besides its office.
#[derive(Debug, Clone)]
pub struct ClientDocument {
    /// The general document type.
    pub general_type: DocumentType,
    /// The specified document type.
    pub specific_type: DocumentType,
    /// The client.
    pub client: Client,
    /// The professional who saves the document.
    pub author: Professional,
    /// The case that the document belongs to.
    pub case: CaseId,
    /// The service task.
    pub service_task: ServiceTask,
    /// The service process.
    pub service_process: ServiceProcess,
    /// How long the document is kept.
    pub retention: RetentionClass,
    /// Whether it has special content.
    pub special_content: SpecialContent,
}

/// Everything that the header of a document says (Finnish: metatiedot).
///
/// Made by [`DocumentMetadata::client_relation`] or [`DocumentMetadata::client_document`], or read from a document. What a
/// kind must have is not decided here but by the spec bundle, when a draft is checked; what was read keeps its gaps.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DocumentMetadata {
    /// The kind.
    pub kind: DocumentKind,
    /// The identifier of this version.
    pub id: DocumentOid,
    /// The identifier of the first version; the same in all versions.
    pub set_id: DocumentOid,
    /// The number of this version.
    pub version: VersionNumber,
    /// The general document type.
    pub general_type: Option<CodedValue>,
    /// When the document was drafted (`effectiveTime`).
    pub drafted: TimeStamp,
    /// How confidential it is; the bundle's value when it is absent.
    pub confidentiality: Option<CodedValue>,
    /// The language, `fi` or `sv`, as it was read.
    pub language: Option<String>,
    /// The client.
    pub client: Option<Client>,
    /// The professional who saved the document.
    pub author: Option<Professional>,
    /// The register keeper.
    pub register_keeper: Option<Organisation>,
    /// Whether a minor's document may be given to the guardians.
    pub guardian_disclosure: Option<CodedValue>,
    /// The case.
    pub case: Option<CaseId>,
    /// The service producer.
    pub producer: Option<Organisation>,
    /// The service unit.
    pub service_unit: Option<Organisation>,
    /// The specified document type.
    pub specific_type: Option<CodedValue>,
    /// When the document was created (`creationTime`).
    pub created: Option<TimeStamp>,
    /// The document group; follows from the kind when it is absent.
    pub group: Option<CodedValue>,
    /// The format of the display form; follows from the kind when it is absent.
    pub display_format: Option<CodedValue>,
    /// The format of the structured form; follows from the kind when it is absent.
    pub structured_format: Option<CodedValue>,
    /// The program that made the document.
    pub software: Option<Software>,
    /// The service task.
    pub service_task: Option<CodedValue>,
    /// How finished the document is; follows from the kind when it is absent.
    pub record_status: Option<CodedValue>,
    /// The register type; follows from the kind when it is absent.
    pub register_type: Option<CodedValue>,
    /// The service organiser's identifier.
    pub organiser: Option<Oid>,
    /// The service organiser's name.
    pub organiser_name: Option<String>,
    /// How long the document is kept in all.
    pub retention: Option<CodedValue>,
    /// Whether the document has special content.
    pub special_content: Option<CodedValue>,
    /// The structure that the content follows.
    pub content_specification: Option<Oid>,
    /// The client relation.
    pub client_relation: Option<ClientRelationId>,
    /// The service process.
    pub service_process: Option<CodedValue>,
    /// Why the document is not given or shown, in words.
    pub restriction_reason: Option<String>,
    /// Why the document is shown late or not at all in OmaKanta.
    pub display_restriction: Option<CodedValue>,
    /// Items of the social-care header that only the spec bundle knows, by their key there.
    pub other_items: BTreeMap<String, ItemValue>,
}

impl DocumentMetadata {
    /// Makes the metadata of the first version of a client-relation document.
    #[must_use]
    pub fn client_relation(
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: ClientRelationDocument,
    ) -> Self {
        Self {
            client_relation: Some(document.relation),
            ..Self::first_version(
                DocumentKind::ClientRelation,
                office,
                id,
                made,
                document.client,
                document.retention,
                document.special_content,
            )
        }
    }

    /// Makes the metadata of the first version of a client document of the second or a later phase.
    #[must_use]
    pub fn client_document(
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: ClientDocument,
    ) -> Self {
        Self {
            general_type: Some(document.general_type.into()),
            specific_type: Some(document.specific_type.into()),
            author: Some(document.author),
            case: Some(document.case),
            producer: Some(office.producer.clone()),
            service_task: Some(document.service_task.into()),
            service_process: Some(document.service_process.into()),
            ..Self::first_version(
                DocumentKind::ClientDocument,
                office,
                id,
                made,
                document.client,
                document.retention,
                document.special_content,
            )
        }
    }

    fn first_version(
        kind: DocumentKind,
        office: &Office,
        id: DocumentOid,
        made: Instant,
        client: Client,
        retention: RetentionClass,
        special_content: SpecialContent,
    ) -> Self {
        let time = TimeStamp::in_finland(made);
        Self {
            kind,
            language: Some("fi".to_owned()),
            client: Some(client),
            register_keeper: Some(office.register_keeper.clone()),
            service_unit: Some(office.service_unit.clone()),
            created: Some(time.clone()),
            software: Some(office.software.clone()),
            organiser: Some(office.organiser.oid.as_oid().clone()),
            organiser_name: office.organiser.name.clone(),
            retention: Some(retention.into()),
            special_content: Some(special_content.into()),
            ..Self::bare(id.clone(), id, VersionNumber::FIRST, time)
        }
    }

    /// Makes metadata that hold only what no document can lack: what a reader starts from.
    #[must_use]
    pub fn bare(
        id: DocumentOid,
        set_id: DocumentOid,
        version: VersionNumber,
        drafted: TimeStamp,
    ) -> Self {
        Self {
            kind: DocumentKind::Other(None),
            id,
            set_id,
            version,
            general_type: None,
            drafted,
            confidentiality: None,
            language: None,
            client: None,
            author: None,
            register_keeper: None,
            guardian_disclosure: None,
            case: None,
            producer: None,
            service_unit: None,
            specific_type: None,
            created: None,
            group: None,
            display_format: None,
            structured_format: None,
            software: None,
            service_task: None,
            record_status: None,
            register_type: None,
            organiser: None,
            organiser_name: None,
            retention: None,
            special_content: None,
            content_specification: None,
            client_relation: None,
            service_process: None,
            restriction_reason: None,
            display_restriction: None,
            other_items: BTreeMap::new(),
        }
    }

    /// Tells whether a minor's document may be given to the guardians.
    #[must_use]
    pub fn with_guardian_disclosure(mut self, disclosure: GuardianDisclosure) -> Self {
        self.guardian_disclosure = Some(disclosure.into());
        self
    }
}
