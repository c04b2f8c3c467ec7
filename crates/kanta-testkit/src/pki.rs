//! Throw-away certificates: an authority, servers good and bad, a client and a signing certificate.

use std::path::Path;
use std::{fmt, fs, io};

use kanta_client::write_private_file;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose,
    PKCS_RSA_SHA256, RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use crate::people;

/// The key for system signatures, which is public on purpose.
const SIGNING_KEY: &str = include_str!("../keys/system-signing.key.pem");
/// The object identifier of a subject's `serialNumber`.
pub(crate) const SERIAL_NUMBER: &[u64] = &[2, 5, 4, 5];
const REVOKED: u64 = 666;

/// A certificate with its key, in PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

/// Certificates and keys of one test archive, all in PEM.
///
/// `Debug` shows no key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestPki {
    /// The authority that issued all the others but one.
    pub ca: String,
    /// Which of its certificates are revoked.
    pub revocation_list: String,
    /// The server's, for `localhost` and 127.0.0.1.
    pub server: KeyPair,
    /// A server's that has expired.
    pub expired_server: KeyPair,
    /// A server's for another host.
    pub wrong_host_server: KeyPair,
    /// A server's that another authority issued.
    pub untrusted_server: KeyPair,
    /// A server's that is revoked.
    pub revoked_server: KeyPair,
    /// The client's certificate.
    pub client: String,
    /// The client's key.
    pub client_key: String,
    /// The certificate for system signatures, on the fictional county.
    pub signing: String,
    /// The key for system signatures.
    pub signing_key: String,
}

/// Certificates that could not be made, kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PkiError {
    /// The provider of cryptography fails.
    #[error("the throw-away certificates could not be made: {0}")]
    Make(String),
    /// The folder cannot be used.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl PkiError {
    pub(crate) fn new(problem: &str) -> Self {
        Self::Make(problem.to_owned())
    }
}

impl From<rcgen::Error> for PkiError {
    fn from(error: rcgen::Error) -> Self {
        Self::Make(error.to_string())
    }
}

impl TestPki {
    /// Makes all certificates.
    ///
    /// # Errors
    /// [`PkiError`] when the provider of cryptography fails.
    pub fn generate() -> Result<Self, PkiError> {
        let authority = authority("Kanta SDK test authority")?;
        let stranger = self::authority("Kanta SDK untrusted authority")?;
        let server = |name: &str| tls_params(name, ExtendedKeyUsagePurpose::ServerAuth);
        let mut expired = server("localhost")?;
        expired.not_before = date_time_ymd(2020, 1, 1);
        expired.not_after = date_time_ymd(2021, 1, 1);
        let mut revoked = server("localhost")?;
        revoked.serial_number = Some(SerialNumber::from(REVOKED));
        let mut wrong_host = server("elsewhere.example")?;
        wrong_host.subject_alt_names.truncate(1);
        let client = tls_params("client", ExtendedKeyUsagePurpose::ClientAuth)?;
        let client = issue(client, &authority)?;
        Ok(Self {
            ca: authority.as_ref().pem(),
            revocation_list: revocation_list(&authority)?,
            server: issue(server("localhost")?, &authority)?,
            expired_server: issue(expired, &authority)?,
            wrong_host_server: issue(wrong_host, &authority)?,
            untrusted_server: issue(server("localhost")?, &stranger)?,
            revoked_server: issue(revoked, &authority)?,
            client: client.certificate,
            client_key: client.key,
            signing: signing(&authority)?,
            signing_key: SIGNING_KEY.to_owned(),
        })
    }

    /// Reads the certificates that an earlier archive kept in a folder, or makes and keeps them.
    ///
    /// # Errors
    /// [`PkiError`] when the folder cannot be used.
    pub fn kept_in(folder: &Path) -> Result<Self, PkiError> {
        if folder.join("ca.pem").exists() {
            return Self::read(folder);
        }
        let pki = Self::generate()?;
        pki.write(folder)?;
        Ok(pki)
    }

    fn read(folder: &Path) -> Result<Self, PkiError> {
        let read = |name: &str| fs::read_to_string(folder.join(name));
        let server = |name: &str| -> io::Result<KeyPair> {
            Ok(KeyPair {
                certificate: read(&format!("server/{name}.pem"))?,
                key: read(&format!("server/{name}.key"))?,
            })
        };
        Ok(Self {
            ca: read("ca.pem")?,
            revocation_list: read("revoked.crl")?,
            server: server("good")?,
            expired_server: server("expired")?,
            wrong_host_server: server("wrong-host")?,
            untrusted_server: server("untrusted")?,
            revoked_server: server("revoked")?,
            client: read("client.pem")?,
            client_key: read("client.key")?,
            signing: read("signing.pem")?,
            signing_key: read("signing.key")?,
        })
    }

    /// Writes the certificates into a folder: `ca.pem`, `client.pem`, `client.key`, `signing.pem`, `signing.key`,
    /// `revoked.crl`, and those of the servers in the folder `server`. Only their owner can read them.
    ///
    /// # Errors
    /// [`PkiError`] when a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), PkiError> {
        fs::create_dir_all(folder.join("server"))?;
        let write =
            |name: &str, text: &str| write_private_file(&folder.join(name), text.as_bytes());
        for (name, pair) in [
            ("good", &self.server),
            ("expired", &self.expired_server),
            ("wrong-host", &self.wrong_host_server),
            ("untrusted", &self.untrusted_server),
            ("revoked", &self.revoked_server),
        ] {
            write(&format!("server/{name}.pem"), &pair.certificate)?;
            write(&format!("server/{name}.key"), &pair.key)?;
        }
        write("revoked.crl", &self.revocation_list)?;
        write("client.pem", &self.client)?;
        write("client.key", &self.client_key)?;
        write("signing.pem", &self.signing)?;
        write("signing.key", &self.signing_key)?;
        // The last: a folder that has it is whole.
        write("ca.pem", &self.ca)?;
        Ok(())
    }
}

impl fmt::Debug for TestPki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestPki(…)")
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(…)")
    }
}

type Authority = CertifiedIssuer<'static, rcgen::KeyPair>;

fn authority(name: &str) -> Result<Authority, PkiError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(
        params,
        rcgen::KeyPair::generate()?,
    )?)
}

fn tls_params(name: &str, purpose: ExtendedKeyUsagePurpose) -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".to_owned()])?;
    params.distinguished_name = subject(name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    Ok(params)
}

fn issue(params: CertificateParams, authority: &Authority) -> Result<KeyPair, PkiError> {
    let key = rcgen::KeyPair::generate()?;
    Ok(KeyPair {
        certificate: params.signed_by(&key, authority)?.pem(),
        key: key.serialize_pem(),
    })
}

fn revocation_list(authority: &Authority) -> Result<String, PkiError> {
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2099, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from(REVOKED),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(params.signed_by(authority)?.pem()?)
}

/// Makes a certificate in the shape of a system-signature certificate: the organisation's OID as the serial number of the
/// subject, digital signature and non-repudiation as key usage (test messages, `[V]`).
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
        .map_err(|error| PkiError::Make(error.to_string()))?;
    let key = rcgen::KeyPair::from_der_and_sign_algo(&key, &PKCS_RSA_SHA256)?;
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

    #[test]
    fn what_is_kept_in_a_folder_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let kept = TestPki::kept_in(folder.path()).unwrap();
        assert!(kept == TestPki::kept_in(folder.path()).unwrap());
    }
}
