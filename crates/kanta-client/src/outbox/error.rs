//! What goes wrong with an outbox.

/// Why the outbox did not do what it was asked to.
///
/// Whatever the error, nothing that was durable is lost, and nothing is half done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The store cannot be reached or used now (`KANTA-OUTBOX-STORE`). A `put` that ends so may have been kept: put the same
    /// document again, that is harmless.
    #[error("the outbox's store cannot be used: {0}; mend it and try again [KANTA-OUTBOX-STORE]")]
    Store(String),
    /// The address of the server cannot be read (`KANTA-OUTBOX-ADDRESS`). It is not repeated: it holds a password.
    #[error(
        "the address of the outbox's server cannot be used ({0}): write postgresql://user:password@host/database \
         [KANTA-OUTBOX-ADDRESS]"
    )]
    Address(String),
    /// Documents would go to the server in clear (`KANTA-OUTBOX-CLEAR`): nothing was sent to it.
    #[error(
        "the server is on another machine and documents would go to it in clear: trust the authority that issued its certificate \
         [KANTA-OUTBOX-CLEAR]"
    )]
    InClear,
    /// The disk, or the limit given to the outbox, is full (`KANTA-OUTBOX-FULL`).
    #[error(
        "the outbox is full: make room on its disk, or raise its limit, and put the document again [KANTA-OUTBOX-FULL]"
    )]
    Full,
    /// PostgreSQL has no room for so many locks at once (`KANTA-OUTBOX-LOCKS`): nothing was kept. A batch needs two for each
    /// document, one for its lane and one for its chain.
    #[error(
        "PostgreSQL has no room for the locks of so many documents: put fewer at once, or raise max_locks_per_transaction on the \
         server and restart it; nothing of the batch was kept [KANTA-OUTBOX-LOCKS]"
    )]
    Locks,
    /// Another document has this identifier (`KANTA-OUTBOX-CONFLICT`).
    #[error(
        "the outbox already has another document with the identifier {0}: mint a new identifier for every document and every \
         version [KANTA-OUTBOX-CONFLICT]"
    )]
    Conflict(String),
    /// A document of this version or a later one of the chain is there already (`KANTA-OUTBOX-VERSION`).
    #[error(
        "the outbox already has version {there} of the chain {chain}: put versions in their order, and a version again only \
         after it was rejected or discarded [KANTA-OUTBOX-VERSION]"
    )]
    Version {
        /// The chain.
        chain: String,
        /// The version that is there.
        there: u32,
    },
    /// The claim was lost: the lease ended and another worker took the document (`KANTA-OUTBOX-LEASE`).
    #[error(
        "the lease of the document {0} ended and another worker took it: the outcome is dropped, the other worker asks the \
         archive [KANTA-OUTBOX-LEASE]"
    )]
    LeaseLost(String),
    /// Another process works on this outbox (`KANTA-OUTBOX-BUSY`).
    #[error(
        "another process works on this outbox: stop it first, or use PostgreSQL for several workers [KANTA-OUTBOX-BUSY]"
    )]
    Busy,
    /// The outbox has no such document (`KANTA-OUTBOX-NOT-FOUND`).
    #[error("the outbox has no document {0} [KANTA-OUTBOX-NOT-FOUND]")]
    NotFound(String),
    /// The document is in a state in which nothing is to be decided (`KANTA-OUTBOX-DECISION`).
    #[error(
        "the document {oid} is {state}: a decision is for rejected and parked documents [KANTA-OUTBOX-DECISION]"
    )]
    NothingToDecide {
        /// The document.
        oid: String,
        /// Its state.
        state: super::State,
    },
    /// Notices may have arrived and nobody can ask (`KANTA-OUTBOX-CANNOT-ASK`).
    #[error(
        "the notices {0} may be in the log register already, and nobody can ask it: say `archived` when it is known to have \
         them, `absent` to send them again although they may then be there twice, `discard` to give them up \
         [KANTA-OUTBOX-CANNOT-ASK]"
    )]
    CannotAsk(String),
    /// A key is missing or wrong (`KANTA-OUTBOX-KEY`).
    #[error("the outbox cannot be read with the keys that were given: {0} [KANTA-OUTBOX-KEY]")]
    Key(String),
    /// The bytes of the document are gone or damaged (`KANTA-OUTBOX-BYTES`).
    #[error("the bytes of the document {0} are gone or damaged [KANTA-OUTBOX-BYTES]")]
    Bytes(String),
    /// The store was made by a newer version, or is something else (`KANTA-OUTBOX-SCHEMA`).
    #[error("the store cannot be used as an outbox: {0} [KANTA-OUTBOX-SCHEMA]")]
    Schema(String),
}

impl OutboxError {
    /// Returns whether the store may be usable again later, without a change of what was asked for.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Full | Self::Locks)
    }
}
