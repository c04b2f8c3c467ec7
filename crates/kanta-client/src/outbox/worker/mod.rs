//! Emptying the outbox.

mod delivery;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kanta_core::DocumentOid;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::pace::Pace;
use super::{Claiming, Courier, News, Outbox, OutboxError, State};
use delivery::{Delivered, Deliverer, MOST_PATIENCE};

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// The name by which people find it in the database (default: `worker`).
    pub name: String,
    /// How many documents are on their way at once (default: 4).
    pub parallel: usize,
    /// How many documents leave per second at most (default: no limit).
    pub documents_per_second: Option<f64>,
    /// The longest that one sending may take (default: 60 seconds; the transport's own deadline should be shorter).
    ///
    /// No byte leaves after it. A lease lasts four times as long, and that the archive does not have a document is believed
    /// only when it says so this long after a first question: by then nothing is on its way any more.
    pub sending: Duration,
    /// How long it takes until a document is tried again that could not leave, when the error tells no time, and how long the
    /// worker is quiet when the archive cannot be reached or notices went into doubt; the latter doubles with every failure.
    /// Neither grows longer than 64 times this (default: 10 seconds).
    pub retry: Duration,
    /// After how many sendings without a known outcome a document is parked: one that brings down whoever sends it must not do
    /// so for ever (default: 5).
    pub most_doubts: u32,
    /// How often the outbox is looked into when nobody says that there is something new (default: 1 second).
    pub poll: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            name: "worker".to_owned(),
            parallel: 4,
            documents_per_second: None,
            sending: Duration::from_secs(60),
            retry: Duration::from_secs(10),
            most_doubts: 5,
            poll: Duration::from_secs(1),
        }
    }
}

/// When a worker's run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// When it is stopped.
    Stopped,
    /// When everything of the worker's kind is settled or waits for a person, whoever sends it, or when it is stopped. In a lane
    /// that the host gave to both kinds, what waits behind an entry of the other kind stays.
    Drained,
    /// When nothing can be done now: documents that are to be tried later stay.
    NothingDue,
}

/// Something that happened to a document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// The document.
    pub oid: DocumentOid,
    /// The state that it is in now; [`State::Queued`] when it could not leave and is tried again.
    pub state: State,
    /// The findings behind it.
    pub findings: kanta_core::Report,
    /// How long it takes at least until the document is sent again or asked for, when it is to be.
    pub again_in: Option<Duration>,
}

/// How often documents came to each end during a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RunReport {
    /// The archive has them, or the log register.
    pub archived: u64,
    /// The archive, or the log register, refused them.
    pub rejected: u64,
    /// A person has to decide.
    pub parked: u64,
    /// They may have arrived; the archive is going to be asked.
    pub unknown: u64,
    /// They could not leave, or did not arrive, and are tried again.
    pub later: u64,
}

/// Sends what is in an outbox and settles what is unknown, as far as it is of the [`Kind`](super::Kind) that its courier
/// carries.
///
/// Any number of workers may work on one PostgreSQL outbox; on a SQLite outbox those of one process.
pub struct Worker {
    deliverer: Arc<Deliverer>,
    options: WorkerOptions,
    stop: watch::Sender<bool>,
    on_event: Box<dyn Fn(&Event) + Send + Sync>,
    /// Whether nothing more will be put: before that an empty outbox is no end.
    is_all_put: Arc<AtomicBool>,
}

/// Stops a worker from elsewhere.
#[derive(Debug, Clone)]
pub struct WorkerControl(watch::Sender<bool>);

impl WorkerControl {
    /// Lets the worker take nothing more; what is on its way comes to its end.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }
}

impl Worker {
    /// Makes a worker.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, courier: Arc<dyn Courier>, options: WorkerOptions) -> Self {
        Self {
            deliverer: Arc::new(Deliverer {
                outbox,
                courier,
                sending: options.sending,
                retry: options.retry,
                most_doubts: options.most_doubts,
            }),
            options,
            stop: watch::Sender::new(false),
            on_event: Box::new(|_| {}),
            is_all_put: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Does not come to an end by itself before `is_all_put`.
    pub(crate) fn ends_only_when(mut self, is_all_put: Arc<AtomicBool>) -> Self {
        self.is_all_put = is_all_put;
        self
    }

    /// Tells every end of a delivery to `listener`.
    #[must_use]
    pub fn on_event(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_event = Box::new(listener);
        self
    }

    /// Returns what stops the worker.
    #[must_use]
    pub fn control(&self) -> WorkerControl {
        WorkerControl(self.stop.clone())
    }

    /// Works until the end that `until` names. When the future is dropped, what is on its way is broken off and becomes
    /// unknown, as after a crash.
    ///
    /// # Errors
    /// [`OutboxError`] when the outbox cannot be worked on. While a run is to go on ([`Until::Stopped`], [`Until::Drained`]) a
    /// store that is away for a while is waited for.
    pub async fn run(&self, until: Until) -> Result<RunReport, OutboxError> {
        let mut run = Run {
            worker: self,
            until,
            stop: self.stop.subscribe(),
            pace: self
                .options
                .documents_per_second
                .map(|rate| Pace::new(rate, Instant::now())),
            tasks: JoinSet::new(),
            quiet_until: Instant::now(),
            failures: 0,
            report: RunReport::default(),
        };
        let end = run.work().await;
        while let Some(done) = run.tasks.join_next().await {
            run.done(done);
        }
        end.map(|()| run.report)
    }
}

struct Run<'w> {
    worker: &'w Worker,
    until: Until,
    stop: watch::Receiver<bool>,
    pace: Option<Pace>,
    tasks: JoinSet<Delivered>,
    /// Nothing is taken before: the archive or the store is away.
    quiet_until: Instant,
    /// How often in a row the archive or the store was away.
    failures: u32,
    report: RunReport,
}

