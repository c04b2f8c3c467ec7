//! What belongs to the outbox as a whole: pause, numbers, keys.

use super::engine::{Engine, Value};
use crate::outbox::{Encryption, OutboxError};

const PAUSED: &str = "paused";

pub(super) fn set_paused(engine: &mut dyn Engine, paused: bool) -> Result<(), OutboxError> {
    let sql = if paused {
        "INSERT INTO setting (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = 1"
    } else {
        "DELETE FROM setting WHERE name = $1"
    };
    engine.execute(sql, &[Value::Text(PAUSED)])?;
    Ok(())
}

pub(super) fn is_paused(engine: &mut dyn Engine) -> Result<bool, OutboxError> {
    let rows = engine.query(
        "SELECT value FROM setting WHERE name = $1",
        &[Value::Text(PAUSED)],
    )?;
    Ok(!rows.is_empty())
}

pub(super) fn numbers(engine: &mut dyn Engine, name: &str, count: u32) -> Result<u64, OutboxError> {
    let rows = engine.query(
        "INSERT INTO counter (name, next) VALUES ($1, CAST($2 AS BIGINT) + 1)
         ON CONFLICT (name) DO UPDATE SET next = counter.next + CAST($2 AS BIGINT)
         RETURNING next",
        &[Value::Text(name), Value::Number(count.into())],
    )?;
    let next = rows
        .into_iter()
        .next()
        .ok_or_else(super::engine::foreign)?
        .number()?;
    u64::try_from(next - i64::from(count)).map_err(|_| super::engine::foreign())
}

/// Sees that each key is the one that was used under its name before, so that a wrong key is told at once.
pub(super) fn check_keys(
    engine: &mut dyn Engine,
    encryption: &Encryption,
) -> Result<(), OutboxError> {
    for key in encryption.keys() {
        let id = Value::Text(key.id());
        let known = engine.query("SELECT proof FROM encryption_key WHERE id = $1", &[id])?;
        match known.into_iter().next() {
            Some(mut row) => {
                let proof = row.optional_bytes()?.unwrap_or_default();
                if !key.is_the_one_of(proof) {
                    return Err(OutboxError::Key(format!(
                        "the key `{}` is not the one that this outbox was written with: give that one, or the new one under a \
                         name of its own",
                        key.id()
                    )));
                }
            }
            None => {
                engine.execute(
                    "INSERT INTO encryption_key (id, proof) VALUES ($1, $2)",
                    &[id, Value::Bytes(&key.proof()?)],
                )?;
            }
        }
    }
    Ok(())
}
