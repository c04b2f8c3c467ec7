//! The connection to the SQLite file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};

use super::checkpoints::Checkpoints;
use super::{schema, sync_handle};
use crate::outbox::OutboxError;
use crate::outbox::store::{Engine, Field, Now, Row, Value};

/// How long another process may keep the file to itself.
const PATIENCE: Duration = Duration::from_secs(30);
/// Enough for a full group of 60 KB documents to share one commit.
const GROUP: usize = 128;
const STATEMENTS: usize = 64;
/// The page of a new file: a document of 60 KB fills few of them, and the pages of its row and indexes stay small.
const PAGE: u32 = 8192;
/// How large the write-ahead log may grow before a commit copies it, if [`Checkpoints`] has not done it before.
const LOG_BYTES: i64 = 128 << 20;

pub(super) struct Sqlite {
    /// Dropped before the connection, which as the last one clears the log away.
    checkpoints: Checkpoints,
    connection: Connection,
    /// How many pages may be in use after a document was put.
    most_pages: Option<i64>,
    /// Whether one job has the transaction to itself.
    is_alone: bool,
    path: PathBuf,
    /// Held from the first claim on: nobody else works on the file.
    worker_lock: Option<File>,
    /// Whether claims of dead processes still stand, and whether the transaction at hand voids them.
    recovery: Recovery,
    opened: Instant,
    wall_clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Recovery {
    Needed,
    UnderWay,
    Done,
}

impl Sqlite {
    pub(super) fn open(
        path: &Path,
        must_exist: bool,
        max_bytes: Option<u64>,
        wall_clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    ) -> Result<Self, OutboxError> {
        if path.is_dir() {
            let problem = "it is a folder; give the path of a file in it";
            return Err(OutboxError::Schema(problem.to_owned()));
        }
        if must_exist && !path.exists() {
            let problem = "there is no such file; give the path of an outbox";
            return Err(OutboxError::Schema(problem.to_owned()));
        }
        let path = &create(path)
            .map_err(|error| OutboxError::Store(format!("{}: {error}", path.display())))?;
        let mut connection = Connection::open(path).map_err(|error| outbox_error(&error))?;
        connection
            .busy_timeout(PATIENCE)
            .map_err(|error| outbox_error(&error))?;
        // Before anything is written: what is something else stays as it is.
        schema::refuse_others(&connection, must_exist)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let most_pages =
            prepare(&mut connection, max_bytes).map_err(|error| outbox_error(&error))?;
        schema::upgrade(&mut connection)?;
        Ok(Self {
            checkpoints: Checkpoints::start(path.to_owned())?,
            connection,
            most_pages,
            is_alone: false,
            path: path.to_owned(),
            worker_lock: None,
            recovery: Recovery::Needed,
            opened: Instant::now(),
            wall_clock,
        })
    }

    /// Takes the lock that the operating system gives up when the process dies.
    fn lock(&self) -> Result<File, OutboxError> {
        let mut path = self.path.clone().into_os_string();
        path.push(".worker");
        let store = |error: std::io::Error| OutboxError::Store(error.to_string());
        let file = owner_only().create(true).open(&path).map_err(store)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(OutboxError::Busy),
            Err(TryLockError::Error(error)) => Err(store(error)),
        }
    }
}

/// Sets the connection up; returns how many pages documents may take.
fn prepare(connection: &mut Connection, max_bytes: Option<u64>) -> rusqlite::Result<Option<i64>> {
    // Otherwise a statement whose parameter could pick a partial index is planned anew for every value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A file that is there keeps the page it was made with.
    connection.pragma_update(None, "page_size", PAGE)?;
    write_ahead(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_BYTES / page)?;
    Ok(max_bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX) / page))
}

/// Turns to a write-ahead log. For another connection that does the same SQLite does not wait by itself.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < until =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            end => return end,
        }
    }
}

