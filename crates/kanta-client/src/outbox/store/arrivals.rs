//! Documents that came one by one, not yet filed among the others.
//!
//! A new row of `document` changes a page of the table and one of each index. Those of `arrival` lie in one page without an index,
//! so that a document that has a commit to itself becomes durable with four pages less. Whatever looks for documents has them filed
//! first, up to [`MOST`] with one change of each page.

use super::engine::{Engine, Value};
use crate::outbox::OutboxError;

/// The columns of a new document, in the order of their values.
const COLUMNS: &str = "oid, version, chain, lane, gate, state, turn, place, digest, size, key_id, environment, bundle_name, \
     bundle_hash, context, put_at, changed_at, kind";

/// So many fit into a page.
const MOST: i64 = 16;

/// A job that finds every document filed.
pub(super) fn filed<T>(
    mut work: impl FnMut(&mut dyn Engine) -> Result<T, OutboxError>,
) -> impl FnMut(&mut dyn Engine) -> Result<T, OutboxError> {
    move |engine| {
        file(engine)?;
        work(engine)
    }
}

/// Files all that came in.
pub(super) fn file(engine: &mut dyn Engine) -> Result<(), OutboxError> {
    if !engine.has_arrivals() {
        return Ok(());
    }
    let filed = engine.execute(
        &format!(
            "INSERT INTO document (position, {COLUMNS}) SELECT position, {COLUMNS} FROM arrival"
        ),
        &[],
    )?;
    if filed > 0 {
        engine.execute("DELETE FROM arrival", &[])?;
    }
    Ok(())
}

/// Files all that came in when a new document has to do with one of them, or there are enough.
pub(super) fn file_what_meets(
    engine: &mut dyn Engine,
    oid: &str,
    chain: &str,
    lane: &str,
) -> Result<(), OutboxError> {
    let there = engine.query(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE oid = $1 OR chain = $2 OR lane = $3) FROM arrival",
        &[Value::Text(oid), Value::Text(chain), Value::Text(lane)],
    )?;
    for mut found in there {
        if found.number()? >= MOST || found.number()? > 0 {
            file(engine)?;
        }
    }
    Ok(())
}

const VALUES: &str =
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18";

/// Adds a document to those that came in, and returns its position: after all of them, and all that are filed.
pub(super) fn add(engine: &mut dyn Engine, values: &[Value<'_>; 18]) -> Result<i64, OutboxError> {
    let sql = format!(
        "INSERT INTO arrival ({COLUMNS}, position)
         VALUES ({VALUES}, 1 + COALESCE((SELECT MAX(position) FROM arrival), (SELECT MAX(position) FROM document), 0))"
    );
    engine.insert(&sql, values)
}

/// Adds a document to those that are filed, as all others must be, and returns its position.
pub(super) fn add_filed(
    engine: &mut dyn Engine,
    values: &[Value<'_>; 18],
) -> Result<i64, OutboxError> {
    let sql = format!("INSERT INTO document ({COLUMNS}) VALUES ({VALUES})");
    engine.insert(&sql, values)
}
