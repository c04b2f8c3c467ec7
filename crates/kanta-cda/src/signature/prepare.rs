//! From a document to the octets that wait for a signature.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, SpecError};
use kanta_core::{Instant, ProfessionalRegistrationNumber};
use kanta_sign::xmldsig::{self, Covered, DigestedReference};
use kanta_sign::{
    Certificate, DigestAlgorithm, SignatureAlgorithm, SignatureProfile, SignatureValue, Signer,
    TargetRole, ToBeSigned,
};
use kanta_xml::{Limits, Tree, canonical};

use super::options::{SignOptions, SignatureKind};
use super::place::Places;
use super::signed::{Signed, SigningError};
use super::signing_profile::SigningProfile;
use super::written::{self, Number};
use crate::Valid;

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

/// Why a signature cannot be prepared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The spec bundle lacks something that the signature needs.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The document cannot be read as XML (`KANTA-SIGN-XML`).
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
    /// The certificate is not made for such signatures (`KANTA-SIGN-KEY-USAGE`).
    #[error(
        "the key usage of the certificate does not allow a signature of the profile `{profile}`: \
         a card and a system have a certificate of their own for signing, beside the one for logging in [KANTA-SIGN-KEY-USAGE]"
    )]
    KeyUsage {
        /// The profile.
        profile: String,
    },
    /// The certificate is not valid at the time that the signature states (`KANTA-SIGN-VALIDITY`): nobody who checks the
    /// certificate at that time could accept the signature (RFC 5280, 4.1.2.5).
    #[error(
        "the certificate is valid from {from} to {until}, and the signature states {time}: sign with a certificate that is valid \
         then, or state the time at which you sign [KANTA-SIGN-VALIDITY]"
    )]
    Validity {
        /// When the certificate begins.
        from: Instant,
        /// When it ends.
        until: Instant,
        /// The time of the signature.
        time: Instant,
    },
    /// The RSA key is too short (`KANTA-SIGN-KEY-SIZE`).
    #[error(
        "the RSA key of the certificate has {bits} bits, {least} at least are needed: order a certificate for a longer key \
         [KANTA-SIGN-KEY-SIZE]"
    )]
    KeySize {
        /// The bits of the key.
        bits: usize,
        /// The least number of bits.
        least: usize,
    },
    /// The document must name the signer, and the certificate does not tell who it is (`KANTA-SIGN-SIGNER`).
    #[error(
        "the certificate names no professional: sign with a professional's card, or tell the signer in the options \
         [KANTA-SIGN-SIGNER]"
    )]
    NoSigner,
}

impl PrepareError {
    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Spec(error) => error.code(),
            Self::Xml(_) => "KANTA-SIGN-XML",
            Self::NoPlace(_) => "KANTA-SIGN-PLACE",
            Self::NoAlgorithm { .. } => "KANTA-SIGN-ALGORITHM",
            Self::KeyUsage { .. } => "KANTA-SIGN-KEY-USAGE",
            Self::Validity { .. } => "KANTA-SIGN-VALIDITY",
            Self::KeySize { .. } => "KANTA-SIGN-KEY-SIZE",
            Self::NoSigner => "KANTA-SIGN-SIGNER",
        }
    }
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
        let preparation = Preparation::new(certificate, None, options, spec)?;
        preparation.of_valid(self)
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
        Preparation::for_signer(signer, options, spec)?
            .of_valid(self)?
            .sign(signer)
    }
}

impl Signed {
    /// Prepares one more signature: of a second professional, or of the system after a professional. No byte of the document
    /// changes; the signature is put beside the others.
    ///
    /// # Errors
    /// As [`Valid::prepare`].
    pub fn prepare_another(
        &self,
        certificate: &Certificate,
        options: SignOptions,
        spec: &Spec,
    ) -> Result<Pending, PrepareError> {
        let preparation = Preparation::new(certificate, None, options, spec)?;
        preparation.of_document(self.as_xml().to_vec().into(), &self.metadata)
    }