/// Makes the file where there is none, for its owner only; SQLite gives its other files the same rights. Returns the one path by which
/// all processes know it, whatever links lead to it: the lock of the working process lies beside that.
///
/// No handle is closed here: that would take away the locks of other connections of this process.
fn create(path: &Path) -> std::io::Result<PathBuf> {
    match owner_only().create_new(true).open(path) {
        Ok(made) => {
            let path = path.canonicalize()?;
            sync_handle::keep(path.clone(), made);
            Ok(path)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => path.canonicalize(),
        Err(error) => Err(error),
    }
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl Engine for Sqlite {
    fn begin(&mut self, is_alone: bool) -> Result<(), OutboxError> {
        self.is_alone = is_alone;
        self.execute("BEGIN IMMEDIATE", &[]).map(|_| ())
    }

    fn commit(&mut self) -> Result<(), OutboxError> {
        self.execute("COMMIT", &[])?;
        self.checkpoints.committed(&self.connection);
        if self.recovery == Recovery::UnderWay {
            self.recovery = Recovery::Done;
        }
        Ok(())
    }

    fn rollback(&mut self) {
        // After some errors SQLite has rolled back on its own.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        if self.recovery == Recovery::UnderWay {
            self.recovery = Recovery::Needed;
        }
    }

    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, OutboxError> {
        self.checkpoints.wrote(size(values));
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(rusqlite::params_from_iter(values)))
            .map(|changed| changed as u64)
            .map_err(|error| outbox_error(&error))
    }

    fn has_arrivals(&self) -> bool {
        true
    }

    fn is_alone(&self) -> bool {
        self.is_alone
    }

    fn insert(&mut self, sql: &str, values: &[Value<'_>]) -> Result<i64, OutboxError> {
        // Without a `RETURNING`, for which SQLite fills a table of its own first.
        self.execute(sql, values)?;
        Ok(self.connection.last_insert_rowid())
    }

    fn check_room(&mut self) -> Result<(), OutboxError> {
        const USED: &str =
            "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count";
        let Some(most) = self.most_pages else {
            return Ok(());
        };
        let used: i64 = self
            .connection
            .prepare_cached(USED)
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(|error| outbox_error(&error))?;
        if used > most {
            return Err(OutboxError::Full);
        }
        Ok(())
    }

    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, OutboxError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let columns = statement.column_count();
                statement
                    .query_map(rusqlite::params_from_iter(values), |row| {
                        (0..columns)
                            .map(|column| row.get_ref(column).map(field))
                            .collect::<rusqlite::Result<Vec<_>>>()
                            .map(Row::new)
                    })?
                    .collect()
            })
            .map_err(|error| outbox_error(&error))
    }

    fn now(&mut self) -> Result<Now, OutboxError> {
        let wall = (self.wall_clock)()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Ok(Now {
            // Claims of an earlier process are void, so the clock of leases may begin anew with each.
            lease: self.opened.elapsed().as_millis() as i64,
            wall: wall.as_millis() as i64,
        })
    }

    fn lock_orders(&mut self, _orders: Vec<&str>) -> Result<(), OutboxError> {
        // A transaction has the whole file to itself.
        Ok(())
    }

    fn become_worker(&mut self) -> Result<bool, OutboxError> {
        if self.worker_lock.is_none() {
            self.worker_lock = Some(self.lock()?);
        }
        if self.recovery == Recovery::Needed {
            self.recovery = Recovery::UnderWay;
            return Ok(true);
        }
        Ok(false)
    }

    fn claim_suffix(&self) -> &'static str {
        ""
    }

    fn announce(&mut self) -> Result<(), OutboxError> {
        Ok(())
    }

    fn serves_callers(&self) -> bool {
        true
    }

    fn group_limit(&self) -> usize {
        GROUP
    }

    fn may_repeat(&mut self) -> bool {
        false
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What a statement with these values may add to the log, roughly: the values, and some pages of rows and indexes.
fn size(values: &[Value<'_>]) -> u64 {
    let bytes: u64 = values
        .iter()
        .map(|value| match value {
            Value::Bytes(bytes) => bytes.len() as u64,
            _ => 0,
        })
        .sum();
    // What has no values opens or ends a transaction.
    bytes + 2 * u64::from(PAGE) * u64::from(!values.is_empty())
}

fn field(value: ValueRef<'_>) -> Field {
    match value {
        ValueRef::Integer(number) => Field::Number(number),
        ValueRef::Text(text) => Field::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Field::Bytes(bytes.to_vec()),
        ValueRef::Null | ValueRef::Real(_) => Field::Null,
    }
}

pub(super) fn outbox_error(error: &rusqlite::Error) -> OutboxError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => OutboxError::Full,
        Some(ErrorCode::NotADatabase) => {
            OutboxError::Schema("the file is no SQLite database; give another path".to_owned())
        }
        _ => OutboxError::Store(error.to_string()),
    }
}
