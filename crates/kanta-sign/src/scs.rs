//! Signing by the card reader software of the person's own machine, through the browser: the Signature Creation Service
//! (Finnish: korttilukijaohjelmiston allekirjoitusrajapinta).
//!
//! The vendor's page asks a service on `localhost` for a signature; the person confirms it with the card and the PIN. Here are the
//! request and the answer as types, and a [`Signer`] over whatever way the vendor has to reach the page. This crate opens no
//! connection.
//!
//! Sources: "HTML5 and Digital Signatures, Signature Creation Service" 1.1 (22.11.2017) as far as it was seen, for the request
//! (SCS, `[S]`); the source code of public services that use it, for the answer: `signature`, `signatureAlgorithm`,
//! `signatureType`, `chain` (solita/etp-front, test fixtures of an answer, `[S]`); `status`, `reasonCode` and `reasonText` from
//! memory (`[M]`), so they are read if they are there and nothing rests on them.
//!
//! **Never tried against DVV's card reader software**, only against a stand-in that follows the description. In which encoding it
//! gives ECDSA signatures is unknown; both are read.

use std::fmt;

use base64_simd::STANDARD;
use serde::{Deserialize, Serialize};

use crate::{
    Certificate, Confirmation, KeyUsage, SignatureAlgorithm, SignatureValue, Signer, SignerError,
    ToBeSigned,
};

/// Where the service of version 1.1 listens: on the person's machine alone.
pub const ADDRESS: &str = "https://localhost:53952";
/// The path of [`ScsRequest`], a `POST` of JSON.
pub const SIGN_PATH: &str = "/sign";
/// The path that tells what the service can do, a `GET`.
pub const VERSION_PATH: &str = "/version";
/// The version of the description that requests follow.
const VERSION: &str = "1.1";
/// The largest content of version 1.1.
const MAX_CONTENT: usize = 100 * 1000 * 1000;

/// A request for one signature, as it is sent.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScsRequest {
    version: &'static str,
    selector: ScsSelector,
    content: String,
    content_type: &'static str,
    hash_algorithm: &'static str,
    signature_type: &'static str,
}

/// Which certificate the service offers the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScsSelector {
    /// What the key may be used for.
    keyusages: Vec<&'static str>,
    /// Issuers by their distinguished names, as the service writes them; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issuers: Vec<String>,
    /// Issuers' keys by their identifiers (`authorityKeyIdentifier`) in Base64; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    akis: Vec<String>,
}

impl ScsSelector {
    /// Selects the certificate for signatures that cannot be denied later: what documents need.
    #[must_use]
    pub fn non_repudiation() -> Self {
        Self {
            keyusages: vec!["nonrepudiation"],
            issuers: Vec::new(),
            akis: Vec::new(),
        }
    }

    /// Demands one of these issuers as well.
    #[must_use]
    pub fn with_issuers(mut self, issuers: Vec<String>) -> Self {
        self.issuers = issuers;
        self
    }

    /// Demands one of these keys of issuers as well.
    #[must_use]
    pub fn with_issuer_keys(mut self, akis: Vec<String>) -> Self {
        self.akis = akis;
        self
    }
}

impl ScsRequest {
    /// Asks for a bare signature over whole octets: the service hashes.
    ///
    /// # Errors
    /// [`ScsError::Algorithm`] when the service cannot be told to sign so, [`ScsError::TooLarge`] above 100 MB.
    pub fn sign(octets: &ToBeSigned<'_>, selector: ScsSelector) -> Result<Self, ScsError> {
        let hash_algorithm =
            hash_name(octets.algorithm()).ok_or(ScsError::Algorithm(octets.algorithm()))?;
        if octets.octets().len() > MAX_CONTENT {
            return Err(ScsError::TooLarge(octets.octets().len()));
        }
        Ok(Self {
            version: VERSION,
            selector,
            content: STANDARD.encode_to_string(octets.octets()),
            content_type: "data",
            hash_algorithm,
            signature_type: "signature",
        })
    }
}

impl fmt::Debug for ScsRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScsRequest")
            .field("selector", &self.selector)
            .field("hash_algorithm", &self.hash_algorithm)
            .finish_non_exhaustive()
    }
}

