//! The outbox: signed documents, durable until the archive has them; and disclosure notices, until the log register has them.
//!
//! ```text
//! Signed ──put──► held / queued ──take──► sending ──finish──► archived | rejected | unknown | parked
//!                                            └── crash, lease ended ──► unknown ──ask the archive──► archived | queued
//! ```
//!
//! What it promises, whatever happens to the process or the machine:
//! * **Nothing is lost.** When [`Outbox::put`] answers, the document is on the disk.
//! * **Nothing is archived twice.** `sending` is on the disk before the first byte leaves. A document that may have arrived
//!   is never sent again before the archive was asked for it.
//! * **Notices that may have arrived are for a person.** Nobody can ask the log register: notices in doubt, after a lost answer, a
//!   crash or [`Outbox::doubt_all`], are parked, and only a [`Decision`] sends them again.
//! * **Order.** A document leaves only when every earlier one of its lane is settled and every earlier version of its chain
//!   is archived (or discarded by a person). Lanes go in parallel.
//!
//! What stops a lane: a document that is being sent, whose outcome is unknown, or that is parked, since it may still leave
//! and would then come after its successors. A *rejected* document stops its later versions, which the archive would refuse
//! without it, and everything later in its lane when it is a client-relation document, which the others name
//! ([`NewEntry::needed_by_its_lane`]); otherwise the lane goes on.
//!
//! [`DatabaseOutbox`] keeps it in SQLite (`sqlite`, one working process) or PostgreSQL (feature `postgres`, any number of workers on
//! any number of machines). A [`Worker`] with an [`ArchiveCourier`] empties it of documents, one with a [`NoticeCourier`] of
//! notices: each [`Kind`] has workers of its own, so that neither waits when the other's service is away. The database is documented for people who look into it with SQL.

mod claim;
mod claim_guard;
mod courier;
mod doubt;
#[cfg(any(feature = "outbox-sqlite", feature = "postgres"))]
mod encryption;
mod entry;
mod error;
mod kind;
mod notice_courier;
mod numbers;
mod pace;
mod state;
#[cfg(any(feature = "outbox-sqlite", feature = "postgres"))]
mod store;
mod wait;
mod worker;

#[cfg(feature = "test-kit")]
pub mod conformance;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "outbox-sqlite")]
pub mod sqlite;

use std::future::Future;
use std::pin::Pin;

use kanta_core::DocumentOid;

pub use claim::{Claim, Claiming, Decision, Task, Verdict};
pub use courier::{ArchiveCourier, Courier, Delivery, NotSent};
#[cfg(any(feature = "outbox-sqlite", feature = "postgres"))]
pub use encryption::{Encryption, EncryptionKey};
pub use entry::{BundleStamp, Entry, Filter, Lane, NewEntry, Put, Retention};
pub use error::OutboxError;
pub use kind::{Kind, UnknownKind};
pub use notice_courier::NoticeCourier;
pub use numbers::{BlockUsedUp, OidNumbers};
pub use state::{Counts, State, UnknownState};
#[cfg(any(feature = "outbox-sqlite", feature = "postgres"))]
pub use store::DatabaseOutbox;
pub use worker::{Event, RunReport, Until, Worker, WorkerControl, WorkerOptions};

/// The answer of an outbox that is on its way.
pub type Answer<'o, T> = Pin<Box<dyn Future<Output = Result<T, OutboxError>> + Send + 'o>>;

/// What comes when there may be something to take.
pub type News<'o> = Pin<Box<dyn Future<Output = ()> + Send + 'o>>;

/// Somewhere documents and notices are durable until the archive or the log register has them.
///
/// What is said of documents holds for notices too, except that nobody can ask for notices: in doubt they are parked.
///
/// A host may bring an implementation of its own: it has to pass `conformance` (feature `test-kit`).
pub trait Outbox: Send + Sync {
    /// Keeps documents: when the answer comes, all of them are on the disk; on an error none was added.
    ///
    /// It begins when the answer is first waited for. A document that is there already, byte for byte, is left as it is. A new document with the version of a rejected one
    /// takes its place in chain and lane.
    fn put(&self, entries: Vec<NewEntry>) -> Answer<'_, Vec<Put>>;

