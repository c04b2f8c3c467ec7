//! The client: archive a document, fetch it, find out what became of it.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use kanta_cda::Signed;
use kanta_core::spec::{Spec, SpecError};
use kanta_core::{DocumentOid, Instant, InvalidValue, Report, VersionNumber};
use kanta_xml::Limits;

use crate::frame::{
    self, Answer, Frame, FrameError, MessageHeader, MessageId, ReadFrameError, read_answer,
};
use crate::transport::{Reply, Transport, TransportError};
use crate::{Outcome, RequestContext, Retry, Unknown};

/// Where identifiers of messages come from; none may ever be given out twice.
pub trait MessageIds: Send + Sync {
    /// Returns the next extension under the context's message root.
    fn next(&self) -> String;
}

/// Message identifiers from random UUIDs: unique without anything to keep.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomMessageIds;

impl MessageIds for RandomMessageIds {
    fn next(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }
}

/// Archives documents in one environment.
pub struct ArchiveClient {
    spec: Spec,
    transport: Box<dyn Transport>,
    message_ids: Box<dyn MessageIds>,
    limits: Limits,
}

/// A document that the archive gave.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The version that the archive names.
    pub version: Option<VersionNumber>,
    /// The document, byte for byte.
    pub document: Vec<u8>,
}

/// Why an operation did not come to an outcome; nothing has been archived by it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The spec bundle lacks a value: nothing was sent.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The message cannot be made: nothing was sent.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The archive was not reached, or gave no answer to a question.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The answer cannot be understood.
    #[error(transparent)]
    Answer(#[from] ReadFrameError),
    /// The archive refused to answer, with these reasons (`KANTA-CLIENT-REFUSED`).
    #[error("the archive refused the request: {0} [KANTA-CLIENT-REFUSED]")]
    Refused(Report),
    /// The archive has no such document (`KANTA-CLIENT-NOT-FOUND`).
    #[error("the archive has no such document [KANTA-CLIENT-NOT-FOUND]")]
    NotFound,
    /// The answer has an HTTP status that says nothing of the request (`KANTA-CLIENT-STATUS`).
    #[error(
        "the answer has the HTTP status {0}: the service or something before it is in trouble [KANTA-CLIENT-STATUS]"
    )]
    Status(StatusCode),
    /// The answer is about another message (`KANTA-CLIENT-OTHER-MESSAGE`).
    #[error("the answer is about another message [KANTA-CLIENT-OTHER-MESSAGE]")]
    OtherMessage,
    /// The clock of the machine is beyond what can be written.
    #[error("the clock of this machine is wrong: {0}")]
    Clock(#[from] InvalidValue),
}

impl ClientError {
    /// Returns whether and when the same call may be made again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Transport(TransportError::Unreachable(_)) | Self::Status(_) => {
                Retry::After(Duration::from_secs(30))
            }
            // Only questions end here: to repeat one is harmless.
            Self::Transport(TransportError::NoAnswer(_)) | Self::OtherMessage => Retry::SafeNow,
            _ => Retry::Never,
        }
    }
}

impl ArchiveClient {
    /// Makes a client for the environment of `spec`.
    #[must_use]
    pub fn new(spec: Spec, transport: impl Transport + 'static) -> Self {
        Self {
            spec,
            transport: Box::new(transport),
            message_ids: Box::new(RandomMessageIds),
            limits: Limits::default(),
        }
    }

    /// Takes message identifiers from another source, such as a counter of the host's.
    #[must_use]
    pub fn with_message_ids(mut self, message_ids: impl MessageIds + 'static) -> Self {
        self.message_ids = Box::new(message_ids);
        self
    }

    /// Returns the effective spec bundle.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Stores a signed document and tells what became of it: [`ArchiveClient::store_message`] and [`ArchiveClient::send`].
    ///
    /// # Errors
    /// [`ClientError`] when nothing was sent. Once the message may have arrived, the answer is an [`Outcome`]:
    /// [`Outcome::Unknown`] is settled with [`ArchiveClient::reconcile`] before anything is sent again.
    pub async fn archive(
        &self,
        document: &Signed,
        context: &RequestContext,
    ) -> Result<Outcome, ClientError> {
        let message = self.store_message(document, context)?;
        self.send(&message).await
    }

    /// Makes the message that stores a signed document, without sending it.
    ///
    /// # Errors
    /// [`ClientError`] when the spec bundle lacks a value or the message cannot be made.
    pub fn store_message(
        &self,
        document: &Signed,
        context: &RequestContext,
    ) -> Result<Frame, ClientError> {
        Ok(frame::store_frame(
            document,
            context,
            &self.header(context)?,
            &self.spec,
        )?)
    }

    /// Sends a message that stores a document and tells what became of the document.
    ///
    /// # Errors
    /// As [`ArchiveClient::archive`].
    pub async fn send(&self, message: &Frame) -> Result<Outcome, ClientError> {
        let content_type = self.content_type()?;
        let id = message.id();
        tracing::debug!(message = %id, "storing a document");
        let bytes = Bytes::copy_from_slice(message.as_xml());
        let outcome = match self.transport.exchange(bytes, content_type).await {
            Ok(reply) => outcome_of(&reply, id, &self.limits),
            Err(error) if error.may_have_arrived() => {
                Outcome::Unknown(Unknown::NoAnswer(error.to_string()))
            }
            Err(error) => return Err(error.into()),
        };
        tracing::debug!(message = %id, retry = ?outcome.retry(), "stored or not");
        Ok(outcome)
    }

