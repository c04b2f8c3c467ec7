//! Where the queue is, and what it is opened with.

use std::path::{Path, PathBuf};

use clap::Args;
use kanta_client::outbox::postgres::{self, PostgresOptions, PostgresTls};
use kanta_client::outbox::sqlite::{self, SqliteOptions};
use kanta_client::outbox::{DatabaseOutbox, OutboxError};
use kanta_client::transport::TrustedServers;

use super::key;
use crate::error::Failure;
use crate::input::Input;
use crate::setup::Setup;

/// Where the queue is.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The SQLite file, or postgresql://user:password@host/database
    #[arg(long, value_name = "PATH|URL")]
    db: String,
    #[command(flatten)]
    access: Access,
}

/// Where the queue is, when not where the configuration says.
#[derive(Debug, Args)]
pub(crate) struct OptionalDatabase {
    /// The SQLite file, or postgresql://user:password@host/database; without it the one of the configuration
    #[arg(long, value_name = "PATH|URL")]
    pub(super) db: Option<String>,
    #[command(flatten)]
    pub(super) access: Access,
}

/// What a queue is opened with.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Access {
    /// Authority that issued the certificate of the PostgreSQL server, in PEM; needed for a server on another machine
    #[arg(long = "db-trust", value_name = "PEM")]
    pub(crate) trust: Option<PathBuf>,
    /// File with the keys under which documents are kept encrypted, a line NAME KEY each; the first encrypts
    ///
    /// A key is 64 hexadecimal digits. Lines after the first are older keys, under which documents still lie.
    #[arg(long = "outbox-key-file", value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
}

impl Access {
    /// What is given here, and what is not from the configuration.
    pub(crate) fn or(&self, configured: Self) -> Self {
        Self {
            trust: self.trust.clone().or(configured.trust),
            keys: self.keys.clone().or(configured.keys),
        }
    }
}

impl Database {
    /// Opens a queue that is there: to look into one that is not is a mistake, not a new queue.
    pub(super) async fn open(&self, setup: &Setup) -> Result<DatabaseOutbox, Failure> {
        open_with(&self.db, &self.access, true, setup).await
    }
}

/// Tells whether the queue is in PostgreSQL.
pub(crate) fn is_address(db: &str) -> bool {
    ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| db.starts_with(scheme))
        || db.contains("host=")
}

/// Opens the queue in a file or at an address; a file that is not there is made.
pub(crate) async fn open(
    db: &str,
    access: &Access,
    setup: &Setup,
) -> Result<DatabaseOutbox, Failure> {
    open_with(db, access, false, setup).await
}

async fn open_with(
    db: &str,
    access: &Access,
    must_exist: bool,
    setup: &Setup,
) -> Result<DatabaseOutbox, Failure> {
    let encryption = key::read(access.keys.as_ref(), setup)?;
    if !is_address(db) {
        if access.trust.is_some() {
            return Err(Failure::unusable(
                "an authority is trusted for a PostgreSQL server, and this outbox is a file: leave --db-trust out, or `trust` in \
                 [outbox] of the configuration [KANTA-CLI-DB-TRUST]",
            )
            .about(db));
        }
        let options = SqliteOptions {
            encryption,
            must_exist,
            ..SqliteOptions::default()
        };
        return sqlite::open(Path::new(db), options)
            .await
            .map_err(|error| Failure::from(error).about(db));
    }
    let mut options = PostgresOptions {
        encryption,
        ..PostgresOptions::default()
    };
    if let Some(trust) = &access.trust {
        let anchors = setup.inputs.settings(&Input::Path(trust.clone()))?;
        options.tls = PostgresTls::Trusting(TrustedServers::from_pem(&anchors)?);
    }
    // The address holds a password: errors do not repeat it.
    postgres::connect(db, options)
        .await
        .map_err(|error| match error {
            OutboxError::InClear => Failure::unusable(
                "the server of --db is on another machine and documents would go to it in clear: give the authority that issued \
                 its certificate with --db-trust, or as `trust` in [outbox] of the configuration [KANTA-OUTBOX-CLEAR]",
            ),
            other => other.into(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_files() {
        for (db, address) in [
            ("outbox.db", false),
            ("/var/lib/outbox.db", false),
            ("postgresql://u@h/d", true),
            ("host=/run user=x", true),
        ] {
            assert_eq!(is_address(db), address, "{db}");
        }
    }
}
