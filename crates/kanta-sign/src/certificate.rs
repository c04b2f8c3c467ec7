//! Certificates: whose key it is, for what, and how long.

use std::fmt;
use std::sync::Arc;

use der::asn1::{Any, ObjectIdentifier};
use der::{Decode, Encode, Tag, Tagged};
use kanta_core::{Instant, Oid, ProfessionalRegistrationNumber};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, CrlDistributionPoints, KeyUsage as PkixKeyUsage,
};
use x509_cert::name::Name;
use x509_cert::time::Time;

use crate::{PublicKey, pem};

const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const GIVEN_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.42");
const SURNAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.4");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// What the longest certificate seen has, many times over.
const MAX_BYTES: usize = 64 * 1024;

/// A certificate that was read (Finnish: varmenne).
///
/// Reading takes what public certificates of the field have, also where it is not strict DER: a default value that is
/// written out (test messages, `[V]`). Cheap to clone. `Debug` shows no name.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    facts: Arc<Facts>,
}

/// What a certificate says, read once.
#[derive(PartialEq, Eq)]
struct Facts {
    der: Vec<u8>,
    public_key: PublicKey,
    identity: SignerIdentity,
    common_name: Option<String>,
    person_name: Option<(String, String)>,
    issuer: String,
    serial_number: Vec<u8>,
    subject_der: Vec<u8>,
    issuer_der: Vec<u8>,
    crl_urls: Vec<String>,
    ocsp_urls: Vec<String>,
    key_usage: Option<Vec<KeyUsage>>,
    not_before: Instant,
    not_after: Instant,
}

/// Whom a certificate names.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerIdentity {
    /// A professional, by the registration number in the subject's serial number.
    Professional {
        /// The registration number.
        registration_number: ProfessionalRegistrationNumber,
    },
    /// An organisation, by the OID in the subject's serial number.
    Organisation {
        /// The organisation's identifier.
        oid: Oid,
    },
    /// Somebody else.
    Other,
}

/// What a key may be used for, as its certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyUsage {
    /// Signing data (`digitalSignature`).
    DigitalSignature,
    /// Signing what cannot be denied later (`nonRepudiation`).
    NonRepudiation,
    /// Signing certificates (`keyCertSign`).
    CertificateSigning,
    /// Something else.
    Other,
}

impl KeyUsage {
    /// Returns the usage of a word of the spec bundle.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "digital_signature" => Some(Self::DigitalSignature),
            "non_repudiation" => Some(Self::NonRepudiation),
            _ => None,
        }
    }
}

/// A certificate that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// There is no certificate in the text (`KANTA-CERT-PEM`).
    #[error(
        "there is no certificate in PEM here: give a file with -----BEGIN CERTIFICATE----- in it [KANTA-CERT-PEM]"
    )]
    NotPem,
    /// The bytes are not a certificate (`KANTA-CERT-FORM`).
    #[error(
        "the certificate cannot be read ({0}): order it again or take the file as it was delivered [KANTA-CERT-FORM]"
    )]
    Form(String),
    /// The certificate cannot be a trust anchor (`KANTA-CERT-ANCHOR`).
    #[error(
        "the certificate cannot be a trust anchor ({0}): give the certificate of an authority [KANTA-CERT-ANCHOR]"
    )]
    Anchor(String),
}

impl CertificateError {
    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPem => "KANTA-CERT-PEM",
            Self::Form(_) => "KANTA-CERT-FORM",
            Self::Anchor(_) => "KANTA-CERT-ANCHOR",
        }
    }
}

