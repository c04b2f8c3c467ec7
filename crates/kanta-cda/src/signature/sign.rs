//! A document's life with its signature: `Valid` → `Pending` → `Signed`.

use std::fmt;

use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, SpecError};
use kanta_core::{CodedValue, Instant};
use kanta_sign::xmldsig::{self, DigestedReference};
use kanta_sign::{
    Certificate, SignatureAlgorithm, SignatureProfile, SignatureValue, Signer, SignerError,
    TargetRole, ToBeSigned,
};
use kanta_xml::{Limits, Tree, Writer, canonical};

use super::place::Places;
use super::verify::{DocumentVerification, verify_tree};
use crate::{ClinicalDocument, HL7_FINLAND, ReadError, Valid};

/// Who signs (Finnish: allekirjoituksen tyyppi).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureKind {
    /// The organisation's system (Finnish: järjestelmäallekirjoitus).
    System,
}

impl SignatureKind {
    /// Returns the name of the signature profile in the spec bundle.
    #[must_use]
    pub fn profile(self) -> &'static str {
        match self {
            Self::System => "social-system-2026",
        }
    }
}

/// How a document is signed.
#[derive(Debug, Clone, Copy)]
pub struct SignOptions {
    /// Who signs.
    pub kind: SignatureKind,
    /// The time that the signature states: the signer's own clock.
    pub time: Instant,
}

impl SignOptions {
    /// A system signature that states this time (Finnish: järjestelmäallekirjoitus).
    #[must_use]
    pub fn system(time: Instant) -> Self {
        Self {
            kind: SignatureKind::System,
            time,
        }
    }
}

/// A document whose canonical form and digest are made and which waits for a signature made elsewhere.
///
/// `Debug` shows no content.
pub struct Pending {
    metadata: DocumentMetadata,
    spec: Spec,
    unsigned: Vec<u8>,
    insert_at: usize,
    before: Vec<u8>,
    after: Vec<u8>,
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
    signed_info: Vec<u8>,
}

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
    metadata: DocumentMetadata,
    xml: Vec<u8>,
    verification: DocumentVerification,
}

/// Why a signature cannot be prepared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The spec bundle lacks something that the signature needs.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The document cannot be read as XML.
    #[error("the document cannot be read: {0} [KANTA-SIGN-XML]")]
    Xml(#[from] kanta_xml::Error),
    /// The document lacks the place that a signature needs (`KANTA-SIGN-PLACE`).
    #[error("the document has no {0}: a signature has no place there [KANTA-SIGN-PLACE]")]
    NoPlace(&'static str),
    /// No algorithm of the profile fits the key (`KANTA-SIGN-ALGORITHM`).
    #[error(
        "no algorithm of the signature profile `{profile}` fits the key of the certificate: \
         use the certificate that was ordered for this purpose [KANTA-SIGN-ALGORITHM]"
    )]
    NoAlgorithm {
        /// The profile.
        profile: String,
    },
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
}

impl Valid {
    /// Makes canonical form and digest for a signature that is made elsewhere with the key of `certificate`.
    ///
    /// # Errors
    /// [`PrepareError`] when the document has no place for a signature, or the profile does not fit the key.
    pub fn prepare(
        &self,
        certificate: &Certificate,
        options: SignOptions,
        spec: &Spec,
    ) -> Result<Pending, PrepareError> {
        let profile = SignatureProfile::from_spec(spec, options.kind.profile())?;
        let algorithm = profile
            .algorithms()
            .iter()
            .copied()
            .find(|algorithm| algorithm.fits(certificate.public_key()))
            .ok_or_else(|| PrepareError::NoAlgorithm {
                profile: profile.id().to_owned(),
            })?;
        let tree = Tree::parse(self.as_xml(), &Limits::default())?;
        let places = Places::find(&tree).ok_or(PrepareError::NoPlace("root ClinicalDocument"))?;
        let body = places
            .body
            .ok_or(PrepareError::NoPlace("single nonXMLBody"))?;
        let body_id = body
            .attribute("ID")
            .ok_or(PrepareError::NoPlace("ID on nonXMLBody"))?;
        let header = places
            .local_header
            .ok_or(PrepareError::NoPlace("localSocialHeader"))?;

        let number = places.signatures().len() + 1;
        let stamp_id = format!("timestamp-{number}");
        let stamp = timestamp(
            &stamp_id,
            &options
                .time
                .to_utc_text(profile.timestamp_fraction_digits()),
            true,
        )?;
        let references: Vec<DigestedReference> = profile
            .references()
            .iter()
            .map(|role| {
                let (id, digest) = match role {
                    TargetRole::Timestamp => (stamp_id.as_str(), profile.digest().digest(&stamp)),
                    TargetRole::Body => {
                        let mut hasher = profile.digest().hasher();
                        canonical::exclusive_of(
                            body,
                            &canonical::Options::default(),
                            &mut |bytes: &[u8]| {
                                hasher.update(bytes);
                            },
                        )?;
                        (body_id, hasher.finish())
                    }
                };
                Ok(DigestedReference::new(id, digest))
            })
            .collect::<Result<_, kanta_xml::Error>>()?;
        let signed_info = xmldsig::signed_info(&profile, algorithm, &references);

        let signature_id = format!("signature-{number}");
        let opening = signature_opening(
            &signature_id,
            profile.description(),
            &timestamp(
                &stamp_id,
                &options
                    .time
                    .to_utc_text(profile.timestamp_fraction_digits()),
                false,
            )?,
            places.collection.is_some(),
        )?;
        let closing: &[u8] = if places.collection.is_some() {
            b"</signature>"
        } else {
            b"</signature></signatureCollection>"
        };
        Ok(Pending {
            metadata: self.metadata().clone(),
            spec: spec.clone(),
            unsigned: self.as_xml().to_vec(),
            insert_at: places.collection.unwrap_or(header).content_range().end,
            before: opening,
            after: closing.to_vec(),
            algorithm,
            certificate: certificate.clone(),
            signed_info,
        })
    }

