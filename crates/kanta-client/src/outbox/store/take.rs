//! Claiming documents, and writing down what became of them.

use std::time::Duration;

use kanta_core::{Reason, Report};

use super::digest::Digest;
use super::engine::{Engine, Now, Row, Value};
use super::{order, row, settings};
use crate::outbox::{
    Claim, Claiming, Encryption, Kind, Lane, OutboxError, State, Task, Verdict, doubt,
};

const CLAIM_COLUMNS: &str = "document.position, state, kind, oid, version, chain, lane, attempts, doubts, environment, bundle_name, \
     bundle_hash, context, fence, digest, key_id, bytes
     FROM document LEFT JOIN content ON content.position = document.position";

/// How many rows one transaction parks at most: the database keeps a lock for each lane and chain until it ends.
const MOST_PARKED: usize = 100;

/// Claims; `None` when so many rows were parked on the way that another transaction has to go on.
pub(super) fn take(
    engine: &mut dyn Engine,
    claiming: &Claiming,
    encryption: &Encryption,
) -> Result<Option<Vec<Claim>>, OutboxError> {
    if engine.become_worker()? {
        // Whoever held these is dead, and times of another run of the clock mean nothing.
        engine.execute(
            "UPDATE document SET lease_until = 0, not_before = 0
             WHERE state IN ('queued', 'sending', 'unknown') AND (lease_until <> 0 OR not_before <> 0)",
            &[],
        )?;
    }
    if settings::is_paused(engine)? {
        return Ok(Some(Vec::new()));
    }
    let now = engine.now()?;
    let suffix = engine.claim_suffix();
    let in_doubt = format!(
        "SELECT {CLAIM_COLUMNS}
         WHERE state IN ('sending', 'unknown') AND lease_until <= $1 AND not_before <= $1 AND kind = $2
         ORDER BY document.position LIMIT $3 {suffix}"
    );
    let to_send = format!(
        "SELECT {CLAIM_COLUMNS}
         WHERE state = 'queued' AND not_before <= $1 AND kind = $2 ORDER BY document.position LIMIT $3 {suffix}"
    );
    let mut claims = Vec::new();
    let mut parked = 0;
    for sql in [in_doubt, to_send] {
        let mut is_more = true;
        while is_more && claims.len() < claiming.limit {
            let values = [
                Value::Number(now.lease),
                Value::Text(claiming.kind.as_str()),
                Value::Number((claiming.limit - claims.len()) as i64),
            ];
            let rows = engine.query(&sql, &values)?;
            // What was parked on the way makes room for others.
            is_more = false;
            for found in rows {
                match claim(engine, found, claiming, encryption, now)? {
                    Some(claim) => claims.push(claim),
                    None => {
                        is_more = true;
                        parked += 1;
                    }
                }
                if parked == MOST_PARKED {
                    return Ok((!claims.is_empty()).then_some(claims));
                }
            }
        }
    }
    Ok(Some(claims))
}

fn claim(
    engine: &mut dyn Engine,
    mut found: Row,
    claiming: &Claiming,
    encryption: &Encryption,
    now: Now,
) -> Result<Option<Claim>, OutboxError> {
    let position = found.number()?;
    let state = row::state(&mut found)?;
    let kind = row::kind(&mut found)?;
    let oid = row::oid(&mut found)?;
    let mut claim = Claim {
        kind,
        task: if state == State::Queued {
            Task::Send
        } else {
            Task::Reconcile
        },
        version: row::version(&mut found)?,
        chain: row::oid(&mut found)?,
        lane: Lane::new(found.text()?),
        attempts: row::count(&mut found)?,
        doubts: row::count(&mut found)?,
        bundle: row::bundle(&mut found)?,
        context: found.optional_text()?,
        fence: found.number()? + 1,
        bytes: Vec::new(),
        position,
        oid,
    };
    let held = Held {
        fence: claim.fence - 1,
        ..Held::of(&claim)
    };
    if kind == Kind::Notices && claim.task == Task::Reconcile {
        let why = match state {
            State::Sending => Reason::new(
                "lähettäjä on poissa eikä jättänyt tietoa lopusta",
                "whoever sent them is gone and left no word of the end",
            ),
            _ => Reason::new(
                "jono on palautettu varmuuskopiosta, joka on rekisteriä vanhempi",
                "the outbox was restored from a backup that is older than the register",
            ),
        };
        let report = doubt::about(kind, &why);
        finish(engine, &held, &Verdict::Unknown(report, Duration::ZERO))?;
        return Ok(None);
    }
    let digest = found.optional_bytes()?;
    let key_id = found.optional_text()?;
    let Some(bytes) = checked_bytes(&mut found, &held.oid, digest, key_id, encryption)? else {
        finish(engine, &held, &Verdict::Parked(row::damaged()))?;
        return Ok(None);
    };
    claim.bytes = bytes;
    let state = match claim.task {
        Task::Send => {
            claim.attempts += 1;
            State::Sending
        }
        Task::Reconcile => {
            // A crash while it was being sent is a doubt like a time-out.
            claim.doubts += u32::from(state == State::Sending);
            State::Unknown
        }
    };
    engine.execute(
        "UPDATE document SET state = $1, attempts = $2, doubts = $3, fence = $4, worker = $5, lease_until = $6,
             sent_bundle_hash = COALESCE($7, sent_bundle_hash), changed_at = $8, doubted = $9, turn = 2
         WHERE position = $10",
        &[
            Value::Text(state.as_str()),
            Value::Number(claim.attempts.into()),
            Value::Number(claim.doubts.into()),
            Value::Number(claim.fence),
            Value::Text(&claiming.worker),
            Value::Number(now.lease + row::milliseconds(claiming.lease)),
            Value::from(claiming.bundle_hash.as_deref()),
            Value::Number(now.wall),
            Value::Number((claim.task == Task::Reconcile).into()),
            Value::Number(position),
        ],
    )?;
    Ok(Some(claim))
}

