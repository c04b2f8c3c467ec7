//! Disclosure notices through the outbox to the test log register: stored once, or parked for a person.
//!
//! Every case runs in SQLite and in PostgreSQL; the latter needs Debian's `postgresql`.

#![allow(clippy::unwrap_used)]
#![cfg(all(feature = "outbox-sqlite", feature = "postgres", feature = "test-kit"))]

mod finnish;
mod notices_support;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use finnish::assert_all_finnish;
use kanta_client::core::Report;
use kanta_client::disclosures::LogRegister;
use kanta_client::outbox::{
    ArchiveCourier, BundleStamp, Claim, Courier, Decision, Delivery, Kind, NewEntry, NoticeCourier,
    Outbox, OutboxError, Retention, State, Until, Worker, WorkerOptions, conformance,
};
use kanta_client::{Outcome, Retry};
use kanta_testkit::register::{RegisterFault, caller};
use kanta_testkit::{people, test_spec};
use notices_support::{Desk, FirstTries, Place, process, within};

#[tokio::test(flavor = "multi_thread")]
async fn notices_reach_the_register_once_and_say_where_they_are() {
    for place in Place::all() {
        let desk = Desk::open(place).await;
        let entry = desk.entry(1);
        let oid = entry.oid().clone();
        for _ in 0..2 {
            desk.outbox.put(vec![entry.clone()]).await.unwrap();
            desk.work().await;
        }
        // Signed again, as after a crash of the host before it knew: refused, not sent twice.
        let again = desk.outbox.put(vec![desk.entry(1)]).await;
        assert!(matches!(again, Err(OutboxError::Conflict(_))), "{again:?}");
        assert_eq!(desk.stored(), 1);
        let told = desk.outbox.entry(oid).await.unwrap();
        assert_eq!((told.kind, told.state), (Kind::Notices, State::Archived));
        let words = told.findings.to_string();
        assert!(words.contains("AuditEvent/1/_history/1"), "{words}");
        assert_eq!(desk.log.results(), ["succeeded"]);
    }
}

/// Every fault: what is refused is rejected, everything else parked, and nothing leaves again before a person says so.
#[tokio::test(flavor = "multi_thread")]
async fn no_fault_brings_a_second_request_without_a_decision() {
    for place in Place::all() {
        let desk = Desk::open(place).await;
        let mut stored = 0;
        for (number, fault) in (1..).zip(RegisterFault::ALL) {
            desk.server.script_register([*fault]);
            let oid = desk.put(number).await;
            let report = desk.work().await;
            stored += usize::from(fault.stores());
            let told = desk.outbox.entry(oid.clone()).await.unwrap();
            assert_all_finnish(&told.findings);
            if fault.is_refusal() {
                assert_eq!(report.rejected, 1, "{fault:?}");
                assert_eq!(told.state, State::Rejected, "{fault:?}");
                let is_no_right = *fault == RegisterFault::NoRight;
                assert_eq!(told.findings.has("5Y00009"), is_no_right);
                continue;
            }
            assert_eq!((report.parked, told.state), (1, State::Parked), "{fault:?}");
            assert_eq!((told.attempts, told.doubts), (1, 1), "{fault:?}");
            assert!(told.findings.has("KANTA-OUTBOX-NOTICES-IN-DOUBT"));
            let words = told.findings.to_string();
            assert!(words.contains("may then be there twice"), "{words}");
            desk.outbox.doubt_all().await.unwrap();
            desk.work().await;
            let retried = desk.outbox.decide(oid.clone(), Decision::Retry).await;
            assert_eq!(retried, Err(OutboxError::CannotAsk(oid.to_string())));
            desk.work().await;
            assert_eq!(desk.stored(), stored, "{fault:?}");
            // A person sends them again, knowing that they may be there twice.
            let decided = desk.outbox.decide(oid, Decision::Absent).await;
            assert_eq!(decided, Ok(State::Queued));
            assert_eq!(desk.work().await.archived, 1, "{fault:?}");
            stored += 1;
            assert_eq!(desk.stored(), stored, "{fault:?}");
        }
    }
}

