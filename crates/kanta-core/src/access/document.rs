//! What the decision needs to know of a document.

use crate::codes::{DocumentType, ServiceProcess, ServiceTask, SocialService};
use crate::metadata::DocumentMetadata;
use crate::{CaseId, ClientIdentity, DocumentOid, RegisterKeeper, ServiceUnit};

/// What is known of a document that somebody wants to see; a fact that is not known is absent.
///
/// The attributes are those of the code server's texts on service tasks and processes (code server, `[S]`).
#[derive(Debug, Clone, Default)]
pub struct AccessedDocument {
    /// The document.
    pub id: Option<DocumentOid>,
    /// In whose register it is.
    pub register_keeper: Option<RegisterKeeper>,
    /// The client.
    pub client: Option<ClientIdentity>,
    /// The case.
    pub case: Option<CaseId>,
    /// The service task.
    pub service_task: Option<ServiceTask>,
    /// The service process.
    pub service_process: Option<ServiceProcess>,
    /// The social service, which the content may tell.
    pub social_service: Option<SocialService>,
    /// The service unit.
    pub unit: Option<ServiceUnit>,
    /// The general document type.
    pub document_type: Option<DocumentType>,
}

impl From<&DocumentMetadata> for AccessedDocument {
    /// Takes what the metadata tell; a code of another code system counts as not known.
    fn from(metadata: &DocumentMetadata) -> Self {
        let unit = metadata.service_unit.clone();
        let keeper = metadata.register_keeper.clone();
        let client = metadata.client.as_ref();
        let task = metadata.service_task.clone();
        let process = metadata.service_process.clone();
        let document_type = metadata.general_type.clone();
        Self {
            id: Some(metadata.id.clone()),
            register_keeper: keeper.map(RegisterKeeper::new),
            client: client.and_then(|client| ClientIdentity::of(&client.identifier)),
            case: metadata.case.clone(),
            service_task: task.and_then(|code| ServiceTask::try_from(code).ok()),
            service_process: process.and_then(|code| ServiceProcess::try_from(code).ok()),
            social_service: None,
            unit: unit.map(ServiceUnit::new),
            document_type: document_type.and_then(|code| DocumentType::try_from(code).ok()),
        }
    }
}