    /// Signs with a key that is at hand: [`Valid::prepare`], the signer, [`Pending::complete`].
    ///
    /// # Errors
    /// [`SigningError`] of whichever step failed; the document is not lost, `self` is as it was.
    pub fn sign(
        &self,
        signer: &dyn Signer,
        options: SignOptions,
        spec: &Spec,
    ) -> Result<Signed, SigningError> {
        let pending = self.prepare(signer.certificate(), options, spec)?;
        let value = signer.sign(&pending.to_be_signed())?;
        pending.complete(&value)
    }
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
        let signature = xmldsig::signature_element(&self.signed_info, value, &self.certificate);
        let added = self.before.len() + signature.len() + self.after.len();
        let mut xml = Vec::with_capacity(self.unsigned.len() + added);
        xml.extend_from_slice(&self.unsigned[..self.insert_at]);
        xml.extend_from_slice(&self.before);
        xml.extend_from_slice(&signature);
        xml.extend_from_slice(&self.after);
        xml.extend_from_slice(&self.unsigned[self.insert_at..]);
        let tree = Tree::parse(&xml, &Limits::default()).map_err(ReadError::from)?;
        let verification = verify_tree(&tree, &self.spec);
        if !verification.is_valid() {
            return Err(SigningError::DoesNotVerify(verification.first_problem()));
        }
        drop(tree);
        Ok(Signed {
            metadata: self.metadata,
            xml,
            verification,
        })
    }
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
            metadata: document.metadata().clone(),
            xml: bytes,
            verification,
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

    /// Returns what its signatures were found to cover.
    #[must_use]
    pub fn verification(&self) -> &DocumentVerification {
        &self.verification
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

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("id", &self.metadata.id)
            .field("kind", &self.metadata.kind)
            .field("bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}

/// Writes the time stamp; alone it is in canonical form, with its name space declared.
fn timestamp(id: &str, text: &str, alone: bool) -> Result<Vec<u8>, kanta_xml::Error> {
    let mut xml = Writer::new();
    xml.open("signatureTimestamp");
    if alone {
        xml.attribute("xmlns", HL7_FINLAND);
    }
    xml.attribute("ID", id);
    xml.text(text);
    xml.close();
    xml.finish()
}

/// Writes everything from the beginning of the addition to the XML signature.
fn signature_opening(
    id: &str,
    description: &CodedValue,
    timestamp: &[u8],
    collection_exists: bool,
) -> Result<Vec<u8>, kanta_xml::Error> {
    let mut inner = Writer::new();
    inner.open("signatureDescription");
    inner.attribute("code", description.code());
    inner.attribute("codeSystem", description.system().as_str());
    if let Some(name) = description.system_name() {
        inner.attribute("codeSystemName", name);
    }
    if let Some(display) = description.display() {
        inner.attribute("displayName", display);
    }
    inner.close();
    let mut opening = Vec::new();
    if !collection_exists {
        opening
            .extend_from_slice(format!("<signatureCollection xmlns=\"{HL7_FINLAND}\">").as_bytes());
    }
    opening
        .extend_from_slice(format!("<signature xmlns=\"{HL7_FINLAND}\" ID=\"{id}\">").as_bytes());
    opening.extend_from_slice(&inner.finish()?);
    opening.extend_from_slice(timestamp);
    Ok(opening)
}
