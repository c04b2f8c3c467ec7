//! `mass-run`: making, signing and keeping documents at the same time, against the slowest of the three alone. `mass-memory`: what a
//! run of very many documents takes of memory.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kanta_client::Outcome;
use kanta_client::cda::structure::Structure;
use kanta_client::cda::{Draft, SignOptions, Signed, Valid};
use kanta_client::core::Report;
use kanta_client::core::spec::Spec;
use kanta_client::mass::{MassArchive, MassItem, MassOptions};
use kanta_client::outbox::{BundleStamp, Claim, Courier, Delivery, NewEntry, Outbox};
use kanta_client::sign::SoftwareSigner;
use kanta_testkit::{documents, structures, test_spec};
use tokio::runtime::Runtime;

use crate::documents::now;
use crate::harness::{Run, median};
use crate::outbox::{open, runtime};

struct Shop {
    runtime: Runtime,
    folder: tempfile::TempDir,
    spec: Arc<Spec>,
    signer: Arc<SoftwareSigner>,
    structure: Arc<Structure>,
    situation: String,
}

/// How many documents share a commit when more are waiting: as in a mass run.
const GROUP: usize = 64;

/// Documents per second of each stage alone and of all together.
pub(crate) fn run(run: &mut Run<'_>) {
    let shop = Shop::open();
    // The last group has nobody to overlap with: it must be a small part of the run.
    let (rounds, count) = if run.is_quick() { (1, 50) } else { (5, 1_600) };
    let mut rates: [Vec<f64>; 4] = Default::default();
    for _ in 0..rounds {
        for (rates, rate) in rates.iter_mut().zip(shop.stages(count)) {
            rates.push(rate);
        }
    }
    let rates = rates.map(median);
    let slowest = rates[..3].iter().copied().fold(f64::INFINITY, f64::min);
    for (who, rate) in [
        "write alone",
        "sign alone (P-256)",
        "keep alone, in groups",
        "ours",
    ]
    .iter()
    .zip(rates)
    {
        run.figure("40k", who, rate, "1/s");
    }
    run.figure("40k", "ours : slowest alone", rates[3] / slowest, "×");
}

/// The memory of a run of few and of one of very many small documents, which are made when their turn comes.
pub(crate) fn memory(run: &mut Run<'_>) {
    let counts = if run.is_quick() {
        [200, 1_000, 5_000]
    } else {
        [10_000, 100_000, 1_000_000]
    };
    let small = Shop {
        situation: "Tilanne.".to_owned(),
        ..Shop::open()
    };
    for count in counts {
        let rate = small.together(count);
        run.figure("small", &format!("{count} documents"), rate, "1/s");
        let most = resident() as f64;
        run.figure("small", &format!("most after {count}"), most, "KiB");
    }
}

impl Shop {
    fn open() -> Self {
        let key = rcgen::KeyPair::generate().expect("the machine gives random numbers");
        let mut params = rcgen::CertificateParams::default();
        params.key_usages = vec![
            rcgen::KeyUsagePurpose::DigitalSignature,
            rcgen::KeyUsagePurpose::ContentCommitment,
        ];
        let certificate = params.self_signed(&key).expect("a certificate of our own");
        let signer =
            SoftwareSigner::from_pem(key.serialize_pem().as_bytes(), certificate.pem().as_bytes());
        Self {
            runtime: runtime(),
            folder: tempfile::tempdir().expect("a folder"),
            spec: Arc::new(test_spec()),
            signer: Arc::new(signer.expect("the key was made for the certificate")),
            structure: Arc::new(structures::client_plan()),
            situation: "Perhe toivoo apua aamuihin. ".repeat(500),
        }
    }

    fn draft(&self, number: u64) -> Draft {
        documents::client_plan(number, &self.situation, now())
    }

    fn write(&self, draft: &Draft) -> Valid {
        draft
            .check(&*self.structure, &self.spec)
            .expect("the content follows the structure")
    }

    fn sign(&self, valid: &Valid) -> Signed {
        valid
            .sign(&*self.signer, SignOptions::system(now()), &self.spec)
            .expect("the test bundle knows the algorithm")
    }

    /// The rates of writing, signing and keeping alone, and of all together.
    fn stages(&self, count: u64) -> [f64; 4] {
        let drafts: Vec<_> = (1..=count).map(|number| self.draft(number)).collect();
        let (written, write) = timed(count, || {
            drafts
                .iter()
                .map(|draft| self.write(draft))
                .collect::<Vec<_>>()
        });
        let bundle = Arc::new(BundleStamp::of(&self.spec));
        let (entries, sign) = timed(count, || {
            written
                .iter()
                .map(|valid| NewEntry::new(&self.sign(valid), &bundle))
                .collect::<Vec<_>>()
        });
        let folder = self.fresh();
        let outbox = self.runtime.block_on(open(&folder.path().join("alone.db")));
        let ((), keep) = timed(count, || {
            for group in entries.chunks(GROUP) {
                self.runtime
                    .block_on(outbox.put(group.to_vec()))
                    .expect("there is room");
            }
        });
        [
            write,
            sign,
            keep,
            self.together_with(folder.path(), drafts.into_iter()),
        ]
    }

    fn fresh(&self) -> tempfile::TempDir {
        tempfile::tempdir_in(self.folder.path()).expect("a folder")
    }

    /// The rate of a whole run over small documents that are made when their turn comes.
    fn together(&self, count: u64) -> f64 {
        let folder = self.fresh();
        let situation = self.situation.clone();
        let drafts =
            (1..=count).map(move |number| documents::client_plan(number, &situation, now()));
        self.together_with(folder.path(), drafts)
    }

    fn together_with(
        &self,
        folder: &Path,
        drafts: impl Iterator<Item = Draft> + Send + 'static,
    ) -> f64 {
        let outbox: Arc<dyn Outbox> = Arc::new(self.runtime.block_on(open(&folder.join("run.db"))));
        let options = MassOptions {
            only_queue: true,
            ..MassOptions::default()
        };
        let structure = self.structure.clone();
        let items = drafts.map(move |draft| MassItem::draft(draft, structure.clone()));
        let run = MassArchive::new(outbox, Arc::new(Nowhere), self.spec.clone(), options)
            .with_signer(self.signer.clone());
        let begin = Instant::now();
        let report = self
            .runtime
            .block_on(run.run(items))
            .expect("nothing fails");
        assert!(report.refused.is_empty(), "{:?}", report.refused.first());
        report.progress.queued as f64 / begin.elapsed().as_secs_f64()
    }
}

fn timed<T>(count: u64, work: impl FnOnce() -> T) -> (T, f64) {
    let begin = Instant::now();
    let result = work();
    (result, count as f64 / begin.elapsed().as_secs_f64())
}

/// The most memory that the process had until now, in KiB; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .strip_suffix("kB")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0)
}

/// A courier that is never asked: the run only queues.
struct Nowhere;

impl Courier for Nowhere {
    fn send<'c>(&'c self, _: &'c Claim) -> Delivery<'c, Outcome> {
        Box::pin(async { Ok(Outcome::Archived(Report::new())) })
    }

    fn reconcile<'c>(&'c self, _: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        Box::pin(async { Ok(None) })
    }
}
