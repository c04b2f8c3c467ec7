//! Keeping documents.

use super::digest::Digest;
use super::engine::{Engine, Value};
use super::{arrivals, order, row};
use crate::outbox::{Encryption, Kind, NewEntry, OutboxError, Put, State};

/// The columns of a new document, and its values.
const COLUMNS: &str = "oid, version, chain, lane, gate, state, turn, place, digest, size, key_id, environment, bundle_name, \
     bundle_hash, context, put_at, changed_at, kind";
const VALUES: &str =
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17";
/// After all that came one by one, and all that are filed.
const LAST: &str =
    "1 + COALESCE((SELECT MAX(position) FROM arrival), (SELECT MAX(position) FROM document), 0)";

/// A document with its bytes as they will be kept.
pub(super) struct Sealed {
    entry: NewEntry,
    digest: Digest,
    key_id: Option<String>,
    bytes: Option<Vec<u8>>,
}

/// Takes the digests and encrypts the bytes, in the caller's thread.
pub(super) fn seal(
    entries: Vec<NewEntry>,
    encryption: &Encryption,
) -> Result<Vec<Sealed>, OutboxError> {
    entries
        .into_iter()
        .map(|entry| {
            let key = encryption.current();
            Ok(Sealed {
                digest: Digest::of(&entry.bytes),
                key_id: key.map(|key| key.id().to_owned()),
                bytes: key
                    .map(|key| key.seal(entry.oid.to_string().as_bytes(), &entry.bytes))
                    .transpose()?,
                entry,
            })
        })
        .collect()
}

pub(super) fn put(engine: &mut dyn Engine, entries: &[Sealed]) -> Result<Vec<Put>, OutboxError> {
    let chains: Vec<String> = entries
        .iter()
        .map(|sealed| sealed.entry.chain.to_string())
        .collect();
    engine.lock_orders(
        entries
            .iter()
            .map(|sealed| sealed.entry.lane.as_str())
            .chain(chains.iter().map(String::as_str))
            .collect(),
    )?;
    // Those who come together share the pages of the indexes.
    let may_wait = engine.is_alone() && entries.len() == 1;
    if !may_wait {
        arrivals::file(engine)?;
    }
    let puts: Vec<Put> = entries
        .iter()
        .zip(&chains)
        .map(|(sealed, chain)| put_one(engine, sealed, chain, may_wait))
        .collect::<Result<_, _>>()?;
    if puts.contains(&Put::Kept) {
        engine.check_room()?;
    }
    Ok(puts)
}

fn put_one(
    engine: &mut dyn Engine,
    sealed: &Sealed,
    chain: &str,
    may_wait: bool,
) -> Result<Put, OutboxError> {
    let entry = &sealed.entry;
    let oid = entry.oid.to_string();
    if may_wait {
        arrivals::file_what_meets(engine, &oid, chain, entry.lane.as_str())?;
    }
    let there = engine.query(
        "SELECT state, digest FROM document WHERE oid = $1",
        &[Value::Text(&oid)],
    )?;
    if let Some(mut found) = there.into_iter().next() {
        let state = row::state(&mut found)?;
        return if found.optional_bytes()?.as_deref() == Some(sealed.digest.as_bytes()) {
            Ok(Put::WasThere(state))
        } else {
            Err(OutboxError::Conflict(oid))
        };
    }
    let version = i64::from(entry.version.as_u32());
    let others = of_chain(engine, chain, version, entry.kind)?;
    let now = engine.now()?;
    let (state, place) = match others.replaced {
        Some((position, place)) => {
            arrivals::file(engine)?;
            discard(engine, position, now.wall)?;
            (State::Held, Value::Number(place))
        }
        None if others.waits || order::lane_waits(engine, entry.lane.as_str())? => {
            (State::Held, Value::Null)
        }
        None => (State::Queued, Value::Null),
    };
    let sql = match others.replaced {
        None if may_wait => {
            format!("INSERT INTO arrival ({COLUMNS}, position) VALUES ({VALUES}, {LAST})")
        }
        _ => format!("INSERT INTO document ({COLUMNS}) VALUES ({VALUES})"),
    };
    let position = engine.insert(
        &sql,
        &[
            Value::Text(&oid),
            Value::Number(version),
            Value::Text(chain),
            Value::Text(entry.lane.as_str()),
            Value::Number(entry.gate.into()),
            Value::Text(state.as_str()),
            Value::Number(order::turn(state, entry.gate)),
            place,
            Value::Bytes(sealed.digest.as_bytes()),
            Value::Number(entry.bytes.len() as i64),
            Value::from(sealed.key_id.as_deref()),
            Value::Text(&entry.bundle.environment),
            Value::Text(&entry.bundle.name),
            Value::Text(&entry.bundle.hash),
            Value::from(entry.context.as_deref()),
            Value::Number(now.wall),
            Value::Text(entry.kind.as_str()),
        ],
    )?;
    let bytes = sealed.bytes.as_deref().unwrap_or(&entry.bytes);
    engine.execute(
        "INSERT INTO content (position, bytes) VALUES ($1, $2)",
        &[Value::Number(position), Value::Bytes(bytes)],
    )?;
    if others.replaced.is_some() {
        order::advance(engine, entry.lane.as_str(), now)?;
    }
    Ok(Put::Kept)
}

/// What the chain of a new document holds that is not yet in the archive.
struct Others {
    /// An earlier version has to go first.
    waits: bool,
    /// The rejected document of the same version whose place the new one takes: its position and place.
    replaced: Option<(i64, i64)>,
}

fn of_chain(
    engine: &mut dyn Engine,
    chain: &str,
    version: i64,
    kind: Kind,
) -> Result<Others, OutboxError> {
    let rows = engine.query(
        "SELECT kind, version, state, position, COALESCE(place, position) FROM document
         WHERE chain = $1 AND state NOT IN ('archived', 'discarded') ORDER BY version",
        &[Value::Text(chain)],
    )?;
    let mut others = Others {
        waits: false,
        replaced: None,
    };
    for mut found in rows {
        if row::kind(&mut found)? != kind {
            // Notices and documents make no chain together: one identifier was given to both.
            return Err(OutboxError::Conflict(chain.to_owned()));
        }
        let there = found.number()?;
        let state = row::state(&mut found)?;
        if there < version {
            others.waits = true;
        } else if there == version && state == State::Rejected {
            others.replaced = Some((found.number()?, found.number()?));
        } else if others.replaced.is_none() {
            return Err(OutboxError::Version {
                chain: chain.to_owned(),
                there: u32::try_from(there).unwrap_or(u32::MAX),
            });
        }
    }
    Ok(others)
}

fn discard(engine: &mut dyn Engine, position: i64, now: i64) -> Result<(), OutboxError> {
    engine.execute(
        "UPDATE document SET state = 'discarded', turn = 0, changed_at = $1 WHERE position = $2",
        &[Value::Number(now), Value::Number(position)],
    )?;
    Ok(())
}
