//! The client: one call for each use case.

mod archive;
mod call;
mod error;
mod ids;
mod search;
mod settle;

use std::sync::Arc;

use kanta_core::spec::{Spec, SpecError};
use kanta_xml::Limits;

pub use error::ClientError;
pub use ids::{MessageIds, RandomMessageIds};
pub use search::{Fetched, FetchedDocuments, Hits, SummaryKind};
pub use settle::RetryPolicy;

use crate::transport::{Shell, Transport};
use crate::{AuditSink, BundleStamp, MetricsSink};

/// Speaks to the archive (and to the will service behind the same messages) in one environment.
///
/// | use case | call |
/// | --- | --- |
/// | store a client-relation, case, client, first-phase or legacy document, a case note, a will | [`archive`](Self::archive), [`archive_until_settled`](Self::archive_until_settled) |
/// | store a new version; give a client with a temporary identifier the official one | the same, with a document made by [`DocumentMetadata::revise`](crate::core::metadata::DocumentMetadata::revise) |
/// | store into the organiser's register | the same, with [`Scope::OrganiserRegister`](crate::Scope) |
/// | annul a document | [`annul`](Self::annul) |
/// | find client relations, cases, documents' metadata | [`find_client_relations`](Self::find_client_relations), [`find_cases`](Self::find_cases), [`search_metadata`](Self::search_metadata) |
/// | search two registers with one message | the same, with [`Scope::OwnAndOrganiser`](crate::Scope) |
/// | fetch documents | [`fetch`](Self::fetch), [`fetch_documents`](Self::fetch_documents) |
/// | fetch the client's summary | [`fetch_summary`](Self::fetch_summary) |
/// | search another's register by the client's permission | [`search_disclosed`](Self::search_disclosed), [`fetch_disclosed`](Self::fetch_disclosed) |
/// | … by the extended right (HaLu08) | [`search_by_extended_right`](Self::search_by_extended_right), [`fetch_by_extended_right`](Self::fetch_by_extended_right) |
/// | … by the authority's right (HaLu09) | [`search_by_authority_right`](Self::search_by_authority_right), [`fetch_by_authority_right`](Self::fetch_by_authority_right) |
/// | fetch permissions, bans and informing | [`fetch_wills`](Self::fetch_wills) |
/// | find out what became of a document | [`reconcile`](Self::reconcile) |
///
/// What the spec bundle does not know well enough for the environment stops a call before any byte leaves. The kinds of
/// documents and their messages are data of the bundle: a new kind there needs no new call here.
pub struct ArchiveClient {
    spec: Spec,
    bundle: Arc<BundleStamp>,
    shell: Result<Shell, SpecError>,
    transport: Box<dyn Transport>,
    message_ids: Box<dyn MessageIds>,
    limits: Limits,
    audit: Option<Box<dyn AuditSink>>,
    metrics: Option<Box<dyn MetricsSink>>,
    stores_first_phase: bool,
}

impl ArchiveClient {
    /// Makes a client for the environment of `spec`.
    #[must_use]
    pub fn new(spec: Spec, transport: impl Transport + 'static) -> Self {
        Self {
            bundle: Arc::new(BundleStamp::of(&spec)),
            shell: Shell::of(&spec),
            spec,
            transport: Box::new(transport),
            message_ids: Box::new(RandomMessageIds),
            limits: Limits::default(),
            audit: None,
            metrics: None,
            stores_first_phase: false,
        }
    }

    /// Takes message identifiers from another source, such as a counter of the host's.
    #[must_use]
    pub fn with_message_ids(mut self, message_ids: impl MessageIds + 'static) -> Self {
        self.message_ids = Box::new(message_ids);
        self
    }

    /// Reads answers with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Hands an entry of every message to the host's use log.
    #[must_use]
    pub fn with_audit(mut self, sink: impl AuditSink + 'static) -> Self {
        self.audit = Some(Box::new(sink));
        self
    }

    /// Hands figures of every message to the host.
    #[must_use]
    pub fn with_metrics(mut self, sink: impl MetricsSink + 'static) -> Self {
        self.metrics = Some(Box::new(sink));
        self
    }

    /// Stores documents of the first phase too: only systems that joined in that phase do (MR use cases).
    #[must_use]
    pub fn storing_first_phase_documents(mut self) -> Self {
        self.stores_first_phase = true;
        self
    }

    /// Returns the effective spec bundle.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Returns name and hash of the effective spec bundle, which stand with every message.
    #[must_use]
    pub fn bundle(&self) -> &BundleStamp {
        &self.bundle
    }
}

impl std::fmt::Debug for ArchiveClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchiveClient")
            .field("environment", &self.spec.environment())
            .field("bundle", &self.bundle)
            .finish_non_exhaustive()
    }
}
