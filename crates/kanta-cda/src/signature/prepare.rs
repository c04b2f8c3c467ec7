//! From a document to the octets that wait for a signature.

use std::sync::Arc;

use bytes::Bytes;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::Spec;
use kanta_sign::xmldsig::{self, Covered, DigestedReference};
use kanta_sign::{
    Certificate, DigestAlgorithm, SignatureAlgorithm, SignatureProfile, Signer, TargetRole,
};
use kanta_xml::{Limits, Tree, canonical};

use super::error::{PrepareError, SigningError};
use super::options::SignOptions;
use super::pending::{Additions, Origin, OwnDigests, Pending};
use super::place::Places;
use super::signed::Signed;
use super::signing_profile::SigningProfile;
use super::written::{self, Number};
use crate::Valid;

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
        preparation.of_document(self.to_bytes(), &self.metadata)
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
        certificate.must_be_valid(options.time)?;
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