/// Reads the bytes that follow in the row; `None` when they are gone or damaged.
pub(super) fn checked_bytes(
    found: &mut Row,
    oid: &str,
    digest: Option<Vec<u8>>,
    key_id: Option<String>,
    encryption: &Encryption,
) -> Result<Option<Vec<u8>>, OutboxError> {
    let Some(kept) = found.optional_bytes()? else {
        return Ok(None);
    };
    let bytes = match key_id {
        Some(id) => encryption.open(&id, oid.as_bytes(), kept)?,
        None => Some(kept),
    };
    Ok(bytes.filter(|bytes| digest.as_deref() == Some(Digest::of(bytes).as_bytes())))
}

/// What of a claim is needed to end it.
pub(super) struct Held {
    kind: Kind,
    position: i64,
    fence: i64,
    oid: String,
    lane: String,
    chain: String,
}

impl Held {
    pub(super) fn of(claim: &Claim) -> Self {
        Self {
            kind: claim.kind,
            position: claim.position,
            fence: claim.fence,
            oid: claim.oid.to_string(),
            lane: claim.lane.as_str().to_owned(),
            chain: claim.chain.to_string(),
        }
    }
}

pub(super) fn finish(
    engine: &mut dyn Engine,
    held: &Held,
    verdict: &Verdict,
) -> Result<State, OutboxError> {
    const WITHOUT_DOUBT: i64 = 0;
    const IN_DOUBT: i64 = 1;
    let none = Report::new();
    let (state, findings, after, doubted) = match verdict {
        Verdict::Archived(report) => (State::Archived, report, None, Some(WITHOUT_DOUBT)),
        Verdict::Rejected(report) => (State::Rejected, report, None, Some(WITHOUT_DOUBT)),
        Verdict::Unknown(report, _) if held.kind == Kind::Notices => {
            (State::Parked, report, None, Some(IN_DOUBT))
        }
        Verdict::Unknown(report, after) => (State::Unknown, report, Some(*after), Some(IN_DOUBT)),
        Verdict::Later(report, after) => (State::Queued, report, Some(*after), None),
        Verdict::Absent => (State::Queued, &none, None, Some(WITHOUT_DOUBT)),
        Verdict::Parked(report) => (State::Parked, report, None, None),
    };
    // Nobody can ask for notices, so whoever sent them last may still tell for certain what became of them.
    let ends_doubts_of = match state {
        State::Archived | State::Rejected => Kind::Notices.as_str(),
        _ => "",
    };
    engine.lock_orders(vec![&held.lane, &held.chain])?;
    let now = engine.now()?;
    let found = engine.query(
        "SELECT gate, state, doubts, doubted FROM document
         WHERE oid = $1 AND position = $2 AND fence = $3
             AND (state IN ('queued', 'sending', 'unknown')
                 OR (kind = $4 AND (state = 'held' OR (state = 'parked' AND doubted = 1))))",
        &[
            // Where the row is gone, SQLite may have given its position to another.
            Value::Text(&held.oid),
            Value::Number(held.position),
            Value::Number(held.fence),
            Value::Text(ends_doubts_of),
        ],
    )?;
    let Some(mut found) = found.into_iter().next() else {
        return Err(OutboxError::LeaseLost(held.oid.clone()));
    };
    let gate = found.number()? != 0;
    let was_sending = row::state(&mut found)? == State::Sending;
    let doubts = found.number()?;
    let was_doubted = found.number()?;
    let newly_unknown = was_sending && doubted == Some(IN_DOUBT);
    let changed = engine.execute(
        "UPDATE document SET state = $1, turn = $2, findings = $3, doubts = $4, doubted = $5, not_before = $6,
             lease_until = 0, worker = NULL, changed_at = $7
         WHERE position = $8 AND fence = $9",
        &[
            Value::Text(state.as_str()),
            Value::Number(order::turn(state, gate)),
            Value::from(row::write_findings(findings).as_deref()),
            Value::Number(doubts + i64::from(newly_unknown)),
            Value::Number(doubted.unwrap_or(was_doubted)),
            Value::Number(after.map_or(0, |after| now.lease + row::milliseconds(after))),
            Value::Number(now.wall),
            Value::Number(held.position),
            Value::Number(held.fence),
        ],
    )?;
    if changed != 1 {
        return Err(OutboxError::LeaseLost(held.oid.clone()));
    }
    order::settled(engine, &held.lane, &held.chain, now)?;
    Ok(state)
}
