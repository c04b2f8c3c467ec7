//! The message as the body of an HTTP POST over mutual TLS.
//!
//! One connection a message: only so is it certain whether anything of a message left before a connection failed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::tls::client_config;
use super::{ClientIdentity, Exchange, Reply, TlsError, Transport, TransportError, TrustedServers};

/// Where messages go, and how long and how much is waited for.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The address, `https://host[:port]/path`.
    pub address: Uri,
    /// How long one exchange may take in all, connecting included (default: 60 seconds).
    pub deadline: Duration,
    /// How many bytes an answer may have (default: 64 MiB).
    pub max_answer_bytes: usize,
}

impl Endpoint {
    /// Makes an endpoint with the default limits.
    #[must_use]
    pub fn new(address: Uri) -> Self {
        Self {
            address,
            deadline: Duration::from_secs(60),
            max_answer_bytes: 64 * 1024 * 1024,
        }
    }
}

/// Sends messages as the body of a POST over mutual TLS.
#[derive(Debug, Clone)]
pub struct PlainPost {
    endpoint: Endpoint,
    tls: Arc<ClientConfig>,
}

impl PlainPost {
    /// Makes the transport.
    ///
    /// # Errors
    /// [`TlsError`] when certificate and key do not work together.
    pub fn new(
        endpoint: Endpoint,
        identity: ClientIdentity,
        trusted: &TrustedServers,
    ) -> Result<Self, TlsError> {
        Ok(Self {
            endpoint,
            tls: client_config(identity, trusted)?,
        })
    }

    async fn post(&self, message: Bytes, content_type: String) -> Result<Reply, TransportError> {
        let deadline = Instant::now() + self.endpoint.deadline;
        let late = |_| TransportError::Unreachable("the deadline passed".to_owned());
        let stream = timeout_at(deadline, self.connect()).await.map_err(late)??;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| TransportError::Unreachable(error.to_string()))?;
        let connection = tokio::spawn(connection);
        let request = self.request(message, content_type)?;
        // From here on bytes may have left.
        let exchange = async {
            let answer = sender.send_request(request).await.map_err(no_answer)?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), self.endpoint.max_answer_bytes)
                .collect()
                .await
                .map_err(|error| TransportError::NoAnswer(error.to_string()))?;
            Ok(Reply {
                status,
                body: body.to_bytes(),
            })
        };
        let reply = timeout_at(deadline, exchange)
            .await
            .unwrap_or_else(|_| Err(TransportError::NoAnswer("the deadline passed".to_owned())));
        connection.abort();
        reply
    }

    async fn connect(&self) -> Result<tokio_rustls::client::TlsStream<TcpStream>, TransportError> {
        let unreachable = |problem: &str| TransportError::Unreachable(problem.to_owned());
        let address = &self.endpoint.address;
        if address.scheme_str() != Some("https") {
            return Err(unreachable("the address does not begin with https://"));
        }
        let host = address
            .host()
            .map(|host| host.trim_matches(['[', ']']).to_owned())
            .ok_or_else(|| unreachable("the address has no host"))?;
        let name = ServerName::try_from(host.clone())
            .map_err(|_| unreachable("the host of the address is not a name"))?;
        let stream = TcpStream::connect((host, address.port_u16().unwrap_or(443)))
            .await
            .map_err(|error| unreachable(&error.to_string()))?;
        TlsConnector::from(self.tls.clone())
            .connect(name, stream)
            .await
            .map_err(|error| TransportError::Tls(error.to_string()))
    }

    fn request(
        &self,
        message: Bytes,
        content_type: String,
    ) -> Result<Request<Full<Bytes>>, TransportError> {
        let address = &self.endpoint.address;
        let host = address
            .authority()
            .map_or("", |authority| authority.as_str());
        let path = address.path_and_query().map_or("/", |path| path.as_str());
        Request::post(path)
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, content_type)
            .body(Full::new(message))
            .map_err(|error| TransportError::Unreachable(error.to_string()))
    }
}

fn no_answer(error: hyper::Error) -> TransportError {
    use std::error::Error;
    let cause = error.source().map(ToString::to_string);
    TransportError::NoAnswer(match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}

impl Transport for PlainPost {
    fn exchange(&self, message: Bytes, content_type: &str) -> Exchange<'_> {
        Box::pin(self.post(message, content_type.to_owned()))
    }
}
