//! What a person decides.

use kanta_core::DocumentOid;

use super::engine::{Engine, Value};
use super::{order, row};
use crate::outbox::{Decision, Kind, OutboxError, State};

pub(super) fn decide(
    engine: &mut dyn Engine,
    oid: &DocumentOid,
    decision: Decision,
) -> Result<State, OutboxError> {
    let oid = oid.to_string();
    let id = [Value::Text(&oid)];
    let mut orders = Vec::new();
    for mut found in engine.query("SELECT lane, chain FROM document WHERE oid = $1", &id)? {
        orders = vec![found.text()?, found.text()?];
    }
    let [lane, chain] = orders.as_slice() else {
        return Err(OutboxError::NotFound(oid));
    };
    engine.lock_orders(vec![lane, chain])?;
    let now = engine.now()?;
    let found = engine.query(
        "SELECT position, kind, state, doubted, gate FROM document WHERE oid = $1",
        &id,
    )?;
    let Some(mut found) = found.into_iter().next() else {
        return Err(OutboxError::NotFound(oid));
    };
    let position = found.number()?;
    let kind = row::kind(&mut found)?;
    let state = row::state(&mut found)?;
    let doubted = found.number()? != 0;
    let gate = found.number()? != 0;
    if !matches!(state, State::Rejected | State::Parked) {
        return Err(OutboxError::NothingToDecide { oid, state });
    }
    let (decided, doubted) = match decision {
        Decision::Retry if doubted && kind == Kind::Notices => {
            return Err(OutboxError::CannotAsk(oid));
        }
        // The lane decides when its turn comes; a document in doubt is asked for before it is sent.
        Decision::Retry => (State::Held, doubted),
        Decision::Absent => (State::Held, false),
        Decision::Archived => (State::Archived, false),
        Decision::Discard => (State::Discarded, doubted),
    };
    engine.execute(
        "UPDATE document SET state = $1, turn = $2, doubted = $3, not_before = 0, changed_at = $4 WHERE position = $5",
        &[
            Value::Text(decided.as_str()),
            Value::Number(order::turn(decided, gate)),
            Value::Number(doubted.into()),
            Value::Number(now.wall),
            Value::Number(position),
        ],
    )?;
    order::settled(engine, lane, chain, now)?;
    let after = engine.query("SELECT state FROM document WHERE oid = $1", &id)?;
    after
        .into_iter()
        .next()
        .map_or(Ok(decided), |mut found| row::state(&mut found))
}

pub(super) fn doubt_all(engine: &mut dyn Engine) -> Result<u64, OutboxError> {
    engine.execute(
        "UPDATE document SET doubted = 1, state = CASE state WHEN 'queued' THEN 'unknown' ELSE state END
         WHERE state IN ('held', 'queued', 'parked', 'rejected')",
        &[],
    )
}
