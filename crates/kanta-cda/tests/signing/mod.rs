//! What the tests of signatures share: keys, certificates and documents to sign.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "every test file takes what it needs, and tests fail by panicking"
)]

use kanta_cda::{Draft, SignOptions, Signed, Valid};
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::Spec;
use kanta_core::{DocumentOid, Instant};
use kanta_sign::SoftwareSigner;
use kanta_testkit::{documents, people, structures, test_spec};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_RSA_SHA256,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

/// A throw-away RSA key of the test kit.
pub(crate) const RSA_KEY: &str = include_str!("../../../kanta-testkit/keys/system-signing.key.pem");

pub(crate) fn now() -> Instant {
    Instant::parse("2026-02-02T08:15:30.1234567Z").unwrap()
}

/// An authority, and a key for every kind of signature.
pub(crate) struct Desk {
    pub(crate) spec: Spec,
    pub(crate) authority: CertifiedIssuer<'static, KeyPair>,
    pub(crate) system: SoftwareSigner,
    pub(crate) professional: SoftwareSigner,
}

impl Desk {
    pub(crate) fn open() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(&[(DnType::CommonName, "Testivarmentaja")]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let system = signer(&authority, &rsa(), system_params());
        let professional = signer(&authority, &rsa(), professional_params("99999999911"));
        Self {
            spec: test_spec(),
            authority,
            system,
            professional,
        }
    }

    /// A client plan that is ready to be signed.
    pub(crate) fn valid(&self) -> Valid {
        self.valid_with("Aino & <Tuulikki> \"ä\" 😀", "11.2026.2")
    }

    pub(crate) fn valid_with(&self, given: &str, id: &str) -> Valid {
        let structure = structures::client_plan();
        let mut content = documents::client_plan_content(&structure, "Arki");
        content.set("asiakas[0].etunimet", given).unwrap();
        let id = DocumentOid::new(people::county_oid(id));
        let details = documents::client_document();
        let metadata = DocumentMetadata::client_document(&people::office(), id, now(), details);
        Draft::new(metadata, content)
            .check(&structure, &self.spec)
            .unwrap()
    }

    pub(crate) fn signed_by_system(&self) -> Signed {
        self.valid()
            .sign(&self.system, SignOptions::system(now()), &self.spec)
            .unwrap()
    }

    pub(crate) fn signed_by_professional(&self) -> Signed {
        self.valid()
            .sign(
                &self.professional,
                SignOptions::professional(now()),
                &self.spec,
            )
            .unwrap()
    }
}

pub(crate) fn rsa() -> KeyPair {
    let key = PrivateKeyDer::from_pem_slice(RSA_KEY.as_bytes()).unwrap();
    KeyPair::from_der_and_sign_algo(&key, &PKCS_RSA_SHA256).unwrap()
}

pub(crate) fn name(parts: &[(DnType, &str)]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (kind, value) in parts {
        name.push(kind.clone(), *value);
    }
    name
}

fn oid(last: u64) -> DnType {
    DnType::CustomDnType(vec![2, 5, 4, last])
}

/// A certificate on the fictional county, as systems have.
pub(crate) fn system_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name(&[
        (DnType::CommonName, "Esimerkki-ATJ"),
        (oid(5), people::county().oid.as_oid().as_str()),
    ]);
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::ContentCommitment,
    ];
    params
}

/// A certificate on a fictional professional, as cards have: for non-repudiation only.
pub(crate) fn professional_params(registration_number: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name(&[
        (oid(5), registration_number),
        (oid(42), "Onni"),
        (oid(4), "Esimerkillinen"),
        (DnType::CommonName, "Esimerkillinen Onni"),
    ]);
    params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
    params
}

pub(crate) fn signer(
    authority: &CertifiedIssuer<'static, KeyPair>,
    key: &KeyPair,
    params: CertificateParams,
) -> SoftwareSigner {
    let certificate = params.signed_by(key, authority).unwrap();
    let key = match key.algorithm() == &PKCS_RSA_SHA256 {
        true => RSA_KEY.to_owned(),
        false => key.serialize_pem(),
    };
    SoftwareSigner::from_pem(key.as_bytes(), certificate.pem().as_bytes()).unwrap()
}
