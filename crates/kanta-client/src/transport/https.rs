//! Messages as the body of an HTTP POST over mutual TLS.
//!
//! Connections are kept open and TLS sessions resumed. A connection that was idle may be gone: when the message could not
//! be given to it, nothing of it has left, and a new connection is made; in any other doubt the answer is
//! [`TransportError::NoAnswer`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use kanta_core::{Instant as Moment, Reason};
use tokio::time::{Instant, timeout_at};

use super::connect::{self, MinimumTls, Proxy};
use super::error::{TooLong, certificate_page};
use super::pool::{Connection, Pool};
use super::tls::{TlsClient, client_config};
use super::{
    ClientIdentity, OutgoingMessage, PendingReply, Reply, TlsError, Transport, TransportError,
    TrustedServers,
};

/// Where messages go, and how long and how much is waited for.
///
/// Later versions may have more fields: write `Endpoint { …, ..Endpoint::new(address) }`.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The address, `https://host[:port]/path`.
    pub address: Uri,
    /// The proxy on the way (default: none).
    pub proxy: Option<Proxy>,
    /// How long connecting may take, TLS included (default: 10 seconds).
    pub connect_timeout: Duration,
    /// How long one exchange may take in all, connecting included (default: 60 seconds).
    pub attempt_timeout: Duration,
    /// How many bytes an answer may have (default: 256 MiB).
    pub max_answer_bytes: usize,
    /// How many idle connections are kept (default: 8; 0 for a new connection with every message).
    pub max_idle: usize,
    /// How long an idle connection is kept (default: 20 seconds).
    pub idle_timeout: Duration,
    /// The oldest version of TLS that is spoken (default: 1.2).
    pub minimum_tls: MinimumTls,
}

impl Endpoint {
    /// Makes an endpoint with the default limits.
    #[must_use]
    pub fn new(address: Uri) -> Self {
        Self {
            address,
            proxy: None,
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(60),
            max_answer_bytes: 256 << 20,
            max_idle: 8,
            idle_timeout: Duration::from_secs(20),
            minimum_tls: MinimumTls::default(),
        }
    }

    /// The same endpoint behind a proxy.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// The same endpoint with another bound on one exchange.
    #[must_use]
    pub fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }
}

/// Sends messages as the body of a POST over mutual TLS. Clones share connections and TLS sessions.
#[derive(Debug, Clone)]
pub struct HttpsPost {
    endpoint: Arc<Endpoint>,
    tls: TlsClient,
    pool: Arc<Pool>,
}

impl HttpsPost {
    /// Makes the transport.
    ///
    /// # Errors
    /// [`TlsError`] when certificate and key do not work together.
    pub fn new(
        endpoint: Endpoint,
        identity: ClientIdentity,
        trusted: &TrustedServers,
    ) -> Result<Self, TlsError> {
        Self::with(endpoint, Some(identity), trusted)
    }

    /// Makes a transport that has no client certificate: for a mediation service in the own network that has the
    /// certificate itself.
    ///
    /// # Errors
    /// [`TlsError`] when the trust anchors cannot be used.
    pub fn without_client_certificate(
        endpoint: Endpoint,
        trusted: &TrustedServers,
    ) -> Result<Self, TlsError> {
        Self::with(endpoint, None, trusted)
    }

    fn with(
        endpoint: Endpoint,
        identity: Option<ClientIdentity>,
        trusted: &TrustedServers,
    ) -> Result<Self, TlsError> {
        let tls = client_config(identity, trusted, endpoint.minimum_tls)?;
        Ok(Self {
            tls,
            pool: Arc::new(Pool::new(endpoint.max_idle, endpoint.idle_timeout)),
            endpoint: Arc::new(endpoint),
        })
    }

