//! Disclosure notices: nobody can ask for them, so what may have arrived is for a person.

use super::*;
use crate::outbox::Filter;

async fn take_notices(outbox: &dyn Outbox, limit: usize, lease: Duration) -> Vec<Claim> {
    let claiming = Claiming {
        kind: Kind::Notices,
        ..claiming(limit, lease)
    };
    outbox.take(claiming).await.unwrap()
}

async fn take_one(outbox: &dyn Outbox) -> Claim {
    let mut claims = take_notices(outbox, 100, LEASE).await;
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims.remove(0)
}

/// Takes notices to send them, and dies.
async fn take_and_die(outbox: &dyn Outbox) -> Claim {
    let mut claims = take_notices(outbox, 1, Duration::ZERO).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    claims.remove(0)
}

/// Sees that notices are parked in doubt, and that nobody gets them.
async fn assert_in_doubt(outbox: &dyn Outbox, claim: &Claim, doubts: u32) {
    assert!(take_notices(outbox, 100, LEASE).await.is_empty());
    let entry = outbox.entry(claim.oid.clone()).await.unwrap();
    assert_eq!((entry.state, entry.doubts), (State::Parked, doubts));
    assert!(entry.findings.has_errors(), "nothing tells why");
    let retried = outbox.decide(claim.oid.clone(), Decision::Retry).await;
    assert!(
        matches!(retried, Err(OutboxError::CannotAsk(_))),
        "{retried:?}"
    );
    assert_eq!(state(outbox, claim).await, State::Parked);
}

pub(super) async fn each_kind_has_its_own_workers(outbox: &dyn Outbox) {
    put(outbox, notices(1)).await;
    put(outbox, entry("a", 1, 1)).await;
    let document = super::take_one(outbox).await;
    assert_eq!(document.kind, Kind::Document);
    let claim = take_one(outbox).await;
    assert_eq!((claim.kind, claim.task), (Kind::Notices, Task::Send));
    assert_eq!(claim.bytes, notices(1).bytes());
    let counts = outbox.counts().await.unwrap();
    for kind in Kind::ALL {
        assert_eq!(counts.only(*kind).of(State::Sending), 1);
        let filter = Filter {
            kind: Some(*kind),
            ..Filter::default()
        };
        let listed = outbox.list(filter).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].kind, *kind);
    }
    archive(outbox, &claim).await;
    assert_eq!(state(outbox, &document).await, State::Sending);
}

pub(super) async fn the_same_notices_are_there_once(outbox: &dyn Outbox) {
    put(outbox, notices(1)).await;
    let again = outbox.put(vec![notices(1)]).await.unwrap();
    assert_eq!(again, [Put::WasThere(State::Queued)]);
    // Signed again they are other bytes: nobody knows any more which of them left.
    let signed_again = notices_of(1, b"other".to_vec());
    let refused = outbox.put(vec![signed_again]).await;
    assert!(
        matches!(refused, Err(OutboxError::Conflict(_))),
        "{refused:?}"
    );
}

pub(super) async fn a_document_takes_no_place_of_notices(outbox: &dyn Outbox) {
    let notices = notices(1);
    put(outbox, notices.clone()).await;
    let claim = take_one(outbox).await;
    finish(outbox, &claim, Verdict::Rejected(findings())).await;
    // Its chain has the identifier of the notices, and their version.
    let document = entry_of("a", &notices.oid().to_string(), 1, b"document".to_vec());
    let refused = outbox.put(vec![document]).await;
    assert_eq!(
        refused,
        Err(OutboxError::Conflict(notices.oid().to_string()))
    );
    assert_eq!(state(outbox, &claim).await, State::Rejected);
}

pub(super) async fn a_worker_that_dies_while_it_sends_notices_leaves_them_parked(
    outbox: &dyn Outbox,
) {
    put(outbox, notices(1)).await;
    let claim = take_and_die(outbox).await;
    // A worker of documents leaves them alone.
    assert!(take(outbox).await.is_empty());
    assert_eq!(state(outbox, &claim).await, State::Sending);
    assert_in_doubt(outbox, &claim, 1).await;
}

pub(super) async fn a_late_word_of_whoever_sent_notices_ends_the_doubt(outbox: &dyn Outbox) {
    put(outbox, notices(1)).await;
    let claim = take_and_die(outbox).await;
    assert_in_doubt(outbox, &claim, 1).await;
    let again = Verdict::Later(Report::new(), LEASE);
    let again = outbox.finish(&claim, again).await;
    assert!(matches!(again, Err(OutboxError::LeaseLost(_))), "{again:?}");
    archive(outbox, &claim).await;
    assert_eq!(state(outbox, &claim).await, State::Archived);
    // Once they were given to another, or a person has settled them, it comes too late.
    put(outbox, notices(2)).await;
    let first = take_and_die(outbox).await;
    assert_in_doubt(outbox, &first, 1).await;
    let decide = |decision| outbox.decide(first.oid.clone(), decision);
    decide(Decision::Absent).await.unwrap();
    let second = take_one(outbox).await;
    let late = outbox.finish(&first, Verdict::Rejected(findings())).await;
    assert!(matches!(late, Err(OutboxError::LeaseLost(_))), "{late:?}");
    finish(
        outbox,
        &second,
        Verdict::Unknown(findings(), Duration::ZERO),
    )
    .await;
    decide(Decision::Discard).await.unwrap();
    let late = outbox.finish(&second, Verdict::Rejected(findings())).await;
    assert!(matches!(late, Err(OutboxError::LeaseLost(_))), "{late:?}");
}

