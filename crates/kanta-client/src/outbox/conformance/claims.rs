//! Putting and claiming.

use super::*;
use crate::outbox::Retention;

pub(super) async fn what_is_put_comes_out_byte_for_byte(outbox: &dyn Outbox) {
    let large: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    put(
        outbox,
        entry_of("a", "2.999.1.1", 1, large.clone()).with_context("user 7"),
    )
    .await;
    assert_eq!(
        outbox
            .content(DocumentOid::parse("2.999.1.1.1").unwrap())
            .await
            .unwrap(),
        large
    );
    let claim = take_one(outbox).await;
    assert_eq!(claim.bytes, large);
    assert_eq!(claim.task, Task::Send);
    assert_eq!((claim.attempts, claim.doubts), (1, 0));
    assert_eq!(claim.context.as_deref(), Some("user 7"));
    assert_eq!(claim.bundle.environment, "test");
    let entry = outbox.entry(claim.oid.clone()).await.unwrap();
    assert_eq!(entry.state, State::Sending);
    assert_eq!(entry.size, 300_000);
    assert_eq!(entry.sent_bundle_hash.as_deref(), Some("01"));
    assert_eq!(entry.worker.as_deref(), Some("suite"));
}

pub(super) async fn putting_again_changes_nothing(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let again = outbox.put(vec![entry("a", 1, 1)]).await.unwrap();
    assert_eq!(again, [Put::WasThere(State::Queued)]);
    archive(outbox, &take_one(outbox).await).await;
    let again = outbox.put(vec![entry("a", 1, 1)]).await.unwrap();
    assert_eq!(again, [Put::WasThere(State::Archived)]);
    assert!(take(outbox).await.is_empty());
}

/// Threads and tasks put at the same time, and each keeps what it put.
pub(super) async fn threads_that_wait_keep_documents_beside_others(outbox: &dyn Outbox) {
    const EACH: u32 = 20;
    let keep = |thread: u32| {
        for number in 1..=EACH {
            let document = entry(&format!("lane {thread}"), 100 * thread + number, 1);
            assert_eq!(
                outbox.put_blocking(vec![document.clone()]).unwrap(),
                [Put::Kept]
            );
            assert!(matches!(
                outbox.put_blocking(vec![document]).unwrap()[..],
                [Put::WasThere(_)]
            ));
        }
    };
    std::thread::scope(|scope| {
        for thread in 1..=3 {
            scope.spawn(move || keep(thread));
        }
        let awaited = (1..=EACH).map(|number| outbox.put(vec![entry("lane 0", number, 1)]));
        for answer in awaited {
            assert_eq!(wait::for_answer(answer).unwrap(), [Put::Kept]);
        }
    });
    let kept = outbox.list(Filter::default()).await.unwrap();
    assert_eq!(kept.len(), 4 * EACH as usize);
    let other = entry_of("lane 0", "2.999.1.1", 1, b"other bytes".to_vec());
    let refused = outbox.put_blocking(vec![other]).unwrap_err();
    assert!(matches!(refused, OutboxError::Conflict(_)), "{refused}");
}

pub(super) async fn another_document_with_the_same_identifier_is_refused(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let other = entry_of("a", "2.999.1.1", 1, b"other".to_vec());
    let refused = outbox.put(vec![other]).await;
    assert!(
        matches!(refused, Err(OutboxError::Conflict(_))),
        "{refused:?}"
    );
}

pub(super) async fn a_batch_is_kept_whole_or_not_at_all(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let batch = vec![
        entry("b", 2, 1),
        entry_of("a", "2.999.1.1", 1, b"other".to_vec()),
    ];
    assert!(outbox.put(batch).await.is_err());
    assert_eq!(outbox.counts().await.unwrap().total(), 1);
    let states = outbox
        .states(vec![
            DocumentOid::parse("2.999.1.2.1").unwrap(),
            DocumentOid::parse("2.999.1.1.1").unwrap(),
        ])
        .await
        .unwrap();
    assert_eq!(states, [None, Some(State::Queued)]);
}

pub(super) async fn nobody_else_gets_what_is_claimed(outbox: &dyn Outbox) {
    for document in 1..=5 {
        put(outbox, entry(&format!("lane {document}"), document, 1)).await;
    }
    let first = outbox.take(claiming(2, LEASE)).await.unwrap();
    assert_eq!(first.len(), 2);
    assert_eq!(taken(outbox).await, ["3.1", "4.1", "5.1"]);
    assert!(take(outbox).await.is_empty());
}

