//! Checkpoints beside the work: what the write-ahead log holds is copied into the database by a thread of its own.
//!
//! Else every few hundred documents somebody would wait for it, with two syncs of the disk. A log in which everything is copied
//! begins anew, over space that is there already: that makes its syncs cheap.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::outbox::OutboxError;

/// After about so much the log is copied.
const AFTER_BYTES: usize = 8 << 20;

/// The thread; it ends when this is dropped.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    written: usize,
}

impl Checkpoints {
    /// Starts the thread on the file `path`, which is a database already.
    pub(super) fn start(path: PathBuf) -> Result<Self, OutboxError> {
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("kanta-checkpoints".to_owned())
            .spawn(move || serve(path, &woken))
            .map_err(|error| OutboxError::Store(error.to_string()))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
            written: 0,
        })
    }

    /// Takes note of what a statement may have written.
    pub(super) fn wrote(&mut self, bytes: usize) {
        self.written += bytes;
    }

    /// A transaction is durable: the thread is woken when there is enough to copy.
    pub(super) fn committed(&mut self) {
        if self.written >= AFTER_BYTES
            && let Some(wake) = &self.wake
        {
            self.written = 0;
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

fn serve(path: PathBuf, woken: &Receiver<()>) {
    let mut connection = None;
    while woken.recv().is_ok() {
        if let Err(error) = copy(&mut connection, &path) {
            // The connection of the outbox does it, when the log has grown to its limit.
            tracing::debug!(%error, "a checkpoint of the outbox did not come about");
            connection = None;
        }
    }
}

fn copy(connection: &mut Option<Connection>, path: &Path) -> rusqlite::Result<()> {
    let connection = match connection {
        Some(open) => open,
        None => connection.insert(open(path)?),
    };
    // Passive: it waits for nobody, and nobody for it.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}