/// The service hashes with SHA-256 or SHA-512 (the description) and signs RSA with PKCS#1 v1.5; it has no name for PSS, and SHA-384
/// stands in what one version says of itself (`[S]`, the same fixtures).
fn hash_name(algorithm: SignatureAlgorithm) -> Option<&'static str> {
    match algorithm {
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaP256Sha256 => Some("SHA256"),
        SignatureAlgorithm::RsaSha384 | SignatureAlgorithm::EcdsaP384Sha384 => Some("SHA384"),
        SignatureAlgorithm::RsaSha512 => Some("SHA512"),
        _ => None,
    }
}

/// An answer as it came.
///
/// `Debug` shows no certificate.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    signature: Option<String>,
    chain: Option<Vec<String>>,
    status: Option<String>,
    reason_code: Option<serde_json::Number>,
    reason_text: Option<String>,
}

/// A signature that the service gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScsSignature {
    /// The signature, in the form that XML signatures have.
    pub value: SignatureValue,
    /// The certificate of the key.
    pub certificate: Certificate,
    /// The certificates above it, the nearest first.
    pub chain: Vec<Certificate>,
}

impl ScsSignature {
    /// Reads the answer to a request for these octets and verifies the signature with the certificate that came with it.
    ///
    /// That the certificate is the person's whom the vendor means, and who issued it, is still to be seen.
    ///
    /// # Errors
    /// [`ScsError`] when the service refused, the answer cannot be read, or the signature is not one of these octets.
    pub fn read(answer: &[u8], octets: &ToBeSigned<'_>) -> Result<Self, ScsError> {
        let answer: Answer = serde_json::from_slice(answer)
            .map_err(|error| ScsError::Answer(format!("it is not the JSON expected: {error}")))?;
        let Some(signature) = &answer.signature else {
            return Err(answer.refusal());
        };
        let decode = |text: &str, what: &str| {
            STANDARD
                .decode_to_vec(text)
                .map_err(|_| ScsError::Answer(format!("the {what} is not Base64")))
        };
        let mut certificates = Vec::new();
        for certificate in answer.chain.iter().flatten() {
            let der = decode(certificate, "certificate")?;
            let certificate =
                Certificate::from_der(&der).map_err(|error| ScsError::Answer(error.to_string()))?;
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            return Err(ScsError::Answer("it has no certificate".to_owned()));
        }
        let certificate = certificates.remove(0);
        let algorithm = octets.algorithm();
        let value = SignatureValue::received(decode(signature, "signature")?, algorithm);
        if !algorithm.verifies(certificate.public_key(), octets.octets(), value.as_bytes()) {
            return Err(ScsError::DoesNotVerify);
        }
        Ok(Self {
            value,
            certificate,
            chain: certificates,
        })
    }
}

impl Answer {
    fn refusal(&self) -> ScsError {
        let parts = [
            self.status.clone(),
            self.reason_code.as_ref().map(ToString::to_string),
            self.reason_text.clone(),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        ScsError::Refused(if parts.is_empty() {
            "no reason is given".to_owned()
        } else {
            parts.join(", ")
        })
    }
}

/// Why the service gave no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScsError {
    /// The service cannot be asked for this algorithm (`KANTA-SCS-ALGORITHM`).
    #[error(
        "the card reader software cannot be asked to sign with {0:?}: take an algorithm with PKCS#1 v1.5 padding, or ECDSA \
         [KANTA-SCS-ALGORITHM]"
    )]
    Algorithm(SignatureAlgorithm),
    /// The octets are more than the service takes (`KANTA-SCS-SIZE`).
    #[error("the service takes 100 MB at most, and these are {0} bytes [KANTA-SCS-SIZE]")]
    TooLarge(usize),
    /// The service, or the person, refused (`KANTA-SCS-REFUSED`).
    #[error(
        "the card reader software gave no signature ({0}): see what it says on the person's screen [KANTA-SCS-REFUSED]"
    )]
    Refused(String),
    /// The answer cannot be read (`KANTA-SCS-ANSWER`).
    #[error(
        "the answer of the card reader software cannot be read ({0}): check that it is what answers at that address \
         [KANTA-SCS-ANSWER]"
    )]
    Answer(String),
    /// The signature is not one of the octets (`KANTA-SCS-VERIFY`).
    #[error(
        "the signature from the card reader software does not verify over what was to be signed: sign again, and if it stays so, \
         another key or algorithm was used [KANTA-SCS-VERIFY]"
    )]
    DoesNotVerify,
    /// Another certificate signed than the one that was prepared for (`KANTA-SCS-CERTIFICATE`).
    #[error(
        "another certificate signed than the one that the document was prepared for: choose the same card and certificate, or \
         prepare for this one [KANTA-SCS-CERTIFICATE]"
    )]
    OtherCertificate,
    /// The page or the service was not reached (`KANTA-SCS-UNREACHABLE`).
    #[error(
        "the card reader software was not reached ({0}): see that it runs and that the page may speak to {ADDRESS} \
         [KANTA-SCS-UNREACHABLE]"
    )]
    Unreachable(String),
}