pub(super) async fn a_lost_claim_cannot_end_anything(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let short = outbox
        .take(claiming(1, Duration::ZERO))
        .await
        .unwrap()
        .remove(0);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let other = take_one(outbox).await;
    let lost = outbox.finish(&short, Verdict::Rejected(findings())).await;
    assert!(matches!(lost, Err(OutboxError::LeaseLost(_))), "{lost:?}");
    assert_eq!(state(outbox, &short).await, State::Unknown);
    archive(outbox, &other).await;
    let twice = outbox.finish(&other, Verdict::Absent).await;
    assert!(matches!(twice, Err(OutboxError::LeaseLost(_))), "{twice:?}");
    assert_eq!(state(outbox, &short).await, State::Archived);
}

/// What has taken the place of a document that is long gone is not ended by whoever held that.
pub(super) async fn a_lost_claim_ends_nothing_that_came_later(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let claim = take_one(outbox).await;
    archive(outbox, &claim).await;
    let all = Retention {
        bytes: Duration::ZERO,
        rows: Duration::ZERO,
    };
    assert_eq!(outbox.prune(all).await, Ok(1));
    put(outbox, entry("b", 2, 1)).await;
    let later = take_one(outbox).await;
    let lost = outbox
        .finish(&claim, Verdict::Archived(Report::new()))
        .await;
    assert!(matches!(lost, Err(OutboxError::LeaseLost(_))), "{lost:?}");
    assert_eq!(state(outbox, &later).await, State::Sending);
}

pub(super) async fn after_a_lost_lease_the_archive_is_asked(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    outbox.take(claiming(1, Duration::ZERO)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let claim = take_one(outbox).await;
    assert_eq!(
        (claim.task, claim.attempts, claim.doubts),
        (Task::Reconcile, 1, 1)
    );
    // The archive does not have it: now it may be sent again.
    finish(outbox, &claim, Verdict::Absent).await;
    let claim = take_one(outbox).await;
    assert_eq!(
        (claim.task, claim.attempts, claim.doubts),
        (Task::Send, 2, 1)
    );
    // A time-out is a doubt too, and the archive is asked, not before the time that was given.
    finish(outbox, &claim, Verdict::Unknown(findings(), LEASE)).await;
    assert!(take(outbox).await.is_empty());
    let entry = outbox.entry(claim.oid.clone()).await.unwrap();
    assert_eq!((entry.state, entry.doubts), (State::Unknown, 2));
}

pub(super) async fn what_could_not_leave_waits_for_its_time(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let claim = take_one(outbox).await;
    let soon = Duration::from_millis(200);
    finish(outbox, &claim, Verdict::Later(findings(), soon)).await;
    assert!(take(outbox).await.is_empty());
    tokio::time::sleep(soon).await;
    let claim = take_one(outbox).await;
    assert_eq!(
        (claim.task, claim.attempts, claim.doubts),
        (Task::Send, 2, 0)
    );
}

pub(super) async fn a_pause_lets_nothing_be_claimed(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("b", 2, 1)).await;
    let claims = outbox.take(claiming(1, LEASE)).await.unwrap();
    outbox.pause().await.unwrap();
    outbox.pause().await.unwrap();
    assert!(outbox.is_paused().await.unwrap());
    assert!(take(outbox).await.is_empty());
    // What is on its way comes to its end, and more can be put.
    archive(outbox, &claims[0]).await;
    put(outbox, entry("c", 3, 1)).await;
    outbox.resume().await.unwrap();
    assert!(!outbox.is_paused().await.unwrap());
    assert_eq!(taken(outbox).await, ["2.1", "3.1"]);
}

pub(super) async fn numbers_never_come_again(outbox: &dyn Outbox) {
    let numbers = |name: &str, count| outbox.numbers(name.to_owned(), count);
    assert_eq!(numbers("documents", 100).await.unwrap(), 1);
    assert_eq!(numbers("documents", 1).await.unwrap(), 101);
    assert_eq!(numbers("documents", 5).await.unwrap(), 102);
    assert_eq!(numbers("cases", 1).await.unwrap(), 1);
}

pub(super) async fn concurrent_workers_share_without_overlap(outbox: &dyn Outbox) {
    const DOCUMENTS: u32 = 120;
    let batch = (1..=DOCUMENTS)
        .map(|n| entry(&format!("lane {}", n % 7), n, 1))
        .collect();
    outbox.put(batch).await.unwrap();
    let work = async || {
        let mut mine = Vec::new();
        loop {
            let claims = outbox.take(claiming(3, LEASE)).await.unwrap();
            if claims.is_empty() && outbox.counts().await.unwrap().open() == 0 {
                return mine;
            }
            for claim in &claims {
                archive(outbox, claim).await;
                mine.push(claim.oid.to_string());
            }
        }
    };
    let (a, b, c) = tokio::join!(work(), work(), work());
    let mut all: Vec<String> = [a, b, c].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len() as u32, DOCUMENTS);
}
