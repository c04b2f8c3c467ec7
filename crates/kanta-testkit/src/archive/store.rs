//! What the test archive keeps, in SQLite: it survives being killed.

use std::path::Path;

use kanta_client::cda::ClinicalDocument;
use kanta_client::core::spec::{Bundle, Spec};
use kanta_client::core::{DocumentOid, InstanceIdentifier, Oid, VersionNumber};
use kanta_client::frame::MessageId;
use kanta_client::xml::Limits;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::wills::Will;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS documents (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        set_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        kind TEXT NOT NULL,
        register_keeper TEXT NOT NULL,
        client_root TEXT NOT NULL,
        client_extension TEXT NOT NULL,
        relation TEXT,
        case_id TEXT,
        service_task TEXT,
        service_process TEXT,
        document_type TEXT,
        document_group TEXT,
        service_unit TEXT,
        author TEXT,
        drafted TEXT NOT NULL,
        register_type TEXT,
        annulled INTEGER NOT NULL DEFAULT 0,
        document BLOB NOT NULL
    );
    CREATE INDEX IF NOT EXISTS documents_by_set ON documents (set_id);
    CREATE INDEX IF NOT EXISTS documents_by_client ON documents (client_root, client_extension);
    CREATE TABLE IF NOT EXISTS messages (
        number INTEGER PRIMARY KEY,
        root TEXT NOT NULL,
        extension TEXT NOT NULL,
        operation TEXT NOT NULL,
        UNIQUE (root, extension)
    );
    CREATE TABLE IF NOT EXISTS wills (
        client_root TEXT NOT NULL,
        client_extension TEXT NOT NULL,
        will TEXT NOT NULL,
        PRIMARY KEY (client_root, client_extension)
    );
    PRAGMA user_version = 1;
";

/// The database cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the test archive's database cannot be used: {0}")]
pub struct StoreError(#[from] rusqlite::Error);

/// A document that the test archive holds.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredDocument {
    /// The identifier of this version.
    pub id: DocumentOid,
    /// The identifier of the first version.
    pub set_id: DocumentOid,
    /// The version.
    pub version: VersionNumber,
    /// The kind, as the spec bundle names it.
    pub kind: String,
    /// The register keeper.
    pub register_keeper: Oid,
    /// Whether the document was annulled.
    pub annulled: bool,
    /// The document, byte for byte as it came.
    pub document: Vec<u8>,
    pub(super) client: InstanceIdentifier,
    pub(super) relation: Option<String>,
    pub(super) case: Option<String>,
    pub(super) service_task: Option<String>,
    pub(super) service_process: Option<String>,
    pub(super) document_type: Option<String>,
    pub(super) document_group: Option<String>,
    pub(super) service_unit: Option<String>,
    pub(super) author: Option<String>,
    pub(super) drafted: String,
    pub(super) register_type: Option<(String, String)>,
}

impl StoredDocument {
    /// Returns the structured form of the content.
    pub(super) fn structured_form(&self) -> Option<Vec<u8>> {
        let spec = Spec::for_test(&[Bundle::embedded()], &[]);
        let document = ClinicalDocument::read(&self.document, &spec, &Limits::default()).ok()?;
        document.body()?.structured_form().ok()
    }
}

/// Opens a database file in which everything that was committed outlives a crash.
pub(crate) fn open_durable(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// The database.
#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
}

const COLUMNS: &str = "id, set_id, version, kind, register_keeper, client_root, client_extension, relation, case_id, \
     service_task, service_process, document_type, document_group, service_unit, author, drafted, register_type, annulled, \
     document";

