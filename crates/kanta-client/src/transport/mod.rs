//! How bytes get to the archive and an answer comes back.

mod plain_post;
mod tls;

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

pub use plain_post::{Endpoint, PlainPost};
pub use tls::{ClientIdentity, TlsError, TrustedServers};

/// A way to send one message and to get the answer: one function, so that it can be recorded, faked or replaced.
pub trait Transport: Send + Sync {
    /// Sends `message` and returns the answer's status and body.
    ///
    /// An HTTP status other than 200 is an answer, not an error.
    fn exchange(&self, message: Bytes, content_type: &str) -> Exchange<'_>;
}

/// The answer that is on its way.
pub type Exchange<'t> = Pin<Box<dyn Future<Output = Result<Reply, TransportError>> + Send + 't>>;

/// An answer as it came.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: http::StatusCode,
    /// The body.
    pub body: Bytes,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish()
    }
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The other side was not reached: no byte of the message left (`KANTA-TRANSPORT-UNREACHABLE`).
    #[error(
        "the archive cannot be reached ({0}): nothing was sent; check the address, the network and that the service is up, \
         then try again [KANTA-TRANSPORT-UNREACHABLE]"
    )]
    Unreachable(String),
    /// No secure connection came about: no byte of the message left (`KANTA-TRANSPORT-TLS`).
    #[error(
        "no secure connection ({0}): nothing was sent; check the server's certificate against the trust anchors, and the \
         client certificate [KANTA-TRANSPORT-TLS]"
    )]
    Tls(String),
    /// The connection broke or time ran out when the message was on its way (`KANTA-TRANSPORT-NO-ANSWER`).
    #[error(
        "no answer ({0}): the message may have arrived; ask the archive before sending again [KANTA-TRANSPORT-NO-ANSWER]"
    )]
    NoAnswer(String),
}

impl TransportError {
    /// Returns whether the message may have arrived all the same.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::NoAnswer(_))
    }
}
