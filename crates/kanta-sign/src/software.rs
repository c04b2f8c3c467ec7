//! A signer with a key in memory.

use std::fmt;

use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Sequence};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair, RSA_PKCS1_SHA256,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use crate::{
    Certificate, PublicKey, SignatureAlgorithm, SignatureValue, Signer, SignerError, ToBeSigned,
};

/// A signer whose key is in memory: for servers whose system-signature certificate came with a key file.
///
/// `Debug` shows no key.
///
/// ```no_run
/// use kanta_sign::SoftwareSigner;
///
/// let key = std::fs::read("signing.key")?;
/// let certificate = std::fs::read("signing.pem")?;
/// let signer = SoftwareSigner::from_pem(&key, &certificate)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SoftwareSigner {
    certificate: Certificate,
    key: Key,
    random: SystemRandom,
}

enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(SignatureAlgorithm, EcdsaKeyPair),
}

/// `ECPrivateKey` of RFC 5915; the curve stands in the certificate.
#[derive(Sequence)]
struct EcPrivateKey<'d> {
    #[allow(dead_code, reason = "the sequence begins with it")]
    version: u8,
    private_key: &'d OctetStringRef,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    parameters: Option<AnyRef<'d>>,
    #[asn1(context_specific = "1", optional = "true", tag_mode = "EXPLICIT")]
    public_key: Option<AnyRef<'d>>,
}

impl SoftwareSigner {
    /// Reads an unencrypted key (PKCS#8, PKCS#1 or SEC1) and its certificate from PEM.
    ///
    /// # Errors
    /// [`SignerError`] when either cannot be read, or the key is not the certificate's.
    pub fn from_pem(key: &[u8], certificate: &[u8]) -> Result<Self, SignerError> {
        let certificate = Certificate::from_pem(certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| SignerError::Key("there is no unencrypted key in PEM here".to_owned()))?;
        let key = Key::read(&key, certificate.public_key())?;
        if key.public() != certificate.public_key().bytes() {
            return Err(SignerError::Pair);
        }
        Ok(Self {
            certificate,
            key,
            random: SystemRandom::new(),
        })
    }
}

impl Key {
    fn read(key: &PrivateKeyDer<'_>, public: &PublicKey) -> Result<Self, SignerError> {
        let rejected = |error: ring::error::KeyRejected| match error.to_string().as_str() {
            "InconsistentComponents" => SignerError::Pair,
            problem => SignerError::Key(problem.to_owned()),
        };
        let ecdsa = match public {
            PublicKey::Rsa { .. } => {
                let pair = match key {
                    PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
                    PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
                    _ => return Err(SignerError::Pair),
                };
                return pair.map(Self::Rsa).map_err(rejected);
            }
            PublicKey::P256 { .. } => (
                SignatureAlgorithm::EcdsaP256Sha256,
                &ECDSA_P256_SHA256_FIXED_SIGNING,
            ),
            PublicKey::P384 { .. } => (
                SignatureAlgorithm::EcdsaP384Sha384,
                &ECDSA_P384_SHA384_FIXED_SIGNING,
            ),
            PublicKey::Other => {
                return Err(SignerError::Key(
                    "the certificate's key is of an unknown kind".to_owned(),
                ));
            }
        };
        let (algorithm, signing): (_, &'static EcdsaSigningAlgorithm) = ecdsa;
        let random = SystemRandom::new();
        let pair = match key {
            PrivateKeyDer::Pkcs8(key) => {
                EcdsaKeyPair::from_pkcs8(signing, key.secret_pkcs8_der(), &random)
            }
            PrivateKeyDer::Sec1(key) => {
                let key = EcPrivateKey::from_der(key.secret_sec1_der())
                    .map_err(|error| SignerError::Key(error.to_string()))?;
                let private = key.private_key.as_bytes();
                EcdsaKeyPair::from_private_key_and_public_key(
                    signing,
                    private,
                    public.bytes(),
                    &random,
                )
            }
            _ => return Err(SignerError::Pair),
        };
        pair.map(|pair| Self::Ecdsa(algorithm, pair))
            .map_err(rejected)
    }

    fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(pair) => pair.public_key().as_ref(),
            Self::Ecdsa(_, pair) => pair.public_key().as_ref(),
        }
    }
}

impl Signer for SoftwareSigner {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        let failed =
            |_| SignerError::Failed("the provider of cryptography reports no reason".to_owned());
        match (&self.key, octets.algorithm()) {
            (Key::Rsa(pair), SignatureAlgorithm::RsaSha256) => {
                let mut value = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &self.random, octets.octets(), &mut value)
                    .map_err(failed)?;
                Ok(SignatureValue::new(value))
            }
            (Key::Ecdsa(own, pair), algorithm) if *own == algorithm => pair
                .sign(&self.random, octets.octets())
                .map(|value| SignatureValue::new(value.as_ref().to_vec()))
                .map_err(failed),
            (_, algorithm) => Err(SignerError::Algorithm(algorithm)),
        }
    }
}

impl fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareSigner")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        CertificateParams, KeyPair as Pair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    };

    fn certificate(pair: &Pair) -> String {
        CertificateParams::default()
            .self_signed(pair)
            .unwrap()
            .pem()
    }

    #[test]
    fn what_is_signed_verifies() {
        for (kind, algorithm) in [
            (&PKCS_ECDSA_P256_SHA256, SignatureAlgorithm::EcdsaP256Sha256),
            (&PKCS_ECDSA_P384_SHA384, SignatureAlgorithm::EcdsaP384Sha384),
        ] {
            let pair = Pair::generate_for(kind).unwrap();
            let signer = SoftwareSigner::from_pem(
                pair.serialize_pem().as_bytes(),
                certificate(&pair).as_bytes(),
            )
            .unwrap();
            let value = signer.sign(&ToBeSigned::new(b"octets", algorithm)).unwrap();
            let key = signer.certificate().public_key();
            assert!(algorithm.verifies(key, b"octets", value.as_bytes()));
            assert!(!algorithm.verifies(key, b"octetz", value.as_bytes()));
            assert!(!SignatureAlgorithm::RsaSha256.verifies(key, b"octets", value.as_bytes()));
            assert_eq!(
                signer.sign(&ToBeSigned::new(b"", SignatureAlgorithm::RsaSha256)),
                Err(SignerError::Algorithm(SignatureAlgorithm::RsaSha256))
            );
        }
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let (one, other) = (Pair::generate().unwrap(), Pair::generate().unwrap());
        let refused = SoftwareSigner::from_pem(
            one.serialize_pem().as_bytes(),
            certificate(&other).as_bytes(),
        );
        assert_eq!(refused.unwrap_err(), SignerError::Pair);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let pair = Pair::generate().unwrap();
        let certificate = certificate(&pair);
        for key in [
            "",
            "nonsense",
            certificate.as_str(),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ] {
            let refused = SoftwareSigner::from_pem(key.as_bytes(), certificate.as_bytes());
            assert!(matches!(refused, Err(SignerError::Key(_))), "{key}");
        }
        let refused = SoftwareSigner::from_pem(pair.serialize_pem().as_bytes(), b"");
        assert!(matches!(refused, Err(SignerError::Certificate(_))));
    }
}
