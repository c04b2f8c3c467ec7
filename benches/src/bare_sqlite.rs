//! The least that SQLite can do to make a document durable: a row of nothing but its bytes, in a table without another index.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use rusqlite::Connection;

/// The page of the outbox, and the size of its log.
const PAGE: usize = 8192;
const LOG_BYTES: usize = 128 << 20;
/// After so much the log is copied.
const COPIED_AFTER: usize = 48 << 20;

/// A table of bytes, as durable as the outbox and with checkpoints in a thread of their own too.
pub(crate) struct BareSqlite {
    connection: Connection,
    checkpoints: SyncSender<()>,
    written: usize,
}

impl BareSqlite {
    pub(crate) fn open(path: &Path) -> Self {
        let connection = connection(path);
        connection
            .pragma_update(None, "wal_autocheckpoint", (LOG_BYTES / PAGE) as i64)
            .and_then(|()| {
                connection.execute_batch(
                    "CREATE TABLE content (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
                )
            })
            .expect("the file is new");
        let (checkpoints, woken) = sync_channel(1);
        let copying = self::connection(path);
        // What is copied is synced too, or the system writes it while somebody else is measured.
        let database = OpenOptions::new()
            .write(true)
            .open(path)
            .expect("the file was just made");
        std::thread::spawn(move || {
            while woken.recv().is_ok() {
                copying
                    .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                    .map(|()| database.sync_data())
                    .expect("there is room")
                    .expect("the disk works");
            }
        });
        Self {
            connection,
            checkpoints,
            written: 0,
        }
    }

    /// Makes a document durable.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.connection
            .prepare_cached("INSERT INTO content (bytes) VALUES ($1)")
            .and_then(|mut statement| statement.execute([bytes]))
            .expect("there is room");
        self.written += bytes.len();
        if self.written >= COPIED_AFTER {
            self.written = 0;
            // One that is at work is woken once more afterwards.
            let _ = self.checkpoints.try_send(());
        }
    }
}

fn connection(path: &Path) -> Connection {
    let open = || {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "page_size", PAGE as i64)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok::<_, rusqlite::Error>(connection)
    };
    open().expect("the folder is ours")
}
