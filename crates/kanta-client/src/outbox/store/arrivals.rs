//! Documents that came one by one, not yet filed among the others.
//!
//! A new row of `document` changes a page of the table and one of each index. Those of `arrival` lie in one page without an index,
//! so a document that has a commit to itself becomes durable with four pages less. Whatever changes documents files them first,
//! which changes those pages once for up to [`MOST`]; whoever only looks finds both in view `entry`.

use super::engine::{Engine, Value};
use crate::outbox::OutboxError;

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
    if engine.has_arrivals()
        && engine.execute("INSERT INTO document SELECT * FROM arrival", &[])? > 0
    {
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