pub(super) async fn a_late_word_counts_before_a_decided_sending(outbox: &dyn Outbox) {
    for number in 1..=2 {
        put(outbox, notices(number).in_lane(Lane::new("a"))).await;
    }
    let refused = take_one(outbox).await;
    finish(outbox, &refused, Verdict::Rejected(findings())).await;
    let claim = take_and_die(outbox).await;
    assert_in_doubt(outbox, &claim, 1).await;
    // The refused ones go first, and the others wait behind them.
    let decide = |claim: &Claim, decision| outbox.decide(claim.oid.clone(), decision);
    decide(&refused, Decision::Retry).await.unwrap();
    let waits = decide(&claim, Decision::Absent).await;
    assert_eq!(waits, Ok(State::Held));
    archive(outbox, &claim).await;
    archive(outbox, &take_one(outbox).await).await;
    assert!(take_notices(outbox, 100, LEASE).await.is_empty());
    assert_eq!(state(outbox, &claim).await, State::Archived);
}

pub(super) async fn notices_without_an_answer_are_parked(outbox: &dyn Outbox) {
    put(outbox, notices(1)).await;
    let claim = take_one(outbox).await;
    let verdict = Verdict::Unknown(findings(), Duration::ZERO);
    let ended = outbox.finish(&claim, verdict).await.unwrap();
    assert_eq!(ended, State::Parked);
    assert_in_doubt(outbox, &claim, 1).await;
}

pub(super) async fn after_a_backup_notices_are_parked(outbox: &dyn Outbox) {
    let lane = Lane::new("a");
    put(outbox, notices(1).in_lane(lane.clone())).await;
    put(outbox, notices(2).in_lane(lane)).await;
    put(outbox, entry("b", 3, 1)).await;
    assert_eq!(outbox.doubt_all().await.unwrap(), 3);
    assert!(take_notices(outbox, 100, LEASE).await.is_empty());
    assert_eq!(super::take_one(outbox).await.task, Task::Reconcile);
    let [first, second] = [1, 2].map(|number| notices(number).oid().clone());
    let states = async || {
        outbox
            .states(vec![first.clone(), second.clone()])
            .await
            .unwrap()
    };
    assert_eq!(states().await, [Some(State::Parked), Some(State::Held)]);
    outbox
        .decide(first.clone(), Decision::Discard)
        .await
        .unwrap();
    assert!(take_notices(outbox, 100, LEASE).await.is_empty());
    assert_eq!(
        states().await,
        [Some(State::Discarded), Some(State::Parked)]
    );
    let retried = outbox.decide(second.clone(), Decision::Retry).await;
    assert_eq!(retried, Err(OutboxError::CannotAsk(second.to_string())));
}

pub(super) async fn a_person_sends_notices_in_doubt_again_knowingly(outbox: &dyn Outbox) {
    put(outbox, notices(1)).await;
    let claim = take_and_die(outbox).await;
    assert_in_doubt(outbox, &claim, 1).await;
    let oid = claim.oid.clone();
    let again = outbox.decide(oid.clone(), Decision::Absent).await.unwrap();
    assert_eq!(again, State::Queued);
    let claim = take_one(outbox).await;
    assert_eq!((claim.task, claim.attempts), (Task::Send, 2));
    // One decision, one sending.
    finish(outbox, &claim, Verdict::Unknown(findings(), Duration::ZERO)).await;
    assert_in_doubt(outbox, &claim, 2).await;
    let known = outbox.decide(oid, Decision::Archived).await.unwrap();
    assert_eq!(known, State::Archived);
}

pub(super) async fn notices_that_did_not_leave_are_tried_again(outbox: &dyn Outbox) {
    put(outbox, notices(1)).await;
    let claim = take_one(outbox).await;
    let later = Verdict::Later(findings(), Duration::ZERO);
    finish(outbox, &claim, later).await;
    let claim = take_one(outbox).await;
    assert_eq!((claim.task, claim.doubts), (Task::Send, 0));
    // Parked without a doubt: whoever mended the reason may retry.
    finish(outbox, &claim, Verdict::Parked(findings())).await;
    let retried = outbox
        .decide(claim.oid.clone(), Decision::Retry)
        .await
        .unwrap();
    assert_eq!(retried, State::Queued);
    archive(outbox, &take_one(outbox).await).await;
}

pub(super) async fn notices_in_doubt_take_nobody_elses_place(outbox: &dyn Outbox) {
    for number in 1..=3 {
        put(outbox, notices(number)).await;
    }
    assert_eq!(take_notices(outbox, 3, Duration::ZERO).await.len(), 3);
    tokio::time::sleep(Duration::from_millis(5)).await;
    put(outbox, notices(4)).await;
    let claims = take_notices(outbox, 1, LEASE).await;
    assert_eq!(claims.len(), 1);
    assert_eq!(&claims[0].oid, notices(4).oid());
    assert_eq!(outbox.counts().await.unwrap().of(State::Parked), 3);
}
