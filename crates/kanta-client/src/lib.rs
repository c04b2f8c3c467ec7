//! Archives documents of Finnish social care in Kanta: request context, message frames, transport and outcomes.
//!
//! This is the one crate that a client information system depends on; it re-exports the others as [`core`], [`cda`],
//! [`fhir`], [`sign`] and [`xml`]. The road of a document:
//!
//! ```text
//! Draft ──check──► Valid ──sign──► Signed ──ArchiveClient::archive──► Archived | Rejected | Unknown
//! ```
//!
//! An accepted message is not an archived document, and a time-out is not a failure: [`Outcome::Unknown`] is settled with
//! [`ArchiveClient::reconcile`] before anything is sent again, which [`ArchiveClient::archive_until_settled`] does by itself.
//! A value that the spec bundle does not know well enough for the environment stops an operation before any byte leaves.
//! Hosts without an asynchronous runtime use [`blocking`].

pub use kanta_cda as cda;
pub use kanta_core as core;
pub use kanta_fhir as fhir;
pub use kanta_sign as sign;
pub use kanta_xml as xml;

pub mod blocking;
pub mod counter;
pub mod disclosures;
pub mod folder;
pub mod frame;
pub mod mass;
pub mod outbox;
pub mod transport;
pub mod validator;

mod audit;
mod certificate_watch;
mod client;
mod context;
mod exchange;
mod outcome;
mod private_file;
mod reasons;

#[cfg(feature = "metrics")]
pub use audit::MetricsFacade;
pub use audit::{Attempt, AuditError, AuditSink, MetricsSink};
pub use certificate_watch::{CertificateEvent, CertificateWatch};
pub use client::{
    ArchiveClient, ClientError, Fetched, FetchedDocuments, Hits, MessageIds, RandomMessageIds,
    RetryPolicy, SummaryKind,
};
pub use context::{Authentication, Joining, RequestContext, Scope, User};
pub use exchange::Exchange;
pub use frame::SearchQuery;
pub use kanta_core::Retry;
pub use kanta_core::codes::ExtendedSearchGround;
pub use outbox::BundleStamp;
pub use outcome::{Outcome, Receipt, Unknown};
pub use private_file::write_private_file;
