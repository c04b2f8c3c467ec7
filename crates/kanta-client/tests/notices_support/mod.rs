//! A desk that tells disclosures: an outbox in either database, a signer, and a test log register.

pub(crate) mod process;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kanta_client::core::audit::UseLogEntry;
use kanta_client::core::codes::{DocumentType, ServiceTask};
use kanta_client::core::{DocumentOid, Reason};
use kanta_client::disclosures::LogRegister;
use kanta_client::fhir::SignedNotices;
use kanta_client::fhir::exchange::Caller;
use kanta_client::fhir::notice::{DisclosedData, DisclosureNotice, What};
use kanta_client::outbox::postgres::{PostgresOptions, connect};
use kanta_client::outbox::sqlite::{SqliteOptions, open};
use kanta_client::outbox::{
    BundleStamp, Claiming, DatabaseOutbox, Encryption, EncryptionKey, Kind, NewEntry,
    NoticeCourier, Outbox, RunReport, State, Until, Worker, WorkerOptions,
};
use kanta_client::sign::Signer;
use kanta_client::transport::{
    HttpsPost, OutgoingMessage, PendingReply, Transport, TransportError,
};
use kanta_client::{AuditError, AuditSink};
use kanta_testkit::register::{RegisterFault, caller, disclosure};
use kanta_testkit::{ClusterError, PostgresCluster, TestArchive, test_spec};

/// The longest that a sending may take here.
const SENDING: Duration = Duration::from_millis(600);

/// Where an outbox is.
pub(crate) enum Place {
    File(tempfile::TempDir),
    Database(PostgresCluster),
}

impl Place {
    /// A new one of each kind; PostgreSQL is skipped, said loudly, when it is not installed.
    pub(crate) fn all() -> Vec<Self> {
        let mut places = vec![Self::File(tempfile::tempdir().unwrap())];
        match PostgresCluster::start() {
            Err(error @ ClusterError::NotInstalled) => eprintln!("SKIPPED: {error}"),
            cluster => places.push(Self::Database(cluster.unwrap())),
        }
        places
    }

    async fn open(&self) -> Arc<DatabaseOutbox> {
        Arc::new(match self {
            Self::File(folder) => open_file(&folder.path().join("outbox.db")).await,
            Self::Database(cluster) => open_database(&cluster.url()).await,
        })
    }
}

fn encryption() -> Encryption {
    Encryption::with(EncryptionKey::new("k", &[7; 32]))
}

async fn open_file(path: &Path) -> DatabaseOutbox {
    let options = SqliteOptions {
        encryption: encryption(),
        ..SqliteOptions::default()
    };
    open(path, options).await.unwrap()
}

async fn open_database(url: &str) -> DatabaseOutbox {
    let options = PostgresOptions {
        encryption: encryption(),
        ..PostgresOptions::default()
    };
    connect(url, options).await.unwrap()
}

pub(crate) struct Desk {
    pub(crate) outbox: Arc<DatabaseOutbox>,
    pub(crate) server: TestArchive,
    pub(crate) log: UseLog,
    pub(crate) place: Place,
}

impl Desk {
    pub(crate) async fn open(place: Place) -> Self {
        Self {
            outbox: place.open().await,
            server: TestArchive::start(Vec::new()).await.unwrap(),
            log: UseLog::default(),
            place,
        }
    }

    /// A desk with one notice, which the register stores without an answer, and a worker that waits for it.
    pub(crate) async fn with_register_that_hangs(place: Place) -> (Self, DocumentOid, Worker) {
        let desk = Self::open(place).await;
        desk.server
            .script_register([RegisterFault::HangAfterStoring]);
        let oid = desk.put(1).await;
        let worker = desk.worker(desk.register(Duration::from_secs(30)));
        (desk, oid, worker)
    }

    /// The process is gone, and another one begins.
    pub(crate) async fn reopen(self) -> Self {
        within(async || Arc::strong_count(&self.outbox) == 1).await;
        Arc::into_inner(self.outbox).unwrap().close().await;
        Self {
            outbox: self.place.open().await,
            ..self
        }
    }

    pub(crate) fn signer(&self) -> Arc<dyn Signer> {
        Arc::new(self.server.signer().unwrap())
    }

    /// Signs the notice of this number; every call gives other bytes.
    pub(crate) fn prepare(&self, number: u32) -> SignedNotices {
        let what = What::general_type(DocumentType::PLAN);
        let data = DisclosedData::new(ServiceTask::FAMILIES_WITH_CHILDREN, what);
        let notice = DisclosureNotice::new(disclosure(number), data).unwrap();
        let register = self.register(SENDING);
        let disclosures = register.disclosures();
        disclosures
            .prepare(&notice.into(), &*self.signer())
            .unwrap()
    }

