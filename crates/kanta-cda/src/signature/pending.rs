//! A document that waits for its signature, and what becomes of it when the signature comes.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::Spec;
use kanta_core::{Instant, ProfessionalRegistrationNumber, Reason};
use kanta_sign::xmldsig::{self, Covered};
use kanta_sign::{
    Certificate, SignatureAlgorithm, SignatureCheck, SignatureProfile, SignatureValue, Signer,
    TargetRole, ToBeSigned,
};
use kanta_xml::{Limits, Tree};

use super::error::SigningError;
use super::options::SignatureKind;
use super::signed::Signed;
use super::signer_match;
use super::verdict::{DocumentVerification, SignatureReport};
use super::verify::verify_tree;
use super::written::Number;
use crate::ReadError;

/// A document whose canonical form and digest are made and which waits for a signature made elsewhere.
///
/// `Debug` shows no content.
pub struct Pending {
    pub(super) metadata: Arc<DocumentMetadata>,
    pub(super) profile: Arc<SignatureProfile>,
    pub(super) unsigned: Bytes,
    pub(super) additions: Additions,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) certificate: Certificate,
    pub(super) signed_info: Vec<u8>,
    pub(super) kind: SignatureKind,
    /// Who stands in the readable block that is put in.
    pub(super) block_signer: Option<ProfessionalRegistrationNumber>,
    pub(super) origin: Origin,
}

/// Where a document comes from, which decides how the finished one is verified.
pub(super) enum Origin {
    /// It was written here: what was digested cannot have changed.
    Own(OwnDigests),
    /// It came from elsewhere, and is verified by reading it, by this bundle.
    Elsewhere(Box<Spec>),
}

/// What is put into the document, and where.
pub(super) struct Additions {
    /// The readable block and its place, which is not behind the place of the signature.
    pub(super) block: Option<(usize, Vec<u8>)>,
    /// The place of the signature.
    pub(super) at: usize,
    pub(super) opening: Vec<u8>,
    /// Where the time stamp begins in the opening; it ends where the opening ends.
    pub(super) timestamp_at: usize,
    /// The time stamp's text.
    pub(super) time: String,
    pub(super) closing: &'static [u8],
    pub(super) ids: Number,
}

/// The digests of a document that was written here.
pub(super) struct OwnDigests {
    pub(super) body: Covered,
    pub(super) timestamp: Vec<u8>,
    /// Whether the body was looked through for identity codes of real people.
    pub(super) looked_through: bool,
}

impl Pending {
    /// Returns the octets to sign and the algorithm.
    #[must_use]
    pub fn to_be_signed(&self) -> ToBeSigned<'_> {
        ToBeSigned::new(&self.signed_info, self.algorithm)
    }

    /// Returns the document's metadata.
    #[must_use]
    pub fn metadata(&self) -> &DocumentMetadata {
        &self.metadata
    }

    /// Puts the signature value in and verifies the finished document.
    ///
    /// # Errors
    /// [`SigningError::DoesNotVerify`] when the value is not a signature of these octets with the certificate's key.
    pub fn complete(self, value: &SignatureValue) -> Result<Signed, SigningError> {
        let key = self.certificate.public_key();
        if !self
            .algorithm
            .verifies(key, &self.signed_info, value.as_bytes())
        {
            return Err(SigningError::DoesNotVerify(Reason::new(
                "allekirjoituksen arvo ei sovi varmenteen avaimeen",
                "the signature value does not fit the certificate's key",
            )));
        }
        let signature = xmldsig::signature_element(&self.signed_info, value, &self.certificate);
        let Assembled { xml, timestamp } = self.assemble(&signature);
        let verification = match &self.origin {
            Origin::Own(digests) => self.verification_of_own(digests, xml.len(), timestamp),
            Origin::Elsewhere(spec) => {
                let tree = Tree::parse(&xml, &Limits::default()).map_err(ReadError::from)?;
                verify_tree(&tree, spec)
            }
        };
        if !verification.is_valid() {
            return Err(SigningError::DoesNotVerify(verification.first_problem()));
        }
        let looked_through = match &self.origin {
            Origin::Own(own) if own.looked_through => Some(self.body_of_own(own, xml.len())),
            _ => None,
        };
        Ok(Signed {
            metadata: self.metadata,
            xml: xml.into(),
            verification,
            looked_through,
        })
    }

    /// Takes the signature of a service elsewhere, whose ECDSA values may also be in DER, and completes the document.
    ///
    /// # Errors
    /// As [`Pending::complete`].
    pub fn complete_received(self, value: Vec<u8>) -> Result<Signed, SigningError> {
        let value = SignatureValue::received(value, self.algorithm);
        self.complete(&value)
    }

    pub(super) fn sign(self, signer: &dyn Signer) -> Result<Signed, SigningError> {
        let value = signer.sign(&self.to_be_signed())?;
        self.complete(&value)
    }

    fn assemble(&self, signature: &[u8]) -> Assembled {
        let additions = &self.additions;
        let (block_at, block) = match &additions.block {
            Some((at, block)) => (*at, block.as_slice()),
            None => (additions.at, &[][..]),
        };
        let pieces = [
            &self.unsigned[..block_at],
            block,
            &self.unsigned[block_at..additions.at],
            &additions.opening,
            signature,
            additions.closing,
            &self.unsigned[additions.at..],
        ];
        let mut xml = Vec::with_capacity(pieces.iter().map(|piece| piece.len()).sum());
        for piece in pieces {
            xml.extend_from_slice(piece);
        }
        let opening_at = additions.at + block.len();
        Assembled {
            timestamp: opening_at + additions.timestamp_at..opening_at + additions.opening.len(),
            xml,
        }
    }

    /// Where the body stands in the finished document: everything was put in before it.
    fn body_of_own(&self, own: &OwnDigests, length: usize) -> Range<usize> {
        let moved = length - self.unsigned.len();
        own.body.bytes.start + moved..own.body.bytes.end + moved
    }

    /// The verdict on a document that was written here: its bytes cannot have changed since they were digested, and what is
    /// put in is canonical by construction. A test holds it equal to the verdict of [`super::verify()`].
    fn verification_of_own(
        &self,
        own: &OwnDigests,
        length: usize,
        timestamp: Range<usize>,
    ) -> DocumentVerification {
        let mut body = own.body.clone();
        body.bytes = self.body_of_own(own, length);
        let timestamp = Covered {
            role: TargetRole::Timestamp,
            id: self.additions.ids.timestamp_id.clone(),
            bytes: timestamp,
            digest: own.timestamp.clone(),
        };
        let check = SignatureCheck::of_own(
            &self.profile,
            self.algorithm,
            &self.certificate,
            vec![body, timestamp],
        );
        DocumentVerification::of_own(SignatureReport {
            id: self.additions.ids.signature_id.clone(),
            kind: self
                .profile
                .description()
                .map(|kind| kind.code().to_owned()),
            time: Instant::parse(&self.additions.time).ok(),
            check: Some(check),
            findings: signer_match::of_metadata(
                &self.certificate,
                self.kind,
                self.block_signer.as_ref(),
                &self.metadata,
            )
            .into_iter()
            .collect(),
        })
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("id", &self.metadata.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// A finished document.
struct Assembled {
    xml: Vec<u8>,
    /// Where its new time stamp stands.
    timestamp: Range<usize>,
}
