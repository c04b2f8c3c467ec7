//! An authority that issues certificates for keys that stay where they are: on a token or a card.

use std::fmt;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256,
    PublicKeyData, SignatureAlgorithm,
};
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::people;
use crate::pki::{PkiError, SERIAL_NUMBER, subject};

/// The object identifiers of a subject's `givenName` and `surname`.
const GIVEN_NAME: &[u64] = &[2, 5, 4, 42];
const SURNAME: &[u64] = &[2, 5, 4, 4];

/// What a certificate is for: its subject and key usage have the shape seen in the field (test messages, `[V]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificatePurpose {
    /// The organisation's system signature: digital signature and non-repudiation, the organisation's OID in the subject.
    SystemSignature,
    /// A professional's signature: non-repudiation alone, the registration number in the subject.
    ProfessionalSignature,
    /// A professional's login: digital signature alone.
    ProfessionalLogin,
    /// A client of mutual TLS.
    TlsClient,
    /// A server on `localhost`.
    TlsServer,
}

/// An authority that exists for one test.
pub struct TestAuthority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl TestAuthority {
    /// Makes an authority.
    ///
    /// # Errors
    /// [`PkiError`] when the provider of cryptography fails.
    pub fn new() -> Result<Self, PkiError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = subject("Kanta SDK token authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        Ok(Self { issuer })
    }

    /// Returns the authority's own certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.as_ref().pem()
    }

    /// Issues a certificate for a public key (`SubjectPublicKeyInfo` in DER) and returns it in DER.
    ///
    /// # Errors
    /// [`PkiError`] when the key is of an unknown kind.
    pub fn issue(
        &self,
        public_key: &[u8],
        purpose: CertificatePurpose,
    ) -> Result<Vec<u8>, PkiError> {
        let key = TokenKey::read(public_key)
            .ok_or_else(|| PkiError::new("the public key is neither RSA, P-256 nor P-384"))?;
        let certificate = params(purpose)?.signed_by(&key, &self.issuer)?;
        Ok(certificate.der().to_vec())
    }
}

impl fmt::Debug for TestAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestAuthority(…)")
    }
}

/// The public half of a key that stays on its token.
struct TokenKey {
    bits: Vec<u8>,
    algorithm: &'static SignatureAlgorithm,
}

impl TokenKey {
    fn read(der: &[u8]) -> Option<Self> {
        const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
        const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
        let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
        let curve = info
            .algorithm
            .parameters
            .and_then(|parameters| parameters.decode_as().ok());
        Some(Self {
            bits: info.subject_public_key.as_bytes()?.to_vec(),
            algorithm: match curve {
                Some(P256) => &PKCS_ECDSA_P256_SHA256,
                Some(P384) => &PKCS_ECDSA_P384_SHA384,
                Some(_) => return None,
                None => &PKCS_RSA_SHA256,
            },
        })
    }
}

impl PublicKeyData for TokenKey {
    fn der_bytes(&self) -> &[u8] {
        &self.bits
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

fn params(purpose: CertificatePurpose) -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::default();
    let serial = DnType::CustomDnType(SERIAL_NUMBER.to_vec());
    match purpose {
        CertificatePurpose::SystemSignature => {
            params.distinguished_name = subject("Esimerkki-ATJ");
            let oid = people::county().oid.to_string();
            params.distinguished_name.push(serial, oid);
            params.key_usages = vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::ContentCommitment,
            ];
        }
        CertificatePurpose::ProfessionalSignature | CertificatePurpose::ProfessionalLogin => {
            let number = people::social_worker()
                .registration_number
                .map(|number| number.expose().to_owned())
                .unwrap_or_default();
            params.distinguished_name = subject(&format!("Esimerkillinen Onni {number}"));
            params.distinguished_name.push(serial, number);
            for (attribute, name) in [(GIVEN_NAME, "Onni"), (SURNAME, "Esimerkillinen")] {
                let attribute = DnType::CustomDnType(attribute.to_vec());
                params.distinguished_name.push(attribute, name);
            }
            params.key_usages = vec![match purpose {
                CertificatePurpose::ProfessionalSignature => KeyUsagePurpose::ContentCommitment,
                _ => KeyUsagePurpose::DigitalSignature,
            }];
        }
        CertificatePurpose::TlsClient | CertificatePurpose::TlsServer => {
            params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
            params.distinguished_name = subject("localhost");
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.extended_key_usages = vec![match purpose {
                CertificatePurpose::TlsClient => ExtendedKeyUsagePurpose::ClientAuth,
                _ => ExtendedKeyUsagePurpose::ServerAuth,
            }];
        }
    }
    Ok(params)
}