impl Run<'_> {
    async fn work(&mut self) -> Result<(), OutboxError> {
        let outbox = &self.worker.deliverer.outbox;
        loop {
            while let Some(done) = self.tasks.try_join_next() {
                self.done(done);
            }
            if *self.stop.borrow() {
                return Ok(());
            }
            // From before the look: what is done meanwhile is not missed.
            let news = outbox.news();
            let taken = match self.take().await {
                Ok(taken) => taken,
                Err(error) if self.is_passing(&error) => {
                    self.be_quiet();
                    tracing::warn!(%error, again_in = ?self.quiet(), "the outbox cannot be used now");
                    0
                }
                Err(error) => return Err(error),
            };
            if taken > 0 {
                continue;
            }
            if self.tasks.is_empty() && self.is_over().await? {
                return Ok(());
            }
            self.wait(news).await;
        }
    }

    fn is_passing(&self, error: &OutboxError) -> bool {
        self.until != Until::NothingDue && error.may_pass()
    }

    async fn take(&mut self) -> Result<usize, OutboxError> {
        let now = Instant::now();
        let mut limit = self.worker.options.parallel.max(1) - self.tasks.len();
        if let Some(pace) = &mut self.pace {
            limit = limit.min(pace.permits(now));
        }
        if limit == 0 || now < self.quiet_until {
            return Ok(0);
        }
        let options = &self.worker.options;
        let deliverer = &self.worker.deliverer;
        let claims = deliverer
            .outbox
            .take(Claiming {
                worker: options.name.clone(),
                kind: deliverer.courier.kind(),
                limit,
                lease: options.sending * 4,
                bundle_hash: deliverer.courier.bundle_hash(),
            })
            .await?;
        let taken = claims.len();
        if let Some(pace) = &mut self.pace {
            pace.spend(taken);
        }
        for claim in claims {
            // Counted from before the claim: the lease ends later than the claim's holder believes.
            self.tasks.spawn(deliverer.clone().deliver(claim, now));
        }
        Ok(taken)
    }

    async fn is_over(&self) -> Result<bool, OutboxError> {
        match self.until {
            Until::Stopped => Ok(false),
            _ if !self.worker.is_all_put.load(Ordering::Relaxed) => Ok(false),
            Until::NothingDue => {
                let waits_for_permit = self
                    .pace
                    .as_ref()
                    .is_some_and(|pace| !pace.until_next(Instant::now()).is_zero());
                Ok(!waits_for_permit)
            }
            Until::Drained => match self.worker.deliverer.outbox.counts().await {
                Ok(counts) => {
                    let ours = counts.only(self.worker.deliverer.courier.kind());
                    let due = [State::Queued, State::Sending, State::Unknown];
                    Ok(due.iter().all(|state| ours.of(*state) == 0))
                }
                Err(error) if self.is_passing(&error) => Ok(false),
                Err(error) => Err(error),
            },
        }
    }

    /// Waits until something may have changed.
    async fn wait(&mut self, news: News<'_>) {
        let now = Instant::now();
        let mut at_most = self.worker.options.poll;
        if now < self.quiet_until {
            at_most = self.quiet_until - now;
        } else if let Some(pace) = &self.pace {
            let next = pace.until_next(now);
            if !next.is_zero() {
                at_most = at_most.min(next);
            }
        }
        let is_full = self.tasks.len() >= self.worker.options.parallel.max(1);
        let paced = self
            .pace
            .as_ref()
            .is_some_and(|pace| !pace.until_next(now).is_zero());
        let news = async {
            if is_full || paced || now < self.quiet_until {
                // News are of no use before there is room or time for them.
                tokio::time::sleep(at_most).await;
            } else {
                let _ = tokio::time::timeout(at_most, news).await;
            }
        };
        tokio::select! {
            Some(done) = self.tasks.join_next() => self.done(done),
            () = news => {}
            _ = self.stop.changed() => {}
        }
    }

    fn done(&mut self, done: Result<Delivered, tokio::task::JoinError>) {
        // A delivery does not panic: it catches the courier's panics itself.
        let Ok(done) = done else { return };
        match done.state {
            Some(State::Archived) => self.report.archived += 1,
            Some(State::Rejected) => self.report.rejected += 1,
            Some(State::Parked) => self.report.parked += 1,
            Some(State::Unknown) => self.report.unknown += 1,
            Some(_) => self.report.later += 1,
            None => {}
        }
        if done.is_to_wait {
            self.be_quiet();
            tracing::warn!(again_in = ?self.quiet(), "nothing can be sent or asked now");
        } else {
            self.failures = 0;
        }
        if let Some(state) = done.state {
            let is_to_come = matches!(state, State::Queued | State::Unknown);
            (self.worker.on_event)(&Event {
                oid: done.oid,
                state,
                findings: done.findings,
                again_in: is_to_come.then(|| done.again_in.max(self.quiet())),
            });
        }
    }

    /// Takes nothing for a while that grows with every failure.
    fn be_quiet(&mut self) {
        let until = Instant::now()
            + self.worker.options.retry * (1 << self.failures.min(MOST_PATIENCE.ilog2()));
        self.quiet_until = self.quiet_until.max(until);
        // What fails at the same time is one failure.
        self.failures += 1;
    }

    /// Returns how long nothing is taken yet.
    fn quiet(&self) -> Duration {
        self.quiet_until.saturating_duration_since(Instant::now())
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
