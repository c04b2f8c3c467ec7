//! What a signature must look like, as data of the spec bundle.

mod values;

use kanta_core::CodedValue;
use kanta_core::spec::{Spec, SpecError};

use values::Values;

use crate::{DigestAlgorithm, KeyUsage, PublicKey, SignatureAlgorithm};

pub(crate) const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(crate) const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";

/// What a signature is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetRole {
    /// The body of the document.
    Body,
    /// The signature's own time stamp.
    Timestamp,
}

impl TargetRole {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "body" => Some(Self::Body),
            "timestamp" => Some(Self::Timestamp),
            _ => None,
        }
    }
}

/// What a signature says of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyInfo {
    /// The certificate of the key, alone.
    LeafCertificate,
}

/// Where a signature and what it covers stand in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// In the social-care header; references name the body and the time stamp.
    Social,
    /// In the header of the old patient archive; a filter picks the body from the whole document. It is read, not written.
    PatientArchive,
}

/// What a kind of signature looks like: place, algorithms, references in order, key (test messages).
///
/// Read from `signature.toml` of the spec bundle, so that a change of Kela's specification is a change of data.
#[derive(Debug, Clone)]
pub struct SignatureProfile {
    id: String,
    layout: Layout,
    description: Option<CodedValue>,
    algorithms: Vec<SignatureAlgorithm>,
    digests: Vec<DigestAlgorithm>,
    unconfirmed_algorithms: Vec<SignatureAlgorithm>,
    unconfirmed_digests: Vec<DigestAlgorithm>,
    references: Vec<TargetRole>,
    transforms: Vec<String>,
    key_info: KeyInfo,
    key_usage: Vec<KeyUsage>,
    timestamp_fraction_digits: usize,
    authentication_method: Option<CodedValue>,
}

impl SignatureProfile {
    /// The bits of the shortest RSA key that is accepted. This is our own floor; the keys that were seen have 3072 and
    /// 4096 (test messages).
    pub const MIN_RSA_BITS: usize = 2048;

    /// Reads a profile to sign by: every value must be known well enough for the environment.
    ///
    /// # Errors
    /// [`SpecError`] with the key that is missing or cannot be used.
    pub fn from_spec(spec: &Spec, id: &str) -> Result<Self, SpecError> {
        Self::read(&Values {
            spec,
            id,
            reading: false,
        })
    }

    /// Reads a profile to recognise signatures by, whatever the status of its values.
    ///
    /// # Errors
    /// [`SpecError`] with the key that is missing or cannot be used.
    pub fn from_spec_for_reading(spec: &Spec, id: &str) -> Result<Self, SpecError> {
        Self::read(&Values {
            spec,
            id,
            reading: true,
        })
    }

    fn read(values: &Values<'_>) -> Result<Self, SpecError> {
        let layout = values.word("layout", |word| match word {
            "social" => Some(Layout::Social),
            "patient-archive" if values.reading => Some(Layout::PatientArchive),
            _ => None,
        })?;
        if values.text("canonicalization")? != EXCLUSIVE_C14N {
            return Err(values.invalid(
                "canonicalization",
                "only exclusive canonical XML is implemented",
            ));
        }
        let transforms = values.list("transforms")?;
        if transforms != [ENVELOPED, EXCLUSIVE_C14N] && transforms != [EXCLUSIVE_C14N] {
            return Err(values.invalid(
                "transforms",
                "only exclusive canonical XML is implemented, alone or after enveloped-signature",
            ));
        }
        let references: Vec<TargetRole> = values.words("references", TargetRole::from_word)?;
        if references.len() != 2 || references[0] == references[1] {
            return Err(
                values.invalid("references", "a signature refers to `body` and `timestamp`")
            );
        }
        let is_usable =
            |algorithm: &SignatureAlgorithm| values.reading || algorithm.is_for_signing();
        let algorithm = |uri: &str| SignatureAlgorithm::from_uri(uri).filter(is_usable);
        Ok(Self {
            id: values.id.to_owned(),
            layout,
            description: values.when_known("description", |part| values.code(part))?,
            algorithms: values.words("signature_algorithms", algorithm)?,
            digests: values.words("digests", DigestAlgorithm::from_uri)?,
            unconfirmed_algorithms: values.switched("unconfirmed_algorithms", algorithm)?,
            unconfirmed_digests: values
                .switched("unconfirmed_digests", DigestAlgorithm::from_uri)?,
            references,
            transforms,
            key_info: values.word("key_info", |word| {
                (word == "leaf-certificate").then_some(KeyInfo::LeafCertificate)
            })?,
            key_usage: match layout {
                Layout::Social => values.words("key_usage", KeyUsage::from_word)?,
                Layout::PatientArchive => Vec::new(),
            },
            timestamp_fraction_digits: values.number("timestamp_fraction_digits")?,
            authentication_method: values
                .when_known("authentication_method", |part| values.code(part))?,
        })
    }

