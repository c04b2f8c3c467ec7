//! What people see and decide.

use super::*;
use crate::outbox::Retention;

pub(super) async fn decisions_are_for_rejected_and_parked_documents(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let oid = DocumentOid::parse("2.999.1.1.1").unwrap();
    let early = outbox.decide(oid, Decision::Discard).await;
    assert!(
        matches!(
            early,
            Err(OutboxError::NothingToDecide {
                state: State::Queued,
                ..
            })
        ),
        "{early:?}"
    );
    let nowhere = DocumentOid::parse("2.999.1.8.1").unwrap();
    let missing = outbox.decide(nowhere.clone(), Decision::Retry).await;
    assert!(
        matches!(missing, Err(OutboxError::NotFound(_))),
        "{missing:?}"
    );
    assert!(matches!(
        outbox.entry(nowhere.clone()).await,
        Err(OutboxError::NotFound(_))
    ));
    assert!(matches!(
        outbox.content(nowhere).await,
        Err(OutboxError::NotFound(_))
    ));
}

pub(super) async fn a_retry_in_doubt_asks_first(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    let claim = take_one(outbox).await;
    finish(outbox, &claim, Verdict::Unknown(findings(), Duration::ZERO)).await;
    let claim = take_one(outbox).await;
    finish(outbox, &claim, Verdict::Parked(findings())).await;
    let retried = outbox
        .decide(claim.oid.clone(), Decision::Retry)
        .await
        .unwrap();
    assert_eq!(retried, State::Unknown);
    let claim = take_one(outbox).await;
    assert_eq!(claim.task, Task::Reconcile);
    finish(outbox, &claim, Verdict::Parked(findings())).await;
    // Somebody has looked: the archive does not have it.
    let again = outbox
        .decide(claim.oid.clone(), Decision::Absent)
        .await
        .unwrap();
    assert_eq!(again, State::Queued);
    let claim = take_one(outbox).await;
    assert_eq!(claim.task, Task::Send);
    finish(outbox, &claim, Verdict::Rejected(findings())).await;
    let again = outbox
        .decide(claim.oid.clone(), Decision::Retry)
        .await
        .unwrap();
    assert_eq!(again, State::Queued, "a clear refusal leaves no doubt");
}

pub(super) async fn after_a_backup_everything_is_asked_for(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("a", 2, 1)).await;
    put(outbox, entry("b", 3, 1)).await;
    archive(outbox, &outbox.take(claiming(1, LEASE)).await.unwrap()[0]).await;
    put(outbox, entry("b", 4, 1)).await;
    assert_eq!(outbox.doubt_all().await.unwrap(), 3);
    let claims = take(outbox).await;
    assert_eq!(claims.iter().map(short).collect::<Vec<_>>(), ["2.1", "3.1"]);
    assert!(claims.iter().all(|claim| claim.task == Task::Reconcile));
    archive(outbox, &claims[1]).await;
    let next = take_one(outbox).await;
    assert_eq!((short(&next).as_str(), next.task), ("4.1", Task::Reconcile));
    finish(outbox, &next, Verdict::Absent).await;
    assert_eq!(take_one(outbox).await.task, Task::Send);
}

pub(super) async fn findings_and_counts_are_kept(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("a", 2, 1)).await;
    put(outbox, entry("b", 3, 1)).await;
    let claims = take(outbox).await;
    finish(outbox, &claims[1], Verdict::Rejected(findings())).await;
    let entry = outbox.entry(claims[1].oid.clone()).await.unwrap();
    assert_eq!(entry.findings, findings());
    assert_eq!(entry.worker, None);
    let counts = outbox.counts().await.unwrap();
    for (state, count) in [
        (State::Sending, 1),
        (State::Held, 1),
        (State::Rejected, 1),
        (State::Queued, 0),
    ] {
        assert_eq!(counts.of(state), count, "{state}");
    }
    assert_eq!((counts.open(), counts.total()), (2, 3));
}

pub(super) async fn lists_are_filtered_and_paged(outbox: &dyn Outbox) {
    for document in 1..=5 {
        put(
            outbox,
            entry(if document % 2 == 0 { "even" } else { "odd" }, document, 1),
        )
        .await;
    }
    let list = async |filter: Filter| -> Vec<String> {
        let entries = outbox.list(filter).await.unwrap();
        entries
            .iter()
            .map(|entry| entry.oid.to_string().replacen("2.999.1.", "", 1))
            .collect()
    };
    assert_eq!(list(Filter::default()).await.len(), 5);
    let odd = Filter {
        lane: Some(Lane::new("odd")),
        ..Filter::default()
    };
    assert_eq!(list(odd).await, ["1.1", "3.1", "5.1"]);
    let held = Filter {
        state: Some(State::Held),
        ..Filter::default()
    };
    assert_eq!(list(held).await, ["3.1", "4.1", "5.1"]);
    let page = Filter {
        limit: Some(2),
        after: DocumentOid::parse("2.999.1.2.1").ok(),
        ..Filter::default()
    };
    assert_eq!(list(page).await, ["3.1", "4.1"]);
}

pub(super) async fn settled_documents_lose_their_bytes_in_time(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("b", 2, 1)).await;
    let claims = take(outbox).await;
    archive(outbox, &claims[0]).await;
    assert_eq!(outbox.prune(Retention::default()).await.unwrap(), 0);
    let bytes_only = Retention {
        bytes: Duration::ZERO,
        ..Retention::default()
    };
    assert_eq!(outbox.prune(bytes_only).await.unwrap(), 1);
    let gone = outbox.content(claims[0].oid.clone()).await;
    assert!(matches!(gone, Err(OutboxError::Bytes(_))), "{gone:?}");
    // The row stays, so that the document is known when it is put again.
    let again = outbox.put(vec![entry("a", 1, 1)]).await.unwrap();
    assert_eq!(again, [Put::WasThere(State::Archived)]);
    let all = Retention {
        bytes: Duration::ZERO,
        rows: Duration::ZERO,
    };
    assert_eq!(outbox.prune(all).await.unwrap(), 0);
    assert_eq!(outbox.counts().await.unwrap().total(), 1);
    assert_eq!(
        outbox.content(claims[1].oid.clone()).await.unwrap(),
        claims[1].bytes
    );
}