    /// Adds one more signature with a key that is at hand.
    ///
    /// # Errors
    /// [`SigningError`] of whichever step failed; `self` is as it was.
    pub fn sign_again(
        &self,
        signer: &dyn Signer,
        options: SignOptions,
        spec: &Spec,
    ) -> Result<Self, SigningError> {
        Preparation::for_signer(signer, options, spec)?
            .of_document(self.as_xml().to_vec().into(), &self.metadata)?
            .sign(signer)
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
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("id", &self.metadata.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// What is decided before a document is looked at: profile and algorithm.
#[derive(Clone)]
pub(super) struct Preparation<'p> {
    profile: Arc<SignatureProfile>,
    description: Arc<[u8]>,
    algorithm: SignatureAlgorithm,
    certificate: &'p Certificate,
    options: SignOptions,
    spec: &'p Spec,
}

impl<'p> Preparation<'p> {
    pub(super) fn for_signer(
        signer: &'p dyn Signer,
        options: SignOptions,
        spec: &'p Spec,
    ) -> Result<Self, PrepareError> {
        Self::new(
            signer.certificate(),
            Some(signer.algorithms()),
            options,
            spec,
        )
    }

    fn new(
        certificate: &'p Certificate,
        offered: Option<&[SignatureAlgorithm]>,
        options: SignOptions,
        spec: &'p Spec,
    ) -> Result<Self, PrepareError> {
        let SigningProfile {
            profile,
            description,
        } = SigningProfile::of_kind(spec, options.kind)?;
        let named = || profile.id().to_owned();
        let is_allowed = certificate.key_usage().is_some_and(|usages| {
            usages
                .iter()
                .any(|usage| profile.key_usage().contains(usage))
        });
        if !is_allowed {
            return Err(PrepareError::KeyUsage { profile: named() });
        }
        let (from, until, time) = (
            certificate.not_before(),
            certificate.not_after(),
            options.time,
        );
        if time < from || time > until {
            return Err(PrepareError::Validity { from, until, time });
        }
        if let Some(bits) = certificate.public_key().rsa_bits()
            && bits < SignatureProfile::MIN_RSA_BITS
        {
            let least = SignatureProfile::MIN_RSA_BITS;
            return Err(PrepareError::KeySize { bits, least });
        }
        let algorithm = profile
            .choose(certificate.public_key(), offered)
            .ok_or_else(|| PrepareError::NoAlgorithm { profile: named() })?;
        Ok(Self {
            profile,
            description,
            algorithm,
            certificate,
            options,
            spec,
        })
    }

    /// A document that was written here is canonical by construction; any other is read.
    pub(super) fn of_valid(self, valid: &Valid) -> Result<Pending, PrepareError> {
        let Some(places) = valid.written_places() else {
            return self.of_document(valid.to_bytes(), valid.shared_metadata());
        };
        let body = Covered {
            role: TargetRole::Body,
            id: valid.metadata().id.body_anchor(),
            bytes: places.body.clone(),
            digest: self.digest_of(places.canonical_body(valid.as_xml())),
        };
        let site = Site {
            block_at: Some(places.header_end),
            signature_at: places.header_end,
            collection_exists: false,
            number: Number::new(1),
        };
        self.pend(
            valid.to_bytes(),
            valid.shared_metadata(),
            site,
            body,
            Some(valid),
        )
    }

    pub(super) fn of_document(
        self,
        document: Bytes,
        metadata: &Arc<DocumentMetadata>,
    ) -> Result<Pending, PrepareError> {
        let tree = Tree::parse(&document, &Limits::default())?;
        let places = Places::find(&tree).ok_or(PrepareError::NoPlace("root ClinicalDocument"))?;
        let element = places
            .body
            .ok_or(PrepareError::NoPlace("single nonXMLBody"))?;
        let id = element
            .attribute("ID")
            .ok_or(PrepareError::NoPlace("ID on nonXMLBody"))?;
        let header = places
            .header
            .filter(|(layout, header)| *layout == self.profile.layout() && !header.is_empty_tag())
            .map(|(_, header)| header)
            .filter(|_| !places.is_ambiguous)
            .ok_or(PrepareError::NoPlace(
                "single localSocialHeader with content",
            ))?;
        let collection = places.collection.filter(|place| !place.is_empty_tag());
        if collection.is_none() && places.collection.is_some() {
            return Err(PrepareError::NoPlace("signatureCollection with content"));
        }
        let site = Site {
            block_at: match places.readable_block() {
                Some(_) => None,
                None => Some(collection.map_or(header.content_range().end, |collection| {
                    collection.range().start
                })),
            },
            signature_at: collection.unwrap_or(header).content_range().end,
            collection_exists: collection.is_some(),
            number: free_number(&tree, places.signatures().len() + 1),
        };
        let mut hasher = self.digest().hasher();
        canonical::exclusive_of(element, &canonical::Options::default(), &mut |bytes| {
            hasher.update(bytes);
        })?;
        let body = Covered {
            role: TargetRole::Body,
            id: id.to_owned(),
            bytes: element.range(),
            digest: hasher.finish(),
        };
        drop(tree);
        self.pend(document, metadata, site, body, None)
    }

    fn digest_of<'b>(&self, pieces: impl IntoIterator<Item = &'b [u8]>) -> Vec<u8> {
        let mut hasher = self.digest().hasher();
        for piece in pieces {
            hasher.update(piece);
        }
        hasher.finish()
    }

    fn digest(&self) -> DigestAlgorithm {
        self.profile.digest_for(self.algorithm)
    }

    fn pend(
        self,
        document: Bytes,
        metadata: &Arc<DocumentMetadata>,
        site: Site,
        body: Covered,
        written_here: Option<&Valid>,
    ) -> Result<Pending, PrepareError> {
        let time = written::timestamp_text(self.options.time, &self.profile);
        let (opening, timestamp_at) = written::opening(
            &site.number,
            &self.description,
            &time,
            site.collection_exists,
        )?;
        let stamp = opening.get(timestamp_at..).unwrap_or_default();
        let timestamp = self.digest_of(written::canonical_timestamp(stamp));
        let references: Vec<DigestedReference<'_>> = self
            .profile
            .references()
            .iter()
            .map(|role| match role {
                TargetRole::Timestamp => {
                    DigestedReference::new(&site.number.timestamp_id, &timestamp)
                }
                TargetRole::Body => DigestedReference::new(&body.id, &body.digest),
            })
            .collect();
        let signed_info = xmldsig::signed_info(&self.profile, self.algorithm, &references);
        let mut block = None;
        let mut block_signer = None;
        if let (Some(method), Some(at)) = (self.profile.authentication_method(), site.block_at) {
            let signer = self
                .options
                .signer(self.certificate)
                .ok_or(PrepareError::NoSigner)?;
            let xml = written::readable_block(&signer, method, self.options.time)?;
            block = Some((at, xml));
            block_signer = Some(signer.registration_number);
        }
        Ok(Pending {
            metadata: Arc::clone(metadata),
            unsigned: document,
            additions: Additions {
                block,
                at: site.signature_at,
                opening,
                timestamp_at,
                time,
                closing: written::closing(site.collection_exists),
                ids: site.number,
            },
            algorithm: self.algorithm,
            certificate: self.certificate.clone(),
            signed_info,
            origin: match written_here {
                Some(valid) => Origin::Own(OwnDigests {
                    body,
                    timestamp,
                    looked_through: valid.is_looked_through(),
                }),
                None => Origin::Elsewhere(Box::new(self.spec.clone())),
            },
            kind: self.options.kind,
            block_signer,
            profile: self.profile,
        })
    }
}

/// Where the additions go.
struct Site {
    block_at: Option<usize>,
    signature_at: usize,
    collection_exists: bool,
    number: Number,
}

/// The first number from `from` on whose identifiers no element of the document has.
fn free_number(tree: &Tree<'_>, from: usize) -> Number {
    let taken: Vec<&str> = tree
        .root()
        .descendants()
        .filter_map(|element| element.attribute("ID"))
        .collect();
    (from..)
        .map(Number::new)
        .find(|number| {
            !taken.contains(&number.signature_id.as_str())
                && !taken.contains(&number.timestamp_id.as_str())
        })
        .unwrap_or_else(|| Number::new(from))
}
