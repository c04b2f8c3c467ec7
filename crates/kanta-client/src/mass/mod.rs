//! Mass archiving: many documents checked, signed in one session of a card or HSM, queued and sent (Finnish:
//! massa-arkistointi).
//!
//! Workers without a card write documents during the day; somebody who may sign archives them together. A run can be stopped
//! or die at any point: the next one over the same documents leaves alone what the outbox knows, and goes on with the rest. Another
//! document under an identifier that the outbox knows is refused (`KANTA-OUTBOX-CONFLICT`). Memory does not grow with the number of documents.
//!
//! ```no_run
//! # async fn example(
//! #     client: kanta_client::ArchiveClient, context: kanta_client::RequestContext,
//! #     signer: kanta_client::sign::SoftwareSigner,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use std::path::Path;
//! use std::sync::Arc;
//! use kanta_client::mass::{self, MassArchive, MassOptions};
//! use kanta_client::outbox::{ArchiveCourier, sqlite};
//!
//! let spec = Arc::new(client.spec().clone());
//! let outbox = Arc::new(sqlite::open(Path::new("outbox.db"), sqlite::SqliteOptions::default()).await?);
//! let courier = Arc::new(ArchiveCourier::with_context(client, context));
//! let report = MassArchive::new(outbox, courier, spec, MassOptions::default())
//!     .with_signer(Arc::new(signer))
//!     .on_progress(|progress| eprintln!("{} of {:?}", progress.done(), progress.total))
//!     .run(mass::folder(Path::new("to-archive"))?)
//!     .await?;
//! for refused in &report.refused {
//!     eprintln!("{}: {}", refused.name, refused.findings);
//! }
//! # Ok(()) }
//! ```

mod item;
mod known;
mod pipeline;
mod progress;
mod source;
mod tally;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kanta_cda::structure::Structure;
use kanta_cda::{SignatureKind, SigningError};
use kanta_core::spec::Spec;
use kanta_core::{InvalidValue, Oid};
use kanta_sign::Signer;
use kanta_xml::Limits;
use tokio::sync::mpsc;

use crate::outbox::{
    BundleStamp, Courier, Outbox, OutboxError, RunReport, Until, Worker, WorkerControl,
    WorkerOptions,
};
pub use item::{MassItem, Refused, Stage};
use pipeline::Makers;
pub use progress::Progress;
pub use source::{Feed, FeedItems, FolderItems, feed, folder};
use tally::{Listeners, Tally};

/// Finds structures by their identifiers.
pub(crate) type Structures = dyn Fn(&Oid) -> Option<Arc<Structure>> + Send + Sync;

/// How a mass run works.
#[derive(Debug, Clone)]
pub struct MassOptions {
    /// How documents are sent: how many at once and how many per second.
    pub worker: WorkerOptions,
    /// How often progress is told (default: every second, and at the end).
    pub progress_every: Duration,
    /// How many refused documents the report holds (default: 1000); every one is told to
    /// [`MassArchive::on_refused`].
    pub most_refused: usize,
    /// When the run ends: when everything is settled (default), or, with [`Until::NothingDue`], also when the archive cannot be
    /// reached and the rest has to wait.
    pub until: Until,
    /// Who signs (default: the organisation's system).
    pub signature: SignatureKind,
    /// Whether the run only queues and leaves sending to workers elsewhere (default: it sends).
    pub only_queue: bool,
}

impl Default for MassOptions {
    fn default() -> Self {
        Self {
            worker: WorkerOptions::default(),
            progress_every: Duration::from_secs(1),
            most_refused: 1000,
            until: Until::Drained,
            signature: SignatureKind::System,
            only_queue: false,
        }
    }
}

/// Why a mass run could not go on. What was queued stays, and another run goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MassError {
    /// The outbox cannot be used.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The signer cannot sign.
    #[error(transparent)]
    Signing(SigningError),
    /// A document is not signed and nobody is there to sign it (`KANTA-MASS-SIGNER`); only this document is refused.
    #[error(
        "the document is not signed and there is no signer: give one, or sign it first [KANTA-MASS-SIGNER]"
    )]
    NoSigner,
    /// The clock of the machine is beyond what can be written.
    #[error("the clock of this machine is wrong: {0}")]
    Clock(InvalidValue),
}

/// What came of a mass run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MassReport {
    /// The last progress.
    pub progress: Progress,
    /// The refused documents, the first of them when there are very many.
    pub refused: Vec<Refused>,
    /// Whether the run was stopped before its end.
    pub was_stopped: bool,
}

/// A mass run.
pub struct MassArchive {
    makers: Makers,
    worker: Worker,
    options: MassOptions,
    listeners: Listeners,
}

