//! What is killed: a process that makes, queues or sends documents.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kanta_client::cda::structure::Structure;
use kanta_client::core::Instant;
use kanta_client::mass::{MassArchive, MassItem, MassOptions};
use kanta_client::outbox::postgres::{self, PostgresOptions};
use kanta_client::outbox::sqlite::{self, SqliteOptions};
use kanta_client::outbox::{
    ArchiveCourier, Claim, Courier, DatabaseOutbox, Delivery, Outbox, Until, Worker, WorkerOptions,
};
use kanta_client::sign::SoftwareSigner;
use kanta_client::transport::{ClientIdentity, Endpoint, HttpsPost, TrustedServers};
use kanta_client::{ArchiveClient, Outcome};
use kanta_testkit::{documents, people, structures, test_spec};

use crate::Result;
use crate::options::{Job, Task};
use crate::reporting::Reporting;

/// The longest that one sending may take.
pub(crate) const SENDING: Duration = Duration::from_millis(800);
/// The longest that one exchange with the archive may take.
const DEADLINE: Duration = Duration::from_millis(500);
/// How many versions each document has.
pub(crate) const VERSIONS: u64 = 3;
/// One line for each document that came to its end; the parent counts them.
pub(crate) const ENDED: &str = "ended.log";
/// One line for each sending that the archive refused because it had the document already.
pub(crate) const TWICE: &str = "twice.log";
/// The state of the database file when something was durable.
pub(crate) const SYNCED: &str = "synced.log";

pub(crate) async fn run(task: &Task) -> Result<()> {
    let outbox = open_outbox(task).await?;
    let courier = Arc::new(Watched {
        inner: ArchiveCourier::with_context(client(task)?, people::context()),
        twice: append(&task.folder.join(TWICE))?,
        ended: append(&task.folder.join(ENDED))?,
    });
    match task.job {
        Job::Send => {
            Worker::new(outbox, courier, worker_options())
                .run(Until::Drained)
                .await?;
        }
        Job::All | Job::Make => {
            let signer = SoftwareSigner::from_pem(
                &fs::read(task.folder.join("signing.key"))?,
                &fs::read(task.folder.join("signing.pem"))?,
            )?;
            let options = MassOptions {
                worker: worker_options(),
                only_queue: task.job == Job::Make,
                ..MassOptions::default()
            };
            let plan = Arc::new(structures::client_plan());
            let items = (1..=task.documents).map(move |number| item(number, &plan));
            let report = MassArchive::new(outbox, courier, Arc::new(test_spec()), options)
                .with_signer(Arc::new(signer))
                .run(items)
                .await?;
            if !report.refused.is_empty() {
                let refused = &report.refused[0];
                return Err(format!("{} was refused: {}", refused.name, refused.findings).into());
            }
        }
    }
    Ok(())
}

/// The document with a number: every [`VERSIONS`] of them are versions of one.
fn item(number: u64, plan: &Arc<Structure>) -> MassItem {
    let made = Instant::from_unix(1_770_000_000, 0).expect("a time of our days");
    let (first, version) = chain_of(number);
    let draft = if version == 1 {
        documents::client_plan(number, "Perhe toivoo apua aamuihin.", made)
    } else {
        documents::client_plan_version(first, number, version as u32, made)
            .expect("versions begin with 1")
    };
    MassItem::draft(draft, plan.clone())
}

/// The number of the first version, and the version, of the document with a number.
pub(crate) fn chain_of(number: u64) -> (u64, u64) {
    let version = (number - 1) % VERSIONS + 1;
    (number - version + 1, version)
}

fn worker_options() -> WorkerOptions {
    WorkerOptions {
        name: format!("child {}", std::process::id()),
        sending: SENDING,
        retry: Duration::from_millis(100),
        most_doubts: 1000,
        poll: Duration::from_millis(100),
        ..WorkerOptions::default()
    }
}

async fn open_outbox(task: &Task) -> Result<Arc<dyn Outbox>> {
    let outbox = open(&task.outbox).await?;
    Ok(if task.outbox.starts_with("host=") {
        Arc::new(outbox)
    } else {
        let wal = format!("{}-wal", task.outbox);
        Arc::new(Reporting::new(
            outbox,
            wal.into(),
            append(&task.folder.join(SYNCED))?,
        ))
    })
}

/// Opens the outbox in a file or at an address.
pub(crate) async fn open(outbox: &str) -> Result<DatabaseOutbox> {
    Ok(if outbox.starts_with("host=") {
        postgres::connect(outbox, PostgresOptions::default()).await?
    } else {
        sqlite::open(Path::new(outbox), SqliteOptions::default()).await?
    })
}

fn client(task: &Task) -> Result<ArchiveClient> {
    let file = |name: &str| fs::read(task.folder.join(name));
    let endpoint = Endpoint::new(task.archive.parse()?).with_attempt_timeout(DEADLINE);
    let identity = ClientIdentity::from_pem(&file("client.pem")?, &file("client.key")?)?;
    let trusted = TrustedServers::from_pem(&file("ca.pem")?)?;
    let transport = HttpsPost::new(endpoint, identity, &trusted)?;
    Ok(ArchiveClient::new(test_spec(), transport))
}

pub(crate) fn append(path: &Path) -> Result<File> {
    Ok(OpenOptions::new().create(true).append(true).open(path)?)
}

/// Writes a line at once: what was written outlives the process.
pub(crate) fn line(mut file: &File, text: &str) {
    let _ = file.write_all(format!("{text}\n").as_bytes());
}

/// A courier that tells what the archive has, and when it had a document before it was sent.
struct Watched {
    inner: ArchiveCourier,
    twice: File,
    ended: File,
}

impl Watched {
    fn watch(&self, document: &Claim, outcome: &Outcome) {
        match outcome {
            Outcome::Archived(_) => line(&self.ended, "a"),
            Outcome::Rejected(report) if report.has("TEST-DUPLICATE") => {
                line(&self.twice, &document.oid.to_string());
            }
            _ => {}
        }
    }
}

impl Courier for Watched {
    fn send<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Outcome> {
        Box::pin(async move {
            let outcome = self.inner.send(document).await?;
            self.watch(document, &outcome);
            Ok(outcome)
        })
    }

    fn reconcile<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        Box::pin(async move {
            let outcome = self.inner.reconcile(document).await?;
            if let Some(outcome) = &outcome {
                self.watch(document, outcome);
            }
            Ok(outcome)
        })
    }

    fn bundle_hash(&self) -> Option<String> {
        self.inner.bundle_hash()
    }
}