    async fn post(&self, message: OutgoingMessage) -> Result<Reply, TransportError> {
        let endpoint = &*self.endpoint;
        let deadline = deadline(endpoint.attempt_timeout, message.deadline);
        let mut request = request(&endpoint.address, message.body, message.headers)?;
        while let Some(mut connection) = self.pool.take() {
            // An idle connection that has been closed says so here.
            if !matches!(timeout_at(deadline, connection.ready()).await, Ok(Ok(()))) {
                continue;
            }
            match timeout_at(deadline, connection.try_send_request(request)).await {
                Err(_) => return Err(TransportError::NoAnswer(late())),
                Ok(Ok(response)) => return self.finish(connection, response, deadline).await,
                Ok(Err(mut error)) => match error.take_message() {
                    // Nothing of it has left.
                    Some(unsent) => request = unsent,
                    None => return Err(self.lost(&error.into_error())),
                },
            }
        }
        let mut connection = self.connect(deadline).await?;
        match timeout_at(deadline, connection.send_request(request)).await {
            Err(_) => Err(TransportError::NoAnswer(late())),
            Ok(Err(error)) => Err(self.lost(&error)),
            Ok(Ok(response)) => self.finish(connection, response, deadline).await,
        }
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, TransportError> {
        let endpoint = &*self.endpoint;
        let until = deadline.min(Instant::now() + endpoint.connect_timeout);
        let open = connect::open(&endpoint.address, endpoint.proxy.as_ref(), Some(&self.tls));
        let stream = timeout_at(until, open)
            .await
            .map_err(|_| TransportError::Unreachable(late()))??;
        handshake(stream).await
    }

    async fn finish(
        &self,
        connection: Connection,
        response: Response<Incoming>,
        deadline: Instant,
    ) -> Result<Reply, TransportError> {
        let read = read(response, self.endpoint.max_answer_bytes);
        let reply = timeout_at(deadline, read)
            .await
            .map_err(|_| TransportError::NoAnswer(late()))?
            .map_err(|error| self.lost(&*error))?;
        if let Some(error) = certificate_page(&reply) {
            return Err(error);
        }
        self.pool.put(connection);
        Ok(reply)
    }

    fn lost(&self, error: &(dyn std::error::Error + 'static)) -> TransportError {
        TransportError::of_exchange(error, self.tls.was_asked_in_vain())
    }
}

fn late() -> Reason {
    Reason::new("aika loppui", "the deadline passed")
}

fn deadline(attempt: Duration, call: Option<std::time::Instant>) -> Instant {
    let attempt = Instant::now() + attempt;
    call.map_or(attempt, |call| attempt.min(Instant::from_std(call)))
}

async fn handshake(stream: Box<dyn connect::Stream>) -> Result<Connection, TransportError> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| TransportError::Unreachable(Reason::quoted(error.to_string())))?;
    // It ends when the sender is dropped; what went wrong is told to whoever waits for an answer.
    tokio::spawn(connection);
    Ok(sender)
}

fn request(
    address: &Uri,
    body: Bytes,
    headers: HeaderMap,
) -> Result<Request<Full<Bytes>>, TransportError> {
    let host = address
        .authority()
        .map_or("", |authority| authority.as_str());
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path)
        .header(header::HOST, host)
        .body(Full::new(body))
        .map_err(|error| TransportError::Address(Reason::quoted(error.to_string())))?;
    request.headers_mut().extend(headers);
    Ok(request)
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

async fn read(response: Response<Incoming>, limit: usize) -> Result<Reply, BoxError> {
    let status = response.status();
    if response.body().size_hint().lower() > limit as u64 {
        return Err(TooLong.into());
    }
    let body = Limited::new(response.into_body(), limit).collect().await?;
    Ok(Reply {
        status,
        body: body.to_bytes(),
    })
}

/// Posts without TLS: for the validation service of the customer-test environment, which has no other way.
pub(crate) async fn post_unencrypted(
    address: &Uri,
    body: Bytes,
    headers: HeaderMap,
    timeout: Duration,
) -> Result<Reply, TransportError> {
    const MAX_ANSWER: usize = 16 << 20;
    let until = Instant::now() + timeout;
    let request = request(address, body, headers)?;
    let stream = timeout_at(until, connect::open(address, None, None))
        .await
        .map_err(|_| TransportError::Unreachable(late()))??;
    let mut connection = handshake(stream).await?;
    let exchange = async {
        let response = connection.send_request(request).await?;
        read(response, MAX_ANSWER).await
    };
    timeout_at(until, exchange)
        .await
        .map_err(|_| TransportError::NoAnswer(late()))?
        .map_err(|error| TransportError::of_exchange(&*error, false))
}

impl Transport for HttpsPost {
    fn exchange(&self, message: OutgoingMessage) -> PendingReply<'_> {
        Box::pin(self.post(message))
    }

    fn client_certificate_expires(&self) -> Option<Moment> {
        self.tls.expires()
    }
}