/// Stops a mass run from elsewhere.
#[derive(Debug, Clone)]
pub struct MassControl {
    making: Arc<AtomicBool>,
    sending: WorkerControl,
}

impl MassControl {
    /// Lets nothing more be signed or sent; what is on its way comes to its end, and what is queued stays.
    pub fn stop(&self) {
        self.making.store(true, Ordering::Relaxed);
        self.sending.stop();
    }

    fn is_stopped(&self) -> bool {
        self.sending.is_stopped()
    }
}

impl MassArchive {
    /// Makes a run.
    #[must_use]
    pub fn new(
        outbox: Arc<dyn Outbox>,
        courier: Arc<dyn Courier>,
        spec: Arc<Spec>,
        options: MassOptions,
    ) -> Self {
        Self {
            worker: Worker::new(outbox.clone(), courier, options.worker.clone()),
            makers: Makers {
                outbox,
                signer: None,
                signature: options.signature,
                bundle: Arc::new(BundleStamp::of(&spec)),
                spec,
                structures: Arc::new(|_| None),
                limits: Limits::default(),
                stop: Arc::default(),
            },
            options,
            listeners: Listeners::default(),
        }
    }

    /// Signs documents that are not signed yet, all in one session of the signer; without a signer they are refused.
    #[must_use]
    pub fn with_signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.makers.signer = Some(signer);
        self
    }

    /// Says where the structures of written, unsigned documents are; without one such a document is checked without its
    /// structure.
    #[must_use]
    pub fn with_structures(
        mut self,
        structures: impl Fn(&Oid) -> Option<Arc<Structure>> + Send + Sync + 'static,
    ) -> Self {
        self.makers.structures = Arc::new(structures);
        self
    }

    /// Tells progress to `listener`.
    #[must_use]
    pub fn on_progress(mut self, listener: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.listeners.progress = Box::new(listener);
        self
    }

    /// Tells every refused document to `listener`.
    #[must_use]
    pub fn on_refused(mut self, listener: impl Fn(&Refused) + Send + Sync + 'static) -> Self {
        self.listeners.refused = Box::new(listener);
        self
    }

    /// Returns what stops the run.
    #[must_use]
    pub fn control(&self) -> MassControl {
        MassControl {
            making: self.makers.stop.clone(),
            sending: self.worker.control(),
        }
    }

    /// Archives all documents of `items`, in their order where one waits for another.
    ///
    /// Documents that were in the outbox before are sent with them. The iterator is used in a thread that may block.
    ///
    /// # Errors
    /// [`MassError`] when the outbox or the signer cannot be used; what was queued stays.
    pub async fn run<I>(self, items: I) -> Result<MassReport, MassError>
    where
        I: IntoIterator<Item = MassItem>,
        I::IntoIter: Send + 'static,
    {
        let items = items.into_iter();
        let total = match items.size_hint() {
            (least, Some(most)) if least == most => Some(most as u64),
            _ => None,
        };
        let control = self.control();
        let mut tally = Tally::new(total, &self.options, self.listeners);
        let (ends, mut ended) = mpsc::unbounded_channel();
        let made = Arc::new(AtomicBool::new(false));
        let worker = self
            .worker
            .ends_only_when(made.clone())
            .on_event(move |event| {
                // The listener is there as long as the worker runs.
                let _ = ends.send(event.clone());
            });
        let mut news = pipeline::start(Arc::new(self.makers), items);
        let mut sending = pin!(async {
            if self.options.only_queue {
                return Ok(RunReport::default());
            }
            worker.run(self.options.until).await
        });
        let mut tick = tokio::time::interval(self.options.progress_every);
        let (mut is_making, mut is_sending, mut failure) = (true, true, None);
        while is_making || is_sending {
            tokio::select! {
                what = news.recv(), if is_making => match what {
                    Some(what) => failure = tally.news(what).or(failure),
                    None => {
                        is_making = false;
                        made.store(true, Ordering::Relaxed);
                    }
                },
                Some(event) = ended.recv() => tally.ended(&event),
                end = &mut sending, if is_sending => {
                    is_sending = false;
                    if let Err(error) = end {
                        failure = failure.or(Some(error.into()));
                        control.stop();
                    }
                }
                _ = tick.tick() => tally.tell(),
            }
        }
        while let Ok(event) = ended.try_recv() {
            tally.ended(&event);
        }
        tally.tell();
        match failure {
            Some(failure) => Err(failure),
            None => Ok(MassReport {
                progress: tally.progress,
                refused: tally.refused,
                was_stopped: control.is_stopped(),
            }),
        }
    }
}

impl std::fmt::Debug for MassArchive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MassArchive")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
