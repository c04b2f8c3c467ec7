//! The test log register as a server on this machine: mutual TLS, faults by script, kept in memory.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kanta_client::core::Instant;
use kanta_client::disclosures::LogRegister;
use kanta_client::fhir::exchange::Caller;
use kanta_client::fhir::notice::NamedCode;
use kanta_client::sign::{SoftwareSigner, TrustAnchors};
use kanta_client::transport::{ClientIdentity, Endpoint, HttpsPost, TrustedServers};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::log::{internal_error, no_right};
use super::{Log, RegisterFault, StoredResource};
use crate::pki::TestPki;
use crate::server::server_config;
use crate::{TestArchiveError, people, test_spec};

/// The largest request that the server takes.
const MAX_REQUEST_BYTES: usize = 64 << 20;

/// A test log register that runs as long as it is kept.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use kanta_client::disclosures::NoticeOutcome;
/// use kanta_testkit::register::{TestRegister, caller, sample_batch};
///
/// let server = TestRegister::start().await?;
/// let register = server.client()?;
/// let outcome = register.disclosures().notify(&sample_batch(1), &caller(), &server.signer()?).await?;
/// assert!(matches!(outcome, NoticeOutcome::Stored(_)));
/// assert_eq!(server.stored().len(), 2);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TestRegister {
    address: SocketAddr,
    pki: TestPki,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    log: Mutex<Log>,
    faults: Mutex<VecDeque<RegisterFault>>,
}

impl TestRegister {
    /// Starts an empty register on a free port of this machine.
    ///
    /// # Errors
    /// [`TestArchiveError`] when certificates cannot be made or no port is free.
    pub async fn start() -> Result<Self, TestArchiveError> {
        let pki = TestPki::generate()?;
        let trusted = TrustAnchors::from_pem(pki.ca.as_bytes()).map_err(|error| tls(&error))?;
        let log = Log::new(test_spec(), trusted).map_err(|error| tls(&error))?;
        let shared = Arc::new(Shared {
            log: Mutex::new(log),
            faults: Mutex::new(VecDeque::new()),
        });
        let config = server_config(&pki.ca, &pki.server).map_err(TestArchiveError::Tls)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let server = tokio::spawn(serve(listener, acceptor, shared.clone()));
        Ok(Self {
            address,
            pki,
            shared,
            server,
        })
    }

    /// Returns the address of the register.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }

    /// Returns the throw-away certificates.
    #[must_use]
    pub fn pki(&self) -> &TestPki {
        &self.pki
    }

    /// Returns a client of this register.
    ///
    /// # Errors
    /// [`TestArchiveError`] when TLS refuses the throw-away certificates.
    pub fn client(&self) -> Result<LogRegister, TestArchiveError> {
        self.client_with_deadline(Duration::from_secs(30))
    }

    /// Returns a client that waits no longer than this for an answer.
    ///
    /// # Errors
    /// As [`TestRegister::client`].
    pub fn client_with_deadline(
        &self,
        deadline: Duration,
    ) -> Result<LogRegister, TestArchiveError> {
        let address = self
            .url()
            .parse()
            .map_err(|error: http::uri::InvalidUri| tls(&error))?;
        let endpoint = Endpoint::new(address).with_attempt_timeout(deadline);
        let identity =
            ClientIdentity::from_pem(self.pki.client.as_bytes(), self.pki.client_key.as_bytes())
                .map_err(|error| tls(&error))?;
        let trusted =
            TrustedServers::from_pem(self.pki.ca.as_bytes()).map_err(|error| tls(&error))?;
        let transport =
            HttpsPost::new(endpoint, identity, &trusted).map_err(|error| tls(&error))?;
        LogRegister::new(test_spec(), transport).map_err(|error| tls(&error))
    }

    /// Returns the signer of system signatures, whom this register trusts.
    ///
    /// # Errors
    /// [`TestArchiveError`] when key and certificate do not work together.
    pub fn signer(&self) -> Result<SoftwareSigner, TestArchiveError> {
        SoftwareSigner::from_pem(self.pki.signing_key.as_bytes(), self.pki.signing.as_bytes())
            .map_err(|error| tls(&error))
    }

    /// Lets the next requests meet these faults, one each.
    pub fn script(&self, faults: impl IntoIterator<Item = RegisterFault>) {
        lock(&self.shared.faults).extend(faults);
    }

    /// Returns what the register keeps, in the order of arrival.
    #[must_use]
    pub fn stored(&self) -> Vec<StoredResource> {
        lock(&self.shared.log).stored().to_vec()
    }
}

impl Drop for TestRegister {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Returns the fictional caller of requests to the test log register.
#[must_use]
pub fn caller() -> Caller {
    let worker = people::social_worker();
    Caller {
        system_id: people::county_oid("18.1").to_string(),
        system_name: people::office().software.product,
        user_id: worker
            .registration_number
            .map_or_else(String::new, |number| number.expose().to_owned()),
        user_name: format!("{} {}", worker.name.given().join(" "), worker.name.family()),
        authentication: NamedCode::new("TEST-CARD", "Testi: ammattihenkilön varmenne")
            .expect("code and name are not empty"),
        joined: people::county(),
        requester: people::county(),
        requester_unit: Some(people::service_unit()),
    }
}

fn tls(error: &dyn std::fmt::Display) -> TestArchiveError {
    TestArchiveError::Tls(error.to_string())
}

/// A thread that panicked while it held the lock has already failed its test.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST || parts.uri.path() != "/" {
        return Ok(response(StatusCode::NOT_FOUND, Vec::new()));
    }
    let Ok(body) = Limited::new(body, MAX_REQUEST_BYTES).collect().await else {
        return Ok(response(StatusCode::PAYLOAD_TOO_LARGE, Vec::new()));
    };
    let body = body.to_bytes();
    let store = || lock(&shared.log).answer(&parts.headers, &body, now());
    let fault = lock(&shared.faults).pop_front();
    let Some(fault) = fault else {
        let (status, answer) = store();
        return Ok(response(status, answer));
    };
    let answer = match fault {
        RegisterFault::Html => (
            StatusCode::OK,
            b"<html><body>Request Rejected. Support id: 1</body></html>".to_vec(),
        ),
        RegisterFault::EmptyBadRequest => (StatusCode::BAD_REQUEST, Vec::new()),
        RegisterFault::EmptyUnauthorised => (StatusCode::UNAUTHORIZED, Vec::new()),
        RegisterFault::NoRight => (StatusCode::UNAUTHORIZED, no_right()),
        RegisterFault::InternalError => (StatusCode::INTERNAL_SERVER_ERROR, internal_error()),
        RegisterFault::ServiceUnavailable => (StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
        RegisterFault::CloseWithoutStoring => return Err(Closed),
        RegisterFault::CloseAfterStoring => {
            store();
            return Err(Closed);
        }
        RegisterFault::HangAfterStoring => {
            store();
            std::future::pending::<()>().await;
            return Err(Closed);
        }
        RegisterFault::CutAnswerAfterStoring => {
            let (status, mut answer) = store();
            answer.truncate(answer.len() / 2);
            (status, answer)
        }
        RegisterFault::FewerEntriesAfterStoring => {
            let (status, _) = store();
            (
                status,
                br#"{"resourceType":"Bundle","type":"transaction-response"}"#.to_vec(),
            )
        }
    };
    Ok(response(answer.0, answer.1))
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
