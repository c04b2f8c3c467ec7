//! The PostgreSQL outbox: the suite of all outboxes, and what is its own.
//!
//! Needs Debian's `postgresql`; a throw-away cluster is started.

#![allow(clippy::unwrap_used)]
#![cfg(all(feature = "postgres", feature = "test-kit"))]

use std::sync::Arc;
use std::time::Duration;

use kanta_client::core::Report;
use kanta_client::outbox::conformance::{self, LEASE, entry};
use kanta_client::outbox::postgres::{PostgresOptions, PostgresTls, connect};
use kanta_client::outbox::{
    Claiming, DatabaseOutbox, Kind, Outbox, OutboxError, State, Task, Verdict,
};
use kanta_client::transport::TrustedServers;
use kanta_testkit::pki::TestPki;
use kanta_testkit::{ClusterError, PostgresCluster};

/// Starts a cluster; `None`, said loudly, when PostgreSQL is not installed.
fn cluster() -> Option<PostgresCluster> {
    unless_missing(PostgresCluster::start())
}

fn unless_missing(cluster: Result<PostgresCluster, ClusterError>) -> Option<PostgresCluster> {
    match cluster {
        Err(error @ ClusterError::NotInstalled) => {
            eprintln!("SKIPPED: {error}");
            None
        }
        cluster => Some(cluster.unwrap()),
    }
}

async fn outbox(cluster: &PostgresCluster, schema: &str) -> DatabaseOutbox {
    let options = PostgresOptions {
        schema: Some(schema.to_owned()),
        ..PostgresOptions::default()
    };
    connect(&cluster.url(), options).await.unwrap()
}

fn claiming(limit: usize, lease: Duration) -> Claiming {
    Claiming {
        worker: "test".to_owned(),
        kind: Kind::Document,
        limit,
        lease,
        bundle_hash: None,
    }
}

#[tokio::test]
async fn it_passes_the_suite() {
    let Some(cluster) = cluster() else {
        return;
    };
    conformance::run(async |case| outbox(&cluster, case).await).await;
}

