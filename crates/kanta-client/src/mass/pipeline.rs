//! Checking, signing and queueing at the same time: each in a thread of its own, with short queues between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{SystemTime, UNIX_EPOCH};

use kanta_cda::{ClinicalDocument, SignOptions, SignatureKind, Signed, SigningError, Valid};
use kanta_core::spec::Spec;
use kanta_core::{DocumentOid, Instant, Oid, Reason};
use kanta_sign::Signer;
use kanta_xml::Limits;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::item::{Address, Refused, Stage, Work, because, check_reasons, is_signers_fault};
use super::known::Known;
use super::{MassError, MassItem, Structures};
use crate::outbox::{BundleStamp, NewEntry, Outbox, OutboxError, State};
use crate::reasons;

/// How many documents are asked for at once whether the outbox knows them, and how many are queued with one commit.
const BATCH: usize = 64;
/// How many documents may wait between two steps.
const BETWEEN: usize = 64;

/// What the steps need.
pub(super) struct Makers {
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) signer: Option<Arc<dyn Signer>>,
    pub(super) signature: SignatureKind,
    pub(super) spec: Arc<Spec>,
    pub(super) bundle: Arc<BundleStamp>,
    pub(super) structures: Arc<Structures>,
    pub(super) limits: Limits,
    pub(super) stop: Arc<AtomicBool>,
}

/// What happened on the way into the outbox.
pub(super) enum News {
    /// It was in the outbox already.
    Known(State),
    Refused(Box<Refused>),
    /// So many were queued.
    Queued(u64),
    /// The run cannot go on.
    Failed(MassError),
}

/// Documents, and whether the outbox knows them.
struct Asked {
    batch: Vec<(DocumentOid, MassItem)>,
    states: JoinHandle<Result<Vec<Option<State>>, OutboxError>>,
}

pub(super) enum Checked {
    Unsigned(Box<Valid>, Address),
    Signed(Box<Signed>, Address),
}

impl Checked {
    pub(super) fn name(&self) -> &str {
        let (Self::Unsigned(_, address) | Self::Signed(_, address)) = self;
        &address.name
    }
}

/// A signed document under the name that the host gave it.
struct Ready {
    name: String,
    entry: NewEntry,
}

/// Starts the steps; the receiver ends when all documents are queued, or the run is stopped.
pub(super) fn start(
    makers: Arc<Makers>,
    items: impl Iterator<Item = MassItem> + Send + 'static,
) -> mpsc::Receiver<News> {
    let (news, receiver) = mpsc::channel(BETWEEN);
    let (checked, to_sign) = sync_channel(BETWEEN);
    let (signed, to_queue) = sync_channel(BETWEEN);
    let runtime = Handle::current();
    let (first, second, third) = (makers.clone(), makers.clone(), makers);
    let (news_of_checks, news_of_signing) = (news.clone(), news.clone());
    let asking = runtime.clone();
    // Threads of the runtime that may block: they are joined by it when it ends.
    runtime.spawn_blocking(move || first.check_all(items, &checked, &news_of_checks, &asking));
    runtime.spawn_blocking(move || second.sign_all(&to_sign, &signed, &news_of_signing));
    runtime.spawn_blocking(move || third.queue_all(&to_queue, &news));
    receiver
}

type Tell = mpsc::Sender<News>;

