//! What a signature must look like, as data of the spec bundle.

use kanta_core::CodedValue;
use kanta_core::spec::{Spec, SpecError};

use crate::{DigestAlgorithm, KeyUsage, SignatureAlgorithm};

pub(crate) const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

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

/// What a kind of signature looks like: algorithms, references in order, key (signing.md 3).
///
/// Read from `signature.toml` of the spec bundle, so that a change of Kela's specification is a change of data.
#[derive(Debug, Clone)]
pub struct SignatureProfile {
    id: String,
    description: CodedValue,
    algorithms: Vec<SignatureAlgorithm>,
    digest: DigestAlgorithm,
    references: Vec<TargetRole>,
    transforms: Vec<String>,
    key_info: KeyInfo,
    key_usage: Vec<KeyUsage>,
    min_rsa_bits: usize,
    timestamp_fraction_digits: usize,
}

impl SignatureProfile {
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
        let canonicalization = values.text("canonicalization")?;
        if canonicalization != EXCLUSIVE_C14N {
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
        if values.text("key_info")? != "leaf-certificate" {
            return Err(values.invalid("key_info", "only `leaf-certificate` is implemented"));
        }
        let references: Vec<TargetRole> = values.words("references", TargetRole::from_word)?;
        if references.len() != 2 || references[0] == references[1] {
            return Err(
                values.invalid("references", "a signature refers to `body` and `timestamp`")
            );
        }
        Ok(Self {
            id: values.id.to_owned(),
            description: values.code("description")?,
            algorithms: values.words("signature_algorithms", SignatureAlgorithm::from_uri)?,
            digest: DigestAlgorithm::from_uri(&values.text("digest")?)
                .ok_or_else(|| values.invalid("digest", "the algorithm is not implemented"))?,
            references,
            transforms,
            key_info: KeyInfo::LeafCertificate,
            key_usage: values.words("key_usage", KeyUsage::from_word)?,
            min_rsa_bits: values.number("min_rsa_bits")?,
            timestamp_fraction_digits: values.number("timestamp_fraction_digits")?,
        })
    }

    /// Returns the name of the profile.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the code of the signature's kind.
    #[must_use]
    pub fn description(&self) -> &CodedValue {
        &self.description
    }

    /// Returns the algorithms that are allowed, the preferred one first.
    #[must_use]
    pub fn algorithms(&self) -> &[SignatureAlgorithm] {
        &self.algorithms
    }

    /// Returns the digest of the references.
    #[must_use]
    pub fn digest(&self) -> DigestAlgorithm {
        self.digest
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

    /// Returns the key usages of which the certificate must have one.
    #[must_use]
    pub fn key_usage(&self) -> &[KeyUsage] {
        &self.key_usage
    }

    /// Returns the shortest RSA key that is accepted.
    #[must_use]
    pub fn min_rsa_bits(&self) -> usize {
        self.min_rsa_bits
    }

    /// Returns how many digits the seconds of the time stamp have after the point.
    #[must_use]
    pub fn timestamp_fraction_digits(&self) -> usize {
        self.timestamp_fraction_digits
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

    fn words<T>(&self, part: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, SpecError> {
        self.list(part)?
            .iter()
            .map(|word| {
                parse(word).ok_or_else(|| self.invalid(part, &format!("`{word}` is not known")))
            })
            .collect()
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
        assert_eq!(system.description().code(), "3");
        let professional = SignatureProfile::from_spec(&spec, "social-professional-2026").unwrap();
        assert_eq!(
            professional.references(),
            [TargetRole::Body, TargetRole::Timestamp]
        );
        assert_eq!(professional.key_usage(), [KeyUsage::NonRepudiation]);
    }

    #[test]
    fn what_is_only_seen_signs_nothing_in_production_but_is_recognised() {
        let spec = Spec::for_production(&[Bundle::embedded()]);
        let error = SignatureProfile::from_spec(&spec, "social-system-2026").unwrap_err();
        assert_eq!(error.code(), "KANTA-SPEC-INCOMPLETE");
        assert!(SignatureProfile::from_spec_for_reading(&spec, "social-system-2026").is_ok());
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
            ("digest", "\"sha1\""),
            ("signature_algorithms", "[\"rsa-sha1\"]"),
            ("key_usage", "[\"anything\"]"),
            ("min_rsa_bits", "-1"),
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
