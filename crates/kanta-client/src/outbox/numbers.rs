//! Numbers for document identifiers, durable before they are used.

use std::ops::Range;

use super::{Outbox, OutboxError};

/// A block of numbers reserved in an outbox: the [`kanta_core::Counter`] for document identifiers.
///
/// What was reserved is never handed out again, whatever crashes: numbers of a block that a crash cut short are lost, never
/// repeated.
///
/// ```
/// # #[cfg(feature = "outbox-sqlite")]
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use kanta_client::core::{DocumentOidGenerator, Oid};
/// use kanta_client::outbox::{OidNumbers, sqlite};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("outbox.db");
/// let outbox = sqlite::open(&path, sqlite::SqliteOptions::default()).await?;
/// let numbers = OidNumbers::reserve(&outbox, "documents", 100).await?;
/// let mut oids = DocumentOidGenerator::new(Oid::parse("1.2.246.10.99999999.11.2026")?, numbers);
/// assert_eq!(oids.next()?.to_string(), "1.2.246.10.99999999.11.2026.1");
/// # Ok(()) }
/// # #[cfg(not(feature = "outbox-sqlite"))] fn main() {}
/// ```
#[derive(Debug)]
pub struct OidNumbers(Range<u64>);

/// The block of numbers is used up: reserve another (`KANTA-OUTBOX-NUMBERS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the block of numbers is used up: reserve another [KANTA-OUTBOX-NUMBERS]")]
pub struct BlockUsedUp;

impl OidNumbers {
    /// Reserves the next `count` numbers under a name; the reservation is durable when the answer comes.
    ///
    /// # Errors
    /// [`OutboxError`] when nothing could be reserved.
    pub async fn reserve(outbox: &dyn Outbox, name: &str, count: u32) -> Result<Self, OutboxError> {
        let first = outbox.numbers(name.to_owned(), count).await?;
        Ok(Self(first..first + u64::from(count)))
    }

    /// Returns how many numbers are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.0.end - self.0.start
    }
}

impl kanta_core::Counter for OidNumbers {
    type Error = BlockUsedUp;

    fn next(&mut self) -> Result<u64, BlockUsedUp> {
        self.0.next().ok_or(BlockUsedUp)
    }
}
