//! The test archive, with the test log register beside it, as a server on this machine: mutual TLS, faults by script, kept in
//! memory or in a folder.

mod body;
mod connection;
mod echo;
mod fault;
mod page;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kanta_client::ArchiveClient;
use kanta_client::cda::structure::Structure;
use kanta_client::core::ClientIdentifier;
use kanta_client::disclosures::LogRegister;
use kanta_client::sign::{SoftwareSigner, TrustAnchors};
use kanta_client::transport::{ClientIdentity, Endpoint, HttpsPost, TrustedServers};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::archive::{Archive, StoreError, StoredDocument, Will};
use crate::pki::{KeyPair, PkiError, TestPki};
use crate::register::{self, Log, RegisterFault, StoredResource};
use crate::{people, test_spec};
use connection::{Acceptors, REGISTER_PATH, Shared};
pub use fault::{Fault, UnknownFault};

pub(crate) use body::Closed;
pub(crate) use connection::{Answer, lock, whole};
pub(crate) use fault::kebab_case;

/// A test archive that does not start, or does not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestArchiveError {
    /// The throw-away certificates cannot be made or used.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// TLS refuses them.
    #[error("the throw-away certificates cannot be used: {0}")]
    Tls(String),
    /// The spec bundle lacks what the log register needs.
    #[error("the test log register cannot start: {0}")]
    Register(String),
    /// The address is not free, or the folder cannot be used.
    #[error("the test archive cannot start on this machine: {0}")]
    Io(#[from] io::Error),
    /// Another test bed runs on the folder.
    #[error(
        "another test bed runs on the folder {}: stop it, or give this one a folder of its own", .0.display()
    )]
    Busy(PathBuf),
    /// The server takes no connections any more.
    #[error("the test archive takes no connections any more: start it again")]
    Ended,
    /// What was made for one run only stays behind.
    #[error("the test archive ended, and its temporary folder cannot be removed: {0}; remove it")]
    NotRemoved(io::Error),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a test archive listens and what it keeps.
#[derive(Debug, Default)]
pub struct TestArchiveOptions {
    /// The address (default: a free port of this machine).
    pub listen: Option<SocketAddr>,
    /// The folder that keeps documents and certificates (default: none, everything is gone with the archive). Its files
    /// can be read by their owner only.
    pub data: Option<PathBuf>,
    /// The structures that the archive knows.
    pub structures: Vec<Structure>,
    /// Authorities, in PEM, whose signers the archive trusts beside its own: those of cards and HSMs.
    pub authorities: String,
    /// Whether a page shows what the archive holds, on a port of its own without TLS.
    pub page: bool,
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
    page: Option<SocketAddr>,
    pki: TestPki,
    shared: Arc<Shared>,
    servers: Vec<JoinHandle<()>>,
}

impl TestArchive {
    /// Starts an archive in memory that knows these structures, on a free port of this machine.
    ///
    /// # Errors
    /// [`TestArchiveError`] when certificates cannot be made or no port is free.
    pub async fn start(structures: Vec<Structure>) -> Result<Self, TestArchiveError> {
        let options = TestArchiveOptions {
            structures,
            ..TestArchiveOptions::default()
        };
        Self::start_with(options).await
    }

    /// Starts an archive. One that is started on the folder of an earlier one goes on where that one was, even when it was
    /// killed.
    ///
    /// # Errors
    /// [`TestArchiveError`] when certificates cannot be made, the folder cannot be used or the address is not free.
    pub async fn start_with(options: TestArchiveOptions) -> Result<Self, TestArchiveError> {
        let pki = match &options.data {
            Some(folder) => TestPki::kept_in(&folder.join("pki"))?,
            None => TestPki::generate()?,
        };
        let anchors = format!("{}{}", pki.ca, options.authorities);
        let trusted = TrustAnchors::from_pem(anchors.as_bytes())
            .map_err(|error| TestArchiveError::Tls(error.to_string()))?;
        let spec = test_spec();
        let mut log = Log::new(spec.clone(), trusted.clone())
            .map_err(|error| TestArchiveError::Register(error.to_string()))?;
        if let Some(folder) = &options.data {
            let path = folder.join("register.sqlite");
            create_private(&path)?;
            log = log.kept_in(&path)?;
        }
        let mut archive = match &options.data {
            Some(folder) => {
                let path = folder.join("archive.sqlite");
                create_private(&path)?;
                Archive::open(spec, options.structures, trusted, &path)?
            }
            None => Archive::in_memory(spec, options.structures, trusted)?,
        };
        for (unit, organisation) in people::units() {
            archive.add_unit(unit.oid.as_oid().clone(), organisation.oid.as_oid().clone());
        }
        let shared = Arc::new(Shared {
            archive: Mutex::new(archive),
            faults: Mutex::new(VecDeque::new()),
            register: register::Service::new(log),
        });
        let acceptors = acceptors(&pki).map_err(TestArchiveError::Tls)?;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(options.listen.unwrap_or(any)).await?;
        let address = listener.local_addr()?;
        let mut servers = vec![tokio::spawn(connection::serve(
            listener,
            acceptors,
            shared.clone(),
        ))];
        let page = if options.page {
            let listener = TcpListener::bind(any).await?;
            let address = listener.local_addr()?;
            servers.push(tokio::spawn(page::serve(listener, shared.clone())));
            Some(address)
        } else {
            None
        };
        Ok(Self {
            address,
            page,
            pki,
            shared,
            servers,
        })
    }

