//! Whether a signature holds.

use kanta_core::{Finding, Instant, Report};
use kanta_sign::Certificate;
use kanta_sign::jws::{self, JwsError};

use super::outline::{Outline, without_member};
use super::profile::BundleSignatureProfile;
use crate::check::ReadError;
use crate::resource::Signature;
use crate::rules;

/// The verdict on the signature of a bundle.
#[derive(Debug, Clone)]
pub struct BundleVerification {
    pub(super) findings: Report,
    certificate: Option<Certificate>,
    when: Option<Instant>,
}

impl BundleVerification {
    /// Returns whether there is a signature that holds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.certificate.is_some() && !self.findings.has_errors()
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn findings(&self) -> &Report {
        &self.findings
    }

    /// Returns the certificate that verifies it; whether it is trusted is another question.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Returns when the bundle was signed, as the signer says.
    #[must_use]
    pub fn when(&self) -> Option<Instant> {
        self.when
    }
}

/// Verifies the signature of a bundle against the bytes as they are.
///
/// The certificate's trust is not judged: see [`kanta_sign::check_path`].
///
/// # Errors
/// [`ReadError`] when the input is not a JSON object.
pub fn verify(
    bundle: &[u8],
    profile: &BundleSignatureProfile,
) -> Result<BundleVerification, ReadError> {
    let mut verification = BundleVerification {
        findings: Report::new(),
        certificate: None,
        when: None,
    };
    if let Err(finding) = verify_into(bundle, profile, &mut verification)? {
        verification.findings.push(finding);
    }
    Ok(verification)
}

fn verify_into(
    bundle: &[u8],
    profile: &BundleSignatureProfile,
    verification: &mut BundleVerification,
) -> Result<Result<(), Finding>, ReadError> {
    let outline: Outline<'_> = serde_json::from_slice(bundle)?;
    let Some(raw) = outline.signature else {
        return Ok(Err(broken(
            "signature",
            "allekirjoitus puuttuu",
            "there is no signature",
        )));
    };
    let Some(bare) = without_member(bundle, raw) else {
        return Ok(Err(broken(
            "signature",
            "allekirjoitusta ei voi erottaa tavuista",
            "the signature cannot be taken out of the bytes",
        )));
    };
    let signature: Signature<'_> = serde_json::from_str(raw.get())?;
    verification.when = signature
        .when
        .as_deref()
        .and_then(|when| Instant::parse(when).ok());
    Ok(judge(&bare, &signature, profile).map(|certificate| {
        verification.certificate = certificate;
    }))
}

fn judge(
    bare: &[u8],
    signature: &Signature<'_>,
    profile: &BundleSignatureProfile,
) -> Result<Option<Certificate>, Finding> {
    let does_not_hold = |error: JwsError| {
        broken(
            "signature.data",
            &format!("allekirjoitus ei pidä: {}", error.reason().finnish()),
            &format!("the signature does not hold: {error}"),
        )
    };
    for (name, found) in [
        ("signature.type", !signature.kind.is_empty()),
        ("signature.when", signature.when.is_some()),
        ("signature.who", signature.who.is_some()),
    ] {
        if !found {
            return Err(broken(name, "tieto puuttuu", "it is missing"));
        }
    }
    let compact = signature
        .data
        .as_deref()
        .and_then(|data| base64_simd::STANDARD.decode_to_vec(data).ok())
        .and_then(|data| String::from_utf8(data).ok())
        .ok_or_else(|| {
            broken(
                "signature.data",
                "arvo ei ole JSON-allekirjoitus base64-muodossa",
                "the value is not a JSON signature in base64",
            )
        })?;
    let payload = profile.is_detached.then_some(bare);
    let verified = jws::verify(&compact, payload, &profile.jws).map_err(does_not_hold)?;
    if verified.payload() != profile.signed_form(bare).map_err(does_not_hold)? {
        return Err(broken(
            "signature.data",
            "allekirjoitus koskee toista sisältöä",
            "the signature is of another content",
        ));
    }
    let certificate = verified.certificates().first().cloned();
    let named = signature
        .who
        .as_ref()
        .and_then(|who| who.identifier.as_ref());
    let signer = certificate
        .as_ref()
        .and_then(|certificate| profile.signer_identifier(certificate));
    if signer.as_ref() != named {
        return Err(broken(
            "signature.who",
            "varmenne on toisen kuin allekirjoittajaksi nimetyn",
            "the certificate is another's than the one who is named as the signer",
        ));
    }
    Ok(certificate)
}

fn broken(place: &str, finnish: &str, english: &str) -> Finding {
    rules::B_07.finding(format!("Bundle.{place}"), finnish, english)
}
