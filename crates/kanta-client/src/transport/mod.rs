//! How bytes get to the archive and an answer comes back.
//!
//! A [`Transport`] takes one message and gives one answer. [`HttpsPost`] posts over mutual TLS; [`Recording`] keeps what
//! another transport exchanges, [`Replay`] answers from it. What stands around a message (a SOAP envelope or nothing) is not
//! the transport's matter: the client does it as the spec bundle says.

mod connect;
mod error;
mod https;
mod pool;
mod record;
mod shell;
mod signer_key;
mod tls;

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::HeaderMap;
use kanta_core::Instant;

pub use connect::{MinimumTls, Proxy};
pub use error::{TlsProblem, TransportError};
pub use https::{Endpoint, HttpsPost};
pub use record::{Recording, RecordingError, Replay};
pub use tls::{ClientIdentity, TlsError, TrustedServers};

pub(crate) use https::post_unencrypted;
pub(crate) use shell::Shell;

/// A way to send one message and to get the answer: one function, so that it can be recorded, faked or replaced.
pub trait Transport: Send + Sync {
    /// Sends `message` and returns the answer's status and body.
    ///
    /// An HTTP status other than 200 is an answer, not an error. When the message's deadline passes, the answer is an
    /// error too.
    fn exchange(&self, message: OutgoingMessage) -> PendingReply<'_>;

    /// Returns when the client certificate expires, when there is one.
    fn client_certificate_expires(&self) -> Option<Instant> {
        None
    }
}

/// A message on its way out. `Debug` shows no content.
#[derive(Clone)]
#[non_exhaustive]
pub struct OutgoingMessage {
    /// The body.
    pub body: Bytes,
    /// The headers that the shell of the message needs: its type, and the action of SOAP.
    pub headers: HeaderMap,
    /// When the whole call must have ended, whatever the transport's own limits are.
    pub deadline: Option<std::time::Instant>,
}

impl OutgoingMessage {
    /// Makes a message without a deadline of its own.
    #[must_use]
    pub fn new(body: Bytes, headers: HeaderMap) -> Self {
        Self {
            body,
            headers,
            deadline: None,
        }
    }
}

impl std::fmt::Debug for OutgoingMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingMessage")
            .field("bytes", &self.body.len())
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// The answer that is on its way.
pub type PendingReply<'t> =
    Pin<Box<dyn Future<Output = Result<Reply, TransportError>> + Send + 't>>;

/// An answer as it came.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
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
