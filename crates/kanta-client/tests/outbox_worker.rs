//! The worker against the test archive: faults, order, and that nothing leaves before it is durable.

#![allow(clippy::unwrap_used)]
#![cfg(feature = "outbox-sqlite")]

mod finnish;
mod worker_support;

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use finnish::assert_all_finnish;
use kanta_client::core::{Reason, Report};
use kanta_client::outbox::sqlite::{SqliteOptions, open};
use kanta_client::outbox::{
    ArchiveCourier, Claim, Courier, Decision, Delivery, Encryption, EncryptionKey, NotSent, Outbox,
    OutboxError, RunReport, State, Until, Worker, WorkerOptions,
};
use kanta_client::{Outcome, Retry, Unknown};
use kanta_testkit::{Fault, people};
use worker_support::late::Late;
use worker_support::{Desk, Step, quick};

/// Tries every fault but the clear refusals, which are an end; a few at a time, since they mostly wait.
async fn for_every_fault(case: impl AsyncFn(Fault)) {
    let refusals = [Fault::RefuseIntegrity, Fault::RefuseAccess];
    let faults: Vec<_> = Fault::ALL
        .into_iter()
        .filter(|fault| !refusals.contains(fault))
        .collect();
    for few in faults.chunks(6) {
        let mut cases: Vec<_> = few.iter().map(|fault| Box::pin(case(*fault))).collect();
        std::future::poll_fn(|context| {
            cases.retain_mut(|case| case.as_mut().poll(context).is_pending());
            if cases.is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_reach_the_archive_once_and_in_order() {
    let desk = Desk::open().await;
    desk.put_plans(1..=6).await;
    desk.put_versions(1, 100..=103).await;
    let report = desk.worker(quick()).run(Until::Drained).await.unwrap();
    assert_eq!(report.archived, 10);
    assert_eq!(desk.archived(), 10);
    // The archive itself refuses versions out of order; here is that none was refused on the way.
    assert_eq!(report.rejected + report.unknown + report.parked, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_ends_with_one_document_in_the_archive() {
    for_every_fault(async |fault| {
        let desk = Desk::open().await;
        desk.archive.script([fault]);
        desk.put_plans(1..=1).await;
        desk.put_versions(1, 100..=100).await;
        let worker = desk
            .worker(quick())
            .on_event(|event| assert_all_finnish(&event.findings));
        let report = worker.run(Until::Drained).await.unwrap();
        assert_eq!(desk.archived(), 2, "{fault:?}");
        assert_eq!((report.archived, report.rejected), (2, 0), "{fault:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_meets_a_fault_is_asked_again() {
    for_every_fault(async |fault| {
        let desk = Desk::open().await;
        desk.archive.script([Fault::CloseAfterStoring, fault]);
        desk.put_plans(1..=1).await;
        let worker = desk
            .worker(quick())
            .on_event(|event| assert_all_finnish(&event.findings));
        let report = worker.run(Until::Drained).await.unwrap();
        assert_eq!(desk.archived(), 1, "{fault:?}");
        assert_eq!((report.archived, report.parked), (1, 0), "{fault:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_before_it_is_durable() {
    let desk = Desk::open().await;
    desk.put_plans(1..=5).await;
    desk.put_versions(1, 100..=102).await;
    let trace = desk.traced_worker(quick()).await;
    assert_eq!(trace.len(), 24);
    for oid in desk.oids() {
        let steps: Vec<_> = trace
            .iter()
            .filter(|(of, _)| *of == oid)
            .map(|(_, step)| *step)
            .collect();
        // What another connection to the file saw at each step.
        assert_eq!(
            steps,
            [
                Step::Claimed(State::Sending),
                Step::Leaving(State::Sending),
                Step::Ended(State::Archived)
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_document_is_reported_with_its_findings() {
    let desk = Desk::open().await;
    // Version 3 follows nothing that the archive has.
    desk.put_version(1, 100, 3).await;
    let events = Arc::new(Mutex::new(Vec::new()));
    let listener = events.clone();
    let worker = desk
        .worker(quick())
        .on_event(move |event| listener.lock().unwrap().push(event.clone()));
    let report = worker.run(Until::Drained).await.unwrap();
    assert_eq!(report.rejected, 1);
    let events = events.lock().unwrap().clone();
    assert_eq!((events.len(), events[0].state), (1, State::Rejected));
    assert!(
        events[0].findings.has("TEST-VERSION"),
        "{:?}",
        events[0].findings
    );
    let entry = desk.outbox.entry(events[0].oid.clone()).await.unwrap();
    assert_eq!(entry.findings, events[0].findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_another_environment_are_parked_and_never_leave() {
    let desk = Desk::open().await;
    desk.put_plans(1..=1).await;
    let database = rusqlite::Connection::open(&desk.path).unwrap();
    database
        .execute("UPDATE arrival SET environment = 'production'", [])
        .unwrap();
    let report = desk.worker(quick()).run(Until::Drained).await.unwrap();
    assert_eq!((report.parked, desk.archived()), (1, 0));
    let entry = desk.outbox.entry(desk.oids()[0].clone()).await.unwrap();
    assert!(
        entry
            .findings
            .to_string()
            .contains("KANTA-OUTBOX-ENVIRONMENT")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_documents_arrive_as_they_were_signed() {
    let key = EncryptionKey::new("k", &[7; 32]);
    let desk = Desk::open_with(SqliteOptions {
        encryption: Encryption::with(key),
        ..SqliteOptions::default()
    })
    .await;
    let signed = desk.put_plans(1..=1).await;
    desk.worker(quick()).run(Until::Drained).await.unwrap();
    assert_eq!(desk.archive.documents()[0].document, signed[0].as_xml());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_is_away_is_waited_for() {
    let desk = Desk::open().await;
    desk.put_plans(1..=3).await;
    let away = Arc::new(Scripted::new(|_, attempt| match attempt {
        0..=2 => Err(NotSent::new(&nobody(), Retry::SafeNow)),
        _ => Ok(Outcome::Archived(Report::new())),
    }));
    let worker = Worker::new(desk.outbox.clone(), away.clone(), quick());
    // For a single pass nothing more is due when the archive is away.
    let report = worker.run(Until::NothingDue).await.unwrap();
    assert!((1..=3).contains(&report.later), "{report:?}");
    let report = worker.run(Until::Drained).await.unwrap();
    assert_eq!(report.archived, 3);
    for oid in desk.oids() {
        assert_eq!(desk.outbox.entry(oid).await.unwrap().doubts, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_comes_right_after_a_look_is_sent_at_once() {
    let desk = Desk::open().await;
    let outbox = Arc::new(Late::new(desk.outbox.clone(), desk.plan(1)));
    let courier = Arc::new(Scripted::new(|_, _| Ok(Outcome::Archived(Report::new()))));
    let seldom = WorkerOptions {
        poll: Duration::from_secs(600),
        ..quick()
    };
    let worker = Worker::new(outbox, courier, seldom);
    let control = worker.control();
    let worker = worker.on_event(move |_| control.stop());
    let run = tokio::time::timeout(Duration::from_secs(20), worker.run(Until::Stopped));
    assert_eq!(run.await.unwrap().unwrap().archived, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_tells_why_and_how_long() {
    let desk = Desk::open().await;
    desk.put_plans(1..=1).await;
    let hint = Duration::from_millis(200);
    let away = Scripted::new(move |_, attempt| match attempt {
        // The document's own time, then that of the worker, which has failed before and is patient.
        0 => Err(NotSent::new(&nobody(), Retry::After(hint))),
        1 => Err(NotSent::new(&nobody(), Retry::After(Duration::ZERO))),
        _ => Ok(Outcome::Archived(Report::new())),
    });
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = events.clone();
    let worker = Worker::new(desk.outbox.clone(), Arc::new(away), quick())
        .on_event(move |event| heard.lock().unwrap().push(event.clone()));
    worker.run(Until::Drained).await.unwrap();
    let events = events.lock().unwrap();
    let [first, second, archived] = &events[..] else {
        panic!("{events:?}");
    };
    for waiting in [first, second] {
        assert_eq!(waiting.state, State::Queued);
        assert!(waiting.findings.has("KANTA-OUTBOX-NOT-SENT"));
    }
    assert_eq!(first.again_in, Some(hint));
    let patience = second.again_in.unwrap();
    assert!(
        patience > quick().retry && patience <= 2 * quick().retry,
        "{patience:?}"
    );
    assert_eq!((archived.state, archived.again_in), (State::Archived, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_cannot_be_asked_leaves_it_to_a_person() {
    let desk = Desk::open().await;
    desk.put_plans(1..=1).await;
    let mut courier = Scripted::new(|_, _| Ok(Outcome::Unknown(Unknown::OtherMessage)));
    courier.answer = Box::new(|_| {
        let why = Reason::new(
            "kyselyprofiilia ei ole täytetty",
            "the query profile is not filled",
        );
        Err(NotSent::new(&why, Retry::Never))
    });
    let worker = Worker::new(desk.outbox.clone(), Arc::new(courier), quick());
    let report = worker.run(Until::Drained).await.unwrap();
    assert_eq!((report.unknown, report.parked), (1, 1));
    let oid = desk.oids().remove(0);
    let state = desk
        .outbox
        .decide(oid.clone(), Decision::Archived)
        .await
        .unwrap();
    assert_eq!(state, State::Archived);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_brings_its_courier_down_is_parked() {
    let desk = Desk::open().await;
    desk.put_plans(1..=2).await;
    let poison = desk.oids().remove(0);
    let broken = poison.clone();
    let courier = Arc::new(Scripted::new(move |claim, _| {
        assert_ne!(claim.oid, broken, "brought down");
        Ok(Outcome::Archived(Report::new()))
    }));
    let options = WorkerOptions {
        most_doubts: 3,
        ..quick()
    };
    let worker = Worker::new(desk.outbox.clone(), courier, options);
    let report = worker.run(Until::Drained).await.unwrap();
    assert_eq!((report.archived, report.parked), (1, 1));
    let entry = desk.outbox.entry(poison).await.unwrap();
    assert_eq!((entry.state, entry.attempts), (State::Parked, 3));
    assert!(entry.findings.has("KANTA-OUTBOX-DOUBTS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sending_that_hangs_is_broken_off_and_asked_about() {
    let desk = Desk::open().await;
    desk.put_plans(1..=1).await;
    let mut courier = Scripted::new(|_, _| Ok(Outcome::Archived(Report::new())));
    courier.hangs = true;
    courier.answer = Box::new(|_| Ok(Some(Outcome::Archived(Report::new()))));
    let begin = Instant::now();
    let worker = Worker::new(desk.outbox.clone(), Arc::new(courier), quick());
    let report = worker.run(Until::Drained).await.unwrap();
    assert_eq!((report.unknown, report.archived), (1, 1));
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_stop_and_resume() {
    let desk = Desk::open().await;
    desk.put_plans(1..=4).await;
    desk.outbox.pause().await.unwrap();
    let worker = Arc::new(desk.worker(quick()));
    let run = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run(Until::Stopped).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(desk.archived(), 0);
    desk.outbox.resume().await.unwrap();
    for _ in 0..200 {
        if desk.archived() == 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    worker.control().stop();
    assert_eq!(run.await.unwrap().unwrap().archived, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pace_is_kept() {
    let desk = Desk::open().await;
    desk.put_plans(1..=11).await;
    let courier = Arc::new(Scripted::new(|_, _| Ok(Outcome::Archived(Report::new()))));
    let options = WorkerOptions {
        documents_per_second: Some(20.0),
        ..quick()
    };
    let begin = Instant::now();
    let report = Worker::new(desk.outbox.clone(), courier, options)
        .run(Until::Drained)
        .await
        .unwrap();
    assert_eq!(report.archived, 11);
    let took = begin.elapsed();
    assert!(took >= Duration::from_millis(480), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_does_not_work_on_the_same_file() {
    let desk = Desk::open().await;
    desk.put_plans(1..=1).await;
    desk.worker(quick()).run(Until::NothingDue).await.unwrap();
    let guest = Arc::new(open(&desk.path, SqliteOptions::default()).await.unwrap());
    let courier = ArchiveCourier::with_context(desk.archive.client().unwrap(), people::context());
    let end = Worker::new(guest, Arc::new(courier), quick())
        .run(Until::Stopped)
        .await;
    assert_eq!(end, Err::<RunReport, _>(OutboxError::Busy));
}

type Sending = dyn Fn(&Claim, u32) -> Result<Outcome, NotSent> + Send + Sync;
type Asking = dyn Fn(&Claim) -> Result<Option<Outcome>, NotSent> + Send + Sync;

/// A courier that does what a test says.
fn nobody() -> Reason {
    Reason::new("ketään ei ole paikalla", "nobody is there")
}

struct Scripted {
    sent: AtomicU32,
    hangs: bool,
    sending: Box<Sending>,
    answer: Box<Asking>,
}

impl Scripted {
    fn new(
        sending: impl Fn(&Claim, u32) -> Result<Outcome, NotSent> + Send + Sync + 'static,
    ) -> Self {
        Self {
            sent: AtomicU32::new(0),
            hangs: false,
            sending: Box::new(sending),
            answer: Box::new(|_| Ok(None)),
        }
    }
}

impl Courier for Scripted {
    fn send<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Outcome> {
        Box::pin(async move {
            if self.hangs {
                std::future::pending::<()>().await;
            }
            (self.sending)(document, self.sent.fetch_add(1, Ordering::SeqCst))
        })
    }

    fn reconcile<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        Box::pin(async move { (self.answer)(document) })
    }
}
