//! The path from a certificate to authorities that the caller trusts.

use std::fmt;
use std::time::Duration;

use kanta_core::Instant;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{
    EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert,
};

use crate::provider::path as provided;
use crate::{Certificate, CertificateError};

/// The algorithms that certificates of the field are signed with, and their neighbours.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    provided::RSA_PKCS1_2048_8192_SHA256,
    provided::RSA_PKCS1_2048_8192_SHA384,
    provided::RSA_PKCS1_2048_8192_SHA512,
    provided::ECDSA_P256_SHA256,
    provided::ECDSA_P384_SHA384,
    provided::ECDSA_P256_SHA384,
    provided::ECDSA_P384_SHA256,
];

/// The authorities that are trusted; none is by default (Finnish: luottamusankkurit).
#[derive(Clone, Default)]
pub struct TrustAnchors {
    anchors: Vec<TrustAnchor<'static>>,
    certificates: Vec<Certificate>,
}

/// Where the path of a certificate leads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathVerdict {
    /// To a trusted authority, and every certificate on the way was valid at the time.
    Trusted,
    /// Nowhere that is trusted, for this reason.
    NotTrusted(String),
    /// It was not looked at: no authorities were given.
    NotChecked,
}

impl TrustAnchors {
    /// Reads the certificates of authorities from PEM.
    ///
    /// # Errors
    /// [`CertificateError`] when there is none, or one cannot be an authority's.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        let certificates = Certificate::all_from_pem(pem)?;
        let anchors = certificates
            .iter()
            .map(|certificate| {
                anchor_from_trusted_cert(&CertificateDer::from(certificate.as_der()))
                    .map(|anchor| anchor.to_owned())
                    .map_err(|error| CertificateError::Anchor(error.to_string()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            anchors,
            certificates,
        })
    }

    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

impl fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustAnchors({})", self.anchors.len())
    }
}

/// Judges the path of a certificate at a time, with intermediate certificates to use on the way.
///
/// Revocation is not part of the verdict.
#[must_use]
pub fn check_path(
    certificate: &Certificate,
    intermediates: &[Certificate],
    trusted: &TrustAnchors,
    time: Instant,
) -> PathVerdict {
    if trusted.anchors.is_empty() {
        return PathVerdict::NotChecked;
    }
    let not_trusted = |error: Error| PathVerdict::NotTrusted(error.to_string());
    let leaf = CertificateDer::from(certificate.as_der());
    let leaf = match EndEntityCert::try_from(&leaf) {
        Ok(leaf) => leaf,
        Err(error) => return not_trusted(error),
    };
    let intermediates: Vec<CertificateDer<'_>> = intermediates
        .iter()
        .map(|certificate| CertificateDer::from(certificate.as_der()))
        .collect();
    let Ok(seconds) = u64::try_from(time.unix_seconds()) else {
        return PathVerdict::NotTrusted("the time lies before 1970".to_owned());
    };
    match leaf.verify_for_usage(
        ALGORITHMS,
        &trusted.anchors,
        &intermediates,
        UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        AnyPurpose,
        None,
        None,
    ) {
        Ok(_) => PathVerdict::Trusted,
        Err(error) => not_trusted(error),
    }
}

/// Signing certificates of the field have no extended key usage, and what it says is about TLS: nothing is demanded.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}
