//! The client for hosts without an asynchronous runtime.
//!
//! A thread of its own keeps connections alive; calls block until the answer is there.

use std::future::Future;
use std::sync::Arc;

use kanta_cda::Signed;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::{CaseId, ClientIdentifier, CodedValue, DocumentOid};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::{
    ClientError, ExtendedSearchGround, Fetched, FetchedDocuments, Hits, Outcome, Receipt,
    RequestContext, RetryPolicy, SearchQuery, SummaryKind,
};

/// The blocking face of [`crate::ArchiveClient`]: the same calls, each until its answer is there.
///
/// Clones share the client. A call inside an asynchronous runtime is refused (`KANTA-CLIENT-BLOCKING`).
#[derive(Debug, Clone)]
pub struct ArchiveClient {
    // Dropped first: the runtime must outlive nothing of the client's connections.
    client: Arc<crate::ArchiveClient>,
    runtime: Arc<RuntimeThread>,
}

#[derive(Debug)]
struct RuntimeThread(Option<Runtime>);

impl Drop for RuntimeThread {
    fn drop(&mut self) {
        // Dropping a runtime waits for it, which panics where another runtime is at work.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

macro_rules! calls {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl ArchiveClient {
            $(
                #[doc = concat!("Does what [`crate::ArchiveClient::", stringify!($name), "`] does, and waits for it.")]
                ///
                /// # Errors
                /// [`ClientError`] as there, and when it is called inside an asynchronous runtime.
                pub fn $name(&self, $($argument: $type),*) -> Result<$answer, ClientError> {
                    self.wait(self.client.$name($($argument),*))
                }
            )*
        }
    };
}

calls! {
    archive(document: &Signed, context: &RequestContext) -> Receipt;
    archive_until_settled(document: &Signed, context: &RequestContext, policy: &RetryPolicy) -> Receipt;
    reconcile(document: &Signed, context: &RequestContext) -> Option<Outcome>;
    annul(metadata: &DocumentMetadata, reason: &CodedValue, context: &RequestContext) -> Receipt;
    reconcile_annulment(metadata: &DocumentMetadata, context: &RequestContext) -> Option<Outcome>;
    find_client_relations(client: &ClientIdentifier, context: &RequestContext) -> Hits;
    find_cases(client: &ClientIdentifier, context: &RequestContext) -> Hits;
    find_case(case: &CaseId, context: &RequestContext) -> Hits;
    search_metadata(query: &SearchQuery, context: &RequestContext) -> Hits;
    fetch(id: &DocumentOid, context: &RequestContext) -> Fetched;
    fetch_documents(ids: &[DocumentOid], context: &RequestContext) -> FetchedDocuments;
    fetch_summary(client: &ClientIdentifier, kind: SummaryKind, context: &RequestContext) -> Hits;
    search_disclosed(query: &SearchQuery, context: &RequestContext) -> Hits;
    fetch_disclosed(ids: &[DocumentOid], context: &RequestContext) -> FetchedDocuments;
    search_by_extended_right(query: &SearchQuery, ground: &ExtendedSearchGround, context: &RequestContext) -> Hits;
    fetch_by_extended_right(ids: &[DocumentOid], ground: &ExtendedSearchGround, context: &RequestContext) -> FetchedDocuments;
    search_by_authority_right(query: &SearchQuery, ground: &ExtendedSearchGround, context: &RequestContext) -> Hits;
    fetch_by_authority_right(ids: &[DocumentOid], ground: &ExtendedSearchGround, context: &RequestContext) -> FetchedDocuments;
    fetch_wills(client: &ClientIdentifier, context: &RequestContext) -> Hits;
}

impl ArchiveClient {
    /// Makes the blocking face of a client.
    ///
    /// # Errors
    /// [`ClientError::Runtime`] when the operating system gives no thread.
    pub fn new(client: crate::ArchiveClient) -> Result<Self, ClientError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("kanta-client")
            .enable_all()
            .build()
            .map_err(|error| ClientError::Runtime(error.to_string()))?;
        Ok(Self {
            client: Arc::new(client),
            runtime: Arc::new(RuntimeThread(Some(runtime))),
        })
    }

    fn wait<T>(
        &self,
        call: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, ClientError> {
        if Handle::try_current().is_ok() {
            return Err(ClientError::InsideRuntime);
        }
        match &self.runtime.0 {
            Some(runtime) => runtime.block_on(call),
            None => Err(ClientError::Runtime("it has ended".to_owned())),
        }
    }
}
