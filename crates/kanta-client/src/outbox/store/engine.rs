//! What the outbox needs of a database.

use crate::outbox::OutboxError;

/// A database connection, used by one thread at a time: that of the store, or that of a blocking caller.
///
/// Both databases understand the statements of this crate: parameters are `$1`, `$2`, … and first appear in that order, times
/// are milliseconds since 1970.
pub(crate) trait Engine: Send {
    /// Begins a transaction; `is_alone` when one job has it to itself.
    fn begin(&mut self, is_alone: bool) -> Result<(), OutboxError>;

    /// Makes everything since `begin` durable.
    fn commit(&mut self) -> Result<(), OutboxError>;

    fn rollback(&mut self);

    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, OutboxError>;

    /// Whether there is a table `arrival`.
    fn has_arrivals(&self) -> bool;

    /// Whether one job has the transaction to itself, and a new document may go into `arrival`.
    fn is_alone(&self) -> bool;

    /// Adds a row and returns its position.
    fn insert(&mut self, sql: &str, values: &[Value<'_>]) -> Result<i64, OutboxError>;

    /// Refuses what was put when it goes beyond the room given to the outbox.
    ///
    /// Only new documents are held to it: what they need on their way out must not be wanting when they fill it.
    fn check_room(&mut self) -> Result<(), OutboxError>;

    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, OutboxError>;

    fn now(&mut self) -> Result<Now, OutboxError>;

    /// Keeps other connections from changing these lanes and chains until the end of the transaction.
    fn lock_orders(&mut self, orders: Vec<&str>) -> Result<(), OutboxError>;

    /// Claims are about to be made: true when no claim of an earlier process can be alive.
    fn become_worker(&mut self) -> Result<bool, OutboxError>;

    /// What follows a `SELECT` so that two connections never claim the same row.
    fn claim_suffix(&self) -> &'static str;

    /// Tells other processes, once committed, that there is something to take.
    fn announce(&mut self) -> Result<(), OutboxError>;

    /// Whether callers may use it in threads of their own.
    fn serves_callers(&self) -> bool;

    /// How many jobs may share one commit.
    fn group_limit(&self) -> usize;

    /// Whether the job failed only because another connection was in the way.
    fn may_repeat(&mut self) -> bool;
}

/// The time, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// The clock of leases: while a claim can be alive it never jumps.
    pub(crate) lease: i64,
    /// The clock on the wall, for people.
    pub(crate) wall: i64,
}

/// A value that goes into a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'v> {
    Null,
    Number(i64),
    Text(&'v str),
    Bytes(&'v [u8]),
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(text: Option<&'v str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// A value that comes out of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Field {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row: its fields are taken from left to right.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Field>);

impl Row {
    pub(crate) fn new(fields: Vec<Field>) -> Self {
        Self(fields.into_iter())
    }

    pub(crate) fn number(&mut self) -> Result<i64, OutboxError> {
        match self.0.next() {
            Some(Field::Number(number)) => Ok(number),
            _ => Err(foreign()),
        }
    }

    pub(crate) fn text(&mut self) -> Result<String, OutboxError> {
        self.optional_text()?.ok_or_else(foreign)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, OutboxError> {
        match self.0.next() {
            Some(Field::Text(text)) => Ok(Some(text)),
            Some(Field::Null) => Ok(None),
            _ => Err(foreign()),
        }
    }

    pub(crate) fn optional_bytes(&mut self) -> Result<Option<Vec<u8>>, OutboxError> {
        match self.0.next() {
            Some(Field::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Field::Null) => Ok(None),
            _ => Err(foreign()),
        }
    }

    /// Parses a text that this crate wrote.
    pub(crate) fn parsed<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, OutboxError> {
        parse(&self.text()?).ok_or_else(foreign)
    }
}

pub(crate) fn foreign() -> OutboxError {
    OutboxError::Schema("a row holds values that no outbox writes".to_owned())
}