    /// Fetches a document by its identifier.
    ///
    /// # Errors
    /// [`ClientError`], among them [`ClientError::NotFound`].
    pub async fn fetch(
        &self,
        id: &DocumentOid,
        context: &RequestContext,
    ) -> Result<Fetched, ClientError> {
        let content_type = self.content_type()?;
        let frame = frame::fetch_frame(id, context, &self.header(context)?, &self.spec)?;
        let message_id = frame.id().clone();
        let message = Bytes::from(frame.into_xml());
        let reply = self.transport.exchange(message, content_type).await?;
        if reply.status != StatusCode::OK {
            return Err(ClientError::Status(reply.status));
        }
        let answer = read_answer(&reply.body, &self.limits)?;
        fetched(answer, id, &message_id)
    }

    /// Settles an unknown outcome by asking the archive for the document and its version.
    ///
    /// Returns [`Outcome::Archived`] when the archive has this very document, and `None` when it has not: then the same
    /// signed bytes may be sent again.
    ///
    /// # Errors
    /// [`ClientError`] when the archive cannot be asked; the outcome stays unknown.
    pub async fn reconcile(
        &self,
        document: &Signed,
        context: &RequestContext,
    ) -> Result<Option<Outcome>, ClientError> {
        match self.fetch(&document.metadata().id, context).await {
            Ok(fetched) if fetched.document == document.as_xml() => {
                Ok(Some(Outcome::Archived(Report::new())))
            }
            Ok(_) => Ok(Some(Outcome::Unknown(Unknown::NotUnderstood(
                "the archive has another document under this identifier".to_owned(),
            )))),
            Err(ClientError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn content_type(&self) -> Result<&str, SpecError> {
        const PROTOCOL: &str = "message.transport.protocol";
        if self.spec.text(PROTOCOL)? != "plain-post" {
            return Err(SpecError::invalid(
                PROTOCOL,
                "this version speaks `plain-post` only",
            ));
        }
        self.spec.text("message.transport.content_type")
    }

    fn header(&self, context: &RequestContext) -> Result<MessageHeader, ClientError> {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Ok(MessageHeader {
            id: MessageId {
                root: context.message_root.clone(),
                extension: self.message_ids.next(),
            },
            time: Instant::from_unix(since.as_secs().cast_signed(), since.subsec_nanos())?,
        })
    }
}

/// Reads what became of a document from the answer: whatever is not clear is unknown.
fn outcome_of(reply: &Reply, id: &MessageId, limits: &Limits) -> Outcome {
    let not_understood = |why: String| Outcome::Unknown(Unknown::NotUnderstood(why));
    let answer = match read_answer(&reply.body, limits) {
        Ok(answer) => answer,
        Err(error) if reply.status == StatusCode::OK => return not_understood(error.to_string()),
        Err(_) => return not_understood(format!("the HTTP status is {}", reply.status)),
    };
    let Some(acknowledgement) = answer.acknowledgement else {
        return not_understood("it has no acknowledgement".to_owned());
    };
    if acknowledgement.target.as_ref() != Some(id) {
        return Outcome::Unknown(Unknown::OtherMessage);
    }
    if acknowledgement.is_negative() {
        Outcome::Rejected(acknowledgement.details)
    } else if acknowledgement.is_positive() && reply.status == StatusCode::OK {
        Outcome::Archived(acknowledgement.details)
    } else {
        not_understood("its acknowledgement code is not known".to_owned())
    }
}

fn fetched(
    answer: Answer,
    id: &DocumentOid,
    message_id: &MessageId,
) -> Result<Fetched, ClientError> {
    let acknowledgement = answer
        .acknowledgement
        .ok_or(ReadFrameError::Part("acknowledgement"))?;
    if acknowledgement.target.as_ref() != Some(message_id) {
        return Err(ClientError::OtherMessage);
    }
    if !acknowledgement.is_positive() {
        return Err(ClientError::Refused(acknowledgement.details));
    }
    let entry = answer
        .documents
        .into_iter()
        .find(|entry| entry.id.as_ref() == Some(id.as_oid()));
    match (entry, answer.query_response.as_deref()) {
        (Some(mut entry), _) if !entry.contents.is_empty() => Ok(Fetched {
            version: entry
                .version
                .and_then(|version| VersionNumber::new(version.parse().ok()?).ok()),
            document: entry.contents.swap_remove(0),
        }),
        // Only a clear "no data" is an absence; anything else must not make a document be sent twice.
        (None, Some("NF")) => Err(ClientError::NotFound),
        _ => Err(ReadFrameError::Part("document in the answer").into()),
    }
}

impl std::fmt::Debug for ArchiveClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchiveClient")
            .field("spec", &self.spec.name())
            .field("environment", &self.spec.environment())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched")
            .field("version", &self.version)
            .field("bytes", &self.document.len())
            .finish()
    }
}
