//! Mass archiving against the test archive.

#![allow(clippy::unwrap_used)]
#![cfg(feature = "outbox-sqlite")]

mod finnish;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use finnish::assert_all_finnish;
use kanta_client::cda::{Draft, SignOptions, structure::Structure};
use kanta_client::core::{DocumentOid, Instant};
use kanta_client::mass::{self, MassArchive, MassError, MassItem, MassOptions, Progress, Stage};
use kanta_client::outbox::sqlite::{SqliteOptions, open};
use kanta_client::outbox::{ArchiveCourier, DatabaseOutbox, WorkerOptions};
use kanta_client::sign::{
    Certificate, SignatureAlgorithm, SignatureValue, Signer, SignerError, ToBeSigned,
};
use kanta_testkit::{TestArchive, documents, people, structures, test_spec};

struct Office {
    archive: TestArchive,
    outbox: Arc<DatabaseOutbox>,
    plan: Arc<Structure>,
    folder: tempfile::TempDir,
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        Self {
            archive: TestArchive::start(vec![structures::client_plan()])
                .await
                .unwrap(),
            outbox: Arc::new(open(&path, SqliteOptions::default()).await.unwrap()),
            plan: Arc::new(structures::client_plan()),
            folder,
        }
    }

    fn run(&self) -> MassArchive {
        self.run_with(Arc::new(self.archive.signer().unwrap()))
    }

    fn run_with(&self, signer: Arc<dyn Signer>) -> MassArchive {
        let courier =
            ArchiveCourier::with_context(self.archive.client().unwrap(), people::context());
        let options = MassOptions {
            worker: WorkerOptions {
                sending: Duration::from_secs(2),
                poll: Duration::from_millis(50),
                ..WorkerOptions::default()
            },
            progress_every: Duration::from_millis(20),
            ..MassOptions::default()
        };
        let plan = self.plan.clone();
        MassArchive::new(
            self.outbox.clone(),
            Arc::new(courier),
            Arc::new(test_spec()),
            options,
        )
        .with_signer(signer)
        .with_structures(move |oid| (oid == plan.oid()).then(|| plan.clone()))
    }

    fn items(&self, numbers: std::ops::RangeInclusive<u64>) -> Vec<MassItem> {
        numbers
            .map(|number| {
                MassItem::draft(
                    documents::client_plan(number, "Tilanne.", made()),
                    self.plan.clone(),
                )
            })
            .collect()
    }

    /// The identifiers in the archive, sorted; each must be there once.
    fn archived(&self) -> Vec<DocumentOid> {
        let mut oids: Vec<_> = self
            .archive
            .documents()
            .into_iter()
            .map(|document| document.id)
            .collect();
        oids.sort_by_key(ToString::to_string);
        let count = oids.len();
        oids.dedup();
        assert_eq!(oids.len(), count, "a document was archived twice");
        oids
    }
}

fn made() -> Instant {
    Instant::from_unix(1_770_000_000, 0).unwrap()
}

