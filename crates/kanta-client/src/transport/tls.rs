//! Mutual TLS: who we are, and whom we trust.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate or a key that TLS cannot use (`KANTA-TLS`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {remedy} [KANTA-TLS]")]
pub struct TlsError {
    problem: String,
    remedy: &'static str,
}

impl TlsError {
    fn new(problem: impl Into<String>, remedy: &'static str) -> Self {
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
pub struct ClientIdentity {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl ClientIdentity {
    /// Reads certificates (the client's first) and an unencrypted key from PEM.
    ///
    /// # Errors
    /// [`TlsError`] when either is missing or unreadable.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        Ok(Self {
            certificates: certificates_from_pem(certificates)?,
            key: PrivateKeyDer::from_pem_slice(key).map_err(|_| {
                TlsError::new(
                    "the client key is not an unencrypted private key in PEM",
                    "give a file that begins with -----BEGIN PRIVATE KEY-----",
                )
            })?,
        })
    }
}

/// The authorities whose servers are trusted; nothing is trusted by default.
#[derive(Debug, Clone)]
pub struct TrustedServers {
    roots: Arc<RootCertStore>,
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
        })
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

/// Makes the configuration of TLS 1.2 and 1.3 with the `ring` provider.
pub(super) fn client_config(
    identity: ClientIdentity,
    trusted: &TrustedServers,
) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::new(error.to_string(), "this is a fault of the library"))?
        .with_root_certificates(trusted.roots.clone())
        .with_client_auth_cert(identity.certificates, identity.key)
        .map_err(|error| {
            TlsError::new(
                format!("client certificate and key do not work together: {error}"),
                "give the key that belongs to the first certificate",
            )
        })?;
    Ok(Arc::new(config))
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