    /// Returns the name of the profile.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns where the signature stands.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Returns the code of the signature's kind; the old layout has none.
    #[must_use]
    pub fn description(&self) -> Option<&CodedValue> {
        self.description.as_ref()
    }

    /// Returns the algorithm to sign with by a key, the preferred one that the signer offers and the profile allows.
    #[must_use]
    pub fn choose(
        &self,
        key: &PublicKey,
        offered: Option<&[SignatureAlgorithm]>,
    ) -> Option<SignatureAlgorithm> {
        self.algorithms
            .iter()
            .chain(&self.unconfirmed_algorithms)
            .copied()
            .find(|algorithm| {
                algorithm.fits(key) && offered.is_none_or(|offered| offered.contains(algorithm))
            })
    }

    /// Returns whether signatures of the algorithm are allowed, confirmed or not.
    #[must_use]
    pub fn allows(&self, algorithm: SignatureAlgorithm) -> bool {
        self.algorithms.contains(&algorithm) || self.is_unconfirmed(algorithm)
    }

    /// Returns whether the algorithm is implemented, but not known to be accepted by Kanta.
    #[must_use]
    pub fn is_unconfirmed(&self, algorithm: SignatureAlgorithm) -> bool {
        self.unconfirmed_algorithms.contains(&algorithm)
    }

    /// Returns the digest that references have beside a signature algorithm: that of the algorithm where it is allowed,
    /// else the preferred one.
    #[must_use]
    pub fn digest_for(&self, algorithm: SignatureAlgorithm) -> DigestAlgorithm {
        let digests = self.digests_for(algorithm);
        let own = algorithm.digest();
        match digests.first() {
            Some(first) if !digests.contains(&own) => *first,
            _ => own,
        }
    }

    /// Returns whether references may have a digest beside a signature algorithm.
    #[must_use]
    pub fn allows_digest(&self, algorithm: SignatureAlgorithm, digest: DigestAlgorithm) -> bool {
        self.digests_for(algorithm).contains(&digest)
    }

    fn digests_for(&self, algorithm: SignatureAlgorithm) -> &[DigestAlgorithm] {
        if self.is_unconfirmed(algorithm) {
            &self.unconfirmed_digests
        } else {
            &self.digests
        }
    }

    /// Returns what is signed, in the order in which references are written.
    #[must_use]
    pub fn references(&self) -> &[TargetRole] {
        &self.references
    }

    /// Returns the transforms of each reference, in order, by their identifiers.
    #[must_use]
    pub fn transforms(&self) -> &[String] {
        &self.transforms
    }

    /// Returns what the signature says of its key.
    #[must_use]
    pub fn key_info(&self) -> KeyInfo {
        self.key_info
    }

    /// Returns the key usages of which the certificate must have one; none for the old layout, whose certificates say nothing.
    #[must_use]
    pub fn key_usage(&self) -> &[KeyUsage] {
        &self.key_usage
    }

    /// Returns how many digits the seconds of the time stamp have after the point.
    #[must_use]
    pub fn timestamp_fraction_digits(&self) -> usize {
        self.timestamp_fraction_digits
    }

    /// Returns how the signer proved to be the signer, for profiles whose documents tell it in a readable block; `None`
    /// for profiles without the block.
    #[must_use]
    pub fn authentication_method(&self) -> Option<&CodedValue> {
        self.authentication_method.as_ref()
    }
}

#[cfg(test)]
mod tests;