/// A draft whose content breaks its structure.
fn broken(number: u64) -> Draft {
    let metadata = documents::client_plan(number, "Tilanne.", made())
        .metadata()
        .clone();
    Draft::new(metadata, "{}")
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_checked_signed_and_archived_and_refused_ones_reported() {
    let office = Office::open().await;
    let mut items = office.items(1..=40);
    items[7] = MassItem::draft(broken(8), office.plan.clone()).named("the eighth");
    // The archive knows no version 1 of this one.
    let orphan = documents::client_plan_version(500, 501, 2, made()).unwrap();
    items.push(MassItem::draft(orphan, office.plan.clone()));
    let told = Arc::new(Mutex::new(Vec::<Progress>::new()));
    let listener = told.clone();
    let run = office
        .run()
        .on_progress(move |progress| listener.lock().unwrap().push(*progress));
    let report = run.run(items).await.unwrap();
    assert_eq!(office.archived().len(), 39);
    let progress = report.progress;
    assert_eq!(
        (progress.total, progress.read, progress.known),
        (Some(41), 41, 0)
    );
    assert_eq!(
        (progress.queued, progress.archived, progress.refused),
        (40, 39, 2)
    );
    assert_eq!(progress.remaining(), Some(0));
    assert!(!report.was_stopped);
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|refused| (refused.name.as_str(), refused.stage))
        .collect();
    let orphan = documents::document_oid(501).to_string();
    assert_eq!(
        refused,
        [
            ("the eighth", Stage::Checking),
            (orphan.as_str(), Stage::Archiving)
        ]
    );
    assert!(
        report
            .refused
            .iter()
            .all(|refused| refused.findings.has_errors())
    );
    let told = told.lock().unwrap();
    assert!(told.windows(2).all(|pair| pair[0].done() <= pair[1].done()));
    assert_eq!(told.last(), Some(&progress));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_stopped_is_gone_on_with() {
    let office = Office::open().await;
    let mut runs = 0;
    loop {
        runs += 1;
        let run = office.run();
        let control = run.control();
        let listener = move |progress: &Progress| {
            if progress.archived >= 12 * runs {
                control.stop();
            }
        };
        let report = run
            .on_progress(listener)
            .run(office.items(1..=60))
            .await
            .unwrap();
        if !report.was_stopped {
            assert_eq!(report.progress.archived, 60);
            assert!(report.progress.known >= 12);
            break;
        }
    }
    assert!(runs > 1, "nothing was stopped");
    assert_eq!(office.archived().len(), 60);
    // Once more over the same documents: everything is known, nothing is signed again.
    let report = office
        .run_with(Arc::new(Lost::new(&office, 0)))
        .run(office.items(1..=60))
        .await
        .unwrap();
    assert_eq!((report.progress.known, report.progress.archived), (60, 60));
}

/// A host that numbers wrongly is told of it, whether the first document came in the same run or in an earlier one.
#[tokio::test(flavor = "multi_thread")]
async fn another_document_under_a_known_identifier_is_refused() {
    let office = Office::open().await;
    let spec = test_spec();
    let signer = office.archive.signer().unwrap();
    let draft = |situation: &str| documents::client_plan(1, situation, made());
    let item = |situation: &str, name: &str| {
        MassItem::draft(draft(situation), office.plan.clone()).named(name)
    };
    let valid = |situation: &str| draft(situation).check(&*office.plan, &spec).unwrap();
    let signed = |situation: &str| {
        let signed = valid(situation).sign(&signer, SignOptions::system(made()), &spec);
        signed.unwrap().as_xml().to_vec()
    };
    let (first, other) = (signed("Tilanne."), signed("Toinen."));
    let same_run = vec![
        MassItem::document("first", first.clone()),
        MassItem::document("other, signed", other.clone()),
    ];
    let unsigned = |situation: &str| valid(situation).as_xml().to_vec();
    let later_run = vec![
        MassItem::document("first again", first.clone()),
        item("Tilanne.", "first, drafted again"),
        MassItem::document("first, unsigned", unsigned("Tilanne.")),
        MassItem::document("other, signed", other),
        MassItem::document("other, unsigned", unsigned("Toinen.")),
        item("Toinen.", "other, drafted"),
    ];
    for (items, known, expected) in [
        (same_run, 0, vec!["other, signed"]),
        (
            later_run,
            3,
            vec!["other, signed", "other, unsigned", "other, drafted"],
        ),
    ] {
        let report = office.run().run(items).await.unwrap();
        assert_eq!(report.progress.known, known);
        let refused: Vec<_> = report
            .refused
            .iter()
            .map(|refused| refused.name.as_str())
            .collect();
        assert_eq!(refused, expected);
        for refused in &report.refused {
            assert_all_finnish(&refused.findings);
            assert_eq!(refused.stage, Stage::Queueing);
            let told = refused.findings.to_string();
            assert!(told.contains("KANTA-OUTBOX-CONFLICT"), "{told}");
        }
    }
    let archived = office.archive.documents();
    assert_eq!(archived.len(), 1);
    assert_eq!(archived[0].document, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_holds_signed_unsigned_and_unreadable_files() {
    let office = Office::open().await;
    let folder = office.folder.path().join("documents");
    std::fs::create_dir(&folder).unwrap();
    let spec = test_spec();
    let valid = |number| {
        documents::client_plan(number, "Tilanne.", made())
            .check(&*office.plan, &spec)
            .unwrap()
    };
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(PathBuf::from(&folder).join(name), bytes).unwrap();
    };
    write("1-unsigned.xml", valid(1).as_xml());
    let signer = office.archive.signer().unwrap();
    let signed = valid(2)
        .sign(&signer, SignOptions::system(made()), &spec)
        .unwrap();
    write("2-signed.xml", signed.as_xml());
    write("3-broken.xml", b"<ClinicalDocument");
    let changed = String::from_utf8(signed.as_xml().to_vec())
        .unwrap()
        .replacen("nonXMLBody ID=\"", "nonXMLBody ID=\"x", 1);
    write(
        "4-changed.xml",
        changed.replace("11.2026.2\"", "11.2026.4\"").as_bytes(),
    );
    write("5-other.txt", b"not a document");
    let items = mass::folder(&folder).unwrap();
    assert_eq!(items.len(), 4);
    let report = office.run().run(items).await.unwrap();
    assert_eq!(
        office.archived(),
        [documents::document_oid(1), documents::document_oid(2)]
    );
    assert_eq!(
        office
            .archive
            .documents()
            .iter()
            .filter(|document| document.document == signed.as_xml())
            .count(),
        1
    );
    let mut names: Vec<_> = report
        .refused
        .iter()
        .map(|refused| refused.name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["3-broken.xml", "4-changed.xml"]);
    for refused in &report.refused {
        assert_all_finnish(&refused.findings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_can_be_fed_one_by_one() {
    let office = Office::open().await;
    let (feed, items) = mass::feed(2);
    let documents = office.items(1..=5);
    let push = async move {
        for item in documents {
            feed.push(item).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let (report, ()) = tokio::join!(office.run().run(items), push);
    let progress = report.unwrap().progress;
    assert_eq!((progress.total, progress.archived), (None, 5));
    assert_eq!(office.archived().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_that_is_lost_ends_the_run_and_loses_nothing() {
    let office = Office::open().await;
    let end = office
        .run_with(Arc::new(Lost::new(&office, 10)))
        .run(office.items(1..=25))
        .await;
    assert!(matches!(end, Err(MassError::Signing(_))), "{end:?}");
    assert_eq!(office.archived().len(), 10);
    let report = office.run().run(office.items(1..=25)).await.unwrap();
    assert_eq!((report.progress.known, report.progress.queued), (10, 15));
    assert_eq!(office.archived().len(), 25);
}

/// A signer whose token is pulled after some signatures.
struct Lost {
    inner: kanta_client::sign::SoftwareSigner,
    left: AtomicU32,
}

impl Lost {
    fn new(office: &Office, signatures: u32) -> Self {
        Self {
            inner: office.archive.signer().unwrap(),
            left: AtomicU32::new(signatures),
        }
    }
}

impl Signer for Lost {
    fn certificate(&self) -> &Certificate {
        self.inner.certificate()
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        self.inner.algorithms()
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        if self.left.load(Ordering::SeqCst) == 0 {
            return Err(SignerError::Failed("the token is gone".to_owned()));
        }
        self.left.fetch_sub(1, Ordering::SeqCst);
        self.inner.sign(octets)
    }
}
