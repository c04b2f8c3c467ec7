//! The test archive as a server in the process: mutual TLS on this machine, everything kept in memory.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kanta_client::ArchiveClient;
use kanta_client::cda::structure::Structure;
use kanta_client::core::Instant;
use kanta_client::sign::{SoftwareSigner, TrustAnchors};
use kanta_client::transport::{ClientIdentity, Endpoint, PlainPost, TrustedServers};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::archive::{Archive, StoredDocument};
use crate::pki::{PkiError, TestPki};
use crate::test_spec;

/// The largest message that the server takes.
const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;

/// What goes wrong with the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A web page comes in place of an answer, with status 200; nothing is stored.
    AnswerHtml,
    /// Status 503 with an empty body; nothing is stored.
    ServiceUnavailable,
    /// The document is stored, then the connection is closed without an answer.
    CloseAfterStoring,
    /// The connection is closed without an answer, and nothing is stored.
    CloseWithoutStoring,
    /// The document is stored and the answer is about another message.
    AnswerAboutOtherMessage,
    /// The document is stored and no answer comes.
    HangAfterStoring,
}

/// A test archive that does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestArchiveError {
    /// The throw-away certificates cannot be made or used.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// TLS refuses them.
    #[error("the throw-away certificates cannot be used: {0}")]
    Tls(String),
    /// There is no free port on this machine.
    #[error("the test archive cannot listen on this machine: {0}")]
    Listen(#[from] io::Error),
}

/// A test archive that runs as long as it is kept.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use kanta_testkit::{TestArchive, structures};
///
/// let archive = TestArchive::start(vec![structures::client_relation()]).await?;
/// let client = archive.client()?;
/// assert!(archive.documents().is_empty());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TestArchive {
    address: SocketAddr,
    pki: TestPki,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    archive: Mutex<Archive>,
    faults: Mutex<VecDeque<Fault>>,
}

impl TestArchive {
    /// Starts an archive that knows these structures, on a free port of this machine.
    ///
    /// # Errors
    /// [`TestArchiveError`] when certificates cannot be made or no port is free.
    pub async fn start(structures: Vec<Structure>) -> Result<Self, TestArchiveError> {
        let pki = TestPki::generate()?;
        let trusted = TrustAnchors::from_pem(pki.ca.as_bytes())
            .map_err(|error| TestArchiveError::Tls(error.to_string()))?;
        let shared = Arc::new(Shared {
            archive: Mutex::new(Archive::new(test_spec(), structures, trusted)),
            faults: Mutex::new(VecDeque::new()),
        });
        let acceptor = TlsAcceptor::from(Arc::new(
            server_config(&pki).map_err(TestArchiveError::Tls)?,
        ));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(serve(listener, acceptor, shared.clone()));
        Ok(Self {
            address,
            pki,
            shared,
            server,
        })
    }

    /// Returns the address of the archive.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }

    /// Returns the throw-away certificates.
    #[must_use]
    pub fn pki(&self) -> &TestPki {
        &self.pki
    }

    /// Returns a client of this archive.
    ///
    /// # Errors
    /// [`TestArchiveError`] when TLS refuses the throw-away certificates.
    pub fn client(&self) -> Result<ArchiveClient, TestArchiveError> {
        self.client_with_deadline(Duration::from_secs(30))
    }

    /// Returns a client that waits no longer than this for an answer.
    ///
    /// # Errors
    /// [`TestArchiveError`] when TLS refuses the throw-away certificates.
    pub fn client_with_deadline(
        &self,
        deadline: Duration,
    ) -> Result<ArchiveClient, TestArchiveError> {
        let tls = |error: &dyn std::fmt::Display| TestArchiveError::Tls(error.to_string());
        let address = self
            .url()
            .parse()
            .map_err(|error: http::uri::InvalidUri| tls(&error))?;
        let endpoint = Endpoint {
            deadline,
            ..Endpoint::new(address)
        };
        let identity =
            ClientIdentity::from_pem(self.pki.client.as_bytes(), self.pki.client_key.as_bytes())
                .map_err(|error| tls(&error))?;
        let trusted =
            TrustedServers::from_pem(self.pki.ca.as_bytes()).map_err(|error| tls(&error))?;
        let transport =
            PlainPost::new(endpoint, identity, &trusted).map_err(|error| tls(&error))?;
        Ok(ArchiveClient::new(test_spec(), transport))
    }

