//! The tables of the SQLite file, and how older ones become today's.

use rusqlite::Connection;

use crate::outbox::OutboxError;

/// What tells the file from other SQLite files: `KANT`.
const APPLICATION_ID: i32 = 0x4B41_4E54;

/// The steps from an empty file to today's schema. A step that was released never changes; a change is a new step.
///
/// Before the second step, and before any release, digests were SHA-256: documents of such a file are parked as damaged, and their
/// bytes stay where they are.
const STEPS: &[&str] = &[
    "
CREATE TABLE document (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    oid TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    chain TEXT NOT NULL,
    lane TEXT NOT NULL,
    gate INTEGER NOT NULL,
    state TEXT NOT NULL,
    turn INTEGER NOT NULL,
    place INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    doubted INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    findings TEXT,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    key_id TEXT,
    environment TEXT NOT NULL,
    bundle_name TEXT NOT NULL,
    bundle_hash TEXT NOT NULL,
    sent_bundle_hash TEXT,
    context TEXT,
    put_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX document_queued ON document (kind, position) WHERE state = 'queued';
CREATE INDEX document_in_doubt ON document (kind, position) WHERE state IN ('sending', 'unknown');
CREATE INDEX document_lane ON document (lane, turn, COALESCE(place, position));
CREATE INDEX document_chain ON document (chain, version);
CREATE TABLE content (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
CREATE TABLE encryption_key (id TEXT PRIMARY KEY, proof BLOB NOT NULL) STRICT;
",
    "
CREATE TABLE arrival (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    oid TEXT NOT NULL,
    version INTEGER NOT NULL,
    chain TEXT NOT NULL,
    lane TEXT NOT NULL,
    gate INTEGER NOT NULL,
    state TEXT NOT NULL,
    turn INTEGER NOT NULL,
    place INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    doubted INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    findings TEXT,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    key_id TEXT,
    environment TEXT NOT NULL,
    bundle_name TEXT NOT NULL,
    bundle_hash TEXT NOT NULL,
    sent_bundle_hash TEXT,
    context TEXT,
    put_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE VIEW entry AS SELECT * FROM document UNION ALL SELECT * FROM arrival;
",
];

/// Brings the file to today's schema, in one transaction.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), OutboxError> {
    upgrade_by(connection, STEPS)
}

/// Refuses a database of something else, and an empty one where an outbox must be; returns the version of the schema.
pub(super) fn refuse_others(connection: &Connection, must_exist: bool) -> Result<i64, OutboxError> {
    // One statement: another process may make the tables between two.
    const NUMBERS: &str =
        "SELECT application_id, user_version, (SELECT COUNT(*) FROM sqlite_schema)
         FROM pragma_application_id, pragma_user_version";
    let (application, version, tables): (i64, i64, i64) = connection
        .query_row(NUMBERS, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .map_err(|error| super::connection::outbox_error(&error))?;
    let is_new = application == 0 && version == 0 && tables == 0;
    let problem = if is_new && must_exist {
        "the file is empty; give the path of an outbox"
    } else if !is_new && application != i64::from(APPLICATION_ID) {
        "the file is a database of something else; give another path"
    } else {
        return Ok(version);
    };
    Err(OutboxError::Schema(problem.to_owned()))
}

fn upgrade_by(connection: &mut Connection, steps: &[&str]) -> Result<(), OutboxError> {
    let error = |error| super::connection::outbox_error(&error);
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(error)?;
    // Another process may have been quicker, so it is looked at again.
    let version = refuse_others(&transaction, false)?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    if done > steps.len() {
        return Err(OutboxError::Schema(format!(
            "it was written by a newer version of this library (schema {version}, known are schemas up to {}); use that version",
            steps.len()
        )));
    }
    if done == steps.len() {
        // Nothing is written, so that an outbox opens when its disk is full.
        return Ok(());
    }
    for step in &steps[done..] {
        transaction.execute_batch(step).map_err(error)?;
    }
    transaction
        .execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}",
            steps.len()
        ))
        .map_err(error)?;
    transaction.commit().map_err(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_today_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        upgrade(&mut Connection::open(&path).unwrap()).unwrap();
        let looking = Connection::open(&path).unwrap();
        // Grows with every commit of another connection.
        let commits = || -> i64 {
            let number = looking.query_row("PRAGMA data_version", [], |row| row.get(0));
            number.unwrap()
        };
        let before = commits();
        upgrade(&mut Connection::open(&path).unwrap()).unwrap();
        assert_eq!(commits(), before);
    }

    #[test]
    fn an_older_file_is_upgraded_and_keeps_its_rows() {
        let mut connection = Connection::open_in_memory().unwrap();
        upgrade(&mut connection).unwrap();
        connection
            .execute("INSERT INTO counter VALUES ('n', 7)", [])
            .unwrap();
        let steps = [STEPS, &["ALTER TABLE counter ADD COLUMN note TEXT"]].concat();
        upgrade_by(&mut connection, &steps).unwrap();
        upgrade_by(&mut connection, &steps).unwrap();
        let kept: i64 = connection
            .query_row("SELECT next FROM counter WHERE note IS NULL", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(kept, 7);
        let error = upgrade(&mut connection).unwrap_err();
        assert!(error.to_string().contains("newer version"), "{error}");
    }

    #[test]
    fn what_came_in_has_the_columns_of_what_is_filed() {
        let mut connection = Connection::open_in_memory().unwrap();
        upgrade(&mut connection).unwrap();
        let columns = |table: &str| -> Vec<String> {
            let sql = format!(
                "SELECT concat_ws(' ', name, type, \"notnull\", dflt_value, pk) FROM pragma_table_info('{table}') ORDER BY cid"
            );
            let mut statement = connection.prepare(&sql).unwrap();
            let columns = statement.query_map([], |row| row.get(0)).unwrap();
            columns.collect::<Result<_, _>>().unwrap()
        };
        assert_eq!(columns("arrival"), columns("document"));
        assert_eq!(columns("entry").len(), columns("document").len());
    }

    #[test]
    fn a_failed_step_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = [STEPS[0], "CREATE TABLE more (x) STRICT; NONSENSE"];
        assert!(upgrade_by(&mut connection, &steps).is_err());
        let tables: i64 = connection
            .query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 0);
    }

    #[test]
    fn a_database_of_something_else_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        let error = upgrade(&mut connection).unwrap_err();
        assert!(error.to_string().contains("something else"), "{error}");
    }
}
