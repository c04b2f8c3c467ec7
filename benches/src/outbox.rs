//! `enqueue`, `dequeue`, `mass-run`, `workers`: the outbox against the disk, and against its own stages.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kanta_client::Outcome;
use kanta_client::core::Report;
use kanta_client::outbox::conformance::entry_of;
use kanta_client::outbox::postgres::{self, PostgresOptions};
use kanta_client::outbox::sqlite::{self, SqliteOptions};
use kanta_client::outbox::{
    Claim, Claiming, Courier, DatabaseOutbox, Delivery, Kind, NewEntry, Outbox, Until, Verdict,
    Worker, WorkerOptions,
};
use kanta_testkit::PostgresCluster;
use tokio::runtime::Runtime;

use crate::bare_sqlite::BareSqlite;
use crate::harness::{Clock, Run, Unit, median, runner};

/// A usual signed document.
const DOCUMENT: usize = 60_000;
/// How many documents a queue has seen before it is measured, and how many share a commit then.
const WARM_UP: usize = 768;
const GROUP: usize = 64;
/// A small one, for queues of very many.
const SMALL: usize = 2_000;

pub(crate) fn runtime() -> Runtime {
    Runtime::new().expect("the machine gives threads")
}

pub(crate) async fn open(path: &Path) -> DatabaseOutbox {
    sqlite::open(path, SqliteOptions::default())
        .await
        .expect("the folder is new")
}

/// Numbers the documents of one bench.
struct Numbers(AtomicU64);

impl Numbers {
    const fn new() -> Self {
        Self(AtomicU64::new(1))
    }

    /// A document in a lane of its own.
    fn entry(&self, bytes: usize) -> NewEntry {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let content = vec![number as u8; bytes];
        entry_of(
            &format!("lane {number}"),
            &format!("2.999.1.{number}"),
            1,
            content,
        )
    }
}

/// One document durable after the other, kept by a thread that waits for it. The limit appends the same bytes to a file and syncs it; beside it stands the least
/// that SQLite can do, a row of nothing but the bytes.
pub(crate) fn enqueue(run: &mut Run<'_>) {
    let (runtime, folder) = (runtime(), tempfile::tempdir().expect("a folder"));
    let outbox = Arc::new(runtime.block_on(open(&folder.path().join("outbox.db"))));
    let numbers = Arc::new(Numbers::new());
    // A new file grows; a queue that is at work writes over the space of its log.
    for _ in 0..WARM_UP / GROUP {
        let group = (0..GROUP).map(|_| numbers.entry(DOCUMENT)).collect();
        runtime.block_on(outbox.put(group)).expect("there is room");
    }
    let mut log = log(&folder.path().join("log"));
    let bytes = vec![7; DOCUMENT];
    let mut bare = BareSqlite::open(&folder.path().join("bare.db"));
    for _ in 0..WARM_UP {
        bare.put(&bytes);
    }
    run.race_by(
        Clock::Disk,
        "60k",
        Unit::PerSecond,
        vec![
            runner("ours", || {
                let entry = numbers.entry(DOCUMENT);
                outbox.put_blocking(vec![entry]).expect("there is room")
            }),
            runner("limit: append, fdatasync", || {
                log.write_all(&bytes)
                    .and_then(|()| log.sync_data())
                    .expect("there is room");
            }),
            runner("bare SQLite: one row", || bare.put(&bytes)),
            runner("ours, awaited", || {
                let entry = numbers.entry(DOCUMENT);
                runtime
                    .block_on(outbox.put(vec![entry]))
                    .expect("there is room")
            }),
        ],
    );
    drop((bare, log));
    let rounds = if run.is_quick() { 3 } else { 5 };
    let each = if run.is_quick() { 20 } else { 400 };
    // Interleaved, so that what disturbs the disk disturbs both.
    let (mut single, mut group) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        single.push(rate(&runtime, &outbox, &numbers, 1, each * 4));
        group.push(rate(&runtime, &outbox, &numbers, 8, each));
    }
    let (single, group) = (median(single), median(group));
    run.figure("60k", "one awaited producer", single, "1/s");
    run.figure("60k", "eight awaited producers", group, "1/s");
    run.figure("60k", "eight : one", group / single, "×");
}

fn log(path: &Path) -> File {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .expect("the folder is ours")
}

