//! From a signature value to a signed document.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::Spec;
use kanta_core::{Instant, PersonalIdentityCode, Retry};
use kanta_sign::xmldsig::{self, Covered};
use kanta_sign::{SignatureCheck, SignatureValue, SignerError, TargetRole};
use kanta_xml::{Limits, Tree};

use super::prepare::{Origin, OwnDigests, Pending, PrepareError};
use super::signer_match;
use super::verify::{DocumentVerification, SignatureReport, verify_tree};
use crate::{ClinicalDocument, ReadError, holds_real_person};

/// A signed document whose signature was verified; its bytes never change.
///
/// ```compile_fail
/// fn edit(document: &mut kanta_cda::Signed) {
///     document.as_xml()[0] = b'x';
/// }
/// ```
///
/// A draft cannot be taken for a signed document:
///
/// ```compile_fail
/// fn send(document: kanta_cda::Signed) {}
/// fn too_early(draft: kanta_cda::Draft) {
///     send(draft);
/// }
/// ```
#[derive(Clone)]
pub struct Signed {
    pub(super) metadata: Arc<DocumentMetadata>,
    xml: Vec<u8>,
    verification: DocumentVerification,
    /// Where the body stands, when it was looked through for identity codes of real people.
    looked_through: Option<Range<usize>>,
}

/// Why a document did not become signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The signature could not be prepared.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The finished document cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The finished document does not verify (`KANTA-SIGN-SELF-CHECK`).
    #[error(
        "the signed document does not verify ({0}): the key does not belong to the certificate, or the value is not a \
         signature of the prepared octets [KANTA-SIGN-SELF-CHECK]"
    )]
    DoesNotVerify(String),
    /// The signature was not asked for, since the signer had failed before in the same batch (`KANTA-SIGN-NOT-ASKED`).
    #[error(
        "the signature was not asked for: the signer had failed before ({0}); mend that and sign the rest [KANTA-SIGN-NOT-ASKED]"
    )]
    NotAsked(SignerError),
}

impl SigningError {
    /// Returns whether and when the same document may be signed again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Signer(error) => error.retry(),
            Self::NotAsked(_) => Retry::After(Duration::ZERO),
            _ => Retry::Never,
        }
    }
}

impl Pending {
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
            let problem = "the signature value does not fit the certificate's key";
            return Err(SigningError::DoesNotVerify(problem.to_owned()));
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
            xml,
            verification,
            looked_through,
        })
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

/// A finished document.
struct Assembled {
    xml: Vec<u8>,
    /// Where its new time stamp stands.
    timestamp: Range<usize>,
}

impl Signed {
    /// Takes up a signed document that was written earlier, with exactly its bytes, after verifying its signatures.
    ///
    /// # Errors
    /// [`SigningError`] when it cannot be read or a signature is not valid.
    pub fn from_bytes(bytes: Vec<u8>, spec: &Spec, limits: &Limits) -> Result<Self, SigningError> {
        let document = ClinicalDocument::read(&bytes, spec, limits)?;
        let tree = Tree::parse(&bytes, limits).map_err(ReadError::from)?;
        let verification = verify_tree(&tree, spec);
        if !verification.is_valid() {
            return Err(SigningError::DoesNotVerify(verification.first_problem()));
        }
        drop(tree);
        Ok(Self {
            metadata: Arc::new(document.metadata().clone()),
            xml: bytes,
            verification,
            looked_through: None,
        })
    }

    /// Returns the signed document.
    #[must_use]
    pub fn as_xml(&self) -> &[u8] {
        &self.xml
    }

    /// Returns the metadata.
    #[must_use]
    pub fn metadata(&self) -> &DocumentMetadata {
        &self.metadata
    }

    /// Returns whether it holds an identity code that a real person can have, as [`holds_real_person`] does.
    ///
    /// The body of a document that was written in this process and checked outside production was looked through then; of
    /// such a one only what stands around the body is looked at.
    #[must_use]
    pub fn holds_real_person(&self) -> bool {
        let has_real = PersonalIdentityCode::has_real;
        match &self.looked_through {
            Some(body) => has_real(&self.xml[..body.start]) || has_real(&self.xml[body.end..]),
            // It was read within its own limits before; here nothing may be passed over for its size.
            None => holds_real_person(&self.xml, &Limits::default().with_max_bytes(usize::MAX)),
        }
    }

    /// Returns what its signatures were found to cover.
    #[must_use]
    pub fn verification(&self) -> &DocumentVerification {
        &self.verification
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("id", &self.metadata.id)
            .field("kind", &self.metadata.kind)
            .field("bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}
