//! The connection to the server.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use postgres::error::{DbError, SqlState};
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, Statement};

use super::schema;
use super::tls::{Connector, PostgresTls};
use crate::outbox::OutboxError;
use crate::outbox::store::{Engine, Field, Now, Row, Value, foreign};

/// The channel that tells of something to take; the name of the schema follows, so that outboxes do not wake each other.
const CHANNEL: &str = "kanta_outbox_";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the tables are and how to get there.
pub(super) struct Target {
    config: Config,
    tls: Connector,
    schema: Option<String>,
}

impl Target {
    pub(super) fn new(
        url: &str,
        tls: PostgresTls,
        schema: Option<String>,
    ) -> Result<Self, OutboxError> {
        // The error of the parser does not show the address, which holds a password.
        let mut config: Config = url.parse().map_err(|error: postgres::Error| {
            let cause = error.source().map(ToString::to_string);
            OutboxError::Address(cause.unwrap_or_else(|| error.to_string()))
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(OutboxError::Address("it names no host".to_owned()));
        }
        config
            .application_name("kanta-outbox")
            .keepalives_idle(Duration::from_secs(30));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(30));
        }
        let tls = Connector::new(tls, &mut config)?;
        Ok(Self {
            config,
            tls,
            schema,
        })
    }

    /// Makes a new connection.
    pub(super) fn connect(&self) -> Result<Client, OutboxError> {
        let error = |error| outbox_error(&error);
        let mut client = self.config.connect(self.tls.clone()).map_err(error)?;
        if let Some(schema) = &self.schema {
            client
                .batch_execute(&format!("SET search_path = {}", quoted(schema)))
                .map_err(error)?;
        }
        client
            .batch_execute(
                "SET synchronous_commit = on; SET client_min_messages = warning;
                 SET idle_in_transaction_session_timeout = '60s'",
            )
            .map_err(error)?;
        Ok(client)
    }
}

/// Returns the quoted name of the channel of this connection's schema.
pub(super) fn channel(client: &mut Client) -> Result<String, OutboxError> {
    let schema: Option<String> = client
        .query_one("SELECT current_schema()", &[])
        .map_err(|error| outbox_error(&error))?
        .get(0);
    let schema = schema.ok_or_else(|| {
        OutboxError::Schema("the connection has no schema to keep its tables in".to_owned())
    })?;
    Ok(quoted(&format!("{CHANNEL}{schema}")))
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) struct Postgres {
    target: Arc<Target>,
    client: Client,
    statements: HashMap<String, Statement>,
    notify: String,
    in_the_way: bool,
}

impl Postgres {
    pub(super) fn open(target: Arc<Target>) -> Result<Self, OutboxError> {
        let mut client = target.connect()?;
        schema::upgrade(&mut client, target.schema.as_deref())?;
        let notify = format!("NOTIFY {}", channel(&mut client)?);
        Ok(Self {
            target,
            client,
            statements: HashMap::new(),
            notify,
            in_the_way: false,
        })
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn batch(&mut self, sql: &str) -> Result<(), OutboxError> {
        let end = self.client.batch_execute(sql);
        self.ended(end)
    }

    /// Remembers whether another connection was in the way.
    fn ended<T>(&mut self, end: Result<T, postgres::Error>) -> Result<T, OutboxError> {
        end.map_err(|error| {
            self.in_the_way = matches!(
                error.code(),
                // A unique value that somebody else just added is found by the next try.
                Some(
                    &SqlState::T_R_DEADLOCK_DETECTED
                        | &SqlState::T_R_SERIALIZATION_FAILURE
                        | &SqlState::UNIQUE_VIOLATION
                )
            );
            outbox_error(&error)
        })
    }
}

impl Engine for Postgres {
    fn begin(&mut self, _is_alone: bool) -> Result<(), OutboxError> {
        self.in_the_way = false;
        if self.client.is_closed() {
            self.client = self.target.connect()?;
            self.statements.clear();
        }
        self.batch("BEGIN ISOLATION LEVEL READ COMMITTED")
    }