impl From<ScsError> for SignerError {
    fn from(error: ScsError) -> Self {
        match error {
            ScsError::Algorithm(algorithm) => Self::Algorithm(algorithm),
            ScsError::OtherCertificate => Self::Pair,
            error @ ScsError::Unreachable(_) => Self::Unavailable(error.to_string()),
            ScsError::Refused(_) => Self::NotConfirmed,
            error => Self::Failed(error.to_string()),
        }
    }
}

/// The way to the service: the vendor's page, which posts the request to [`SIGN_PATH`] of [`ADDRESS`] and brings the answer back.
pub trait ScsTransport: Send + Sync {
    /// Sends the request, as JSON, and returns the answer's body. Blocks while the person confirms.
    ///
    /// # Errors
    /// [`ScsError::Unreachable`] when there is no answer.
    fn exchange(&self, request: &ScsRequest) -> Result<Vec<u8>, ScsError>;
}

impl<F> ScsTransport for F
where
    F: Fn(&ScsRequest) -> Result<Vec<u8>, ScsError> + Send + Sync,
{
    fn exchange(&self, request: &ScsRequest) -> Result<Vec<u8>, ScsError> {
        self(request)
    }
}

/// A signer whose key is on a card in the reader of the person's own machine.
///
/// The service shows its certificates only with a signature, so the certificate comes from the caller: from the person's login, or
/// from an earlier [`ScsSignature`].
pub struct ScsSigner<T> {
    certificate: Certificate,
    algorithms: Vec<SignatureAlgorithm>,
    selector: ScsSelector,
    transport: T,
}

impl<T: ScsTransport> ScsSigner<T> {
    /// Takes the certificate whose key will sign, and the way to the service.
    #[must_use]
    pub fn new(certificate: Certificate, transport: T) -> Self {
        let algorithms = [
            SignatureAlgorithm::RsaSha256,
            SignatureAlgorithm::RsaSha384,
            SignatureAlgorithm::RsaSha512,
            SignatureAlgorithm::EcdsaP256Sha256,
            SignatureAlgorithm::EcdsaP384Sha384,
        ]
        .into_iter()
        .filter(|algorithm| algorithm.fits(certificate.public_key()))
        .collect();
        let mut selector = ScsSelector::non_repudiation();
        let usages = certificate.key_usage();
        if usages.is_some_and(|usages| !usages.contains(&KeyUsage::NonRepudiation)) {
            selector.keyusages = vec!["digitalsignature"];
        }
        Self {
            certificate,
            algorithms,
            selector,
            transport,
        }
    }
}

impl<T: ScsTransport> Signer for ScsSigner<T> {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        &self.algorithms
    }

    fn confirmation(&self) -> Confirmation {
        Confirmation::EverySignature
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        if !self.algorithms.contains(&octets.algorithm()) {
            return Err(SignerError::Algorithm(octets.algorithm()));
        }
        let request = ScsRequest::sign(octets, self.selector.clone())?;
        let answer = self.transport.exchange(&request)?;
        let signature = ScsSignature::read(&answer, octets)?;
        if signature.certificate != self.certificate {
            return Err(ScsError::OtherCertificate.into());
        }
        Ok(signature.value)
    }
}

impl<T> fmt::Debug for ScsSigner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScsSigner")
            .field("certificate", &self.certificate)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
