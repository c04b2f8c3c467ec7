//! Looking into the outbox, and clearing out what is settled.
//!
//! Whoever looks writes nothing, so that it can be done when there is no room: view `entry` has what is not yet filed too.

use kanta_core::DocumentOid;

use super::engine::{Engine, Value};
use super::row;
use super::take::checked_bytes;
use crate::outbox::{Counts, Encryption, Entry, Filter, Kind, OutboxError, Retention, State};

pub(super) fn states(
    engine: &mut dyn Engine,
    oids: &[DocumentOid],
) -> Result<Vec<Option<State>>, OutboxError> {
    oids.iter()
        .map(|oid| {
            let found = engine.query(
                "SELECT state FROM entry WHERE oid = $1",
                &[Value::Text(&oid.to_string())],
            )?;
            found
                .into_iter()
                .next()
                .map(|mut found| row::state(&mut found))
                .transpose()
        })
        .collect()
}

pub(super) fn counts(engine: &mut dyn Engine) -> Result<Counts, OutboxError> {
    let mut counts = Counts::default();
    let sql = "SELECT kind, state, COUNT(*) FROM entry GROUP BY kind, state";
    for mut found in engine.query(sql, &[])? {
        let (kind, state) = (row::kind(&mut found)?, row::state(&mut found)?);
        counts.set(kind, state, found.number()?.cast_unsigned());
    }
    Ok(counts)
}

pub(super) fn list(engine: &mut dyn Engine, filter: &Filter) -> Result<Vec<Entry>, OutboxError> {
    let after = filter.after.as_ref().map(ToString::to_string);
    // With the position SQLite merges both parts of the view, without it sorts them.
    let sql = format!(
        "SELECT {}, position FROM entry
         WHERE ($1 = '' OR state = $1) AND ($2 = '' OR lane = $2) AND ($3 = '' OR kind = $3)
             AND position > COALESCE((SELECT position FROM entry WHERE oid = $4), 0)
         ORDER BY position LIMIT $5",
        row::ENTRY_COLUMNS
    );
    engine
        .query(
            &sql,
            &[
                Value::Text(filter.state.map_or("", State::as_str)),
                Value::Text(filter.lane.as_ref().map_or("", |lane| lane.as_str())),
                Value::Text(filter.kind.map_or("", Kind::as_str)),
                Value::Text(after.as_deref().unwrap_or_default()),
                Value::Number(filter.limit.unwrap_or(100) as i64),
            ],
        )?
        .iter_mut()
        .map(row::entry)
        .collect()
}

pub(super) fn entry(engine: &mut dyn Engine, oid: &DocumentOid) -> Result<Entry, OutboxError> {
    let oid = oid.to_string();
    let sql = format!("SELECT {} FROM entry WHERE oid = $1", row::ENTRY_COLUMNS);
    match engine.query(&sql, &[Value::Text(&oid)])?.first_mut() {
        Some(found) => row::entry(found),
        None => Err(OutboxError::NotFound(oid)),
    }
}

pub(super) fn content(
    engine: &mut dyn Engine,
    oid: &DocumentOid,
    encryption: &Encryption,
) -> Result<Vec<u8>, OutboxError> {
    let oid = oid.to_string();
    let found = engine.query(
        "SELECT digest, key_id, bytes FROM entry LEFT JOIN content ON content.position = entry.position
         WHERE oid = $1",
        &[Value::Text(&oid)],
    )?;
    let Some(mut found) = found.into_iter().next() else {
        return Err(OutboxError::NotFound(oid));
    };
    let digest = found.optional_bytes()?;
    let key_id = found.optional_text()?;
    checked_bytes(&mut found, &oid, digest, key_id, encryption)?.ok_or(OutboxError::Bytes(oid))
}

pub(super) fn prune(engine: &mut dyn Engine, retention: Retention) -> Result<u64, OutboxError> {
    let now = engine.now()?.wall;
    let cleared = engine.execute(
        "DELETE FROM content WHERE position IN
             (SELECT position FROM document WHERE state IN ('archived', 'discarded') AND changed_at <= $1)",
        &[Value::Number(now - row::milliseconds(retention.bytes))],
    )?;
    let over = now - row::milliseconds(retention.rows.max(retention.bytes));
    engine.execute(
        "DELETE FROM document WHERE state IN ('archived', 'discarded') AND changed_at <= $1",
        &[Value::Number(over)],
    )?;
    Ok(cleared)
}
