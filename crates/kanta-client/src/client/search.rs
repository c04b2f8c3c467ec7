//! Searching and fetching.

use kanta_core::{CaseId, ClientIdentifier, DocumentOid, Report, VersionNumber};

use super::{ArchiveClient, ClientError};
use crate::frame::{
    self, Access, DocumentEntry, MessageId, QueryAcknowledgement, QueryKind, SearchQuery,
};
use crate::{Exchange, ExtendedSearchGround, RequestContext};

/// A document that the archive gave.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// The identifier.
    pub id: DocumentOid,
    /// The version that the archive names.
    pub version: Option<VersionNumber>,
    /// The document, byte for byte.
    pub document: Vec<u8>,
}

/// Documents that the archive gave, and those that it did not.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FetchedDocuments {
    /// What came, in the order of the archive.
    pub documents: Vec<Fetched>,
    /// What was asked for and did not come.
    pub missing: Vec<DocumentOid>,
    /// The archive's warnings.
    pub warnings: Report,
}

/// What a search found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Hits {
    /// The descriptions, with contents where the archive gives them.
    pub entries: Vec<DocumentEntry>,
    /// How many hits there are in all, when the archive tells.
    pub total: Option<u64>,
    /// How many of them did not come with this answer: never dropped in silence.
    pub remaining: u64,
    /// The identifier to go on with when hits remain. How the archive continues a query is not known.
    pub continuation: Option<MessageId>,
    /// The archive's warnings.
    pub warnings: Report,
    /// The message and its answer.
    pub exchange: Exchange,
}

/// Which summary of a client's data (Finnish: asiakastiedon kooste).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryKind {
    /// The basic one.
    Basic,
    /// The richer one of the second phase (Finnish: rikastettu kooste).
    Enriched,
}

