//! What a signature must look like, as data of the spec bundle.

use kanta_core::CodedValue;
use kanta_core::spec::{Spec, SpecError};

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

/// The values of one profile in the bundle.
struct Values<'s> {
    spec: &'s Spec,
    id: &'s str,
    reading: bool,
}

impl Values<'_> {
    fn key(&self, part: &str) -> String {
        format!("signature.{}.{part}", self.id)
    }

    fn invalid(&self, part: &str, why: &str) -> SpecError {
        SpecError::invalid(&self.key(part), why)
    }

    fn text(&self, part: &str) -> Result<String, SpecError> {
        let key = self.key(part);
        match self.spec.text_for_reading(&key) {
            Some(text) if self.reading => Ok(text.to_owned()),
            _ => self.spec.text(&key).map(str::to_owned),
        }
    }

    fn list(&self, part: &str) -> Result<Vec<String>, SpecError> {
        let key = self.key(part);
        match self.spec.list_for_reading(&key) {
            list if self.reading && !list.is_empty() => Ok(list.to_vec()),
            _ => self.spec.list(&key).map(<[String]>::to_vec),
        }
    }

    fn code(&self, part: &str) -> Result<CodedValue, SpecError> {
        let key = self.key(part);
        match self.spec.code_for_reading(&key) {
            Some(code) if self.reading => Ok(code.clone()),
            _ => self.spec.code(&key).cloned(),
        }
    }

    fn number(&self, part: &str) -> Result<usize, SpecError> {
        let key = self.key(part);
        let number = match self.spec.number_for_reading(&key) {
            Some(number) if self.reading => number,
            _ => self.spec.number(&key)?,
        };
        usize::try_from(number).map_err(|_| self.invalid(part, "a number below zero"))
    }

    /// Reads a value that a profile may lack altogether; what is there but may not be used is an error.
    fn when_known<T>(
        &self,
        part: &str,
        read: impl FnOnce(&str) -> Result<T, SpecError>,
    ) -> Result<Option<T>, SpecError> {
        if self.spec.code_for_reading(&self.key(part)).is_none() {
            return Ok(None);
        }
        read(part).map(Some)
    }

    /// Reads a list that holds only when values of its status may be used here; otherwise it is empty.
    fn switched<T>(
        &self,
        part: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, SpecError> {
        let key = self.key(part);
        if self.spec.list_for_reading(&key).is_empty()
            || (!self.reading && self.spec.list(&key).is_err())
        {
            return Ok(Vec::new());
        }
        self.words(part, parse)
    }

    fn word<T>(&self, part: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, SpecError> {
        self.known(part, &self.text(part)?, parse)
    }

    fn words<T>(&self, part: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, SpecError> {
        self.list(part)?
            .iter()
            .map(|word| self.known(part, word, &parse))
            .collect()
    }

    fn known<T>(
        &self,
        part: &str,
        word: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SpecError> {
        parse(word).ok_or_else(|| {
            self.invalid(
                part,
                &format!("this version of the library knows no `{word}` there"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_core::spec::{Bundle, Inferred};

    #[test]
    fn both_profiles_of_the_bundle_read() {
        let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
        let system = SignatureProfile::from_spec(&spec, "social-system-2026").unwrap();
        assert_eq!(
            system.references(),
            [TargetRole::Timestamp, TargetRole::Body]
        );
        assert_eq!(system.transforms().len(), 2);
        assert_eq!(system.description().unwrap().code(), "3");
        assert!(system.authentication_method().is_none());
        let professional = SignatureProfile::from_spec(&spec, "social-professional-2026").unwrap();
        assert_eq!(
            professional.references(),
            [TargetRole::Body, TargetRole::Timestamp]
        );
        assert_eq!(professional.key_usage(), [KeyUsage::NonRepudiation]);
        assert!(professional.authentication_method().is_some());
    }

    #[test]
    fn what_is_only_seen_signs_nothing_in_production_but_is_recognised() {
        let spec = Spec::for_production(&[Bundle::embedded()]);
        let error = SignatureProfile::from_spec(&spec, "social-system-2026").unwrap_err();
        assert_eq!(error.code(), "KANTA-SPEC-INCOMPLETE");
        assert!(SignatureProfile::from_spec_for_reading(&spec, "social-system-2026").is_ok());
    }

    #[test]
    fn what_nobody_has_confirmed_is_signed_only_by_the_switch() {
        let key = PublicKey::P384 { point: Vec::new() };
        let bundles = [Bundle::embedded()];
        let id = "social-professional-2026";
        let refused = Spec::for_customer_test(&bundles, Inferred::Refuse);
        let profile = SignatureProfile::from_spec(&refused, id).unwrap();
        assert_eq!(profile.choose(&key, None), None);
        let allowed = Spec::for_customer_test(&bundles, Inferred::Allow);
        let profile = SignatureProfile::from_spec(&allowed, id).unwrap();
        let algorithm = profile.choose(&key, None).unwrap();
        assert_eq!(algorithm, SignatureAlgorithm::EcdsaP384Sha384);
        assert_eq!(profile.digest_for(algorithm), DigestAlgorithm::Sha384);
        assert!(profile.is_unconfirmed(algorithm));
        assert!(!profile.allows_digest(SignatureAlgorithm::RsaSha256, DigestAlgorithm::Sha384));
        assert_eq!(
            profile.choose(&key, Some(&[SignatureAlgorithm::RsaSha256])),
            None
        );
    }

    #[test]
    fn the_old_layout_is_for_reading_only() {
        let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
        let profile =
            SignatureProfile::from_spec_for_reading(&spec, "patient-archive-2015").unwrap();
        assert_eq!(profile.layout(), Layout::PatientArchive);
        assert!(profile.allows(SignatureAlgorithm::RsaSha1));
        assert!(SignatureProfile::from_spec(&spec, "patient-archive-2015").is_err());
    }

    #[test]
    fn values_that_are_not_implemented_are_told() {
        let head = (
            "bundle.toml",
            "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"",
        );
        for (key, value) in [
            ("canonicalization", "\"x\""),
            ("transforms", "[\"x\"]"),
            ("key_info", "\"chain\""),
            ("references", "[\"body\"]"),
            ("references", "[\"body\", \"body\"]"),
            ("layout", "\"patient-archive\""),
            ("digests", "[\"sha1\"]"),
            ("signature_algorithms", "[\"rsa-sha1\"]"),
            ("key_usage", "[\"anything\"]"),
            ("timestamp_fraction_digits", "-1"),
        ] {
            let text = format!(
                "[social-system-2026]\n{key} = {{ value = {value}, status = \"seen\", source = \"t\" }}"
            );
            let overlay = Bundle::read([head, ("signature.toml", text.as_str())]).unwrap();
            let spec = Spec::for_customer_test(&[Bundle::embedded(), overlay], Inferred::Refuse);
            let error = SignatureProfile::from_spec(&spec, "social-system-2026").unwrap_err();
            assert_eq!(error.code(), "KANTA-SPEC-INVALID", "{key}");
        }
    }
}
