//! Archives documents of Finnish social care in Kanta: request context, message frames, transport and outcomes.
//!
//! This is the one crate that a client information system depends on; it re-exports the others as [`core`], [`cda`],
//! [`sign`] and [`xml`]. The road of a document:
//!
//! ```text
//! Draft ──check──► Valid ──sign──► Signed ──ArchiveClient::archive──► Archived | Rejected | Unknown
//! ```
//!
//! An accepted message is not an archived document, and a time-out is not a failure: [`Outcome::Unknown`] is settled with
//! [`ArchiveClient::reconcile`] before anything is sent again. A value that the spec bundle does not know well enough for
//! the environment stops an operation before any byte leaves.

pub use kanta_cda as cda;
pub use kanta_core as core;
pub use kanta_sign as sign;
pub use kanta_xml as xml;

pub mod counter;
pub mod folder;
pub mod frame;
pub mod outbox;
pub mod transport;

mod archive_client;
mod context;
mod outcome;
mod private_file;

pub use archive_client::{ArchiveClient, ClientError, Fetched, MessageIds, RandomMessageIds};
pub use context::{RequestContext, Scope, User};
pub use kanta_core::Retry;
pub use outcome::{Outcome, Unknown};
pub use private_file::write_private_file;
