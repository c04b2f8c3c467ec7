//! The clients for hosts without an asynchronous runtime.
//!
//! A thread of its own keeps connections alive; calls block until the answer is there.

use std::future::Future;
use std::sync::Arc;

use kanta_cda::Signed;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::{CaseId, ClientIdentifier, CodedValue, DocumentOid};
use kanta_fhir::SignedNotices;
use kanta_fhir::exchange::Caller;
use kanta_fhir::notice::NoticeBatch;
use kanta_sign::Signer;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::disclosures::{NoticeOutcome, NotifyError, ParkedNotices};
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

/// The blocking face of [`crate::disclosures::LogRegister`]: the calls of its [`disclosures`], each until its answer is there.
///
/// Clones share the client. A call inside an asynchronous runtime is refused (`KANTA-CLIENT-BLOCKING`).
///
/// [`disclosures`]: crate::disclosures::LogRegister::disclosures
#[derive(Debug, Clone)]
pub struct LogRegister {
    register: Arc<crate::disclosures::LogRegister>,
    runtime: Arc<RuntimeThread>,
}

/// Why a blocking call was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockingError {
    /// It was made where a runtime is at work (`KANTA-CLIENT-BLOCKING`).
    #[error(
        "a blocking call was made inside an asynchronous runtime: use the asynchronous client there [KANTA-CLIENT-BLOCKING]"
    )]
    InsideRuntime,
    /// The operating system gives no thread for it (`KANTA-CLIENT-RUNTIME`).
    #[error("no runtime for blocking calls: {0} [KANTA-CLIENT-RUNTIME]")]
    Runtime(String),
}

#[derive(Debug)]
struct RuntimeThread(Option<Runtime>);

impl RuntimeThread {
    fn start() -> Result<Arc<Self>, BlockingError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("kanta-client")
            .enable_all()
            .build()
            .map_err(|error| BlockingError::Runtime(error.to_string()))?;
        Ok(Arc::new(Self(Some(runtime))))
    }

    fn wait<T, E: From<BlockingError>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if Handle::try_current().is_ok() {
            return Err(BlockingError::InsideRuntime.into());
        }
        match &self.0 {
            Some(runtime) => runtime.block_on(call),
            None => Err(BlockingError::Runtime("it has ended".to_owned()).into()),
        }
    }
}

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
                    self.runtime.wait(self.client.$name($($argument),*))
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
    /// [`BlockingError::Runtime`] when the operating system gives no thread.
    pub fn new(client: crate::ArchiveClient) -> Result<Self, BlockingError> {
        Ok(Self {
            client: Arc::new(client),
            runtime: RuntimeThread::start()?,
        })
    }
}

impl LogRegister {
    /// Makes the blocking face of a log register's client.
    ///
    /// # Errors
    /// [`BlockingError::Runtime`] when the operating system gives no thread.
    pub fn new(register: crate::disclosures::LogRegister) -> Result<Self, BlockingError> {
        Ok(Self {
            register: Arc::new(register),
            runtime: RuntimeThread::start()?,
        })
    }

    /// Does what [`crate::disclosures::Disclosures::prepare`] does; it sends nothing.
    ///
    /// # Errors
    /// [`NotifyError`] as there.
    pub fn prepare(
        &self,
        notices: &NoticeBatch,
        signer: &dyn Signer,
    ) -> Result<SignedNotices, NotifyError> {
        self.register.disclosures().prepare(notices, signer)
    }

    /// Does what [`crate::disclosures::Disclosures::take_up`] does; it sends nothing.
    ///
    /// # Errors
    /// [`NotifyError`] as there.
    pub fn take_up(&self, bytes: Vec<u8>) -> Result<SignedNotices, NotifyError> {
        self.register.disclosures().take_up(bytes)
    }

    /// Does what [`crate::disclosures::Disclosures::notify`] does, and waits for it.
    ///
    /// # Errors
    /// [`NotifyError`] as there, and when it is called inside an asynchronous runtime.
    pub fn notify(
        &self,
        notices: &NoticeBatch,
        caller: &Caller,
        signer: &dyn Signer,
    ) -> Result<NoticeOutcome, NotifyError> {
        let disclosures = self.register.disclosures();
        self.runtime
            .wait(disclosures.notify(notices, caller, signer))
    }

    /// Does what [`crate::disclosures::Disclosures::send`] does, and waits for it.
    ///
    /// # Errors
    /// As [`LogRegister::notify`].
    pub fn send(
        &self,
        notices: &SignedNotices,
        caller: &Caller,
        signer: &dyn Signer,
    ) -> Result<NoticeOutcome, NotifyError> {
        let disclosures = self.register.disclosures();
        self.runtime.wait(disclosures.send(notices, caller, signer))
    }

    /// Does what [`crate::disclosures::Disclosures::send_again_by_decision`] does, and waits for it.
    ///
    /// # Errors
    /// As [`LogRegister::notify`].
    pub fn send_again_by_decision(
        &self,
        parked: &ParkedNotices,
        caller: &Caller,
        signer: &dyn Signer,
    ) -> Result<NoticeOutcome, NotifyError> {
        let disclosures = self.register.disclosures();
        self.runtime
            .wait(disclosures.send_again_by_decision(parked, caller, signer))
    }
}