    pub(crate) fn entry(&self, number: u32) -> NewEntry {
        let stamp = Arc::new(BundleStamp::of(&test_spec()));
        NewEntry::notices(&self.prepare(number), &stamp)
    }

    pub(crate) async fn put(&self, number: u32) -> DocumentOid {
        let entry = self.entry(number);
        let oid = entry.oid().clone();
        self.outbox.put(vec![entry]).await.unwrap();
        oid
    }

    /// A client that keeps the use log and waits so long for an answer.
    pub(crate) fn register(&self, deadline: Duration) -> LogRegister {
        let register = self.server.register_client(deadline).unwrap();
        register.with_audit(self.log.clone())
    }

    pub(crate) fn worker(&self, register: LogRegister) -> Worker {
        worker_of(self.outbox.clone(), register, self.signer())
    }

    /// Works until nothing more can be done.
    pub(crate) async fn work(&self) -> RunReport {
        let register = self.register(Duration::from_millis(300));
        self.worker(register).run(Until::NothingDue).await.unwrap()
    }

    pub(crate) fn transport(&self) -> HttpsPost {
        let mut endpoint = self.server.endpoint().unwrap();
        endpoint.address = self.server.register_url().parse().unwrap();
        self.server.transport(endpoint).unwrap()
    }

    pub(crate) fn claiming(kind: Kind) -> Claiming {
        Claiming {
            worker: "test".to_owned(),
            kind,
            limit: 10,
            lease: Duration::from_millis(100),
            bundle_hash: None,
        }
    }

    pub(crate) async fn state(&self, oid: &DocumentOid) -> State {
        self.outbox.entry(oid.clone()).await.unwrap().state
    }

    /// How often the register has the notice of this identifier.
    pub(crate) fn copies(&self, oid: &DocumentOid) -> usize {
        let id =
            |json: &[u8]| serde_json::from_slice::<serde_json::Value>(json).unwrap()["id"].take();
        let stored = self.server.notices();
        let is_it = |json: &[u8]| id(json) == oid.to_string().as_str();
        stored.iter().filter(|notice| is_it(&notice.json)).count()
    }

    /// How many notices the register has.
    pub(crate) fn stored(&self) -> usize {
        self.server.notices().len() / 2
    }
}

/// A worker whose host knows one sender, of entries without a word.
fn worker_of(
    outbox: Arc<DatabaseOutbox>,
    register: LogRegister,
    signer: Arc<dyn Signer>,
) -> Worker {
    let sender: (Caller, Arc<dyn Signer>) = (caller(), signer);
    let courier = NoticeCourier::new(register, move |context| match context {
        None => Some(sender.clone()),
        Some(_) => None,
    });
    let options = WorkerOptions {
        sending: SENDING,
        retry: Duration::from_millis(5),
        poll: Duration::from_millis(20),
        ..WorkerOptions::default()
    };
    Worker::new(outbox, Arc::new(courier), options)
}

/// Waits until something is so.
pub(crate) async fn within(is_so: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    while !is_so().await {
        assert!(begin.elapsed() < Duration::from_secs(20), "it never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The use log of the host.
#[derive(Clone, Default)]
pub(crate) struct UseLog(Arc<Mutex<Vec<UseLogEntry>>>);

impl UseLog {
    /// How the sendings ended, in their order.
    pub(crate) fn results(&self) -> Vec<String> {
        let entries = self.0.lock().unwrap();
        let word = |entry: &UseLogEntry| serde_json::to_value(entry).unwrap()["result"].take();
        entries
            .iter()
            .map(|entry| word(entry).as_str().unwrap().to_owned())
            .collect()
    }
}

impl AuditSink for UseLog {
    fn record(&self, entry: &UseLogEntry) -> Result<(), AuditError> {
        self.0.lock().unwrap().push(entry.clone());
        Ok(())
    }
}

/// A transport that cannot reach the register the first few times.
pub(crate) struct FirstTries {
    pub(crate) fail: AtomicU32,
    pub(crate) then: HttpsPost,
}

impl Transport for FirstTries {
    fn exchange(&self, message: OutgoingMessage) -> PendingReply<'_> {
        let is_away = |left: u32| left.checked_sub(1);
        match self
            .fail
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, is_away)
        {
            Ok(_) => Box::pin(async {
                let nobody = Reason::new("ketään ei ole paikalla", "nobody is there");
                Err(TransportError::Unreachable(nobody))
            }),
            Err(_) => self.then.exchange(message),
        }
    }
}