impl ArchiveClient {
    /// Finds a client's relations (Finnish: hae asiakkuus). No hits are no error.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn find_client_relations(
        &self,
        client: &ClientIdentifier,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        let query = SearchQuery::of_client(client.clone());
        self.search(
            QueryKind::ClientRelations,
            &query,
            &Access::Register,
            context,
        )
        .await
    }

    /// Finds the cases of a client (Finnish: hae asia). No hits are no error.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn find_cases(
        &self,
        client: &ClientIdentifier,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        let query = SearchQuery::of_client(client.clone());
        self.search(QueryKind::Cases, &query, &Access::Register, context)
            .await
    }

    /// Finds a case by its identifier, as a producer does with the one that the organiser gave.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn find_case(
        &self,
        case: &CaseId,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        let query = SearchQuery::of_case(case.clone());
        self.search(QueryKind::Cases, &query, &Access::Register, context)
            .await
    }

    /// Searches descriptions of documents (Finnish: hae asiakirjan metatiedot).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn search_metadata(
        &self,
        query: &SearchQuery,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        self.search(QueryKind::Metadata, query, &Access::Register, context)
            .await
    }

    /// Fetches a document by its identifier (Finnish: hae asiakirja).
    ///
    /// # Errors
    /// [`ClientError`], among them [`ClientError::NotFound`].
    pub async fn fetch(
        &self,
        id: &DocumentOid,
        context: &RequestContext,
    ) -> Result<Fetched, ClientError> {
        let ids = std::slice::from_ref(id);
        let found = self.fetch_documents(ids, context).await?;
        found
            .documents
            .into_iter()
            .next()
            .ok_or(ClientError::NotFound)
    }

    /// Fetches documents by their identifiers, with one message.
    ///
    /// # Errors
    /// [`ClientError`]; a document that does not come is no error but stands in [`FetchedDocuments::missing`].
    pub async fn fetch_documents(
        &self,
        ids: &[DocumentOid],
        context: &RequestContext,
    ) -> Result<FetchedDocuments, ClientError> {
        let (found, _) = self
            .ask_for_documents(ids, false, &Access::Register, context, None)
            .await?;
        Ok(found)
    }

    /// Fetches the summary that the archive makes of a client's data (Finnish: hae kooste). Its format is not known: the
    /// contents come as they are.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn fetch_summary(
        &self,
        client: &ClientIdentifier,
        kind: SummaryKind,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        let kind = match kind {
            SummaryKind::Basic => QueryKind::Summary,
            SummaryKind::Enriched => QueryKind::EnrichedSummary,
        };
        let query = SearchQuery::of_client(client.clone());
        self.search(kind, &query, &Access::Register, context).await
    }

    /// Searches another's register by the client's permission (Finnish: luovutushaku).
    ///
    /// # Errors
    /// [`ClientError`]; `KANTA-FRAME-AUTHENTICATION` when the user is not strongly authenticated.
    pub async fn search_disclosed(
        &self,
        query: &SearchQuery,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        self.search(QueryKind::Metadata, query, &Access::Permission, context)
            .await
    }

    /// Fetches documents of another's register by the client's permission.
    ///
    /// # Errors
    /// [`ClientError`], as for [`search_disclosed`](Self::search_disclosed).
    pub async fn fetch_disclosed(
        &self,
        ids: &[DocumentOid],
        context: &RequestContext,
    ) -> Result<FetchedDocuments, ClientError> {
        let (found, _) = self
            .ask_for_documents(ids, false, &Access::Permission, context, None)
            .await?;
        Ok(found)
    }

    /// Searches another's register past permission and bans, by the extended right of access (HaLu08; Finnish: laaja
    /// tiedonsaantioikeus). The user is asked for the ground: it cannot be left out.
    ///
    /// ```compile_fail,E0061
    /// # use kanta_client::{ArchiveClient, RequestContext, SearchQuery};
    /// # async fn f(client: ArchiveClient, query: SearchQuery, context: RequestContext) {
    /// client.search_by_extended_right(&query, &context).await.unwrap();
    /// # }
    /// ```
    ///
    /// ```no_run
    /// # use kanta_client::{ArchiveClient, ExtendedSearchGround, RequestContext, SearchQuery};
    /// # async fn f(client: ArchiveClient, query: SearchQuery, context: RequestContext) {
    /// let ground = ExtendedSearchGround::other("code from 1.2.246.537.6.1299", "its name");
    /// client.search_by_extended_right(&query, &ground, &context).await.unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ClientError`], as for [`search_disclosed`](Self::search_disclosed).
    pub async fn search_by_extended_right(
        &self,
        query: &SearchQuery,
        ground: &ExtendedSearchGround,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        let access = Access::ExtendedRight(ground.clone());
        self.search(QueryKind::Metadata, query, &access, context)
            .await
    }

    /// Fetches documents of another's register by the extended right of access.
    ///
    /// # Errors
    /// [`ClientError`], as for [`search_disclosed`](Self::search_disclosed).
    pub async fn fetch_by_extended_right(
        &self,
        ids: &[DocumentOid],
        ground: &ExtendedSearchGround,
        context: &RequestContext,
    ) -> Result<FetchedDocuments, ClientError> {
        let access = Access::ExtendedRight(ground.clone());
        let (found, _) = self
            .ask_for_documents(ids, false, &access, context, None)
            .await?;
        Ok(found)
    }

    /// Searches another's register by the authority's right of access, which reaches legacy and first-phase documents too
    /// (HaLu09; Finnish: viranomaisen tiedonsaantioikeus). The user is asked for the ground: it cannot be left out.
    ///
    /// ```compile_fail,E0061
    /// # use kanta_client::{ArchiveClient, RequestContext, SearchQuery};
    /// # async fn f(client: ArchiveClient, query: SearchQuery, context: RequestContext) {
    /// client.search_by_authority_right(&query, &context).await.unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ClientError`], as for [`search_disclosed`](Self::search_disclosed).
    pub async fn search_by_authority_right(
        &self,
        query: &SearchQuery,
        ground: &ExtendedSearchGround,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        let access = Access::AuthorityRight(ground.clone());
        self.search(QueryKind::Metadata, query, &access, context)
            .await
    }

    /// Fetches documents of another's register by the authority's right of access.
    ///
    /// # Errors
    /// [`ClientError`], as for [`search_disclosed`](Self::search_disclosed).
    pub async fn fetch_by_authority_right(
        &self,
        ids: &[DocumentOid],
        ground: &ExtendedSearchGround,
        context: &RequestContext,
    ) -> Result<FetchedDocuments, ClientError> {
        let access = Access::AuthorityRight(ground.clone());
        let (found, _) = self
            .ask_for_documents(ids, false, &access, context, None)
            .await?;
        Ok(found)
    }

    /// Fetches a client's permissions, bans and informing from the will service (Finnish: tahdonilmaisut).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn fetch_wills(
        &self,
        client: &ClientIdentifier,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        let query = SearchQuery::of_client(client.clone());
        self.search(QueryKind::Wills, &query, &Access::Register, context)
            .await
    }

    async fn search(
        &self,
        kind: QueryKind,
        query: &SearchQuery,
        access: &Access,
        context: &RequestContext,
    ) -> Result<Hits, ClientError> {
        self.query(kind, query, access, context, None).await
    }

    async fn query(
        &self,
        kind: QueryKind,
        query: &SearchQuery,
        access: &Access,
        context: &RequestContext,
        deadline: Option<std::time::Instant>,
    ) -> Result<Hits, ClientError> {
        let header = self.next_header(context)?;
        let frame = frame::query_frame(kind, query, access, context, &header, &self.spec)?;
        let (answer, exchange) = self.ask(&frame, deadline).await?;
        let told = answer.query.unwrap_or_default();
        let came = answer.documents.len() as u64;
        Ok(Hits {
            total: told.total,
            remaining: remaining(&told, came),
            continuation: told.query_id.filter(|_| told.remaining > Some(0)),
            entries: answer.documents,
            warnings: answer
                .acknowledgement
                .map(|acknowledgement| acknowledgement.details)
                .unwrap_or_default(),
            exchange,
        })
    }

    pub(super) async fn ask_for_documents(
        &self,
        ids: &[DocumentOid],
        from_will_service: bool,
        access: &Access,
        context: &RequestContext,
        deadline: Option<std::time::Instant>,
    ) -> Result<(FetchedDocuments, Exchange), ClientError> {
        let kind = if from_will_service {
            QueryKind::Wills
        } else {
            QueryKind::Documents
        };
        let query = SearchQuery::of_documents(ids.iter().cloned());
        let hits = self.query(kind, &query, access, context, deadline).await?;
        let mut documents = Vec::new();
        for entry in hits.entries {
            // What was not asked for is not handed out.
            let id = entry.id.map(DocumentOid::new);
            let Some(id) = id.filter(|id| ids.contains(id)) else {
                continue;
            };
            if let Some(document) = entry.contents.into_iter().next() {
                let version = entry.version.and_then(|version| version.parse().ok());
                documents.push(Fetched {
                    id,
                    version: version.and_then(|version| VersionNumber::new(version).ok()),
                    document,
                });
            }
        }
        let missing = ids
            .iter()
            .filter(|id| !documents.iter().any(|found| found.id == **id))
            .cloned()
            .collect();
        let found = FetchedDocuments {
            documents,
            missing,
            warnings: hits.warnings,
        };
        Ok((found, hits.exchange))
    }
}

/// What the archive says, or what follows from the total when it does not say.
fn remaining(told: &QueryAcknowledgement, came: u64) -> u64 {
    told.remaining
        .unwrap_or_else(|| told.total.unwrap_or(came).saturating_sub(came))
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("bytes", &self.document.len())
            .finish()
    }
}
