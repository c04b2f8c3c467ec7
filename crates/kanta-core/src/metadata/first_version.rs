//! The metadata of first versions, by kind.

use super::{Client, DocumentKind, DocumentMetadata, Office};
use crate::codes::{DocumentType, RetentionClass, ServiceProcess, ServiceTask, SpecialContent};
use crate::{
    CaseId, ClientRelationId, Date, DocumentOid, Instant, Professional, TimeStamp, VersionNumber,
};

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

/// What a case document needs besides its office.
///
/// A joint case has several clients: add them with [`DocumentMetadata::with_further_client`].
#[derive(Debug, Clone)]
pub struct CaseDocument {
    /// The case that the document describes.
    pub case: CaseId,
    /// The client.
    pub client: Client,
    /// The day on which the case was opened.
    pub opened: Date,
    /// The day on which it was closed.
    pub closed: Option<Date>,
    /// The service task.
    pub service_task: ServiceTask,
    /// How long the document is kept.
    pub retention: RetentionClass,
    /// Whether it has special content.
    pub special_content: SpecialContent,
}

/// What a client document needs besides its office: of the second or a later phase, a case note, or of the first phase.
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

/// What a legacy document needs besides its office; much of what a new document must tell may not be known of it.
#[derive(Debug, Clone)]
pub struct LegacyDocument {
    /// The general document type.
    pub general_type: DocumentType,
    /// The client.
    pub client: Client,
    /// The professional, when it is known: optional for legacy documents (Kela, questions and answers, 3.12.2020, `[S]`).
    pub author: Option<Professional>,
    /// When the document was drafted.
    pub drafted: TimeStamp,
    /// The case, when it is known.
    pub case: Option<CaseId>,
    /// The service task.
    pub service_task: ServiceTask,
    /// How long the document is kept.
    pub retention: RetentionClass,
    /// Whether it has special content.
    pub special_content: SpecialContent,
}

/// What a permission or a ban of disclosure needs besides its office.
#[derive(Debug, Clone)]
pub struct DisclosureDocument {
    /// The client, who must have a personal identity code.
    pub client: Client,
    /// How long the document is kept.
    pub retention: RetentionClass,
    /// Whether it has special content.
    pub special_content: SpecialContent,
}

/// What the documents of every kind have.
struct Common {
    client: Client,
    retention: RetentionClass,
    special_content: SpecialContent,
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
        let common = Common {
            client: document.client,
            retention: document.retention,
            special_content: document.special_content,
        };
        Self {
            client_relation: Some(document.relation),
            ..Self::first_version(DocumentKind::ClientRelation, office, id, made, common)
        }
    }

    /// Makes the metadata of the first version of a case document.
    #[must_use]
    pub fn case(office: &Office, id: DocumentOid, made: Instant, document: CaseDocument) -> Self {
        let common = Common {
            client: document.client,
            retention: document.retention,
            special_content: document.special_content,
        };
        Self {
            case: Some(document.case),
            case_opened: Some(TimeStamp::day(document.opened)),
            case_closed: document.closed.map(TimeStamp::day),
            producer: Some(office.producer.clone()),
            service_task: Some(document.service_task.into()),
            ..Self::first_version(DocumentKind::Case, office, id, made, common)
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
        Self::of_client(DocumentKind::ClientDocument, office, id, made, document)
    }

    /// Makes the metadata of the first version of an entry of the case notes.
    #[must_use]
    pub fn case_note(
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: ClientDocument,
    ) -> Self {
        Self::of_client(DocumentKind::CaseNote, office, id, made, document)
    }

    /// Makes the metadata of the first version of a client document of the first phase.
    #[must_use]
    pub fn first_phase(
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: ClientDocument,
    ) -> Self {
        Self::of_client(DocumentKind::FirstPhase, office, id, made, document)
    }

    /// Makes the metadata of the first version of a legacy document.
    #[must_use]
    pub fn legacy(
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: LegacyDocument,
    ) -> Self {
        let common = Common {
            client: document.client,
            retention: document.retention,
            special_content: document.special_content,
        };
        Self {
            general_type: Some(document.general_type.into()),
            author: document.author,
            drafted: document.drafted,
            case: document.case,
            producer: Some(office.producer.clone()),
            service_task: Some(document.service_task.into()),
            ..Self::first_version(DocumentKind::Legacy, office, id, made, common)
        }
    }

    /// Makes the metadata of the first version of a permission to disclose data.
    #[must_use]
    pub fn disclosure_permission(
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: DisclosureDocument,
    ) -> Self {
        Self::disclosure(
            DocumentKind::DisclosurePermission,
            office,
            id,
            made,
            document,
        )
    }

    /// Makes the metadata of the first version of a ban on disclosing data.
    #[must_use]
    pub fn disclosure_ban(
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: DisclosureDocument,
    ) -> Self {
        Self::disclosure(DocumentKind::DisclosureBan, office, id, made, document)
    }

    fn of_client(
        kind: DocumentKind,
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: ClientDocument,
    ) -> Self {
        let common = Common {
            client: document.client,
            retention: document.retention,
            special_content: document.special_content,
        };
        Self {
            general_type: Some(document.general_type.into()),
            specific_type: Some(document.specific_type.into()),
            author: Some(document.author),
            case: Some(document.case),
            producer: Some(office.producer.clone()),
            service_task: Some(document.service_task.into()),
            service_process: Some(document.service_process.into()),
            ..Self::first_version(kind, office, id, made, common)
        }
    }

    fn disclosure(
        kind: DocumentKind,
        office: &Office,
        id: DocumentOid,
        made: Instant,
        document: DisclosureDocument,
    ) -> Self {
        let common = Common {
            client: document.client,
            retention: document.retention,
            special_content: document.special_content,
        };
        Self::first_version(kind, office, id, made, common)
    }

    fn first_version(
        kind: DocumentKind,
        office: &Office,
        id: DocumentOid,
        made: Instant,
        common: Common,
    ) -> Self {
        let time = TimeStamp::in_finland(made);
        Self {
            kind,
            language: Some("fi".to_owned()),
            client: Some(common.client),
            register_keeper: Some(office.register_keeper.clone()),
            service_unit: Some(office.service_unit.clone()),
            created: Some(time.clone()),
            software: Some(office.software.clone()),
            organiser: Some(office.organiser.oid.as_oid().clone()),
            organiser_name: office.organiser.name.clone(),
            retention: Some(common.retention.into()),
            special_content: Some(common.special_content.into()),
            ..Self::bare(id.clone(), id, VersionNumber::FIRST, time)
        }
    }
}
