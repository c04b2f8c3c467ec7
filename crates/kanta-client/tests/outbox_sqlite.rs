//! The SQLite outbox: the suite of all outboxes, and what is its own.

#![allow(clippy::unwrap_used)]
#![cfg(all(feature = "outbox-sqlite", feature = "test-kit"))]

mod sqlite_file;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use kanta_client::core::Report;
use kanta_client::outbox::conformance::{self, LEASE, entry, entry_of};
use kanta_client::outbox::sqlite::{SqliteOptions, open};
use kanta_client::outbox::{
    Claiming, DatabaseOutbox, Encryption, EncryptionKey, Filter, Kind, NewEntry, Outbox,
    OutboxError, Put, State, Task, Verdict,
};

fn claiming() -> Claiming {
    Claiming {
        worker: "test".to_owned(),
        kind: Kind::Document,
        limit: 100,
        lease: LEASE,
        bundle_hash: None,
    }
}

async fn plain(path: &Path) -> DatabaseOutbox {
    open(path, SqliteOptions::default()).await.unwrap()
}

fn encrypted(keys: &[(&str, u8)]) -> SqliteOptions {
    let mut keys = keys
        .iter()
        .map(|(id, byte)| EncryptionKey::new(*id, &[*byte; 32]));
    let mut encryption = Encryption::with(keys.next().unwrap());
    for key in keys {
        encryption = encryption.and_older(key);
    }
    SqliteOptions {
        encryption,
        ..SqliteOptions::default()
    }
}

#[tokio::test]
async fn it_passes_the_suite_in_clear_and_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    conformance::run(async |case| plain(&folder.path().join(case)).await).await;
    let folder = tempfile::tempdir().unwrap();
    conformance::run(async |case| {
        open(&folder.path().join(case), encrypted(&[("k1", 1)]))
            .await
            .unwrap()
    })
    .await;
}

#[tokio::test]
async fn after_a_crash_claims_are_void_and_the_archive_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let outbox = plain(&path).await;
    outbox
        .put(vec![entry("a", 1, 1), entry("b", 2, 1)])
        .await
        .unwrap();
    let claims = outbox
        .take(Claiming {
            limit: 1,
            ..claiming()
        })
        .await
        .unwrap();
    assert_eq!(claims.len(), 1);
    let unreached = outbox
        .take(Claiming {
            limit: 1,
            ..claiming()
        })
        .await
        .unwrap();
    outbox
        .finish(&unreached[0], Verdict::Later(Report::new(), LEASE))
        .await
        .unwrap();
    outbox.close().await;
    let outbox = plain(&path).await;
    let claims = outbox.take(claiming()).await.unwrap();
    assert_eq!(claims.len(), 2, "times of an earlier process mean nothing");
    assert_eq!(claims[0].task, Task::Reconcile);
    assert_eq!(claims[1].task, Task::Send);
}

#[tokio::test]
async fn one_process_works_and_others_put_and_look() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let (worker, guest) = (plain(&path).await, plain(&path).await);
    assert!(worker.take(claiming()).await.unwrap().is_empty());
    guest.put(vec![entry("a", 1, 1)]).await.unwrap();
    assert_eq!(guest.take(claiming()).await.unwrap_err(), OutboxError::Busy);
    let claims = worker.take(claiming()).await.unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!(
        guest.entry(claims[0].oid.clone()).await.unwrap().state,
        State::Sending
    );
}