    /// Returns the address of the archive.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }

    /// Returns the address of the log register.
    #[must_use]
    pub fn register_url(&self) -> String {
        format!("https://localhost:{}{REGISTER_PATH}", self.address.port())
    }

    /// Returns the address of the page that shows what the archive holds.
    #[must_use]
    pub fn page_url(&self) -> Option<String> {
        Some(format!("http://{}/", self.page?))
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
        let transport = self.transport(self.endpoint()?.with_attempt_timeout(deadline))?;
        Ok(ArchiveClient::new(test_spec(), transport))
    }

    /// Returns a client of the log register that waits no longer than this for an answer.
    ///
    /// # Errors
    /// [`TestArchiveError`] when TLS refuses the throw-away certificates.
    pub fn register_client(&self, deadline: Duration) -> Result<LogRegister, TestArchiveError> {
        let endpoint = endpoint(&self.register_url())?.with_attempt_timeout(deadline);
        LogRegister::new(test_spec(), self.transport(endpoint)?)
            .map_err(|error| TestArchiveError::Register(error.to_string()))
    }

    /// Returns where messages to this archive go, with default limits.
    ///
    /// # Errors
    /// [`TestArchiveError`] when the address is none.
    pub fn endpoint(&self) -> Result<Endpoint, TestArchiveError> {
        endpoint(&self.url())
    }

    /// Returns a transport with the throw-away client certificate; it trusts this archive only and knows its revocations.
    ///
    /// # Errors
    /// [`TestArchiveError`] when TLS refuses the throw-away certificates.
    pub fn transport(&self, endpoint: Endpoint) -> Result<HttpsPost, TestArchiveError> {
        let tls = |error: &dyn std::fmt::Display| TestArchiveError::Tls(error.to_string());
        let pki = &self.pki;
        let identity = ClientIdentity::from_pem(pki.client.as_bytes(), pki.client_key.as_bytes())
            .map_err(|error| tls(&error))?;
        let trusted = TrustedServers::from_pem(pki.ca.as_bytes())
            .and_then(|trusted| trusted.with_revocation_lists(pki.revocation_list.as_bytes()))
            .map_err(|error| tls(&error))?;
        HttpsPost::new(endpoint, identity, &trusted).map_err(|error| tls(&error))
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

    /// Lets the next requests to the log register meet these faults, one each.
    pub fn script_register(&self, faults: impl IntoIterator<Item = RegisterFault>) {
        self.shared.register.script(faults);
    }

    /// Returns what the log register holds, in the order of arrival.
    #[must_use]
    pub fn notices(&self) -> Vec<StoredResource> {
        self.shared.register.stored()
    }

    /// Forgets the faults that no message has met yet.
    pub fn clear_script(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Sets what a client has allowed and forbidden, as if it had been archived.
    ///
    /// # Errors
    /// [`TestArchiveError`] when it cannot be kept.
    pub fn set_will(&self, client: &ClientIdentifier, will: &Will) -> Result<(), TestArchiveError> {
        Ok(lock(&self.shared.archive).set_will(client, will)?)
    }

    /// Returns what the archive holds, in the order of arrival; annulled documents too.
    ///
    /// # Panics
    /// When the database cannot be read any more.
    #[must_use]
    pub fn documents(&self) -> Vec<StoredDocument> {
        lock(&self.shared.archive)
            .documents()
            .expect("the database was open when the archive started")
    }

    /// Waits for the end of the server, which does not come by itself.
    pub async fn run(mut self) {
        if let Some(server) = self.servers.first_mut() {
            let _ = server.await;
        }
    }
}

impl Drop for TestArchive {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

fn endpoint(url: &str) -> Result<Endpoint, TestArchiveError> {
    let address = url.parse();
    let address =
        address.map_err(|error: http::uri::InvalidUri| TestArchiveError::Tls(error.to_string()))?;
    Ok(Endpoint::new(address))
}

/// Makes the database's file before SQLite does, so that only its owner can read it.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn acceptors(pki: &TestPki) -> Result<Acceptors, String> {
    let acceptor = |server: &KeyPair| {
        server_config(&pki.ca, server).map(|config| TlsAcceptor::from(Arc::new(config)))
    };
    Ok(Acceptors {
        good: acceptor(&pki.server)?,
        expired: acceptor(&pki.expired_server)?,
        wrong_host: acceptor(&pki.wrong_host_server)?,
        untrusted: acceptor(&pki.untrusted_server)?,
        revoked: acceptor(&pki.revoked_server)?,
    })
}

fn server_config(ca: &str, server: &KeyPair) -> Result<ServerConfig, String> {
    let error = |error: &dyn std::fmt::Display| error.to_string();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(ca.as_bytes()).map_err(|e| error(&e))?;
    roots.add(ca).map_err(|e| error(&e))?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|e| error(&e))?;
    let certificate =
        CertificateDer::from_pem_slice(server.certificate.as_bytes()).map_err(|e| error(&e))?;
    let key = PrivateKeyDer::from_pem_slice(server.key.as_bytes()).map_err(|e| error(&e))?;
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| error(&e))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate], key)
        .map_err(|e| error(&e))
}