/// The process is gone while the register holds the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_while_it_sends_leaves_the_notices_parked() {
    for place in Place::all() {
        let (desk, oid, worker) = Desk::with_register_that_hangs(place).await;
        let run = tokio::spawn(async move { worker.run(Until::Stopped).await });
        within(async || desk.stored() == 1).await;
        run.abort();
        assert!(run.await.is_err());
        let desk = desk.reopen().await;
        // In PostgreSQL a dead worker is known by the end of its lease.
        within(async || {
            desk.work().await;
            desk.state(&oid).await == State::Parked
        })
        .await;
        let told = desk.outbox.entry(oid).await.unwrap();
        assert!(told.findings.has("KANTA-OUTBOX-NOTICES-IN-DOUBT"));
        assert_eq!((told.attempts, told.doubts, desk.stored()), (1, 1, 1));
        // The request whose answer nobody waited for stands in the use log too.
        assert_eq!(desk.log.results(), ["unknown"]);
    }
}

/// Not a test of its own: what a process does that is killed.
#[tokio::test]
async fn child_carries_notices_until_it_is_killed() {
    process::carry().await;
}

/// Processes are killed while they send, as an operating system kills: no notice is lost, none is doubled.
#[tokio::test(flavor = "multi_thread")]
async fn killed_processes_lose_no_notice_and_double_none() {
    const NOTICES: u32 = 60;
    for place in Place::all() {
        let desk = Desk::open(place).await;
        let mut oids = Vec::new();
        for number in 1..=NOTICES {
            oids.push(desk.put(number).await);
        }
        let keys = tempfile::tempdir().unwrap();
        let start = || {
            let test = "child_carries_notices_until_it_is_killed";
            process::start(test, &desk, keys.path())
        };
        for round in 1..=6 {
            let before = desk.stored();
            let mut child = start();
            // In the middle of its work, at another step each time.
            within(async || desk.stored() > before).await;
            tokio::time::sleep(Duration::from_micros(700 * round)).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(start().wait().unwrap().success());
        let mut parked = 0;
        for oid in oids {
            let copies = desk.copies(&oid);
            match desk.state(&oid).await {
                State::Archived => assert_eq!(copies, 1, "{oid}"),
                State::Parked => {
                    assert!(copies <= 1, "{oid}");
                    parked += 1;
                }
                state => unreachable!("{oid} is {state}"),
            }
        }
        assert!(parked > 0, "nobody was killed in the middle of a sending");
    }
}

/// Between the claim and the first byte nobody knows either.
#[tokio::test(flavor = "multi_thread")]
async fn notices_that_a_dead_process_had_claimed_are_parked() {
    for place in Place::all() {
        let desk = Desk::open(place).await;
        let oid = desk.put(1).await;
        let claiming = Desk::claiming(Kind::Notices);
        let claims = desk.outbox.take(claiming.clone()).await.unwrap();
        assert_eq!(claims.len(), 1);
        let desk = desk.reopen().await;
        tokio::time::sleep(claiming.lease).await;
        desk.work().await;
        assert_eq!((desk.state(&oid).await, desk.stored()), (State::Parked, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_is_away_is_waited_for_and_gets_them_once() {
    for place in Place::all() {
        let desk = Desk::open(place).await;
        let oid = desk.put(1).await;
        let transport = FirstTries {
            fail: 3.into(),
            then: desk.transport(),
        };
        let register = LogRegister::new(test_spec(), transport).unwrap();
        let worker = desk.worker(register.with_audit(desk.log.clone()));
        let report = worker.run(Until::Drained).await.unwrap();
        assert_eq!((report.later, report.archived), (3, 1));
        let told = desk.outbox.entry(oid).await.unwrap();
        assert_eq!((told.attempts, told.doubts, desk.stored()), (4, 0, 1));
        let results = ["failed", "failed", "failed", "succeeded"];
        assert_eq!(desk.log.results(), results);
    }
}

/// A worker breaks off what takes too long: a lost answer like any other, and one entry of the use log.
#[tokio::test(flavor = "multi_thread")]
async fn a_sending_that_hangs_is_broken_off_and_parked() {
    for place in Place::all() {
        let (desk, oid, worker) = Desk::with_register_that_hangs(place).await;
        let report = worker.run(Until::Drained).await.unwrap();
        assert_eq!((report.parked, report.unknown), (1, 0));
        assert_eq!((desk.state(&oid).await, desk.stored()), (State::Parked, 1));
        assert_eq!(desk.log.results(), ["unknown"]);
    }
}

/// What is no signed notice, or for another environment, or of a user whom the host does not know, never leaves.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_leave_is_parked_without_a_doubt() {
    for place in Place::all() {
        let desk = Desk::open(place).await;
        let production = BundleStamp {
            environment: "production".to_owned(),
            ..BundleStamp::of(&test_spec())
        };
        let elsewhere = NewEntry::notices(&desk.prepare(1), &Arc::new(production));
        for (entry, code) in [
            (conformance::notices(1), "KANTA-FHIR-FINDINGS"),
            (elsewhere, "KANTA-OUTBOX-ENVIRONMENT"),
            (desk.entry(2).with_context("user 8"), "KANTA-OUTBOX-CONTEXT"),
        ] {
            let oid = entry.oid().clone();
            desk.outbox.put(vec![entry]).await.unwrap();
            assert_eq!(desk.work().await.parked, 1, "{code}");
            let told = desk.outbox.entry(oid.clone()).await.unwrap();
            assert!(told.findings.to_string().contains(code), "{told:?}");
            // Whoever mended the reason may retry.
            let retried = desk.outbox.decide(oid.clone(), Decision::Retry).await;
            assert_eq!(retried, Ok(State::Queued), "{code}");
            assert_eq!(desk.work().await.parked, 1, "{code}");
        }
        assert_eq!(desk.stored(), 0);
        assert!(desk.log.results().is_empty());
    }
}

/// Notices that wait do not keep a worker of documents from its end, and no courier takes what it does not carry.
#[tokio::test(flavor = "multi_thread")]
async fn couriers_carry_their_own_kind_only() {
    for place in Place::all() {
        let desk = Desk::open(place).await;
        desk.put(1).await;
        let archive = desk.server.client().unwrap();
        let documents = ArchiveCourier::with_context(archive, people::context());
        let notices = NoticeCourier::with_caller(
            desk.register(Duration::from_secs(1)),
            caller(),
            desk.signer(),
        );
        let couriers: [Arc<dyn Courier>; 2] = [Arc::new(documents), Arc::new(notices)];
        let [documents, notices] = couriers;
        let worker = Worker::new(
            desk.outbox.clone(),
            documents.clone(),
            WorkerOptions::default(),
        );
        let end = tokio::time::timeout(Duration::from_secs(10), worker.run(Until::Drained));
        assert_eq!(end.await.unwrap().unwrap().archived, 0);
        desk.outbox
            .put(vec![conformance::entry("a", 1, 1)])
            .await
            .unwrap();
        for (kind, stranger) in [(Kind::Notices, documents), (Kind::Document, notices)] {
            let claims = desk.outbox.take(Desk::claiming(kind)).await.unwrap();
            let refused = stranger.send(&claims[0]).await.unwrap_err();
            assert_eq!(refused.retry, Retry::Never);
            let words = refused.report.to_string();
            assert!(words.contains("KANTA-OUTBOX-KIND"), "{words}");
        }
        assert_eq!(desk.stored(), 0);
    }
}

/// Nothing of the person stands in the clear parts of the database, and the bytes go when they are settled.
#[tokio::test(flavor = "multi_thread")]
async fn notices_lie_encrypted_and_go_when_they_are_settled() {
    let place = Place::File(tempfile::tempdir().unwrap());
    let desk = Desk::open(place).await;
    desk.server.script_register([RegisterFault::Html]);
    let doubtful = desk.put(1).await;
    desk.work().await;
    let stored = desk.put(2).await;
    desk.work().await;
    assert_eq!(desk.state(&doubtful).await, State::Parked);
    assert_eq!(desk.state(&stored).await, State::Archived);
    let child = people::child().identifier.expose().extension.unwrap();
    let Place::File(folder) = &desk.place else {
        unreachable!("it is a file");
    };
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [child.as_bytes(), b"AuditEvent\","] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }
    let kept = desk.outbox.content(doubtful.clone()).await.unwrap();
    assert!(kept.starts_with(b"{\"resourceType\":\"Bundle\""));
    let now = Retention {
        bytes: Duration::ZERO,
        ..Retention::default()
    };
    assert_eq!(desk.outbox.prune(now).await, Ok(1));
    assert!(desk.outbox.content(doubtful).await.is_ok());
    let gone = desk.outbox.content(stored).await;
    assert!(matches!(gone, Err(OutboxError::Bytes(_))), "{gone:?}");
}

/// When something in between answers for the register, one after the other would go into doubt: the worker waits instead.
#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_leaves_notices_in_doubt_gets_no_more_for_a_while() {
    for place in Place::all() {
        let desk = Desk::open(place).await;
        desk.server.script_register([RegisterFault::Html; 20]);
        for number in 1..=20 {
            desk.put(number).await;
        }
        let register = desk.register(Duration::from_secs(1));
        let courier = NoticeCourier::with_caller(register, caller(), desk.signer());
        let options = WorkerOptions::default();
        let parallel = options.parallel as u64;
        let worker = Worker::new(desk.outbox.clone(), Arc::new(courier), options);
        let first = worker.run(Until::NothingDue).await.unwrap();
        assert!((1..=parallel).contains(&first.parked), "{first:?}");
        assert_eq!(
            desk.outbox.counts().await.unwrap().open(),
            20 - first.parked
        );
    }
}

/// A courier that knows the end when the store has gone away for two seconds.
struct WhileTheStoreIsAway(PathBuf);

impl Courier for WhileTheStoreIsAway {
    fn kind(&self) -> Kind {
        Kind::Notices
    }

    fn send<'c>(&'c self, _notices: &'c Claim) -> Delivery<'c, Outcome> {
        let store = rusqlite::Connection::open(&self.0).unwrap();
        let rename = "ALTER TABLE document RENAME TO away";
        store.execute_batch(rename).unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(2));
            let back = "ALTER TABLE away RENAME TO document";
            store.execute_batch(back).unwrap();
        });
        Box::pin(async { Ok(Outcome::Archived(Report::new())) })
    }

    fn reconcile<'c>(&'c self, _notices: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        unreachable!("nobody asks for notices")
    }
}

/// The end is known to nobody else, so the worker keeps it until the store is there again, also when the lease has ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_known_end_outlives_a_store_that_is_away() {
    let desk = Desk::open(Place::File(tempfile::tempdir().unwrap())).await;
    let Place::File(folder) = &desk.place else {
        unreachable!("it is a file");
    };
    let oid = desk.put(1).await;
    let courier = WhileTheStoreIsAway(folder.path().join("outbox.db"));
    let options = WorkerOptions {
        sending: Duration::from_millis(100),
        ..WorkerOptions::default()
    };
    let worker = Worker::new(desk.outbox.clone(), Arc::new(courier), options);
    let report = worker.run(Until::Drained).await.unwrap();
    assert_eq!((report.archived, report.parked), (1, 0));
    assert_eq!(desk.state(&oid).await, State::Archived);
}
