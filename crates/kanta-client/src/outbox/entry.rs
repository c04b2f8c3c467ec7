//! What the outbox keeps of a document, and what may become of it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use kanta_cda::Signed;
use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::spec::{Environment, Spec};
use kanta_core::{DocumentOid, Report, VersionNumber};
use kanta_fhir::SignedNotices;
use ring::digest::{SHA256, digest};

use super::{Kind, State};

/// A queue in which documents leave strictly one after the other (Finnish: jono).
///
/// Lanes go in parallel. The lane of a document is its client relation when its metadata name one, otherwise its version
/// chain; a host that knows of an order that the metadata do not show gives the lane itself. Notices have a lane of their own
/// unless the host gives them another.
///
/// A lane is kept in clear text: no name and no identity code belongs in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(String);

impl Lane {
    /// Makes a lane from a word of the host's own.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the lane that metadata ask for.
    #[must_use]
    pub fn of(metadata: &DocumentMetadata) -> Self {
        match &metadata.client_relation {
            Some(relation) => Self(format!("relation:{relation}")),
            None => Self(format!("chain:{}", metadata.set_id)),
        }
    }

    /// Returns the lane's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The effective spec bundle under which something was done: its environment, name and hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleStamp {
    /// The environment, as keys of the bundle call it.
    pub environment: String,
    /// The names of the bundles, joined by `+`.
    pub name: String,
    /// SHA-256 of the bundle's canonical text, in hexadecimal digits.
    pub hash: String,
}

impl BundleStamp {
    /// Takes the stamp of a bundle; the hash is taken once, so keep the stamp.
    #[must_use]
    pub fn of(spec: &Spec) -> Self {
        Self {
            environment: spec.environment().key().to_owned(),
            name: spec.name(),
            hash: hexadecimal(digest(&SHA256, spec.canonical_text().as_bytes()).as_ref()),
        }
    }

    /// Returns whether documents queued under this stamp may go to `environment`.
    #[must_use]
    pub fn is_for(&self, environment: Environment) -> bool {
        self.environment == environment.key()
    }
}

impl fmt::Display for BundleStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.environment, self.name, self.hash)
    }
}

/// A document, or notices, to be kept.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct NewEntry {
    pub(super) kind: Kind,
    pub(super) oid: DocumentOid,
    pub(super) chain: DocumentOid,
    pub(super) version: VersionNumber,
    pub(super) lane: Lane,
    pub(super) gate: bool,
    pub(super) context: Option<String>,
    pub(super) bundle: Arc<BundleStamp>,
    pub(super) bytes: Bytes,
}

impl NewEntry {
    /// Takes a signed document that was checked under the bundle of `bundle`.
    #[must_use]
    pub fn new(document: &Signed, bundle: &Arc<BundleStamp>) -> Self {
        let metadata = document.metadata();
        Self {
            kind: Kind::Document,
            oid: metadata.id.clone(),
            chain: metadata.set_id.clone(),
            version: metadata.version,
            lane: Lane::of(metadata),
            gate: metadata.kind == DocumentKind::ClientRelation,
            context: None,
            bundle: bundle.clone(),
            bytes: document.to_bytes(),
        }
    }

    /// Takes signed disclosure notices, made under the bundle of `bundle`.
    ///
    /// The outbox knows them by the identifier of the first notice, which is the host's own and never comes again. The same
    /// bytes put again are there once; the same notices signed again are other bytes, and are refused
    /// ([`OutboxError::Conflict`](super::OutboxError::Conflict)) rather than sent twice.
    #[must_use]
    pub fn notices(notices: &SignedNotices, bundle: &Arc<BundleStamp>) -> Self {
        let oid = DocumentOid::new(notices.id().clone());
        Self {
            kind: Kind::Notices,
            lane: Lane(format!("notices:{oid}")),
            chain: oid.clone(),
            oid,
            version: VersionNumber::FIRST,
            gate: false,
            context: None,
            bundle: bundle.clone(),
            bytes: Bytes::copy_from_slice(notices.as_json()),
        }
    }

    /// Puts the document into a lane of the host's own.
    #[must_use]
    pub fn in_lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// Says whether everything later in the lane needs this document in the archive (default: for client-relation documents
    /// yes, because the others name the relation; for others no).
    #[must_use]
    pub fn needed_by_its_lane(mut self, needed: bool) -> Self {
        self.gate = needed;
        self
    }

    /// Keeps a word with which the host finds the request context when the document is sent, such as a user's key.
    ///
    /// It is kept in clear text: no name and no identity code belongs in it.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Returns what it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the identifier of the document, or of the first notice.
    #[must_use]
    pub fn oid(&self) -> &DocumentOid {
        &self.oid
    }

    /// Returns the identifier of the first version.
    #[must_use]
    pub fn chain(&self) -> &DocumentOid {
        &self.chain
    }

    /// Returns the version.
    #[must_use]
    pub fn version(&self) -> VersionNumber {
        self.version
    }

    /// Returns the lane.
    #[must_use]
    pub fn lane(&self) -> &Lane {
        &self.lane
    }

    /// Returns whether everything later in the lane needs the document.
    #[must_use]
    pub fn is_needed_by_its_lane(&self) -> bool {
        self.gate
    }

    /// Returns the host's word for the request context.
    #[must_use]
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// Returns the bundle under which the document was checked.
    #[must_use]
    pub fn bundle(&self) -> &BundleStamp {
        &self.bundle
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
            .field("kind", &self.kind)
            .field("oid", &self.oid)
            .field("version", &self.version)
            .field("lane", &self.lane)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What came of putting a document into the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The document is durable from now on.
    Kept,
    /// The very same document was there already; nothing changed.
    WasThere(State),
}

/// What the outbox knows of a document, without its bytes.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it holds.
    pub kind: Kind,
    /// The identifier of this version; of notices, that of the first.
    pub oid: DocumentOid,
    /// The version.
    pub version: VersionNumber,
    /// The identifier of the first version.
    pub chain: DocumentOid,
    /// The lane.
    pub lane: Lane,
    /// The state.
    pub state: State,
    /// How often a worker took it to send it.
    pub attempts: u32,
    /// How often nobody knew whether it had arrived.
    pub doubts: u32,
    /// The last findings: the archive's, or why it is parked.
    pub findings: Report,
    /// The bundle under which it was put.
    pub bundle: BundleStamp,
    /// The hash of the bundle under which it was last sent.
    pub sent_bundle_hash: Option<String>,
    /// The host's word for the request context.
    pub context: Option<String>,
    /// The worker that holds it.
    pub worker: Option<String>,
    /// BLAKE3 of the document, in hexadecimal digits.
    pub digest: String,
    /// The size of the document in bytes.
    pub size: u64,
    /// The identifier of the key with which the bytes are encrypted.
    pub key_id: Option<String>,
    /// When it was put.
    pub put_at: SystemTime,
    /// When its state changed last.
    pub changed_at: SystemTime,
}

/// Which documents a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only in this lane.
    pub lane: Option<Lane>,
    /// Only after this document, for the next page.
    pub after: Option<DocumentOid>,
    /// At most so many (default: 100).
    pub limit: Option<usize>,
}

/// How long settled documents stay.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// The bytes of archived and discarded documents are removed after this time (default: 30 days).
    pub bytes: Duration,
    /// Their rows too are removed after this time (default: 400 days). Until then a document that is put again is known; notices
    /// that are put again later are sent again, since nobody can ask for them.
    pub rows: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            bytes: 30 * DAY,
            rows: 400 * DAY,
        }
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}
