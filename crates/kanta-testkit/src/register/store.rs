//! What the test log register keeps, in SQLite: it survives being killed.

use std::path::Path;

use rusqlite::{Connection, params};

use super::StoredResource;
use crate::archive::{StoreError, open_durable};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS resources (
        id INTEGER PRIMARY KEY,
        resource_type TEXT NOT NULL,
        json BLOB NOT NULL
    );
    PRAGMA user_version = 1;
";

/// The database.
#[derive(Debug)]
pub(super) struct Store(Connection);

impl Store {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = open_durable(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    /// Keeps all of them or none.
    pub(super) fn insert(&mut self, resources: &[StoredResource]) -> Result<(), StoreError> {
        let transaction = self.0.transaction()?;
        for resource in resources {
            transaction.execute(
                "INSERT INTO resources (id, resource_type, json) VALUES (?1, ?2, ?3)",
                params![
                    resource.id.cast_signed(),
                    resource.resource_type,
                    resource.json
                ],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Returns everything in the order of arrival.
    pub(super) fn all(&self) -> Result<Vec<StoredResource>, StoreError> {
        let mut select = self
            .0
            .prepare("SELECT id, resource_type, json FROM resources ORDER BY id")?;
        let rows = select.query_map([], |row| {
            Ok(StoredResource {
                id: row.get::<_, i64>(0)?.cast_unsigned(),
                resource_type: row.get(1)?,
                json: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
