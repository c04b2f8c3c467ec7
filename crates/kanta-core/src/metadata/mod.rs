//! What the header of a document says about it (Finnish: metatiedot, kuvailutiedot).

mod client;
mod first_version;
mod item;
mod kind;
mod office;
mod revision;

use std::collections::BTreeMap;
use std::fmt;

pub use client::Client;
pub use first_version::{
    CaseDocument, ClientDocument, ClientRelationDocument, DisclosureDocument, LegacyDocument,
};
pub use item::{ItemKey, ItemRef, ItemValue};
pub use kind::DocumentKind;
pub use office::{Office, Software};
pub use revision::{Replaced, Revision, RevisionError};

use crate::codes::{DisplayRestriction, GuardianDisclosure, SocialService};
use crate::{
    CaseId, ClientRelationId, CodedValue, DocumentOid, Oid, Organisation, Professional, TimeStamp,
    VersionNumber,
};

/// Everything that the header of a document says (Finnish: metatiedot).
///
/// Made by a constructor for its kind, such as [`DocumentMetadata::client_document`], by [`DocumentMetadata::revise`] for a
/// later version, or read from a document. What a kind must have is not decided here but by the spec bundle, when a draft
/// is checked; what was read keeps its gaps. `Debug` shows kind, identifiers and version, no personal data.
#[derive(Clone)]
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
    /// The version that this one replaces (`relatedDocument`).
    pub replaces: Option<Replaced>,
    /// The general document type.
    pub general_type: Option<CodedValue>,
    /// When the document was drafted (`effectiveTime`).
    pub drafted: TimeStamp,
    /// How confidential it is; the bundle's value when it is absent.
    pub confidentiality: Option<CodedValue>,
    /// The language, `fi` or `sv`, as it was read.
    pub language: Option<String>,
    /// The client; in a joint case the first of them.
    pub client: Option<Client>,
    /// The other clients of a joint case (Finnish: yhteinen asia).
    pub further_clients: Vec<Client>,
    /// The professional who saved the document.
    pub author: Option<Professional>,
    /// The register keeper.
    pub register_keeper: Option<Organisation>,
    /// Whether a minor's document may be given to the guardians.
    pub guardian_disclosure: Option<CodedValue>,
    /// The case.
    pub case: Option<CaseId>,
    /// When the case was opened; case documents tell it.
    pub case_opened: Option<TimeStamp>,
    /// When the case was closed; case documents tell it.
    pub case_closed: Option<TimeStamp>,
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
    /// The format of the display form; follows from the body when it is absent.
    pub display_format: Option<CodedValue>,
    /// The format of the structured form; follows from the body when it is absent.
    pub structured_format: Option<CodedValue>,
    /// The program that made the document.
    pub software: Option<Software>,
    /// The service task.
    pub service_task: Option<CodedValue>,
    /// How finished the document is; the bundle's value when it is absent.
    pub record_status: Option<CodedValue>,
    /// The register type; the bundle's value when it is absent.
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
    /// The social service.
    pub social_service: Option<CodedValue>,
    /// Why the document is not given or shown, in words.
    pub restriction_reason: Option<String>,
    /// Why the document is shown late or not at all in OmaKanta.
    pub display_restriction: Option<CodedValue>,
    /// Until when showing the document in OmaKanta is put off.
    pub shown_from: Option<TimeStamp>,
    /// Why the document was corrected (Finnish: korjaamisen peruste).
    pub correction_ground: Option<CodedValue>,
    /// How a document that came from elsewhere arrived (Finnish: saapumistapa).
    pub arrival_mode: Option<CodedValue>,
    /// Who sent a document that came from elsewhere, or the agent (Finnish: lähettäjä tai asiamies).
    pub sender: Option<String>,
    /// Why data are given in spite of the child's ban, in words.
    pub disclosure_despite_ban: Option<String>,
    /// Whether the client has a security ban (Finnish: turvakielto).
    pub security_ban: Option<bool>,
    /// Items of the social-care header that only the spec bundle knows, by their key there.
    pub other_items: BTreeMap<String, ItemValue>,
}

impl DocumentMetadata {
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
            replaces: None,
            general_type: None,
            drafted,
            confidentiality: None,
            language: None,
            client: None,
            further_clients: Vec::new(),
            author: None,
            register_keeper: None,
            guardian_disclosure: None,
            case: None,
            case_opened: None,
            case_closed: None,
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
            social_service: None,
            restriction_reason: None,
            display_restriction: None,
            shown_from: None,
            correction_ground: None,
            arrival_mode: None,
            sender: None,
            disclosure_despite_ban: None,
            security_ban: None,
            other_items: BTreeMap::new(),
        }
    }

    /// Iterates over the clients: one, or several in a joint case.
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.client.iter().chain(&self.further_clients)
    }

    /// Adds a client of a joint case.
    #[must_use]
    pub fn with_further_client(mut self, client: Client) -> Self {
        if self.client.is_none() {
            self.client = Some(client);
        } else {
            self.further_clients.push(client);
        }
        self
    }

    /// Tells whether a minor's document may be given to the guardians.
    #[must_use]
    pub fn with_guardian_disclosure(mut self, disclosure: GuardianDisclosure) -> Self {
        self.guardian_disclosure = Some(disclosure.into());
        self
    }

    /// Tells why the document is shown late or not at all in OmaKanta, with a reason in words when there is one.
    #[must_use]
    pub fn with_display_restriction(
        mut self,
        restriction: DisplayRestriction,
        reason: Option<String>,
    ) -> Self {
        self.display_restriction = Some(restriction.into());
        self.restriction_reason = reason;
        self
    }

    /// Tells the minor's own wish, in words, that data are not given to the guardians.
    #[must_use]
    pub fn with_restriction_reason(mut self, reason: impl Into<String>) -> Self {
        self.restriction_reason = Some(reason.into());
        self
    }

    /// Tells how a document that came from elsewhere arrived and who sent it: both are mandatory for such a document
    /// (Kela slides 2020, `[S]`).
    ///
    /// The code system of the arrival mode is not public, so the coded value is the caller's.
    #[must_use]
    pub fn with_arrival(mut self, mode: CodedValue, sender: impl Into<String>) -> Self {
        self.arrival_mode = Some(mode);
        self.sender = Some(sender.into());
        self
    }

    /// Tells whether the client has a security ban.
    #[must_use]
    pub fn with_security_ban(mut self, ban: bool) -> Self {
        self.security_ban = Some(ban);
        self
    }

    /// Tells the social service.
    #[must_use]
    pub fn with_social_service(mut self, service: SocialService) -> Self {
        self.social_service = Some(service.into());
        self
    }
}

impl fmt::Debug for DocumentMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentMetadata")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("set_id", &self.set_id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
