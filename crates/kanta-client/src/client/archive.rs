//! Storing and annulling documents.

use kanta_cda::Signed;
use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::{CodedValue, Report};

use super::{ArchiveClient, ClientError, FetchedDocuments};
use crate::frame::{self, Access, Frame, Operation};
use crate::{Exchange, Outcome, Receipt, RequestContext, Unknown};

impl ArchiveClient {
    /// Stores a signed document, a first version or a later one, and tells what became of it: [`store_message`](Self::store_message) and
    /// [`send`](Self::send).
    ///
    /// One message is sent. To go on until the outcome is known, use
    /// [`archive_until_settled`](Self::archive_until_settled) or the outbox.
    ///
    /// # Errors
    /// [`ClientError`] when nothing was sent. Once the message may have arrived, the answer is an [`Outcome`]:
    /// [`Outcome::Unknown`] is settled with [`ArchiveClient::reconcile`] before anything is sent again.
    pub async fn archive(
        &self,
        document: &Signed,
        context: &RequestContext,
    ) -> Result<Receipt, ClientError> {
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
        if document.metadata().kind == DocumentKind::FirstPhase && !self.stores_first_phase {
            return Err(ClientError::FirstPhase);
        }
        let header = self.next_header(context)?;
        Ok(frame::store_frame(document, context, &header, &self.spec)?)
    }

    /// Sends a message that stores or annuls a document and tells what became of it.
    ///
    /// # Errors
    /// As [`archive`](Self::archive).
    pub async fn send(&self, message: &Frame) -> Result<Receipt, ClientError> {
        let (outcome, exchange) = self.store(message, None).await?;
        Ok(Receipt {
            outcome,
            exchanges: vec![exchange],
        })
    }

    /// Annuls a document, with the reason (Finnish: mitätöi asiakirja).
    ///
    /// `metadata` is that of the version to annul. An unknown outcome is settled with
    /// [`reconcile_annulment`](Self::reconcile_annulment).
    ///
    /// # Errors
    /// [`ClientError`] when nothing was sent.
    pub async fn annul(
        &self,
        metadata: &DocumentMetadata,
        reason: &CodedValue,
        context: &RequestContext,
    ) -> Result<Receipt, ClientError> {
        let header = self.next_header(context)?;
        let frame = frame::annul_frame(metadata, reason, context, &header, &self.spec)?;
        self.send(&frame).await
    }

    /// Settles an unknown outcome by asking the archive for the document and its version.
    ///
    /// Returns [`Outcome::Archived`] when the archive has this very document, [`Unknown::OtherDocument`] when it has
    /// another one under its identifier, and `None` when it has none: then the same signed bytes may be sent again.
    ///
    /// # Errors
    /// [`ClientError`] when the archive cannot be asked; the outcome stays unknown.
    pub async fn reconcile(
        &self,
        document: &Signed,
        context: &RequestContext,
    ) -> Result<Option<Outcome>, ClientError> {
        Ok(self.ask_for(document, context, None).await?.0)
    }

    /// Settles the unknown outcome of an annulment: [`Outcome::Archived`] when the archive gives the document no more, and
    /// `None` when it still does; then the annulment may be sent again.
    ///
    /// # Errors
    /// [`ClientError`] when the archive cannot be asked; the outcome stays unknown.
    pub async fn reconcile_annulment(
        &self,
        metadata: &DocumentMetadata,
        context: &RequestContext,
    ) -> Result<Option<Outcome>, ClientError> {
        let (found, _) = self.ask_for_version(metadata, context, None).await?;
        if found.documents.is_empty() {
            Ok(Some(Outcome::Archived(Report::new())))
        } else {
            Ok(None)
        }
    }

    /// Asks for a document; `None` when the archive has not got it.
    pub(super) async fn ask_for(
        &self,
        document: &Signed,
        context: &RequestContext,
        deadline: Option<std::time::Instant>,
    ) -> Result<(Option<Outcome>, Exchange), ClientError> {
        let (found, exchange) = self
            .ask_for_version(document.metadata(), context, deadline)
            .await?;
        let outcome = found.documents.into_iter().next().map(|fetched| {
            if fetched.document == document.as_xml() {
                Outcome::Archived(Report::new())
            } else {
                Outcome::Unknown(Unknown::OtherDocument)
            }
        });
        Ok((outcome, exchange))
    }

    /// Asks whoever keeps documents of the kind, the archive or the will service, for one version.
    async fn ask_for_version(
        &self,
        metadata: &DocumentMetadata,
        context: &RequestContext,
        deadline: Option<std::time::Instant>,
    ) -> Result<(FetchedDocuments, Exchange), ClientError> {
        let ids = std::slice::from_ref(&metadata.id);
        let from_will_service = is_will(&metadata.kind);
        self.ask_for_documents(ids, from_will_service, &Access::Register, context, deadline)
            .await
    }
}

fn is_will(kind: &DocumentKind) -> bool {
    Operation::store(kind).is_ok_and(|operation| operation.is_about_wills())
}
