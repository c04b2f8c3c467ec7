//! A request for access and what is decided.

use super::document::AccessedDocument;
use super::evidence::ContextEvidence;
use super::work_task::WorkTask;
use crate::codes::ServiceTask;
use crate::{Date, RegisterKeeper, ServiceUnit};

/// The worker as the access check sees one (Finnish: käyttäjä, käyttöoikeudet).
#[derive(Debug, Clone)]
pub struct UserContext {
    /// The work task.
    pub work_task: WorkTask,
    /// The service tasks to which the worker has the right.
    pub service_tasks: Vec<ServiceTask>,
    /// The unit where the worker works.
    pub unit: ServiceUnit,
    /// The keeper of the worker's own register.
    pub register_keeper: RegisterKeeper,
    /// Whether the worker is identified by a card or as strongly.
    pub strongly_identified: bool,
}

/// May this worker see this document today?
#[derive(Debug, Clone)]
pub struct AccessRequest<'a> {
    /// The worker.
    pub user: &'a UserContext,
    /// The document.
    pub document: &'a AccessedDocument,
    /// What proves the context; one piece that fits is enough.
    pub evidence: &'a [ContextEvidence<'a>],
    /// The day.
    pub day: Date,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessDecision {
    /// Yes.
    Permit {
        /// On this basis: the log has it.
        basis: Basis,
    },
    /// No.
    Deny {
        /// Every reason that was met.
        reasons: Vec<DenyReason>,
    },
    /// Neither: the facts or the table do not tell.
    Undecided {
        /// What is missing.
        missing: Vec<MissingFact>,
    },
}

/// On what basis data are used (Finnish: käytön peruste).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Basis {
    /// The organiser's own client relation.
    OwnRelation,
    /// A register-use right.
    RegisterUseRight,
    /// The own relation with a member of the joint case.
    JointCase,
    /// A register-use right for a member of the joint case.
    RegisterUseRightInJointCase,
    /// The client's disclosure permission.
    Permission,
    /// The extended right of access.
    ExtendedRight,
    /// The authority's right of access.
    AuthorityRight,
    /// A task of administration.
    Administration,
}

/// Why access is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DenyReason {
    /// Nothing proves a context.
    NoEvidence,
    /// The document is in another register than the evidence.
    OtherRegister,
    /// The document is of another client.
    OtherClient,
    /// The document is of another case, or the case is not joint.
    OtherCase,
    /// The client does not belong to the joint case on the day.
    NotAMember,
    /// The disclosure is of another document.
    OtherDocument,
    /// The document may not be disclosed.
    NotDisclosed,
    /// Neither relation nor right names the worker's unit on the day.
    UnitNotNamed,
    /// The worker's task is none of administration.
    NoAdministration,
    /// Data from another's register need a card or an identification as strong.
    StrongIdentificationNeeded,
    /// The worker has no right to the document's service task.
    ServiceTaskNotAssigned,
    /// The table says no.
    Table {
        /// The row's note.
        note: Option<String>,
    },
}

/// What must be known before anything is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingFact {
    /// In whose register the document is.
    RegisterKeeper,
    /// Whose document it is, by an identifier that can be compared.
    Client,
    /// To which case it belongs.
    Case,
    /// Its service task.
    ServiceTask,
    /// Its service process.
    ServiceProcess,
    /// Its social service.
    SocialService,
    /// Its service unit.
    Unit,
    /// Its type.
    DocumentType,
    /// Whether it may be disclosed.
    Disclosure,
    /// A row of the table for this work task and document.
    TableRow,
}

/// Decides who may see what. Advice, not law.
pub trait AccessPolicy {
    /// Decides one request.
    fn decide(&self, request: &AccessRequest<'_>) -> AccessDecision;
}

impl Basis {
    /// Returns the word that tables and logs use.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::OwnRelation => "own-relation",
            Self::RegisterUseRight => "register-use-right",
            Self::JointCase => "joint-case",
            Self::RegisterUseRightInJointCase => "register-use-right-in-joint-case",
            Self::Permission => "permission",
            Self::ExtendedRight => "extended-right",
            Self::AuthorityRight => "authority-right",
            Self::Administration => "administration",
        }
    }

    /// Every basis.
    pub const ALL: [Self; 8] = [
        Self::OwnRelation,
        Self::RegisterUseRight,
        Self::JointCase,
        Self::RegisterUseRightInJointCase,
        Self::Permission,
        Self::ExtendedRight,
        Self::AuthorityRight,
        Self::Administration,
    ];

    /// Returns whether data on this basis come from another's register: those need strong identification (county letter, `[S]`).
    #[must_use]
    pub fn is_from_another_register(self) -> bool {
        match self {
            Self::OwnRelation | Self::JointCase | Self::Administration => false,
            Self::RegisterUseRight
            | Self::RegisterUseRightInJointCase
            | Self::Permission
            | Self::ExtendedRight
            | Self::AuthorityRight => true,
        }
    }
}

impl DenyReason {
    /// Returns the reason in Finnish.
    #[must_use]
    pub fn finnish(&self) -> &str {
        match self {
            Self::NoEvidence => "asiayhteyttä ei ole todennettu",
            Self::OtherRegister => "asiakirja on toisessa rekisterissä",
            Self::OtherClient => "asiakirja on toisen asiakkaan",
            Self::OtherCase => "asiakirja ei kuulu yhteiseen asiaan",
            Self::NotAMember => "asiakas ei kuulu yhteiseen asiaan tuona päivänä",
            Self::OtherDocument => "luovutus koskee toista asiakirjaa",
            Self::NotDisclosed => "asiakirjaa ei saa luovuttaa",
            Self::UnitNotNamed => "työntekijän yksikkö ei palvele asiakasta tuona päivänä",
            Self::NoAdministration => "työtehtävä ei ole hallinnollinen",
            Self::StrongIdentificationNeeded => {
                "toisen rekisterin tiedot vaativat vahvan tunnistautumisen"
            }
            Self::ServiceTaskNotAssigned => "työntekijällä ei ole oikeutta palvelutehtävään",
            Self::Table { note } => note
                .as_deref()
                .unwrap_or("käyttöoikeustaulukko kieltää käytön"),
        }
    }

    /// Returns the reason in English.
    #[must_use]
    pub fn english(&self) -> &str {
        match self {
            Self::NoEvidence => "nothing proves a context",
            Self::OtherRegister => "the document is in another register",
            Self::OtherClient => "the document is of another client",
            Self::OtherCase => "the document does not belong to the joint case",
            Self::NotAMember => "the client does not belong to the joint case on that day",
            Self::OtherDocument => "the disclosure is of another document",
            Self::NotDisclosed => "the document may not be disclosed",
            Self::UnitNotNamed => "the worker's unit does not serve the client on that day",
            Self::NoAdministration => "the work task is none of administration",
            Self::StrongIdentificationNeeded => {
                "data from another's register need strong identification"
            }
            Self::ServiceTaskNotAssigned => "the worker has no right to the service task",
            Self::Table { note } => note.as_deref().unwrap_or("the access table denies the use"),
        }
    }
}
