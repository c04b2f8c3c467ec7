//! A key of any signer for TLS: on a card, in an HSM, or elsewhere.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use kanta_core::Instant;
use kanta_sign::{KeyUsage, RenewableSigner, SignatureAlgorithm, Signer, ToBeSigned};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};
use rustls_pki_types::CertificateDer;

use super::TlsError;

/// What TLS calls the algorithms, the preferred ones first. RSA signs with PSS in TLS 1.3; without it only 1.2 is left.
const SCHEMES: [(SignatureScheme, SignatureAlgorithm); 8] = {
    use SignatureAlgorithm as A;
    use SignatureScheme as S;
    [
        (S::ECDSA_NISTP384_SHA384, A::EcdsaP384Sha384),
        (S::ECDSA_NISTP256_SHA256, A::EcdsaP256Sha256),
        (S::RSA_PSS_SHA256, A::RsaPssSha256),
        (S::RSA_PSS_SHA384, A::RsaPssSha384),
        (S::RSA_PSS_SHA512, A::RsaPssSha512),
        (S::RSA_PKCS1_SHA256, A::RsaSha256),
        (S::RSA_PKCS1_SHA384, A::RsaSha384),
        (S::RSA_PKCS1_SHA512, A::RsaSha512),
    ]
};

/// The configuration of TLS for a signer that may be exchanged: it is made anew with another certificate.
pub(super) struct SignerConfig {
    signer: Arc<RenewableSigner>,
    base: ClientConfig,
    current: Mutex<(Arc<dyn Signer>, Arc<ClientConfig>)>,
}

impl SignerConfig {
    /// Takes a configuration without a client certificate.
    pub(super) fn new(signer: Arc<RenewableSigner>, base: ClientConfig) -> Self {
        let first = signer.current();
        let config = config(&base, &first);
        Self {
            signer,
            base,
            current: Mutex::new((first, config)),
        }
    }

    /// Returns the configuration with the certificate of now.
    pub(super) fn config(&self) -> Arc<ClientConfig> {
        let signer = self.signer.current();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&signer, &current.0) {
            let config = config(&self.base, &signer);
            *current = (signer, config);
        }
        current.1.clone()
    }

    pub(super) fn expires(&self) -> Instant {
        self.signer.current().certificate().not_after()
    }
}

impl fmt::Debug for SignerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SignerConfig").field(&self.signer).finish()
    }
}

/// Sees whether a signer can be a client of TLS: by what its certificate says it is for, never by where it stands.
pub(super) fn check(signer: &dyn Signer) -> Result<(), TlsError> {
    let for_tls = signer
        .certificate()
        .key_usage()
        .is_none_or(|usages| usages.contains(&KeyUsage::DigitalSignature));
    if !for_tls {
        return Err(TlsError::new(
            "the certificate is for signatures of documents, not for connections",
            "give the certificate whose key usage is digitalSignature: a server certificate or a login certificate",
        ));
    }
    let algorithms = signer.algorithms();
    if SCHEMES
        .iter()
        .all(|(_, algorithm)| !algorithms.contains(algorithm))
    {
        return Err(TlsError::new(
            "the key signs with no algorithm that TLS has",
            "take an RSA key, or an EC key on P-256 or P-384",
        ));
    }
    Ok(())
}

/// Makes the configuration for one certificate. Sessions of another certificate are not resumed: the server would take us for
/// what the old one said.
fn config(base: &ClientConfig, signer: &Arc<dyn Signer>) -> Arc<ClientConfig> {
    let mut config = base.clone();
    config.client_auth_cert_resolver = Arc::new(SignerCertificate::new(signer.clone()));
    config.resumption = Resumption::default();
    Arc::new(config)
}

/// Gives the certificate to any server that asks for one.
#[derive(Debug)]
struct SignerCertificate(Arc<CertifiedKey>);

impl SignerCertificate {
    fn new(signer: Arc<dyn Signer>) -> Self {
        let chain = std::iter::once(signer.certificate())
            .chain(signer.chain())
            .map(|certificate| CertificateDer::from(certificate.as_der().to_vec()))
            .collect();
        Self(Arc::new(CertifiedKey::new(
            chain,
            Arc::new(SignerKey(signer)),
        )))
    }
}

impl ResolvesClientCert for SignerCertificate {
    fn resolve(&self, _: &[&[u8]], offered: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.key.choose_scheme(offered)?;
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

struct SignerKey(Arc<dyn Signer>);

impl rustls::sign::SigningKey for SignerKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        SCHEMES
            .into_iter()
            .find(|(scheme, algorithm)| {
                offered.contains(scheme) && self.0.algorithms().contains(algorithm)
            })
            .map(|(scheme, algorithm)| {
                Box::new(Handshake {
                    signer: self.0.clone(),
                    scheme,
                    algorithm,
                }) as Box<dyn rustls::sign::Signer>
            })
    }

    fn algorithm(&self) -> rustls::SignatureAlgorithm {
        match self.0.algorithms().first() {
            Some(algorithm) if algorithm.ecdsa_field_bytes().is_some() => {
                rustls::SignatureAlgorithm::ECDSA
            }
            _ => rustls::SignatureAlgorithm::RSA,
        }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SignerKey")
            .field(self.0.certificate())
            .finish()
    }
}

/// The signature of one handshake.
struct Handshake {
    signer: Arc<dyn Signer>,
    scheme: SignatureScheme,
    algorithm: SignatureAlgorithm,
}

impl rustls::sign::Signer for Handshake {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let value = self
            .signer
            .sign(&ToBeSigned::new(message, self.algorithm))
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        // TLS has ECDSA in DER.
        Ok(value
            .to_ecdsa_der(self.algorithm)
            .unwrap_or_else(|| value.as_bytes().to_vec()))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handshake").field(&self.scheme).finish()
    }
}