    fn commit(&mut self) -> Result<(), OutboxError> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        // Without a connection the server rolls back on its own.
        let _ = self.client.batch_execute("ROLLBACK");
    }

    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, OutboxError> {
        let end = self
            .statement(sql)
            .and_then(|statement| self.client.execute(&statement, &parameters(values)));
        self.ended(end)
    }

    fn has_arrivals(&self) -> bool {
        false
    }

    fn is_alone(&self) -> bool {
        false
    }

    fn insert(&mut self, sql: &str, values: &[Value<'_>]) -> Result<i64, OutboxError> {
        self.query(&format!("{sql} RETURNING position"), values)?
            .into_iter()
            .next()
            .ok_or_else(foreign)?
            .number()
    }

    fn check_room(&mut self) -> Result<(), OutboxError> {
        Ok(())
    }

    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, OutboxError> {
        let end = self
            .statement(sql)
            .and_then(|statement| self.client.query(&statement, &parameters(values)));
        let rows = self.ended(end)?;
        rows.iter()
            .map(|row| {
                (0..row.len())
                    .map(|column| field(row, column))
                    .collect::<Result<Vec<_>, _>>()
                    .map(Row::new)
                    .map_err(|error| outbox_error(&error))
            })
            .collect()
    }

    fn now(&mut self) -> Result<Now, OutboxError> {
        let rows = self.query(
            "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
            &[],
        )?;
        let now = rows
            .into_iter()
            .next()
            .ok_or_else(|| OutboxError::Store("the server has no clock".to_owned()))?
            .number()?;
        Ok(Now {
            lease: now,
            wall: now,
        })
    }

    fn lock_orders(&mut self, mut orders: Vec<&str>) -> Result<(), OutboxError> {
        // Always in the same order, so that two connections do not wait for each other.
        orders.sort_unstable();
        orders.dedup();
        let end = self
            .statement(
                "SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
                 FROM (SELECT unnest($1::text[]) AS name ORDER BY 1) AS names",
            )
            .and_then(|statement| self.client.execute(&statement, &[&orders]));
        self.ended(end).map(|_| ())
    }

    fn become_worker(&mut self) -> Result<bool, OutboxError> {
        // Other workers' claims are alive until their leases end.
        Ok(false)
    }

    fn claim_suffix(&self) -> &'static str {
        "FOR UPDATE OF document SKIP LOCKED"
    }

    fn announce(&mut self) -> Result<(), OutboxError> {
        let notify = self.notify.clone();
        self.batch(&notify)
    }

    fn serves_callers(&self) -> bool {
        false
    }

    fn group_limit(&self) -> usize {
        // Locks of one job at a time, so that they are always taken in the same order; the server groups commits itself.
        1
    }

    fn may_repeat(&mut self) -> bool {
        self.in_the_way
    }
}

fn parameters<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}

fn field(row: &postgres::Row, column: usize) -> Result<Field, postgres::Error> {
    Ok(match *row.columns()[column].type_() {
        Type::INT8 => row
            .try_get::<_, Option<i64>>(column)?
            .map_or(Field::Null, Field::Number),
        Type::BYTEA => row
            .try_get::<_, Option<Vec<u8>>>(column)?
            .map_or(Field::Null, Field::Bytes),
        _ => row
            .try_get::<_, Option<String>>(column)?
            .map_or(Field::Null, Field::Text),
    })
}

pub(super) fn outbox_error(error: &postgres::Error) -> OutboxError {
    if error.code() == Some(&SqlState::DISK_FULL) {
        return OutboxError::Full;
    }
    match error.as_db_error() {
        Some(refusal) if lacks_locks(refusal) => OutboxError::Locks,
        // The details of a refused row would show what is in it.
        Some(refusal) => {
            OutboxError::Store(format!("{} ({})", refusal.message(), refusal.code().code()))
        }
        None => {
            let cause = error.source().map(|cause| format!(": {cause}"));
            OutboxError::Store(format!("{error}{}", cause.unwrap_or_default()))
        }
    }
}

/// Messages are translated, the name of the setting in the hint is not.
fn lacks_locks(refusal: &DbError) -> bool {
    let hint = refusal.hint().unwrap_or_default();
    *refusal.code() == SqlState::OUT_OF_MEMORY && hint.contains("max_locks_per_transaction")
}
