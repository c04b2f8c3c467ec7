//! The tables in PostgreSQL, and how older ones become today's.

use postgres::Client;

use super::connection::{outbox_error, quoted};
use crate::outbox::OutboxError;

/// Keeps two processes from upgrading at the same time: an arbitrary number of this library.
const UPGRADE_LOCK: i64 = 0x4B41_4E54_4100_0001;

/// The steps from nothing to today's schema. A step that was released never changes; a change is a new step.
const STEPS: &[&str] = &[
    "
CREATE TABLE document (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL,
    oid TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    chain TEXT NOT NULL,
    lane TEXT NOT NULL,
    gate BIGINT NOT NULL,
    state TEXT NOT NULL,
    turn BIGINT NOT NULL,
    place BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    doubts BIGINT NOT NULL DEFAULT 0,
    doubted BIGINT NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    findings TEXT,
    digest BYTEA NOT NULL,
    size BIGINT NOT NULL,
    key_id TEXT,
    environment TEXT NOT NULL,
    bundle_name TEXT NOT NULL,
    bundle_hash TEXT NOT NULL,
    sent_bundle_hash TEXT,
    context TEXT,
    put_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX document_queued ON document (kind, position) WHERE state = 'queued';
CREATE INDEX document_in_doubt ON document (kind, position) WHERE state IN ('sending', 'unknown');
CREATE INDEX document_lane ON document (lane, turn, COALESCE(place, position));
CREATE INDEX document_chain ON document (chain, version);
CREATE TABLE content (position BIGINT PRIMARY KEY, bytes BYTEA NOT NULL);
ALTER TABLE content ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE setting (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, next BIGINT NOT NULL);
CREATE TABLE encryption_key (id TEXT PRIMARY KEY, proof BYTEA NOT NULL);
",
    "
CREATE VIEW entry AS SELECT * FROM document;
",
];

/// Brings the tables to today's schema, in one transaction.
pub(super) fn upgrade(client: &mut Client, schema: Option<&str>) -> Result<(), OutboxError> {
    let error = |error| outbox_error(&error);
    let mut transaction = client.transaction().map_err(error)?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&UPGRADE_LOCK])
        .map_err(error)?;
    if let Some(schema) = schema {
        transaction
            .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema)))
            .map_err(error)?;
    }
    transaction
        .batch_execute("CREATE TABLE IF NOT EXISTS kanta_outbox_schema (version BIGINT NOT NULL)")
        .map_err(error)?;
    let version: i64 = transaction
        .query_one(
            "SELECT COALESCE(MAX(version), 0) FROM kanta_outbox_schema",
            &[],
        )
        .map_err(error)?
        .get(0);
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    if done > STEPS.len() {
        return Err(OutboxError::Schema(format!(
            "it was written by a newer version of this library (schema {version}, known are schemas up to {}); use that version",
            STEPS.len()
        )));
    }
    for (number, step) in (1_i64..).zip(STEPS).skip(done) {
        transaction.batch_execute(step).map_err(error)?;
        transaction
            .execute("INSERT INTO kanta_outbox_schema VALUES ($1)", &[&number])
            .map_err(error)?;
    }
    transaction.commit().map_err(error)
}
