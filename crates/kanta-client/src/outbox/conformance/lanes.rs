//! Order.

use super::*;

pub(super) async fn a_lane_goes_in_order_and_lanes_in_parallel(outbox: &dyn Outbox) {
    for (lane, document) in [("a", 1), ("a", 2), ("b", 3), ("a", 4), ("b", 5)] {
        put(outbox, entry(lane, document, 1)).await;
    }
    let first = take(outbox).await;
    assert_eq!(first.iter().map(short).collect::<Vec<_>>(), ["1.1", "3.1"]);
    archive(outbox, &first[1]).await;
    assert_eq!(taken(outbox).await, ["5.1"]);
    archive(outbox, &first[0]).await;
    let second = take_one(outbox).await;
    assert_eq!(short(&second), "2.1");
    finish(outbox, &second, Verdict::Later(Report::new(), LEASE)).await;
    assert!(
        take(outbox).await.is_empty(),
        "a delayed document was overtaken"
    );
}

pub(super) async fn versions_go_in_order_across_lanes(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("b", 1, 2)).await;
    put(outbox, entry("b", 2, 1)).await;
    let first = take_one(outbox).await;
    assert_eq!(short(&first), "1.1");
    archive(outbox, &first).await;
    let second = take_one(outbox).await;
    assert_eq!(short(&second), "1.2");
    archive(outbox, &second).await;
    assert_eq!(taken(outbox).await, ["2.1"]);
}

pub(super) async fn an_earlier_version_put_later_is_refused(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 2)).await;
    let refused = outbox.put(vec![entry("a", 1, 1)]).await;
    assert!(
        matches!(refused, Err(OutboxError::Version { there: 2, .. })),
        "{refused:?}"
    );
    let mut same = entry("a", 1, 2);
    same.oid = DocumentOid::parse("2.999.1.77").unwrap();
    let refused = outbox.put(vec![same]).await;
    assert!(
        matches!(refused, Err(OutboxError::Version { there: 2, .. })),
        "{refused:?}"
    );
}

pub(super) async fn a_rejected_document_lets_its_lane_go_on(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("a", 2, 1)).await;
    let first = take_one(outbox).await;
    finish(outbox, &first, Verdict::Rejected(findings())).await;
    assert_eq!(taken(outbox).await, ["2.1"]);
}

pub(super) async fn a_rejected_version_stops_its_chain_until_it_is_replaced(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("a", 1, 2)).await;
    put(outbox, entry("a", 9, 1)).await;
    let first = take_one(outbox).await;
    finish(outbox, &first, Verdict::Rejected(findings())).await;
    // The lane waits for version 2, which waits for version 1: otherwise version 2 would be overtaken.
    assert!(take(outbox).await.is_empty());
    let mut mended = entry_of("a", "2.999.1.1", 1, b"mended".to_vec());
    mended.oid = DocumentOid::parse("2.999.1.1.7").unwrap();
    put(outbox, mended).await;
    let mended = take_one(outbox).await;
    assert_eq!(short(&mended), "1.7");
    assert_eq!(state(outbox, &first).await, State::Discarded);
    archive(outbox, &mended).await;
    let second = take_one(outbox).await;
    assert_eq!(short(&second), "1.2");
    archive(outbox, &second).await;
    assert_eq!(taken(outbox).await, ["9.1"]);
}

pub(super) async fn a_rejected_gate_stops_its_lane(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1).needed_by_its_lane(true)).await;
    put(outbox, entry("a", 2, 1)).await;
    let first = take_one(outbox).await;
    finish(outbox, &first, Verdict::Rejected(findings())).await;
    assert!(take(outbox).await.is_empty());
    outbox
        .decide(first.oid.clone(), Decision::Discard)
        .await
        .unwrap();
    assert_eq!(taken(outbox).await, ["2.1"]);
}

pub(super) async fn unknown_and_parked_stop_their_lane(outbox: &dyn Outbox) {
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("a", 2, 1)).await;
    let first = take_one(outbox).await;
    finish(outbox, &first, Verdict::Unknown(findings(), Duration::ZERO)).await;
    let first = take_one(outbox).await;
    assert_eq!(
        (short(&first).as_str(), first.task),
        ("1.1", Task::Reconcile)
    );
    finish(outbox, &first, Verdict::Parked(findings())).await;
    assert!(take(outbox).await.is_empty());
    outbox
        .decide(first.oid.clone(), Decision::Archived)
        .await
        .unwrap();
    assert_eq!(taken(outbox).await, ["2.1"]);
}

pub(super) async fn a_retried_document_goes_before_its_successors(outbox: &dyn Outbox) {
    for document in 1..=4 {
        put(outbox, entry("a", document, 1)).await;
    }
    let first = take_one(outbox).await;
    finish(outbox, &first, Verdict::Rejected(findings())).await;
    // The second is queued by now, and has to step back.
    let again = outbox
        .decide(first.oid.clone(), Decision::Retry)
        .await
        .unwrap();
    assert_eq!(again, State::Queued);
    let first = take_one(outbox).await;
    assert_eq!(short(&first), "1.1");
    finish(outbox, &first, Verdict::Rejected(findings())).await;
    // The second is on its way: the first waits for it, and the third for the first.
    let second = take_one(outbox).await;
    assert_eq!(short(&second), "2.1");
    let again = outbox
        .decide(first.oid.clone(), Decision::Retry)
        .await
        .unwrap();
    assert_eq!(again, State::Held);
    assert!(take(outbox).await.is_empty());
    archive(outbox, &second).await;
    let first = take_one(outbox).await;
    assert_eq!(short(&first), "1.1");
    archive(outbox, &first).await;
    assert_eq!(taken(outbox).await, ["3.1"]);
}
