//! A desk at a provider: an outbox in a folder, a signer, and a test archive.

pub(crate) mod late;

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kanta_client::ArchiveClient;
use kanta_client::cda::{Draft, SignOptions, Signed};
use kanta_client::core::{DocumentOid, Instant};
use kanta_client::outbox::sqlite::{SqliteOptions, open};
use kanta_client::outbox::{
    ArchiveCourier, BundleStamp, Claim, Courier, DatabaseOutbox, Delivery, NewEntry, Outbox, State,
    Until, Worker, WorkerOptions,
};
use kanta_client::{Outcome, transport};
use kanta_testkit::{TestArchive, documents, people, structures, test_spec};

pub(crate) struct Desk {
    pub(crate) archive: TestArchive,
    pub(crate) outbox: Arc<DatabaseOutbox>,
    pub(crate) path: PathBuf,
    stamp: Arc<BundleStamp>,
    _folder: tempfile::TempDir,
}

/// Options with times that fit a test.
pub(crate) fn quick() -> WorkerOptions {
    WorkerOptions {
        sending: Duration::from_millis(600),
        retry: Duration::from_millis(50),
        poll: Duration::from_millis(50),
        ..WorkerOptions::default()
    }
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(SqliteOptions::default()).await
    }

    pub(crate) async fn open_with(options: SqliteOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let archive = TestArchive::start(vec![structures::client_plan()])
            .await
            .unwrap();
        Self {
            archive,
            outbox: Arc::new(open(&path, options).await.unwrap()),
            path,
            stamp: Arc::new(BundleStamp::of(&test_spec())),
            _folder: folder,
        }
    }

    pub(crate) async fn put_plans(&self, numbers: RangeInclusive<u64>) -> Vec<Signed> {
        let drafts = numbers.map(|number| documents::client_plan(number, "Tilanne.", made()));
        self.put(drafts.collect()).await
    }

    /// Puts version 2 and later ones of a plan.
    pub(crate) async fn put_versions(&self, first: u64, numbers: RangeInclusive<u64>) {
        for (version, number) in (2..).zip(numbers) {
            self.put_version(first, number, version).await;
        }
    }

    pub(crate) async fn put_version(&self, first: u64, number: u64, version: u32) {
        let draft = documents::client_plan_version(first, number, version, made()).unwrap();
        self.put(vec![draft]).await;
    }

    /// Signs a plan and does not put it.
    pub(crate) fn plan(&self, number: u64) -> NewEntry {
        let draft = documents::client_plan(number, "Tilanne.", made());
        NewEntry::new(&self.sign(&[draft])[0], &self.stamp)
    }

    async fn put(&self, drafts: Vec<Draft>) -> Vec<Signed> {
        let signed = self.sign(&drafts);
        let entries = signed
            .iter()
            .map(|signed| NewEntry::new(signed, &self.stamp));
        self.outbox.put(entries.collect()).await.unwrap();
        signed
    }

    fn sign(&self, drafts: &[Draft]) -> Vec<Signed> {
        let (spec, signer) = (test_spec(), self.archive.signer().unwrap());
        drafts
            .iter()
            .map(|draft| {
                let valid = draft.check(&structures::client_plan(), &spec).unwrap();
                valid
                    .sign(&signer, SignOptions::system(made()), &spec)
                    .unwrap()
            })
            .collect()
    }

    pub(crate) fn worker(&self, options: WorkerOptions) -> Worker {
        let client = self
            .archive
            .client_with_deadline(Duration::from_millis(400))
            .unwrap();
        let courier = ArchiveCourier::with_context(client, people::context());
        Worker::new(self.outbox.clone(), Arc::new(courier), options)
    }

    /// Runs a worker until all is done, and returns what another connection to the file saw at each step.
    pub(crate) async fn traced_worker(&self, options: WorkerOptions) -> Vec<(DocumentOid, Step)> {
        let trace = Trace {
            path: self.path.clone(),
            steps: Arc::default(),
        };
        let client = ArchiveClient::new(test_spec(), transport_of(&self.archive, trace.clone()));
        let courier = Traced {
            inner: ArchiveCourier::with_context(client, people::context()),
            trace: trace.clone(),
        };
        let ends = trace.clone();
        let worker = Worker::new(self.outbox.clone(), Arc::new(courier), options)
            .on_event(move |event| ends.step(&event.oid, Step::Ended));
        worker.run(Until::Drained).await.unwrap();
        let steps = trace.steps.lock().unwrap();
        steps.clone()
    }

    pub(crate) fn archived(&self) -> usize {
        self.archive.documents().len()
    }

    /// The identifiers of everything that was put.
    pub(crate) fn oids(&self) -> Vec<DocumentOid> {
        let database = rusqlite::Connection::open(&self.path).unwrap();
        let mut statement = database
            .prepare("SELECT oid FROM entry ORDER BY position")
            .unwrap();
        let oids = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        oids.map(|oid| DocumentOid::parse(&oid.unwrap()).unwrap())
            .collect()
    }
}

fn made() -> Instant {
    Instant::from_unix(1_770_000_000, 0).unwrap()
}

/// A step on the way of a document, with the state that is on the disk by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A courier got it.
    Claimed(State),
    /// The first byte of a message with it is about to leave.
    Leaving(State),
    /// The end was told to the host.
    Ended(State),
}

#[derive(Clone)]
struct Trace {
    path: PathBuf,
    steps: Arc<Mutex<Vec<(DocumentOid, Step)>>>,
}

impl Trace {
    /// Looks with a connection of its own, which sees only what was committed.
    fn step(&self, oid: &DocumentOid, step: fn(State) -> Step) {
        let database = rusqlite::Connection::open(&self.path).unwrap();
        let state: String = database
            .query_row(
                "SELECT state FROM entry WHERE oid = ?1",
                [oid.to_string()],
                |row| row.get(0),
            )
            .unwrap();
        self.steps
            .lock()
            .unwrap()
            .push((oid.clone(), step(state.parse().unwrap())));
    }
}

struct Traced {
    inner: ArchiveCourier,
    trace: Trace,
}

impl Courier for Traced {
    fn send<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Outcome> {
        self.trace.step(&document.oid, Step::Claimed);
        self.inner.send(document)
    }

    fn reconcile<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        self.inner.reconcile(document)
    }
}

/// A transport that looks into the outbox before it lets a message go.
struct TracedTransport {
    inner: transport::HttpsPost,
    trace: Trace,
}

impl transport::Transport for TracedTransport {
    fn exchange(&self, message: transport::OutgoingMessage) -> transport::PendingReply<'_> {
        let body = &message.body;
        let request = kanta_client::frame::read_request(body, &Default::default()).unwrap();
        let oid = request.documents[0].id.clone().unwrap();
        self.trace.step(&DocumentOid::new(oid), Step::Leaving);
        self.inner.exchange(message)
    }
}

fn transport_of(archive: &TestArchive, trace: Trace) -> TracedTransport {
    let inner = archive.transport(archive.endpoint().unwrap()).unwrap();
    TracedTransport { inner, trace }
}
