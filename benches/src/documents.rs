//! Documents of a chosen size, unsigned and signed, with the key that signs them.

use kanta_client::cda::structure::Structure;
use kanta_client::cda::{Draft, SignOptions, Signed, Valid};
use kanta_client::core::Instant;
use kanta_client::core::metadata::DocumentMetadata;
use kanta_client::core::spec::Spec;
use kanta_client::sign::SoftwareSigner;
use kanta_testkit::pki::TestPki;
use kanta_testkit::{documents, people, test_spec};

use crate::synthetic;

/// What the signing benches share.
pub(crate) struct Desk {
    pub(crate) spec: Spec,
    /// Signs with RSA-2048.
    pub(crate) signer: SoftwareSigner,
    /// Signs with P-256.
    pub(crate) elliptic_signer: SoftwareSigner,
    /// The certificate of the authority, in PEM.
    pub(crate) authority: String,
    structure: Structure,
}

impl Desk {
    pub(crate) fn open() -> Self {
        let pki = TestPki::generate().expect("the test certificates are made");
        Self {
            spec: test_spec(),
            authority: pki.ca.clone(),
            signer: SoftwareSigner::from_pem(pki.signing_key.as_bytes(), pki.signing.as_bytes())
                .expect("the test key is made for the certificate"),
            elliptic_signer: SoftwareSigner::from_pem(
                pki.client_key.as_bytes(),
                pki.client.as_bytes(),
            )
            .expect("the test key is made for the certificate"),
            structure: synthetic::structure(),
        }
    }

    /// An unsigned document whose body has about this many bytes.
    pub(crate) fn valid(&self, bytes: usize) -> Valid {
        self.draft(bytes)
            .check(&self.structure, &self.spec)
            .expect("the content follows the structure")
    }

    /// The same, signed by the system.
    pub(crate) fn signed(&self, bytes: usize) -> Signed {
        self.valid(bytes)
            .sign(&self.signer, SignOptions::system(now()), &self.spec)
            .expect("the test key signs")
    }

    /// The bytes of a draft, without one rule being checked.
    pub(crate) fn write(&self, draft: &Draft) -> Vec<u8> {
        draft
            .write_unchecked(Some(&self.structure), &self.spec)
            .expect("the bundle has what the document needs")
    }

    /// A draft with both forms of its body.
    pub(crate) fn draft(&self, bytes: usize) -> Draft {
        let id = documents::document_oid(2);
        let details = documents::client_document();
        let metadata =
            DocumentMetadata::client_document(&people::office(), id.clone(), now(), details);
        // Display form and content are of about the same length; Base64 adds a third.
        let display = format!(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\" id=\"{}\"><p>{}</p></div>",
            id.body_anchor(),
            "Näyttömuoto. ".repeat(bytes / 45)
        );
        Draft::new(metadata, synthetic::content(bytes * 3 / 8)).with_display(display)
    }
}

/// The time of every document here.
pub(crate) fn now() -> Instant {
    Instant::parse("2026-02-02T08:15:30.1234567Z").expect("it is a time")
}
