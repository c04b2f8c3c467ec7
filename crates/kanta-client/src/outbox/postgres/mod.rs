//! The outbox in PostgreSQL, for several workers on one machine or many (feature `postgres`).
//!
//! Workers share it with `FOR UPDATE SKIP LOCKED`; leases go by the server's clock, and a worker that lost its lease can no
//! longer end anything, since every claim carries a number that grows. New documents wake waiting workers with
//! `LISTEN`/`NOTIFY`. Lanes and chains are locked by advisory locks while their order is decided.
//!
//! The tables stand in the first schema of the connection's `search_path`; several outboxes in one database are several
//! schemas. The server must have `synchronous_commit` and `fsync` on, as it has by default; the former is set by every
//! session.

mod connection;
mod listener;
mod schema;
mod tls;

use std::sync::Arc;

use super::store::Changes;
use super::{DatabaseOutbox, Encryption, OutboxError};
use connection::Postgres;
pub use tls::PostgresTls;

/// How a database is used as an outbox.
#[derive(Debug, Default)]
pub struct PostgresOptions {
    /// The keys under which bytes are encrypted (default: none, they are kept as they are).
    pub encryption: Encryption,
    /// Whether the connection is encrypted (default: only to a server on this machine it may be unencrypted).
    pub tls: PostgresTls,
    /// The schema of the tables, which is created when it is missing (default: the connection's own).
    pub schema: Option<String>,
}

/// Opens the outbox in the database that `url` names (`postgresql://user:password@host/database`, or `key=value` pairs), and
/// creates the tables when there are none.
///
/// A connection that is lost later is made anew with the next call.
///
/// # Errors
/// [`OutboxError::Address`] when the address is none, [`OutboxError::Store`] when the server cannot be reached or used, [`OutboxError::InClear`] when documents would go there
/// unprotected, [`OutboxError::Schema`] when the tables were made by a newer
/// version, [`OutboxError::Key`] when a key is wrong.
pub async fn connect(url: &str, options: PostgresOptions) -> Result<DatabaseOutbox, OutboxError> {
    let PostgresOptions {
        encryption,
        tls,
        schema,
    } = options;
    let target = Arc::new(connection::Target::new(url, tls, schema)?);
    let changes = Changes::new();
    let (for_thread, for_listener) = (target.clone(), Arc::downgrade(&changes));
    let outbox =
        DatabaseOutbox::start(encryption, changes, move || Postgres::open(for_thread)).await?;
    listener::start(target, for_listener)?;
    Ok(outbox)
}