/// Documents per second of producers that wait for each of theirs.
fn rate(
    runtime: &Runtime,
    outbox: &Arc<DatabaseOutbox>,
    numbers: &Arc<Numbers>,
    producers: usize,
    each: usize,
) -> f64 {
    let begin = Instant::now();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..producers)
            .map(|_| {
                let (outbox, numbers) = (outbox.clone(), numbers.clone());
                tokio::spawn(async move {
                    for _ in 0..each {
                        let entry = numbers.entry(DOCUMENT);
                        outbox.put(vec![entry]).await.expect("there is room");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no producer panics");
        }
    });
    (producers * each) as f64 / begin.elapsed().as_secs_f64()
}

/// Claiming and ending one document, with few and with very many in the queue.
pub(crate) fn dequeue(run: &mut Run<'_>) {
    let (runtime, folder) = (runtime(), tempfile::tempdir().expect("a folder"));
    let (few, many) = if run.is_quick() {
        (1_000, 20_000)
    } else {
        (20_000, 1_000_000)
    };
    let filled = |rows: u64| {
        let outbox = runtime.block_on(open(&folder.path().join(format!("{rows}.db"))));
        let numbers = Numbers::new();
        for _ in 0..rows / 1000 {
            let batch = (0..1000).map(|_| numbers.entry(SMALL)).collect();
            runtime.block_on(outbox.put(batch)).expect("there is room");
        }
        outbox
    };
    let (few_rows, many_rows) = (filled(few), filled(many));
    let next = |outbox: &DatabaseOutbox| {
        runtime.block_on(async {
            let claiming = Claiming {
                worker: "bench".to_owned(),
                kind: Kind::Document,
                limit: 1,
                lease: Duration::from_secs(60),
                bundle_hash: None,
            };
            let claims = outbox.take(claiming).await.expect("the outbox is ours");
            let verdict = Verdict::Archived(Report::new());
            outbox
                .finish(&claims[0], verdict)
                .await
                .expect("the claim is ours");
        });
    };
    let name: &'static str = if run.is_quick() {
        "among 1 thousand"
    } else {
        "among 20 thousand"
    };
    run.race_by(
        Clock::Disk,
        "2k",
        Unit::PerSecond,
        vec![
            runner("ours", || next(&many_rows)),
            runner(name, || next(&few_rows)),
        ],
    );
}

/// Three workers on one PostgreSQL outbox against one, when the archive takes 50 ms.
pub(crate) fn workers(run: &mut Run<'_>) {
    let cluster = match PostgresCluster::start() {
        Ok(cluster) => cluster,
        Err(error) => return run.skip("PostgreSQL", &error.to_string()),
    };
    let runtime = runtime();
    let documents = if run.is_quick() { 60 } else { 400 };
    let rounds = if run.is_quick() { 1 } else { 3 };
    let (mut one, mut three) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for (workers, rates) in [(1, &mut one), (3, &mut three)] {
            let schema = format!("r{round}w{workers}");
            rates.push(runtime.block_on(drain(&cluster, &schema, workers, documents)));
        }
    }
    let (one, three) = (median(one), median(three));
    run.figure("60k", "one worker", one, "1/s");
    run.figure("60k", "three workers", three, "1/s");
    run.figure("60k", "three : one", three / one, "×");
}

async fn drain(cluster: &PostgresCluster, schema: &str, workers: usize, documents: usize) -> f64 {
    let connect = async || {
        let options = PostgresOptions {
            schema: Some(schema.to_owned()),
            ..PostgresOptions::default()
        };
        postgres::connect(&cluster.url(), options)
            .await
            .expect("the cluster runs")
    };
    let (first, numbers) = (connect().await, Numbers::new());
    for _ in 0..documents / 20 {
        let batch = (0..20).map(|_| numbers.entry(DOCUMENT)).collect();
        first.put(batch).await.expect("there is room");
    }
    let mut tasks = Vec::new();
    for _ in 0..workers {
        // A connection each, as in processes of their own.
        let options = WorkerOptions {
            poll: Duration::from_millis(20),
            ..WorkerOptions::default()
        };
        tasks.push(Worker::new(
            Arc::new(connect().await),
            Arc::new(Slow),
            options,
        ));
    }
    let begin = Instant::now();
    let tasks: Vec<_> = tasks
        .into_iter()
        .map(|worker| tokio::spawn(async move { worker.run(Until::Drained).await }))
        .collect();
    for task in tasks {
        task.await
            .expect("no worker panics")
            .expect("the cluster runs");
    }
    documents as f64 / begin.elapsed().as_secs_f64()
}

/// An archive that answers in 50 ms.
struct Slow;

impl Courier for Slow {
    fn send<'c>(&'c self, _: &'c Claim) -> Delivery<'c, Outcome> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(Outcome::Archived(Report::new()))
        })
    }

    fn reconcile<'c>(&'c self, _: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        Box::pin(async { Ok(None) })
    }
}
