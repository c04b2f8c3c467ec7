//! Rows of the table `document` and what they stand for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kanta_core::{DocumentOid, Finding, Mark, Report, Rule, Severity, VersionNumber};

use super::engine::{Row, foreign};
use crate::outbox::{BundleStamp, Entry, Kind, Lane, OutboxError, State};

/// The columns that [`entry`] reads, in its order.
pub(super) const ENTRY_COLUMNS: &str = "kind, oid, version, chain, lane, state, attempts, doubts, findings, environment, \
     bundle_name, bundle_hash, sent_bundle_hash, context, worker, digest, size, key_id, put_at, changed_at";

pub(super) fn entry(row: &mut Row) -> Result<Entry, OutboxError> {
    Ok(Entry {
        kind: kind(row)?,
        oid: oid(row)?,
        version: version(row)?,
        chain: oid(row)?,
        lane: Lane::new(row.text()?),
        state: state(row)?,
        attempts: count(row)?,
        doubts: count(row)?,
        findings: read_findings(row.optional_text()?)?,
        bundle: bundle(row)?,
        sent_bundle_hash: row.optional_text()?,
        context: row.optional_text()?,
        worker: row.optional_text()?,
        digest: crate::outbox::entry::hexadecimal(&row.optional_bytes()?.unwrap_or_default()),
        size: row.number()?.cast_unsigned(),
        key_id: row.optional_text()?,
        put_at: time(row)?,
        changed_at: time(row)?,
    })
}

pub(super) fn oid(row: &mut Row) -> Result<DocumentOid, OutboxError> {
    row.parsed(|text| DocumentOid::parse(text).ok())
}

pub(super) fn kind(row: &mut Row) -> Result<Kind, OutboxError> {
    row.parsed(|text| text.parse().ok())
}

pub(super) fn state(row: &mut Row) -> Result<State, OutboxError> {
    row.parsed(|text| text.parse().ok())
}

pub(super) fn version(row: &mut Row) -> Result<VersionNumber, OutboxError> {
    VersionNumber::new(count(row)?).map_err(|_| foreign())
}

pub(super) fn count(row: &mut Row) -> Result<u32, OutboxError> {
    u32::try_from(row.number()?).map_err(|_| foreign())
}

pub(super) fn bundle(row: &mut Row) -> Result<BundleStamp, OutboxError> {
    Ok(BundleStamp {
        environment: row.text()?,
        name: row.text()?,
        hash: row.text()?,
    })
}

fn time(row: &mut Row) -> Result<SystemTime, OutboxError> {
    let milliseconds = u64::try_from(row.number()?).unwrap_or_default();
    Ok(UNIX_EPOCH + Duration::from_millis(milliseconds))
}

pub(super) fn milliseconds(duration: Duration) -> i64 {
    // A hundred years are as good as for ever, and cannot overflow when they are added to a time.
    const LONG: u128 = 100 * 365 * 24 * 60 * 60 * 1000;
    duration.as_millis().min(LONG) as i64
}

/// Writes findings as JSON; none are written as nothing.
pub(super) fn write_findings(report: &Report) -> Option<String> {
    if report.is_empty() {
        return None;
    }
    Some(serde_json::to_string(report).expect("findings are plain texts"))
}

fn read_findings(json: Option<String>) -> Result<Report, OutboxError> {
    let Some(json) = json else {
        return Ok(Report::new());
    };
    let findings: Vec<Finding> = serde_json::from_str(&json).map_err(|_| foreign())?;
    Ok(findings.into_iter().collect())
}

const DAMAGED: Rule = Rule::new(
    "KANTA-OUTBOX-BYTES",
    Severity::Error,
    Mark::Own,
    "own check: bytes that leave are the bytes that were put",
);

/// The finding for bytes that do not fit their digest.
pub(super) fn damaged() -> Report {
    [DAMAGED.finding(
        "",
        "asiakirjan tavut puuttuvat tai ovat vioittuneet; tee asiakirja uudelleen",
        "the bytes of the document are gone or damaged; make the document again",
    )]
    .into_iter()
    .collect()
}