impl Certificate {
    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// [`CertificateError`] when there is none or it cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        Ok(Self::all_from_pem(pem)?.remove(0))
    }

    /// Reads every certificate of a PEM text, one at least, in order.
    ///
    /// # Errors
    /// [`CertificateError`] when there is none or one cannot be read.
    pub fn all_from_pem(pem: &[u8]) -> Result<Vec<Self>, CertificateError> {
        let sections = pem::sections(pem).ok_or(CertificateError::NotPem)?;
        let certificates = sections
            .iter()
            .filter(|section| section.label == "CERTIFICATE")
            .map(|section| Self::from_der(&section.der))
            .collect::<Result<Vec<_>, _>>()?;
        if certificates.is_empty() {
            return Err(CertificateError::NotPem);
        }
        Ok(certificates)
    }

    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError::Form`] when it cannot be read.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let form = |error: &dyn fmt::Display| CertificateError::Form(error.to_string());
        if der.len() > MAX_BYTES {
            return Err(form(&format!("it has more than {MAX_BYTES} bytes")));
        }
        let certificate = x509_cert::Certificate::from_der(der).map_err(|error| form(&error))?;
        let tbs = certificate.tbs_certificate();
        let key_usage = tbs
            .get_extension::<PkixKeyUsage>()
            .map_err(|error| form(&error))?
            .map(|(_, usage)| usages(usage));
        let instant = |time: &Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
            Instant::from_unix(seconds, 0).map_err(|error| form(&error))
        };
        let facts = Facts {
            der: der.to_vec(),
            public_key: PublicKey::from_info(tbs.subject_public_key_info()),
            identity: identity(tbs.subject()),
            common_name: text_of(tbs.subject(), COMMON_NAME),
            person_name: text_of(tbs.subject(), GIVEN_NAME).zip(text_of(tbs.subject(), SURNAME)),
            issuer: text_of(tbs.issuer(), COMMON_NAME).unwrap_or_default(),
            serial_number: tbs.serial_number().as_bytes().to_vec(),
            subject_der: tbs.subject().to_der().map_err(|error| form(&error))?,
            issuer_der: tbs.issuer().to_der().map_err(|error| form(&error))?,
            crl_urls: crl_urls(tbs),
            ocsp_urls: ocsp_urls(tbs),
            key_usage,
            not_before: instant(&tbs.validity().not_before)?,
            not_after: instant(&tbs.validity().not_after)?,
        };
        Ok(Self {
            facts: Arc::new(facts),
        })
    }

    /// Returns the certificate in DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.facts.der
    }

    /// Returns the public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.facts.public_key
    }

    /// Returns whom the certificate names.
    #[must_use]
    pub fn identity(&self) -> SignerIdentity {
        self.facts.identity.clone()
    }

    /// Returns the subject's common name: a system's, or a person's.
    #[must_use]
    pub fn expose_common_name(&self) -> Option<&str> {
        self.facts.common_name.as_deref()
    }

    /// Returns given names and surname of the person that the subject is.
    #[must_use]
    pub fn expose_person_name(&self) -> Option<(&str, &str)> {
        let (given, family) = self.facts.person_name.as_ref()?;
        Some((given, family))
    }

    /// Returns the common name of the authority that issued it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.facts.issuer
    }

    /// Returns the serial number: the bytes of a positive number, without leading zeros.
    #[must_use]
    pub fn serial_number(&self) -> &[u8] {
        match self.facts.serial_number.as_slice() {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        }
    }

    /// Returns where the authority publishes its list of revoked certificates, over HTTP.
    #[must_use]
    pub fn crl_urls(&self) -> &[String] {
        &self.facts.crl_urls
    }

    /// Returns where the authority answers whether the certificate is revoked, over HTTP.
    #[must_use]
    pub fn ocsp_urls(&self) -> &[String] {
        &self.facts.ocsp_urls
    }

    pub(crate) fn subject_der(&self) -> &[u8] {
        &self.facts.subject_der
    }

    pub(crate) fn issuer_der(&self) -> &[u8] {
        &self.facts.issuer_der
    }

    /// Returns what the key may be used for; `None` when the certificate does not say.
    #[must_use]
    pub fn key_usage(&self) -> Option<&[KeyUsage]> {
        self.facts.key_usage.as_deref()
    }

    /// Returns from when it is valid.
    #[must_use]
    pub fn not_before(&self) -> Instant {
        self.facts.not_before
    }

    /// Returns until when it is valid.
    #[must_use]
    pub fn not_after(&self) -> Instant {
        self.facts.not_after
    }
}

/// An extension that cannot be read tells nothing: others decide whether the certificate is good.
fn crl_urls(tbs: &TbsCertificate) -> Vec<String> {
    let points = tbs.get_extension::<CrlDistributionPoints>().ok().flatten();
    points
        .into_iter()
        .flat_map(|(_, points)| points.0)
        .filter_map(|point| match point.distribution_point? {
            DistributionPointName::FullName(names) => Some(names),
            DistributionPointName::NameRelativeToCRLIssuer(_) => None,
        })
        .flatten()
        .filter_map(|name| http_url(&name))
        .collect()
}

fn ocsp_urls(tbs: &TbsCertificate) -> Vec<String> {
    const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
    let access = tbs
        .get_extension::<AuthorityInfoAccessSyntax>()
        .ok()
        .flatten();
    access
        .into_iter()
        .flat_map(|(_, access)| access.0)
        .filter(|description| description.access_method == OCSP)
        .filter_map(|description| http_url(&description.access_location))
        .collect()
}

fn http_url(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(url) => {
            let url = url.as_str();
            let is_http = url.starts_with("http://") || url.starts_with("https://");
            is_http.then(|| url.to_owned())
        }
        _ => None,
    }
}

fn usages(usage: PkixKeyUsage) -> Vec<KeyUsage> {
    [
        (usage.digital_signature(), KeyUsage::DigitalSignature),
        (usage.non_repudiation(), KeyUsage::NonRepudiation),
        (usage.key_cert_sign(), KeyUsage::CertificateSigning),
        (
            usage.key_encipherment()
                || usage.data_encipherment()
                || usage.key_agreement()
                || usage.crl_sign(),
            KeyUsage::Other,
        ),
    ]
    .into_iter()
    .filter_map(|(has, usage)| has.then_some(usage))
    .collect()
}

/// A serial number of the subject in the form of an OID names an organisation, one of eleven digits a professional
/// (test messages, `[V]` for one certificate of each kind).
fn identity(subject: &Name) -> SignerIdentity {
    let Some(serial) = text_of(subject, SERIAL_NUMBER) else {
        return SignerIdentity::Other;
    };
    if let Ok(oid) = Oid::parse(&serial) {
        return SignerIdentity::Organisation { oid };
    }
    match ProfessionalRegistrationNumber::parse(&serial) {
        Ok(registration_number) if registration_number.has_usual_length() => {
            SignerIdentity::Professional {
                registration_number,
            }
        }
        _ => SignerIdentity::Other,
    }
}

fn text_of(name: &Name, attribute: ObjectIdentifier) -> Option<String> {
    name.as_ref()
        .iter()
        .flat_map(|relative| relative.iter())
        .find(|part| part.oid == attribute)
        .and_then(|part| text(&part.value))
}

fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            std::str::from_utf8(value.value()).ok().map(str::to_owned)
        }
        Tag::TeletexString => Some(value.value().iter().map(|byte| char::from(*byte)).collect()),
        _ => None,
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("public_key", &self.facts.public_key)
            .field("issuer", &self.facts.issuer)
            .field("not_after", &self.facts.not_after)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Professional { .. } => f.write_str("Professional(…)"),
            Self::Organisation { oid } => write!(f, "Organisation({oid})"),
            Self::Other => f.write_str("Other"),
        }
    }
}
