//! Mutual TLS: who we are, and whom we trust.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kanta_core::Instant;
use kanta_sign::{Certificate, RenewableSigner, Signer};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use super::signer_key::SignerConfig;
use super::{MinimumTls, signer_key};

/// A certificate or a key that TLS cannot use (`KANTA-TLS`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {remedy} [KANTA-TLS]")]
pub struct TlsError {
    problem: String,
    remedy: &'static str,
}

impl TlsError {
    pub(super) fn new(problem: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            problem: problem.into(),
            remedy,
        }
    }
}

/// The client certificate with its key (Finnish: palvelinvarmenne of the access point).
///
/// `Debug` shows no key.
#[derive(Debug)]
pub struct ClientIdentity(Source);

#[derive(Debug)]
enum Source {
    Files {
        certificates: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    },
    Signer(Arc<RenewableSigner>),
}

impl ClientIdentity {
    /// Reads certificates (the client's first) and an unencrypted key from PEM.
    ///
    /// # Errors
    /// [`TlsError`] when either is missing or unreadable.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        Ok(Self(Source::Files {
            certificates: certificates_from_pem(certificates)?,
            key: PrivateKeyDer::from_pem_slice(key).map_err(|_| {
                TlsError::new(
                    "the client key is not an unencrypted private key in PEM",
                    "give a file that begins with -----BEGIN PRIVATE KEY-----",
                )
            })?,
        }))
    }

    /// Takes a signer whose key is elsewhere: in an HSM or on a card. Certificates between its own and a root come from its
    /// [`chain`](Signer::chain).
    ///
    /// Handshakes run where blocking is allowed. TLS sessions are resumed and connections kept, so the key is not needed for every
    /// message; a card that asks for its PIN each time still asks with every new session.
    ///
    /// # Errors
    /// [`TlsError`] when the certificate's key usage is for documents alone, or TLS has none of the algorithms.
    pub fn from_signer(signer: Arc<dyn Signer>) -> Result<Self, TlsError> {
        let same = RenewableSigner::new(move || Ok(signer.clone()));
        let signer =
            same.map_err(|error| TlsError::new(error.to_string(), "give a signer that works"))?;
        Self::from_renewable(Arc::new(signer))
    }

    /// Takes a signer that may be exchanged while the program runs: connections made after [`RenewableSigner::renew`] show the new
    /// certificate.
    ///
    /// # Errors
    /// As [`ClientIdentity::from_signer`].
    pub fn from_renewable(signer: Arc<RenewableSigner>) -> Result<Self, TlsError> {
        signer_key::check(&*signer.current())?;
        Ok(Self(Source::Signer(signer)))
    }
}

/// The authorities whose servers are trusted; nothing is trusted by default.
#[derive(Debug, Clone)]
pub struct TrustedServers {
    roots: Arc<RootCertStore>,
    revocation_lists: Vec<CertificateRevocationListDer<'static>>,
}

impl TrustedServers {
    /// Reads trust anchors from PEM.
    ///
    /// # Errors
    /// [`TlsError`] when there is none, or one cannot be a trust anchor.
    pub fn from_pem(anchors: &[u8]) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates_from_pem(anchors)? {
            roots.add(certificate).map_err(|error| {
                TlsError::new(
                    format!("a certificate cannot be a trust anchor: {error}"),
                    "give the certificates of certificate authorities",
                )
            })?;
        }
        Ok(Self {
            roots: Arc::new(roots),
            revocation_lists: Vec::new(),
        })
    }

    /// The same authorities with their revocation lists, in PEM: from then on a server is trusted only when a list of its
    /// issuer says nothing against it. Whether a list is too old is not judged here.
    ///
    /// # Errors
    /// [`TlsError`] when there is no list in it.
    pub fn with_revocation_lists(mut self, lists: &[u8]) -> Result<Self, TlsError> {
        let remedy = "give a file with -----BEGIN X509 CRL----- in it";
        self.revocation_lists = CertificateRevocationListDer::pem_slice_iter(lists)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsError::new("the revocation lists are not PEM", remedy))?;
        if self.revocation_lists.is_empty() {
            return Err(TlsError::new("there is no revocation list", remedy));
        }
        Ok(self)
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        self.roots.clone()
    }
}

fn certificates_from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let remedy = "give a file with -----BEGIN CERTIFICATE----- in it";
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::new("the certificates are not PEM", remedy))?;
    if certificates.is_empty() {
        return Err(TlsError::new("there is no certificate", remedy));
    }
    Ok(certificates)
}