#[tokio::test]
async fn a_clock_that_jumps_ends_no_lease_and_delays_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let jump = Arc::new(AtomicI64::new(0));
    let hours = jump.clone();
    let options = SqliteOptions {
        wall_clock: Arc::new(move || {
            let hours = hours.load(Ordering::SeqCst);
            let by = Duration::from_secs(3600) * u32::try_from(hours.abs()).unwrap();
            if hours < 0 {
                SystemTime::now() - by
            } else {
                SystemTime::now() + by
            }
        }),
        ..SqliteOptions::default()
    };
    let outbox = open(&path, options).await.unwrap();
    outbox
        .put(vec![entry("a", 1, 1), entry("b", 2, 1)])
        .await
        .unwrap();
    let claims = outbox.take(claiming()).await.unwrap();
    assert_eq!(claims.len(), 2);
    let soon = Duration::from_millis(100);
    jump.store(48, Ordering::SeqCst);
    assert!(
        outbox.take(claiming()).await.unwrap().is_empty(),
        "a jump ended a lease"
    );
    outbox
        .finish(&claims[1], Verdict::Later(Report::new(), soon))
        .await
        .unwrap();
    jump.store(-48, Ordering::SeqCst);
    tokio::time::sleep(soon * 2).await;
    assert_eq!(
        outbox.take(claiming()).await.unwrap().len(),
        1,
        "a jump delayed a retry"
    );
    // What people read follows the clock on the wall.
    let entry = outbox.entry(claims[1].oid.clone()).await.unwrap();
    assert!(entry.changed_at < SystemTime::now() - Duration::from_secs(3600));
}

#[tokio::test]
async fn keys_are_checked_when_the_outbox_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let secret = b"a secret that must not be seen".to_vec();
    let outbox = open(&path, encrypted(&[("k1", 1)])).await.unwrap();
    let oid = entry("a", 1, 1).oid().clone();
    outbox
        .put(vec![entry_of("a", "2.999.1.1", 1, secret.clone())])
        .await
        .unwrap();
    outbox.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|window| window == &secret[..8]));
    }
    let wrong = open(&path, encrypted(&[("k1", 2)])).await.unwrap_err();
    assert!(matches!(wrong, OutboxError::Key(_)), "{wrong}");
    // Without the key nothing is taken, and nothing is parked for it either.
    let outbox = open(&path, encrypted(&[("k2", 2)])).await.unwrap();
    let missing = outbox.take(claiming()).await.unwrap_err();
    assert!(missing.to_string().contains("`k1`"), "{missing}");
    assert_eq!(
        outbox.entry(oid.clone()).await.unwrap().state,
        State::Queued
    );
    outbox.close().await;
    let outbox = open(&path, encrypted(&[("k2", 2), ("k1", 1)]))
        .await
        .unwrap();
    assert_eq!(outbox.content(oid.clone()).await.unwrap(), secret);
    assert_eq!(
        outbox.entry(oid).await.unwrap().key_id.as_deref(),
        Some("k1")
    );
}

