//! An outbox that tells how long its write-ahead log was when something was durable.

use std::fs::File;
use std::path::PathBuf;

use kanta_client::core::DocumentOid;
use kanta_client::outbox::{
    Answer, Claim, Claiming, Counts, DatabaseOutbox, Decision, Entry, Filter, NewEntry, News,
    Outbox, Put, Retention, State, Verdict,
};

use crate::child::line;

pub(crate) struct Reporting {
    inner: DatabaseOutbox,
    wal: PathBuf,
    log: File,
}

impl Reporting {
    pub(crate) fn new(inner: DatabaseOutbox, wal: PathBuf, log: File) -> Self {
        Self { inner, wal, log }
    }

    fn report<'o, T: 'o>(&'o self, answer: Answer<'o, T>) -> Answer<'o, T> {
        Box::pin(async move {
            let answer = answer.await?;
            // By now all that the answer speaks of is synced: it lies within this length.
            let length = std::fs::metadata(&self.wal).map_or(0, |wal| wal.len());
            line(&self.log, &length.to_string());
            Ok(answer)
        })
    }
}

impl Outbox for Reporting {
    fn put(&self, entries: Vec<NewEntry>) -> Answer<'_, Vec<Put>> {
        self.report(self.inner.put(entries))
    }

    fn states(&self, oids: Vec<DocumentOid>) -> Answer<'_, Vec<Option<State>>> {
        self.inner.states(oids)
    }

    fn take(&self, claiming: Claiming) -> Answer<'_, Vec<Claim>> {
        self.report(self.inner.take(claiming))
    }

    fn finish<'o>(&'o self, claim: &'o Claim, verdict: Verdict) -> Answer<'o, State> {
        self.report(self.inner.finish(claim, verdict))
    }

    fn decide(&self, oid: DocumentOid, decision: Decision) -> Answer<'_, State> {
        self.inner.decide(oid, decision)
    }

    fn pause(&self) -> Answer<'_, ()> {
        self.inner.pause()
    }

    fn resume(&self) -> Answer<'_, ()> {
        self.inner.resume()
    }

    fn is_paused(&self) -> Answer<'_, bool> {
        self.inner.is_paused()
    }

    fn doubt_all(&self) -> Answer<'_, u64> {
        self.inner.doubt_all()
    }

    fn counts(&self) -> Answer<'_, Counts> {
        self.inner.counts()
    }

    fn list(&self, filter: Filter) -> Answer<'_, Vec<Entry>> {
        self.inner.list(filter)
    }

    fn entry(&self, oid: DocumentOid) -> Answer<'_, Entry> {
        self.inner.entry(oid)
    }

    fn content(&self, oid: DocumentOid) -> Answer<'_, Vec<u8>> {
        self.inner.content(oid)
    }

    fn prune(&self, retention: Retention) -> Answer<'_, u64> {
        self.inner.prune(retention)
    }

    fn numbers(&self, name: String, count: u32) -> Answer<'_, u64> {
        self.inner.numbers(name, count)
    }

    fn news(&self) -> News<'_> {
        self.inner.news()
    }
}