impl Makers {
    fn tell(&self, news: &Tell, what: News) {
        if news.blocking_send(what).is_err() {
            // Nobody listens any more: the run was dropped.
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn refuse(&self, news: &Tell, refused: Refused) {
        self.tell(news, News::Refused(Box::new(refused)));
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn fail(&self, news: &Tell, error: MassError) {
        self.stop.store(true, Ordering::Relaxed);
        self.tell(news, News::Failed(error));
    }

    /// Reads and checks documents; those that the outbox knows are left alone.
    fn check_all(
        &self,
        items: impl Iterator<Item = MassItem>,
        checked: &SyncSender<Checked>,
        news: &Tell,
        runtime: &Handle,
    ) {
        // From a feed documents come one by one, and nobody waits for the next.
        let (size, looks_ahead) = if items.size_hint().1.is_some() {
            (BATCH, true)
        } else {
            (1, false)
        };
        let mut items = items.fuse();
        let mut asked = self.ask(&mut items, size, news, runtime);
        while let Some(Asked { batch, states }) = asked {
            // The outbox may be at a commit: it is asked for the next ones while these are checked.
            let next = looks_ahead.then(|| self.ask(&mut items, size, news, runtime));
            let states = match runtime.block_on(states) {
                Ok(Ok(states)) => states,
                Ok(Err(error)) => return self.fail(news, error.into()),
                // The runtime ends.
                Err(_) => return,
            };
            for ((oid, item), state) in batch.into_iter().zip(states) {
                if self.is_stopped() {
                    return;
                }
                let document = match self.check(&oid, item) {
                    Ok(document) => document,
                    Err(refused) => {
                        self.refuse(news, *refused);
                        continue;
                    }
                };
                let Some(state) = state else {
                    if checked.send(document).is_err() {
                        return;
                    }
                    continue;
                };
                match self.compare(&oid, &document, runtime) {
                    Ok(Known::Same) => self.tell(news, News::Known(state)),
                    Ok(Known::Other(refused)) => self.refuse(news, *refused),
                    Err(error) => return self.fail(news, error),
                }
            }
            asked = match next {
                Some(next) => next,
                None => self.ask(&mut items, size, news, runtime),
            };
        }
    }

    /// Takes the next documents and asks the outbox whether it knows them; `None` when there are no more.
    fn ask(
        &self,
        items: &mut impl Iterator<Item = MassItem>,
        size: usize,
        news: &Tell,
        runtime: &Handle,
    ) -> Option<Asked> {
        let mut batch = Vec::new();
        let mut taken = 0;
        for item in items.take(size) {
            if self.is_stopped() {
                return None;
            }
            taken += 1;
            match self.identify(item) {
                Ok(identified) => batch.push(identified),
                Err(refused) => self.refuse(news, *refused),
            }
        }
        if taken == 0 {
            return None;
        }
        let outbox = self.outbox.clone();
        let oids = batch.iter().map(|(oid, _)| oid.clone()).collect();
        let states = runtime.spawn(async move { outbox.states(oids).await });
        Some(Asked { batch, states })
    }

    fn identify(&self, item: MassItem) -> Result<(DocumentOid, MassItem), Box<Refused>> {
        let refused =
            |why: &Reason| Box::new(Refused::new(&item.name, None, Stage::Reading, because(why)));
        match &item.work {
            Work::Draft(draft, _) => Ok((draft.metadata().id.clone(), item)),
            Work::Unreadable(why) => Err(refused(&Reason::quoted(why.clone()))),
            Work::Document(bytes) => {
                match ClinicalDocument::read(bytes, &self.spec, &self.limits) {
                    Ok(document) => Ok((document.metadata().id.clone(), item)),
                    Err(error) => Err(refused(&reasons::reading(&error))),
                }
            }
        }
    }

    fn check(&self, oid: &DocumentOid, item: MassItem) -> Result<Checked, Box<Refused>> {
        let (work, address) = item.into_parts();
        let refused =
            |stage, findings| Box::new(Refused::new(&address.name, Some(oid), stage, findings));
        let valid = match work {
            Work::Draft(draft, structure) => draft.check(&*structure, &self.spec),
            Work::Unreadable(why) => {
                return Err(refused(Stage::Reading, because(&Reason::quoted(why))));
            }
            Work::Document(bytes) => {
                let document = ClinicalDocument::read(&bytes, &self.spec, &self.limits)
                    .map_err(|error| refused(Stage::Reading, because(&reasons::reading(&error))))?;
                if document.is_signed() {
                    drop(document);
                    let signed =
                        Signed::from_bytes(bytes, &self.spec, &self.limits).map_err(|error| {
                            refused(Stage::Checking, because(&reasons::signing(&error)))
                        })?;
                    return Ok(Checked::Signed(Box::new(signed), address));
                }
                let structure = document
                    .metadata()
                    .content_specification
                    .as_ref()
                    .and_then(|oid: &Oid| (self.structures)(oid));
                drop(document);
                Valid::from_unsigned(bytes, structure.as_deref(), &self.spec, &self.limits)
            }
        };
        match valid {
            Ok(valid) => Ok(Checked::Unsigned(Box::new(valid), address)),
            Err(error) => Err(refused(Stage::Checking, check_reasons(error))),
        }
    }

    /// Signs in one session of the signer, in the order in which documents come.
    fn sign_all(&self, checked: &Receiver<Checked>, signed: &SyncSender<Ready>, news: &Tell) {
        for document in checked {
            if self.is_stopped() {
                return;
            }
            let (document, address) = match document {
                Checked::Signed(document, address) => (*document, address),
                Checked::Unsigned(valid, address) => match self.sign(&valid) {
                    Err(MassError::NoSigner) => {
                        let oid = &valid.metadata().id;
                        let why = because(&reasons::no_signer(&MassError::NoSigner));
                        self.refuse(
                            news,
                            Refused::new(&address.name, Some(oid), Stage::Signing, why),
                        );
                        continue;
                    }
                    Ok(document) => (document, address),
                    Err(MassError::Signing(error)) if !is_signers_fault(&error) => {
                        let oid = &valid.metadata().id;
                        let why = because(&reasons::signing(&error));
                        self.refuse(
                            news,
                            Refused::new(&address.name, Some(oid), Stage::Signing, why),
                        );
                        continue;
                    }
                    Err(error) => return self.fail(news, error),
                },
            };
            let entry = address.entry(&document, &self.bundle);
            let name = address.name;
            if signed.send(Ready { name, entry }).is_err() {
                return;
            }
        }
    }

    fn sign(&self, valid: &Valid) -> Result<Signed, MassError> {
        let signer = self.signer.as_ref().ok_or(MassError::NoSigner)?;
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now = Instant::from_unix(since.as_secs().cast_signed(), since.subsec_nanos())
            .map_err(MassError::Clock)?;
        Ok(valid.sign(&**signer, SignOptions::new(self.signature, now), &self.spec)?)
    }

    /// Queues what is signed; what came in while the last commit was on its way shares the next one.
    fn queue_all(&self, signed: &Receiver<Ready>, news: &Tell) {
        while let Ok(first) = signed.recv() {
            let mut batch = vec![first];
            batch.extend(signed.try_iter().take(BATCH - 1));
            let entries = batch.iter().map(|ready| ready.entry.clone()).collect();
            match self.outbox.put_blocking(entries) {
                Ok(kept) => self.tell(news, News::Queued(kept.len() as u64)),
                Err(_) => {
                    // One of them is in the way of the others: each for itself.
                    for ready in batch {
                        if !self.queue_one(ready, news) {
                            return;
                        }
                    }
                }
            }
        }
    }

    fn queue_one(&self, Ready { name, entry }: Ready, news: &Tell) -> bool {
        let oid = entry.oid().clone();
        match self.outbox.put_blocking(vec![entry]) {
            Ok(_) => self.tell(news, News::Queued(1)),
            Err(error @ (OutboxError::Conflict(_) | OutboxError::Version { .. })) => {
                let why = because(&reasons::queueing(&error));
                self.refuse(news, Refused::new(&name, Some(&oid), Stage::Queueing, why));
            }
            Err(error) => {
                self.fail(news, error.into());
                return false;
            }
        }
        true
    }
}

impl From<SigningError> for MassError {
    fn from(error: SigningError) -> Self {
        Self::Signing(error)
    }
}
