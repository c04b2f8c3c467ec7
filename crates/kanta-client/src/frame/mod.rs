//! Message frames: the HL7 V3 wrappers around documents and queries (Finnish: siirtokehys).
//!
//! Writers take every name and code from the spec bundle; the reader is tolerant: it knows parts by name and code system,
//! never by position, and both forms of the acknowledgement.

mod answer;
mod fetch;
mod mime;
mod store;
mod wrapper;

pub use answer::{
    Acknowledgement, Answer, DocumentEntry, ReadFrameError, Request, Wrapper, read_answer,
    read_request,
};
pub use fetch::fetch_frame;
pub use mime::{MimeError, write_part};
pub use store::store_frame;

use kanta_core::spec::SpecError;
use kanta_core::{Instant, Oid};

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

/// A message that is ready to be sent.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct Frame {
    id: MessageId,
    xml: Vec<u8>,
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
        "the user's identity code can be a real person's: outside production use one with an individual number 900-999 \
         [KANTA-FRAME-TEST-PERSON]"
    )]
    RealPerson,
    /// The document lacks metadata that the frame repeats (`KANTA-FRAME-METADATA`).
    #[error("the document has no {0}, which the frame repeats [KANTA-FRAME-METADATA]")]
    Metadata(&'static str),
}

impl Frame {
    /// Returns the message's identifier.
    #[must_use]
    pub fn id(&self) -> &MessageId {
        &self.id
    }

    /// Returns the message.
    #[must_use]
    pub fn as_xml(&self) -> &[u8] {
        &self.xml
    }

    /// Returns the message's bytes.
    #[must_use]
    pub fn into_xml(self) -> Vec<u8> {
        self.xml
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("id", &self.id)
            .field("bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Display for MessageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}^{}", self.root, self.extension)
    }
}
