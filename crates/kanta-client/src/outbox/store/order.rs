//! The order of lanes and chains: who is next.
//!
//! `turn` says what a row means for its lane: 0 nothing, it is settled; 1 the lane waits for it; 2 it is the one that may leave
//! now, of which a lane has at most one. The place of a row in its lane is its `position`, or that of the row it replaced.

use super::engine::{Engine, Now, Value};
use super::row;
use crate::outbox::{OutboxError, State};

/// What a row in this state means for its lane; `gate` when everything later needs it.
pub(super) fn turn(state: State, gate: bool) -> i64 {
    match state {
        State::Queued | State::Sending | State::Unknown => 2,
        State::Held | State::Parked => 1,
        State::Rejected => i64::from(gate),
        State::Archived | State::Discarded => 0,
    }
}

/// Returns whether an earlier version of the chain is not yet in the archive.
pub(super) fn chain_waits(
    engine: &mut dyn Engine,
    chain: &str,
    version: i64,
) -> Result<bool, OutboxError> {
    let earlier = engine.query(
        "SELECT position FROM document
         WHERE chain = $1 AND version < $2 AND state NOT IN ('archived', 'discarded') LIMIT 1",
        &[Value::Text(chain), Value::Number(version)],
    )?;
    Ok(!earlier.is_empty())
}

/// Returns whether the lane waits for somebody.
pub(super) fn lane_waits(engine: &mut dyn Engine, lane: &str) -> Result<bool, OutboxError> {
    let waiting = engine.query(
        "SELECT position FROM document WHERE lane = $1 AND turn > 0 LIMIT 1",
        &[Value::Text(lane)],
    )?;
    Ok(!waiting.is_empty())
}

/// Lets the next of a lane go, when nobody is in its way.
pub(super) fn advance(engine: &mut dyn Engine, lane: &str, now: Now) -> Result<(), OutboxError> {
    let active = of_turn(engine, lane, 2)?;
    let Some(first) = of_turn(engine, lane, 1)? else {
        return Ok(());
    };
    if let Some(active) = active {
        // Only a retried document can stand before one that is already queued.
        if active.state != State::Queued || active.place < first.place {
            return Ok(());
        }
        if !set_state(engine, active.position, State::Queued, State::Held, now)? {
            return Ok(());
        }
    }
    if first.state == State::Held && !chain_waits(engine, &first.chain, first.version)? {
        let state = if first.doubted {
            State::Unknown
        } else {
            State::Queued
        };
        set_state(engine, first.position, State::Held, state, now)?;
    }
    Ok(())
}

/// Lets the next of a lane go, and the next version of a chain when it stands in another lane.
pub(super) fn settled(
    engine: &mut dyn Engine,
    lane: &str,
    chain: &str,
    now: Now,
) -> Result<(), OutboxError> {
    advance(engine, lane, now)?;
    let next = engine.query(
        "SELECT lane FROM document
         WHERE chain = $1 AND state NOT IN ('archived', 'discarded') ORDER BY version LIMIT 1",
        &[Value::Text(chain)],
    )?;
    if let Some(mut row) = next.into_iter().next() {
        let other = row.text()?;
        if other != lane {
            engine.lock_orders(vec![&other])?;
            advance(engine, &other, now)?;
        }
    }
    Ok(())
}

struct Standing {
    position: i64,
    place: i64,
    state: State,
    chain: String,
    version: i64,
    doubted: bool,
}

fn of_turn(
    engine: &mut dyn Engine,
    lane: &str,
    turn: i64,
) -> Result<Option<Standing>, OutboxError> {
    let rows = engine.query(
        "SELECT position, COALESCE(place, position), state, chain, version, doubted FROM document
         WHERE lane = $1 AND turn = $2 ORDER BY COALESCE(place, position) LIMIT 1",
        &[Value::Text(lane), Value::Number(turn)],
    )?;
    let Some(mut found) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Standing {
        position: found.number()?,
        place: found.number()?,
        state: row::state(&mut found)?,
        chain: found.text()?,
        version: found.number()?,
        doubted: found.number()? != 0,
    }))
}

/// Moves a row from one state to another, in both of which nobody holds it; tells whether it was in the first.
fn set_state(
    engine: &mut dyn Engine,
    position: i64,
    from: State,
    to: State,
    now: Now,
) -> Result<bool, OutboxError> {
    let changed = engine.execute(
        "UPDATE document SET state = $1, turn = $2, changed_at = $3 WHERE position = $4 AND state = $5",
        &[
            Value::Text(to.as_str()),
            Value::Number(turn(to, false)),
            Value::Number(now.wall),
            Value::Number(position),
            Value::Text(from.as_str()),
        ],
    )?;
    Ok(changed == 1)
}
