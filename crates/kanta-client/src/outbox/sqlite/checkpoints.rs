//! Checkpoints beside the work: what the write-ahead log holds is copied into the database by a thread of its own.
//!
//! Else every few hundred documents somebody would wait for it, with two syncs of the disk. A log in which everything is copied
//! and synced begins anew, over space that is there already: that makes its syncs cheap. While documents keep coming the thread
//! never has everything; when little is left, whoever committed last copies that, before the next one writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

use super::sync_handle;
use crate::outbox::OutboxError;

/// After about so much the log is copied.
const AFTER_BYTES: u64 = 48 << 20;
/// So little of the log takes hardly longer to copy than a commit.
const LITTLE_BYTES: u64 = 2 << 20;
/// How often the thread runs after a log that grows meanwhile.
const MOST_RUNS: usize = 8;

/// The thread; it ends when this is dropped.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    log: Arc<Log>,
    /// What was written when the thread was woken last.
    woken_at: u64,
}

/// What is known of the log.
#[derive(Default)]
struct Log {
    /// How many bytes were written since the outbox was opened.
    written: AtomicU64,
    /// Whether all but a little of it is copied.
    is_nearly_copied: AtomicBool,
}

impl Checkpoints {
    /// Starts the thread on the file `path`, which is a database already.
    pub(super) fn start(path: PathBuf) -> Result<Self, OutboxError> {
        let (wake, woken) = sync_channel(1);
        let log = Arc::new(Log::default());
        let here = log.clone();
        let thread = std::thread::Builder::new()
            .name("kanta-checkpoints".to_owned())
            .spawn(move || serve(&path, &log, &woken))
            .map_err(|error| OutboxError::Store(error.to_string()))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
            log: here,
            woken_at: 0,
        })
    }

    /// Takes note of what a statement may have written.
    pub(super) fn wrote(&self, bytes: u64) {
        self.log.written.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A transaction of `connection` is durable: what the thread left is copied here, or the thread is woken for more.
    pub(super) fn committed(&mut self, connection: &Connection) {
        let written = self.log.written.load(Ordering::Relaxed);
        if self.log.is_nearly_copied.swap(false, Ordering::Relaxed) {
            // When it does not come about, the log only goes on.
            if let Err(error) = copy(connection) {
                tracing::error!(%error, "the log of the outbox cannot be copied: look after the disk before anything else");
            }
            self.woken_at = written;
        } else if written - self.woken_at >= AFTER_BYTES
            && let Some(wake) = &self.wake
        {
            self.woken_at = written;
            // One that is at work is woken once more afterwards.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(path: &Path, log: &Log, woken: &Receiver<()>) {
    let mut connection = None;
    while woken.recv().is_ok() {
        if let Err(error) = run_after(&mut connection, path, log) {
            // The connection of the outbox does it, when the log has grown to its limit.
            tracing::debug!(%error, "a checkpoint of the outbox did not come about");
            connection = None;
        }
    }
}

/// Copies the log, which grows meanwhile, until little of it is left.
fn run_after(
    connection: &mut Option<Connection>,
    path: &Path,
    log: &Log,
) -> Result<(), Box<dyn std::error::Error>> {
    let connection = match connection {
        Some(open) => open,
        None => connection.insert(open(path)?),
    };
    let database = sync_handle::of(path)?;
    for _ in 0..MOST_RUNS {
        let before = log.written.load(Ordering::Relaxed);
        if !copy(connection)? {
            // Another process is at it, or somebody reads what must stay.
            continue;
        }
        // SQLite syncs the database only when everything is copied. That is left to a caller, who then has little to wait for.
        database.sync_data().inspect_err(|error| {
            tracing::error!(%error, "the database of the outbox cannot be synced: look after the disk before anything else");
        })?;
        if log.written.load(Ordering::Relaxed) - before <= LITTLE_BYTES {
            log.is_nearly_copied.store(true, Ordering::Relaxed);
            break;
        }
    }
    Ok(())
}

/// Copies what the log holds at the beginning; tells whether nobody was in the way.
fn copy(connection: &Connection) -> rusqlite::Result<bool> {
    // Passive: it waits for nobody, and nobody for it.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok(row.get::<_, i64>(0)? == 0 && row.get::<_, i64>(1)? == row.get::<_, i64>(2)?)
    })
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    // No new file, should this one have been taken away.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}