    /// Returns the signer of system signatures, whom this archive trusts.
    ///
    /// # Errors
    /// [`TestArchiveError`] when key and certificate do not work together.
    pub fn signer(&self) -> Result<SoftwareSigner, TestArchiveError> {
        SoftwareSigner::from_pem(self.pki.signing_key.as_bytes(), self.pki.signing.as_bytes())
            .map_err(|error| TestArchiveError::Tls(error.to_string()))
    }

    /// Lets the next messages meet these faults, one each.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.shared.faults).extend(faults);
    }

    /// Returns what the archive holds, in the order of arrival.
    #[must_use]
    pub fn documents(&self) -> Vec<StoredDocument> {
        lock(&self.shared.archive).documents().to_vec()
    }
}

impl Drop for TestArchive {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A thread that panicked while it held the lock has already failed its test.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn server_config(pki: &TestPki) -> Result<ServerConfig, String> {
    let error = |error: &dyn std::fmt::Display| error.to_string();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(pki.ca.as_bytes()).map_err(|e| error(&e))?;
    roots.add(ca).map_err(|e| error(&e))?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|e| error(&e))?;
    let certificate =
        CertificateDer::from_pem_slice(pki.server.as_bytes()).map_err(|e| error(&e))?;
    let key = PrivateKeyDer::from_pem_slice(pki.server_key.as_bytes()).map_err(|e| error(&e))?;
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| error(&e))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate], key)
        .map_err(|e| error(&e))
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve_connection(stream, acceptor.clone(), shared.clone()));
    }
}

async fn serve_connection(stream: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { respond(request, &shared).await }
    });
    // A connection that ends with a fault is what the test wanted.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// The end of a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
struct Closed;

async fn respond(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, Closed> {
    let body = Limited::new(request.into_body(), MAX_MESSAGE_BYTES)
        .collect()
        .await;
    let Ok(body) = body.map(http_body_util::Collected::to_bytes) else {
        return Ok(response(StatusCode::BAD_REQUEST, Vec::new()));
    };
    let fault = lock(&shared.faults).pop_front();
    let store = |message: &[u8]| lock(&shared.archive).answer(message, now());
    match fault {
        None => Ok(response(StatusCode::OK, store(&body))),
        Some(Fault::AnswerHtml) => Ok(response(
            StatusCode::OK,
            b"<html><head><title>Request Rejected</title></head><body>Support id: 1</body></html>"
                .to_vec(),
        )),
        Some(Fault::ServiceUnavailable) => {
            Ok(response(StatusCode::SERVICE_UNAVAILABLE, Vec::new()))
        }
        Some(Fault::CloseWithoutStoring) => Err(Closed),
        Some(Fault::CloseAfterStoring) => {
            store(&body);
            Err(Closed)
        }
        Some(Fault::AnswerAboutOtherMessage) => {
            store(&body);
            let other =
                String::from_utf8_lossy(&body).replacen("extension=\"", "extension=\"other-", 1);
            Ok(response(StatusCode::OK, store(other.as_bytes())))
        }
        Some(Fault::HangAfterStoring) => {
            store(&body);
            std::future::pending::<Infallible>().await;
            Err(Closed)
        }
    }
}

fn response(status: StatusCode, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response
}

fn now() -> Instant {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Instant::from_unix(since.as_secs().cast_signed(), since.subsec_nanos())
        .expect("the clock stands between the years 1970 and 9999")
}
