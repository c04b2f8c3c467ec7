//! An outbox into which a document comes right after somebody looked and found nothing.

use std::sync::{Arc, Mutex};

use kanta_client::core::DocumentOid;
use kanta_client::outbox::{
    Answer, Claim, Claiming, Counts, DatabaseOutbox, Decision, Entry, Filter, NewEntry, News,
    Outbox, Put, Retention, State, Verdict,
};

pub(crate) struct Late {
    inner: Arc<DatabaseOutbox>,
    document: Mutex<Option<NewEntry>>,
}

impl Late {
    pub(crate) fn new(inner: Arc<DatabaseOutbox>, document: NewEntry) -> Self {
        Self {
            inner,
            document: Mutex::new(Some(document)),
        }
    }
}

impl Outbox for Late {
    fn take(&self, claiming: Claiming) -> Answer<'_, Vec<Claim>> {
        Box::pin(async move {
            let claims = self.inner.take(claiming).await?;
            let late = self.document.lock().unwrap().take();
            if let Some(document) = late {
                assert!(claims.is_empty());
                self.inner.put(vec![document]).await?;
            }
            Ok(claims)
        })
    }

    fn news(&self) -> News<'_> {
        self.inner.news()
    }

    fn put(&self, entries: Vec<NewEntry>) -> Answer<'_, Vec<Put>> {
        self.inner.put(entries)
    }

    fn states(&self, oids: Vec<DocumentOid>) -> Answer<'_, Vec<Option<State>>> {
        self.inner.states(oids)
    }

    fn finish<'o>(&'o self, claim: &'o Claim, verdict: Verdict) -> Answer<'o, State> {
        self.inner.finish(claim, verdict)
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
}