/// The configuration of TLS, and what is known of the client certificate.
#[derive(Debug, Clone)]
pub(super) struct TlsClient {
    certificate: ClientCertificate,
}

#[derive(Debug, Clone)]
enum ClientCertificate {
    None(Arc<NoCertificate>, Arc<ClientConfig>),
    Fixed(Option<Instant>, Arc<ClientConfig>),
    OfSigner(Arc<SignerConfig>),
}

impl TlsClient {
    /// Returns the configuration of now.
    pub(super) fn config(&self) -> Arc<ClientConfig> {
        match &self.certificate {
            ClientCertificate::None(_, config) | ClientCertificate::Fixed(_, config) => {
                config.clone()
            }
            ClientCertificate::OfSigner(signer) => signer.config(),
        }
    }

    /// Returns when the client certificate expires.
    pub(super) fn expires(&self) -> Option<Instant> {
        match &self.certificate {
            ClientCertificate::None(..) => None,
            ClientCertificate::Fixed(expires, _) => *expires,
            ClientCertificate::OfSigner(signer) => Some(signer.expires()),
        }
    }

    /// Returns whether a handshake waits for a key elsewhere, and so must run where blocking is allowed.
    pub(super) fn may_block(&self) -> bool {
        matches!(self.certificate, ClientCertificate::OfSigner(_))
    }

    /// Returns whether a server asked for a client certificate and there was none to give.
    pub(super) fn was_asked_in_vain(&self) -> bool {
        matches!(&self.certificate, ClientCertificate::None(asked, _) if asked.0.load(Ordering::Relaxed))
    }
}

/// Has no client certificate, and remembers that a server asked for one.
#[derive(Debug, Default)]
struct NoCertificate(AtomicBool);

impl ResolvesClientCert for NoCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    // With `false`, rustls answers the server without asking this resolver.
    fn has_certs(&self) -> bool {
        true
    }
}

/// Makes the configuration of TLS with the `ring` provider; sessions are resumed.
pub(super) fn client_config(
    identity: Option<ClientIdentity>,
    trusted: &TrustedServers,
    minimum: MinimumTls,
) -> Result<TlsClient, TlsError> {
    let fault = |error: String| TlsError::new(error, "this is a fault of the library");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions: &[_] = match minimum {
        MinimumTls::V1_2 => &[&TLS13, &TLS12],
        MinimumTls::V1_3 => &[&TLS13],
    };
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions)
        .map_err(|error| fault(error.to_string()))?;
    let builder = if trusted.revocation_lists.is_empty() {
        builder.with_root_certificates(trusted.roots.clone())
    } else {
        let verifier = WebPkiServerVerifier::builder_with_provider(trusted.roots.clone(), provider)
            .with_crls(trusted.revocation_lists.clone())
            .only_check_end_entity_revocation()
            .build()
            .map_err(|error| {
                TlsError::new(
                    format!("the revocation lists cannot be used: {error}"),
                    "give current lists of the authorities of the servers",
                )
            })?;
        builder.with_webpki_verifier(verifier)
    };
    let Some(identity) = identity else {
        let asked = Arc::new(NoCertificate::default());
        let config = builder.with_client_cert_resolver(asked.clone());
        return Ok(TlsClient {
            certificate: ClientCertificate::None(asked, Arc::new(config)),
        });
    };
    let (certificates, key) = match identity.0 {
        Source::Files { certificates, key } => (certificates, key),
        Source::Signer(signer) => {
            let config = SignerConfig::new(signer, builder.with_no_client_auth());
            return Ok(TlsClient {
                certificate: ClientCertificate::OfSigner(Arc::new(config)),
            });
        }
    };
    let expires = certificates
        .first()
        .and_then(|certificate| Certificate::from_der(certificate).ok())
        .map(|certificate| certificate.not_after());
    let config = builder
        .with_client_auth_cert(certificates, key)
        .map_err(|error| {
            TlsError::new(
                format!("client certificate and key do not work together: {error}"),
                "give the key that belongs to the first certificate",
            )
        })?;
    Ok(TlsClient {
        certificate: ClientCertificate::Fixed(expires, Arc::new(config)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_pem_is_told() {
        for pem in [
            "",
            "nonsense",
            "-----BEGIN CERTIFICATE-----\nAA*\n-----END CERTIFICATE-----",
        ] {
            assert!(TrustedServers::from_pem(pem.as_bytes()).is_err(), "{pem}");
            assert!(
                ClientIdentity::from_pem(pem.as_bytes(), pem.as_bytes()).is_err(),
                "{pem}"
            );
        }
    }
}