#[tokio::test]
async fn a_worker_elsewhere_is_woken() {
    let Some(cluster) = cluster() else {
        return;
    };
    let (ours, theirs) = (
        outbox(&cluster, "woken").await,
        outbox(&cluster, "woken").await,
    );
    assert!(ours.take(claiming(1, LEASE)).await.unwrap().is_empty());
    // The listener's own first news are over by then.
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(ours.take(claiming(1, LEASE)).await.unwrap().is_empty());
    let news = tokio::time::timeout(Duration::from_secs(10), ours.news());
    let (woken, put) = tokio::join!(news, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        theirs.put(vec![entry("a", 1, 1)]).await
    });
    put.unwrap();
    assert!(woken.is_ok(), "nobody was woken");
    assert_eq!(ours.take(claiming(1, LEASE)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_worker_that_hangs_past_its_lease_cannot_mark_what_it_lost() {
    let Some(cluster) = cluster() else {
        return;
    };
    let (hanging, other) = (
        outbox(&cluster, "hang").await,
        outbox(&cluster, "hang").await,
    );
    hanging.put(vec![entry("a", 1, 1)]).await.unwrap();
    let lease = Duration::from_millis(100);
    let lost = hanging.take(claiming(1, lease)).await.unwrap().remove(0);
    assert!(other.take(claiming(1, LEASE)).await.unwrap().is_empty());
    tokio::time::sleep(lease * 2).await;
    let taken = other.take(claiming(1, LEASE)).await.unwrap().remove(0);
    assert_eq!(taken.task, Task::Reconcile);
    let late = hanging
        .finish(&lost, Verdict::Archived(Report::new()))
        .await;
    assert!(matches!(late, Err(OutboxError::LeaseLost(_))), "{late:?}");
    assert_eq!(
        other.entry(taken.oid.clone()).await.unwrap().state,
        State::Unknown
    );
    other
        .finish(&taken, Verdict::Archived(Report::new()))
        .await
        .unwrap();
}

/// The server's clock jumps: what it said of the claim is now an hour off.
fn jump(cluster: &PostgresCluster, schema: &str, hours: i64) {
    let sql = format!("UPDATE {schema}.document SET lease_until = lease_until - {hours} * 3600000");
    let url = cluster.url();
    std::thread::spawn(move || {
        let mut client = ::postgres::Client::connect(&url, ::postgres::NoTls).unwrap();
        assert_eq!(client.execute(&sql, &[]).unwrap(), 1);
    })
    .join()
    .unwrap();
}

#[tokio::test]
async fn a_clock_that_jumps_asks_too_early_or_too_late_and_loses_nothing() {
    let Some(cluster) = cluster() else {
        return;
    };
    let (first, second) = (
        outbox(&cluster, "jump").await,
        outbox(&cluster, "jump").await,
    );
    first.put(vec![entry("a", 1, 1)]).await.unwrap();
    let sent = first.take(claiming(1, LEASE)).await.unwrap().remove(0);
    // Forward: the lease is over too early. The archive is asked, nothing is sent again, and the first has lost its claim.
    jump(&cluster, "jump", 1);
    let lease = Duration::from_millis(100);
    let asked = second.take(claiming(1, lease)).await.unwrap().remove(0);
    assert_eq!((sent.task, asked.task), (Task::Send, Task::Reconcile));
    let late = first.finish(&sent, Verdict::Archived(Report::new())).await;
    assert!(matches!(late, Err(OutboxError::LeaseLost(_))), "{late:?}");
    // Backward: nobody else takes it up before the clock has caught up; its holder ends it all the same.
    jump(&cluster, "jump", -1);
    tokio::time::sleep(lease * 2).await;
    assert!(first.take(claiming(1, LEASE)).await.unwrap().is_empty());
    let state = second
        .finish(&asked, Verdict::Archived(Report::new()))
        .await;
    assert_eq!(state, Ok(State::Archived));
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_put_and_end_at_once_leave_nobody_behind() {
    let Some(cluster) = cluster() else {
        return;
    };
    const EACH: u32 = 60;
    let producers: Vec<_> = (0..3_u32)
        .map(|producer| {
            let url = cluster.url();
            tokio::spawn(async move {
                let options = PostgresOptions {
                    schema: Some("race".to_owned()),
                    ..Default::default()
                };
                let outbox = connect(&url, options).await.unwrap();
                for n in 0..EACH {
                    // All of them write into the same few lanes.
                    let document = producer * 1000 + n;
                    outbox
                        .put(vec![entry(&format!("lane {}", n % 3), document, 1)])
                        .await
                        .unwrap();
                    let claims = outbox.take(claiming(2, LEASE)).await.unwrap();
                    for claim in &claims {
                        outbox
                            .finish(claim, Verdict::Archived(Report::new()))
                            .await
                            .unwrap();
                    }
                }
                loop {
                    let claims = outbox.take(claiming(2, LEASE)).await.unwrap();
                    if claims.is_empty() && outbox.counts().await.unwrap().open() == 0 {
                        return;
                    }
                    for claim in &claims {
                        outbox
                            .finish(claim, Verdict::Archived(Report::new()))
                            .await
                            .unwrap();
                    }
                }
            })
        })
        .collect();
    for producer in producers {
        tokio::time::timeout(Duration::from_secs(60), producer)
            .await
            .unwrap()
            .unwrap();
    }
    let counts = outbox(&cluster, "race").await.counts().await.unwrap();
    assert_eq!(counts.of(State::Archived), u64::from(3 * EACH));
}

#[tokio::test]
async fn a_lost_connection_is_made_anew_and_nothing_is_lost() {
    let Some(cluster) = cluster() else {
        return;
    };
    let outbox = Arc::new(outbox(&cluster, "lost").await);
    outbox.put(vec![entry("a", 1, 1)]).await.unwrap();
    cluster.crash_and_restart().unwrap();
    let mut again = outbox.put(vec![entry("b", 2, 1)]).await;
    for _ in 0..20 {
        if again.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = outbox.put(vec![entry("b", 2, 1)]).await;
    }
    again.unwrap();
    assert_eq!(outbox.counts().await.unwrap().of(State::Queued), 2);
}

#[tokio::test]
async fn documents_do_not_go_in_clear_to_another_machine() {
    let refused = connect("postgresql://u:p@db.example/x", PostgresOptions::default()).await;
    let error = refused.unwrap_err().to_string();
    assert!(
        error.contains("in clear") && !error.contains(":p@"),
        "{error}"
    );
}

#[tokio::test]
async fn documents_go_encrypted_to_a_server_that_is_known_and_to_no_other() {
    let pki = TestPki::generate().unwrap();
    let Some(cluster) = unless_missing(PostgresCluster::start_with_tls(&pki.server)) else {
        return;
    };
    let url = cluster.tls_url().unwrap();
    let trusting = |ca: &str| {
        let anchors = TrustedServers::from_pem(ca.as_bytes()).unwrap();
        PostgresOptions {
            tls: PostgresTls::Trusting(anchors),
            ..PostgresOptions::default()
        }
    };
    let outbox = connect(&url, trusting(&pki.ca)).await.unwrap();
    outbox.put(vec![entry("a", 1, 1)]).await.unwrap();
    assert_eq!(outbox.take(claiming(1, LEASE)).await.unwrap().len(), 1);

    // Another authority, another name, or nothing at all: no connection, and the reason is told.
    let stranger = TestPki::generate().unwrap();
    let port = url.rsplit(':').next().unwrap().split('/').next().unwrap();
    let other_name =
        format!("host=db.example hostaddr=127.0.0.1 port={port} user=kanta dbname=postgres");
    let in_clear = PostgresOptions {
        tls: PostgresTls::ClearOverAProtectedNetwork,
        ..PostgresOptions::default()
    };
    for (url, options, reason) in [
        (&url, trusting(&stranger.ca), "invalid peer certificate"),
        (&other_name, trusting(&pki.ca), "not valid for name"),
        (&url, in_clear, "no encryption"),
    ] {
        let error = connect(url, options).await.unwrap_err();
        assert!(matches!(error, OutboxError::Store(_)), "{error:?}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

/// Starts a cluster that has room for few locks.
async fn cluster_of_few_locks() -> Option<PostgresCluster> {
    let cluster = cluster()?;
    let url = cluster.url();
    tokio::task::spawn_blocking(move || {
        let mut client = ::postgres::Client::connect(&url, ::postgres::NoTls).unwrap();
        let few = "ALTER SYSTEM SET max_locks_per_transaction = 10";
        client.batch_execute(few).unwrap();
    })
    .await
    .unwrap();
    cluster.crash_and_restart().unwrap();
    Some(cluster)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_needs_more_locks_than_the_server_has_says_what_to_do() {
    const DOCUMENTS: u32 = 2400;
    let Some(cluster) = cluster_of_few_locks().await else {
        return;
    };
    let outbox = outbox(&cluster, "batch").await;
    let batch: Vec<_> = (0..DOCUMENTS)
        .map(|number| entry(&format!("lane {number}"), number, 1))
        .collect();
    let error = outbox.put(batch.clone()).await.unwrap_err();
    assert_eq!(error, OutboxError::Locks);
    let told = error.to_string();
    for remedy in ["fewer", "max_locks_per_transaction"] {
        assert!(told.contains(remedy), "{told}");
    }
    assert_eq!(outbox.counts().await.unwrap().total(), 0);
    for part in batch.chunks(100) {
        outbox.put(part.to_vec()).await.unwrap();
    }
    assert_eq!(outbox.counts().await.unwrap().total(), u64::from(DOCUMENTS));
}

/// After a restored backup everything is in doubt at once; the server has room for the locks of a part of it only.
#[tokio::test(flavor = "multi_thread")]
async fn more_notices_in_doubt_than_one_transaction_can_lock_are_all_parked() {
    const NOTICES: u32 = 2400;
    let Some(cluster) = cluster_of_few_locks().await else {
        return;
    };
    let outbox = outbox(&cluster, "many").await;
    for first in (0..NOTICES).step_by(100) {
        let batch = (first..first + 100).map(conformance::notices).collect();
        outbox.put(batch).await.unwrap();
    }
    assert_eq!(outbox.doubt_all().await, Ok(u64::from(NOTICES)));
    outbox
        .put(vec![conformance::notices(NOTICES)])
        .await
        .unwrap();
    let all = Claiming {
        kind: Kind::Notices,
        ..claiming(1000, LEASE)
    };
    let claims = outbox.take(all).await.unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!(&claims[0].oid, conformance::notices(NOTICES).oid());
    let counts = outbox.counts().await.unwrap();
    assert_eq!(counts.of(State::Parked), u64::from(NOTICES));
}
