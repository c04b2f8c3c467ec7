//! The path from a certificate to authorities that the caller trusts.

use std::fmt;
use std::time::Duration;

use kanta_core::{Instant, Reason};
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
    NotTrusted(Reason),
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
                    .map_err(|error| CertificateError::Anchor(reason(&error).to_string()))
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
    let not_trusted = |error: Error| PathVerdict::NotTrusted(reason(&error));
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
        return PathVerdict::NotTrusted(Reason::new(
            "aika on ennen vuotta 1970",
            "the time lies before 1970",
        ));
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

/// Says why in words; the error's own text is that of a debugger, with times as numbers.
fn reason(error: &Error) -> Reason {
    let (finnish, english) = match error {
        Error::CertExpired { not_after, .. } => {
            let [finnish, english] = date(*not_after);
            return Reason::new(
                format!("varmenteen voimassaolo päättyi {finnish}"),
                format!("a certificate expired at {english}"),
            );
        }
        Error::CertNotValidYet { not_before, .. } => {
            let [finnish, english] = date(*not_before);
            return Reason::new(
                format!("varmenteen voimassaolo alkaa vasta {finnish}"),
                format!("a certificate is valid only from {english}"),
            );
        }
        Error::UnknownIssuer => (
            "sen myöntäjä ei ole kukaan luotetuista varmentajista",
            "its issuer is none of the trusted authorities",
        ),
        Error::InvalidSignatureForPublicKey => (
            "varmenteen allekirjoitus ei sovi sen myöntäjän avaimeen",
            "the signature of a certificate does not fit the key of its issuer",
        ),
        Error::CertRevoked => ("varmenne on suljettu", "a certificate is revoked"),
        Error::CaUsedAsEndEntity => (
            "varmenne on varmentajan oma eikä allekirjoittajan",
            "the certificate is an authority's own, not a signer's",
        ),
        Error::EndEntityUsedAsCa => (
            "myöntäjä ei ole varmentaja: sen varmenne ei saa myöntää muita",
            "an issuer is no authority: its certificate may not issue any",
        ),
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => (
            "varmenne on muuhun tarkoitukseen",
            "a certificate is meant for another purpose",
        ),
        Error::NameConstraintViolation => (
            "varmentaja ei saa myöntää varmennetta tälle nimelle",
            "an authority may not issue for this name",
        ),
        Error::PathLenConstraintViolated | Error::MaximumPathDepthExceeded => (
            "polulla on varmentajia enemmän kuin saa olla",
            "the path has more authorities than allowed",
        ),
        Error::InvalidCertValidity => (
            "varmenteen voimassaolo päättyy ennen kuin se alkaa",
            "a certificate ends before it begins to be valid",
        ),
        Error::SignatureAlgorithmMismatch => (
            "varmenne nimeää kaksi eri allekirjoitusalgoritmia",
            "a certificate names two different signature algorithms",
        ),
        Error::UnsupportedCertVersion => (
            "varmenne ei ole X.509:n versiota 3",
            "a certificate is not of version 3 of X.509",
        ),
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => (
            "varmenne on allekirjoitettu algoritmilla, jota ei hyväksytä",
            "a certificate is signed with an algorithm that is not accepted",
        ),
        Error::UnsupportedCriticalExtension => (
            "varmenteessa on kriittinen laajennus, jota ei tunneta",
            "a certificate has a critical extension that is not known here",
        ),
        Error::BadDer | Error::BadDerTime | Error::TrailingData(_) => (
            "varmenne ei ole hyvin muodostettua DER:iä",
            "a certificate is not well-formed DER",
        ),
        // Its display is the name of the rule.
        other => {
            return Reason::new(
                format!("varmenne ei noudata X.509:n sääntöjä ({other})"),
                format!("a certificate does not fit the rules of X.509 ({other})"),
            );
        }
    };
    Reason::new(finnish, english)
}

/// The time in Finnish and English.
fn date(time: UnixTime) -> [String; 2] {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match Instant::from_unix(seconds, 0) {
        Ok(time) => [time.to_string(), time.to_string()],
        Err(_) => ["vuoden 9999 jälkeen", "a time beyond the year 9999"].map(str::to_owned),
    }
}

/// Signing certificates of the field have no extended key usage, and what it says is about TLS: nothing is demanded.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_words_and_times_are_dates() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let (early, late) = (at(1_767_225_600), at(95_620_378_530));
        for (error, expected) in [
            (
                Error::CertExpired {
                    time: late,
                    not_after: early,
                },
                "a certificate expired at 2026-01-01T00:00:00Z",
            ),
            (
                Error::CertNotValidYet {
                    time: early,
                    not_before: late,
                },
                "a certificate is valid only from 5000-02-02T08:15:30Z",
            ),
            (
                Error::CertExpired {
                    time: late,
                    not_after: at(u64::MAX),
                },
                "a certificate expired at a time beyond the year 9999",
            ),
            (
                Error::UnknownIssuer,
                "its issuer is none of the trusted authorities",
            ),
            (Error::CertRevoked, "a certificate is revoked"),
            (
                Error::EmptyEkuExtension,
                "a certificate is meant for another purpose",
            ),
            (
                Error::InvalidSerialNumber,
                "a certificate does not fit the rules of X.509 (InvalidSerialNumber)",
            ),
        ] {
            let reason = reason(&error);
            assert_eq!(reason.english(), expected);
            // Neither language holds words of the other.
            let finnish = reason.finnish();
            assert!(
                finnish.starts_with("varmen") || finnish.starts_with("sen "),
                "{finnish}"
            );
            for word in ["certificate", " the ", " is ", " at ", "beyond"] {
                assert!(!finnish.contains(word), "{finnish}");
            }
        }
    }
}
