//! The outbox in a database: the same statements for every engine.

mod arrivals;
mod decide;
mod desk;
mod digest;
mod engine;
mod inspect;
mod order;
mod put;
mod row;
mod settings;
mod take;
mod thread;

use std::sync::Arc;

use kanta_core::DocumentOid;
use tokio::sync::watch;

use arrivals::filed;
#[cfg(not(any(feature = "outbox-sqlite", feature = "postgres")))]
use engine::Engine;
#[cfg(feature = "postgres")]
pub(crate) use engine::foreign;
#[cfg(any(feature = "outbox-sqlite", feature = "postgres"))]
pub(crate) use engine::{Engine, Field, Now, Row, Value};
use thread::StoreThread;

use super::{
    Answer, Claim, Claiming, Counts, Decision, Encryption, Entry, Filter, NewEntry, News, Outbox,
    OutboxError, Put, Retention, State, Verdict,
};

/// The outbox in SQLite or PostgreSQL, opened by the modules [`sqlite`](super::sqlite) and `postgres`.
///
/// Callers that come at the same time share one commit, made by a thread of the outbox. A blocking caller who comes alone commits
/// in his own thread, in SQLite: that saves two changes of thread.
pub struct DatabaseOutbox {
    thread: StoreThread,
    encryption: Arc<Encryption>,
    changes: Arc<Changes>,
}

/// Tells whoever waits of changes after which there may be something to take.
#[derive(Debug)]
pub(crate) struct Changes(watch::Sender<()>);

impl Changes {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(())))
    }

    pub(crate) fn tell(&self) {
        self.0.send_replace(());
    }

    /// Comes with the first change after this call.
    fn next(&self) -> News<'_> {
        let mut changes = self.0.subscribe();
        // The sender lives as long as `self`.
        Box::pin(async move { drop(changes.changed().await) })
    }
}

impl DatabaseOutbox {
    pub(crate) async fn start<E: Engine + 'static>(
        encryption: Encryption,
        changes: Arc<Changes>,
        open: impl FnOnce() -> Result<E, OutboxError> + Send + 'static,
    ) -> Result<Self, OutboxError> {
        let thread = StoreThread::start(open).await?;
        let encryption = Arc::new(encryption);
        let keys = encryption.clone();
        thread
            .call(move |engine| settings::check_keys(engine, &keys))
            .await?;
        Ok(Self {
            thread,
            encryption,
            changes,
        })
    }

    /// Closes the outbox: when this is done, the connection and its locks are given up.
    ///
    /// An outbox that is only dropped does the same a little later.
    pub async fn close(self) {
        self.thread.close().await;
    }

    /// Runs a job after which there is no more to take than before.
    fn aside<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move { self.thread.call(work).await })
    }

    /// Runs a job after which there may be something to take.
    fn change<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            let changes = self.changes.clone();
            self.thread
                .call_then(announced(work), move || changes.tell())
                .await
        })
    }
}

/// A job that tells other processes, once committed, that there may be something to take.
fn announced<T>(
    mut work: impl FnMut(&mut dyn Engine) -> Result<T, OutboxError>,
) -> impl FnMut(&mut dyn Engine) -> Result<T, OutboxError> {
    move |engine| {
        let done = work(engine)?;
        engine.announce()?;
        Ok(done)
    }
}

impl Outbox for DatabaseOutbox {
    fn put(&self, entries: Vec<NewEntry>) -> Answer<'_, Vec<Put>> {
        Box::pin(async move {
            let sealed = put::seal(entries, &self.encryption)?;
            self.change(move |engine| put::put(engine, &sealed)).await
        })
    }

    fn put_blocking(&self, entries: Vec<NewEntry>) -> Result<Vec<Put>, OutboxError> {
        let sealed = put::seal(entries, &self.encryption)?;
        let kept = self
            .thread
            .call_blocking(announced(move |engine| put::put(engine, &sealed)))?;
        self.changes.tell();
        Ok(kept)
    }

    fn states(&self, oids: Vec<DocumentOid>) -> Answer<'_, Vec<Option<State>>> {
        self.aside(move |engine| inspect::states(engine, &oids))
    }

    fn take(&self, claiming: Claiming) -> Answer<'_, Vec<Claim>> {
        Box::pin(async move {
            loop {
                let (claiming, encryption) = (claiming.clone(), self.encryption.clone());
                let taken = self
                    .thread
                    .call(filed(move |engine| {
                        take::take(engine, &claiming, &encryption)
                    }))
                    .await?;
                if let Some(claims) = taken {
                    return Ok(claims);
                }
            }
        })
    }

    fn finish<'o>(&'o self, claim: &'o Claim, verdict: Verdict) -> Answer<'o, State> {
        let held = take::Held::of(claim);
        self.change(filed(move |engine| take::finish(engine, &held, &verdict)))
    }

    fn decide(&self, oid: DocumentOid, decision: Decision) -> Answer<'_, State> {
        self.change(filed(move |engine| decide::decide(engine, &oid, decision)))
    }

    fn pause(&self) -> Answer<'_, ()> {
        self.aside(|engine| settings::set_paused(engine, true))
    }

    fn resume(&self) -> Answer<'_, ()> {
        self.change(|engine| settings::set_paused(engine, false))
    }

    fn is_paused(&self) -> Answer<'_, bool> {
        self.aside(|engine| settings::is_paused(engine))
    }

    fn doubt_all(&self) -> Answer<'_, u64> {
        self.change(filed(|engine| decide::doubt_all(engine)))
    }

    fn counts(&self) -> Answer<'_, Counts> {
        self.aside(|engine| inspect::counts(engine))
    }

    fn list(&self, filter: Filter) -> Answer<'_, Vec<Entry>> {
        self.aside(move |engine| inspect::list(engine, &filter))
    }

    fn entry(&self, oid: DocumentOid) -> Answer<'_, Entry> {
        self.aside(move |engine| inspect::entry(engine, &oid))
    }

    fn content(&self, oid: DocumentOid) -> Answer<'_, Vec<u8>> {
        let encryption = self.encryption.clone();
        self.aside(move |engine| inspect::content(engine, &oid, &encryption))
    }

    fn prune(&self, retention: Retention) -> Answer<'_, u64> {
        self.aside(move |engine| inspect::prune(engine, retention))
    }

    fn numbers(&self, name: String, count: u32) -> Answer<'_, u64> {
        self.aside(move |engine| settings::numbers(engine, &name, count))
    }

    fn news(&self) -> News<'_> {
        self.changes.next()
    }
}

impl std::fmt::Debug for DatabaseOutbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseOutbox")
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}