impl Store {
    pub(super) fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::prepare(open_durable(path)?)
    }

    fn prepare(connection: Connection) -> Result<Self, StoreError> {
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }

    /// Keeps the identifier of a message; `None` when it came before, else how many came.
    pub(super) fn take_message(
        &self,
        id: &MessageId,
        operation: &str,
    ) -> Result<Option<u64>, StoreError> {
        let mut insert = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO messages (root, extension, operation) VALUES (?1, ?2, ?3)",
        )?;
        let new = insert.execute(params![id.root.as_str(), id.extension, operation])?;
        Ok((new == 1).then(|| self.connection.last_insert_rowid().cast_unsigned()))
    }

    pub(super) fn insert(&self, document: &StoredDocument) -> Result<(), StoreError> {
        let mut insert = self.connection.prepare_cached(&format!(
            "INSERT INTO documents ({COLUMNS})
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
        ))?;
        let register_type = document
            .register_type
            .as_ref()
            .map(|(code, system)| format!("{code} {system}"));
        insert.execute(params![
            document.id.as_oid().as_str(),
            document.set_id.as_oid().as_str(),
            document.version.as_u32(),
            document.kind,
            document.register_keeper.as_str(),
            document.client.root.as_str(),
            document.client.extension.as_deref().unwrap_or_default(),
            document.relation,
            document.case,
            document.service_task,
            document.service_process,
            document.document_type,
            document.document_group,
            document.service_unit,
            document.author,
            document.drafted,
            register_type,
            document.annulled,
            document.document,
        ])?;
        Ok(())
    }

    pub(super) fn annul(&self, id: &Oid) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE documents SET annulled = 1 WHERE id = ?1",
            [id.as_str()],
        )?;
        Ok(())
    }

    pub(super) fn all(&self) -> Result<Vec<StoredDocument>, StoreError> {
        self.select("1 = 1", [])
    }

    /// The documents of a client, in the order of arrival.
    pub(super) fn of_client(
        &self,
        client: &InstanceIdentifier,
    ) -> Result<Vec<StoredDocument>, StoreError> {
        let extension = client.extension.as_deref().unwrap_or_default();
        self.select(
            "client_root = ?1 AND client_extension = ?2",
            [client.root.as_str(), extension],
        )
    }

    pub(super) fn with_id(&self, id: &Oid) -> Result<Option<StoredDocument>, StoreError> {
        Ok(self.select("id = ?1", [id.as_str()])?.into_iter().next())
    }

    pub(super) fn of_set(&self, set_id: &Oid) -> Result<Vec<StoredDocument>, StoreError> {
        self.select("set_id = ?1", [set_id.as_str()])
    }

    /// The newest version of every chain of client-relation documents about a client in a register.
    pub(super) fn relations_of(
        &self,
        client: &InstanceIdentifier,
        register_keeper: &Oid,
    ) -> Result<Vec<StoredDocument>, StoreError> {
        self.select(
            "kind = 'client_relation' AND annulled = 0 AND client_root = ?1 AND client_extension = ?2
             AND register_keeper = ?3
             AND version = (SELECT max(version) FROM documents AS other
                            WHERE other.set_id = documents.set_id AND other.annulled = 0)",
            [
                client.root.as_str(),
                client.extension.as_deref().unwrap_or_default(),
                register_keeper.as_str(),
            ],
        )
    }

    pub(super) fn set_will(
        &self,
        client: &InstanceIdentifier,
        will: &Will,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO wills (client_root, client_extension, will) VALUES (?1, ?2, ?3)",
            params![
                client.root.as_str(),
                client.extension.as_deref().unwrap_or_default(),
                will.to_json(),
            ],
        )?;
        Ok(())
    }

    pub(super) fn will(&self, client: &InstanceIdentifier) -> Result<Will, StoreError> {
        let json: Option<String> = self
            .connection
            .query_row(
                "SELECT will FROM wills WHERE client_root = ?1 AND client_extension = ?2",
                params![
                    client.root.as_str(),
                    client.extension.as_deref().unwrap_or_default()
                ],
                |row| row.get(0),
            )
            .optional()?;
        Ok(json.map(|json| Will::from_json(&json)).unwrap_or_default())
    }

    fn select<P: rusqlite::Params>(
        &self,
        condition: &str,
        parameters: P,
    ) -> Result<Vec<StoredDocument>, StoreError> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM documents WHERE {condition} ORDER BY number"
        ))?;
        let rows = select.query_map(parameters, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredDocument> {
    let register_type: Option<String> = row.get(16)?;
    Ok(StoredDocument {
        id: DocumentOid::new(oid(row, 0)?),
        set_id: DocumentOid::new(oid(row, 1)?),
        version: VersionNumber::new(row.get(2)?).map_err(|error| wrong(2, error))?,
        kind: row.get(3)?,
        register_keeper: oid(row, 4)?,
        client: InstanceIdentifier {
            root: oid(row, 5)?,
            extension: Some(row.get(6)?),
        },
        relation: row.get(7)?,
        case: row.get(8)?,
        service_task: row.get(9)?,
        service_process: row.get(10)?,
        document_type: row.get(11)?,
        document_group: row.get(12)?,
        service_unit: row.get(13)?,
        author: row.get(14)?,
        drafted: row.get(15)?,
        register_type: register_type
            .as_deref()
            .and_then(|text| text.split_once(' '))
            .map(|(code, system)| (code.to_owned(), system.to_owned())),
        annulled: row.get(17)?,
        document: row.get(18)?,
    })
}

fn oid(row: &Row<'_>, column: usize) -> rusqlite::Result<Oid> {
    let text: String = row.get(column)?;
    Oid::parse(&text).map_err(|error| wrong(column, error))
}

fn wrong(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

impl std::fmt::Debug for StoredDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredDocument")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
