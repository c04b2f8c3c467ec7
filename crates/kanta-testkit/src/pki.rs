//! Throw-away certificates: an authority, a server, a client and a signing certificate, new at every start.

use std::fmt;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use crate::people;

/// The key for system signatures, which is public on purpose.
const SIGNING_KEY: &str = include_str!("../keys/system-signing.key.pem");
/// The object identifier of a subject's `serialNumber`.
pub(crate) const SERIAL_NUMBER: &[u64] = &[2, 5, 4, 5];

/// Certificates and keys of one start, all in PEM.
///
/// `Debug` shows no key.
pub struct TestPki {
    /// The authority that issued all the others.
    pub ca: String,
    /// The server's certificate.
    pub server: String,
    /// The server's key.
    pub server_key: String,
    /// The client's certificate.
    pub client: String,
    /// The client's key.
    pub client_key: String,
    /// The certificate for system signatures, on the fictional county.
    pub signing: String,
    /// The key for system signatures.
    pub signing_key: String,
}

/// Certificates that could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the throw-away certificates could not be made: {0}")]
pub struct PkiError(String);

impl PkiError {
    pub(crate) fn new(problem: &str) -> Self {
        Self(problem.to_owned())
    }
}

impl From<rcgen::Error> for PkiError {
    fn from(error: rcgen::Error) -> Self {
        Self(error.to_string())
    }
}

impl TestPki {
    /// Makes all certificates.
    ///
    /// # Errors
    /// [`PkiError`] when the provider of cryptography fails.
    pub fn generate() -> Result<Self, PkiError> {
        let authority = authority()?;
        let (server, server_key) =
            tls(&authority, "localhost", ExtendedKeyUsagePurpose::ServerAuth)?;
        let (client, client_key) = tls(&authority, "client", ExtendedKeyUsagePurpose::ClientAuth)?;
        Ok(Self {
            ca: authority.as_ref().pem(),
            server,
            server_key,
            client,
            client_key,
            signing: signing(&authority)?,
            signing_key: SIGNING_KEY.to_owned(),
        })
    }
}

impl fmt::Debug for TestPki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestPki(…)")
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Result<Authority, PkiError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject("Kanta SDK test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

fn tls(
    authority: &Authority,
    name: &str,
    purpose: ExtendedKeyUsagePurpose,
) -> Result<(String, String), PkiError> {
    let mut params = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".to_owned()])?;
    params.distinguished_name = subject(name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, authority)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// Makes a certificate in the shape of a system-signature certificate: the organisation's OID as the serial number of the
/// subject, digital signature and non-repudiation as key usage (signing.md 5.1, `[V]`).
fn signing(authority: &Authority) -> Result<String, PkiError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject("Esimerkki-ATJ");
    params.distinguished_name.push(
        DnType::CustomDnType(SERIAL_NUMBER.to_vec()),
        people::county().oid.to_string(),
    );
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::ContentCommitment,
    ];
    let key = PrivateKeyDer::from_pem_slice(SIGNING_KEY.as_bytes())
        .map_err(|error| PkiError(error.to_string()))?;
    let key = KeyPair::from_der_and_sign_algo(&key, &PKCS_RSA_SHA256)?;
    Ok(params.signed_by(&key, authority)?.pem())
}

pub(crate) fn subject(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "FI");
    name.push(DnType::OrganizationName, "Kanta SDK test kit");
    name.push(DnType::CommonName, common_name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_client::sign::{Certificate, SignerIdentity, SoftwareSigner};

    #[test]
    fn the_signing_certificate_names_the_county_and_fits_its_key() {
        let pki = TestPki::generate().unwrap();
        let certificate = Certificate::from_pem(pki.signing.as_bytes()).unwrap();
        let SignerIdentity::Organisation { oid } = certificate.identity() else {
            panic!("the certificate names no organisation");
        };
        assert_eq!(oid, *people::county().oid.as_oid());
        SoftwareSigner::from_pem(pki.signing_key.as_bytes(), pki.signing.as_bytes()).unwrap();
        assert_eq!(format!("{pki:?}"), "TestPki(…)");
    }
}
