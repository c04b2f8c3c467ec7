//! Message frames: the HL7 V3 wrappers around documents and queries (Finnish: siirtokehys).
//!
//! Writers take every name and code from the spec bundle; the reader is tolerant: it knows parts by name and code system,
//! never by position, and both forms of the acknowledgement.

mod elements;
mod guard;
mod mime;
mod operation;
mod query;
mod read;
mod rules;
mod situation;
mod store;
mod wrapper;

pub use mime::{MimeError, append_part};
pub use operation::{Access, Operation, QueryKind};
pub use query::{SearchQuery, query_frame};
pub use read::{
    Acknowledgement, Answer, DocumentEntry, Parameter, QueryAcknowledgement, ReadFrameError,
    Request, Wrapper, read_answer, read_request,
};
pub use rules::{CATALOGUE, check_frame};
pub use store::{annul_frame, store_frame};

pub(crate) use guard::{refuse_real_people, refuse_real_people_in_document};
pub(crate) use situation::use_situations;

use std::sync::Arc;

use bytes::Bytes;
use kanta_core::spec::SpecError;
use kanta_core::{CaseId, ClientIdentifier, DocumentOid, Instant, Oid, OrganisationOid};

use crate::RequestContext;

/// The identifier of a message (Finnish: sanoman tunniste): a root and a number that never comes again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId {
    /// The root.
    pub root: Oid,
    /// What tells the message from all others under the root.
    pub extension: String,
}

/// Identifier and time of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageHeader {
    /// The identifier.
    pub id: MessageId,
    /// When the message is made.
    pub time: Instant,
}

/// A message that is ready to be sent, and what it is about.
///
/// `Debug` shows no content. Clones share the bytes.
#[derive(Clone)]
pub struct Frame {
    id: MessageId,
    interaction: String,
    xml: Bytes,
    subject: Arc<Subject>,
}

/// What a message is about, for the use log.
pub(crate) struct Subject {
    pub(crate) context: RequestContext,
    pub(crate) operation: Operation,
    pub(crate) access: Access,
    pub(crate) client: Option<ClientIdentifier>,
    pub(crate) case: Option<CaseId>,
    pub(crate) documents: Vec<DocumentOid>,
}

/// Why a message cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The spec bundle lacks something that the message needs.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Something in the context holds a character that XML forbids (`KANTA-FRAME-CHARACTER`).
    #[error(
        "the request context or the metadata hold a character that XML forbids: {0} [KANTA-FRAME-CHARACTER]"
    )]
    Xml(#[from] kanta_xml::Error),
    /// No message is known for documents of this kind (`KANTA-FRAME-KIND`).
    #[error("no message is known for documents of this group [KANTA-FRAME-KIND]")]
    Kind,
    /// A real person's identity code would leave the process outside production (`KANTA-FRAME-TEST-PERSON`).
    #[error(
        "the message holds an identity code that can be a real person's: outside production every person, users too, has one \
         with an individual number of 900-999 [KANTA-FRAME-TEST-PERSON]"
    )]
    RealPerson,
    /// The document lacks metadata that the frame repeats (`KANTA-FRAME-METADATA`).
    #[error("the document has no {0}, which the frame repeats [KANTA-FRAME-METADATA]")]
    Metadata(&'static str),
    /// The scope does not fit the operation (`KANTA-FRAME-SCOPE`).
    #[error(
        "the operation `{operation}` cannot be done with the scope `{scope}`: give the context another scope \
         [KANTA-FRAME-SCOPE]"
    )]
    Scope {
        /// The operation.
        operation: Operation,
        /// The scope.
        scope: &'static str,
    },
    /// The question cannot be asked by that right (`KANTA-FRAME-ACCESS`).
    #[error(
        "this question cannot be asked by that right: past the own registers there are searches for descriptions and for \
         documents [KANTA-FRAME-ACCESS]"
    )]
    Access,
    /// The document belongs to another register than the scope's (`KANTA-FRAME-REGISTER-KEEPER`).
    #[error(
        "the document's register keeper is {document}, the scope's is {scope}: take the context of the right register \
         keeper [KANTA-FRAME-REGISTER-KEEPER]"
    )]
    RegisterKeeper {
        /// The document's.
        document: OrganisationOid,
        /// The scope's.
        scope: OrganisationOid,
    },
    /// A later version does not name the one that it replaces (`KANTA-FRAME-REPLACED-MISSING`).
    #[error(
        "the document is a later version and does not name the one that it replaces: make it with `revise` from the metadata \
         of the version before [KANTA-FRAME-REPLACED-MISSING]"
    )]
    ReplacedMissing,
    /// The replaced version is not the one before (`KANTA-FRAME-REPLACED`).
    #[error(
        "the replaced version is not the one before this one in the same chain: set id equal, number one less, other id \
         [KANTA-FRAME-REPLACED]"
    )]
    Replaced,
    /// A search names nothing that bounds it (`KANTA-FRAME-QUERY`).
    #[error(
        "the search is too broad: name a client, a case, a client relation or documents [KANTA-FRAME-QUERY]"
    )]
    TooBroad,
    /// Data of another's register need strong authentication of the user (`KANTA-FRAME-AUTHENTICATION`).
    #[error(
        "a disclosure needs strong authentication of the user: let the user identify with a professional card or the like \
         [KANTA-FRAME-AUTHENTICATION]"
    )]
    WeakAuthentication,
    /// The bundle puts the registration number into the frame and the user has none (`KANTA-FRAME-REGISTRATION-NUMBER`).
    #[error(
        "the bundle names users by registration number and this user has none: give the user one \
         [KANTA-FRAME-REGISTRATION-NUMBER]"
    )]
    RegistrationNumber,
}

impl Frame {
    /// Returns the message's identifier.
    #[must_use]
    pub fn id(&self) -> &MessageId {
        &self.id
    }

    /// Returns the interaction, which is the name of the root element.
    #[must_use]
    pub fn interaction(&self) -> &str {
        &self.interaction
    }

    /// Returns the message.
    #[must_use]
    pub fn as_xml(&self) -> &[u8] {
        &self.xml
    }

    /// Returns what is asked for.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.subject.operation
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.xml.clone()
    }

    pub(crate) fn subject(&self) -> &Subject {
        &self.subject
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("id", &self.id)
            .field("operation", &self.subject.operation)
            .field("bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Display for MessageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}^{}", self.root, self.extension)
    }
}
