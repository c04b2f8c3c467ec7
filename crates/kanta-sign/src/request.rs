//! Certificate requests (RFC 2986), with which certificates are ordered.

use std::fmt;

use der::asn1::{Any, BitString, ObjectIdentifier, SetOfVec};
use der::{Decode, Encode, Tag};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::request::{CertReq, CertReqInfo, Version};
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::{PublicKey, SignatureAlgorithm, SignatureValue, ToBeSigned, pem};

/// Whom a certificate is to name (Finnish: varmenteen haltija).
///
/// Which parts the authority takes from the request, and which from its order form, is the authority's decision; parts
/// that are `None` are left out.
///
/// ```
/// use kanta_sign::CertificateSubject;
///
/// let subject = CertificateSubject::new("Esimerkki-ATJ")
///     .with_organisation("Kuvitelman hyvinvointialue")
///     .with_serial_number("1.2.246.10.99999999.10.0");
/// # let _ = subject;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSubject {
    parts: Vec<(ObjectIdentifier, String)>,
}

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const STATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.8");
const LOCALITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// The parts in the order of the certificates seen.
const ORDER: [ObjectIdentifier; 6] = [
    COUNTRY,
    STATE,
    LOCALITY,
    ORGANISATION,
    SERIAL_NUMBER,
    COMMON_NAME,
];

impl CertificateSubject {
    /// A subject in Finland with a common name: that of the system.
    #[must_use]
    pub fn new(common_name: impl Into<String>) -> Self {
        Self {
            parts: vec![
                (COUNTRY, "FI".to_owned()),
                (COMMON_NAME, common_name.into()),
            ],
        }
    }

    /// The same with the name of the organisation.
    #[must_use]
    pub fn with_organisation(self, name: impl Into<String>) -> Self {
        self.with(ORGANISATION, name)
    }

    /// The same with a serial number: the organisation's OID in the certificates seen.
    #[must_use]
    pub fn with_serial_number(self, number: impl Into<String>) -> Self {
        self.with(SERIAL_NUMBER, number)
    }

    /// The same with a locality.
    #[must_use]
    pub fn with_locality(self, name: impl Into<String>) -> Self {
        self.with(LOCALITY, name)
    }

    /// The same with a state or province.
    #[must_use]
    pub fn with_state(self, name: impl Into<String>) -> Self {
        self.with(STATE, name)
    }

    fn with(mut self, part: ObjectIdentifier, value: impl Into<String>) -> Self {
        self.parts.retain(|(known, _)| *known != part);
        self.parts.push((part, value.into()));
        self
    }

    fn to_name(&self) -> Option<Name> {
        let parts = ORDER
            .iter()
            .filter_map(|oid| self.parts.iter().find(|(part, _)| part == oid));
        let names = parts
            .map(|(oid, value)| {
                let tag = match *oid {
                    COUNTRY | SERIAL_NUMBER => Tag::PrintableString,
                    _ => Tag::Utf8String,
                };
                let value = Any::new(tag, value.as_bytes()).ok()?;
                let attribute = AttributeTypeAndValue { oid: *oid, value };
                let set = SetOfVec::try_from(vec![attribute]).ok()?;
                Some(RelativeDistinguishedName::from(set))
            })
            .collect::<Option<Vec<_>>>()?;
        // Read again, so that the constructor that checks is the one that makes it.
        Name::from_der(&RdnSequence::from(names).to_der().ok()?).ok()
    }
}

/// A certificate request that waits for the signature of its key, wherever that is.
pub struct PendingRequest {
    info: CertReqInfo,
    octets: Vec<u8>,
    key: PublicKey,
    algorithm: SignatureAlgorithm,
}

impl PendingRequest {
    /// Prepares the request for a key. `None` when the key is of a kind that is not known, or the algorithm does not fit it.
    #[must_use]
    pub fn new(
        subject: &CertificateSubject,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
    ) -> Option<Self> {
        let info = CertReqInfo {
            version: Version::V1,
            subject: subject.to_name()?,
            public_key: key.to_info()?,
            attributes: SetOfVec::new(),
        };
        identifier(algorithm).filter(|_| algorithm.fits(key))?;
        Some(Self {
            octets: info.to_der().ok()?,
            info,
            key: key.clone(),
            algorithm,
        })
    }

    /// Returns the octets to sign and the algorithm.
    #[must_use]
    pub fn to_be_signed(&self) -> ToBeSigned<'_> {
        ToBeSigned::new(&self.octets, self.algorithm)
    }

    /// Puts the signature in and returns the request in PEM. `None` when the signature does not verify.
    #[must_use]
    pub fn complete(self, value: &SignatureValue) -> Option<String> {
        let is_right = self
            .algorithm
            .verifies(&self.key, &self.octets, value.as_bytes());
        if !is_right {
            return None;
        }
        let value = value
            .to_ecdsa_der(self.algorithm)
            .unwrap_or_else(|| value.as_bytes().to_vec());
        let request = CertReq {
            info: self.info,
            algorithm: identifier(self.algorithm)?,
            signature: BitString::from_bytes(&value).ok()?,
        };
        Some(pem::write("CERTIFICATE REQUEST", &request.to_der().ok()?))
    }
}

impl fmt::Debug for PendingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingRequest({}, {:?})", self.key, self.algorithm)
    }
}

fn identifier(algorithm: SignatureAlgorithm) -> Option<AlgorithmIdentifierOwned> {
    let (oid, parameters) = match algorithm {
        SignatureAlgorithm::RsaSha256 => ("1.2.840.113549.1.1.11", Some(Any::null())),
        SignatureAlgorithm::RsaSha384 => ("1.2.840.113549.1.1.12", Some(Any::null())),
        SignatureAlgorithm::RsaSha512 => ("1.2.840.113549.1.1.13", Some(Any::null())),
        SignatureAlgorithm::EcdsaP256Sha256 => ("1.2.840.10045.4.3.2", None),
        SignatureAlgorithm::EcdsaP384Sha384 => ("1.2.840.10045.4.3.3", None),
        _ => return None,
    };
    Some(AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap(oid),
        parameters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::request_certificate;
    use crate::software::tests::openssl;

    /// openssl verifies what is requested, and shows whom it names.
    #[test]
    fn openssl_takes_the_request() {
        let subject = CertificateSubject::new("Esimerkki-ÄTJ")
            .with_organisation("Kuvitelman hyvinvointialue")
            .with_locality("Kuvitelma")
            .with_state("Suomi")
            .with_serial_number("1.2.246.10.99999999.10.0");
        let Some(rsa) = openssl(&["genrsa", "2048"], b"") else {
            return;
        };
        let p384 = openssl(&["ecparam", "-name", "secp384r1", "-genkey", "-noout"], b"").unwrap();
        let p256 = openssl(
            &[
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ],
            b"",
        )
        .unwrap();
        for key in [rsa, p384, p256] {
            let request = request_certificate(&key, None, &subject).unwrap();
            let shown = openssl(
                &[
                    "req",
                    "-verify",
                    "-noout",
                    "-subject",
                    "-nameopt",
                    "utf8,sep_comma_plus",
                ],
                request.as_bytes(),
            )
            .unwrap();
            let shown = String::from_utf8(shown).unwrap();
            for part in [
                "C=FI",
                "O=Kuvitelman hyvinvointialue",
                "serialNumber=1.2.246.10.99999999.10.0",
                "CN=Esimerkki-ÄTJ",
            ] {
                assert!(shown.replace(" = ", "=").contains(part), "{shown}");
            }
        }
        assert!(request_certificate(b"", None, &subject).is_err());
    }
}
