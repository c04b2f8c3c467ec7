//! The suite that every outbox has to pass (feature `test-kit`).
//!
//! A host that brings an [`Outbox`] of its own calls [`run`] in a test, with a function that makes an empty outbox each time.
//! It panics at the first promise that is not kept.

#![allow(clippy::unwrap_used, clippy::panic)]

mod claims;
mod lanes;
mod news;
mod notices;
mod people;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kanta_core::{DocumentOid, Finding, Report, Severity, VersionNumber};

use super::{
    BundleStamp, Claim, Claiming, Decision, Filter, Kind, Lane, NewEntry, Outbox, OutboxError, Put,
    State, Task, Verdict, wait,
};

/// How long a claim holds in the suite.
pub const LEASE: Duration = Duration::from_secs(30);

/// Runs every case against an empty outbox of its own.
///
/// # Panics
/// At the first promise that is not kept.
pub async fn run<O, F>(mut empty: impl FnMut(&'static str) -> F)
where
    O: Outbox,
    F: Future<Output = O>,
{
    macro_rules! cases {
        ($($module:ident::$case:ident),* $(,)?) => {
            $( $module::$case(&empty(stringify!($case)).await).await; )*
        };
    }
    cases![
        claims::what_is_put_comes_out_byte_for_byte,
        claims::putting_again_changes_nothing,
        claims::threads_that_wait_keep_documents_beside_others,
        claims::another_document_with_the_same_identifier_is_refused,
        claims::a_batch_is_kept_whole_or_not_at_all,
        claims::nobody_else_gets_what_is_claimed,
        claims::a_lost_claim_cannot_end_anything,
        claims::a_lost_claim_ends_nothing_that_came_later,
        claims::after_a_lost_lease_the_archive_is_asked,
        claims::what_could_not_leave_waits_for_its_time,
        claims::a_pause_lets_nothing_be_claimed,
        claims::numbers_never_come_again,
        claims::concurrent_workers_share_without_overlap,
        news::what_is_done_while_somebody_looks_is_news,
        news::who_takes_hears_for_nobody_else,
        news::what_nobody_waits_for_any_more_is_news,
        news::whatever_leaves_something_to_take_is_news,
        lanes::a_lane_goes_in_order_and_lanes_in_parallel,
        lanes::versions_go_in_order_across_lanes,
        lanes::an_earlier_version_put_later_is_refused,
        lanes::a_rejected_document_lets_its_lane_go_on,
        lanes::a_rejected_version_stops_its_chain_until_it_is_replaced,
        lanes::a_rejected_gate_stops_its_lane,
        lanes::unknown_and_parked_stop_their_lane,
        lanes::a_retried_document_goes_before_its_successors,
        people::decisions_are_for_rejected_and_parked_documents,
        people::a_retry_in_doubt_asks_first,
        people::after_a_backup_everything_is_asked_for,
        people::findings_and_counts_are_kept,
        people::lists_are_filtered_and_paged,
        people::settled_documents_lose_their_bytes_in_time,
        notices::each_kind_has_its_own_workers,
        notices::the_same_notices_are_there_once,
        notices::a_document_takes_no_place_of_notices,
        notices::a_worker_that_dies_while_it_sends_notices_leaves_them_parked,
        notices::a_late_word_of_whoever_sent_notices_ends_the_doubt,
        notices::a_late_word_counts_before_a_decided_sending,
        notices::notices_without_an_answer_are_parked,
        notices::after_a_backup_notices_are_parked,
        notices::a_person_sends_notices_in_doubt_again_knowingly,
        notices::notices_that_did_not_leave_are_tried_again,
        notices::notices_in_doubt_take_nobody_elses_place,
    ];
}

/// Makes an entry without a signed document behind it: an outbox does not look into the bytes.
#[must_use]
pub fn entry(lane: &str, document: u32, version: u32) -> NewEntry {
    let chain = format!("2.999.1.{document}");
    let bytes = format!("<document n=\"{document}\" version=\"{version}\">ä</document>");
    entry_of(lane, &chain, version, bytes.into_bytes())
}

/// Makes an entry of any bytes; the identifier of a version is that of its chain and the version.
///
/// # Panics
/// When `chain` is no object identifier or the version is 0.
#[must_use]
pub fn entry_of(lane: &str, chain: &str, version: u32, bytes: Vec<u8>) -> NewEntry {
    NewEntry {
        kind: Kind::Document,
        oid: DocumentOid::parse(&format!("{chain}.{version}")).unwrap(),
        chain: DocumentOid::parse(chain).unwrap(),
        version: VersionNumber::new(version).unwrap(),
        lane: Lane::new(lane),
        gate: false,
        context: None,
        bundle: Arc::new(BundleStamp {
            environment: "test".to_owned(),
            name: "suite".to_owned(),
            hash: "00".to_owned(),
        }),
        bytes: bytes.into(),
    }
}

/// Makes an entry of disclosure notices without signed ones behind it.
///
/// # Panics
/// Never: every number makes an object identifier.
#[must_use]
pub fn notices(number: u32) -> NewEntry {
    notices_of(number, format!("{{\"notices\":{number}}}").into_bytes())
}

fn notices_of(number: u32, bytes: Vec<u8>) -> NewEntry {
    let oid = DocumentOid::parse(&format!("2.999.2.{number}")).unwrap();
    NewEntry {
        kind: Kind::Notices,
        oid: oid.clone(),
        chain: oid.clone(),
        ..entry_of(&format!("notices:{oid}"), "2.999.2", 1, bytes)
    }
}

fn claiming(limit: usize, lease: Duration) -> Claiming {
    Claiming {
        worker: "suite".to_owned(),
        kind: Kind::Document,
        limit,
        lease,
        bundle_hash: Some("01".to_owned()),
    }
}

async fn put(outbox: &dyn Outbox, entry: NewEntry) {
    assert_eq!(outbox.put(vec![entry]).await.unwrap(), [Put::Kept]);
}

/// Claims everything that can be claimed now.
async fn take(outbox: &dyn Outbox) -> Vec<Claim> {
    outbox.take(claiming(1000, LEASE)).await.unwrap()
}

/// Claims everything and returns the last arcs of its identifiers: document and version.
async fn taken(outbox: &dyn Outbox) -> Vec<String> {
    take(outbox).await.iter().map(short).collect()
}

async fn take_one(outbox: &dyn Outbox) -> Claim {
    let mut claims = take(outbox).await;
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims.remove(0)
}

async fn finish(outbox: &dyn Outbox, claim: &Claim, verdict: Verdict) {
    outbox.finish(claim, verdict).await.unwrap();
}

async fn archive(outbox: &dyn Outbox, claim: &Claim) {
    finish(outbox, claim, Verdict::Archived(Report::new())).await;
}

async fn state(outbox: &dyn Outbox, claim: &Claim) -> State {
    outbox.entry(claim.oid.clone()).await.unwrap().state
}

fn short(claim: &Claim) -> String {
    claim.oid.to_string().replacen("2.999.1.", "", 1)
}

fn findings() -> Report {
    [Finding::reported(
        "TEST-1",
        Severity::Error,
        "/a/b",
        "the suite",
        "näin ei käy",
    )]
    .into_iter()
    .collect()
}
