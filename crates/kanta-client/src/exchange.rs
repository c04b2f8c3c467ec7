//! A message and its answer, kept for support.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kanta_core::Instant;

use crate::frame::{MessageId, Operation};
use crate::outbox::BundleStamp;
use crate::transport::Reply;

/// One message and its answer, exactly as they went (Finnish: sanomanvaihto).
///
/// They hold personal data: `Debug` shows neither, only the methods that begin with `expose` give them.
#[derive(Clone)]
pub struct Exchange {
    pub(crate) operation: Operation,
    pub(crate) message_id: MessageId,
    pub(crate) bundle: Arc<BundleStamp>,
    pub(crate) started: Instant,
    pub(crate) took: Duration,
    pub(crate) request: Bytes,
    pub(crate) reply: Option<Reply>,
}

impl Exchange {
    /// Returns what was asked for.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Returns the identifier of the message.
    #[must_use]
    pub fn message_id(&self) -> &MessageId {
        &self.message_id
    }

    /// Returns the spec bundle that the message was made with.
    #[must_use]
    pub fn bundle(&self) -> &BundleStamp {
        &self.bundle
    }

    /// Returns when the message was sent.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Returns how long it took until the answer was there, or until it was clear that none comes.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Returns the request as it was sent: personal data.
    #[must_use]
    pub fn expose_request(&self) -> &[u8] {
        &self.request
    }

    /// Returns the answer as it came: personal data. `None` when none came.
    #[must_use]
    pub fn expose_answer(&self) -> Option<&Reply> {
        self.reply.as_ref()
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &self.operation)
            .field("message_id", &self.message_id)
            .field("bundle", &self.bundle)
            .field("took", &self.took)
            .field("request_bytes", &self.request.len())
            .field("reply", &self.reply)
            .finish_non_exhaustive()
    }
}