    /// Does what [`put`](Self::put) does, and waits for it: for threads that may wait for a disk, not for those of an asynchronous
    /// runtime.
    ///
    /// It needs no runtime; an outbox whose `put` needs one brings a method of its own.
    ///
    /// # Errors
    /// Those of `put`.
    fn put_blocking(&self, entries: Vec<NewEntry>) -> Result<Vec<Put>, OutboxError> {
        wait::for_answer(self.put(entries))
    }

    /// Tells which of these documents are there, and in which state.
    fn states(&self, oids: Vec<DocumentOid>) -> Answer<'_, Vec<Option<State>>>;

    /// Claims what can be sent or has to be asked for, of one [`Kind`]. That they are being sent is on the disk when the answer
    /// comes; until the lease ends nobody else gets them.
    ///
    /// Notices that may have arrived are never claimed: they are parked here, in doubt. While the outbox is paused nothing is
    /// claimed.
    fn take(&self, claiming: Claiming) -> Answer<'_, Vec<Claim>>;

    /// Writes down what became of a claimed document and lets its successors go on; answers with the new state.
    ///
    /// Notices that end as [`Verdict::Unknown`] are parked, in doubt; while they are, whoever sent them last may still say that
    /// they are stored or refused.
    fn finish<'o>(&'o self, claim: &'o Claim, verdict: Verdict) -> Answer<'o, State>;

    /// Carries out what a person decided about a rejected or parked document; answers with the new state.
    ///
    /// Notices in doubt are not retried ([`OutboxError::CannotAsk`]): the person says what is to be believed of them.
    fn decide(&self, oid: DocumentOid, decision: Decision) -> Answer<'_, State>;

    /// Lets nothing more be claimed, by any worker, until [`Outbox::resume`]; survives a restart.
    fn pause(&self) -> Answer<'_, ()>;

    /// Ends a pause.
    fn resume(&self) -> Answer<'_, ()>;

    /// Tells whether the outbox is paused.
    fn is_paused(&self) -> Answer<'_, bool>;

    /// Says that the outbox was restored from a backup and is older than the archive: every document that waits to be sent may
    /// have arrived, and the archive is asked for it first; notices are parked. Answers with their number.
    fn doubt_all(&self) -> Answer<'_, u64>;

    /// Counts what is there by kind and state.
    fn counts(&self) -> Answer<'_, Counts>;

    /// Lists documents in the order of their arrival.
    fn list(&self, filter: Filter) -> Answer<'_, Vec<Entry>>;

    /// Returns what is known of one document.
    fn entry(&self, oid: DocumentOid) -> Answer<'_, Entry>;

    /// Returns the bytes of one document, after checking their digest.
    fn content(&self, oid: DocumentOid) -> Answer<'_, Vec<u8>>;

    /// Removes settled documents whose time is over; answers with the number of those that lost their bytes.
    fn prune(&self, retention: Retention) -> Answer<'_, u64>;

    /// Hands out `count` numbers that were never handed out before under this name, and returns the first.
    fn numbers(&self, name: String, count: u32) -> Answer<'_, u64>;

    /// Comes when something was done after this call that may leave something to take; it may also come for nothing.
    ///
    /// It counts from the call, not from when it is first waited for: who calls it, then [takes](Self::take) and finds nothing
    /// misses nothing that was done meanwhile. Everybody who called it hears of what is done through this outbox, whichever
    /// kind they take: of `put`, `finish`, `decide`, `resume` and `doubt_all`, even when nobody waits for their answer any
    /// more. Of what other processes do it may come late or never, so [`Worker`]s look now and then by themselves.
    ///
    /// (`tokio::sync::watch` does this: subscribe in the call, await the change in the future.)
    fn news(&self) -> News<'_>;
}
