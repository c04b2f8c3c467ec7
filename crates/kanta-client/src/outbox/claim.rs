//! Claims of workers, and how they end.

use std::fmt;
use std::time::Duration;

use kanta_core::{DocumentOid, Report, VersionNumber};

use super::{BundleStamp, Kind, Lane};

/// A document that a worker took and nobody else may send until the lease ends.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct Claim {
    /// What is to be done.
    pub task: Task,
    /// What it holds.
    pub kind: Kind,
    /// The identifier of this version; of notices, that of the first.
    pub oid: DocumentOid,
    /// The version.
    pub version: VersionNumber,
    /// The lane.
    pub lane: Lane,
    /// How often it was taken to be sent, this time included.
    pub attempts: u32,
    /// How often nobody knew whether it had arrived.
    pub doubts: u32,
    /// The bundle under which it was put.
    pub bundle: BundleStamp,
    /// The host's word for the request context.
    pub context: Option<String>,
    /// The document, byte for byte; its digest was checked.
    pub bytes: Vec<u8>,
    /// The identifier of the first version.
    pub chain: DocumentOid,
    /// The number of the row.
    pub position: i64,
    /// Grows with every claim of the document: who holds an older one has lost it.
    pub fence: i64,
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("task", &self.task)
            .field("kind", &self.kind)
            .field("oid", &self.oid)
            .field("lane", &self.lane)
            .field("attempts", &self.attempts)
            .field("fence", &self.fence)
            .finish_non_exhaustive()
    }
}

/// What is to be done with a claimed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Send it.
    Send,
    /// Ask the archive whether it has it. Notices are never claimed for this.
    Reconcile,
}

/// How documents are claimed.
#[derive(Debug, Clone)]
pub struct Claiming {
    /// The name of the worker, for people who look into the database.
    pub worker: String,
    /// Which kind the worker carries.
    pub kind: Kind,
    /// How many documents at most.
    pub limit: usize,
    /// How long the claim holds.
    pub lease: Duration,
    /// The hash of the bundle under which they will be sent.
    pub bundle_hash: Option<String>,
}

/// What became of a claimed document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// The archive has it, or the log register; the report holds warnings.
    Archived(Report),
    /// The archive refused it.
    Rejected(Report),
    /// It may have arrived; ask after this time. Notices, which nobody can ask for, are parked in doubt.
    Unknown(Report, Duration),
    /// Nothing was sent; try again after this time.
    Later(Report, Duration),
    /// The archive was asked and does not have it: it may be sent again.
    Absent,
    /// A person has to decide.
    Parked(Report),
}

/// What a person decides about a rejected or parked document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Try again: the archive is asked first when the document may have arrived. Notices that may have arrived are refused
    /// ([`OutboxError::CannotAsk`](super::OutboxError::CannotAsk)).
    Retry,
    /// The archive is known to have it, or the log register.
    Archived,
    /// The archive is known not to have it: send it again. So are notices in doubt, knowingly: if the log register has them
    /// after all, it has them twice then.
    Absent,
    /// Give it up: what waits for it goes on.
    Discard,
}
