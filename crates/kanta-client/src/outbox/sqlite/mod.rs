//! The outbox in a file on this machine: SQLite in WAL mode, synced at every commit.
//!
//! One process at a time works on it ([`Outbox::take`](super::Outbox::take)); others may put, look and decide meanwhile. That
//! the process which took a document is dead is certain as soon as another one can work: the operating system gives up its
//! lock with it. So no clock decides, and a clock that jumps does no harm.
//!
//! The files are created for their owner only. They must lie on a local disk: locks of network file systems cannot be
//! trusted.

mod checkpoints;
mod connection;
mod schema;
mod sync_handle;

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use connection::Sqlite;

use super::store::Changes;
use super::{DatabaseOutbox, Encryption, OutboxError};

/// How a file is used as an outbox.
pub struct SqliteOptions {
    /// The keys under which bytes are encrypted (default: none, they are kept as they are).
    pub encryption: Encryption,
    /// Whether the file must be an outbox already, for those who only look (default: no, a new one is made where there is none).
    pub must_exist: bool,
    /// How large the file may grow through documents that are put, in bytes (default: as large as the disk). What is written
    /// while they leave comes on top, so that a full outbox can be emptied.
    pub max_bytes: Option<u64>,
    /// The clock of the times that people read (default: the machine's).
    pub wall_clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            encryption: Encryption::default(),
            must_exist: false,
            max_bytes: None,
            wall_clock: Arc::new(SystemTime::now),
        }
    }
}

/// Opens the outbox in the file `path`, and creates it when there is none and none must exist.
///
/// # Errors
/// [`OutboxError::Schema`] when the file is something else, was made by a newer version or is not there and must be, [`OutboxError::Key`] when a key is
/// wrong, [`OutboxError::Store`] when the file cannot be used.
pub async fn open(path: &Path, options: SqliteOptions) -> Result<DatabaseOutbox, OutboxError> {
    let path = path.to_owned();
    let SqliteOptions {
        encryption,
        must_exist,
        max_bytes,
        wall_clock,
    } = options;
    DatabaseOutbox::start(encryption, Changes::new(), move || {
        Sqlite::open(&path, must_exist, max_bytes, wall_clock)
    })
    .await
}

impl std::fmt::Debug for SqliteOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteOptions")
            .field("encryption", &self.encryption)
            .field("must_exist", &self.must_exist)
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}