#[tokio::test]
async fn damaged_bytes_are_parked_and_never_leave() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let outbox = plain(&path).await;
    outbox
        .put(vec![entry("a", 1, 1), entry("a", 2, 1), entry("b", 3, 1)])
        .await
        .unwrap();
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute("UPDATE content SET bytes = x'00' WHERE position = 1", [])
        .unwrap();
    let claims = outbox.take(claiming()).await.unwrap();
    assert_eq!(claims.len(), 1);
    let parked = outbox.entry(entry("a", 1, 1).oid().clone()).await.unwrap();
    assert_eq!(parked.state, State::Parked);
    assert!(parked.findings.has("KANTA-OUTBOX-BYTES"));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_producers_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let outbox = Arc::new(plain(&path).await);
    let producers: Vec<_> = (0..8_u32)
        .map(|producer| {
            let outbox = outbox.clone();
            tokio::spawn(async move {
                for n in 0..50 {
                    let document = producer * 1000 + n;
                    outbox
                        .put(vec![entry(&format!("lane {producer}"), document, 1)])
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for producer in producers {
        producer.await.unwrap();
    }
    assert_eq!(outbox.counts().await.unwrap().open(), 400);
    assert_eq!(outbox.take(claiming()).await.unwrap().len(), 8);
}

/// What looks at the file with SQL finds, and how many documents came in that are not yet filed.
fn rows(path: &Path) -> (Vec<(i64, String, String, i64)>, i64) {
    let database = rusqlite::Connection::open(path).unwrap();
    let mut statement = database
        .prepare("SELECT position, oid, state, turn FROM entry ORDER BY position")
        .unwrap();
    let rows = statement
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap();
    let waiting = database
        .query_row("SELECT COUNT(*) FROM arrival", [], |row| row.get(0))
        .unwrap();
    (rows.collect::<Result<_, _>>().unwrap(), waiting)
}

#[test]
fn whether_documents_come_one_by_one_or_together_makes_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let mut most_waiting = 0;
    for seed in 1..=12_u32 {
        let mut number = seed;
        let mut random = |below: u32| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (number >> 16) % below
        };
        // The more chains and lanes there are, the more of them come in before one meets another.
        let (lanes, chains) = (1 + seed * seed, 1 + seed * seed);
        let mut versions = vec![0; chains as usize];
        let documents: Vec<_> = (0..50)
            .map(|_| {
                let chain = random(chains);
                versions[chain as usize] += 1;
                let lane = format!("lane {}", random(lanes));
                let version = versions[chain as usize];
                entry_of(&lane, &format!("2.999.7.{chain}"), version, vec![7; 100])
            })
            .collect();
        let (apart, together) = (
            folder.path().join(format!("{seed}.apart")),
            folder.path().join(format!("{seed}.together")),
        );
        let outbox = wait(plain(&apart));
        for document in &documents {
            let put = outbox.put_blocking(vec![document.clone()]);
            assert_eq!(put, Ok(vec![Put::Kept]));
            let (rows, waiting) = rows(&apart);
            assert_eq!(rows.last().unwrap().1, document.oid().to_string());
            most_waiting = most_waiting.max(waiting);
            if random(30) == 0 {
                let again = outbox.put_blocking(vec![document.clone()]).unwrap();
                assert!(matches!(again[..], [Put::WasThere(_)]), "{again:?}");
            }
        }
        let batch = wait(plain(&together));
        wait(batch.put(documents)).unwrap();
        assert_eq!(rows(&apart).0, rows(&together).0, "seed {seed}");
        assert_eq!(rows(&together).1, 0);
        // Whoever looks sees them all and writes nothing; whoever takes has them filed.
        let waiting = rows(&apart).1;
        let looked = |outbox: &DatabaseOutbox| {
            let listed = wait(outbox.list(Filter::default())).unwrap();
            let listed: Vec<_> = listed.into_iter().map(|entry| entry.oid).collect();
            let contents: Vec<_> = listed
                .iter()
                .map(|oid| wait(outbox.content(oid.clone())).unwrap())
                .collect();
            let states = wait(outbox.states(listed.clone())).unwrap();
            (wait(outbox.counts()).unwrap(), listed, states, contents)
        };
        assert_eq!(looked(&outbox), looked(&batch));
        assert_eq!(rows(&apart).1, waiting);
        let nothing = Claiming {
            limit: 0,
            ..claiming()
        };
        assert_eq!(wait(outbox.take(nothing)).unwrap().len(), 0);
        assert_eq!(rows(&apart).1, 0);
        assert_eq!(rows(&apart).0, rows(&together).0, "seed {seed}");
    }
    assert_eq!(most_waiting, 16);
}

#[test]
fn a_clock_that_panics_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let is_broken = Arc::new(AtomicBool::new(false));
    let broken = is_broken.clone();
    let options = SqliteOptions {
        wall_clock: Arc::new(move || {
            assert!(!broken.load(Ordering::Relaxed), "the clock is broken");
            SystemTime::now()
        }),
        ..SqliteOptions::default()
    };
    let outbox = wait(open(&folder.path().join("outbox.db"), options)).unwrap();
    is_broken.store(true, Ordering::Relaxed);
    let put = || outbox.put_blocking(vec![entry("a", 1, 1)]);
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(put)).unwrap_err();
    is_broken.store(false, Ordering::Relaxed);
    assert_eq!(put().unwrap(), [Put::Kept]);
    // In the thread of the outbox a panic ends it, and its locks with it.
    wait(outbox.take(claiming())).unwrap();
    is_broken.store(true, Ordering::Relaxed);
    wait(outbox.put(vec![entry("a", 2, 1)])).unwrap_err();
    let successor = wait(plain(&folder.path().join("outbox.db")));
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while matches!(wait(successor.take(claiming())), Err(OutboxError::Busy)) {
        assert!(std::time::Instant::now() < deadline, "the lock is kept");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits in this thread: opening a SQLite outbox and asking it need no runtime of their own.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(answer)
}
